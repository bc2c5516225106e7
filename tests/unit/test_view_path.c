/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P22
 * Tests the whole path of a picture: the broker's view, the sharer with its pages, and the
 * viewer are the programs' own code, in one process. Xen's grants are pages of one file,
 * which both sides map; Xen's events, xenstore and the worker are imitated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <linux/sockios.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "common/share_proto.h"
#include "xengt-share/sharing.h"
#include "xengt-view/source.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"
#include "xengtd/bvgpu.h"
#include "xengtd/domctl.h"
#include "xengtd/gntlimit.h"
#include "xengtd/sharer.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/xengtd.h"

#define VIEWER	9
#define PAGES	(XENGT_VIEW_PAGES_MAX + XENGT_VIEW_DIRS + 2)
#define SIDES	2			/* of the event channel: the sharer, the viewer */

struct side {
	int fd;				/* readable if an event has arrived */
	bool is_pending, is_masked;
};

static struct {
	int memory;			/* the pages that dom0 has granted; a grant's number
					 * is the page's number plus 1 */
	uint32_t grants;
	struct side side[SIDES];
	bool is_bound;
	bool is_offered, is_told;	/* the viewer's nodes exist; the viewer must look */
	uint32_t ref, domid;
	struct xengt_ev_timer *timer;
	struct xengt_worker_question *question;
	uint32_t width, height, seed;	/* what the guest shows; 0: nothing */
	struct sockaddr_un address;
} world;

struct xengt_sharer {
	struct xengt_sharer_events events;
	void *ctx;
	int fd;
};

static struct xengtd broker;
static struct xengt_bvgpu guests[2];
static struct xengt_sharing *sharing;
static struct xengt_source *viewer;
static struct xengt_sharer sharer;

/* ---- grants ---- */

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return (xengntshr_handle *)&world;
}

int xengntshr_close(xengntshr_handle *shr)
{
	(void)shr;
	return 0;
}

void *xengntshr_share_pages(xengntshr_handle *shr, uint32_t domid, int count, uint32_t *refs,
			    int writable)
{
	off_t at = (off_t)world.grants * XENGT_PAGE_SIZE;

	(void)shr;
	assert_int_equal(domid, VIEWER);
	assert_false(writable);
	assert_true(world.grants + (uint32_t)count <= PAGES);
	for (int i = 0; i < count; i++)
		refs[i] = ++world.grants;
	return mmap(NULL, (size_t)count * XENGT_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    world.memory, at);
}

int xengntshr_unshare(xengntshr_handle *shr, void *start, uint32_t count)
{
	(void)shr;
	return munmap(start, (size_t)count * XENGT_PAGE_SIZE);
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return (xengnttab_handle *)&world;
}

int xengnttab_close(xengnttab_handle *tab)
{
	(void)tab;
	return 0;
}

void *xengnttab_map_domain_grant_refs(xengnttab_handle *tab, uint32_t count, uint32_t domid,
				      uint32_t *refs, int prot)
{
	uint8_t *at = mmap(NULL, (size_t)count * XENGT_PAGE_SIZE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)tab;
	assert_int_equal(domid, 0);
	assert_int_equal(prot, PROT_READ);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(refs[i] && refs[i] <= world.grants);
		assert_true(mmap(at + (size_t)i * XENGT_PAGE_SIZE, XENGT_PAGE_SIZE, prot,
				 MAP_SHARED | MAP_FIXED, world.memory,
				 (off_t)(refs[i] - 1) * XENGT_PAGE_SIZE) != MAP_FAILED);
	}
	return at;
}

void *xengnttab_map_grant_ref(xengnttab_handle *tab, uint32_t domid, uint32_t ref, int prot)
{
	return xengnttab_map_domain_grant_refs(tab, 1, domid, &ref, prot);
}

int xengnttab_unmap(xengnttab_handle *tab, void *start, uint32_t count)
{
	(void)tab;
	return munmap(start, (size_t)count * XENGT_PAGE_SIZE);
}

/* ---- events; a handle is a side ---- */

static void deliver(struct side *side)
{
	if (!side->is_pending || side->is_masked)
		return;
	side->is_pending = false;
	side->is_masked = true;
	eventfd_write(side->fd, 1);
}

static struct side *side_of(xenevtchn_handle *h)
{
	return (struct side *)h;
}

/* The sharer opens its handle before the viewer does. */
xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	struct side *side = world.side[0].fd < 0 ? &world.side[0] : &world.side[1];

	(void)logger;
	(void)flags;
	*side = (struct side){ .fd = eventfd(0, EFD_CLOEXEC) };
	return (xenevtchn_handle *)side;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	close(side_of(h)->fd);
	side_of(h)->fd = -1;
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	return side_of(h)->fd;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *h, uint32_t domid)
{
	(void)h;
	assert_int_equal(domid, VIEWER);
	return 33;
}

