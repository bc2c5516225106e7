/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reacts when a guest causes adverse events too often
 * (include/xengt/counters.h): the worker reports them, and the vGPU's setting
 * on-abuse decides what the broker does.
 */
#ifndef XENGT_VGPU_ABUSE_H
#define XENGT_VGPU_ABUSE_H

#include "xengtd/bvgpu.h"

/*
 * Handle the worker's report that a counter exceeded its limit. Logs the report, at most
 * once in ABUSE_LOG_MSEC for each counter of each vGPU; slows the guest down or stops the
 * vGPU if on-abuse says so. v may be freed when this returns.
 */
void xengt_bvgpu_abused(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg);
/* Take the value of on-abuse from xenstore; without a valid value the setting stays. */
void xengt_bvgpu_follow_abuse(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_ABUSE_H */
