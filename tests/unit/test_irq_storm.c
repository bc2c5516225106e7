/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's commands raise interrupts in a loop. The cost of these interrupts is
 * bounded, the guest still gets its events, and no interrupt of another vGPU is lost.
 * The hardware is that of boundary_world.h: an engine raises an interrupt only if the
 * engine's mask allows it.
 *
 * promise: P16
 */
#include "boundary_world.h"

#define US		1000u
#define MS		1000000u
#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define LITE		(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE)
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)
#define IMR		(*hw_rcs_reg(w, XENGT_RING_IMR))

static struct world *w;
static struct world_guest *a, *b;

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_context(a, 0, 4, 0);
	guest_context(b, 0, 4, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static void run(struct world_guest *g)
{
	guest_emit(g, 0, 0x02800000);
	guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 1), 0);
}

/*
 * All bits of the engine's HWSTAM are set, so the engine writes no interrupt to its
 * status page.
 */
static void no_interrupt_goes_to_a_status_page(void **state)
{
	(void)state;
	run(a);
	assert_int_equal(*hw_rcs_reg(w, XENGT_RING_HWSTAM), 0xffffffffu);
}

/*
 * Make the engine run MI_USER_INTERRUPT. Returns true if the processor gets an
 * interrupt.
 */
static bool raise_irq(void)
{
	if (IMR & XENGT_ENGINE_IRQ_USER)
		return false;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, XENGT_ENGINE_IRQ_USER);
	return true;
}

static uint32_t told(struct world_guest *g)
{
	struct xengt_event ev;
	uint32_t n = 0;

	while (xengt_exec_next_event(&g->exec, &ev))
		n += ev.type == XENGT_EVENT_ENGINE_IRQ &&
		     ev.value & XENGT_ENGINE_IRQ_USER;
	return n;
}

/*
 * Let time pass, and call the module's timer, until the engine may raise interrupts
 * again.
 */
static void wait_unmuted(void)
{
	uint32_t steps = 0;

	while (xengt_sched_unmute(&w->sched)) {
		assert_true(steps++ < 100);
		w->now += 100 * US;
	}
}

static void a_storm_is_bounded(void **state)
{
	const uint32_t most = XENGT_IRQS_MAX *
		(1000000000u / XENGT_IRQ_WINDOW_NS + 1);
	uint32_t handled = 0, events = 0;

	(void)state;
	run(a);
	hw_tell(w, STARTED);
	told(a);
	for (uint32_t i = 0; i < 100000; i++, w->now += 10 * US) {
		handled += raise_irq();
		if (i % 100)
			continue;
		xengt_sched_unmute(&w->sched);
		events += told(a);
	}
	assert_true(handled <= most);
	assert_true(handled >= most / 4);
	/* the vGPU gets events during the whole time */
	assert_true(events >= 1000000000u / XENGT_IRQ_WINDOW_NS / 2);
}

/*
 * When an engine raises too many interrupts, the module mutes the engine for the rest
 * of a window. After the window the guest gets the event for muted interrupts.
 */
static void none_is_lost(void **state)
{
	(void)state;
	run(a);
	hw_tell(w, STARTED);
	while (raise_irq())
		;
	assert_int_equal(told(a), 1);
	assert_false(raise_irq());
	assert_int_equal(told(a), 0);
	wait_unmuted();
	assert_int_equal(told(a), 1);
	assert_true(raise_irq());
	assert_int_equal(told(a), 1);
}

/*
 * Another vGPU's turn begins while the engine is muted: both vGPUs must get their
 * events.
 */
static void none_is_lost_between_turns(void **state)
{
	(void)state;
	run(a);
	hw_tell(w, STARTED);
	run(b);
	hw_tell(w, LITE);
	while (raise_irq())
		;
	told(a);
	told(b);
	assert_false(raise_irq());
	/* a has run its ring to the end, and b runs */
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT);
	assert_int_equal(told(a), 1);
	assert_false(raise_irq());
	wait_unmuted();
	assert_int_equal(told(b), 1);
	/* the end of work is reported at once, even if the engine is muted */
	while (raise_irq())
		;
	told(b);
	hw_tell(w, IDLE);
	assert_int_equal(told(b), 1);
	wait_unmuted();
}

/* A guest whose interrupts stay just below the limit is never muted. */
static void honest_guests(void **state)
{
	(void)state;
	run(a);
	hw_tell(w, STARTED);
	for (uint32_t i = 0; i < 10000; i++) {
		assert_true(raise_irq());
		assert_int_equal(told(a), 1);
		w->now += XENGT_IRQ_WINDOW_NS / (XENGT_IRQS_MAX - 2);
	}
	assert_false(xengt_sched_unmute(&w->sched));
}

/* A muted engine stays muted after a reset. Other engines were never muted. */
static void engines_are_apart(void **state)
{
	(void)state;
	run(a);
	hw_tell(w, STARTED);
	while (raise_irq())
		;
	for (uint32_t i = 1; i < XENGT_ENGINES; i++)
		assert_false(w->sched.engines[i].is_muted);
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	assert_int_equal(w->resets, 1);
	assert_false(raise_irq());
	assert_int_equal(IMR & XENGT_ENGINE_IRQ_SWITCH, 0);
	wait_unmuted();
	assert_true(raise_irq());
	told(a);
	/*
	 * the engine is idle, so the interrupts belong to no vGPU; to unmute the
	 * engine, the module wakes the engine's registers and lets them sleep again
	 */
	while (raise_irq())
		;
	assert_int_equal(w->wakes, 0);
	wait_unmuted();
	assert_int_equal(w->wakes, 0);
	assert_int_equal(told(a), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_interrupt_goes_to_a_status_page),
		TEST(a_storm_is_bounded),
		TEST(none_is_lost),
		TEST(none_is_lost_between_turns),
		TEST(honest_guests),
		TEST(engines_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
