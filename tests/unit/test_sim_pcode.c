// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the power controller's mailbox, resets of engines, the status of clocks, and the
 * counts of accesses.
 */
#include "sim_machine.h"

#define MBOX	0x138124U
#define DATA	0x138128U

static uint32_t pcode(struct machine *m, uint32_t cmd, uint32_t data)
{
	wr(m, DATA, data);
	wr(m, DATA + 4, 0);
	wr(m, MBOX, 0x80000000 | cmd);
	assert_int_equal(rd(m, MBOX) & 0x80000000, 0);
	return rd(m, MBOX) & 0xff;
}

static void test_commands_gen9(void **state)
{
	static const uint32_t known[] = {
		0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x10, 0x11, 0x17,
		0x18, 0x19, 0x1a, 0x21,
	};
	struct machine *m = *state;

	for (uint32_t c = 0; c < 256; c++) {
		uint32_t want = 1;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (known[i] == c)
				want = 0;
		assert_int_equal(pcode(m, c, 0), want);
	}
	/* the mailbox is ready for a change of the core display clock */
	pcode(m, 0x07, 3);
	assert_int_equal(rd(m, DATA) & 1, 1);
	/* the latencies are in ascending order */
	pcode(m, 0x06, 0);
	for (int i = 0; i < 3; i++)
		assert_true(((rd(m, DATA) >> (8 * i)) & 0xff) <=
			    ((rd(m, DATA) >> (8 * i + 8)) & 0xff));
	/*
	 * after a command that disables SAGV, bit 0 of the answer says that SAGV is off;
	 * after a command that enables SAGV, this bit is clear
	 */
	pcode(m, 0x21, 0);
	assert_int_equal(rd(m, DATA), 1);
	pcode(m, 0x21, 3);
	assert_int_equal(rd(m, DATA), 0);
	pcode(m, 0x1a, 0);
	assert_int_equal((rd(m, DATA) >> 8) & 0xff, 7);
}

static void test_commands_gen8(void **state)
{
	struct machine *m = *state;

	assert_int_equal(pcode(m, 0x06, 0), 1);
	assert_int_equal(pcode(m, 0x21, 0), 1);
	assert_int_equal(pcode(m, 0x18, 0), 0);
	pcode(m, 0x19, 0xc0000000);
	assert_int_equal(rd(m, REG_IPS_CTL), 0x80000000);
	pcode(m, 0x19, 0);
	assert_int_equal(rd(m, REG_IPS_CTL), 0);
}

static void test_reset_handshake(void **state)
{
	static const uint32_t ctl[] = { 0x20d0, 0x120d0, 0x1a0d0, 0x220d0 };
	struct machine *m = *state;

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(rd(m, ctl[i]), 0);
		wr(m, ctl[i], 0x00010001);
		assert_int_equal(rd(m, ctl[i]), 3);
		wr(m, ctl[i], 0);
		assert_int_equal(rd(m, ctl[i]), 3);
	}
	/* a reset of the video engine leaves the render engine as it is */
	wr(m, REG_GDRST, 4);
	assert_int_equal(rd(m, REG_GDRST), 0);
	assert_int_equal(rd(m, VCS + REG_RING_RESET_CTL), 0);
	assert_int_equal(rd(m, RCS + REG_RING_RESET_CTL), 3);
	wr(m, RCS + REG_RING_RESET_CTL, 0x00010000);
	assert_int_equal(rd(m, RCS + REG_RING_RESET_CTL), 0);
	wr(m, REG_GDRST, 1);
	assert_int_equal(rd(m, VECS + REG_RING_RESET_CTL), 0);
	assert_int_equal(rd(m, BCS + REG_RING_RESET_CTL), 0);
}

static void test_render_clock(void **state)
{
	struct machine *m = *state;

	assert_int_equal(rd(m, REG_RP_STATE_CAP), 0x00070717);
	wr(m, REG_RP_STATE_CAP, 0);
	assert_int_equal(rd(m, REG_RP_STATE_CAP), 0x00070717);
	wr(m, REG_RPNSWREQ, 21U << 23);
	assert_int_equal(rd(m, REG_RPSTAT1) >> 23, 21);
}

static void test_counts(void **state)
{
	struct machine *m = *state;
	uint32_t r, w;

	wr(m, REG_SWF64, 1);
	(void)rd(m, REG_SWF64);
	(void)rd(m, REG_SWF64);
	(void)xengt_sim_peek_reg(m->sim, REG_SWF64);
	(void)xengt_sim_bar_read(m->sim, 0, REG_SWF64, 8);
	xengt_sim_reg_counts(m->sim, 0x4f100, &r, &w);
	assert_int_equal(r, 3);
	assert_int_equal(w, 1);
	xengt_sim_reg_counts(m->sim, 0x4f104, &r, &w);
	assert_int_equal(r, 1);
	xengt_sim_reg_counts(m->sim, 0x200000, &r, &w);
	assert_int_equal(r + w, 0);
}

#define SKL(t) cmocka_unit_test_setup_teardown(t, setup_skl, teardown)
#define BDW(t) cmocka_unit_test_setup_teardown(t, setup_bdw, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SKL(test_commands_gen9), BDW(test_commands_gen8),
		SKL(test_reset_handshake), BDW(test_reset_handshake),
		SKL(test_render_clock), SKL(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
