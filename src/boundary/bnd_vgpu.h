/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vGPU as one object. The object has the vGPU's slices of graphics memory,
 * its GGTT, page tables, work, fence registers and state.
 *
 *   xengt_bnd_vgpu_place()     reserves slices and fence registers
 *   xengt_bnd_vgpu_create()    state is LIVE
 *   xengt_bnd_vgpu_zap()       state becomes ZAPPED or GPU_GONE and never changes
 *                              again: the GPU uses no memory of the guest any
 *                              more, and the module holds no memory of the guest
 *   xengt_bnd_vgpu_destroy()   releases slices and fence registers
 *
 * The owner of the object (kmod/xengt_vgpu.c, src/gpu/gpu_sim.c) has the guest's
 * frames, the locks and the threads that wait for events. The owner serialises
 * the calls for one vGPU. The owner also serialises the calls of place and
 * destroy for all vGPUs, because these calls change the partition of graphics
 * memory. engines_lock() of struct xengt_hw_ops protects the data about the
 * engines' work for all vGPUs.
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

/* The objects that all vGPUs of a GPU share. */
struct xengt_bnd_gpu {
	struct xengt_part *part;
	struct xengt_sched *sched;
};

/*
 * The state of a vGPU without its tables. The struct contains no pointers, so
 * it could be written to a file.
 */
struct xengt_bnd_vgpu_record {
	uint32_t id;			/* not 0 */
	uint32_t domid;
	struct xengt_part_slices slices;
	enum xengt_vgpu_state state;
	/*
	 * the event XENGT_EVENT_ZAPPED has not been read yet. Any thread may
	 * read this member without a lock
	 */
	bool has_event;
	uint64_t fences[XENGT_PART_MAX_FENCES];	/* value of each fence register of
						 * the vGPU; 0: the fence is off */
};

