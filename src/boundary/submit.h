/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Submits a guest's work: reads the work once into copies, audits the copies,
 * and queues the context.
 */
#ifndef XENGT_SUBMIT_H
#define XENGT_SUBMIT_H

#include "boundary/exec.h"

/*
 * Carries out XENGT_VGPU_IOC_SUBMIT. Returns the ioctl's errors, and sets the
 * refused_* fields and is_cut of *work. The caller has checked that the vGPU is
 * LIVE.
 */
int xengt_submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work);

#endif /* XENGT_SUBMIT_H */
