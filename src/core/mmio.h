/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out accesses of BAR0. Each trapped access of BAR0 goes through
 * xengt_mmio_access().
 */
#ifndef XENGT_MMIO_H
#define XENGT_MMIO_H

#include "core/regs.h"
#include "xengt/types.h"

#define XENGT_MMIO_GGTT_OFF	(8u * XENGT_MIB)

/*
 * Flags for a dword of the register space without a row in the table: how the
 * guest has used the dword.
 */
#define XENGT_UNKNOWN_READ	0x01
#define XENGT_UNKNOWN_WRITTEN	0x02
/*
 * Length of the queue of registers without a row that the guest used for the
 * first time. xengt_vgpu_next_unknown() takes registers out of the queue. While
 * the queue is full, further registers are not queued; xengt_vgpu_regs() lists
 * these registers, too.
 */
#define XENGT_UNKNOWN_NEWS	64

struct xengt_mmio {
	const struct xengt_reg_index *index;
	uint32_t *regs;			/* values of the registers, one for each
					 * dword */
	uint8_t *unknown;		/* XENGT_UNKNOWN_* for each dword */
	uint32_t news[XENGT_UNKNOWN_NEWS];	/* the queue: offsets of
						 * registers */
	uint32_t news_count, news_told;
	/*
	 * For each page of registers, the RAM of the guest that shows the
	 * values of these registers; NULL if the page has no such RAM. The core
	 * never reads this RAM, because the guest has ways to write it.
	 */
	volatile uint32_t *shown[XENGT_REG_SPACE_BYTES / XENGT_PAGE_SIZE];
};

/*
 * Allocate the registers and give them their power-on values. The vGPU's
 * platform and info must be set. index: the register index of the platform's
 * generation; the caller frees it after xengt_mmio_fini(). Returns 0 or
 * -ENOMEM.
 */
int xengt_mmio_init(struct xengt_vgpu *vgpu,
		    const struct xengt_reg_index *index);
void xengt_mmio_fini(struct xengt_vgpu *vgpu);
/*
 * Reset all registers to power-on values. The flags of dwords without a row
 * (XENGT_UNKNOWN_*) are unchanged.
 */
void xengt_mmio_reset(struct xengt_vgpu *vgpu);
/*
 * Reset only the registers of one unit of a block; unit is an index into the
 * block's bases.
 */
void xengt_mmio_reset_unit(struct xengt_vgpu *vgpu,
			   const struct xengt_reg_block *block,
			   const struct xengt_reg_bases *bases, uint32_t unit);

/*
 * From now on the guest reads this page of registers from 'ram'. ram NULL:
 * reads of the page trap again.
 */
void xengt_mmio_show(struct xengt_vgpu *vgpu, uint32_t page, void *ram);

/*
 * Carry out one access: off is the offset in BAR0, size is 1, 2, 4 or 8, and
 * any alignment is possible. Bytes beyond BAR0's end read as all-ones.
 */
void xengt_mmio_access(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		       bool is_read, uint64_t *val);

/*
 * Read or set the stored value of a register, without side effects. These
 * functions are for handlers and for xengt-ctl, never for an access of the
 * guest. off is a multiple of 4 in the register space.
 */
uint32_t xengt_mmio_peek(const struct xengt_vgpu *vgpu, uint32_t off);
void xengt_mmio_poke(struct xengt_vgpu *vgpu, uint32_t off, uint32_t val);

#endif /* XENGT_MMIO_H */
