/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GT-wide registers: reset, forcewake, fuses, frequencies, unclaimed-access
 * debug, TLB flushes, and the GuC, a microcontroller that guests cannot use.
 * (Broadwell and Skylake PRM, volume 2c, command reference: registers.)
 *
 * Not modelled: RC6 and clock gating, MOCS, PAT. The registers for these
 * functions have no row and are plain memory, because the host controls the
 * hardware's registers.
 */
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "core/reset.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define RPNSWREQ		0xa008

/* The GT is awake while the vGPU exists, so the acknowledge is set at once. */
static uint32_t forcewake_write(struct xengt_vgpu *vgpu,
				const struct xengt_reg *reg, uint32_t off,
				uint32_t old, uint32_t new)
{
	uint32_t ack = XENGT_FORCEWAKE_MT_ACK;

	(void)old;
	(void)reg;
	if (off == XENGT_FORCEWAKE_MEDIA)
		ack = XENGT_FORCEWAKE_MEDIA_ACK;
	else if (off == XENGT_FORCEWAKE_RENDER)
		ack = XENGT_FORCEWAKE_RENDER_ACK;
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

/*
 * Memory latencies. Low dword: levels 1 to 3, in units of 0.5 us, in bits 11:4,
 * 19:12 and 28:20; the old field for level 0 (bits 3:0) is 0. High dword: level
 * 4 (0.5 us) in bits 8:0, the new field for level 0 (0.1 us) in bits 31:24.
 */
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

/*
 * The host sets the frequency; the guest reads its own request back, as if the
 * host had granted the request.
 */
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
	{ .name = "FORCEWAKE_ACK_RENDER", .off = XENGT_FORCEWAKE_RENDER_ACK, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* a write of FORCEWAKE_RENDER sets this register */
	{ .name = "FORCEWAKE_ACK_MEDIA", .off = XENGT_FORCEWAKE_MEDIA_ACK, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* a write of FORCEWAKE_MEDIA sets this register */
	{ .name = "RING_TLB_INVALIDATE", .off = 0x4260, .len = 4, .count = 5, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* reads as 0 (done): the module flushes the TLBs after every change of an entry */
	{ .name = "MBCTL", .off = 0x907c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0x00000010 },	/* bit 4 (boot fetch) belongs to the firmware */
	{ .name = "FUSE2", .off = 0x9120, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = fuse2, .ro = 0xffffffff },	/* the slices of the physical GPU, from which drivers compute thread counts */
	{ .name = "EU_DISABLE", .off = 0x9134, .len = 4, .count = 3, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = eu_disable, .ro = 0xffffffff },	/* the execution units of the physical GPU, from which drivers compute thread counts */
	{ .name = "GDRST", .off = XENGT_GDRST, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = gdrst_write },	/* resets the guest's own engines, never the GPU */
	{ .name = "RPSTAT1", .off = 0xa01c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = rpstat_read },	/* shows the frequency that the guest requested in RPNSWREQ; the host controls the real clock */
	{ .name = "FORCEWAKE_MT", .off = XENGT_FORCEWAKE_MT, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* drivers wait for an acknowledge; the host's forcewake is separate */
	{ .name = "CTC_MODE", .off = 0xa26c, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000004, .ro = 0xffffffff },	/* timestamps tick at 12 MHz, half the frequency of the crystal */
	{ .name = "FORCEWAKE_MEDIA", .off = XENGT_FORCEWAKE_MEDIA, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* the request for the media engines; acknowledged like FORCEWAKE_MT */
	{ .name = "FORCEWAKE_RENDER", .off = XENGT_FORCEWAKE_RENDER, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* the request for the render engine; acknowledged like FORCEWAKE_MT */
	{ .name = "GUC_STATUS", .off = 0xc000, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000001, .ro = 0xffffffff }, /* the GuC is held in reset */
	{ .name = "DMA_CTRL", .off = 0xc314, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_DENY },				/* a write would load the guest's firmware into the GuC */
	{ .name = "FPGA_DBG", .off = 0x42300, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .w1c = 0x80000000 },	/* the device never reports an unclaimed access */
	{ .name = "GFX_FLSH_CNTL", .off = XENGT_GFX_FLSH_CNTL, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .write = flush_write },	/* a write sends the entries that changed in the guest's RAM to the hardware */
	{ .name = "FORCEWAKE_ACK", .off = XENGT_FORCEWAKE_MT_ACK, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* a write of FORCEWAKE_MT sets this register */
	{ .name = "MAD_DIMM", .off = 0x14500c, .len = 4, .count = 2, .stride = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000408, .ro = 0xffffffff },	/* a common memory configuration: one module of 8 GB for each channel */
	{ .name = "RP_STATE_CAP", .off = 0x145998, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = rp_state_cap, .ro = 0xffffffff },	/* frequency limits; never 0, because drivers divide by them */
	{ .name = "MCH_SSKPD", .off = 0x145d10, .len = 8, .gens = XENGT_GEN8,
	  .policy = XENGT_REG_SHADOW, .init = sskpd, .ro = 0xffffffff },	/* memory latencies, from which drivers compute watermarks */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_gt = {
	.name = "gt",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
