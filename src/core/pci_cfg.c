/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models PCI configuration space of the integrated GPU (PCI Local Bus 3.0,
 * chapter 6; Intel datasheets of Broadwell and Skylake, volume 2, device 2).
 *
 * A table has a row for each field: its value at power-on and the bits that a
 * write changes. Bytes that no row covers read 0 and ignore writes, as reserved
 * bytes do.
 *
 * The PCI function has no I/O BAR. A BIOS uses a VGA device that has memory and
 * I/O decode on. The BIOS should use the emulated VGA, which has a ROM.
 * hvmloader switches I/O decode on only for a function with an I/O BAR, so at
 * boot the vGPU's bit for I/O decode is off. The guest can set the bit, as on
 * silicon: with this bit Linux's VGA arbiter gives the legacy VGA ports to one
 * device at a time, and i915 reads the bit back. The bit has no effect, because
 * the legacy VGA ports belong to the emulated VGA.
 *
 * The vGPU has neither a ROM nor stolen memory. The power state that the guest
 * writes is stored, and has no effect on the device. The function announces
 * that it keeps its state in D3hot, because the guest's driver does not rewrite
 * the GGTT after a runtime suspend. The guest can reset the function through
 * the Advanced Features capability, which was chosen because it contains only
 * the function level reset.
 */
#include "core/pci_cfg.h"
#include "xengt/each.h"
#include "xengt/types.h"

#include <string.h>

struct cfg_field {
	const char *name;
	uint8_t off;
	uint8_t len;
	uint32_t reset;
	uint32_t writable;
	uint32_t w1c;
};

#define MSI_CTL		(XENGT_PCI_MSI + 2)
#define MSI_ADDR	(XENGT_PCI_MSI + 4)
#define MSI_DATA	(XENGT_PCI_MSI + 8)
#define MSI_ENABLE	0x1
#define MSI_COUNT	0x70	/* field: log2 of the number of messages that
				 * the guest allows; the device uses one
				 * message */
#define AF_CTRL		(XENGT_PCI_AF + 4)
#define AF_RESET	0x1
#define PM_CTRL		(XENGT_PCI_PM + 4)
#define PM_NO_SOFT_RESET 0x8
#define PM_STATE_MASK	0x3
#define PM_STATE_D0	0x0
#define PM_STATE_D3HOT	0x3

/* clang-format off */
static const struct cfg_field fields[] = {
	{ .name = "VENDOR",	.off = 0x00, .len = 2, .reset = 0x8086 },
	/* set_identity() sets DEVICE, REVISION, SUBCLASS and SUBSYSTEM */
	{ .name = "COMMAND",	.off = 0x04, .len = 2, .reset = 0,
	  .writable = 0x0407 },			/* IO, MEM, MASTER, INTx disable */
	{ .name = "STATUS",	.off = 0x06, .len = 2, .reset = 0x0010, /* capability list */
	  .w1c = 0xf900 },
	{ .name = "CLASS",	.off = 0x0b, .len = 1, .reset = 0x03 },
	/* set_identity() decides which bits of BAR2's low dword are writable */
	{ .name = "BAR0",	.off = 0x10, .len = 4, .reset = 0x00000004, /* 64 bit */
	  .writable = ~(XENGT_BAR0_BYTES - 1) },
	{ .name = "BAR0_HIGH",	.off = 0x14, .len = 4, .writable = 0xffffffff },
	{ .name = "BAR2",	.off = 0x18, .len = 4, .reset = 0x0000000c }, /* 64 bit, prefetch */
	{ .name = "BAR2_HIGH",	.off = 0x1c, .len = 4, .writable = 0xffffffff },
	{ .name = "CAP_PTR",	.off = 0x34, .len = 1, .reset = XENGT_PCI_MSI },
	{ .name = "INT_LINE",	.off = 0x3c, .len = 1, .writable = 0xff },
	{ .name = "INT_PIN",	.off = 0x3d, .len = 1, .reset = 0x01 },	/* INTA */
	{ .name = "GMCH_CTL",	.off = 0x50, .len = 2, .reset = 0x00c0 }, /* 8 MiB GTT, no stolen memory */
	/* MSI has a 32-bit address, one vector, and no mask bits */
	{ .name = "MSI_CAP",	.off = 0x90, .len = 2, .reset = 0x0005 | XENGT_PCI_PM << 8 },
	{ .name = "MSI_CTL",	.off = MSI_CTL, .len = 2,
	  .writable = MSI_ENABLE | MSI_COUNT },
	{ .name = "MSI_ADDR",	.off = MSI_ADDR, .len = 4, .writable = 0xfffffffc },
	{ .name = "MSI_DATA",	.off = MSI_DATA, .len = 2, .writable = 0xffff },
	/*
	 * Advanced Features: function level reset; the function never reports
	 * pending transactions
	 */
	{ .name = "AF_CAP",	.off = 0xa4, .len = 2, .reset = 0x0013 },
	{ .name = "AF_CAPS",	.off = 0xa6, .len = 2, .reset = 0x0306 }, /* length 6; TP_CAP and
									   * FLR_CAP: the capability
									   * can report pending
									   * transactions and do a
									   * function level reset */
	/* AF_CTRL and AF_STATUS have no row: they read 0 */
	{ .name = "PM_CAP",	.off = 0xd0, .len = 2, .reset = 0x0001 | XENGT_PCI_AF << 8 },
	{ .name = "PM_CAPS",	.off = 0xd2, .len = 2, .reset = 0x0022 }, /* version 2; the function needs device-specific initialisation */
	{ .name = "PM_CTRL",	.off = PM_CTRL, .len = 2, .reset = PM_NO_SOFT_RESET,
	  .writable = PM_STATE_MASK },
	/* opregion.c acts on writes to SWSCI and ASLS */
	{ .name = "SWSCI",	.off = 0xe8, .len = 2, .writable = 0xffff },
	{ .name = "ASLS",	.off = 0xfc, .len = 4, .writable = 0xffffffff },
};
/* clang-format on */

