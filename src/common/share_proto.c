/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks, sends and receives the messages between broker and sharer. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/share_proto.h"
#include "common/packet.h"
#include "xengt/limits.h"
#include "xengt/picture.h"

#define PAGES_MAX (XENGT_VIEW_PAGES_MAX + XENGT_VIEW_DIRS + 1)
#define DOMID_MAX 0x7fefu

static bool is_side(uint32_t pixels)
{
	return pixels && pixels <= XENGT_PICTURE_MAX_SIDE;
}

static bool has_state(const struct xengt_sp_msg *msg)
{
	return msg->is_wanted <= 1 && msg->has_picture <= 1 &&
	       msg->pages <= PAGES_MAX;
}

static bool is_valid(const struct xengt_sp_msg *msg)
{
	switch (msg->type) {
	case XENGT_SP_FILE:
	case XENGT_SP_CLEAR:
	case XENGT_SP_FORGET:
	case XENGT_SP_LEAVE:
	case XENGT_SP_END:
	case XENGT_SP_WANT:
		return true;
	case XENGT_SP_PICTURE:
		return is_side(msg->width) && is_side(msg->height);
	case XENGT_SP_HELLO:
		return msg->viewer && msg->viewer <= DOMID_MAX && has_state(msg);
	case XENGT_SP_DONE:
		return msg->status <= 1 && msg->status >= -4095 && has_state(msg);
	default:
		return false;
	}
}

int xengt_sp_parse(const void *buf, size_t len_bytes,
		   struct xengt_sp_msg *ret_msg)
{
	struct xengt_sp_msg msg;

	if (len_bytes < sizeof(msg.version))
		return -EPROTO;
	memcpy(&msg.version, buf, sizeof(msg.version));
	if (msg.version != XENGT_SP_VERSION)
		return -EPROTONOSUPPORT;
	if (len_bytes != sizeof(msg))
		return -EPROTO;
	memcpy(&msg, buf, sizeof(msg));
	if (!is_valid(&msg))
		return -EPROTO;
	*ret_msg = msg;
	return 0;
}

int xengt_sp_send(int fd, struct xengt_sp_msg *msg, int pass_fd)
{
	msg->version = XENGT_SP_VERSION;
	return xengt_packet_send(fd, msg, sizeof(*msg), pass_fd);
}

int xengt_sp_recv(int fd, struct xengt_sp_msg *ret_msg, int *ret_fd)
{
	char buf[sizeof(struct xengt_sp_msg) + 1];
	int passed = -1, r;
	ssize_t n = xengt_packet_recv(fd, buf, sizeof(buf), &passed);

	if (n <= 0)
		return (int)n;
	r = xengt_sp_parse(buf, n, ret_msg);
	if (r < 0) {
		if (passed >= 0)
			close(passed);
		return r;
	}
	*ret_fd = passed;
	return 1;
}
