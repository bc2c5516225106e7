// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the audit of whole streams: src/boundary/audit.c
 *
 * promise: P9
 *
 * Streams that must pass are those of i915 in Linux 6.1 and 6.12, copied by hand from its
 * source. Streams that must not pass are the known holes of GVT-g (docs/threat-model.md). Other
 * tests check which dwords the audit changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit_rig.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define NOOP		0u
#define USER_IRQ	0x01000000u
#define ARB_CHECK	0x02800000u
#define ARB_OFF		0x04000000u
#define ARB_ON		0x04000001u
#define SDI		0x10000002u
#define SDQ		(0x10000003u | 1u << 21)
#define LRI(n)		(0x11000000u | (2 * (n) - 1))
#define SRM		0x12000002u
#define LRM		0x14800002u
#define LRR		0x15000001u
#define FLUSH_DW(len)	(0x13000000u | ((len) - 2))
#define WAIT		0x0e000002u
#define START		0x18800001u
#define PPGTT		(1u << 8)
#define SECOND		(1u << 22)
#define PIPE		0x7a000004u
#define INDEX		(1u << 21)
#define POST(op)	((uint32_t)(op) << 14)
#define PIPE_GGTT	(1u << 24)
#define PIPE_MMIO	(1u << 23)
#define FLUSH_GGTT	4u

#define SEQNO_PAGE	(HIGH + 0x5040u)	/* page of a timeline, in which i915 stores
						 * sequence numbers */
#define SCRATCH		(HIGH + 0x6100u)

#define BDW		XENGT_PLATFORM_BDW
#define SKL		XENGT_PLATFORM_SKL
#define RCS		XENGT_ENGINE_RCS
#define VCS		XENGT_ENGINE_VCS
#define VECS		XENGT_ENGINE_VECS
#define BCS		XENGT_ENGINE_BCS
#define RING		XENGT_AUDIT_RING
#define BATCH		XENGT_AUDIT_BATCH
#define USER		XENGT_AUDIT_USER_BATCH
#define INDIRECT	XENGT_AUDIT_INDIRECT_CTX
#define PER_CTX		XENGT_AUDIT_PER_CTX

static int reset_start(void **state)
{
	(void)state;
	memset(&start, 0, sizeof(start));
	start.ret_addr = 0x123456000;
	start.ret_ppgtt = true;
	return 0;
}

#define DW(...)								\
	.dw = (const uint32_t[]){ __VA_ARGS__ },			\
	.n = sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)

struct stream {
	const char *name;
	enum xengt_engine_id engine;
	enum xengt_audit_kind kind;
	const uint32_t *dw;
	uint32_t n;
};

static enum xengt_refusal run_stream(enum xengt_platform_id platform,
				     const struct stream *s, uint32_t *dw)
{
	struct xengt_audit audit = make(platform, s->engine, s->kind);
	enum xengt_refusal r;

	memcpy(dw, s->dw, s->n * sizeof(*dw));
	r = run(&audit, dw, s->n);
	if (r)
		print_message("%s: refusal %d at %u, command %08x\n", s->name,
			      (int)r, result.at, result.cmd);
	return r;
}

/* ---- i915 ---- */

