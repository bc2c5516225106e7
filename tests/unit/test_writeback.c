// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests cache lines that contexts left in L3 (src/boundary/writeback.c): which commands
 * make the hardware write these lines back when a vGPU ends, and what happens if the
 * hardware does not. test_release tests the effect on the simulated GPU.
 */
#include "boundary_world.h"
#include "boundary/writeback.h"

#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)

static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static void begin_work(struct world_guest *g)
{
	guest_context(g, 0, 1, 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 7), 0);
	hw_tell(w, STARTED);
}

/* Run a context of the first guest on the render engine to its end. */
static void work_of_the_first(void)
{
	struct xengt_event ev;

	begin_work(&w->guests[0]);
	hw_tell(w, IDLE);
	while (next_event(&w->guests[0], &ev))
		;
	assert_true(w->guests[0].exec.has_lines);
}

static void by_the_module(void **state)
{
	const uint32_t *ring = w->sched.flusher.ring.mem;
	struct xengt_exec *exec = &w->guests[0].exec;

	(void)state;
	assert_int_equal(xengt_write_back(exec), 0);
	assert_int_equal(w->own_runs, 0);
	work_of_the_first();
	assert_int_equal(xengt_write_back(exec), 0);
	assert_int_equal(w->own_runs, 1);
	/* before the flush the commands load the module's value of L3SQCREG4 */
	assert_int_equal(ring[0], 0x11000001);
	assert_int_equal(ring[1], 0xb118);
	assert_int_equal(ring[2], w->sched.l3sqcreg4);
	/* no cache lines are left to write back */
	assert_int_equal(xengt_write_back(exec), 0);
	xengt_exec_fini(exec);
	assert_int_equal(w->own_runs, 1);
}

static void by_the_next_context(void **state)
{
	(void)state;
	work_of_the_first();
	begin_work(&w->guests[1]);
	xengt_exec_fini(&w->guests[0].exec);
	assert_int_equal(w->own_runs, 0);
	assert_int_equal(w->resets, 0);
}

/*
 * The neighbour's work begins with commands of the module. These commands do not end, so
 * the neighbour's work has hung.
 */
