/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out accesses of BAR0. BAR0 has 16 MiB: registers from 0, nothing from
 * 2 MiB, the GGTT from 8 MiB.
 *
 *   access --> GGTT half -------------------------------> ggtt.c
 *          --> hole: reads 0
 *          --> registers: cut into dwords with byte lanes
 *                -> row (index) -> policy -> masks -> handler -> memory
 *
 * A byte of a register that a write does not cover keeps its value; the mask
 * bits and write-1-to-clear bits of such a byte behave as if 0 had been written
 * to them. A register without a row is plain memory, 0 at first, so that newer
 * drivers work, too. The core records the first use of a register without a
 * row, so that a developer can add a row.
 */
#include "core/mmio.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/pci_cfg.h"
#include "core/regs.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DWORDS	(XENGT_PAGE_SIZE / 4)

/*
 * Stores a register's value, and copies it to the RAM that shows the register's
 * page, if there is such RAM.
 */
static inline void store_reg(struct xengt_mmio *mmio, uint32_t off,
			     uint32_t val)
{
	volatile uint32_t *shown = mmio->shown[off / XENGT_PAGE_SIZE];

	mmio->regs[off / 4] = val;
	if (shown)
		shown[off / 4 % PAGE_DWORDS] = val;
}

void xengt_mmio_show(struct xengt_vgpu *vgpu, uint32_t page, void *ram)
{
	struct xengt_mmio *mmio = &vgpu->mmio;

	mmio->shown[page] = ram;
	if (ram)
		memcpy(ram, &mmio->regs[page * PAGE_DWORDS], XENGT_PAGE_SIZE);
}

static void reset_instance(struct xengt_vgpu *vgpu,
			   const struct xengt_reg *reg, uint32_t off)
{
	for (uint32_t end = off + reg->len; off < end; off += 4)
		xengt_mmio_poke(vgpu, off,
				reg->init ? reg->init(vgpu, reg, off) :
					    reg->reset);
}

void xengt_mmio_reset_unit(struct xengt_vgpu *vgpu,
			   const struct xengt_reg_block *block,
			   const struct xengt_reg_bases *bases, uint32_t unit)
{
	for (size_t r = 0; r < block->count; r++) {
		const struct xengt_reg *reg = &block->rows[r];
		uint32_t per_unit = xengt_reg_unit_count(reg);

		if (reg->bases != bases || !(reg->gens & vgpu->platform->gen))
			continue;
		for (uint32_t i = 0; i < per_unit; i++)
			reset_instance(vgpu, reg,
				       xengt_reg_off(reg, unit * per_unit + i));
	}
}

static void reset_rows(struct xengt_vgpu *vgpu)
{
	const struct xengt_reg_index *index = vgpu->mmio.index;

	for (uint32_t r = 1; r < index->count; r++) {
		const struct xengt_reg *reg = index->rows[r];

		for (uint32_t i = 0; i < xengt_reg_count(reg); i++)
			reset_instance(vgpu, reg, xengt_reg_off(reg, i));
	}
}

void xengt_mmio_reset(struct xengt_vgpu *vgpu)
{
	struct xengt_mmio *mmio = &vgpu->mmio;

	memset(mmio->regs, 0, XENGT_REG_SPACE_BYTES);
	reset_rows(vgpu);
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(mmio->shown); i++)
		xengt_mmio_show(vgpu, i, (void *)mmio->shown[i]);
}

int xengt_mmio_init(struct xengt_vgpu *vgpu,
		    const struct xengt_reg_index *index)
{
	struct xengt_mmio *mmio = &vgpu->mmio;

	mmio->index = index;
	mmio->regs = calloc(XENGT_REG_SPACE_DWORDS, sizeof(mmio->regs[0]));
	mmio->unknown = calloc(XENGT_REG_SPACE_DWORDS, 1);
	if (!mmio->regs || !mmio->unknown)
		return -ENOMEM;
	reset_rows(vgpu);
	return 0;
}

void xengt_mmio_fini(struct xengt_vgpu *vgpu)
{
	free(vgpu->mmio.regs);
	free(vgpu->mmio.unknown);
}

uint32_t xengt_mmio_peek(const struct xengt_vgpu *vgpu, uint32_t off)
{
	return vgpu->mmio.regs[off / 4];
}

void xengt_mmio_poke(struct xengt_vgpu *vgpu, uint32_t off, uint32_t val)
{
	store_reg(&vgpu->mmio, off, val);
}

/*
 * Functions of rare cases are not inlined, so that the common accesses (a dword
 * of a register, an entry of the GGTT) stay fast.
 */
#define RARE __attribute__((noinline))

static RARE void note_first(struct xengt_mmio *mmio, uint32_t dword,
			    uint8_t what)
{
	if (!mmio->unknown[dword] && mmio->news_count < XENGT_UNKNOWN_NEWS)
		mmio->news[mmio->news_count++] = dword * 4;
	mmio->unknown[dword] |= what;
}

static void note_unknown(struct xengt_vgpu *vgpu, uint32_t dword, uint8_t what)
{
	if (!(vgpu->mmio.unknown[dword] & what))
		note_first(&vgpu->mmio, dword, what);
	vgpu->counters.reg_unknown++;
}

static uint32_t reg_read(struct xengt_vgpu *vgpu, uint32_t off)
{
	struct xengt_mmio *mmio = &vgpu->mmio;
	uint32_t *mem = &mmio->regs[off / 4];
	const struct xengt_reg *reg = xengt_reg_of(mmio->index, off / 4);

	switch (reg->policy) {
	case XENGT_REG_NO_ROW:
		note_unknown(vgpu, off / 4, XENGT_UNKNOWN_READ);
		break;
	case XENGT_REG_TRAP:
		if (reg->read)
			*mem = reg->read(vgpu, reg, off, *mem);
		break;
	case XENGT_REG_DENY:
		vgpu->counters.reg_denied++;
		break;
	default:
		break;
	}
	return *mem;
}

