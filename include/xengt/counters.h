/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a vGPU counts from its start. Each counter has one row; the struct,
 * `xengt-ctl stat`, its JSON and the documentation are made from the rows.
 */
#ifndef XENGT_COUNTERS_H
#define XENGT_COUNTERS_H

#include <stdint.h>

/* X(field, "json-name", "what it counts") */
/* clang-format off */
#define XENGT_COUNTERS(X)						       \
	X(exit_pci,	   "exits.pci",	      "config space accesses")	       \
	X(exit_reg_read,   "exits.reg_read",  "register reads")		       \
	X(exit_reg_write,  "exits.reg_write", "register writes")	       \
	X(exit_ggtt_read,  "exits.ggtt_read", "reads of GGTT entries")	       \
	X(exit_ggtt_write, "exits.ggtt_write","writes of GGTT entries")	       \
	X(exit_other,	   "exits.other",     "everything else")	       \
	X(exit_invalidate, "exits.invalidate","guest gave memory away")	       \
	X(exit_invalid,	   "exits.invalid",   "requests answered but not understood") \
	X(hypercalls,	   "hypercalls",      "device-model and mapping calls made") \
	X(interrupts,	   "interrupts",      "MSIs sent to the guest")	       \
	X(interrupts_failed, "interrupts_failed", "MSIs that Xen refused")     \
	X(blanks_missed,   "blanks_missed",   "vertical blanks that the guest was too slow to be told of") \
	X(ggtt_entries,	   "ggtt.entries",    "GGTT entries translated")       \
	X(ggtt_scratched,  "ggtt.scratched",  "of those, sent to the scratch page") \
	X(ggtt_outside,	   "ggtt.outside",    "writes outside the guest's slices, dropped") \
	X(ggtt_compares,   "ggtt.compares",   "pages of GGTT entries compared with what was seen last") \
	X(ram_pages,	   "ram_pages",	      "pages of RAM behind BAR0, now")	       \
	X(ppgtt_tables,	   "ppgtt.tables",    "guest page tables with a shadow, now")   \
	X(ppgtt_compares,  "ppgtt.compares",  "page tables compared with what was seen last") \
	X(ppgtt_entries,   "ppgtt.entries",   "page table entries translated")	       \
	X(ppgtt_scratched, "ppgtt.scratched", "pages of those, sent to the scratch page") \
	X(ppgtt_missing,   "ppgtt.missing",   "page tables that were no RAM when read") \
	X(ppgtt_reclaimed, "ppgtt.reclaimed", "address spaces given up for a limit") \
	X(ppgtt_stores,	   "ppgtt.stores",    "stores to protected page tables")  \
	X(tracked_pages,   "tracked_pages",   "guest pages protected against stores, now") \
	X(bar_refused,	   "bar_refused",     "BAR addresses that Xen refused")   \
	X(opregion_refused, "opregion_refused", "OpRegion addresses with RAM or something else there") \
	X(guest_bytes,	   "guest_bytes",     "bytes copied from or to guest memory") \
	X(reg_unknown,	   "regs.unknown",    "accesses of registers without a row") \
	X(reg_denied,	   "regs.denied",     "accesses of denied registers")     \
	X(submissions,	   "gpu.submissions", "contexts handed to the hardware")  \
	X(completions,	   "gpu.completions", "contexts that ran dry")	       \
	X(refused,	   "gpu.refused",     "contexts that could not be handed over") \
	X(hangs,	   "gpu.hangs",	      "contexts that did not end in time") \
	X(resets,	   "gpu.resets",      "engine resets by the guest")	       \
	X(csb_events,	   "gpu.csb_events",  "context events told to the guest") \
	X(user_interrupts, "gpu.user_interrupts", "MI_USER_INTERRUPT events")   \
	X(fence_refused,   "fences.refused",  "fences over memory of others, not enabled")
/* clang-format on */

struct xengt_counters {
#define XENGT_COUNTER_FIELD(field, json, doc) uint64_t field;
	XENGT_COUNTERS(XENGT_COUNTER_FIELD)
#undef XENGT_COUNTER_FIELD
};

#endif /* XENGT_COUNTERS_H */
