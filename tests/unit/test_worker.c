/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the broker starts, watches and ends a vGPU's worker, which it does not trust. This
 * test program is the worker, too: if the program is started as a worker, the domid says what
 * it does.
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "full_memory.h"
#include "made_loop.h"
#include "patience.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"
#include "xengt/log.h"
#include "xengtd/child.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

/* Domids, which say what the worker does. */
enum {
	OBEYS = 1, IS_DEAF, SENDS_NONSENSE, IS_FOREIGN, HANGS_UP, FAILS, FLOODS,
	GIVES_FDS, LISTENS,
};

#define FLOOD	40

static bool is_file_full;	/* the next write of a file writes nothing */
static int memfd_error;		/* error of memfd_create(); 0: none */

int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags)
{
	if (!memfd_error)
		return __real_memfd_create(name, flags);
	errno = memfd_error;
	return -1;
}

ssize_t __real_pwrite(int fd, const void *buf, size_t bytes, off_t off);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t bytes, off_t off);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t bytes, off_t off)
{
	if (!is_file_full)
		return __real_pwrite(fd, buf, bytes, off);
	is_file_full = false;
	return 0;
}

/* ---- the worker ---- */

static void say(int fd, uint32_t type, uint32_t seq, int pass_fd)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq };

	if (xengt_wp_send(fd, &msg, pass_fd) < 0)
		_exit(50);
}

/* Writes to the worker's log which arguments, descriptors and EDID the worker got. */
static void tell_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("%s ", argv[i]);
	printf("\nfds:");
	for (int fd = 0; fd < 20; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\nedid: %d\n", fcntl(XENGT_WP_FD_EDID, F_GETFD) < 0 ? -1 :
	       (int)lseek(XENGT_WP_FD_EDID, 0, SEEK_CUR));
	fflush(stdout);
	if (write(XENGT_WP_FD_RECORD, "recorded", 8) < 0)
		return;
}

static void answer(int fd, const struct xengt_wp_msg *msg, int got)
{
	char c = 0;

	switch (msg->type) {
	case XENGT_WP_HELLO: {
		struct xengt_wp_msg state = { .type = XENGT_WP_STATE,
			.u.state = { .domid = LISTENS, .vcpus = 1 } };

		xengt_wp_send(fd, &state, STDIN_FILENO);
		break;
	}
	case XENGT_WP_SET_EDID:
		if (read(got, &c, 1) != 1 || c != 'e')
			_exit(51);
		say(fd, XENGT_WP_PONG, 99, -1);
		break;
	case XENGT_WP_PING:
		say(fd, XENGT_WP_PONG, msg->seq, -1);
		break;
	case XENGT_WP_QUIT:
		_exit(0);
	default:
		_exit(52);
	}
}

static void obey(int fd)
{
	for (;;) {
		struct xengt_wp_msg msg;
		int got = -1;

		poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1);
		if (xengt_wp_recv(fd, &msg, &got) < 0)
			_exit(53);
		answer(fd, &msg, got);
	}
}

