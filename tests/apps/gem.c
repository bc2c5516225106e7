// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program's memory: objects by handle, their mappings, PRIME files. An object consists
 * of adjacent frames of the guest.
 */
#include "standin.h"

#include <errno.h>
#include <i915_drm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HANDLES_MAX	65536u
#define FILES_MAX	1024

static struct app_bo *handles[HANDLES_MAX];
static struct app_bo *files[FILES_MAX];	/* PRIME files, indexed by file descriptor */
static uint32_t last_handle;

struct app_bo *app_bo_of(uint32_t handle)
{
	return handle < HANDLES_MAX ? handles[handle] : NULL;
}

static uint32_t handle_new(struct app_bo *bo)
{
	for (uint32_t i = 1; i < HANDLES_MAX; i++) {
		uint32_t handle = (last_handle + i) % HANDLES_MAX;

		if (!handle || handles[handle])
			continue;
		last_handle = handle;
		handles[handle] = bo;
		bo->handles++;
		return handle;
	}
	app_die("too many objects");
}

static void bo_put(struct app_bo *bo)
{
	if (--bo->handles)
		return;
	app_vm_forget(bo);
	app_frames_put(bo->first, bo->pages);
	free(bo);
}

static int bo_new(uint64_t bytes, struct app_bo **ret)
{
	struct app_bo *bo;

	if (!bytes || bytes > (uint64_t)UINT32_MAX * APP_PAGE)
		return -EINVAL;
	bo = calloc(1, sizeof(*bo));
	if (!bo)
		return -ENOMEM;
	bo->pages = (uint32_t)((bytes + APP_PAGE - 1) / APP_PAGE);
	bo->bytes = (uint64_t)bo->pages * APP_PAGE;
	bo->first = app_frames_get(bo->pages);
	if (!bo->first) {
		free(bo);
		return -ENOMEM;
	}
	*ret = bo;
	return 0;
}

void app_bo_pull(struct app_bo *bo)
{
	if (bo->user)
		app_frames_write(bo->first, 0, (void *)(uintptr_t)bo->user, bo->bytes);
}

void app_bo_push(struct app_bo *bo)
{
	if (bo->user)
		app_frames_read(bo->first, 0, (void *)(uintptr_t)bo->user, bo->bytes);
}

/* ---- mappings ---- */

static void *map(const struct app_bo *bo, uint64_t off, size_t len, int prot, void *at)
{
	void *view;

	if (!bo || off % APP_PAGE || off + len > bo->bytes) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	view = app_frames_map(bo->first, off, len, prot, at);
	if (view)
		return view;
	errno = ENOMEM;
	return MAP_FAILED;
}

void *app_bo_mmap(uint64_t offset, size_t len, int prot, void *at)
{
	return map(app_bo_of((uint32_t)(offset >> 32)), offset & 0xffffffff, len, prot, at);
}

int app_bo_mmap_file(int fd, size_t len, int prot, void *at, uint64_t off, void **ret)
{
	if (fd < 0 || fd >= FILES_MAX || !files[fd])
		return -ENOENT;
	*ret = map(files[fd], off, len, prot, at);
	return 0;
}

/* ---- PRIME ---- */

off_t app_prime_size(int fd)
{
	return fd >= 0 && fd < FILES_MAX && files[fd] ? (off_t)files[fd]->bytes : -1;
}

static int prime_export(struct drm_prime_handle *p)
{
	struct app_bo *bo = app_bo_of(p->handle);
	int fd;

	if (!bo)
		return -ENOENT;
	fd = memfd_create("dma-buf", MFD_CLOEXEC);
	if (fd < 0 || fd >= FILES_MAX)
		return -EMFILE;
	/* the number may be that of an earlier file, now closed: drop the earlier file's object */
	if (files[fd])
		bo_put(files[fd]);
	files[fd] = bo;
	bo->handles++;
	p->fd = fd;
	return 0;
}

static int prime_import(struct drm_prime_handle *p)
{
	struct app_bo *bo = p->fd >= 0 && p->fd < FILES_MAX ? files[p->fd] : NULL;

	if (!bo)
		return -EINVAL;
	for (uint32_t i = 1; i < HANDLES_MAX; i++)
		if (handles[i] == bo) {
			p->handle = i;
			return 0;
		}
	p->handle = handle_new(bo);
	return 0;
}

int app_prime_ioctl(unsigned int nr, void *arg)
{
	return nr == 0x2d ? prime_export(arg) : prime_import(arg);
}

int app_gem_close(uint32_t handle)
{
	struct app_bo *bo = app_bo_of(handle);

	if (!bo)
		return -EINVAL;
	handles[handle] = NULL;
	bo_put(bo);
	return 0;
}

/* ---- ioctls ---- */

static int create(struct drm_i915_gem_create *c)
{
	struct app_bo *bo;
	int r = bo_new(c->size, &bo);

	if (r)
		return r;
	c->size = bo->bytes;
	c->handle = handle_new(bo);
	return 0;
}

static int create_ext(struct drm_i915_gem_create_ext *c)
{
	struct drm_i915_gem_create old = { .size = c->size };
	int r = create(&old);

	c->size = old.size;
	c->handle = old.handle;
	return r;
}

static int userptr(struct drm_i915_gem_userptr *u)
{
	struct app_bo *bo;
	int r;

	if ((u->user_ptr | u->user_size) % APP_PAGE)
		return -EINVAL;
	r = bo_new(u->user_size, &bo);
	if (r)
		return r;
	bo->user = u->user_ptr;
	u->handle = handle_new(bo);
	return 0;
}

