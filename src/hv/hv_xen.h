/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv.h on the real thing: one ioreq server of one HVM domain, by the stable
 * Xen libraries (devicemodel, foreignmemory, evtchn).
 *
 * Single-threaded; one object a domain and process. Needs CAP_SYS_ADMIN only
 * to open its handles, nothing after xentoolcore_restrict_all().
 */
#ifndef XENGT_HV_XEN_H
#define XENGT_HV_XEN_H

#include "hv/hv.h"

struct xengt_hv_xen_config {
	uint32_t domid;
	/*
	 * Use this ioreq server instead of making one: it was made by
	 * xengt_hv_xen_reserve(), or served by a process that died. Requests
	 * that its predecessor had taken and not answered are handed out again.
	 * The object owns the server once the constructor succeeded.
	 */
	bool has_server;
	uint16_t server_id;
	/*
	 * Cut every open handle of the Xen libraries of this process down to
	 * the domain, after opening ours and before the first use of them.
	 */
	bool restrict_handles;
	/*
	 * Does map_aperture's work, which a restricted process cannot do; what
	 * can be refused is refused before. NULL: map_aperture answers -ENOTSUP.
	 */
	int (*map_aperture)(void *ctx, gfn_t first, bool on);
	uint32_t slice_frames;		/* of the vGPU's aperture slice */
	/* The same for back and unback: give the domain memory there, or take
	 * it. */
	int (*populate)(void *ctx, gfn_t first, uint32_t frames, bool on);
	void *ctx;
};

/*
 * -ENOSPC: the domain has 8 ioreq servers already; -EBUSY: somebody serves
 * server_id (its ports are bound); -E2BIG: more vCPUs than slots; -ESRCH,
 * -EINVAL: no such domain, or no HVM; else what the libraries said. On failure
 * nothing is left, except that a server that was given stays as it was.
 */
int xengt_hv_xen_create(const struct xengt_hv_xen_config *cfg,
			struct xengt_hv **ret_hv);

/* Polls readable when the guest has asked for something. */
int xengt_hv_xen_poll_fd(const struct xengt_hv *hv);
/*
 * Take all events off that descriptor; never blocks. Call it when the
 * descriptor is readable, before next_request(), and go on until that says 0.
 */
void xengt_hv_xen_ack(struct xengt_hv *hv);

uint16_t xengt_hv_xen_server_id(const struct xengt_hv *hv);
uint32_t xengt_hv_xen_vcpus(const struct xengt_hv *hv);

/*
 * For the broker, with handles of its own that are not restricted.
 *
 * reserve: make a server that is not enabled yet (so its number can be written
 * down before anybody depends on it).
 * retire: the process that served it is dead and has no successor. Disarm it,
 * answer every request in flight (reads all-ones, writes dropped), destroy it.
 * 0 also if the server or the domain does not exist; -EBUSY: somebody serves
 * it, nothing was done.
 */
int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id);
int xengt_hv_xen_retire(uint32_t domid, uint16_t server_id,
			uint32_t *ret_answered);

#endif /* XENGT_HV_XEN_H */
