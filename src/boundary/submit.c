// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: submission
 *
 * This file turns a context that a guest wrote to its ELSP into work in pages of the
 * module:
 *
 *   ring [head, tail)     copied once, to the same offsets of a buffer that no engine reads
 *                         (ring in struct xengt_sched). The dwords that the audit approves
 *                         are then copied to the slot's ring, which the engine reads
 *   GGTT batches          copied into the slot's area 'batches'; the command that starts a
 *                         batch gets the copy's address. Commands of one submission that
 *                         start the same address share a copy
 *   PPGTT batches         run in the guest's memory, because the page tables confine them.
 *                         On Gen9's blitter PPGTT batches are copied, too, because there
 *                         any batch can reach any register (CVE-2019-0155)
 *   batches that the      copied, see load_wa(); the hardware never gets an
 *   image names           address that the guest wrote
 *
 * The audit (audit.h) works on the copy, so it does not matter if the guest changes its own
 * stream during the audit.
 *
 * If the audit refuses a command, the ring is cut before this command (or before the
 * command that starts the batch with the refused command), and the part before the cut
 * runs. So the guest sees its engine hang at the refused command, as on hardware. Without
 * the cut no part of the ring would run, and the engine would hang at an earlier request.
 *
 * If the context is already in flight (lite restore), only the new commands after the last
 * copied command are copied; the head in the guest's image is ignored.
 */
#include "boundary/submit.h"
#include "boundary/area.h"
#include "boundary/audit.h"
#include "boundary/bnd_sched.h"
#include "boundary/bnd_types.h"
#include "boundary/context.h"
#include "boundary/exec.h"
#include "boundary/gtt.h"
#include "boundary/ppgtt.h"
#include "boundary/prelude.h"
#include "boundary/slot.h"
#include "boundary/turn.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

#define CACHELINE		64u
#define INDIRECT_LINES		63u		/* the longest indirect batch */
_Static_assert(INDIRECT_LINES * CACHELINE <= XENGT_PRELUDE_DONE &&
	       XENGT_PRELUDE_DONE + 8 <= XENGT_PER_CTX_BYTES_MAX &&
	       XENGT_PRELUDE_DWORDS * 4 <= INDIRECT_LINES * CACHELINE,
	       "an indirect batch is in one page, and a prelude fits into it");

/* A stream that is copied and audited: a ring, a batch, or a batch of a context image. */
struct stream {
	struct xengt_slot *slot;
	struct xengt_vgpu_submit *work;
	uint64_t addr;			/* the guest's address of the dword at copy[0] */
	uint32_t *copy;
	uint32_t base;			/* byte offset of the batch's copy in 'batches' */
	uint32_t end;			/* bytes of the copy that the audit may write */
	bool is_ppgtt;
	bool is_last;			/* no other copy follows this one in 'batches' */
	uint32_t depth;			/* nesting depth of a batch; 0: no batch */
	uint32_t refused;		/* index of the refused command in copy */
	bool is_cut;			/* the ring ends before 'refused' */
};

static int start_batch(void *ctx, uint64_t addr, bool is_ppgtt,
		       bool is_second_level, uint64_t *ret_addr,
		       bool *ret_is_ppgtt);

/* ---- guest memory ---- */

static int fetch(void *ctx, uint32_t first, uint32_t count)
{
	struct stream *s = ctx;
	uint64_t addr = s->addr + 4ull * first;

	/* the audit may add MI_BATCH_BUFFER_END after the stream: leave a cacheline free */
	s->end = (first + count) * 4 + CACHELINE;
	if (s->is_ppgtt)
		return xengt_context_ppgtt_read(s->slot, addr, s->copy + first,
						count * 4);
	if (!xengt_gtt_contains(s->slot->exec->gtt->slices,
				(uint32_t)(addr >> XENGT_BND_PAGE_SHIFT), 1))
		return -EBADMSG;
	xengt_context_guest_read(s->slot->exec, (uint32_t)addr,
				 s->copy + first, count * 4);
	return 0;
}

/* ---- audit ---- */

/* Keep only the reason of the first refusal, which is that of the innermost batch. */
static int refuse(struct xengt_vgpu_submit *work, enum xengt_refusal why,
		  uint64_t at, uint32_t cmd)
{
	if (work->refused == XENGT_REFUSED_NOT) {
		work->refused = why;
		work->refused_at = at;
		work->refused_cmd = cmd;
	}
	return -EBADMSG;
}

