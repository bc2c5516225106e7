/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of broker and worker: sizes, checks, sending and receiving.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/text.h"
#include "common/worker_proto.h"

#define HEADER_BYTES	offsetof(struct xengt_wp_msg, u)
#define BODY_BYTES(f)	sizeof(((struct xengt_wp_msg *)0)->u.f)

/* Bytes of the body, or -1: no such type. */
static int body_bytes(uint32_t type)
{
	switch (type) {
	case XENGT_WP_HELLO:
	case XENGT_WP_PING:
	case XENGT_WP_GET_COUNTERS:
	case XENGT_WP_UNPLUG:
	case XENGT_WP_QUIT:
	case XENGT_WP_APERTURE_DONE:
	case XENGT_WP_PONG:
	case XENGT_WP_UNPLUGGED:
	case XENGT_WP_DEAD:
		return 0;
	case XENGT_WP_READY:
	case XENGT_WP_STATE:
		return BODY_BYTES(state);
	case XENGT_WP_APERTURE:
		return BODY_BYTES(aperture);
	case XENGT_WP_COUNTERS:
		return BODY_BYTES(counters);
	case XENGT_WP_FAILED:
		return BODY_BYTES(text);
	default:
		return -1;
	}
}

static bool is_body_valid(const struct xengt_wp_msg *msg)
{
	switch (msg->type) {
	case XENGT_WP_READY:
	case XENGT_WP_STATE:
		return msg->u.state.is_unplugged <= 1 &&
		       msg->u.state.is_dead <= 1 &&
		       msg->u.state.has_aperture <= 1 && !msg->u.state.pad &&
		       msg->u.state.server_id <= UINT16_MAX &&
		       !(msg->u.state.aperture_gfn >> 40);
	case XENGT_WP_APERTURE:
		return msg->u.aperture.on <= 1 && !msg->u.aperture.pad &&
		       !(msg->u.aperture.gfn >> 40);
	default:
		return true;
	}
}

int xengt_wp_parse(const void *buf, size_t len_bytes,
		   struct xengt_wp_msg *ret_msg)
{
	struct xengt_wp_msg msg = { 0 };
	int body;

	if (len_bytes < HEADER_BYTES || len_bytes > sizeof(msg))
		return -EPROTO;
	memcpy(&msg, buf, len_bytes);
	if (msg.version != XENGT_WP_VERSION)
		return -EPROTONOSUPPORT;
	body = body_bytes(msg.type);
	if (body < 0 || len_bytes != HEADER_BYTES + body)
		return -EPROTO;
	if (!is_body_valid(&msg))
		return -EPROTO;
	if (msg.type == XENGT_WP_FAILED) {
		msg.u.text[sizeof(msg.u.text) - 1] = '\0';
		xengt_text_clean(msg.u.text);
	}
	*ret_msg = msg;
	return 0;
}

int xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	int body = body_bytes(msg->type);
	struct iovec iov = { .iov_base = msg };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (body < 0)
		return -EINVAL;
	msg->version = XENGT_WP_VERSION;
	iov.iov_len = HEADER_BYTES + body;
	if (pass_fd >= 0) {
		struct cmsghdr *c;

		hdr.msg_control = control.buf;
		hdr.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&hdr);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass_fd, sizeof(int));
	}
	if (sendmsg(fd, &hdr, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
}

/* The first descriptor that came along, the others closed; -1: none. */
static int take_fd(struct msghdr *hdr)
{
	int ret = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (ret < 0)
				ret = fd;
			else
				close(fd);
		}
	}
	return ret;
}

int xengt_wp_recv(int fd, struct xengt_wp_msg *ret_msg, int *ret_fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(4 * sizeof(int))];
	} control;
	char buf[sizeof(struct xengt_wp_msg) + 1];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	int passed, r;
	ssize_t n;

	n = recvmsg(fd, &hdr, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		return errno == ECONNRESET ? -EPIPE : -errno;
	}
	passed = take_fd(&hdr);
	/* A packet of nothing looks like the end: nobody sends one. */
	r = n ? xengt_wp_parse(buf, n, ret_msg) : -EPIPE;
	if (r < 0 || !ret_fd) {
		if (passed >= 0)
			close(passed);
	} else {
		*ret_fd = passed;
	}
	return r < 0 ? r : 1;
}
