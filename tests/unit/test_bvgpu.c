/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests how the broker handles a vGPU from the request to the vGPU's end. */
#include "bvgpu_rig.h"
#include "common/worker_questions.h"

static void it_lives_and_goes(void **state)
{
	(void)state;
	begin_to("connected");
	assert_int_equal(xengt_bvgpu_pid(the_vgpu()), 4711);
	/* if the nodes have not changed, reading them again has no effect */
	xengt_bvgpu_look(&broker, DOMID);
	pass(1000000);
	assert_string_equal(state_name(), "connected");
	/* the administrator chooses another monitor */
	world.edid = "/other";
	xengt_bvgpu_look(&broker, DOMID);
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.edids, 1);
	/* the broker follows the node `viewer` whenever a node changes */
	assert_int_equal(world.view_followed, 3);
	assert_int_equal(world.view_left, 0);
	/*
	 * the broker reads the share whenever the nodes change, but only while `state`
	 * is 4: in other states the nodes of the share may be missing, and this does not
	 * mean that somebody wants the default share
	 */
	assert_int_equal(world.shares, 3);
	world.state = XENGT_STORE_CLOSED;
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.shares, 3);
	wish(XENGT_STORE_CLOSING);
	assert_string_equal(state_name(), "stopping");
	assert_int_equal(world.quits, 1);
	/* the viewer loses the picture before the worker ends */
	assert_int_equal(world.view_left, 1);
	wish(XENGT_STORE_CLOSING);
	assert_int_equal(world.quits, 1);
	assert_int_equal(world.zapped + world.retired, 0);
	worker_ends();
	goes();
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	assert_string_equal(world.error, "");
	assert_int_equal(world.kills, 0);
}

/*
 * Before QEMU runs, the broker must not connect to QEMU's socket. With dm_restrict = 1,
 * libxl itself listens at this socket until QEMU runs, and does not answer.
 */
static void qemu_is_asked_when_it_may_run(void **state)
{
	(void)state;
	begin_to("hotplug");
	assert_int_equal(world.qemu_asked, 1);
	teardown(state);
	setup(state);
	world.stage = XENGT_STAGE_START;
	begin_to("connected");
	assert_int_equal(world.qemu_asked, 0);
	teardown(state);
	setup(state);
	world.stage = XENGT_STAGE_SOFT_RESET;
	begin_to("connected");
	assert_int_equal(world.qemu_asked, 0);
}

static void an_error_of_xenstore_is_no_wish(void **state)
{
	(void)state;
	begin_to("connected");
	wish(XENGT_STORE_UNREADABLE);
	xengt_bvgpu_look_again(&broker);
	assert_string_equal(state_name(), "connected");
	/* xenstored was restarted and has no nodes, not even those of the domain */
	world.is_store_empty = true;
	wish(XENGT_STORE_NONE);
	assert_string_equal(state_name(), "connected");
	world.is_store_empty = false;
	xengt_bvgpu_look_again(&broker);
	assert_string_equal(state_name(), "stopping");
	assert_int_equal(world.quits, 1);
}

/* A request was written while xenstore could not be read. */
static void a_request_was_missed(void **state)
{
	(void)state;
	wish(XENGT_STORE_UNREADABLE);
	assert_string_equal(state_name(), "none");
	world.state = XENGT_STORE_REQUESTED;
	xengt_bvgpu_look_again(&broker);
	assert_string_equal(state_name(), "hotplug");
}

static void another_request_replaces_one_that_waits(void **state)
{
	(void)state;
	world.reserve_error = -EAGAIN;
	begin_to("reserving");
	/* the broker reads the same request again */
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(state_name(), "reserving");
	world.is_request_other = true;
	world.reserve_error = 0;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.reserved, 1);
}

static void a_refusal_is_for_its_own_request(void **state)
{
	(void)state;
	world.reserve_error = -EAGAIN;
	begin_to("reserving");
	/* the nodes have a new request, but the broker has not got an event for it */
	world.is_request_other = true;
	pass(MEMORY_WAIT_MSEC);
	assert_string_equal(state_name(), "reserving");
	assert_int_equal(world.state, XENGT_STORE_REQUESTED);
	assert_string_equal(world.error, "");
	/* then the broker tries to make a vGPU for the new request, and refuses it */
	pass(MEMORY_WAIT_MSEC);
	assert_string_equal(world.error, "not enough");
	assert_null(the_vgpu());
}

