/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine of one vGPU in the broker.
 *
 *            state=1 in xenstore: checks of the domain and the request
 *                 |
 *   a QEMU runs?  v
 *      yes --> ASKING --slots--> RESERVING <--0.25 s-- memory of a dying
 *      no ---------------------->   |   '------------> predecessor (20 s)
 *                                   v  state=2
 *                                ADDING --hotplug script (10 s)--+
 *                                                                v
 *   FINDING (an earlier broker's worker) --> FOREIGN         STARTING
 *      |  STATE                                   READY (10 s) |
 *      +-------------------> CONNECTED <-----------------------+
 *                            state=4
 *
 *   From every state, by stop(): the wish (state=5, nodes removed), the
 *   domain's end, a failure, or the worker's death
 *
 *      worker lives --> STOPPING --QUIT, ended (8 s, then killed)--+
 *      none, or dead ----------------------------------------------+
 *                                                                  v
 *   zap, then RETIRING: answer what the dead left, destroy the ioreq server
 *   (again every 0.5 s, if Xen refuses) --> unmap, forbid, close
 *      --> REMOVING: hotplug script (10 s) --> state=6, or nodes removed when
 *          the domain is gone --> freed
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "common/text.h"
#include "common/worker_questions.h"
#include "domctl.h"
#include "gpudev.h"
#include "hv/hv_xen.h"
#include "qmp.h"
#include "script.h"
#include "store.h"
#include "vgpu.h"
#include "worker.h"
#include "xengt/log.h"
#include "xengtd.h"

#define MEMORY_WAIT_MSEC	20000
#define MEMORY_POLL_MSEC	250
#define START_MSEC		10000
#define FIND_TRIES		15
#define FIND_POLL_MSEC		200
#define FIND_ANSWER_MSEC	8000	/* it may wait for us, in the core */
#define RETIRE_TRIES		20
#define RETIRE_POLL_MSEC	500
#define QUESTION_MSEC		3000
#define PLACE_WINDOW_MSEC	1000
#define PLACE_MAX		40	/* of any kind, in such a window */

static void advance_reserving(struct xengt_bvgpu *v);
static void retire(struct xengt_bvgpu *v);
static void on_find_timer(struct xengt_bvgpu *v);

static const char *const state_names[] = {
	[XENGT_BVGPU_ASKING] = "asking",
	[XENGT_BVGPU_RESERVING] = "reserving",
	[XENGT_BVGPU_ADDING] = "hotplug",
	[XENGT_BVGPU_STARTING] = "starting",
	[XENGT_BVGPU_FINDING] = "recovering",
	[XENGT_BVGPU_CONNECTED] = "connected",
	[XENGT_BVGPU_FOREIGN] = "foreign",
	[XENGT_BVGPU_STOPPING] = "stopping",
	[XENGT_BVGPU_RETIRING] = "stopping",
	[XENGT_BVGPU_REMOVING] = "stopping",
};

const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v)
{
	return state_names[v->state];
}

pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v)
{
	return v->worker ? xengt_worker_pid(v->worker) : 0;
}

struct xengt_bvgpu *xengt_bvgpu_of_domain(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = d->vgpus;

	while (v && v->domid != domid)
		v = v->next;
	return v;
}

void xengt_bvgpu_refresh_names(struct xengtd *d)
{
	for (struct xengt_bvgpu *v = d->vgpus; v; v = v->next) {
		char *name = xengt_store_domain_name(d->store, v->domid);

		if (name && *name)
			snprintf(v->req.domain, sizeof(v->req.domain), "%s",
				 name);
		free(name);
	}
}

struct xengt_bvgpu *xengt_bvgpu_find(struct xengtd *d, const char *text)
{
	uint64_t domid;

	/* A name wins: a domain may be called "7". */
	for (struct xengt_bvgpu *v = d->vgpus; v; v = v->next)
		if (!strcmp(v->req.domain, text))
			return v;
	if (xengt_text_number(text, 0x7fef, &domid) < 0)
		return NULL;
	return xengt_bvgpu_of_domain(d, domid);
}

