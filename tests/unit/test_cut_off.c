// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests a GPU that has lost bus mastering, and so reaches no memory: the module must notice
 * this, stop the GPU, blame no guest, and say why (src/boundary/hw.c, sched.c). Built with
 * FAULT=BLAME_CUT_OFF, this file must fail. On real Xen in-dom0/24-iommu.sh tests the same.
 *
 * promise: P23
 */
#include "boundary_world.h"

#define MS		1000000ull

static struct world *w;
static struct world_guest *a, *b;
static bool b_has_event;

static void emit_two(struct world_guest *g)
{
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
}

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	for (uint32_t i = 0; i < 2; i++) {
		guest_context(&w->guests[i], 0, 1, 0);
		emit_two(&w->guests[i]);
		assert_int_equal(guest_submit(&w->guests[i], 0, 1), 0);
	}
	/* a's context is on the engine, and from now on nothing more comes */
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
	w->is_cut_off = true;
	b_has_event = true;
	return 0;
}

/* The GPU is stopped; both guests learn that their work is lost; none is blamed. */
static int teardown(void **state)
{
	struct xengt_info info = { 0 };
	struct xengt_event ev;

	(void)state;
	xengt_hw_health_tell(&w->health, &info);
	assert_int_equal(info.health, XENGT_HEALTH_STOPPED | XENGT_HEALTH_CUT_OFF);
	assert_int_equal(w->told_cut_off, 1);
	/* resets of one engine count in 'resets', too */
	assert_int_equal(w->full_resets, 1);
	assert_int_equal(w->resets, 1);
	assert_int_equal(w->health.resets_failed, 0);
	for (uint32_t i = 0; i < 2; i++) {
		struct world_guest *g = &w->guests[i];

		assert_int_equal(next_event(g, &ev), g == a || b_has_event);
		if (g == a || b_has_event) {
			assert_int_equal(ev.type, XENGT_EVENT_HUNG);
			assert_int_equal(ev.value, XENGT_HUNG_GOES_ON | XENGT_HUNG_LOST);
		}
		assert_int_equal(g->exec.counters.hangs, 0);
		assert_int_equal(g->exec.hangs, 0);
		emit_two(g);
		assert_int_equal(guest_submit(g, 0, 2), -EIO);
	}
	assert_int_equal(w->sched.in_flight, 0);
	assert_int_equal(w->wakes, 0);
	world_destroy(w);
	return 0;
}

static void at_the_next_tick(void **state)
{
	(void)state;
	/* the module requests a call before a context could count as hung */
	assert_true(w->call_at < w->now + XENGT_SHARE_TIMEOUT_MS * MS);
	w->now = w->call_at;
	assert_false(xengt_sched_tick(&w->sched));
}

/* The memory of a context that must end at once is full: see hold.c, make_room(). */
static void before_a_context_is_blamed(void **state)
{
	(void)state;
	xengt_exec_overrun(&a->exec, XENGT_ENGINE_RCS);
}

/* A vGPU ends while another vGPU's context is in the first port. */
static void while_a_vgpu_waits_for_another(void **state)
{
	(void)state;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	b_has_event = false;
}

#define CUT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CUT(at_the_next_tick),
		CUT(before_a_context_is_blamed),
		CUT(while_a_vgpu_waits_for_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
