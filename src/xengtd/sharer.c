/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls sharers; see sharer.h. As with workers, a pidfd reports the
 * end of a process, also if an earlier broker started the process.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xengtd/sharer.h"
#include "common/share_proto.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"
#include "xengtd/xengtd.h"

#define MESSAGES_PER_TURN 16

struct xengt_sharer {
	struct xengtd *d;
	struct xengt_sharer_events events;
	void *ctx;
	char path[108];			/* of the socket */
	pid_t pid;
	int pidfd, fd;
	struct xengt_ev_io exit_io, io;
	struct xengt_ev_timer quit_timer;
};

static void drop_connection(struct xengt_sharer *s)
{
	xengt_ev_remove(s->d->ev, &s->io);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void xengt_sharer_free(struct xengt_sharer *s)
{
	if (!s)
		return;
	xengt_ev_disarm(s->d->ev, &s->quit_timer);
	drop_connection(s);
	xengt_ev_remove(s->d->ev, &s->exit_io);
	if (s->pidfd >= 0)
		close(s->pidfd);
	free(s);
}

static void on_quit_timeout(void *ctx)
{
	struct xengt_sharer *s = ctx;

	xengt_warn("the sharer %d did not end in time: killed", (int)s->pid);
	xengt_pidfd_signal(s->pidfd, SIGKILL);
}

void xengt_sharer_kill(struct xengt_sharer *s)
{
	drop_connection(s);
	if (s->pidfd < 0)
		return;
	xengt_pidfd_signal(s->pidfd, SIGTERM);
	xengt_ev_arm(s->d->ev, &s->quit_timer, XENGT_SHARER_QUIT_MSEC);
}

void xengt_sharer_quit(struct xengt_sharer *s)
{
	struct xengt_sp_msg msg = { .type = XENGT_SP_END };

	xengt_ev_arm(s->d->ev, &s->quit_timer, XENGT_SHARER_QUIT_MSEC);
	xengt_sharer_send(s, &msg, -1);
}

void xengt_sharer_remove_socket(struct xengt_sharer *s)
{
	unlink(s->path);
}

void xengt_sharer_send(struct xengt_sharer *s, struct xengt_sp_msg *msg,
		       int pass_fd)
{
	int r;

	if (s->fd < 0)
		return;
	r = xengt_sp_send(s->fd, msg, pass_fd);
	if (r == 0 || r == -EPIPE)
		return;		/* the sharer is ending; its pidfd will report the end */
	xengt_err("cannot send to the sharer %d (%s): killed", (int)s->pid,
		  strerror(-r));
	xengt_sharer_kill(s);
}

static void on_message(void *ctx, uint32_t events)
{
	struct xengt_sharer *s = ctx;

	(void)events;
	for (int i = 0; i < MESSAGES_PER_TURN && s->fd >= 0; i++) {
		struct xengt_sp_msg msg;
		int fd = -1, r = xengt_sp_recv(s->fd, &msg, &fd);

		if (r == 0)
			return;
		if (fd >= 0)
			close(fd);
		if (r < 0 || msg.type < XENGT_SP_HELLO) {
			if (r != -EPIPE)
				xengt_err("the sharer %d sent an invalid message: killed",
					  (int)s->pid);
			xengt_sharer_kill(s);
			return;
		}
		s->events.message(s->ctx, &msg);
	}
}

static void on_ended(void *ctx, uint32_t events)
{
	struct xengt_sharer *s = ctx;

	(void)events;
	xengt_ev_remove(s->d->ev, &s->exit_io);
	xengt_child_reap(s->pidfd);
	s->events.ended(s->ctx);
}

static struct xengt_sharer *new_sharer(struct xengtd *d,
				       const struct xengt_sharer_events *events,
				       void *ctx)
{
	struct xengt_sharer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->d = d;
	s->events = *events;
	s->ctx = ctx;
	s->pidfd = -1;
	s->fd = -1;
	s->exit_io = (struct xengt_ev_io){ .fd = -1, .cb = on_ended, .ctx = s };
	s->io = (struct xengt_ev_io){ .fd = -1, .cb = on_message, .ctx = s };
	s->quit_timer = (struct xengt_ev_timer){ .cb = on_quit_timeout, .ctx = s };
	return s;
}

static int watch(struct xengt_sharer *s)
{
	int r;

	s->exit_io.fd = s->pidfd;
	r = xengt_ev_add(s->d->ev, &s->exit_io, EPOLLIN);
	if (r < 0) {
		s->exit_io.fd = -1;
		return r;
	}
	s->io.fd = s->fd;
	r = xengt_ev_add(s->d->ev, &s->io, EPOLLIN);
	if (r < 0)
		s->io.fd = -1;
	return r;
}

/* Chooses a path at which no sharer listens, and returns a bound socket. */
static int bind_socket(struct xengt_sharer *s, uint32_t viewer)
{
	for (unsigned int i = 0; i < XENGT_VIEWS_MAX; i++) {
		snprintf(s->path, sizeof(s->path), "%s/view-%u-%u.sock",
			 s->d->opt.run_dir, viewer, i);
		if (access(s->path, F_OK) < 0)
			return xengt_child_bind(s->path);
	}
	return -ENOSPC;
}

static int start(struct xengt_sharer *s, uint32_t viewer, const uint8_t *uuid,
		 int broker_fd, int listen_fd, int log_fd)
{
	static const char *const envp[] = { "PATH=/usr/bin:/bin", NULL };
	const struct xengt_child_fd fds[] = {
		{ broker_fd, XENGT_SP_FD_BROKER },
		{ listen_fd, XENGT_SP_FD_LISTEN },
		{ -1, -1 },
	};
	char domid[16], hex[33], chroot_dir[256];
	const char *argv[] = {
		s->d->opt.sharer, "--viewer", domid, "--uuid", hex, "--chroot",
		chroot_dir, "--seccomp",
		s->d->opt.is_seccomp_fatal ? "kill" : "errno",
		s->d->opt.is_verbose ? "--verbose" : NULL, NULL,
	};

	snprintf(domid, sizeof(domid), "%u", viewer);
	snprintf(chroot_dir, sizeof(chroot_dir), "%s/empty", s->d->opt.run_dir);
	for (int i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", uuid[i]);
	return xengt_child_start(argv, envp, log_fd, fds, &s->pid, &s->pidfd);
}

int xengt_sharer_start(struct xengtd *d, uint32_t viewer, const uint8_t *uuid,
		       const struct xengt_sharer_events *events, void *ctx,
		       struct xengt_sharer **ret_sharer)
{
	struct xengt_sharer *s = new_sharer(d, events, ctx);
	int pair[2] = { -1, -1 }, listen_fd = -1, log_fd = -1, r;
	char log[512];

	if (!s)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) < 0) {
		r = -errno;
		goto out;
	}
	s->fd = pair[0];
	r = listen_fd = bind_socket(s, viewer);
	if (r < 0)
		goto out;
	snprintf(log, sizeof(log), "%s/view-%u.log", d->opt.log_dir, viewer);
	r = log_fd = xengt_child_open_log(log);
	if (r < 0)
		goto out;
	r = start(s, viewer, uuid, pair[1], listen_fd, log_fd);
	if (r < 0)
		goto out;
	r = watch(s);
	if (r < 0)
		xengt_pidfd_signal(s->pidfd, SIGKILL);
out:
	if (pair[1] >= 0)
		close(pair[1]);
	if (listen_fd >= 0)
		close(listen_fd);
	if (log_fd >= 0)
		close(log_fd);
	if (r < 0) {
		if (listen_fd >= 0)
			xengt_sharer_remove_socket(s);
		xengt_sharer_free(s);
		return r;
	}
	*ret_sharer = s;
	return 0;
}

int xengt_sharer_find(struct xengtd *d, const char *file,
		      const struct xengt_sharer_events *events, void *ctx,
		      struct xengt_sharer **ret_sharer)
{
	struct xengt_sharer *s = new_sharer(d, events, ctx);
	int r;

	if (!s)
		return -ENOMEM;
	snprintf(s->path, sizeof(s->path), "%s/%s", d->opt.run_dir, file);
	r = xengt_child_connect(s->path, &s->fd, &s->pid, &s->pidfd);
	if (r == -ECONNREFUSED)
		xengt_sharer_remove_socket(s);
	if (r == 0)
		r = watch(s);
	if (r < 0) {
		xengt_sharer_free(s);
		return r;
	}
	*ret_sharer = s;
	return 0;
}
