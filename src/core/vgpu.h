/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU: the device that a guest sees. The device owns the config space, the
 * registers and the guest's view of its GGTT, and reaches the hypervisor and
 * the GPU only through a struct xengt_hv and a struct xengt_gpu, which it
 * borrows.
 *
 * This code calls neither Xen nor the kernel, and has no thread and no clock of
 * its own. All calls come from one thread.
 */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "gpu/gpu.h"
#include "hv/hv.h"
#include "uapi/xengt.h"
#include "xengt/driver.h"
#include "xengt/fault.h"
#include "xengt/reg_view.h"

struct xengt_vgpu;

struct xengt_vgpu_config {
	enum xengt_platform_id platform;
	/*
	 * PCI identity of the physical GPU. If pci_device is 0, the vGPU
	 * ignores pci_revision; it uses the device ID and the revision that its
	 * platform has by default.
	 */
	uint16_t pci_device;
	uint16_t pci_subvendor;
	uint16_t pci_subdevice;
	uint8_t pci_revision;
	uint8_t slot;			/* PCI device number in the guest,
					 * normally 2 */
	bool is_primary;		/* true: PCI class 0300; false: class 0380 */
	uint64_t aperture_bytes;	/* size of BAR2 as the guest sees it */
	bool is_aperture_lazy;		/* true: pieces of the slice are mapped at
					 * the guest's first touch; false: all of
					 * the slice is mapped */
	/*
	 * EDID of the monitor. The EDID must be valid; xengt_vgpu_create()
	 * copies the EDID. If edid_bytes is 0, the vGPU has the built-in
	 * monitor.
	 */
	const uint8_t *edid;
	uint32_t edid_bytes;		/* length of the EDID: 0, 128 or 256 */
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
};

/*
 * Make the device in power-on state; the device claims the config space of
 * 00:<slot>.0. On error nothing stays allocated or claimed. Returns 0; -EINVAL:
 * the config is out of range; -ENOMEM; or the error of hv or gpu.
 */
int xengt_vgpu_create(const struct xengt_vgpu_config *cfg,
		      struct xengt_vgpu **ret_vgpu);
/*
 * Remove the traps and the aperture mapping, and free the vGPU. Accepts NULL
 * and a half-built vGPU.
 */
void xengt_vgpu_destroy(struct xengt_vgpu *vgpu);

/*
 * Function level reset, or reset of the domain: put the device into power-on
 * state, with all GGTT entries pointing to scratch. Does nothing if the device
 * is gone.
 */
void xengt_vgpu_reset(struct xengt_vgpu *vgpu);

/*
 * Carry out one request. The caller always completes the request with
 * *ret_data. A request never fails: a mistake of the guest gets the answer that
 * hardware would give.
 */
void xengt_vgpu_handle(struct xengt_vgpu *vgpu, const struct xengt_req *req,
		       uint64_t *ret_data);

/*
 * Take at most 'max' requests from hv and answer each request exactly once.
 * Returns 1: there may be more requests; 0: there is no further request; or the
 * error of hv, and then there may be more requests.
 */
int xengt_vgpu_serve(struct xengt_vgpu *vgpu, uint32_t max);

/*
 * Take a bounded number of events of the GPU and pass them to the guest. Call
 * this again while event_fd polls readable. Returns true when the vGPU is gone:
 * zapped, failed or unplugged.
 */
bool xengt_vgpu_handle_events(struct xengt_vgpu *vgpu);
/*
 * Take the device off the bus for good: reads return all-ones, also those of
 * config space, writes are dropped, BAR0 is not trapped, the aperture is
 * unmapped. The core puts a zapped vGPU into the same state. A second call
 * repeats only those steps that were refused in the first call.
 */
void xengt_vgpu_unplug(struct xengt_vgpu *vgpu);

/*
 * Call this when the broker answers again after a pause: a call of map_aperture
 * or map_piece may have failed because the broker did not answer. If the slice
 * should be mapped and is not, the function maps it. If pieces are mapped on
 * demand, the function unmaps all pieces; the guest's touches map them again.
 */
void xengt_vgpu_map_again(struct xengt_vgpu *vgpu);

/*
 * Returns the time at which xengt_vgpu_tick() is due, in the clock of hv's
 * now_ns; UINT64_MAX: no tick is due. Every call into the vGPU may change this
 * time.
 */
uint64_t xengt_vgpu_deadline(const struct xengt_vgpu *vgpu);
/*
 * Do the work that is due by time, such as vertical blanks. Early or late calls
 * do no harm.
 */
void xengt_vgpu_tick(struct xengt_vgpu *vgpu);

const struct xengt_counters *
xengt_vgpu_counters(const struct xengt_vgpu *vgpu);

/*
 * Set the counter of log lines that the caller left out because there were too
 * many. lines: the number of such lines so far.
 */
void xengt_vgpu_note_dropped(struct xengt_vgpu *vgpu, uint64_t lines);

/*
 * The error of hv or gpu (-errno) because of which the vGPU is gone, for a line
 * in the log. 0: no call of hv or gpu failed; a zap by the module or the broker
 * is not an error of this kind.
 */
int xengt_vgpu_host_error(const struct xengt_vgpu *vgpu);

/*
 * Copy at most max registers of a list, sorted by offset, from offset 'from'
 * on. Returns how many registers the list has from 'from' on, including those
 * that did not fit.
 */
uint32_t xengt_vgpu_regs(const struct xengt_vgpu *vgpu,
			 enum xengt_reg_list list, uint32_t from,
			 struct xengt_reg_view *ret_regs, uint32_t max);

/*
 * Write the text of a table row, ready to be added to src/core/regs/, for the
 * next register without a row that the guest has used. The text is cut to size
 * bytes. Each register is returned once. Returns false if every register
 * without a row that the guest has used was returned already.
 */
bool xengt_vgpu_next_unknown(struct xengt_vgpu *vgpu, char *ret_row,
			     size_t size);

/*
 * Copy the latest faults, at most max, oldest first. A fault is work of the
 * guest that was not carried out (xengt/fault.h). Returns the number of faults
 * copied.
 */
uint32_t xengt_vgpu_faults(const struct xengt_vgpu *vgpu,
			   struct xengt_fault *ret_faults, uint32_t max);

/*
 * Does the guest's driver run? core/driver.h says what each answer means. Two
 * calls may return the same answer although one driver ended and another one
 * started between the calls.
 */
enum xengt_driver_state xengt_vgpu_driver(const struct xengt_vgpu *vgpu);

#endif /* XENGT_VGPU_H */
