// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests commands that decide and compute (predicates, comparisons, arithmetic), and which
 * registers a batch without privilege may write. Every operation is a row. The operands of
 * a row are such that similar operations would give different results.
 */
#include "sim_engine_rig.h"

#define DATA(i)		GTT(PAGE_DATA) + 4 * (i)
#define GGTT_STORE(i, v) MI_STORE | MI_GGTT, DATA(i), 0, (v)
#define GGTT_SRM(reg, i) MI_SRM | MI_GGTT, (reg), DATA(i), 0
#define LRI(reg, val)	MI_LRI, (reg), (val)
#define N(a)		(sizeof(a) / sizeof((a)[0]))

static const uint32_t bases[] = { RCS, VCS, VECS, BCS };

/* --- MI_SET_PREDICATE ---------------------------------------------------- */

/*
 * Does the engine execute the command after MI_SET_PREDICATE? Some modes of the command depend
 * on the number of slices of the GPU; both platforms' GPUs have one slice.
 */
static void test_set_predicate(void **state)
{
	static const struct { uint32_t mode, result, result2; bool goes_on; }
	t[] = {
		{ 0x0, 0, 0, true }, { 0x0, 1, 1, true },
		{ 0x1, 0, 1, true }, { 0x1, 1, 0, false },
		{ 0x2, 1, 0, true }, { 0x2, 0, 1, false },
		{ 0x3, 1, 0, true }, { 0x3, 0, 1, false },
		{ 0x4, 0, 1, true }, { 0x4, 1, 0, false },
		{ 0x5, 0, 0, true }, { 0x5, 1, 1, true },
		{ 0x6, 0, 0, false }, { 0x6, 1, 1, false },
		{ 0x7, 0, 0, false }, { 0x7, 1, 1, false },
		{ 0xf, 0, 0, false }, { 0xf, 1, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < N(t) * 2; i++) {
		struct rig *r = engine_create(i & 1 ? "bdw" : "skl", RCS);
		uint32_t dw[] = {
			LRI(0x2418, t[i / 2].result),
			LRI(0x23bc, t[i / 2].result2),
			0x01U << 23 | t[i / 2].mode, GGTT_STORE(1, 1),
			0x01U << 23, GGTT_STORE(2, 1),
		};

		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		if (ram32(r, PAGE_DATA)[1] != t[i / 2].goes_on)
			fail_msg("mode %x, results %u %u: wrong predicate", t[i / 2].mode,
				 t[i / 2].result, t[i / 2].result2);
		assert_int_equal(ram32(r, PAGE_DATA)[2], 1);
		engine_destroy(r);
	}
}

/* --- MI_PREDICATE -------------------------------------------------------- */

enum { KEEP, UNUSED, LOAD, INVERT };
enum { SET, AND, OR, XOR };
enum { ALWAYS, NEVER, EQUAL, DELTA };

static void test_predicate(void **state)
{
	static const struct {
		uint32_t load, combine, compare, old, s0, s1, data, want;
	} t[] = {
		{ LOAD, SET, ALWAYS, 0, 1, 2, 3, 1 },
		{ LOAD, SET, NEVER, 1, 1, 1, 0, 0 },
		{ LOAD, SET, EQUAL, 0, 5, 5, 9, 1 },
		{ LOAD, SET, EQUAL, 1, 5, 6, 1, 0 },
		{ LOAD, SET, DELTA, 0, 5, 7, 2, 1 },
		{ LOAD, SET, DELTA, 1, 5, 5, 5, 0 },
		{ LOAD, SET, DELTA, 1, 7, 5, 2, 0 },
		{ INVERT, SET, ALWAYS, 1, 0, 0, 0, 0 },
		{ INVERT, SET, NEVER, 0, 0, 0, 0, 1 },
		{ INVERT, SET, DELTA, 0, 5, 5, 5, 1 },
		{ KEEP, SET, ALWAYS, 0, 0, 0, 0, 0 },
		{ KEEP, SET, NEVER, 1, 0, 0, 0, 1 },
		{ UNUSED, SET, NEVER, 1, 0, 0, 0, 1 },
		{ LOAD, AND, ALWAYS, 0, 0, 0, 0, 0 },
		{ LOAD, AND, ALWAYS, 1, 0, 0, 0, 1 },
		{ LOAD, AND, NEVER, 0, 0, 0, 0, 0 },
		{ LOAD, AND, NEVER, 1, 0, 0, 0, 0 },
		{ LOAD, OR, ALWAYS, 0, 0, 0, 0, 1 },
		{ LOAD, OR, ALWAYS, 1, 0, 0, 0, 1 },
		{ LOAD, OR, NEVER, 0, 0, 0, 0, 0 },
		{ LOAD, OR, NEVER, 1, 0, 0, 0, 1 },
		{ LOAD, XOR, ALWAYS, 0, 0, 0, 0, 1 },
		{ LOAD, XOR, ALWAYS, 1, 0, 0, 0, 0 },
		{ LOAD, XOR, NEVER, 0, 0, 0, 0, 0 },
		{ LOAD, XOR, NEVER, 1, 0, 0, 0, 1 },
		{ INVERT, AND, ALWAYS, 1, 0, 0, 0, 0 },
	};
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		uint32_t dw[] = {
			LRI(0x2418, t[i].old), LRI(0x2400, t[i].s0),
			LRI(0x2408, t[i].s1), LRI(0x2410, t[i].data),
			0x0cU << 23 | t[i].load << 6 | t[i].combine << 3 |
			t[i].compare, GGTT_SRM(0x2418, 1),
		};

		ram32(r, PAGE_DATA)[1] = ~0U;
		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		if (ram32(r, PAGE_DATA)[1] != t[i].want)
			fail_msg("row %u gives %u", (unsigned int)i,
				 ram32(r, PAGE_DATA)[1]);
	}
	engine_destroy(r);
}

