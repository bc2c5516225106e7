/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects that the files of submission share, and the tasks of these files.
 *
 *   struct xengt_sched    the engines of the GPU, and the vGPU that has the turn
 *                         on each engine
 *   struct xengt_exec     the work of one vGPU
 *   struct xengt_slot     one context of a vGPU on an engine, with the module's
 *                         memory that the GPU uses instead of the guest's memory
 *
 * The states of a slot:
 *
 *          submit            in a port         ring run
 *   IDLE ---------> QUEUED ------------> ON_HW --------> DONE --- event read,
 *    ^                 ^                  |  |                    saved, IDLE
 *    |                 +---- more work ---+  | no progress
 *    |                                       v
 *    +------------------------------------ HUNG (event read)
 *
 * An IDLE slot keeps its image. When the same context is submitted again, the
 * module copies the guest's image only if the guest has changed this image since
 * the module saved it.
 *
 * Engines read a slot's ring, so the module writes a guest's dwords to this ring
 * only after the audit has approved them. Before the audit the dwords are in the
 * member 'ring' of struct xengt_sched.
 *
 * submit.c copies and audits streams. exec.c returns the events of a vGPU's
 * work. submit.c and exec.c call sched.c and slot.c: sched.c ends work that has
 * hung, or that belongs to a vGPU that ends; slot.c allocates the slots' memory.
 * These files call files of a lower level: ports.c gives vGPUs turns on the
 * engines, lane.c decides when a turn ends, share.c chooses the vGPU of the next
 * turn, context.c builds and saves images with the help of templates
 * (template.c, image.c), prelude.c writes the prelude, and engine.c accesses the
 * hardware. The caller serialises all calls.
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
 * longest batch. The prelude clears this dword at each load of the context. The dword is not
 * in the context's status page, because a batch without privilege may write to the status
 * page (by index), but to no graphics address.
 */
#define XENGT_PRELUDE_DONE	(63u * 64)

/*
 * Bytes of the padding of a ring: two no-ops, because a tail must be aligned to
 * 8 bytes.
 */
#define XENGT_PAD_BYTES		8u

struct xengt_slot {
	struct xengt_exec *exec;
	enum xengt_engine_id engine;
	/* the context's id, which the hardware gets; see exec.c */
	uint32_t number;
	enum xengt_slot_state state;

	/*
	 * The following members describe the guest's context. lrca 0: the slot
	 * has no context, and its image is not valid.
	 */
	uint32_t lrca;			/* graphics address of the guest's
					 * image */
	uint32_t desc;			/* flags of the descriptor that the
					 * hardware gets */
	/*
	 * id of the root of the page tables; the slot has a reference to the
	 * root unless the slot is IDLE
	 */
	uint32_t root;
	uint32_t hws_pga;
	uint32_t ring_start;		/* graphics address of the guest's ring */
	uint32_t ring_bytes;
	uint64_t seqno;
	/* the value of sched->clock when the slot was last queued, finished or made IDLE */
	uint64_t since;

