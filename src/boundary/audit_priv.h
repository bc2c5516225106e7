/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internals of the audit: the rows of its two tables, and the functions that
 * audit.c, audit_table.c and audit_regs.c share. Tests also walk along the
 * rows.
 */
#ifndef XENGT_AUDIT_PRIV_H
#define XENGT_AUDIT_PRIV_H

#include "boundary/audit.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

/*
 * Bits of a 'where' word: three sets in one word. The sets of enum
 * xengt_engine_id (ON_*) and of generations (OF_*) say where a command or
 * register exists; the set of enum xengt_audit_kind (IN_*) says in which
 * streams it is allowed.
 */
enum xengt_audit_where {
	ON_RCS		= 1 << XENGT_ENGINE_RCS,
	ON_VCS		= 1 << XENGT_ENGINE_VCS,
	ON_VECS		= 1 << XENGT_ENGINE_VECS,
	ON_BCS		= 1 << XENGT_ENGINE_BCS,
	ON_XCS		= ON_VCS | ON_VECS | ON_BCS,
	ON_ALL		= ON_RCS | ON_XCS,
	OF_GEN8		= XENGT_GEN8 << 8,
	OF_GEN9		= XENGT_GEN9 << 8,
	OF_ALL		= OF_GEN8 | OF_GEN9,
	IN_RING		= 1 << (16 + XENGT_AUDIT_RING),
	IN_BATCH	= 1 << (16 + XENGT_AUDIT_BATCH),
	IN_USER		= 1 << (16 + XENGT_AUDIT_USER_BATCH),
	IN_INDIRECT	= 1 << (16 + XENGT_AUDIT_INDIRECT_CTX),
	IN_PER_CTX	= 1 << (16 + XENGT_AUDIT_PER_CTX),
	IN_IMAGE	= 1 << (16 + XENGT_AUDIT_IMAGE),
	IN_CTX		= IN_INDIRECT | IN_PER_CTX,
	IN_PRIV		= IN_RING | IN_BATCH | IN_CTX,
	IN_STREAM	= IN_PRIV | IN_USER,
	ANY		= ON_ALL | OF_ALL,
	RENDER		= ON_RCS | OF_ALL,
};

/* A 'where' word with one engine and one generation, and without IN_* bits. */
static inline uint32_t xengt_audit_on(const struct xengt_platform *platform,
				      enum xengt_engine_id engine)
{
	return 1u << engine | (uint32_t)platform->gen << 8;
}

static inline uint32_t xengt_audit_hardware(const struct xengt_audit *audit)
{
	return xengt_audit_on(audit->platform, audit->engine);
}

static inline uint32_t xengt_audit_kind_bit(enum xengt_audit_kind kind)
{
	return 1u << (16 + kind);
}

/* How the operands of a command are checked. */
enum xengt_audit_check {
	XENGT_AUDIT_PLAIN,		/* the command has no operands */
	XENGT_AUDIT_OPERANDS,		/* check the operands that mem, reg_read
					 * and reg_write of the row name */
	XENGT_AUDIT_LRI,		/* check each pair of a register and its
					 * value */
	XENGT_AUDIT_MATH,		/* MI_MATH: operations on the context's own
					 * registers */
	/*
	 * check the operands that mem names; the command's length depends on
	 * its form
	 */
	XENGT_AUDIT_ATOMIC,
	/*
	 * check the operands that mem names; if bit 16 of dword 0 is set, the
	 * operand is a register
	 */
	XENGT_AUDIT_SEMAPHORE,
	XENGT_AUDIT_LOAD_MEM,		/* check the operands that mem and
					 * reg_write name; if is_gpu is set in the
					 * register's row, replace the command */
	XENGT_AUDIT_START,
	XENGT_AUDIT_ARBITRATION,	/* MI_ARB_ON_OFF */
	XENGT_AUDIT_END,
	XENGT_AUDIT_STORE_INDEX,
	XENGT_AUDIT_FLUSH,		/* MI_FLUSH_DW */
	XENGT_AUDIT_PIPE_CONTROL,
};

/*
 * An operand in memory. Dwords 'at' and 'at' + 1 of the command are a 64-bit
 * address; 'at' is 0: there is no operand. If bit number 'bit' of dword 0 is
 * set, the address is in the GGTT. The command accesses 'bytes' bytes, which is
 * a power of two; the accessed range is aligned to this number. bytes 0: the
 * command writes all its dwords after the address to memory.
 */
struct xengt_audit_mem {
	uint8_t at;
	uint8_t bit;
	uint8_t bytes;
};

#define XENGT_AUDIT_MEMS	2

