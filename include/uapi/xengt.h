/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ABI between xengt.ko and user space: the only header that both sides
 * include.
 *
 * /dev/xengt (one device, root only) answers XENGT_IOC_INFO and makes vGPUs
 * with XENGT_IOC_CREATE_VGPU. A vGPU is the file descriptor that this call
 * returns: the module releases everything that the vGPU owns when the last copy
 * of the fd is closed.
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

#define XENGT_ABI_VERSION	7
#define XENGT_DEV_NAME		"xengt"

/* Bases and sizes of slices of graphics memory are multiples of this many MiB:
 * Xen maps the aperture into a guest in 2 MiB steps only when the
 * machine address and the guest's address are aligned to 2 MiB. */
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

/* What went wrong with the GPU since it was bound: bits of xengt_info.health. */
enum xengt_health {
	/* The whole GPU was reset: nothing runs until the GPU is bound anew. */
	XENGT_HEALTH_STOPPED = 1 << 0,
	/*
	 * The reset of the whole GPU did not help, either: the GPU may go on
	 * using every frame that it was ever given, so all these frames stay
	 * held until the next boot.
	 */
	XENGT_HEALTH_LOST = 1 << 1,
};

/*
 * The ways: how the module holds a guest's frame, and which address of the
 * frame it gives to the GPU (docs/design/014). The module chooses one way when
 * the GPU is bound.
 */
enum xengt_way {
	/*
	 * PV dom0: dom0's page tables map the frame; the GPU gets the frame's
	 * machine address
	 */
	XENGT_WAY_PV = 1,
	/* PVH dom0: the frame is put at a frame number of dom0; the GPU gets
	 * the address of this number, which the IOMMU translates */
	XENGT_WAY_PVH = 2,
};

/*
 * The GPU that is bound, and how much of its memory and fences is free. ENODEV
 * when no GPU is bound.
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
	__u64 aperture_phys;		/* BAR2, as in the PCI config space */
	__u64 aperture_bytes;
	__u64 ggtt_bytes;		/* size of the address space that the
					 * GGTT maps */
	__u32 low_total_mib;		/* CPU-visible, without the host part */
	__u32 low_free_mib;
	__u32 low_largest_mib;		/* largest single free slice */
	__u32 high_total_mib;		/* not CPU-visible */
	__u32 high_free_mib;
	__u32 high_largest_mib;
	__u32 fences_total;
	__u32 fences_free;
	__u32 vgpu_count;
	__u32 fences_largest;		/* largest number of consecutive free
					 * fences */
	__u32 health;			/* enum xengt_health */
	__u32 flushes_failed;		/* flushes that failed; each was tried
					 * again after a full reset */
	__u32 resets_failed;		/* failed resets of a single engine */
	__u32 full_resets;		/* resets of the whole GPU after such
					 * failures */
	__u32 way;			/* enum xengt_way */
	__u32 pad1;			/* 0 */
};

/*
 * Make a vGPU for domain 'domid'. Errors:
 *  EINVAL  a size is 0 (high_mib may be) or not a multiple of
 *          XENGT_SLICE_ALIGN_MIB, a flag or padding is set, domid is 0 or
 *          reserved, or low_base_mib is set together with high_mib or fences
 *  ENOSPC  not enough graphics memory or fences (INFO tells which), or a part
 *          of the slice that low_base_mib names is not free
 *  ESRCH   there is no such domain, or no page of it can be mapped
 *  EEXIST  the domain already has a vGPU that is not zapped
 *  ENODEV  no GPU is bound
 *  EIO     the GPU did not do what it was told; it must be bound anew
 *  EFAULT  the answer cannot be written: no vGPU was made
 * With low_base_mib a broker reserves again a slice that a domain may still
 * reach, so that no other vGPU gets the slice. Such a vGPU has this slice and
 * nothing else. The vGPU holds one page of the domain from its creation until
 * it is zapped, so the domain's number cannot be reused in this time. Xen lists
 * a destroyed domain as "(null)" as long as a page of it is held.
 */