/* MI_PREDICATE compares all 64 bits of its operands. */
static void test_predicate_high_halves(void **state)
{
	static const struct { uint32_t reg, compare, want; } t[] = {
		{ 0x2404, EQUAL, 0 }, { 0x240c, EQUAL, 0 },
		{ 0x2404, DELTA, 0 }, { 0x2414, DELTA, 0 },
		{ 0x2440, EQUAL, 1 }, { 0x2440, DELTA, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		struct rig *r = engine_create("bdw", RCS);
		uint32_t dw[] = {
			LRI(t[i].reg, 1), 0x0cU << 23 | LOAD << 6 |
			t[i].compare, GGTT_SRM(0x2418, 1),
		};

		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[1], t[i].want);
		engine_destroy(r);
	}
}

/* Tests bit 15 of MI_BATCH_BUFFER_START. Only the render engine has this bit. */
static void test_predicated_batch(void **state)
{
	static const struct { uint32_t base, result; bool is_started; } t[] = {
		{ RCS, 0, false }, { RCS, 1, true }, { VCS, 0, true },
		{ VECS, 0, true }, { BCS, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		struct rig *r = engine_create("skl", t[i].base);
		uint32_t batch[] = { GGTT_STORE(1, 1), MI_BB_END };
		uint32_t dw[] = {
			LRI(t[i].base + REG_RING_PREDICATE_RESULT_1, t[i].result),
			MI_BB_START | 1U << 15, GTT(PAGE_BATCH), 0,
			GGTT_STORE(2, 1),
		};

		memcpy(ram32(r, PAGE_BATCH), batch, sizeof(batch));
		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, PAGE_DATA)[1], t[i].is_started);
		assert_int_equal(ram32(r, PAGE_DATA)[2], 1);
		engine_destroy(r);
	}
}

/* --- MI_SEMAPHORE_WAIT --------------------------------------------------- */

/*
 * MI_SEMAPHORE_WAIT compares a value in memory, or in a register, with the operand. The
 * value and the operand are unsigned.
 */