static int be_worker(int argc, char **argv)
{
	const int fd = XENGT_WP_FD_BROKER, what = atoi(argv[2]);
	struct xengt_wp_msg msg = { .type = XENGT_WP_FAILED };
	static const uint32_t foreign[4] = { XENGT_WP_VERSION + 1,
					     XENGT_WP_READY };

	patience_renew();
	signal(SIGTERM, SIG_DFL);
	tell_arguments(argc, argv);
	switch (what) {
	case SENDS_NONSENSE:
		send(fd, "nonsense", 8, 0);
		pause();
		break;
	case IS_FOREIGN:
		memset(&msg, 0, sizeof(msg));
		memcpy(&msg, foreign, sizeof(foreign));
		send(fd, &msg, sizeof(foreign), 0);
		pause();
		break;
	case HANGS_UP:
		shutdown(fd, SHUT_RDWR);
		close(fd);
		pause();
		break;
	case FAILS:
		strcpy(msg.u.text, "no luck");
		xengt_wp_send(fd, &msg, -1);
		return 3;
	case FLOODS:
		for (uint32_t i = 0; i < FLOOD; i++)
			say(fd, XENGT_WP_PONG, i, -1);
		raise(SIGSTOP);
		break;
	case GIVES_FDS:
		say(fd, XENGT_WP_PONG, 1, STDOUT_FILENO);
		msg.type = XENGT_WP_STATE;
		msg.u.state.vcpus = 1;
		xengt_wp_send(fd, &msg, STDOUT_FILENO);
		pause();
		break;
	case IS_DEAF:
		say(fd, XENGT_WP_READY, 0, -1);
		pause();
		break;
	case LISTENS:
		/* accept() must not wait if the client has gone again */
		if (!(fcntl(XENGT_WP_FD_LISTEN, F_GETFL) & O_NONBLOCK))
			return 4;
		listen(XENGT_WP_FD_LISTEN, 1);
		say(fd, XENGT_WP_READY, 0, -1);
		poll(&(struct pollfd){ XENGT_WP_FD_LISTEN, POLLIN, 0 }, 1, -1);
		obey(accept(XENGT_WP_FD_LISTEN, NULL, NULL));
		break;
	}
	say(fd, XENGT_WP_READY, 0, -1);
	obey(fd);
	return 0;
}

/* ---- the broker ---- */

static struct xengtd broker;
static char dir[] = "/tmp/test-worker-XXXXXX", logs[64];

static struct {
	struct xengt_worker *worker;
	int messages, foreigners;
	struct xengt_wp_msg last;
	int fd;				/* the last message's descriptor */
	bool heard, has_ended;		/* the events set these two members; the test
					 * clears them before it waits for an event */
	int status;
} seen;

static void on_message(void *ctx, const struct xengt_wp_msg *msg, int fd)
{
	assert_ptr_equal(ctx, &seen);
	assert_false(seen.has_ended);
	seen.messages++;
	seen.last = *msg;
	seen.fd = fd;
	seen.heard = true;
}

static void on_foreign(void *ctx)
{
	assert_ptr_equal(ctx, &seen);
	seen.foreigners++;
	seen.heard = true;
}

static void on_ended(void *ctx, int status)
{
	assert_ptr_equal(ctx, &seen);
	assert_false(seen.has_ended);
	seen.has_ended = true;
	seen.heard = true;
	seen.status = status;
}

static const struct xengt_worker_events events = {
	.message = on_message, .is_foreign = on_foreign, .ended = on_ended,
};

static struct xengt_worker_config config(uint32_t domid)
{
	return (struct xengt_worker_config){
		.domid = domid, .name = "guest", .server_id = 9, .vgpu_fd = 0,
		.platform = XENGT_PLATFORM_SKL, .device = 0x1912,
		.subvendor = 0x8086, .subdevice = 0x0007, .revision = 6,
		.slot = 2, .is_primary = true, .aperture_bytes = 5ull << 32,
	};
}

static void start_with(const struct xengt_worker_config *cfg)
{
	memset(&seen, 0, sizeof(seen));
	seen.fd = -1;
	assert_int_equal(xengt_worker_start(&broker, cfg, &events, &seen,
					    &seen.worker), 0);
	assert_true(xengt_worker_pid(seen.worker) > 0);
}

static void start(uint32_t domid)
{
	struct xengt_worker_config cfg = config(domid);

	start_with(&cfg);
}

static void hear(uint32_t type)
{
	seen.heard = false;
	loop_until(&seen.heard);
	assert_int_equal(seen.last.type, type);
}

/* Waits for the end of the worker, and checks its status. */
static void ends(int status)
{
	loop_until(&seen.has_ended);
	assert_int_equal(seen.status, status);
	xengt_worker_free(seen.worker);
	assert_true(loop_is_empty());
}

