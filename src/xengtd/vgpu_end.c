/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends vGPUs; the diagram in vgpu.c shows the states. Code that finds that a
 * vGPU cannot continue calls xengt_bvgpu_stop(), in any state. All later steps
 * of the end are in this file.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu_end.h"
#include "xengt/log.h"
#include "xengtd/bvgpu.h"
#include "xengtd/ev.h"
#include "xengtd/persist.h"
#include "xengtd/qmp.h"
#include "xengtd/script.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_give_back.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

void xengt_bvgpu_forget(struct xengt_bvgpu *v)
{
	struct xengt_bvgpu **p = &v->d->vgpus;

	while (*p && *p != v)
		p = &(*p)->next;
	if (*p)
		*p = v->next;
	xengt_view_leave(v);
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
		/* Do not overwrite a new request with the old vGPU's CLOSED. */
		r = xengt_store_update(d->store, domid, XENGT_STORE_CLOSED,
				       v->error, NULL, v->is_accepted ||
				       xengt_bvgpu_is_request_other(v));
	xengt_info("domain %u (%s): no vGPU any more", domid, v->req.domain);
	xengt_bvgpu_forget(v);
	/* -EEXIST: a new request arrived while the old vGPU was ending. */
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

/*
 * Set the vGPU's state to HELD, and report the state in the log and in
 * xenstore. The vGPU stays in the list.
 */
static void hold(struct xengt_bvgpu *v)
{
	v->state = XENGT_BVGPU_HELD;
	xengt_bvgpu_save(v);
	xengt_err("domain %u (%s): its vGPU has ended, but a resource is %s; xengtd tries again when a domain ends or the vGPU's nodes change, and every %d s",
		  v->domid, v->req.domain, v->held, HELD_POLL_SEC);
	xengt_store_update(v->d->store, v->domid, XENGT_STORE_CLOSED, v->held,
			   NULL, false);
}

static void retire(void *ctx)
{
	struct xengt_bvgpu *v = ctx;
	bool is_held = v->state == XENGT_BVGPU_HELD;

	xengt_ev_disarm(v->d->ev, &v->timer);
	if (xengt_bvgpu_give_back(v) == 0) {
		remove_script(v);
		return;
	}
	if (!is_held && ++v->tries < RETIRE_TRIES) {
		xengt_bvgpu_arm(v, v->d->ev, RETIRE_POLL_MSEC, retire);
		return;
	}
	if (!is_held)
		hold(v);
	xengt_bvgpu_arm(v, v->d->ev, HELD_POLL_MSEC, retire);
}

void xengt_bvgpu_retire(struct xengt_bvgpu *v)
{
	v->state = XENGT_BVGPU_RETIRING;
	v->tries = 0;
	retire(v);
}

void xengt_bvgpu_try_again(struct xengt_bvgpu *v)
{
	if (v->state == XENGT_BVGPU_HELD)
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
	xengt_view_leave(v);
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
