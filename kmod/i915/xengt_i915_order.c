// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the order of jobs and of i915's own requests
 *
 * i915_request_add() takes a request's priority from the gem_context of the
 * request's context; if there is none, the priority is 0. i915 never lowers a
 * priority afterwards (i915_scheduler.c). The module's contexts have no
 * gem_context, so they get one while a request is added. i915 only reads the
 * priority of this gem_context: its count of references is 0, so other code of
 * i915 that finds it does not use it (kref_get_unless_zero()).
 */
#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "gem/i915_gem_context_types.h"
#include "gt/intel_context.h"
#include "gt/intel_engine.h"
#include "i915_request.h"

#include "uapi/xengt.h"
#include "xengt_i915_order.h"

int xengt_i915_order_begin(struct xengt_i915_order *order,
			   const struct xengt_i915_policy *policy)
{
	struct intel_engine_cs *cs;
	u32 i;

	order->prio = kzalloc(sizeof(*order->prio), GFP_KERNEL);
	if (!order->prio)
		return -ENOMEM;
	order->prio->sched.priority = policy->priority;
	order->preempt_ms = policy->preempt_ms;
	for (i = 0; i < XENGT_ENGINES && order->preempt_ms; i++) {
		cs = order->cs[i];
		order->old_preempt_ms[i] = cs->props.preempt_timeout_ms;
		WRITE_ONCE(cs->props.preempt_timeout_ms, order->preempt_ms);
	}
	return 0;
}

void xengt_i915_order_end(struct xengt_i915_order *order)
{
	u32 i;

	for (i = 0; i < XENGT_ENGINES && order->preempt_ms; i++)
		cmpxchg(&order->cs[i]->props.preempt_timeout_ms,
			order->preempt_ms, order->old_preempt_ms[i]);
	/* i915 may still look at the count of references */
	synchronize_rcu();
	kfree(order->prio);
}

void xengt_i915_order_add(const struct xengt_i915_order *order,
			  struct i915_request *rq)
{
	struct intel_context *ce = rq->context;

	rcu_assign_pointer(ce->gem_context, order->prio);
	i915_request_add(rq);
	RCU_INIT_POINTER(ce->gem_context, NULL);
}
