/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests resets by the guest: of single engines, of all engines, and of the PCI
 * function.
 */
#include "rig.h"

#include "core/reset.h"

static const struct { uint32_t base, domain; } engines[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = { 0x02000, 0x02 },
	[XENGT_ENGINE_VCS] = { 0x12000, 0x04 },
	[XENGT_ENGINE_VECS] = { 0x1a000, 0x10 },
	[XENGT_ENGINE_BCS] = { 0x22000, 0x08 },
};

/* Put work into a port without checking whether the work makes sense. */
static void occupy(struct rig *rig, uint32_t id)
{
	uint32_t elsp = engines[id].base + XENGT_RING_ELSP;

	rig_write(rig, engines[id].base + XENGT_RING_MODE, 4, 0x80008000);
	rig_write(rig, elsp, 4, 0);
	rig_write(rig, elsp, 4, 0);
	rig_write(rig, elsp, 4, 0x1234);
	rig_write(rig, elsp, 4, RIG_LOW_BASE | 0x119);
}

static void dirty(struct rig *rig)
{
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		rig_write(rig, engines[id].base + XENGT_RING_IMR, 4, 0);
		rig_write(rig, engines[id].base + XENGT_RING_EMR, 4, id);
		occupy(rig, id);
	}
	for (uint32_t bank = 0x44300; bank < 0x44340; bank += 0x10)
		rig_write(rig, bank + 4, 4, 0);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x00010001);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT1, 0x00000001);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT3, 0x00000001);
	/* each engine gets a second event, which is latched after the first */
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT0, 0x00010001);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT1, 0x00000001);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_GT3, 0x00000001);
}

static bool is_dirty(struct rig *rig, uint32_t id)
{
	uint32_t base = engines[id].base;
	bool is_busy = !(rig_read(rig, base + XENGT_RING_MI_MODE, 4) & 0x200);

	assert_int_equal(rig_read(rig, base + XENGT_RING_EMR, 4), is_busy ? id : ~0u);
	assert_int_equal(rig_read(rig, base + XENGT_RING_MODE, 4), is_busy ? 0x8000 : 0);
	assert_int_equal(rig_read(rig, base + XENGT_RING_IMR, 4), is_busy ? 0 : ~0u);
	return is_busy;
}

static void each_domain_is_its_engine(void **state)
{
	struct rig *rig = *state;

	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		dirty(rig);
		rig->gpu.reset_mask = 0;
		rig_write(rig, XENGT_GDRST, 4, engines[id].domain);
		assert_int_equal(rig_read(rig, XENGT_GDRST, 4), 0);
		assert_int_equal(rig->gpu.reset_mask, 1u << id);
		for (uint32_t other = 0; other < XENGT_ENGINES; other++)
			assert_int_equal(is_dirty(rig, other), other != id);
	}
}

static void iirs_of_a_reset_engine_are_0(void **state)
{
	struct rig *rig = *state;

	dirty(rig);
	rig_write(rig, XENGT_GDRST, 4, 0x02);
	/*
	 * RCS and BCS share an interrupt bank: the reset drops the second event of RCS,
	 * not that of BCS
	 */
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4), 0x00010001 & ~0xffff);
	rig_write(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4, 0xffff);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4), 0x00010000);
	rig_write(rig, XENGT_GDRST, 4, 0x01);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4), 0);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT1 + XENGT_IRQ_IIR, 4), 0);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT3 + XENGT_IRQ_IIR, 4), 0);
}

static void full_reset_as_a_driver_does_it(void **state)
{
	struct rig *rig = *state;

	dirty(rig);
	rig_write(rig, REG_PIPE_CONF, 4, 0x80000000);
	rig_write(rig, REG_PVINFO_PDP, 8, 0x12345000);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		rig_write(rig, engines[id].base + XENGT_RING_RESET_CTL, 4, 0x00010001);
		assert_int_equal(rig_read(rig, engines[id].base + XENGT_RING_RESET_CTL, 4),
				 0x3);
	}
	rig_write(rig, XENGT_GDRST, 4, 1);
	rig_write(rig, XENGT_GDRST, 4, 1);
	assert_int_equal(rig_read(rig, XENGT_GDRST, 4), 0);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		assert_false(is_dirty(rig, id));
		rig_write(rig, engines[id].base + XENGT_RING_RESET_CTL, 4, 0x00010000);
		assert_int_equal(rig_read(rig, engines[id].base + XENGT_RING_RESET_CTL, 4), 0);
	}
	assert_int_equal(rig->gpu.reset_mask, XENGT_RESET_ALL_ENGINES);
	/* at the second reset there was no work to drop, so the GPU was not reset */
	assert_int_equal(rig->gpu.resets, 1);
	/* registers outside of the GT keep their values */
	assert_int_equal(rig_read(rig, REG_PIPE_CONF, 4) & 0x80000000, 0x80000000);
	assert_int_equal(rig_read(rig, REG_PVINFO_PDP, 8), 0x12345000);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->resets, 2);
}

