// SPDX-License-Identifier: GPL-2.0-only
/* Tests the registers of the simulated GPU, and how BAR accesses are split. */
#include "sim_machine.h"

#define PLAIN 0x4f000U		/* a register without a row */

static void test_every_width_and_offset(void **state)
{
	struct machine *m = *state;
	uint8_t model[24] = { 0 };

	for (unsigned int size = 1; size <= 8; size++)
		for (uint32_t off = 0; off + size <= 24; off++) {
			uint64_t val = 0x8877665544332211ULL *
				(size * 29 + off + 1), want = 0;

			xengt_sim_bar_write(m->sim, 0, PLAIN + off, size, val);
			for (unsigned int i = 0; i < size; i++)
				model[off + i] = (uint8_t)(val >> (8 * i));
			for (unsigned int i = 0; i < size; i++)
				want |= (uint64_t)model[off + i] << (8 * i);
			assert_true(xengt_sim_bar_read(m->sim, 0, PLAIN + off,
						       size) == want);
			for (unsigned int i = 0; i < 24; i++)
				assert_int_equal(xengt_sim_bar_read(m->sim, 0,
						 PLAIN + i, 1), model[i]);
		}
}

static void test_edges(void **state)
{
	struct machine *m = *state;
	uint64_t before = stats_of(m).bad_accesses;

	/*
	 * the hole between registers and GGTT entries reads 0 and drops writes
	 */
	xengt_sim_bar_write(m->sim, 0, REG_END, 4, 0xffffffff);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_END, 4), 0);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_GGTT - 4, 8), 0);
	/* an access that crosses the border of two ranges accesses both ranges */
	wr(m, REG_END - 4, 0xcafef00d);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_END - 2, 8), 0xcafe);
	set_pte(m, 0, 0x1122334455667788ULL);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_GGTT - 2, 4),
			 0x77880000);
	set_pte(m, 0xfffff, 0xaabb);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_GGTT_END - 8, 8), 0xaabb);
	assert_int_equal(stats_of(m).bad_accesses, before);

	/*
	 * these reads give all-ones: beyond the BAR, in a BAR that does not exist, of
	 * a size that does not exist
	 */
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, REG_GGTT_END - 4, 8), ~0ULL);
	assert_int_equal(xengt_sim_bar_read(m->sim, 0, ~0ULL, 4), 0xffffffff);
	assert_int_equal(xengt_sim_bar_read(m->sim, 2, 0x10000000, 1), 0xff);
	assert_int_equal(xengt_sim_bar_read(m->sim, 1, 0, 4), 0xffffffff);
	xengt_sim_bar_write(m->sim, 4, 0, 4, 0);
	xengt_sim_bar_write(m->sim, 0, 0, 9, 0);
	xengt_sim_bar_write(m->sim, 0, 0, 0, 0);
	assert_int_equal(stats_of(m).bad_accesses, before + 7);
}

static void test_forcewake_gen9(void **state)
{
	static const struct { uint32_t req, ack; } fw[] = {
		{ 0xa188, 0x130044 }, { 0xa278, 0xd84 }, { 0xa270, 0xd88 },
	};
	struct machine *m = *state;

	for (size_t i = 0; i < sizeof(fw) / sizeof(fw[0]); i++) {
		assert_int_equal(rd(m, fw[i].ack), 0);
		wr(m, fw[i].req, 0x00010001);
		assert_int_equal(rd(m, fw[i].ack), 1);
		wr(m, fw[i].req, 0x00020002);
		assert_int_equal(rd(m, fw[i].ack), 3);
		/* a write without mask bits has no effect */
		wr(m, fw[i].req, 0);
		assert_int_equal(rd(m, fw[i].ack), 3);
		wr(m, fw[i].req, 0x00030000);
		assert_int_equal(rd(m, fw[i].ack), 0);
		wr(m, fw[i].ack, 0xffff);
		assert_int_equal(rd(m, fw[i].ack), 0);
	}
}

static void test_forcewake_gen8(void **state)
{
	struct machine *m = *state;

	wr(m, REG_FORCEWAKE_MT, 0x00010001);
	assert_int_equal(rd(m, REG_FORCEWAKE_MT_ACK), 1);
	/* on Broadwell Gen9's registers are plain memory */
	wr(m, REG_FORCEWAKE_RENDER, 0x00010001);
	assert_int_equal(rd(m, REG_FORCEWAKE_RENDER), 0x00010001);
	assert_int_equal(rd(m, REG_FORCEWAKE_RENDER_ACK), 0);
}

static void test_reset_register(void **state)
{
	struct machine *m = *state;

	wr(m, REG_GDRST, 0x1);
	assert_int_equal(rd(m, REG_GDRST), 0);
	/* TLB invalidations of engines also end at once */
	for (uint32_t off = 0x4260; off <= 0x4270; off += 4) {
		wr(m, off, 1);
		assert_int_equal(rd(m, off), 0);
	}
}

static void test_fuses(void **state)
{
	struct machine *m = *state;

	assert_int_equal(rd(m, REG_FUSE2), 0x02800000);
	wr(m, REG_FUSE2, 0);
	assert_int_equal(rd(m, REG_FUSE2), 0x02800000);
	assert_int_equal(xengt_sim_peek_reg(m->sim, REG_FUSE2), 0x02800000);
	assert_int_equal(rd(m, REG_SFUSE_STRAP), 7);
	assert_int_equal(xengt_sim_peek_reg(m->sim, REG_END), 0);
}

/*
 * Registers whose high half is a mask (PRM, volume 2c; Linux writes them with masks). A write
 * changes only the bits that the mask names, and the high half reads as 0.
 */
static void test_masked_registers(void **state)
{
	static const uint32_t masked[] = {
		0x2088, 0x2090, 0x20d8, 0x20e0, 0x20e4, 0x20ec, 0x2580, 0x5588, 0x7000, 0x7004,
		0x7008, 0x7010, 0x7014, 0x7018, 0x7300, 0x7304, 0xe100, 0xe180, 0xe184, 0xe188,
		0xe194, 0xe4f0, 0xe4f4,
		/* registers of all engines that this engine does not act upon */
		0x20c0, 0x120c0, 0x1a0c0, 0x220c0, 0x22200,
	};
	struct machine *m = *state;

	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++) {
		wr(m, masked[i], 0xffffa5c3);
		assert_int_equal(rd(m, masked[i]), 0xa5c3);
		wr(m, masked[i], 0x10000000);
		wr(m, masked[i], 0x0001ffff);
		wr(m, masked[i], 0x0002fffd);
		assert_int_equal(rd(m, masked[i]), 0xa5c1);
		wr(m, masked[i], 0x00005a3c);
		assert_int_equal(rd(m, masked[i]), 0xa5c1);
		/* an access must cover the mask bit and the bit itself */
		xengt_sim_bar_write(m->sim, 0, masked[i], 2, 0x5a3c);
		xengt_sim_bar_write(m->sim, 0, masked[i] + 2, 2, 0xffff);
		assert_int_equal(rd(m, masked[i]), 0xa5c1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_width_and_offset,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(test_edges, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_forcewake_gen9, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_forcewake_gen8, setup_bdw,
						teardown),
		cmocka_unit_test_setup_teardown(test_reset_register, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_fuses, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_masked_registers, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_masked_registers, setup_bdw,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
