// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of the audit of command streams.
 *
 *   bench_audit --list           one line for each benchmark: name, goals, unit
 *   bench_audit NAME COUNT       run benchmark NAME COUNT times, print the total in ns
 *   bench_audit NAME COUNT base  the same loop without the measured function
 *
 * tests/bench/run runs this program in the same way as bench_core. The audit patches
 * dwords of a stream in place. Each stream is audited many times; later audits leave the
 * patched dwords unchanged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boundary/audit.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define LOW		0x02000000u
#define HIGH		0x20000000u
#define GGTT		(1u << 22)
#define MOST		16384u

static const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW >> 12, 0x4000 }, { HIGH >> 12, 0x18000 },
};

static int batch_start(void *ctx, uint64_t addr, bool is_ppgtt, bool is_second,
		       uint64_t *ret_addr, bool *ret_is_ppgtt)
{
	(void)ctx;
	(void)is_second;
	*ret_addr = addr;
	*ret_is_ppgtt = is_ppgtt;
	return 0;
}

static struct xengt_audit audit = {
	.slices = slices,
	.hws_pga = LOW + 0x5000, .batch_start = batch_start,
};

static uint32_t stream[MOST], stream_dwords;

/* clang-format off */
/* A request on RCS, as i915 emits it. */
static const uint32_t request[] = {
	0x10400002, HIGH + 0x40, 0, 1, 0, 0x02800000,
	0x7a000004, 0, 0, 0, 0, 0,
	0x7a000004, 0x00344c1c | 1u << 14, 0x80, 0, 0, 0,
	0x04000000, 0x18800101, 0x1000, 0, 0,
	0x7a000004, 0x00001021, 0, 0, 0, 0,
	0x7a000004, 0x01104080, HIGH + 0x40, 0, 2, 0,
	0x01000000, 0x04000001, 0x02800000, 0,
};

/* State commands and a draw, as in a batch with privilege. */
static const uint32_t draw[] = {
	0x78140000, 0, 0x7820000a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x78130002, 0, 0, 0, 0x78080003, 0, 0, 0, 0, 0x78090001, 0, 0,
	0x10400002, HIGH + 0x1000, 0, 7, 0x11000001, 0x7014, 0x00010001,
	0x7b000005, 4, 1, 0, 1, 0, 0,
};

/* A user's batch on the blitter: tiling on, blits, tiling off, a fence. */
static const uint32_t blits[] = {
	0x13000002, 0, 0, 0, 0x11000001, 0x22200, 0x00030003,
	0x54c00008, 0x03cc0100, 0, 0x00100010, 0x1000, 0, 0, 0x100, 0x2000, 0,
	0x54c00008, 0x03cc0100, 0, 0x00100010, 0x1000, 0, 0, 0x100, 0x2000, 0,
	0x54c00008, 0x03cc0100, 0, 0x00100010, 0x1000, 0, 0, 0x100, 0x2000, 0,
	0x50800008, 0x03000100, 0, 0x00100010, 0x1000, 0, 0, 0x100, 0x2000, 0,
	0x54000005, 0x03f00100, 0, 0x00100010, 0x1000, 0, 0x55,
	0x54000005, 0x03f00100, 0, 0x00100010, 0x1000, 0, 0x55,
	0x13000002, 0, 0, 0, 0x11000001, 0x22200, 0x00030000,
	0x10000002, 0x1000, 0, 7,
};

/*
 * Only loads of registers, because no other command costs as much for each
 * dword.
 */
static const uint32_t loads[] = {
	0x11000007, 0x2600, 0, 0x7014, 0, 0xe184, 0, 0x2088, 0,
};
/* clang-format on */

static void fill(const uint32_t *dw, size_t n, uint32_t dwords)
{
	while (stream_dwords + n + 1 <= dwords) {
		memcpy(stream + stream_dwords, dw, n * sizeof(*dw));
		stream_dwords += n;
	}
	if (audit.kind == XENGT_AUDIT_BATCH ||
	    audit.kind == XENGT_AUDIT_USER_BATCH)
		stream[stream_dwords++] = 0x05000000;
}

typedef int run_fn(const struct xengt_audit *a, uint32_t *copy, uint32_t first,
		   uint32_t count, struct xengt_audit_result *ret_result);

static int no_run(const struct xengt_audit *a, uint32_t *copy, uint32_t first,
		  uint32_t count, struct xengt_audit_result *ret_result)
{
	(void)a;
	(void)copy;
	(void)first;
	(void)count;
	(void)ret_result;
	return 0;
}