/*
 * Broadwell has no register at this offset of an engine. A reset of the engine does not reset
 * the memory that the guest finds there.
 */
static void a_register_of_another_platform(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, XENGT_PLATFORM_BDW);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		rig_write(&rig, engines[id].base + 0xd4, 4, 0x1234);
		rig_write(&rig, engines[id].base + XENGT_RING_EMR, 4, 0);
	}
	rig_write(&rig, XENGT_GDRST, 4, 1);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		assert_int_equal(rig_read(&rig, engines[id].base + 0xd4, 4), 0x1234);
		assert_int_equal(rig_read(&rig, engines[id].base + XENGT_RING_EMR, 4), ~0u);
	}
	rig_destroy(&rig);
}

static void other_bits_reset_nothing(void **state)
{
	struct rig *rig = *state;

	dirty(rig);
	rig_write(rig, XENGT_GDRST, 4, ~0x1fu);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++)
		assert_true(is_dirty(rig, id));
	assert_int_equal(rig->gpu.resets, 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->resets, 0);
}

/*
 * If a reset fails, the vGPU ends: otherwise work could continue although the guest
 * believes that the reset dropped it.
 */
static void a_reset_that_fails_ends_the_vgpu(void **state)
{
	struct rig *rig = *state;

	dirty(rig);
	rig->gpu.reset_error = -EIO;
	rig_write(rig, XENGT_GDRST, 4, 1);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -EIO);
	assert_int_equal(rig->gpu.zaps, 1);
	assert_int_equal(rig_read(rig, XENGT_GDRST, 4), 0xffffffff);
}

static void function_level_reset(void **state)
{
	struct rig *rig = *state;

	dirty(rig);
	rig_write(rig, (uint32_t)(0x800000 + RIG_LOW_BASE / 512), 8, 0x5001);
	rig_write(rig, REG_NO_ROW, 4, 77);
	assert_int_equal(rig_cfg_read(rig, 0xa4, 4), 0x03060013);
	/* only bit 0 of the control byte has an effect, and the byte reads as 0 */
	rig_cfg_write(rig, 0xa8, 1, 0xfe);
	assert_int_equal(rig_read(rig, REG_NO_ROW, 4), 77);
	rig_cfg_write(rig, 0xa8, 1, 1);
	assert_int_equal(rig_cfg_read(rig, 0xa8, 2), 0);
	assert_int_equal(rig_cfg_read(rig, 0x04, 2), 0);
	assert_int_equal(rig_cfg_read(rig, 0x10, 4), 4);
	assert_int_equal(rig->gpu.reset_mask, XENGT_RESET_ALL_ENGINES);
	rig_decode(rig);
	assert_int_equal(rig_read(rig, REG_NO_ROW, 4), 0);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4), 0);
	assert_int_equal(rig_read(rig,
				  (uint32_t)(0x800000 + RIG_LOW_BASE / 512), 8),
			 0);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++)
		assert_false(is_dirty(rig, id));
}

/* The PCI function says that its state survives D3hot, so the state must survive. */
static void d3hot_and_back_is_nothing(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig_cfg_read(rig, 0xd4, 2), 0x0008);
	rig_write(rig, REG_NO_ROW, 4, 77);
	rig_cfg_write(rig, 0xd4, 2, 3);
	assert_int_equal(rig_cfg_read(rig, 0xd4, 2), 0x000b);
	rig_cfg_write(rig, 0xd4, 2, 0);
	assert_int_equal(rig_cfg_read(rig, 0xd4, 2), 0x0008);
	assert_int_equal(rig_read(rig, REG_NO_ROW, 4), 77);
	assert_int_equal(rig->gpu.resets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(each_domain_is_its_engine),
		rig_test(iirs_of_a_reset_engine_are_0),
		rig_test(full_reset_as_a_driver_does_it),
		cmocka_unit_test(a_register_of_another_platform),
		rig_test(other_bits_reset_nothing),
		rig_test(a_reset_that_fails_ends_the_vgpu),
		rig_test(function_level_reset),
		rig_test(d3hot_and_back_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
