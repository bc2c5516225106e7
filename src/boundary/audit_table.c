// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the commands of privileged streams
 *
 * One row a command, at the place of its opcode: MI (bits 31:29 are 0) by bits
 * 28:23, blitter (2) by 28:22, render (3) by 28:16 in groups of equal 28:24.
 * See Intel PRM Broadwell and Skylake, Vol 2a "Command Reference".
 *
 * kinds says where a command is allowed. A row without any is here for its name
 * and its length: refused in privileged streams, a no-op in user batches, as
 * hardware has it for most. A place without a row is refused everywhere.
 *
 * Blits and the commands of the render pipeline have no choice of address
 * space: with execlists it is the context's. Only what stands in a row's mem,
 * reg_* or special can reach further.
 *
 * Not here yet: video and video enhancement commands; batches of these engines
 * have no privilege and are not looked at.
 */
#include "audit_priv.h"

/* Reserved here; later GPUs take register offsets otherwise if they are set. */
#define AUDIT_LRI_MBZ		0x007f0000u
#define AUDIT_LRM_MBZ		0x001f0000u

#define STATE			.where = RENDER | IN_BATCH | IN_IMAGE
#define BLIT			.where = ON_BCS | OF_ALL | IN_BATCH | IN_USER

#define DWORDS(n)		.len_bias = (n), .len_min = (n), .len_max = (n)
#define LENGTH(mask, min, max)						\
	.len_mask = (mask), .len_bias = 2, .len_min = (min), .len_max = (max)
#define ANY_LENGTH		LENGTH(0xff, 2, 257)