static void quit(void)
{
	xengt_worker_quit(seen.worker);
	assert_true(loop_is_armed(XENGT_WORKER_QUIT_MSEC));
	xengt_worker_quit(seen.worker);		/* a second call has no effect */
	ends(0);
}

static const char *log_text(void)
{
	static char text[8192];
	char path[512];
	ssize_t n;
	int fd;

	xengt_worker_log_path(&broker, "guest", path, sizeof(path));
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	return text;
}

static void clear_log(void)
{
	char path[512];

	xengt_worker_log_path(&broker, "guest", path, sizeof(path));
	unlink(path);
}

static void it_is_told_what_it_is(void **state)
{
	const int before = loop_count_fds();
	uint8_t edid[XENGT_EDID_MAX_BYTES] = { 'e' };
	struct xengt_worker_config cfg = config(OBEYS);
	char expected[512];

	(void)state;
	start_with(&cfg);
	hear(XENGT_WP_READY);
	xengt_worker_send(seen.worker, XENGT_WP_PING, 77, 0);
	hear(XENGT_WP_PONG);
	assert_int_equal(seen.last.seq, 77);
	assert_int_equal(xengt_worker_send_edid(seen.worker, edid,
						sizeof(edid)), 0);
	hear(XENGT_WP_PONG);
	assert_int_equal(seen.last.seq, 99);
	quit();
	snprintf(expected, sizeof(expected),
		 "--domid 1 --server-id 9 --vgpu-fd 3 --broker-fd 4 --listen 5 --platform skl --pci 1912:8086:0007:06 --slot 2 --primary 1 --aperture-bytes 21474836480 --aperture upfront --chroot %s/empty --seccomp errno \nfds: 0 1 2 3 4 5\nedid: -1\n",
		 dir);
	assert_string_equal(log_text(), expected);
	assert_int_equal(loop_count_fds(), before);

	/* start a worker with all optional arguments */
	clear_log();
	cfg.edid = edid;
	cfg.edid_bytes = sizeof(edid);
	cfg.is_primary = false;
	cfg.is_aperture_lazy = true;
	broker.opt.record_dir = dir;
	broker.opt.is_verbose = true;
	broker.opt.is_seccomp_fatal = true;
	start_with(&cfg);
	hear(XENGT_WP_READY);
	quit();
	snprintf(expected, sizeof(expected),
		 "--primary 0 --aperture-bytes 21474836480 --aperture lazy --edid-fd 6 --record-fd 7 --chroot %s/empty --seccomp kill --verbose \nfds: 0 1 2 3 4 5 6 7\nedid: 0\n",
		 dir);
	assert_non_null(strstr(log_text(), expected));
	assert_int_equal(loop_count_fds(), before);
	snprintf(expected, sizeof(expected), "%s/guest.session", dir);
	assert_int_equal(unlink(expected), 0);
	broker.opt.record_dir = NULL;
	broker.opt.is_verbose = false;
	broker.opt.is_seccomp_fatal = false;
}

/*
 * No other program that the broker starts gets the broker's socket to the worker, and no
 * access to the socket makes the broker wait.
 */
