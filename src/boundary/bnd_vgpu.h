/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU as one object: its slices of graphics memory, its GGTT, page tables,
 * work, fence registers and state.
 *
 *   xengt_bnd_vgpu_place()     reserves slices and fence registers
 *   xengt_bnd_vgpu_create()    state is LIVE
 *   xengt_bnd_vgpu_zap()       state is ZAPPED or GPU_GONE, whichever came first,
 *                              and never changes again: no memory of the guest is
 *                              held or used any more
 *   xengt_bnd_vgpu_destroy()   gives back slices and fence registers
 *
 * The owner (kmod/xengt_vgpu.c, src/gpu/gpu_sim.c) has the guest's frames, the
 * locks and the threads that wait for events. It serialises the calls for one
 * vGPU. It serialises place and destroy of all vGPUs, because these change the
 * partition. The lock engines_lock() of struct xengt_hw_ops protects what the
 * engines do for all vGPUs.
 */
#ifndef XENGT_BND_VGPU_H
#define XENGT_BND_VGPU_H

#include "boundary/bnd_guest.h"
#include "boundary/exec.h"
#include "boundary/fence.h"
#include "boundary/gtt.h"
#include "boundary/hold.h"
#include "boundary/part.h"
#include "boundary/ppgtt.h"
#include "uapi/xengt.h"

/* What all vGPUs of a GPU share. */
struct xengt_bnd_gpu {
	struct xengt_part *part;
	struct xengt_sched *sched;
};

/*
 * The state of a vGPU without its tables. It contains no pointers, so that it
 * can be written to a file.
 */
struct xengt_bnd_vgpu_record {
	uint32_t id;			/* not 0 */
	uint32_t domid;
	struct xengt_part_slices slices;
	enum xengt_vgpu_state state;
	/*
	 * the event "was zapped" is still to be read; may be read without a
	 * lock
	 */
	bool has_event;
	uint64_t fences[XENGT_PART_MAX_FENCES];	/* values of the fences, by the vGPU's
						 * own numbers; 0: off */
};

struct xengt_bnd_vgpu {
	const struct xengt_hw *hw;	/* NULL: not created */
	struct xengt_guest guest;
	struct xengt_part *part;	/* NULL: no slices */
	struct xengt_bnd_vgpu_record rec;
	void *scratch;			/* the vGPU's own scratch page, which its
					 * GGTT entries and page tables name where
					 * there is no frame; NULL: none */
	xengt_bus_t scratch_bus;
	struct xengt_hold hold;		/* the guest's frames that are kept */
	struct xengt_gtt gtt;
	uint32_t *gtt_entries;
	struct xengt_ppgtt_tables ppgtt;
	struct xengt_ppgtt_table **ppgtt_by_id;
	struct xengt_exec exec;		/* engines_lock() protects it, too */
};

/*
 * Reserve slices and fence registers for a vGPU. *v is zeroed. Sizes and errors
 * are those of xengt_part_alloc().
 */
int xengt_bnd_vgpu_place(struct xengt_bnd_vgpu *v,
			 const struct xengt_bnd_gpu *gpu, uint32_t low_mib,
			 uint32_t high_mib, uint32_t fences);
/*
 * Reserve for a vGPU only a low slice, which begins at low_base_mib. The errors
 * are those of xengt_part_alloc_at().
 */
int xengt_bnd_vgpu_place_at(struct xengt_bnd_vgpu *v,
			    const struct xengt_bnd_gpu *gpu,
			    uint32_t low_base_mib, uint32_t low_mib);
/*
 * Make a placed vGPU LIVE. The vGPU gets a scratch page of its own, and the
 * GPU's entries of its slices name this page from now on; before, they named
 * the host's. Its fence registers must be off. *guest is copied. The objects
 * that *gpu names must outlive the vGPU. -ENOMEM; -ENOSPC: there are
 * XENGT_EXEC_VGPUS_MAX vGPUs; -EIO: the GPU is stopped (bnd_hw.h). After an
 * error the vGPU is still placed, and has nothing else.
 */
int xengt_bnd_vgpu_create(struct xengt_bnd_vgpu *v,
			  const struct xengt_bnd_gpu *gpu,
			  const struct xengt_guest *guest, uint32_t id,
			  uint32_t domid);
