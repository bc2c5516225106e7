/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the access path of BAR0, registers without a row, and handlers by name
 * (src/core/mmio.c, regs/pvinfo.c, regs/chicken.c).
 */
#include "rig.h"

static void pvinfo(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), 0x4776544776544776);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 4), 0x76544776);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC + 4, 4), 0x47765447);
	assert_int_equal(rig_read(rig, REG_PVINFO_VERSION, 2), 1);
	assert_int_equal(rig_read(rig, REG_PVINFO_VERSION + 2, 2), 0);
	assert_int_equal(rig_read(rig, REG_PVINFO_VGT_ID, 4), 3);
	assert_int_equal(rig_read(rig, REG_PVINFO_CAPS, 4), 0x1c);
	assert_int_equal(rig_read(rig, REG_PVINFO_CAPS + 4, 4), 0);
	assert_int_equal(rig_read(rig, REG_PVINFO_LOW, 4), RIG_LOW_BASE);
	assert_int_equal(rig_read(rig, REG_PVINFO_LOW + 4, 4), RIG_LOW_BYTES);
	assert_int_equal(rig_read(rig, REG_PVINFO_HIGH, 4), RIG_HIGH_BASE);
	assert_int_equal(rig_read(rig, REG_PVINFO_HIGH + 4, 4), RIG_HIGH_BYTES);
	assert_int_equal(rig_read(rig, REG_PVINFO_FENCES, 4), 4);
	assert_int_equal(rig_read(rig, REG_PVINFO_CURSOR_HOT, 8), ALL_ONES);
	/* drivers read PVINFO in every width */
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC + i, 1),
				 0x4776544776544776 >> 8 * i & 0xff);
	/* the guest cannot change fields that only the device writes */
	rig_write(rig, XENGT_PVINFO_MAGIC, 8, 0);
	rig_write(rig, REG_PVINFO_LOW + 4, 4, ~0u);
	rig_write(rig, REG_PVINFO_CAPS, 4, ~0u);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), 0x4776544776544776);
	assert_int_equal(rig_read(rig, REG_PVINFO_LOW + 4, 4), RIG_LOW_BYTES);
	assert_int_equal(rig_read(rig, REG_PVINFO_CAPS, 4), 0x1c);
	/* fields that the guest writes keep their value */
	rig_write(rig, REG_PVINFO_DISPLAY_READY, 4, 1);
	rig_write(rig, REG_PVINFO_PDP, 8, 0x123456789000);
	rig_write(rig, REG_PVINFO_G2V_NOTIFY, 4, 4);
	assert_int_equal(rig_read(rig, REG_PVINFO_DISPLAY_READY, 4), 1);
	assert_int_equal(rig_read(rig, REG_PVINFO_PDP, 8), 0x123456789000);
	assert_int_equal(rig_read(rig, REG_PVINFO_G2V_NOTIFY, 4), 4);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->reg_unknown, 1);
}

static void forcewake_is_granted(void **state)
{
	struct rig *rig = *state;

	static const struct { uint32_t req, ack; } pairs[] = {
		{ 0xa188, 0x130044 }, { 0xa270, 0x0d88 }, { 0xa278, 0x0d84 },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(pairs); i++) {
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 0);
		rig_write(rig, pairs[i].req, 4, 0x00010001);
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 1);
		rig_write(rig, pairs[i].req, 4, 0x80008000);
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 0x8001);
		/* a store without mask bits changes nothing */
		rig_write(rig, pairs[i].req, 4, 0x0000ffff);
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 0x8001);
		rig_write(rig, pairs[i].req, 4, 0x00010000);
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 0x8000);
		/* only the device writes the acknowledge register */
		rig_write(rig, pairs[i].ack, 4, ~0u);
		assert_int_equal(rig_read(rig, pairs[i].ack, 4), 0x8000);
	}
}

static void forcewake_of_gen8(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, XENGT_PLATFORM_BDW);
	rig_write(&rig, XENGT_FORCEWAKE_MT, 4, 0x00010001);
	assert_int_equal(rig_read(&rig, XENGT_FORCEWAKE_MT_ACK, 4), 1);
	/* on Broadwell, a register of Gen9 is plain memory */
	rig_write(&rig, XENGT_FORCEWAKE_RENDER, 4, 0x00010001);
	assert_int_equal(rig_read(&rig, XENGT_FORCEWAKE_RENDER, 4), 0x00010001);
	assert_int_equal(rig_read(&rig, XENGT_FORCEWAKE_RENDER_ACK, 4), 0);
	rig_destroy(&rig);
}

static void resets_and_flushes_read_done(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, XENGT_GDRST, 4, 1);
	assert_int_equal(rig_read(rig, XENGT_GDRST, 4), 0);
	rig_write(rig, XENGT_GFX_FLSH_CNTL, 4, 1);
	assert_int_equal(rig_read(rig, XENGT_GFX_FLSH_CNTL, 4), 0);
	assert_int_equal(rig_read(rig, REG_FPGA_DBG, 4) & 0x80000000, 0);
}

