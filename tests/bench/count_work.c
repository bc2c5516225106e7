/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the cost of a submission, from the stores to ELSP to the end of the
 * guest's interrupt handler, and the cost of GGTT entries.
 */
#include "bench/rig_count.h"

#define ROUNDS		100u
#define ENTRIES		1000u
#define FIRST		2048u		/* the first GGTT entry of the low slice above those
					 * that the work uses */
#define STOS		512u
#define STATUS_SLOTS	6u

#define PVINFO		0x78000u
#define FLUSH		0x101008u
#define MASTER		0x44200u
#define RCS_IIR		0x44308u
#define MASTER_GT0	0x00000003u	/* an interrupt of RCS or BCS */
#define MASTER_ON	0x80000000u

#define WORK		COUNT_SET(COUNT_EXITS, COUNT_INTERRUPTS)
#define GGTT		(COUNT_SET(COUNT_EXITS, COUNT_CALLS) | \
			 COUNT_SET(COUNT_INTERRUPTS, COUNT_ENTRIES))

/* Do what i915's handler does at an interrupt of the render engine. */
static void handler(struct guest *g)
{
	uint32_t master, iir;

	guest_wr(g, MASTER, 4, 0);
	master = guest_rd(g, MASTER);
	if (master & MASTER_GT0) {
		iir = guest_rd(g, RCS_IIR);
		if (iir)
			guest_wr(g, RCS_IIR, 4, iir);
	}
	guest_wr(g, MASTER, 4, MASTER_ON);
}

/* Lets the processor take an interrupt, if there is one. */
static void interrupt(struct guest *g)
{
	static uint32_t seen;
	struct xengt_hv_fake_msi msi;
	uint32_t now = xengt_hv_fake_msis(g->fake, &msi);

	if (now != seen)
		handler(g);
	seen = now;
}

static void work(struct guest *g, uint32_t n)
{
	static uint32_t slot = STATUS_SLOTS - 1, breadcrumb;
	int turns = 0;

	breadcrumb++;
	emit_store(g, n, 0, breadcrumb);
	elsp(g, desc_of(g, n), 0);
	interrupt(g);
	/* there is one event for the begin of the context, and one for its end */
	slot = (slot + 2) % STATUS_SLOTS;
	while (get(g, HWSP, 0x1f) != slot) {
		assert_true(turns++ < 2000);
		xengt_vgpu_handle_events(g->vgpu);
		interrupt(g);
	}
	assert_int_equal(get(g, DATA, 0), breadcrumb);
}

static uint32_t entry_at(struct guest *g, uint32_t i)
{
	return 0x800000 + at(g, FIRST + i) / 512;
}

static void entries_by_stos(struct guest *g)
{
	for (uint32_t i = 0; i < ENTRIES; i += STOS)
		request(g, (struct xengt_req){
			.type = XENGT_REQ_MMIO, .addr = BAR0 + entry_at(g, i),
			.size = 8, .data = (uint64_t)DATA << 12 | 1,
			.count = ENTRIES - i < STOS ? ENTRIES - i : STOS,
		});
}

int main(void)
{
	struct guest *g = count_setup();

	guest_rd(g, PVINFO);			/* a driver for vGPUs reads this
						 * register first */
	work(g, 0);
	count_start();
	for (uint32_t i = 0; i < ROUNDS; i++)
		work(g, 0);
	count_report("submission", ROUNDS, WORK,
		     "a breadcrumb and its interrupt, in a context that was submitted before");
	work(g, 1);
	work(g, 2);
	count_report("submission_new", 2, WORK,
		     "a breadcrumb and its interrupt, in a new context with known page tables");
	for (uint32_t i = 0; i < ENTRIES; i++)
		guest_wr(g, entry_at(g, i), 8, (uint64_t)i << 12 | 1);
	guest_wr(g, FLUSH, 4, 1);
	count_report("ggtt_stores", 1, GGTT,
		     "1000 GGTT entries, by stores of 8 bytes, and a flush");
	/* Count the cost without RAM behind BAR0. */
	xengt_backing_release(g->vgpu);
	count_start();
	for (uint32_t i = 0; i < ENTRIES; i++)
		guest_wr(g, entry_at(g, i), 8, (uint64_t)i << 12 | 3);
	count_report("ggtt_trapped_stores", 1, GGTT,
		     "1000 GGTT entries, by stores of 8 bytes, without RAM");
	entries_by_stos(g);
	count_report("ggtt_trapped_stos", 1, GGTT,
		     "1000 GGTT entries, by rep stos of 512, without RAM");
	count_teardown();
	return 0;
}