static void test_compares(void **state)
{
	static const uint32_t operand = 0x80000000U;
	static const uint32_t vals[3] = { 0x7fffffffU, 0x80000000U,
					  0x80000001U };
	static const struct { uint32_t op; bool passes[3]; } t[] = {
		{ 0, { false, false, true } },		/* greater */
		{ 1, { false, true, true } },		/* greater less or equal */
		{ 2, { true, false, false } },		/* less */
		{ 3, { true, true, false } },		/* or equal */
		{ 4, { false, true, false } },		/* equal */
		{ 5, { true, false, true } },		/* not equal */
	};

	(void)state;
	for (size_t i = 0; i < N(t) * 3 * 2; i++) {
		bool is_register = i & 1, passes = t[i / 6].passes[i / 2 % 3];
		struct rig *r = engine_create("skl", VCS);
		uint32_t val = vals[i / 2 % 3];
		uint32_t dw[] = {
			0x1cU << 23 | 1U << 15 | t[i / 6].op << 12 | 2 |
			(is_register ? 1U << 16 : MI_GGTT), operand,
			is_register ? 0x4f000 : DATA(1), 0, GGTT_STORE(2, 1),
		};

		wr(r->m, REG_SWF0, is_register ? val : 0);
		ram32(r, PAGE_DATA)[1] = is_register ? 0 : val;
		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		if (ram32(r, PAGE_DATA)[2] != passes)
			fail_msg("compare %u of %x", t[i / 6].op, val);
		assert_int_equal(csb(r, csb_wp(r)), passes ? 0x18 : 0x01);
		engine_destroy(r);
	}
}

/* --- MI_MATH ------------------------------------------------------------- */

#define ALU(op, a, b)	((op) << 20 | (a) << 10 | (b))
#define SRCA		0x20U
#define SRCB		0x21U
#define ACCU		0x31U
#define ZF		0x32U
#define CF		0x33U
#define ALU_LOAD	0x080U
#define ALU_LOADINV	0x480U
#define ALU_LOAD0	0x081U
#define ALU_LOAD1	0x481U
#define ALU_STORE	0x180U
#define ALU_STOREINV	0x580U

static uint64_t gpr(struct rig *r, unsigned int n)
{
	return (uint64_t)rd(r->m, r->base + REG_RING_GPR + 4 + 8 * n) << 32 |
		rd(r->m, r->base + REG_RING_GPR + 8 * n);
}

static void set_gpr(struct rig *r, unsigned int n, uint64_t val)
{
	wr(r->m, r->base + REG_RING_GPR + 8 * n, (uint32_t)val);
	wr(r->m, r->base + REG_RING_GPR + 4 + 8 * n, (uint32_t)(val >> 32));
}

/*
 * Checks the result, the zero flag and the carry flag of each operation with GPRs 0 and 1.
 */
static void test_math_operations(void **state)
{
	static const struct {
		uint32_t op;
		uint64_t a, b, want;
		bool zf, cf;
	} t[] = {
		{ 0x100, 5, 3, 8, false, false },
		{ 0x100, ~0ULL, 2, 1, false, true },
		{ 0x100, ~0ULL, 1, 0, true, true },
		{ 0x100, 0, 0, 0, true, false },
		{ 0x100, 0xffffffff, 1, 0x100000000, false, false },
		{ 0x101, 5, 3, 2, false, false },
		{ 0x101, 3, 5, ~1ULL, false, true },
		{ 0x101, 5, 5, 0, true, false },
		{ 0x102, 0xf0f0, 0xff00, 0xf000, false, false },
		{ 0x102, 0xf0, 0x0f, 0, true, false },
		{ 0x103, 0xf0f0, 0xff00, 0xfff0, false, false },
		{ 0x103, 0, 0, 0, true, false },
		{ 0x104, 0xf0f0, 0xff00, 0x0ff0, false, false },
		{ 0x104, 0xf0, 0xf0, 0, true, false },
	};

	(void)state;
	for (size_t i = 0; i < N(t) * 4; i++) {
		struct rig *r = engine_create("skl", bases[i % 4]);
		uint32_t dw[] = {
			0x1aU << 23 | 5, ALU(ALU_LOAD, SRCA, 0),
			ALU(ALU_LOAD, SRCB, 1), ALU(t[i / 4].op, 0, 0),
			ALU(ALU_STORE, 2, ACCU), ALU(ALU_STORE, 3, ZF),
			ALU(ALU_STORE, 4, CF),
		};

		set_gpr(r, 0, t[i / 4].a);
		set_gpr(r, 1, t[i / 4].b);
		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		if (gpr(r, 2) != t[i / 4].want ||
		    gpr(r, 3) != (t[i / 4].zf ? ~0ULL : 0) ||
		    gpr(r, 4) != (t[i / 4].cf ? ~0ULL : 0))
			fail_msg("row %u gives result %llx, ZF %llx, CF %llx",
				 (unsigned int)(i / 4),
				 (unsigned long long)gpr(r, 2),
				 (unsigned long long)gpr(r, 3),
				 (unsigned long long)gpr(r, 4));
		engine_destroy(r);
	}
}

