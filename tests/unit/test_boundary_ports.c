/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how vGPUs take turns at an engine: src/boundary/ports.c and lane.c. The test plays the
 * hardware.
 * test_share tests how much time each vGPU gets.
 *
 * promise: P13
 */
#include "boundary/lane.h"
#include "boundary/writeback.h"
#include "boundary_world.h"

#define MS		1000000ull
#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define LEFT		XENGT_CSB_PREEMPTED
#define LITE		(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE)
#define SWITCHED	(XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT)
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)
#define FORCED		4u		/* bit of a descriptor */
#define LONGER		(10 * MS)	/* a time longer than a turn while another vGPU waits */

static struct world *w;
static struct world_guest *a, *b;

static void begin(enum xengt_platform_id platform)
{
	w = world_create(platform, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_context(a, 0, 1, 0);
	guest_context(b, 0, 1, 0);
}

static int setup_skl(void **state)
{
	(void)state;
	begin(XENGT_PLATFORM_SKL);
	return 0;
}

static int setup_bdw(void **state)
{
	(void)state;
	begin(XENGT_PLATFORM_BDW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static void submit(struct world_guest *g, uint32_t n, uint64_t seqno)
{
	guest_emit(g, n, 0);
	guest_emit(g, n, 0);
	assert_int_equal(guest_submit(g, n, seqno), 0);
}

/*
 * When the module begins to use an engine, the engine's read pointer and write pointer name the
 * last entry of the CSB, in bits 8 to 10 and 0 to 2: the engine writes its first event to entry
 * 0. The upper half of the register is the mask of the lower half.
 */
static void the_first_event_is_in_entry_0(void **state)
{
	static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++)
		assert_int_equal(w->regs[(bases[e] + XENGT_RING_CSB_PTR) / 4], 0xffff0505);
}

/* While no engine works, no timer is armed, so an idle GPU costs nothing. */
static void an_idle_engine_needs_no_timer(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			assert_int_equal(xengt_lane_deadline(&w->sched, &w->sched.engines[e],
							     w->now), XENGT_NEVER);
		submit(a, 0, 1 + round);
		hw_tell(w, STARTED);
		assert_true(xengt_lane_deadline(&w->sched, &w->sched.engines[0], w->now) <
			    XENGT_NEVER);
		hw_tell(w, IDLE);
	}
}

/* The number of the last event is in bits 0 to 2 of its dword of the status page. */
static void other_bits_of_the_last_event_do_not_count(void **state)
{
	uint32_t *last = (uint32_t *)w->sched.engines[0].hws.mem + 0x1f;
	struct xengt_event ev;

	(void)state;
	for (uint64_t n = 1; n < 20; n++) {
		submit(a, 0, n);
		hw_event(w, STARTED);
		*last |= (uint32_t)n << 3;
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
		assert_non_null(w->sched.engines[0].active.slot[0]);
		hw_event(w, IDLE);
		*last |= (uint32_t)n << 3;
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
		assert_true(next_event(a, &ev));
		assert_int_equal(ev.seqno, n);
	}
}

static struct xengt_slot *slot_of(struct world_guest *g, uint32_t n)
{
	for (uint32_t i = 0; i < XENGT_EXEC_SLOTS; i++)
		if (g->exec.lanes[0].slots[i].lrca ==
		    gaddr(g, IMAGE_FRAME(n)))
			return &g->exec.lanes[0].slots[i];
	fail_msg("no such context");
	return NULL;
}

static uint32_t tail_of(struct world_guest *g, uint32_t n)
{
	return ((uint32_t *)slot_of(g, n)->image.mem)[1024 + ST_TAIL_DW];
}

static void expect_ports(uint32_t n_ports, uint32_t first, uint32_t second)
{
	assert_int_equal(w->n_ports, n_ports);
	assert_int_equal(port_vgpu(w, 0), first);
	assert_int_equal(port_vgpu(w, 1), second);
}

static void expect_event(struct world_guest *g, uint32_t type, uint64_t seqno)
{
	struct xengt_event ev;

	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, type);
	assert_int_equal(ev.seqno, seqno);
}

static void expect_none(struct world_guest *g)
{
	struct xengt_event ev;

	assert_false(next_event(g, &ev));
}

