// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the commands of the video engines' pipelines
 *
 * The pipelines are decoders, encoders and scalers. VCS has MFX, and from Gen9
 * on also HCP, HUC, VDENC and SFC; VECS has VEBOX. No kernel driver uses the
 * pipelines' commands in a ring or in a batch with privilege, so privileged
 * streams may not contain these commands. Batches without privilege are not
 * audited, because the hardware confines them to the context's address space.
 * The rows give only the commands' names and lengths. audit_rows.h names the
 * sources of the facts.
 */
#include "boundary/audit_priv.h"
#include "boundary/audit_rows.h"

#define CODEC		"no driver decodes or encodes with privilege"
#define MFX		.where = ON_VCS | OF_ALL, .why = CODEC
#define MFX_GEN8	.where = ON_VCS | OF_GEN8, .why = CODEC
#define MFX_GEN9	.where = ON_VCS | OF_GEN9, .why = CODEC
#define VEBOX		.where = ON_VECS | OF_ALL, .why = CODEC

/* clang-format off */
static const struct xengt_audit_cmd audit_video_68[] = {
	[0x00] = { .name = "MFX_WAIT", MFX, DWORDS(1) },
};

static const struct xengt_audit_cmd audit_video_70[] = {
	[0x00] = { .name = "MFX_PIPE_MODE_SELECT", MFX, LENGTH(0xfff, 5, 5) },
	[0x01] = { .name = "MFX_SURFACE_STATE", MFX, LENGTH(0xfff, 6, 6) },
	[0x02] = { .name = "MFX_PIPE_BUF_ADDR_STATE", MFX_GEN8,
		   LENGTH(0xfff, 61, 61),
		   .other = &ELSE { .name = "MFX_PIPE_BUF_ADDR_STATE",
		   MFX_GEN9, LENGTH(0xfff, 65, 65) } },
	[0x03] = { .name = "MFX_IND_OBJ_BASE_ADDR_STATE", MFX,
		   LENGTH(0xfff, 26, 26) },
	[0x04] = { .name = "MFX_BSP_BUF_BASE_ADDR_STATE", MFX,
		   LENGTH(0xfff, 10, 10) },
	[0x05] = { .name = "(MFX 0.0.5)", MFX, LENGTH(0xfff, 2, 4097) },
	[0x06] = { .name = "MFX_STATE_POINTER", MFX, LENGTH(0xfff, 2, 2) },
	[0x07] = { .name = "MFX_QM_STATE", MFX, LENGTH(0xfff, 34, 34) },
	[0x08] = { .name = "MFX_FQM_STATE", MFX, LENGTH(0xfff, 34, 34) },
	[0x09] = { .name = "MFX_DBK_OBJECT", MFX, LENGTH(0xfff, 13, 13) },
	[0x29] = { .name = "MFD_IT_OBJECT", MFX, LENGTH(0xfff, 8, 4097) },
	[0x48] = { .name = "MFX_PAK_INSERT_OBJECT", MFX,
		   LENGTH(0xfff, 2, 4097) },
	[0x4a] = { .name = "MFX_STITCH_OBJECT", MFX, LENGTH(0xfff, 2, 4097) },
	[0x4b] = { .name = "MFX_MPEG_TS_CONTROL", MFX_GEN9,
		   LENGTH(0xfff, 5, 5) },
	[0x80] = { .name = "VDENC_PIPE_MODE_SELECT", MFX_GEN9,
		   LENGTH(0xfff, 2, 2) },
	[0x81] = { .name = "VDENC_SRC_SURFACE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 6, 6) },
	[0x82] = { .name = "VDENC_REF_SURFACE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 6, 6) },
	[0x83] = { .name = "VDENC_DS_REF_SURFACE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 6, 6) },
	[0x84] = { .name = "VDENC_PIPE_BUF_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 38, 38) },
	[0x85] = { .name = "VDENC_IMG_STATE", MFX_GEN9, LENGTH(0xfff, 36, 36) },
	[0x86] = { .name = "VDENC_CONST_QPT_STATE", MFX_GEN9,
		   LENGTH(0xfff, 62, 62) },
	[0x87] = { .name = "VDENC_WALKER_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 2) },
};

static const struct xengt_audit_cmd audit_video_71[] = {
	[0x00] = { .name = "MFX_AVC_IMG_STATE", MFX, LENGTH(0xfff, 14, 14) },
	[0x01] = { .name = "MFX_AVC_QM_STATE", MFX, LENGTH(0xfff, 2, 4097) },
	[0x02] = { .name = "MFX_AVC_DIRECTMODE_STATE", MFX,
		   LENGTH(0xfff, 71, 71) },
	[0x03] = { .name = "MFX_AVC_SLICE_STATE", MFX, LENGTH(0xfff, 10, 10) },
	[0x04] = { .name = "MFX_AVC_REF_IDX_STATE", MFX,
		   LENGTH(0xfff, 10, 10) },
	[0x05] = { .name = "MFX_AVC_WEIGHTOFFSET_STATE", MFX,
		   LENGTH(0xfff, 98, 98) },
	[0x25] = { .name = "MFD_AVC_PICID_STATE", MFX, LENGTH(0xfff, 10, 10) },
	[0x26] = { .name = "MFD_AVC_DPB_STATE", MFX, LENGTH(0xfff, 27, 27) },
	[0x27] = { .name = "MFD_AVC_SLICEADDR", MFX, LENGTH(0xfff, 3, 3) },
	[0x28] = { .name = "MFD_AVC_BSD_OBJECT", MFX, LENGTH(0xfff, 6, 6) },
	[0x49] = { .name = "MFC_AVC_PAK_OBJECT", MFX, LENGTH(0xfff, 12, 12) },
};

static const struct xengt_audit_cmd audit_video_72[] = {
	[0x01] = { .name = "MFX_VC1_PRED_PIPE_STATE", MFX,
		   LENGTH(0xfff, 6, 6) },
	[0x02] = { .name = "MFX_VC1_DIRECTMODE_STATE", MFX,
		   LENGTH(0xfff, 7, 7) },
	[0x20] = { .name = "MFD_VC1_SHORT_PIC_STATE", MFX,
		   LENGTH(0xfff, 5, 5) },
	[0x21] = { .name = "MFD_VC1_LONG_PIC_STATE", MFX, LENGTH(0xfff, 6, 6) },
	[0x28] = { .name = "MFD_VC1_BSD_OBJECT", MFX, LENGTH(0xfff, 5, 5) },
};

static const struct xengt_audit_cmd audit_video_73[] = {
	[0x00] = { .name = "MFX_MPEG2_PIC_STATE", MFX, LENGTH(0xfff, 2, 2) },
	[0x01] = { .name = "MFX_MPEG2_QM_STATE", MFX, LENGTH(0xfff, 2, 4097) },
	[0x28] = { .name = "MFD_MPEG2_BSD_OBJECT", MFX, LENGTH(0xfff, 5, 5) },
	[0x43] = { .name = "MFC_MPEG2_SLICEGROUP_STATE", MFX,
		   LENGTH(0xfff, 8, 8) },
	[0x49] = { .name = "MFC_MPEG2_PAK_OBJECT", MFX, LENGTH(0xfff, 9, 9) },
	[0x80] = { .name = "HCP_PIPE_MODE_SELECT", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x81] = { .name = "HCP_SURFACE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x82] = { .name = "HCP_PIPE_BUF_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x83] = { .name = "HCP_IND_OBJ_BASE_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x84] = { .name = "HCP_QM_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x85] = { .name = "HCP_FQM_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x88] = { .name = "HEVC_VP9_RDOQ_STATE", MFX_GEN9,
		   LENGTH(0xfff, 62, 62) },
	[0x90] = { .name = "HCP_PIC_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x91] = { .name = "HCP_TILE_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x92] = { .name = "HCP_REF_IDX_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x93] = { .name = "HCP_WEIGHTOFFSET_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x94] = { .name = "HCP_SLICE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x95] = { .name = "HCP_TILE_CODING", MFX_GEN9, DWORDS(1) },
	[0xa0] = { .name = "HCP_BSD_OBJECT", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0xa1] = { .name = "HCP_PAK_OBJECT", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0xa2] = { .name = "HCP_PAK_INSERT_OBJECT", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0xb0] = { .name = "HCP_VP9_PIC_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0xb2] = { .name = "HCP_VP9_SEGMENT_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
};

static const struct xengt_audit_cmd audit_video_74[] = {
	[0x00] = { .name = "VEBOX_SURFACE_STATE", VEBOX,
		   LENGTH(0xfff, 2, 4097),
		   .other = &ELSE { .name = "MFX_VP8_PIC_STATE", MFX,
		   LENGTH(0xfff, 2, 2) } },
	[0x02] = { .name = "VEBOX_STATE", VEBOX, LENGTH(0xfff, 2, 4097) },
	[0x03] = { .name = "VEB_DI_IECP", VEBOX, LENGTH(0xfff, 2, 4097) },
	[0x28] = { .name = "MFD_VP8_BSD_OBJECT", MFX, LENGTH(0xfff, 22, 22) },
	[0x41] = { .name = "MFX_VP8_ENCODER_CFG", MFX_GEN9,
		   LENGTH(0xfff, 2, 2) },
	[0x43] = { .name = "MFX_VP8_BSP_BUF_BASE_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 2) },
	[0x49] = { .name = "MFX_VP8_PAK_OBJECT", MFX, LENGTH(0xfff, 7, 7) },
};

static const struct xengt_audit_cmd audit_video_75[] = {
	[0x00] = { .name = "SFC_LOCK", MFX_GEN9, LENGTH(0xfff, 2, 2) },
	[0x01] = { .name = "SFC_STATE", MFX_GEN9, LENGTH(0xfff, 32, 32) },
	[0x02] = { .name = "SFC_AVS_STATE", MFX_GEN9, LENGTH(0xfff, 3, 3) },
	[0x03] = { .name = "SFC_IEF_STATE", MFX_GEN9, LENGTH(0xfff, 24, 24) },
	[0x04] = { .name = "SFC_FRAME_START", MFX_GEN9, LENGTH(0xfff, 2, 2) },
	[0x05] = { .name = "SFC_AVS_LUMA_COEFF_TABLE", MFX_GEN9,
		   LENGTH(0xfff, 129, 129) },
	[0x06] = { .name = "SFC_AVS_CHROMA_COEFF_TABLE", MFX_GEN9,
		   LENGTH(0xfff, 65, 65) },
	[0x80] = { .name = "HUC_PIPE_MODE_SELECT", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x81] = { .name = "HUC_IMEM_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x82] = { .name = "HUC_DMEM_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x83] = { .name = "HUC_CFG_STATE", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
	[0x84] = { .name = "HUC_VIRTUAL_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0x85] = { .name = "HUC_IND_OBJ_BASE_ADDR_STATE", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0xa0] = { .name = "HUC_STREAM_OBJECT", MFX_GEN9,
		   LENGTH(0xfff, 2, 4097) },
	[0xa1] = { .name = "HUC_START", MFX_GEN9, LENGTH(0xfff, 2, 4097) },
};

static const struct xengt_audit_cmd audit_video_76[] = {
	[0x00] = { .name = "(MFX 6.0.0)", MFX, LENGTH(0xfff, 2, 4097) },
	[0x08] = { .name = "(MFX 6.0.8)", MFX, LENGTH(0xfff, 2, 4097) },
	[0x09] = { .name = "(MFX 6.0.9)", MFX, LENGTH(0xfff, 2, 4097) },
};

static const struct xengt_audit_cmd audit_video_77[] = {
	[0x00] = { .name = "MFX_JPEG_PIC_STATE", MFX, LENGTH(0xfff, 3, 3) },
	[0x02] = { .name = "MFX_JPEG_HUFF_TABLE_STATE", MFX,
		   LENGTH(0xfff, 831, 831) },
	[0x28] = { .name = "MFD_JPEG_BSD_OBJECT", MFX, LENGTH(0xfff, 6, 6) },
	[0x43] = { .name = "MFC_JPEG_HUFF_TABLE_STATE", MFX_GEN9,
		   LENGTH(0xfff, 176, 176) },
	[0x49] = { .name = "MFC_JPEG_SCAN_OBJECT", MFX_GEN9,
		   LENGTH(0xfff, 3, 3) },
	[0x80] = { .name = "VD_PIPELINE_FLUSH", MFX_GEN9, LENGTH(0xfff, 2, 2) },
};

const struct xengt_audit_group xengt_audit_video[XENGT_AUDIT_GROUPS] = {
	XENGT_AUDIT_COMMON_GROUPS,
	XENGT_AUDIT_GROUP(0x68, audit_video_68),
	XENGT_AUDIT_GROUP(0x70, audit_video_70),
	XENGT_AUDIT_GROUP(0x71, audit_video_71),
	XENGT_AUDIT_GROUP(0x72, audit_video_72),
	XENGT_AUDIT_GROUP(0x73, audit_video_73),
	XENGT_AUDIT_GROUP(0x74, audit_video_74),
	XENGT_AUDIT_GROUP(0x75, audit_video_75),
	XENGT_AUDIT_GROUP(0x76, audit_video_76),
	XENGT_AUDIT_GROUP(0x77, audit_video_77),
};
/* clang-format on */
