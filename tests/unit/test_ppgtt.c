/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P11
 *
 * Tests shadows of a guest's page tables: a guest on the fake hypervisor, the boundary code
 * with the simulated GPU, and a judge (ppgtt_check.h) that walks the guest's and the GPU's
 * tables after each prepare. A guest's store to a protected page becomes a request that the
 * device answers, as on Xen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "core/internal.h"
#include "core/ppgtt.h"
#include "xengt/limits.h"
#include "hv/hv_fake.h"
#include "ppgtt_check.h"

#define RAM	4096u		/* number of frames: 16 MiB */
#define N	512u
#define RW	3ull
#define E(gfn)	((uint64_t)(gfn) << 12 | RW)
#define PML4	16u		/* first frame of the tables of the first space */
#define PDP	17u
#define PD	18u
#define PT	19u
#define SCRATCH	20u		/* frames 20 to 23: scratch tables of level 1 to 4 */
#define FREE	32u		/* first of the frames for further tables of a test */
#define DATA	1024u

struct bench {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct ppgtt_check check;
	uint32_t host_frames;	/* number of frames that the GPU uses for itself: scratch,
				 * status pages */
};

static enum xengt_platform_id platform = XENGT_PLATFORM_SKL;

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct xengt_hv_fake_config guest = {
		.domid = 3, .ram_frames = RAM, .vcpus = 1,
	};
	struct xengt_vgpu_config cfg = {
		.platform = platform, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};

	assert_int_equal(xengt_fake_machine_create(32768, &b->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(b->machine, platform,
						   &b->host), 0);
	b->host_frames = xengt_fake_frames_used(b->machine);
	guest.machine = b->machine;
	assert_int_equal(xengt_hv_fake_create(&guest, &b->fake), 0);
	b->hv = xengt_hv_fake_hv(b->fake);
	assert_int_equal(xengt_gpu_sim_create(b->host, b->fake, 16, 0, 0,
					      &b->gpu), 0);
	cfg.hv = b->hv;
	cfg.gpu = b->gpu;
	assert_int_equal(xengt_vgpu_create(&cfg, &b->vgpu), 0);
	b->check.machine = b->machine;
	b->check.guest = b->fake;
	b->check.scratch_mfn = xengt_gpu_sim_scratch_mfn(b->gpu);
	*state = b;
	return 0;
}

static uint32_t protected_pages(const struct bench *b)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < RAM; i++)
		count += xengt_hv_fake_is_tracked(b->fake, gfn(i));
	return count;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	assert_int_equal(xengt_gpu_sim_host_wrong_entries(b->host), 0);
	assert_int_equal(xengt_hv_fake_faults(b->fake), 0);
	assert_int_equal(xengt_vgpu_host_error(b->vgpu), 0);
	xengt_vgpu_destroy(b->vgpu);
	/* no page stays protected, and the GPU has no table left */
	assert_int_equal(protected_pages(b), 0);
	b->gpu->ops->destroy(b->gpu);
	b->hv->ops->destroy(b->hv);
	assert_int_equal(xengt_fake_frames_used(b->machine), b->host_frames);
	xengt_gpu_sim_host_destroy(b->host);
	xengt_fake_machine_destroy(b->machine);
	free(b);
	return 0;
}

/* ---- the guest ---- */

/* The vCPU reads its answer and continues. */
static void go_on(struct bench *b)
{
	xengt_hv_fake_advance(b->fake, 1000000000);
	xengt_vgpu_tick(b->vgpu);
}

/* Makes a store of the guest. If the page is protected, the device gets the store. */
static void store(struct bench *b, uint64_t addr, uint32_t size, uint64_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = addr, .data = val,
		.size = size, .count = 1,
	};
	uint64_t answer;

	if (!xengt_hv_fake_is_routed(b->fake, &req)) {
		assert_int_equal(b->hv->ops->write_guest(b->hv, gpa(addr), &val,
							 size), 0);
		return;
	}
	assert_int_equal(xengt_hv_fake_push(b->fake, &req), 0);
	assert_int_equal(xengt_vgpu_serve(b->vgpu, 1), 1);
	assert_int_equal(xengt_hv_fake_answer(b->fake, 0, &answer), 1);
	go_on(b);
}

static void put(struct bench *b, uint32_t table, uint32_t index, uint64_t entry)
{
	store(b, (uint64_t)table << 12 | index * 8, 8, entry);
}

