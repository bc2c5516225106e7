// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: GGTT of one vGPU
 *
 * Hardware: the global graphics translation table of Gen8 and Gen9, an array of
 * 8-byte entries in the upper half of BAR0 (Intel PRM Broadwell and Skylake, Vol
 * 5 Memory Views, "GGTT PTE"). The guest's entries have guest frame numbers. The
 * GPU's entry at the same index has the bus address of the held frame, or of the
 * vGPU's scratch page.
 *
 * For each entry the module has a word: two bits of enum state, and 27 bits of
 * guest frame number.
 *
 * Other code holds frames (kmod/xengt_frames.c, or gpu_sim), manages the PPGTT
 * (ppgtt.c), and answers the guest's reads of its entries (the device model
 * stores the entries as the guest wrote them).
 */
#include "boundary/gtt.h"
#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/hold.h"
#include "hw/facts.h"

/*
 * gtt.h has a diagram of the states. An entry in state MAPPED or MOVED owns one
 * hold.
 */
enum state {
	EMPTY = 0,
	MAPPED = 1,
	UNRESOLVED = 2,
	MOVED = 3,
};

#define STATE_SHIFT	30
#define NO_FRAME	word(EMPTY, xengt_gfn(0))

static uint32_t word(enum state state, xengt_gfn_t gfn)
{
	return (uint32_t)state << STATE_SHIFT | xengt_gfn_x(gfn);
}

static enum state word_state(uint32_t w)
{
	return (enum state)(w >> STATE_SHIFT);
}

static xengt_gfn_t word_gfn(uint32_t w)
{
	return xengt_gfn(w & ((1u << XENGT_GFN_BITS) - 1));
}

enum xengt_pte_kind xengt_pte_decode(uint64_t pte, xengt_gfn_t *ret_gfn)
{
	if (!(pte & XENGT_PTE_PRESENT))
		return XENGT_PTE_ABSENT;
	if (pte >> XENGT_PTE_ADDR_BITS)
		return XENGT_PTE_UNREACHABLE;
	*ret_gfn = xengt_gfn((uint32_t)(pte >> XENGT_BND_PAGE_SHIFT));
	return XENGT_PTE_FRAME;
}

int xengt_pte_encode(xengt_bus_t bus, uint64_t *ret_pte)
{
	const uint64_t bus_addr = xengt_bus_x(bus);

	if (bus_addr & ((1u << XENGT_BND_PAGE_SHIFT) - 1))
		return -EINVAL;
	if (bus_addr & ~XENGT_PTE_ADDR_MASK)
		return -ERANGE;
	*ret_pte = bus_addr | XENGT_PTE_PRESENT;
	return 0;
}

/*
 * The number of pages from page 'first' to the end of its slice, or 0 if the page
 * is in no slice. *ret_pos gets the position of page 'first': the positions count
 * the pages of the low slice, then the pages of the high slice.
 */
static uint32_t
pages_from(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
	   uint32_t first, uint32_t *ret_pos)
{
	uint32_t base = 0;
	int i;

	for (i = 0; i < XENGT_GTT_SLICES; i++) {
		const struct xengt_gtt_slice *s = &slices[i];

		/*
		 * also false if 'first' is before the slice, because the difference
		 * wraps
		 */
		if (first - s->first < s->count) {
			*ret_pos = base + (first - s->first);
			return s->count - (first - s->first);
		}
		base += s->count;
	}
	return 0;
}

bool xengt_gtt_contains(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
			uint32_t first, uint32_t count)
{
	uint32_t pos, pages;

	while (count) {
		pages = pages_from(slices, first, &pos);
		if (!pages)
			return false;
		if (pages >= count)
			return true;
		/* no overflow: a slice ends at or below 2^32 */
		first += pages;
		count -= pages;
	}
	return true;
}

uint32_t
xengt_gtt_entries_needed(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES])
{
	return slices[XENGT_GTT_LOW].count + slices[XENGT_GTT_HIGH].count;
}

