// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines: registers, execlist ports, the context status buffer, events,
 * time.
 *
 *            ELSP write                     arbitration point
 *   [idle] ------------> queued, 0x1 -> [active] ---------------> queued,
 *      ^                                  |  |     0x2 preempted, or
 *      |  0x18 last one complete          |  |     0x8002 lite restore
 *      +----------------------------------+  |
 *                        0x14 complete, second port takes over
 *
 * An event goes to the register's slot, to the status page (dword 0x10 + 2 *
 * slot), then its pointer (dword 0x1f), then the interrupt.
 *
 * Time is virtual: each command costs nanoseconds, engines work side by side,
 * the one that is furthest behind first.  One call does a bounded number of
 * commands; a batch that loops takes a call's share and no more.  Timestamps
 * show this time, or the owner's if it has a clock: a driver compares them with
 * its own.
 *
 * Errors show in ESR until a reset; of those that EMR does not mask EIR tells,
 * until software clears it there.
 *
 * Not modelled: synchronous context switches while waiting for an event or
 * semaphore (drivers inhibit them), HWSTAM, run list mode changes in flight.
 */
#include "exec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORK_PER_CALL	4096U
#define SWITCH_NS	1000U
#define POLL_NS		500U
#define LATE_NS		1000000U
#define SHARE		8U
#define ROW_BYTES	(256U << 10)
#define CSB_PTR_RESET	0x0007U		/* so that the first slot is 0 */
#define HWSP_CSB	0x40U
#define HWSP_CSB_PTR	0x7cU
#define TIMESTAMP_MASK	0xfffffffffULL	/* 36 bits count */
#define RESET_REQUEST	1U
#define RESET_READY	2U

#define REGS_BYTES	0x800U		/* from an engine's base */

static const uint32_t bases[SIM_ENGINES] = {
	[SIM_RCS] = 0x2000, [SIM_VCS] = 0x12000, [SIM_VECS] = 0x1a000,
	[SIM_BCS] = 0x22000,
};

/* Where the events of an engine show. */
static const struct {
	enum xengt_sim_irq_bank bank;
	unsigned int shift;
} irqs[SIM_ENGINES] = {

	[SIM_RCS] = { XENGT_SIM_IRQ_GT0, 0 },
	[SIM_VCS] = { XENGT_SIM_IRQ_GT1, 0 },
	[SIM_VECS] = { XENGT_SIM_IRQ_GT3, 0 },
	[SIM_BCS] = { XENGT_SIM_IRQ_GT0, 16 },
};

static const struct xengt_sim_exec_opts default_opts = { .cost_percent = 100 };

void sim_engine_power_on(struct xengt_sim *sim)
{
	sim->exec->opts = default_opts;
	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		e->time = 0;
		memset(&e->stats, 0, sizeof(e->stats));
	}
}

int sim_engine_init(struct xengt_sim *sim)
{
	struct sim_exec *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	sim->exec = x;
	for (int i = 0; i < 2; i++) {
		x->row[i] = malloc(ROW_BYTES);
		if (!x->row[i])
			return -ENOMEM;
	}
	for (int i = 0; i < SIM_ENGINES; i++) {
		x->engine[i].id = (enum sim_engine_id)i;
		x->engine[i].base = bases[i];
		if (sim_vm_init(&x->engine[i]))
			return -ENOMEM;
	}
	sim_cmd_index(x, sim->plat->gen);
	sim_engine_power_on(sim);
	return 0;
}

void sim_engine_fini(struct xengt_sim *sim)
{
	if (!sim->exec)
		return;
	for (int i = 0; i < SIM_ENGINES; i++)
		sim_vm_fini(&sim->exec->engine[i]);
	free(sim->exec->row[0]);
	free(sim->exec->row[1]);
	free(sim->exec);
	sim->exec = NULL;
}

static struct sim_engine *engine_at(const struct xengt_sim *sim, uint32_t off)
{
	for (int i = 0; i < SIM_ENGINES; i++)
		if (off >= bases[i] && off - bases[i] < REGS_BYTES)
			return &sim->exec->engine[i];
	return NULL;
}

bool sim_engine_is_execlist(struct xengt_sim *sim, const struct sim_engine *e)
{
	return *sim_ring_reg(sim, e, RING_MODE) & MODE_RUN_LIST;
}

/* 12 MHz on Gen9, 12.5 MHz on Gen8. */
static uint64_t ticks(const struct xengt_sim *sim, uint64_t ns)
{
	return sim->plat->gen == SIM_GEN9 ?
		ns / 250 * 3 + ns % 250 * 3 / 250 : ns / 80;
}

