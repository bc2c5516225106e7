// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles the registers of the simulated GPU: BAR0 below 2 MiB.
 *
 * A register without a row in the table below is plain memory. A row gives a
 * register a reset value, bits that software cannot change, or handlers, or
 * says that the register is masked: a write changes only the bits that the
 * value's high half names, and the high half reads as 0. Which registers are
 * masked is in the PRM's volume 2c, and in Linux, which writes them with masks. A
 * handler gets one dword, and a mask of the bits that the access covers, so
 * that the handler can handle accesses of any width. engine_regs.c handles the
 * engines' registers; each of the other handlers is in the file of the hardware
 * part to which the register belongs.
 */
#include "sim/display.h"
#include "sim/engine.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reg_row {
	const char *name;
	uint32_t off;
	uint32_t count;		/* number of equal registers; 0 means one */
	uint32_t stride;	/* bytes from one of these registers to the
				 * next; 0 means 4 */
	unsigned int gens;
	uint32_t reset;
	uint32_t ro;		/* bits that writes do not change */
	uint32_t w1c;		/* bits that writing 1 clears */
	bool is_masked;		/* a masked register without a handler */
	/* if not NULL: returns the platform's reset value */
	uint32_t (*reset_fn)(const struct xengt_sim_platform *p, uint32_t off);
	uint32_t (*read)(const struct xengt_sim *sim, uint32_t off);
	/*
	 * a read that has side effects; xengt_sim_peek_reg() calls 'read'
	 * instead
	 */
	uint32_t (*fetch)(struct xengt_sim *sim, uint32_t off);
	/*
	 * be: the bits that the access covers. The handler must store the
	 * value.
	 */
	void (*write)(struct xengt_sim *sim, uint32_t off, uint32_t val,
		      uint32_t be);
};

#define REG(sim, off) ((sim)->regs[(off) / 4])

static uint32_t reset_fuse(const struct xengt_sim_platform *p, uint32_t off)
{
	switch (off) {
	case 0x9120:
		return p->fuse2;
	case 0x9134:
	case 0x9138:
	case 0x913c:
		return p->eu_disable[(off - 0x9134) / 4];
	case 0x42014:
		return p->fuse_strap;
	case 0xc2014:
		return p->sfuse_strap;
	case 0x145998:
		return p->rp_state_cap;
	default:
		return 0;
	}
}

static void write_flush(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	sim_ggtt_flush(sim);
	if (!sim_engine_keeps_tlbs(sim))
		sim_engine_tlb_flush(sim, SIM_ENGINE_ALL);
}

/*
 * Invalidate an engine's TLB. The invalidation ends at once, and bit 0 reads as
 * 0. For an engine in stick_tlb the invalidation never ends, and bit 0 reads as
 *    1.
 */
static void write_engine_tlb(struct xengt_sim *sim, uint32_t off, uint32_t val,
			     uint32_t be)
{
	/* one element for each register; the GPU has no second video engine */
	static const unsigned int engines[5] = {
		SIM_ENGINE_BIT(SIM_RCS), SIM_ENGINE_BIT(SIM_VCS), 0,
		SIM_ENGINE_BIT(SIM_BCS), SIM_ENGINE_BIT(SIM_VECS),
	};

	REG(sim, off) = val & be & 1 &&
		sim_engine_tlb_flush(sim, engines[(off - 0x4260) / 4]);
}

static uint32_t read_master(const struct xengt_sim *sim, uint32_t off)
{
	(void)off;
	return sim_irq_read_master(sim);
}

static void write_master(struct xengt_sim *sim, uint32_t off, uint32_t val,
			 uint32_t be)
{
	(void)off;
	sim_irq_write_master(sim, val, be);
}

#define IRQ_BANK(reg_name, reg_off)					\
	{ .name = (reg_name), .off = (reg_off), .count = 4,		\
	  .gens = SIM_GEN_ALL, .read = sim_irq_read_bank,		\
	  .write = sim_irq_write_bank }

