// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: context images
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 7, "Logical Ring Context
 * Format". Page 0 of an image is the context's status page. Page 1 (the state
 * page) begins with lists of the registers of the ring and of the page tables.
 * Then the engine's own state follows: one stream of commands, then raw data.
 *
 *   dword 0x00..0x3f of page 1   this file writes ring, batches, page tables
 *   the stream after that        from the guest, merged with a template (image.c)
 *   the raw data, and page 0     from the guest: they contain no commands
 *
 * If a guest's image has the bit "restore inhibited", the image contains no state
 * yet. The hardware would run a context without state with the state that the
 * previous context left in the engine. So the module's image gets the template's
 * state, and never has this bit.
 *
 * A guest's image may say that the engine left the context within a batch. The
 * module ignores the batch address of a guest's image, because the hardware would
 * run the batch at this address with privilege. If an engine really leaves a
 * context within a batch, the module does not save the image to the guest before
 * the context has run its ring to the end (ports.c).
 */
#include "boundary/context.h"
#include "boundary/area.h"
#include "boundary/audit.h"
#include "boundary/bnd_types.h"
#include "boundary/exec.h"
#include "boundary/gtt.h"
#include "boundary/image.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

#define ARRAY_LEN(a)		(sizeof(a) / sizeof((a)[0]))

#define LRI_POSTED		0x1000u

#define CTRL_RESTORE_INHIBIT	0x1u
#define CTRL_RS_ENABLE		0x2u
#define CTRL_NO_SYNC_SWITCH	0x8u
#define CTRL_ALL		0xfu

#define BB_ADDR_VALID		0x1u
#define BB_STATE_PPGTT		0x20u

static const uint32_t engine_bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

/*
 * registers of the ring, in the order of the image; offsets from the engine's
 * base
 */
static const uint16_t ring_regs[] = {
	0x244, 0x034, 0x030, 0x038, 0x03c, 0x168, 0x140, 0x110, 0x11c, 0x114,
	0x118,
	/*
	 * the following registers are only in images of RCS, or of all engines
	 * if has_full_xcs_lists is set
	 */
	0x1c0, 0x1c4, 0x1c8,
};

#define RING_REGS_SHORT		11

static const uint16_t vm_regs[] = {
	0x3a8, 0x28c, 0x288, 0x284, 0x280, 0x27c, 0x278, 0x274, 0x270,
};

/*
 * The CPU address of the guest's memory at this graphics page. The page is in
 * the slices. Returns NULL if the page's entry points to no RAM of the guest.
 */
static void *guest_page(const struct xengt_exec *exec, uint32_t page)
{
	xengt_gfn_t gfn;

	if (!xengt_gtt_frame(exec->gtt, page, &gfn))
		return NULL;
	return exec->guest.ops->frame_at(exec->guest.ctx, gfn);
}

void xengt_context_guest_read(struct xengt_exec *exec, uint32_t addr,
			      void *buf, uint32_t bytes)
{
	uint8_t *to = buf;

	exec->counters.bytes_copied += bytes;
	while (bytes) {
		uint32_t off = addr % XENGT_PAGE_BYTES;
		uint32_t n = XENGT_PAGE_BYTES - off;
		const uint8_t *from;

		if (n > bytes)
			n = bytes;
		from = guest_page(exec, addr >> XENGT_BND_PAGE_SHIFT);
		if (from)
			memcpy(to, from + off, n);
		else
			memset(to, 0, n);
		addr += n;
		to += n;
		bytes -= n;
	}
}

int xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
			     uint32_t bytes)
{
	const struct xengt_guest *guest = &slot->exec->guest;
	uint8_t *to = buf;

	slot->exec->counters.bytes_copied += bytes;
	while (bytes) {
		uint32_t off = addr % XENGT_PAGE_BYTES;
		xengt_gfn_t gfn;
		uint32_t n = XENGT_PAGE_BYTES - off;

		if (n > bytes)
			n = bytes;
		if (xengt_ppgtt_walk(slot->exec->ppgtt, slot->root, addr, &gfn))
			return -EBADMSG;
		memcpy(to, (uint8_t *)guest->ops->frame_at(guest->ctx, gfn) + off,
		       n);
		addr += n;
		to += n;
		bytes -= n;
	}
	return 0;
}