/* clang-format off */
static const struct stream i915[] = {
	{ "first breadcrumb", RCS, RING, DW(
		SDI | GGTT, SEQNO_PAGE, 0, 0xffffffff, NOOP, ARB_CHECK) },
	{ "flush before a request, gen9", RCS, RING, DW(
		PIPE, 0, 0, 0, 0, 0,
		PIPE, 0x00144c1c | INDEX | POST(1), 0x80, 0, 0, 0) },
	{ "flush after a request", RCS, RING, DW(
		PIPE, 0x001010a1, 0, 0, 0, 0) },
	{ "flush with a workaround", RCS, RING, DW(
		PIPE, 1u << 5, 0, 0, 0, 0, PIPE, 1u << 20, 0, 0, 0, 0) },
	{ "flush on the blitter", BCS, RING, DW(
		FLUSH_DW(4) | INDEX | POST(1), 0x80, 0, 0) },
	{ "flush with TLB on video", VCS, RING, DW(
		FLUSH_DW(4) | INDEX | POST(1) | 1u << 18 | 1u << 7, 0x80, 0, 0) },
	{ "batch of a user, not preemptible", RCS, RING, DW(
		ARB_OFF, START | PPGTT, 0x00400000, 0x1, NOOP) },
	{ "batch of a user", VECS, RING, DW(
		ARB_ON, START | PPGTT, 0x00400000, 0x1, ARB_OFF, NOOP) },
	{ "batch of the kernel", RCS, RING, DW(
		ARB_OFF, START, LOW + 0x3000, 0, NOOP) },
	{ "last breadcrumb", RCS, RING, DW(
		PIPE, 0x00001021, 0, 0, 0, 0,
		PIPE, PIPE_GGTT | POST(1) | 0x00100080, SEQNO_PAGE, 0, 7, 0,
		USER_IRQ, ARB_ON, ARB_CHECK, NOOP) },
	{ "last breadcrumb on the others", BCS, RING, DW(
		FLUSH_DW(4) | POST(1), SEQNO_PAGE | FLUSH_GGTT, 0, 7,
		USER_IRQ, ARB_ON, ARB_CHECK, NOOP) },
	{ "wait before preemption", RCS, RING, DW(
		ARB_CHECK, WAIT | GGTT | 1u << 15 | 4u << 12, 0, HWS + 0x140, 0,
		NOOP) },
	{ "slices of a context", RCS, RING, DW(
		SDI | GGTT, HIGH + 0x2010c, 0, 0x80000000) },
	{ "a workaround is read back", RCS, RING, DW(
		SRM | GGTT, 0x7014, HIGH + 0x7000, 0,
		SRM | GGTT, 0xe184, HIGH + 0x7004, 0) },
};

static const struct stream i915_bdw[] = {
	{ "context workarounds", RCS, RING, DW(
		LRI(9), 0x20c0, 0x00800080, 0x209c, 0x40004000,
		0xe4f0, 0x01200120, 0x7300, 0x80308030, 0x7000, 0x00040000,
		0x7004, 0x00400040, 0x7008, 0x01a000a0, 0xe4f4, 0x00010001,
		0xe184, 0x00020002, NOOP) },
	{ "indirect context batch", RCS, INDIRECT, DW(
		ARB_OFF, SRM | GGTT, 0xb118, SCRATCH, 0,
		LRI(1), 0xb118, 0x40600000, PIPE, 0x00100020, 0, 0, 0, 0,
		LRM | GGTT, 0xb118, SCRATCH, 0,
		PIPE, 0x08100000 | INDEX | POST(1), 0x80, 0, 0, 0,
		ARB_ON, NOOP, NOOP, NOOP) },
};

static const struct stream i915_skl[] = {
	{ "context workarounds", RCS, RING, DW(
		LRI(11), 0x7014, 0x40404040, 0xe194, 0x02000200,
		0xe4f0, 0x01000100, 0x7004, 0x00400040, 0xe188, 0x00200000,
		0x7300, 0x80208020, 0xe184, 0x00020002, 0xe180, 0x01000100,
		0x2580, 0x00010000, 0x2580, 0x00060004, 0x7008, 0x003f0025,
		NOOP) },
	{ "indirect context batch", RCS, INDIRECT, DW(
		ARB_OFF, SRM | GGTT, 0xb118, SCRATCH, 0,
		LRI(1), 0xb118, 0x40600000, PIPE, 0x00100020, 0, 0, 0, 0,
		LRM | GGTT, 0xb118, SCRATCH, 0,
		PIPE, 0x08100000 | INDEX | POST(1), 0x80, 0, 0, 0,
		LRI(3), 0x7014, 0x10000000, 0x2088, 0x00020002,
		0x2090, 0x10001000, NOOP, ARB_ON, NOOP, NOOP, NOOP, NOOP) },
};

/*
 * First dwords of the commands in the batch by which i915 sets up a new context's render state.
 */
