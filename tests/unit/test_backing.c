/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests RAM behind BAR0: when the device adds and removes it, and that the guest sees no
 * difference between RAM and traps.
 *
 * promise: P15
 */
#include "rig.h"

#define GGTT		0x800000u
#define LOW_FIRST	((uint32_t)(RIG_LOW_BASE / 4096))
#define HIGH_FIRST	((uint32_t)(RIG_HIGH_BASE / 4096))
#define HIGH_COUNT	((uint32_t)(RIG_HIGH_BYTES / 4096))
#define SLICE_PAGES	((uint32_t)((RIG_LOW_BYTES + RIG_HIGH_BYTES) / 4096 / 512))
#define PAGES		(SLICE_PAGES + 1)	/* the slices' entries, and one page for
						 * the interrupt registers */
#define MAGIC		0x78000u
#define FLUSH		0x101008u
#define MASTER		0x44200u
#define PIPE_A_IIR	0x44408u

static uint64_t at(uint32_t entry)
{
	return RIG_BAR0 + GGTT + entry * 8ull;
}

static void greet(struct rig *rig)
{
	assert_int_equal(rig_read(rig, MAGIC, 8), 0x4776544776544776ull);
}

static void flush(struct rig *rig)
{
	rig_write(rig, FLUSH, 4, 1);
}

static bool store(struct rig *rig, uint64_t addr, uint32_t size, uint64_t val)
{
	return xengt_hv_fake_store(rig->fake, addr, size, val);
}

static uint64_t load(struct rig *rig, uint64_t addr, uint32_t size)
{
	uint64_t val;

	assert_true(xengt_hv_fake_load(rig->fake, addr, size, &val));
	return val;
}

static bool is_backed(const struct rig *rig)
{
	uint32_t frames = xengt_hv_fake_backed(rig->fake);

	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->ram_pages, frames);
	assert_true(!frames || frames == PAGES);
	return frames != 0;
}

/* The RAM that appears shows the registers' values, of the right page. */
static void it_shows_the_registers(void **state)
{
	struct rig *rig = *state;
	uint32_t set = 0;

	rig_write(rig, REG_GT0_IER, 4, 0x1234);
	rig_write(rig, REG_DE_PIPE_C_IER, 4, 0x5);
	greet(rig);
	assert_true(is_backed(rig));
	for (uint32_t off = REG_IRQ_PAGE_LAST & ~0xfffu; off <= REG_IRQ_PAGE_LAST; off += 4) {
		assert_int_equal(load(rig, RIG_BAR0 + off, 4), xengt_mmio_peek(rig->vgpu, off));
		set += xengt_mmio_peek(rig->vgpu, off) != 0;
	}
	assert_true(set >= 2);
}

static void comes_with_the_driver(void **state)
{
	struct rig *rig = *state;

	rig_read(rig, MASTER, 4);
	rig_write(rig, FLUSH, 4, 1);
	assert_false(is_backed(rig));
	greet(rig);
	assert_true(is_backed(rig));
	assert_int_equal(rig->gpu.own_first, RIG_BAR0 >> 12);
	assert_int_equal(rig->gpu.own_count, 4096);
	greet(rig);
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_BACK), 3);
}

