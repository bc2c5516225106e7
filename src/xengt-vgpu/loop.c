/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker's loop: one thread, one epoll set.
 *
 * A broker may die and another one connect at any time, also in the middle of a
 * question of ours: then the question is asked again. Only one broker is heard,
 * the newest.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "common/worker_proto.h"
#include "core/display.h"
#include "edid_file.h"
#include "hv/hv_xen.h"
#include "loop.h"
#include "picture.h"
#include "session/session.h"
#include "xengt/log.h"

/* Requests carried out before the other descriptors are looked at: a guest
 * with many vCPUs can keep us busy for ever. */
#define REQUESTS_PER_TURN	32
#define BROKER_ANSWER_MSEC	5000
/* Lines about registers without a row, for a guest has many to name. */
#define UNKNOWN_LINES_MAX	256u

struct xengt_loop {
	struct xengt_loop_config cfg;
	int epoll_fd;
	int signal_fd;
	int timer_fd;
	uint64_t armed_ns;		/* what the timer is set to */
	uint32_t seq;			/* of our own questions */

	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct xengt_recorder *recorder;

	bool has_aperture;
	uint64_t aperture_gfn;
	bool is_unplugged;
	bool is_dead;
	bool want_unplug;		/* asked for while the core was busy */
	uint32_t unplug_seq;
	int picture_fd;			/* to be drawn into; -1: none */
	int edid_fd;			/* of another monitor; -1: none */
	uint32_t picture_seq;
	bool want_settle;		/* a broker answers that did not before */
	struct xengt_wp_place given_up;	/* RAM: it may come yet; frames 0: none */
	bool want_quit;
	uint32_t unknown_lines;
};

static int64_t now_msec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static int watch(struct xengt_loop *loop, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	return 0;
}

int xengt_loop_create(const struct xengt_loop_config *cfg,
		      struct xengt_loop **ret_loop)
{
	struct xengt_loop *loop = calloc(1, sizeof(*loop));
	sigset_t mask;
	int r;

	if (!loop)
		return -ENOMEM;
	loop->cfg = *cfg;
	if (!cfg->answer_msec)
		loop->cfg.answer_msec = BROKER_ANSWER_MSEC;
	loop->signal_fd = -1;
	loop->timer_fd = -1;
	loop->armed_ns = UINT64_MAX;
	loop->picture_fd = -1;
	loop->edid_fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		goto fail_errno;
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		goto fail_errno;
	loop->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signal_fd < 0)
		goto fail_errno;
	loop->timer_fd = timerfd_create(CLOCK_MONOTONIC,
					TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->timer_fd < 0)
		goto fail_errno;
	r = watch(loop, loop->signal_fd);
	if (r == 0)
		r = watch(loop, loop->timer_fd);
	if (r == 0 && cfg->broker_fd >= 0)
		r = watch(loop, cfg->broker_fd);
	if (r == 0 && cfg->listen_fd >= 0)
		r = watch(loop, cfg->listen_fd);
	if (r < 0)
		goto fail;
	*ret_loop = loop;
	return 0;

fail_errno:
	r = -errno;
fail:
	xengt_loop_destroy(loop);
	return r;
}

void xengt_loop_destroy(struct xengt_loop *loop)
{
	if (!loop)
		return;
	if (loop->timer_fd >= 0)
		close(loop->timer_fd);
	if (loop->picture_fd >= 0)
		close(loop->picture_fd);
	if (loop->edid_fd >= 0)
		close(loop->edid_fd);
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	free(loop);
}

/* ---- the broker ---- */

static void drop_broker(struct xengt_loop *loop)
{
	if (loop->cfg.broker_fd < 0)
		return;
	close(loop->cfg.broker_fd);
	loop->cfg.broker_fd = -1;
}

static void send_msg(struct xengt_loop *loop, struct xengt_wp_msg *msg,
		     int pass_fd)
{
	int r;

	if (loop->cfg.broker_fd < 0)
		return;
	r = xengt_wp_send(loop->cfg.broker_fd, msg, pass_fd);
	if (r == 0)
		return;
	xengt_warn("lost the broker: %s", strerror(-r));
	drop_broker(loop);
}

