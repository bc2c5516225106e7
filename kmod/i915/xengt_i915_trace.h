/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracepoint, with which an administrator sees when guests' work goes to i915
 * (trace-cmd record -e xengt_i915). The tests' judge uses the tracepoint, too.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xengt_i915

#if !defined(XENGT_KMOD_I915_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XENGT_KMOD_I915_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

/*
 * The module is about to give a part of a guest's work to i915: the commands at
 * [begin, end) of the ring, after whose end the ring's offsets begin at 0 again if
 * end < begin. engine is an enum xengt_engine_id. The other values are graphics
 * addresses: of the context's image, of the ring, of the page of the context's
 * timeline, and of the engine's status page.
 */
TRACE_EVENT(xengt_i915_part,
	TP_PROTO(u32 engine, u64 image, u64 ring, u32 ring_bytes, u32 begin,
		 u32 end, u64 timeline, u64 status),
	TP_ARGS(engine, image, ring, ring_bytes, begin, end, timeline, status),
	TP_STRUCT__entry(
		__field(u32, engine)
		__field(u32, ring_bytes)
		__field(u32, begin)
		__field(u32, end)
		__field(u64, image)
		__field(u64, ring)
		__field(u64, timeline)
		__field(u64, status)
	),
	TP_fast_assign(
		__entry->engine = engine;
		__entry->ring_bytes = ring_bytes;
		__entry->begin = begin;
		__entry->end = end;
		__entry->image = image;
		__entry->ring = ring;
		__entry->timeline = timeline;
		__entry->status = status;
	),
	TP_printk("engine %u image 0x%llx ring 0x%llx+0x%x part 0x%x-0x%x timeline 0x%llx status 0x%llx",
		  __entry->engine, __entry->image, __entry->ring,
		  __entry->ring_bytes, __entry->begin, __entry->end,
		  __entry->timeline, __entry->status)
);

#endif /* XENGT_KMOD_I915_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xengt_i915_trace
#include <trace/define_trace.h>