static bool is_domain(struct xengtd *d, uint32_t domid, const char *text)
{
	char *name = xengt_store_domain_name(d->store, domid);
	bool is_it = name && !strcmp(name, text);
	uint64_t number;

	free(name);
	return is_it || (xengt_text_number(text, 0x7fef, &number) == 0 &&
			 number == domid);
}

char *xengt_bvgpu_why_ended(struct xengtd *d, const char *text)
{
	unsigned int count;
	uint32_t *domids;
	char *why = NULL;

	if (xengt_store_list(d->store, &domids, &count) < 0)
		return NULL;
	for (unsigned int i = 0; i < count && !why; i++)
		if (is_domain(d, domids[i], text) &&
		    xengt_store_state(d->store, domids[i]) ==
			    XENGT_STORE_CLOSED)
			why = xengt_store_read(d->store, domids[i], "error");
	free(domids);
	if (why)
		xengt_text_clean(why);
	return why;
}

/* ---- the end ---- */

static void fail_questions(struct xengt_bvgpu *v, int error)
{
	while (v->questions) {
		struct xengt_worker_question *q = v->questions;

		xengt_bvgpu_cancel(q);
		q->done(q->ctx, error, NULL);
	}
}

static void forget(struct xengt_bvgpu *v)
{
	struct xengt_bvgpu **p = &v->d->vgpus;

	while (*p && *p != v)
		p = &(*p)->next;
	if (*p)
		*p = v->next;
	fail_questions(v, -ENOTCONN);
	xengt_ev_disarm(v->d->ev, &v->timer);
	xengt_ev_disarm(v->d->ev, &v->place_timer);
	xengt_qmp_cancel(v->qmp);
	xengt_script_cancel(v->script);
	xengt_worker_free(v->worker);
	if (v->fd >= 0)
		close(v->fd);
	free(v);
}

void xengt_bvgpu_forget_all(struct xengtd *d)
{
	while (d->vgpus)
		forget(d->vgpus);
}

static void finish(struct xengt_bvgpu *v)
{
	struct xengtd *d = v->d;
	uint32_t domid = v->domid;
	char path[256];
	int r = 0;

	xengt_bvgpu_unsave(v);
	xengt_worker_socket_path(d, domid, path, sizeof(path));
	unlink(path);
	if (v->is_domain_gone)
		xengt_store_remove(d->store, domid);
	else
		r = xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				       v->error, NULL, v->is_accepted);
	xengt_info("domain %u (%s): no vGPU any more", domid, v->req.domain);
	forget(v);
	/* A new request came while the old vGPU went. */
	if (r == -EEXIST)
		xengt_bvgpu_look(d, domid);
}

static void on_script_removed(void *ctx, const char *error)
{
	struct xengt_bvgpu *v = ctx;

	v->script = NULL;
	if (error)
		xengt_warn("domain %u: %s", v->domid, error);
	finish(v);
}

static void remove_script(struct xengt_bvgpu *v)
{
	int r;

	v->state = XENGT_BVGPU_REMOVING;
	if (!v->is_script_added || !*v->d->opt.hotplug_script) {
		finish(v);
		return;
	}
	v->is_script_added = false;
	r = xengt_script_start(v->d, v->domid, "remove", on_script_removed, v,
			       &v->script);
	if (r < 0) {
		xengt_warn("domain %u: cannot run %s: %s", v->domid,
			   v->d->opt.hotplug_script, strerror(-r));
		finish(v);
	}
}

/* The worker is no more. Its GPU first, then its guest, then the rest. */
static void settle(struct xengt_bvgpu *v)
{
	if (v->fd >= 0)
		xengt_gpudev_zap(v->fd);
	v->state = XENGT_BVGPU_RETIRING;
	v->tries = 0;
	retire(v);
}