/* The owner's clock since power on; else virtual, what the caller says. */
static uint64_t clock_ns(const struct xengt_sim *sim, uint64_t virtual_ns)
{
	return sim->ops.now_ns ?
		sim->ops.now_ns(sim->opaque) - sim->born_ns : virtual_ns;
}

uint64_t sim_engine_timestamp(const struct xengt_sim *sim,
			      const struct sim_engine *e)
{
	uint64_t ns = e == sim->exec->current && e->time > sim->now ?
		e->time : sim->now;

	return ticks(sim, clock_ns(sim, ns)) & TIMESTAMP_MASK;
}

uint64_t sim_engine_context_ticks(const struct xengt_sim *sim,
				  const struct sim_engine *e)
{
	return ticks(sim, clock_ns(sim, e->time));
}

/* The context's clock runs while the context does. */
static uint32_t context_timestamp(struct xengt_sim *sim,
				  const struct sim_engine *e)
{
	uint32_t val = *sim_ring_reg(sim, e, RING_CTX_TIMESTAMP);

	return e->is_loaded ? val + (uint32_t)
		(sim_engine_context_ticks(sim, e) - e->ctx_since) : val;
}

void sim_engine_event(struct xengt_sim *sim, struct sim_engine *e,
		      uint32_t bits)
{
	if (sim->exec->opts.lose_irq & SIM_ENGINE_BIT(e->id))
		return;
	/* the engine's own mask has the bank's layout */
	bits <<= irqs[e->id].shift;
	bits &= ~*sim_ring_reg(sim, e, RING_IMR);
	if (bits)
		sim_raise_irq(sim, irqs[e->id].bank, bits);
}

void sim_engine_report_errors(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t *eir = sim_ring_reg(sim, e, RING_EIR);
	uint32_t told = *sim_ring_reg(sim, e, RING_ESR) &
		~*sim_ring_reg(sim, e, RING_EMR);

	if (!(told & ~*eir))
		return;
	*eir |= told;
	sim_engine_event(sim, e, EVENT_CS_ERROR);
}

/* --- context status buffer ------------------------------------------------ */

static void csb_put(struct xengt_sim *sim, struct sim_engine *e,
		    uint32_t status, uint64_t desc)
{
	uint32_t *ptr = sim_ring_reg(sim, e, RING_CSB_PTR);
	uint32_t wp = (*ptr & 7) + 1;
	uint64_t hwsp = *sim_ring_reg(sim, e, RING_HWS_PGA) & 0xfffff000U;
	uint32_t entry[2] = { status, (uint32_t)(desc >> 32) };

	if (wp >= CSB_SLOTS)
		wp = 0;
	*sim_ring_reg(sim, e, RING_CSB + 8 * wp) = entry[0];
	*sim_ring_reg(sim, e, RING_CSB + 8 * wp + 4) = entry[1];
	*ptr = (*ptr & ~7U) | wp;
	e->last_switch = status;
	e->last_ctx = entry[1];
	if (sim_vm_access(sim, e, SIM_GGTT, hwsp + HWSP_CSB + 8 * wp, entry, 8,
			  true) ||
	    sim_vm_access(sim, e, SIM_GGTT, hwsp + HWSP_CSB_PTR, &wp, 4, true))
		return;
	sim_engine_event(sim, e, EVENT_SWITCH);
}

/* --- ports ---------------------------------------------------------------- */

static void take_queue(struct sim_engine *e)
{
	e->port[0] = e->queued[0];
	e->port[1] = e->queued[1];
	e->has_queued = false;
}

static void load_context(struct xengt_sim *sim, struct sim_engine *e)
{
	e->time += SWITCH_NS * (uint64_t)sim->exec->opts.cost_percent / 100;
	sim_lrc_restore(sim, e);
}

static bool is_ring_empty(struct xengt_sim *sim, const struct sim_engine *e)
{
	return e->level == SIM_RING &&
		(*sim_ring_reg(sim, e, RING_HEAD) & RING_HEAD_ADDR) ==
		(*sim_ring_reg(sim, e, RING_TAIL) & RING_TAIL_ADDR);
}

static bool is_same_context(uint64_t a, uint64_t b)
{
	return DESC_LRCA(a) == DESC_LRCA(b) && a >> 32 == b >> 32;
}

