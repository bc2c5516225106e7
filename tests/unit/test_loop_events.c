/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the worker's loop with events that do not come from the broker: its timer, the
 * GPU, the guest's requests, signals, and calls of the kernel that fail. test_loop_link.c
 * and test_loop.c test the messages of the broker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/worker_proto.h"
#include "gpu/gpu.h"
#include "hv/hv_xen.h"
#include "loop_rig.h"
#include "made_time.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengt-vgpu/broker.h"
#include "xengt-vgpu/device.h"
#include "xengt-vgpu/loop.h"

static int broker_fd;			/* the broker's end of the connection */
static int gpu_ends[2];			/* the worker reads the GPU's events from gpu_ends[0] */
static struct xengt_loop *loop;
static struct xengt_broker *to_broker;
static struct xengt_hv hv;

static int gpu_event_fd(struct xengt_gpu *gpu)
{
	(void)gpu;
	return gpu_ends[0];
}

static struct xengt_gpu_ops gpu_ops = { .event_fd = gpu_event_fd };
static struct xengt_gpu gpu = { &gpu_ops };

/* ---- calls of the kernel, of which one may fail ---- */

static int calls, fails_at;		/* the number of calls so far; the call that fails,
					 * 0: none */

/* Each call that fails has an error of its own. */
static bool fails(void)
{
	if (++calls != fails_at)
		return false;
	errno = 1000 + fails_at;
	return true;
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags);
int __wrap_epoll_create1(int flags)
{
	return fails() ? -1 : __real_epoll_create1(flags);
}

int __real_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	return fails() ? -1 : __real_epoll_ctl(epfd, op, fd, ev);
}

int __real_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return fails() ? -1 : __real_sigprocmask(how, set, old);
}

int __real_signalfd(int fd, const sigset_t *mask, int flags);
int __wrap_signalfd(int fd, const sigset_t *mask, int flags);
int __wrap_signalfd(int fd, const sigset_t *mask, int flags)
{
	return fails() ? -1 : __real_signalfd(fd, mask, flags);
}

int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags)
{
	return fails() ? -1 : __real_timerfd_create(clock, flags);
}

/* ---- made time ---- */

static struct {
	int fd;
	uint64_t due_ns;		/* 0: the timer is off */
	int sets;			/* number of calls that set the timer or switched it
					 * off */
	int error;			/* the next call fails with this error; 0: no call
					 * fails */
} timer;

static int wait_error;			/* the next wait fails with this error; 0: none */

int __real_timerfd_settime(int fd, int flags, const struct itimerspec *new,
			   struct itimerspec *old);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *new,
			   struct itimerspec *old);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *new,
			   struct itimerspec *old)
{
	assert_int_equal(flags, TFD_TIMER_ABSTIME);
	assert_null(old);
	assert_int_equal(new->it_interval.tv_sec + new->it_interval.tv_nsec, 0);
	assert_in_range(new->it_value.tv_nsec, 0, 999999999);
	timer.sets++;
	if (timer.error) {
		errno = timer.error;
		timer.error = 0;
		return -1;
	}
	timer.fd = fd;
	timer.due_ns = (uint64_t)new->it_value.tv_sec * MADE_SEC +
		       (uint64_t)new->it_value.tv_nsec;
	return 0;
}

/* Waits in made time. If no other event is there, the timer or the time limit ends the wait. */
int __real_epoll_wait(int fd, struct epoll_event *evs, int max, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *evs, int max, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *evs, int max, int msec)
{
	static const struct itimerspec soon = { .it_value = { 0, 1 } };
	int n;

	if (wait_error) {
		errno = wait_error;
		wait_error = 0;
		return -1;
	}
	n = __real_epoll_wait(fd, evs, max, 0);
	if (n || !msec)
		return n;
	if (timer.due_ns) {
		if (timer.due_ns > made_ns)
			made_ns = timer.due_ns;
		timer.due_ns = 0;
		__real_timerfd_settime(timer.fd, 0, &soon, NULL);
		return __real_epoll_wait(fd, evs, max, -1);
	}
	/* a wait without a time limit would never end */
	assert_true(msec > 0);
	made_ns += (uint64_t)msec * MADE_MSEC;
	return 0;
}

