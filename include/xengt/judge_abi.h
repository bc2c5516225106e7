/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Isolation judge: layout of the memory shared by the simulated GPU and dom0.
 *
 * A 32 MiB file, mapped by the simulator (--judge FILE) and shown to dom0 as
 * BAR2 of QEMU's ivshmem-plain device (1af4:1110).  Test equipment only; no
 * part of what is installed reads or writes it.
 *
 *	0x0000000  struct xengt_judge_hdr		one page
 *	0x0001000  struct xengt_judge_slice [32]	written by dom0
 *	0x0002000  struct xengt_judge_violation [64]	written by the simulator
 *	0x1000000  __u64 owner [2 Mi]			written by dom0, one word
 *							per machine frame (8 GiB)
 *
 * Every word has one writer. Words of 8 bytes are written with one store.
 * Counters only ever grow; for a "reset" dom0 notes their values in base_*. A
 * sequence counter protects the slice table: dom0 makes 'generation' odd,
 * changes slices, and makes 'generation' even. When the simulator sees a new
 * even value, it copies the table and then stores that value in sim_generation.
 *
 * Used by kernel and user space alike: fixed-size little-endian types only.
 */
#ifndef XENGT_JUDGE_ABI_H
#define XENGT_JUDGE_ABI_H

#include <linux/types.h>

#define XENGT_JUDGE_MAGIC		0x3147444a54474e58ULL	/* "XNGTJDG1" */
#define XENGT_JUDGE_VERSION		4U

#define XENGT_JUDGE_FILE_BYTES		(32ULL << 20)
#define XENGT_JUDGE_SLICES_OFF		0x1000ULL
#define XENGT_JUDGE_SLICES_MAX		32U
#define XENGT_JUDGE_RING_OFF		0x2000ULL
#define XENGT_JUDGE_RING_MAX		64U
#define XENGT_JUDGE_OWNERS_OFF		(16ULL << 20)
#define XENGT_JUDGE_OWNERS_MAX		(2ULL << 20)

/*
 * Owner word of a machine frame. 0: no guest owns it; the frame is dom0's,
 * Xen's, free or not memory. Otherwise the owner's domid and the guest frame
 * number, all ones if the frame has none (it is ballooned out but still held).
 */
#define XENGT_JUDGE_OWNER_VALID		(1ULL << 63)
#define XENGT_JUDGE_OWNER_DOMID_SHIFT	40
#define XENGT_JUDGE_OWNER_DOMID_MASK	0xffffULL
#define XENGT_JUDGE_OWNER_GFN_MASK	((1ULL << 40) - 1)

#define XENGT_JUDGE_OWNER(domid, gfn)					\
	(XENGT_JUDGE_OWNER_VALID |					\
	 ((__u64)(domid) << XENGT_JUDGE_OWNER_DOMID_SHIFT) |		\
	 ((__u64)(gfn) & XENGT_JUDGE_OWNER_GFN_MASK))

#define XENGT_JUDGE_OWNER_DOMID(owner)					\
	(((owner) >> XENGT_JUDGE_OWNER_DOMID_SHIFT) &			\
	 XENGT_JUDGE_OWNER_DOMID_MASK)

/*
 * The owner's number if nobody can tell the owner: the simulator found no Xen in machine
 * memory. It is no domain's number (Xen's DOMID_INVALID), so each access is a violation.
 */
#define XENGT_JUDGE_DOMID_UNKNOWN	0x7ff4ULL
/* Numbers of domains are below; Xen gives the others a meaning of their own. */
#define XENGT_JUDGE_DOMIDS		0x7ff0U

/* hdr.owners_by: who tells the owners of frames */
#define XENGT_JUDGE_BY_TABLE		0ULL	/* the table that dom0 writes */
#define XENGT_JUDGE_BY_XEN		1ULL	/* Xen's structures in machine memory,
						 * which the simulator reads */

/*
 * The slot to which a context belongs (a slot is an index of the slice table):
 * bits 52:47 of the context's descriptor, which are the upper six bits of the
 * context ID (bits 52:32), are slot + 1. If they are 0, the context belongs to
 * the slot whose slice has its image, or, if no slice has the image, to the
 * host.
 */
#define XENGT_JUDGE_DESC_SLOT_SHIFT	47
#define XENGT_JUDGE_DESC_SLOT_MASK	0x3fULL

#define XENGT_JUDGE_DESC_SLOT(slot)					\
	((__u64)((slot) + 1) << XENGT_JUDGE_DESC_SLOT_SHIFT)

/*
 * hdr.hammer: how the simulator touches all pages of all active slices, again
 * and again
 */
#define XENGT_JUDGE_HAMMER_OFF		0ULL
#define XENGT_JUDGE_HAMMER_READ		1ULL
#define XENGT_JUDGE_HAMMER_WRITE	2ULL	/* atomic "or 0" */

#define XENGT_JUDGE_NO_SCRATCH		(~0ULL)

struct xengt_judge_hdr {
	/* written once by the simulator, before QEMU starts */
	__u64 magic;
	__u64 version;
	__u64 file_bytes;
	__u64 slices_off;
	__u64 slices_max;
	__u64 ring_off;
	__u64 ring_max;
	__u64 owners_off;
	__u64 owners_max;
	__u64 pad0[7];

	/* written by dom0; offset 0x80 */
	__u64 generation;	/* odd while dom0 changes the slice table */
	__u64 hammer;		/* XENGT_JUDGE_HAMMER_* */
	__u64 base_accesses;	/* counters at the last "reset" */
	__u64 base_violations;
	__u64 base_ring_head;
	__u64 irq_seq;		/* grows by one for each interrupt to raise */
	__u64 irq_bank;		/* the simulator's bank number */
	__u64 irq_bits;
	__u64 owners_by;	/* XENGT_JUDGE_BY_* */
	__u64 rounds;		/* grows when each recorded frame was looked at
				 * and each frame of the machine searched */
	__u64 pad1[6];

