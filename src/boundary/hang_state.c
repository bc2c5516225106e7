// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the state of a hang
 *
 * The recorded registers are those of i915's error state (Intel PRM Broadwell
 * and Skylake, Vol 2c). If another driver owns the GPU, the registers are recorded only
 * if they are the context's, and those of the ring describe this driver's ring. The
 * recorded ring is the slot's ring, which has the same offsets as the guest's ring. The recorded image is the module's image,
 * as the engine left it.
 */
#include "boundary/hang_state.h"
#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#define RING_ACTHD	0x074
#define RING_ACTHD_UDW	0x05c

struct reg {
	const char *name;
	uint32_t off;
	bool is_of_engine;		/* 'off' is relative to the engine's base */
};

static const struct reg regs[] = {
	{ "TAIL", XENGT_RING_TAIL, true },
	{ "HEAD", XENGT_RING_HEAD, true },
	{ "START", XENGT_RING_START, true },
	{ "CTL", XENGT_RING_CTL, true },
	{ "ACTHD", RING_ACTHD, true },
	{ "ACTHD_UDW", RING_ACTHD_UDW, true },
	{ "IPEIR", 0x064, true },
	{ "IPEHR", 0x068, true },
	{ "INSTDONE", 0x06c, true },
	{ "INSTPS", 0x070, true },
	{ "DMA_FADD", 0x078, true },
	{ "DMA_FADD_UDW", 0x060, true },
	{ "MI_MODE", XENGT_RING_MI_MODE, true },
	{ "EIR", XENGT_RING_EIR, true },
	{ "EMR", XENGT_RING_EMR, true },
	{ "ESR", 0x0b8, true },
	{ "BB_STATE", 0x110, true },
	{ "BB_ADDR", 0x140, true },
	{ "BB_ADDR_UDW", 0x168, true },
	{ "EXECLIST_STATUS", XENGT_RING_STATUS_LO, true },
	{ "MODE", XENGT_RING_MODE, true },
	{ "FAULT", 0x4094, false },
	{ "FAULT_TLB_DATA0", 0x4b10, false },
	{ "FAULT_TLB_DATA1", 0x4b14, false },
};

#define REGS		(sizeof(regs) / sizeof(regs[0]))
_Static_assert(REGS == XENGT_HANG_REGS, "hang_state.h has room for all");

static uint32_t value_of(const struct xengt_hang_state *state, uint32_t off)
{
	uint32_t i = 0;

	while (regs[i].off != off)
		i++;
	return state->regs[i];
}

/* ---- recording ---- */

#define TAKE_TRIES	3u

static void take_regs(struct xengt_sched *sched,
		      const struct xengt_engine *engine,
		      const struct xengt_slot *slot,
		      struct xengt_hang_state *state)
{
	static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;
	uint32_t i, tries, stay;

	for (tries = 0; tries < TAKE_TRIES && !state->has_regs; tries++) {
		stay = xengt_engine_stay(sched, engine);
		for (i = 0; i < REGS && stay; i++)
			state->regs[i] = sched->hw->ops->reg_read(
				sched->hw->ctx, regs[i].off +
				(regs[i].is_of_engine ? bases[engine->id] : 0));
		state->has_regs = stay && stay == xengt_engine_stay(sched, engine);
	}
	if (!state->has_regs) {
		memset(state->regs, 0, sizeof(state->regs));
		state->head = xengt_context_head_at(slot);
		return;
	}
	state->head = value_of(state, XENGT_RING_HEAD);
	if (sched->hw->is_shared)
		state->head = xengt_engine_slot_at(sched, engine, slot,
						   state->head & XENGT_RING_ADDR);
	state->acthd = (uint64_t)value_of(state, RING_ACTHD_UDW) << 32 |
		       value_of(state, RING_ACTHD);
}

/*
 * Copy the ring. If the ring is too long, copy only a part of it, with the head
 * in the middle.
 */
static void take_ring(const struct xengt_slot *slot,
		      struct xengt_hang_state *state)
{
	const uint32_t *ring = slot->ring.mem;
	uint32_t dwords = slot->ring_bytes / 4, first, i;

	if (!ring || !dwords)
		return;
	first = (state->head & XENGT_RING_ADDR) / 4 % dwords;
	state->ring_dwords = dwords < XENGT_HANG_RING_DWORDS ?
		dwords : XENGT_HANG_RING_DWORDS;
	first = (first + dwords - state->ring_dwords / 2) % dwords;
	state->ring_at = 4 * first;
	for (i = 0; i < state->ring_dwords; i++)
		state->ring[i] = ring[(first + i) % dwords];
}

