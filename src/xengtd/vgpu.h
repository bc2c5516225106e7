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

/* Somebody waits for an answer of the worker. */
struct xengt_worker_question {
	int fd;				/* goes along; -1: none */
	/* answer: NULL with an error; of the type that was asked for */
	void (*done)(void *ctx, int error, const struct xengt_wp_msg *answer);
	void *ctx;
	/* private */
	struct xengt_bvgpu *vgpu;	/* NULL: not asked */
	struct xengt_worker_question *next;
	struct xengt_ev_timer timer;
	uint32_t seq;
	enum xengt_wp_type wanted;
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

/* ---- vgpu.c ---- */

/* Something at the domain's nodes changed: act on it. */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/* The toolstack wants the domain to have another amount of memory. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/* Some domain ended. */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* At the start: the vGPUs and nodes of an earlier broker. */
int xengt_bvgpu_recover(struct xengtd *d);
/* At the end: forget all; the workers go on. */
void xengt_bvgpu_forget_all(struct xengtd *d);

/* Domains may have been renamed. */
void xengt_bvgpu_refresh_names(struct xengtd *d);
/* By domain id, or by domain name or number; NULL: none. */
struct xengt_bvgpu *xengt_bvgpu_of_domain(struct xengtd *d, uint32_t domid);
struct xengt_bvgpu *xengt_bvgpu_find(struct xengtd *d, const char *text);
/* Of a domain, by name or number, that has no vGPU: why its last one ended, one
 * line, to be freed; NULL: it had none, or it was asked for. */
char *xengt_bvgpu_why_ended(struct xengtd *d, const char *text);
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/*
 * Send msg, a question, to the worker; q->done is called once, later, unless
 * cancelled, with an answer of type 'wanted'. -ENOTCONN: no worker.
 */
int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted);
void xengt_bvgpu_cancel(struct xengt_worker_question *q);

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
