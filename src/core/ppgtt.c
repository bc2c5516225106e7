/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of contexts: every root is the same empty one, so that a context
 * reaches the GGTT and nothing else.
 */
#include "core/internal.h"

#include <errno.h>

int xengt_ppgtt_prepare(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, uint32_t *ret_id)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	return gpu->ops->ppgtt_create(gpu, root->is_4level ? 4 : 3, 0,
				       ret_id);
}

void xengt_ppgtt_notify(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, bool is_created)
{
	(void)vgpu;
	(void)root;
	(void)is_created;
}

void xengt_ppgtt_reset(struct xengt_vgpu *vgpu)
{
	(void)vgpu;
}

bool xengt_ppgtt_store(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
		       uint64_t val)
{
	(void)vgpu;
	(void)addr;
	(void)size;
	(void)val;
	return false;
}