static void take_image(const struct xengt_slot *slot,
		       struct xengt_hang_state *state)
{
	if (slot->image.pages < 2)
		return;
	state->image_dwords = XENGT_HANG_IMAGE_DWORDS;
	memcpy(state->image, (const uint32_t *)slot->image.mem +
			     XENGT_PAGE_DWORDS, sizeof(state->image));
}

static bool is_in(const struct xengt_area *area, uint64_t addr)
{
	uint64_t first = xengt_area_at(area);

	return addr >= first &&
	       addr - first < (uint64_t)area->pages << XENGT_BND_PAGE_SHIFT;
}

/* The engine runs the slot's ring, or the other driver's ring with the slot's commands. */
static bool is_in_ring(const struct xengt_slot *slot,
		       const struct xengt_hang_state *state)
{
	uint64_t first = value_of(state, XENGT_RING_START);
	uint64_t bytes = (value_of(state, XENGT_RING_CTL) &
			  XENGT_RING_CTL_PAGES) + XENGT_PAGE_BYTES;

	if (!slot->exec->sched->hw->is_shared)
		return is_in(&slot->ring, state->acthd);
	return !state->has_regs ||
	       (state->acthd >= first && state->acthd - first < bytes);
}

static void take_place(const struct xengt_slot *slot,
		       struct xengt_hang_state *state)
{
	if (is_in_ring(slot, state)) {
		state->where = XENGT_HANG_IN_RING;
		return;
	}
	state->batch_at = state->acthd & ~(uint64_t)(XENGT_PAGE_BYTES - 1);
	if (!is_in(&slot->batches, state->acthd)) {
		state->where = XENGT_HANG_IN_SPACE;
		state->wants_batch = true;
		return;
	}
	state->where = XENGT_HANG_IN_COPY;
	state->batch_dwords = XENGT_HANG_BATCH_DWORDS;
	memcpy(state->batch, (const uint8_t *)slot->batches.mem +
			     (state->batch_at - xengt_area_at(&slot->batches)),
	       sizeof(state->batch));
}

void xengt_hang_take(struct xengt_sched *sched,
		     const struct xengt_engine *engine,
		     const struct xengt_slot *slot)
{
	struct xengt_hang_state *state = &sched->hang_state;

	memset(state, 0, sizeof(*state));
	state->is_there = true;
	state->vgpu_id = slot->exec->vgpu_id;
	state->engine = engine->id;
	state->hangs = (uint32_t)slot->exec->counters.hangs + 1;
	state->at_ns = xengt_bnd_now_ns(sched->hw);
	state->seqno = slot->seqno;
	state->lrca = slot->lrca;
	state->desc = slot->desc;
	state->ring_start = slot->ring_start;
	state->ring_bytes = slot->ring_bytes;
	state->tail = slot->tail;
	state->hw_tail = slot->hw_tail;
	take_regs(sched, engine, slot, state);
	take_ring(slot, state);
	take_image(slot, state);
	take_place(slot, state);
}

void xengt_hang_take_batch(const struct xengt_slot *slot)
{
	struct xengt_exec *exec = slot->exec;
	struct xengt_hang_state *state = &exec->hang_state;
	xengt_gfn_t gfn;

	if (!state->wants_batch || state->engine != slot->engine ||
	    state->seqno != slot->seqno || state->lrca != slot->lrca)
		return;
	state->wants_batch = false;
	if (xengt_ppgtt_walk(exec->ppgtt, slot->root, state->batch_at, &gfn))
		return;
	memcpy(state->batch, exec->guest.ops->frame_at(exec->guest.ctx, gfn),
	       sizeof(state->batch));
	state->batch_dwords = XENGT_HANG_BATCH_DWORDS;
}

/* ---- text ---- */

struct text {
	char buf[XENGT_HANG_LINE_MAX];
	uint32_t len;
	void (*line)(void *ctx, const char *text);
	void *ctx;
};

/* Add text to the line. Text that exceeds the line's buffer is dropped. */
static void put(struct text *t, const char *s)
{
	while (*s && t->len < sizeof(t->buf) - 1)
		t->buf[t->len++] = *s++;
}