static void send_simple(struct xengt_loop *loop, enum xengt_wp_type type,
			uint32_t seq, int status)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq, .status = status };

	send_msg(loop, &msg, -1);
}

static void send_state(struct xengt_loop *loop, enum xengt_wp_type type,
		       uint32_t seq, int pass_fd)
{
	struct xengt_wp_msg msg = {
		.type = type,
		.seq = seq,
		.u.state = {
			.domid = loop->cfg.domid,
			.server_id = xengt_hv_xen_server_id(loop->hv),
			.vcpus = xengt_hv_xen_vcpus(loop->hv),
			.is_unplugged = loop->is_unplugged,
			.is_dead = loop->is_dead,
			.has_aperture = loop->has_aperture,
			.aperture_gfn = loop->aperture_gfn,
		},
	};

	send_msg(loop, &msg, pass_fd);
}

static void send_counters(struct xengt_loop *loop, uint32_t seq)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS, .seq = seq };

	msg.u.counters = *xengt_vgpu_counters(loop->vgpu);
	send_msg(loop, &msg, -1);
}

static void send_faults(struct xengt_loop *loop, uint32_t seq)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_FAULTS, .seq = seq };

	msg.u.faults.count = xengt_vgpu_faults(loop->vgpu, msg.u.faults.fault,
					       XENGT_FAULTS_KEPT);
	send_msg(loop, &msg, -1);
}

static void send_regs(struct xengt_loop *loop, uint32_t seq,
		      const struct xengt_wp_regs_wanted *wanted)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_REGS, .seq = seq };
	struct xengt_wp_regs *regs = &msg.u.regs;

	regs->left = xengt_vgpu_regs(loop->vgpu, wanted->list, wanted->from,
				     regs->reg, XENGT_WP_REGS_MAX);
	regs->count = regs->left < XENGT_WP_REGS_MAX ? regs->left :
						       XENGT_WP_REGS_MAX;
	send_msg(loop, &msg, -1);
}