/*
 * Checks each instruction that loads an operand or stores a result. The operation adds GPR
 * 0 (0x10) and GPR 1 (1), unless the load changes the operand.
 */
static void test_math_moves(void **state)
{
	static const struct {
		uint32_t load, store;
		uint64_t want;
	} t[] = {
		{ ALU(ALU_LOAD, SRCA, 0), ALU(ALU_STORE, 15, ACCU), 0x11 },
		{ ALU(ALU_LOADINV, SRCA, 0), ALU(ALU_STORE, 15, ACCU),
		  ~0xfULL },
		{ ALU(ALU_LOAD0, SRCA, 0), ALU(ALU_STORE, 15, ACCU), 1 },
		{ ALU(ALU_LOAD1, SRCA, 0), ALU(ALU_STORE, 15, ACCU), 0 },
		{ ALU(ALU_LOAD, SRCA, 0), ALU(ALU_STOREINV, 15, ACCU),
		  ~0x11ULL },
		{ ALU(ALU_LOAD1, SRCA, 0), ALU(ALU_STORE, 15, CF), ~0ULL },
		{ ALU(ALU_LOAD1, SRCA, 0), ALU(ALU_STOREINV, 15, CF), 0 },
		{ ALU(ALU_LOAD1, SRCA, 0), ALU(ALU_STOREINV, 15, ZF), 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		struct rig *r = engine_create("bdw", VECS);
		uint32_t dw[] = {
			0x1aU << 23 | 3, t[i].load, ALU(ALU_LOAD, SRCB, 1),
			ALU(0x100, 0, 0), t[i].store,
		};

		set_gpr(r, 0, 0x10);
		set_gpr(r, 1, 1);
		set_gpr(r, 15, 0x5555);
		engine_emit(r, 0, dw, N(dw));
		engine_submit(r, 0, -1);
		if (gpr(r, 15) != t[i].want)
			fail_msg("row %u gives %llx", (unsigned int)i,
				 (unsigned long long)gpr(r, 15));
		engine_destroy(r);
	}
}

/* --- registers of batches without privilege ------------------------------ */

static uint64_t refused(struct rig *r, uint32_t reg)
{
	uint32_t batch[] = { LRI(reg, 0) };
	struct xengt_sim_engine_stats st;
	uint64_t before;
	unsigned int i = 0;

	while (bases[i] != r->base)
		i++;
	xengt_sim_engine_stats(r->m->sim, i, &st);
	before = st.refused;
	engine_batch(r, batch, N(batch), true);
	xengt_sim_engine_stats(r->m->sim, i, &st);
	return st.refused - before;
}

/*
 * A batch without privilege may write the first and the last register of each range, but
 * not the registers before and after the range.
 */
static void test_user_registers(void **state)
{
	static const struct { uint32_t first, last; } rcs[] = {
		{ 0x2094, 0x2094 }, { 0x20c0, 0x20c0 }, { 0x2158, 0x2158 },
		{ 0x2290, 0x2294 }, { 0x22c8, 0x22cc }, { 0x22d8, 0x22dc },
		{ 0x22f0, 0x2364 }, { 0x23bc, 0x23bc }, { 0x2400, 0x2454 },
		{ 0x2500, 0x2508 }, { 0x2600, 0x267c }, { 0x5200, 0x521c },
		{ 0x5240, 0x525c }, { 0x5280, 0x528c }, { 0x7000, 0x7008 },
		{ 0x7034, 0x7034 }, { 0xb020, 0xb020 }, { 0xe400, 0xe404 },
	}, xcs[] = {
		{ 0x094, 0x094 }, { 0x358, 0x35c }, { 0x600, 0x67c },
	};

	(void)state;
	for (size_t i = 0; i < N(rcs); i++) {
		struct rig *r = engine_create(i & 1 ? "bdw" : "skl", RCS);

		assert_int_equal(refused(r, rcs[i].first - 4), 1);
		assert_int_equal(refused(r, rcs[i].first), 0);
		assert_int_equal(refused(r, rcs[i].last), 0);
		assert_int_equal(refused(r, rcs[i].last + 4), 1);
		engine_destroy(r);
	}
	/* on Gen8, because Gen9's blitter may write all registers */
	for (size_t i = 0; i < N(xcs) * 3; i++) {
		struct rig *r = engine_create("bdw", bases[1 + i % 3]);

		assert_int_equal(refused(r, r->base + xcs[i / 3].first - 4), 1);
		assert_int_equal(refused(r, r->base + xcs[i / 3].first), 0);
		assert_int_equal(refused(r, r->base + xcs[i / 3].last), 0);
		assert_int_equal(refused(r, r->base + xcs[i / 3].last + 4), 1);
		/* only the blitter has this tiling register */
		assert_int_equal(refused(r, r->base + REG_BCS_SWCTRL),
				 r->base == BCS ? 0 : 1);
		/* refused: a register of another engine */
		assert_int_equal(refused(r, RCS + 0x600), 1);
		engine_destroy(r);
	}
}

/*
 * The whitelist has twelve slots. A slot has a register's address, and bits
 * that do not belong to the address.
 */
static void test_whitelist_slots(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4 * 12; i++) {
		struct rig *r = engine_create("bdw", bases[i / 12]);
		uint32_t slot = r->base + REG_RING_FORCE_TO_NONPRIV + 4 * (i % 12);

		assert_int_equal(refused(r, 0x4f000), 1);
		wr(r->m, slot, 0x4f000 | 0x10000003);
		assert_int_equal(refused(r, 0x4f000), 0);
		assert_int_equal(refused(r, 0x4f004), 1);
		wr(r->m, slot, 0);
		/*
		 * the registers before the first slot and after the last slot are no slots
		 */
		wr(r->m, r->base + REG_RING_FORCE_TO_NONPRIV - 4, 0x4f000);
		wr(r->m, r->base + REG_RING_FORCE_TO_NONPRIV + 48, 0x4f000);
		assert_int_equal(refused(r, 0x4f000), 1);
		engine_destroy(r);
	}
}

