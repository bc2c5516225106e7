// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the simulator's execlists from a driver's view: ports, events, interrupts, reset.
 */
#include "sim_engine_rig.h"

static const uint32_t bases[] = { RCS, VCS, VECS, BCS };

#define DATA(i)	GTT(PAGE_DATA) + 4 * (i)
#define WAIT(i)	MI_SEMA_EQ | MI_GGTT, 1, DATA(i), 0
#define STORE(i, v) MI_STORE | MI_GGTT, DATA(i), 0, (v)

static void test_one_context_each_engine(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rig *r = engine_create(i & 1 ? "bdw" : "skl", bases[i]);

		EMIT(r, 0, STORE(0, 0x1234), MI_USER_IRQ);
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[0], 0x1234);
		/* the CSB's write pointer was 5, so the first event is in slot 0 */
		assert_int_equal(csb(r, 0), 0x01);
		assert_int_equal(csb(r, 1), 0x18);
		assert_int_equal(csb_ctx(r, 1), 100);
		assert_int_equal(csb_wp(r), 1);
		assert_int_equal(rd(r->m, bases[i] + 0x378), 0x18);
		assert_int_equal(rd(r->m, bases[i] + 0x3a0) & 7, 1);
		/*
		 * the image has the new head, and restore is no longer
		 * inhibited
		 */
		assert_int_equal(ram32(r, PAGE_CTX(0) + 1)[5], r->tail[0]);
		assert_int_equal(ram32(r, PAGE_CTX(0) + 1)[3] & 1, 0);
		assert_int_equal(rd(r->m, bases[i] + 0x234) & 0x18, 0);
		assert_int_equal(rd(r->m, bases[i] + 0x9c) & 0x200, 0x200);
		engine_destroy(r);
	}
}

static void test_first_event_after_power_on(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	wr(r->m, RCS + 0x3a0, 0x00070007);
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_submit(r, 0, -1);
	assert_int_equal(csb(r, 0), 0x01);
	engine_destroy(r);
}

static void test_two_elements(void **state)
{
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	EMIT(r, 0, STORE(0, 1));
	EMIT(r, 1, STORE(1, 2));
	engine_submit(r, 0, 1);
	assert_int_equal(csb(r, 0), 0x01);
	assert_int_equal(csb(r, 1), 0x14);
	assert_int_equal(csb_ctx(r, 1), 100);
	assert_int_equal(csb(r, 2), 0x18);
	assert_int_equal(csb_ctx(r, 2), 101);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 2);
	engine_destroy(r);
}

static void test_lite_restore(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, WAIT(0));
	engine_submit(r, 0, -1);
	assert_int_equal(csb_wp(r), 0);
	assert_int_equal(rd(r->m, RCS + 0x234) & 0x10, 0x10);
	assert_int_equal(rd(r->m, RCS + 0x74), GTT(PAGE_RING(0)));
	EMIT(r, 0, STORE(1, 7));
	engine_submit(r, 0, -1);
	assert_int_equal(csb(r, 1), 0x8002);
	assert_int_equal(csb_wp(r), 1);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 7);
	assert_int_equal(csb(r, 2), 0x18);
	engine_destroy(r);
}

static void test_preemption(void **state)
{
	struct rig *r = engine_create("skl", BCS);

	(void)state;
	EMIT(r, 0, WAIT(0), STORE(1, 7));
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 0, -1);
	engine_submit(r, 1, 0);
	assert_int_equal(csb(r, 1), 0x02);
	assert_int_equal(csb_ctx(r, 1), 100);
	/*
	 * then context 1 runs, then context 0 again, which waits at its
	 * semaphore
	 */
	assert_int_equal(csb(r, 2), 0x14);
	assert_int_equal(csb_ctx(r, 2), 101);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 0);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 7);
	assert_int_equal(csb(r, 3), 0x18);
	engine_destroy(r);
}

static void test_preemption_inside_a_batch(void **state)
{
	static const uint32_t batch[] = {
		MI_SEMA_EQ, 1, (uint32_t)VA + DATA(0), (uint32_t)(VA >> 32),
		MI_STORE, (uint32_t)VA + DATA(1), (uint32_t)(VA >> 32), 9,
	};
	struct rig *r = engine_create("bdw", RCS);

	(void)state;
	engine_batch(r, batch, 8, true);
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 1, -1);
	assert_int_equal(csb(r, 1), 0x02);
	/* the image has the address of the command at which the context will continue */
	assert_int_equal(ram32(r, PAGE_CTX(0) + 1)[0x0f],
			 ((uint32_t)VA + GTT(PAGE_BATCH)) | 1);
	ram32(r, PAGE_DATA)[0] = 1;
	engine_submit(r, 0, -1);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 9);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

