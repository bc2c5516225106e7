// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command streamer: fetches the next command of an engine from the ring, a
 * batch or a workaround batch, checks whether the command may be executed
 * there, and calls its handler.
 *
 * The streamer sets the position to the next command before it executes a
 * command. If the command must wait or is not finished, the streamer sets the
 * position back to this command, so that HEAD and the saved context name this
 * command. A batch in the PPGTT has no privilege: commands that such a batch
 * must not use become no-ops, as on hardware. A command that does not exist
 * raises the command streamer's error interrupt and hangs the engine, as does a
 * page fault.
 */
#include "sim/exec.h"
#include "sim/sim_priv.h"

#include <string.h>

static uint32_t ring_bytes(struct xengt_sim *sim, const struct sim_engine *e)
{
	return (*sim_ring_reg(sim, e, RING_CTL) & 0x1ff000U) + 4096;
}

static enum sim_space space_of(const struct sim_engine *e)
{
	switch (e->level) {
	case SIM_BATCH:
		return e->bb[0].is_ppgtt ? SIM_PPGTT : SIM_GGTT;
	case SIM_BATCH2:
		return e->bb[1].is_ppgtt ? SIM_PPGTT : SIM_GGTT;
	case SIM_RING:
	case SIM_INDIRECT_CTX:
	case SIM_PER_CTX:
		break;
	}
	return SIM_GGTT;
}

static uint64_t *batch_addr(struct sim_engine *e)
{
	if (e->level == SIM_BATCH)
		return &e->bb[0].addr;
	if (e->level == SIM_BATCH2)
		return &e->bb[1].addr;
	return &e->wa_addr;
}

static uint64_t position(struct xengt_sim *sim, struct sim_engine *e)
{
	if (e->level == SIM_RING)
		return *sim_ring_reg(sim, e, RING_HEAD) & RING_HEAD_ADDR;
	return *batch_addr(e);
}

static void set_position(struct xengt_sim *sim, struct sim_engine *e,
			 uint64_t pos)
{
	uint32_t *head = sim_ring_reg(sim, e, RING_HEAD);

	if (e->level != SIM_RING) {
		*batch_addr(e) = pos;
		return;
	}
	if (pos >= ring_bytes(sim, e)) {
		pos %= ring_bytes(sim, e);
		*head += 0x200000U;		/* the upper bits of HEAD count
						 * the wraps */
	}
	*head = (*head & ~RING_HEAD_ADDR) | (uint32_t)pos;
}

static int fetch(struct xengt_sim *sim, struct sim_engine *e, uint64_t pos,
		 uint32_t *dw, unsigned int n)
{
	uint32_t size, first;
	uint64_t start;

	if (e->level != SIM_RING)
		return sim_vm_access(sim, e, space_of(e), pos, dw, 4ULL * n,
				     false);
	start = *sim_ring_reg(sim, e, RING_START) & 0xfffff000U;
	size = ring_bytes(sim, e);
	pos %= size;
	first = n * 4 < size - pos ? n * 4 : size - (uint32_t)pos;
	if (sim_vm_access(sim, e, SIM_GGTT, start + pos, dw, first, false))
		return -1;
	if (first == n * 4)
		return 0;
	return sim_vm_access(sim, e, SIM_GGTT, start, dw + first / 4,
			     4ULL * n - first, false);
}

/*
 * Fetch the dwords of a command after its first dword. n: number of dwords,
 * including the first.
 */
static int fetch_operands(struct xengt_sim *sim, struct sim_engine *e,
			  uint64_t pos, uint32_t *dw, unsigned int n)
{
	return n > 1 ? fetch(sim, e, pos + 4, dw + 1, n - 1) : 0;
}

static bool is_standing(struct xengt_sim *sim, const struct sim_engine *e)
{
	return e->stop != SIM_STOP_NONE ||
		(*sim_ring_reg(sim, e, RING_MI_MODE) & MI_MODE_STOP) ||
		(*sim_ring_reg(sim, e, RING_RESET_CTL) & 1);
}

static bool is_skipped(const struct sim_cmd_row *row, struct sim_cmd *c)
{
	if (c->e->noop_mode && !(row->flags & SIM_CMD_NOT_SKIPPED))
		return true;
	if (c->is_priv)
		return false;
	if (row->flags & SIM_CMD_CLEAR22)
		c->dw[0] &= ~(1U << 22);
	if ((row->flags & SIM_CMD_PRIV) ||
	    ((row->flags & SIM_CMD_GGTT22) && (c->dw[0] & 1U << 22))) {
		c->e->stats.refused++;
		return true;
	}
	return false;
}

/*
 * Execute a command. n_state: the number of dwords of the command that context
 * images keep; 0 if the command sets no state.
 */
