// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the program's batches: the ioctl execbuffer (Linux: i915_gem_execbuffer.c).
 */
#include "standin.h"

#include <errno.h>
#include <i915_drm.h>
#include <stdlib.h>

#define LOW_LIMIT	(1ull << 32)
#define HIGH_LIMIT	(1ull << 47)

struct work {
	struct drm_i915_gem_execbuffer2 *eb;
	struct drm_i915_gem_exec_object2 *objects;
	struct app_bo **bos;
	struct app_context *context;
};

/* Returns the address as programs expect it: sign-extended from 48 bits. */
static uint64_t canonical(uint64_t va)
{
	return (uint64_t)((int64_t)(va << 16) >> 16);
}

static uint64_t plain(uint64_t va)
{
	return va & ((1ull << 48) - 1);
}

static int place(struct work *w, uint32_t i)
{
	struct drm_i915_gem_exec_object2 *o = &w->objects[i];
	bool is_pinned = o->flags & EXEC_OBJECT_PINNED;
	uint64_t va;
	int r = app_vm_place(w->context->vm, w->bos[i],
			     is_pinned ? plain(o->offset) : UINT64_MAX,
			     o->alignment > APP_PAGE ? o->alignment : APP_PAGE,
			     o->flags & EXEC_OBJECT_SUPPORTS_48B_ADDRESS ?
			     HIGH_LIMIT : LOW_LIMIT - APP_PAGE, &va);

	if (!r)
		o->offset = canonical(va);
	return r;
}

/*
 * Returns the object with this handle. With HANDLE_LUT the handle is the object's
 * index in the list.
 */
static struct drm_i915_gem_exec_object2 *object_of(const struct work *w, uint32_t handle)
{
	if (w->eb->flags & I915_EXEC_HANDLE_LUT)
		return handle < w->eb->buffer_count ? &w->objects[handle] : NULL;
	for (uint32_t i = 0; i < w->eb->buffer_count; i++)
		if (w->objects[i].handle == handle)
			return &w->objects[i];
	return NULL;
}

static int relocate(const struct work *w, uint32_t i)
{
	const struct drm_i915_gem_exec_object2 *o = &w->objects[i];
	struct drm_i915_gem_relocation_entry *r = (void *)(uintptr_t)o->relocs_ptr;

	for (uint32_t n = 0; n < o->relocation_count; n++) {
		const struct drm_i915_gem_exec_object2 *target =
			object_of(w, r[n].target_handle);
		uint64_t value;

		if (!target || r[n].offset > w->bos[i]->bytes - 8)
			return -EINVAL;
		r[n].presumed_offset = target->offset;
		value = canonical(target->offset + (uint64_t)(int64_t)(int32_t)r[n].delta);
		app_frames_write(w->bos[i]->first, r[n].offset, &value, 8);
	}
	return 0;
}

/* ---- fences ---- */

static int timeline_fences(const struct drm_i915_gem_execbuffer2 *eb)
{
	uint64_t at = eb->flags & I915_EXEC_USE_EXTENSIONS ? eb->cliprects_ptr : 0;

	while (at) {
		const struct drm_i915_gem_execbuffer_ext_timeline_fences *t =
			(void *)(uintptr_t)at;
		const struct drm_i915_gem_exec_fence *f = (void *)(uintptr_t)t->handles_ptr;
		const uint64_t *points = (void *)(uintptr_t)t->values_ptr;

		if (t->base.name != DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES)
			return -EINVAL;
		for (uint64_t i = 0; i < t->fence_count; i++)
			if ((f[i].flags & I915_EXEC_FENCE_SIGNAL) &&
			    app_sync_signal(f[i].handle, points[i]))
				return -ENOENT;
		at = t->base.next_extension;
	}
	return 0;
}

static int fences(struct drm_i915_gem_execbuffer2 *eb)
{
	const struct drm_i915_gem_exec_fence *f = (void *)(uintptr_t)eb->cliprects_ptr;

	if (eb->flags & I915_EXEC_FENCE_ARRAY)
		for (uint32_t i = 0; i < eb->num_cliprects; i++)
			if ((f[i].flags & I915_EXEC_FENCE_SIGNAL) &&
			    app_sync_signal(f[i].handle, 0))
				return -ENOENT;
	if (eb->flags & I915_EXEC_FENCE_OUT) {
		int fd = app_sync_file();

		if (fd < 0)
			return -EMFILE;
		eb->rsvd2 = (eb->rsvd2 & 0xffffffff) | (uint64_t)(uint32_t)fd << 32;
	}
	return timeline_fences(eb);
}

/* ---- the work ---- */

static int place_all(struct work *w)
{
	int r = 0;

	for (uint32_t i = 0; i < w->eb->buffer_count; i++) {
		w->bos[i] = app_bo_of(w->objects[i].handle);
		if (!w->bos[i])
			return -ENOENT;
	}
	/*
	 * first place the objects whose addresses the program chose, so that no other
	 * object takes such an address
	 */
	for (uint32_t i = 0; i < w->eb->buffer_count && !r; i++)
		if (w->objects[i].flags & EXEC_OBJECT_PINNED)
			r = place(w, i);
	for (uint32_t i = 0; i < w->eb->buffer_count && !r; i++)
		if (!(w->objects[i].flags & EXEC_OBJECT_PINNED))
			r = place(w, i);
	for (uint32_t i = 0; i < w->eb->buffer_count && !r; i++)
		r = relocate(w, i);
	return r;
}

static int run(struct work *w)
{
	uint32_t last = w->eb->flags & I915_EXEC_BATCH_FIRST ? 0 : w->eb->buffer_count - 1;
	enum xengt_engine_id engine;
	struct app_ring *ring = app_context_ring(w->context, w->eb->flags, &engine);
	uint64_t batch = plain(w->objects[last].offset) + w->eb->batch_start_offset;
	int r;

	if (!ring)
		return -EINVAL;
	for (uint32_t i = 0; i < w->eb->buffer_count; i++)
		app_bo_pull(w->bos[i]);
	app_watch_batch(engine, batch, w->eb->batch_len);
	r = app_ring_run(ring, batch);
	for (uint32_t i = 0; i < w->eb->buffer_count; i++)
		if (w->objects[i].flags & EXEC_OBJECT_WRITE)
			app_bo_push(w->bos[i]);
	return r;
}

int app_exec_ioctl(unsigned int nr, void *arg)
{
	struct work w = { .eb = arg };
	int r;

	if (nr != DRM_I915_GEM_EXECBUFFER2)
		return -ENOTTY;
	if (!w.eb->buffer_count)
		return -EINVAL;
	w.context = app_context_of((uint32_t)i915_execbuffer2_get_context_id(*w.eb));
	if (!w.context)
		return -ENOENT;
	w.objects = (void *)(uintptr_t)w.eb->buffers_ptr;
	w.bos = calloc(w.eb->buffer_count, sizeof(w.bos[0]));
	if (!w.bos)
		return -ENOMEM;
	r = place_all(&w);
	if (!r)
		r = run(&w);
	if (!r)
		r = fences(w.eb);
	free(w.bos);
	return r;
}
