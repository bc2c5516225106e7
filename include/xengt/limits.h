/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All limits of what one guest can make us allocate. (Frames that are held are
 * bounded by the memory of its domain; registers and the view of the GGTT have
 * the size that the admin gave the vGPU.) docs/accounts.md has the sums, and
 * names the code that enforces each limit.
 */
#ifndef XENGT_LIMITS_H
#define XENGT_LIMITS_H

#include "uapi/xengt.h"

/* ---- its worker ---- */

/*
 * Shadows of page tables, a little over 4 or 5 KiB each; this is also the limit
 * of protected pages. It is below XENGT_PPGTT_TABLES_MAX, because the module
 * needs tables for 32-bit roots and 2 MiB entries, too.
 */
#define XENGT_SHADOWS_MAX	8000
_Static_assert(XENGT_SHADOWS_MAX < XENGT_PPGTT_TABLES_MAX,
	       "the module has tables for roots and 2 MiB entries, too");
/* Roots that are known at a time. */
#define XENGT_ROOTS_MAX		512
/*
 * All memory that a worker can have; a resource limit enforces this. It is for
 * shadows, the view of the largest GGTT, the RAM that a recording has seen, and
 * 6 MiB for registers, tables and the C library.
 */
#define XENGT_WORKER_BYTES_MAX	(72u << 20)
_Static_assert(XENGT_SHADOWS_MAX * ((5u << 10) + 64) + (8u << 20) +
	       (16u << 20) + (6u << 20) <= XENGT_WORKER_BYTES_MAX,
	       "what its parts may need");

/* ---- Xen ---- */

/*
 * Memory that a domain gets beyond its own, for pages behind BAR0: the size of
 * BAR0.
 */
#define XENGT_RAM_FRAMES_MAX	4096

/* ---- the module ---- */

/*
 * The module's page tables, with those that split a 2 MiB entry:
 * XENGT_PPGTT_TABLES_MAX, each of a page and this many bytes of notes. Together
 * 48 MiB.
 */
#define XENGT_PPGTT_WORDS_BYTES	(XENGT_PPGTT_ENTRIES * sizeof(__u32))
_Static_assert(XENGT_PPGTT_TABLES_MAX * (4096 + XENGT_PPGTT_WORDS_BYTES) ==
	       48u << 20, "in all 48 MiB");

/*
 * Notes of the module: for each frame that is held (its place, Linux's page and
 * page table entry for the place, its share of the index by frame), for each MiB of
 * the vGPU's GGTT (4 bytes an entry), and for the vGPU itself.
 */
#define XENGT_FRAME_NOTE_BYTES	160
#define XENGT_ENTRY_NOTE_KIB_PER_MIB 1
#define XENGT_VGPU_NOTE_KIB	1024

/* ---- work ---- */

/*
 * The number of contexts of one vGPU that one engine keeps, in flight or as an
 * image.
 */
#define XENGT_EXEC_SLOTS	2
/*
 * vGPUs that exist at a time; a vGPU's number goes into 6 bits of a context's
 * id.
 */
#define XENGT_EXEC_VGPUS_MAX	63
_Static_assert(XENGT_EXEC_VGPUS_MAX < 1 << 6, "6 bits; 0 is nobody");

/*
 * Memory of the module for one vGPU's images, rings and batches, in pages, and as
 * many graphics addresses (src/boundary/area.h).
 */
#define XENGT_EXEC_PAGES_MAX	1024
/* The largest ring; the rings of i915 have at most 512 KiB. */
#define XENGT_RING_BYTES_MAX	(512u << 10)
_Static_assert(XENGT_RING_BYTES_MAX / 4096 < XENGT_EXEC_PAGES_MAX,
	       "one ring is not all of a vGPU's memory");
/*
 * Privileged batches: the pages for the copies of one context, the longest
 * batch, the number of batches in one submission, and how deep batches may
 * start each other.
 */
