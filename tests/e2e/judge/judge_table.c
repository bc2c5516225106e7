// SPDX-License-Identifier: GPL-2.0-only
#include "judge_priv.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <asm/barrier.h>
#include <asm/xen/page.h>

#define CONFIRM		32U		/* number of frames that a pass confirms
					 * again */
#define SEARCH		16384U		/* number of mfns that a pass
					 * searches */
#define SEARCH_HURRIED	65536U		/* ... in a round of judge_begin_round() */
#define CHUNK		512U		/* number of gfns whose recorded frames
					 * are counted by one counter */

static unsigned long search_at;

static u32 frame_at(const struct judge_domain *d, unsigned long gfn)
{
	return d->mfn[gfn] == NO_FRAME ? NO_FRAME : d->mfn[gfn] & MFN_MASK;
}

static void set_owner(u32 mfn, u64 owner)
{
	WRITE_ONCE(judge.changed[mfn], (u32)judge.hdr->round_begun);
	WRITE_ONCE(judge.owners[mfn], owner);
}

static void unrecord(struct judge_domain *d, unsigned long gfn)
{
	u32 mfn = frame_at(d, gfn);

	if (mfn == NO_FRAME)
		return;
	/* if another domain is recorded for the frame by now, keep that record */
	if (READ_ONCE(judge.owners[mfn]) == XENGT_JUDGE_OWNER(d->id, gfn))
		set_owner(mfn, 0);
	d->mfn[gfn] = NO_FRAME;
	d->chunk[gfn / CHUNK]--;
	d->n_frames--;
}

static void record(struct judge_domain *d, unsigned long gfn, unsigned long mfn)
{
	if (mfn >= XENGT_JUDGE_OWNERS_MAX || judge_m2p(mfn) != gfn)
		return;
	if (d->mfn[gfn] == mfn &&
	    READ_ONCE(judge.owners[mfn]) == XENGT_JUDGE_OWNER(d->id, gfn))
		return;
	unrecord(d, gfn);
	d->mfn[gfn] = mfn;
	d->chunk[gfn / CHUNK]++;
	d->n_frames++;
	set_owner(mfn, XENGT_JUDGE_OWNER(d->id, gfn));
}

void judge_domain_lose(struct judge_domain *d)
{
	for (unsigned long g = 0; d->mfn && d->chunk && g < d->n_gfns; g++)
		unrecord(d, g);
}

static void domain_destroy(struct judge_domain *d)
{
	judge_domain_lose(d);
	vfree(d->mfn);
	vfree(d->chunk);
	kfree(d);
}

void judge_domain_forget(struct judge_domain *d)
{
	list_del(&d->link);
	judge.n_domains--;
	domain_destroy(d);
}

struct judge_domain *judge_domain_find(domid_t id)
{
	struct judge_domain *d;

	list_for_each_entry(d, &judge.domains, link)
		if (d->id == id)
			return d;
	return NULL;
}

struct judge_domain *judge_domain_create(domid_t id, unsigned long n_gfns)
{
	struct judge_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);
	unsigned long n_chunks = DIV_ROUND_UP(n_gfns, CHUNK);

	if (!d)
		return NULL;
	d->id = id;
	if (judge.has_m2p) {
		d->n_gfns = n_gfns;
		d->mfn = vmalloc(array_size(n_gfns, sizeof(*d->mfn)));
		d->chunk = vzalloc(array_size(n_chunks, sizeof(*d->chunk)));
		if (!d->mfn || !d->chunk) {
			domain_destroy(d);
			return NULL;
		}
		memset(d->mfn, 0xff, n_gfns * sizeof(*d->mfn));
	}
	list_add_tail(&d->link, &judge.domains);
	judge.n_domains++;
	return d;
}

/*
 * Asks Xen about the batch and records the frames that Xen confirms. Returns -ESRCH if
 * there is no such domain.
 */
