/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The images that the hardware saves for contexts of the module's own: one for
 * each engine, on the render engine one for each value of RS_ENABLE. A guest's
 * context that has no state yet starts from it, and every guest's image is measured
 * by it (image.h).
 */
#ifndef XENGT_TEMPLATE_H
#define XENGT_TEMPLATE_H

#include "exec.h"

/*
 * Run a context of the module on each engine, and keep what the hardware saves; what
 * there was is replaced. The engines are enabled and idle, and no interrupt
 * is taken meanwhile. May sleep. -EIO: an engine does not run it; -ENOMEM; on error
 * some templates may be missing.
 */
int xengt_templates_make(struct xengt_sched *sched);
/* Idempotent. */
void xengt_templates_free(struct xengt_sched *sched);

/* ---- contexts of the module ---- */

/*
 * *own, whatever it was, becomes a context of the module for an engine: it has an image, a
 * ring of a page, and a page without entries as its page tables. -ENOMEM, -EIO: the GPU is
 * lost; xengt_own_free() is to be called all the same.
 */
int xengt_own_make(struct xengt_sched *sched, struct xengt_slot *own,
		   enum xengt_engine_id id);
void xengt_own_free(struct xengt_sched *sched, struct xengt_slot *own);
/*
 * The engine, which is enabled and idle, runs the first dwords (an even number) of the ring
 * and saves the context. Nobody takes the engine's events meanwhile. May sleep. -EIO: it
 * does not come to the end.
 */
int xengt_own_run(struct xengt_sched *sched, struct xengt_slot *own,
		  uint32_t dwords, bool has_rs);

#endif /* XENGT_TEMPLATE_H */