/*
 * A walk along consecutive pages of one slice: the position of the next page, and the
 * number of pages from it to the slice's end.
 */
struct run {
	uint32_t pos;
	uint32_t left;
};

/* The position of a page that is in the slices and follows the page of the last call. */
static inline uint32_t next_pos(const struct xengt_gtt *gtt, uint32_t page,
				struct run *run)
{
	if (!run->left)
		run->left = pages_from(gtt->slices, page, &run->pos);
	run->left--;
	return run->pos++;
}

/* The graphics page of a position. */
static uint32_t page_at(const struct xengt_gtt *gtt, uint32_t pos)
{
	const struct xengt_gtt_slice *low = &gtt->slices[XENGT_GTT_LOW];

	if (pos < low->count)
		return low->first + pos;
	return gtt->slices[XENGT_GTT_HIGH].first + (pos - low->count);
}

static void set_word(struct xengt_gtt *gtt, uint32_t pos, uint32_t w)
{
	enum state old = word_state(gtt->entries[pos]);

	gtt->entries[pos] = w;
	if (old == word_state(w))
		return;
	gtt->mapped -= old == MAPPED;
	gtt->unresolved -= old == UNRESOLVED;
	gtt->mapped += word_state(w) == MAPPED;
	gtt->unresolved += word_state(w) == UNRESOLVED;
}

static void pte_write(struct xengt_gtt *gtt, uint32_t page, uint64_t pte)
{
	gtt->hw->ops->pte_write(gtt->hw->ctx, page, pte);
}

static int get(struct xengt_gtt *gtt, uint32_t n)
{
	return gtt->guest.ops->frames_get(gtt->guest.ctx, gtt->gfns, n,
					   gtt->bus);
}

static uint32_t put(struct xengt_gtt *gtt, const xengt_gfn_t *gfns, uint32_t n)
{
	return xengt_guest_put(&gtt->guest, gfns, n);
}

static int flush_tlb(struct xengt_gtt *gtt, enum xengt_hw_tlb tlb)
{
#ifdef XENGT_FAULT_NO_FLUSH
	return 0;
#endif
	gtt->counters.tlb_flushes++;
	xengt_hold_note_flush(&gtt->guest);
	return xengt_hw_flush(gtt->hw, tlb);
}

/*
 * Make the GPU use new entries. After this flush no frame of an older entry may
 * be released, because engines' TLBs are not flushed.
 */
static int flush(struct xengt_gtt *gtt)
{
	return flush_tlb(gtt, XENGT_HW_GGTT);
}

/*
 * Flush all TLBs, so that the frames of older entries may be put. The caller may put
 * these frames only if the result is 0. GFX_FLSH_CNTL does not flush the TLBs of the
 * engines (CVE-2022-0330).
 */
static int flush_all(struct xengt_gtt *gtt)
{
#ifdef XENGT_FAULT_KEEP_TRANSLATIONS
	return flush(gtt);
#endif
	return flush_tlb(gtt, XENGT_HW_PPGTT);
}

/* Flush before the caller puts n_old holds of older entries. */
static int flush_for(struct xengt_gtt *gtt, uint32_t n_old)
{
	return n_old ? flush_all(gtt) : flush(gtt);
}

/*
 * Point the GPU's entry at the scratch page. The frame that the entry pointed
 * to may be released after flush_all().
 */
static void point_at_scratch(struct xengt_gtt *gtt, uint32_t pos)
{
#if defined(XENGT_FAULT_NO_ZAP) || defined(XENGT_FAULT_RELEASE_FIRST)
	return;
#endif
	pte_write(gtt, page_at(gtt, pos), gtt->scratch_pte);
}