/* clang-format off */
const struct xengt_audit_cmd xengt_audit_mi[64] = {
	[0x00] = { .name = "MI_NOOP", .where = ANY | IN_STREAM, DWORDS(1) },
	[0x01] = { .name = "MI_SET_PREDICATE",
		   .where = ANY | IN_BATCH | IN_USER, DWORDS(1) },
		/* a ring that skips what follows helps nobody */
	[0x02] = { .name = "MI_USER_INTERRUPT",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER, DWORDS(1) },
		/* needs no privilege on hardware, either */
	[0x03] = { .name = "MI_WAIT_FOR_EVENT", .where = ANY, DWORDS(1) },
		/* the host's display: its events never come */
	[0x04] = { .name = "MI_FLUSH", .where = ANY, DWORDS(1) },
		/* of older GPUs */
	[0x05] = { .name = "MI_ARB_CHECK", .where = ANY | IN_STREAM,
		   DWORDS(1) },
	[0x06] = { .name = "MI_RS_CONTROL", .where = RENDER, DWORDS(1) },
		/* resource streamer: reads and writes by itself */
	[0x07] = { .name = "MI_REPORT_HEAD", .where = ANY, DWORDS(1) },
		/* which status page it stores to is not documented */
	[0x08] = { .name = "MI_ARB_ON_OFF", .where = ANY | IN_PRIV, DWORDS(1) },
	[0x09] = { .name = "MI_URB_ATOMIC_ALLOC", .where = RENDER, DWORDS(1) },
	[0x0a] = { .name = "MI_BATCH_BUFFER_END",
		   .where = ANY | IN_BATCH | IN_USER | IN_PER_CTX, DWORDS(1),
		   .check = XENGT_AUDIT_END },
	[0x0b] = { .name = "MI_SUSPEND_FLUSH", .where = ANY, DWORDS(1) },
		/* stops flushes to memory that others wait for */
	[0x0c] = { .name = "MI_PREDICATE", .where = RENDER | IN_RING | IN_BATCH,
		   DWORDS(1) },
	[0x0d] = { .name = "MI_TOPOLOGY_FILTER", .where = RENDER, DWORDS(1) },
	[0x0e] = { .name = "MI_SET_APPID", .where = ANY, DWORDS(1) },
		/* protected content: one session for the whole GPU */
	[0x0f] = { .name = "MI_RS_CONTEXT", .where = RENDER, DWORDS(1) },
	[0x12] = { .name = "MI_LOAD_SCAN_LINES_INCL", .where = ANY, DWORDS(2) },
	[0x13] = { .name = "MI_LOAD_SCAN_LINES_EXCL", .where = ANY, DWORDS(2) },
	[0x14] = { .name = "MI_DISPLAY_FLIP", .where = ANY,
		   LENGTH(0x3f, 2, 65) },
		/* the host's display */
	[0x16] = { .name = "MI_SEMAPHORE_MBOX", .where = ANY, ANY_LENGTH },
	[0x18] = { .name = "MI_SET_CONTEXT", .where = ANY, ANY_LENGTH },
		/* loads an image from memory, without the module */
	[0x19] = { .name = "MI_URB_CLEAR", .where = RENDER, ANY_LENGTH },
	[0x1a] = { .name = "MI_MATH",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 2, 257) },
		/* reaches the general purpose registers only */
	[0x1b] = { .name = "MI_SEMAPHORE_SIGNAL", .where = ANY, ANY_LENGTH },
		/* names an engine and a context by hardware id */
	[0x1c] = { .name = "MI_SEMAPHORE_WAIT",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 4, 4), .mem = { { 2, 22, 4 } },
		   .check = XENGT_AUDIT_SEMAPHORE },
	[0x20] = { .name = "MI_STORE_DATA_IMM", .where = ANY | IN_STREAM,
		   LENGTH(0x3ff, 4, 1025), .check = XENGT_AUDIT_OPERANDS,
		   .mem = { { 1, 22, 0 } } },
	[0x21] = { .name = "MI_STORE_DATA_INDEX",
		   .where = ANY | IN_RING | IN_BATCH | IN_CTX,
		   LENGTH(0xff, 3, 4), .check = XENGT_AUDIT_STORE_INDEX },
	[0x22] = { .name = "MI_LOAD_REGISTER_IMM",
		   .where = ANY | IN_STREAM | IN_IMAGE, LENGTH(0xff, 3, 257),
		   .mbz = AUDIT_LRI_MBZ, .check = XENGT_AUDIT_LRI },
	[0x23] = { .name = "MI_UPDATE_GTT", .where = ANY,
		   LENGTH(0x3ff, 2, 1025) },
		/* page table entries are the module's */
	[0x24] = { .name = "MI_STORE_REGISTER_MEM", .where = ANY | IN_STREAM,
		   LENGTH(0xff, 4, 4), .mbz = AUDIT_LRM_MBZ,
		   .check = XENGT_AUDIT_OPERANDS, .mem = { { 2, 22, 4 } },
		   .reg_read = 1 },
	[0x26] = { .name = "MI_FLUSH_DW", .where = ON_XCS | OF_ALL | IN_STREAM,
		   LENGTH(0x3f, 3, 5), .check = XENGT_AUDIT_FLUSH },
	[0x27] = { .name = "MI_CLFLUSH", .where = ANY, LENGTH(0x3ff, 2, 1025) },
	[0x28] = { .name = "MI_REPORT_PERF_COUNT", .where = ANY,
		   LENGTH(0x3f, 2, 65) },
		/* counts what all guests do */
	[0x29] = { .name = "MI_LOAD_REGISTER_MEM", .where = ANY | IN_STREAM,
		   LENGTH(0xff, 4, 4), .mbz = AUDIT_LRM_MBZ,
		   .check = XENGT_AUDIT_OPERANDS, .mem = { { 2, 22, 4 } },
		   .reg_write = 1 },
	[0x2a] = { .name = "MI_LOAD_REGISTER_REG", .where = ANY | IN_STREAM,
		   LENGTH(0xff, 3, 3), .mbz = AUDIT_LRI_MBZ,
		   .check = XENGT_AUDIT_OPERANDS, .reg_read = 1,
		   .reg_write = 2 },
	[0x2b] = { .name = "MI_RS_STORE_DATA_IMM", .where = RENDER,
		   ANY_LENGTH },
	[0x2c] = { .name = "MI_LOAD_URB_MEM", .where = RENDER, ANY_LENGTH },
	[0x2d] = { .name = "MI_STORE_URB_MEM", .where = RENDER, ANY_LENGTH },
	[0x2e] = { .name = "MI_COPY_MEM_MEM",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 5, 5), .check = XENGT_AUDIT_OPERANDS,
		   .mem = { { 1, 21, 4 }, { 3, 22, 4 } } },
	[0x2f] = { .name = "MI_ATOMIC",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 3, 11), .check = XENGT_AUDIT_OPERANDS,
		   .mem = { { 1, 22, 16 } } },
	[0x31] = { .name = "MI_BATCH_BUFFER_START",
		   .where = ANY | IN_RING | IN_BATCH | IN_USER,
		   LENGTH(0xff, 3, 3), .mbz = 0x003ffe00,
		   .check = XENGT_AUDIT_START },
		/* mbz: with predication (15) it may not jump, and with an offset
		 * (16) jump elsewhere; resource streamer (10) see above */
	[0x36] = { .name = "MI_CONDITIONAL_BATCH_BUFFER_END",
		   .where = ANY | IN_BATCH | IN_USER, LENGTH(0xff, 4, 4),
		   .check = XENGT_AUDIT_OPERANDS, .mem = { { 2, 22, 8 } } },
};

