/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out a worker's requests to place aperture or RAM in its domain's address space.
 * A request is carried out at once. If the worker's requests have cost more than the
 * worker's share of the broker's time, the request is carried out later.
 */
#include <string.h>

#include "xengtd/vgpu_place.h"
#include "common/worker_proto.h"
#include "xengt/log.h"
#include "xengtd/ev.h"
#include "xengtd/ram.h"
#include "xengtd/vgpu_aperture.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

static void run_request(struct xengt_bvgpu *v)
{
	const struct xengt_wp_msg *msg = &v->place_request;
	const struct xengt_wp_place *place = &msg->u.place;
	int64_t begin = xengt_ev_now_usec();
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
	v->place_spent_usec += xengt_ev_now_usec() - begin;
}

/* Returns the number n; this worker's share of the broker's time is 1/n. */
static int64_t parts(const struct xengt_bvgpu *v)
{
	int64_t workers = 0;

	for (const struct xengt_bvgpu *o = v->d->vgpus; o; o = o->next)
		workers++;
	return PLACE_ALL * workers;
}

/*
 * Lower place_spent_usec, the time that the worker's requests have cost, by the
 * worker's share of the time that has passed.
 */
static void take_off_share(struct xengt_bvgpu *v)
{
	int64_t share = (xengt_ev_now_usec() - v->place_seen_usec) / parts(v);

	v->place_seen_usec += share * parts(v);
	v->place_spent_usec -= share < v->place_spent_usec ?
		share : v->place_spent_usec;
}

static void on_place_timer(void *ctx);

/*
 * Carry out the request now if the worker's share of the broker's time is not used up;
 * otherwise as soon as the share allows it.
 */
static void run_in_time(struct xengt_bvgpu *v)
{
	int64_t over;

#ifdef XENGT_FAULT_NO_PLACE_SHARE
	run_request(v);
	return;
#endif
	take_off_share(v);
	over = v->place_spent_usec - PLACE_BURST_USEC;
	if (over < 0) {
		run_request(v);
		return;
	}
	v->place_timer.cb = on_place_timer;
	v->place_timer.ctx = v;
	xengt_ev_arm(v->d->ev, &v->place_timer,
		     over * parts(v) / 1000 + 1);
}

static void on_place_timer(void *ctx)
{
	struct xengt_bvgpu *v = ctx;

	if (v->has_place_request)
		run_in_time(v);
}

/*
 * Requests are delayed because a guest may move a BAR in a loop, and must not
 * keep the broker from serving other vGPUs.
 */
void xengt_bvgpu_place(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg)
{
	if (v->has_place_request) {
		xengt_err("domain %u: killed its vGPU's process, which sent a request before the last one was answered",
			  v->domid);
		xengt_worker_kill(v->worker);
		return;
	}
	v->place_request = *msg;
	v->has_place_request = true;
	run_in_time(v);
}
