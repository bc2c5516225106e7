/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's view of the GGTT, and carrying its stores to the hardware. */
#ifndef XENGT_GGTT_H
#define XENGT_GGTT_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_GGTT_PRESENT	0x1ull
/* 8 MiB of entries: 4 GiB of graphics addresses. */
#define XENGT_GGTT_ENTRIES	(1u << 20)

struct xengt_ggtt_slice {
	uint32_t first;		/* graphics page */
	uint32_t count;
	uint32_t plain;		/* count, or 0 if there is ram */
	uint64_t *view;		/* entries as the guest wrote them */
	/* the guest's RAM that it writes them to, without us; or NULL */
	volatile uint64_t *ram;
};

struct xengt_ggtt {
	struct xengt_ggtt_slice low, high;
	/* between begin and end: entries of one slice that the hardware has
	 * not been told of */
	bool is_collecting;
	const struct xengt_ggtt_slice *dirty;
	uint32_t dirty_first;
	uint32_t dirty_count;
	uint32_t scratched;	/* of the last call, as the hardware said */
};

int xengt_ggtt_init(struct xengt_vgpu *vgpu);
void xengt_ggtt_fini(struct xengt_vgpu *vgpu);
/* All entries of the slices to scratch. */
void xengt_ggtt_reset(struct xengt_vgpu *vgpu);

/* off in the GGTT half of BAR0; any size up to 8, any alignment, inside it. */
uint64_t xengt_ggtt_read(const struct xengt_vgpu *vgpu, uint32_t off,
			 uint32_t size);
void xengt_ggtt_write(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		      uint64_t val);
/* A whole entry at once: the same as 8 aligned bytes. */
void xengt_ggtt_store(struct xengt_vgpu *vgpu, uint32_t entry, uint64_t val);

/*
 * The slice's entries are RAM of the guest from now on, or no more; ram may be
 * NULL. detach gives it back.
 */
void xengt_ggtt_attach(struct xengt_ggtt_slice *slice, void *ram);
void *xengt_ggtt_detach(struct xengt_vgpu *vgpu,
			struct xengt_ggtt_slice *slice);
/* Carry what changed in that RAM to the hardware: the guest flushed, so that
 * its stores count. */
void xengt_ggtt_sync(struct xengt_vgpu *vgpu);

/*
 * The hardware is told of a store at once, or, for stores between these two, of
 * as many as possible with one call, at the latest at the end.
 */
void xengt_ggtt_begin(struct xengt_vgpu *vgpu);
void xengt_ggtt_end(struct xengt_vgpu *vgpu);

#endif /* XENGT_GGTT_H */
