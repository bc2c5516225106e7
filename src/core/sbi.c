/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the sideband of the Lynx Point PCH (Broadwell PRM, volume 2c,
 * SBI_ADDR, SBI_DATA, SBI_CTL_STAT): clock generators that a driver sets up. In
 * a vGPU these registers have no effect; each keeps the value that was written
 * to it.
 */
#include "core/sbi.h"
#include "core/internal.h"
#include "core/mmio.h"

#define SBI_ADDR		0xc6000
#define SBI_DATA		0xc6004
#define SBI_BUSY		0x1u
#define SBI_RESPONSE_FAIL	0x2u
#define SBI_OP_WRITE		0x100u
#define SBI_DEST_ICLK		0x10000u

static uint32_t *find(struct xengt_sbi *sbi, uint32_t key)
{
	for (uint32_t i = 0; i < sbi->count; i++) {
		if (sbi->reg[i].key == key)
			return &sbi->reg[i].val;
	}
	return NULL;
}

static void store(struct xengt_sbi *sbi, uint32_t key, uint32_t val)
{
	uint32_t *slot = find(sbi, key);

	if (!slot) {
		if (sbi->count == XENGT_SBI_MAX)
			return;
		sbi->reg[sbi->count].key = key;
		slot = &sbi->reg[sbi->count++].val;
	}
	*slot = val;
}

uint32_t xengt_sbi_write_ctl(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	struct xengt_sbi *sbi = &vgpu->display.sbi;
	uint32_t key = (xengt_mmio_peek(vgpu, SBI_ADDR) >> 16) |
		       (new & SBI_DEST_ICLK);
	const uint32_t *slot;

	(void)reg;
	(void)off;
	(void)old;
	if (!(new & SBI_BUSY))
		return new;
	if (new & SBI_OP_WRITE) {
		store(sbi, key, xengt_mmio_peek(vgpu, SBI_DATA));
	} else {
		slot = find(sbi, key);
		xengt_mmio_poke(vgpu, SBI_DATA, slot ? *slot : 0);
	}
	return new & ~(SBI_BUSY | SBI_RESPONSE_FAIL);
}
