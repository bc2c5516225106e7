/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P22
 * Tests the sharer: the broker is the other end of a socket, and the viewer an imitated
 * event channel that sends whatever it likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "common/share_proto.h"
#include "xengt-share/sharing.h"
#include "xengt/picture.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"

#define VIEWER	9
#define PORT	33

static struct {
	int event_fd;
	int pending;			/* what xenevtchn_pending() returns */
	bool is_masked;			/* Linux masks a port that it has delivered */
	unsigned int notified, unmasked;
	bool is_restricted;
	uint32_t grants, pages;
	struct xengt_view_control *control;
	const char *fails;		/* this call fails */
} world;

static struct xengt_sharing *sharing;
static int broker = -1, stop_fd = -1, listener = -1;
static struct sockaddr_un address;

static bool works(const char *call)
{
	errno = EPERM;
	return !world.fails || strcmp(world.fails, call);
}

/* ---- Xen's libraries ---- */

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return works("open") ? (xengntshr_handle *)&world : NULL;
}

int xengntshr_close(xengntshr_handle *shr)
{
	(void)shr;
	assert_int_equal(world.pages, 0);
	return 0;
}

void *xengntshr_share_pages(xengntshr_handle *shr, uint32_t domid, int count, uint32_t *refs,
			    int writable)
{
	void *at;

	(void)shr;
	assert_int_equal(domid, VIEWER);
	assert_false(writable);
	if (!works("share"))
		return NULL;
	at = calloc((size_t)count, XENGT_PAGE_SIZE);
	for (int i = 0; i < count; i++)
		refs[i] = ++world.grants;
	world.pages += (uint32_t)count;
	if (!world.control)
		world.control = at;
	return at;
}

int xengntshr_unshare(xengntshr_handle *shr, void *start, uint32_t count)
{
	(void)shr;
	world.pages -= count;
	free(start);
	return 0;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return works("evtchn") ? (xenevtchn_handle *)&world : NULL;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	(void)h;
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return world.event_fd;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *h, uint32_t domid)
{
	(void)h;
	assert_int_equal(domid, VIEWER);
	assert_false(world.is_restricted);
	return works("bind") ? PORT : -1;
}

int xenevtchn_restrict(xenevtchn_handle *h, domid_t domid)
{
	(void)h;
	assert_int_equal(domid, VIEWER);
	world.is_restricted = true;
	return works("restrict") ? 0 : -1;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, PORT);
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	uint64_t n;

	(void)h;
	assert_int_equal(read(world.event_fd, &n, sizeof(n)), sizeof(n));
	world.is_masked = true;
	return world.pending;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, PORT);
	assert_true(world.is_masked);
	world.is_masked = false;
	world.unmasked++;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, PORT);
	assert_int_equal(world.control->sequence & 1, 0);
	world.notified++;
	return 0;
}

/* ---- broker and viewer ---- */

/* Something has arrived, and the sharer handles it. */
static int run(void)
{
	return xengt_sharing_step(sharing, -1);
}

static void viewer_sends(void)
{
	eventfd_write(world.event_fd, 1);
	assert_int_equal(run(), 1);
}

static bool hears(struct xengt_sp_msg *msg)
{
	int fd = -1;

	return xengt_sp_recv(broker, msg, &fd) == 1;
}

static struct xengt_sp_msg tell(enum xengt_sp_type type, uint32_t width, uint32_t height,
				int fd)
{
	struct xengt_sp_msg msg = { .type = type, .width = width, .height = height };

	assert_int_equal(xengt_sp_send(broker, &msg, fd), 0);
	assert_int_equal(run(), 1);
	assert_true(hears(&msg));
	assert_int_equal(msg.type, XENGT_SP_DONE);
	return msg;
}

static int new_file(uint8_t fill)
{
	int fd = memfd_create("picture", MFD_CLOEXEC);
	char some[4096];

	assert_int_equal(ftruncate(fd, XENGT_PICTURE_MAX_BYTES), 0);
	memset(some, fill, sizeof(some));
	assert_int_equal(pwrite(fd, some, sizeof(some), 0), sizeof(some));
	return fd;
}

static void give_file(uint8_t fill)
{
	int fd = new_file(fill);

	assert_int_equal(tell(XENGT_SP_FILE, 0, 0, fd).status, 0);
	close(fd);
}

