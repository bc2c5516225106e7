/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker asks a domain's QEMU which PCI slots QEMU uses. The test replaces connect() and
 * imitates QEMU, including a QEMU that a guest has taken over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "full_memory.h"
#include "made_loop.h"
#include "xengtd/qmp.h"
#include "xengtd/xengtd.h"

#define DOMID	7u

static struct xengtd broker;

/* The errors of connect() for QEMU's two sockets, and the test's end of the connection. */
static struct {
	int libxenstat_error, libxl_error;
	int fd;
	char taken[108];
} qemu;

int __wrap_connect(int fd, const struct sockaddr *addr, socklen_t len);
int __wrap_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	const char *path = ((const struct sockaddr_un *)addr)->sun_path;
	int error = strstr(path, "libxenstat") ? qemu.libxenstat_error :
						 qemu.libxl_error;
	int ends[2];

	(void)len;
	/* no program that the broker starts inherits the descriptor, and no call blocks */
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	if (error) {
		errno = error;
		return -1;
	}
	strcpy(qemu.taken, path);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    ends), 0);
	assert_int_equal(dup2(ends[0], fd), fd);
	close(ends[0]);
	qemu.fd = ends[1];
	return 0;
}

/* The error of the next recv(), or 0. */
static int recv_error;

ssize_t __real_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	if (!recv_error)
		return __real_recv(fd, buf, len, flags);
	errno = recv_error;
	recv_error = 0;
	return -1;
}

static struct xengt_qmp *question;
static bool is_done;
static int error;
static uint32_t used;

static void on_done(void *ctx, int err, const struct xengt_qmp_slots *slots)
{
	assert_ptr_equal(ctx, &broker);
	assert_false(is_done);
	is_done = true;
	error = err;
	used = slots && !err ? slots->used : 0;
}

static int start(void)
{
	is_done = false;
	question = NULL;
	return xengt_qmp_start(&broker, DOMID, on_done, &broker, &question);
}

static int fds_before;

static int setup(void **state)
{
	(void)state;
	memset(&qemu, 0, sizeof(qemu));
	qemu.fd = -1;
	fds_before = loop_count_fds();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (qemu.fd >= 0)
		close(qemu.fd);
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), fds_before);
	return 0;
}

/* Sends a text as QEMU, in pieces of 'piece' bytes. The broker reads each piece. */
static void sends(const char *text, size_t piece)
{
	for (size_t left = strlen(text); left && !is_done;) {
		size_t n = left < piece ? left : piece;

		assert_int_equal(send(qemu.fd, text, n, MSG_NOSIGNAL), n);
		text += n;
		left -= n;
		errno = EAGAIN;		/* of an earlier call */
		loop_once();
	}
}

static void was_asked(const char *expected)
{
	char text[200];
	ssize_t n = recv(qemu.fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	assert_string_equal(text, expected);
}

#define GREETING	"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define EVENT		"{\"event\": \"RESUME\", \"data\": {\"return\": 1}}\r\n"
#define OK		"{\"return\": {}}\r\n"
#define SLOTS		"{\"return\": [{\"bus\": 0, \"devices\": [{\"slot\": 0}, {\"slot\": 5}]}]}\r\n"

static void it_answers(void **state)
{
	static const size_t pieces[] = { 1, 7, 4096 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(start(), 0);
		assert_string_equal(qemu.taken,
				    "/var/run/xen/qmp-libxenstat-7");
		/* the broker waits 3 s for the answer */
		assert_true(loop_is_armed(3000));
		was_asked("");
		sends(EVENT GREETING, pieces[i]);
		was_asked("{\"execute\":\"qmp_capabilities\"}\n");
		sends(EVENT OK, pieces[i]);
		was_asked("{\"execute\":\"query-pci\"}\n");
		sends(EVENT, pieces[i]);
		assert_false(is_done);
		sends(SLOTS, pieces[i]);
		assert_true(is_done);
		assert_int_equal(error, 0);
		assert_int_equal(used, 1 << 0 | 1 << 5);
		close(qemu.fd);
		qemu.fd = -1;
	}
}

/*
 * All messages of QEMU come at once. QEMU also sends a second greeting, which causes no second
 * question.
 */
static void it_answers_at_once(void **state)
{
	(void)state;
	assert_int_equal(start(), 0);
	sends(GREETING GREETING OK SLOTS, 4096);
	was_asked("{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"query-pci\"}\n");
	assert_true(is_done);
	assert_int_equal(error, 0);
}

static void which_socket(void **state)
{
	static const struct {
		int libxenstat, libxl, expected;
	} cases[] = {
		{ ENOENT, 0, 0 },
		{ ECONNREFUSED, 0, 0 },
		{ ENOENT, ENOENT, -ENOENT },
		/* EAGAIN means that QEMU exists but does not answer yet */
		{ EAGAIN, ENOENT, -EAGAIN },
		{ ENOENT, EACCES, -EACCES },
	};

	(void)state;
	for (int i = 0; i < 5; i++) {
		qemu.libxenstat_error = cases[i].libxenstat;
		qemu.libxl_error = cases[i].libxl;
		assert_int_equal(start(), cases[i].expected);
		if (cases[i].expected) {
			assert_null(question);
			continue;
		}
		assert_string_equal(qemu.taken, "/var/run/xen/qmp-libxl-7");
		xengt_qmp_cancel(question);
		assert_false(is_done);
		close(qemu.fd);
		qemu.fd = -1;
	}
	xengt_qmp_cancel(NULL);
}

static void what_is_no_answer(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "HTTP/1.1 200 OK", -EPROTO },
		{ "5\n", -EPROTO },
		{ "[{\"QMP\": {}}]\n", -EPROTO },
		{ GREETING "{\"error\": {\"class\": \"GenericError\"}}\n", -EPROTO },
		{ GREETING OK "{\"return\": 3}\n", -EPROTO },
		{ GREETING OK "{\"error\": {}}\n", -EPROTO },
		{ "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1", -EPROTO },
	};

	(void)state;
	for (int i = 0; i < 7; i++) {
		assert_int_equal(start(), 0);
		sends(cases[i].text, 4096);
		assert_true(is_done);
		assert_int_equal(error, cases[i].error);
		close(qemu.fd);
		qemu.fd = -1;
	}
}