static int take_batch(struct judge_domain *d)
{
	bool is_gone = false;

	if (!judge.prober->n)
		return 0;
	judge_probe(d->id);
	for (unsigned int i = 0; i < judge.prober->n; i++) {
		if (judge.prober->result[i] >= 0)
			record(d, judge.prober->gfns[i], judge.prober->result[i]);
		is_gone |= judge.prober->result[i] == -ESRCH;
	}
	judge.prober->n = 0;
	return is_gone ? -ESRCH : 0;
}

/*
 * Look for frames of a domain among those machine frames [*at, *at + count) that are not
 * known as the domain's or dom0's. Advances *at past these frames, or to the machine's end.
 */
static int search(struct judge_domain *d, unsigned long *at,
		  unsigned long count)
{
	unsigned long end = min_t(unsigned long, machine_to_phys_nr,
				  XENGT_JUDGE_OWNERS_MAX);
	unsigned long mfn = *at;
	int r = 0;

	judge.prober->n = 0;
	for (; mfn < end && count && !r; mfn++, count--) {
		unsigned long gfn;

		if (xen_safe_read_ulong(&machine_to_phys_mapping[mfn], &gfn)) {
			/*
			 * this page of the M2P table is missing: continue with the next
			 * page
			 */
			mfn |= PAGE_SIZE / sizeof(long) - 1;
			continue;
		}
		if (gfn >= d->n_gfns || judge_is_dom0s(mfn, gfn) ||
		    frame_at(d, gfn) == mfn ||
		    (frame_at(d, gfn) != NO_FRAME &&
		     judge_m2p(frame_at(d, gfn)) == gfn))
			continue;
		judge.prober->gfns[judge.prober->n++] = gfn;
		if (judge.prober->n == BATCH) {
			r = take_batch(d);
			cond_resched();
		}
	}
	if (!r)
		r = take_batch(d);
	*at = mfn < end ? mfn : 0;
	return r;
}

int judge_search_all(struct judge_domain *d)
{
	unsigned long at = 0;
	int r;

	do {
		r = search(d, &at, 1UL << 18);
		cond_resched();
	} while (!r && at);
	return r;
}

/* ---- the passes of the thread ---- */

/*
 * M2P has a new guest frame number for this frame. If Xen confirms that the frame still
 * belongs to the domain, record the frame under this number.
 */
static void follow(struct judge_domain *d, unsigned long mfn)
{
	unsigned long gfn = judge_m2p(mfn);

	if (gfn >= d->n_gfns)
		return;
	judge.prober->gfns[0] = gfn;
	judge.prober->n = 1;
	(void)take_batch(d);
}

static void check_frame(struct judge_domain *d, unsigned long gfn)
{
	u32 mfn = frame_at(d, gfn);

	if (judge_m2p(mfn) == gfn) {
		d->mfn[gfn] = mfn;
	} else if (!(d->mfn[gfn] & MISSED_ONCE)) {
		d->mfn[gfn] |= MISSED_ONCE;
	} else {
		unrecord(d, gfn);
		d->dropped++;
		follow(d, mfn);
	}
}

static void check_all(struct judge_domain *d)
{
	for (unsigned long c = 0; c * CHUNK < d->n_gfns; c++) {
		unsigned long end = min((c + 1) * CHUNK, d->n_gfns);

		if (!d->chunk[c])
			continue;
		for (unsigned long g = c * CHUNK; g < end; g++)
			if (d->mfn[g] != NO_FRAME)
				check_frame(d, g);
	}
}

/*
 * Ask Xen again about some recorded frames, because M2P does not show that a frame went to
 * another domain with the same guest frame number. Returns -ESRCH if the domain is gone.
 */
