/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the OpRegion: the bytes that the guest reads, the addresses at which the device
 * maps it, and SWSCI. Debian's tools decode the OpRegion and the monitor's EDID.
 * Without intel-gpu-tools or edid-decode the program exits with 77.
 */
#include "rig.h"

#include <stdio.h>
#include <unistd.h>

#include "core/edid.h"

#define HOLE	0xfeff0000u

static uint64_t read_at(struct rig *rig, uint64_t addr, uint32_t size)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = addr, .size = size,
		.count = 1, .is_read = true,
	};

	return rig_take(rig_request(rig, req), size);
}

static void write_at(struct rig *rig, uint64_t addr, uint32_t size,
		     uint64_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = addr, .size = size,
		.count = 1, .data = val,
	};

	rig_request(rig, req);
}

static bool is_trapped(struct rig *rig, uint64_t first)
{
	return xengt_hv_fake_is_trapped(rig->fake, XENGT_RANGE_MMIO, first,
					first + XENGT_OPREGION_BYTES - 1);
}

static uint64_t refused(struct rig *rig)
{
	return xengt_vgpu_counters(rig->vgpu)->opregion_refused;
}

static void shown_where_firmware_says(void **state)
{
	struct rig *rig = *state;
	uint8_t sum = 0;

	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0);
	rig_cfg_write(rig, 0xfc, 4, HOLE);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), HOLE);
	assert_true(is_trapped(rig, HOLE));
	/* "IntelGraphicsMem" */
	assert_int_equal(read_at(rig, HOLE, 8), 0x6172476c65746e49);
	assert_int_equal(read_at(rig, HOLE + 8, 8), 0x6d654d7363696870);
	assert_int_equal(read_at(rig, HOLE + 0x10, 4), 8);
	assert_int_equal(read_at(rig, HOLE + 0x17, 1), 2);
	assert_int_equal(read_at(rig, HOLE + 0x58, 4), 0x9);
	assert_int_equal(read_at(rig, HOLE + 0x400, 4), 0x54425624);
	for (uint32_t i = 0; i < read_at(rig, HOLE + 0x418, 2); i++)
		sum = (uint8_t)(sum + read_at(rig, HOLE + 0x400 + i, 1));
	assert_int_equal(sum, 0);
	/* the guest can write this part, up to its last byte */
	write_at(rig, HOLE + 0x1ffc, 4, 0x12345678);
	assert_int_equal(read_at(rig, HOLE + 0x1ffc, 4), 0x12345678);
	assert_int_equal(read_at(rig, HOLE + 0x1fff, 1), 0x12);
	/*
	 * the guest writes ASLS byte by byte; the OpRegion moves and keeps its contents
	 */
	rig_cfg_write(rig, 0xfe, 1, 0xfe);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0xfefe0000);
	assert_false(is_trapped(rig, HOLE));
	assert_true(is_trapped(rig, 0xfefe0000));
	assert_int_equal(read_at(rig, 0xfefe1ffc, 4), 0x12345678);
	/* ASLS is cleared */
	rig_cfg_write(rig, 0xfc, 4, 0);
	assert_false(is_trapped(rig, 0xfefe0000));
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0);
	assert_int_equal(refused(rig), 0);
}

static void nowhere_else(void **state)
{
	static const uint32_t places[] = {
		0x00010000,		/* guest RAM */
		0x0003f000,		/* the last page of RAM, then a hole */
		HOLE + 1, HOLE + 0x800,	/* an address that is not aligned */
		0xfffff000,		/* the OpRegion would cross 4 GiB */
		RIG_BAR0, RIG_BAR0 + 0xfff000,	/* the device's registers */
		RIG_BAR0 - 0x1000,
	};
	struct rig *rig = *state;
	uint8_t before[4096], after[4096];

	assert_int_equal(rig->hv->ops->read_guest(rig->hv, gpa(0x10000), before,
						  4096), 0);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		rig_cfg_write(rig, 0xfc, 4, places[i]);
		/* ASLS has the written value, but no OpRegion is mapped */
		assert_int_equal(rig_cfg_read(rig, 0xfc, 4), places[i]);
		assert_int_equal(refused(rig), i + 1);
		assert_int_equal(xengt_hv_fake_ranges(rig->fake,
						      XENGT_RANGE_MMIO), 1);
	}
	assert_int_equal(rig->hv->ops->read_guest(rig->hv, gpa(0x10000), after,
						  4096), 0);
	assert_memory_equal(before, after, 4096);
	/* the registers are still there */
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8), 0x4776544776544776);
	/* a write of the same value does not cause another attempt */
	rig_cfg_write(rig, 0xfc, 4, RIG_BAR0 - 0x1000);
	assert_int_equal(refused(rig), XENGT_ARRAY_SIZE(places));
}

