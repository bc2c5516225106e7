/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ABI between xengt.ko and user space: the only header both sides include.
 *
 * /dev/xengt (one device, root only) answers XENGT_IOC_INFO and makes vGPUs
 * with XENGT_IOC_CREATE_VGPU. A vGPU is the file descriptor that this returns:
 * everything it owns is given back when the last copy of the fd is closed.
 *
 * Two laws hold for every call below:
 *  - no call takes a machine frame or a bus address. User space names guest
 *    frames (gfn) of the one domain bound at creation, and the module maps,
 *    checks and holds them itself;
 *  - unknown flags and padding must be zero, or the call answers EINVAL.
 *
 * Units are in the names. All numbers are in the CPU's byte order.
 */
#ifndef _UAPI_XENGT_H
#define _UAPI_XENGT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define XENGT_ABI_VERSION	1
#define XENGT_DEV_NAME		"xengt"

/* Graphics memory is handed out in units of this many MiB, aligned to it:
 * Xen maps the aperture into a guest in 2 MiB steps only when both sides are
 * 2 MiB aligned. */
#define XENGT_SLICE_ALIGN_MIB	2

/* Most GGTT entries one XENGT_VGPU_IOC_GGTT_WRITE takes. */
#define XENGT_GGTT_WRITE_MAX	512

enum xengt_platform_id {
	XENGT_PLATFORM_NONE = 0,
	XENGT_PLATFORM_BDW = 1,		/* Gen8 */
	XENGT_PLATFORM_SKL = 2,		/* Gen9 */
};

/* The bound GPU and what of it is free. ENODEV when no GPU is bound. */
struct xengt_info {
	__u32 abi_version;		/* XENGT_ABI_VERSION */
	__u32 platform;			/* enum xengt_platform_id */
	__u16 pci_vendor;
	__u16 pci_device;
	__u16 pci_subvendor;
	__u16 pci_subdevice;
	__u32 pci_segment;
	__u8 pci_bus;
	__u8 pci_devfn;
	__u8 pci_revision;
	__u8 pad0;
	__u64 aperture_phys;		/* BAR2, as in the PCI config space */
	__u64 aperture_bytes;
	__u64 ggtt_bytes;		/* graphics addresses the GGTT spans */
	__u32 low_total_mib;		/* CPU-visible, without the host part */
	__u32 low_free_mib;
	__u32 low_largest_mib;		/* largest single free slice */
	__u32 high_total_mib;		/* not CPU-visible */
	__u32 high_free_mib;
	__u32 high_largest_mib;
	__u32 fences_total;
	__u32 fences_free;
	__u32 vgpu_count;
	__u32 pad1;
};

/*
 * Make a vGPU for domain 'domid'. Errors:
 *  EINVAL  a size is 0 (high_mib may be) or not a multiple of
 *          XENGT_SLICE_ALIGN_MIB, a flag or padding is set, domid is 0 or
 *          reserved
 *  ENOSPC  not enough graphics memory or fences (INFO tells which)
 *  ESRCH   there is no such domain, or no page of it can be mapped
 *  EEXIST  the domain has a vGPU already that is not zapped
 *  ENODEV  no GPU is bound
 *  EFAULT  the answer cannot be written: no vGPU was made
 * The vGPU holds one page of the domain from birth until it is zapped, so the
 * domain's number cannot be reused while the vGPU lives. Memory of the domain
 * that the vGPU holds keeps a destroyed domain as "(null)" until then.
 */
struct xengt_create_vgpu {
	__u32 flags;			/* in: 0 */
	__u32 domid;			/* in */
	__u32 low_mib;			/* in */
	__u32 high_mib;			/* in: may be 0 */
	__u32 fences;			/* in: may be 0 */
	__s32 fd;			/* out: close-on-exec */
	__u32 vgpu_id;			/* out: 1.., unique while it lives */
	__u32 pad;			/* in: 0 */
};

#define XENGT_IOC_MAGIC		0xB7
#define XENGT_IOC_INFO		_IOR(XENGT_IOC_MAGIC, 0x00, struct xengt_info)
#define XENGT_IOC_CREATE_VGPU	_IOWR(XENGT_IOC_MAGIC, 0x01, struct xengt_create_vgpu)

/* ---- on the fd of a vGPU ---- */

enum xengt_vgpu_state {
	XENGT_VGPU_LIVE = 0,
	XENGT_VGPU_ZAPPED = 1,		/* for good: see XENGT_VGPU_IOC_ZAP */
	XENGT_VGPU_GPU_GONE = 2,	/* zapped because the GPU was unbound */
};

