// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest program, which uses only libdrm's ioctls. On each engine a batch stores a
 * number to an object. The batch names the object by a relocation, or by an address that
 * the program chose. Then the program fills and copies rectangles with the blitter.
 */
#include <errno.h>
#include <fcntl.h>
#include <i915_drm.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#define PAGE		4096u
#define STORE		0x10000002u
#define END		0x05000000u

static int fd;

static uint32_t create(void)
{
	struct drm_i915_gem_create c = { .size = PAGE };

	return drmIoctl(fd, DRM_IOCTL_I915_GEM_CREATE, &c) ? 0 : c.handle;
}

static uint32_t *map(uint32_t handle)
{
	struct drm_i915_gem_mmap_offset m = { .handle = handle, .flags = I915_MMAP_OFFSET_WB };
	void *at;

	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &m))
		return NULL;
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)m.offset);
	return at == MAP_FAILED ? NULL : at;
}

/* Fill a rectangle of one object with the blitter, and copy it to another. */
static int blit(void)
{
	struct drm_i915_gem_exec_object2 objects[3];
	struct drm_i915_gem_execbuffer2 eb = {
		.buffers_ptr = (uintptr_t)objects, .buffer_count = 3, .batch_len = 128,
		.flags = I915_EXEC_BLT,
	};
	const uint32_t from = 0x10000000, to = 0x20000000;
	const uint32_t dw[] = {
		0x54300005, 3 << 24 | 0xf0 << 16 | 64, 0, 16 << 16 | 16, from, 0, 0x12345678,
		0x54f00008, 3 << 24 | 0xcc << 16 | 64, 0, 16 << 16 | 16, to, 0, 0, 64, from, 0,
		END, 0,
	};
	uint32_t *data, *batch;

	memset(objects, 0, sizeof(objects));
	for (int i = 0; i < 3; i++) {
		objects[i].handle = create();
		objects[i].flags = EXEC_OBJECT_PINNED;
		objects[i].offset = i ? i == 1 ? to : 0x30000000 : from;
	}
	data = map(objects[1].handle);
	batch = map(objects[2].handle);
	if (!data || !batch)
		return -1;
	memcpy(batch, dw, sizeof(dw));
	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &eb))
		return -1;
	return data[0] == 0x12345678 && data[255] == 0x12345678 && !data[256] ? 0 : -1;
}

static int run(uint32_t engine, uint64_t pinned, uint32_t value)
{
	struct drm_i915_gem_relocation_entry reloc = { .offset = 4, .delta = 16 };
	struct drm_i915_gem_exec_object2 objects[2] = { { .handle = create() },
							 { .handle = create() } };
	struct drm_i915_gem_execbuffer2 eb = {
		.buffers_ptr = (uintptr_t)objects, .buffer_count = 2, .batch_len = 32,
		.flags = engine,
	};
	uint32_t *data = map(objects[0].handle), *batch = map(objects[1].handle);
	uint64_t at = pinned + 16;

	if (!data || !batch)
		return -1;
	memcpy(batch, (uint32_t[]){ STORE, (uint32_t)at, (uint32_t)(at >> 32), value, END }, 20);
	if (pinned) {
		objects[0].flags = EXEC_OBJECT_PINNED | EXEC_OBJECT_SUPPORTS_48B_ADDRESS;
		objects[0].offset = pinned;
	} else {
		reloc.target_handle = objects[0].handle;
		objects[1].relocs_ptr = (uintptr_t)&reloc;
		objects[1].relocation_count = 1;
	}
	if (drmIoctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &eb))
		return -1;
	return data[4] == value ? 0 : -1;
}

int main(void)
{
	static const uint32_t engines[] = {
		I915_EXEC_RENDER, I915_EXEC_BSD, I915_EXEC_BLT, I915_EXEC_VEBOX,
	};

	fd = open("/dev/dri/renderD128", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 1;
	for (uint32_t i = 0; i < 40; i++)
		if (run(engines[i % 4], i % 8 < 4 ? 0 : 0x700000000000ull + i * PAGE, 0x1000 + i)) {
			printf("engine %u failed: %s\n", engines[i % 4], strerror(errno));
			return 1;
		}
	if (blit()) {
		printf("the blitter failed: %s\n", strerror(errno));
		return 1;
	}
	printf("stored 40 numbers\n");
	return 0;
}