/* After a reset of the whole GPU no context is written to the ports, whatever waits there. */
static void a_stopped_gpu_gets_no_work(void **state)
{
	uint32_t n;

	(void)state;
	submit(a, 0, 1);
	/* b waits, because the ports are pending */
	submit(b, 0, 1);
	n = w->n_ports;
	assert_int_equal(xengt_hw_full_reset(&w->hw), 0);
	hw_tell(w, STARTED);
	assert_int_equal(w->n_ports, n);
	hw_tell(w, IDLE);
	w->now += LONGER;
	xengt_sched_tick(&w->sched);
	guest_emit(a, 0, 0);
	guest_emit(a, 0, 0);
	assert_int_equal(guest_submit(a, 0, 2), -EIO);
	assert_int_equal(w->n_ports, n);
}

static void within_its_turn_a_vgpu_goes_on(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(a, 0, 2);
	expect_ports(2, 1, 0);
	assert_int_equal(tail_of(a, 0), 16);
	hw_tell(w, LITE);
	submit(b, 0, 1);
	expect_ports(3, 1, 2);
	hw_tell(w, LITE);
	/* b's context stays in the second port */
	submit(a, 0, 3);
	submit(a, 0, 4);
	expect_ports(4, 1, 2);
	assert_int_equal(tail_of(a, 0), 32);
	/*
	 * a's turn is over, so b's context comes first; because it may have begun already, its
	 * load is forced
	 */
	w->now += LONGER;
	submit(a, 0, 5);
	hw_tell(w, LITE);
	expect_ports(5, 2, 0);
	assert_int_equal(w->ports[4][0] & FORCED, FORCED);
	hw_tell(w, LEFT);
	expect_none(a);
	/* a has had more time than b, so a's next turn begins only when b's work has ended */
	expect_ports(5, 2, 0);
	hw_tell(w, IDLE);
	expect_ports(6, 1, 0);
	assert_int_equal(tail_of(a, 0), 40);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 5);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
}

/*
 * Some hardware must not switch contexts inside a batch. On such hardware the module does not
 * preempt while the guest's batch runs with arbitration on.
 */
static void an_open_batch_is_not_left(void **state)
{
	const uint32_t batch[] = { 0x18800101, 0x1000, 0, 0 };

	(void)state;
	for (uint32_t open = 0; open < 2; open++) {
		guest_context(a, 0, 1, 0);
		guest_context(b, 0, 1, 0);
		guest_emit(a, 0, open ? 0 : 0x04000000);
		guest_emit(a, 0, 0);
		for (uint32_t i = 0; i < 4; i++)
			guest_emit(a, 0, batch[i]);
		guest_emit(a, 0, 0x04000001);
		guest_emit(a, 0, 0);
		assert_int_equal(guest_submit(a, 0, 1), 0);
		hw_tell(w, STARTED);
		submit(b, 0, 1);
		hw_tell(w, LITE);
		w->now += LONGER;
		xengt_sched_tick(&w->sched);
		if (open) {
			expect_ports(w->n_ports, 1, 2);
			hw_tell(w, SWITCHED);
		} else {
			expect_ports(w->n_ports, 2, 0);
			hw_tell(w, XENGT_CSB_PREEMPTED | XENGT_CSB_COMPLETE);
		}
		hw_tell(w, IDLE);
		expect_event(a, XENGT_EVENT_COMPLETE, 1);
		expect_event(b, XENGT_EVENT_COMPLETE, 1);
	}
}

/*
 * The context in the second port may have a batch with arbitration on, and the engine may
 * have begun this context already. So the module does not write the ports again when the
 * first context gets more work.
 */
static void nor_is_the_second_context_s(void **state)
{
	const uint32_t batch[] = { 0x18800101, 0x1000, 0, 0 };
	uint32_t n;

	(void)state;
	submit(a, 0, 1);
	for (uint32_t i = 0; i < 4; i++)
		guest_emit(b, 0, batch[i]);
	assert_int_equal(guest_submit(b, 0, 1), 0);
	submit(a, 0, 2);
	hw_tell(w, STARTED);
	/* a's context was written to the port again with more work, so it needs no padding */
	expect_ports(2, 1, 2);
	hw_tell(w, LITE);
	assert_false(slot_of(a, 0)->is_padded);
	assert_true(slot_of(b, 0)->is_open);
	n = w->n_ports;
	submit(a, 0, 3);
	expect_ports(n, 1, 2);
	/* a's turn ends; the rest of a's work waits for a's next turn */
	hw_tell(w, SWITCHED);
	assert_ptr_equal(w->sched.engines[0].active.slot[0], slot_of(b, 0));
	expect_none(a);
}

