/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ABI between the kernel module and user space: the only header that both
 * sides include. The module is xengt.ko, or xengt-i915.ko (enum xengt_backend).
 *
 * /dev/xengt (one device, root only) answers XENGT_IOC_INFO and makes vGPUs
 * with XENGT_IOC_CREATE_VGPU. A vGPU is the file descriptor that this call
 * returns: the module releases everything that the vGPU owns when the last copy
 * of the fd is closed.
 *
 * Two rules hold for every call below:
 *  - no call takes a machine frame or a bus address. User space names guest
 *    frames (gfn) of the one domain that was bound at the vGPU's creation. The
 *    module itself maps, checks and holds these frames;
 *  - unknown flags and padding must be zero, or the call answers EINVAL.
 *
 * The name of a member says its unit. All numbers are in the CPU's byte order.
 */
#ifndef _UAPI_XENGT_H
#define _UAPI_XENGT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define XENGT_ABI_VERSION	9
#define XENGT_DEV_NAME		"xengt"

/* Bases and sizes of slices of graphics memory are multiples of this many MiB:
 * Xen can map the aperture into a guest by pages of 2 MiB only if the machine
 * address and the guest's address are aligned to 2 MiB. */
#define XENGT_SLICE_ALIGN_MIB	2

/* The largest number of GGTT entries in one XENGT_VGPU_IOC_GGTT_WRITE. */
#define XENGT_GGTT_WRITE_MAX	512

/* Engines that a vGPU may submit to. */
enum xengt_engine_id {
	XENGT_ENGINE_RCS = 0,
	XENGT_ENGINE_VCS = 1,
	XENGT_ENGINE_VECS = 2,
	XENGT_ENGINE_BCS = 3,
	XENGT_ENGINES = 4,
};

enum xengt_platform_id {
	XENGT_PLATFORM_NONE = 0,
	XENGT_PLATFORM_BDW = 1,		/* Gen8 */
	XENGT_PLATFORM_SKL = 2,		/* Gen9 */
	XENGT_PLATFORM_KBL = 3,		/* Gen9 */
};

/*
 * Bits of xengt_info.health: what went wrong with the GPU since the GPU was
 * bound.
 */
enum xengt_health {
	/*
	 * The whole GPU was reset: no engine runs until the GPU is bound again.
	 */
	XENGT_HEALTH_STOPPED = 1 << 0,
	/*
	 * The reset of the whole GPU did not help, either. The GPU may still
	 * use every frame that it was given since it was bound, so all these
	 * frames stay held until the next boot.
	 */
	XENGT_HEALTH_LOST = 1 << 1,
	/*
	 * The GPU has lost bus mastering, so that it reaches no memory: Xen takes
	 * it away after a burst of accesses that the IOMMU refused. The module
	 * has stopped the GPU.
	 */
	XENGT_HEALTH_CUT_OFF = 1 << 2,
};

/*
 * Values of xengt_info.way. A way says how the module holds a guest's frame,
 * and which address of the frame the GPU gets (docs/design/014). The module
 * chooses one way when the GPU is bound.
 */
enum xengt_way {
	/*
	 * PV dom0: dom0's page tables map the frame; the GPU gets the frame's
	 * machine address
	 */
	XENGT_WAY_PV = 1,
	/* PVH dom0: Xen maps the frame at a free frame number of dom0; the GPU
	 * gets the address of this number, which the IOMMU translates */
	XENGT_WAY_PVH = 2,
};

/*
 * Values of xengt_info.backend: who drives the GPU. A module has one backend;
 * docs/design/016 compares them.
 */
enum xengt_backend {
	/* xengt.ko drives the GPU alone: its monitors are dark */
	XENGT_BACKEND_ALONE = 1,
	/*
	 * xengt-i915.ko: dom0's i915 drives the GPU and its monitors, and runs
	 * guests' work beside its own
	 */
	XENGT_BACKEND_I915 = 2,
};