static const uint32_t golden_bdw[] = {
	0x7a000004, 0x69040000, 0x78140000, 0x7820000a, 0x78130002, 0x781f0002,
	0x78510009, 0x78100007, 0x781b0007, 0x78110008, 0x781e0003, 0x781d0007,
	0x78120002, 0x78500003, 0x781c0002, 0x780c0000, 0x78520003, 0x78300000,
	0x78310000, 0x78320000, 0x78330000, 0x79190002, 0x791a0002, 0x791b0002,
	0x79120000, 0x79130000, 0x79140000, 0x79150000, 0x79160000, 0x78150009,
	0x78190009, 0x781a0009, 0x78160009, 0x78170009, 0x78490001, 0x784a0000,
	0x784b0000, 0x79170101, 0x79180006, 0x6101000e, 0x61020001, 0x79000002,
	0x78050006, 0x79040002, 0x79080001, 0x790a0001, 0x78060003, 0x78070003,
	0x78040001, 0x79110000, 0x780d0000, 0x79060000, 0x7907001f, 0x7902000f,
	0x790c000f, 0x780a0003, 0x78080083, 0x78090043, 0x680b0001, 0x78260000,
	0x78270000, 0x78280000, 0x78290000, 0x782a0000, 0x780e0000, 0x78240000,
	0x784f0000, 0x784d0000, 0x782b0000, 0x782c0000, 0x782d0000, 0x782e0000,
	0x782f0000, 0x780f0000, 0x78230000, 0x78210000, 0x7b000005,
};
/* First dwords of commands of i915's render state batch that differ on Gen9. */
static const uint32_t golden_skl[] = {
	0x69040300, 0x781f0004, 0x781d0009, 0x61010011, 0x78550003,
};
/* clang-format on */

static void run_all(enum xengt_platform_id platform,
		    const struct stream *streams, size_t n)
{
	uint32_t dw[64];

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(run_stream(platform, &streams[i], dw), 0);
		assert_int_equal(result.used, streams[i].n);
		assert_int_equal(result.noops, 0);
	}
}

static bool is_other_on_skl(uint32_t dw0)
{
	for (size_t i = 0; i < COUNT(golden_skl); i++)
		if (golden_skl[i] >> 16 == dw0 >> 16)
			return true;
	return false;
}

static uint32_t put_golden(uint32_t *dw, uint32_t n, bool is_skl,
			   const uint32_t *first, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t top = first[i] >> 16, len = (first[i] & 0xff) + 2;

		if (is_skl && first != golden_skl && is_other_on_skl(first[i]))
			continue;
		if (top == 0x6904 || top == 0x680b)
			len = 1;
		if (top == 0x7917)
			len = (first[i] & 0x1ff) + 2;
		memset(&dw[n], 0, len * sizeof(*dw));
		dw[n] = first[i];
		if (first[i] == PIPE)
			dw[n + 1] = PIPE_GGTT;	/* a PIPE_CONTROL without a
						 * write */
		n += len;
	}
	return n;
}

static void i915_passes(void **state)
{
	static uint32_t dw[2048];
	struct xengt_audit audit = make(BDW, RCS, BATCH);
	uint32_t n;

	(void)state;
	run_all(BDW, i915, COUNT(i915));
	run_all(SKL, i915, COUNT(i915));
	run_all(BDW, i915_bdw, COUNT(i915_bdw));
	run_all(SKL, i915_skl, COUNT(i915_skl));

	n = put_golden(dw, 0, false, golden_bdw, COUNT(golden_bdw));
	dw[n++] = END;
	dw[n] = 0xffffffff;		/* dwords after the END, which are no commands */
	assert_int_equal(run(&audit, dw, n + 1), XENGT_REFUSED_NOT);
	assert_int_equal(result.used, n);
	assert_int_equal(result.commands, COUNT(golden_bdw) + 1);

	audit.platform = xengt_platform_get(SKL);
	n = put_golden(dw, 0, true, golden_bdw, COUNT(golden_bdw));
	n = put_golden(dw, n, true, golden_skl, COUNT(golden_skl));
	dw[n++] = END;
	assert_int_equal(run(&audit, dw, n), XENGT_REFUSED_NOT);
}

/* ---- the known holes of GVT-g ---- */

#define OUT		0x00010000u	/* an address of the host */

/* S1: each form of MI_FLUSH_DW that stores. */
static void s1_flush_dw_of_every_length(void **state)
{
	static const enum xengt_engine_id on[] = { VCS, VECS, BCS };
	uint32_t dw[5];

	(void)state;
	for (size_t i = 0; i < COUNT(on); i++)
		for (uint32_t len = 3; len <= 5; len++)
			for (uint32_t op = 1; op <= 3; op++) {
				struct xengt_audit audit =
					make(SKL, on[i], RING);
				const uint32_t at[] = {
					OUT, LOW - 8, LOW_END, HIGH_END,
				};

				for (size_t a = 0; a < COUNT(at); a++) {
					uint32_t bad[5] = {
						FLUSH_DW(len) | POST(op),
						at[a] | FLUSH_GGTT,
					};

					memcpy(dw, bad, sizeof(dw));
					assert_int_equal(run(&audit, dw, len),
							 XENGT_REFUSED_ADDRESS);
				}
				memset(dw, 0, sizeof(dw));
				dw[0] = FLUSH_DW(len) | POST(op);
				dw[1] = (LOW_END - 8) | FLUSH_GGTT;
				assert_int_equal(run(&audit, dw, len), 0);
				dw[2] = 1;	/* an address above 4 GiB */
				assert_int_equal(run(&audit, dw, len),
						 XENGT_REFUSED_ADDRESS);
			}
}

