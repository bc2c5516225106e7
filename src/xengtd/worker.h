/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls a vGPU's worker process. The broker has started
 * the process, or has found it by its socket after a restart of the broker. The
 * broker never blocks on the process: the process's messages arrive as events.
 */
#ifndef XENGT_WORKER_H
#define XENGT_WORKER_H

#include "common/worker_proto.h"

#include <sys/types.h>

struct xengtd;
struct xengt_worker;

#define XENGT_WORKER_QUIT_MSEC	8000	/* a worker that has not ended so long
					 * after QUIT is killed */

struct xengt_worker_events {
	/*
	 * A message from the worker; its fields have been checked. With STATE,
	 * fd may be a descriptor, which the receiver then owns. With other
	 * messages fd is -1.
	 */
	void (*message)(void *ctx, const struct xengt_wp_msg *msg, int fd);
	/*
	 * The worker has another version of the protocol. The broker cannot
	 * send messages to this worker; xengt_worker_quit() ends it by SIGTERM.
	 */
	void (*is_foreign)(void *ctx);
	/*
	 * The worker process has ended or was killed. The worker has ended; no
	 * event follows. status is the wait status, or -1 if the status is not
	 * known. The receiver must free the struct xengt_worker.
	 */
	void (*ended)(void *ctx, int status);
};

struct xengt_worker_config {
	uint32_t domid;
	const char *name;		/* the domain's name; the name of the
					 * log file contains it */
	uint16_t server_id;
	int vgpu_fd;			/* the caller owns the descriptor */
	uint32_t platform;		/* enum xengt_platform_id */
	uint16_t device, subvendor, subdevice;
	uint8_t revision;
	uint8_t slot;
	bool is_primary;
	uint64_t aperture_bytes;
	bool is_aperture_lazy;
	const uint8_t *edid;		/* the monitor's EDID */
	uint32_t edid_bytes;		/* 0: the built-in monitor */
};

int xengt_worker_start(struct xengtd *d, const struct xengt_worker_config *cfg,
		       const struct xengt_worker_events *events, void *ctx,
		       struct xengt_worker **ret_worker);
/*
 * Connect to a domain's worker that an earlier broker started. -ENOENT: there
 * is no worker. -ECONNREFUSED: there is no worker, or the worker is just
 * starting.
 */
int xengt_worker_find(struct xengtd *d, uint32_t domid,
		      const struct xengt_worker_events *events, void *ctx,
		      struct xengt_worker **ret_worker);
/* Frees w, but does not end the process. Accepts NULL. */
void xengt_worker_free(struct xengt_worker *w);

/*
 * Send a message with a copy of pass_fd (-1: none). If the worker runs and the
 * message cannot be sent, the worker is killed.
 */
void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd);
/* Send a message without a body, as xengt_worker_send_msg() does. */
void xengt_worker_send(struct xengt_worker *w, enum xengt_wp_type type,
		       uint32_t seq, int status);
/* Give the vGPU another monitor; the caller has checked edid. */
int xengt_worker_send_edid(struct xengt_worker *w, const uint8_t *edid,
			   uint32_t len_bytes);
/*
 * Send QUIT to the worker, so that it releases its resources and ends. If the
 * worker does not end in time, the broker kills it.
 */
void xengt_worker_quit(struct xengt_worker *w);
void xengt_worker_kill(struct xengt_worker *w);
pid_t xengt_worker_pid(const struct xengt_worker *w);

/* Write the paths of a worker's socket and log to `path`. */
void xengt_worker_socket_path(struct xengtd *d, uint32_t domid, char *path,
			      size_t size);
void xengt_worker_log_path(struct xengtd *d, const char *name, char *path,
			   size_t size);

#endif /* XENGT_WORKER_H */
