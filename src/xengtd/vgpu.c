/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine of one vGPU in the broker. This file creates the vGPU,
 * handles its worker's messages, and acts on changes of the vGPU's nodes in
 * xenstore. vgpu_end.c ends the vGPU, vgpu_recover.c takes over the vGPUs of an
 * earlier broker, vgpu_ask.c sends questions to the worker, and vgpu_place.c
 * places aperture and RAM for the worker. (In the diagram, state=N is the value
 * of the node `state`.)
 *
 *            state=1 in xenstore: checks of the domain and the request
 *                 |
 *   does a QEMU   v  (not checked if the request has the node `stage`)
 *   run? yes --> ASKING --slots--> RESERVING <--0.25 s-- waits for memory of
 *        no ------------------------>   |  '---> a vGPU that ends (20 s)
 *                                       v  state=2
 *                                    ADDING --hotplug script (10 s)--+
 *                                                                    v
 *   FINDING (an earlier broker's worker) --> FOREIGN             STARTING
 *      |  STATE                                       READY (10 s) |
 *      +-------------------> CONNECTED <---------------------------+
 *                            state=4
 *
 *   From every state above, xengt_bvgpu_stop() begins the end of the vGPU. The
 *   causes: a request (state=5, or the nodes were removed), the end of the
 *   domain, a failure, or the worker's death.
 *
 *      a worker runs --> STOPPING: QUIT (8 s, then SIGKILL), has ended --+
 *      no worker runs ---------------------------------------------------+
 *                                                                        v
 *   RETIRING: zap the vGPU, answer the requests that are still pending, destroy
 *   the ioreq server, release the other resources (vgpu_give_back.c)
 *      all released --> REMOVING: hotplug script (10 s) --> state=6; if the
 *          domain has ended, the nodes are removed instead --> freed
 *      some resource not released after 20 tries (every 0.5 s) --> HELD,
 *          state=6: the vGPU keeps the resources that the domain may still
 *          reach. xengtd tries again when a domain ends, when a node of the
 *          vGPU changes, and every minute; all released --> REMOVING
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu.h"
#include "common/text.h"
#include "common/vgt_request.h"
#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengtd/bvgpu.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/qmp.h"
#include "xengtd/ram.h"
#include "xengtd/script.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_abuse.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_end.h"
#include "xengtd/vgpu_find.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/vgpu_place.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

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
	[XENGT_BVGPU_HELD] = "held",
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

/* ---- the worker ---- */

void xengt_bvgpu_connected(struct xengt_bvgpu *v)
{
	int r;

	xengt_ev_disarm(v->d->ev, &v->timer);
	v->state = XENGT_BVGPU_CONNECTED;
	r = xengt_store_update(v->d->store, v->domid, XENGT_STORE_CONNECTED,
			       NULL, NULL, false);
	if (r == -ENOENT || r == -EBUSY)
		xengt_bvgpu_stop(v, NULL);
	else if (r < 0)
		xengt_bvgpu_stop(v, "cannot write to xenstore: %s", strerror(-r));
	else
		xengt_info("domain %u (%s) has vGPU %u at PCI address 00:%02x.0; the vGPU's process has id %d",
			   v->domid, v->req.domain, v->info.vgpu_id, v->slot,
			   (int)xengt_bvgpu_pid(v));
}

bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v)
{
	char *path = xengt_store_read(v->d->store, v->domid, "edid");
	bool is_new = path && strcmp(path, v->req.edid) &&
		      strlen(path) < sizeof(v->req.edid);

	if (is_new)
		strcpy(v->req.edid, path);
	free(path);
	return is_new;
}

static void handle_death(struct xengt_bvgpu *v)
{
	struct xengt_vgpu_info info;
	char log[512];

	if (xengt_gpudev_vgpu_info(v->fd, &info) == 0 &&
	    info.state == XENGT_VGPU_GPU_GONE) {
		xengt_bvgpu_stop(v, "the GPU was unbound");
		return;
	}
	xengt_worker_log_path(v->d, v->log_name, log, sizeof(log));
	xengt_bvgpu_stop(v, "the vGPU cannot continue; see %s", log);
}

