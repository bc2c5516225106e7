// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the engines' TLBs. Without an invalidation an engine uses old entries. Each way to
 * invalidate affects only its own engine.
 */
#include "sim_engine_rig.h"

#define AT(addr)	(uint32_t)(addr), (uint32_t)((uint64_t)(addr) >> 32)
#define FLUSH_DW(bits)	(0x26U << 23 | 3 | (bits)), 0, 0, 0, 0
#define PIPE_CONTROL(bits) 0x7a000004U, (bits), 0, 0, 0, 0
#define NOTHING		0, 0, 0, 0, 0, 0
#define TLB_INVALIDATE	(1U << 18)

struct tlb_case {
	const char *name;
	uint32_t engine;
	uint32_t cmd[6];		/* the command that runs between the two stores */
	uint32_t reg;			/* the register that the CPU writes; 0:
					 * none */
	bool is_helpful;		/* true: the invalidation works without
					 * XENGT_SIM_STRICT_CACHES */
	bool is_helpful_too;		/* true: the invalidation works with
					 * XENGT_SIM_STRICT_CACHES */
};

/* clang-format off */
static const struct tlb_case cases[] = {
	{ "RCS, nothing", RCS, { NOTHING }, 0, false, false },
	{ "VCS, nothing", VCS, { NOTHING }, 0, false, false },
	{ "BCS, nothing", BCS, { NOTHING }, 0, false, false },
	{ "VECS, nothing", VECS, { NOTHING }, 0, false, false },
	{ "RCS, PIPE_CONTROL", RCS, { PIPE_CONTROL(TLB_INVALIDATE) }, 0,
	  true, true },
	{ "RCS, PIPE_CONTROL without invalidation", RCS, { PIPE_CONTROL(1U << 20) }, 0,
	  false, false },
	{ "VCS, MI_FLUSH_DW", VCS, { FLUSH_DW(TLB_INVALIDATE) }, 0, true, true },
	{ "BCS, MI_FLUSH_DW", BCS, { FLUSH_DW(TLB_INVALIDATE) }, 0, true, true },
	{ "VECS, MI_FLUSH_DW", VECS, { FLUSH_DW(TLB_INVALIDATE) }, 0,
	  true, true },
	{ "BCS, MI_FLUSH_DW without invalidation", BCS, { FLUSH_DW(0) }, 0, false, false },
	{ "RCS, its register", RCS, { NOTHING }, 0x4260, true, true },
	{ "VCS, its register", VCS, { NOTHING }, 0x4264, true, true },
	{ "BCS, its register", BCS, { NOTHING }, 0x426c, true, true },
	{ "VECS, its register", VECS, { NOTHING }, 0x4270, true, true },
	{ "BCS, the register of RCS", BCS, { NOTHING }, 0x4260, false, false },
	{ "VCS, the register of a second VCS", VCS, { NOTHING }, 0x4268, false, false },
	{ "RCS, GFX_FLSH_CNTL", RCS, { NOTHING }, REG_GFX_FLSH_CNTL, true, false },
	{ "VECS, GFX_FLSH_CNTL", VECS, { NOTHING }, REG_GFX_FLSH_CNTL, true, false },
};
/* clang-format on */

/*
 * Runs a store, changes the entry, and runs a second store. Did the second store reach the
 * page that the entry then pointed to?
 */
static bool sees_new_page(const char *platform, const struct tlb_case *c,
			  unsigned int strict)
{
	static const uint32_t first[] = {
		MI_STORE, AT(VA + GTT(PAGE_DATA)), 1,
		MI_SEMA_EQ | MI_GGTT, 1, GTT(PAGE_DATA + 2), 0,
	};
	static const uint32_t second[] = {
		MI_STORE, AT(VA + GTT(PAGE_DATA)), 2,
	};
	struct rig *r = engine_create(platform, c->engine);
	uint64_t *pt = (uint64_t *)(void *)ram32(r, PAGE_PML4 + 3);
	struct xengt_sim_exec_opts opts;
	bool is_new;

	xengt_sim_get_exec(r->m->sim, &opts);
	opts.strict |= strict;
	xengt_sim_set_exec(r->m->sim, &opts);
	engine_emit(r, 0, first, 8);
	engine_emit(r, 0, c->cmd, 6);
	engine_emit(r, 0, second, 4);
	engine_submit(r, 0, -1);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 1);
	pt[((VA >> 12) + PAGE_DATA) & 511] = bus_of(PAGE_DATA + 1) | 3;
	if (c->reg)
		wr(r->m, c->reg, 1);
	ram32(r, PAGE_DATA + 2)[0] = 1;
	xengt_sim_run(r->m->sim);
	is_new = ram32(r, PAGE_DATA + 1)[0] == 2;
	/* the store went to only one of the two pages */
	assert_int_equal(ram32(r, PAGE_DATA)[0], is_new ? 1 : 2);
	engine_destroy(r);
	return is_new;
}

static void test_invalidations(void **state)
{
	static const char *const platforms[] = { "skl", "bdw" };

	(void)state;
	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
			if (sees_new_page(platforms[p], &cases[i], 0) !=
			    cases[i].is_helpful ||
			    sees_new_page(platforms[p], &cases[i],
					  XENGT_SIM_STRICT_CACHES) !=
			    cases[i].is_helpful_too)
				fail_msg("%s: %s", platforms[p],
					 cases[i].name);
}

/* When a context is submitted again, it starts with an empty TLB. */
static void test_context_switch(void **state)
{
	struct rig *r = engine_create("skl", BCS);
	uint64_t *pt = (uint64_t *)(void *)ram32(r, PAGE_PML4 + 3);

	(void)state;
	EMIT(r, 0, MI_STORE, AT(VA + GTT(PAGE_DATA)), 1);
	engine_submit(r, 0, -1);
	pt[((VA >> 12) + PAGE_DATA) & 511] = bus_of(PAGE_DATA + 1) | 3;
	EMIT(r, 0, MI_STORE, AT(VA + GTT(PAGE_DATA)), 2);
	engine_submit(r, 0, -1);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 1);
	assert_int_equal(ram32(r, PAGE_DATA + 1)[0], 2);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invalidations),
		cmocka_unit_test(test_context_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
