/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU as the broker keeps it. The state machine is drawn in vgpu.c.
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

/* ---- vgpu.c ---- */

/* Something at the domain's nodes changed: act on it. */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/* The toolstack wants the domain to have another amount of memory. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/* Some domain ended. */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* As `xengt-ctl list` calls it. */
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
/* Of the worker; 0: there is none. */
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/* For vgpu_recover.c. A new one, in d's list, all 0 but that fd is -1; NULL: no
 * memory. xengt_bvgpu_forget() frees it. */
struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid);
/* Its device is there: say so. May begin its end. */
void xengt_bvgpu_connected(struct xengt_bvgpu *v);
/* Note the file with the EDID that xenstore names; true: it is another. */
bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v);
/* As in struct xengt_worker_events; ctx is the vGPU. */
void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd);
void xengt_bvgpu_on_worker_ended(void *ctx, int status);

/* ---- vgpu_make.c: the checks, and what is taken and given back ---- */

/* 0, or -errno and v->error says why not. */
int xengt_bvgpu_check_domain(struct xengt_bvgpu *v);
int xengt_bvgpu_read_request(struct xengt_bvgpu *v);
int xengt_bvgpu_read_edid(struct xengt_bvgpu *v);	/* the file req.edid */
/* slots as QEMU says, or NULL if no QEMU runs yet. */
struct xengt_qmp_slots;
int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots);
/* -EAGAIN: not now, but somebody is about to give memory back. */
int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait);
/* The worker asks to have its aperture mapped or not. */
int xengt_bvgpu_map_aperture(struct xengt_bvgpu *v, uint64_t gfn, bool on);
/* Unmap, forbid, close: what is not the ioreq server's. */
void xengt_bvgpu_release(struct xengt_bvgpu *v);

/* ---- persist.c ---- */

int xengt_bvgpu_save(const struct xengt_bvgpu *v);
int xengt_bvgpu_load(struct xengt_bvgpu *v, const char *path);
void xengt_bvgpu_unsave(const struct xengt_bvgpu *v);

#endif /* XENGT_BVGPU_H */
