// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: engines that i915 drives
 *
 * The boundary gives an engine one part of one guest's context at a time
 * (is_shared of struct xengt_hw). A part becomes a job of a context of i915:
 *
 *   the guest's commands   the part [head, hw_tail) of the slot's ring, which the
 *                          audit has approved, with the prelude before it. i915
 *                          copies the dwords to its own ring, between its own
 *                          commands
 *   the guest's state      the slot's image without the registers of the ring,
 *                          which is copied to the image of i915's context, and
 *                          back when the part has ended
 *   behind the part        the commands of the prelude that load registers. So a
 *                          register that no image saves has no value of the guest
 *                          when dom0's own work runs
 *
 * So all guests' contexts of an engine use one context of i915, one after the
 * other; the hardware loads this context anew for each part. If i915 ends a part
 * because of an error, i915's context is destroyed.
 */
#include <linux/err.h>
#include <linux/minmax.h>

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/prelude.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt_beside.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"
#include "xengt_i915.h"

/*
 * The time in ms within which i915 must end a part that the module cancels. Usually
 * i915 needs some milliseconds. If the cancellation fails, i915's heartbeat resets
 * the engine, or at last the whole GPU, within four of its intervals (10 s), or gives
 * the GPU up; all of these end the part, too.
 */
#define CANCEL_MS		15000

/* in the state page, "Logical Ring Context Format": see boundary/context.c */
#define CTRL_RESTORE_INHIBIT	0x1u
#define CTRL_RS_ENABLE		0x2u
#define HEAD_WRAP		(1u << 21)

static const u32 bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

static struct xengt_beside *beside_of(const struct xengt_sched *sched)
{
	return xengt_beside_of(sched->hw->ctx);
}

static struct xengt_beside_engine *
engine_of(const struct xengt_sched *sched, const struct xengt_engine *engine)
{
	return &beside_of(sched)->engines[engine->id];
}

/* ---- images ---- */

/*
 * Dwords of the state page, before the engine's own state, that the boundary
 * determines. i915 determines the other values: those of the ring, and of the
 * batch within which the hardware left the context.
 */
static const u8 our_dwords[] = {
	XENGT_ST_TIMESTAMP,
	XENGT_ST_PDP3_UDW, XENGT_ST_PDP3_UDW + 2, XENGT_ST_PDP3_UDW + 4,
	XENGT_ST_PDP3_UDW + 6, XENGT_ST_PDP3_UDW + 8, XENGT_ST_PDP3_UDW + 10,
	XENGT_ST_PDP3_UDW + 12, XENGT_ST_PDP3_UDW + 14,
};

/* More such dwords, which only the render engine has. */
static const u8 our_render_dwords[] = {
	XENGT_ST_PER_CTX, XENGT_ST_INDIRECT, XENGT_ST_INDIRECT_OFF,
};

static u32 *state_page(u32 *image)
{
	return image + XENGT_STATE_PAGE * XENGT_PAGE_DWORDS;
}

/*
 * Copy what the engine saves and loads, except the state page's dwords before the
 * engine's own state.
 */
static void copy_state(u32 *to, const u32 *from, u32 pages)
{
	const u32 first = XENGT_STATE_PAGE * XENGT_PAGE_DWORDS +
			  XENGT_ST_ENGINE;

	memcpy(to, from, XENGT_PAGE_BYTES);
	memcpy(to + first, from + first, pages * XENGT_PAGE_BYTES - 4 * first);
}

static bool is_inhibited(const struct xengt_slot *slot)
{
	return state_page(slot->image.mem)[XENGT_ST_CTRL] &
	       CTRL_RESTORE_INHIBIT;
}

/*
 * Write the slot's image to the image of i915's context. If the slot has no state
 * yet (is_inhibited()), it begins with i915's default state.
 */
