/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the simulated hardware side (src/gpu/gpu_sim.c) does where the conformance
 * suite cannot look: at the hardware's registers, and at an error that no guest
 * can cause.
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

/* A fence that stays on would tile the memory of whoever has it next. */
static void no_fence_is_left(void **state)
{
	const uint32_t n = info.fence_base + 1;
	/* all of the slice, rows of 512 bytes */
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
 * Entries are tried again only when every frame that moved was dropped, from page
 * tables, too: that these could not be gone through ends the revalidation.
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
	/* it is RAM now, and could be resolved */
	assert_int_equal(gpu->ops->own_frames(gpu, gfn(0), 0), 0);
	sim->v.ppgtt.is_zapped = true;
	assert_int_equal(gpu->ops->revalidate(gpu), -ESTALE);
	assert_int_equal(sim->v.gtt.unresolved, 1);
	sim->v.ppgtt.is_zapped = false;
	assert_int_equal(gpu->ops->revalidate(gpu), 0);
	assert_int_equal(sim->v.gtt.unresolved, 0);
}

#define sim_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sim_test(no_fence_is_left),
		sim_test(revalidation_stops_at_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