/*
 * The answer of XENGT_IOC_INFO: the bound GPU, and how much of its graphics
 * memory and how many of its fences are free. ENODEV: no GPU is bound.
 */
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
	__u64 aperture_phys;		/* address of BAR2, as in the PCI config
					 * space */
	__u64 aperture_bytes;
	__u64 ggtt_bytes;		/* size of the address space that the
					 * GGTT maps */
	__u32 low_total_mib;		/* size of the CPU-visible memory,
					 * without the part that the module
					 * keeps for itself */
	__u32 low_free_mib;
	__u32 low_largest_mib;		/* size of the largest free range */
	__u32 high_total_mib;		/* size of the memory that is not
					 * CPU-visible, without the module's own
					 * part */
	__u32 high_free_mib;
	__u32 high_largest_mib;
	__u32 fences_total;
	__u32 fences_free;
	__u32 vgpu_count;
	__u32 fences_largest;		/* largest number of consecutive free
					 * fences */
	__u32 health;			/* enum xengt_health */
	__u32 flushes_failed;		/* number of TLB flushes that failed;
					 * each flush was tried again after a
					 * full reset */
	__u32 resets_failed;		/* number of failed resets of a single
					 * engine */
	__u32 full_resets;		/* number of resets of the whole GPU
					 * after failed flushes and resets */
	__u32 way;			/* enum xengt_way */
	__u32 stops_failed;		/* engines that did not come to a stop
					 * before their reset */
	__u32 backend;			/* enum xengt_backend */
	__u32 pad1;
};

/*
 * Make a vGPU for domain 'domid'. Errors:
 *  EINVAL  low_mib is 0; a size is not a multiple of XENGT_SLICE_ALIGN_MIB; a
 *          flag or padding is set; domid is 0 or reserved; or low_base_mib is
 *          set together with high_mib or fences
 *  ENOSPC  too little graphics memory or too few fences are free
 *          (XENGT_IOC_INFO shows what is free), or a part of the slice that
 *          low_base_mib names is not free, or there are 63 vGPUs, of which
 *          some may be zapped
 *  ESRCH   there is no such domain, or no page of it can be mapped
 *  EEXIST  the domain already has a vGPU that is not zapped
 *  ENODEV  no GPU is bound
 *  EIO     the GPU did not obey the module; the admin must bind the GPU again
 *  EFAULT  the module cannot write the answer to user space, and has made no
 *          vGPU
 * A broker that restarts sets low_base_mib to reserve a low slice that a domain
 * may still reach, so that no other vGPU gets this slice. A vGPU with
 * low_base_mib has this slice and nothing else. From its creation until it is
 * zapped, a vGPU holds one page of its domain, so Xen cannot reuse the domain's
 * id in this time. Xen lists a destroyed domain as "(null)" as long as one
 * of the domain's pages is held.
 */
struct xengt_create_vgpu {
	__u32 flags;			/* in: 0 */
	__u32 domid;			/* in */
	__u32 low_mib;			/* in */
	__u32 high_mib;			/* in: may be 0 */
	__u32 fences;			/* in: may be 0 */
	__s32 fd;			/* out: close-on-exec */
	__u32 vgpu_id;			/* out: the vGPU's id, from 1. No other
					 * vGPU has this id while this vGPU
					 * exists */
	__u32 low_base_mib;		/* in: 0, or the graphics address in MiB
					 * at which the low slice begins */
};

/*
 * Set the share that a vGPU gets of each engine's time from now on (docs/design/013).
 * Until this call a vGPU has the default share: XENGT_SHARE_*. The ioctl is on
 * /dev/xengt and not on the vGPU's fd, because a worker must not choose its own share.
 *  EINVAL  flags or padding are set, or a number is out of its range
 *  ENOENT  there is no vGPU with this id
 *  ESTALE  the vGPU was zapped
 *  ENODEV  no GPU is bound
 */
#define XENGT_SHARE_WEIGHT	100
#define XENGT_SHARE_WEIGHT_MAX	1000	/* from 1 */
#define XENGT_SHARE_CAP_MAX	100	/* percent; 0: no cap */
#define XENGT_SHARE_SLICE_MS	5
#define XENGT_SHARE_SLICE_MS_MAX 100	/* from 1 */
#define XENGT_SHARE_TIMEOUT_MS	1000
#define XENGT_SHARE_TIMEOUT_MS_MIN 10
#define XENGT_SHARE_TIMEOUT_MS_MAX 10000
#define XENGT_SHARE_STOP	15
#define XENGT_SHARE_STOP_MAX	1000	/* 0: never */

