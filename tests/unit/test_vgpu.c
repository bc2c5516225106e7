/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests a vGPU from creation to end: creation with every refusal, requests, resets, and the
 * ways in which the vGPU ends.
 */
#include "rig.h"

#include <errno.h>

static void birth_and_death(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig_create(&rig);
	/* before decode is on, the device traps its PCI function and nothing else */
	assert_true(xengt_hv_fake_is_trapped(rig.fake, XENGT_RANGE_PCI, 0x10,
					     0x10));
	assert_int_equal(xengt_hv_fake_ranges(rig.fake, XENGT_RANGE_MMIO), 0);
	assert_ptr_equal(rig.hv->counters, xengt_vgpu_counters(rig.vgpu));
	rig_decode(&rig);
	xengt_vgpu_destroy(rig.vgpu);
	rig.vgpu = NULL;
	assert_int_equal(xengt_hv_fake_ranges(rig.fake, XENGT_RANGE_PCI), 0);
	assert_int_equal(xengt_hv_fake_ranges(rig.fake, XENGT_RANGE_MMIO), 0);
	assert_false(xengt_hv_fake_aperture(rig.fake, &(gfn_t){ 0 }));
	assert_null(rig.hv->counters);
	rig_destroy(&rig);
}

static void refuse(const struct rig *rig, const struct xengt_vgpu_config *cfg,
		   int want)
{
	struct xengt_vgpu *vgpu = NULL;

	assert_int_equal(xengt_vgpu_create(cfg, &vgpu), want);
	assert_null(vgpu);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_PCI), 0);
	assert_null(rig->hv->counters);
}

static void bad_configurations(void **state)
{
	static const uint64_t apertures[] = {
		0, 1, 4096, XENGT_APERTURE_MIN / 2, XENGT_APERTURE_MIN + 4096,
		3 * XENGT_APERTURE_MIN, XENGT_APERTURE_MAX * 2,
	};
	struct xengt_vgpu_config cfg;
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	cfg = rig.cfg;
	cfg.platform = XENGT_PLATFORM_NONE;
	refuse(&rig, &cfg, -EINVAL);
	cfg = rig.cfg;
	cfg.slot = 0;
	refuse(&rig, &cfg, -EINVAL);
	cfg.slot = 32;
	refuse(&rig, &cfg, -EINVAL);
	cfg = rig.cfg;
	cfg.gpu = NULL;
	refuse(&rig, &cfg, -EINVAL);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(apertures); i++) {
		cfg = rig.cfg;
		cfg.aperture_bytes = apertures[i];
		refuse(&rig, &cfg, -EINVAL);
	}
	rig_destroy(&rig);
}

/* Values at the limits are accepted; the values beyond them are in bad_configurations(). */
static void configurations_at_the_limits(void **state)
{
	static const uint64_t apertures[] = { XENGT_APERTURE_MIN, XENGT_APERTURE_MAX };
	static const struct {
		uint32_t bytes;
		bool is_fine;
	} edids[] = {
		{ 0, true }, { 127, false }, { 128, true }, { 129, false },
		{ XENGT_EDID_MAX_BYTES, true },
		{ XENGT_EDID_MAX_BYTES + XENGT_EDID_BLOCK_BYTES, false },
	};
	static const uint8_t edid[2 * XENGT_EDID_MAX_BYTES];
	struct xengt_vgpu_config cfg;
	struct xengt_vgpu *vgpu;
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	for (uint8_t slot = 1; slot <= 31; slot += 30) {
		cfg = rig.cfg;
		cfg.slot = slot;
		assert_int_equal(xengt_vgpu_create(&cfg, &vgpu), 0);
		xengt_vgpu_destroy(vgpu);
	}
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(edids); i++) {
		cfg = rig.cfg;
		cfg.edid = edid;
		cfg.edid_bytes = edids[i].bytes;
		if (!edids[i].is_fine) {
			refuse(&rig, &cfg, -EINVAL);
			continue;
		}
		assert_int_equal(xengt_vgpu_create(&cfg, &vgpu), 0);
		xengt_vgpu_destroy(vgpu);
	}
	cfg = rig.cfg;
	cfg.hv = NULL;
	refuse(&rig, &cfg, -EINVAL);
	/* the slices begin and end where the aperture and the rest of the GGTT do */
	for (int i = 0; i < 2; i++) {
		cfg = rig.cfg;
		cfg.aperture_bytes = apertures[i];
		rig.gpu.info.low_base = apertures[i] - rig.gpu.info.low_bytes;
		rig.gpu.info.high_base = i ? 0 : apertures[i];
		rig.gpu.info.high_bytes = i ? 0 : RIG_HIGH_BYTES;
		assert_int_equal(xengt_vgpu_create(&cfg, &vgpu), 0);
		xengt_vgpu_destroy(vgpu);
	}
	rig_destroy(&rig);
}

