// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which frames are kept, and when they are released (src/boundary/hold.c). The hardware
 * does only what the test lets it do. test_release tests the same on the simulated GPU.
 *
 * promise: P3
 */
#include "boundary_world.h"
#include "boundary/gtt.h"
#include "boundary/hold.h"
#include "boundary/writeback.h"

#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)
#define RELOADED	XENGT_CSB_PREEMPTED
/* Frames of one put; so many that the second put keeps more frames than are allowed. */
#define MANY		(XENGT_KEPT_FRAMES_MAX / 2 + 1)

static struct world *w;
static struct world_guest *a, *b;
static struct xengt_hold hold;
static xengt_gfn_t gfns[MANY];

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	xengt_hold_attach(&hold, &w->hw, &a->exec, &a->guest);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	w->on_now = NULL;
	w->on_wait = NULL;
	world_destroy(w);
	return 0;
}

static void submit(struct world_guest *g)
{
	guest_context(g, 0, 1, 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 7), 0);
}

static void begin_work(struct world_guest *g)
{
	submit(g);
	hw_tell(w, STARTED);
}

static void finish(struct world_guest *g)
{
	struct xengt_event ev;

	hw_tell(w, IDLE);
	while (next_event(g, &ev))
		;
}

static void put(uint32_t count)
{
	assert_true(count <= MANY);
	assert_int_equal(xengt_guest_put(&a->guest, gfns, count), count);
}

static const struct xengt_slot *running(void)
{
	return w->sched.engines[XENGT_ENGINE_RCS].active.slot[0];
}

/*
 * The engine has got its context once more: it has saved the context and loaded it again, and
 * has run the module's commands.
 */
static void engine_reloads(void)
{
	if (!w->sched.engines[XENGT_ENGINE_RCS].has_pending)
		return;
	hw_event(w, RELOADED);
	*xengt_prelude_done(running()) = 0;
}

static void a_frame_of_an_idle_vgpu_goes_at_once(void **state)
{
	(void)state;
	put(3);
	assert_int_equal(a->put, 3);
	assert_int_equal(a->kept, 0);
}

/* Frames that are put after the mark wait for a later load than those before the mark. */
static void kept_frames_go_with_their_mark(void **state)
{
	(void)state;
	begin_work(a);
	w->prelude_sticks = true;
	put(3);
	put(2);
	assert_int_equal(a->kept, 5);
	w->now += XENGT_RELOAD_MS * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	xengt_hold_release(&a->guest);
	assert_int_equal(a->kept, 5);
	engine_reloads();
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	xengt_hold_release(&a->guest);
	assert_int_equal(a->kept, 2);
	finish(a);
	xengt_hold_release(&a->guest);
	assert_int_equal(a->kept, 0);
	assert_int_equal(a->put, 5);
}

/*
 * A vGPU gets an event when its kept frames may go, and not when the load runs that was ordered
 * before the frames were kept. A vGPU without kept frames gets none.
 */
static void who_waits_for_a_load_is_told(void **state)
{
	(void)state;
	w->prelude_sticks = true;
	begin_work(a);
	put(3);
	assert_false(a->exec.has_event);
	/* the context has been loaded, but the frames were kept later */
	*xengt_prelude_done(running()) = 0;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	assert_false(a->exec.has_event);
	w->now += XENGT_RELOAD_MS * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	assert_false(a->exec.has_event);
	engine_reloads();
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	assert_true(a->exec.has_event);
	assert_false(b->exec.has_event);
	xengt_hold_release(&a->guest);
	assert_int_equal(a->kept, 0);
	finish(a);
	/* the next load, while nothing is kept */
	begin_work(a);
	*xengt_prelude_done(running()) = 0;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	assert_false(a->exec.has_event);
	finish(a);
}

static void nothing_goes_while_the_gpu_is_lost(void **state)
{
	(void)state;
	begin_work(a);
	put(3);
	w->health.is_lost = w->health.is_stopped = true;
	put(0);
	assert_int_equal(xengt_guest_put(&a->guest, gfns, 1), 0);
	xengt_hold_release(&a->guest);
	assert_int_equal(a->kept, 3);
	assert_int_equal(a->put, 0);
}

