// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: serves the simulated GPU to a stock QEMU as a PCI function.
 *
 * QEMU's x-pci-proxy-dev hands every configuration and BAR access over a Unix
 * socket and waits for the answer.  A message is a header {s32 command, 4 bytes
 * padding, u64 size} and size bytes; memory regions and interrupt descriptors
 * come without wanting an answer.  DMA goes straight to QEMU's shared RAM.  An
 * MSI goes the way a test harness would send it: the message's address and
 * data as a "writel" through QEMU's qtest socket.  QEMU serves that socket from
 * its main loop, which may be waiting for us: so nothing here ever waits for
 * qtest, not for the connection, not for room, not for an OK.
 *
 * One thread, two sockets.  See docs/gpusim.md.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "sim/sim.h"
#include "xengt/judge_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Exit codes; 0: QEMU closed the socket. */
#define EXIT_USAGE	2
#define EXIT_SETUP	3	/* a file, a socket, memory */
#define EXIT_PROTOCOL	4	/* QEMU said something impossible */

/* --- the protocol, as QEMU 7.2 speaks it ---------------------------------- */

#define PROXY_MAX_FDS	8

enum proxy_cmd {
	PROXY_SYNC_SYSMEM,
	PROXY_RET,
	PROXY_CFG_WRITE,
	PROXY_CFG_READ,
	PROXY_BAR_WRITE,
	PROXY_BAR_READ,
	PROXY_SET_IRQFD,
	PROXY_RESET,
};

struct proxy_hdr {
	int32_t cmd;
	uint32_t pad;
	uint64_t size;
};

struct proxy_sysmem {
	uint64_t bus[PROXY_MAX_FDS];
	uint64_t len[PROXY_MAX_FDS];
	uint64_t offset[PROXY_MAX_FDS];
};

struct proxy_cfg {
	uint32_t off;
	uint32_t val;
	int32_t size;
};

struct proxy_bar {
	uint64_t addr;
	uint64_t val;
	uint32_t size;
	uint8_t is_memory;
	uint8_t pad[3];
};

union proxy_body {
	struct proxy_sysmem sysmem;
	struct proxy_cfg cfg;
	struct proxy_bar bar;
};

/* --- state ---------------------------------------------------------------- */

#define RX_BYTES	4096
#define FD_QUEUE	64
#define MAPS_MAX	16
#define QTEST_TX_BYTES	4096
#define QTEST_RETRY_MS	100
#define RX_TIMEOUT_MS	100
#define LOG_MAX_BYTES	(4L << 20)
#define LOG_PER_SECOND	50
#define IDLE_EVERY	32	/* accesses between pieces of judge work */

/* A memory file of QEMU's, mapped as a whole once. */
struct map {
	dev_t dev;
	ino_t ino;
	uint8_t *host;
	size_t len;
};

struct server {
	struct xengt_sim *sim;
	int fd;
	uint64_t requests;
	uint64_t busy_ns;	/* of the timed ones */
	uint64_t timed;

	uint8_t rx[RX_BYTES];
	size_t rx_head, rx_tail;
	int fds[FD_QUEUE];	/* received, not yet claimed by a message */
	unsigned int n_fds;

	struct map maps[MAPS_MAX];
	unsigned int n_maps;

	const char *qtest_path;
	int qtest_fd;		/* -1: not connected */
	uint64_t qtest_next_try;
	char qtest_tx[QTEST_TX_BYTES];
	size_t qtest_len;
	uint64_t msi_dropped;

	const char *counts_path;	/* NULL: do not write them */

	FILE *log;
	long log_bytes;
	uint64_t log_second;
	unsigned int log_in_second;
	uint64_t log_suppressed;

	int timeout_ms;
};

struct options {
	const struct xengt_sim_platform *platform;
	const char *qtest;
	const char *judge;
	const char *log;
	const char *counts;
	int fd;
	bool has_tlb;
	unsigned int gtt_mib;
	char **exec_argv;	/* NULL: serve --fd */
};

static volatile sig_atomic_t want_stats;

