/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vGPU's process, seen from the broker: started by us, or found by its socket
 * after a restart. Nothing waits for it: what it says arrives as events.
 */
#ifndef XENGT_WORKER_H
#define XENGT_WORKER_H

#include "common/worker_proto.h"

#include <sys/types.h>

struct xengtd;
struct xengt_worker;

#define XENGT_WORKER_QUIT_MSEC	8000	/* then it is killed */

struct xengt_worker_events {
	/*
	 * Any message, checked. fd comes with STATE, is the receiver's then,
	 * and -1 otherwise.
	 */
	void (*message)(void *ctx, const struct xengt_wp_msg *msg, int fd);
	/* It is of another version of xengt. Nothing can be said to it any
	 * more; xengt_worker_quit() works all the same. */
	void (*is_foreign)(void *ctx);
	/* It ended, by itself or killed; the last event. status: of wait(), or
	 * -1 when it is not known. Free the object now. */
	void (*ended)(void *ctx, int status);
};

struct xengt_worker_config {
	uint32_t domid;
	const char *name;		/* of the domain, for the log's name */
	uint16_t server_id;
	int vgpu_fd;			/* stays the caller's */
	uint32_t platform;		/* enum xengt_platform_id */
	uint16_t device, subvendor, subdevice;
	uint8_t revision;
	uint8_t slot;
	bool is_primary;
	uint64_t aperture_bytes;
	const uint8_t *edid;		/* of the monitor */
	uint32_t edid_bytes;		/* 0: the built-in one */
};

int xengt_worker_start(struct xengtd *d, const struct xengt_worker_config *cfg,
		       const struct xengt_worker_events *events, void *ctx,
		       struct xengt_worker **ret_worker);
/* Connect to the worker of a domain, of an earlier broker. -ECONNREFUSED,
 * -ENOENT: there is none (or one that is just starting). */
int xengt_worker_find(struct xengtd *d, uint32_t domid,
		      const struct xengt_worker_events *events, void *ctx,
		      struct xengt_worker **ret_worker);
/* Does not end the process. NULL is fine. */
void xengt_worker_free(struct xengt_worker *w);

/* With a copy of pass_fd, or -1. A worker that does not take it is killed. */
void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd);
/* The same, a message without a body. */
void xengt_worker_send(struct xengt_worker *w, enum xengt_wp_type type,
		       uint32_t seq, int status);
/* Another monitor: a valid EDID. */
int xengt_worker_send_edid(struct xengt_worker *w, const uint8_t *edid,
			   uint32_t len_bytes);
/* Ask it to give the device back and end; kill it when it does not. */
void xengt_worker_quit(struct xengt_worker *w);
void xengt_worker_kill(struct xengt_worker *w);
pid_t xengt_worker_pid(const struct xengt_worker *w);

/* Where a worker's socket and log are. */
void xengt_worker_socket_path(struct xengtd *d, uint32_t domid, char *path,
			      size_t size);
void xengt_worker_log_path(struct xengtd *d, const char *name, char *path,
			   size_t size);

#endif /* XENGT_WORKER_H */
