/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the control socket and its clients. test_control.c tests the parser of
 * lines, test_control_answers.c tests the answers about a vGPU.
 */
#include "control_rig.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "xengtd/control.h"
#include "xengtd/waits.h"
#include "xengtd/xengtd.h"

/* ---- lines ---- */

static void questions_and_answers(void **state)
{
	int fd = join();

	(void)state;
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	/* each line gets one answer, in order */
	say(fd, PING "{\"v\":1,\"cmd\":\"pong\"}\n\nbanana\n"
		"{\"v\":1,\"cmd\":\"list\"}\n{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "version");
	has(hear(fd), "\"code\":\"unknown-command\"");
	has(hear(fd), "\"code\":\"bad-request\"");
	has(hear(fd), "\"code\":\"bad-request\"");
	has(hear(fd), "\"data\":[]");
	has(hear(fd), "\"low_total_mib\":256");
	assert_string_equal(hear(fd), "");
	world.gpu_error = -ENODEV;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"code\":\"no-gpu\"");
	world.gpu_error = -ENXIO;
	say(fd, "{\"v\":1,\"cmd\":\"resources\"}\n");
	has(hear(fd), "\"code\":\"no-module\",\"error\":\"error 6\"");
	close(fd);
	run();
	assert_int_equal(clients(), 0);
}

/*
 * A client that stops in the middle of a line is dropped after a minute. A
 * client that sends nothing at all may stay connected for ever.
 */
static void half_a_line(void **state)
{
	int fd = join(), other = join();

	(void)state;
	for (const char *c = PING; *c; c++) {
		char text[2] = { *c };

		assert_string_equal(hear(fd), "");
		say(fd, text);
	}
	has(hear(fd), "\"ok\":true");
	pass(10 * IDLE_MSEC);
	say(fd, "{\"v\":1,");
	pass(IDLE_MSEC - 1);
	assert_string_equal(hear(fd), "");
	/* each byte that arrives restarts the minute */
	say(fd, " ");
	pass(IDLE_MSEC - 1);
	assert_string_equal(hear(fd), "");
	pass(1);
	assert_null(hear(fd));
	say(other, PING);
	has(hear(other), "\"ok\":true");
	assert_int_equal(clients(), 1);
	close(fd);
	close(other);
}

static void send_all(int fd, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, text + done, len - done, MSG_NOSIGNAL);

		assert_true(n > 0 || errno == EAGAIN);
		if (n > 0)
			done += (size_t)n;
		run();
	}
}

static void lines_that_are_too_long(void **state)
{
	static const char head[] = "{\"v\":1,\"cmd\":\"ping\",\"x\":\"";
	char *line = malloc(4 * XENGT_CONTROL_LINE_MAX);
	int fd = join();

	(void)state;
	/* a line of the greatest length gets its answer */
	memset(line, 'x', 4 * XENGT_CONTROL_LINE_MAX);
	memcpy(line, head, strlen(head));
	memcpy(line + XENGT_CONTROL_LINE_MAX - 3, "\"}\n", 3);
	send_all(fd, line, XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"ok\":true");
	/*
	 * a line with one byte more is refused once, and the next line is
	 * handled
	 */
	line[XENGT_CONTROL_LINE_MAX - 3] = 'x';
	memcpy(line + XENGT_CONTROL_LINE_MAX - 2, "\"}\n", 3);
	send_all(fd, line, XENGT_CONTROL_LINE_MAX + 1);
	has(hear(fd), "longer than 64 KiB");
	assert_string_equal(hear(fd), "");
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	/* a much longer line */
	memset(line + XENGT_CONTROL_LINE_MAX - 2, 'x',
	       3 * XENGT_CONTROL_LINE_MAX);
	send_all(fd, line, 4 * XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"code\":\"bad-request\"");
	assert_string_equal(hear(fd), "");
	say(fd, "\n" PING);
	has(hear(fd), "\"ok\":true");
	assert_string_equal(hear(fd), "");
	/*
	 * a client that sends a line without an end is dropped after a minute
	 */
	send_all(fd, line, 4 * XENGT_CONTROL_LINE_MAX);
	has(hear(fd), "\"code\":\"bad-request\"");
	pass(IDLE_MSEC);
	assert_null(hear(fd));
	close(fd);
	free(line);
}

