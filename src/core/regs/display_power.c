/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Display: fuses, power wells, clocks, data buffer (Broadwell and Skylake PRM,
 * volume 2c). Every request takes effect at once: status bits follow request
 * bits.
 *
 * These registers have no effect on the physical display: a vGPU's monitor is
 * virtual.
 */
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/display.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define BOTH		(XENGT_GEN8 | XENGT_GEN9)
#define BIT31		0x80000000u
#define BIT30		0x40000000u

/* Bit 30 (the state) gets the value of bit 31 (the request). */
static uint32_t follow_write(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	return new & BIT31 ? new | BIT30 : new & ~BIT30;
}

/*
 * Power wells: each odd bit requests a well, and the even bit below it is that
 * well's state. There are four registers with requests; a well is on while any
 * of them requests the well.
 */
#define WELL_REQUESTERS	4
#define WELL_REQUESTS	0xaaaaaaaau
#define WELL_1_STATE	0x10000000u

static uint32_t well_states(const struct xengt_vgpu *vgpu)
{
	uint32_t requests = 0;

	for (uint32_t i = 0; i < WELL_REQUESTERS; i++)
		requests |= xengt_mmio_peek(vgpu, XENGT_PWR_WELL_CTL_BIOS + 4 * i);
	return (requests & WELL_REQUESTS) >> 1;
}

static uint32_t well_read(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old)
{
	(void)reg;
	(void)off;
	return (old & WELL_REQUESTS) | well_states(vgpu);
}

/*
 * Returns the status of the fuses: the fuses of a power well are distributed if
 * the well is on.
 */
static uint32_t fuse_status_read(struct xengt_vgpu *vgpu,
				 const struct xengt_reg *reg, uint32_t off,
				 uint32_t old)
{
	uint32_t state = well_states(vgpu);

	(void)reg;
	(void)off;
	(void)old;
	return 0x88000000u |		/* bits: all fuses were read; the fuses
					 * of well 0 are distributed */
	       (state & WELL_1_STATE ? 0x04000000u : 0) |
	       (state & XENGT_PWR_WELL_STATE ? 0x02000000u : 0);
}

static uint32_t dpll_status_read(struct xengt_vgpu *vgpu,
				 const struct xengt_reg *reg, uint32_t off,
				 uint32_t old)
{
	static const uint32_t enable[] = { 0x46010, 0x46014, 0x46040, 0x46060 };
	uint32_t locks = 0;

	(void)reg;
	(void)off;
	(void)old;
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(enable); i++) {
		if (xengt_mmio_peek(vgpu, enable[i]) & BIT31)
			locks |= 1u << 8 * i;
	}
	return locks;
}

#define LCPLL_LOCK		BIT30
#define LCPLL_FCLK		0x00200000u
#define LCPLL_FCLK_DONE		0x00080000u

/* Bit 31 switches the LCPLL off. */
static uint32_t lcpll_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	new &= ~(LCPLL_LOCK | LCPLL_FCLK_DONE);
	if (!(new & BIT31))
		new |= LCPLL_LOCK;
	if (new & LCPLL_FCLK)
		new |= LCPLL_FCLK_DONE;
	return new;
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "VGA_CONTROL", .off = 0x41000, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = BIT31 },				/* plain memory: the vGPU has no VGA, and a write must not switch off the emulated VGA */
	{ .name = "FUSE_STATUS", .off = 0x42000, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .reset = 0x88000000,
	  .read = fuse_status_read },						/* drivers poll this register after they have switched a well on */
	{ .name = "FUSE_STRAP", .off = 0x42014, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* 0: the display exists, and its clock has no limit */
	{ .name = "DBUF_CTL", .off = 0x45008, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .ro = BIT30, .write = follow_write },	/* the power state (bit 30) follows the power request (bit 31) */
	{ .name = "PWR_WELL_CTL", .off = XENGT_PWR_WELL_CTL_BIOS, .len = 4, .gens = BOTH, .count = WELL_REQUESTERS, .stride = 4,
	  .policy = XENGT_REG_TRAP, .ro = ~WELL_REQUESTS, .read = well_read },	/* requests of BIOS, driver, KVMR and debugger; a well is on while one of them requests it */
	{ .name = "LCPLL1_CTL", .off = 0x46010, .len = 4, .gens = XENGT_GEN9, .count = 2, .stride = 4,
	  .policy = XENGT_REG_TRAP, .ro = BIT30, .write = follow_write },	/* DPLL 0 and 1: the lock bit (30) follows the enable bit (31) */
	{ .name = "PORT_CLK_SEL", .off = 0x46100, .len = 4, .gens = XENGT_GEN8, .count = 5, .stride = 4,
	  .policy = XENGT_REG_SHADOW, .reset = 0xe0000000 },			/* no port has a clock at first */
	{ .name = "DFSM", .off = 0x51000, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* 0: no part of the display is fused off */
	{ .name = "DPLL_CTRL2", .off = 0x6c05c, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .reset = 0x000f8000 },			/* no port has a clock at first */
	{ .name = "DPLL_STATUS", .off = 0x6c060, .len = 4, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = dpll_status_read }, /* one lock bit for each PLL */
	{ .name = "SFUSE_STRAP", .off = 0xc2014, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0x00000044, .ro = 0xffffffff },	/* only port B is wired; there is no analog port */
	{ .name = "RAWCLK_FREQ", .off = 0xc6204, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 24 },				/* frequency in MHz, from which drivers compute the timing of AUX and panels */
	{ .name = "LCPLL_CTL", .off = 0x130040, .len = 4, .gens = XENGT_GEN8,
	  .policy = XENGT_REG_TRAP, .reset = LCPLL_LOCK, .ro = LCPLL_LOCK | LCPLL_FCLK_DONE,
	  .write = lcpll_write },						/* the bits that report the lock and the clock source follow the request bits */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_display_power = {
	.name = "display_power",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
