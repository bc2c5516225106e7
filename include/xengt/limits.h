/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All limits of what one guest can make us allocate. (Held frames are bounded
 * by the memory of the guest's domain; registers and the view of the GGTT have
 * the size that the admin gave the vGPU.) docs/accounts.md has the sums, and
 * names the code that enforces each limit.
 */
#ifndef XENGT_LIMITS_H
#define XENGT_LIMITS_H

#include "uapi/xengt.h"

/* ---- the guest's worker ---- */

/*
 * The largest number of page tables of a guest that the worker follows, and
 * also of protected pages. The worker's record of a table (a shadow) takes a
 * little more than 4 KiB at level 1, and a little more than 5 KiB above. The
 * number is below XENGT_PPGTT_TABLES_MAX, because the module needs tables for
 * 32-bit roots and 2 MiB entries, too.
 */
#define XENGT_SHADOWS_MAX	8000
_Static_assert(XENGT_SHADOWS_MAX < XENGT_PPGTT_TABLES_MAX,
	       "the module has tables for roots and 2 MiB entries, too");
/* The largest number of roots of page tables that the worker keeps. */
#define XENGT_ROOTS_MAX		512
/*
 * All memory that a worker can have; a resource limit enforces this. It is
 * enough for the shadows, the view of the largest GGTT, the RAM that a
 * recording has seen, and 6 MiB for registers, tables and the C library.
 */
#define XENGT_WORKER_BYTES_MAX	(72u << 20)
_Static_assert(XENGT_SHADOWS_MAX * ((5u << 10) + 64) + (8u << 20) +
	       (16u << 20) + (6u << 20) <= XENGT_WORKER_BYTES_MAX,
	       "enough for all that a worker keeps");

/* ---- Xen ---- */

/*
 * The aperture on demand (docs/design/015): a piece has this many frames, and a vGPU has
 * at most this many pieces, in the largest aperture of 4 GiB.
 */
#define XENGT_PIECE_FRAMES	(XENGT_SLICE_ALIGN_MIB * 256u)
#define XENGT_PIECES_MAX	(4096u / XENGT_SLICE_ALIGN_MIB)
/*
 * How often pieces are mapped: each piece of the slice once, and SPARE more, at once; then
 * PER_S a second. Each mapping is a call of the broker, and a line in Xen's log at level
 * debug. Beyond the limit the worker carries out the guest's accesses without a mapping.
 * The broker, which does not trust the worker, allows BROKER_PER_S instead.
 */
#define XENGT_PIECES_SPARE	16u
#define XENGT_PIECES_PER_S	16u
#define XENGT_PIECES_BROKER_PER_S 32u
_Static_assert(XENGT_PIECES_PER_S < XENGT_PIECES_BROKER_PER_S,
	       "the broker does not slow down a worker that keeps to its limit");

/*
 * The largest number of frames that a domain gets beyond its own memory, for
 * RAM behind BAR0: as many as BAR0 has pages.
 */
#define XENGT_RAM_FRAMES_MAX	4096

/* ---- the module ---- */

/*
 * Bytes that the module's notes on each page table take, besides the table's
 * own page. A vGPU has at most XENGT_PPGTT_TABLES_MAX tables, those that split
 * a 2 MiB entry included: together 48 MiB.
 */
#define XENGT_PPGTT_WORDS_BYTES	(XENGT_PPGTT_ENTRIES * sizeof(__u32))
_Static_assert(XENGT_PPGTT_TABLES_MAX * (4096 + XENGT_PPGTT_WORDS_BYTES) ==
	       48u << 20, "in all 48 MiB");

/*
 * Memory for the module's notes: bytes for each frame that is held (the address
 * at which it is mapped, Linux's struct page and page table entry for that
 * address, and a part of the index by frame), KiB for each MiB of the vGPU's
 * GGTT (4 bytes for each entry), and KiB for the vGPU itself.
 */
#define XENGT_FRAME_NOTE_BYTES	160
#define XENGT_ENTRY_NOTE_KIB_PER_MIB 1
#define XENGT_VGPU_NOTE_KIB	1024
/*
 * Frames of a vGPU that no entry names any more, and that the module keeps until the
 * render engine's cache was written back (src/boundary/hold.h). A guest that would
 * have more of them waits until its contexts have left the engine.
 */
#define XENGT_KEPT_FRAMES_MAX	8192u
/*
 * How long the module waits for a context to leave the engine by itself, before it makes
 * the engine load the context anew for the sake of such frames.
 */
#define XENGT_RELOAD_MS		20

/* ---- work ---- */

/*
 * The number of contexts of one vGPU that the module keeps for one engine, in
 * flight or as an image.
 */
#define XENGT_EXEC_SLOTS	2
/*
 * The largest number of vGPUs that exist at a time; a vGPU's number goes into 6
 * bits of a context's id.
 */
