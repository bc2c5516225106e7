/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The power controller's mailbox: one register has the command and a busy bit
 * (31), two more have data. When bit 31 is clear again, the low byte is 0 or an
 * error (Linux drivers/gpu/drm/i915/i915_reg.h, GEN6_PCODE_*, for the
 * commands).
 *
 * Every command completes at once and changes only the answer: the host
 * controls clocks, voltages and memory. A command that asks for a permission
 * gets the permission.
 */
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/platform.h"
#include "xengt/each.h"
#include "xengt/types.h"

#define BOTH		(XENGT_GEN8 | XENGT_GEN9)
#define MAILBOX		0x138124
#define DATA0		0x138128
#define DATA1		0x13812c
#define BUSY		0x80000000u
#define COMMAND		0x000000ffu
#define ILLEGAL_COMMAND	0x1u

struct pcode_command {
	uint8_t number;
	uint8_t gens;
	/*
	 * Returns the new value of the data register. NULL: the command does
	 * not change that register.
	 */
	uint32_t (*answer)(const struct xengt_vgpu *vgpu, uint32_t data);
};

static uint32_t zero(const struct xengt_vgpu *vgpu, uint32_t data)
{
	(void)vgpu;
	(void)data;
	return 0;
}

/*
 * Returns memory latencies in microseconds, a byte for each level, the lowest
 * level in the lowest byte: levels 0 to 3 for data 0, levels 4 to 7 for data 1.
 */
static uint32_t memory_latency(const struct xengt_vgpu *vgpu, uint32_t data)
{
	static const uint32_t levels[2] = { 0x0a070502, 0x1e1e1914 };

	(void)vgpu;
	return levels[data & 1];
}

/*
 * With data 3 the driver asks whether the display clock may change (answer 1:
 * yes); with other data the driver tells that the clock has changed.
 */
static uint32_t cdclk(const struct xengt_vgpu *vgpu, uint32_t data)
{
	(void)vgpu;
	return data == 3 ? 1 : data;
}

/*
 * With data 0 the driver asks for a constant memory frequency; bit 0 of the
 * answer says that the frequency is constant now.
 */
static uint32_t sagv(const struct xengt_vgpu *vgpu, uint32_t data)
{
	(void)vgpu;
	return data == 0;
}

static uint32_t duty_cycle(const struct xengt_vgpu *vgpu, uint32_t data)
{
	(void)data;
	return (uint32_t)vgpu->platform->rp_efficient << 8;
}

static const struct pcode_command commands[] = {
	{ 0x04, BOTH, NULL },			/* write RC6 voltages */
	{ 0x05, BOTH, zero },			/* read RC6 voltages */
	{ 0x06, XENGT_GEN9, memory_latency },
	{ 0x07, XENGT_GEN9, cdclk },
	{ 0x08, BOTH, NULL },			/* write a row of the table of ring and CPU frequencies */
	{ 0x09, BOTH, NULL },			/* read a row of the table of ring and CPU frequencies */
	{ 0x0c, BOTH, zero },			/* read the parameters of overclocking: none */
	{ 0x10, BOTH, zero },			/* display: read D_COMP */
	{ 0x11, BOTH, NULL },			/* write D_COMP */
	{ 0x17, XENGT_GEN8, NULL },		/* changes of the display clock */
	{ 0x18, XENGT_GEN8, NULL },		/* requests a change of the
						 * display clock, or tells that
						 * the clock has changed */
	{ 0x19, XENGT_GEN8, NULL },		/* panel power saving */
	{ 0x1a, BOTH, duty_cycle },
	{ 0x21, XENGT_GEN9, sagv },
};

static uint32_t mailbox_write(struct xengt_vgpu *vgpu,
			      const struct xengt_reg *reg, uint32_t off,
			      uint32_t old, uint32_t new)
{
	uint32_t done = new & ~(BUSY | COMMAND);
	const struct pcode_command *c;

	(void)reg;
	(void)off;
	(void)old;
	if (!(new & BUSY))
		return new;
	xengt_for_each(c, commands) {
		if (c->number != (new & COMMAND) ||
		    !(c->gens & vgpu->platform->gen))
			continue;
		if (c->answer)
			xengt_mmio_poke(vgpu, DATA0,
					c->answer(vgpu,
						  xengt_mmio_peek(vgpu,
								  DATA0)));
		return done;
	}
	return done | ILLEGAL_COMMAND;
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "PCODE_MAILBOX", .off = MAILBOX, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = mailbox_write },	/* never busy: a driver waits until bit 31 is clear */
	{ .name = "PCODE_DATA", .off = DATA0, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },				/* argument and answer of a command */
	{ .name = "PCODE_DATA1", .off = DATA1, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },				/* second argument and answer */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_pcode = {
	.name = "pcode",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