/* ---- clients ---- */

static void more_clients_than_there_may_be(void **state)
{
	int fds[CLIENTS_MAX + 2];

	(void)state;
	for (int i = 0; i < CLIENTS_MAX; i++) {
		fds[i] = join();
		made_ev.now_msec++;
	}
	/*
	 * after this the second client is the one that was silent for the
	 * longest time
	 */
	say(fds[0], PING);
	has(hear(fds[0]), "\"ok\":true");
	fds[CLIENTS_MAX] = join();
	assert_int_equal(clients(), CLIENTS_MAX);
	assert_null(hear(fds[1]));
	made_ev.now_msec++;
	fds[CLIENTS_MAX + 1] = join();
	assert_null(hear(fds[2]));
	for (int i = 0; i < CLIENTS_MAX + 2; i++) {
		if (i != 1 && i != 2) {
			say(fds[i], PING);
			has(hear(fds[i]), "\"ok\":true");
		}
		close(fds[i]);
	}
	run();
	assert_int_equal(clients(), 0);
}

/*
 * A client that closes its sending side gets all its answers; then its
 * connection ends.
 */
static void a_client_that_says_no_more(void **state)
{
	int fd = join();

	(void)state;
	assert_true(send(fd, PING PING, 2 * strlen(PING), 0) > 0);
	shutdown(fd, SHUT_WR);
	run();
	has(hear(fd), "\"ok\":true");
	has(hear(fd), "\"ok\":true");
	assert_null(hear(fd));
	assert_int_equal(clients(), 0);
	close(fd);
	fd = join();
	say(fd, "{\"v\":1");
	shutdown(fd, SHUT_WR);
	run();
	assert_null(hear(fd));
	close(fd);
}

/*
 * A client sends endless questions and reads no answer: no buffer grows without
 * limit, and the broker drops the client at last.
 */
static void a_client_that_does_not_read(void **state)
{
	int fd = join(), other = join(), n = 0;

	(void)state;
	while (send(fd, PING, strlen(PING), MSG_NOSIGNAL) > 0) {
		assert_true(++n < 1000000);
		run();
	}
	assert_int_equal(errno, EAGAIN);
	say(other, PING);
	has(hear(other), "\"ok\":true");
	pass(IDLE_MSEC);
	assert_int_equal(clients(), 1);
	close(fd);
	close(other);
}

/* ---- the socket ---- */

static void there_is_another_broker(void **state)
{
	struct xengt_control *other = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(xengt_control_create(&broker, &other), -EADDRINUSE);
	assert_null(other);
	run();
	assert_int_equal(stat(socket_path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/*
	 * an xengtd that died leaves its socket's file; a new xengtd may replace
	 * the file
	 */
	shutdown(made_ev.ios[0].io->fd, SHUT_RDWR);
	assert_int_equal(xengt_control_create(&broker, &other), 0);
	xengt_control_destroy(control);
	control = other;
}

/* Returns the number that the next file descriptor gets. */
static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/*
 * If the socket cannot be created, xengt_control_create() returns the reason (-ENOENT), and
 * leaves no file descriptor open.
 */
static void there_is_no_place_for_the_socket(void **state)
{
	const char *dir = broker.opt.run_dir;
	struct xengt_control *other = NULL;
	const int fd = next_fd();

	(void)state;
	broker.opt.run_dir = "/nonexistent/xengt";
	assert_int_equal(xengt_control_create(&broker, &other), -ENOENT);
	broker.opt.run_dir = dir;
	assert_null(other);
	assert_int_equal(next_fd(), fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(questions_and_answers),
		TEST(half_a_line),
		TEST(lines_that_are_too_long),
		TEST(more_clients_than_there_may_be),
		TEST(a_client_that_says_no_more),
		TEST(a_client_that_does_not_read),
		TEST(there_is_another_broker),
		TEST(there_is_no_place_for_the_socket),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