struct xengt_set_share {
	__u32 vgpu_id;			/* in */
	__u32 flags;			/* in: 0 */
	__u32 weight;			/* in: relative to other vGPUs' weights */
	__u32 cap;			/* in: percent of each engine's time */
	__u32 slice_ms;			/* in: length of a turn while another
					 * vGPU waits */
	__u32 timeout_ms;		/* in: how long work may stay on an
					 * engine after the end of its
					 * timeslice */
	__u32 stop;			/* in: number of hangs after which the
					 * vGPU is stopped */
	__u32 pad;			/* in: 0 */
};

#define XENGT_IOC_MAGIC		0xB7
#define XENGT_IOC_INFO		_IOR(XENGT_IOC_MAGIC, 0x00, struct xengt_info)
#define XENGT_IOC_CREATE_VGPU	_IOWR(XENGT_IOC_MAGIC, 0x01, struct xengt_create_vgpu)
#define XENGT_IOC_SET_SHARE	_IOW(XENGT_IOC_MAGIC, 0x02, struct xengt_set_share)

/* ---- on the fd of a vGPU ---- */

enum xengt_vgpu_state {
	XENGT_VGPU_LIVE = 0,
	XENGT_VGPU_ZAPPED = 1,		/* the vGPU was zapped; this state is
					 * final */
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
	/*
	 * Counters since the vGPU's creation; but frames_held and ppgtt_tables
	 * say how many frames and tables there are at the time of the call
	 */
	__u64 entries_written;		/* number of the guest's entries that
					 * were written to the GGTT */
	__u64 entries_scratched;	/* those of entries_written that point
					 * to no RAM of the guest */
	__u64 frames_held;		/* number of frames that are held now,
					 * without the domain's page that is
					 * held since the vGPU's creation */
	__u64 frames_mapped;		/* number of frames that were mapped */
	__u64 frames_released;		/* number of frames that were released */
	__u64 hypercalls;		/* number of hypercalls made for the
					 * vGPU; PV dom0: mmu_update, mmuext_op;
					 * PVH dom0: memory_op, hvm_op */
	__u64 tlb_flushes;		/* number of flushes of the GPU's
					 * TLBs */
	__u64 revalidations;
	__u64 frames_followed;		/* number of frames that were released
					 * because the guest moved them */
	__u64 submissions;
	__u64 completions;		/* number of contexts that ran their
					 * ring to its end */
	__u64 refusals;			/* number of submissions that the audit
					 * refused */
	__u64 hangs;
	__u64 bytes_copied;		/* bytes copied for submissions, from
					 * and to the guest */
	__u64 ppgtt_tables;		/* now */
	__u64 ppgtt_entries;		/* number of the guest's entries that
					 * were written to page tables */
	__u64 frames_kept;		/* the part of frames_held to which no
					 * entry points any more: the guest has
					 * changed the entry or given the frame
					 * away, but a cache of the GPU may still
					 * have data for the frame */
};

/*
 * Write 'count' consecutive GGTT entries from graphics page 'first'. Each u64
 * at 'entries' is an entry as the guest wrote it: bit 0 means present, bits
 * 38:12 are a guest frame number. The module ignores bits 11:1. An entry with
 * any of bits 63:39 set has no frame. The module maps and holds the entry's
 * frame, and writes the frame's bus address to the entry of the GPU's GGTT with
 * the same index. If an entry is not present, or its frame is not RAM of the
 * bound domain, the GPU's entry points to the scratch page. The module counts
 * in 'scratched' the entries that are present but point to no RAM; it remembers
 * these entries, and REVALIDATE tries them again. If the vGPU already holds the
 * entry's frame, the module does not ask Xen whether the guest has moved the
 * frame; if the guest has, the next REVALIDATE corrects the entry. The errors
 * (no entry has changed, except after EIO):
 *  ERANGE  an index lies outside the slices of this vGPU
 *  EINVAL  count is 0 or above XENGT_GGTT_WRITE_MAX, or flags are set
 *  EFAULT  'entries' cannot be read, or this struct cannot be written
 *  ESTALE  the vGPU was zapped (ERANGE and EINVAL are checked first)
 *  ENOMEM  the host is out of memory
 *  EIO     the GPU does not obey the module. Entries may have changed, and the
 *          frames to which these entries pointed earlier stay held. REVALIDATE,
 *          PPGTT_WRITE and PPGTT_DESTROY return this error, too
 * When the call returns 0, the GPU uses the new entries, and the old entries
 * hold no frame any more.
 */
