// SPDX-License-Identifier: GPL-2.0-only
/* See hostile_shapes.h. */
#include "hostile_shapes.h"

#include <stddef.h>

#define FOREIGN_PAGE	0x9000u		/* offset of a page in another guest's memory */
#define MANY_BATCHES	66u		/* more batches than a submission may start */

static void put(struct evil *e, uint32_t engine, uint32_t dword, uint32_t val)
{
	evil_put(e, EVIL_STATE(engine), dword, val);
}

/* ---- shapes of rings ---- */

/* The ring's first command is one that the audit refuses. */
void evil_shape_first_command(struct evil *e, uint32_t engine)
{
	evil_put(e, EVIL_RING(engine), 0, 0x05800000);	/* MI_SUSPEND_FLUSH */
}

void evil_shape_ring_elsewhere(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_START, e->victim + FOREIGN_PAGE);
}

void evil_shape_ring_over_end(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_START, e->low_end - EVIL_PAGE);
}

void evil_shape_ring_too_long(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_CTL, 0x1ff001);
}

void evil_shape_ring_off(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_CTL, EVIL_RING_BYTES - EVIL_PAGE);
}

void evil_shape_head_behind(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_HEAD, EVIL_RING_BYTES);
}

void evil_shape_tail_behind(struct evil *e, uint32_t engine)
{
	e->engine[engine].tail = EVIL_RING_BYTES;
}

void evil_shape_full_ring(struct evil *e, uint32_t engine)
{
	const uint32_t noop = EVIL_NOOP;

	while (e->engine[engine].tail != EVIL_RING_BYTES - 8)
		evil_emit(e, engine, &noop, 1);
}

/* The ring begins with a no-op, and the head points to the dword after this no-op. */
void evil_shape_odd_head(struct evil *e, uint32_t engine)
{
	const uint32_t bytes = e->engine[engine].tail, page = EVIL_RING(engine);

	for (uint32_t i = bytes / 4; i; i--)
		evil_put(e, page, i, evil_get(e, page, i - 1));
	e->engine[engine].tail += 4;
	put(e, engine, EVIL_ST_HEAD, 4);
}

/* Batches in one page, each of which starts the next one and returns. */
void evil_shape_nested(struct evil *e, uint32_t engine)
{
	const uint32_t at = evil_at(e, EVIL_BATCH);
	const uint32_t start[] = { EVIL_START, at, 0, 0 };
	uint32_t *tail = &e->engine[engine].tail;

	for (uint32_t i = 0; i < 8; i++) {
		evil_put(e, EVIL_BATCH, 64 * i, EVIL_START | EVIL_START_SECOND);
		evil_put(e, EVIL_BATCH, 64 * i + 1, at + 256 * (i + 1));
		evil_put(e, EVIL_BATCH, 64 * i + 2, 0);
		evil_put(e, EVIL_BATCH, 64 * i + 3, EVIL_BATCH_END);
	}
	evil_put(e, EVIL_BATCH, 64 * 8, EVIL_BATCH_END);
	/* remove mark B and the interrupt, start the batch, then emit mark B again */
	*tail -= 20;
	evil_emit(e, engine, start, 4);
	evil_emit_mark(e, engine, EVIL_MARK_B);
}

void evil_shape_many_batches(struct evil *e, uint32_t engine)
{
	const uint32_t at = evil_at(e, EVIL_BATCH);

	e->engine[engine].tail -= 20;
	for (uint32_t i = 0; i < MANY_BATCHES; i++) {
		const uint32_t start[] = { EVIL_START, at + 8 * i, 0, 0 };

		evil_put(e, EVIL_BATCH, 2 * i, EVIL_BATCH_END);
		evil_emit(e, engine, start, 4);
	}
	evil_emit_mark(e, engine, EVIL_MARK_B);
}

/* ---- shapes of images and descriptors ---- */

static void image_at(struct evil *e, uint32_t engine, uint32_t at)
{
	uint64_t *desc = &e->engine[engine].desc;

	*desc = (*desc & ~0xfffff000ull) | at;
}

void evil_shape_image_elsewhere(struct evil *e, uint32_t engine)
{
	image_at(e, engine, e->victim + FOREIGN_PAGE);
}

void evil_shape_image_unmapped(struct evil *e, uint32_t engine)
{
	image_at(e, engine, e->low + EVIL_UNMAPPED);
}

/* The image's state page is the last page of the slice. */
void evil_shape_image_over_end(struct evil *e, uint32_t engine)
{
	const uint64_t state = e->gpa + (uint64_t)EVIL_STATE(engine) * EVIL_PAGE;

	evil_pte(e, e->low_end / EVIL_PAGE - 1, state | 1);
	e->ops->wr(e->ctx, EVIL_FLUSH, 1);
	image_at(e, engine, e->low_end - 2 * EVIL_PAGE);
}

