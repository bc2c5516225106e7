/* SPDX-License-Identifier: GPL-2.0-only */
/* Models the I2C master of the south display, and the master's pins. */
#ifndef XENGT_GMBUS_H
#define XENGT_GMBUS_H

#include "xengt/types.h"

struct xengt_vgpu;
struct xengt_reg;

/*
 * Write handlers for regs/display_port.c: of the command register, and of the
 * registers of the pins.
 */
uint32_t xengt_gmbus_write_command(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old, uint32_t new);
uint32_t xengt_gpio_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new);

#endif /* XENGT_GMBUS_H */
