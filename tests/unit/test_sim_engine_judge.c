// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the judge's verdicts on accesses by contexts. The test sets up the machine as a
 * mediator would: the context images, rings and page tables have GGTT entries outside of
 * all slices, and are in frames without an owner. The guest owns a slice and the frames
 * that its page tables map. Each case first makes correct accesses and expects no
 * violation, then plants one wrong entry.
 */
#include "sim_engine_rig.h"

#include "xengt/judge_abi.h"

#define GUEST		7U
#define OTHER		8U
#define SLOT		3U
#define OTHER_SLOT	5U
#define PAGE_OTHER	60U		/* a page of the other slot's slice */
#define SCRATCH		(RAM_MFN + 50)

struct court {
	struct rig *r;
	uint8_t *shm;
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_slice *slices;
	struct xengt_judge_violation *ring;
	uint64_t *owners;
	uint64_t label;			/* the bits of the context's descriptor that name
					 * the slot */
};

static void set_owner(struct court *c, unsigned int page, unsigned int domid)
{
	c->owners[RAM_MFN + page] = domid ?
		XENGT_JUDGE_OWNER(domid, page) : 0;
}

static void set_slice(struct court *c, unsigned int slot, unsigned int domid,
		      unsigned int page, unsigned int n)
{
	c->hdr->generation++;
	c->slices[slot].domid = domid;
	c->slices[slot].low_base = GTT(page);
	c->slices[slot].low_bytes = n * 4096ULL;
	c->slices[slot].active = 1;
	c->hdr->generation++;
}

