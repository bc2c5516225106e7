/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests 16 guests that work at the same time, the largest number that a GPU
 * with an aperture of 256 MiB and 32 fence registers allows. Each guest has 8
 * MiB of CPU-visible memory and 2 fence registers.
 */
#include "guest_rig.h"

#include <errno.h>
#include <stdio.h>

#define GUESTS	16u
#define ROUNDS	3u

static const struct guest_share share = { 8, 64, 2 };

struct many {
	struct guest guests[GUESTS];
	struct xengt_info before;
};

static struct xengt_info info_of(const struct guest *g)
{
	struct xengt_info info;

	xengt_gpu_sim_host_info(g->host, &info);
	return info;
}

static int setup(void **state, enum xengt_platform_id platform)
{
	struct many *m = calloc(1, sizeof(*m));
	struct guest *first = &m->guests[0];

	assert_non_null(m);
	assert_int_equal(xengt_fake_machine_create(RAM * (GUESTS + 2),
						   &first->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(first->machine, platform,
						   &first->host), 0);
	m->before = info_of(first);
	for (uint32_t i = 0; i < GUESTS; i++) {
		m->guests[i].machine = first->machine;
		m->guests[i].host = first->host;
		guest_begin(&m->guests[i], platform, 7 + i, share);
	}
	*state = m;
	return 0;
}

static int setup_skl(void **state)
{
	return setup(state, XENGT_PLATFORM_SKL);
}

static int setup_bdw(void **state)
{
	return setup(state, XENGT_PLATFORM_BDW);
}

/*
 * Ends the guests in another order than they were created. At the end the free
 * graphics memory must be one range again.
 */
static int teardown(void **state)
{
	struct many *m = *state;
	struct guest *first = &m->guests[0];
	struct xengt_info after;

	assert_int_equal(xengt_gpu_sim_host_wrong_entries(first->host), 0);
	for (uint32_t i = 0; i < GUESTS; i++)
		guest_end(&m->guests[i * 5 % GUESTS]);
	after = info_of(first);
	assert_memory_equal(&after, &m->before, sizeof(after));
	xengt_gpu_sim_host_destroy(first->host);
	xengt_fake_machine_destroy(first->machine);
	free(m);
	return 0;
}

/*
 * All guests submit work before any of them reads results. Each guest must find
 * its own results.
 */
static void all_work(void **state)
{
	struct many *m = *state;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		for (uint32_t i = 0; i < GUESTS; i++) {
			emit_store(&m->guests[i], 0, round, 100 * i + round);
			elsp(&m->guests[i], desc_of(&m->guests[i], 0), 0);
		}
		for (uint32_t i = 0; i < GUESTS; i++)
			assert_true(wait_slot(&m->guests[i],
					      (2 * round + 1) % 6));
	}
	for (uint32_t i = 0; i < GUESTS; i++)
		for (uint32_t round = 0; round < ROUNDS; round++)
			assert_int_equal(get(&m->guests[i], DATA, round),
					 100 * i + round);
}

/*
 * A 17th guest gets no fence registers, so its creation fails with a message
 * about fence registers.
 */
static void and_no_more(void **state)
{
	struct many *m = *state;
	const struct xengt_hv_fake_config cfg = {
		.machine = m->guests[0].machine, .domid = 99,
		.ram_frames = 256, .vcpus = 1, .slice_frames = 8 * 256,
	};
	struct xengt_info info = info_of(&m->guests[0]);
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;

	assert_int_equal(info.vgpu_count, GUESTS);
	assert_int_equal(info.fences_free, 0);
	assert_int_equal(info.fences_largest, 0);
	assert_true(info.low_largest_mib >= 8);
	assert_int_equal(xengt_hv_fake_create(&cfg, &fake), 0);
	assert_int_equal(xengt_gpu_sim_create(m->guests[0].host, fake, 8, 64, 2,
					      &gpu), -ENOSPC);
	xengt_hv_fake_hv(fake)->ops->destroy(xengt_hv_fake_hv(fake));
}

/* A picture for a guest's monitor fits into the guest's 8 MiB. */
static void the_monitor_fits(void **state)
{
	struct many *m = *state;

	for (uint32_t i = 0; i < GUESTS; i++) {
		const uint8_t *edid = m->guests[i].vgpu->display.monitor.edid;

		assert_int_equal(edid[56] | (edid[58] & 0xf0) << 4, 1280);
		assert_int_equal(edid[59] | (edid[61] & 0xf0) << 4, 1024);
	}
}

#define skl(f) cmocka_unit_test_setup_teardown(f, setup_skl, teardown)
#define bdw(f) { .name = #f " (bdw)", .test_func = f, .setup_func = setup_bdw, \
		 .teardown_func = teardown }

int main(void)
{
	const struct CMUnitTest tests[] = {
		skl(all_work),
		bdw(all_work),
		skl(and_no_more),
		skl(the_monitor_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
