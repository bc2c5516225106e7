/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * After a restart of xengtd, takes over the vGPUs of the earlier broker. The
 * earlier broker has written a file for each vGPU, and the workers have
 * continued to run.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu_recover.h"
#include "common/worker_proto.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengtd/bvgpu.h"
#include "xengtd/ev.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/ram.h"
#include "xengtd/store.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_abuse.h"
#include "xengtd/vgpu_aperture.h"
#include "xengtd/vgpu_end.h"
#include "xengtd/vgpu_find.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

/*
 * Check the worker's message STATE against the record of the vGPU.
 */
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

/*
 * Let the worker continue to serve its guest. This broker can only end the
 * worker.
 */
static void leave_alone(struct xengt_bvgpu *v)
{
	xengt_ev_disarm(v->d->ev, &v->timer);
	v->state = XENGT_BVGPU_FOREIGN;
	xengt_warn("domain %u (%s): its vGPU's process has another version of xengt, or the vGPU's record cannot be read: the vGPU continues to work, but xengtd cannot send it questions; restart the guest when that suits you",
		   v->domid, v->req.domain);
	if (v->is_domain_gone)
		xengt_bvgpu_stop(v, NULL);
	else
		xengt_bvgpu_look(v->d, v->domid);
}

static void found(struct xengt_bvgpu *v, const struct xengt_wp_state *st,
		  int fd)
{
	if (v->is_unread ? fd < 0 : check_found(v, st, fd) < 0) {
		if (fd >= 0)
			close(fd);
		xengt_worker_kill(v->worker);
		xengt_bvgpu_stop(v, "after xengtd's restart, its process sent an unexpected message: killed");
		return;
	}
	v->fd = fd;
	if (v->is_unread) {
		leave_alone(v);
		return;
	}
	xengt_bvgpu_note_edid(v);	/* the worker has this EDID already */
	xengt_bvgpu_follow_abuse(v);
	/*
	 * If the worker does not know of the mapping, the earlier broker mapped
	 * the aperture, but ended before it answered the worker's request.
	 * Unmap the aperture: the worker will send the request again.
	 */
	if (v->has_aperture &&
	    (!st->has_aperture || st->aperture_gfn != v->aperture_gfn))
		xengt_bvgpu_map_aperture(v, 0, false);
	xengt_ram_resume(v);
	xengt_info("domain %u (%s): found its vGPU's process again",
		   v->domid, v->req.domain);
	if (v->is_domain_gone)
		xengt_bvgpu_stop(v, NULL);
	else if (st->is_dead)
		xengt_bvgpu_stop(v, "the module zapped the vGPU");
	else
		xengt_bvgpu_connected(v);
}

static void on_found_message(void *ctx, const struct xengt_wp_msg *msg, int fd)
{
	struct xengt_bvgpu *v = ctx;

	if (msg->type == XENGT_WP_STATE && v->state == XENGT_BVGPU_FINDING)
		found(v, &msg->u.state, fd);
	else
		xengt_bvgpu_on_message(v, msg, fd);
}

/*
 * Called if the worker has another version of the protocol, as after an upgrade
 * of the package.
 */
static void on_found_foreign(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	if (v->state == XENGT_BVGPU_FINDING)
		leave_alone(v);
	else
		xengt_worker_kill(v->worker);
}

static const struct xengt_worker_events found_events = {
	.message = on_found_message,
	.is_foreign = on_found_foreign,
	.ended = xengt_bvgpu_on_worker_ended,
};

static void on_find_timer(void *ctx);

/*
 * Connect to the worker. If the connection is refused, try again later: the
 * worker may be starting, and does not listen yet.
 */
static void find_worker(struct xengt_bvgpu *v)
{
	int r = xengt_worker_find(v->d, v->domid, &found_events, v, &v->worker);

	if (r == 0) {
		v->tries = FIND_TRIES;
		xengt_bvgpu_arm(v, v->d->ev, FIND_ANSWER_MSEC, on_find_timer);
		return;
	}
	/*
	 * After any other error, such as EMFILE, the worker may be running: try
	 * again, with no limit to the number of tries.
	 */
	if (r != -ENOENT && (r != -ECONNREFUSED || ++v->tries < FIND_TRIES)) {
		xengt_bvgpu_arm(v, v->d->ev, FIND_POLL_MSEC, on_find_timer);
		return;
	}
	xengt_bvgpu_stop(v, v->is_unread ?
			 "worker died: the vGPU's process had ended when xengtd was restarted, and the vGPU's record cannot be read" :
			 "worker died: the vGPU's process had ended when xengtd was restarted; a running guest continues without a GPU");
}

static void on_find_timer(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	if (!v->worker) {
		find_worker(v);
		return;
	}
	xengt_worker_kill(v->worker);
	xengt_bvgpu_stop(v, "after xengtd's restart, its process did not answer within %d s: killed",
	     FIND_ANSWER_MSEC / 1000);
}

/*
 * Make an entry for a vGPU whose record cannot be read. The vGPU may still
 * exist, and the broker knows only its domain.
 */
static struct xengt_bvgpu *new_unread(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = xengt_bvgpu_new(d, domid);
	char *name = v ? xengt_store_domain_name(d->store, domid) : NULL;

	if (v) {
		v->is_unread = true;
		v->is_accepted = true;
		snprintf(v->req.domain, sizeof(v->req.domain), "%s",
			 name && *name ? name : "?");
	}
	free(name);
	return v;
}

static void recover_one(struct xengtd *d, uint32_t domid, const char *path)
{
	struct xengt_bvgpu *v = xengt_bvgpu_new(d, 0);
	int r = v ? xengt_bvgpu_load(v, path) : -ENOMEM;

	if (r == 0 && v->domid != domid)
		r = -EPROTO;
	if (r < 0) {
		xengt_err("%s cannot be used: %s", path, strerror(-r));
		if (v)
			xengt_bvgpu_forget(v);
		v = new_unread(d, domid);
	}
	if (!v)
		return;
	v->is_domain_gone = xengt_bvgpu_is_domain_gone(d, v->domid,
						       xengt_bvgpu_uuid(v));
	/*
	 * A held vGPU has no worker. Reserve the earlier vGPU's slice before
	 * another vGPU can get this slice.
	 */
	if (v->state == XENGT_BVGPU_HELD) {
		xengt_bvgpu_keep_slice(v);
		xengt_bvgpu_retire(v);
		return;
	}
	v->state = XENGT_BVGPU_FINDING;
	find_worker(v);
}

static int recover_files(struct xengtd *d)
{
	DIR *dir = opendir(d->opt.run_dir);
	struct dirent *e;
	int r;

	if (!dir)
		return -errno;
	while (errno = 0, (e = readdir(dir))) {
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
	r = -errno;
	closedir(dir);
	return r;
}

int xengt_bvgpu_recover(struct xengtd *d)
{
	uint32_t *domids;
	unsigned int count;
	int r;

	r = recover_files(d);
	if (r < 0)
		return r;
	xengt_bvgpu_sweep_nodes(d);
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
					   "xengtd was restarted and has no record of this vGPU: request it again",
					   NULL, false);
		else
			xengt_bvgpu_look(d, domids[i]);
	}
	free(domids);
	return 0;
}
