// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests commands, with a case for each form of a command. Expectations are written out by
 * hand from the public definitions, not computed with the simulator's code.
 */
#include "sim_engine_rig.h"
#include "sim/exec.h"

#define G(i)	GTT(PAGE_DATA) + 4 * (i), 0			/* an operand of two
								 * dwords: the GGTT
								 * address of data dword i */
#define P(i)	(uint32_t)VA + GTT(PAGE_DATA) + 4 * (i), (uint32_t)(VA >> 32)
#define LRI(reg, val)	MI_LRI, (reg), (val)
#define GPR(base, n)	((base) + 0x600 + 8 * (n))
#define ATOMIC(op)	(0x2fU << 23 | (op) << 8 | 1U << 18 | 9)
#define PC		0x7a000004U

struct mem { uint32_t at; uint32_t val; };	/* 'at' is the index of a dword
						 * in the data page */

struct command {
	const char *name;
	uint32_t base;			/* 0: all engines */
	enum { IN_RING, IN_GGTT, IN_PPGTT } where;
	struct mem before[4];		/* .at 0 ends the list, so a list cannot name
					 * dword 0 */
	uint32_t dw[24];
	unsigned int n;
	struct mem after[4];
};

#define DW(...)	.dw = { __VA_ARGS__ },					\
	.n = sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4