static void its_socket_is_the_broker_s(void **state)
{
	uint32_t sockets = 0;

	(void)state;
	start(IS_DEAF);
	hear(XENGT_WP_READY);
	for (int fd = 3; fd < 64; fd++) {
		struct stat st;

		if (fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
			continue;
		sockets++;
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	}
	assert_int_equal(sockets, 1);
	xengt_worker_kill(seen.worker);
	ends(SIGKILL);
}

static void it_does_not_quit(void **state)
{
	(void)state;
	start(IS_DEAF);
	hear(XENGT_WP_READY);
	xengt_worker_quit(seen.worker);
	loop_fire();
	ends(SIGKILL);
}

static void it_sends_nonsense(void **state)
{
	(void)state;
	start(SENDS_NONSENSE);
	ends(SIGKILL);
	assert_int_equal(seen.messages, 0);
	/* a worker that closes its connection is of no use, so the broker kills it */
	start(HANGS_UP);
	ends(SIGKILL);
}

static void it_is_of_another_version(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PING };

	(void)state;
	start(IS_FOREIGN);
	seen.heard = false;
	loop_until(&seen.heard);
	assert_int_equal(seen.foreigners, 1);
	/*
	 * the broker does not kill the worker; a message is not sent, and the worker can still
	 * be ended
	 */
	xengt_worker_send_msg(seen.worker, &msg, -1);
	assert_false(seen.has_ended);
	xengt_worker_quit(seen.worker);
	ends(SIGTERM);
	assert_int_equal(seen.foreigners, 1);
}

static void it_could_not_start(void **state)
{
	(void)state;
	start(FAILS);
	/* let the worker end first, so that its message and its end come together */
	patience_renew();
	assert_int_equal(waitid(P_PID, xengt_worker_pid(seen.worker),
				&(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	patience_end();
	ends(3 << 8);
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.last.type, XENGT_WP_FAILED);
	assert_string_equal(seen.last.u.text, "no luck");
}

/* While a worker floods the broker with messages, other descriptors are served, too. */
static void it_floods_the_broker(void **state)
{
	(void)state;
	start(FLOODS);
	/* the worker has sent all its messages and stopped */
	patience_renew();
	assert_int_equal(waitid(P_PID, xengt_worker_pid(seen.worker),
				&(siginfo_t){ 0 }, WSTOPPED | WNOWAIT), 0);
	patience_end();
	while (seen.messages < FLOOD) {
		const int before = seen.messages;

		loop_once();
		assert_in_range(seen.messages - before, 1, 16);
	}
	assert_int_equal(seen.last.seq, FLOOD - 1);
	xengt_worker_kill(seen.worker);
	ends(SIGKILL);
}

/*
 * Only a STATE message may carry a descriptor. The broker closes all other descriptors, because
 * they would accumulate.
 */
static void it_gives_descriptors(void **state)
{
	const int before = loop_count_fds();

	(void)state;
	start(GIVES_FDS);
	while (seen.messages < 2) {
		seen.heard = false;
		loop_until(&seen.heard);
		if (seen.messages == 1)
			assert_int_equal(seen.fd, -1);
	}
	assert_int_equal(seen.last.type, XENGT_WP_STATE);
	assert_true(seen.fd >= 0);
	close(seen.fd);
	xengt_worker_kill(seen.worker);
	ends(SIGKILL);
	assert_int_equal(loop_count_fds(), before);
}

/* The worker does not read its messages. */
static void it_takes_no_messages(void **state)
{
	(void)state;
	start(IS_DEAF);
	hear(XENGT_WP_READY);
	for (int i = 0; i < 100000; i++)
		xengt_worker_send(seen.worker, XENGT_WP_PING, 1, 0);
	ends(SIGKILL);
	/* a worker that has been killed gets no message, either */
	start(IS_DEAF);
	hear(XENGT_WP_READY);
	xengt_worker_kill(seen.worker);
	xengt_worker_send(seen.worker, XENGT_WP_PING, 1, 0);
	xengt_worker_quit(seen.worker);
	assert_true(loop_is_armed(0) || !loop_is_armed(XENGT_WORKER_QUIT_MSEC));
	ends(SIGKILL);
}

/* ---- the worker's files ---- */

static void its_log_is_rotated(void **state)
{
	char path[512], old[520];
	struct stat st;
	int fd;

	(void)state;
	xengt_worker_log_path(&broker, "guest", path, sizeof(path));
	snprintf(old, sizeof(old), "%s.1", path);
	for (int is_more = 0; is_more < 2; is_more++) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(ftruncate(fd, (4 << 20) + is_more), 0);
		close(fd);
		start(OBEYS);
		hear(XENGT_WP_READY);
		quit();
		assert_int_equal(stat(old, &st), is_more ? 0 : -1);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size > 4 << 20, !is_more);
		assert_int_equal(st.st_mode & 07777, is_more ? 0640 : 0600);
	}
	unlink(old);
}

