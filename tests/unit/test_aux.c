/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the AUX channels, the monitor at channel B, its EDID, hotplug, and the I2C
 * wires, on which no device answers (src/core/aux.c, gmbus.c, regs/display_port.c).
 */
#include "rig.h"

#include <errno.h>

#include "common/edid_check.h"
#include "core/edid.h"

#define AUX_DONE	0x40000000u
#define AUX_TIMEOUT	0x10000000u
#define AUX_CLEAR	0x52000000u

/*
 * Makes one transaction, as a driver does. Returns the reply's length, or 0 after a
 * time-out.
 */
static uint32_t aux(struct rig *rig, uint32_t ctl, const uint8_t *msg,
		    uint32_t size, uint8_t reply[20])
{
	uint32_t status;

	for (uint32_t i = 0; i < 20; i += 4) {
		uint8_t part[4] = { 0 };

		for (uint32_t j = 0; j < 4 && i + j < size; j++)
			part[j] = msg[i + j];
		rig_write(rig, ctl + 4 + i, 4,
			  (uint32_t)part[0] << 24 | part[1] << 16 |
			  part[2] << 8 | part[3]);
	}
	rig_write(rig, ctl, 4, 0x80000000u | AUX_CLEAR | size << 20 | 0x63);
	status = (uint32_t)rig_read(rig, ctl, 4);
	assert_int_equal(status & 0x80000000u, 0);
	assert_int_equal(status & AUX_DONE, AUX_DONE);
	assert_int_equal(status & 0x63, 0x63);
	for (uint32_t i = 0; i < 20; i++)
		reply[i] = (uint8_t)(rig_read(rig, ctl + 4 + (i & ~3u), 4) >>
				     (24 - 8 * (i & 3)));
	rig_write(rig, ctl, 4, AUX_CLEAR);
	assert_int_equal(rig_read(rig, ctl, 4) & AUX_CLEAR, 0);
	return status & AUX_TIMEOUT ? 0 : status >> 20 & 0x1f;
}

static void dpcd_read(struct rig *rig, uint32_t addr, uint8_t *ret, uint32_t n)
{
	const uint8_t msg[] = { (uint8_t)(0x90 | addr >> 16),
				(uint8_t)(addr >> 8), (uint8_t)addr,
				(uint8_t)(n - 1) };
	uint8_t reply[20];

	assert_int_equal(aux(rig, 0x64110, msg, 4, reply), n + 1);
	assert_int_equal(reply[0], 0);
	memcpy(ret, reply + 1, n);
}

static uint8_t dpcd_write(struct rig *rig, uint32_t addr, uint8_t val)
{
	const uint8_t msg[] = { (uint8_t)(0x80 | addr >> 16),
				(uint8_t)(addr >> 8), (uint8_t)addr, 0, val };
	uint8_t reply[20];

	assert_in_range(aux(rig, 0x64110, msg, 5, reply), 1, 2);
	return reply[0];
}

static void read_edid(struct rig *rig, uint32_t ctl, uint8_t *ret, uint32_t n)
{
	static const uint8_t start[] = { 0x40, 0, 0x50 };
	static const uint8_t offset[] = { 0x40, 0, 0x50, 0, 0 };
	static const uint8_t fetch[] = { 0x50, 0, 0x50, 15 };
	uint8_t reply[20];

	assert_int_equal(aux(rig, ctl, start, 3, reply), 1);
	assert_int_equal(aux(rig, ctl, offset, 5, reply), 1);
	for (uint32_t i = 0; i < n; i += 16) {
		assert_int_equal(aux(rig, ctl, fetch, 4, reply), 17);
		assert_int_equal(reply[0], 0);
		memcpy(ret + i, reply + 1, 16);
	}
}

static void capabilities(void **state)
{
	struct rig *rig = *state;
	uint8_t caps[16];

	dpcd_read(rig, 0, caps, 16);
	assert_int_equal(caps[0], 0x12);
	assert_int_equal(caps[1], 0x14);
	assert_int_equal(caps[2], 0xc4);
	/*
	 * a write of a read-only register (capabilities, SINK_COUNT) is
	 * acknowledged and changes nothing
	 */
	assert_int_equal(dpcd_write(rig, 0, 0xff), 0);
	dpcd_read(rig, 0, caps, 1);
	assert_int_equal(caps[0], 0x12);
	assert_int_equal(dpcd_write(rig, 0x200, 0xff), 0);
	dpcd_read(rig, 0x200, caps, 1);
	assert_int_equal(caps[0], 1);
	/* addresses far beyond the known registers read 0 */
	dpcd_read(rig, 0x6fc, caps, 8);
	dpcd_read(rig, 0xf0000, caps, 16);
	for (int i = 0; i < 16; i++)
		assert_int_equal(caps[i], 0);
	assert_int_equal(dpcd_write(rig, 0x700, 1), 0x10);
	assert_int_equal(dpcd_write(rig, 0xfffff, 1), 0x10);
}

