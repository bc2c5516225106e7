/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU: the device that a guest sees. It owns the config space, the
 * registers and the guest's view of its GGTT, and reaches the world only
 * through a struct xengt_hv and a struct xengt_gpu, which it borrows.
 *
 * Pure: no Xen, no ioctl, no thread, no clock of its own. One thread calls it.
 */
#ifndef XENGT_VGPU_H
#define XENGT_VGPU_H

#include "gpu/gpu.h"
#include "hv/hv.h"
#include "xengt/fault.h"
#include "xengt/reg_view.h"

struct xengt_vgpu;

struct xengt_vgpu_config {
	enum xengt_platform_id platform;
	/* PCI identity, as of the physical GPU; 0 device: the platform's */
	uint16_t pci_device;
	uint16_t pci_subvendor;
	uint16_t pci_subdevice;
	uint8_t pci_revision;
	uint8_t slot;			/* PCI device number in the guest: 2 */
	bool is_primary;		/* class 0300; else 0380 */
	uint64_t aperture_bytes;	/* size of BAR2 as the guest sees it */
	/* EDID of the monitor, valid, copied; 0 bytes: the built-in one */
	const uint8_t *edid;
	uint32_t edid_bytes;		/* 0, 128 or 256 */
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
};

/*
 * Make the device: power-on state, claims 00:<slot>.0 config space. On error
 * nothing is left. -EINVAL: config out of range; else what hv or gpu said.
 */
int xengt_vgpu_create(const struct xengt_vgpu_config *cfg,
		      struct xengt_vgpu **ret_vgpu);
/* Give back traps and the aperture mapping. NULL and half-built are fine. */
void xengt_vgpu_destroy(struct xengt_vgpu *vgpu);

/* As an FLR or a domain reset: power-on state, GGTT slices to scratch. Nothing
 * if the device is gone. */
void xengt_vgpu_reset(struct xengt_vgpu *vgpu);

/*
 * Carry out one request; the caller completes it with *ret_data, always.
 * A request never fails: guest mistakes are answered as hardware would.
 */
void xengt_vgpu_handle(struct xengt_vgpu *vgpu, const struct xengt_req *req,
		       uint64_t *ret_data);

/*
 * Take requests from the hypervisor side and answer each, exactly once, at most
 * 'max' of them. 1: there may be more; 0: nobody waits; else what the
 * hypervisor side said, and requests may still wait.
 */
int xengt_vgpu_serve(struct xengt_vgpu *vgpu, uint32_t max);

/* Take events of the GPU, a bounded number, and tell the guest of them: call
 * again while event_fd polls readable. Returns true when the vGPU is gone: zapped, failed
 * or unplugged. */
bool xengt_vgpu_handle_events(struct xengt_vgpu *vgpu);
/* From now on the device is gone from the bus: reads are all-ones, config
 * space included, writes are dropped, BAR0 is not trapped, the aperture is
 * unmapped. For good; a vGPU that was zapped is in the same state. Again: what was
 * refused is tried again. */
void xengt_vgpu_unplug(struct xengt_vgpu *vgpu);

/* Whoever maps the aperture for us answers again, after a time in which
 * map_aperture may have failed for lack of an answer: make good what was left. */
void xengt_vgpu_settle(struct xengt_vgpu *vgpu);

/*
 * When xengt_vgpu_tick() is due, in the clock of hv's now_ns; UINT64_MAX: never,
 * as things are. May change with every call into the vGPU.
 */
uint64_t xengt_vgpu_deadline(const struct xengt_vgpu *vgpu);
/* What is due by time: vertical blanks. Early or late calls do no harm. */
void xengt_vgpu_tick(struct xengt_vgpu *vgpu);

const struct xengt_counters *
xengt_vgpu_counters(const struct xengt_vgpu *vgpu);

/* 0, or what hv or gpu refused and the device could not do without (-errno): the
 * vGPU is gone because of it, and it is worth a line in the log. A zap that came
 * from outside is none. */
int xengt_vgpu_host_error(const struct xengt_vgpu *vgpu);

/*
 * Registers of a list, by offset, from offset 'from' on, at most max; returns
 * how many there are from there on, written or not.
 */
uint32_t xengt_vgpu_regs(const struct xengt_vgpu *vgpu,
			 enum xengt_reg_list list, uint32_t from,
			 struct xengt_reg_view *ret_regs, uint32_t max);

/* A register that the guest used for the first time and that has no row: a row
 * for it, to be put into src/core/regs/, cut to size. Each is told once; false:
 * no news. */
bool xengt_vgpu_next_unknown(struct xengt_vgpu *vgpu, char *ret_row,
			     size_t size);

/* Work of the guest that was not carried out (xengt/fault.h): the latest ones, oldest
 * first, at most max; returns how many. */
uint32_t xengt_vgpu_faults(const struct xengt_vgpu *vgpu,
			   struct xengt_fault *ret_faults, uint32_t max);

#endif /* XENGT_VGPU_H */