	/*
	 * Offsets in the ring. Commands up to tail are in the slot's ring. The
	 * hardware has got the commands up to hw_tail. The hardware gets the
	 * commands between hw_tail and tail later in this turn, or in a later
	 * turn.
	 */
	uint32_t tail;
	uint32_t hw_tail;
	uint32_t turn_left;		/* the cost by which the last part that was
					 * sent may still grow, see turn.h */
	uint32_t turn_mark;		/* value of hw_tail before the last part
					 * was sent */
	/*
	 * The XENGT_PAD_BYTES after tail (the padding) are no-ops both in the
	 * guest's ring and in the slot's ring, so hw_tail may move to the end
	 * of the padding. The padding is needed because the module must not
	 * write a context to the ports again if its tail is unchanged and it
	 * has run all its commands (WaIdleLiteRestore).
	 */
	bool can_pad;
	bool is_padded;			/* hw_tail is at the end of the
					 * padding */
	bool is_open;			/* arbitration is on in one of the context's
					 * batches, so the engine may leave the
					 * context within this batch */
	bool is_silent;			/* the slot is HUNG, but no event
					 * reports this */
	bool is_overrun;		/* the slot is HUNG, and another vGPU
					 * waited for the engine */
	bool is_lost;			/* the slot is HUNG, because the module has
					 * reset the whole GPU for another reason */
	bool is_leaving;		/* the slot's work will be dropped, so the slot
					 * gets no turn */
	/*
	 * The module has changed the image, so the next descriptor must force
	 * the hardware to load the image, even if the hardware still has the
	 * registers of a context with this id. False after the descriptor that
	 * forces the load was written.
	 */
	bool is_fresh;
	/*
	 * While the context was in the first port, another vGPU's context was
	 * removed from the second port, and this other context may have run.
	 * The context gets no more commands until it begins a new turn, because
	 * before then no prelude would run before these commands.
	 */
	bool needs_prelude;
	/*
	 * Render engine: since the engine last ran another context, this
	 * context was loaded, and the module's commands at this load have
	 * flushed L3. So L3 has no data of other contexts. The member stays
	 * true when the engine loads the same context once more.
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
	 * The bytes [prelude_at, prelude_end) of the slot's ring are commands
	 * of the module and not of the guest, see prelude.c. If prelude_at and
	 * prelude_end are equal, the ring has no commands of the module.
	 */
	uint32_t prelude_at;
	uint32_t prelude_end;
	/*
	 * only for the render engine: the number (sched->loads) of the last load of this
	 * slot that the module ordered
	 */
	uint64_t load_no;

	struct xengt_area image;
	struct xengt_area ring;
	/* the indirect batch and XENGT_PRELUDE_DONE, then the per-context batch */
	struct xengt_area wa;
	struct xengt_area batches;
	uint32_t batch_top;		/* number of used bytes of the area
					 * 'batches' */
};

/* A lane: the contexts of one vGPU on one engine. */
struct xengt_lane {
	struct xengt_slot slots[XENGT_EXEC_SLOTS];
	struct xengt_account account;	/* the lane's account of time. The
					 * account is in the engine's queue
					 * while a slot of the lane is QUEUED */
	uint32_t irq_bits;		/* the interrupts that no event has
					 * reported yet */
	bool is_hung;			/* true from a hang until
					 * ENGINE_RESET */
};

struct xengt_exec_counters {
	uint64_t submissions;
	uint64_t completions;
	uint64_t refusals;
	uint64_t hangs;
	uint64_t bytes_copied;		/* number of bytes copied from and to
					 * the guest's memory */
	/*
	 * number of guests' images whose commands differ from the template's
	 * commands
	 */
	uint64_t images_other;
	/* number of guests' images of which the module used only a part */
	uint64_t images_cut;
};

struct xengt_exec {
	struct xengt_sched *sched;
	struct xengt_guest guest;
	const struct xengt_gtt *gtt;
	struct xengt_ppgtt_tables *ppgtt;
	struct xengt_share share;
	uint32_t vgpu_id;
	uint32_t index;			/* index in sched->execs; also the index of
					 * the vGPU's region (area.h) */
	bool has_event;			/* any thread may read this member
					 * without a lock */
	/* the vGPU was stopped for good, because it hung engines too often */
	bool is_stopped;
	bool has_lines;			/* the L3 cache may have data that the
					 * vGPU's contexts wrote, see
					 * writeback.c */
	/*
	 * kept_since is the time since which frames of the vGPU are kept
	 * (hold.h); 0: no frame is kept. Frames are kept until the prelude has
	 * run at a load of a context whose number (see 'loads' in struct
	 * xengt_sched) is above kept_mark.
	 */
	uint64_t kept_since;
	uint64_t kept_mark;
	uint32_t hangs;			/* number of hangs that count for the
					 * limit XENGT_SHARE_STOP; one hang is
					 * subtracted after each
					 * XENGT_HANG_FORGET_MS, or
					 * XENGT_HANG_FORGET_SHARED_MS */
	uint64_t hang_since;
	struct xengt_lane lanes[XENGT_ENGINES];
	struct xengt_exec_counters counters;
	struct xengt_hang_state hang_state;	/* the last hang for which an engine
						 * was reset; stays after the
						 * hung work has ended */
};