void evil_shape_no_tables(struct evil *e, uint32_t engine)
{
	e->engine[engine].desc &= ~0x18ull;
}

void evil_shape_status_elsewhere(struct evil *e, uint32_t engine)
{
	evil_set_reg(e, engine, EVIL_R_HWS_PGA, e->victim + FOREIGN_PAGE);
}

/* The image has state to load, and this state loads a register that no guest may load. */
void evil_shape_image_loads(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_CTRL, 0x00090008);
	put(e, engine, EVIL_ST_ENGINE + 1, EVIL_LRI);
	put(e, engine, EVIL_ST_ENGINE + 2, evil_bases[engine] + EVIL_R_MODE);
	put(e, engine, EVIL_ST_ENGINE + 3, 0xffffffff);
	put(e, engine, EVIL_ST_ENGINE + 4, EVIL_BATCH_END);
}

void evil_shape_in_batch(struct evil *e, uint32_t engine)
{
	put(e, engine, EVIL_ST_CTRL, 0x00090008);
	put(e, engine, EVIL_ST_BB, (e->victim + FOREIGN_PAGE) | 1);
}

/* ---- shapes of batches ---- */

void evil_shape_loop(struct evil *e, uint32_t engine)
{
	(void)engine;
	evil_put(e, EVIL_BATCH, 0, EVIL_ARB_OFF);
	evil_put(e, EVIL_BATCH, 1, EVIL_START);
	evil_put(e, EVIL_BATCH, 2, evil_at(e, EVIL_BATCH));
	evil_put(e, EVIL_BATCH, 3, 0);
}

void evil_shape_storm(struct evil *e, uint32_t engine)
{
	evil_shape_loop(e, engine);
	evil_put(e, EVIL_BATCH, 0, EVIL_USER_INTERRUPT);
}

/* ---- appends to a context in flight ---- */

/*
 * Submits a context that stores mark A, waits for the semaphore, and stores mark B. Returns
 * when mark A is stored.
 */
static bool wait_in_flight(struct evil *e, uint32_t engine)
{
	const uint32_t wait[] = {
		EVIL_ARB_OFF, EVIL_WAIT_GGTT, 1,
		evil_at(e, EVIL_DATA) + 4 * EVIL_SEMAPHORE, 0, 0,
	};

	evil_put(e, EVIL_DATA, EVIL_MARK_A, 0);
	evil_put(e, EVIL_DATA, EVIL_MARK_B, 0);
	evil_put(e, EVIL_DATA, EVIL_MARK_C, 0);
	evil_put(e, EVIL_DATA, EVIL_SEMAPHORE, 0);
	evil_context(e, engine);
	evil_emit_mark(e, engine, EVIL_MARK_A);
	evil_emit(e, engine, wait, 6);
	evil_emit_mark(e, engine, EVIL_MARK_B);
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	/* two no-ops behind the tail, which the module may send to the engine as padding */
	evil_put(e, EVIL_RING(engine), e->engine[engine].tail / 4, EVIL_NOOP);
	evil_put(e, EVIL_RING(engine), e->engine[engine].tail / 4 + 1, EVIL_NOOP);
	evil_submit(e, engine);
	return evil_wait_mark(e, EVIL_MARK_A);
}

static void emit_foreign_store(struct evil *e, uint32_t engine)
{
	const uint32_t dw[] = {
		EVIL_STORE_GGTT, e->victim + FOREIGN_PAGE, 0, 0xbadbadba,
	};

	evil_emit(e, engine, dw, 4);
}

/* Lets the context continue: it must store mark B, and nothing after the foreign store. */
static const char *end_of_append(struct evil *e, uint32_t engine,
				 enum evil_outcome kind,
				 struct evil_counts *counts)
{
	counts->kind[kind]++;
	counts->refused++;
	evil_put(e, EVIL_DATA, EVIL_SEMAPHORE, 1);
	if (!evil_wait_mark(e, EVIL_MARK_B))
		return "the commands before the append have not run";
	if (!evil_witness(e, engine))
		return "another engine does not work";
	if (evil_data(e, EVIL_MARK_C))
		return "the commands after the foreign store have run";
	return evil_reset(e, engine) ? NULL : "the engine's reset does not end";
}

