/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internals of the audit: the rows of its two tables, and the functions that
 * audit.c, audit_table.c and audit_regs.c share. Tests walk along the rows,
 * too.
 */
#ifndef XENGT_AUDIT_PRIV_H
#define XENGT_AUDIT_PRIV_H

#include "boundary/audit.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

/*
 * Where a command or a register exists or is allowed: sets of enum
 * xengt_engine_id, of generations (XENGT_GEN*) and of enum xengt_audit_kind, in
 * one word.
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

/* The engine and the generation as a 'where' word, without a kind. */
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
	XENGT_AUDIT_PLAIN,		/* no operands */
	XENGT_AUDIT_OPERANDS,		/* as mem, reg_read and reg_write say */
	XENGT_AUDIT_LRI,		/* pairs of a register and its value */
	XENGT_AUDIT_MATH,		/* operations on the context's own registers */
	/* as mem says; the length depends on the form */
	XENGT_AUDIT_ATOMIC,
	/* as mem says; with bit 16 the operand is a register */
	XENGT_AUDIT_SEMAPHORE,
	XENGT_AUDIT_LOAD_MEM,		/* as mem and reg_write say; see is_gpu */
	XENGT_AUDIT_START,
	XENGT_AUDIT_ARBITRATION,	/* MI_ARB_ON_OFF */
	XENGT_AUDIT_END,
	XENGT_AUDIT_STORE_INDEX,
	XENGT_AUDIT_FLUSH,		/* MI_FLUSH_DW */
	XENGT_AUDIT_PIPE_CONTROL,
};

/*
 * An operand in memory: a 64-bit address in dwords [at, at + 1]. It is in the
 * GGTT if 'bit' of dword 0 is set. The command reaches 'bytes' bytes (a power
 * of two), aligned to their number; 0: as many as the command has dwords behind
 * the address. 'at' is 0: there is no operand.
 */
struct xengt_audit_mem {
	uint8_t at;
	uint8_t bit;
	uint8_t bytes;
};

#define XENGT_AUDIT_MEMS	2

/*
 * A command. Its opcode is its place in a table. If commands of one opcode
 * differ by engine or generation, their rows form a list; no two rows of a list
 * are for the same engine and generation.
 */
struct xengt_audit_cmd {
	const char *name;		/* NULL: no such command */
	/* why the command is refused where it is not allowed */
	const char *why;
	const struct xengt_audit_cmd *other;	/* the next row of the same opcode */
	/* the command is refused if one of these bits of dword 0 is set */
	uint32_t mbz;
	uint32_t mbz1;			/* as mbz, for dword 1 */
	uint32_t where;			/* without a kind: allowed in no stream */
	/*
	 * length in dwords: (dword 0 & len_mask) + len_bias, within [len_min,
	 * len_max]
	 */
	uint32_t len_mask;
	uint32_t len_min;
	uint32_t len_max;
	uint8_t len_bias;
	uint8_t check;			/* enum xengt_audit_check */
	uint8_t patched;		/* bit n: the audit may change dword n */
	/* dword with the register that is read; 0: none */
	uint8_t reg_read;
	/*
	 * dword with the register that is written with an unknown value; 0:
	 * none
	 */
	uint8_t reg_write;
	struct xengt_audit_mem mem[XENGT_AUDIT_MEMS];
};

/* A register, or a range of registers, from offset first to offset last. */
struct xengt_audit_reg_row {
	const char *name;
	uint32_t first;
	uint32_t last;
	uint32_t reads;			/* kinds of stream that may read it */
	uint32_t writes;
	uint16_t where;			/* engines and generations */
	uint16_t deny;			/* bits that must not be set */
	/* the high half of a value is a mask of the low half */
	bool is_masked;
	/* belongs to no context: the value is the GPU's */
	bool is_gpu;
};

/*
 * The tables of commands. The opcode is in bits 28:23 of dword 0 for MI
 * commands, in bits 28:22 for the blitter's, and in bits 28:16 for those of the
 * pipelines. Bits 31:24 choose a group, which says where its rows are: all MI
 * rows and all rows of the blitter are one table each; the pipelines' rows are
 * tables of equal bits 28:24. The render engine has one set of groups, the
 * other engines have another. An empty group has no command.
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
	uint32_t first;			/* dword 0 >> shift of rows[0] */
	uint16_t count;			/* number of rows */
	uint16_t shift;			/* the opcode's lowest bit in dword 0 */
};

#define XENGT_AUDIT_GROUPS	256