void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd)
{
	struct xengt_bvgpu *v = ctx;

	switch (msg->type) {
	case XENGT_WP_READY:
		if (v->state == XENGT_BVGPU_STARTING)
			xengt_bvgpu_connected(v);
		break;
	case XENGT_WP_FAILED:
		if (v->state == XENGT_BVGPU_STARTING)
			xengt_bvgpu_stop(v, "the vGPU did not start: %s", msg->u.text);
		break;
	case XENGT_WP_STATE:
		if (fd >= 0)
			close(fd);
		break;
	case XENGT_WP_PLACE:
		xengt_bvgpu_place(v, msg);
		break;
	case XENGT_WP_DEAD:
		handle_death(v);
		break;
	case XENGT_WP_ABUSE:
		xengt_bvgpu_abused(v, msg);
		break;
	case XENGT_WP_PONG:
	case XENGT_WP_UNPLUGGED:
		break;
	default:
		if (xengt_wp_is_answer(msg->type))
			xengt_bvgpu_answer_arrived(v, msg);
		else
			xengt_worker_kill(v->worker);
		break;
	}
}

void xengt_bvgpu_on_worker_ended(void *ctx, int status)
{
	struct xengt_bvgpu *v = ctx;
	char how[64], log[512];

	xengt_worker_free(v->worker);
	v->worker = NULL;
	v->has_place_request = false;
	xengt_bvgpu_fail_questions(v, -ENOTCONN);
	if (v->state >= XENGT_BVGPU_STOPPING) {
		xengt_bvgpu_retire(v);
		return;
	}
	xengt_child_describe(status, how, sizeof(how));
	xengt_worker_log_path(v->d, v->log_name, log, sizeof(log));
	xengt_bvgpu_stop(v, "worker died: the process of the vGPU ended (%s)%s; see %s",
	     how, v->state == XENGT_BVGPU_STARTING ? " before it was ready" :
	     "; the guest continues without a GPU", log);
}

/*
 * The worker that this broker started has another version, so the installed
 * worker program does not fit this broker.
 */
static void on_foreign(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	xengt_worker_kill(v->worker);
}

static const struct xengt_worker_events worker_events = {
	.message = xengt_bvgpu_on_message,
	.is_foreign = on_foreign,
	.ended = xengt_bvgpu_on_worker_ended,
};

static void on_start_timer(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	xengt_worker_kill(v->worker);
	xengt_bvgpu_stop(v, "the vGPU's process was not ready within %d s: killed",
	     START_MSEC / 1000);
}

static void start_worker(struct xengt_bvgpu *v)
{
	struct xengt_worker_config cfg = {
		.domid = v->domid,
		.name = v->log_name,
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
		.is_aperture_lazy = v->req.is_aperture_lazy,
		.edid = v->edid,
		.edid_bytes = v->edid_bytes,
	};
	int r;

	memcpy(v->log_name, v->req.domain, sizeof(v->log_name));
	r = xengt_bvgpu_save(v);
	if (r < 0) {
		xengt_bvgpu_stop(v, "cannot write to %s: %s", v->d->opt.run_dir,
				 strerror(-r));
		return;
	}
	v->state = XENGT_BVGPU_STARTING;
	r = xengt_worker_start(v->d, &cfg, &worker_events, v, &v->worker);
	if (r < 0) {
		xengt_bvgpu_stop(v, "cannot start %s: %s", v->d->opt.worker, strerror(-r));
		return;
	}
	xengt_bvgpu_arm(v, v->d->ev, START_MSEC, on_start_timer);
}

/* ---- creation ---- */

/*
 * The hotplug script must write its result to the nodes hotplug-status and
 * hotplug-error. The exit status 0 without hotplug-status "connected" does not
 * mean success.
 */
