/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the sideband of the PCH: registers that a driver accesses by an
 * address register and a data register.
 */
#ifndef XENGT_SBI_H
#define XENGT_SBI_H

#include "xengt/types.h"

struct xengt_vgpu;
struct xengt_reg;

/*
 * Number of sideband registers whose values are kept; a driver uses about a
 * dozen. If the guest writes more registers, the writes to the further
 * registers are dropped, and these registers read as 0.
 */
#define XENGT_SBI_MAX	32

struct xengt_sbi {
	uint32_t count;
	struct {
		uint32_t key;	/* destination and address */
		uint32_t val;
	} reg[XENGT_SBI_MAX];
};

/* Handler of SBI_CTL_STAT: carries out the transaction at once. */
uint32_t xengt_sbi_write_ctl(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new);

#endif /* XENGT_SBI_H */
