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

/* The registers of a bank, from its base. */
#define XENGT_IRQ_ISR		0x0
#define XENGT_IRQ_IMR		0x4
#define XENGT_IRQ_IIR		0x8
#define XENGT_IRQ_IER		0xc
#define XENGT_IRQ_MASTER	0x44200
#define XENGT_IRQ_MASTER_CONTROL 0x80000000u

struct xengt_irq {
	uint32_t second[XENGT_IRQ_BANKS];	/* events behind those in IIR */
	bool is_sent;		/* the message for what is pending now */
	bool is_intx_up;
	bool is_held;		/* no message now: more may happen at once */
};

/*
 * Something happened: bits that IMR lets through are latched in the bank's IIR
 * (two events deep), and the guest is interrupted if that is enabled all the way
 * up, once for each time it becomes true.
 */
void xengt_irq_raise(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		     uint32_t bits);
/*
 * Several events in a row are one message: between these two none is sent, at
 * the end one if it is due.
 */
void xengt_irq_hold(struct xengt_vgpu *vgpu);
void xengt_irq_let_go(struct xengt_vgpu *vgpu);

/* The guest took these events of a bank; returns the bank's new IIR. */
uint32_t xengt_irq_ack(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		       uint32_t bits);
/* Events that never happened (a reset), both deep. */
void xengt_irq_drop(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		    uint32_t bits);
/* A register of the tree or of config space changed: see who is to know. */
void xengt_irq_update(struct xengt_vgpu *vgpu);
/* After the registers: power-on state. */
void xengt_irq_reset(struct xengt_vgpu *vgpu);
/* The INTx pin down, for good. */
void xengt_irq_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_IRQ_H */
