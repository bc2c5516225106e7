/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which guest pages are protected against stores (HVMMEM_ioreq_server): the one
 * place that asks the hypervisor for it. Xen gives that type to one ioreq
 * server of a domain, and does not count; users here do.
 */
#ifndef XENGT_TRACK_H
#define XENGT_TRACK_H

#include "xengt/types.h"

struct xengt_req;
struct xengt_vgpu;

#define XENGT_TRACK_VCPUS	128	/* as many as an HVM domain has */
#define XENGT_TRACK_NOWHERE	UINT64_MAX

struct xengt_tracked {
	uint64_t gfn;
	uint32_t users;
	bool lingers;			/* no users, and protected still */
};

/* The page that a vCPU's last request stored to, and since when it may be over:
 * XENGT_TRACK_NOWHERE once it certainly is. */
struct xengt_track_vcpu {
	uint64_t gfn;
	uint64_t since_ns;		/* good while a page lingers */
};

/*
 * A page whose last user goes while a vCPU may be in the middle of a store to it
 * stays protected until that is over. Xen carries out the instruction once more
 * when the answer arrives, and if the page has changed its type by then, takes
 * another way, keeps the answer for the next access, and crashes the domain over
 * it (hvmemul_do_io() in xen/arch/x86/hvm/emulate.c). A store is over when its
 * vCPU asks for something else, or some time after the answer.
 */
struct xengt_track {
	struct xengt_tracked *slots;	/* by hash of gfn, linear probing */
	uint32_t capacity;		/* 0, or a power of two */
	uint32_t count;			/* with users */
	uint32_t own;			/* of those, RAM that we put there */
	uint32_t lingering;
	struct xengt_track_vcpu vcpus[XENGT_TRACK_VCPUS];
};

void xengt_track_init(struct xengt_vgpu *vgpu);

/*
 * One more user wants stores to the page sent to us. -ENOMEM, or what the
 * hypervisor said (-EINVAL: it is no plain RAM): then stores go unseen, and the
 * caller must compare.
 */
int xengt_track_get(struct xengt_vgpu *vgpu, gfn_t page);
/* One user less; the last one ends the protection, at once if nobody is in the
 * middle of a store. */
void xengt_track_put(struct xengt_vgpu *vgpu, gfn_t page);
/* Has it users? */
bool xengt_track_is_on(const struct xengt_vgpu *vgpu, gfn_t page);

/* Told of each request before it is carried out. */
void xengt_track_request(struct xengt_vgpu *vgpu, const struct xengt_req *req);
/*
 * A store of the request being carried out came for a page that is not
 * protected: its protection ended while the store was on its way. For Xen's
 * sake it gets it back until that store is over.
 */
void xengt_track_late_store(struct xengt_vgpu *vgpu, gfn_t page);
/* When xengt_track_tick() is wanted, in hv's clock; UINT64_MAX: not now. */
uint64_t xengt_track_deadline(const struct xengt_vgpu *vgpu);
void xengt_track_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);
/* Frees memory; nothing is protected any more. */
void xengt_track_fini(struct xengt_vgpu *vgpu);

#endif /* XENGT_TRACK_H */
