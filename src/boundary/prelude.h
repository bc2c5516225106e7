/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What no image saves is set back before a guest's first command: registers that
 * a guest's streams may write and that its image does not load, and on the
 * render engine what threads left in shared local memory.
 */
#ifndef XENGT_PRELUDE_H
#define XENGT_PRELUDE_H

#include "exec.h"

/*
 * Makes the commands for an engine, whose template there is: the values are those that
 * the registers have now, or 0. Awake registers; nothing runs. -ENOSPC: they are more than
 * XENGT_PRELUDE_DWORDS.
 */
int xengt_prelude_make(struct xengt_sched *sched, struct xengt_engine *engine);

/*
 * The render engine: puts the commands where a batch begins that each load of a
 * context runs. The caller has room for XENGT_PRELUDE_DWORDS at 'to'. Returns how many
 * cachelines they are.
 */
uint32_t xengt_prelude_put(const struct xengt_sched *sched, uint32_t *to);

/* A dword of such a slot's image: not 0 from the time when another context than the last
 * one is given to the engine, until the engine has run the commands for it. */
static inline volatile uint32_t *xengt_prelude_done(const struct xengt_slot *slot)
{
	return (volatile uint32_t *)slot->image.mem + XENGT_PRELUDE_DONE / 4;
}

/*
 * For each slot that is given to its engine. On other engines than the render engine it
 * begins with the commands, in the bytes of its ring before its head, if another vGPU had
 * the engine before.
 */
void xengt_prelude_enter(struct xengt_slot *slot);
/* More is to stand in the slot's ring: what was run of it is the guest's again. */
void xengt_prelude_end(struct xengt_slot *slot);
/* Whoever had the engine last is not known. */
void xengt_prelude_forget(struct xengt_engine *engine);

/* Bytes of a slot's ring before its head that stay free for that. */
static inline uint32_t xengt_prelude_room(const struct xengt_slot *slot)
{
	return slot->engine == XENGT_ENGINE_RCS ? 0 : XENGT_PRELUDE_ROOM;
}

#endif /* XENGT_PRELUDE_H */