/* --- log: bounded in bytes, and in lines per second ------------------------ */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static void log_raw(struct server *s, const char *level, const char *line)
{
	uint64_t t = now_ns();
	int n;

	if (s->log_bytes >= LOG_MAX_BYTES)
		return;
	n = fprintf(s->log, "[%6llu.%06llu] %s: %s\n",
		    (unsigned long long)(t / 1000000000ULL),
		    (unsigned long long)(t / 1000 % 1000000), level, line);
	if (n > 0)
		s->log_bytes += n;
	if (s->log_bytes >= LOG_MAX_BYTES)
		fprintf(s->log, "log is full, no more lines\n");
	fflush(s->log);
}

static const char *const level_names[] = {
	[XENGT_SIM_LOG_ERR] = "error", [XENGT_SIM_LOG_WARN] = "warning",
	[XENGT_SIM_LOG_INFO] = "info", [XENGT_SIM_LOG_DEBUG] = "debug",
};

static void log_line(void *opaque, enum xengt_sim_log_level level,
		     const char *line)
{
	struct server *s = opaque;
	uint64_t second = now_ns() / 1000000000ULL;
	char note[64];

	if (second != s->log_second) {
		if (s->log_suppressed) {
			snprintf(note, sizeof(note), "%llu lines left out",
				 (unsigned long long)s->log_suppressed);
			log_raw(s, "warning", note);
		}
		s->log_second = second;
		s->log_in_second = 0;
		s->log_suppressed = 0;
	}
	if (s->log_in_second++ >= LOG_PER_SECOND) {
		s->log_suppressed++;
		return;
	}
	log_raw(s, level_names[level], line);
}

__attribute__((format(printf, 3, 4)))
static void say(struct server *s, enum xengt_sim_log_level level,
		const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_line(s, level, line);
}

static void log_stats(struct server *s)
{
	struct xengt_sim_stats st;
	char line[768];

	xengt_sim_get_stats(s->sim, &st);
#define N(x) ((unsigned long long)(x))
	snprintf(line, sizeof(line),
		 "requests %llu (%llu ns each inside) cfg %llu/%llu mmio %llu/%llu ggtt %llu/%llu flush %llu aperture %llu/%llu gtt_faults %llu dma_faults %llu tlb hit/fill/stale %llu/%llu/%llu msi %llu irq_lost %llu bad %llu msi_dropped %llu",
		 N(s->requests), N(s->timed ? s->busy_ns / s->timed : 0),
		 N(st.cfg_reads), N(st.cfg_writes), N(st.mmio_reads),
		 N(st.mmio_writes), N(st.ggtt_reads), N(st.ggtt_writes),
		 N(st.ggtt_flushes), N(st.aperture_reads),
		 N(st.aperture_writes), N(st.gtt_faults), N(st.dma_faults),
		 N(st.tlb_hits), N(st.tlb_fills), N(st.tlb_stale), N(st.msis),
		 N(st.irq_lost), N(st.bad_accesses), N(s->msi_dropped));
#undef N
	log_raw(s, "stats", line);
}

/* "OFFSET READS WRITES" for each register that the CPU has touched. */
static void write_counts(struct server *s)
{
	FILE *f;

	if (!s->counts_path)
		return;
	f = fopen(s->counts_path, "we");
	if (!f) {
		say(s, XENGT_SIM_LOG_ERR, "%s: %s", s->counts_path,
		    strerror(errno));
		return;
	}
	for (uint32_t off = 0; off < XENGT_SIM_REGS_BYTES; off += 4) {
		uint32_t reads, writes;

		xengt_sim_reg_counts(s->sim, off, &reads, &writes);
		if (reads || writes)
			fprintf(f, "0x%06x %u %u\n", off, reads, writes);
	}
	if (fclose(f))
		say(s, XENGT_SIM_LOG_ERR, "%s: %s", s->counts_path,
		    strerror(errno));
}

/* --- interrupts: through qtest -------------------------------------------- */