static void bad_slices(void **state)
{
	const uint64_t span = 4096ull * XENGT_MIB;
	struct xengt_vgpu_info good;
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	good = rig.gpu.info;
#define REFUSE(error, ...)						\
	do {								\
		rig.gpu.info = good;					\
		__VA_ARGS__;						\
		refuse(&rig, &rig.cfg, error);				\
	} while (0)
	REFUSE(-EINVAL, rig.gpu.info.low_bytes = 0);
	REFUSE(-EINVAL, rig.gpu.info.low_base += XENGT_PAGE_SIZE);
	REFUSE(-EINVAL, rig.gpu.info.low_bytes -= XENGT_PAGE_SIZE);
	REFUSE(-EINVAL, rig.gpu.info.low_base = RIG_APERTURE - XENGT_MIB * 2);
	REFUSE(-EINVAL, rig.gpu.info.low_bytes = UINT64_MAX & ~0x1fffffull);
	REFUSE(-EINVAL, rig.gpu.info.high_base = span - XENGT_MIB * 2);
	REFUSE(-EINVAL, rig.gpu.info.high_base = span + XENGT_MIB * 2);
	REFUSE(-EINVAL, rig.gpu.info.high_base = RIG_APERTURE - 2 * XENGT_MIB);
	REFUSE(-EINVAL, rig.gpu.info.high_base += XENGT_PAGE_SIZE);
	REFUSE(-EINVAL, rig.gpu.info.high_bytes += XENGT_PAGE_SIZE);
	REFUSE(-EINVAL, rig.gpu.info.low_base = RIG_APERTURE);
	REFUSE(-ESTALE, rig.gpu.info.state = XENGT_VGPU_ZAPPED);
	REFUSE(-EIO, rig.gpu.info_error = -EIO);
	rig.gpu.info_error = 0;
	/*
	 * a vGPU without a high slice is accepted, and so is a vGPU whose high
	 * slice ends at the GGTT's end
	 */
	rig.gpu.info = good;
	rig.gpu.info.high_base = 0;
	rig.gpu.info.high_bytes = 0;
	rig_create(&rig);
	xengt_vgpu_destroy(rig.vgpu);
	rig.gpu.info = good;
	rig.gpu.info.high_base = span - RIG_HIGH_BYTES;
	rig_create(&rig);
	rig_destroy(&rig);
#undef REFUSE
}

static void hv_refuses_the_function(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	xengt_hv_fake_inject(rig.fake, XENGT_HV_FAKE_TRAP, 1, -ENOSPC);
	refuse(&rig, &rig.cfg, -ENOSPC);
	rig_destroy(&rig);
}