/*
 * After a preemption both levels of batches continue where they stopped; the first level
 * continues after its start command.
 */
static void test_preemption_in_second_level(void **state)
{
	static const uint32_t batch[] = {
		MI_BB_START | MI_PPGTT | MI_GGTT,
		(uint32_t)VA + GTT(PAGE_BATCH + 1), (uint32_t)(VA >> 32),
		MI_STORE, (uint32_t)VA + DATA(3), (uint32_t)(VA >> 32), 3,
	};
	static const uint32_t second[] = {
		MI_SEMA_EQ, 1, (uint32_t)VA + DATA(0), (uint32_t)(VA >> 32),
		MI_STORE, (uint32_t)VA + DATA(1), (uint32_t)(VA >> 32), 9,
		MI_BB_END,
	};
	static const char *const platforms[] = { "skl", "bdw" };

	(void)state;
	for (size_t i = 0; i < 2 * 4; i++) {
		struct rig *r = engine_create(platforms[i % 2], bases[i / 2]);
		const uint32_t *s = ram32(r, PAGE_CTX(0) + 1);

		memcpy(ram32(r, PAGE_BATCH + 1), second, sizeof(second));
		engine_batch(r, batch, 7, true);
		EMIT(r, 1, STORE(2, 8));
		engine_submit(r, 1, -1);
		assert_int_equal(csb(r, 1), 0x02);
		assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
		assert_int_equal(s[0x0f], ((uint32_t)VA + GTT(PAGE_BATCH) +
					   12) | 1);
		assert_int_equal(s[0x15], ((uint32_t)VA +
					   GTT(PAGE_BATCH + 1)) | 1);
		ram32(r, PAGE_DATA)[0] = 1;
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[1], 9);
		assert_int_equal(ram32(r, PAGE_DATA)[3], 3);
		assert_int_equal(csb(r, csb_wp(r)), 0x18);
		engine_destroy(r);
	}
}

/*
 * Tests the registers that show an engine's position, in a batch and in a batch of the
 * second level.
 */
static void test_position_registers(void **state)
{
	static const uint32_t batch[] = {
		MI_NOOP,
		MI_SEMA_EQ, 1, (uint32_t)VA + DATA(0), (uint32_t)(VA >> 32),
		MI_BB_START | MI_PPGTT | MI_GGTT,
		(uint32_t)VA + GTT(PAGE_BATCH + 1), (uint32_t)(VA >> 32),
	};
	static const uint32_t second[] = {
		MI_NOOP, MI_NOOP,
		MI_SEMA_EQ, 2, (uint32_t)VA + DATA(0), (uint32_t)(VA >> 32),
		MI_BB_END,
	};
	const uint32_t hi = (uint32_t)(VA >> 32);
	const uint32_t first_at = (uint32_t)VA + GTT(PAGE_BATCH);
	const uint32_t second_at = (uint32_t)VA + GTT(PAGE_BATCH + 1) + 8;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rig *r = engine_create("skl", bases[i]);
		const uint32_t b = bases[i];

		assert_int_equal(rd(r->m, b + 0x6c), ~0U);
		assert_int_equal(rd(r->m, b + 0x140), 0);
		memcpy(ram32(r, PAGE_BATCH + 1), second, sizeof(second));
		engine_batch(r, batch, 8, true);
		/* INSTDONE: the engine is not idle */
		assert_int_equal(rd(r->m, b + 0x6c), ~1U);
		assert_int_equal(rd(r->m, b + 0x74), first_at + 4);
		assert_int_equal(rd(r->m, b + 0x5c), hi);
		assert_int_equal(rd(r->m, b + 0x78), first_at + 4);
		assert_int_equal(rd(r->m, b + 0x60), hi);
		assert_int_equal(rd(r->m, b + 0x140), (first_at + 4) | 1);
		assert_int_equal(rd(r->m, b + 0x168), hi);
		assert_int_equal(rd(r->m, b + 0x110), 0x20);
		assert_int_equal(rd(r->m, b + 0x114), 0);
		assert_int_equal(rd(r->m, b + 0x118), 0);
		ram32(r, PAGE_DATA)[0] = 1;
		xengt_sim_run(r->m->sim);
		assert_int_equal(rd(r->m, b + 0x74), second_at);
		assert_int_equal(rd(r->m, b + 0x5c), hi);
		assert_int_equal(rd(r->m, b + 0x140), (first_at + 32) | 1);
		assert_int_equal(rd(r->m, b + 0x114), second_at | 1);
		assert_int_equal(rd(r->m, b + 0x11c), hi);
		assert_int_equal(rd(r->m, b + 0x118), 0x20);
		ram32(r, PAGE_DATA)[0] = 2;
		xengt_sim_run(r->m->sim);
		assert_int_equal(rd(r->m, b + 0x6c), ~0U);
		assert_int_equal(rd(r->m, b + 0x140), 0);
		assert_int_equal(rd(r->m, b + 0x114), 0);
		engine_destroy(r);
	}
}