static void audit_init(struct xengt_audit *audit, struct stream *s,
		       enum xengt_audit_kind kind)
{
	*audit = (struct xengt_audit){
		.platform = s->slot->exec->sched->hw->platform,
		.engine = s->slot->engine,
		.kind = kind,
		.slices = s->slot->exec->gtt->slices,
		.hws_pga = s->slot->hws_pga,
		.l3sqcreg4 = s->slot->exec->sched->l3sqcreg4,
		.batch_start = start_batch,
		.ctx = s,
	};
}

static int run_audit(struct stream *s, enum xengt_audit_kind kind, bool lazy,
		     uint32_t first, uint32_t count, uint32_t *ret_used)
{
	struct xengt_audit_result result = { .refusal = XENGT_REFUSED_NOT };
	struct xengt_audit audit;
	int r;

	audit_init(&audit, s, kind);
	if (lazy)
		audit.fetch = fetch;
	r = xengt_audit_run(&audit, s->copy, first, count, &result);
	if (r == -EBADMSG)
		refuse(s->work, result.refusal ?
		       result.refusal : XENGT_REFUSED_BATCH,
		       s->addr + 4ull * result.at, result.cmd);
	s->refused = result.at;
	if (!r && ret_used)
		*ret_used = result.used;
	return r;
}

/* ---- batches ---- */

static uint32_t align(uint32_t bytes)
{
	return (bytes + CACHELINE - 1) / CACHELINE * CACHELINE;
}

static bool is_confined(const struct stream *s, bool is_ppgtt)
{
	const struct xengt_platform *p = s->slot->exec->sched->hw->platform;

	return is_ppgtt && !(s->slot->engine == XENGT_ENGINE_BCS &&
			     p->blitter_reaches_all);
}

static struct xengt_batch_memo *find_memo(struct xengt_sched *sched,
					  uint64_t addr, bool is_ppgtt)
{
	uint32_t i;

	for (i = 0; i < sched->n_memo; i++) {
		if (sched->memo[i].addr == addr &&
		    sched->memo[i].is_ppgtt == is_ppgtt)
			return &sched->memo[i];
	}
	return NULL;
}

/*
 * Copy a batch to offset batch_top of the area 'batches'. The copy has the same offset in
 * its page as the guest's batch. The real length of a batch is not known before its audit
 * has ended. So if a batch starts an inner batch that returns to it, the area keeps room
 * for the greatest length that the outer batch may have, and the copy of the inner batch
 * follows this room. batch_top is set to the real end only for the last copy: a copy that
 * runs, or that was audited and will run, is never overwritten.
 */
static int copy_batch(struct stream *from, uint64_t addr, bool is_ppgtt,
		      bool is_second_level, uint32_t *ret_copy)
{
	struct xengt_slot *slot = from->slot;
	struct xengt_sched *sched = slot->exec->sched;
	uint32_t off = addr % XENGT_PAGE_BYTES, used = 0, top, room;
	struct stream s = *from;
	int r;

	r = xengt_slot_need_area(slot, &slot->batches, XENGT_BATCH_PAGES);
	if (r)
		return r;
	if (from->is_last && !is_second_level)
		slot->batch_top = from->base + align(from->end);
	from->is_last = false;
	top = slot->batch_top;
	room = XENGT_BATCH_PAGES * XENGT_PAGE_BYTES - top;
	if (room >= off + XENGT_BATCH_BYTES_MAX)
		room = off + XENGT_BATCH_BYTES_MAX;
	else if (slot->state != XENGT_SLOT_IDLE)
		return -EAGAIN;		/* there is room again when the context has ended */
	if (s.depth == XENGT_BATCH_DEPTH || room < off + CACHELINE ||
	    sched->n_memo == XENGT_BATCHES_MAX)
		return refuse(s.work, XENGT_REFUSED_LIMIT, addr, 0);

	s.depth++;
	s.addr = addr - off;
	s.is_ppgtt = is_ppgtt;
	s.copy = (uint32_t *)slot->batches.mem + top / 4;
	s.base = top;
	s.is_last = true;
	*ret_copy = xengt_area_at(&slot->batches) + top + off;
	sched->memo[sched->n_memo++] = (struct xengt_batch_memo){
		.addr = addr, .is_ppgtt = is_ppgtt, .copy = *ret_copy,
	};
	slot->batch_top = top + room;
	r = run_audit(&s, is_ppgtt ? XENGT_AUDIT_USER_BATCH :
				     XENGT_AUDIT_BATCH,
		      true, off / 4, (room - off) / 4, &used);
	if (r)
		return r;
	if (s.is_last)
		slot->batch_top = top + align(off + used * 4);
	return 0;
}

