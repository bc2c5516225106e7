/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests messages between broker and worker: which messages are accepted, which are refused,
 * and what happens to their descriptors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/metrics.h"
#include "common/worker_proto.h"

#define HEADER	offsetof(struct xengt_wp_msg, u)

static int pair[2];

static int open_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
}

static int close_pair(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
	return 0;
}

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static const struct {
	uint32_t type;
	size_t body;
} types[] = {
	{ XENGT_WP_HELLO, 0 }, { XENGT_WP_PING, 0 },
	{ XENGT_WP_GET_COUNTERS, 0 }, { XENGT_WP_UNPLUG, 0 },
	{ XENGT_WP_QUIT, 0 }, { XENGT_WP_PLACED, 0 },
	{ XENGT_WP_READY, sizeof(struct xengt_wp_state) },
	{ XENGT_WP_FAILED, XENGT_WP_TEXT_MAX },
	{ XENGT_WP_STATE, sizeof(struct xengt_wp_state) },
	{ XENGT_WP_PONG, 0 },
	{ XENGT_WP_COUNTERS, sizeof(struct xengt_counters) },
	{ XENGT_WP_UNPLUGGED, 0 },
	{ XENGT_WP_PLACE, sizeof(struct xengt_wp_place) },
	{ XENGT_WP_DEAD, 0 },
	{ XENGT_WP_GET_INFO, 0 },
	{ XENGT_WP_INFO, sizeof(struct xengt_wp_info) },
	{ XENGT_WP_GET_REGS, sizeof(struct xengt_wp_regs_wanted) },
	{ XENGT_WP_REGS, sizeof(struct xengt_wp_regs) },
	{ XENGT_WP_GET_PICTURE, 0 }, { XENGT_WP_SET_EDID, 0 },
	{ XENGT_WP_PICTURE, sizeof(struct xengt_wp_picture) },
	{ XENGT_WP_THROTTLE, 0 },
	{ XENGT_WP_ABUSE, sizeof(struct xengt_wp_abuse) },
};

/* Tries each type of message at each length: only the type's own length is accepted. */
static void test_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(types); i++) {
		struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
					    .type = types[i].type };
		char buf[sizeof(msg) + 8] = { 0 };

		memcpy(buf, &msg, sizeof(msg));
		for (size_t len = 0; len <= sizeof(buf); len++)
			assert_int_equal(xengt_wp_parse(buf, len, &msg),
					 len == HEADER + types[i].body ?
						0 : -EPROTO);
	}
}

static void test_unknown(void **state)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION }, got;

	(void)state;
	for (uint32_t type = 0; type < 70; type++) {
		bool is_known = false;

		for (size_t i = 0; i < XENGT_ARRAY_SIZE(types); i++)
			is_known = is_known || types[i].type == type;
		msg.type = type;
		if (!is_known)
			assert_int_equal(xengt_wp_parse(&msg, HEADER, &got),
					 -EPROTO);
	}
	msg.type = XENGT_WP_PING;
	msg.version = XENGT_WP_VERSION + 1;
	assert_int_equal(xengt_wp_parse(&msg, HEADER, &got), -EPROTONOSUPPORT);
}

/* Only a counter of an adverse event can be reported as abuse. */
static void test_abuse(void **state)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_ABUSE };
	const size_t len = HEADER + sizeof(msg.u.abuse);
	struct xengt_wp_msg got;

	(void)state;
	for (uint32_t row = 0; row < XENGT_COUNTERS_ALL + 3; row++) {
		bool is_one = row < XENGT_COUNTERS_ALL &&
			      xengt_metrics[row].burst;

		msg.u.abuse.row = row;
		assert_int_equal(xengt_wp_parse(&msg, len, &got),
				 is_one ? 0 : -EPROTO);
	}
	msg.u.abuse = (struct xengt_wp_abuse){ .row = XENGT_COUNTER_hangs,
					       .pad = 1 };
	assert_int_equal(xengt_wp_parse(&msg, len, &got), -EPROTO);
}

static int parse_state(const struct xengt_wp_state *st)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_STATE, .u.state = *st };

	return xengt_wp_parse(&msg, HEADER + sizeof(*st), &msg);
}

static void test_state_fields(void **state)
{
	struct xengt_wp_state ok = {
		.domid = 5, .server_id = 65535, .vcpus = 128,
		.is_unplugged = 1, .is_dead = 1, .has_aperture = 1,
		.aperture_gfn = (1ull << 40) - 1,
	};
	struct xengt_wp_state bad;

	(void)state;
	assert_int_equal(parse_state(&ok), 0);
#define REFUSE(field, value) do {					\
		bad = ok;						\
		bad.field = value;					\
		assert_int_equal(parse_state(&bad), -EPROTO);		\
	} while (0)
	REFUSE(server_id, 65536);
	REFUSE(is_unplugged, 2);
	REFUSE(is_dead, 2);
	REFUSE(has_aperture, 255);
	REFUSE(pad, 1);
	REFUSE(aperture_gfn, 1ull << 40);
#undef REFUSE
}