static void retire(struct xengt_bvgpu *v)
{
	uint32_t answered = 0;
	int r = 0;

	if (v->has_server)
		r = xengt_hv_xen_retire(v->domid, v->server_id, &answered);
	if (r < 0 && !v->is_domain_gone && ++v->tries < RETIRE_TRIES) {
		xengt_ev_arm(v->d->ev, &v->timer, RETIRE_POLL_MSEC);
		return;
	}
	if (r < 0 && !v->is_domain_gone)
		xengt_err("domain %u: its ioreq server %u stays: %s; the domain may hang and has to be destroyed",
			  v->domid, v->server_id, strerror(-r));
	if (answered)
		xengt_info("domain %u: answered %u requests that its vGPU's process left behind",
			   v->domid, answered);
	v->has_server = false;
	xengt_bvgpu_release(v);
	remove_script(v);
}

/*
 * From any state; error (printf) is why, or NULL if it was asked for. Later
 * calls change nothing, but that the domain is gone is learned.
 */
__attribute__((format(printf, 2, 3)))
static void stop(struct xengt_bvgpu *v, const char *error, ...)
{
	va_list args;

	if (v->state >= XENGT_BVGPU_STOPPING)
		return;
	if (error) {
		va_start(args, error);
		vsnprintf(v->error, sizeof(v->error), error, args);
		va_end(args);
		xengt_err("domain %u (%s): %s", v->domid, v->req.domain,
			  v->error);
	}
	v->state = XENGT_BVGPU_STOPPING;
	xengt_ev_disarm(v->d->ev, &v->timer);
	xengt_qmp_cancel(v->qmp);
	v->qmp = NULL;
	xengt_script_cancel(v->script);
	v->script = NULL;
	if (v->worker)
		xengt_worker_quit(v->worker);
	else
		settle(v);
}

/* For the reason that vgpu_make.c left in v->error. */
static void stop_refused(struct xengt_bvgpu *v)
{
	char error[sizeof(v->error)];

	memcpy(error, v->error, sizeof(error));
	stop(v, "%s", error);
}

/* ---- the worker ---- */

static void run_place_request(struct xengt_bvgpu *v)
{
	const struct xengt_wp_msg *msg = &v->place_request;
	const struct xengt_wp_place *place = &msg->u.place;
	int r;

	v->has_place_request = false;
	if (!v->worker)
		return;
	r = place->what == XENGT_WP_PLACE_RAM ?
		xengt_ram_place(v, place->gfn, place->frames, place->on) :
		xengt_bvgpu_map_aperture(v, place->gfn, place->on);
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR,
				      "domain %u: %s %s at gfn 0x%llx: %s",
				      v->domid, place->on ? "placing" : "removing",
				      place->what == XENGT_WP_PLACE_RAM ?
					      "RAM" : "the aperture",
				      (unsigned long long)place->gfn,
				      strerror(-r));
	xengt_worker_send(v->worker, XENGT_WP_PLACED, msg->seq, r);
}

static void on_place_timer(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	if (!v->has_place_request)
		return;
	v->place_window_msec = xengt_ev_now_msec();
	v->place_count = 1;
	run_place_request(v);
}

/* A guest that moves its BAR in a loop must not keep us from the others. */
static void handle_place(struct xengt_bvgpu *v,
			    const struct xengt_wp_msg *msg)
{
	int64_t now = xengt_ev_now_msec();
	int64_t age = now - v->place_window_msec;

	if (v->has_place_request) {
		xengt_err("domain %u: its vGPU's process does not wait for answers: killed",
			  v->domid);
		xengt_worker_kill(v->worker);
		return;
	}
	v->place_request = *msg;
	v->has_place_request = true;
	if (age >= PLACE_WINDOW_MSEC) {
		v->place_window_msec = now;
		v->place_count = 0;
		age = 0;
	}
	if (++v->place_count <= PLACE_MAX)
		run_place_request(v);
	else
		xengt_ev_arm(v->d->ev, &v->place_timer,
			     PLACE_WINDOW_MSEC - age);
}