static void entries_count_when_flushed(void **state)
{
	struct rig *rig = *state;
	const uint32_t last = HIGH_FIRST + HIGH_COUNT - 1;

	/* values that were written before there was RAM are still there */
	rig_write(rig, GGTT + LOW_FIRST * 8, 8, 0x5001);
	greet(rig);
	assert_int_equal(load(rig, at(LOW_FIRST), 8), 0x5001);
	rig->gpu.writes = 0;
	for (uint32_t i = 0; i < 512; i++)
		assert_true(store(rig, at(HIGH_FIRST + i), 8, 0x7001 + i * 0x1000));
	assert_true(store(rig, at(last) + 4, 4, 0x2));
	assert_true(store(rig, at(last), 4, 0x3001));
	assert_int_equal(rig->gpu.writes, 0);
	flush(rig);
	assert_int_equal(rig->gpu.hw[HIGH_FIRST], 0x7001);
	assert_int_equal(rig->gpu.hw[HIGH_FIRST + 511], 0x7001 + 511 * 0x1000);
	assert_int_equal(rig->gpu.hw[last], 0x200003001ull);
	assert_true(rig->gpu.writes <= 2 + 512 / XENGT_GGTT_WRITE_MAX);
	/* no entry has changed, so nothing is written to the hardware */
	rig->gpu.writes = 0;
	flush(rig);
	assert_int_equal(rig->gpu.writes, 0);
	/* the entry was never present, so nothing is written to the hardware */
	assert_true(store(rig, at(LOW_FIRST + 9), 8, 0x6000));
	flush(rig);
	assert_int_equal(rig->gpu.writes, 0);
	assert_int_equal(rig_read(rig, GGTT + (LOW_FIRST + 9) * 8, 8), 0x6000);
}

/*
 * An access may trap although there is RAM, because Xen emulates the instruction, or because
 * the access was already under way when the device added the RAM.
 */
static void trapped_access_is_the_same(void **state)
{
	struct rig *rig = *state;
	const uint32_t e = LOW_FIRST + 3;

	greet(rig);
	assert_true(store(rig, at(e), 8, 0x1111000000005001ull));
	rig_write(rig, GGTT + e * 8 + 4, 4, 0x22);
	assert_int_equal(load(rig, at(e), 8), 0x2200005001ull);
	assert_int_equal(rig->gpu.hw[e], 0x2200005001ull);
	assert_int_equal(rig_read(rig, GGTT + e * 8, 8), 0x2200005001ull);
}

static void registers_are_shown(void **state)
{
	struct rig *rig = *state;

	greet(rig);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0);
	/* stores trap, and the RAM has the stored values */
	assert_false(store(rig, RIG_BAR0 + MASTER, 4, 0x80000000));
	rig_write(rig, MASTER, 4, 0xffffffff);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0x80000000);
	rig_write(rig, REG_DE_PIPE_A_IMR, 4, 0);
	rig_write(rig, REG_DE_PIPE_A_IER, 4, 1);
	xengt_irq_raise(rig->vgpu, XENGT_IRQ_PIPE_A, 1);
	assert_int_equal(load(rig, RIG_BAR0 + PIPE_A_IIR, 4), 1);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0x80010000);
	rig_write(rig, PIPE_A_IIR, 4, 1);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0x80000000);
	/* the RAM has the value of a register without a row, too */
	rig_write(rig, REG_IRQ_PAGE_LAST, 4, 0x1234);
	assert_int_equal(load(rig, RIG_BAR0 + 0x44ff0, 4), 0x1234);
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(load(rig, RIG_BAR0 + 0x44ff0, 4), 0);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0);
}

/*
 * A guest can change this RAM without a store that traps; no part of the device uses such
 * values.
 */
static void shown_registers_are_not_read(void **state)
{
	struct rig *rig = *state;
	uint32_t lie = 0xdeadbeef;
	struct xengt_hv *hv = rig->hv;

	greet(rig);
	rig_write(rig, MASTER, 4, 0x80000000);
	assert_int_equal(hv->ops->write_guest(hv, gpa(RIG_BAR0 + MASTER), &lie,
					      4), 0);
	assert_int_equal(rig_read(rig, MASTER, 4), 0x80000000);
	xengt_irq_update(rig->vgpu);
	assert_int_equal(load(rig, RIG_BAR0 + MASTER, 4), 0x80000000);
}

static void stays_while_decode_is_off(void **state)
{
	struct rig *rig = *state;

	greet(rig);
	rig_cfg_write(rig, 0x04, 2, 0);
	assert_true(is_backed(rig));
	assert_true(store(rig, at(LOW_FIRST), 8, 0x9001));
	rig_cfg_write(rig, 0x04, 2, 6);
	assert_true(is_backed(rig));
	flush(rig);
	assert_int_equal(rig->gpu.hw[LOW_FIRST], 0x9001);
}