/* S2: every post-sync operation writes 8 bytes. */
static void s2_pipe_control_of_every_write(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, RING);

	(void)state;
	for (uint32_t op = 1; op <= 3; op++) {
		uint32_t dw[6] = { PIPE, PIPE_GGTT | POST(op), OUT };

		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_ADDRESS);
		dw[2] = LOW_END;
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_ADDRESS);
		dw[2] = LOW_END - 4;	/* the write reaches the qword at
					 * LOW_END - 8 */
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_NOT);
		dw[3] = 1;
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_ADDRESS);
		dw[1] &= ~PIPE_GGTT;	/* an address in the context's space */
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_NOT);
	}
}

/* The audit checks every byte of a long store, not only the page of the first byte. */
static void stores_over_the_end(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, RING);
	static uint32_t dw[1025];

	(void)state;
	for (uint32_t n = 4; n <= 1025; n++) {
		uint32_t bytes = 4 * (n - 3);

		dw[0] = 0x10000000 | GGTT | (n - 2);
		dw[1] = LOW_END - bytes;
		dw[2] = 0;
		assert_int_equal(run(&audit, dw, n), XENGT_REFUSED_NOT);
		dw[1] = LOW_END - bytes + 4;
		assert_int_equal(run(&audit, dw, n), XENGT_REFUSED_ADDRESS);
		dw[1] = LOW - 4;
		assert_int_equal(run(&audit, dw, n), XENGT_REFUSED_ADDRESS);
	}
}

/* S3: a per-context batch is audited in each case, even if it was audited before. */
static void s3_per_context_batch(void **state)
{
	const struct stream bad[] = {
		{ "store", RCS, PER_CTX, DW(SDI | GGTT, OUT, 0, 0, END) },
		{ "register", RCS, PER_CTX, DW(LRI(1), 0x229c, 1, END) },
		{ "batch", RCS, PER_CTX, DW(START, LOW, 0, END) },
		{ "no end", RCS, PER_CTX, DW(NOOP, NOOP, NOOP) },
	};
	static const enum xengt_refusal why[] = {
		XENGT_REFUSED_ADDRESS, XENGT_REFUSED_REGISTER,
		XENGT_REFUSED_FORBIDDEN, XENGT_REFUSED_LIMIT,
	};
	uint32_t dw[8];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(run_stream(SKL, &bad[i], dw), why[i]);
	assert_int_equal(start.calls, 0);
}

/*
 * S4: the audit reads nothing beyond the copy, even if the stream has no END; run() makes a
 * copy without spare bytes.
 */
static void s4_the_copy_ends(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, BATCH);
	uint32_t dw[4] = { NOOP, NOOP, 0x78080083, 0 };

	(void)state;
	for (uint32_t n = 1; n <= 4; n++) {
		assert_int_equal(run(&audit, dw, n), XENGT_REFUSED_LIMIT);
		assert_true(result.at <= n);
	}
}

/* A stream that is too long has no refused command; the dwords behind the copy are not one. */
static void no_command_is_behind_the_copy(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, BATCH);
	uint32_t dw[4] = { NOOP, NOOP, 0xdeadbeef, 0xdeadbeef };
	uint32_t good[2] = { END, 0xdeadbeef };

	(void)state;
	assert_int_equal(xengt_audit_run(&audit, dw, 0, 2, &result), -EBADMSG);
	assert_int_equal(result.refusal, XENGT_REFUSED_LIMIT);
	assert_int_equal(result.at, 2);
	assert_int_equal(result.cmd, 0);
	assert_int_equal(xengt_audit_run(&audit, good, 0, 2, &result), 0);
	assert_int_equal(result.cmd, 0);
}

/*
 * S6: the audit checks the register that a PIPE_CONTROL loads, and the value.
 */