/* Sorted by offset. */
/* clang-format off */
static const struct reg_row rows[] = {
	{ .name = "FF_SLICE_CHICKEN", .off = 0x2088, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "3D_CHICKEN3", .off = 0x2090, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "CSFE_CHICKEN1", .off = 0x20d4, .gens = SIM_GEN9,
	  .is_masked = true },
	{ .name = "CS_DEBUG_MODE2", .off = 0x20d8, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "FF_SLICE_CS_CHICKEN", .off = 0x20e0, .count = 2,
	  .gens = SIM_GEN_ALL, .is_masked = true },
	{ .name = "CS_DEBUG_MODE1", .off = 0x20ec, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "CS_CHICKEN1", .off = 0x2580, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "FORCEWAKE_ACK_RENDER", .off = 0x0d84, .gens = SIM_GEN9,
	  .ro = ~0U },
	{ .name = "FORCEWAKE_ACK_MEDIA", .off = 0x0d88, .gens = SIM_GEN9,
	  .ro = ~0U },
	/* for the engines: render, media 1 and 2, blitter, video enhancement */
	{ .name = "ENGINE_TLB_INVALIDATE", .off = 0x4260, .count = 5,
	  .gens = SIM_GEN_ALL, .write = write_engine_tlb },
	{ .name = "WM_CHICKEN3", .off = 0x5588, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "CACHE_MODE_0, CACHE_MODE_1, GT_MODE", .off = 0x7000,
	  .count = 3, .gens = SIM_GEN_ALL, .is_masked = true },
	{ .name = "COMMON_SLICE_CHICKEN1, 2, HIZ_CHICKEN", .off = 0x7010,
	  .count = 3, .gens = SIM_GEN_ALL, .is_masked = true },
	{ .name = "HDC_CHICKEN0, 1", .off = 0x7300, .count = 2,
	  .gens = SIM_GEN_ALL, .is_masked = true },
	/*
	 * the value is not 0, because firmware has set up the context for RC6
	 */
	{ .name = "RC6_CTX_INFO", .off = 0x8504, .gens = SIM_GEN_ALL,
	  .reset = 1, .ro = ~0U },
	{ .name = "FUSE2", .off = 0x9120, .gens = SIM_GEN_ALL,
	  .reset_fn = reset_fuse, .ro = ~0U },
	{ .name = "EU_DISABLE", .off = 0x9134, .count = 3,
	  .gens = SIM_GEN_ALL, .reset_fn = reset_fuse, .ro = ~0U },
	{ .name = "GDRST", .off = 0x941c, .gens = SIM_GEN_ALL,
	  .write = sim_reset_write_gdrst },
	{ .name = "RPSTAT1", .off = 0xa01c, .gens = SIM_GEN_ALL, .ro = ~0U,
	  .read = sim_forcewake_read_rpstat },
	{ .name = "FORCEWAKE_MT", .off = 0xa188, .gens = SIM_GEN_ALL,
	  .write = sim_forcewake_write },
	/* timestamps tick at 12 MHz, half the frequency of the crystal */
	{ .name = "CTC_MODE", .off = 0xa26c, .gens = SIM_GEN9, .reset = 0x4 },
	{ .name = "FORCEWAKE_MEDIA", .off = 0xa270, .gens = SIM_GEN9,
	  .write = sim_forcewake_write },
	{ .name = "FORCEWAKE_RENDER", .off = 0xa278, .gens = SIM_GEN9,
	  .write = sim_forcewake_write },
	/* the GuC, a microcontroller, has no firmware and stays in reset */
	{ .name = "GUC_STATUS", .off = 0xc000, .gens = SIM_GEN9, .reset = 1,
	  .ro = ~0U },
	{ .name = "HALF_SLICE_CHICKEN1", .off = 0xe100, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "HALF_SLICE_CHICKEN2, 3, 5", .off = 0xe180, .count = 3,
	  .gens = SIM_GEN_ALL, .is_masked = true },
	{ .name = "HALF_SLICE_CHICKEN7", .off = 0xe194, .gens = SIM_GEN_ALL,
	  .is_masked = true },
	{ .name = "ROW_CHICKEN, ROW_CHICKEN2", .off = 0xe4f0, .count = 2,
	  .gens = SIM_GEN_ALL, .is_masked = true },
	{ .name = "FUSE_STATUS", .off = 0x42000, .gens = SIM_GEN9, .ro = ~0U,
	  .read = sim_power_read_fuse },
	{ .name = "FUSE_STRAP", .off = 0x42014, .gens = SIM_GEN_ALL,
	  .reset_fn = reset_fuse, .ro = ~0U },
	/*
	 * the simulator does not detect accesses of addresses without a
	 * register, so bit 31 is never set
	 */
	{ .name = "FPGA_DBG", .off = 0x42300, .gens = SIM_GEN_ALL,
	  .w1c = 0x80000000 },
	{ .name = "MASTER_IRQ", .off = 0x44200, .gens = SIM_GEN_ALL,
	  .read = read_master, .write = write_master },
	IRQ_BANK("GT0_IRQ", 0x44300),
	IRQ_BANK("GT1_IRQ", 0x44310),
	IRQ_BANK("GT2_IRQ", 0x44320),
	IRQ_BANK("GT3_IRQ", 0x44330),
	IRQ_BANK("PIPE_A_IRQ", 0x44400),
	IRQ_BANK("PIPE_B_IRQ", 0x44410),
	IRQ_BANK("PIPE_C_IRQ", 0x44420),
	IRQ_BANK("PORT_IRQ", 0x44440),
	IRQ_BANK("MISC_IRQ", 0x44460),
	IRQ_BANK("PCU_IRQ", 0x444e0),
	{ .name = "DBUF_CTL", .off = 0x45008, .gens = SIM_GEN9,
	  .read = sim_power_read_lock },
	{ .name = "PWR_WELL_CTL", .off = 0x45400, .count = 4,
	  .gens = SIM_GEN_ALL, .read = sim_power_read_well,
	  .write = sim_power_write_well },
	{ .name = "LCPLL_CTL", .off = 0x46010, .count = 2, .gens = SIM_GEN9,
	  .read = sim_power_read_lock },
	/* no port has a clock */
	{ .name = "PORT_CLK_SEL", .off = 0x46100, .count = 5,
	  .gens = SIM_GEN8, .reset = 0xe0000000 },
	/*
	 * 0: the display exists with all pipes, and its core clock has no limit
	 */
	{ .name = "DFSM", .off = 0x51000, .gens = SIM_GEN9, .ro = ~0U },
	{ .name = "DDI_BUF_CTL", .off = 0x64000, .count = 5, .stride = 0x100,
	  .gens = SIM_GEN_ALL, .ro = 0x81, .read = sim_power_read_ddi },
	{ .name = "AUX_CTL", .off = 0x64010, .count = 4, .stride = 0x100,
	  .gens = SIM_GEN9, .write = sim_aux_write },
	{ .name = "AUX_CTL", .off = 0x64010, .gens = SIM_GEN8,
	  .write = sim_aux_write },
	/* always reports that the idle patterns were sent */
	{ .name = "DP_TP_STATUS", .off = 0x64044, .count = 5, .stride = 0x100,
	  .gens = SIM_GEN_ALL, .reset = 0x02000000, .ro = ~0U },
	{ .name = "PSR_IIR", .off = 0x64838, .gens = SIM_GEN_ALL, .w1c = ~0U },
	/* no port has a clock */
	{ .name = "DPLL_CTRL2", .off = 0x6c05c, .gens = SIM_GEN9,
	  .reset = 0x000f8000 },
	{ .name = "DPLL_STATUS", .off = 0x6c060, .gens = SIM_GEN9, .ro = ~0U,
	  .read = sim_power_read_dpll_status },
	{ .name = "PIPEDSL", .off = 0x70000, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .ro = ~0U, .read = sim_display_read_pipe },
	{ .name = "PIPECONF", .off = 0x70008, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .read = sim_display_read_pipe,
	  .write = sim_display_write_conf },
	{ .name = "FRMCOUNT", .off = 0x70040, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .read = sim_display_read_pipe,
	  .write = sim_display_write_frames },
	{ .name = "CURBASE", .off = 0x70084, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .write = sim_display_write_surf },
	{ .name = "PLANE_SURF_1", .off = 0x7019c, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .write = sim_display_write_surf },
	{ .name = "PLANE_SURF_2", .off = 0x7029c, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN_ALL, .write = sim_display_write_surf },
	{ .name = "PLANE_SURF_3", .off = 0x7039c, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN9, .write = sim_display_write_surf },
	{ .name = "PLANE_SURF_4", .off = 0x7049c, .count = 3, .stride = 0x1000,
	  .gens = SIM_GEN9, .write = sim_display_write_surf },
	{ .name = "PIPECONF_EDP", .off = 0x7f008, .gens = SIM_GEN_ALL,
	  .read = sim_power_read_lock },
	{ .name = "SFUSE_STRAP", .off = 0xc2014, .gens = SIM_GEN_ALL,
	  .reset_fn = reset_fuse, .ro = ~0U },
	IRQ_BANK("SDE_IRQ", 0xc4000),
	{ .name = "PCH_PORT_HOTPLUG", .off = 0xc4030, .gens = SIM_GEN_ALL,
	  .w1c = 0x03030303 },
	{ .name = "GPIO", .off = 0xc5010, .count = 6, .gens = SIM_GEN_ALL,
	  .reset = 0x1010, .write = sim_gmbus_write_gpio },
	{ .name = "GMBUS0", .off = 0xc5100, .count = 2, .gens = SIM_GEN_ALL,
	  .write = sim_gmbus_write },
	{ .name = "GMBUS2", .off = 0xc5108, .gens = SIM_GEN_ALL, .ro = ~0U,
	  .read = sim_gmbus_read },
	{ .name = "GMBUS3", .off = 0xc510c, .gens = SIM_GEN_ALL,
	  .fetch = sim_gmbus_fetch },
	/* transactions of the sideband complete at once, with success */
	{ .name = "SBI_CTL_STAT", .off = 0xc6008, .gens = SIM_GEN8, .ro = 0x7 },
	{ .name = "RAWCLK_FREQ", .off = 0xc6204, .gens = SIM_GEN_ALL,
	  .reset = 24 },
	{ .name = "PP_STATUS", .off = 0xc7200, .gens = SIM_GEN_ALL, .ro = ~0U,
	  .read = sim_power_read_panel },
	{ .name = "AUX_CTL_PCH", .off = 0xe4110, .count = 3, .stride = 0x100,
	  .gens = SIM_GEN8, .write = sim_aux_write },
	{ .name = "FENCE", .off = 0x100000, .count = 2 * SIM_FENCES,
	  .gens = SIM_GEN_ALL, .write = sim_fence_write },
	{ .name = "GFX_FLSH_CNTL", .off = 0x101008, .gens = SIM_GEN_ALL,
	  .write = write_flush },
	{ .name = "EDRAM_CAP", .off = 0x120010, .gens = SIM_GEN_ALL,
	  .ro = ~0U },
	{ .name = "LCPLL_CTL", .off = 0x130040, .gens = SIM_GEN8,
	  .read = sim_power_read_lcpll },
	{ .name = "FORCEWAKE_ACK", .off = 0x130044, .gens = SIM_GEN_ALL,
	  .ro = ~0U },
	{ .name = "PCODE_MAILBOX", .off = 0x138124, .gens = SIM_GEN_ALL,
	  .write = sim_pcode_write },
	/* memory: DDR4, one module of 8 GB in each channel, 2 ranks, x8 */
	{ .name = "MAD_DIMM", .off = 0x14500c, .count = 2, .gens = SIM_GEN9,
	  .reset = 0x00000408, .ro = ~0U },
	{ .name = "RP_STATE_CAP", .off = 0x145998, .gens = SIM_GEN_ALL,
	  .reset_fn = reset_fuse, .ro = ~0U },
	/*
	 * Gen8's memory latencies: levels 1 to 3 in the low dword, level 4 and
	 * level 0 in the high dword
	 */
	{ .name = "SSKPD_LO", .off = 0x145d10, .gens = SIM_GEN8,
	  .reset = 0x02008040, .ro = ~0U },
	{ .name = "SSKPD_HI", .off = 0x145d14, .gens = SIM_GEN8,
	  .reset = 0x14000041, .ro = ~0U },
};