/* clang-format off */
static const struct command cases[] = {
	{ "store ggtt", 0, IN_RING, { { 0, 0 } },
	  DW(MI_STORE | MI_GGTT, G(1), 0x11), { { 1, 0x11 } } },
	{ "store ppgtt from ring", 0, IN_RING, { { 0, 0 } },
	  DW(MI_STORE, P(1), 0x12), { { 1, 0x12 } } },
	{ "store ppgtt", 0, IN_PPGTT, { { 0, 0 } },
	  DW(MI_STORE, P(1), 0x13), { { 1, 0x13 } } },
	{ "store ggtt from privileged batch", 0, IN_GGTT, { { 0, 0 } },
	  DW(MI_STORE | MI_GGTT, G(1), 0x14), { { 1, 0x14 } } },
	{ "store ggtt refused", 0, IN_PPGTT, { { 1, 5 } },
	  DW(MI_STORE | MI_GGTT, G(1), 0x15, MI_STORE, P(2), 6),
	  { { 1, 5 }, { 2, 6 } } },
	{ "store qword", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x20U << 23 | 1U << 21 | 3, P(2), 0x21, 0x22),
	  { { 2, 0x21 }, { 3, 0x22 } } },
	{ "lri srm", 0, IN_RING, { { 0, 0 } },
	  DW(LRI(0x4f000, 0x77), MI_SRM | MI_GGTT, 0x4f000, G(1)),
	  { { 1, 0x77 } } },
	{ "lri of two", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(0x22U << 23 | 3, GPR(RCS, 0), 1, GPR(RCS, 1), 2,
	     MI_SRM, GPR(RCS, 0), P(1), MI_SRM, GPR(RCS, 1), P(2)),
	  { { 1, 1 }, { 2, 2 } } },
	{ "lrr", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(LRI(GPR(RCS, 0), 9), 0x2aU << 23 | 1, GPR(RCS, 0), GPR(RCS, 3),
	     MI_SRM, GPR(RCS, 3), P(1)), { { 1, 9 } } },
	{ "lrm", RCS, IN_PPGTT, { { 1, 0x55 } },
	  DW(0x29U << 23 | 2, GPR(RCS, 2), P(1), MI_SRM, GPR(RCS, 2), P(2)),
	  { { 2, 0x55 } } },
	{ "lrm ggtt", VCS, IN_RING, { { 1, 0x56 } },
	  DW(0x29U << 23 | 2 | MI_GGTT, GPR(VCS, 2), G(1),
	     MI_SRM | MI_GGTT, GPR(VCS, 2), G(2)), { { 2, 0x56 } } },
	{ "lri refused", RCS, IN_PPGTT, { { 1, 7 } },
	  DW(LRI(0x4f000, 0x77), MI_SRM, 0x4f000, P(1)), { { 1, 0 } } },
	{ "any register may be read", VECS, IN_PPGTT, { { 0, 0 } },
	  DW(MI_SRM, VECS + 0x38, P(1)), { { 1, GTT(PAGE_RING(0)) } } },
	{ "any register may be lrr's source", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(0x2aU << 23 | 1, RCS + 0x38, GPR(RCS, 3),
	     0x2aU << 23 | 1, GPR(RCS, 3), RCS + 0x80,
	     MI_SRM, GPR(RCS, 3), P(1), MI_SRM, RCS + 0x80, P(2)),
	  { { 1, GTT(PAGE_RING(0)) }, { 2, GTT(PAGE_HWSP) } } },
	{ "copy", 0, IN_PPGTT, { { 1, 0x31 } },
	  DW(0x2eU << 23 | 3, P(2), P(1)), { { 2, 0x31 } } },
	{ "copy from ggtt", 0, IN_RING, { { 1, 0x32 } },
	  DW(0x2eU << 23 | 3 | MI_GGTT, P(2), G(1)), { { 2, 0x32 } } },
	{ "copy to ggtt", 0, IN_RING, { { 1, 0x33 } },
	  DW(0x2eU << 23 | 3 | 1U << 21, G(2), P(1)), { { 2, 0x33 } } },
	{ "copy ggtt refused", 0, IN_PPGTT, { { 1, 0x34 } },
	  DW(0x2eU << 23 | 3 | MI_GGTT, P(2), G(1)), { { 2, 0 } } },
	{ "store index", 0, IN_RING, { { 0, 0 } },
	  DW(0x21U << 23 | 1, 0x200, 0x41,
	     0x2eU << 23 | 3 | MI_GGTT | 1U << 21, G(1),
	     GTT(PAGE_HWSP) + 0x200, 0), { { 1, 0x41 } } },
	{ "store index, the context's page", 0, IN_RING, { { 0, 0 } },
	  DW(0x21U << 23 | 1 | 1U << 21, 0x200, 0x42,
	     0x2eU << 23 | 3 | MI_GGTT | 1U << 21, G(1),
	     GTT(PAGE_CTX(0)) + 0x200, 0), { { 1, 0x42 } } },
	{ "report head", 0, IN_RING, { { 0, 0 } },
	  DW(MI_NOOP, 0x07U << 23,
	     0x2eU << 23 | 3 | MI_GGTT | 1U << 21, G(1),
	     GTT(PAGE_CTX(0)) + 0x10, 0), { { 1, 8 } } },
	{ "atomic and", 0, IN_PPGTT, { { 2, 0xff } },
	  DW(ATOMIC(0x01), P(2), 0x3c, 0, 0, 0, 0, 0, 0, 0), { { 2, 0x3c } } },
	{ "atomic or", 0, IN_PPGTT, { { 2, 0xf0 } },
	  DW(ATOMIC(0x02), P(2), 0x3c, 0, 0, 0, 0, 0, 0, 0), { { 2, 0xfc } } },
	{ "atomic xor", 0, IN_PPGTT, { { 2, 0xff } },
	  DW(ATOMIC(0x03), P(2), 0x3c, 0, 0, 0, 0, 0, 0, 0), { { 2, 0xc3 } } },
	{ "atomic move", 0, IN_PPGTT, { { 2, 1 } },
	  DW(ATOMIC(0x04), P(2), 0x3c, 0, 0, 0, 0, 0, 0, 0), { { 2, 0x3c } } },
	{ "atomic inc wraps", 0, IN_PPGTT, { { 2, ~0U }, { 3, 4 } },
	  DW(ATOMIC(0x05), P(2), 0, 0, 0, 0, 0, 0, 0, 0),
	  { { 2, 0 }, { 3, 4 } } },
	{ "atomic inc qword", 0, IN_PPGTT, { { 2, ~0U }, { 3, 4 } },
	  DW(ATOMIC(0x25), P(2), 0, 0, 0, 0, 0, 0, 0, 0),
	  { { 2, 0 }, { 3, 5 } } },
	{ "atomic dec", 0, IN_PPGTT, { { 2, 1 } },
	  DW(ATOMIC(0x06), P(2), 0, 0, 0, 0, 0, 0, 0, 0), { { 2, 0 } } },
	{ "atomic add", 0, IN_PPGTT, { { 2, 40 } },
	  DW(ATOMIC(0x07), P(2), 2, 0, 0, 0, 0, 0, 0, 0), { { 2, 42 } } },
	{ "atomic sub", 0, IN_PPGTT, { { 2, 40 } },
	  DW(ATOMIC(0x08), P(2), 2, 0, 0, 0, 0, 0, 0, 0), { { 2, 38 } } },
	{ "atomic rsub", 0, IN_PPGTT, { { 2, 2 } },
	  DW(ATOMIC(0x09), P(2), 40, 0, 0, 0, 0, 0, 0, 0), { { 2, 38 } } },
	{ "atomic imax", 0, IN_PPGTT, { { 2, ~0U } },
	  DW(ATOMIC(0x0a), P(2), 3, 0, 0, 0, 0, 0, 0, 0), { { 2, 3 } } },
	{ "atomic imin", 0, IN_PPGTT, { { 2, ~0U } },
	  DW(ATOMIC(0x0b), P(2), 3, 0, 0, 0, 0, 0, 0, 0), { { 2, ~0U } } },
	{ "atomic umax", 0, IN_PPGTT, { { 2, ~0U } },
	  DW(ATOMIC(0x0c), P(2), 3, 0, 0, 0, 0, 0, 0, 0), { { 2, ~0U } } },
	{ "atomic umin", 0, IN_PPGTT, { { 2, ~0U } },
	  DW(ATOMIC(0x0d), P(2), 3, 0, 0, 0, 0, 0, 0, 0), { { 2, 3 } } },
	{ "atomic compare equal", 0, IN_PPGTT, { { 2, 3 } },
	  DW(ATOMIC(0x0e), P(2), 3, 8, 0, 0, 0, 0, 0, 0), { { 2, 8 } } },
	{ "atomic compare unequal", 0, IN_PPGTT, { { 2, 4 } },
	  DW(ATOMIC(0x0e), P(2), 3, 8, 0, 0, 0, 0, 0, 0), { { 2, 4 } } },
	{ "atomic from registers, returns", RCS, IN_PPGTT, { { 2, 4 } },
	  DW(LRI(GPR(RCS, 0), 5), 0x2fU << 23 | 0x07 << 8 | 1U << 16 | 1,
	     P(2), MI_SRM, GPR(RCS, 4), P(1)), { { 2, 9 }, { 1, 4 } } },
	{ "atomic compare from registers", RCS, IN_PPGTT, { { 2, 4 } },
	  DW(LRI(GPR(RCS, 0), 4), LRI(GPR(RCS, 1), 5), LRI(GPR(RCS, 2), 6),
	     0x2fU << 23 | 0x0e << 8 | 1, P(2)), { { 2, 6 } } },
	{ "atomic returns a qword", RCS, IN_PPGTT, { { 2, 4 }, { 3, 7 } },
	  DW(0x2fU << 23 | 0x25 << 8 | 1U << 19 | 1U << 16 | 1, P(2),
	     MI_SRM, GPR(RCS, 4) + 4, P(1)), { { 1, 7 }, { 2, 5 } } },
	{ "semaphore passes: greater", 0, IN_PPGTT, { { 1, 6 } },
	  DW(0x1cU << 23 | 1U << 15 | 0U << 12 | 2, 5, P(1),
	     MI_STORE, P(2), 1), { { 2, 1 } } },
	{ "semaphore passes: less or equal", 0, IN_PPGTT, { { 1, 5 } },
	  DW(0x1cU << 23 | 1U << 15 | 3U << 12 | 2, 5, P(1),
	     MI_STORE, P(2), 1), { { 2, 1 } } },
	{ "semaphore waits: not equal", 0, IN_PPGTT, { { 1, 5 } },
	  DW(0x1cU << 23 | 1U << 15 | 5U << 12 | 2, 5, P(1),
	     MI_STORE, P(2), 1), { { 2, 0 } } },
	{ "conditional end ends", 0, IN_PPGTT, { { 4, 5 } },
	  DW(0x36U << 23 | 1U << 21 | 2, 5, P(4), MI_STORE, P(2), 1),
	  { { 2, 0 } } },
	{ "conditional end goes on", 0, IN_PPGTT, { { 4, 6 } },
	  DW(0x36U << 23 | 1U << 21 | 2, 5, P(4), MI_STORE, P(2), 1),
	  { { 2, 1 } } },
	{ "conditional end without comparison", 0, IN_PPGTT, { { 4, 5 } },
	  DW(0x36U << 23 | 2, 5, P(4), MI_STORE, P(2), 1), { { 2, 1 } } },
	{ "set predicate: no-op mode", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x01U << 23 | 0xf, MI_STORE, P(1), 1, 0x01U << 23,
	     MI_STORE, P(2), 2), { { 1, 0 }, { 2, 2 } } },
	{ "predicate equal: batch not started", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(LRI(0x2400, 5), LRI(0x2408, 6), 0x0cU << 23 | 2 << 6 | 2,
	     MI_SRM | 1U << 21, 0x2400, P(1), MI_SRM, 0x2400, P(2)),
	  { { 1, 0 }, { 2, 5 } } },
	{ "predicate equal inverted", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(LRI(0x2400, 5), LRI(0x2408, 6), 0x0cU << 23 | 3 << 6 | 2,
	     MI_SRM | 1U << 21, 0x2400, P(1)), { { 1, 5 } } },
	{ "math add", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(LRI(GPR(RCS, 0), ~0U), LRI(GPR(RCS, 1), 2), 0x1aU << 23 | 3,
	     0x080U << 20 | 0x20 << 10, 0x080U << 20 | 0x21 << 10 | 1,
	     0x100U << 20, 0x180U << 20 | 2 << 10 | 0x31,
	     MI_SRM, GPR(RCS, 2), P(1), MI_SRM, GPR(RCS, 2) + 4, P(2)),
	  { { 1, 1 }, { 2, 1 } } },
	{ "flush store ggtt", 0, IN_RING, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 2, GTT(PAGE_DATA) + 8 + 4, 0, 0x61),
	  { { 2, 0x61 }, { 3, 0 } } },
	{ "flush store ppgtt qword", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 3, P(2), 0x62, 0x63),
	  { { 2, 0x62 }, { 3, 0x63 } } },
	{ "flush store ggtt refused", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 2, GTT(PAGE_DATA) + 8 + 4, 0, 0x61),
	  { { 2, 0 } } },
	{ "flush store index", 0, IN_RING, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 1U << 21 | 2, 0x208 + 4, 0, 0x64,
	     0x2eU << 23 | 3 | MI_GGTT | 1U << 21, G(1),
	     GTT(PAGE_HWSP) + 0x208, 0), { { 1, 0x64 } } },
	{ "pipe control write", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(PC, 1U << 14, P(2), 0x71, 0x72), { { 2, 0x71 }, { 3, 0x72 } } },
	{ "pipe control write ggtt", RCS, IN_RING, { { 0, 0 } },
	  DW(PC, 1U << 14 | 1U << 24, G(2), 0x73, 0), { { 2, 0x73 } } },
	{ "pipe control ggtt refused", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(PC, 1U << 14 | 1U << 24, G(2), 0x73, 0), { { 2, 0 } } },
	{ "pipe control depth count", RCS, IN_PPGTT, { { 2, 9 }, { 3, 9 } },
	  DW(PC, 2U << 14, P(2), 0, 0), { { 2, 0 }, { 3, 0 } } },
	{ "pipe control index, the context's page", RCS, IN_RING,
	  { { 0, 0 } },
	  DW(PC, 1U << 14 | 1U << 21, 0x80, 0, 0x74, 0,
	     0x2eU << 23 | 3 | MI_GGTT | 1U << 21, G(1),
	     GTT(PAGE_CTX(0)) + 0x80, 0), { { 1, 0x74 } } },
	{ "pipe control index in a batch, the context's page", RCS, IN_PPGTT,
	  { { 0, 0 } },
	  DW(PC, 1U << 14 | 1U << 21, 0xf00, 0, 0x75, 0,
	     0x2eU << 23 | 3, P(1), (uint32_t)VA + GTT(PAGE_CTX(0)) + 0xf00,
	     (uint32_t)(VA >> 32)), { { 1, 0x75 } } },
	{ "pipe control index refused", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(PC, 1U << 14 | 1U << 21 | 1U << 24, 0xf00, 0, 0x75, 0,
	     0x2eU << 23 | 3, P(1), (uint32_t)VA + GTT(PAGE_HWSP) + 0xf00,
	     (uint32_t)(VA >> 32)), { { 1, 0 } } },
	{ "flush index in a batch, the context's page", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 1U << 21 | 2, 0xf08, 0, 0x76,
	     0x2eU << 23 | 3, P(1), (uint32_t)VA + GTT(PAGE_CTX(0)) + 0xf08,
	     (uint32_t)(VA >> 32)), { { 1, 0x76 } } },
	{ "flush index refused", 0, IN_PPGTT, { { 0, 0 } },
	  DW(0x26U << 23 | 1U << 14 | 1U << 21 | 2, 0xf08 + 4, 0, 0x76,
	     0x2eU << 23 | 3, P(1), (uint32_t)VA + GTT(PAGE_HWSP) + 0xf08,
	     (uint32_t)(VA >> 32)), { { 1, 0 } } },
	{ "pipe control register", RCS, IN_RING, { { 0, 0 } },
	  DW(PC, 1U << 23, 0x4f000, 0, 0x79, 0x7a, MI_SRM | MI_GGTT, 0x4f000,
	     G(1), MI_SRM | MI_GGTT, 0x4f004, G(2)),
	  { { 1, 0x79 }, { 2, 0 } } },
	{ "pipe control register of a user", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(PC, 1U << 23, GPR(RCS, 0), 0, 0x79, 0, MI_SRM, GPR(RCS, 0), P(1)),
	  { { 1, 0x79 } } },
	{ "pipe control register refused", RCS, IN_PPGTT, { { 1, 9 } },
	  DW(PC, 1U << 23, 0x4f000, 0, 0x79, 0, MI_SRM, 0x4f000, P(1)),
	  { { 1, 0 } } },
	{ "pipe control without write", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(PC, 1U << 20, P(2), 1, 1, MI_STORE, P(1), 3),
	  { { 2, 0 }, { 1, 3 } } },
	{ "3D passes by its length", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(0x7b000005, 1, 2, 3, 4, 5, 6, 0x69040000, 0x78100001, 0, 0,
	     MI_STORE, P(1), 3), { { 1, 3 } } },
	{ "codec passes by its length", VCS, IN_PPGTT, { { 0, 0 } },
	  DW(0x70000003, 1, 2, 3, 4, MI_STORE, P(1), 3), { { 1, 3 } } },
	{ "privileged no-op in user batch", RCS, IN_PPGTT, { { 0, 0 } },
	  DW(0x23U << 23 | 2, 0x100000, 1, 0, MI_STORE, P(1), 3),
	  { { 1, 3 } } },
};
/* clang-format on */

