// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the checks of the audit's own tables. A good row passes; the same row with one wrong
 * member is refused. Each limit is tested at both sides.
 *
 * promise: P9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/audit_priv.h"
#include "xengt/types.h"

#define MI	0x10000000u		/* an opcode of MI, and one of a pipeline */
#define PIPE	0x78000000u

/* A command of 4 to 6 dwords with an address in dwords 1 and 2. */
static const struct xengt_audit_cmd good = {
	.name = "A_COMMAND", .where = ANY | IN_PRIV, .len_mask = 0xff,
	.len_min = 4, .len_max = 6, .len_bias = 2, .mbz = 1u << 21,
	.check = XENGT_AUDIT_OPERANDS, .mem = { { 1, 22, 8 } },
};

static void expect(const char *wrong, struct xengt_audit_cmd row, uint32_t opcode)
{
	const char *is = xengt_audit_check_cmd(&row, opcode);

	if (!wrong)
		assert_ptr_equal(is, NULL);
	else if (!is || strcmp(is, wrong))
		fail_msg("\"%s\" instead of \"%s\"", is ? is : "fine", wrong);
}

/* The row 'good', changed by the given statements. */
#define WITH(...)	({ struct xengt_audit_cmd row = good;		       \
			   __VA_ARGS__; row; })

static void lengths(void **state)
{
	(void)state;
	expect(NULL, good, MI);
	expect("a minimal length of 0, or above the maximal length", WITH(row.len_min = 0), MI);
	expect("a minimal length of 0, or above the maximal length", WITH(row.len_min = 7), MI);
	expect(NULL, WITH(row.len_min = 6), MI);
	expect(NULL, WITH(row.len_max = 0xff + 2), MI);
	expect("a maximal length that the length field cannot hold",
	       WITH(row.len_max = 0xff + 3), MI);
	/* the length field of a command with only one length has no bits */
	expect(NULL, WITH(row.len_mask = 0; row.len_bias = 4; row.len_max = 4), MI);
	expect("a maximal length that the length field cannot hold",
	       WITH(row.len_mask = 0; row.len_bias = 3; row.len_max = 4), MI);
}

static void names_and_places(void **state)
{
	char name[XENGT_AUDIT_NAME_MAX + 1] = { 0 };

	(void)state;
	memset(name, 'X', XENGT_AUDIT_NAME_MAX);
	expect("a name that is too long", WITH(row.name = name), MI);
	expect(NULL, WITH(row.name = name + 1), MI);
	expect("a command of no engine or platform",
	       WITH(row.where &= ~(uint32_t)ON_ALL), MI);
	expect("a command of no engine or platform",
	       WITH(row.where &= ~(uint32_t)OF_ALL), MI);
	expect(NULL, WITH(row.where = ON_BCS | OF_GEN9 | IN_RING), MI);
	expect("a refused command without a reason", WITH(row.where = ANY), MI);
	expect("a check for a command that is refused everywhere",
	       WITH(row.where = ANY; row.why = "why"), MI);
	expect(NULL, WITH(row.where = ANY; row.why = "why"; row.check = 0;
			  row.mem[0].at = 0), MI);
	expect(NULL, WITH(row.where = ANY | IN_IMAGE), MI);
}

/*
 * The bits that must be zero may be neither opcode nor length. MI has 9 bits of opcode, other
 * commands have 10.
 */
static void bits_that_must_be_zero(void **state)
{
	(void)state;
	for (uint32_t bit = 0; bit < 32; bit++) {
		const uint32_t at = 1u << bit;

		if (bit == 22)		/* bit 22 is the GGTT bit of 'good' */
			continue;
		expect(bit < 8 || bit > 22 ? "mbz has bits of the opcode or the length" : NULL,
		       WITH(row.mbz = at), MI);
		expect(bit < 8 || bit > 22 ? "mbz has bits of the opcode or the length" : NULL,
		       WITH(row.mbz = at; row.mem[0].bit = 20 + (bit == 20)), PIPE);
	}
	expect(NULL, WITH(row.mbz = 1u << 22; row.mem[0].bit = 21), MI);
	expect("mbz has bits of the opcode or the length", WITH(row.mbz = 1u << 22), PIPE);
	/* a command with only one length has no length field */
	expect(NULL, WITH(row.len_mask = 0; row.len_bias = 4; row.len_max = 4;
			  row.mbz = 0xff), MI);
	expect("mbz1 that the check ignores", WITH(row.mbz1 = 1), MI);
	for (uint32_t check = XENGT_AUDIT_STORE_INDEX;
	     check <= XENGT_AUDIT_PIPE_CONTROL; check++)
		expect(NULL, WITH(row.mbz1 = 1; row.check = (uint8_t)check;
				  row.mem[0].at = 0), MI);
}