int xengt_gtt_init(struct xengt_gtt *gtt, const struct xengt_hw *hw,
		   const struct xengt_guest *guest,
		   const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		   xengt_bus_t scratch, uint32_t *entries)
{
	const struct xengt_gtt_slice *low = &slices[XENGT_GTT_LOW];
	const struct xengt_gtt_slice *high = &slices[XENGT_GTT_HIGH];
	const uint32_t end = 1u << (32 - XENGT_BND_PAGE_SHIFT);
	uint64_t scratch_pte;
	int r;

	if (low->first > end || low->count > end - low->first ||
	    high->first > end || high->count > end - high->first)
		return -EINVAL;
	if (low->count && high->count &&
	    low->first < high->first + high->count &&
	    high->first < low->first + low->count)
		return -EINVAL;
	r = xengt_pte_encode(scratch, &scratch_pte);
	if (r)
		return r;

	memset(gtt, 0, sizeof(*gtt));
	gtt->hw = hw;
	gtt->guest = *guest;
	gtt->slices[XENGT_GTT_LOW] = *low;
	gtt->slices[XENGT_GTT_HIGH] = *high;
	gtt->scratch_pte = scratch_pte;
	gtt->entries = entries;
	return 0;
}

int xengt_gtt_point_all(struct xengt_gtt *gtt, uint64_t pte)
{
	uint32_t total = xengt_gtt_entries_needed(gtt->slices), pos;

	for (pos = 0; pos < total; pos++)
		pte_write(gtt, page_at(gtt, pos), pte);
	return flush_all(gtt);
}

/*
 * Make ptes[] from bus[], which frames_get() filled. ptes[i] is 0 if the frame
 * is not RAM or no entry can point to it. The hold of a frame to which no entry
 * can point is put at once; no flush is needed, because no entry ever pointed
 * to it.
 */
static void encode_or_put(struct xengt_gtt *gtt, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		gtt->ptes[i] = 0;
		if (xengt_bus_is_none(gtt->bus[i]) ||
		    !xengt_pte_encode(gtt->bus[i], &gtt->ptes[i]))
			continue;
		put(gtt, &gtt->gfns[i], 1);
	}
}

/*
 * Set one entry's word, and write the GPU's entry if it changes. 'pos' is the position of
 * page 'index'. The old word's hold is appended to gtt->old. Returns whether the GPU's
 * entry changed.
 */
static bool replace(struct xengt_gtt *gtt, uint32_t index, uint32_t pos,
		    uint32_t w, uint64_t pte, uint32_t *n_old)
{
	uint32_t old = gtt->entries[pos];

	set_word(gtt, pos, w);
	if (word_state(old) == MAPPED)
		gtt->old[(*n_old)++] = word_gfn(old);
	/*
	 * if both words are MAPPED and equal, they have the same gfn and so the
	 * same bus address
	 */
	if (old == w || (word_state(old) != MAPPED && word_state(w) != MAPPED))
		return false;
	pte_write(gtt, index, pte);
	return true;
}

/*
 * gtt->gfns gets the frames that the entries point to, and gtt->where gets the
 * indices of these entries. Returns the number of these frames. Adds to
 * *scratched the number of entries that are XENGT_PTE_UNREACHABLE.
 */
static uint32_t gather(struct xengt_gtt *gtt, const uint64_t *entries,
		       uint32_t count, uint32_t *scratched)
{
	xengt_gfn_t gfn;
	uint32_t i, n = 0;

	for (i = 0; i < count; i++) {
		switch (xengt_pte_decode(entries[i], &gfn)) {
		case XENGT_PTE_ABSENT:
			break;
		case XENGT_PTE_UNREACHABLE:
			(*scratched)++;
			break;
		case XENGT_PTE_FRAME:
			gtt->gfns[n] = gfn;
			gtt->where[n] = (uint16_t)i;
			n++;
			break;
		}
	}
	return n;
}

