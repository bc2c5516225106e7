/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows the pictures of guests to viewers in other domains; see vgpu_view.h.
 *
 *   viewer's event --> sharer --WANT--> broker --GET_PICTURE--> worker, which draws into
 *   viewer <--event--- sharer <-PICTURE- broker <--PICTURE----- a file of the broker
 *
 * While the viewer waits for a change, the broker lets the worker draw again and again,
 * less often the longer the picture stays the same. The sharer compares the picture with
 * its pages: a picture that has not changed costs no copy and no event. If the viewer
 * does not wait (any more), nothing is drawn.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xengtd/vgpu_view.h"
#include "common/share_proto.h"
#include "common/worker_proto.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/picture.h"
#include "xengtd/bvgpu.h"
#include "xengtd/domctl.h"
#include "xengtd/ev.h"
#include "xengtd/gntlimit.h"
#include "xengtd/sharer.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/xengtd.h"

static void look(void *ctx);

/* ---- the sharer ---- */

static void tell(struct xengt_view *view, enum xengt_sp_type type)
{
	struct xengt_sp_msg msg = { .type = type };

	view->awaited++;
	xengt_sharer_send(view->sharer, &msg,
			  type == XENGT_SP_FILE ? view->fd : -1);
}

static void arm(struct xengt_view *view, int64_t msec)
{
	xengt_ev_arm(view->d->ev, &view->timer, msec);
}

static int64_t max_msec(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Arms the timer for the next look, so that at most 1 / XENGT_VIEW_TIME of the worker's
 * time is spent on drawing. If the viewer does not wait, the timer takes the picture away.
 */
static void plan(struct xengt_view *view)
{
	if (!view->guest || view->awaited || view->question.vgpu)
		return;
	if (view->is_wanted)
		arm(view, max_msec(view->wait_msec,
				   view->took_msec * (XENGT_VIEW_TIME - 1)));
	else if (view->has_picture)
		arm(view, XENGT_VIEW_IDLE_MSEC);
	else
		xengt_ev_disarm(view->d->ev, &view->timer);
}

/* Writes the viewer's nodes as soon as sharer and guest are known. */
static void offer(struct xengt_view *view)
{
	int r;

	if (!view->guest || !view->is_ready || view->is_offered)
		return;
	r = xengt_store_offer_view(view->d->store, view->viewer,
				   view->guest->domid, view->guest->req.domain,
				   view->last.control_ref, view->last.port);
	view->is_offered = r == 0;
	/* After an error of xenstore xengt_view_follow() tries again. */
	if (r < 0)
		xengt_warn("cannot tell domain %u where the picture of \"%s\" is: %s",
			   view->viewer, view->guest->req.domain, strerror(-r));
}

/* Makes the file into which the worker draws. Its seals forbid to change its size. */
static int make_file(void)
{
	int fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING), r;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, XENGT_PICTURE_MAX_BYTES) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

/*
 * Gives the sharer a new file: pixels of an earlier guest do not stay in the file of the
 * next guest.
 */
static void begin_showing(struct xengt_view *view)
{
	int fd;

	if (!view->guest || !view->is_ready)
		return;
	fd = make_file();
	if (fd < 0) {
		xengt_err("cannot make a file for the picture of \"%s\": %s",
			  view->guest->req.domain, strerror(-fd));
		return;
	}
	view->fd = fd;
	view->question.fd = fd;
	view->wait_msec = XENGT_VIEW_MIN_MSEC;
	view->took_msec = 0;
	tell(view, XENGT_SP_FILE);
	offer(view);
}

static void on_hello(struct xengt_view *view, const struct xengt_sp_msg *msg)
{
	if (view->is_ready || view->viewer != msg->viewer ||
	    (!view->is_found && memcmp(view->uuid, msg->uuid, sizeof(view->uuid)))) {
		xengt_sharer_kill(view->sharer);
		return;
	}
	memcpy(view->uuid, msg->uuid, sizeof(view->uuid));
	view->is_ready = true;
	view->is_wanted = msg->is_wanted;
	begin_showing(view);
	/* A guest may have waited for this view: see get_view(). */
	if (view->is_found)
		xengt_view_check(view->d);
}

