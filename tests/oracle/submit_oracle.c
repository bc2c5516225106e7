// SPDX-License-Identifier: GPL-2.0-only
/* Checks that everything that engines may read was audited; see oracle.h. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boundary/audit.h"
#include "boundary/bnd_sched.h"
#include "boundary/exec.h"
#include "boundary/prelude.h"
#include "boundary/submit.h"
#include "oracle/oracle.h"
#include "oracle/source.h"

#define MI_NOOP		0u
#define MI_ARB_CHECK	0x02800000u
#define DESC_ADDR	0xfffff000u
#define STATE_HEAD	(XENGT_PAGE_DWORDS + 5)	/* index of a dword in the image */

/*
 * Approved dwords of a ring, from dword 'first' on, or of a batch, whose copy is at 'at'.
 */
struct piece {
	struct piece *next;
	const uint32_t *at;		/* NULL if the piece belongs to the
					 * ring */
	uint32_t first;			/* index in the ring of the piece's first dword */
	uint32_t count;
	uint32_t dw[];
};

/* The dwords that were approved for one slot since the slot was last IDLE. */
struct known {
	struct known *next;
	const struct xengt_slot *slot;
	uint32_t *ring;			/* the approved ring, of ring_bytes
					 * bytes */
	bool *is_approved;		/* for each dword of the ring: was it approved? */
	struct piece *batches;
};

static struct known *all;
/* The dwords that were approved so far for the present submission. */
static struct piece *new_pieces;
static bool is_submitting;
static struct oracle_counts counts;

struct oracle_counts oracle_counts(void)
{
	return counts;
}

__attribute__((noreturn, format(printf, 2, 3)))
static void wrong(const struct xengt_slot *slot, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "oracle: vGPU %u, engine %d, context 0x%x: ",
		slot->exec->vgpu_id, (int)slot->engine, slot->lrca);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n  ring of 0x%x bytes, head 0x%x, hw_tail 0x%x, tail 0x%x\n",
		slot->ring_bytes,
		((const uint32_t *)slot->image.mem)[STATE_HEAD],
		slot->hw_tail, slot->tail);
	abort();
}

/* ---- the record of approved dwords ---- */

static void *need(void *mem)
{
	if (!mem) {
		fprintf(stderr, "oracle: no memory\n");
		abort();
	}
	return mem;
}

static void drop_pieces(struct piece **list)
{
	while (*list) {
		struct piece *next = (*list)->next;

		free(*list);
		*list = next;
	}
}

static struct known *known_of(const struct xengt_slot *slot)
{
	struct known *known = all;

	while (known && known->slot != slot)
		known = known->next;
	return known;
}

static void forget(const struct xengt_slot *slot)
{
	struct known **next = &all, *known;

	while (*next && (*next)->slot != slot)
		next = &(*next)->next;
	known = *next;
	if (!known)
		return;
	*next = known->next;
	drop_pieces(&known->batches);
	free(known->ring);
	free(known->is_approved);
	free(known);
}

static struct known *known_anew(const struct xengt_slot *slot)
{
	struct known *known = need(calloc(1, sizeof(*known)));

	forget(slot);
	known->slot = slot;
	known->ring = need(malloc(slot->ring_bytes));
	known->is_approved = need(calloc(slot->ring_bytes / 4, sizeof(bool)));
	known->next = all;
	all = known;
	return known;
}

static void approve(const uint32_t *at, uint32_t first, const uint32_t *dw,
		    uint32_t count)
{
	struct piece *p = need(malloc(sizeof(*p) + 4ul * count));

	*p = (struct piece){
		.next = new_pieces, .at = at, .first = first, .count = count,
	};
	memcpy(p->dw, dw, 4ul * count);
	new_pieces = p;
}

static void approve_ring(const uint32_t *copy, uint32_t first, uint32_t count,
			 int r, const struct xengt_audit_result *result)
{
	const uint32_t noop = MI_NOOP;

	if (r && r != -EBADMSG)
		return;
	if (!r) {
		approve(NULL, first, copy + first, count);
		return;
	}
	/*
	 * the accepted part of the submission ends before the refused command; its tail is
	 * aligned to 8 bytes
	 */
	approve(NULL, first, copy + first, result->at - first);
	if (result->at % 2)
		approve(NULL, result->at, &noop, 1);
}

/*
 * Called when the submission was accepted: adds its pieces to the slot's approved dwords.
 */
static void keep_pieces(struct known *known)
{
	struct piece **next = &new_pieces, *p;

	while ((p = *next)) {
		if (p->at) {
			next = &p->next;
			continue;
		}
		for (uint32_t i = 0; i < p->count; i++) {
			known->ring[p->first + i] = p->dw[i];
			known->is_approved[p->first + i] = true;
		}
		*next = p->next;
		free(p);
	}
	*next = known->batches;
	known->batches = new_pieces;
	new_pieces = NULL;
}