static void connected(struct xengt_bvgpu *v)
{
	int r;

	xengt_ev_disarm(v->d->ev, &v->timer);
	v->state = XENGT_BVGPU_CONNECTED;
	r = xengt_store_update(v->d->store, v->domid, XENGT_STORE_CONNECTED,
			       NULL, NULL, false);
	if (r == -ENOENT || r == -EBUSY) {
		stop(v, NULL);
		return;
	}
	if (r < 0) {
		stop(v, "cannot write to xenstore: %s", strerror(-r));
		return;
	}
	xengt_info("domain %u (%s): vGPU %u at 00:%02x.0, process %d",
		   v->domid, v->req.domain, v->info.vgpu_id, v->slot,
		   (int)xengt_bvgpu_pid(v));
}

/* What the worker of an earlier broker says it has. */
static int check_found(struct xengt_bvgpu *v, const struct xengt_wp_state *st,
		       int fd)
{
	struct xengt_vgpu_info info;

	if (fd < 0 || st->domid != v->domid || !v->has_server ||
	    st->server_id != v->server_id)
		return -EPROTO;
	if (xengt_gpudev_vgpu_info(fd, &info) < 0 || info.domid != v->domid ||
	    info.vgpu_id != v->info.vgpu_id ||
	    info.low_base != v->info.low_base ||
	    info.low_bytes != v->info.low_bytes)
		return -EPROTO;
	return 0;
}

/* The file named in xenstore; true: another than we know of. */
static bool note_edid(struct xengt_bvgpu *v)
{
	char *path = xengt_store_read(v->d->store, v->domid, "edid");
	bool is_new = path && strcmp(path, v->req.edid) &&
		      strlen(path) < sizeof(v->req.edid);

	if (is_new)
		strcpy(v->req.edid, path);
	free(path);
	return is_new;
}

static void found(struct xengt_bvgpu *v, const struct xengt_wp_state *st,
		  int fd)
{
	if (check_found(v, st, fd) < 0) {
		if (fd >= 0)
			close(fd);
		xengt_worker_kill(v->worker);
		stop(v, "after xengtd's restart, its process did not say what was expected: killed");
		return;
	}
	v->fd = fd;
	note_edid(v);		/* it has that monitor */
	/* We mapped, and had no chance to say so: the worker will ask anew. */
	if (v->has_aperture &&
	    (!st->has_aperture || st->aperture_gfn != v->aperture_gfn))
		xengt_bvgpu_map_aperture(v, 0, false);
	xengt_ram_resume(v);
	xengt_info("domain %u (%s): found its vGPU's process again",
		   v->domid, v->req.domain);
	if (v->is_domain_gone)
		stop(v, NULL);
	else if (st->is_dead)
		stop(v, "the GPU was taken from the vGPU");
	else
		connected(v);
}

static void answer_arrived(struct xengt_bvgpu *v,
			   const struct xengt_wp_msg *msg)
{
	struct xengt_worker_question *q = v->questions;

	while (q && (q->seq != msg->seq || q->wanted != msg->type))
		q = q->next;
	if (!q)
		return;
	xengt_bvgpu_cancel(q);
	q->done(q->ctx, 0, msg);
}

static void handle_death(struct xengt_bvgpu *v)
{
	struct xengt_vgpu_info info;
	char log[512];

	if (xengt_gpudev_vgpu_info(v->fd, &info) == 0 &&
	    info.state == XENGT_VGPU_GPU_GONE) {
		stop(v, "the GPU was unbound");
		return;
	}
	xengt_worker_log_path(v->d, v->req.domain, log, sizeof(log));
	stop(v, "the vGPU cannot go on; see %s", log);
}

static void on_message(void *ctx, const struct xengt_wp_msg *msg, int fd)
{
	struct xengt_bvgpu *v = ctx;

	switch (msg->type) {
	case XENGT_WP_READY:
		if (v->state == XENGT_BVGPU_STARTING)
			connected(v);
		break;
	case XENGT_WP_FAILED:
		if (v->state == XENGT_BVGPU_STARTING)
			stop(v, "the vGPU did not start: %s", msg->u.text);
		break;
	case XENGT_WP_STATE:
		if (v->state == XENGT_BVGPU_FINDING)
			found(v, &msg->u.state, fd);
		else if (fd >= 0)
			close(fd);
		break;
	case XENGT_WP_PLACE:
		handle_place(v, msg);
		break;
	case XENGT_WP_DEAD:
		handle_death(v);
		break;
	case XENGT_WP_PONG:
	case XENGT_WP_UNPLUGGED:
		break;
	default:
		if (xengt_wp_is_answer(msg->type))
			answer_arrived(v, msg);
		else
			xengt_worker_kill(v->worker);
		break;
	}
}

