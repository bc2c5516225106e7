/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket and its clients, with the vGPUs that the clients ask for;
 * test_control.c tests the lines themselves. Here the sockets are real. The
 * clock, the event loop, xenstore and the workers are imitated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "common/worker_questions.h"
#include "xengt/log.h"
#include "xengtd/answer.h"
#include "xengtd/bvgpu.h"
#include "xengtd/control.h"
#include "xengtd/ev.h"
#include "xengtd/gpudev.h"
#include "xengtd/store.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_find.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

/* ---- an event loop ---- */

#define IOS	64

struct xengt_ev {
	struct {
		struct xengt_ev_io *io;
		uint32_t events;
	} ios[IOS];
	struct xengt_ev_timer *timers;
	int64_t now_msec;
};

static struct xengt_ev ev;

int64_t xengt_ev_now_msec(void)
{
	return ev.now_msec;
}

int xengt_ev_add(struct xengt_ev *e, struct xengt_ev_io *io, uint32_t events)
{
	int i = 0;

	while (e->ios[i].io)
		assert_true(++i < IOS);
	e->ios[i].io = io;
	e->ios[i].events = events;
	return 0;
}

void xengt_ev_change(struct xengt_ev *e, struct xengt_ev_io *io,
		     uint32_t events)
{
	for (int i = 0; i < IOS; i++)
		if (e->ios[i].io == io)
			e->ios[i].events = events;
}

void xengt_ev_remove(struct xengt_ev *e, struct xengt_ev_io *io)
{
	for (int i = 0; i < IOS; i++)
		if (e->ios[i].io == io)
			e->ios[i].io = NULL;
	io->fd = -1;
}

void xengt_ev_disarm(struct xengt_ev *e, struct xengt_ev_timer *timer)
{
	struct xengt_ev_timer **p = &e->timers;

	while (*p && *p != timer)
		p = &(*p)->next;
	if (*p)
		*p = timer->next;
	timer->is_armed = false;
}

void xengt_ev_arm(struct xengt_ev *e, struct xengt_ev_timer *timer,
		  int64_t msec)
{
	xengt_ev_disarm(e, timer);
	timer->due_msec = e->now_msec + msec;
	timer->next = e->timers;
	timer->is_armed = true;
	e->timers = timer;
}

/* Handle one descriptor that is ready. Returns false if none is ready. */
static bool turn(void)
{
	for (int i = 0; i < IOS; i++) {
		struct xengt_ev_io *io = ev.ios[i].io;
		struct pollfd fd = { .fd = io ? io->fd : -1 };

		if (!io)
			continue;
		/*
		 * poll() has the same bits as epoll, and also reports errors
		 * and hang-ups unasked
		 */
		fd.events = (short)ev.ios[i].events;
		if (poll(&fd, 1, 0) != 1)
			continue;
		io->cb(io->ctx, (uint32_t)fd.revents);
		return true;
	}
	return false;
}

static void run(void)
{
	for (int n = 0; turn(); n++)
		assert_true(n < 1000000);
}

/* Let time pass, and call the timers that become due. */
static void pass(int64_t msec)
{
	const int64_t end = ev.now_msec + msec;

	run();
	for (;;) {
		struct xengt_ev_timer *first = NULL;

		for (struct xengt_ev_timer *t = ev.timers; t; t = t->next)
			if (t->due_msec <= end &&
			    (!first || t->due_msec < first->due_msec))
				first = t;
		if (!first)
			break;
		ev.now_msec = first->due_msec;
		xengt_ev_disarm(&ev, first);
		first->cb(first->ctx);
		run();
	}
	ev.now_msec = end;
}

/* ---- imitations of the other parts ---- */

static struct xengtd broker;
static struct xengt_control *control;
static char dir[] = "/tmp/test-control-XXXXXX";

static struct {
	const char *names[8];		/* names of the domains, by domid */
	uint32_t ended;			/* a domain whose vGPU ended; 0: none */
	struct xengt_wp_msg asked;	/* the last question to a worker */
	int questions;
	int gpu_error;
	uint32_t health;
} world;

