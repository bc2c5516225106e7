/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the cost of a page table of 512 entries: exits, hypercalls, bytes
 * copied from the guest, calls to the module, interrupts.
 */
#include "bench/rig_count.h"

#include "core/ppgtt.h"

#define N	XENGT_PPGTT_ENTRIES
#define ROOT	1024u		/* frame of the PML4; the next two frames are the PDP and
				 * the PD, the frames from TABLE on are tables of level
				 * 1 */
#define TABLE	1027u
#define LEAF	512u		/* the first of the frames that the entries point to */
#define SET	(COUNT_SET(COUNT_EXITS, COUNT_CALLS) | \
		 COUNT_SET(COUNT_INTERRUPTS, COUNT_INTERRUPTS))

static void prepare(struct guest *g)
{
	const struct xengt_ppgtt_root root = { { ROOT << 12 }, true };
	uint32_t id;

	assert_int_equal(xengt_ppgtt_prepare(g->vgpu, &root, &id), 0);
}

static void fill(struct guest *g, uint32_t table)
{
	for (uint32_t i = 0; i < N; i++)
		put_entry(g, table, i, LEAF + i);
}

int main(void)
{
	struct guest *g = count_setup();

	for (uint32_t i = 0; i < 3; i++)
		put_entry(g, ROOT + i, 0, ROOT + i + 1);
	prepare(g);
	count_start();

	fill(g, TABLE);
	prepare(g);
	count_report("table_filled", 1, SET,
		     "512 stores to a page table that the module has a shadow of, and a submission");
	prepare(g);
	count_report("table_unchanged", 1, SET,
		     "a submission, for each unchanged page table that it reaches");
	fill(g, TABLE + 1);
	put_entry(g, ROOT + 2, 1, TABLE + 1);
	prepare(g);
	count_report("table_added", 1, SET,
		     "a filled page table put into its directory, and a submission");
	store(g, ROOT + 2, 1, 0);
	count_report("table_removed", 1, SET, "the added page table taken out of its directory again");
	count_teardown();
	return 0;
}