static int unserved_lines;		/* log lines about requests that were not served */

void __wrap_xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
			   const char *fmt, ...);
void __wrap_xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
			   const char *fmt, ...)
{
	(void)site;
	(void)level;
	unserved_lines += !strncmp(fmt, "cannot serve", 12);
}

/* ---- the rig ---- */

static void say(enum xengt_wp_type type, uint32_t seq)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq };

	assert_int_equal(xengt_wp_send(broker_fd, &msg, -1), 0);
}

static void say_quit(void)
{
	say(XENGT_WP_QUIT, 0);
}

/* Returns the type of the next message from the worker, or 0 if there is none. */
static uint32_t hear(struct xengt_wp_msg *msg)
{
	int fd = -1;

	if (xengt_wp_recv(broker_fd, msg, &fd) != 1)
		return 0;
	if (fd >= 0)
		close(fd);
	return msg->type;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static struct xengt_broker_config cfg;

/* The connection to the broker, without a loop. */
static int connect_only(void **state)
{
	/* the kernel chooses an abstract name */
	const struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int pair[2], guest_ends[2];

	(void)state;
	memset(&device, 0, sizeof(device));
	memset(&timer, 0, sizeof(timer));
	wait_error = fails_at = unserved_lines = 0;
	device.flood_ends = say_quit;
	/* made time begins at a whole second */
	made_ns = (made_ns / MADE_SEC + 1) * MADE_SEC;
	if (pipe2(guest_ends, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    pipe2(gpu_ends, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0, pair) < 0)
		return -1;
	device.guest_fd = guest_ends[0];
	device.event_fd = guest_ends[1];
	broker_fd = pair[1];
	cfg = (struct xengt_broker_config){
		.domid = 7, .vgpu_fd = -1, .broker_fd = pair[0],
		.listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0),
	};
	return bind(cfg.listen_fd, (const struct sockaddr *)&addr,
		    sizeof(sa_family_t)) < 0 || listen(cfg.listen_fd, 4) < 0 ? -1 : 0;
}

static int disconnect(void **state)
{
	(void)state;
	close(cfg.broker_fd);
	close(cfg.listen_fd);
	close(broker_fd);
	close(device.guest_fd);
	close(device.event_fd);
	close(gpu_ends[0]);
	close(gpu_ends[1]);
	return 0;
}

static int setup(void **state)
{
	if (connect_only(state) < 0 || xengt_loop_create(&cfg, &loop) < 0)
		return -1;
	to_broker = xengt_loop_broker(loop);
	return 0;
}

static int teardown(void **state)
{
	sigset_t mask;

	xengt_loop_destroy(loop);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	__real_sigprocmask(SIG_UNBLOCK, &mask, NULL);
	return disconnect(state);
}

/* Runs the loop until QUIT. Checks that the worker reports first that it is ready. */
static void run(void)
{
	struct xengt_wp_msg msg;

	to_broker->want_quit = false;
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
	__real_epoll_ctl(to_broker->epoll_fd, EPOLL_CTL_DEL, device.guest_fd, NULL);
	__real_epoll_ctl(to_broker->epoll_fd, EPOLL_CTL_DEL, gpu_ends[0], NULL);
	assert_int_equal(hear(&msg), XENGT_WP_READY);
}

/* Lets the worker handle what is there. */
static void run_once(void)
{
	say_quit();
	run();
}

/* ---- the timer ---- */

#define TICKS	6

static uint64_t deadlines[TICKS];
static int ticks;

/*
 * A tick comes at its deadline, or one nanosecond later. (The worker may add the nanosecond,
 * because a timer that is set to 0 is off.)
 */
static void on_tick(void)
{
	const uint64_t due = deadlines[ticks];

	if (due > 1000 * MADE_SEC)
		assert_in_range(made_ns - due, 0, 1);
	if (++ticks == TICKS) {
		device.has_deadline = false;
		say_quit();
	} else {
		device.deadline_ns = deadlines[ticks];
	}
}

static void each_deadline_is_a_tick(void **state)
{
	const uint64_t start = made_ns;

	(void)state;
	deadlines[0] = 0;			/* long ago */
	deadlines[1] = start + 5 * MADE_SEC;	/* a whole second */
	deadlines[2] = start + 6 * MADE_SEC - 2;
	deadlines[3] = start + 6 * MADE_SEC + 1;
	deadlines[4] = start + 3600 * MADE_SEC + 123456788;
	deadlines[5] = deadlines[4];		/* a tick that changes nothing */
	ticks = 0;
	device.on_tick = on_tick;
	device.has_deadline = true;
	run();
	assert_int_equal(ticks, TICKS);
	assert_in_range(made_ns - deadlines[5], 0, 1);
}

static void end_ticks(void)
{
	ticks++;
	device.has_deadline = false;
	say_quit();
}

/* The worker sets the timer only if the deadline changes, and switches it off at the end. */
static void the_timer_is_set_once(void **state)
{
	(void)state;
	device.has_deadline = true;
	device.deadline_ns = made_ns + MADE_SEC;
	for (int i = 0; i < 3; i++)
		run_once();
	assert_int_equal(timer.sets, 1);
	assert_in_range(timer.due_ns - device.deadline_ns, 0, 1);
	device.deadline_ns += MADE_SEC;
	run_once();
	assert_int_equal(timer.sets, 2);
	assert_in_range(timer.due_ns - device.deadline_ns, 0, 1);
	device.has_deadline = false;
	run_once();
	assert_int_equal(timer.sets, 3);
	assert_true(timer.due_ns == 0);
	/* if the timer cannot be set, the next pass of the loop sets it */
	timer.error = EINVAL;
	device.has_deadline = true;
	device.on_tick = end_ticks;
	ticks = 0;
	say(XENGT_WP_PING, 1);
	run();
	assert_int_equal(timer.sets, 5);
	assert_int_equal(ticks, 1);
}

/* ---- the GPU ---- */

/* Without an event there is nothing to read. */
static void on_events(void)
{
	char byte;

	(void)!read(gpu_ends[0], &byte, 1);
}

static void gpu_event(void)
{
	assert_int_equal(write(gpu_ends[1], "x", 1), 1);
	device.on_events = on_events;
	run_once();
}

static void told_dead(bool is_told)
{
	struct xengt_wp_msg msg;

	if (is_told) {
		assert_int_equal(hear(&msg), XENGT_WP_DEAD);
		assert_int_equal(msg.status, XENGT_VGPU_ZAPPED);
	}
	assert_int_equal(hear(&msg), 0);
	assert_int_equal(to_broker->device->is_dead, is_told);
}

/*
 * The broker learns once that the vGPU cannot continue: because the module zapped it, or
 * because the host failed, or both.
 */
static void a_dead_vgpu_is_reported_once(void **state)
{
	for (int how = 0; how < 4; how++) {
		struct xengt_wp_msg msg;

		device.is_gone = how & 1;
		device.host_error = how & 2 ? -EIO : 0;
		/* without an error of the host only an event leads to the question */
		if (!device.host_error) {
			run_once();
			told_dead(false);
		}
		gpu_event();
		told_dead(how != 0);
		gpu_event();
		assert_int_equal(hear(&msg), 0);
		say(XENGT_WP_HELLO, 9);
		run_once();
		assert_int_equal(hear(&msg), XENGT_WP_STATE);
		assert_int_equal(msg.u.state.is_dead, how != 0);
		assert_int_equal(hear(&msg), 0);
		teardown(state);
		assert_int_equal(setup(state), 0);
	}
}

/* The host fails while the worker serves a request: no event of the GPU tells this. */
static void the_host_fails_in_a_request(void **state)
{
	(void)state;
	run_once();
	told_dead(false);
	device.host_error = -ENOMEM;
	run_once();
	told_dead(true);
}

/* A device that is off the guest's bus cannot die any more. */
static void an_unplugged_vgpu_does_not_die(void **state)
{
	struct xengt_wp_msg msg;

	(void)state;
	for (uint32_t seq = 1; seq <= 2; seq++) {
		say(XENGT_WP_UNPLUG, seq);
		run_once();
		/* the worker has answered, although QUIT came in the same pass */
		assert_int_equal(hear(&msg), XENGT_WP_UNPLUGGED);
		assert_int_equal(msg.seq, seq);
	}
	assert_int_equal(device.unplugged, 1);
	device.is_gone = true;
	device.host_error = -EIO;
	gpu_event();
	told_dead(false);
}

/* ---- requests of the guest, and signals ---- */

/* An event of Xen is acknowledged once, and then the worker looks for requests. */
static void each_event_is_acknowledged_once(void **state)
{
	(void)state;
	run_once();		/* at the start the worker looks for requests without an event */
	assert_int_equal(device.served, 1);
	assert_int_equal(device.acks, 0);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(write(device.event_fd, "x", 1), 1);
		assert_int_equal(write(gpu_ends[1], "x", 1), 1);
		device.on_events = on_events;
		run_once();
		assert_int_equal(device.acks, i);
	}
}

