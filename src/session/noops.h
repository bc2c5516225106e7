/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations 'destroy' that do nothing. The recorder and the replay use these
 * operations, because the recorder and the replay do not own their hv and gpu
 * objects.
 */
#ifndef XENGT_SESSION_NOOPS_H
#define XENGT_SESSION_NOOPS_H

#include "session/session.h"

static inline void no_hv_destroy(struct xengt_hv *hv)
{
	(void)hv;
}

static inline void no_gpu_destroy(struct xengt_gpu *gpu)
{
	(void)gpu;
}

#endif /* XENGT_SESSION_NOOPS_H */
