/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the audit: the rows of its two tables, and what audit.c,
 * audit_table.c and audit_regs.c offer each other. Tests walk the rows, too.
 */
#ifndef XENGT_AUDIT_PRIV_H
#define XENGT_AUDIT_PRIV_H

#include "audit.h"

/* Sets of enum xengt_audit_kind. */
enum xengt_audit_kinds {
	IN_RING		= 1 << XENGT_AUDIT_RING,
	IN_BATCH	= 1 << XENGT_AUDIT_BATCH,
	IN_USER		= 1 << XENGT_AUDIT_USER_BATCH,
	IN_INDIRECT	= 1 << XENGT_AUDIT_INDIRECT_CTX,
	IN_PER_CTX	= 1 << XENGT_AUDIT_PER_CTX,
	IN_IMAGE	= 1 << XENGT_AUDIT_IMAGE,
	IN_CTX		= IN_INDIRECT | IN_PER_CTX,
	IN_PRIV		= IN_RING | IN_BATCH | IN_CTX,
	IN_STREAM	= IN_PRIV | IN_USER,
	IN_NONE		= 0,
};

/* Sets of enum xengt_engine_id and enum xengt_platform_id. */
enum {
	ON_RCS	= 1 << XENGT_ENGINE_RCS,
	ON_VCS	= 1 << XENGT_ENGINE_VCS,
	ON_VECS	= 1 << XENGT_ENGINE_VECS,
	ON_BCS	= 1 << XENGT_ENGINE_BCS,
	ON_XCS	= ON_VCS | ON_VECS | ON_BCS,
	ON_ALL	= ON_RCS | ON_XCS,
	OF_BDW	= 1 << XENGT_PLATFORM_BDW,
	OF_SKL	= 1 << XENGT_PLATFORM_SKL,
	OF_ALL	= OF_BDW | OF_SKL,
};

/* What one rule of operands does not cover. */
enum xengt_audit_special {
	XENGT_AUDIT_PLAIN,
	XENGT_AUDIT_LRI,		/* pairs of register and value */
	XENGT_AUDIT_SEMAPHORE,		/* bit 16: polls a register instead */
	XENGT_AUDIT_START,
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

/* A command. Its opcode is where it stands in the table. */
struct xengt_audit_cmd {
	const char *name;		/* NULL: no such command */
	uint32_t mbz;			/* bits of dword 0 refused if set */
	uint8_t engines;
	uint8_t platforms;
	uint8_t kinds;			/* where it is allowed; 0: nowhere */
	uint8_t special;		/* enum xengt_audit_special */
	/* dwords: (dword 0 & len_mask) + len_bias, in [len_min, len_max] */
	uint16_t len_mask;
	uint16_t len_min;
	uint16_t len_max;
	uint8_t len_bias;
	uint8_t reg_read;		/* dword of a register read; 0: none */
	uint8_t reg_write;		/* of one written, value unknown */
	struct xengt_audit_mem mem[XENGT_AUDIT_MEMS];
};

/* A register, or a range of them: [first, last], dwords. */
struct xengt_audit_reg_row {
	const char *name;
	uint32_t first;
	uint32_t last;
	uint8_t engines;
	uint8_t platforms;
	uint8_t reads;			/* kinds of stream that may read it */
	uint8_t writes;
	bool is_masked;			/* high half of a value: mask */
	uint32_t deny;			/* bits that must not be set */
};

/* The row for a command, or NULL. Not every row is for every engine. */
const struct xengt_audit_cmd *xengt_audit_find(uint32_t dw0);

/*
 * The row for a register of the engine's own page or of the GPU, or NULL: not
 * in the list, for this engine, or on this platform.
 */
const struct xengt_audit_reg_row *
xengt_audit_find_reg(const struct xengt_audit *audit, uint32_t off);

/* The engine's register that nothing depends on: a load without effect. */
uint32_t xengt_audit_nop_reg(const struct xengt_audit *audit);

/*
 * The first row at or behind *opcode, which becomes dword 0 of that command
 * without length and flags; NULL: no more. Add XENGT_AUDIT_STEP for the next.
 */
#define XENGT_AUDIT_STEP	0x10000u
const struct xengt_audit_cmd *xengt_audit_next(uint32_t *opcode);

/*
 * Row by index, NULL behind the last. *ret_is_engine: its offsets are from the
 * engine's base.
 */
const struct xengt_audit_reg_row *xengt_audit_reg_at(uint32_t index,
						  bool *ret_is_engine);

/* NULL, or what is wrong with the table of registers. */
const char *xengt_audit_check_regs(void);

#endif /* XENGT_AUDIT_PRIV_H */
