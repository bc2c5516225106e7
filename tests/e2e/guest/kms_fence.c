// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests fences for kmstest. A tiled object looks linear through the aperture; the CPU's own
 * mapping of the same memory shows the tiles. The test writes through each of the two
 * mappings and reads through the other one.
 */
#include "kmstest.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libdrm/i915_drm.h>

/*
 * The object is two X tiles, or eight Y tiles, wide; the tested rows are more than one tile of
 * either kind.
 */
#define PITCH	1024U
#define ROWS	40U
#define BYTES	(PITCH * 64U)

struct tiled_object {
	uint32_t handle;
	uint32_t swizzle;
	volatile uint32_t *aperture;
	uint8_t *cpu;
};

static void make_object(int fd, uint32_t mode, struct tiled_object *o)
{
	struct drm_i915_gem_create create = { .size = BYTES };
	struct drm_i915_gem_set_tiling set = {
		.tiling_mode = mode, .stride = PITCH,
	};
	struct drm_i915_gem_get_tiling get = { 0 };
	struct drm_i915_gem_mmap cpu = { .size = BYTES };
	struct drm_i915_gem_mmap_gtt gtt = { 0 };
	void *map;

	KMS_DO(fd, DRM_IOCTL_I915_GEM_CREATE, &create);
	set.handle = get.handle = cpu.handle = gtt.handle = create.handle;
	KMS_DO(fd, DRM_IOCTL_I915_GEM_SET_TILING, &set);
	KMS_DO(fd, DRM_IOCTL_I915_GEM_GET_TILING, &get);
	KMS_DO(fd, DRM_IOCTL_I915_GEM_MMAP, &cpu);
	KMS_DO(fd, DRM_IOCTL_I915_GEM_MMAP_GTT, &gtt);
	map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   (off_t)gtt.offset);
	if (map == MAP_FAILED || get.tiling_mode != mode)
		kms_die("no tiled object");
	o->handle = create.handle;
	o->swizzle = get.swizzle_mode;
	o->aperture = map;
	o->cpu = (uint8_t *)(uintptr_t)cpu.addr_ptr;
}

static void set_domain(int fd, const struct tiled_object *o, uint32_t domain)
{
	struct drm_i915_gem_set_domain set = {
		.handle = o->handle, .read_domains = domain,
		.write_domain = domain,
	};

	KMS_DO(fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &set);
}

static uint32_t *cpu_word(const struct tiled_object *o, enum kms_tiling tiling,
			  uint32_t x, uint32_t y)
{
	return (uint32_t *)(void *)(o->cpu + kms_tiled(tiling, PITCH, x, y));
}

/* Counts dwords that differ from the pattern of the seed. */
static unsigned int count_wrong(const struct tiled_object *o,
				enum kms_tiling tiling, uint32_t seed,
				bool by_aperture)
{
	unsigned int wrong = 0;

	for (uint32_t y = 0; y < ROWS; y++) {
		for (uint32_t x = 0; x < PITCH; x += 4) {
			uint32_t val = by_aperture ?
				o->aperture[(y * PITCH + x) / 4] :
				*cpu_word(o, tiling, x, y);

			wrong += val != kms_pattern(seed, x, y);
		}
	}
	return wrong;
}

static int test_one(int fd, const char *name, uint32_t mode,
		    enum kms_tiling tiling, uint32_t seed)
{
	struct tiled_object o;
	unsigned int out, in;

	make_object(fd, mode, &o);
	set_domain(fd, &o, I915_GEM_DOMAIN_GTT);
	for (uint32_t y = 0; y < ROWS; y++)
		for (uint32_t x = 0; x < PITCH; x += 4)
			o.aperture[(y * PITCH + x) / 4] =
				kms_pattern(seed, x, y);
	set_domain(fd, &o, I915_GEM_DOMAIN_CPU);
	out = count_wrong(&o, tiling, seed, false);
	for (uint32_t y = 0; y < ROWS; y++)
		for (uint32_t x = 0; x < PITCH; x += 4)
			*cpu_word(&o, tiling, x, y) =
				kms_pattern(~seed, x, y);
	set_domain(fd, &o, I915_GEM_DOMAIN_GTT);
	in = count_wrong(&o, tiling, ~seed, true);
	printf("kmstest: fence %s swizzle %u wrong %u written %u read of %u\n",
	       name, o.swizzle, out, in, ROWS * PITCH / 4);
	return out || in || o.swizzle != I915_BIT_6_SWIZZLE_NONE;
}

int kms_fence_test(int fd, uint32_t seed)
{
	return test_one(fd, "X", I915_TILING_X, KMS_TILE_X, seed) |
		test_one(fd, "Y", I915_TILING_Y, KMS_TILE_Y, seed + 1);
}