static int pread_pwrite(uint32_t handle, uint64_t off, uint64_t len, uint64_t at,
			bool is_write)
{
	struct app_bo *bo = app_bo_of(handle);

	if (!bo)
		return -ENOENT;
	if (off > bo->bytes || len > bo->bytes - off)
		return -EINVAL;
	if (is_write)
		app_frames_write(bo->first, off, (void *)(uintptr_t)at, len);
	else
		app_frames_read(bo->first, off, (void *)(uintptr_t)at, len);
	return 0;
}

static int mmap_now(struct drm_i915_gem_mmap *m)
{
	void *at = map(app_bo_of(m->handle), m->offset, m->size, PROT_READ | PROT_WRITE, NULL);

	if (at == MAP_FAILED)
		return -errno;
	m->addr_ptr = (uintptr_t)at;
	return 0;
}

static int mmap_offset(struct drm_i915_gem_mmap_offset *m)
{
	if (!app_bo_of(m->handle))
		return -ENOENT;
	m->offset = (uint64_t)m->handle << 32;
	return 0;
}

static int tiling(uint32_t handle, uint32_t *mode, uint32_t *stride, bool is_set,
		  uint32_t *ret_swizzle)
{
	struct app_bo *bo = app_bo_of(handle);

	if (!bo)
		return -ENOENT;
	if (is_set) {
		bo->tiling = *mode;
		bo->stride = stride ? *stride : 0;
	}
	*mode = bo->tiling;
	*ret_swizzle = I915_BIT_6_SWIZZLE_NONE;
	return 0;
}

static int set_tiling(struct drm_i915_gem_set_tiling *t)
{
	return tiling(t->handle, &t->tiling_mode, &t->stride, true, &t->swizzle_mode);
}

static int get_tiling(struct drm_i915_gem_get_tiling *t)
{
	t->phys_swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	return tiling(t->handle, &t->tiling_mode, NULL, false, &t->swizzle_mode);
}

static int caching(struct drm_i915_gem_caching *c, bool is_set)
{
	struct app_bo *bo = app_bo_of(c->handle);

	if (!bo)
		return -ENOENT;
	if (is_set)
		bo->caching = c->caching;
	else
		c->caching = bo->caching;
	return 0;
}

static int madvise_bo(struct drm_i915_gem_madvise *m)
{
	struct app_bo *bo = app_bo_of(m->handle);

	if (!bo)
		return -ENOENT;
	bo->madv = m->madv;
	m->retained = 1;
	return 0;
}

static int aperture(struct drm_i915_gem_get_aperture *a)
{
	a->aper_size = 4ull << 30;
	a->aper_available_size = app_frames_free() * APP_PAGE;
	return 0;
}

static int is_there(uint32_t handle)
{
	return app_bo_of(handle) ? 0 : -ENOENT;
}

static int busy(struct drm_i915_gem_busy *b)
{
	b->busy = 0;
	return is_there(b->handle);
}

static int pread_ioctl(const struct drm_i915_gem_pread *p)
{
	return pread_pwrite(p->handle, p->offset, p->size, p->data_ptr, false);
}

static int pwrite_ioctl(const struct drm_i915_gem_pwrite *p)
{
	return pread_pwrite(p->handle, p->offset, p->size, p->data_ptr, true);
}

/* Handles the ioctls that make an object, or that read, write or map an object's bytes. */
static int contents(unsigned int nr, void *arg)
{
	switch (nr) {
	case DRM_I915_GEM_CREATE:
		return create(arg);
	case DRM_I915_GEM_CREATE_EXT:
		return create_ext(arg);
	case DRM_I915_GEM_USERPTR:
		return userptr(arg);
	case DRM_I915_GEM_PREAD:
		return pread_ioctl(arg);
	case DRM_I915_GEM_PWRITE:
		return pwrite_ioctl(arg);
	case DRM_I915_GEM_MMAP:
		return mmap_now(arg);
	case DRM_I915_GEM_MMAP_GTT:	/* the ioctl MMAP_OFFSET has the same number, with
					 * a longer struct */
		return mmap_offset(arg);
	default:
		return -ENOTTY;
	}
}

int app_gem_ioctl(unsigned int nr, void *arg)
{
	switch (nr) {
	case DRM_I915_GEM_SET_TILING:
		return set_tiling(arg);
	case DRM_I915_GEM_GET_TILING:
		return get_tiling(arg);
	case DRM_I915_GEM_SET_CACHING:
	case DRM_I915_GEM_GET_CACHING:
		return caching(arg, nr == DRM_I915_GEM_SET_CACHING);
	case DRM_I915_GEM_MADVISE:
		return madvise_bo(arg);
	case DRM_I915_GEM_GET_APERTURE:
		return aperture(arg);
	case DRM_I915_GEM_BUSY:
		return busy(arg);
	case DRM_I915_GEM_SET_DOMAIN:
	case DRM_I915_GEM_SW_FINISH:	/* the handle is the first member of
					 * both structs */
		return is_there(*(uint32_t *)arg);
	case DRM_I915_GEM_WAIT:
		((struct drm_i915_gem_wait *)arg)->timeout_ns = 0;
		return is_there(((struct drm_i915_gem_wait *)arg)->bo_handle);
	case DRM_I915_GEM_THROTTLE:
		return 0;
	default:
		return contents(nr, arg);
	}
}