static void fill(struct bench *b, uint32_t table, uint64_t entry)
{
	for (uint32_t i = 0; i < N; i++)
		put(b, table, i, entry);
}

static uint64_t get(struct bench *b, uint32_t table, uint32_t index)
{
	return check_guest_entry(&b->check, table, index);
}

/*
 * Make a space of four levels for address 0 as i915 does. Unused entries point to scratch
 * tables; the entries of scratch tables point to a scratch page.
 */
static void make_space(struct bench *b)
{
	fill(b, SCRATCH, E(SCRATCH + 4));
	for (uint32_t level = 2; level <= 4; level++)
		fill(b, SCRATCH + level - 1, E(SCRATCH + level - 2));
	fill(b, PML4, E(SCRATCH + 2));
	fill(b, PDP, E(SCRATCH + 1));
	fill(b, PD, E(SCRATCH));
	fill(b, PT, E(SCRATCH + 4));
	put(b, PML4, 0, E(PDP));
	put(b, PDP, 0, E(PD));
	put(b, PD, 0, E(PT));
}

static struct xengt_ppgtt_root root4(uint32_t pml4)
{
	return (struct xengt_ppgtt_root){
		.pdp = { E(pml4) & ~RW }, .is_4level = true,
	};
}

static void invalidate(struct bench *b)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_INVALIDATE, .size = 4, .count = 1,
	};
	uint64_t answer;

	assert_int_equal(xengt_hv_fake_push(b->fake, &req), 0);
	assert_int_equal(xengt_vgpu_serve(b->vgpu, 1), 1);
	assert_int_equal(xengt_hv_fake_answer(b->fake, 0, &answer), 1);
}

static const struct xengt_counters *counters(const struct bench *b)
{
	return xengt_vgpu_counters(b->vgpu);
}

/* Prepare a root, and let the judge compare the tables. Returns the root's id. */
static uint32_t prepare(struct bench *b, const struct xengt_ppgtt_root *root)
{
	uint32_t id = 0;
	uint64_t bus;

	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, root, &id), 0);
	bus = xengt_gpu_sim_ppgtt_bus(b->gpu, id);
	assert_int_not_equal(bus, 0);
	b->check.memos = 0;
	if (root->is_4level)
		assert_true(check_table(&b->check, root->pdp[0] >> 12, 4, bus));
	for (uint32_t i = 0; !root->is_4level && i < 4; i++) {
		uint64_t pd = check_gpu_entry(&b->check, bus, i);

		assert_int_equal(pd & 1, root->pdp[i] != 0);
		if (pd & 1)
			assert_true(check_table(&b->check, root->pdp[i] >> 12,
						2, pd));
	}
	assert_int_equal(counters(b)->tracked_pages, protected_pages(b));
	return id;
}

static void use_64k(struct bench *b)
{
	xengt_mmio_poke(b->vgpu, XENGT_GAMW_ECO_DEV, 0xf);
	b->check.has_64k = true;
}

/* ---- cases ---- */

static void a_space_of_four_levels(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint32_t id;

	make_space(b);
	for (uint32_t i = 0; i < 100; i++)
		put(b, PT, i * 5, E(DATA + i));
	id = prepare(b, &root);
	/* a scratch table has one shadow, however many entries point to it */
	assert_int_equal(counters(b)->ppgtt_tables, 7);
	assert_int_equal(counters(b)->tracked_pages, 5);
	assert_int_equal(counters(b)->ppgtt_compares, 7);
	assert_int_equal(prepare(b, &root), id);
	/* the second prepare reads only page tables, and writes no entry to the module */
	assert_int_equal(counters(b)->ppgtt_compares, 9);
	assert_int_equal(counters(b)->ppgtt_entries, 7 * N);
}

static void page_tables_are_compared(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint64_t before;

	make_space(b);
	prepare(b, &root);
	before = counters(b)->ppgtt_entries;
	/* stores of any size to a table of level 1 do not trap */
	put(b, PT, 7, E(DATA));
	store(b, (PT << 12) + 8 * 100 + 4, 4, 0);
	store(b, (PT << 12) + 8 * 101, 1, 0);
	put(b, PT, 511, 0);
	assert_int_equal(counters(b)->ppgtt_stores, 0);
	prepare(b, &root);
	/*
	 * one call writes neighbouring entries; entry 100 did not change, because its upper
	 * half was 0 before
	 */
	assert_int_equal(counters(b)->ppgtt_entries, before + 3);
	put(b, PT, 7, E(DATA + 1));
	put(b, PT, 15, E(DATA + 1));
	prepare(b, &root);
	assert_int_equal(counters(b)->ppgtt_entries, before + 3 + 9);
}

