// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: interrupts
 *
 * Gen8 and Gen9 have one master register that says which banks have an
 * interrupt. A bank is four registers: ISR, IMR, IIR, IER (Intel PRM Broadwell,
 * Vol 2c, "Master Interrupt Control"). The module uses the engines' banks and
 * masks all others. If a masked bank raises an interrupt nevertheless, the
 * module acknowledges and counts this interrupt, because the device sends no
 * further interrupt while a bank is not acknowledged.
 *
 * The interrupt handler switches the master register off, and the interrupt's
 * thread switches it on when the thread ends. Interrupts that engines raise in
 * this time wait in their banks and then cause only one run of the handler. So
 * interrupts of engines do not make the handler run more often than the thread
 * (see also xengt_sched_unmute()).
 */
#include <linux/interrupt.h>
#include <linux/pci.h>

#include "hw/facts.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"
#include "xengt_irq.h"

/* bits of the master register for RCS, BCS, VCS, VCS2 and VECS */
#define ENGINES_MASTER		(BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(6))

struct irq_bank {
	u32 base;
	u32 master_bits;	/* bits of the master register: if one of these
				 * bits is set, the bank has an interrupt */
	enum xengt_irq_source source;
};

static const struct irq_bank banks[] = {
	{ XENGT_IRQ_BANK_GT0, BIT(0) | BIT(1), XENGT_IRQ_GT },	/* RCS, BCS */
	{ XENGT_IRQ_BANK_GT1, BIT(2) | BIT(3), XENGT_IRQ_GT },	/* VCS, VCS2 */
	{ XENGT_IRQ_BANK_GT2, BIT(4) | BIT(5), XENGT_IRQ_GT },	/* PM, GuC */
	{ XENGT_IRQ_BANK_GT3, BIT(6), XENGT_IRQ_GT },		/* VECS */
	{ 0x44400, BIT(16), XENGT_IRQ_DISPLAY },	/* pipe A */
	{ 0x44410, BIT(17), XENGT_IRQ_DISPLAY },	/* pipe B */
	{ 0x44420, BIT(18), XENGT_IRQ_DISPLAY },	/* pipe C */
	{ 0x44440, BIT(20), XENGT_IRQ_DISPLAY },	/* port */
	{ 0x44460, BIT(22), XENGT_IRQ_DISPLAY },	/* misc */
	{ 0xc4000, BIT(23), XENGT_IRQ_DISPLAY },	/* PCH */
	{ 0x444e0, BIT(30), XENGT_IRQ_PCU },
};

void xengt_irq_mask_all(struct xengt_gpu *gpu)
{
	int i;

	xengt_write32(gpu, XENGT_IRQ_MASTER, 0);
	for (i = 0; i < ARRAY_SIZE(banks); i++) {
		xengt_write32(gpu, banks[i].base + XENGT_IRQ_IMR, ~0u);
		xengt_write32(gpu, banks[i].base + XENGT_IRQ_IER, 0);
		/*
		 * acknowledge twice, because the IIR can have a second
		 * interrupt waiting after the first
		 */
		xengt_write32(gpu, banks[i].base + XENGT_IRQ_IIR, ~0u);
		xengt_read32(gpu, banks[i].base + XENGT_IRQ_IIR);
		xengt_write32(gpu, banks[i].base + XENGT_IRQ_IIR, ~0u);
	}
	xengt_read32(gpu, XENGT_IRQ_MASTER);
}

void xengt_irq_enable_master(struct xengt_gpu *gpu)
{
	xengt_write32(gpu, XENGT_IRQ_MASTER, XENGT_IRQ_MASTER_CONTROL);
	xengt_read32(gpu, XENGT_IRQ_MASTER);
}

static irqreturn_t irq_handler(int irq, void *data)
{
	struct xengt_gpu *gpu = data;
	irqreturn_t result = IRQ_HANDLED;
	u32 master, iir;
	int i;

	master = xengt_read32(gpu, XENGT_IRQ_MASTER);
	if (master == ~0u)		/* the device does not answer any
					 * more */
		return IRQ_NONE;
	master &= ~XENGT_IRQ_MASTER_CONTROL;
	if (!master) {
		atomic64_inc(&gpu->irqs[XENGT_IRQ_SPURIOUS]);
		return IRQ_NONE;
	}

	xengt_write32(gpu, XENGT_IRQ_MASTER, 0);
	if (master & ENGINES_MASTER && xengt_engine_irq(gpu)) {
		atomic64_inc(&gpu->irqs[XENGT_IRQ_GT]);
		result = IRQ_WAKE_THREAD;
	}
	master &= ~ENGINES_MASTER;
	for (i = 0; i < ARRAY_SIZE(banks); i++) {
		if (!(master & banks[i].master_bits))
			continue;
		iir = xengt_read32(gpu, banks[i].base + XENGT_IRQ_IIR);
		xengt_write32(gpu, banks[i].base + XENGT_IRQ_IIR, iir);
		atomic64_inc(&gpu->irqs[iir ? banks[i].source :
					      XENGT_IRQ_SPURIOUS]);
	}
	/*
	 * if the thread was woken, the thread switches the master register on
	 * later, and no interrupt comes before then
	 */
	if (result == IRQ_HANDLED)
		xengt_irq_enable_master(gpu);
	return result;
}

static irqreturn_t irq_thread(int irq, void *data)
{
	xengt_engine_irq_thread(data);
	xengt_irq_enable_master(data);
	return IRQ_HANDLED;
}

int xengt_irq_init(struct xengt_gpu *gpu)
{
	int r;

	r = pci_alloc_irq_vectors(gpu->pdev, 1, 1, PCI_IRQ_MSI);
	if (r < 0)
		return r;
	gpu->irq = pci_irq_vector(gpu->pdev, 0);
	r = request_threaded_irq(gpu->irq, irq_handler, irq_thread, 0, "xengt",
				 gpu);
	if (r)
		goto free_vectors;
	xengt_irq_enable_master(gpu);
	return 0;

free_vectors:
	pci_free_irq_vectors(gpu->pdev);
	return r;
}

void xengt_irq_fini(struct xengt_gpu *gpu)
{
	xengt_irq_mask_all(gpu);
	free_irq(gpu->irq, gpu);
	/*
	 * the thread may have switched the master register on after
	 * xengt_irq_mask_all()
	 */
	xengt_write32(gpu, XENGT_IRQ_MASTER, 0);
	pci_free_irq_vectors(gpu->pdev);
}
