// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out accesses by the CPU.
 *
 * BAR0 is 16 MiB: registers below 2 MiB, nothing up to 8 MiB, then the GGTT's
 * entries. BAR2 is the 256 MiB aperture. Hardware has 64-bit BARs; here they
 * have 32 bits, because QEMU's PCI proxy accepts no others.
 *
 * Every access of a register advances virtual time by ACCESS_NS.
 */
#include "sim/display.h"
#include "sim/engine.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#define ACCESS_NS	100U

static uint32_t read_dword(struct xengt_sim *sim, uint32_t off)
{
	sim->n_reads[off / 4]++;
	return sim_mmio_load(sim, off);
}

static void write_dword(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be)
{
	sim->n_writes[off / 4]++;
	if (sim_mmio_store(sim, off, val, be))
		(void)sim_engine_run(sim);
}

/*
 * Call this before an access: advances the time, and handles the vertical
 * blanks that are due.
 */
static void tick(struct xengt_sim *sim, uint32_t off)
{
	sim->now += ACCESS_NS;
	sim_clock_access(sim, off);
	sim_display_run(sim);
}

/* The access must lie inside one aligned group of 8 bytes. */
static uint64_t regs_read(struct xengt_sim *sim, uint32_t off,
			  unsigned int size)
{
	uint32_t base = off & ~7U;
	unsigned int lo = off - base, hi = lo + size;
	uint64_t val = 0;

	sim->stats.mmio_reads++;
	tick(sim, off);
	if (lo < 4)
		val = read_dword(sim, base);
	if (hi > 4)
		val |= (uint64_t)read_dword(sim, base + 4) << 32;
	return (val >> (8 * lo)) & sim_size_mask(size);
}

static void regs_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		       uint64_t val)
{
	uint32_t base = off & ~7U;
	unsigned int lo = off - base, hi = lo + size;
	uint64_t be = sim_size_mask(size) << (8 * lo);

	sim->stats.mmio_writes++;
	tick(sim, off);
	val <<= 8 * lo;
	if (lo < 4)
		write_dword(sim, base, (uint32_t)val, (uint32_t)be);
	if (hi > 4)
		write_dword(sim, base + 4, (uint32_t)(val >> 32),
			    (uint32_t)(be >> 32));
}

/*
 * The aperture is a window on the first 256 MiB of the GGTT. An access that
 * crosses a page is split as the bus would split it. If a fence covers the
 * access, the access is also split between two bytes that are neighbours in the
 * aperture but not in the tiled surface.
 */
static uint64_t aperture_access(struct xengt_sim *sim, uint64_t off,
				unsigned int size, bool write, uint64_t val)
{
	uint8_t *p = (uint8_t *)&val;

	while (size) {
		unsigned int room = XENGT_SIM_PAGE_BYTES -
			(unsigned int)(off % XENGT_SIM_PAGE_BYTES);
		unsigned int n = size < room ? size : room;
		uint64_t ggtt = off;

		if (sim->fences_valid) {
			uint32_t run;

			ggtt = sim_fence_detile(sim, off, &run);
			n = n < run ? n : run;
		}
		/* a fault is counted, and the CPU reads 0 */
		(void)sim_ggtt_touch(sim, ggtt, p, n, write, SIM_BY_APERTURE);
		off += n;
		p += n;
		size -= n;
	}
	return val;
}

static bool is_bad_access(struct xengt_sim *sim, unsigned int bar, uint64_t off,
			  unsigned int size)
{
	uint64_t len;

	switch (bar) {
	case 0:
		len = XENGT_SIM_BAR0_BYTES;
		break;
	case 2:
		len = XENGT_SIM_BAR2_BYTES;
		break;
	default:
		len = 0;
		break;
	}
	if (size >= 1 && size <= 8 && off < len && size <= len - off)
		return false;
	sim->stats.bad_accesses++;
	return true;
}

/*
 * Carries out an access of BAR0, or a part of an access, that lies inside one
 * of BAR0's three areas.
 */
static uint64_t bar0_read(struct xengt_sim *sim, uint32_t off,
			  unsigned int size)
{
	if (off < XENGT_SIM_REGS_BYTES)
		return regs_read(sim, off, size);
	if (off >= XENGT_SIM_GGTT_OFF)
		return sim_ggtt_read(sim, off - XENGT_SIM_GGTT_OFF, size);
	return 0;
}

static void bar0_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		       uint64_t val)
{
	if (off < XENGT_SIM_REGS_BYTES)
		regs_write(sim, off, size, val);
	else if (off >= XENGT_SIM_GGTT_OFF)
		sim_ggtt_write(sim, off - XENGT_SIM_GGTT_OFF, size, val);
}

/*
 * Returns the number of bytes of an access up to the next multiple of 8 bytes.
 * Each area of BAR0 begins at a multiple of 8 bytes.
 */
static unsigned int first_part(uint64_t off, unsigned int size)
{
	unsigned int room = 8 - (unsigned int)(off % 8);

	return size < room ? size : room;
}

uint64_t sim_bar_read(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		      unsigned int size)
{
	uint64_t val = 0;
	unsigned int n;

	if (is_bad_access(sim, bar, off, size))
		return ~0ULL & sim_size_mask(size);
	if (bar == 2) {
		sim->stats.aperture_reads++;
		return aperture_access(sim, off, size, false, 0);
	}
	n = first_part(off, size);
	val = bar0_read(sim, (uint32_t)off, n);
	if (n < size)
		val |= bar0_read(sim, (uint32_t)off + n, size - n) << (8 * n);
	return val;
}

void sim_bar_write(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		   unsigned int size, uint64_t val)
{
	unsigned int n;

	if (is_bad_access(sim, bar, off, size))
		return;
	if (bar == 2) {
		sim->stats.aperture_writes++;
		(void)aperture_access(sim, off, size, true, val);
		return;
	}
	n = first_part(off, size);
	bar0_write(sim, (uint32_t)off, n, val & sim_size_mask(n));
	if (n < size)
		bar0_write(sim, (uint32_t)off + n, size - n,
			   (val >> (8 * n)) & sim_size_mask(size - n));
}