static void put_number(struct text *t, uint64_t value, uint32_t base,
		       uint32_t digits)
{
	char rev[24], one[2] = { 0 };
	uint32_t n = 0;

	do {
		rev[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value || n < digits);
	while (n) {
		one[0] = rev[--n];
		put(t, one);
	}
}

static void put_hex(struct text *t, const char *name, uint64_t value,
		    uint32_t digits)
{
	put(t, name);
	put_number(t, value, 16, digits);
}

static void put_decimal(struct text *t, const char *name, uint64_t value)
{
	put(t, name);
	put_number(t, value, 10, 1);
}

static void end_line(struct text *t)
{
	t->buf[t->len] = '\0';
	t->line(t->ctx, t->buf);
	t->len = 0;
}

#define PER_LINE	8u

/*
 * Print dwords. Each line begins with the offset in bytes from the first dword.
 * Lines that would contain only zeroes are not printed.
 */
static void print_dwords(struct text *t, const uint32_t *dwords, uint32_t count)
{
	uint32_t i, k, any;

	for (i = 0; i < count; i += PER_LINE) {
		for (any = 0, k = 0; k < PER_LINE; k++)
			any |= dwords[i + k];
		if (!any)
			continue;
		put_hex(t, "  [", 4 * i, 4);
		put(t, "]");
		for (k = 0; k < PER_LINE; k++)
			put_hex(t, " ", dwords[i + k], 8);
		end_line(t);
	}
}
_Static_assert(XENGT_HANG_RING_DWORDS % PER_LINE == 0 &&
	       XENGT_HANG_IMAGE_DWORDS % PER_LINE == 0 &&
	       XENGT_HANG_BATCH_DWORDS % PER_LINE == 0, "whole lines");

static void print_context(struct text *t, const struct xengt_hang_state *state)
{
	put_hex(t, "  context: lrca 0x", state->lrca, 8);
	put_hex(t, " desc 0x", state->desc, 8);
	put_decimal(t, " seqno ", state->seqno);
	end_line(t);
	put_hex(t, "  ring: start 0x", state->ring_start, 8);
	put_hex(t, " bytes 0x", state->ring_bytes, 1);
	put_hex(t, " head 0x", state->head, 8);
	put_hex(t, " tail 0x", state->tail, 1);
	put_hex(t, " engine's tail 0x", state->hw_tail, 1);
	end_line(t);
}

static void print_batch(struct text *t, const struct xengt_hang_state *state)
{
	static const char * const where[] = {
		[XENGT_HANG_IN_RING] = "the ring",
		[XENGT_HANG_IN_COPY] = "a batch, the module's copy",
		[XENGT_HANG_IN_SPACE] = "the context's address space",
	};

	put_hex(t, "stopped at 0x", state->acthd, 12);
	put(t, ": ");
	put(t, where[state->where]);
	end_line(t);
	if (state->where == XENGT_HANG_IN_RING)
		return;
	put_hex(t, "batch, the page from 0x", state->batch_at, 12);
	put(t, state->batch_dwords ? ":" : ": not there");
	end_line(t);
	print_dwords(t, state->batch, state->batch_dwords);
}

void xengt_hang_print(const struct xengt_hang_state *state,
		      void (*line)(void *ctx, const char *text), void *ctx)
{
	struct text t = { .line = line, .ctx = ctx };
	uint32_t i;

	if (!state->is_there)
		return;
	put_decimal(&t, "vgpu ", state->vgpu_id);
	put(&t, ": ");
	put(&t, xengt_engine_names[state->engine]);
	put_decimal(&t, " hung, ", state->hangs);
	put_decimal(&t, " hangs so far; at ", state->at_ns / 1000000);
	put(&t, " ms");
	end_line(&t);
	print_context(&t, state);
	if (!state->has_regs) {
		put(&t, "  registers: not recorded, dom0's driver had the engine");
		end_line(&t);
	}
	for (i = 0; i < REGS && state->has_regs; i++) {
		put(&t, "  ");
		put(&t, regs[i].name);
		put_hex(&t, ": 0x", state->regs[i], 8);
		end_line(&t);
	}
	put_hex(&t, "ring, from offset 0x", state->ring_at, 1);
	put(&t, " on:");
	end_line(&t);
	print_dwords(&t, state->ring, state->ring_dwords);
	put(&t, "image, the page with the registers:");
	end_line(&t);
	print_dwords(&t, state->image, state->image_dwords);
	if (state->has_regs)
		print_batch(&t, state);
}
