/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The aperture on demand: which pieces the device maps, what an access of a piece that is
 * not mapped does, and what a guest that misbehaves gets. The oracle of tests/oracle
 * compares the p2m of the fake domain with the device's record after each call.
 *
 * promise: P21
 */
#include "rig.h"

#include <errno.h>

#include "core/ggtt.h"

#define SLICE		(RIG_BAR2 + RIG_LOW_BASE)
#define PIECE		((uint64_t)XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE)
#define PIECES		(uint32_t)(RIG_LOW_BYTES / PIECE)
#define GGTT		0x800000u
#define LOW_PAGE	(uint32_t)(RIG_LOW_BASE / XENGT_PAGE_SIZE)
#define BURST		(PIECES + XENGT_PIECES_SPARE)
#define SECOND		1000000000ull

static const struct xengt_counters *counters(struct rig *rig)
{
	return xengt_vgpu_counters(rig->vgpu);
}

/* Write the entry of one page of the slice. */
static void entry(struct rig *rig, uint32_t page, uint64_t pte)
{
	rig_write(rig, GGTT + 8 * (LOW_PAGE + page), 8, pte);
}

static uint64_t access_at(struct rig *rig, uint64_t addr, uint32_t size,
			  bool is_read, uint64_t data)
{
	return rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = addr, .size = size, .count = 1,
		.is_read = is_read, .data = data });
}

static void touch(struct rig *rig, uint32_t piece)
{
	access_at(rig, SLICE + piece * PIECE, 4, true, 0);
}

static bool is_mapped(struct rig *rig, uint32_t piece)
{
	return xengt_hv_fake_has_aperture(rig->fake,
		gpa_to_gfn(gpa(SLICE + piece * PIECE)));
}

static uint32_t mapped(struct rig *rig)
{
	gfn_t first;

	return xengt_hv_fake_pieces(rig->fake, &first);
}

static void prepare(struct rig *rig)
{
	rig_prepare(rig, XENGT_PLATFORM_SKL);
	rig->cfg.is_aperture_lazy = true;
	rig_create(rig);
	rig_decode(rig);
	xengt_hv_fake_advance(rig->fake, SECOND);
}

static int setup(void **state)
{
	struct rig *rig = test_malloc(sizeof(*rig));

	prepare(rig);
	*state = rig;
	return 0;
}

static void first_touch_maps_a_piece(void **state)
{
	struct rig *rig = *state;

	entry(rig, 513, 0x5001);
	assert_int_equal(mapped(rig), 0);
	touch(rig, 1);
	assert_true(is_mapped(rig, 1));
	assert_int_equal(mapped(rig), 1);
	assert_int_equal(counters(rig)->aperture_pieces, 1);
	assert_int_equal(counters(rig)->aperture_swaps, 1);
	assert_int_equal(counters(rig)->exit_aperture, 1);
	/* the slice stays trapped, and no other piece is mapped */
	assert_true(xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_MMIO, SLICE,
					     SLICE + RIG_LOW_BYTES - 1));
	assert_false(is_mapped(rig, 0));
	assert_false(is_mapped(rig, 2));
}

/* The module answers "not mapped", but the access is carried out nevertheless. */
static void a_piece_without_entries_stays_unmapped(void **state)
{
	struct rig *rig = *state;

	access_at(rig, SLICE + 8, 8, false, 0x1122334455667788);
	assert_int_equal(access_at(rig, SLICE + 8, 8, true, 0),
			 0x1122334455667788);
	assert_int_equal(mapped(rig), 0);
	assert_int_equal(rig->gpu.touches, 2);
	assert_int_equal(counters(rig)->aperture_throttled, 0);
}