static void its_worker_dies(void **state)
{
	(void)state;
	begin_to("connected");
	worker_ends();
	goes();
	assert_string_equal(world.error, "worker died: the process of the vGPU ended (status 2304); the guest continues without a GPU; see its log");
}

/*
 * The domain is renamed. The name of the log stays: it has the domain's name at the time
 * when the log was opened.
 */
static void its_domain_is_renamed(void **state)
{
	(void)state;
	begin_to("connected");
	strcpy(the_vgpu()->req.domain, "other");
	worker_ends();
	goes();
	assert_non_null(strstr(world.error, "see its log"));
}

static void xen_keeps_the_server_for_a_while(void **state)
{
	(void)state;
	begin_to("connected");
	world.retire_errors = 3;
	worker_ends();
	assert_int_equal(world.retired, 1);
	pass(RETIRE_POLL_MSEC - 1);
	assert_int_equal(world.retired, 1);
	pass(1 + RETIRE_POLL_MSEC);
	assert_int_equal(world.retired, 3);
	assert_string_equal(state_name(), "stopping");
	pass(RETIRE_POLL_MSEC);
	assert_int_equal(world.retired, 4);
	goes();
}

/*
 * The broker has released everything except the ioreq server, so the vGPU is held
 * because of this server.
 */
static void xen_keeps_the_server(void **state)
{
	(void)state;
	begin_to("connected");
	world.retire_errors = INT32_MAX;
	worker_ends();
	pass(RETIRE_TRIES * RETIRE_POLL_MSEC);
	assert_int_equal(world.retired, RETIRE_TRIES);
	assert_string_equal(state_name(), "held");
	assert_false(is_slice_taken());
	assert_string_equal(world.error, "not released: its ioreq server (the domain may hang): Device or resource busy");
	pass(HELD_POLL_MSEC);
	assert_int_equal(world.retired, RETIRE_TRIES + 1);
	world.retire_errors = 0;
	pass(HELD_POLL_MSEC);
	goes();
}

static void it_does_not_start(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_FAILED };

	(void)state;
	begin_to("starting");
	pass(START_MSEC - 1);
	assert_string_equal(state_name(), "starting");
	strcpy(msg.u.text, "no such thing");
	worker_says(&msg, -1);
	assert_int_equal(world.quits, 1);
	worker_ends();
	goes();
	assert_string_equal(world.error, "the vGPU did not start: no such thing");
}

static void it_is_not_ready_in_time(void **state)
{
	(void)state;
	begin_to("starting");
	pass(START_MSEC);
	assert_int_equal(world.kills, 1);
	worker_ends();
	goes();
	assert_string_equal(world.error, "the vGPU's process was not ready within 10 s: killed");
}

static void its_script_fails(void **state)
{
	(void)state;
	begin_to("hotplug");
	script_ends("it said no");
	goes();
	assert_string_equal(world.error, "it said no");
	/* the script fails without a message */
	memset(&world, 0, sizeof(world));
	begin_to("hotplug");
	script_ends(NULL);
	goes();
	assert_non_null(strstr(world.error, "without setting hotplug-status"));
}

static void it_waits_for_memory(void **state)
{
	(void)state;
	world.reserve_error = -EAGAIN;
	begin_to("reserving");
	pass(MEMORY_WAIT_MSEC - MEMORY_POLL_MSEC);
	assert_string_equal(state_name(), "reserving");
	world.reserve_error = 0;
	pass(MEMORY_POLL_MSEC);
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.reserved, 1);
	/*
	 * the request is withdrawn while the script runs, so the broker stops the script
	 */
	wish(XENGT_STORE_NONE);
	assert_string_equal(world.script, "remove");
	goes();
}

static void there_is_no_memory(void **state)
{
	(void)state;
	world.reserve_error = -EAGAIN;
	begin_to("reserving");
	/* no script ran, and nobody waits for an answer */
	pass(MEMORY_WAIT_MSEC);
	assert_null(the_vgpu());
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	assert_string_equal(world.error, "not enough");
	assert_int_equal(world.retired, 0);
}