const struct xengt_audit_cmd xengt_audit_blt[128] = {
	[0x01] = { .name = "XY_SETUP_BLT", BLIT, ANY_LENGTH },
	[0x03] = { .name = "XY_SETUP_CLIP_BLT", BLIT, ANY_LENGTH },
	[0x11] = { .name = "XY_SETUP_MONO_PATTERN_SL_BLT", BLIT, ANY_LENGTH },
	[0x24] = { .name = "XY_PIXEL_BLT", BLIT, ANY_LENGTH },
	[0x25] = { .name = "XY_SCANLINES_BLT", BLIT, ANY_LENGTH },
	[0x26] = { .name = "XY_TEXT_BLT", BLIT, ANY_LENGTH },
	[0x31] = { .name = "XY_TEXT_IMMEDIATE_BLT", BLIT, ANY_LENGTH },
	[0x42] = { .name = "XY_FAST_COPY_BLT",
		   .where = ON_BCS | OF_GEN9 | IN_BATCH | IN_USER,
		   LENGTH(0xff, 10, 10) },
	[0x50] = { .name = "XY_COLOR_BLT", BLIT, LENGTH(0xff, 7, 7) },
	[0x51] = { .name = "XY_PAT_BLT", BLIT, ANY_LENGTH },
	[0x52] = { .name = "XY_MONO_PAT_BLT", BLIT, ANY_LENGTH },
	[0x53] = { .name = "XY_SRC_COPY_BLT", BLIT, LENGTH(0xff, 10, 10) },
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

/*
 * The render pipeline: what a driver's first batch sets up, and what context
 * images consist of. Lengths of both platforms, where they differ.
 */
static const struct xengt_audit_cmd audit_rc_61[] = {
	[0x01] = { .name = "STATE_BASE_ADDRESS", STATE, LENGTH(0xff, 16, 19) },
	[0x02] = { .name = "STATE_SIP", STATE, LENGTH(0xff, 3, 3) },
};

static const struct xengt_audit_cmd audit_rc_68[] = {
	[0x0b] = { .name = "3DSTATE_VF_STATISTICS", STATE, DWORDS(1) },
};

static const struct xengt_audit_cmd audit_rc_69[] = {
	[0x04] = { .name = "PIPELINE_SELECT", STATE, DWORDS(1) },
};

static const struct xengt_audit_cmd audit_rc_78[] = {
	[0x04] = { .name = "3DSTATE_CLEAR_PARAMS", STATE, LENGTH(0xff, 3, 3) },
	[0x05] = { .name = "3DSTATE_DEPTH_BUFFER", STATE, LENGTH(0xff, 8, 8) },
	[0x06] = { .name = "3DSTATE_STENCIL_BUFFER", STATE, LENGTH(0xff, 5, 5) },
	[0x07] = { .name = "3DSTATE_HIER_DEPTH_BUFFER", STATE,
		   LENGTH(0xff, 5, 5) },
	[0x08] = { .name = "3DSTATE_VERTEX_BUFFERS", STATE,
		   LENGTH(0xff, 5, 133) },
	[0x09] = { .name = "3DSTATE_VERTEX_ELEMENTS", STATE,
		   LENGTH(0xff, 3, 69) },
	[0x0a] = { .name = "3DSTATE_INDEX_BUFFER", STATE, LENGTH(0xff, 5, 5) },
	[0x0c] = { .name = "3DSTATE_VF", STATE, LENGTH(0xff, 2, 2) },
	[0x0d] = { .name = "3DSTATE_MULTISAMPLE", STATE, LENGTH(0xff, 2, 2) },
	[0x0e] = { .name = "3DSTATE_CC_STATE_POINTERS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x0f] = { .name = "3DSTATE_SCISSOR_STATE_POINTERS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x10] = { .name = "3DSTATE_VS", STATE, LENGTH(0xff, 9, 9) },
	[0x11] = { .name = "3DSTATE_GS", STATE, LENGTH(0xff, 10, 10) },
	[0x12] = { .name = "3DSTATE_CLIP", STATE, LENGTH(0xff, 4, 4) },
	[0x13] = { .name = "3DSTATE_SF", STATE, LENGTH(0xff, 4, 4) },
	[0x14] = { .name = "3DSTATE_WM", STATE, LENGTH(0xff, 2, 2) },
	[0x15] = { .name = "3DSTATE_CONSTANT_VS", STATE, LENGTH(0xff, 11, 11) },
	[0x16] = { .name = "3DSTATE_CONSTANT_GS", STATE, LENGTH(0xff, 11, 11) },
	[0x17] = { .name = "3DSTATE_CONSTANT_PS", STATE, LENGTH(0xff, 11, 11) },
	[0x18] = { .name = "3DSTATE_SAMPLE_MASK", STATE, LENGTH(0xff, 2, 2) },
	[0x19] = { .name = "3DSTATE_CONSTANT_HS", STATE, LENGTH(0xff, 11, 11) },
	[0x1a] = { .name = "3DSTATE_CONSTANT_DS", STATE, LENGTH(0xff, 11, 11) },
	[0x1b] = { .name = "3DSTATE_HS", STATE, LENGTH(0xff, 9, 9) },
	[0x1c] = { .name = "3DSTATE_TE", STATE, LENGTH(0xff, 4, 4) },
	[0x1d] = { .name = "3DSTATE_DS", STATE, LENGTH(0xff, 9, 11) },
	[0x1e] = { .name = "3DSTATE_STREAMOUT", STATE, LENGTH(0xff, 5, 5) },
	[0x1f] = { .name = "3DSTATE_SBE", STATE, LENGTH(0xff, 4, 6) },
	[0x20] = { .name = "3DSTATE_PS", STATE, LENGTH(0xff, 12, 12) },
	[0x21] = { .name = "3DSTATE_VIEWPORT_STATE_POINTERS_SF_CLIP", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x23] = { .name = "3DSTATE_VIEWPORT_STATE_POINTERS_CC", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x24] = { .name = "3DSTATE_BLEND_STATE_POINTERS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x26] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_VS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x27] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_HS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x28] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_DS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x29] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_GS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2a] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_PS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2b] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_VS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2c] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_HS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2d] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_DS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2e] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_GS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x2f] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_PS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x30] = { .name = "3DSTATE_URB_VS", STATE, LENGTH(0xff, 2, 2) },
	[0x31] = { .name = "3DSTATE_URB_HS", STATE, LENGTH(0xff, 2, 2) },
	[0x32] = { .name = "3DSTATE_URB_DS", STATE, LENGTH(0xff, 2, 2) },
	[0x33] = { .name = "3DSTATE_URB_GS", STATE, LENGTH(0xff, 2, 2) },
	[0x49] = { .name = "3DSTATE_VF_INSTANCING", STATE, LENGTH(0xff, 3, 3) },
	[0x4a] = { .name = "3DSTATE_VF_SGVS", STATE, LENGTH(0xff, 2, 2) },
	[0x4b] = { .name = "3DSTATE_VF_TOPOLOGY", STATE, LENGTH(0xff, 2, 2) },
	[0x4d] = { .name = "3DSTATE_PS_BLEND", STATE, LENGTH(0xff, 2, 2) },
	[0x4f] = { .name = "3DSTATE_PS_EXTRA", STATE, LENGTH(0xff, 2, 2) },
	[0x50] = { .name = "3DSTATE_RASTER", STATE, LENGTH(0xff, 5, 5) },
	[0x51] = { .name = "3DSTATE_SBE_SWIZ", STATE, LENGTH(0xff, 11, 11) },
	[0x52] = { .name = "3DSTATE_WM_HZ_OP", STATE, LENGTH(0xff, 5, 5) },
	[0x55] = { .name = "3DSTATE_COMPONENT_PACKING",
		   .where = ON_RCS | OF_GEN9 | IN_BATCH | IN_IMAGE,
		   LENGTH(0xff, 5, 5) },
};

static const struct xengt_audit_cmd audit_rc_79[] = {
	[0x00] = { .name = "3DSTATE_DRAWING_RECTANGLE", STATE,
		   LENGTH(0xff, 4, 4) },
	[0x02] = { .name = "3DSTATE_SAMPLER_PALETTE_LOAD0", STATE,
		   LENGTH(0xff, 2, 257) },
	[0x04] = { .name = "3DSTATE_CHROMA_KEY", STATE, LENGTH(0xff, 4, 4) },
	[0x06] = { .name = "3DSTATE_POLY_STIPPLE_OFFSET", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x07] = { .name = "3DSTATE_POLY_STIPPLE_PATTERN", STATE,
		   LENGTH(0xff, 33, 33) },
	[0x08] = { .name = "3DSTATE_LINE_STIPPLE", STATE, LENGTH(0xff, 3, 3) },
	[0x0a] = { .name = "3DSTATE_AA_LINE_PARAMETERS", STATE,
		   LENGTH(0xff, 3, 3) },
	[0x0c] = { .name = "3DSTATE_SAMPLER_PALETTE_LOAD1", STATE,
		   LENGTH(0xff, 2, 257) },
	[0x11] = { .name = "3DSTATE_MONOFILTER_SIZE", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x12] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_VS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x13] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_HS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x14] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_DS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x15] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_GS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x16] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_PS", STATE,
		   LENGTH(0xff, 2, 2) },
	[0x17] = { .name = "3DSTATE_SO_DECL_LIST", STATE, LENGTH(0x1ff, 3, 513) },
	[0x18] = { .name = "3DSTATE_SO_BUFFER", STATE, LENGTH(0xff, 8, 8) },
	[0x19] = { .name = "3DSTATE_BINDING_TABLE_POOL_ALLOC", STATE,
		   LENGTH(0xff, 4, 4) },
	[0x1a] = { .name = "3DSTATE_GATHER_POOL_ALLOC", STATE,
		   LENGTH(0xff, 4, 4) },
	[0x1b] = { .name = "3DSTATE_DX9_CONSTANT_BUFFER_POOL_ALLOC", STATE,
		   LENGTH(0xff, 4, 4) },
};