static int passes;

/*
 * Each call makes an event of the GPU for the next pass of the loop, until the third call ends
 * the loop. The first call also makes an event of Xen, so the second pass has two events.
 */
static void next_pass(void)
{
	on_events();
	if (++passes == 3) {
		say_quit();
		return;
	}
	assert_int_equal(write(gpu_ends[1], "x", 1), 1);
	if (passes == 1)
		assert_int_equal(write(device.event_fd, "x", 1), 1);
}

/*
 * The third pass has only an event of the GPU: Xen's event of the second pass is not handled
 * again.
 */
static void an_old_event_is_not_handled_again(void **state)
{
	(void)state;
	passes = 0;
	assert_int_equal(write(gpu_ends[1], "x", 1), 1);
	device.on_events = next_pass;
	run();
	assert_int_equal(passes, 3);
	assert_int_equal(device.acks, 1);
}

/* After an error the requests of other vCPUs may still wait. */
static void a_request_that_fails_stops_no_other(void **state)
{
	(void)state;
	device.serve_error = -EIO;
	device.busy = 2;
	run();
	/* the call that failed, two calls that served requests, and one that found none */
	assert_int_equal(device.served, 4);
	assert_int_equal(unserved_lines, 1);
	run_once();
	assert_int_equal(unserved_lines, 1);
}

