// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of an interrupt that a guest's command makes an engine
 * raise: the module's handler, its thread, and the worker's read of the event,
 * on the hardware of boundary_world.h. limits.h bounds the number of such
 * interrupts in a second; the goal is that this number of interrupts costs at
 * most 2 % of a CPU.
 */
#include "bench/rig_loop.h"
#include "tests/unit/boundary_world.h"

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

int main(int argc, char **argv)
{
	const struct loop_case it = {
		"irq_of_a_guest", XENGT_IRQ_INSTRUCTIONS_MAX, begin,
		"an interrupt that a guest's command raised",
	};
	const struct loop_bench bench = { &it, 1, COUNT, one };

	return loop_main(&bench, argc, argv);
}
