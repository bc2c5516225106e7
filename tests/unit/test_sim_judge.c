// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the verdicts of the isolation judge. The test plays the judge's module in dom0.
 */
#include "sim_machine.h"

#include "xengt/judge_abi.h"

#define DOM_A	3U
#define DOM_B	4U

struct court {
	struct machine *m;
	void *shm;
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_slice *slices;
	struct xengt_judge_violation *ring;
	uint64_t *owners;
};

#define SCRATCH	(RAM_MFN + 60)

/*
 * Domain A owns frames 0 to 19 of the machine's memory, domain B frames 20 to
 * 39, and no domain the other frames.
 */
static int setup_court(void **state)
{
	struct court *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->m = machine_create("skl", false);
	c->shm = aligned_alloc(4096, XENGT_JUDGE_FILE_BYTES);
	assert_non_null(c->shm);
	assert_int_equal(xengt_sim_judge_format(c->shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	assert_int_equal(xengt_sim_judge_attach(c->m->sim, c->shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	c->hdr = c->shm;
	c->slices = (void *)((char *)c->shm + XENGT_JUDGE_SLICES_OFF);
	c->ring = (void *)((char *)c->shm + XENGT_JUDGE_RING_OFF);
	c->owners = (void *)((char *)c->shm + XENGT_JUDGE_OWNERS_OFF);
	for (uint64_t i = 0; i < 20; i++) {
		c->owners[RAM_MFN + i] = XENGT_JUDGE_OWNER(DOM_A, i);
		c->owners[RAM_MFN + 20 + i] = XENGT_JUDGE_OWNER(DOM_B, i);
	}
	/*
	 * all entries point to one page, as after the module has cleared the GGTT
	 */
	for (uint32_t i = 0; i < XENGT_SIM_GGTT_ENTRIES; i++)
		set_pte(c->m, i, PTE(SCRATCH));
	flush(c->m);
	*state = c;
	return 0;
}

static int teardown_court(void **state)
{
	struct court *c = *state;

	machine_destroy(c->m);
	free(c->shm);
	free(c);
	return 0;
}

static void set_slice(struct court *c, unsigned int slot, unsigned int domid,
		      uint64_t low, uint64_t high, uint64_t bytes)
{
	c->hdr->generation++;
	c->slices[slot].active = bytes != 0;
	c->slices[slot].domid = domid;
	c->slices[slot].low_base = low;
	c->slices[slot].low_bytes = bytes;
	c->slices[slot].high_base = high;
	c->slices[slot].high_bytes = bytes;
	c->hdr->generation++;
}

/*
 * The slices of A begin at entries 0x100 and 0x80000, those of B at entries 0x200 and
 * 0x90000. Each slice has 0x100 entries.
 */
static void two_slices(struct court *c)
{
	set_slice(c, 0, DOM_A, 0x100 << 12, 0x80000ULL << 12, 0x100 << 12);
	set_slice(c, 1, DOM_B, 0x200 << 12, 0x90000ULL << 12, 0x100 << 12);
}

static int gpu(struct court *c, uint32_t index, bool write)
{
	uint32_t word = 0;

	return xengt_sim_gpu_access(c->m->sim, (uint64_t)index << 12, &word, 4,
				    write);
}

static void map(struct court *c, uint32_t index, uint64_t mfn)
{
	set_pte(c->m, index, PTE(mfn));
	flush(c->m);
}

static void test_own_frames(void **state)
{
	struct court *c = *state;

	two_slices(c);
	map(c, 0x100, RAM_MFN + 5);
	map(c, 0x80001, RAM_MFN + 6);
	map(c, 0x200, RAM_MFN + 25);
	assert_int_equal(gpu(c, 0x100, true), 0);
	assert_int_equal(gpu(c, 0x80001, false), 0);
	assert_int_equal(gpu(c, 0x200, false), 0);
	xengt_sim_bar_write(c->m->sim, 2, 0x100 << 12, 4, 1);
	assert_int_equal(c->hdr->accesses, 4);
	assert_int_equal(c->hdr->violations, 0);
	/* outside of all slices every access is allowed */
	map(c, 0x1, RAM_MFN + 50);
	assert_int_equal(gpu(c, 0x1, true), 0);
	assert_int_equal(c->hdr->other_accesses, 1);
	assert_int_equal(c->hdr->violations, 0);
	assert_int_equal(c->hdr->sim_generation, c->hdr->generation);
}

static void test_foreign_frame(void **state)
{
	struct court *c = *state;
	struct xengt_judge_violation *v = &c->ring[0];

	two_slices(c);
	map(c, 0x101, RAM_MFN + 21);	/* a frame of B */
	(void)gpu(c, 0x101, true);
	assert_int_equal(c->hdr->violations, 1);
	assert_int_equal(c->hdr->ring_head, 1);
	assert_int_equal(v->seq, 1);
	assert_int_equal(v->mfn, RAM_MFN + 21);
	assert_int_equal(v->ggtt_index, 0x101);
	assert_int_equal(v->slot, 0);
	assert_int_equal(v->domid_expected, DOM_A);
	assert_int_equal(XENGT_JUDGE_OWNER_DOMID(v->owner_found), DOM_B);
	assert_int_equal(v->flags, XENGT_JUDGE_V_WRITE);
	/*
	 * one log line says that the simulator did not find Xen in this memory, and one what
	 * is known about the frame
	 */
	assert_int_equal(c->m->n_log, 3);
	/* a repetition of the same violation is counted, but not recorded again */
	(void)gpu(c, 0x101, true);
	assert_int_equal(c->hdr->violations, 2);
	assert_int_equal(v->count, 2);
	assert_int_equal(c->hdr->ring_head, 1);
	/*
	 * a read is a new violation, whether the GPU reads, or the CPU reads through the
	 * aperture
	 */
	(void)xengt_sim_bar_read(c->m->sim, 2, 0x101 << 12, 4);
	assert_int_equal(c->hdr->ring_head, 2);
	assert_int_equal(c->ring[1].flags, 0);
	/* after dom0's "reset" the violation is recorded again */
	c->hdr->base_ring_head = 2;
	(void)gpu(c, 0x101, true);
	assert_int_equal(c->hdr->ring_head, 3);
	assert_int_equal(v->count, 2);
}

static void test_nobodys_frame(void **state)
{
	struct court *c = *state;

	two_slices(c);
	map(c, 0x101, RAM_MFN + 50);	/* a frame of dom0 */
	(void)gpu(c, 0x101, false);
	assert_int_equal(c->hdr->violations, 1);
	map(c, 0x101, 0x123456);	/* a frame without memory */
	(void)gpu(c, 0x101, false);
	assert_int_equal(c->hdr->violations, 2);
	map(c, 0x101, XENGT_JUDGE_OWNERS_MAX + 5);	/* a frame beyond the owners' table */
	(void)gpu(c, 0x101, false);
	assert_int_equal(c->hdr->violations, 3);
}

static void test_scratch(void **state)
{
	struct court *c = *state;

	two_slices(c);
	assert_int_equal(gpu(c, 0x100, true), 0);
	assert_int_equal(c->hdr->scratch_mfn, SCRATCH);
	assert_int_equal(c->hdr->scratch_accesses, 1);
	assert_int_equal(c->hdr->violations, 0);
	/*
	 * half of the entries are in use: the page to which the other half points is
	 * still the scratch page
	 */
	for (uint32_t i = 0; i < XENGT_SIM_GGTT_ENTRIES / 2; i++)
		set_pte(c->m, i, PTE(RAM_MFN + i % 20));
	flush(c->m);
	two_slices(c);		/* after this call the judge searches again for the
				 * scratch page */
	assert_int_equal(gpu(c, 0x90000, true), 0);
	assert_int_equal(c->hdr->scratch_mfn, SCRATCH);
	assert_int_equal(c->hdr->violations, 0);
	/* all entries point to a new scratch page, as after a reload of the module */
	for (uint32_t i = 0; i < XENGT_SIM_GGTT_ENTRIES; i++)
		set_pte(c->m, i, PTE(SCRATCH + 1));
	flush(c->m);
	assert_int_equal(gpu(c, 0x90000, true), 0);
	assert_int_equal(c->hdr->scratch_mfn, SCRATCH + 1);
	assert_int_equal(c->hdr->violations, 0);
	map(c, 0x90000, SCRATCH);
	(void)gpu(c, 0x90000, true);
	assert_int_equal(c->hdr->violations, 1);
	/* a page that a domain owns cannot be the scratch page */
	c->owners[SCRATCH + 1] = XENGT_JUDGE_OWNER(DOM_B, 1);
	(void)gpu(c, 0x100, true);
	assert_int_equal(c->hdr->violations, 2);
}

/* Dom0 named two of its pages as scratch pages: one for A and one for B. */
static void test_scratch_of_each(void **state)
{
	struct court *c = *state;

	c->slices[0].scratch_mfn = RAM_MFN + 61;
	c->slices[1].scratch_mfn = RAM_MFN + 62;
	two_slices(c);
	map(c, 0x100, RAM_MFN + 61);
	map(c, 0x200, RAM_MFN + 62);
	assert_int_equal(gpu(c, 0x100, true), 0);
	assert_int_equal(gpu(c, 0x200, true), 0);
	assert_int_equal(c->hdr->scratch_accesses, 2);
	assert_int_equal(c->hdr->violations, 0);
	/* the GPU and the CPU access the neighbour's scratch page, and the host's */
	map(c, 0x101, RAM_MFN + 62);
	(void)gpu(c, 0x101, false);
	assert_int_equal(c->hdr->violations, 1);
	(void)gpu(c, 0x102, true);
	assert_int_equal(c->hdr->violations, 2);
	(void)xengt_sim_bar_read(c->m->sim, 2, 0x102 << 12, 4);
	assert_int_equal(c->hdr->violations, 3);
	/*
	 * if dom0 named one page as the scratch page of two slots, it is the scratch page
	 * of neither slot
	 */
	c->slices[1].scratch_mfn = RAM_MFN + 61;
	two_slices(c);
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 4);
	/* a page that a domain owns now is no scratch page, either */
	c->slices[1].scratch_mfn = RAM_MFN + 62;
	two_slices(c);
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 4);
	c->owners[RAM_MFN + 61] = XENGT_JUDGE_OWNER(DOM_B, 1);
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 5);
}

static void test_slices_change(void **state)
{
	struct court *c = *state;

	two_slices(c);
	map(c, 0x100, RAM_MFN + 25);
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 1);
	/* while dom0 writes the table, the judge uses its old copy */
	c->hdr->generation++;
	c->slices[0].domid = DOM_B;
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 2);
	c->hdr->generation++;
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 2);
	/* slice 0 is not active any more */
	set_slice(c, 0, DOM_A, 0, 0, 0);
	map(c, 0x100, RAM_MFN + 50);
	(void)gpu(c, 0x100, false);
	assert_int_equal(c->hdr->violations, 2);
	assert_int_equal(c->hdr->other_accesses, 1);
	/* a slice that overlaps another slice and ends beyond the GGTT */
	set_slice(c, 2, DOM_A, 0x200 << 12, 0xfffff000ULL, 0x2000);
	xengt_sim_idle(c->m->sim);
	assert_int_equal(c->hdr->slice_overlaps, 2);
}

