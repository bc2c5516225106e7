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
	FRAMES = 512, MANY = 640,
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
	uint32_t *changed;
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
	w.changed = (void *)(shm + XENGT_JUDGE_CHANGED_OFF);
	w.owners = (void *)(shm + XENGT_JUDGE_OWNERS_OFF);
	if (xengt_sim_set_regions(w.sim, &region, 1) ||
	    xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES) ||
	    xengt_sim_judge_attach(w.sim, shm, XENGT_JUDGE_FILE_BYTES))
		return -1;
	xengt_sim_cfg_write(w.sim, 4, 2, 6);
	w.hdr->owners_by = XENGT_JUDGE_BY_XEN;
	w.hdr->round_begun = 1;
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

/* dom0 ends a round and begins the next one; the simulator then decides. */
static void end_round(void)
{
	w.hdr->rounds = w.hdr->round_begun;
	w.hdr->round_begun++;
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->sim_rounds, w.hdr->rounds);
}

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
	end_round();
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->undecided, 1);
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN);
	end_round();
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
		end_round();
		assert_int_equal(w.hdr->disagreed, 0);
		end_round();
		assert_int_equal(w.hdr->disagreed, 1);
		if (i + 1 < sizeof(wrong) / sizeof(wrong[0]))
			teardown(state);
	}
}

/*
 * The owner in Xen's structures changes between two rounds of dom0. Then the judge again
 * waits for a whole round before it reports the difference.
 */
static void a_new_difference_gets_its_own_time(void **state)
{
	(void)state;
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
	gpu_reads(GUESTS);
	w.hdr->rounds++;
	w.hdr->round_begun++;
	set_frame(GUESTS, ALLOCATED | 1, GUEST, 9);
	gpu_reads(GUESTS);
	end_round();
	assert_int_equal(w.hdr->disagreed, 0);
	end_round();
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

/* ---- accesses to frames that the table does not have yet ---- */

#define GUESTS_WORD	XENGT_JUDGE_OWNER(GUEST_ID, GUEST_GFN)

static void use_table(void)
{
	w.hdr->owners_by = XENGT_JUDGE_BY_TABLE;
}

static const struct xengt_judge_violation *last_told(void)
{
	return &w.ring[(w.hdr->ring_head - 1) % XENGT_JUDGE_RING_MAX];
}

static void a_new_frame_is_right_if_the_table_gets_it(void **state)
{
	(void)state;
	use_table();
	gpu_reads(GUESTS);
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, 2);
	/* the record alone decides nothing before the round ends */
	w.owners[GUESTS] = GUESTS_WORD;
	(void)xengt_sim_idle(w.sim);
	assert_int_equal(w.hdr->undecided_accesses, 2);
	/* this round began before the accesses, but found the frame after them */
	end_round();
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, 0);
	assert_int_equal(w.hdr->late_accesses, 2);
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, 0);
}

/*
 * The guest may have moved the frame meanwhile: the domain decides, and not the guest
 * frame.
 */
static void a_new_frame_may_move(void **state)
{
	(void)state;
	use_table();
	gpu_reads(GUESTS);
	set_frame(GUESTS, ALLOCATED | 1, GUEST, 9);
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(GUEST_ID, 9);
	end_round();
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->late_accesses, 1);
}

/* The guest gave the frame away before dom0 found it: both sources say so. */
static void a_new_frame_may_be_given_away(void **state)
{
	(void)state;
	use_table();
	gpu_reads(GUESTS);
	set_frame(GUESTS, STATE_FREE | 1, GUEST, GUEST_GFN);
	/* this round may have looked at the frame before the access */
	end_round();
	assert_int_equal(w.hdr->undecided_accesses, 1);
	end_round();
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, 0);
	assert_int_equal(w.hdr->late_accesses, 1);
	/* an access after that is a violation at once */
	assert_int_equal(owner_told(GUESTS), 0);
	set_frame(GUESTS, ALLOCATED | 1, GUEST, GUEST_GFN);
	gpu_reads(GUESTS);
	set_frame(GUESTS, ALLOCATED | 1, OTHER_GUEST, 5);
	w.owners[GUESTS] = XENGT_JUDGE_OWNER(OTHER_ID, 5);
	end_round();
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->late_accesses, 2);
}