static void the_domain_ends(void **state)
{
	(void)state;
	begin_to("connected");
	xengt_bvgpu_check_domains(&broker);
	assert_string_equal(state_name(), "connected");
	world.is_gone = true;
	xengt_bvgpu_check_domains(&broker);
	assert_int_equal(world.quits, 1);
	xengt_bvgpu_check_domains(&broker);
	assert_int_equal(world.quits, 1);
	assert_int_equal(world.removed, 0);
	worker_ends();
	goes();
	assert_int_equal(world.removed, 1);
}

/*
 * state=1 is written while a vGPU ends: the broker makes the next vGPU when the first
 * vGPU is gone.
 */
static void another_one_is_wanted_meanwhile(void **state)
{
	(void)state;
	begin_to("connected");
	wish(XENGT_STORE_CLOSING);
	worker_ends();
	world.update_error = -EEXIST;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(state_name(), "stopping");
	script_ends(NULL);
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.reserved, 2);
}

static void the_worker_says_that_it_is_dead(void **state)
{
	(void)state;
	begin_to("connected");
	worker_says_type(XENGT_WP_DEAD);
	assert_int_equal(world.quits, 1);
	worker_ends();
	goes();
	assert_string_equal(world.error, "the vGPU cannot continue; see its log");
}

/*
 * If a worker sends a message that only a broker may send, the broker kills the worker.
 * A late answer has no effect. The broker closes a descriptor that it did not ask for.
 */
static void the_worker_says_what_it_should_not(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	begin_to("connected");
	for (int i = 0; i < XENGT_QUESTIONS; i++)
		if (xengt_wp_questions[i].answer != XENGT_WP_NONE)
			worker_says_type(xengt_wp_questions[i].answer);
	worker_says(&(struct xengt_wp_msg){ .type = XENGT_WP_STATE }, fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(world.kills, 0);
	for (int i = 0; i < XENGT_QUESTIONS; i++)
		worker_says_type(xengt_wp_questions[i].get);
	assert_int_equal(world.kills, XENGT_QUESTIONS);
	world.events.is_foreign(world.ctx);
	assert_int_equal(world.kills, XENGT_QUESTIONS + 1);
	worker_ends();
	goes();
}

/* The worker sends this many requests to place something, each at another address. */
static void ask_to_place(int times)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PLACE };

	for (int i = 0; i < times; i++) {
		static uint64_t gfn;

		msg.u.place.what = i % 2 ? XENGT_WP_PLACE_RAM :
					   XENGT_WP_PLACE_APERTURE;
		msg.u.place.on = 1;
		msg.u.place.gfn = ++gfn;
		worker_says(&msg, -1);
	}
}

/* A worker may send any number of requests if they cost the broker almost no time. */
static void it_places_what_costs_little(void **state)
{
	(void)state;
	begin_to("connected");
	world.place_usec = 100;
	ask_to_place(9000);
	assert_int_equal(world.placed, 9000);
	assert_int_equal(world.sent, 9000);
	worker_ends();
	goes();
}

/*
 * The worker may use a second of the broker's time at once, and after that half of all
 * time. If the worker uses more, its next request waits. If the worker sends another
 * request while one request waits, the broker kills the worker.
 */
static void it_places_what_costs_much(void **state)
{
	uint64_t gfn;

	(void)state;
	begin_to("connected");
	world.place_usec = 100000;
	/*
	 * each request takes 0.1 s, so 10 requests use up the second, and each later
	 * request must wait until the broker has time again
	 */
	ask_to_place(20);
	assert_int_equal(world.placed, 20);
	ask_to_place(1);
	assert_int_equal(world.placed, 20);
	pass(1);
	assert_int_equal(world.placed, 21);
	for (int i = 0; i < 1000; i++) {
		ask_to_place(1);
		pass(60);
		assert_int_equal(world.placed, 21 + i);
		pass(40);
		assert_int_equal(world.placed, 22 + i);
	}
	assert_int_equal(world.sent, world.placed);
	gfn = world.placed_gfn;
	ask_to_place(1);
	assert_int_equal(world.kills, 0);
	ask_to_place(1);
	assert_int_equal(world.kills, 1);
	/* the broker does not carry out the second request */
	pass(200);
	assert_int_equal(world.placed_gfn, gfn + 1);
	worker_ends();
	goes();
}

