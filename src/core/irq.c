/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models Gen8's interrupt tree (Broadwell PRM, volume 2c: GT and display
 * interrupt registers), with hardware's latching:
 *
 *   event --IMR--> IIR (two events for each bit) --IER--> master bit
 *                                                          |
 *          MSI or INTx <-- condition is true <-- bit 31 ---+
 *
 * The registers themselves are memory (regs/irq.c). xengt_irq_update() keeps
 * the bits of the master register up to date, so that a read of that register
 * computes nothing.
 *
 * One MSI is sent each time that the condition at the end of the chain becomes
 * true. A guest's handler clears bit 31, handles events, and sets bit 31 again:
 * if an event is still pending then, a new MSI is sent.
 */
#include "core/irq.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/pci_cfg.h"
#include "core/regs.h"
#include "hw/facts.h"

const struct xengt_reg_bases xengt_irq_bases = {
	.count = XENGT_IRQ_BANKS,
	.base = {
		[XENGT_IRQ_GT0] = 0x44300,
		[XENGT_IRQ_GT1] = 0x44310,
		[XENGT_IRQ_GT2] = 0x44320,
		[XENGT_IRQ_GT3] = 0x44330,
		[XENGT_IRQ_PIPE_A] = 0x44400,
		[XENGT_IRQ_PIPE_B] = 0x44410,
		[XENGT_IRQ_PIPE_C] = 0x44420,
		[XENGT_IRQ_PORT] = 0x44440,
		[XENGT_IRQ_MISC] = 0x44460,
		[XENGT_IRQ_PCU] = 0x444e0,
		[XENGT_IRQ_PCH] = 0xc4000,
	},
};

/*
 * For each IIR, the bits of the master register that show whether events are
 * pending in the IIR's low half and in its high half.
 */
static const struct {
	uint32_t low, high;
} master_bits[XENGT_IRQ_BANKS] = {
	[XENGT_IRQ_GT0] = { 1u << 0, 1u << 1 },
	[XENGT_IRQ_GT1] = { 1u << 2, 1u << 3 },
	[XENGT_IRQ_GT2] = { 1u << 4, 1u << 5 },
	[XENGT_IRQ_GT3] = { 1u << 6, 1u << 6 },
	[XENGT_IRQ_PIPE_A] = { 1u << 16, 1u << 16 },
	[XENGT_IRQ_PIPE_B] = { 1u << 17, 1u << 17 },
	[XENGT_IRQ_PIPE_C] = { 1u << 18, 1u << 18 },
	[XENGT_IRQ_PORT] = { 1u << 20, 1u << 20 },
	[XENGT_IRQ_MISC] = { 1u << 22, 1u << 22 },
	[XENGT_IRQ_PCU] = { 1u << 30, 1u << 30 },
	[XENGT_IRQ_PCH] = { 1u << 23, 1u << 23 },
};

static uint32_t bank_off(enum xengt_irq_bank bank, uint32_t reg)
{
	return xengt_irq_bases.base[bank] + reg;
}

static uint32_t pending(const struct xengt_vgpu *vgpu)
{
	uint32_t master = 0;

	for (int bank = 0; bank < XENGT_IRQ_BANKS; bank++) {
		uint32_t live =
			xengt_mmio_peek(vgpu, bank_off(bank, XENGT_IRQ_IIR)) &
			xengt_mmio_peek(vgpu, bank_off(bank, XENGT_IRQ_IER));

		if (live & 0x0000ffff)
			master |= master_bits[bank].low;
		if (live & 0xffff0000)
			master |= master_bits[bank].high;
	}
	return master;
}

static void set_intx(struct xengt_vgpu *vgpu, bool level)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (vgpu->irq.is_intx_up == level)
		return;
	if (hv->ops->set_intx(hv, vgpu->cfg.slot, 0, level)) {
		vgpu->counters.interrupts_failed++;
		return;
	}
	vgpu->irq.is_intx_up = level;
}

/* Send an MSI. If sending fails, the next change in the tree sends the MSI. */
static void send_message(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t data)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (hv->ops->inject_msi(hv, addr, data)) {
		vgpu->counters.interrupts_failed++;
		return;
	}
	vgpu->counters.interrupts++;
	vgpu->irq.is_sent = true;
}

void xengt_irq_update(struct xengt_vgpu *vgpu)
{
	uint32_t control = xengt_mmio_peek(vgpu, XENGT_IRQ_MASTER) &
			   XENGT_IRQ_MASTER_CONTROL;
	uint32_t what = pending(vgpu);
	bool line = control && what && xengt_vgpu_is_live(vgpu);
	uint64_t addr;
	uint32_t data;

	xengt_mmio_poke(vgpu, XENGT_IRQ_MASTER, control | what);
	if (!line || !xengt_pci_cfg_msi(&vgpu->pci, &addr, &data))
		vgpu->irq.is_sent = false;
	else if (!vgpu->irq.is_sent && !vgpu->irq.is_held)
		send_message(vgpu, addr, data);
	set_intx(vgpu, xengt_pci_cfg_set_intx(&vgpu->pci, line));
}

void xengt_irq_hold(struct xengt_vgpu *vgpu)
{
	vgpu->irq.is_held = true;
}

void xengt_irq_let_go(struct xengt_vgpu *vgpu)
{
	vgpu->irq.is_held = false;
	xengt_irq_update(vgpu);
}

void xengt_irq_raise(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		     uint32_t bits)
{
	uint32_t iir = xengt_mmio_peek(vgpu, bank_off(bank, XENGT_IRQ_IIR));

	bits &= ~xengt_mmio_peek(vgpu, bank_off(bank, XENGT_IRQ_IMR));
	if (!bits)
		return;
	vgpu->irq.second[bank] |= iir & bits;
	xengt_mmio_poke(vgpu, bank_off(bank, XENGT_IRQ_IIR), iir | bits);
	xengt_irq_update(vgpu);
}

uint32_t xengt_irq_ack(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		       uint32_t bits)
{
	uint32_t off = bank_off(bank, XENGT_IRQ_IIR);
	uint32_t *second = &vgpu->irq.second[bank];
	uint32_t iir = (xengt_mmio_peek(vgpu, off) & ~bits) | (*second & bits);

	*second &= ~bits;
	xengt_mmio_poke(vgpu, off, iir);
	xengt_irq_update(vgpu);
	return iir;
}

void xengt_irq_drop(struct xengt_vgpu *vgpu, enum xengt_irq_bank bank,
		    uint32_t bits)
{
	vgpu->irq.second[bank] &= ~bits;
	xengt_irq_ack(vgpu, bank, bits);
}

void xengt_irq_reset(struct xengt_vgpu *vgpu)
{
	for (int bank = 0; bank < XENGT_IRQ_BANKS; bank++)
		vgpu->irq.second[bank] = 0;
	xengt_irq_update(vgpu);
}

void xengt_irq_release(struct xengt_vgpu *vgpu)
{
	set_intx(vgpu, false);
}