static void accept_broker(struct xengt_loop *loop)
{
	int fd = accept4(loop->cfg.listen_fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	drop_broker(loop);
	if (watch(loop, fd) < 0) {
		close(fd);
		return;
	}
	loop->cfg.broker_fd = fd;
	xengt_info("a new broker is here");
}

/* Also called inside the core (ask_to_place), so nothing here
 * enters it but to look: that is left to the flags. */
static void handle_msg(struct xengt_loop *loop, const struct xengt_wp_msg *msg)
{
	switch (msg->type) {
	case XENGT_WP_HELLO:
		send_state(loop, XENGT_WP_STATE, msg->seq, loop->cfg.vgpu_fd);
		loop->want_settle = true;
		break;
	case XENGT_WP_PING:
		send_simple(loop, XENGT_WP_PONG, msg->seq, 0);
		break;
	case XENGT_WP_GET_COUNTERS:
		send_counters(loop, msg->seq);
		break;
	case XENGT_WP_GET_FAULTS:
		send_faults(loop, msg->seq);
		break;
	case XENGT_WP_GET_REGS:
		send_regs(loop, msg->seq, &msg->u.wanted);
		break;
	case XENGT_WP_UNPLUG:
		loop->want_unplug = true;
		loop->unplug_seq = msg->seq;
		break;
	case XENGT_WP_QUIT:
		loop->want_quit = true;
		break;
	case XENGT_WP_GET_PICTURE:
		loop->picture_seq = msg->seq;
		break;
	case XENGT_WP_SET_EDID:
		break;		/* its file was kept */
	case XENGT_WP_PLACED:	/* too late, or of a question of another broker */
		loop->want_settle = true;
		break;
	default:
		xengt_warn("the broker sent a message of type %u", msg->type);
		break;
	}
}

/* The file that came along: the newest of its kind counts. */
static void keep_fd(struct xengt_loop *loop, const struct xengt_wp_msg *msg,
		    int fd)
{
	int *place = msg->type == XENGT_WP_GET_PICTURE ? &loop->picture_fd :
		     msg->type == XENGT_WP_SET_EDID ? &loop->edid_fd : NULL;

	if (place && *place >= 0)
		close(*place);
	if (place)
		*place = fd;
	else if (fd >= 0)
		close(fd);
}

/* 1: *ret_msg; 0: nothing there; -EPIPE: no broker (any more). */
static int next_msg(struct xengt_loop *loop, struct xengt_wp_msg *ret_msg)
{
	int fd = -1, r;

	if (loop->cfg.broker_fd < 0)
		return -EPIPE;
	r = xengt_wp_recv(loop->cfg.broker_fd, ret_msg, &fd);
	if (r == 1)
		keep_fd(loop, ret_msg, fd);
	if (r >= 0)
		return r;
	if (r == -EPIPE) {
		xengt_info("the broker is gone; serving on without one");
	} else {
		xengt_err("the broker cannot be understood: %s", strerror(-r));
		/* So that it hears our version, and leaves us alone. */
		send_simple(loop, XENGT_WP_PONG, 0, 0);
	}
	drop_broker(loop);
	return -EPIPE;
}

static void handle_broker(struct xengt_loop *loop)
{
	struct xengt_wp_msg msg;

	for (int i = 0; i < 16 && next_msg(loop, &msg) > 0; i++)
		handle_msg(loop, &msg);
}

/* Wait for the broker's word or for a new broker; 0 or -ETIMEDOUT. */
static int wait_broker(struct xengt_loop *loop, int64_t deadline)
{
	bool has_broker = loop->cfg.broker_fd >= 0;
	struct pollfd fds[2] = {
		{ .fd = loop->cfg.listen_fd, .events = POLLIN },
		{ .fd = loop->cfg.broker_fd, .events = POLLIN },
	};
	int64_t left = deadline - now_msec();

	if (left <= 0 || (!has_broker && loop->cfg.listen_fd < 0))
		return -ETIMEDOUT;
	if (poll(fds, 2, left) < 0 && errno != EINTR)
		return -errno;
	if (fds[0].revents)
		accept_broker(loop);
	return 0;
}

/* 1: *ret_status; 0: this broker is gone; -ETIMEDOUT. */
static int wait_answer(struct xengt_loop *loop, int64_t deadline,
		       int *ret_status)
{
	int fd = loop->cfg.broker_fd;

	while (loop->cfg.broker_fd == fd) {
		struct xengt_wp_msg msg;
		int r = next_msg(loop, &msg);

		if (r < 0)
			return 0;
		if (r == 0) {
			r = wait_broker(loop, deadline);
			if (r < 0)
				return r;
			continue;
		}
		if (msg.type == XENGT_WP_PLACED && msg.seq == loop->seq) {
			*ret_status = msg.status;
			return 1;
		}
		handle_msg(loop, &msg);
	}
	return 0;
}

/* Ask whichever broker is there until one answers: its status. -ENOTCONN: there
 * is none, and it is not worth waiting for one. */
static int ask_to_place(struct xengt_loop *loop,
			const struct xengt_wp_place *place, bool is_worth_it)
{
	int64_t deadline = now_msec() + loop->cfg.answer_msec;
	int status = 0, r;

	do {
		struct xengt_wp_msg msg = {
			.type = XENGT_WP_PLACE,
			.seq = ++loop->seq,
			.u.place = *place,
		};

		if (loop->cfg.broker_fd < 0 && !is_worth_it)
			return -ENOTCONN;
		if (loop->cfg.broker_fd >= 0) {
			send_msg(loop, &msg, -1);
			r = wait_answer(loop, deadline, &status);
		} else {
			r = wait_broker(loop, deadline);
		}
	} while (r == 0);
	return r < 0 ? r : status;
}

int xengt_loop_map_aperture(void *ctx, gfn_t first, bool on)
{
	const struct xengt_wp_place place = {
		.what = XENGT_WP_PLACE_APERTURE,
		.gfn = gfn_x(first),
		.on = on,
	};
	struct xengt_loop *loop = ctx;
	int r;

	r = ask_to_place(loop, &place, true);
	if (r == -ETIMEDOUT)
		xengt_log_ratelimited(XENGT_LOG_ERR, "no broker: the aperture stays %smapped",
				      on ? "un" : "");
	if (r < 0)
		return r;
	loop->has_aperture = on;
	loop->aperture_gfn = on ? gfn_x(first) : 0;
	return 0;
}

int xengt_loop_populate(void *ctx, gfn_t first, uint32_t frames, bool on)
{
	const struct xengt_wp_place place = {
		.what = XENGT_WP_PLACE_RAM,
		.gfn = gfn_x(first),
		.frames = frames,
		.on = on,
	};
	struct xengt_loop *loop = ctx;
	int r;

	if (on && loop->given_up.frames)
		return -ENOTCONN;
	/* Nothing is lost: without it the guest's accesses come to us. So a
	 * vCPU does not wait for a broker that is not there. */
	r = ask_to_place(loop, &place, false);
	if (on && r == -ETIMEDOUT)
		loop->given_up = place;
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_WARN, "%u pages of RAM behind BAR0 %s: %s",
				      frames, on ? "are refused" : "stay",
				      strerror(-r));
	return r;
}

