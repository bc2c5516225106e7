// SPDX-License-Identifier: GPL-2.0-only
/*
 * Implements struct xengt_hw for the boundary on the simulated hardware and the
 * memory of the fake machine. ctx is the host.
 */
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/engine.h"
#include "boundary/ppgtt.h"
#include "gpu/gpu_sim.h"
#include "gpu/gpu_sim_priv.h"
#include "hv/fake_machine.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "sim/sim.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- bus addresses ---- */

/*
 * Larger than the number of frames of each fake machine, so no bus address is the address of
 * a frame. The judge's table of owners, whose index is the page of a bus address, ends at
 * 2 * XENGT_FAKE_FIRST_FRAME.
 */
#define BUS_PAGES	(XENGT_FAKE_FIRST_FRAME / 2)

uint64_t xengt_gpu_sim_bus_page(uint64_t mfn)
{
	return mfn + BUS_PAGES;
}

uint64_t xengt_gpu_sim_mfn(uint64_t bus)
{
	return ((bus & XENGT_SIM_PTE_ADDR) >> XENGT_PAGE_SHIFT) - BUS_PAGES;
}

/* ---- struct xengt_hw_ops ---- */

static void pte_write(void *ctx, uint32_t index, uint64_t pte)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_bar_write(host->sim, 0,
			    XENGT_SIM_GGTT_OFF + (uint64_t)index * 8, 8, pte);
}

static int ggtt_flush(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_bar_write(host->sim, 0, XENGT_GFX_FLSH_CNTL, 4, 1);
	return 0;
}

/* An invalidation of the simulator ends at once or never. */
static int ppgtt_flush(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;
	uint64_t busy = 0;

	ggtt_flush(ctx);
	for (uint32_t i = 0; i < XENGT_TLBS; i++)
		xengt_sim_bar_write(host->sim, 0, XENGT_TLB_INVALIDATE(i), 4, 1);
	for (uint32_t i = 0; i < XENGT_TLBS; i++)
		busy |= xengt_sim_bar_read(host->sim, 0, XENGT_TLB_INVALIDATE(i), 4);
	return busy & 1 ? -EIO : 0;
}

static void fence_write(void *ctx, uint32_t n, uint64_t value)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_bar_write(host->sim, 0, XENGT_FENCE(n), 4, 0);
	xengt_sim_bar_write(host->sim, 0, XENGT_FENCE(n) + 4, 4, value >> 32);
	xengt_sim_bar_write(host->sim, 0, XENGT_FENCE(n), 4, (uint32_t)value);
}

static int aperture(void *ctx, uint64_t addr, uint32_t size, bool is_store,
		    uint64_t *value)
{
	struct xengt_gpu_sim_host *host = ctx;

	if (is_store)
		xengt_sim_bar_write(host->sim, 2, addr, size, *value);
	else
		*value = xengt_sim_bar_read(host->sim, 2, addr, size);
	return 0;
}

/*
 * Aborts if the boundary uses a register that may be without power before the
 * boundary has woken the GPU by power().
 */
static void check_power(const struct xengt_gpu_sim_host *host, uint32_t off)
{
	if (off < XENGT_SLEEPING_BYTES && !host->wakes) {
		fprintf(stderr, "gpu_sim: the boundary uses register 0x%x while the GPU is not awake\n",
			off);
		abort();
	}
}

static uint32_t reg_read(void *ctx, uint32_t off)
{
	struct xengt_gpu_sim_host *host = ctx;

	check_power(host, off);
	return (uint32_t)xengt_sim_bar_read(host->sim, 0, off, 4);
}

static void reg_write(void *ctx, uint32_t off, uint32_t val)
{
	struct xengt_gpu_sim_host *host = ctx;

	check_power(host, off);
	xengt_sim_bar_write(host->sim, 0, off, 4, val);
}

static void sync(void *ctx)
{
	(void)ctx;
}

static void wait_us(void *ctx, uint32_t us)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_run(host->sim);
	xengt_sim_advance(host->sim, us * UINT64_C(1000));
}

static uint64_t now_ns(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;

	return xengt_sim_time(host->sim);
}

static void power(void *ctx, bool is_on)
{
	struct xengt_gpu_sim_host *host = ctx;

	if (!is_on && !host->wakes)
		abort();
	host->wakes += is_on ? 1 : -1;
}

static void call_at(void *ctx, uint64_t ns)
{
	struct xengt_gpu_sim_host *host = ctx;

	host->call_at = ns;
}

