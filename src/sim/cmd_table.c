// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of Gen8 and Gen9: one row each, sorted by opcode.
 *
 * The client in bits 31:29 says where the rest of the opcode is: 0 (MI) bits
 * 28:23, 2 (blitter) 28:22, 3 (render, media) 28:16. The length of a command in
 * dwords is fixed, or is the number in the low bits of the command, plus two.
 *
 * Commands whose row has no handler take time and have no effect: no pixel is
 * drawn, no kernel is run, and no frame is decoded. A pipeline command without
 * a row has no effect, either; the group of the command determines its length.
 * A pipeline command without a row cannot do more than the commands with a row.
 * An MI or blitter command without a row does not exist.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim_priv.h"

#include <stdio.h>

#define R_	SIM_ENGINE_BIT(SIM_RCS)
#define V_	SIM_ENGINE_BIT(SIM_VCS)
#define E_	SIM_ENGINE_BIT(SIM_VECS)
#define B_	SIM_ENGINE_BIT(SIM_BCS)
#define A_	SIM_ENGINE_ALL

/*
 * FIXED: the command's length in dwords. VAR: the number of bits of the length
 * field, which holds the length minus two, and the smallest length in dwords.
 */
#define FIXED(n)	.len_fixed = (n), .len_min = (n)
#define VAR(bits, min)	.len_bits = (bits), .len_min = (min)
#define LEN_BIAS	2U

