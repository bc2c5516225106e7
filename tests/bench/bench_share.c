// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of the decision which vGPU has the next turn (src/boundary/share.c),
 * with 8 and with 63 vGPUs that all wait: the next vGPU leaves the queue, is charged for
 * a turn, and enters the queue again. The goal is that 63 vGPUs cost at most twice as
 * much as 8; no other part of the decision (ports.c) depends on the number of vGPUs.
 *
 *   bench_share --list         names, goals and units, a line each
 *   bench_share NAME COUNT     run it COUNT times, print the nanoseconds of all runs
 *   bench_share NAME COUNT base   the same loop without the measured function
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boundary/share.h"

#define COUNT		2000000u
#define TURN_NS		5000000u
#define GOAL_8		260u

static struct xengt_queue queue;
static struct xengt_share shares[XENGT_EXEC_VGPUS_MAX];
static struct xengt_account accounts[XENGT_EXEC_VGPUS_MAX];
static uint64_t now;

static void begin(uint32_t n)
{
	xengt_queue_init(&queue);
	for (uint32_t i = 0; i < n; i++) {
		shares[i] = xengt_share_default();
		shares[i].weight += 7 * i;
		accounts[i].share = &shares[i];
		xengt_queue_enter(&queue, &accounts[i], true, now);
	}
}

static void one(void)
{
	struct xengt_account *next = xengt_queue_next(&queue, now);

	xengt_queue_leave(next);
	now += TURN_NS;
	xengt_queue_charge(&queue, next, TURN_NS, now);
	xengt_queue_enter(&queue, next, false, now);
}

static void nothing(void)
{
}

static void (*volatile run)(void) = one;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint32_t n, goal;
	} rows[] = {
		{ "decision_of_8", 8, GOAL_8 },
		{ "decision_of_63", XENGT_EXEC_VGPUS_MAX, 2 * GOAL_8 },
	};
	const size_t n_rows = sizeof(rows) / sizeof(rows[0]);
	uint64_t count, start;
	size_t row = 0;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (row = 0; row < n_rows; row++)
			printf("%s %u %u 0 whose turn is next, of %u vGPUs\n",
			       rows[row].name, COUNT, rows[row].goal,
			       rows[row].n);
		return 0;
	}
	while (argc >= 3 && row < n_rows && strcmp(argv[1], rows[row].name))
		row++;
	if (argc < 3 || row == n_rows) {
		fprintf(stderr, "usage: bench_share --list | NAME COUNT [base]\n");
		return 2;
	}
	count = strtoull(argv[2], NULL, 10);
	if (argc > 3)
		run = nothing;
	begin(rows[row].n);
	start = now_ns();
	for (uint64_t i = 0; i < count; i++)
		run();
	printf("%llu\n", (unsigned long long)(now_ns() - start));
	return 0;
}