/* If a symbolic link has the log's name, the worker starts without a log. */
static void its_log_cannot_be_written(void **state)
{
	char path[512], other[80];
	struct stat st;

	(void)state;
	xengt_worker_log_path(&broker, "guest", path, sizeof(path));
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(symlink(other, path), 0);
	start(OBEYS);
	hear(XENGT_WP_READY);
	quit();
	assert_int_equal(stat(other, &st), -1);
	/* the broker does not follow a symbolic link for the recording, either */
	unlink(path);
	snprintf(path, sizeof(path), "%s/guest.session", dir);
	assert_int_equal(symlink(other, path), 0);
	broker.opt.record_dir = dir;
	start(OBEYS);
	hear(XENGT_WP_READY);
	quit();
	broker.opt.record_dir = NULL;
	assert_int_equal(stat(other, &st), -1);
	assert_null(strstr(log_text(), "--record-fd"));
	unlink(path);
}

static void there_is_no_memory(void **state)
{
	struct xengt_worker_config cfg = config(OBEYS);
	struct xengt_worker *worker = (void *)&cfg;

	(void)state;
	memory_is_full = true;
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen, &worker), -ENOMEM);
	memory_is_full = true;
	assert_int_equal(xengt_worker_find(&broker, OBEYS, &events, &seen, &worker), -ENOMEM);
	assert_ptr_equal(worker, &cfg);
	assert_true(loop_is_empty());
}

/* An EDID that cannot be passed: a worker does not start, and one that runs hears nothing. */
static void there_is_no_file_for_an_edid(void **state)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES] = { 'e' };
	struct xengt_worker_config cfg = config(OBEYS);
	struct xengt_worker *worker = (void *)&cfg;
	const int before = loop_count_fds();

	(void)state;
	start_with(&cfg);
	hear(XENGT_WP_READY);
	memfd_error = ENFILE;
	assert_int_equal(xengt_worker_send_edid(seen.worker, edid, sizeof(edid)), -ENFILE);
	memfd_error = 0;
	is_file_full = true;
	assert_int_equal(xengt_worker_send_edid(seen.worker, edid, sizeof(edid)), -EIO);
	/* the next thing that the worker answers is this */
	xengt_worker_send(seen.worker, XENGT_WP_PING, 78, 0);
	hear(XENGT_WP_PONG);
	assert_int_equal(seen.last.seq, 78);
	quit();
	cfg.edid = edid;
	cfg.edid_bytes = sizeof(edid);
	memfd_error = ENFILE;
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen, &worker), -ENFILE);
	memfd_error = 0;
	is_file_full = true;
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen, &worker), -EIO);
	assert_ptr_equal(worker, &cfg);
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), before);
}

static void it_cannot_be_started(void **state)
{
	struct xengt_worker_config cfg = config(OBEYS);
	struct xengt_worker *worker = (void *)&cfg;
	const char *program = broker.opt.worker;
	const int before = loop_count_fds();

	(void)state;
	broker.opt.worker = "/no/such/program";
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen,
					    &worker), -ENOENT);
	broker.opt.worker = program;
	broker.opt.run_dir = "/no/such/folder";
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen,
					    &worker), -ENOENT);
	broker.opt.run_dir = dir;
	loop_add_error = -ENOSPC;
	assert_int_equal(xengt_worker_start(&broker, &cfg, &events, &seen,
					    &worker), -ENOSPC);
	loop_add_error = 0;
	/* a worker that the broker could not watch is killed */
	patience_renew();
	assert_true(waitpid(-1, NULL, 0) > 0);
	patience_end();
	assert_ptr_equal(worker, &cfg);
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), before);
}

