// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions for the rows of all commands (audit_mi.c, audit_render.c,
 * audit_video.c): a walk along all rows, and a check of each row.
 */
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "xengt/each.h"

#define AUDIT_OPS	(1u << 16)	/* number of values of the upper half of
					 * dword 0 */

const struct xengt_audit_cmd xengt_audit_none;

static uint32_t audit_shift(uint32_t dw0)
{
	switch (XENGT_AUDIT_CLIENT(dw0)) {
	case XENGT_AUDIT_CLIENT_MI:
		return XENGT_AUDIT_MI_SHIFT;
	case XENGT_AUDIT_CLIENT_BLT:
		return XENGT_AUDIT_BLT_SHIFT;
	default:
		return XENGT_AUDIT_PIPE_SHIFT;
	}
}

/*
 * The first row for the opcode dw0, or NULL. MI and blitter rows are in both
 * sets of groups; the function returns such a row only if is_video is false.
 */
static const struct xengt_audit_cmd *audit_place(uint32_t dw0, bool is_video)
{
	const struct xengt_audit_cmd *row;

	if (dw0 & ((1u << audit_shift(dw0)) - 1) ||
	    (is_video && XENGT_AUDIT_CLIENT(dw0) != XENGT_AUDIT_CLIENT_PIPE))
		return NULL;
	row = xengt_audit_first(xengt_audit_pipes(is_video ? ON_VCS : ON_RCS),
				dw0);
	return row->name ? row : NULL;
}

const struct xengt_audit_cmd *xengt_audit_next(struct xengt_audit_walk *walk)
{
	if (walk->row)
		walk->row = walk->row->other;
	while (!walk->row && walk->op < AUDIT_OPS) {
		walk->opcode = walk->op << XENGT_AUDIT_PIPE_SHIFT;
		walk->row = audit_place(walk->opcode, walk->is_video);
		if (walk->is_video)
			walk->op++;
		walk->is_video = !walk->is_video;
	}
	return walk->row;
}

/* Returns true if every allowed length of the command includes dword 'at'. */
static bool audit_has_dword(const struct xengt_audit_cmd *row, uint32_t at)
{
	return at < row->len_min;
}

static const char *audit_check_operands(const struct xengt_audit_cmd *row)
{
	const struct xengt_audit_mem *mem;

	xengt_for_each(mem, row->mem) {
		if (!mem->at)
			continue;
		if (!audit_has_dword(row, mem->at + 1u))
			return "an address outside of the command";
		if (mem->bit < 16 || mem->bit > 22 || row->mbz >> mem->bit & 1)
			return "a GGTT bit that is not in 22:16 or is in mbz";
		if (mem->bytes & (mem->bytes - 1u))
			return "an operand whose size is no power of two";
	}
	if (row->reg_read && !audit_has_dword(row, row->reg_read))
		return "a register outside of the command";
	if (row->reg_write && !audit_has_dword(row, row->reg_write))
		return "a register outside of the command";
	return NULL;
}

static bool audit_is_in(uint32_t check, uint32_t checks)
{
	return checks >> check & 1;
}

#define CHECKS_REG	(1u << XENGT_AUDIT_OPERANDS | 1u << XENGT_AUDIT_LOAD_MEM)
#define CHECKS_MEM	(CHECKS_REG |					\
			 1u << XENGT_AUDIT_SEMAPHORE | 1u << XENGT_AUDIT_ATOMIC)
#define CHECKS_MBZ1	(1u << XENGT_AUDIT_STORE_INDEX |		\
			 1u << XENGT_AUDIT_FLUSH | 1u << XENGT_AUDIT_PIPE_CONTROL)

/*
 * Returns NULL, or the text of an error: the row has operands that its check
 * (enum xengt_audit_check) ignores, or other members of the row contradict each
 * other.
 */
static const char *audit_check_uses(const struct xengt_audit_cmd *row)
{
	bool is_allowed = row->where & (IN_STREAM | IN_IMAGE);

	if (!is_allowed && !row->why)
		return "a refused command without a reason";
	if (!is_allowed && row->check)
		return "a check for a command that is refused everywhere";
	if (row->mbz1 && !audit_is_in(row->check, CHECKS_MBZ1))
		return "mbz1 that the check ignores";
	if (row->len_min < 8 && row->patched >> row->len_min)
		return "a patch outside of the command";
	if (row->mem[0].at && !audit_is_in(row->check, CHECKS_MEM))
		return "an address that the check ignores";
	if ((row->reg_read | row->reg_write) &&
	    !audit_is_in(row->check, CHECKS_REG))
		return "a register that the check ignores";
	return audit_check_operands(row);
}

/*
 * Returns true if two rows of the list are for the same engine and generation.
 */
static bool audit_is_ambiguous(const struct xengt_audit_cmd *row)
{
	const struct xengt_audit_cmd *other;

	for (other = row->other; other; other = other->other)
		if (other->where & row->where & ON_ALL &&
		    other->where & row->where & OF_ALL)
			return true;
	return false;
}

/*
 * Returns true if rows of the list differ in their length fields and a ring may
 * have the command. turn.c uses only the first row of a list to walk along a
 * ring.
 */
static bool audit_is_long_twice(const struct xengt_audit_cmd *row)
{
	return row->other && (row->where | row->other->where) & IN_RING &&
		(row->len_mask != row->other->len_mask ||
		 row->len_bias != row->other->len_bias);
}

const char *xengt_audit_check_cmd(const struct xengt_audit_cmd *row,
				  uint32_t opcode)
{
	uint32_t opcode_bits =
		XENGT_AUDIT_CLIENT(opcode) == XENGT_AUDIT_CLIENT_MI ?
		0xff800000u : 0xffc00000u;

	if (strlen(row->name) >= XENGT_AUDIT_NAME_MAX)
		return "a name that is too long";
	if (!(row->where & ON_ALL) || !(row->where & OF_ALL))
		return "a command of no engine or platform";
	if (!row->len_min || row->len_min > row->len_max)
		return "a minimal length of 0, or above the maximal length";
	if (row->len_max > row->len_mask + row->len_bias)
		return "a maximal length that the length field cannot hold";
	if (row->mbz & (opcode_bits | row->len_mask))
		return "mbz has bits of the opcode or the length";
	if (audit_is_ambiguous(row))
		return "an opcode with two meanings";
	if (audit_is_long_twice(row))
		return "a command of rings whose rows have different lengths";
	return audit_check_uses(row);
}

const char *xengt_audit_check(void)
{
	const struct xengt_audit_cmd *row;
	struct xengt_audit_walk walk = { 0 };
	const char *wrong;

	while ((row = xengt_audit_next(&walk))) {
		wrong = xengt_audit_check_cmd(row, walk.opcode);
		if (wrong)
			return wrong;
	}
	return xengt_audit_check_regs();
}