static void other_requests(void **state)
{
	struct rig *rig = *state;
	struct xengt_counters before = *xengt_vgpu_counters(rig->vgpu);
	const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);
	struct xengt_req req = {
		.addr = 0x3c4, .size = 1, .count = 1, .is_read = true,
	};

	req.type = XENGT_REQ_PIO;
	assert_int_equal(rig_request(rig, req), ALL_ONES);
	req.type = XENGT_REQ_TIMEOFFSET;
	req.is_read = false;
	rig_request(rig, req);
	assert_int_equal(now->exit_other - before.exit_other, 2);
	for (unsigned int type = 0; type < 256; type++) {
		if (type == XENGT_REQ_PIO || type == XENGT_REQ_MMIO ||
		    type == XENGT_REQ_PCI_CONFIG ||
		    type == XENGT_REQ_TIMEOFFSET ||
		    type == XENGT_REQ_INVALIDATE)
			continue;
		req.type = (uint8_t)type;
		req.is_read = true;
		assert_int_equal(rig_request(rig, req), ALL_ONES);
	}
	assert_int_equal(now->exit_invalid - before.exit_invalid, 251);
}

/* The device answers any request (rig_request() checks this). */
static void nonsense_is_answered(void **state)
{
	static const uint32_t numbers[] = {
		0, 1, 2, 3, 4, 8, 9, 4096, 4097, 0x7fffffff, 0x80000000,
		0xffffffff,
	};
	struct rig *rig = *state;
	const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);
	uint64_t asked = 0, before = now->exit_invalid;

	for (size_t size = 0; size < XENGT_ARRAY_SIZE(numbers); size++)
	for (size_t count = 0; count < XENGT_ARRAY_SIZE(numbers); count++)
	for (unsigned int bits = 0; bits < 16; bits++) {
		rig_request(rig, (struct xengt_req){
			.type = bits & 8 ? XENGT_REQ_PCI_CONFIG :
					   XENGT_REQ_MMIO,
			.addr = bits & 8 ? rig_sbdf(RIG_SLOT) : RIG_BAR0,
			.size = numbers[size], .count = numbers[count],
			.is_read = bits & 1, .is_backward = bits & 2,
			.data_is_ptr = bits & 4, .data = 0x8000 });
		asked++;
	}
	assert_in_range(now->exit_invalid - before, asked / 2, asked - 1);
	assert_int_equal(rig_cfg_read(rig, 0, 4), 0x19168086);
}

static void exits_are_counted_by_cause(void **state)
{
	struct rig *rig = *state;
	struct xengt_counters before = *xengt_vgpu_counters(rig->vgpu);
	const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .size = 8, .count = 16, .data = 0,
		.addr = RIG_BAR0 + 0x800000 + RIG_LOW_BASE / 4096 * 8,
	};

	rig_read(rig, XENGT_PVINFO_MAGIC, 4);
	rig_read(rig, XENGT_PVINFO_MAGIC, 8);
	rig_write(rig, REG_PVINFO_DISPLAY_READY, 4, 1);
	rig_read(rig, REG_GGTT, 8);
	rig_request(rig, req);		/* 16 entries in one exit */
	rig_read(rig, REG_HOLE, 4);	/* an access between registers and GGTT */
	rig_cfg_read(rig, 0, 4);
	assert_int_equal(now->exit_reg_read - before.exit_reg_read, 2);
	assert_int_equal(now->exit_reg_write - before.exit_reg_write, 1);
	assert_int_equal(now->exit_ggtt_read - before.exit_ggtt_read, 1);
	assert_int_equal(now->exit_ggtt_write - before.exit_ggtt_write, 1);
	assert_int_equal(now->exit_other - before.exit_other, 1);
	assert_int_equal(now->exit_pci - before.exit_pci, 1);
	assert_int_equal(now->exit_invalid, before.exit_invalid);
}