/*
 * The row of a command. The row's index in its table is the command's opcode.
 * If commands with the same opcode differ by engine or generation, each has its
 * own row; 'other' links these rows to a list. No two rows of such a list are
 * for the same engine and generation.
 */
struct xengt_audit_cmd {
	const char *name;		/* NULL: there is no such command */
	/*
	 * the reason why streams that are not in 'where' must not have the
	 * command
	 */
	const char *why;
	const struct xengt_audit_cmd *other;	/* the next row with the same
						 * opcode */
	/* the command is refused if one of these bits of dword 0 is set */
	uint32_t mbz;
	uint32_t mbz1;			/* like mbz, but for dword 1 */
	uint32_t where;			/* without IN_* bits: no stream may have
					 * the command */
	/*
	 * the command's length in dwords is (dword 0 & len_mask) + len_bias,
	 * and must be in [len_min, len_max]
	 */
	uint32_t len_mask;
	uint32_t len_min;
	uint32_t len_max;
	uint8_t len_bias;
	uint8_t check;			/* enum xengt_audit_check */
	uint8_t patched;		/* bit n: the audit may change dword n */
	/*
	 * index of the dword with the offset of the register that the command
	 * reads; 0: there is none
	 */
	uint8_t reg_read;
	/*
	 * index of the dword with the offset of the register to which the
	 * command writes a value that the audit cannot know; 0: there is none
	 */
	uint8_t reg_write;
	struct xengt_audit_mem mem[XENGT_AUDIT_MEMS];
};

/*
 * The row of a register, or of the registers from offset 'first' to offset
 * 'last'.
 */
struct xengt_audit_reg_row {
	const char *name;
	uint32_t first;
	uint32_t last;
	uint32_t reads;			/* IN_* bits of the kinds of streams
					 * that may read the register */
	uint32_t writes;
	uint16_t where;			/* engines and generations that have the
					 * register */
	uint16_t deny;			/* bits that a written value must not
					 * set */
	/*
	 * the upper half of a written value selects the bits of the lower half
	 * that the write changes
	 */
	bool is_masked;
	/*
	 * the register belongs to no context; all contexts must use the GPU's
	 * own value
	 */
	bool is_gpu;
};

/*
 * The tables of commands. The opcode of an MI command is bits 28:23 of dword 0,
 * the opcode of a blitter command is bits 28:22, and the opcode of a pipeline
 * command is bits 28:16. Bits 31:24 of dword 0 are the index of a group, which
 * names a table of rows. All MI rows are one table, and all rows of the blitter
 * are one table. The pipelines' rows are several tables, one for each value of
 * bits 28:24. The render engine has a set of groups, and all other engines
 * share a second set. An empty group has no command.
 */
#define XENGT_AUDIT_CLIENT(dw0)	((dw0) >> 29)
#define XENGT_AUDIT_CLIENT_MI	0u
#define XENGT_AUDIT_CLIENT_BLT	2u
#define XENGT_AUDIT_CLIENT_PIPE	3u
#define XENGT_AUDIT_MI_SHIFT	23
#define XENGT_AUDIT_BLT_SHIFT	22
#define XENGT_AUDIT_PIPE_SHIFT	16

struct xengt_audit_group {
	const struct xengt_audit_cmd *rows;
	uint32_t first;			/* the value of (dword 0 >> shift) for
					 * rows[0] */
	uint16_t count;			/* number of rows */
	uint16_t shift;			/* number of the opcode's lowest bit in
					 * dword 0 */
};

#define XENGT_AUDIT_GROUPS	256

extern const struct xengt_audit_cmd xengt_audit_mi[64];
extern const struct xengt_audit_cmd xengt_audit_blt[128];
extern const struct xengt_audit_group xengt_audit_render[XENGT_AUDIT_GROUPS];
extern const struct xengt_audit_group xengt_audit_video[XENGT_AUDIT_GROUPS];

/*
 * A group, whose commands have 'top' in bits 31:24; 'bit' is the opcode's
 * lowest bit.
 */
#define XENGT_AUDIT_GROUP_AT(top, table, bit)				       \
	{ table, (top) << 24 >> (bit), sizeof(table) / sizeof((table)[0]),     \
	  bit }
/* The groups that are in both sets: MI and the blitter. */
#define XENGT_AUDIT_COMMON_GROUPS					       \
	[0x00 ... 0x1f] = XENGT_AUDIT_GROUP_AT(0x00u, xengt_audit_mi,	       \
					       XENGT_AUDIT_MI_SHIFT),	       \
	[0x40 ... 0x5f] = XENGT_AUDIT_GROUP_AT(0x40u, xengt_audit_blt,	       \
					       XENGT_AUDIT_BLT_SHIFT)
