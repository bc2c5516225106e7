// SPDX-License-Identifier: GPL-2.0-only
/* Tests the configuration space of the simulated GPU, and its platform table. */
#include "sim_machine.h"

static void test_identity(void **state)
{
	struct machine *m = *state;

	assert_int_equal(xengt_sim_cfg_read(m->sim, 0, 4), 0x19128086);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 8, 4), 0x03000006);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x0e, 1), 0);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x50, 2), 0x00c0);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x5c, 4), 0);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x3d, 1), 1);
	assert_true(xengt_sim_cfg_read(m->sim, 6, 2) & 0x10);
}

static void test_identity_bdw(void **state)
{
	struct machine *m = *state;

	assert_int_equal(xengt_sim_cfg_read(m->sim, 0, 4), 0x16168086);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 8, 4), 0x03000009);
	assert_int_equal(find_cap(m, 5), 0x90);
}

/*
 * If firmware gives the GGTT less memory, entries beyond this memory do not
 * exist.
 */
static void test_small_ggtt(void **state)
{
	static const struct {
		unsigned int mib;
		uint32_t gmch;
	} rows[] = { { 2, 0x40 }, { 4, 0x80 }, { 8, 0xc0 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct xengt_sim_config config = { .gtt_mib = rows[i].mib };
		struct xengt_sim *sim = xengt_sim_create(&config);
		uint64_t end = (uint64_t)rows[i].mib << 20;

		assert_non_null(sim);
		assert_int_equal(xengt_sim_cfg_read(sim, 0x50, 2), rows[i].gmch);
		xengt_sim_bar_write(sim, 0, (8u << 20) + end - 8, 8, 0x1001);
		assert_int_equal(xengt_sim_bar_read(sim, 0,
						    (8u << 20) + end - 8, 8),
				 0x1001);
		if (end < 8u << 20) {
			xengt_sim_bar_write(sim, 0, (8u << 20) + end, 8, 0x1001);
			assert_int_equal(xengt_sim_bar_read(sim, 0,
						(8u << 20) + end, 8), 0);
		}
		xengt_sim_destroy(sim);
	}
	assert_null(xengt_sim_create(&(struct xengt_sim_config){ .gtt_mib = 3 }));
}

static void test_bar_sizing(void **state)
{
	static const struct { uint32_t off, mask; } bars[] = {
		{ 0x10, 0xff000000 },		/* 16 MiB */
		{ 0x14, 0 },
		{ 0x18, 0xf0000008 },		/* 256 MiB, prefetchable */
		{ 0x1c, 0 }, { 0x20, 0 }, { 0x24, 0 }, { 0x30, 0 },
	};
	struct machine *m = *state;
	uint64_t off;

	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		xengt_sim_cfg_write(m->sim, bars[i].off, 4, 0xffffffff);
		assert_int_equal(xengt_sim_cfg_read(m->sim, bars[i].off, 4),
				 bars[i].mask);
		xengt_sim_cfg_write(m->sim, bars[i].off, 4, 0);
	}
	assert_int_equal(xengt_sim_bar_at(m->sim, 0xfd000000, &off), -ENOENT);
	xengt_sim_cfg_write(m->sim, 0x10, 4, 0xfd000000);
	/* writes of bytes and words work, too */
	xengt_sim_cfg_write(m->sim, 0x1a, 2, 0xe000);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x18, 4), 0xe0000008);
	assert_int_equal(xengt_sim_bar_at(m->sim, 0xfd001234, &off), 0);
	assert_int_equal(off, 0x1234);
	assert_int_equal(xengt_sim_bar_at(m->sim, 0xefffffff, &off), 2);
	assert_int_equal(off, 0x0fffffff);
	assert_int_equal(xengt_sim_bar_at(m->sim, 0xfe000000, &off), -ENOENT);
}

static void test_every_width(void **state)
{
	struct machine *m = *state;

	/* ASLS: all bits writable */
	xengt_sim_cfg_write(m->sim, 0xfc, 4, 0x11223344);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(xengt_sim_cfg_read(m->sim, 0xfc + i, 1),
				 (0x11223344U >> (8 * i)) & 0xff);
	xengt_sim_cfg_write(m->sim, 0xfd, 1, 0xaa);
	xengt_sim_cfg_write(m->sim, 0xfe, 2, 0x5566);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0xfc, 4), 0x5566aa44);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0xfd, 2), 0x66aa);
}

