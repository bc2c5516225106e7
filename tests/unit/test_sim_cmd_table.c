// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries every row of the command table as a command that a driver could emit. The command must
 * exist on the row's engines and no others, and have the row's length. A command that needs
 * privilege must have no effect without privilege. The test fails if a row has no case.
 *
 * The table below is written from the public command definitions. If a command may have several
 * lengths, the case has one of them. A case runs the command and, after it, a store. The store
 * has an effect only if the simulator's length of the command is the length in the case.
 * test_sim_cmd.c and test_sim_cmd_forms.c test the handlers.
 */
#include "sim_engine_rig.h"
#include "sim/exec.h"

#define R_	SIM_ENGINE_BIT(SIM_RCS)
#define V_	SIM_ENGINE_BIT(SIM_VCS)
#define E_	SIM_ENGINE_BIT(SIM_VECS)
#define B_	SIM_ENGINE_BIT(SIM_BCS)
#define A_	(R_ | V_ | E_ | B_)

#define PAGE_END	PAGE_SURF		/* holds MI_BATCH_BUFFER_END */
#define MARK		0x51de0000U

enum needs {
	NOTHING,
	PRIVILEGE,
	BIT22,				/* if bit 22 is set, the command needs privilege */
	NO_BIT22,			/* without privilege the hardware ignores bit 22 */
};

struct row_case {
	uint32_t dw0;
	unsigned int n;			/* number of dwords */
	unsigned int engines;
	const char *name;
	const char *only;		/* the only platform that has the
					 * command */
	enum needs needs;
	unsigned int addr;		/* index of the dword of an address
					 * operand */
	bool ends;			/* true: the command ends the batch */
};

