// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submits wrong batches, each with an error of another kind. The report must name a problem
 * for each batch: see expect() in tests/apps/run.
 */
#include <fcntl.h>
#include <i915_drm.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

#define END		0x05000000u
#define LOAD_REG	0x11000001u

static int fd;

/* Runs n bytes of commands on an engine. */
static int run(uint32_t engine, const uint32_t *dw, uint64_t bytes)
{
	struct drm_i915_gem_create c = { .size = 4096 };
	struct drm_i915_gem_pwrite w = { .size = bytes, .data_ptr = (uintptr_t)dw };
	struct drm_i915_gem_exec_object2 object = { 0 };
	struct drm_i915_gem_execbuffer2 eb = {
		.buffers_ptr = (uintptr_t)&object, .buffer_count = 1, .batch_len = 64,
		.flags = engine,
	};

	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_CREATE, &c))
		return -1;
	w.handle = object.handle = c.handle;
	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_PWRITE, &w))
		return -1;
	return drmIoctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &eb);
}

#define RUN(engine, ...)						\
	run(engine, (const uint32_t[]){ __VA_ARGS__, END, 0 },		\
	    sizeof((const uint32_t[]){ __VA_ARGS__, END, 0 }))

int main(void)
{
	fd = open("/dev/dri/renderD128", O_RDWR | O_CLOEXEC);
	/* a register that batches may not write: the hardware ignores the write */
	if (RUN(I915_EXEC_RENDER, LOAD_REG, 0x2030, 0) || RUN(I915_EXEC_BLT, LOAD_REG, 0x2030, 0))
		return 1;
	/* a command that needs privilege: MI_ARB_ON_OFF */
	if (RUN(I915_EXEC_RENDER, 0x04000001, 0))
		return 1;
	/* a register that no driver uses: MI_PREDICATE_RESULT_2 */
	if (RUN(I915_EXEC_RENDER, LOAD_REG, 0x23bc, 0))
		return 1;
	/* a 3D pipeline command that the simulator's table does not name */
	if (RUN(I915_EXEC_RENDER, 0x7bff0000, 0))
		return 1;
	/* a command that does not exist hangs the engine */
	if (!RUN(I915_EXEC_BSD, 0x1f800000, 0))
		return 1;
	/* an ioctl that does not exist */
	if (!drmIoctl(fd, DRM_IO(DRM_COMMAND_BASE + 0x3f), NULL))
		return 1;
	printf("each batch was wrong, as intended\n");
	return 0;
}
