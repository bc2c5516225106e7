// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the commands of all engines (MI) and of the blitter
 *
 * The index of a row is its opcode: bits 28:23 for MI (bits 31:29 are 0), bits
 * 28:22 for the blitter (bits 31:29 are 2). audit_rows.h describes the macros
 * of a row and the sources of its facts.
 *
 * The IN_* bits of a row's 'where' say which streams may have the command. A
 * row without IN_* bits gives only the command's name, its length and the
 * reason of the refusal. A command whose row has no IN_* bits is refused in
 * privileged streams, and is replaced by no-ops in user batches; on hardware,
 * too, most of these commands have no effect in user batches. A command without
 * a row is refused everywhere. If a row refuses a command, audit_regs.c must
 * also refuse the registers that have the same effect.
 */
#include "boundary/audit_priv.h"
#include "boundary/audit_rows.h"

/* Reasons why a command is refused. */
#define STREAMER	"resource streamer: it reads and writes memory without commands"
#define DISPLAY		"the host's display"
#define OLDER		"only older GPUs have this command"
#define URB		"accesses the URB, the memory of running threads; no driver needs this"

/*
 * Bits of dword 0 that must be zero in MI_LOAD_REGISTER_IMM. The byte write
 * disables (bits 11:8) are refused, because the audit checks whole values. Bit
 * 12 is allowed: genxml has no name for this bit, but Linux
 * (MI_LRI_FORCE_POSTED) sets it in every context image, and the bit changes
 * neither the command's length nor its registers.
 */
#define LRI_MBZ		0x007fef00u

#define SEMAPHORE	LENGTH(0xff, 4, 4), .mem = { { 2, 22, 4 } }
#define FLUSH_DW	LENGTH(0x3f, 3, 5), .mbz1 = 0x3,		\
			.check = XENGT_AUDIT_FLUSH, PATCHED(1 << 0 | 1 << 1)
#define COND_END	LENGTH(0xff, 4, 4), .mem = { { 2, 22, 8 } },	\
			.check = XENGT_AUDIT_OPERANDS

#define EVERY		(ANY | IN_STREAM)
#define NO_CTX		(ANY | IN_RING | IN_BATCH | IN_USER)
#define NO_RING		(ANY | IN_BATCH | IN_USER)