static void test_impossible_accesses(void **state)
{
	struct machine *m = *state;
	uint64_t before = stats_of(m).bad_accesses;

	assert_int_equal(xengt_sim_cfg_read(m->sim, 256, 1), 0xff);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 254, 4), 0xffffffff);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0xffffffff, 2), 0xffff);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0, 3), 0xffffff);
	xengt_sim_cfg_write(m->sim, 0xffffffff, 4, 0);
	xengt_sim_cfg_write(m->sim, 0xfc, 0, 0);
	assert_int_equal(stats_of(m).bad_accesses, before + 6);
}

/* Flip every bit of every byte: only writable bits change. */
static void test_read_only_bits(void **state)
{
	struct machine *m = *state;
	uint8_t before[256];
	unsigned int msi = find_cap(m, 5), pm = find_cap(m, 1);
	uint8_t wmask[256] = { 0 };

	wmask[0x04] = 0x07;
	wmask[0x05] = 0x04;
	wmask[0x13] = 0xff;
	wmask[0x1b] = 0xf0;
	wmask[0x3c] = 0xff;
	wmask[msi + 2] = 0x71;
	wmask[msi + 4] = 0xfc;
	memset(wmask + msi + 5, 0xff, 5);
	wmask[pm + 4] = 0x03;
	wmask[0xe8] = 0x01;
	wmask[0xe9] = 0x80;
	memset(wmask + 0xfc, 0xff, 4);
	for (uint32_t i = 0; i < 256; i++)
		before[i] = (uint8_t)xengt_sim_cfg_read(m->sim, i, 1);
	for (uint32_t i = 0; i < 256; i++) {
		xengt_sim_cfg_write(m->sim, i, 1, (uint8_t)~before[i]);
		assert_int_equal(xengt_sim_cfg_read(m->sim, i, 1),
				 before[i] ^ wmask[i]);
	}
}

static void test_capabilities(void **state)
{
	struct machine *m = *state;
	unsigned int msi = find_cap(m, 5), pm = find_cap(m, 1);

	assert_int_not_equal(msi, 0);
	assert_int_not_equal(pm, 0);
	/* one vector, 32-bit address, no mask bits */
	assert_int_equal(xengt_sim_cfg_read(m->sim, msi + 2, 2) & 0x018e, 0);
	/* the power state reads back as written */
	xengt_sim_cfg_write(m->sim, pm + 4, 2, 3);
	assert_int_equal(xengt_sim_cfg_read(m->sim, pm + 4, 2), 3);
}

static void test_reset(void **state)
{
	struct machine *m = *state;

	xengt_sim_cfg_write(m->sim, 0x10, 4, 0xfd000000);
	xengt_sim_cfg_write(m->sim, 0xfc, 4, 0xffffffff);
	wr(m, RCS + REG_RING_TAIL, 0x1234);
	set_pte(m, 5, PTE(RAM_MFN));
	xengt_sim_reset(m->sim);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 4, 2), 0);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0x10, 4), 0);
	assert_int_equal(xengt_sim_cfg_read(m->sim, 0xfc, 4), 0);
	assert_int_equal(rd(m, RCS + REG_RING_TAIL), 0);
	assert_int_equal(xengt_sim_peek_pte(m->sim, 5), 0);
	assert_int_equal(stats_of(m).resets, 1);
}

static void test_platform_table(void **state)
{
	const struct xengt_sim_platform *p;
	size_t n = 0;

	(void)state;
	for (; (p = xengt_sim_platform_at(n)); n++) {
		assert_ptr_equal(xengt_sim_platform_find(
				 xengt_sim_platform_name(p)), p);
		assert_non_null(xengt_sim_platform_title(p));
		assert_int_not_equal(xengt_sim_platform_device_id(p), 0);
	}
	assert_true(n > 0);
	assert_null(xengt_sim_platform_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_identity, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_identity_bdw, setup_bdw,
						teardown),
		cmocka_unit_test(test_small_ggtt),
		cmocka_unit_test_setup_teardown(test_bar_sizing, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_every_width, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_impossible_accesses,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_bits, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_read_only_bits, setup_bdw,
						teardown),
		cmocka_unit_test_setup_teardown(test_capabilities, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_reset, setup_skl,
						teardown),
		cmocka_unit_test(test_platform_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