/* The state register shows that the batch is in the GGTT. */
static void test_position_in_ggtt(void **state)
{
	static const uint32_t ggtt[] = { WAIT(0) };
	struct rig *r = engine_create("bdw", RCS);

	(void)state;
	engine_batch(r, ggtt, 4, false);
	assert_int_equal(rd(r->m, RCS + 0x140), GTT(PAGE_BATCH) | 1);
	assert_int_equal(rd(r->m, RCS + 0x110), 0);
	engine_destroy(r);
}

/*
 * If bit 2 of the descriptor is set, the engine reads the image again instead of doing a
 * lite restore.
 */
static void test_force_restore(void **state)
{
	struct xengt_sim_engine_stats st;
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, WAIT(0));
	engine_submit(r, 0, -1);
	EMIT(r, 0, STORE(1, 7));
	engine_write_desc(r, -1);
	wr(r->m, RCS + 0x230, 100);
	wr(r->m, RCS + 0x230, GTT(PAGE_CTX(0)) | 0x11d);
	xengt_sim_run(r->m->sim);
	assert_int_equal(csb(r, 1), 0x02);
	xengt_sim_engine_stats(r->m->sim, 0, &st);
	assert_int_equal(st.lite_restores, 0);
	assert_int_equal(st.contexts, 2);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 7);
	engine_destroy(r);
}

/* Tests the option that scales the cost of commands and switches, in percent. */
static void test_cost(void **state)
{
	static const uint32_t percents[] = { 100, 300, 0 };
	uint64_t took[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = engine_create("skl", VCS);
		struct xengt_sim_exec_opts opts;
		uint64_t begun;

		xengt_sim_get_exec(r->m->sim, &opts);
		assert_int_equal(opts.cost_percent, 100);
		opts.cost_percent = percents[i];
		xengt_sim_set_exec(r->m->sim, &opts);
		for (int n = 0; n < 100; n++)
			EMIT(r, 0, MI_NOOP, MI_NOOP);
		begun = xengt_sim_time(r->m->sim);
		engine_submit(r, 0, -1);
		took[i] = xengt_sim_time(r->m->sim) - begun;
		engine_destroy(r);
	}
	/* four accesses of 100 ns each; the last access starts the work */
	assert_int_equal(took[2], 400);
	assert_int_equal(took[0] - took[2], 200 * 20 + 1000);
	assert_int_equal(took[1] - took[2], 3 * (200 * 20 + 1000));
}

static void test_arbitration_off(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, MI_ARB(0), WAIT(0), STORE(1, 7));
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 0, -1);
	engine_submit(r, 1, -1);
	assert_int_equal(csb_wp(r), 0);
	assert_int_equal(rd(r->m, RCS + 0x234) & 4, 4);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 0);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	/* the context ended, and the engine began the queued context */
	assert_int_equal(csb(r, 1), 0x12);
	assert_int_equal(csb(r, 2), 0x18);
	assert_int_equal(csb_ctx(r, 2), 101);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

#define POLL(reg, val)							\
	0x1cU << 23 | 1U << 16 | 1U << 15 | 4U << 12 | 2, (val), (reg), 0

/*
 * A poll of a register needs privilege, cannot be preempted, and raises no
 * interrupt.
 */
