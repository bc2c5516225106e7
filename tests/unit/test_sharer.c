/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the broker starts, finds, watches and ends sharers, which it does not trust. This
 * test program is the sharer, too: the viewer's domid says what it does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complaints.h"
#include "made_loop.h"
#include "patience.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengtd/child.h"
#include "xengtd/sharer.h"
#include "xengtd/xengtd.h"

/* Domids, which say what the sharer does. */
enum { OBEYS = 1, IS_DEAF, SENDS_NONSENSE, SENDS_ORDERS, HANGS_UP, LISTENS, GIVES_FILES };

/* ---- the sharer ---- */

static void say(int fd, uint32_t type)
{
	struct xengt_sp_msg msg = { .type = type, .viewer = 1 };

	if (xengt_sp_send(fd, &msg, -1) < 0)
		_exit(50);
}

static void obey(int fd)
{
	say(fd, XENGT_SP_HELLO);
	for (;;) {
		struct xengt_sp_msg msg;
		int got = -1;

		poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1);
		if (xengt_sp_recv(fd, &msg, &got) < 0)
			_exit(53);
		if (msg.type == XENGT_SP_END)
			_exit(0);
		if ((msg.type == XENGT_SP_FILE) != (got >= 0))
			_exit(54);
		say(fd, XENGT_SP_DONE);
	}
}

static int be_sharer(int argc, char **argv)
{
	const int fd = XENGT_SP_FD_BROKER;

	patience_renew();
	signal(SIGTERM, SIG_DFL);
	for (int i = 1; i < argc; i++)
		printf("%s ", argv[i]);
	printf("\nfds:");
	for (int i = 0; i < 20; i++)
		if (fcntl(i, F_GETFD) >= 0)
			printf(" %d", i);
	printf("\n");
	fflush(stdout);
	switch (atoi(argv[2])) {
	case IS_DEAF:
		signal(SIGTERM, SIG_IGN);
		say(fd, XENGT_SP_HELLO);
		for (;;)
			pause();
	case SENDS_NONSENSE:
		send(fd, "nonsense", 8, 0);
		pause();
		break;
	case SENDS_ORDERS:
		say(fd, XENGT_SP_END);
		pause();
		break;
	case GIVES_FILES: {
		struct xengt_sp_msg msg = { .type = XENGT_SP_DONE, .viewer = 1 };

		for (int i = 0; i < 5; i++)
			xengt_sp_send(fd, &msg, STDIN_FILENO);
		say(fd, XENGT_SP_HELLO);
		break;
	}
	case HANGS_UP:
		shutdown(fd, SHUT_RDWR);
		pause();
		break;
	case LISTENS:
		listen(XENGT_SP_FD_LISTEN, 1);
		say(fd, XENGT_SP_HELLO);
		poll(&(struct pollfd){ XENGT_SP_FD_LISTEN, POLLIN, 0 }, 1, -1);
		obey(accept(XENGT_SP_FD_LISTEN, NULL, NULL));
		break;
	}
	obey(fd);
	return 0;
}

/* ---- the broker ---- */

static struct xengtd broker;
static char dir[] = "/tmp/test-sharer-XXXXXX";

static struct {
	struct xengt_sharer *sharer;
	struct xengt_sp_msg last;
	bool heard, has_ended;
} seen;

static void on_message(void *ctx, const struct xengt_sp_msg *msg)
{
	assert_ptr_equal(ctx, &seen);
	seen.last = *msg;
	seen.heard = true;
}

static void on_ended(void *ctx)
{
	assert_ptr_equal(ctx, &seen);
	seen.has_ended = true;
}

static const struct xengt_sharer_events events = {
	.message = on_message, .ended = on_ended,
};

static int try_start(uint32_t viewer)
{
	static const uint8_t uuid[16] = { 0xab, 1 };

	memset(&seen, 0, sizeof(seen));
	return xengt_sharer_start(&broker, viewer, uuid, &events, &seen, &seen.sharer);
}

static void hear(uint32_t type)
{
	seen.heard = false;
	loop_until(&seen.heard);
	assert_int_equal(seen.last.type, type);
}

static void ends(void)
{
	loop_until(&seen.has_ended);
	xengt_sharer_remove_socket(seen.sharer);
	xengt_sharer_free(seen.sharer);
	assert_true(loop_is_empty());
}

static void tell(enum xengt_sp_type type, int fd)
{
	struct xengt_sp_msg msg = { .type = type };

	xengt_sharer_send(seen.sharer, &msg, fd);
}

static void it_is_told_what_it_is(void **state)
{
	const int before = loop_count_fds();
	char expected[256], path[128], text[512] = "";
	int fd;

	(void)state;
	assert_int_equal(try_start(OBEYS), 0);
	hear(XENGT_SP_HELLO);
	tell(XENGT_SP_FILE, 0);
	hear(XENGT_SP_DONE);
	tell(XENGT_SP_CLEAR, -1);
	hear(XENGT_SP_DONE);
	xengt_sharer_quit(seen.sharer);
	assert_true(loop_is_armed(XENGT_SHARER_QUIT_MSEC));
	ends();
	assert_int_equal(loop_count_fds(), before);
	snprintf(path, sizeof(path), "%s/view-1.log", dir);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	snprintf(expected, sizeof(expected), "--viewer 1 --uuid ab010000000000000000000000000000 --chroot %s/empty --seccomp kill \nfds: 0 1 2 3 4\n",
		 dir);
	assert_string_equal(text, expected);
}