static void on_worker_ended(void *ctx, int status)
{
	struct xengt_bvgpu *v = ctx;
	char how[64], log[512];

	xengt_worker_free(v->worker);
	v->worker = NULL;
	v->has_place_request = false;
	fail_questions(v, -ENOTCONN);
	if (v->state >= XENGT_BVGPU_STOPPING) {
		settle(v);
		return;
	}
	xengt_child_describe(status, how, sizeof(how));
	xengt_worker_log_path(v->d, v->req.domain, log, sizeof(log));
	stop(v, "worker died: the process of the vGPU ended (%s)%s; see %s",
	     how, v->state == XENGT_BVGPU_STARTING ? " before it was ready" :
	     "; the guest goes on without a GPU", log);
}

/* After an upgrade. It serves its guest as well as ever; its end is all that we
 * can see to. */
static void on_worker_foreign(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	if (v->state != XENGT_BVGPU_FINDING) {
		xengt_worker_kill(v->worker);
		return;
	}
	xengt_ev_disarm(v->d->ev, &v->timer);
	v->state = XENGT_BVGPU_FOREIGN;
	xengt_warn("domain %u (%s): its vGPU's process is of another version of xengt: it goes on, but cannot be asked; restart the guest some time",
		   v->domid, v->req.domain);
	if (v->is_domain_gone)
		stop(v, NULL);
	else
		xengt_bvgpu_look(v->d, v->domid);
}

static const struct xengt_worker_events worker_events = {
	.message = on_message,
	.is_foreign = on_worker_foreign,
	.ended = on_worker_ended,
};

static void start_worker(struct xengt_bvgpu *v)
{
	struct xengt_worker_config cfg = {
		.domid = v->domid,
		.name = v->req.domain,
		.server_id = v->server_id,
		.vgpu_fd = v->fd,
		.platform = v->gpu.platform,
		.device = v->gpu.pci_device,
		.subvendor = v->gpu.pci_subvendor,
		.subdevice = v->gpu.pci_subdevice,
		.revision = v->gpu.pci_revision,
		.slot = v->slot,
		.is_primary = v->req.is_primary,
		.aperture_bytes = v->aperture_bytes,
		.edid = v->edid,
		.edid_bytes = v->edid_bytes,
	};
	int r;

	v->state = XENGT_BVGPU_STARTING;
	r = xengt_worker_start(v->d, &cfg, &worker_events, v, &v->worker);
	if (r < 0) {
		stop(v, "cannot start %s: %s", v->d->opt.worker, strerror(-r));
		return;
	}
	xengt_ev_arm(v->d->ev, &v->timer, START_MSEC);
}

/* ---- the beginning ---- */

/* The script says how it went in the nodes; its end alone says nothing. */
static void on_script_added(void *ctx, const char *error)
{
	struct xengt_bvgpu *v = ctx;
	char *status, *text;

	v->script = NULL;
	status = xengt_store_read(v->d->store, v->domid, "hotplug-status");
	text = xengt_store_read(v->d->store, v->domid, "hotplug-error");
	if (text)
		xengt_text_clean(text);
	if (text && *text && (error || !status || strcmp(status, "connected")))
		stop(v, "%s: %.400s", v->d->opt.hotplug_script, text);
	else if (error)
		stop(v, "%s", error);
	else if (!status || strcmp(status, "connected"))
		stop(v, "%s ended without setting hotplug-status to \"connected\"",
		     v->d->opt.hotplug_script);
	else
		start_worker(v);
	free(text);
	free(status);
}

