// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the commands of the render engine's pipelines
 *
 * Each table has the rows of the commands with the same bits 28:24; the index
 * of a row in its table is bits 23:16. audit_rows.h describes the macros of a
 * row and the sources of its facts.
 *
 * Only PIPE_CONTROL can choose an address space. With execlists all other
 * commands of this file use the context's own address space, so their addresses
 * reach only memory that the module's page tables name. On hardware a batch
 * without privilege may run all these commands. The first batch of a driver
 * contains the state commands, and context images consist of state commands.
 */
#include "boundary/audit_priv.h"
#include "boundary/audit_rows.h"

#define IN_STATE	(IN_BATCH | IN_IMAGE)
#define STATE		.where = RENDER | IN_STATE
#define STATE_GEN8	.where = ON_RCS | OF_GEN8 | IN_STATE
#define STATE_GEN9	.where = ON_RCS | OF_GEN9 | IN_STATE

/* Reasons why a command is refused. */
#define STREAMER	"resource streamer: it reads and writes memory without commands"
#define THREADS		"no driver starts threads with privilege"
#define NO_LENGTH	"no public source has the command's length"

/* clang-format off */
static const struct xengt_audit_cmd audit_render_60[] = {
	[0x03] = { .name = "STATE_PREFETCH", .where = RENDER, ONLY(2),
		   .why = "no driver needs this command" },
};

static const struct xengt_audit_cmd audit_render_61[] = {
	[0x01] = { .name = "STATE_BASE_ADDRESS", STATE_GEN8,
		   ONLY(16),
		   .other = &ELSE { .name = "STATE_BASE_ADDRESS",
		   STATE_GEN9, ONLY(19) } },
	[0x02] = { .name = "STATE_SIP", STATE, ONLY(3) },
	[0x03] = { .name = "SWTESS_BASE_ADDRESS", STATE_GEN8, ONLY(2) },
	[0x04] = { .name = "GPGPU_CSR_BASE_ADDRESS", STATE, ONLY(3) },
};

static const struct xengt_audit_cmd audit_render_68[] = {
	[0x0b] = { .name = "3DSTATE_VF_STATISTICS", STATE, DWORDS(1),
		   .mbz = 0xfffe },
};

static const struct xengt_audit_cmd audit_render_69[] = {
	[0x04] = { .name = "PIPELINE_SELECT", STATE_GEN8, DWORDS(1),
		   .mbz = 0xfffc,
		   .other = &ELSE { .name = "PIPELINE_SELECT",
		   STATE_GEN9, DWORDS(1),
		   .mbz = 0x00cc } },
};

static const struct xengt_audit_cmd audit_render_70[] = {
	[0x00] = { .name = "MEDIA_VFE_STATE", STATE, LENGTH(0xffff, 9, 9) },
	[0x01] = { .name = "MEDIA_CURBE_LOAD", STATE, LENGTH(0xffff, 4, 4) },
	[0x02] = { .name = "MEDIA_INTERFACE_DESCRIPTOR_LOAD", STATE,
		   LENGTH(0xffff, 4, 4) },
	[0x03] = { .name = "MEDIA_GATEWAY_STATE", .where = RENDER,
		   LENGTH(0xffff, 2, 65537), .why = NO_LENGTH },
	[0x04] = { .name = "MEDIA_STATE_FLUSH", STATE, LENGTH(0xffff, 2, 2) },
	[0x05] = { .name = "MEDIA_POOL_STATE", .where = RENDER,
		   LENGTH(0xffff, 2, 65537), .why = NO_LENGTH },
};

