// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the registers that command streams may access
 *
 * No stream may read or write a register without a row. Some registers must
 * never get a row: ring and context registers (RING_*, ELSP, CTX_CONTROL, BB_*,
 * PDP*), because only the module may change them; MODE (addressing); HWS_PGA;
 * FORCE_TO_NONPRIV, which would allow more registers to user batches; MOCS and
 * L3 control, because all guests use the GPU's settings; OA, whose counters
 * include other guests' work; and registers of reset, fences and display.
 *
 * If audit_mi.c refuses a command, this table must refuse the registers that
 * have the same effect. The commands and these registers are:
 *
 *	MI_WAIT_FOR_EVENT, MI_LOAD_SCAN_LINES, MI_DISPLAY_FLIP: DERRMR, planes
 *	MI_FLUSH, MI_SUSPEND_FLUSH	bits of MI_MODE
 *	MI_RS_CONTROL, MI_RS_CONTEXT	CTX_CONTROL
 *	MI_REPORT_HEAD			RING_HEAD, HWS_PGA
 *	MI_SET_CONTEXT			CCID, ELSP, CTX_CONTROL
 *	MI_SEMAPHORE_MBOX, _SIGNAL	RING_SYNC_*, SEMA_WAIT_POLL
 *	MI_UPDATE_GTT			GFX_FLSH_CNTL, TLB control, PDP*
 *	MI_CLFLUSH			a bit of INSTPM, L3 control
 *	MI_REPORT_PERF_COUNT		OACONTROL and the other OA registers
 *	MI_FORCE_WAKEUP			FORCEWAKE
 *	MI_SET_APPID			the registers of protected content
 *	MI_BATCH_BUFFER_START with flags BB_ADDR, BB_STATE, BB_OFFSET
 *
 * The unit test test_audit tries to access all these registers
 * (registers_of_the_host).
 *
 * User batches: only user batches of Gen9's blitter are audited. A user batch
 * may access the registers that the hardware allows to batches of the blitter
 * without privilege.
 *
 * Images (image.c): an image loads the values that the context's registers had
 * when the context was saved. If a register in an image has no row, or its row
 * does not have IN_IMAGE, the register gets the value of the template.
 * Registers that get the template's value are TR-TT (0x4de0 to 0x4dfc, which
 * stays off), OA_CTX_CONTROL and OACTXID (0x2360), and registers that no source
 * names.
 *
 * Rings: drivers write registers for workarounds by commands in rings. Unless a
 * comment says otherwise, the context image contains these registers, so
 * another guest never sees a written value.
 */
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#define AUDIT_ENGINE_SHIFT	8
#define AUDIT_ENGINE_BLOCKS	16u
#define AUDIT_GPU_SHIFT		12
#define AUDIT_GPU_BLOCKS	32u

#define WA_WRITES		(IN_RING | IN_BATCH | IN_CTX | IN_IMAGE)
/*
 * The hardware runs the indirect context batch in the middle of the load of an
 * image. A register that the image loads later still has another context's
 * value then, so this batch may read only registers that the prelude sets, and
 * registers that the image's first page has up to dword 0xaa: the hardware
 * loads these registers before the batch (platform.h, indirect_off).
 */
#define LOADED			(IN_PRIV & ~(uint32_t)IN_INDIRECT)

static const uint32_t audit_bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

/* clang-format off */
/*
 * Registers of an engine, in blocks of 256 bytes. Offsets are relative to the
 * engine's base.
 */
