/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of submission share: the objects, and how they fit together.
 *
 *   struct xengt_sched    the engines of the GPU, and who has a turn on them
 *   struct xengt_exec     one vGPU's work
 *   struct xengt_slot     one context of a vGPU on an engine, with the memory
 *                         that the GPU uses in place of the guest's
 *
 * A slot's life:
 *
 *          submit            in a port          ran dry
 *   IDLE ---------> QUEUED ------------> ON_HW --------> DONE --- event read,
 *    ^                 ^                  |  |                    saved, IDLE
 *    |                 +---- more work ---+  | no progress
 *    |                                       v
 *    +------------------------------------ HUNG (event read)
 *
 * An IDLE slot keeps its image. When the same context is submitted again, the
 * guest's image is copied only if it differs from what was saved to it.
 *
 * Engines read a slot's ring, so dwords of a guest are written to it only after
 * the audit has approved them (struct xengt_sched.ring).
 *
 * submit.c copies and audits streams; exec.c tells a vGPU of its work. Both
 * call sched.c, which ends work that hangs or whose vGPU ends, and slot.c,
 * which has the slots' memory. Below these are ports.c, which gives vGPUs turns
 * on the engines, lane.c, which says when a turn ends, share.c, which says whose
 * turn is next, context.c, which builds and saves images with the help of
 * templates (template.c, image.c), prelude.c, and engine.c, which accesses the
 * hardware. The caller serialises all of them.
 */
#ifndef XENGT_EXEC_H
#define XENGT_EXEC_H

#include "boundary/area.h"
#include "boundary/audit.h"
#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "boundary/hang_state.h"
#include "boundary/image.h"
#include "boundary/ppgtt.h"
#include "boundary/share.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

#define XENGT_PAGE_BYTES	(1u << XENGT_BND_PAGE_SHIFT)
#define XENGT_PAGE_DWORDS	(XENGT_PAGE_BYTES / 4)

enum xengt_slot_state {
	XENGT_SLOT_IDLE,
	XENGT_SLOT_QUEUED,
	XENGT_SLOT_ON_HW,
	XENGT_SLOT_DONE,
	XENGT_SLOT_HUNG,
};

/*
 * Render engine: offset of a dword in the page of the slot's indirect batch, behind the
 * longest batch. A load's prelude clears it. Batches without privilege may write to the
 * context's status page (by index), but to no graphics address; so the dword is not there.
 */
#define XENGT_PRELUDE_DONE	(63u * 64)

/* Two no-ops, because tails are aligned to 8 bytes. */
#define XENGT_PAD_BYTES		8u

struct xengt_slot {
	struct xengt_exec *exec;
	enum xengt_engine_id engine;
	/* the context's id for the hardware, see exec.c */
	uint32_t number;
	enum xengt_slot_state state;

	/*
	 * The guest's context. lrca 0: the slot has none, and its image is not
	 * valid.
	 */
	uint32_t lrca;			/* graphics address of its image */
	uint32_t desc;			/* the module's flags of the descriptor */
	/* page tables; the slot has a reference unless it is IDLE */
	uint32_t root;
	uint32_t hws_pga;
	uint32_t ring_start;		/* graphics address */
	uint32_t ring_bytes;
	uint64_t seqno;
	/* the order in which slots were queued or finished */
	uint64_t since;

	/*
	 * Offsets in the ring: commands up to tail are copied, commands up to
	 * hw_tail are sent to the hardware. The commands between hw_tail and
	 * tail are sent later in this turn, or in a later turn.
	 */
	uint32_t tail;
	uint32_t hw_tail;
	uint32_t turn_left;		/* how much cost may still be sent in this
					 * turn, see turn.h */
	uint32_t turn_mark;		/* hw_tail before the last part was
					 * sent */
	/*
	 * The XENGT_PAD_BYTES behind tail are no-ops both in the guest's ring
	 * and in the module's, so the hardware may be sent that far. This is
	 * needed because the hardware must not be shown an unchanged context
	 * that has nothing left to do (WaIdleLiteRestore).
	 */
	bool can_pad;
	bool is_padded;			/* hw_tail is behind the padding */
	bool is_open;			/* the engine may leave one of its batches */
	bool is_silent;			/* HUNG, but no event reports it */
	bool is_overrun;		/* HUNG, while another vGPU waited */
	bool is_leaving;		/* its work will be dropped: it gets no turn */
	/*
	 * The image was built anew and must be loaded, although the hardware
	 * may still hold a context of this number. False again once the
	 * hardware was shown the image.
	 */
	bool is_fresh;
	/*
	 * While the context was the first one, another vGPU's context left the
	 * second port, and may have run. Until the context is entered again, it
	 * gets no more to do, because no prelude would run before that.
	 */
	bool needs_prelude;
	/*
	 * Render engine: the module's commands, which flush L3, have run at a
	 * load of the context since the engine was given to it, or last began
	 * another context. It stays true if the context is to be loaded anew
	 * meanwhile.
	 */
	bool has_flushed;
	/*
	 * The context was in a port when the engine was stopped, so its image may say
	 * that the engine is stopped (STOP_RING in MI_MODE).
	 */
	bool has_stop;
	/*
	 * The image was merged with a template, or the hardware saved all of
	 * it. False if a reset may have damaged it, and while there is no
	 * context.
	 */
	bool has_image;
	/*
	 * Ring [prelude_at, prelude_end) is the module's and not the guest's,
	 * see prelude.c. Equal: no part is the module's.
	 */
	uint32_t prelude_at;
	uint32_t prelude_end;
	/* render engine: the number of the load that was ordered last (sched->loads) */
	uint64_t load_no;

