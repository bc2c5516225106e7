/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the judge finds the owners of frames in Xen's own structures
 * (src/sim/xen_memory.c and judge_owner.c). The test builds a machine memory with the
 * layout of Xen 4.17 (xen/arch/x86/include/asm/config.h and mm.h).
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
#define PAGES		1024u
#define BYTES		(PAGES * PAGE)

/*
 * The contents of each page of the memory. A page of 1 GiB maps the M2P table, a page of 2
 * MiB maps the frame table (page 512 has this alignment), and pages of 4 KiB map Xen's
 * image.
 */
enum {
	M2P, OTHER_L4 = 16, L3, IMAGE_L2, IMAGE_L1, FRAMES_L2, DIRECTMAP, IDLE, VTD_ROOT,
	VTD_CONTEXT, VTD_L3, VTD_L2, VTD_L1, DOM_XEN, DOM0, GUEST, OTHER_GUEST,
	DOM0S = 64, GUESTS, OTHERS, BALLOONED, FREE, SHADOW, XENS, NOBODYS, HOLE = 128,
	FRAMES = 512,
};

/* Bits of a page table entry, then of count_info; then an entry of the M2P table. */
#define PRESENT		1ull
#define LARGE		0x80ull
#define ALLOCATED	(1ull << 63)
#define HEAP		(1ull << 62)
#define STATE_FREE	(3ull << 58)
#define INVALID_M2P	(~0ull)

#define GUEST_ID	7u
#define OTHER_ID	8u
#define GUEST_GFN	0x1234u
#define BASE		0x100000ull	/* graphics address at which the slice begins */
#define INDEX		(BASE / PAGE)

static struct world {
	uint8_t *ram;
	struct xengt_sim *sim;
	struct xengt_sim_unit unit;
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_slice *slices;
	struct xengt_judge_violation *ring;
	uint64_t *owners;
	unsigned int warnings;
} w;

static uint64_t *words(unsigned int page)
{
	return (uint64_t *)(void *)(w.ram + page * PAGE);
}

static uint64_t at(unsigned int page)
{
	return (uint64_t)page * PAGE;
}

static void set_frame(unsigned int mfn, uint64_t count, unsigned int owner, uint64_t gfn)
{
	uint64_t *info = (uint64_t *)(void *)(w.ram + at(FRAMES) + mfn * 32u);

	info[1] = count;
	info[3] = owner;
	words(M2P)[mfn] = gfn;
}

static void set_domain(unsigned int page, uint16_t id)
{
	memcpy(w.ram + at(page), &id, sizeof(id));
	set_frame(page, HEAP, 0, INVALID_M2P);
}

static void build_xen(void)
{
	for (unsigned int l4 = 0; l4 < 2; l4++) {
		uint64_t *top = words(l4 ? IDLE : OTHER_L4);

		top[258] = at(l4 ? IDLE : OTHER_L4) | PRESENT;
		top[261] = at(L3) | PRESENT;
		top[262] = at(DIRECTMAP) | PRESENT;
	}
	words(L3)[0] = at(M2P) | PRESENT | LARGE;
	words(L3)[321] = at(IMAGE_L2) | PRESENT;
	words(L3)[384] = at(FRAMES_L2) | PRESENT;
	words(IMAGE_L2)[2] = at(IMAGE_L1) | PRESENT;
	words(IMAGE_L1)[0x6e] = at(IDLE) | PRESENT;
	words(FRAMES_L2)[0] = at(FRAMES) | PRESENT | LARGE;
	for (unsigned int i = 0; i < PAGES; i++)
		words(M2P)[i] = INVALID_M2P;
	set_domain(DOM_XEN, 0x7ff2);
	set_domain(DOM0, 0);
	set_domain(GUEST, GUEST_ID);
	set_domain(OTHER_GUEST, OTHER_ID);
	set_frame(M2P, ALLOCATED | HEAP | 1, DOM_XEN, INVALID_M2P);
	set_frame(DOM0S, ALLOCATED | 2, DOM0, 0x59cc0);
	set_frame(GUESTS, ALLOCATED | 1, GUEST, GUEST_GFN);
	set_frame(OTHERS, ALLOCATED | 1, OTHER_GUEST, GUEST_GFN);
	set_frame(BALLOONED, 1, GUEST, INVALID_M2P);
	set_frame(FREE, STATE_FREE | 1, GUEST, GUEST_GFN);
	set_frame(SHADOW, 0, GUEST, GUEST_GFN);
	set_frame(XENS, ALLOCATED | HEAP | 1, DOM_XEN, INVALID_M2P);
}

