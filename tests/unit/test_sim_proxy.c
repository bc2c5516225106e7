// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests xengt-gpusim from QEMU's side: the test plays QEMU's end of the socket, QEMU's RAM
 * and QEMU's qtest server. The simulator runs in a child process on made time, which does
 * not advance in this process.
 */
#include "made_time.h"
#include "patience.h"
#include "tools/gpusim.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define RAM_BYTES	(4U << 20)
#define BAR0		0xfd000000U
#define BAR2		0xe0000000U

/* What the test and the simulator in the child process share. */
static struct shared {
	volatile unsigned int rounds;	/* number of calls of xengt_sim_idle() */
	volatile bool is_lazy;		/* xengt_sim_idle() does nothing */
} *shared;

int __real_xengt_sim_idle(struct xengt_sim *sim);
int __wrap_xengt_sim_idle(struct xengt_sim *sim);
int __wrap_xengt_sim_idle(struct xengt_sim *sim)
{
	if (!shared)
		return __real_xengt_sim_idle(sim);
	shared->rounds++;
	return shared->is_lazy ? 1 : __real_xengt_sim_idle(sim);
}

struct qemu {
	int fd;
	pid_t pid;
	uint8_t *ram;
	int ram_fd;
	int qtest_listen;
	char dir[32];
	char qtest[64];
};

static int setup_qemu(void **state)
{
	struct qemu *q = calloc(1, sizeof(*q));
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct gpusim_options o = { .has_tlb = true };
	FILE *log = tmpfile();
	int sv[2];

	patience_renew();
	assert_non_null(q);
	assert_non_null(log);
	strcpy(q->dir, "/tmp/test-sim-proxy.XXXXXX");
	assert_non_null(mkdtemp(q->dir));
	snprintf(q->qtest, sizeof(q->qtest), "%s/qtest", q->dir);
	strcpy(sa.sun_path, q->qtest);
	q->qtest_listen = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_return_code(bind(q->qtest_listen, (void *)&sa, sizeof(sa)), 0);
	q->ram_fd = memfd_create("ram", 0);
	assert_return_code(ftruncate(q->ram_fd, RAM_BYTES), 0);
	q->ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      q->ram_fd, 0);
	assert_ptr_not_equal(q->ram, MAP_FAILED);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);

	o.platform = xengt_sim_platform_find("skl");
	o.has_exec = true;
	o.exec = (struct xengt_sim_exec_opts){
		.cost_percent = 100, .strict = XENGT_SIM_STRICT_TORN,
	};
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	o.qtest = q->qtest;
	q->pid = fork();
	if (!q->pid) {
		/* the simulator must not outlive the test, even if it hangs */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(sv[0]);
		_exit(gpusim_run(&o, sv[1], log, NULL));
	}
	fclose(log);
	close(sv[1]);
	q->fd = sv[0];
	*state = q;
	return 0;
}

static int end(struct qemu *q)
{
	int status;

	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
	assert_int_equal(waitpid(q->pid, &status, 0), q->pid);
	assert_true(WIFEXITED(status));
	q->pid = 0;
	return WEXITSTATUS(status);
}

static int teardown_qemu(void **state)
{
	struct qemu *q = *state;

	if (q->pid)
		assert_int_equal(end(q), 0);
	munmap(shared, sizeof(*shared));
	shared = NULL;
	munmap(q->ram, RAM_BYTES);
	close(q->ram_fd);
	close(q->qtest_listen);
	unlink(q->qtest);
	rmdir(q->dir);
	free(q);
	patience_end();
	return 0;
}

static void send_all(struct qemu *q, const void *buf, size_t len)
{
	patience_renew();
	assert_int_equal(send(q->fd, buf, len, MSG_NOSIGNAL), len);
}

/*
 * Wait until the simulator has read everything that was sent. If the simulator has ended,
 * the next send fails.
 */
static void await_reader(struct qemu *q)
{
	int unread;

	do {
		sched_yield();
		assert_return_code(ioctl(q->fd, SIOCOUTQ, &unread), 0);
	} while (unread);
}

