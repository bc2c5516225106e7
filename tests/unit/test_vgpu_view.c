/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P22
 * Tests which domain sees which guest, when the broker looks at the picture, and what
 * becomes of pictures when guests, viewers and sharers end. Sharers, xenstore, Xen and the
 * worker are imitated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/share_proto.h"
#include "xengt/limits.h"
#include "xengt/picture.h"
#include "xengt/types.h"
#include "xengtd/bvgpu.h"
#include "xengtd/domctl.h"
#include "xengtd/gntlimit.h"
#include "xengtd/sharer.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/xengtd.h"

#define VIEWER	9
#define SHARERS	8

struct xengt_sharer {
	struct xengt_sharer_events events;
	void *ctx;
	bool exists, is_killed, is_found;
	char told[256];			/* types of messages, such as "F P12x10 C" */
	int files;
};

static struct {
	const char *viewer;		/* the node `viewer`; NULL: none */
	int store_error, find_error, domctl_error, limit_error, start_error, offer_error;
	bool is_viewer_gone;
	uint8_t viewer_uuid;
	int bound;			/* the result of xengt_domctl_is_port_bound() */
	char offers[128];		/* such as "+7 -7" */
	struct xengt_sharer sharers[SHARERS];
	struct xengt_worker_question *question;
	int ask_error, asked;
	struct xengt_ev_timer *timer;
	int64_t now, due;
} world;

static struct xengtd broker;
static struct xengt_bvgpu guests[8];

static void note(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void note(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	if (len)
		text[len++] = ' ';
	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}

/* ---- the broker's other files ---- */

int64_t xengt_ev_now_msec(void)
{
	return world.now;
}

void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *timer, int64_t msec)
{
	(void)ev;
	world.timer = timer;
	world.due = msec;
}

void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *timer)
{
	(void)ev;
	if (world.timer == timer)
		world.timer = NULL;
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	(void)s;
	(void)domid;
	assert_string_equal(node, "viewer");
	errno = world.store_error ? world.store_error : ENOENT;
	return world.viewer && !world.store_error ? strdup(world.viewer) : NULL;
}

int xengt_store_find_domain(struct xengt_store *s, const char *name, uint32_t *ret_domid)
{
	(void)s;
	if (world.find_error)
		return world.find_error;
	*ret_domid = !strcmp(name, "eyes") ? VIEWER : !strcmp(name, "two") ? 10 :
		     !strcmp(name, "itself") ? 1 : 0;
	return !strcmp(name, "nobody") ? -ENOENT : 0;
}

int xengt_store_offer_view(struct xengt_store *s, uint32_t viewer, uint32_t domid,
			   const char *name, uint32_t control_ref, uint32_t port)
{
	(void)s;
	(void)viewer;
	assert_string_equal(name, "guest");
	assert_int_equal(control_ref, 5);
	assert_int_equal(port, 33);
	if (world.offer_error)
		return world.offer_error;
	note(world.offers, sizeof(world.offers), "+%u", domid);
	return 0;
}

void xengt_store_withdraw_view(struct xengt_store *s, uint32_t viewer, uint32_t domid)
{
	(void)s;
	(void)viewer;
	note(world.offers, sizeof(world.offers), "-%u", domid);
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	if (world.domctl_error)
		return world.domctl_error;
	if (world.is_viewer_gone)
		return -ESRCH;
	*ret_info = (struct xengt_domain_info){ .uuid = { world.viewer_uuid } };
	return 0;
}

int xengt_domctl_is_port_bound(struct xengt_domctl *d, uint32_t port)
{
	(void)d;
	assert_int_equal(port, 33);
	return world.bound;
}

int xengt_gntlimit_raise(const char *path, uint32_t pages)
{
	assert_string_equal(path, XENGT_GNTLIMIT_PATH);
	assert_int_equal(pages, XENGT_VIEW_GRANTS);
	return world.limit_error;
}

static int new_sharer(const struct xengt_sharer_events *events, void *ctx,
		      struct xengt_sharer **ret_sharer)
{
	for (int i = 0; i < SHARERS; i++) {
		struct xengt_sharer *s = &world.sharers[i];

		if (s->exists)
			continue;
		*s = (struct xengt_sharer){ .events = *events, .ctx = ctx, .exists = true };
		*ret_sharer = s;
		return 0;
	}
	return -ENOSPC;
}

