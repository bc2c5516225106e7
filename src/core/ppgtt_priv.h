/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shadows of guest page tables, for ppgtt.c (roots) and ppgtt_shadow.c
 * (tables).
 *
 * A shadow represents a guest page that is used as a table of one level (and,
 * for level 1, of one page size). A guest page that is used as tables of two
 * levels, or of both page sizes, has two shadows. All entries and roots that use
 * a page as the same kind of table share one shadow, and the shadow counts these
 * entries and roots. When the count becomes 0, the shadow is destroyed and the
 * protection of its page ends.
 */
#ifndef XENGT_PPGTT_PRIV_H
#define XENGT_PPGTT_PRIV_H

#include "core/internal.h"
#include "core/ppgtt.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define XENGT_TABLE_ENTRIES	XENGT_PPGTT_ENTRIES
#define XENGT_SHADOW_BUCKETS	2048u

struct xengt_shadow {
	uint64_t gfn;
	uint64_t checked;	/* number of the last round that made this
				 * shadow agree with guest memory; 0: none */
	uint32_t id;		/* id of the module's table that the GPU walks;
				 * 0 if that table is destroyed already */
	uint32_t refs;
	uint16_t index;		/* index of this shadow in pool[] */
	uint16_t next;		/* index of the next shadow in the hash
				 * bucket */
	uint8_t level;
	bool is_64k;
	bool is_tracked;	/* the page is protected: stores trap */
	bool is_relaxed;	/* the page is not protected any more: the guest
				 * stored to this page too often, or a table
				 * that points to this page is not protected */
	uint16_t stores;
	uint16_t kid_count;	/* number of entries of kids[] that are not 0 */
	uint16_t dirty_first;	/* levels 2 to 4: [dirty_first, dirty_end) is
				 * the range of entries that the guest stored to
				 * since the shadow last agreed */
	uint16_t dirty_end;
	uint64_t seen[XENGT_TABLE_ENTRIES];	/* the guest's entries from
						 * which the GPU's table was
						 * last made */
	uint16_t kids[];	/* levels 2 to 4: index of the shadow that an
				 * entry points to, or 0 */
};

/*
 * A shadow is as small as the comment at XENGT_SHADOWS_MAX in limits.h says,
 * and an index fits into uint16_t.
 */
_Static_assert(sizeof(struct xengt_shadow) <= (4u << 10) + 64 &&
	       sizeof(uint16_t) * XENGT_TABLE_ENTRIES == 1u << 10 &&
	       XENGT_SHADOWS_MAX <= UINT16_MAX, "shadows");

struct xengt_root {
	struct xengt_ppgtt_root key;
	bool is_used;
	bool is_announced;	/* the guest has announced the root, and has not
				 * announced its end */
	uint32_t id;		/* id of the module's root table that the GPU
				 * walks; 0 if the root is not built */
	uint64_t used_at;	/* number of the round in which the root was
				 * used last */
	uint16_t kids[4];	/* shadows of the PML4 or of the page
				 * directories */
};

/*
 * Buffers that xengt_shadow_agree() needs for one table. Each level has its own
 * buffers, because the function calls itself for the tables of the next lower
 * level.
 */
struct xengt_shadow_work {
	uint64_t now[XENGT_TABLE_ENTRIES];
	uint64_t out[XENGT_TABLE_ENTRIES];
	uint16_t kids[XENGT_TABLE_ENTRIES];
};

struct xengt_ppgtt {
	struct xengt_shadow *pool[XENGT_SHADOWS_MAX + 1];
	uint16_t buckets[XENGT_SHADOW_BUCKETS];
	uint32_t live;
	uint32_t last_index;
	uint64_t round;			/* number of the round: each
					 * xengt_ppgtt_prepare() adds 1 */
	bool has_64k;			/* the guest has switched pages of 64
					 * KiB on */
	bool is_stale;			/* the guest gave pages away since
					 * the last round */
	struct xengt_root roots[XENGT_ROOTS_MAX];
	uint32_t last_root;		/* index of the root used last */
	/*
	 * Ids of the module's tables that will be destroyed when the GPU stops
	 * using them. A table comes before the tables to which it points.
	 */
	uint32_t zombies[XENGT_PPGTT_TABLES_MAX];
	uint32_t zombie_count;
	struct xengt_shadow_work work[4];
};

/*
 * The number of the guest frame that a guest's entry or a field pdp[] of a root
 * points to.
 */
static inline uint64_t xengt_entry_gfn(uint64_t entry)
{
	return (entry & 0xffffffffffffull) >> XENGT_PAGE_SHIFT;
}

/*
 * Get the shadow of a table and count one more user. A new shadow is made to
 * agree with guest memory. Returns 0; -ENOSPC: a limit of limits.h or of gpu is
 * reached; -ENOMEM; or the error of hv or gpu.
 */
int xengt_shadow_get(struct xengt_vgpu *vgpu, uint64_t frame, uint8_t level,
		     bool is_64k, uint16_t *ret_index);
/*
 * Count one user less. If no user is left, the shadow is destroyed, and so is
 * every shadow to which only this shadow points. The caller has already removed
 * the entry or root by which the GPU reached this shadow.
 */
void xengt_shadow_put(struct xengt_vgpu *vgpu, uint16_t index);
/*
 * Make a shadow and all shadows below it agree with guest memory, at most
 * once a round.
 */
int xengt_shadow_agree(struct xengt_vgpu *vgpu, uint16_t index);
/* Call this when the guest has stored to bytes [off, off + size) of a page. */
int xengt_shadow_store(struct xengt_vgpu *vgpu, uint64_t frame, uint32_t off,
		       uint32_t size);
/*
 * End the protection of all tables, because stores may have been missed: all
 * entries are compared at the next use.
 */
void xengt_shadow_untrack_all(struct xengt_vgpu *vgpu);
/*
 * Destroy a table of the GPU, now or, if the GPU uses it, later in
 * xengt_shadow_reap().
 */
void xengt_shadow_destroy_table(struct xengt_vgpu *vgpu, uint32_t id);
/* Destroy the tables that the GPU has stopped using. */
void xengt_shadow_reap(struct xengt_vgpu *vgpu);

#endif /* XENGT_PPGTT_PRIV_H */