static const struct xengt_audit_reg_row audit_engine_0[] = {
	{ .name = "EXCC", .first = 0x028, .last = 0x028,
	  .where = ANY, .writes = IN_IMAGE },
		/* EXCC has the conditions for waits of this context */
	{ .name = "FF_SLICE_CHICKEN", .first = 0x088, .last = 0x088,
	  .where = ON_RCS | OF_GEN9, .is_masked = true,
	  .reads = IN_PRIV, .writes = IN_CTX, .deny = 0xfffd },
		/*
		 * No image contains FF_SLICE_CHICKEN, so drivers set it at each
		 * context switch. Only the bit that drivers set is allowed
		 * (Linux: CL_PROVOKING_VERTEX_FIX).
		 */
	{ .name = "_3D_CHICKEN3", .first = 0x090, .last = 0x090,
	  .where = ON_RCS | OF_GEN9, .is_masked = true,
	  .reads = IN_PRIV, .writes = IN_CTX, .deny = 0xefff },
		/*
		 * the reason is that of FF_SLICE_CHICKEN (Linux:
		 * SF_PROVOKING_VERTEX_FIX)
		 */
	{ .name = "NOPID", .first = XENGT_AUDIT_NOPID, .last = XENGT_AUDIT_NOPID,
	  .where = ANY,
	  .reads = IN_STREAM, .writes = IN_STREAM | IN_IMAGE },
		/* the value of NOPID has no effect */
	{ .name = "MI_MODE", .first = 0x09c, .last = 0x09c,
	  .where = ANY, .is_masked = true,
	  .reads = IN_PRIV, .writes = WA_WRITES, .deny = 0x9100 },
		/*
		 * Denied bits of MI_MODE: bit 8 (STOP_RING) would stop the
		 * engine for all guests, bit 15 (SUSPEND_FLUSH) has the effect
		 * of MI_SUSPEND_FLUSH, bit 12 enables MI_FLUSH.
		 */
	{ .name = "INSTPM", .first = 0x0c0, .last = 0x0c0,
	  .where = ANY, .is_masked = true,
	  .reads = IN_PRIV, .writes = WA_WRITES, .deny = 0x0a20 },
		/*
		 * Denied bits of INSTPM: bit 5 flushes and reports to a status
		 * page, bit 9 flushes TLBs, bit 11 belongs to MI_CLFLUSH. The
		 * denied bits start actions and are no state.
		 */
	{ .name = "R_PWR_CLK_STATE", .first = 0x0c8, .last = 0x0c8,
	  .where = RENDER,
	  .reads = IN_PRIV, .writes = IN_IMAGE },
		/*
		 * R_PWR_CLK_STATE has the number of the GPU's slices that this
		 * context requests
		 */
	{ .name = "CS_DEBUG_MODE2", .first = 0x0d8, .last = 0x0d8,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = IN_IMAGE },
};

static const struct xengt_audit_reg_row audit_engine_2[] = {
	{ .name = "SWCTRL", .first = 0x200, .last = 0x200,
	  .where = ON_BCS | OF_ALL, .is_masked = true,
	  .reads = IN_STREAM, .writes = IN_RING | IN_BATCH | IN_USER | IN_IMAGE },
		/* SWCTRL has the tiling of blits */
	{ .name = "GPGPU_THREADS_DISPATCHED", .first = 0x290, .last = 0x294,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "PS_INVOCATION_COUNT_0, of slice 0",
	  .first = 0x2c8, .last = 0x2cc, .where = RENDER, .writes = IN_IMAGE },
		/*
		 * On hardware user batches may write the registers of this row,
		 * and of all rows from here to TD_CTL2 that have only IN_IMAGE
		 * (IGT, gem_ctx_isolation).
		 */
	{ .name = "PS_DEPTH_COUNT_0, of slice 0",
	  .first = 0x2d8, .last = 0x2dc, .where = RENDER, .writes = IN_IMAGE },
	{ .name = "PS counts of slice 1", .first = 0x2f0, .last = 0x2fc,
	  .where = RENDER, .writes = IN_IMAGE },
};

static const struct xengt_audit_reg_row audit_engine_3[] = {
	{ .name = "PIPELINE_STATISTICS", .first = 0x300, .last = 0x354,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "TIMESTAMP", .first = 0x358, .last = 0x35c,
	  .where = ANY, .reads = IN_STREAM },
	{ .name = "CTX_TIMESTAMP", .first = 0x3a8, .last = 0x3a8,
	  .where = ANY, .reads = IN_STREAM },
	{ .name = "MI_PREDICATE_RESULT_2", .first = 0x3bc, .last = 0x3bc,
	  .where = RENDER,
	  .reads = IN_PRIV, .writes = IN_RING | IN_BATCH | IN_IMAGE },
};

