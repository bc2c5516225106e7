/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the client of the control socket. The test's peer sends any answer or none, at
 * the moment when the client begins to wait.
 */
#include "made_time.h"

#include "xen-hooks/vgt_client.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/test_vgt_client.XXXXXX", path[64];

struct peer {
	int listener, fd;
	const char *answer;
	size_t repeat;		/* how many times 'answer' is sent, for long answers; 0: once */
	bool is_silent;		/* true: the peer sends its answer and does not close the
				 * connection */
	bool is_late;		/* true: when the answer has arrived, the client gets no
				 * processor for 20 s */
	char question[256];
};

static struct peer *peer;

static void peer_accepts(void)
{
	ssize_t n;

	peer->fd = accept(peer->listener, NULL, NULL);
	n = read(peer->fd, peer->question, sizeof(peer->question) - 1);
	if (n > 0)
		peer->question[n] = '\0';
}

/*
 * Send as much of the answer as the socket accepts, and close the connection after the
 * whole answer.
 */
static void peer_answers(void)
{
	const size_t len = strlen(peer->answer);

	for (; peer->repeat; peer->repeat--)
		if (send(peer->fd, peer->answer, len,
			 MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			return;
	if (peer->is_silent)
		return;
	close(peer->fd);
	peer->fd = -1;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int msec);
int __wrap_poll(struct pollfd *fds, nfds_t count, int msec)
{
	if (peer->listener >= 0) {
		peer_accepts();
		close(peer->listener);
		peer->listener = -1;
	}
	if (peer->fd >= 0)
		peer_answers();
	if (peer->is_late) {
		peer->is_late = false;
		made_ns += 20 * MADE_SEC;
		errno = EINTR;
		return -1;
	}
	return made_poll(fds, count, msec);
}

static int ask_peer(struct peer *p, const char *vgpu,
		    struct json_object **ret_data, char *err, size_t err_len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int r;

	peer = p;
	if (!p->repeat)
		p->repeat = 1;
	p->fd = -1;
	unlink(path);
	strcpy(addr.sun_path, path);
	p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(p->listener, (struct sockaddr *)&addr,
			      sizeof(addr)), 0);
	assert_int_equal(listen(p->listener, 1), 0);
	r = vgt_client_ask(path, "info", vgpu, ret_data, err, err_len);
	/* the peer got the question */
	assert_int_equal(p->listener, -1);
	if (p->fd >= 0)
		close(p->fd);
	unlink(path);

	return r;
}

static void test_answers(void **state)
{
	static const struct {
		const char *answer;
		int r;
		const char *err;
	} rows[] = {
		{ "{\"v\":1,\"ok\":true,\"data\":{\"a\":5}}\n", 0, NULL },
		{ "{\"v\":1,\"ok\":true}\n", 0, NULL },
		{ "{\"v\":1,\"ok\":false,\"code\":\"no-such-vgpu\",\"error\":\"none\"}\n",
		  -ENOENT, "none" },
		{ "{\"v\":1,\"ok\":false,\"code\":\"x\",\"error\":\"why\"}\n",
		  -EREMOTEIO, "why" },
		{ "{\"v\":1,\"ok\":false}\n", -EREMOTEIO, "reason" },
		{ "{\"v\":1,\"ok\":false,\"error\":7}\n", -EREMOTEIO, "reason" },
		{ "{\"v\":1}\n", -EPROTO, "no answer" },
		{ "[]\n", -EPROTO, "no answer" },
		{ "garbage\n", -EPROTO, "no answer" },
		{ "\n", -EPROTO, "no answer" },
		{ "{\"v\":1,\"ok\":true", -EPROTO, "no complete answer" },
		{ "", -EPROTO, "no complete answer" },
	};
	const uint64_t start = made_ns;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer p = { .answer = rows[i].answer };
		struct json_object *data;
		char err[512] = "";

		assert_int_equal(ask_peer(&p, "g", &data, err, sizeof(err)),
				 rows[i].r);
		/* the client did not wait for anything */
		assert_int_equal(made_ns, start);
		if (rows[i].err)
			assert_non_null(strstr(err, rows[i].err));
		if (i == 0)
			assert_int_equal(vgt_json_long(data, "a", -1), 5);
		if (rows[i].r || i == 1)
			assert_null(data);
		json_object_put(data);
	}
}