static void it_misbehaves(void **state)
{
	static const uint32_t ways[] = { SENDS_NONSENSE, SENDS_ORDERS, HANGS_UP };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		assert_int_equal(try_start(ways[i]), 0);
		ends();
		assert_false(seen.heard);
	}
}

/* Nobody asked the sharer for files: the broker closes them. */
static void it_gives_files(void **state)
{
	const int before = loop_count_fds();
	int meanwhile;

	(void)state;
	assert_int_equal(try_start(GIVES_FILES), 0);
	meanwhile = loop_count_fds();
	do
		loop_until(&seen.heard), seen.heard = false;
	while (seen.last.type != XENGT_SP_HELLO);
	assert_int_equal(loop_count_fds(), meanwhile);
	xengt_sharer_quit(seen.sharer);
	ends();
	assert_int_equal(loop_count_fds(), before);
}

static void it_takes_no_messages(void **state)
{
	(void)state;
	assert_int_equal(try_start(OBEYS), 0);
	hear(XENGT_SP_HELLO);
	xengt_sharer_kill(seen.sharer);
	/* the message is dropped, and the broker does not complain */
	complaints = 0;
	tell(XENGT_SP_CLEAR, -1);
	assert_int_equal(complaints, 0);
	ends();
}

static void it_does_not_end(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(try_start(IS_DEAF), 0);
		hear(XENGT_SP_HELLO);
		if (i == 0)
			xengt_sharer_quit(seen.sharer);
		else
			xengt_sharer_kill(seen.sharer);
		assert_true(loop_is_armed(XENGT_SHARER_QUIT_MSEC));
		loop_fire();
		ends();
	}
}

static void it_cannot_be_started(void **state)
{
	const int before = loop_count_fds();

	(void)state;
	broker.opt.sharer = "/no/such/program";
	assert_int_equal(try_start(OBEYS), -ENOENT);
	broker.opt.sharer = "/proc/self/exe";
	loop_add_error = -ENOSPC;
	assert_int_equal(try_start(OBEYS), -ENOSPC);
	loop_add_error = 0;
	broker.opt.run_dir = "/no/such/dir";
	assert_int_equal(try_start(OBEYS), -ENOENT);
	broker.opt.run_dir = dir;
	assert_int_equal(loop_count_fds(), before);
	assert_true(loop_is_empty());
}

/* A path is free again when its sharer has ended. */
static void paths_have_a_limit(void **state)
{
	char path[XENGT_VIEWS_MAX][128];

	(void)state;
	for (unsigned int i = 0; i < XENGT_VIEWS_MAX; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/view-1-%u.sock", dir, i);
		close(open(path[i], O_CREAT | O_WRONLY, 0600));
	}
	assert_int_equal(try_start(OBEYS), -ENOSPC);
	for (unsigned int i = 0; i < XENGT_VIEWS_MAX; i++)
		unlink(path[i]);
	assert_int_equal(try_start(OBEYS), 0);
	hear(XENGT_SP_HELLO);
	assert_int_equal(access(path[0], F_OK), 0);
	xengt_sharer_quit(seen.sharer);
	assert_true(loop_is_armed(XENGT_SHARER_QUIT_MSEC));
	ends();
	assert_int_equal(access(path[0], F_OK), -1);
}

static void it_is_found(void **state)
{
	static const char file[] = "view-6-0.sock";
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	assert_int_equal(try_start(LISTENS), 0);
	hear(XENGT_SP_HELLO);
	/* the broker ends; the next one finds the sharer */
	xengt_sharer_free(seen.sharer);
	assert_int_equal(xengt_sharer_find(&broker, file, &events, &seen, &seen.sharer), 0);
	hear(XENGT_SP_HELLO);
	xengt_sharer_quit(seen.sharer);
	assert_true(loop_is_armed(XENGT_SHARER_QUIT_MSEC));
	ends();
	/* the socket of a sharer that has ended */
	close(xengt_child_bind(path));
	assert_int_equal(xengt_sharer_find(&broker, file, &events, &seen, &seen.sharer),
			 -ECONNREFUSED);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(xengt_sharer_find(&broker, file, &events, &seen, &seen.sharer), -ENOENT);
	xengt_sharer_free(NULL);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	broker.opt.run_dir = dir;
	broker.opt.log_dir = dir;
	broker.opt.sharer = "/proc/self/exe";
	broker.opt.is_seccomp_fatal = true;
	xengt_log_set_level(XENGT_LOG_ERR);
	return 0;
}

static int remove_dir(void **state)
{
	char path[128];

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "%s/view-%d.log", dir, i);
		unlink(path);
	}
	return rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_what_it_is),
		cmocka_unit_test(it_misbehaves),
		cmocka_unit_test(it_gives_files),
		cmocka_unit_test(it_takes_no_messages),
		cmocka_unit_test(it_does_not_end),
		cmocka_unit_test(it_cannot_be_started),
		cmocka_unit_test(paths_have_a_limit),
		cmocka_unit_test(it_is_found),
	};

	if (argc > 2 && !strcmp(argv[1], "--viewer"))
		return be_sharer(argc, argv);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
