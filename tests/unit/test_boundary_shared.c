// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the boundary on a GPU that another driver owns (is_shared of struct xengt_hw): an
 * engine has one part of one context at a time, the boundary writes no register, and an
 * error that the driver reports ends the work of one vGPU only. The test plays the driver:
 * its operations are those of the hardware, except that they check the rules.
 */
#include "boundary/writeback.h"
#include "boundary_world.h"

#define MS		1000000ull
#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)
#define MI_START	0x18800101u	/* MI_BATCH_BUFFER_START in the context's own space */

static struct world *w;
static struct world_guest *a, *b;
static struct xengt_hw_ops hw_ops;
static struct xengt_engine_ops engine_ops;
static uint32_t runs, resets;
static struct xengt_slot *on_engine;
static uint32_t stay_no;		/* number of the part's stay; 0: it is not on the engine */
static bool is_restless;		/* the driver's work takes the engine again and again */
static uint64_t away;			/* ns for which the driver's work has had the engine */

static void run(struct xengt_sched *sched, struct xengt_engine *engine,
		const struct xengt_ports *ports)
{
	(void)sched;
	(void)engine;
	assert_null(on_engine);
	assert_non_null(ports->slot[0]);
	assert_null(ports->slot[1]);
	on_engine = ports->slot[0];
	runs++;
}

static int no_stop(struct xengt_sched *sched, struct xengt_engine *engine)
{
	(void)sched;
	(void)engine;
	return 0;
}

static void no_go(struct xengt_sched *sched, struct xengt_engine *engine)
{
	(void)sched;
	(void)engine;
}

static int reset(struct xengt_sched *sched, struct xengt_engine *engine)
{
	(void)sched;
	engine->has_failed = false;
	on_engine = NULL;
	resets++;
	return 0;
}

static uint64_t away_ns(struct xengt_sched *sched,
			const struct xengt_engine *engine)
{
	(void)sched;
	return engine->id == XENGT_ENGINE_RCS ? away : 0;
}

static uint32_t stay(struct xengt_sched *sched, const struct xengt_engine *engine)
{
	(void)sched;
	(void)engine;
	if (is_restless)
		stay_no += 2;
	return stay_no;
}

static uint32_t slot_at(struct xengt_sched *sched, const struct xengt_engine *engine,
			const struct xengt_slot *slot, uint32_t at)
{
	(void)sched;
	(void)engine;
	(void)slot;
	assert_int_equal(at & ~XENGT_RING_ADDR, 0);
	return 0x48;
}

static void no_write(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	fail_msg("the boundary writes 0x%x to register 0x%x", val, off);
}