/* The access that makes the device map the piece is itself carried out, exactly once. */
static void each_size_and_direction(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8 };
	struct rig *rig = *state;
	uint8_t model[3 * XENGT_PAGE_SIZE] = { 0 };

	for (uint32_t round = 0; round < 4000; round++) {
		uint32_t size = sizes[round % 4];
		uint32_t off = round * 2654435761u % (sizeof(model) - 8);
		uint64_t val = round * 0x9e3779b97f4a7c15ull, want = 0;
		uint32_t before = rig->gpu.touches;
		uint32_t parts = off % XENGT_PAGE_SIZE + size > XENGT_PAGE_SIZE ?
				 2 : 1;

		if (round & 4) {
			access_at(rig, SLICE + off, size, false, val);
			memcpy(model + off, &val, size);
		} else {
			memcpy(&want, model + off, size);
			assert_int_equal(rig_take(access_at(rig, SLICE + off,
							    size, true, 0),
						  size), want);
		}
		assert_int_equal(rig->gpu.touches, before + parts);
	}
	assert_memory_equal(rig->gpu.slice, model, sizeof(model));
}

static void repeated(void **state)
{
	struct rig *rig = *state;
	uint32_t words[16];

	for (uint32_t i = 0; i < 16; i++)
		words[i] = 0x1000 + i;
	rig->hv->ops->write_guest(rig->hv, gpa(0x3000), words, sizeof(words));
	/* rep movs, forward: from memory to the aperture */
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = SLICE + 0x100, .size = 4,
		.count = 16, .data = 0x3000, .data_is_ptr = true });
	assert_memory_equal(rig->gpu.slice + 0x100, words, sizeof(words));
	/* backward: from the aperture to memory */
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = SLICE + 0x13c, .size = 4,
		.count = 16, .data = 0x403c, .data_is_ptr = true,
		.is_backward = true, .is_read = true });
	memset(words, 0, sizeof(words));
	rig->hv->ops->read_guest(rig->hv, gpa(0x4000), words, sizeof(words));
	assert_memory_equal(rig->gpu.slice + 0x100, words, sizeof(words));
	/* rep stos */
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = SLICE + 0x200, .size = 8,
		.count = 4, .data = 0x0102030405060708 });
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(access_at(rig, SLICE + 0x200 + 8 * i, 8, true, 0),
				 0x0102030405060708);
}

/* Bytes beyond the slice belong to nobody. */
static void the_slices_end(void **state)
{
	struct rig *rig = *state;
	const uint64_t last = SLICE + RIG_LOW_BYTES - 2;

	access_at(rig, last, 4, false, 0xaabbccdd);
	assert_int_equal(access_at(rig, last, 4, true, 0) & 0xffffffff,
			 0xffffccdd);
	assert_int_equal(rig_take(access_at(rig, last + 2, 4, true, 0), 4),
			 0xffffffff);
}

static void a_piece_leaves_with_its_entries(void **state)
{
	struct rig *rig = *state;

	entry(rig, 0, 0x5001);
	entry(rig, 511, 0x6001);
	entry(rig, 512, 0x7001);
	touch(rig, 0);
	touch(rig, 1);
	assert_int_equal(mapped(rig), 2);
	entry(rig, 0, 0);
	/* one entry of piece 0 still names a frame */
	assert_int_equal(mapped(rig), 2);
	entry(rig, 511, 0);
	assert_false(is_mapped(rig, 0));
	assert_true(is_mapped(rig, 1));
	/* and comes back */
	entry(rig, 100, 0x5001);
	assert_false(is_mapped(rig, 0));
	touch(rig, 0);
	assert_true(is_mapped(rig, 0));
	assert_int_equal(counters(rig)->aperture_swaps, 3);
}

/*
 * If new GGTT entries may no longer point to frames of the guest, the device asks the module
 * whether the mapped pieces of these entries may stay mapped. The device asks about no other
 * piece. After the device's questions the oracle (tests/oracle) asks about each piece that is
 * still mapped; touches counts the oracle's questions, too.
 */