static const struct xengt_audit_cmd audit_render_71[] = {
	[0x00] = { .name = "MEDIA_OBJECT", .where = RENDER,
		   LENGTH(0xffff, 6, 65537), .why = THREADS },
	[0x02] = { .name = "MEDIA_OBJECT_PRT", .where = RENDER,
		   LENGTH(0xffff, 16, 16), .why = THREADS },
	[0x03] = { .name = "MEDIA_OBJECT_WALKER", .where = RENDER,
		   LENGTH(0xffff, 17, 65537), .why = THREADS },
	[0x05] = { .name = "GPGPU_WALKER", .where = RENDER,
		   LENGTH(0xff, 15, 15), .mbz = 0xfa00, .why = THREADS },
	[0x06] = { .name = "MEDIA_OBJECT_GRPID", .where = RENDER,
		   LENGTH(0xffff, 7, 65537), .why = THREADS },
};

static const struct xengt_audit_cmd audit_render_78[] = {
	[0x04] = { .name = "3DSTATE_CLEAR_PARAMS", STATE, ONLY(3) },
	[0x05] = { .name = "3DSTATE_DEPTH_BUFFER", STATE, ONLY(8) },
	[0x06] = { .name = "3DSTATE_STENCIL_BUFFER", STATE, ONLY(5) },
	[0x07] = { .name = "3DSTATE_HIER_DEPTH_BUFFER", STATE, ONLY(5) },
	[0x08] = { .name = "3DSTATE_VERTEX_BUFFERS", STATE,
		   LENGTH(0xff, 5, 133), .mbz = 0xff00 },
	[0x09] = { .name = "3DSTATE_VERTEX_ELEMENTS", STATE,
		   LENGTH(0xff, 3, 69), .mbz = 0xff00 },
	[0x0a] = { .name = "3DSTATE_INDEX_BUFFER", STATE, ONLY(5) },
	[0x0b] = { .name = "3DSTATE_VF_STATISTICS", STATE, DWORDS(1),
		   .mbz = 0xfffe },
	[0x0c] = { .name = "3DSTATE_VF", STATE_GEN8,
		   LENGTH(0xff, 2, 2),
		   .mbz = 0xfe00,
		   .other = &ELSE { .name = "3DSTATE_VF",
		   STATE_GEN9, LENGTH(0xff, 2, 2),
		   .mbz = 0xf800 } },
	[0x0d] = { .name = "3DSTATE_MULTISAMPLE", STATE, ONLY(2) },
	[0x0e] = { .name = "3DSTATE_CC_STATE_POINTERS", STATE, ONLY(2) },
	[0x0f] = { .name = "3DSTATE_SCISSOR_STATE_POINTERS", STATE, ONLY(2) },
	[0x10] = { .name = "3DSTATE_VS", STATE, ONLY(9) },
	[0x11] = { .name = "3DSTATE_GS", STATE, ONLY(10) },
	[0x12] = { .name = "3DSTATE_CLIP", STATE, ONLY(4) },
	[0x13] = { .name = "3DSTATE_SF", STATE, ONLY(4) },
	[0x14] = { .name = "3DSTATE_WM", STATE, ONLY(2) },
	[0x15] = { .name = "3DSTATE_CONSTANT_VS", STATE,
		   LENGTH(0xff, 11, 11), .mbz = 0x8000 },
	[0x16] = { .name = "3DSTATE_CONSTANT_GS", STATE,
		   LENGTH(0xff, 11, 11), .mbz = 0x8000 },
	[0x17] = { .name = "3DSTATE_CONSTANT_PS", STATE,
		   LENGTH(0xff, 11, 11), .mbz = 0x8000 },
	[0x18] = { .name = "3DSTATE_SAMPLE_MASK", STATE, ONLY(2) },
	[0x19] = { .name = "3DSTATE_CONSTANT_HS", STATE,
		   LENGTH(0xff, 11, 11), .mbz = 0x8000 },
	[0x1a] = { .name = "3DSTATE_CONSTANT_DS", STATE,
		   LENGTH(0xff, 11, 11), .mbz = 0x8000 },
	[0x1b] = { .name = "3DSTATE_HS", STATE, ONLY(9) },
	[0x1c] = { .name = "3DSTATE_TE", STATE, ONLY(4) },
	[0x1d] = { .name = "3DSTATE_DS", STATE_GEN8,
		   ONLY(9),
		   .other = &ELSE { .name = "3DSTATE_DS",
		   STATE_GEN9, ONLY(11) } },
	[0x1e] = { .name = "3DSTATE_STREAMOUT", STATE, ONLY(5) },
	[0x1f] = { .name = "3DSTATE_SBE", STATE_GEN8,
		   ONLY(4),
		   .other = &ELSE { .name = "3DSTATE_SBE",
		   STATE_GEN9, ONLY(6) } },
	[0x20] = { .name = "3DSTATE_PS", STATE, ONLY(12) },
	[0x21] = { .name = "3DSTATE_VIEWPORT_STATE_POINTERS_SF_CLIP", STATE,
		   ONLY(2) },
	[0x23] = { .name = "3DSTATE_VIEWPORT_STATE_POINTERS_CC", STATE,
		   ONLY(2) },
	[0x24] = { .name = "3DSTATE_BLEND_STATE_POINTERS", STATE, ONLY(2) },
	[0x25] = { .name = "3DSTATE_DEPTH_STENCIL_STATE_POINTERS",
		   .where = RENDER, LENGTH(0xff, 2, 257), .mbz = 0xff00,
		   .why = "only older GPUs have this command" },
	[0x26] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_VS", STATE,
		   ONLY(2) },
	[0x27] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_HS", STATE,
		   ONLY(2) },
	[0x28] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_DS", STATE,
		   ONLY(2) },
	[0x29] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_GS", STATE,
		   ONLY(2) },
	[0x2a] = { .name = "3DSTATE_BINDING_TABLE_POINTERS_PS", STATE,
		   ONLY(2) },
	[0x2b] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_VS", STATE,
		   ONLY(2) },
	[0x2c] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_HS", STATE,
		   ONLY(2) },
	[0x2d] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_DS", STATE,
		   ONLY(2) },
	[0x2e] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_GS", STATE,
		   ONLY(2) },
	[0x2f] = { .name = "3DSTATE_SAMPLER_STATE_POINTERS_PS", STATE,
		   ONLY(2) },
	[0x30] = { .name = "3DSTATE_URB_VS", STATE, ONLY(2) },
	[0x31] = { .name = "3DSTATE_URB_HS", STATE, ONLY(2) },
	[0x32] = { .name = "3DSTATE_URB_DS", STATE, ONLY(2) },
	[0x33] = { .name = "3DSTATE_URB_GS", STATE, ONLY(2) },
	[0x34] = { .name = "3DSTATE_GATHER_CONSTANT_VS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x35] = { .name = "3DSTATE_GATHER_CONSTANT_GS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x36] = { .name = "3DSTATE_GATHER_CONSTANT_HS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x37] = { .name = "3DSTATE_GATHER_CONSTANT_DS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x38] = { .name = "3DSTATE_GATHER_CONSTANT_PS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x39] = { .name = "3DSTATE_DX9_CONSTANTF_VS", .where = RENDER,
		   LENGTH(0x7ff, 2, 2049), .mbz = 0xf800, .why = STREAMER },
	[0x3a] = { .name = "3DSTATE_DX9_CONSTANTF_PS", .where = RENDER,
		   LENGTH(0x7ff, 2, 2049), .mbz = 0xf800, .why = STREAMER },
	[0x3b] = { .name = "3DSTATE_DX9_CONSTANTI_VS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x3c] = { .name = "3DSTATE_DX9_CONSTANTI_PS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x3d] = { .name = "3DSTATE_DX9_CONSTANTB_VS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x3e] = { .name = "3DSTATE_DX9_CONSTANTB_PS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x3f] = { .name = "3DSTATE_DX9_LOCAL_VALID_VS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x40] = { .name = "3DSTATE_DX9_LOCAL_VALID_PS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x41] = { .name = "3DSTATE_DX9_GENERATE_ACTIVE_VS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x42] = { .name = "3DSTATE_DX9_GENERATE_ACTIVE_PS", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00, .why = STREAMER },
	[0x43] = { .name = "3DSTATE_BINDING_TABLE_EDIT_VS", .where = RENDER,
		   LENGTH(0x1ff, 2, 513), .mbz = 0xfe00, .why = STREAMER },
	[0x44] = { .name = "3DSTATE_BINDING_TABLE_EDIT_GS", .where = RENDER,
		   LENGTH(0x1ff, 2, 513), .mbz = 0xfe00, .why = STREAMER },
	[0x45] = { .name = "3DSTATE_BINDING_TABLE_EDIT_HS", .where = RENDER,
		   LENGTH(0x1ff, 2, 513), .mbz = 0xfe00, .why = STREAMER },
	[0x46] = { .name = "3DSTATE_BINDING_TABLE_EDIT_DS", .where = RENDER,
		   LENGTH(0x1ff, 2, 513), .mbz = 0xfe00, .why = STREAMER },
	[0x47] = { .name = "3DSTATE_BINDING_TABLE_EDIT_PS", .where = RENDER,
		   LENGTH(0x1ff, 2, 513), .mbz = 0xfe00, .why = STREAMER },
	[0x49] = { .name = "3DSTATE_VF_INSTANCING", STATE, ONLY(3) },
	[0x4a] = { .name = "3DSTATE_VF_SGVS", STATE, ONLY(2) },
	[0x4b] = { .name = "3DSTATE_VF_TOPOLOGY", STATE, ONLY(2) },
	[0x4c] = { .name = "3DSTATE_WM_CHROMAKEY", STATE, ONLY(2) },
	[0x4d] = { .name = "3DSTATE_PS_BLEND", STATE, ONLY(2) },
	[0x4e] = { .name = "3DSTATE_WM_DEPTH_STENCIL", STATE_GEN8,
		   ONLY(3),
		   .other = &ELSE { .name = "3DSTATE_WM_DEPTH_STENCIL",
		   STATE_GEN9, ONLY(4) } },
	[0x4f] = { .name = "3DSTATE_PS_EXTRA", STATE, ONLY(2) },
	[0x50] = { .name = "3DSTATE_RASTER", STATE, ONLY(5) },
	[0x51] = { .name = "3DSTATE_SBE_SWIZ", STATE, ONLY(11) },
	[0x52] = { .name = "3DSTATE_WM_HZ_OP", STATE, ONLY(5) },
	[0x54] = { .name = "3DSTATE_RS_CONSTANT_POINTER",
		   .where = ON_RCS | OF_GEN9, ONLY(4), .why = STREAMER },
	[0x55] = { .name = "3DSTATE_VF_COMPONENT_PACKING",
		   STATE_GEN9, ONLY(5) },
};