static uint32_t ports_at_wait;

static void first_ends(struct world *world)
{
	world->on_wait = NULL;
	ports_at_wait = world->n_ports;
	hw_event(world, SWITCHED);
}

/*
 * A context that must leave the second port does not make the engine leave the batch of the
 * first context: without padding, the engine would have to save and load the first context. So
 * the module waits for the first context's end.
 */
static void nor_for_one_that_must_leave(void **state)
{
	const uint32_t batch[] = { 0x18800101, 0x1000, 0, 0 };
	uint32_t n;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		guest_emit(a, 0, batch[i]);
	assert_int_equal(guest_submit(a, 0, 1), 0);
	submit(b, 0, 1);
	guest_emit(a, 0, 0);
	guest_emit(a, 0, 0);
	/* no padding: the dwords behind the tail are no no-ops */
	for (uint32_t i = 0; i < 2; i++)
		a->memory[RING_FRAME(0)][state_of(a, 0)[ST_TAIL_DW] / 4 + i] = 0x01000000;
	assert_int_equal(guest_submit(a, 0, 2), 0);
	hw_tell(w, STARTED);
	expect_ports(2, 1, 2);
	hw_tell(w, LITE);
	assert_true(slot_of(a, 0)->is_open);
	assert_false(slot_of(a, 0)->can_pad);
	n = w->n_ports;
	w->on_wait = first_ends;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	assert_int_equal(ports_at_wait, n);
	assert_int_equal(a->exec.hangs, 0);
	expect_event(a, XENGT_EVENT_COMPLETE, 2);
	expect_none(b);
}

/* Frames of g are kept, and the time has come at which the engine must load its context again. */
static void reload_is_due(struct world_guest *g)
{
	xengt_write_back_mark(&g->exec);
	w->now += XENGT_RELOAD_MS * MS;
}

/*
 * The engine must load the context again. The module does not write a context to the ports
 * that is unchanged: the context gets more commands, or else the padding.
 */
static void a_reload_is_never_unchanged(void **state)
{
	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		uint32_t n;

		guest_context(a, 0, 1, 0);
		submit(a, 0, 1);
		w->prelude_sticks = true;
		if (more)
			submit(a, 0, 2);
		n = w->n_ports;
		reload_is_due(a);
		hw_tell(w, STARTED);
		xengt_sched_tick(&w->sched);
		expect_ports(n + 1, 1, 0);
		assert_int_equal(w->ports[n][0] & FORCED, FORCED);
		assert_int_equal(tail_of(a, 0), 16);
		assert_int_equal(slot_of(a, 0)->is_padded, !more);
		w->prelude_sticks = false;
		hw_tell(w, LEFT);
		xengt_write_back_unmark(&a->exec);
		hw_tell(w, IDLE);
		expect_event(a, XENGT_EVENT_COMPLETE, 1 + more);
	}
}

/*
 * On hardware that must not switch contexts inside a batch, a reload waits for the end of an
 * open batch of the first context, and of the second context, which may run already.
 */
static void a_reload_leaves_no_open_batch(void **state)
{
	const uint32_t batch[] = { 0x18800101, 0x1000, 0, 0 };
	struct xengt_share share = xengt_share_default();
	uint32_t n;

	(void)state;
	/* a's turn is not over when the reload is due */
	share.slice_ns = 10 * XENGT_RELOAD_MS * MS;
	xengt_exec_set_share(&a->exec, &share);
	for (uint32_t open = 0; open < 4; open++) {
		guest_context(a, 0, 1, 0);
		guest_context(b, 0, 1, 0);
		for (uint32_t i = 0; i < 4; i++)
			guest_emit(a, 0, open & 1 ? batch[i] : 0);
		for (uint32_t i = 0; i < 4; i++)
			guest_emit(b, 0, open & 2 ? batch[i] : 0);
		assert_int_equal(guest_submit(a, 0, 1), 0);
		w->prelude_sticks = true;
		hw_tell(w, STARTED);
		assert_int_equal(guest_submit(b, 0, 1), 0);
		hw_tell(w, LITE);
		expect_ports(w->n_ports, 1, 2);
		assert_int_equal(slot_of(a, 0)->is_open, open & 1);
		assert_int_equal(slot_of(b, 0)->is_open, open >> 1);
		n = w->n_ports;
		reload_is_due(a);
		xengt_sched_tick(&w->sched);
		expect_ports(n + !open, 1, 2);
		w->prelude_sticks = false;
		if (!open)
			hw_tell(w, LEFT);
		xengt_write_back_unmark(&a->exec);
		hw_tell(w, SWITCHED);
		hw_tell(w, IDLE);
		expect_event(a, XENGT_EVENT_COMPLETE, 1);
		expect_event(b, XENGT_EVENT_COMPLETE, 1);
	}
}

