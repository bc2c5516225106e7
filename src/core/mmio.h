/* SPDX-License-Identifier: GPL-2.0-only */
/* BAR0: the one path that every guest access of it goes down. */
#ifndef XENGT_MMIO_H
#define XENGT_MMIO_H

#include "core/regs.h"

#define XENGT_MMIO_GGTT_OFF	(8u * XENGT_MIB)

/* What the guest did with a dword that has no row. */
#define XENGT_UNKNOWN_READ	0x01
#define XENGT_UNKNOWN_WRITTEN	0x02
/* Registers without a row that were met for the first time are kept as news, for
 * xengt_vgpu_next_unknown() to hand out. When this many wait, a further one is
 * no news; xengt_vgpu_regs() lists it all the same. */
#define XENGT_UNKNOWN_NEWS	64

struct xengt_mmio {
	const struct xengt_reg_index *index;
	uint32_t *regs;			/* what the guest sees, a dword each */
	uint8_t *unknown;		/* XENGT_UNKNOWN_*, of each dword */
	uint32_t news[XENGT_UNKNOWN_NEWS];	/* offsets not seen before */
	uint32_t news_count, news_told;
	/* RAM of the guest that shows a page of them; NULL: none. We never read
	 * it: the guest has ways to write it. */
	volatile uint32_t *shown[XENGT_REG_SPACE_BYTES / XENGT_PAGE_SIZE];
};

/* Registers have their power-on values then. Needs platform and info; index: of
 * the platform's generation, borrowed. -ENOMEM. */
int xengt_mmio_init(struct xengt_vgpu *vgpu,
		    const struct xengt_reg_index *index);
void xengt_mmio_fini(struct xengt_vgpu *vgpu);
/* Registers to power-on values; the notes about unknown ones stay. */
void xengt_mmio_reset(struct xengt_vgpu *vgpu);
/* The same, only for the block's registers of one unit, by its index in bases. */
void xengt_mmio_reset_unit(struct xengt_vgpu *vgpu,
			   const struct xengt_reg_block *block,
			   const struct xengt_reg_bases *bases, uint32_t unit);

/* The guest sees this page of registers in its RAM from now on, or (NULL) no
 * more. */
void xengt_mmio_show(struct xengt_vgpu *vgpu, uint32_t page, void *ram);

/*
 * One access, off in BAR0, size 1, 2, 4 or 8, any alignment. The part beyond
 * BAR0 reads all-ones.
 */
void xengt_mmio_access(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		       bool is_read, uint64_t *val);

/* The stored value of a register, without side effects: for handlers and for
 * tools, never for the guest. off is a multiple of 4 in the register space. */
uint32_t xengt_mmio_peek(const struct xengt_vgpu *vgpu, uint32_t off);
void xengt_mmio_poke(struct xengt_vgpu *vgpu, uint32_t off, uint32_t val);

#endif /* XENGT_MMIO_H */
