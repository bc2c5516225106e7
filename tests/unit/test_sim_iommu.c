/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the IOMMU that translates for the simulated GPU (src/sim/iommu.c). The test builds
 * the tables and the invalidation queue by the specification (Intel VT-d, chapter 9 and
 * section 6.5.2).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reg_names.h"
#include "sim/sim.h"
#include "xengt/judge_abi.h"

#define PAGE		4096u
#define RAM_AT		0x10000000ull	/* machine address of the memory */
#define PAGES		64u

/* page numbers of this memory */
enum { ROOT, CONTEXT, L4, L3, L2, L1, QUEUE, OTHER_QUEUE, DATA_A = 16, DATA_B, DATA_C };

#define RID		0x0010u		/* 00:02.0 */
#define DID		5u
#define BUS		0x1234000ull	/* bus address of the first page */
#define R		1u
#define W		2u
#define RW		3u
#define FROM_MACHINE	0x80e0000000000000ull	/* bits of an entry in which Xen stores
						 * data of its own */

static struct machine {
	uint8_t *ram;
	struct xengt_sim *sim;
	struct xengt_sim_unit unit;
	int error;			/* the error of a read of the IOMMU's registers */
	unsigned int asked;
} m;

static uint64_t at(unsigned int page)
{
	return RAM_AT + (uint64_t)page * PAGE;
}

static uint64_t *words(unsigned int page)
{
	return (uint64_t *)(void *)(m.ram + page * PAGE);
}

static int tell_unit(void *opaque, struct xengt_sim_unit *ret_unit)
{
	assert_ptr_equal(opaque, &m);
	m.asked++;
	if (!m.error)
		*ret_unit = m.unit;
	return m.error;
}

static void map(uint64_t bus, uint64_t machine, unsigned int may)
{
	words(L1)[bus >> 12 & 511] = may ? machine | may | FROM_MACHINE : 0;
}

static void put_descriptor(uint64_t lo, uint64_t hi)
{
	uint32_t tail = (uint32_t)(m.unit.iqt >> 4);
	unsigned int queue = (unsigned int)((m.unit.iqa - RAM_AT) / PAGE);

	words(queue)[2 * tail] = lo;
	words(queue)[2 * tail + 1] = hi;
	m.unit.iqt = (tail + 1) % 256 << 4;
}

#define BY_ALL		1u
#define BY_DOMAIN	2u
#define BY_PAGE		3u

static void invalidate(unsigned int by, unsigned int did, uint64_t addr, unsigned int am)
{
	put_descriptor(2 | by << 4 | did << 16, addr | am);
}

static void wait_descriptor(void)
{
	put_descriptor(5 | 1 << 5, RAM_AT);
}

static struct xengt_sim_stats stats(void)
{
	struct xengt_sim_stats s;

	xengt_sim_get_stats(m.sim, &s);
	return s;
}

/* Returns the first word that the GPU reads at the bus address, or -errno. */
static int64_t gpu_reads(uint64_t bus)
{
	uint32_t val = 0;
	int r;

	xengt_sim_bar_write(m.sim, 0, XENGT_SIM_GGTT_OFF, 8, bus | 1);
	xengt_sim_bar_write(m.sim, 0, REG_GFX_FLSH_CNTL, 4, 1);
	r = xengt_sim_gpu_access(m.sim, 0, &val, sizeof(val), false);
	return r ? r : (int64_t)val;
}

static int gpu_writes(uint64_t bus, uint32_t val)
{
	xengt_sim_bar_write(m.sim, 0, XENGT_SIM_GGTT_OFF, 8, bus | 1);
	xengt_sim_bar_write(m.sim, 0, REG_GFX_FLSH_CNTL, 4, 1);
	return xengt_sim_gpu_access(m.sim, 0, &val, sizeof(val), true);
}