char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	return domid < 8 && world.names[domid] ? strdup(world.names[domid]) :
						 NULL;
}

int xengt_store_list(struct xengt_store *s, uint32_t **ret_domids,
		     unsigned int *ret_count)
{
	(void)s;
	*ret_count = world.ended != 0;
	*ret_domids = malloc(sizeof(**ret_domids));
	(*ret_domids)[0] = world.ended;
	return 0;
}

enum xengt_store_state xengt_store_state(struct xengt_store *s, uint32_t domid)
{
	(void)s;
	return domid == world.ended ? XENGT_STORE_CLOSED : XENGT_STORE_NONE;
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	assert_int_equal(domid, world.ended);
	assert_string_equal(node, "error");
	return strdup("its process died");
}

void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd)
{
	(void)w;
	assert_true((pass_fd >= 0) == (msg->type == XENGT_WP_GET_PICTURE));
	world.asked = *msg;
	world.questions++;
}

pid_t xengt_worker_pid(const struct xengt_worker *w)
{
	(void)w;
	return 4711;
}

int xengt_gpudev_info(const char *device, struct xengt_info *ret_info)
{
	(void)device;
	*ret_info = (struct xengt_info){
		.low_total_mib = 256, .health = world.health,
		.flushes_failed = 2, .resets_failed = 3, .full_resets = 5,
		.way = XENGT_WAY_PVH,
	};
	return world.gpu_error;
}

void xengt_gpudev_explain(int error, char *text, size_t len)
{
	snprintf(text, len, "error %d", -error);
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	(void)vgpu_fd;
	(void)ret_info;
	return -ENODEV;
}

/* ---- the tests' tools ---- */

static struct xengt_bvgpu *add_vgpu(uint32_t domid, const char *name)
{
	struct xengt_bvgpu *v = calloc(1, sizeof(*v));

	v->d = &broker;
	v->domid = domid;
	v->fd = -1;
	v->state = XENGT_BVGPU_CONNECTED;
	v->worker = (struct xengt_worker *)&world;
	snprintf(v->req.domain, sizeof(v->req.domain), "%s", name);
	world.names[domid] = name;
	v->next = broker.vgpus;
	broker.vgpus = v;
	return v;
}

static void worker_says(struct xengt_bvgpu *v, struct xengt_wp_msg *msg)
{
	msg->seq = world.asked.seq;
	xengt_bvgpu_on_message(v, msg, -1);
	run();
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(&ev, 0, sizeof(ev));
	ev.now_msec = 1000000;
	broker.ev = &ev;
	broker.opt.run_dir = dir;
	return xengt_control_create(&broker, &control);
}

static int teardown(void **state)
{
	(void)state;
	xengt_control_destroy(control);
	while (broker.vgpus) {
		struct xengt_bvgpu *v = broker.vgpus;

		broker.vgpus = v->next;
		/* the clients are gone, and so their questions must be, too */
		assert_null(v->questions);
		free(v);
	}
	assert_null(ev.timers);
	for (int i = 0; i < IOS; i++)
		assert_null(ev.ios[i].io);
	return 0;
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/*
 * The number of clients that the control socket watches.
 */
static int clients(void)
{
	int n = -1;

	for (int i = 0; i < IOS; i++)
		n += ev.ios[i].io != NULL;
	return n;
}

static const char *socket_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/xengtd.sock", dir);
	return path;
}

static int join(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, socket_path());
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	run();
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
	run();
}

/*
 * The next line without its newline, or "" if no line has come yet, or NULL if
 * the connection ended.
 */
static const char *hear(int fd)
{
	static char line[XENGT_CONTROL_LINE_MAX];
	size_t len = 0;

	for (;;) {
		ssize_t n = recv(fd, line + len, 1, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return NULL;
		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			assert_int_equal(len, 0);
			return "";
		}
		if (line[len] == '\n')
			break;
		assert_true(++len < sizeof(line));
	}
	line[len] = '\0';
	return line;
}

#define has(line, part) assert_non_null(strstr((line), (part)))
#define PING "{\"v\":1,\"cmd\":\"ping\"}\n"

