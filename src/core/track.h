/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which guest pages are protected against stores (HVMMEM_ioreq_server): the one
 * place that asks the hypervisor for it. Xen gives that type to one ioreq
 * server of a domain, and does not count; users here do.
 */
#ifndef XENGT_TRACK_H
#define XENGT_TRACK_H

#include "xengt/types.h"

struct xengt_vgpu;

struct xengt_tracked {
	uint64_t gfn;
	uint32_t users;			/* 0: a free slot */
};

struct xengt_track {
	struct xengt_tracked *slots;	/* by hash of gfn, linear probing */
	uint32_t capacity;		/* 0, or a power of two */
	uint32_t count;
};

/*
 * One more user wants stores to the page sent to us. -ENOMEM, or what the
 * hypervisor said (-EINVAL: it is no plain RAM): then stores go unseen, and the
 * caller must compare.
 */
int xengt_track_get(struct xengt_vgpu *vgpu, gfn_t page);
/* One user less; the last one ends the protection, at once. */
void xengt_track_put(struct xengt_vgpu *vgpu, gfn_t page);
bool xengt_track_is_on(const struct xengt_vgpu *vgpu, gfn_t page);
/* Frees memory; nothing is protected any more. */
void xengt_track_fini(struct xengt_vgpu *vgpu);

#endif /* XENGT_TRACK_H */
