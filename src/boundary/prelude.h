/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State that no image saves is set back before a guest's first command:
 * registers that a guest's streams may write and that its image does not load,
 * and on the render engine what threads left in shared local memory.
 */
#ifndef XENGT_PRELUDE_H
#define XENGT_PRELUDE_H

#include "boundary/exec.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * Make the commands for an engine that has its template. They set the values
 * that the registers have now, or 0. The registers must be awake, and no engine
 * may run. -ENOSPC: there are more than XENGT_PRELUDE_DWORDS.
 */
int xengt_prelude_make(struct xengt_sched *sched, struct xengt_engine *engine);

/*
 * For a slot of the render engine: write the commands to the begin of slot->wa, where the
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
 * Call this for each slot that is given to its engine. If another vGPU had the
 * engine before, this function makes the slot begin with the commands. On
 * engines except the render engine, the bytes of the slot's ring before its
 * head get the command that starts them.
 */
void xengt_prelude_enter(struct xengt_slot *slot);
/*
 * Called before more is added to the slot's ring: if the hardware has run the
 * start, its bytes belong to the guest again.
 */
void xengt_prelude_end(struct xengt_slot *slot);
/*
 * Make the next descriptor of a slot of the render engine force a load, at which the
 * commands are run. Gives the load its number (struct xengt_sched.loads).
 */
void xengt_prelude_order(struct xengt_slot *slot);
/*
 * For a slot of the render engine that stays in its port while another context leaves one
 * behind it. Called before the ports are written: if the engine has to load the slot
 * again, because it had begun the other context, the commands clear xengt_prelude_done()
 * again. Whether the engine had begun it, its events say (struct xengt_slot.has_flushed).
 */
void xengt_prelude_expect(struct xengt_slot *slot);
/* Forget which vGPU had the engine last. */
void xengt_prelude_forget(struct xengt_engine *engine);

/* Bytes of a slot's ring before its head that must stay free for the start. */
static inline uint32_t xengt_prelude_room(const struct xengt_slot *slot)
{
	return slot->engine == XENGT_ENGINE_RCS ? 0 : XENGT_PRELUDE_ROOM;
}

#endif /* XENGT_PRELUDE_H */