static uint32_t *image_page(const struct xengt_slot *slot, uint32_t n)
{
	return (uint32_t *)slot->image.mem + n * XENGT_PAGE_DWORDS;
}

int xengt_context_read(struct xengt_slot *slot,
		       struct xengt_context_state *ret_state)
{
	uint32_t *page = slot->exec->sched->state, ctrl, ctl;
	struct xengt_context_state st;

	xengt_context_guest_read(slot->exec, slot->lrca + XENGT_PAGE_BYTES,
				 page, XENGT_PAGE_BYTES);
	ctrl = page[XENGT_ST_CTRL];
	ctl = page[XENGT_ST_CTL];
	st = (struct xengt_context_state){
		.has_state = !(ctrl & (ctrl >> 16) & CTRL_RESTORE_INHIBIT),
		.has_rs = ctrl & (ctrl >> 16) & CTRL_RS_ENABLE,
		.head = page[XENGT_ST_HEAD] & ~3u,
		.head_at = page[XENGT_ST_HEAD] & XENGT_RING_ADDR,
		.tail = page[XENGT_ST_TAIL] & XENGT_RING_TAIL_ADDR,
		.ring_start = page[XENGT_ST_START] & ~(XENGT_PAGE_BYTES - 1),
		.ring_bytes = (ctl & XENGT_RING_CTL_PAGES) + XENGT_PAGE_BYTES,
		.timestamp = page[XENGT_ST_TIMESTAMP],
	};
	if (slot->engine == XENGT_ENGINE_RCS) {
		st.per_ctx = page[XENGT_ST_PER_CTX];
		st.indirect = page[XENGT_ST_INDIRECT];
	}
	if (!(ctl & XENGT_RING_CTL_VALID) || st.head_at >= st.ring_bytes ||
	    st.tail >= st.ring_bytes)
		return -EBADMSG;
	*ret_state = st;
	return 0;
}

uint32_t xengt_context_head_at(const struct xengt_slot *slot)
{
	const uint32_t *page = image_page(slot, XENGT_STATE_PAGE);

	return page[XENGT_ST_HEAD] & XENGT_RING_ADDR;
}

bool xengt_context_is_in_batch(const struct xengt_slot *slot)
{
	return image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_BB_ADDR] &
	       BB_ADDR_VALID;
}

void xengt_context_set_head_at(struct xengt_slot *slot, uint32_t head)
{
	uint32_t *dw = image_page(slot, XENGT_STATE_PAGE) + XENGT_ST_HEAD;

	*dw = (*dw & ~XENGT_RING_ADDR) | head;
}

void xengt_context_set_tail(struct xengt_slot *slot, uint32_t tail)
{
	image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_TAIL] = tail;
}

static void put_list(uint32_t *page, uint32_t at, uint32_t base, bool posted,
		     const uint16_t *regs, uint32_t n)
{
	uint32_t i;

	page[at] = XENGT_MI_LRI_OF(n) | (posted ? LRI_POSTED : 0);
	for (i = 0; i < n; i++)
		page[at + 1 + 2 * i] = base + regs[i];
}

/*
 * Write the part of the state page that the module determines: dwords before
 * XENGT_ST_ENGINE.
 */
static void build_state(const struct xengt_sched *sched,
			struct xengt_slot *slot,
			const struct xengt_context_state *st,
			const uint64_t pdp[4])
{
	bool is_full = sched->hw->platform->has_full_xcs_lists ||
		       slot->engine == XENGT_ENGINE_RCS;
	uint32_t *page = image_page(slot, XENGT_STATE_PAGE), i;
	uint32_t base = engine_bases[slot->engine];

	memset(page, 0, XENGT_ST_ENGINE * 4);
	put_list(page, XENGT_ST_RING_LIST, base, is_full, ring_regs,
		 is_full ? ARRAY_LEN(ring_regs) : RING_REGS_SHORT);
	put_list(page, XENGT_ST_VM_LIST, base, is_full, vm_regs,
		 ARRAY_LEN(vm_regs));
	page[XENGT_ST_CTRL] = CTRL_ALL << 16 | CTRL_NO_SYNC_SWITCH |
			      (st->has_rs ? CTRL_RS_ENABLE : 0);
	page[XENGT_ST_HEAD] = st->head;
	page[XENGT_ST_TAIL] = slot->hw_tail;
	page[XENGT_ST_START] = xengt_area_at(&slot->ring);
	page[XENGT_ST_CTL] = (st->ring_bytes - XENGT_PAGE_BYTES) |
			     XENGT_RING_CTL_VALID;
	page[XENGT_ST_BB_STATE] = BB_STATE_PPGTT;
	page[XENGT_ST_PER_CTX] = st->per_ctx;
	page[XENGT_ST_INDIRECT] = st->indirect;
	page[XENGT_ST_INDIRECT_OFF] =
		(uint32_t)sched->hw->platform->indirect_off << 6;
	page[XENGT_ST_TIMESTAMP] = st->timestamp;
	for (i = 0; i < 4; i++) {
		page[XENGT_ST_PDP3_UDW + 4 * i] = (uint32_t)(pdp[3 - i] >> 32);
		page[XENGT_ST_PDP3_UDW + 4 * i + 2] = (uint32_t)pdp[3 - i];
	}
}