static void ask(int fd, const char *cmd, const char *vgpu)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"v\":1,\"cmd\":\"%s\",\"vgpu\":%s}\n",
		 cmd, vgpu);
	say(fd, text);
}

/* ---- lines ---- */

static void questions_and_answers(void **state)
{
	int fd = join();

	(void)state;
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	/* each line gets one answer, in order */
	say(fd, PING "{\"v\":1,\"cmd\":\"pong\"}\n\nbanana\n"
		"{\"v\":1,\"cmd\":\"list\"}\n{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "version");
	has(hear(fd), "\"code\":\"unknown-command\"");
	has(hear(fd), "\"code\":\"bad-request\"");
	has(hear(fd), "\"code\":\"bad-request\"");
	has(hear(fd), "\"data\":[]");
	has(hear(fd), "\"low_total_mib\":256");
	assert_string_equal(hear(fd), "");
	world.gpu_error = -ENODEV;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"code\":\"no-gpu\"");
	world.gpu_error = -ENXIO;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"code\":\"no-module\",\"error\":\"error 6\"");
	close(fd);
	run();
	assert_int_equal(clients(), 0);
}

/*
 * A client that stops in the middle of a line is dropped after a minute. A
 * client that says nothing may stay for ever.
 */
static void half_a_line(void **state)
{
	int fd = join(), other = join();

	(void)state;
	for (const char *c = PING; *c; c++) {
		char text[2] = { *c };

		assert_string_equal(hear(fd), "");
		say(fd, text);
	}
	has(hear(fd), "\"ok\":true");
	pass(10 * IDLE_MSEC);
	say(fd, "{\"v\":1,");
	pass(IDLE_MSEC - 1);
	assert_string_equal(hear(fd), "");
	/* each byte that arrives starts the minute again */
	say(fd, " ");
	pass(IDLE_MSEC - 1);
	assert_string_equal(hear(fd), "");
	pass(1);
	assert_null(hear(fd));
	say(other, PING);
	has(hear(other), "\"ok\":true");
	assert_int_equal(clients(), 1);
	close(fd);
	close(other);
}

static void send_all(int fd, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, text + done, len - done, MSG_NOSIGNAL);

		assert_true(n > 0 || errno == EAGAIN);
		if (n > 0)
			done += (size_t)n;
		run();
	}
}

static void lines_that_are_too_long(void **state)
{
	static const char head[] = "{\"v\":1,\"cmd\":\"ping\",\"x\":\"";
	char *line = malloc(4 * XENGT_CONTROL_LINE_MAX);
	int fd = join();

	(void)state;
	/* a line of the greatest length gets its answer */
	memset(line, 'x', 4 * XENGT_CONTROL_LINE_MAX);
	memcpy(line, head, strlen(head));
	memcpy(line + XENGT_CONTROL_LINE_MAX - 3, "\"}\n", 3);
	send_all(fd, line, XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"ok\":true");
	/*
	 * a line with one byte more is refused once, and the next line is
	 * handled
	 */
	line[XENGT_CONTROL_LINE_MAX - 3] = 'x';
	memcpy(line + XENGT_CONTROL_LINE_MAX - 2, "\"}\n", 3);
	send_all(fd, line, XENGT_CONTROL_LINE_MAX + 1);
	has(hear(fd), "longer than 64 KiB");
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	/* a much longer line */
	memset(line + XENGT_CONTROL_LINE_MAX - 2, 'x',
	       3 * XENGT_CONTROL_LINE_MAX);
	send_all(fd, line, 4 * XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"code\":\"bad-request\"");
	assert_string_equal(hear(fd), "");
	say(fd, "\n" PING);
	has(hear(fd), "\"ok\":true");
	assert_string_equal(hear(fd), "");
	/*
	 * a client that sends a line without an end is dropped after a minute
	 */
	send_all(fd, line, 4 * XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"code\":\"bad-request\"");
	pass(IDLE_MSEC);
	assert_null(hear(fd));
	close(fd);
	free(line);
}