static void test_poll_of_a_register(void **state)
{
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	EMIT(r, 0, POLL(0x4f000, 7), STORE(1, 7));
	EMIT(r, 1, STORE(2, 8));
	wr(r->m, REG_GT1_IMR, 0);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_GT1_IIR) & 0x800, 0);
	engine_submit(r, 1, -1);
	for (int i = 0; i < 4; i++)
		xengt_sim_run(r->m->sim);
	assert_int_equal(csb_wp(r), 0);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 0);
	wr(r->m, REG_SWF0, 7);
	xengt_sim_run(r->m->sim);
	/* the polling context runs to its end, then the other context runs */
	assert_int_equal(ram32(r, PAGE_DATA)[1], 7);
	assert_int_equal(csb(r, 1), 0x12);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

/*
 * A command that waits for a semaphore in memory raises one interrupt when it begins to
 * wait.
 */
static void test_semaphore_interrupt(void **state)
{
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	wr(r->m, REG_GT1_IMR, 0);
	EMIT(r, 0, WAIT(0));
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_GT1_IIR) & 0x800, 0x800);
	wr(r->m, REG_GT1_IIR, ~0U);
	wr(r->m, REG_GT1_IIR, ~0U);
	xengt_sim_run(r->m->sim);
	assert_int_equal(rd(r->m, REG_GT1_IIR) & 0x800, 0);
	engine_destroy(r);
}

static void test_poll_without_privilege(void **state)
{
	static const uint32_t batch[] = {
		POLL(0x4f000, 7), MI_STORE, (uint32_t)VA + DATA(1),
		(uint32_t)(VA >> 32), 9,
	};
	struct xengt_sim_engine_stats st;
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	engine_batch(r, batch, 8, true);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 9);
	xengt_sim_engine_stats(r->m->sim, 1, &st);
	assert_int_equal(st.refused, 1);
	engine_destroy(r);
	/*
	 * on Gen8 the bit has no meaning, so the command polls memory, at an address
	 * without a page
	 */
	r = engine_create("bdw", VCS);
	engine_batch(r, batch, 8, true);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 0);
	assert_int_equal(rd(r->m, REG_RING_FAULT) & 1, 1);
	engine_destroy(r);
}

/*
 * VECS runs a batch that jumps to itself. Each call executes a limited number
 * of commands.
 */
static struct rig *rig_endless(uint32_t work_per_call)
{
	static const uint32_t batch[] = {
		MI_BB_START | MI_PPGTT, (uint32_t)VA + GTT(PAGE_BATCH),
		(uint32_t)(VA >> 32),
	};
	struct xengt_sim_exec_opts opts;
	struct rig *r = engine_create("skl", VECS);

	xengt_sim_get_exec(r->m->sim, &opts);
	opts.work_per_call = work_per_call;
	xengt_sim_set_exec(r->m->sim, &opts);
	engine_batch(r, batch, 3, true);
	return r;
}

/*
 * Each call of the simulator does a bounded amount of work. The jump is no arbitration
 * point, so only a reset ends the batch.
 */
static void test_endless_batch(void **state)
{
	struct xengt_sim_engine_stats st;
	struct rig *r = rig_endless(100);
	uint64_t t;

	(void)state;
	t = xengt_sim_time(r->m->sim);
	assert_true(xengt_sim_run(r->m->sim));
	assert_true(xengt_sim_time(r->m->sim) > t);
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 1, -1);
	assert_int_equal(csb_wp(r), 0);
	xengt_sim_engine_stats(r->m->sim, 2, &st);
	assert_int_equal(st.preemptions, 0);
	/* software stops the engine, but its work stays until the reset */
	wr(r->m, VECS + 0x9c, 0x01000100);
	assert_int_equal(rd(r->m, VECS + 0x9c) & 0x200, 0x200);
	assert_false(xengt_sim_run(r->m->sim));
	wr(r->m, REG_GDRST, 0x10);
	engine_enable(r);
	engine_submit(r, 1, -1);
	assert_int_equal(csb(r, 0), 0x01);
	assert_int_equal(csb(r, 1), 0x18);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

/* An engine whose time is far behind the clock does not delay another engine. */
static void test_late_engine(void **state)
{
	struct rig *r = rig_endless(32);

	(void)state;
	xengt_sim_advance(r->m->sim, 1000000000);
	r->base = RCS;
	engine_enable(r);
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 1, -1);
	for (int i = 0; i < 4; i++)
		assert_true(xengt_sim_run(r->m->sim));
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

/*
 * A loop with an arbitration point is preempted, unless ignore_preempt is set.
 */
