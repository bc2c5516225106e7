// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: the connection to QEMU. QEMU's device x-pci-proxy-dev sends each access
 * of the configuration space and the BARs over a Unix socket, and waits for the answer.
 * A message is a header {s32 command, 4 bytes padding, u64 size} and a body of size
 * bytes. The messages SYNC_SYSMEM and SET_IRQFD get no answer.
 */
#include "gpusim.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define RX_TIMEOUT_MS	100
#define IDLE_EVERY	32	/* accesses between two calls of xengt_sim_idle() */
#define SWITCH_NS	50000	/* time for which an engine loads or saves a context */
#define SWITCH_RUNS	2	/* number of calls of xengt_sim_run() after this time; they
				 * end a load or save */

static int reply(struct gpusim *s, uint64_t val)
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

static uint64_t bar_access(struct gpusim *s, const struct proxy_bar *b,
			   bool write)
{
	unsigned int size = b->size;
	uint64_t off;
	int bar = xengt_sim_bar_at(s->sim, b->addr, &off);

	if (bar < 0) {
		gpusim_say(s, XENGT_SIM_LOG_WARN,
			   "access outside the BARs: 0x%llx",
			   (unsigned long long)b->addr);
		return ~0ULL;
	}
	if (!write)
		return xengt_sim_bar_read(s->sim, (unsigned int)bar, off, size);
	xengt_sim_bar_write(s->sim, (unsigned int)bar, off, size, b->val);
	return 0;
}

static void claim_fds(struct gpusim *s, int *fds, unsigned int n)
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

static int handle(struct gpusim *s, const struct proxy_hdr *hdr,
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
		gpusim_sync_sysmem(s, &b->sysmem, fds, n);
		return 0;
	case PROXY_SET_IRQFD:
		/*
		 * these descriptors work only with KVM; instead, gpusim_qtest.c
		 * delivers interrupts
		 */
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

/* Handle each complete message in the buffer. */
static int handle_buffered(struct gpusim *s)
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
		/*
		 * measure the time of one access in 64: this is enough for an
		 * average
		 */
		if (s->requests % 64 == 0) {
			uint64_t t = gpusim_now_ns();

			r = handle(s, &hdr, &body);
			s->busy_ns += gpusim_now_ns() - t;
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

/*
 * Receive bytes and descriptors. Returns 1: bytes were received; 0: no bytes came
 * within the time limit; -EPIPE: QEMU closed the socket; or another -errno.
 */
static int receive(struct gpusim *s)
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
 * Set how long receive() may block. A time-out of the socket makes poll()
 * unnecessary: each access needs two system calls instead of four.
 */
static void set_timeout(struct gpusim *s, int ms)
{
	struct timeval tv;

	if (ms < 0 || ms > RX_TIMEOUT_MS)
		ms = RX_TIMEOUT_MS;
	if (ms == s->timeout_ms)
		return;
	s->timeout_ms = ms;
	tv.tv_sec = ms / 1000;
	/* a time-out of 0 would let receive() block for ever */
	tv.tv_usec = ms ? ms % 1000 * 1000 : 1;
	(void)setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

/*
 * If engines load or save contexts, wait for SWITCH_NS, and if QEMU sends nothing in this
 * time, let the engines go on. The idle time of gpusim_serve() would be too late: it comes
 * after milliseconds, in which the clocks of an idle test machine advance. Returns true if
 * engines load or save further contexts now.
 */
static bool pass_switch_time(struct gpusim *s)
{
	const struct timespec time = { .tv_nsec = SWITCH_NS };
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	if (!xengt_sim_is_switching(s->sim) || ppoll(&p, 1, &time, NULL))
		return false;
	for (int i = 0; i < SWITCH_RUNS && xengt_sim_is_switching(s->sim); i++)
		(void)xengt_sim_run(s->sim);
	return xengt_sim_is_switching(s->sim);
}

int gpusim_serve(struct gpusim *s)
{
	uint64_t next_idle = IDLE_EVERY;

	set_timeout(s, -1);
	for (;;) {
		bool is_idle;
		int r, ms;

		while (pass_switch_time(s))
			;
		r = receive(s);
		is_idle = !r;
		if (r > 0)
			r = handle_buffered(s);
		if (r == -EPIPE)
			return 0;
		if (r < 0)
			return r;
		if (is_idle || s->requests >= next_idle) {
			next_idle = s->requests + IDLE_EVERY;
			gpusim_record_time(s);
			ms = xengt_sim_idle(s->sim);
			set_timeout(s, gpusim_control_service(s) ? 0 : ms);
			gpusim_qtest_service(s);
		}
		if (gpusim_want_stats) {
			gpusim_want_stats = 0;
			gpusim_log_stats(s);
			gpusim_write_counts(s);
		}
	}
}
