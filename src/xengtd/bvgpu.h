/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU as the broker keeps it. The state machine is drawn in vgpu.c. What is done
 * with a vGPU stands in the headers of the files that do it.
 */
#ifndef XENGT_BVGPU_H
#define XENGT_BVGPU_H

#include "common/vgt_request.h"
#include "common/worker_proto.h"
#include "ev.h"
#include "ram.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"

#include <sys/types.h>

struct xengtd;
struct xengt_worker;
struct xengt_script;
struct xengt_qmp;
struct xengt_worker_question;

enum xengt_bvgpu_state {
	XENGT_BVGPU_ASKING,	/* QEMU, which slots it uses */
	XENGT_BVGPU_RESERVING,	/* graphics memory, perhaps waiting for it */
	XENGT_BVGPU_ADDING,	/* hotplug script */
	XENGT_BVGPU_STARTING,	/* worker */
	XENGT_BVGPU_FINDING,	/* worker of an earlier broker */
	XENGT_BVGPU_CONNECTED,
	XENGT_BVGPU_FOREIGN,	/* worker of another version; left alone */
	XENGT_BVGPU_STOPPING,	/* worker */
	XENGT_BVGPU_RETIRING,	/* ioreq server of a dead worker */
	XENGT_BVGPU_REMOVING,	/* hotplug script */
};

struct xengt_bvgpu {
	struct xengt_bvgpu *next;
	struct xengtd *d;
	enum xengt_bvgpu_state state;

	/* What it is for; kept in <run-dir>/vgpu-<domid>.json */
	uint32_t domid;
	uint8_t uuid[16];
	struct xengt_request req;
	uint8_t edid[XENGT_EDID_MAX_BYTES];	/* of the creation */
	uint32_t edid_bytes;		/* 0: the built-in monitor */
	uint8_t slot;
	uint64_t aperture_phys, aperture_bytes;
	struct xengt_vgpu_info info;	/* identity and slices; counters stale */
	bool has_server;
	uint16_t server_id;
	bool has_iomem;
	bool has_aperture;		/* mapped, at aperture_gfn */
	uint64_t aperture_gfn;
	struct xengt_ram ram;
	bool is_script_added;		/* `remove` is due */

	int fd;				/* the vGPU's; -1: none */
	struct xengt_info gpu;		/* of the creation */
	struct xengt_worker *worker;
	struct xengt_script *script;
	struct xengt_qmp *qmp;
	struct xengt_ev_timer timer;	/* bound of the present state */
	/* It is freed, and its domain asks for another one. */
	void (*renew)(struct xengtd *d, uint32_t domid);
	int64_t deadline_msec;
	int tries;

	bool is_accepted;		/* we wrote a state */
	bool is_domain_gone;
	char error[512];		/* why it ends; "": on request */

	/* What the worker asks to have placed: bounded in number by time */
	struct xengt_ev_timer place_timer;
	int64_t place_window_msec;
	unsigned int place_count;
	bool has_place_request;
	struct xengt_wp_msg place_request;

	struct xengt_worker_question *questions;
	uint32_t seq;
};

/* Let cb be called after so many milliseconds, unless v->timer is disarmed. */
static inline void xengt_bvgpu_arm(struct xengt_bvgpu *v, struct xengt_ev *ev,
				   int64_t msec, void (*cb)(void *v))
{
	v->timer.cb = cb;
	v->timer.ctx = v;
	xengt_ev_arm(ev, &v->timer, msec);
}

#endif /* XENGT_BVGPU_H */