static void test_preemptible_loop(void **state)
{
	static const uint32_t batch[] = {
		MI_ARB_CHECK, MI_BB_START | MI_PPGTT,
		(uint32_t)VA + GTT(PAGE_BATCH), (uint32_t)(VA >> 32),
	};
	struct xengt_sim_exec_opts opts;
	struct rig *r = engine_create("skl", VECS);

	(void)state;
	xengt_sim_get_exec(r->m->sim, &opts);
	opts.ignore_preempt = 1U << 2;
	xengt_sim_set_exec(r->m->sim, &opts);
	engine_batch(r, batch, 4, true);
	EMIT(r, 1, STORE(2, 8));
	engine_submit(r, 1, -1);
	assert_int_equal(csb_wp(r), 0);
	opts.ignore_preempt = 0;
	xengt_sim_set_exec(r->m->sim, &opts);
	xengt_sim_run(r->m->sim);
	assert_int_equal(csb(r, 1), 0x02);
	assert_int_equal(csb(r, 2), 0x18);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 8);
	engine_destroy(r);
}

static void test_reset_request(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		wr(r->m, bases[i] + 0xd0, 0x00010001);
		assert_int_equal(rd(r->m, bases[i] + 0xd0), 3);
		/* software cannot write the ready bit */
		wr(r->m, bases[i] + 0xd0, 0x00020000);
		assert_int_equal(rd(r->m, bases[i] + 0xd0), 3);
		wr(r->m, bases[i] + 0xd0, 0x00010000);
		assert_int_equal(rd(r->m, bases[i] + 0xd0), 0);
		wr(r->m, bases[i] + 0xd0, 0x00020002);
		assert_int_equal(rd(r->m, bases[i] + 0xd0), 0);
	}
	engine_destroy(r);
	/* a command of another engine, too, can request a reset */
	r = engine_create("skl", RCS);
	EMIT(r, 0, MI_LRI, VCS + 0xd0, 0x00010001, MI_NOOP);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, VCS + 0xd0), 3);
	engine_destroy(r);
}

/* Tests which registers a reset of each domain clears. */
static void test_what_resets_lose(void **state)
{
	enum { FULL = 1, RENDER = 2, MEDIA = 4, BLT = 8, VIDEO_E = 16 };
	static const uint32_t domains[] = { FULL, RENDER, MEDIA, BLT, VIDEO_E };
	static const struct { uint32_t off, val, lost_by; } t[] = {
		/* FORCE_TO_NONPRIV */
		{ RCS + 0x4d0, 0x7300, FULL | RENDER },
		{ RCS + 0x4fc, 0x7300, FULL | RENDER },
		{ VCS + 0x4d0, 0x7300, FULL | MEDIA },
		{ VECS + 0x4d0, 0x7300, FULL | VIDEO_E },
		{ BCS + 0x4d0, 0x7300, FULL | BLT },
		/* a reset of the engine clears the first and the last GPR */
		{ RCS + 0x600, 5, FULL | RENDER },
		{ RCS + 0x67c, 5, FULL | RENDER },
		{ VCS + 0x600, 5, FULL | MEDIA },
		{ VECS + 0x67c, 5, FULL | VIDEO_E },
		{ BCS + 0x600, 5, FULL | BLT },
		/* the render engine's workarounds */
		{ 0x20ec, 0x00010001, FULL | RENDER },
		{ 0x7300, 0x00010001, FULL | RENDER },
		{ 0xb118, 7, FULL | RENDER },
		{ 0xe4f0, 0x00010001, FULL | RENDER },
		/*
		 * the L3's MOCS registers belong to the render engine, too; each engine
		 * has its own MOCS registers
		 */
		{ 0xb020, 0x00300010, FULL | RENDER },
		{ 0xb09c, 0x00300010, FULL | RENDER },
		{ 0xc800, 9, FULL | RENDER }, { 0xc8fc, 9, FULL | RENDER },
		{ 0xc900, 9, FULL | MEDIA }, { 0xc9fc, 9, FULL | MEDIA },
		{ 0xcb00, 9, FULL | VIDEO_E }, { 0xcbfc, 9, FULL | VIDEO_E },
		{ 0xcc00, 9, FULL | BLT }, { 0xccfc, 9, FULL | BLT },
		/* only a full reset clears registers that all engines share */
		{ 0x4080, 0xf, FULL },
		{ 0x100000, 0x1003, FULL }, { 0x1000fc, 0x1003, FULL },
		/* no reset clears these registers */
		{ 0x4f000, 3, 0 }, { 0xa008, 3, 0 }, { 0x44304, 3, 0 },
	};

	(void)state;
	for (size_t d = 0; d < 5; d++) {
		struct machine *m = machine_create("skl", false);

		for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
			wr(m, t[i].off, t[i].val);
			assert_int_not_equal(rd(m, t[i].off), 0);
		}
		wr(m, REG_GDRST, domains[d]);
		assert_int_equal(rd(m, REG_GDRST), 0);
		for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
			if (!rd(m, t[i].off) != !!(t[i].lost_by & domains[d]))
				fail_msg("%x after %x", t[i].off, domains[d]);
		machine_destroy(m);
	}
}

