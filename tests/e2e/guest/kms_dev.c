// SPDX-License-Identifier: GPL-2.0-only
/* Accesses the device for kmstest, by ioctls of DRM, KMS and i915's buffer objects. */
#include "kmstest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/drm_fourcc.h>
#include <libdrm/i915_drm.h>

#define LIST_MAX	64U
#define EVENT_MS	5000

void kms_die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	printf("kmstest: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (%s)\n", strerror(err));
	exit(1);
}

int kms_ioctl(int fd, unsigned long request, void *arg)
{
	int r;

	do
		r = ioctl(fd, request, arg);
	while (r && (errno == EINTR || errno == EAGAIN));
	return r;
}

int kms_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		kms_die("%s", path);
	return fd;
}

static uint64_t ptr(void *p)
{
	return (uintptr_t)p;
}

struct resources {
	struct drm_mode_card_res res;
	uint32_t crtcs[LIST_MAX], connectors[LIST_MAX];
	uint32_t encoders[LIST_MAX], fbs[LIST_MAX];
};

static void get_resources(int fd, struct resources *r)
{
	memset(r, 0, sizeof(*r));
	r->res.crtc_id_ptr = ptr(r->crtcs);
	r->res.connector_id_ptr = ptr(r->connectors);
	r->res.encoder_id_ptr = ptr(r->encoders);
	r->res.fb_id_ptr = ptr(r->fbs);
	r->res.count_crtcs = LIST_MAX;
	r->res.count_connectors = LIST_MAX;
	r->res.count_encoders = LIST_MAX;
	r->res.count_fbs = LIST_MAX;
	KMS_DO(fd, DRM_IOCTL_MODE_GETRESOURCES, &r->res);
	if (r->res.count_crtcs > LIST_MAX || r->res.count_connectors > LIST_MAX)
		kms_die("more outputs than expected");
}

struct connector {
	struct drm_mode_get_connector c;
	struct drm_mode_modeinfo modes[LIST_MAX];
	uint32_t encoders[LIST_MAX];
};

/*
 * If 'probe' is set, asks the monitor; otherwise uses what the kernel knows already.
 */
static void get_connector(int fd, uint32_t id, bool probe, struct connector *c)
{
	memset(c, 0, sizeof(*c));
	c->c.connector_id = id;
	if (probe) {
		/* with counts of 0 the kernel asks the monitor */
		KMS_DO(fd, DRM_IOCTL_MODE_GETCONNECTOR, &c->c);
		c->c.count_props = 0;
	}
	c->c.modes_ptr = ptr(c->modes);
	c->c.encoders_ptr = ptr(c->encoders);
	c->c.count_modes = LIST_MAX;
	c->c.count_encoders = LIST_MAX;
	KMS_DO(fd, DRM_IOCTL_MODE_GETCONNECTOR, &c->c);
	if (c->c.count_modes > LIST_MAX || c->c.count_encoders > LIST_MAX)
		kms_die("more modes than expected");
}

/* Each port has two connectors; finds the connector with a monitor. */
static bool find_connector(int fd, bool is_hdmi, bool probe,
			   struct resources *r, struct connector *c)
{
	uint32_t type = is_hdmi ? DRM_MODE_CONNECTOR_HDMIA :
		DRM_MODE_CONNECTOR_DisplayPort;

	get_resources(fd, r);
	for (uint32_t i = 0; i < r->res.count_connectors; i++) {
		get_connector(fd, r->connectors[i], probe, c);
		if (c->c.connector_type == type &&
		    c->c.connection == 1 /* connected */)
			return true;
	}
	return false;
}

bool kms_is_connected(int fd, bool is_hdmi)
{
	struct resources r;
	struct connector c;

	return find_connector(fd, is_hdmi, true, &r, &c);
}

static struct drm_mode_get_encoder get_encoder(int fd, uint32_t id)
{
	struct drm_mode_get_encoder e = { .encoder_id = id };

	KMS_DO(fd, DRM_IOCTL_MODE_GETENCODER, &e);
	return e;
}

