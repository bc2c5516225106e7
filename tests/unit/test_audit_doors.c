// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests "doors": ways by which allowed commands could get around a refusal. One kind of
 * door is a bit or a length that two public sources interpret differently; another kind is
 * a register that does the work of a refused command.
 *
 * promise: P9
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

#define BDW		XENGT_PLATFORM_BDW
#define SKL		XENGT_PLATFORM_SKL
#define RCS		XENGT_ENGINE_RCS
#define RING		XENGT_AUDIT_RING
#define BATCH		XENGT_AUDIT_BATCH
#define INDIRECT	XENGT_AUDIT_INDIRECT_CTX

#define LRI		0x11000001u
#define LRR		0x15000001u
#define MATH		0x0d000000u
#define FLUSH_DW	0x13000002u
#define PIPE		0x7a000004u
#define SDI		0x10000002u
#define ATOMIC		0x17800000u

static const enum xengt_platform_id platforms[] = { BDW, SKL };

/* Audits a stream of one command, alone or before an END. */
static enum xengt_refusal run_one(enum xengt_platform_id platform,
				  enum xengt_engine_id engine,
				  enum xengt_audit_kind kind,
				  const uint32_t *dw, uint32_t n)
{
	struct xengt_audit audit = make(platform, engine, kind);
	uint32_t copy[300];

	assert_true(n < COUNT(copy));
	memcpy(copy, dw, n * sizeof(*dw));
	copy[n] = END;
	return run(&audit, copy, kind == BATCH ? n + 1 : n);
}

static enum xengt_refusal load(enum xengt_platform_id platform,
			       enum xengt_engine_id engine,
			       enum xengt_audit_kind kind, uint32_t reg,
			       uint32_t val)
{
	const uint32_t dw[] = { LRI, reg, val };

	return run_one(platform, engine, kind, dw, 3);
}

/* ---- two readings ---- */

/*
 * MI_MATH on Broadwell: one source says that its length field has 6 bits, another source
 * says 8 bits. If a length needs 8 bits, hardware with 6 bits would execute some operands
 * as commands. So the audit refuses such lengths.
 */
static void math_of_two_lengths(void **state)
{
	uint32_t dw[260] = { 0 };

	(void)state;
	for (uint32_t field = 0; field < 256; field++)
		for (int e = 0; e < XENGT_ENGINES; e++) {
			dw[0] = MATH | field;
			assert_int_equal(run_one(SKL, e, RING, dw, field + 2),
					 XENGT_REFUSED_NOT);
			assert_int_equal(run_one(BDW, e, RING, dw, field + 2),
					 field < 64 ? XENGT_REFUSED_NOT :
					 XENGT_REFUSED_LENGTH);
		}
}

/*
 * The audit allows only the ALU's operations and operands that the documents list. No
 * document says what other values do, so the audit refuses them.
 */
