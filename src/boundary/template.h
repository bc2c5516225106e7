/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the templates: images that the hardware saves for contexts of the
 * module itself. There is one for each engine; the render engine has one for
 * each value of RS_ENABLE. A guest's context that has no state yet starts with
 * the template's state. Every guest's image is compared with its template
 * (image.h).
 */
#ifndef XENGT_TEMPLATE_H
#define XENGT_TEMPLATE_H

#include "boundary/exec.h"
#include "uapi/xengt.h"

/*
 * Run a context of the module on each engine, and keep the image that the
 * hardware saves; it replaces an older template. The engines must be enabled
 * and idle, and their interrupts must not be handled meanwhile. May sleep.
 * -EIO: an engine does not run the context; -ENOMEM. After an error some
 * templates may be missing.
 */
int xengt_templates_make(struct xengt_sched *sched);
/* Free the templates. May be called again. */
void xengt_templates_free(struct xengt_sched *sched);

/* ---- contexts of the module ---- */

/*
 * Make *own a context of the module for an engine; its older content is overwritten. It
 * gets an image, a ring of one page, and a page without entries as its page tables.
 * -ENOMEM; -EIO: the GPU is lost. Call xengt_own_free() also after an error.
 */
int xengt_own_make(struct xengt_sched *sched, struct xengt_slot *own,
		   enum xengt_engine_id id);
void xengt_own_free(struct xengt_sched *sched, struct xengt_slot *own);
/*
 * Make the engine run the first dwords (an even number) of the ring and save the context.
 * The engine must be enabled and idle, and nobody may take its events meanwhile. May sleep.
 * -EIO: the context does not end.
 */
int xengt_own_run(struct xengt_sched *sched, struct xengt_slot *own,
		  uint32_t dwords, bool has_rs);

#endif /* XENGT_TEMPLATE_H */