/* clang-format off */
static const struct row_case cases[] = {
	{ 0x00000000, 1, A_, .name = "MI_NOOP" },
	{ 0x00800000, 1, A_, .name = "MI_SET_PREDICATE" },
	{ 0x01000000, 1, A_, .name = "MI_USER_INTERRUPT" },
	{ 0x01800000, 1, R_ | B_,
	  .name = "MI_WAIT_FOR_EVENT", .needs = PRIVILEGE },
	{ 0x02000000, 1, A_, .name = "MI_FLUSH" },
	{ 0x02800000, 1, A_, .name = "MI_ARB_CHECK" },
	{ 0x03000000, 1, R_, .name = "MI_RS_CONTROL" },
	{ 0x03800000, 1, A_, .name = "MI_REPORT_HEAD" },
	{ 0x04000000, 1, A_, .name = "MI_ARB_ON_OFF", .needs = PRIVILEGE },
	{ 0x04800000, 1, R_, .name = "MI_URB_ATOMIC_ALLOC" },
	{ 0x05000000, 1, A_, .name = "MI_BATCH_BUFFER_END", .ends = true },
	{ 0x05800000, 1, A_, .name = "MI_SUSPEND_FLUSH" },
	{ 0x06000000, 1, R_, .name = "MI_PREDICATE" },
	{ 0x06800000, 1, A_, .name = "MI_TOPOLOGY_FILTER" },
	{ 0x07000000, 1, A_, .name = "MI_SET_APPID" },
	{ 0x07800000, 1, R_, .name = "MI_RS_CONTEXT" },
	{ 0x09000000, 2, R_ | B_, .name = "MI_LOAD_SCAN_LINES_INCL",
	  .needs = PRIVILEGE },
	{ 0x09800000, 2, R_ | B_, .name = "MI_LOAD_SCAN_LINES_EXCL",
	  .needs = PRIVILEGE },
	{ 0x0a000001, 3, R_ | B_,
	  .name = "MI_DISPLAY_FLIP", .needs = PRIVILEGE },
	{ 0x0b000001, 3, A_, .name = "MI_SEMAPHORE_MBOX" },
	{ 0x0c000000, 2, R_, .name = "MI_SET_CONTEXT", .needs = PRIVILEGE },
	{ 0x0c800000, 2, R_, .name = "MI_URB_CLEAR" },
	{ 0x0d000003, 5, A_, .name = "MI_MATH" },
	{ 0x0d800000, 2, A_, .name = "MI_SEMAPHORE_SIGNAL", .needs = BIT22 },
	{ 0x0e00c002, 4, A_,
	  .name = "MI_SEMAPHORE_WAIT", .needs = NO_BIT22, .addr = 2 },
	{ 0x10000002, 4, A_,
	  .name = "MI_STORE_DATA_IMM", .needs = BIT22, .addr = 1 },
	{ 0x10800001, 3, A_,
	  .name = "MI_STORE_DATA_INDEX", .needs = PRIVILEGE },
	{ 0x11000001, 3, A_, .name = "MI_LOAD_REGISTER_IMM" },
	{ 0x11800002, 4, A_, .name = "MI_UPDATE_GTT", .needs = PRIVILEGE },
	{ 0x12000002, 4, A_, .name = "MI_STORE_REGISTER_MEM",
	  .needs = BIT22, .addr = 2 },
	{ 0x13000002, 4, A_, .name = "MI_FLUSH_DW", .addr = 1 },
	{ 0x13800001, 3, A_, .name = "MI_CLFLUSH", .needs = BIT22 },
	{ 0x14000002, 4, A_, .name = "MI_REPORT_PERF_COUNT" },
	{ 0x14800002, 4, A_, .name = "MI_LOAD_REGISTER_MEM",
	  .needs = BIT22, .addr = 2 },
	{ 0x15000001, 3, A_, .name = "MI_LOAD_REGISTER_REG" },
	{ 0x15800002, 4, R_, .name = "MI_RS_STORE_DATA_IMM" },
	{ 0x16000002, 4, R_, .name = "MI_LOAD_URB_MEM" },
	{ 0x16800002, 4, R_, .name = "MI_STORE_URB_MEM" },
	{ 0x17000003, 5, A_, .name = "MI_COPY_MEM_MEM", .addr = 1 },
	{ 0x17800001, 3, A_, .name = "MI_ATOMIC",
	  .needs = NO_BIT22, .addr = 1 },
	{ 0x18800001, 3, A_,
	  .name = "MI_BATCH_BUFFER_START", .addr = 1, .ends = true },
	{ 0x1b000002, 4, A_, .name = "MI_CONDITIONAL_BATCH_BUFFER_END",
	  .needs = BIT22, .addr = 2 },
	{ 0x40400008, 10, B_, .name = "XY_SETUP_BLT" },
	{ 0x40c00001, 3, B_, .name = "XY_SETUP_CLIP_BLT" },
	{ 0x44400009, 11, B_, .name = "XY_SETUP_MONO_PATTERN_SL_BLT" },
	{ 0x49000000, 2, B_, .name = "XY_PIXEL_BLT" },
	{ 0x49400001, 3, B_, .name = "XY_SCANLINES_BLT" },
	{ 0x49800003, 5, B_, .name = "XY_TEXT_BLT" },
	{ 0x4c400003, 5, B_, .name = "XY_TEXT_IMMEDIATE_BLT" },
	{ 0x50800008, 10, B_, .name = "XY_FAST_COPY_BLT", .only = "skl" },
	{ 0x54000005, 7, B_, .name = "XY_COLOR_BLT" },
	{ 0x54400006, 8, B_, .name = "XY_PAT_BLT" },
	{ 0x54800008, 10, B_, .name = "XY_MONO_PAT_BLT" },
	{ 0x54c00008, 10, B_, .name = "XY_SRC_COPY_BLT" },
	{ 0x55000008, 10, B_, .name = "XY_MONO_SRC_COPY_BLT" },
	{ 0x5540000a, 12, B_, .name = "XY_FULL_BLT" },
	{ 0x5580000a, 12, B_, .name = "XY_FULL_MONO_SRC_BLT" },
	{ 0x55c0000c, 14, B_, .name = "XY_FULL_MONO_PATTERN_BLT" },
	{ 0x5600000c, 14, B_, .name = "XY_FULL_MONO_PATTERN_MONO_SRC_BLT" },
	{ 0x56400006, 8, B_, .name = "XY_MONO_PAT_FIXED_BLT" },
	{ 0x5c400008, 10, B_, .name = "XY_MONO_SRC_COPY_IMMEDIATE_BLT" },
	{ 0x5c800016, 24, B_, .name = "XY_PAT_BLT_IMMEDIATE" },
	{ 0x5cc0000a, 12, B_, .name = "XY_SRC_COPY_CHROMA_BLT" },
	{ 0x5d000018, 26, B_, .name = "XY_FULL_IMMEDIATE_PATTERN_BLT" },
	{ 0x5d400019, 27, B_,
	  .name = "XY_FULL_MONO_SRC_IMMEDIATE_PATTERN_BLT" },
	{ 0x5d800008, 10, B_, .name = "XY_PAT_CHROMA_BLT" },
	{ 0x5dc00018, 26, B_, .name = "XY_PAT_CHROMA_BLT_IMMEDIATE" },
	{ 0x60030000, 2, R_, .name = "STATE_PREFETCH" },
	{ 0x6101000e, 16, R_, .name = "STATE_BASE_ADDRESS" },
	{ 0x61020001, 3, R_, .name = "STATE_SIP" },
	{ 0x61030000, 2, R_, .name = "OP_SWTESS_BASE_ADDRESS" },
	{ 0x61040001, 3, R_, .name = "OP_3D_MEDIA_0_1_4" },
	{ 0x68000000, 1, V_, .name = "MFX_WAIT" },
	{ 0x680b0000, 1, R_, .name = "3DSTATE_VF_STATISTICS_GM45" },
	{ 0x69040000, 1, R_, .name = "PIPELINE_SELECT" },
	{ 0x70000007, 9, R_, .name = "MEDIA_VFE_STATE" },
	{ 0x70000003, 5, V_, .name = "MFX_PIPE_MODE_SELECT" },
	{ 0x70010002, 4, R_, .name = "MEDIA_CURBE_LOAD" },
	{ 0x70010004, 6, V_, .name = "MFX_SURFACE_STATE" },
	{ 0x70020002, 4, R_, .name = "MEDIA_INTERFACE_DESCRIPTOR_LOAD" },
	{ 0x7002003b, 61, V_, .name = "MFX_PIPE_BUF_ADDR_STATE" },
	{ 0x70030000, 2, R_, .name = "MEDIA_GATEWAY_STATE" },
	{ 0x70030018, 26, V_, .name = "MFX_IND_OBJ_BASE_ADDR_STATE" },
	{ 0x70040000, 2, R_, .name = "MEDIA_STATE_FLUSH" },
	{ 0x70040008, 10, V_, .name = "MFX_BSP_BUF_BASE_ADDR_STATE" },
	{ 0x70050004, 6, R_, .name = "MEDIA_POOL_STATE" },
	{ 0x70050002, 4, V_, .name = "OP_2_0_0_5" },
	{ 0x70060000, 2, V_, .name = "MFX_STATE_POINTER" },
	{ 0x70070010, 18, V_, .name = "MFX_QM_STATE" },
	{ 0x70080020, 34, V_, .name = "MFX_FQM_STATE" },
	{ 0x7009000b, 13, V_, .name = "MFX_DBK_OBJECT" },
	{ 0x70290012, 20, V_, .name = "MFD_IT_OBJECT" },
	{ 0x70480004, 6, V_, .name = "MFX_PAK_INSERT_OBJECT" },
	{ 0x704a0004, 6, V_, .name = "MFX_STITCH_OBJECT" },
	{ 0x704b0003, 5, V_,
	  .name = "MFX_MPEG_TS_CONTROL", .only = "skl" },
	{ 0x70800000, 2, V_,
	  .name = "VDENC_PIPE_MODE_SELECT", .only = "skl" },
	{ 0x70810004, 6, V_,
	  .name = "VDENC_SRC_SURFACE_STATE", .only = "skl" },
	{ 0x70820004, 6, V_,
	  .name = "VDENC_REF_SURFACE_STATE", .only = "skl" },
	{ 0x70830004, 6, V_,
	  .name = "VDENC_DS_REF_SURFACE_STATE", .only = "skl" },
	{ 0x70840024, 38, V_,
	  .name = "VDENC_PIPE_BUF_ADDR_STATE", .only = "skl" },
	{ 0x70850022, 36, V_,
	  .name = "VDENC_IMG_STATE", .only = "skl" },
	{ 0x7086003c, 62, V_,
	  .name = "VDENC_CONST_QPT_STATE", .only = "skl" },
	{ 0x70870000, 2, V_,
	  .name = "VDENC_WALKER_STATE", .only = "skl" },
	{ 0x70880001, 3, V_,
	  .name = "VDENC_WEIGHTSOFFSETS_STATE", .only = "skl" },
	{ 0x71000004, 6, R_, .name = "MEDIA_OBJECT" },
	{ 0x7100000f, 17, V_, .name = "MFX_AVC_IMG_STATE" },
	{ 0x71010010, 18, V_, .name = "MFX_AVC_QM_STATE" },
	{ 0x7102000e, 16, R_, .name = "MEDIA_OBJECT_PRT" },
	{ 0x71020045, 71, V_, .name = "MFX_AVC_DIRECTMODE_STATE" },
	{ 0x7103000f, 17, R_, .name = "MEDIA_OBJECT_WALKER" },
	{ 0x71030009, 11, V_, .name = "MFX_AVC_SLICE_STATE" },
	{ 0x71040008, 10, V_, .name = "MFX_AVC_REF_IDX_STATE" },
	{ 0x7105000d, 15, R_, .name = "GPGPU_WALKER" },
	{ 0x71050060, 98, V_, .name = "MFX_AVC_WEIGHTOFFSET_STATE" },
	{ 0x71250008, 10, V_, .name = "MFD_AVC_PICID_STATE" },
	{ 0x71260019, 27, V_, .name = "MFD_AVC_DPB_STATE" },
	{ 0x71270002, 4, V_, .name = "MFD_AVC_SLICEADDR" },
	{ 0x71280004, 6, V_, .name = "MFD_AVC_BSD_OBJECT" },
	{ 0x7149000a, 12, V_, .name = "MFC_AVC_PAK_OBJECT" },
	{ 0x72010004, 6, V_, .name = "MFX_VC1_PRED_PIPE_STATE" },
	{ 0x72020005, 7, V_, .name = "MFX_VC1_DIRECTMODE_STATE" },
	{ 0x72200003, 5, V_, .name = "MFD_VC1_SHORT_PIC_STATE" },
	{ 0x72210004, 6, V_, .name = "MFD_VC1_LONG_PIC_STATE" },
	{ 0x72280003, 5, V_, .name = "MFD_VC1_BSD_OBJECT" },
	{ 0x7300000b, 13, V_, .name = "MFX_MPEG2_PIC_STATE" },
	{ 0x73010010, 18, V_, .name = "MFX_MPEG2_QM_STATE" },
	{ 0x73280003, 5, V_, .name = "MFD_MPEG2_BSD_OBJECT" },
	{ 0x73430006, 8, V_, .name = "MFC_MPEG2_SLICEGROUP_STATE" },
	{ 0x73490007, 9, V_, .name = "MFC_MPEG2_PAK_OBJECT" },
	{ 0x73800002, 4, V_,
	  .name = "HCP_PIPE_MODE_SELECT", .only = "skl" },
	{ 0x73810002, 4, V_,
	  .name = "HCP_SURFACE_STATE", .only = "skl" },
	{ 0x73820002, 4, V_,
	  .name = "HCP_PIPE_BUF_ADDR_STATE", .only = "skl" },
	{ 0x73830002, 4, V_,
	  .name = "HCP_IND_OBJ_BASE_ADDR_STATE", .only = "skl" },
	{ 0x73840002, 4, V_,
	  .name = "HCP_QM_STATE", .only = "skl" },
	{ 0x73850002, 4, V_,
	  .name = "HCP_FQM_STATE", .only = "skl" },
	{ 0x7388003c, 62, V_,
	  .name = "HEVC_VP9_RDOQ_STATE", .only = "skl" },
	{ 0x73900002, 4, V_,
	  .name = "HCP_PIC_STATE", .only = "skl" },
	{ 0x73910002, 4, V_,
	  .name = "HCP_TILE_STATE", .only = "skl" },
	{ 0x73920002, 4, V_,
	  .name = "HCP_REF_IDX_STATE", .only = "skl" },
	{ 0x73930002, 4, V_,
	  .name = "HCP_WEIGHTOFFSET_STATE", .only = "skl" },
	{ 0x73940002, 4, V_,
	  .name = "HCP_SLICE_STATE", .only = "skl" },
	{ 0x73a00002, 4, V_,
	  .name = "HCP_BSD_OBJECT", .only = "skl" },
	{ 0x73a10002, 4, V_,
	  .name = "HCP_PAK_OBJECT", .only = "skl" },
	{ 0x73a20002, 4, V_,
	  .name = "HCP_PAK_INSERT_OBJECT", .only = "skl" },
	{ 0x73b00002, 4, V_,
	  .name = "HCP_VP9_PIC_STATE", .only = "skl" },
	{ 0x73b20002, 4, V_,
	  .name = "HCP_VP9_SEGMENT_STATE", .only = "skl" },
	{ 0x74000007, 9, E_, .name = "VEBOX_SURFACE_STATE" },
	{ 0x74000000, 2, V_, .name = "MFX_VP8_PIC_STATE" },
	{ 0x7402000e, 16, E_, .name = "VEBOX_STATE" },
	{ 0x74030012, 20, E_, .name = "VEB_DI_IECP" },
	{ 0x74280014, 22, V_, .name = "MFD_VP8_BSD_OBJECT" },
	{ 0x74410000, 2, V_,
	  .name = "MFX_VP8_ENCODER_CFG", .only = "skl" },
	{ 0x74430000, 2, V_,
	  .name = "MFX_VP8_BSP_BUF_BASE_ADDR_STATE", .only = "skl" },
	{ 0x74490005, 7, V_, .name = "MFX_VP8_PAK_OBJECT" },
	{ 0x75000000, 2, V_,
	  .name = "SFC_LOCK", .only = "skl" },
	{ 0x7501001e, 32, V_,
	  .name = "SFC_STATE", .only = "skl" },
	{ 0x75020001, 3, V_,
	  .name = "SFC_AVS_STATE", .only = "skl" },
	{ 0x75030016, 24, V_,
	  .name = "SFC_IEF_STATE", .only = "skl" },
	{ 0x75040000, 2, V_,
	  .name = "SFC_FRAME_START", .only = "skl" },
	{ 0x7505007f, 129, V_,
	  .name = "SFC_AVS_LUMA_COEFF_TABLE", .only = "skl" },
	{ 0x7506003f, 65, V_,
	  .name = "SFC_AVS_CHROMA_COEFF_TABLE", .only = "skl" },
	{ 0x75800001, 3, V_,
	  .name = "HUC_PIPE_MODE_SELECT", .only = "skl" },
	{ 0x75810002, 4, V_,
	  .name = "HUC_IMEM_STATE", .only = "skl" },
	{ 0x75820002, 4, V_,
	  .name = "HUC_DMEM_STATE", .only = "skl" },
	{ 0x75830002, 4, V_,
	  .name = "HUC_CFG_STATE", .only = "skl" },
	{ 0x75840002, 4, V_,
	  .name = "HUC_VIRTUAL_ADDR_STATE", .only = "skl" },
	{ 0x75850009, 11, V_,
	  .name = "HUC_IND_OBJ_BASE_ADDR_STATE", .only = "skl" },
	{ 0x75a00003, 5, V_,
	  .name = "HUC_STREAM_OBJECT", .only = "skl" },
	{ 0x75a10002, 4, V_,
	  .name = "HUC_START", .only = "skl" },
	{ 0x76000002, 4, V_, .name = "MFX_2_6_0_0" },
	{ 0x76080002, 4, V_, .name = "MFX_2_6_0_8" },
	{ 0x76090002, 4, V_, .name = "MFX_2_6_0_9" },
	{ 0x77000001, 3, V_, .name = "MFX_JPEG_PIC_STATE" },
	{ 0x77020033, 53, V_, .name = "MFX_JPEG_HUFF_TABLE_STATE" },
	{ 0x77280004, 6, V_, .name = "MFD_JPEG_BSD_OBJECT" },
	{ 0x774300ae, 176, V_,
	  .name = "MFC_JPEG_HUFF_TABLE_STATE", .only = "skl" },
	{ 0x77490001, 3, V_,
	  .name = "MFC_JPEG_SCAN_OBJECT", .only = "skl" },
	{ 0x77800000, 2, V_,
	  .name = "VD_PIPELINE_FLUSH", .only = "skl" },
	{ 0x78040001, 3, R_, .name = "3DSTATE_CLEAR_PARAMS" },
	{ 0x78050006, 8, R_, .name = "3DSTATE_DEPTH_BUFFER" },
	{ 0x78060003, 5, R_, .name = "3DSTATE_STENCIL_BUFFER" },
	{ 0x78070003, 5, R_, .name = "3DSTATE_HIER_DEPTH_BUFFER" },
	{ 0x78080003, 5, R_, .name = "3DSTATE_VERTEX_BUFFERS" },
	{ 0x78090001, 3, R_, .name = "3DSTATE_VERTEX_ELEMENTS" },
	{ 0x780a0003, 5, R_, .name = "3DSTATE_INDEX_BUFFER" },
	{ 0x780b0000, 1, R_, .name = "3DSTATE_VF_STATISTICS" },
	{ 0x780c0000, 2, R_, .name = "3DSTATE_VF" },
	{ 0x780d0000, 2, R_, .name = "3DSTATE_MULTISAMPLE" },
	{ 0x780e0000, 2, R_, .name = "3DSTATE_CC_STATE_POINTERS" },
	{ 0x780f0000, 2, R_, .name = "3DSTATE_SCISSOR_STATE_POINTERS" },
	{ 0x78100007, 9, R_, .name = "3DSTATE_VS" },
	{ 0x78110008, 10, R_, .name = "3DSTATE_GS" },
	{ 0x78120002, 4, R_, .name = "3DSTATE_CLIP" },
	{ 0x78130002, 4, R_, .name = "3DSTATE_SF" },
	{ 0x78140000, 2, R_, .name = "3DSTATE_WM" },
	{ 0x78150009, 11, R_, .name = "3DSTATE_CONSTANT_VS" },
	{ 0x78160009, 11, R_, .name = "3DSTATE_CONSTANT_GS" },
	{ 0x78170009, 11, R_, .name = "3DSTATE_CONSTANT_PS" },
	{ 0x78180000, 2, R_, .name = "3DSTATE_SAMPLE_MASK" },
	{ 0x78190009, 11, R_, .name = "3DSTATE_CONSTANT_HS" },
	{ 0x781a0009, 11, R_, .name = "3DSTATE_CONSTANT_DS" },
	{ 0x781b0007, 9, R_, .name = "3DSTATE_HS" },
	{ 0x781c0002, 4, R_, .name = "3DSTATE_TE" },
	{ 0x781d0007, 9, R_, .name = "3DSTATE_DS" },
	{ 0x781e0003, 5, R_, .name = "3DSTATE_STREAMOUT" },
	{ 0x781f0002, 4, R_, .name = "3DSTATE_SBE" },
	{ 0x7820000a, 12, R_, .name = "3DSTATE_PS" },
	{ 0x78210000, 2, R_,
	  .name = "3DSTATE_VIEWPORT_STATE_POINTERS_SF_CLIP" },
	{ 0x78230000, 2, R_, .name = "3DSTATE_VIEWPORT_STATE_POINTERS_CC" },
	{ 0x78240000, 2, R_, .name = "3DSTATE_BLEND_STATE_POINTERS" },
	{ 0x78250000, 2, R_, .name = "3DSTATE_DEPTH_STENCIL_STATE_POINTERS" },
	{ 0x78260000, 2, R_, .name = "3DSTATE_BINDING_TABLE_POINTERS_VS" },
	{ 0x78270000, 2, R_, .name = "3DSTATE_BINDING_TABLE_POINTERS_HS" },
	{ 0x78280000, 2, R_, .name = "3DSTATE_BINDING_TABLE_POINTERS_DS" },
	{ 0x78290000, 2, R_, .name = "3DSTATE_BINDING_TABLE_POINTERS_GS" },
	{ 0x782a0000, 2, R_, .name = "3DSTATE_BINDING_TABLE_POINTERS_PS" },
	{ 0x782b0000, 2, R_, .name = "3DSTATE_SAMPLER_STATE_POINTERS_VS" },
	{ 0x782c0000, 2, R_, .name = "3DSTATE_SAMPLER_STATE_POINTERS_HS" },
	{ 0x782d0000, 2, R_, .name = "3DSTATE_SAMPLER_STATE_POINTERS_DS" },
	{ 0x782e0000, 2, R_, .name = "3DSTATE_SAMPLER_STATE_POINTERS_GS" },
	{ 0x782f0000, 2, R_, .name = "3DSTATE_SAMPLER_STATE_POINTERS_PS" },
	{ 0x78300000, 2, R_, .name = "3DSTATE_URB_VS" },
	{ 0x78310000, 2, R_, .name = "3DSTATE_URB_HS" },
	{ 0x78320000, 2, R_, .name = "3DSTATE_URB_DS" },
	{ 0x78330000, 2, R_, .name = "3DSTATE_URB_GS" },
	{ 0x78340011, 19, R_, .name = "3DSTATE_GATHER_CONSTANT_VS" },
	{ 0x78350011, 19, R_, .name = "3DSTATE_GATHER_CONSTANT_GS" },
	{ 0x78360011, 19, R_, .name = "3DSTATE_GATHER_CONSTANT_HS" },
	{ 0x78370011, 19, R_, .name = "3DSTATE_GATHER_CONSTANT_DS" },
	{ 0x78380011, 19, R_, .name = "3DSTATE_GATHER_CONSTANT_PS" },
	{ 0x78390400, 1026, R_, .name = "3DSTATE_DX9_CONSTANTF_VS" },
	{ 0x783a0400, 1026, R_, .name = "3DSTATE_DX9_CONSTANTF_PS" },
	{ 0x783b0000, 2, R_, .name = "3DSTATE_DX9_CONSTANTI_VS" },
	{ 0x783c0000, 2, R_, .name = "3DSTATE_DX9_CONSTANTI_PS" },
	{ 0x783d0000, 2, R_, .name = "3DSTATE_DX9_CONSTANTB_VS" },
	{ 0x783e0000, 2, R_, .name = "3DSTATE_DX9_CONSTANTB_PS" },
	{ 0x783f0000, 2, R_, .name = "3DSTATE_DX9_LOCAL_VALID_VS" },
	{ 0x78400000, 2, R_, .name = "3DSTATE_DX9_LOCAL_VALID_PS" },
	{ 0x78410000, 2, R_, .name = "3DSTATE_DX9_GENERATE_ACTIVE_VS" },
	{ 0x78420000, 2, R_, .name = "3DSTATE_DX9_GENERATE_ACTIVE_PS" },
	{ 0x78430100, 258, R_, .name = "3DSTATE_BINDING_TABLE_EDIT_VS" },
	{ 0x78440100, 258, R_, .name = "3DSTATE_BINDING_TABLE_EDIT_GS" },
	{ 0x78450100, 258, R_, .name = "3DSTATE_BINDING_TABLE_EDIT_HS" },
	{ 0x78460100, 258, R_, .name = "3DSTATE_BINDING_TABLE_EDIT_DS" },
	{ 0x78470100, 258, R_, .name = "3DSTATE_BINDING_TABLE_EDIT_PS" },
	{ 0x78490001, 3, R_, .name = "3DSTATE_VF_INSTANCING" },
	{ 0x784a0000, 2, R_, .name = "3DSTATE_VF_SGVS" },
	{ 0x784b0000, 2, R_, .name = "3DSTATE_VF_TOPOLOGY" },
	{ 0x784c0000, 2, R_, .name = "3DSTATE_WM_CHROMAKEY" },
	{ 0x784d0000, 2, R_, .name = "3DSTATE_PS_BLEND" },
	{ 0x784e0001, 3, R_, .name = "3DSTATE_WM_DEPTH_STENCIL" },
	{ 0x784f0000, 2, R_, .name = "3DSTATE_PS_EXTRA" },
	{ 0x78500003, 5, R_, .name = "3DSTATE_RASTER" },
	{ 0x78510009, 11, R_, .name = "3DSTATE_SBE_SWIZ" },
	{ 0x78520003, 5, R_, .name = "3DSTATE_WM_HZ_OP" },
	{ 0x78550003, 5, R_,
	  .name = "3DSTATE_COMPONENT_PACKING", .only = "skl" },
	{ 0x79000002, 4, R_, .name = "3DSTATE_DRAWING_RECTANGLE" },
	{ 0x7902000f, 17, R_, .name = "3DSTATE_SAMPLER_PALETTE_LOAD0" },
	{ 0x79040002, 4, R_, .name = "3DSTATE_CHROMA_KEY" },
	{ 0x79060000, 2, R_, .name = "3DSTATE_POLY_STIPPLE_OFFSET" },
	{ 0x7907001f, 33, R_, .name = "3DSTATE_POLY_STIPPLE_PATTERN" },
	{ 0x79080001, 3, R_, .name = "3DSTATE_LINE_STIPPLE" },
	{ 0x790a0001, 3, R_, .name = "3DSTATE_AA_LINE_PARAMS" },
	{ 0x790b0000, 2, R_, .name = "3DSTATE_GS_SVB_INDEX" },
	{ 0x790c000f, 17, R_, .name = "3DSTATE_SAMPLER_PALETTE_LOAD1" },
	{ 0x79110000, 2, R_, .name = "3DSTATE_MONOFILTER_SIZE" },
	{ 0x79120000, 2, R_, .name = "3DSTATE_PUSH_CONSTANT_ALLOC_VS" },
	{ 0x79130000, 2, R_, .name = "3DSTATE_PUSH_CONSTANT_ALLOC_HS" },
	{ 0x79140000, 2, R_, .name = "3DSTATE_PUSH_CONSTANT_ALLOC_DS" },
	{ 0x79150000, 2, R_, .name = "3DSTATE_PUSH_CONSTANT_ALLOC_GS" },
	{ 0x79160000, 2, R_, .name = "3DSTATE_PUSH_CONSTANT_ALLOC_PS" },
	{ 0x79170101, 259, R_, .name = "3DSTATE_SO_DECL_LIST" },
	{ 0x79180006, 8, R_, .name = "3DSTATE_SO_BUFFER" },
	{ 0x79190002, 4, R_, .name = "3DSTATE_BINDING_TABLE_POOL_ALLOC" },
	{ 0x791a0002, 4, R_, .name = "3DSTATE_GATHER_POOL_ALLOC" },
	{ 0x791b0002, 4, R_, .name = "3DSTATE_DX9_CONSTANT_BUFFER_POOL_ALLOC" },
	{ 0x791c0007, 9, R_, .name = "3DSTATE_SAMPLE_PATTERN" },
	{ 0x7a000004, 6, R_, .name = "PIPE_CONTROL", .addr = 2 },
	{ 0x7b000005, 7, R_, .name = "3DPRIMITIVE" },
};
/* clang-format on */

