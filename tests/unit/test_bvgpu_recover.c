/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests a restarted broker that looks for the vGPU of an earlier broker. */
#include "bvgpu_rig.h"

static void recover(void)
{
	world.state = XENGT_STORE_CONNECTED;
	assert_int_equal(xengt_bvgpu_recover(&broker), 0);
}

static struct xengt_wp_msg found_state(void)
{
	return (struct xengt_wp_msg){
		.type = XENGT_WP_STATE,
		.u.state = { .domid = DOMID, .server_id = 3, .vcpus = 2 },
	};
}

static void it_is_found(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	recover();
	assert_string_equal(state_name(), "recovering");
	/* requests wait until the broker has found the vGPU */
	wish(XENGT_STORE_CLOSING);
	assert_string_equal(state_name(), "recovering");
	/* a second READY of the worker changes nothing */
	worker_says_type(XENGT_WP_READY);
	assert_string_equal(state_name(), "recovering");
	worker_says(&msg, new_fd());
	assert_string_equal(state_name(), "connected");
	pass(1000000);
	assert_string_equal(state_name(), "connected");
	/* the broker handles requests of the found vGPU's worker as usual */
	msg.type = XENGT_WP_PLACE;
	worker_says(&msg, -1);
	assert_int_equal(world.sent, 1);
	world.events.is_foreign(world.ctx);
	assert_int_equal(world.kills, 1);
	worker_ends();
	assert_non_null(strstr(the_vgpu() ? the_vgpu()->error : world.error,
			       "worker died"));
}

static void it_is_found_and_dead(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	recover();
	msg.u.state.is_dead = 1;
	worker_says(&msg, new_fd());
	assert_int_equal(world.quits, 1);
	worker_ends();
	assert_null(the_vgpu());
	assert_string_equal(world.error, "the module zapped the vGPU");
}

static void it_is_not_what_was_expected(void **state)
{
	struct xengt_wp_msg msg = found_state();
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	recover();
	msg.u.state.server_id++;
	worker_says(&msg, fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(world.kills, 1);
	worker_ends();
	assert_null(the_vgpu());
	assert_non_null(strstr(world.error, "sent an unexpected message"));
}

static void it_does_not_answer(void **state)
{
	(void)state;
	recover();
	pass(FIND_ANSWER_MSEC - 1);
	assert_int_equal(world.kills, 0);
	pass(1);
	assert_int_equal(world.kills, 1);
	worker_ends();
	assert_null(the_vgpu());
	assert_non_null(strstr(world.error, "did not answer within 8 s"));
}

static void it_is_just_starting(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	world.find_error = -ECONNREFUSED;
	recover();
	pass((FIND_TRIES - 2) * FIND_POLL_MSEC);
	assert_string_equal(state_name(), "recovering");
	world.find_error = 0;
	pass(FIND_POLL_MSEC);
	worker_says(&msg, new_fd());
	assert_string_equal(state_name(), "connected");
}

/*
 * A broker that has no free descriptor cannot connect to the worker; it must not treat the
 * worker as dead.
 */
static void it_cannot_be_asked(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	world.find_error = -EMFILE;
	recover();
	pass(1000000);
	assert_string_equal(state_name(), "recovering");
	assert_int_equal(world.retired, 0);
	world.find_error = 0;
	pass(FIND_POLL_MSEC);
	worker_says(&msg, new_fd());
	assert_string_equal(state_name(), "connected");
}

static void it_is_gone(void **state)
{
	static const int errors[] = { -ENOENT, -ECONNREFUSED };

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(errors); i++) {
		memset(&world, 0, sizeof(world));
		world.find_error = errors[i];
		recover();
		pass(i ? (FIND_TRIES - 1) * FIND_POLL_MSEC : 0);
		assert_null(the_vgpu());
		assert_int_equal(world.retired, 1);
		assert_int_equal(world.state, XENGT_STORE_CLOSED);
		assert_non_null(strstr(world.error, "worker died"));
	}
}

static void it_is_of_another_version(void **state)
{
	(void)state;
	recover();
	world.events.is_foreign(world.ctx);
	assert_string_equal(state_name(), "foreign");
	pass(1000000);
	assert_string_equal(state_name(), "foreign");
	assert_int_equal(world.kills, 0);
	wish(XENGT_STORE_CLOSING);
	assert_int_equal(world.quits, 1);
	worker_ends();
	assert_null(the_vgpu());
	assert_string_equal(world.error, "");
}

