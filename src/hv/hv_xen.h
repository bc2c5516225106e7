/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv.h on real Xen: one ioreq server of one HVM domain, by the stable Xen
 * libraries (devicemodel, foreignmemory, evtchn).
 *
 * Single-threaded; each process has one object for a domain. The object needs
 * CAP_SYS_ADMIN only to open its handles, and no privilege after
 * xentoolcore_restrict_all().
 */
#ifndef XENGT_HV_XEN_H
#define XENGT_HV_XEN_H

#include "hv/hv.h"

struct xengt_hv_xen_config {
	uint32_t domid;
	/*
	 * Use the ioreq server server_id instead of making one:
	 * xengt_hv_xen_reserve() made it, or a process that died served it.
	 * next_request() also returns requests that the dead process had taken
	 * and not answered. The object owns the server once the constructor has
	 * succeeded.
	 */
	bool has_server;
	uint16_t server_id;
	/*
	 * Restrict every open handle of the Xen libraries in this process to
	 * the domain, after opening the handles and before their first use.
	 */
	bool restrict_handles;
	/*
	 * Maps or unmaps the aperture, which a restricted process cannot do.
	 * map_aperture checks its arguments before it calls this. NULL:
	 * map_aperture returns -ENOTSUP.
	 */
	int (*map_aperture)(void *ctx, gfn_t first, bool on);
	uint32_t slice_frames;		/* size of the vGPU's aperture slice */
	/*
	 * Does the work of back and unback: gives the domain memory at these
	 * frames, or takes it.
	 */
	int (*populate)(void *ctx, gfn_t first, uint32_t frames, bool on);
	void *ctx;
};

/*
 * -ENOSPC: the domain has 8 ioreq servers already; -EBUSY: another process
 * serves server_id (its ports are bound); -E2BIG: more vCPUs than slots;
 * -ESRCH, -EINVAL: no such domain, or it is not HVM. Other errors come from the
 * libraries. On failure nothing is left; a server that cfg named stays as it
 * was.
 */
int xengt_hv_xen_create(const struct xengt_hv_xen_config *cfg,
			struct xengt_hv **ret_hv);

/* The descriptor that polls readable when the guest has made a request. */
int xengt_hv_xen_poll_fd(const struct xengt_hv *hv);
/*
 * Take all events off the descriptor of poll_fd; never blocks. Call this when
 * the descriptor is readable; then call next_request() until it returns 0.
 */
void xengt_hv_xen_ack(struct xengt_hv *hv);

uint16_t xengt_hv_xen_server_id(const struct xengt_hv *hv);
uint32_t xengt_hv_xen_vcpus(const struct xengt_hv *hv);

/*
 * These two functions are for the broker; each opens handles of its own, which
 * are not restricted.
 *
 * reserve: make a server that is not enabled yet, so that its number can be
 * recorded before anything depends on it. retire: end a server whose process is
 * dead and has no successor: disarm it, answer every request in flight (reads
 * all-ones, writes dropped), destroy it. 0 also if the server or the domain
 * does not exist; -EBUSY: another process serves it, nothing was done. On any other
 * error the server may be there, and the call can be repeated.
 */
int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id);
int xengt_hv_xen_retire(uint32_t domid, uint16_t server_id,
			uint32_t *ret_answered);

#endif /* XENGT_HV_XEN_H */