static void s6_pipe_control_loads_a_register(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, RING);
	uint32_t dw[6] = { PIPE, PIPE_MMIO, 0x229c, 0, 1, 0 };

	(void)state;
	assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_REGISTER);
	dw[2] = 0x209c;
	dw[4] = 0x01000100;
	assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_REGISTER);
	dw[4] = 0x01000000;		/* this value clears the bit instead of setting
					 * it */
	assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_NOT);
	/* a PIPE_CONTROL that loads a register may have no other post-sync operation */
	for (uint32_t op = 1; op < 4; op++) {
		dw[1] = PIPE_MMIO | POST(op);
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_REGISTER);
	}
}

/*
 * S7: if a register has a rule for its values, the audit refuses a load whose value the audit
 * cannot see.
 */
static void s7_no_way_around_a_rule(void **state)
{
	const struct stream bad[] = {
		{ "immediate", RCS, RING, DW(LRI(1), 0x209c, 0x01000100) },
		{ "memory", RCS, RING, DW(LRM | GGTT, 0x209c, LOW, 0) },
		{ "memory of the context", RCS, RING, DW(LRM, 0x209c, LOW, 0) },
		{ "register", RCS, RING, DW(LRR, 0x2600, 0x209c) },
		{ "second of a list", RCS, RING, DW(
			LRI(2), 0x209c, 0x40004000, 0x209c, 0xffffffff) },
	};
	uint32_t dw[8];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(run_stream(SKL, &bad[i], dw),
				 XENGT_REFUSED_REGISTER);
}

/*
 * S8: a register is not allowed in a stream only because an image may load it.
 */
static void s8_no_list_grows(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, RING);
	uint32_t dw[3] = { LRI(1), 0xb008, 5 };

	(void)state;
	assert_int_equal(image_value(&audit, 0xb008, 3, 5), 3);
	assert_int_equal(run(&audit, dw, 3), XENGT_REFUSED_REGISTER);
}

/* ---- patches ---- */

/*
 * The audit replaces a restore of a register from memory by a load of the value that the module
 * knows.
 */
static void the_gpu_s_register_is_not_loaded_from_memory(void **state)
{
	struct xengt_audit audit = make(BDW, RCS, INDIRECT);
	uint32_t dw[] = { LRM | GGTT, 0xb118, LOW, 0 };
	uint32_t other[] = { LRM | GGTT, 0x2600, LOW, 0 };

	(void)state;
	audit.l3sqcreg4 = 0x40400000;
	assert_int_equal(run(&audit, dw, 4), XENGT_REFUSED_NOT);
	assert_int_equal(dw[0], LRI(1));
	assert_int_equal(dw[1], 0xb118);
	assert_int_equal(dw[2], 0x40400000);
	assert_int_equal(dw[3], 0);
	assert_int_equal(run(&audit, other, 4), XENGT_REFUSED_NOT);
	assert_int_equal(other[0], LRM | GGTT);
	assert_int_equal(other[2], LOW);
}

static void stores_by_index(void **state)
{
	struct xengt_audit rcs = make(SKL, RCS, RING);
	struct xengt_audit bcs = make(SKL, BCS, RING);
	uint32_t pipe[6] = { PIPE, PIPE_GGTT | INDEX | POST(1), 0x84, 0, 7, 0 };
	uint32_t flush[5] = {
		FLUSH_DW(5) | INDEX | POST(1), 0x88 | FLUSH_GGTT, 0, 7, 0,
	};
	uint32_t index[4] = { 0x10800001, 0x80, 7 };

	(void)state;
	assert_int_equal(run(&rcs, pipe, 6), 0);
	assert_int_equal(pipe[1], PIPE_GGTT | POST(1));
	assert_int_equal(pipe[2], HWS + 0x80);
	assert_int_equal(run(&rcs, pipe, 6), 0);
	assert_int_equal(run(&bcs, flush, 5), 0);
	assert_int_equal(flush[0], FLUSH_DW(5) | POST(1));
	assert_int_equal(flush[1], (HWS + 0x88) | FLUSH_GGTT);
	assert_int_equal(run(&bcs, flush, 5), 0);

	/*
	 * a store to the context's own status page stays as it is, but must not
	 * go beyond the page
	 */
	pipe[1] = INDEX | POST(3);
	pipe[2] = 0xff8;
	assert_int_equal(run(&rcs, pipe, 6), 0);
	assert_int_equal(pipe[1], INDEX | POST(3));
	pipe[2] = 0x1000;
	assert_int_equal(run(&rcs, pipe, 6), XENGT_REFUSED_ADDRESS);
	pipe[2] = 0;
	pipe[3] = 1;
	assert_int_equal(run(&rcs, pipe, 6), XENGT_REFUSED_ADDRESS);

	/*
	 * MI_STORE_DATA_INDEX has no dword for an address, so the audit cannot turn it into
	 * a store to the guest's page
	 */
	assert_int_equal(run(&rcs, index, 3), XENGT_REFUSED_FORBIDDEN);
	index[0] |= INDEX;
	assert_int_equal(run(&rcs, index, 3), 0);
	index[1] = 0x1000;
	assert_int_equal(run(&rcs, index, 3), XENGT_REFUSED_ADDRESS);
	index[1] = 0xffc;
	assert_int_equal(run(&rcs, index, 3), 0);
	index[0]++;
	assert_int_equal(run(&rcs, index, 4), XENGT_REFUSED_ADDRESS);
}

