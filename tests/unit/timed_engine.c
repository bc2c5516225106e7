/* SPDX-License-Identifier: GPL-2.0-only */
/* See timed_engine.h. */
#include "timed_engine.h"

#define ACK_NS		UINT64_C(2000)

struct timed_engine timed_engine;

static struct timed_engine *const e = &timed_engine;

static struct timed_context *context_of(const struct xengt_slot *slot)
{
	struct timed_context *c = e->contexts;

	while (c->slot && c->slot != slot)
		c++;
	assert_true(c < e->contexts + XENGT_ARRAY_SIZE(e->contexts));
	c->slot = slot;
	return c;
}

static struct timed_context *context_at(uint64_t desc)
{
	for (uint32_t i = 0; desc && i < e->w->sched.n_execs; i++)
		for (uint32_t n = 0; e->w->sched.execs[i] && n < XENGT_EXEC_SLOTS; n++) {
			const struct xengt_slot *slot =
				&e->w->sched.execs[i]->lanes[0].slots[n];

			if (slot->image.pages && xengt_area_at(&slot->image) ==
			    ((uint32_t)desc & XENGT_DESC_ADDR))
				return context_of(slot);
		}
	assert_int_equal(desc, 0);
	return NULL;
}

static uint32_t *image_of(const struct timed_context *c)
{
	return (uint32_t *)c->slot->image.mem + XENGT_PAGE_DWORDS;
}

static uint64_t length_of(uint32_t addr)
{
	return addr == TIMED_ENDLESS ? TIMED_NEVER : addr / 4 * TIMED_UNIT_NS;
}

static void show_head(void)
{
	*hw_rcs_reg(e->w, XENGT_RING_HEAD) = e->head;
}

static void enter(struct timed_context *c)
{
	const uint32_t *image = image_of(c);

	e->head = image[ST_HEAD_DW] & XENGT_RING_ADDR;
	e->is_arb_off = false;
	if (!(image[XENGT_ST_BB_ADDR] & 1))
		c->left_ns = 0;
	show_head();
}

static void leave(struct timed_context *c)
{
	uint32_t *image = image_of(c);

	image[ST_HEAD_DW] = e->head;
	image[XENGT_ST_BB_ADDR] = c->left_ns ? 1 : 0;
}

/* ---- what the engine does ---- */

static void take_pending(void)
{
	struct timed_context *old = e->active[0];

	memcpy(e->active, e->pending, sizeof(e->active));
	e->has_pending = false;
	if (old != e->active[0] || e->is_forced)
		enter(e->active[0]);
}

static bool is_lite(void)
{
	return e->active[0] == e->pending[0] && !e->is_forced;
}

static void acknowledge(void)
{
	uint32_t status = XENGT_CSB_IDLE_ACTIVE;

	if (e->active[0])
		status = XENGT_CSB_PREEMPTED |
			 (is_lite() ? XENGT_CSB_LITE_RESTORE : 0);
	if (e->active[0] && !is_lite())
		leave(e->active[0]);
	take_pending();
	hw_event(e->w, status);
}