int xenevtchn_restrict(xenevtchn_handle *h, domid_t domid)
{
	(void)h;
	(void)domid;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h, uint32_t domid,
						     evtchn_port_t port)
{
	(void)h;
	(void)domid;
	assert_int_equal(port, 33);
	assert_false(world.is_bound);
	world.is_bound = true;
	return 33;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)port;
	if (side_of(h) == &world.side[1])
		world.is_bound = false;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	eventfd_t n;

	eventfd_read(side_of(h)->fd, &n);
	return 33;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)port;
	side_of(h)->is_masked = false;
	deliver(side_of(h));
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	struct side *other = &world.side[side_of(h) == &world.side[0]];

	(void)port;
	if (!world.is_bound)
		return 0;
	other->is_pending = true;
	deliver(other);
	return 0;
}

/* ---- xenstore: the broker's view of it, and the viewer's ---- */

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	(void)domid;
	(void)node;
	return strdup("eyes");
}

int xengt_store_find_domain(struct xengt_store *s, const char *name, uint32_t *ret_domid)
{
	(void)s;
	(void)name;
	*ret_domid = VIEWER;
	return 0;
}

int xengt_store_offer_view(struct xengt_store *s, uint32_t viewer_id, uint32_t domid,
			   const char *name, uint32_t control_ref, uint32_t port)
{
	(void)s;
	(void)name;
	assert_int_equal(viewer_id, VIEWER);
	assert_int_equal(port, 33);
	world.is_offered = true;
	world.is_told = true;
	world.ref = control_ref;
	world.domid = domid;
	return 0;
}

void xengt_store_withdraw_view(struct xengt_store *s, uint32_t viewer_id, uint32_t domid)
{
	(void)s;
	(void)viewer_id;
	(void)domid;
	world.is_offered = false;
	world.is_told = true;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)&world;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;
	world.is_told = true;
	return true;
}

char **xs_check_watch(struct xs_handle *h)
{
	(void)h;
	return NULL;
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return -1;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names = calloc(1, sizeof(*names));

	(void)h;
	(void)t;
	(void)path;
	names[0] = (char *)"7";
	*num = world.is_offered;
	return names;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	char text[16] = "1";

	(void)h;
	(void)t;
	(void)len;
	if (strstr(path, "name"))
		return strdup("guest");
	if (strstr(path, "control-ref"))
		snprintf(text, sizeof(text), "%u", world.ref);
	if (strstr(path, "event-channel"))
		strcpy(text, "33");
	return strdup(text);
}

/* ---- the rest of the broker ---- */

int64_t xengt_ev_now_msec(void)
{
	return 0;
}

void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *timer, int64_t msec)
{
	(void)ev;
	(void)msec;
	world.timer = timer;
}

void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *timer)
{
	(void)ev;
	(void)timer;
	world.timer = NULL;
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid, struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	*ret_info = (struct xengt_domain_info){ .uuid = { 42 } };
	return 0;
}

int xengt_domctl_is_port_bound(struct xengt_domctl *d, uint32_t port)
{
	(void)d;
	(void)port;
	return world.is_bound;
}

int xengt_gntlimit_raise(const char *path, uint32_t pages)
{
	(void)path;
	(void)pages;
	return 0;
}

int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted)
{
	(void)msg;
	(void)wanted;
	q->vgpu = v;
	world.question = q;
	return 0;
}

void xengt_bvgpu_cancel(struct xengt_worker_question *q)
{
	q->vgpu = NULL;
	world.question = NULL;
}

int xengt_sharer_start(struct xengtd *d, uint32_t viewer_id, const uint8_t *uuid,
		       const struct xengt_sharer_events *events, void *ctx,
		       struct xengt_sharer **ret_sharer)
{
	struct xengt_sharing_config cfg = { .viewer = viewer_id };
	int pair[2];

	(void)d;
	memcpy(cfg.uuid, uuid, sizeof(cfg.uuid));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	world.address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(world.address.sun_path, sizeof(world.address.sun_path),
		 "/tmp/test-view-path-%d", getpid());
	unlink(world.address.sun_path);
	cfg.broker_fd = pair[1];
	cfg.listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(cfg.listen_fd, (struct sockaddr *)&world.address,
			      sizeof(world.address)), 0);
	assert_int_equal(listen(cfg.listen_fd, 1), 0);
	assert_int_equal(xengt_sharing_create(&cfg, &sharing), 0);
	sharer = (struct xengt_sharer){ *events, ctx, pair[0] };
	*ret_sharer = &sharer;
	return 0;
}

