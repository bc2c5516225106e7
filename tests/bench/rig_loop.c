// SPDX-License-Identifier: GPL-2.0-only
#include "bench/rig_loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void nothing(void)
{
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int loop_main(const struct loop_bench *bench, int argc, char **argv)
{
	void (*volatile run)(void) = argc > 3 ? nothing : bench->one;
	uint64_t count, start;
	size_t i = 0;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (i = 0; i < bench->n_cases; i++)
			printf("%s %u %u 0 %s\n", bench->cases[i].name,
			       bench->count, bench->cases[i].goal,
			       bench->cases[i].what);
		return 0;
	}
	while (argc >= 3 && i < bench->n_cases &&
	       strcmp(argv[1], bench->cases[i].name))
		i++;
	if (argc < 3 || i == bench->n_cases) {
		fprintf(stderr, "usage: %s --list | NAME COUNT [base]\n",
			argv[0]);
		return 2;
	}
	count = strtoull(argv[2], NULL, 10);
	bench->cases[i].begin();
	start = now_ns();
	for (uint64_t k = 0; k < count; k++)
		run();
	printf("%llu\n", (unsigned long long)(now_ns() - start));
	return 0;
}
