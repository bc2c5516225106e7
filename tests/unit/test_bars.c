/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests how the device model calls the hypervisor when BARs and COMMAND change. */
#include "rig.h"

#include <errno.h>

static bool is_trapped_at(const struct rig *rig, uint64_t base)
{
	return xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_MMIO, base,
					base + 16 * XENGT_MIB - 1);
}

static uint32_t traps(const struct rig *rig)
{
	return xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO);
}

/*
 * Returns the guest address at which the slice is mapped, minus the slice's offset in
 * BAR2, or 0 if the slice is not mapped.
 */
static uint64_t aperture_at(const struct rig *rig)
{
	gfn_t at;

	if (!xengt_hv_fake_aperture(rig->fake, &at))
		return 0;
	return gpa_x(gfn_to_gpa(at)) - RIG_LOW_BASE;
}

static void nothing_without_decode(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig_create(&rig);
	/* decode is on, but the BARs have no address */
	rig_cfg_write(&rig, 0x04, 2, 0x0002);
	assert_int_equal(traps(&rig), 0);
	assert_int_equal(aperture_at(&rig), 0);
	rig_cfg_write(&rig, 0x04, 2, 0x0000);
	/* the BARs have addresses, but decode is off */
	rig_cfg_write(&rig, 0x10, 4, (uint32_t)RIG_BAR0);
	rig_cfg_write(&rig, 0x18, 4, (uint32_t)RIG_BAR2);
	assert_int_equal(traps(&rig), 0);
	assert_int_equal(aperture_at(&rig), 0);
	/* the bit for I/O decode can be set, for the VGA arbiter, but has no effect */
	rig_cfg_write(&rig, 0x04, 2, 0x0007);
	assert_int_equal(rig_cfg_read(&rig, 0x04, 2), 0x0007);
	assert_true(is_trapped_at(&rig, RIG_BAR0));
	assert_int_equal(aperture_at(&rig), RIG_BAR2);
	rig_cfg_write(&rig, 0x04, 1, 0x04);
	assert_int_equal(traps(&rig), 0);
	assert_int_equal(aperture_at(&rig), 0);
	assert_int_equal(xengt_vgpu_counters(rig.vgpu)->bar_refused, 0);
	rig_destroy(&rig);
}

static void moves(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0x10, 4, 0xc1000000);
	assert_int_equal(traps(rig), 1);
	assert_true(is_trapped_at(rig, 0xc1000000));
	/* the low four bits do not belong to the address */
	rig_cfg_write(rig, 0x10, 4, 0xc200000f);
	assert_int_equal(rig_cfg_read(rig, 0x10, 4), 0xc2000004);
	assert_true(is_trapped_at(rig, 0xc2000000));
	rig_cfg_write(rig, 0x18, 4, 0xa000000c);
	assert_int_equal(aperture_at(rig), 0xa0000000);
	/* a write of one byte of a BAR moves the mapping, too */
	rig_cfg_write(rig, 0x1b, 1, 0x90);
	assert_int_equal(aperture_at(rig), 0x90000000);
	/* a write may change two bytes of one BAR, but not bytes of two BARs */
	rig_cfg_write(rig, 0x12, 2, 0xc300);
	assert_true(is_trapped_at(rig, 0xc3000000));
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused, 0);
}

static void above_4g_in_two_halves(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0x1c, 4, 0x12);
	assert_int_equal(aperture_at(rig), 0x12d0000000);
	/*
	 * if the BAR is above 4 GiB, a low half with all writable bits set is an address,
	 * not a query of the size
	 */
	rig_cfg_write(rig, 0x18, 4, 0xf0000000);
	assert_int_equal(aperture_at(rig), 0x12f0000000);
	rig_cfg_write(rig, 0x14, 4, 0x12);
	assert_int_equal(traps(rig), 1);
	assert_true(is_trapped_at(rig, 0x12e0000000));
	/* the device answers at the new address, and no longer at the old one */
	assert_int_equal(rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = 0x12e0078000, .size = 8,
		.count = 1, .is_read = true }), 0x4776544776544776);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), ALL_ONES);
}

static void same_value_again_is_free(void **state)
{
	struct rig *rig = *state;
	uint32_t calls = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_TRAP) +
			 xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE);

	rig_decode(rig);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_TRAP) +
			 xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_APERTURE),
			 calls);
}

static void insane_addresses(void **state)
{
	/*
	 * the hypervisor refuses these addresses: they are beyond the guest's
	 * physical addresses
	 */
	static const uint64_t bad[] = { 0x10000000000, 0xfffffffe00000000 };
	struct rig *rig = *state;
	uint64_t refused = 0;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++) {
		rig_cfg_write(rig, 0x04, 2, 0);
		rig_cfg_write(rig, 0x18, 4, (uint32_t)bad[i]);
		rig_cfg_write(rig, 0x1c, 4, (uint32_t)(bad[i] >> 32));
		rig_cfg_write(rig, 0x04, 2, 0x0006);
		assert_int_equal(aperture_at(rig), 0);
		assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused,
				 ++refused);
		/* the device continues to work, and its registers answer */
		assert_int_equal(rig_read(rig, REG_PVINFO_VERSION, 2), 1);
	}
	/* at an address that the hypervisor accepts, the slice is mapped again */
	rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	rig_cfg_write(rig, 0x1c, 4, 0);
	assert_int_equal(aperture_at(rig), RIG_BAR2);
	assert_int_equal(xengt_hv_fake_faults(rig->fake), 0);
}