static int confirm_some(struct judge_domain *d)
{
	unsigned long g = d->confirm_at, left = d->n_gfns;
	bool is_gone = false;

	judge.prober->n = 0;
	while (left && judge.prober->n < CONFIRM) {
		if (g >= d->n_gfns)
			g = 0;
		if (!d->chunk[g / CHUNK]) {
			unsigned long skip = CHUNK - g % CHUNK;

			left -= min(left, skip);
			g += skip;
			continue;
		}
		if (d->mfn[g] != NO_FRAME)
			judge.prober->gfns[judge.prober->n++] = g;
		g++;
		left--;
	}
	d->confirm_at = g;
	/*
	 * no frame is recorded: ask Xen for any frame, to find out whether the domain
	 * exists
	 */
	if (!judge.prober->n)
		judge.prober->gfns[judge.prober->n++] = 0;
	judge_probe(d->id);
	for (unsigned int i = 0; i < judge.prober->n; i++) {
		u32 known = frame_at(d, judge.prober->gfns[i]);

		is_gone |= judge.prober->result[i] == -ESRCH;
		if (known != NO_FRAME && judge.prober->result[i] != known &&
		    judge_m2p(known) == judge.prober->gfns[i]) {
			unrecord(d, judge.prober->gfns[i]);
			d->dropped++;
		}
	}
	judge.prober->n = 0;
	return is_gone ? -ESRCH : 0;
}

/*
 * Forget frames in one pass instead of two, for a test that controls what the
 * domain and the module do meanwhile.
 *
 * Consider a frame that was ballooned out, or whose domain dies. While the module holds
 * the frame, Xen counts it among the domain's pages and gives it to no other domain. When
 * Xen's count of a domain's pages changes, Xen has got pages of the domain back. Then the
 * judge drops its record that the domain owns a frame, for each frame that M2P no longer
 * names as the domain's. So it notices each later access by the domain's contexts to a
 * released page. The count does not say which frames were released: the judge also drops
 * frames that were ballooned out and are still held. So the test must make sure that
 * either all of these frames are released or none.
 */
static int look_at_once(struct judge_domain *d)
{
	long pages = judge_count_pages(d);

	if (pages < 0)
		return pages;
	if (pages == d->pages)
		return 0;
	d->pages = pages;
	for (unsigned long g = 0; g < d->n_gfns; g++)
		if (d->mfn[g] != NO_FRAME && judge_m2p(frame_at(d, g)) != g) {
			unrecord(d, g);
			d->dropped++;
		}
	return 0;
}

static int look_at(struct judge_domain *d, unsigned long *at)
{
	int r;

	if (!judge.has_m2p)
		return judge_count_pages(d) < 0 ? -ESRCH : 0;
	if (judge.is_prompt) {
		r = look_at_once(d);
		if (r || !judge.is_hurried)
			return r;
	} else {
		r = confirm_some(d);
		if (r)
			return r;
		check_all(d);
	}
	return search(d, at, judge.is_hurried ? SEARCH_HURRIED : SEARCH);
}

static void begin_round(bool is_hurried)
{
	search_at = 0;
	judge.is_hurried = is_hurried;
	WRITE_ONCE(judge.hdr->round_begun, judge.hdr->round_begun + 1);
	virt_mb();	/* the round reads nothing before it has its number */
}

u64 judge_begin_round(void)
{
	begin_round(true);
	return judge.hdr->round_begun;
}

static void end_round(void)
{
	judge.is_hurried = false;
	virt_wmb();	/* the records are complete before the round counts */
	WRITE_ONCE(judge.hdr->rounds, judge.hdr->round_begun);
}

void judge_pass(void)
{
	bool is_searching = !judge.is_prompt || judge.is_hurried;
	unsigned long next = search_at;
	struct judge_domain *d, *tmp;
	bool is_searched = false;

	if (judge.hdr->rounds == judge.hdr->round_begun)
		begin_round(false);
	list_for_each_entry_safe(d, tmp, &judge.domains, link) {
		unsigned long at = search_at;

		if (look_at(d, &at) == -ESRCH) {
			pr_info("domain %u is gone\n", d->id);
			judge_domain_forget(d);
			continue;
		}
		next = at;
		is_searched = is_searching && !at;
	}
	/* a round is complete: the passes have searched all machine frames */
	if (is_searched || list_empty(&judge.domains))
		end_round();
	search_at = next;
}
