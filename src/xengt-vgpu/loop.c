/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the worker's loop: one thread, one epoll set. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "xengt-vgpu/loop.h"
#include "common/abuse.h"
#include "common/worker_proto.h"
#include "core/vgpu.h"
#include "gpu/gpu.h"
#include "hv/hv_xen.h"
#include "session/session.h"
#include "uapi/xengt.h"
#include "xengt-vgpu/broker.h"
#include "xengt-vgpu/device.h"
#include "xengt/counters.h"
#include "xengt/driver.h"
#include "xengt/log.h"
#include "xengt/types.h"

/*
 * After this many requests the loop checks the other descriptors, because a
 * guest with many vCPUs can send requests without end.
 */
#define REQUESTS_AT_ONCE	32

struct xengt_loop {
	struct xengt_device device;
	struct xengt_broker broker;
	int epoll_fd;
	int signal_fd;
	int timer_fd;
	uint64_t armed_ns;		/* the time to which the timer is set;
					 * UINT64_MAX: the timer is off */
	uint32_t unknown_lines;
	/* the counts of images at which the next log line about images is written */
	uint64_t images_other_at;
	uint64_t images_cut_at;
	struct xengt_abuse abuse;
	uint64_t pause_msec;		/* the guest's requests wait until this
					 * time */
};

static int watch(struct xengt_loop *loop, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	return 0;
}

int xengt_loop_create(const struct xengt_broker_config *cfg,
		      struct xengt_loop **ret_loop)
{
	struct xengt_loop *loop = calloc(1, sizeof(*loop));
	sigset_t mask;
	int r;

	if (!loop)
		return -ENOMEM;
	loop->signal_fd = -1;
	loop->timer_fd = -1;
	loop->armed_ns = UINT64_MAX;
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
	if (r == 0)
		r = xengt_broker_init(&loop->broker, cfg, loop->epoll_fd,
				      &loop->device);
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
	xengt_broker_fini(&loop->broker);
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	free(loop);
}

struct xengt_broker *xengt_loop_broker(struct xengt_loop *loop)
{
	return &loop->broker;
}

/* ---- the guest and the GPU ---- */

/*
 * Log, once, each register that the guest used and that has no row in the
 * register table. The line has the form of a row of that table.
 */
static void tell_unknown(struct xengt_loop *loop)
{
	char row[160];

	while (xengt_vgpu_next_unknown(loop->device.vgpu, row, sizeof(row))) {
		if (loop->unknown_lines == UNKNOWN_LINES_MAX)
			continue;
		xengt_info("a register without a row: %s", row);
		if (++loop->unknown_lines == UNKNOWN_LINES_MAX)
			xengt_info("further registers without a row are not logged: xengt-ctl regs --unknown lists them");
	}
}

/*
 * Returns true if the count has become 1, or has doubled since the call that last returned
 * true. *at is the count from which on the next call returns true.
 */
static bool has_doubled(uint64_t count, uint64_t *at)
{
	if (!count || count < *at)
		return false;
	*at = count <= UINT64_MAX / 2 ? 2 * count : UINT64_MAX;
	return true;
}

/*
 * Log that the module could not use images of contexts as the guest wrote them. This may
 * happen at each switch of contexts, so log a line only when a count has doubled.
 */
static void tell_images(struct xengt_loop *loop)
{
	const struct xengt_counters *c = xengt_vgpu_counters(loop->device.vgpu);
	bool is_news = has_doubled(c->images_other, &loop->images_other_at);

	is_news |= has_doubled(c->images_cut, &loop->images_cut_at);
	if (is_news)
		xengt_info("images of contexts: the commands of %llu images differ from the module's template; %llu images were loaded only in part",
			   (unsigned long long)c->images_other,
			   (unsigned long long)c->images_cut);
}