struct xengt_vgpu_info {
	__u32 vgpu_id;
	__u32 domid;
	__u32 state;			/* enum xengt_vgpu_state */
	__u32 fences;
	__u32 fence_base;
	__u32 pad;
	__u64 low_base;			/* graphics addresses, bytes */
	__u64 low_bytes;
	__u64 high_base;
	__u64 high_bytes;
	/* counters since creation */
	__u64 entries_written;		/* guest entries put into the GGTT */
	__u64 entries_scratched;	/* of those: not RAM of the guest */
	__u64 frames_held;		/* now, without the page from birth */
	__u64 frames_mapped;		/* ever */
	__u64 frames_released;		/* ever */
	__u64 hypercalls;		/* made for it: mmu_update, mmuext_op */
	__u64 tlb_flushes;		/* of the GPU */
	__u64 revalidations;
	__u64 frames_followed;		/* released: the guest moved them */
};

/*
 * Write 'count' consecutive GGTT entries from graphics page 'first'.
 * Each u64 at 'entries' is a guest entry as the guest wrote it: bit 0 present,
 * bits 38:12 guest frame number; bits 11:1 mean nothing, an entry with a bit of
 * 63:39 set names no frame. The module maps and holds the frame and puts its bus
 * address into the same entry of the real GGTT. An entry that is not present, or
 * names a frame that is not RAM of the bound domain, becomes the scratch page;
 * the latter kind is counted in 'scratched', remembered, and tried again by
 * REVALIDATE. A frame that the vGPU holds already is used as it is held: if the
 * guest has moved it, REVALIDATE corrects that. No entry changes on an error:
 *  ERANGE  an index lies outside the slices of this vGPU
 *  EINVAL  count is 0 or above XENGT_GGTT_WRITE_MAX, or flags are set
 *  EFAULT  'entries' cannot be read, or this struct cannot be written
 *  ESTALE  the vGPU was zapped (a wrong range or count is told first)
 *  ENOMEM  the host is out of memory
 * When it returns 0, the GPU uses the new entries, and nothing of what the old
 * ones named is held on their account.
 */
struct xengt_vgpu_ggtt_write {
	__u32 first;
	__u32 count;
	__u64 entries;			/* user pointer to count __u64 */
	__u32 flags;			/* 0 */
	__u32 scratched;		/* out */
};

/*
 * The guest gave pages away or moved them (INVALIDATE): every held frame is
 * compared with what Xen says now. An entry whose frame is no longer the
 * guest's is pointed at scratch, the GPU's TLB is flushed, then the frame is
 * released; where the guest has a new page at that gfn, the entry follows it.
 *  EINVAL  flags or padding set
 *  ESTALE  the vGPU was zapped, maybe meanwhile
 *  ENOMEM  the host is out of memory: what moved is dropped, not all is
 *          resolved; call again
 */
struct xengt_vgpu_revalidate {
	__u32 flags;			/* 0 */
	__u32 pad;
	__u64 dropped;			/* out: frames released */
	__u64 resolved;			/* out: entries that now point at RAM */
};

/*
 * XENGT_VGPU_IOC_ZAP: every entry of the slices to scratch, TLB flushed, every
 * frame released, the vGPU dead for good (later writes answer ESTALE). Its
 * slices stay reserved until the last close. Idempotent, cannot fail, and waits
 * for nothing that user space controls. The last close, unbinding the GPU and
 * shutdown do the same.
 */

enum xengt_event_type {
	XENGT_EVENT_ZAPPED = 1,		/* value: enum xengt_vgpu_state */
};

/* read() gives whole events, oldest first; poll() says POLLIN when there is
 * one. EAGAIN with O_NONBLOCK. A buffer below one event: EINVAL. Copies of the
 * fd share the events: whoever reads one takes it. */
struct xengt_event {
	__u32 type;			/* enum xengt_event_type */
	__u32 value;
};

#define XENGT_VGPU_IOC_INFO	_IOR(XENGT_IOC_MAGIC, 0x20, struct xengt_vgpu_info)
#define XENGT_VGPU_IOC_GGTT_WRITE _IOWR(XENGT_IOC_MAGIC, 0x21, struct xengt_vgpu_ggtt_write)
#define XENGT_VGPU_IOC_REVALIDATE _IOWR(XENGT_IOC_MAGIC, 0x22, struct xengt_vgpu_revalidate)
#define XENGT_VGPU_IOC_ZAP	_IO(XENGT_IOC_MAGIC, 0x23)

#endif /* _UAPI_XENGT_H */
