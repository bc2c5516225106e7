/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Isolation judge: layout of the memory shared by the simulated GPU and dom0.
 *
 * The memory is a 32 MiB file. The simulator maps the file (--judge FILE), and
 * dom0 sees the file as BAR2 of QEMU's ivshmem-plain device (1af4:1110). The
 * file is only for tests: no installed program reads or writes it.
 *
 *	0x0000000  struct xengt_judge_hdr		one page
 *	0x0001000  struct xengt_judge_slice [32]	written by dom0
 *	0x0001800  struct xengt_judge_part [4]		written by dom0, one for
 *							each engine
 *	0x0002000  struct xengt_judge_violation [64]	written by the simulator
 *	0x0800000  __u32 changed [2 Mi]			written by dom0, one word
 *							per machine frame: the
 *							number (modulo 2^32) of
 *							the round in which dom0
 *							last changed the
 *							frame's owner word
 *	0x1000000  __u64 owner [2 Mi]			written by dom0, one word
 *							per machine frame (8 GiB)
 *
 * Each word has only one writer, the simulator or dom0. A word of 8 bytes is
 * written by one store. Counters never decrease: to "reset" the counters, dom0
 * copies their present values to the members base_*. A sequence counter protects
 * the slice table: dom0 makes 'generation' odd, changes slices, and makes
 * 'generation' even. When the simulator sees a new even value, it copies the
 * table and then stores that value in sim_generation. In the same way 'seq' of
 * struct xengt_judge_part protects this struct.
 *
 * The kernel and user space include this header, so it uses only little-endian
 * types of a fixed size.
 */
#ifndef XENGT_JUDGE_ABI_H
#define XENGT_JUDGE_ABI_H

#include <linux/types.h>

#define XENGT_JUDGE_MAGIC		0x3147444a54474e58ULL	/* "XNGTJDG1" */
#define XENGT_JUDGE_VERSION		8U

#define XENGT_JUDGE_FILE_BYTES		(32ULL << 20)
#define XENGT_JUDGE_SLICES_OFF		0x1000ULL
#define XENGT_JUDGE_SLICES_MAX		32U
#define XENGT_JUDGE_PARTS_OFF		0x1800ULL
#define XENGT_JUDGE_PARTS_MAX		4U
#define XENGT_JUDGE_RING_OFF		0x2000ULL
#define XENGT_JUDGE_RING_MAX		64U
#define XENGT_JUDGE_CHANGED_OFF		(8ULL << 20)
#define XENGT_JUDGE_OWNERS_OFF		(16ULL << 20)
#define XENGT_JUDGE_OWNERS_MAX		(2ULL << 20)

/*
 * The owner word of a machine frame. 0: no guest owns the frame; the frame is
 * dom0's, Xen's, free or not memory. Otherwise the word has the owner's domid
 * and the frame's guest frame number. The guest frame number is all ones if the
 * guest has given the frame to its balloon while the module still holds the
 * frame.
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
 * The domid in an owner word if the simulator cannot find the owner, because it found no
 * Xen in machine memory. The value is Xen's DOMID_INVALID, which no domain has, so each
 * access is a violation.
 */
#define XENGT_JUDGE_DOMID_UNKNOWN	0x7ff4ULL
/*
 * The domids of real domains are below this number. Xen reserves the domids
 * from this number on.
 */
#define XENGT_JUDGE_DOMIDS		0x7ff0U

/* hdr.owners_by: where the simulator finds the owners of frames */
#define XENGT_JUDGE_BY_TABLE		0ULL	/* the table that dom0 writes */
#define XENGT_JUDGE_BY_XEN		1ULL	/* Xen's structures in machine memory,
						 * which the simulator reads */

/*
 * The slot to which a context belongs (a slot is an index of the slice table):
 * bits 52:47 of the context's descriptor, which are the upper six bits of the
 * context ID (bits 52:32), are slot + 1. If these bits are 0, the context
 * belongs to the slot whose slice has its image, or, if no slice has the image,
 * to the host.
 */
#define XENGT_JUDGE_DESC_SLOT_SHIFT	47
#define XENGT_JUDGE_DESC_SLOT_MASK	0x3fULL

#define XENGT_JUDGE_DESC_SLOT(slot)					\
	((__u64)((slot) + 1) << XENGT_JUDGE_DESC_SLOT_SHIFT)

/*
 * hdr.hammer: the kind of access with which the simulator touches all pages of
 * all active slices again and again
 */
#define XENGT_JUDGE_HAMMER_OFF		0ULL
#define XENGT_JUDGE_HAMMER_READ		1ULL
#define XENGT_JUDGE_HAMMER_WRITE	2ULL	/* atomic "or 0" */

