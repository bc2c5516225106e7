// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of attacks: see hostile_attacks.h. Unless a comment names another source, the
 * facts about commands and registers are from Intel's PRM, volumes 2a and 2c. The unit tests
 * of the audit and of the boundary have the same shapes (tests/unit/test_audit*.c,
 * test_boundary_*.c).
 */
#include "hostile_attacks.h"
#include "hostile_shapes.h"

#define RCS	EVIL_ON(EVIL_RCS)
#define BCS	EVIL_ON(EVIL_BCS)
#define XCS	EVIL_ON_XCS
#define ALL	EVIL_ON_ALL
#define DISPLAY	(RCS | BCS)		/* engines with commands for the display */

#define GGTT	(1u << 22)
#define SDI	EVIL_STORE
#define SDQ	(EVIL_STORE + 1)	/* two dwords of data */
#define LRI	EVIL_LRI
#define SRM	0x12000002u
#define LRM	0x14800002u
#define LRR	0x15000001u
#define WAIT	0x0e008002u
#define START	EVIL_START
#define COPY	0x17000003u
#define ATOMIC	0x17800001u
#define FLUSH	0x13000003u		/* MI_FLUSH_DW of 5 dwords */
#define FLUSH_GGTT 4u
#define PIPE	0x7a000004u
#define PIPE_GGTT (1u << 24)
#define PIPE_REG (1u << 23)
#define INDEX	(1u << 21)
#define POST(op) ((uint32_t)(op) << 14)
#define END	EVIL_BATCH_END
#define SPARE	(EVIL_DATA * EVIL_PAGE + 4 * EVIL_SPARE)
#define OTHER	0x9000u			/* offset in another guest's memory */
#define VAL	0xbadbadbau

/* clang-format off */
#define DW(...)	.dw = (const uint32_t[]){ __VA_ARGS__ },		       \
	.n = sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)
/* A row says in which ring or batch the dwords are, and how the host must react. */
#define ROW(what, on, where, answer)					       \
	.name = (what), .engines = (on),				       \
	.place = EVIL_IN_##where, .outcome = EVIL_##answer
#define BIT(i)		(1u << (i))
/* One command without operands, in a ring */
#define COMMAND(what, on, dw0)	{ ROW(what, on, RING, FORBIDDEN), DW(dw0, 0, 0, 0) }
/* A load of all ones into a register: of the engine, or of the GPU */
#define LOAD(what, off)							       \
	{ ROW("a load of " what, ALL, RING, REGISTER), DW(LRI, off, 0xffffffff), .reg = BIT(1) }
#define LOAD_GPU(what, off)						       \
	{ ROW("a load of " what, ALL, RING, REGISTER), DW(LRI, off, 0xffffffff) }
#define SHAPE(what, answer, f)						       \
	{ ROW(what, ALL, RING, answer), .is_whole = true, .shape = (f) }
#define SEQUENCE(what, on, f)						       \
	{ .name = (what), .engines = (on), .run = (f) }