static int start_batch(void *ctx, uint64_t addr, bool is_ppgtt,
		       bool is_second_level, uint64_t *ret_addr,
		       bool *ret_is_ppgtt)
{
	struct stream *s = ctx;
	struct xengt_sched *sched = s->slot->exec->sched;
	struct xengt_batch_memo *memo;
	uint32_t copy = 0;
	int r;

	*ret_is_ppgtt = is_ppgtt;
	*ret_addr = addr;
	if (is_confined(s, is_ppgtt))
		return 0;
	*ret_is_ppgtt = false;
	memo = find_memo(sched, addr, is_ppgtt);
	if (memo) {
		*ret_addr = memo->copy;
		return 0;
	}
	r = copy_batch(s, addr, is_ppgtt, is_second_level, &copy);
	*ret_addr = copy;
	return r;
}

/*
 * Copy the two batches that the hardware runs when it loads the context. The indirect
 * context batch has a length (in cachelines); its copy begins with the prelude. The
 * per-context batch has no length; it ends at its MI_BATCH_BUFFER_END.
 */
static int load_wa(struct stream *s, struct xengt_context_state *st)
{
	struct xengt_slot *slot = s->slot;
	uint32_t lines = st->indirect & INDIRECT_LINES, own, at;
	int r;

	if (!(st->per_ctx & 1))
		st->per_ctx = 0;
	if (slot->engine != XENGT_ENGINE_RCS)
		return 0;
	r = xengt_slot_need_area(slot, &slot->wa, 2);
	if (r)
		return r;
#ifdef XENGT_FAULT_RAW_BATCH
	return 0;
#endif
	at = xengt_area_at(&slot->wa);
	own = xengt_prelude_put(slot);
	if (own + lines > INDIRECT_LINES)
		return refuse(s->work, XENGT_REFUSED_LIMIT,
			      st->indirect & ~INDIRECT_LINES, 0);
	if (lines) {
		s->addr = st->indirect & ~INDIRECT_LINES;
		s->copy = (uint32_t *)slot->wa.mem + own * CACHELINE / 4;
		r = run_audit(s, XENGT_AUDIT_INDIRECT_CTX, true, 0,
			      lines * CACHELINE / 4, NULL);
		if (r)
			return r;
	}
	st->indirect = own + lines ? at | (own + lines) : 0;
	if (st->per_ctx) {
		s->addr = st->per_ctx & XENGT_DESC_ADDR;
		s->copy = (uint32_t *)slot->wa.mem + XENGT_PAGE_DWORDS;
		r = run_audit(s, XENGT_AUDIT_PER_CTX, true, 0,
			      XENGT_PER_CTX_BYTES_MAX / 4, NULL);
		st->per_ctx = (at + XENGT_PAGE_BYTES) | 1;
	}
	return r;
}

/* ---- the ring ---- */

/*
 * Copy bytes [from, to) of the guest's ring, which do not wrap, to the same
 * offsets of sched->ring, and audit the copy. The first 'kept' bytes are copied
 * from the slot's ring instead of the guest's ring.
 */
static int stage_ring(struct stream *s, uint32_t from, uint32_t to,
		      uint32_t kept)
{
	struct xengt_slot *slot = s->slot;
	uint8_t *stage = (uint8_t *)s->copy;

	memcpy(stage + from, (const uint8_t *)slot->ring.mem + from, kept);
	xengt_context_guest_read(slot->exec, slot->ring_start + from + kept,
				 stage + from + kept, to - from - kept);
	return run_audit(s, XENGT_AUDIT_RING, false, from / 4, (to - from) / 4,
			 NULL);
}

/* Copy the audited bytes [from, to), which may wrap, to the ring that the engine reads. */
static void place_ring(struct stream *s, uint32_t from, uint32_t to)
{
	uint8_t *ring = s->slot->ring.mem;
	const uint8_t *stage = (const uint8_t *)s->copy;

	if (to < from) {
		memcpy(ring + from, stage + from, s->slot->ring_bytes - from);
		from = 0;
	}
	memcpy(ring + from, stage + from, to - from);
}