#define N_CASES	(sizeof(cases) / sizeof(cases[0]))

static const uint32_t bases[SIM_ENGINES] = {
	[SIM_RCS] = RCS, [SIM_VCS] = VCS, [SIM_VECS] = VECS, [SIM_BCS] = BCS,
};

static const char *const platforms[] = { "skl", "bdw" };

static bool is_on(const struct row_case *k, unsigned int engine,
		  const char *platform)
{
	return (k->engines & 1U << engine) &&
		(!k->only || !strcmp(k->only, platform));
}

static struct xengt_sim_engine_stats engine_stats(struct rig *r,
						  unsigned int engine)
{
	struct xengt_sim_engine_stats st;

	xengt_sim_engine_stats(r->m->sim, engine, &st);
	return st;
}

/* Writes the command, and the store after it, into dw[]. Returns the number of dwords. */
static unsigned int compose(const struct row_case *k, uint32_t bits,
			    uint64_t addr, uint32_t *dw)
{
	uint64_t mark = VA + GTT(PAGE_DATA);
	unsigned int n = k->n;

	memset(dw, 0, (n + 4) * sizeof(*dw));
	dw[0] = k->dw0 | bits;
	if (k->addr) {
		dw[k->addr] = (uint32_t)addr;
		dw[k->addr + 1] = (uint32_t)(addr >> 32);
	}
	dw[n++] = MI_STORE;
	dw[n++] = (uint32_t)mark;
	dw[n++] = (uint32_t)(mark >> 32);
	dw[n++] = MARK;
	return n;
}