static void add_script(struct xengt_bvgpu *v)
{
	const char *script = v->d->opt.hotplug_script;
	int r;

	if (!*script) {
		start_worker(v);
		return;
	}
	v->state = XENGT_BVGPU_ADDING;
	v->is_script_added = true;
	xengt_bvgpu_save(v);
	r = xengt_script_start(v->d, v->domid, "add", on_script_added, v,
			       &v->script);
	if (r == 0)
		return;
	v->is_script_added = false;
	stop(v, "cannot run %s: %s; reinstall xengt, or start xengtd with --hotplug-script none",
	     script, strerror(-r));
}

static void reserved(struct xengt_bvgpu *v)
{
	struct xengt_store_node nodes[] = {
		{ "vgpu-id", "" }, { "low-base", "" }, { "high-base", "" },
		{ "slot", "" }, { NULL, "" },
	};

	snprintf(nodes[0].text, sizeof(nodes[0].text), "%u", v->info.vgpu_id);
	snprintf(nodes[1].text, sizeof(nodes[1].text), "%llu",
		 (unsigned long long)v->info.low_base);
	snprintf(nodes[2].text, sizeof(nodes[2].text), "%llu",
		 (unsigned long long)v->info.high_base);
	snprintf(nodes[3].text, sizeof(nodes[3].text), "%u", v->slot);
	v->is_accepted = true;
	if (xengt_store_update(v->d->store, v->domid, XENGT_STORE_ACCEPTED,
			       NULL, nodes, false) < 0) {
		stop(v, "the request was taken back");
		return;
	}
	add_script(v);
}

static void advance_reserving(struct xengt_bvgpu *v)
{
	int r;

	v->state = XENGT_BVGPU_RESERVING;
	r = xengt_bvgpu_reserve(v, xengt_ev_now_msec() < v->deadline_msec);
	if (r == -EAGAIN) {
		if (!v->tries++)
			xengt_info("domain %u (%s): waits for the graphics memory of one that goes",
				   v->domid, v->req.domain);
		xengt_ev_arm(v->d->ev, &v->timer, MEMORY_POLL_MSEC);
	} else if (r < 0) {
		stop_refused(v);
	} else {
		reserved(v);
	}
}

static void begin_reserving(struct xengt_bvgpu *v)
{
	v->deadline_msec = xengt_ev_now_msec() + MEMORY_WAIT_MSEC;
	advance_reserving(v);
}

static void on_slots(void *ctx, int error, const struct xengt_qmp_slots *slots)
{
	struct xengt_bvgpu *v = ctx;

	v->qmp = NULL;
	if (error)
		stop(v, "cannot ask the QEMU of \"%s\" which PCI slots it uses: %s",
		     v->req.domain, strerror(-error));
	else if (xengt_bvgpu_choose_slot(v, slots) < 0)
		stop_refused(v);
	else
		begin_reserving(v);
}

static void begin_asking(struct xengt_bvgpu *v)
{
	int r;

	v->state = XENGT_BVGPU_ASKING;
	r = xengt_qmp_start(v->d, v->domid, on_slots, v, &v->qmp);
	/* xengt-dm comes before QEMU, and makes it leave the slot free. */
	if (r == -ENOENT)
		begin_reserving(v);
	else if (r < 0)
		on_slots(v, r, NULL);
}

static void on_timer(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	switch (v->state) {
	case XENGT_BVGPU_RESERVING:
		advance_reserving(v);
		break;
	case XENGT_BVGPU_STARTING:
		xengt_worker_kill(v->worker);
		stop(v, "the vGPU's process was not ready within %d s: killed",
		     START_MSEC / 1000);
		break;
	case XENGT_BVGPU_FINDING:
		on_find_timer(v);
		break;
	case XENGT_BVGPU_RETIRING:
		retire(v);
		break;
	default:
		break;
	}
}

