/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All limits on the memory, work and time that one guest can make xengt spend.
 * (The memory of the guest's domain bounds the number of held frames. The admin
 * chooses the size of the vGPU, which bounds the memory for registers and for
 * the view of the GGTT.) docs/accounts.md has the sums, and names the code that
 * enforces each limit.
 */
#ifndef XENGT_LIMITS_H
#define XENGT_LIMITS_H

#include "uapi/xengt.h"

/* ---- the guest's worker ---- */

/*
 * The largest number of a guest's page tables that the worker follows. The
 * number is also the largest number of protected pages of a guest. The worker's
 * record of one table (a shadow) takes a little more than 4 KiB for a table of
 * level 1, and a little more than 5 KiB for a table of a higher level. The
 * number is below XENGT_PPGTT_TABLES_MAX, because the module needs some tables
 * for 32-bit roots and for 2 MiB entries.
 */
#define XENGT_SHADOWS_MAX	8000
_Static_assert(XENGT_SHADOWS_MAX < XENGT_PPGTT_TABLES_MAX,
	       "the module has tables for roots and 2 MiB entries, too");
/* The largest number of roots of page tables that the worker remembers. */
#define XENGT_ROOTS_MAX		512
/*
 * All memory that a worker can allocate; a resource limit enforces this number.
 * The memory is enough for all shadows, for the view of the largest GGTT (8
 * MiB), for the copies of RAM behind BAR0 that a recording of the session needs
 * (16 MiB), and for registers, tables and the C library (6 MiB).
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
 * How often pieces are mapped: at first one mapping for each piece of the slice, and SPARE
 * more; then PER_S a second. Each mapping is a call of the broker, and a line in Xen's log
 * at level debug. Beyond the limit the worker carries out the guest's accesses without a
 * mapping. The broker, which does not trust the worker, allows BROKER_PER_S instead.
 */
#define XENGT_PIECES_SPARE	16u
#define XENGT_PIECES_PER_S	16u
#define XENGT_PIECES_BROKER_PER_S 32u
_Static_assert(XENGT_PIECES_PER_S < XENGT_PIECES_BROKER_PER_S,
	       "the broker does not slow down a worker that keeps to its limit");

/*
 * The largest number of frames that a domain gets in addition to its own
 * memory. The frames are RAM at the guest addresses of BAR0 (the RAM behind
 * BAR0), at most one frame for each page of BAR0.
 */
#define XENGT_RAM_FRAMES_MAX	4096

/* ---- the module ---- */

/*
 * For each page table the module has the table's page and an array of words,
 * one word for each entry. XENGT_PPGTT_WORDS_BYTES is the size of the array in
 * bytes. A vGPU has at most XENGT_PPGTT_TABLES_MAX tables.
 * XENGT_PPGTT_TABLES_MAX includes the tables that the module needs for 2 MiB
 * entries. The pages and arrays of all these tables take 48 MiB.
 */
#define XENGT_PPGTT_WORDS_BYTES	(XENGT_PPGTT_ENTRIES * sizeof(__u32))
_Static_assert(XENGT_PPGTT_TABLES_MAX * (4096 + XENGT_PPGTT_WORDS_BYTES) ==
	       48u << 20, "in all 48 MiB");

/*
 * The memory of the module's own records. FRAME: the bytes for each held frame
 * (its mapping, Linux's struct page and page table entry for this mapping, and
 * its node in the index of frames). ENTRY: the KiB for each MiB of the vGPU's
 * graphics memory (4 bytes for each GGTT entry). VGPU: the KiB for the vGPU itself.
 */
#define XENGT_FRAME_NOTE_BYTES	160
#define XENGT_ENTRY_NOTE_KIB_PER_MIB 1
#define XENGT_VGPU_NOTE_KIB	1024
/*
 * The largest number of frames of one vGPU that the module keeps. A kept frame is a
 * frame that no entry points to any more, but for which the render engine's
 * cache may have data that is not written back (src/boundary/hold.h). When a
 * guest exceeds the number, its request waits until its contexts have left the
 * render engine.
 */
#define XENGT_KEPT_FRAMES_MAX	8192u
/*
 * The time for which the module lets a context run on the render engine while frames of
 * the context's vGPU are kept. After this time the module makes the engine load the
 * context again, which writes the cache back.
 */
#define XENGT_RELOAD_MS		20

/* ---- work ---- */

/*
 * The number of contexts of one vGPU for which the module has memory on one
 * engine. A context with memory is in flight, or it is idle and the module
 * keeps its image.
 */
#define XENGT_EXEC_SLOTS	2
/*
 * The largest number of vGPUs that exist at a time. 6 bits of a context's id
 * are the number of its vGPU.
 */
#define XENGT_EXEC_VGPUS_MAX	63
_Static_assert(XENGT_EXEC_VGPUS_MAX < 1 << 6, "6 bits; 0 is nobody");

/*
 * The largest number of the module's pages for one vGPU's images, rings and
 * batches. The pages need the same number of pages of graphics addresses
 * (src/boundary/area.h).
 */
#define XENGT_EXEC_PAGES_MAX	1024
/* The largest ring; the rings of i915 have at most 512 KiB. */
#define XENGT_RING_BYTES_MAX	(512u << 10)
_Static_assert(XENGT_RING_BYTES_MAX / 4096 < XENGT_EXEC_PAGES_MAX,
	       "a ring needs less than all pages of a vGPU");