/*
 * A guest places the slice over its RAM. Xen would replace the RAM, so the
 * slice is not mapped.
 */
static void over_ram(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare_ram(&rig, XENGT_PLATFORM_SKL,
			20 * XENGT_MIB / XENGT_PAGE_SIZE);
	rig.cfg.aperture_bytes = XENGT_APERTURE_MIN;
	rig.gpu.info.low_base = 2 * XENGT_MIB;
	rig.gpu.info.low_bytes = 4 * XENGT_MIB;
	rig_create(&rig);
	rig_decode(&rig);
	assert_false(xengt_vgpu_counters(rig.vgpu)->bar_refused);
	rig_cfg_write(&rig, 0x18, 4, 0x01000000);
	assert_false(xengt_hv_fake_aperture(rig.fake, &(gfn_t){ 0 }));
	assert_int_equal(xengt_vgpu_counters(rig.vgpu)->bar_refused, 1);
	rig_cfg_write(&rig, 0x18, 4, 0x02000000);
	assert_true(xengt_hv_fake_aperture(rig.fake, &(gfn_t){ 0 }));
	rig_destroy(&rig);
}

static void trap_refused(void **state)
{
	struct rig *rig = *state;

	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_TRAP, 2, -ENOSPC);
	rig_cfg_write(rig, 0x10, 4, 0xc1000000);
	assert_int_equal(traps(rig), 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused, 1);
	/*
	 * Xen may deliver a request after the range was removed; its answer is all-ones
	 */
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), ALL_ONES);
	/* at the next write of any BAR, the device tries again */
	rig_cfg_write(rig, 0x10, 4, 0xc1000000);
	assert_true(is_trapped_at(rig, 0xc1000000));
}

static void unmap_refused(void **state)
{
	struct rig *rig = *state;

	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_APERTURE, 1, -EIO);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	/*
	 * the slice is still at the old place, because it must never be at two
	 * places
	 */
	assert_int_equal(aperture_at(rig), RIG_BAR2);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused, 1);
	rig_cfg_write(rig, 0x04, 2, 0x0006);
	assert_int_equal(aperture_at(rig), 0xa0000000);
}

/*
 * The broker did not answer a mapping in time. When a broker answers again, the device
 * model repeats the mapping once.
 */
static void mapped_again(void **state)
{
	struct rig *rig = *state;

	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_APERTURE, 2, -ETIMEDOUT);
	rig_cfg_write(rig, 0x18, 4, 0xa0000000);
	assert_int_equal(aperture_at(rig), 0);
	/* the device model maps nothing while it cannot unmap what may be mapped */
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_APERTURE, 1, -ETIMEDOUT);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(aperture_at(rig), 0);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(aperture_at(rig), 0xa0000000);
	/* one more call repeats nothing, because the mapping is there */
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(aperture_at(rig), 0xa0000000);
	/* the device model also repeats an unmapping that the broker did not answer */
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_APERTURE, 1, -ETIMEDOUT);
	rig_cfg_write(rig, 0x04, 2, 0x0004);
	assert_int_equal(aperture_at(rig), 0xa0000000);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(aperture_at(rig), 0);
	xengt_vgpu_unplug(rig->vgpu);
	xengt_vgpu_map_again(rig->vgpu);
	assert_int_equal(traps(rig), 0);
}

static void untrap_refused(void **state)
{
	struct rig *rig = *state;

	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_TRAP, 1, -EIO);
	rig_cfg_write(rig, 0x04, 2, 0x0004);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused, 1);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), ALL_ONES);
}

static void random_writes_keep_the_law(void **state)
{
	struct rig *rig = *state;
	uint32_t seed = 1;

	for (int i = 0; i < 20000; i++) {
		static const uint32_t regs[] = {
			0x04, 0x10, 0x14, 0x18, 0x1c, 0x12, 0x1b, 0x05,
		};
		uint32_t reg, size, val;

		seed = seed * 1664525u + 1013904223u;
		reg = regs[seed >> 8 & 7];
		size = 1u << (seed >> 12) % 3;
		val = seed >> 16 & 1 ? 0xffffffff : seed * 0x9e3779b1u;
		if (reg == 0x14 || reg == 0x1c)
			val &= seed >> 17 & 1 ? 0x1ff : 0xffffffff;
		if (reg == 0x04)
			val |= seed >> 18 & 2;
		rig_cfg_write(rig, reg, size, val);
		/*
		 * at most one range is trapped, and it is exactly the range in
		 * configuration space
		 */
		assert_in_range(traps(rig), 0, 1);
		if (!(rig_cfg_read(rig, 0x04, 2) & 2)) {
			assert_int_equal(traps(rig), 0);
			assert_int_equal(aperture_at(rig), 0);
		}
		if (traps(rig)) {
			uint64_t base = (uint64_t)rig_cfg_read(rig, 0x14, 4)
					<< 32 |
					(rig_cfg_read(rig, 0x10, 4) & ~0xfu);

			assert_true(is_trapped_at(rig, base));
		}
	}
	assert_int_equal(xengt_hv_fake_faults(rig->fake), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_without_decode),
		rig_test(moves),
		rig_test(above_4g_in_two_halves),
		rig_test(same_value_again_is_free),
		rig_test(insane_addresses),
		cmocka_unit_test(over_ram),
		rig_test(trap_refused),
		rig_test(unmap_refused),
		rig_test(mapped_again),
		rig_test(untrap_refused),
		rig_test(random_writes_keep_the_law),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