/* Check the arguments of xengt_gtt_write(), and begin the walk along the pages. */
static inline int check_write(const struct xengt_gtt *gtt, uint32_t first,
			      uint32_t count, struct run *ret_run)
{
	if (!count || count > XENGT_GTT_BATCH)
		return -EINVAL;
	ret_run->left = pages_from(gtt->slices, first, &ret_run->pos);
	if (ret_run->left < count &&
	    !xengt_gtt_contains(gtt->slices, first, count))
		return -ERANGE;
	return gtt->is_zapped ? -ESTALE : 0;
}

int xengt_gtt_write(struct xengt_gtt *gtt, uint32_t first,
		    const uint64_t *entries, uint32_t count,
		    uint32_t *ret_scratched)
{
	uint32_t i, k, n, n_old = 0, scratched = 0;
	struct run run = { 0, 0 };
	bool changed = false;
	int r;

	r = check_write(gtt, first, count, &run);
	if (r)
		return r;
	n = gather(gtt, entries, count, &scratched);
	if (n) {
		r = get(gtt, n);
		if (r)
			return r;
		encode_or_put(gtt, n);
	}

	/* From here on only a flush can fail. */
	for (i = 0, k = 0; i < count; i++) {
		uint64_t pte = gtt->scratch_pte;
		uint32_t w = NO_FRAME;

		if (k < n && gtt->where[k] == i) {
			if (!gtt->ptes[k]) {
				w = word(UNRESOLVED, gtt->gfns[k]);
				scratched++;
			} else {
				w = word(MAPPED, gtt->gfns[k]);
				pte = gtt->ptes[k];
			}
			k++;
		}
		changed |= replace(gtt, first + i,
				   next_pos(gtt, first + i, &run), w, pte,
				   &n_old);
	}
	r = changed ? flush_for(gtt, n_old) : 0;
	if (r)
		return r;
	if (n_old)
		put(gtt, gtt->old, n_old);

	gtt->counters.entries_written += count;
	gtt->counters.entries_scratched += scratched;
	if (ret_scratched)
		*ret_scratched = scratched;
	return 0;
}

bool xengt_gtt_frame(const struct xengt_gtt *gtt, uint32_t page,
		     xengt_gfn_t *ret_gfn)
{
	uint32_t pos;

	if (!pages_from(gtt->slices, page, &pos) ||
	    word_state(gtt->entries[pos]) != MAPPED)
		return false;
	*ret_gfn = word_gfn(gtt->entries[pos]);
	return true;
}

bool xengt_gtt_names_frames(const struct xengt_gtt *gtt, uint32_t first,
			    uint32_t count)
{
	xengt_gfn_t gfn;
	uint32_t i;

	for (i = 0; i < count; i++)
		if (xengt_gtt_frame(gtt, first + i, &gfn))
			return true;
	return false;
}

/*
 * Called after a flush: put the holds of all entries in state MOVED, and set the
 * state of these entries to 'next'. Returns the number of released frames.
 */
static uint64_t put_moved(struct xengt_gtt *gtt, enum state next)
{
	uint32_t total = xengt_gtt_entries_needed(gtt->slices);
	uint32_t pos, n = 0;
	uint64_t released = 0;

	for (pos = 0; pos < total; pos++) {
		xengt_gfn_t gfn = word_gfn(gtt->entries[pos]);

		if (word_state(gtt->entries[pos]) != MOVED)
			continue;
		gtt->old[n++] = gfn;
		set_word(gtt, pos, next == EMPTY ? NO_FRAME :
						   word(next, gfn));
		if (n == XENGT_GTT_BATCH) {
			released += put(gtt, gtt->old, n);
			n = 0;
		}
	}
	if (n)
		released += put(gtt, gtt->old, n);
#ifdef XENGT_FAULT_RELEASE_FIRST
	for (pos = 0; pos < total; pos++)
		if (word_state(gtt->entries[pos]) != MAPPED)
			pte_write(gtt, page_at(gtt, pos), gtt->scratch_pte);
	flush(gtt);
#endif
	return released;
}

