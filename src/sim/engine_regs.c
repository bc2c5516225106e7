// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles the registers of the engines, and their resets and invalidations.
 *
 * A store can give an engine work, but executes no command: sim_engine_run()
 * (engine.c) lets the engine work.
 *
 * Not modelled: HWSTAM.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define CSB_PTR_RESET	0x0007U		/* with this value the first event is
					 * written to slot 0 */
#define RESET_REQUEST	1U
#define RESET_READY	2U

#define REGS_BYTES	0x800U		/* size of an engine's registers, from
					 * its base */

static struct sim_engine *engine_at(const struct xengt_sim *sim, uint32_t off)
{
	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		if (off >= e->base && off - e->base < REGS_BYTES)
			return e;
	}
	return NULL;
}

/*
 * Returns the value of CTX_TIMESTAMP, which counts only while the context is
 * loaded.
 */
static uint32_t context_timestamp(struct xengt_sim *sim,
				  const struct sim_engine *e)
{
	uint32_t val = *sim_ring_reg(sim, e, RING_CTX_TIMESTAMP);

	return e->is_loaded ? val + (uint32_t)
		(sim_engine_context_ticks(sim, e) - e->ctx_since) : val;
}

/*
 * Carry out one of the four writes of a submission. The order of the four
 * writes: high half of the second element, low half of the second element, high
 * half of the first element, low half of the first element.
 */
static void write_elsp(struct xengt_sim *sim, struct sim_engine *e,
		       uint32_t val)
{
	e->elsp[e->n_elsp++] = val;
	if (e->n_elsp < 4)
		return;
	e->n_elsp = 0;
	if (!sim_engine_is_execlist(sim, e))
		return;
	e->queued[0] = (uint64_t)e->elsp[2] << 32 | e->elsp[3];
	e->queued[1] = (uint64_t)e->elsp[0] << 32 | e->elsp[1];
	for (int i = 0; i < 2; i++)
		if (!(e->queued[i] & DESC_VALID))
			e->queued[i] = 0;
	e->has_queued = true;
	if (e->time < sim->now)
		e->time = sim->now;
}

static bool is_idle(struct xengt_sim *sim, const struct sim_engine *e)
{
	if (*sim_ring_reg(sim, e, RING_MI_MODE) & MI_MODE_STOP)
		return true;
	if (sim_engine_is_execlist(sim, e))
		return !e->port[0] && !e->has_queued;
	return !(*sim_ring_reg(sim, e, RING_CTL) & RING_CTL_VALID) ||
		sim_engine_is_ring_empty(sim, e);
}

static uint32_t status_lo(const struct sim_engine *e)
{
	uint32_t val = e->n_elsp ? 2U : 0;

	if (e->has_queued)
		val |= 1U << 2;			/* no room for another
						 * submission */
	if (e->port[1])
		val |= 1U << 3;
	if (e->port[0])
		val |= 1U << 4 | 1U << 14 | (e->is_loaded ? 1U << 18 : 0);
	val |= (e->last_switch & 0x1ff) << 5;
	if (!e->arb_off)
		val |= 1U << 16;
	return val;
}

static void write_masked(uint32_t *reg, uint32_t val)
{
	uint32_t mask = val >> 16;

	*reg = (*reg & ~mask & 0xffff) | (val & mask);
}

static void write_reset_ctl(struct xengt_sim *sim, struct sim_engine *e,
			    uint32_t val)
{
	uint32_t *reg = sim_ring_reg(sim, e, RING_RESET_CTL);

	/*
	 * no command of the engine is half executed now, so the engine is ready
	 * for a reset at once
	 */
	if (val >> 16 & RESET_REQUEST)
		*reg = val & RESET_REQUEST ? RESET_REQUEST | RESET_READY : 0;
}

static void wake(struct xengt_sim *sim, struct sim_engine *e)
{
	if (e->time < sim->now)
		e->time = sim->now;
}

