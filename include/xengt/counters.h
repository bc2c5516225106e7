/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of a vGPU. All counters of a new vGPU are 0. The table has a row
 * for each counter. The rows define struct xengt_counters, the output of
 * `xengt-ctl stat` as text and as JSON, the watch for abuse (src/common/abuse.h),
 * the lines of `xengt-ctl info` about abuse, and docs/metrics.md.
 *
 * Columns of X():
 *   field       member of struct xengt_counters
 *   json        the counter's name for people and programs
 *   doc         what the counter counts
 *   burst       for an adverse event: the number of events that are harmless at
 *               once; 0: the counter counts no adverse event
 *   per_minute  for an adverse event: the number of further events that are
 *               harmless in each minute. If a guest causes more events than burst
 *               and per_minute allow, the counter trips (src/common/abuse.h). No
 *               driver in normal work comes near these numbers, even in months; a
 *               guest that causes the events on purpose exceeds the numbers
 *               within seconds
 *   throttle    what slows down a guest whose counter tripped, enum
 *               xengt_throttle
 *   why         for an adverse event: who causes the event in normal work, and
 *               how often at most
 */
#ifndef XENGT_COUNTERS_H
#define XENGT_COUNTERS_H

#include <stdint.h>

enum xengt_throttle {
	/* Nothing slows the guest down; only a log line reports the events. */
	XENGT_THROTTLE_NONE,
	/* The worker answers the guest's next requests up to a second later. */
	XENGT_THROTTLE_PAUSE,
	/*
	 * A tripped counter does not slow the guest down further: another limit,
	 * which always applies, bounds the cost for other guests.
	 */
	XENGT_THROTTLE_ALWAYS,
	XENGT_THROTTLES,
};