static run_fn *volatile run = xengt_audit_run;

/* Audit the stream once. Returns the number of the stream's commands. */
static uint32_t once(void)
{
	struct xengt_audit_result result = { 0 };

	if (run(&audit, stream, 0, stream_dwords, &result)) {
		fprintf(stderr, "bench_audit: refused at %u: %08x\n",
			result.at, result.cmd);
		exit(1);
	}
	return result.commands;
}

static const struct bench {
	const char *name;
	const uint32_t *dw;
	size_t n;
	enum xengt_engine_id engine;
	enum xengt_audit_kind kind;
	uint32_t dwords;		/* dwords of the stream */
	bool is_per_command;		/* true: the unit is a command; false: the unit
					 * is 1000 bytes */
	uint32_t goal_instr;
	double goal_ns;
	const char *what;
} benches[] = {
	{ "audit_ring", request, COUNT(request), XENGT_ENGINE_RCS,
	  XENGT_AUDIT_RING, 4096, true, 60, 0,
	  "a command of i915's requests in a ring" },
	{ "audit_draw", draw, COUNT(draw), XENGT_ENGINE_RCS,
	  XENGT_AUDIT_BATCH, MOST, true, 66, 0,
	  "a command of a batch with privilege that draws" },
	{ "audit_blit", blits, COUNT(blits), XENGT_ENGINE_BCS,
	  XENGT_AUDIT_USER_BATCH, MOST, true, 69, 0,
	  "a command of a user's batch on Gen9's blitter" },
	{ "audit_ring_1000", request, COUNT(request), XENGT_ENGINE_RCS,
	  XENGT_AUDIT_RING, 4096, false, 0, 1000,
	  "1000 bytes of i915's requests: the goal is 1 GB/s" },
	{ "audit_draw_1000", draw, COUNT(draw), XENGT_ENGINE_RCS,
	  XENGT_AUDIT_BATCH, MOST, false, 0, 1000,
	  "1000 bytes of a batch with privilege that draws" },
	{ "audit_blit_1000", blits, COUNT(blits), XENGT_ENGINE_BCS,
	  XENGT_AUDIT_USER_BATCH, MOST, false, 0, 1000,
	  "1000 bytes of a user's batch on Gen9's blitter" },
	{ "audit_loads_1000", loads, COUNT(loads), XENGT_ENGINE_RCS,
	  XENGT_AUDIT_INDIRECT_CTX, 1024, false, 0, 0,
	  "1000 bytes of loads of registers only" },
};

#define UNITS	400000u

static int list(void)
{
	for (size_t i = 0; i < COUNT(benches); i++)
		printf("%s %u %u %.0f %s\n", benches[i].name, UNITS,
		       benches[i].goal_instr, benches[i].goal_ns,
		       benches[i].what);
	return 0;
}

/*
 * Audits the whole stream again and again until count units have been audited, or a few
 * more. thousandths: the number of units in one audit of the stream, multiplied by
 * 1000.
 */
static void measure(uint64_t thousandths, uint64_t count)
{
	for (uint64_t done = 0; done < 1000 * count; done += thousandths)
		once();
}

int main(int argc, char **argv)
{
	struct timespec from, to;
	uint64_t thousandths;		/* number of units (commands, or 1000 bytes) in
					 * one audit of the stream, multiplied by 1000 */
	bool is_base;

	audit.platform = xengt_platform_get(XENGT_PLATFORM_SKL);
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	is_base = argc == 4 && !strcmp(argv[3], "base");
	for (size_t i = 0; (argc == 3 || is_base) && i < COUNT(benches); i++) {
		const struct bench *b = &benches[i];

		if (strcmp(argv[1], b->name))
			continue;
		audit.engine = b->engine;
		audit.kind = b->kind;
		fill(b->dw, b->n, b->dwords);
		thousandths = once() * 1000ull;
		if (!b->is_per_command)
			thousandths = 4ull * stream_dwords;
		if (is_base)
			run = no_run;
		clock_gettime(CLOCK_MONOTONIC, &from);
		measure(thousandths, strtoull(argv[2], NULL, 0));
		clock_gettime(CLOCK_MONOTONIC, &to);
		printf("%lld\n",
		       (long long)(to.tv_sec - from.tv_sec) * 1000000000 +
		       (to.tv_nsec - from.tv_nsec));
		return 0;
	}
	fprintf(stderr, "usage: bench_audit --list | NAME COUNT [base]\n");
	return 2;
}
