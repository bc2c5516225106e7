/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls a vGPU's worker process. The broker started the
 * process, or found it by its socket after a restart. The broker never waits
 * for the process, whose messages arrive as events.
 */
#ifndef XENGT_WORKER_H
#define XENGT_WORKER_H

#include "common/worker_proto.h"

#include <sys/types.h>

struct xengtd;
struct xengt_worker;

#define XENGT_WORKER_QUIT_MSEC	8000	/* after this time a worker that was
					 * asked to end is killed */

struct xengt_worker_events {
	/*
	 * A message from the worker, already checked. fd is -1, except with
	 * STATE; then the receiver owns it.
	 */
	void (*message)(void *ctx, const struct xengt_wp_msg *msg, int fd);
	/*
	 * The worker has another version of xengt. The broker cannot send it
	 * messages; xengt_worker_quit() ends it by SIGTERM.
	 */
	void (*is_foreign)(void *ctx);
	/*
	 * The worker ended by itself or was killed. This is the last event.
	 * status is the wait status, or -1 if it is not known. The receiver
	 * frees the object.
	 */
	void (*ended)(void *ctx, int status);
};

struct xengt_worker_config {
	uint32_t domid;
	const char *name;		/* the domain's name; the log file is
					 * named after it */
	uint16_t server_id;
	int vgpu_fd;			/* the caller keeps it */
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
 * is no worker. -ECONNREFUSED: there is none, or it is just starting.
 */
int xengt_worker_find(struct xengtd *d, uint32_t domid,
		      const struct xengt_worker_events *events, void *ctx,
		      struct xengt_worker **ret_worker);
/* Frees the object; does not end the process. Accepts NULL. */
void xengt_worker_free(struct xengt_worker *w);

/*
 * Send a message with a copy of pass_fd (-1: none). If the message cannot be
 * sent to a living worker, the worker is killed.
 */
void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd);
/* As xengt_worker_send_msg(), for a message without a body. */
void xengt_worker_send(struct xengt_worker *w, enum xengt_wp_type type,
		       uint32_t seq, int status);
/* Give the vGPU another monitor; the caller has checked edid. */
int xengt_worker_send_edid(struct xengt_worker *w, const uint8_t *edid,
			   uint32_t len_bytes);
/* Ask the worker to give the device back and to end; kill it if it does not. */
void xengt_worker_quit(struct xengt_worker *w);
void xengt_worker_kill(struct xengt_worker *w);
pid_t xengt_worker_pid(const struct xengt_worker *w);

/* Paths of a worker's socket and log. */
void xengt_worker_socket_path(struct xengtd *d, uint32_t domid, char *path,
			      size_t size);
void xengt_worker_log_path(struct xengtd *d, const char *name, char *path,
			   size_t size);

#endif /* XENGT_WORKER_H */