static int setup_court(void **state)
{
	struct court *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->r = engine_create("skl", RCS);
	c->shm = aligned_alloc(4096, XENGT_JUDGE_FILE_BYTES);
	assert_non_null(c->shm);
	assert_int_equal(xengt_sim_judge_format(c->shm, XENGT_JUDGE_FILE_BYTES),
			 0);
	c->hdr = (void *)c->shm;
	c->slices = (void *)(c->shm + XENGT_JUDGE_SLICES_OFF);
	c->ring = (void *)(c->shm + XENGT_JUDGE_RING_OFF);
	c->owners = (void *)(c->shm + XENGT_JUDGE_OWNERS_OFF);
	set_slice(c, SLOT, GUEST, PAGE_DATA, 4);
	set_slice(c, OTHER_SLOT, OTHER, PAGE_OTHER, 4);
	for (unsigned int i = 0; i < 4; i++) {
		set_owner(c, PAGE_BATCH + i, GUEST);
		set_owner(c, PAGE_DATA + i, GUEST);
		set_owner(c, PAGE_OTHER + i, OTHER);
	}
	assert_int_equal(xengt_sim_judge_attach(c->r->m->sim, c->shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	c->label = XENGT_JUDGE_DESC_SLOT(SLOT);
	*state = c;
	return 0;
}

static int teardown_court(void **state)
{
	struct court *c = *state;

	xengt_sim_judge_attach(c->r->m->sim, NULL, 0);
	engine_destroy(c->r);
	free(c->shm);
	free(c);
	return 0;
}

static void submit(struct court *c)
{
	struct rig *r = c->r;

	wr(r->m, r->base + REG_RING_ELSP, 0);
	wr(r->m, r->base + REG_RING_ELSP, 0);
	wr(r->m, r->base + REG_RING_ELSP, (uint32_t)(c->label >> 32) | 100);
	wr(r->m, r->base + REG_RING_ELSP, GTT(PAGE_CTX(0)) | 0x119);
	while (xengt_sim_run(r->m->sim))
		if (stats_of(r->m).gpu_accesses > 1000000)
			break;
}

static void emit(struct court *c, uint32_t op, uint64_t addr, uint32_t val)
{
	uint32_t dw[] = { op, (uint32_t)addr, (uint32_t)(addr >> 32), val };

	engine_emit(c->r, 0, dw, 4);
}

/* Make a store into the GGTT from the ring, which has privilege. */
static void ring_store(struct court *c, unsigned int page)
{
	emit(c, MI_STORE | MI_GGTT, GTT(page), 5);
	submit(c);
}

static void batch(struct court *c, const uint32_t *dw, unsigned int n)
{
	memcpy(ram32(c->r, PAGE_BATCH), dw, n * 4);
	ram32(c->r, PAGE_BATCH)[n] = MI_BB_END;
	emit(c, MI_BB_START | MI_PPGTT, VA + GTT(PAGE_BATCH), 0);
	submit(c);
}

/* Make a store through the page tables from a batch. */
static void batch_store(struct court *c, unsigned int page)
{
	uint64_t va = VA + GTT(page);
	uint32_t dw[] = { MI_STORE, (uint32_t)va, (uint32_t)(va >> 32), 6 };

	batch(c, dw, 4);
}

static void assert_clean(struct court *c)
{
	assert_int_equal(c->hdr->violations, 0);
	assert_true(c->hdr->context_accesses > 0);
}

/* Returns the only recorded violation, which must have these flags. */
static struct xengt_judge_violation *the_violation(struct court *c,
						   unsigned int flags)
{
	assert_int_equal(c->hdr->ring_head, 1);
	assert_true(c->hdr->violations > 0);
	assert_int_equal(c->ring[0].flags, flags);
	return &c->ring[0];
}

static void test_right(void **state)
{
	struct court *c = *state;

	batch_store(c, PAGE_DATA);
	assert_true(c->hdr->ppgtt_accesses > 0);
	assert_true(c->hdr->table_accesses > 0);
	ring_store(c, PAGE_DATA + 1);
	assert_int_equal(ram32(c->r, PAGE_DATA)[0], 6);
	assert_int_equal(ram32(c->r, PAGE_DATA + 1)[0], 5);
	/* a store by index into the engine's own status page */
	emit(c, 0x21U << 23 | 1U << 21 | 1, 0x40, 0);
	submit(c);
	assert_clean(c);
}

/*
 * Gives the context an indirect batch, in the page of the second ring: a store of 7 to the GGTT
 * address 'to'. Returns the batch.
 */
static uint32_t *indirect_store(struct court *c, uint32_t to)
{
	uint32_t *dw = ram32(c->r, PAGE_RING(1)), *image = ram32(c->r, PAGE_CTX(0) + 1);

	image[0x1a] = c->r->base + 0x1c4;
	image[0x1b] = GTT(PAGE_RING(1)) | 1;
	memset(dw, 0, 64);
	dw[0] = MI_STORE | MI_GGTT;
	dw[1] = to;
	dw[3] = 7;
	return dw;
}

/* A command of the indirect batch may write to its own page, and to no other. */
static void test_indirect_batch(void **state)
{
	struct court *c = *state;
	uint32_t *dw = indirect_store(c, GTT(PAGE_RING(1)) + 0xfc0);

	submit(c);
	assert_int_equal(dw[0xfc0 / 4], 7);
	assert_clean(c);
	dw[1] = GTT(PAGE_CTX(1));
	submit(c);
	the_violation(c, XENGT_JUDGE_V_WRITE | XENGT_JUDGE_V_OUTSIDE |
			 XENGT_JUDGE_V_COMMAND);
	/* a command of the ring may not write there at all */
	ram32(c->r, PAGE_CTX(0) + 1)[0x1b] = 0;
	ring_store(c, PAGE_RING(1));
	assert_int_equal(c->hdr->ring_head, 2);
}

static void test_wrong_leaf(void **state)
{
	struct court *c = *state;
	struct xengt_judge_violation *v;

	batch_store(c, PAGE_DATA);
	assert_clean(c);
	/* another domain gets the frame, but the entry stays */
	set_owner(c, PAGE_DATA, OTHER);
	batch_store(c, PAGE_DATA);
	v = the_violation(c, XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_WRITE |
			  XENGT_JUDGE_V_COMMAND);
	assert_int_equal(v->slot, SLOT);
	assert_int_equal(v->domid_expected, GUEST);
	assert_int_equal(XENGT_JUDGE_OWNER_DOMID(v->owner_found), OTHER);
	assert_int_equal(v->mfn, RAM_MFN + PAGE_DATA);
	assert_true(v->ggtt_index == XENGT_JUDGE_NO_INDEX);
	assert_true(v->addr == VA + GTT(PAGE_DATA));
	assert_int_equal(v->engine, 0);
	assert_int_equal(v->command, MI_STORE);
	assert_true(v->command_addr == VA + GTT(PAGE_BATCH));
	assert_true(v->desc >> 32 == (c->label >> 32 | 100));
	assert_int_equal(v->n_tables, 4);
	for (unsigned int i = 0; i < 4; i++)
		assert_true(v->table[i] == bus_of(PAGE_PML4 + i));
	assert_true(c->r->m->n_log > 1);
	/*
	 * the fetch of the batch is a violation, because the batch's frame has no owner, so
	 * it is the host's memory
	 */
	set_owner(c, PAGE_BATCH, 0);
	batch_store(c, PAGE_DATA + 1);
	assert_int_equal(c->ring[1].flags, XENGT_JUDGE_V_PPGTT);
	assert_int_equal(c->ring[1].mfn, RAM_MFN + PAGE_BATCH);
}

static void test_scratch_leaf(void **state)
{
	struct court *c = *state;
	uint64_t *pt = (uint64_t *)(void *)ram32(c->r, PAGE_PML4 + 3);

	for (uint32_t i = RAM_PAGES; i < XENGT_SIM_GGTT_ENTRIES; i++)
		set_pte(c->r->m, i, PTE(SCRATCH));
	flush(c->r->m);
	pt[((VA >> 12) + PAGE_DATA) & 511] = SCRATCH << 12 | 3;
	batch_store(c, PAGE_DATA);
	assert_clean(c);
	assert_true(c->hdr->scratch_accesses > 0);
	pt[((VA >> 12) + PAGE_DATA) & 511] = (SCRATCH + 1) << 12 | 3;
	batch_store(c, PAGE_DATA);
	the_violation(c, XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_WRITE |
		      XENGT_JUDGE_V_COMMAND);
}

static void be_strict(struct court *c)
{
	struct xengt_sim_exec_opts opts;

	xengt_sim_get_exec(c->r->m->sim, &opts);
	opts.strict |= XENGT_SIM_STRICT_CACHES;
	xengt_sim_set_exec(c->r->m->sim, &opts);
}

/* A frame is released while L3 has cache lines of the frame. */
static void test_late(void **state)
{
	/* bits of PIPE_CONTROL; is_flush: do they flush what contexts wrote? */
	static const struct { uint32_t bits; bool is_flush; } cases[] = {
		{ 0, false },
		{ 1U << 5 | 1U << 20, true },	/* DC flush, stall */
		{ 1U << 27 | 1U << 20, true },	/* L3 flush, stall */
		{ 1U << 5, false }, { 1U << 27, false }, { 1U << 20, false },
	};
	struct court *c = *state;

	be_strict(c);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t pipe[] = { 0x7a000004, cases[i].bits, 0, 0, 0, 0 };
		uint64_t before;

		set_owner(c, PAGE_DATA, GUEST);
		set_owner(c, PAGE_DATA + 1, GUEST);
		batch_store(c, PAGE_DATA);
		ring_store(c, PAGE_DATA + 1);
		batch(c, pipe, 6);
		xengt_sim_write_back(c->r->m->sim);
		batch_store(c, PAGE_DATA);
		ring_store(c, PAGE_DATA + 1);
		batch(c, pipe, 6);
		before = c->hdr->violations;
		set_owner(c, PAGE_DATA, 0);
		set_owner(c, PAGE_DATA + 1, OTHER);
		xengt_sim_write_back(c->r->m->sim);
		assert_int_equal(c->hdr->violations - before,
				 cases[i].is_flush ? 0 : 2);
		xengt_sim_write_back(c->r->m->sim);
		assert_int_equal(c->hdr->violations - before,
				 cases[i].is_flush ? 0 : 2);
	}
	assert_int_equal(c->ring[0].flags, XENGT_JUDGE_V_WRITE |
			 XENGT_JUDGE_V_LATE | XENGT_JUDGE_V_COMMAND);
	assert_int_equal(c->ring[0].slot, SLOT);
	assert_int_equal(c->ring[0].domid_expected, GUEST);
}

/*
 * No guest may own a page table, because the owner of a table decides which pages the table
 * names.
 */
static void test_table(void **state)
{
	struct court *c = *state;

	batch_store(c, PAGE_DATA);
	assert_clean(c);
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t before = c->hdr->ring_head;
		struct xengt_judge_violation *v;

		set_owner(c, PAGE_PML4 + i, GUEST);
		batch_store(c, PAGE_DATA);
		set_owner(c, PAGE_PML4 + i, 0);
		assert_true(c->hdr->ring_head > before);
		v = &c->ring[c->hdr->ring_head - 1];
		assert_true(v->flags & XENGT_JUDGE_V_TABLE);
		assert_int_equal(v->level, 3 - i);
		assert_int_equal(v->mfn, RAM_MFN + PAGE_PML4 + i);
		assert_int_equal(v->slot, SLOT);
	}
}

