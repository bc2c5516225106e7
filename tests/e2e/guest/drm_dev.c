// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls the driver's ioctls for drmtest, makes drmtest's random numbers and reads the
 * clock.
 */
#include "drmtest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#define PATIENCE_MS	120000u

const char *const engine_names[ENGINES] = {
	[RCS] = "rcs", [VCS] = "vcs", [VECS] = "vecs", [BCS] = "bcs",
};

void die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("drmtest: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int drm(const struct gpu *gpu, unsigned long request, void *arg)
{
	int r;

	do {
		r = ioctl(gpu->fd, request, arg);
	} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	return r < 0 ? -errno : 0;
}

static int get_param(const struct gpu *gpu, int param)
{
	int val = 0;
	struct drm_i915_getparam gp = { .param = param, .value = &val };
	int r = drm(gpu, DRM_IOCTL_I915_GETPARAM, &gp);

	return r ? r : val;
}

unsigned int set_sysfs(const char *path, unsigned int val)
{
	FILE *f = fopen(path, "r+");
	unsigned int old;

	if (!f)
		return 0;
	if (fscanf(f, "%u", &old) != 1)
		old = 0;
	rewind(f);
	if (val)
		fprintf(f, "%u\n", val);
	fclose(f);
	return old;
}

/*
 * The driver cancels work that is not done in 20 s. In this machine the recovery from a hang
 * may take 20 s, too, so raise this limit for the work that waits for the recovery.
 */
static void be_patient(const struct gpu *gpu)
{
	char path[128];

	snprintf(path, sizeof(path),
		 "/sys/kernel/debug/dri/%u/i915_params/request_timeout_ms",
		 gpu->minor);
	set_sysfs(path, PATIENCE_MS);
}

static unsigned int gen_of(unsigned int chipset)
{
	switch (chipset & 0xff00) {
	case 0x1600:
		return 8;
	case 0x1900:	/* Skylake */
	case 0x5900:	/* Kaby Lake */
		return 9;
	default:
		die("this program does not know the chip 0x%04x",
		    chipset);
	}
}

void gpu_open(struct gpu *gpu, const char *node)
{
	struct drm_i915_gem_context_param p = {
		.param = I915_CONTEXT_PARAM_GTT_SIZE,
	};
	struct stat st;
	int r;

	gpu->fd = open(node, O_RDWR | O_CLOEXEC);
	if (gpu->fd < 0 || fstat(gpu->fd, &st))
		die("%s: %s", node, strerror(errno));
	gpu->major = major(st.st_rdev);
	gpu->minor = minor(st.st_rdev);
	r = get_param(gpu, I915_PARAM_CHIPSET_ID);
	if (r <= 0)
		die("%s is not i915's: %s", node, strerror(-r));
	gpu->chipset = (unsigned int)r;
	gpu->gen = gen_of(gpu->chipset);
	if (get_param(gpu, I915_PARAM_HAS_EXEC_SOFTPIN) <= 0)
		die("no softpin");
	r = drm(gpu, DRM_IOCTL_I915_GEM_CONTEXT_GETPARAM, &p);
	if (r)
		die("size of the address space: %s", strerror(-r));
	gpu->top = p.value;
	be_patient(gpu);
}

bool gpu_has_engine(const struct gpu *gpu, enum engine e)
{
	static const int params[ENGINES] = {
		[RCS] = 0, [VCS] = I915_PARAM_HAS_BSD,
		[VECS] = I915_PARAM_HAS_VEBOX, [BCS] = I915_PARAM_HAS_BLT,
	};

	return !params[e] || get_param(gpu, params[e]) > 0;
}

void bo_create(const struct gpu *gpu, struct bo *bo, uint64_t bytes)
{
	struct drm_i915_gem_create create = { .size = bytes };
	struct drm_i915_gem_mmap_offset mm = { .flags = I915_MMAP_OFFSET_WB };
	int r = drm(gpu, DRM_IOCTL_I915_GEM_CREATE, &create);

	if (r)
		die("create %llu bytes: %s", (unsigned long long)bytes,
		    strerror(-r));
	bo->handle = create.handle;
	bo->bytes = bytes;
	mm.handle = create.handle;
	r = drm(gpu, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &mm);
	if (r)
		die("offset to map: %s", strerror(-r));
	bo->map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		       gpu->fd, (off_t)mm.offset);
	if (bo->map == MAP_FAILED)
		die("map: %s", strerror(errno));
}

