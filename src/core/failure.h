/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failure is a state: a part that finds that the vGPU cannot go on says so here, and
 * goes on to its own end. vgpu.c alone takes the device off the bus, where the call
 * into the vGPU ends. So nothing that a part holds goes away below it.
 */
#ifndef XENGT_FAILURE_H
#define XENGT_FAILURE_H

struct xengt_vgpu;

/*
 * The hardware or the hypervisor refused something that the device cannot do
 * without (error: -errno). The vGPU is zapped and broken from here on, which
 * xengt_vgpu_is_live() says; where the call into the vGPU ends, the guest sees its
 * GPU gone. The first error is kept for xengt_vgpu_host_error(); -ESTALE (zapped
 * already) is no error of its own. Of a vGPU that is not live: nothing happens.
 */
void xengt_vgpu_fail(struct xengt_vgpu *vgpu, int error);

#endif /* XENGT_FAILURE_H */
