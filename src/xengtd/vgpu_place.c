/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out a worker's requests to place aperture or RAM in its domain's
 * address space: at once, or later if the worker asks more often than it may.
 */
#include <string.h>

#include "vgpu_make.h"
#include "vgpu_place.h"
#include "waits.h"
#include "worker.h"
#include "xengt/log.h"
#include "xengtd.h"

static void run_request(struct xengt_bvgpu *v)
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
	run_request(v);
}

static void arm_place_timer(struct xengt_bvgpu *v, int64_t msec)
{
	v->place_timer.cb = on_place_timer;
	v->place_timer.ctx = v;
	xengt_ev_arm(v->d->ev, &v->place_timer, msec);
}

/*
 * A guest that moves its BAR in a loop must not keep the broker from serving
 * others.
 */
void xengt_bvgpu_place(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg)
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
		run_request(v);
	else
		arm_place_timer(v, PLACE_WINDOW_MSEC - age);
}
