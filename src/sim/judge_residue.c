// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: finds values that one domain's context leaves in
 * the hardware and another domain's context can read (residue).
 *
 * Each value that a context can leave has a token: the id of the domain whose
 * context wrote the value. If a context writes all bits of a register,
 * the register gets the token of the context's domain; a load from an image
 * counts as a write by the image's context. If the CPU or a context of the host
 * writes all bits, the register has no token. State commands that images keep
 * have tokens, too. Shared local memory and EU registers together have one
 * token, of the context whose threads used them last; a command that clears the
 * memory and the registers removes the token.
 *
 * It is a violation if a context reads a register with another domain's token
 * by any command, saves such a register or state command to its image, or
 * starts threads while the values of another domain's threads are still there.
 * A violation does not depend on the value that was left.
 *
 * Without bus mastering a context reaches no memory, so it keeps what it reads in the
 * hardware, and nobody sees it: then a read is no violation.
 *
 * A write of only some bits of a register (a masked register, byte disables)
 * does not change the token, because the other bits still have the values of
 * the earlier writer.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

#include <string.h>

static bool is_on(const struct xengt_sim *sim)
{
	return sim->judge.left_by &&
		sim_is_strict(sim, XENGT_SIM_STRICT_RESIDUE);
}

uint16_t sim_judge_token(struct xengt_sim *sim)
{
	struct sim_actor a;

	if (!is_on(sim) || !sim_engine_actor(sim, &a))
		return 0;
	sim_judge_sync(sim);
	/* element 0 of domid[] is for the host, and is 0 */
	return sim->judge.domid[sim_judge_slot_of(sim, a.desc)];
}

void sim_judge_check_residue(struct xengt_sim *sim, uint32_t what,
			     uint16_t token)
{
	struct xengt_judge_violation v;
	struct sim_actor a;
	unsigned int slot;

	if (!token || !is_on(sim) || !sim_pci_is_master(sim) ||
	    !sim_engine_actor(sim, &a))
		return;
	sim_judge_sync(sim);
	slot = sim_judge_slot_of(sim, a.desc);
	if (!slot || sim->judge.domid[slot] == token)
		return;
	sim_judge_start(sim, &v, slot, NULL, XENGT_JUDGE_V_RESIDUE);
	v.addr = what;
	v.owner_found = XENGT_JUDGE_OWNER(token, 0);
	sim_judge_record(sim, &a, &v);
}

void sim_judge_mark(struct xengt_sim *sim, uint32_t off)
{
	if (!is_on(sim))
		return;
	sim->judge.left_by[off / 4] = (struct sim_judge_mark){
		.n_writes = sim->n_writes[off / 4],
		.token = sim_judge_token(sim),
	};
}

void sim_judge_look(struct xengt_sim *sim, uint32_t off)
{
	const struct sim_judge_mark *mark = &sim->judge.left_by[off / 4];

	if (mark->n_writes == sim->n_writes[off / 4])
		sim_judge_check_residue(sim, off, mark->token);
}

void sim_judge_regs_reset(struct xengt_sim *sim, uint32_t first, uint32_t bytes)
{
	if (sim->judge.left_by)
		memset(&sim->judge.left_by[first / 4], 0,
		       bytes / 4 * sizeof(*sim->judge.left_by));
}