static void math_of_unknown_meaning(void **state)
{
	static const uint32_t good[] = {
		0, 0x08008000, 0x48008400, 0x08108000, 0x48108400, 0x10000000,
		0x10400000, 0x18003c31, 0x58000032,
	};
	static const uint32_t bad[] = {
		0x00100000, 0x08200000, 0x10500000, 0x18004031, 0x08008010,
		0x0800c000, 0x180ffc31, 0x08008030, 0x11000001, 0xffffffff,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(run_one(SKL, RCS, RING,
					 (const uint32_t[]){ MATH, good[i] }, 2),
				 XENGT_REFUSED_NOT);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(run_one(SKL, RCS, RING,
					 (const uint32_t[]){ MATH, bad[i] }, 2),
				 XENGT_REFUSED_FORBIDDEN);
}

/*
 * The ALU has the registers R0 to R15, SRCA (0x20), SRCB (0x21), ACCU (0x31), ZF (0x32) and CF
 * (0x33): a LOAD of any other operand is refused.
 */
static void math_of_each_register(void **state)
{
	(void)state;
	for (uint32_t reg = 0; reg < 0x400; reg++) {
		bool exists = reg < 16 || reg == 0x20 || reg == 0x21 || reg == 0x31 ||
			      reg == 0x32 || reg == 0x33;

		assert_int_equal(run_one(SKL, RCS, RING,
					 (const uint32_t[]){ MATH, 0x08008000 | reg }, 2),
				 exists ? XENGT_REFUSED_NOT : XENGT_REFUSED_FORBIDDEN);
	}
}

/* MI_ATOMIC has 11 dwords with inline operands, and 3 dwords without. */
static void atomic_of_one_length(void **state)
{
	uint32_t dw[12] = { 0 };

	(void)state;
	dw[1] = 0x1000;
	for (uint32_t len = 3; len <= 11; len++)
		for (uint32_t is_inline = 0; is_inline < 2; is_inline++) {
			dw[0] = ATOMIC | is_inline << 18 | (len - 2);
			assert_int_equal(run_one(SKL, RCS, RING, dw, len),
					 len == (is_inline ? 11 : 3) ?
					 XENGT_REFUSED_NOT :
					 XENGT_REFUSED_LENGTH);
		}
	dw[0] = ATOMIC | 3u << 19 | 1;		/* a size that does not exist */
	assert_int_equal(run_one(SKL, RCS, RING, dw, 3),
			 XENGT_REFUSED_FORBIDDEN);
}

/* Tests pipeline commands whose length differs between the generations. */
static void lengths_of_a_generation(void **state)
{
	static const struct {
		uint32_t opcode;
		uint32_t bdw;
		uint32_t skl;		/* length on each generation; 0: the command does
					 * not exist there */
	} cmds[] = {
		{ 0x61010000, 16, 19 }, { 0x781d0000, 9, 11 },
		{ 0x781f0000, 4, 6 }, { 0x784e0000, 3, 4 },
		{ 0x61030000, 2, 0 },
	};
	uint32_t dw[32] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cmds); i++)
		for (uint32_t len = 2; len < 24; len++) {
			dw[0] = cmds[i].opcode | (len - 2);
			assert_int_equal(run_one(BDW, RCS, BATCH, dw, len),
					 len == cmds[i].bdw ? XENGT_REFUSED_NOT :
					 XENGT_REFUSED_LENGTH);
			assert_int_equal(run_one(SKL, RCS, BATCH, dw, len),
					 !cmds[i].skl ? XENGT_REFUSED_UNKNOWN :
					 len == cmds[i].skl ? XENGT_REFUSED_NOT :
					 XENGT_REFUSED_LENGTH);
		}
}

/* One opcode means a different command on each engine. */
static void opcodes_of_an_engine(void **state)
{
	uint32_t dw[80] = { 0x70000007 };

	(void)state;
	/* RCS: MEDIA_VFE_STATE; VCS: MFX_PIPE_MODE_SELECT; the others: no command */
	for (size_t i = 0; i < COUNT(platforms); i++) {
		const enum xengt_platform_id p = platforms[i];

		assert_int_equal(run_one(p, RCS, BATCH, dw, 9), 0);
		assert_int_equal(run_one(p, XENGT_ENGINE_VCS, BATCH, dw, 9),
				 XENGT_REFUSED_FORBIDDEN);
		assert_int_equal(run_one(p, XENGT_ENGINE_VECS, BATCH, dw, 9),
				 XENGT_REFUSED_UNKNOWN);
		assert_int_equal(run_one(p, XENGT_ENGINE_BCS, BATCH, dw, 9),
				 XENGT_REFUSED_UNKNOWN);
	}
	/* on RCS the length has 16 bits */
	dw[0] = 0x70010102;
	assert_int_equal(run_one(SKL, RCS, BATCH, dw, 4), XENGT_REFUSED_LENGTH);
	/* an HCP command, which Broadwell does not have */
	dw[0] = 0x73800002;
	assert_int_equal(run_one(SKL, XENGT_ENGINE_VCS, RING, dw, 4),
			 XENGT_REFUSED_FORBIDDEN);
	assert_int_equal(run_one(BDW, XENGT_ENGINE_VCS, RING, dw, 4),
			 XENGT_REFUSED_UNKNOWN);
}

/* ---- bits ---- */

/*
 * The audit refuses these bits of MI_FLUSH_DW; some are ways to protected
 * content.
 */
static void flush_dw_bits(void **state)
{
	static const uint32_t bad[] = { 6, 10, 13, 16, 17, 19, 20, 22 };

	(void)state;
	for (size_t i = 0; i < COUNT(platforms); i++)
		for (int e = XENGT_ENGINE_VCS; e < XENGT_ENGINES; e++)
			for (size_t b = 0; b < COUNT(bad); b++) {
				uint32_t dw[4] = { FLUSH_DW };

				assert_int_equal(run_one(platforms[i], e, RING,
							 dw, 4), 0);
				dw[0] |= 1u << bad[b];
				assert_int_equal(run_one(platforms[i], e, RING,
							 dw, 4),
						 XENGT_REFUSED_FORBIDDEN);
			}
}