#define XENGT_JUDGE_NO_SCRATCH		(~0ULL)

struct xengt_judge_hdr {
	/* the simulator writes these members once, before QEMU starts */
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

	/* dom0 writes these members; offset 0x80 */
	__u64 generation;	/* odd while dom0 changes the slice table */
	__u64 hammer;		/* XENGT_JUDGE_HAMMER_* */
	__u64 base_accesses;	/* values of the counters at the last "reset" */
	__u64 base_violations;
	__u64 base_ring_head;
	__u64 irq_seq;		/* dom0 adds one to request an interrupt */
	__u64 irq_bank;		/* the simulator's number of the interrupt
				 * bank */
	__u64 irq_bits;
	__u64 owners_by;	/* XENGT_JUDGE_BY_* */
	__u64 rounds;		/* number of dom0's last complete round; rounds
				 * have the numbers 1, 2 and so on. In one round
				 * dom0 looks at each recorded frame and
				 * searches all frames of the machine */
	__u64 round_begun;	/* number of the last round that dom0 began.
				 * dom0 writes this word before the round reads
				 * anything */
	__u64 pad1[5];

	/* the simulator writes these members; offset 0x100 */
	__u64 sim_generation;	/* the generation of the slice table by which
				 * the simulator now judges */
	__u64 heartbeat;	/* increases as long as the simulator runs */
	__u64 accesses;		/* number of judged accesses: those of guests'
				 * contexts, and those that reach a slice or a
				 * guest's frame */
	__u64 violations;	/* number of judged accesses that hit a wrong
				 * frame */
	__u64 scratch_accesses;	/* number of judged accesses that hit a scratch
				 * page that the slot may reach */
	__u64 other_accesses;	/* number of the host's accesses through GGTT
				 * entries outside of every slice, or through page
				 * tables to frames without an owner */
	__u64 hammer_accesses;	/* the part of 'accesses' that the hammer
				 * made */
	__u64 hammer_passes;	/* number of the hammer's whole passes over all
				 * active slices */
	__u64 hammer_live;	/* number of live entries that the last whole
				 * pass found */
	__u64 scratch_mfn;	/* the frame number by which entries point to
				 * the host's scratch page. The simulator finds
				 * this number itself; or
				 * XENGT_JUDGE_NO_SCRATCH */
	__u64 scratch_entries;	/* number of GGTT entries that point to
				 * scratch_mfn */
	__u64 slice_overlaps;	/* number of GGTT pages that are in two
				 * slices */
	__u64 ggtt_flushes;	/* number of writes of GFX_FLSH_CNTL */
	__u64 ring_head;	/* number of distinct violations recorded since
				 * the start */
	__u64 irq_seen;		/* the irq_seq for which the simulator raised
				 * its last interrupt */
	__u64 context_accesses;	/* the part of 'accesses' that contexts of slots
				 * made */
	__u64 ppgtt_accesses;	/* the part of context_accesses that went
				 * through page tables */
	__u64 table_accesses;	/* number of page tables whose owner the judge
				 * checked */
	__u64 xen_known;	/* 1: the simulator has found Xen's
				 * structures */
	__u64 owners_unknown;	/* number of accesses to frames whose owner
				 * could not be found */
	__u64 compared;		/* number of owner words that were compared with
				 * Xen's structures */
	__u64 disagreed;	/* number of compared words that still differed
				 * after a whole round of dom0 that began after
				 * the comparison */
	__u64 late;		/* number of owner words that differed from
				 * Xen's structures, but no longer differed
				 * after such a round */
	__u64 undecided;	/* number of owner words that differ from Xen's
				 * structures now, and for which such a round
				 * has not ended yet */
	__u64 iommu_translations; /* iommu_*: copies of the simulator's counters
				   * with the same names */
	__u64 iommu_moved;
	__u64 iommu_faults;
	__u64 iommu_stale;
	__u64 sim_rounds;	/* the value of 'rounds' by which the simulator
				 * last decided */
	__u64 late_accesses;	/* number of accesses of a vGPU to a frame that
				 * had no owner in dom0's table, but was the
				 * vGPU's by Xen's structures, and that dom0's
				 * table then gave to the vGPU's domain, too */
	__u64 undecided_accesses; /* number of such accesses for which the round
				   * of dom0 that decides has not ended yet */
	__u64 undecided_round;	/* the smallest round_begun at which one of these
				 * accesses was made; 0: there are none */
	__u64 iommu_laps;	/* a copy, like the members iommu_* above */
	__u64 pad2[7];
};