static enum sim_cmd_result act(const struct sim_cmd_row *row, struct sim_cmd *c,
			       unsigned int n_state)
{
	struct sim_engine *e = c->e;

	if (row->fn)
		return row->fn(c);
	if (n_state)
		sim_image_keep_state(c->sim, e, c->dw, n_state);
	if (row->flags & SIM_CMD_THREADS) {
		sim_judge_check_residue(c->sim, c->dw[0], e->threads_token);
		e->threads_token = sim_judge_token(c->sim);
	}
	return SIM_CMD_DONE;
}

/*
 * Fetch the command at pos. Returns NULL if the command cannot be fetched or
 * does not exist; the engine is then stopped. *ret_n_state is the argument
 * n_state of act().
 */
static const struct sim_cmd_row *fetch_command(struct xengt_sim *sim,
					       struct sim_engine *e,
					       uint64_t pos, struct sim_cmd *c,
					       unsigned int *ret_n_state)
{
	const struct sim_cmd_row *row;

	e->cmd_space = space_of(e);
	e->cmd_addr = e->level == SIM_RING ?
		(*sim_ring_reg(sim, e, RING_START) & 0xfffff000U) + pos : pos;
	if (fetch(sim, e, pos, c->dw, 1))
		return NULL;
	*sim_ring_reg(sim, e, RING_IPEHR) = c->dw[0];
	row = sim_cmd_find(sim->exec, e->id, c->dw[0]);
	c->len = row ? sim_cmd_len(row, c->dw[0]) : 0;
	if (!c->len || c->len < row->len_min) {
		sim_engine_stop(sim, e, SIM_STOP_ERROR);
		return NULL;
	}
	*ret_n_state = row->fn ? 0 :
		sim_image_state_dwords(sim, e, c->dw[0], c->len);
	if (fetch_operands(sim, e, pos, c->dw, row->fn ? c->len : *ret_n_state))
		return NULL;
	c->sim = sim;
	c->e = e;
	c->is_priv = e->cmd_space == SIM_GGTT;
	c->is_no_arb = false;
	c->cost_ns = sim_cmd_cost_ns(row);
	return row;
}

/* Returns true if the engine must execute this command again. */
static bool is_unfinished(const struct sim_engine *e, enum sim_cmd_result r)
{
	return r == SIM_CMD_WAIT || r == SIM_CMD_MORE ||
	       r == SIM_CMD_STOPPED || e->stop != SIM_STOP_NONE;
}

static void execute(struct xengt_sim *sim, struct sim_engine *e)
{
	enum sim_level level = e->level;
	const struct sim_cmd_row *row;
	struct sim_cmd c;
	enum sim_cmd_result r;
	unsigned int n_state;
	uint64_t pos;

	if (e->image_rest && level != SIM_INDIRECT_CTX) {
		sim_lrc_restore_rest(sim, e);
		return;
	}
	pos = position(sim, e);
	if (level == SIM_INDIRECT_CTX && pos >= e->wa_end) {
		sim_level_leave_wa(sim, e);
		return;
	}
	row = fetch_command(sim, e, pos, &c, &n_state);
	if (!row)
		return;
	e->stats.commands++;
	set_position(sim, e, pos + 4ULL * c.len);
	e->in_command = true;
	r = is_skipped(row, &c) ? SIM_CMD_DONE : act(row, &c, n_state);
	e->in_command = false;
	e->time += (uint64_t)c.cost_ns * sim->exec->opts.cost_percent / 100;
	if (is_unfinished(e, r)) {
		e->level = level;
		set_position(sim, e, pos);
	}
	e->is_waiting = r == SIM_CMD_WAIT;
	if ((row->flags & SIM_CMD_ARB) && !c.is_no_arb &&
	    e->stop == SIM_STOP_NONE && sim_ports_arbitrate(sim, e))
		e->is_waiting = false;
}

bool sim_exec_is_switching(struct xengt_sim *sim, const struct sim_engine *e)
{
	return e->switching != SIM_SWITCH_NONE && !is_standing(sim, e) &&
		sim_engine_is_execlist(sim, e);
}

bool sim_exec_step(struct xengt_sim *sim, struct sim_engine *e)
{
	if (is_standing(sim, e))
		return false;
	if (!sim_engine_is_execlist(sim, e)) {
		if (!(*sim_ring_reg(sim, e, RING_CTL) & RING_CTL_VALID) ||
		    sim_engine_is_ring_empty(sim, e))
			return false;
		execute(sim, e);
		return true;
	}
	if (e->switching != SIM_SWITCH_NONE) {
		sim_ports_switch(sim, e);
		return true;
	}
	if (!e->port[0])
		return sim_ports_arbitrate(sim, e);
	if (sim_engine_is_ring_empty(sim, e)) {
		if (e->has_queued)
			(void)sim_ports_arbitrate(sim, e);
		else
			sim_ports_complete(sim, e);
		return true;
	}
	execute(sim, e);
	return true;
}