/* Returns true for registers whose value a store does not change. */
static bool is_read_only(uint32_t off)
{
	static const uint16_t regs[] = {
		RING_ACTHD, RING_ACTHD_UDW, RING_DMA_FADD, RING_DMA_FADD_UDW,
		RING_IPEIR, RING_IPEHR, RING_INSTDONE, RING_ESR, RING_BBADDR,
		RING_BBADDR_UDW, RING_BBSTATE, RING_SBBADDR, RING_SBBADDR_UDW,
		RING_SBBSTATE, RING_STATUS_LO, RING_STATUS_HI, RING_TIMESTAMP,
		RING_TIMESTAMP + 4,
	};

	if (off >= RING_CSB && off < RING_CSB + 8 * CSB_SLOTS)
		return true;
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		if (regs[i] == off)
			return true;
	return false;
}

bool sim_engine_is_masked(const struct xengt_sim *sim, uint32_t off)
{
	const struct sim_engine *e = engine_at(sim, off);

	if (!e)
		return false;
	switch (off - e->base) {
	case RING_SWCTRL:
		return e->id == SIM_BCS;
	case RING_MI_MODE:
	case RING_INSTPM:
	case RING_MODE:
	case RING_CTX_CONTROL:
	case RING_CSB_PTR:
	case RING_RESET_CTL:
		return true;
	default:
		return false;
	}
}

bool sim_engine_reg_write(struct xengt_sim *sim, uint32_t off, uint32_t val)
{
	struct sim_engine *e = engine_at(sim, off);
	uint32_t *reg;

	if (!e)
		return false;
	off -= e->base;
	reg = sim_ring_reg(sim, e, off);
	switch (off) {
	case RING_TAIL:
	case RING_HEAD:
	case RING_START:
	case RING_CTL:
		*reg = val;
		wake(sim, e);
		return true;
	case RING_SWCTRL:
		if (e->id != SIM_BCS)
			return false;
		write_masked(reg, val);
		return true;
	case RING_MI_MODE:
		val &= ~(MI_MODE_IDLE << 16);
		write_masked(reg, val);
		wake(sim, e);
		return true;
	case RING_INSTPM:
	case RING_MODE:
	case RING_CTX_CONTROL:
	case RING_CSB_PTR:
		write_masked(reg, val);
		return true;
	case RING_CTX_TIMESTAMP:
		*reg = val;
		e->ctx_since = sim_engine_context_ticks(sim, e);
		return true;
	case RING_RESET_CTL:
		write_reset_ctl(sim, e, val);
		return true;
	case RING_EIR:
		*reg &= ~val;
		return true;
	case RING_EMR:
		*reg = val;
		sim_engine_report_errors(sim, e);
		return true;
	case RING_ELSP:
		write_elsp(sim, e, val);
		return true;
	default:
		return is_read_only(off);
	}
}

/* Returns the address of the command that is executed now or next. */
static uint64_t acthd(struct xengt_sim *sim, const struct sim_engine *e)
{
	switch (e->level) {
	case SIM_BATCH:
		return e->bb[0].addr;
	case SIM_BATCH2:
		return e->bb[1].addr;
	case SIM_INDIRECT_CTX:
	case SIM_PER_CTX:
		return e->wa_addr;
	case SIM_RING:
		break;
	}
	return *sim_ring_reg(sim, e, RING_START) +
		(*sim_ring_reg(sim, e, RING_HEAD) & RING_HEAD_ADDR);
}

static bool is_in_batch(const struct sim_engine *e, unsigned int n)
{
	return e->level == SIM_BATCH2 || (e->level == SIM_BATCH && n == 0);
}

static uint32_t batch_reg(const struct sim_engine *e, uint32_t off)
{
	unsigned int n = off == RING_SBBADDR || off == RING_SBBADDR_UDW ||
		off == RING_SBBSTATE;

	if (!is_in_batch(e, n))
		return 0;
	switch (off) {
	case RING_BBADDR:
	case RING_SBBADDR:
		return (uint32_t)e->bb[n].addr | BB_VALID;
	case RING_BBADDR_UDW:
	case RING_SBBADDR_UDW:
		return (uint32_t)(e->bb[n].addr >> 32);
	default:
		return e->bb[n].is_ppgtt ? BBSTATE_PPGTT : 0;
	}
}