static void pipe_control_bits(void **state)
{
	static const uint32_t bad[] = { 6, 17, 22, 25, 26, 28, 29, 30, 31 };

	(void)state;
	for (size_t i = 0; i < COUNT(platforms); i++) {
		uint32_t dw[6] = { PIPE };

		for (size_t b = 0; b < COUNT(bad); b++) {
			/* set the stall bit, too, because other bits need it */
			dw[1] = 1u << bad[b] | 1u << 20;
			assert_int_equal(run_one(platforms[i], RCS, RING, dw, 6),
					 XENGT_REFUSED_FORBIDDEN);
		}
		/*
		 * FLUSH_L3 is allowed if the stall bit is set, too: i915 clears shared
		 * local memory by this bit
		 */
		dw[1] = 1u << 27;
		assert_int_equal(run_one(platforms[i], RCS, RING, dw, 6),
				 XENGT_REFUSED_FORBIDDEN);
		dw[1] |= 1u << 20;
		assert_int_equal(run_one(platforms[i], RCS, RING, dw, 6),
				 XENGT_REFUSED_NOT);
	}
}

/*
 * If bit 0 of the address of MI_STORE_DATA_IMM is set ("core mode"), the engine changes the
 * address.
 */
static void store_somewhere_else(void **state)
{
	uint32_t dw[4] = { SDI, 0x1001 };

	(void)state;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4), XENGT_REFUSED_ADDRESS);
	dw[0] |= GGTT;
	dw[1] = LOW | 1;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4), XENGT_REFUSED_ADDRESS);
	dw[1] = LOW;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4), XENGT_REFUSED_NOT);
}

/*
 * MI_SEMAPHORE_WAIT with bit 16 polls a register on Gen9; on Gen8 the bit has no meaning.
 */
static void semaphore_on_a_register(void **state)
{
	uint32_t dw[4] = { 0x0e018002, 1, 0x2600, 0 };

	(void)state;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4), XENGT_REFUSED_NOT);
	assert_int_equal(run_one(BDW, RCS, RING, dw, 4),
			 XENGT_REFUSED_FORBIDDEN);
	/*
	 * refused: the GGTT bit, and the high half of an address, because a register has
	 * neither
	 */
	dw[0] |= GGTT;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4),
			 XENGT_REFUSED_REGISTER);
	dw[0] &= ~GGTT;
	dw[3] = 1;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4),
			 XENGT_REFUSED_REGISTER);
	/* refused: a register that a guest may not read */
	dw[3] = 0;
	dw[2] = 0x1ffffc;
	assert_int_equal(run_one(SKL, RCS, RING, dw, 4),
			 XENGT_REFUSED_REGISTER);
}

/* ---- registers that do what a refused command does ---- */

/*
 * The bits of MI_MODE that do what MI_SUSPEND_FLUSH and MI_FLUSH do. A guest may clear
 * these bits.
 */
static void mode_suspends_no_flush(void **state)
{
	static const enum xengt_audit_kind kinds[] = { RING, BATCH, INDIRECT };
	static const uint32_t bad[] = { 15, 12, 8 };
	struct xengt_audit audit = make(SKL, RCS, RING);

	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (int e = 0; e < XENGT_ENGINES; e++)
			for (size_t b = 0; b < COUNT(bad); b++) {
				uint32_t bit = 1u << bad[b];
				uint32_t reg = bases[e] + 0x9c;

				assert_int_equal(load(SKL, e, kinds[k], reg,
						      bit << 16 | bit),
						 XENGT_REFUSED_REGISTER);
				assert_int_equal(load(SKL, e, kinds[k], reg,
						      bit << 16),
						 XENGT_REFUSED_NOT);
			}
	for (size_t b = 0; b < COUNT(bad); b++) {
		uint32_t pipe[6] = { PIPE, 1u << 23, 0x209c, 0, 0x10001u };

		pipe[4] <<= bad[b];
		assert_int_equal(run_one(SKL, RCS, RING, pipe, 6),
				 XENGT_REFUSED_REGISTER);
		assert_int_equal(image_value(&audit, 0x209c, 0xffff0040,
					     0x10001u << bad[b]), 0xffff0040);
	}
}

/*
 * The audit refuses bits of INSTPM: one does what MI_CLFLUSH does, one flushes and reports
 * to a status page, one flushes the TLBs.
 */