static const struct xengt_audit_cmd audit_rc_7a[] = {
	[0x00] = { .name = "PIPE_CONTROL", .where = RENDER | IN_STREAM,
		   LENGTH(0xff, 6, 6), .check = XENGT_AUDIT_PIPE_CONTROL },
};

static const struct xengt_audit_cmd audit_rc_7b[] = {
	[0x00] = { .name = "3DPRIMITIVE", .where = RENDER | IN_BATCH,
		   LENGTH(0xff, 7, 7) },
};

#define AUDIT_GROUP(rows)	{ rows, sizeof(rows) / sizeof((rows)[0]) }

const struct xengt_audit_group xengt_audit_rc[32] = {
	[0x01] = AUDIT_GROUP(audit_rc_61),
	[0x08] = AUDIT_GROUP(audit_rc_68),
	[0x09] = AUDIT_GROUP(audit_rc_69),
	[0x18] = AUDIT_GROUP(audit_rc_78),
	[0x19] = AUDIT_GROUP(audit_rc_79),
	[0x1a] = AUDIT_GROUP(audit_rc_7a),
	[0x1b] = AUDIT_GROUP(audit_rc_7b),
};
/* clang-format on */

/* ---- walking and checking ---- */

const struct xengt_audit_cmd *xengt_audit_next(uint32_t *opcode)
{
	/* every opcode there can be, in steps of the finest */
	for (uint32_t op = *opcode >> XENGT_AUDIT_RC_SHIFT; op < 1u << 16; op++) {
		uint32_t dw0 = op << XENGT_AUDIT_RC_SHIFT;
		uint32_t client = XENGT_AUDIT_CLIENT(dw0);
		uint32_t shift = client == XENGT_AUDIT_CLIENT_MI ?
			XENGT_AUDIT_MI_SHIFT :
			client == XENGT_AUDIT_CLIENT_BLT ?
			XENGT_AUDIT_BLT_SHIFT : XENGT_AUDIT_RC_SHIFT;
		const struct xengt_audit_cmd *row;

		if (dw0 & ((1u << shift) - 1))
			continue;
		row = xengt_audit_find(dw0);
		if (row && row->name) {
			*opcode = dw0;
			return row;
		}
	}
	return NULL;
}

