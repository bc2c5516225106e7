// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the contact with i915
 *
 * i915 exports functions for drivers that share its GPU with guests (namespace
 * I915_GVT, option CONFIG_DRM_I915_GVT; Linux 6.1 and 6.12, intel_gvt.c). Other
 * facts come from i915's sources:
 *
 *   gt/intel_execlists_submission.c   a notifier is called when a context is
 *                                     given to the hardware and when it has left
 *                                     the hardware; a request whose fence has a
 *                                     fatal error runs none of its commands when
 *                                     it is submitted again; the number that a
 *                                     context gets (tag)
 *   i915_request.c                    what a cancellation does
 *   gt/intel_context.h                a context must be pinned before its first
 *                                     request
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "i915_drv.h"
#include "gt/intel_context.h"
#include "gt/intel_engine.h"
#include "gt/intel_execlists_submission.h"
#include "gt/intel_ggtt_fencing.h"
#include "gt/intel_gpu_commands.h"
#include "gt/intel_gt.h"
#include "gt/intel_lrc.h"
#include "gt/intel_lrc_reg.h"
#include "gt/intel_ring.h"
#include "i915_gem_gtt.h"
#include "i915_request.h"

#include "uapi/xengt.h"
#include "xengt_i915.h"
#include "xengt_i915_order.h"
#include "xengt_i915_series.h"
#define CREATE_TRACE_POINTS
#include "xengt_i915_trace.h"
#include "xengt_waits.h"

XENGT_I915_IMPORT();

#define FENCES			32u
/* bits of a fence register (Intel PRM Skylake, Vol 2c, FENCE) */
#define FENCE_VALID		BIT(0)
#define FENCE_TILING_Y		BIT(1)
/*
 * A ring of i915 has the longest part of a guest's ring (XENGT_RING_BYTES_MAX),
 * and i915's own commands.
 */
#define RING_BYTES		SZ_1M
/*
 * The value of bits 15:5 of a context's number must be at least 64: i915 regards
 * a smaller value as a number that i915 itself has given, and frees it.
 */
#define NUMBER_IS_OURS		BIT(14)

struct engine {
	struct xengt_i915 *x;
	enum xengt_engine_id id;
	struct intel_engine_cs *cs;
	struct notifier_block notifier;
	/*
	 * the context that has a job; NULL: none. The notifier reads this
	 * member under RCU
	 */
	struct xengt_i915_ctx *running;
	struct xengt_waits waits;	/* the times in which a job waited */
};

struct xengt_i915 {
	struct drm_i915_private *i915;
	struct i915_ppgtt *ppgtt;	/* the contexts' space, until the module
					 * writes another root to an image */
	struct xengt_i915_order order;
	struct mutex power_lock;	/* guards the next member */
	u32 powers;			/* number of users that need power */
	void (*changed)(void *arg);
	void *arg;
	struct drm_mm_node ranges[XENGT_I915_RANGES];
	struct i915_fence_reg *fences[FENCES];	/* NULL: i915 has the register */
	struct engine engines[XENGT_ENGINES];
};

struct xengt_i915_ctx {
	struct engine *engine;
	struct intel_context *ce;
	struct i915_request *rq;	/* the job; NULL: there was none */
	u32 visits;			/* how often the context was given to the
					 * hardware or has left it; odd: the
					 * hardware has it */
	u32 begin;			/* offset in the ring of the job's commands */
	struct work_struct cancel;
};

static const enum intel_engine_id engine_ids[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = RCS0, [XENGT_ENGINE_VCS] = VCS0,
	[XENGT_ENGINE_VECS] = VECS0, [XENGT_ENGINE_BCS] = BCS0,
};

/* ---- i915's device ---- */

/* The reason why the device cannot be shared now; NULL: it can. */
static const char *obstacle(struct drm_i915_private *i915)
{
	struct intel_engine_cs *cs;
	u32 i;

	for (i = 0; i < XENGT_ENGINES; i++) {
		cs = to_gt(i915)->engine[engine_ids[i]];
		/* i915 makes the default state at the end of its probe */
		if (!cs || !cs->default_state)
			return "i915 has not set up its engines (earlier lines may say why)";
		if (intel_engine_uses_guc(cs))
			return "i915 submits work by the GuC: add i915.enable_guc=0 to the command line of dom0's kernel";
	}
	if (intel_gt_is_wedged(to_gt(i915)))
		return "i915 has given the GPU up (it is wedged)";
	return NULL;
}

