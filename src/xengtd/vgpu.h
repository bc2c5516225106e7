/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a vGPU in the broker. */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "bvgpu.h"

/* A node of the domain changed: act on it. */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/*
 * Look at the nodes of all domains: changes of nodes and ends of domains may
 * have been missed.
 */
void xengt_bvgpu_look_again(struct xengtd *d);
/* The toolstack wants the domain to have another amount of memory. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/* Some domain ended. */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* The state's name, as `xengt-ctl list` shows it. */
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
/* The worker's process id; 0: there is no worker. */
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/*
 * Makes a new vGPU in d's list, for vgpu_recover.c: all fields are 0, but fd is
 * -1. NULL: no memory. xengt_bvgpu_forget() frees it.
 */
struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid);
/* The device exists: write this to xenstore. May begin the vGPU's end. */
void xengt_bvgpu_connected(struct xengt_bvgpu *v);
/*
 * Remember the EDID file that xenstore names; true: it is another file than
 * before.
 */
bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v);
/* The callback 'message' of struct xengt_worker_events; ctx is the vGPU. */
void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd);
void xengt_bvgpu_on_worker_ended(void *ctx, int status);

#endif /* XENGT_VGPU_H */
