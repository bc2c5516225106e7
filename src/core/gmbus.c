/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models GMBUS (Broadwell and Skylake PRM, volume 2c, GMBUS0 to GMBUS5,
 * GPIO_CTL), the I2C wires of HDMI and analog ports. The vGPU's monitor is
 * connected by DisplayPort, and drivers read its EDID over AUX. No device
 * answers on the I2C wires; a wire is high unless the guest pulls it low.
 */
#include "core/gmbus.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"

#define GMBUS2			0xc5108
#define GMBUS4			0xc5110

#define COMMAND_CLEAR		0x80000000u	/* the store clears an error */
#define COMMAND_READY		0x40000000u	/* the store starts a cycle */
#define COMMAND_CYCLE		0x0e000000u	/* bits for the kind of a cycle:
						 * wait, index, stop */
#define COMMAND_STOP_ONLY	0x08000000u
#define STATUS_READY		0x0800u
#define STATUS_NO_ANSWER	0x0400u
#define STATUS_ACTIVE		0x0200u
#define STATUS_MASK		(STATUS_READY | STATUS_NO_ANSWER | STATUS_ACTIVE)
#define IRQ_NO_ANSWER		0x08u		/* bit of register GMBUS4 */
#define PCH_GMBUS		0x20000u

static void set_status(struct xengt_vgpu *vgpu, uint32_t status)
{
	uint32_t old = xengt_mmio_peek(vgpu, GMBUS2);

	xengt_mmio_poke(vgpu, GMBUS2, (old & ~STATUS_MASK) | status);
}

uint32_t xengt_gmbus_write_command(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old, uint32_t new)
{
	uint32_t cycle = new & COMMAND_CYCLE;

	(void)reg;
	(void)off;
	(void)old;
	if (new & COMMAND_CLEAR || !cycle || cycle == COMMAND_STOP_ONLY) {
		if (new & (COMMAND_CLEAR | COMMAND_READY))
			set_status(vgpu, STATUS_READY);
	} else if (new & COMMAND_READY) {
		set_status(vgpu, STATUS_NO_ANSWER);
		if (xengt_mmio_peek(vgpu, GMBUS4) & IRQ_NO_ANSWER)
			xengt_irq_raise(vgpu, XENGT_IRQ_PCH, PCH_GMBUS);
	}
	return new;
}

/*
 * Returns the new value of the bits of one wire; each register has the bits of
 * two wires. The bits of a wire, from the lowest: direction mask, direction,
 * value mask, value, level. A mask bit says whether this write changes the next
 * higher bit.
 */
static uint32_t wire(uint32_t old, uint32_t new)
{
	uint32_t direction = new & 0x01 ? new & 0x02 : old & 0x02;
	uint32_t value = new & 0x04 ? new & 0x08 : old & 0x08;
	bool is_low = direction && !value;

	return direction | value | (is_low ? 0 : 0x10);
}

uint32_t xengt_gpio_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	return wire(old, new) | wire(old >> 8, new >> 8) << 8;
}
