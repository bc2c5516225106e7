// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sessions of submission: three guests submit, append, get refused, reset, hang
 * and end, in rings that are often full. The test plays an engine that needs some
 * time. The oracle (tests/oracle/oracle.h) checks that the audit has approved every
 * dword that the engine may read, for exactly the place where the dword is.
 *
 * XENGT_TEST_SUBMISSIONS: number of submissions on each platform; XENGT_TEST_SEED: a
 * seed that replaces the built-in one. A session that fails prints its seed.
 *
 * promise: P12
 */
#include <stdio.h>

#include "boundary_world.h"
#include "random_sessions.h"
#include "oracle/oracle.h"

#define SUBMISSIONS	8000u		/* number of submissions on each platform */
#define SESSION_OPS	400u
#define GUESTS		3u
#define CONTEXTS	3u
#define FIRST_SEED	0x9e3779b97f4a7c15ull

static struct world *w;
static enum xengt_engine_id engine;
static uint32_t running_head;		/* ring position of the engine's first context */

/* ---- a guest ---- */

/* A second vCPU stores to the ring while the module reads the ring. */
static void *changing_frame_at(void *ctx, xengt_gfn_t frame)
{
	uint32_t *page = guest_frame_at(ctx, frame);

	if (xengt_gfn_x(frame) >= RING_FRAME(0) && one_in(16))
		page[draw(1024)] = one_in(2) ? 0 : 0xdeadbeef;
	return page;
}

static const struct xengt_guest_ops *ops(void)
{
	static struct xengt_guest_ops changing;

	changing = guest_ops;
	changing.frame_at = changing_frame_at;
	return &changing;
}

static void make_context(struct world_guest *g, uint32_t n)
{
	uint32_t pages = one_in(4) ? 2 : 1;

	/* a driver may leave the head at any dword */
	guest_context(g, n, pages, draw(pages * 1024) * 4);
}

static void make_guest(struct world_guest *g)
{
	g->exec.guest.ops = ops();
	guest_map_space(g, BATCH_FRAME + 2);
	for (uint32_t n = 0; n < CONTEXTS; n++)
		make_context(g, n);
	/* end the batches after some pages */
	g->memory[BATCH_FRAME + 1][draw(1024)] = 0x05000000;
	g->memory[BATCH_FRAME + 1][1023] = 0x05000000;
	g->memory[BATCH_FRAME + 2][100] = 0x05000000;
	g->memory[BATCH_FRAME + 43][1023] = 0x05000000;
}

static void emit_batch(struct world_guest *g, uint32_t n, uint32_t dw0,
		       uint32_t addr)
{
	guest_emit(g, n, dw0);
	guest_emit(g, n, addr);
	guest_emit(g, n, 0);
	guest_emit(g, n, 0);
}

static void emit_command(struct world_guest *g, uint32_t n)
{
	switch (draw(12)) {
	case 0:
		emit_batch(g, n, 0x18800001, gaddr(g, BATCH_FRAME));
		break;
	case 1:
		/*
		 * a batch so long that only a few copies fit while the context
		 * is in flight
		 */
		emit_batch(g, n, 0x18800001, gaddr(g, BATCH_FRAME + 3));
		break;
	case 2:
	case 3:
	case 4:
		emit_batch(g, n, 0x18800101, 0x1000);
		break;
	case 5:
		guest_emit(g, n, 0x11000001);
		guest_emit(g, n, 0x2600);
		guest_emit(g, n, draw(100));
		break;
	case 6:
		guest_emit(g, n, one_in(2) ? 0x04000000 : 0x04000001);
		break;
	case 7:
		if (one_in(4))
			guest_emit(g, n, 0xdeadbeef);
		break;
	case 8:
		/*
		 * sometimes add a store to another vGPU's memory, which the
		 * audit refuses
		 */
		if (one_in(8))
			emit_batch(g, n, 0x10400002, GUEST_FIRST << 12);
		break;
	default:
		guest_emit(g, n, one_in(2) ? 0x02800000 : 0);
		break;
	}
}