/* The frame changes hands, and the table does not follow yet: one more round decides. */
static void a_frame_that_changes_hands_gets_another_round(void **state)
{
	(void)state;
	use_table();
	gpu_reads(GUESTS);
	end_round();
	set_frame(GUESTS, ALLOCATED | 1, OTHER_GUEST, 5);
	end_round();
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, 1);
	/* this round began when the judge saw the change, or before */
	end_round();
	assert_int_equal(w.hdr->undecided_accesses, 1);
	/* the table never follows: neither source is borne out */
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(last_told()->flags, XENGT_JUDGE_V_UNCONFIRMED);
	assert_int_equal(w.hdr->undecided_accesses, 0);
	assert_int_equal(w.hdr->late_accesses, 0);
}

/* Xen's structures cannot be read any more when the round ends. */
static void an_access_that_nobody_can_bear_out_is_a_violation(void **state)
{
	(void)state;
	use_table();
	gpu_reads(GUESTS);
	words(IDLE)[258] = 0;
	end_round();
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->undecided_accesses, 0);
}

/*
 * What the table has after a whole round that began after the access, although by Xen's
 * structures the frame is still the guest's.
 */
static void a_frame_that_the_table_never_gets_is_a_violation(void **state)
{
	static const uint64_t wrong[] = {
		0, XENGT_JUDGE_OWNER(OTHER_ID, GUEST_GFN),
		XENGT_JUDGE_OWNER(0, GUEST_GFN), GUESTS_WORD & ~XENGT_JUDGE_OWNER_VALID,
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(i ? setup(state) : 0, 0);
		use_table();
		w.hdr->round_begun = 7;
		w.hdr->rounds = 6;
		w.changed[GUESTS] = 5;
		gpu_reads(GUESTS);
		gpu_reads(GUESTS);
		w.owners[GUESTS] = wrong[i];
		/* a round that began before the access cannot show that */
		end_round();
		assert_int_equal(w.hdr->violations, 0);
		assert_int_equal(w.hdr->undecided_accesses, 2);
		end_round();
		assert_int_equal(w.hdr->undecided_accesses, 0);
		assert_int_equal(w.hdr->late_accesses, 0);
		assert_int_equal(w.hdr->violations, 2);
		assert_int_equal(last_told()->count, 2);
		assert_int_equal(last_told()->mfn, GUESTS);
		assert_int_equal(last_told()->domid_expected, GUEST_ID);
		assert_int_equal(last_told()->flags, XENGT_JUDGE_V_UNCONFIRMED);
		assert_true(last_told()->owner_found == wrong[i]);
		assert_true(last_told()->owner_xen == GUESTS_WORD);
		assert_int_equal(last_told()->owner_table, 0);
		assert_int_equal(last_told()->round, 7);
		assert_int_equal(last_told()->changed, 5);
		if (i + 1 < sizeof(wrong) / sizeof(wrong[0]))
			teardown(state);
	}
}

/* Each access is decided by its own round, also if the frame is the same. */
static void later_accesses_have_their_own_round(void **state)
{
	(void)state;
	use_table();
	assert_int_equal(w.hdr->undecided_round, 0);
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->undecided_round, 1);
	end_round();
	gpu_reads(GUESTS);
	assert_int_equal(w.hdr->undecided_accesses, 2);
	assert_int_equal(w.hdr->undecided_round, 1);
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->undecided_accesses, 1);
	/* dom0 knows that the accesses of round 1 are decided */
	assert_int_equal(w.hdr->undecided_round, 2);
	w.owners[GUESTS] = GUESTS_WORD;
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->late_accesses, 1);
	assert_int_equal(w.hdr->undecided_round, 0);
}

/*
 * A frame that is not the guest's at the access is a violation at once, even if the guest
 * gets the frame before the next round ends.
 */
static void a_frame_that_the_guest_gets_later_is_a_violation(void **state)
{
	static const unsigned int frames[] = { FREE, SHADOW, NOBODYS, DOM0S, XENS, BALLOONED };

	(void)state;
	use_table();
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		assert_int_equal(owner_told(frames[i]), 0);
		assert_int_equal(last_told()->flags, 0);
		set_frame(frames[i], ALLOCATED | 1, GUEST, GUEST_GFN);
		w.owners[frames[i]] = GUESTS_WORD;
		end_round();
		end_round();
		assert_int_equal(w.hdr->violations, i + 1);
		assert_int_equal(w.hdr->late_accesses, 0);
	}
	/* the report says that Xen still counted the last frame as the guest's */
	assert_true(last_told()->owner_xen == XENGT_JUDGE_OWNER(GUEST_ID, NO_GFN));
}

