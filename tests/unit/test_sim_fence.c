// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests fences of the simulated GPU: a write or a read of the CPU through the aperture
 * must reach the address that the byte has in a tiled surface.
 */
#include "sim_machine.h"

#define FENCE(i)	(0x100000U + 8 * (i))
#define FIRST		0x100U		/* GGTT page of the surface */
#define AT(page)	((uint64_t)(page) * 4096)

/* Map the machine's pages in sequence at GGTT pages from FIRST on. */
static void map_pages(struct machine *m, unsigned int n)
{
	for (uint32_t i = 0; i < n; i++)
		set_pte(m, FIRST + i, PTE(RAM_MFN + i));
	flush(m);
}

static void set_fence(struct machine *m, unsigned int i, uint32_t first,
		      uint32_t pages, uint32_t pitch, bool is_y)
{
	wr(m, FENCE(i), 0);
	wr(m, FENCE(i) + 4, (first + pages - 1) << 12 | (pitch / 128 - 1));
	wr(m, FENCE(i), first << 12 | (is_y ? 2 : 0) | 1);
}

/*
 * Returns the offset of a byte in a tiled surface. The function is written from the PRM
 * and uses no code of the simulator.
 */
static uint32_t tiled_at(bool is_y, uint32_t pitch, uint32_t x, uint32_t y)
{
	uint32_t w = is_y ? 128 : 512, h = is_y ? 32 : 8;
	uint32_t tile = y / h * (pitch / w) + x / w;

	x %= w;
	y %= h;
	return tile * 4096 + (is_y ? x / 16 * 512 + y * 16 + x % 16 :
			      y * 512 + x);
}

static void check_tiling(struct machine *m, bool is_y)
{
	/* the surface is two tiles wide and two tiles high */
	const uint32_t pitch = is_y ? 256 : 1024, pages = 4;

	map_pages(m, pages);
	set_fence(m, 5, FIRST, pages, pitch, is_y);
	for (uint32_t i = 0; i < pages * 4096; i += 4)
		xengt_sim_bar_write(m->sim, 2, AT(FIRST) + i, 4, i ^ 0x5a5a);
	for (uint32_t i = 0; i < pages * 4096; i += 4) {
		uint32_t val, at = tiled_at(is_y, pitch, i % pitch, i / pitch);

		memcpy(&val, m->ram + at, 4);
		assert_int_equal(val, i ^ 0x5a5a);
		assert_int_equal(xengt_sim_bar_read(m->sim, 2, AT(FIRST) + i,
						    4), val);
	}
	/* without the fence the aperture shows the memory linearly */
	wr(m, FENCE(5), 0);
	for (uint32_t i = 0; i < pages * 4096; i += 4) {
		uint32_t val;

		memcpy(&val, m->ram + i, 4);
		assert_int_equal(xengt_sim_bar_read(m->sim, 2, AT(FIRST) + i,
						    4), val);
	}
}

static void test_x_tiles(void **state)
{
	check_tiling(*state, false);
}

static void test_y_tiles(void **state)
{
	check_tiling(*state, true);
}

/* The simulator splits an access where the bytes of a tile are not contiguous. */
static void test_straddling(void **state)
{
	struct machine *m = *state;
	const uint64_t val = 0x8877665544332211ULL;

	map_pages(m, 4);
	set_fence(m, 0, FIRST, 4, 256, true);
	xengt_sim_bar_write(m->sim, 2, AT(FIRST) + 13, 8, val);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(m->ram[tiled_at(true, 256, 13 + i, 0)],
				 0x11 * (i + 1));
	assert_true(xengt_sim_bar_read(m->sim, 2, AT(FIRST) + 13, 8) == val);
	/* an access that goes from the end of one row into the next */
	xengt_sim_bar_write(m->sim, 2, AT(FIRST) + 253, 8, val);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(m->ram[tiled_at(true, 256, (253 + i) % 256,
						 (253 + i) / 256)],
				 0x11 * (i + 1));
	assert_true(xengt_sim_bar_read(m->sim, 2, AT(FIRST) + 253, 8) == val);
}

/* If the pitch ends with half a tile, only whole tiles are used. */
static void test_odd_pitch(void **state)
{
	struct machine *m = *state;

	map_pages(m, 4);
	set_fence(m, 0, FIRST, 2, 640, false);
	xengt_sim_bar_write(m->sim, 2, AT(FIRST) + 640 - 2, 4, 0x44332211);
	assert_int_equal(m->ram[tiled_at(false, 512, 0, 1)], 0x33);
	assert_int_equal(m->ram[tiled_at(false, 512, 1, 1)], 0x44);
}

static void test_range_and_valid(void **state)
{
	struct machine *m = *state;

	map_pages(m, 6);
	set_fence(m, 31, FIRST + 1, 4, 1024, false);
	assert_int_equal(rd(m, FENCE(31)), (FIRST + 1) << 12 | 1);
	assert_int_equal(rd(m, FENCE(31) + 4), (FIRST + 4) << 12 | 7);
	/* the page before the fence and the page after it stay linear */
	xengt_sim_bar_write(m->sim, 2, AT(FIRST) + 4092, 4, 1);
	xengt_sim_bar_write(m->sim, 2, AT(FIRST + 5), 4, 2);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 4092), 1);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 5 * 4096), 2);
	/* this offset of the aperture is row 1 of the surface */
	xengt_sim_bar_write(m->sim, 2, AT(FIRST + 1) + 1024, 4, 3);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 4096 + 512), 3);
	/*
	 * a fence that is narrower than a tile, or whose last page is before
	 * its first, has no effect
	 */
	set_fence(m, 31, FIRST + 1, 4, 128, false);
	xengt_sim_bar_write(m->sim, 2, AT(FIRST + 1) + 256, 4, 4);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 4096 + 256), 4);
	wr(m, FENCE(31) + 4, 7);
	xengt_sim_bar_write(m->sim, 2, AT(FIRST + 1) + 1024, 4, 5);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 4096 + 1024), 5);
	/* accesses of the GPU ignore fences, and a reset removes fences */
	set_fence(m, 31, FIRST + 1, 4, 1024, false);
	assert_int_equal(xengt_sim_gpu_access(m->sim, AT(FIRST + 1) + 1024,
					      &(uint32_t){ 6 }, 4, true), 0);
	assert_int_equal(*(uint32_t *)(void *)(m->ram + 4096 + 1024), 6);
	xengt_sim_reset(m->sim);
	assert_int_equal(rd(m, FENCE(31)), 0);
}

/*
 * With the largest pitch, an access to the aperture's last page stays within the GGTT.
 */
static void test_far(void **state)
{
	struct machine *m = *state;
	uint32_t last = XENGT_SIM_BAR2_BYTES / 4096 - 1;

	wr(m, FENCE(0) + 4, 0xffffffff);
	wr(m, FENCE(0), 0 | 3);
	for (uint32_t i = 0; i < 4096; i += 8)
		assert_true(xengt_sim_bar_read(m->sim, 2, AT(last) + i, 8) ==
			    0);
}

#define SKL(t) cmocka_unit_test_setup_teardown(t, setup_skl, teardown)
#define BDW(t) cmocka_unit_test_setup_teardown(t, setup_bdw, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SKL(test_x_tiles), BDW(test_x_tiles),
		SKL(test_y_tiles), BDW(test_y_tiles),
		SKL(test_straddling), SKL(test_odd_pitch),
		SKL(test_range_and_valid), SKL(test_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
