/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests what the broker accepts from a worker, from the module and from its own record: a
 * guest may control its worker, and the broker may place only memory of the vGPU in the
 * guest's address space.
 *
 * promise: P21
 */
#include "bvgpu_rig.h"

/* ---- a worker that was found after a restart ---- */

static void recover(void)
{
	world.state = XENGT_STORE_CONNECTED;
	assert_int_equal(xengt_bvgpu_recover(&broker), 0);
	assert_string_equal(state_name(), "recovering");
}

static struct xengt_wp_msg found_state(void)
{
	return (struct xengt_wp_msg){
		.type = XENGT_WP_STATE,
		.u.state = { .domid = DOMID, .server_id = 3, .vcpus = 2 },
	};
}

/* The ways in which the worker, its fd and the record may contradict each other. */
enum {
	OTHER_DOMAIN, OTHER_SERVER, NO_SERVER, NO_FD, FD_REFUSES,
	FD_OF_OTHER_DOMAIN, OTHER_VGPU, OTHER_PLACE, OTHER_SIZE, LIES,
};

static void tell_lie(int lie, struct xengt_wp_msg *msg)
{
	struct xengt_bvgpu *v = the_vgpu();

	switch (lie) {
	case OTHER_DOMAIN:
		msg->u.state.domid++;
		break;
	case OTHER_SERVER:
		msg->u.state.server_id--;
		break;
	case NO_SERVER:
		v->has_server = false;
		break;
	case FD_REFUSES:
		world.info_error = -ENOTTY;
		break;
	case FD_OF_OTHER_DOMAIN:
		world.info_domid = DOMID + 1;
		break;
	case OTHER_VGPU:
		v->info.vgpu_id++;
		break;
	case OTHER_PLACE:
		v->info.low_base += XENGT_PAGE_SIZE;
		break;
	case OTHER_SIZE:
		v->info.low_bytes -= XENGT_PAGE_SIZE;
		break;
	}
}

static void it_does_not_say_what_was_expected(void **state)
{
	(void)state;
	for (int lie = 0; lie < LIES; lie++) {
		struct xengt_wp_msg msg = found_state();
		int fd = -1;

		memset(&world, 0, sizeof(world));
		recover();
		if (lie != NO_FD)
			fd = new_fd();
		tell_lie(lie, &msg);
		worker_says(&msg, fd);
		world.info_error = 0;
		world.info_domid = 0;
		assert_int_equal(world.kills, 1);
		assert_string_equal(state_name(), "stopping");
		/* the broker does not keep the fd that the worker sent */
		assert_true(fd < 0 || fcntl(fd, F_GETFD) < 0);
		worker_ends();
		assert_null(the_vgpu());
		assert_non_null(strstr(world.error,
				       "sent an unexpected message"));
	}
}

/* STATE is the answer to one question of the broker. A second STATE changes nothing. */
static void it_says_its_state_out_of_turn(void **state)
{
	struct xengt_wp_msg msg = found_state();
	int fd;

	(void)state;
	recover();
	worker_says(&msg, new_fd());
	assert_string_equal(state_name(), "connected");
	fd = the_vgpu()->fd;
	msg.u.state.is_dead = 1;
	worker_says(&msg, -1);
	assert_string_equal(state_name(), "connected");
	assert_int_equal(the_vgpu()->fd, fd);
	assert_int_equal(world.kills + world.quits, 0);
}

/* ---- what the broker places for a worker ---- */

static int place_aperture(bool on)
{
	const struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_APERTURE, .on = on,
			     .gfn = 0xf0000 },
	};
	const int sent = world.sent;

	worker_says(&msg, -1);
	assert_int_equal(world.sent, sent + 1);
	return world.last_status;
}

/*
 * The broker places only a slice that is inside the GPU's aperture and consists of whole
 * pages.
 */