#define XENGT_EXEC_VGPUS_MAX	63
_Static_assert(XENGT_EXEC_VGPUS_MAX < 1 << 6, "6 bits; 0 is nobody");

/*
 * The largest number of the module's pages for one vGPU's images, rings and
 * batches; they take as many pages of graphics addresses (src/boundary/area.h).
 */
#define XENGT_EXEC_PAGES_MAX	1024
/* The largest ring; the rings of i915 have at most 512 KiB. */
#define XENGT_RING_BYTES_MAX	(512u << 10)
_Static_assert(XENGT_RING_BYTES_MAX / 4096 < XENGT_EXEC_PAGES_MAX,
	       "one ring is not all of a vGPU's memory");
/*
 * Privileged batches: the pages for the copies of one context, the longest
 * batch, the number of batches in one submission, and how deep batches may be
 * nested.
 */
#define XENGT_BATCH_PAGES	128
#define XENGT_BATCH_BYTES_MAX	(256u << 10)
#define XENGT_BATCHES_MAX	64
#define XENGT_BATCH_DEPTH	4
_Static_assert(XENGT_BATCH_BYTES_MAX <= XENGT_BATCH_PAGES * 4096u &&
	       XENGT_BATCH_DEPTH <= XENGT_BATCHES_MAX,
	       "the longest batch has room, and nesting is not deeper than there are batches");
/*
 * A per-context batch: one page. An indirect context batch has at most 63
 * cachelines.
 */
#define XENGT_PER_CTX_BYTES_MAX	4096
_Static_assert(63 * 64 <= XENGT_PER_CTX_BYTES_MAX, "63 cachelines: one page");

/*
 * The most that one part of a ring may cost, in the units of turn.h: 8 batches,
 * or 32 batches if the part cannot end earlier in the guest's ring. The
 * hardware has two parts at most.
 */
#define XENGT_TURN_BATCH	8u
#define XENGT_TURN_MAX		(8 * XENGT_TURN_BATCH)
#define XENGT_TURN_PART_MAX	(32 * XENGT_TURN_BATCH)
_Static_assert(XENGT_TURN_MAX <= XENGT_TURN_PART_MAX,
	       "a turn that can end early costs no more than one that cannot");

/*
 * Guests' commands may make one engine raise XENGT_IRQS_MAX interrupts in a
 * window of XENGT_IRQ_WINDOW_NS nanoseconds. Then the module mutes the engine
 * until the window is over, and reports the interrupts of the muted time as one
 * (src/boundary/sched.c). So 4 engines interrupt at most 16,000 times a second.
 * The module handles each interrupt within XENGT_IRQ_INSTRUCTIONS_MAX
 * instructions (`make bench` counts them), and together that is 2 % of a CPU
 * that runs 10^9 instructions in a second.
 */
#define XENGT_IRQS_MAX		16u
#define XENGT_IRQ_WINDOW_NS	4000000u
#define XENGT_IRQ_INSTRUCTIONS_MAX 1250u
_Static_assert(4ull * XENGT_IRQS_MAX * (1000000000u / XENGT_IRQ_WINDOW_NS) *
	       XENGT_IRQ_INSTRUCTIONS_MAX * 100 <= 2 * 1000000000ull, "2 %");

/*
 * The most dwords of a prelude (src/boundary/prelude.c). The render engine runs
 * the prelude from an indirect context batch, which has at most 63 cachelines.
 */
#define XENGT_PRELUDE_DWORDS	256u
_Static_assert(XENGT_PRELUDE_DWORDS * 4 <= 63 * 64, "63 cachelines");
/*
 * On each engine except the render engine: bytes before a ring's head that are
 * kept free for the commands that start the prelude.
 */
#define XENGT_PRELUDE_ROOM	48u
/*
 * The largest number of pages of a context's image, its status page included;
 * Gen9's render engine has the largest image.
 */
#define XENGT_IMAGE_PAGES_MAX	22
/*
 * The longest time that the module's own context, from which a template is
 * made, may run.
 */
#define XENGT_TEMPLATE_MS	100
/*
 * Shares of time (src/boundary/share.h, docs/design/013); their ranges and
 * defaults are XENGT_SHARE_* of uapi/xengt.h. If a vGPU with a cap did not use
 * all its time, it may use at most this much of that time later.
 */
#define XENGT_CAP_CREDIT_MS	100u
/*
 * While no other vGPU waits, the module resets an engine that makes no progress
 * for this long (default of the module's parameter).
 */
#define XENGT_HANG_MS		10000
_Static_assert(XENGT_SHARE_TIMEOUT_MS_MAX <= XENGT_HANG_MS,
	       "a vGPU that waits does not make the bound longer");
/*
 * After each such period without a hang, one hang of the vGPU is forgiven; see
 * XENGT_SHARE_STOP.
 */
#define XENGT_HANG_FORGET_MS	120000

#endif /* XENGT_LIMITS_H */