/* A write of several bytes changes these bytes, and no byte before or after them. */
static void a_write_has_its_length(void **state)
{
	static const uint8_t was[] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16 };
	static const uint8_t msg[] = { 0x80, 0x03, 0x01, 2, 0xa1, 0xa2, 0xa3,
				       0xff, 0xff };
	struct rig *rig = *state;
	uint8_t reply[20], now[6];

	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(dpcd_write(rig, 0x300 + i, was[i]), 0);
	/* the message has two bytes more than its length field says */
	assert_int_equal(aux(rig, 0x64110, msg, sizeof(msg), reply), 1);
	dpcd_read(rig, 0x300, now, 6);
	assert_memory_equal(now, "\x11\xa1\xa2\xa3\x15\x16", 6);
	/* a write of the last byte that exists, and of the byte after it */
	assert_int_equal(dpcd_write(rig, 0x6ff, 0x77), 0);
	dpcd_read(rig, 0x6fc, now, 4);
	assert_int_equal(now[3], 0x77);
	assert_int_equal(dpcd_write(rig, 0x700, 0x77), 0x10);
}

static void link_training(void **state)
{
	struct rig *rig = *state;
	uint8_t lanes[4];

	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\0\0\0\0", 4);
	dpcd_write(rig, 0x102, 0x21);
	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\x11\x11\0\0", 4);
	dpcd_write(rig, 0x102, 0x23);
	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\x77\x77\x01\0", 4);
	dpcd_write(rig, 0x102, 0);
	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\x77\x77\x01\x01", 4);
	/* a monitor that is put to sleep loses its link */
	dpcd_write(rig, 0x600, 2);
	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\0\0\0\0", 4);
}

/*
 * A request has 3 to 20 bytes and at most 16 bytes of data. A request of another size, or
 * with fewer bytes of data than its length says, gets no answer.
 */
static void requests_of_every_size(void **state)
{
	struct rig *rig = *state;
	uint8_t reply[20];

	for (uint32_t size = 0; size < 32; size++) {
		for (uint32_t len = 0; len < 32; len++) {
			const bool is_message = size >= 3 && size <= 20;
			const bool is_short = size > 3 && len > 15;
			uint8_t get[20] = { 0x90, 3, 0, (uint8_t)len };
			uint8_t put[20] = { 0x80, 3, 0, (uint8_t)len };
			uint32_t n = size > 3 ? len + 1 : 0, want;

			want = is_message && !is_short ? 1 + n : 0;
			assert_int_equal(aux(rig, 0x64110, get, size, reply), want);
			get[0] = 0x50;
			get[1] = 0;
			get[2] = 0x50;
			assert_int_equal(aux(rig, 0x64110, get, size, reply), want);
			/* a write without data asks only whether the address exists */
			want = is_message && !is_short && (size <= 4 || size - 4 >= n);
			assert_int_equal(aux(rig, 0x64110, put, size, reply), want);
		}
	}
}

/* Does the monitor keep what a driver writes to this byte of DPCD, without other effects? */
static bool is_plain(uint32_t at)
{
	return at >= 0x100 && at < 0x700 && at != 0x102 && at != 0x600 &&
	       (at < 0x200 || at >= 0x300);
}

static bool is_compared(uint32_t at)
{
	return at >= 0x10 && at != 0x102 && at != 0x600 && (at < 0x200 || at > 0x205);
}

/*
 * Compares the DPCD with an array after random reads and writes, many of them at the ends of
 * the parts that a driver may write.
 */