/*
 * The vGPU's record cannot be read, so the broker does not know the vGPU's slices. It must not
 * give another vGPU a slice that may belong to this vGPU.
 */
static void assert_is_held_as_unread(void)
{
	pass(RETIRE_TRIES * RETIRE_POLL_MSEC);
	assert_string_equal(state_name(), "held");
	assert_int_equal(world.retired, 0);
	assert_int_equal(world.saved + world.unsaved, 0);
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	assert_non_null(strstr(world.error, "which cannot be read"));
	pass(HELD_POLL_MSEC);
	assert_string_equal(state_name(), "held");
}

static void its_domain_ends(void)
{
	world.is_gone = true;
	xengt_bvgpu_check_domains(&broker);
	assert_null(the_vgpu());
	assert_int_equal(world.unsaved, 1);
	assert_false(is_slice_taken());
}

/*
 * A broker of a different version wrote the record: the vGPU continues to run, and the broker
 * still tracks it.
 */
static void its_record_cannot_be_read(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	for (int is_foreign = 0; is_foreign < 2; is_foreign++) {
		memset(&world, 0, sizeof(world));
		world.load_error = -EPROTONOSUPPORT;
		recover();
		assert_string_equal(state_name(), "recovering");
		if (is_foreign)
			world.events.is_foreign(world.ctx);
		else
			worker_says(&msg, new_fd());
		assert_string_equal(state_name(), "foreign");
		xengt_bvgpu_check_domains(&broker);
		pass(1000000);
		assert_string_equal(state_name(), "foreign");
		assert_string_equal(the_vgpu()->req.domain, "guest");
		assert_int_equal(world.state, XENGT_STORE_CONNECTED);
		assert_int_equal(world.kills + world.quits + world.unsaved, 0);
		wish(XENGT_STORE_CLOSING);
		assert_int_equal(world.quits, 1);
		worker_ends();
		assert_is_held_as_unread();
		/*
		 * if the broker has the vGPU's fd, the slice is reserved; if not, the broker
		 * must not make any other vGPU
		 */
		assert_int_equal(xengt_bvgpu_is_slice_safe(the_vgpu()),
				 !is_foreign);
		assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()),
				 is_foreign ? -EPROTO : 0);
		its_domain_ends();
	}
}

/*
 * The record cannot be read, and the worker is dead: the record stays, and no
 * vGPU gets graphics memory that may belong to this domain.
 */
static void its_record_is_all_there_is(void **state)
{
	(void)state;
	world.load_error = -EPROTO;
	world.find_error = -ECONNREFUSED;
	recover();
	pass(FIND_TRIES * FIND_POLL_MSEC);
	assert_is_held_as_unread();
	assert_non_null(strstr(the_vgpu()->error, "record cannot be read"));
	assert_int_equal(xengt_bvgpu_keep_slice(the_vgpu()), -EPROTO);
	its_domain_ends();
}

static void its_domain_went_meanwhile(void **state)
{
	struct xengt_wp_msg msg = found_state();

	(void)state;
	world.is_gone = true;
	recover();
	worker_says(&msg, new_fd());
	assert_int_equal(world.quits, 1);
	worker_ends();
	assert_null(the_vgpu());
	assert_int_equal(world.removed, 1);
}

/* ---- which files are records ---- */

static void touch(const char *dir, const char *name, bool on)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (on)
		close(open(path, O_CREAT | O_WRONLY, 0600));
	else
		unlink(path);
}

/* The folder has other files, too: a record that was not written to its end, sockets. */
static void files_that_are_no_records(void **state)
{
	static const char *const names[] = {
		"vgpu-7.json.new", "vgpu-8.jsox", "vgpu-x.json", "vgpu-8.json~", "vgpu-8.sock",
		"xengtd.sock", "vgpu-8", "vgpu-8.jso", "vgpu-8.jsonjson", "vgpu-8.json.json5",
		"vgpu-00000000000000000000008.json",
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(names); i++)
		touch(broker.opt.run_dir, names[i], true);
	recover();
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(names); i++)
		touch(broker.opt.run_dir, names[i], false);
	assert_string_equal(state_name(), "recovering");
	assert_null(broker.vgpus->next);
}

