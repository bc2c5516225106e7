/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The prelude: commands of the module that run before a guest's first command.
 * The prelude sets back the state that no context image saves: registers that a
 * guest's streams may write and that its image does not load, and on the render
 * engine the data that threads left in shared local memory.
 */
#ifndef XENGT_PRELUDE_H
#define XENGT_PRELUDE_H

#include "boundary/exec.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * Make the prelude of an engine whose template exists. The prelude sets each
 * register to its present value or to 0. The registers must have power
 * (xengt_bnd_wake()), and no engine may run. -ENOSPC: the prelude needs more
 * than XENGT_PRELUDE_DWORDS.
 */
int xengt_prelude_make(struct xengt_sched *sched, struct xengt_engine *engine);

/*
 * For a slot of the render engine: write the commands to the start of slot->wa, where the
 * batch begins that each load of the context runs. Returns the number of cachelines.
 */
uint32_t xengt_prelude_put(const struct xengt_slot *slot);

/*
 * A dword that is not 0 from the time when the slot is given to the render engine after
 * another context, until the engine has run the commands.
 */
static inline volatile uint32_t *xengt_prelude_done(const struct xengt_slot *slot)
{
	return (volatile uint32_t *)slot->wa.mem + XENGT_PRELUDE_DONE / 4;
}

/*
 * Call this function for each slot that is going to be written to the ports. If
 * the engine ran another vGPU before, the function makes the slot begin with
 * the prelude. On engines other than the render engine, the function writes the
 * commands that start the prelude to the slot's ring, before the head.
 */
void xengt_prelude_enter(struct xengt_slot *slot);
/*
 * Called before commands are added to the slot's ring: if the hardware has run
 * the commands that start the prelude, their bytes of the ring may hold
 * commands of the guest again.
 */
void xengt_prelude_end(struct xengt_slot *slot);
/*
 * Only for the render engine: make the slot's next descriptor force a load, so that
 * the prelude runs. The load gets the next number (loads in struct xengt_sched).
 */
void xengt_prelude_order(struct xengt_slot *slot);
/*
 * For a slot of the render engine that is in the first port, and stays there when the
 * ports are written again, although the second port held another context until now. Called
 * before the ports are written. If the engine had begun the other context, the engine loads
 * the slot's context again, and then the commands clear xengt_prelude_done() again. The
 * engine's events tell whether it had begun the other context (struct
 * xengt_slot.has_flushed).
 */
void xengt_prelude_expect(struct xengt_slot *slot);
/* Forget which vGPU had the engine last. */
void xengt_prelude_forget(struct xengt_engine *engine);

/*
 * The number of bytes before the head of the slot's ring that must stay free
 * for the commands that start the prelude.
 */
static inline uint32_t xengt_prelude_room(const struct xengt_slot *slot)
{
	return slot->engine == XENGT_ENGINE_RCS ? 0 : XENGT_PRELUDE_ROOM;
}

#endif /* XENGT_PRELUDE_H */
