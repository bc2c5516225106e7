/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts, finds and watches processes that the broker talks to; see peer.h. */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xengtd/peer.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"

void xengt_peer_init(struct xengt_peer *peer, struct xengt_ev *ev,
		     void (*ended)(void *ctx, uint32_t events),
		     void (*message)(void *ctx, uint32_t events), void *ctx)
{
	*peer = (struct xengt_peer){
		.ev = ev, .pidfd = -1, .fd = -1,
		.exit_io = { .fd = -1, .cb = ended, .ctx = ctx },
		.io = { .fd = -1, .cb = message, .ctx = ctx },
	};
}

void xengt_peer_disconnect(struct xengt_peer *peer)
{
	xengt_ev_remove(peer->ev, &peer->io);
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
}

void xengt_peer_close(struct xengt_peer *peer)
{
	xengt_peer_disconnect(peer);
	xengt_ev_remove(peer->ev, &peer->exit_io);
	if (peer->pidfd >= 0)
		close(peer->pidfd);
	peer->pidfd = -1;
}

static int watch(struct xengt_peer *peer)
{
	int r;

	peer->exit_io.fd = peer->pidfd;
	r = xengt_ev_add(peer->ev, &peer->exit_io, EPOLLIN);
	if (r < 0) {
		peer->exit_io.fd = -1;
		return r;
	}
	peer->io.fd = peer->fd;
	r = xengt_ev_add(peer->ev, &peer->io, EPOLLIN);
	if (r < 0)
		peer->io.fd = -1;
	return r;
}

int xengt_peer_start(struct xengt_peer *peer, const char *socket_path, const char *log_path,
		     xengt_peer_start_fn *start, void *ctx)
{
	int pair[2] = { -1, -1 }, listen_fd = -1, log_fd = -1, r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) < 0)
		return -errno;
	peer->fd = pair[0];
	r = listen_fd = xengt_child_bind(socket_path);
	if (r < 0)
		goto out;
	r = log_fd = xengt_child_open_log(log_path);
	if (r < 0)
		goto out;
	r = start(ctx, peer, pair[1], listen_fd, log_fd);
	if (r < 0)
		goto out;
	r = watch(peer);
	if (r < 0)
		xengt_pidfd_signal(peer->pidfd, SIGKILL);
out:
	close(pair[1]);
	if (listen_fd >= 0)
		close(listen_fd);
	if (log_fd >= 0)
		close(log_fd);
	return r;
}

int xengt_peer_find(struct xengt_peer *peer, const char *socket_path)
{
	int r = xengt_child_connect(socket_path, &peer->fd, &peer->pid, &peer->pidfd);

	return r < 0 ? r : watch(peer);
}