/* clang-format off */
#define XENGT_COUNTERS(X)						       \
	X(exit_pci, "exits.pci", "config space accesses",		       \
	  100000, 60000, PAUSE, "firmware and drivers: some 10,000 at a start") \
	X(exit_reg_read, "exits.reg_read", "register reads",		       \
	  2000000, 1200000, PAUSE, "a driver that polls: some 1000 a second")  \
	X(exit_reg_write, "exits.reg_write", "register writes",		       \
	  2000000, 1200000, PAUSE, "a submission takes 5: some 10,000 a second") \
	X(exit_ggtt_read, "exits.ggtt_read", "reads of GGTT entries",	       \
	  2000000, 1200000, PAUSE, "firmware, before there is a driver")       \
	X(exit_ggtt_write, "exits.ggtt_write", "writes of GGTT entries",       \
	  8000000, 1200000, PAUSE, "a driver's start writes a million at once") \
	X(exit_aperture, "exits.aperture", "accesses of pieces of the aperture that are not mapped", \
	  2000000, 1200000, PAUSE, "some hundred a second, while pieces are unmapped and mapped again") \
	X(exit_other, "exits.other", "all other accesses that the device answers", \
	  8000000, 3000000, PAUSE, "stores to page tables while they are built") \
	X(exit_invalidate, "exits.invalidate", "messages of Xen about memory that the guest gave away", \
	  200000, 60000, PAUSE, "a balloon that shrinks a guest by gigabytes") \
	X(exit_invalid, "exits.invalid", "invalid requests, answered nevertheless", \
	  1000, 60, PAUSE, "no driver")					       \
	X(hypercalls, "hypercalls", "calls of Xen's device-model and mapping functions", \
	  0, 0, NONE, "")						       \
	X(interrupts, "interrupts", "MSIs sent to the guest",		       \
	  0, 0, NONE, "")						       \
	X(interrupts_failed, "interrupts_failed", "MSIs that Xen refused",     \
	  0, 0, NONE, "")						       \
	X(blanks_missed, "blanks_missed", "vertical blanks not reported, because the guest was too slow", \
	  0, 0, NONE, "")						       \
	X(ggtt_entries, "ggtt.entries", "GGTT entries sent to the module",     \
	  0, 0, NONE, "")						       \
	X(ggtt_scratched, "ggtt.scratched", "GGTT entries that point to no RAM of the guest", \
	  0, 0, NONE, "")						       \
	X(ggtt_outside, "ggtt.outside", "writes outside the guest's slices, dropped", \
	  8000000, 600000, PAUSE, "a driver that clears all of the GGTT when it wakes") \
	X(ggtt_compares, "ggtt.compares", "pages of GGTT entries that were compared with their last known content", \
	  0, 0, NONE, "")						       \
	X(ram_pages, "ram_pages", "pages of RAM behind BAR0, now",	       \
	  0, 0, NONE, "")						       \
	X(ppgtt_tables, "ppgtt.tables", "guest page tables that the worker follows, now", \
	  0, 0, NONE, "")						       \
	X(ppgtt_compares, "ppgtt.compares", "page tables that were compared with their last known content", \
	  0, 0, NONE, "")						       \
	X(ppgtt_entries, "ppgtt.entries", "page table entries sent to the module", \
	  0, 0, NONE, "")						       \
	X(ppgtt_scratched, "ppgtt.scratched", "4 KiB pages that page table entries point to, but that are no RAM of the guest", \
	  0, 0, NONE, "")						       \
	X(ppgtt_missing, "ppgtt.missing", "reads of a guest page table at an address where the guest has no RAM", \
	  1000, 60, PAUSE, "no driver")					       \
	X(ppgtt_reclaimed, "ppgtt.reclaimed", "address spaces that the worker stopped following at a limit", \
	  2000, 600, PAUSE, "hundreds of programs that draw alternately")	       \
	X(ppgtt_stores, "ppgtt.stores", "stores to protected page tables",     \
	  0, 0, NONE, "")						       \
	X(tracked_pages, "tracked_pages", "guest pages protected against stores, now", \
	  0, 0, NONE, "")						       \
	X(places, "places", "requests to the broker to place the aperture or RAM", \
	  1000, 120, ALWAYS, "firmware and drivers move a BAR some 10 times at a start") \
	X(aperture_pieces, "aperture.pieces", "pieces of the aperture that are mapped on demand, now", \
	  0, 0, NONE, "")						       \
	X(aperture_swaps, "aperture.swaps", "pieces of the aperture that were mapped on demand", \
	  0, 0, NONE, "")						       \
	X(aperture_throttled, "aperture.throttled", "accesses of aperture pieces that the limit of mappings kept unmapped", \
	  200000, 60000, ALWAYS, "none: a driver touches the whole slice once") \
	X(bar_refused, "bar_refused", "BAR addresses that Xen refused",	       \
	  1000, 60, NONE, "firmware that sizes a BAR with decode on")	       \
	X(opregion_refused, "opregion_refused", "OpRegion addresses that RAM or a device occupies", \
	  100, 10, NONE, "firmware, once at a start")			       \
	X(guest_bytes, "guest_bytes", "bytes copied from or to guest memory",  \
	  0, 0, NONE, "")						       \
	X(reg_unknown, "regs.unknown", "accesses of registers without a row",  \
	  200000, 120000, PAUSE, "a newer driver: some hundred a second")      \
	X(reg_denied, "regs.denied", "accesses of denied registers",	       \
	  20000, 6000, PAUSE, "a newer driver, at its start")		       \
	X(log_dropped, "log.dropped", "lines that the worker did not log, because the log's limit was reached", \
	  1000, 60, NONE, "none: each line that a driver causes is logged once") \
	X(submissions, "gpu.submissions", "contexts handed to the hardware",   \
	  0, 0, NONE, "")						       \
	X(completions, "gpu.completions", "contexts that ran their ring to its end", \
	  0, 0, NONE, "")						       \
	X(refused, "gpu.refused", "contexts that were not handed to the hardware", \
	  0, 0, NONE, "")						       \
	X(refused_unknown, "gpu.refused.unknown", "contexts refused for a command without a row", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_forbidden, "gpu.refused.forbidden", "contexts refused for a forbidden command", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_length, "gpu.refused.length", "contexts refused for a command of a wrong length", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_address, "gpu.refused.address", "contexts refused for an address outside the guest's slices", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_register, "gpu.refused.register", "contexts refused for a forbidden register", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_batch, "gpu.refused.batch", "contexts refused for a batch that cannot be read", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_limit, "gpu.refused.limit", "contexts refused because a stream is longer than the module copies", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(refused_context, "gpu.refused.context", "contexts refused because their image is not valid", \
	  20, 1, NONE, "a newer driver: its engine hangs, and the driver gives up") \
	X(images_other, "gpu.images.other", "images of contexts whose commands differ from the module's template", \
	  0, 0, NONE, "")						       \
	X(images_cut, "gpu.images.cut", "images of contexts that were loaded only in part", \
	  1000, 60, NONE, "a driver that uses a unit whose state the module does not know") \
	X(hangs, "gpu.hangs", "contexts that did not end in time",	       \
	  16, 1, ALWAYS, "a faulty program, now and then")		       \
	X(overruns, "gpu.overruns", "contexts that did not leave an engine in time while another guest waited", \
	  16, 1, ALWAYS, "a program whose batches take seconds, now and then")    \
	X(resets, "gpu.resets", "engine resets by the guest",		       \
	  200, 12, NONE, "a driver: some at its start, and one for each hang")	       \
	X(csb_events, "gpu.csb_events", "context events that the guest got",   \
	  0, 0, NONE, "")						       \
	X(user_interrupts, "gpu.user_interrupts", "MI_USER_INTERRUPT events",  \
	  240000, 120000, ALWAYS, "a driver waits for some 500 requests a second") \
	X(fence_refused, "fences.refused", "fences that reach memory outside the guest's slices, not enabled", \
	  1000, 60, NONE, "no driver")
/* clang-format on */

struct xengt_counters {
#define XENGT_COUNTER_FIELD(field, ...) uint64_t field;
	XENGT_COUNTERS(XENGT_COUNTER_FIELD)
#undef XENGT_COUNTER_FIELD
};

/*
 * A number for each row, in the order of the rows, which is the order of the
 * struct's members.
 */
enum xengt_counter {
#define XENGT_COUNTER_ID(field, ...) XENGT_COUNTER_##field,
	XENGT_COUNTERS(XENGT_COUNTER_ID)
#undef XENGT_COUNTER_ID
	XENGT_COUNTERS_ALL
};

#endif /* XENGT_COUNTERS_H */