/* clang-format on */

static uint32_t row_count(const struct reg_row *row)
{
	return row->count ? row->count : 1;
}

static uint32_t row_off(const struct reg_row *row, uint32_t i)
{
	return row->off + i * (row->stride ? row->stride : 4);
}

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

int sim_mmio_init(struct xengt_sim *sim)
{
	sim->regs = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(*sim->regs));
	sim->row_of = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(*sim->row_of));
	sim->n_reads = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(uint32_t));
	sim->n_writes = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(uint32_t));
	if (!sim->regs || !sim->row_of || !sim->n_reads || !sim->n_writes)
		return -ENOMEM;
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!(rows[i].gens & sim->plat->gen))
			continue;
		for (uint32_t n = 0; n < row_count(&rows[i]); n++)
			sim->row_of[row_off(&rows[i], n) / 4] =
				(uint16_t)(i + 1);
	}
	return 0;
}

void sim_mmio_fini(struct xengt_sim *sim)
{
	free(sim->regs);
	free(sim->row_of);
	free(sim->n_reads);
	free(sim->n_writes);
}

void sim_mmio_forget_counts(struct xengt_sim *sim)
{
	memset(sim->n_reads, 0, XENGT_SIM_REGS_BYTES);
	memset(sim->n_writes, 0, XENGT_SIM_REGS_BYTES);
}