static void no_status_page(void **state)
{
	/* no status page, and pages that are not in the slices */
	static const uint32_t pages[] = { 0, OUT, LOW_END };

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct xengt_audit audit = make(SKL, RCS, RING);
		uint32_t dw[6] = { PIPE, PIPE_GGTT | INDEX | POST(1), 0x80 };

		audit.hws_pga = pages[i];
		assert_int_equal(run(&audit, dw, 6), XENGT_REFUSED_ADDRESS);
	}
}

static void batch_starts(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, RING);
	uint32_t dw[5] = { START, LOW + 0x1000, 0, ARB_ON, NOOP };

	(void)state;
	start.ret_addr = 0x7000;
	start.ret_ppgtt = false;
	assert_int_equal(run(&audit, dw, 5), 0);
	assert_int_equal(result.commands, 3);	/* START, ARB_ON, NOOP */
	assert_int_equal(start.addr, LOW + 0x1000);
	assert_false(start.is_ppgtt);
	assert_false(start.is_second);
	assert_int_equal(dw[0], START);
	assert_int_equal(dw[1], 0x7000);

	start.ret_addr = 0x345600001000;
	start.ret_ppgtt = true;
	dw[0] = START | PPGTT | SECOND;
	dw[1] = 0x9003;
	dw[2] = 0xffff1234;
	assert_int_equal(run(&audit, dw, 5), 0);
	assert_int_equal(start.addr, 0x123400009000);
	assert_true(start.is_ppgtt);
	assert_true(start.is_second);
	assert_int_equal(dw[0], START | PPGTT | SECOND);
	assert_int_equal(dw[1], 0x1000);
	assert_int_equal(dw[2], 0x3456);

	/*
	 * the batch is outside of the slices: the audit refuses it without a call of
	 * batch_start()
	 */
	start.calls = 0;
	dw[0] = START;
	assert_int_equal(run(&audit, dw, 5), XENGT_REFUSED_ADDRESS);
	dw[1] = OUT;
	dw[2] = 0;
	assert_int_equal(run(&audit, dw, 5), XENGT_REFUSED_ADDRESS);
	assert_int_equal(start.calls, 0);

	dw[1] = LOW;
	start.r = -EBADMSG;
	assert_int_equal(run(&audit, dw, 5), XENGT_REFUSED_BATCH);
	start.r = -ENOMEM;
	assert_int_equal(xengt_audit_run(&audit, dw, 0, 5, &result), -ENOMEM);
	assert_int_equal(result.refusal, XENGT_REFUSED_NOT);
}

/*
 * If the platform's engines can switch contexts inside a batch, the audit replaces an ARB_OFF
 * by ARB_ON if the ring's next command starts a batch.
 */
