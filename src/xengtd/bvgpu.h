/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's record of one vGPU. A diagram of its states is in vgpu.c. The functions
 * that work on the record are in the headers of the files that define them.
 */
#ifndef XENGT_BVGPU_H
#define XENGT_BVGPU_H

#include "common/vgt_request.h"
#include "common/worker_proto.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"
#include "xengt/limits.h"
#include "xengtd/ev.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct xengtd;
struct xengt_worker;
struct xengt_script;
struct xengt_qmp;
struct xengt_worker_question;

enum xengt_bvgpu_state {
	XENGT_BVGPU_ASKING,	/* asks QEMU which PCI slots are used */
	XENGT_BVGPU_RESERVING,	/* reserves graphics memory, or waits until
				 * enough of it is free */
	XENGT_BVGPU_ADDING,	/* runs the hotplug script with `add` */
	XENGT_BVGPU_STARTING,	/* starts the worker */
	XENGT_BVGPU_FINDING,	/* connects to the worker of an earlier
				 * broker */
	XENGT_BVGPU_CONNECTED,
	XENGT_BVGPU_FOREIGN,	/* the worker has another version; the broker sends it
				 * no messages */
	XENGT_BVGPU_STOPPING,	/* waits until the worker has ended */
	XENGT_BVGPU_RETIRING,	/* releases the vGPU's resources */
	XENGT_BVGPU_HELD,	/* a resource could not be released: see the
				 * member 'held' */
	XENGT_BVGPU_REMOVING,	/* runs the hotplug script with `remove` */
};

#define XENGT_RAM_RANGES	8

struct xengt_ram_range {
	uint64_t gfn;
	uint32_t frames;
};

/*
 * A memory limit of the domain, and how many of its pages are for RAM behind
 * the vGPU's BARs.
 */
struct xengt_ram_limit {
	uint64_t pages;
	uint32_t ours;			/* number of these pages for RAM behind BARs */
};

/*
 * The RAM that the broker gave the domain behind the vGPU's BARs. The broker cannot
 * change Xen's memory limit and its own record at the same moment. So the broker writes
 * the record first, with two limits: the limit before the change and the limit after the
 * change. If Xen's limit is neither of these two, the toolstack has set Xen's limit,
 * without pages for the vGPU. (If the toolstack sets one of the two values by chance, the
 * broker believes that the limit includes pages for the vGPU. Then the domain has fewer
 * pages than it could have, never more.)
 */
struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	struct xengt_ram_limit limit;	/* the limit that the broker set last,
					 * or is setting */
	struct xengt_ram_limit before;	/* the limit before 'limit'. If
					 * before.pages is 0, Xen has 'limit'
					 * already */
	bool is_watched;		/* the broker watches the domain's
					 * memory target */
};

struct xengt_bvgpu {
	struct xengt_bvgpu *next;
	struct xengtd *d;
	enum xengt_bvgpu_state state;

	/* The request for this vGPU; saved in <run-dir>/vgpu-<domid>.json */
	uint32_t domid;
	uint8_t uuid[16];
	struct xengt_request req;
	uint8_t edid[XENGT_EDID_MAX_BYTES];	/* the EDID with which the vGPU was made */
	uint32_t edid_bytes;		/* 0: the built-in monitor */
	char log_name[XENGT_REQUEST_NAME_MAX];	/* the domain's name when the worker
						 * started; the name of the worker's log
						 * file contains this name */
	uint8_t slot;
	uint64_t aperture_phys, aperture_bytes;
	struct xengt_vgpu_info info;	/* identity and slices. The counters in this
					 * struct are not up to date */
	bool has_server;
	uint16_t server_id;
	bool has_iomem;			/* the domain may have the permission to map
					 * the slice */
	bool has_aperture;		/* the slice, or a part of it, may be mapped
					 * at aperture_gfn */
	uint64_t aperture_gfn;
	/*
	 * piece_count: the number of pieces that may be mapped. If it is 0 and
	 * has_aperture is true, the whole slice may be mapped
	 */
	uint32_t piece_count;
	bool pieces[XENGT_PIECES_MAX];
	struct xengt_ram ram;
	bool is_script_added;		/* the hotplug script ran with `add`, so it must
					 * still run with `remove` */

	int fd;				/* the broker's copy of the vGPU's fd;
					 * -1: none */
	bool is_zapped;			/* the module has zapped this vGPU */
	struct xengt_info gpu;		/* the GPU's description at the time of
					 * the vGPU's creation */
	struct xengt_worker *worker;
	struct xengt_script *script;
	struct xengt_qmp *qmp;
	struct xengt_ev_timer timer;	/* time limit of the current state */
	/*
	 * The broker calls renew() when it frees this vGPU and the domain has a new
	 * request in xenstore.
	 */
	void (*renew)(struct xengtd *d, uint32_t domid);
	int64_t deadline_msec;
	int tries;

	bool is_accepted;		/* the broker has answered the request in
					 * xenstore */
	bool is_domain_gone;
	bool is_unread;			/* this broker cannot read an earlier broker's
					 * record: it knows only domid and worker */
	char error[512];		/* why the vGPU ended; "": because a
					 * request in xenstore or the end of the
					 * domain required the vGPU's end */
	char held[256];			/* the resource that could not be released, and
					 * the reason; "": none */

	/*
	 * place_spent_usec: the time that the broker has spent on the worker's
	 * requests to place aperture or RAM, minus the worker's share of the time
	 * since the first of these requests
	 */
	struct xengt_ev_timer place_timer;
	int64_t place_spent_usec;
	int64_t place_seen_usec;	/* the time up to which the worker's share has
					 * been subtracted from place_spent_usec */
	bool has_place_request;
	struct xengt_wp_msg place_request;
	uint32_t pieces_left;		/* how many pieces the worker was allowed to
					 * map at the time pieces_usec */
	int64_t pieces_usec;		/* 0: the worker has not requested a piece yet */

	/*
	 * for each counter of counters.h: how often the guest exceeded the counter's
	 * limit, since the start of this broker process at the earliest
	 */
	struct xengt_bvgpu_abuse {
		uint64_t trips;		/* number of the worker's messages ABUSE
					 * about this counter */
		uint64_t events;	/* number of events in these messages */
		int64_t line_msec;	/* when the last log line about this
					 * counter was written */
		bool has_line;
	} abuse[XENGT_COUNTERS_ALL];

	struct xengt_worker_question *questions;
	uint32_t seq;
};

/* Returns the domain's uuid, or NULL if the broker does not know the uuid. */
static inline const uint8_t *xengt_bvgpu_uuid(const struct xengt_bvgpu *v)
{
	return v->is_unread ? NULL : v->uuid;
}

/* Call cb after msec milliseconds, unless v->timer is disarmed in this time. */
static inline void xengt_bvgpu_arm(struct xengt_bvgpu *v, struct xengt_ev *ev,
				   int64_t msec, void (*cb)(void *v))
{
	v->timer.cb = cb;
	v->timer.ctx = v;
	xengt_ev_arm(ev, &v->timer, msec);
}

#endif /* XENGT_BVGPU_H */
