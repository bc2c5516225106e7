// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers a program's questions about the GPU as i915 6.1 does in a guest with
 * a Skylake or Broadwell GT2.
 */
#include "standin.h"

#include <errno.h>
#include <i915_drm.h>
#include <string.h>

#include "hw/facts.h"


/* Parameters that have the same value on both platforms. */
static const struct {
	int32_t param, value;
} params[] = {
	{ I915_PARAM_HAS_GEM, 1 }, { I915_PARAM_NUM_FENCES_AVAIL, 4 },
	{ I915_PARAM_HAS_PAGEFLIPPING, 1 }, { I915_PARAM_HAS_EXECBUF2, 1 },
	{ I915_PARAM_HAS_BSD, 1 }, { I915_PARAM_HAS_BLT, 1 },
	{ I915_PARAM_HAS_RELAXED_FENCING, 1 }, { I915_PARAM_HAS_COHERENT_RINGS, 1 },
	{ I915_PARAM_HAS_RELAXED_DELTA, 1 }, { I915_PARAM_HAS_GEN7_SOL_RESET, 1 },
	{ I915_PARAM_HAS_LLC, 1 }, { I915_PARAM_HAS_ALIASING_PPGTT, 3 },
	{ I915_PARAM_HAS_WAIT_TIMEOUT, 1 }, { I915_PARAM_HAS_SEMAPHORES, 1 },
	{ I915_PARAM_HAS_PRIME_VMAP_FLUSH, 1 }, { I915_PARAM_HAS_VEBOX, 1 },
	{ I915_PARAM_HAS_SECURE_BATCHES, 0 }, { I915_PARAM_HAS_PINNED_BATCHES, 1 },
	{ I915_PARAM_HAS_EXEC_NO_RELOC, 1 }, { I915_PARAM_HAS_EXEC_HANDLE_LUT, 1 },
	{ I915_PARAM_HAS_WT, 0 }, { I915_PARAM_CMD_PARSER_VERSION, 0 },
	{ I915_PARAM_HAS_COHERENT_PHYS_GTT, 1 }, { I915_PARAM_MMAP_VERSION, 1 },
	{ I915_PARAM_HAS_BSD2, 0 },
	{ I915_PARAM_SUBSLICE_TOTAL, APP_SUBSLICES }, { I915_PARAM_EU_TOTAL, APP_SUBSLICES * APP_EUS },
	{ I915_PARAM_HAS_GPU_RESET, 2 }, { I915_PARAM_HAS_RESOURCE_STREAMER, 0 },
	{ I915_PARAM_HAS_EXEC_SOFTPIN, 1 }, { I915_PARAM_HAS_POOLED_EU, 0 },
	{ I915_PARAM_MIN_EU_IN_POOL, 0 }, { I915_PARAM_MMAP_GTT_VERSION, 4 },
	{ I915_PARAM_HAS_SCHEDULER, 0x1f }, { I915_PARAM_HUC_STATUS, 0 },
	{ I915_PARAM_HAS_EXEC_ASYNC, 1 }, { I915_PARAM_HAS_EXEC_FENCE, 1 },
	{ I915_PARAM_HAS_EXEC_CAPTURE, 1 }, { I915_PARAM_SLICE_MASK, 1 },
	{ I915_PARAM_SUBSLICE_MASK, (1 << APP_SUBSLICES) - 1 },
	{ I915_PARAM_HAS_EXEC_BATCH_FIRST, 1 }, { I915_PARAM_HAS_EXEC_FENCE_ARRAY, 1 },
	{ I915_PARAM_HAS_CONTEXT_ISOLATION, 0x1d }, { I915_PARAM_MMAP_GTT_COHERENT, 1 },
	{ I915_PARAM_HAS_EXEC_SUBMIT_FENCE, 1 }, { I915_PARAM_HAS_EXEC_TIMELINE_FENCES, 1 },
	{ I915_PARAM_HAS_USERPTR_PROBE, 1 },
};