static void on_done(struct xengt_view *view, const struct xengt_sp_msg *msg)
{
	if (!view->awaited) {
		xengt_sharer_kill(view->sharer);
		return;
	}
	view->awaited--;
	view->is_wanted = msg->is_wanted;
	view->has_picture = msg->has_picture;
	if (msg->status < 0)
		xengt_log_ratelimited(XENGT_LOG_WARN, "domain %u cannot see a guest's picture: %s",
				      view->viewer, strerror(-msg->status));
	if (msg->status != 0)
		view->wait_msec = XENGT_VIEW_MIN_MSEC;
	plan(view);
}

static void on_message(void *ctx, const struct xengt_sp_msg *msg)
{
	struct xengt_view *view = ctx;
	struct xengt_sp_msg last = view->last;

	if (msg->type == XENGT_SP_WANT) {
		view->is_wanted = true;
		view->wait_msec = XENGT_VIEW_MIN_MSEC;
		plan(view);
		return;
	}
	view->last = *msg;
	if (msg->type == XENGT_SP_HELLO) {
		on_hello(view, msg);
	} else {
		view->last.control_ref = last.control_ref;
		view->last.port = last.port;
		on_done(view, msg);
	}
}

static void forget(struct xengt_view *view)
{
	struct xengt_view **p = &view->d->views;

	while (*p != view)
		p = &(*p)->next;
	*p = view->next;
	xengt_bvgpu_cancel(&view->question);
	xengt_ev_disarm(view->d->ev, &view->timer);
	xengt_sharer_free(view->sharer);
	if (view->fd >= 0)
		close(view->fd);
	free(view);
}

static void withdraw(struct xengt_view *view)
{
	if (view->is_offered)
		xengt_store_withdraw_view(view->d->store, view->viewer,
					  view->guest->domid);
	view->is_offered = false;
}

static void on_ended(void *ctx)
{
	struct xengt_view *view = ctx;
	struct xengtd *d = view->d;

	if (!view->is_ending)
		xengt_warn("the process that showed pictures to domain %u has ended; see %s/view-%u.log",
			   view->viewer, d->opt.log_dir, view->viewer);
	withdraw(view);
	xengt_sharer_remove_socket(view->sharer);
	forget(view);
}

static const struct xengt_sharer_events sharer_events = {
	.message = on_message,
	.ended = on_ended,
};

/* ---- looking at the picture ---- */

static void on_picture(void *ctx, int error, const struct xengt_wp_msg *answer)
{
	struct xengt_view *view = ctx;
	struct xengt_sp_msg msg = { .type = XENGT_SP_PICTURE };

	view->took_msec = xengt_ev_now_msec() - view->asked_msec;
	view->wait_msec = 2 * view->wait_msec < XENGT_VIEW_MAX_MSEC ?
		2 * view->wait_msec : XENGT_VIEW_MAX_MSEC;
	if (!error && answer->status < 0)
		error = answer->status;
	if (error || !answer->u.picture.width || !answer->u.picture.height) {
		tell(view, XENGT_SP_CLEAR);
		return;
	}
	view->looks++;
	msg.width = answer->u.picture.width;
	msg.height = answer->u.picture.height;
	view->awaited++;
	xengt_sharer_send(view->sharer, &msg, -1);
}

static void look(void *ctx)
{
	struct xengt_view *view = ctx;
	struct xengt_wp_msg msg = { .type = XENGT_WP_GET_PICTURE };
	int r;

	if (!view->is_wanted) {
		if (view->has_picture)
			tell(view, XENGT_SP_CLEAR);
		return;
	}
	/*
	 * A viewer that has ended sends no event. If Xen does not answer, it is not
	 * known whether the viewer has ended.
	 */
	r = xengt_domctl_is_port_bound(view->d->domctl, view->last.port);
	if (r == 0) {
		tell(view, XENGT_SP_FORGET);
		return;
	}
	view->asked_msec = xengt_ev_now_msec();
	r = xengt_bvgpu_ask(view->guest, &view->question, &msg, XENGT_WP_PICTURE);
	if (r < 0)
		tell(view, XENGT_SP_CLEAR);
}