static void directories_are_protected(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);

	make_space(b);
	prepare(b, &root);
	fill(b, FREE, E(DATA));
	put(b, PD, 5, E(FREE));
	assert_int_equal(get(b, PD, 5), E(FREE));
	assert_int_equal(counters(b)->ppgtt_stores, 1);
	prepare(b, &root);
	/* the guest stores an entry in two halves, at different times */
	store(b, (PD << 12) + 8 * 6, 4, (uint32_t)E(FREE));
	store(b, (PD << 12) + 8 * 6 + 4, 4, 0);
	prepare(b, &root);
	/*
	 * first an SSE store, which arrives as two stores; then a byte, a word, and a store
	 * across two entries
	 */
	put(b, PD, 8, E(FREE));
	put(b, PD, 9, E(FREE));
	store(b, (PD << 12) + 8 * 10, 1, 0);
	store(b, (PD << 12) + 8 * 11 + 1, 2, FREE >> 4);
	store(b, (PD << 12) + 8 * 12 + 4, 8, (uint64_t)(FREE << 12 | RW) << 32);
	prepare(b, &root);
	assert_int_equal(get(b, PD, 13), (uint64_t)FREE << 12 | RW);
	/* a store across two tables: its upper half is in the second table */
	store(b, (PDP << 12) + 4092, 8, (uint64_t)(FREE << 12 | RW) << 32);
	prepare(b, &root);
	/* a store to the last entry of a table, when there is no RAM after the table */
	fill(b, RAM - 1, E(SCRATCH));
	put(b, PDP, 2, E(RAM - 1));
	prepare(b, &root);
	put(b, RAM - 1, 511, E(FREE));
	prepare(b, &root);
	assert_int_equal(counters(b)->ppgtt_missing, 0);
	/* a table of each level gets one more entry */
	put(b, PDP, 3, E(PD));
	put(b, PML4, 3, E(PDP));
	put(b, PDP, 0, 0);
	prepare(b, &root);
}

/* A page that is no longer a table must not stay protected (GVT-g's issue #153). */
static void a_page_used_for_something_else(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint64_t stores;

	make_space(b);
	put(b, PDP, 1, E(FREE));
	fill(b, FREE, E(PT));
	prepare(b, &root);
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	put(b, PDP, 1, 0);
	/*
	 * the device ends the protection at once, and does not wait for the next submission
	 */
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	stores = counters(b)->ppgtt_stores;
	fill(b, FREE, 0x5a5a5a5a5a5a5a5a);
	assert_int_equal(counters(b)->ppgtt_stores, stores);
	prepare(b, &root);
	/* a store that was under way takes effect in memory, and has no other effect */
	assert_false(xengt_ppgtt_store(b->vgpu, (FREE << 12) + 16, 8, 0x77));
	assert_int_equal(get(b, FREE, 2), 0x77);
	assert_false(xengt_ppgtt_store(b->vgpu, (uint64_t)RAM << 12, 8, 1));
	prepare(b, &root);
}

/*
 * A directory is dropped as i915 drops it: one store makes the entry that pointed to the
 * directory point to a scratch table.
 */
static void scratch_takes_its_place(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint32_t id;

	make_space(b);
	put(b, PDP, 1, E(FREE));
	fill(b, FREE, E(SCRATCH));
	id = prepare(b, &root);
	put(b, PDP, 1, E(SCRATCH + 1));
	b->check.memos = 0;
	assert_true(check_table(&b->check, PML4, 4,
				xengt_gpu_sim_ppgtt_bus(b->gpu, id)));
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	/* the entry becomes read-only; it still points to this table: the shadow stays */
	put(b, PML4, 0, E(PDP) & ~2ull);
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(PDP)));
	prepare(b, &root);
	put(b, PD, 0, E(DATA) | 0x80);
	prepare(b, &root);
}

/* The guest stores half of an entry, the only entry that pointed to a table. */
static void replaced_in_halves(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);

	make_space(b);
	put(b, PDP, 1, E(FREE));
	prepare(b, &root);
	store(b, (PDP << 12) + 8, 4, (uint32_t)E(FREE + 1));
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	store(b, (PDP << 12) + 8, 4, (uint32_t)E(FREE));
	prepare(b, &root);
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
}

