// SPDX-License-Identifier: GPL-2.0-only
/* Checks that the module audits what the guest wrote; see source.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boundary/audit.h"
#include "boundary/bnd_sched.h"
#include "boundary/context.h"
#include "boundary/exec.h"
#include "hw/facts.h"
#include "oracle/source.h"

#define LINES_MASK	63u		/* bits of the image's dword XENGT_ST_INDIRECT that
					 * hold the indirect batch's length in cachelines */

/* A read of guest memory during the present submission. */
struct guest_read {
	struct guest_read *next;
	const uint8_t *to;
	uint64_t addr;
	uint32_t bytes;
	bool is_ppgtt;
	uint8_t data[];
};

static struct guest_read *reads;	/* the latest read comes first in this list */
static const struct xengt_exec *exec;	/* NULL: there is no submission */
static const struct xengt_vgpu_submit *work;
/* The padding that the engine may be running; NULL: there is no such padding. */
static const uint8_t *pad;
static uint32_t pad_at;			/* the padding's offset in its ring */
static struct source expected;

__attribute__((noreturn, format(printf, 1, 2)))
static void wrong(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "oracle: vGPU %u, engine %u: ", exec->vgpu_id, work->engine);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/* The slot of the context that is submitted; NULL: the context has no slot. */
static const struct xengt_slot *slot_of_work(void)
{
	uint32_t lrca = work->desc & XENGT_DESC_ADDR;

	for (uint32_t i = 0; work->engine < XENGT_ENGINES && i < XENGT_EXEC_SLOTS; i++) {
		const struct xengt_slot *slot = &exec->lanes[work->engine].slots[i];

		if (lrca && slot->lrca == lrca)
			return slot;
	}
	return NULL;
}

static bool is_in(const void *mem, uint64_t mem_bytes, const void *to, uint64_t bytes)
{
	uint64_t off = (uint64_t)((uintptr_t)to - (uintptr_t)mem);

	return mem && off <= mem_bytes && bytes <= mem_bytes - off;
}

static bool is_in_area(const struct xengt_area *area, const void *to, uint64_t bytes)
{
	return is_in(area->mem, area->pages * 4096ull, to, bytes);
}

/* ---- the submission ---- */

void source_begin(const struct xengt_exec *e, const struct xengt_vgpu_submit *w)
{
	const struct xengt_slot *slot;

	exec = e;
	work = w;
	pad = NULL;
	expected = (struct source){ 0 };
	slot = slot_of_work();
	if (slot && (slot->state == XENGT_SLOT_QUEUED || slot->state == XENGT_SLOT_ON_HW) &&
	    xengt_slot_is_padded(slot)) {
		pad_at = slot->tail;
		pad = (const uint8_t *)slot->ring.mem + pad_at;
	}
}

void source_end(void)
{
	while (reads) {
		struct guest_read *next = reads->next;

		free(reads);
		reads = next;
	}
	exec = NULL;
}

/* ---- reads ---- */

/* Checks that the read fills only memory that the module has for this purpose. */
static void check_place(const void *to, uint32_t bytes)
{
	const struct xengt_slot *slot = slot_of_work();

	/* the padding is read into a variable of a function */
	if (bytes <= XENGT_PAD_BYTES)
		return;
	if (!slot || !(is_in(exec->sched->ring, slot->ring_bytes, to, bytes) ||
		       is_in_area(&slot->ring, to, bytes) ||
		       is_in_area(&slot->batches, to, bytes) ||
		       is_in_area(&slot->wa, to, bytes)))
		wrong("a read of 0x%x bytes does not fit into the copy", bytes);
}

static void record(const void *to, uint64_t addr, uint32_t bytes, bool is_ppgtt)
{
	struct guest_read *read = malloc(sizeof(*read) + bytes);

	if (!read)
		abort();
	*read = (struct guest_read){
		.next = reads, .to = to, .addr = addr, .bytes = bytes, .is_ppgtt = is_ppgtt,
	};
	memcpy(read->data, to, bytes);
	reads = read;
}

void __real_xengt_context_guest_read(struct xengt_exec *e, uint32_t addr, void *buf,
				     uint32_t bytes);
int __real_xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
				    uint32_t bytes);
void __wrap_xengt_context_guest_read(struct xengt_exec *e, uint32_t addr, void *buf,
				     uint32_t bytes);
int __wrap_xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
				    uint32_t bytes);

/* Checks that the read was counted. */
static void check_count(const struct xengt_exec *e, uint64_t before, uint32_t bytes)
{
	if (exec && e->counters.bytes_copied - before != bytes)
		wrong("a read of 0x%x bytes was not counted", bytes);
}

void __wrap_xengt_context_guest_read(struct xengt_exec *e, uint32_t addr, void *buf,
				     uint32_t bytes)
{
	uint64_t before = e->counters.bytes_copied;

	if (exec)
		check_place(buf, bytes);
	__real_xengt_context_guest_read(e, addr, buf, bytes);
	check_count(e, before, bytes);
	if (exec)
		record(buf, addr, bytes, false);
}

