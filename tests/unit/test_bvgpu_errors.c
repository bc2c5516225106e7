/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests what the broker does if a step of a vGPU's creation fails, or the request is withdrawn
 * during this step: the vGPU ends, its resources are released, and the node `error` has the
 * reason.
 */
#include "bvgpu_rig.h"
#include "common/qmp_slots.h"
#include "xengtd/vgpu_give_back.h"

/* Checks that the request was refused, and that nothing is left. */
static void is_refused(const char *text)
{
	assert_null(the_vgpu());
	assert_null(timers);
	assert_null(world.ctx);
	assert_int_equal(world.state, XENGT_STORE_CLOSED);
	if (!strstr(world.error, text))
		fail_msg("no \"%s\" in \"%s\"", text, world.error);
	assert_false(is_slice_taken());
}

static void the_request_is_bad(void **state)
{
	(void)state;
	world.request_error = -EINVAL;
	wish(XENGT_STORE_REQUESTED);
	is_refused("no request");
	assert_int_equal(world.qemu_asked, 0);
	world.request_error = 0;
	world.check_error = -ESRCH;
	wish(XENGT_STORE_REQUESTED);
	is_refused("no domain");
	assert_int_equal(world.qemu_asked + world.reserved, 0);
}

/*
 * `state` has a value that no toolstack may write: the request is refused. If there is no
 * vGPU, the broker answers `state` 5 without an error.
 */
static void the_state_is_bad(void **state)
{
	(void)state;
	wish(XENGT_STORE_UNKNOWN);
	is_refused("state must be 1");
	wish(XENGT_STORE_CLOSING);
	is_refused("");
	assert_string_equal(world.error, "");
	wish(XENGT_STORE_CLOSED);
	wish(XENGT_STORE_ACCEPTED);
	assert_int_equal(world.state, XENGT_STORE_ACCEPTED);
	assert_null(the_vgpu());
}

static void qemu_answers(int error)
{
	const struct xengt_qmp_slots slots = { 0 };
	void (*done)(void *ctx, int err, const struct xengt_qmp_slots *s) = world.qmp_done;

	assert_string_equal(state_name(), "asking");
	assert_non_null(done);
	world.qmp_done = NULL;
	done(world.qmp_ctx, error, error ? NULL : &slots);
}

static void qemu_is_asked(void **state)
{
	(void)state;
	world.is_qemu_there = true;
	wish(XENGT_STORE_REQUESTED);
	assert_int_equal(world.reserved, 0);
	qemu_answers(0);
	assert_string_equal(state_name(), "hotplug");
	assert_int_equal(world.reserved, 1);
	wish(XENGT_STORE_CLOSING);
	goes();
	/* QEMU does not answer in time */
	wish(XENGT_STORE_REQUESTED);
	qemu_answers(-ETIMEDOUT);
	is_refused("cannot ask the QEMU of \"guest\" which PCI slots it uses: Connection timed out");
	/* no PCI slot is free */
	world.slot_error = -ENOSPC;
	wish(XENGT_STORE_REQUESTED);
	qemu_answers(0);
	is_refused("no slot");
	/* the request is withdrawn meanwhile */
	wish(XENGT_STORE_REQUESTED);
	wish(XENGT_STORE_CLOSING);
	is_refused("");
	assert_null(world.qmp_done);
	assert_int_equal(world.reserved, 1);
	/* the question cannot be sent to QEMU */
	world.is_qemu_there = false;
	world.qmp_error = -EACCES;
	wish(XENGT_STORE_REQUESTED);
	is_refused("which PCI slots it uses: Permission denied");
	assert_int_equal(world.reserved, 1);
}

static void xenstore_does_not_take_it(void **state)
{
	(void)state;
	world.accept_error = -EBUSY;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(world.script, "");
	is_refused("the request for the vGPU was withdrawn");
	assert_int_equal(world.retired, 1);
}

/* The script cannot be started: it did not run, and so it is not run at the end. */
static void the_script_cannot_be_run(void **state)
{
	(void)state;
	world.script_error = -ENOENT;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(world.script, "");
	is_refused("cannot run /script: No such file or directory");
	/* the record of the script cannot be written: the script does not run, either */
	world.script_error = 0;
	world.save_error = -ENOSPC;
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(world.script, "");
	is_refused("cannot write to");
}

/* If the script cannot be run at the end, the broker releases the vGPU nevertheless. */
static void the_script_cannot_be_run_again(void **state)
{
	(void)state;
	begin_to("connected");
	world.script_error = -ENOENT;
	wish(XENGT_STORE_CLOSING);
	worker_ends();
	is_refused("");
	assert_string_equal(world.script, "add");
}

/* xengtd --hotplug-script none */
static void there_is_no_script(void **state)
{
	(void)state;
	broker.opt.hotplug_script = "";
	wish(XENGT_STORE_REQUESTED);
	assert_string_equal(state_name(), "starting");
	worker_says_type(XENGT_WP_READY);
	assert_string_equal(state_name(), "connected");
	wish(XENGT_STORE_CLOSING);
	worker_ends();
	is_refused("");
	assert_string_equal(world.script, "");
}

static void the_script_says_something_else(void **state)
{
	static const char *const statuses[] = { "", "error", "connecte", "connected " };

	for (int i = 0; i < 4; i++) {
		setup(state);
		begin_to("hotplug");
		world.hotplug_status = statuses[i];
		script_ends(NULL);
		assert_null(world.ctx);
		goes();
		assert_non_null(strstr(world.error, "without setting hotplug-status"));
	}
	/* an empty error is no error */
	setup(state);
	begin_to("hotplug");
	world.hotplug_status = "connected";
	world.hotplug_error = "";
	script_ends(NULL);
	assert_string_equal(state_name(), "starting");
}

