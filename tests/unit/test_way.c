/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the choice of how dom0 holds frames, src/boundary/way.c: for each kind of dom0 and
 * each setting of Xen there is one answer, either an enum xengt_way or a refusal that names
 * a remedy. The test needs no Xen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/way.h"
#include "hw/platform.h"

enum dom0 { PV, PVH, NEITHER, GUEST_PV, GUEST_HVM };

/* The answer of a row: an enum xengt_way, or words of the refusal. */
#define BY(w)		.way = (w)
#define NO(words)	.refusal = (words)
#define NO_STRICT	NO("remove strict")
#define NO_IGFX		NO("remove no-igfx")
#define NO_BROADWELL	NO("boot Xen with a PV dom0")
#define NO_IOMMU	NO("boot Xen with iommu=on")
#define NO_ANSWER	NO("does not tell")
#define NO_DOM0		NO("no dom0")

#define PV_WAY		BY(XENGT_WAY_PV)
#define PVH_WAY		BY(XENGT_WAY_PVH)

static const struct row {
	enum dom0 dom0;
	const char *platform;
	const char *cmdline;
	enum xengt_way way;
	const char *refusal;
} rows[] = {
	/* Xen's defaults, and words that change nothing */
	{ PV, "skl", "", PV_WAY },
	{ PV, "bdw", "", PV_WAY },
	{ PVH, "skl", "dom0=pvh", PVH_WAY },
	{ PVH, "kbl", "dom0=pvh", PVH_WAY },
	{ PV, "skl", "placeholder console=com1 dom0_mem=1024M,max:1024M iommu", PV_WAY },
	{ PV, "skl", "iommu=verbose,force dom0-iommu=map-inclusive", PV_WAY },
	{ PVH, "skl", "dom0=pvh iommu=no-sharept,debug", PVH_WAY },
	/* PV dom0: the IOMMU is off, in passthrough mode, or not strict */
	{ PV, "skl", "iommu=off", PV_WAY },
	{ PV, "skl", "iommu=0", PV_WAY },
	{ PV, "skl", "no-iommu", PV_WAY },
	{ PV, "bdw", "iommu=no-igfx", PV_WAY },
	{ PV, "skl", "dom0-iommu=passthrough", PV_WAY },
	{ PV, "skl", "dom0-iommu=no-strict", PV_WAY },
	{ PV, "skl", "dom0-iommu=strict=off", PV_WAY },
	{ PV, "skl", "dom0-iommu=strict=no,passthrough", PV_WAY },
	/* PV dom0 with a strict IOMMU */
	{ PV, "skl", "dom0-iommu=strict", NO_STRICT },
	{ PV, "bdw", "dom0-iommu=strict", NO_STRICT },
	{ PV, "skl", "dom0_iommu=strict", NO_STRICT },
	{ PV, "skl", "dom0-iommu=strict=1", NO_STRICT },
	{ PV, "skl", "dom0-iommu=map-inclusive,strict=yes", NO_STRICT },
	{ PV, "skl", "dom0-iommu=passthrough,strict", NO_STRICT },
	{ PV, "skl", "iommu=dom0-strict", NO_STRICT },
	{ PV, "skl", "iommu=on,dom0-strict=true", NO_STRICT },
	/*
	 * if Xen may read a value in another way than xengt does, xengt takes the value
	 * as strict
	 */
	{ PV, "skl", "dom0-iommu=strict=perhaps", NO_STRICT },
	/* "strict" has no effect on the GPU, because no IOMMU translates for the GPU */
	{ PV, "skl", "iommu=off dom0-iommu=strict", PV_WAY },
	{ PV, "bdw", "iommu=no-igfx dom0-iommu=strict", PV_WAY },
	{ PV, "bdw", "iommu=on,igfx=off dom0-iommu=strict", PV_WAY },
	/* the last of several settings is valid */
	{ PV, "skl", "dom0-iommu=strict dom0-iommu=no-strict", PV_WAY },
	{ PV, "skl", "dom0-iommu=no-strict dom0-iommu=strict", NO_STRICT },
	{ PV, "skl", "iommu=off iommu=on dom0-iommu=strict", NO_STRICT },
	{ PV, "skl", "iommu=no-igfx iommu=igfx dom0-iommu=strict", NO_STRICT },
	/* words that only look like the settings */
	{ PV, "skl", "xdom0-iommu=strict dom0-iommux=strict strict", PV_WAY },
	{ PV, "skl", "dom0-iommu=strictly,nostrict com1=strict", PV_WAY },
	{ PVH, "skl", "iommu=no-igfxx viommu=off xiommu=no-igfx", PVH_WAY },
	/* PVH dom0: the GPU's IOMMU must translate */
	{ PVH, "bdw", "dom0=pvh", NO_BROADWELL },
	{ PVH, "bdw", "dom0=pvh iommu=no-igfx", NO_BROADWELL },
	{ PVH, "skl", "dom0=pvh iommu=no-igfx", NO_IGFX },
	{ PVH, "skl", "dom0=pvh iommu=igfx=0", NO_IGFX },
	{ PVH, "skl", "dom0=pvh iommu=no-igfx,igfx", PVH_WAY },
	{ PVH, "skl", "dom0=pvh iommu=off", NO_IOMMU },
	{ PVH, "bdw", "dom0=pvh no-iommu", NO_IOMMU },
	/* a PVH dom0 always has a strict IOMMU */
	{ PVH, "skl", "dom0=pvh dom0-iommu=strict", PVH_WAY },
	/* without Xen's settings xengt cannot choose a way */
	{ PV, "skl", NULL, NO_ANSWER },
	{ PVH, "skl", NULL, NO_ANSWER },
	{ PV, "skl", "<denied>", NO_ANSWER },
	/* domains that are not dom0 */
	{ NEITHER, "skl", "", NO_DOM0 },
	{ GUEST_PV, "skl", "", NO_DOM0 },
	{ GUEST_HVM, "skl", "", NO_DOM0 },
	{ GUEST_PV, "skl", NULL, NO_DOM0 },
};

