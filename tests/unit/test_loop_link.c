/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the worker's link to the broker (broker.c) where test_loop.c does not: descriptors
 * that come and go, calls of the kernel that fail, the last millisecond of a wait, and the
 * answers that questions.c builds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "hv/hv_xen.h"
#include "loop_rig.h"
#include "made_time.h"
#include "xengt/edid.h"
#include "xengt/log.h"
#include "xengt-vgpu/broker.h"
#include "xengt-vgpu/device.h"
#include "xengt-vgpu/loop.h"
#include "xengt-vgpu/questions.h"

#define MSEC	100u		/* time in ms after which the worker gives up waiting for an
				 * answer */

static int broker_fd;			/* the broker's end of the connection */
static struct sockaddr_un addr;		/* address at which the worker listens */
static socklen_t addr_len;
static struct xengt_loop *loop;
static struct xengt_broker *to_broker;

/* What the broker does when a question arrives; NULL: nothing. */
static void (*on_question)(const struct xengt_wp_msg *msg);
static int questions;

static int complaints;			/* log lines with a limit, of level warning or worse */

/* Errors of the next calls; 0: the call succeeds. */
static int poll_error, accept_error, ctl_error;

int __real_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);
int __wrap_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);
int __wrap_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd)
{
	int r = __real_xengt_wp_send(fd, msg, pass_fd);

	if (r == 0 && fd != broker_fd && msg->type == XENGT_WP_PLACE) {
		questions++;
		if (on_question)
			on_question(msg);
	}
	return r;
}

static bool fails(int *error)
{
	if (!*error)
		return false;
	errno = *error;
	*error = 0;
	return true;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int msec);
int __wrap_poll(struct pollfd *fds, nfds_t count, int msec)
{
	return fails(&poll_error) ? -1 : made_poll(fds, count, msec);
}

int __real_accept4(int fd, struct sockaddr *from, socklen_t *len, int flags);
int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *len, int flags);
int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	return fails(&accept_error) ? -1 : __real_accept4(fd, from, len, flags);
}

int __real_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	return fails(&ctl_error) ? -1 : __real_epoll_ctl(epfd, op, fd, ev);
}

void __wrap_xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
			   const char *fmt, ...);
void __wrap_xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
			   const char *fmt, ...)
{
	(void)site;
	(void)fmt;
	complaints += level <= XENGT_LOG_WARN;
}

static int made_loop(uint32_t answer_msec)
{
	struct xengt_broker_config cfg = {
		.domid = 7, .vgpu_fd = -1, .answer_msec = answer_msec,
	};
	int pair[2];

	memset(&device, 0, sizeof(device));
	memset(&addr, 0, sizeof(addr));
	on_question = NULL;
	made_on_read = NULL;
	questions = complaints = poll_error = accept_error = ctl_error = 0;
	made_ns = (made_ns / MADE_SEC + 1) * MADE_SEC;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	cfg.broker_fd = pair[0];
	broker_fd = pair[1];
	/* the kernel chooses an abstract name */
	cfg.listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	addr.sun_family = AF_UNIX;
	addr_len = sizeof(addr);
	if (bind(cfg.listen_fd, (struct sockaddr *)&addr, sizeof(sa_family_t)) < 0 ||
	    listen(cfg.listen_fd, 4) < 0 ||
	    getsockname(cfg.listen_fd, (struct sockaddr *)&addr, &addr_len) < 0)
		return -1;
	errno = EIO;		/* of an earlier call */
	if (xengt_loop_create(&cfg, &loop) < 0)
		return -1;
	to_broker = xengt_loop_broker(loop);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return made_loop(MSEC);
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int teardown(void **state)
{
	(void)state;
	close_if_open(broker_fd);
	close_if_open(to_broker->cfg.broker_fd);
	close_if_open(to_broker->cfg.listen_fd);
	xengt_loop_destroy(loop);
	return 0;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void say_with(enum xengt_wp_type type, uint32_t seq, int pass_fd)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq };

	assert_int_equal(xengt_wp_send(broker_fd, &msg, pass_fd), 0);
}

static uint32_t hear(struct xengt_wp_msg *msg)
{
	return xengt_wp_recv(broker_fd, msg, NULL) == 1 ? msg->type : 0;
}