struct xengt_vgpu_ggtt_write {
	__u32 first;
	__u32 count;
	__u64 entries;			/* user pointer to an array of 'count' __u64 */
	__u32 flags;			/* 0 */
	__u32 scratched;		/* out */
};

/*
 * Called when the guest gave pages away or moved pages (INVALIDATE). For every
 * held frame, the module asks Xen which page the guest now has at the frame's
 * gfn. If the guest no longer has the held page at the gfn, the module points
 * the entries of the frame to scratch, flushes the GPU's TLBs and then releases
 * the frame. If the guest has a new page at this gfn, the entries then point to
 * the new page.
 *  EINVAL  flags or padding are set
 *  ESTALE  the vGPU was zapped, maybe during the call
 *  ENOMEM  the host is out of memory. All frames that moved are released, but
 *          some entries still point to scratch; the caller should repeat the
 *          call
 */
struct xengt_vgpu_revalidate {
	__u32 flags;			/* 0 */
	__u32 pad;
	__u64 dropped;			/* out: number of released frames */
	__u64 resolved;			/* out: number of entries that now point
					 * to RAM */
};

/*
 * XENGT_VGPU_IOC_ZAP: points every entry of the slices to scratch, flushes the
 * GPU's TLBs and releases every frame. The vGPU cannot be used again (later
 * calls return ESTALE). The vGPU's slices stay reserved until the last close of
 * the fd. ZAP may be called again, cannot fail, and waits for nothing that user
 * space controls. The last close of the fd, the unbinding of the GPU and a
 * shutdown of dom0 zap the vGPU, too.
 */

enum xengt_event_type {
	XENGT_EVENT_ZAPPED = 1,		/* value: enum xengt_vgpu_state */
	/*
	 * The engine raised interrupts while it ran work of this vGPU. 'value'
	 * has the bits of these interrupts, as in the engine's half of the IIR
	 * register (bit 0: user interrupt). An event can come without an
	 * interrupt, but no interrupt comes without an event.
	 */
	XENGT_EVENT_ENGINE_IRQ = 2,
	/*
	 * The context submitted as seqno has run its ring to the end. When this
	 * event is read, the context's image has been saved in guest memory.
	 * All ENGINE_IRQ events for the context's work, at least one event,
	 * come before this event.
	 */
	XENGT_EVENT_COMPLETE = 3,
	/*
	 * The work submitted as seqno did not end within the host's time limit:
	 * the engine was reset, the work was dropped, and the context's image
	 * in guest memory was not changed. All other work of the vGPU on this
	 * engine was dropped, too, without events. Until ENGINE_RESET the
	 * module accepts new work of the vGPU for this engine, but drops it.
	 * value: XENGT_HUNG_*.
	 */
	XENGT_EVENT_HUNG = 4,
};

/* The vGPU may submit work again after an ENGINE_RESET. If this bit is not set, the
 * vGPU has hung too often and was stopped for good. */
#define XENGT_HUNG_GOES_ON	1
/*
 * The work did not leave the engine in time while another vGPU waited for the
 * engine.
 */
#define XENGT_HUNG_OVERRUN	2
/*
 * The module has reset the whole GPU (XENGT_HEALTH_STOPPED), and this work was not the
 * cause.
 */
#define XENGT_HUNG_LOST		4

/*
 * read() returns whole events, the oldest first; poll() returns POLLIN while
 * there is an event. With O_NONBLOCK, read() returns EAGAIN if there is no
 * event. EINVAL: the buffer is smaller than one event. Copies of the fd share
 * the events: a read through one copy removes the event for all copies.
 */
struct xengt_event {
	__u32 type;			/* enum xengt_event_type */
	__u32 value;
	__u32 engine;			/* enum xengt_engine_id; 0 for ZAPPED */
	__u32 pad;
	__u64 seqno;			/* number of the submission, or 0 */
};

/* ---- page tables of a guest's contexts ---- */

