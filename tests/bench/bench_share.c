// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the cost of choosing the vGPU that has the next turn (src/boundary/share.c), when
 * 8 or 63 vGPUs wait. In each run the next vGPU leaves the queue, is charged for a turn, and
 * enters the queue again. The goal is that 63 vGPUs cost at most twice as much as 8; the
 * rest of the choice (lane.c, ports.c) does not depend on the number of vGPUs.
 */
#include "bench/rig_loop.h"
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

static void begin_8(void)
{
	begin(8);
}

static void begin_all(void)
{
	begin(XENGT_EXEC_VGPUS_MAX);
}

int main(int argc, char **argv)
{
	const struct loop_case cases[] = {
		{ "decision_of_8", GOAL_8, begin_8,
		  "choice of the next turn among 8 vGPUs" },
		{ "decision_of_63", 2 * GOAL_8, begin_all,
		  "choice of the next turn among 63 vGPUs" },
	};
	const struct loop_bench bench = { cases, 2, COUNT, one };

	_Static_assert(XENGT_EXEC_VGPUS_MAX == 63, "the benchmark's name and text say 63");
	return loop_main(&bench, argc, argv);
}