/* The first context has run up to its tail: begin the second context, or become idle. */
static void complete(void)
{
	leave(e->active[0]);
	e->active[0] = e->active[1];
	e->active[1] = NULL;
	if (e->active[0]) {
		enter(e->active[0]);
		hw_event(e->w, XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT);
		return;
	}
	hw_event(e->w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	if (!e->has_pending)
		return;
	take_pending();
	hw_event(e->w, XENGT_CSB_IDLE_ACTIVE);
}

/* Run one command of the ring. The command takes no time, unless it starts a batch. */
static void step_ring(struct timed_context *c)
{
	const uint32_t *ring = c->slot->ring.mem;
	uint32_t at = e->head / 4, dwords = c->slot->ring_bytes / 4, n = 1;

	if (ring[at] == TIMED_ARB_OFF)
		e->is_arb_off = true;
	else if (ring[at] == TIMED_ARB_ON)
		e->is_arb_off = false;
	if (ring[at] == TIMED_START) {
		c->left_ns = length_of(ring[(at + 1) % dwords]);
		n = 3;
	}
	e->head = (at + n) % dwords * 4;
	show_head();
}

/* May the engine now begin the contexts that were written to its ports? */
static bool can_take(void)
{
	const struct timed_context *c = e->active[0];

	if (!e->has_pending || e->w->now < e->ack_at)
		return false;
	return !c || is_lite() || (!e->is_arb_off && c->left_ns != TIMED_NEVER);
}

bool timed_engine_run(void)
{
	for (;;) {
		struct timed_context *c = e->active[0];

		if (can_take()) {
			acknowledge();
			return true;
		}
		if (!c || c->left_ns)
			return false;
		if (e->head != image_of(c)[ST_TAIL_DW]) {
			step_ring(c);
			continue;
		}
		/*
		 * the second context does not start, because the ports have new contexts by
		 * now
		 */
		if (e->has_pending && e->active[1])
			acknowledge();
		else
			complete();
		return true;
	}
}

/* ---- time ---- */

const struct xengt_exec *timed_engine_runs(void)
{
	if (e->active[0])
		return e->active[0]->slot->exec;
	return e->has_pending ? e->pending[0]->slot->exec : NULL;
}

uint64_t timed_engine_next(void)
{
	const struct timed_context *c = e->active[0];
	uint64_t at = TIMED_NEVER;

	if (c && c->left_ns != TIMED_NEVER)
		at = e->w->now + c->left_ns;
	/*
	 * if the engine cannot begin the new contexts yet, it waits for the end of the
	 * batch
	 */
	if (e->has_pending && e->ack_at > e->w->now && e->ack_at < at)
		at = e->ack_at;
	return at;
}

void timed_engine_pass(uint64_t ns)
{
	const struct xengt_exec *exec = timed_engine_runs();
	struct timed_context *c = e->active[0];

	if (!ns)
		return;
	if (c && c->left_ns != TIMED_NEVER)
		c->left_ns -= ns < c->left_ns ? ns : c->left_ns;
	e->w->now += ns;
	e->passed(exec, ns);
}

uint64_t timed_engine_has(const struct xengt_exec *exec)
{
	uint64_t sum = 0;

	for (uint32_t n = 0; n < XENGT_EXEC_SLOTS; n++) {
		const struct xengt_slot *slot = &exec->lanes[0].slots[n];
		const struct timed_context *c = context_of(slot);
		const uint32_t *ring = slot->ring.mem;
		uint32_t at, dwords = slot->ring_bytes / 4;

		if (slot->state != XENGT_SLOT_ON_HW)
			continue;
		if (c->left_ns == TIMED_NEVER)
			return TIMED_NEVER;
		sum += c->left_ns;
		at = (c == e->active[0] ? e->head :
		      image_of(c)[ST_HEAD_DW] & XENGT_RING_ADDR) / 4;
		for (; at != image_of(c)[ST_TAIL_DW] / 4; at = (at + 1) % dwords) {
			uint64_t ns = length_of(ring[(at + 1) % dwords]);

			if (ring[at] == TIMED_START && ns == TIMED_NEVER)
				return TIMED_NEVER;
			sum += ring[at] == TIMED_START ? ns : 0;
		}
	}
	return sum;
}

/* ---- what the boundary does to the engine ---- */

static void see_ports(void)
{
	const uint64_t *desc = e->w->ports[0];

	if (!e->w->n_ports)
		return;
	/* the ports must not be written again before the engine answered */
	assert_false(e->has_pending);
	e->pending[0] = context_at(desc[0]);
	e->pending[1] = context_at(desc[1]);
	e->is_forced = e->active[0] == e->pending[0] &&
		       desc[0] & XENGT_DESC_FORCE_RESTORE;
	e->has_pending = true;
	e->ack_at = e->w->now + ACK_NS;
	e->w->n_ports = 0;
}

static void write_reg(void *ctx, uint32_t off, uint32_t val)
{
	const struct xengt_exec *runs = timed_engine_runs();
	uint32_t resets = e->w->resets;

	world_hw_ops.reg_write(ctx, off, val);
	if (e->w->resets != resets) {
		memset(e->active, 0, sizeof(e->active));
		e->has_pending = false;
		assert_non_null(runs);
		e->w->now += TIMED_RESET_NS;
		e->is_reset = true;
		e->passed(runs, TIMED_RESET_NS);
		e->is_reset = false;
	}
	see_ports();
}

/* Lets time pass while the boundary waits; the boundary gets no interrupts meanwhile. */
static void wait_us(void *ctx, uint32_t us)
{
	uint64_t end = e->w->now + us * UINT64_C(1000);

	(void)ctx;
	e->is_waited_for = true;
	while (timed_engine_next() <= end) {
		timed_engine_pass(timed_engine_next() - e->w->now);
		if (timed_engine_run())
			e->unheard_ns += us * UINT64_C(1000);
	}
	timed_engine_pass(end - e->w->now);
	e->is_waited_for = false;
}

static void unlock(void *ctx)
{
	(void)ctx;
	if (e->unlocked)
		e->unlocked();
}

void timed_engine_attach(struct world *w,
			 void (*passed)(const struct xengt_exec *exec, uint64_t ns))
{
	*e = (struct timed_engine){ .w = w, .passed = passed, .ops = world_hw_ops };
	e->ops.reg_write = write_reg;
	e->ops.wait_us = wait_us;
	e->ops.engines_unlock = unlock;
	w->hw.ops = &e->ops;
}