struct xengt_create_vgpu {
	__u32 flags;			/* in: 0 */
	__u32 domid;			/* in */
	__u32 low_mib;			/* in */
	__u32 high_mib;			/* in: may be 0 */
	__u32 fences;			/* in: may be 0 */
	__s32 fd;			/* out: close-on-exec */
	__u32 vgpu_id;			/* out: from 1, unique while it lives */
	__u32 low_base_mib;		/* in: 0, or where the low slice
					 * begins */
};

/*
 * Set the share that a vGPU has of each engine's time, from now on (docs/design/013).
 * Until this call a vGPU has the defaults: XENGT_SHARE_*. The call is one of /dev/xengt,
 * and not of the vGPU's fd, because a worker must not choose its share.
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
	__u32 slice_ms;			/* in: length of a turn, while another
					 * vGPU waits */
	__u32 timeout_ms;		/* in: how long work may stay on an
					 * engine after its timeslice */
	__u32 stop;			/* in: hangs after which the vGPU is
					 * stopped */
	__u32 pad;			/* in: 0 */
};

#define XENGT_IOC_MAGIC		0xB7
#define XENGT_IOC_INFO		_IOR(XENGT_IOC_MAGIC, 0x00, struct xengt_info)
#define XENGT_IOC_CREATE_VGPU	_IOWR(XENGT_IOC_MAGIC, 0x01, struct xengt_create_vgpu)
#define XENGT_IOC_SET_SHARE	_IOW(XENGT_IOC_MAGIC, 0x02, struct xengt_set_share)

/* ---- on the fd of a vGPU ---- */

enum xengt_vgpu_state {
	XENGT_VGPU_LIVE = 0,
	XENGT_VGPU_ZAPPED = 1,		/* final: see XENGT_VGPU_IOC_ZAP */
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
	__u64 entries_scratched;	/* those of entries_written that name no
					 * RAM of the guest */
	__u64 frames_held;		/* frames that are held now, without the
					 * page that is held since creation */
	__u64 frames_mapped;		/* ever */
	__u64 frames_released;		/* ever */
	__u64 hypercalls;		/* hypercalls made for the vGPU: PV:
					 * mmu_update, mmuext_op; PVH:
					 * memory_op, hvm_op */
	__u64 tlb_flushes;		/* of the GPU */
	__u64 revalidations;
	__u64 frames_followed;		/* frames released because the guest
					 * moved them */
	__u64 submissions;
	__u64 completions;		/* contexts that ran their ring to its
					 * end */
	__u64 refusals;			/* submissions that the audit refused */
	__u64 hangs;
	__u64 bytes_copied;		/* bytes copied for submissions, from
					 * and to the guest */
	__u64 ppgtt_tables;		/* now */
	__u64 ppgtt_entries;		/* guest entries put into page tables */
};

/*
 * Write 'count' consecutive GGTT entries from graphics page 'first'. Each u64
 * at 'entries' is a guest entry as the guest wrote it: bit 0 present, bits
 * 38:12 guest frame number. Bits 11:1 mean nothing. An entry with any of bits
 * 63:39 set names no frame. The module maps and holds the frame and puts its
 * bus address into the same entry of the real GGTT. An entry that is not
 * present, or names a frame that is not RAM of the bound domain, points to the
 * scratch page. The module counts the present ones of these entries in
 * 'scratched', remembers them, and REVALIDATE tries them again. For a frame
 * that the vGPU holds already, the module does not ask Xen again: if the guest
 * has moved that frame, REVALIDATE corrects the entry. On an error no entry
 * changes (but see EIO):
 *  ERANGE  an index lies outside the slices of this vGPU
 *  EINVAL  count is 0 or above XENGT_GGTT_WRITE_MAX, or flags are set
 *  EFAULT  'entries' cannot be read, or this struct cannot be written
 *  ESTALE  the vGPU was zapped (ERANGE and EINVAL are checked first)
 *  ENOMEM  the host is out of memory
 *  EIO     the GPU does not obey. Entries may have changed, and the frames that
 *          these entries named before stay held. REVALIDATE, PPGTT_WRITE and
 *          PPGTT_DESTROY have this error, too
 * When the call returns 0, the GPU uses the new entries, and the old ones hold
 * no frame any more.
 */
