/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the roots of guest page tables, and decides when a root's shadows are
 * made to agree with guest memory.
 *
 *   unknown --(prepare, or announced)--> known, not built --(prepare)--> built
 *      ^                                      |                           |
 *      +------ ended, reset, reclaimed -------+---------------------------+
 *
 * A known root has an element of roots[]. A built root keeps shadows
 * (ppgtt_shadow.c) of all tables that it reaches.
 * When a guest runs into a limit, the root that it used least recently loses
 * its shadows; roots that the guest did not announce lose them first. The
 * shadows are built again from guest memory when the root is used again.
 */
#include "core/ppgtt.h"
#include "core/failure.h"
#include "core/mmio.h"
#include "core/ppgtt_priv.h"
#include "core/track.h"
#include "hw/facts.h"
#include "xengt/each.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>

int xengt_ppgtt_init(struct xengt_vgpu *vgpu)
{
	vgpu->ppgtt = calloc(1, sizeof(*vgpu->ppgtt));
	return vgpu->ppgtt ? 0 : -ENOMEM;
}

void xengt_ppgtt_fini(struct xengt_vgpu *vgpu)
{
	if (vgpu->ppgtt)
		xengt_ppgtt_reset(vgpu);
	free(vgpu->ppgtt);
	vgpu->ppgtt = NULL;
}

/* ---- roots ---- */

static bool is_key(const struct xengt_root *root,
		   const struct xengt_ppgtt_root *key)
{
	if (!root->is_used || root->key.is_4level != key->is_4level)
		return false;
	for (uint32_t i = 0; i < (key->is_4level ? 1 : 4); i++)
		if (xengt_entry_gfn(root->key.pdp[i]) !=
		    xengt_entry_gfn(key->pdp[i]))
			return false;
	return true;
}

static struct xengt_root *find_root(struct xengt_ppgtt *ppgtt,
				    const struct xengt_ppgtt_root *key)
{
	struct xengt_root *root = &ppgtt->roots[ppgtt->last_root];

	if (is_key(root, key))
		return root;
	xengt_for_each(root, ppgtt->roots)
		if (is_key(root, key))
			return root;
	return NULL;
}

/* Drop the shadows of a root. The root keeps its entry in roots[]. */
static void unbuild(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	uint16_t *kid;

	/*
	 * the table of a 4-level root belongs to the root's shadow and is
	 * destroyed with that shadow
	 */
	if (root->id && !root->key.is_4level)
		xengt_shadow_destroy_table(vgpu, root->id);
	root->id = 0;
	xengt_for_each(kid, root->kids) {
		if (*kid)
			xengt_shadow_put(vgpu, *kid);
		*kid = 0;
	}
}

/*
 * Drop the shadows of this root, to make room for others. Returns false if
 * nothing was dropped, because the GPU uses the root's table.
 */
static bool reclaim(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	if (gpu->ops->ppgtt_destroy(gpu, root->id) == -EBUSY)
		return false;
	if (root->key.is_4level)
		vgpu->ppgtt->pool[root->kids[0]]->id = 0;
	root->id = 0;
	unbuild(vgpu, root);
	if (!root->is_announced)
		root->is_used = false;
	vgpu->counters.ppgtt_reclaimed++;
	return true;
}

/* Returns true if root 'a' should be reclaimed rather than root 'b', or if 'b' is NULL. */
static bool goes_before(const struct xengt_root *a, const struct xengt_root *b)
{
	if (!b || a->is_announced != b->is_announced)
		return !b || !a->is_announced;
	return a->used_at < b->used_at;
}

static bool reclaim_one(struct xengt_vgpu *vgpu, const struct xengt_root *keep)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	bool is_busy[XENGT_ROOTS_MAX] = { false };

	for (;;) {
		struct xengt_root *best = NULL, *root;

		xengt_for_each(root, ppgtt->roots) {
			if (root->id && root != keep &&
			    !is_busy[root - ppgtt->roots] &&
			    goes_before(root, best))
				best = root;
		}
		if (!best)
			return false;
		if (reclaim(vgpu, best))
			return true;
		is_busy[best - ppgtt->roots] = true;
	}
}

/*
 * Find an element of roots[] for a new root: a free element; or else the
 * element of a root that is known but not built; or else the element of a root
 * that is reclaimed.
 */
static struct xengt_root *free_root(struct xengt_vgpu *vgpu)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	struct xengt_root *idle = NULL, *root;

	xengt_for_each(root, ppgtt->roots) {
		if (!root->is_used)
			return root;
		if (!root->id && goes_before(root, idle))
			idle = root;
	}
	if (idle || !reclaim_one(vgpu, NULL))
		return idle;
	return free_root(vgpu);
}

static struct xengt_root *know_root(struct xengt_vgpu *vgpu,
				    const struct xengt_ppgtt_root *key)
{
	struct xengt_root *root = find_root(vgpu->ppgtt, key);

	if (root)
		return root;
	root = free_root(vgpu);
	if (root)
		*root = (struct xengt_root){ .key = *key, .is_used = true };
	return root;
}

/* ---- building ---- */

/*
 * Make the module's table for a 3-level root. The guest has no root table: four
 * fields of the guest's context image have the addresses of the four page
 * directories. If a field is 0, there is no such page directory.
 */