static uint64_t clock_msec(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/*
 * Report to the broker adverse events that the guest causes too often; the
 * broker decides how to react.
 */
static void watch_abuse(struct xengt_loop *loop)
{
	enum xengt_counter row;
	uint64_t count;

	xengt_vgpu_note_dropped(loop->device.vgpu, xengt_log_dropped());
	xengt_abuse_update(&loop->abuse, xengt_vgpu_counters(loop->device.vgpu),
			   loop->device.now_msec);
	while (xengt_abuse_next(&loop->abuse, &row, &count))
		xengt_broker_send_abuse(&loop->broker, row, count);
	if (!loop->broker.want_pause)
		return;
	loop->broker.want_pause = false;
	loop->pause_msec = loop->device.now_msec + XENGT_ABUSE_PAUSE_MSEC;
}

/*
 * Record the time when the driver's state changes. The core has no clock, so
 * the stored time is the start of the loop's pass that sees the change.
 */
static void watch_driver(struct xengt_device *device)
{
	enum xengt_driver_state driver = xengt_vgpu_driver(device->vgpu);

	if (driver == device->driver)
		return;
	device->driver = driver;
	device->driver_since_msec = device->now_msec;
}

/*
 * Returns for how many milliseconds the guest's requests must still wait; 0:
 * not at all.
 */
static int pause_left(const struct xengt_loop *loop)
{
	return loop->pause_msec > loop->device.now_msec ?
		(int)(loop->pause_msec - loop->device.now_msec) : 0;
}

/* Serve the guest's requests. Returns true if there may be more requests. */
static bool handle_guest(struct xengt_loop *loop)
{
	int r;

	xengt_recorder_step(loop->device.recorder, XENGT_STEP_SERVE,
			    REQUESTS_AT_ONCE);
	r = xengt_vgpu_serve(loop->device.vgpu, REQUESTS_AT_ONCE);
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR, "cannot serve a request of the guest: %s",
				      strerror(-r));
	tell_unknown(loop);
	/* After an error there may still be requests of other vCPUs. */
	return r != 0;
}

/*
 * Pass the GPU's events to the guest, and check whether the vGPU is still live:
 * the module may have zapped the vGPU, or an operation of Xen or the module
 * that the vGPU needs may have failed.
 */
static void handle_gpu(struct xengt_loop *loop)
{
	bool is_gone;
	int error;

	xengt_recorder_step(loop->device.recorder, XENGT_STEP_EVENTS, 0);
	is_gone = xengt_vgpu_handle_events(loop->device.vgpu);
	error = xengt_vgpu_host_error(loop->device.vgpu);
	if (loop->device.is_dead || loop->device.is_unplugged ||
	    (!is_gone && !error))
		return;
	loop->device.is_dead = true;
	if (error)
		xengt_err("the vGPU cannot continue (%s); the guest reads all-ones from the device",
			  strerror(-error));
	else
		xengt_warn("the module zapped the vGPU; the guest reads all-ones from the device");
	xengt_broker_send_simple(&loop->broker, XENGT_WP_DEAD, 0,
				 XENGT_VGPU_ZAPPED);
}

static void unplug(struct xengt_loop *loop)
{
	loop->broker.want_unplug = false;
	if (!loop->device.is_unplugged) {
		xengt_recorder_step(loop->device.recorder, XENGT_STEP_UNPLUG,
				    0);
		xengt_vgpu_unplug(loop->device.vgpu);
	}
	loop->device.is_unplugged = true;
	xengt_info("the device was removed from the guest's bus");
	xengt_broker_send_simple(&loop->broker, XENGT_WP_UNPLUGGED,
				 loop->broker.unplug_seq, 0);
}

/*
 * A new broker has connected, or an answer came late: remove RAM that was
 * placed too late, and map the aperture at BAR2's current address.
 */
static void reconnect(struct xengt_loop *loop)
{
	loop->broker.want_map_again = false;
	xengt_broker_take_back(&loop->broker);
	if (loop->device.is_unplugged)
		return;
	xengt_recorder_step(loop->device.recorder, XENGT_STEP_MAP_AGAIN, 0);
	xengt_vgpu_map_again(loop->device.vgpu);
}

