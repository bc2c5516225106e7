/* SPDX-License-Identifier: GPL-2.0-only */
/* Submits a guest's work: reads the work once, copies, audits and queues it. */
#ifndef XENGT_SUBMIT_H
#define XENGT_SUBMIT_H

#include "boundary/exec.h"

/*
 * XENGT_VGPU_IOC_SUBMIT. The errors are the ioctl's, and the refused_* fields
 * of *work are set. The caller has checked that the vGPU is LIVE.
 */
int xengt_submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work);

#endif /* XENGT_SUBMIT_H */