void xengt_loop_tell_failure(int broker_fd, int error, const char *text)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_FAILED, .status = error };

	if (broker_fd < 0)
		return;
	snprintf(msg.u.text, sizeof(msg.u.text), "%s", text);
	xengt_wp_send(broker_fd, &msg, -1);
}

/* ---- the guest and the GPU ---- */

/* Each register once, as a row to be pasted. */
static void tell_unknown(struct xengt_loop *loop)
{
	char row[160];

	while (xengt_vgpu_next_unknown(loop->vgpu, row, sizeof(row))) {
		if (loop->unknown_lines == UNKNOWN_LINES_MAX)
			continue;
		xengt_info("a register without a row: %s", row);
		if (++loop->unknown_lines == UNKNOWN_LINES_MAX)
			xengt_info("of more of them speaks xengt-ctl regs --unknown");
	}
}

/* True: there is more. */
static bool handle_guest(struct xengt_loop *loop)
{
	int r;

	xengt_recorder_turn(loop->recorder, XENGT_TURN_SERVE,
			    REQUESTS_PER_TURN);
	r = xengt_vgpu_serve(loop->vgpu, REQUESTS_PER_TURN);
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR, "serving the guest: %s",
				      strerror(-r));
	tell_unknown(loop);
	/* After an error other vCPUs may wait still. */
	return r != 0;
}

/* Tell the guest what the GPU says, and see whether the vGPU still lives: it may
 * be zapped, or something have failed without which it cannot go on. */
static void handle_gpu(struct xengt_loop *loop)
{
	bool is_gone;
	int error;

	xengt_recorder_turn(loop->recorder, XENGT_TURN_EVENTS, 0);
	is_gone = xengt_vgpu_handle_events(loop->vgpu);
	error = xengt_vgpu_host_error(loop->vgpu);
	if (loop->is_dead || loop->is_unplugged || (!is_gone && !error))
		return;
	loop->is_dead = true;
	if (error)
		xengt_err("the vGPU cannot go on (%s); it reads all-ones",
			  strerror(-error));
	else
		xengt_warn("the GPU was taken away; the device reads all-ones");
	send_simple(loop, XENGT_WP_DEAD, 0, XENGT_VGPU_ZAPPED);
}

static void unplug(struct xengt_loop *loop)
{
	loop->want_unplug = false;
	if (!loop->is_unplugged) {
		xengt_recorder_turn(loop->recorder, XENGT_TURN_UNPLUG, 0);
		xengt_vgpu_unplug(loop->vgpu);
	}
	loop->is_unplugged = true;
	xengt_info("the device is gone from the guest's bus");
	send_simple(loop, XENGT_WP_UNPLUGGED, loop->unplug_seq, 0);
}

/* What was asked for when nobody answered: RAM that came too late is taken back,
 * the aperture put where it belongs. */
static void settle(struct xengt_loop *loop)
{
	struct xengt_wp_place place = loop->given_up;

	loop->want_settle = false;
	place.on = false;
	if (place.frames && ask_to_place(loop, &place, false) == 0)
		loop->given_up.frames = 0;
	if (loop->is_unplugged)
		return;
	xengt_recorder_turn(loop->recorder, XENGT_TURN_SETTLE, 0);
	xengt_vgpu_settle(loop->vgpu);
}

static void draw_picture(struct xengt_loop *loop)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_PICTURE,
		.seq = loop->picture_seq,
	};

	xengt_recorder_pause(loop->recorder, true);
	msg.status = xengt_picture_draw(loop->vgpu, loop->picture_fd,
					&msg.u.picture);
	xengt_recorder_pause(loop->recorder, false);
	close(loop->picture_fd);
	loop->picture_fd = -1;
	send_msg(loop, &msg, -1);
}