static void against_a_neighbour(void **state)
{
	struct xengt_event ev;

	(void)state;
	work_of_the_first();
	w->prelude_sticks = true;
	begin_work(&w->guests[1]);
	xengt_exec_fini(&w->guests[0].exec);
	assert_int_equal(w->resets, 1);
	assert_int_equal(w->own_runs, 1);
	assert_false(w->health.is_stopped);
	assert_true(next_event(&w->guests[1], &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
	assert_int_equal(w->guests[1].exec.counters.hangs, 1);
}

/*
 * A neighbour's context has run the module's commands and is in a long batch. The module
 * wants to load this context again, because the neighbour's released frames must wait
 * until a load has written the cache back; but the engine does not leave the batch. The
 * end of the first vGPU must neither wait for this context nor end it.
 */
static void not_against_a_long_batch(void **state)
{
	(void)state;
	work_of_the_first();
	begin_work(&w->guests[1]);
	w->prelude_sticks = true;
	xengt_write_back_mark(&w->guests[1].exec);
	w->now += 30 * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	assert_int_not_equal(*xengt_prelude_done(w->sched.engines[0].active.slot[0]), 0);
	assert_int_equal(xengt_write_back(&w->guests[0].exec), 0);
	assert_int_equal(w->resets, 0);
	assert_int_equal(w->own_runs, 0);
	assert_int_equal(w->guests[1].exec.counters.hangs, 0);
}

/* ---- dom0 stands still ---- */

static uint32_t reads, still_at;

/*
 * At one of its reads of the clock, dom0 gets no processor for a second. In this second
 * the engine ends its work.
 */
static void own_context_ends(struct world *world)
{
	if (++reads != still_at)
		return;
	world->now += 1000 * XENGT_NS_PER_MS;
	hw_event(world, STARTED);
	hw_event(world, IDLE);
}

static void prelude_ends(struct world *world)
{
	const struct xengt_slot *first = world->sched.engines[0].active.slot[0];

	if (++reads != still_at)
		return;
	world->now += 1000 * XENGT_NS_PER_MS;
	if (first)
		*xengt_prelude_done(first) = 0;
}

/*
 * A time limit is for the engine. If dom0 has slept for longer than the limit, and the
 * engine has ended its work, nothing has failed.
 */
static void while_dom0_stands_still(void **state)
{
	(void)state;
	for (still_at = 1; still_at < 12; still_at++) {
		work_of_the_first();
		w->own_sticks = true;
		w->on_now = own_context_ends;
		reads = 0;
		assert_int_equal(xengt_write_back(&w->guests[0].exec), 0);
		assert_true(reads >= still_at);
		w->on_now = NULL;
		w->own_sticks = false;
	}
	assert_int_equal(w->full_resets, 0);
}

static void while_dom0_stands_still_before_a_neighbour(void **state)
{
	(void)state;
	for (still_at = 1; still_at < 12; still_at++) {
		work_of_the_first();
		w->prelude_sticks = true;
		begin_work(&w->guests[1]);
		w->on_now = prelude_ends;
		reads = 0;
		assert_int_equal(xengt_write_back(&w->guests[0].exec), 0);
		w->on_now = NULL;
		w->prelude_sticks = false;
		assert_int_equal(w->guests[1].exec.counters.hangs, 0);
		hw_tell(w, IDLE);
	}
	assert_int_equal(w->resets, 0);
}

/* The neighbour's first context ends, and the engine loads the next one. */
static void next_context_begins(struct world *world)
{
	if (++reads != still_at)
		return;
	world->now += 1000 * XENGT_NS_PER_MS;
	hw_event(world, XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT);
}

static void its_prelude_ends(struct world *world)
{
	const struct xengt_slot *first = world->sched.engines[0].active.slot[0];

	if (reads >= still_at && first)
		*xengt_prelude_done(first) = 0;
}

/* A context that the engine has just loaded has not hung, however long dom0 stood still. */
static void while_dom0_stands_still_before_two_contexts(void **state)
{
	struct world_guest *b = &w->guests[1];

	(void)state;
	for (still_at = 1; still_at < 12; still_at++) {
		work_of_the_first();
		w->prelude_sticks = true;
		begin_work(b);
		guest_context(b, 1, 1, 0);
		guest_emit(b, 1, 0);
		guest_emit(b, 1, 0);
		assert_int_equal(guest_submit(b, 1, 8), 0);
		hw_tell(w, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
		assert_non_null(w->sched.engines[0].active.slot[1]);
		reads = 0;
		w->on_now = next_context_begins;
		w->on_wait = its_prelude_ends;
		assert_int_equal(xengt_write_back(&w->guests[0].exec), 0);
		w->on_now = NULL;
		w->on_wait = NULL;
		w->prelude_sticks = false;
		assert_int_equal(b->exec.counters.hangs, 0);
		hw_tell(w, IDLE);
		hw_tell(w, IDLE);
	}
	assert_int_equal(w->resets, 0);
}

static void not_at_all(void **state)
{
	(void)state;
	work_of_the_first();
	w->own_sticks = true;
	assert_int_equal(xengt_write_back(&w->guests[0].exec), -EIO);
	assert_true(w->health.is_stopped);
	assert_false(w->health.is_lost);
	assert_int_equal(w->full_resets, 1);
}

/* The neighbour has a context on the blitter. */
static void neighbour_blits(void)
{
	struct world_guest *g = &w->guests[1];
	struct xengt_vgpu_submit work;

	guest_context(g, 0, 1, 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	work = guest_work(g, 0, 9);
	work.engine = XENGT_ENGINE_BCS;
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	assert_int_equal(w->sched.in_flight, 1);
}

/* The neighbour's work was lost, and the neighbour learns this, but is not blamed. */
static void its_work_is_lost(void)
{
	struct world_guest *g = &w->guests[1];
	struct xengt_event ev;

	assert_int_equal(w->sched.in_flight, 0);
	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
	assert_int_equal(ev.seqno, 9);
	assert_int_equal(ev.value, XENGT_HUNG_GOES_ON | XENGT_HUNG_LOST);
	assert_false(next_event(g, &ev));
	assert_int_equal(g->exec.counters.hangs, 0);
	assert_int_equal(g->exec.hangs, 0);
}

/* The whole GPU is reset because the cache cannot be flushed. */
static void and_all_work_is_lost(void **state)
{
	(void)state;
	work_of_the_first();
	neighbour_blits();
	w->own_sticks = true;
	assert_int_equal(xengt_write_back(&w->guests[0].exec), -EIO);
	assert_int_equal(w->full_resets, 1);
	its_work_is_lost();
}

static void tlbs_obey_after_the_reset(struct world *world)
{
	world->regs[XENGT_GDRST / 4] = 0;
	world->flush_sticks = false;
}

/* The whole GPU is reset because a TLB cannot be flushed. The next tick ends all work. */
static void all_work_is_lost_with_a_flush(void **state)
{
	(void)state;
	neighbour_blits();
	w->flush_sticks = w->full_reset_sticks = true;
	w->on_wait = tlbs_obey_after_the_reset;
	assert_int_equal(xengt_hw_flush(&w->hw, XENGT_HW_GGTT), 0);
	w->on_wait = NULL;
	assert_true(w->call_at <= w->now + w->sched.hang_ns);
	w->now += w->sched.hang_ns;
	assert_false(xengt_sched_tick(&w->sched));
	its_work_is_lost();
}

static uint32_t looks;

static void look_meanwhile(struct world *world)
{
	looks++;
	assert_true(world->health.is_stopped);
	assert_int_equal(xengt_write_back(&world->guests[0].exec), 1);
	/* engines may still run the work */
	assert_true(xengt_sched_tick(&world->sched));
	if (looks == 3)
		world->regs[XENGT_GDRST / 4] = 0;
}

/*
 * A thread of another vGPU resets the whole GPU. Until the reset has ended, engines may run
 * and caches may have data, so no frame may be released.
 */
static void not_during_a_reset(void **state)
{
	(void)state;
	work_of_the_first();
	neighbour_blits();
	looks = 0;
	w->full_reset_sticks = true;
	w->on_wait = look_meanwhile;
	assert_int_equal(xengt_hw_full_reset(&w->hw), 0);
	w->on_wait = NULL;
	assert_int_equal(looks, 3);
	assert_int_equal(xengt_write_back(&w->guests[0].exec), 0);
	assert_false(xengt_sched_tick(&w->sched));
	its_work_is_lost();
}

static void reset_ends_at_the_third_look(struct world *world)
{
	if (++looks == 3)
		world->health.is_resetting = false;
}

/* A vGPU that ends meanwhile waits for the end of the reset: its memory may be in use. */
static void not_the_end_of_a_vgpu_during_a_reset(void **state)
{
	uint32_t pages;

	(void)state;
	work_of_the_first();
	pages = w->pages;
	w->health.is_stopped = true;
	w->health.is_resetting = true;
	looks = 0;
	w->on_wait = reset_ends_at_the_third_look;
	xengt_exec_fini(&w->guests[0].exec);
	w->on_wait = NULL;
	assert_int_equal(looks, 3);
	assert_true(w->pages < pages);
}

static void not_after_a_lost_reset(void **state)
{
	(void)state;
	work_of_the_first();
	w->full_reset_sticks = true;
	assert_int_equal(xengt_hw_full_reset(&w->hw), -EIO);
	assert_true(w->health.is_lost);
	assert_false(w->health.is_resetting);
}

/*
 * A context of the vGPU itself is on the engine. The cache is written back when the next
 * context is loaded. If no other context comes, the module loads this context again after
 * a while.
 */
static void by_its_own_context(void **state)
{
	struct xengt_exec *exec = &w->guests[0].exec;
	uint32_t n, events;
	uint64_t mark;

	(void)state;
	begin_work(&w->guests[0]);
	assert_int_equal(xengt_write_back(exec), 1);
	n = w->n_ports;
	events = w->guests[0].events;
	mark = xengt_write_back_mark(exec);
	w->now += (XENGT_RELOAD_MS - 1) * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(w->n_ports, n);
	assert_true(w->call_at <= w->now + XENGT_NS_PER_MS);
	w->now += XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(w->n_ports, n + 1);
	assert_true(w->ports[n][0] & XENGT_DESC_FORCE_RESTORE);
	assert_false(xengt_write_back_is_past(exec, mark));
	assert_int_equal(w->guests[0].events, events);
	hw_tell(w, XENGT_CSB_PREEMPTED);
	assert_true(xengt_write_back_is_past(exec, mark));
	assert_int_equal(w->guests[0].events, events + 1);
	/* the context is loaded again only once */
	w->now += XENGT_RELOAD_MS * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(w->n_ports, n + 1);
	assert_int_equal(w->own_runs, 0);
}

/*
 * The guest's batches without privilege may write any value to any dword of the context's
 * status page, by an index. The module must not take such a write for one of its own commands.
 */
static void nothing_that_a_guest_may_write_forges_it(void **state)
{
	static const uint32_t values[] = { 0, 1, ~0u };
	struct xengt_exec *exec = &w->guests[0].exec;
	struct xengt_slot *first;
	uint64_t mark;

	(void)state;
	begin_work(&w->guests[0]);
	first = w->sched.engines[0].active.slot[0];
	w->prelude_sticks = true;
	mark = xengt_write_back_mark(exec);
	w->now += XENGT_RELOAD_MS * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	for (uint32_t v = 0; v < 3; v++) {
		for (uint32_t i = 0; i < XENGT_PAGE_DWORDS; i++)
			((uint32_t *)first->image.mem)[i] = values[v];
		hw_tell(w, XENGT_CSB_PREEMPTED);
		assert_false(xengt_write_back_is_past(exec, mark));
	}
	*xengt_prelude_done(first) = 0;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	assert_true(xengt_write_back_is_past(exec, mark));
}

static uint32_t waits;

/*
 * The engine had begun b's context when it got a's context again, so the engine loads a's
 * context again.
 */
static void b_had_begun(struct world *world)
{
	if (waits++)
		return;
	hw_event(world, XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT);
	hw_event(world, XENGT_CSB_PREEMPTED);
}

static void b_had_not_begun(struct world *world)
{
	if (!waits++)
		hw_event(world, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
}

static void it_is_flushed_now(struct world *world)
{
	if (++waits == 5)
		*xengt_prelude_done(world->sched.engines[0].active.slot[0]) = 0;
}

/*
 * b's context is in the second port, and a's context is in the first. A reset removes b's
 * context; a's context stays. If the engine had begun b's context, it now runs the module's
 * commands before a's work again, and xengt_write_back() waits for them.
 */
static void by_a_context_that_stays(void **state)
{
	struct world_guest *a = &w->guests[0], *b = &w->guests[1];

	(void)state;
	for (uint32_t has_begun = 0; has_begun < 2; has_begun++) {
		begin_work(a);
		guest_context(b, 0, 1, 0);
		guest_emit(b, 0, 0);
		guest_emit(b, 0, 0);
		assert_int_equal(guest_submit(b, 0, 8), 0);
		hw_tell(w, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
		assert_ptr_equal(w->sched.engines[0].active.slot[1]->exec, &b->exec);
		w->prelude_sticks = true;
		w->on_wait = has_begun ? b_had_begun : b_had_not_begun;
		waits = 0;
		assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
		assert_ptr_equal(w->sched.engines[0].active.slot[0]->exec, &a->exec);
		w->on_wait = it_is_flushed_now;
		waits = 0;
		assert_true(b->exec.has_lines);
		assert_int_equal(xengt_write_back(&b->exec), 0);
		assert_int_equal(waits, has_begun ? 5 : 0);
		assert_int_equal(w->resets, 0);
		w->on_wait = NULL;
		w->prelude_sticks = false;
		assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
		assert_int_equal(w->resets, 1);
		w->resets = 0;
	}
}

/* The load of a neighbour's context also makes the engine write the cache back. */
static void by_a_neighbours_context(void **state)
{
	struct xengt_exec *exec = &w->guests[0].exec;
	uint64_t mark;

	(void)state;
	begin_work(&w->guests[0]);
	mark = xengt_write_back_mark(exec);
	guest_context(&w->guests[1], 0, 1, 0);
	guest_emit(&w->guests[1], 0, 0);
	guest_emit(&w->guests[1], 0, 0);
	assert_int_equal(guest_submit(&w->guests[1], 0, 8), 0);
	/* the engine reports that the neighbour's context is in the second port */
	hw_tell(w, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
	w->now += 10 * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	hw_tell(w, XENGT_CSB_PREEMPTED);
	assert_int_equal(w->sched.engines[0].active.slot[0]->exec->vgpu_id, 2);
	assert_true(xengt_write_back_is_past(exec, mark));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(by_the_module), T(by_the_next_context),
		T(against_a_neighbour), T(not_against_a_long_batch),
		T(while_dom0_stands_still), T(while_dom0_stands_still_before_a_neighbour),
		T(while_dom0_stands_still_before_two_contexts),
		T(not_at_all), T(by_its_own_context),
		T(and_all_work_is_lost), T(all_work_is_lost_with_a_flush),
		T(not_during_a_reset), T(not_the_end_of_a_vgpu_during_a_reset),
		T(not_after_a_lost_reset),
		T(nothing_that_a_guest_may_write_forges_it),
		T(by_a_context_that_stays), T(by_a_neighbours_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