static void any_access_to_the_dpcd(void **state)
{
	static const uint32_t ends[] = { 0, 0x100, 0x200, 0x300, 0x700 };
	uint8_t is[0x720] = { 0 }, reply[20];
	struct rig *rig = *state;
	uint32_t rnd = 1;

	/* the byte behind the DPCD in the monitor's memory */
	rig->vgpu->display.monitor.edid[0] = 0xff;
	for (uint32_t step = 0; step < 3000; step++) {
		uint8_t msg[20];
		uint32_t at, len;

		rnd = rnd * 1664525u + 1013904223u;
		at = (rnd >> 8) % 0x700;
		if (rnd >> 5 & 1)
			at = ends[at % XENGT_ARRAY_SIZE(ends)] + 8 - (rnd >> 24 & 15);
		at = at > 0x708 ? 0 : at;
		len = 1 + (rnd >> 20 & 15);
		msg[0] = rnd & 0x40000 ? 0x80 : 0x90;
		msg[1] = (uint8_t)(at >> 8);
		msg[2] = (uint8_t)at;
		msg[3] = (uint8_t)(len - 1);
		if (msg[0] == 0x90) {
			assert_int_equal(aux(rig, 0x64110, msg, 4, reply), 1 + len);
			for (uint32_t i = 0; i < len; i++)
				if (is_compared(at + i))
					assert_int_equal(reply[1 + i], is[at + i]);
			/* after the reply's bytes, the registers have what the driver wrote */
			if (len >= 3)
				assert_int_equal(reply[1 + len], 0);
			continue;
		}
		for (uint32_t i = 0; i < len; i++)
			msg[4 + i] = (uint8_t)(step + i) | 1;
		assert_int_equal(aux(rig, 0x64110, msg, 4 + len, reply),
				 at + len > 0x700 ? 2 : 1);
		assert_int_equal(reply[0], at + len > 0x700 ? 0x10 : 0);
		for (uint32_t i = 0; i < len && at + len <= 0x700; i++)
			if (is_plain(at + i))
				is[at + i] = msg[4 + i];
	}
}

/*
 * Bits 0 and 1 of the monitor's power register say whether the monitor is asleep. When the
 * monitor is put to sleep, it forgets the trained link, so the driver must train the link again.
 */
static void only_two_bits_are_the_power(void **state)
{
	struct rig *rig = *state;
	uint8_t lanes[4];

	for (uint8_t power = 0; power < 8; power++) {
		dpcd_write(rig, 0x102, 0x23);
		dpcd_write(rig, 0x102, 0);
		dpcd_read(rig, 0x202, lanes, 4);
		assert_memory_equal(lanes, "\x77\x77\x01\x01", 4);
		dpcd_write(rig, 0x600, power);
		dpcd_read(rig, 0x202, lanes, 4);
		assert_memory_equal(lanes, (power & 3) == 1 ? "\x77\x77\x01\x01" : "\0\0\0\0",
				    4);
	}
	/* each pattern after the first is for equalisation */
	for (uint8_t pattern = 1; pattern < 4; pattern++) {
		dpcd_write(rig, 0x102, pattern);
		dpcd_read(rig, 0x202, lanes, 4);
		assert_memory_equal(lanes, pattern == 1 ? "\x11\x11\0\0" : "\x77\x77\x01\0", 4);
	}
	/* without a trained link the monitor is not in sync */
	dpcd_write(rig, 0x102, 1);
	dpcd_write(rig, 0x102, 0);
	dpcd_read(rig, 0x202, lanes, 4);
	assert_memory_equal(lanes, "\x11\x11\0\0", 4);
}

/*
 * The last byte of an I2C write is the offset at which the next read begins. Each further read
 * begins where the last read ended; after byte 255 follows byte 0. A request for the status of
 * a write changes nothing.
 */
static void the_offset_in_the_edid(void **state)
{
	static const uint8_t offset[] = { 0x40, 0, 0x50, 2, 9, 9, 250 };
	static const uint8_t status[] = { 0x60, 0, 0x50, 0, 77 };
	static const uint8_t nothing[] = { 0x40, 0, 0x50 };
	static const uint8_t fetch[] = { 0x50, 0, 0x50, 15 };
	uint8_t edid[256], reply[20];
	struct rig *rig = *state;

	xengt_edid_default(RIG_LOW_BYTES, edid);
	assert_int_equal(aux(rig, 0x64110, offset, sizeof(offset), reply), 1);
	assert_int_equal(aux(rig, 0x64110, status, sizeof(status), reply), 1);
	assert_int_equal(aux(rig, 0x64110, nothing, sizeof(nothing), reply), 1);
	assert_int_equal(aux(rig, 0x64110, fetch, 4, reply), 17);
	/* 6 bytes behind the end of the first block, and 10 bytes of this block */
	assert_memory_equal(reply + 1, "\0\0\0\0\0\0", 6);
	assert_memory_equal(reply + 7, edid, 10);
	assert_int_equal(aux(rig, 0x64110, fetch, 4, reply), 17);
	assert_memory_equal(reply + 1, edid + 10, 16);
}