static int choose(enum dom0 dom0, const char *platform, const char *cmdline,
		  enum xengt_way *ret_way, const char **ret_reason)
{
	const struct xengt_way_facts facts = {
		.is_dom0 = dom0 != GUEST_PV && dom0 != GUEST_HVM,
		.is_pv = dom0 == PV || dom0 == GUEST_PV,
		.is_pvh = dom0 == PVH || dom0 == GUEST_HVM,
		.cmdline = cmdline,
		.platform = xengt_platform_find(platform),
	};

	assert_non_null(facts.platform);
	return xengt_way_choose(&facts, ret_way, ret_reason);
}

static void each_combination_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const char *reason = NULL;
		enum xengt_way way = 0;
		int r = choose(row->dom0, row->platform, row->cmdline, &way, &reason);

		if (r != (row->refusal ? -ENODEV : 0) || way != row->way ||
		    !row->refusal != !reason ||
		    (reason && !strstr(reason, row->refusal)))
			fail_msg("row %zu, '%s': unexpected result %d, way %u, reason: %s", i,
				 row->cmdline ? row->cmdline : "(none)", r, way,
				 reason ? reason : "no reason");
	}
}

/*
 * Xen cuts a command line that does not fit into the buffer, so a line that fills the
 * buffer may lack its end.
 */
static void a_line_that_may_be_cut_is_no_answer(void **state)
{
	char line[XENGT_WAY_CMDLINE_BYTES];
	const char *reason = NULL;
	enum xengt_way way = 0;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(choose(PV, "skl", line, &way, &reason), -ENODEV);
	assert_non_null(strstr(reason, "does not tell"));
	line[sizeof(line) - 2] = '\0';
	assert_int_equal(choose(PV, "skl", line, &way, &reason), 0);
	assert_int_equal(way, XENGT_WAY_PV);
}

/*
 * Gives lines of random bytes to the parser. Each line is in memory of exactly its size, so
 * that ASAN sees a read beyond the line.
 */
static void any_line_has_an_answer(void **state)
{
	static const char alphabet[] = "iommu dom0-strict=no-igfx,:;=off \t1";
	uint32_t seed = 1;

	(void)state;
	for (int n = 0; n < 20000; n++) {
		size_t len = n % 64;
		char *line = malloc(len + 1);
		const char *reason = NULL;
		enum xengt_way way = 0;
		int r;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525u + 1013904223u;
			line[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		line[len] = '\0';
		r = choose(n % 2 ? PV : PVH, "skl", line, &way, &reason);
		assert_true(r ? reason && !way : !reason && way);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_combination_has_its_answer),
		cmocka_unit_test(a_line_that_may_be_cut_is_no_answer),
		cmocka_unit_test(any_line_has_an_answer),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