int xengt_sharer_start(struct xengtd *d, uint32_t viewer, const uint8_t *uuid,
		       const struct xengt_sharer_events *events, void *ctx,
		       struct xengt_sharer **ret_sharer)
{
	(void)d;
	(void)viewer;
	(void)uuid;
	return world.start_error ? world.start_error : new_sharer(events, ctx, ret_sharer);
}

int xengt_sharer_find(struct xengtd *d, const char *file,
		      const struct xengt_sharer_events *events, void *ctx,
		      struct xengt_sharer **ret_sharer)
{
	int r;

	(void)d;
	assert_string_equal(file, "view-9-0.sock");
	r = world.start_error ? world.start_error : new_sharer(events, ctx, ret_sharer);
	if (r == 0)
		(*ret_sharer)->is_found = true;
	return r;
}

void xengt_sharer_free(struct xengt_sharer *s)
{
	if (s)
		s->exists = false;
}

void xengt_sharer_kill(struct xengt_sharer *s)
{
	s->is_killed = true;
}

void xengt_sharer_quit(struct xengt_sharer *s)
{
	note(s->told, sizeof(s->told), "E");
}

void xengt_sharer_remove_socket(struct xengt_sharer *s)
{
	assert_true(s->exists);
}

void xengt_sharer_send(struct xengt_sharer *s, struct xengt_sp_msg *msg, int pass_fd)
{
	static const char names[] = "-FPCXL";	/* X: FORGET, L: LEAVE */

	if (msg->type == XENGT_SP_FILE) {
		assert_true(lseek(pass_fd, 0, SEEK_END) == XENGT_PICTURE_MAX_BYTES);
		assert_int_equal(fcntl(pass_fd, F_GET_SEALS) & F_SEAL_SHRINK, F_SEAL_SHRINK);
		s->files++;
	} else {
		assert_int_equal(pass_fd, -1);
	}
	if (msg->type == XENGT_SP_PICTURE)
		note(s->told, sizeof(s->told), "P%ux%u", msg->width, msg->height);
	else
		note(s->told, sizeof(s->told), "%c", names[msg->type]);
}

int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted)
{
	assert_int_equal(msg->type, XENGT_WP_GET_PICTURE);
	assert_int_equal(wanted, XENGT_WP_PICTURE);
	assert_true(q->fd >= 0);
	world.asked++;
	if (world.ask_error)
		return world.ask_error;
	q->vgpu = v;
	world.question = q;
	return 0;
}

void xengt_bvgpu_cancel(struct xengt_worker_question *q)
{
	q->vgpu = NULL;
	if (world.question == q)
		world.question = NULL;
}

/* ---- what happens ---- */

static void says(struct xengt_sharer *s, enum xengt_sp_type type, int status, bool is_wanted,
		 bool has_picture)
{
	struct xengt_sp_msg msg = {
		.uuid = { 42 }, .type = type, .status = status, .is_wanted = is_wanted,
		.has_picture = has_picture, .viewer = VIEWER, .control_ref = 5, .port = 33,
		.pages = 300,
	};

	s->events.message(s->ctx, &msg);
}

static void hello(struct xengt_sharer *s)
{
	says(s, XENGT_SP_HELLO, 0, false, false);
}

static void fire(void)
{
	struct xengt_ev_timer *timer = world.timer;

	assert_non_null(timer);
	world.timer = NULL;
	world.now += world.due;
	timer->cb(timer->ctx);
}

static void drawn(int error, int status, uint32_t width, uint32_t height)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_PICTURE, .status = status,
				    .u.picture = { width, height } };
	struct xengt_worker_question *q = world.question;

	assert_non_null(q);
	xengt_bvgpu_cancel(q);
	q->done(q->ctx, error, error ? NULL : &msg);
}

/* Up to the time when the viewer sees a picture, and waits for the next change. */
static struct xengt_sharer *begin_to_watch(void)
{
	struct xengt_sharer *s = &world.sharers[0];

