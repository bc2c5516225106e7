// SPDX-License-Identifier: GPL-2.0-only
#include "bench/rig_print.h"

#include <stdio.h>
#include <string.h>

#include "xengt/types.h"

/* Goals: a count must not exceed its goal. */
static const struct {
	const char *name;
	uint32_t goal;
} count_goals[] = {
	{ "submission.exits", 7 }, { "submission.hypercalls", 8 },
	{ "submission.calls", 1 }, { "submission.interrupts", 1 },
	{ "submission.module_bytes", 8192 },
	{ "submission_new.exits", 7 }, { "submission_new.calls", 1 },
	{ "ggtt_stores.exits", 1 }, { "ggtt_stores.calls", 2 },
	{ "ggtt_stores.interrupts", 0 },
	{ "ggtt_trapped_stores.calls", 1000 },
	{ "ggtt_trapped_stos.exits", 2 }, { "ggtt_trapped_stos.calls", 2 },
	{ "table_filled.exits", 0 }, { "table_filled.calls", 1 },
	{ "table_filled.bytes", 4096 }, { "table_filled.interrupts", 0 },
	{ "table_unchanged.exits", 0 }, { "table_unchanged.calls", 0 },
	{ "table_added.exits", 1 }, { "table_added.calls", 3 },
	{ "table_removed.exits", 1 }, { "table_removed.calls", 2 },
	{ "probe_skl.exits", 1500 }, { "probe_skl.hypercalls", 1600 },
	{ "probe_bdw.exits", 1100 }, { "probe_bdw.hypercalls", 1200 },
	{ "aperture_boot_upfront.hypercalls", 24 },
	{ "aperture_boot_lazy.exits", 13 }, { "aperture_boot_lazy.hypercalls", 26 },
	{ "aperture_console_lazy.exits", 1 },
	{ "aperture_upload_lazy.exits", 94 },
	{ "aperture_desktop_lazy.exits", 3600 },
	{ "aperture_clearing_lazy.exits", 10800 },
};

void count_print(const char *set, const char *name, double value,
		 const char *what)
{
	char full[64];

	snprintf(full, sizeof(full), "%s.%s", set, name);
	printf("%s %.10g ", full, value);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(count_goals); i++)
		if (!strcmp(count_goals[i].name, full)) {
			printf("%u %s\n", count_goals[i].goal, what);
			return;
		}
	printf("- %s\n", what);
}

uint64_t count_exits(const struct xengt_counters *c)
{
	return c->exit_pci + c->exit_reg_read + c->exit_reg_write +
	       c->exit_ggtt_read + c->exit_ggtt_write + c->exit_other +
	       c->exit_aperture + c->exit_invalidate;
}
