// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the GPU's configuration space.
 *
 * The space is an array of bytes; a second array has a mask of the bits that
 * software can change. No status bit is ever set, so software need not clear
 * any. The PCI function has header type 0, BAR0 and BAR2, one MSI vector with a
 * 32-bit address and no mask bits, and power management. The graphics control
 * word at 0x50 has the value that firmware sets on hardware: the size of the
 * GGTT, and no stolen memory.
 *
 * Not modelled: the legacy I/O BAR, the ROM, INTx, the PCI Express capability,
 * D3 (the power state is stored and has no effect).
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <string.h>

#define CFG_VENDOR	0x00
#define CFG_DEVICE	0x02
#define CFG_COMMAND	0x04
#define CFG_STATUS	0x06
#define CFG_REVISION	0x08
#define CFG_CLASS	0x09
#define CFG_BAR0	0x10
#define CFG_BAR2	0x18
#define CFG_SUBVENDOR	0x2c
#define CFG_SUBDEVICE	0x2e
#define CFG_CAP_PTR	0x34
#define CFG_INT_LINE	0x3c
#define CFG_INT_PIN	0x3d
#define CFG_GMCH	0x50
#define CFG_MSAC	0x62
#define CFG_SWSCI	0xe8
#define CFG_ASLS	0xfc

#define CMD_MASTER	0x4

#define BAR_PREFETCH	0x8

#define CAP_ID_PM	0x01
#define CAP_ID_MSI	0x05

static void put(uint8_t *at, uint32_t val, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		at[i] = (uint8_t)(val >> (8 * i));
}

static uint32_t get(const uint8_t *at, unsigned int size)
{
	uint32_t val = 0;

	for (unsigned int i = 0; i < size; i++)
		val |= (uint32_t)at[i] << (8 * i);
	return val;
}

static void def(struct xengt_sim *sim, unsigned int off, unsigned int size,
		uint32_t reset, uint32_t wmask)
{
	put(sim->cfg + off, reset, size);
	put(sim->cfg_wmask + off, wmask, size);
}

void sim_pci_reset(struct xengt_sim *sim)
{
	const struct xengt_sim_platform *p = sim->plat;
	unsigned int msi = p->cap_msi, pm = p->cap_pm;
	unsigned int ggms;

	memset(sim->cfg, 0, sizeof(sim->cfg));
	memset(sim->cfg_wmask, 0, sizeof(sim->cfg_wmask));

	def(sim, CFG_VENDOR, 2, 0x8086, 0);
	def(sim, CFG_DEVICE, 2, p->device, 0);
	def(sim, CFG_COMMAND, 2, 0, 0x0407);
	def(sim, CFG_STATUS, 2, 0x0010, 0);
	def(sim, CFG_REVISION, 1, p->revision, 0);
	def(sim, CFG_CLASS, 2, 0x0000, 0);
	def(sim, CFG_CLASS + 2, 1, 0x03, 0);
	def(sim, CFG_BAR0, 4, 0, ~(XENGT_SIM_BAR0_BYTES - 1));
	def(sim, CFG_BAR2, 4, BAR_PREFETCH, ~(XENGT_SIM_BAR2_BYTES - 1));
	def(sim, CFG_SUBVENDOR, 2, p->subvendor, 0);
	def(sim, CFG_SUBDEVICE, 2, p->subdevice, 0);
	def(sim, CFG_CAP_PTR, 1, msi, 0);
	def(sim, CFG_INT_LINE, 1, 0, 0xff);
	def(sim, CFG_INT_PIN, 1, 1, 0);
	/*
	 * GGMS (7:6) is n for 2 << (n - 1) MiB of GGTT entries. GMS (15:8) is
	 * 0: no stolen memory.
	 */
	ggms = sim->ggtt_entries == XENGT_SIM_GGTT_ENTRIES ? 3 :
		sim->ggtt_entries == XENGT_SIM_GGTT_ENTRIES / 2 ? 2 : 1;
	def(sim, CFG_GMCH, 2, ggms << 6, 0);
	/* Base of stolen memory, 0x5c, stays 0 and read-only. */
	def(sim, CFG_MSAC, 1, 0x01, 0);		/* aperture: 256 MiB */

	def(sim, msi, 1, CAP_ID_MSI, 0);
	def(sim, msi + 1, 1, pm, 0);
	def(sim, msi + 2, 2, 0, 0x0071);
	def(sim, msi + 4, 4, 0, 0xfffffffc);
	def(sim, msi + 8, 2, 0, 0xffff);

	def(sim, pm, 1, CAP_ID_PM, 0);
	def(sim, pm + 2, 2, 0x0022, 0);		/* version 2, device-specific
						 * initialisation */
	def(sim, pm + 4, 2, 0, 0x0003);

	def(sim, CFG_SWSCI, 2, 0, 0x8001);
	def(sim, CFG_ASLS, 4, 0, 0xffffffff);
}

static bool is_bad_cfg(struct xengt_sim *sim, uint32_t off, unsigned int size)
{
	if ((size == 1 || size == 2 || size == 4) &&
	    off < XENGT_SIM_CFG_BYTES && size <= XENGT_SIM_CFG_BYTES - off)
		return false;
	sim->stats.bad_accesses++;
	return true;
}

uint32_t sim_cfg_read(struct xengt_sim *sim, uint32_t off, unsigned int size)
{
	sim->stats.cfg_reads++;
	if (is_bad_cfg(sim, off, size))
		return (uint32_t)sim_size_mask(size);
	return get(sim->cfg + off, size);
}

void sim_cfg_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		   uint32_t val)
{
	sim->stats.cfg_writes++;
	if (is_bad_cfg(sim, off, size))
		return;
	for (unsigned int i = 0; i < size; i++) {
		uint8_t b = (uint8_t)(val >> (8 * i));
		uint8_t wm = sim->cfg_wmask[off + i];
		uint8_t *p = &sim->cfg[off + i];

		*p = (uint8_t)((*p & ~wm) | (b & wm));
	}
}

int xengt_sim_bar_at(const struct xengt_sim *sim, uint64_t bus,
		     uint64_t *ret_off)
{
	uint64_t base0 = get(sim->cfg + CFG_BAR0, 4) & ~0xfU;
	uint64_t base2 = get(sim->cfg + CFG_BAR2, 4) & ~0xfU;

	if (base0 && bus >= base0 && bus - base0 < XENGT_SIM_BAR0_BYTES) {
		*ret_off = bus - base0;
		return 0;
	}
	if (base2 && bus >= base2 && bus - base2 < XENGT_SIM_BAR2_BYTES) {
		*ret_off = bus - base2;
		return 2;
	}
	return -ENOENT;
}

bool sim_pci_is_master(const struct xengt_sim *sim)
{
	return sim->cfg[CFG_COMMAND] & CMD_MASTER;
}

/*
 * An MSI is a memory write by the PCI function, so no MSI is sent without bus
 * mastering.
 */
bool sim_pci_send_msi(struct xengt_sim *sim)
{
	const uint8_t *msi = sim->cfg + sim->plat->cap_msi;

	if (!(msi[2] & 1) || !sim_pci_is_master(sim))
		return false;
	sim->stats.msis++;
	if (sim->rec)
		sim_rec_msi(sim, get(msi + 4, 4), get(msi + 8, 2));
	if (sim->ops.msi)
		sim->ops.msi(sim->opaque, get(msi + 4, 4), get(msi + 8, 2));
	return true;
}
