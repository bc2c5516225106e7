// SPDX-License-Identifier: GPL-2.0-only
/*
 * Syncobjs. Work is done when the ioctl that submits it returns. So a syncobj only
 * records whether there was work, and up to which point of the syncobj's timeline.
 */
#include "standin.h"

#include <drm.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SYNCS_MAX	4096u

static struct sync {
	bool is_used;
	bool is_done;
	uint64_t point;
} syncs[SYNCS_MAX];

static struct sync *sync_of(uint32_t handle)
{
	return handle < SYNCS_MAX && syncs[handle].is_used ? &syncs[handle] : NULL;
}

int app_sync_signal(uint32_t handle, uint64_t point)
{
	struct sync *s = sync_of(handle);

	if (!s)
		return -ENOENT;
	s->is_done = true;
	if (point > s->point)
		s->point = point;
	return 0;
}

bool app_sync_is_done(uint32_t handle, uint64_t point)
{
	const struct sync *s = sync_of(handle);

	return s && s->is_done && s->point >= point;
}

int app_sync_file(void)
{
	return eventfd(1, EFD_CLOEXEC);
}

static int create(struct drm_syncobj_create *c)
{
	for (uint32_t i = 1; i < SYNCS_MAX; i++) {
		if (syncs[i].is_used)
			continue;
		syncs[i] = (struct sync){
			.is_used = true,
			.is_done = c->flags & DRM_SYNCOBJ_CREATE_SIGNALED,
		};
		c->handle = i;
		return 0;
	}
	return -ENOMEM;
}

static int destroy(const struct drm_syncobj_destroy *d)
{
	struct sync *s = sync_of(d->handle);

	if (!s)
		return -EINVAL;
	s->is_used = false;
	return 0;
}

static int to_file(struct drm_syncobj_handle *h)
{
	if (!sync_of(h->handle))
		return -ENOENT;
	h->fd = app_sync_file();
	return h->fd < 0 ? -EMFILE : 0;
}

/*
 * Marks a syncobj as done, as the import of a sync file does. A sync file of the
 * stand-in is made only after its work is done.
 */
static int from_file(struct drm_syncobj_handle *h)
{
	struct drm_syncobj_create c = { .flags = DRM_SYNCOBJ_CREATE_SIGNALED };
	int r;

	if (h->flags & DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE)
		return app_sync_signal(h->handle, 0);
	r = create(&c);
	h->handle = c.handle;
	return r;
}

static int wait(const uint32_t *handles, const uint64_t *points, uint32_t n, uint32_t flags,
		uint32_t *ret_first)
{
	uint32_t done = 0;

	for (uint32_t i = n; i-- > 0;) {
		if (!sync_of(handles[i]))
			return -ENOENT;
		if (!app_sync_is_done(handles[i], points ? points[i] : 0))
			continue;
		done++;
		*ret_first = i;
	}
	if (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL ? done == n : done)
		return 0;
	/*
	 * the stand-in never waits: the work was not submitted, so the wait
	 * fails
	 */
	return flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT ? -ETIME : -EINVAL;
}

static int wait_plain(struct drm_syncobj_wait *w)
{
	return wait((void *)(uintptr_t)w->handles, NULL, w->count_handles, w->flags,
		    &w->first_signaled);
}

static int wait_timeline(struct drm_syncobj_timeline_wait *w)
{
	return wait((void *)(uintptr_t)w->handles, (void *)(uintptr_t)w->points,
		    w->count_handles, w->flags, &w->first_signaled);
}

static int each(const struct drm_syncobj_array *a, bool is_done)
{
	const uint32_t *handles = (void *)(uintptr_t)a->handles;

	for (uint32_t i = 0; i < a->count_handles; i++) {
		struct sync *s = sync_of(handles[i]);

		if (!s)
			return -ENOENT;
		s->is_done = is_done;
		if (!is_done)
			s->point = 0;
	}
	return 0;
}

static int query_or_signal(const struct drm_syncobj_timeline_array *a, bool is_signal)
{
	const uint32_t *handles = (void *)(uintptr_t)a->handles;
	uint64_t *points = (void *)(uintptr_t)a->points;

	for (uint32_t i = 0; i < a->count_handles; i++) {
		struct sync *s = sync_of(handles[i]);

		if (!s)
			return -ENOENT;
		if (is_signal)
			app_sync_signal(handles[i], points[i]);
		else
			points[i] = s->point;
	}
	return 0;
}

static int transfer(const struct drm_syncobj_transfer *t)
{
	if (!app_sync_is_done(t->src_handle, t->src_point))
		return -EINVAL;
	return app_sync_signal(t->dst_handle, t->dst_point);
}

int app_sync_ioctl(unsigned int nr, void *arg)
{
	switch (nr) {
	case 0xbf:
		return create(arg);
	case 0xc0:
		return destroy(arg);
	case 0xc1:
		return to_file(arg);
	case 0xc2:
		return from_file(arg);
	case 0xc3:
		return wait_plain(arg);
	case 0xc4:
	case 0xc5:
		return each(arg, nr == 0xc5);
	case 0xca:
		return wait_timeline(arg);
	case 0xcb:
	case 0xcd:
		return query_or_signal(arg, nr == 0xcd);
	case 0xcc:
		return transfer(arg);
	default:
		return -ENOTTY;
	}
}