/*
 * Run the case in a batch without privilege. Returns how many commands were
 * refused.
 */
static uint64_t run_user(struct rig *r, const struct row_case *k,
			 unsigned int engine, uint32_t bits)
{
	uint64_t before = engine_stats(r, engine).refused;
	uint64_t addr = VA + GTT(k->ends ? PAGE_END : PAGE_DATA + 3);
	uint32_t dw[1100];
	unsigned int n;

	ram32(r, PAGE_DATA)[0] = 0;
	/* a register operand of 0 is a register that user batches cannot reach, so replace it */
	n = compose(k, bits, addr, dw);
	if (!strcmp(k->name, "MI_LOAD_REGISTER_IMM"))
		dw[1] = r->base + REG_RING_GPR;
	if (!strcmp(k->name, "MI_LOAD_REGISTER_MEM") ||
	    !strcmp(k->name, "MI_STORE_REGISTER_MEM"))
		dw[1] = r->base + REG_RING_GPR;
	if (!strcmp(k->name, "MI_LOAD_REGISTER_REG"))
		dw[1] = dw[2] = r->base + REG_RING_GPR;
	if (!strcmp(k->name, "MI_COPY_MEM_MEM")) {
		dw[3] = (uint32_t)addr;
		dw[4] = (uint32_t)(addr >> 32);
	}
	engine_batch(r, dw, n, true);
	return engine_stats(r, engine).refused - before;
}