int __wrap_xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
				    uint32_t bytes)
{
	uint64_t before = slot->exec->counters.bytes_copied;
	int r;

	if (exec)
		check_place(buf, bytes);
	r = __real_xengt_context_ppgtt_read(slot, addr, buf, bytes);
	check_count(slot->exec, before, bytes);
	if (exec && !r)
		record(buf, addr, bytes, true);
	return r;
}

/* Returns the last read that filled this dword; NULL: no read filled it. */
static const struct guest_read *read_to(const void *at)
{
	const struct guest_read *read = reads;

	while (read && !is_in(read->to, read->bytes, at, 4))
		read = read->next;
	return read;
}

/* ---- audits ---- */

void source_expect(uint64_t addr, bool is_ppgtt)
{
	expected = (struct source){
		.is_known = exec, .is_ppgtt = is_ppgtt, .addr = addr,
	};
}

void source_expect_none(void)
{
	expected.is_known = false;
}

struct source source_of(const struct xengt_audit *audit, uint32_t first)
{
	const struct xengt_slot *slot = exec ? slot_of_work() : NULL;
	struct source from = { .is_known = slot, .first = first };

	if (!slot)
		return from;
	switch (audit->kind) {
	case XENGT_AUDIT_RING:
		from.is_ring = true;
		from.addr = slot->ring_start + 4ull * first;
		break;
	case XENGT_AUDIT_INDIRECT_CTX:
		from.addr = exec->sched->state[XENGT_ST_INDIRECT] & ~LINES_MASK;
		break;
	case XENGT_AUDIT_PER_CTX:
		from.addr = exec->sched->state[XENGT_ST_PER_CTX] & XENGT_DESC_ADDR;
		break;
	case XENGT_AUDIT_BATCH:
	case XENGT_AUDIT_USER_BATCH:
		from = expected;
		from.first = first;
		break;
	default:
		from.is_known = false;
	}
	expected.is_known = false;
	return from;
}

/* Checks a dword of a ring that no read filled: it must be the engine's padding. */
static void check_pad(const struct source *from, uint32_t i, uint32_t dw)
{
	if (!from->is_ring || !pad || i * 4 < pad_at || i * 4 >= pad_at + XENGT_PAD_BYTES)
		wrong("dword 0x%08x with index %u was not read from the guest", dw, i);
	if (memcmp(pad + i * 4 - pad_at, &dw, 4))
		wrong("dword 0x%08x with index %u is not the engine's padding", dw, i);
}

static const char *space_name(bool is_ppgtt)
{
	return is_ppgtt ? "PPGTT" : "GGTT";
}

void source_check(const struct source *from, const uint32_t *copy, uint32_t first,
		  uint32_t count)
{
	for (uint32_t i = first; from->is_known && i < first + count; i++) {
		const struct guest_read *read = read_to(copy + i);
		uint64_t addr = from->addr + 4ull * (i - from->first), off;

		if (!read) {
			check_pad(from, i, copy[i]);
			continue;
		}
		off = (uint64_t)((uintptr_t)(copy + i) - (uintptr_t)read->to);
		if (read->addr + off != addr || read->is_ppgtt != from->is_ppgtt)
			wrong("dword 0x%08x with index %u must come from guest address 0x%llx "
			      "(%s), but was read from 0x%llx (%s)", copy[i], i,
			      (unsigned long long)addr, space_name(from->is_ppgtt),
			      (unsigned long long)(read->addr + off),
			      space_name(read->is_ppgtt));
		if (memcmp(read->data + off, copy + i, 4))
			wrong("dword 0x%08x with index %u is not what the module read",
			      copy[i], i);
	}
}

void source_check_start(uint64_t addr, bool is_ppgtt, uint64_t new_addr, bool is_new_ppgtt)
{
	const struct xengt_slot *slot = exec ? slot_of_work() : NULL;
	const struct guest_read *read;
	const uint8_t *at;

	if (!slot)
		return;
	if (is_new_ppgtt) {
		if (!is_ppgtt || new_addr != addr)
			wrong("the start of batch 0x%llx became a start of 0x%llx in the PPGTT",
			      (unsigned long long)addr, (unsigned long long)new_addr);
		return;
	}
	at = (const uint8_t *)slot->batches.mem + (new_addr - xengt_area_at(&slot->batches));
	read = is_in_area(&slot->batches, at, 4) ? read_to(at) : NULL;
	if (!read || read->is_ppgtt != is_ppgtt ||
	    read->addr + (uint64_t)(at - read->to) != addr)
		wrong("the start of batch 0x%llx became a start of 0x%llx, which is no copy of it",
		      (unsigned long long)addr, (unsigned long long)new_addr);
}
