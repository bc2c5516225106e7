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
	case XENGT_WP_GET_FAULTS:
	case XENGT_WP_UNPLUG:
	case XENGT_WP_QUIT:
	case XENGT_WP_PLACED:
	case XENGT_WP_GET_PICTURE:
	case XENGT_WP_SET_EDID:
	case XENGT_WP_PONG:
	case XENGT_WP_UNPLUGGED:
	case XENGT_WP_DEAD:
		return 0;
	case XENGT_WP_READY:
	case XENGT_WP_STATE:
		return BODY_BYTES(state);
	case XENGT_WP_PLACE:
		return BODY_BYTES(place);
	case XENGT_WP_COUNTERS:
		return BODY_BYTES(counters);
	case XENGT_WP_PICTURE:
		return BODY_BYTES(picture);
	case XENGT_WP_FAILED:
		return BODY_BYTES(text);
	case XENGT_WP_FAULTS:
		return BODY_BYTES(faults);
	case XENGT_WP_GET_REGS:
		return BODY_BYTES(wanted);
	case XENGT_WP_REGS:
		return BODY_BYTES(regs);
	default:
		return -1;
	}
}

static bool are_faults_valid(const struct xengt_wp_faults *faults)
{
	if (faults->count > XENGT_FAULTS_KEPT || faults->pad)
		return false;
	for (uint32_t i = 0; i < faults->count; i++) {
		const struct xengt_fault *f = &faults->fault[i];

		if (f->engine >= XENGT_ENGINES || f->pad)
			return false;
	}
	return true;
}

/* Ascending, so that who asks on from the last one comes to an end. */
static bool are_regs_valid(const struct xengt_wp_regs *regs)
{
	if (regs->count > XENGT_WP_REGS_MAX || regs->count > regs->left ||
	    (regs->left && !regs->count))
		return false;
	for (uint32_t i = 0; i < regs->count; i++) {
		const struct xengt_reg_view *r = &regs->reg[i];

		if (r->is_read > 1 || r->is_written > 1 || r->pad ||
		    r->off % 4 || r->off >= 16 * XENGT_MIB ||
		    (i && r->off <= regs->reg[i - 1].off))
			return false;
	}
	return true;
}

static bool is_place_valid(const struct xengt_wp_place *place)
{
	bool is_ram = place->what == XENGT_WP_PLACE_RAM;

	return place->what < XENGT_WP_PLACE_WHATS && place->on <= 1 &&
	       !place->pad && !(place->gfn >> 40) &&
	       is_ram == (place->frames != 0) &&
	       place->frames <= XENGT_RAM_FRAMES_MAX;
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
	case XENGT_WP_PLACE:
		return is_place_valid(&msg->u.place);
	case XENGT_WP_FAULTS:
		return are_faults_valid(&msg->u.faults);
	case XENGT_WP_GET_REGS:
		return msg->u.wanted.list < XENGT_REG_LISTS;
	case XENGT_WP_REGS:
		return are_regs_valid(&msg->u.regs);
	case XENGT_WP_PICTURE:
		return msg->u.picture.width <= XENGT_PICTURE_MAX_SIDE &&
		       msg->u.picture.height <= XENGT_PICTURE_MAX_SIDE;
	default:
		return true;
	}
}

static void clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	xengt_text_clean(text);
}

static void clean_texts(struct xengt_wp_msg *msg)
{
	struct xengt_wp_regs *regs = &msg->u.regs;

	if (msg->type == XENGT_WP_FAILED)
		clean(msg->u.text, sizeof(msg->u.text));
	for (uint32_t i = 0; msg->type == XENGT_WP_REGS && i < regs->count; i++)
		clean(regs->reg[i].name, sizeof(regs->reg[i].name));
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
	clean_texts(&msg);
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