struct xengt_bnd_vgpu {
	const struct xengt_hw *hw;	/* NULL: the vGPU is not created */
	struct xengt_guest guest;
	struct xengt_part *part;	/* NULL: the vGPU has no slices */
	struct xengt_bnd_vgpu_record rec;
	void *scratch;			/* the vGPU's own scratch page. The
					 * vGPU's GGTT entries and page tables
					 * point to this page where the guest
					 * has no frame; NULL: there is no
					 * page */
	xengt_bus_t scratch_bus;
	struct xengt_hold hold;		/* the guest's frames that are kept
					 * (hold.h) */
	struct xengt_gtt gtt;
	uint32_t *gtt_entries;
	struct xengt_ppgtt_tables ppgtt;
	struct xengt_ppgtt_table **ppgtt_by_id;
	struct xengt_exec exec;		/* the vGPU's work; engines_lock()
					 * protects this member */
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
 * Make a placed vGPU LIVE. The vGPU gets its own scratch page. After the call
 * the GPU's entries of the vGPU's slices point to this page; before the call
 * these entries point to the host's scratch page. The vGPU's fence registers
 * must be off. The function copies *guest. The objects that *gpu names must
 * outlive the vGPU. -ENOMEM; -ENOSPC: there are XENGT_EXEC_VGPUS_MAX vGPUs, or
 * the id is above this number; -EIO: the GPU is stopped (bnd_hw.h). After an
 * error the vGPU is only placed, as before the call.
 */
int xengt_bnd_vgpu_create(struct xengt_bnd_vgpu *v,
			  const struct xengt_bnd_gpu *gpu,
			  const struct xengt_guest *guest, uint32_t id,
			  uint32_t domid);
/*
 * Carries out XENGT_VGPU_IOC_ZAP in these steps. The vGPU's work is ended on all
 * engines. The vGPU's fence registers are switched off. The GGTT entries are set
 * to scratch, the TLBs are flushed, and the entries' frames are released. The
 * entries of page tables are cleared, the TLBs are flushed, and the entries'
 * frames are released. frames_fini() is called. The state becomes 'cause', and
 * there is an event. A vGPU that is not LIVE keeps its state. The function
 * cannot fail. If the GPU is lost, no frame is released, and
 * xengt_bnd_vgpu_destroy() does not release the slices.
 *
 * After a zap the GGTT entries point to the vGPU's scratch page, because the
 * domain may still access its slice through the aperture. If cause is GPU_GONE,
 * the module cannot reach the hardware later, so the entries become 0 and the
 * scratch page is freed.
 */
void xengt_bnd_vgpu_zap(struct xengt_bnd_vgpu *v, enum xengt_vgpu_state cause);
/*
 * Zap the vGPU if it is LIVE, and release its slices and fence registers. The
 * GPU's entries of its slices then point to the host's scratch page, and the
 * vGPU's own scratch page is freed. *v may also be a vGPU that is only placed,
 * or a zeroed struct.
 */
void xengt_bnd_vgpu_destroy(struct xengt_bnd_vgpu *v);
/*
 * Called after the hardware lost its GGTT and the module made all entries point
 * to the host's scratch page. For a vGPU that is not LIVE, this function makes
 * the entries of its slices point to the vGPU's own scratch page again.
 */
void xengt_bnd_vgpu_restore(struct xengt_bnd_vgpu *v);

/*
 * Returns true if the guest's memory stays held because the GPU is lost. If the
 * function has returned true once, it always returns true, and the owner must
 * not free its own data of the vGPU, even after xengt_bnd_vgpu_destroy().
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
 * Fill *ret_info for XENGT_VGPU_IOC_INFO. The owner adds the numbers of frames
 * and hypercalls.
 */
void xengt_bnd_vgpu_info(const struct xengt_bnd_vgpu *v,
			 struct xengt_vgpu_info *ret_info);

/* Carries out XENGT_VGPU_IOC_FENCE; the errors are the ioctl's. */
int xengt_bnd_vgpu_fence(struct xengt_bnd_vgpu *v, uint32_t index,
			 uint64_t value);

/* XENGT_VGPU_IOC_APERTURE; the errors are the ioctl's. */
int xengt_bnd_vgpu_aperture(struct xengt_bnd_vgpu *v,
			    struct xengt_vgpu_aperture *access);

/*
 * The progress of a revalidation. The caller zeroes the struct before the first
 * step.
 */
struct xengt_bnd_revalidation {
	uint32_t step;
	uint32_t cursor;
	uint64_t dropped;		/* number of released frames, which the
					 * guest had moved */
	uint64_t resolved;		/* number of entries that now point to
					 * RAM */
};

/*
 * Carries out one step of XENGT_VGPU_IOC_REVALIDATE. All steps together can
 * take long, because a guest can have many tables and many entries without RAM.
 * So the caller lets other threads run between two steps. Returns 1: there is
 * another step; 0: done; -ESTALE; other errors are those of frames_get().
 */
int xengt_bnd_vgpu_revalidate(struct xengt_bnd_vgpu *v,
			      struct xengt_bnd_revalidation *at);

/*
 * Carry out XENGT_VGPU_IOC_SUBMIT and XENGT_VGPU_IOC_ENGINE_RESET; the errors
 * are the ioctls'.
 */
int xengt_bnd_vgpu_submit(struct xengt_bnd_vgpu *v,
			  struct xengt_vgpu_submit *work);
int xengt_bnd_vgpu_engine_reset(struct xengt_bnd_vgpu *v, uint32_t mask);
/*
 * Carries out XENGT_IOC_SET_SHARE; the errors are the ioctl's. The owner need not serialise
 * this call with other calls for the vGPU, except creation and destruction: some of these
 * other calls wait for a neighbour's work.
 */
int xengt_bnd_vgpu_set_share(struct xengt_bnd_vgpu *v,
			     const struct xengt_set_share *wish);
/*
 * Get the vGPU's next event; false: there is no event. XENGT_EVENT_ZAPPED comes
 * before all other events.
 */
bool xengt_bnd_vgpu_next_event(struct xengt_bnd_vgpu *v,
			       struct xengt_event *ret_event);

#endif /* XENGT_BND_VGPU_H */