/* ---- who pays for flushes ---- */

static uint64_t charged(const struct world_guest *g, uint32_t engine)
{
	return g->exec.lanes[engine].account.ran_ns;
}

/* The guest changes an entry n times; each change flushes the TLBs. */
static void change_entry(struct xengt_gtt *gtt, uint32_t n)
{
	static uint32_t at;

	while (n--) {
		uint64_t entry = (uint64_t)(DATA_FRAME + ++at % 2) << 12 | 1;

		assert_int_equal(xengt_gtt_write(gtt, a->first + DATA_FRAME, &entry, 1,
						 NULL), 0);
	}
}

/* A vGPU pays for the flushes of TLBs that it causes, on each engine. */
static void flushes_of_tlbs_are_charged(void **state)
{
	uint64_t flushes = a->gtt.counters.tlb_flushes;

	(void)state;
	a->gtt.guest = a->guest;
	change_entry(&a->gtt, XENGT_TLB_FLUSHES_NOTED - 1);
	assert_int_equal(charged(a, XENGT_ENGINE_RCS), 0);
	change_entry(&a->gtt, 1);
	assert_int_equal(a->gtt.counters.tlb_flushes - flushes, XENGT_TLB_FLUSHES_NOTED);
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		assert_int_equal(charged(a, e), XENGT_TLB_FLUSHES_NOTED * XENGT_TLB_FLUSH_NS);
		assert_int_equal(charged(b, e), 0);
	}
	/* flushes for page tables count, too */
	a->ppgtt.guest = a->guest;
	flushes = a->ppgtt.counters.tlb_flushes;
	guest_map_space(a, 1);
	for (uint32_t i = 0; i < 3; i++)
		guest_map_space(a, 1 + i % 2);
	assert_true(a->ppgtt.counters.tlb_flushes > flushes);
	assert_int_equal(hold.flushes, a->ppgtt.counters.tlb_flushes - flushes);
	flushes = hold.flushes;
	xengt_hold_charge(&hold);
	assert_int_equal(charged(a, XENGT_ENGINE_BCS),
			 (XENGT_TLB_FLUSHES_NOTED + flushes) * XENGT_TLB_FLUSH_NS);
	assert_int_equal(hold.flushes, 0);
}

/*
 * While a neighbour works, a vGPU that only flushes does not push the queue's clock forward:
 * the neighbour does not lose time to vGPUs that begin to work later.
 */
static void flushes_do_not_age_a_neighbour(void **state)
{
	const struct xengt_queue *queue = &w->sched.engines[XENGT_ENGINE_RCS].queue;

	(void)state;
	begin_work(b);
	a->gtt.guest = a->guest;
	change_entry(&a->gtt, 10 * XENGT_TLB_FLUSHES_NOTED);
	assert_true(charged(a, XENGT_ENGINE_RCS) > charged(b, XENGT_ENGINE_RCS));
	assert_true(queue->vclock <= b->exec.lanes[XENGT_ENGINE_RCS].account.vtime);
}

static void three_ms(struct world *world)
{
	world->now += 3 * XENGT_NS_PER_MS;
}

/* The vGPU whose data is in the cache pays for the time of the context that flushes it. */
static void the_flush_of_the_cache_is_charged(void **state)
{
	uint64_t before;

	(void)state;
	begin_work(a);
	finish(a);
	before = charged(a, XENGT_ENGINE_RCS);
	w->on_now = three_ms;
	put(1);
	w->on_now = NULL;
	assert_int_equal(w->own_runs, 1);
	assert_in_range(charged(a, XENGT_ENGINE_RCS) - before, 3 * XENGT_NS_PER_MS,
			30 * XENGT_NS_PER_MS);
	assert_int_equal(charged(b, XENGT_ENGINE_RCS), 0);
}

/* ---- too many frames are kept ---- */

