/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the cost of a whole probe of Debian's i915, including the first contexts that the
 * driver runs on each engine. The session was recorded on real Xen (tests/e2e/record-probe),
 * for a vGPU with 16 MiB of CPU-visible and 4 MiB of other graphics memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/rig_print.h"
#include "session/session.h"
#include "session_file.h"

static const struct row {
	const char *name, *what;
	size_t at;			/* offset in struct xengt_counters */
} rows[] = {
#define ROW(field, json, doc, ...) \
	{ #field, doc, offsetof(struct xengt_counters, field) },
	XENGT_COUNTERS(ROW)
#undef ROW
};

static uint64_t value(const struct xengt_counters *counters,
		      const struct row *row)
{
	return *(const uint64_t *)((const char *)counters + row->at);
}

static int count(const char *gpu)
{
	struct xengt_replay_result res = { 0 };
	char set[16];
	const uint8_t *buf;
	size_t len = session_file(gpu, &buf);

	if (!len || xengt_replay(buf, len, &res) || *res.difference) {
		fprintf(stderr, "count_probe: %s: %s\n", gpu, res.difference);
		return 1;
	}
	snprintf(set, sizeof(set), "probe_%s", gpu);
	count_print(set, "exits", (double)count_exits(&res.counters),
		    "all exits of an i915 probe");
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(rows); i++) {
		uint64_t n = value(&res.counters, &rows[i]);

		if (n)
			count_print(set, rows[i].name, (double)n,
				    rows[i].what);
	}
	return 0;
}

int main(void)
{
	return count("skl") || count("bdw");
}
