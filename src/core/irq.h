/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's interrupt tree: banks, the master register, the message. */
#ifndef XENGT_IRQ_H
#define XENGT_IRQ_H

#include "xengt/types.h"

struct xengt_vgpu;

enum xengt_irq_bank {
	XENGT_IRQ_GT0,		/* RCS 15:0, BCS 31:16 */
	XENGT_IRQ_GT1,		/* VCS 15:0, VCS2 31:16 */
	XENGT_IRQ_GT2,		/* power management */
	XENGT_IRQ_GT3,		/* VECS 15:0 */
	XENGT_IRQ_PIPE_A,
	XENGT_IRQ_PIPE_B,
	XENGT_IRQ_PIPE_C,
	XENGT_IRQ_PORT,
	XENGT_IRQ_MISC,
	XENGT_IRQ_PCU,
	XENGT_IRQ_PCH,		/* south display */
	XENGT_IRQ_BANKS,
};

/*
 * Something happened: bits that IMR lets through are latched in the bank's IIR
 * (two events deep), and the guest is interrupted if that is enabled all the way
 * up, once for each time it becomes true.
 */
void xengt_irq_raise(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		     uint32_t bits);
/* Levels that the bank's ISR shows; raises nothing by itself. */
void xengt_irq_set_level(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
			 uint32_t bits, bool on);

#endif /* XENGT_IRQ_H */