const char *evil_append_store(struct evil *e, uint32_t engine,
			      struct evil_counts *counts)
{
	if (!wait_in_flight(e, engine))
		return "the commands before the wait have not run";
	emit_foreign_store(e, engine);
	evil_emit_mark(e, engine, EVIL_MARK_C);
	evil_submit(e, engine);
	return end_of_append(e, engine, EVIL_ADDRESS, counts);
}

/* Fills the ring with foreign stores, until the tail is just before the head. */
const char *evil_append_overrun(struct evil *e, uint32_t engine,
				struct evil_counts *counts)
{
	if (!wait_in_flight(e, engine))
		return "the commands before the wait have not run";
	while (e->engine[engine].tail < EVIL_RING_BYTES - 32)
		emit_foreign_store(e, engine);
	evil_emit_mark(e, engine, EVIL_MARK_C);
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	evil_submit(e, engine);
	return end_of_append(e, engine, EVIL_ADDRESS, counts);
}

/*
 * Submits two no-ops, then overwrites them with the first two dwords of a store and submits
 * the rest. The host must not read the first two dwords again: it must continue with the
 * last two dwords of the store, and refuse the last one, which is no command.
 */
const char *evil_append_changed(struct evil *e, uint32_t engine,
				struct evil_counts *counts)
{
	uint32_t first;

	if (!wait_in_flight(e, engine))
		return "the commands before the wait have not run";
	first = e->engine[engine].tail;
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	evil_emit(e, engine, &(uint32_t){ EVIL_NOOP }, 1);
	evil_submit(e, engine);
	e->engine[engine].tail = first;
	emit_foreign_store(e, engine);
	evil_emit_mark(e, engine, EVIL_MARK_C);
	evil_submit(e, engine);
	return end_of_append(e, engine, EVIL_UNKNOWN, counts);
}

/* ---- tables ---- */

/* Lets the engine store to this address, which is in the guest's own graphics memory. */
static const char *store_to(struct evil *e, uint32_t engine, uint32_t at)
{
	const uint32_t dw[] = { EVIL_STORE_GGTT, at, 0, 0xbadbadba };

	evil_put(e, EVIL_DATA, EVIL_MARK_A, 0);
	evil_context(e, engine);
	evil_emit(e, engine, dw, 4);
	evil_emit_mark(e, engine, EVIL_MARK_A);
	evil_submit(e, engine);
	return evil_wait_done(e, engine) && evil_data(e, EVIL_MARK_A) ?
		NULL : "a store has not ended";
}

const char *evil_entries_of_others(struct evil *e, uint32_t engine,
				   struct evil_counts *counts)
{
	const uint32_t at[] = {
		0, e->victim / EVIL_PAGE, e->victim / EVIL_PAGE + 9,
		e->low / EVIL_PAGE - 1, e->low_end / EVIL_PAGE, 0xfffff,
	};

	for (uint32_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		if (at[i] - e->high / EVIL_PAGE <
		    (e->high_end - e->high) / EVIL_PAGE)
			continue;	/* skip the guest's own high slice, which may begin where
					 * the low slice ends */
		evil_pte(e, at[i], e->gpa | 1);
		counts->outside++;
	}
	e->ops->wr(e->ctx, EVIL_FLUSH, 1);
	return store_to(e, engine, evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE);
}

/* Numbers of frames that are not RAM: holes, devices, the LAPIC, beyond all memory. */
static const uint64_t no_ram[] = {
	0xa0000, 0xf0000000, 0xfee00000, 0xfffff000, 0x7ffffff000,
};

const char *evil_entries_of_no_ram(struct evil *e, uint32_t engine,
				   struct evil_counts *counts)
{
	const uint32_t first = (e->low + EVIL_UNMAPPED) / EVIL_PAGE + 256;
	const char *why = NULL;

	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]); i++)
		evil_pte(e, first + i, no_ram[i] | 1);
	e->ops->wr(e->ctx, EVIL_FLUSH, 1);
	/* 0xa0000 may be RAM of this domain, so it is not counted */
	counts->scratched += sizeof(no_ram) / sizeof(no_ram[0]) - 1;
	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]) && !why; i++)
		why = store_to(e, engine, (first + i) * EVIL_PAGE);
	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]); i++)
		evil_pte(e, first + i, 0);
	e->ops->wr(e->ctx, EVIL_FLUSH, 1);
	return why;
}

/*
 * Makes entries of a page table that name no RAM. A batch loads a register from the first of
 * these pages; the load must end.
 */
const char *evil_tables_of_no_ram(struct evil *e, uint32_t engine,
				  struct evil_counts *counts)
{
	const uint32_t user[] = { EVIL_START_PPGTT, EVIL_VA_BATCH, 0, 0 };
	const uint32_t load[] = {
		0x14800002, evil_bases[engine] + EVIL_R_GPR, 0, 0, EVIL_BATCH_END,
	};

