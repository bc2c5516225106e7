/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts that are the same on all GPUs that xengt drives, Gen8 and Gen9: engines
 * and their registers, interrupts, context images, entries of page tables. The
 * module, the boundary and the device model use these numbers. Facts that
 * differ between GPUs are in hw/platform.h. The simulator has its own copy of
 * the numbers, so that it can find a wrong number in this file.
 *
 * Source: Intel PRM Broadwell and Skylake, volume 2c (registers), volume 5
 * (page tables), volume 7 (context images, execlists, the status buffer).
 *
 * This header has only constants. The kernel and user space include this
 * header. The offset of a register is in bytes from the start of BAR0, or from
 * the engine's base where a comment says so.
 */
#ifndef XENGT_HW_FACTS_H
#define XENGT_HW_FACTS_H

#include "uapi/xengt.h"

/* ---- engines: each list is indexed by enum xengt_engine_id ---- */

/* Offset of each engine's registers in BAR0. */
#define XENGT_ENGINE_BASES {			\
	[XENGT_ENGINE_RCS] = 0x02000,		\
	[XENGT_ENGINE_VCS] = 0x12000,		\
	[XENGT_ENGINE_VECS] = 0x1a000,		\
	[XENGT_ENGINE_BCS] = 0x22000,		\
}

/*
 * The register GDRST and its bits. A bit resets one engine, or (FULL) all of
 * the GPU except the display.
 */
#define XENGT_GDRST			0x941c
#define XENGT_GDRST_FULL		0x01u
#define XENGT_GDRST_RCS			0x02u
#define XENGT_GDRST_VCS			0x04u
#define XENGT_GDRST_BCS			0x08u
#define XENGT_GDRST_VECS		0x10u

/* Offsets of an engine's registers, from the engine's base. */
#define XENGT_RING_TAIL			0x030
#define XENGT_RING_HEAD			0x034
#define XENGT_RING_START		0x038
#define XENGT_RING_CTL			0x03c
#define XENGT_RING_HWS_PGA		0x080
#define XENGT_RING_NOPID		0x094
#define XENGT_RING_HWSTAM		0x098
#define XENGT_RING_MI_MODE		0x09c
#define XENGT_RING_IMR			0x0a8
#define XENGT_RING_EIR			0x0b0
#define XENGT_RING_EMR			0x0b4
#define XENGT_RING_RESET_CTL		0x0d0
#define XENGT_RING_ELSP			0x230
#define XENGT_RING_STATUS_LO		0x234
#define XENGT_RING_MODE			0x29c
#define XENGT_RING_TIMESTAMP		0x358
#define XENGT_RING_CSB			0x370
#define XENGT_RING_CSB_PTR		0x3a0
/*
 * FORCE_TO_NONPRIV: each slot of this list has the offset of a register that
 * batches without privilege may write.
 */
#define XENGT_RING_NONPRIV		0x4d0
#define XENGT_NONPRIV_SLOTS		12

/*
 * The bits of RING_HEAD that are the offset in the ring. The upper bits count
 * wraps.
 */
#define XENGT_RING_ADDR			0x1ffffcu
#define XENGT_RING_TAIL_ADDR		0x1ffff8u
#define XENGT_RING_CTL_VALID		0x1u
#define XENGT_RING_CTL_PAGES		0x1ff000u	/* size of the ring in
							 * bytes, minus 4096 */
#define XENGT_MI_MODE_STOP		0x100u
#define XENGT_MI_MODE_IDLE		0x200u
#define XENGT_MODE_RUN_LIST		0x8000u
#define XENGT_RESET_REQUEST		0x1u
#define XENGT_RESET_READY		0x2u
#define XENGT_RESET_CAT_ERROR		0x4u

/*
 * Values for a masked register: the upper half of the value selects the bits of
 * the lower half that the write changes.
 */
#define XENGT_MASKED_SET(bits)		((bits) << 16 | (bits))
#define XENGT_MASKED_CLEAR(bits)	((bits) << 16)

/* ---- the GT ---- */

/*
 * While all bits of XENGT_GAMW_ECO_DEV_64K are set, bit 11 of a page
 * directory's entry selects 64 KiB pages (has_64k in hw/platform.h).
 */