static void run_case(struct rig *r, const struct row_case *k,
		     unsigned int engine, const char *platform)
{
	uint64_t refused = run_user(r, k, engine, 0);

	if ((ram32(r, PAGE_DATA)[0] == MARK) == k->ends ||
	    rd(r->m, r->base + REG_RING_ESR) || rd(r->m, REG_RING_FAULT))
		fail_msg("%s on %s %x: not read as a command of %u dwords, or the engine reported an error",
			 k->name, platform, r->base, k->n);
	if (refused != (k->needs == PRIVILEGE))
		fail_msg("%s on %s %x: refused %u times", k->name, platform,
			 r->base, (unsigned int)refused);
	if (k->needs == BIT22 && run_user(r, k, engine, MI_GGTT) != 1)
		fail_msg("%s on %s %x: reaches the GGTT", k->name, platform,
			 r->base);
	/* the GGTT has no page at this address; only the page tables have one */
	if (k->needs == NO_BIT22 &&
	    (run_user(r, k, engine, MI_GGTT) || rd(r->m, REG_RING_FAULT)))
		fail_msg("%s on %s %x: bit 22 is not ignored", k->name,
			 platform, r->base);
}

static void test_every_case(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++)
		for (unsigned int e = 0; e < SIM_ENGINES; e++) {
			struct rig *r = engine_create(platforms[p], bases[e]);

			ram32(r, PAGE_END)[0] = MI_BB_END;
			for (size_t i = 0; i < N_CASES; i++)
				if (is_on(&cases[i], e, platforms[p]))
					run_case(r, &cases[i], e, platforms[p]);
			engine_destroy(r);
		}
}

