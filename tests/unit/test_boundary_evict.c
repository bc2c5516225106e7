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

/* ---- the engine is stopped, and has just left a's context ---- */

static uint32_t mode_at(void)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);

	for (uint32_t i = 0; i < t->n_keys; i++)
		if (t->keys[i].key == 0x2000 + XENGT_RING_MI_MODE)
			return t->keys[i].at;
	fail_msg("no MI_MODE in the template");
	return 0;
}

/* MI_MODE in the module's image of the guest's only context. */
static uint32_t *saved_mode(struct world_guest *g)
{
	const struct xengt_slot *s = g->exec.lanes[XENGT_ENGINE_RCS].slots;

	return (uint32_t *)(s[0].lrca ? s[0] : s[1]).image.mem + 1024 + mode_at();
}

/* The image that the guest got back does not stop the engine that loads it. */
static void expect_going(struct world_guest *g)
{
	uint32_t at = mode_at();

	assert_int_equal(g->memory[IMAGE_FRAME(0) + 1 + at / 1024][at % 1024] &
			 XENGT_MI_MODE_STOP, 0);
}

/*
 * The engine reports its last event when the module stops the engine. In the images that the
 * engine saves while it is stopped, the stop bit of MI_MODE is set.
 */
static void reg_write(void *ctx, uint32_t off, uint32_t val)
{
	world_hw_ops.reg_write(ctx, off, val);
	if (off != 0x2000 + XENGT_RING_MI_MODE ||
	    val != XENGT_MASKED_SET(XENGT_MI_MODE_STOP))
		return;
	w->hw.ops = &world_hw_ops;
	*saved_mode(a) |= XENGT_MI_MODE_STOP;
	*saved_mode(b) |= XENGT_MI_MODE_STOP;
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
	expect_going(a);
	hw_tell(w, IDLE);
	expect(b, XENGT_EVENT_COMPLETE);
	expect_going(b);
}

/*
 * The engine has switched to b's context as in the last test. Then b's context is preempted, and
 * the module writes it to the ports again. The module must clear the stop bit in the image of
 * b's context.
 */
static void what_was_saved_then_goes_on(void **state)
{
	(void)state;
	ops = world_hw_ops;
	ops.reg_write = reg_write;
	w->hw.ops = &ops;
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	work(a);
	hw_tell(w, LITE);
	w->now += 2 * b->exec.share.slice_ns;
	xengt_sched_tick(&w->sched);
	assert_true(*saved_mode(b) & XENGT_MI_MODE_STOP);
	hw_tell(w, XENGT_CSB_PREEMPTED);
	assert_ptr_equal(w->sched.engines[0].active.slot[0]->exec, &a->exec);
	hw_tell(w, IDLE);
	assert_int_equal(port_vgpu(w, 0), b->exec.vgpu_id);
	assert_int_equal(*saved_mode(b) & XENGT_MI_MODE_STOP, 0);
	assert_int_equal(w->resets, 0);
}

/*
 * Before the module saw b's saved image, the engine loaded it again, with the stop bit. The
 * module must clear the bit in the engine's register, and b has not hung.
 */
static void what_was_loaded_then_goes_on(void **state)
{
	(void)state;
	ops = world_hw_ops;
	ops.reg_write = reg_write;
	w->hw.ops = &ops;
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	*hw_rcs_reg(w, XENGT_RING_MI_MODE) = XENGT_MI_MODE_STOP;
	w->now += b->exec.share.timeout_ns / 4;
	xengt_sched_tick(&w->sched);
	assert_int_equal(*hw_rcs_reg(w, XENGT_RING_MI_MODE) & XENGT_MI_MODE_STOP, 0);
	assert_int_equal(b->exec.hangs, 0);
}

static uint32_t never_idle(void *ctx, uint32_t off)
{
	uint32_t val = world_hw_ops.reg_read(ctx, off);

	return off == 0x2000 + XENGT_RING_MI_MODE ? val & ~XENGT_MI_MODE_IDLE : val;
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
	expect_going(a);
}

/*
 * The engine does not come to a stop. The module resets it, because it runs a's context,
 * and the administrator sees the number of such resets.
 */
static void it_does_not_stop(void **state)
{
	(void)state;
	ops = world_hw_ops;
	ops.reg_read = never_idle;
	w->hw.ops = &ops;
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	assert_int_equal(w->resets, 1);
	assert_int_equal(w->health.stops_failed, 1);
	assert_int_equal(b->exec.hangs, 0);
	expect_none(a);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_does_not_answer), T(the_first_ends),
		T(it_has_left_already), T(it_has_not_hung),
		T(what_was_saved_then_goes_on), T(what_was_loaded_then_goes_on),
		T(it_does_not_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
