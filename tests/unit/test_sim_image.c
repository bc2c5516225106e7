// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests context images with the layout of real hardware. IGT's table of the registers that
 * user batches can write says which registers an image must save. If IGT checks that a
 * register is isolated, the register must get its value back with its context. If IGT
 * leaves a register out (NOCTX in IGT), the register keeps the value that the last context
 * left.
 */
#include "sim_image_rig.h"

static struct rig *create(const char *platform, uint32_t base)
{
	return image_create(platform, base, XENGT_SIM_STRICT_IMAGES);
}

#define GEN8	1U
#define GEN9	2U
#define ALL	(GEN8 | GEN9)

/* IGT, gem_ctx_isolation: nonpriv_registers[]. */
static const struct user_reg {
	uint32_t off;
	uint8_t count;
	uint8_t gens;			/* the generations to which the row applies */
	bool saved;
	bool masked;
	bool needs_privilege;		/* true: user batches can write the register only if
					 * FORCE_TO_NONPRIV allows it */
	uint32_t bits;			/* bits that can be written; 0: all */
} rcs_regs[] = {
	{ 0x2094, 1, ALL, .saved = false },
	{ 0x23bc, 1, ALL, .saved = false },
	{ 0x20c0, 1, ALL, .saved = true, .masked = true, .bits = 0x100 },
	{ 0x2300, 18, ALL, .saved = true },
	{ 0x22c8, 2, ALL, .saved = true, .bits = ~3U },
	{ 0x22d8, 2, ALL, .saved = true },
	{ 0x2500, 3, ALL, .saved = true },
	{ 0x2400, 6, ALL, .saved = true },
	{ 0x2418, 1, ALL, .saved = true, .bits = 1 },
	{ 0x2420, 1, ALL, .saved = true },
	{ 0x2430, 5, ALL, .saved = true },
	{ 0x2290, 2, ALL, .saved = true },
	{ 0x22f0, 2, ALL, .saved = true, .bits = ~3U },
	{ 0x22f8, 2, ALL, .saved = true },
	{ 0x2158, 1, ALL, .saved = true, .bits = ~7U },
	{ 0x241c, 1, ALL, .saved = true },
	{ 0x2360, 2, ALL, .saved = true },
	{ 0x2448, 2, ALL, .saved = true, .bits = ~3U },
	{ 0x2450, 2, ALL, .saved = true },
	{ 0x7000, 3, ALL, .saved = true, .masked = true },
	{ 0x7034, 1, ALL, .saved = true },
	{ 0xe400, 1, ALL, .saved = true, .bits = 0xffff },
	{ 0xe404, 1, ALL, .saved = true },
	{ 0x5200, 8, ALL, .saved = true },
	{ 0x5240, 8, ALL, .saved = true },
	{ 0x5280, 4, ALL, .saved = true, .bits = ~3U },
	{ 0x2248, 1, ALL, .saved = false, .needs_privilege = true },
	{ 0x2580, 1, GEN9, .saved = true, .masked = true,
	  .needs_privilege = true },
	{ 0x7014, 1, GEN9, .saved = true, .masked = true,
	  .needs_privilege = true },
	{ 0x7304, 1, GEN9, .saved = true, .masked = true,
	  .needs_privilege = true },
	{ 0xb118, 1, ALL, .saved = false, .needs_privilege = true,
	  .bits = ~0x1ffff0U },
	/* IGT does not have this register; Mesa's iris and anv set it */
	{ 0x20d8, 1, GEN9, .saved = true, .masked = true },
	/* IGT has these registers only for Gen9; on Gen8 only this engine saves its GPRs */
	{ 0x2600, 32, ALL, .saved = true },
}, vcs_regs[] = {
	{ 0x12600, 32, GEN9, .saved = true },
	{ 0x12600, 32, GEN8, .saved = false },
	{ 0x12800, 64, ALL, .saved = false, .needs_privilege = true },
}, vecs_regs[] = {
	{ 0x1a600, 32, GEN9, .saved = true },
	{ 0x1a600, 32, GEN8, .saved = false },
}, bcs_regs[] = {
	{ 0x22600, 32, GEN9, .saved = true },
	{ 0x22600, 32, GEN8, .saved = false },
	{ 0x22200, 1, ALL, .saved = true, .masked = true, .bits = 3 },
};

static void write_reg(struct rig *r, unsigned int n, const struct user_reg *t,
		      uint32_t off, uint32_t val)
{
	uint32_t lri[] = { MI_LRI, off, val };

	if (t->masked)
		lri[2] |= 0xffff0000U;
	if (t->needs_privilege)
		image_run(r, n, lri, 3);
	else
		image_run_user(r, n, 0, lri, 3);
}

