/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Imitates what the control socket's code calls: event loop, clock, xenstore, workers and
 * GPU. control_rig.h says what tests may use.
 */
#include "control_rig.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "uapi/xengt.h"
#include "xengtd/bvgpu.h"
#include "xengtd/control.h"
#include "xengtd/gpudev.h"
#include "xengtd/store.h"
#include "xengtd/vgpu.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

/* ---- an event loop ---- */

struct xengt_ev made_ev;

int64_t xengt_ev_now_msec(void)
{
	return made_ev.now_msec;
}

int xengt_ev_add(struct xengt_ev *e, struct xengt_ev_io *io, uint32_t events)
{
	int i = 0;

	if (e->add_error)
		return e->add_error;
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

/* Handles one descriptor that is ready. Returns false if no descriptor is ready. */
static bool turn(void)
{
	for (int i = 0; i < IOS; i++) {
		struct xengt_ev_io *io = made_ev.ios[i].io;
		struct pollfd fd = { .fd = io ? io->fd : -1 };

		if (!io)
			continue;
		/*
		 * poll() has the same bits as epoll, and also reports errors and hang-ups
		 * that were not requested
		 */
		fd.events = (short)made_ev.ios[i].events;
		if (poll(&fd, 1, 0) != 1)
			continue;
		io->cb(io->ctx, (uint32_t)fd.revents);
		return true;
	}
	return false;
}

void run(void)
{
	for (int n = 0; turn(); n++)
		assert_true(n < 1000000);
}

/* Let time pass, and call the timers that become due. */
void pass(int64_t msec)
{
	const int64_t end = made_ev.now_msec + msec;

	run();
	for (;;) {
		struct xengt_ev_timer *first = NULL;

		for (struct xengt_ev_timer *t = made_ev.timers; t; t = t->next)
			if (t->due_msec <= end &&
			    (!first || t->due_msec < first->due_msec))
				first = t;
		if (!first)
			break;
		made_ev.now_msec = first->due_msec;
		xengt_ev_disarm(&made_ev, first);
		first->cb(first->ctx);
		run();
	}
	made_ev.now_msec = end;
}

/* ---- imitations of the rest ---- */

struct xengtd broker;
struct xengt_control *control;
static char dir[] = "/tmp/test-control-XXXXXX";

struct control_world world;

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
		.flushes_failed = 2, .stops_failed = 4, .resets_failed = 3, .full_resets = 5,
		.way = XENGT_WAY_PVH, .backend = XENGT_BACKEND_I915,
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

struct xengt_bvgpu *add_vgpu(uint32_t domid, const char *name)
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

void worker_says(struct xengt_bvgpu *v, struct xengt_wp_msg *msg)
{
	msg->seq = world.asked.seq;
	xengt_bvgpu_on_message(v, msg, -1);
	run();
}

int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(&made_ev, 0, sizeof(made_ev));
	made_ev.now_msec = 1000000;
	broker.ev = &made_ev;
	broker.opt.run_dir = dir;
	return xengt_control_create(&broker, &control);
}

int teardown(void **state)
{
	(void)state;
	xengt_control_destroy(control);
	while (broker.vgpus) {
		struct xengt_bvgpu *v = broker.vgpus;

		broker.vgpus = v->next;
		/* all clients are gone, so no question may be left */
		assert_null(v->questions);
		free(v);
	}
	assert_null(made_ev.timers);
	for (int i = 0; i < IOS; i++)
		assert_null(made_ev.ios[i].io);
	return 0;
}

int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* Returns the number of clients that the control socket watches. */
int clients(void)
{
	int n = -1;

	for (int i = 0; i < IOS; i++)
		n += made_ev.ios[i].io != NULL;
	return n;
}

const char *socket_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/xengtd.sock", dir);
	return path;
}

int join(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, socket_path());
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	run();
	return fd;
}

void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
	run();
}

/*
 * Returns the next line without its newline, "" if no line has come yet, or NULL if the
 * connection ended.
 */
const char *hear(int fd)
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

void ask(int fd, const char *cmd, const char *vgpu)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"v\":1,\"cmd\":\"%s\",\"vgpu\":%s}\n",
		 cmd, vgpu);
	say(fd, text);
}
