/* SPDX-License-Identifier: GPL-2.0-only */
/* See driver.h. */
#include "core/driver.h"
#include "core/internal.h"
#include "core/pci_cfg.h"
#include "xengt/driver.h"

/* Returns true if the PCI function is set up so that a driver can use it. */
static bool can_work(const struct xengt_vgpu *vgpu)
{
	return xengt_pci_cfg_is_master(&vgpu->pci) &&
	       (!vgpu->driver.has_used_msi ||
		xengt_pci_cfg_is_msi_on(&vgpu->pci));
}

void xengt_driver_note_probe(struct xengt_vgpu *vgpu)
{
	struct xengt_driver *driver = &vgpu->driver;

	driver->has_probed = true;
	/*
	 * The driver that gave the GPU work has ended; another driver has read
	 * the magic.
	 */
	if (!can_work(vgpu))
		driver->has_worked = false;
}

void xengt_driver_note_work(struct xengt_vgpu *vgpu)
{
	vgpu->driver.has_worked = true;
}

void xengt_driver_note_config(struct xengt_vgpu *vgpu)
{
	if (xengt_pci_cfg_is_msi_on(&vgpu->pci))
		vgpu->driver.has_used_msi = true;
}

void xengt_driver_reset(struct xengt_vgpu *vgpu)
{
	vgpu->driver = (struct xengt_driver){ 0 };
}

enum xengt_driver_state xengt_vgpu_driver(const struct xengt_vgpu *vgpu)
{
	const struct xengt_driver *driver = &vgpu->driver;

	if (!driver->has_probed && !driver->has_worked)
		return XENGT_DRIVER_NONE;
	if (xengt_pci_cfg_is_asleep(&vgpu->pci))
		return XENGT_DRIVER_ASLEEP;
	if (!driver->has_worked)
		return XENGT_DRIVER_STARTING;
	return can_work(vgpu) ? XENGT_DRIVER_ACTIVE : XENGT_DRIVER_STOPPED;
}
