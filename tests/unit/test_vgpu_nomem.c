/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes every allocation of the constructor fail once. Nothing may stay allocated, which
 * the sanitizers' leak check verifies.
 */
#include "failing_alloc.h"
#undef calloc
#undef malloc
#include "rig.h"

static int fail_at;	/* number of the allocation that fails, counted from now
			 * on; 0: none fails */
static int allocations;

static bool is_failing(void)
{
	allocations++;
	return fail_at && allocations == fail_at;
}

void *failing_calloc(size_t n, size_t size)
{
	return is_failing() ? NULL : calloc(n, size);
}

void *failing_malloc(size_t size)
{
	return is_failing() ? NULL : malloc(size);
}

/*
 * Makes one allocation after another fail until the constructor succeeds. Returns the
 * number of allocations that failed.
 */
static int fail_each(struct rig *rig)
{
	int n = 0, r;

	do {
		fail_at = ++n;
		allocations = 0;
		r = xengt_vgpu_create(&rig->cfg, &rig->vgpu);
		if (r) {
			assert_int_equal(r, -ENOMEM);
			assert_null(rig->vgpu);
			assert_null(rig->hv->counters);
			assert_int_equal(xengt_hv_fake_ranges(rig->fake,
							      XENGT_RANGE_PCI),
					 0);
		}
	} while (r);
	fail_at = 0;
	xengt_vgpu_destroy(rig->vgpu);
	rig->vgpu = NULL;
	return n - 1;
}

static void each_allocation_fails_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_BDW);
	/* the first vGPU also makes the register index, which all vGPUs share */
	assert_in_range(fail_each(&rig), 4, 16);
	/*
	 * a later vGPU has five allocations: the vGPU, registers, notes about unknown
	 * registers, two slices
	 */
	assert_int_equal(fail_each(&rig), 5);
	rig_destroy(&rig);
}

static void the_check_can_run_out_of_memory(void **state)
{
	int n = 0, r;

	(void)state;
	do {
		fail_at = ++n;
		allocations = 0;
		r = xengt_regs_check(xengt_reg_blocks, NULL, 0);
		assert_true(!r || r == -ENOMEM);
	} while (r);
	fail_at = 0;
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(the_check_can_run_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
