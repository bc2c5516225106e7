// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the numbers by which the engines tell contexts apart (src/boundary/exec.c). If two
 * contexts had the same number, an engine could go on with the registers of the one for the
 * other, instead of loading its image (lite restore).
 */
#include "boundary_world.h"

static int init(struct xengt_exec *exec, struct world *w, uint32_t id)
{
	struct world_guest *g = &w->guests[0];

	return xengt_exec_init(exec, &w->sched, &g->guest, &g->gtt, &g->ppgtt, id);
}

/*
 * A number has 6 bits for the vGPU's id. A vGPU that was zapped keeps its id until its file
 * is closed, so an id may be too large for these bits although only a few vGPUs live.
 */
static void no_id_that_does_not_fit(void **state)
{
	struct world *w = *state;
	static const uint32_t ids[] = { 0, 64, 65, 1u << 31 | 1 };
	struct xengt_exec *more = calloc(1, sizeof(*more));

	assert_non_null(more);
	assert_int_equal(w->guests[0].exec.vgpu_id, 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(ids); i++) {
		assert_int_equal(init(more, w, ids[i]), -ENOSPC);
		assert_int_equal(w->sched.n_execs, 1);
	}
	free(more);
}

static void no_number_twice(void **state)
{
	struct world *w = *state;
	const uint32_t lane = XENGT_EXEC_SLOTS, all = XENGT_ENGINES * lane;
	struct xengt_exec *more = calloc(XENGT_EXEC_VGPUS_MAX, sizeof(*more));
	uint8_t *seen = calloc(1, 1u << 21);

	assert_non_null(more);
	assert_non_null(seen);
	xengt_exec_fini(&w->guests[0].exec);
	seen[0] = 1;
	for (uint32_t id = 1; id <= XENGT_EXEC_VGPUS_MAX; id++) {
		assert_int_equal(init(&more[id - 1], w, id), 0);
		for (uint32_t i = 0; i < all; i++) {
			uint32_t n = more[id - 1].lanes[i / lane].slots[i % lane].number;

			/* a descriptor has 21 bits for the number */
			assert_true(n < 1u << 21);
			assert_int_equal(seen[n]++, 0);
		}
	}
	for (uint32_t i = 0; i < XENGT_EXEC_VGPUS_MAX; i++)
		xengt_exec_fini(&more[i]);
	free(seen);
	free(more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(no_id_that_does_not_fit),
		WORLD_TEST(no_number_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