static void denied(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, REG_DMA_CTRL, 4, 0xffffffff);
	assert_int_equal(rig_read(rig, REG_DMA_CTRL, 4), 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->reg_denied, 2);
}

static uint32_t unknown(const struct rig *rig, uint32_t from,
			struct xengt_reg_view *regs, uint32_t max)
{
	return xengt_vgpu_regs(rig->vgpu, XENGT_REGS_UNKNOWN, from, regs, max);
}

static void unknown_is_memory_and_noted(void **state)
{
	struct xengt_reg_view regs[4];
	struct rig *rig = *state;
	uint64_t before = xengt_vgpu_counters(rig->vgpu)->reg_unknown;

	assert_int_equal(unknown(rig, 0, NULL, 0), 0);
	assert_int_equal(rig_read(rig, REG_NO_ROW, 4), 0);
	rig_write(rig, REG_NO_ROW + 4, 4, 0x12345678);
	rig_write(rig, REG_NO_ROW + 5, 1, 0xab);
	assert_int_equal(rig_read(rig, REG_NO_ROW + 4, 4), 0x1234ab78);
	rig_write(rig, REG_END - 4, 4, 1);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->reg_unknown - before,
			 5);
	assert_int_equal(unknown(rig, 0, regs, 4), 3);
	assert_int_equal(regs[0].off, 0x5000);
	assert_true(regs[0].is_read && !regs[0].is_written);
	assert_int_equal(regs[1].off, 0x5004);
	assert_int_equal(regs[1].value, 0x1234ab78);
	assert_true(regs[1].is_read && regs[1].is_written);
	assert_int_equal(regs[2].off, 0x1ffffc);
	assert_true(!regs[2].is_read && regs[2].is_written);
	assert_string_equal(regs[2].name, "");
	/* read the list in two parts */
	assert_int_equal(unknown(rig, 0x5004, regs, 1), 2);
	assert_int_equal(regs[0].off, 0x5004);
	assert_int_equal(unknown(rig, 0x5008, regs, 1), 1);
	/* a list that is too long does not go beyond the caller's array */
	memset(regs, 0x5a, sizeof(regs));
	assert_int_equal(unknown(rig, 0, regs, 1), 3);
	for (size_t i = 0; i < sizeof(regs[1]); i++)
		assert_int_equal(((const uint8_t *)&regs[1])[i], 0x5a);
	/* an offset inside a register begins with this register */
	for (uint32_t from = 0x5005; from < 0x5008; from++)
		assert_int_equal(unknown(rig, from, regs, 1), 2);
	assert_int_equal(unknown(rig, ~0u, regs, 1), 0);
	/* a reset does not change the list; a short buffer gets the first part of the list */
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(unknown(rig, 0, regs, 1), 3);
	assert_int_equal(regs[0].off, 0x5000);
}

/*
 * Each unknown register is logged once, as a row that can be pasted into the table. Beyond a
 * limit, registers are listed but not logged.
 */
static void unknown_is_told_once(void **state)
{
	struct rig *rig = *state;
	uint32_t told = 0;
	char row[160];

	assert_false(xengt_vgpu_next_unknown(rig->vgpu, row, sizeof(row)));
	rig_write(rig, REG_NO_ROW + 4, 4, 1);
	rig_read(rig, REG_NO_ROW, 4);
	rig_write(rig, REG_NO_ROW + 4, 4, 2);
	assert_true(xengt_vgpu_next_unknown(rig->vgpu, row, sizeof(row)));
	assert_string_equal(row, "{ .name = \"?\", .off = 0x05004, .len = 4, .gens = XENGT_GEN9, .policy = XENGT_REG_SHADOW }, /* w */");
	assert_true(xengt_vgpu_next_unknown(rig->vgpu, row, sizeof(row)));
	assert_non_null(strstr(row, "0x05000"));
	assert_non_null(strstr(row, "/* r */"));
	assert_false(xengt_vgpu_next_unknown(rig->vgpu, row, sizeof(row)));
	rig_read(rig, REG_NO_ROW, 4);
	assert_false(xengt_vgpu_next_unknown(rig->vgpu, row, 10));
	for (uint32_t i = 0; i < 1000; i++)
		rig_read(rig, REG_NO_ROW + 4096 + 4 * i, 4);
	while (xengt_vgpu_next_unknown(rig->vgpu, row, 10))
		told++;
	assert_in_range(told, 1, XENGT_UNKNOWN_NEWS);
	assert_int_equal(strlen(row), 9);
}