static const struct row_case *case_of(const struct sim_cmd_row *row)
{
	for (size_t i = 0; i < N_CASES; i++)
		if (!strcmp(cases[i].name, row->name) &&
		    cases[i].engines == row->engines)
			return &cases[i];
	return NULL;
}

static void test_every_row_has_a_case(void **state)
{
	const struct sim_cmd_row *rows;
	size_t n;

	(void)state;
	rows = sim_cmd_rows(&n);
	assert_int_equal(n, N_CASES);
	for (size_t i = 0; i < n; i++) {
		const struct row_case *k = case_of(&rows[i]);

		if (!k)
			fail_msg("no case for %s", rows[i].name);
		if (k->dw0 < rows[i].opcode || k->dw0 - rows[i].opcode > 0xffff)
			fail_msg("%s: another opcode", k->name);
	}
}

/* Does a case have the opcode of this command on this engine? */
static bool is_known(uint32_t dw0, uint32_t mask, unsigned int engine,
		     const char *platform)
{
	for (size_t i = 0; i < N_CASES; i++)
		if (((cases[i].dw0 ^ dw0) & mask) == 0 &&
		    is_on(&cases[i], engine, platform))
			return true;
	return false;
}

static void set_up_again(struct rig *r)
{
	wr(r->m, REG_GDRST, 1);			/* reset all engines */
	for (unsigned int n = 0; n < 3; n++)
		engine_context(r, n);
	wr(r->m, r->base + REG_RING_MODE, 0x80008000);
	wr(r->m, r->base + REG_RING_HWS_PGA, GTT(PAGE_HWSP));
	wr(r->m, r->base + REG_RING_IMR, 0);
}