/* The page tables are correct again, but the hardware still uses an old translation. */
static void test_stale_leaf(void **state)
{
	struct court *c = *state;
	uint64_t va = VA + GTT(PAGE_DATA), sema = va + 4096;
	uint64_t *pt = (uint64_t *)(void *)ram32(c->r, PAGE_PML4 + 3);
	uint32_t dw[] = {
		MI_STORE, (uint32_t)va, (uint32_t)(va >> 32), 6,
		MI_SEMA_EQ, 1, (uint32_t)sema, (uint32_t)(sema >> 32),
		MI_STORE, (uint32_t)va, (uint32_t)(va >> 32), 7,
	};

	batch(c, dw, 12);
	assert_int_equal(ram32(c->r, PAGE_DATA)[0], 6);
	assert_clean(c);
	pt[(va >> 12) & 511] = bus_of(PAGE_DATA + 2) | 3;
	set_owner(c, PAGE_DATA, OTHER);
	ram32(c->r, PAGE_DATA + 1)[0] = 1;
	while (xengt_sim_run(c->r->m->sim))
		;
	assert_int_equal(ram32(c->r, PAGE_DATA)[0], 7);
	the_violation(c, XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_WRITE |
		      XENGT_JUDGE_V_COMMAND | XENGT_JUDGE_V_STALE);
}

