/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the answers about a vGPU that a client of the control socket gets: the broker's
 * own answers, and answers for which the broker asks the worker.
 */
#include "control_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "uapi/xengt.h"
#include "xengtd/bvgpu.h"
#include "xengtd/control.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/waits.h"
#include "xengtd/xengtd.h"

/* ---- vGPUs ---- */

/*
 * Returns the broker's answer to `info` while the worker does not answer. The domid in the
 * answer shows which vGPU the broker chose.
 */
static const char *info_of(int fd, const char *vgpu)
{
	ask(fd, "info", vgpu);
	pass(QUESTION_MSEC);
	return hear(fd);
}

/* A number is a domid. If no vGPU has this domid, the number is a name, as in xl. */
static void names_that_are_numbers(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(7, "seven");
	has(info_of(fd, "\"7\""), "\"domid\":7");
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "\"seven\""), "\"domid\":7");
	add_vgpu(3, "7");
	has(info_of(fd, "\"7\""), "\"domid\":7");
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "3"), "\"domid\":3");
	has(info_of(fd, "\"seven\""), "\"domid\":7");
	/* the domains were renamed, so only the new names are valid */
	world.names[3] = "three";
	world.names[7] = "99";
	has(info_of(fd, "7"), "\"domid\":7");
	has(info_of(fd, "3"), "\"domid\":3");
	has(info_of(fd, "99"), "\"domid\":7");
	has(info_of(fd, "\"three\""), "\"domid\":3");
	has(info_of(fd, "\"seven\""), "\"code\":\"no-such-vgpu\"");
	has(info_of(fd, "\"07 \""), "no-such-vgpu");
	has(info_of(fd, "-1"), "no-such-vgpu");
	has(info_of(fd, "4294967303"), "no-such-vgpu");
	close(fd);
}

/* `info` says what is wrong with the GPU, and why a vGPU that has ended is held. */
static void what_went_wrong(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(7, "seven");
	int fd = join();

	(void)state;
	has(info_of(fd, "7"), "\"gpu_health\":\"fine\",\"gpu_flushes_failed\":2,\"gpu_stops_failed\":4,\"gpu_resets_failed\":3,\"gpu_full_resets\":5,\"gpu_backend\":\"beside i915: i915 drives the GPU and its monitors, and runs guests' work beside its own\",\"gpu_way\":\"pvh: addresses of dom0");
	world.health = XENGT_HEALTH_STOPPED;
	has(info_of(fd, "7"), "\"gpu_health\":\"stopped: bind");
	world.health |= XENGT_HEALTH_CUT_OFF;
	has(info_of(fd, "7"), "\"gpu_health\":\"stopped: it has lost bus mastering");
	world.health |= XENGT_HEALTH_LOST;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"gpu_health\":\"lost: ");
	strcpy(v->held, "not released: its aperture");
	assert_null(strstr(info_of(fd, "7"), "not released"));
	v->state = XENGT_BVGPU_HELD;
	ask(fd, "info", "7");
	has(hear(fd), "\"faults\":[\"not released: its aperture\"]");
	close(fd);
}

/* xl accepts any bytes as a name, but an answer must be valid JSON. */
static void a_name_that_is_not_utf8(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(7, "gr\xfcn");
	has(info_of(fd, "7"), "\"name\":\"gr?n\"");
	close(fd);
}

static void one_that_ended(void **state)
{
	int fd = join();

	(void)state;
	world.names[5] = "five";
	ask(fd, "stat", "\"five\"");
	has(hear(fd), "no vGPU for domain \\\"five\\\"");
	world.ended = 5;
	ask(fd, "stat", "\"five\"");
	has(hear(fd), "\"code\":\"no-such-vgpu\",\"error\":\"the vGPU of \\\"five\\\" has ended: its process died\"");
	ask(fd, "stat", "5");
	has(hear(fd), "has ended: its process died");
	ask(fd, "stat", "\"six\"");
	has(hear(fd), "no vGPU for domain");
	ask(fd, "stat", "6");
	has(hear(fd), "no vGPU for domain");
	assert_int_equal(world.questions, 0);
	close(fd);
}

/*
 * While a client waits for an answer, the broker reads no further line of this client, but
 * reads lines of other clients.
 */
static void a_worker_is_asked(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	int fd = join(), other = join();

	(void)state;
	msg.u.counters.hypercalls = 123456;
	say(fd, "{\"v\":1,\"cmd\":\"stat\",\"vgpu\":4}\n" PING);
	assert_int_equal(world.asked.type, XENGT_WP_GET_COUNTERS);
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	assert_string_equal(hear(fd), "");
	say(other, PING);
	has(hear(other), "\"ok\":true");
	/*
	 * a message of another type or with another number does not answer the
	 * question
	 */
	worker_says(v, &(struct xengt_wp_msg){ .type = XENGT_WP_INFO });
	msg.seq = world.asked.seq + 1;
	xengt_bvgpu_on_message(v, &msg, -1);
	run();
	assert_string_equal(hear(fd), "");
	worker_says(v, &msg);
	has(hear(fd), "123456");
	has(hear(fd), "version");
	has(hear(fd), "version");
	/* a second answer to the same question is ignored */
	worker_says(v, &msg);
	assert_string_equal(hear(fd), "");
	close(fd);
	close(other);
}