static bool is_pad(uint32_t dword)
{
	return dword == XENGT_MI_NOOP || dword == XENGT_MI_ARB_CHECK;
}

/*
 * The number of bytes that may be added after the slot's tail, if the ring is free from the
 * tail up to 'head', which may be any dword. Directly before the head, XENGT_PAD_BYTES and
 * the room for the start of the prelude must stay free.
 */
static uint32_t free_bytes(const struct xengt_slot *slot, uint32_t head)
{
	uint32_t span = xengt_ring_span(slot, slot->tail, head);
	uint32_t kept = XENGT_PAD_BYTES + xengt_prelude_room(slot);

	/* the hardware has run the whole ring */
	if (!span)
		span = slot->ring_bytes;
	return span > kept ? span - kept : 0;
}

/*
 * Copy the padding after the tail if the guest's ring has no-ops there, and set
 * slot->can_pad. The ring is free from the tail up to 'head'.
 */
static void copy_pad(struct xengt_slot *slot, uint32_t head)
{
	uint32_t pad[XENGT_PAD_BYTES / 4], *at;

	slot->can_pad = false;
	if (!free_bytes(slot, head))
		return;
	xengt_context_guest_read(slot->exec, slot->ring_start + slot->tail,
				 pad, sizeof(pad));
	if (!is_pad(pad[0]) || !is_pad(pad[1]))
		return;
	at = (uint32_t *)slot->ring.mem + slot->tail / 4;
	memcpy(at, pad, sizeof(pad));
	slot->can_pad = true;
}

/* Called after load_ring(): copy the padding, or report that the ring was cut. */
static void end_ring(struct stream *s, uint32_t head)
{
	if (s->is_cut) {
		s->slot->can_pad = false;
		s->work->is_cut = 1;
	} else {
		copy_pad(s->slot, head);
	}
}

/*
 * Cut the ring before the refused command. Returns the new end of the ring, which is
 * aligned to 8 bytes, because it becomes the tail.
 */
static uint32_t cut_ring(struct stream *s)
{
	uint32_t at = s->refused;

	s->is_cut = true;
	if (at % 2)
		s->copy[at++] = XENGT_MI_NOOP;
	return at * 4 % s->slot->ring_bytes;
}

/*
 * Refuse a ring that cannot be divided into parts of at most XENGT_TURN_PART_MAX (turn.h).
 */
static int check_turns(struct stream *s, uint32_t from, uint32_t to)
{
	bool is_open = false;
	uint32_t at;

	if (xengt_turn_fits(s->slot, s->copy, from, to, &at, &is_open)) {
		s->slot->is_open |= is_open;
		return 0;
	}
	return refuse(s->work, XENGT_REFUSED_LIMIT, s->slot->ring_start + at,
		      s->copy[at / 4]);
}

/*
 * Copy and audit bytes [from, to) of the guest's ring, which may wrap, and add them to the
 * slot's ring. No command crosses the wrap. The slot's ring already has the first 'kept'
 * bytes. -EBADMSG: the first command is refused. If a later command is refused, the ring is
 * cut before this command, and *work has the reason. After an error the slot's ring and
 * tail are unchanged.
 */
static int load_ring(struct stream *s, uint32_t from, uint32_t to,
		     uint32_t kept)
{
	struct xengt_slot *slot = s->slot;
	uint32_t first = from, new = from + kept;
	int r = 0;

	s->addr = slot->ring_start;
	s->copy = slot->exec->sched->ring;
#ifdef XENGT_FAULT_RAW_RING
	s->copy = slot->ring.mem;
#endif
	if (to < from) {
		r = stage_ring(s, from, slot->ring_bytes, kept);
		from = 0;
		kept = 0;
	}
	if (!r && from < to)
		r = stage_ring(s, from, to, kept);
	if (r == -EBADMSG && s->refused * 4 != first) {
		to = cut_ring(s);
		r = 0;
	}
	if (!r)
		r = check_turns(s, first, to);
	if (r)
		return r;
	place_ring(s, new, to);
	slot->tail = to;
	return 0;
}

/* ---- a context that is in flight ---- */

/* Returns true if the guest has changed the dwords that the hardware got as padding. */
static bool pad_has_changed(struct xengt_slot *slot)
{
	const uint32_t *mine = (uint32_t *)slot->ring.mem + slot->tail / 4;
	uint32_t theirs[XENGT_PAD_BYTES / 4];

	xengt_context_guest_read(slot->exec, slot->ring_start + slot->tail,
				 theirs, sizeof(theirs));
	return memcmp(mine, theirs, sizeof(theirs)) != 0;
}