/* clang-format off */
const struct xengt_audit_cmd xengt_audit_mi[64] = {
	[0x00] = { .name = "MI_NOOP", .where = EVERY, DWORDS(1) },
	[0x01] = { .name = "MI_SET_PREDICATE", .where = NO_RING, DWORDS(1),
		   .mbz = 0x7ffff0,
		   .why = "no driver lets a ring skip commands" },
	/*
	 * on hardware MI_USER_INTERRUPT needs no privilege, so a batch without
	 * privilege (IN_USER) may contain it
	 */
	[0x02] = { .name = "MI_USER_INTERRUPT", .where = NO_CTX, DWORDS(1),
		   .mbz = 0x7fffff },
	[0x03] = { .name = "MI_WAIT_FOR_EVENT",
		   .where = ON_RCS | ON_BCS | OF_ALL, DWORDS(1),
		   .why = "the host's display: its events never come" },
	[0x04] = { .name = "MI_FLUSH", .where = ANY, DWORDS(1), .why = OLDER },
	[0x05] = { .name = "MI_ARB_CHECK", .where = EVERY, DWORDS(1),
		   .mbz = 0x7fffff },
	[0x06] = { .name = "MI_RS_CONTROL", .where = RENDER, DWORDS(1),
		   .why = STREAMER },
	[0x07] = { .name = "MI_REPORT_HEAD", .where = ANY, DWORDS(1),
		   .why = "no source says to which status page the command stores" },
	[0x08] = { .name = "MI_ARB_ON_OFF", .where = ANY | IN_PRIV, DWORDS(1),
		   .mbz = 0x7ffffe, .check = XENGT_AUDIT_ARBITRATION,
		   PATCHED(1 << 0) },
	[0x09] = { .name = "MI_URB_ATOMIC_ALLOC", .where = RENDER, DWORDS(1),
		   .why = URB },
	[0x0a] = { .name = "MI_BATCH_BUFFER_END",
		   .where = NO_RING | IN_PER_CTX, DWORDS(1), .mbz = 0x7fffff,
		   .check = XENGT_AUDIT_END },
	[0x0b] = { .name = "MI_SUSPEND_FLUSH", .where = ANY, DWORDS(1),
		   .why = "stops flushes for which other guests wait" },
	[0x0c] = { .name = "MI_PREDICATE", .where = RENDER | IN_RING | IN_BATCH,
		   DWORDS(1), .mbz = 0x7fff24 },
	[0x0d] = { .name = "MI_TOPOLOGY_FILTER", .where = RENDER, DWORDS(1),
		   .why = "no driver uses it" },
	[0x0e] = { .name = "MI_SET_APPID", .where = ANY, DWORDS(1),
		   .why = "protected content: one session for the whole GPU" },
	[0x0f] = { .name = "MI_RS_CONTEXT", .where = RENDER, DWORDS(1),
		   .why = STREAMER },
	[0x12] = { .name = "MI_LOAD_SCAN_LINES_INCL",
		   .where = ON_RCS | ON_BCS | OF_ALL, LENGTH(0x3f, 2, 2),
		   .why = DISPLAY },
	[0x13] = { .name = "MI_LOAD_SCAN_LINES_EXCL",
		   .where = ON_RCS | ON_BCS | OF_ALL, LENGTH(0x3f, 2, 2),
		   .why = DISPLAY },
	[0x14] = { .name = "MI_DISPLAY_FLIP",
		   .where = ON_RCS | ON_BCS | OF_ALL, ANY_LENGTH,
		   .why = DISPLAY },
	[0x16] = { .name = "MI_SEMAPHORE_MBOX", .where = ANY, ANY_LENGTH,
		   .why = OLDER },
	[0x18] = { .name = "MI_SET_CONTEXT", .where = ANY, ANY_LENGTH,
		   .why = "loads a context image that the module has not checked" },
	[0x19] = { .name = "MI_URB_CLEAR", .where = ON_RCS | OF_GEN8,
		   LENGTH(0xff, 2, 2), .why = URB },
	[0x1a] = { .name = "MI_MATH",
		   .where = ON_ALL | OF_GEN8 | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 2, 65), .mbz = 0x7fff00,
		   .check = XENGT_AUDIT_MATH,
		/*
		 * genxml says that the length field has 6 bits, Linux (gvt)
		 * says 8
		 */
		   .other = &ELSE { .name = "MI_MATH",
		   .where = ON_ALL | OF_GEN9 | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 2, 257), .mbz = 0x7fff00,
		   .check = XENGT_AUDIT_MATH } },
	[0x1b] = { .name = "MI_SEMAPHORE_SIGNAL", .where = ANY, ANY_LENGTH,
		   .why = "names an engine and a context by their hardware ids" },
	[0x1c] = { .name = "MI_SEMAPHORE_WAIT",
		   .where = ON_ALL | OF_GEN8 | IN_RING | IN_BATCH | IN_USER,
		   SEMAPHORE, .mbz = 0x3f0f00, .check = XENGT_AUDIT_OPERANDS,
		   .other = &ELSE { .name = "MI_SEMAPHORE_WAIT",
		   .where = ON_ALL | OF_GEN9 | IN_RING | IN_BATCH | IN_USER,
		   SEMAPHORE, .mbz = 0x3e0f00,
		   .check = XENGT_AUDIT_SEMAPHORE } },
	[0x1d] = { .name = "MI_FORCE_WAKEUP", .where = ON_ALL | OF_GEN9,
		   LENGTH(0xff, 2, 2), .why = "changes the power of the whole GPU" },
	[0x20] = { .name = "MI_STORE_DATA_IMM", .where = EVERY,
		   LENGTH(0x3ff, 4, 1025), .mbz = 0x1ffc00,
		   .check = XENGT_AUDIT_OPERANDS, .mem = { { 1, 22, 0 } } },
	[0x21] = { .name = "MI_STORE_DATA_INDEX",
		   .where = ANY | IN_RING | IN_BATCH | IN_CTX,
		   LENGTH(0xff, 3, 4), .mbz = 0x5fff00, .mbz1 = 0x3,
		   .check = XENGT_AUDIT_STORE_INDEX },
	[0x22] = { .name = "MI_LOAD_REGISTER_IMM", .where = EVERY | IN_IMAGE,
		   LENGTH(0xff, 3, 257), .mbz = LRI_MBZ,
		   .check = XENGT_AUDIT_LRI },
	[0x23] = { .name = "MI_UPDATE_GTT", .where = ANY,
		   LENGTH(0x3ff, 2, 1025),
		   .why = "only the module may write page table entries" },
	[0x24] = { .name = "MI_STORE_REGISTER_MEM", .where = EVERY,
		   LENGTH(0xff, 4, 4), .mbz = 0x1fff00,
		   .check = XENGT_AUDIT_OPERANDS, .mem = { { 2, 22, 4 } },
		   .reg_read = 1 },
	[0x26] = { .name = "MI_FLUSH_DW",
		   .where = ON_XCS | OF_GEN8 | IN_STREAM, FLUSH_DW,
		   .mbz = 0x5b3e40,
		   .other = &ELSE { .name = "MI_FLUSH_DW",
		   .where = ON_XCS | OF_GEN9 | IN_STREAM, FLUSH_DW,
		   .mbz = 0x5b3c40 } },
		/*
		 * bit 22 of MI_FLUSH_DW selects protected memory, as
		 * MI_SET_APPID does
		 */
	[0x27] = { .name = "MI_CLFLUSH", .where = ANY, LENGTH(0x3ff, 2, 1025),
		   .why = "writes cachelines back by address; no driver needs this" },
	[0x28] = { .name = "MI_REPORT_PERF_COUNT", .where = ANY,
		   LENGTH(0x3f, 2, 65), .why = "its counters include the work of other guests" },
	[0x29] = { .name = "MI_LOAD_REGISTER_MEM", .where = EVERY,
		   LENGTH(0xff, 4, 4), .mbz = 0x1fff00,
		   .check = XENGT_AUDIT_LOAD_MEM, .mem = { { 2, 22, 4 } },
		   .reg_write = 1,
		   PATCHED(1 << 0 | 1 << 1 | 1 << 2 | 1 << 3) },
	[0x2a] = { .name = "MI_LOAD_REGISTER_REG", .where = EVERY,
		   LENGTH(0xff, 3, 3), .mbz = 0x7fff00,
		   .check = XENGT_AUDIT_OPERANDS, .reg_read = 1,
		   .reg_write = 2 },
	[0x2b] = { .name = "MI_RS_STORE_DATA_IMM", .where = RENDER, ANY_LENGTH,
		   .why = STREAMER },
	[0x2c] = { .name = "MI_LOAD_URB_MEM", .where = RENDER, ANY_LENGTH,
		   .why = URB },
	[0x2d] = { .name = "MI_STORE_URB_MEM", .where = RENDER, ANY_LENGTH,
		   .why = URB },
	[0x2e] = { .name = "MI_COPY_MEM_MEM", .where = NO_CTX,
		   LENGTH(0xff, 5, 5), .mbz = 0x1fff00,
		   .check = XENGT_AUDIT_OPERANDS,
		   .mem = { { 1, 21, 4 }, { 3, 22, 4 } } },
	[0x2f] = { .name = "MI_ATOMIC", .where = NO_CTX, LENGTH(0xff, 3, 11),
		   .check = XENGT_AUDIT_ATOMIC, .mem = { { 1, 22, 16 } } },
	[0x31] = { .name = "MI_BATCH_BUFFER_START", .where = NO_CTX,
		   LENGTH(0xff, 3, 3), .mbz = 0x3ffe00,
		   .check = XENGT_AUDIT_START,
		   PATCHED(1 << 0 | 1 << 1 | 1 << 2) },
		/*
		 * bits of mbz: with predication (bit 15) the hardware may skip
		 * the command; with an offset (bit 16) the batch does not begin
		 * at the given address; bit 10 enables the resource streamer
		 * (STREAMER)
		 */
	[0x36] = { .name = "MI_CONDITIONAL_BATCH_BUFFER_END",
		   .where = ON_ALL | OF_GEN8 | IN_BATCH | IN_USER, COND_END,
		   .mbz = 0x1fff00,
		   .other = &ELSE { .name = "MI_CONDITIONAL_BATCH_BUFFER_END",
		   .where = ON_ALL | OF_GEN9 | IN_BATCH | IN_USER, COND_END,
		   .mbz = 0x17ff00 } },
};