/* ---- comparisons ---- */

static bool is_in_flight(const struct xengt_slot *slot)
{
	return slot->state == XENGT_SLOT_QUEUED ||
	       slot->state == XENGT_SLOT_ON_HW;
}

static void check_pad(const struct xengt_slot *slot, uint32_t off)
{
	uint32_t dw = ((const uint32_t *)slot->ring.mem)[off / 4];

	if (dw != MI_NOOP && dw != MI_ARB_CHECK)
		wrong(slot, "dword 0x%08x at ring offset 0x%x must not be in the padding", dw, off);
}

/*
 * Checks the part of the ring before the guest's commands: it must switch arbitration off,
 * start the batch in the prelude's page, and then have no-ops.
 */
static void check_prelude(const struct xengt_slot *slot, uint32_t off)
{
	const uint32_t want[] = {
		0x04000000, 0x18800001,
		xengt_area_at(&xengt_engine_of(slot)->hws) + XENGT_PAGE_BYTES,
		0, 0x04000001,
	};
	uint32_t i = xengt_ring_span(slot, slot->prelude_at, off) / 4;
	uint32_t dw = ((const uint32_t *)slot->ring.mem)[off / 4];

	if (dw != (i < 5 ? want[i] : MI_NOOP))
		wrong(slot, "wrong dword 0x%08x at ring offset 0x%x, before the guest's commands",
		      dw, off);
}

static void check_ring(const struct xengt_slot *slot, const struct known *known,
		       uint32_t from, uint32_t to)
{
	const uint32_t *ring = slot->ring.mem;
	bool is_padded = xengt_slot_is_padded(slot);

	for (; from != to; from = (from + 4) % slot->ring_bytes) {
		counts.dwords++;
		if (xengt_slot_is_before(slot, from))
			check_prelude(slot, from);
		else if (is_padded && xengt_ring_span(slot, slot->tail, from) <
					      XENGT_PAD_BYTES)
			check_pad(slot, from);
		else if (!known->is_approved[from / 4])
			wrong(slot, "dword 0x%08x at ring offset 0x%x was never approved",
			      ring[from / 4], from);
		else if (known->ring[from / 4] != ring[from / 4])
			wrong(slot, "dword 0x%08x is at ring offset 0x%x, where 0x%08x was approved",
			      ring[from / 4], from, known->ring[from / 4]);
	}
}

/* The offset in the ring at which the engine begins when it loads the image. */
static uint32_t head_of(const struct xengt_slot *slot)
{
	return ((const uint32_t *)slot->image.mem)[STATE_HEAD] & XENGT_RING_ADDR;
}

static void check_slot(const struct xengt_slot *slot)
{
	const struct known *known = known_of(slot);
	uint32_t head = head_of(slot);

	if (!known)
		wrong(slot, "the slot is in flight, but was never audited");
	if (head >= slot->ring_bytes || slot->tail >= slot->ring_bytes ||
	    slot->hw_tail >= slot->ring_bytes)
		wrong(slot, "head or tail outside of its ring");
	counts.checks++;
	check_ring(slot, known, head, slot->hw_tail);
	if (!xengt_slot_is_padded(slot))
		check_ring(slot, known, slot->hw_tail, slot->tail);
	if (slot->can_pad) {
		check_pad(slot, slot->tail);
		check_pad(slot, slot->tail + 4);
	}
	for (const struct piece *p = known->batches; p; p = p->next) {
		if (memcmp(p->at, p->dw, 4ul * p->count))
			wrong(slot, "a batch of %u dwords differs from the approved batch",
			      p->count);
	}
}

static void check_sched(const struct xengt_sched *sched)
{
	for (uint32_t n = 0; n < sched->n_execs; n++) {
		const struct xengt_exec *exec = sched->execs[n];

		for (uint32_t i = 0; exec && i < XENGT_ENGINES *
				     XENGT_EXEC_SLOTS; i++) {
			const struct xengt_slot *slot =
				&exec->lanes[i / XENGT_EXEC_SLOTS]
					 .slots[i % XENGT_EXEC_SLOTS];

			if (is_in_flight(slot))
				check_slot(slot);
		}
	}
}

/*
 * Checks that, after a guest added commands to a context in flight, enough bytes before the
 * head are free: the module writes padding and the start of the prelude there.
 */
static void check_room(const struct xengt_slot *slot, uint32_t old_tail,
		       uint32_t old_head)
{
	uint32_t span = xengt_ring_span(slot, slot->tail, head_of(slot));

	/* the engine may have run the commands already, up to the tail */
	if (slot->tail == old_tail || (!span && head_of(slot) != old_head))
		return;
	if (span < XENGT_PAD_BYTES + xengt_prelude_room(slot))
		wrong(slot, "the tail is so near to the head that the module has no room");
}

