/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What recorder and replay have in common: mappings, for which the device model
 * has no use (whoever gives it one adds entries), and the end of what is not
 * theirs.
 */
#ifndef XENGT_SESSION_NOOPS_H
#define XENGT_SESSION_NOOPS_H

#include <errno.h>

#include "session/session.h"

static inline int no_map_guest(struct xengt_hv *hv, gfn_t first,
			       uint32_t frames, void **ret_addr)
{
	(void)hv;
	(void)first;
	(void)frames;
	(void)ret_addr;
	return -ENOTSUP;
}

static inline int no_unmap_guest(struct xengt_hv *hv, void *addr,
				 uint32_t frames)
{
	(void)hv;
	(void)addr;
	(void)frames;
	return -ENOTSUP;
}

static inline void no_hv_destroy(struct xengt_hv *hv)
{
	(void)hv;
}

static inline void no_gpu_destroy(struct xengt_gpu *gpu)
{
	(void)gpu;
}

#endif /* XENGT_SESSION_NOOPS_H */