struct xengt_vgpu_ggtt_write {
	__u32 first;
	__u32 count;
	__u64 entries;			/* user pointer to count __u64 */
	__u32 flags;			/* 0 */
	__u32 scratched;		/* out */
};

/*
 * The guest gave pages away or moved them (INVALIDATE): the module compares
 * every held frame with what Xen says now. If a frame is no longer the guest's,
 * the module points its entries at scratch, flushes the GPU's TLB and then
 * releases the frame. If the guest has a new page at that gfn, the entries
 * point to the new page.
 *  EINVAL  flags or padding set
 *  ESTALE  the vGPU was zapped, maybe during the call
 *  ENOMEM  the host is out of memory: all frames that moved are released, but
 *          some entries still point at scratch; call again
 */
struct xengt_vgpu_revalidate {
	__u32 flags;			/* 0 */
	__u32 pad;
	__u64 dropped;			/* out: frames released */
	__u64 resolved;			/* out: entries that now point at RAM */
};

/*
 * XENGT_VGPU_IOC_ZAP: points every entry of the slices at scratch, flushes the
 * TLB and releases every frame. The vGPU cannot be used again (later writes
 * answer ESTALE). Its slices stay reserved until the last close. ZAP may be
 * called again, cannot fail, and waits for nothing that user space controls.
 * The last close, unbinding the GPU and shutdown do the same.
 */

enum xengt_event_type {
	XENGT_EVENT_ZAPPED = 1,		/* value: enum xengt_vgpu_state */
	/*
	 * This engine raised interrupts while it ran work of this vGPU. value
	 * has the bits of these interrupts, as in the engine's half of its IIR
	 * (bit 0: user interrupt). An event can come without an interrupt, but
	 * no interrupt comes without an event.
	 */
	XENGT_EVENT_ENGINE_IRQ = 2,
	/*
	 * The context submitted as seqno has run its ring to the end. When this
	 * event is read, the context's image has been saved in guest memory.
	 * The ENGINE_IRQ events of the context's work, at least one, come
	 * before this event.
	 */
	XENGT_EVENT_COMPLETE = 3,
	/*
	 * The work submitted as seqno did not end within the host's time limit:
	 * the engine was reset, the work is dropped, and the image is as it was
	 * loaded. All other work of the vGPU on that engine is dropped, too,
	 * without events. Until ENGINE_RESET the module accepts what the vGPU
	 * submits to that engine, and drops it. value: XENGT_HUNG_*.
	 */
	XENGT_EVENT_HUNG = 4,
};

/* The vGPU may go on after an ENGINE_RESET. Without this bit, the vGPU hung too often
 * and was stopped for good. */
#define XENGT_HUNG_GOES_ON	1
/* The work did not leave the engine in time while another vGPU waited for it. */
#define XENGT_HUNG_OVERRUN	2

/*
 * read() gives whole events, oldest first; poll() says POLLIN when there is
 * one. EAGAIN with O_NONBLOCK if there is none. EINVAL if the buffer is smaller
 * than one event. Copies of the fd share the events: a read by one copy removes
 * the event for all.
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
 * The tables that the GPU walks for a vGPU are pages of the module. User space
 * makes them, names them by id, and fills each with the entries of one table of
 * the guest. The module translates frames and ids, so that each entry names RAM
 * of the bound domain, a table of the same vGPU, or scratch, and nothing else.
 * Levels: 1 page table, 2 page directory, 3 page directory pointers, 4 PML4. A
 * new table has no entry present. XENGT_PPGTT_64K makes a page table whose
 * entries name pages of 64 KiB (the GPU uses each 16th entry only); Gen8 has no
 * such tables.
 *  EINVAL  level, flags or padding
 *  ENOSPC  the vGPU has XENGT_PPGTT_TABLES_MAX tables. A 2 MiB entry takes one
 *          of them, because the module keeps a table for each such entry
 *  ENOMEM, ESTALE as elsewhere
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
 * EBUSY: a table of the vGPU names this table, or this table is the root of
 * work in flight; ENOENT: no such table. When the call returns 0, the GPU does
 * not use the table any more, and the frames that the table held are released.
 */
