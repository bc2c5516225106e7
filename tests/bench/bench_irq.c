// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of an interrupt that a guest's command makes an engine
 * raise: the module's handler, its thread, and the worker's read of the event,
 * on the hardware of boundary_world.h. limits.h bounds the number of such
 * interrupts in a second; the goal is that together they cost at most 2 % of a
 * CPU.
 *
 *   bench_irq --list         names, goals and units, a line each
 *   bench_irq NAME COUNT     run it COUNT times, print the nanoseconds of all runs
 *   bench_irq NAME COUNT base   the same loop without the measured function
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/boundary_world.h"

#define NAME	"irq_of_a_guest"
#define COUNT	2000000u

static struct world *w;
static struct world_guest *g;

static void begin(void)
{
	w = world_create(XENGT_PLATFORM_SKL, 1);
	g = &w->guests[0];
	guest_context(g, 0, 4, 0);
	guest_emit(g, 0, 0x02800000);
	guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 1), 0);
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
}

static void one(void)
{
	uint32_t bits[XENGT_ENGINES] = { 0 };
	struct xengt_event ev;

	w->now += XENGT_IRQ_WINDOW_NS / (XENGT_IRQS_MAX - 2);
	w->regs[(XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR) / 4] =
		XENGT_ENGINE_IRQ_USER;
	xengt_engine_irqs_take(&w->sched, bits);
	for (uint32_t i = 0; i < XENGT_ENGINES; i++)
		if (bits[i])
			xengt_sched_irq(&w->sched, (enum xengt_engine_id)i,
					bits[i]);
	xengt_sched_unmute(&w->sched);
	while (xengt_exec_next_event(&g->exec, &ev))
		;
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
	uint64_t count, start;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		printf("%s %u %u 0 an interrupt that a guest's command raised\n",
		       NAME, COUNT, XENGT_IRQ_INSTRUCTIONS_MAX);
		return 0;
	}
	if (argc < 3 || strcmp(argv[1], NAME)) {
		fprintf(stderr, "usage: bench_irq --list | NAME COUNT [base]\n");
		return 2;
	}
	count = strtoull(argv[2], NULL, 10);
	if (argc > 3)
		run = nothing;
	begin();
	start = now_ns();
	for (uint64_t i = 0; i < count; i++)
		run();
	printf("%llu\n", (unsigned long long)(now_ns() - start));
	return 0;
}
