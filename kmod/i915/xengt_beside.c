// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: a GPU that i915 drives
 *
 * What the guests get is borrowed from i915: at most a half of the aperture, a
 * half of the graphics memory above it, and the free fence registers except
 * FENCES_KEPT. i915 uses the rest as before. xengt_hw.c uses i915's mappings of
 * the registers and of the GGTT's entries.
 *
 * The module's operations on the hardware are those of xengt_hw_ops.c, with
 * three exceptions: the boundary's writes to registers are dropped, i915 is told
 * the values of fence registers, and forcewake is requested from i915.
 */
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/engine.h"
#include "boundary/part.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt_beside.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"
#include "xengt_hw_ops.h"
#include "xengt_i915.h"
#include "xengt_life.h"

#define UNIT			((u64)XENGT_SLICE_ALIGN_MIB << 20)
/* What the guests get at least of the aperture, in bytes. */
#define LOW_MIN			(64ull << 20)
/*
 * What the guests get at least of the graphics memory above the aperture, in
 * bytes, without the module's own part.
 */
#define HIGH_MIN		(64ull << 20)
#define FENCES_KEPT		8

static char *policy = "host-first";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "whose work is first: host-first or guests-first");

/*
 * host-first is the default, because a person looks at the desktop: dom0's work then
 * interrupts a guest's at once, and a guest's batch that cannot be interrupted ends
 * after i915's own preempt_timeout_ms (0.64 s). With guests-first such a batch may
 * hold the desktop up for PREEMPT_MS. Both priorities are below those with which
 * i915 shows a picture and looks for hangs.
 */
#define PREEMPT_MS	10000

static const struct {
	const char *name;
	struct xengt_i915_policy policy;
} policies[] = {
	{ "host-first", { .priority = -512 } },
	{ "guests-first", { .priority = 512, .preempt_ms = PREEMPT_MS } },
};

/* ---- operations on the hardware ---- */

void xengt_hw_wake(struct xengt_gpu *gpu)
{
	xengt_i915_wake(xengt_beside_of(gpu)->i915);
}

void xengt_hw_unwake(struct xengt_gpu *gpu)
{
	xengt_i915_unwake(xengt_beside_of(gpu)->i915);
}

void xengt_hw_power_get(struct xengt_gpu *gpu)
{
	struct xengt_beside *b = xengt_beside_of(gpu);

	xengt_i915_power_get(b->i915);
	mutex_lock(&gpu->exec_lock);
	b->powers++;
	mutex_unlock(&gpu->exec_lock);
}

void xengt_hw_power_put(struct xengt_gpu *gpu)
{
	struct xengt_beside *b = xengt_beside_of(gpu);

	mutex_lock(&gpu->exec_lock);
	if (!--b->powers)
		xengt_beside_rest(b);
	mutex_unlock(&gpu->exec_lock);
	xengt_i915_power_put(b->i915);
}

static void op_fence_write(void *ctx, u32 n, u64 value)
{
	xengt_hw_fence_write(ctx, n, value);
	xengt_i915_note_fence(xengt_beside_of(ctx)->i915, n, value);
}

/* The boundary writes no register of a GPU that another driver owns. */
static void op_reg_write(void *ctx, u32 off, u32 val)
{
	struct xengt_gpu *gpu = ctx;

	dev_err_ratelimited(&gpu->pdev->dev,
			    "a write of 0x%x to register 0x%x, which belongs to i915, was dropped\n",
			    val, off);
}

/*
 * xengt_beside_up() fills this struct with the operations of xengt_hw_ops.c, except
 * fence_write and reg_write.
 */
static struct xengt_hw_ops hw_ops;

/* ---- borrowing ---- */

static int borrow_high(struct xengt_beside *b,
		       const struct xengt_i915_facts *facts)
{
	u64 above = facts->ggtt_bytes - facts->aperture_bytes;
	int r;

	b->high_bytes = rounddown(above / 2, UNIT);
	if (b->high_bytes < ((u64)XENGT_SPACE_PAGES << PAGE_SHIFT) + HIGH_MIN)
		return -ENOSPC;
	r = xengt_i915_borrow_range(b->i915, XENGT_I915_HIGH, b->high_bytes,
				    facts->aperture_bytes, facts->ggtt_bytes,
				    &b->high_at);
	/* the module's own part is the end of the range */
	b->gpu.space_first = ((b->high_at + b->high_bytes) >> PAGE_SHIFT) -
			     XENGT_SPACE_PAGES;
	return r;
}

/*
 * If the objects that i915 has pinned leave no free range of half the aperture,
 * the guests get a quarter, an eighth and so on, but at least LOW_MIN bytes.
 */
static int borrow_low(struct xengt_beside *b,
		      const struct xengt_i915_facts *facts)
{
	int r = -ENOSPC;

	b->low_bytes = rounddown(facts->aperture_bytes / 2, UNIT);
	for (; b->low_bytes >= LOW_MIN; b->low_bytes = rounddown(b->low_bytes / 2, UNIT)) {
		r = xengt_i915_borrow_range(b->i915, XENGT_I915_LOW,
					    b->low_bytes, 0,
					    facts->aperture_bytes, &b->low_at);
		if (r != -ENOSPC)
			break;
	}
	return r;
}

