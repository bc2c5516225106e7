/* SPDX-License-Identifier: GPL-2.0-only */
/* The control socket's client, against a peer that answers anything. */
#include "xen-hooks/vgt_client.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
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
	int listener;
	const char *answer;
	size_t repeat;		/* of the answer, for long ones */
	char question[256];
};

static void *serve(void *arg)
{
	struct peer *peer = arg;
	int fd = accept(peer->listener, NULL, NULL);
	ssize_t n = read(fd, peer->question, sizeof(peer->question) - 1);

	if (n > 0)
		peer->question[n] = '\0';
	for (size_t i = 0; i < peer->repeat; i++)
		if (send(fd, peer->answer, strlen(peer->answer),
			 MSG_NOSIGNAL) < 0)
			break;
	close(fd);

	return NULL;
}

static int ask(struct peer *peer, const char *vgpu,
	       struct json_object **ret_data, char *err, size_t err_len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	pthread_t thread;
	int r;

	if (!peer->repeat)
		peer->repeat = 1;
	unlink(path);
	strcpy(addr.sun_path, path);
	peer->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&addr,
			      sizeof(addr)), 0);
	assert_int_equal(listen(peer->listener, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, peer), 0);
	r = vgt_client_ask(path, "info", vgpu, ret_data, err, err_len);
	pthread_join(thread, NULL);
	close(peer->listener);
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
		{ "{\"v\":1,\"ok\":true", -EPROTO, "broke off" },
		{ "", -EPROTO, "broke off" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer peer = { .answer = rows[i].answer };
		struct json_object *data;
		char err[512] = "";

		assert_int_equal(ask(&peer, "g", &data, err, sizeof(err)),
				 rows[i].r);
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
	struct peer peer = { .answer = "{\"ok\":true}\n" };
	struct json_object *data;
	char err[512];

	(void)state;
	assert_int_equal(ask(&peer, "a\"\nb", &data, err, sizeof(err)), 0);
	assert_string_equal(peer.question, "{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"a\\\"\\nb\"}\n");
	assert_int_equal(ask(&peer, NULL, &data, err, sizeof(err)), 0);
	assert_string_equal(peer.question, "{\"v\":1,\"cmd\":\"info\"}\n");
}

/* 64 KiB is an answer's limit: no more is taken. */
static void test_too_long(void **state)
{
	struct peer peer = { .answer = "xxxxxxxxxxxxxxxx", .repeat = 100000 };
	struct json_object *data;
	char err[512];

	(void)state;
	assert_int_equal(ask(&peer, NULL, &data, err, sizeof(err)), -EPROTO);
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
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