/* After a reset the aperture is linear, and the whitelist is empty. */
static void test_effects_of_a_reset(void **state)
{
	static const uint32_t batch[] = { MI_LRI, 0x4f000, 0x77 };
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	wr(r->m, REG_FENCE0 + 4, 0x00001000 | 7);
	wr(r->m, REG_FENCE0, 1);
	xengt_sim_bar_write(r->m->sim, 2, 512, 4, 5);
	assert_int_equal(ram32(r, 1)[0], 5);
	ram32(r, 1)[0] = 0;
	wr(r->m, RCS + 0x4d0, 0x4f000);
	wr(r->m, REG_GDRST, 1);
	xengt_sim_bar_write(r->m->sim, 2, 512, 4, 6);
	assert_int_equal(ram32(r, 0)[128], 6);
	assert_int_equal(ram32(r, 1)[0], 0);
	engine_enable(r);
	engine_batch(r, batch, 3, true);
	assert_int_equal(rd(r->m, REG_SWF0), 0);
	engine_destroy(r);
}

static void test_interrupts(void **state)
{
	static const struct { uint32_t base, iir, shift; } t[] = {
		{ RCS, 0x44308, 0 }, { BCS, 0x44308, 16 },
		{ VCS, 0x44318, 0 }, { VECS, 0x44338, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rig *r = engine_create("skl", t[i].base);
		struct xengt_sim_exec_opts opts;

		wr(r->m, t[i].iir - 4, 0);
		/* first the engine's own mask hides the interrupt */
		wr(r->m, t[i].base + REG_RING_IMR, ~(0x100U << t[i].shift));
		EMIT(r, 0, MI_USER_IRQ);
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, t[i].iir), 0x100U << t[i].shift);
		wr(r->m, t[i].iir, ~0U);
		wr(r->m, t[i].iir, ~0U);
		wr(r->m, t[i].base + REG_RING_IMR, ~(0x1U << t[i].shift));
		EMIT(r, 0, MI_USER_IRQ);
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, t[i].iir), 0x1U << t[i].shift);
		wr(r->m, t[i].iir, ~0U);
		xengt_sim_get_exec(r->m->sim, &opts);
		opts.lose_irq = 0xf;
		xengt_sim_set_exec(r->m->sim, &opts);
		EMIT(r, 0, MI_USER_IRQ);
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, t[i].iir), 0);
		engine_destroy(r);
	}
}

/* A flush raises an interrupt at its end if bit 8 of the command is set. */
static void test_notify_interrupts(void **state)
{
	static const struct { uint32_t base, iir, bit, dw[6]; } t[] = {
		{ RCS, 0x44308, 0x10, { 0x7a000004, 1U << 8 } },
		{ RCS, 0x44308, 0, { 0x7a000004, 1U << 20 } },
		{ VCS, 0x44318, 0x10, { 0x13000104 } },
		{ VCS, 0x44318, 0, { 0x13000004 } },
		{ VECS, 0x44338, 0x10, { 0x13000104 } },
		{ BCS, 0x44308, 0x100000, { 0x13000104 } },
		{ BCS, 0x44308, 0, { 0x13000004 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct rig *r = engine_create("skl", t[i].base);

		wr(r->m, t[i].iir - 4, 0);
		engine_emit(r, 0, t[i].dw, 6);
		engine_submit(r, 0, -1);
		assert_int_equal(csb(r, csb_wp(r)), 0x18);
		assert_int_equal(rd(r->m, t[i].iir) & 0x00100010, t[i].bit);
		engine_destroy(r);
	}
}

static void test_ring_wraps(void **state)
{
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	for (unsigned int i = 0; i < 1100; i++) {
		uint32_t dw[4] = { MI_STORE | MI_GGTT, DATA(0), 0, i };

		engine_emit(r, 0, dw, 4);
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[0], i);
	}
	assert_int_equal(csb(r, csb_wp(r)), 0x18);
	engine_destroy(r);
}

static void test_unknown_command(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, MI_NOOP, 0x1fU << 23);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, RCS + 0xb8), 1);
	assert_int_equal(rd(r->m, RCS + 0x68), 0x1fU << 23);
	assert_int_equal(rd(r->m, RCS + 0x74), GTT(PAGE_RING(0)) + 4);
	assert_int_equal(csb_wp(r), 0);
	engine_destroy(r);
}

