// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: context images
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 7, "Logical Ring Context
 * Format": page 0 is the context's status page, page 1 begins with the lists of
 * ring and page table registers, what follows is the engine's own state: lists
 * of register loads again.
 *
 *   dword 0x00..0x3f of page 1   written here: ring, batches, page tables
 *   rest of page 1, pages 2..    the guest's, register lists audited
 *   page 0                       the guest's; the GPU only stores there
 *
 * Of a batch that the guest's image says it was left in, nothing is taken over:
 * guests are not preempted inside of one, and its address would be executed
 * with privilege.
 */
#include "context.h"
#include "hw/facts.h"
#include "hw/platform.h"

#define ARRAY_LEN(a)		(sizeof(a) / sizeof((a)[0]))

#define LRI(n)			(0x11000000u | (2 * (n) - 1))
#define LRI_POSTED		0x1000u

#define CTRL_RESTORE_INHIBIT	0x1u
#define CTRL_RS_ENABLE		0x2u
#define CTRL_NO_SYNC_SWITCH	0x8u
#define CTRL_GUEST		(CTRL_RESTORE_INHIBIT | CTRL_RS_ENABLE)
#define CTRL_ALL		0xfu

#define BB_STATE_PPGTT		0x20u

static const uint32_t engine_bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

/* in the order of the image, offsets from the engine's base */
static const uint16_t ring_regs[] = {
	0x244, 0x034, 0x030, 0x038, 0x03c, 0x168, 0x140, 0x110, 0x11c, 0x114,
	0x118,
	/* RCS, and all engines where has_full_xcs_lists says so */
	0x1c0, 0x1c4, 0x1c8,
};

#define RING_REGS_SHORT		11

static const uint16_t vm_regs[] = {
	0x3a8, 0x28c, 0x288, 0x284, 0x280, 0x27c, 0x278, 0x274, 0x270,
};

/* The guest's page at a graphics page of its slices; NULL: it has none there. */
static void *guest_page(const struct xengt_exec *exec, uint32_t page)
{
	uint32_t gfn;

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
		.ctrl = ctrl & (ctrl >> 16) & CTRL_GUEST,
		.head = page[XENGT_ST_HEAD] & ~3u,
		.head_at = page[XENGT_ST_HEAD] & XENGT_RING_ADDR,
		.tail = page[XENGT_ST_TAIL] & XENGT_RING_TAIL_ADDR,
		.ring_start = page[XENGT_ST_START] & ~(XENGT_PAGE_BYTES - 1),
		.ring_bytes = (ctl & XENGT_RING_CTL_PAGES) + XENGT_PAGE_BYTES,
	};
	if (slot->engine == XENGT_ENGINE_RCS) {
		st.per_ctx = page[XENGT_ST_PER_CTX];
		st.indirect = page[XENGT_ST_INDIRECT];
		st.indirect_off = page[XENGT_ST_INDIRECT_OFF] & 0xffc0;
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

void xengt_context_set_tail(struct xengt_slot *slot, uint32_t tail)
{
	image_page(slot, XENGT_STATE_PAGE)[XENGT_ST_TAIL] = tail;
}

static void put_list(uint32_t *page, uint32_t at, uint32_t base, bool posted,
		     const uint16_t *regs, uint32_t n)
{
	uint32_t i;

	page[at] = LRI(n) | (posted ? LRI_POSTED : 0);
	for (i = 0; i < n; i++)
		page[at + 1 + 2 * i] = base + regs[i];
}

/* The module's part of the state page. */
static void build_state(struct xengt_slot *slot,
			const struct xengt_context_state *st,
			const uint64_t pdp[4])
{
	bool is_full = slot->exec->sched->hw->platform->has_full_xcs_lists ||
		       slot->engine == XENGT_ENGINE_RCS;
	uint32_t *page = image_page(slot, XENGT_STATE_PAGE), i;
	uint32_t base = engine_bases[slot->engine];

	memset(page, 0, XENGT_ST_ENGINE * 4);
	put_list(page, XENGT_ST_RING_LIST, base, is_full, ring_regs,
		 is_full ? ARRAY_LEN(ring_regs) : RING_REGS_SHORT);
	put_list(page, XENGT_ST_VM_LIST, base, is_full, vm_regs,
		 ARRAY_LEN(vm_regs));
	page[XENGT_ST_CTRL] = CTRL_ALL << 16 | CTRL_NO_SYNC_SWITCH | st->ctrl;
	page[XENGT_ST_HEAD] = st->head;
	page[XENGT_ST_TAIL] = slot->hw_tail;
	page[XENGT_ST_START] = xengt_area_at(&slot->ring);
	page[XENGT_ST_CTL] = (st->ring_bytes - XENGT_PAGE_BYTES) |
			     XENGT_RING_CTL_VALID;
	page[XENGT_ST_BB_STATE] = BB_STATE_PPGTT;
	page[XENGT_ST_PER_CTX] = st->per_ctx;
	page[XENGT_ST_INDIRECT] = st->indirect;
	page[XENGT_ST_INDIRECT_OFF] = st->indirect_off;
	page[XENGT_ST_TIMESTAMP] = slot->exec->sched->state[XENGT_ST_TIMESTAMP];
	for (i = 0; i < 4; i++) {
		page[XENGT_ST_PDP3_UDW + 4 * i] = (uint32_t)(pdp[3 - i] >> 32);
		page[XENGT_ST_PDP3_UDW + 4 * i + 2] = (uint32_t)pdp[3 - i];
	}
}

/*
 * Dwords [first, end of page n) as the guest has them at 'theirs'. What is the
 * same already was audited when it was copied, or comes from the GPU.
 */
static void load_page(struct xengt_slot *slot, const struct xengt_audit *audit,
		      uint32_t n, uint32_t first, const uint32_t *theirs)
{
	uint32_t bytes = XENGT_PAGE_BYTES - first * 4;
	uint32_t *mine = image_page(slot, n) + first;

	if (!theirs) {
		memset(mine, 0, bytes);
		return;
	}
	if (!memcmp(mine, theirs + first, bytes))
		return;
	memcpy(mine, theirs + first, bytes);
	slot->exec->counters.bytes_copied += bytes;
	if (n)
		xengt_audit_image(audit, image_page(slot, n), first,
				  XENGT_PAGE_DWORDS - first);
}

void xengt_context_load(struct xengt_slot *slot,
			const struct xengt_context_state *state,
			const struct xengt_audit *audit, const uint64_t pdp[4])
{
	uint32_t at = slot->lrca >> XENGT_BND_PAGE_SHIFT, n;

	slot->is_fresh = true;
	build_state(slot, state, pdp);
	load_page(slot, audit, 1, XENGT_ST_ENGINE, slot->exec->sched->state);
	for (n = 0; n < slot->image.pages; n++) {
		if (n != 1)
			load_page(slot, audit, n, 0,
				  guest_page(slot->exec, at + n));
	}
}

/* The head, where the guest expects it when all is done. */
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
	const uint32_t *mine;
	uint32_t *theirs;

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