static void what_differs_from_power_on(void **state)
{
	struct xengt_reg_view regs[4];
	struct rig *rig = *state;

	assert_int_equal(xengt_vgpu_regs(rig->vgpu, XENGT_REGS_DIFF, 0, regs,
					 4), 0);
	rig_write(rig, RCS + XENGT_RING_IMR, 4, 0xfffffeff);
	rig_write(rig, REG_NO_ROW, 4, 0x77);
	assert_int_equal(xengt_vgpu_regs(rig->vgpu, XENGT_REGS_DIFF, 0, regs,
					 4), 2);
	assert_int_equal(regs[0].off, 0x20a8);
	assert_string_equal(regs[0].name, "RING_IMR");
	assert_int_equal(regs[0].reset, 0xffffffff);
	assert_int_equal(regs[0].value, 0xfffffeff);
	assert_int_equal(regs[1].off, 0x5000);
	assert_string_equal(regs[1].name, "");
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(xengt_vgpu_regs(rig->vgpu, XENGT_REGS_DIFF, 0, regs,
					 4), 0);
}

static void unaligned_and_wide(void **state)
{
	struct rig *rig = *state;
	uint8_t model[32] = { 0 };
	const uint32_t base = 0x5100;

	/*
	 * these registers are plain memory, so accesses of any widths must agree with accesses
	 * of single bytes
	 */
	for (uint32_t size = 1; size <= 8; size *= 2) {
		for (uint32_t at = 0; at + size <= 24; at++) {
			uint64_t val = 0x0123456789abcdef * (at + size), want;

			rig_write(rig, base + at, size, val);
			memcpy(model + at, &val, size);
			for (uint32_t i = 0; i < 24; i++) {
				want = 0;
				memcpy(&want, model + i, size);
				assert_int_equal(rig_read(rig, base + i, size),
						 want);
			}
		}
	}
}

static void borders(void **state)
{
	const uint32_t regs_end = XENGT_REG_SPACE_BYTES;
	struct rig *rig = *state;
	uint64_t val = 0, outside;

	/*
	 * an access across the border between registers and hole reaches only
	 * the registers
	 */
	rig_write(rig, regs_end - 2, 4, 0xaabbccdd);
	assert_int_equal(rig_read(rig, regs_end - 2, 4), 0x0000ccdd);
	assert_int_equal(rig_read(rig, regs_end - 4, 8), 0xccdd0000);
	assert_int_equal(rig_read(rig, regs_end, 8), 0);
	/*
	 * an access across the end of the hole: its second half is an entry outside of the
	 * slices
	 */
	rig_write(rig, REG_GGTT - 4, 8, ALL_ONES);
	assert_int_equal(rig_read(rig, REG_GGTT - 4, 8), 0);
	rig_write(rig, REG_HOLE + 0x100000, 4, 1);
	assert_int_equal(rig_read(rig, REG_HOLE + 0x100000, 4), 0);
	/*
	 * an access across the end of BAR0, which Xen would not send, but which the core must
	 * handle
	 */
	val = 0;
	xengt_mmio_access(rig->vgpu, 0xfffffc, 8, true, &val);
	assert_int_equal(val, 0xffffffff00000000);
	xengt_mmio_access(rig->vgpu, 0xffffffff, 8, true, &val);
	assert_int_equal(val, ALL_ONES);
	xengt_mmio_access(rig->vgpu, 0x1000000, 1, true, &val);
	assert_int_equal(val, ALL_ONES);
	/* a write beyond the end changes nothing, and is no write of an entry */
	outside = xengt_vgpu_counters(rig->vgpu)->ggtt_outside;
	val = ALL_ONES;
	for (uint32_t size = 1; size <= 8; size *= 2)
		for (uint64_t at = 0x1000000; at < UINT64_C(1) << 32; at *= 2)
			xengt_mmio_access(rig->vgpu, (uint32_t)at, size, false, &val);
	xengt_mmio_access(rig->vgpu, 0xfffffffc, 8, false, &val);
	xengt_mmio_access(rig->vgpu, 0xfffffff8, 8, false, &val);
	assert_int_equal(rig->gpu.writes, 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->ggtt_outside, outside);
}

static void outside_bar0(void **state)
{
	struct rig *rig = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .size = 4, .count = 4,
		.addr = RIG_BAR0 + 0xfffff8, .is_read = true,
	};
	const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);
	uint64_t other = now->exit_other;

	/* the last of the four elements is beyond the end of the BAR */
	assert_int_equal(rig_take(rig_request(rig, req), 4), 0xffffffff);
	req.addr = RIG_BAR0 - 4;
	req.count = 1;
	assert_int_equal(rig_take(rig_request(rig, req), 4), 0xffffffff);
	req.addr = 0;
	assert_int_equal(rig_take(rig_request(rig, req), 4), 0xffffffff);
	assert_int_equal(now->exit_other - other, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(pvinfo),
		rig_test(forcewake_is_granted),
		cmocka_unit_test(forcewake_of_gen8),
		rig_test(resets_and_flushes_read_done),
		rig_test(denied),
		rig_test(unknown_is_memory_and_noted),
		rig_test(unknown_is_told_once),
		rig_test(what_differs_from_power_on),
		rig_test(unaligned_and_wide),
		rig_test(borders),
		rig_test(outside_bar0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