/*
 * A context was given to the hardware, or has left it. Called by i915 in an
 * atomic context. A context that leaves because its job has ended does not
 * wait.
 */
static int status_changed(struct notifier_block *nb, unsigned long what,
			  void *data)
{
	struct engine *engine = container_of(nb, struct engine, notifier);
	struct xengt_i915_ctx *ctx = READ_ONCE(engine->running);
	struct i915_request *rq = data;
	bool enters = what == INTEL_CONTEXT_SCHEDULE_IN;

	if (!ctx || rq->context != ctx->ce)
		return NOTIFY_OK;
#ifdef XENGT_FAULT_MISS_NOTIFIER
	if (!enters)
		return NOTIFY_OK;
#endif
	xengt_waits_note(&engine->waits, !enters && !i915_request_completed(ctx->rq));
	if (enters != ctx->visits % 2)
		/* the image is complete before others see that the context has left */
		smp_store_release(&ctx->visits, ctx->visits + 1);
	if (!enters)
		engine->x->changed(engine->x->arg);
	return NOTIFY_OK;
}

static void watch_engines(struct xengt_i915 *x)
{
	struct engine *engine;
	u32 i;

	for (i = 0; i < XENGT_ENGINES; i++) {
		engine = &x->engines[i];
		engine->x = x;
		engine->id = i;
		spin_lock_init(&engine->waits.lock);
		engine->cs = to_gt(x->i915)->engine[engine_ids[i]];
		x->order.cs[i] = engine->cs;
		engine->notifier.notifier_call = status_changed;
		atomic_notifier_chain_register(&engine->cs->context_status_notifier,
					       &engine->notifier);
	}
}

struct pci_dev *xengt_i915_pdev(struct drm_i915_private *i915)
{
	return to_pci_dev(i915->drm.dev);
}

struct xengt_i915 *xengt_i915_open(struct drm_i915_private *i915,
				   const struct xengt_i915_policy *policy,
				   void (*changed)(void *arg), void *arg)
{
	const char *reason = obstacle(i915);
	struct xengt_i915 *x;
	int r;

	if (reason) {
		dev_err(i915->drm.dev, "%s\n", reason);
		return ERR_PTR(-ENODEV);
	}
	x = kzalloc(sizeof(*x), GFP_KERNEL);
	if (!x)
		return ERR_PTR(-ENOMEM);
	x->i915 = i915;
	x->changed = changed;
	x->arg = arg;
	mutex_init(&x->power_lock);
	xengt_i915_power_get(x);
	x->ppgtt = i915_ppgtt_create(to_gt(i915), 0);
	if (IS_ERR(x->ppgtt)) {
		long r = PTR_ERR(x->ppgtt);

		xengt_i915_power_put(x);
		kfree(x);
		return ERR_PTR(r);
	}
	watch_engines(x);
	r = xengt_i915_order_begin(&x->order, policy);
	if (r) {
		xengt_i915_close(x);
		return ERR_PTR(r);
	}
	return x;
}

/* ---- what i915 lends ---- */

static struct i915_ggtt *ggtt_of(struct xengt_i915 *x)
{
	return to_gt(x->i915)->ggtt;
}

void xengt_i915_get_facts(const struct xengt_i915 *x,
			  struct xengt_i915_facts *ret_facts)
{
	struct intel_gt *gt = to_gt(x->i915);

	*ret_facts = (struct xengt_i915_facts){
		.mmio = gt->uncore->regs,
		.ggtt = gt->ggtt->gsm,
		.aperture_bytes = gt->ggtt->mappable_end,
		.ggtt_bytes = gt->ggtt->vm.total,
	};
}

int xengt_i915_borrow_range(struct xengt_i915 *x, enum xengt_i915_range range,
			    u64 bytes, u64 begin, u64 end, u64 *ret_at)
{
	struct i915_ggtt *ggtt = ggtt_of(x);
	struct drm_mm_node *node = &x->ranges[range];
	int r;

	mutex_lock(&ggtt->vm.mutex);
	r = i915_gem_gtt_insert(&ggtt->vm, NULL, node, bytes,
				(u64)XENGT_SLICE_ALIGN_MIB << 20,
				I915_COLOR_UNEVICTABLE, begin, end,
				range == XENGT_I915_LOW ? PIN_MAPPABLE : PIN_HIGH);
	mutex_unlock(&ggtt->vm.mutex);
	if (r)
		return r;
	*ret_at = node->start;
	return 0;
}

