/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of a vGPU as xengt-ctl shows them to the administrator. */
#ifndef XENGT_REG_VIEW_H
#define XENGT_REG_VIEW_H

#include "xengt/types.h"

enum xengt_reg_list {
	XENGT_REGS_UNKNOWN,	/* registers without a row that the guest used */
	XENGT_REGS_DIFF,	/* registers that differ from their power-on value */
	XENGT_REG_LISTS,
};

#define XENGT_REG_VIEW_NAME	28

/* The struct has no gaps, because the worker sends it to the broker. */
struct xengt_reg_view {
	uint32_t off;		/* the register's offset in BAR0 */
	uint32_t value;		/* the present value */
	uint32_t reset;		/* the value at power-on */
	uint8_t is_read;	/* the guest has read the register; set only for
				 * registers without a row */
	uint8_t is_written;
	uint16_t pad;
	char name[XENGT_REG_VIEW_NAME];	/* the register's name, which is cut if
					 * it is too long; "": the register has
					 * no row */
};

#endif /* XENGT_REG_VIEW_H */
