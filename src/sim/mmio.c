// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of the simulated GPU: BAR0 below 2 MiB.
 *
 * Plain memory, except for the rows below.  A row gives a register its reset
 * value, the bits software cannot change, or handlers.  Handlers see one dword
 * and the bits that the access covers, whatever its width was.
 *
 * Modelled beyond memory in this stage: forcewake acknowledge, GDRST (done at
 * once), GFX_FLSH_CNTL, interrupts, fuses.  Engines and display come later.
 */
#include "sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reg_row {
	const char *name;
	uint32_t off;
	uint32_t bytes;		/* of the whole row; 4: one register */
	unsigned int gens;
	uint32_t reset;
	uint32_t ro;		/* bits that writes leave alone */
	/* takes the reset value from the platform, when there is one */
	uint32_t (*reset_fn)(const struct xengt_sim_platform *p, uint32_t off);
	uint32_t (*read)(const struct xengt_sim *sim, uint32_t off);
	/* be: bits that the access covers; stores by itself */
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
	default:
		return 0;
	}
}

/* High half says which bits of the low half to change. */
static uint32_t masked(uint32_t old, uint32_t val, uint32_t be)
{
	uint32_t mask = (val & be) >> 16;

	return (old & ~mask & 0xffff) | (val & mask & 0xffff);
}

/*
 * Forcewake: each domain has a masked request register and acknowledges by
 * showing the same bits in another one.
 */
static void write_forcewake(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be)
{
	uint32_t ack = off == 0xa188 ? 0x130044 :
		       off == 0xa278 ? 0xd84 : 0xd88;

	REG(sim, off) = masked(REG(sim, off), val, be);
	REG(sim, ack) = REG(sim, off);
}

/* A requested reset is over before the write returns: reads give 0. */
static void write_gdrst(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	(void)val;
	(void)be;
	REG(sim, off) = 0;
}

static void write_flush(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	sim_ggtt_flush(sim);
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
	{ .name = (reg_name), .off = (reg_off), .bytes = 16,		\
	  .gens = SIM_GEN_ALL, .read = sim_irq_read_bank,		\
	  .write = sim_irq_write_bank }

/* Sorted by offset. */
/* clang-format off */
static const struct reg_row rows[] = {
	{ .name = "FORCEWAKE_ACK_RENDER", .off = 0x0d84, .bytes = 4,
	  .gens = SIM_GEN9, .ro = ~0U },
	{ .name = "FORCEWAKE_ACK_MEDIA", .off = 0x0d88, .bytes = 4,
	  .gens = SIM_GEN9, .ro = ~0U },
	{ .name = "FUSE2", .off = 0x9120, .bytes = 4, .gens = SIM_GEN_ALL,
	  .reset_fn = reset_fuse, .ro = ~0U },
	{ .name = "EU_DISABLE", .off = 0x9134, .bytes = 12,
	  .gens = SIM_GEN_ALL, .reset_fn = reset_fuse, .ro = ~0U },
	{ .name = "GDRST", .off = 0x941c, .bytes = 4, .gens = SIM_GEN_ALL,
	  .write = write_gdrst },
	{ .name = "FORCEWAKE_MT", .off = 0xa188, .bytes = 4,
	  .gens = SIM_GEN_ALL, .write = write_forcewake },
	{ .name = "FORCEWAKE_MEDIA", .off = 0xa270, .bytes = 4,
	  .gens = SIM_GEN9, .write = write_forcewake },
	{ .name = "FORCEWAKE_RENDER", .off = 0xa278, .bytes = 4,
	  .gens = SIM_GEN9, .write = write_forcewake },
	{ .name = "FUSE_STRAP", .off = 0x42014, .bytes = 4,
	  .gens = SIM_GEN_ALL, .reset_fn = reset_fuse, .ro = ~0U },
	{ .name = "MASTER_IRQ", .off = 0x44200, .bytes = 4,
	  .gens = SIM_GEN_ALL, .read = read_master, .write = write_master },
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
	{ .name = "SFUSE_STRAP", .off = 0xc2014, .bytes = 4,
	  .gens = SIM_GEN_ALL, .reset_fn = reset_fuse, .ro = ~0U },
	IRQ_BANK("SDE_IRQ", 0xc4000),
	{ .name = "GFX_FLSH_CNTL", .off = 0x101008, .bytes = 4,
	  .gens = SIM_GEN_ALL, .write = write_flush },
	{ .name = "FORCEWAKE_ACK", .off = 0x130044, .bytes = 4,
	  .gens = SIM_GEN_ALL, .ro = ~0U },
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

int sim_mmio_init(struct xengt_sim *sim)
{
	sim->regs = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(*sim->regs));
	sim->row_of = calloc(XENGT_SIM_REGS_BYTES / 4, sizeof(*sim->row_of));
	if (!sim->regs || !sim->row_of)
		return -ENOMEM;
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!(rows[i].gens & sim->plat->gen))
			continue;
		for (uint32_t o = 0; o < rows[i].bytes; o += 4)
			sim->row_of[(rows[i].off + o) / 4] = (uint16_t)(i + 1);
	}
	return 0;
}

void sim_mmio_fini(struct xengt_sim *sim)
{
	free(sim->regs);
	free(sim->row_of);
}

void sim_mmio_reset(struct xengt_sim *sim)
{
	memset(sim->regs, 0, XENGT_SIM_REGS_BYTES);
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct reg_row *row = &rows[i];

		if (!(row->gens & sim->plat->gen))
			continue;
		for (uint32_t o = row->off; o < row->off + row->bytes; o += 4)
			REG(sim, o) = row->reset_fn ?
				row->reset_fn(sim->plat, o) : row->reset;
	}
}

static const struct reg_row *row_at(const struct xengt_sim *sim, uint32_t off)
{
	uint16_t i = sim->row_of[off / 4];

	return i ? &rows[i - 1] : NULL;
}

static uint32_t read_dword(const struct xengt_sim *sim, uint32_t off)
{
	const struct reg_row *row = row_at(sim, off);

	if (row && row->read)
		return row->read(sim, off);
	return REG(sim, off);
}

static void write_dword(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	const struct reg_row *row = row_at(sim, off);

	if (row && row->write) {
		row->write(sim, off, val, be);
		return;
	}
	if (row)
		be &= ~row->ro;
	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
}

/* The access lies inside one aligned group of 8 bytes. */
uint64_t sim_mmio_read(struct xengt_sim *sim, uint32_t off, unsigned int size)
{
	uint32_t base = off & ~7U;
	unsigned int lo = off - base, hi = lo + size;
	uint64_t val = 0;

	sim->stats.mmio_reads++;
	if (lo < 4)
		val = read_dword(sim, base);
	if (hi > 4)
		val |= (uint64_t)read_dword(sim, base + 4) << 32;
	return (val >> (8 * lo)) & sim_size_mask(size);
}

void sim_mmio_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		    uint64_t val)
{
	uint32_t base = off & ~7U;
	unsigned int lo = off - base, hi = lo + size;
	uint64_t be = sim_size_mask(size) << (8 * lo);

	sim->stats.mmio_writes++;
	val <<= 8 * lo;
	if (lo < 4)
		write_dword(sim, base, (uint32_t)val, (uint32_t)be);
	if (hi > 4)
		write_dword(sim, base + 4, (uint32_t)(val >> 32),
			    (uint32_t)(be >> 32));
}

uint32_t xengt_sim_peek_reg(const struct xengt_sim *sim, uint32_t off)
{
	if (off >= XENGT_SIM_REGS_BYTES)
		return 0;
	return read_dword(sim, off);
}