static void qtest_close(struct server *s)
{
	close(s->qtest_fd);
	s->qtest_fd = -1;
	s->qtest_next_try = now_ns() + QTEST_RETRY_MS * 1000000ULL;
}

/* QEMU creates the socket late in its start; until then messages wait. */
static void qtest_connect(struct server *s)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	if (s->qtest_fd >= 0 || !s->qtest_path || now_ns() < s->qtest_next_try)
		return;
	s->qtest_next_try = now_ns() + QTEST_RETRY_MS * 1000000ULL;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	strncpy(sa.sun_path, s->qtest_path, sizeof(sa.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		close(fd);
		return;
	}
	s->qtest_fd = fd;
	say(s, XENGT_SIM_LOG_INFO, "qtest connected");
}

static void qtest_flush(struct server *s)
{
	ssize_t n;

	if (!s->qtest_len)
		return;
	qtest_connect(s);
	if (s->qtest_fd < 0)
		return;
	n = send(s->qtest_fd, s->qtest_tx, s->qtest_len,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR) {
			say(s, XENGT_SIM_LOG_ERR, "qtest: %s", strerror(errno));
			qtest_close(s);
		}
		return;
	}
	s->qtest_len -= (size_t)n;
	memmove(s->qtest_tx, s->qtest_tx + n, s->qtest_len);
}