static void abused(enum xengt_counter row, uint64_t count)
{
	worker_says(&(struct xengt_wp_msg){
		.type = XENGT_WP_ABUSE,
		.u.abuse = { .row = row, .count = count },
	}, -1);
}

/*
 * Tries each value of on-abuse with several counters, because not every counter can be
 * throttled. The administrator may change the value of on-abuse at any time.
 */
static void its_guest_misbehaves(void **state)
{
	static const struct {
		const char *setting;
		enum xengt_counter row;
		bool is_throttled, is_stopped;
	} cases[] = {
		{ NULL, XENGT_COUNTER_reg_unknown, false, false },
		{ "log", XENGT_COUNTER_reg_unknown, false, false },
		{ "throttle", XENGT_COUNTER_reg_unknown, true, false },
		/*
		 * the first of these counters cannot be throttled; the second has a rate
		 * limit at all times
		 */
		{ "throttle", XENGT_COUNTER_resets, false, false },
		{ "throttle", XENGT_COUNTER_hangs, false, false },
		{ "nonsense", XENGT_COUNTER_reg_unknown, true, false },
		{ "stop", XENGT_COUNTER_resets, false, true },
	};

	(void)state;
	begin_to("connected");
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		uint64_t events = the_vgpu()->abuse[cases[i].row].events;

		world.on_abuse = cases[i].setting;
		world.throttles = 0;
		xengt_bvgpu_look(&broker, DOMID);
		abused(cases[i].row, 1000 + i);
		assert_int_equal(world.throttles, cases[i].is_throttled);
		assert_int_equal(world.quits, cases[i].is_stopped);
		assert_int_equal(the_vgpu()->abuse[cases[i].row].events,
				 events + 1000 + i);
	}
	/* the broker stops the vGPU only once, and the vGPU ends like any other vGPU */
	abused(XENGT_COUNTER_hangs, 1);
	assert_int_equal(world.quits, 1);
	worker_ends();
	goes();
	assert_string_equal(world.error, "stopped for abuse (on-abuse=stop): too many gpu.resets (engine resets by the guest), 2009 of them");
}

/* The broker logs at most one line a minute for each counter, but counts all events. */
static void a_worker_that_tells_too_much(void **state)
{
	struct xengt_bvgpu_abuse *a;
	int64_t last = -1;
	int lines = 0;

	(void)state;
	begin_to("connected");
	a = &the_vgpu()->abuse[XENGT_COUNTER_hangs];
	for (int i = 0; i < 600; i++) {
		abused(XENGT_COUNTER_hangs, 2);
		lines += a->line_msec != last;
		last = a->line_msec;
		pass(1000);
	}
	assert_int_equal(lines, 600 * 1000 / ABUSE_LOG_MSEC);
	assert_int_equal(a->events, 1200);
	worker_ends();
	goes();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_lives_and_goes),
		TEST(qemu_is_asked_when_it_may_run),
		TEST(an_error_of_xenstore_is_no_wish),
		TEST(a_request_was_missed),
		TEST(another_request_replaces_one_that_waits),
		TEST(a_refusal_is_for_its_own_request),
		TEST(its_worker_dies),
		TEST(its_domain_is_renamed),
		TEST(xen_keeps_the_server_for_a_while),
		TEST(xen_keeps_the_server),
		TEST(it_does_not_start),
		TEST(it_is_not_ready_in_time),
		TEST(its_script_fails),
		TEST(it_waits_for_memory),
		TEST(there_is_no_memory),
		TEST(the_domain_ends),
		TEST(another_one_is_wanted_meanwhile),
		TEST(the_worker_says_that_it_is_dead),
		TEST(the_worker_says_what_it_should_not),
		TEST(it_places_what_costs_little),
		TEST(it_places_what_costs_much),
		TEST(its_guest_misbehaves),
		TEST(a_worker_that_tells_too_much),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
