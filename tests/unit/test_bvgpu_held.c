/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests a vGPU that has ended, but whose resources cannot be released. As long as
 * its domain may reach a slice of the aperture, no other vGPU gets the slice, and
 * the broker answers a new request with the reason. Built with FAULT=CLOSE_MAPPED,
 * this file must fail.
 *
 * promise: P14
 */
#include "bvgpu_rig.h"

#define AT_GFN	0xf0000u

/* Makes a vGPU whose aperture is mapped. */
static void begin_mapped(void)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_APERTURE, .on = 1,
			     .gfn = AT_GFN },
	};

	begin_to("connected");
	worker_says(&msg, -1);
	assert_int_equal(world.last_status, 0);
	assert_true(world.is_mapped && world.is_allowed);
}

static void end_to_held(const char *why)
{
	worker_ends();
	assert_string_equal(state_name(), "stopping");
	pass((RETIRE_TRIES - 1) * RETIRE_POLL_MSEC);
	assert_string_equal(state_name(), "held");
	assert_true(is_slice_taken());
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	assert_string_equal(world.error, why);
	assert_string_equal(the_vgpu()->held, why);
	assert_int_equal(world.unsaved, 0);
	assert_true(world.record.is_held);
}

static const struct {
	size_t error;			/* offset of the error in struct bvgpu_world */
	const char *why;
} failures[] = {
	{ offsetof(struct bvgpu_world, zap_error),
	  "not released: the GPU's work for it: Cannot allocate memory" },
	{ offsetof(struct bvgpu_world, unmap_error),
	  "not released: its aperture, which is mapped into the domain: Cannot allocate memory" },
	{ offsetof(struct bvgpu_world, forbid_error),
	  "not released: the permission to map its aperture: Cannot allocate memory" },
};

static int *error_of(size_t i)
{
	return (int *)((char *)&world + failures[i].error);
}

/* The broker tries to release the resources once a minute, and not more often. */
static void it_is_tried_again(void **state)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(failures); i++) {
		setup(state);
		begin_mapped();
		*error_of(i) = -ENOMEM;
		end_to_held(failures[i].why);
		world.unmaps = 0;
		pass(HELD_POLL_MSEC - 1);
		assert_int_equal(world.unmaps, 0);
		pass(10 * HELD_POLL_MSEC);
		assert_in_range(world.unmaps, 0, 10);
		assert_string_equal(state_name(), "held");
		assert_true(is_slice_taken());
		*error_of(i) = 0;
		pass(HELD_POLL_MSEC);
		goes();
		assert_non_null(strstr(world.error, "worker died"));
	}
}

static void any_change_of_a_domain_is_a_reason(void **state)
{
	(void)state;
	begin_mapped();
	world.unmap_error = -ENOMEM;
	end_to_held(failures[1].why);
	world.unmaps = 0;
	xengt_bvgpu_check_domains(&broker);
	assert_int_equal(world.unmaps, 1);
	assert_string_equal(state_name(), "held");
	wish(XENGT_STORE_CLOSED);
	assert_int_equal(world.unmaps, 2);
	world.unmap_error = 0;
	xengt_bvgpu_check_domains(&broker);
	goes();
}

static void its_domain_goes(void **state)
{
	(void)state;
	begin_mapped();
	world.unmap_error = -ENOMEM;
	end_to_held(failures[1].why);
	world.is_gone = true;
	xengt_bvgpu_check_domains(&broker);
	goes();
	assert_int_equal(world.removed, 1);
}

/* A request for another vGPU is refused at once, with the reason. */
static void a_new_request_is_refused(void **state)
{
	(void)state;
	begin_mapped();
	world.unmap_error = -ENOMEM;
	end_to_held(failures[1].why);
	world.error[0] = '\0';
	wish(XENGT_STORE_REQUESTED);
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	assert_string_equal(world.error, failures[1].why);
	assert_int_equal(world.reserved, 1);
	/*
	 * a request makes the broker try to release the resources again; now this
	 * succeeds
	 */
	world.unmap_error = 0;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(world.script, "remove");
	script_ends(NULL);
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.reserved, 2);
}

/* Restarts the broker. A worker would be found, but the broker must look for none. */
static void restart(void)
{
	xengt_bvgpu_forget_all(&broker);
	assert_false(is_slice_taken());
	assert_int_equal(xengt_bvgpu_recover(&broker), 0);
}

/*
 * After a restart the broker reserves the slice again, before another vGPU may
 * ask for it.
 */