/* The borders between the parts of BAR0, and beside BAR0. */
static void exits_at_the_borders(void **state)
{
	enum { REG, TABLE, OTHER };
	static const struct {
		int64_t off;
		int part;
	} cases[] = {
		{ -4, OTHER }, { 0, REG }, { XENGT_REG_SPACE_BYTES - 4, REG },
		{ XENGT_REG_SPACE_BYTES, OTHER }, { XENGT_MMIO_GGTT_OFF - 4, OTHER },
		{ XENGT_MMIO_GGTT_OFF, TABLE }, { XENGT_BAR0_BYTES - 4, TABLE },
		{ XENGT_BAR0_BYTES, OTHER },
	};
	struct rig *rig = *state;

	for (int is_read = 0; is_read < 2; is_read++) {
		for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
			const struct xengt_counters before = *xengt_vgpu_counters(rig->vgpu);
			const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);
			const int part = cases[i].part;

			rig_request(rig, (struct xengt_req){
				.type = XENGT_REQ_MMIO, .size = 4, .count = 1,
				.addr = RIG_BAR0 + (uint64_t)cases[i].off,
				.is_read = is_read });
			assert_int_equal(now->exit_reg_read - before.exit_reg_read,
					 part == REG && is_read);
			assert_int_equal(now->exit_reg_write - before.exit_reg_write,
					 part == REG && !is_read);
			assert_int_equal(now->exit_ggtt_read - before.exit_ggtt_read,
					 part == TABLE && is_read);
			assert_int_equal(now->exit_ggtt_write - before.exit_ggtt_write,
					 part == TABLE && !is_read);
			assert_int_equal(now->exit_other - before.exit_other,
					 part == OTHER);
		}
	}
}

/* Two entries in one request are one write of the GPU's table. */
static void entries_of_one_request(void **state)
{
	struct rig *rig = *state;
	const uint32_t entry = (uint32_t)(RIG_LOW_BASE / 4096);

	rig_write(rig, REG_GGTT + entry * 8, 8, 0x5001);
	rig_write(rig, REG_GGTT + entry * 8 + 8, 8, 0x5001);
	rig->gpu.writes = 0;
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .size = 8, .count = 2, .data = 0x6001,
		.addr = RIG_BAR0 + REG_GGTT + entry * 8 });
	assert_int_equal(rig->gpu.writes, 1);
	assert_int_equal(rig->gpu.hw[entry], 0x6001);
	assert_int_equal(rig->gpu.hw[entry + 1], 0x6001);
}

/* Which accesses of config space the device answers. */
static void config_space_has_shapes(void **state)
{
	static const uint32_t numbers[] = { 0, 1, 2, 3, 4, 5, 8 };
	struct rig *rig = *state;
	const struct xengt_counters *now = xengt_vgpu_counters(rig->vgpu);

	for (size_t s = 0; s < XENGT_ARRAY_SIZE(numbers); s++)
	for (size_t c = 0; c < 3; c++)
	for (unsigned int bits = 0; bits < 4; bits++) {
		const struct xengt_counters before = *now;
		const uint32_t size = numbers[s];
		const bool is_fine = (size == 1 || size == 2 || size == 4) &&
				     c == 1 && !bits;
		uint64_t got = rig_request(rig, (struct xengt_req){
			.type = XENGT_REQ_PCI_CONFIG,
			.addr = rig_sbdf(RIG_SLOT + (bits >> 1)),
			.size = size, .count = numbers[c], .is_read = true,
			.data_is_ptr = bits & 1, .data = 0x8000 });

		assert_int_equal(now->exit_pci - before.exit_pci, is_fine);
		assert_int_equal(now->exit_invalid - before.exit_invalid, !is_fine);
		assert_int_equal(got == ALL_ONES, !is_fine);
	}
}

static void invalidate(void **state)
{
	struct rig *rig = *state;
	const struct xengt_req req = {
		.type = XENGT_REQ_INVALIDATE, .size = 4, .count = 1,
	};

	rig_request(rig, req);
	assert_int_equal(xengt_hv_fake_invalidations(rig->fake), 1);
	assert_int_equal(rig->gpu.revalidations, 1);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->exit_invalidate, 1);
	/*
	 * the GPU may still reach pages that the guest gave away, so the vGPU must end,
	 * and must save the error
	 */
	rig->gpu.revalidate_error = -EIO;
	rig_request(rig, req);
	assert_int_equal(rig->gpu.zaps, 1);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -EIO);
	assert_true(xengt_vgpu_handle_events(rig->vgpu));
	/*
	 * a vGPU that has ended still removes its mappings of guest pages, and answers
	 * requests
	 */
	rig_request(rig, req);
	assert_int_equal(xengt_hv_fake_invalidations(rig->fake), 3);
	assert_int_equal(rig->gpu.revalidations, 2);
}

