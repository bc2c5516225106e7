// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-replay: does to a simulated GPU what was recorded (xengt-gpusim
 * --record), without QEMU, and says what it answers differently.
 */
#include "sim/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EXIT_DIFFERS	1
#define EXIT_USAGE	2
#define EXIT_BROKEN	3
#define SHOWN_MAX	20U

static unsigned int shown;

static long read_file(void *opaque, void *buf, size_t len)
{
	FILE *f = opaque;
	size_t n = fread(buf, 1, len, f);

	return n || !ferror(f) ? (long)n : -EIO;
}

static void show(void *opaque, const struct xengt_sim_rec_diff *d)
{
	static const char *const spaces[] = { "config", "BAR0", "?", "BAR2" };

	(void)opaque;
	if (shown++ >= SHOWN_MAX)
		return;
	printf("call %llu: %s 0x%llx (%u): recorded 0x%llx, now 0x%llx\n",
	       (unsigned long long)d->call, spaces[d->bar + 1],
	       (unsigned long long)d->off, d->size,
	       (unsigned long long)d->recorded, (unsigned long long)d->got);
}

static void usage(FILE *to)
{
	fputs("usage: xengt-replay FILE\n"
"\n"
"Replays a recording of xengt-gpusim --record (\"-\": standard input) on the\n"
"simulator that is built in, and compares what every read gives.\n"
"\n"
"Exit: 0 all as recorded, 1 differences, 2 usage, 3 not a whole recording.\n",
	      to);
}

int main(int argc, char **argv)
{
	struct xengt_sim_replay replay = { .read = read_file,
					   .differs = show };
	struct xengt_sim_rec_result res;
	int r;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return 0;
	}
	if (argc != 2 || (argv[1][0] == '-' && argv[1][1])) {
		usage(stderr);
		return EXIT_USAGE;
	}
	replay.opaque = strcmp(argv[1], "-") ? fopen(argv[1], "re") : stdin;
	if (!replay.opaque) {
		fprintf(stderr, "xengt-replay: %s: %s\n", argv[1],
			strerror(errno));
		return EXIT_BROKEN;
	}
	r = xengt_sim_replay(&replay, &res);
	if (shown > SHOWN_MAX)
		printf("and %u more\n", shown - SHOWN_MAX);
	printf("calls %llu reads %llu interrupts %llu differences %llu ns %llu sum %016llx\n",
	       (unsigned long long)res.calls, (unsigned long long)res.reads,
	       (unsigned long long)res.msis,
	       (unsigned long long)res.differences,
	       (unsigned long long)res.ns, (unsigned long long)res.sum);
	if (r) {
		fprintf(stderr, "xengt-replay: %s: %s\n", argv[1],
			strerror(-r));
		return EXIT_BROKEN;
	}
	return res.differences ? EXIT_DIFFERS : 0;
}