static void goes_when_bar0_moves(void **state)
{
	struct rig *rig = *state;
	const struct xengt_req magic = {
		.type = XENGT_REQ_MMIO, .addr = 0xf0000000ull + MAGIC,
		.size = 8, .count = 1, .is_read = true,
	};
	uint64_t val;

	greet(rig);
	assert_true(store(rig, at(LOW_FIRST), 8, 0x9001));
	rig_cfg_write(rig, 0x04, 2, 0);
	rig_cfg_write(rig, 0x10, 4, 0xf0000000);
	rig_cfg_write(rig, 0x04, 2, 6);
	assert_false(is_backed(rig));
	assert_false(xengt_hv_fake_load(rig->fake, at(LOW_FIRST), 8, &val));
	/* no stored value is lost, and the RAM at the new place has all stored values */
	assert_int_equal(rig->gpu.hw[LOW_FIRST], 0x9001);
	rig_request(rig, magic);
	assert_true(is_backed(rig));
	assert_int_equal(load(rig, 0xf0800000ull + LOW_FIRST * 8, 8), 0x9001);
	assert_int_equal(rig->gpu.own_first, 0xf0000);
	xengt_vgpu_unplug(rig->vgpu);
	assert_false(is_backed(rig));
	assert_int_equal(rig->gpu.own_count, 0);
}

/* The device adds no RAM while another vCPU may be in the middle of an access of BAR0. */
static void waits_for_quiet(void **state)
{
	struct rig *rig = *state;
	const struct xengt_req other = {
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + MASTER, .size = 4,
		.count = 1, .is_read = true, .vcpu = 1,
	};

	rig_request(rig, other);
	greet(rig);
	assert_false(is_backed(rig));
	xengt_hv_fake_advance(rig->fake, 15000000);
	greet(rig);
	assert_false(is_backed(rig));
	xengt_hv_fake_advance(rig->fake, 6000000);
	greet(rig);
	assert_true(is_backed(rig));
	rig_request(rig, other);
}

/*
 * Xen refuses one part of the RAM after another: accesses trap where RAM is missing,
 * and at the end nothing is left.
 */
static void works_without(void **state)
{
	struct rig *rig = *state;

	for (uint32_t nth = 1; nth <= 3; nth++) {
		uint32_t frames;

		xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_BACK, nth, -ENOMEM);
		greet(rig);
		frames = xengt_hv_fake_backed(rig->fake);
		assert_true(frames < PAGES);
		assert_int_equal(xengt_vgpu_counters(rig->vgpu)->ram_pages,
				 frames);
		rig_write(rig, GGTT + LOW_FIRST * 8, 8, 0x1001 * nth | 1);
		rig_write(rig, GGTT + HIGH_FIRST * 8, 8, 0x2001 * nth | 1);
		flush(rig);
		assert_int_equal(rig->gpu.hw[LOW_FIRST], 0x1001 * nth | 1);
		assert_int_equal(rig->gpu.hw[HIGH_FIRST], 0x2001 * nth | 1);
		xengt_backing_release(rig->vgpu);
		assert_int_equal(xengt_hv_fake_backed(rig->fake), 0);
	}
	/*
	 * a part of the RAM cannot be allocated: BAR0 gets no RAM at all, and the device tries
	 * again later
	 */
	for (uint32_t nth = 1; nth <= 3; nth++) {
		uint32_t before = xengt_hv_fake_calls(rig->fake,
						      XENGT_HV_FAKE_BACK);

		xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_BACK, nth,
				     -ENOTCONN);
		rig_read(rig, MAGIC, 4);
		assert_int_equal(xengt_hv_fake_backed(rig->fake), 0);
		assert_int_equal(xengt_hv_fake_calls(rig->fake,
						     XENGT_HV_FAKE_BACK),
				 before + nth);
		greet(rig);
		assert_int_equal(xengt_hv_fake_backed(rig->fake), PAGES);
		xengt_backing_release(rig->vgpu);
	}
	/*
	 * if own_frames fails, BAR0 gets no RAM: otherwise the GPU could reach this RAM by
	 * entries that point to it
	 */
	rig->gpu.own_error = -EINVAL;
	greet(rig);
	assert_int_equal(xengt_hv_fake_backed(rig->fake), 0);
	rig->gpu.own_error = 0;
	xengt_backing_release(rig->vgpu);
	/*
	 * if stores to registers cannot trap, the page must not become RAM,
	 * because the device would miss these stores
	 */
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_TRACK, 1, -EINVAL);
	greet(rig);
	assert_int_equal(xengt_hv_fake_backed(rig->fake), SLICE_PAGES);
	assert_int_equal(rig_read(rig, MASTER, 4), 0);
}