/*
 * The page tables that the GPU walks for a vGPU are pages of the module. User
 * space creates these tables by the ioctls below, refers to each table by its
 * id, and fills each table with the entries of one table of the guest. The
 * module translates frame numbers and ids, so each entry points to RAM of the
 * bound domain, a table of the same vGPU, or scratch, and nothing else. Level
 * 1: the entries point to pages; level 2: page directory; level 3: page
 * directory pointers; level 4: PML4. A new table has no entry present.
 * XENGT_PPGTT_64K makes a table of level 1 whose entries point to pages of 64
 * KiB (the GPU uses each 16th entry only); Gen8 has no tables for pages of 64
 * KiB.
 *  EINVAL  level, flags or padding have a wrong value
 *  ENOSPC  the vGPU has XENGT_PPGTT_TABLES_MAX tables already. Each 2 MiB entry
 *          counts as one table, because the module keeps a table for each such
 *          entry
 *  ENOMEM, ESTALE: see GGTT_WRITE
 */
#define XENGT_PPGTT_TABLES_MAX	8192
#define XENGT_PPGTT_ENTRIES	512

#define XENGT_PPGTT_64K		(1u << 0)

struct xengt_vgpu_ppgtt_create {
	__u32 level;			/* in: 1..4 */
	__u32 flags;			/* in: XENGT_PPGTT_64K, or 0 */
	__u32 id;			/* out: not 0 */
	__u32 pad;			/* in: 0 */
};

/*
 * Destroy a page table. EBUSY: an entry of another table of the vGPU points to
 * this table, or this table is the root of work in flight; ENOENT: there is no
 * such table. When the call returns 0, the GPU does not use the table any more,
 * and the table holds no frame any more.
 */
struct xengt_vgpu_ppgtt_destroy {
	__u32 id;
	__u32 flags;			/* 0 */
};

/*
 * Store 'count' entries in table 'id', from entry 'first' on. An entry of level
 * 1, or of level 2 with bit 7 (a 2 MiB page), is the guest's entry, unchanged,
 * with a guest frame number. Any other entry of level 2 to 4 is the guest's
 * entry, but with the id of the child table in the place of the frame number
 * (bits 47:12); of the other bits the module uses only bits 0 and 1. A guest's
 * page of 2 MiB or 64 KiB is one large page for the GPU, too, if the page's
 * machine frames are contiguous and aligned; otherwise the GPU gets many small
 * pages. If several entries point to one table of 64 KiB pages, the GPU gets
 * large pages through only one of these entries. If an entry is not present,
 * the GPU's entry is not present, either: a context that uses such an entry
 * stops with a fault. If an entry points to no RAM, the GPU's entry points to
 * scratch, read only, and REVALIDATE tries the entry again; 'scratched' counts
 * the 4 KiB pages of entries that point to no RAM.
 *  ENOENT there is no table 'id'; or there is no child table with the id, or
 *          the child has a wrong level
 *  ERANGE  first + count > XENGT_PPGTT_ENTRIES
 *  EBUSY   the table has level 3 and is the root of work in flight
 *  ENOSPC  no table is left for a 2 MiB entry
 *  EINVAL, EFAULT, ESTALE, ENOMEM, EIO: see GGTT_WRITE. After an error other
 *  than EIO nothing has changed.
 * When the call returns 0, the GPU uses the new entries.
 */
struct xengt_vgpu_ppgtt_write {
	__u32 id;
	__u32 first;
	__u32 count;
	__u32 flags;			/* 0 */
	__u64 entries;			/* user pointer to an array of 'count' __u64 */
	__u32 scratched;		/* out */
	__u32 pad;			/* 0 */
};

/* ---- work ---- */

/* The reason for which a command stream was refused. */
enum xengt_refusal {
	XENGT_REFUSED_NOT = 0,
	XENGT_REFUSED_UNKNOWN,		/* no row allows the command in this
					 * stream */
	XENGT_REFUSED_FORBIDDEN,	/* the command's row forbids the
					 * command */
	XENGT_REFUSED_LENGTH,
	XENGT_REFUSED_ADDRESS,		/* a GGTT operand is outside of the
					 * slices */
	XENGT_REFUSED_REGISTER,
	XENGT_REFUSED_BATCH,		/* the command starts a batch that
					 * cannot be read */
	XENGT_REFUSED_LIMIT,		/* the stream is longer than the module
					 * copies */
	XENGT_REFUSED_CONTEXT,		/* the context's image is not valid */
};

/* What a submission found in the context's image, bits of struct xengt_vgpu_submit.image. */
/* Its commands differ from those of the module's template; it was audited as a stream. */
#define XENGT_IMAGE_IS_OTHER	1u
/* A part of it was left out, because the module does not know what the part does. */
#define XENGT_IMAGE_IS_CUT	2u