extern const struct xengt_audit_cmd xengt_audit_mi[64];
extern const struct xengt_audit_cmd xengt_audit_blt[128];
extern const struct xengt_audit_group xengt_audit_render[XENGT_AUDIT_GROUPS];
extern const struct xengt_audit_group xengt_audit_video[XENGT_AUDIT_GROUPS];

/*
 * Bits 31:24 of commands, with the rows of the commands that begin with them.
 */
#define XENGT_AUDIT_GROUP_AT(top, table, bit)				       \
	{ table, (top) << 24 >> (bit), sizeof(table) / sizeof((table)[0]),     \
	  bit }
/* The groups that both sets have: MI and the blitter. */
#define XENGT_AUDIT_COMMON_GROUPS					       \
	[0x00 ... 0x1f] = XENGT_AUDIT_GROUP_AT(0x00u, xengt_audit_mi,	       \
					       XENGT_AUDIT_MI_SHIFT),	       \
	[0x40 ... 0x5f] = XENGT_AUDIT_GROUP_AT(0x40u, xengt_audit_blt,	       \
					       XENGT_AUDIT_BLT_SHIFT)
/* A group of the pipelines. */
#define XENGT_AUDIT_GROUP(top, table)					       \
	[top] = XENGT_AUDIT_GROUP_AT(top##u, table, XENGT_AUDIT_PIPE_SHIFT)

/* An empty row: its where is 0, so no engine has the command. */
extern const struct xengt_audit_cmd xengt_audit_none;

/* The set of groups for the commands of this engine. */
static inline const struct xengt_audit_group *xengt_audit_pipes(uint32_t where)
{
	return where & ON_RCS ? xengt_audit_render : xengt_audit_video;
}

/*
 * The first row at the command's place, which may be empty. Returns NULL if
 * there is no such place. Every command of every stream is looked up, so this
 * function has no branch for each kind of command.
 */
static inline const struct xengt_audit_cmd *
xengt_audit_place(const struct xengt_audit_group *groups, uint32_t dw0)
{
	const struct xengt_audit_group *group = &groups[dw0 >> 24];
	uint32_t at = (dw0 >> group->shift) - group->first;

	return at < group->count ? &group->rows[at] : NULL;
}

/* As xengt_audit_place(), but never NULL: an empty row if there is no such place. */
static inline const struct xengt_audit_cmd *
xengt_audit_first(const struct xengt_audit_group *groups, uint32_t dw0)
{
	const struct xengt_audit_cmd *row = xengt_audit_place(groups, dw0);

	return row ? row : &xengt_audit_none;
}

/*
 * The row of a command on the engine and the generation that 'where' names; the
 * kind in 'where' is ignored. Returns NULL if this hardware has no such
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
 * The length in dwords of a command of this row, from the command's first
 * dword.
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
 * The row of the register at off: one of the engine's registers, which begin at
 * base, or one of the GPU's. Returns NULL if no row has the register, or if its
 * row does not hold on the engine and generation of 'where'; the kind in 'where'
 * is ignored.
 */
const struct xengt_audit_reg_row *
xengt_audit_find_reg(uint32_t where, uint32_t base, uint32_t off);

uint32_t xengt_audit_base(const struct xengt_audit *audit);

/*
 * Offset, from the engine's base, of a register on whose value nothing depends.
 */
#define XENGT_AUDIT_NOPID	0x094u

/* A walk along all rows. Starts as { 0 }. */
struct xengt_audit_walk {
	uint32_t op;			/* dword 0 >> 16 of the next place */
	/* dword 0 of the row's command without length and flags */
	uint32_t opcode;
	/* the next place is in the group of the video engines */
	bool is_video;
	const struct xengt_audit_cmd *row;
};

/*
 * The next row; walk->opcode becomes dword 0 of its command without length and
 * flags. Returns NULL if there are no more rows.
 */
const struct xengt_audit_cmd *xengt_audit_next(struct xengt_audit_walk *walk);

/*
 * The row with this index, or NULL if there is no such row. *ret_is_engine: its
 * offsets are relative to the engine's base.
 */
const struct xengt_audit_reg_row *xengt_audit_reg_at(uint32_t index,
						  bool *ret_is_engine);

/*
 * Check a row of an opcode (and those that row.other leads to), a row of a
 * register, the table of registers. Return NULL, or a text that says what is
 * wrong.
 */
const char *xengt_audit_check_cmd(const struct xengt_audit_cmd *row,
				  uint32_t opcode);
const char *xengt_audit_check_reg(const struct xengt_audit_reg_row *row);
const char *xengt_audit_check_regs(void);

#endif /* XENGT_AUDIT_PRIV_H */
