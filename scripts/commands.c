/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints the audit's table of commands as tab-separated lines, for scripts/gen-commands-md.
 */
#include <stdio.h>
#include <string.h>

#include "boundary/audit.h"
#include "boundary/audit_priv.h"

static const struct {
	uint32_t bit;
	const char *name;
} engines[] = {
	{ ON_RCS, "RCS" }, { ON_VCS, "VCS" }, { ON_VECS, "VECS" }, { ON_BCS, "BCS" },
}, kinds[] = {
	{ IN_RING, "ring" }, { IN_BATCH, "batch" }, { IN_USER, "user batch" },
	{ IN_INDIRECT, "indirect context" }, { IN_PER_CTX, "per context" },
	{ IN_IMAGE, "image" },
};

static void print_engines(uint32_t where)
{
	const char *comma = "";

	if ((where & ON_ALL) == ON_ALL) {
		printf("all");
		return;
	}
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (where & engines[i].bit) {
			printf("%s%s", comma, engines[i].name);
			comma = ", ";
		}
}

static void print_kinds(uint32_t where)
{
	const char *comma = "";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (where & kinds[i].bit) {
			printf("%s%s", comma, kinds[i].name);
			comma = ", ";
		}
	if (!*comma)
		printf("-");
}

/*
 * Descriptions of operands that rows do not list, indexed by the row's member
 * `check`. A number is the index of a dword in the command.
 */
static const char *const special[] = {
	[XENGT_AUDIT_LRI] = "writes registers in 1, 3, ...",
	[XENGT_AUDIT_SEMAPHORE] = "or reads register in 2 (bit 16)",
	[XENGT_AUDIT_START] = "batch in 1",
	[XENGT_AUDIT_STORE_INDEX] = "index in 1",
	[XENGT_AUDIT_FLUSH] = "address or index in 1",
	[XENGT_AUDIT_PIPE_CONTROL] = "address, index or register in 2",
	[XENGT_AUDIT_MATH] = "operations in 1, 2, ...",
};

static void print_operands(const struct xengt_audit_cmd *row)
{
	const char *comma = "";

	for (uint32_t i = 0; i < XENGT_AUDIT_MEMS && row->mem[i].at; i++) {
		printf("%saddress in %u (GGTT: bit %u)", comma, row->mem[i].at,
		       row->mem[i].bit);
		comma = ", ";
	}
	if (row->reg_read) {
		printf("%sreads register in %u", comma, row->reg_read);
		comma = ", ";
	}
	if (row->reg_write) {
		printf("%swrites register in %u", comma, row->reg_write);
		comma = ", ";
	}
	if (special[row->check])
		printf("%s%s", comma, special[row->check]);
}

static void print_row(const struct xengt_audit_cmd *row, uint32_t opcode)
{
	static const char *const clients[8] = {
		[XENGT_AUDIT_CLIENT_MI] = "All engines (MI)",
		[XENGT_AUDIT_CLIENT_BLT] = "Blitter",
		[XENGT_AUDIT_CLIENT_PIPE] = "Pipelines",
	};

	printf("%s\t0x%08x\t%s\t", clients[XENGT_AUDIT_CLIENT(opcode)], opcode,
	       row->name);
	print_engines(row->where);
	printf("\t%s%s%s\t", row->where & OF_GEN8 ? "8" : "",
	       (row->where & OF_ALL) == OF_ALL ? ", " : "",
	       row->where & OF_GEN9 ? "9" : "");
	if (row->len_min == row->len_max)
		printf("%u\t", row->len_min);
	else
		printf("%u to %u\t", row->len_min, row->len_max);
	printf("0x%x", row->mbz);
	if (row->mbz1)
		printf(", 0x%x in 1", row->mbz1);
	printf("\t");
	print_kinds(row->where);
	printf("\t");
	print_operands(row);
	printf("\t%s\n", row->why ? row->why : "");
}

int main(void)
{
	struct xengt_audit_walk walk = { 0 };
	const struct xengt_audit_cmd *row;
	const char *wrong = xengt_audit_check();

	if (wrong) {
		fprintf(stderr, "commands: %s\n", wrong);
		return 1;
	}
	while ((row = xengt_audit_next(&walk)))
		print_row(row, walk.opcode);
	return 0;
}
