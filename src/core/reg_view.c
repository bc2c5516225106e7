/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes lists of registers for the administrator. Making a list changes nothing
 * that the guest sees.
 */
#include "core/internal.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "core/vgpu.h"
#include "hw/platform.h"
#include "xengt/reg_view.h"

#include <stdio.h>

static uint32_t reset_value(const struct xengt_vgpu *vgpu, uint32_t off)
{
	const struct xengt_reg *reg = xengt_reg_of(vgpu->mmio.index, off / 4);

	return reg->init ? reg->init(vgpu, reg, off) : reg->reset;
}

static bool is_listed(const struct xengt_vgpu *vgpu, enum xengt_reg_list list,
		      uint32_t off)
{
	if (list == XENGT_REGS_UNKNOWN)
		return vgpu->mmio.unknown[off / 4];
	return xengt_mmio_peek(vgpu, off) != reset_value(vgpu, off);
}

static void view(const struct xengt_vgpu *vgpu, uint32_t off,
		 struct xengt_reg_view *ret_view)
{
	const struct xengt_reg *reg = xengt_reg_of(vgpu->mmio.index, off / 4);
	uint8_t unknown = vgpu->mmio.unknown[off / 4];

	*ret_view = (struct xengt_reg_view){
		.off = off,
		.value = xengt_mmio_peek(vgpu, off),
		.reset = reset_value(vgpu, off),
		.is_read = unknown & XENGT_UNKNOWN_READ ? 1 : 0,
		.is_written = unknown & XENGT_UNKNOWN_WRITTEN ? 1 : 0,
	};
	if (reg->name)
		snprintf(ret_view->name, sizeof(ret_view->name), "%s",
			 reg->name);
}

bool xengt_vgpu_next_unknown(struct xengt_vgpu *vgpu, char *ret_row,
			     size_t size)
{
	struct xengt_mmio *mmio = &vgpu->mmio;
	struct xengt_reg_view reg;

	if (mmio->news_told == mmio->news_count) {
		mmio->news_told = mmio->news_count = 0;
		return false;
	}
	view(vgpu, mmio->news[mmio->news_told++], &reg);
	snprintf(ret_row, size, "{ .name = \"?\", .off = 0x%05x, .len = 4, .gens = XENGT_GEN%u, .policy = XENGT_REG_SHADOW }, /* %s%s */",
		 reg.off, 8 + xengt_gen_index(vgpu->platform),
		 reg.is_read ? "r" : "", reg.is_written ? "w" : "");
	return true;
}

uint32_t xengt_vgpu_regs(const struct xengt_vgpu *vgpu,
			 enum xengt_reg_list list, uint32_t from,
			 struct xengt_reg_view *ret_regs, uint32_t max)
{
	uint32_t found = 0;

	for (uint32_t off = from & ~3u; off < XENGT_REG_SPACE_BYTES; off += 4) {
		if (!is_listed(vgpu, list, off))
			continue;
		if (found < max)
			view(vgpu, off, &ret_regs[found]);
		found++;
	}
	return found;
}
