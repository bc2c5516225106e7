/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fence registers (Broadwell PRM, volume 2c: "FENCE_LSB, FENCE_MSB"). A fence
 * register has 8 bytes: first and last page of a range in graphics memory,
 * pitch, and a valid bit.
 *
 * A vGPU has the first PVINFO_FENCES of these registers. The module maps each
 * of these registers to a fence register of the hardware that belongs to this
 * vGPU. A fence is enabled only if it covers whole rows of tiles in the vGPU's
 * own graphics memory.
 */
#include "core/failure.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/types.h"

#include <errno.h>

#define FENCES		XENGT_FENCES_MAX

static bool is_own_fence(const struct xengt_vgpu *vgpu,
			 const struct xengt_reg *reg, uint32_t off)
{
	return (off - reg->off) / reg->stride < vgpu->info.fences;
}

/*
 * Set the hardware's fence, unless the fence has this value already. Returns
 * false if the module refuses the fence.
 */
static bool put_fence(struct xengt_vgpu *vgpu, uint32_t n, uint32_t low,
		      uint32_t high)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	uint64_t val = low & XENGT_FENCE_VALID ? (uint64_t)high << 32 | low : 0;
	int r;

	if (vgpu->fences[n] == val)
		return true;
	r = gpu->ops->fence_write(gpu, n, val);
	vgpu->fences[n] = r ? 0 : val;
	if (r == -EINVAL)
		vgpu->counters.fence_refused++;
	else if (r)
		xengt_vgpu_fail(vgpu, r);
	return r != -EINVAL;
}

void xengt_fences_reset(struct xengt_vgpu *vgpu)
{
	for (uint32_t n = 0; n < FENCES; n++)
		if (vgpu->fences[n])
			put_fence(vgpu, n, 0, 0);
}

static uint32_t fence_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	bool is_high = (off - reg->off) % reg->stride != 0;
	uint32_t low = is_high ? xengt_mmio_peek(vgpu, off - 4) : new;
	uint32_t high = is_high ? new : xengt_mmio_peek(vgpu, off + 4);

	if (!is_own_fence(vgpu, reg, off))
		return old;
	if (put_fence(vgpu, (off - reg->off) / reg->stride, low, high))
		return new;
	if (!is_high)
		return new & ~XENGT_FENCE_VALID;
	xengt_mmio_poke(vgpu, off - 4, low & ~XENGT_FENCE_VALID);
	return new;
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "FENCE", .off = 0x100000, .len = 8, .count = FENCES, .stride = 8,
	  .gens = XENGT_GEN8 | XENGT_GEN9, .policy = XENGT_REG_TRAP,
	  .write = fence_write },	/* a vGPU's fences cover its own memory only */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_fence = {
	.name = "fence",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