static void only_doubtful_pieces_are_asked_about(void **state)
{
	static const struct {
		uint32_t page, piece;
	} cases[] = {
		{ 0, 0 }, { 511, 0 }, { 512, 1 }, { 1023, 1 }, { 1024, 2 }, { 1535, 2 },
		{ 3 * 512, 3 }, { 7 * 512 + 511, 7 },
	};
	struct rig *rig = *state;
	uint32_t before;

	for (uint32_t i = 0; i < 8; i++) {
		entry(rig, i * 512 + 100, 0x5001);
		touch(rig, i);
	}
	assert_int_equal(mapped(rig), 8);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		before = rig->gpu.touches;
		entry(rig, cases[i].page, 0x6001);
		assert_int_equal(rig->gpu.touches, before);
		entry(rig, cases[i].page, 0);
		assert_int_equal(rig->gpu.touches, before + 1 + 8);
		assert_int_equal(mapped(rig), 8);
	}
	for (uint32_t i = 8; i--;) {
		before = rig->gpu.touches;
		entry(rig, i * 512 + 100, 0);
		assert_int_equal(rig->gpu.touches, before + 1 + i);
		assert_int_equal(mapped(rig), i);
		assert_false(is_mapped(rig, i));
	}
	/* a piece that is not mapped is never in doubt */
	before = rig->gpu.touches;
	entry(rig, 5, 0x5001);
	entry(rig, 5, 0);
	assert_int_equal(rig->gpu.touches, before);
}

/* Without a piece there is nothing to unmap. */
static void moving_an_untouched_slice(void **state)
{
	struct rig *rig = *state;

	for (int i = 0; i < 3; i++) {
		rig_cfg_write(rig, 0x18, 4, 0xa0000000);
		rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	}
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE), 0);
	entry(rig, 0, 0x5001);
	touch(rig, 0);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE), 1);
	rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE), 1);
}

/* Exits at the first and the last byte of the slice, and right beside them. */
static void whose_exit_it_is(void **state)
{
	static const struct {
		uint64_t addr;
		bool is_ours;
	} cases[] = {
		{ SLICE - 1, false }, { SLICE, true }, { SLICE + RIG_LOW_BYTES - 1, true },
		{ SLICE + RIG_LOW_BYTES, false }, { 0, false },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		const struct xengt_counters before = *counters(rig);

		access_at(rig, cases[i].addr, 1, true, 0);
		assert_int_equal(counters(rig)->exit_aperture - before.exit_aperture,
				 cases[i].is_ours);
		assert_int_equal(counters(rig)->exit_other - before.exit_other,
				 !cases[i].is_ours);
	}
}

/* The guest balloons frames that entries name: the module points them to scratch. */
static void a_piece_leaves_with_its_frames(void **state)
{
	struct rig *rig = *state;

	entry(rig, 3, 0x5001);
	touch(rig, 0);
	assert_int_equal(mapped(rig), 1);
	rig->gpu.hw[LOW_PAGE + 3] = 0;
	rig_request(rig, (struct xengt_req){ .type = XENGT_REQ_INVALIDATE,
					     .size = 4, .count = 1 });
	assert_int_equal(mapped(rig), 0);
}

/* A piece is also unmapped if only the module knows that all its entries point to scratch. */
static void a_piece_leaves_with_entries_that_name_no_frame(void **state)
{
	struct rig *rig = *state;

	entry(rig, 3, 0x5001);
	touch(rig, 0);
	rig->gpu.scratch_next = 1;
	entry(rig, 3, 0xfffff001);
	rig->gpu.hw[LOW_PAGE + 3] = 0;
	assert_int_equal(mapped(rig), 1);
	/* rig_gpu answers by its array hw; the device asks it again after the next write */
	rig->gpu.scratch_next = 1;
	entry(rig, 4, 0xfffff000);
	entry(rig, 4, 0xfffff001);
	rig->gpu.hw[LOW_PAGE + 4] = 0;
	rig_request(rig, (struct xengt_req){ .type = XENGT_REQ_INVALIDATE,
					     .size = 4, .count = 1 });
	assert_int_equal(mapped(rig), 0);
}

static void the_slice_moves(void **state)
{
	struct rig *rig = *state;
	gfn_t first;

	entry(rig, 3, 0x5001);
	touch(rig, 0);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	assert_int_equal(mapped(rig), 0);
	assert_false(xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_MMIO, SLICE,
					      SLICE + RIG_LOW_BYTES - 1));
	/* an access of the old address that exited before the slice moved */
	touch(rig, 0);
	assert_int_equal(mapped(rig), 0);
	access_at(rig, 0xa0000000 + RIG_LOW_BASE, 4, true, 0);
	assert_int_equal(xengt_hv_fake_pieces(rig->fake, &first), 1);
	assert_int_equal(gpa_x(gfn_to_gpa(first)), 0xa0000000 + RIG_LOW_BASE);
	rig_cfg_write(rig, 0x04, 2, 0);
	assert_int_equal(mapped(rig), 0);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
}

