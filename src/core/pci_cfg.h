/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 256 bytes of PCI configuration space. pci_cfg.c only stores bytes; its
 * caller carries out the effects of a write.
 */
#ifndef XENGT_PCI_CFG_H
#define XENGT_PCI_CFG_H

#include "core/vgpu.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define XENGT_PCI_CFG_BYTES	256

/* Offsets that more than one file or test needs. */
#define XENGT_PCI_COMMAND	0x04
#define XENGT_PCI_COMMAND_MEM	0x0002
#define XENGT_PCI_COMMAND_MASTER 0x0004
#define XENGT_PCI_COMMAND_NO_INTX 0x0400
#define XENGT_PCI_STATUS	0x06
#define XENGT_PCI_STATUS_INTX	0x0008
#define XENGT_PCI_BAR0		0x10	/* registers and GGTT */
#define XENGT_PCI_BAR2		0x18	/* aperture */
#define XENGT_PCI_MSI		0x90
#define XENGT_PCI_AF		0xa4
#define XENGT_PCI_PM		0xd0

#define XENGT_BAR0_BYTES	(16u * XENGT_MIB)
#define XENGT_APERTURE_MIN	((uint64_t)16 * XENGT_MIB)
#define XENGT_APERTURE_MAX	((uint64_t)4096 * XENGT_MIB)

struct xengt_pci_cfg {
	uint8_t bytes[XENGT_PCI_CFG_BYTES];
	uint8_t writable[XENGT_PCI_CFG_BYTES];	/* bits that a write changes */
	uint8_t w1c[XENGT_PCI_CFG_BYTES];	/* bits that a written 1
						 * clears */
};

/*
 * Put config space into power-on state. cfg->aperture_bytes is a power of two
 * within the limits.
 */
void xengt_pci_cfg_reset(struct xengt_pci_cfg *pci,
			 const struct xengt_vgpu_config *cfg,
			 const struct xengt_platform *platform);
/*
 * xengt_pci_cfg_read() and xengt_pci_cfg_write() take any register and any size
 * up to 4. Bytes outside of config space read 0xff and ignore writes.
 */
uint32_t xengt_pci_cfg_read(const struct xengt_pci_cfg *pci, uint32_t reg,
			    uint32_t size);
/*
 * Actions that the caller must take after a write of the guest; one write may
 * need several.
 */
#define XENGT_PCI_DID_DECODE	0x1	/* COMMAND or a BAR may have changed */
#define XENGT_PCI_DID_RESET	0x2	/* the guest requested a function level
					 * reset */
unsigned int xengt_pci_cfg_write(struct xengt_pci_cfg *pci, uint32_t reg,
				 uint32_t size, uint32_t val);

/*
 * May the PCI function send an MSI now? If so, *ret_addr and *ret_data are the
 * address and data that the guest chose.
 */
bool xengt_pci_cfg_msi(const struct xengt_pci_cfg *pci, uint64_t *ret_addr,
		       uint32_t *ret_data);
/* Does the register COMMAND switch bus mastering on? */
bool xengt_pci_cfg_is_master(const struct xengt_pci_cfg *pci);
/* Does the MSI capability switch MSI on? */
bool xengt_pci_cfg_is_msi_on(const struct xengt_pci_cfg *pci);
/* Is the power state D3hot? */
bool xengt_pci_cfg_is_asleep(const struct xengt_pci_cfg *pci);

/*
 * Set the state of the PCI function's interrupt in STATUS; returns the new
 * level of the INTx pin.
 */
bool xengt_pci_cfg_set_intx(struct xengt_pci_cfg *pci, bool is_pending);

/*
 * Returns the address at which the 64-bit BAR at reg decodes now, or 0 if the
 * BAR does not decode, because memory decode is off, the guest has set no
 * address, or the guest is reading the BAR's size.
 */
uint64_t xengt_pci_cfg_bar_base(const struct xengt_pci_cfg *pci, uint32_t reg);

#endif /* XENGT_PCI_CFG_H */