#define XENGT_BATCH_PAGES	128
#define XENGT_BATCH_BYTES_MAX	(256u << 10)
#define XENGT_BATCHES_MAX	64
#define XENGT_BATCH_DEPTH	4
_Static_assert(XENGT_BATCH_BYTES_MAX <= XENGT_BATCH_PAGES * 4096u &&
	       XENGT_BATCH_DEPTH <= XENGT_BATCHES_MAX,
	       "the longest batch has room, and the deepest nest is one of them");
/*
 * A per-context batch: one page. An indirect context batch has at most 63
 * cachelines.
 */
#define XENGT_PER_CTX_BYTES_MAX	4096
_Static_assert(63 * 64 <= XENGT_PER_CTX_BYTES_MAX, "63 cachelines: one page");

/*
 * The most that one part of a ring may cost, in the units of turn.h: 8 batches, or
 * 32 batches where the guest's ring has no earlier place at which it can stop. The
 * hardware has two parts at most.
 */
#define XENGT_TURN_BATCH	8u
#define XENGT_TURN_MAX		(8 * XENGT_TURN_BATCH)
#define XENGT_TURN_PART_MAX	(32 * XENGT_TURN_BATCH)
_Static_assert(XENGT_TURN_MAX <= XENGT_TURN_PART_MAX,
	       "a ring that can stop costs no more than one that cannot");

/*
 * Guests' commands may make one engine raise XENGT_IRQS_MAX interrupts in a
 * window of XENGT_IRQ_WINDOW_NS nanoseconds. Then the module mutes the engine
 * until the window is over, and reports all that it would have raised as one
 * interrupt (src/boundary/sched.c). So 4 engines interrupt at most 16,000 times
 * a second. The module handles each within XENGT_IRQ_INSTRUCTIONS_MAX
 * instructions (`make bench` counts them), and together that is 2 % of a CPU
 * that runs 10^9 instructions in a second.
 */
#define XENGT_IRQS_MAX		16u
#define XENGT_IRQ_WINDOW_NS	4000000u
#define XENGT_IRQ_INSTRUCTIONS_MAX 1250u
_Static_assert(4ull * XENGT_IRQS_MAX * (1000000000u / XENGT_IRQ_WINDOW_NS) *
	       XENGT_IRQ_INSTRUCTIONS_MAX * 100 <= 2 * 1000000000ull, "2 %");

/*
 * Commands of the module before those of a guest (src/boundary/prelude.c): so many at
 * most, of which the render engine's are a part of the 63 cachelines of an indirect
 * batch; and so many bytes of a ring before its head are free for a start of them.
 */
#define XENGT_PRELUDE_DWORDS	256u
_Static_assert(XENGT_PRELUDE_DWORDS * 4 <= 63 * 64, "63 cachelines");
#define XENGT_PRELUDE_ROOM	48u
/* A context's image, its status page included; Gen9's render engine has the largest. */
#define XENGT_IMAGE_PAGES_MAX	22
/* The module's own context, from which a template is made, runs no longer. */
#define XENGT_TEMPLATE_MS	100
/*
 * Shares of time (src/boundary/share.h, docs/design/013); their ranges and defaults
 * are XENGT_SHARE_* of uapi/xengt.h. What a vGPU with a cap did not use it may use
 * later, but no more than this.
 */
#define XENGT_CAP_CREDIT_MS	100u
/*
 * While no other vGPU waits, the module resets an engine that makes no progress for
 * this long (default of its parameter).
 */
#define XENGT_HANG_MS		10000
_Static_assert(XENGT_SHARE_TIMEOUT_MS_MAX <= XENGT_HANG_MS,
	       "a vGPU that waits does not make the bound longer");
/*
 * How long the module waits for a context to leave the second port before it
 * resets the engine.
 */
#define XENGT_UNQUEUE_MS	5
_Static_assert(XENGT_UNQUEUE_MS < XENGT_HANG_MS, "shorter than a hang");
/* Each period without a hang forgives one; see XENGT_SHARE_STOP. */
#define XENGT_HANG_FORGET_MS	120000

#endif /* XENGT_LIMITS_H */
