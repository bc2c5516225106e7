// SPDX-License-Identifier: GPL-2.0-only
#include "bench/rig_count.h"

#include "bench/rig_print.h"

static const char *const count_names[COUNTS] = {
	[COUNT_EXITS] = "exits", [COUNT_HYPERCALLS] = "hypercalls",
	[COUNT_BYTES] = "bytes", [COUNT_CALLS] = "calls",
	[COUNT_EVENTS] = "events", [COUNT_MODULE_BYTES] = "module_bytes",
	[COUNT_INTERRUPTS] = "interrupts", [COUNT_ENTRIES] = "entries",
};

struct count_rig {
	struct guest *guest;
	const struct xengt_gpu_ops *real;
	struct xengt_gpu_ops ops;	/* the real operations, with a count of
					 * each call */
	uint64_t calls, events;
	uint64_t old[COUNTS];
};

static struct count_rig count_rig;

#define COUNTED(op, params, args)					       \
	static int count_##op params					       \
	{								       \
		count_rig.calls++;					       \
		return count_rig.real->op args;				       \
	}

COUNTED(ggtt_write, (struct xengt_gpu *gpu, uint32_t first, const uint64_t *pte,
		     uint32_t n, uint32_t *ret_scratched),
	(gpu, first, pte, n, ret_scratched))
COUNTED(ppgtt_create, (struct xengt_gpu *gpu, uint32_t level, uint32_t flags,
		       uint32_t *ret_id), (gpu, level, flags, ret_id))
COUNTED(ppgtt_destroy, (struct xengt_gpu *gpu, uint32_t id), (gpu, id))
COUNTED(ppgtt_write, (struct xengt_gpu *gpu, uint32_t id, uint32_t first,
		      const uint64_t *pte, uint32_t n, uint32_t *ret_scratched),
	(gpu, id, first, pte, n, ret_scratched))
COUNTED(submit, (struct xengt_gpu *gpu, struct xengt_vgpu_submit *work),
	(gpu, work))
COUNTED(revalidate, (struct xengt_gpu *gpu), (gpu))
COUNTED(engine_reset, (struct xengt_gpu *gpu, uint32_t mask), (gpu, mask))
COUNTED(timestamp, (struct xengt_gpu *gpu, uint64_t *ret_ticks),
	(gpu, ret_ticks))

static int count_next_event(struct xengt_gpu *gpu,
			    struct xengt_gpu_event *ret_ev)
{
	int r = count_rig.real->next_event(gpu, ret_ev);

	count_rig.events += r == 1;
	return r;
}

struct guest *count_setup(void)
{
	void *guest;

	assert_int_equal(guest_setup_skl(&guest), 0);
	count_rig.guest = guest;
	count_rig.real = count_rig.guest->gpu->ops;
	count_rig.ops = *count_rig.real;
	count_rig.ops.ggtt_write = count_ggtt_write;
	count_rig.ops.ppgtt_create = count_ppgtt_create;
	count_rig.ops.ppgtt_destroy = count_ppgtt_destroy;
	count_rig.ops.ppgtt_write = count_ppgtt_write;
	count_rig.ops.submit = count_submit;
	count_rig.ops.revalidate = count_revalidate;
	count_rig.ops.engine_reset = count_engine_reset;
	count_rig.ops.timestamp = count_timestamp;
	count_rig.ops.next_event = count_next_event;
	count_rig.guest->gpu->ops = &count_rig.ops;
	return guest;
}

void count_teardown(void)
{
	void *guest = count_rig.guest;

	assert_int_equal(guest_teardown(&guest), 0);
}

static void count_now(uint64_t ret[COUNTS])
{
	struct xengt_gpu *gpu = count_rig.guest->gpu;
	const struct xengt_counters *now =
		xengt_vgpu_counters(count_rig.guest->vgpu);
	struct xengt_vgpu_info info;

	assert_int_equal(count_rig.real->info(gpu, &info), 0);
	ret[COUNT_EXITS] = count_exits(now);
	ret[COUNT_HYPERCALLS] = now->hypercalls;
	ret[COUNT_BYTES] = now->guest_bytes;
	ret[COUNT_CALLS] = count_rig.calls;
	ret[COUNT_EVENTS] = count_rig.events;
	ret[COUNT_MODULE_BYTES] = info.bytes_copied;
	ret[COUNT_INTERRUPTS] = now->interrupts;
	ret[COUNT_ENTRIES] = info.entries_written;
}

void count_start(void)
{
	count_now(count_rig.old);
}

void count_report(const char *name, uint32_t n, uint32_t set,
				const char *what)
{
	uint64_t now[COUNTS];

	count_now(now);
	for (uint32_t i = 0; i < COUNTS; i++)
		if (set & 1u << i)
			count_print(name, count_names[i],
				    (double)(now[i] - count_rig.old[i]) / n,
				    what);
	count_start();
}
