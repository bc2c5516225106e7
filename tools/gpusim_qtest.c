// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: interrupts, and registers of the machine's IOMMU. This file sends an
 * MSI's address and data as a "writel" to QEMU's qtest socket. QEMU serves this socket
 * from its main loop, which may be waiting for the simulator. So the functions for
 * interrupts never block: not on the connection, not on a full socket, not on an answer.
 *
 * gpusim_qtest_iommu() has to wait for an answer, for a limited time. At this time a
 * virtual CPU of the machine may be waiting for its access of the GPU. QEMU's PCI proxy
 * releases QEMU's big lock while it waits, so the main loop can answer. The main loop
 * itself accesses the GPU only while QEMU creates the machine. These accesses do not make
 * the GPU access memory, so they do not lead to gpusim_qtest_iommu().
 */
#include "gpusim.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void qtest_close(struct gpusim *s)
{
	close(s->qtest_fd);
	s->qtest_fd = -1;
	s->qtest_next_try = gpusim_now_ns() + QTEST_RETRY_MS * 1000000ULL;
}

/*
 * Connect if QEMU has created the socket. Until the connection exists, messages
 * stay in qtest_tx.
 */
static void qtest_connect(struct gpusim *s)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	if (s->qtest_fd >= 0 || !s->qtest_path ||
	    gpusim_now_ns() < s->qtest_next_try)
		return;
	s->qtest_next_try = gpusim_now_ns() + QTEST_RETRY_MS * 1000000ULL;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	strncpy(sa.sun_path, s->qtest_path, sizeof(sa.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		close(fd);
		return;
	}
	s->qtest_fd = fd;
	gpusim_say(s, XENGT_SIM_LOG_INFO, "qtest connected");
}

static void qtest_flush(struct gpusim *s)
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
			gpusim_say(s, XENGT_SIM_LOG_ERR, "qtest: %s",
				   strerror(errno));
			qtest_close(s);
		}
		return;
	}
	s->qtest_len -= (size_t)n;
	memmove(s->qtest_tx, s->qtest_tx + n, s->qtest_len);
}

/* Read QEMU's answers and drop them, so that they do not fill the socket. */
static void qtest_drain(struct gpusim *s)
{
	char buf[4096];
	ssize_t n;

	do {
		n = recv(s->qtest_fd, buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		qtest_close(s);
}

void gpusim_qtest_msi(void *opaque, uint64_t addr, uint32_t data)
{
	struct gpusim *s = opaque;
	char line[64];
	int n = snprintf(line, sizeof(line), "writel 0x%llx 0x%x\n",
			 (unsigned long long)addr, data);

	if ((size_t)n > sizeof(s->qtest_tx) - s->qtest_len) {
		s->msi_dropped++;
		gpusim_say(s, XENGT_SIM_LOG_ERR,
			   "interrupt lost: QEMU does not read the qtest socket");
		return;
	}
	memcpy(s->qtest_tx + s->qtest_len, line, (size_t)n);
	s->qtest_len += (size_t)n;
	qtest_flush(s);
}

/* ---- the IOMMU ---- */

#define UNIT_AT		0xfed90000u	/* address of the registers of QEMU's
					 * intel-iommu */
#define UNIT_WAIT_MS	20000

/* Reads from the socket until it has n answers of the form "OK 0xVALUE". */
static int read_values(struct gpusim *s, uint64_t *values, unsigned int n)
{
	const uint64_t end = gpusim_now_ns() + UNIT_WAIT_MS * 1000000ULL;
	char line[64];
	size_t len = 0;

	while (n) {
		struct pollfd p = { .fd = s->qtest_fd, .events = POLLIN };
		uint64_t now = gpusim_now_ns();
		char c;

		/* (look even if the time is over) */
		if (poll(&p, 1, now < end ? (int)((end - now) / 1000000) + 1 : 0) <= 0)
			return -ETIMEDOUT;
		if (recv(s->qtest_fd, &c, 1, MSG_DONTWAIT) != 1)
			return -EIO;
		if (c != '\n') {
			if (len < sizeof(line) - 1)
				line[len++] = c;
			continue;
		}
		line[len] = '\0';
		len = 0;
		/* lines of another form are answers to interrupts */
		if (strncmp(line, "OK 0x", 5))
			continue;
		*values++ = strtoull(line + 3, NULL, 16);
		n--;
	}
	return 0;
}

int gpusim_qtest_iommu(void *opaque, struct xengt_sim_unit *ret_unit)
{
	struct gpusim *s = opaque;
	char text[128];
	uint64_t values[4];
	int r = -ENOTCONN, n;

	n = snprintf(text, sizeof(text),
		     "readl 0x%x\nreadq 0x%x\nreadq 0x%x\nreadq 0x%x\n",
		     UNIT_AT + 0x1c, UNIT_AT + 0x20, UNIT_AT + 0x90, UNIT_AT + 0x88);
	qtest_connect(s);
	qtest_flush(s);
	if (s->qtest_fd >= 0 && !s->qtest_len)
		r = send(s->qtest_fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n ?
			read_values(s, values, 4) : -EIO;
	if (r) {
		gpusim_say(s, XENGT_SIM_LOG_ERR, "the IOMMU does not answer: %s",
			   strerror(-r));
		/*
		 * otherwise a late answer would be read as the answer to the next
		 * question
		 */
		if (s->qtest_fd >= 0)
			qtest_close(s);
		return r;
	}
	*ret_unit = (struct xengt_sim_unit){
		.gsts = (uint32_t)values[0], .rtaddr = values[1],
		.iqa = values[2], .iqt = values[3], .rid = s->rid,
	};
	return 0;
}

void gpusim_qtest_service(struct gpusim *s)
{
	qtest_connect(s);
	qtest_flush(s);
	if (s->qtest_fd >= 0)
		qtest_drain(s);
}
