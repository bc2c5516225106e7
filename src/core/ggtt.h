/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the guest's view of the GGTT. A store of the guest changes first the
 * view and then the hardware's entry.
 */
#ifndef XENGT_GGTT_H
#define XENGT_GGTT_H

#include "xengt/types.h"

struct xengt_vgpu;

/* Number of GGTT entries: 8 MiB of memory, for 4 GiB of graphics addresses. */
#define XENGT_GGTT_ENTRIES	(1u << 20)

struct xengt_ggtt_slice {
	uint32_t first;		/* number of the slice's first graphics page */
	uint32_t count;
	uint32_t plain;		/* number of entries whose only copy is in the
				 * view: 'count' if ram is NULL, else 0 */
	uint64_t *view;		/* the view: 'count' entries as the guest wrote
				 * them */
	/*
	 * RAM to which the guest stores entries without an exit; NULL: stores
	 * trap
	 */
	volatile uint64_t *ram;
};

struct xengt_ggtt {
	struct xengt_ggtt_slice low, high;
	/*
	 * Between xengt_ggtt_begin() and xengt_ggtt_end(): the range of entries
	 * of slice 'dirty' that changed in the view and were not sent to the
	 * hardware yet.
	 */
	bool is_collecting;
	const struct xengt_ggtt_slice *dirty;
	uint32_t dirty_first;
	uint32_t dirty_count;
	uint32_t scratched;	/* number of entries that gpu's last ggtt_write
				 * pointed to scratch */
};

int xengt_ggtt_init(struct xengt_vgpu *vgpu);
void xengt_ggtt_fini(struct xengt_vgpu *vgpu);
/* Point all entries of the slices to the scratch page. */
void xengt_ggtt_reset(struct xengt_vgpu *vgpu);

/*
 * off: offset from the start of the GGTT half of BAR0. The whole access must
 * lie in this half. The size is at most 8; any alignment is possible.
 */
uint64_t xengt_ggtt_read(const struct xengt_vgpu *vgpu, uint32_t off,
			 uint32_t size);
void xengt_ggtt_write(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		      uint64_t val);
/* Write a whole entry: the same as a write of 8 aligned bytes. */
void xengt_ggtt_store(struct xengt_vgpu *vgpu, uint32_t entry, uint64_t val);

/*
 * xengt_ggtt_attach(): from now on the guest stores the slice's entries to ram
 * without traps; if ram is NULL, the stores trap. xengt_ggtt_detach(): from now
 * on stores to the slice's entries trap. This function returns the RAM that was
 * attached, or NULL.
 */
void xengt_ggtt_attach(struct xengt_ggtt_slice *slice, void *ram);
void *xengt_ggtt_detach(struct xengt_vgpu *vgpu,
			struct xengt_ggtt_slice *slice);
/*
 * Call this when the guest has written GFX_FLSH_CNTL. Sends the entries that
 * changed in the guest's RAM to the hardware.
 */
void xengt_ggtt_sync(struct xengt_vgpu *vgpu);

/*
 * Between xengt_ggtt_begin() and xengt_ggtt_end() neighbouring stores are
 * collected into one call to the hardware, which happens at the latest in
 * xengt_ggtt_end(). At other times each store is one call to the hardware.
 */
void xengt_ggtt_begin(struct xengt_vgpu *vgpu);
void xengt_ggtt_end(struct xengt_vgpu *vgpu);

#endif /* XENGT_GGTT_H */
