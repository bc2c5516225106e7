/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of register blocks, and the index of all blocks. This file is
 * separate from regs.c because the blocks' handlers use the parts of the device
 * model, and the parts must not depend on the blocks. xengt_vgpu_create() gives
 * the index to the parts.
 */
#include "core/regs.h"
#include "hw/platform.h"

#include <stddef.h>

const struct xengt_reg_block *const xengt_reg_blocks[] = {
	&xengt_regs_chicken,
	&xengt_regs_display_pipe,
	&xengt_regs_display_port,
	&xengt_regs_display_power,
	&xengt_regs_engine,
	&xengt_regs_fence,
	&xengt_regs_gt,
	&xengt_regs_irq,
	&xengt_regs_pcode,
	&xengt_regs_pvinfo,
	NULL,
};

int xengt_regs_get(unsigned int gen_index,
		   const struct xengt_reg_index **ret_index)
{
	static struct xengt_reg_index *shared[XENGT_GEN_COUNT];
	struct xengt_reg_index *index, *none = NULL;
	int r;

	index = __atomic_load_n(&shared[gen_index], __ATOMIC_ACQUIRE);
	if (!index) {
		r = xengt_regs_build(xengt_reg_blocks, gen_index, &index, NULL,
				     0);
		if (r)
			return r;
		/*
		 * Two threads of one process, each with its own vGPU, may call
		 * this function at the same time.
		 */
		if (!__atomic_compare_exchange_n(&shared[gen_index], &none,
						 index, false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE)) {
			xengt_regs_free(index);
			index = none;
		}
	}
	*ret_index = index;
	return 0;
}