static void test_stale_translation(void **state)
{
	struct court *c = *state;

	two_slices(c);
	map(c, 0x100, RAM_MFN + 5);
	(void)gpu(c, 0x100, false);
	/* the entry is cleared and the frame goes to B, without a flush */
	set_pte(c->m, 0x100, PTE(SCRATCH));
	c->owners[RAM_MFN + 5] = XENGT_JUDGE_OWNER(DOM_B, 100);
	(void)gpu(c, 0x100, true);
	assert_int_equal(c->hdr->violations, 1);
	assert_int_equal(c->ring[0].flags,
			 XENGT_JUDGE_V_WRITE | XENGT_JUDGE_V_STALE);
	flush(c->m);
	(void)gpu(c, 0x100, true);
	assert_int_equal(c->hdr->violations, 1);
}

static void run_hammer(struct court *c, uint64_t passes)
{
	uint64_t until = c->hdr->hammer_passes + passes;

	for (int i = 0; c->hdr->hammer_passes < until; i++) {
		assert_in_range(xengt_sim_idle(c->m->sim), 0, 1);
		assert_in_range(i, 0, 100000);
	}
}

static void test_hammer(void **state)
{
	struct court *c = *state;
	uint64_t before;

	two_slices(c);
	for (uint32_t i = 0; i < 20; i++) {
		set_pte(c->m, 0x80000 + i, PTE(RAM_MFN + i));
		set_pte(c->m, 0x90000 + i, PTE(RAM_MFN + 20 + i));
	}
	flush(c->m);
	/* the hammer is off: nothing happens */
	for (int i = 0; i < 100; i++)
		assert_true(xengt_sim_idle(c->m->sim) > 1);
	assert_int_equal(c->hdr->accesses, 0);

	memset(c->m->ram, 0xa5, RAM_BYTES);
	c->hdr->hammer = XENGT_JUDGE_HAMMER_WRITE;
	run_hammer(c, 2);
	assert_int_equal(c->hdr->hammer_live, 40);
	assert_int_equal(c->hdr->hammer_accesses, 80);
	assert_int_equal(c->hdr->violations, 0);
	for (size_t i = 0; i < RAM_BYTES; i++)
		assert_int_equal(c->m->ram[i], 0xa5);

	/* the hammer finds a planted wrong entry */
	set_pte(c->m, 0x80007, PTE(RAM_MFN + 30));
	flush(c->m);
	run_hammer(c, 2);
	assert_in_range(c->hdr->violations, 1, 2);
	assert_int_equal(c->ring[0].ggtt_index, 0x80007);
	assert_int_equal(c->ring[0].flags,
			 XENGT_JUDGE_V_HAMMER | XENGT_JUDGE_V_WRITE);

	/* the entry is removed without a flush: the TLB still has it */
	set_pte(c->m, 0x80007, 0);
	before = c->hdr->violations;
	run_hammer(c, 2);
	assert_true(c->hdr->violations > before);
	flush(c->m);
	run_hammer(c, 1);
	before = c->hdr->violations;
	run_hammer(c, 2);
	assert_int_equal(c->hdr->violations, before);
	assert_int_equal(c->hdr->hammer_live, 39);

	/* without bus mastering the hammer reaches nothing */
	xengt_sim_cfg_write(c->m->sim, 4, 2, 2);
	before = c->hdr->accesses;
	for (int i = 0; i < 100; i++)
		assert_true(xengt_sim_idle(c->m->sim) > 1);
	assert_int_equal(c->hdr->accesses, before);
}