/* What was not borrowed is withheld from the guests. */
static int init_part(struct xengt_beside *b,
		     const struct xengt_i915_facts *facts)
{
	struct xengt_part *part = &b->gpu.part;
	u64 own = (u64)b->gpu.space_first << PAGE_SHIFT;
	int r = xengt_part_init(part, facts->aperture_bytes, facts->ggtt_bytes,
				XENGT_FENCES_MAX);

	if (r)
		return r;
	xengt_part_withhold(part, 0, b->low_at, 0);
	xengt_part_withhold(part, b->low_at + b->low_bytes, b->high_at, ~b->fences);
	xengt_part_withhold(part, own, facts->ggtt_bytes, 0);
	return 0;
}

static int borrow(struct xengt_beside *b, const struct xengt_i915_facts *facts)
{
	int r = borrow_high(b, facts);

	if (!r)
		r = borrow_low(b, facts);
	if (r)
		return r;
	b->fences = xengt_i915_borrow_fences(b->i915, FENCES_KEPT);
	return init_part(b, facts);
}

/* Point the entries of the borrowed ranges to the scratch page. */
static int clear_range(struct xengt_gpu *gpu, u64 at, u64 bytes, u64 pte)
{
	u64 page, end = (at + bytes) >> PAGE_SHIFT;

	for (page = at >> PAGE_SHIFT; page < end; page++)
		gpu->hw.ops->pte_write(gpu, page, pte);
	return xengt_hw_ggtt_flush(gpu);
}

static int clear_ranges(struct xengt_beside *b, u64 pte)
{
	int r = clear_range(&b->gpu, b->low_at, b->low_bytes, pte);

	return r ? r : clear_range(&b->gpu, b->high_at, b->high_bytes, pte);
}

/* ---- up and down ---- */

static void changed(void *arg)
{
	xengt_engine_kick(arg);
}

/*
 * Borrows from i915, and prepares the scratch page, the borrowed entries and the
 * engines. xengt_beside_down() undoes this.
 */
static int bring_up(struct xengt_beside *b)
{
	struct xengt_gpu *gpu = &b->gpu;
	struct xengt_i915_facts facts;
	int r;

	xengt_i915_get_facts(b->i915, &facts);
	gpu->mmio = facts.mmio;
	gpu->ggtt = facts.ggtt;
	gpu->ggtt_entries = facts.ggtt_bytes >> PAGE_SHIFT;
	r = borrow(b, &facts);
	if (r) {
		dev_err(&gpu->pdev->dev,
			"i915 cannot lend graphics memory to the guests: %d\n", r);
		return r;
	}
	r = xengt_gpu_scratch_init(gpu);
	if (r)
		return r;
	r = clear_ranges(b, gpu->scratch_pte);
	if (!r)
		r = xengt_engine_init(gpu);
	if (r) {
		dev_err(&gpu->pdev->dev, "cannot set up the engines beside i915: %d\n", r);
		clear_ranges(b, 0);
		xengt_gpu_scratch_fini(gpu);
	}
	return r;
}

/* The policy that the parameter names; NULL: there is none. */
static const struct xengt_i915_policy *chosen_policy(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		if (!strcmp(policies[i].name, policy))
			return &policies[i].policy;
	}
	return NULL;
}

struct xengt_beside *xengt_beside_up(struct drm_i915_private *i915,
				     enum xengt_way way)
{
	struct xengt_gpu *gpu = xengt_gpu_make(xengt_i915_pdev(i915),
					       sizeof(struct xengt_beside));
	struct xengt_beside *b;
	int r;

	if (IS_ERR(gpu))
		return ERR_CAST(gpu);
	b = xengt_beside_of(gpu);
	gpu->way = way;
	hw_ops = xengt_gpu_hw_ops;
	hw_ops.fence_write = op_fence_write;
	hw_ops.reg_write = op_reg_write;
	gpu->hw.ops = &hw_ops;
	gpu->hw.engine_ops = &xengt_engine_i915;
	gpu->hw.is_shared = true;
	if (!chosen_policy()) {
		dev_err(&gpu->pdev->dev,
			"no policy \"%s\": it is host-first or guests-first\n",
			policy);
		r = -EINVAL;
		goto put_gpu;
	}
	b->i915 = xengt_i915_open(i915, chosen_policy(), changed, gpu);
	r = PTR_ERR_OR_ZERO(b->i915);
	if (r)
		goto put_gpu;
	r = bring_up(b);
	if (r)
		goto close;
	dev_info(&gpu->pdev->dev,
		 "%s shared with i915, %s: guests get aperture 0x%llx+0x%llx, GGTT 0x%llx+0x%llx, fences 0x%x\n",
		 gpu->pci_id->name, policy, b->low_at, b->low_bytes, b->high_at,
		 b->high_bytes, b->fences);
	/* without vGPUs the GPU may go to runtime sleep */
	mutex_lock(&gpu->exec_lock);
	xengt_beside_rest(b);
	mutex_unlock(&gpu->exec_lock);
	xengt_i915_power_put(b->i915);
	return b;

close:
	xengt_i915_close(b->i915);
put_gpu:
	xengt_gpu_put(gpu);
	return ERR_PTR(r);
}

void xengt_beside_down(struct xengt_beside *b)
{
	struct xengt_gpu *gpu = &b->gpu;

	xengt_i915_power_get(b->i915);
	xengt_gpu_zap_all(gpu);
	xengt_engine_fini(gpu);
	/* afterwards no entry points to a page of the module or of a guest */
	clear_ranges(b, 0);
	if (gpu->window)
		iounmap(gpu->window);
	gpu->window = NULL;
	xengt_i915_close(b->i915);
	xengt_gpu_scratch_fini(gpu);
	dev_info(&gpu->pdev->dev, "i915 has the whole GPU again\n");
	xengt_gpu_put(gpu);
}