static void reset_is_power_on(void **state)
{
	struct rig *rig = *state;
	uint32_t entry = (uint32_t)(RIG_LOW_BASE / 4096) + 7;

	rig_cfg_write(rig, 0x3c, 1, 0x0b);
	rig_write(rig, REG_PVINFO_DISPLAY_READY, 4, 1);
	rig_write(rig, REG_NO_ROW, 4, 0x1234);
	rig_write(rig, REG_GGTT + entry * 8, 8, 0x5001);
	assert_int_equal(rig->gpu.hw[entry], 0x5001);
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(rig->gpu.hw[entry], 0);
	assert_int_equal(rig_cfg_read(rig, 0x3c, 1), 0);
	assert_int_equal(rig_cfg_read(rig, 0x04, 2), 0);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
	assert_false(xengt_hv_fake_aperture(rig->fake, &(gfn_t){ 0 }));
	rig_decode(rig);
	assert_int_equal(rig_read(rig, REG_PVINFO_DISPLAY_READY, 4), 0);
	assert_int_equal(rig_read(rig, REG_NO_ROW, 4), 0);
	assert_int_equal(rig_read(rig, REG_GGTT + entry * 8, 8), 0);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), 0x4776544776544776);
}

static void assert_gone(struct rig *rig)
{
	uint32_t entry = (uint32_t)(RIG_LOW_BASE / 4096);
	uint32_t writes = rig->gpu.writes;

	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
	assert_false(xengt_hv_fake_aperture(rig->fake, &(gfn_t){ 0 }));
	assert_int_equal(rig_cfg_read(rig, 0, 4), 0xffffffff);
	assert_int_equal(rig_cfg_read(rig, 4, 2), 0xffff);
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), ALL_ONES);
	assert_int_equal(rig_read(rig, REG_GGTT + entry * 8, 4), 0xffffffff);
	rig_write(rig, REG_GGTT + entry * 8, 8, 0x7001);
	rig_cfg_write(rig, 0x04, 2, 0);
	rig_decode(rig);
	assert_int_equal(rig->gpu.writes, writes);
	assert_int_equal(xengt_hv_fake_ranges(rig->fake, XENGT_RANGE_MMIO), 0);
	assert_true(xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_PCI, 0x10,
					     0x10));
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(rig_cfg_read(rig, 0, 4), 0xffffffff);
	assert_true(xengt_vgpu_handle_events(rig->vgpu));
}

static void unplugged(void **state)
{
	struct rig *rig = *state;
	const uint8_t ones[16] = { [0 ... 15] = 0xff };
	uint8_t bytes[16] = { 0 };

	assert_false(xengt_vgpu_handle_events(rig->vgpu));
	xengt_vgpu_unplug(rig->vgpu);
	assert_gone(rig);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), 0);
	/* the answer to a request with a data pointer is in guest memory */
	rig_request(rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + 0x78000, .size = 8,
		.count = 2, .is_read = true, .data_is_ptr = true,
		.data = 0x3000 });
	assert_int_equal(rig->hv->ops->read_guest(rig->hv, gpa(0x3000), bytes,
						  16), 0);
	assert_memory_equal(bytes, ones, 16);
	xengt_vgpu_unplug(rig->vgpu);
}

static void zapped_from_outside(void **state)
{
	struct rig *rig = *state;

	rig_gpu_zapped(rig);
	rig_gpu_zapped(rig);
	assert_true(xengt_vgpu_handle_events(rig->vgpu));
	assert_int_equal(rig->gpu.event_count, 0);
	assert_gone(rig);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), 0);
}

