/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the reason why a vGPU is refused. */
#ifndef XENGT_VGPU_REFUSE_H
#define XENGT_VGPU_REFUSE_H

#include "xengtd/bvgpu.h"

/* Writes the reason to v->error; returns 'error', a negative errno. */
int xengt_bvgpu_refuse(struct xengt_bvgpu *v, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* XENGT_VGPU_REFUSE_H */