static void run_case(const struct command *k, uint32_t base,
		     const char *platform)
{
	struct rig *r = engine_create(platform, base);
	uint32_t *data = ram32(r, PAGE_DATA);

	for (int i = 0; i < 4 && k->before[i].at; i++)
		data[k->before[i].at] = k->before[i].val;
	if (k->where == IN_RING) {
		engine_emit(r, 0, k->dw, k->n);
		engine_submit(r, 0, -1);
	} else {
		engine_batch(r, k->dw, k->n, k->where == IN_PPGTT);
	}
	for (int i = 0; i < 4 && k->after[i].at; i++)
		if (data[k->after[i].at] != k->after[i].val) {
			print_error("%s on %s %x: dword %u is %x, not %x\n",
				    k->name, platform, base, k->after[i].at,
				    data[k->after[i].at], k->after[i].val);
			fail();
		}
	assert_int_equal(data[0], 0);
	assert_int_equal(rd(r->m, base + REG_RING_ESR), 0);
	assert_int_equal(rd(r->m, REG_RING_FAULT), 0);
	engine_destroy(r);
}

static void test_every_command(void **state)
{
	static const uint32_t bases[] = { RCS, VCS, VECS, BCS };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t b = 0; b < 4; b++) {
			if (cases[i].base && cases[i].base != bases[b])
				continue;
			run_case(&cases[i], bases[b], "skl");
			run_case(&cases[i], bases[b], "bdw");
		}
}