/* The timer is armed for the earliest time at which an engine must be looked at. */
static void the_earliest_deadline_counts(void **state)
{
	struct xengt_vgpu_submit work;
	uint64_t first;

	(void)state;
	submit(a, 0, 1);
	first = w->call_at;
	assert_true(first > w->now);
	w->now += MS;
	guest_context(b, 1, 1, 0);
	guest_emit(b, 1, 0);
	guest_emit(b, 1, 0);
	work = guest_work(b, 1, 1);
	work.engine = XENGT_ENGINE_VCS;
	assert_int_equal(xengt_submit(&b->exec, &work), 0);
	assert_int_equal(w->call_at, first);
	/* each call arms the timer anew, as long as an engine works */
	w->now = first;
	w->call_at = 0;
	assert_true(xengt_sched_tick(&w->sched));
	assert_true(w->call_at > w->now && w->call_at < XENGT_NEVER);
	assert_int_equal(xengt_exec_reset(&a->exec, 0xf), 0);
	assert_int_equal(xengt_exec_reset(&b->exec, 0xf), 0);
	w->call_at = 0;
	assert_false(xengt_sched_tick(&w->sched));
	assert_int_equal(w->call_at, 0);
}

/* An event that reports neither a start nor an end changes nothing. */
static void other_events_change_nothing(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	hw_tell(w, XENGT_CSB_ELEMENT);
	hw_tell(w, XENGT_CSB_ACTIVE_IDLE);
	hw_tell(w, 0);
	assert_ptr_equal(w->sched.engines[0].active.slot[0], slot_of(a, 0));
	expect_none(a);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
}

/*
 * The interrupts of a window are counted from its first one: the engine is muted with the
 * interrupt number XENGT_IRQS_MAX, and until the window is over.
 */
static void an_engine_is_muted_for_a_window(void **state)
{
	const struct xengt_engine *engine = &w->sched.engines[XENGT_ENGINE_RCS];

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	w->now += 10 * XENGT_IRQ_WINDOW_NS;
	for (uint32_t window = 0; window < 2; window++) {
		uint64_t begin = w->now;

		for (uint32_t i = 1; i <= XENGT_IRQS_MAX; i++) {
			assert_false(engine->is_muted);
			xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, XENGT_ENGINE_IRQ_USER);
		}
		assert_true(engine->is_muted);
		w->now = begin + XENGT_IRQ_WINDOW_NS - 1;
		assert_true(xengt_sched_unmute(&w->sched));
		assert_true(engine->is_muted);
		w->now = begin + XENGT_IRQ_WINDOW_NS;
		assert_false(xengt_sched_unmute(&w->sched));
		assert_false(engine->is_muted);
	}
	/* one interrupt less in each window does not mute the engine */
	for (uint32_t i = 0; i < 3 * (XENGT_IRQS_MAX - 1); i++) {
		if (i % (XENGT_IRQS_MAX - 1) == 0)
			w->now += XENGT_IRQ_WINDOW_NS;
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, XENGT_ENGINE_IRQ_USER);
		assert_false(engine->is_muted);
	}
}

/*
 * A context that does not move has hung after hang_ns if its vGPU is alone, and otherwise after the
 * timeout of its share, counted from the last move or from the time since which another vGPU
 * waits, whichever is later.
 */