static int append(struct stream *s)
{
	struct xengt_slot *slot = s->slot;
	struct xengt_context_state st;
	uint32_t old = slot->tail, top = slot->batch_top, n, room;
	bool is_padded = xengt_slot_is_padded(slot);
	int r;

	r = xengt_context_read(slot, &st);
	if (!r && (st.ring_start != slot->ring_start ||
		   st.ring_bytes != slot->ring_bytes))
		r = -EBADMSG;
	if (r)
		return refuse(s->work, XENGT_REFUSED_CONTEXT, slot->lrca, 0);
	xengt_prelude_end(slot);
	n = xengt_ring_span(slot, old, st.tail);
	/* (the hardware may run the ring again from the head that the image has) */
	room = free_bytes(slot, xengt_context_head_at(slot));
	if (n && (n > room || (is_padded && pad_has_changed(slot))))
		return -EAGAIN;
	/*
	 * The hardware may be running the padding, and the guest may have changed its
	 * padding since pad_has_changed(): keep the module's copy of the padding.
	 */
	r = load_ring(s, old, st.tail, n && is_padded ? XENGT_PAD_BYTES : 0);
	if (r) {
		slot->batch_top = top;
		return r;
	}
	end_ring(s, xengt_context_head_at(slot));
	slot->seqno = s->work->seqno;
	xengt_sched_more(slot);
	return s->is_cut ? -EBADMSG : 0;
}

/* ---- a context that is not in flight ---- */

/*
 * Hardware needs a free cacheline between tail and head (PRM, "RING_BUFFER_TAIL"). On
 * engines other than the render engine, the module writes the start of the prelude to this
 * cacheline, so a ring without a free cacheline is refused.
 */
static int check_room(struct stream *s, const struct xengt_context_state *st)
{
	uint32_t room = xengt_prelude_room(s->slot);
	uint32_t used = (st->tail + st->ring_bytes - st->head_at) %
			st->ring_bytes;

	if (!room || st->ring_bytes - used > room + XENGT_PAD_BYTES)
		return 0;
	return refuse(s->work, XENGT_REFUSED_LIMIT, st->ring_start + st->tail,
		      0);
}

static int load_slot(struct stream *s, uint32_t level)
{
	struct xengt_slot *slot = s->slot;
	struct xengt_exec *exec = slot->exec;
	struct xengt_context_state st;
	struct xengt_audit audit;
	uint64_t pdp[4] = { 0 };
	int r;

	if (xengt_context_read(slot, &st))
		return refuse(s->work, XENGT_REFUSED_CONTEXT, slot->lrca, 0);
	if (st.ring_bytes > XENGT_RING_BYTES_MAX)
		return refuse(s->work, XENGT_REFUSED_LIMIT, st.ring_start, 0);
	if (!xengt_gtt_contains(exec->gtt->slices,
				st.ring_start >> XENGT_BND_PAGE_SHIFT,
				st.ring_bytes >> XENGT_BND_PAGE_SHIFT))
		return -ERANGE;
	r = xengt_ppgtt_root_get(exec->ppgtt, s->work->ppgtt, level, pdp);
	if (r)
		return r;
	slot->root = s->work->ppgtt;
	slot->ring_start = st.ring_start;
	slot->ring_bytes = st.ring_bytes;
	slot->batch_top = 0;
	slot->is_open = false;
	r = xengt_slot_need_area(slot, &slot->image,
				 xengt_context_pages(exec->sched->hw->platform,
						     slot->engine));
	if (r)
		goto put_root;
	r = xengt_slot_need_area(slot, &slot->ring,
				 st.ring_bytes >> XENGT_BND_PAGE_SHIFT);
	if (r)
		goto put_root;
	r = load_wa(s, &st);
	if (r)
		goto put_root;
	r = check_room(s, &st);
	if (!r)
		r = load_ring(s, st.head_at, st.tail, 0);
	if (r)
		goto put_root;
	slot->prelude_at = 0;
	slot->prelude_end = 0;
	end_ring(s, st.head_at);
	slot->hw_tail = st.head_at;
	slot->is_padded = false;
	audit_init(&audit, s, XENGT_AUDIT_RING);
	r = xengt_context_load(slot, &st, &audit, pdp, &s->work->image);
	if (r)
		goto put_root;
	return 0;

put_root:
	xengt_ppgtt_root_put(exec->ppgtt, slot->root);
	return r;
}