static bool is_master(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;

	return xengt_sim_cfg_read(host->sim, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

/* For ops that need no work here: there is one thread, so locks do nothing. */
static void nothing(void *ctx)
{
	(void)ctx;
}

static const struct xengt_hw_ops hw_ops = {
	.pte_write = pte_write,
	.ggtt_flush = ggtt_flush,
	.ppgtt_flush = ppgtt_flush,
	.fence_write = fence_write,
	.aperture = aperture,
	.reg_read = reg_read,
	.reg_write = reg_write,
	.sync = sync,
	.wait_us = wait_us,
	.now_ns = now_ns,
	.power = power,
	.call_at = call_at,
	.is_master = is_master,
	.cut_off = nothing,
	.lost = nothing,
	.engines_lock = nothing,
	.engines_unlock = nothing,
};

/* ---- struct xengt_mem_ops ---- */

static void *note_alloc(void *ctx, uint64_t bytes)
{
	(void)ctx;
	return calloc(1, bytes);
}

static void note_free(void *ctx, void *mem)
{
	(void)ctx;
	free(mem);
}

static void unmap_pages(struct xengt_gpu_sim_host *host, void *mem,
			uint32_t pages, const xengt_bus_t *bus, uint32_t have)
{
	for (uint32_t i = 0; i < have; i++)
		xengt_fake_frame_put(host->machine, xengt_mfn_x(mfn_of(bus[i])));
	munmap(mem, (size_t)pages * XENGT_PAGE_SIZE);
}

static void *pages_alloc(void *ctx, uint32_t pages,
			 xengt_bus_t *ret_bus)
{
	struct xengt_gpu_sim_host *host = ctx;
	int fd = xengt_fake_machine_fd(host->machine);
	uint8_t *mem = mmap(NULL, (size_t)pages * XENGT_PAGE_SIZE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t mfn;
	uint32_t i;

	if (mem == MAP_FAILED)
		return NULL;
	for (i = 0; i < pages; i++) {
		if (xengt_fake_frame_alloc(host->machine, GPU_SIM_HOST_DOMID,
					   &mfn))
			goto fail;
		ret_bus[i] = bus_of(xengt_mfn(mfn));
		if (mmap(mem + (size_t)i * XENGT_PAGE_SIZE, XENGT_PAGE_SIZE,
			 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			 (off_t)(mfn - XENGT_FAKE_FIRST_FRAME) *
				 XENGT_PAGE_SIZE) == MAP_FAILED) {
			i++;
			goto fail;
		}
	}
	return mem;

fail:
	unmap_pages(host, mem, pages, ret_bus, i);
	return NULL;
}

static void pages_free(void *ctx, void *mem, uint32_t pages,
		       const xengt_bus_t *bus)
{
	unmap_pages(ctx, mem, pages, bus, pages);
}

/* A page table in the host's list. */
struct table {
	struct xengt_ppgtt_table table;
	struct table *next, **link;
};

static struct xengt_ppgtt_table *table_alloc(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;
	struct table *t = calloc(1, sizeof(*t));
	uint64_t mfn;

	if (!t)
		return NULL;
	t->table.words = calloc(1, XENGT_PPGTT_WORDS_BYTES);
	if (!t->table.words ||
	    xengt_fake_frame_alloc(host->machine, GPU_SIM_HOST_DOMID, &mfn)) {
		free(t->table.words);
		free(t);
		return NULL;
	}
	t->table.bus = bus_of(xengt_mfn(mfn));
	t->table.page =
		(uint64_t *)(void *)xengt_fake_frame_at(host->machine, mfn);
	t->next = host->tables;
	t->link = &host->tables;
	if (t->next)
		t->next->link = &t->next;
	host->tables = t;
	return &t->table;
}

static void table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	struct xengt_gpu_sim_host *host = ctx;
	struct table *t = (struct table *)table;

	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	xengt_fake_frame_put(host->machine, xengt_mfn_x(mfn_of(table->bus)));
	free(table->words);
	free(t);
}

static const struct xengt_mem_ops mem_ops = {
	.alloc = note_alloc,
	.free = note_free,
	.pages_alloc = pages_alloc,
	.pages_free = pages_free,
	.table_alloc = table_alloc,
	.table_free = table_free,
};

void xengt_gpu_sim_hw_fini(struct xengt_gpu_sim_host *host)
{
	while (host->health.is_lost && host->tables)
		table_free(host, &host->tables->table);
}

void xengt_gpu_sim_hw_init(struct xengt_gpu_sim_host *host)
{
	host->hw = (struct xengt_hw){
		.ops = &hw_ops,
		.mem_ops = &mem_ops,
		.engine_ops = &xengt_engine_execlists,
		.ctx = host,
		.platform = host->platform,
		.health = &host->health,
		.scratch = bus_of(host->scratch_mfn),
	};
}