static u32 count_free_fences(struct i915_ggtt *ggtt)
{
	struct i915_fence_reg *reg;
	u32 n = 0;

	list_for_each_entry(reg, &ggtt->fence_list, link)
		n += !atomic_read(&reg->pin_count);
	return n;
}

u32 xengt_i915_borrow_fences(struct xengt_i915 *x, u32 keep)
{
	struct i915_ggtt *ggtt = ggtt_of(x);
	struct i915_fence_reg *reg;
	u32 bits = 0;

	mutex_lock(&ggtt->vm.mutex);
	while (count_free_fences(ggtt) > keep) {
		reg = i915_reserve_fence(ggtt);
		if (IS_ERR(reg))
			break;
		if (WARN_ON_ONCE(reg->id < 0 || reg->id >= FENCES)) {
			i915_unreserve_fence(reg);
			break;
		}
		x->fences[reg->id] = reg;
		bits |= BIT(reg->id);
	}
	mutex_unlock(&ggtt->vm.mutex);
	return bits;
}

/*
 * The reverse of what i915 does to write a fence register of Gen8 and Gen9
 * (gt/intel_ggtt_fencing.c, i965_write_fence_reg(); Intel PRM Skylake, Vol 2c,
 * FENCE).
 */
void xengt_i915_note_fence(struct xengt_i915 *x, u32 n, u64 value)
{
	u32 low = lower_32_bits(value), high = upper_32_bits(value);
	struct i915_fence_reg *reg = n < FENCES ? x->fences[n] : NULL;

	if (WARN_ON_ONCE(!reg))
		return;
	if (!(low & FENCE_VALID)) {
		reg->tiling = I915_TILING_NONE;
		reg->size = 0;
		return;
	}
	reg->start = low & PAGE_MASK;
	reg->size = (high & PAGE_MASK) + PAGE_SIZE - reg->start;
	reg->stride = ((high & ~PAGE_MASK) + 1) * 128;
	reg->tiling = low & FENCE_TILING_Y ?
		      I915_TILING_Y : I915_TILING_X;
}

void xengt_i915_power_get(struct xengt_i915 *x)
{
	mutex_lock(&x->power_lock);
	if (!x->powers++)
		intel_runtime_pm_get(&x->i915->runtime_pm);
	mutex_unlock(&x->power_lock);
}

void xengt_i915_power_put(struct xengt_i915 *x)
{
	mutex_lock(&x->power_lock);
	if (!--x->powers)
		intel_runtime_pm_put_unchecked(&x->i915->runtime_pm);
	mutex_unlock(&x->power_lock);
}

void xengt_i915_wake(struct xengt_i915 *x)
{
	xengt_i915_power_get(x);
	intel_uncore_forcewake_get(to_gt(x->i915)->uncore, FORCEWAKE_ALL);
}

void xengt_i915_unwake(struct xengt_i915 *x)
{
	intel_uncore_forcewake_put(to_gt(x->i915)->uncore, FORCEWAKE_ALL);
	xengt_i915_power_put(x);
}

static void give_back(struct xengt_i915 *x)
{
	struct i915_ggtt *ggtt = ggtt_of(x);
	u32 i;

	mutex_lock(&ggtt->vm.mutex);
	for (i = 0; i < FENCES; i++) {
		if (x->fences[i])
			i915_unreserve_fence(x->fences[i]);
	}
	for (i = 0; i < XENGT_I915_RANGES; i++) {
		if (drm_mm_node_allocated(&x->ranges[i]))
			drm_mm_remove_node(&x->ranges[i]);
	}
	mutex_unlock(&ggtt->vm.mutex);
}

void xengt_i915_close(struct xengt_i915 *x)
{
	u32 i;

	for (i = 0; i < XENGT_ENGINES; i++)
		atomic_notifier_chain_unregister(&x->engines[i].cs->context_status_notifier,
						 &x->engines[i].notifier);
	xengt_i915_order_end(&x->order);
	give_back(x);
	i915_vm_put(&x->ppgtt->vm);
	if (x->powers)
		intel_runtime_pm_put_unchecked(&x->i915->runtime_pm);
	kfree(x);
}