static void log_line(void *opaque, enum xengt_sim_log_level level, const char *line)
{
	(void)opaque;
	w.warnings += level == XENGT_SIM_LOG_WARN && strstr(line, "Xen");
}

static int tell_unit(void *opaque, struct xengt_sim_unit *ret_unit)
{
	(void)opaque;
	*ret_unit = w.unit;
	return 0;
}

/* Returns where the file's data is. The file has no data in pages HOLE to FRAMES. */
static uint64_t data_at(void *opaque, const uint8_t *from, uint64_t max,
			uint64_t *ret_skip)
{
	uint64_t off = (uint64_t)(from - w.ram);

	(void)opaque;
	if (off < at(HOLE))
		return at(HOLE) - off;
	*ret_skip = off < at(FRAMES) ? at(FRAMES) - off : 0;
	return max - *ret_skip;
}

static void watch(unsigned int domid)
{
	w.hdr->generation++;
	w.slices[0] = (struct xengt_judge_slice){
		.active = 1, .domid = domid, .low_base = BASE, .low_bytes = 64 * PAGE,
	};
	w.hdr->generation++;
}

static int setup_with(bool has_iommu)
{
	static const struct xengt_sim_ops plain = { .log = log_line, .data_at = data_at };
	static const struct xengt_sim_ops iommu = { .log = log_line, .iommu = tell_unit };
	struct xengt_sim_config config = { .ops = has_iommu ? &iommu : &plain };
	struct xengt_sim_region region = { .bus = 0, .len = BYTES };
	uint8_t *shm = calloc(1, XENGT_JUDGE_FILE_BYTES);

	memset(&w, 0, sizeof(w));
	w.ram = aligned_alloc(PAGE, BYTES);
	w.sim = xengt_sim_create(&config);
	if (!w.ram || !w.sim || !shm)
		return -1;
	memset(w.ram, 0, BYTES);
	build_xen();
	region.host = w.ram;
	w.hdr = (void *)shm;
	w.slices = (void *)(shm + XENGT_JUDGE_SLICES_OFF);
	w.ring = (void *)(shm + XENGT_JUDGE_RING_OFF);
	w.owners = (void *)(shm + XENGT_JUDGE_OWNERS_OFF);
	if (xengt_sim_set_regions(w.sim, &region, 1) ||
	    xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES) ||
	    xengt_sim_judge_attach(w.sim, shm, XENGT_JUDGE_FILE_BYTES))
		return -1;
	xengt_sim_cfg_write(w.sim, 4, 2, 6);
	w.hdr->owners_by = XENGT_JUDGE_BY_XEN;
	watch(GUEST_ID);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return setup_with(false);
}

static int setup_iommu(void **state)
{
	(void)state;
	return setup_with(true);
}

static int teardown(void **state)
{
	(void)state;
	xengt_sim_destroy(w.sim);
	free(w.hdr);
	free(w.ram);
	return 0;
}

/* Makes the GPU read the frame through the slice's first entry. */
static void gpu_reads(uint64_t frame)
{
	uint32_t val;

	xengt_sim_bar_write(w.sim, 0, XENGT_SIM_GGTT_OFF + 8 * INDEX, 8, frame * PAGE | 1);
	xengt_sim_bar_write(w.sim, 0, REG_GFX_FLSH_CNTL, 4, 1);
	(void)xengt_sim_gpu_access(w.sim, BASE, &val, sizeof(val), false);
}

/*
 * Makes the GPU read the frame. Returns the owner that the judge names in the violation, or
 * 1 if there is no violation.
 */
static uint64_t owner_told(uint64_t frame)
{
	uint64_t before = w.hdr->violations, seq = w.hdr->ring_head;

	gpu_reads(frame);
	if (w.hdr->violations == before)
		return 1;
	assert_int_equal(w.hdr->ring_head, seq + 1);
	return w.ring[seq % XENGT_JUDGE_RING_MAX].owner_found;
}

#define NO_GFN		XENGT_JUDGE_OWNER_GFN_MASK
#define UNKNOWN		XENGT_JUDGE_OWNER(XENGT_JUDGE_DOMID_UNKNOWN, NO_GFN)