static void test_outside_slices(void **state)
{
	static const struct {
		uint32_t op;
		unsigned int page;
		unsigned int flags;
	} cases[] = {
		{ MI_STORE | MI_GGTT, PAGE_SURF, XENGT_JUDGE_V_WRITE },
		{ MI_STORE | MI_GGTT, PAGE_CTX(1), XENGT_JUDGE_V_WRITE },
		{ MI_STORE | MI_GGTT, PAGE_HWSP, XENGT_JUDGE_V_WRITE },
		{ MI_STORE | MI_GGTT, PAGE_CTX(0) + 1, XENGT_JUDGE_V_WRITE },
		{ MI_STORE | MI_GGTT, PAGE_OTHER, XENGT_JUDGE_V_WRITE },
	};
	struct court *c = *state;

	ring_store(c, PAGE_DATA);
	assert_clean(c);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		emit(c, cases[i].op, GTT(cases[i].page) + 0x800, 5);
		submit(c);
		assert_int_equal(c->hdr->ring_head, i + 1);
		assert_int_equal(c->ring[i].flags, cases[i].flags |
				 XENGT_JUDGE_V_OUTSIDE |
				 XENGT_JUDGE_V_COMMAND);
		assert_int_equal(c->ring[i].ggtt_index, cases[i].page);
		assert_int_equal(c->ring[i].slot, SLOT);
		assert_int_equal(c->ring[i].domid_expected, GUEST);
	}
}

/*
 * Call this after a fault: clears the fault, resets the engine, and makes the context
 * again.
 */
