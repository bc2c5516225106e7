/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the templates. A template is the image that the hardware saved for a
 * context of the module. Each engine has one template; the render engine has
 * one template for each value of RS_ENABLE. A guest's context that has no state
 * yet starts with the template's state. The module compares every image of a
 * guest with the template (image.h).
 */
#ifndef XENGT_TEMPLATE_H
#define XENGT_TEMPLATE_H

#include "boundary/exec.h"
#include "uapi/xengt.h"

/*
 * Run a context of the module on each engine, and copy the image that the
 * hardware saves. The copy replaces an older template. The engines must be
 * enabled and idle, and the caller must not handle their interrupts during this
 * call. May sleep. -EIO: an engine does not run the context; -ENOMEM. After an
 * error some templates may be missing.
 */
int xengt_templates_make(struct xengt_sched *sched);
/* Free the templates. May be called again. */
void xengt_templates_free(struct xengt_sched *sched);

/* ---- contexts of the module ---- */

/*
 * Make *own a context of the module for an engine. The old content of *own is
 * overwritten. The context gets an image, a ring of one page, and a page without
 * entries as the root of its page tables. -ENOMEM; -EIO: the GPU is lost. The caller
 * must call xengt_own_free() even after an error.
 */
int xengt_own_make(struct xengt_sched *sched, struct xengt_slot *own,
		   enum xengt_engine_id id);
void xengt_own_free(struct xengt_sched *sched, struct xengt_slot *own);
/*
 * Make the engine run the first 'dwords' dwords of the ring (an even number) and save the
 * context. The engine must be enabled and idle, and no other code may read its events
 * during this call. May sleep. -EIO: the context does not end.
 */
int xengt_own_run(struct xengt_sched *sched, struct xengt_slot *own,
		  uint32_t dwords, bool has_rs);

#endif /* XENGT_TEMPLATE_H */
