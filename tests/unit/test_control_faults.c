/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the control socket when a call of the kernel fails or does only a part of its work,
 * and when a client leaves in the middle of a question or of an answer.
 */
#include "control_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/control_proto.h"
#include "uapi/xengt.h"
#include "xengtd/bvgpu.h"
#include "xengtd/control.h"
#include "xengtd/waits.h"
#include "xengtd/xengtd.h"

/* ---- calls of the kernel ---- */

/* Errors of the broker's next calls; 0: the call succeeds. */
static int send_error, recv_error, accept_error, file_error;
static size_t send_most;		/* the most bytes that the broker's calls of send()
					 * accept; 0: no limit */
static int alloc_fails_at;		/* the number of the next allocation that fails; 0: none */

static bool fails(int *error)
{
	if (!*error)
		return false;
	errno = *error;
	*error = 0;
	return true;
}

/* Is fd the broker's end of a connection? */
static bool is_brokers(int fd)
{
	for (int i = 0; i < IOS; i++)
		if (made_ev.ios[i].io && made_ev.ios[i].io->fd == fd)
			return true;
	return false;
}

ssize_t __real_send(int fd, const void *buf, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t len, int flags)
{
	if (!is_brokers(fd))
		return __real_send(fd, buf, len, flags);
	assert_int_equal(flags, MSG_DONTWAIT | MSG_NOSIGNAL);
	assert_true(len > 0);
	if (fails(&send_error))
		return -1;
	return __real_send(fd, buf, send_most && len > send_most ? send_most : len,
			   flags);
}

ssize_t __real_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	return is_brokers(fd) && fails(&recv_error) ? -1 :
		__real_recv(fd, buf, len, flags);
}

int __real_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int __wrap_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int __wrap_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	return fails(&accept_error) ? -1 : __real_accept4(fd, addr, len, flags);
}

int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags)
{
	return fails(&file_error) ? -1 : __real_memfd_create(name, flags);
}

static bool alloc_fails(void)
{
	return alloc_fails_at && --alloc_fails_at == 0;
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(n, size);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return alloc_fails() ? NULL : __real_malloc(size);
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int fds_before;

/* Each test begins without clients, and leaves no descriptor open. */
static int begin(void **state)
{
	send_error = recv_error = accept_error = file_error = alloc_fails_at = 0;
	send_most = 0;
	fds_before = count_fds();
	errno = EIO;		/* of an earlier call */
	return setup(state);
}

static int end(void **state)
{
	send_most = 0;
	run();
	if (teardown(state) < 0)
		return -1;
	assert_int_equal(count_fds(), fds_before);
	return 0;
}

/* ---- answers in pieces ---- */

/* The events for which the broker waits at the only client's connection. */
static uint32_t events_of_client(void)
{
	uint32_t events = 0;

	for (int i = 1; i < IOS; i++)
		if (made_ev.ios[i].io)
			events |= made_ev.ios[i].events;
	return events;
}

/* Reads everything that is there. Returns the number of bytes, or -1 at the end. */
static ssize_t take(int fd, char *text, size_t size)
{
	ssize_t n = recv(fd, text, size, MSG_DONTWAIT);

	if (n == 0)
		return -1;
	return n < 0 ? 0 : n;
}

static void a_long_answer(struct xengt_bvgpu *v, int fd)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_REGS };
	struct xengt_wp_regs *regs = &msg.u.regs;

	ask(fd, "regs-diff", "4");
	for (uint32_t left = REGS_MAX; left; left -= regs->count) {
		regs->left = left;
		regs->count = left < XENGT_WP_REGS_MAX ? left : XENGT_WP_REGS_MAX;
		for (uint32_t i = 0; i < regs->count; i++)
			regs->reg[i] = (struct xengt_reg_view){
				.off = 4 * (REGS_MAX - left + i), .value = ~i,
			};
		worker_says(v, &msg);
	}
}

/*
 * The socket accepts the answer in pieces. The client gets the same bytes as a client whose
 * socket accepts all at once, however small the pieces are. Until the answer is sent, the
 * broker does not read the next question.
 */
static void an_answer_in_pieces(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 1000, 4096 };
	static char whole[1 << 18], text[1 << 18];
	size_t whole_len = 0;

	(void)state;
	for (size_t k = 0; k < XENGT_ARRAY_SIZE(sizes); k++) {
		struct xengt_bvgpu *v = add_vgpu(4, "four");
		size_t len = 0;
		int fd = join();

		send_most = sizes[k];
		a_long_answer(v, fd);
		say(fd, PING);
		for (ssize_t n = 1; n > 0; len += (size_t)n) {
			n = take(fd, text + len, sizeof(text) - len);
			assert_true(n >= 0);
			run();
		}
		if (!k) {
			whole_len = len;
			memcpy(whole, text, len);
			assert_true(len > 10000);
		}
		assert_int_equal(len, whole_len);
		assert_memory_equal(text, whole, len);
		close(fd);
		run();
		assert_int_equal(clients(), 0);
		broker.vgpus = v->next;
		free(v);
	}
}