/* Returns the connector's present CRTC, or a CRTC that no other connector uses. */
static uint32_t pick_crtc(int fd, const struct resources *r,
			  const struct connector *c, uint32_t *ret_index)
{
	struct drm_mode_get_encoder e = get_encoder(fd, c->c.encoder_id ?
		c->c.encoder_id : c->encoders[0]);
	uint32_t free_ones = e.possible_crtcs;

	for (uint32_t i = 0; i < r->res.count_encoders; i++) {
		struct drm_mode_get_encoder other = get_encoder(fd,
							r->encoders[i]);

		for (uint32_t n = 0; n < r->res.count_crtcs; n++)
			if (other.crtc_id == r->crtcs[n])
				free_ones &= ~(1U << n);
	}
	for (uint32_t n = 0; n < r->res.count_crtcs; n++) {
		if (e.crtc_id ? e.crtc_id != r->crtcs[n] :
		    !(free_ones & 1U << n))
			continue;
		*ret_index = n;
		return r->crtcs[n];
	}
	kms_die("no CRTC can drive the connector");
}

static bool find_mode(const struct connector *c, const struct kms_scene *s,
		      struct drm_mode_modeinfo *ret_mode)
{
	for (uint32_t i = 0; i < c->c.count_modes; i++) {
		if (c->modes[i].hdisplay != s->width ||
		    c->modes[i].vdisplay != s->height ||
		    c->modes[i].vrefresh != s->hz ||
		    (c->modes[i].flags & DRM_MODE_FLAG_INTERLACE))
			continue;
		*ret_mode = c->modes[i];
		return true;
	}
	return false;
}

void kms_find_output(int fd, const struct kms_scene *s, struct kms_output *o)
{
	struct drm_i915_get_pipe_from_crtc_id pipe = { 0 };
	struct resources r;
	struct connector c;
	bool is_there = false, is_found = false;

	/*
	 * First use the kernel's list of modes, because asking the monitor means to
	 * read its EDID. If the list is empty, or has only modes for the console, ask
	 * the monitor.
	 */
	for (int probe = 0; probe <= 1 && !is_found; probe++) {
		is_there = find_connector(fd, s->is_hdmi, probe, &r, &c);
		is_found = is_there && find_mode(&c, s, &o->mode);
	}
	if (!is_there)
		kms_die("%s: no monitor", s->name);
	if (!is_found)
		kms_die("%s: the monitor lacks %ux%u at %u Hz", s->name,
			s->width, s->height, s->hz);
	o->connector = c.c.connector_id;
	o->crtc = pick_crtc(fd, &r, &c, &o->crtc_index);
	pipe.crtc_id = o->crtc;
	KMS_DO(fd, DRM_IOCTL_I915_GET_PIPE_FROM_CRTC_ID, &pipe);
	o->pipe = pipe.pipe;
}

static void make_dumb(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		      struct kms_buffer *b)
{
	struct drm_mode_create_dumb create = {
		.width = width, .height = height, .bpp = bpp,
	};
	struct drm_mode_map_dumb map = { 0 };

	KMS_DO(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create);
	b->handle = create.handle;
	b->pitch = create.pitch;
	b->size = create.size;
	map.handle = create.handle;
	KMS_DO(fd, DRM_IOCTL_MODE_MAP_DUMB, &map);
	b->map = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      (off_t)map.offset);
}

static void make_tiled(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		       enum kms_tiling tiling, struct kms_buffer *b)
{
	struct drm_i915_gem_create create = { 0 };
	struct drm_i915_gem_set_tiling set = {
		.tiling_mode = tiling == KMS_TILE_X ? I915_TILING_X :
			I915_TILING_Y,
	};
	struct drm_i915_gem_mmap map = { 0 };

	b->pitch = (width * bpp / 8 + 511) & ~511U;
	b->size = (uint64_t)b->pitch * ((height + 31) & ~31U);
	create.size = b->size;
	KMS_DO(fd, DRM_IOCTL_I915_GEM_CREATE, &create);
	b->handle = create.handle;
	set.handle = create.handle;
	set.stride = b->pitch;
	KMS_DO(fd, DRM_IOCTL_I915_GEM_SET_TILING, &set);
	map.handle = create.handle;
	map.size = b->size;
	KMS_DO(fd, DRM_IOCTL_I915_GEM_MMAP, &map);
	b->map = (uint8_t *)(uintptr_t)map.addr_ptr;
}