static void too_many_stores(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint64_t stores;

	make_space(b);
	prepare(b, &root);
	for (uint32_t i = 0; i < 200; i++)
		put(b, PD, i, i % 3 ? E(PT) : E(SCRATCH));
	stores = counters(b)->ppgtt_stores;
	assert_in_range(stores, 2, 64);
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(PD)));
	prepare(b, &root);
	put(b, PD, 300, E(FREE));
	assert_int_equal(counters(b)->ppgtt_stores, stores);
	prepare(b, &root);
}

/*
 * One page is a table of every level at once, and its entries point to the page
 * itself.
 */
static void a_page_of_many_levels(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);

	fill(b, PML4, E(PML4));
	put(b, PML4, 3, E(DATA) | 0x80);	/* for a table of level 2 this entry is a
						 * page of 2 MiB */
	prepare(b, &root);
	assert_int_equal(protected_pages(b), 2);
	put(b, PML4, 4, E(DATA));
	prepare(b, &root);
	put(b, PML4, 3, 0);
	prepare(b, &root);
	xengt_ppgtt_notify(b->vgpu, &root, false);
	go_on(b);
	assert_int_equal(protected_pages(b), 0);
	assert_int_equal(counters(b)->ppgtt_tables, 0);
}

static void a_space_of_three_levels(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = {
		.pdp = { PD << 12, 0, (SCRATCH + 1) << 12, PD << 12 },
	}, other = root;
	uint32_t id;

	make_space(b);
	id = prepare(b, &root);
	put(b, PD, 3, E(PT));
	assert_int_equal(prepare(b, &root), id);
	/* a second root, with other PDP values; both roots share the tables */
	other.pdp[1] = PD << 12;
	assert_int_not_equal(prepare(b, &other), id);
	assert_int_equal(counters(b)->ppgtt_tables, 4);
	xengt_ppgtt_notify(b->vgpu, &root, false);
	prepare(b, &other);
	xengt_ppgtt_notify(b->vgpu, &other, false);
	assert_int_equal(counters(b)->ppgtt_tables, 0);
}

static void pages_of_2m(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	struct xengt_vgpu_info info;

	make_space(b);
	/* the fake's machine frames are contiguous and begin at a multiple of 512 */
	put(b, PD, 1, E(1024) | 0x80);
	put(b, PD, 2, E(RAM) | 0x80);
	xengt_hv_fake_remove_ram(b->fake, gfn(2048 + 77));
	put(b, PD, 3, E(2048) | 0x80);
	prepare(b, &root);
	assert_int_equal(counters(b)->ppgtt_scratched, 513);
	/* one gfn gets another machine frame, so the large page is split */
	assert_int_equal(xengt_hv_fake_add_ram(b->fake, gfn(2048 + 77)), 0);
	invalidate(b);
	prepare(b, &root);
	put(b, PD, 1, E(PT));
	put(b, PD, 2, 0);
	put(b, PD, 3, E(1024) | 0x81);
	prepare(b, &root);
	assert_int_equal(b->gpu->ops->info(b->gpu, &info), 0);
	assert_int_equal(info.ppgtt_tables, 8);
}

static void pages_of_64k(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);

	make_space(b);
	fill(b, FREE, 0);
	for (uint32_t i = 0; i < N; i += 16)
		put(b, FREE, i, E(DATA + i));
	put(b, PD, 1, E(FREE) | 0x800);
	/* bit 11 has no meaning until the guest has enabled pages of 64 KiB */
	prepare(b, &root);
	if (platform == XENGT_PLATFORM_BDW) {
		xengt_mmio_poke(b->vgpu, XENGT_GAMW_ECO_DEV, 0xf);
		prepare(b, &root);
		return;
	}
	use_64k(b);
	prepare(b, &root);
	/* one entry points to the table with pages of 64 KiB, another with small pages */
	put(b, PD, 2, E(FREE));
	prepare(b, &root);
	/* one of the 16 frames of a 64 KiB page moves */
	xengt_hv_fake_remove_ram(b->fake, gfn(DATA + 35));
	invalidate(b);
	prepare(b, &root);
	assert_int_equal(xengt_hv_fake_add_ram(b->fake, gfn(DATA + 35)), 0);
	invalidate(b);
	prepare(b, &root);
	put(b, FREE, 32, 0);
	put(b, FREE, 33, E(DATA));
	prepare(b, &root);
}