int xengt_gtt_drop_moved(struct xengt_gtt *gtt, uint64_t *ret_dropped)
{
	uint32_t total = xengt_gtt_entries_needed(gtt->slices);
	xengt_gfn_t last = xengt_gfn(0);
	uint32_t pos, w;
	int r;
	bool any = false, moved = false, is_first = true;

	if (gtt->is_zapped)
		return -ESTALE;
	gtt->counters.revalidations++;
	*ret_dropped = 0;
	if (!gtt->mapped ||
	    !gtt->guest.ops->frames_look(gtt->guest.ctx))
		return 0;

	for (pos = 0; pos < total; pos++) {
		w = gtt->entries[pos];
		if (word_state(w) != MAPPED)
			continue;
		/*
		 * Guests often point many consecutive entries at one frame, so
		 * call frame_has_moved() only once for consecutive entries with
		 * the same frame. If the frame moves during the loop, entries
		 * of the frame can get different results. But put_moved() never
		 * releases a frame that an entry points to, because each entry
		 * has its own hold.
		 */
		if (is_first || xengt_gfn_x(word_gfn(w)) != xengt_gfn_x(last))
			moved = gtt->guest.ops->frame_has_moved(
				gtt->guest.ctx, word_gfn(w));
		is_first = false;
		last = word_gfn(w);
		if (!moved)
			continue;
		set_word(gtt, pos, word(MOVED, word_gfn(w)));
		point_at_scratch(gtt, pos);
		any = true;
	}
	r = any ? flush_all(gtt) : 0;
	if (!any || r)
		return r;
	*ret_dropped = put_moved(gtt, UNRESOLVED);
	gtt->counters.frames_followed += *ret_dropped;
	return 0;
}

int xengt_gtt_resolve(struct xengt_gtt *gtt, uint32_t *cursor,
		      uint64_t *ret_resolved)
{
	uint32_t total = xengt_gtt_entries_needed(gtt->slices);
	uint32_t *const positions = gtt->positions;
	uint32_t pos, i, n = 0;
	bool changed = false;
	int r;

	if (gtt->is_zapped)
		return -ESTALE;
	if (!gtt->unresolved)
		return 0;

	for (pos = *cursor; pos < total && n < XENGT_GTT_BATCH; pos++) {
		if (word_state(gtt->entries[pos]) != UNRESOLVED)
			continue;
		positions[n] = pos;
		gtt->gfns[n] = word_gfn(gtt->entries[pos]);
		n++;
	}
	if (n) {
		r = get(gtt, n);
		if (r)
			return r;
		encode_or_put(gtt, n);
	}
	for (i = 0; i < n; i++) {
		if (!gtt->ptes[i])
			continue;
		set_word(gtt, positions[i], word(MAPPED, gtt->gfns[i]));
		pte_write(gtt, page_at(gtt, positions[i]), gtt->ptes[i]);
		changed = true;
		(*ret_resolved)++;
	}
	/*
	 * without a flush the GPU could still use the scratch page, from its
	 * TLB
	 */
	r = changed ? flush(gtt) : 0;
	if (r)
		return r;
	*cursor = pos;
	return pos < total;
}

uint64_t xengt_gtt_zap(struct xengt_gtt *gtt)
{
	uint32_t total = xengt_gtt_entries_needed(gtt->slices);
	uint32_t pos;
	bool any = false;

	if (gtt->is_zapped)
		return 0;
	gtt->is_zapped = true;

	for (pos = 0; pos < total; pos++) {
		uint32_t w = gtt->entries[pos];

		if (word_state(w) == MAPPED) {
			set_word(gtt, pos, word(MOVED, word_gfn(w)));
			point_at_scratch(gtt, pos);
			any = true;
		} else {
			set_word(gtt, pos, NO_FRAME);
		}
	}
	if (!any || flush_all(gtt))
		return 0;
	return put_moved(gtt, EMPTY);
}
