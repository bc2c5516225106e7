/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of jobs and of i915's own requests: what struct xengt_i915_policy says. */
#ifndef XENGT_KMOD_I915_ORDER_H
#define XENGT_KMOD_I915_ORDER_H

#include "uapi/xengt.h"
#include "xengt_i915.h"

struct i915_gem_context;
struct i915_request;
struct intel_engine_cs;

struct xengt_i915_order {
	struct intel_engine_cs *cs[XENGT_ENGINES];
	struct i915_gem_context *prio;	/* has the policy's priority */
	unsigned long preempt_ms;	/* the policy's */
	/* the engines' values before the policy; used only if the policy has one */
	unsigned long old_preempt_ms[XENGT_ENGINES];
};

/* Make the policy valid. The caller has set order->cs. Returns 0 or -ENOMEM. */
int xengt_i915_order_begin(struct xengt_i915_order *order,
			   const struct xengt_i915_policy *policy);
/* Undo the policy. No request is added any more. May sleep. */
void xengt_i915_order_end(struct xengt_i915_order *order);
/* i915_request_add(), with the policy's priority. */
void xengt_i915_order_add(const struct xengt_i915_order *order,
			  struct i915_request *rq);

#endif /* XENGT_KMOD_I915_ORDER_H */