/*
 * Tests the hammer on memory that the simulator reaches by pointer. In such memory a
 * write of the hammer is an atomic "or 0".
 */
static void test_hammer_on_regions(void **state)
{
	struct court *c = *state;
	struct xengt_sim_region r = {
		.bus = RAM_MFN << 12, .len = RAM_BYTES, .host = c->m->ram,
	};
	unsigned int n_dma = c->m->n_dma;

	assert_int_equal(xengt_sim_set_regions(c->m->sim, &r, 1), 0);
	two_slices(c);
	set_pte(c->m, 0x100, PTE(RAM_MFN + 1));
	set_pte(c->m, 0x101, PTE(RAM_MFN + 21));
	flush(c->m);
	memset(c->m->ram, 0xa5, RAM_BYTES);
	c->hdr->hammer = XENGT_JUDGE_HAMMER_READ;
	run_hammer(c, 1);
	c->hdr->hammer = XENGT_JUDGE_HAMMER_WRITE;
	run_hammer(c, 1);
	assert_int_equal(c->hdr->violations, 2);
	assert_int_equal(c->ring[0].flags, XENGT_JUDGE_V_HAMMER);
	assert_int_equal(c->ring[1].flags,
			 XENGT_JUDGE_V_HAMMER | XENGT_JUDGE_V_WRITE);
	assert_int_equal(c->m->n_dma, n_dma);
	for (size_t i = 0; i < RAM_BYTES; i++)
		assert_int_equal(c->m->ram[i], 0xa5);
}