/*
 * A masked error shows only in ESR. An error that is not masked also shows in
 * EIR and raises an interrupt.
 */
static void test_errors(void **state)
{
	static const struct { uint32_t base, iir, bit; } t[] = {
		{ RCS, 0x44308, 0x8 }, { BCS, 0x44308, 0x80000 },
		{ VCS, 0x44318, 0x8 }, { VECS, 0x44338, 0x8 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * 4; i++) {
		uint32_t base = t[i / 2].base, iir = t[i / 2].iir;
		uint32_t bit = t[i / 2].bit;
		struct rig *r = engine_create("skl", base);
		bool is_masked = i % 2;

		assert_int_equal(rd(r->m, base + REG_RING_EMR), ~0U);
		wr(r->m, iir - 4, 0);
		wr(r->m, base + REG_RING_EMR, is_masked ? ~0U : ~1U);
		EMIT(r, 0, 0x1fU << 23);
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, base + REG_RING_ESR), 1);
		assert_int_equal(rd(r->m, base + REG_RING_EIR), is_masked ? 0 : 1);
		assert_int_equal(rd(r->m, iir) & bit, is_masked ? 0 : bit);
		/* if the error is unmasked later, the interrupt comes at that time */
		wr(r->m, base + REG_RING_EMR, ~1U);
		assert_int_equal(rd(r->m, base + REG_RING_EIR), 1);
		assert_int_equal(rd(r->m, iir) & bit, bit);
		wr(r->m, iir, ~0U);
		wr(r->m, iir, ~0U);
		/* software can clear EIR but not ESR; clearing EIR causes no new error */
		wr(r->m, base + REG_RING_EIR, 2);
		assert_int_equal(rd(r->m, base + REG_RING_EIR), 1);
		wr(r->m, base + REG_RING_EMR, ~1U);
		assert_int_equal(rd(r->m, iir) & bit, 0);
		wr(r->m, base + REG_RING_EIR, 1);
		assert_int_equal(rd(r->m, base + REG_RING_EIR), 0);
		wr(r->m, base + REG_RING_ESR, 1);
		assert_int_equal(rd(r->m, base + REG_RING_ESR), 1);
		wr(r->m, REG_GDRST, 1);
		assert_int_equal(rd(r->m, base + REG_RING_ESR), 0);
		assert_int_equal(rd(r->m, base + REG_RING_EMR), ~0U);
		engine_destroy(r);
	}
}

static void test_clock(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint32_t t = rd(r->m, RCS + 0x358);

	(void)state;
	xengt_sim_advance(r->m->sim, 1000000);		/* 12 MHz */
	assert_in_range(rd(r->m, RCS + 0x358) - t, 12000, 12001);
	engine_destroy(r);
	r = engine_create("bdw", RCS);
	t = rd(r->m, RCS + 0x358);
	xengt_sim_advance(r->m->sim, 1000000);		/* 12.5 MHz */
	assert_in_range(rd(r->m, RCS + 0x358) - t, 12500, 12501);
	engine_destroy(r);
}

/*
 * If the program that runs the simulator supplies the clock, the timestamp is exact to
 * the tick, whatever the engine did.
 */