/* An MI or blitter command that no document defines stops the engine. */
static void test_undefined(void **state)
{
	static const struct { uint32_t client, mask; unsigned int shift, n; }
	spaces[] = {
		{ 0, 0xff800000, 23, 64 }, { 2U << 29, 0xffc00000, 22, 128 },
	};

	(void)state;
	for (unsigned int i = 0; i < 2 * 2 * SIM_ENGINES; i++) {
		const char *platform = platforms[i / 8];
		unsigned int s = i / 4 % 2, e = i % 4;
		struct rig *r = engine_create(platform, bases[e]);

		for (uint32_t op = 0; op < spaces[s].n; op++) {
			uint32_t dw0 = spaces[s].client |
				op << spaces[s].shift;

			if (is_known(dw0, spaces[s].mask, e, platform))
				continue;
			ram32(r, PAGE_DATA)[0] = 0;
			engine_emit(r, 0, &dw0, 1);
			engine_submit(r, 0, -1);
			if (!(rd(r->m, bases[e] + 0xb8) & 1))
				fail_msg("%08x on %s %x causes no error", dw0, platform,
					 bases[e]);
			set_up_again(r);
		}
		engine_destroy(r);
	}
}

/* A length that is too short for the operands is undefined, too. */
static void test_too_short(void **state)
{
	static const uint32_t bad[] = {
		0x10000000, 0x10000001,		/* MI_STORE_DATA_IMM */
		0x12000001, 0x14800001,		/* SRM, LRM */
		0x17000002, 0x0e000001,		/* copy, semaphore */
		0x7a000000, 0x7a000003,		/* PIPE_CONTROL */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *r = engine_create("skl", RCS);

		engine_emit(r, 0, &bad[i], 1);
		engine_submit(r, 0, -1);
		if (!(rd(r->m, RCS + 0xb8) & 1))
			fail_msg("%08x causes no error", bad[i]);
		engine_destroy(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_has_a_case),
		cmocka_unit_test(test_every_case),
		cmocka_unit_test(test_undefined),
		cmocka_unit_test(test_too_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