static void test_place_fields(void **state)
{
	const struct xengt_wp_place aperture = { .gfn = 0xe0000, .on = 1 };
	const struct xengt_wp_place ram = {
		.what = XENGT_WP_PLACE_RAM, .gfn = 0xe0000, .on = 1,
		.frames = XENGT_RAM_FRAMES_MAX,
	};
	const struct xengt_wp_place piece = {
		.what = XENGT_WP_PLACE_PIECE, .gfn = 0xe0000, .on = 1,
		.piece = XENGT_PIECES_MAX - 1,
	};
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_PLACE }, got;
	size_t len = HEADER + sizeof(msg.u.place);

	(void)state;
	msg.u.place = piece;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), 0);
	assert_int_equal(got.u.place.piece, XENGT_PIECES_MAX - 1);
	msg.u.place = aperture;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), 0);
	assert_int_equal(got.u.place.gfn, 0xe0000);
	msg.u.place = ram;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), 0);
	assert_int_equal(got.u.place.frames, XENGT_RAM_FRAMES_MAX);
#define REFUSE(good, field, bad)					       \
	msg.u.place = good;						       \
	msg.u.place.field = bad;					       \
	assert_int_equal(xengt_wp_parse(&msg, len, &got), -EPROTO)
	REFUSE(aperture, on, 2);
	REFUSE(aperture, piece, 1);
	REFUSE(ram, piece, 1);
	REFUSE(piece, piece, XENGT_PIECES_MAX);
	REFUSE(piece, frames, 1);
	REFUSE(piece, gfn, 1ull << 40);
	REFUSE(aperture, gfn, UINT64_MAX);
	REFUSE(aperture, frames, 1);
	REFUSE(aperture, what, XENGT_WP_PLACE_WHATS);
	REFUSE(ram, frames, 0);
	REFUSE(ram, frames, XENGT_RAM_FRAMES_MAX + 1);
#undef REFUSE
}

static void test_fault_fields(void **state)
{
	struct xengt_wp_msg ok = { .version = XENGT_WP_VERSION,
				   .type = XENGT_WP_INFO }, bad, got;
	size_t len = HEADER + sizeof(ok.u.info);

	(void)state;
	ok.u.info.count = XENGT_FAULTS_KEPT;
	assert_int_equal(xengt_wp_parse(&ok, len, &got), 0);
	bad = ok;
	bad.u.info.count++;
	assert_int_equal(xengt_wp_parse(&bad, len, &got), -EPROTO);
	bad = ok;
	bad.u.info.driver = XENGT_DRIVER_STATES;
	assert_int_equal(xengt_wp_parse(&bad, len, &got), -EPROTO);
	bad = ok;
	bad.u.info.fault[7].engine = XENGT_ENGINES;
	assert_int_equal(xengt_wp_parse(&bad, len, &got), -EPROTO);
}

/*
 * The broker asks for registers in several questions; each question asks for the registers
 * after the last register of the previous answer. Offsets in an answer must ascend, because
 * otherwise the questions might never end.
 */
static void test_reg_fields(void **state)
{
	struct xengt_wp_msg ok = { .version = XENGT_WP_VERSION,
				   .type = XENGT_WP_REGS }, bad, got;
	size_t len = HEADER + sizeof(ok.u.regs);

	(void)state;
	assert_int_equal(xengt_wp_parse(&ok, len, &got), 0);
	ok.u.regs.left = 2;
	ok.u.regs.count = 2;
	ok.u.regs.reg[0].off = 4;
	ok.u.regs.reg[1].off = 8;
	memset(ok.u.regs.reg[0].name, '\n', sizeof(ok.u.regs.reg[0].name));
	assert_int_equal(xengt_wp_parse(&ok, len, &got), 0);
	assert_null(strchr(got.u.regs.reg[0].name, '\n'));
#define REFUSE(field, value) do {					\
		bad = ok;						\
		bad.u.regs.field = value;				\
		assert_int_equal(xengt_wp_parse(&bad, len, &got), -EPROTO); \
	} while (0)
	REFUSE(count, 3);
	REFUSE(count, 0);
	REFUSE(count, XENGT_WP_REGS_MAX + 1);
	REFUSE(reg[1].off, 4);
	REFUSE(reg[1].off, 9);
	REFUSE(reg[1].off, 0xfffffffc);
	REFUSE(reg[1].is_read, 2);
#undef REFUSE
	ok.type = XENGT_WP_GET_REGS;
	ok.u.wanted.list = XENGT_REG_LISTS;
	assert_int_equal(xengt_wp_parse(&ok, HEADER + sizeof(ok.u.wanted),
					&got), -EPROTO);
}

static void test_picture_fields(void **state)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_PICTURE }, got;
	size_t len = HEADER + sizeof(msg.u.picture);

	(void)state;
	msg.u.picture.width = XENGT_PICTURE_MAX_SIDE;
	msg.u.picture.height = XENGT_PICTURE_MAX_SIDE;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), 0);
	assert_int_equal(got.u.picture.height, XENGT_PICTURE_MAX_SIDE);
	msg.u.picture.width++;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), -EPROTO);
	msg.u.picture.width = 1;
	msg.u.picture.height = UINT32_MAX;
	assert_int_equal(xengt_wp_parse(&msg, len, &got), -EPROTO);
}

