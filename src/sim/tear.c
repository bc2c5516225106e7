// SPDX-License-Identifier: GPL-2.0-only
/*
 * If XENGT_SIM_STRICT_TORN is on, an engine needs some time to load or save a
 * context (ports.c), and a reset during that time tears the image. In a torn
 * image the ring's head has the engine's present value. In page 1, every dword
 * from 0x50 on, where the engine's own state begins, is all-ones, which is not
 * a valid command. No document says what silicon leaves in a torn image. The
 * simulator assumes the worst: a load of a torn image hangs the engine or does
 * not change the registers.
 */
#include "sim/exec.h"

#include <string.h>

#define PAGE_BYTES	4096U
#define HEAD_AT		(4U * 0x05U)
#define STATE_AT	(4U * 0x50U)

void sim_tear_image(struct xengt_sim *sim, struct sim_engine *e)
{
	uint64_t page = DESC_LRCA(e->port[0]) + PAGE_BYTES;
	uint8_t junk[PAGE_BYTES - STATE_AT];
	uint32_t head = *sim_ring_reg(sim, e, RING_HEAD);

	if (e->switching == SIM_SWITCH_NONE)
		return;
	memset(junk, 0xff, sizeof(junk));
	if (!sim_vm_access(sim, e, SIM_GGTT, page + HEAD_AT, &head, 4, true))
		(void)sim_vm_access(sim, e, SIM_GGTT, page + STATE_AT, junk,
				    sizeof(junk), true);
}