static void begin_again(struct court *c)
{
	wr(c->r->m, REG_RING_FAULT, 0);
	wr(c->r->m, REG_GDRST, 2);
	engine_enable(c->r);
	engine_context(c->r, 0);
}

/* An operand outside the slice is a violation, even if no page is mapped at its address. */
static void test_absent_outside(void **state)
{
	struct court *c = *state;
	struct xengt_judge_violation *v;

	/*
	 * an operand in the guest's own slice, where no page is mapped: a fault, but no
	 * violation
	 */
	set_pte(c->r->m, PAGE_DATA + 3, 0);
	ring_store(c, PAGE_DATA + 3);
	assert_clean(c);
	assert_int_equal(rd(c->r->m, REG_RING_FAULT) & 1, 1);
	/*
	 * a fetch of the command streamer outside the slice, where no page is mapped: no
	 * violation, either
	 */
	begin_again(c);
	set_pte(c->r->m, PAGE_RING(0), 0);
	flush(c->r->m);
	ring_store(c, PAGE_DATA);
	assert_clean(c);
	assert_int_equal(rd(c->r->m, REG_RING_FAULT) & 1, 1);
	/* an operand outside the slice is a violation */
	begin_again(c);
	set_pte(c->r->m, PAGE_RING(0), PTE(RAM_MFN + PAGE_RING(0)));
	set_pte(c->r->m, PAGE_SURF, 0);
	flush(c->r->m);
	ring_store(c, PAGE_SURF);
	assert_int_equal(rd(c->r->m, REG_RING_FAULT) & 1, 1);
	v = the_violation(c, XENGT_JUDGE_V_OUTSIDE | XENGT_JUDGE_V_WRITE |
			  XENGT_JUDGE_V_COMMAND);
	assert_int_equal(v->ggtt_index, PAGE_SURF);
	assert_int_equal(v->slot, SLOT);
}

static void update_gtt(struct court *c, unsigned int page, unsigned int n)
{
	uint32_t dw[6] = { 0x23U << 23 | (2 * n), GTT(page) };

	for (unsigned int i = 0; i < n; i++)
		dw[2 + 2 * i] = (uint32_t)PTE(RAM_MFN + page + i);
	engine_emit(c->r, 0, dw, 2 + 2 * n);
	submit(c);
}

static void test_update_gtt(void **state)
{
	static const unsigned int outside[] = {
		PAGE_OTHER, PAGE_SURF, PAGE_CTX(0), 4096,
	};
	struct court *c = *state;

	update_gtt(c, PAGE_DATA, 2);
	assert_clean(c);
	for (unsigned int i = 0; i < 4; i++) {
		update_gtt(c, outside[i], 1);
		assert_int_equal(c->hdr->violations, i + 1);
		assert_int_equal(c->ring[i].flags, XENGT_JUDGE_V_OUTSIDE |
				 XENGT_JUDGE_V_WRITE | XENGT_JUDGE_V_COMMAND);
		assert_int_equal(c->ring[i].ggtt_index, outside[i]);
		assert_int_equal(c->ring[i].mfn, RAM_MFN + outside[i]);
		assert_int_equal(c->ring[i].slot, SLOT);
		assert_int_equal(c->ring[i].command, 0x23U << 23 | 2);
	}
	/* one of the two entries that the command writes is outside the slice */
	update_gtt(c, PAGE_DATA + 3, 2);
	assert_int_equal(c->hdr->violations, 5);
	assert_int_equal(c->ring[4].ggtt_index, PAGE_DATA + 4);
	/* a context of the host may write any entry */
	c->label = 0;
	update_gtt(c, PAGE_SURF, 1);
	assert_int_equal(c->hdr->violations, 5);
}

/*
 * A load of a register from the host's memory is a violation, because the guest could then
 * read the value.
 */
static void test_reads_outside(void **state)
{
	struct court *c = *state;
	uint32_t dw[] = { 0x29U << 23 | 1U << 22 | 2, 0x2600,
			  GTT(PAGE_DATA), 0 };

	engine_emit(c->r, 0, dw, 4);
	submit(c);
	assert_clean(c);
	dw[2] = GTT(PAGE_SURF);
	engine_emit(c->r, 0, dw, 4);
	submit(c);
	the_violation(c, XENGT_JUDGE_V_OUTSIDE | XENGT_JUDGE_V_COMMAND);
}