static void test_table(void **state)
{
	char why[128];
	size_t n;

	(void)state;
	if (sim_cmd_check(why, sizeof(why)))
		fail_msg("%s", why);
	(void)sim_cmd_rows(&n);
	assert_in_range(n, 200, 400);
}

/* A batch without privilege may write a register of the whitelist. */
static void test_whitelist(void **state)
{
	static const uint32_t batch[] = { LRI(0x4f000, 0x77) };
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	wr(r->m, RCS + 0x4d4, 0x4f000);
	engine_batch(r, batch, 3, true);
	assert_int_equal(rd(r->m, REG_SWF0), 0x77);
	engine_destroy(r);
}

/*
 * A batch without privilege on Gen9's blitter may write every register, unless the option
 * no_blt_hole is on (docs/gpusim.md).
 */
static void test_blitter_hole(void **state)
{
	static const struct { const char *platform; bool closed; uint32_t val; }
	t[] = { { "skl", false, 0x77 }, { "skl", true, 0 },
		{ "bdw", false, 0 } };
	static const uint32_t batch[] = { LRI(0x4f000, 0x77) };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = engine_create(t[i].platform, BCS);
		struct xengt_sim_exec_opts opts;

		xengt_sim_get_exec(r->m->sim, &opts);
		opts.no_blt_hole = t[i].closed;
		xengt_sim_set_exec(r->m->sim, &opts);
		engine_batch(r, batch, 3, true);
		assert_int_equal(rd(r->m, REG_SWF0), t[i].val);
		engine_destroy(r);
	}
}

