/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reacts when a guest causes adverse events (include/xengt/counters.h) too
 * often. The worker reports the events, and the vGPU's setting on-abuse decides
 * what the broker does.
 */
#ifndef XENGT_VGPU_ABUSE_H
#define XENGT_VGPU_ABUSE_H

#include "xengtd/bvgpu.h"

/*
 * Handle the worker's report that a counter exceeded its limit. Logs the report, at most
 * once in ABUSE_LOG_MSEC for each counter of each vGPU; slows the guest down or ends the
 * vGPU if on-abuse says so. v may be freed when this returns.
 */
void xengt_bvgpu_abused(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg);
/*
 * Take the setting on-abuse from xenstore; if the node has no valid value, the setting
 * does not change.
 */
void xengt_bvgpu_follow_abuse(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_ABUSE_H */