/* ---- contexts ---- */

/*
 * Cancels the job as i915 cancels a request; i915 exports no function for this.
 * Runs in a thread of the kernel, because i915 gives up and resets the engine if
 * the calling process has a signal.
 */
static void cancel_job(struct work_struct *work)
{
	struct xengt_i915_ctx *ctx = container_of(work, struct xengt_i915_ctx,
						  cancel);
	struct i915_request *rq = ctx->rq;

	cmpxchg(&rq->fence.error, 0, -EINTR);
	set_bit(I915_FENCE_FLAG_SENTINEL, &rq->fence.flags);
	ctx->ce->ops->cancel_request(ctx->ce, rq);
}

struct xengt_i915_ctx *xengt_i915_ctx_create(struct xengt_i915 *x,
					     enum xengt_engine_id engine)
{
	struct xengt_i915_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	struct intel_context *ce;
	int r;

	if (!ctx)
		return ERR_PTR(-ENOMEM);
	ctx->engine = &x->engines[engine];
	INIT_WORK(&ctx->cancel, cancel_job);
	ce = intel_context_create(ctx->engine->cs);
	if (IS_ERR(ce)) {
		kfree(ctx);
		return ERR_CAST(ce);
	}
	i915_vm_put(ce->vm);
	ce->vm = i915_vm_get(&x->ppgtt->vm);
	ce->ring_size = RING_BYTES;
	/* i915 writes no other context to the second port behind this context */
	intel_context_set_single_submission(ce);
	r = intel_context_pin(ce);
	if (r) {
		intel_context_put(ce);
		kfree(ctx);
		return ERR_PTR(r);
	}
	ctx->ce = ce;
	return ctx;
}

void xengt_i915_ctx_destroy(struct xengt_i915_ctx *ctx)
{
	/*
	 * afterwards the notifier does not use the context, and does not call
	 * changed() for it
	 */
	if (ctx->engine->running == ctx) {
		WRITE_ONCE(ctx->engine->running, NULL);
		synchronize_rcu();
		xengt_waits_note(&ctx->engine->waits, false);
	}
	if (ctx->rq)
		i915_request_put(ctx->rq);
	/* i915 keeps the context until its last request is completed */
	intel_context_unpin(ctx->ce);
	intel_context_put(ctx->ce);
	kfree(ctx);
}

u32 *xengt_i915_ctx_image(struct xengt_i915_ctx *ctx, u32 *ret_pages)
{
	*ret_pages = ctx->engine->cs->context_size / PAGE_SIZE;
	return ctx->ce->lrc_reg_state - LRC_STATE_OFFSET / sizeof(u32);
}

/* ---- jobs ---- */

static int emit(struct i915_request *rq,
		const struct xengt_i915_commands *commands)
{
	u32 n = commands->dwords;
	u32 *cs;

	if (!n)
		return 0;
	cs = intel_ring_begin(rq, round_up(n, 2));
	if (IS_ERR(cs))
		return PTR_ERR(cs);
	memcpy(cs, commands->dw, n * sizeof(*cs));
	cs += n;
	if (n % 2)
		*cs++ = MI_NOOP;
	intel_ring_advance(rq, cs);
	return 0;
}

/* The part's commands are at [begin, end) of the ring. */
static void tell(const struct xengt_i915_ctx *ctx, const struct i915_request *rq,
		 u32 begin, u32 end)
{
	const struct intel_engine_cs *cs = rq->engine;

	trace_xengt_i915_part(ctx->engine->id, ctx->ce->lrc.lrca & PAGE_MASK,
			      i915_ggtt_offset(rq->ring->vma), rq->ring->size,
			      begin, end, rq->timeline->hwsp_offset & PAGE_MASK,
			      i915_ggtt_offset(cs->status_page.vma),
			      cs->wa_ctx.vma ? i915_ggtt_offset(cs->wa_ctx.vma) : 0,
			      i915_ggtt_offset(cs->gt->scratch));
}