static void a_worker_that_does_not_answer(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	int fd = join();

	(void)state;
	ask(fd, "stat", "4");
	pass(QUESTION_MSEC - 1);
	assert_string_equal(hear(fd), "");
	pass(1);
	has(hear(fd), "\"code\":\"no-answer\"");
	/* the vGPU ends before its worker has answered */
	ask(fd, "regs-diff", "4");
	xengt_bvgpu_fail_questions(v, -ENOTCONN);
	run();
	has(hear(fd), "\"code\":\"no-answer\"");
	/* there is no worker, so `info` has only what the broker itself knows */
	v->worker = NULL;
	ask(fd, "stat", "4");
	has(hear(fd), "\"code\":\"no-answer\"");
	ask(fd, "info", "4");
	has(hear(fd), "\"name\":\"four\"");
	assert_int_equal(world.questions, 2);
	close(fd);
}

/* A client disconnects before the answer to its question comes. */
static void a_client_that_goes_meanwhile(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	int fd = join(), other = join();

	(void)state;
	ask(fd, "stat", "4");
	ask(other, "info", "4");
	close(fd);
	run();
	assert_int_equal(clients(), 1);
	worker_says(v, &msg);
	msg.type = XENGT_WP_INFO;
	worker_says(v, &msg);
	has(hear(other), "\"domid\":4");
	assert_null(v->questions);
	/* now xengtd itself ends before the answer comes */
	ask(other, "stat", "4");
	assert_non_null(v->questions);
	xengt_control_destroy(control);
	assert_null(v->questions);
	assert_null(hear(other));
	close(other);
	assert_int_equal(xengt_control_create(&broker, &control), 0);
}

/*
 * The worker sends registers in several messages; the broker makes one line of these
 * messages.
 */
static void many_registers(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_REGS };
	struct xengt_wp_regs *regs = &msg.u.regs;
	int fd = join();

	(void)state;
	ask(fd, "regs-unknown", "4");
	assert_int_equal(world.asked.u.wanted.list, XENGT_REGS_UNKNOWN);
	assert_int_equal(world.asked.u.wanted.from, 0);
	regs->left = 3;
	regs->count = 2;
	regs->reg[0].off = 0x100;
	regs->reg[1].off = 0x2000;
	worker_says(v, &msg);
	assert_string_equal(hear(fd), "");
	assert_int_equal(world.asked.u.wanted.from, 0x2004);
	regs->left = 1;
	regs->count = 1;
	regs->reg[0].off = 0x3000;
	worker_says(v, &msg);
	has(hear(fd), "{\"total\":3,\"regs\":[{\"off\":256,\"value\":0},{\"off\":8192,\"value\":0},{\"off\":12288,\"value\":0}]}");
	/*
	 * a worker sends an endless list: the client gets as much as fits into an answer
	 */
	ask(fd, "regs-diff", "4");
	regs->count = XENGT_WP_REGS_MAX;
	regs->left = 1000000;
	for (int i = 0; *hear(fd) == '\0'; i++) {
		assert_true(i <= REGS_MAX / XENGT_WP_REGS_MAX);
		worker_says(v, &msg);
	}
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	close(fd);
}

static void pictures(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_PICTURE };
	const char *line, *at;
	char path[64] = "";
	int fd = join(), file;

	(void)state;
	ask(fd, "screenshot", "4");
	msg.status = -ENODATA;
	worker_says(v, &msg);
	has(hear(fd), "\"code\":\"no-picture\"");
	/* the broker does not accept a picture without pixels */
	ask(fd, "screenshot", "4");
	msg.status = 0;
	worker_says(v, &msg);
	has(hear(fd), "\"code\":\"no-picture\"");
	ask(fd, "screenshot", "4");
	msg.u.picture.width = 640;
	msg.u.picture.height = 480;
	worker_says(v, &msg);
	line = hear(fd);
	has(line, "\"width\":640,\"height\":480,\"file\":\"");
	at = strstr(line, "\\/proc");
	assert_non_null(at);
	/* JSON escapes the slash */
	for (size_t i = 0; *at != '"'; at++)
		if (*at != '\\')
			path[i++] = *at;
	assert_int_equal(access(path, R_OK), 0);
	/* nobody can change the file's size, so a client can map the file safely */
	file = open(path, O_RDONLY);
	assert_int_equal(fcntl(file, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	close(file);
	/* the broker removes the picture's file at the next question */
	say(fd, PING);
	assert_int_equal(access(path, R_OK), -1);
	close(fd);
	run();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_that_are_numbers),
		TEST(what_went_wrong),
		TEST(a_name_that_is_not_utf8),
		TEST(one_that_ended),
		TEST(a_worker_is_asked),
		TEST(a_worker_that_does_not_answer),
		TEST(a_client_that_goes_meanwhile),
		TEST(many_registers),
		TEST(pictures),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
