/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Display: ports, their AUX channels, and the south display (Broadwell and
 * Skylake PRM, volume 2c). A DisplayPort monitor is on port B.
 *
 * The south display's interrupt registers are in regs/irq.c.
 */
#include "core/aux.h"
#include "core/gmbus.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "core/sbi.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define BOTH		(XENGT_GEN8 | XENGT_GEN9)
#define PER_PORT	.len = 4, .count = 5, .stride = 0x100
#define DDI_IDLE	0x80u
#define DDI_DETECTED	0x01u

/* A DDI buffer is idle unless the guest has enabled it. */
static uint32_t ddi_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	return new & 0x80000000u ? new & ~DDI_IDLE : new | DDI_IDLE;
}

#define PP_STATUS	0xc7200
#define PP_ON		0x80000000u
#define PP_ON_IDLE	0x8u

/* Panel power reaches the requested state at once. */
static uint32_t panel_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	xengt_mmio_poke(vgpu, PP_STATUS, new & 1 ? PP_ON | PP_ON_IDLE : 0);
	return new;
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "DDI_BUF_CTL", .off = 0x64000, PER_PORT, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .reset = DDI_IDLE, .ro = DDI_IDLE | DDI_DETECTED,
	  .write = ddi_write },						/* the idle bit (7) is the inverse of the enable bit (31); no monitor is on port A */
	{ .name = "DDI_AUX_CTL", .off = 0x64010, .len = 4, .gens = XENGT_GEN9, .count = 4, .stride = 0x100,
	  .policy = XENGT_REG_TRAP, .w1c = XENGT_AUX_STICKY,
	  .write = xengt_aux_write_ctl },				/* channels A to D */
	{ .name = "DDI_AUX_CTL_A", .off = 0x64010, .len = 4, .gens = XENGT_GEN8,
	  .policy = XENGT_REG_TRAP, .w1c = XENGT_AUX_STICKY,
	  .write = xengt_aux_write_ctl },				/* channel A; the other channels are in the south display */
	{ .name = "DP_TP_STATUS", .off = 0x64044, PER_PORT, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0x02000000, .ro = 0xffffffff },	/* always reports that the idle patterns were sent */
	{ .name = "PSR_IIR", .off = 0x64838, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .w1c = 0xffffffff },		/* panel self refresh: no panel of a vGPU can do this */
	{ .name = "HOTPLUG_CTL", .off = 0xc4030, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .w1c = 0x03030303 },		/* the kind of hotplug pulse of each port; the device sets the kind when a monitor is plugged in or unplugged */
	{ .name = "GPIO_CTL", .off = 0xc5010, .len = 4, .gens = BOTH, .count = 6, .stride = 4,
	  .policy = XENGT_REG_TRAP, .reset = 0x1010, .ro = 0x1010,
	  .write = xengt_gpio_write },					/* a wire is high unless the guest pulls it low */
	{ .name = "GMBUS1", .off = 0xc5104, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = xengt_gmbus_write_command },	/* a write starts a cycle, which no device answers */
	{ .name = "GMBUS2", .off = 0xc5108, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0x0800, .ro = ~0x8000u },	/* status; bit 15 ("in use") is a flag that only drivers set and read */
	{ .name = "SBI_CTL_STAT", .off = 0xc6008, .len = 4, .gens = XENGT_GEN8,
	  .policy = XENGT_REG_TRAP, .write = xengt_sbi_write_ctl },	/* a write starts a transaction with a clock register of the PCH, which sbi.c carries out */
	{ .name = "PP_STATUS", .off = PP_STATUS, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },		/* a write of PP_CONTROL changes this register */
	{ .name = "PP_CONTROL", .off = 0xc7204, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = panel_write },		/* a write changes PP_STATUS, too */
	{ .name = "DDI_AUX_CTL_PCH", .off = 0xe4110, .len = 4, .gens = XENGT_GEN8, .count = 3, .stride = 0x100,
	  .policy = XENGT_REG_TRAP, .w1c = XENGT_AUX_STICKY,
	  .write = xengt_aux_write_ctl },				/* channels B to D */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_display_port = {
	.name = "display_port",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
