/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creates vGPUs in the broker, and acts on changes of their nodes in xenstore.
 */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "xengtd/bvgpu.h"

/*
 * Call this when a node of the domain's vGPU changed or may have changed. The
 * function reads the nodes and acts on a change.
 */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/*
 * Read the nodes of all domains again, and check whether the domains exist:
 * events about nodes and ended domains may have been lost.
 */
void xengt_bvgpu_look_again(struct xengtd *d);
/* Call this when the toolstack has changed the domain's memory target. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/*
 * Call this when some domain has begun or ended. The function finds a domain that has
 * ended, and ends its vGPU; a viewer's domain that has begun may see its guests.
 */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* Returns the name of the vGPU's state, as `xengt-ctl list` shows the name. */
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
/* Returns the worker's process id, or 0 if there is no worker. */
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/*
 * Adds a record of a vGPU to d's list. domid, d and the callback renew are set,
 * fd is -1, and all other fields are 0. vgpu_recover.c calls this function,
 * too. Returns NULL if there is no memory. xengt_bvgpu_forget() frees the
 * record.
 */
struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid);
/*
 * Call this when the worker serves the device. The function sets the state
 * CONNECTED, also in xenstore. If the request was withdrawn or xenstore fails,
 * the function begins the vGPU's end.
 */
void xengt_bvgpu_connected(struct xengt_bvgpu *v);
/*
 * Copy the path in the vGPU's node `edid` to v->req.edid. Returns true if the
 * path has changed.
 */
bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v);
/*
 * The callbacks 'message' and 'ended' of struct xengt_worker_events; ctx is the
 * vGPU.
 */
void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd);
void xengt_bvgpu_on_worker_ended(void *ctx, int status);

#endif /* XENGT_VGPU_H */