/* ---- clients ---- */

static void more_clients_than_there_may_be(void **state)
{
	int fds[CLIENTS_MAX + 2];

	(void)state;
	for (int i = 0; i < CLIENTS_MAX; i++) {
		fds[i] = join();
		ev.now_msec++;
	}
	/* now the second client has been silent for the longest time */
	say(fds[0], PING);
	has(hear(fds[0]), "\"ok\":true");
	fds[CLIENTS_MAX] = join();
	assert_int_equal(clients(), CLIENTS_MAX);
	assert_null(hear(fds[1]));
	ev.now_msec++;
	fds[CLIENTS_MAX + 1] = join();
	assert_null(hear(fds[2]));
	for (int i = 0; i < CLIENTS_MAX + 2; i++) {
		if (i != 1 && i != 2) {
			say(fds[i], PING);
			has(hear(fds[i]), "\"ok\":true");
		}
		close(fds[i]);
	}
	run();
	assert_int_equal(clients(), 0);
}

/*
 * A client that closes its sending side gets all its answers; then its
 * connection ends.
 */
static void a_client_that_says_no_more(void **state)
{
	int fd = join();

	(void)state;
	assert_true(send(fd, PING PING, 2 * strlen(PING), 0) > 0);
	shutdown(fd, SHUT_WR);
	run();
	has(hear(fd), "\"ok\":true");
	has(hear(fd), "\"ok\":true");
	assert_null(hear(fd));
	assert_int_equal(clients(), 0);
	close(fd);
	fd = join();
	say(fd, "{\"v\":1");
	shutdown(fd, SHUT_WR);
	run();
	assert_null(hear(fd));
	close(fd);
}

/*
 * A client asks without end and reads nothing: no buffer grows, and the client
 * is dropped in the end.
 */
static void a_client_that_does_not_read(void **state)
{
	int fd = join(), other = join(), n = 0;

	(void)state;
	while (send(fd, PING, strlen(PING), MSG_NOSIGNAL) > 0) {
		assert_true(++n < 1000000);
		run();
	}
	assert_int_equal(errno, EAGAIN);
	say(other, PING);
	has(hear(other), "\"ok\":true");
	pass(IDLE_MSEC);
	assert_int_equal(clients(), 1);
	close(fd);
	close(other);
}

/* ---- vGPUs ---- */

/*
 * The answer to `info` for a vGPU while the worker is silent. It shows which
 * vGPU was meant.
 */
static const char *info_of(int fd, const char *vgpu)
{
	ask(fd, "info", vgpu);
	pass(QUESTION_MSEC);
	return hear(fd);
}

/*
 * A number is a domid first; if no vGPU has it, the number is a name, as in xl.
 */
static void names_that_are_numbers(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(7, "seven");
	has(info_of(fd, "\"7\""), "\"domid\":7");
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "\"seven\""), "\"domid\":7");
	add_vgpu(3, "7");
	has(info_of(fd, "\"7\""), "\"domid\":7");
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "3"), "\"domid\":3");
	has(info_of(fd, "\"seven\""), "\"domid\":7");
	/* the domains were renamed: only the new names count */
	world.names[3] = "three";
	world.names[7] = "99";
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "3"), "\"domid\":3");
	has(info_of(fd, "99"), "\"domid\":7");
	has(info_of(fd, "\"three\""), "\"domid\":3");
	has(info_of(fd, "\"seven\""), "\"code\":\"no-such-vgpu\"");
	has(info_of(fd, "\"07 \""), "no-such-vgpu");
	has(info_of(fd, "-1"), "no-such-vgpu");
	has(info_of(fd, "4294967303"), "no-such-vgpu");
	close(fd);
}