static uint64_t await_reply(struct qemu *q)
{
	uint8_t buf[24];
	struct proxy_hdr hdr;
	uint64_t val;

	assert_int_equal(recv(q->fd, buf, sizeof(buf), MSG_WAITALL),
			 sizeof(buf));
	memcpy(&hdr, buf, sizeof(hdr));
	memcpy(&val, buf + 16, sizeof(val));
	assert_int_equal(hdr.cmd, PROXY_RET);
	assert_int_equal(hdr.size, 8);
	return val;
}

static size_t build(uint8_t *buf, int cmd, const void *body, size_t size)
{
	struct proxy_hdr hdr = { .cmd = cmd, .size = size };

	memcpy(buf, &hdr, sizeof(hdr));
	if (size)
		memcpy(buf + sizeof(hdr), body, size);
	return sizeof(hdr) + size;
}

static uint64_t cfg(struct qemu *q, int cmd, uint32_t off, int32_t size,
		    uint32_t val)
{
	struct proxy_cfg c = { .off = off, .size = size, .val = val };
	uint8_t buf[64];

	send_all(q, buf, build(buf, cmd, &c, sizeof(c)));
	return await_reply(q);
}

static size_t build_bar(uint8_t *buf, int cmd, uint64_t addr, uint32_t size,
			uint64_t val)
{
	struct proxy_bar b = { .addr = addr, .size = size, .val = val,
			       .is_memory = 1 };

	return build(buf, cmd, &b, sizeof(b));
}

static uint64_t bar(struct qemu *q, int cmd, uint64_t addr, uint32_t size,
		    uint64_t val)
{
	uint8_t buf[64];

	send_all(q, buf, build_bar(buf, cmd, addr, size, val));
	return await_reply(q);
}

