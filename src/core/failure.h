/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A failure of the vGPU is a state of the vGPU. A part of the core that finds
 * that the vGPU cannot continue to work calls xengt_vgpu_fail() and returns
 * normally. Only vgpu.c takes the device off the bus, at the end of the call
 * into the vGPU. So no pointer that a part holds becomes invalid while the part
 * runs.
 */
#ifndef XENGT_FAILURE_H
#define XENGT_FAILURE_H

struct xengt_vgpu;

/*
 * Call this if the hardware or the hypervisor refused something that the device
 * cannot do without (error: -errno). The vGPU is zapped and broken from here
 * on, and xengt_vgpu_is_live() returns false. When the present call into the
 * core ends, the device leaves the guest's bus. The first error is kept for
 * xengt_vgpu_host_error(); -ESTALE (zapped already) is not kept as an error.
 * Does nothing to a vGPU that is not live.
 */
void xengt_vgpu_fail(struct xengt_vgpu *vgpu, int error);

#endif /* XENGT_FAILURE_H */