/* The contexts in the two ports of an engine. */
struct xengt_ports {
	struct xengt_slot *slot[2];
	bool is_forced;			/* the descriptor of slot[0] forces the
					 * engine to save this context and load
					 * it again */
};

struct xengt_engine {
	enum xengt_engine_id id;
	struct xengt_area hws;		/* the engine's status page, then a page
					 * with the engine's prelude */
	struct xengt_ports active;
	struct xengt_ports pending;	/* the contexts that were written to the
					 * ports, but that the engine has not
					 * acknowledged yet */
	bool has_pending;
	bool has_failed;		/* another driver owns the GPU, and has
					 * ended the context in the first port
					 * because of an error; reset() of
					 * engine_ops clears this member */
	/*
	 * irqs is the number of interrupts that guests' commands made the
	 * engine raise since the time irqs_since
	 */
	uint64_t irqs_since;
	uint32_t irqs;
	bool is_muted;			/* the interrupts that guests' commands
					 * cause are masked */
	uint32_t csb_head;
	uint32_t last_vgpu;		/* id of the vGPU that the engine ran last; 0:
					 * unknown */
	const struct xengt_slot *last_slot;	/* only for RCS: the slot that
						 * the engine got last; NULL:
						 * unknown */
	/*
	 * the vGPUs that wait for the engine. The members from here to
	 * overdue_since belong to lane.c
	 */
	struct xengt_queue queue;
	struct xengt_lane *running;	/* the lane whose context is in the
					 * engine's first port; NULL: the engine
					 * is idle */
	uint64_t charged_at;		/* time up to which the running vGPU was
					 * charged */
	/*
	 * charged_at by the engine's clock, which stands still while the engine
	 * runs work of the driver that owns the GPU (xengt_lane_clock()).
	 * turn_since, contended_since, overdue_since and seen_at are times of
	 * the engine's clock
	 */
	uint64_t clock_at;
	uint64_t turn_since;		/* time at which the running vGPU's turn
					 * began */
	uint64_t contended_since;	/* time since which another vGPU waits;
					 * 0: no other vGPU waits */
	uint64_t overdue_since;		/* time at which the turn ended; 0: the
					 * turn has not ended */
	/*
	 * number of calls that wait until no context of a vGPU is in the
	 * engine's ports (wait_behind() in sched.c)
	 */
	uint32_t awaited;
	/*
	 * to find hangs: at the time seen_at, seen_slot was in the first port
	 * and the head of its ring was seen_head
	 */
	const struct xengt_slot *seen_slot;
	uint32_t seen_head;
	uint64_t seen_at;
};

/* A batch that was copied in this submission. */
struct xengt_batch_memo {
	uint64_t addr;			/* the guest's address of the batch */
	uint32_t copy;			/* graphics address of the copy */
	bool is_ppgtt;
};

