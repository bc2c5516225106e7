// SPDX-License-Identifier: GPL-2.0-only
/*
 * Passes each ioctl to the file that handles it, and handles the ioctls that
 * Linux's DRM core answers without the driver.
 */
#include "standin.h"

#include <drm.h>
#include <errno.h>
#include <i915_drm.h>
#include <pthread.h>
#include <string.h>

static int text(char *at, __kernel_size_t *len, const char *value)
{
	size_t n = strlen(value);

	if (at && *len)
		memcpy(at, value, *len < n ? *len : n);
	*len = n;
	return 0;
}

static int version(struct drm_version *v)
{
	v->version_major = 1;
	v->version_minor = 6;
	v->version_patchlevel = 0;
	text(v->name, &v->name_len, "i915");
	text(v->date, &v->date_len, "20201103");
	return text(v->desc, &v->desc_len, "Intel Graphics");
}

static int cap(struct drm_get_cap *c)
{
	switch (c->capability) {
	case DRM_CAP_PRIME:
		c->value = DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT;
		return 0;
	case DRM_CAP_SYNCOBJ:
	case DRM_CAP_SYNCOBJ_TIMELINE:
	case DRM_CAP_TIMESTAMP_MONOTONIC:
		c->value = 1;
		return 0;
	default:
		/*
		 * a driver without a display refuses queries of all other
		 * capabilities
		 */
		return -EOPNOTSUPP;
	}
}

static int close_handle(const struct drm_gem_close *c)
{
	return app_gem_close(c->handle);
}

static int core(unsigned int nr, void *arg)
{
	switch (nr) {
	case 0x00:
		return version(arg);
	case 0x09:
		return close_handle(arg);
	case 0x0c:
		return cap(arg);
	case 0x0d:	/* client capabilities concern only displays */
		return -EOPNOTSUPP;
	case 0x02:	/* GET_MAGIC, and SET_MASTER below: a render node
			 * refuses both */
	case 0x1e:
		return -EACCES;
	case 0x2d:
	case 0x2e:
		return app_prime_ioctl(nr, arg);
	default:
		if (nr >= 0xbf && nr <= 0xcd)
			return app_sync_ioctl(nr, arg);
		return -ENOTTY;
	}
}

static int driver(unsigned int nr, void *arg)
{
	static int (*const parts[])(unsigned int nr, void *arg) = {
		app_info_ioctl, app_context_ioctl, app_gem_ioctl, app_exec_ioctl,
	};
	int r = -ENOTTY;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == -ENOTTY; i++)
		r = parts[i](nr, arg);
	return r;
}

int app_ioctl(unsigned long request, void *arg)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	unsigned int nr = (unsigned int)(request & 0xff);
	int r;

	pthread_mutex_lock(&lock);
	app_guest_begin();
	if (nr >= DRM_COMMAND_BASE && nr < DRM_COMMAND_END)
		r = driver(nr - DRM_COMMAND_BASE, arg);
	else
		r = core(nr, arg);
	app_watch_ioctl(request, r);
	pthread_mutex_unlock(&lock);
	if (!r)
		return 0;
	errno = -r;
	return -1;
}
