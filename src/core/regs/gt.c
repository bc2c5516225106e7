/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GT-wide registers: reset, forcewake, unclaimed-access debug, GTT flush, and
 * the microcontroller that guests do not get. (Broadwell and Skylake PRM,
 * volume 2c, command reference: registers.)
 *
 * Not modelled: engines, RC6, RPS, clock gating. Their registers have no row
 * and are plain memory.
 */
#include "core/mmio.h"

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

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "FORCEWAKE_ACK_RENDER", .off = 0x0d84, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_RENDER */
	{ .name = "FORCEWAKE_ACK_MEDIA", .off = 0x0d88, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_MEDIA */
	{ .name = "GDRST", .off = 0x941c, .len = 4, .gens = XENGT_GEN8 | XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* a reset is over when it is asked for: no engine runs yet */
	{ .name = "FORCEWAKE_MT", .off = FORCEWAKE_MT, .len = 4, .gens = XENGT_GEN8 | XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = forcewake_write },				/* must be acknowledged; the host's is its own */
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
	{ .name = "FPGA_DBG", .off = 0x42300, .len = 4, .gens = XENGT_GEN8 | XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .w1c = 0x80000000 },	/* no access of a vGPU is unclaimed */
	{ .name = "GFX_FLSH_CNTL", .off = 0x101008, .len = 4, .gens = XENGT_GEN8 | XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* entries are translated when they are stored */
	{ .name = "FORCEWAKE_ACK", .off = 0x130044, .len = 4, .gens = XENGT_GEN8 | XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },	/* set by FORCEWAKE_MT */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_gt = {
	.name = "gt",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