static struct xengt_bvgpu *new_vgpu(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->d = d;
	v->domid = domid;
	v->fd = -1;
	v->timer = (struct xengt_ev_timer){ .cb = on_timer, .ctx = v };
	v->place_timer = (struct xengt_ev_timer){ .cb = on_place_timer,
						     .ctx = v };
	v->next = d->vgpus;
	d->vgpus = v;
	return v;
}

static void begin(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = new_vgpu(d, domid);

	if (!v) {
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				   "xengtd is out of memory", NULL, false);
		return;
	}
	if (xengt_bvgpu_read_request(v) < 0 || xengt_bvgpu_check_domain(v) < 0) {
		stop_refused(v);
		return;
	}
	xengt_info("domain %u (%s): a vGPU is wanted: %u + %u MB, %u fences",
		   domid, v->req.domain, v->req.low_mib, v->req.high_mib,
		   v->req.fences);
	begin_asking(v);
}

/* ---- wishes and ends ---- */

static void follow_edid(struct xengt_bvgpu *v)
{
	int r;

	if (!note_edid(v))
		return;
	r = xengt_bvgpu_read_edid(v);
	if (r == 0)
		r = xengt_worker_send_edid(v->worker, v->edid, v->edid_bytes);
	if (r < 0)
		xengt_warn("domain %u (%s): the monitor stays: %s", v->domid,
			   v->req.domain, *v->error ? v->error : strerror(-r));
	else
		xengt_info("domain %u (%s): its monitor is %s now", v->domid,
			   v->req.domain, v->req.edid);
	v->error[0] = '\0';
}

void xengt_bvgpu_look(struct xengtd *d, uint32_t domid)
{
	enum xengt_store_state state = xengt_store_state(d->store, domid);
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(d, domid);

	if (v) {
		if (v->state == XENGT_BVGPU_FINDING)
			return;		/* looked at when it is found */
		if (state == XENGT_STORE_CLOSING || state == XENGT_STORE_NONE)
			stop(v, NULL);
		else if (v->state == XENGT_BVGPU_CONNECTED)
			follow_edid(v);
		return;
	}
	if (state == XENGT_STORE_REQUESTED)
		begin(d, domid);
	else if (state == XENGT_STORE_CLOSING)
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED, NULL,
				   NULL, false);
	else if (state == XENGT_STORE_UNKNOWN)
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				   "state must be 1 to ask for a vGPU, or 5 to have it removed",
				   NULL, false);
}

void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(d, domid);

	if (v)
		xengt_ram_follow_target(v);
}

static bool is_gone(struct xengtd *d, uint32_t domid, const uint8_t *uuid)
{
	struct xengt_domain_info info;
	int r = xengt_domctl_info(d->domctl, domid, &info);

	if (r < 0)
		return r == -ESRCH;
	return info.is_dying || (uuid && memcmp(uuid, info.uuid, 16));
}

/* Nodes of domains that are gone, and of which we have no vGPU. */
static void sweep_nodes(struct xengtd *d)
{
	uint32_t *domids;
	unsigned int count;

	if (xengt_store_list(d->store, &domids, &count) < 0)
		return;
	for (unsigned int i = 0; i < count; i++)
		if (!xengt_bvgpu_of_domain(d, domids[i]) &&
		    is_gone(d, domids[i], NULL))
			xengt_store_remove(d->store, domids[i]);
	free(domids);
}

void xengt_bvgpu_check_domains(struct xengtd *d)
{
	struct xengt_bvgpu *v, *next;

	for (v = d->vgpus; v; v = next) {
		next = v->next;
		if (v->is_domain_gone || !is_gone(d, v->domid, v->uuid))
			continue;
		v->is_domain_gone = true;
		xengt_info("domain %u (%s) is gone", v->domid, v->req.domain);
		stop(v, NULL);
	}
	sweep_nodes(d);
}

/* ---- questions to the worker ---- */

static void on_question_timer(void *ctx)
{
	struct xengt_worker_question *q = ctx;

	xengt_bvgpu_cancel(q);
	q->done(q->ctx, -ETIMEDOUT, NULL);
}