static void test_update_gtt(void **state)
{
	static const uint32_t dw[] = {
		0x23U << 23 | 4, 0x123000, 0x5001, 6, 0x7001, 8,
	};
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	engine_emit(r, 0, dw, 6);
	engine_submit(r, 0, -1);
	assert_true(xengt_sim_peek_pte(r->m->sim, 0x123) == 0x600005001ULL);
	assert_true(xengt_sim_peek_pte(r->m->sim, 0x124) == 0x800007001ULL);
	engine_destroy(r);
}

/* Tests commands with the greatest length that 10 bits can hold. */
static void test_longest(void **state)
{
	static const struct { unsigned int n; uint32_t bits; } t[] = {
		{ 1022, 0 }, { 298, 0 }, { 1022, 1U << 21 },
	};
	uint32_t dw[1025];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct rig *r = engine_create("skl", VCS);

		dw[0] = 0x20U << 23 | t[k].bits | (t[k].n + 1);
		dw[1] = (uint32_t)VA + GTT(PAGE_DATA) + 16;
		dw[2] = (uint32_t)(VA >> 32);
		for (unsigned int i = 0; i < t[k].n; i++)
			dw[3 + i] = 0x1000 + i;
		engine_batch(r, dw, t[k].n + 3, true);
		assert_int_equal(ram32(r, PAGE_DATA)[3], 0);
		for (unsigned int i = 0; i < t[k].n; i++)
			assert_int_equal(ram32(r, PAGE_DATA)[4 + i],
					 0x1000 + i);
		assert_int_equal(ram32(r, PAGE_DATA)[4 + t[k].n], 0);
		assert_int_equal(csb(r, csb_wp(r)), 0x18);
		engine_destroy(r);
	}
}