const struct evil_attack evil_attacks[] = {
	/* ---- memory of others, from a ring ---- */
	{ ROW("a store to another guest", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, OTHER, 0, VAL), .other = BIT(1) },
	{ ROW("a store to the first page", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, 0, 0, VAL) },
	{ ROW("a store to the last page", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, 0xfffff000, 0, VAL) },
	{ ROW("a store across the slice's end", ALL, RING, ADDRESS),
	  DW(SDQ | GGTT, 0xfffffffc, 0, VAL, VAL), .end = BIT(1) },
	{ ROW("a store right after the slice's end", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, 0, 0, VAL), .end = BIT(1) },
	{ ROW("a store right before the slice", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, 0xfffffffc, 0, VAL), .own = BIT(1) },
	{ ROW("a store above 4 GiB", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, SPARE, 1, VAL), .own = BIT(1) },
	{ ROW("a store that the engine moves", ALL, RING, ADDRESS),
	  DW(SDI | GGTT, SPARE + 1, 0, VAL), .own = BIT(1) },
	{ ROW("a register stored to another guest", ALL, RING, ADDRESS),
	  DW(SRM | GGTT, EVIL_R_GPR, OTHER, 0), .reg = BIT(1), .other = BIT(2) },
	{ ROW("a register loaded from another guest", ALL, RING, ADDRESS),
	  DW(LRM | GGTT, EVIL_R_GPR, OTHER, 0), .reg = BIT(1), .other = BIT(2) },
	{ ROW("a copy to another guest", ALL, RING, ADDRESS),
	  DW(COPY | BIT(21) | GGTT, OTHER, 0, SPARE, 0), .other = BIT(1), .own = BIT(3) },
	{ ROW("a copy from another guest", ALL, RING, ADDRESS),
	  DW(COPY | BIT(21) | GGTT, SPARE, 0, OTHER, 0), .own = BIT(1), .other = BIT(3) },
	{ ROW("an atomic on another guest", ALL, RING, ADDRESS),
	  DW(ATOMIC | GGTT, OTHER, 0), .other = BIT(1) },
	{ ROW("a wait for another guest", ALL, RING, ADDRESS),
	  DW(WAIT | GGTT, 0, OTHER, 0), .other = BIT(2) },
	{ ROW("a batch of another guest", ALL, RING, ADDRESS),
	  DW(START, OTHER, 0, 0), .other = BIT(1) },
	{ ROW("a flush that stores to another guest", XCS, RING, ADDRESS),
	  DW(FLUSH | POST(1), OTHER | FLUSH_GGTT, 0, VAL, VAL), .other = BIT(1) },
	{ ROW("a flush that stores its time to another guest", XCS, RING, ADDRESS),
	  DW(FLUSH | POST(3), OTHER | FLUSH_GGTT, 0, 0, 0), .other = BIT(1) },
	{ ROW("a pipe control that stores to another guest", RCS, RING, ADDRESS),
	  DW(PIPE, PIPE_GGTT | POST(1), OTHER, 0, VAL, VAL), .other = BIT(2) },
	{ ROW("a pipe control that counts into another guest", RCS, RING, ADDRESS),
	  DW(PIPE, PIPE_GGTT | POST(2), OTHER, 0, 0, 0), .other = BIT(2) },
	{ ROW("a pipe control that stores behind the status page", RCS, RING, ADDRESS),
	  DW(PIPE, INDEX | POST(1), 0x1000, 0, VAL, VAL) },

	/* ---- what other guests do ---- */
	{ ROW("a read of the head", ALL, RING, REGISTER),
	  DW(SRM | GGTT, EVIL_R_HEAD, SPARE, 0), .reg = BIT(1), .own = BIT(2) },
	{ ROW("a read of another engine's position", ALL, RING, REGISTER),
	  DW(SRM | GGTT, EVIL_R_ACTHD, SPARE, 0), .xreg = BIT(1), .own = BIT(2) },
	{ ROW("a read of another engine's registers", ALL, RING, REGISTER),
	  DW(LRR, EVIL_R_GPR, EVIL_R_GPR), .xreg = BIT(1), .reg = BIT(2) },
	{ ROW("a read of INSTDONE", RCS, RING, REGISTER),
	  DW(SRM | GGTT, 0x7100, SPARE, 0), .own = BIT(2) },
	{ ROW("a wait for the head", ALL, RING, REGISTER), .is_gen9_only = true,
	  DW(WAIT | BIT(16), 1, EVIL_R_HEAD, 0), .reg = BIT(2) },

	/* ---- registers ---- */
	LOAD("TAIL", 0x30), LOAD("START", 0x38), LOAD("CTL", 0x3c),
	LOAD("HWS_PGA", EVIL_R_HWS_PGA), LOAD("IMR", EVIL_R_IMR),
	LOAD("BB_ADDR", 0x140), LOAD("ELSP", EVIL_R_ELSP),
	LOAD("CTX_CONTROL", 0x244), LOAD("PDP0", 0x270),
	LOAD("MODE", EVIL_R_MODE), LOAD("FORCE_TO_NONPRIV", 0x4d0),
	LOAD_GPU("GAMW_ECO_DEV", 0x4080), LOAD_GPU("the PAT", 0x40e0),
	LOAD_GPU("a TLB's control", 0x4260), LOAD_GPU("GDRST", EVIL_GDRST),
	LOAD_GPU("FORCEWAKE", 0xa188), LOAD_GPU("MOCS of L3", 0xb020),
	LOAD_GPU("MOCS", 0xc800), LOAD_GPU("DERRMR", 0x44050),
	LOAD_GPU("a plane's surface", 0x7019c), LOAD_GPU("a fence", EVIL_FENCE),
	LOAD_GPU("GFX_FLSH_CNTL", EVIL_FLUSH), LOAD_GPU("OACONTROL", 0x2b00),
	{ ROW("a stop of the engine", ALL, RING, REGISTER),
	  DW(LRI, EVIL_R_MI_MODE, 0x01000100), .reg = BIT(1) },
	{ ROW("flushes suspended", ALL, RING, REGISTER),
	  DW(LRI, EVIL_R_MI_MODE, 0x80008000), .reg = BIT(1) },
	{ ROW("a stop of the engine by a load from memory", ALL, RING, REGISTER),
	  DW(LRM | GGTT, EVIL_R_MI_MODE, SPARE, 0), .reg = BIT(1), .own = BIT(2) },
	{ ROW("a stop of the engine by a copy of a register", ALL, RING, REGISTER),
	  DW(LRR, EVIL_R_GPR, EVIL_R_MI_MODE), .reg = BIT(1) | BIT(2) },
	{ ROW("a bad register as the second of a list", ALL, RING, REGISTER),
	  DW(LRI + 2, EVIL_R_GPR, 0, EVIL_R_MODE, 0xffffffff), .reg = BIT(1) | BIT(3) },
	{ ROW("a register by a pipe control", RCS, RING, REGISTER),
	  DW(PIPE, PIPE_REG, EVIL_R_MODE, 0, 0xffffffff, 0), .reg = BIT(2) },

	/* ---- commands ---- */
	COMMAND("MI_WAIT_FOR_EVENT", DISPLAY, 0x01800000),
	COMMAND("MI_FLUSH", ALL, 0x02000000),
	COMMAND("MI_RS_CONTROL", RCS, 0x03000000),
	COMMAND("MI_REPORT_HEAD", ALL, 0x03800000),
	COMMAND("the end of a batch in a ring", ALL, END),
	COMMAND("MI_SUSPEND_FLUSH", ALL, 0x05800000),
	COMMAND("MI_SET_APPID", ALL, 0x07000000),
	COMMAND("MI_RS_CONTEXT", RCS, 0x07800000),
	COMMAND("MI_LOAD_SCAN_LINES", DISPLAY, 0x09000000),
	COMMAND("MI_DISPLAY_FLIP", DISPLAY, 0x0a000001),
	COMMAND("MI_SEMAPHORE_MBOX", ALL, 0x0b000001),
	COMMAND("MI_SET_CONTEXT", ALL, 0x0c000000),
	COMMAND("MI_SEMAPHORE_SIGNAL", ALL, 0x0d800000),
	COMMAND("MI_STORE_DATA_INDEX", ALL, 0x10800001),
	COMMAND("MI_UPDATE_GTT", ALL, 0x11800002),
	COMMAND("MI_CLFLUSH", ALL, 0x13800001),
	COMMAND("MI_REPORT_PERF_COUNT", ALL, 0x14000001),
	COMMAND("MI_LOAD_URB_MEM", RCS, 0x16000002),
	COMMAND("a blit in a ring", BCS, 0x54000005),
	COMMAND("threads in a ring", RCS, 0x7105000d),
	{ ROW("a pipe control that flushes L3 alone", RCS, RING, FORBIDDEN),
	  DW(PIPE, BIT(27), 0, 0, 0, 0) },
	{ ROW("MI_FORCE_WAKEUP", ALL, RING, FORBIDDEN), .is_gen9_only = true, DW(0x0e800000, 0) },
	COMMAND("a start of a batch with a predicate", ALL, START | BIT(15)),
	COMMAND("a start of a batch with the resource streamer", ALL, START | BIT(10)),
	COMMAND("protected memory", XCS, 0x13400002),
	COMMAND("a load of bytes", ALL, LRI | BIT(8)),
	{ ROW("MI_MATH with an unknown operation", ALL, RING, FORBIDDEN),
	  DW(0x0d000000, 0xffffffff) },
	{ ROW("an unknown MI command", ALL, RING, UNKNOWN), DW(0x0f800000) },
	{ ROW("a command of nobody", ALL, RING, UNKNOWN), DW(0xffffffff) },
	{ ROW("a store longer than the ring", ALL, RING, LENGTH),
	  DW(SDI | GGTT | 0x3ff, SPARE, 0, VAL), .own = BIT(1) },
	{ ROW("half a register in a list", ALL, RING, LENGTH),
	  DW(LRI + 1, EVIL_R_GPR, 0, EVIL_R_GPR), .reg = BIT(1) | BIT(3) },
	{ ROW("MI_MATH of two lengths", ALL, RING, LENGTH), DW(0x0d0000ff) },
	{ ROW("MI_ATOMIC of another length", ALL, RING, LENGTH),
	  DW(0x17800002, 0x1000, 0, 0) },
	{ ROW("a refusal at the ring's begin", ALL, RING, FORBIDDEN), .is_whole = true,
	  .shape = evil_shape_first_command },

	/* ---- batches with privilege ---- */
	{ ROW("a privileged batch that stores to another guest", ALL, BATCH, ADDRESS),
	  DW(SDI | GGTT, OTHER, 0, VAL), .other = BIT(1) },
	{ ROW("a privileged batch that sets MODE", ALL, BATCH, REGISTER),
	  DW(LRI, EVIL_R_MODE, 0xffffffff), .reg = BIT(1) },
	{ ROW("a privileged batch that writes the GGTT", ALL, BATCH, FORBIDDEN),
	  DW(0x11800002, 0, 0, 0) },
	{ ROW("a batch that starts a batch of another guest", ALL, BATCH, ADDRESS),
	  DW(START, OTHER, 0), .other = BIT(1) },
	{ ROW("a batch without an end", ALL, RING, LIMIT),
	  DW(START, EVIL_UNMAPPED, 0, 0), .own = BIT(1) },
	{ ROW("batches nested too deeply", ALL, RING, LIMIT), .shape = evil_shape_nested },
	{ ROW("too many batches", ALL, RING, LIMIT), .shape = evil_shape_many_batches },
	{ ROW("a blitter's batch that no table maps", BCS, RING, BAD_BATCH),
	  .is_gen9_only = true, DW(EVIL_START_PPGTT, EVIL_VA_NOTHING, 0, 0) },

	/* ---- batches without privilege: CVE-2019-0155 on Gen9's blitter ---- */
	{ ROW("a user's store to another guest", ALL, USER_BATCH, RUNS),
	  DW(SDI | GGTT, OTHER, 0, VAL), .other = BIT(1) },
	{ ROW("a user's load of MODE", ALL, USER_BATCH, RUNS),
	  DW(LRI, EVIL_R_MODE, 0xffffffff), .reg = BIT(1) },
	{ ROW("a user's load of FORCE_TO_NONPRIV", ALL, USER_BATCH, RUNS),
	  DW(LRI, 0x4d0, 0x2358), .reg = BIT(1) },
	{ ROW("a user's load of GDRST", ALL, USER_BATCH, RUNS), DW(LRI, EVIL_GDRST, 1) },
	{ ROW("a user's MI_UPDATE_GTT", BCS, USER_BATCH, RUNS), DW(0x11800002, 0, 0, 0) },
	{ ROW("a user's flush that stores to another guest", BCS, USER_BATCH, RUNS),
	  DW(FLUSH | POST(1), OTHER | FLUSH_GGTT, 0, VAL, VAL), .other = BIT(1) },
	{ ROW("a user's copy from another guest", BCS, USER_BATCH, RUNS),
	  DW(COPY | GGTT, EVIL_VA_PRIVATE + 64, 0, OTHER, 0), .other = BIT(3) },
	{ ROW("a user's unknown command", BCS, USER_BATCH, UNKNOWN), .is_gen9_only = true,
	  DW(0x0f800000) },
	{ ROW("a blit to another guest", BCS, USER_BATCH, ENDED),
	  DW(0x54000005, 0x03f00100, 0, 0x00100010, OTHER, 0, VAL), .other = BIT(4) },

	/* ---- batches of the context itself ---- */
	{ ROW("an indirect batch that stores to another guest", RCS, INDIRECT, ADDRESS),
	  .is_whole = true, DW(SDI | GGTT, OTHER, 0, VAL), .other = BIT(1) },
	{ ROW("an indirect batch that sets MODE", RCS, INDIRECT, REGISTER),
	  .is_whole = true, DW(LRI, EVIL_R_MODE, 0xffffffff), .reg = BIT(1) },
	{ ROW("a per-context batch that stores to another guest", RCS, PER_CONTEXT, ADDRESS),
	  .is_whole = true, DW(SDI | GGTT, OTHER, 0, VAL, END), .other = BIT(1) },
	{ ROW("a per-context batch that starts another", RCS, PER_CONTEXT, FORBIDDEN),
	  .is_whole = true, DW(START, OTHER, 0, END), .other = BIT(1) },
	{ ROW("a per-context batch without an end", RCS, PER_CONTEXT, LIMIT),
	  .is_whole = true, DW(EVIL_NOOP) },

	/* ---- images and descriptors ---- */
	SHAPE("a ring in another guest's memory", DROPPED, evil_shape_ring_elsewhere),
	SHAPE("a ring over the end", DROPPED, evil_shape_ring_over_end),
	SHAPE("a ring of 2 MiB", LIMIT, evil_shape_ring_too_long),
	SHAPE("a ring that is not valid", BAD_CONTEXT, evil_shape_ring_off),
	SHAPE("a head behind the ring", BAD_CONTEXT, evil_shape_head_behind),
	SHAPE("a tail behind the ring", BAD_CONTEXT, evil_shape_tail_behind),
	SHAPE("an image in another guest's memory", DROPPED, evil_shape_image_elsewhere),
	SHAPE("an image without entries", DROPPED, evil_shape_image_unmapped),
	{ ROW("an image over the end", RCS, RING, DROPPED), .is_whole = true,
	  .shape = evil_shape_image_over_end },
	SHAPE("a context without page tables", DROPPED, evil_shape_no_tables),
	{ ROW("a status page of another guest", ALL, RING, RUNS),
	  .shape = evil_shape_status_elsewhere },
	{ ROW("a ring without free bytes", XCS, RING, LIMIT), .is_whole = true,
	  .shape = evil_shape_full_ring },
	{ ROW("a ring without free bytes", RCS, RING, RUNS), .shape = evil_shape_full_ring },
	{ ROW("a head of 4 modulo 8", ALL, RING, RUNS), .shape = evil_shape_odd_head },
	{ ROW("an image that loads MODE", ALL, RING, RUNS), .shape = evil_shape_image_loads },
	{ ROW("an image that says that the context stopped in a batch", ALL, RING, RUNS),
	  .shape = evil_shape_in_batch },

	/* ---- sequences ---- */
	SEQUENCE("an append over the whole ring", ALL, evil_append_overrun),
	SEQUENCE("an append behind a change", ALL, evil_append_changed),
	SEQUENCE("an append of a foreign store", ALL, evil_append_store),
	SEQUENCE("entries of others", RCS, evil_entries_of_others),
	SEQUENCE("entries of frames that are no RAM", RCS, evil_entries_of_no_ram),
	SEQUENCE("page tables of frames that are no RAM", ALL, evil_tables_of_no_ram),
	SEQUENCE("fences over others", RCS, evil_fences_of_others),
	SEQUENCE("descriptors of all kinds", ALL, evil_descriptors),
	SEQUENCE("many interrupts", ALL, evil_interrupts),
	SEQUENCE("roots that are no tables", RCS, evil_bad_roots),

	/* ---- work without an end ---- */
	{ ROW("a loop with arbitration off", ALL, BATCH, ENDED), .shape = evil_shape_loop },
	{ ROW("a semaphore that never fires", ALL, RING, ENDED),
	  DW(EVIL_ARB_OFF, EVIL_WAIT_GGTT, 0x7fffffff, SPARE, 0), .own = BIT(3) },
	{ ROW("a user's loop", ALL, USER_BATCH, ENDED),
	  DW(EVIL_START_PPGTT, EVIL_VA_BATCH, 0) },
	{ ROW("interrupts without an end", ALL, BATCH, ENDED), .shape = evil_shape_storm },
};
/* clang-format on */

const uint32_t evil_attacks_count = sizeof(evil_attacks) / sizeof(evil_attacks[0]);
