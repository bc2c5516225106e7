/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a probe of Debian's i915 costs: all of it, as it was recorded on real Xen
 * (tests/e2e/record-probe), with its last contexts, for a vGPU of 16 + 4 MB.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "session/session.h"
#include "session_file.h"

static const struct row {
	const char *name, *what;
	size_t at;			/* in struct xengt_counters */
} rows[] = {
#define ROW(field, json, doc) \
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
	uint64_t exits;
	const uint8_t *buf;
	size_t len = session_file(gpu, &buf);

	if (!len || xengt_replay(buf, len, &res) || *res.difference) {
		fprintf(stderr, "count_probe: %s: %s\n", gpu, res.difference);
		return 1;
	}
	exits = res.counters.exit_pci + res.counters.exit_reg_read +
		res.counters.exit_reg_write + res.counters.exit_ggtt_read +
		res.counters.exit_ggtt_write + res.counters.exit_other;
	printf("probe_%s_exits %llu all exits of an i915 probe\n", gpu,
	       (unsigned long long)exits);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(rows); i++) {
		uint64_t n = value(&res.counters, &rows[i]);

		if (n)
			printf("probe_%s_%s %llu %s\n", gpu, rows[i].name,
			       (unsigned long long)n, rows[i].what);
	}
	return 0;
}

int main(void)
{
	return count("skl") || count("bdw");
}