	(void)counts;
	evil_put(e, EVIL_DATA, EVIL_MARK_A, 0);
	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]); i++)
		e->ops->put64(e->ctx, EVIL_PML4 + 3, 16 + i, no_ram[i] | 3);
	for (uint32_t i = 0; i < 5; i++)
		evil_put(e, EVIL_BATCH, i, load[i]);
	evil_put(e, EVIL_BATCH, 2, 16 * EVIL_PAGE);
	evil_context(e, engine);
	evil_emit(e, engine, user, 4);
	evil_emit_mark(e, engine, EVIL_MARK_A);
	evil_submit(e, engine);
	if (!evil_wait_done(e, engine) || !evil_data(e, EVIL_MARK_A))
		return "a read has not ended";
	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]); i++)
		e->ops->put64(e->ctx, EVIL_PML4 + 3, 16 + i, 0);
	return NULL;
}

const char *evil_fences_of_others(struct evil *e, uint32_t engine,
				  struct evil_counts *counts)
{
	const uint64_t rows = 0xfff;		/* a pitch of eight tiles */
	const uint64_t all = (0xfffff000ull | rows) << 32 | 1;
	const uint64_t other = ((uint64_t)(e->victim + 0xff000) | rows) << 32 |
		e->victim | 1;

	if (!e->fences)
		return NULL;
	e->ops->wr64(e->ctx, EVIL_FENCE, all);
	e->ops->wr64(e->ctx, EVIL_FENCE, other);
	e->ops->wr64(e->ctx, EVIL_FENCE, 0);
	/* a fence register that this vGPU does not have */
	e->ops->wr64(e->ctx, EVIL_FENCE + 8 * 31, other);
	counts->fences += 2;
	return evil_witness(e, engine) ? NULL : "another engine does not work";
}

/* ---- floods ---- */

/* Writes invalid descriptors to the ELSP; then the engine must work. */
const char *evil_descriptors(struct evil *e, uint32_t engine,
			     struct evil_counts *counts)
{
	const uint64_t desc = e->engine[engine].desc;

	(void)counts;
	evil_context(e, engine);
	/*
	 * two submissions without a valid descriptor, then one whose only valid
	 * descriptor is for the second port
	 */
	evil_elsp(e, engine, 0, 0);
	evil_elsp(e, engine, 0xffffffff00000000ull, 0);
	evil_elsp(e, engine, desc & ~1ull, desc);
	for (uint32_t i = 0; i < 64; i++)
		evil_elsp(e, engine, (uint64_t)evil_random(e, ~0u) << 32 |
			  (evil_random(e, ~0u) & ~1u),
			  (uint64_t)evil_random(e, ~0u) << 32);
	/* only three words, then a reset: the next word must count as a first word again */
	evil_set_reg(e, engine, EVIL_R_ELSP, 1);
	evil_set_reg(e, engine, EVIL_R_ELSP, 2);
	evil_set_reg(e, engine, EVIL_R_ELSP, 3);
	if (!evil_reset(e, engine))
		return "the engine's reset does not end";
	return store_to(e, engine, evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE);
}

const char *evil_interrupts(struct evil *e, uint32_t engine,
			    struct evil_counts *counts)
{
	const uint32_t interrupt = EVIL_USER_INTERRUPT;

	evil_put(e, EVIL_DATA, EVIL_MARK_A, 0);
	evil_context(e, engine);
	for (uint32_t i = 0; i < 1000; i++)
		evil_emit(e, engine, &interrupt, 1);
	evil_emit_mark(e, engine, EVIL_MARK_A);
	evil_submit(e, engine);
	counts->interrupts++;
	return evil_wait_done(e, engine) && evil_data(e, EVIL_MARK_A) ?
		NULL : "they have not ended";
}

/* Sends each message about a root for frames that are not RAM; then the engine must work. */
const char *evil_bad_roots(struct evil *e, uint32_t engine,
			   struct evil_counts *counts)
{
	const char *why;

	for (uint32_t i = 0; i < sizeof(no_ram) / sizeof(no_ram[0]); i++) {
		e->ops->wr(e->ctx, EVIL_PVINFO + 0x838, (uint32_t)no_ram[i]);
		e->ops->wr(e->ctx, EVIL_PVINFO + 0x83c, (uint32_t)(no_ram[i] >> 32));
		for (uint32_t message = 0; message < 10; message++)
			e->ops->wr(e->ctx, EVIL_PVINFO + 0x818, message);
	}
	why = store_to(e, engine, evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE);
	(void)counts;
	return why;
}