static void only_a_slice_of_the_aperture_is_placed(void **state)
{
	struct xengt_bvgpu *v;
	struct xengt_vgpu_info good;
	uint64_t bytes;

	(void)state;
	begin_to("connected");
	v = the_vgpu();
	good = v->info;
	bytes = v->aperture_bytes;

	v->aperture_bytes = good.low_base + good.low_bytes - 1;
	assert_int_equal(place_aperture(true), -EIO);
	v->aperture_bytes = good.low_base - XENGT_PAGE_SIZE;
	assert_int_equal(place_aperture(true), -EIO);
	v->aperture_bytes = bytes;
	v->info.low_bytes = 0;
	assert_int_equal(place_aperture(true), -EIO);
	v->info.low_bytes = good.low_bytes + 1;
	assert_int_equal(place_aperture(true), -EIO);
	v->info.low_bytes = bytes - good.low_base + XENGT_PAGE_SIZE;
	assert_int_equal(place_aperture(true), -EIO);
	v->info = good;
	v->info.low_base += 8;
	assert_int_equal(place_aperture(true), -EIO);
	v->info = good;
	v->aperture_phys += 8;
	assert_int_equal(place_aperture(true), -EIO);
	v->aperture_phys -= 8;
	assert_int_equal(world.placed, 0);
	assert_false(world.is_allowed);

	/* a slice may end where the aperture ends */
	v->aperture_bytes = good.low_base + good.low_bytes;
	assert_int_equal(place_aperture(true), 0);
	assert_true(world.is_mapped);
	v->aperture_bytes = bytes;
	assert_int_equal(place_aperture(true), 0);
	assert_int_equal(world.placed, 1);	/* the aperture is mapped already */
	assert_int_equal(place_aperture(false), 0);
	assert_false(world.is_mapped);
}

static int place_piece(uint32_t piece, uint64_t gfn, bool on)
{
	const struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_PIECE, .on = on,
			     .gfn = gfn, .piece = piece },
	};

	worker_says(&msg, -1);
	return world.last_status;
}

/* The broker does not trust the worker: only the broker's record decides what Xen is asked. */
static void pieces_are_placed_once(void **state)
{
	struct xengt_bvgpu *v;

	(void)state;
	begin_to("connected");
	v = the_vgpu();
	assert_int_equal(place_piece(3, 0xf0000, true), 0);
	assert_int_equal(place_piece(3, 0xf0000, true), 0);
	assert_int_equal(world.placed, 1);
	assert_int_equal(place_piece(31, 0xf0000, true), 0);
	assert_true(world.pieces == (1u << 3 | 1u << 31));
	assert_true(world.record.has_aperture);
	/* piece 32 is beyond the slice, though not beyond the protocol's limit */
	assert_int_equal(place_piece(32, 0xf0000, true), -EINVAL);
	assert_int_equal(place_piece(32, 0xf0000, false), -EINVAL);
	/* no piece is mapped at another address, so there is nothing to unmap */
	assert_int_equal(place_piece(3, 0xd0000, false), 0);
	assert_int_equal(place_piece(3, 0xf0000, false), 0);
	assert_int_equal(place_piece(3, 0xf0000, false), 0);
	assert_true(world.pieces == 1u << 31);
	/* before a piece is mapped at another address, the old address loses all pieces */
	assert_int_equal(place_piece(3, 0xd0000, true), 0);
	assert_true(world.pieces == 1u << 3 && world.slice_gfn == 0xd0000);
	/* the whole slice replaces pieces, and a piece replaces the whole slice */
	assert_int_equal(place_aperture(true), 0);
	assert_int_equal(v->piece_count, 0);
	assert_int_equal(place_piece(0, 0xf0000, true), 0);
	assert_true(world.pieces == 1);
	assert_int_equal(place_aperture(false), 0);
	assert_false(world.is_mapped || v->has_aperture || v->piece_count);
}

static void pieces_that_xen_refuses(void **state)
{
	(void)state;
	begin_to("connected");
	world.is_ram_there = true;
	assert_int_equal(place_piece(0, 0xf0000, true), -EEXIST);
	world.is_ram_there = false;
	world.map_error = -ENOMEM;
	assert_int_equal(place_piece(0, 0xf0000, true), -ENOMEM);
	assert_false(world.is_mapped || the_vgpu()->has_aperture);
	/* mapping and unmapping fail: the piece counts as mapped */
	world.unmap_error = -ENOMEM;
	assert_int_equal(place_piece(0, 0xf0000, true), -ENOMEM);
	assert_true(the_vgpu()->has_aperture && the_vgpu()->piece_count == 1);
	world.map_error = 0;
	assert_int_equal(place_piece(1, 0xf0000, true), 0);
	assert_int_equal(place_piece(0, 0xf0000, false), -ENOMEM);
	assert_int_equal(place_aperture(false), -ENOMEM);
	world.unmap_error = 0;
	assert_int_equal(place_aperture(false), 0);
	assert_false(world.is_mapped || the_vgpu()->has_aperture);
	/* the record cannot be written: Xen is not asked */
	world.save_error = -ENOSPC;
	assert_int_equal(place_piece(0, 0xf0000, true), -ENOSPC);
	assert_false(world.is_mapped);
	world.save_error = 0;
}

