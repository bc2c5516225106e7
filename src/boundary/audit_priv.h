/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the audit: the rows of its two tables, and what audit.c,
 * audit_table.c and audit_regs.c offer each other. Tests walk the rows, too.
 */
#ifndef XENGT_AUDIT_PRIV_H
#define XENGT_AUDIT_PRIV_H

#include "audit.h"
#include "hw/platform.h"

/*
 * Where a command or a register is: sets of enum xengt_engine_id, generations
 * (XENGT_GEN*) and enum xengt_audit_kind in one word.
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

/* The one place of what runs there, without a kind. */
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
	XENGT_AUDIT_PLAIN,		/* there are none */
	XENGT_AUDIT_OPERANDS,		/* by mem, reg_read and reg_write */
	XENGT_AUDIT_LRI,		/* pairs of register and value */
	XENGT_AUDIT_MATH,		/* of registers that are the context's */
	XENGT_AUDIT_ATOMIC,		/* by mem; as long as its form says */
	XENGT_AUDIT_SEMAPHORE,		/* by mem; bit 16: a register */
	XENGT_AUDIT_LOAD_MEM,		/* by mem and reg_write; see is_gpu */
	XENGT_AUDIT_START,
	XENGT_AUDIT_ARBITRATION,	/* MI_ARB_ON_OFF */
	XENGT_AUDIT_END,
	XENGT_AUDIT_STORE_INDEX,
	XENGT_AUDIT_FLUSH,		/* MI_FLUSH_DW */
	XENGT_AUDIT_PIPE_CONTROL,
};

/*
 * A 64-bit address in dwords [at, at + 1], naturally aligned to bytes (a power
 * of two), in the GGTT if the bit of dword 0 is set. bytes 0: as many as the
 * command has dwords behind the address. at 0: no operand.
 */
struct xengt_audit_mem {
	uint8_t at;
	uint8_t bit;
	uint8_t bytes;
};

#define XENGT_AUDIT_MEMS	2

/*
 * A command. Its opcode is where it stands in a table. Rows of one opcode that
 * differ by engine or generation are a list, of which no two are for one place.
 */
struct xengt_audit_cmd {
	const char *name;		/* NULL: no such command */
	const char *why;		/* why it is refused where it is */
	const struct xengt_audit_cmd *other;	/* of the same opcode */
	uint32_t mbz;			/* bits of dword 0 refused if set */
	uint32_t mbz1;			/* of dword 1 */
	uint32_t where;			/* no kind: allowed nowhere */
	/* dwords: (dword 0 & len_mask) + len_bias, in [len_min, len_max] */
	uint32_t len_mask;
	uint32_t len_min;
	uint32_t len_max;
	uint8_t len_bias;
	uint8_t check;			/* enum xengt_audit_check */
	uint8_t patched;		/* dwords that the audit may change */
	uint8_t reg_read;		/* dword of a register read; 0: none */
	uint8_t reg_write;		/* of one written, value unknown */
	struct xengt_audit_mem mem[XENGT_AUDIT_MEMS];
};

/* A register, or a range of them: [first, last], dwords. */
struct xengt_audit_reg_row {
	const char *name;
	uint32_t first;
	uint32_t last;
	uint32_t reads;			/* kinds of stream that may read it */
	uint32_t writes;
	uint16_t where;			/* engines and generations */
	uint16_t deny;			/* bits that must not be set */
	bool is_masked;			/* high half of a value: mask */
	bool is_gpu;			/* of no context: its value is the GPU's */
};

/*
 * The tables of commands. MI commands by bits 28:23 of dword 0, the blitter's
 * by 28:22, those of the pipelines by 23:16 in groups of equal 28:24: one set of
 * groups for the render engine, one for the others.
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
	uint32_t count;
};

#define XENGT_AUDIT_GROUP(rows)	{ rows, sizeof(rows) / sizeof((rows)[0]) }

extern const struct xengt_audit_cmd xengt_audit_mi[64];
extern const struct xengt_audit_cmd xengt_audit_blt[128];
extern const struct xengt_audit_group xengt_audit_render[32];
extern const struct xengt_audit_group xengt_audit_video[32];

/* An empty row: no engine has the command, its where is 0. */
extern const struct xengt_audit_cmd xengt_audit_none;

/* The pipelines' commands of an engine. */
static inline const struct xengt_audit_group *xengt_audit_pipes(uint32_t where)
{
	return where & ON_RCS ? xengt_audit_render : xengt_audit_video;
}

/* The first row of a command's place, which may be empty. */
static inline const struct xengt_audit_cmd *
xengt_audit_first(const struct xengt_audit_group *pipes, uint32_t dw0)
{
	const struct xengt_audit_group *group;
	uint32_t sub;

	if (XENGT_AUDIT_CLIENT(dw0) == XENGT_AUDIT_CLIENT_MI)
		return &xengt_audit_mi[dw0 >> XENGT_AUDIT_MI_SHIFT & 0x3f];
	if (XENGT_AUDIT_CLIENT(dw0) == XENGT_AUDIT_CLIENT_BLT)
		return &xengt_audit_blt[dw0 >> XENGT_AUDIT_BLT_SHIFT & 0x7f];
	if (XENGT_AUDIT_CLIENT(dw0) != XENGT_AUDIT_CLIENT_PIPE)
		return &xengt_audit_none;
	group = &pipes[dw0 >> 24 & 0x1f];
	sub = dw0 >> XENGT_AUDIT_PIPE_SHIFT & 0xff;
	return sub < group->count ? &group->rows[sub] : &xengt_audit_none;
}

/*
 * The row of a command on the engine and the generation that 'where' names (of
 * which the kind does not count here). NULL: that hardware has no such command.
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

/* Dwords of a command of this row, by its first. */
static inline uint32_t xengt_audit_len(const struct xengt_audit_cmd *row,
				       uint32_t dw0)
{
	return (dw0 & row->len_mask) + row->len_bias;
}

static inline bool xengt_audit_len_ok(const struct xengt_audit_cmd *row,
				      uint32_t len)
{
	/* both ends at once: it is done for each command */
	return len - row->len_min <= row->len_max - row->len_min;
}

/*
 * The row for a register of the engine's own page (which begins at base) or of
 * the GPU, or NULL: not in the list, or not where 'where' says it is wanted (of
 * which the kind does not count here).
 */
const struct xengt_audit_reg_row *
xengt_audit_find_reg(uint32_t where, uint32_t base, uint32_t off);

uint32_t xengt_audit_base(const struct xengt_audit *audit);

/* From the base, the register that nothing depends on. */
#define XENGT_AUDIT_NOPID	0x094u

/* A walk along all rows; { 0 } before the first. */
struct xengt_audit_walk {
	uint32_t op;			/* of the next place: dword 0 >> 16 */
	uint32_t opcode;		/* of the row: dword 0 and no more */
	bool is_video;			/* the next place's group */
	const struct xengt_audit_cmd *row;
};

/*
 * The next row, and in walk->opcode dword 0 of that command without length and
 * flags; NULL: no more.
 */
const struct xengt_audit_cmd *xengt_audit_next(struct xengt_audit_walk *walk);

/*
 * Row by index, NULL behind the last. *ret_is_engine: its offsets are from the
 * engine's base.
 */
const struct xengt_audit_reg_row *xengt_audit_reg_at(uint32_t index,
						  bool *ret_is_engine);

/* NULL, or what is wrong with the table of registers. */
const char *xengt_audit_check_regs(void);

#endif /* XENGT_AUDIT_PRIV_H */