static void instpm_acts_not(void **state)
{
	(void)state;
	assert_int_equal(load(BDW, RCS, RING, 0x20c0, 0x00800080), 0);
	for (uint32_t bit = 5; bit < 12; bit += bit == 5 ? 4 : 2)
		assert_int_equal(load(BDW, RCS, RING, 0x20c0, 0x10001u << bit),
				 XENGT_REFUSED_REGISTER);
}

/* If no image saves a register, a guest may set only the one bit that every driver sets. */
static void shared_registers_stay_as_they_are(void **state)
{
	static const struct {
		uint32_t reg;
		uint32_t bit;
	} shared[] = { { 0x2088, 1 }, { 0x2090, 12 } };

	(void)state;
	for (size_t i = 0; i < COUNT(shared); i++)
		for (uint32_t bit = 0; bit < 16; bit++)
			assert_int_equal(load(SKL, RCS, INDIRECT, shared[i].reg,
					      0x10001u << bit),
					 bit == shared[i].bit ?
					 XENGT_REFUSED_NOT :
					 XENGT_REFUSED_REGISTER);
}

/*
 * The indirect context batch runs before the image has loaded all registers, so this batch may
 * read only registers that the module sets, or that the image's first list has.
 */
static void indirect_batch_reads_what_is_loaded(void **state)
{
	static const struct {
		uint32_t reg;
		bool is_loaded;
	} regs[] = {
		{ 0x2088, true }, { 0x2090, true }, { 0x2094, true }, { 0x209c, true },
		{ 0x20c0, true }, { 0x23bc, true }, { 0x241c, true }, { 0x2600, true },
		{ 0xb118, true },
		{ 0x20d8, false }, { 0x2290, false }, { 0x2310, false }, { 0x2400, false },
		{ 0x2430, false }, { 0x2500, false }, { 0x2580, false }, { 0x5200, false },
		{ 0x5240, false }, { 0x5280, false }, { 0x5588, false }, { 0x7000, false },
		{ 0x7014, false }, { 0x7034, false }, { 0x7300, false }, { 0xe100, false },
		{ 0xe180, false }, { 0xe194, false }, { 0xe4f0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(regs); i++) {
		const uint32_t dw[] = { LRR, regs[i].reg, 0x2600 };

		assert_int_equal(run_one(SKL, RCS, RING, dw, 3), XENGT_REFUSED_NOT);
		assert_int_equal(run_one(SKL, RCS, INDIRECT, dw, 3),
				 regs[i].is_loaded ? XENGT_REFUSED_NOT :
				 XENGT_REFUSED_REGISTER);
	}
}

/*
 * A load of only some bytes of a register is refused, because the audit judges
 * whole values.
 */
static void loads_of_some_bytes(void **state)
{
	(void)state;
	for (uint32_t bit = 8; bit < 12; bit++) {
		const uint32_t dw[] = { LRI | 1u << bit, 0x2600, 1 };

		assert_int_equal(run_one(SKL, RCS, RING, dw, 3),
				 XENGT_REFUSED_FORBIDDEN);
	}
}

/* ---- facts that the audit's tables once had wrong ---- */

static const char *name_of(uint32_t reg)
{
	struct xengt_audit audit = make(SKL, RCS, RING);
	const struct xengt_audit_reg_row *row =
		xengt_audit_find_reg(xengt_audit_hardware(&audit), 0x2000, reg);

	return row ? row->name : "none";
}

static void registers_by_name(void **state)
{
	(void)state;
	/* HS_INVOCATION_COUNT is the first statistic */
	assert_string_equal(name_of(0x2300), "PIPELINE_STATISTICS");
	assert_string_equal(name_of(0x22fc), "PS counts of slice 1");
	assert_string_equal(name_of(0x7034), "L3CNTLREG");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(math_of_two_lengths),
		cmocka_unit_test(math_of_unknown_meaning),
		cmocka_unit_test(math_of_each_register),
		cmocka_unit_test(atomic_of_one_length),
		cmocka_unit_test(lengths_of_a_generation),
		cmocka_unit_test(opcodes_of_an_engine),
		cmocka_unit_test(flush_dw_bits),
		cmocka_unit_test(pipe_control_bits),
		cmocka_unit_test(store_somewhere_else),
		cmocka_unit_test(semaphore_on_a_register),
		cmocka_unit_test(mode_suspends_no_flush),
		cmocka_unit_test(instpm_acts_not),
		cmocka_unit_test(shared_registers_stay_as_they_are),
		cmocka_unit_test(indirect_batch_reads_what_is_loaded),
		cmocka_unit_test(loads_of_some_bytes),
		cmocka_unit_test(registers_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