static void arbitration_around_batches(void **state)
{
	static const struct {
		enum xengt_platform_id platform;
		uint32_t before_batch;
		uint32_t in_batch;
	} rows[] = { { SKL, ARB_ON, ARB_ON }, { BDW, ARB_OFF, ARB_OFF } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct xengt_audit audit = make(rows[i].platform, RCS, RING);
		uint32_t dw[] = {
			ARB_OFF, START | PPGTT, 0x9000, 0, ARB_OFF, NOOP,
			START | PPGTT, 0x9000, 0, ARB_OFF,
		};

		uint32_t batch[] = { ARB_ON, NOOP, END };

		start.r = 0;
		start.ret_addr = 0x9000;
		start.ret_ppgtt = true;
		assert_int_equal(run(&audit, dw, COUNT(dw)), 0);
		assert_int_equal(dw[0], rows[i].before_batch);
		/*
		 * the audit does not change these ARB_OFFs: after one there are other commands
		 * before the start of a batch, after the other there is no batch
		 */
		assert_int_equal(dw[4], ARB_OFF);
		assert_int_equal(dw[9], ARB_OFF);
		audit.kind = XENGT_AUDIT_INDIRECT_CTX;
		assert_int_equal(run(&audit, dw + 9, 1), 0);
		assert_int_equal(dw[9], ARB_OFF);
		/*
		 * a batch with privilege may switch arbitration on only if engines can switch
		 * contexts inside a batch
		 */
		audit.kind = XENGT_AUDIT_BATCH;
		assert_int_equal(run(&audit, batch, COUNT(batch)), 0);
		assert_int_equal(batch[0], rows[i].in_batch);
	}
}

/*
 * A batch ends with the start of another batch, without return. The audit ignores the commands
 * after this start.
 */
static void chained_batches(void **state)
{
	struct xengt_audit audit = make(SKL, RCS, BATCH);
	const uint32_t chain[5] = { NOOP, START, LOW, 0, 0xdeadbeef };
	uint32_t dw[8];

	(void)state;
	memcpy(dw, chain, sizeof(chain));
	assert_int_equal(run(&audit, dw, 5), 0);
	assert_int_equal(dw[4], END);
	assert_int_equal(result.used, 5);
	memcpy(dw, chain, sizeof(chain));
	assert_int_equal(run(&audit, dw, 4), XENGT_REFUSED_LIMIT);
	/* the started batch returns, so the commands after the start are audited */
	memcpy(dw, chain, sizeof(chain));
	dw[1] |= SECOND;
	assert_int_equal(run(&audit, dw, 5), XENGT_REFUSED_UNKNOWN);
	assert_int_equal(result.at, 4);
}

/* ---- batches of users, on Gen9's blitter (CVE-2019-0155) ---- */

/* clang-format off */
static const struct stream user[] = {
	{ "blits", BCS, USER, DW(
		0x54000005, 0x03f00100, 0, 0x00100010, 0x1000, 0, 0x55,
		0x54c00008, 0x03cc0100, 0, 0x00100010, 0x1000, 0, 0, 0x100,
		0x2000, 0, 0x50800008, 0x03000100, 0, 0x00100010, 0x1000, 0,
		0, 0x100, 0x2000, 0, END) },
	{ "stores", BCS, USER, DW(
		SDI, 0x1000, 0x7f, 1, SDQ, 0x1008, 0, 1, 2,
		SRM, 0x22358, 0x2000, 0, SRM, 0x22600, 0x2000, 0,
		0x17000003, 0x1000, 0, 0x2000, 0, USER_IRQ, END) },
	{ "registers", BCS, USER, DW(
		LRI(2), 0x22200, 0x00030003, 0x22678, 1, LRM, 0x22604, 0x1000,
		0, LRR, 0x22358, 0x22600, 0x0d000000, 0, END) },
};
/* clang-format on */

static void user_batches(void **state)
{
	uint32_t dw[64];

	(void)state;
	for (size_t i = 0; i < COUNT(user); i++) {
		assert_int_equal(run_stream(SKL, &user[i], dw), 0);
		assert_int_equal(result.noops, 0);
		assert_memory_equal(dw, user[i].dw, user[i].n * 4);
	}
}

