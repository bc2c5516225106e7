// SPDX-License-Identifier: GPL-2.0-only
/* Tests page tables of contexts: every form of tables, and faults. */
#include "sim_engine_rig.h"

#define AT(addr)	(uint32_t)(addr), (uint32_t)((uint64_t)(addr) >> 32)

static uint64_t *table(struct rig *r, unsigned int level)
{
	return (uint64_t *)(void *)ram32(r, PAGE_PML4 + 3 - level);
}

static void store(struct rig *r, uint64_t addr, uint32_t val)
{
	uint32_t dw[] = { MI_STORE, (uint32_t)addr, (uint32_t)(addr >> 32),
			  val };

	engine_emit(r, 0, dw, 4);
	engine_submit(r, 0, -1);
}

static void test_2m(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint64_t *pd = table(r, 1);

	(void)state;
	/* RAM starts at frame 0x1000, which is aligned to 2 MiB */
	pd[((VA >> 21) & 511) + 1] = bus_of(0) | 0x80 | 3;
	store(r, (VA & ~0x1fffffULL) + 0x200000 + GTT(PAGE_DATA) + 8, 0x2a);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 0x2a);
	engine_destroy(r);
}

static void test_64k(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint64_t *pd = table(r, 1), *pt = table(r, 0);
	uint64_t va = VA & ~0x1fffffULL;

	(void)state;
	wr(r->m, REG_GAMW_ECO_DEV, 0xf);
	pd[(VA >> 21) & 511] |= 0x800;
	memset(pt, 0, 4096);
	pt[16] = bus_of(16) | 3;		/* a page of 64 KiB needs only
						 * this entry */
	store(r, va + GTT(PAGE_DATA) + 12, 0x64);
	assert_int_equal(ram32(r, PAGE_DATA)[3], 0x64);
	engine_destroy(r);
}

static void test_3_levels(void **state)
{
	struct rig *r = engine_create("bdw", BCS);
	uint32_t *s = ram32(r, PAGE_CTX(0) + 1);
	uint64_t va = (2ULL << 30) | (VA & 0x3fffffff);
	uint32_t dw[] = { MI_STORE, (uint32_t)va + GTT(PAGE_DATA), 0, 0x33 };

	(void)state;
	s[0x33] = 0;
	s[0x2b] = (uint32_t)bus_of(PAGE_PML4 + 2);	/* PDP2 */
	engine_emit(r, 0, dw, 4);
	engine_write_desc(r, -1);
	wr(r->m, BCS + 0x230, 100);
	wr(r->m, BCS + 0x230, GTT(PAGE_CTX(0)) | 0x109);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 0x33);
	engine_destroy(r);
}

static void test_read_only(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	table(r, 0)[((VA >> 12) + PAGE_DATA) & 511] &= ~2ULL;
	ram32(r, PAGE_DATA)[0] = 5;
	store(r, VA + GTT(PAGE_DATA), 6);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 5);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0);
	engine_destroy(r);
}

static void test_faults(void **state)
{
	static const struct { uint32_t base, id; } e[] = {
		{ RCS, 0 }, { VCS, 1 }, { VECS, 3 }, { BCS, 4 },
	};
	const uint64_t va = VA + GTT(PAGE_DATA);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (unsigned int level = 0; level < 4; level++) {
			struct rig *r = engine_create("skl", e[i].base);

			table(r, level)[(va >> (12 + 9 * level)) & 511] &= ~1ULL;
			store(r, va, 6);
			assert_int_equal(rd(r->m, REG_RING_FAULT),
					 1 | e[i].id << 12 | level << 1);
			assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA0),
					 (uint32_t)(va >> 12));
			assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA1), va >> 44);
			/* the engine hangs at the command until a reset */
			assert_int_equal(rd(r->m, e[i].base + REG_RING_HEAD), 0);
			assert_int_equal(csb_wp(r), 0);
			xengt_sim_reset(r->m->sim);
			assert_int_equal(rd(r->m, REG_RING_FAULT), 0);
			engine_destroy(r);
		}
}

/*
 * The first fault stays in the registers until software clears the valid bit.
 */
static void test_first_fault_stays(void **state)
{
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	EMIT(r, 0, MI_STORE | MI_GGTT, 0x800000, 0, 1);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0x1801);
	r->base = RCS;
	for (unsigned int n = 0; n < 3; n++)
		engine_context(r, n);
	engine_enable(r);
	store(r, VA + 0x40000000, 6);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0x1801);
	assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA0), 0x800);
	assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA1), 0x10);
	wr(r->m, REG_RING_FAULT, 0);
	wr(r->m, REG_GDRST, 2);
	for (unsigned int n = 0; n < 3; n++)
		engine_context(r, n);
	engine_enable(r);
	store(r, VA + 0x40000000, 6);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 1 | 2 << 1);
	assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA0), (uint32_t)((VA + 0x40000000) >> 12));
	engine_destroy(r);
}