static int setup(void **state)
{
	static const struct xengt_sim_ops ops = { .iommu = tell_unit };
	struct xengt_sim_config config = { .ops = &ops, .opaque = &m };
	struct xengt_sim_region region = { .bus = RAM_AT, .len = PAGES * PAGE };

	(void)state;
	memset(&m, 0, sizeof(m));
	m.ram = aligned_alloc(PAGE, PAGES * PAGE);
	m.sim = xengt_sim_create(&config);
	if (!m.ram || !m.sim)
		return -1;
	memset(m.ram, 0, PAGES * PAGE);
	region.host = m.ram;
	if (xengt_sim_set_regions(m.sim, &region, 1))
		return -1;
	xengt_sim_cfg_write(m.sim, 4, 2, 6);

	words(ROOT)[0] = at(CONTEXT) | 1;
	words(CONTEXT)[2 * RID] = at(L4) | 1;
	words(CONTEXT)[2 * RID + 1] = 2 | DID << 8;	/* 4 levels */
	words(L4)[0] = at(L3) | RW;
	words(L3)[0] = at(L2) | RW;
	words(L2)[BUS >> 21] = at(L1) | RW;
	map(BUS, at(DATA_A), RW);
	words(DATA_A)[0] = 0xaaaa;
	words(DATA_B)[0] = 0xbbbb;
	words(DATA_C)[0] = 0xcccc;
	m.unit = (struct xengt_sim_unit){
		.gsts = 1u << 31, .rtaddr = at(ROOT), .iqa = at(QUEUE), .rid = RID,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xengt_sim_destroy(m.sim);
	free(m.ram);
	return 0;
}

static void an_access_goes_where_the_tables_say(void **state)
{
	(void)state;
	map(BUS + PAGE, at(DATA_B), RW);
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	assert_int_equal(gpu_reads(BUS + PAGE), 0xbbbb);
	assert_int_equal(gpu_writes(BUS, 0x1111), 0);
	assert_int_equal(words(DATA_A)[0], 0x1111);
	assert_int_equal(stats().iommu_translations, 3);
	assert_int_equal(stats().iommu_moved, 3);
	assert_int_equal(stats().iommu_faults, 0);
	assert_int_equal(stats().iommu_stale, 0);
	/* an address that maps to itself counts as translated, but not as moved */
	words(L2)[RAM_AT >> 21] = at(L1) | RW;
	map(at(DATA_C), at(DATA_C), RW);
	assert_int_equal(gpu_reads(at(DATA_C)), 0xcccc);
	assert_int_equal(stats().iommu_translations, 4);
	assert_int_equal(stats().iommu_moved, 3);
}

static void what_the_tables_refuse_faults(void **state)
{
	(void)state;
	assert_int_equal(gpu_reads(BUS + 2 * PAGE), -EFAULT);
	/* a machine address is no bus address */
	assert_int_equal(gpu_reads(at(DATA_A)), -EFAULT);
	map(BUS, at(DATA_A), R);
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	assert_int_equal(gpu_writes(BUS, 1), -EFAULT);
	assert_int_equal(words(DATA_A)[0], 0xaaaa);
	/* an access needs the rights of the entries of all levels */
	words(L3)[0] = at(L2) | W;
	invalidate(BY_ALL, 0, 0, 0);
	assert_int_equal(gpu_reads(BUS), -EFAULT);
	assert_int_equal(stats().iommu_faults, 4);
	assert_int_equal(stats().dma_faults, 4);
}

static void no_entry_for_the_function_faults(void **state)
{
	(void)state;
	words(CONTEXT)[2 * RID] &= ~1ull;
	assert_int_equal(gpu_reads(BUS), -EFAULT);
	words(CONTEXT)[2 * RID] |= 1;
	words(ROOT)[0] &= ~1ull;
	assert_int_equal(gpu_reads(BUS), -EFAULT);
	words(ROOT)[0] |= 1;
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	/*
	 * if the IOMMU's registers cannot be read, an access to an address that was not
	 * translated before faults
	 */
	m.error = -ETIMEDOUT;
	assert_int_equal(gpu_reads(BUS + PAGE), -EFAULT);
	assert_int_equal(stats().iommu_faults, 3);
}

static void a_translation_stays_until_it_is_invalidated(void **state)
{
	(void)state;
	map(BUS + PAGE, at(DATA_B), RW);
	gpu_reads(BUS);
	gpu_reads(BUS + PAGE);
	map(BUS, at(DATA_C), RW);
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	assert_int_equal(stats().iommu_stale, 1);
	map(BUS, 0, 0);
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	assert_int_equal(stats().iommu_stale, 2);

	/* none of these invalidations concerns the page at BUS */
	wait_descriptor();
	invalidate(BY_PAGE, DID, BUS + PAGE, 0);
	invalidate(BY_PAGE, DID + 1, BUS, 0);
	invalidate(BY_DOMAIN, DID + 1, 0, 0);
	put_descriptor(1 | 1 << 4, 0);		/* a descriptor that invalidates contexts */
	assert_int_equal(gpu_reads(BUS), 0xaaaa);
	assert_int_equal(stats().iommu_stale, 3);

	invalidate(BY_PAGE, DID, BUS, 0);
	wait_descriptor();
	assert_int_equal(gpu_reads(BUS), -EFAULT);
	assert_int_equal(stats().iommu_stale, 3);
	map(BUS, at(DATA_C), RW);
	/*
	 * the IOMMU does not cache absent entries, so a new mapping needs no invalidation
	 */
	assert_int_equal(gpu_reads(BUS), 0xcccc);
}

static void each_kind_of_invalidation_names_its_pages(void **state)
{
	static const struct row {
		unsigned int by, did;
		uint64_t addr;
		unsigned int am;
	} rows[] = {
		{ BY_ALL, 0, 0, 0 },
		{ BY_DOMAIN, DID, 0, 0 },
		{ BY_PAGE, DID, BUS, 0 },
		{ BY_PAGE, DID, BUS & ~0xffffull, 4 },
		{ BY_PAGE, DID, 0, 63 },
	};

	(void)state;
	/* write more invalidations than the queue has entries */
	for (unsigned int n = 0; n < 600; n++) {
		const struct row *row = &rows[n % 5];

		map(BUS, at(n % 2 ? DATA_B : DATA_A), RW);
		invalidate(row->by, row->did, row->addr, row->am);
		assert_int_equal(gpu_reads(BUS), n % 2 ? 0xbbbb : 0xaaaa);
	}
	assert_int_equal(stats().iommu_stale, 0);
}

/*
 * If the queue wraps around completely between two reads of the registers, the simulator
 * misses the oldest descriptors. A missed descriptor may have invalidated the translation,
 * so the simulator drops the translation.
 */
static void a_lap_of_the_queue_drops_all(void **state)
{
	(void)state;
	for (unsigned int n = 250; n < 1030; n++) {
		uint64_t laps = stats().iommu_laps;

		map(BUS, at(DATA_A), RW);
		invalidate(BY_PAGE, DID, BUS, 0);
		assert_int_equal(gpu_reads(BUS), 0xaaaa);
		invalidate(BY_PAGE, DID, BUS, 0);
		map(BUS, at(DATA_B), RW);
		for (unsigned int i = 0; i < n; i++)
			invalidate(BY_PAGE, DID, (n * 2048ull + i + 1) << 24, 0);
		assert_int_equal(gpu_reads(BUS), 0xbbbb);
		assert_int_equal(stats().iommu_laps, laps + (n >= 255));
	}
	assert_int_equal(stats().iommu_stale, 0);
}

/*
 * An IOMMU translates nothing if it is off, or if it passes the function's addresses
 * through.
 */
static void without_translation_an_address_is_itself(void **state)
{
	(void)state;
	m.unit.gsts = 0;
	assert_int_equal(gpu_reads(at(DATA_A)), 0xaaaa);
	assert_int_equal(stats().iommu_translations, 0);
	m.unit.gsts = 1u << 31;
	assert_int_equal(gpu_reads(at(DATA_B)), -EFAULT);
	words(CONTEXT)[2 * RID] |= 2 << 2;
	assert_int_equal(gpu_reads(at(DATA_B)), 0xbbbb);
	assert_int_equal(stats().iommu_translations, 1);
	assert_int_equal(stats().iommu_moved, 0);
	/* if the IOMMU has a mode that the simulator does not know, every access faults */
	m.unit.rtaddr |= 0x400;
	assert_int_equal(gpu_reads(at(DATA_C)), -EFAULT);
}

static void large_pages(void **state)
{
	const uint64_t bus = 0x40200000ull + 3 * PAGE;

	(void)state;
	/*
	 * a page of 2 MiB at the machine address 0x10000000, whose beginning is this
	 * memory
	 */
	words(L3)[1] = at(L2) | RW;
	words(L2)[1] = RAM_AT | RW | 0x80;
	words(3)[0] = at(L2) | RW;
	assert_int_equal(gpu_reads(bus - 3 * PAGE + DATA_B * PAGE), 0xbbbb);
	/* a page of 1 GiB */
	words(L3)[2] = RW | 0x80;
	assert_int_equal(gpu_reads(0x80000000ull + at(DATA_C)), 0xcccc);
	assert_int_equal(stats().iommu_moved, 2);
}

static void another_queue_begins_anew(void **state)
{
	(void)state;
	gpu_reads(BUS);
	map(BUS, at(DATA_B), RW);
	m.unit.iqa = at(OTHER_QUEUE);
	m.unit.iqt = 7 << 4;
	assert_int_equal(gpu_reads(BUS), 0xbbbb);
	assert_int_equal(stats().iommu_stale, 0);
	/*
	 * as long as nothing changes, the simulator does not read the IOMMU's registers
	 * again
	 */
	m.asked = 0;
	assert_int_equal(gpu_reads(BUS), 0xbbbb);
	assert_int_equal(m.asked, 0);
}

/*
 * The judge's own accesses need a translation each, for which the unit's registers are read.
 * Such a read takes long, so one call of xengt_sim_idle() makes only a few.
 */
static void background_work_is_bounded(void **state)
{
	void *shm = aligned_alloc(PAGE, XENGT_JUDGE_FILE_BYTES);
	struct xengt_judge_hdr *hdr = shm;
	struct xengt_judge_slice *slices;
	unsigned int before, all;

	(void)state;
	assert_non_null(shm);
	assert_int_equal(xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES), 0);
	assert_int_equal(xengt_sim_judge_attach(m.sim, shm, XENGT_JUDGE_FILE_BYTES), 0);
	slices = (void *)((char *)shm + XENGT_JUDGE_SLICES_OFF);
	slices[0] = (struct xengt_judge_slice){
		.active = 1, .domid = 3, .low_base = 0x100 * PAGE, .low_bytes = 0x100 * PAGE,
	};
	hdr->generation += 2;
	for (unsigned int i = 0; i < 0x100; i++) {
		map(BUS + i * PAGE, at(DATA_A), RW);
		xengt_sim_bar_write(m.sim, 0, XENGT_SIM_GGTT_OFF + 8 * (0x100 + i), 8,
				    (BUS + i * PAGE) | 1);
	}
	xengt_sim_bar_write(m.sim, 0, REG_GFX_FLSH_CNTL, 4, 1);
	hdr->hammer = XENGT_JUDGE_HAMMER_READ;
	all = m.asked;
	for (unsigned int n = 0; hdr->hammer_passes < 2; n++) {
		assert_true(n < 1000);
		before = m.asked;
		(void)xengt_sim_idle(m.sim);
		assert_true(m.asked - before <= 16);
	}
	assert_true(m.asked - all >= 0x100);
	assert_int_equal(hdr->hammer_live, 0x100);
	assert_int_equal(xengt_sim_judge_attach(m.sim, NULL, 0), 0);
	free(shm);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_goes_where_the_tables_say),
		TEST(what_the_tables_refuse_faults),
		TEST(no_entry_for_the_function_faults),
		TEST(a_translation_stays_until_it_is_invalidated),
		TEST(each_kind_of_invalidation_names_its_pages),
		TEST(a_lap_of_the_queue_drops_all),
		TEST(without_translation_an_address_is_itself),
		TEST(large_pages),
		TEST(another_queue_begins_anew),
		TEST(background_work_is_bounded),
	};

	return cmocka_run_group_tests_name("sim_iommu", tests, NULL, NULL);
}