	world.viewer = "eyes";
	xengt_view_follow(&guests[0]);
	hello(s);
	says(s, XENGT_SP_DONE, 0, false, false);
	assert_null(world.timer);
	says(s, XENGT_SP_WANT, 0, false, false);
	fire();
	drawn(0, 0, 12, 10);
	says(s, XENGT_SP_DONE, 1, false, true);
	says(s, XENGT_SP_WANT, 0, false, false);
	assert_string_equal(s->told, "F P12x10");
	return s;
}

static int begin(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(guests, 0, sizeof(guests));
	world.bound = 1;
	world.viewer_uuid = 42;
	broker = (struct xengtd){ .opt = { .run_dir = "/no/such", .log_dir = "/tmp" } };
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(guests); i++) {
		guests[i] = (struct xengt_bvgpu){
			.d = &broker, .domid = i + 1, .state = XENGT_BVGPU_CONNECTED,
		};
		strcpy(guests[i].req.domain, "guest");
	}
	broker.vgpus = &guests[0];
	return 0;
}

static int end(void **state)
{
	(void)state;
	xengt_view_forget_all(&broker);
	for (int i = 0; i < SHARERS; i++)
		assert_false(world.sharers[i].exists);
	assert_null(world.timer);
	assert_null(world.question);
	return 0;
}

static void nobody_sees_a_guest_by_default(void **state)
{
	static const char *const nobody[] = { NULL, "", "nobody", "Domain-0", "itself" };

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(nobody); i++) {
		world.viewer = nobody[i];
		xengt_view_follow(&guests[0]);
		xengt_view_check(&broker);
		assert_null(broker.views);
	}
	world.viewer = "eyes";
	world.is_viewer_gone = true;
	xengt_view_follow(&guests[0]);
	world.is_viewer_gone = false;
	world.find_error = -EEXIST;
	xengt_view_follow(&guests[0]);
	assert_null(broker.views);
}

static void a_change_is_shown(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	assert_string_equal(world.offers, "+1");
	fire();
	drawn(0, 0, 20, 10);
	says(s, XENGT_SP_DONE, 1, false, true);
	assert_string_equal(s->told, "F P12x10 P20x10");
	assert_int_equal(s->files, 1);
}

/* While nothing changes, each wait is twice as long as the wait before, up to the longest. */
static void a_still_screen_is_looked_at_less_often(void **state)
{
	struct xengt_sharer *s = begin_to_watch();
	int64_t wait = XENGT_VIEW_MIN_MSEC;

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(world.due, wait);
		wait = wait < XENGT_VIEW_MAX_MSEC / 2 ? 2 * wait : XENGT_VIEW_MAX_MSEC;
		fire();
		drawn(0, 0, 12, 10);
		says(s, XENGT_SP_DONE, 0, true, true);
	}
	assert_int_equal(world.due, XENGT_VIEW_MAX_MSEC);
	/* after a change the broker looks often again */
	fire();
	drawn(0, 0, 12, 10);
	says(s, XENGT_SP_DONE, 1, false, true);
	says(s, XENGT_SP_WANT, 0, false, false);
	assert_int_equal(world.due, XENGT_VIEW_MIN_MSEC);
}

/* A worker that draws slowly has time for its guest, too. */
static void a_slow_worker_draws_less_often(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	fire();
	world.now += 1000;
	drawn(0, 0, 12, 10);
	says(s, XENGT_SP_DONE, 0, true, true);
	assert_int_equal(world.due, 4000);
}

/* However often the viewer asks, the worker draws once at a time, and not too often. */
static void many_wishes(void **state)
{
	struct xengt_sharer *s = begin_to_watch();
	int asked = world.asked;

	(void)state;
	for (int i = 0; i < 100; i++)
		says(s, XENGT_SP_WANT, 0, false, false);
	assert_int_equal(world.asked, asked);
	assert_int_equal(world.due, XENGT_VIEW_MIN_MSEC);
	fire();
	for (int i = 0; i < 100; i++)
		says(s, XENGT_SP_WANT, 0, false, false);
	assert_null(world.timer);
	assert_int_equal(world.asked, asked + 1);
}

static void a_viewer_that_does_not_ask_loses_the_picture(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	fire();
	drawn(0, 0, 12, 11);
	says(s, XENGT_SP_DONE, 1, false, true);
	assert_int_equal(world.due, XENGT_VIEW_IDLE_MSEC);
	fire();
	assert_string_equal(s->told, "F P12x10 P12x11 C");
	says(s, XENGT_SP_DONE, 1, false, false);
	assert_null(world.timer);
}