static void ballooning(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);

	make_space(b);
	put(b, PT, 9, E(DATA));
	prepare(b, &root);
	/* the guest gives a mapped page away */
	xengt_hv_fake_remove_ram(b->fake, gfn(DATA));
	invalidate(b);
	prepare(b, &root);
	assert_int_equal(xengt_hv_fake_add_ram(b->fake, gfn(DATA)), 0);
	invalidate(b);
	prepare(b, &root);
	/*
	 * the guest gives the page of a table away, so the GPU's tables have no entries for
	 * it; when the guest has a page there again, the device reads the table again
	 */
	for (uint32_t table = PML4; table <= PT; table++) {
		xengt_hv_fake_remove_ram(b->fake, gfn(table));
		invalidate(b);
		prepare(b, &root);
		prepare(b, &root);
		assert_true(counters(b)->ppgtt_missing > 0);
		assert_int_equal(xengt_hv_fake_add_ram(b->fake, gfn(table)), 0);
		if (table != PT)
			put(b, table, 1, E(table + 1));
		invalidate(b);
		prepare(b, &root);
		if (table != PT)
			put(b, table, 0, E(table + 1));
		prepare(b, &root);
	}
	/*
	 * the guest gives a table's page away and gets a new page there, before the device
	 * gets the message: the new page is not protected
	 */
	xengt_hv_fake_remove_ram(b->fake, gfn(PD));
	assert_int_equal(xengt_hv_fake_add_ram(b->fake, gfn(PD)), 0);
	put(b, PD, 77, E(PT));
	invalidate(b);
	put(b, PD, 78, E(PT));
	prepare(b, &root);
	put(b, PD, 79, E(PT));
	prepare(b, &root);
}

static void roots_come_and_go(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root one = root4(PML4), two = root4(FREE);
	uint32_t id;

	make_space(b);
	/*
	 * the device makes no tables for an announced root before the guest uses the root
	 */
	xengt_ppgtt_notify(b->vgpu, &one, true);
	assert_int_equal(counters(b)->ppgtt_tables, 0);
	id = prepare(b, &one);
	fill(b, FREE, E(PDP));
	assert_int_not_equal(prepare(b, &two), id);
	assert_int_equal(counters(b)->ppgtt_tables, 8);
	assert_int_equal(prepare(b, &one), id);
	/* root one ends; the tables that root two needs stay */
	xengt_ppgtt_notify(b->vgpu, &one, false);
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(PML4)));
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(PDP)));
	prepare(b, &two);
	/* the guest ends a root that it never announced */
	xengt_ppgtt_notify(b->vgpu, &one, false);
	/* after a reset the device has no roots */
	xengt_vgpu_reset(b->vgpu);
	assert_int_equal(protected_pages(b), 0);
	assert_int_equal(counters(b)->ppgtt_tables, 0);
	prepare(b, &two);
	xengt_vgpu_unplug(b->vgpu);
	assert_int_equal(protected_pages(b), 0);
	store(b, PML4 << 12, 8, 5);
}

static void a_root_that_the_gpu_is_in(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	struct xengt_vgpu_info info;
	uint32_t id;

	make_space(b);
	id = prepare(b, &root);
	assert_int_equal(xengt_gpu_sim_ppgtt_pin(b->gpu, id), 0);
	xengt_ppgtt_notify(b->vgpu, &root, false);
	assert_int_equal(protected_pages(b), 0);
	assert_int_equal(b->gpu->ops->info(b->gpu, &info), 0);
	assert_int_equal(info.ppgtt_tables, 7);
	/* the GPU still uses the old shadows, so prepare() makes new shadows */
	assert_int_not_equal(prepare(b, &root), id);
	assert_int_equal(b->gpu->ops->info(b->gpu, &info), 0);
	assert_int_equal(info.ppgtt_tables, 14);
	xengt_gpu_sim_ppgtt_unpin(b->gpu, id);
	prepare(b, &root);
	assert_int_equal(b->gpu->ops->info(b->gpu, &info), 0);
	assert_int_equal(info.ppgtt_tables, 7);
}

/*
 * If there are more roots than the limit, the device drops the root that was used least
 * recently.
 */
