/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the interrupt tree: latching, masks, the master, messages and INTx (src/core/irq.c,
 * regs/irq.c).
 */
#include "rig.h"

#define MASTER		0x44200
#define CONTROL		0x80000000u
#define GT0		0x44300
#define MSI_ADDR	0xfee01000u
#define MSI_DATA	0x4051u

static uint32_t bank_reg(enum xengt_irq_bank bank, uint32_t reg)
{
	return xengt_irq_bases.base[bank] + reg;
}

static void enable_msi(struct rig *rig)
{
	rig_cfg_write(rig, 0x94, 4, MSI_ADDR);
	rig_cfg_write(rig, 0x98, 2, MSI_DATA);
	rig_cfg_write(rig, 0x92, 2, 1);
}

static void open_bank(struct rig *rig, enum xengt_irq_bank bank, uint32_t bits)
{
	rig_write(rig, bank_reg(bank, XENGT_IRQ_IMR), 4, ~bits);
	rig_write(rig, bank_reg(bank, XENGT_IRQ_IER), 4, bits);
}

static uint32_t msis(const struct rig *rig)
{
	struct xengt_hv_fake_msi last;

	return xengt_hv_fake_msis(rig->fake, &last);
}

static void nothing_at_power_on(void **state)
{
	struct rig *rig = *state;

	for (int bank = 0; bank < XENGT_IRQ_BANKS; bank++) {
		/* all registers are 0, except for the bit that shows the monitor */
		assert_int_equal(rig_read(rig, bank_reg(bank, 0), 4),
				 bank == XENGT_IRQ_PCH ? 0x00200000 : 0);
		assert_int_equal(rig_read(rig, bank_reg(bank, 4), 4), ~0u);
		assert_int_equal(rig_read(rig, bank_reg(bank, 8), 4), 0);
		assert_int_equal(rig_read(rig, bank_reg(bank, 0xc), 4), 0);
	}
	assert_int_equal(rig_read(rig, MASTER, 4), 0);
}

/* Checks the master bit of each bank against the PRM's table. */
static void each_bank_has_its_master_bit(void **state)
{
	static const struct { int bank; uint32_t event, master; } want[] = {
		{ XENGT_IRQ_GT0, 1u << 0, 1u << 0 },
		{ XENGT_IRQ_GT0, 1u << 16, 1u << 1 },
		{ XENGT_IRQ_GT1, 1u << 8, 1u << 2 },
		{ XENGT_IRQ_GT1, 1u << 24, 1u << 3 },
		{ XENGT_IRQ_GT2, 1u << 4, 1u << 4 },
		{ XENGT_IRQ_GT3, 1u << 0, 1u << 6 },
		{ XENGT_IRQ_PIPE_A, 1u << 0, 1u << 16 },
		{ XENGT_IRQ_PIPE_B, 1u << 0, 1u << 17 },
		{ XENGT_IRQ_PIPE_C, 1u << 31, 1u << 18 },
		{ XENGT_IRQ_PORT, 1u << 25, 1u << 20 },
		{ XENGT_IRQ_MISC, 1u << 27, 1u << 22 },
		{ XENGT_IRQ_PCU, 1u << 24, 1u << 30 },
		{ XENGT_IRQ_PCH, 1u << 23, 1u << 23 },
	};
	struct rig *rig = *state;

	enable_msi(rig);
	rig_write(rig, MASTER, 4, CONTROL);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(want); i++) {
		uint32_t before = msis(rig);

		open_bank(rig, want[i].bank, want[i].event);
		xengt_irq_raise(rig->vgpu, want[i].bank, want[i].event);
		assert_int_equal(rig_read(rig, MASTER, 4),
				 CONTROL | want[i].master);
		assert_int_equal(msis(rig), before + 1);
		rig_write(rig, bank_reg(want[i].bank, XENGT_IRQ_IIR), 4,
			  want[i].event);
		assert_int_equal(rig_read(rig, MASTER, 4), CONTROL);
	}
}

static void masked_events_are_lost(void **state)
{
	struct rig *rig = *state;

	open_bank(rig, XENGT_IRQ_GT0, 0x1);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0xfffffffe);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 0);
	rig_write(rig, GT0 + 4, 4, 0);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 0);
	/* the event is latched but not enabled, so the master bit stays 0 */
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x2);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 2);
	assert_int_equal(rig_read(rig, MASTER, 4), 0);
	/* the event is enabled later: now the master bit shows it */
	rig_write(rig, GT0 + 12, 4, 2);
	assert_int_equal(rig_read(rig, MASTER, 4), 1);
}

static void two_events_deep(void **state)
{
	struct rig *rig = *state;

	open_bank(rig, XENGT_IRQ_GT0, 0x3);
	for (int i = 0; i < 3; i++)
		xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x2);
	rig_write(rig, GT0 + 8, 4, 0x3);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 0x1);
	rig_write(rig, GT0 + 8, 4, 0x3);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 0);
	/* a store of one byte clears only the bits of that byte */
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	rig_write(rig, GT0 + 9, 1, 0xff);
	assert_int_equal(rig_read(rig, GT0 + 8, 4), 0x1);
}

