// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the simulator which commands of i915's ring are a guest's (struct
 * xengt_judge_part). xengt-i915.ko has a tracepoint (kmod/i915/xengt_i915_trace.h) that it
 * passes each time before it gives a part of a guest's work to i915. The numbers of engines
 * are the simulator's.
 */
#include "judge_priv.h"

#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include <asm/barrier.h>

#define MODULE_NAME_OF_I915	"xengt_i915"
#define TRACEPOINT		"xengt_i915_part"

/* Called before the engine gets the part. The engine runs no part now. */
static void part_given(void *unused, u32 engine, u64 image, u64 ring, u32 ring_bytes,
		       u32 begin, u32 end, u64 timeline, u64 status)
{
	struct xengt_judge_part *p;

	if (engine >= XENGT_JUDGE_PARTS_MAX)
		return;
	p = &judge.parts[engine];
	WRITE_ONCE(p->seq, p->seq + 1);
	smp_wmb();	/* seq is odd before the first change */
	p->image = image;
	p->ring = ring;
	p->ring_bytes = ring_bytes;
	p->begin = begin;
	p->end = end;
	p->timeline = timeline;
	p->status = status;
	smp_wmb();	/* all changes are made before seq is even again */
	WRITE_ONCE(p->seq, p->seq + 1);
}

static int module_changed(struct notifier_block *nb, unsigned long what, void *data)
{
	const struct module *mod = ((struct tp_module *)data)->mod;
	int r = 0;

	if (strcmp(mod->name, MODULE_NAME_OF_I915))
		return NOTIFY_OK;
	for (unsigned int i = 0; i < mod->num_tracepoints; i++) {
		struct tracepoint *tp = tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]);

		if (strcmp(tp->name, TRACEPOINT))
			continue;
		if (what == MODULE_STATE_COMING)
			r = tracepoint_probe_register(tp, part_given, NULL);
		else if (what == MODULE_STATE_GOING)
			r = tracepoint_probe_unregister(tp, part_given, NULL);
	}
	if (r)
		pr_err("tracepoint " TRACEPOINT ": error %d\n", r);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = module_changed };

int judge_parts_init(void)
{
	return register_tracepoint_module_notifier(&notifier);
}

void judge_parts_fini(void)
{
	unregister_tracepoint_module_notifier(&notifier);
	tracepoint_synchronize_unregister();
}