struct xengt_vgpu_ppgtt_destroy {
	__u32 id;
	__u32 flags;			/* 0 */
};

/*
 * Store 'count' entries from entry 'first' of table 'id'. Level 1, and level 2
 * with bit 7 (a 2 MiB page): the guest's entry as it stands, with a guest frame
 * number. Other entries of level 2 to 4: the guest's entry with the child's id
 * in the place of the frame number (bits 47:12); of all other bits the module
 * uses only bits 0 and 1. A page of 2 MiB or 64 KiB is one large page for the
 * GPU, too, if its machine frames are contiguous and aligned; otherwise it is
 * many small pages. If several entries name one table of 64 KiB pages, the GPU
 * sees large pages through only one of these entries. If an entry is not
 * present, the GPU's entry is not present, either: a context that uses such an
 * entry stops with a fault. An entry that names no RAM points to scratch, read
 * only, and REVALIDATE tries such an entry again; 'scratched' counts the 4 KiB
 * pages of these entries.
 *  ENOENT  no such table, or a child's id names no table, or a table of a
 *          wrong level
 *  ERANGE  first + count > XENGT_PPGTT_ENTRIES
 *  EBUSY   a table of level 3 that is the root of work in flight
 *  ENOSPC  no table left for a 2 MiB entry
 *  EINVAL, EFAULT, ESTALE, ENOMEM as elsewhere; on an error nothing changed.
 * When the call returns 0, the GPU uses the new entries.
 */
struct xengt_vgpu_ppgtt_write {
	__u32 id;
	__u32 first;
	__u32 count;
	__u32 flags;			/* 0 */
	__u64 entries;			/* user pointer to count __u64 */
	__u32 scratched;		/* out */
	__u32 pad;			/* 0 */
};

/* ---- work ---- */

/* The reason for which a command stream was refused. */
enum xengt_refusal {
	XENGT_REFUSED_NOT = 0,
	XENGT_REFUSED_UNKNOWN,		/* no row allows the command in this
					 * stream */
	XENGT_REFUSED_FORBIDDEN,	/* the command's row forbids it */
	XENGT_REFUSED_LENGTH,
	XENGT_REFUSED_ADDRESS,		/* GGTT operand outside the slices */
	XENGT_REFUSED_REGISTER,
	XENGT_REFUSED_BATCH,		/* the command starts a batch that
					 * cannot be read */
	XENGT_REFUSED_LIMIT,		/* the stream is longer than the module
					 * copies */
	XENGT_REFUSED_CONTEXT,		/* the context image makes no sense */
};

/*
 * Run a context, as a guest's write of its descriptor to ELSP asks for. The
 * module reads image and ring through the vGPU's own GGTT, copies the streams
 * that run with privilege, audits the copies, and runs them from pages of the
 * module. If work of the same context (same image address) is in flight on the
 * engine, the module moves that context's tail instead. Then one COMPLETE event
 * follows for both submissions, and it has the new seqno.
 *  EINVAL  engine, flags, seqno 0, desc without its valid bit or with an
 *          addressing mode other than legacy 32 or 64 bit PPGTT, hws_pga not
 *          aligned to a page
 *  ERANGE  image, ring or status page lie outside the slices of this vGPU
 *  ENOENT  ppgtt is not the id of a root (level 4 for 64 bit, level 3 for 32
 *          bit)
 *  EBADMSG the audit refused the submission: see the refused_* fields. If
 *          is_cut is 1, the commands that stand in the ring before the refused
 *          one (or before the one that starts a refused batch) still run, as on
 *          hardware, and COMPLETE follows
 *  EAGAIN  two other contexts of this vGPU are in flight on this engine, or
 *          this context is in flight and takes no more work before it has run
 *          its ring to the end: try again after the next COMPLETE event
 *  EIO     the vGPU hung engines too often and was stopped, or the engine does
 *          not come out of reset
 *  ENOMEM, EFAULT, ESTALE as elsewhere
 */
