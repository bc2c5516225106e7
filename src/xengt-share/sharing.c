/* SPDX-License-Identifier: GPL-2.0-only */
/* The sharer; see sharing.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xenevtchn.h>
#include <xengnttab.h>

#include "xengt-share/sharing.h"
#include "common/share_proto.h"
#include "xengt-share/pool.h"
#include "xengt/log.h"
#include "xengt/picture.h"
#include "xengt/types.h"

struct xengt_sharing {
	struct xengt_sharing_config cfg;
	xengntshr_handle *shr;
	xenevtchn_handle *evtchn;
	evtchn_port_t port;
	bool has_port;
	struct xengt_pool *pool;
	const uint8_t *rgb;		/* the broker's file, mapped; NULL: none */
	/*
	 * The viewer has sent an event, and was not told of a change since. As long
	 * as this is true, the kernel delivers no further event of the viewer.
	 */
	bool is_wanted;
	uint64_t events;		/* sent to the viewer */
};

static int open_xen(struct xengt_sharing *s)
{
	xenevtchn_port_or_error_t port;

	errno = 0;
	s->shr = xengntshr_open(NULL, 0);
	if (!s->shr)
		return errno ? -errno : -ENOENT;
	s->evtchn = xenevtchn_open(NULL, 0);
	if (!s->evtchn)
		return errno ? -errno : -ENOENT;
	port = xenevtchn_bind_unbound_port(s->evtchn, s->cfg.viewer);
	if (port < 0)
		return errno ? -errno : -EIO;
	s->port = (evtchn_port_t)port;
	s->has_port = true;
	if (xenevtchn_restrict(s->evtchn, (domid_t)s->cfg.viewer) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

static void drop_file(struct xengt_sharing *s)
{
	if (s->rgb)
		munmap((void *)s->rgb, XENGT_PICTURE_MAX_BYTES);
	s->rgb = NULL;
}

static void drop_broker(struct xengt_sharing *s)
{
	if (s->cfg.broker_fd >= 0)
		close(s->cfg.broker_fd);
	s->cfg.broker_fd = -1;
	drop_file(s);
}

void xengt_sharing_destroy(struct xengt_sharing *s)
{
	if (!s)
		return;
	drop_broker(s);
	if (s->cfg.listen_fd >= 0)
		close(s->cfg.listen_fd);
	xengt_pool_destroy(s->pool);
	if (s->shr)
		xengntshr_close(s->shr);
	if (s->has_port)
		xenevtchn_unbind(s->evtchn, s->port);
	if (s->evtchn)
		xenevtchn_close(s->evtchn);
	free(s);
}

/* ---- the viewer ---- */

/* Let the kernel deliver the viewer's next event. */
static void take_next_event(struct xengt_sharing *s)
{
	if (s->is_wanted && xenevtchn_unmask(s->evtchn, s->port) < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR, "cannot unmask the event channel: %s",
				      strerror(errno));
	s->is_wanted = false;
}

static void tell_viewer(struct xengt_sharing *s)
{
	if (xenevtchn_notify(s->evtchn, s->port) < 0)
		xengt_log_ratelimited(XENGT_LOG_ERR, "cannot send an event to the viewer: %s",
				      strerror(errno));
	s->events++;
	take_next_event(s);
}

static void clear(struct xengt_sharing *s)
{
	if (xengt_pool_clear(s->pool))
		tell_viewer(s);
}

/* ---- the broker ---- */

static void send_broker(struct xengt_sharing *s, struct xengt_sp_msg *msg)
{
	struct xengt_pool_counts counts;
	int r;

	if (s->cfg.broker_fd < 0)
		return;
	xengt_pool_counts(s->pool, &counts);
	msg->is_wanted = s->is_wanted;
	msg->has_picture = xengt_pool_has_picture(s->pool);
	msg->pages = counts.pages;
	msg->copied = counts.copied;
	msg->shown = counts.shown;
	msg->events = s->events;
	r = xengt_sp_send(s->cfg.broker_fd, msg, -1);
	if (r == 0)
		return;
	if (r != -EPIPE)
		xengt_err("cannot send to xengtd: %s", strerror(-r));
	drop_broker(s);
	clear(s);
}

static void say_hello(struct xengt_sharing *s)
{
	struct xengt_sp_msg msg = {
		.type = XENGT_SP_HELLO,
		.viewer = s->cfg.viewer,
		.control_ref = xengt_pool_control_ref(s->pool),
		.port = s->port,
	};

	memcpy(msg.uuid, s->cfg.uuid, sizeof(msg.uuid));
	send_broker(s, &msg);
}

/* The broker owns the file, and its seals forbid to change its size. */
static int take_file(struct xengt_sharing *s, int fd)
{
	struct stat st;
	void *rgb;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size < XENGT_PICTURE_MAX_BYTES)
		return -EINVAL;
	rgb = mmap(NULL, XENGT_PICTURE_MAX_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	if (rgb == MAP_FAILED)
		return -errno;
	drop_file(s);
	s->rgb = rgb;
	return 0;
}

static int show(struct xengt_sharing *s, const struct xengt_sp_msg *msg)
{
	int r = s->rgb ? xengt_pool_show(s->pool, s->rgb, msg->width,
					 msg->height) : -EINVAL;

	if (r == 1)
		tell_viewer(s);
	else if (r < 0)
		clear(s);
	return r;
}

/* Returns false if the sharer must end. */
static bool handle(struct xengt_sharing *s, const struct xengt_sp_msg *msg, int fd)
{
	struct xengt_sp_msg answer = { .type = XENGT_SP_DONE };
	uint64_t shown = s->events;

	switch (msg->type) {
	case XENGT_SP_FILE:
		answer.status = take_file(s, fd);
		break;
	case XENGT_SP_PICTURE:
		answer.status = show(s, msg);
		break;
	case XENGT_SP_CLEAR:
	case XENGT_SP_FORGET:
	case XENGT_SP_LEAVE:
		clear(s);
		if (msg->type != XENGT_SP_CLEAR)
			take_next_event(s);
		if (msg->type == XENGT_SP_LEAVE)
			drop_file(s);
		answer.status = s->events != shown;
		break;
	case XENGT_SP_END:
		return false;
	default:
		drop_broker(s);
		clear(s);
		return true;
	}
	send_broker(s, &answer);
	return true;
}

static int serve_broker(struct xengt_sharing *s)
{
	struct xengt_sp_msg msg;
	int fd = -1, r = xengt_sp_recv(s->cfg.broker_fd, &msg, &fd);
	bool goes_on;

	if (r == 0)
		return 1;
	if (r < 0) {
		if (r != -EPIPE)
			xengt_err("xengtd sent an invalid message: %s", strerror(-r));
		drop_broker(s);
		clear(s);
		return 1;
	}
	goes_on = handle(s, &msg, fd);
	if (fd >= 0)
		close(fd);
	return goes_on;
}

int xengt_sharing_create(const struct xengt_sharing_config *cfg,
		       struct xengt_sharing **ret_sharing)
{
	struct xengt_sharing *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->cfg = *cfg;
	r = open_xen(s);
	if (r == 0)
		r = xengt_pool_create(s->shr, cfg->viewer, &s->pool);
	if (r < 0) {
		xengt_sharing_destroy(s);
		return r;
	}
	say_hello(s);
	*ret_sharing = s;
	return 0;
}

/* A new broker replaces the old one. */
static void accept_broker(struct xengt_sharing *s)
{
	int fd = accept4(s->cfg.listen_fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	drop_broker(s);
	clear(s);
	s->cfg.broker_fd = fd;
	say_hello(s);
}

static void serve_viewer(struct xengt_sharing *s)
{
	xenevtchn_port_or_error_t port = xenevtchn_pending(s->evtchn);
	struct xengt_sp_msg msg = { .type = XENGT_SP_WANT };

	if (port < 0 || (evtchn_port_t)port != s->port)
		return;
#ifndef XENGT_FAULT_EACH_EVENT
	if (s->is_wanted)
		return;
#endif
	s->is_wanted = true;
	send_broker(s, &msg);
}

int xengt_sharing_step(struct xengt_sharing *s, int stop_fd)
{
	struct pollfd fds[] = {
		{ .fd = stop_fd, .events = POLLIN },
		{ .fd = s->cfg.listen_fd, .events = POLLIN },
		{ .fd = xenevtchn_fd(s->evtchn), .events = POLLIN },
		{ .fd = s->cfg.broker_fd, .events = POLLIN },
	};

	if (poll(fds, XENGT_ARRAY_SIZE(fds), -1) < 0)
		return errno == EINTR ? 1 : -errno;
	if (fds[0].revents)
		return 0;
	if (fds[2].revents)
		serve_viewer(s);
	/* The connection may be gone since poll(). */
	if (fds[3].revents && s->cfg.broker_fd == fds[3].fd)
		return serve_broker(s);
	if (fds[1].revents)
		accept_broker(s);
	return 1;
}