	/* written by the simulator; offset 0x100 */
	__u64 sim_generation;	/* the generation of the slice table by which
				 * the simulator now judges */
	__u64 heartbeat;	/* grows as long as the simulator runs */
	__u64 accesses;		/* number of judged accesses (those inside a
				 * slice) */
	__u64 violations;	/* number of judged accesses that hit a wrong
				 * frame */
	__u64 scratch_accesses;	/* judged accesses that hit a scratch page
				 * that the slot may reach */
	__u64 other_accesses;	/* GGTT accesses outside every slice */
	__u64 hammer_accesses;	/* those of 'accesses' that the hammer made */
	__u64 hammer_passes;	/* whole passes over all active slices */
	__u64 hammer_live;	/* live entries in the last whole pass */
	__u64 scratch_mfn;	/* the host's scratch page as entries name it,
				 * which the simulator finds itself; or
				 * XENGT_JUDGE_NO_SCRATCH */
	__u64 scratch_entries;	/* GGTT entries that point to it */
	__u64 slice_overlaps;	/* GGTT pages claimed by two slices */
	__u64 ggtt_flushes;	/* writes of GFX_FLSH_CNTL */
	__u64 ring_head;	/* distinct violations ever recorded */
	__u64 irq_seen;		/* irq_seq of the last interrupt raised */
	__u64 context_accesses;	/* how many of 'accesses' contexts of slots
				 * made */
	__u64 ppgtt_accesses;	/* how many of context_accesses went through
				 * page tables */
	__u64 table_accesses;	/* page tables that the judge checked for their
				 * owner */
	__u64 xen_known;	/* 1: Xen's structures are found */
	__u64 owners_unknown;	/* questions for an owner without an answer */
	__u64 compared;		/* words of the table compared with what Xen's
				 * structures say */
	__u64 disagreed;	/* of those, how many still differed after two
				 * rounds of dom0's */
	__u64 late;		/* differences that went away within two rounds */
	__u64 undecided;	/* frames that differ since less than two rounds */
	__u64 iommu_translations; /* the simulator's counters of these names */
	__u64 iommu_moved;
	__u64 iommu_faults;
	__u64 iommu_stale;
	__u64 pad2[4];
};

struct xengt_judge_slice {
	__u64 active;		/* 0 or 1 */
	__u64 domid;
	__u64 low_base;		/* GGTT byte addresses, 4 KiB aligned */
	__u64 low_bytes;
	__u64 high_base;
	__u64 high_bytes;
	__u64 scratch_mfn;	/* the vGPU's scratch page as entries name it (with
				 * an IOMMU not a machine frame); 0: not told */
	__u64 pad;
};

/*
 * owner_found is the owner word by which the simulator judged: from the table, or
 * from Xen's structures (hdr.owners_by); with V_RESIDUE see there. The members
 * from desc on say which context made the access and how; they are 0 if no context
 * is known.
 */
struct xengt_judge_violation {
	__u64 seq;		/* 1..; written last; 0: never used */
	__u64 time_ns;		/* when it came first, by the host's monotonic
				 * clock */
	__u64 last_time_ns;
	__u64 count;		/* how often a violation with this place, frame
				 * and owner came */
	__u64 mfn;
	__u64 ggtt_index;	/* or XENGT_JUDGE_NO_INDEX */
	__u64 owner_found;
	__u32 slot;		/* or XENGT_JUDGE_HOST */
	__u16 domid_expected;
	__u16 flags;		/* XENGT_JUDGE_V_* */

	__u64 desc;		/* the context's descriptor, 0: none */
	__u64 command_addr;
	__u64 addr;		/* number of the page of the graphics address */
	__u32 command;		/* first dword of the last command fetched */
	__u8 engine;		/* 0 RCS, 1 VCS, 2 VECS, 3 BCS, 0xff none */
	__u8 level;		/* with V_TABLE: the table's level, from 3
				 * (PML4) to 0 (page table) */
	__u8 n_tables;
	__u8 pad;
	__u64 table[4];		/* bus addresses of the tables, the root
				 * first */
};

#define XENGT_JUDGE_NO_INDEX	(~0ULL)
#define XENGT_JUDGE_HOST	(~0U)
#define XENGT_JUDGE_NO_ENGINE	0xffU

#define XENGT_JUDGE_V_WRITE	1U
#define XENGT_JUDGE_V_STALE	2U	/* the access used a translation that is
					 * no longer in the GGTT or page table */
#define XENGT_JUDGE_V_HAMMER	4U
#define XENGT_JUDGE_V_PPGTT	8U	/* the access went through a context's
					 * page tables */
#define XENGT_JUDGE_V_TABLE	16U	/* the frame is one of a context's page
					 * tables */
#define XENGT_JUDGE_V_OUTSIDE	32U	/* a GGTT address outside of the
					 * context's slices */
#define XENGT_JUDGE_V_COMMAND	64U	/* an access for a command's operand,
					 * not one by the command streamer */
/*
 * This violation is not about a frame: the domain in owner_found left something
 * in the hardware, and another domain sees it; addr is the register, or the
 * command's first dword.
 */
#define XENGT_JUDGE_V_RESIDUE	128U
/* A cache wrote the page back after the page had gone to another owner. */
#define XENGT_JUDGE_V_LATE	256U

#endif /* XENGT_JUDGE_ABI_H */