static void addresses(void **state)
{
	static const bool is_checked[] = {
		[XENGT_AUDIT_OPERANDS] = true, [XENGT_AUDIT_LOAD_MEM] = true,
		[XENGT_AUDIT_SEMAPHORE] = true, [XENGT_AUDIT_ATOMIC] = true,
		[XENGT_AUDIT_PIPE_CONTROL] = false,
	};

	(void)state;
	/* an address has two dwords, and even the shortest form of the command has both */
	for (uint32_t i = 0; i < XENGT_AUDIT_MEMS; i++) {
		expect(NULL, WITH(row.mem[i] = (struct xengt_audit_mem){ 2, 22, 4 }),
		       MI);
		expect("an address outside of the command",
		       WITH(row.mem[i] = (struct xengt_audit_mem){ 3, 22, 4 }), MI);
		/*
		 * the bit that chooses the GGTT must be one of the bits 16 to 22, and the row
		 * must allow it
		 */
		for (uint32_t bit = 15; bit < 24; bit++)
			expect(bit < 16 || bit > 22 || bit == 21 ?
			       "a GGTT bit that is not in 22:16 or is in mbz" : NULL,
			       WITH(row.mem[i] = (struct xengt_audit_mem){
					1, (uint8_t)bit, 4 }), MI);
		for (uint32_t bytes = 0; bytes < 18; bytes++)
			expect(bytes & (bytes - 1) ? "an operand whose size is no power of two" : NULL,
			       WITH(row.mem[i] = (struct xengt_audit_mem){
					1, 22, (uint8_t)bytes }), MI);
	}
	for (uint32_t c = 0; c < XENGT_ARRAY_SIZE(is_checked); c++)
		expect(is_checked[c] ? NULL : "an address that the check ignores",
		       WITH(row.check = (uint8_t)c), MI);
}

static void registers_of_commands(void **state)
{
	(void)state;
	expect(NULL, WITH(row.reg_read = 3), MI);
	expect(NULL, WITH(row.reg_write = 3), MI);
	expect("a register outside of the command", WITH(row.reg_read = 4), MI);
	expect("a register outside of the command", WITH(row.reg_write = 4), MI);
	expect(NULL, WITH(row.reg_write = 3; row.check = XENGT_AUDIT_LOAD_MEM), MI);
	expect("a register that the check ignores",
	       WITH(row.reg_read = 3; row.check = XENGT_AUDIT_SEMAPHORE), MI);
	expect("a register that the check ignores",
	       WITH(row.reg_write = 3; row.check = XENGT_AUDIT_ATOMIC), MI);
	/* the audit may change only dwords that each form of the command has */
	expect(NULL, WITH(row.patched = 1u << 3), MI);
	expect("a patch outside of the command", WITH(row.patched = 1u << 4), MI);
}

static void rows_of_one_opcode(void **state)
{
	struct xengt_audit_cmd other = good, third = good;

	(void)state;
	other.where = ON_RCS | OF_GEN8 | IN_PRIV;
	third.where = ON_BCS | OF_GEN9 | IN_PRIV;
	other.other = &third;
	/* two rows of an opcode must not apply to the same engine of the same generation */
	expect(NULL, WITH(row.where = ON_RCS | OF_GEN9 | IN_PRIV; row.other = &other),
	       MI);
	expect(NULL, WITH(row.where = ON_XCS | OF_GEN8 | IN_PRIV; row.other = &other),
	       MI);
	expect("an opcode with two meanings",
	       WITH(row.where = RENDER | IN_PRIV; row.other = &other), MI);
	expect("an opcode with two meanings",
	       WITH(row.where = ON_XCS | OF_GEN9 | IN_PRIV; row.other = &other), MI);
	/* a command that is allowed in rings may have only one length */
	for (uint32_t i = 0; i < 4; i++) {
		struct xengt_audit_cmd row = good;

		row.where = ON_RCS | OF_GEN9 | (i & 1 ? IN_RING : IN_BATCH);
		other.where = ON_RCS | OF_GEN8 | (i & 2 ? IN_RING : IN_BATCH);
		other.other = NULL;
		row.other = &other;
		row.len_mask = 0x3f;
		expect(i ? "a command of rings whose rows have different lengths" : NULL, row, MI);
		row.len_mask = 0xff;
		expect(NULL, row, MI);
		row.len_bias = 3;
		expect(i ? "a command of rings whose rows have different lengths" : NULL, row, MI);
	}
}