static void load_image(struct xengt_beside_engine *e,
		       const struct xengt_slot *slot)
{
	u32 pages, i, *image = xengt_i915_ctx_image(e->ctx, &pages);
	const u32 *from = state_page(slot->image.mem);
	u32 *to = state_page(image);

	if (!is_inhibited(slot))
		copy_state(image, slot->image.mem, min(pages, slot->image.pages));
#ifndef XENGT_FAULT_KEEP_ROOTS
	for (i = 0; i < ARRAY_SIZE(our_dwords); i++)
		to[our_dwords[i]] = from[our_dwords[i]];
#endif
	for (i = 0; i < ARRAY_SIZE(our_render_dwords) &&
	     slot->engine == XENGT_ENGINE_RCS; i++)
		to[our_render_dwords[i]] = from[our_render_dwords[i]];
	to[XENGT_ST_CTRL] = (to[XENGT_ST_CTRL] & ~(CTRL_RESTORE_INHIBIT |
						   CTRL_RS_ENABLE)) |
			    CTRL_RS_ENABLE << 16 | CTRL_RESTORE_INHIBIT << 16 |
			    (from[XENGT_ST_CTRL] & CTRL_RS_ENABLE);
}

/*
 * Write the image of i915's context, which the hardware saved, to the slot's
 * image. The slot's head is then at the end of the part, as if the hardware had
 * run the slot's ring.
 */
static void save_image(struct xengt_beside_engine *e, struct xengt_slot *slot)
{
	u32 pages, *image = xengt_i915_ctx_image(e->ctx, &pages);
	u32 *to = state_page(slot->image.mem), head = to[XENGT_ST_HEAD];

	copy_state(slot->image.mem, image, min(pages, slot->image.pages));
	to[XENGT_ST_TIMESTAMP] = state_page(image)[XENGT_ST_TIMESTAMP];
	to[XENGT_ST_BB_ADDR] = 0;
	if (slot->hw_tail < (head & XENGT_RING_ADDR))
		head += HEAD_WRAP;
	to[XENGT_ST_HEAD] = (head & ~XENGT_RING_ADDR) | slot->hw_tail;
}

/* ---- parts ---- */

static struct xengt_i915_job job_of(const struct xengt_sched *sched,
				    const struct xengt_slot *slot)
{
	const u32 *ring = slot->ring.mem;
	u32 head = xengt_context_head_at(slot), tail = slot->hw_tail;
	struct xengt_i915_job job = {
		.number = slot->number, .flags = slot->desc,
	};

	if (tail < head) {
		job.pieces[0].dw = ring + head / 4;
		job.pieces[0].dwords = (slot->ring_bytes - head) / 4;
		head = 0;
	}
	job.pieces[1].dw = ring + head / 4;
	job.pieces[1].dwords = (tail - head) / 4;
#ifndef XENGT_FAULT_KEEP_REGISTERS
	job.pieces[2].dw = xengt_prelude_regs(sched, slot->engine,
					      &job.pieces[2].dwords);
#endif
	return job;
}

static void drop_ctx(struct xengt_beside_engine *e)
{
	if (e->ctx)
		xengt_i915_ctx_destroy(e->ctx);
	e->ctx = NULL;
}

/*
 * i915 keeps an engine awake while a context is pinned, and so the whole GPU. The
 * contexts have no state that is needed again: load_image() writes it for each part.
 */
void xengt_beside_rest(struct xengt_beside *b)
{
	u32 i;

	for (i = 0; i < XENGT_ENGINES; i++) {
		if (!b->engines[i].slot)
			drop_ctx(&b->engines[i]);
	}
}

/*
 * Give the part to i915. If the calling process has a signal, a thread of the
 * kernel tries again (is_due stays set). If i915 does not take the part, the
 * part has failed.
 */
static void give(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);
	struct xengt_slot *slot = e->slot;
	struct xengt_i915_job job = job_of(sched, slot);
	struct xengt_gpu *gpu = sched->hw->ctx;
	int r;

	if (is_inhibited(slot))
		drop_ctx(e);
	if (!e->ctx) {
		e->ctx = xengt_i915_ctx_create(beside_of(sched)->i915,
					       engine->id);
		r = PTR_ERR_OR_ZERO(e->ctx);
		if (r) {
			e->ctx = NULL;
			goto out;
		}
	}
	load_image(e, slot);
	r = xengt_i915_ctx_run(e->ctx, &job);
	e->is_due = r;
