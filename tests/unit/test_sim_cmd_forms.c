// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests every command with an address operand in every form of addressing: the GGTT, page
 * tables of four levels with pages of 4 KiB, 64 KiB and 2 MiB, and page tables of three
 * levels. Each command runs in the ring, in batches with privilege and in batches without.
 */
#include "sim_engine_rig.h"

#define VALUE	0x600dca5eU
#define AT	0x848U			/* offset of the operand in the data page */
#define GPR(base)	((base) + 0x600U)

/* --- forms of addressing --------------------------------------------------- */

enum where { IN_RING, IN_GGTT_BATCH, IN_USER_BATCH };

static uint64_t *table(struct rig *r, unsigned int level)
{
	return (uint64_t *)(void *)ram32(r, PAGE_PML4 + 3 - level);
}

static void no_tables(struct rig *r)
{
	(void)r;
}

/*
 * Map all memory (from frame 0x1000 on) as one page of 2 MiB, at an address 2 MiB above the
 * other pages.
 */
static void table_2m(struct rig *r)
{
	table(r, 1)[((VA >> 21) & 511) + 1] = bus_of(0) | 0x80 | 3;
}

static void table_64k(struct rig *r)
{
	uint64_t *pd = table(r, 1);
	/* PAGE_BATCH and PAGE_DATA are in the second 64 KiB */
	uint64_t *pt = (uint64_t *)(void *)ram32(r, PAGE_SURF + 1);

	wr(r->m, REG_GAMW_ECO_DEV, 0xf);
	pt[16] = bus_of(16) | 3;
	pd[((VA >> 21) & 511) + 1] = bus_of(PAGE_SURF + 1) | 0x800 | 3;
}

/* Use the same page tables with three levels: the GPU walks them from the directory on. */
static void three_levels(struct rig *r)
{
	uint32_t *s = ram32(r, PAGE_CTX(0) + 1);

	s[0x33] = 0;
	s[0x2b] = (uint32_t)bus_of(PAGE_PML4 + 2);		/* PDP2 */
}

#define VA2	((VA & ~0x1fffffULL) + 0x200000)
#define VA3	((2ULL << 30) | (VA & 0x3fffffff))

static const struct form {
	const char *name;
	enum where where;
	bool is_ggtt;
	uint64_t base;			/* the address at which operands reach
					 * page 0 of the machine's memory */
	uint64_t batches;		/* the address at which user batches reach page 0 */
	uint32_t mode;			/* addressing mode in the descriptor */
	void (*set_up)(struct rig *r);
	const char *only;
} forms[] = {
	{ "GGTT from ring", IN_RING, true, 0, 0, 0x19, no_tables, NULL },
	{ "GGTT from batch", IN_GGTT_BATCH, true, 0, 0, 0x19, no_tables, NULL },
	{ "4K from ring", IN_RING, false, VA, 0, 0x19, no_tables, NULL },
	{ "4K from GGTT batch", IN_GGTT_BATCH, false, VA, 0, 0x19, no_tables,
	  NULL },
	{ "4K", IN_USER_BATCH, false, VA, VA, 0x19, no_tables, NULL },
	{ "2M", IN_USER_BATCH, false, VA2, VA2, 0x19, table_2m, NULL },
	{ "64K", IN_USER_BATCH, false, VA2, VA2, 0x19, table_64k, "skl" },
	{ "3 levels", IN_USER_BATCH, false, VA3, VA3, 0x09, three_levels,
	  NULL },
	{ "3 levels from ring", IN_RING, false, VA3, 0, 0x09, three_levels,
	  NULL },
};

/* --- commands -------------------------------------------------------------- */

enum effect {
	WRITES,				/* writes VALUE to the page */
	READS,				/* reads VALUE from the page into a
					 * GPR */
	PASSES,				/* the command waits until the page has VALUE */
};

#define X	0U			/* the place of an address of two dwords */