static void handle_signal(struct xengt_loop *loop)
{
	struct signalfd_siginfo info;

	if (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		xengt_info("got signal %u: the worker ends", info.ssi_signo);
		loop->broker.want_quit = true;
	}
}

static void handle_timer(struct xengt_loop *loop)
{
	uint64_t expirations;

	if (read(loop->timer_fd, &expirations, sizeof(expirations)) !=
	    sizeof(expirations))
		return;
	loop->armed_ns = UINT64_MAX;
	xengt_recorder_step(loop->device.recorder, XENGT_STEP_TICK, 0);
	xengt_vgpu_tick(loop->device.vgpu);
}

/*
 * Set the timer to the vGPU's next tick. Call this after each call into the
 * vGPU, which may have changed the time of the tick.
 */
static void arm_timer(struct xengt_loop *loop)
{
	uint64_t when = xengt_vgpu_deadline(loop->device.vgpu);
	struct itimerspec timer = { 0 };	/* off */

	if (when == loop->armed_ns)
		return;
	if (when != UINT64_MAX) {
		/* a time of 0 would switch the timer off */
		timer.it_value.tv_sec = (time_t)(when / 1000000000u);
		timer.it_value.tv_nsec = (long)(when % 1000000000u) | 1;
	}
	if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &timer,
			    NULL) == 0)
		loop->armed_ns = when;
}

static int serve_once(struct xengt_loop *loop, bool *is_busy)
{
	int guest_fd = xengt_hv_xen_poll_fd(loop->device.hv);
	int gpu_fd = loop->device.gpu->ops->event_fd(loop->device.gpu);
	struct epoll_event evs[8];
	int n;

	arm_timer(loop);
	n = epoll_wait(loop->epoll_fd, evs, XENGT_ARRAY_SIZE(evs),
		       *is_busy ? pause_left(loop) : -1);
	loop->device.now_msec = clock_msec();
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		int fd = evs[i].data.fd;

		if (fd == guest_fd) {
			xengt_hv_xen_ack(loop->device.hv);
			*is_busy = true;
		} else if (fd == gpu_fd) {
			handle_gpu(loop);
		} else if (fd == loop->timer_fd) {
			handle_timer(loop);
		} else if (fd == loop->signal_fd) {
			handle_signal(loop);
		} else {
			xengt_broker_handle(&loop->broker, fd);
		}
	}
	tell_images(loop);
	watch_abuse(loop);
	if (*is_busy && !pause_left(loop)) {
		*is_busy = handle_guest(loop);
		if (xengt_vgpu_host_error(loop->device.vgpu))
			handle_gpu(loop);
	}
	watch_driver(&loop->device);
	if (loop->broker.want_unplug)
		unplug(loop);
	if (loop->broker.want_map_again)
		reconnect(loop);
	xengt_broker_answer_files(&loop->broker);
	return 0;
}

int xengt_loop_run(struct xengt_loop *loop, struct xengt_hv *hv,
		   struct xengt_gpu *gpu, struct xengt_vgpu *vgpu,
		   struct xengt_recorder *recorder)
{
	/*
	 * An earlier worker of this domain may have died and left requests
	 * without an answer. Xen sends no new event for these requests, so look
	 * for requests at once.
	 */
	bool is_busy = true;
	int r;

	loop->device.hv = hv;
	loop->device.gpu = gpu;
	loop->device.vgpu = vgpu;
	loop->device.recorder = recorder;
	loop->device.now_msec = clock_msec();
	loop->device.driver_since_msec = loop->device.now_msec;
	xengt_abuse_init(&loop->abuse, loop->device.now_msec);
	r = watch(loop, xengt_hv_xen_poll_fd(hv));
	if (r == 0 && gpu->ops->event_fd(gpu) >= 0)
		r = watch(loop, gpu->ops->event_fd(gpu));
	if (r == 0)
		xengt_broker_send_state(&loop->broker, XENGT_WP_READY, 0, -1);
	while (r == 0 && !loop->broker.want_quit)
		r = serve_once(loop, &is_busy);
	return r;
}
