// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a context image, in the order in which silicon writes them.
 *
 * These facts are certain:
 *
 * - the numbers of pages, and the lists up to dword 0xaa (from the PRM,
 *   "Logical Ring Context Format", and from Linux 6.1, gt/intel_lrc.c, which
 *   has the offsets of a saved image);
 * - which of the registers that user batches can write are in an image (from
 *   IGT's gem_ctx_isolation). Registers 0x2094, 0x23bc, 0x2248, 0xb118 and
 *   video's 0x12800 are in no image; on Gen8 the general purpose registers are
 *   only in images of RCS;
 * - the opcodes and lengths of state commands (from the PRM).
 *
 * The order after dword 0xaa, and the places where pages end, are not certain.
 * The registers of the slices (units_*) are after the place at which the
 * indirect context batch runs (dwords 0x170 and 0x260; Linux 6.1,
 * GEN8_CTX_RCS_INDIRECT_CTX_OFFSET_DEFAULT): i915's batch clears bit 12 of
 * 0x7014, and nevertheless a context has this bit after a switch, if a user
 * batch has set it (IGT's gem_ctx_isolation, nonpriv-switch).
 * The order was chosen so that a load command and a state command straddle two
 * pages, because this happens in real images of the same length. Raw data
 * follows the end of the commands and fills the last page.
 */
#include "sim/engine.h"
#include "sim/image.h"
#include "sim/sim_priv.h"

#define N(array)	(sizeof(array) / sizeof((array)[0]))

#define NOOPS(count)	{ .kind = IMAGE_NOOPS, .n = (count) }
#define UP_TO(dword)	{ .kind = IMAGE_UP_TO, .n = (dword) }
#define LOAD(list)	{ .kind = IMAGE_LOAD, .n = N(list), .regs = (list) }
#define POSTED(list)	{ .kind = IMAGE_LOAD, .n = N(list), .regs = (list), \
			  .is_posted = true }
#define RELATIVE(list, posted)						\
			{ .kind = IMAGE_LOAD, .n = N(list), .regs = (list), \
			  .is_posted = (posted), .is_relative = true }
#define STATE(op, dwords)						\
			{ .kind = IMAGE_STATE, .n = (dwords), .opcode = (op) }
#define END		{ .kind = IMAGE_END }

/* clang-format off */

/* Offsets from the engine's base */
static const uint32_t ring_short[] = {
	0x244, 0x034, 0x030, 0x038, 0x03c, 0x168, 0x140, 0x110, 0x11c, 0x114,
	0x118,
};

static const uint32_t ring[] = {
	0x244, 0x034, 0x030, 0x038, 0x03c, 0x168, 0x140, 0x110, 0x11c, 0x114,
	0x118, 0x1c0, 0x1c4, 0x1c8,
};

static const uint32_t vm[] = {
	0x3a8, 0x28c, 0x288, 0x284, 0x280, 0x27c, 0x278, 0x274, 0x270,
};

static const uint32_t power[] = { 0x0c8 };
static const uint32_t tiling[] = { 0x200 };
static const uint32_t tiling_gen8[] = { 0x200, 0x028 };

static const uint32_t streamer[] = {
	0x028, 0x09c, 0x0c0, 0x178, 0x17c, 0x358, 0x170, 0x150, 0x154, 0x158,
	0x41c,
	0x600, 0x604, 0x608, 0x60c, 0x610, 0x614, 0x618, 0x61c,
	0x620, 0x624, 0x628, 0x62c, 0x630, 0x634, 0x638, 0x63c,
	0x640, 0x644, 0x648, 0x64c, 0x650, 0x654, 0x658, 0x65c,
	0x660, 0x664, 0x668, 0x66c, 0x670, 0x674, 0x678, 0x67c,
	0x068,
};

/* Absolute offsets: counters, predicates, parameters of draws and dispatches */
static const uint32_t counters[] = {
	0x2290, 0x2294, 0x22c8, 0x22cc, 0x22d8, 0x22dc, 0x22f0, 0x22f4,
	0x22f8, 0x22fc, 0x2300, 0x2304, 0x2308, 0x230c, 0x2310, 0x2314,
	0x2318, 0x231c, 0x2320, 0x2324, 0x2328, 0x232c, 0x2330, 0x2334,
	0x2338, 0x233c, 0x2340, 0x2344, 0x2348, 0x234c, 0x2350, 0x2354,
	0x2360, 0x2364, 0x2448, 0x244c, 0x2450, 0x2454,
};

static const uint32_t operands[] = {
	0x2400, 0x2404, 0x2408, 0x240c, 0x2410, 0x2414, 0x2418, 0x2420,
	0x2430, 0x2434, 0x2438, 0x243c, 0x2440, 0x2500, 0x2504, 0x2508,
};

static const uint32_t units_gen8[] = {
	0x7000, 0x7004, 0x7008, 0x7010, 0x7018, 0x7034, 0x7300, 0x83a4,
	0xe180, 0xe184, 0xe188, 0xe194, 0xe400, 0xe404, 0xe4f0, 0xe4f4,
};

static const uint32_t streamer_gen9[] = { 0x20d8, 0x2580 };

static const uint32_t units_gen9[] = {
	0x5588, 0x7000, 0x7004, 0x7008, 0x7010, 0x7014,
	0x7018, 0x7034, 0x7300, 0x7304, 0x83a4, 0xe100, 0xe180, 0xe184, 0xe188,
	0xe194, 0xe400, 0xe404, 0xe4f0, 0xe4f4,
};

/* TR-TT: tiled resources' tables, which only Gen9 has */
static const uint32_t trtt[] = {
	0x4de0, 0x4de4, 0x4de8, 0x4dec, 0x4df0, 0x4df4, 0x4dfc,
};

static const uint32_t stream_out[] = {
	0x5200, 0x5204, 0x5208, 0x520c, 0x5210, 0x5214, 0x5218, 0x521c,
	0x5240, 0x5244, 0x5248, 0x524c, 0x5250, 0x5254, 0x5258, 0x525c,
	0x5280, 0x5284, 0x5288, 0x528c,
};

/* State commands that both generations have with the same length. */
#define GEOMETRY							\
	STATE(0x780c0000, 2),		/* VF */			\
	STATE(0x784b0000, 2),		/* VF_TOPOLOGY */		\
	STATE(0x784a0000, 2),		/* VF_SGVS */			\
	STATE(0x78080000, 133),		/* VERTEX_BUFFERS */		\
	STATE(0x78090000, 69),		/* VERTEX_ELEMENTS */		\
	STATE(0x780a0000, 5),		/* INDEX_BUFFER */		\
	STATE(0x78300000, 2),		/* URB_VS */			\
	STATE(0x78310000, 2),						\
	STATE(0x78320000, 2),						\
	STATE(0x78330000, 2),						\
	STATE(0x79120000, 2),		/* PUSH_CONSTANT_ALLOC_VS */	\
	STATE(0x79130000, 2),						\
	STATE(0x79140000, 2),						\
	STATE(0x79150000, 2),						\
	STATE(0x79160000, 2),						\
	STATE(0x78100000, 9),		/* VS */			\
	STATE(0x781b0000, 9),		/* HS */			\
	STATE(0x781c0000, 4),		/* TE */			\
	STATE(0x78110000, 10),		/* GS */			\
	STATE(0x78150000, 11),		/* CONSTANT_VS */		\
	STATE(0x78160000, 11),						\
	STATE(0x78190000, 11),						\
	STATE(0x781a0000, 11),						\
	STATE(0x781e0000, 5)		/* STREAMOUT */

#define PIXELS								\
	STATE(0x78120000, 4),		/* CLIP */			\
	STATE(0x78130000, 4),		/* SF */			\
	STATE(0x78140000, 2),		/* WM */			\
	STATE(0x784c0000, 2),		/* WM_CHROMAKEY */		\
	STATE(0x784d0000, 2),		/* PS_BLEND */			\
	STATE(0x784f0000, 2),		/* PS_EXTRA */			\
	STATE(0x78500000, 5),		/* RASTER */			\
	STATE(0x78510000, 11),		/* SBE_SWIZ */			\
	STATE(0x78200000, 12),		/* PS */			\
	STATE(0x78170000, 11),		/* CONSTANT_PS */		\
	STATE(0x78180000, 2),		/* SAMPLE_MASK */		\
	STATE(0x780d0000, 2),		/* MULTISAMPLE */		\
	STATE(0x78210000, 2),		/* viewports, blend, tables */	\
	STATE(0x78230000, 2),						\
	STATE(0x78240000, 2),						\
	STATE(0x780e0000, 2),						\
	STATE(0x780f0000, 2),						\
	STATE(0x78260000, 2),						\
	STATE(0x78270000, 2),						\
	STATE(0x78280000, 2),						\
	STATE(0x78290000, 2),						\
	STATE(0x782a0000, 2),						\
	STATE(0x782b0000, 2),						\
	STATE(0x782c0000, 2),						\
	STATE(0x782d0000, 2),						\
	STATE(0x782e0000, 2),						\
	STATE(0x782f0000, 2),						\
	STATE(0x78040000, 3),		/* CLEAR_PARAMS */		\
	STATE(0x78050000, 8),		/* DEPTH_BUFFER */		\
	STATE(0x78060000, 5),						\
	STATE(0x78070000, 5),						\
	STATE(0x79000000, 4),		/* DRAWING_RECTANGLE */		\
	STATE(0x79040000, 4),		/* CHROMA_KEY */		\
	STATE(0x79060000, 2),		/* POLY_STIPPLE_OFFSET */	\
	STATE(0x79070000, 33),						\
	STATE(0x79080000, 3),		/* LINE_STIPPLE */		\
	STATE(0x790a0000, 3),		/* AA_LINE_PARAMETERS */	\
	STATE(0x79110000, 2),		/* MONOFILTER_SIZE */		\
	STATE(0x79190000, 4)		/* BINDING_TABLE_POOL_ALLOC */

#define MEDIA								\
	STATE(0x61020000, 3),		/* STATE_SIP */			\
	STATE(0x61040000, 3),		/* GPGPU_CSR_BASE_ADDRESS */	\
	STATE(0x70000000, 9)		/* MEDIA_VFE_STATE */

static const struct sim_image_part rcs_gen8[] = {
	NOOPS(1), RELATIVE(ring, true),
	NOOPS(3), RELATIVE(vm, true),
	NOOPS(13), RELATIVE(power, false),
	NOOPS(13), RELATIVE(streamer, true),
	POSTED(counters), LOAD(operands),
	STATE(0x69040000, 1),		/* PIPELINE_SELECT */
	STATE(0x61010000, 16),		/* STATE_BASE_ADDRESS */
	MEDIA,
	GEOMETRY,
	STATE(0x781d0000, 9),		/* DS */
	LOAD(units_gen8),
	UP_TO(IMAGE_PAGE_DWORDS - 10), LOAD(stream_out),
	STATE(0x781f0000, 4),		/* SBE */
	STATE(0x784e0000, 3),		/* WM_DEPTH_STENCIL */
	PIXELS,
	UP_TO(2 * IMAGE_PAGE_DWORDS - 4),
	STATE(0x791c0000, 9),		/* SAMPLE_PATTERN */
	END,
};

static const struct sim_image_part rcs_gen9[] = {
	NOOPS(1), RELATIVE(ring, true),
	NOOPS(3), RELATIVE(vm, true),
	NOOPS(13), RELATIVE(power, false),
	NOOPS(13), RELATIVE(streamer, true),
	POSTED(counters), LOAD(operands), LOAD(streamer_gen9),
	STATE(0x69040000, 1),		/* PIPELINE_SELECT */
	STATE(0x61010000, 19),		/* STATE_BASE_ADDRESS */
	MEDIA,
	GEOMETRY,
	STATE(0x781d0000, 11),		/* DS */
	STATE(0x78550000, 5),		/* COMPONENT_PACKING */
	LOAD(units_gen9), LOAD(trtt),
	UP_TO(IMAGE_PAGE_DWORDS - 10), LOAD(stream_out),
	STATE(0x781f0000, 6),		/* SBE */
	STATE(0x784e0000, 4),		/* WM_DEPTH_STENCIL */
	PIXELS,
	UP_TO(2 * IMAGE_PAGE_DWORDS - 4),
	STATE(0x791c0000, 9),		/* SAMPLE_PATTERN */
	END,
};

static const struct sim_image_part other_gen8[] = {
	NOOPS(1), RELATIVE(ring_short, false),
	NOOPS(9), RELATIVE(vm, false),
	NOOPS(13), RELATIVE(tiling_gen8, false),
	END,
};

static const struct sim_image_part other_gen9[] = {
	NOOPS(1), RELATIVE(ring, true),
	NOOPS(3), RELATIVE(vm, true),
	NOOPS(13), RELATIVE(tiling, true),
	NOOPS(13), RELATIVE(streamer, true),
	END,
};

/* clang-format on */

const struct sim_image_shape *sim_image_shape(unsigned int gen,
					      enum sim_engine_id id)
{
	static const struct sim_image_shape shapes[2][2] = {
		{ { 20, rcs_gen8 }, { 2, other_gen8 } },
		{ { 22, rcs_gen9 }, { 2, other_gen9 } },
	};

	return &shapes[gen == SIM_GEN9][id != SIM_RCS];
}