/* The command streamer may fetch from the host's pages, but not from another guest's. */
static void test_streamer(void **state)
{
	struct court *c = *state;

	ring_store(c, PAGE_DATA);
	assert_clean(c);
	set_owner(c, PAGE_RING(0), OTHER);
	ring_store(c, PAGE_DATA);
	the_violation(c, XENGT_JUDGE_V_OUTSIDE);
	assert_int_equal(c->ring[0].ggtt_index, PAGE_RING(0));
	assert_int_equal(c->ring[0].slot, SLOT);
}

static void test_host_context(void **state)
{
	struct court *c = *state;

	/* a context of the host may use frames without an owner */
	c->label = 0;
	for (unsigned int i = 0; i < 4; i++)
		set_owner(c, PAGE_BATCH + i, 0);
	batch_store(c, PAGE_SURF);
	assert_int_equal(c->hdr->violations, 0);
	assert_int_equal(c->hdr->context_accesses, 0);
	assert_true(c->hdr->other_accesses > 0);
	/* a context of the host may not use a guest's frames */
	batch_store(c, PAGE_DATA);
	the_violation(c, XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_WRITE |
		      XENGT_JUDGE_V_COMMAND);
	assert_true(c->ring[0].slot == XENGT_JUDGE_HOST);
	/* work of a context is a violation if dom0 has not declared the context's slot */
	c->label = XENGT_JUDGE_DESC_SLOT(SLOT + 1);
	batch_store(c, PAGE_DATA);
	assert_int_equal(c->hdr->violations, 2);
	c->label = XENGT_JUDGE_DESC_SLOT(62);
	batch_store(c, PAGE_DATA);
	assert_int_equal(c->hdr->violations, 3);
}

/*
 * If the descriptor names no slot, the context belongs to the slot whose slice contains the
 * context's image.
 */
static void test_image_in_slice(void **state)
{
	struct court *c = *state;

	c->label = 0;
	set_slice(c, SLOT, GUEST, PAGE_CTX(0), PAGE_DATA + 4 - PAGE_CTX(0));
	for (unsigned int i = PAGE_CTX(0); i < PAGE_DATA + 4; i++)
		set_owner(c, i, GUEST);
	batch_store(c, PAGE_DATA);
	assert_clean(c);
	set_owner(c, PAGE_DATA, OTHER);
	batch_store(c, PAGE_DATA);
	the_violation(c, XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_WRITE |
		      XENGT_JUDGE_V_COMMAND);
	assert_int_equal(c->ring[0].slot, SLOT);
}

/* ---- the commands of dom0's own driver, in a context that works for a guest ---- */

#define PAGE_TIMELINE	PAGE_SURF
#define PAGE_FREE	PAGE_RING(2)	/* outside of all slices, without an owner */

static struct xengt_judge_part *part_of(struct court *c)
{
	return (void *)(c->shm + XENGT_JUDGE_PARTS_OFF);
}

/* The guest's commands are at [begin, end) of the ring. */
static void set_part(struct court *c, uint64_t begin, uint64_t end)
{
	struct xengt_judge_part *p = part_of(c);

	p->seq += 2;
	p->image = GTT(PAGE_CTX(0));
	p->ring = GTT(PAGE_RING(0));
	p->ring_bytes = 4096;
	p->begin = begin;
	p->end = end;
	p->timeline = GTT(PAGE_TIMELINE);
	p->status = GTT(PAGE_HWSP);
	p->batch = GTT(PAGE_RING(1));
	p->scratch = GTT(PAGE_CTX(2));
}

static void assert_reported(struct court *c, uint64_t violations)
{
	assert_int_equal(c->hdr->violations, violations);
	assert_int_equal(c->ring[0].flags, XENGT_JUDGE_V_WRITE |
			 XENGT_JUDGE_V_OUTSIDE | XENGT_JUDGE_V_COMMAND);
}