static void on_script_added(void *ctx, const char *error)
{
	struct xengt_bvgpu *v = ctx;
	char *status, *text;
	int status_error;

	v->script = NULL;
	status = xengt_store_read(v->d->store, v->domid, "hotplug-status");
	status_error = status ? 0 : errno;
	text = xengt_store_read(v->d->store, v->domid, "hotplug-error");
	if (text)
		xengt_text_clean(text);
	if (text && *text && (error || !status || strcmp(status, "connected")))
		xengt_bvgpu_stop(v, "%s: %.400s", v->d->opt.hotplug_script, text);
	else if (error)
		xengt_bvgpu_stop(v, "%s", error);
	else if (!status && status_error != ENOENT)
		xengt_bvgpu_stop(v, "cannot read hotplug-status from xenstore: %s",
				 strerror(status_error));
	else if (!status || strcmp(status, "connected"))
		xengt_bvgpu_stop(v, "%s ended without setting hotplug-status to \"connected\"",
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
	r = xengt_bvgpu_save(v);
	if (r < 0) {
		v->is_script_added = false;
		xengt_bvgpu_stop(v, "cannot write to %s: %s", v->d->opt.run_dir,
				 strerror(-r));
		return;
	}
	r = xengt_script_start(v->d, v->domid, "add", on_script_added, v,
			       &v->script);
	if (r == 0)
		return;
	v->is_script_added = false;
	xengt_bvgpu_stop(v, "cannot run %s: %s; reinstall xengt, or start xengtd with --hotplug-script none",
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
		xengt_bvgpu_stop(v, "the request for the vGPU was withdrawn");
		return;
	}
	add_script(v);
}

static void advance_reserving(void *ctx)
{
	struct xengt_bvgpu *v = ctx;
	int r;

	v->state = XENGT_BVGPU_RESERVING;
	r = xengt_bvgpu_reserve(v, xengt_ev_now_msec() < v->deadline_msec);
	if (r == -EAGAIN) {
		if (!v->tries++)
			xengt_info("domain %u (%s): waiting for the graphics memory of a vGPU that is ending",
				   v->domid, v->req.domain);
		xengt_bvgpu_arm(v, v->d->ev, MEMORY_POLL_MSEC,
				advance_reserving);
	} else if (r < 0) {
		xengt_bvgpu_stop_refused(v);
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
		xengt_bvgpu_stop(v, "cannot ask the QEMU of \"%s\" which PCI slots it uses: %s",
		     v->req.domain, strerror(-error));
	else if (xengt_bvgpu_choose_slot(v, slots) < 0)
		xengt_bvgpu_stop_refused(v);
	else
		begin_reserving(v);
}

static void begin_asking(struct xengt_bvgpu *v)
{
	int r;

	v->state = XENGT_BVGPU_ASKING;
	r = xengt_qmp_start(v->d, v->domid, on_slots, v, &v->qmp);
	/*
	 * No QEMU runs yet. xengt-dm will start QEMU with arguments that keep
	 * the vGPU's slot free.
	 */
	if (r == -ENOENT)
		begin_reserving(v);
	else if (r < 0)
		on_slots(v, r, NULL);
}

struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->d = d;
	v->domid = domid;
	v->fd = -1;
	v->renew = xengt_bvgpu_look;
	v->next = d->vgpus;
	d->vgpus = v;
	return v;
}

static void begin(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = xengt_bvgpu_new(d, domid);

	if (!v) {
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				   "xengtd is out of memory", NULL, false);
		return;
	}
	if (xengt_bvgpu_read_request(v) < 0 || xengt_bvgpu_check_domain(v) < 0) {
		xengt_bvgpu_stop_refused(v);
		return;
	}
	xengt_info("domain %u (%s) requests a vGPU: %u MB of CPU-visible and %u MB of other graphics memory, %u fences",
		   domid, v->req.domain, v->req.low_mib, v->req.high_mib,
		   v->req.fences);
	if (v->req.stage == XENGT_STAGE_UNKNOWN)
		begin_asking(v);
	else
		begin_reserving(v);
}

/* ---- changes in xenstore, and ends of domains ---- */

static void follow_edid(struct xengt_bvgpu *v)
{
	int r;

	if (!xengt_bvgpu_note_edid(v))
		return;
	r = xengt_bvgpu_read_edid(v);
	if (r == 0)
		r = xengt_worker_send_edid(v->worker, v->edid, v->edid_bytes);
	if (r < 0)
		xengt_warn("domain %u (%s): the guest's monitor is unchanged: %s", v->domid,
			   v->req.domain, *v->error ? v->error : strerror(-r));
	else
		xengt_info("domain %u (%s): the monitor's EDID is %s now", v->domid,
			   v->req.domain, v->req.edid);
	v->error[0] = '\0';
}

/* Apply changes of the nodes that may change while the guest runs. */
static void follow_wishes(struct xengt_bvgpu *v, enum xengt_store_state state)
{
	xengt_bvgpu_follow_abuse(v);
	follow_edid(v);
	xengt_view_follow(v);
	/*
	 * state is NONE if xenstored lost the nodes: then do not replace the
	 * share by the defaults
	 */
	if (state == XENGT_STORE_CONNECTED)
		xengt_bvgpu_follow_share(v);
}

