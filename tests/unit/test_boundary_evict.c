// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vGPU resets its own work, which is on the engine after or before the work of another
 * vGPU. The other vGPU's context is never reset. test_finished_work tests the effect on
 * the simulated GPU.
 *
 * promise: P20
 */
#include "boundary_world.h"

#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define LITE		(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE)
#define SWITCHED	(XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT)
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)

static struct world *w;
static struct world_guest *a, *b;
static struct xengt_hw_ops ops;

static void work(struct world_guest *g)
{
	guest_context(g, 0, 1, 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 1), 0);
}

/* Port 0 gets a's context, port 1 gets b's context. */
static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	work(a);
	hw_tell(w, STARTED);
	work(b);
	hw_tell(w, LITE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	w->hw.ops = &world_hw_ops;
	world_destroy(w);
	return 0;
}

static void expect(struct world_guest *g, uint32_t type)
{
	struct xengt_event ev;

	while (next_event(g, &ev) && ev.type == XENGT_EVENT_ENGINE_IRQ)
		;
	assert_int_equal(ev.type, type);
}

static void expect_none(struct world_guest *g)
{
	struct xengt_event ev;

	assert_false(next_event(g, &ev));
}

/*
 * The engine does not report that it left a's context. b's reset waits, as if b waited for
 * a turn. After a's timeout the module treats a's work as hung, and only then resets the
 * engine.
 */
static void the_first_does_not_answer(void **state)
{
	uint64_t begin = w->now;

	(void)state;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	assert_true(w->now - begin >= a->exec.share.timeout_ns);
	assert_int_equal(w->resets, 1);
	assert_int_equal(b->exec.hangs, 0);
	assert_int_equal(a->exec.hangs, 1);
	expect_none(b);
	expect(a, XENGT_EVENT_HUNG);
}

static void end(struct world *world)
{
	world->on_wait = NULL;
	hw_event(world, XENGT_CSB_PREEMPTED | XENGT_CSB_COMPLETE);
	hw_event(world, IDLE);
}

/* While b's reset waits, a's work ends by itself. */
static void the_first_ends(void **state)
{
	(void)state;
	w->on_wait = end;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	assert_int_equal(w->resets, 0);
	assert_int_equal(a->exec.hangs, 0);
	expect_none(b);
	expect(a, XENGT_EVENT_COMPLETE);
}

/* Reports the engine's last event at the moment when the boundary stops the engine. */
static void reg_write(void *ctx, uint32_t off, uint32_t val)
{
	world_hw_ops.reg_write(ctx, off, val);
	if (off != 0x2000 + XENGT_RING_MI_MODE ||
	    val != XENGT_MASKED_SET(XENGT_MI_MODE_STOP))
		return;
	w->hw.ops = &world_hw_ops;
	hw_event(w, SWITCHED);
}

/*
 * When the boundary stops the engine for a's reset, the engine has just switched from a's
 * context to b's.
 */
static void it_has_left_already(void **state)
{
	(void)state;
	ops = world_hw_ops;
	ops.reg_write = reg_write;
	w->hw.ops = &ops;
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	assert_int_equal(w->resets, 0);
	assert_int_equal(*hw_rcs_reg(w, XENGT_RING_MI_MODE) &
			 XENGT_MI_MODE_STOP, 0);
	expect_none(a);
	hw_tell(w, IDLE);
	expect(b, XENGT_EVENT_COMPLETE);
}

/*
 * The boundary stops the engine because a's context seems to have hung. But the engine has
 * just switched to b's context, so a's context has not hung.
 */
static void it_has_not_hung(void **state)
{
	(void)state;
	xengt_sched_tick(&w->sched);
	ops = world_hw_ops;
	ops.reg_write = reg_write;
	w->hw.ops = &ops;
	w->now += 2 * a->exec.share.timeout_ns;
	xengt_sched_tick(&w->sched);
	w->now += 2 * a->exec.share.timeout_ns;
	xengt_sched_tick(&w->sched);
	assert_int_equal(w->resets, 0);
	assert_int_equal(a->exec.hangs, 0);
	expect(a, XENGT_EVENT_COMPLETE);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_does_not_answer), T(the_first_ends),
		T(it_has_left_already), T(it_has_not_hung),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