/* The audit replaces commands that hardware would ignore by no-ops; the other commands run. */
static void user_batch_without_effect(void **state)
{
	struct xengt_audit audit = make(SKL, BCS, USER);
	uint32_t dw[32] = {
		SDI | GGTT, LOW, 0, 1,			/* 0 */
		LRI(2), 0x2229c, 1, 0x22600, 5,		/* 4 */
		SRM, 0x22030, 0x1000, 0,		/* 9 */
		0x11800002, LOW, 0, 0,			/* 13: MI_UPDATE_GTT */
		FLUSH_DW(5) | POST(1), HWS | FLUSH_GGTT, 0, 1, 0, /* 17 */
		ARB_OFF, SDI, 0x1000, 0, 7, END,	/* 22 */
	};

	(void)state;
	assert_int_equal(run(&audit, dw, 28), 0);
	assert_int_equal(result.noops, 6);
	assert_int_equal(result.used, 28);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(dw[i] | dw[9 + i] | dw[13 + i], 0);
	assert_int_equal(dw[4], LRI(2));
	assert_int_equal(dw[5], 0x22094);
	assert_int_equal(dw[6], 0);
	assert_int_equal(dw[7], 0x22600);
	assert_int_equal(dw[17], FLUSH_DW(5));
	assert_int_equal(dw[22], 0);
	assert_int_equal(dw[23], SDI);
	assert_int_equal(run(&audit, dw, 28), 0);
	assert_int_equal(result.noops, 0);
}

/*
 * A batch without privilege starts a batch in the GGTT: the audit must treat the started batch
 * as one without privilege, too.
 */
static void user_batch_stays_one(void **state)
{
	struct xengt_audit audit = make(SKL, BCS, USER);
	uint32_t dw[4] = { START, LOW, 0, END };

	(void)state;
	assert_int_equal(run(&audit, dw, 4), 0);
	assert_true(start.is_ppgtt);
}

/* ---- fetching ---- */

static struct {
	const uint32_t *guest;
	uint32_t *copy;
	uint32_t next;
	uint32_t end;
	int r;
} source;

static int fetch(void *ctx, uint32_t first, uint32_t count)
{
	assert_ptr_equal(ctx, &source);
	assert_int_equal(first, source.next);
	assert_true(count > 0 && count <= source.end - first);
	assert_int_equal(first / XENGT_AUDIT_FETCH,
			 (first + count - 1) / XENGT_AUDIT_FETCH);
	if (source.r)
		return source.r;
	memcpy(source.copy + first, source.guest + first, count * 4);
	source.next += count;
	return 0;
}

static void fetches_in_order_and_once(void **state)
{
	static uint32_t guest[4096], copy[4096];
	struct xengt_audit audit = make(SKL, RCS, BATCH);

	(void)state;
	audit.fetch = fetch;
	audit.ctx = &source;
	/*
	 * a command crosses the border of a page, and the end is in the third
	 * page
	 */
	memset(guest, 0, sizeof(guest));
	guest[1020] = 0x79180006;
	guest[2050] = END;
	source.guest = guest;
	source.copy = copy;
	source.next = 7;
	source.end = 4096;
	source.r = 0;
	assert_int_equal(xengt_audit_run(&audit, copy, 7, 4089, &result), 0);
	assert_int_equal(result.used, 2051 - 7);
	assert_int_equal(source.next, 3072);

	source.next = 0;
	source.r = -EFAULT;
	assert_int_equal(xengt_audit_run(&audit, copy, 0, 4096, &result),
			 -EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(i915_passes, reset_start),
		cmocka_unit_test_setup(s1_flush_dw_of_every_length, reset_start),
		cmocka_unit_test_setup(s2_pipe_control_of_every_write,
				       reset_start),
		cmocka_unit_test_setup(stores_over_the_end, reset_start),
		cmocka_unit_test_setup(s3_per_context_batch, reset_start),
		cmocka_unit_test_setup(s4_the_copy_ends, reset_start),
		cmocka_unit_test_setup(no_command_is_behind_the_copy, reset_start),
		cmocka_unit_test_setup(s6_pipe_control_loads_a_register,
				       reset_start),
		cmocka_unit_test_setup(s7_no_way_around_a_rule, reset_start),
		cmocka_unit_test_setup(s8_no_list_grows, reset_start),
		cmocka_unit_test_setup(the_gpu_s_register_is_not_loaded_from_memory,
				       reset_start),
		cmocka_unit_test_setup(stores_by_index, reset_start),
		cmocka_unit_test_setup(no_status_page, reset_start),
		cmocka_unit_test_setup(batch_starts, reset_start),
		cmocka_unit_test_setup(arbitration_around_batches, reset_start),
		cmocka_unit_test_setup(chained_batches, reset_start),
		cmocka_unit_test_setup(user_batches, reset_start),
		cmocka_unit_test_setup(user_batch_without_effect, reset_start),
		cmocka_unit_test_setup(user_batch_stays_one, reset_start),
		cmocka_unit_test_setup(fetches_in_order_and_once, reset_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
