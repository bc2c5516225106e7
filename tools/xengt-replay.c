// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-replay: replays a recorded session of a simulated GPU, or of a vGPU's
 * device model, and prints where the replay differs from the recording.
 */
#include "common/begin.h"
#include "replay.h"
#include "sim/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The first byte of a session (src/session/format.h). */
#define SESSION_BYTE	'S'
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
"Replays a recording (\"-\": standard input). A recording of xengt-gpusim --record is\n"
"replayed on the built-in simulator, and the value of each read is compared. A\n"
"recording of xengtd --record is replayed on the built-in device model, and each call\n"
"of the device model is compared.\n"
"\n"
"Exit: 0 no differences, 1 differences, 2 usage, 3 not a complete recording.\n",
	      to);
}

static int replay_simulator(FILE *file, const char *name)
{
	struct xengt_sim_replay replay = { .read = read_file, .opaque = file,
					   .differs = show };
	struct xengt_sim_rec_result res;
	int r = xengt_sim_replay(&replay, &res);

	if (shown > SHOWN_MAX)
		printf("and %u more\n", shown - SHOWN_MAX);
	printf("calls %llu reads %llu interrupts %llu differences %llu ns %llu sum %016llx\n",
	       (unsigned long long)res.calls, (unsigned long long)res.reads,
	       (unsigned long long)res.msis,
	       (unsigned long long)res.differences,
	       (unsigned long long)res.ns, (unsigned long long)res.sum);
	if (r) {
		fprintf(stderr, "xengt-replay: %s: %s\n", name, strerror(-r));
		return REPLAY_BROKEN;
	}
	return res.differences ? REPLAY_DIFFERS : REPLAY_SAME;
}

int main(int argc, char **argv)
{
	FILE *file;
	int first;

	xengt_begin();
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return REPLAY_SAME;
	}
	if (argc != 2 || (argv[1][0] == '-' && argv[1][1])) {
		usage(stderr);
		return REPLAY_USAGE;
	}
	file = strcmp(argv[1], "-") ? fopen(argv[1], "re") : stdin;
	if (!file) {
		fprintf(stderr, "xengt-replay: %s: %s\n", argv[1],
			strerror(errno));
		return REPLAY_BROKEN;
	}
	first = getc(file);
	if (first != EOF)
		ungetc(first, file);
	return first == SESSION_BYTE ? replay_session(file, argv[1]) :
				       replay_simulator(file, argv[1]);
}