int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted)
{
	if (!v->worker || v->state != XENGT_BVGPU_CONNECTED)
		return -ENOTCONN;
	q->vgpu = v;
	q->seq = ++v->seq;
	q->wanted = wanted;
	q->next = v->questions;
	v->questions = q;
	q->timer = (struct xengt_ev_timer){ .cb = on_question_timer,
					    .ctx = q };
	xengt_ev_arm(v->d->ev, &q->timer, QUESTION_MSEC);
	msg->seq = q->seq;
	xengt_worker_send_msg(v->worker, msg, q->fd);
	return 0;
}

void xengt_bvgpu_cancel(struct xengt_worker_question *q)
{
	struct xengt_worker_question **p;

	if (!q->vgpu)
		return;
	for (p = &q->vgpu->questions; *p != q; p = &(*p)->next)
		;
	*p = q->next;
	xengt_ev_disarm(q->vgpu->d->ev, &q->timer);
	q->vgpu = NULL;
}

/* ---- after a restart ---- */

/* The worker may be just starting, its socket not listening yet. */
static void find_worker(struct xengt_bvgpu *v)
{
	int r = xengt_worker_find(v->d, v->domid, &worker_events, v, &v->worker);

	if (r == 0) {
		v->tries = FIND_TRIES;
		xengt_ev_arm(v->d->ev, &v->timer, FIND_ANSWER_MSEC);
		return;
	}
	if (r != -ENOENT && ++v->tries < FIND_TRIES) {
		xengt_ev_arm(v->d->ev, &v->timer, FIND_POLL_MSEC);
		return;
	}
	stop(v, "worker died: its process was gone when xengtd was restarted; a guest that runs goes on without a GPU");
}

static void on_find_timer(struct xengt_bvgpu *v)
{
	if (!v->worker) {
		find_worker(v);
		return;
	}
	xengt_worker_kill(v->worker);
	stop(v, "after xengtd's restart, its process did not answer within %d s: killed",
	     FIND_ANSWER_MSEC / 1000);
}

static void recover_one(struct xengtd *d, uint32_t domid, const char *path)
{
	struct xengt_bvgpu *v = new_vgpu(d, 0);
	int r;

	if (!v)
		return;
	r = xengt_bvgpu_load(v, path);
	if (r == 0 && v->domid != domid)
		r = -EPROTO;
	if (r < 0) {
		xengt_err("%s cannot be used: %s", path, strerror(-r));
		forget(v);
		return;
	}
	v->state = XENGT_BVGPU_FINDING;
	v->is_domain_gone = is_gone(d, v->domid, v->uuid);
	find_worker(v);
}

static int recover_files(struct xengtd *d)
{
	DIR *dir = opendir(d->opt.run_dir);
	struct dirent *e;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		unsigned int domid;
		char path[512], end;

		if (sscanf(e->d_name, "vgpu-%u.jso%c", &domid, &end) != 2 ||
		    end != 'n' || strlen(e->d_name) > 32)
			continue;
		if (strcmp(e->d_name + strlen(e->d_name) - 5, ".json"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", d->opt.run_dir,
			 e->d_name);
		recover_one(d, domid, path);
	}
	closedir(dir);
	return 0;
}

int xengt_bvgpu_recover(struct xengtd *d)
{
	uint32_t *domids;
	unsigned int count;
	int r;

	r = recover_files(d);
	if (r < 0)
		return r;
	sweep_nodes(d);
	r = xengt_store_list(d->store, &domids, &count);
	if (r < 0)
		return r;
	for (unsigned int i = 0; i < count; i++) {
		enum xengt_store_state state;

		if (xengt_bvgpu_of_domain(d, domids[i]))
			continue;
		state = xengt_store_state(d->store, domids[i]);
		if (state == XENGT_STORE_ACCEPTED ||
		    state == XENGT_STORE_CONNECTED)
			xengt_store_update(d->store, domids[i],
					   XENGT_STORE_CLOSED,
					   "xengtd was restarted and knows nothing of this vGPU: ask again",
					   NULL, false);
		else
			xengt_bvgpu_look(d, domids[i]);
	}
	free(domids);
	return 0;
}