static void test_question(void **state)
{
	struct peer p = { .answer = "{\"ok\":true}\n" };
	struct json_object *data;
	char err[512];

	(void)state;
	assert_int_equal(ask_peer(&p, "a\"\\b", &data, err, sizeof(err)), 0);
	assert_string_equal(p.question, "{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"a\\\"\\\\b\"}\n");
	/* a vGPU's name with a newline: the client does not send the question */
	assert_int_equal(vgt_client_ask("/none", "info", "a\nb", &data, err, sizeof(err)),
			 -EREMOTEIO);
	assert_int_equal(ask_peer(&p, NULL, &data, err, sizeof(err)), 0);
	assert_string_equal(p.question, "{\"v\":1,\"cmd\":\"info\"}\n");
}

/* An answer may have 64 KiB at most. The client reads no more than 64 KiB. */
static void test_too_long(void **state)
{
	static char part[4001];
	struct peer p = { .answer = part, .repeat = 400 };
	struct json_object *data;
	char err[512];

	(void)state;
	memset(part, 'x', sizeof(part) - 1);
	assert_int_equal(ask_peer(&p, NULL, &data, err, sizeof(err)), -EPROTO);
}

/* If the daemon stops at any point, the client waits for ten seconds, then gives up. */
static void test_silence(void **state)
{
	static const char *const answers[] = { "", "{\"ok\":tr" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct peer p = { .answer = answers[i], .is_silent = true };
		const uint64_t start = made_ns;
		struct json_object *data;
		char err[512];

		assert_int_equal(ask_peer(&p, "g", &data, err, sizeof(err)),
				 -ETIMEDOUT);
		assert_int_equal(made_ns - start, 10 * MADE_SEC);
		assert_non_null(strstr(err, "within 10 s"));
		assert_null(data);
	}
}

/* An answer that came in time is an answer, even if the client reads it late. */
static void test_a_late_reader(void **state)
{
	struct peer p = { .answer = "{\"ok\":true}\n", .repeat = 1, .is_late = true };
	struct json_object *data;
	char err[512];

	(void)state;
	assert_int_equal(ask_peer(&p, "g", &data, err, sizeof(err)), 0);
	assert_false(p.is_late);
}

static void test_nobody(void **state)
{
	struct json_object *data;
	char err[512], longest[300];

	(void)state;
	assert_int_equal(vgt_client_ask(path, "list", NULL, &data, err,
					sizeof(err)), -ECONNREFUSED);
	assert_non_null(strstr(err, "service xengtd start"));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(vgt_client_ask(longest, "list", NULL, &data, err,
					sizeof(err)), -ENAMETOOLONG);
}

static void test_members(void **state)
{
	struct json_object *obj = json_tokener_parse("{\"n\":3,\"s\":\"x\",\"z\":null}");

	(void)state;
	assert_int_equal(vgt_json_long(obj, "n", -1), 3);
	assert_int_equal(vgt_json_long(obj, "s", -1), -1);
	assert_int_equal(vgt_json_long(obj, "none", -1), -1);
	assert_int_equal(vgt_json_long(NULL, "n", -1), -1);
	assert_string_equal(vgt_json_string(obj, "s", "d"), "x");
	assert_string_equal(vgt_json_string(obj, "n", "d"), "d");
	assert_string_equal(vgt_json_string(obj, "z", "d"), "d");
	json_object_put(obj);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/s", dir);

	return 0;
}

static int teardown(void **state)
{
	(void)state;

	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_a_late_reader),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