/* Lets the worker handle the messages that are there. */
static void handle(void)
{
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.broker_fd));
}

static int64_t now_msec(void)
{
	return (int64_t)(made_ns / MADE_MSEC);
}

static int show(void)
{
	return xengt_broker_map_aperture(to_broker, gfn(0xe0000), true);
}

static int give(void)
{
	return xengt_broker_populate(to_broker, gfn(0xf0000), 16, true);
}

static void answer_with(const struct xengt_wp_msg *msg, int status)
{
	struct xengt_wp_msg answer = {
		.type = XENGT_WP_PLACED, .seq = msg->seq, .status = status,
	};

	assert_int_equal(xengt_wp_send(broker_fd, &answer, -1), 0);
}

static void agree(const struct xengt_wp_msg *msg)
{
	answer_with(msg, 0);
}

static void refuse(const struct xengt_wp_msg *msg)
{
	answer_with(msg, -EPERM);
}

/* ---- time ---- */

/* The worker waits 5 s if nothing else is configured (docs/protocol.md). */
static void it_waits_five_seconds(void **state)
{
	int64_t start;

	teardown(state);
	assert_int_equal(made_loop(0), 0);
	start = now_msec();
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, 5000);
}

static void dawdle(const struct xengt_wp_msg *msg)
{
	(void)msg;
	made_ns += (MSEC - 1) * MADE_MSEC;
}

static void dawdle_then_agree(const struct xengt_wp_msg *msg)
{
	dawdle(msg);
	agree(msg);
}

/* The worker still accepts an answer in the last millisecond of its wait, and waits no longer. */
static void the_last_millisecond_counts(void **state)
{
	int64_t start = now_msec();

	(void)state;
	on_question = dawdle;
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, MSEC);
	on_question = dawdle_then_agree;
	assert_int_equal(show(), 0);
}

/* A wait has the same length wherever within a millisecond it begins. */
static void a_wait_begins_at_any_time(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		int64_t start;

		made_ns += 222222222;
		start = now_msec();
		assert_int_equal(show(), -ETIMEDOUT);
		assert_int_equal(now_msec() - start, MSEC);
	}
}

/*
 * No new broker can connect. The worker waits for the connected broker's answer, and does
 * not wait if no broker is connected.
 */
static void there_is_no_other_broker(void **state)
{
	int64_t start = now_msec();

	(void)state;
	close(to_broker->cfg.listen_fd);
	to_broker->cfg.listen_fd = -1;
	on_question = agree;
	assert_int_equal(show(), 0);
	on_question = NULL;
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, MSEC);
	close(to_broker->cfg.broker_fd);
	to_broker->cfg.broker_fd = -1;
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, MSEC);
}

static void a_wait_fails(void **state)
{
	(void)state;
	/* a signal does not end the wait */
	poll_error = EINTR;
	assert_int_equal(show(), -ETIMEDOUT);
	poll_error = ENOMEM;
	assert_int_equal(show(), -ENOMEM);
	assert_false(to_broker->has_aperture);
}

static struct xengt_wp_msg asked;

/*
 * The worker has seen that there is no answer yet, and reads the clock. Before it gets the
 * time, the answer arrives, and the worker gets no processor until its time is over.
 */
static void stand_still(void)
{
	made_on_read = NULL;
	agree(&asked);
	made_ns += 2 * MSEC * MADE_MSEC;
}

static void then_stand_still(const struct xengt_wp_msg *msg)
{
	asked = *msg;
	made_on_read = stand_still;
}

static void an_answer_arrives_while_the_worker_stands_still(void **state)
{
	(void)state;
	on_question = then_stand_still;
	assert_int_equal(show(), 0);
	assert_true(to_broker->has_aperture);
}

/* ---- pieces of the aperture, and RAM ---- */

