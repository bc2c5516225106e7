/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls the processes that grant pictures to a viewer's domain
 * (xengt-share). A sharer belongs to one viewer's domain for its whole life.
 */
#ifndef XENGT_SHARER_H
#define XENGT_SHARER_H

#include <stdint.h>

#include "common/share_proto.h"

struct xengtd;
struct xengt_sharer;

struct xengt_sharer_events {
	/* Not called for messages that only a broker may send. */
	void (*message)(void *ctx, const struct xengt_sp_msg *msg);
	/* The process has ended; the callback frees the sharer. */
	void (*ended)(void *ctx);
};

/*
 * Start a sharer; its first message is HELLO. Returns 0 or -errno; -ENOSPC: the viewer
 * has XENGT_VIEWS_MAX sharers.
 */
int xengt_sharer_start(struct xengtd *d, uint32_t viewer, const uint8_t *uuid,
		       const struct xengt_sharer_events *events, void *ctx,
		       struct xengt_sharer **ret_sharer);
/*
 * Connect to the sharer of an earlier broker; file is the name of its socket in the
 * run directory. The sharer's first message is HELLO. -ECONNREFUSED: the sharer has
 * ended; then the function removes the socket.
 */
int xengt_sharer_find(struct xengtd *d, const char *file,
		      const struct xengt_sharer_events *events, void *ctx,
		      struct xengt_sharer **ret_sharer);
/* Frees s, but does not end the process. Accepts NULL. */
void xengt_sharer_free(struct xengt_sharer *s);

/*
 * Send a message with a copy of pass_fd (-1: none). If the sharer runs and the message
 * cannot be sent, the sharer is killed.
 */
void xengt_sharer_send(struct xengt_sharer *s, struct xengt_sp_msg *msg,
		       int pass_fd);
/*
 * Let the sharer clear its pages and end, because the viewer's domain is gone (quit) or the
 * sharer cannot be used (kill). A sharer that does not end within XENGT_SHARER_QUIT_MSEC
 * is killed by SIGKILL.
 */
void xengt_sharer_quit(struct xengt_sharer *s);
void xengt_sharer_kill(struct xengt_sharer *s);
#define XENGT_SHARER_QUIT_MSEC	8000
/* Remove the socket of a sharer that has ended. */
void xengt_sharer_remove_socket(struct xengt_sharer *s);

#endif /* XENGT_SHARER_H */