static void one_message_for_each_edge(void **state)
{
	struct xengt_hv_fake_msi last;
	struct rig *rig = *state;

	enable_msi(rig);
	open_bank(rig, XENGT_IRQ_GT0, 0x101);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_int_equal(msis(rig), 0);
	rig_write(rig, MASTER, 4, CONTROL);
	assert_int_equal(xengt_hv_fake_msis(rig->fake, &last), 1);
	assert_int_equal(last.addr, MSI_ADDR);
	assert_int_equal(last.data, MSI_DATA);
	/* more events cause no second message */
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x100);
	rig_write(rig, MASTER, 4, CONTROL);
	assert_int_equal(msis(rig), 1);
	/*
	 * the handler switches the master bit off, handles one of two events,
	 * and switches it on: one event is left
	 */
	rig_write(rig, MASTER, 4, 0);
	assert_int_equal(rig_read(rig, MASTER, 4), 1);
	rig_write(rig, GT0 + 8, 4, 0x100);
	rig_write(rig, MASTER, 4, CONTROL);
	assert_int_equal(msis(rig), 2);
	rig_write(rig, MASTER, 4, 0);
	rig_write(rig, GT0 + 8, 4, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	assert_int_equal(msis(rig), 2);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->interrupts, 2);
}

/*
 * Linux with Xen's PV drivers writes vector 0 and a pirq number in the address to request
 * an event channel instead of an MSI. The device passes this message on unchanged.
 */
static void pirq_form_goes_through_as_it_is(void **state)
{
	struct xengt_hv_fake_msi last;
	struct rig *rig = *state;

	rig_cfg_write(rig, 0x94, 4, 0xfee37000);
	rig_cfg_write(rig, 0x98, 2, 0x4000);
	rig_cfg_write(rig, 0x92, 2, 1);
	open_bank(rig, XENGT_IRQ_GT0, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_int_equal(xengt_hv_fake_msis(rig->fake, &last), 1);
	assert_int_equal(last.addr, 0xfee37000);
	assert_int_equal(last.data, 0x4000);
}

static void only_a_bus_master_sends(void **state)
{
	struct rig *rig = *state;

	enable_msi(rig);
	open_bank(rig, XENGT_IRQ_GT0, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	rig_cfg_write(rig, 0x04, 2, 0x0002);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_int_equal(msis(rig), 0);
	rig_cfg_write(rig, 0x04, 2, 0x0006);
	assert_int_equal(msis(rig), 1);
}

static void a_refused_message_is_tried_again(void **state)
{
	struct rig *rig = *state;

	enable_msi(rig);
	open_bank(rig, XENGT_IRQ_GT0, 0x3);
	rig_write(rig, MASTER, 4, CONTROL);
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_MSI, 1, -EIO);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_int_equal(msis(rig), 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->interrupts_failed, 1);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x2);
	assert_int_equal(msis(rig), 1);
}

static bool pin(const struct rig *rig)
{
	return xengt_hv_fake_intx(rig->fake, RIG_SLOT, 0);
}

static void without_msi_the_pin_follows(void **state)
{
	struct rig *rig = *state;

	open_bank(rig, XENGT_IRQ_GT0, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	assert_int_equal(rig_cfg_read(rig, 0x06, 2) & 8, 0);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_true(pin(rig));
	assert_int_equal(rig_cfg_read(rig, 0x06, 2) & 8, 8);
	/*
	 * INTx is disabled in COMMAND: the pin is deasserted, but the status bit stays set
	 */
	rig_cfg_write(rig, 0x04, 2, 0x0406);
	assert_false(pin(rig));
	assert_int_equal(rig_cfg_read(rig, 0x06, 2) & 8, 8);
	rig_cfg_write(rig, 0x04, 2, 0x0006);
	assert_true(pin(rig));
	/* a guest cannot write the status bit */
	rig_cfg_write(rig, 0x06, 2, 0xffff);
	assert_int_equal(rig_cfg_read(rig, 0x06, 2) & 8, 8);
	rig_write(rig, MASTER, 4, 0);
	assert_false(pin(rig));
	rig_write(rig, MASTER, 4, CONTROL);
	assert_true(pin(rig));
	rig_write(rig, GT0 + 8, 4, 0x1);
	assert_false(pin(rig));
	assert_int_equal(rig_cfg_read(rig, 0x06, 2) & 8, 0);
	assert_int_equal(msis(rig), 0);
	/* the guest enables MSI while an interrupt is pending */
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	enable_msi(rig);
	assert_false(pin(rig));
	assert_int_equal(msis(rig), 1);
}

static void gone_is_silent(void **state)
{
	struct rig *rig = *state;

	open_bank(rig, XENGT_IRQ_GT0, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_true(pin(rig));
	xengt_vgpu_unplug(rig->vgpu);
	assert_false(pin(rig));
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x1);
	assert_false(pin(rig));
}

static void reset_lowers_and_forgets(void **state)
{
	struct rig *rig = *state;

	open_bank(rig, XENGT_IRQ_PCH, 0x1);
	rig_write(rig, MASTER, 4, CONTROL);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_PCH, 0x1);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_PCH, 0x1);
	assert_true(pin(rig));
	xengt_vgpu_reset(rig->vgpu);
	assert_false(pin(rig));
	rig_decode(rig);
	nothing_at_power_on(state);
	open_bank(rig, XENGT_IRQ_PCH, 0x1);
	rig_write(rig, bank_reg(XENGT_IRQ_PCH, XENGT_IRQ_IIR), 4, 1);
	assert_int_equal(rig_read(rig, bank_reg(XENGT_IRQ_PCH, 8), 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(nothing_at_power_on),
		rig_test(each_bank_has_its_master_bit),
		rig_test(masked_events_are_lost),
		rig_test(two_events_deep),
		rig_test(one_message_for_each_edge),
		rig_test(pirq_form_goes_through_as_it_is),
		rig_test(only_a_bus_master_sends),
		rig_test(a_refused_message_is_tried_again),
		rig_test(without_msi_the_pin_follows),
		rig_test(gone_is_silent),
		rig_test(reset_lowers_and_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