/* ---- guests and viewers ---- */

static struct xengt_view *new_view(struct xengtd *d)
{
	struct xengt_view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->d = d;
	view->fd = -1;
	view->question = (struct xengt_worker_question){
		.fd = -1, .done = on_picture, .ctx = view,
	};
	view->timer = (struct xengt_ev_timer){ .cb = look, .ctx = view };
	view->next = d->views;
	d->views = view;
	return view;
}

static struct xengt_view *view_of(const struct xengt_bvgpu *v)
{
	struct xengt_view *view = v->d->views;

	while (view && view->guest != v)
		view = view->next;
	return view;
}

void xengt_view_leave(struct xengt_bvgpu *v)
{
	struct xengt_view *view = view_of(v);

	if (!view)
		return;
	xengt_info("domain %u does not see \"%s\" any more", view->viewer,
		   v->req.domain);
	withdraw(view);
	xengt_bvgpu_cancel(&view->question);
	xengt_ev_disarm(view->d->ev, &view->timer);
	if (view->fd >= 0)
		close(view->fd);
	view->fd = -1;
	view->question.fd = -1;
	view->guest = NULL;
	if (view->is_ready)
		tell(view, XENGT_SP_LEAVE);
}

static bool is_of(const struct xengt_view *view, uint32_t viewer, const uint8_t *uuid)
{
#ifdef XENGT_FAULT_VIEWER_BY_ID
	return view->viewer == viewer;
#endif
	return view->viewer == viewer && !memcmp(view->uuid, uuid, sizeof(view->uuid));
}

/* Says why a viewer's domain gets no picture. */
static void refuse(uint32_t viewer, const char *what, int error)
{
	xengt_log_ratelimited(XENGT_LOG_WARN, "no picture for domain %u: %s: %s", viewer,
			      what, strerror(-error));
}

static struct xengt_view *start_view(struct xengtd *d, uint32_t viewer,
				     const uint8_t *uuid)
{
	struct xengt_view *view;
	int r = xengt_gntlimit_raise(XENGT_GNTLIMIT_PATH, XENGT_VIEW_GRANTS);

	if (r < 0) {
		refuse(viewer, XENGT_GNTLIMIT_PATH " (is the kernel module xen-gntalloc loaded?)",
		       r);
		return NULL;
	}
	view = new_view(d);
	r = view ? xengt_sharer_start(d, viewer, uuid, &sharer_events, view,
				      &view->sharer) : -ENOMEM;
	if (r < 0) {
		refuse(viewer, d->opt.sharer, r);
		if (view)
			forget(view);
		return NULL;
	}
	view->viewer = viewer;
	memcpy(view->uuid, uuid, sizeof(view->uuid));
	return view;
}

/*
 * Returns a view without a guest of this viewer's domain, or starts one. Returns NULL
 * after an error, which was logged, and while an earlier broker's view of this domain has
 * not said HELLO.
 */
static struct xengt_view *get_view(struct xengtd *d, uint32_t viewer,
				   const uint8_t *uuid)
{
	uint32_t count = 0;

	for (struct xengt_view *view = d->views; view; view = view->next) {
		if (!view->guest && !view->is_ending && is_of(view, viewer, uuid))
			return view;
		if (view->is_found && !view->is_ready && view->viewer == viewer)
			return NULL;
		count++;
	}
	if (count < XENGT_VIEWS_MAX)
		return start_view(d, viewer, uuid);
	refuse(viewer, "so many pictures are granted already", -ENOSPC);
	return NULL;
}

/*
 * Finds the domain that may see the guest. Returns 1: *ret_viewer and uuid are that
 * domain; 0: nobody may see the guest (now); -errno: it is not known.
 */