/* Every hole that is large enough will do, whatever begins right before or behind it. */
static void wherever_it_fits(void **state)
{
	static const uint32_t places[] = {
		0x0000a000,		/* between two pages of RAM */
		0x00040000,		/* behind all RAM */
		0xffffe000,		/* up to 4 GiB */
		(uint32_t)(RIG_BAR0 - XENGT_OPREGION_BYTES),
		(uint32_t)(RIG_BAR0 + XENGT_BAR0_BYTES),
	};
	struct rig *rig = *state;

	xengt_hv_fake_remove_ram(rig->fake, gfn(10));
	rig_cfg_write(rig, 0xfc, 4, places[0]);
	/* the second page of this hole is RAM */
	assert_int_equal(refused(rig), 1);
	rig_cfg_write(rig, 0xfc, 4, 0);
	xengt_hv_fake_remove_ram(rig->fake, gfn(11));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		rig_cfg_write(rig, 0xfc, 4, places[i]);
		assert_int_equal(refused(rig), 1);
		assert_true(is_trapped(rig, places[i]));
		assert_int_equal(read_at(rig, places[i] + 0x10, 4), 8);
	}
	/* a device that does not decode has no BAR0 that could be in the way */
	rig_cfg_write(rig, 0xfc, 4, 0);
	rig_cfg_write(rig, 0x04, 2, 0);
	rig_cfg_write(rig, 0xfc, 4, places[0]);
	assert_int_equal(refused(rig), 1);
	assert_true(is_trapped(rig, places[0]));
}

/* An access over the end reaches only the bytes before the end. */
static void its_end(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0xfc, 4, HOLE);
	write_at(rig, HOLE + 0x1ffc, 4, 0x12345678);
	assert_int_equal(read_at(rig, HOLE + 0x1ffe, 4), 0xffff1234);
	assert_int_equal(read_at(rig, HOLE + 0x1ffc, 8), 0xffffffff12345678);
	write_at(rig, HOLE + 0x1ffe, 4, 0xaabbccdd);
	assert_int_equal(read_at(rig, HOLE + 0x1ffc, 4), 0xccdd5678);
	assert_int_equal(read_at(rig, HOLE + 0x2000, 4), 0xffffffff);
	assert_int_equal(read_at(rig, HOLE - 4, 4), 0xffffffff);
}

/* Right before and right behind BAR0, each byte is answered by the one to which it belongs. */
static void beside_bar0(void **state)
{
	static const uint32_t places[] = {
		RIG_BAR0 - XENGT_OPREGION_BYTES, RIG_BAR0 + XENGT_BAR0_BYTES,
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		rig_cfg_write(rig, 0xfc, 4, places[i]);
		assert_int_equal(read_at(rig, places[i] + 0x10, 4), 8);
		for (uint32_t at = 0; at < XENGT_OPREGION_BYTES; at += XENGT_OPREGION_BYTES - 4) {
			write_at(rig, places[i] + at, 4, 0x12345678 + at);
			assert_int_equal(read_at(rig, places[i] + at, 4), 0x12345678 + at);
		}
		assert_int_equal(read_at(rig, RIG_BAR0 + 0x78000, 4), 0x76544776);
	}
	assert_int_equal(refused(rig), 0);
}

/*
 * The guest moves BAR0 over the OpRegion: the OpRegion stays mapped until the guest
 * moves the OpRegion.
 */
static void first_come(void **state)
{
	const uint32_t bar0 = 0xfe000000;
	struct rig *rig = *state;

	rig_cfg_write(rig, 0xfc, 4, HOLE);
	rig_cfg_write(rig, 0x10, 4, bar0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->bar_refused, 1);
	assert_int_equal(read_at(rig, HOLE + 0x10, 4), 8);
	assert_int_equal(read_at(rig, bar0 + 0x78000, 4), 0xffffffff);
	rig_cfg_write(rig, 0xfc, 4, 0);
	rig_cfg_write(rig, 0x10, 4, bar0);
	assert_int_equal(read_at(rig, bar0 + 0x78000, 4), 0x76544776);
	rig_cfg_write(rig, 0xfc, 4, HOLE);
	assert_int_equal(refused(rig), 1);
	assert_int_equal(read_at(rig, HOLE + 0x10, 4), 0);
}

static void gone_with_the_device(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0xfc, 4, HOLE);
	write_at(rig, HOLE + 0x100, 4, 1);
	xengt_vgpu_reset(rig->vgpu);
	assert_false(is_trapped(rig, HOLE));
	rig_decode(rig);
	assert_int_equal(rig_cfg_read(rig, 0xfc, 4), 0);
	rig_cfg_write(rig, 0xfc, 4, HOLE);
	assert_int_equal(read_at(rig, HOLE + 0x100, 4), 0);
	xengt_vgpu_unplug(rig->vgpu);
	assert_false(is_trapped(rig, HOLE));
	assert_int_equal(read_at(rig, HOLE, 4), 0xffffffff);
}

static uint32_t swsci(struct rig *rig, uint32_t function, uint32_t sub)
{
	write_at(rig, HOLE + 0x204, 4, 0x55);
	write_at(rig, HOLE + 0x200, 4, sub << 8 | function << 1 | 1);
	rig_cfg_write(rig, 0xe8, 2, 0x8000);
	rig_cfg_write(rig, 0xe8, 2, 0x8001);
	assert_int_equal(rig_cfg_read(rig, 0xe8, 2), 0x8000);
	assert_int_equal(read_at(rig, HOLE + 0x204, 4), 0);
	return (uint32_t)read_at(rig, HOLE + 0x200, 4);
}

