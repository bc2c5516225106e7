/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The register table: a row for each register, a file for each hardware block
 * (regs/<block>.c). Everything that is known about a register is in its row;
 * lookup, reset, checks, docs/registers.md and the tests use the rows.
 */
#ifndef XENGT_REGS_H
#define XENGT_REGS_H

#include "hw/platform.h"
#include "xengt/types.h"

struct xengt_vgpu;
struct xengt_reg;

#define XENGT_REG_SPACE_BYTES	(2u * XENGT_MIB)
#define XENGT_REG_SPACE_DWORDS	(XENGT_REG_SPACE_BYTES / 4)

enum xengt_reg_policy {
	XENGT_REG_NO_ROW = 0,	/* policy of an offset without a row */
	XENGT_REG_SHADOW,	/* plain memory of the vGPU */
	XENGT_REG_TRAP,		/* plain memory of the vGPU, with handlers */
	XENGT_REG_DENY,		/* a read returns .reset, a write is dropped;
				 * both are counted */
};

/*
 * The high half of a written dword selects which bits of the low half are
 * written.
 */
#define XENGT_REG_MASKED	0x01
/*
 * Drivers read this register all the time: its page should be readable without
 * an exit, so no register on that page may have a read handler.
 */
#define XENGT_REG_HOT		0x02

/*
 * Units (engines, pipes) that have the same registers, each unit from its own
 * base in BAR0.
 */
#define XENGT_REG_BASES_MAX	12

struct xengt_reg_bases {
	uint32_t count;
	uint32_t base[XENGT_REG_BASES_MAX];
};

/*
 * Masks and reset value have 32 bits; in a row of .len 8 they apply to each of
 * the two dwords. A handler's argument 'off' is the offset in BAR0 of the dword
 * that is accessed.
 */
struct xengt_reg {
	const char *name;	/* name in the PRM of the first platform that
				 * has the register */
	const struct xengt_reg_bases *bases;	/* base of each unit; NULL:
						 * there is one unit, with base
						 * 0 */
	uint32_t off;		/* offset of the first instance, from the
				 * base */
	uint32_t stride;	/* bytes from one instance to the next; 0 if
				 * there is only one */
	uint16_t count;		/* number of instances in each unit; 0 means
				 * 1 */
	uint8_t len;		/* bytes of one instance: 4 or 8 */
	uint8_t gens;
	uint8_t policy;		/* enum xengt_reg_policy */
	uint8_t flags;
	uint32_t reset;
	uint32_t ro;		/* bits that writes do not change */
	uint32_t w1c;		/* bits that a written 1 clears */
	/* The power-on value, if it differs between vGPUs; replaces .reset. */
	uint32_t (*init)(const struct xengt_vgpu *vgpu,
			 const struct xengt_reg *reg, uint32_t off);
	/*
	 * Only for TRAP. Returns the value that a read returns; this value is
	 * also stored.
	 */
	uint32_t (*read)(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			 uint32_t off, uint32_t old);
	/*
	 * Only for TRAP. new: the written value with all masks applied. Returns
	 * the value to store.
	 */
	uint32_t (*write)(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new);
};

struct xengt_reg_block {
	const char *name;
	const struct xengt_reg *rows;
	size_t count;
};

/* One block for each file in regs/; reg_list.c lists them all. */
extern const struct xengt_reg_block xengt_regs_chicken;
extern const struct xengt_reg_block xengt_regs_display_pipe;
extern const struct xengt_reg_block xengt_regs_display_port;
extern const struct xengt_reg_block xengt_regs_display_power;
extern const struct xengt_reg_block xengt_regs_engine;
extern const struct xengt_reg_block xengt_regs_fence;
extern const struct xengt_reg_block xengt_regs_gt;
extern const struct xengt_reg_block xengt_regs_irq;
extern const struct xengt_reg_block xengt_regs_pcode;
extern const struct xengt_reg_block xengt_regs_pvinfo;

/*
 * The bases of the engines, by enum xengt_engine_id, and of the interrupt
 * banks, by enum xengt_irq_bank.
 */
extern const struct xengt_reg_bases xengt_engine_bases;
extern const struct xengt_reg_bases xengt_irq_bases;

/* All blocks; a NULL ends the array. */
extern const struct xengt_reg_block *const xengt_reg_blocks[];

/*
 * Maps the offset of a dword to its row, for one generation. The index is built
 * once, shared by all vGPUs, and never changed. rows[0] is returned for dwords
 * without a row; the rows of registers follow.
 */
#define XENGT_REG_HOT_PAGES_MAX	4

struct xengt_reg_index {
	const struct xengt_reg **rows;
	uint32_t count;
	uint16_t of_dword[XENGT_REG_SPACE_DWORDS];
	uint32_t hot_pages[XENGT_REG_HOT_PAGES_MAX];	/* pages with hot registers:
							 * offset in BAR0 / 4096 */
	uint32_t hot_page_count;
};

/*
 * Check the table and build its index. Returns 0; -EINVAL: a row breaks a rule,
 * and 'why' says which row and rule ('why' NULL: no text); -ENOMEM. Rules:
 * offsets (from the base) sorted and aligned, inside the register space; a list
 * of bases has at least one base; a dword belongs to one row of a generation;
 * names are unique in a generation; masks are disjoint; masked registers use
 * the low half only; a TRAP row has a handler, and rows of other policies have
 * no handler; a DENY row has no masks; the page of a hot register has no row
 * with .read, and no writable SHADOW row without flags.
 */
int xengt_regs_build(const struct xengt_reg_block *const *blocks,
		     unsigned int gen_index, struct xengt_reg_index **ret_index,
		     char *why, size_t why_len);
void xengt_regs_free(struct xengt_reg_index *index);
/*
 * Check the table for every generation; the result of xengt_regs_build() is not
 * kept.
 */
int xengt_regs_check(const struct xengt_reg_block *const *blocks, char *why,
		     size_t why_len);
/*
 * Get the shared index of all blocks. Returns 0, or the error of
 * xengt_regs_build().
 */
int xengt_regs_get(unsigned int gen_index,
		   const struct xengt_reg_index **ret_index);

/* The row of a dword of the register space; never NULL. */
static inline const struct xengt_reg *
xengt_reg_of(const struct xengt_reg_index *index, uint32_t dword)
{
	return index->rows[index->of_dword[dword]];
}

/* Number of instances in one unit, and in all units. */
static inline uint32_t xengt_reg_unit_count(const struct xengt_reg *reg)
{
	return reg->count ? reg->count : 1;
}

static inline uint32_t xengt_reg_count(const struct xengt_reg *reg)
{
	return xengt_reg_unit_count(reg) * (reg->bases ? reg->bases->count : 1);
}

/* The offset in BAR0 of instance i; i is below xengt_reg_count(). */
static inline uint32_t xengt_reg_off(const struct xengt_reg *reg, uint32_t i)
{
	uint32_t per_unit = xengt_reg_unit_count(reg);
	uint32_t base = reg->bases ? reg->bases->base[i / per_unit] : 0;

	return base + reg->off + i % per_unit * reg->stride;
}

#endif /* XENGT_REGS_H */
