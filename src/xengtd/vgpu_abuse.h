/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done about a guest that makes adverse events too often (the rows of
 * include/xengt/counters.h): its worker tells, and the vGPU's setting decides.
 */
#ifndef XENGT_VGPU_ABUSE_H
#define XENGT_VGPU_ABUSE_H

#include "bvgpu.h"

/*
 * The worker says that its guest tripped a row. Logs it, once in ABUSE_LOG_MSEC for
 * each row of each vGPU, and has the guest slowed down or stopped if the setting says
 * so. v may be freed when this returns.
 */
void xengt_bvgpu_abused(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg);
/* Read the setting that xenstore has now; what it does not know stays as it is. */
void xengt_bvgpu_follow_abuse(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_ABUSE_H */