static uint32_t reads, still_at;

/*
 * At one of its reads of the clock, dom0 gets no processor for a second. The engine loads the
 * context again in this second, or later if dom0 has not asked for it yet.
 */
static void reloads_meanwhile(struct world *world)
{
	if (++reads == still_at)
		world->now += 1000 * XENGT_NS_PER_MS;
	if (reads >= still_at)
		engine_reloads();
}

/* The time limit is for the engine, and not for dom0. */
static void while_dom0_stands_still(void **state)
{
	(void)state;
	for (still_at = 1; still_at < 40; still_at++) {
		begin_work(a);
		w->prelude_sticks = true;
		put(MANY);
		reads = 0;
		w->on_now = reloads_meanwhile;
		put(MANY);
		w->on_now = NULL;
		assert_true(reads >= still_at);
		assert_true(a->kept <= XENGT_KEPT_FRAMES_MAX);
		assert_int_equal(a->exec.counters.hangs, 0);
		w->prelude_sticks = false;
		finish(a);
		xengt_hold_release(&a->guest);
		assert_int_equal(a->kept, 0);
	}
	assert_int_equal(w->resets, 0);
}

/* The context does not leave the engine. */
static void a_context_that_stays_is_ended(void **state)
{
	struct xengt_event ev;
	uint64_t begin;

	(void)state;
	begin_work(a);
	w->prelude_sticks = true;
	put(MANY);
	begin = w->now;
	put(MANY);
	assert_in_range(w->now - begin, a->exec.share.timeout_ns,
			a->exec.share.timeout_ns + XENGT_NS_PER_MS);
	assert_int_equal(a->kept, 0);
	assert_int_equal(a->exec.counters.hangs, 1);
	assert_true(next_event(a, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
}

static uint64_t behind_until;

/* The engine leaves the neighbour's context. Later the vGPU's context has run the module's commands. */
static void neighbour_leaves(struct world *world)
{
	const struct xengt_slot *first = running();

	if (behind_until && world->now >= behind_until) {
		behind_until = 0;
		/* (the module has written the ports because b's turn is over) */
		assert_true(world->sched.engines[0].has_pending);
		hw_event(world, XENGT_CSB_PREEMPTED);
	} else if (first && first->exec == &a->exec && ++reads == 3) {
		*xengt_prelude_done(first) = 0;
	}
}

/*
 * A neighbour has the engine for longer than the timeout of the vGPU's share. So the vGPU's
 * context could not be loaded, and is not ended when its turn begins.
 */
static void behind_a_neighbour(void **state)
{
	(void)state;
	b->exec.share.timeout_ns = 10 * a->exec.share.timeout_ns;
	begin_work(b);
	submit(a);
	/* the vGPU's context is in the second port */
	hw_tell(w, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
	assert_ptr_equal(w->sched.engines[0].active.slot[1]->exec, &a->exec);
	w->prelude_sticks = true;
	*xengt_prelude_done(w->sched.engines[0].active.slot[1]) = 1;
	put(MANY);
	reads = 0;
	behind_until = w->now + 2 * a->exec.share.timeout_ns + 7000;
	w->on_wait = neighbour_leaves;
	put(MANY);
	w->on_wait = NULL;
	assert_int_equal(behind_until, 0);
	assert_true(a->kept <= XENGT_KEPT_FRAMES_MAX);
	assert_int_equal(a->exec.counters.hangs, 0);
	assert_int_equal(b->exec.counters.hangs, 0);
	assert_int_equal(w->resets, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_frame_of_an_idle_vgpu_goes_at_once),
		T(kept_frames_go_with_their_mark),
		T(who_waits_for_a_load_is_told),
		T(nothing_goes_while_the_gpu_is_lost),
		T(flushes_of_tlbs_are_charged),
		T(flushes_do_not_age_a_neighbour),
		T(the_flush_of_the_cache_is_charged),
		T(while_dom0_stands_still),
		T(a_context_that_stays_is_ended),
		T(behind_a_neighbour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
