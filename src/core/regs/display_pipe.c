/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Display: pipes A to C, their planes and cursors (Broadwell and Skylake PRM,
 * volume 2c). Registers of timings, plane controls, watermarks, buffer allocation,
 * scalers, palettes and colour are plain memory and have no row.
 */
#include "core/display.h"
#include "core/internal.h"
#include "core/regs.h"
#include "hw/display.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define BOTH		(XENGT_GEN8 | XENGT_GEN9)
#define PER_PIPE	.len = 4, .count = XENGT_PIPES, .stride = XENGT_PIPE_STRIDE
#define BIT30		0x40000000u

/*
 * No pipe of a vGPU can use the eDP transcoder. The state bit (30) of its
 * register follows the request bit (31); the write has no other effect.
 */
static uint32_t edp_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	return (new & ~BIT30) | (new >> 1 & BIT30);
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "PIPE_SCANLINE", .off = 0x70000, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_line },		/* the line being sent, computed from the clock; does not change in the last 100 us before a blank; drivers poll this register */
	{ .name = "PIPE_CONF", .off = 0x70008, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = BIT30,
	  .write = xengt_display_write_conf },		/* starts and stops the pipe; the state bit (30) follows the request bit (31) */
	{ .name = "PIPE_FRMCNT", .off = 0x70040, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_frames },		/* counts vertical blanks */
	{ .name = "PIPE_FLIPCNT", .off = 0x70044, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* number of flips of plane 1 that became live */
	{ .name = "CUR_BASE", .off = 0x70084, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP,
	  .write = xengt_display_write_surf },		/* a write arms the cursor */
	{ .name = "CUR_SURFLIVE", .off = 0x700ac, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* the address that became live at the last blank */
	{ .name = "PLANE_SURF_1", .off = 0x7019c, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP,
	  .write = xengt_display_write_surf },		/* a write arms the plane */
	{ .name = "PLANE_SURFLIVE_1", .off = 0x701ac, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* the address that became live at the last blank */
	{ .name = "PLANE_SURF_2", .off = 0x7029c, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP,
	  .write = xengt_display_write_surf },		/* a write arms plane 2, which is Broadwell's sprite */
	{ .name = "PLANE_SURFLIVE_2", .off = 0x702ac, PER_PIPE, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* the address that became live at the last blank */
	{ .name = "PLANE_SURF_3", .off = 0x7039c, PER_PIPE, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP,
	  .write = xengt_display_write_surf },		/* a write arms the plane */
	{ .name = "PLANE_SURFLIVE_3", .off = 0x703ac, PER_PIPE, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* the address that became live at the last blank */
	{ .name = "PLANE_SURF_4", .off = 0x7049c, PER_PIPE, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP,
	  .write = xengt_display_write_surf },		/* a write arms the plane */
	{ .name = "PLANE_SURFLIVE_4", .off = 0x704ac, PER_PIPE, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff,
	  .read = xengt_display_read_synced },		/* the address that became live at the last blank */
	{ .name = "PIPE_CONF_EDP", .off = 0x7f008, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = BIT30, .write = edp_write }, /* the eDP transcoder belongs to port A, which a vGPU does not have */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_display_pipe = {
	.name = "display_pipe",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