/*
 * However few descriptors are free, either the worker starts or there is an error, and no
 * descriptor leaks.
 */
static void the_broker_has_few_descriptors(void **state)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES] = { 'e' };
	struct xengt_worker_config cfg = config(OBEYS);
	const int before = loop_count_fds();
	struct rlimit kept, few;
	int errors = 0, r;

	(void)state;
	cfg.edid = edid;
	cfg.edid_bytes = sizeof(edid);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &kept), 0);
	for (int limit = before; limit < 80; limit += limit < 20 || limit > 60 ? 1 : 40) {
		memset(&seen, 0, sizeof(seen));
		few = (struct rlimit){ limit, kept.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = xengt_worker_start(&broker, &cfg, &events, &seen,
				       &seen.worker);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &kept), 0);
		if (r == 0) {
			xengt_worker_kill(seen.worker);
			ends(SIGKILL);
		} else {
			/*
			 * src/xengtd/child.c first moves a child's descriptors to numbers from
			 * 64 on
			 */
			assert_true(r == -EMFILE || r == -EINVAL);
			assert_true(loop_is_empty());
			errors++;
		}
		assert_int_equal(loop_count_fds(), before);
	}
	assert_true(errors > 0);
}

/* ---- a restarted broker ---- */

static void it_is_found(void **state)
{
	const int before = loop_count_fds();
	char path[512];
	pid_t pid;

	(void)state;
	start(LISTENS);
	hear(XENGT_WP_READY);
	pid = xengt_worker_pid(seen.worker);
	xengt_worker_free(seen.worker);
	assert_true(loop_is_empty());
	assert_int_equal(xengt_worker_find(&broker, LISTENS, &events, &seen,
					   &seen.worker), 0);
	assert_int_equal(xengt_worker_pid(seen.worker), pid);
	hear(XENGT_WP_STATE);
	close(seen.fd);
	quit();
	assert_int_equal(loop_count_fds(), before);

	/*
	 * the worker of this socket is gone; only the broker's user may connect to the socket
	 */
	xengt_worker_socket_path(&broker, LISTENS, path, sizeof(path));
	{
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_int_equal(xengt_worker_find(&broker, LISTENS, &events, &seen,
					   &seen.worker), -ECONNREFUSED);
	unlink(path);
	assert_int_equal(xengt_worker_find(&broker, LISTENS, &events, &seen,
					   &seen.worker), -ENOENT);
	xengt_worker_free(NULL);
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), before);
}

static int teardown(void **state)
{
	(void)state;
	clear_log();
	return 0;
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(logs, sizeof(logs), "%s/log", dir);
	mkdir(logs, 0700);
	broker.opt.run_dir = dir;
	broker.opt.log_dir = logs;
	broker.opt.worker = "/proc/self/exe";
	xengt_log_set_level(XENGT_LOG_ERR);
	umask(022);
	return 0;
}

static int remove_dir(void **state)
{
	char path[512];

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		xengt_worker_socket_path(&broker, i, path, sizeof(path));
		unlink(path);
	}
	rmdir(logs);
	return rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_told_what_it_is),
		TEST(its_socket_is_the_broker_s),
		TEST(it_does_not_quit),
		TEST(it_sends_nonsense),
		TEST(it_is_of_another_version),
		TEST(it_could_not_start),
		TEST(it_floods_the_broker),
		TEST(it_gives_descriptors),
		TEST(it_takes_no_messages),
		TEST(its_log_is_rotated),
		TEST(its_log_cannot_be_written),
		TEST(there_is_no_memory),
		TEST(there_is_no_file_for_an_edid),
		TEST(it_cannot_be_started),
		TEST(the_broker_has_few_descriptors),
		TEST(it_is_found),
	};

	if (argc > 2 && !strcmp(argv[1], "--domid"))
		return be_worker(argc, argv);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