static void a_signal_ends_it(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(raise(signals[i]), 0);
		run();
		assert_true(to_broker->want_quit);
	}
	/* no signal is left, so the worker runs until QUIT */
	say(XENGT_WP_PING, 5);
	device.busy = 3;
	run();
	assert_int_equal(device.busy, 0);
}

static void the_clock_has_milliseconds(void **state)
{
	(void)state;
	run_once();
	assert_true(to_broker->device->now_msec == made_ns / MADE_MSEC);
	made_ns += 999999999;
	run_once();
	assert_true(to_broker->device->now_msec == made_ns / MADE_MSEC);
	made_ns += 1;
	run_once();
	assert_true(to_broker->device->now_msec == made_ns / MADE_MSEC);
}

/*
 * The worker logs a line when the count of images reaches a limit, and then sets a higher
 * limit. This limit must not overflow, however large the count is.
 */
static void counts_of_images_may_be_large(void **state)
{
	static const struct {
		uint64_t count;
		int lines;		/* since the loop's start */
	} steps[2][3] = {
		{ { UINT64_MAX / 2, 1 }, { UINT64_MAX - 2, 1 }, { UINT64_MAX - 1, 2 } },
		{ { UINT64_MAX / 2 + 1, 1 }, { UINT64_MAX - 1, 1 }, { UINT64_MAX, 2 } },
	};

	for (int i = 0; i < 2; i++) {
		for (int k = 0; k < 3; k++) {
			device.counters.images_cut = steps[i][k].count;
			run_once();
			assert_int_equal(device.image_lines, steps[i][k].lines);
		}
		teardown(state);
		assert_int_equal(setup(state), 0);
	}
}