/* A broker that is restarted knows the pieces, and unmaps those that the worker forgot. */
static void pieces_over_a_restart(void **state)
{
	struct xengt_wp_msg msg;

	(void)state;
	begin_to("connected");
	assert_int_equal(place_piece(3, 0xf0000, true), 0);
	assert_int_equal(place_piece(5, 0xf0000, true), 0);
	xengt_bvgpu_forget_all(&broker);
	recover();
	msg = found_state();
	msg.u.state.has_aperture = 1;
	msg.u.state.aperture_gfn = 0xf0000;
	worker_says(&msg, new_fd());
	assert_string_equal(state_name(), "connected");
	assert_int_equal(the_vgpu()->piece_count, 2);
	assert_int_equal(place_piece(3, 0xf0000, true), 0);
	assert_true(world.pieces == (1u << 3 | 1u << 5));
	/* a worker that got no answer, and so reports that nothing is mapped */
	xengt_bvgpu_forget_all(&broker);
	recover();
	msg.u.state.has_aperture = 0;
	msg.u.state.aperture_gfn = 0;
	worker_says(&msg, new_fd());
	assert_int_equal(world.pieces, 0);
	assert_int_equal(the_vgpu()->piece_count, 0);
}

/* If a worker ignores its own limit of mappings, the broker's limit makes it wait. */
static void a_flood_of_pieces_waits(void **state)
{
	const uint32_t burst = 32 + XENGT_PIECES_SPARE;
	uint32_t waits = 0;

	(void)state;
	begin_to("connected");
	for (uint32_t i = 0; i < 2 * burst; i++) {
		const int sent = world.sent;

		place_piece(0, 0xf0000, true);
		if (world.sent == sent) {
			waits++;
			assert_true(the_vgpu()->has_place_request);
			pass(1000 / XENGT_PIECES_BROKER_PER_S + 1);
		}
		assert_int_equal(world.sent, sent + 1);
		assert_int_equal(world.last_status, 0);
		assert_int_equal(place_piece(0, 0xf0000, false), 0);
	}
	assert_in_range(waits, burst - 8, burst);
}

static void no_aperture_over_ram_or_without_xen(void **state)
{
	(void)state;
	begin_to("connected");
	world.is_ram_there = true;
	assert_int_equal(place_aperture(true), -EEXIST);
	world.is_ram_there = false;
	world.permit_error = -EPERM;
	assert_int_equal(place_aperture(true), -EPERM);
	world.permit_error = 0;
	assert_int_equal(world.placed, 0);
	assert_false(the_vgpu()->has_aperture || the_vgpu()->has_iomem);
	assert_int_equal(place_aperture(true), 0);
}

/* The module took the GPU away: the broker reserves the slice again, with a new fd. */
static void a_slice_is_taken_again(void **state)
{
	int old;

	(void)state;
	begin_to("connected");
	assert_int_equal(place_aperture(true), 0);
	old = the_vgpu()->fd;
	assert_true(xengt_bvgpu_is_slice_safe(the_vgpu()));
	world.gpu_state = XENGT_VGPU_GPU_GONE;
	assert_false(xengt_bvgpu_is_slice_safe(the_vgpu()));
	world.create_error = -ENODEV;
	assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()), -ENODEV);
	assert_int_equal(the_vgpu()->fd, old);
	world.create_error = 0;
	assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()), 0);
	assert_int_equal(world.taken_again, 1);
	assert_true(is_slice_taken());
	assert_int_not_equal(the_vgpu()->fd, old);
	assert_int_equal(fcntl(old, F_GETFD), -1);
}

/*
 * The broker keeps at most one waiting request of a worker. If the worker sends another
 * request while one request waits, the broker kills the worker.
 */