static void test_ggtt_fault(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, MI_STORE | MI_GGTT, 0x800000, 0, 1);
	engine_submit(r, 0, -1);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0x801);
	assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA0), 0x800);
	assert_int_equal(rd(r->m, REG_FAULT_TLB_DATA1), 0x10);
	engine_destroy(r);
}

/* A changed entry takes effect only after an invalidation. */
static void test_tlb(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	uint64_t *pte = &table(r, 0)[((VA >> 12) + PAGE_DATA) & 511];

	(void)state;
	EMIT(r, 0, MI_STORE, AT(VA + GTT(PAGE_DATA)), 1,
	     MI_SEMA_EQ | MI_GGTT, 1, GTT(PAGE_DATA + 2), 0,
	     MI_STORE, AT(VA + GTT(PAGE_DATA)), 2,
	     0x7a000004, 1U << 18, 0, 0, 0, 0,
	     MI_STORE, AT(VA + GTT(PAGE_DATA)), 3);
	engine_submit(r, 0, -1);
	*pte = bus_of(PAGE_DATA + 1) | 3;
	ram32(r, PAGE_DATA + 2)[0] = 1;
	xengt_sim_run(r->m->sim);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 2);
	assert_int_equal(ram32(r, PAGE_DATA + 1)[0], 3);
	engine_destroy(r);
}

#define VA_FAR		((VA & ~0x1fffffULL) + 0x200000)
#define FAR_BUS		0x40000000ULL	/* an address without memory */

/* Writes a blit that stores one pixel to each of this many pages. */
static unsigned int put_column(uint32_t *dw, uint64_t at, unsigned int pages)
{
	dw[0] = 0x54300005;
	dw[1] = 0x03f01000;
	dw[2] = 0;
	dw[3] = pages << 16 | 1;
	dw[4] = (uint32_t)at;
	dw[5] = (uint32_t)(at >> 32);
	dw[6] = 0x12345678;
	return 7;
}

/*
 * Run a batch: a store, a semaphore at which the test changes the entry, stores
 * to n columns of pages, and the first store again.
 */
static struct rig *used_in_between(unsigned int pages, unsigned int n)
{
	const uint64_t at = VA + GTT(PAGE_DATA), sema = at + 4096;
	struct rig *r = engine_create("skl", BCS);
	uint32_t dw[64] = {
		MI_STORE, (uint32_t)at, (uint32_t)(at >> 32), 5,
		MI_SEMA_EQ, 1, (uint32_t)sema, (uint32_t)(sema >> 32),
	};
	unsigned int i = 8;

	for (unsigned int k = 0; k < 500; k++)
		table(r, 1)[((VA_FAR >> 21) + k) & 511] =
			(FAR_BUS + ((uint64_t)k << 21)) | 0x80 | 3;
	for (unsigned int k = 0; k < n; k++)
		i += put_column(dw + i, VA_FAR + k * pages * 4096ULL, pages);
	dw[i++] = MI_STORE;
	dw[i++] = (uint32_t)at;
	dw[i++] = (uint32_t)(at >> 32);
	dw[i++] = 6;
	engine_batch(r, dw, i, true);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 5);
	table(r, 0)[(at >> 12) & 511] = bus_of(PAGE_DATA + 2) | 3;
	ram32(r, PAGE_DATA + 1)[0] = 1;
	while (xengt_sim_run(r->m->sim))
		;
	assert_int_equal(csb(r, csb_wp(r)), 0x18);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0);
	return r;
}

static void test_nothing_is_evicted(void **state)
{
	static const struct { unsigned int pages, n; } t[] = {
		{ 1, 1 }, { 600, 1 }, { 5000, 1 }, { 60000, 2 },
	};
	struct rig *r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		r = used_in_between(t[i].pages, t[i].n);
		assert_int_equal(ram32(r, PAGE_DATA)[0], 6);
		assert_int_equal(ram32(r, PAGE_DATA + 2)[0], 0);
		engine_destroy(r);
	}
	/* more pages than the TLB has room for: the new entry takes effect */
	r = used_in_between(60000, 3);
	assert_int_equal(ram32(r, PAGE_DATA)[0], 5);
	assert_int_equal(ram32(r, PAGE_DATA + 2)[0], 6);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_2m),
		cmocka_unit_test(test_64k),
		cmocka_unit_test(test_3_levels),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_first_fault_stays),
		cmocka_unit_test(test_ggtt_fault),
		cmocka_unit_test(test_tlb),
		cmocka_unit_test(test_nothing_is_evicted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