static void default_edid(void **state)
{
	struct rig *rig = *state;
	uint8_t want[XENGT_EDID_MAX_BYTES], got[XENGT_EDID_MAX_BYTES];

	assert_int_equal(xengt_edid_default(RIG_LOW_BYTES, want), 128);
	assert_null(xengt_edid_error(want, 128));
	read_edid(rig, 0x64110, got, 256);
	assert_memory_equal(got, want, 256);
	/* the preferred mode is 1920x1200 */
	assert_int_equal(got[56] | (got[58] & 0xf0) << 4, 1920);
	assert_int_equal(got[59] | (got[61] & 0xf0) << 4, 1200);
}

static void seal(uint8_t *block)
{
	uint8_t sum = 0;

	for (int i = 0; i < 127; i++)
		sum = (uint8_t)(sum + block[i]);
	block[127] = (uint8_t)-sum;
}

static void make_two_blocks(uint8_t edid[256])
{
	xengt_edid_default(RIG_LOW_BYTES, edid);
	edid[126] = 1;
	seal(edid);
	memset(edid + 128, 0, 128);
	edid[128] = 0x02;
	edid[129] = 0x03;
	for (int i = 4; i < 127; i++)
		edid[128 + i] = (uint8_t)i;
	seal(edid + 128);
}

static void two_blocks_on_broadwell(void **state)
{
	uint8_t edid[256], got[256];
	struct rig rig;

	(void)state;
	make_two_blocks(edid);
	assert_null(xengt_edid_error(edid, 256));
	rig_prepare(&rig, XENGT_PLATFORM_BDW);
	rig.cfg.edid = edid;
	rig.cfg.edid_bytes = 256;
	rig_create(&rig);
	rig_decode(&rig);
	read_edid(&rig, 0xe4110, got, 256);
	assert_memory_equal(got, edid, 256);
	/* a reset of the GT does not change the monitor's state */
	xengt_vgpu_reset(rig.vgpu);
	rig_decode(&rig);
	read_edid(&rig, 0xe4110, got, 256);
	assert_memory_equal(got, edid, 256);
	rig_destroy(&rig);

	rig_prepare(&rig, XENGT_PLATFORM_BDW);
	rig.cfg.edid = edid;
	rig.cfg.edid_bytes = 100;
	assert_int_equal(xengt_vgpu_create(&rig.cfg, &rig.vgpu), -EINVAL);
	rig.cfg.edid_bytes = 384;
	assert_int_equal(xengt_vgpu_create(&rig.cfg, &rig.vgpu), -EINVAL);
	rig_destroy(&rig);
}

static void nobody_there(void **state)
{
	static const uint8_t msg[] = { 0x90, 0, 0, 0 };
	static const uint8_t other[] = { 0x50, 0, 0x40, 0 };
	struct rig *rig = *state;
	uint8_t reply[20];

	assert_int_equal(aux(rig, 0x64010, msg, 4, reply), 0);
	assert_int_equal(aux(rig, 0x64210, msg, 4, reply), 0);
	assert_int_equal(aux(rig, 0x64310, msg, 4, reply), 0);
	/* an I2C address at which the monitor does not answer */
	assert_int_equal(aux(rig, 0x64110, other, 4, reply), 1);
	assert_int_equal(reply[0], 0x40);
}

/* Makes requests that no driver makes, with any first bytes and any size. */
static void nonsense(void **state)
{
	struct rig *rig = *state;
	uint8_t msg[20], reply[20];

	for (uint32_t first = 0; first < 256; first++) {
		for (uint32_t size = 0; size < 32; size++) {
			memset(msg, (int)(first * 37 + size), sizeof(msg));
			msg[0] = (uint8_t)first;
			assert_in_range(aux(rig, 0x64110, msg, size, reply), 0,
					20);
		}
	}
}

static void interrupts(void **state)
{
	static const struct { uint32_t ctl, iir, bit; } channels[] = {
		{ 0x64010, 0x44448, 0x00000001 },
		{ 0x64110, 0x44448, 0x02000000 },
		{ 0x64210, 0x44448, 0x04000000 },
		{ 0x64310, 0x44448, 0x08000000 },
	};
	struct rig *rig = *state;

	rig_write(rig, REG_DE_PORT_IMR, 4, 0);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(channels); i++) {
		xengt_mmio_poke(rig->vgpu, channels[i].iir, 0);
		rig_write(rig, channels[i].ctl, 4, 0xa0400000);
		assert_int_equal(xengt_mmio_peek(rig->vgpu, channels[i].iir),
				 channels[i].bit);
	}
}