#define XENGT_GAMW_ECO_DEV		0x4080
#define XENGT_GAMW_ECO_DEV_64K		0xfu
#define XENGT_FORCEWAKE_RENDER		0xa278
#define XENGT_FORCEWAKE_RENDER_ACK	0x0d84
#define XENGT_FORCEWAKE_MT		0xa188
#define XENGT_FORCEWAKE_MT_ACK		0x130044
#define XENGT_FORCEWAKE_MEDIA		0xa270
#define XENGT_FORCEWAKE_MEDIA_ACK	0x0d88
#define XENGT_GFX_FLSH_CNTL		0x101008
/*
 * Registers that flush the TLB of an engine, in this order: render, media 1, media
 * 2, blitter, video enhancement.
 */
#define XENGT_TLB_INVALIDATE(i)		(0x4260 + 4 * (i))
#define XENGT_TLB_INVALIDATE_BUSY	0x1u
#define XENGT_TLBS			5
#define XENGT_L3SQCREG4			0xb118
/*
 * The L3 cache's table of memory types (MOCS): each register has two entries.
 */
#define XENGT_L3_MOCS			0xb020
#define XENGT_PVINFO_MAGIC		0x78000
#define XENGT_PVINFO_MAGIC_VALUE	0x4776544776544776ull	/* "vGTvGTvG" */

/* ---- interrupts ---- */

#define XENGT_IRQ_MASTER		0x44200
#define XENGT_IRQ_MASTER_CONTROL	0x80000000u
/* Offsets of the registers of an interrupt bank, from the bank's base. */
#define XENGT_IRQ_ISR			0x0
#define XENGT_IRQ_IMR			0x4
#define XENGT_IRQ_IIR			0x8
#define XENGT_IRQ_IER			0xc
/*
 * Interrupt banks of the GT. Each bank except GT2 has the interrupts of one or
 * two engines: bits 15:0 are for RCS, VCS or VECS; bits 31:16 are for BCS or
 * VCS2.
 */
#define XENGT_IRQ_BANK_GT0		0x44300	/* RCS, BCS */
#define XENGT_IRQ_BANK_GT1		0x44310	/* VCS, VCS2 */
#define XENGT_IRQ_BANK_GT2		0x44320	/* power management, GuC */
#define XENGT_IRQ_BANK_GT3		0x44330	/* VECS */

/* Interrupts of an engine: bits in the engine's half of the bank's IIR. */
#define XENGT_ENGINE_IRQ_USER		0x001u
#define XENGT_ENGINE_IRQ_FLUSH		0x010u
#define XENGT_ENGINE_IRQ_SWITCH		0x100u

/* ---- execlists ---- */

/* Bits of the low dword of a context's descriptor. */
#define XENGT_DESC_VALID		0x001u
#define XENGT_DESC_FORCE_RESTORE	0x004u
#define XENGT_DESC_MODE_SHIFT		3
#define XENGT_DESC_MODE_MASK		0x3u
#define XENGT_DESC_MODE_LEGACY_32	1	/* page tables have three
						 * levels */
#define XENGT_DESC_MODE_LEGACY_64	3	/* page tables have four
						 * levels */
#define XENGT_DESC_L3LLC		0x020u
#define XENGT_DESC_PRIVILEGE		0x100u
#define XENGT_DESC_ADDR			0xfffff000u

/* Offsets in an engine's status page, in bytes. */
#define XENGT_HWS_CSB			0x40	/* the CSB: XENGT_CSB_SLOTS
						 * entries, each with a status
						 * dword and the context's id */
#define XENGT_HWS_CSB_LAST		0x7c	/* index of the entry that the
						 * engine wrote last */
#define XENGT_CSB_SLOTS			6

/* Bits of the status dword of a CSB entry. */
#define XENGT_CSB_IDLE_ACTIVE		0x0001u
#define XENGT_CSB_PREEMPTED		0x0002u
#define XENGT_CSB_ELEMENT		0x0004u
#define XENGT_CSB_ACTIVE_IDLE		0x0008u
#define XENGT_CSB_COMPLETE		0x0010u
#define XENGT_CSB_LITE_RESTORE		0x8000u

/* ---- the image of a context ---- */

/*
 * The state page: the number of the image's page that has the state of the
 * ring. Page 0 of the image is the context's status page.
 */
#define XENGT_STATE_PAGE		1