/*
 * The slot of this context if it has one, otherwise an IDLE slot, or NULL if no slot is
 * IDLE.
 */
static struct xengt_slot *find_slot(struct xengt_lane *lane, uint32_t lrca)
{
	struct xengt_slot *best = NULL, *s;

	xengt_for_each(s, lane->slots) {
		if (s->lrca == lrca)
			return s;
		if (s->state == XENGT_SLOT_IDLE &&
		    (!best || s->since < best->since))
			best = s;
	}
	return best;
}

/*
 * The flags of the descriptor: those that the module sets, and those that the guest may
 * choose.
 */
static uint32_t make_desc(uint64_t desc)
{
	return XENGT_DESC_VALID | XENGT_DESC_PRIVILEGE |
	       (uint32_t)(desc &
			  (XENGT_DESC_MODE_MASK << XENGT_DESC_MODE_SHIFT |
			   XENGT_DESC_L3LLC));
}

static int check(const struct xengt_exec *exec,
		 const struct xengt_vgpu_submit *work, uint32_t *ret_level)
{
	uint32_t mode = work->desc >> XENGT_DESC_MODE_SHIFT &
			XENGT_DESC_MODE_MASK;
	uint32_t lrca = work->desc & XENGT_DESC_ADDR;

	if (work->engine >= XENGT_ENGINES || work->flags || !work->seqno ||
	    !(work->desc & XENGT_DESC_VALID) ||
	    (mode != XENGT_DESC_MODE_LEGACY_32 &&
	     mode != XENGT_DESC_MODE_LEGACY_64) ||
	    work->hws_pga % XENGT_PAGE_BYTES)
		return -EINVAL;
	if (!xengt_gtt_contains(exec->gtt->slices, lrca >> XENGT_BND_PAGE_SHIFT,
				xengt_context_pages(exec->sched->hw->platform,
						    work->engine)))
		return -ERANGE;
	if (work->hws_pga &&
	    !xengt_gtt_contains(exec->gtt->slices,
				work->hws_pga >> XENGT_BND_PAGE_SHIFT, 1))
		return -ERANGE;
	*ret_level = mode == XENGT_DESC_MODE_LEGACY_64 ? 4 : 3;
	return 0;
}

static int submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work,
		  uint32_t level)
{
	struct xengt_lane *lane = &exec->lanes[work->engine];
	uint32_t lrca = work->desc & XENGT_DESC_ADDR;
	struct stream s = { .work = work };
	struct xengt_slot *slot;
	int r;

	slot = find_slot(lane, lrca);
	if (!slot)
		return -EAGAIN;
	s.slot = slot;
	/*
	 * nobody has read the event of the context's end yet, so make the slot idle as the
	 * read of this event would do
	 */
	if (slot->lrca == lrca && slot->state == XENGT_SLOT_DONE)
		xengt_slot_make_idle(slot);
	if (slot->lrca == lrca && slot->state != XENGT_SLOT_IDLE)
		return append(&s);

	slot->lrca = lrca;
	slot->desc = make_desc(work->desc);
	slot->hws_pga = work->hws_pga;
	slot->seqno = work->seqno;
	r = load_slot(&s, level);
	if (r) {
		/* the image may be incomplete */
		slot->lrca = 0;
		return r;
	}
	xengt_sched_queue(slot);
	return s.is_cut ? -EBADMSG : 0;
}

int xengt_submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work)
{
	uint32_t level;
	int r;

	work->refused = XENGT_REFUSED_NOT;
	work->refused_cmd = 0;
	work->refused_at = 0;
	work->is_cut = 0;
	work->image = 0;
	r = check(exec, work, &level);
	if (r)
		return r;
	if (exec->is_stopped || exec->sched->hw->health->is_stopped)
		return -EIO;
	exec->counters.submissions++;
	/* as on hardware, a hung engine accepts the write and does nothing */
	if (exec->lanes[work->engine].is_hung)
		return 0;
	exec->sched->n_memo = 0;
	r = submit(exec, work, level);
	if (r == -E2BIG)
		r = refuse(work, XENGT_REFUSED_LIMIT,
			   work->desc & XENGT_DESC_ADDR,
			   0);
	exec->counters.refusals += r == -EBADMSG;
	return r;
}