/* clang-format off */
static const struct sim_cmd_row rows[] = {
	{ 0x00000000, A_, "MI_NOOP", FIXED(1),
	  .cost_ns = 20, .fn = sim_mi_noop },
	{ 0x00800000, A_, "MI_SET_PREDICATE", FIXED(1),
	  .flags = SIM_CMD_NOT_SKIPPED, .fn = sim_mi_set_predicate },
	{ 0x01000000, A_, "MI_USER_INTERRUPT", FIXED(1),
	  .fn = sim_mi_user_interrupt },
	{ 0x01800000, R_ | B_, "MI_WAIT_FOR_EVENT", FIXED(1),
	  .flags = SIM_CMD_PRIV },
	{ 0x02000000, A_, "MI_FLUSH", FIXED(1) },
	{ 0x02800000, A_, "MI_ARB_CHECK", FIXED(1), .flags = SIM_CMD_ARB },
	{ 0x03000000, R_, "MI_RS_CONTROL", FIXED(1) },
	{ 0x03800000, A_, "MI_REPORT_HEAD", FIXED(1),
	  .fn = sim_mi_report_head },
	{ 0x04000000, A_, "MI_ARB_ON_OFF", FIXED(1),
	  .flags = SIM_CMD_PRIV | SIM_CMD_ARB, .fn = sim_mi_arb_on_off },
	{ 0x04800000, R_, "MI_URB_ATOMIC_ALLOC", FIXED(1) },
	{ 0x05000000, A_, "MI_BATCH_BUFFER_END", FIXED(1),
	  .flags = SIM_CMD_NOT_SKIPPED, .fn = sim_mi_batch_end },
	{ 0x05800000, A_, "MI_SUSPEND_FLUSH", FIXED(1) },
	{ 0x06000000, R_, "MI_PREDICATE", FIXED(1), .fn = sim_mi_predicate },
	{ 0x06800000, A_, "MI_TOPOLOGY_FILTER", FIXED(1) },
	{ 0x07000000, A_, "MI_SET_APPID", FIXED(1) },
	{ 0x07800000, R_, "MI_RS_CONTEXT", FIXED(1) },
	{ 0x09000000, R_ | B_, "MI_LOAD_SCAN_LINES_INCL", FIXED(2),
	  .flags = SIM_CMD_PRIV },
	{ 0x09800000, R_ | B_, "MI_LOAD_SCAN_LINES_EXCL", FIXED(2),
	  .flags = SIM_CMD_PRIV },
	{ 0x0a000000, R_ | B_, "MI_DISPLAY_FLIP", VAR(8, 1),
	  .flags = SIM_CMD_PRIV },
	{ 0x0b000000, A_, "MI_SEMAPHORE_MBOX", VAR(8, 1) },
	{ 0x0c000000, R_, "MI_SET_CONTEXT", VAR(8, 1), .flags = SIM_CMD_PRIV },
	{ 0x0c800000, R_, "MI_URB_CLEAR", VAR(8, 1) },
	{ 0x0d000000, A_, "MI_MATH", VAR(8, 1), .fn = sim_mi_math },
	{ 0x0d800000, A_, "MI_SEMAPHORE_SIGNAL", VAR(8, 1),
	  .flags = SIM_CMD_GGTT22 },
	{ 0x0e000000, A_, "MI_SEMAPHORE_WAIT", VAR(8, 4),
	  .flags = SIM_CMD_CLEAR22 | SIM_CMD_ARB,
	  .fn = sim_mi_semaphore_wait },
	{ 0x10000000, A_, "MI_STORE_DATA_IMM", VAR(10, 4),
	  .flags = SIM_CMD_GGTT22, .fn = sim_mi_store_imm },
	{ 0x10800000, A_, "MI_STORE_DATA_INDEX", VAR(8, 3),
	  .flags = SIM_CMD_PRIV, .fn = sim_mi_store_index },
	{ 0x11000000, A_, "MI_LOAD_REGISTER_IMM", VAR(8, 3),
	  .fn = sim_mi_load_imm },
	{ 0x11800000, A_, "MI_UPDATE_GTT", VAR(10, 4),
	  .flags = SIM_CMD_PRIV, .fn = sim_mi_update_gtt },
	{ 0x12000000, A_, "MI_STORE_REGISTER_MEM", VAR(8, 4),
	  .flags = SIM_CMD_GGTT22, .fn = sim_mi_store_reg },
	{ 0x13000000, A_, "MI_FLUSH_DW", VAR(6, 3), .fn = sim_mi_flush_dw },
	{ 0x13800000, A_, "MI_CLFLUSH", VAR(10, 1), .flags = SIM_CMD_GGTT22 },
	{ 0x14000000, A_, "MI_REPORT_PERF_COUNT", VAR(6, 1) },
	{ 0x14800000, A_, "MI_LOAD_REGISTER_MEM", VAR(8, 4),
	  .flags = SIM_CMD_GGTT22, .fn = sim_mi_load_mem },
	{ 0x15000000, A_, "MI_LOAD_REGISTER_REG", VAR(8, 3),
	  .fn = sim_mi_load_reg },
	{ 0x15800000, R_, "MI_RS_STORE_DATA_IMM", VAR(8, 1) },
	{ 0x16000000, R_, "MI_LOAD_URB_MEM", VAR(8, 1) },
	{ 0x16800000, R_, "MI_STORE_URB_MEM", VAR(8, 1) },
	{ 0x17000000, A_, "MI_COPY_MEM_MEM", VAR(8, 5), .fn = sim_mi_copy },
	{ 0x17800000, A_, "MI_ATOMIC", VAR(8, 3),
	  .flags = SIM_CMD_CLEAR22, .fn = sim_mi_atomic },
	{ 0x18800000, A_, "MI_BATCH_BUFFER_START", VAR(8, 3),
	  .fn = sim_mi_batch_start },
	{ 0x1b000000, A_, "MI_CONDITIONAL_BATCH_BUFFER_END", VAR(8, 4),
	  .flags = SIM_CMD_GGTT22, .fn = sim_mi_cond_end },
	{ 0x40400000, B_, "XY_SETUP_BLT", VAR(8, 2) },
	{ 0x40c00000, B_, "XY_SETUP_CLIP_BLT", VAR(8, 2) },
	{ 0x44400000, B_, "XY_SETUP_MONO_PATTERN_SL_BLT", VAR(8, 2) },
	{ 0x49000000, B_, "XY_PIXEL_BLT", VAR(8, 2) },
	{ 0x49400000, B_, "XY_SCANLINES_BLT", VAR(8, 2) },
	{ 0x49800000, B_, "XY_TEXT_BLT", VAR(8, 2) },
	{ 0x4c400000, B_, "XY_TEXT_IMMEDIATE_BLT", VAR(8, 2) },
	{ 0x50800000, B_, "XY_FAST_COPY_BLT", VAR(8, 10),
	  .gens = SIM_GEN9, .fn = sim_blit_fast_copy },
	{ 0x54000000, B_, "XY_COLOR_BLT", VAR(8, 7), .fn = sim_blit_color },
	{ 0x54400000, B_, "XY_PAT_BLT", VAR(8, 2) },
	{ 0x54800000, B_, "XY_MONO_PAT_BLT", VAR(8, 2) },
	{ 0x54c00000, B_, "XY_SRC_COPY_BLT", VAR(8, 10), .fn = sim_blit_copy },
	{ 0x55000000, B_, "XY_MONO_SRC_COPY_BLT", VAR(8, 2) },
	{ 0x55400000, B_, "XY_FULL_BLT", VAR(8, 2) },
	{ 0x55800000, B_, "XY_FULL_MONO_SRC_BLT", VAR(8, 2) },
	{ 0x55c00000, B_, "XY_FULL_MONO_PATTERN_BLT", VAR(8, 2) },
	{ 0x56000000, B_, "XY_FULL_MONO_PATTERN_MONO_SRC_BLT", VAR(8, 2) },
	{ 0x56400000, B_, "XY_MONO_PAT_FIXED_BLT", VAR(8, 2) },
	{ 0x5c400000, B_, "XY_MONO_SRC_COPY_IMMEDIATE_BLT", VAR(8, 2) },
	{ 0x5c800000, B_, "XY_PAT_BLT_IMMEDIATE", VAR(8, 2) },
	{ 0x5cc00000, B_, "XY_SRC_COPY_CHROMA_BLT", VAR(8, 2) },
	{ 0x5d000000, B_, "XY_FULL_IMMEDIATE_PATTERN_BLT", VAR(8, 2) },
	{ 0x5d400000, B_, "XY_FULL_MONO_SRC_IMMEDIATE_PATTERN_BLT", VAR(8, 2) },
	{ 0x5d800000, B_, "XY_PAT_CHROMA_BLT", VAR(8, 2) },
	{ 0x5dc00000, B_, "XY_PAT_CHROMA_BLT_IMMEDIATE", VAR(8, 2) },
	{ 0x60030000, R_, "STATE_PREFETCH", VAR(8, 2) },
	{ 0x61010000, R_, "STATE_BASE_ADDRESS", VAR(8, 2) },
	{ 0x61020000, R_, "STATE_SIP", VAR(8, 2) },
	{ 0x61030000, R_, "OP_SWTESS_BASE_ADDRESS", VAR(3, 2) },
	{ 0x61040000, R_, "OP_3D_MEDIA_0_1_4", VAR(8, 2) },
	{ 0x68000000, V_, "MFX_WAIT", FIXED(1) },
	{ 0x680b0000, R_, "3DSTATE_VF_STATISTICS_GM45", FIXED(1) },
	{ 0x69040000, R_, "PIPELINE_SELECT", FIXED(1) },
	{ 0x70000000, R_, "MEDIA_VFE_STATE", VAR(16, 2) },
	{ 0x70000000, V_, "MFX_PIPE_MODE_SELECT", VAR(12, 2) },
	{ 0x70010000, R_, "MEDIA_CURBE_LOAD", VAR(16, 2) },
	{ 0x70010000, V_, "MFX_SURFACE_STATE", VAR(12, 2) },
	{ 0x70020000, R_, "MEDIA_INTERFACE_DESCRIPTOR_LOAD", VAR(16, 2) },
	{ 0x70020000, V_, "MFX_PIPE_BUF_ADDR_STATE", VAR(12, 2) },
	{ 0x70030000, R_, "MEDIA_GATEWAY_STATE", VAR(16, 2) },
	{ 0x70030000, V_, "MFX_IND_OBJ_BASE_ADDR_STATE", VAR(12, 2) },
	{ 0x70040000, R_, "MEDIA_STATE_FLUSH", VAR(16, 2) },
	{ 0x70040000, V_, "MFX_BSP_BUF_BASE_ADDR_STATE", VAR(12, 2) },
	{ 0x70050000, R_, "MEDIA_POOL_STATE", VAR(16, 2) },
	{ 0x70050000, V_, "OP_2_0_0_5", VAR(12, 2) },
	{ 0x70060000, V_, "MFX_STATE_POINTER", VAR(12, 2) },
	{ 0x70070000, V_, "MFX_QM_STATE", VAR(12, 2) },
	{ 0x70080000, V_, "MFX_FQM_STATE", VAR(12, 2) },
	{ 0x70090000, V_, "MFX_DBK_OBJECT", VAR(12, 2) },
	{ 0x70290000, V_, "MFD_IT_OBJECT", VAR(12, 2) },
	{ 0x70480000, V_, "MFX_PAK_INSERT_OBJECT", VAR(12, 2) },
	{ 0x704a0000, V_, "MFX_STITCH_OBJECT", VAR(12, 2) },
	{ 0x704b0000, V_, "MFX_MPEG_TS_CONTROL", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70800000, V_, "VDENC_PIPE_MODE_SELECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70810000, V_, "VDENC_SRC_SURFACE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70820000, V_, "VDENC_REF_SURFACE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70830000, V_, "VDENC_DS_REF_SURFACE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70840000, V_, "VDENC_PIPE_BUF_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70850000, V_, "VDENC_IMG_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70860000, V_, "VDENC_CONST_QPT_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x70870000, V_, "VDENC_WALKER_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	/* this command exists since Kaby Lake */
	{ 0x70880000, V_, "VDENC_WEIGHTSOFFSETS_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x71000000, R_, "MEDIA_OBJECT", VAR(16, 2),
	  .flags = SIM_CMD_THREADS },
	{ 0x71000000, V_, "MFX_AVC_IMG_STATE", VAR(12, 2) },
	{ 0x71010000, V_, "MFX_AVC_QM_STATE", VAR(12, 2) },
	{ 0x71020000, R_, "MEDIA_OBJECT_PRT", VAR(16, 2),
	  .flags = SIM_CMD_THREADS },
	{ 0x71020000, V_, "MFX_AVC_DIRECTMODE_STATE", VAR(12, 2) },
	{ 0x71030000, R_, "MEDIA_OBJECT_WALKER", VAR(16, 2),
	  .flags = SIM_CMD_THREADS },
	{ 0x71030000, V_, "MFX_AVC_SLICE_STATE", VAR(12, 2) },
	{ 0x71040000, V_, "MFX_AVC_REF_IDX_STATE", VAR(12, 2) },
	{ 0x71050000, R_, "GPGPU_WALKER", VAR(8, 2),
	  .flags = SIM_CMD_THREADS },
	{ 0x71050000, V_, "MFX_AVC_WEIGHTOFFSET_STATE", VAR(12, 2) },
	{ 0x71250000, V_, "MFD_AVC_PICID_STATE", VAR(12, 2) },
	{ 0x71260000, V_, "MFD_AVC_DPB_STATE", VAR(12, 2) },
	{ 0x71270000, V_, "MFD_AVC_SLICEADDR", VAR(12, 2) },
	{ 0x71280000, V_, "MFD_AVC_BSD_OBJECT", VAR(12, 2) },
	{ 0x71490000, V_, "MFC_AVC_PAK_OBJECT", VAR(12, 2) },
	{ 0x72010000, V_, "MFX_VC1_PRED_PIPE_STATE", VAR(12, 2) },
	{ 0x72020000, V_, "MFX_VC1_DIRECTMODE_STATE", VAR(12, 2) },
	{ 0x72200000, V_, "MFD_VC1_SHORT_PIC_STATE", VAR(12, 2) },
	{ 0x72210000, V_, "MFD_VC1_LONG_PIC_STATE", VAR(12, 2) },
	{ 0x72280000, V_, "MFD_VC1_BSD_OBJECT", VAR(12, 2) },
	{ 0x73000000, V_, "MFX_MPEG2_PIC_STATE", VAR(12, 2) },
	{ 0x73010000, V_, "MFX_MPEG2_QM_STATE", VAR(12, 2) },
	{ 0x73280000, V_, "MFD_MPEG2_BSD_OBJECT", VAR(12, 2) },
	{ 0x73430000, V_, "MFC_MPEG2_SLICEGROUP_STATE", VAR(12, 2) },
	{ 0x73490000, V_, "MFC_MPEG2_PAK_OBJECT", VAR(12, 2) },
	{ 0x73800000, V_, "HCP_PIPE_MODE_SELECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73810000, V_, "HCP_SURFACE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73820000, V_, "HCP_PIPE_BUF_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73830000, V_, "HCP_IND_OBJ_BASE_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73840000, V_, "HCP_QM_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73850000, V_, "HCP_FQM_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73880000, V_, "HEVC_VP9_RDOQ_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73900000, V_, "HCP_PIC_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73910000, V_, "HCP_TILE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73920000, V_, "HCP_REF_IDX_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73930000, V_, "HCP_WEIGHTOFFSET_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73940000, V_, "HCP_SLICE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73a00000, V_, "HCP_BSD_OBJECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73a10000, V_, "HCP_PAK_OBJECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73a20000, V_, "HCP_PAK_INSERT_OBJECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73b00000, V_, "HCP_VP9_PIC_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x73b20000, V_, "HCP_VP9_SEGMENT_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x74000000, E_, "VEBOX_SURFACE_STATE", VAR(12, 2) },
	{ 0x74000000, V_, "MFX_VP8_PIC_STATE", VAR(12, 2) },
	{ 0x74020000, E_, "VEBOX_STATE", VAR(12, 2) },
	{ 0x74030000, E_, "VEB_DI_IECP", VAR(12, 2) },
	{ 0x74280000, V_, "MFD_VP8_BSD_OBJECT", VAR(12, 2) },
	{ 0x74410000, V_, "MFX_VP8_ENCODER_CFG", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x74430000, V_, "MFX_VP8_BSP_BUF_BASE_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x74490000, V_, "MFX_VP8_PAK_OBJECT", VAR(12, 2) },
	{ 0x75000000, V_, "SFC_LOCK", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75010000, V_, "SFC_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75020000, V_, "SFC_AVS_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75030000, V_, "SFC_IEF_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75040000, V_, "SFC_FRAME_START", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75050000, V_, "SFC_AVS_LUMA_COEFF_TABLE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75060000, V_, "SFC_AVS_CHROMA_COEFF_TABLE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75800000, V_, "HUC_PIPE_MODE_SELECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75810000, V_, "HUC_IMEM_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75820000, V_, "HUC_DMEM_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75830000, V_, "HUC_CFG_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75840000, V_, "HUC_VIRTUAL_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75850000, V_, "HUC_IND_OBJ_BASE_ADDR_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75a00000, V_, "HUC_STREAM_OBJECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x75a10000, V_, "HUC_START", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x76000000, V_, "MFX_2_6_0_0", VAR(16, 2) },
	{ 0x76080000, V_, "MFX_2_6_0_8", VAR(16, 2) },
	{ 0x76090000, V_, "MFX_2_6_0_9", VAR(16, 2) },
	{ 0x77000000, V_, "MFX_JPEG_PIC_STATE", VAR(12, 2) },
	{ 0x77020000, V_, "MFX_JPEG_HUFF_TABLE_STATE", VAR(12, 2) },
	{ 0x77280000, V_, "MFD_JPEG_BSD_OBJECT", VAR(12, 2) },
	{ 0x77430000, V_, "MFC_JPEG_HUFF_TABLE_STATE", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x77490000, V_, "MFC_JPEG_SCAN_OBJECT", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x77800000, V_, "VD_PIPELINE_FLUSH", VAR(12, 2),
	  .gens = SIM_GEN9 },
	{ 0x78040000, R_, "3DSTATE_CLEAR_PARAMS", VAR(8, 2) },
	{ 0x78050000, R_, "3DSTATE_DEPTH_BUFFER", VAR(8, 2) },
	{ 0x78060000, R_, "3DSTATE_STENCIL_BUFFER", VAR(8, 2) },
	{ 0x78070000, R_, "3DSTATE_HIER_DEPTH_BUFFER", VAR(8, 2) },
	{ 0x78080000, R_, "3DSTATE_VERTEX_BUFFERS", VAR(8, 2) },
	{ 0x78090000, R_, "3DSTATE_VERTEX_ELEMENTS", VAR(8, 2) },
	{ 0x780a0000, R_, "3DSTATE_INDEX_BUFFER", VAR(8, 2) },
	{ 0x780b0000, R_, "3DSTATE_VF_STATISTICS", FIXED(1) },
	{ 0x780c0000, R_, "3DSTATE_VF", VAR(8, 2) },
	{ 0x780d0000, R_, "3DSTATE_MULTISAMPLE", VAR(8, 2) },
	{ 0x780e0000, R_, "3DSTATE_CC_STATE_POINTERS", VAR(8, 2) },
	{ 0x780f0000, R_, "3DSTATE_SCISSOR_STATE_POINTERS", VAR(8, 2) },
	{ 0x78100000, R_, "3DSTATE_VS", VAR(8, 2) },
	{ 0x78110000, R_, "3DSTATE_GS", VAR(8, 2) },
	{ 0x78120000, R_, "3DSTATE_CLIP", VAR(8, 2) },
	{ 0x78130000, R_, "3DSTATE_SF", VAR(8, 2) },
	{ 0x78140000, R_, "3DSTATE_WM", VAR(8, 2) },
	{ 0x78150000, R_, "3DSTATE_CONSTANT_VS", VAR(8, 2) },
	{ 0x78160000, R_, "3DSTATE_CONSTANT_GS", VAR(8, 2) },
	{ 0x78170000, R_, "3DSTATE_CONSTANT_PS", VAR(8, 2) },
	{ 0x78180000, R_, "3DSTATE_SAMPLE_MASK", VAR(8, 2) },
	{ 0x78190000, R_, "3DSTATE_CONSTANT_HS", VAR(8, 2) },
	{ 0x781a0000, R_, "3DSTATE_CONSTANT_DS", VAR(8, 2) },
	{ 0x781b0000, R_, "3DSTATE_HS", VAR(8, 2) },
	{ 0x781c0000, R_, "3DSTATE_TE", VAR(8, 2) },
	{ 0x781d0000, R_, "3DSTATE_DS", VAR(8, 2) },
	{ 0x781e0000, R_, "3DSTATE_STREAMOUT", VAR(8, 2) },
	{ 0x781f0000, R_, "3DSTATE_SBE", VAR(8, 2) },
	{ 0x78200000, R_, "3DSTATE_PS", VAR(8, 2) },
	{ 0x78210000, R_, "3DSTATE_VIEWPORT_STATE_POINTERS_SF_CLIP", VAR(8, 2),
	   },
	{ 0x78230000, R_, "3DSTATE_VIEWPORT_STATE_POINTERS_CC", VAR(8, 2) },
	{ 0x78240000, R_, "3DSTATE_BLEND_STATE_POINTERS", VAR(8, 2) },
	{ 0x78250000, R_, "3DSTATE_DEPTH_STENCIL_STATE_POINTERS", VAR(8, 2) },
	{ 0x78260000, R_, "3DSTATE_BINDING_TABLE_POINTERS_VS", VAR(8, 2) },
	{ 0x78270000, R_, "3DSTATE_BINDING_TABLE_POINTERS_HS", VAR(8, 2) },
	{ 0x78280000, R_, "3DSTATE_BINDING_TABLE_POINTERS_DS", VAR(8, 2) },
	{ 0x78290000, R_, "3DSTATE_BINDING_TABLE_POINTERS_GS", VAR(8, 2) },
	{ 0x782a0000, R_, "3DSTATE_BINDING_TABLE_POINTERS_PS", VAR(8, 2) },
	{ 0x782b0000, R_, "3DSTATE_SAMPLER_STATE_POINTERS_VS", VAR(8, 2) },
	{ 0x782c0000, R_, "3DSTATE_SAMPLER_STATE_POINTERS_HS", VAR(8, 2) },
	{ 0x782d0000, R_, "3DSTATE_SAMPLER_STATE_POINTERS_DS", VAR(8, 2) },
	{ 0x782e0000, R_, "3DSTATE_SAMPLER_STATE_POINTERS_GS", VAR(8, 2) },
	{ 0x782f0000, R_, "3DSTATE_SAMPLER_STATE_POINTERS_PS", VAR(8, 2) },
	{ 0x78300000, R_, "3DSTATE_URB_VS", VAR(8, 2) },
	{ 0x78310000, R_, "3DSTATE_URB_HS", VAR(8, 2) },
	{ 0x78320000, R_, "3DSTATE_URB_DS", VAR(8, 2) },
	{ 0x78330000, R_, "3DSTATE_URB_GS", VAR(8, 2) },
	{ 0x78340000, R_, "3DSTATE_GATHER_CONSTANT_VS", VAR(8, 2) },
	{ 0x78350000, R_, "3DSTATE_GATHER_CONSTANT_GS", VAR(8, 2) },
	{ 0x78360000, R_, "3DSTATE_GATHER_CONSTANT_HS", VAR(8, 2) },
	{ 0x78370000, R_, "3DSTATE_GATHER_CONSTANT_DS", VAR(8, 2) },
	{ 0x78380000, R_, "3DSTATE_GATHER_CONSTANT_PS", VAR(8, 2) },
	{ 0x78390000, R_, "3DSTATE_DX9_CONSTANTF_VS", VAR(11, 2) },
	{ 0x783a0000, R_, "3DSTATE_DX9_CONSTANTF_PS", VAR(11, 2) },
	{ 0x783b0000, R_, "3DSTATE_DX9_CONSTANTI_VS", VAR(8, 2) },
	{ 0x783c0000, R_, "3DSTATE_DX9_CONSTANTI_PS", VAR(8, 2) },
	{ 0x783d0000, R_, "3DSTATE_DX9_CONSTANTB_VS", VAR(8, 2) },
	{ 0x783e0000, R_, "3DSTATE_DX9_CONSTANTB_PS", VAR(8, 2) },
	{ 0x783f0000, R_, "3DSTATE_DX9_LOCAL_VALID_VS", VAR(8, 2) },
	{ 0x78400000, R_, "3DSTATE_DX9_LOCAL_VALID_PS", VAR(8, 2) },
	{ 0x78410000, R_, "3DSTATE_DX9_GENERATE_ACTIVE_VS", VAR(8, 2) },
	{ 0x78420000, R_, "3DSTATE_DX9_GENERATE_ACTIVE_PS", VAR(8, 2) },
	{ 0x78430000, R_, "3DSTATE_BINDING_TABLE_EDIT_VS", VAR(9, 2) },
	{ 0x78440000, R_, "3DSTATE_BINDING_TABLE_EDIT_GS", VAR(9, 2) },
	{ 0x78450000, R_, "3DSTATE_BINDING_TABLE_EDIT_HS", VAR(9, 2) },
	{ 0x78460000, R_, "3DSTATE_BINDING_TABLE_EDIT_DS", VAR(9, 2) },
	{ 0x78470000, R_, "3DSTATE_BINDING_TABLE_EDIT_PS", VAR(9, 2) },
	{ 0x78490000, R_, "3DSTATE_VF_INSTANCING", VAR(8, 2) },
	{ 0x784a0000, R_, "3DSTATE_VF_SGVS", VAR(8, 2) },
	{ 0x784b0000, R_, "3DSTATE_VF_TOPOLOGY", VAR(8, 2) },
	{ 0x784c0000, R_, "3DSTATE_WM_CHROMAKEY", VAR(8, 2) },
	{ 0x784d0000, R_, "3DSTATE_PS_BLEND", VAR(8, 2) },
	{ 0x784e0000, R_, "3DSTATE_WM_DEPTH_STENCIL", VAR(8, 2) },
	{ 0x784f0000, R_, "3DSTATE_PS_EXTRA", VAR(8, 2) },
	{ 0x78500000, R_, "3DSTATE_RASTER", VAR(8, 2) },
	{ 0x78510000, R_, "3DSTATE_SBE_SWIZ", VAR(8, 2) },
	{ 0x78520000, R_, "3DSTATE_WM_HZ_OP", VAR(8, 2) },
	{ 0x78550000, R_, "3DSTATE_COMPONENT_PACKING", VAR(8, 2),
	  .gens = SIM_GEN9 },
	{ 0x79000000, R_, "3DSTATE_DRAWING_RECTANGLE", VAR(8, 2) },
	{ 0x79020000, R_, "3DSTATE_SAMPLER_PALETTE_LOAD0", VAR(8, 2) },
	{ 0x79040000, R_, "3DSTATE_CHROMA_KEY", VAR(8, 2) },
	{ 0x79060000, R_, "3DSTATE_POLY_STIPPLE_OFFSET", VAR(8, 2) },
	{ 0x79070000, R_, "3DSTATE_POLY_STIPPLE_PATTERN", VAR(8, 2) },
	{ 0x79080000, R_, "3DSTATE_LINE_STIPPLE", VAR(8, 2) },
	{ 0x790a0000, R_, "3DSTATE_AA_LINE_PARAMS", VAR(8, 2) },
	{ 0x790b0000, R_, "3DSTATE_GS_SVB_INDEX", VAR(8, 2) },
	{ 0x790c0000, R_, "3DSTATE_SAMPLER_PALETTE_LOAD1", VAR(8, 2) },
	{ 0x79110000, R_, "3DSTATE_MONOFILTER_SIZE", VAR(8, 2) },
	{ 0x79120000, R_, "3DSTATE_PUSH_CONSTANT_ALLOC_VS", VAR(8, 2) },
	{ 0x79130000, R_, "3DSTATE_PUSH_CONSTANT_ALLOC_HS", VAR(8, 2) },
	{ 0x79140000, R_, "3DSTATE_PUSH_CONSTANT_ALLOC_DS", VAR(8, 2) },
	{ 0x79150000, R_, "3DSTATE_PUSH_CONSTANT_ALLOC_GS", VAR(8, 2) },
	{ 0x79160000, R_, "3DSTATE_PUSH_CONSTANT_ALLOC_PS", VAR(8, 2) },
	{ 0x79170000, R_, "3DSTATE_SO_DECL_LIST", VAR(9, 2) },
	{ 0x79180000, R_, "3DSTATE_SO_BUFFER", VAR(8, 2) },
	{ 0x79190000, R_, "3DSTATE_BINDING_TABLE_POOL_ALLOC", VAR(8, 2) },
	{ 0x791a0000, R_, "3DSTATE_GATHER_POOL_ALLOC", VAR(8, 2) },
	{ 0x791b0000, R_, "3DSTATE_DX9_CONSTANT_BUFFER_POOL_ALLOC", VAR(8, 2) },
	{ 0x791c0000, R_, "3DSTATE_SAMPLE_PATTERN", VAR(8, 2) },
	{ 0x7a000000, R_, "PIPE_CONTROL", VAR(8, 6), .fn = sim_pipe_control },
	{ 0x7b000000, R_, "3DPRIMITIVE", VAR(8, 2),
	  .flags = SIM_CMD_THREADS },
};

/*
 * One row for each group of pipeline commands, for the commands of this group
 * that have no row of their own.
 */
static const struct sim_cmd_row
	other_3d = { 3U << 29, R_, "(3D)", VAR(8, 2) },
	other_single = { 3U << 29, A_, "(single)", FIXED(1) },
	other_media = { 3U << 29, R_, "(media)", VAR(16, 2) },
	other_codec = { 3U << 29, V_ | E_, "(codec)", VAR(12, 2) };
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const struct sim_cmd_row *sim_cmd_rows(size_t *ret_n)
{
	*ret_n = N_ROWS;
	return rows;
}

/*
 * Clients by bits 31:29 of a command. Each row has the mask of the opcode's
 * bits and the usual cost of a command in ns.
 */
static const struct client {
	uint32_t mask;
	uint16_t cost_ns;
	uint16_t single_ns;		/* cost in ns of a command of one
					 * dword */
} clients[8] = {
	[0] = { 0xff800000U, 100, 50 },
	[2] = { 0xffc00000U, 200, 200 },
	[3] = { 0xffff0000U, 100, 100 },
};

static const struct client *client(uint32_t dw0)
{
	return &clients[dw0 >> 29];
}

static unsigned int gens_of(const struct sim_cmd_row *r)
{
	return r->gens ? r->gens : SIM_GEN_ALL;
}

static const char *row_fault(const struct sim_cmd_row *r)
{
	if (!r->name || !r->engines || (r->engines & ~A_) ||
	    (r->gens & ~SIM_GEN_ALL))
		return "without name or engines, or of no platform";
	if (!client(r->opcode)->mask)
		return "of no client";
	if (r->opcode & ~client(r->opcode)->mask)
		return "opcode outside of its client's mask";
	if (!r->len_fixed == !r->len_bits)
		return "needs one length rule";
	if (!r->len_min || (r->len_bits && r->len_bits > 16))
		return "impossible length";
	if (r->fn && r->len_bits > SIM_CMD_BITS)
		return "too long for a handler";
	return NULL;
}

const char *sim_cmd_check(char *why, size_t bytes)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		const char *fault = row_fault(&rows[i]);

		if (!fault && i && rows[i].opcode < rows[i - 1].opcode)
			fault = "not sorted";
		for (size_t j = 0; !fault && j < i; j++)
			if (rows[j].opcode == rows[i].opcode &&
			    (rows[j].engines & rows[i].engines) &&
			    (gens_of(&rows[j]) & gens_of(&rows[i])))
				fault = "twice for one engine";
		if (fault) {
			snprintf(why, bytes, "%s: %s", rows[i].name, fault);
			return why;
		}
	}
	return NULL;
}

/*
 * Returns the element of the index for an opcode, or NULL if the command's
 * client does not exist.
 */
static const uint16_t *slot(const struct sim_exec *x, enum sim_engine_id id,
			    uint32_t dw0)
{
	switch (dw0 >> 29) {
	case 0:
		return &x->mi[id][dw0 >> 23 & 63];
	case 2:
		return &x->blt[id][dw0 >> 22 & 127];
	case 3:
		return &x->rc[id][dw0 >> 16 & 8191];
	default:
		return NULL;
	}
}

void sim_cmd_index(struct sim_exec *x, unsigned int gen)
{
	for (size_t i = 0; i < N_ROWS; i++)
		for (int id = 0; id < SIM_ENGINES; id++) {
			const uint16_t *at = slot(x, (enum sim_engine_id)id,
						  rows[i].opcode);

			if (at && (gens_of(&rows[i]) & gen) &&
			    (rows[i].engines & SIM_ENGINE_BIT(id)))
				*(uint16_t *)(uintptr_t)at = (uint16_t)(i + 1);
		}
}

const struct sim_cmd_row *sim_cmd_find(const struct sim_exec *x,
				       enum sim_engine_id id, uint32_t dw0)
{
	const uint16_t *at = slot(x, id, dw0);

	if (!at)
		return NULL;
	if (*at)
		return &rows[*at - 1];
	if (dw0 >> 29 != 3 || id == SIM_BCS)
		return NULL;
	switch (dw0 >> 27 & 3) {
	case 1:
		return &other_single;
	case 2:
		return id == SIM_RCS ? &other_media : &other_codec;
	default:
		return id == SIM_RCS ? &other_3d : NULL;
	}
}

unsigned int sim_cmd_len(const struct sim_cmd_row *row, uint32_t dw0)
{
	if (row->len_fixed)
		return row->len_fixed;
	return (dw0 & ((1U << row->len_bits) - 1)) + LEN_BIAS;
}

unsigned int sim_cmd_cost_ns(const struct sim_cmd_row *row)
{
	if (row->cost_ns)
		return row->cost_ns;
	return row->len_fixed ? client(row->opcode)->single_ns :
		client(row->opcode)->cost_ns;
}