static int build_3level(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	uint64_t entries[4] = { 0 };
	uint32_t id;
	int r;

	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(entries); i++) {
		uint64_t frame = xengt_entry_gfn(root->key.pdp[i]);

		if (!frame)
			continue;
		r = xengt_shadow_get(vgpu, frame, 2, false, &root->kids[i]);
		if (r)
			return r;
		entries[i] = (uint64_t)vgpu->ppgtt->pool[root->kids[i]]->id
			     << 12 | XENGT_PTE_PRESENT |
			     XENGT_PTE_WRITABLE;
	}
	r = gpu->ops->ppgtt_create(gpu, 3, 0, &id);
	if (r)
		return r;
	r = gpu->ops->ppgtt_write(gpu, id, 0, entries,
				  XENGT_ARRAY_SIZE(entries), NULL);
	if (r)
		gpu->ops->ppgtt_destroy(gpu, id);
	else
		root->id = id;
	return r;
}

static int build(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	int r;

	if (root->key.is_4level) {
		r = xengt_shadow_get(vgpu, xengt_entry_gfn(root->key.pdp[0]), 4,
				     false, &root->kids[0]);
		if (!r)
			root->id = vgpu->ppgtt->pool[root->kids[0]]->id;
	} else {
		r = build_3level(vgpu, root);
	}
	if (r)
		unbuild(vgpu, root);
	return r;
}

static int agree(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	int r = root->id ? 0 : build(vgpu, root);
	const uint16_t *kid;

	if (r)
		return r;
	xengt_for_each(kid, root->kids) {
		if (*kid)
			r = xengt_shadow_agree(vgpu, *kid);
		if (r)
			return r;
	}
	return 0;
}

/*
 * Build a root. If there is no room, drop the shadows of one root and try
 * again; if there is still no room, drop the shadows of all other roots and try
 * once more. Each try builds the whole root again, so there are only three
 * tries.
 */
static int agree_with_room(struct xengt_vgpu *vgpu, struct xengt_root *root)
{
	int r = agree(vgpu, root);

	if (r == -ENOSPC && reclaim_one(vgpu, root))
		r = agree(vgpu, root);
	if (r != -ENOSPC || !reclaim_one(vgpu, root))
		return r;
	while (reclaim_one(vgpu, root))
		;
	return agree(vgpu, root);
}

static void unbuild_all(struct xengt_vgpu *vgpu)
{
	struct xengt_root *root;

	xengt_for_each(root, vgpu->ppgtt->roots)
		unbuild(vgpu, root);
}

/*
 * Called at the start of a round. Handles changes that affect all tables and
 * happened since the round before: the guest switched pages of 64 KiB on or
 * off, or gave pages away.
 */
static void catch_up(struct xengt_vgpu *vgpu)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	bool has_64k = vgpu->platform->has_64k &&
		       (xengt_mmio_peek(vgpu, XENGT_GAMW_ECO_DEV) &
			XENGT_GAMW_ECO_DEV_64K) ==
			       XENGT_GAMW_ECO_DEV_64K;

	xengt_shadow_reap(vgpu);
	if (has_64k != ppgtt->has_64k)
		unbuild_all(vgpu);
	ppgtt->has_64k = has_64k;
	/*
	 * a page that the guest gave away and then got back is not protected
	 * any more
	 */
	if (ppgtt->is_stale)
		xengt_shadow_untrack_all(vgpu);
	ppgtt->is_stale = false;
}

int xengt_ppgtt_prepare(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, uint32_t *ret_id)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	struct xengt_root *known;
	int r;

	ppgtt->round++;
	catch_up(vgpu);
	known = know_root(vgpu, root);
	if (!known)
		return -ENOSPC;
	known->used_at = ppgtt->round;
	ppgtt->last_root = (uint32_t)(known - ppgtt->roots);
	r = agree_with_room(vgpu, known);
	if (r)
		return r;
	*ret_id = known->id;
	return 0;
}

/* ---- messages and stores of the guest ---- */

void xengt_ppgtt_notify(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, bool is_created)
{
	struct xengt_root *known;

	if (is_created) {
		known = know_root(vgpu, root);
		if (known)
			known->is_announced = true;
		return;
	}
	known = find_root(vgpu->ppgtt, root);
	if (known) {
		unbuild(vgpu, known);
		known->is_used = false;
	}
	xengt_shadow_reap(vgpu);
}

void xengt_ppgtt_reset(struct xengt_vgpu *vgpu)
{
	struct xengt_root *root;

	unbuild_all(vgpu);
	xengt_for_each(root, vgpu->ppgtt->roots)
		root->is_used = false;
	xengt_shadow_reap(vgpu);
}

void xengt_ppgtt_invalidate(struct xengt_vgpu *vgpu)
{
	vgpu->ppgtt->is_stale = true;
}

bool xengt_ppgtt_store(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
		       uint64_t val)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t frame = addr >> XENGT_PAGE_SHIFT;
	uint32_t off = addr % XENGT_PAGE_SIZE;
	bool is_ours = false;
	int r;

	r = hv->ops->write_guest(hv, gpa(addr), &val, size);
	while (!r && size) {
		uint32_t part = XENGT_PAGE_SIZE - off;

		if (part > size)
			part = size;
		if (xengt_track_is_on(vgpu, gfn(frame))) {
			is_ours = true;
			r = xengt_shadow_store(vgpu, frame, off, part);
		} else {
			xengt_track_late_store(vgpu, gfn(frame));
		}
		size -= part;
		off = 0;
		frame++;
	}
	vgpu->counters.ppgtt_stores += is_ours;
	if (r && r != -EFAULT)
		xengt_vgpu_fail(vgpu, r);
	return is_ours;
}