struct xengt_judge_slice {
	__u64 active;		/* 0 or 1 */
	__u64 domid;
	__u64 low_base;		/* GGTT byte addresses, 4 KiB aligned */
	__u64 low_bytes;
	__u64 high_base;
	__u64 high_bytes;
	__u64 scratch_mfn;	/* the frame number by which entries point to
				 * the vGPU's scratch page (with an IOMMU this
				 * is no machine frame); 0: dom0 did not set
				 * it */
	__u64 pad;
};

/*
 * If dom0's own driver owns the GPU, this driver runs a part of a guest's work in a
 * context of the driver, whose ring has the driver's own commands before and behind the
 * guest's. dom0 writes the engine's element before the driver gives the part to the
 * engine. Commands of the ring outside of [begin, end) are the driver's own; such a
 * command may also reach the pages timeline and status. When the driver has ended a part
 * because of a hang, it runs the context's end with an indirect batch of its own; a
 * command in the page batch may also reach the page scratch.
 */
struct xengt_judge_part {
	__u64 seq;		/* odd while dom0 changes the element */
	__u64 image;		/* graphics address of the context's image; 0: the
				 * engine has no such context */
	__u64 ring;		/* graphics address of the ring */
	__u64 ring_bytes;
	__u64 begin;		/* offsets in the ring; end < begin: the guest's */
	__u64 end;		/* commands go on at the begin of the ring */
	__u64 timeline;		/* graphics addresses of pages of the driver: that */
	__u64 status;		/* of the context's timeline, and the engine's status
				 * page */
	__u64 batch;		/* graphics addresses of pages of the driver: that of */
	__u64 scratch;		/* its indirect batch (0: there is none), and the page
				 * to which this batch stores */
	__u64 pad[6];
};

/*
 * owner_found is the owner word by which the simulator judged the access: with
 * XENGT_JUDGE_V_UNCONFIRMED the word of dom0's table when the round ended that
 * decided. XENGT_JUDGE_V_RESIDUE gives owner_found and addr another meaning. The members from desc on say which context made the access and
 * how; these members are 0 if the simulator knows no context.
 */
struct xengt_judge_violation {
	__u64 seq;		/* number of the violation, from 1; written
				 * after all other members; 0: this element was
				 * never used */
	__u64 time_ns;		/* time of the first violation that 'count'
				 * counts, by the host's monotonic clock */
	__u64 last_time_ns;
	__u64 count;		/* number of violations with this place, frame
				 * and owner */
	__u64 mfn;
	__u64 ggtt_index;	/* index of the GGTT entry, or
				 * XENGT_JUDGE_NO_INDEX */
	__u64 owner_found;
	__u32 slot;		/* index of the slice, or XENGT_JUDGE_HOST */
	__u16 domid_expected;
	__u16 flags;		/* XENGT_JUDGE_V_* */

	__u64 desc;		/* the context's descriptor; 0: no context is
				 * known */
	__u64 command_addr;
	__u64 addr;		/* page number of the graphics address */
	__u32 command;		/* first dword of the last command fetched */
	__u8 engine;		/* 0 RCS, 1 VCS, 2 VECS, 3 BCS, 0xff none */
	__u8 level;		/* with V_TABLE: the table's level, from 3
				 * (PML4) to 0 (its entries point to pages of 4
				 * KiB) */
	__u8 n_tables;
	__u8 pad;
	__u64 table[4];		/* bus addresses of the tables, the root
				 * first */

	/* what was known about the frame at the first of these accesses */
	__u64 owner_xen;	/* the owner word by Xen's structures, with
				 * XENGT_JUDGE_DOMID_UNKNOWN if these are not
				 * known */
	__u64 owner_table;	/* the word of dom0's table */
	__u64 round;		/* hdr.round_begun */
	__u64 changed;		/* the frame's word in the table 'changed' */
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
#define XENGT_JUDGE_V_OUTSIDE	32U	/* the access was to a GGTT address
					 * outside of the context's slices */
#define XENGT_JUDGE_V_COMMAND	64U	/* the access was for a command's
					 * operand. Without this bit the command
					 * streamer made the access */
/*
 * This violation is not about a frame: the domain in owner_found left a value
 * in the hardware, and another domain can see the value. addr is the offset of
 * the register, or the command's first dword.
 */
#define XENGT_JUDGE_V_RESIDUE	128U
/* A cache wrote the page back after another owner had got the page. */
#define XENGT_JUDGE_V_LATE	256U
/*
 * At the time of the access the frame was the vGPU's by Xen's structures, and
 * dom0's table had no owner. A whole round of dom0 that began after the access
 * has not found that the frame belongs to the vGPU's domain.
 */
#define XENGT_JUDGE_V_UNCONFIRMED	512U

#endif /* XENGT_JUDGE_ABI_H */