struct xengt_vgpu_submit {
	__u32 engine;			/* enum xengt_engine_id */
	__u32 ppgtt;			/* id of the root table */
	__u64 desc;			/* the guest's context descriptor */
	__u64 seqno;			/* a number that the caller chooses; not
					 * 0 */
	__u32 hws_pga;			/* the guest's status page, graphics
					 * address; 0: none */
	__u32 flags;			/* 0 */
	__u32 refused;			/* out: enum xengt_refusal */
	__u32 refused_cmd;		/* out: first dword of the command */
	__u64 refused_at;		/* out: graphics address of the command */
	__u32 is_cut;			/* out: 1, with EBADMSG: the commands
					 * before the refused one still run */
	__u32 pad;			/* 0 */
};

/*
 * Drop all work of this vGPU on the engines in mask (1 << enum
 * xengt_engine_id). If such an engine runs work of this vGPU, the module resets
 * that engine and no other; no other vGPU's work is on that engine then. When
 * the call returns, no work of the vGPU is on these engines, and no event of
 * these engines follows; the images of contexts that had run their ring to the
 * end are saved. The call does not change the count of this vGPU's hangs. If
 * other vGPUs' work runs before this vGPU's in an engine's ports, the call waits
 * for that engine, at most for the timeslices and timeouts of their shares.
 *  EINVAL  flags, or no such engine; ESTALE as elsewhere
 */
struct xengt_vgpu_engine_reset {
	__u32 mask;
	__u32 flags;			/* 0 */
};

/*
 * The GPU's time, as the engines' timestamp registers count it. ESTALE as
 * elsewhere.
 */
struct xengt_vgpu_timestamp {
	__u64 ticks;			/* out */
};

/*
 * The guest frames [first, first + count) belong to the device that the guest
 * sees, and not to the guest's RAM: an entry that names one of these frames is
 * treated as one that names no RAM. A vGPU has one such range; each call
 * replaces the range; count 0: none. For frames that are held already, the call
 * takes effect at the next REVALIDATE.
 *  EINVAL  flags; ESTALE as elsewhere
 */
struct xengt_vgpu_own_frames {
	__u64 first;
	__u32 count;
	__u32 flags;			/* 0 */
};

/*
 * Set fence 'index' of the vGPU. 'value' is what the guest stores in the
 * register, with the guest's graphics addresses; if bit 0 is clear, the fence
 * is off. The range must lie in the CPU-visible part of the slices and consist
 * of whole rows of tiles, because the CPU sees that part through the fence.
 *  ERANGE  the vGPU has no such fence
 *  EINVAL  a fence cannot have this range, and the fence is off now; or flags
 *          are set
 *  ESTALE  as elsewhere
 */
struct xengt_vgpu_fence {
	__u32 index;
	__u32 flags;			/* 0 */
	__u64 value;
};

/*
 * One access of the guest's CPU to the vGPU's slice of the aperture, where Xen does not
 * map the aperture into the guest: the module makes the access through the GPU's GGTT
 * and fences, as the aperture would. 'piece_bytes' answers whether the guest may reach
 * the memory around 'addr' by a mapping: then a piece of the aperture begins at 'piece'.
 * A piece is XENGT_SLICE_ALIGN_MIB MiB, aligned to its size, and so within the slice.
 * The answer is "not mapped" (piece_bytes 0) while no entry of the piece names a frame of
 * the guest. Entries that name none name the vGPU's scratch page, also in a mapped piece.
 *  EINVAL  size is above 8, the access crosses a page, or unknown flags or padding are
 *          set
 *  ERANGE  addr lies outside the CPU-visible slice of this vGPU
 *  ENOMEM  the host cannot map the page of the aperture; nothing was accessed
 *  EFAULT  the struct cannot be read or written
 *  ESTALE  as elsewhere (EINVAL and ERANGE are checked first)
 */
#define XENGT_APERTURE_STORE	1u

struct xengt_vgpu_aperture {
	__u64 addr;			/* in: graphics address */
	__u64 value;			/* in: of a store; out: of a load, 0 above
					 * its size */
	__u32 size;			/* in: bytes, 1..8; 0: only ask */
	__u32 flags;			/* in: 0 or XENGT_APERTURE_STORE */
	__u64 piece;			/* out: graphics address */
	__u32 piece_bytes;		/* out: 0: not mapped */
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