static void a_restart_does_not_lose_it(void **state)
{
	(void)state;
	begin_mapped();
	world.unmap_error = -ENOMEM;
	end_to_held(failures[1].why);
	restart();
	assert_int_equal(world.taken_again, 1);
	assert_true(is_slice_taken());
	pass(RETIRE_TRIES * RETIRE_POLL_MSEC);
	assert_string_equal(state_name(), "held");
	assert_true(world.record.is_held);
	assert_non_null(strstr(world.record.error, "worker died"));
	/* another restart, and this time the module is not loaded at first */
	world.create_error = -ENODEV;
	restart();
	assert_false(is_slice_taken());
	world.create_error = 0;
	pass(RETIRE_TRIES * RETIRE_POLL_MSEC);
	assert_int_equal(world.taken_again, 2);
	assert_true(is_slice_taken());
	/*
	 * (the record of this test does not say that a hotplug script ran, so the
	 * broker runs none at the end)
	 */
	world.unmap_error = 0;
	pass(HELD_POLL_MSEC);
	assert_null(the_vgpu());
	assert_false(is_slice_taken());
	assert_non_null(strstr(world.error, "worker died"));
}

/*
 * The GPU is unbound and bound again. The broker must reserve the slice again after
 * that.
 */
static void the_gpu_is_bound_anew(void **state)
{
	(void)state;
	begin_mapped();
	world.unmap_error = -ENOMEM;
	end_to_held(failures[1].why);
	world.gpu_state = XENGT_VGPU_GPU_GONE;
	assert_false(xengt_bvgpu_is_slice_safe(the_vgpu()));
	assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()), 0);
	assert_true(xengt_bvgpu_is_slice_safe(the_vgpu()));
	assert_true(is_slice_taken());
	assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()), 0);
	assert_int_equal(world.taken_again, 1);
}

/*
 * A call to map the aperture fails, and so does the call to unmap it. Then the
 * broker treats the aperture as mapped.
 */
static void a_mapping_fails_by_half(void **state)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_APERTURE, .on = 1,
			     .gfn = AT_GFN },
	};

	(void)state;
	begin_to("connected");
	world.map_error = -ENOMEM;
	worker_says(&msg, -1);
	assert_int_equal(world.last_status, -ENOMEM);
	assert_false(world.is_mapped);
	assert_false(the_vgpu()->has_aperture);
	world.unmap_error = -ENOMEM;
	worker_says(&msg, -1);
	assert_true(the_vgpu()->has_aperture);
	assert_true(world.record.has_aperture);
	end_to_held(failures[1].why);
	world.unmap_error = 0;
	pass(HELD_POLL_MSEC);
	goes();
}

/*
 * If the record cannot be written, the old record may name resources that the vGPU
 * no longer has. But each resource that the vGPU has is in the record.
 */
static void the_record_cannot_be_written(void **state)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_APERTURE, .on = 1,
			     .gfn = AT_GFN },
	};

	(void)state;
	begin_to("connected");
	world.save_error = -ENOSPC;
	worker_says(&msg, -1);
	assert_int_equal(world.last_status, -ENOSPC);
	assert_false(world.is_mapped || world.is_allowed);
	world.save_error = 0;
	worker_says(&msg, -1);
	assert_true(world.is_mapped && world.record.has_aperture &&
		    world.record.has_iomem);
	worker_ends();
	assert_false(world.record.has_aperture || world.record.has_iomem);
	goes();
}

static void memory_behind_its_bars_stays(void **state)
{
	(void)state;
	begin_mapped();
	world.ram_error = -EBUSY;
	worker_ends();
	pass(RETIRE_TRIES * RETIRE_POLL_MSEC);
	assert_string_equal(state_name(), "held");
	assert_string_equal(the_vgpu()->held, "not released: memory behind its BARs: Device or resource busy");
	/* only the domain's own RAM is left at this place; the slice is free */
	assert_false(world.is_mapped || is_slice_taken());
	world.ram_error = 0;
	pass(HELD_POLL_MSEC);
	goes();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_tried_again),
		TEST(any_change_of_a_domain_is_a_reason),
		TEST(its_domain_goes),
		TEST(a_new_request_is_refused),
		TEST(a_restart_does_not_lose_it),
		TEST(the_gpu_is_bound_anew),
		TEST(a_mapping_fails_by_half),
		TEST(the_record_cannot_be_written),
		TEST(memory_behind_its_bars_stays),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