/* Does dword 'at' lie in every form of the command? */
static bool audit_has_dword(const struct xengt_audit_cmd *row, uint32_t at)
{
	return at < row->len_min;
}

static const char *audit_check_operands(const struct xengt_audit_cmd *row)
{
	for (uint32_t i = 0; i < XENGT_AUDIT_MEMS; i++) {
		const struct xengt_audit_mem *mem = &row->mem[i];

		if (!mem->at)
			continue;
		if (!audit_has_dword(row, mem->at + 1u))
			return "an address outside of the command";
		if (mem->bit < 16 || mem->bit > 22 || row->mbz >> mem->bit & 1)
			return "a GGTT bit that is none";
		if (mem->bytes & (mem->bytes - 1u))
			return "an operand of odd size";
	}
	if (row->reg_read && !audit_has_dword(row, row->reg_read))
		return "a register outside of the command";
	if (row->reg_write && !audit_has_dword(row, row->reg_write))
		return "a register outside of the command";
	return NULL;
}

static const char *audit_check_row(const struct xengt_audit_cmd *row,
				   uint32_t opcode)
{
	uint32_t opcode_bits =
		XENGT_AUDIT_CLIENT(opcode) == XENGT_AUDIT_CLIENT_MI ?
		0xff800000u : 0xffc00000u;
	bool has_mem = row->mem[0].at, has_reg = row->reg_read | row->reg_write;

	if (strlen(row->name) >= XENGT_AUDIT_NAME_MAX)
		return "a name that is too long";
	if (!(row->where & ON_ALL) || !(row->where & OF_ALL))
		return "a command of no engine or platform";
	if (!row->len_min || row->len_min > row->len_max)
		return "a length that is none";
	if (row->len_max > (uint32_t)row->len_mask + row->len_bias)
		return "a length that its field cannot say";
	if (row->mbz & (opcode_bits | row->len_mask))
		return "mbz in opcode or length";
	if (!(row->where & (IN_STREAM | IN_IMAGE)) && row->check)
		return "operands of a command that is allowed nowhere";
	if (has_mem && row->check != XENGT_AUDIT_OPERANDS &&
	    row->check != XENGT_AUDIT_SEMAPHORE)
		return "an address that nobody checks";
	if (has_reg && row->check != XENGT_AUDIT_OPERANDS)
		return "a register that nobody checks";
	return audit_check_operands(row);
}

const char *xengt_audit_check(void)
{
	const struct xengt_audit_cmd *row;
	const char *wrong;
	uint32_t opcode = 0;

	for (; (row = xengt_audit_next(&opcode)); opcode += XENGT_AUDIT_STEP) {
		wrong = audit_check_row(row, opcode);
		if (wrong)
			return wrong;
	}
	return xengt_audit_check_regs();
}