static void a_viewer_that_ends_loses_the_picture(void **state)
{
	struct xengt_sharer *s = begin_to_watch();
	int asked = world.asked;

	(void)state;
	/* it is not known whether the viewer has ended */
	world.bound = -EAGAIN;
	fire();
	assert_int_equal(world.asked, asked + 1);
	drawn(0, 0, 12, 10);
	says(s, XENGT_SP_DONE, 0, true, true);
	world.bound = 0;
	fire();
	assert_string_equal(s->told, "F P12x10 P12x10 X");
	assert_int_equal(world.asked, asked + 1);
	says(s, XENGT_SP_DONE, 1, false, false);
	assert_null(world.timer);
}

static void no_picture(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	fire();
	drawn(0, -ENODATA, 0, 0);
	assert_string_equal(s->told, "F P12x10 C");
	says(s, XENGT_SP_DONE, 1, false, false);
	says(s, XENGT_SP_WANT, 0, false, false);
	fire();
	drawn(-ETIMEDOUT, 0, 0, 0);
	says(s, XENGT_SP_DONE, 0, true, false);
	fire();
	/* the worker is not trusted */
	drawn(0, 0, 0, 10);
	says(s, XENGT_SP_DONE, 0, true, false);
	world.ask_error = -ENOTCONN;
	fire();
	assert_string_equal(s->told, "F P12x10 C C C C");
	says(s, XENGT_SP_DONE, -ENOSPC, true, false);
	assert_int_equal(world.due, XENGT_VIEW_MIN_MSEC);
}

/* The pages stay with the viewer's domain, and show its next guest. */
static void the_guest_ends(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	fire();
	xengt_view_leave(&guests[0]);
	xengt_view_leave(&guests[0]);
	assert_string_equal(s->told, "F P12x10 L");
	assert_string_equal(world.offers, "+1 -1");
	assert_null(world.timer);
	assert_null(world.question);
	says(s, XENGT_SP_DONE, 1, false, false);
	says(s, XENGT_SP_WANT, 0, false, false);
	assert_null(world.timer);
	xengt_view_follow(&guests[1]);
	assert_string_equal(s->told, "F P12x10 L F");
	assert_string_equal(world.offers, "+1 -1 +2");
	assert_int_equal(s->files, 2);
	says(s, XENGT_SP_DONE, 0, true, false);
	fire();
	assert_int_equal(world.question->vgpu->domid, 2);
}

static void the_viewers_domain_ends(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	world.domctl_error = -EAGAIN;
	xengt_view_check(&broker);
	world.domctl_error = 0;
	xengt_view_check(&broker);
	assert_string_equal(s->told, "F P12x10");
	world.is_viewer_gone = true;
	xengt_view_check(&broker);
	xengt_view_check(&broker);
	assert_string_equal(s->told, "F P12x10 L E");
	s->events.ended(s->ctx);
	assert_null(broker.views);
}

/* Another domain has got the viewer's id: it must not see what the viewer saw. */
static void another_domain_gets_the_id(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	world.viewer_uuid = 43;
	xengt_view_check(&broker);
	assert_string_equal(s->told, "F P12x10 L E");
	/* its own view is another one */
	assert_true(world.sharers[1].exists);
	assert_ptr_not_equal(s->ctx, world.sharers[1].ctx);
	s->events.ended(s->ctx);
}

static void the_administrator_changes_the_viewer(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	/* what cannot be read does not change anything */
	world.store_error = EAGAIN;
	xengt_view_follow(&guests[0]);
	world.store_error = 0;
	world.find_error = -EAGAIN;
	xengt_view_follow(&guests[0]);
	world.find_error = 0;
	xengt_view_follow(&guests[0]);
	assert_string_equal(s->told, "F P12x10");
	world.viewer = "two";
	xengt_view_follow(&guests[0]);
	assert_string_equal(s->told, "F P12x10 L");
	assert_true(world.sharers[1].exists);
	world.viewer = "";
	xengt_view_follow(&guests[0]);
	assert_string_equal(world.offers, "+1 -1");
	assert_string_equal(world.sharers[1].told, "");
}