static void emit(struct world_guest *g, uint32_t n)
{
	uint32_t count = draw(one_in(8) ? 300 : 20);

	while (count--)
		emit_command(g, n);
	/*
	 * a tail must be aligned; with two no-ops after the tail the module can pad
	 * the ring
	 */
	guest_emit(g, n, 0);
	if (one_in(2))
		guest_emit(g, n, 0);
}

/*
 * Fill the ring so that little or no room is left before the head.
 */
static void fill(struct world_guest *g, uint32_t n)
{
	uint32_t *st = state_of(g, n);
	uint32_t bytes = (st[ST_CTL_DW] & ~1u) + 4096;
	uint32_t to = (st[ST_HEAD_DW] & XENGT_RING_ADDR) + bytes -
		      4 * draw(one_in(2) ? 6 : 24);

	while (st[ST_TAIL_DW] != to % bytes)
		guest_emit(g, n, 0x02800000);
}

static void submit(struct world_guest *g, uint32_t n)
{
	struct xengt_vgpu_submit work = guest_work(g, n, 1 + draw(1000));

	work.engine = engine;
	xengt_submit(&g->exec, &work);
}

static void poll_events(struct world_guest *g)
{
	struct xengt_event ev;
	uint32_t count = 1 + draw(6);

	while (count-- && xengt_exec_next_event(&g->exec, &ev))
		;
}

/* Destroy a guest, and create another guest in its place. */
static void replace(struct world_guest *g)
{
	uint32_t id = g->exec.vgpu_id;

	xengt_exec_fini(&g->exec);
	assert_int_equal(g->ppgtt.pins, 0);
	memset(&g->exec, 0, sizeof(g->exec));
	assert_int_equal(xengt_exec_init(&g->exec, &w->sched, &g->guest, &g->gtt,
					 &g->ppgtt, id), 0);
	make_guest(g);
}

/* ---- the engine ---- */

static void tell(uint32_t status)
{
	uint32_t *hws = w->sched.engines[engine].hws.mem;

	w->csb_wp[engine] = (w->csb_wp[engine] + 1) % 6;
	hws[0x10 + 2 * w->csb_wp[engine]] = status;
	hws[0x1f] = w->csb_wp[engine];
}

static uint32_t *state_page(const struct xengt_slot *slot)
{
	return (uint32_t *)slot->image.mem + 1024;
}

static uint32_t base(void)
{
	static const uint32_t bases[] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

	return bases[engine];
}

/* Lets the engine stop the context and write the context's head to the image. */
static void leave(const struct xengt_slot *slot)
{
	state_page(slot)[ST_HEAD_DW] = running_head;
}

static void enter(const struct xengt_slot *slot)
{
	running_head = state_page(slot)[ST_HEAD_DW] & XENGT_RING_ADDR;
}

/*
 * Lets the engine's first context run a part of the commands that the module has sent.
 */
static void run_some(const struct xengt_slot *slot)
{
	uint32_t tail = state_page(slot)[ST_TAIL_DW];
	uint32_t left = xengt_ring_span(slot, running_head, tail);

	if (one_in(3))
		left = draw(left / 4 + 1) * 4;
	running_head = (running_head + left) % slot->ring_bytes;
	w->regs[(base() + XENGT_RING_HEAD) / 4] = running_head;
}