/* `info` tells what is wrong with the GPU, and what holds a vGPU that ended. */
static void what_went_wrong(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(7, "seven");
	int fd = join();

	(void)state;
	has(info_of(fd, "7"), "\"gpu_health\":\"fine\",\"gpu_flushes_failed\":2,\"gpu_resets_failed\":3,\"gpu_full_resets\":5,\"gpu_way\":\"pvh: addresses of dom0");
	world.health = XENGT_HEALTH_STOPPED;
	has(info_of(fd, "7"), "\"gpu_health\":\"stopped: bind");
	world.health |= XENGT_HEALTH_LOST;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"gpu_health\":\"lost: ");
	strcpy(v->held, "not released: its aperture");
	assert_null(strstr(info_of(fd, "7"), "not released"));
	v->state = XENGT_BVGPU_HELD;
	ask(fd, "info", "7");
	has(hear(fd), "\"faults\":[\"not released: its aperture\"]");
	close(fd);
}

/* xl accepts any bytes as a name; an answer must be JSON. */
static void a_name_that_is_not_utf8(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(7, "gr\xfcn");
	has(info_of(fd, "7"), "\"name\":\"gr?n\"");
	close(fd);
}

static void one_that_ended(void **state)
{
	int fd = join();

	(void)state;
	world.names[5] = "five";
	ask(fd, "stat", "\"five\"");
	has(hear(fd), "no vGPU for domain \\\"five\\\"");
	world.ended = 5;
	ask(fd, "stat", "\"five\"");
	has(hear(fd), "\"code\":\"no-such-vgpu\",\"error\":\"the vGPU of \\\"five\\\" is no more: its process died\"");
	ask(fd, "stat", "5");
	has(hear(fd), "is no more: its process died");
	ask(fd, "stat", "\"six\"");
	has(hear(fd), "no vGPU for domain");
	assert_int_equal(world.questions, 0);
	close(fd);
}

/*
 * While an answer is missing, the broker reads no further line of that client,
 * but it reads lines of other clients.
 */
static void a_worker_is_asked(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	int fd = join(), other = join();

	(void)state;
	msg.u.counters.hypercalls = 123456;
	say(fd, "{\"v\":1,\"cmd\":\"stat\",\"vgpu\":4}\n" PING);
	assert_int_equal(world.asked.type, XENGT_WP_GET_COUNTERS);
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	assert_string_equal(hear(fd), "");
	say(other, PING);
	has(hear(other), "\"ok\":true");
	/*
	 * a message of another type or with another number does not answer the
	 * question
	 */
	worker_says(v, &(struct xengt_wp_msg){ .type = XENGT_WP_INFO });
	msg.seq = world.asked.seq + 1;
	xengt_bvgpu_on_message(v, &msg, -1);
	run();
	assert_string_equal(hear(fd), "");
	worker_says(v, &msg);
	has(hear(fd), "123456");
	has(hear(fd), "version");
	has(hear(fd), "version");
	/* a second answer to the same question is ignored */
	worker_says(v, &msg);
	assert_string_equal(hear(fd), "");
	close(fd);
	close(other);
}

static void a_worker_that_does_not_answer(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	int fd = join();

	(void)state;
	ask(fd, "stat", "4");
	pass(QUESTION_MSEC - 1);
	assert_string_equal(hear(fd), "");
	pass(1);
	has(hear(fd), "\"code\":\"no-answer\"");
	/* the vGPU ends before it has answered */
	ask(fd, "regs-diff", "4");
	xengt_bvgpu_fail_questions(v, -ENOTCONN);
	run();
	has(hear(fd), "\"code\":\"no-answer\"");
	/* there is no worker: `info` has what the broker itself knows */
	v->worker = NULL;
	ask(fd, "stat", "4");
	has(hear(fd), "\"code\":\"no-answer\"");
	ask(fd, "info", "4");
	has(hear(fd), "\"name\":\"four\"");
	assert_int_equal(world.questions, 2);
	close(fd);
}

/* The client is gone when the answer comes. */
static void a_client_that_goes_meanwhile(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	int fd = join(), other = join();

	(void)state;
	ask(fd, "stat", "4");
	ask(other, "info", "4");
	close(fd);
	run();
	assert_int_equal(clients(), 1);
	worker_says(v, &msg);
	msg.type = XENGT_WP_INFO;
	worker_says(v, &msg);
	has(hear(other), "\"domid\":4");
	assert_null(v->questions);
	/* in the last round xengtd itself ends */
	ask(other, "stat", "4");
	assert_non_null(v->questions);
	xengt_control_destroy(control);
	assert_null(v->questions);
	assert_null(hear(other));
	close(other);
	assert_int_equal(xengt_control_create(&broker, &control), 0);
}