/*
 * Limits for copies of privileged batches: the pages for the copies of one
 * context, the bytes of the longest batch, the number of batches in one
 * submission, and the depth to which batches may be nested.
 */
#define XENGT_BATCH_PAGES	128
#define XENGT_BATCH_BYTES_MAX	(256u << 10)
#define XENGT_BATCHES_MAX	64
#define XENGT_BATCH_DEPTH	4
_Static_assert(XENGT_BATCH_BYTES_MAX <= XENGT_BATCH_PAGES * 4096u &&
	       XENGT_BATCH_DEPTH <= XENGT_BATCHES_MAX,
	       "the longest batch has room, and the depth is at most the number of batches");
/*
 * The largest per-context batch: one page. An indirect context batch is
 * shorter, because it has at most 63 cachelines.
 */
#define XENGT_PER_CTX_BYTES_MAX	4096
_Static_assert(63 * 64 <= XENGT_PER_CTX_BYTES_MAX, "63 cachelines: one page");

/*
 * The largest cost of one part of a ring, in the units of turn.h: the cost of 8
 * batches, or of 32 batches if the guest's ring has no earlier place at which
 * the part may end. The hardware has at most two parts at a time.
 */
#define XENGT_TURN_BATCH	8u
#define XENGT_TURN_MAX		(8 * XENGT_TURN_BATCH)
#define XENGT_TURN_PART_MAX	(32 * XENGT_TURN_BATCH)
_Static_assert(XENGT_TURN_MAX <= XENGT_TURN_PART_MAX,
	       "a part that can end early costs no more than a part that cannot");

/*
 * Guests' commands may make one engine raise XENGT_IRQS_MAX interrupts in a
 * window of XENGT_IRQ_WINDOW_NS nanoseconds. When an engine has raised so many
 * interrupts, the module mutes the engine until the window is over, and reports
 * all interrupts of the muted time as one interrupt (src/boundary/sched.c). So
 * 4 engines interrupt at most 16,000 times a second. The module handles each
 * interrupt within XENGT_IRQ_INSTRUCTIONS_MAX instructions (`make bench` counts
 * the instructions). So all interrupts together take at most 2 % of a CPU that runs
 * 10^9 instructions in a second.
 */
#define XENGT_IRQS_MAX		16u
#define XENGT_IRQ_WINDOW_NS	4000000u
#define XENGT_IRQ_INSTRUCTIONS_MAX 1250u
_Static_assert(4ull * XENGT_IRQS_MAX * (1000000000u / XENGT_IRQ_WINDOW_NS) *
	       XENGT_IRQ_INSTRUCTIONS_MAX * 100 <= 2 * 1000000000ull, "2 %");

/*
 * The largest number of dwords in a prelude (src/boundary/prelude.c). The
 * render engine runs the prelude from an indirect context batch, which has at
 * most 63 cachelines.
 */
#define XENGT_PRELUDE_DWORDS	256u
_Static_assert(XENGT_PRELUDE_DWORDS * 4 <= 63 * 64, "63 cachelines");
/*
 * The number of bytes that the module keeps free before the head of a ring, for
 * the commands that start the prelude. Rings of the render engine need no free
 * bytes for the prelude.
 */
#define XENGT_PRELUDE_ROOM	48u
/*
 * The largest number of pages of a context's image, including its status page.
 * Gen9's render engine has the largest image.
 */
#define XENGT_IMAGE_PAGES_MAX	22
/*
 * The longest time that a context of the module may run. The module runs
 * contexts of its own to make templates and to flush the L3 cache.
 */
#define XENGT_TEMPLATE_MS	100
/*
 * The same limit if another driver owns the GPU: this driver may first run its
 * own work, and ends its own work after at most 14 s without progress.
 */
#define XENGT_TEMPLATE_SHARED_MS 20000
/*
 * Shares of time (src/boundary/share.h, docs/design/013); their ranges and
 * defaults are XENGT_SHARE_* of uapi/xengt.h. A vGPU with a cap may use time
 * that it did not use earlier, but at most this much.
 */
#define XENGT_CAP_CREDIT_MS	100u
/*
 * The default of the module's parameter hang_ms. While no other vGPU waits, the
 * module resets an engine that makes no progress for this time.
 */
#define XENGT_HANG_MS		10000
_Static_assert(XENGT_SHARE_TIMEOUT_MS_MAX <= XENGT_HANG_MS,
	       "while a vGPU waits, the time limit is not longer than otherwise");
/*
 * After each period of this length the module subtracts one hang from the
 * vGPU's count of hangs, which XENGT_SHARE_STOP limits.
 */
#define XENGT_HANG_FORGET_MS	120000
/*
 * The same if dom0's own driver runs the guests' work (docs/design/016). This driver ends
 * a hang much sooner than XENGT_HANG_MS, so a guest's driver may see several hangs in a
 * minute, and each hang costs the other users of the engine less time. A guest that
 * recovers from six hangs a minute is never stopped.
 */
#define XENGT_HANG_FORGET_SHARED_MS 10000
_Static_assert(6 * XENGT_HANG_FORGET_SHARED_MS <= 60000, "six hangs a minute");

#endif /* XENGT_LIMITS_H */
