/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Defines the object of hv_xen.h, for the files that implement it: hv_xen.c
 * (creation, destruction, ranges and interrupts), hv_xen_req.c (requests) and
 * hv_xen_ram.c (the guest's frames).
 */
#ifndef XENGT_HV_XEN_PRIV_H
#define XENGT_HV_XEN_PRIV_H

#include <errno.h>

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xen/hvm/ioreq.h>

#include "hv/hv.h"
#include "hv/hv_xen.h"
#include "hv/hv_xen_map.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define XENGT_XEN_VCPUS_MAX	(XENGT_PAGE_SIZE / sizeof(struct ioreq))
#define XENGT_XEN_RANGES_MAX	256	/* Xen: MAX_NR_IO_RANGES, for each kind */

struct range {
	uint64_t first, last;
};

struct slot {
	evtchn_port_t port;		/* the local port; valid only if
					 * is_bound */
	bool is_bound;
	bool is_taken;			/* next_request took the request, which
					 * is not answered yet */
};

struct hv_xen {
	struct xengt_hv hv;
	uint32_t domid;
	uint16_t server_id;
	bool has_server;		/* the object owns the server and
					 * destroys it at the end */
	bool is_disarmed;
	bool has_mem_type;
	bool was_taken_over;

	xendevicemodel_handle *dmod;
	xenforeignmemory_handle *fmem;
	xenevtchn_handle *evtchn;
	xenforeignmemory_resource_handle *page_res;
	struct ioreq *page;

	uint32_t vcpus;
	uint32_t next_vcpu;		/* vCPU at which the next search for a
					 * request starts, so that all vCPUs are
					 * served equally */
	struct slot slots[XENGT_XEN_VCPUS_MAX];

	struct range ranges[2][XENGT_XEN_RANGES_MAX];	/* index: enum
							 * xengt_range_kind */
	uint32_t range_count[2];

	struct xengt_xen_map map;

	bool has_aperture;		/* the slice, or a piece of it, is mapped
					 * at 'aperture' */
	gfn_t aperture;
	uint32_t slice_frames;
	uint32_t piece_count;		/* number of pieces that are mapped. If it
					 * is 0 and has_aperture is true, the whole
					 * slice is mapped */
	bool pieces[XENGT_PIECES_MAX];
	int (*map_aperture)(void *ctx, gfn_t first, bool on);
	int (*map_piece)(void *ctx, gfn_t first, uint32_t piece, bool on);
	int (*populate)(void *ctx, gfn_t first, uint32_t frames, bool on);
	void *ctx;
};

static inline struct hv_xen *to_xen(const struct xengt_hv *hv)
{
	return (struct hv_xen *)hv;
}

/* Count the call that returned rc; convert -1 and errno to -errno. */
static inline int called(struct hv_xen *x, int rc)
{
	int err = errno;

	if (x->hv.counters)
		x->hv.counters->hypercalls++;
	return rc < 0 ? -err : 0;
}

static inline uint64_t *hypercalls(struct hv_xen *x)
{
	return x->hv.counters ? &x->hv.counters->hypercalls : NULL;
}

/* ---- hv_xen_req.c ---- */

int xengt_xen_req_next(struct xengt_hv *hv, struct xengt_req *ret_req);
int xengt_xen_req_complete(struct xengt_hv *hv, const struct xengt_req *req,
			   uint64_t data);
/*
 * Bind the event channel ports that the ioreq page names. Returns 0; -EBUSY:
 * another process serves the server that should be taken over; or another
 * -errno.
 */
int xengt_xen_req_bind(struct hv_xen *x);
void xengt_xen_req_unbind(struct hv_xen *x);
/*
 * Answer every pending request, so that all vCPUs continue: a read gets
 * all-ones, a write is dropped. Returns the number of requests answered.
 */
uint32_t xengt_xen_req_answer_all(struct hv_xen *x);
/*
 * Wait until each vCPU has taken its answer, but only for a limited time: a
 * vCPU that is paused or whose domain is dying does not take its answer.
 */
void xengt_xen_req_wait_taken(struct hv_xen *x);

/* ---- hv_xen_ram.c: the operations of hv.h for guest memory ---- */

int xengt_xen_ram_invalidate(struct xengt_hv *hv);
int xengt_xen_ram_read(struct xengt_hv *hv, gpa_t addr, void *buf,
		       size_t len_bytes);
int xengt_xen_ram_write(struct xengt_hv *hv, gpa_t addr, const void *buf,
			size_t len_bytes);
int xengt_xen_ram_track_writes(struct xengt_hv *hv, gfn_t first,
			       uint32_t frames, bool on);
int xengt_xen_ram_map_aperture(struct xengt_hv *hv, gfn_t first, bool on);
int xengt_xen_ram_map_piece(struct xengt_hv *hv, gfn_t first, uint32_t piece,
			    bool on);
int xengt_xen_ram_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		       void **ret_addr);
int xengt_xen_ram_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			 void *addr);

#endif /* XENGT_HV_XEN_PRIV_H */