/*
 * Returns true if xenstored has lost this vGPU's nodes, and false if a
 * toolstack removed the nodes to end the vGPU. If xenstored has lost its nodes,
 * the node with the domain's name is missing, too, although the domain exists.
 */
static bool are_nodes_lost(struct xengt_bvgpu *v)
{
	char *name = xengt_store_domain_name(v->d->store, v->domid);
	bool is_known = name;

	free(name);
	return !is_known &&
	       !xengt_bvgpu_is_domain_gone(v->d, v->domid, xengt_bvgpu_uuid(v));
}

/*
 * A held vGPU has ended, but some of its resources have not been released.
 * Until these resources are released, the domain gets no other vGPU.
 */
static void look_at_held(struct xengtd *d, uint32_t domid,
			 enum xengt_store_state state)
{
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(d, domid);

	xengt_bvgpu_try_again(v);
	v = xengt_bvgpu_of_domain(d, domid);
	if (v && v->state == XENGT_BVGPU_HELD &&
	    (state == XENGT_STORE_REQUESTED || state == XENGT_STORE_CLOSING))
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED, v->held,
				   NULL, false);
}

static void look_at_living(struct xengt_bvgpu *v, enum xengt_store_state state)
{
	if (v->state == XENGT_BVGPU_FINDING)
		return;		/* when the worker is found, the broker reads
				 * the nodes again */
	if (state == XENGT_STORE_CLOSING ||
	    (state == XENGT_STORE_NONE && !are_nodes_lost(v)))
		xengt_bvgpu_stop(v, NULL);
	else if (state == XENGT_STORE_REQUESTED && !v->is_accepted &&
		 xengt_bvgpu_is_request_other(v))
		xengt_bvgpu_stop(v, NULL);	/* finish() calls renew() for
						 * the new request */
	else if (v->state == XENGT_BVGPU_CONNECTED)
		follow_wishes(v, state);
}

void xengt_bvgpu_look(struct xengtd *d, uint32_t domid)
{
	enum xengt_store_state state = xengt_store_state(d->store, domid);
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(d, domid);

	/*
	 * When xenstore answers again, the event `uncertain` leads to another
	 * call of this function.
	 */
	if (state == XENGT_STORE_UNREADABLE)
		return;
	if (v && v->state == XENGT_BVGPU_HELD) {
		look_at_held(d, domid, state);
		return;
	}
	if (v) {
		look_at_living(v, state);
		return;
	}
	if (state == XENGT_STORE_REQUESTED)
		begin(d, domid);
	else if (state == XENGT_STORE_CLOSING)
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED, NULL,
				   NULL, false);
	else if (state == XENGT_STORE_UNKNOWN)
		xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				   "state must be 1 (request a vGPU) or 5 (end the vGPU)",
				   NULL, false);
}

void xengt_bvgpu_look_again(struct xengtd *d)
{
	struct xengt_bvgpu *v, *next;
	uint32_t *domids;
	unsigned int count;

	xengt_bvgpu_check_domains(d);
	for (v = d->vgpus; v; v = next) {
		next = v->next;
		xengt_bvgpu_follow_memory(d, v->domid);
		xengt_bvgpu_look(d, v->domid);
	}
	if (xengt_store_list(d->store, &domids, &count) < 0)
		return;
	for (unsigned int i = 0; i < count; i++)
		if (!xengt_bvgpu_of_domain(d, domids[i]))
			xengt_bvgpu_look(d, domids[i]);
	free(domids);
}

void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(d, domid);

	if (v)
		xengt_ram_follow_target(v);
}

void xengt_bvgpu_check_domains(struct xengtd *d)
{
	struct xengt_bvgpu *v, *next;

	for (v = d->vgpus; v; v = next) {
		next = v->next;
		if (!v->is_domain_gone &&
		    xengt_bvgpu_is_domain_gone(d, v->domid, xengt_bvgpu_uuid(v))) {
			v->is_domain_gone = true;
			xengt_info("domain %u (%s) is gone", v->domid,
				   v->req.domain);
		}
		if (v->state == XENGT_BVGPU_HELD)
			xengt_bvgpu_try_again(v);
		else if (v->is_domain_gone)
			xengt_bvgpu_stop(v, NULL);
	}
	xengt_bvgpu_sweep_nodes(d);
	xengt_view_check(d);
}