static void change_monitor(struct xengt_loop *loop)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES];
	uint32_t bytes;
	int r = xengt_edid_file_read(loop->edid_fd, edid, &bytes);

	close(loop->edid_fd);
	loop->edid_fd = -1;
	if (r < 0) {
		xengt_warn("the new monitor's EDID: %s", strerror(-r));
		return;
	}
	xengt_recorder_monitor(loop->recorder, edid, bytes);
	xengt_display_set_edid(loop->vgpu, edid, bytes);
}

static void handle_signal(struct xengt_loop *loop)
{
	struct signalfd_siginfo info;

	if (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		xengt_info("signal %u: ending", info.ssi_signo);
		loop->want_quit = true;
	}
}

static void handle_timer(struct xengt_loop *loop)
{
	uint64_t expirations;

	if (read(loop->timer_fd, &expirations, sizeof(expirations)) !=
	    sizeof(expirations))
		return;
	loop->armed_ns = UINT64_MAX;
	xengt_recorder_turn(loop->recorder, XENGT_TURN_TICK, 0);
	xengt_vgpu_tick(loop->vgpu);
}

/* Any call into the vGPU may have moved its deadline. */
static void arm_timer(struct xengt_loop *loop)
{
	uint64_t when = xengt_vgpu_deadline(loop->vgpu);
	struct itimerspec timer = { 0 };	/* off */

	if (when == loop->armed_ns)
		return;
	if (when != UINT64_MAX) {
		/* 0 would be off, too */
		timer.it_value.tv_sec = (time_t)(when / 1000000000u);
		timer.it_value.tv_nsec = (long)(when % 1000000000u) | 1;
	}
	if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &timer,
			    NULL) == 0)
		loop->armed_ns = when;
}

static int turn(struct xengt_loop *loop, bool *is_busy)
{
	int guest_fd = xengt_hv_xen_poll_fd(loop->hv);
	int gpu_fd = loop->gpu->ops->event_fd(loop->gpu);
	struct epoll_event evs[8];
	int n;

	arm_timer(loop);
	n = epoll_wait(loop->epoll_fd, evs, XENGT_ARRAY_SIZE(evs),
		       *is_busy ? 0 : -1);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		int fd = evs[i].data.fd;

		if (fd == guest_fd) {
			xengt_hv_xen_ack(loop->hv);
			*is_busy = true;
		} else if (fd == gpu_fd) {
			handle_gpu(loop);
		} else if (fd == loop->timer_fd) {
			handle_timer(loop);
		} else if (fd == loop->signal_fd) {
			handle_signal(loop);
		} else if (fd == loop->cfg.listen_fd) {
			accept_broker(loop);
		} else if (fd == loop->cfg.broker_fd) {
			handle_broker(loop);
		}
	}
	if (*is_busy) {
		*is_busy = handle_guest(loop);
		if (xengt_vgpu_host_error(loop->vgpu))
			handle_gpu(loop);
	}
	if (loop->want_unplug)
		unplug(loop);
	if (loop->want_settle)
		settle(loop);
	if (loop->picture_fd >= 0)
		draw_picture(loop);
	if (loop->edid_fd >= 0)
		change_monitor(loop);
	return 0;
}

int xengt_loop_run(struct xengt_loop *loop, struct xengt_hv *hv,
		   struct xengt_gpu *gpu, struct xengt_vgpu *vgpu,
		   struct xengt_recorder *recorder)
{
	/* A predecessor's requests wait for us without a new event. */
	bool is_busy = true;
	int r;

	loop->hv = hv;
	loop->gpu = gpu;
	loop->vgpu = vgpu;
	loop->recorder = recorder;
	r = watch(loop, xengt_hv_xen_poll_fd(hv));
	if (r == 0 && gpu->ops->event_fd(gpu) >= 0)
		r = watch(loop, gpu->ops->event_fd(gpu));
	if (r == 0)
		send_state(loop, XENGT_WP_READY, 0, -1);
	while (r == 0 && !loop->want_quit)
		r = turn(loop, &is_busy);
	return r;
}