static const struct operand_case {
	const char *name;
	uint32_t base;			/* base of the engine that has the command; 0: every
					 * engine */
	uint32_t dw[12];
	unsigned int n;
	unsigned int addr;		/* index of the operand's dword */
	unsigned int other;		/* index of the dword of a second operand, which
					 * is in the next page */
	uint32_t ggtt;			/* bits of dword ggtt_dw that select the GGTT */
	unsigned int ggtt_dw;		/* index of the dword with the bits of 'ggtt' */
	unsigned int reg;		/* index of the dword with a GPR's
					 * offset */
	enum effect effect;
	bool is_clear;			/* true: without privilege the hardware ignores the
					 * bits of 'ggtt' */
} commands[] = {
	{ "store", 0, { 0x10000002, X, X, VALUE }, 4, 1, 0, 1U << 22, 0, 0,
	  WRITES, false },
	{ "store register", 0, { 0x12000002, 0, X, X }, 4, 2, 0, 1U << 22, 0, 1,
	  WRITES, false },
	{ "load register", 0, { 0x14800002, 0, X, X }, 4, 2, 0, 1U << 22, 0, 1,
	  READS, false },
	{ "copy to", 0, { 0x17000003, X, X, X, X }, 5, 1, 3, 3U << 21, 0, 0,
	  WRITES, false },
	{ "copy from", 0, { 0x17000003, X, X, X, X }, 5, 3, 1, 3U << 21, 0, 0,
	  PASSES, false },
	{ "atomic move", 0, { 0x17840409, X, X, VALUE }, 11, 1, 0, 1U << 22, 0,
	  0, WRITES, true },
	{ "semaphore", 0, { 0x0e00c002, VALUE, X, X }, 4, 2, 0, 1U << 22, 0, 0,
	  PASSES, true },
	{ "conditional end", 0, { 0x1b200002, VALUE - 1, X, X }, 4, 2, 0,
	  1U << 22, 0, 0, PASSES, false },
	{ "flush", 0, { 0x13004002, X, X, VALUE }, 4, 1, 0, 4, 1, 0, WRITES,
	  false },
	{ "pipe control", RCS, { 0x7a000004, 1U << 14, X, X, VALUE }, 6, 2, 0,
	  1U << 24, 1, 0, WRITES, false },
};

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* Put an address into the operand's dwords i and i + 1. */
static void put(uint32_t *dw, unsigned int i, uint64_t addr)
{
	dw[i] |= (uint32_t)addr;
	dw[i + 1] = (uint32_t)(addr >> 32);
}

static void submit(struct rig *r, const struct form *f)
{
	engine_write_desc(r, -1);
	wr(r->m, r->base + REG_RING_ELSP, 100);
	wr(r->m, r->base + REG_RING_ELSP, GTT(PAGE_CTX(0)) | 0x100 | f->mode);
	for (int i = 0; i < 100 && xengt_sim_run(r->m->sim); i++)
		;
}

static void run_dwords(struct rig *r, const struct form *f, const uint32_t *dw,
		       unsigned int n)
{
	bool is_user = f->where == IN_USER_BATCH;
	uint64_t at = f->batches + GTT(PAGE_BATCH);
	uint32_t start[3] = {
		MI_BB_START | (is_user ? MI_PPGTT : 0), (uint32_t)at,
		(uint32_t)(at >> 32),
	};

	if (f->where == IN_RING) {
		engine_emit(r, 0, dw, n);
	} else {
		memcpy(ram32(r, PAGE_BATCH), dw, n * sizeof(*dw));
		ram32(r, PAGE_BATCH)[n] = MI_BB_END;
		engine_emit(r, 0, start, 3);
	}
	submit(r, f);
}

/*
 * Writes a command that uses the data page. After the command there is a store, which marks
 * the page two pages further.
 */
static unsigned int compose(const struct rig *r, const struct operand_case *k,
			    const struct form *f, uint32_t *dw)
{
	uint64_t page = f->base + GTT(PAGE_DATA) + AT;
	unsigned int n = k->n;

	memcpy(dw, k->dw, sizeof(k->dw));
	put(dw, k->addr, page);
	if (k->other)
		put(dw, k->other, page + 4096);
	if (k->reg)
		dw[k->reg] = GPR(r->base);
	if (f->is_ggtt)
		dw[k->ggtt_dw] |= k->ggtt;
	dw[n] = MI_STORE | (f->is_ggtt ? MI_GGTT : 0);
	dw[n + 3] = 1;
	dw[n + 1] = 0;
	put(dw, n + 1, page + 2 * 4096);
	return n + 4;
}

static void fail_case(const struct operand_case *k, const struct form *f,
		      uint32_t base, const char *platform, const char *what)
{
	fail_msg("%s, %s on %s %x: %s", k->name, f->name, platform, base, what);
}

static void run_case(struct rig *r, const struct operand_case *k,
		     const struct form *f, const char *platform)
{
	uint32_t *page = ram32(r, PAGE_DATA) + AT / 4, dw[20] = { 0 };
	uint32_t *next = page + 1024, *mark = page + 2048, base = r->base;
	unsigned int n;

	wr(r->m, GPR(base), k->effect == WRITES ? VALUE : 0);
	*page = k->effect == WRITES ? 0 : VALUE;
	*next = k->effect == WRITES ? VALUE : 0;
	*mark = 0;
	n = compose(r, k, f, dw);
	run_dwords(r, f, dw, n);
	if (*page != VALUE)
		fail_case(k, f, base, platform, "the page has an unexpected value");
	if (k->other && *next != VALUE)
		fail_case(k, f, base, platform, "the other page has an unexpected value");
	if (k->effect == READS && rd(r->m, GPR(base)) != VALUE)
		fail_case(k, f, base, platform, "the register has an unexpected value");
	if (*mark != 1 || rd(r->m, REG_RING_FAULT) || rd(r->m, base + REG_RING_ESR))
		fail_case(k, f, base, platform, "an error, or the next command does not run");
}

