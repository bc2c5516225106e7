/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out a worker's requests to place aperture or RAM in its domain's address space.
 * A request is carried out at once. If the worker's requests have cost more than the
 * worker's share of the broker's time, the request is carried out later.
 */
#include <string.h>

#include "xengtd/vgpu_place.h"
#include "common/worker_proto.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/ev.h"
#include "xengtd/ram.h"
#include "xengtd/vgpu_aperture.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

static const char *const names[XENGT_WP_PLACE_WHATS] = {
	[XENGT_WP_PLACE_APERTURE] = "the aperture",
	[XENGT_WP_PLACE_RAM] = "RAM",
	[XENGT_WP_PLACE_PIECE] = "a piece of the aperture",
};

static int carry_out(struct xengt_bvgpu *v, const struct xengt_wp_place *place)
{
	switch (place->what) {
	case XENGT_WP_PLACE_RAM:
		return xengt_ram_place(v, place->gfn, place->frames, place->on);
	case XENGT_WP_PLACE_PIECE:
		return xengt_bvgpu_map_piece(v, place->gfn, place->piece,
					     place->on);
	default:
		return xengt_bvgpu_map_aperture(v, place->gfn, place->on);
	}
}

static void run_request(struct xengt_bvgpu *v)
{
	const struct xengt_wp_msg *msg = &v->place_request;
	const struct xengt_wp_place *place = &msg->u.place;
	int64_t begin = xengt_ev_now_usec();
	int r;

	v->has_place_request = false;
	if (!v->worker)
		return;
	r = carry_out(v, place);
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR,
				      "domain %u: %s %s at gfn 0x%llx: %s",
				      v->domid, place->on ? "placing" : "removing",
				      names[place->what],
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

#define USEC_PER_PIECE	(1000000 / XENGT_PIECES_BROKER_PER_S)

/*
 * Returns the number of milliseconds that the request must wait because the worker maps
 * too many pieces. If the result is 0, the function has subtracted the request's piece
 * from the number of pieces that the worker may map (pieces_left). The request of a worker
 * that keeps to its own limit never waits.
 */
static int64_t piece_wait_msec(struct xengt_bvgpu *v)
{
	const struct xengt_wp_place *place = &v->place_request.u.place;
	const uint32_t most = (uint32_t)(v->info.low_bytes / XENGT_PAGE_SIZE /
					 XENGT_PIECE_FRAMES) + XENGT_PIECES_SPARE;
	int64_t now = xengt_ev_now_usec(), more;

	if (place->what != XENGT_WP_PLACE_PIECE || !place->on)
		return 0;
	if (!v->pieces_usec) {
		v->pieces_usec = now;
		v->pieces_left = most;
	}
	more = (now - v->pieces_usec) / USEC_PER_PIECE;
	v->pieces_usec += more * USEC_PER_PIECE;
	v->pieces_left = more < most - v->pieces_left ?
		v->pieces_left + (uint32_t)more : most;
	if (!v->pieces_left)
		return (v->pieces_usec + USEC_PER_PIECE - now) / 1000 + 1;
	v->pieces_left--;
	return 0;
}

static void on_place_timer(void *ctx);

/*
 * Carry out the request now if the worker's share of the broker's time is not used up;
 * otherwise as soon as the share allows it.
 */
static void run_in_time(struct xengt_bvgpu *v)
{
	int64_t over, wait;

#ifdef XENGT_FAULT_NO_PLACE_SHARE
	run_request(v);
	return;
#endif
	take_off_share(v);
	over = v->place_spent_usec - PLACE_BURST_USEC;
	wait = over < 0 ? piece_wait_msec(v) : over * parts(v) / 1000 + 1;
	if (!wait) {
		run_request(v);
		return;
	}
	v->place_timer.cb = on_place_timer;
	v->place_timer.ctx = v;
	xengt_ev_arm(v->d->ev, &v->place_timer, wait);
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
