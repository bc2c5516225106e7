/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the vGPU's config space with lspci, which reads it from a dump (lspci -F): the
 * output of lspci must have the expected lines. Exits with 77 where pciutils is not
 * installed.
 */
#include "rig.h"

#include <stdio.h>
#include <unistd.h>

static const char *const golden_primary[] = {
	"00:02.0 0300: 8086:1916 (rev 07) (prog-if 00 [VGA controller])",
	"Subsystem: 1028:06dc",
	"Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- "
	"Stepping- SERR- FastB2B- DisINTx-",
	"Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- "
	"<TAbort- <MAbort- >SERR- <PERR- INTx-",
	"Latency: 0",
	"Interrupt: pin A routed to IRQ 11",
	"Region 0: Memory at e0000000 (64-bit, non-prefetchable)",
	"Region 2: Memory at d0000000 (64-bit, prefetchable)",
	"Capabilities: [90] MSI: Enable+ Count=1/1 Maskable- 64bit-",
	"Address: fee00000  Data: 4021",
	"Capabilities: [d0] Power Management version 2",
	"Flags: PMEClk- DSI+ D1- D2- AuxCurrent=0mA "
	"PME(D0-,D1-,D2-,D3hot-,D3cold-)",
	"Status: D0 NoSoftRst+ PME-Enable- DSel=0 DScale=0 PME-",
	"Capabilities: [a4] PCI Advanced Features",
	"AFCap: TP+ FLR+",
	NULL,
};

static const char *const golden_secondary[] = {
	"00:02.0 0380: 8086:1916 (rev 07)",
	"Control: I/O- Mem- BusMaster- SpecCycle- MemWINV- VGASnoop- ParErr- "
	"Stepping- SERR- FastB2B- DisINTx-",
	"Interrupt: pin A routed to IRQ 0",
	"Region 0: Memory at <unassigned> (64-bit, non-prefetchable) [disabled]",
	"Region 2: Memory at <unassigned> (64-bit, prefetchable) [disabled]",
	"Capabilities: [90] MSI: Enable- Count=1/1 Maskable- 64bit-",
	"Capabilities: [d0] Power Management version 2",
	NULL,
};

static void dump(struct rig *rig, const char *path)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fprintf(out, "00:%02x.0 vGPU\n", RIG_SLOT);
	for (uint32_t row = 0; row < 256; row += 16) {
		fprintf(out, "%02x:", row);
		for (uint32_t i = 0; i < 16; i++)
			fprintf(out, " %02x", rig_cfg_read(rig, row + i, 1));
		fputc('\n', out);
	}
	assert_int_equal(fclose(out), 0);
}

/* Reads the output of lspci, and replaces each run of blanks and tabs by one blank. */
static void lspci(const char *path, char *text, size_t text_len)
{
	char command[128];
	size_t n = 0;
	FILE *in;
	int c;

	snprintf(command, sizeof(command), "lspci -F %s -n -vv", path);
	in = popen(command, "r");
	assert_non_null(in);
	while ((c = fgetc(in)) != EOF && n < text_len - 1) {
		if (c == '\t')
			c = ' ';
		text[n++] = (char)c;
	}
	text[n] = '\0';
	assert_int_equal(pclose(in), 0);
}

/*
 * Checks that the text has the expected lines in this order. Other lines may be
 * between them.
 */
static void expect(const char *text, const char *const *golden)
{
	const char *at = text;

	for (; *golden; golden++) {
		const char *found = strstr(at, *golden);

		if (!found)
			fail_msg("'%s' is missing, or not in the expected order, in:\n%s", *golden,
				 text);
		at = found + strlen(*golden);
	}
	assert_null(strstr(text, "Region 4"));
	assert_null(strstr(text, "Expansion ROM"));
}

static void compare(struct rig *rig, const char *const *golden)
{
	char path[] = "/tmp/xengt-lspci-XXXXXX";
	static char text[16384];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	dump(rig, path);
	lspci(path, text, sizeof(text));
	unlink(path);
	expect(text, golden);
}

static void running_primary(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, 0x3c, 1, 11);
	rig_cfg_write(rig, 0x94, 4, 0xfee00000);
	rig_cfg_write(rig, 0x98, 2, 0x4021);
	rig_cfg_write(rig, 0x92, 2, 1);
	compare(rig, golden_primary);
}

static void secondary_at_power_on(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig.cfg.is_primary = false;
	rig_create(&rig);
	compare(&rig, golden_secondary);
	rig_destroy(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(running_primary),
		cmocka_unit_test(secondary_at_power_on),
	};

	if (system("lspci --version >/dev/null 2>&1")) {
		fprintf(stderr, "skipped: no lspci (pciutils)\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
