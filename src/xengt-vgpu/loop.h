/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker's loop. The loop waits for the guest's requests, the GPU's events,
 * the broker's messages, the connection of a new broker, and the signal to end.
 */
#ifndef XENGT_VGPU_LOOP_H
#define XENGT_VGPU_LOOP_H

#include "xengt-vgpu/broker.h"

/*
 * The largest number of log lines about registers without a row in the register
 * table. The limit exists because a guest can use very many such registers.
 */
#define UNKNOWN_LINES_MAX	256u

struct xengt_gpu;
struct xengt_hv;
struct xengt_loop;
struct xengt_recorder;
struct xengt_vgpu;

/*
 * Create a loop. xengt_broker_init() says who owns the descriptors of cfg. The
 * function opens the loop's own descriptors, so call it before the worker gives
 * up its rights. Returns 0 or -errno.
 */
int xengt_loop_create(const struct xengt_broker_config *cfg,
		      struct xengt_loop **ret_loop);
/* Accepts NULL. */
void xengt_loop_destroy(struct xengt_loop *loop);

/*
 * Returns the loop's link to the broker; the pointer is valid as long as the
 * loop.
 */
struct xengt_broker *xengt_loop_broker(struct xengt_loop *loop);

/*
 * Serve the guest until QUIT or SIGTERM arrives (returns 0), or until the
 * worker cannot continue (returns -errno). hv must come from
 * xengt_hv_xen_create(). recorder records the session; NULL: nothing is
 * recorded.
 */
int xengt_loop_run(struct xengt_loop *loop, struct xengt_hv *hv,
		   struct xengt_gpu *gpu, struct xengt_vgpu *vgpu,
		   struct xengt_recorder *recorder);

#endif /* XENGT_VGPU_LOOP_H */
