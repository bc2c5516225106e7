/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shadows of guest page tables, for ppgtt.c (roots) and ppgtt_shadow.c
 * (tables).
 *
 * A shadow is a guest page used as a table of one level (and, for level 1, one
 * size of page); the same page used in two ways has two. However many entries
 * and roots name it, it is one, with a count. It lives as long as the count is
 * not 0, and its page is protected no longer than that.
 */
#ifndef XENGT_PPGTT_PRIV_H
#define XENGT_PPGTT_PRIV_H

#include "core/internal.h"
#include "core/ppgtt.h"
#include "xengt/limits.h"

#define XENGT_TABLE_ENTRIES	XENGT_PPGTT_ENTRIES
#define XENGT_SHADOW_BUCKETS	2048u

struct xengt_shadow {
	uint64_t gfn;
	uint32_t id;		/* the GPU's table; 0: destroyed already */
	uint32_t refs;
	uint32_t checked;	/* the round in which it was made to agree */
	uint16_t index;		/* of itself */
	uint16_t next;		/* in its bucket */
	uint8_t level;
	bool is_64k;
	bool is_tracked;	/* stores come to us */
	bool is_relaxed;	/* too many did, or to one that names it */
	uint16_t stores;
	uint16_t kid_count;	/* entries of kids that are not 0 */
	uint16_t dirty_first;	/* stored to since it agreed; of level 2 to 4 */
	uint16_t dirty_end;
	uint64_t seen[XENGT_TABLE_ENTRIES];	/* as the GPU was told */
	uint16_t kids[];	/* level 2 to 4: index of shadow, or 0 */
};

/* "A little over 4 or 5 KiB" (limits.h), and an index fits. */
_Static_assert(sizeof(struct xengt_shadow) <= (4u << 10) + 64 &&
	       sizeof(uint16_t) * XENGT_TABLE_ENTRIES == 1u << 10 &&
	       XENGT_SHADOWS_MAX <= UINT16_MAX, "shadows");

struct xengt_root {
	struct xengt_ppgtt_root key;
	bool is_used;
	bool is_announced;	/* and not yet said to go */
	uint32_t id;		/* the GPU's root table; 0: not built */
	uint32_t used_at;	/* round */
	uint16_t kids[4];	/* PML4, or page directories */
};

/* Space for making one table agree; one for each level, for they nest. */
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
	uint32_t round;			/* one for each prepare */
	bool has_64k;			/* as the guest has set it */
	bool is_stale;			/* the guest gave pages away */
	struct xengt_root roots[XENGT_ROOTS_MAX];
	uint32_t last_root;		/* index of the one used last */
	/* tables that the GPU was still using, parents first */
	uint32_t zombies[XENGT_PPGTT_TABLES_MAX];
	uint32_t zombie_count;
	struct xengt_shadow_work work[4];
};

/* Of a guest's entry, or of a root, which frame it names. */
static inline uint64_t xengt_entry_gfn(uint64_t entry)
{
	return (entry & 0xffffffffffffull) >> XENGT_PAGE_SHIFT;
}

/*
 * The shadow of a table, with one more count; a new one agrees with guest
 * memory. -ENOSPC: limits.h, or the GPU's; else what hv or gpu said.
 */
int xengt_shadow_get(struct xengt_vgpu *vgpu, uint64_t frame, uint8_t level,
		     bool is_64k, uint16_t *ret_index);
/* One count less. With the last one the shadow goes, and all that it alone
 * names; the GPU's entry or root for it must be gone, or go first. */
void xengt_shadow_put(struct xengt_vgpu *vgpu, uint16_t index);
/* Make it and all that it names agree with guest memory, once a round. */
int xengt_shadow_agree(struct xengt_vgpu *vgpu, uint16_t index);
/* The guest stored to bytes [off, off + size) of a page. */
int xengt_shadow_store(struct xengt_vgpu *vgpu, uint64_t frame, uint32_t off,
		       uint32_t size);
/* Stores may have gone unseen: compare everything when it is next used. */
void xengt_shadow_untrack_all(struct xengt_vgpu *vgpu);
/* Give a table of the GPU back, now or when the GPU is out of it. */
void xengt_shadow_destroy_table(struct xengt_vgpu *vgpu, uint32_t id);
/* What the GPU has got out of. */
void xengt_shadow_reap(struct xengt_vgpu *vgpu);

#endif /* XENGT_PPGTT_PRIV_H */