static const uint32_t bases[] = { RCS, VCS, VECS, BCS };
static const char *const platforms[] = { "skl", "bdw" };

static void test_operands(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(forms) * 4 * 2; i++) {
		const struct form *f = &forms[i / 8];
		const char *platform = platforms[i / 4 % 2];
		uint32_t base = bases[i % 4];
		struct rig *r;

		if (f->only && strcmp(f->only, platform))
			continue;
		r = engine_create(platform, base);
		f->set_up(r);
		for (size_t k = 0; k < N(commands); k++)
			if (!commands[k].base || commands[k].base == base)
				run_case(r, &commands[k], f, platform);
		engine_destroy(r);
	}
}

/*
 * An address at which the page tables have the data page, and the GGTT has a page of a
 * surface.
 */
#define LOW	0x100000U

static void both_spaces(struct rig *r)
{
	for (unsigned int level = 3; level; level--)
		table(r, level)[0] = bus_of(PAGE_PML4 + 4 - level) | 3;
	for (unsigned int i = 0; i < 4; i++)
		set_pte(r->m, (LOW >> 12) + PAGE_DATA + i,
			PTE(RAM_MFN + PAGE_SURF + i));
}

/*
 * A command with the GGTT bit in a batch without privilege does nothing, or
 * uses the page tables.
 */
static void run_without(struct rig *r, const struct operand_case *k,
			unsigned int engine)
{
	static const struct form user = {
		"GGTT from user batch", IN_USER_BATCH, true, LOW, VA, 0x19,
		both_spaces, NULL,
	};
	uint32_t *page = ram32(r, PAGE_DATA) + AT / 4, dw[20] = { 0 };
	uint32_t *other = ram32(r, PAGE_SURF) + AT / 4;
	uint32_t gpr = k->effect == WRITES ? VALUE : 0;
	struct xengt_sim_engine_stats st;

	both_spaces(r);
	wr(r->m, GPR(r->base), gpr);
	*page = k->is_clear && k->effect != WRITES ? VALUE : 0;
	run_dwords(r, &user, dw, compose(r, k, &user, dw));
	if (*other || other[1024] || other[2048] || page[2048])
		fail_case(k, &user, r->base, "skl", "writes");
	if (k->is_clear) {
		if (*page != VALUE)
			fail_case(k, &user, r->base, "skl", "does not write");
	} else if (*page || rd(r->m, GPR(r->base)) != gpr) {
		fail_case(k, &user, r->base, "skl", "writes or reads");
	}
	if (csb(r, csb_wp(r)) != 0x18)
		fail_case(k, &user, r->base, "skl", "the context does not complete");
	/* the store after the command is refused, too */
	xengt_sim_engine_stats(r->m->sim, engine, &st);
	assert_int_equal(st.refused, k->is_clear ? 1 : 2);
}

static void test_ggtt_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(commands) * 4; i++) {
		const struct operand_case *k = &commands[i / 4];
		uint32_t base = bases[i % 4];
		struct rig *r;

		if (k->base && k->base != base)
			continue;
		r = engine_create("skl", base);
		run_without(r, k, (unsigned int)(i % 4));
		engine_destroy(r);
	}
}

/* Writes by index go to the engine's status page, or to the context's own status page. */
static void test_index_forms(void **state)
{
	static const struct {
		uint32_t base, dw[6];
		unsigned int n, page;
	} cases[] = {
		{ 0, { 0x10800001, AT, VALUE }, 3, PAGE_HWSP },
		{ 0, { 0x10a00001, AT, VALUE }, 3, PAGE_CTX(0) },
		{ 0, { 0x13204002, AT | 4, 0, VALUE }, 4, PAGE_HWSP },
		{ 0, { 0x13204002, AT, 0, VALUE }, 4, PAGE_CTX(0) },
		{ RCS, { 0x7a000004, 0x01204000, AT, 0, VALUE, 0 }, 6,
		  PAGE_HWSP },
		{ RCS, { 0x7a000004, 0x00204000, AT, 0, VALUE, 0 }, 6,
		  PAGE_CTX(0) },
	};

	(void)state;
	for (size_t i = 0; i < N(cases) * 4; i++) {
		uint32_t base = bases[i % 4];
		struct rig *r;

		if (cases[i / 4].base && cases[i / 4].base != base)
			continue;
		r = engine_create("bdw", base);
		engine_emit(r, 0, cases[i / 4].dw, cases[i / 4].n);
		engine_submit(r, 0, -1);
		assert_int_equal(ram32(r, cases[i / 4].page)[AT / 4], VALUE);
		engine_destroy(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_ggtt_refused),
		cmocka_unit_test(test_index_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