static bool may_preempt(struct xengt_sim *sim, const struct sim_engine *e)
{
	if (is_ring_empty(sim, e))
		return true;
	return !e->arb_off && e->level <= SIM_BATCH2 &&
		!(sim->exec->opts.ignore_preempt & SIM_ENGINE_BIT(e->id));
}

bool sim_engine_arbitrate(struct xengt_sim *sim, struct sim_engine *e)
{
	uint64_t old = e->port[0];

	if (!e->has_queued)
		return false;
	if (!old) {
		take_queue(e);
		if (!e->port[0])
			return false;
		csb_put(sim, e, CSB_IDLE_ACTIVE, e->port[0]);
		load_context(sim, e);
		return true;
	}
	if (!may_preempt(sim, e))
		return false;
	if (is_same_context(old, e->queued[0]) &&
	    !(e->queued[0] & DESC_FORCE_RESTORE)) {
		take_queue(e);
		sim_lrc_resample(sim, e);
		e->stats.lite_restores++;
		csb_put(sim, e, CSB_PREEMPTED | CSB_LITE_RESTORE, old);
		return false;
	}
	e->stats.preemptions++;
	if (is_ring_empty(sim, e)) {
		e->stats.completions++;
		sim_lrc_save(sim, e);
		csb_put(sim, e, CSB_PREEMPTED | CSB_COMPLETE, old);
	} else {
		sim_lrc_save(sim, e);
		csb_put(sim, e, CSB_PREEMPTED, old);
	}
	take_queue(e);
	if (e->port[0])
		load_context(sim, e);
	return true;
}

void sim_engine_complete(struct xengt_sim *sim, struct sim_engine *e)
{
	uint64_t old = e->port[0];

	e->stats.completions++;
	sim_lrc_save(sim, e);
	if (e->port[1]) {
		csb_put(sim, e, CSB_COMPLETE | CSB_ELEMENT_SWITCH, old);
		e->port[0] = e->port[1];
		e->port[1] = 0;
		load_context(sim, e);
	} else {
		e->port[0] = 0;
		csb_put(sim, e, CSB_COMPLETE | CSB_ACTIVE_IDLE, old);
	}
}

/* Four writes: second element high and low, first element high and low. */
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

/* --- registers ------------------------------------------------------------ */

static bool is_idle(struct xengt_sim *sim, const struct sim_engine *e)
{
	if (*sim_ring_reg(sim, e, RING_MI_MODE) & MI_MODE_STOP)
		return true;
	if (sim_engine_is_execlist(sim, e))
		return !e->port[0] && !e->has_queued;
	return !(*sim_ring_reg(sim, e, RING_CTL) & RING_CTL_VALID) ||
		is_ring_empty(sim, e);
}

static uint32_t status_lo(const struct sim_engine *e)
{
	uint32_t val = e->n_elsp ? 2U : 0;

	if (e->has_queued)
		val |= 1U << 2;			/* no room for another */
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

	/* the engine stands still between commands, so it is ready at once */
	if (val >> 16 & RESET_REQUEST)
		*reg = val & RESET_REQUEST ? RESET_REQUEST | RESET_READY : 0;
}

static void wake(struct xengt_sim *sim, struct sim_engine *e)
{
	if (e->time < sim->now)
		e->time = sim->now;
}

bool sim_engine_reg_write(struct xengt_sim *sim, uint32_t off, uint32_t val)
{
	struct sim_engine *e = engine_at(sim, off);
	uint32_t *reg;

	if (!e)
		return false;
	off -= e->base;
	reg = sim_ring_reg(sim, e, off);
	if (off >= RING_CSB && off < RING_CSB + 8 * CSB_SLOTS)
		return true;
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
	case RING_ACTHD:
	case RING_ACTHD_UDW:
	case RING_DMA_FADD:
	case RING_DMA_FADD_UDW:
	case RING_IPEIR:
	case RING_IPEHR:
	case RING_INSTDONE:
	case RING_ESR:
	case RING_BBADDR:
	case RING_BBADDR_UDW:
	case RING_BBSTATE:
	case RING_SBBADDR:
	case RING_SBBADDR_UDW:
	case RING_SBBSTATE:
	case RING_STATUS_LO:
	case RING_STATUS_HI:
	case RING_TIMESTAMP:
	case RING_TIMESTAMP + 4:
		return true;			/* read only */
	default:
		return false;
	}
}

/* Address of the command to be executed next, or being executed. */
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
	/* nothing below writes; the register accessor is shared */
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
		return false;
	}
}