/*
 * The GPU refuses a write in the middle of a flush: the device and the RAM are
 * gone.
 */
static void hardware_refuses(void **state)
{
	struct rig *rig = *state;
	uint64_t written;

	greet(rig);
	for (uint32_t i = 0; i < 2048; i += 2)
		assert_true(store(rig, at(HIGH_FIRST + i), 8, 0x7001));
	rig->gpu.write_error = -EIO;
	written = xengt_vgpu_counters(rig->vgpu)->ggtt_entries;
	flush(rig);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -EIO);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->ggtt_entries, written);
	assert_false(is_backed(rig));
	assert_int_equal(rig->gpu.zaps, 1);
}

/*
 * The GPU refuses a write while BAR0 moves, when stored entries go to the GPU: nothing is set
 * up at the new place, and the OpRegion is not mapped again.
 */
static void hardware_refuses_while_moving(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0xfc, 4, 0xfd000000);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 2);
	greet(rig);
	assert_true(store(rig, at(LOW_FIRST), 8, 0x7001));
	rig->gpu.write_error = -EIO;
	rig_cfg_write(rig, 0x10, 4, 0xf0000000);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -EIO);
	assert_false(is_backed(rig));
	assert_int_equal(rig->gpu.zaps, 1);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
	assert_false(xengt_hv_fake_aperture(rig->fake, &(gfn_t){ 0 }));
}

static void overlaid_by_the_aperture(void **state)
{
	struct rig *rig = *state;

	/* the guest places BAR0 at the slice's address, 32 MiB above the start of BAR2 */
	rig_cfg_write(rig, 0x04, 2, 0);
	rig_cfg_write(rig, 0x10, 4, 0xd2000000);
	rig_cfg_write(rig, 0x04, 2, 6);
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = 0xd2000000ull + MAGIC,
		.size = 8, .count = 1, .is_read = true,
	});
	assert_false(is_backed(rig));
}

/* Without a high slice the device asks only for the two other ranges of RAM behind BAR0. */
static void without_a_high_slice(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig.gpu.info.high_base = 0;
	rig.gpu.info.high_bytes = 0;
	rig_create(&rig);
	rig_decode(&rig);
	greet(&rig);
	assert_int_equal(xengt_hv_fake_calls(rig.fake, XENGT_HV_FAKE_BACK), 2);
	assert_false(rig.vgpu->backing.is_refused);
	assert_int_equal(xengt_hv_fake_backed(rig.fake),
			 1 + (RIG_LOW_BYTES / XENGT_PAGE_SIZE * 8) / XENGT_PAGE_SIZE);
	rig_destroy(&rig);
}

#define backing_test(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		backing_test(it_shows_the_registers),
		backing_test(comes_with_the_driver),
		backing_test(entries_count_when_flushed),
		backing_test(trapped_access_is_the_same),
		backing_test(registers_are_shown),
		backing_test(shown_registers_are_not_read),
		backing_test(stays_while_decode_is_off),
		backing_test(goes_when_bar0_moves),
		backing_test(waits_for_quiet),
		backing_test(works_without),
		backing_test(hardware_refuses),
		backing_test(hardware_refuses_while_moving),
		backing_test(overlaid_by_the_aperture),
		cmocka_unit_test(without_a_high_slice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
