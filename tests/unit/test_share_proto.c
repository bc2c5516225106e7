/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests the check of the messages between broker and sharer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/share_proto.h"
#include "xengt/limits.h"
#include "xengt/picture.h"
#include "xengt/types.h"

#define PAGES_MAX (XENGT_VIEW_PAGES_MAX + XENGT_VIEW_DIRS + 1)

static int parse(struct xengt_sp_msg msg)
{
	struct xengt_sp_msg got;

	msg.version = XENGT_SP_VERSION;
	return xengt_sp_parse(&msg, sizeof(msg), &got);
}

static void each_type_is_checked(void **state)
{
	static const struct {
		struct xengt_sp_msg msg;
		int r;
	} cases[] = {
		{ { .type = XENGT_SP_NONE }, -EPROTO },
		{ { .type = XENGT_SP_FILE }, 0 },
		{ { .type = XENGT_SP_PICTURE }, -EPROTO },
		{ { .type = XENGT_SP_PICTURE, .width = 1 }, -EPROTO },
		{ { .type = XENGT_SP_PICTURE, .width = 1, .height = 1 }, 0 },
		{ { .type = XENGT_SP_PICTURE, .width = XENGT_PICTURE_MAX_SIDE,
		    .height = XENGT_PICTURE_MAX_SIDE }, 0 },
		{ { .type = XENGT_SP_PICTURE, .width = XENGT_PICTURE_MAX_SIDE + 1,
		    .height = 1 }, -EPROTO },
		{ { .type = XENGT_SP_PICTURE, .width = 1,
		    .height = XENGT_PICTURE_MAX_SIDE + 1 }, -EPROTO },
		{ { .type = XENGT_SP_CLEAR }, 0 },
		{ { .type = XENGT_SP_FORGET }, 0 },
		{ { .type = XENGT_SP_LEAVE }, 0 },
		{ { .type = XENGT_SP_END }, 0 },
		{ { .type = XENGT_SP_END + 1 }, -EPROTO },
		{ { .type = XENGT_SP_HELLO - 1 }, -EPROTO },
		{ { .type = XENGT_SP_HELLO }, -EPROTO },
		{ { .type = XENGT_SP_HELLO, .viewer = 1 }, 0 },
		{ { .type = XENGT_SP_HELLO, .viewer = 0x7fef }, 0 },
		{ { .type = XENGT_SP_HELLO, .viewer = 0x7ff0 }, -EPROTO },
		{ { .type = XENGT_SP_HELLO, .viewer = 1, .is_wanted = 2 }, -EPROTO },
		{ { .type = XENGT_SP_WANT }, 0 },
		{ { .type = XENGT_SP_DONE, .status = 1 }, 0 },
		{ { .type = XENGT_SP_DONE, .status = 2 }, -EPROTO },
		{ { .type = XENGT_SP_DONE, .status = -4095 }, 0 },
		{ { .type = XENGT_SP_DONE, .status = -4096 }, -EPROTO },
		{ { .type = XENGT_SP_DONE, .has_picture = 2 }, -EPROTO },
		{ { .type = XENGT_SP_DONE, .pages = PAGES_MAX }, 0 },
		{ { .type = XENGT_SP_DONE, .pages = PAGES_MAX + 1 }, -EPROTO },
		{ { .type = XENGT_SP_DONE + 1 }, -EPROTO },
		{ { .type = UINT32_MAX }, -EPROTO },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++)
		assert_int_equal(parse(cases[i].msg), cases[i].r);
}

static void lengths_and_versions(void **state)
{
	struct xengt_sp_msg msg = { .version = XENGT_SP_VERSION, .type = XENGT_SP_WANT }, got;
	uint8_t longer[sizeof(msg) + 1] = { 0 };

	(void)state;
	for (size_t len = 0; len < sizeof(msg); len++)
		assert_int_equal(xengt_sp_parse(&msg, len, &got), -EPROTO);
	memcpy(longer, &msg, sizeof(msg));
	assert_int_equal(xengt_sp_parse(longer, sizeof(longer), &got), -EPROTO);
	msg.version++;
	assert_int_equal(xengt_sp_parse(&msg, sizeof(msg), &got), -EPROTONOSUPPORT);
	assert_int_equal(xengt_sp_parse(&msg, sizeof(msg.version), &got), -EPROTONOSUPPORT);
}

static void messages_arrive(void **state)
{
	struct xengt_sp_msg msg = { .type = XENGT_SP_FILE, .copied = 7 }, got;
	int ends[2], fd = -1;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	assert_int_equal(xengt_sp_recv(ends[1], &got, &fd), 0);
	assert_int_equal(xengt_sp_send(ends[0], &msg, ends[0]), 0);
	assert_int_equal(xengt_sp_recv(ends[1], &got, &fd), 1);
	assert_int_equal(got.type, XENGT_SP_FILE);
	assert_int_equal(got.copied, 7);
	assert_true(fd >= 0);
	close(fd);
	/* a bad message: its descriptor is closed */
	assert_int_equal(send(ends[0], "bad", 3, 0), 3);
	assert_int_equal(xengt_sp_recv(ends[1], &got, &fd), -EPROTO);
	close(ends[0]);
	assert_int_equal(xengt_sp_recv(ends[1], &got, &fd), -EPIPE);
	assert_int_equal(xengt_sp_send(ends[1], &msg, -1), -EPIPE);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_checked),
		cmocka_unit_test(lengths_and_versions),
		cmocka_unit_test(messages_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