out:
	if (!r)
		return;
	if (r != -EINTR && r != -ERESTARTSYS) {
		dev_err_ratelimited(&gpu->pdev->dev,
				    "i915 does not take work of %s: %d\n",
				    xengt_engine_names[engine->id], r);
		engine->has_failed = true;
	}
	xengt_engine_kick(gpu);
}

static void run(struct xengt_sched *sched, struct xengt_engine *engine,
		const struct xengt_ports *ports)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);

	e->slot = ports->slot[0];
	e->slot->is_fresh = false;
	e->is_acked = false;
	e->is_due = true;
	give(sched, engine);
}

static bool next_event(struct xengt_sched *sched, struct xengt_engine *engine,
		       u32 *ret_status)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);

	if (!e->slot)
		return false;
	if (!e->is_acked) {
		e->is_acked = true;
		*ret_status = XENGT_CSB_IDLE_ACTIVE;
		return true;
	}
	if (e->is_due) {
		if (!engine->has_failed)
			give(sched, engine);
		return false;
	}
	switch (xengt_i915_ctx_state(e->ctx)) {
	case XENGT_I915_RUNNING:
		return false;
	case XENGT_I915_FAILED:
		engine->has_failed = true;
		return false;
	case XENGT_I915_DONE:
		break;
	}
	save_image(e, e->slot);
	e->slot = NULL;
	*ret_status = XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE;
	return true;
}

static u32 stay(struct xengt_sched *sched, const struct xengt_engine *engine)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);

	return e->ctx && !e->is_due ? xengt_i915_ctx_stay(e->ctx) : 0;
}

static u32 head(struct xengt_sched *sched, const struct xengt_engine *engine)
{
	u32 before = stay(sched, engine), at;

	if (!before)
		return engine->seen_head;
	at = sched->hw->ops->reg_read(sched->hw->ctx,
				      bases[engine->id] + XENGT_RING_HEAD);
	return stay(sched, engine) == before ? at : engine->seen_head;
}

static u32 slot_at(struct xengt_sched *sched, const struct xengt_engine *engine,
		   const struct xengt_slot *slot, u32 at)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);
	u32 first = xengt_context_head_at(slot), begin, ring_bytes, off;

	if (!e->ctx)
		return first;
	ring_bytes = xengt_i915_ctx_job_at(e->ctx, &begin);
	off = (at + ring_bytes - begin) % ring_bytes;
	/* more than a half of the ring behind the begin: before the part */
	if (off >= ring_bytes / 2)
		return first;
	return (first + min(off, xengt_ring_span(slot, first, slot->hw_tail))) %
	       slot->ring_bytes;
}

static u64 away_ns(struct xengt_sched *sched, const struct xengt_engine *engine)
{
	return xengt_i915_away_ns(beside_of(sched)->i915, engine->id);
}

static int reset(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_beside_engine *e = engine_of(sched, engine);
	struct xengt_gpu *gpu = sched->hw->ctx;
	int r = 0;

	sched->resets++;
	if (e->slot)
		dev_info_ratelimited(&gpu->pdev->dev,
				     "work of vGPU %u on %s did not end, and is ended\n",
				     e->slot->exec->vgpu_id,
				     xengt_engine_names[engine->id]);
	if (e->slot && !e->is_due)
		r = xengt_i915_ctx_cancel(e->ctx, CANCEL_MS);
	if (r)
		return r;
	drop_ctx(e);
	e->slot = NULL;
	engine->has_failed = false;
	return 0;
}

/* ---- what i915 does by itself ---- */

static void enable(struct xengt_sched *sched, struct xengt_engine *engine)
{
}

static void disable(struct xengt_sched *sched, struct xengt_engine *engine)
{
	reset(sched, engine);
}

static int stop(struct xengt_sched *sched, struct xengt_engine *engine)
{
	return 0;
}

static void go(struct xengt_sched *sched, struct xengt_engine *engine)
{
}

const struct xengt_engine_ops xengt_engine_i915 = {
	.enable = enable,
	.disable = disable,
	.stop = stop,
	.go = go,
	.reset = reset,
	.run = run,
	.next_event = next_event,
	.head = head,
	.away_ns = away_ns,
	.stay = stay,
	.slot_at = slot_at,
};
