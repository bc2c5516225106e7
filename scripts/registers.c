/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the register table as tab-separated lines, for scripts/gen-registers-md. */
#include <stdio.h>

#include "core/regs.h"

static const char *const policies[] = {
	[XENGT_REG_SHADOW] = "shadow",
	[XENGT_REG_TRAP] = "trap",
	[XENGT_REG_DENY] = "deny",
};

static void print_gens(uint8_t gens)
{
	printf("%s%s%s", gens & XENGT_GEN8 ? "8" : "",
	       gens == (XENGT_GEN8 | XENGT_GEN9) ? ", " : "",
	       gens & XENGT_GEN9 ? "9" : "");
}

static void print_row(const struct xengt_reg_block *block,
		      const struct xengt_reg *reg)
{
	printf("%s\t%s\t", block->name, reg->name);
	for (uint32_t i = 0; reg->bases && i < reg->bases->count; i++)
		printf("%s0x%x", i ? ", " : "(", reg->bases->base[i]);
	printf(reg->bases ? ") + 0x%03x" : "0x%06x", reg->off);
	if (reg->count > 1)
		printf(" + %u n, n < %u", reg->stride, reg->count);
	printf("\t%u\t", reg->len);
	print_gens(reg->gens);
	printf("\t%s%s%s%s", policies[reg->policy],
	       reg->flags & XENGT_REG_MASKED ? ", masked" : "",
	       reg->read ? ", read handler" : "",
	       reg->write ? ", write handler" : "");
	if (reg->init)
		printf("\tof the vGPU");
	else
		printf("\t0x%x", reg->reset);
	printf("\t0x%x\t0x%x\n", reg->ro, reg->w1c);
}

int main(void)
{
	char why[128];

	if (xengt_regs_check(xengt_reg_blocks, why, sizeof(why))) {
		fprintf(stderr, "registers: %s\n", why);
		return 1;
	}
	for (size_t b = 0; xengt_reg_blocks[b]; b++)
		for (size_t i = 0; i < xengt_reg_blocks[b]->count; i++)
			print_row(xengt_reg_blocks[b],
				  &xengt_reg_blocks[b]->rows[i]);
	return 0;
}