/*
 * Two vCPUs touch the same piece at once: Xen makes both requests before the device takes
 * the first, and a second mapping would end the domain.
 */
static void two_vcpus(void **state)
{
	struct rig *rig = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = SLICE, .size = 4, .count = 1,
		.data = 7,
	};
	uint64_t data;

	entry(rig, 0, 0x5001);
	assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	req.vcpu = 1;
	req.addr += 4;
	assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	xengt_vgpu_serve(rig->vgpu, 8);
	assert_int_equal(xengt_hv_fake_answer(rig->fake, 0, &data), 1);
	assert_int_equal(xengt_hv_fake_answer(rig->fake, 1, &data), 1);
	assert_int_equal(rig->gpu.slice[0], 7);
	assert_int_equal(rig->gpu.slice[4], 7);
	assert_int_equal(mapped(rig), 1);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_PIECE), 1);
}

/* One vCPU touches a piece while another one moves BAR2, in both orders. */
static void a_touch_and_a_move(void **state)
{
	struct rig *rig = *state;

	for (uint32_t mover = 0; mover < 2; mover++) {
		struct xengt_req move = {
			.type = XENGT_REQ_PCI_CONFIG, .size = 4, .count = 1,
			.addr = rig_sbdf(RIG_SLOT) | 0x18,
			.data = 0xa0000000, .vcpu = mover,
		};
		struct xengt_req req = {
			.type = XENGT_REQ_MMIO, .addr = SLICE, .size = 4,
			.count = 1, .is_read = true, .vcpu = !mover,
		};
		uint64_t data;

		entry(rig, 0, 0x5001);
		assert_int_equal(xengt_hv_fake_push(rig->fake, &move), 0);
		assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
		xengt_vgpu_serve(rig->vgpu, 8);
		for (uint32_t v = 0; v < 2; v++)
			assert_int_equal(xengt_hv_fake_answer(rig->fake, v,
							      &data), 1);
		assert_int_equal(mapped(rig), 0);
		rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	}
}

/* Above the limit of mappings the device maps nothing more; the guest's accesses exit. */
static void a_flood_is_throttled(void **state)
{
	struct rig *rig = *state;
	uint32_t calls;

	for (uint32_t i = 0; i < 3 * BURST; i++) {
		entry(rig, 0, 0x5001);
		touch(rig, 0);
		entry(rig, 0, 0);
	}
	assert_int_equal(counters(rig)->aperture_swaps, BURST);
	assert_int_equal(counters(rig)->aperture_throttled, 2 * BURST);
	calls = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_PIECE);
	assert_int_equal(calls, 2 * BURST);
	/* throttled accesses are carried out */
	entry(rig, 0, 0x5001);
	access_at(rig, SLICE, 8, false, 0x123456789);
	assert_int_equal(access_at(rig, SLICE, 8, true, 0), 0x123456789);
	assert_int_equal(mapped(rig), 0);
	xengt_hv_fake_advance(rig->fake, SECOND);
	for (uint32_t i = 0; i < 3 * BURST; i++) {
		entry(rig, 0, 0x5001);
		touch(rig, 0);
		entry(rig, 0, 0);
	}
	assert_int_equal(counters(rig)->aperture_swaps,
			 BURST + XENGT_PIECES_PER_S);
	/* an idle guest gets the whole burst again, and no more */
	xengt_hv_fake_advance(rig->fake, 3600 * SECOND);
	for (uint32_t i = 0; i < 3 * BURST; i++) {
		entry(rig, 0, 0x5001);
		touch(rig, 0);
		entry(rig, 0, 0);
	}
	assert_int_equal(counters(rig)->aperture_swaps,
			 2 * BURST + XENGT_PIECES_PER_S);
}