/*
 * XENGT_VGPU_IOC_ZAP, in this order: the engines end the vGPU's work; its fence
 * registers are switched off; its GGTT entries name no frame any more, the TLBs
 * are flushed, and the frames are released; then its page tables are emptied in
 * the same way; frames_fini() is called; the state becomes 'cause', and there is
 * an event. A vGPU that is not LIVE keeps its state. Cannot fail. If the GPU is
 * lost, no frame is released, and destroy does not give the slices back.
 *
 * The GGTT entries still name the vGPU's scratch page, because the domain may
 * still reach them through the aperture. If cause is GPU_GONE, the owner of the
 * GPU can reach the hardware for the last time: then the entries become 0, and
 * the scratch page is freed.
 */
void xengt_bnd_vgpu_zap(struct xengt_bnd_vgpu *v, enum xengt_vgpu_state cause);
/*
 * Zap the vGPU if it is LIVE, and give back what it reserved. The GPU's entries
 * of its slices then name the host's scratch page, and the vGPU's own scratch
 * page is freed. *v may also be only placed, or zeroed.
 */
void xengt_bnd_vgpu_destroy(struct xengt_bnd_vgpu *v);
/*
 * Called after the hardware lost its GGTT, when all entries name the host's
 * scratch page: the entries of a vGPU that is not LIVE name its own scratch
 * page again.
 */
void xengt_bnd_vgpu_restore(struct xengt_bnd_vgpu *v);

/*
 * Does the guest's memory stay held because the GPU is lost? If true, this
 * never changes, and the owner must keep its part of the vGPU, also after
 * xengt_bnd_vgpu_destroy().
 */
static inline bool xengt_bnd_vgpu_is_kept(const struct xengt_bnd_vgpu *v)
{
	return v->hw && v->hw->health->is_lost;
}

static inline bool xengt_bnd_vgpu_is_live(const struct xengt_bnd_vgpu *v)
{
	return v->rec.state == XENGT_VGPU_LIVE;
}

/*
 * XENGT_VGPU_IOC_INFO without the numbers of frames and hypercalls, which the
 * owner adds.
 */
void xengt_bnd_vgpu_info(const struct xengt_bnd_vgpu *v,
			 struct xengt_vgpu_info *ret_info);

/* XENGT_VGPU_IOC_FENCE; the errors are the ioctl's. */
int xengt_bnd_vgpu_fence(struct xengt_bnd_vgpu *v, uint32_t index,
			 uint64_t value);

/* XENGT_VGPU_IOC_APERTURE; the errors are the ioctl's. */
int xengt_bnd_vgpu_aperture(struct xengt_bnd_vgpu *v,
			    struct xengt_vgpu_aperture *access);

/*
 * How far a revalidation has come. The caller zeroes it before the first step.
 */
struct xengt_bnd_revalidation {
	uint32_t step;
	uint32_t cursor;
	uint64_t dropped;		/* frames that the guest had moved */
	uint64_t resolved;		/* entries that name RAM now */
};

/*
 * One step of XENGT_VGPU_IOC_REVALIDATE. A guest can have many tables, and many
 * entries that will never name RAM, so the caller lets other threads work
 * between the steps. Returns 1: there is another step; 0: done; -ESTALE; other
 * errors are those of frames_get().
 */
int xengt_bnd_vgpu_revalidate(struct xengt_bnd_vgpu *v,
			      struct xengt_bnd_revalidation *at);

/*
 * XENGT_VGPU_IOC_SUBMIT and XENGT_VGPU_IOC_ENGINE_RESET; the errors are the
 * ioctls'.
 */
int xengt_bnd_vgpu_submit(struct xengt_bnd_vgpu *v,
			  struct xengt_vgpu_submit *work);
int xengt_bnd_vgpu_engine_reset(struct xengt_bnd_vgpu *v, uint32_t mask);
/* XENGT_IOC_SET_SHARE; the errors are the ioctl's. */
int xengt_bnd_vgpu_set_share(struct xengt_bnd_vgpu *v,
			     const struct xengt_set_share *wish);
/*
 * The vGPU's next event; false: there is none. XENGT_EVENT_ZAPPED comes before
 * all other events.
 */
bool xengt_bnd_vgpu_next_event(struct xengt_bnd_vgpu *v,
			       struct xengt_event *ret_event);

#endif /* XENGT_BND_VGPU_H */