static void put(uint8_t *bytes, uint32_t off, uint32_t len, uint32_t val)
{
	for (uint32_t i = 0; i < len; i++)
		bytes[off + i] = (uint8_t)(val >> (8 * i));
}

static uint32_t get(const uint8_t *bytes, uint32_t off)
{
	return (uint32_t)bytes[off] | (uint32_t)bytes[off + 1] << 8 |
	       (uint32_t)bytes[off + 2] << 16 | (uint32_t)bytes[off + 3] << 24;
}

static void set_identity(struct xengt_pci_cfg *pci,
			 const struct xengt_vgpu_config *cfg,
			 const struct xengt_platform *platform)
{
	bool is_named = cfg->pci_device != 0;

	put(pci->bytes, 0x02, 2,
	    is_named ? cfg->pci_device : platform->pci_ids[0].device);
	pci->bytes[0x08] = is_named ? cfg->pci_revision :
				      platform->pci_revision;
	pci->bytes[0x0a] = cfg->is_primary ? 0x00 : 0x80;
	put(pci->bytes, 0x2c, 2, cfg->pci_subvendor);
	put(pci->bytes, 0x2e, 2, cfg->pci_subdevice);
	put(pci->writable, XENGT_PCI_BAR2, 4,
	    (uint32_t)~(cfg->aperture_bytes - 1));
}

void xengt_pci_cfg_reset(struct xengt_pci_cfg *pci,
			 const struct xengt_vgpu_config *cfg,
			 const struct xengt_platform *platform)
{
	const struct cfg_field *f;

	memset(pci, 0, sizeof(*pci));
	xengt_for_each(f, fields) {
		put(pci->bytes, f->off, f->len, f->reset);
		put(pci->writable, f->off, f->len, f->writable);
		put(pci->w1c, f->off, f->len, f->w1c);
	}
	set_identity(pci, cfg, platform);
}

uint32_t xengt_pci_cfg_read(const struct xengt_pci_cfg *pci, uint32_t reg,
			    uint32_t size)
{
	uint32_t val = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint64_t at = (uint64_t)reg + i;
		uint8_t byte = at < XENGT_PCI_CFG_BYTES ? pci->bytes[at] : 0xff;

		val |= (uint32_t)byte << (8 * i);
	}
	return val;
}