/* The broker's socket is full until the client reads. */
static void fill_up(int fd)
{
	for (int i = 1; i < IOS; i++) {
		int least = 1;

		if (made_ev.ios[i].io)
			setsockopt(made_ev.ios[i].io->fd, SOL_SOCKET, SO_SNDBUF,
				   &least, sizeof(least));
	}
	a_long_answer(add_vgpu(4, "four"), fd);
	assert_int_equal(events_of_client(), EPOLLOUT);
}

/* Returns the number of lines that come before the connection ends or nothing comes. */
static int read_lines(int fd, bool *ret_is_ended)
{
	char text[4096];
	int lines = 0;

	for (;;) {
		ssize_t n = take(fd, text, sizeof(text));

		*ret_is_ended = n < 0;
		if (n <= 0)
			return lines;
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
		run();
	}
}

/*
 * While an answer waits for room in the socket, the broker reads no question, and handles the
 * questions afterwards.
 */
static void questions_wait_for_an_answer(void **state)
{
	int fd = join(), unread = 0;
	bool is_ended;

	(void)state;
	fill_up(fd);
	say(fd, PING PING);
	assert_int_equal(events_of_client(), EPOLLOUT);
	for (int i = 1; i < IOS; i++)
		if (made_ev.ios[i].io)
			assert_int_equal(ioctl(made_ev.ios[i].io->fd, FIONREAD, &unread), 0);
	assert_int_equal(unread, 2 * strlen(PING));
	assert_int_equal(read_lines(fd, &is_ended), 3);
	assert_false(is_ended);
	assert_int_equal(events_of_client(), EPOLLIN);
	close(fd);
}

/* A client that has shut down its sending side still gets the answers to its questions. */
static void a_client_says_no_more_during_an_answer(void **state)
{
	int fd = join();
	bool is_ended;

	(void)state;
	fill_up(fd);
	say(fd, PING);
	shutdown(fd, SHUT_WR);
	run();
	assert_int_equal(clients(), 1);
	assert_int_equal(read_lines(fd, &is_ended), 2);
	assert_true(is_ended);
	assert_int_equal(clients(), 0);
	close(fd);
}

static void a_client_says_no_more_during_a_question(void **state)
{
	struct xengt_bvgpu *v = add_vgpu(4, "four");
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	static const char question[] = "{\"v\":1,\"cmd\":\"stat\",\"vgpu\":4}\n";
	int fd = join();

	(void)state;
	assert_int_equal(send(fd, question, strlen(question), 0), strlen(question));
	shutdown(fd, SHUT_WR);
	run();
	assert_int_equal(clients(), 1);
	assert_string_equal(hear(fd), "");
	worker_says(v, &msg);
	has(hear(fd), "\"ok\":true");
	assert_null(hear(fd));
	assert_int_equal(clients(), 0);
	close(fd);
}

/* While the broker waits for a worker, it reads no question of this client. */
static void questions_wait_for_a_worker(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(4, "four");
	assert_int_equal(events_of_client(), EPOLLIN);
	ask(fd, "stat", "4");
	assert_int_equal(events_of_client(), 0);
	say(fd, PING);
	/* a client that only waits for a worker has no time limit */
	pass(QUESTION_MSEC);
	has(hear(fd), "no-answer");
	has(hear(fd), "\"ok\":true");
	pass(10 * IDLE_MSEC);
	assert_int_equal(clients(), 1);
	close(fd);
}

/* A client that does not read its only answer is dropped after a minute. */
static void a_client_that_reads_nothing(void **state)
{
	int fd = join();

	(void)state;
	fill_up(fd);
	pass(IDLE_MSEC - 1);
	assert_int_equal(clients(), 1);
	pass(1);
	assert_int_equal(clients(), 0);
	close(fd);
}

/* A client leaves while the broker writes to it. */
static void a_client_leaves_during_an_answer(void **state)
{
	int fd = join();

	(void)state;
	fill_up(fd);
	close(fd);
	run();
	assert_int_equal(clients(), 0);
	/* a client leaves before the broker writes the first byte */
	fd = join();
	assert_int_equal(send(fd, PING, strlen(PING), 0), strlen(PING));
	close(fd);
	run();
	assert_int_equal(clients(), 0);
}

/* ---- errors ---- */

struct failure {
	int error;
	bool is_fatal;			/* the broker closes the connection */
};

/* Lets one call on a new connection fail: *next_error is the error of its next call. */
static void one_call_fails(int *next_error, const struct failure *f)
{
	int fd = join();

	*next_error = f->error;
	say(fd, PING);
	if (f->is_fatal)
		assert_null(hear(fd));
	else
		has(hear(fd), "\"ok\":true");
	assert_int_equal(clients(), !f->is_fatal);
	close(fd);
	run();
}

/* EAGAIN and EINTR do not end the connection; every other error ends it. */
static void sending_fails(void **state)
{
	static const struct failure cases[] = {
		{ EAGAIN, false }, { EINTR, false }, { EPIPE, true },
		{ ECONNRESET, true }, { ENOMEM, true },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++)
		one_call_fails(&send_error, &cases[i]);
}

