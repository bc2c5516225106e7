/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a vGPU; vgpu.c draws it. A part that finds that a vGPU cannot go
 * on calls xengt_bvgpu_stop(), in any state; this file does the rest.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bvgpu.h"
#include "gpudev.h"
#include "hv/hv_xen.h"
#include "persist.h"
#include "qmp.h"
#include "script.h"
#include "store.h"
#include "vgpu_ask.h"
#include "vgpu_end.h"
#include "vgpu_make.h"
#include "waits.h"
#include "worker.h"
#include "xengt/log.h"
#include "xengtd.h"

void xengt_bvgpu_forget(struct xengt_bvgpu *v)
{
	struct xengt_bvgpu **p = &v->d->vgpus;

	while (*p && *p != v)
		p = &(*p)->next;
	if (*p)
		*p = v->next;
	xengt_bvgpu_fail_questions(v, -ENOTCONN);
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
		xengt_bvgpu_forget(d->vgpus);
}

static void finish(struct xengt_bvgpu *v)
{
	struct xengtd *d = v->d;
	uint32_t domid = v->domid;
	void (*renew)(struct xengtd *d, uint32_t domid) = v->renew;
	char path[256];
	int r = 0;

	xengt_bvgpu_unsave(v);
	xengt_worker_socket_path(d, domid, path, sizeof(path));
	unlink(path);
	if (v->is_domain_gone)
		xengt_store_remove(d->store, domid);
	else
		/* The end of the old vGPU does not answer a new request. */
		r = xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				       v->error, NULL, v->is_accepted ||
				       xengt_bvgpu_is_request_other(v));
	xengt_info("domain %u (%s): no vGPU any more", domid, v->req.domain);
	xengt_bvgpu_forget(v);
	/* A new request came while the old vGPU went. */
	if (r == -EEXIST)
		renew(d, domid);
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

static void retire(void *ctx)
{
	struct xengt_bvgpu *v = ctx;
	uint32_t answered = 0;
	int r = 0;

	if (v->has_server)
		r = xengt_hv_xen_retire(v->domid, v->server_id, &answered);
	if (r < 0 && !v->is_domain_gone && ++v->tries < RETIRE_TRIES) {
		xengt_bvgpu_arm(v, v->d->ev, RETIRE_POLL_MSEC, retire);
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
 * First end the vGPU's access to the GPU, then what the guest waits for, then
 * the rest.
 */
void xengt_bvgpu_retire(struct xengt_bvgpu *v)
{
	if (v->fd >= 0)
		xengt_gpudev_zap(v->fd);
	v->state = XENGT_BVGPU_RETIRING;
	v->tries = 0;
	retire(v);
}

void xengt_bvgpu_stop(struct xengt_bvgpu *v, const char *error, ...)
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
		xengt_bvgpu_retire(v);
}

void xengt_bvgpu_stop_refused(struct xengt_bvgpu *v)
{
	char error[sizeof(v->error)];

	memcpy(error, v->error, sizeof(error));
	xengt_bvgpu_stop(v, "%s", error);
}