unsigned int xengt_pci_cfg_write(struct xengt_pci_cfg *pci, uint32_t reg,
				 uint32_t size, uint32_t val)
{
	uint8_t old_pm = pci->bytes[PM_CTRL] & PM_STATE_MASK;
	unsigned int did = 0;
	uint8_t pm;

	for (uint32_t i = 0; i < size; i++) {
		uint64_t at = (uint64_t)reg + i;
		uint8_t byte = (uint8_t)(val >> (8 * i));
		uint8_t mask;

		if (at >= XENGT_PCI_CFG_BYTES)
			break;
		mask = pci->writable[at];
		pci->bytes[at] = (uint8_t)((pci->bytes[at] & ~mask) |
					   (byte & mask));
		pci->bytes[at] &= (uint8_t)~(byte & pci->w1c[at]);
		if (at == XENGT_PCI_COMMAND ||
		    (at >= XENGT_PCI_BAR0 && at < XENGT_PCI_BAR2 + 8))
			did |= XENGT_PCI_DID_DECODE;
		if (at == AF_CTRL && byte & AF_RESET)
			did |= XENGT_PCI_DID_RESET;
	}

	/*
	 * A write of a power state that the function does not have is
	 * ignored (PCI Power Management 1.2, 5.3).
	 */
	pm = pci->bytes[PM_CTRL] & PM_STATE_MASK;
	if (pm != PM_STATE_D0 && pm != PM_STATE_D3HOT)
		pci->bytes[PM_CTRL] = (uint8_t)(
			(pci->bytes[PM_CTRL] & ~PM_STATE_MASK) | old_pm);

	return did;
}

bool xengt_pci_cfg_is_master(const struct xengt_pci_cfg *pci)
{
	return pci->bytes[XENGT_PCI_COMMAND] & XENGT_PCI_COMMAND_MASTER;
}

bool xengt_pci_cfg_is_msi_on(const struct xengt_pci_cfg *pci)
{
	return pci->bytes[MSI_CTL] & MSI_ENABLE;
}

bool xengt_pci_cfg_is_asleep(const struct xengt_pci_cfg *pci)
{
	return (pci->bytes[PM_CTRL] & PM_STATE_MASK) == PM_STATE_D3HOT;
}

bool xengt_pci_cfg_msi(const struct xengt_pci_cfg *pci, uint64_t *ret_addr,
		       uint32_t *ret_data)
{
	/* An MSI is a store to memory, so only a bus master sends MSIs. */
	if (!xengt_pci_cfg_is_msi_on(pci) || !xengt_pci_cfg_is_master(pci))
		return false;
	*ret_addr = get(pci->bytes, MSI_ADDR);
	*ret_data = get(pci->bytes, MSI_DATA) & 0xffff;
	return true;
}

bool xengt_pci_cfg_set_intx(struct xengt_pci_cfg *pci, bool is_pending)
{
	bool on = is_pending && !xengt_pci_cfg_is_msi_on(pci);

	pci->bytes[XENGT_PCI_STATUS] = (uint8_t)(
		(pci->bytes[XENGT_PCI_STATUS] & ~XENGT_PCI_STATUS_INTX) |
		(on ? XENGT_PCI_STATUS_INTX : 0));
	return on && !(get(pci->bytes, XENGT_PCI_COMMAND) &
		       XENGT_PCI_COMMAND_NO_INTX);
}

uint64_t xengt_pci_cfg_bar_base(const struct xengt_pci_cfg *pci, uint32_t reg)
{
	uint32_t mask = get(pci->writable, reg);
	uint32_t low = get(pci->bytes, reg) & mask;
	uint32_t high = get(pci->bytes, reg + 4);

	if (!(pci->bytes[XENGT_PCI_COMMAND] & XENGT_PCI_COMMAND_MEM))
		return 0;
	/*
	 * If the BAR has one of the values below, the guest is reading the
	 * BAR's size and has left decode on. Below 4 GiB a BAR whose low half is
	 * all-ones would overlap the BIOS and the LAPIC, so an all-ones low
	 * half is never a real address. (In a BAR without writable bits in its
	 * low half, this half is always 0, and 0 is no address, either.)
	 */
	if (high == 0xffffffff || (!high && low == mask))
		return 0;
	return (uint64_t)high << 32 | low;
}