/* The record of one domain is in the file of another one. */
static void a_record_of_another_domain(void **state)
{
	(void)state;
	world.load_domid = DOMID + 1;
	recover();
	assert_string_equal(state_name(), "recovering");
	assert_true(the_vgpu()->is_unread);
	assert_null(broker.vgpus->next);
}

/* There is no record, but the nodes of a vGPU. */
static void nodes_without_a_record(void **state)
{
	static const struct {
		enum xengt_store_state state;
		const char *vgpu, *error;
		enum xengt_store_state now;
	} cases[] = {
		{ XENGT_STORE_ACCEPTED, "none", "xengtd was restarted and has no record",
		  XENGT_STORE_CLOSED },
		{ XENGT_STORE_CONNECTED, "none", "xengtd was restarted and has no record",
		  XENGT_STORE_CLOSED },
		{ XENGT_STORE_REQUESTED, "hotplug", "", XENGT_STORE_ACCEPTED },
		{ XENGT_STORE_CLOSING, "none", "", XENGT_STORE_CLOSED },
		{ XENGT_STORE_CLOSED, "none", "", XENGT_STORE_CLOSED },
		{ XENGT_STORE_UNREADABLE, "none", "", XENGT_STORE_UNREADABLE },
	};
	char empty[] = "/tmp/test-bvgpu-XXXXXX";

	assert_non_null(mkdtemp(empty));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		setup(state);
		broker.opt.run_dir = empty;
		world.state = cases[i].state;
		assert_int_equal(xengt_bvgpu_recover(&broker), 0);
		assert_string_equal(state_name(), cases[i].vgpu);
		assert_int_equal(world.state, cases[i].now);
		assert_non_null(strstr(world.error, cases[i].error));
		if (!*cases[i].error)
			assert_string_equal(world.error, "");
		teardown(state);
	}
	assert_int_equal(rmdir(empty), 0);
	/* without the folder the broker cannot know what there is */
	world.state = XENGT_STORE_CONNECTED;
	assert_int_equal(xengt_bvgpu_recover(&broker), -ENOENT);
	assert_int_equal(world.state, XENGT_STORE_CONNECTED);
}

/*
 * The earlier broker mapped the aperture. If the worker does not know of this mapping, or knows
 * another one, the mapping goes, and the worker asks again.
 */
static void where_the_aperture_is(void **state)
{
	static const struct {
		bool has_aperture;
		uint64_t gfn;
		bool stays;
	} cases[] = {
		{ true, 0xf0000, true }, { true, 0xe0000, false }, { false, 0, false },
		{ false, 0xf0000, false },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		struct xengt_wp_msg msg = {
			.type = XENGT_WP_PLACE,
			.u.place = { .what = XENGT_WP_PLACE_APERTURE, .on = 1,
				     .gfn = 0xf0000 },
		};

		setup(state);
		begin_to("connected");
		worker_says(&msg, -1);
		assert_true(world.is_mapped);
		xengt_bvgpu_forget_all(&broker);
		recover();
		msg = found_state();
		msg.u.state.has_aperture = cases[i].has_aperture;
		msg.u.state.aperture_gfn = cases[i].gfn;
		worker_says(&msg, new_fd());
		assert_string_equal(state_name(), "connected");
		assert_int_equal(world.is_mapped, cases[i].stays);
		assert_int_equal(the_vgpu()->has_aperture, cases[i].stays);
		teardown(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_found),
		TEST(it_is_found_and_dead),
		TEST(it_is_not_what_was_expected),
		TEST(it_does_not_answer),
		TEST(it_is_just_starting),
		TEST(it_cannot_be_asked),
		TEST(it_is_gone),
		TEST(it_is_of_another_version),
		TEST(its_record_cannot_be_read),
		TEST(its_record_is_all_there_is),
		TEST(its_domain_went_meanwhile),
		TEST(files_that_are_no_records),
		TEST(a_record_of_another_domain),
		TEST(nodes_without_a_record),
		TEST(where_the_aperture_is),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
