/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the interrupt tree; core/irq.c implements their behaviour.
 * (Broadwell and Skylake PRM, volume 2c: GT_INTERRUPT, DE_PIPE_INTERRUPT,
 * DE_PORT_INTERRUPT, DE_MISC_INTERRUPT, PCU_INTERRUPT, SDE_INTERRUPT,
 * MASTER_INTERRUPT.)
 */
#include "core/display.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)

/* The monitor is plugged in from the start. */
static uint32_t isr_init(const struct xengt_vgpu *vgpu,
			 const struct xengt_reg *reg, uint32_t off)
{
	uint32_t pch = xengt_irq_bases.base[XENGT_IRQ_PCH] + XENGT_IRQ_ISR;

	(void)vgpu;
	(void)reg;
	return off == pch ? XENGT_PCH_HOTPLUG_B : 0;
}

static uint32_t iir_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new)
{
	uint32_t bank = 0;

	while (xengt_irq_bases.base[bank] + reg->off != off)
		bank++;
	new = xengt_irq_ack(vgpu, bank, old & ~new);
	xengt_display_handled(vgpu);
	return new;
}

/*
 * A blank that begins while its interrupt is masked gives no interrupt later.
 * So handle all blanks up to now before the mask changes.
 */
static uint32_t mask_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			   uint32_t off, uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	xengt_display_catch_up(vgpu);
	return new;
}

/* The new value decides whether the guest is interrupted, so store it first. */
static uint32_t enable_write(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	(void)reg;
	(void)old;
	xengt_display_catch_up(vgpu);
	xengt_mmio_poke(vgpu, off, new);
	xengt_irq_update(vgpu);
	xengt_display_handled(vgpu);
	return xengt_mmio_peek(vgpu, off);
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "INTERRUPT_ISR", .off = XENGT_IRQ_ISR, .len = 4, .gens = BOTH, .bases = &xengt_irq_bases,
	  .policy = XENGT_REG_SHADOW, .init = isr_init, .ro = 0xffffffff },	/* the present levels of the interrupts; the device sets this register */
	{ .name = "INTERRUPT_IMR", .off = XENGT_IRQ_IMR, .len = 4, .gens = BOTH, .bases = &xengt_irq_bases,
	  .policy = XENGT_REG_TRAP, .reset = 0xffffffff, .write = mask_write },	/* a mask, applied when an event is raised */
	{ .name = "INTERRUPT_IIR", .off = XENGT_IRQ_IIR, .len = 4, .gens = BOTH, .bases = &xengt_irq_bases,
	  .policy = XENGT_REG_TRAP, .w1c = 0xffffffff, .write = iir_write },	/* each bit can hold two events: after a write has cleared the first event, the bit shows the second one */
	{ .name = "INTERRUPT_IER", .off = XENGT_IRQ_IER, .len = 4, .gens = BOTH, .bases = &xengt_irq_bases,
	  .policy = XENGT_REG_TRAP, .write = enable_write },			/* a write may interrupt the guest at once */
	{ .name = "MASTER_INTERRUPT", .off = XENGT_IRQ_MASTER, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = ~XENGT_IRQ_MASTER_CONTROL, .flags = XENGT_REG_HOT,
	  .write = enable_write },						/* the device sets the banks' bits; a write may interrupt at once */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_irq = {
	.name = "irq",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