/* The same command, at the same place of the ring, to the driver's pages and to others. */
static void test_drivers_pages(void **state)
{
	struct court *c = *state;

	set_part(c, 2048, 4096);
	ring_store(c, PAGE_TIMELINE);
	ring_store(c, PAGE_HWSP);
	assert_int_equal(ram32(c->r, PAGE_TIMELINE)[0], 5);
	assert_clean(c);
	ring_store(c, PAGE_FREE);
	assert_reported(c, 1);
	ring_store(c, PAGE_CTX(1));
	assert_reported(c, 2);
	ring_store(c, PAGE_OTHER);
	assert_reported(c, 3);
	/* the driver's commands may reach the guest's slices as the guest's may */
	ring_store(c, PAGE_DATA);
	assert_reported(c, 3);
	/* a page of the driver that a domain owns is not the driver's */
	set_owner(c, PAGE_TIMELINE, OTHER);
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 4);
}

/* The same command to the same page, before, in and behind the guest's part. */
static void test_drivers_places(void **state)
{
	struct court *c = *state;

	set_part(c, 16, 32);
	ring_store(c, PAGE_TIMELINE);
	assert_clean(c);
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 1);
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 1);
	/* the guest's part goes on at the begin of the ring */
	set_part(c, 64, 16);
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 1);
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 2);
	/* while dom0 changes the element, no command is the driver's */
	set_part(c, 2048, 4096);
	part_of(c)->seq++;
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 3);
}

/* Commands of other contexts, other rings, and batches are never the driver's. */
static void test_not_drivers(void **state)
{
	struct court *c = *state;
	uint32_t dw[] = { MI_STORE | MI_GGTT, GTT(PAGE_TIMELINE), 0, 5 };

	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 1);
	set_part(c, 2048, 4096);
	part_of(c)->image = GTT(PAGE_CTX(1));
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 2);
	set_part(c, 2048, 4096);
	part_of(c)->ring = GTT(PAGE_RING(2));
	ring_store(c, PAGE_TIMELINE);
	assert_reported(c, 3);
	/* a batch with privilege, at an address that dom0 calls a ring */
	set_part(c, 2048, 4096);
	part_of(c)->ring = GTT(PAGE_BATCH);
	memcpy(ram32(c->r, PAGE_BATCH), dw, sizeof(dw));
	ram32(c->r, PAGE_BATCH)[4] = MI_BB_END;
	emit(c, MI_BB_START, GTT(PAGE_BATCH), 0);
	submit(c);
	assert_reported(c, 4);
}

/* The driver's indirect batch may reach the driver's scratch page, and another batch not. */
static void test_drivers_batch(void **state)
{
	struct court *c = *state;
	uint32_t *dw = indirect_store(c, GTT(PAGE_CTX(2)));

	set_part(c, 2048, 4096);
	submit(c);
	assert_int_equal(ram32(c->r, PAGE_CTX(2))[0], 7);
	assert_clean(c);
	/* to another page of the driver */
	dw[1] = GTT(PAGE_TIMELINE);
	submit(c);
	assert_reported(c, 1);
	/* another indirect batch */
	dw[1] = GTT(PAGE_CTX(2));
	part_of(c)->batch = GTT(PAGE_RING(2));
	submit(c);
	assert_reported(c, 2);
	/* a command of the ring */
	ram32(c->r, PAGE_CTX(0) + 1)[0x1b] = 0;
	set_part(c, 2048, 4096);
	ring_store(c, PAGE_CTX(2));
	assert_reported(c, 3);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, setup_court, teardown_court)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_right),
		T(test_indirect_batch),
		T(test_wrong_leaf),
		T(test_scratch_leaf),
		T(test_late),
		T(test_table),
		T(test_stale_leaf),
		T(test_outside_slices),
		T(test_absent_outside),
		T(test_update_gtt),
		T(test_reads_outside),
		T(test_streamer),
		T(test_host_context),
		T(test_image_in_slice),
		T(test_drivers_pages),
		T(test_drivers_places),
		T(test_not_drivers),
		T(test_drivers_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
