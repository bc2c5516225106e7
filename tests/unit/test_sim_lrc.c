// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which values a restore reads from a context image, and which values a save writes
 * to it.
 */
#include "sim_engine_rig.h"

#define GPR0(base)	((base) + 0x600)
#define AT(i)		GTT(PAGE_DATA) + 4 * (i), 0
#define LRI(reg, val)	MI_LRI, (reg), (val)
#define SRM(reg, i)	MI_SRM | MI_GGTT, (reg), AT(i)

/*
 * A context does not see the registers of another context, and gets the values of its own
 * registers back.
 */
static void test_registers_follow_context(void **state)
{
	static const struct { const char *platform; uint32_t base; } t[] = {
		{ "skl", RCS }, { "bdw", RCS }, { "skl", VCS }, { "skl", BCS },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rig *r = engine_create(t[i].platform, t[i].base);
		uint32_t lri[] = { LRI(GPR0(t[i].base), 0x11) };
		uint32_t other[] = { LRI(GPR0(t[i].base), 0x22) };
		uint32_t srm[] = { SRM(GPR0(t[i].base), 1) };

		/* clear the first command: then the first save writes the whole image */
		memset(ram32(r, PAGE_CTX(0) + 1) + 1, 0, 4);
		engine_emit(r, 0, lri, 3);
		engine_submit(r, 0, -1);
		engine_emit(r, 1, other, 3);
		engine_submit(r, 1, -1);
		engine_emit(r, 0, srm, 4);
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[1], 0x11);
		engine_destroy(r);
	}
}

/*
 * Workaround registers of the render engine: a second context sets other values, but the
 * first context gets its own values back.
 */
static void test_workarounds_follow_context(void **state)
{
	static const struct { uint32_t reg, val, other, want; } t[] = {
		/* masked */
		{ 0x209c, 0x00800080, 0x00800000, 0x80 },
		{ 0x20c0, 0x00010001, 0x00010000, 1 },
		{ 0x20d8, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x2580, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7000, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7004, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7008, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7010, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7014, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7018, 0x00010001, 0x00010000, 0x00010001 },
		{ 0x7300, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe180, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe184, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe188, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe194, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe4f0, 0x00010001, 0x00010000, 0x00010001 },
		{ 0xe4f4, 0x00010001, 0x00010000, 0x00010001 },
		/* plain */
		{ 0x23bc, 1, 0, 1 }, { 0x2400, 0x11, 0x22, 0x11 },
		{ 0x2404, 0x11, 0x22, 0x11 }, { 0x2408, 0x11, 0x22, 0x11 },
		{ 0x240c, 0x11, 0x22, 0x11 }, { 0x2410, 0x11, 0x22, 0x11 },
		{ 0x2414, 0x11, 0x22, 0x11 }, { 0x2418, 1, 0, 1 },
		{ 0x241c, 0x11, 0x22, 0x11 }, { 0x2420, 0x11, 0x22, 0x11 },
		{ 0x2430, 0x11, 0x22, 0x11 }, { 0x2434, 0x11, 0x22, 0x11 },
		{ 0x2438, 0x11, 0x22, 0x11 }, { 0x243c, 0x11, 0x22, 0x11 },
		{ 0x2440, 0x11, 0x22, 0x11 }, { 0x2500, 0x11, 0x22, 0x11 },
		{ 0x2504, 0x11, 0x22, 0x11 }, { 0x2508, 0x11, 0x22, 0x11 },
		{ 0x267c, 0x11, 0x22, 0x11 }, { 0x7034, 0x11, 0x22, 0x11 },
		{ 0xb118, 0x11, 0x22, 0x11 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(t) / sizeof(t[0]); i++) {
		struct rig *r = engine_create(i & 1 ? "bdw" : "skl", RCS);
		uint32_t lri[] = { LRI(t[i / 2].reg, t[i / 2].val) };
		uint32_t other[] = { LRI(t[i / 2].reg, t[i / 2].other) };
		uint32_t srm[] = { SRM(t[i / 2].reg, 1) };
		uint32_t got;

		engine_emit(r, 0, lri, 3);
		engine_submit(r, 0, -1);
		engine_emit(r, 1, other, 3);
		engine_submit(r, 1, -1);
		engine_emit(r, 0, srm, 4);
		engine_submit(r, 0, -1);
		got = ram32(r, PAGE_DATA)[1];
		/* compare only the low half, because the mask bits may have any value */
		if ((got & 0xffff) != (t[i / 2].want & 0xffff))
			fail_msg("%x: %x", t[i / 2].reg, got);
		engine_destroy(r);
	}
}

static void test_restore_inhibit(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint32_t *s = ram32(r, PAGE_CTX(0) + 1);

	(void)state;
	s[0x41] = 0x11000001;
	s[0x42] = 0x4f000;
	s[0x43] = 0x99;
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_SWF0), 0);
	s[0x43] = 0x99;			/* the save wrote 0 to this dword */
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_SWF0), 0x99);
	engine_destroy(r);
}

static void test_workaround_batches(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint32_t *s = ram32(r, PAGE_CTX(0) + 1);
	uint32_t *wa = ram32(r, PAGE_BATCH);
	uint32_t indirect[] = { MI_STORE | MI_GGTT, AT(1), 1 };
	uint32_t per_ctx[] = { MI_STORE | MI_GGTT, AT(2), 2, MI_BB_END };

	(void)state;
	/* the indirect batch has one cacheline, and no END */
	memcpy(wa, indirect, sizeof(indirect));
	wa[16] = MI_STORE | MI_GGTT;
	memcpy(wa + 1024, per_ctx, sizeof(per_ctx));
	s[0x19] = GTT(PAGE_BATCH + 1) | 1;
	s[0x1b] = GTT(PAGE_BATCH) | 1;
	EMIT(r, 0, MI_STORE | MI_GGTT, AT(3), 3);
	engine_submit(r, 0, -1);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 1);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 2);
	assert_int_equal(ram32(r, PAGE_DATA)[3], 3);
	assert_int_equal(csb(r, 1), 0x18);
	engine_destroy(r);
}

/* Only the driver writes the tail. A save must not overwrite the driver's store. */
static void test_tail_is_not_written(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, MI_SEMA_EQ | MI_GGTT, 1, AT(0));
	engine_submit(r, 0, -1);
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	ram32(r, PAGE_DATA)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(csb(r, 1), 0x18);
	assert_int_equal(ram32(r, PAGE_CTX(0) + 1)[7], r->tail[0]);
	engine_destroy(r);
}

static void test_context_clock(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint32_t *s = ram32(r, PAGE_CTX(0) + 1), first;

	(void)state;
	for (int i = 0; i < 40; i++)
		EMIT(r, 0, MI_NOOP, MI_NOOP, MI_NOOP, MI_NOOP);
	engine_submit(r, 0, -1);
	first = s[0x23];
	assert_in_range(first, 30, 100);	/* time of 160 commands of 20 ns */
	xengt_sim_advance(r->m->sim, 1000000);	/* time in which another context could run */
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_submit(r, 0, -1);
	assert_in_range(s[0x23], first, first + 10);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers_follow_context),
		cmocka_unit_test(test_workarounds_follow_context),
		cmocka_unit_test(test_restore_inhibit),
		cmocka_unit_test(test_workaround_batches),
		cmocka_unit_test(test_tail_is_not_written),
		cmocka_unit_test(test_context_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
