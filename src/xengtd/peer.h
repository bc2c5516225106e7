/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that the broker starts and talks to: a worker or a sharer. The broker has a
 * connection to the process, and a pidfd that reports the end of the process, also if an
 * earlier broker started the process.
 */
#ifndef XENGT_PEER_H
#define XENGT_PEER_H

#include <sys/types.h>

#include "xengtd/ev.h"

struct xengt_peer {
	struct xengt_ev *ev;
	pid_t pid;
	int pidfd, fd;			/* -1: none */
	struct xengt_ev_io exit_io, io;
};

/*
 * ended(ctx) is called when the process has ended, message(ctx) when there is something to
 * read from peer->fd, or when the process has closed the connection.
 */
void xengt_peer_init(struct xengt_peer *peer, struct xengt_ev *ev,
		     void (*ended)(void *ctx, uint32_t events),
		     void (*message)(void *ctx, uint32_t events), void *ctx);
/* Close the connection. The end of the process is still reported. */
void xengt_peer_disconnect(struct xengt_peer *peer);
/* Forget the process, which may still run. */
void xengt_peer_close(struct xengt_peer *peer);

/*
 * Starts the program, and sets the process id and the pidfd in peer. The three descriptors
 * are for the program; they are closed afterwards. Returns 0 or -errno.
 */
typedef int xengt_peer_start_fn(void *ctx, struct xengt_peer *peer, int broker_fd,
				int listen_fd, int log_fd);
/*
 * Start a process that appends its output to the file log_path, and to which a later broker
 * can connect at socket_path. Returns 0, or -errno: the caller calls xengt_peer_close().
 */
int xengt_peer_start(struct xengt_peer *peer, const char *socket_path, const char *log_path,
		     xengt_peer_start_fn *start, void *ctx);
/*
 * Connect to the process that listens at this path. Returns 0, or -errno as
 * xengt_child_connect(): the caller calls xengt_peer_close().
 */
int xengt_peer_find(struct xengt_peer *peer, const char *socket_path);

#endif /* XENGT_PEER_H */
