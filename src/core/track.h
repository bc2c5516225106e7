/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the list of guest pages that are protected against stores (type
 * HVMMEM_ioreq_server). Only this part of the core asks the hypervisor to
 * protect a page. Xen lets one ioreq server of a domain use that page type, and
 * does not count the users of a page, so this part counts them.
 */
#ifndef XENGT_TRACK_H
#define XENGT_TRACK_H

#include "xengt/types.h"

struct xengt_req;
struct xengt_vgpu;

#define XENGT_TRACK_VCPUS	128	/* an HVM domain has at most this many
					 * vCPUs */
#define XENGT_TRACK_NOWHERE	UINT64_MAX

struct xengt_tracked {
	uint64_t gfn;
	uint32_t users;
	bool lingers;			/* the page has no users but is still
					 * protected */
};

/*
 * The last request of one vCPU. gfn: the page to which this request stored;
 * XENGT_TRACK_NOWHERE if Xen has certainly finished that store. since_ns: the
 * time of this request, or the time when the page began to linger (see below),
 * whichever is later.
 */
struct xengt_track_vcpu {
	uint64_t gfn;
	uint64_t since_ns;		/* valid only while a page lingers */
};

/*
 * A page lingers if its last user was removed while a vCPU may be in the middle
 * of a store to the page: the page then stays protected until that store is
 * finished. The page must stay protected because Xen emulates the instruction a
 * second time when the worker's answer arrives. If the page has changed its
 * type by then, Xen takes another path, keeps the answer for the vCPU's next
 * access, and crashes the domain because the answer does not fit
 * (hvmemul_do_io() in xen/arch/x86/hvm/emulate.c). A store counts as finished
 * when its vCPU makes another request, or when a fixed time has passed since
 * the answer.
 */
struct xengt_track {
	struct xengt_tracked *slots;	/* hash table by gfn, linear probing */
	uint32_t capacity;		/* size of the table: 0, or a power of
					 * two */
	uint32_t count;			/* number of pages with users */
	uint32_t own;			/* number of pages with users that are
					 * RAM behind BAR0 */
	uint32_t lingering;
	struct xengt_track_vcpu vcpus[XENGT_TRACK_VCPUS];
};

void xengt_track_init(struct xengt_vgpu *vgpu);

/*
 * Add a user of the page: stores to the page trap from now on. Returns 0,
 * -ENOMEM, or the hypervisor's error (-EINVAL: the page is not plain RAM).
 * After an error, stores do not trap, and the caller must find changes by
 * comparing the page's content.
 */
int xengt_track_get(struct xengt_vgpu *vgpu, gfn_t page);
/*
 * Remove a user of the page. If no user is left, the protection ends: at once,
 * or, if a vCPU may be in the middle of a store to the page, when that store is
 * finished.
 */
void xengt_track_put(struct xengt_vgpu *vgpu, gfn_t page);
/* Does the page have users? */
bool xengt_track_is_on(const struct xengt_vgpu *vgpu, gfn_t page);

/* Call this for each request, before it is carried out. */
void xengt_track_request(struct xengt_vgpu *vgpu, const struct xengt_req *req);
/*
 * Call this if the present request is a store to a page that is no longer
 * protected: the protection ended while the store was under way. Protects the
 * page again until that store is finished, so that Xen does not crash the
 * domain (see above).
 */
void xengt_track_late_store(struct xengt_vgpu *vgpu, gfn_t page);
/*
 * Returns the time at which xengt_track_tick() is due, in the clock of hv's
 * now_ns; UINT64_MAX: no tick is due.
 */
uint64_t xengt_track_deadline(const struct xengt_vgpu *vgpu);
void xengt_track_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);
/* Ends the protection of all pages and frees memory. */
void xengt_track_fini(struct xengt_vgpu *vgpu);

#endif /* XENGT_TRACK_H */