static void the_owner_is_the_one_that_xen_records(void **state)
{
	(void)state;
	assert_int_equal(owner_told(GUESTS), 1);
	assert_int_equal(owner_told(BALLOONED), 1);
	assert_true(owner_told(OTHERS) == XENGT_JUDGE_OWNER(OTHER_ID, GUEST_GFN));
	assert_int_equal(owner_told(DOM0S), 0);
	assert_int_equal(owner_told(XENS), 0);
	assert_int_equal(owner_told(FREE), 0);
	assert_int_equal(owner_told(SHADOW), 0);
	assert_int_equal(owner_told(NOBODYS), 0);
	assert_int_equal(owner_told(1 << 20), 0);	/* a frame without memory */
	assert_int_equal(owner_told(8 << 20), 0);	/* a frame beyond the table's end */
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->xen_known, 1);
	assert_int_equal(w.hdr->owners_unknown, 0);
	assert_int_equal(w.warnings, 0);
	watch(OTHER_ID);
	assert_true(owner_told(BALLOONED) == XENGT_JUDGE_OWNER(GUEST_ID, NO_GFN));
	assert_int_equal(owner_told(OTHERS), 1);
}

static void a_frame_that_changes_hands_is_judged_at_once(void **state)
{
	(void)state;
	assert_int_equal(owner_told(GUESTS), 1);
	set_frame(GUESTS, ALLOCATED | 1, OTHER_GUEST, 5);
	assert_true(owner_told(GUESTS) == XENGT_JUDGE_OWNER(OTHER_ID, 5));
}

static void break_self(void)
{
	words(IDLE)[258] = at(L3) | PRESENT;
}

static void break_image(void)
{
	words(L3)[321] = 0;
}

static void break_frame_table(void)
{
	words(FRAMES_L2)[0] = 0;
}

static void break_m2p(void)
{
	words(L3)[0] = 0;
}

static void break_info_bytes(void)
{
	/* change the frame table as if a page_info had 40 bytes */
	memmove(w.ram + at(FRAMES) + 8, w.ram + at(FRAMES), 32u * PAGES - 8);
}

static void break_m2p_owner(void)
{
	set_domain(DOM_XEN, 0x7ff1);
}

static void break_domain(void)
{
	set_frame(DOM_XEN, ALLOCATED | 1, 0, INVALID_M2P);
}

static void break_dom0(void)
{
	set_domain(DOM0, 3);
}

static void break_large(void)
{
	/* an entry of a higher-level table points to an address beyond the memory */
	words(L3)[384] = (uint64_t)BYTES * 4 | PRESENT;
}

static void another_layout_is_refused(void **state)
{
	static void (*const breaks[])(void) = {
		break_self, break_image, break_frame_table, break_m2p, break_info_bytes,
		break_m2p_owner, break_domain, break_dom0, break_large,
	};

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		assert_int_equal(setup(state), 0);
		breaks[i]();
		/* an access to a frame whose owner the judge cannot find is a violation */
		assert_true(owner_told(GUESTS) == UNKNOWN);
		assert_int_equal(w.hdr->owners_unknown, 1);
		assert_int_equal(w.hdr->xen_known, 0);
		assert_int_equal(w.warnings, 1);
		teardown(state);
	}
}

static void tables_that_are_gone_are_not_used(void **state)
{
	(void)state;
	assert_int_equal(owner_told(GUESTS), 1);
	words(IDLE)[258] = 0;
	assert_true(owner_told(GUESTS) == UNKNOWN);
	assert_int_equal(w.warnings, 1);
}

/* The search skips the hole of the file, because a read would fill the hole. */
static void the_search_reads_only_data(void **state)
{
	(void)state;
	words(OTHER_L4)[258] = 0;
	memcpy(w.ram + at(HOLE), w.ram + at(IDLE), PAGE);
	words(HOLE)[258] = at(HOLE) | PRESENT;
	words(IDLE)[258] = 0;
	words(IMAGE_L1)[0x6e] = at(HOLE) | PRESENT;
	assert_true(owner_told(GUESTS) == UNKNOWN);
}

/* ---- the comparison with the table ---- */

static void the_table_is_compared(void **state)
{
	(void)state;
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN);
	gpu_reads(GUESTS);
	assert_true(w.hdr->compared > 0);
	assert_int_equal(w.hdr->violations, 0);
	/*
	 * neither the table nor Xen has a guest as owner of these frames, so the judge
	 * does not compare them
	 */
	w.hdr->compared = 0;
	gpu_reads(DOM0S);
	gpu_reads(BALLOONED);
	assert_int_equal(w.hdr->compared, 0);
	assert_int_equal(w.hdr->disagreed, 0);
	assert_int_equal(w.hdr->undecided, 0);
}

static void a_late_record_is_no_disagreement(void **state)
{
	(void)state;
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->undecided, 1);
	w.hdr->rounds++;
	(void)xengt_sim_idle(w.sim);
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->undecided, 1);
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN);
	w.hdr->rounds++;
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->undecided, 0);
	assert_int_equal(w.hdr->late, 1);
	assert_int_equal(w.hdr->disagreed, 0);
	/* the judge also notices at an access that a difference is gone */
	w.owners[GUESTS] = 0;
	gpu_reads(GUESTS);
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN);
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->late, 2);
	assert_int_equal(w.hdr->undecided, 0);
}