/* The worker notes that the aperture is mapped only if the broker has mapped a piece. */
static void a_piece_that_is_not_mapped(void **state)
{
	const gfn_t at = gfn(0xe0000);

	(void)state;
	on_question = refuse;
	assert_int_equal(xengt_broker_map_piece(to_broker, at, 1, true), -EPERM);
	assert_false(to_broker->has_aperture);
	on_question = agree;
	assert_int_equal(xengt_broker_map_piece(to_broker, at, 1, false), 0);
	assert_false(to_broker->has_aperture);
	assert_int_equal(xengt_broker_map_piece(to_broker, at, 1, true), 0);
	assert_true(to_broker->has_aperture);
	assert_int_equal(to_broker->aperture_gfn, 0xe0000);
}

static void what_is_complained_about(void **state)
{
	(void)state;
	on_question = agree;
	assert_int_equal(give(), 0);
	assert_int_equal(show(), 0);
	assert_int_equal(complaints, 0);
	on_question = refuse;
	/* the caller logs this error: only the broker's silence is logged here */
	assert_int_equal(show(), -EPERM);
	assert_int_equal(complaints, 0);
	assert_int_equal(give(), -EPERM);
	assert_int_equal(complaints, 1);
	on_question = NULL;
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(complaints, 2);
}

static void nothing_is_taken_back(void **state)
{
	(void)state;
	on_question = agree;
	xengt_broker_take_back(to_broker);
	assert_int_equal(questions, 0);
}

/* ---- the connection ---- */

/* The broker dies before the worker sends a question. */
static void a_question_cannot_be_sent(void **state)
{
	(void)state;
	close(broker_fd);
	broker_fd = -1;
	assert_int_equal(give(), -ENOTCONN);
	assert_int_equal(device.complaints, 1);
	assert_int_equal(to_broker->cfg.broker_fd, -1);
	/* without a broker nothing is sent, which is no fault */
	xengt_broker_send_simple(to_broker, XENGT_WP_PONG, 1, 0);
	assert_int_equal(device.complaints, 1);
	assert_int_equal(show(), -ETIMEDOUT);
	assert_int_equal(device.complaints, 1);
}

static void whose_descriptor_it_is(void **state)
{
	(void)state;
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.broker_fd));
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.listen_fd));
	assert_false(xengt_broker_handle(to_broker, 1000));
}

static int join(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&addr, addr_len), 0);
	return fd;
}

/* The listening descriptor is readable, but no broker waits: the present broker stays. */
static void nobody_comes(void **state)
{
	const int old = to_broker->cfg.broker_fd;
	struct xengt_wp_msg msg;

	(void)state;
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.listen_fd));
	accept_error = ECONNABORTED;
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.listen_fd));
	assert_int_equal(to_broker->cfg.broker_fd, old);
	say_with(XENGT_WP_PING, 3, -1);
	handle();
	assert_int_equal(hear(&msg), XENGT_WP_PONG);
}

/* A new broker's connection is not inherited, and a read of it does not block. */
static void another_comes(void **state)
{
	const int before = count_fds();
	struct xengt_wp_msg msg;
	int fd = join();

	(void)state;
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.listen_fd));
	/* the worker has closed its old connection, and the test has opened a second one */
	assert_int_equal(count_fds(), before + 1);
	assert_int_equal(fcntl(to_broker->cfg.broker_fd, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(to_broker->cfg.broker_fd, F_GETFL) & O_NONBLOCK);
	close(broker_fd);
	broker_fd = fd;
	say_with(XENGT_WP_PING, 3, -1);
	handle();
	assert_int_equal(hear(&msg), XENGT_WP_PONG);
	/* the loop cannot watch the next connection */
	ctl_error = ENOSPC;
	fd = join();
	assert_true(xengt_broker_handle(to_broker, to_broker->cfg.listen_fd));
	assert_int_equal(to_broker->cfg.broker_fd, -1);
	assert_int_equal(count_fds(), before);
	close(fd);
}

/* ---- messages and their files ---- */