static void check_reg(struct rig *r, const struct user_reg *t, uint32_t off)
{
	uint32_t bits = (t->bits ? t->bits : ~0U) & (t->masked ? 0xffffU : ~0U);
	uint32_t mine = 0x5a5a5a5a & bits, other = 0xa5a5a5a5 & bits, got;

	write_reg(r, 0, t, off, mine);
	write_reg(r, 1, t, off, other);
	got = image_read_reg(r, 0, 0, off) & (t->masked ? 0xffffU : ~0U);
	if (got != (t->saved ? mine : other))
		fail_msg("%s at 0x%x: 0x%x", t->saved ? "saved" : "outside",
			 off, got);
}

static void test_registers_as_igt_says(void **state)
{
	static const struct {
		const char *platform;
		uint8_t gen;
	} platforms[] = { { "bdw", GEN8 }, { "skl", GEN9 }, { "kbl", GEN9 } };
	static const struct {
		uint32_t base;
		const struct user_reg *regs;
		size_t n;
	} engines[] = {
		{ RCS, rcs_regs, sizeof(rcs_regs) / sizeof(rcs_regs[0]) },
		{ VCS, vcs_regs, sizeof(vcs_regs) / sizeof(vcs_regs[0]) },
		{ VECS, vecs_regs, sizeof(vecs_regs) / sizeof(vecs_regs[0]) },
		{ BCS, bcs_regs, sizeof(bcs_regs) / sizeof(bcs_regs[0]) },
	};

	(void)state;
	for (size_t p = 0; p < 3; p++)
		for (size_t e = 0; e < 4; e++) {
			struct rig *r = create(platforms[p].platform,
					       engines[e].base);

			for (size_t i = 0; i < engines[e].n; i++) {
				const struct user_reg *t = &engines[e].regs[i];

				for (unsigned int k = 0; k < t->count; k++)
					if (t->gens & platforms[p].gen)
						check_reg(r, t, t->off + 4 * k);
			}
			engine_destroy(r);
		}
}

/* The first save writes the whole image, whatever the memory had before. */
static void test_shape(void **state)
{
	static const char *const platforms[] = { "bdw", "skl" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rig *r = create(platforms[i], RCS);

		for (unsigned int d = 0x40; d < 3 * 1024; d++)
			IMG(r, 0, d) = 0xdeadbeef;
		memset(ram32(r, PAGE_LAST(0)), 0xee, 4096);
		RUN(r, 0, MI_NOOP, MI_NOOP);
		assert_int_equal(IMG(r, 0, 0x01), 0x1100101b);
		assert_int_equal(IMG(r, 0, 0x21), 0x11001011);
		assert_int_equal(IMG(r, 0, 0x41), 0x11000001);
		assert_int_equal(IMG(r, 0, 0x42), 0x20c8);
		assert_int_equal(IMG(r, 0, 0x51), 0x11001057);
		assert_int_equal(IMG(r, 0, 0x52), 0x2028);
		assert_int_equal(IMG(r, 0, 0xa8), 0x2068);
		/* twenty registers, five of them in the first page */
		assert_int_equal(IMG(r, 0, IMAGE_LIST_AT), 0x11000027);
		assert_int_equal(IMG(r, 0, 1023), 0x5210);
		assert_int_equal(IMG(r, 0, 1025), 0x5214);
		assert_int_equal(IMG(r, 0, IMAGE_END_AT), MI_BB_END);
		assert_int_equal(IMG(r, 0, IMAGE_END_AT + 1), 0);
		assert_int_equal(ram32(r, PAGE_LAST(0))[1023], 0);
		engine_destroy(r);
	}
}

static void test_shape_of_other_engines(void **state)
{
	struct rig *r = create("bdw", BCS);

	(void)state;
	memset(ram32(r, PAGE_CTX(0) + 2), 0x77, 4096);
	RUN(r, 0, MI_NOOP, MI_NOOP);
	assert_int_equal(IMG(r, 0, 0x01), 0x11000015);
	assert_int_equal(IMG(r, 0, 0x21), 0x11000011);
	assert_int_equal(IMG(r, 0, 0x41), 0x11000003);
	assert_int_equal(IMG(r, 0, 0x42), 0x22200);
	assert_int_equal(IMG(r, 0, 0x46), MI_BB_END);
	assert_int_equal(IMG(r, 0, 1024), 0x77777777);	/* a dword that the save does not write */
	engine_destroy(r);
	r = create("skl", VECS);
	RUN(r, 0, MI_NOOP, MI_NOOP);
	assert_int_equal(IMG(r, 0, 0x01), 0x1100101b);
	assert_int_equal(IMG(r, 0, 0x41), 0x11001001);
	assert_int_equal(IMG(r, 0, 0x51), 0x11001057);
	assert_int_equal(IMG(r, 0, 0xaa), MI_BB_END);
	engine_destroy(r);
}