/* Registers come in several messages; the broker makes one line of them. */
static void many_registers(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_REGS };
	struct xengt_wp_regs *regs = &msg.u.regs;
	int fd = join();

	(void)state;
	ask(fd, "regs-unknown", "4");
	assert_int_equal(world.asked.u.wanted.list, XENGT_REGS_UNKNOWN);
	assert_int_equal(world.asked.u.wanted.from, 0);
	regs->left = 3;
	regs->count = 2;
	regs->reg[0].off = 0x100;
	regs->reg[1].off = 0x2000;
	worker_says(v, &msg);
	assert_string_equal(hear(fd), "");
	assert_int_equal(world.asked.u.wanted.from, 0x2004);
	regs->left = 1;
	regs->count = 1;
	regs->reg[0].off = 0x3000;
	worker_says(v, &msg);
	has(hear(fd), "{\"total\":3,\"regs\":[{\"off\":256,\"value\":0},{\"off\":8192,\"value\":0},{\"off\":12288,\"value\":0}]}");
	/*
	 * a worker sends a list without an end: the client gets as much as fits
	 */
	ask(fd, "regs-diff", "4");
	regs->count = XENGT_WP_REGS_MAX;
	regs->left = 1000000;
	for (int i = 0; *hear(fd) == '\0'; i++) {
		assert_true(i <= REGS_MAX / XENGT_WP_REGS_MAX);
		worker_says(v, &msg);
	}
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	close(fd);
}

static void pictures(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_PICTURE };
	const char *line, *at;
	char path[64] = "";
	int fd = join();

	(void)state;
	ask(fd, "screenshot", "4");
	msg.status = -ENODATA;
	worker_says(v, &msg);
	has(hear(fd), "\"code\":\"no-picture\"");
	/* a picture without pixels is not accepted */
	ask(fd, "screenshot", "4");
	msg.status = 0;
	worker_says(v, &msg);
	has(hear(fd), "\"code\":\"no-picture\"");
	ask(fd, "screenshot", "4");
	msg.u.picture.width = 640;
	msg.u.picture.height = 480;
	worker_says(v, &msg);
	line = hear(fd);
	has(line, "\"width\":640,\"height\":480,\"file\":\"");
	at = strstr(line, "\\/proc");
	assert_non_null(at);
	/* JSON escapes the slash */
	for (size_t i = 0; *at != '"'; at++)
		if (*at != '\\')
			path[i++] = *at;
	assert_int_equal(access(path, R_OK), 0);
	/* the broker removes the file at the next question */
	say(fd, PING);
	assert_int_equal(access(path, R_OK), -1);
	close(fd);
	run();
}

/* ---- the socket ---- */

static void there_is_another_broker(void **state)
{
	struct xengt_control *other = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(xengt_control_create(&broker, &other), -EADDRINUSE);
	assert_null(other);
	run();
	assert_int_equal(stat(socket_path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* an xengtd that died leaves its socket, which may be replaced */
	shutdown(ev.ios[0].io->fd, SHUT_RDWR);
	assert_int_equal(xengt_control_create(&broker, &other), 0);
	xengt_control_destroy(control);
	control = other;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(questions_and_answers),
		TEST(half_a_line),
		TEST(lines_that_are_too_long),
		TEST(more_clients_than_there_may_be),
		TEST(a_client_that_says_no_more),
		TEST(a_client_that_does_not_read),
		TEST(names_that_are_numbers),
		TEST(what_went_wrong),
		TEST(a_name_that_is_not_utf8),
		TEST(one_that_ended),
		TEST(a_worker_is_asked),
		TEST(a_worker_that_does_not_answer),
		TEST(a_client_that_goes_meanwhile),
		TEST(many_registers),
		TEST(pictures),
		TEST(there_is_another_broker),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