void xengt_context_build_own(const struct xengt_sched *sched,
			     struct xengt_slot *slot, xengt_bus_t root,
			     bool has_rs)
{
	const struct xengt_context_state st = {
		.has_rs = has_rs, .ring_bytes = slot->ring_bytes,
	};
	const uint64_t pdp[4] = { xengt_bus_x(root) };

	build_state(sched, slot, &st, pdp);
	image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_CTRL] |=
		CTRL_RESTORE_INHIBIT;
}

/* ---- building the module's image ---- */

/*
 * Page n of the guest's image. If n is the state page, the function returns the
 * copy that xengt_context_read() made.
 */
static const uint32_t *their_page(const struct xengt_slot *slot, uint32_t n)
{
	if (n == XENGT_STATE_PAGE)
		return slot->exec->sched->state;
	return guest_page(slot->exec, (slot->lrca >> XENGT_BND_PAGE_SHIFT) + n);
}

/*
 * The index of the first dword of page n whose value comes from the guest's
 * image.
 */
static uint32_t first_of(uint32_t n)
{
	return n == XENGT_STATE_PAGE ? XENGT_ST_ENGINE : 0;
}

/*
 * Returns true if the guest has not changed its image since the module saved
 * it.
 */
static bool is_as_saved(const struct xengt_slot *slot)
{
	uint32_t n, first;

	for (n = XENGT_STATE_PAGE; n < slot->image.pages; n++) {
		const uint32_t *theirs = their_page(slot, n);

		first = first_of(n);
		if (!theirs || memcmp(image_page(slot, n) + first,
				      theirs + first,
				      XENGT_PAGE_BYTES - first * 4))
			return false;
	}
	return true;
}

/* Counts what the merge of an image found, and returns XENGT_IMAGE_IS_*. */
static uint32_t count_fit(struct xengt_exec *exec, enum xengt_image_fit fit)
{
	bool is_other = fit != XENGT_IMAGE_SAME, is_cut = fit == XENGT_IMAGE_CUT;

	exec->counters.images_other += is_other;
	exec->counters.images_cut += is_cut;
	return (is_other ? XENGT_IMAGE_IS_OTHER : 0) |
	       (is_cut ? XENGT_IMAGE_IS_CUT : 0);
}

/*
 * Copy the guest's image once, to memory that no engine reads, and merge it
 * there with the template. Returns XENGT_IMAGE_IS_*.
 */
static uint32_t take_state(struct xengt_slot *slot,
			   const struct xengt_image *image,
			   const struct xengt_audit *audit)
{
	struct xengt_exec *exec = slot->exec;
	uint32_t *stage = exec->sched->image, n, found;

	for (n = XENGT_STATE_PAGE; n < slot->image.pages; n++, stage +=
						      XENGT_PAGE_DWORDS) {
		const uint32_t *theirs = their_page(slot, n);

		if (theirs)
			memcpy(stage, theirs, XENGT_PAGE_BYTES);
		else
			memset(stage, 0, XENGT_PAGE_BYTES);
		exec->counters.bytes_copied += XENGT_PAGE_BYTES;
	}
	found = count_fit(exec, xengt_image_merge(image, audit,
						  exec->sched->image));
	memcpy(image_page(slot, XENGT_STATE_PAGE) + image->first,
	       exec->sched->image + image->first,
	       4ul * (image->count - image->first));
	return found;
}