static void test_longest_update_gtt(void **state)
{
	struct rig *r = engine_create("skl", VCS);
	uint32_t dw[1024];

	(void)state;
	dw[0] = 0x23U << 23 | 1022;
	dw[1] = 0x200000;
	for (unsigned int i = 0; i < 511; i++) {
		dw[2 + 2 * i] = (0x1000 + i) << 12 | 1;
		dw[3 + 2 * i] = i & 0x7f;
	}
	engine_batch(r, dw, 1024, false);
	for (unsigned int i = 0; i < 511; i++)
		assert_true(xengt_sim_peek_pte(r->m->sim, 0x200 + i) ==
			    ((uint64_t)(i & 0x7f) << 32 |
			     (0x1000 + i) << 12 | 1));
	assert_int_equal(xengt_sim_peek_pte(r->m->sim, 0x200 + 511), 0);
	assert_int_equal(csb(r, csb_wp(r)), 0x18);
	engine_destroy(r);
}

static void test_second_level(void **state)
{
	static const uint32_t batch[] = {
		MI_BB_START | MI_PPGTT | MI_GGTT,
		(uint32_t)VA + GTT(PAGE_BATCH + 1), (uint32_t)(VA >> 32),
		MI_STORE, P(2), 2,
	};
	static const uint32_t second[] = { MI_STORE, P(1), 1, MI_BB_END };
	struct rig *r = engine_create("bdw", VCS);

	(void)state;
	memcpy(ram32(r, PAGE_BATCH + 1), second, sizeof(second));
	engine_batch(r, batch, 7, true);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 1);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 2);
	engine_destroy(r);
}