static int new_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* A file that no question needs is closed, and a message that no worker expects is ignored. */
static void files_that_nobody_needs(void **state)
{
	static const enum xengt_wp_type types[] = {
		XENGT_WP_PING, XENGT_WP_PONG, XENGT_WP_UNPLUGGED, XENGT_WP_GET_COUNTERS,
	};
	const int before = count_fds();
	int fd = new_file();

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(types); i++) {
		struct xengt_wp_msg msg;

		for (int with = 0; with < 2; with++) {
			say_with(types[i], 9, with ? fd : -1);
			handle();
			if (types[i] == XENGT_WP_PING)
				assert_int_equal(hear(&msg), XENGT_WP_PONG);
			if (types[i] == XENGT_WP_GET_COUNTERS)
				assert_int_equal(hear(&msg), XENGT_WP_COUNTERS);
			assert_int_equal(hear(&msg), 0);
			assert_int_equal(count_fds(), before + 1);
		}
	}
	close(fd);
	/* a question without its file is not answered, and does not end the connection */
	say_with(XENGT_WP_GET_PICTURE, 1, -1);
	say_with(XENGT_WP_PING, 2, -1);
	handle();
	xengt_broker_answer_files(to_broker);
	assert_int_equal(hear(&(struct xengt_wp_msg){ 0 }), XENGT_WP_PONG);
	assert_int_equal(hear(&(struct xengt_wp_msg){ 0 }), 0);
}

/* A file for which the loop has not answered yet is closed with the loop. */
static void files_that_are_left(void **state)
{
	const int fd = new_file();
	int before = count_fds();

	(void)state;
	for (int i = 0; i < 2; i++) {
		say_with(XENGT_WP_GET_PICTURE, 1, fd);
		say_with(XENGT_WP_SET_EDID, 2, fd);
		handle();
		assert_int_equal(count_fds(), before + 2);
	}
	xengt_broker_fini(to_broker);
	assert_int_equal(count_fds(), before);
	for (size_t i = 0; i < XENGT_QUESTIONS; i++)
		to_broker->files[i].fd = -1;
	close(fd);
}

/* ---- answers ---- */

/* The number of registers in a message has a limit, and the message says how many are left. */
static void lists_of_registers(void **state)
{
	static const uint32_t lefts[] = { 0, 1, XENGT_WP_REGS_MAX - 1, XENGT_WP_REGS_MAX,
					  XENGT_WP_REGS_MAX + 1, 10000 };

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(lefts); i++) {
		const struct xengt_wp_question *row =
			&xengt_wp_questions[XENGT_QUESTION_REGS_DIFF];
		const struct xengt_wp_msg ask = { .type = XENGT_WP_GET_REGS };
		struct xengt_wp_msg msg = { .type = XENGT_WP_REGS };

		device.regs_left = lefts[i];
		xengt_question_answer(to_broker->device, row, &ask, -1, &msg);
		assert_int_equal(msg.u.regs.left, lefts[i]);
		assert_int_equal(msg.u.regs.count, lefts[i] < XENGT_WP_REGS_MAX ?
				 lefts[i] : XENGT_WP_REGS_MAX);
	}
}

/* The guest gets another monitor only if the file has a valid EDID. */
static void another_monitor(void **state)
{
	static const uint32_t sizes[] = { 0, 128, XENGT_EDID_MAX_BYTES };

	(void)state;
	for (int i = 0; i < 3; i++) {
		int fd = new_file();

		device.edid_bytes = sizes[i];
		say_with(XENGT_WP_SET_EDID, 1, fd);
		handle();
		assert_int_equal(device.edid_sets, i ? i - 1 : 0);
		xengt_broker_answer_files(to_broker);
		assert_int_equal(device.edid_sets, i);
		assert_int_equal(device.edid_set_bytes, sizes[i]);
		xengt_broker_answer_files(to_broker);
		assert_int_equal(device.edid_sets, i);
		close(fd);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_waits_five_seconds),
		TEST(the_last_millisecond_counts),
		TEST(a_wait_begins_at_any_time),
		TEST(there_is_no_other_broker),
		TEST(a_wait_fails),
		TEST(an_answer_arrives_while_the_worker_stands_still),
		TEST(a_piece_that_is_not_mapped),
		TEST(what_is_complained_about),
		TEST(nothing_is_taken_back),
		TEST(a_question_cannot_be_sent),
		TEST(whose_descriptor_it_is),
		TEST(nobody_comes),
		TEST(another_comes),
		TEST(files_that_nobody_needs),
		TEST(files_that_are_left),
		TEST(lists_of_registers),
		TEST(another_monitor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