uint32_t context_create(const struct gpu *gpu, int priority)
{
	struct drm_i915_gem_context_create create = { 0 };
	struct drm_i915_gem_context_param p = {
		.param = I915_CONTEXT_PARAM_PRIORITY,
		.value = (uint64_t)(int64_t)priority,
	};
	int r = drm(gpu, DRM_IOCTL_I915_GEM_CONTEXT_CREATE, &create);

	if (r)
		die("create a context: %s", strerror(-r));
	p.ctx_id = create.ctx_id;
	r = drm(gpu, DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, &p);
	if (r)
		die("priority %d: %s", priority, strerror(-r));
	return create.ctx_id;
}

unsigned int context_hangs(const struct gpu *gpu, uint32_t id)
{
	struct drm_i915_reset_stats stats = { .ctx_id = id };
	int r = drm(gpu, DRM_IOCTL_I915_GET_RESET_STATS, &stats);

	if (r)
		die("reset statistics: %s", strerror(-r));
	return stats.batch_active;
}

bool bo_wait(const struct gpu *gpu, const struct bo *bo, int64_t ns)
{
	struct drm_i915_gem_wait wait = {
		.bo_handle = bo->handle, .timeout_ns = ns,
	};
	int r = drm(gpu, DRM_IOCTL_I915_GEM_WAIT, &wait);

	if (r && r != -ETIME)
		die("wait: %s", strerror(-r));
	return !r;
}

static void add_object(struct drm_i915_gem_exec_object2 *o,
		       const struct batch *b, enum target target)
{
	const struct bo *bo = b->bo[target];

	memset(o, 0, sizeof(*o));
	o->handle = bo->handle;
	if (target != AT_BATCH)
		o->flags = EXEC_OBJECT_WRITE;
	if (b->is_softpinned) {
		o->offset = bo->pinned;
		o->flags |= EXEC_OBJECT_PINNED |
			EXEC_OBJECT_SUPPORTS_48B_ADDRESS;
	} else {
		o->offset = bo->last;
	}
}

void submit(const struct gpu *gpu, const struct batch *b)
{
	static const uint64_t rings[ENGINES] = {
		[RCS] = I915_EXEC_RENDER, [VCS] = I915_EXEC_BSD,
		[VECS] = I915_EXEC_VEBOX, [BCS] = I915_EXEC_BLT,
	};
	struct drm_i915_gem_exec_object2 obj[TARGETS];
	unsigned int n = b->uses_shared ? TARGETS : TARGETS - 1;
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)obj,
		.buffer_count = n,
		/*
		 * the length is that of the whole object, because second level batches
		 * are in the object above the end of the first batch
		 */
		.batch_len = BATCH_BYTES,
		.flags = rings[b->engine] | I915_EXEC_HANDLE_LUT |
			I915_EXEC_BATCH_FIRST |
			(b->is_softpinned ? I915_EXEC_NO_RELOC : 0),
		.rsvd1 = b->ctx->id,
	};
	int r;

	for (unsigned int i = 0; i < n; i++)
		add_object(&obj[i], b, (enum target)i);
	if (!b->is_softpinned) {
		obj[AT_BATCH].relocs_ptr = (uintptr_t)b->reloc;
		obj[AT_BATCH].relocation_count = b->n_relocs;
	}
	if (b->n_sub == MAIN_DWORDS)
		exec.batch_len = (b->n * 4 + 7) & ~7u;
	r = drm(gpu, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
	if (r)
		die("execbuffer on %s: %s", engine_names[b->engine],
		    strerror(-r));
	for (unsigned int i = 0; !b->is_softpinned && i < n; i++)
		b->bo[i]->last = obj[i].offset;
}