static void many_roots(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root;
	uint32_t id;

	make_space(b);
	for (uint32_t i = 0; i < XENGT_ROOTS_MAX + 20; i++) {
		put(b, DATA + i, i % N, E(PDP));
		root = root4(DATA + i);
		assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), 0);
	}
	assert_int_equal(counters(b)->ppgtt_reclaimed, 20);
	root = root4(DATA);
	prepare(b, &root);
	/* roots that are only announced do not exceed the limit, either */
	for (uint32_t i = 0; i < 2 * XENGT_ROOTS_MAX; i++) {
		root = root4(DATA + i);
		xengt_ppgtt_notify(b->vgpu, &root, true);
	}
	root = root4(DATA);
	prepare(b, &root);
}

/*
 * Make an address space with more page tables than a guest may have. The tables of
 * level 1 are at frames where the guest has no RAM.
 */
static void make_large_space(struct bench *b)
{
	put(b, PML4, 0, E(PDP));
	for (uint32_t i = 0; i < 16; i++) {
		put(b, PDP, i, E(DATA + i));
		for (uint32_t k = 0; k < N; k++)
			put(b, DATA + i, k, E(0x100000 + i * N + k));
	}
}

/* A space needs more tables than a guest may have. */
static void too_many_tables(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4), small = root4(FREE);
	uint32_t id = 0;

	make_large_space(b);
	put(b, FREE, 0, E(FREE));
	prepare(b, &small);
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), -ENOSPC);
	/*
	 * the failed attempt dropped the shadows of the root 'small', and had no other
	 * effect
	 */
	prepare(b, &small);
	assert_int_equal(counters(b)->ppgtt_reclaimed, 1);
	for (uint32_t i = 4; i < 16; i++)
		put(b, PDP, i, 0);
	prepare(b, &root);
	prepare(b, &small);
	/*
	 * the limit of the module's tables: the module needs a table for each page of 2 MiB
	 */
	for (uint32_t i = 0; i < 16; i++) {
		put(b, PDP, i, E(DATA + i));
		fill(b, DATA + i, E(1024) | 0x80);
	}
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), -ENOSPC);
	prepare(b, &small);
}

/*
 * The guest replaces a table of level 1 by a 2 MiB page, and the module has no table left
 * to split this page. The guest is to blame for this limit, so it does not count as a
 * failure of the host.
 */
static void a_limit_met_by_a_store(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint32_t left = XENGT_PPGTT_TABLES_MAX - 20, id;

	make_space(b);
	for (uint32_t i = 0; i < 17; i++)
		put(b, PDP, i, E(FREE + i));
	for (uint32_t i = 17; i < N; i++)
		put(b, PDP, i, 0);
	for (uint32_t i = 1; i < N; i++)
		put(b, PML4, i, 0);
	/*
	 * each 2 MiB page needs a table; entry 0 of the first directory points to a
	 * table of the guest
	 */
	for (uint32_t i = 0; i < 17; i++) {
		fill(b, FREE + i, 0);
		for (uint32_t k = !i; k < N && left; k++, left--)
			put(b, FREE + i, k, E(2048) | 0x80);
	}
	put(b, FREE, 0, E(PT));
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), 0);
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	put(b, FREE, 0, E(2048) | 0x80);
	assert_int_equal(xengt_vgpu_host_error(b->vgpu), 0);
	/*
	 * the shadow of the replaced table of level 1 was freed, so the device can make
	 * another shadow
	 */
	prepare(b, &root);
	put(b, FREE, 1, 0);
	prepare(b, &root);
	put(b, FREE, 0, E(PT));
	prepare(b, &root);
}

/*
 * If the device compares a directory instead of protecting it, the device does not see at
 * once to which tables the directory no longer points.
 */
static void below_a_table_that_is_compared(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint64_t stores;

	make_space(b);
	prepare(b, &root);
	assert_true(xengt_hv_fake_is_tracked(b->fake, gfn(PD)));
	for (uint32_t i = 1; i < 17; i++)
		put(b, PDP, i, i & 1 ? 0 : E(SCRATCH + 1));
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(PDP)));
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(PD)));
	prepare(b, &root);
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(PD)));
	/* a table that the guest adds later is not protected, either */
	fill(b, FREE, E(PT));
	put(b, PDP, 40, E(FREE));
	prepare(b, &root);
	assert_false(xengt_hv_fake_is_tracked(b->fake, gfn(FREE)));
	/* PD is no longer a table, so the device neither protects nor reads it */
	put(b, PDP, 0, E(SCRATCH + 1));
	stores = counters(b)->ppgtt_stores;
	fill(b, PD, 0x5a5a5a5a5a5a5a5a);
	assert_int_equal(counters(b)->ppgtt_stores, stores);
	prepare(b, &root);
}