/* Lets the engine begin the contexts that were written to its ports. */
static void acknowledge(struct xengt_engine *e)
{
	const struct xengt_slot *old = e->active.slot[0];

	if (!old) {
		enter(e->pending.slot[0]);
		tell(XENGT_CSB_IDLE_ACTIVE);
		return;
	}
	if (e->pending.slot[0] != old) {
		leave(old);
		enter(e->pending.slot[0]);
		tell(XENGT_CSB_PREEMPTED);
		return;
	}
	tell(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
	if (e->pending.is_forced)
		leave(old);
}

static void complete(struct xengt_engine *e)
{
	const struct xengt_slot *old = e->active.slot[0];
	const struct xengt_slot *next = e->active.slot[1];

	leave(old);
	if (e->has_pending && e->pending.slot[0] == old) {
		/*
		 * the running context ended before the engine took the new
		 * contexts
		 */
		tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
		tell(XENGT_CSB_IDLE_ACTIVE);
		enter(old);
		return;
	}
	if (next)
		enter(next);
	tell(XENGT_CSB_COMPLETE |
	     (next ? XENGT_CSB_ELEMENT : XENGT_CSB_ACTIVE_IDLE));
}

static void run_engine(bool is_told)
{
	struct xengt_engine *e = &w->sched.engines[engine];
	const struct xengt_slot *first = e->active.slot[0];

	/*
	 * until the module has read the events, the module's struct does not say what
	 * the engine runs
	 */
	if (w->csb_wp[engine] != e->csb_head) {
		if (is_told)
			xengt_sched_irq(&w->sched, engine, 0);
		return;
	}
	if (first) {
		run_some(first);
		if (running_head == state_page(first)[ST_TAIL_DW] &&
		    (!e->has_pending || !e->active.slot[1]))
			complete(e);
		else if (e->has_pending)
			acknowledge(e);
	} else if (e->has_pending) {
		acknowledge(e);
	}
	if (is_told)
		xengt_sched_irq(&w->sched, engine, one_in(2) ? 1 : 0);
}

static void while_waiting(struct world *world)
{
	(void)world;
	if (one_in(2))
		run_engine(false);
}

static void hang(void)
{
	for (uint32_t i = 0; i < 13; i++, w->now += 10000000)
		xengt_sched_tick(&w->sched);
}

/* ---- a session ---- */

static void act(void)
{
	struct world_guest *g = &w->guests[draw(GUESTS)];
	uint32_t n = draw(CONTEXTS);

	switch (draw(32)) {
	case 0:
		g->memory[RING_FRAME(n)][draw(1024)] = draw(2) ? 0 : draw(~0u);
		break;
	case 1:
		make_context(g, n);
		break;
	case 2:
	case 3:
		fill(g, n);
		break;
	case 4:
		assert_int_equal(xengt_exec_reset(&g->exec, 1u << engine), 0);
		break;
	case 5:
		if (g->exec.is_stopped || one_in(8))
			replace(g);
		break;
	case 6:
		if (one_in(8))
			hang();
		break;
	case 7:
	case 8:
	case 9:
		poll_events(g);
		break;
	default:
		if (one_in(2))
			run_engine(true);
		else if (one_in(2))
			emit(g, n);
		else
			submit(g, n);
		break;
	}
	w->n_ports = 0;
}

static void session(enum xengt_platform_id platform)
{
	w = world_create(platform, GUESTS);
	w->on_wait = while_waiting;
	engine = (enum xengt_engine_id)draw(XENGT_ENGINES);
	for (uint32_t i = 0; i < GUESTS; i++)
		make_guest(&w->guests[i]);
	for (uint32_t i = 0; i < SESSION_OPS; i++)
		act();
	world_destroy(w);
}

static void sessions_on(enum xengt_platform_id platform)
{
	const uint64_t wanted = number_of("XENGT_TEST_SUBMISSIONS",
					  SUBMISSIONS);
	const struct oracle_counts before = oracle_counts();
	struct oracle_counts now;

	sessions_begin(FIRST_SEED);
	do {
		session_begins();
		session(platform);
		now = oracle_counts();
	} while (now.submissions - before.submissions < wanted);
	printf("%llu submissions accepted, %llu refused, %llu dwords in %llu checks\n",
		(unsigned long long)(now.submissions - before.submissions),
		(unsigned long long)(now.not_taken - before.not_taken),
		(unsigned long long)(now.dwords - before.dwords),
		(unsigned long long)(now.checks - before.checks));
	/* sessions in which no work, or all work, is refused would test nothing */
	assert_true(now.not_taken - before.not_taken > wanted / 20);
	assert_true(now.dwords - before.dwords > wanted);
}

int main(void)
{
	return sessions_main(sessions_on);
}
