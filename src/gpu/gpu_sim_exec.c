// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submission on the simulated GPU: the same boundary code as the module's, over
 * frames of the fake machine and registers of the simulator. Nothing happens by
 * itself: each look for an event lets the engines work for a while, then takes
 * their interrupts, as the module's handler would.
 */
#include "gpu/gpu_sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "boundary/engine.h"
#include "boundary/bnd_sched.h"
#include "hw/platform.h"

/* Bounds of one look for an event. */
#define PUMP_TURNS	64u
#define PUMP_NS		1000000u	/* that pass where nothing happens */

/* ---- memory that the CPU sees in one piece ---- */

static void unmap_pages(struct xengt_gpu_sim_host *host, void *mem,
			uint32_t pages, const xengt_bus_t *bus, uint32_t have)
{
	for (uint32_t i = 0; i < have; i++)
		xengt_fake_frame_put(host->machine, mfn_of(bus[i]));
	munmap(mem, (size_t)pages * XENGT_PAGE_SIZE);
}

static void *op_alloc(void *ctx, uint32_t pages, xengt_bus_t *ret_bus)
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
		ret_bus[i] = bus_of(mfn);
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

static void op_free(void *ctx, void *mem, uint32_t pages,
		    const xengt_bus_t *bus)
{
	unmap_pages(ctx, mem, pages, bus, pages);
}

static void op_pte_write(void *ctx, uint32_t index, uint64_t pte)
{
	xengt_gpu_sim_store_pte(ctx, index, pte);
}

static void op_flush(void *ctx)
{
	xengt_gpu_sim_flush(ctx);
}

static const struct xengt_area_ops area_ops = {
	.alloc = op_alloc,
	.free = op_free,
	.pte_write = op_pte_write,
	.flush = op_flush,
};

/* ---- the hardware ---- */

static uint32_t op_reg_read(void *ctx, uint32_t off)
{
	struct xengt_gpu_sim_host *host = ctx;

	return (uint32_t)xengt_sim_bar_read(host->sim, 0, off, 4);
}

static void op_reg_write(void *ctx, uint32_t off, uint32_t val)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_bar_write(host->sim, 0, off, 4, val);
}

static void op_sync(void *ctx)
{
	(void)ctx;
}

static void op_wait_us(void *ctx, uint32_t us)
{
	struct xengt_gpu_sim_host *host = ctx;

	xengt_sim_run(host->sim);
	xengt_sim_advance(host->sim, us * UINT64_C(1000));
}

static uint64_t op_now_ns(void *ctx)
{
	struct xengt_gpu_sim_host *host = ctx;

	return xengt_sim_time(host->sim);
}

static void op_set_busy(void *ctx, bool is_busy)
{
	(void)ctx;
	(void)is_busy;
}

static const struct xengt_engine_ops engine_ops = {
	.reg_read = op_reg_read,
	.reg_write = op_reg_write,
	.sync = op_sync,
	.wait_us = op_wait_us,
	.now_ns = op_now_ns,
	.set_busy = op_set_busy,
};

int xengt_gpu_sim_exec_host_init(struct xengt_gpu_sim_host *host)
{
	int r = xengt_space_init(&host->space, &area_ops, host,
				 XENGT_SIM_GGTT_ENTRIES - XENGT_SPACE_PAGES,
				 bus_of(host->scratch_mfn));

	if (r)
		return r;
	r = xengt_sched_init(&host->sched, &engine_ops, host, &host->space,
			     host->platform, 0);
	if (r)
		return r;
	xengt_engine_irqs_enable(&host->sched);
	return 0;
}

void xengt_gpu_sim_exec_host_fini(struct xengt_gpu_sim_host *host)
{
	xengt_sched_fini(&host->sched);
}

void xengt_gpu_sim_host_hang_bound(struct xengt_gpu_sim_host *host, uint32_t ms)
{
	host->sched.hang_ns = (ms ? ms : XENGT_HANG_MS) * UINT64_C(1000000);
}

void xengt_gpu_sim_exec_pump(struct xengt_gpu_sim_host *host)
{
	for (uint32_t i = 0; i < PUMP_TURNS; i++) {
		uint32_t bits[XENGT_ENGINES] = { 0 };
		bool more = xengt_sim_run(host->sim);

		if (!xengt_engine_irqs_take(&host->sched, bits) && !more)
			break;
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			if (bits[e])
				xengt_sched_irq(&host->sched,
						(enum xengt_engine_id)e,
						bits[e]);
	}
	if (xengt_sched_tick(&host->sched))
		xengt_sim_advance(host->sim, PUMP_NS);
}

/* ---- a vGPU's surroundings ---- */

static void *op_frame_at(void *ctx, uint32_t frame)
{
	struct gpu_sim *gpu = ctx;

	return xengt_fake_frame_at(gpu->host->machine, gpu->holds[frame].mfn);
}

static void op_event(void *ctx)
{
	(void)ctx;
}

const struct xengt_exec_ops xengt_gpu_sim_exec_ops = {
	.frame_at = op_frame_at,
	.event = op_event,
};