/* The answers say nothing that matters; they only must not pile up. */
static void qtest_drain(struct server *s)
{
	char buf[4096];
	ssize_t n;

	do {
		n = recv(s->qtest_fd, buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		qtest_close(s);
}

static void deliver_msi(void *opaque, uint64_t addr, uint32_t data)
{
	struct server *s = opaque;
	char line[64];
	int n = snprintf(line, sizeof(line), "writel 0x%llx 0x%x\n",
			 (unsigned long long)addr, data);

	if ((size_t)n > sizeof(s->qtest_tx) - s->qtest_len) {
		s->msi_dropped++;
		say(s, XENGT_SIM_LOG_ERR, "interrupt lost: qtest is stuck");
		return;
	}
	memcpy(s->qtest_tx + s->qtest_len, line, (size_t)n);
	s->qtest_len += (size_t)n;
	qtest_flush(s);
}

static uint64_t sim_clock(void *opaque)
{
	(void)opaque;
	return now_ns();
}

/* --- machine memory -------------------------------------------------------- */

static struct map *map_file(struct server *s, int fd, uint64_t end)
{
	struct stat st;
	struct map *m;

	if (fstat(fd, &st))
		return NULL;
	for (unsigned int i = 0; i < s->n_maps; i++) {
		m = &s->maps[i];
		if (m->dev == st.st_dev && m->ino == st.st_ino && end <= m->len)
			return m;
	}
	if (s->n_maps == MAPS_MAX || end > (uint64_t)st.st_size) {
		errno = ENOSPC;
		return NULL;
	}
	m = &s->maps[s->n_maps];
	m->len = (size_t)st.st_size;
	m->host = mmap(NULL, m->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m->host == MAP_FAILED)
		return NULL;
	m->dev = st.st_dev;
	m->ino = st.st_ino;
	s->n_maps++;
	say(s, XENGT_SIM_LOG_INFO, "mapped %zu MiB of machine memory",
	    m->len >> 20);
	return m;
}

/* Takes the descriptors of the message; they are closed here in any case. */
static void sync_sysmem(struct server *s, const struct proxy_sysmem *p,
			const int *fds, unsigned int n)
{
	struct xengt_sim_region regions[PROXY_MAX_FDS];
	unsigned int used = 0;
	int r;

	for (unsigned int i = 0; i < n; i++) {
		struct map *m = map_file(s, fds[i], p->offset[i] + p->len[i]);

		if (m) {
			regions[used].bus = p->bus[i];
			regions[used].len = p->len[i];
			regions[used].host = m->host + p->offset[i];
			used++;
		} else {
			say(s, XENGT_SIM_LOG_ERR,
			    "cannot map memory at 0x%llx: %s",
			    (unsigned long long)p->bus[i], strerror(errno));
		}
		close(fds[i]);
	}
	r = xengt_sim_set_regions(s->sim, regions, used);
	if (r)
		say(s, XENGT_SIM_LOG_ERR, "memory table refused: %s",
		    strerror(-r));
}

/* --- requests -------------------------------------------------------------- */

static int reply(struct server *s, uint64_t val)
{
	struct {
		struct proxy_hdr hdr;
		uint64_t val;
	} msg = { .hdr = { .cmd = PROXY_RET, .size = 8 }, .val = val };
	const uint8_t *p = (const uint8_t *)&msg;
	size_t left = sizeof(msg);

	while (left) {
		ssize_t n = send(s->fd, p, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

static uint64_t bar_access(struct server *s, const struct proxy_bar *b,
			   bool write)
{
	unsigned int size = b->size;
	uint64_t off;
	int bar = xengt_sim_bar_at(s->sim, b->addr, &off);

	if (bar < 0) {
		say(s, XENGT_SIM_LOG_WARN, "access outside the BARs: 0x%llx",
		    (unsigned long long)b->addr);
		return ~0ULL;
	}
	if (!write)
		return xengt_sim_bar_read(s->sim, (unsigned int)bar, off, size);
	xengt_sim_bar_write(s->sim, (unsigned int)bar, off, size, b->val);
	return 0;
}

static void claim_fds(struct server *s, int *fds, unsigned int n)
{
	memcpy(fds, s->fds, n * sizeof(*fds));
	s->n_fds -= n;
	memmove(s->fds, s->fds + n, s->n_fds * sizeof(*s->fds));
}

static unsigned int count_regions(const struct proxy_sysmem *p)
{
	unsigned int n = 0;

	while (n < PROXY_MAX_FDS && p->len[n])
		n++;
	return n;
}

static int handle(struct server *s, const struct proxy_hdr *hdr,
		  const union proxy_body *b)
{
	int fds[PROXY_MAX_FDS];
	unsigned int n;

	s->requests++;
	switch ((enum proxy_cmd)hdr->cmd) {
	case PROXY_SYNC_SYSMEM:
		if (hdr->size != sizeof(b->sysmem))
			return -EPROTO;
		n = count_regions(&b->sysmem);
		if (n > s->n_fds)
			return -EPROTO;
		claim_fds(s, fds, n);
		sync_sysmem(s, &b->sysmem, fds, n);
		return 0;
	case PROXY_SET_IRQFD:
		/* works with KVM only; interrupts go through qtest */
		if (s->n_fds < 2)
			return -EPROTO;
		claim_fds(s, fds, 2);
		close(fds[0]);
		close(fds[1]);
		return 0;
	case PROXY_CFG_READ:
		if (hdr->size != sizeof(b->cfg))
			return -EPROTO;
		return reply(s, xengt_sim_cfg_read(s->sim, b->cfg.off,
						   (unsigned int)b->cfg.size));
	case PROXY_CFG_WRITE:
		if (hdr->size != sizeof(b->cfg))
			return -EPROTO;
		xengt_sim_cfg_write(s->sim, b->cfg.off,
				    (unsigned int)b->cfg.size, b->cfg.val);
		return reply(s, 0);
	case PROXY_BAR_READ:
	case PROXY_BAR_WRITE:
		if (hdr->size != sizeof(b->bar))
			return -EPROTO;
		return reply(s, bar_access(s, &b->bar,
					   hdr->cmd == PROXY_BAR_WRITE));
	case PROXY_RESET:
		xengt_sim_reset(s->sim);
		return reply(s, 0);
	case PROXY_RET:
		break;
	}
	return -EPROTO;
}

/* Serves every whole message in the buffer. */
static int handle_buffered(struct server *s)
{
	for (;;) {
		size_t have = s->rx_tail - s->rx_head;
		union proxy_body body;
		struct proxy_hdr hdr;
		int r;

		if (have < sizeof(hdr))
			break;
		memcpy(&hdr, s->rx + s->rx_head, sizeof(hdr));
		if (hdr.size > sizeof(body))
			return -EPROTO;
		if (have < sizeof(hdr) + hdr.size)
			break;
		memcpy(&body, s->rx + s->rx_head + sizeof(hdr), hdr.size);
		s->rx_head += sizeof(hdr) + hdr.size;
		/* a sample is enough for the average */
		if (s->requests % 64 == 0) {
			uint64_t t = now_ns();

			r = handle(s, &hdr, &body);
			s->busy_ns += now_ns() - t;
			s->timed++;
		} else {
			r = handle(s, &hdr, &body);
		}
		if (r)
			return r;
	}
	memmove(s->rx, s->rx + s->rx_head, s->rx_tail - s->rx_head);
	s->rx_tail -= s->rx_head;
	s->rx_head = 0;
	return 0;
}

/* 1: got something; 0: nothing for a while; -EPIPE: QEMU closed. */
static int receive(struct server *s)
{
	union {
		char buf[CMSG_SPACE(PROXY_MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} ctl;
	struct iovec iov = { .iov_base = s->rx + s->rx_tail,
			     .iov_len = sizeof(s->rx) - s->rx_tail };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = ctl.buf,
			      .msg_controllen = sizeof(ctl.buf) };
	ssize_t n = recvmsg(s->fd, &msg, MSG_CMSG_CLOEXEC);

	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 :
			errno == ECONNRESET ? -EPIPE : -errno;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c;
	     c = CMSG_NXTHDR(&msg, c)) {
		size_t n_new;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n_new = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n_new > FD_QUEUE - s->n_fds)
			return -EPROTO;
		memcpy(s->fds + s->n_fds, CMSG_DATA(c), n_new * sizeof(int));
		s->n_fds += (unsigned int)n_new;
	}
	s->rx_tail += (size_t)n;
	return 1;
}

/*
 * How long receive() may sleep.  A timeout on the socket instead of poll():
 * two system calls per access instead of four.
 */
static void set_timeout(struct server *s, int ms)
{
	struct timeval tv;

	if (ms < 0 || ms > RX_TIMEOUT_MS)
		ms = RX_TIMEOUT_MS;
	if (ms == s->timeout_ms)
		return;
	s->timeout_ms = ms;
	tv.tv_sec = ms / 1000;
	/* 0 would mean for ever */
	tv.tv_usec = ms ? ms % 1000 * 1000 : 1;
	(void)setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static void qtest_service(struct server *s)
{
	qtest_connect(s);
	qtest_flush(s);
	if (s->qtest_fd >= 0)
		qtest_drain(s);
}

static int serve(struct server *s)
{
	uint64_t next_idle = IDLE_EVERY;

	set_timeout(s, -1);
	for (;;) {
		int r = receive(s);
		bool is_idle = !r;

		if (r > 0)
			r = handle_buffered(s);
		if (r == -EPIPE)
			return 0;
		if (r < 0)
			return r;
		if (is_idle || s->requests >= next_idle) {
			next_idle = s->requests + IDLE_EVERY;
			set_timeout(s, xengt_sim_idle(s->sim));
			qtest_service(s);
		}
		if (want_stats) {
			want_stats = 0;
			log_stats(s);
			write_counts(s);
		}
	}
}

/* --- start ----------------------------------------------------------------- */

static void on_usr1(int sig)
{
	(void)sig;
	want_stats = 1;
}

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengt-gpusim [OPTION]... --exec -- QEMU [ARG]...\n"
"       xengt-gpusim [OPTION]... --fd N\n"
"\n"
"Serves a simulated Intel GPU to QEMU's x-pci-proxy-dev.\n"
"\n"
"  --platform NAME  which GPU (default skl):\n");
	for (size_t i = 0; xengt_sim_platform_at(i); i++) {
		const struct xengt_sim_platform *p = xengt_sim_platform_at(i);

		fprintf(to, "                     %-4s 8086:%04x %s\n",
			xengt_sim_platform_name(p),
			xengt_sim_platform_device_id(p),
			xengt_sim_platform_title(p));
	}
	fprintf(to,
"  --exec           start QEMU: a \"@FD@\" inside any ARG becomes the number of\n"
"                   its socket; the simulator is its child and ends with it\n"
"  --fd N           serve the socket that is already open as descriptor N\n"
"  --qtest PATH     QEMU's qtest socket, for interrupts; without it none arrive\n"
"  --judge FILE     judge isolation through this 32 MiB file, made if missing\n"
"  --log FILE       append messages here (default: standard error)\n"
"  --counts FILE    registers' reads and writes by offset, with the counters\n"
"  --tlb on|off     model the TLB in front of the GGTT (default on)\n"
"  --gtt-mib 2|4|8  memory for GGTT entries, as firmware sets it (default 8)\n"
"  --help           this text\n"
"\n"
"SIGUSR1 writes the counters to the log, and so does the end.\n"
"Exit: 0 QEMU closed the socket, 2 usage, 3 setup failed, 4 protocol error.\n"
"With --exec the exit status is QEMU's.\n");
}

__attribute__((format(printf, 1, 2), noreturn))
static void die_usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "xengt-gpusim: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry 'xengt-gpusim --help'.\n");
	exit(EXIT_USAGE);
}

static unsigned int parse_number(const char *what, const char *text,
				 unsigned int max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n > max)
		die_usage("%s: not a number from 0 to %u: %s", what, max, text);
	return (unsigned int)n;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longopts[] = {
		{ "platform", required_argument, NULL, 'p' },
		{ "exec", no_argument, NULL, 'e' },
		{ "fd", required_argument, NULL, 'f' },
		{ "qtest", required_argument, NULL, 'q' },
		{ "judge", required_argument, NULL, 'j' },
		{ "log", required_argument, NULL, 'l' },
		{ "counts", required_argument, NULL, 'c' },
		{ "tlb", required_argument, NULL, 't' },
		{ "gtt-mib", required_argument, NULL, 'g' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool exec = false;
	int c;

	memset(o, 0, sizeof(*o));
	o->fd = -1;
	o->has_tlb = true;
	o->platform = xengt_sim_platform_at(0);
	while ((c = getopt_long(argc, argv, "+h", longopts, NULL)) != -1) {
		switch (c) {
		case 'p':
			o->platform = xengt_sim_platform_find(optarg);
			if (!o->platform)
				die_usage("no such platform: %s", optarg);
			break;
		case 'e':
			exec = true;
			break;
		case 'f':
			o->fd = (int)parse_number("--fd", optarg, 65535);
			break;
		case 'q':
			o->qtest = optarg;
			break;
		case 'j':
			o->judge = optarg;
			break;
		case 'l':
			o->log = optarg;
			break;
		case 'c':
			o->counts = optarg;
			break;
		case 't':
			if (strcmp(optarg, "on") && strcmp(optarg, "off"))
				die_usage("--tlb: on or off, not %s", optarg);
			o->has_tlb = !strcmp(optarg, "on");
			break;
		case 'g':
			o->gtt_mib = parse_number("--gtt-mib", optarg, 8);
			if (o->gtt_mib != 2 && o->gtt_mib != 4 && o->gtt_mib != 8)
				die_usage("--gtt-mib: 2, 4 or 8, not %s", optarg);
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			die_usage("unknown option");
		}
	}
	if (exec == (o->fd >= 0))
		die_usage("one of --exec and --fd is needed");
	if (exec && optind == argc)
		die_usage("--exec needs a command after --");
	if (!exec && optind != argc)
		die_usage("what is \"%s\"?", argv[optind]);
	if (o->qtest && strlen(o->qtest) >=
	    sizeof(((struct sockaddr_un *)NULL)->sun_path))
		die_usage("--qtest: path too long for a socket: %s", o->qtest);
	if (exec)
		o->exec_argv = argv + optind;
}

static int setup_failed(const char *what)
{
	fprintf(stderr, "xengt-gpusim: %s: %s\n", what, strerror(errno));
	return EXIT_SETUP;
}

/* NULL with errno; formatted when it returns, so before QEMU maps it. */
static void *open_judge(const char *path)
{
	void *shm;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, XENGT_JUDGE_FILE_BYTES)) {
		close(fd);
		return NULL;
	}
	shm = mmap(NULL, XENGT_JUDGE_FILE_BYTES, PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	close(fd);
	if (shm == MAP_FAILED)
		return NULL;
	(void)xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES);
	return shm;
}