static void two_requests_at_a_time(void **state)
{
	const struct xengt_wp_msg msg = {
		.type = XENGT_WP_PLACE,
		.u.place = { .what = XENGT_WP_PLACE_RAM, .on = 1, .gfn = 5,
			     .frames = 1 },
	};

	(void)state;
	begin_to("connected");
	world.place_usec = 100 * PLACE_BURST_USEC;
	worker_says(&msg, -1);
	assert_int_equal(world.placed, 1);
	/* this request must wait, so the next request is one too many */
	worker_says(&msg, -1);
	assert_int_equal(world.placed, 1);
	assert_int_equal(world.kills, 0);
	worker_says(&msg, -1);
	assert_int_equal(world.kills, 1);
	/* the worker ended while its request waited: the broker places nothing for it */
	worker_ends();
	pass(1000000);
	assert_int_equal(world.placed, 1);
}

/* ---- nodes of domains that are gone ---- */

static void nodes_go_with_their_domain(void **state)
{
	(void)state;
	world.state = XENGT_STORE_CLOSED;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 0);
	/* an error of Xen does not mean that the domain is gone */
	world.domctl_error = -EPERM;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 0);
	world.domctl_error = 0;
	world.is_gone = true;
	world.list_error = -EIO;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 0);
	world.list_error = 0;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 1);
	/* Xen does not know the domain any more */
	world.is_gone = false;
	world.domctl_error = -ESRCH;
	world.state = XENGT_STORE_CLOSED;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 2);
	world.domctl_error = 0;
}

/*
 * When the broker removes the nodes of domains that are gone, it keeps the nodes of a
 * domain that has a vGPU.
 */
static void nodes_of_a_vgpu_stay(void **state)
{
	(void)state;
	begin_to("connected");
	world.is_gone = true;
	xengt_bvgpu_sweep_nodes(&broker);
	assert_int_equal(world.removed, 0);
}

static void xenstore_does_not_answer_at_the_start(void **state)
{
	(void)state;
	world.list_error = -EIO;
	world.state = XENGT_STORE_CONNECTED;
	assert_int_equal(xengt_bvgpu_recover(&broker), -EIO);
	/* the broker still recovers the vGPU */
	assert_string_equal(state_name(), "recovering");
}

/* ---- the script's nodes ---- */

/*
 * If a script succeeds, its vGPU continues to start, even if the script wrote
 * hotplug-error.
 */
static void an_error_beside_success(void **state)
{
	(void)state;
	begin_to("hotplug");
	world.hotplug_status = "connected";
	world.hotplug_error = "only a warning";
	script_ends(NULL);
	assert_string_equal(state_name(), "starting");
}

static void an_error_without_success(void **state)
{
	static const char *const statuses[] = { NULL, "error", "connected" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		memset(&world, 0, sizeof(world));
		begin_to("hotplug");
		world.hotplug_status = statuses[i];
		world.hotplug_error = "no such thing";
		script_ends(i == 2 ? "it failed" : NULL);
		assert_null(world.ctx);
		goes();
		assert_string_equal(world.error, "/script: no such thing");
	}
}

/*
 * If no record can be written, the vGPU ends, because a restarted broker would not find the
 * worker.
 */
static void its_record_cannot_be_written(void **state)
{
	(void)state;
	begin_to("hotplug");
	world.hotplug_status = "connected";
	world.save_error = -ENOSPC;
	script_ends(NULL);
	assert_null(world.ctx);
	assert_string_equal(state_name(), "stopping");
	world.save_error = 0;
	goes();
	assert_non_null(strstr(world.error, "cannot write to"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_does_not_say_what_was_expected),
		TEST(it_says_its_state_out_of_turn),
		TEST(only_a_slice_of_the_aperture_is_placed),
		TEST(no_aperture_over_ram_or_without_xen),
		TEST(pieces_are_placed_once),
		TEST(pieces_that_xen_refuses),
		TEST(pieces_over_a_restart),
		TEST(a_flood_of_pieces_waits),
		TEST(a_slice_is_taken_again),
		TEST(two_requests_at_a_time),
		TEST(nodes_go_with_their_domain),
		TEST(nodes_of_a_vgpu_stay),
		TEST(xenstore_does_not_answer_at_the_start),
		TEST(an_error_beside_success),
		TEST(an_error_without_success),
		TEST(its_record_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
