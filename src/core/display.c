/* SPDX-License-Identifier: GPL-2.0-only */
/* No monitor is connected: nothing is ever due. */
#include "core/display.h"

uint64_t xengt_display_deadline(const struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	return UINT64_MAX;
}

void xengt_display_tick(struct xengt_vgpu *vgpu, uint64_t now_ns)
{
	(void)vgpu;
	(void)now_ns;
}