void sim_mmio_reset(struct xengt_sim *sim)
{
	memset(sim->regs, 0, XENGT_SIM_REGS_BYTES);
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct reg_row *row = &rows[i];

		if (!(row->gens & sim->plat->gen))
			continue;
		for (uint32_t n = 0; n < row_count(row); n++) {
			uint32_t o = row_off(row, n);

			REG(sim, o) = row->reset_fn ?
				row->reset_fn(sim->plat, o) : row->reset;
		}
	}
}

static const struct reg_row *row_at(const struct xengt_sim *sim, uint32_t off)
{
	uint16_t i = sim->row_of[off / 4];

	return i ? &rows[i - 1] : NULL;
}

static uint32_t peek_dword(const struct xengt_sim *sim, uint32_t off)
{
	const struct reg_row *row = row_at(sim, off);
	uint32_t val;

	if (row)
		return row->read ? row->read(sim, off) : REG(sim, off);
	if (sim_engine_reg_read(sim, off, &val))
		return val;
	return REG(sim, off);
}

uint32_t sim_mmio_load(struct xengt_sim *sim, uint32_t off)
{
	const struct reg_row *row = row_at(sim, off);

	if (row && row->fetch)
		return row->fetch(sim, off);
	return peek_dword(sim, off);
}

bool sim_mmio_is_masked(const struct xengt_sim *sim, uint32_t off)
{
	const struct reg_row *row = row_at(sim, off);

	return row ? row->is_masked : sim_engine_is_masked(sim, off);
}