static int getparam(const struct drm_i915_getparam *p)
{
	switch (p->param) {
	case I915_PARAM_CHIPSET_ID:
		*p->value = app_guest_device();
		return 0;
	case I915_PARAM_REVISION:
		*p->value = app_guest_revision();
		return 0;
	case I915_PARAM_CS_TIMESTAMP_FREQUENCY:
		*p->value = app_guest_is_gen9() ? 12000000 : 12500000;
		return 0;
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (params[i].param == p->param) {
			*p->value = params[i].value;
			return 0;
		}
	return -EINVAL;
}

/* ---- queries ---- */

/* Copy an answer as i915 does: a length of 0 asks for the length. */
static int32_t answer(const struct drm_i915_query_item *item, const void *buf, size_t len)
{
	if (!item->length)
		return (int32_t)len;
	if (item->length < 0 || (size_t)item->length < len)
		return -EINVAL;
	memcpy((void *)(uintptr_t)item->data_ptr, buf, len);
	return (int32_t)len;
}

static int32_t topology(const struct drm_i915_query_item *item)
{
	struct {
		struct drm_i915_query_topology_info info;
		uint8_t slices, subslices, eus[APP_SUBSLICES];
	} t = {
		.info = {
			.max_slices = 1, .max_subslices = APP_SUBSLICES,
			.max_eus_per_subslice = APP_EUS, .subslice_offset = 1,
			.subslice_stride = 1, .eu_offset = 2, .eu_stride = 1,
		},
		.slices = 1, .subslices = (1 << APP_SUBSLICES) - 1,
	};

	memset(t.eus, (1 << APP_EUS) - 1, sizeof(t.eus));
	return answer(item, &t, sizeof(t.info) + 2 + APP_SUBSLICES);
}

static int32_t engine_info(const struct drm_i915_query_item *item)
{
	static const uint16_t classes[] = {
		I915_ENGINE_CLASS_RENDER, I915_ENGINE_CLASS_COPY, I915_ENGINE_CLASS_VIDEO,
		I915_ENGINE_CLASS_VIDEO_ENHANCE,
	};
	struct {
		struct drm_i915_query_engine_info info;
		struct drm_i915_engine_info engines[4];
	} e = { .info.num_engines = 4 };

	for (int i = 0; i < 4; i++) {
		e.engines[i].engine.engine_class = classes[i];
		e.engines[i].flags = I915_ENGINE_INFO_HAS_LOGICAL_INSTANCE;
	}
	if (app_guest_is_gen9()) {
		e.engines[2].capabilities = I915_VIDEO_CLASS_CAPABILITY_HEVC |
			I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC;
		e.engines[3].capabilities = I915_VIDEO_AND_ENHANCE_CLASS_CAPABILITY_SFC;
	}
	return answer(item, &e, sizeof(e));
}

static int32_t regions(const struct drm_i915_query_item *item)
{
	struct {
		struct drm_i915_query_memory_regions info;
		struct drm_i915_memory_region_info region;
	} m = {
		.info.num_regions = 1,
		.region = {
			.region.memory_class = I915_MEMORY_CLASS_SYSTEM,
			.probed_size = app_frames_free() * APP_PAGE,
			.unallocated_size = app_frames_free() * APP_PAGE,
		},
	};

	return answer(item, &m, sizeof(m));
}

static int query(const struct drm_i915_query *q)
{
	struct drm_i915_query_item *items = (void *)(uintptr_t)q->items_ptr;

	if (q->flags)
		return -EINVAL;
	for (uint32_t i = 0; i < q->num_items; i++) {
		switch (items[i].query_id) {
		case DRM_I915_QUERY_TOPOLOGY_INFO:
			items[i].length = topology(&items[i]);
			break;
		case DRM_I915_QUERY_ENGINE_INFO:
			items[i].length = engine_info(&items[i]);
			break;
		case DRM_I915_QUERY_MEMORY_REGIONS:
			items[i].length = regions(&items[i]);
			break;
		default:	/* i915 answers no other query on
				 * Skylake and Broadwell */
			items[i].length = -EINVAL;
		}
	}
	return 0;
}

static int reg_read(struct drm_i915_reg_read *r)
{
	const uint64_t timestamp = 0x2000 + XENGT_RING_TIMESTAMP;

	if ((r->offset & ~7ull) != timestamp)
		return -EINVAL;
	r->val = app_rd((uint32_t)timestamp) |
		(uint64_t)app_rd((uint32_t)timestamp + 4) << 32;
	return 0;
}

int app_info_ioctl(unsigned int nr, void *arg)
{
	switch (nr) {
	case DRM_I915_GETPARAM:
		return getparam(arg);
	case DRM_I915_QUERY:
		return query(arg);
	case DRM_I915_REG_READ:
		return reg_read(arg);
	default:
		return -ENOTTY;
	}
}