int xengt_sharer_find(struct xengtd *d, const char *file,
		      const struct xengt_sharer_events *events, void *ctx,
		      struct xengt_sharer **ret_sharer)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)d;
	(void)file;
	assert_int_equal(connect(fd, (struct sockaddr *)&world.address, sizeof(world.address)), 0);
	sharer = (struct xengt_sharer){ *events, ctx, fd };
	*ret_sharer = &sharer;
	return 0;
}

void xengt_sharer_free(struct xengt_sharer *s)
{
	close(s->fd);
	s->fd = -1;
}

void xengt_sharer_quit(struct xengt_sharer *s)
{
	(void)s;
	fail();
}

void xengt_sharer_kill(struct xengt_sharer *s)
{
	(void)s;
	fail();
}

void xengt_sharer_remove_socket(struct xengt_sharer *s)
{
	(void)s;
}

void xengt_sharer_send(struct xengt_sharer *s, struct xengt_sp_msg *msg, int pass_fd)
{
	assert_int_equal(xengt_sp_send(s->fd, msg, pass_fd), 0);
}

/* ---- what happens ---- */

static uint32_t pixel(uint32_t seed, uint32_t i)
{
	return (i * 2654435761u + seed * 40503u) & 0xffffff;
}

/* The worker draws, or says that there is no picture. */
static void draw(void)
{
	struct xengt_worker_question *q = world.question;
	struct xengt_wp_msg msg = { .type = XENGT_WP_PICTURE,
				    .status = world.width ? 0 : -ENODATA,
				    .u.picture = { world.width, world.height } };
	uint32_t count = world.width * world.height;
	uint8_t *rgb = malloc(3 * count + 1);

	for (uint32_t i = 0; i < count; i++)
		for (int c = 0; c < 3; c++)
			rgb[3 * i + c] = (uint8_t)(pixel(world.seed, i) >> (16 - 8 * c));
	assert_int_equal(pwrite(q->fd, rgb, 3 * count, 0), 3 * count);
	free(rgb);
	xengt_bvgpu_cancel(q);
	q->done(q->ctx, 0, &msg);
}

static bool is_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&pfd, 1, 0) == 1;
}