bool sim_engine_reg_read(const struct xengt_sim *csim, uint32_t off,
			 uint32_t *val)
{
	/*
	 * A read has one side effect: the entry of a late event arrives in
	 * memory. Software cannot see at which time the entry arrives.
	 */
	struct xengt_sim *sim = (struct xengt_sim *)(uintptr_t)csim;
	struct sim_engine *e = engine_at(sim, off);

	if (!e)
		return false;
	off -= e->base;
	switch (off) {
	case RING_MI_MODE:
		*val = *sim_ring_reg(sim, e, off) |
			(is_idle(sim, e) ? MI_MODE_IDLE : 0);
		return true;
	case RING_ACTHD:
	case RING_DMA_FADD:
		*val = (uint32_t)acthd(sim, e);
		return true;
	case RING_ACTHD_UDW:
	case RING_DMA_FADD_UDW:
		*val = (uint32_t)(acthd(sim, e) >> 32);
		return true;
	case RING_INSTDONE:
		*val = is_idle(sim, e) ? 0xffffffffU : 0xfffffffeU;
		return true;
	case RING_BBADDR:
	case RING_BBADDR_UDW:
	case RING_BBSTATE:
	case RING_SBBADDR:
	case RING_SBBADDR_UDW:
	case RING_SBBSTATE:
		*val = batch_reg(e, off);
		return true;
	case RING_ELSP:
		*val = 0;
		return true;
	case RING_STATUS_LO:
		*val = status_lo(e);
		return true;
	case RING_STATUS_HI:
		*val = e->port[0] ? (uint32_t)(e->port[0] >> 32) : e->last_ctx;
		return true;
	case RING_TIMESTAMP:
	case RING_TIMESTAMP + 4:
		*val = (uint32_t)(sim_engine_timestamp(sim, e) >>
				  (off == RING_TIMESTAMP ? 0 : 32));
		return true;
	case RING_CTX_TIMESTAMP:
		*val = context_timestamp(sim, e);
		return true;
	default:
		sim_csb_fetched(sim, e, off);
		return false;
	}
}

static void reset_one(struct xengt_sim *sim, struct sim_engine *e)
{
	struct sim_engine fresh = {
		.id = e->id, .base = e->base, .time = e->time,
		.stats = e->stats, .tlb = e->tlb, .image = e->image,
		/* no document says that a reset clears shared local memory */
		.threads_token = e->threads_token,
	};

	sim_tear_image(sim, e);
	sim_csb_forget(sim, e);
	*e = fresh;
	sim_vm_flush(e);
	sim_image_forget(e);
	memset(sim_ring_reg(sim, e, 0), 0, REGS_BYTES);
	sim_judge_regs_reset(sim, e->base, REGS_BYTES);
	*sim_ring_reg(sim, e, RING_CSB_PTR) = CSB_PTR_RESET;
	*sim_ring_reg(sim, e, RING_IMR) = 0xffffffffU;
	*sim_ring_reg(sim, e, RING_EMR) = 0xffffffffU;
}

void sim_engine_reset(struct xengt_sim *sim, unsigned int engine_mask)
{
	for (int i = 0; i < SIM_ENGINES; i++)
		if (engine_mask & SIM_ENGINE_BIT(i))
			reset_one(sim, &sim->exec->engine[i]);
}

unsigned int sim_engine_tlb_flush(struct xengt_sim *sim,
				  unsigned int engine_mask)
{
	unsigned int stuck = engine_mask & sim->exec->opts.stick_tlb;

	for (unsigned int i = 0; i < SIM_ENGINES; i++)
		if (engine_mask & ~stuck & SIM_ENGINE_BIT(i))
			sim_vm_flush(&sim->exec->engine[i]);
	return stuck;
}

bool sim_engine_keeps_tlbs(const struct xengt_sim *sim)
{
	return sim_is_strict(sim, XENGT_SIM_STRICT_CACHES);
}

unsigned int sim_engine_stuck(struct xengt_sim *sim, unsigned int engine_mask,
			      bool is_full)
{
	struct xengt_sim_exec_opts *opts = &sim->exec->opts;

	if (!is_full)
		return engine_mask & opts->stick_reset;
	if (opts->stick_full_reset)
		return SIM_ENGINE_ALL;
	opts->stick_tlb = 0;
	opts->stick_reset = 0;
	return 0;
}