static const struct xengt_audit_reg_row audit_engine_4[] = {
	{ .name = "MI_PREDICATE", .first = 0x400, .last = 0x418,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "MI_PREDICATE_RESULT_1", .first = 0x41c, .last = 0x41c,
	  .where = ANY,
	  .reads = IN_PRIV, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "3DPRIM", .first = 0x420, .last = 0x440,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
		/* these registers have the operands of indirect draws */
	{ .name = "PS counts of slice 2", .first = 0x448, .last = 0x454,
	  .where = RENDER, .writes = IN_IMAGE },
};

static const struct xengt_audit_reg_row audit_engine_5[] = {
	{ .name = "GPGPU_DISPATCHDIM", .first = 0x500, .last = 0x508,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "CS_CHICKEN1", .first = 0x580, .last = 0x580,
	  .where = ON_RCS | OF_GEN9, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
		/*
		 * CS_CHICKEN1 selects the places at which this context may be
		 * preempted
		 */
};

static const struct xengt_audit_reg_row audit_engine_6[] = {
	{ .name = "GPR", .first = 0x600, .last = 0x67c,
	  .where = ANY,
	  .reads = IN_STREAM, .writes = IN_STREAM | IN_IMAGE },
};

/* Registers of the GPU, in blocks of 4 KiB. */
static const struct xengt_audit_reg_row audit_gpu_2[] = {
	{ .name = "TIMESTAMP of RCS", .first = 0x2358, .last = 0x235c,
	  .where = ON_XCS | OF_ALL, .reads = IN_STREAM },
};

static const struct xengt_audit_reg_row audit_gpu_5[] = {
	{ .name = "SO_NUM_PRIMS_WRITTEN", .first = 0x5200, .last = 0x521c,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "SO_PRIM_STORAGE_NEEDED", .first = 0x5240, .last = 0x525c,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "SO_WRITE_OFFSET", .first = 0x5280, .last = 0x528c,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_RING | IN_BATCH | IN_IMAGE },
	{ .name = "WM_CHICKEN3", .first = 0x5588, .last = 0x5588,
	  .where = ON_RCS | OF_GEN9, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
};

static const struct xengt_audit_reg_row audit_gpu_7[] = {
	{ .name = "CACHE_MODE_0, CACHE_MODE_1, GT_MODE",
	  .first = 0x7000, .last = 0x7008,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
	{ .name = "COMMON_SLICE_CHICKEN1, 2, HIZ_CHICKEN",
	  .first = 0x7010, .last = 0x7018,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
	{ .name = "L3CNTLREG", .first = 0x7034, .last = 0x7034,
	  .where = RENDER,
	  .reads = LOADED, .writes = IN_IMAGE },
		/* L3CNTLREG says how this context divides the L3 cache */
	{ .name = "HDC_CHICKEN0, HDC_CHICKEN1", .first = 0x7300, .last = 0x7304,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
};

static const struct xengt_audit_reg_row audit_gpu_b[] = {
	{ .name = "L3SQCREG4", .first = XENGT_L3SQCREG4, .last = XENGT_L3SQCREG4,
	  .where = RENDER, .is_gpu = true,
	  .reads = IN_PRIV, .writes = IN_CTX | IN_IMAGE },
		/*
		 * L3SQCREG4 belongs to no context, but drivers save, change and
		 * restore it around a flush at each context switch. The prelude
		 * sets the register back to the GPU's own value (prelude.c).
		 * The register controls how the L3 cache treats coherent lines;
		 * it contains no address.
		 */
};

static const struct xengt_audit_reg_row audit_gpu_e[] = {
	{ .name = "HALF_SLICE_CHICKEN1", .first = 0xe100, .last = 0xe100,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
	{ .name = "HALF_SLICE_CHICKEN2, 3, 5", .first = 0xe180, .last = 0xe188,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
	{ .name = "HALF_SLICE_CHICKEN7", .first = 0xe194, .last = 0xe194,
	  .where = ON_RCS | OF_GEN9, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
	{ .name = "TD_CTL, TD_CTL2", .first = 0xe400, .last = 0xe404,
	  .where = RENDER, .writes = IN_IMAGE },
		/*
		 * TD_CTL and TD_CTL2 control the debugging of this context's
		 * threads
		 */
	{ .name = "ROW_CHICKEN, ROW_CHICKEN2", .first = 0xe4f0, .last = 0xe4f4,
	  .where = RENDER, .is_masked = true,
	  .reads = LOADED, .writes = WA_WRITES },
};

static const struct xengt_audit_reg_row audit_gpu_12[] = {
	{ .name = "TIMESTAMP of VCS", .first = 0x12358, .last = 0x1235c,
	  .where = ON_BCS | OF_ALL, .reads = IN_STREAM },
};

#define AUDIT_BLOCK(rows)	{ rows, sizeof(rows) / sizeof((rows)[0]) }

struct audit_block {
	const struct xengt_audit_reg_row *rows;
	uint32_t count;
};

static const struct audit_block audit_engine[AUDIT_ENGINE_BLOCKS] = {
	[0x0] = AUDIT_BLOCK(audit_engine_0),
	[0x2] = AUDIT_BLOCK(audit_engine_2),
	[0x3] = AUDIT_BLOCK(audit_engine_3),
	[0x4] = AUDIT_BLOCK(audit_engine_4),
	[0x5] = AUDIT_BLOCK(audit_engine_5),
	[0x6] = AUDIT_BLOCK(audit_engine_6),
};

static const struct audit_block audit_gpu[AUDIT_GPU_BLOCKS] = {
	[0x2] = AUDIT_BLOCK(audit_gpu_2),
	[0x5] = AUDIT_BLOCK(audit_gpu_5),
	[0x7] = AUDIT_BLOCK(audit_gpu_7),
	[0xb] = AUDIT_BLOCK(audit_gpu_b),
	[0xe] = AUDIT_BLOCK(audit_gpu_e),
	[0x12] = AUDIT_BLOCK(audit_gpu_12),
};
/* clang-format on */

static const struct xengt_audit_reg_row *
audit_search(const struct audit_block *block, uint32_t off)
{
	for (uint32_t i = 0; i < block->count; i++)
		if (off <= block->rows[i].last)
			return off < block->rows[i].first ? NULL :
				&block->rows[i];
	return NULL;
}

const struct xengt_audit_reg_row *
xengt_audit_find_reg(uint32_t where, uint32_t base, uint32_t off)
{
	const struct xengt_audit_reg_row *row;
	uint32_t at = off - base;

	if (off & 3)
		return NULL;
	if (at >> AUDIT_ENGINE_SHIFT < AUDIT_ENGINE_BLOCKS)
		row = audit_search(&audit_engine[at >> AUDIT_ENGINE_SHIFT], at);
	else if (off >> AUDIT_GPU_SHIFT < AUDIT_GPU_BLOCKS)
		row = audit_search(&audit_gpu[off >> AUDIT_GPU_SHIFT], off);
	else
		return NULL;
	return row && where & ANY & ~row->where ? NULL : row;
}

uint32_t xengt_audit_base(const struct xengt_audit *audit)
{
	return audit_bases[audit->engine];
}

static const struct xengt_audit_reg_row *
audit_reg_in(const struct audit_block *blocks, uint32_t count, uint32_t *index)
{
	for (uint32_t i = 0; i < count; i++) {
		if (*index < blocks[i].count)
			return &blocks[i].rows[*index];
		*index -= blocks[i].count;
	}
	return NULL;
}

const struct xengt_audit_reg_row *xengt_audit_reg_at(uint32_t index,
						     bool *ret_is_engine)
{
	const struct xengt_audit_reg_row *row =
		audit_reg_in(audit_engine, AUDIT_ENGINE_BLOCKS, &index);

	*ret_is_engine = row;
	return row ? row : audit_reg_in(audit_gpu, AUDIT_GPU_BLOCKS, &index);
}

const char *xengt_audit_check_reg(const struct xengt_audit_reg_row *row)
{
	if (strlen(row->name) >= XENGT_AUDIT_NAME_MAX)
		return "a register's name that is too long";
	if ((row->first | row->last) & 3 || row->first > row->last)
		return "a register whose offsets are not valid";
	if (!(row->where & ON_ALL) || !(row->where & OF_ALL) ||
	    !(row->reads | row->writes))
		return "a register without an engine, a platform or a kind of stream";
	return NULL;
}

const char *xengt_audit_check_block(const struct xengt_audit_reg_row *rows,
				    uint32_t count, uint32_t block,
				    uint32_t shift)
{
	const char *wrong = NULL;

	for (uint32_t n = 0; n < count && !wrong; n++) {
		if (rows[n].first >> shift != block || rows[n].last >> shift != block)
			wrong = "a register in a wrong block";
		else if (n && rows[n].first <= rows[n - 1].last)
			wrong = "registers that are not in order";
		else
			wrong = xengt_audit_check_reg(&rows[n]);
	}
	return wrong;
}

static const char *audit_check_blocks(const struct audit_block *blocks,
				      uint32_t count, uint32_t shift)
{
	const char *wrong = NULL;

	for (uint32_t i = 0; i < count && !wrong; i++)
		wrong = xengt_audit_check_block(blocks[i].rows, blocks[i].count, i, shift);
	return wrong;
}

const char *xengt_audit_check_regs(void)
{
	const char *wrong = audit_check_blocks(audit_engine, AUDIT_ENGINE_BLOCKS,
					       AUDIT_ENGINE_SHIFT);

	return wrong ? wrong : audit_check_blocks(audit_gpu, AUDIT_GPU_BLOCKS,
						  AUDIT_GPU_SHIFT);
}
