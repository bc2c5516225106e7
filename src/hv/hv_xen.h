/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements hv.h on real Xen, by one ioreq server of one HVM domain and the
 * stable Xen libraries (devicemodel, foreignmemory, evtchn).
 *
 * Single-threaded; a process has at most one object for each domain. The object
 * needs CAP_SYS_ADMIN only to open its handles. After
 * xentoolcore_restrict_all() the object needs no privilege.
 */
#ifndef XENGT_HV_XEN_H
#define XENGT_HV_XEN_H

#include "hv/hv.h"

struct xengt_hv_xen_config {
	uint32_t domid;
	/*
	 * True: use the ioreq server server_id, which xengt_hv_xen_reserve()
	 * made or a dead process served. Then next_request() also returns
	 * requests that the dead process had taken and not answered. The object
	 * owns the server when the constructor has succeeded. False: make a new
	 * server.
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
	 * The op map_aperture checks its arguments before it calls this
	 * function. NULL: map_aperture returns -ENOTSUP.
	 */
	int (*map_aperture)(void *ctx, gfn_t first, bool on);
	/*
	 * Does for one piece what map_aperture does for the slice. NULL: map_piece
	 * returns -ENOTSUP.
	 */
	int (*map_piece)(void *ctx, gfn_t first, uint32_t piece, bool on);
	uint32_t slice_frames;		/* size of the vGPU's aperture slice */
	/*
	 * The ops 'back' and 'unback' call this function. If on is true, it gives
	 * the domain memory at these frames; otherwise it removes that memory.
	 */
	int (*populate)(void *ctx, gfn_t first, uint32_t frames, bool on);
	void *ctx;
};

/*
 * Returns 0; -ENOSPC: the domain has 8 ioreq servers already; -EBUSY: another
 * process serves server_id (its ports are bound); -E2BIG: the domain has more
 * vCPUs than an ioreq page has slots; -ESRCH, -EINVAL: there is no such domain,
 * or the domain is not HVM. Other errors come from the libraries. On failure
 * nothing stays open or allocated, and a server that cfg names is unchanged.
 */
int xengt_hv_xen_create(const struct xengt_hv_xen_config *cfg,
			struct xengt_hv **ret_hv);

/* A descriptor that polls readable when the guest has made a request. */
int xengt_hv_xen_poll_fd(const struct xengt_hv *hv);
/*
 * Consume all events of the descriptor that xengt_hv_xen_poll_fd() returns;
 * never blocks. Call this when the descriptor is readable; then call
 * next_request() until it returns 0.
 */
void xengt_hv_xen_ack(struct xengt_hv *hv);

uint16_t xengt_hv_xen_server_id(const struct xengt_hv *hv);
uint32_t xengt_hv_xen_vcpus(const struct xengt_hv *hv);

/*
 * The following two functions are for the broker. Each of these functions opens
 * its own handles, which are not restricted.
 *
 * xengt_hv_xen_reserve() makes a server that is not enabled yet, so that the
 * broker can record the server's id before anything depends on the server.
 * xengt_hv_xen_retire() ends a server whose process is dead and has no
 * successor: the function removes the server's ranges, disables the server,
 * answers every request in flight (a read gets all-ones, a write is dropped),
 * and destroys the server. Returns 0, also if the server or the domain does not
 * exist; -EBUSY: another process serves the server, and nothing was done. On
 * any other error the server may still exist, and the call can be repeated.
 */
int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id);
int xengt_hv_xen_retire(uint32_t domid, uint16_t server_id,
			uint32_t *ret_answered);

#endif /* XENGT_HV_XEN_H */
