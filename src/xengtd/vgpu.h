/* SPDX-License-Identifier: GPL-2.0-only */
/* Creates vGPUs in the broker, and follows their nodes in xenstore. */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "xengtd/bvgpu.h"

/*
 * A node of the domain's vGPU changed, or may have changed: read the nodes and
 * act on a change.
 */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/*
 * Look at the nodes of all domains again, because events about nodes and ended
 * domains may have been lost.
 */
void xengt_bvgpu_look_again(struct xengtd *d);
/* Call this when the toolstack has changed the domain's memory target. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/* Call this when a domain has ended: finds out which, and ends its vGPU. */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* The state's name, as `xengt-ctl list` shows it. */
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
/* The worker's process id, or 0 if there is no worker. */
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/*
 * Makes a new vGPU in d's list, for vgpu_recover.c: all fields are 0, but fd is
 * -1. Returns NULL if there is no memory. xengt_bvgpu_forget() frees it.
 */
struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid);
/*
 * The worker serves the device: set the state CONNECTED, also in xenstore.
 * Begins the vGPU's end if the request was taken back or xenstore fails.
 */
void xengt_bvgpu_connected(struct xengt_bvgpu *v);
/*
 * Record the EDID file that the vGPU's node `edid` names. Returns true if the
 * path has changed.
 */
bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v);
/* The callback 'message' of struct xengt_worker_events; ctx is the vGPU. */
void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd);
void xengt_bvgpu_on_worker_ended(void *ctx, int status);

#endif /* XENGT_VGPU_H */