static void test_ring_wraps(void **state)
{
	struct court *c = *state;

	two_slices(c);
	for (uint32_t i = 0; i < 100; i++)
		set_pte(c->m, 0x80000 + i, PTE(RAM_MFN + 50));
	flush(c->m);
	for (uint32_t i = 0; i < 100; i++)
		(void)gpu(c, 0x80000 + i, false);
	assert_int_equal(c->hdr->violations, 100);
	assert_int_equal(c->hdr->ring_head, 100);
	assert_int_equal(c->ring[99 % 64].seq, 100);
	assert_int_equal(c->ring[99 % 64].ggtt_index, 0x80000 + 99);
	assert_int_equal(c->ring[40].seq, 41);
}

static void test_attach(void **state)
{
	struct court *c = *state;
	char small[4096];

	assert_int_equal(xengt_sim_judge_format(small, sizeof(small)), -EINVAL);
	assert_int_equal(xengt_sim_judge_attach(c->m->sim, small,
						sizeof(small)), -EINVAL);
	c->hdr->version++;
	assert_int_equal(xengt_sim_judge_attach(c->m->sim, c->shm,
						XENGT_JUDGE_FILE_BYTES),
			 -EINVAL);
	assert_int_equal(xengt_sim_judge_attach(c->m->sim, NULL, 0), 0);
	two_slices(c);
	map(c, 0x101, RAM_MFN + 21);
	(void)gpu(c, 0x101, true);
	assert_int_equal(c->hdr->violations, 0);
	assert_int_equal(xengt_sim_idle(c->m->sim), -1);
}