static void swsci_answers(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0xfc, 4, HOLE);
	assert_int_equal(swsci(rig, 4, 0), 1 << 5);
	assert_int_equal(swsci(rig, 4, 1), 1 << 5);
	assert_int_equal(swsci(rig, 6, 0), 1 << 5);
	assert_int_equal(swsci(rig, 6, 8), 2 << 5);
	for (uint32_t function = 0; function < 16; function++) {
		static const uint32_t subs[] = { 0, 1, 2, 3, 8, 16, 128, 255 };

		for (size_t i = 0; i < XENGT_ARRAY_SIZE(subs); i++) {
			bool is_query = (function == 4 && subs[i] <= 1) ||
					(function == 6 && !subs[i]);

			assert_int_equal(swsci(rig, function, subs[i]),
					 is_query ? 1 << 5 : 2 << 5);
		}
	}
	assert_int_equal(swsci(rig, 15, 255), 2 << 5);
	/* a store without the bit that selects SWSCI is not a request */
	write_at(rig, HOLE + 0x200, 4, 9);
	rig_cfg_write(rig, 0xe8, 2, 0x0001);
	assert_int_equal(read_at(rig, HOLE + 0x200, 4), 9);
}

/* ---- output of other programs ---- */

static void save(const char *path, const uint8_t *bytes, size_t len)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

/* Returns the tool's output for these bytes. The tool must exit with status 0. */
static const char *text_of(const char *tool, const uint8_t *bytes, size_t len)
{
	char path[] = "/tmp/xengt-golden-XXXXXX", cmd[256];
	static char text[65536];
	int fd = mkstemp(path);
	size_t n;
	FILE *in;

	assert_true(fd >= 0);
	close(fd);
	save(path, bytes, len);
	snprintf(cmd, sizeof(cmd), "%s%s 2>&1", tool, path);
	in = popen(cmd, "r");
	assert_non_null(in);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	if (pclose(in))
		fail_msg("%s: %s", cmd, text);
	unlink(path);
	return text;
}

static void says(const char *text, const char *const *lines)
{
	for (; *lines; lines++) {
		if (!strstr(text, *lines))
			fail_msg("\"%s\" is not in: %s", *lines, text);
	}
}

static void tool_reads_the_opregion(void **state)
{
	static const char *const lines[] = {
		"sign:\tIntelGraphicsMem", "size:\t0x00000008",
		"over:\t0x02000000", "mbox:\t0x00000009",
		"clid:\t0x00000003", NULL,
	};
	struct rig *rig = *state;

	says(text_of("intel_opregion_decode --file=",
		     rig->vgpu->opregion.bytes, XENGT_OPREGION_BYTES), lines);
}

static void tool_reads_the_vbt(void **state)
{
	static const char *const lines[] = {
		"VBT signature:\t\t\"$VBT XENGT ", "BDB version:\t\t186",
		"Child device size: 33", "Child device count: 1",
		"0x68c6 (DisplayPort)", "DVO Port: DP-B (0x07)",
		"DP compatible? yes", "Aux channel: AUX-B (0x10)", NULL,
	};
	struct rig *rig = *state;

	says(text_of("intel_vbt_decode --devid=0x1912 --file=",
		     rig->vgpu->opregion.bytes + 0x400, 0x1800), lines);
}

static void tool_reads_the_edid(void **state)
{
	static const struct {
		uint64_t low_mib;
		const char *lines[4];
	} cases[] = {
		{ 16, { "1920x1200", "154.000000 MHz", "EDID conformity: PASS" } },
		{ 8, { "DTD 1:  1280x1024", "108.000000 MHz", "EDID conformity: PASS" } },
		{ 4, { "DTD 1:  1024x768", "65.000000 MHz", "EDID conformity: PASS" } },
		{ 2, { "DTD 1:   640x480", "25.180000 MHz", "EDID conformity: PASS" } },
	};
	uint8_t edid[XENGT_EDID_MAX_BYTES];
	uint32_t bytes;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		bytes = xengt_edid_default(cases[i].low_mib * XENGT_MIB, edid);
		says(text_of("edid-decode --check ", edid, bytes),
		     cases[i].lines);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(shown_where_firmware_says),
		rig_test(nowhere_else),
		rig_test(wherever_it_fits),
		rig_test(its_end),
		rig_test(beside_bar0),
		rig_test(first_come),
		rig_test(gone_with_the_device),
		rig_test(swsci_answers),
		rig_test(tool_reads_the_opregion),
		rig_test(tool_reads_the_vbt),
		cmocka_unit_test(tool_reads_the_edid),
	};

	if (system("command -v intel_vbt_decode edid-decode >/dev/null")) {
		fprintf(stderr, "skipped: no intel-gpu-tools or edid-decode\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