static void test_owners_clock(void **state)
{
	static const struct { const char *platform; uint32_t per_ms; } t[] = {
		{ "skl", 12000 }, { "bdw", 12500 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * 4; i++) {
		uint32_t base = bases[i / 2], per_ms = t[i % 2].per_ms;
		struct rig *r = engine_create_timed(t[i % 2].platform, base, true);

		assert_int_equal(rd(r->m, base + REG_RING_TIMESTAMP), 0);
		r->m->now_ns += 3000000;
		assert_int_equal(rd(r->m, base + REG_RING_TIMESTAMP), 3 * per_ms);
		EMIT(r, 0, STORE(0, 1));
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, base + REG_RING_TIMESTAMP), 3 * per_ms);
		/* a command that stores the timestamp uses the same clock */
		EMIT(r, 0, 0x26U << 23 | 3U << 14 | 2, DATA(2) + 4, 0, 0);
		r->m->now_ns += 1000000;
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[2], 4 * per_ms);
		/* the timestamp has 36 bits, which 2 hours exceed */
		r->m->now_ns += 7200ULL * 1000000000;
		assert_int_equal(rd(r->m, base + REG_RING_TIMESTAMP_UDW),
				 (7200004ULL * per_ms >> 32) & 0xf);
		assert_int_equal(rd(r->m, base + REG_RING_TIMESTAMP),
				 7200004ULL * per_ms & 0xffffffff);
		engine_destroy(r);
	}
}

/* A context's clock does not advance while the context does not run. */
static void test_contexts_clock(void **state)
{
	struct rig *r = engine_create_timed("skl", RCS, true);

	(void)state;
	EMIT(r, 0, WAIT(0));
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, RCS + 0x3a8), 0);
	r->m->now_ns += 2000000;
	assert_int_equal(rd(r->m, RCS + 0x3a8), 24000);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(ram32(r, PAGE_CTX(0) + 1)[0x23], 24000);
	r->m->now_ns += 2000000;
	assert_int_equal(rd(r->m, RCS + 0x3a8), 24000);
	/* when the context runs again, its clock continues from the last value */
	ram32(r, PAGE_DATA)[0] = 0;
	EMIT(r, 0, WAIT(0));
	engine_submit(r, 0, -1);
	r->m->now_ns += 1000000;
	assert_int_equal(rd(r->m, RCS + 0x3a8), 36000);
	engine_destroy(r);
}

/*
 * In virtual time the context's clock advances while the engine works, and software can
 * set the clock.
 */
static void test_contexts_clock_virtual(void **state)
{
	struct rig *r = rig_endless(1000);
	uint32_t t = rd(r->m, VECS + 0x3a8);

	(void)state;
	xengt_sim_run(r->m->sim);
	assert_in_range(rd(r->m, VECS + 0x3a8) - t, 1000, 2000);
	wr(r->m, VECS + 0x3a8, 0x10000000);
	assert_in_range(rd(r->m, VECS + 0x3a8), 0x10000000, 0x10000000 + 2000);
	engine_destroy(r);
}

static void test_legacy_ring(void **state)
{
	static const uint32_t dw[] = { STORE(3, 5) };
	struct rig *r = engine_create("skl", BCS);

	(void)state;
	wr(r->m, BCS + 0x29c, 0x80000000);
	memcpy(ram32(r, PAGE_RING(0)), dw, sizeof(dw));
	wr(r->m, BCS + 0x38, GTT(PAGE_RING(0)));
	wr(r->m, BCS + 0x3c, 1);
	wr(r->m, BCS + 0x30, 16);
	assert_int_equal(ram32(r, PAGE_DATA)[3], 5);
	assert_int_equal(rd(r->m, BCS + 0x34), 16);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_context_each_engine),
		cmocka_unit_test(test_first_event_after_power_on),
		cmocka_unit_test(test_two_elements),
		cmocka_unit_test(test_lite_restore),
		cmocka_unit_test(test_preemption),
		cmocka_unit_test(test_preemption_inside_a_batch),
		cmocka_unit_test(test_preemption_in_second_level),
		cmocka_unit_test(test_position_registers),
		cmocka_unit_test(test_position_in_ggtt),
		cmocka_unit_test(test_force_restore),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_arbitration_off),
		cmocka_unit_test(test_poll_of_a_register),
		cmocka_unit_test(test_semaphore_interrupt),
		cmocka_unit_test(test_poll_without_privilege),
		cmocka_unit_test(test_endless_batch),
		cmocka_unit_test(test_late_engine),
		cmocka_unit_test(test_preemptible_loop),
		cmocka_unit_test(test_reset_request),
		cmocka_unit_test(test_what_resets_lose),
		cmocka_unit_test(test_effects_of_a_reset),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_notify_interrupts),
		cmocka_unit_test(test_ring_wraps),
		cmocka_unit_test(test_unknown_command),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_owners_clock),
		cmocka_unit_test(test_contexts_clock),
		cmocka_unit_test(test_contexts_clock_virtual),
		cmocka_unit_test(test_legacy_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