/* The prelude of one engine, see prelude.c. */
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
	uint64_t hang_ns;		/* while no other vGPU waits, a context
					 * has hung after so many ns without
					 * progress */
	uint64_t call_at;		/* the time that was passed to call_at()
					 * of struct xengt_hw_ops; XENGT_NEVER:
					 * no call is requested */
	uint64_t clock;			/* how often slots were queued, finished
					 * or made IDLE, see 'since' of struct
					 * xengt_slot */
	uint32_t in_flight;		/* number of slots in the states QUEUED
					 * and ON_HW */
	struct xengt_exec *execs[XENGT_EXEC_VGPUS_MAX];
	uint32_t n_execs;		/* index of the last used element of
					 * execs, plus 1 */
	struct xengt_engine engines[XENGT_ENGINES];
	uint64_t resets;
	/*
	 * If the module forces the render engine to load a context
	 * (xengt_prelude_order()), the prelude runs at this load, and flushes the
	 * L3 cache. These loads are numbered from 1. 'loads' is the number of the
	 * last load that the module has ordered. 'flushed' is the highest number
	 * of a load whose prelude is known to have run.
	 */
	uint64_t loads;
	uint64_t flushed;
	struct xengt_image templates[XENGT_ENGINES][2];	/* the second index is
							 * the value of
							 * RS_ENABLE */
	struct xengt_prelude preludes[XENGT_ENGINES];
	/* the GPU's own value of L3SQCREG4, which no context may change */
	uint32_t l3sqcreg4;
	struct xengt_hang_state hang_state;	/* the record of work that seems to have
						 * hung, see xengt_hang_take() */
	struct xengt_slot own;		/* the module's own context, see template.c */
	struct xengt_slot flusher;	/* a second context of the module, for
					 * writeback.c */
	/*
	 * the following members are memory for one submission, which no engine
	 * can reach
	 */
	uint32_t state[XENGT_PAGE_DWORDS]; /* a copy of a guest's state page */
	/* a copy of a guest's image */
	uint32_t image[XENGT_IMAGE_PAGES_MAX * XENGT_PAGE_DWORDS];
	/* a copy of a guest's ring, which is audited here */
	uint32_t ring[XENGT_RING_BYTES_MAX / 4];
	struct xengt_batch_memo memo[XENGT_BATCHES_MAX];
	uint32_t n_memo;
};

/*
 * The vGPU with the lowest index that is not below 'index', or NULL if there is no such
 * vGPU.
 */
static inline struct xengt_exec *
xengt_exec_from(const struct xengt_sched *sched, uint32_t index)
{
	while (index < sched->n_execs && !sched->execs[index])
		index++;
	return index < sched->n_execs ? sched->execs[index] : NULL;
}

/* A loop in which 'exec' is each vGPU. */
#define xengt_for_each_exec(exec, sched)					\
	for ((exec) = xengt_exec_from(sched, 0); (exec);			\
	     (exec) = xengt_exec_from(sched, (exec)->index + 1))

/* The number of bytes from offset 'from' of the slot's ring to offset 'to'. */
static inline uint32_t xengt_ring_span(const struct xengt_slot *slot,
				       uint32_t from, uint32_t to)
{
	return (to + slot->ring_bytes - from) % slot->ring_bytes;
}

/*
 * Returns true if the slot has no more commands for the hardware and hw_tail is
 * at the end of the padding.
 */
static inline bool xengt_slot_is_padded(const struct xengt_slot *slot)
{
	return slot->is_padded &&
	       (slot->tail + XENGT_PAD_BYTES) % slot->ring_bytes ==
		       slot->hw_tail;
}

/*
 * Returns true if this offset of the slot's ring is in [prelude_at,
 * prelude_end).
 */
static inline bool xengt_slot_is_before(const struct xengt_slot *slot,
					uint32_t at)
{
	return xengt_ring_span(slot, slot->prelude_at, at) <
	       xengt_ring_span(slot, slot->prelude_at, slot->prelude_end);
}

/*
 * Returns true if frames of the slot's vGPU are kept until the render engine
 * loads a context, and the module has not ordered a load of this slot since it
 * made the mark of these frames.
 */
static inline bool xengt_slot_must_reload(const struct xengt_slot *slot)
{
	return slot->exec->kept_since && slot->load_no <= slot->exec->kept_mark;
}

static inline struct xengt_engine *xengt_engine_of(const struct xengt_slot *s)
{
	return &s->exec->sched->engines[s->engine];
}

/*
 * The template for a context of this engine. Returns NULL if there is no
 * template.
 */
static inline const struct xengt_image *
xengt_template(const struct xengt_sched *sched, enum xengt_engine_id engine,
	       bool has_rs)
{
	const struct xengt_image *image =
		&sched->templates[engine][has_rs && engine == XENGT_ENGINE_RCS];

	return image->dw ? image : NULL;
}

/*
 * The number of pages of a context's image, including the context's status
 * page.
 */
static inline uint32_t
xengt_context_pages(const struct xengt_platform *platform,
		    enum xengt_engine_id engine)
{
	return platform->image_pages[engine];
}

#endif /* XENGT_EXEC_H */
