/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does the guest's driver run? No driver tells the device in one step that it
 * runs. So xengt_vgpu_driver() derives the answer from what every driver of a
 * vGPU must do with the device:
 *
 * - none: since the last reset (power-on, function level reset, reset of the
 *   domain) the guest has not read PVINFO's magic and has given the GPU no work;
 * - starting: the guest has read the magic, as a driver does to find out whether
 *   the GPU is a vGPU;
 * - active: the driver said that its display is ready, or gave the GPU work, and
 *   the PCI function is in D0, is a bus master, and has MSI on if the driver
 *   ever used MSI;
 * - asleep: the function is in D3hot (the driver, or the whole guest, sleeps);
 * - stopped: a driver was active, and then bus mastering or MSI was switched
 *   off. A driver does this when it is unloaded. With kexec, both kernels switch
 *   bus mastering off: the old one when it ends, and the new one before its
 *   driver reads the magic.
 *
 * A driver that neither uses MSI nor switches bus mastering off when it ends
 * counts as active even after it has ended (Linux with pci=nomsi). A guest can
 * pretend that its driver runs. The only effect is that an administrator gets a
 * wrong answer about this guest.
 */
#ifndef XENGT_CORE_DRIVER_H
#define XENGT_CORE_DRIVER_H

#include <stdbool.h>

#include "xengt/driver.h"

struct xengt_vgpu;

struct xengt_driver {
	bool has_probed;		/* the guest has read the magic since
					 * the last reset */
	bool has_worked;		/* a driver gave the GPU work since the
					 * last reset or, if later, since the
					 * present driver replaced a stopped
					 * driver */
	bool has_used_msi;		/* MSI was on at some time since the
					 * last reset */
};

/* Call this when the guest has read PVINFO's magic. */
void xengt_driver_note_probe(struct xengt_vgpu *vgpu);
/*
 * Call this when the guest's driver gives the GPU work, or says that its display
 * is ready.
 */
void xengt_driver_note_work(struct xengt_vgpu *vgpu);
/* Call this when the guest has written to config space. */
void xengt_driver_note_config(struct xengt_vgpu *vgpu);
/* Call this when the device was reset. */
void xengt_driver_reset(struct xengt_vgpu *vgpu);

#endif /* XENGT_CORE_DRIVER_H */