static void views_have_a_limit(void **state)
{
	(void)state;
	world.viewer = "eyes";
	for (uint32_t i = 0; i < XENGT_VIEWS_MAX + 1; i++)
		xengt_view_follow(&guests[i]);
	for (uint32_t i = 0; i < SHARERS; i++)
		assert_int_equal(world.sharers[i].exists, i < XENGT_VIEWS_MAX);
}

static void no_sharer(void **state)
{
	(void)state;
	world.viewer = "eyes";
	world.limit_error = -ENOENT;
	xengt_view_follow(&guests[0]);
	world.limit_error = 0;
	world.start_error = -ENOENT;
	xengt_view_follow(&guests[0]);
	assert_null(broker.views);
}

/* The broker does not trust the sharer, either. */
static void a_bad_sharer_is_killed(void **state)
{
	struct xengt_sharer *s = begin_to_watch();

	(void)state;
	says(s, XENGT_SP_DONE, 1, false, false);
	assert_true(s->is_killed);
	s->is_killed = false;
	hello(s);
	assert_true(s->is_killed);
	/* it ends without having been told to */
	s->events.ended(s->ctx);
	assert_null(broker.views);
	assert_string_equal(world.offers, "+1 -1");
	xengt_view_follow(&guests[0]);
	assert_true(world.sharers[0].exists);
}

static void a_sharer_lies_about_its_viewer(void **state)
{
	struct xengt_sharer *s = &world.sharers[0];

	(void)state;
	world.viewer = "eyes";
	world.viewer_uuid = 41;
	xengt_view_follow(&guests[0]);
	hello(s);
	assert_true(s->is_killed);
	assert_string_equal(s->told, "");
}

static void xenstore_fails(void **state)
{
	(void)state;
	world.offer_error = -EAGAIN;
	begin_to_watch();
	world.offer_error = 0;
	assert_string_equal(world.offers, "");
	xengt_view_follow(&guests[0]);
	xengt_view_follow(&guests[0]);
	assert_string_equal(world.offers, "+1");
}

/* A new broker finds the sharer of an earlier one, and its guest gets the same pages. */
static void sharers_are_found(void **state)
{
	static char dir[] = "/tmp/test-vgpu-view-XXXXXX";
	static const char *const files[] = { "view-9-0.sock", "view-0-0.sock", "view-9-0.soc",
					     "view-x-0.sock", "vgpu-9.sock" };
	struct xengt_sharer *s = &world.sharers[0];
	char path[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		close(open(path, O_CREAT | O_WRONLY, 0600));
	}
	broker.opt.run_dir = "/no/such/folder";
	xengt_view_recover(&broker);
	assert_null(broker.views);
	broker.opt.run_dir = dir;
	world.start_error = -ECONNREFUSED;
	xengt_view_recover(&broker);
	assert_null(broker.views);
	world.start_error = 0;
	xengt_view_recover(&broker);
	assert_true(s->is_found);
	/* nodes that the earlier broker left are gone */
	assert_string_equal(world.offers, "-0");
	/* the guest waits until the sharer has said whose pages it has */
	world.viewer = "eyes";
	xengt_view_follow(&guests[0]);
	assert_false(world.sharers[1].exists);
	hello(s);
	assert_string_equal(s->told, "F");
	assert_false(world.sharers[1].exists);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(nobody_sees_a_guest_by_default),
		TEST(a_change_is_shown),
		TEST(a_still_screen_is_looked_at_less_often),
		TEST(a_slow_worker_draws_less_often),
		TEST(many_wishes),
		TEST(a_viewer_that_does_not_ask_loses_the_picture),
		TEST(a_viewer_that_ends_loses_the_picture),
		TEST(no_picture),
		TEST(the_guest_ends),
		TEST(the_viewers_domain_ends),
		TEST(another_domain_gets_the_id),
		TEST(the_administrator_changes_the_viewer),
		TEST(views_have_a_limit),
		TEST(no_sharer),
		TEST(a_bad_sharer_is_killed),
		TEST(a_sharer_lies_about_its_viewer),
		TEST(xenstore_fails),
		TEST(sharers_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
