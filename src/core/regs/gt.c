/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GT-wide registers: reset, forcewake, fuses, frequencies, unclaimed-access
 * debug, TLB flushes, and the microcontroller that guests do not get.
 * (Broadwell and Skylake PRM, volume 2c, command reference: registers.)
 *
 * Not modelled: RC6 and clock gating, MOCS, PAT. Their registers have no row
 * and are plain memory: all of it is the host's.
 */
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "core/reset.h"

#define RPNSWREQ		0xa008
#define FORCEWAKE_MT		0xa188
#define FORCEWAKE_MEDIA		0xa270
#define FORCEWAKE_RENDER	0xa278

/* The GT is awake while the vGPU lives, so a request is granted at once. */
static uint32_t forcewake_write(struct xengt_vgpu *vgpu,
				const struct xengt_reg *reg, uint32_t off,
				uint32_t old, uint32_t new)
{
	uint32_t ack = 0x130044;

	(void)old;
	(void)reg;
	if (off == FORCEWAKE_MEDIA)
		ack = 0x0d88;
	else if (off == FORCEWAKE_RENDER)
		ack = 0x0d84;
	xengt_mmio_poke(vgpu, ack, new);
	return new;
}

static uint32_t fuse2(const struct xengt_vgpu *vgpu,
		      const struct xengt_reg *reg, uint32_t off)
{
	(void)reg;
	(void)off;
	return vgpu->platform->fuse2;
}

static uint32_t eu_disable(const struct xengt_vgpu *vgpu,
			   const struct xengt_reg *reg, uint32_t off)
{
	return vgpu->platform->eu_disable[(off - reg->off) / reg->stride];
}

static uint32_t rp_state_cap(const struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off)
{
	(void)reg;
	(void)off;
	return vgpu->platform->rp_state_cap;
}

/* Levels 1 to 4, then the new and the old field of level 0. */
static uint32_t sskpd(const struct xengt_vgpu *vgpu,
		      const struct xengt_reg *reg, uint32_t off)
{
	(void)vgpu;
	return off == reg->off ? 0x02008040 : 0x14000041;
}

static uint32_t gdrst_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	xengt_reset_domains(vgpu, new);
	return 0;
}

static uint32_t flush_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	xengt_ggtt_sync(vgpu);
	return new;
}

/* The frequency is the host's; the guest's request is granted in words. */
static uint32_t rpstat_read(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old)
{
	uint32_t request = xengt_mmio_peek(vgpu, RPNSWREQ);

	(void)reg;
	(void)off;
	(void)old;
	if (vgpu->platform->gen == XENGT_GEN9)
		return request & 0xff800000u;
	return (request >> 25) << 7;
}

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "FORCEWAKE_ACK_RENDER", .off = 0x0d84, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_RENDER */
	{ .name = "FORCEWAKE_ACK_MEDIA", .off = 0x0d88, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_MEDIA */
	{ .name = "RING_TLB_INVALIDATE", .off = 0x4260, .len = 4, .count = 5, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* done when it is asked for: the module flushes after every change */
	{ .name = "MBCTL", .off = 0x907c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0x00000010 },	/* how firmware boots is not the guest's to choose */
	{ .name = "FUSE2", .off = 0x9120, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = fuse2, .ro = 0xffffffff },	/* true slices: drivers size their threads by them */
	{ .name = "EU_DISABLE", .off = 0x9134, .len = 4, .count = 3, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = eu_disable, .ro = 0xffffffff },	/* the same for execution units */
	{ .name = "GDRST", .off = 0x941c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = gdrst_write },	/* resets the guest's own engines, never the GPU */
	{ .name = "RPSTAT1", .off = 0xa01c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = rpstat_read },	/* follows RPNSWREQ; the clock itself is the host's */
	{ .name = "FORCEWAKE_MT", .off = FORCEWAKE_MT, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* must be acknowledged; the host's is its own */
	{ .name = "CTC_MODE", .off = 0xa26c, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000004, .ro = 0xffffffff },	/* timestamps tick at half the 24 MHz crystal */
	{ .name = "FORCEWAKE_MEDIA", .off = FORCEWAKE_MEDIA, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* the same for the media engines */
	{ .name = "FORCEWAKE_RENDER", .off = FORCEWAKE_RENDER, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* the same for the render engine */
	{ .name = "GUC_STATUS", .off = 0xc000, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000001, .ro = 0xffffffff }, /* the GuC is held in reset */
	{ .name = "DMA_CTRL", .off = 0xc314, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_DENY },				/* would load guest firmware into the GuC */
	{ .name = "FPGA_DBG", .off = 0x42300, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .w1c = 0x80000000 },	/* no access of a vGPU is unclaimed */
	{ .name = "GFX_FLSH_CNTL", .off = 0x101008, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .write = flush_write },	/* entries in RAM of the guest count from here on */
	{ .name = "FORCEWAKE_ACK", .off = 0x130044, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_MT */
	{ .name = "MAD_DIMM", .off = 0x14500c, .len = 4, .count = 2, .stride = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000408, .ro = 0xffffffff },	/* memory as most have it: one module of 8 GB a channel */
	{ .name = "RP_STATE_CAP", .off = 0x145998, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = rp_state_cap, .ro = 0xffffffff },	/* a driver divides by these */
	{ .name = "MCH_SSKPD", .off = 0x145d10, .len = 8, .gens = XENGT_GEN8,
	  .policy = XENGT_REG_SHADOW, .init = sskpd, .ro = 0xffffffff },	/* memory latencies, from which watermarks follow */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_gt = {
	.name = "gt",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