bool sim_mmio_store(struct xengt_sim *sim, uint32_t off, uint32_t val,
		    uint32_t be)
{
	const struct reg_row *row = row_at(sim, off);
	uint32_t old = REG(sim, off);

	if (row && row->write) {
		row->write(sim, off, val, be);
		return false;
	}
	if (row && row->is_masked) {
		be &= (val & be) >> 16;
		REG(sim, off) = (old & ~be) | (val & be);
		return false;
	}
	/*
	 * The stored value has 0 in the mask bits of a masked register. So for
	 * a narrow write, the merged value selects no bits outside of the
	 * access.
	 */
	if (!row && sim_engine_reg_write(sim, off, (old & ~be) | (val & be)))
		return true;
	if (row) {
		REG(sim, off) = old & ~(val & be & row->w1c);
		be &= ~(row->ro | row->w1c);
		old = REG(sim, off);
	}
	REG(sim, off) = (old & ~be) | (val & be);
	return false;
}

uint32_t xengt_sim_peek_reg(const struct xengt_sim *sim, uint32_t off)
{
	if (off >= XENGT_SIM_REGS_BYTES)
		return 0;
	return peek_dword(sim, off & ~3U);
}

void xengt_sim_reg_counts(const struct xengt_sim *sim, uint32_t off,
			  uint32_t *ret_reads, uint32_t *ret_writes)
{
	bool is_there = off < XENGT_SIM_REGS_BYTES;

	*ret_reads = is_there ? sim->n_reads[off / 4] : 0;
	*ret_writes = is_there ? sim->n_writes[off / 4] : 0;
}