static void reset_one(struct xengt_sim *sim, struct sim_engine *e)
{
	struct sim_engine fresh = {
		.id = e->id, .base = e->base, .time = e->time,
		.stats = e->stats, .tlb = e->tlb,
	};

	*e = fresh;
	sim_vm_flush(e);
	memset(sim_ring_reg(sim, e, 0), 0, REGS_BYTES);
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

void sim_engine_tlb_flush(struct xengt_sim *sim, unsigned int engine_mask)
{
	for (unsigned int i = 0; i < SIM_ENGINES; i++)
		if (engine_mask & SIM_ENGINE_BIT(i))
			sim_vm_flush(&sim->exec->engine[i]);
}

/* --- time ----------------------------------------------------------------- */

/*
 * Furthest behind of those in mask: engines work at the same time. One that is
 * late, because time went on faster than it is simulated, may never catch up;
 * it gets SHARE steps for each of an engine that has had fewer in this call.
 */
static struct sim_engine *next_engine(struct xengt_sim *sim, unsigned int mask,
				      const unsigned int steps[SIM_ENGINES])
{
	struct sim_engine *best = NULL, *least = NULL;

	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		if (!(mask & SIM_ENGINE_BIT(i)))
			continue;
		if (!best || e->time < best->time)
			best = e;
		if (!least || steps[i] < steps[least->id])
			least = e;
	}
	if (best && best->time + LATE_NS < sim->now &&
	    steps[best->id] / SHARE > steps[least->id])
		return least;
	return best;
}

bool sim_engine_run(struct xengt_sim *sim)
{
	struct sim_exec *x = sim->exec;
	unsigned int runnable = SIM_ENGINE_ALL, waiting = 0;
	unsigned int steps[SIM_ENGINES] = { 0 };
	unsigned int work = x->opts.work_per_call ?
		x->opts.work_per_call : WORK_PER_CALL;

	if (x->current)
		return false;
	while (work--) {
		struct sim_engine *e = next_engine(sim, runnable & ~waiting,
						   steps);
		bool did;

		if (!e)
			break;
		steps[e->id]++;
		x->current = e;
		e->is_waiting = false;
		did = sim_exec_step(sim, e);
		x->current = NULL;
		if (e->is_waiting) {
			e->time += POLL_NS;
			waiting |= SIM_ENGINE_BIT(e->id);
		} else if (!did) {
			runnable &= ~SIM_ENGINE_BIT(e->id);
		} else {
			/* what it did may be what another waits for */
			waiting = 0;
		}
		if (did && e->time > sim->now)
			sim->now = e->time;
	}
	return runnable & ~waiting;
}

int sim_engine_idle(struct xengt_sim *sim)
{
	if (sim_engine_run(sim))
		return 0;
	for (int i = 0; i < SIM_ENGINES; i++)
		if (sim->exec->engine[i].is_waiting)
			return 1;
	return -1;
}

const char *sim_engine_name(enum sim_engine_id id)
{
	static const char *const names[SIM_ENGINES] = {
		[SIM_RCS] = "RCS", [SIM_VCS] = "VCS", [SIM_VECS] = "VECS",
		[SIM_BCS] = "BCS",
	};

	return names[id];
}

bool sim_engine_actor(const struct xengt_sim *sim, struct sim_actor *ret_actor)
{
	const struct sim_engine *e = sim->exec ? sim->exec->current : NULL;

	if (!e)
		return false;
	ret_actor->engine = e->id;
	ret_actor->desc = e->port[0];
	ret_actor->command_addr = e->cmd_addr;
	ret_actor->command = sim->regs[(e->base + RING_IPEHR) / 4];
	ret_actor->in_ppgtt = e->cmd_space == SIM_PPGTT;
	ret_actor->by_command = e->in_command;
	return true;
}

uint64_t xengt_sim_time(const struct xengt_sim *sim)
{
	return sim->now;
}

void xengt_sim_get_exec(const struct xengt_sim *sim,
			struct xengt_sim_exec_opts *ret_opts)
{
	*ret_opts = sim->exec->opts;
}

void xengt_sim_set_exec(struct xengt_sim *sim,
			const struct xengt_sim_exec_opts *opts)
{
	sim->exec->opts = *opts;
}

void xengt_sim_engine_stats(const struct xengt_sim *sim, unsigned int engine,
			    struct xengt_sim_engine_stats *ret_stats)
{
	memset(ret_stats, 0, sizeof(*ret_stats));
	if (engine < SIM_ENGINES)
		*ret_stats = sim->exec->engine[engine].stats;
}
