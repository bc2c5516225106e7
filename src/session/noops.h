/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by recorder and replay: destroy ops that do nothing, for objects that
 * they do not own.
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