static int start(void)
{
	struct xengt_sharing_config cfg = { .viewer = VIEWER, .uuid = { 1, 2, 3 } };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	broker = pair[0];
	cfg.broker_fd = pair[1];
	address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/test-sharing-%d", getpid());
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	unlink(address.sun_path);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	cfg.listen_fd = listener;
	return xengt_sharing_create(&cfg, &sharing);
}

static int begin(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	memset(&world, 0, sizeof(world));
	world.event_fd = eventfd(0, EFD_CLOEXEC);
	world.pending = PORT;
	stop_fd = eventfd(0, EFD_CLOEXEC);
	if (start() < 0 || !hears(&msg))
		return 1;
	assert_int_equal(msg.type, XENGT_SP_HELLO);
	assert_int_equal(msg.viewer, VIEWER);
	assert_int_equal(msg.uuid[1], 2);
	assert_int_equal(msg.port, PORT);
	assert_int_equal(msg.control_ref, 1);
	assert_int_equal(msg.pages, 1);
	assert_true(world.is_restricted);
	return 0;
}

static int end(void **state)
{
	(void)state;
	xengt_sharing_destroy(sharing);
	sharing = NULL;
	close(world.event_fd);
	close(stop_fd);
	close(broker);
	unlink(address.sun_path);
	return world.pages != 0;
}

static void shows_what_the_broker_says(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	give_file(7);
	viewer_sends();
	assert_true(hears(&msg));
	assert_int_equal(msg.type, XENGT_SP_WANT);
	msg = tell(XENGT_SP_PICTURE, 30, 20, -1);
	assert_int_equal(msg.status, 1);
	assert_int_equal(msg.has_picture, 1);
	assert_int_equal(msg.is_wanted, 0);
	assert_int_equal(msg.copied, 1);
	assert_int_equal(msg.events, 1);
	assert_int_equal(world.notified, 1);
	assert_int_equal(world.unmasked, 1);
	assert_int_equal(world.control->width, 30);
	/* the same picture again: no copy, no event, and the viewer still waits */
	viewer_sends();
	assert_true(hears(&msg));
	msg = tell(XENGT_SP_PICTURE, 30, 20, -1);
	assert_int_equal(msg.status, 0);
	assert_int_equal(msg.is_wanted, 1);
	assert_int_equal(msg.copied, 1);
	assert_int_equal(world.notified, 1);
	assert_int_equal(world.unmasked, 1);
}

/* However many events the viewer sends, the broker hears of one for each change. */
static void flood_of_events(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	give_file(7);
	for (int i = 0; i < 100; i++)
		viewer_sends();
	assert_true(hears(&msg));
	assert_int_equal(msg.type, XENGT_SP_WANT);
	assert_false(hears(&msg));
	assert_int_equal(world.unmasked, 0);
	/* events of ports that the sharer does not have */
	tell(XENGT_SP_FORGET, 0, 0, -1);
	world.pending = PORT + 1;
	viewer_sends();
	world.pending = -1;
	viewer_sends();
	assert_false(hears(&msg));
}

static void picture_is_taken_away(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	give_file(7);
	assert_int_equal(tell(XENGT_SP_CLEAR, 0, 0, -1).status, 0);
	tell(XENGT_SP_PICTURE, 30, 20, -1);
	assert_int_equal(world.notified, 1);
	viewer_sends();
	assert_true(hears(&msg));
	msg = tell(XENGT_SP_CLEAR, 0, 0, -1);
	assert_int_equal(msg.status, 1);
	assert_int_equal(msg.has_picture, 0);
	assert_int_equal(msg.is_wanted, 0);
	assert_int_equal(world.control->width, 0);
	assert_int_equal(world.notified, 2);
	/* FORGET: an unanswered event has no meaning any more */
	viewer_sends();
	assert_true(hears(&msg));
	msg = tell(XENGT_SP_FORGET, 0, 0, -1);
	assert_int_equal(msg.is_wanted, 0);
	assert_false(world.is_masked);
	/* the next viewer sees the guest, too */
	viewer_sends();
	assert_true(hears(&msg));
	assert_int_equal(tell(XENGT_SP_PICTURE, 30, 20, -1).status, 1);
	/* LEAVE: the file of the guest is gone */
	viewer_sends();
	assert_true(hears(&msg));
	msg = tell(XENGT_SP_LEAVE, 0, 0, -1);
	assert_int_equal(msg.status, 1);
	assert_int_equal(msg.is_wanted, 0);
	assert_int_equal(msg.has_picture, 0);
	assert_int_equal(tell(XENGT_SP_PICTURE, 30, 20, -1).status, -EINVAL);
}

