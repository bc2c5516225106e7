// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates interrupts: Gen8's banks and the master register.
 *
 * Bank at base: ISR +0, IMR +4, IIR +8, IER +c. An event sets its IIR bit
 * unless IMR masks it. Software clears a bit of IIR by writing 1 to it. IIR
 * holds two events for each bit: an event that arrives while the bit is set
 * becomes visible after the bit is cleared. So drivers clear IIR twice at
 * reset. While (IIR & IER) is not 0, the bank's bits are set in the master
 * register 0x44200; master control (bit 31) enables the interrupt. One MSI is
 * sent each time that the condition "bit 31 and a bank's bit are set" becomes
 * true. The handler clears bit 31, handles events, sets bit 31 again, and gets
 * another MSI if an event is still pending.
 *
 * ISR shows levels. In the south display's bank they are the levels of
 * monitors; in other banks ISR is 0.
 *
 * Not modelled: INTx.
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define MASTER_CONTROL	0x80000000U

struct bank_desc {
	uint32_t base;
	/* master bits for the low and the high half of IIR */
	uint32_t master_lo;
	uint32_t master_hi;
};

#define BIT_(n) (1U << (n))

/* clang-format off */
static const struct bank_desc banks[XENGT_SIM_IRQ_BANKS] = {
	[XENGT_SIM_IRQ_GT0]    = { 0x44300, BIT_(0),  BIT_(1)  },
	[XENGT_SIM_IRQ_GT1]    = { 0x44310, BIT_(2),  BIT_(3)  },
	[XENGT_SIM_IRQ_GT2]    = { 0x44320, BIT_(4),  BIT_(5)  },
	[XENGT_SIM_IRQ_GT3]    = { 0x44330, BIT_(6),  BIT_(6)  },
	[XENGT_SIM_IRQ_PIPE_A] = { 0x44400, BIT_(16), BIT_(16) },
	[XENGT_SIM_IRQ_PIPE_B] = { 0x44410, BIT_(17), BIT_(17) },
	[XENGT_SIM_IRQ_PIPE_C] = { 0x44420, BIT_(18), BIT_(18) },
	[XENGT_SIM_IRQ_PORT]   = { 0x44440, BIT_(20), BIT_(20) },
	[XENGT_SIM_IRQ_MISC]   = { 0x44460, BIT_(22), BIT_(22) },
	[XENGT_SIM_IRQ_PCU]    = { 0x444e0, BIT_(30), BIT_(30) },
	[XENGT_SIM_IRQ_PCH]    = { 0xc4000, BIT_(23), BIT_(23) },
};
/* clang-format on */

enum bank_reg { BANK_ISR = 0x0, BANK_IMR = 0x4, BANK_IIR = 0x8, BANK_IER = 0xc };

void sim_irq_reset(struct xengt_sim *sim)
{
	memset(sim->bank, 0, sizeof(sim->bank));
	for (int i = 0; i < XENGT_SIM_IRQ_BANKS; i++)
		sim->bank[i].imr = 0xffffffff;
	sim->master_enabled = false;
	sim->line = false;
}

static uint32_t pending(const struct xengt_sim *sim)
{
	uint32_t master = 0;

	for (int i = 0; i < XENGT_SIM_IRQ_BANKS; i++) {
		uint32_t live = sim->bank[i].iir & sim->bank[i].ier;

		if (live & 0x0000ffff)
			master |= banks[i].master_lo;
		if (live & 0xffff0000)
			master |= banks[i].master_hi;
	}
	return master;
}

static void update_line(struct xengt_sim *sim)
{
	bool line = sim->master_enabled && pending(sim);

	if (line && !sim->line && !sim_pci_send_msi(sim))
		sim->stats.irq_lost++;
	sim->line = line;
}

static int bank_of(uint32_t off)
{
	for (int i = 0; i < XENGT_SIM_IRQ_BANKS; i++)
		if ((off & ~0xfU) == banks[i].base)
			return i;
	return -1;
}

uint32_t sim_irq_read_bank(const struct xengt_sim *sim, uint32_t off)
{
	const struct sim_irq_bank *b = &sim->bank[bank_of(off)];

	switch ((enum bank_reg)(off & 0xc)) {
	case BANK_IMR:
		return b->imr;
	case BANK_IIR:
		return b->iir;
	case BANK_IER:
		return b->ier;
	case BANK_ISR:
		break;
	}
	return b->isr;
}

/* be: the bits that the access covers */
void sim_irq_write_bank(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	struct sim_irq_bank *b = &sim->bank[bank_of(off)];

	switch ((enum bank_reg)(off & 0xc)) {
	case BANK_IMR:
		b->imr = (b->imr & ~be) | (val & be);
		break;
	case BANK_IIR:
		val &= be;
		b->iir = (b->iir & ~val) | (b->iir2 & val);
		b->iir2 &= ~val;
		break;
	case BANK_IER:
		b->ier = (b->ier & ~be) | (val & be);
		break;
	case BANK_ISR:
		break;
	}
	update_line(sim);
}

uint32_t sim_irq_read_master(const struct xengt_sim *sim)
{
	return pending(sim) | (sim->master_enabled ? MASTER_CONTROL : 0);
}

void sim_irq_write_master(struct xengt_sim *sim, uint32_t val, uint32_t be)
{
	if (be & MASTER_CONTROL)
		sim->master_enabled = val & MASTER_CONTROL;
	update_line(sim);
}

void sim_raise_irq(struct xengt_sim *sim, enum xengt_sim_irq_bank bank,
		   uint32_t bits)
{
	struct sim_irq_bank *b;

	if ((unsigned int)bank >= XENGT_SIM_IRQ_BANKS)
		return;
	b = &sim->bank[bank];
	bits &= ~b->imr;
	b->iir2 |= b->iir & bits;
	b->iir |= bits;
	update_line(sim);
}