/*
 * Blits. No source names the reserved bits, so the rows refuse all bits that
 * drivers do not use. The bits that drivers use in BR00 are masks (bits 21:20),
 * tiling (bits 15 and 11), and the start of patterns and monochrome sources
 * (bits 19:17, 14:12, 10:8).
 */
#define BLIT		.where = ON_BCS | OF_ALL | IN_BATCH | IN_USER,	\
			.why = RINGS
#define RINGS		"no driver blits from a ring"

const struct xengt_audit_cmd xengt_audit_blt[128] = {
	[0x01] = { .name = "XY_SETUP_BLT", BLIT, ANY_LENGTH },
	[0x03] = { .name = "XY_SETUP_CLIP_BLT", BLIT, ANY_LENGTH },
	[0x11] = { .name = "XY_SETUP_MONO_PATTERN_SL_BLT", BLIT, ANY_LENGTH },
	[0x24] = { .name = "XY_PIXEL_BLT", BLIT, ANY_LENGTH },
	[0x25] = { .name = "XY_SCANLINES_BLT", BLIT, ANY_LENGTH },
	[0x26] = { .name = "XY_TEXT_BLT", BLIT, ANY_LENGTH },
	[0x31] = { .name = "XY_TEXT_IMMEDIATE_BLT", BLIT, ANY_LENGTH },
	[0x42] = { .name = "XY_FAST_COPY_BLT",
		   .where = ON_BCS | OF_GEN9 | IN_BATCH | IN_USER, .why = RINGS,
		   LENGTH(0xff, 10, 10), .mbz = 0x0f9f00 },
		/* bits 21:20 and 14:13 of XY_FAST_COPY_BLT choose the tiling */
	[0x50] = { .name = "XY_COLOR_BLT", BLIT, LENGTH(0xff, 7, 7),
		   .mbz = 0x0ff700 },
	[0x51] = { .name = "XY_PAT_BLT", BLIT, ANY_LENGTH },
	[0x52] = { .name = "XY_MONO_PAT_BLT", BLIT, ANY_LENGTH },
	[0x53] = { .name = "XY_SRC_COPY_BLT", BLIT, LENGTH(0xff, 10, 10),
		   .mbz = 0x0f7700 },
	[0x54] = { .name = "XY_MONO_SRC_COPY_BLT", BLIT, ANY_LENGTH },
	[0x55] = { .name = "XY_FULL_BLT", BLIT, ANY_LENGTH },
	[0x56] = { .name = "XY_FULL_MONO_SRC_BLT", BLIT, ANY_LENGTH },
	[0x57] = { .name = "XY_FULL_MONO_PATTERN_BLT", BLIT, ANY_LENGTH },
	[0x58] = { .name = "XY_FULL_MONO_PATTERN_MONO_SRC_BLT", BLIT,
		   ANY_LENGTH },
	[0x59] = { .name = "XY_MONO_PAT_FIXED_BLT", BLIT, ANY_LENGTH },
	[0x71] = { .name = "XY_MONO_SRC_COPY_IMMEDIATE_BLT", BLIT, ANY_LENGTH },
	[0x72] = { .name = "XY_PAT_BLT_IMMEDIATE", BLIT, ANY_LENGTH },
	[0x73] = { .name = "XY_SRC_COPY_CHROMA_BLT", BLIT, ANY_LENGTH },
	[0x74] = { .name = "XY_FULL_IMMEDIATE_PATTERN_BLT", BLIT, ANY_LENGTH },
	[0x75] = { .name = "XY_FULL_MONO_SRC_IMMEDIATE_PATTERN_BLT", BLIT,
		   ANY_LENGTH },
	[0x76] = { .name = "XY_PAT_CHROMA_BLT", BLIT, ANY_LENGTH },
	[0x77] = { .name = "XY_PAT_CHROMA_BLT_IMMEDIATE", BLIT, ANY_LENGTH },
};
/* clang-format on */