/* ---- calls of the kernel that fail ---- */

static void a_wait_fails(void **state)
{
	(void)state;
	/* a signal does not end the loop */
	wait_error = EINTR;
	run_once();
	to_broker->want_quit = false;
	wait_error = EBADF;
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), -EBADF);
}

/*
 * The test makes one call after another fail, of calloc() or of the kernel. The caller gets
 * the call's error, and no descriptor stays open. The descriptors of a loop are not
 * inherited by other programs, and a read of them does not block.
 */
static void a_loop_cannot_be_made(void **state)
{
	const int before = count_fds();
	bool was_open[256];
	int r;

	(void)state;
	for (int fd = 0; fd < 256; fd++)
		was_open[fd] = fcntl(fd, F_GETFD) >= 0;
	loop = NULL;
	for (fails_at = 1;; fails_at++) {
		calls = 0;
		errno = EIO;	/* of an earlier call */
		r = xengt_loop_create(&cfg, &loop);
		if (!r)
			break;
		/* calloc() has only one error */
		assert_int_equal(r, fails_at == 1 ? -ENOMEM : -(1000 + fails_at));
		assert_null(loop);
		assert_int_equal(count_fds(), before);
	}
	/*
	 * nine calls can fail: for memory, epoll, the mask of signals, signalfd, timerfd, and
	 * four watched descriptors
	 */
	assert_int_equal(fails_at, 10);
	assert_int_equal(count_fds(), before + 3);
	for (int fd = 0; fd < 256; fd++) {
		char path[64], to[64] = "";

		if (was_open[fd] || fcntl(fd, F_GETFD) < 0)
			continue;
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		assert_true(readlink(path, to, sizeof(to) - 1) > 0);
		if (strstr(to, "[signalfd]") || strstr(to, "[timerfd]"))
			assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	}
	fails_at = 0;
	xengt_loop_destroy(loop);
	assert_int_equal(count_fds(), before);
	xengt_loop_destroy(NULL);
}

static void a_loop_cannot_run(void **state)
{
	struct xengt_wp_msg msg;

	(void)state;
	for (fails_at = 1; fails_at <= 2; fails_at++) {
		calls = 0;
		assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL),
				 -(1000 + fails_at));
		assert_int_equal(hear(&msg), 0);
		assert_int_equal(device.served, 0);
		__real_epoll_ctl(to_broker->epoll_fd, EPOLL_CTL_DEL,
				 device.guest_fd, NULL);
	}
	fails_at = 0;
	errno = EIO;		/* of an earlier call */
	run_once();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_deadline_is_a_tick),
		TEST(the_timer_is_set_once),
		TEST(a_dead_vgpu_is_reported_once),
		TEST(the_host_fails_in_a_request),
		TEST(an_unplugged_vgpu_does_not_die),
		TEST(each_event_is_acknowledged_once),
		TEST(an_old_event_is_not_handled_again),
		TEST(a_request_that_fails_stops_no_other),
		TEST(a_signal_ends_it),
		TEST(the_clock_has_milliseconds),
		TEST(counts_of_images_may_be_large),
		TEST(a_wait_fails),
		cmocka_unit_test_setup_teardown(a_loop_cannot_be_made,
						connect_only, disconnect),
		TEST(a_loop_cannot_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