/* A conditional end in a batch of the second level ends both levels. */
static void test_cond_end_in_second_level(void **state)
{
	static const uint32_t batch[] = {
		MI_BB_START | MI_PPGTT | MI_GGTT,
		(uint32_t)VA + GTT(PAGE_BATCH + 1), (uint32_t)(VA >> 32),
		MI_STORE, P(2), 2,
	};
	/*
	 * with the mask 0xf0 the value 0xf5 becomes 0xf0, which is more than 0xef, but
	 * not more than 0xf0
	 */
	static const uint32_t second[] = {
		0x36U << 23 | 1U << 21 | 1U << 19 | 2, 0xef, P(4),
		MI_STORE, P(1), 1,
		0x36U << 23 | 1U << 21 | 1U << 19 | 2, 0xf0, P(4),
		MI_STORE, P(3), 1, MI_BB_END,
	};
	struct rig *r = engine_create("skl", VCS);

	(void)state;
	ram32(r, PAGE_DATA)[4] = 0xf0;
	ram32(r, PAGE_DATA)[5] = 0xf5;
	memcpy(ram32(r, PAGE_BATCH + 1), second, sizeof(second));
	engine_batch(r, batch, 7, true);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 1);
	assert_int_equal(ram32(r, PAGE_DATA)[2], 0);
	assert_int_equal(ram32(r, PAGE_DATA)[3], 0);
	assert_int_equal(csb(r, csb_wp(r)), 0x18);
	engine_destroy(r);
}

/* A batch without privilege cannot gain privilege by starting another batch. */
static void test_no_gain_of_privilege(void **state)
{
	static const uint32_t batch[] = {
		MI_BB_START, (uint32_t)VA + GTT(PAGE_BATCH + 1),
		(uint32_t)(VA >> 32),
	};
	static const uint32_t second[] = {
		LRI(0x4f000, 1), MI_STORE, P(1), 1, MI_BB_END,
	};
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	memcpy(ram32(r, PAGE_BATCH + 1), second, sizeof(second));
	engine_batch(r, batch, 3, true);
	assert_int_equal(ram32(r, PAGE_DATA)[1], 1);
	assert_int_equal(rd(r->m, REG_SWF0), 0);
	engine_destroy(r);
}

static void test_timestamps(void **state)
{
	static const uint32_t batch[] = {
		PC, 3U << 14, P(2), 0, 0, PC, 3U << 14, P(4), 0, 0,
	};
	static const uint32_t flush_dw[] = {
		0x26U << 23 | 3U << 14 | 2, P(6), 0,
	};
	struct rig *r = engine_create("skl", RCS);
	uint32_t *data = ram32(r, PAGE_DATA);

	(void)state;
	xengt_sim_advance(r->m->sim, 1000000);
	engine_batch(r, batch, 12, true);
	assert_in_range(data[2], 12000, 12200);
	assert_true(data[4] > data[2]);
	engine_batch(r, flush_dw, 4, true);
	assert_true(data[6] >= data[4]);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_every_command),
		cmocka_unit_test(test_whitelist),
		cmocka_unit_test(test_blitter_hole),
		cmocka_unit_test(test_update_gtt),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_longest_update_gtt),
		cmocka_unit_test(test_second_level),
		cmocka_unit_test(test_cond_end_in_second_level),
		cmocka_unit_test(test_no_gain_of_privilege),
		cmocka_unit_test(test_timestamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
