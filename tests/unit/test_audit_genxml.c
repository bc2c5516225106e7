// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the rows of the audit's commands with Mesa's genxml (genxml_facts.h): no row is
 * missing, no row allows a longer command, and no row allows a bit or an address that has a
 * different meaning in genxml. The list below has the rows that differ from genxml, with
 * the reasons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit_rig.h"
#include "genxml_facts.h"

#define FACTS	(sizeof(genxml_facts) / sizeof(genxml_facts[0]))
#define PIPE_CONTROL	0x7a000000u

/*
 * Rows that differ from genxml on purpose, because they are stricter, or
 * because genxml is wrong.
 */
static const struct {
	const char *name;
	uint32_t gens;
	bool is_len;			/* true: the length differs */
	bool is_engine;			/* true: the engines that have the command differ */
	uint32_t refused;		/* bits of dword 0 that genxml names and
					 * the row refuses */
	uint32_t allowed;		/* bits of dword 0 that genxml does not
					 * name and the row allows */
} differs[] = {
	/* genxml's length has no room for the command's 64-bit address */
	{ .name = "MI_CONDITIONAL_BATCH_BUFFER_END", .gens = XENGT_GEN8,
	  .is_len = true },
	/*
	 * the registers that this command compares belong to the render engine
	 */
	{ .name = "MI_PREDICATE", .gens = XENGT_GEN8 | XENGT_GEN9,
	  .is_engine = true },
	/*
	 * the row refuses byte write disables; it allows bit 12, which is set in each
	 * context image of Linux
	 */
	{ .name = "MI_LOAD_REGISTER_IMM", .gens = XENGT_GEN8 | XENGT_GEN9,
	  .refused = 0xf00, .allowed = 1u << 12 },
	/* the row refuses predication, an offset, and the resource streamer */
	{ .name = "MI_BATCH_BUFFER_START", .gens = XENGT_GEN8 | XENGT_GEN9,
	  .refused = 1u << 16 | 1u << 15 | 1u << 10 },
};

static size_t difference(const struct genxml_fact *fact, uint32_t gen)
{
	size_t n = sizeof(differs) / sizeof(differs[0]);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(differs[i].name, fact->name) &&
		    differs[i].gens & gen)
			return i;
	return n;
}

#define DIFFERS(fact, gen, what)					\
	(difference(fact, gen) < sizeof(differs) / sizeof(differs[0]) ?	\
	 differs[difference(fact, gen)].what : 0)

static bool is_allowed(const struct xengt_audit_cmd *row)
{
	return row->where & (IN_STREAM | IN_IMAGE);
}

static void check_len(const struct xengt_audit_cmd *row,
		      const struct genxml_fact *fact, uint32_t gen)
{
	uint32_t field = (1u << fact->len_bits) - 1;

	if (DIFFERS(fact, gen, is_len))
		return;
	if (!is_allowed(row)) {
		assert_true(!fact->len || (fact->len >= row->len_min &&
					   fact->len <= row->len_max));
		return;
	}
	/*
	 * the row's length mask has at least the bits of genxml's length field, and the row
	 * allows no length that this field cannot hold
	 */
	assert_int_equal(row->len_mask & field, field);
	assert_true(row->len_max - row->len_bias <= field);
	if (fact->len && row->len_min == row->len_max)
		assert_int_equal(row->len_max, fact->len);
}

static void check_bits(const struct xengt_audit_cmd *row,
		       const struct genxml_fact *fact, uint32_t gen)
{
	uint32_t refused = row->mbz;
	uint32_t named = fact->defined & ~DIFFERS(fact, gen, refused);

	/* skip bits of the length field that no allowed length sets */
	for (uint32_t bit = 1; bit <= row->len_mask; bit <<= 1)
		if (row->len_mask & bit &&
		    bit > row->len_max - row->len_bias)
			refused |= bit;
	if (is_allowed(row))
		assert_int_equal(~named & ~refused,
				 DIFFERS(fact, gen, allowed));
	assert_int_equal(row->mbz & named, 0);
}

/* Does the row check the address at this dword? */
static bool is_operand(const struct xengt_audit_cmd *row, uint32_t at)
{
	for (uint32_t i = 0; i < XENGT_AUDIT_MEMS; i++)
		if (row->mem[i].at == at)
			return true;
	return row->check == XENGT_AUDIT_START ||
		row->check == XENGT_AUDIT_FLUSH ||
		row->check == XENGT_AUDIT_PIPE_CONTROL;
}

