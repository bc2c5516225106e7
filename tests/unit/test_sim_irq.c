// SPDX-License-Identifier: GPL-2.0-only
/* Tests the interrupts of the simulated GPU. */
#include "sim_machine.h"

#define GT0	0x44300U
#define IMR	0x4U
#define IIR	0x8U
#define IER	0xcU
#define MASTER	0x80000000U

static void open_gt0(struct machine *m)
{
	enable_msi(m, 0xfee0100c, 0x41d8);
	wr(m, GT0 + IMR, 0);
	wr(m, GT0 + IER, 0xffffffff);
	wr(m, REG_MASTER_INTERRUPT, MASTER);
	assert_int_equal(m->n_msi, 0);
}

static void test_delivery(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	assert_int_equal(m->n_msi, 1);
	assert_int_equal(m->msi_addr, 0xfee0100c);
	assert_int_equal(m->msi_data, 0x41d8);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), MASTER | 1);
	assert_int_equal(rd(m, GT0 + IIR), 1);

	/* do what a handler does: master off, clear, master on */
	wr(m, REG_MASTER_INTERRUPT, 0);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 1);
	wr(m, GT0 + IIR, 1);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 0);
	wr(m, REG_MASTER_INTERRUPT, MASTER);
	assert_int_equal(m->n_msi, 1);
	/* the bits of BCS are in the high half */
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1U << 16);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), MASTER | 2);
	assert_int_equal(m->n_msi, 2);
}

static void test_left_over_event_interrupts_again(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	wr(m, REG_MASTER_INTERRUPT, 0);
	wr(m, GT0 + IIR, 1);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 0x100);
	assert_int_equal(m->n_msi, 1);
	wr(m, REG_MASTER_INTERRUPT, MASTER);
	assert_int_equal(m->n_msi, 2);
}

static void test_masks(void **state)
{
	struct machine *m = *state;

	enable_msi(m, 0xfee00000, 1);
	/* after reset everything is masked */
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, ~0U);
	assert_int_equal(rd(m, GT0 + IIR), 0);
	assert_int_equal(rd(m, GT0 + IMR), 0xffffffff);
	/*
	 * the event is unmasked but not enabled: IIR shows it, but the master
	 * register does not
	 */
	wr(m, GT0 + IMR, ~0x10U);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 0x11);
	assert_int_equal(rd(m, GT0 + IIR), 0x10);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 0);
	/*
	 * the event is enabled: the master register shows it; master control is
	 * off, so no message is sent
	 */
	wr(m, GT0 + IER, 0x10);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 1);
	assert_int_equal(m->n_msi, 0);
	wr(m, REG_MASTER_INTERRUPT, MASTER);
	assert_int_equal(m->n_msi, 1);
	/* a mask that is set later does not clear the event */
	wr(m, GT0 + IMR, 0xffffffff);
	assert_int_equal(rd(m, GT0 + IIR), 0x10);
}

static void test_second_event_is_kept(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	assert_int_equal(m->n_msi, 1);
	wr(m, GT0 + IIR, 0xffffffff);
	assert_int_equal(rd(m, GT0 + IIR), 1);
	wr(m, GT0 + IIR, 0xffffffff);
	assert_int_equal(rd(m, GT0 + IIR), 0);
}

static void test_narrow_clear(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 0x01010101);
	xengt_sim_bar_write(m->sim, 0, GT0 + IIR + 1, 1, 0xff);
	assert_int_equal(rd(m, GT0 + IIR), 0x01010001);
	xengt_sim_bar_write(m->sim, 0, GT0 + IIR + 2, 2, 0xffff);
	assert_int_equal(rd(m, GT0 + IIR), 1);
	/* IIR and IER in one store of 8 bytes */
	xengt_sim_bar_write(m->sim, 0, GT0 + IIR, 8, 0x0000000200000001ULL);
	assert_int_equal(rd(m, GT0 + IIR), 0);
	assert_int_equal(rd(m, GT0 + IER), 2);
}

