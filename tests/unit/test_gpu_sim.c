/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of src/gpu/gpu_sim.c that the conformance suite cannot do, because it
 * uses only gpu.h. These tests also need the hardware's registers, and an error
 * that no guest can cause.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/gpu_sim.h"
#include "gpu/gpu_sim_priv.h"

#define RAM		64u
#define FENCE_LSB(n)	(0x100000u + 8 * (n))

static struct xengt_fake_machine *machine;
static struct xengt_gpu_sim_host *host;
static struct xengt_hv_fake *domain;
static struct xengt_gpu *gpu;
static struct xengt_vgpu_info info;

static int setup(void **state)
{
	struct xengt_hv_fake_config cfg = {
		.domid = 9, .ram_frames = RAM, .vcpus = 1,
	};

	(void)state;
	assert_int_equal(xengt_fake_machine_create(4096, &machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(machine, XENGT_PLATFORM_SKL,
						   &host), 0);
	cfg.machine = machine;
	assert_int_equal(xengt_hv_fake_create(&cfg, &domain), 0);
	assert_int_equal(xengt_gpu_sim_create(host, domain, 16, 32, 2, &gpu),
			 0);
	assert_int_equal(gpu->ops->info(gpu, &info), 0);
	return 0;
}

static int teardown(void **state)
{
	struct xengt_hv *hv = xengt_hv_fake_hv(domain);

	(void)state;
	if (gpu)
		gpu->ops->destroy(gpu);
	gpu = NULL;
	hv->ops->destroy(hv);
	xengt_gpu_sim_host_destroy(host);
	xengt_fake_machine_destroy(machine);
	return 0;
}

static uint64_t hardware_fence(uint32_t n)
{
	return xengt_sim_bar_read(xengt_gpu_sim_host_sim(host), 0,
				  FENCE_LSB(n), 4);
}

/*
 * When a vGPU ends, its fences are switched off. A fence that stayed on would
 * change the CPU's view of the next owner's memory.
 */
static void no_fence_is_left(void **state)
{
	const uint32_t n = info.fence_base + 1;
	/* the whole slice in rows of 512 bytes */
	const uint64_t value =
		(info.low_base + info.low_bytes - XENGT_PAGE_SIZE) << 32 |
		(uint64_t)3 << 32 | info.low_base | XENGT_FENCE_VALID;

	(void)state;
	assert_int_equal(gpu->ops->fence_write(gpu, 1, value), 0);
	assert_int_not_equal(hardware_fence(n), 0);
	gpu->ops->destroy(gpu);
	gpu = NULL;
	assert_int_equal(hardware_fence(n), 0);
}

/*
 * Revalidation first drops every frame that has moved, from the GGTT and from
 * page tables, and only then maps frames again. So an error during the search of
 * page tables must end the revalidation.
 */
static void revalidation_stops_at_an_error(void **state)
{
	const uint32_t page = (uint32_t)(info.low_base >> XENGT_PAGE_SHIFT);
	const uint64_t entry = (uint64_t)(RAM - 1) << XENGT_PAGE_SHIFT | 1;
	struct gpu_sim *sim = (struct gpu_sim *)gpu;
	uint32_t scratched = 0;
	gfn_t last = gfn(RAM - 1);

	(void)state;
	assert_int_equal(gpu->ops->own_frames(gpu, last, 1), 0);
	assert_int_equal(gpu->ops->ggtt_write(gpu, page, &entry, 1, &scratched),
			 0);
	assert_int_equal(scratched, 1);
	/*
	 * the frame is RAM now, so a revalidation without an error would map the
	 * frame
	 */
	assert_int_equal(gpu->ops->own_frames(gpu, gfn(0), 0), 0);
	sim->v.ppgtt.is_zapped = true;
	assert_int_equal(gpu->ops->revalidate(gpu), -ESTALE);
	assert_int_equal(sim->v.gtt.unresolved, 1);
	sim->v.ppgtt.is_zapped = false;
	assert_int_equal(gpu->ops->revalidate(gpu), 0);
	assert_int_equal(sim->v.gtt.unresolved, 0);
}

/* ---- a GPU that ends no flush or no reset ---- */

static void stick(unsigned int tlb, unsigned int reset, bool full_reset)
{
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	struct xengt_sim_exec_opts opts;

	xengt_sim_get_exec(sim, &opts);
	opts.stick_tlb = tlb;
	opts.stick_reset = reset;
	opts.stick_full_reset = full_reset;
	xengt_sim_set_exec(sim, &opts);
}

/* Checks what the module reports about the GPU's health. */
static void told(uint32_t health)
{
	struct xengt_info gpu_info;

	xengt_gpu_sim_host_info(host, &gpu_info);
	assert_int_equal(gpu_info.health, health);
	assert_int_equal(gpu_info.flushes_failed, health ? 1 : 0);
	assert_int_equal(gpu_info.full_resets, health ? 1 : 0);
	assert_int_equal(gpu_info.resets_failed, 0);
}

static int put_entry(uint32_t table, uint32_t frame)
{
	const uint64_t entry = (uint64_t)frame << XENGT_PAGE_SHIFT | 3;

	return gpu->ops->ppgtt_write(gpu, table, 0, &entry, 1, NULL);
}

/*
 * Make a table whose entry 0 points to frame 5 and which a context has used.
 * Afterwards no TLB invalidation and no engine reset ends.
 */
static uint32_t stuck_table(bool full_reset)
{
	uint32_t ids[5], level;

	for (level = 4; level; level--) {
		assert_int_equal(gpu->ops->ppgtt_create(gpu, level, 0,
							&ids[level]), 0);
		if (level < 4)
			assert_int_equal(put_entry(ids[level + 1], ids[level]),
					 0);
	}
	assert_int_equal(xengt_gpu_sim_ppgtt_pin(gpu, ids[4]), 0);
	assert_int_equal(put_entry(ids[1], 5), 0);
	xengt_gpu_sim_ppgtt_unpin(gpu, ids[4]);
	stick(1, 1, full_reset);
	return ids[1];
}

/* The engine may still reach the old frame, so the frame stays held. */
static void a_tlb_that_is_never_empty(void **state)
{
	uint32_t table = stuck_table(true);

	(void)state;
	told(0);
	assert_int_equal(put_entry(table, 6), -EIO);
	told(XENGT_HEALTH_STOPPED | XENGT_HEALTH_LOST);
	assert_int_equal(gpu->ops->zap(gpu), 0);
	assert_int_equal(gpu->ops->info(gpu, &info), 0);
	assert_int_equal(info.frames_released, 0);
	assert_int_equal(info.frames_held, 2);
}

static void a_full_reset_ends_it(void **state)
{
	uint32_t table = stuck_table(false);

	(void)state;
	assert_int_equal(put_entry(table, 6), 0);
	told(XENGT_HEALTH_STOPPED);
	assert_int_equal(gpu->ops->info(gpu, &info), 0);
	assert_int_equal(info.frames_released, 1);
}

#define sim_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sim_test(no_fence_is_left),
		sim_test(revalidation_stops_at_an_error),
		sim_test(a_tlb_that_is_never_empty),
		sim_test(a_full_reset_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