static void check_addresses(const struct xengt_audit_cmd *row,
			    const struct genxml_fact *fact)
{
	/* a confined command uses the context's space and cannot choose the GGTT */
	bool is_confined = XENGT_AUDIT_CLIENT(fact->opcode) !=
		XENGT_AUDIT_CLIENT_MI && fact->opcode != PIPE_CONTROL;

	if (!is_allowed(row))
		return;
	if (is_confined) {
		assert_int_equal(row->mem[0].at, 0);
		return;
	}
	for (uint32_t at = 1; at < 32; at++)
		/* the second of two adjacent address dwords has the high half */
		if (fact->addresses >> at & 1 &&
		    !(fact->addresses >> (at - 1) & 1))
			assert_true(is_operand(row, at));
}

static void check_fact(const struct genxml_fact *fact, uint32_t gen,
		       uint32_t engine)
{
	const struct xengt_audit_cmd *row =
		xengt_audit_find(gen << 8 | 1u << engine, fact->opcode);

	if (DIFFERS(fact, gen, is_engine) && !row)
		return;
	if (!row || strcmp(row->name, fact->name))
		fail_msg("%s (%08x), generation %u, engine %u: %s", fact->name,
			 fact->opcode, gen, engine,
			 row ? row->name : "no row");
	check_len(row, fact, gen);
	check_bits(row, fact, gen);
	check_addresses(row, fact);
}

static void every_instruction_has_a_row(void **state)
{
	uint32_t checked = 0;

	(void)state;
	for (size_t i = 0; i < FACTS; i++)
		for (uint32_t gen = XENGT_GEN8; gen <= XENGT_GEN9; gen <<= 1)
			for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
				if (!(genxml_facts[i].gens & gen) ||
				    !(genxml_facts[i].engines >> e & 1))
					continue;
				check_fact(&genxml_facts[i], gen, e);
				checked++;
			}
	assert_true(checked > 400);
}

/*
 * Commands that genxml does not have, or that have a different opcode in other sources; see
 * audit_rows.h.
 */
static const char *const others[] = {
	"MI_FLUSH", "MI_SET_APPID", "MI_SEMAPHORE_MBOX", "MI_UPDATE_GTT",
	"MI_DISPLAY_FLIP", "MEDIA_GATEWAY_STATE", "MEDIA_POOL_STATE",
	"3DSTATE_VF_STATISTICS", "3DSTATE_DEPTH_STENCIL_STATE_POINTERS",
	"3DSTATE_GS_SVB_INDEX", "3DSTATE_DX9_", "(MFX ", "MFX_AVC_QM_STATE",
	"MFX_MPEG2_QM_STATE", "VEB",
};

static bool is_other(const char *name)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return true;
	return false;
}

static bool is_fact(const struct xengt_audit_cmd *row, uint32_t opcode,
		    uint32_t gen)
{
	for (size_t i = 0; i < FACTS; i++)
		if (genxml_facts[i].opcode == opcode &&
		    genxml_facts[i].gens & gen &&
		    !strcmp(genxml_facts[i].name, row->name))
			return true;
	return false;
}

static void every_row_has_a_source(void **state)
{
	struct xengt_audit_walk walk = { 0 };
	const struct xengt_audit_cmd *row;

	(void)state;
	while ((row = xengt_audit_next(&walk)))
		for (uint32_t gen = XENGT_GEN8; gen <= XENGT_GEN9; gen <<= 1)
			if (row->where & gen << 8 && !is_other(row->name) &&
			    XENGT_AUDIT_CLIENT(walk.opcode) !=
			    XENGT_AUDIT_CLIENT_BLT &&
			    !is_fact(row, walk.opcode, gen) &&
			    /*
			     * fails unless the row refuses the command and genxml has it
			     * for the other generation only
			     */
			    !(!is_allowed(row) && is_fact(row, walk.opcode,
							  gen ^ 3)))
				fail_msg("%s (%08x): this row is in neither genxml nor others[]", row->name,
					 walk.opcode);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instruction_has_a_row),
		cmocka_unit_test(every_row_has_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