	struct xengt_area image;
	struct xengt_area ring;
	/* the indirect batch and XENGT_PRELUDE_DONE, then the per-context batch */
	struct xengt_area wa;
	struct xengt_area batches;
	uint32_t batch_top;		/* used bytes of batches */
};

/* What a vGPU has on one engine. */
struct xengt_lane {
	struct xengt_slot slots[XENGT_EXEC_SLOTS];
	struct xengt_account account;	/* it is in the engine's queue while a
					 * slot is QUEUED */
	uint32_t irq_bits;		/* bits of the interrupts that no event has
					 * reported yet */
	bool is_hung;			/* until ENGINE_RESET */
};

struct xengt_exec_counters {
	uint64_t submissions;
	uint64_t completions;
	uint64_t refusals;
	uint64_t hangs;
	uint64_t bytes_copied;		/* bytes copied from and to the guest's
					 * memory */
	/* number of images whose commands differ from the template's */
	uint64_t images_other;
	/* number of those images of which a part was left out */
	uint64_t images_cut;
};

struct xengt_exec {
	struct xengt_sched *sched;
	struct xengt_guest guest;
	const struct xengt_gtt *gtt;
	struct xengt_ppgtt_tables *ppgtt;
	struct xengt_share share;
	uint32_t vgpu_id;
	uint32_t index;			/* index in sched->execs, and number of its
					 * region */
	bool has_event;			/* may be read without a lock */
	/* the vGPU was stopped for good, because it hung engines too often */
	bool is_stopped;
	bool has_lines;			/* a cache may have data that its contexts
					 * wrote: see writeback.c */
	/*
	 * Since then frames are kept (hold.h) until a load with a number above
	 * kept_mark has run the module's commands. 0 if none is kept.
	 */
	uint64_t kept_since;
	uint64_t kept_mark;
	uint32_t hangs;			/* number of hangs that are not forgiven
					 * yet */
	uint64_t hang_since;
	struct xengt_lane lanes[XENGT_ENGINES];
	struct xengt_exec_counters counters;
	struct xengt_hang_state hang_state;	/* the state of the last hang, when
						 * the engine was reset for it;
						 * stays after the work has
						 * ended */
};

/* The contexts in the two ports of an engine. */
struct xengt_ports {
	struct xengt_slot *slot[2];
	bool is_forced;			/* the engine saves and loads the first
					 * context again */
};

struct xengt_engine {
	enum xengt_engine_id id;
	struct xengt_area hws;		/* the status page, then the page with
					 * the commands of prelude.c */
	struct xengt_ports active;
	struct xengt_ports pending;	/* written, not yet acknowledged */
	bool has_pending;
	bool is_dead;			/* the engine does not come out of
					 * reset */
	/* interrupts that guests made the engine raise since irqs_since */
	uint64_t irqs_since;
	uint32_t irqs;
	bool is_muted;			/* the engine does not raise these
					 * interrupts */
	uint32_t csb_head;
	uint32_t last_vgpu;		/* id of the vGPU that it ran last; 0: unknown */
	const struct xengt_slot *last_slot;	/* only of RCS: the slot that it
						 * got last; NULL: unknown */
	/*
	 * the vGPUs that wait for the engine, and the next members say whose
	 * turn it is: lane.c
	 */
	struct xengt_queue queue;
	struct xengt_lane *running;	/* its context is in the engine's first
					 * port; NULL if the engine is idle */
	uint64_t charged_at;		/* the running vGPU was charged up to
					 * this time */
	uint64_t turn_since;		/* begin of the running vGPU's turn */
	uint64_t contended_since;	/* since then another vGPU waits; 0: none
					 * waits */
	uint64_t overdue_since;		/* end of the turn; 0: it goes on */
	/*
	 * number of calls that wait until the engine has forgotten a vGPU's
	 * contexts (wait_behind() in sched.c)
	 */
	uint32_t awaited;
	/* where the head of the first context was at seen_at, to find hangs */
	const struct xengt_slot *seen_slot;
	uint32_t seen_head;
	uint64_t seen_at;
};