/* ---- the wrapped calls ---- */

int __real_xengt_submit(struct xengt_exec *exec,
			struct xengt_vgpu_submit *work);
int __real_xengt_exec_reset(struct xengt_exec *exec, uint32_t mask);
bool __real_xengt_exec_next_event(struct xengt_exec *exec,
				  struct xengt_event *ret_event);
void __real_xengt_exec_fini(struct xengt_exec *exec);
void __real_xengt_sched_irq(struct xengt_sched *sched,
			    enum xengt_engine_id engine, uint32_t bits);
bool __real_xengt_sched_tick(struct xengt_sched *sched);

int __wrap_xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
			   uint32_t first, uint32_t count,
			   struct xengt_audit_result *ret_result);
int __wrap_xengt_submit(struct xengt_exec *exec,
			struct xengt_vgpu_submit *work);
int __wrap_xengt_exec_reset(struct xengt_exec *exec, uint32_t mask);
bool __wrap_xengt_exec_next_event(struct xengt_exec *exec,
				  struct xengt_event *ret_event);
void __wrap_xengt_exec_fini(struct xengt_exec *exec);
void __wrap_xengt_sched_irq(struct xengt_sched *sched,
			    enum xengt_engine_id engine, uint32_t bits);
bool __wrap_xengt_sched_tick(struct xengt_sched *sched);

int __wrap_xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
			   uint32_t first, uint32_t count,
			   struct xengt_audit_result *ret_result)
{
	int r = oracle_audit_run(audit, copy, first, count, ret_result);

	if (!is_submitting)
		return r;
	if (!r) {
		counts.commands += ret_result->commands;
		counts.noops += ret_result->noops;
	}
	if (audit->kind == XENGT_AUDIT_RING)
		approve_ring(copy, first, count, r, ret_result);
	else if (!r)
		approve(copy + first, 0, copy + first, ret_result->used);
	return r;
}

/* Returns the slot of this context, or NULL if there is none. */
static struct xengt_slot *slot_of(struct xengt_exec *exec,
				  const struct xengt_vgpu_submit *work)
{
	uint32_t lrca = work->desc & DESC_ADDR;

	if (work->engine >= XENGT_ENGINES || !lrca)
		return NULL;
	for (uint32_t i = 0; i < XENGT_EXEC_SLOTS; i++) {
		struct xengt_slot *slot =
			&exec->lanes[work->engine].slots[i];

		if (slot->lrca == lrca)
			return slot;
	}
	return NULL;
}

int __wrap_xengt_submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work)
{
	const struct xengt_slot *slot = slot_of(exec, work);
	bool is_more = slot && is_in_flight(slot);
	uint32_t old_tail = is_more ? slot->tail : 0;
	uint32_t old_head = is_more ? head_of(slot) : 0;
	int r;

	is_submitting = true;
	source_begin(exec, work);
	r = __real_xengt_submit(exec, work);
	source_end();
	is_submitting = false;
	slot = slot_of(exec, work);
	/* (a hung engine accepts every submission and runs none) */
	if ((!r || work->is_cut) && slot && is_in_flight(slot)) {
		keep_pieces(is_more ? known_of(slot) : known_anew(slot));
		if (is_more)
			check_room(slot, old_tail, old_head);
		counts.submissions++;
	} else {
		drop_pieces(&new_pieces);
		counts.not_taken++;
	}
	check_sched(exec->sched);
	return r;
}

int __wrap_xengt_exec_reset(struct xengt_exec *exec, uint32_t mask)
{
	int r = __real_xengt_exec_reset(exec, mask);

	check_sched(exec->sched);
	return r;
}

bool __wrap_xengt_exec_next_event(struct xengt_exec *exec,
				  struct xengt_event *ret_event)
{
	bool r = __real_xengt_exec_next_event(exec, ret_event);

	check_sched(exec->sched);
	return r;
}

void __wrap_xengt_exec_fini(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;

	__real_xengt_exec_fini(exec);
	for (uint32_t i = 0; i < XENGT_ENGINES * XENGT_EXEC_SLOTS; i++)
		forget(&exec->lanes[i / XENGT_EXEC_SLOTS]
				.slots[i % XENGT_EXEC_SLOTS]);
	if (sched)
		check_sched(sched);
}

void __wrap_xengt_sched_irq(struct xengt_sched *sched,
			    enum xengt_engine_id engine, uint32_t bits)
{
	__real_xengt_sched_irq(sched, engine, bits);
	check_sched(sched);
}

bool __wrap_xengt_sched_tick(struct xengt_sched *sched)
{
	bool r = __real_xengt_sched_tick(sched);

	check_sched(sched);
	return r;
}