static void it_says_nothing_or_goes(void **state)
{
	(void)state;
	assert_int_equal(start(), 0);
	sends(GREETING, 4096);
	loop_once();
	assert_false(is_done);
	loop_fire();
	assert_int_equal(error, -ETIMEDOUT);
	close(qemu.fd);
	assert_int_equal(start(), 0);
	sends(GREETING, 4096);
	shutdown(qemu.fd, SHUT_RDWR);
	errno = EAGAIN;		/* of an earlier call */
	loop_once();
	assert_true(is_done);
	assert_int_equal(error, -ECONNRESET);
	close(qemu.fd);
	/* QEMU ends before the broker sends the question */
	assert_int_equal(start(), 0);
	assert_int_equal(send(qemu.fd, GREETING, strlen(GREETING), 0),
			 strlen(GREETING));
	close(qemu.fd);
	qemu.fd = -1;
	loop_once();
	assert_true(is_done);
	assert_int_equal(error, -EIO);
}

/*
 * A real answer of QEMU is short. If an answer does not end, the broker does not store it, and
 * gives up with -E2BIG.
 */
static void it_sends_without_end(void **state)
{
	char text[4096];
	int pieces = 0;

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_int_equal(start(), 0);
	sends(GREETING OK, 4096);
	while (!is_done) {
		assert_int_equal(send(qemu.fd, text, sizeof(text), MSG_NOSIGNAL),
				 sizeof(text));
		loop_once();
		assert_true(++pieces < 1000);
	}
	assert_int_equal(error, -E2BIG);
	assert_in_range(pieces, 60, 64);
}

/*
 * The broker reads at most 256 KiB. An answer that ends exactly there is fine; an answer that
 * is one byte longer is refused.
 */
static void how_much_it_may_send(void **state)
{
	static char text[256 * 1024 + 2];

	(void)state;
	for (int more = 0; more < 2; more++) {
		size_t len = 256 * 1024 + more;
		/* without the end of the line: the answer's last byte is the limit's last */
		const size_t slots = strlen(SLOTS) - strlen("\r\n");

		memset(text, ' ', sizeof(text));
		memcpy(text, GREETING OK, strlen(GREETING OK));
		memcpy(text + len - slots, SLOTS, slots);
		text[len] = '\0';
		assert_int_equal(start(), 0);
		sends(text, 4096);
		assert_true(is_done);
		assert_int_equal(error, more ? -E2BIG : 0);
		close(qemu.fd);
		qemu.fd = -1;
	}
}

/* An error that passes does not end the question; another error ends it. */
static void receiving_fails(void **state)
{
	(void)state;
	assert_int_equal(start(), 0);
	recv_error = EAGAIN;
	sends(GREETING, 4096);
	assert_false(is_done);
	loop_once();
	was_asked("{\"execute\":\"qmp_capabilities\"}\n");
	recv_error = EIO;
	sends(OK, 4096);
	assert_true(is_done);
	assert_int_equal(error, -EIO);
}

static void there_is_no_memory(void **state)
{
	(void)state;
	memory_is_full = true;
	assert_int_equal(start(), -ENOMEM);
	assert_null(question);
}

static void the_loop_takes_no_more(void **state)
{
	(void)state;
	loop_add_error = -ENOSPC;
	assert_int_equal(start(), -ENOSPC);
	loop_add_error = 0;
	assert_null(question);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_answers),
		TEST(it_answers_at_once),
		TEST(which_socket),
		TEST(what_is_no_answer),
		TEST(it_says_nothing_or_goes),
		TEST(it_sends_without_end),
		TEST(how_much_it_may_send),
		TEST(receiving_fails),
		TEST(there_is_no_memory),
		TEST(the_loop_takes_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