static void watch_both(void)
{
	w.hdr->generation++;
	w.slices[1] = (struct xengt_judge_slice){
		.active = 1, .domid = OTHER_ID, .low_base = BASE + 64 * PAGE,
		.low_bytes = 64 * PAGE,
	};
	w.hdr->generation++;
}

static void another_guests_new_frame_is_a_violation_at_once(void **state)
{
	(void)state;
	use_table();
	watch_both();
	assert_true(owner_told(OTHERS) == XENGT_JUDGE_OWNER(OTHER_ID, GUEST_GFN));
	assert_int_equal(last_told()->flags, 0);
	assert_int_equal(w.hdr->undecided_accesses, 0);
}

/* The table is late to drop a record: Xen's structures decide. */
static void a_record_that_xen_denies_does_not_excuse(void **state)
{
	(void)state;
	use_table();
	w.owners[GUESTS] = GUESTS_WORD;
	assert_int_equal(owner_told(GUESTS), 1);
	set_frame(GUESTS, STATE_FREE | 1, GUEST, GUEST_GFN);
	assert_int_equal(owner_told(GUESTS), 0);
	assert_true(last_told()->owner_table == GUESTS_WORD);
	assert_int_equal(last_told()->owner_xen, 0);
	set_frame(GUESTS, ALLOCATED | 1, OTHER_GUEST, 5);
	assert_true(owner_told(GUESTS) == XENGT_JUDGE_OWNER(OTHER_ID, 5));
	/* a frame that was given away and is still held is still the domain's */
	set_frame(GUESTS, 1, GUEST, INVALID_M2P);
	assert_int_equal(owner_told(GUESTS), 1);
}

/* An access that the judge has no room to remember cannot be decided later. */
static void too_many_late_accesses_are_violations(void **state)
{
	enum { LATE_MAX = 16384, N = 256 };

	(void)state;
	use_table();
	for (unsigned int i = 0; i < N; i++)
		set_frame(MANY + i, ALLOCATED | 1, GUEST, i);
	for (unsigned int i = 0; i < LATE_MAX; i++) {
		gpu_reads(MANY + i % N);
		w.hdr->round_begun += i % N == N - 1;
	}
	assert_int_equal(w.hdr->violations, 0);
	assert_int_equal(w.hdr->undecided_accesses, LATE_MAX);
	gpu_reads(MANY);
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(last_told()->flags, XENGT_JUDGE_V_UNCONFIRMED);
	for (unsigned int i = 0; i < N; i++)
		w.owners[MANY + i] = XENGT_JUDGE_OWNER(GUEST_ID, i);
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->late_accesses, LATE_MAX);
	assert_int_equal(w.hdr->undecided_accesses, 0);
}

/* If Xen cannot be asked, no access waits for the table. */
static void without_xen_no_access_is_late(void **state)
{
	(void)state;
	break_m2p_owner();
	use_table();
	assert_int_equal(owner_told(GUESTS), 0);
	assert_true(last_told()->owner_xen == UNKNOWN);
	w.owners[GUESTS] = GUESTS_WORD;
	end_round();
	end_round();
	assert_int_equal(w.hdr->violations, 1);
	assert_int_equal(w.hdr->late_accesses, 0);
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
		TEST(a_new_frame_is_right_if_the_table_gets_it),
		TEST(a_new_frame_may_move),
		TEST(a_new_frame_may_be_given_away),
		TEST(a_frame_that_changes_hands_gets_another_round),
		TEST(an_access_that_nobody_can_bear_out_is_a_violation),
		TEST(a_frame_that_the_table_never_gets_is_a_violation),
		TEST(later_accesses_have_their_own_round),
		TEST(a_frame_that_the_guest_gets_later_is_a_violation),
		TEST(another_guests_new_frame_is_a_violation_at_once),
		TEST(a_record_that_xen_denies_does_not_excuse),
		TEST(too_many_late_accesses_are_violations),
		TEST(without_xen_no_access_is_late),
		cmocka_unit_test_setup_teardown(the_frame_behind_the_iommu_is_judged,
						setup_iommu, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