/*
 * Run a context whose descriptor a guest wrote to ELSP. The module reads the
 * image and the ring through the vGPU's own GGTT, copies the streams that run
 * with privilege, audits the copies, and runs the copies from pages of the
 * module. If work of the same context (same image address) is already in flight
 * on the engine, the module only moves this context's tail, and one COMPLETE
 * event with the new seqno follows for both submissions.
 *  EINVAL  there is no such engine; flags are set; seqno is 0; desc does not
 *          have its valid bit; the addressing mode in desc is not the legacy 32
 *          or 64 bit PPGTT; or hws_pga is not aligned to a page
 *  ERANGE  the image, the ring or the status page is outside of the slices of
 *          this vGPU
 *  ENOENT  ppgtt is not the id of a root (level 4 for 64 bit, level 3 for 32
 *          bit)
 *  EBADMSG the audit refused the submission; the refused_* fields say why. If
 *          is_cut is 1, the commands in the ring before the refused command (or
 *          before the command that starts the refused batch) still run, as on
 *          hardware, and COMPLETE follows
 *  EAGAIN  two other contexts of this vGPU are in flight on this engine; or
 *          this context is in flight, and its ring can get no more work now.
 *          Try again after the next COMPLETE event
 *  EIO     the vGPU was stopped because it hung engines too often, or the
 *          whole GPU was reset (XENGT_HEALTH_STOPPED)
 *  ENOMEM, EFAULT, ESTALE: see GGTT_WRITE
 */
struct xengt_vgpu_submit {
	__u32 engine;			/* enum xengt_engine_id */
	__u32 ppgtt;			/* id of the root table */
	__u64 desc;			/* the guest's context descriptor */
	__u64 seqno;			/* a number that the caller chooses; not
					 * 0 */
	__u32 hws_pga;			/* graphics address of the guest's
					 * status page; 0: the guest has no
					 * status page */
	__u32 flags;			/* 0 */
	__u32 refused;			/* out: enum xengt_refusal */
	__u32 refused_cmd;		/* out: first dword of the command */
	__u64 refused_at;		/* out: graphics address of the command */
	__u32 is_cut;			/* out: 1, with EBADMSG: the commands
					 * before the refused one still run */
	__u32 image;			/* out: XENGT_IMAGE_IS_*; 0 if the call
					 * copied no image */
};

/*
 * Drop all work of this vGPU on the engines in mask (bits 1 << enum
 * xengt_engine_id). If an engine in mask runs work of this vGPU, the module
 * resets this engine and no other engine; no other vGPU's work runs on the
 * engine at this moment. If an engine runs work of another vGPU while work of
 * this vGPU is in its second port, the call waits until this work can be
 * removed; the timeslices and timeouts of the other vGPUs' shares bound the
 * wait. When the call returns, no work of this vGPU is on these engines, and no
 * event about these engines follows before new work is submitted; the images of
 * contexts that had run their ring to the end are saved. The call does not
 * change the count of this vGPU's hangs.
 *  EINVAL  flags are set, or there is no such engine; ESTALE: see GGTT_WRITE
 */
struct xengt_vgpu_engine_reset {
	__u32 mask;
	__u32 flags;			/* 0 */
};

/*
 * The GPU's time, in ticks of the engines' timestamp registers. ESTALE: see
 * GGTT_WRITE.
 */
struct xengt_vgpu_timestamp {
	__u64 ticks;			/* out */
};

/*
 * The guest frames [first, first + count) belong to the device that the guest
 * sees, and not to the guest's RAM: the module treats an entry that points to
 * one of these frames like an entry that points to no RAM. A vGPU has one range
 * of own frames; each call replaces the range; count 0: the vGPU has no own
 * frames. For frames that are held already, the call takes effect at the next
 * REVALIDATE.
 *  EINVAL  flags are set; ESTALE: see GGTT_WRITE
 */
struct xengt_vgpu_own_frames {
	__u64 first;
	__u32 count;
	__u32 flags;			/* 0 */
};

