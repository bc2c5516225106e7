/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * destroy ops that do nothing. Recorder and replay use them, because neither
 * owns its hv and gpu objects.
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
