/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the worker waits for: the guest's requests, the GPU's events, the
 * broker, a new broker, and the signal to end.
 */
#ifndef XENGT_VGPU_LOOP_H
#define XENGT_VGPU_LOOP_H

#include "core/vgpu.h"

struct xengt_loop;
struct xengt_recorder;

struct xengt_loop_config {
	uint32_t domid;
	int broker_fd;			/* or -1 */
	int listen_fd;			/* or -1 */
	int vgpu_fd;			/* a copy, handed to a new broker; or -1 */
	uint32_t answer_msec;		/* that a broker may take; 0: as usual */
};

/* The descriptors stay the caller's, but broker_fd may be closed and replaced.
 * Opens what it needs, so call it before giving up rights. */
int xengt_loop_create(const struct xengt_loop_config *cfg,
		      struct xengt_loop **ret_loop);
void xengt_loop_destroy(struct xengt_loop *loop);

/* For struct xengt_hv_xen_config: ask the broker, wait for its answer. ctx is
 * the loop. -ETIMEDOUT: no broker answered in time. */
int xengt_loop_map_aperture(void *ctx, gfn_t first, bool on);
int xengt_loop_populate(void *ctx, gfn_t first, uint32_t frames, bool on);

/* Serve until QUIT or SIGTERM (0), or until the worker cannot go on (-errno).
 * hv is one of hv_xen; recorder is told of what is done, and may be NULL. */
int xengt_loop_run(struct xengt_loop *loop, struct xengt_hv *hv,
		   struct xengt_gpu *gpu, struct xengt_vgpu *vgpu,
		   struct xengt_recorder *recorder);

/* Tell the broker why there will be no device; cut to what fits. */
void xengt_loop_tell_failure(int broker_fd, int error, const char *text);

#endif /* XENGT_VGPU_LOOP_H */