/* The guest removes frames of a mapped piece from its own p2m, and moves BAR2 then. */
static void the_guest_drops_the_mapping(void **state)
{
	struct rig *rig = *state;

	entry(rig, 0, 0x5001);
	touch(rig, 0);
	xengt_hv_fake_drop_aperture(rig->fake, gpa_to_gfn(gpa(SLICE)));
	access_at(rig, SLICE, 4, false, 0x77);
	assert_int_equal(rig->gpu.slice[0], 0x77);
	/* the piece is not mapped again, because its other frames are still mapped */
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_PIECE), 1);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	touch(rig, 0);
	assert_true(is_mapped(rig, 0));
}

static void errors(void **state)
{
	struct rig *rig = *state;

	entry(rig, 0, 0x5001);
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_PIECE, 1, -EINVAL);
	touch(rig, 0);
	assert_int_equal(mapped(rig), 0);
	assert_int_equal(counters(rig)->bar_refused, 1);
	touch(rig, 0);
	assert_int_equal(mapped(rig), 1);
	/* the piece cannot be unmapped: it stays recorded, and is unmapped later */
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_PIECE, 1, -ETIMEDOUT);
	entry(rig, 0, 0);
	assert_int_equal(mapped(rig), 1);
	assert_int_equal(counters(rig)->aperture_pieces, 1);
	entry(rig, 1, 0x6001);
	entry(rig, 1, 0);
	assert_int_equal(mapped(rig), 0);
	/* the slice cannot move as long as a piece stays */
	entry(rig, 0, 0x5001);
	touch(rig, 0);
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_APERTURE, 1, -ETIMEDOUT);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	assert_int_equal(mapped(rig), 1);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(mapped(rig), 0);
	access_at(rig, 0xa0000000 + RIG_LOW_BASE, 4, true, 0);
	assert_int_equal(mapped(rig), 1);
}

/* The broker may have carried out a call that timed out. */
static void map_again_forgets(void **state)
{
	struct rig *rig = *state;

	entry(rig, 0, 0x5001);
	touch(rig, 0);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(mapped(rig), 0);
	assert_int_equal(counters(rig)->aperture_pieces, 0);
	touch(rig, 0);
	assert_int_equal(mapped(rig), 1);
}

static void the_end(void **state)
{
	struct rig *rig = *state;

	entry(rig, 0, 0x5001);
	touch(rig, 0);
	rig->gpu.aperture_error = -ESTALE;
	assert_int_equal(access_at(rig, SLICE + PIECE, 8, true, 0), ALL_ONES);
	assert_int_equal(mapped(rig), 0);
	assert_int_equal(access_at(rig, SLICE, 8, true, 0), ALL_ONES);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
}

/* A slice that is mapped at once is not trapped, and the device never asks about its pieces. */
static void upfront(void **state)
{
	struct rig *rig = *state;
	gfn_t at;

	entry(rig, 0, 0x5001);
	assert_true(xengt_hv_fake_aperture(rig->fake, &at));
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 1);
	entry(rig, 0, 0);
	assert_int_equal(rig->gpu.touches, 0);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_PIECE), 0);
}

#define lazy_test(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		lazy_test(first_touch_maps_a_piece),
		lazy_test(a_piece_without_entries_stays_unmapped),
		lazy_test(each_size_and_direction),
		lazy_test(repeated),
		lazy_test(the_slices_end),
		lazy_test(a_piece_leaves_with_its_entries),
		lazy_test(only_doubtful_pieces_are_asked_about),
		lazy_test(moving_an_untouched_slice),
		lazy_test(whose_exit_it_is),
		lazy_test(a_piece_leaves_with_its_frames),
		lazy_test(a_piece_leaves_with_entries_that_name_no_frame),
		lazy_test(the_slice_moves),
		lazy_test(two_vcpus),
		lazy_test(a_touch_and_a_move),
		lazy_test(a_flood_is_throttled),
		lazy_test(the_guest_drops_the_mapping),
		lazy_test(errors),
		lazy_test(map_again_forgets),
		lazy_test(the_end),
		rig_test(upfront),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