void kms_make_buffer(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		     enum kms_tiling tiling, struct kms_buffer *b)
{
	memset(b, 0, sizeof(*b));
	if (tiling == KMS_LINEAR)
		make_dumb(fd, width, height, bpp, b);
	else
		make_tiled(fd, width, height, bpp, tiling, b);
	if (b->map == MAP_FAILED)
		kms_die("mmap");
}

void kms_add_fb(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		enum kms_tiling tiling, struct kms_buffer *b)
{
	static const uint64_t modifiers[] = {
		[KMS_LINEAR] = DRM_FORMAT_MOD_LINEAR,
		[KMS_TILE_X] = I915_FORMAT_MOD_X_TILED,
		[KMS_TILE_Y] = I915_FORMAT_MOD_Y_TILED,
	};
	struct drm_mode_fb_cmd2 add = {
		.width = width, .height = height,
		.pixel_format = bpp == 16 ? DRM_FORMAT_RGB565 :
			DRM_FORMAT_XRGB8888,
		.flags = DRM_MODE_FB_MODIFIERS,
		.handles = { b->handle }, .pitches = { b->pitch },
		.modifier = { modifiers[tiling] },
	};

	KMS_DO(fd, DRM_IOCTL_MODE_ADDFB2, &add);
	b->fb = add.fb_id;
}

void kms_show(int fd, const struct kms_output *o, uint32_t fb)
{
	uint32_t connector = o->connector;
	struct drm_mode_crtc set = {
		.set_connectors_ptr = ptr(&connector), .count_connectors = 1,
		.crtc_id = o->crtc, .fb_id = fb, .mode_valid = 1,
		.mode = o->mode,
	};

	KMS_DO(fd, DRM_IOCTL_MODE_SETCRTC, &set);
}

static uint32_t find_sprite(int fd, const struct kms_output *o)
{
	uint32_t ids[LIST_MAX] = { 0 };
	struct drm_mode_get_plane_res res = {
		.plane_id_ptr = ptr(ids), .count_planes = LIST_MAX,
	};

	KMS_DO(fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &res);
	for (uint32_t i = 0; i < res.count_planes && i < LIST_MAX; i++) {
		struct drm_mode_get_plane plane = { .plane_id = ids[i] };

		KMS_DO(fd, DRM_IOCTL_MODE_GETPLANE, &plane);
		if (plane.possible_crtcs & 1U << o->crtc_index)
			return ids[i];
	}
	kms_die("no plane can show the sprite");
}

void kms_show_sprite(int fd, const struct kms_output *o,
		     const struct kms_rect *r, uint32_t fb)
{
	struct drm_mode_set_plane set = {
		.plane_id = find_sprite(fd, o), .crtc_id = fb ? o->crtc : 0,
		.fb_id = fb, .crtc_x = r->x, .crtc_y = r->y, .crtc_w = r->w,
		.crtc_h = r->h, .src_w = r->w << 16, .src_h = r->h << 16,
	};

	KMS_DO(fd, DRM_IOCTL_MODE_SETPLANE, &set);
}

void kms_show_cursor(int fd, const struct kms_output *o,
		     const struct kms_rect *r, uint32_t handle)
{
	struct drm_mode_cursor2 cursor = {
		.flags = DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE,
		.crtc_id = o->crtc, .x = r->x, .y = r->y,
		.width = handle ? r->w : 0, .height = handle ? r->h : 0,
		.handle = handle,
	};

	KMS_DO(fd, DRM_IOCTL_MODE_CURSOR2, &cursor);
}

void kms_flip(int fd, const struct kms_output *o, uint32_t fb,
	      uint32_t *ret_frame, uint64_t *ret_us)
{
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = o->crtc, .fb_id = fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct drm_event_vblank ev;

	KMS_DO(fd, DRM_IOCTL_MODE_PAGE_FLIP, &flip);
	if (poll(&pfd, 1, EVENT_MS) != 1)
		kms_die("no event came for the flip");
	if (read(fd, &ev, sizeof(ev)) != sizeof(ev) ||
	    ev.base.type != DRM_EVENT_FLIP_COMPLETE)
		kms_die("an event came that does not belong to the flip");
	*ret_frame = ev.sequence;
	*ret_us = ev.tv_sec * 1000000ULL + ev.tv_usec;
}