static void test_text(void **state)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_FAILED }, got;

	(void)state;
	memset(msg.u.text, '\n', sizeof(msg.u.text));
	assert_int_equal(xengt_wp_parse(&msg, HEADER + XENGT_WP_TEXT_MAX, &got),
			 0);
	assert_int_equal(strlen(got.u.text), XENGT_WP_TEXT_MAX - 1);
	assert_null(strchr(got.u.text, '\n'));
}

/*
 * Fields that a short message does not have are 0; they do not have values of the message
 * before.
 */
static void test_rest_is_zero(void **state)
{
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_PING }, got;

	(void)state;
	memset(&got, 0xff, sizeof(got));
	assert_int_equal(xengt_wp_parse(&msg, HEADER, &got), 0);
	for (size_t i = 0; i < sizeof(got.u); i++)
		assert_int_equal(((char *)&got.u)[i], 0);
}

static void test_send(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PLACE, .seq = 7,
				    .u.place = { .gfn = 1, .on = 1 } }, got;
	int fd = 5;

	(void)state;
	assert_int_equal(xengt_wp_recv(pair[1], &got, &fd), 0);
	assert_int_equal(xengt_wp_send(pair[0], &msg, -1), 0);
	assert_int_equal(xengt_wp_recv(pair[1], &got, &fd), 1);
	assert_int_equal(fd, -1);
	assert_int_equal(got.type, XENGT_WP_PLACE);
	assert_int_equal(got.seq, 7);
	assert_int_equal(got.u.place.gfn, 1);
	msg.type = 99;
	assert_int_equal(xengt_wp_send(pair[0], &msg, -1), -EINVAL);
}

static void test_descriptor(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_STATE }, got;
	unsigned int before = count_fds();
	int fd = -1;

	(void)state;
	assert_int_equal(xengt_wp_send(pair[0], &msg, pair[0]), 0);
	assert_int_equal(xengt_wp_recv(pair[1], &got, &fd), 1);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	/*
	 * A descriptor that the caller does not want, or that came with a refused message,
	 * is closed.
	 */
	assert_int_equal(xengt_wp_send(pair[0], &msg, pair[0]), 0);
	assert_int_equal(xengt_wp_recv(pair[1], &got, NULL), 1);
	msg.u.state.pad = 1;
	assert_int_equal(xengt_wp_send(pair[0], &msg, pair[0]), 0);
	assert_int_equal(xengt_wp_recv(pair[1], &got, &fd), -EPROTO);
	assert_int_equal(count_fds(), before);
}

/*
 * If a message has more descriptors than the receiver has room for, the receiver closes the
 * others, too.
 */
static void test_many_descriptors(void **state)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(8 * sizeof(int))];
	} control = { 0 };
	struct xengt_wp_msg msg = { .version = XENGT_WP_VERSION,
				    .type = XENGT_WP_PING }, got;
	struct iovec iov = { &msg, HEADER };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&hdr);
	unsigned int before = count_fds();
	int fd = -1;

	(void)state;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(8 * sizeof(int));
	for (int i = 0; i < 8; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &pair[0], sizeof(int));
	assert_int_equal(sendmsg(pair[0], &hdr, 0), HEADER);
	assert_int_equal(xengt_wp_recv(pair[1], &got, &fd), 1);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(count_fds(), before);
}

static void test_nonsense(void **state)
{
	struct xengt_wp_msg got;
	static char big[sizeof(got) + 1];

	(void)state;
	assert_int_equal(send(pair[0], big, sizeof(big), 0), sizeof(big));
	assert_int_equal(xengt_wp_recv(pair[1], &got, NULL), -EPROTO);
	assert_int_equal(send(pair[0], big, 3, 0), 3);
	assert_int_equal(xengt_wp_recv(pair[1], &got, NULL), -EPROTO);
}

static void test_peer_is_gone(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PING }, got;

	(void)state;
	close(pair[0]);
	pair[0] = -1;
	assert_int_equal(xengt_wp_recv(pair[1], &got, NULL), -EPIPE);
	assert_int_equal(xengt_wp_send(pair[1], &msg, -1), -EPIPE);
}

static void test_peer_does_not_read(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PING };
	int r = 0;

	(void)state;
	for (int i = 0; i < 100000 && r == 0; i++)
		r = xengt_wp_send(pair[0], &msg, -1);
	assert_int_equal(r, -EAGAIN);
}

#define WITH_PAIR(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_abuse),
		cmocka_unit_test(test_state_fields),
		cmocka_unit_test(test_place_fields),
		cmocka_unit_test(test_fault_fields),
		cmocka_unit_test(test_reg_fields),
		cmocka_unit_test(test_picture_fields),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_rest_is_zero),
		WITH_PAIR(test_send),
		WITH_PAIR(test_descriptor),
		WITH_PAIR(test_many_descriptors),
		WITH_PAIR(test_nonsense),
		WITH_PAIR(test_peer_is_gone),
		WITH_PAIR(test_peer_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