/*
 * Each of bits 11:8 of the command disables the write of one byte, if
 * XENGT_SIM_STRICT_BYTES is on.
 */
static void test_byte_disables(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * 16; i++) {
		struct rig *r = engine_create("skl", RCS);
		struct xengt_sim_exec_opts o;
		uint32_t off = i / 2, want = 0x11223344;
		uint32_t lri[] = { MI_LRI | off << 8, 0x2600, 0x11223344 };

		xengt_sim_get_exec(r->m->sim, &o);
		o.strict = i & 1 ? XENGT_SIM_STRICT_BYTES : 0;
		xengt_sim_set_exec(r->m->sim, &o);
		for (unsigned int b = 0; b < 4 && (i & 1); b++)
			if (off >> b & 1)
				want |= 0xffU << 8 * b;
		EMIT(r, 0, MI_LRI, 0x2600, 0xffffffff);
		engine_emit(r, 0, lri, 3);
		engine_submit(r, 0, -1);
		assert_int_equal(rd(r->m, RCS + REG_RING_GPR), want);
		engine_destroy(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_predicate),
		cmocka_unit_test(test_predicate),
		cmocka_unit_test(test_predicate_high_halves),
		cmocka_unit_test(test_predicated_batch),
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_math_operations),
		cmocka_unit_test(test_math_moves),
		cmocka_unit_test(test_user_registers),
		cmocka_unit_test(test_whitelist_slots),
		cmocka_unit_test(test_byte_disables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