/* Returns the state command in image n whose first dword is 'head'. */
static const uint32_t *find_state(struct rig *r, unsigned int n, uint32_t head)
{
	static uint32_t copy[16];

	for (unsigned int i = 0x51; i < IMAGE_END_AT; i++) {
		if (IMG(r, n, i) != head)
			continue;
		for (unsigned int k = 0; k < 16; k++)
			copy[k] = IMG(r, n, i + k);
		return copy;
	}
	return NULL;
}

/* Each context gets its own state back, even if a state command straddles two pages. */
static void test_pipeline_state(void **state)
{
	static const uint32_t heads[] = {
		0x784e0002,		/* WM_DEPTH_STENCIL */
		0x784c0000,		/* WM_CHROMAKEY */
		0x791c0007,		/* SAMPLE_PATTERN */
		0x70000007,		/* MEDIA_VFE_STATE */
		0x61040001,		/* GPGPU_CSR_BASE_ADDRESS */
	};
	struct rig *r = create("skl", RCS);

	(void)state;
	RUN(r, 2, MI_NOOP, MI_NOOP);
	for (size_t i = 0; i < 5; i++)
		assert_null(find_state(r, 2, heads[i]));
	for (unsigned int n = 0; n < 2; n++)
		for (size_t i = 0; i < 5; i++) {
			unsigned int len = (heads[i] & 0xff) + 2;
			uint32_t dw[16] = { heads[i] };

			for (unsigned int k = 1; k < len; k++)
				dw[k] = n << 16 | k;
			image_run_user(r, n, 0, dw, len);
		}
	for (unsigned int n = 0; n < 2; n++) {
		RUN(r, n, MI_NOOP, MI_NOOP);
		for (size_t i = 0; i < 5; i++) {
			const uint32_t *dw = find_state(r, n, heads[i]);

			assert_non_null(dw);
			assert_int_equal(dw[1], n << 16 | 1);
			assert_int_equal(dw[(heads[i] & 0xff) + 1],
					 n << 16 | ((heads[i] & 0xff) + 1));
		}
	}
	assert_int_equal(IMG(r, 0, IMAGE_STATE_AT), heads[2]);
	engine_destroy(r);
}

/* A state command of variable length is saved with the length that the context used. */
static void test_variable_length(void **state)
{
	struct rig *r = create("skl", RCS);
	const uint32_t *dw;

	(void)state;
	RUN(r, 0, 0x78080007, 1, 2, 3, 4, 5, 6, 7, 8);
	dw = find_state(r, 0, 0x78080007);
	assert_non_null(dw);
	assert_int_equal(dw[8], 8);
	RUN(r, 0, 0x78080003, 1, 2, 3, 4);
	dw = find_state(r, 0, 0x78080003);
	assert_non_null(dw);
	assert_int_equal(dw[4], 4);
	assert_int_equal(dw[5], 0);
	engine_destroy(r);
}

/* Raw data that no command reads or writes is saved and restored, too. */
static void test_raw_data(void **state)
{
	struct rig *r = create("bdw", RCS);

	(void)state;
	for (unsigned int n = 0; n < 2; n++) {
		RUN(r, n, MI_NOOP, MI_NOOP);
		IMG(r, n, IMAGE_END_AT + 1) = 0xffff0000 | n;
		IMG(r, n, 3071) = 0xfffe0000 | n;
		ram32(r, PAGE_LAST(n))[0] = 0xfffd0000 | n;
		ram32(r, PAGE_LAST(n))[1023] = 0xfffc0000 | n;
	}
	for (unsigned int i = 0; i < 4; i++)
		RUN(r, i % 2, MI_NOOP, MI_NOOP);
	for (unsigned int n = 0; n < 2; n++) {
		assert_int_equal(IMG(r, n, IMAGE_END_AT + 1), 0xffff0000 | n);
		assert_int_equal(IMG(r, n, 3071), 0xfffe0000 | n);
		assert_int_equal(ram32(r, PAGE_LAST(n))[0], 0xfffd0000 | n);
		assert_int_equal(ram32(r, PAGE_LAST(n))[1023], 0xfffc0000 | n);
	}
	engine_destroy(r);
}

/*
 * If restore is inhibited, or if the image loads nothing, the registers keep
 * the values of the last context.
 */
static void test_residue(void **state)
{
	static const char *const platforms[] = { "bdw", "skl" };
	static const uint32_t bases[] = { RCS, VCS, VECS, BCS };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint32_t base = bases[i / 2];
		struct rig *r = create(platforms[i % 2], base);
		uint32_t lri[] = { MI_LRI, base + 0x600, 0x5ec2e7 };

		image_run(r, 0, lri, 3);
		assert_int_equal(image_read_reg(r, 1, 0, base + 0x600), 0x5ec2e7);
		image_run(r, 0, lri, 3);
		IMG(r, 2, 3) = 0x00090008;
		IMG(r, 2, 0x40) = MI_BB_END;
		assert_int_equal(image_read_reg(r, 2, 0, base + 0x600), 0x5ec2e7);
		engine_destroy(r);
	}
}