/* A batch that was copied in this submission. */
struct xengt_batch_memo {
	uint64_t addr;			/* the guest's address */
	uint32_t copy;			/* graphics address of the copy */
	bool is_ppgtt;
};

/* Commands of the module, see prelude.c. */
struct xengt_prelude {
	uint32_t dw[XENGT_PRELUDE_DWORDS];
	uint32_t n;
	uint32_t done_at;		/* render engine: index of the dword with the
					 * address of XENGT_PRELUDE_DONE */
	bool is_short;			/* there was no room for some of the
					 * commands */
};

struct xengt_sched {
	const struct xengt_hw *hw;
	struct xengt_space *space;
	uint64_t hang_ns;		/* time limit of a context while no
					 * other vGPU waits */
	uint64_t call_at;		/* time that xengt_hw_ops.call_at() got;
					 * XENGT_NEVER: none */
	uint64_t clock;			/* counts up to number the events in
					 * their order */
	uint32_t in_flight;		/* slots QUEUED or ON_HW */
	struct xengt_exec *execs[XENGT_EXEC_VGPUS_MAX];
	uint32_t n_execs;		/* index of the last element in use,
					 * plus 1 */
	struct xengt_engine engines[XENGT_ENGINES];
	uint64_t resets;
	/*
	 * Loads of the render engine at which the module's commands flush L3 are
	 * numbered as they are ordered. 'loads' is the last number, 'flushed' the
	 * last one of which it is known that its commands were run.
	 */
	uint64_t loads;
	uint64_t flushed;
	struct xengt_image templates[XENGT_ENGINES][2];	/* by RS_ENABLE */
	struct xengt_prelude preludes[XENGT_ENGINES];
	/* the GPU's own value; it belongs to no context */
	uint32_t l3sqcreg4;
	struct xengt_hang_state hang_state;	/* of work that seems to have hung */
	struct xengt_slot own;		/* the module's own context, see template.c */
	struct xengt_slot flusher;	/* a second context of the module, for
					 * writeback.c */
	/* memory for one submission, which no engine can reach */
	uint32_t state[XENGT_PAGE_DWORDS]; /* a guest's state page, copied once */
	/* a guest's image, copied once */
	uint32_t image[XENGT_IMAGE_PAGES_MAX * XENGT_PAGE_DWORDS];
	/* a guest's ring, until it has been audited */
	uint32_t ring[XENGT_RING_BYTES_MAX / 4];
	struct xengt_batch_memo memo[XENGT_BATCHES_MAX];
	uint32_t n_memo;
};

/* The number of bytes from one offset of the slot's ring to another. */
static inline uint32_t xengt_ring_span(const struct xengt_slot *slot,
				       uint32_t from, uint32_t to)
{
	return (to + slot->ring_bytes - from) % slot->ring_bytes;
}

/* Has the hardware been sent the padding behind all commands? */
static inline bool xengt_slot_is_padded(const struct xengt_slot *slot)
{
	return slot->is_padded &&
	       (slot->tail + XENGT_PAD_BYTES) % slot->ring_bytes ==
		       slot->hw_tail;
}

/* Is this offset in the module's part of the ring? */
static inline bool xengt_slot_is_before(const struct xengt_slot *slot,
					uint32_t at)
{
	return xengt_ring_span(slot, slot->prelude_at, at) <
	       xengt_ring_span(slot, slot->prelude_at, slot->prelude_end);
}

/*
 * True if frames of the slot's vGPU wait until the render engine loads a context,
 * and no load of this slot was ordered after they began to wait.
 */
static inline bool xengt_slot_must_reload(const struct xengt_slot *slot)
{
	return slot->exec->kept_since && slot->load_no <= slot->exec->kept_mark;
}

static inline struct xengt_engine *xengt_engine_of(const struct xengt_slot *s)
{
	return &s->exec->sched->engines[s->engine];
}

/* The template for a context of this engine. Returns NULL if there is none. */
static inline const struct xengt_image *
xengt_template(const struct xengt_sched *sched, enum xengt_engine_id engine,
	       bool has_rs)
{
	const struct xengt_image *image =
		&sched->templates[engine][has_rs && engine == XENGT_ENGINE_RCS];

	return image->dw ? image : NULL;
}

/* Pages of a context's image, its status page included. */
static inline uint32_t
xengt_context_pages(const struct xengt_platform *platform,
		    enum xengt_engine_id engine)
{
	return platform->image_pages[engine];
}

#endif /* XENGT_EXEC_H */
