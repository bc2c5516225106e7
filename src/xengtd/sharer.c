/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls sharers; see sharer.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/sharer.h"
#include "common/share_proto.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"
#include "xengtd/peer.h"
#include "xengtd/xengtd.h"

#define MESSAGES_PER_TURN 16

struct xengt_sharer {
	struct xengtd *d;
	struct xengt_sharer_events events;
	void *ctx;
	char path[108];			/* of the socket */
	struct xengt_peer peer;
	struct xengt_ev_timer quit_timer;
};

void xengt_sharer_free(struct xengt_sharer *s)
{
	if (!s)
		return;
	xengt_ev_disarm(s->d->ev, &s->quit_timer);
	xengt_peer_close(&s->peer);
	free(s);
}

static void on_quit_timeout(void *ctx)
{
	struct xengt_sharer *s = ctx;

	xengt_warn("the sharer %d did not end in time: killed", (int)s->peer.pid);
	xengt_pidfd_signal(s->peer.pidfd, SIGKILL);
}

void xengt_sharer_kill(struct xengt_sharer *s)
{
	xengt_peer_disconnect(&s->peer);
	if (s->peer.pidfd < 0)
		return;
	xengt_pidfd_signal(s->peer.pidfd, SIGTERM);
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

	if (s->peer.fd < 0)
		return;
	r = xengt_sp_send(s->peer.fd, msg, pass_fd);
	if (r == 0 || r == -EPIPE)
		return;		/* the sharer is ending; its pidfd will report the end */
	xengt_err("cannot send to the sharer %d (%s): killed", (int)s->peer.pid,
		  strerror(-r));
	xengt_sharer_kill(s);
}

static void on_message(void *ctx, uint32_t events)
{
	struct xengt_sharer *s = ctx;

	(void)events;
	for (int i = 0; i < MESSAGES_PER_TURN && s->peer.fd >= 0; i++) {
		struct xengt_sp_msg msg;
		int fd = -1, r = xengt_sp_recv(s->peer.fd, &msg, &fd);

		if (r == 0)
			return;
		if (fd >= 0)
			close(fd);
		if (r < 0 || msg.type < XENGT_SP_HELLO) {
			if (r != -EPIPE)
				xengt_err("the sharer %d sent an invalid message: killed",
					  (int)s->peer.pid);
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
	xengt_ev_remove(s->d->ev, &s->peer.exit_io);
	xengt_child_reap(s->peer.pidfd);
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
	xengt_peer_init(&s->peer, d->ev, on_ended, on_message, s);
	s->quit_timer = (struct xengt_ev_timer){ .cb = on_quit_timeout, .ctx = s };
	return s;
}

/* Chooses a path at which no sharer listens. */
static int choose_path(struct xengt_sharer *s, uint32_t viewer)
{
	for (unsigned int i = 0; i < XENGT_VIEWS_MAX; i++) {
		snprintf(s->path, sizeof(s->path), "%s/view-%u-%u.sock",
			 s->d->opt.run_dir, viewer, i);
		if (access(s->path, F_OK) < 0)
			return errno == ENOENT ? 0 : -errno;
	}
	return -ENOSPC;
}

/* What start() needs. */
struct order {
	struct xengt_sharer *s;
	uint32_t viewer;
	const uint8_t *uuid;
};

static int start(void *ctx, struct xengt_peer *peer, int broker_fd, int listen_fd,
		 int log_fd)
{
	const struct order *order = ctx;
	const struct xengt_sharer *s = order->s;
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

	snprintf(domid, sizeof(domid), "%u", order->viewer);
	snprintf(chroot_dir, sizeof(chroot_dir), "%s/empty", s->d->opt.run_dir);
	for (int i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", order->uuid[i]);
	return xengt_child_start(argv, envp, log_fd, fds, &peer->pid, &peer->pidfd);
}

int xengt_sharer_start(struct xengtd *d, uint32_t viewer, const uint8_t *uuid,
		       const struct xengt_sharer_events *events, void *ctx,
		       struct xengt_sharer **ret_sharer)
{
	struct xengt_sharer *s = new_sharer(d, events, ctx);
	struct order order = { s, viewer, uuid };
	char log[512];
	int r;

	if (!s)
		return -ENOMEM;
	snprintf(log, sizeof(log), "%s/view-%u.log", d->opt.log_dir, viewer);
	r = choose_path(s, viewer);
	if (r == 0) {
		r = xengt_peer_start(&s->peer, s->path, log, start, &order);
		if (r < 0)
			xengt_sharer_remove_socket(s);
	}
	if (r < 0) {
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
	r = xengt_peer_find(&s->peer, s->path);
	if (r == -ECONNREFUSED)
		xengt_sharer_remove_socket(s);
	if (r < 0) {
		xengt_sharer_free(s);
		return r;
	}
	*ret_sharer = s;
	return 0;
}