/* A group of the pipelines. */
#define XENGT_AUDIT_GROUP(top, table)					       \
	[top] = XENGT_AUDIT_GROUP_AT(top##u, table, XENGT_AUDIT_PIPE_SHIFT)

/*
 * An empty row. The member 'where' of this row is 0, so no engine has the
 * command.
 */
extern const struct xengt_audit_cmd xengt_audit_none;

/* The set of groups for the commands of this engine. */
static inline const struct xengt_audit_group *xengt_audit_pipes(uint32_t where)
{
	return where & ON_RCS ? xengt_audit_render : xengt_audit_video;
}

/*
 * The first row for the opcode of a command. The row may be empty. Returns NULL
 * if no table has an element for this opcode. The audit calls this function for
 * each command of each stream, so the function avoids branches for the kinds of
 * commands.
 */
static inline const struct xengt_audit_cmd *
xengt_audit_place(const struct xengt_audit_group *groups, uint32_t dw0)
{
	const struct xengt_audit_group *group = &groups[dw0 >> 24];
	uint32_t at = (dw0 >> group->shift) - group->first;

	return at < group->count ? &group->rows[at] : NULL;
}

/* Like xengt_audit_place(), but returns an empty row instead of NULL. */
static inline const struct xengt_audit_cmd *
xengt_audit_first(const struct xengt_audit_group *groups, uint32_t dw0)
{
	const struct xengt_audit_cmd *row = xengt_audit_place(groups, dw0);

	return row ? row : &xengt_audit_none;
}

/*
 * The row of a command for the engine and the generation in 'where'. The IN_*
 * bits of 'where' are ignored. Returns NULL if this hardware has no such
 * command.
 */
static inline const struct xengt_audit_cmd *xengt_audit_find(uint32_t where,
							     uint32_t dw0)
{
	const struct xengt_audit_cmd *row =
		xengt_audit_first(xengt_audit_pipes(where), dw0);

	while (where & ANY & ~row->where) {
		row = row->other;
		if (!row)
			break;
	}
	return row;
}

/*
 * The length in dwords that the first dword of a command gives. 'row' is the
 * command's row.
 */
static inline uint32_t xengt_audit_len(const struct xengt_audit_cmd *row,
				       uint32_t dw0)
{
	return (dw0 & row->len_mask) + row->len_bias;
}

static inline bool xengt_audit_len_ok(const struct xengt_audit_cmd *row,
				      uint32_t len)
{
	return len >= row->len_min && len <= row->len_max;
}

/*
 * The row of the register at offset 'off' of BAR0. 'base' is the offset of the
 * engine's registers. Returns NULL if the register has no row, or if the engine
 * and generation in 'where' do not have the register. The IN_* bits of 'where'
 * are ignored.
 */
const struct xengt_audit_reg_row *
xengt_audit_find_reg(uint32_t where, uint32_t base, uint32_t off);

uint32_t xengt_audit_base(const struct xengt_audit *audit);

/*
 * The offset, from the engine's base, of a register whose value has no effect.
 */
#define XENGT_AUDIT_NOPID	0x094u

/*
 * The state of a walk along all rows. Before the first step the struct is { 0
 * }.
 */
struct xengt_audit_walk {
	uint32_t op;			/* the value of (dword 0 >> 16) for the
					 * next opcode */
	/* dword 0 of the row's command, without length and flags */
	uint32_t opcode;
	/* the next opcode is looked up in the groups of the video engines */
	bool is_video;
	const struct xengt_audit_cmd *row;
};

/*
 * The next row. walk->opcode becomes dword 0 of the row's command, without
 * length and flags. Returns NULL if there are no more rows.
 */
const struct xengt_audit_cmd *xengt_audit_next(struct xengt_audit_walk *walk);

/*
 * The register row with this index, or NULL if there is no such row.
 * *ret_is_engine: the row's offsets are relative to the engine's base.
 */
const struct xengt_audit_reg_row *xengt_audit_reg_at(uint32_t index,
						  bool *ret_is_engine);

/*
 * Checks of a command's row and of its list row->other, of a register's row,
 * of a block of rows, and of the whole table of registers. Each function
 * returns NULL, or a text that says what is wrong. A block has the registers
 * whose offset, shifted right by 'shift', is 'block'.
 */
const char *xengt_audit_check_cmd(const struct xengt_audit_cmd *row,
				  uint32_t opcode);
const char *xengt_audit_check_reg(const struct xengt_audit_reg_row *row);
const char *xengt_audit_check_block(const struct xengt_audit_reg_row *rows,
				    uint32_t count, uint32_t block,
				    uint32_t shift);
const char *xengt_audit_check_regs(void);

#endif /* XENGT_AUDIT_PRIV_H */