/*
 * Copy the status page of the guest's image to the module's image. The page
 * contains no commands, so it needs no audit; and the module stores nothing in
 * the page, so the whole page may be the guest's.
 */
static void load_status_page(struct xengt_slot *slot)
{
	const uint32_t *theirs = their_page(slot, 0);
	uint32_t *mine = image_page(slot, 0);

	if (!theirs)
		memset(mine, 0, XENGT_PAGE_BYTES);
	else if (memcmp(mine, theirs, XENGT_PAGE_BYTES))
		memcpy(mine, theirs, XENGT_PAGE_BYTES);
	else
		return;
	slot->exec->counters.bytes_copied += XENGT_PAGE_BYTES;
}

int xengt_context_load(struct xengt_slot *slot,
		       const struct xengt_context_state *state,
		       const struct xengt_audit *audit, const uint64_t pdp[4],
		       uint32_t *ret_image)
{
	const struct xengt_sched *sched = slot->exec->sched;
	const struct xengt_image *image =
		xengt_template(sched, slot->engine, state->has_rs);

	if (!image)
		return -EIO;
	*ret_image = 0;
	slot->is_fresh = true;
	slot->has_stop = false;
	build_state(sched, slot, state, pdp);
	load_status_page(slot);
#ifdef XENGT_FAULT_PASS_INHIBIT
	if (!state->has_state) {
		image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_CTRL] |=
			CTRL_RESTORE_INHIBIT;
		return 0;
	}
#endif
	if (!state->has_state)
		memcpy(image_page(slot, XENGT_STATE_PAGE) + image->first,
		       image->dw + image->first,
		       4ul * (image->count - image->first));
	else if (!slot->has_image || !is_as_saved(slot))
		*ret_image = take_state(slot, image, audit);
	slot->has_image = true;
	return 0;
}

void xengt_context_clear_stop(struct xengt_slot *slot)
{
	const struct xengt_sched *sched = slot->exec->sched;
	const struct xengt_image *image = xengt_template(sched, slot->engine,
							 false);
	const struct xengt_audit audit = {
		.platform = sched->hw->platform, .engine = slot->engine,
	};

#ifdef XENGT_FAULT_KEEP_STOP
	return;
#endif
	if (!slot->has_stop || !image)
		return;
	slot->has_stop = false;
	xengt_image_clear(image, &audit, image_page(slot, XENGT_STATE_PAGE),
			  engine_bases[slot->engine] + XENGT_RING_MI_MODE,
			  XENGT_MI_MODE_STOP);
}

/* The head that the guest expects in its image when all its work is done. */
static uint32_t saved_head(const struct xengt_slot *slot)
{
	uint32_t head = image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_HEAD];

	if (xengt_slot_is_padded(slot) &&
	    (head & XENGT_RING_ADDR) == slot->hw_tail)
		return (head & ~XENGT_RING_ADDR) | slot->tail;
	return head;
}

static void save_bytes(struct xengt_slot *slot, uint32_t *theirs,
		       const uint32_t *mine, uint32_t bytes)
{
	if (!memcmp(theirs, mine, bytes))
		return;
	memcpy(theirs, mine, bytes);
	slot->exec->counters.bytes_copied += bytes;
}

void xengt_context_save(struct xengt_slot *slot)
{
	uint32_t at = slot->lrca >> XENGT_BND_PAGE_SHIFT, n;
	uint32_t *mine, *theirs;

	xengt_context_clear_stop(slot);
	for (n = 0; n < slot->image.pages; n++) {
		theirs = guest_page(slot->exec, at + n);
		mine = image_page(slot, n);
		if (!theirs)
			continue;
		if (n != 1) {
			save_bytes(slot, theirs, mine, XENGT_PAGE_BYTES);
			continue;
		}
		theirs[XENGT_ST_CTRL] = mine[XENGT_ST_CTRL];
		theirs[XENGT_ST_HEAD] = saved_head(slot);
		theirs[XENGT_ST_TIMESTAMP] = mine[XENGT_ST_TIMESTAMP];
		slot->exec->counters.bytes_copied += 12;
		save_bytes(slot, theirs + XENGT_ST_ENGINE,
			   mine + XENGT_ST_ENGINE,
			   XENGT_PAGE_BYTES - XENGT_ST_ENGINE * 4);
	}
}