static void a_hang_has_its_time(void **state)
{
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t begin, end;

		if (i) {
			teardown(state);
			setup_skl(state);
		}
		a->exec.share.timeout_ns = 40 * MS;
		a->exec.share.slice_ns = 1000 * MS;
		submit(a, 0, 1);
		hw_tell(w, STARTED);
		begin = w->now;
		xengt_sched_tick(&w->sched);
		end = begin + 100 * MS;
		if (i) {
			w->now = begin + 10 * MS;
			submit(b, 0, 1);
			hw_tell(w, LITE);
			end = begin + 50 * MS;
		}
		if (i == 2) {
			/* a moves once more */
			w->now = begin + 30 * MS;
			w->regs[(RCS + XENGT_RING_HEAD) / 4] += 4;
			xengt_sched_tick(&w->sched);
			end = begin + 70 * MS;
		}
		w->now = end - 1;
		xengt_sched_tick(&w->sched);
		assert_int_equal(a->exec.hangs, 0);
		w->now = end;
		xengt_sched_tick(&w->sched);
		assert_int_equal(a->exec.hangs, 1);
	}
}

/* A context that does not move has hung, however often its guest adds work. */
static void more_work_is_no_progress(void **state)
{
	struct xengt_event ev = { 0 };

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	for (uint32_t i = 0; i < 20 && !a->exec.hangs; i++) {
		w->now += 10 * MS;
		if (i % 2)
			submit(a, 0, 2 + i);
		hw_tell(w, LITE);
		xengt_sched_tick(&w->sched);
	}
	assert_int_equal(a->exec.hangs, 1);
	assert_true(next_event(a, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
}

/* The time during which the engine was idle does not count, even if the head did not move. */
static void a_pause_is_no_hang(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	xengt_sched_tick(&w->sched);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	w->now += 1000 * MS;
	submit(a, 0, 2);
	hw_tell(w, STARTED);
	xengt_sched_tick(&w->sched);
	assert_int_equal(a->exec.hangs, 0);
	w->now += 50 * MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(a->exec.hangs, 0);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 2);
}

/*
 * The engine has run a's context to its end, but the GPU was stopped before the engine could
 * report the end. b's reset must not count as a hang of a. (test_boundary_evict tests an engine
 * that can still report.)
 */
static void reset_behind_one_that_is_done(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	hw_tell(w, LITE);
	((uint32_t *)slot_of(a, 0)->image.mem)[1024 + ST_HEAD_DW] = tail_of(a, 0);
	w->health.is_stopped = true;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	assert_int_equal(a->exec.hangs, 0);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	expect_none(b);
}

static uint64_t gpu_clock;

/* The GPU's clock advances between two reads. */
static uint32_t read_clock(void *ctx, uint32_t off)
{
	if (off == RCS + XENGT_RING_TIMESTAMP)
		return (uint32_t)gpu_clock++;
	if (off == RCS + XENGT_RING_TIMESTAMP + 4)
		return (uint32_t)(gpu_clock++ >> 32);
	return world_hw_ops.reg_read(ctx, off);
}

/*
 * The module reads the clock in two halves. The low half may overflow before, between or after
 * these reads; in each case the result is between the clock's values at the begin and at the
 * end.
 */
static void the_clock_overflows(void **state)
{
	struct xengt_hw_ops ops = world_hw_ops;

	(void)state;
	ops.reg_read = read_clock;
	w->hw.ops = &ops;
	for (uint64_t begin = 0x5fffffff0; begin < 0x600000010; begin++) {
		uint64_t is;

		gpu_clock = begin;
		is = xengt_engine_timestamp(&w->sched);
		assert_true(is >= begin && is < gpu_clock);
	}
	w->hw.ops = &world_hw_ops;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_event_is_in_entry_0,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(other_bits_of_the_last_event_do_not_count,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(an_idle_engine_needs_no_timer,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(a_stopped_gpu_gets_no_work,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(within_its_turn_a_vgpu_goes_on,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(an_open_batch_is_not_left,
						setup_bdw, teardown),
		cmocka_unit_test_setup_teardown(nor_is_the_second_context_s,
						setup_bdw, teardown),
		cmocka_unit_test_setup_teardown(nor_for_one_that_must_leave,
						setup_bdw, teardown),
		cmocka_unit_test_setup_teardown(a_reload_is_never_unchanged,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(a_reload_leaves_no_open_batch,
						setup_bdw, teardown),
		cmocka_unit_test_setup_teardown(the_earliest_deadline_counts,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(a_hang_has_its_time,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(other_events_change_nothing,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(an_engine_is_muted_for_a_window,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(more_work_is_no_progress,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(a_pause_is_no_hang,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(reset_behind_one_that_is_done,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(the_clock_overflows,
						setup_skl, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