static void expect_reg(const char *wrong, struct xengt_audit_reg_row row)
{
	const char *is = xengt_audit_check_reg(&row);

	if (!wrong)
		assert_ptr_equal(is, NULL);
	else if (!is || strcmp(is, wrong))
		fail_msg("\"%s\" instead of \"%s\"", is ? is : "fine", wrong);
}

static void registers(void **state)
{
	static const char none[] = "a register without an engine, a platform or a kind of stream";
	char name[XENGT_AUDIT_NAME_MAX + 1] = { 0 };
	const struct xengt_audit_reg_row reg = {
		.name = "REG", .first = 0x2000, .last = 0x2000, .reads = IN_RING,
		.where = RENDER,
	};
	struct xengt_audit_reg_row row;

	(void)state;
	expect_reg(NULL, reg);
	memset(name, 'X', XENGT_AUDIT_NAME_MAX);
	row = reg; row.name = name;
	expect_reg("a register's name that is too long", row);
	row.name = name + 1;
	expect_reg(NULL, row);
	for (int32_t off = -4; off <= 8; off++) {
		row = reg; row.last = (uint32_t)(0x2000 + off);
		expect_reg(off % 4 || off < 0 ? "a register whose offsets are not valid" : NULL,
			   row);
		row = reg; row.first = (uint32_t)(0x2000 - off);
		expect_reg(off % 4 || off < 0 ? "a register whose offsets are not valid" : NULL,
			   row);
	}
	row = reg; row.where = OF_ALL;
	expect_reg(none, row);
	row.where = ON_RCS;
	expect_reg(none, row);
	row.where = ON_VCS | OF_GEN8;
	expect_reg(NULL, row);
	row.reads = 0;
	expect_reg(none, row);
	row.writes = IN_BATCH;
	expect_reg(NULL, row);
}

static void expect_block(const char *wrong, const struct xengt_audit_reg_row *rows, uint32_t count)
{
	const char *is = xengt_audit_check_block(rows, count, 2, 12);

	if (!wrong)
		assert_ptr_equal(is, NULL);
	else
		assert_string_equal(is, wrong);
}

/* A block has the registers of its part of the offsets, in order, without overlap. */
static void blocks_of_registers(void **state)
{
	static const char other[] = "a register in a wrong block";
	static const char order[] = "registers that are not in order";
	const struct xengt_audit_reg_row reg = {
		.name = "REG", .reads = IN_RING, .where = RENDER,
	};
	struct xengt_audit_reg_row rows[3] = { reg, reg, reg };

	(void)state;
	rows[0].first = 0x2000; rows[0].last = 0x2008;
	rows[1].first = 0x200c; rows[1].last = 0x200c;
	rows[2].first = 0x2010; rows[2].last = 0x2ffc;
	expect_block(NULL, rows, 3);
	expect_block(NULL, rows, 0);
	rows[2].last = 0x3000;
	expect_block(other, rows, 3);
	expect_block(NULL, rows, 2);
	rows[2].last = 0x2ffc;
	rows[0].first = 0x1ffc;
	expect_block(other, rows, 3);
	rows[0].first = 0x2000;
	rows[1].first = 0x2008;
	expect_block(order, rows, 3);
	rows[1].first = 0x2004;
	expect_block(order, rows, 3);
	rows[1].first = 0x200c;
	for (uint32_t i = 0; i < 3; i++) {
		rows[i].where = 0;
		expect_block("a register without an engine, a platform or a kind of stream", rows, 3);
		rows[i].where = RENDER;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(names_and_places),
		cmocka_unit_test(bits_that_must_be_zero),
		cmocka_unit_test(addresses),
		cmocka_unit_test(registers_of_commands),
		cmocka_unit_test(rows_of_one_opcode),
		cmocka_unit_test(registers),
		cmocka_unit_test(blocks_of_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
