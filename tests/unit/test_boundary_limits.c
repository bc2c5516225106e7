// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests cases at the limits of what the boundary's other tests use: an engine without a template,
 * addresses that no frame can have, slices that touch, and a slice at a place that the caller
 * names.
 */
#include "boundary/bnd_vgpu.h"
#include "boundary_world.h"
#include "edge.h"

/* An engine without a template gets no work, and the work's space is not pinned. */
static void there_is_no_template(void **state)
{
	struct world *w = *state;
	struct world_guest *g = &w->guests[0];
	struct xengt_image kept[2];
	struct xengt_vgpu_submit work;

	memcpy(kept, w->sched.templates[XENGT_ENGINE_RCS], sizeof(kept));
	memset(w->sched.templates[XENGT_ENGINE_RCS], 0, sizeof(kept));
	guest_context(g, 0, 1, 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	work = guest_work(g, 0, 1);
	assert_int_equal(xengt_submit(&g->exec, &work), -EIO);
	assert_int_equal(w->n_ports, 0);
	assert_int_equal(g->ppgtt.pins, 0);
	memcpy(w->sched.templates[XENGT_ENGINE_RCS], kept, sizeof(kept));
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	assert_int_equal(w->n_ports, 1);
}

/* An entry whose address no frame has is an entry of the scratch page, at each place. */
static void addresses_out_of_reach(void **state)
{
	struct world *w = *state;
	struct world_guest *g = &w->guests[0];
	const uint32_t table = guest_table(g, 1, 0);
	const uint64_t entry = 1ull << 39 | 3;

	for (uint32_t i = 0; i < XENGT_PPGTT_ENTRIES; i++) {
		uint32_t scratched = 0;

		assert_int_equal(xengt_ppgtt_write(&g->ppgtt, table, i, &entry, 1, &scratched), 0);
		assert_int_equal(scratched, 1);
	}
}

/* If one slice begins where the other one ends, a write may reach from the one to the other. */
static void a_write_into_both_slices(void **state)
{
	struct world *w = *state;
	struct world_guest *g = &w->guests[0];
	enum { HALF = 64, FIRST = GUEST_FIRST + 0x8000, BEHIND = FIRST + HALF };
	static const struct xengt_gtt_slice both[][XENGT_GTT_SLICES] = {
		{ { FIRST, HALF }, { BEHIND, HALF } },
		{ { BEHIND, HALF }, { FIRST, HALF } },
	};
	const uint64_t e[] = { 3ull << 12 | 1, 4ull << 12 | 1, 5ull << 12 | 1, 6ull << 12 | 1 };
	const uint64_t none = 0;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(both); i++) {
		uint32_t *entries = edge_alloc(2 * HALF, sizeof(*entries));
		struct xengt_gtt gtt;

		assert_int_equal(xengt_gtt_init(&gtt, &w->hw, &g->guest, both[i], w->hw.scratch,
						entries), 0);
		assert_int_equal(xengt_gtt_write(&gtt, BEHIND - 2, e, 4, NULL), 0);
		/* each of the four pages has an entry of its own, and no other page has one */
		for (uint32_t k = 0; k < 2 * HALF; k++) {
			const uint32_t mapped = gtt.mapped;
			const bool had = k >= HALF - 2 && k < HALF + 2;

			assert_int_equal(xengt_gtt_write(&gtt, FIRST + k, &none, 1, NULL), 0);
			assert_int_equal(mapped - gtt.mapped, had);
		}
		assert_int_equal(gtt.mapped, 0);
		xengt_gtt_zap(&gtt);
		edge_free(entries);
	}
}

/* A slice at a place that the caller names, for aperture that a guest still has. */
static void a_place_that_the_caller_names(void **state)
{
	struct world *w = *state;
	struct xengt_bnd_vgpu first = { 0 }, second = { 0 };
	struct xengt_part part;
	const struct xengt_bnd_gpu gpu = { .part = &part, .sched = &w->sched };
	struct xengt_part_info info, before;

	assert_int_equal(xengt_part_init(&part, 256ull << 20, 4096ull << 20, 32), 0);
	xengt_part_query(&part, &before);
	assert_int_equal(xengt_bnd_vgpu_place_at(&first, &gpu, 64, 8), 0);
	assert_int_equal(first.rec.slices.low_base_mib, 64);
	assert_int_equal(first.rec.slices.low_mib, 8);
	assert_int_equal(first.rec.slices.high_mib, 0);
	assert_false(xengt_bnd_vgpu_is_live(&first));
	assert_int_equal(first.rec.state, XENGT_VGPU_GPU_GONE);
	xengt_part_query(&part, &info);
	assert_int_equal(info.low.free_mib, before.low.free_mib - 8);
	assert_int_equal(xengt_bnd_vgpu_place_at(&second, &gpu, 64, 8), -ENOSPC);
	xengt_bnd_vgpu_destroy(&second);
	xengt_part_query(&part, &info);
	assert_int_equal(info.low.free_mib, before.low.free_mib - 8);
	xengt_bnd_vgpu_destroy(&first);
	xengt_part_query(&part, &info);
	assert_memory_equal(&info, &before, sizeof(info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(there_is_no_template),
		WORLD_TEST(addresses_out_of_reach),
		WORLD_TEST(a_write_into_both_slices),
		WORLD_TEST(a_place_that_the_caller_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