/* The indirect context batch of context 0, one cacheline, which runs at dword 'place'. */
static uint32_t *indirect_batch(struct rig *r, uint32_t place)
{
	IMG(r, 0, 0x1b) = GTT(PAGE_BATCH + 1) | 1;
	IMG(r, 0, 0x1d) = place * 4;
	return memset(ram32(r, PAGE_BATCH + 1), 0, 64);
}

/*
 * The indirect context batch runs in the middle of a restore. A context gets its own values
 * of the registers that come later in its image, whatever the batch writes to them: i915's
 * batch clears bit 12 of 0x7014, and IGT's gem_ctx_isolation (nonpriv-switch) expects that bit
 * after a switch. Registers that no image has, and registers that come earlier in the image,
 * keep what the batch writes. The per-context batch runs after the restore.
 */
static void test_indirect_batch_inside_the_restore(void **state)
{
	static const struct { const char *platform; uint32_t place, reg; } t[] = {
		{ "bdw", 0x17 * 16, 0x7010 }, { "skl", 0x26 * 16, 0x7014 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rig *r = create(t[i].platform, RCS);
		uint32_t *wa = indirect_batch(r, t[i].place);
		uint32_t reg = t[i].reg;
		uint32_t lri[] = {
			0x11000005, reg, 0x10000000, 0x2090, 0x10001000,
			0x2600, 0x77,
		};
		uint32_t mine[] = { 0x11000003, reg, 0xffffffff, 0x2600, 0x66 };
		uint32_t other[] = { MI_LRI, reg, 0xffff0000 };

		memcpy(wa, lri, sizeof(lri));
		image_run(r, 0, mine, 5);
		image_run(r, 1, other, 3);
		RUN(r, 1, MI_LRI, 0x2090, 0xffff0000);
		assert_int_equal(image_read_reg(r, 0, 0, reg), 0xffff);
		assert_int_equal(image_read_reg(r, 0, 0, 0x2090), 0x1000);
		assert_int_equal(image_read_reg(r, 0, 0, 0x2600), 0x77);
		/* the same commands as a per-context batch */
		IMG(r, 0, 0x1b) = 0;
		IMG(r, 0, 0x19) = GTT(PAGE_BATCH + 1) | 1;
		wa[7] = MI_BB_END;
		assert_int_equal(image_read_reg(r, 0, 0, reg), 0xefff);
		engine_destroy(r);
	}
}

/* A context that is preempted in its indirect context batch loses no register. */
static void test_preempted_in_the_indirect_batch(void **state)
{
	struct rig *r = create("skl", RCS);
	uint32_t wait[] = { MI_SEMA_EQ | MI_GGTT, 1, AT(4) };
	static const uint32_t noops[2] = { 0 };

	(void)state;
	RUN(r, 0, MI_LRI, 0x7014, 0xffff0055);
	memcpy(indirect_batch(r, 0x26 * 16), wait, sizeof(wait));
	ram32(r, PAGE_DATA)[4] = 0;
	image_run(r, 0, noops, 2);
	RUN(r, 1, MI_LRI, 0x7014, 0xffff0000);
	assert_int_equal(image_read_reg(r, 1, 0, 0x7014), 0);
	ram32(r, PAGE_DATA)[4] = 1;
	assert_int_equal(image_read_reg(r, 0, 0, 0x7014), 0x55);
	engine_destroy(r);
}

/* An undefined command in an image stops the engine, as in a batch. */
static void test_undefined_command(void **state)
{
	struct rig *r = create("skl", RCS);
	struct xengt_sim_engine_stats stats;

	(void)state;
	RUN(r, 0, MI_NOOP, MI_NOOP);
	IMG(r, 0, 0x40) = 0x1fU << 23;
	RUN(r, 0, MI_SRM | MI_GGTT, 0x2094, AT(1));
	xengt_sim_engine_stats(r->m->sim, 0, &stats);
	assert_int_equal(stats.errors, 1);
	assert_int_equal(csb(r, 2), 1);		/* the last event is the context's begin: it
						 * has not completed */
	assert_int_equal(csb_wp(r), 2);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers_as_igt_says),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_shape_of_other_engines),
		cmocka_unit_test(test_pipeline_state),
		cmocka_unit_test(test_variable_length),
		cmocka_unit_test(test_raw_data),
		cmocka_unit_test(test_residue),
		cmocka_unit_test(test_indirect_batch_inside_the_restore),
		cmocka_unit_test(test_preempted_in_the_indirect_batch),
		cmocka_unit_test(test_undefined_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