static void test_every_bank(void **state)
{
	static const struct {
		enum xengt_sim_irq_bank bank;
		uint32_t base, lo, hi;
	} banks[] = {
		{ XENGT_SIM_IRQ_GT0, 0x44300, 1U << 0, 1U << 1 },
		{ XENGT_SIM_IRQ_GT1, 0x44310, 1U << 2, 1U << 3 },
		{ XENGT_SIM_IRQ_GT2, 0x44320, 1U << 4, 1U << 5 },
		{ XENGT_SIM_IRQ_GT3, 0x44330, 1U << 6, 1U << 6 },
		{ XENGT_SIM_IRQ_PIPE_A, 0x44400, 1U << 16, 1U << 16 },
		{ XENGT_SIM_IRQ_PIPE_B, 0x44410, 1U << 17, 1U << 17 },
		{ XENGT_SIM_IRQ_PIPE_C, 0x44420, 1U << 18, 1U << 18 },
		{ XENGT_SIM_IRQ_PORT, 0x44440, 1U << 20, 1U << 20 },
		{ XENGT_SIM_IRQ_MISC, 0x44460, 1U << 22, 1U << 22 },
		{ XENGT_SIM_IRQ_PCU, 0x444e0, 1U << 30, 1U << 30 },
		{ XENGT_SIM_IRQ_PCH, 0xc4000, 1U << 23, 1U << 23 },
	};
	struct machine *m = *state;

	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		wr(m, banks[i].base + IMR, 0);
		wr(m, banks[i].base + IER, ~0U);
		xengt_sim_raise_irq(m->sim, banks[i].bank, 1);
		assert_int_equal(rd(m, REG_MASTER_INTERRUPT), banks[i].lo);
		wr(m, banks[i].base + IIR, ~0U);
		xengt_sim_raise_irq(m->sim, banks[i].bank, 1U << 31);
		assert_int_equal(rd(m, REG_MASTER_INTERRUPT), banks[i].hi);
		wr(m, banks[i].base + IIR, ~0U);
		assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 0);
		/*
		 * software cannot write the level registers, which show two
		 * monitors and nothing else
		 */
		wr(m, banks[i].base, ~0U);
		assert_int_equal(rd(m, banks[i].base),
				 banks[i].bank == XENGT_SIM_IRQ_PCH ?
				 0x00600000 : 0);
	}
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_BANKS, 1);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 0);
}

static void test_needs_msi_and_master(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_cfg_write(m->sim, 4, 2, 2);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	assert_int_equal(m->n_msi, 0);
	xengt_sim_cfg_write(m->sim, 4, 2, 6);
	xengt_sim_cfg_write(m->sim, find_cap(m, 5) + 2, 2, 0);
	wr(m, REG_MASTER_INTERRUPT, 0);
	wr(m, REG_MASTER_INTERRUPT, MASTER);
	assert_int_equal(m->n_msi, 0);
	assert_int_equal(stats_of(m).irq_lost, 2);
}

static void test_reset(void **state)
{
	struct machine *m = *state;

	open_gt0(m);
	xengt_sim_raise_irq(m->sim, XENGT_SIM_IRQ_GT0, 1);
	xengt_sim_reset(m->sim);
	assert_int_equal(rd(m, REG_MASTER_INTERRUPT), 0);
	assert_int_equal(rd(m, GT0 + IIR), 0);
	assert_int_equal(rd(m, GT0 + IMR), 0xffffffff);
	assert_int_equal(rd(m, GT0 + IER), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_delivery, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_delivery, setup_bdw,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_left_over_event_interrupts_again, setup_skl,
			teardown),
		cmocka_unit_test_setup_teardown(test_masks, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_second_event_is_kept,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(test_narrow_clear, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_every_bank, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_needs_msi_and_master,
						setup_skl, teardown),
		cmocka_unit_test_setup_teardown(test_reset, setup_skl,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
