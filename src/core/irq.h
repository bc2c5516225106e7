/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the guest's interrupt tree: the banks, the master register, and the
 * MSI or the INTx pin.
 */
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

struct xengt_irq {
	uint32_t second[XENGT_IRQ_BANKS];	/* bits of IIR for which a
						 * second event is pending */
	bool is_sent;		/* the MSI for the pending events was sent */
	bool is_intx_up;
	bool is_held;		/* between xengt_irq_hold() and
				 * xengt_irq_let_go(): send no MSI yet */
};

/*
 * Raise events of a bank. The bits that IMR does not mask are latched in the
 * bank's IIR; for each bit one more event can be pending. The guest gets one
 * interrupt each time that this condition becomes true: an event is pending
 * that IER and the master bit enable.
 */
void xengt_irq_raise(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		     uint32_t bits);
/*
 * Make several events in a row cause one MSI: between xengt_irq_hold() and
 * xengt_irq_let_go() no MSI is sent; xengt_irq_let_go() sends an MSI if one is
 * due.
 */
void xengt_irq_hold(struct xengt_vgpu *vgpu);
void xengt_irq_let_go(struct xengt_vgpu *vgpu);

/*
 * Call this when the guest acknowledges events of a bank: those in 'bits'.
 * Returns the bank's new IIR.
 */
uint32_t xengt_irq_ack(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		       uint32_t bits);
/* Drop events at a reset, including second events. */
void xengt_irq_drop(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		    uint32_t bits);
/*
 * Call this when a register of the tree or of config space has changed. Updates
 * the master register, and interrupts the guest if an interrupt is due.
 */
void xengt_irq_update(struct xengt_vgpu *vgpu);
/*
 * Put the tree into power-on state. Call this after the registers were reset.
 */
void xengt_irq_reset(struct xengt_vgpu *vgpu);
/* Release the INTx pin, when the device leaves the bus. */
void xengt_irq_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_IRQ_H */