/* Called with the lock of the context's timeline, which i915_request_add() drops. */
static int fill(struct xengt_i915_ctx *ctx, struct i915_request *rq,
		const struct xengt_i915_job *job)
{
	struct intel_context *ce = ctx->ce;
	u32 i;
	int r;

	/*
	 * i915 sees by a request's first breadcrumb whether its commands have
	 * begun. For a hang i915 blames only a request that has begun
	 */
	r = rq->engine->emit_init_breadcrumb(rq);
	ctx->begin = rq->ring->emit;
	for (i = 0; i < XENGT_I915_PIECES && !r; i++)
		r = emit(rq, &job->pieces[i]);
	if (r)
		return r;
	ce->tag = job->number | NUMBER_IS_OURS;
	ce->lrc.lrca = (ce->lrc.lrca & PAGE_MASK) | job->flags |
		       CTX_DESC_FORCE_RESTORE;
	tell(ctx, rq, ctx->begin, rq->ring->emit);
	return 0;
}

int xengt_i915_ctx_run(struct xengt_i915_ctx *ctx,
		       const struct xengt_i915_job *job)
{
	struct i915_request *rq = i915_request_create(ctx->ce);
	int r;

	if (IS_ERR(rq))
		return PTR_ERR(rq);
	r = fill(ctx, rq, job);
	if (r) {
		/* i915 requires this; after the error no command runs */
		cmpxchg(&rq->fence.error, 0, r);
		i915_request_add(rq);
		return r == -EINTR || r == -ERESTARTSYS ? -EIO : r;
	}
	if (ctx->rq)
		i915_request_put(ctx->rq);
	ctx->rq = i915_request_get(rq);
	ctx->visits += ctx->visits % 2;
	xengt_waits_note(&ctx->engine->waits, true);
	/* the notifier sees a context that is complete */
	smp_store_release(&ctx->engine->running, ctx);
	xengt_i915_order_add(&ctx->engine->x->order, rq);
	return 0;
}

static bool is_in(const struct xengt_i915_ctx *ctx)
{
	/* pairs with status_changed() */
	return smp_load_acquire(&ctx->visits) % 2;
}

u32 xengt_i915_ctx_stay(const struct xengt_i915_ctx *ctx)
{
	/* pairs with status_changed() */
	u32 visits = smp_load_acquire(&ctx->visits);

	if (visits % 2 == 0 ||
	    READ_ONCE(ctx->engine->cs->execlists.pending[0]))
		return 0;
	return visits;
}

u32 xengt_i915_ctx_job_at(const struct xengt_i915_ctx *ctx, u32 *ret_begin)
{
	*ret_begin = ctx->begin;
	return ctx->ce->ring->size;
}

u64 xengt_i915_away_ns(struct xengt_i915 *x, enum xengt_engine_id id)
{
	return xengt_waits_sum(&x->engines[id].waits);
}

/*
 * Errors that a request has although all its commands have run: i915 reset the
 * engine for the work of somebody else, and ran the request again.
 */
static bool is_harmless(int error)
{
	return !error || error == -EAGAIN || error == -ETIMEDOUT;
}

enum xengt_i915_state xengt_i915_ctx_state(struct xengt_i915_ctx *ctx)
{
	if (!ctx->rq)
		return XENGT_I915_DONE;
	if (!i915_request_completed(ctx->rq) || is_in(ctx))
		return XENGT_I915_RUNNING;
	return is_harmless(READ_ONCE(ctx->rq->fence.error)) ?
	       XENGT_I915_DONE : XENGT_I915_FAILED;
}

/*
 * The job has got an error. Returns true if no command of the job will run any
 * more. i915 looks at the error when it submits a job, under the lock that this
 * function takes.
 */
static bool has_ended(struct xengt_i915_ctx *ctx)
{
	struct i915_sched_engine *se = ctx->engine->cs->sched_engine;
	bool waits;

	if (xengt_i915_ctx_state(ctx) != XENGT_I915_RUNNING)
		return true;
	spin_lock_irq(&se->lock);
	waits = !test_bit(I915_FENCE_FLAG_ACTIVE, &ctx->rq->fence.flags);
	spin_unlock_irq(&se->lock);
	return waits && !is_in(ctx);
}

int xengt_i915_ctx_cancel(struct xengt_i915_ctx *ctx, u32 ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	bool is_late;

	if (!ctx->rq || xengt_i915_ctx_state(ctx) != XENGT_I915_RUNNING)
		return 0;
	queue_work(system_unbound_wq, &ctx->cancel);
	flush_work(&ctx->cancel);
	do {
		is_late = time_after(jiffies, end);
		if (has_ended(ctx))
			return 0;
		usleep_range(200, 400);
	} while (!is_late);
	return -EIO;
}
