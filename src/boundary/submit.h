/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest submits: read once, copied, audited, and queued.
 */
#ifndef XENGT_SUBMIT_H
#define XENGT_SUBMIT_H

#include "exec.h"

/*
 * XENGT_VGPU_IOC_SUBMIT. Errors as there, and the refused_* fields of *work; the
 * caller has checked that the vGPU lives.
 */
int xengt_submit(struct xengt_exec *exec, struct xengt_vgpu_submit *work);

#endif /* XENGT_SUBMIT_H */
