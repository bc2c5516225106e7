// SPDX-License-Identifier: GPL-2.0-only
/* Compares the table of platforms with the simulator's own table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hw/platform.h"
#include "sim/sim.h"

/* Returns the ith platform. Platforms have numbers from 1 on, without gaps. */
static const struct xengt_platform *platform_at(uint32_t i)
{
	return xengt_platform_get((enum xengt_platform_id)(i + 1));
}

static void each_is_complete(void **state)
{
	const struct xengt_platform *p;
	uint32_t n;

	(void)state;
	for (n = 0; (p = platform_at(n)); n++) {
		assert_int_equal(p->id, n + 1);
		assert_true(p->gen == XENGT_GEN8 || p->gen == XENGT_GEN9);
		assert_true(xengt_gen_index(p) < XENGT_GEN_COUNT);
		assert_int_equal(1u << xengt_gen_index(p), p->gen);
		assert_true(p->n_pci_ids > 0);
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			assert_true(p->image_pages[e] >= 2);
		assert_true(p->forcewake[0].request);
		assert_int_equal(!p->mocs, !p->n_mocs);
		assert_ptr_equal(xengt_platform_find(p->name), p);
		assert_string_equal(xengt_platform_name(p->id), p->name);
	}
	assert_true(n > 0);
}

static void each_id_is_of_one(void **state)
{
	const struct xengt_platform *p;
	const struct xengt_pci_id *id;

	(void)state;
	for (uint32_t n = 0; (p = platform_at(n)); n++) {
		for (uint32_t i = 0; i < p->n_pci_ids; i++) {
			uint16_t device = p->pci_ids[i].device;

			assert_ptr_equal(xengt_platform_of_pci(device, &id), p);
			assert_ptr_equal(id, &p->pci_ids[i]);
			assert_ptr_equal(xengt_platform_of_pci(device, NULL),
					 p);
		}
	}
}

static void what_is_none(void **state)
{
	(void)state;
	assert_null(xengt_platform_get(XENGT_PLATFORM_NONE));
	assert_null(xengt_platform_find("none"));
	assert_null(xengt_platform_find(""));
	assert_null(xengt_platform_of_pci(0xffff, NULL));
	assert_string_equal(xengt_platform_name(XENGT_PLATFORM_NONE), "none");
}

static void the_simulator_agrees(void **state)
{
	const struct xengt_platform *p;
	uint32_t n;

	(void)state;
	for (n = 0; (p = platform_at(n)); n++) {
		struct xengt_sim_config config = {
			.platform = xengt_sim_platform_find(p->name),
		};
		struct xengt_sim *sim;

		assert_non_null(config.platform);
		sim = xengt_sim_create(&config);
		assert_non_null(sim);
		assert_int_equal(xengt_sim_cfg_read(sim, 2, 2),
				 p->pci_ids[0].device);
		assert_int_equal(xengt_sim_cfg_read(sim, 8, 1),
				 p->pci_revision);
		xengt_sim_destroy(sim);
	}
	/* the simulator has no other platform */
	assert_non_null(xengt_sim_platform_at(n - 1));
	assert_null(xengt_sim_platform_at(n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_complete),
		cmocka_unit_test(each_id_is_of_one),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(the_simulator_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