/*
 * Indices of dwords in the state page. RING_LIST and VM_LIST are headers of lists
 * of registers. ENGINE is the first dword of the part that differs between
 * engines. All others are values of registers; the dword before a value is the
 * offset of the register.
 */
enum xengt_state_dword {
	XENGT_ST_RING_LIST = 0x01,
	XENGT_ST_CTRL = 0x03,
	XENGT_ST_HEAD = 0x05,
	XENGT_ST_TAIL = 0x07,
	XENGT_ST_START = 0x09,
	XENGT_ST_CTL = 0x0b,
	XENGT_ST_BB_ADDR = 0x0f,	/* bit 0: the engine left the context within
					 * a batch */
	XENGT_ST_BB_STATE = 0x11,
	XENGT_ST_PER_CTX = 0x19,
	XENGT_ST_INDIRECT = 0x1b,
	XENGT_ST_INDIRECT_OFF = 0x1d,
	XENGT_ST_VM_LIST = 0x21,
	XENGT_ST_TIMESTAMP = 0x23,
	/*
	 * value of the upper half of PDP3. The value of the lower half is 2
	 * dwords later. PDP2, PDP1 and PDP0 follow in the same form; each PDP
	 * register takes 4 dwords
	 */
	XENGT_ST_PDP3_UDW = 0x25,
	XENGT_ST_ENGINE = 0x40,		/* first dword of the part that differs
					 * between engines */
};

/* ---- power ---- */

/*
 * Registers below this offset are in power wells that may be off: on Gen8 all these
 * registers, on Gen9 most of them, as the tables of forcewake ranges in i915 say. A
 * register whose power well is off reads 0 and ignores writes.
 */
#define XENGT_SLEEPING_BYTES		0x40000u

/* ---- commands that the module writes itself or looks for ---- */

#define XENGT_MI_NOOP			0x00000000u
#define XENGT_MI_ARB_CHECK		0x02800000u
#define XENGT_MI_ARB_OFF		0x04000000u
#define XENGT_MI_ARB_ON			0x04000001u
#define XENGT_MI_BATCH_END		0x05000000u
#define XENGT_MI_START			0x18800000u	/* the opcode of MI_BATCH_BUFFER_START */
/*
 * The first dword of MI_LOAD_REGISTER_IMM: without a length, and with the
 * length for n registers.
 */
#define XENGT_MI_LRI			0x11000000u
#define XENGT_MI_LRI_OF(n)		(XENGT_MI_LRI | (2 * (n) - 1))
#define XENGT_PIPE_CONTROL		0x7a000004u	/* PIPE_CONTROL with a
							 * length of 6 dwords */

/* ---- entries of the GGTT and of page tables ---- */

/*
 * The private PAT: one byte for each of 8 indices. The lowest byte is for index
 * 0.
 */
#define XENGT_PRIVATE_PAT_LO		0x40e0
#define XENGT_PRIVATE_PAT_HI		0x40e4

#define XENGT_PTE_PRESENT		0x001ull
#define XENGT_PTE_WRITABLE		0x002ull
#define XENGT_PTE_ADDR_BITS		39
#define XENGT_PTE_ADDR_MASK		0x7ffffff000ull	/* bits 38:12 */
/*
 * The bits PWT, PCD and PAT, which together are the index into the private PAT.
 */
#define XENGT_PTE_CACHE			0x098ull
#define XENGT_PTE_PAT			0x080ull
/*
 * Bits in an entry of a page directory. 2M: the entry points to a page of 2
 * MiB; then CACHE and PAT are the page's index into the private PAT. 64K: the
 * entry points to a table of level 1 whose entries point to pages of 64 KiB.
 */
#define XENGT_PDE_2M			0x080ull
#define XENGT_PDE_CACHE			0x018ull
#define XENGT_PDE_PAT			0x1000ull
#define XENGT_PDE_64K			0x800ull

/* ---- fences ---- */

#define XENGT_FENCES_MAX		32
#define XENGT_FENCE_BASE		0x100000	/* each fence register
							 * has 8 bytes */
#define XENGT_FENCE(n)			(XENGT_FENCE_BASE + 8 * (n))
#define XENGT_FENCE_VALID		0x1u
#define XENGT_FENCE_TILE_Y		0x2u
/* The bits of a fence register that have a meaning. */
#define XENGT_FENCE_BITS		0xfffffffffffff003ull

#endif /* XENGT_HW_FACTS_H */