/*
 * Set fence 'index' of the vGPU. 'value' is the value that the guest wrote to
 * its fence register; if bit 0 is clear, the fence is off. The fence's range
 * must be in the vGPU's CPU-visible slice, and must consist of whole rows of
 * tiles: otherwise an access to the range could reach memory outside of the
 * range.
 *  ERANGE  the vGPU has no such fence
 *  EINVAL  the vGPU may not have a fence with this range, and the fence is off
 *          now; or flags are set
 *  ESTALE  see GGTT_WRITE
 */
struct xengt_vgpu_fence {
	__u32 index;
	__u32 flags;			/* 0 */
	__u64 value;
};

/*
 * One access of the guest's CPU to the vGPU's slice of the aperture, where Xen does not
 * map the aperture into the guest: the module makes the access through the GPU's GGTT
 * and fences, as the aperture would. 'piece' tells where the piece of the aperture that
 * contains 'addr' begins. A piece is XENGT_SLICE_ALIGN_MIB MiB, aligned to its size, and so
 * within the slice. 'piece_bytes' is the piece's size if the piece may be mapped into the
 * guest: if at least one of the piece's entries points to a frame of the guest. Otherwise
 * piece_bytes is 0. All other entries of a mapped piece point to the vGPU's scratch page.
 *  EINVAL  size is above 8, the access crosses a page, or unknown flags or padding are
 *          set
 *  ERANGE  addr lies outside the CPU-visible slice of this vGPU
 *  ENOMEM  the host cannot map the page of the aperture; nothing was accessed
 *  EFAULT  the struct cannot be read or written
 *  ESTALE  the vGPU was zapped (EINVAL and ERANGE are checked first)
 */
#define XENGT_APERTURE_STORE	1u

struct xengt_vgpu_aperture {
	__u64 addr;			/* in: graphics address */
	__u64 value;			/* in: the value to store; out: the loaded
					 * value, with zeroes above 'size' bytes */
	__u32 size;			/* in: bytes, 1..8; 0: no access, only set
					 * 'piece' and 'piece_bytes' */
	__u32 flags;			/* in: 0 or XENGT_APERTURE_STORE */
	__u64 piece;			/* out: graphics address of the piece */
	__u32 piece_bytes;		/* out; 0: no mapping is allowed */
	__u32 pad;			/* in: 0 */
};

#define XENGT_VGPU_IOC_INFO	_IOR(XENGT_IOC_MAGIC, 0x20, struct xengt_vgpu_info)
#define XENGT_VGPU_IOC_GGTT_WRITE _IOWR(XENGT_IOC_MAGIC, 0x21, struct xengt_vgpu_ggtt_write)
#define XENGT_VGPU_IOC_REVALIDATE _IOWR(XENGT_IOC_MAGIC, 0x22, struct xengt_vgpu_revalidate)
#define XENGT_VGPU_IOC_ZAP	_IO(XENGT_IOC_MAGIC, 0x23)
#define XENGT_VGPU_IOC_PPGTT_CREATE _IOWR(XENGT_IOC_MAGIC, 0x24, struct xengt_vgpu_ppgtt_create)
#define XENGT_VGPU_IOC_PPGTT_DESTROY _IOW(XENGT_IOC_MAGIC, 0x25, struct xengt_vgpu_ppgtt_destroy)
#define XENGT_VGPU_IOC_PPGTT_WRITE _IOWR(XENGT_IOC_MAGIC, 0x26, struct xengt_vgpu_ppgtt_write)
#define XENGT_VGPU_IOC_SUBMIT	_IOWR(XENGT_IOC_MAGIC, 0x27, struct xengt_vgpu_submit)
#define XENGT_VGPU_IOC_ENGINE_RESET _IOW(XENGT_IOC_MAGIC, 0x28, struct xengt_vgpu_engine_reset)
#define XENGT_VGPU_IOC_TIMESTAMP _IOR(XENGT_IOC_MAGIC, 0x29, struct xengt_vgpu_timestamp)
#define XENGT_VGPU_IOC_OWN_FRAMES _IOW(XENGT_IOC_MAGIC, 0x2a, struct xengt_vgpu_own_frames)
#define XENGT_VGPU_IOC_FENCE	_IOW(XENGT_IOC_MAGIC, 0x2b, struct xengt_vgpu_fence)
#define XENGT_VGPU_IOC_APERTURE	_IOWR(XENGT_IOC_MAGIC, 0x2c, struct xengt_vgpu_aperture)

#endif /* _UAPI_XENGT_H */