/* Every "@FD@" of the argument becomes the number; may return it as it is. */
static char *with_fd(char *arg, int fd)
{
	static const char mark[] = "@FD@";
	char *out = NULL, *next, *at = strstr(arg, mark);

	if (!at)
		return arg;
	if (asprintf(&out, "%.*s%d%s", (int)(at - arg), arg, fd,
		     at + strlen(mark)) < 0)
		return NULL;
	next = with_fd(out, fd);
	if (next != out)
		free(out);
	return next;
}

/* Returns only if it fails. */
static int exec_qemu(char **argv, int fd)
{
	bool found = false;

	for (char **a = argv; *a; a++) {
		char *arg = with_fd(*a, fd);

		if (!arg)
			return setup_failed("arguments");
		found |= arg != *a;
		*a = arg;
	}
	if (!found)
		fprintf(stderr,
			"xengt-gpusim: warning: no @FD@ in QEMU's arguments\n");
	execvp(argv[0], argv);
	return setup_failed(argv[0]);
}

static int run(const struct options *o, int fd, FILE *log, void *shm)
{
	static const struct xengt_sim_ops ops = {
		.msi = deliver_msi,
		.log = log_line,
		.now_ns = sim_clock,
	};
	struct server *s = calloc(1, sizeof(*s));
	struct xengt_sim_config config = {
		.platform = o->platform,
		.ops = &ops,
		.opaque = s,
		.no_tlb = !o->has_tlb,
		.gtt_mib = o->gtt_mib,
	};
	struct sigaction sa = { .sa_handler = on_usr1 };
	int r;

	if (!s)
		return setup_failed("memory");
	s->fd = fd;
	s->log = log;
	s->qtest_fd = -1;
	s->qtest_path = o->qtest;
	s->counts_path = o->counts;
	s->timeout_ms = -1;
	s->sim = xengt_sim_create(&config);
	if (!s->sim)
		return setup_failed("simulator");
	if (shm && xengt_sim_judge_attach(s->sim, shm, XENGT_JUDGE_FILE_BYTES))
		return setup_failed("judge");
	sigaction(SIGUSR1, &sa, NULL);
	say(s, XENGT_SIM_LOG_INFO, "%s 8086:%04x, TLB %s, judge %s",
	    xengt_sim_platform_title(o->platform),
	    xengt_sim_platform_device_id(o->platform),
	    o->has_tlb ? "on" : "off", shm ? "on" : "off");
	r = serve(s);
	if (r)
		say(s, XENGT_SIM_LOG_ERR, "QEMU's socket: %s", strerror(-r));
	log_stats(s);
	write_counts(s);
	xengt_sim_destroy(s->sim);
	free(s);
	return r ? EXIT_PROTOCOL : 0;
}

int main(int argc, char **argv)
{
	struct options o;
	FILE *log = stderr;
	void *shm = NULL;
	int sv[2];
	pid_t pid;

	parse(argc, argv, &o);
	if (o.log) {
		log = fopen(o.log, "ae");
		if (!log)
			return setup_failed(o.log);
	}
	if (o.judge) {
		shm = open_judge(o.judge);
		if (!shm)
			return setup_failed(o.judge);
	}
	if (!o.exec_argv)
		return run(&o, o.fd, log, shm);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		return setup_failed("socketpair");
	pid = fork();
	if (pid < 0)
		return setup_failed("fork");
	if (pid > 0) {
		close(sv[1]);
		return exec_qemu(o.exec_argv, sv[0]);
	}
	close(sv[0]);
	/* ^C is for QEMU; the end of its socket is what ends us */
	signal(SIGINT, SIG_IGN);
	return run(&o, sv[1], log, shm);
}
