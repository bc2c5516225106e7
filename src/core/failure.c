/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zaps a vGPU that cannot continue to work, and marks it as broken (failure.h).
 */
#include "core/failure.h"
#include "core/internal.h"

#include <errno.h>

void xengt_vgpu_fail(struct xengt_vgpu *vgpu, int error)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	if (!xengt_vgpu_is_live(vgpu))
		return;
	vgpu->life = XENGT_LIFE_BROKEN;
	if (error != -ESTALE)
		vgpu->host_error = error;
	/*
	 * If this zap fails, the module zaps the vGPU when the worker ends.
	 */
	gpu->ops->zap(gpu);
}