static void hotplug(void **state)
{
	uint8_t edid[256], got[256];
	struct rig *rig = *state;

	make_two_blocks(edid);
	rig_write(rig, REG_SDE_IMR, 4, 0);
	assert_int_equal(rig_read(rig, REG_SDE_ISR, 4) & 0x200000, 0x200000);
	/* the driver has not enabled hotplug, so no interrupt comes */
	xengt_display_set_edid(rig->vgpu, edid, 128);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_SDE_IIR), 0);
	rig_write(rig, REG_HOTPLUG_CTL, 4, 0x10);
	xengt_display_set_edid(rig->vgpu, edid, 256);
	/* the monitor is unplugged, so transactions time out */
	assert_int_equal(rig_read(rig, REG_SDE_ISR, 4) & 0x200000, 0);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_SDE_IIR), 0x200000);
	rig_write(rig, REG_HOTPLUG_CTL, 4, 0x12);
	rig_write(rig, REG_SDE_IIR, 4, 0x200000);
	rig_write(rig, REG_DDI_AUX_DATA_B, 4, 0x90000000);
	rig_write(rig, REG_DDI_AUX_CTL_B, 4, 0x80400000);
	assert_int_equal(rig_read(rig, REG_DDI_AUX_CTL_B, 4) & 0x10000000, 0x10000000);
	/* the new monitor is plugged in one second after the old one was unplugged, not earlier */
	xengt_hv_fake_advance(rig->fake, 999999999);
	xengt_vgpu_tick(rig->vgpu);
	assert_int_equal(rig_read(rig, REG_SDE_ISR, 4) & 0x200000, 0);
	assert_int_equal(xengt_vgpu_deadline(rig->vgpu), 1000000000);
	xengt_hv_fake_advance(rig->fake, 1);
	xengt_vgpu_tick(rig->vgpu);
	assert_int_equal(xengt_vgpu_deadline(rig->vgpu), UINT64_MAX);
	assert_int_equal(rig_read(rig, REG_SDE_ISR, 4) & 0x200000, 0x200000);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_SDE_IIR), 0x200000);
	assert_int_equal(rig_read(rig, REG_HOTPLUG_CTL, 4), 0x12);
	rig_write(rig, REG_HOTPLUG_CTL, 4, 0x12);
	assert_int_equal(rig_read(rig, REG_HOTPLUG_CTL, 4), 0x10);
	read_edid(rig, 0x64110, got, 256);
	assert_memory_equal(got, edid, 256);
}

static void edid_check(void **state)
{
	uint8_t edid[256];

	(void)state;
	make_two_blocks(edid);
	assert_non_null(xengt_edid_error(edid, 0));
	assert_non_null(xengt_edid_error(edid, 127));
	assert_non_null(xengt_edid_error(edid, 255));
	/* an EDID of one block that claims to have a second block */
	assert_non_null(strstr(xengt_edid_error(edid, 128), "extension"));
	edid[200]++;
	assert_non_null(strstr(xengt_edid_error(edid, 256), "checksum"));
	edid[200]--;
	edid[1] = 0;
	assert_non_null(strstr(xengt_edid_error(edid, 256), "begin"));
	edid[1] = 0xff;
	edid[54] = edid[55] = 0;
	seal(edid);
	assert_non_null(strstr(xengt_edid_error(edid, 256), "mode"));
}