static void send_memory(struct qemu *q, uint64_t bus, uint64_t len,
			uint64_t offset, unsigned int n_fds)
{
	struct proxy_sysmem s = { .bus = { bus }, .len = { len },
				  .offset = { offset } };
	uint8_t buf[256];
	struct iovec iov = { .iov_base = buf };
	union {
		char buf[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} ctl = { .buf = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[2] = { q->ram_fd, q->ram_fd };

	iov.iov_len = build(buf, n_fds == 2 ? PROXY_SET_IRQFD :
			    PROXY_SYNC_SYSMEM, &s,
			    n_fds == 2 ? 0 : sizeof(s));
	if (n_fds) {
		struct cmsghdr *c;

		msg.msg_control = ctl.buf;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	assert_true(sendmsg(q->fd, &msg, MSG_NOSIGNAL) > 0);
}

static void start_device(struct qemu *q)
{
	send_memory(q, 0, 0, 0, 2);	/* SET_IRQFD */
	send_memory(q, 0x100000, RAM_BYTES - 0x1000, 0x1000, 1);
	cfg(q, PROXY_CFG_WRITE, 0x10, 4, BAR0);
	cfg(q, PROXY_CFG_WRITE, 0x18, 4, BAR2);
	cfg(q, PROXY_CFG_WRITE, 0x04, 2, 6);
}

static void test_probe(void **state)
{
	struct qemu *q = *state;

	assert_int_equal(cfg(q, PROXY_CFG_READ, 0, 4, 0), 0x19128086);
	cfg(q, PROXY_CFG_WRITE, 0x10, 4, 0xffffffff);
	assert_int_equal(cfg(q, PROXY_CFG_READ, 0x10, 4, 0), 0xff000000);
	assert_int_equal(cfg(q, PROXY_CFG_READ, 0xf00, 4, 0), 0xffffffff);
}

static void test_memory(void **state)
{
	struct qemu *q = *state;
	uint64_t word = 0x1122334455667788ULL;

	start_device(q);
	/* bus address 0x102000 is at offset 0x3000 of the file */
	bar(q, PROXY_BAR_WRITE, BAR0 + 0x800000, 8, 0x102001);
	bar(q, PROXY_BAR_WRITE, BAR2 + 0x10, 8, word);
	assert_memory_equal(q->ram + 0x3010, &word, 8);
	assert_int_equal(bar(q, PROXY_BAR_READ, BAR2 + 0x14, 2, 0), 0x3344);
	/* a new memory table: the same file at another bus address */
	send_memory(q, 0x40000000, 0x10000, 0, 1);
	assert_int_equal(bar(q, PROXY_BAR_READ, BAR2 + 0x14, 2, 0), 0);
	/* an address that belongs to no BAR */
	assert_true(bar(q, PROXY_BAR_READ, 0x1000, 4, 0) == ~0ULL);
	/* the simulator answers a reset, which clears the BARs */
	uint8_t buf[16];

	send_all(q, buf, build(buf, PROXY_RESET, NULL, 0));
	assert_int_equal(await_reply(q), 0);
	assert_int_equal(cfg(q, PROXY_CFG_READ, 0x10, 4, 0), 0);
}

/* Messages may arrive in pieces of any size, and several at a time. */
static void test_pieces(void **state)
{
	struct qemu *q = *state;
	uint8_t buf[3 * 64];
	size_t len;

	start_device(q);
	len = build_bar(buf, PROXY_BAR_WRITE, BAR0 + 0x4f000, 4, 0xabcd);
	for (size_t i = 0; i < len; i++) {
		send_all(q, buf + i, 1);
		await_reader(q);
	}
	(void)await_reply(q);
	len = build_bar(buf, PROXY_BAR_READ, BAR0 + 0x4f000, 4, 0);
	len += build_bar(buf + len, PROXY_BAR_WRITE, BAR0 + 0x4f000, 4, 0x12);
	len += build_bar(buf + len, PROXY_BAR_READ, BAR0 + 0x4f000, 4, 0);
	send_all(q, buf, len);
	assert_int_equal(await_reply(q), 0xabcd);
	(void)await_reply(q);
	assert_int_equal(await_reply(q), 0x12);
}

static void expect_line(int fd, const char *want)
{
	char line[128] = "";
	size_t len = strlen(want);

	assert_int_equal(recv(fd, line, len, MSG_WAITALL), len);
	assert_string_equal(line, want);
}

/* The simulator queues interrupt messages for qtest, and does not wait for qtest. */
static void test_interrupt(void **state)
{
	struct qemu *q = *state;
	struct gpusim s = { .qtest_fd = -1, .log = stderr,
			    .qtest_path = q->qtest };
	int fd;

	/* the test calls gpusim_qtest_msi() in its own process */
	s.log = tmpfile();
	gpusim_qtest_msi(&s, 0xfee0100c, 0x41d8);
	assert_int_equal(s.qtest_fd, -1);	/* no server listens yet, so the simulator
						 * keeps the message */
	assert_true(s.qtest_len > 0);
	/*
	 * the simulator in this process connects; the simulator in the child process also
	 * connects, if it has not tried before
	 */
	assert_return_code(listen(q->qtest_listen, 4), 0);
	made_ns += QTEST_RETRY_MS * MADE_MSEC - 1;
	gpusim_qtest_service(&s);
	assert_int_equal(s.qtest_fd, -1);	/* the time for the next try has not come */
	made_ns++;
	gpusim_qtest_service(&s);
	assert_int_equal(s.qtest_len, 0);
	gpusim_qtest_msi(&s, 0xfee00000, 0x1);
	for (;;) {
		fd = accept(q->qtest_listen, NULL, NULL);
		assert_true(fd >= 0);
		/* skip the child's connection, on which nothing comes */
		struct ucred peer;
		socklen_t len = sizeof(peer);

		assert_return_code(getsockopt(fd, SOL_SOCKET, SO_PEERCRED,
					      &peer, &len), 0);
		if (peer.pid == getpid())
			break;
		close(fd);
	}
	expect_line(fd, "writel 0xfee0100c 0x41d8\n");
	expect_line(fd, "writel 0xfee00000 0x1\n");
	/* the simulator reads the answers, and notices that the peer has disconnected */
	assert_int_equal(send(fd, "OK\nOK\n", 6, 0), 6);
	gpusim_qtest_service(&s);
	assert_true(s.qtest_fd >= 0);
	close(fd);
	gpusim_qtest_service(&s);
	assert_int_equal(s.qtest_fd, -1);
	/* the queue has a limit, even if nobody reads it */
	s.qtest_next_try = ~0ULL;
	for (int i = 0; i < 1000; i++)
		gpusim_qtest_msi(&s, 0xfee00000, 0x1);
	assert_true(s.qtest_len <= sizeof(s.qtest_tx));
	assert_true(s.msi_dropped > 0);
	assert_true(s.log_bytes < 20000);
	fclose(s.log);
}

/* ---- an engine that loads and saves a context ---- */

#define RCS		0x2000U
#define ROUNDS_MAX	30U

static void wr(struct qemu *q, uint32_t off, uint32_t val)
{
	bar(q, PROXY_BAR_WRITE, BAR0 + off, 4, val);
}

/* Page n of the machine's memory, which is page n of graphics memory, too. */
static uint32_t *page_of(const struct qemu *q, unsigned int n)
{
	return (uint32_t *)(void *)(q->ram + 0x1000 + n * 4096U);
}

/* The number of the last entry of the CSB. Page 1 is the status page. */
static uint32_t last_event(const struct qemu *q)
{
	return ((const volatile uint32_t *)page_of(q, 1))[0x1f];
}

/*
 * Write a context to the port of RCS, and then 'mode' to MI_MODE, before the engine has
 * loaded the context. The context has an empty image in page 8 and two no-ops in page 20.
 */
static void start_context(struct qemu *q, uint32_t mode)
{
	uint32_t *state = page_of(q, 9);
	uint8_t buf[2 * 64];
	size_t len;

	start_device(q);
	for (unsigned int i = 0; i < 32; i++)
		bar(q, PROXY_BAR_WRITE, BAR0 + 0x800000 + 8 * i, 8,
		    0x100001 + i * 4096ULL);
	state[0x03] = 0x00090009;
	state[0x07] = 8;
	state[0x09] = 20 * 4096;
	state[0x0b] = 1;
	page_of(q, 1)[0x1f] = 5;
	wr(q, RCS + 0x29c, 0x80008000);
	wr(q, RCS + 0x80, 4096);
	wr(q, RCS + 0x3a0, 0xffff0505);
	shared->is_lazy = true;
	shared->rounds = 0;
	wr(q, RCS + 0x230, 0);
	wr(q, RCS + 0x230, 0);
	wr(q, RCS + 0x230, 100);
	/* the simulator does not wait between two messages that are there already */
	len = build_bar(buf, PROXY_BAR_WRITE, BAR0 + RCS + 0x230, 4,
			8 * 4096 | 0x119);
	len += build_bar(buf + len, PROXY_BAR_WRITE, BAR0 + RCS + 0x9c, 4, mode);
	send_all(q, buf, len);
	(void)await_reply(q);
	(void)await_reply(q);
}

/*
 * Hardware loads and saves a context in microseconds. The simulator's idle time comes after
 * milliseconds, and its length depends on the judge and on the host. So a switch ends
 * without idle time.
 */
static void test_switch_needs_no_idle_time(void **state)
{
	struct qemu *q = *state;

	start_context(q, 0);
	while (last_event(q) != 1 && shared->rounds < ROUNDS_MAX)
		sched_yield();
	assert_int_equal(last_event(q), 1);
	assert_int_equal(page_of(q, 1)[0x12], 0x18);
}

/* If software has stopped the engine, the simulator's other work goes on. */
static void test_stopped_switch(void **state)
{
	struct qemu *q = *state;

	start_context(q, 0x01000100);
	shared->rounds = 0;
	while (shared->rounds < 3)
		sched_yield();
	assert_int_equal(last_event(q), 0);	/* the context has begun, and has not ended */
	wr(q, RCS + 0x9c, 0x01000000);
	shared->rounds = 0;
	while (last_event(q) != 1 && shared->rounds < ROUNDS_MAX)
		sched_yield();
	assert_int_equal(last_event(q), 1);
}

static void test_nonsense_ends_it(void **state)
{
	static const struct { int cmd; size_t size; } bad[] = {
		{ 77, 0 }, { -1, 8 }, { PROXY_RET, 8 },
		{ PROXY_CFG_READ, 0 }, { PROXY_BAR_READ, 12 },
		{ PROXY_BAR_WRITE, 0 }, { PROXY_CFG_WRITE, 192 },
		{ PROXY_SET_IRQFD, 0 },		/* this message lacks its two file descriptors */
		{ PROXY_SYNC_SYSMEM, 191 }, { PROXY_BAR_READ, ~0UL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct proxy_hdr hdr = { .cmd = bad[i].cmd,
					 .size = bad[i].size };
		uint8_t body[192] = { 0 };
		struct qemu *q;
		void *st;

		setup_qemu(&st);
		q = st;
		send_all(q, &hdr, sizeof(hdr));
		if (bad[i].size <= sizeof(body) && bad[i].size)
			(void)!send(q->fd, body, bad[i].size, MSG_NOSIGNAL);
		/* the simulator closes the connection */
		assert_true(recv(q->fd, body, 1, 0) <= 0);
		assert_int_equal(end(q), EXIT_PROTOCOL);
		teardown_qemu(&st);
	}
	(void)state;
}

static void test_fd_argument(void **state)
{
	char plain[] = "addr=2";
	char twice[] = "x,fd=@FD@,y=@FD@";
	char *out;

	(void)state;
	assert_ptr_equal(gpusim_with_fd(plain, 7), plain);
	out = gpusim_with_fd(twice, 12);
	assert_string_equal(out, "x,fd=12,y=12");
	free(out);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, setup_qemu, teardown_qemu)

/*
 * Starts a child process that pins itself to this processor and runs until *ret_to_child
 * is closed.
 */
static int pinned_child(int cpu, int *ret_to_child)
{
	int up[2], down[2], got = -1;
	cpu_set_t mask;

	assert_return_code(pipe(up), 0);
	assert_return_code(pipe(down), 0);
	if (!fork()) {
		close(down[1]);
		got = gpusim_pin(cpu);
		if (got >= 0 && (sched_getaffinity(0, sizeof(mask), &mask) ||
				 CPU_COUNT(&mask) != 1 ||
				 !CPU_ISSET((size_t)got, &mask)))
			got = -EIO;
		(void)!write(up[1], &got, sizeof(got));
		_exit((int)read(down[0], &got, 1));
	}
	close(down[0]);
	close(up[1]);
	assert_int_equal(read(up[0], &got, sizeof(got)), sizeof(got));
	close(up[0]);
	*ret_to_child = down[1];
	return got;
}

/* Simulators that run at the same time do not choose the same processor. */
static void test_processor(void **state)
{
	cpu_set_t mask;
	int fd[3], cpu, a, b;

	(void)state;
	patience_renew();
	assert_int_equal(gpusim_pin(GPUSIM_CPU_ANY), -EBUSY);
	assert_int_equal(gpusim_pin(CPU_SETSIZE), -EINVAL);
	assert_return_code(sched_getaffinity(0, sizeof(mask), &mask), 0);
	for (cpu = 0; !CPU_ISSET((size_t)cpu, &mask); cpu++)
		;
	assert_int_equal(pinned_child(cpu, &fd[0]), cpu);
	a = pinned_child(GPUSIM_CPU_FREE, &fd[1]);
	b = pinned_child(GPUSIM_CPU_FREE, &fd[2]);
	assert_true(a >= 0 || a == -EBUSY);
	/* if only one processor is allowed, both simulators choose it */
	if (CPU_COUNT(&mask) > 1)
		assert_true(b == -EBUSY || (b >= 0 && b != a));
	else
		assert_true(a == cpu && b == cpu);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	for (int i = 0; i < 3; i++)
		wait(NULL);
	patience_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_probe),
		T(test_memory),
		T(test_pieces),
		T(test_interrupt),
		T(test_switch_needs_no_idle_time),
		T(test_stopped_switch),
		cmocka_unit_test(test_nonsense_ends_it),
		cmocka_unit_test(test_fd_argument),
		cmocka_unit_test(test_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