static const struct xengt_audit_cmd audit_render_79[] = {
	[0x00] = { .name = "3DSTATE_DRAWING_RECTANGLE", STATE,
		   LENGTH(0xff, 4, 4), .mbz = 0x3f00 },
	[0x02] = { .name = "3DSTATE_SAMPLER_PALETTE_LOAD0", STATE,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00 },
	[0x04] = { .name = "3DSTATE_CHROMA_KEY", STATE, ONLY(4) },
	[0x06] = { .name = "3DSTATE_POLY_STIPPLE_OFFSET", STATE, ONLY(2) },
	[0x07] = { .name = "3DSTATE_POLY_STIPPLE_PATTERN", STATE, ONLY(33) },
	[0x08] = { .name = "3DSTATE_LINE_STIPPLE", STATE, ONLY(3) },
	[0x0a] = { .name = "3DSTATE_AA_LINE_PARAMETERS", STATE, ONLY(3) },
	[0x0b] = { .name = "3DSTATE_GS_SVB_INDEX", .where = RENDER,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00,
		   .why = "only older GPUs have this command" },
	[0x0c] = { .name = "3DSTATE_SAMPLER_PALETTE_LOAD1", STATE,
		   LENGTH(0xff, 2, 257), .mbz = 0xff00 },
	[0x11] = { .name = "3DSTATE_MONOFILTER_SIZE", STATE, ONLY(2) },
	[0x12] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_VS", STATE, ONLY(2) },
	[0x13] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_HS", STATE, ONLY(2) },
	[0x14] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_DS", STATE, ONLY(2) },
	[0x15] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_GS", STATE, ONLY(2) },
	[0x16] = { .name = "3DSTATE_PUSH_CONSTANT_ALLOC_PS", STATE, ONLY(2) },
	[0x17] = { .name = "3DSTATE_SO_DECL_LIST", STATE,
		   LENGTH(0x1ff, 3, 513), .mbz = 0xfe00 },
	[0x18] = { .name = "3DSTATE_SO_BUFFER", STATE, ONLY(8) },
	[0x19] = { .name = "3DSTATE_BINDING_TABLE_POOL_ALLOC", STATE, ONLY(4) },
	[0x1a] = { .name = "3DSTATE_GATHER_POOL_ALLOC", STATE, ONLY(4) },
	[0x1b] = { .name = "3DSTATE_DX9_CONSTANT_BUFFER_POOL_ALLOC", STATE,
		   ONLY(4) },
	[0x1c] = { .name = "3DSTATE_SAMPLE_PATTERN", STATE, ONLY(9) },
	[0x1d] = { .name = "3DSTATE_URB_CLEAR", .where = ON_RCS | OF_GEN9,
		   ONLY(2), .why = "no driver needs this command with privilege" },
};