static void i2c_wires_are_high_and_silent(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig_read(rig, REG_GMBUS2, 4), 0x0800);
	/* no device answers a read of EDID on pin pair 5 */
	rig_write(rig, REG_GMBUS0, 4, 5);
	rig_write(rig, REG_GMBUS1, 4, 0x4600u << 16 | 0x50 << 1 | 1);
	assert_int_equal(rig_read(rig, REG_GMBUS2, 4), 0x0400);
	rig_write(rig, REG_GMBUS1, 4, 0x80000000);
	rig_write(rig, REG_GMBUS1, 4, 0);
	assert_int_equal(rig_read(rig, REG_GMBUS2, 4), 0x0800);
	/*
	 * the device does not interpret this bit, which drivers use as a flag of
	 * their own
	 */
	rig_write(rig, REG_GMBUS2, 4, 0xffffffff);
	assert_int_equal(rig_read(rig, REG_GMBUS2, 4), 0x8800);
	/* the interrupt comes if the driver has enabled it */
	rig_write(rig, REG_SDE_IMR, 4, 0);
	rig_write(rig, REG_GMBUS4, 4, 0x8);
	rig_write(rig, REG_GMBUS1, 4, 0x42010000 | 0x50 << 1 | 1);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_SDE_IIR), 0x20000);
	/*
	 * the test pulls pins down and releases them; a write without mask bits
	 * changes nothing
	 */
	assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), 0x1010);
	rig_write(rig, REG_GPIO_CTL_C, 4, 0x0007);
	assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), 0x1002);
	rig_write(rig, REG_GPIO_CTL_C, 4, 0x0700);
	assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), 0x0202);
	rig_write(rig, REG_GPIO_CTL_C, 4, 0x0a0a);
	assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), 0x0202);
	rig_write(rig, REG_GPIO_CTL_C, 4, 0x0101);
	assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), 0x1010);
}

/*
 * The level of a wire is low only if the guest drives it low. A guest changes direction and
 * value of a wire only with their mask bits.
 */
static void wires_after_any_write(void **state)
{
	struct rig *rig = *state;
	bool is_out[2] = { false, false }, is_high[2] = { false, false };
	uint32_t rnd = 7;

	for (int step = 0; step < 3000; step++) {
		uint32_t want = 0, val;

		rnd = rnd * 1664525u + 1013904223u;
		val = rnd >> 8 & 0x1f1f;
		for (int w = 0; w < 2; w++) {
			const uint32_t bits = val >> 8 * w;

			if (bits & 1)
				is_out[w] = bits & 2;
			if (bits & 4)
				is_high[w] = bits & 8;
			want |= (uint32_t)(is_out[w] * 2 + is_high[w] * 8 +
					   (!is_out[w] || is_high[w]) * 0x10) << 8 * w;
		}
		rig_write(rig, REG_GPIO_CTL_C, 4, val);
		assert_int_equal(rig_read(rig, REG_GPIO_CTL_C, 4), want);
	}
}

/* Every kind of GMBUS cycle, with and without the bits that start it and clear an error. */
static void every_gmbus_command(void **state)
{
	enum { READY = 0x0800, NO_ANSWER = 0x0400, IRQ = 0x20000 };
	struct rig *rig = *state;

	rig_write(rig, REG_SDE_IMR, 4, 0);
	for (uint32_t n = 0; n < 64; n++) {
		const bool is_clear = n & 1, is_start = n & 2, has_irq = n & 4;
		const uint32_t cycle = n >> 3;
		const bool is_quiet = is_clear || !cycle || cycle == 4;
		const bool is_error = !is_quiet && is_start;

		for (int was_error = 0; was_error < 2; was_error++) {
			const uint32_t before = was_error ? NO_ANSWER : READY;
			const uint32_t now = is_error ? NO_ANSWER :
				is_quiet && (is_clear || is_start) ? READY : before;

			/* a clean start, or a read that nobody answers */
			rig_write(rig, REG_GMBUS4, 4, 0);
			rig_write(rig, REG_GMBUS1, 4, was_error ? 0x42000000 : 0x80000000);
			assert_int_equal(rig_read(rig, REG_GMBUS2, 4), before);
			xengt_mmio_poke(rig->vgpu, REG_SDE_IIR, 0);
			rig_write(rig, REG_GMBUS4, 4, has_irq ? 0x8 : 0x17);
			rig_write(rig, REG_GMBUS1, 4, (uint32_t)is_clear << 31 |
				  (uint32_t)is_start << 30 | cycle << 25);
			assert_int_equal(rig_read(rig, REG_GMBUS2, 4), now);
			assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_SDE_IIR),
					 is_error && has_irq ? IRQ : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(capabilities),
		rig_test(a_write_has_its_length),
		rig_test(link_training),
		rig_test(requests_of_every_size),
		rig_test(any_access_to_the_dpcd),
		rig_test(only_two_bits_are_the_power),
		rig_test(the_offset_in_the_edid),
		rig_test(default_edid),
		cmocka_unit_test(two_blocks_on_broadwell),
		rig_test(nobody_there),
		rig_test(nonsense),
		rig_test(interrupts),
		rig_test(hotplug),
		cmocka_unit_test(edid_check),
		rig_test(i2c_wires_are_high_and_silent),
		rig_test(wires_after_any_write),
		rig_test(every_gmbus_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