static void store_finds_it_zapped(void **state)
{
	struct rig *rig = *state;

	rig->gpu.write_error = -ESTALE;
	rig_write(rig, REG_GGTT + RIG_LOW_BASE / 512, 8, 0x1001);
	rig->gpu.write_error = 0;
	assert_gone(rig);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), 0);
}

static void serving(void **state)
{
	struct rig *rig = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + 0x78008, .size = 2,
		.count = 1, .is_read = true,
	};
	uint64_t got;

	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 10), 0);
	for (req.vcpu = 0; req.vcpu < 2; req.vcpu++)
		assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	/* one call serves a limited number of requests */
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), 1);
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), 1);
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), 0);
	for (uint32_t v = 0; v < 2; v++) {
		assert_int_equal(xengt_hv_fake_answer(rig->fake, v, &got), 1);
		assert_int_equal(got, 1);
	}
	/* serve() returns an error of the hypervisor */
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_NEXT_REQUEST, 1, -EIO);
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), -EIO);
	req.vcpu = 0;
	assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	xengt_hv_fake_inject(rig->fake, XENGT_HV_FAKE_COMPLETE, 1, -EPERM);
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), -EPERM);
}

static void host_fails_a_store(void **state)
{
	struct rig *rig = *state;

	rig->gpu.write_error = -ENOMEM;
	rig->gpu.zap_error = -EIO;
	rig_write(rig, REG_GGTT + RIG_LOW_BASE / 512, 8, 0x1001);
	rig->gpu.write_error = 0;
	assert_int_equal(rig->gpu.zaps, 1);
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -ENOMEM);
	assert_gone(rig);
}

static void events_fail(void **state)
{
	struct rig *rig = *state;

	rig->gpu.event_error = -EIO;
	assert_true(xengt_vgpu_handle_events(rig->vgpu));
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), -EIO);
	rig->gpu.event_error = 0;
	assert_gone(rig);
}

/*
 * A store with an impossible size was under way to a page when the page's protection ended.
 * The page must be protected again, so that Xen does not crash the domain.
 */
static void a_senseless_store_that_is_late(void **state)
{
	struct rig *rig = *state;
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = 5 * XENGT_PAGE_SIZE,
		.size = 0x1010101, .count = 1,
	};
	uint64_t data;

	assert_int_equal(xengt_track_get(rig->vgpu, gfn(5)), 0);
	assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	xengt_track_put(rig->vgpu, gfn(5));
	assert_false(xengt_hv_fake_is_tracked(rig->fake, gfn(5)));
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, 1), 1);
	assert_int_equal(xengt_hv_fake_answer(rig->fake, 0, &data), 1);
	assert_int_equal(xengt_hv_fake_faults(rig->fake), 0);
	xengt_hv_fake_advance(rig->fake, 100000000);
	xengt_vgpu_tick(rig->vgpu);
	assert_false(xengt_hv_fake_is_tracked(rig->fake, gfn(5)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(birth_and_death),
		cmocka_unit_test(bad_configurations),
		cmocka_unit_test(configurations_at_the_limits),
		cmocka_unit_test(bad_slices),
		cmocka_unit_test(hv_refuses_the_function),
		rig_test(other_requests),
		rig_test(nonsense_is_answered),
		rig_test(exits_are_counted_by_cause),
		rig_test(exits_at_the_borders),
		rig_test(entries_of_one_request),
		rig_test(config_space_has_shapes),
		rig_test(invalidate),
		rig_test(a_senseless_store_that_is_late),
		rig_test(reset_is_power_on),
		rig_test(unplugged),
		rig_test(zapped_from_outside),
		rig_test(store_finds_it_zapped),
		rig_test(serving),
		rig_test(host_fails_a_store),
		rig_test(events_fail),
	};

	xengt_vgpu_destroy(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
