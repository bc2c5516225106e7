/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a vGPU in the broker. */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "bvgpu.h"

/* Something at the domain's nodes changed: act on it. */
void xengt_bvgpu_look(struct xengtd *d, uint32_t domid);
/* The toolstack wants the domain to have another amount of memory. */
void xengt_bvgpu_follow_memory(struct xengtd *d, uint32_t domid);
/* Some domain ended. */
void xengt_bvgpu_check_domains(struct xengtd *d);
/* As `xengt-ctl list` calls it. */
const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v);
/* Of the worker; 0: there is none. */
pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v);

/* For vgpu_recover.c. A new one, in d's list, all 0 but that fd is -1; NULL: no
 * memory. xengt_bvgpu_forget() frees it. */
struct xengt_bvgpu *xengt_bvgpu_new(struct xengtd *d, uint32_t domid);
/* Its device is there: say so. May begin its end. */
void xengt_bvgpu_connected(struct xengt_bvgpu *v);
/* Note the file with the EDID that xenstore names; true: it is another. */
bool xengt_bvgpu_note_edid(struct xengt_bvgpu *v);
/* As in struct xengt_worker_events; ctx is the vGPU. */
void xengt_bvgpu_on_message(void *ctx, const struct xengt_wp_msg *msg, int fd);
void xengt_bvgpu_on_worker_ended(void *ctx, int status);

#endif /* XENGT_VGPU_H */