/* Has the sharer an unread message of the broker? */
static bool has_message(void)
{
	int bytes = 0;

	return sharer.fd >= 0 && ioctl(sharer.fd, SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

static void view_looks(void)
{
	struct pollfd fds[XENGT_SOURCE_FDS];

	xengt_source_poll(viewer, fds);
	fds[0].revents = world.is_told ? POLLIN : 0;
	fds[1].revents = is_readable(fds[1].fd) ? POLLIN : 0;
	world.is_told = false;
	xengt_source_update(viewer, fds);
}

/* Everything that can happen happens; the timer fires last. */
static void pass(void)
{
	for (int i = 0; i < 100; i++) {
		struct xengt_sp_msg msg;
		int fd = -1;

		if (sharing && (is_readable(world.side[0].fd) || has_message()))
			assert_int_equal(xengt_sharing_step(sharing, -1), 1);
		if (sharer.fd >= 0 && xengt_sp_recv(sharer.fd, &msg, &fd) == 1)
			sharer.events.message(sharer.ctx, &msg);
		if (world.question)
			draw();
		if (viewer)
			view_looks();
		if (world.timer && i % 10 == 9) {
			struct xengt_ev_timer *timer = world.timer;

			world.timer = NULL;
			timer->cb(timer->ctx);
		}
	}
}

static void guest_shows(uint32_t width, uint32_t height, uint32_t seed)
{
	world.width = width;
	world.height = height;
	world.seed = seed;
	pass();
}

static void assert_sees(uint32_t width, uint32_t height, uint32_t seed)
{
	const struct xengt_frame *frame = xengt_source_frame(viewer);

	assert_int_equal(frame->width, width);
	assert_int_equal(frame->height, height);
	for (uint32_t i = 0; i < width * height; i++)
		assert_int_equal(frame->pixels[i], pixel(seed, i));
}

/* Apart from the control page and the directories, no page has a picture. */
static void assert_no_picture(void)
{
	const struct xengt_view_control *control;
	uint8_t *all = mmap(NULL, (size_t)PAGES * XENGT_PAGE_SIZE, PROT_READ, MAP_SHARED,
			    world.memory, 0);

	control = (const void *)(all + (size_t)(world.ref - 1) * XENGT_PAGE_SIZE);
	assert_int_equal(control->width, 0);
	for (uint32_t page = 0; page < world.grants; page++) {
		bool is_kept = page == world.ref - 1;

		for (uint32_t i = 0; i < XENGT_VIEW_DIRS; i++)
			is_kept |= control->dir[i] == page + 1;
		for (size_t i = 0; i < XENGT_PAGE_SIZE && !is_kept; i++)
			assert_int_equal(all[(size_t)page * XENGT_PAGE_SIZE + i], 0);
	}
	munmap(all, (size_t)PAGES * XENGT_PAGE_SIZE);
}

static void open_viewer(void)
{
	assert_int_equal(xengt_source_create("guest", &viewer), 0);
	pass();
}

static void close_viewer(void)
{
	xengt_source_destroy(viewer);
	viewer = NULL;
	world.side[1] = (struct side){ .fd = -1 };
	pass();
}

static int begin(void **state)
{
	(void)state;
	xengt_log_set_level(XENGT_LOG_ERR);
	memset(&world, 0, sizeof(world));
	memset(guests, 0, sizeof(guests));
	world.side[0].fd = world.side[1].fd = -1;
	world.memory = memfd_create("grants", MFD_CLOEXEC);
	if (ftruncate(world.memory, (off_t)PAGES * XENGT_PAGE_SIZE) < 0)
		return 1;
	broker = (struct xengtd){ .opt = { .run_dir = "/no/such", .log_dir = "/tmp" } };
	for (uint32_t i = 0; i < 2; i++) {
		guests[i] = (struct xengt_bvgpu){
			.d = &broker, .domid = 7 + i, .state = XENGT_BVGPU_CONNECTED,
		};
		strcpy(guests[i].req.domain, "guest");
	}
	sharer.fd = -1;
	xengt_view_follow(&guests[0]);
	pass();
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (viewer)
		close_viewer();
	xengt_view_forget_all(&broker);
	xengt_sharing_destroy(sharing);
	sharing = NULL;
	unlink(world.address.sun_path);
	close(world.memory);
	return 0;
}

static void pictures_arrive(void **state)
{
	(void)state;
	open_viewer();
	assert_sees(0, 0, 0);
	guest_shows(64, 48, 1);
	assert_sees(64, 48, 1);
	guest_shows(64, 48, 2);
	assert_sees(64, 48, 2);
	guest_shows(1024, 768, 3);
	assert_sees(1024, 768, 3);
	guest_shows(640, 480, 4);
	assert_sees(640, 480, 4);
	guest_shows(0, 0, 0);
	assert_sees(0, 0, 0);
	assert_no_picture();
	guest_shows(800, 600, 5);
	assert_sees(800, 600, 5);
}

static void the_viewer_ends(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		open_viewer();
		guest_shows(320, 200, i);
		assert_sees(320, 200, i);
		close_viewer();
		assert_no_picture();
	}
}

static void the_guest_ends(void **state)
{
	uint32_t grants;

	(void)state;
	open_viewer();
	guest_shows(320, 200, 1);
	assert_sees(320, 200, 1);
	grants = world.grants;
	xengt_view_leave(&guests[0]);
	pass();
	assert_sees(0, 0, 0);
	assert_no_picture();
	/* the next guest is shown on the same pages */
	xengt_view_follow(&guests[1]);
	guest_shows(320, 200, 2);
	assert_int_equal(world.domid, 8);
	assert_sees(320, 200, 2);
	assert_int_equal(world.grants, grants);
}

/* The broker ends without a word, and the next one finds the sharer. */
static void the_broker_ends(void **state)
{
	char dir[] = "/tmp/test-view-path-XXXXXX", path[64];
	uint32_t grants;

	(void)state;
	open_viewer();
	guest_shows(320, 200, 1);
	assert_sees(320, 200, 1);
	grants = world.grants;
	xengt_view_forget_all(&broker);
	assert_int_equal(xengt_sharing_step(sharing, -1), 1);
	assert_no_picture();
	pass();
	assert_sees(0, 0, 0);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/view-9-0.sock", dir);
	assert_int_equal(symlink("x", path), 0);
	broker.opt.run_dir = dir;
	xengt_view_recover(&broker);
	assert_int_equal(xengt_sharing_step(sharing, -1), 1);
	broker.vgpus = &guests[0];
	guest_shows(320, 200, 2);
	assert_sees(320, 200, 2);
	assert_int_equal(world.grants, grants);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(pictures_arrive),
		TEST(the_viewer_ends),
		TEST(the_guest_ends),
		TEST(the_broker_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