static const struct xengt_gpu_ops *gpu_ops;
static uint32_t tables_made;

static int count_create(struct xengt_gpu *gpu, uint32_t level, uint32_t flags,
			uint32_t *ret_id)
{
	tables_made++;
	return gpu_ops->ppgtt_create(gpu, level, flags, ret_id);
}

/*
 * The device tries at most three times to make tables for a space that is too large,
 * however many other spaces it could drop.
 */
static void a_space_too_large_costs_so_much(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4), small;
	struct xengt_gpu_ops ops = *b->gpu->ops;
	uint32_t id = 0;

	make_large_space(b);
	for (uint32_t i = 0; i < 500; i++) {
		small = root4(2048 + i);
		assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &small, &id), 0);
	}
	gpu_ops = b->gpu->ops;
	ops.ppgtt_create = count_create;
	b->gpu->ops = &ops;
	tables_made = 0;
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), -ENOSPC);
	assert_in_range(tables_made, 1, 3 * XENGT_PPGTT_TABLES_MAX);
	b->gpu->ops = gpu_ops;
	prepare(b, &small);
}

static void host_failures(void **state)
{
	static const struct {
		enum xengt_hv_fake_op op;
		uint32_t max;
	} ops[] = { { XENGT_HV_FAKE_READ, 7 }, { XENGT_HV_FAKE_TRACK, 5 } };
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint32_t id = 0;

	make_space(b);
	for (uint32_t k = 0; k < 2; k++) {
		for (uint32_t nth = 1; nth <= ops[k].max; nth++) {
			int r;

			xengt_hv_fake_inject(b->fake, ops[k].op, nth, -EIO);
			r = xengt_ppgtt_prepare(b->vgpu, &root, &id);
			/*
			 * if a page cannot be protected, the device compares the table
			 * instead
			 */
			assert_int_equal(r, k ? 0 : -EIO);
			prepare(b, &root);
			xengt_ppgtt_reset(b->vgpu);
			assert_int_equal(protected_pages(b), 0);
		}
	}
	for (uint32_t i = 0; i < 3; i++) {
		xengt_gpu_sim_inject(b->gpu, -ENOMEM);
		assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id),
				 -ENOMEM);
		prepare(b, &root);
		put(b, PT, i, E(DATA + i));
	}
	put(b, PD, 1, E(1024) | 0x80);
	xengt_gpu_sim_inject(b->gpu, -ENOMEM);
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), -ENOMEM);
	prepare(b, &root);
}

/* After a zap the guest's stores still take effect, and prepare returns -ESTALE. */
static void zapped(void **state)
{
	struct bench *b = *state;
	struct xengt_ppgtt_root root = root4(PML4);
	uint32_t id;

	make_space(b);
	put(b, PDP, 1, E(FREE));
	prepare(b, &root);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	put(b, PDP, 1, 0);
	assert_int_equal(get(b, PDP, 1), 0);
	assert_int_equal(protected_pages(b), 0);
	assert_int_equal(xengt_ppgtt_prepare(b->vgpu, &root, &id), -ESTALE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_space_of_four_levels),
		TEST(page_tables_are_compared),
		TEST(directories_are_protected),
		TEST(a_page_used_for_something_else),
		TEST(scratch_takes_its_place),
		TEST(replaced_in_halves),
		TEST(too_many_stores),
		TEST(a_page_of_many_levels),
		TEST(a_space_of_three_levels),
		TEST(pages_of_2m),
		TEST(pages_of_64k),
		TEST(ballooning),
		TEST(roots_come_and_go),
		TEST(a_root_that_the_gpu_is_in),
		TEST(many_roots),
		TEST(too_many_tables),
		TEST(a_limit_met_by_a_store),
		TEST(below_a_table_that_is_compared),
		TEST(a_space_too_large_costs_so_much),
		TEST(host_failures),
		TEST(zapped),
	};
	int r = cmocka_run_group_tests_name("skl", tests, NULL, NULL);

	platform = XENGT_PLATFORM_BDW;
	return r | cmocka_run_group_tests_name("bdw", tests, NULL, NULL);
}