static void receiving_fails(void **state)
{
	static const struct failure cases[] = {
		{ EAGAIN, false }, { EINTR, false }, { ECONNRESET, true },
		{ ENOMEM, true },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++)
		one_call_fails(&recv_error, &cases[i]);
}

/* The file for a picture cannot be made: the worker is not asked. */
static void there_is_no_file(void **state)
{
	int fd = join();

	(void)state;
	add_vgpu(4, "four");
	file_error = ENFILE;
	ask(fd, "screenshot", "4");
	has(hear(fd), "\"code\":\"no-answer\"");
	assert_int_equal(world.questions, 0);
	/* the next question works */
	ask(fd, "screenshot", "4");
	assert_int_equal(world.questions, 1);
	close(fd);
}

static void joins_in_vain(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, socket_path());
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	run();
	assert_int_equal(clients(), 0);
	assert_null(hear(fd));
	close(fd);
}

/* There is no memory for a client: its connection is closed, and others may come. */
static void there_is_no_memory(void **state)
{
	struct xengt_control *other = NULL;
	int fd;

	(void)state;
	for (int at = 1; at <= 2; at++) {
		alloc_fails_at = at;
		joins_in_vain();
	}
	fd = join();
	say(fd, PING);
	has(hear(fd), "\"ok\":true");
	close(fd);
	alloc_fails_at = 1;
	assert_int_equal(xengt_control_create(&broker, &other), -ENOMEM);
	assert_null(other);
	xengt_control_destroy(NULL);
}

/* A client is gone before the broker accepts its connection. */
static void nobody_is_there(void **state)
{
	struct xengt_ev_io *listening = made_ev.ios[0].io;

	(void)state;
	listening->cb(listening->ctx, EPOLLIN);
	assert_int_equal(clients(), 0);
	accept_error = ECONNABORTED;
	listening->cb(listening->ctx, EPOLLIN);
	assert_int_equal(clients(), 0);
	assert_int_equal(count_fds(), fds_before + 1);
}

/* No program that the broker starts inherits a connection, and no call blocks. */
static void its_descriptors(void **state)
{
	int fd = join();

	(void)state;
	for (int i = 0; i < IOS; i++) {
		struct xengt_ev_io *io = made_ev.ios[i].io;

		if (!io)
			continue;
		assert_int_equal(fcntl(io->fd, F_GETFD), FD_CLOEXEC);
		assert_true(fcntl(io->fd, F_GETFL) & O_NONBLOCK);
	}
	assert_int_equal(clients(), 1);
	close(fd);
}

/* The loop cannot watch the listening socket. */
static void it_cannot_be_watched(void **state)
{
	struct xengt_control *other = NULL;
	const char *dir = broker.opt.run_dir;
	char elsewhere[] = "/tmp/test-control-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(elsewhere));
	broker.opt.run_dir = elsewhere;
	made_ev.add_error = -ENOSPC;
	assert_int_equal(xengt_control_create(&broker, &other), -ENOSPC);
	made_ev.add_error = 0;
	broker.opt.run_dir = dir;
	assert_null(other);
	assert_int_equal(count_fds(), fds_before + 1);
	snprintf(path, sizeof(path), "%s/xengtd.sock", elsewhere);
	unlink(path);
	assert_int_equal(rmdir(elsewhere), 0);
}

/* Another xengtd is busy: nobody accepts the connections that wait already. */
static void another_broker_is_busy(void **state)
{
	const char *dir = broker.opt.run_dir;
	char elsewhere[] = "/tmp/test-control-XXXXXX";
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct xengt_control *other = NULL;
	int busy, waiting[8], n = 0;

	(void)state;
	assert_non_null(mkdtemp(elsewhere));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/xengtd.sock", elsewhere);
	busy = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(busy, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(busy, 0), 0);
	for (int r = 0; !r; n++) {
		assert_true(n < 8);
		waiting[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		r = connect(waiting[n], (struct sockaddr *)&addr, sizeof(addr));
		assert_true(!r || errno == EAGAIN);
	}
	broker.opt.run_dir = elsewhere;
	assert_int_equal(xengt_control_create(&broker, &other), -EADDRINUSE);
	broker.opt.run_dir = dir;
	assert_int_equal(access(addr.sun_path, F_OK), 0);
	while (n)
		close(waiting[--n]);
	close(busy);
	unlink(addr.sun_path);
	assert_int_equal(rmdir(elsewhere), 0);
}

#define FAULT_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(an_answer_in_pieces),
		FAULT_TEST(questions_wait_for_an_answer),
		FAULT_TEST(a_client_says_no_more_during_an_answer),
		FAULT_TEST(a_client_says_no_more_during_a_question),
		FAULT_TEST(questions_wait_for_a_worker),
		FAULT_TEST(a_client_that_reads_nothing),
		FAULT_TEST(a_client_leaves_during_an_answer),
		FAULT_TEST(sending_fails),
		FAULT_TEST(receiving_fails),
		FAULT_TEST(there_is_no_file),
		FAULT_TEST(there_is_no_memory),
		FAULT_TEST(nobody_is_there),
		FAULT_TEST(its_descriptors),
		FAULT_TEST(it_cannot_be_watched),
		FAULT_TEST(another_broker_is_busy),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