static void a_difference_that_stays_is_a_disagreement(void **state)
{
	static const uint64_t wrong[] = {
		0, XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN + 1),
		XENGT_JUDGE_OWNER(OTHER_ID, GUEST_GFN),
	};

	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(i ? setup(state) : 0, 0);
		w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
		w.owners[GUESTS] = wrong[i];
		gpu_reads(GUESTS);
		w.hdr->rounds++;
		(void)xengt_sim_idle(w.sim);
		assert_int_equal(w.hdr->disagreed, 0);
		w.hdr->rounds++;
		(void)xengt_sim_idle(w.sim);
		assert_int_equal(w.hdr->disagreed, 1);
		if (i + 1 < sizeof(wrong) / sizeof(wrong[0]))
			teardown(state);
	}
}

/*
 * The owner in Xen's structures changes between two rounds of dom0. Then the judge again
 * waits for two rounds before it reports the difference.
 */
static void a_new_difference_gets_its_own_time(void **state)
{
	(void)state;
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	gpu_reads(GUESTS);
	w.hdr->rounds++;
	set_frame(GUESTS, ALLOCATED | 1, GUEST, 9);
	gpu_reads(GUESTS);
	w.hdr->rounds++;
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->disagreed, 0);
	w.hdr->rounds++;
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->disagreed, 1);
}

/* Without Xen the judge uses the table, and compares nothing. */
static void without_xen_nothing_is_compared(void **state)
{
	(void)state;
	break_m2p_owner();
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN);
	assert_int_equal(owner_told(GUESTS), 1);
	assert_int_equal(w.hdr->compared, 0);
	assert_int_equal(w.hdr->owners_unknown, 0);
}

/* ---- with an IOMMU ---- */

#define RID	0x10u
#define BUS	0x1234ull		/* frame number of a bus address */

static void the_frame_behind_the_iommu_is_judged(void **state)
{
	(void)state;
	words(VTD_ROOT)[0] = at(VTD_CONTEXT) | 1;
	words(VTD_CONTEXT)[2 * RID] = at(VTD_L3) | 1;
	words(VTD_CONTEXT)[2 * RID + 1] = 1 | 5 << 8;	/* 3 levels */
	words(VTD_L3)[0] = at(VTD_L2) | 3;
	words(VTD_L2)[BUS >> 9] = at(VTD_L1) | 3;
	words(VTD_L1)[BUS & 511] = at(GUESTS) | 3;
	words(VTD_L1)[(BUS & 511) + 1] = at(OTHERS) | 3;
	w.unit = (struct xengt_sim_unit){
		.gsts = 1u << 31, .rtaddr = at(VTD_ROOT), .iqa = at(NOBODYS), .rid = RID,
	};
	assert_int_equal(owner_told(BUS), 1);
	assert_int_equal(w.hdr->accesses, 1);
	assert_true(owner_told(BUS + 1) == XENGT_JUDGE_OWNER(OTHER_ID, GUEST_GFN));
	assert_int_equal(w.ring[0].mfn, OTHERS);
	/*
	 * the GPU uses a guest's machine frame number as a bus address, and reaches nothing
	 */
	assert_int_equal(owner_told(OTHERS), 1);
	assert_int_equal(w.hdr->accesses, 2);
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->iommu_translations, 2);
	assert_int_equal(w.hdr->iommu_moved, 2);
	assert_int_equal(w.hdr->iommu_faults, 1);
	assert_int_equal(w.hdr->iommu_stale, 0);
	/* the judge checks an access by a stale translation, which is counted once */
	words(VTD_L1)[BUS & 511] = at(OTHERS) | 3;
	assert_int_equal(owner_told(BUS), 1);
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->iommu_stale, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_owner_is_the_one_that_xen_records),
		TEST(a_frame_that_changes_hands_is_judged_at_once),
		cmocka_unit_test(another_layout_is_refused),
		TEST(tables_that_are_gone_are_not_used),
		TEST(the_search_reads_only_data),
		TEST(the_table_is_compared),
		TEST(a_late_record_is_no_disagreement),
		TEST(a_difference_that_stays_is_a_disagreement),
		TEST(a_new_difference_gets_its_own_time),
		TEST(without_xen_nothing_is_compared),
		cmocka_unit_test_setup_teardown(the_frame_behind_the_iommu_is_judged,
						setup_iommu, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