static void setup_on(enum xengt_platform_id platform)
{
	w = world_create(platform, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_context(a, 0, 1, 0);
	guest_context(b, 0, 1, 0);
	hw_ops = world_hw_ops;
	hw_ops.reg_write = no_write;
	engine_ops = xengt_engine_execlists;
	engine_ops.run = run;
	engine_ops.stop = no_stop;
	engine_ops.go = no_go;
	engine_ops.reset = reset;
	engine_ops.away_ns = away_ns;
	engine_ops.stay = stay;
	engine_ops.slot_at = slot_at;
	w->hw.is_shared = true;
	w->hw.ops = &hw_ops;
	w->hw.engine_ops = &engine_ops;
	runs = 0;
	resets = 0;
	on_engine = NULL;
	away = 0;
	stay_no = 1;
	is_restless = false;
}

static int setup(void **state)
{
	(void)state;
	setup_on(XENGT_PLATFORM_SKL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	w->hw.is_shared = false;
	w->hw.ops = &world_hw_ops;
	w->hw.engine_ops = &xengt_engine_execlists;
	world_destroy(w);
	return 0;
}

static void submit(struct world_guest *g, uint64_t seqno, uint32_t batches)
{
	while (batches--) {
		guest_emit(g, 0, MI_START);
		guest_emit(g, 0, 0x1000);
		guest_emit(g, 0, 0);
		guest_emit(g, 0, 0);
	}
	assert_int_equal(guest_submit(g, 0, seqno), 0);
}

/* The driver has run the part. */
static void part_ends(void)
{
	on_engine = NULL;
	hw_event(w, STARTED);
	hw_tell(w, IDLE);
}

/* A ring with more batches than a part may have, and another vGPU that waits. */
static void one_part_at_a_time(void **state)
{
	struct xengt_event ev;
	uint32_t parts = 0;

	(void)state;
	submit(a, 1, 3 * XENGT_TURN_BATCH);
	submit(b, 2, 1);
	assert_int_equal(runs, 1);
	assert_ptr_equal(on_engine->exec, &a->exec);
	/* the turn is over, and the part goes on */
	w->now += 20 * MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(runs, 1);
	assert_ptr_equal(on_engine->exec, &a->exec);
	while (on_engine && parts++ < 100)
		part_ends();
	assert_int_equal(parts, runs);
	assert_in_range(runs, 4, 5);
	assert_int_equal(a->exec.counters.completions, 1);
	assert_int_equal(b->exec.counters.completions, 1);
	assert_int_equal(resets, 0);
	while (next_event(a, &ev))
		;
	while (next_event(b, &ev))
		;
}

/* More work for the context that is on the engine: the next part has this work. */
static void more_work(void **state)
{
	(void)state;
	submit(a, 1, 1);
	submit(a, 2, 1);
	assert_int_equal(runs, 1);
	part_ends();
	assert_int_equal(runs, 2);
	part_ends();
	assert_int_equal(runs, 2);
	assert_int_equal(a->exec.counters.completions, 1);
	assert_null(on_engine);
}

static void an_error_of_the_driver(void **state)
{
	struct xengt_event ev;

	(void)state;
	submit(a, 1, 1);
	submit(b, 2, 1);
	w->sched.engines[XENGT_ENGINE_RCS].has_failed = true;
	xengt_sched_tick(&w->sched);
	assert_int_equal(resets, 1);
	assert_int_equal(a->exec.counters.hangs, 1);
	assert_int_equal(b->exec.counters.hangs, 0);
	assert_ptr_equal(on_engine->exec, &b->exec);
	part_ends();
	assert_int_equal(b->exec.counters.completions, 1);
	do
		assert_true(next_event(a, &ev));
	while (ev.type != XENGT_EVENT_HUNG);
	assert_false(w->health.is_stopped);
}

/* A vGPU ends: its part is dropped, and the neighbour's part is not. */
static void the_end_of_a_vgpu(void **state)
{
	(void)state;
	submit(a, 1, 1);
	submit(b, 2, 1);
	xengt_exec_fini(&b->exec);
	assert_int_equal(resets, 0);
	assert_ptr_equal(on_engine->exec, &a->exec);
	xengt_exec_fini(&a->exec);
	assert_int_equal(resets, 1);
	assert_null(on_engine);
}

/* Time passes: 'own' ms in which the part is on the engine, then 'others' ms of the driver's work. */
static void pass(uint32_t own_ms, uint32_t others_ms)
{
	w->now += own_ms * MS;
	xengt_sched_tick(&w->sched);
	w->now += others_ms * MS;
	away += others_ms * MS;
	xengt_sched_tick(&w->sched);
}

/*
 * The time that a part waits for the driver's work counts for no timeout: not for a part
 * whose turn is over, and not for a part whose head does not move.
 */
static void waiting_for_the_driver(void **state)
{
	uint64_t timeout;

	(void)state;
	submit(a, 1, 1);
	timeout = a->exec.share.timeout_ns / MS;
	/* nobody else waits: the part hangs after hang_ns */
	pass(1000, w->sched.hang_ns / MS);
	assert_int_equal(resets, 0);
	submit(b, 2, 1);
	pass(0, 100 * timeout);
	pass(timeout - 1, 100 * timeout);
	assert_int_equal(resets, 0);
	assert_int_equal(a->exec.counters.hangs, 0);
	/* (the turn ends a timeslice after b began to wait) */
	w->now += a->exec.share.slice_ns + 2 * MS;
	xengt_sched_tick(&w->sched);
	assert_int_equal(a->exec.counters.hangs, 1);
	assert_int_equal(resets, 1);
	assert_ptr_equal(on_engine->exec, &b->exec);
}

/* A vGPU pays only for the time in which its part is on the engine. */
static void pays_for_its_own_time(void **state)
{
	const struct xengt_account *account = &a->exec.lanes[0].account;
	uint64_t before;

	(void)state;
	submit(a, 1, 1);
	pass(0, 0);
	before = account->ran_ns;
	pass(5, 70);
	pass(6, 80);
	assert_int_equal(account->ran_ns - before, 11 * MS);
}

static void hang_of_a(uint64_t seqno)
{
	struct xengt_event ev;

	submit(a, seqno, 1);
	assert_ptr_equal(on_engine->exec, &a->exec);
	w->sched.engines[XENGT_ENGINE_RCS].has_failed = true;
	xengt_sched_tick(&w->sched);
	while (next_event(a, &ev))
		;
	assert_int_equal(xengt_exec_reset(&a->exec, 1u << XENGT_ENGINE_RCS), 0);
}

/* A guest that recovers from six hangs a minute is not stopped; one that hangs all the time is. */
static void hangs_that_count(void **state)
{
	(void)state;
	a->exec.share.stop = XENGT_SHARE_STOP;
	for (uint32_t i = 0; i < 60; i++) {
		hang_of_a(i + 1);
		assert_false(a->exec.is_stopped);
		w->now += 10000 * MS;
	}
	for (uint32_t i = 0; i < XENGT_SHARE_STOP; i++) {
		assert_false(a->exec.is_stopped);
		hang_of_a(100 + i);
		w->now += 100 * MS;
	}
	hang_of_a(200);
	assert_true(a->exec.is_stopped);
}

/* A hang is forgotten 10 s after it, and not earlier. */
static void a_hang_is_forgotten(void **state)
{
	(void)state;
	a->exec.share.stop = 1;
	for (uint32_t i = 0; i < 3; i++) {
		hang_of_a(i + 1);
		assert_false(a->exec.is_stopped);
		w->now += 10000 * MS;
	}
	w->now -= 1;
	hang_of_a(100);
	assert_true(a->exec.is_stopped);
}

static char printed[64 * 1024];

static void take_line(void *ctx, const char *text)
{
	(void)ctx;
	assert_true(strlen(printed) + strlen(text) + 2 < sizeof(printed));
	strcat(strcat(printed, text), "\n");
}

/* Does the record as text have this text? */
static bool says(const char *text)
{
	printed[0] = '\0';
	xengt_hang_print(&a->exec.hang_state, take_line, NULL);
	return strstr(printed, text);
}

/* The record of a hang has the engine's registers only if they were the part's. */
static void state_of_a_hang(void **state)
{
	const struct xengt_hang_state *hang = &a->exec.hang_state;

	(void)state;
	hang_of_a(1);
	assert_true(hang->has_regs);
	assert_int_equal(hang->head, 0x48);
	assert_true(says("  HEAD: 0x"));
	assert_false(says("not recorded"));
	stay_no = 0;
	hang_of_a(2);
	assert_false(hang->has_regs);
	for (uint32_t i = 0; i < XENGT_HANG_REGS; i++)
		assert_int_equal(hang->regs[i], 0);
	assert_int_equal(hang->acthd, 0);
	stay_no = 1;
	is_restless = true;
	hang_of_a(3);
	assert_false(hang->has_regs);
	assert_false(says("  HEAD: 0x"));
	assert_true(says("registers: not recorded, dom0's driver had the engine"));
}

/* The driver's ring runs the part: an address in this ring is a place in the ring. */
static void place_of_a_hang(void **state)
{
	static const struct { uint32_t acthd; bool is_in_ring; } at[] = {
		{ 0xfffc, false }, { 0x10000, true }, { 0x13ffc, true }, { 0x14000, false },
	};

	(void)state;
	*hw_rcs_reg(w, 0x38) = 0x10000;
	*hw_rcs_reg(w, 0x3c) = 0x3001;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(at); i++) {
		*hw_rcs_reg(w, 0x74) = at[i].acthd;
		hang_of_a(i + 1);
		assert_true(a->exec.hang_state.has_regs);
		assert_int_equal(a->exec.hang_state.where == XENGT_HANG_IN_RING, at[i].is_in_ring);
	}
}

/* Broadwell: the engine cannot leave a batch, so each part has only one. */
static void short_parts(void **state)
{
	uint32_t parts = 0;

	teardown(state);
	setup_on(XENGT_PLATFORM_BDW);
	assert_false(w->hw.platform->leaves_batches);
	submit(a, 1, 5);
	while (on_engine && parts++ < 100)
		part_ends();
	assert_int_equal(parts, 5);
	assert_int_equal(a->exec.counters.completions, 1);
}

/* The driver flushes the caches: the boundary runs no context for this. */
static void no_flush(void **state)
{
	(void)state;
	submit(a, 1, 1);
	assert_int_equal(xengt_write_back(&a->exec), 1);
	part_ends();
	assert_int_equal(xengt_write_back(&a->exec), 0);
	assert_false(a->exec.has_lines);
	assert_int_equal(runs, 1);
}

/* A flush of a TLB fails: the whole GPU is not reset, and memory stays held. */
static void no_full_reset(void **state)
{
	(void)state;
	w->flush_sticks = true;
	assert_int_equal(xengt_hw_flush(&w->hw, XENGT_HW_PPGTT), -EIO);
	assert_true(w->health.is_lost);
	assert_int_equal(w->full_resets, 0);
}

/* The commands behind a part: whole commands, all of which load registers. */
static void commands_behind_a_part(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		uint32_t n, at = 0;
		const uint32_t *dw = xengt_prelude_regs(&w->sched, e, &n);

		assert_int_not_equal(n, 0);
		while (at < n) {
			assert_int_equal(dw[at] >> 23, 0x22);
			at += 2 + (dw[at] & 0xff);
		}
		assert_int_equal(at, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_part_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(more_work, setup, teardown),
		cmocka_unit_test_setup_teardown(an_error_of_the_driver, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_of_a_vgpu, setup, teardown),
		cmocka_unit_test_setup_teardown(waiting_for_the_driver, setup, teardown),
		cmocka_unit_test_setup_teardown(pays_for_its_own_time, setup, teardown),
		cmocka_unit_test_setup_teardown(hangs_that_count, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hang_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(state_of_a_hang, setup, teardown),
		cmocka_unit_test_setup_teardown(place_of_a_hang, setup, teardown),
		cmocka_unit_test_setup_teardown(short_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(no_flush, setup, teardown),
		cmocka_unit_test_setup_teardown(no_full_reset, setup, teardown),
		cmocka_unit_test_setup_teardown(commands_behind_a_part, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