static void the_worker_cannot_be_started(void **state)
{
	(void)state;
	begin_to("hotplug");
	world.hotplug_status = "connected";
	world.start_error = -EMFILE;
	script_ends(NULL);
	assert_null(world.ctx);
	goes();
	assert_non_null(strstr(world.error, "cannot start"));
	assert_non_null(strstr(world.error, "Too many open files"));
}

/* xenstore does not take the state "connected". */
static void it_cannot_be_connected(void **state)
{
	static const struct {
		int error;
		const char *text;
	} cases[] = {
		{ -ENOENT, "" }, { -EBUSY, "" },
		{ -EIO, "cannot write to xenstore: Input/output error" },
	};

	for (int i = 0; i < 3; i++) {
		setup(state);
		begin_to("starting");
		world.connect_error = cases[i].error;
		worker_says_type(XENGT_WP_READY);
		assert_string_equal(state_name(), "stopping");
		assert_int_equal(world.quits, 1);
		worker_ends();
		goes();
		assert_string_equal(world.error, cases[i].text);
	}
}

/* The broker ignores FAILED and READY unless the worker is starting. */
static void the_worker_speaks_out_of_turn(void **state)
{
	(void)state;
	begin_to("connected");
	worker_says_type(XENGT_WP_FAILED);
	worker_says_type(XENGT_WP_READY);
	worker_says_type(XENGT_WP_PONG);
	worker_says_type(XENGT_WP_UNPLUGGED);
	assert_string_equal(state_name(), "connected");
	assert_int_equal(world.quits + world.kills, 0);
	world.gpu_state = XENGT_VGPU_GPU_GONE;
	worker_says_type(XENGT_WP_DEAD);
	assert_int_equal(world.quits, 1);
	worker_ends();
	goes();
	assert_string_equal(world.error, "the GPU was unbound");
}

/* The module does not answer: then the log of the worker says why. */
static void nobody_knows_why_it_died(void **state)
{
	(void)state;
	begin_to("connected");
	world.gpu_state = XENGT_VGPU_GPU_GONE;
	world.info_error = -EIO;
	worker_says_type(XENGT_WP_DEAD);
	world.info_error = 0;
	worker_ends();
	goes();
	assert_string_equal(world.error, "the vGPU cannot continue; see its log");
}

static void the_worker_dies_before_it_is_ready(void **state)
{
	(void)state;
	begin_to("starting");
	worker_ends();
	goes();
	assert_non_null(strstr(world.error, "before it was ready"));
}

/* A new monitor's file is bad, or the worker does not take it: the old monitor stays. */
static void the_monitor_cannot_be_changed(void **state)
{
	(void)state;
	begin_to("connected");
	world.edid = "/one";
	world.edid_error = -EINVAL;
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.edids, 0);
	assert_string_equal(state_name(), "connected");
	assert_string_equal(the_vgpu()->error, "");
	world.edid = "/two";
	world.edid_error = 0;
	world.send_edid_error = -EIO;
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.edids, 0);
	world.send_edid_error = 0;
	/* the same file is not tried again; another one is */
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.edids, 0);
	world.edid = "/three";
	xengt_bvgpu_look(&broker, DOMID);
	assert_int_equal(world.edids, 1);
	assert_string_equal(the_vgpu()->req.edid, "/three");
}

/* If the path of a monitor's file is too long for the record, the broker ignores the file. */
static void how_long_the_path_may_be(void **state)
{
	char path[sizeof(the_vgpu()->req.edid) + 1];

	(void)state;
	begin_to("connected");
	for (int more = 0; more < 2; more++) {
		memset(path, 'x', sizeof(path));
		path[sizeof(path) - 2 + more] = '\0';
		world.edid = path;
		xengt_bvgpu_look(&broker, DOMID);
		assert_int_equal(world.edids, 1);
	}
}

/* Without an event of xenstore the broker looks at each vGPU and at each domain with nodes. */
static void looking_again(void **state)
{
	(void)state;
	world.state = XENGT_STORE_REQUESTED;
	world.list_error = -EIO;
	xengt_bvgpu_look_again(&broker);
	assert_null(the_vgpu());
	world.list_error = 0;
	xengt_bvgpu_look_again(&broker);
	assert_string_equal(state_name(), "hotplug");
	xengt_bvgpu_look_again(&broker);
	assert_string_equal(state_name(), "hotplug");
	world.state = XENGT_STORE_CLOSING;
	world.list_error = -EIO;
	xengt_bvgpu_look_again(&broker);
	goes();
}

/* If everything is released, no text says that something is held. */
static void nothing_is_held(void **state)
{
	struct xengt_bvgpu v = { .fd = -1, .held = "not released: x: Invalid argument" };

	(void)state;
	assert_int_equal(xengt_bvgpu_give_back(&v), 0);
	assert_string_equal(v.held, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_request_is_bad),
		TEST(the_state_is_bad),
		TEST(qemu_is_asked),
		TEST(xenstore_does_not_take_it),
		TEST(the_script_cannot_be_run),
		TEST(the_script_cannot_be_run_again),
		TEST(there_is_no_script),
		TEST(the_script_says_something_else),
		TEST(the_worker_cannot_be_started),
		TEST(it_cannot_be_connected),
		TEST(the_worker_speaks_out_of_turn),
		TEST(nobody_knows_why_it_died),
		TEST(the_worker_dies_before_it_is_ready),
		TEST(the_monitor_cannot_be_changed),
		TEST(how_long_the_path_may_be),
		TEST(looking_again),
		TEST(nothing_is_held),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