/*
 * Computes a register's value after a write; select: the bits of val that the
 * write changes.
 */
static uint32_t merge(const struct xengt_reg *reg, uint32_t old, uint32_t val,
		      uint32_t select)
{
	uint32_t plain = select & ~(reg->ro | reg->w1c);

	return ((old & ~plain) | (val & plain)) & ~(val & select & reg->w1c);
}

/*
 * Carry out a write to a register that is not plain memory, or that has no row.
 */
static RARE void special_write(struct xengt_vgpu *vgpu,
			       const struct xengt_reg *reg, uint32_t off,
			       uint32_t val, uint32_t lanes)
{
	struct xengt_mmio *mmio = &vgpu->mmio;
	uint32_t old = mmio->regs[off / 4], new;

	if (reg->policy == XENGT_REG_NO_ROW) {
		note_unknown(vgpu, off / 4, XENGT_UNKNOWN_WRITTEN);
		store_reg(mmio, off, (old & ~lanes) | val);
		return;
	}
	if (reg->policy == XENGT_REG_DENY) {
		vgpu->counters.reg_denied++;
		return;
	}
	if (reg->flags & XENGT_REG_MASKED)
		lanes = val >> 16;
	new = merge(reg, old, val, lanes);
	if (reg->write)
		new = reg->write(vgpu, reg, off, old, new);
	store_reg(mmio, off, new);
}

/*
 * lanes: the bits that were written, in whole bytes; all other bits of val are
 * 0.
 */
static void reg_write(struct xengt_vgpu *vgpu, uint32_t off, uint32_t val,
		      uint32_t lanes)
{
	struct xengt_mmio *mmio = &vgpu->mmio;
	const struct xengt_reg *reg = xengt_reg_of(mmio->index, off / 4);

	/*
	 * A page that the guest reads from RAM behind BAR0 has no writable SHADOW
	 * row without flags (xengt_regs_build() checks this). So this store need
	 * not update such RAM.
	 */
	if (reg->policy == XENGT_REG_SHADOW && !reg->flags)
		mmio->regs[off / 4] =
			merge(reg, mmio->regs[off / 4], val, lanes);
	else
		special_write(vgpu, reg, off, val, lanes);
}

/*
 * Carry out an access of any size and alignment inside the register space,
 * dword by dword.
 */
static RARE void regs_access(struct xengt_vgpu *vgpu, uint32_t off,
			     uint32_t size, bool is_read, uint64_t *val)
{
	uint64_t result = 0;

	for (uint32_t done = 0; done < size;) {
		uint32_t at = off + done;
		uint32_t shift = at % 4 * 8;
		uint32_t take = 4 - at % 4;
		uint32_t lanes, part;

		if (take > size - done)
			take = size - done;
		lanes = (uint32_t)((1ull << (take * 8)) - 1);
		if (is_read) {
			part = reg_read(vgpu, at & ~3u) >> shift & lanes;
			result |= (uint64_t)part << (done * 8);
		} else {
			part = (uint32_t)(*val >> (done * 8)) & lanes;
			reg_write(vgpu, at & ~3u, part << shift,
				  lanes << shift);
		}
		done += take;
	}
	if (is_read)
		*val = result;
}

/*
 * Carry out an access that crosses the border between two parts of BAR0, byte
 * by byte.
 */
static RARE void split_access(struct xengt_vgpu *vgpu, uint32_t off,
			      uint32_t size, bool is_read, uint64_t *val)
{
	uint64_t result = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint64_t byte = *val >> (i * 8) & 0xff;

		xengt_mmio_access(vgpu, off + i, 1, is_read, &byte);
		result |= (byte & 0xff) << (i * 8);
	}
	if (is_read)
		*val = result;
}

static RARE void any_access(struct xengt_vgpu *vgpu, uint32_t off,
			    uint32_t size, bool is_read, uint64_t *val)
{
	uint64_t end = (uint64_t)off + size;

	if (off >= XENGT_BAR0_BYTES) {
		if (is_read)
			*val = UINT64_MAX;
	} else if (end <= XENGT_REG_SPACE_BYTES) {
		regs_access(vgpu, off, size, is_read, val);
	} else if (off >= XENGT_MMIO_GGTT_OFF && end <= XENGT_BAR0_BYTES) {
		if (is_read)
			*val = xengt_ggtt_read(vgpu, off - XENGT_MMIO_GGTT_OFF,
					       size);
		else
			xengt_ggtt_write(vgpu, off - XENGT_MMIO_GGTT_OFF, size,
					 *val);
	} else if (off >= XENGT_REG_SPACE_BYTES && end <= XENGT_MMIO_GGTT_OFF) {
		if (is_read)
			*val = 0;
	} else {
		split_access(vgpu, off, size, is_read, val);
	}
}

void xengt_mmio_access(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		       bool is_read, uint64_t *val)
{
	uint32_t entry_off = off - XENGT_MMIO_GGTT_OFF;

	if (size == 4 && off % 4 == 0 && off < XENGT_REG_SPACE_BYTES) {
		if (is_read)
			*val = reg_read(vgpu, off);
		else
			reg_write(vgpu, off, (uint32_t)*val, 0xffffffff);
	} else if (size == 8 && off % 8 == 0 && !is_read &&
		   entry_off < XENGT_BAR0_BYTES - XENGT_MMIO_GGTT_OFF) {
		xengt_ggtt_store(vgpu, entry_off / 8, *val);
	} else {
		any_access(vgpu, off, size, is_read, val);
	}
}