static const struct xengt_audit_cmd audit_render_7a[] = {
	[0x00] = { .name = "PIPE_CONTROL", .where = RENDER | IN_STREAM, ONLY(6),
		   .mbz1 = 0xf6420040, .check = XENGT_AUDIT_PIPE_CONTROL,
		   PATCHED(1 << 1 | 1 << 2) },
		/*
		 * Bits in mbz1: bit 22 selects protected memory, as
		 * MI_SET_APPID does; bit 26 (only Gen9) flushes the cache that
		 * the CPUs share, which no kernel driver needs.
		 */
		/*
		 * Bit 27 has no name in genxml. Linux (PIPE_CONTROL_FLUSH_L3)
		 * sets this bit at each load of a context to clear shared local
		 * memory, and always sets the stall bit, too. The check refuses
		 * bit 27 without the stall bit.
		 */
};

static const struct xengt_audit_cmd audit_render_7b[] = {
	[0x00] = { .name = "3DPRIMITIVE", .where = RENDER | IN_BATCH,
		   LENGTH(0xff, 7, 7), .mbz = 0xf800 },
		/* i915's first batch on Gen8 ends with 3DPRIMITIVE */
};

const struct xengt_audit_group xengt_audit_render[XENGT_AUDIT_GROUPS] = {
	XENGT_AUDIT_COMMON_GROUPS,
	XENGT_AUDIT_GROUP(0x60, audit_render_60),
	XENGT_AUDIT_GROUP(0x61, audit_render_61),
	XENGT_AUDIT_GROUP(0x68, audit_render_68),
	XENGT_AUDIT_GROUP(0x69, audit_render_69),
	XENGT_AUDIT_GROUP(0x70, audit_render_70),
	XENGT_AUDIT_GROUP(0x71, audit_render_71),
	XENGT_AUDIT_GROUP(0x78, audit_render_78),
	XENGT_AUDIT_GROUP(0x79, audit_render_79),
	XENGT_AUDIT_GROUP(0x7a, audit_render_7a),
	XENGT_AUDIT_GROUP(0x7b, audit_render_7b),
};
/* clang-format on */