/* After an error the viewer does not see an old picture as if it were new. */
static void error_takes_the_picture_away(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	give_file(7);
	tell(XENGT_SP_PICTURE, 30, 20, -1);
	msg = tell(XENGT_SP_PICTURE, 4096, 4096, -1);
	assert_int_equal(msg.status, -E2BIG);
	assert_int_equal(msg.has_picture, 0);
	tell(XENGT_SP_PICTURE, 30, 20, -1);
	world.fails = "share";
	msg = tell(XENGT_SP_PICTURE, 1024, 768, -1);
	assert_int_equal(msg.status, -EPERM);
	assert_int_equal(msg.has_picture, 0);
	assert_int_equal(world.control->width, 0);
}

static void bad_files(void **state)
{
	int fd = memfd_create("short", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(tell(XENGT_SP_FILE, 0, 0, -1).status, -EINVAL);
	assert_int_equal(tell(XENGT_SP_FILE, 0, 0, fd).status, -EINVAL);
	close(fd);
	assert_int_equal(tell(XENGT_SP_PICTURE, 3, 2, -1).status, -EINVAL);
}

static void connect_again(void)
{
	broker = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(broker, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(run(), 1);
}

/* The broker ends: no picture stays. The next broker gets the same pages. */
static void broker_ends(void **state)
{
	struct xengt_sp_msg msg;

	(void)state;
	give_file(7);
	msg = tell(XENGT_SP_PICTURE, 30, 20, -1);
	close(broker);
	assert_int_equal(run(), 1);
	assert_int_equal(world.control->width, 0);
	assert_int_equal(world.notified, 2);
	viewer_sends();
	connect_again();
	assert_true(hears(&msg));
	assert_int_equal(msg.type, XENGT_SP_HELLO);
	assert_int_equal(msg.is_wanted, 1);
	assert_int_equal(msg.has_picture, 0);
	assert_int_equal(msg.control_ref, 1);
	assert_int_equal(msg.pages, 1 + 1 + 256);
	/* the earlier broker's file is gone */
	assert_int_equal(tell(XENGT_SP_PICTURE, 3, 2, -1).status, -EINVAL);
	give_file(8);
	assert_int_equal(tell(XENGT_SP_PICTURE, 30, 20, -1).pages, 1 + 1 + 256);
}

/* A message that no broker sends, or a broken one, ends the connection. */
static void bad_messages(void **state)
{
	struct xengt_sp_msg msg = { .type = XENGT_SP_WANT };

	(void)state;
	give_file(7);
	tell(XENGT_SP_PICTURE, 30, 20, -1);
	assert_int_equal(xengt_sp_send(broker, &msg, -1), 0);
	assert_int_equal(run(), 1);
	assert_int_equal(world.control->width, 0);
	close(broker);
	connect_again();
	assert_true(hears(&msg));
	assert_int_equal(send(broker, "x", 1, 0), 1);
	assert_int_equal(run(), 1);
	assert_int_equal(recv(broker, &msg, sizeof(msg), MSG_DONTWAIT), 0);
}

static void ends_when_told(void **state)
{
	struct xengt_sp_msg msg = { .type = XENGT_SP_END };

	(void)state;
	eventfd_write(stop_fd, 1);
	assert_int_equal(xengt_sharing_step(sharing, stop_fd), 0);
	assert_int_equal(xengt_sp_send(broker, &msg, -1), 0);
	assert_int_equal(xengt_sharing_step(sharing, -1), 0);
}

static void xen_fails(void **state)
{
	static const char *const calls[] = { "open", "evtchn", "bind", "restrict", "share" };

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(calls); i++) {
		memset(&world, 0, sizeof(world));
		world.fails = calls[i];
		assert_int_equal(start(), -EPERM);
		assert_int_equal(world.pages, 0);
		close(broker);
		unlink(address.sun_path);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(shows_what_the_broker_says),
		TEST(flood_of_events),
		TEST(picture_is_taken_away),
		TEST(error_takes_the_picture_away),
		TEST(bad_files),
		TEST(broker_ends),
		TEST(bad_messages),
		TEST(ends_when_told),
		cmocka_unit_test(xen_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