static void test_requested_interrupt(void **state)
{
	struct court *c = *state;

	enable_msi(c->m, 0xfee00000, 0x41);
	wr(c->m, REG_GT0_IMR, 0);
	wr(c->m, REG_GT0_IER, ~0U);
	wr(c->m, REG_MASTER_INTERRUPT, 0x80000000);
	xengt_sim_idle(c->m->sim);
	assert_int_equal(c->m->n_msi, 0);
	c->hdr->irq_bank = XENGT_SIM_IRQ_GT0;
	c->hdr->irq_bits = 0x100;
	c->hdr->irq_seq++;
	xengt_sim_idle(c->m->sim);
	xengt_sim_idle(c->m->sim);
	assert_int_equal(c->m->n_msi, 1);
	assert_int_equal(rd(c->m, REG_GT0_IIR), 0x100);
	assert_int_equal(c->hdr->irq_seen, c->hdr->irq_seq);
	/* an invalid bank does no harm */
	c->hdr->irq_bank = ~0ULL;
	c->hdr->irq_seq++;
	xengt_sim_idle(c->m->sim);
	assert_int_equal(c->m->n_msi, 1);
}

static void test_layout(void **state)
{
	(void)state;
	assert_true(sizeof(struct xengt_judge_hdr) <= XENGT_JUDGE_SLICES_OFF);
	assert_true(XENGT_JUDGE_RING_OFF + XENGT_JUDGE_RING_MAX *
		    sizeof(struct xengt_judge_violation) <=
		    XENGT_JUDGE_CHANGED_OFF);
	assert_true(XENGT_JUDGE_CHANGED_OFF + 4 * XENGT_JUDGE_OWNERS_MAX <=
		    XENGT_JUDGE_OWNERS_OFF);
	assert_true(XENGT_JUDGE_OWNERS_OFF + 8 * XENGT_JUDGE_OWNERS_MAX <=
		    XENGT_JUDGE_FILE_BYTES);
	assert_int_equal(XENGT_JUDGE_OWNER_DOMID(XENGT_JUDGE_OWNER(7, 1)), 7);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, setup_court, teardown_court)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_own_frames),
		T(test_foreign_frame),
		T(test_nobodys_frame),
		T(test_scratch),
		T(test_scratch_of_each),
		T(test_slices_change),
		T(test_stale_translation),
		T(test_hammer),
		T(test_hammer_on_regions),
		T(test_ring_wraps),
		T(test_attach),
		T(test_requested_interrupt),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