static int find_viewer(struct xengt_bvgpu *v, uint32_t *ret_viewer, uint8_t *uuid)
{
	char *name = xengt_store_read(v->d->store, v->domid, "viewer");
	struct xengt_domain_info info;
	int r = name ? 0 : errno == ENOENT ? -ENOENT : -EIO;

	if (r == 0)
		r = *name ? xengt_store_find_domain(v->d->store, name, ret_viewer) :
			    -ENOENT;
	free(name);
	if (r == -ENOENT)
		return 0;
	if (r == -EEXIST || (r == 0 && (!*ret_viewer || *ret_viewer == v->domid))) {
		xengt_log_ratelimited(XENGT_LOG_WARN, "domain %u (%s): its viewer must be one other domain, and not dom0",
				      v->domid, v->req.domain);
		return 0;
	}
	if (r == 0)
		r = xengt_domctl_info(v->d->domctl, *ret_viewer, &info);
	if (r == -ESRCH || (r == 0 && info.is_dying))
		return 0;
	if (r < 0)
		return r;
	memcpy(uuid, info.uuid, sizeof(info.uuid));
	return 1;
}

void xengt_view_follow(struct xengt_bvgpu *v)
{
	struct xengt_view *view = view_of(v);
	uint8_t uuid[16];
	uint32_t viewer;
	int r = find_viewer(v, &viewer, uuid);

	/* When xenstore answers again, the broker reads the nodes again. */
	if (r < 0)
		return;
	if (view && r == 1 && is_of(view, viewer, uuid)) {
		offer(view);
		return;
	}
	if (view)
		xengt_view_leave(v);
	if (r == 0)
		return;
	view = get_view(v->d, viewer, uuid);
	if (!view)
		return;
	view->guest = v;
	xengt_info("domain %u may see \"%s\"", viewer, v->req.domain);
	begin_showing(view);
}

/* Ends the view if its viewer's domain is gone. */
static void check_viewer(struct xengt_view *view)
{
	struct xengt_domain_info info;
	int r;

	if (!view->is_ready || view->is_ending)
		return;
	r = xengt_domctl_info(view->d->domctl, view->viewer, &info);
	if (r == 0 && !info.is_dying &&
	    is_of(view, view->viewer, info.uuid))
		return;
	if (r < 0 && r != -ESRCH)
		return;
	if (view->guest)
		xengt_view_leave(view->guest);
	view->is_ending = true;
	xengt_sharer_quit(view->sharer);
}

void xengt_view_check(struct xengtd *d)
{
	for (struct xengt_view *view = d->views; view; view = view->next)
		check_viewer(view);
	for (struct xengt_bvgpu *v = d->vgpus; v; v = v->next)
		if (v->state == XENGT_BVGPU_CONNECTED)
			xengt_view_follow(v);
}

static void recover_one(struct xengtd *d, const char *file, uint32_t viewer)
{
	struct xengt_view *view = new_view(d);
	int r = view ? xengt_sharer_find(d, file, &sharer_events, view,
					 &view->sharer) : -ENOMEM;

	if (r == 0) {
		view->viewer = viewer;
		view->is_found = true;
		xengt_store_withdraw_view(d->store, viewer, 0);
		return;
	}
	if (r != -ECONNREFUSED)
		xengt_err("cannot reach the process that shows pictures to domain %u: %s",
			  viewer, strerror(-r));
	if (view)
		forget(view);
}

void xengt_view_recover(struct xengtd *d)
{
	DIR *dir = opendir(d->opt.run_dir);
	struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		unsigned int viewer, n;
		char end;

		if (sscanf(e->d_name, "view-%u-%u.soc%c", &viewer, &n, &end) == 3 &&
		    end == 'k' && viewer && strlen(e->d_name) < 32)
			recover_one(d, e->d_name, viewer);
	}
	closedir(dir);
}

void xengt_view_forget_all(struct xengtd *d)
{
	while (d->views)
		forget(d->views);
}
