/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects and functions that several files of xengt.ko use.
 *
 * Objects and their owners:
 *   struct xengt_gpu    the bound GPU, an object with a reference count: the
 *                       binding has one reference, and each vGPU has one. After
 *                       the GPU was unbound, is_gone is set, and no code may
 *                       access the hardware.
 *   struct xengt_kvgpu  one vGPU, owned by its file; the last close of the file
 *                       destroys it.
 *   struct xengt_frames the guest frames that a vGPU holds; a member of struct
 *                       xengt_kvgpu.
 *
 * Locks, in the order in which they are taken:
 *   xengt_bound_lock    guards the pointer to the bound GPU (xengt_bound.c)
 *   xengt_gpu.lock      guards partition, list of vGPUs, is_gone
 *   xengt_kvgpu.lock    guards state, GGTT, page tables and frames of one vGPU
 *   xengt_gpu.exec_lock guards the engines, and the work of all vGPUs
 *   xengt_gpu.wake_lock guards the state of forcewake
 * The interrupt's thread and the work of the timer take only the last two
 * locks: they handle the engines' events, but do not access a guest's memory.
 * The process that reads a vGPU's events accesses the guest's memory later. No
 * lock is held during an access of user memory, because a worker can make a
 * page fault on its memory take arbitrarily long, and the broker's ZAP must not
 * wait for this.
 */
#ifndef XENGT_PRIV_H
#define XENGT_PRIV_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <xen/interface/xen.h>

#include "boundary/area.h"
#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/exec.h"
#include "boundary/part.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

struct dentry;
struct seq_file;

/* ---- the GPU ---- */

/* Sources of interrupts; the value is the index in xengt_gpu.irqs. */
enum xengt_irq_source {
	XENGT_IRQ_GT,
	XENGT_IRQ_DISPLAY,
	XENGT_IRQ_PCU,
	XENGT_IRQ_SPURIOUS,
	XENGT_IRQ_SOURCES,
};

struct xengt_gpu {
	struct kref ref;
	struct pci_dev *pdev;
	const struct xengt_platform *platform;
	const struct xengt_pci_id *pci_id;
	enum xengt_way way;	/* how guest frames are held, see xengt_way.h */

	void __iomem *mmio;	/* mapping of the registers, uncached */
	void __iomem *ggtt;	/* mapping of the GGTT's entries,
				 * write-combining */
	u32 ggtt_entries;
	void *scratch;
	dma_addr_t scratch_bus;
	u64 scratch_pte;
	struct xengt_hw hw;	/* the boundary's object for the GPU */
	struct xengt_hw_health health;

	struct mutex wake_lock;	/* guards wakes, and stores to is_asleep */
	u32 wakes;		/* number of users that need power for the
				 * engines' registers */
	bool is_asleep;		/* the registers got no power when forcewake was
				 * requested */

	int irq;
	atomic64_t irqs[XENGT_IRQ_SOURCES];

	struct mutex exec_lock;	/* guards space and sched, and the struct
				 * xengt_exec of all vGPUs */
	struct xengt_space space;
	struct xengt_sched *sched;
	struct hrtimer timer;		/* the timer of xengt_engine_call_at() */
	struct work_struct tick;	/* work that the timer queues: calls
					 * xengt_sched_tick() */
	struct delayed_work unmute;	/* runs again and again while an engine
					 * is muted */
	atomic_t irq_bits[XENGT_ENGINES];

	struct mutex lock;	/* guards the members below */
	struct xengt_part part;
	struct list_head vgpus;	/* list of the GPU's vGPUs, linked by struct
				 * xengt_kvgpu.link */
	bool is_gone;
};

/* ---- xengt_bound.c: may sleep ---- */

/* Returns the bound GPU with a new reference, or NULL if no GPU is bound. */
struct xengt_gpu *xengt_gpu_get(void);
/* Drops a reference. Frees the GPU if this was its last reference. */
void xengt_gpu_put(struct xengt_gpu *gpu);
/*
 * Makes gpu the bound GPU. The function takes a reference to gpu. Returns 0;
 * -EBUSY: another GPU is bound.
 */
int xengt_gpu_publish(struct xengt_gpu *gpu);
/*
 * Undoes xengt_gpu_publish(): afterwards no GPU is bound, and the reference is
 * dropped.
 */
void xengt_gpu_unpublish(struct xengt_gpu *gpu);

/*
 * ---- xengt_hw.c: registers. Do not call these functions after is_gone is set.
 * ----
 */

/* Bytes at the begin of BAR0 that are registers. */
#define XENGT_MMIO_BYTES	(2u << 20)

static inline u32 xengt_read32(struct xengt_gpu *gpu, u32 reg)
{
	return readl(gpu->mmio + reg);
}

static inline void xengt_write32(struct xengt_gpu *gpu, u32 reg, u32 value)
{
	writel(value, gpu->mmio + reg);
}

/*
 * The size of the GGTT in entries, as the firmware configured it, or 0 if there
 * is no GGTT.
 */
u32 xengt_hw_ggtt_entries(struct pci_dev *pdev);
/*
 * Check that the device answers, and that it is a physical GPU. Returns 0, or
 * -errno after the function has logged the reason.
 */
int xengt_hw_check(struct xengt_gpu *gpu);
/*
 * Stop scanout and engines that the firmware or an earlier driver has left
 * running. Logs a warning if a display pipe does not stop. Returns 0; -EIO: the
 * engines do not stop, and the GPU must not be used for guests. May sleep.
 */
int xengt_hw_stop(struct xengt_gpu *gpu);
/*
 * The engines' registers have power after xengt_hw_wake() until
 * xengt_hw_unwake(). The calls may be nested. May sleep.
 */
void xengt_hw_wake(struct xengt_gpu *gpu);
void xengt_hw_unwake(struct xengt_gpu *gpu);
/*
 * Point every GGTT entry to scratch, switch all fences off, and flush the TLB.
 * Returns 0; -EIO: the GPU may not use the new entries. Takes long; may sleep.
 */
int xengt_hw_ggtt_clear(struct xengt_gpu *gpu);
void xengt_hw_ggtt_write(struct xengt_gpu *gpu, u32 index, u64 pte);
/*
 * Flush the TLB of the GGTT. Returns 0: the GPU uses the entries that were
 * written before; -EIO: the GPU may still use older entries.
 */
int xengt_hw_ggtt_flush(struct xengt_gpu *gpu);
/* Switch fence n of the hardware off, then set this fence to value. */
void xengt_hw_fence_write(struct xengt_gpu *gpu, u32 n, u64 value);

/*
 * Flush the TLB of the GGTT and the TLBs of the engines. Returns 0: the engines
 * use the entries of page tables that were stored before; -EIO: the engines may
 * still use older entries. May sleep.
 */
int xengt_hw_ppgtt_flush(struct xengt_gpu *gpu);

/* ---- xengt_irq.c ---- */

int xengt_irq_init(struct xengt_gpu *gpu);
void xengt_irq_fini(struct xengt_gpu *gpu);
/*
 * Mask and acknowledge all interrupts. May be called before there is a handler.
 */
void xengt_irq_mask_all(struct xengt_gpu *gpu);
void xengt_irq_enable_master(struct xengt_gpu *gpu);

/* ---- xengt_way_find.c ---- */

/* Choose the way to hold frames on this dom0. -ENODEV: no way works on this dom0, and
 * the function has logged the reason; -ENOMEM. */
int xengt_way_find(struct pci_dev *pdev, const struct xengt_platform *platform,
		   enum xengt_way *ret_way);
const struct xengt_way_ops *xengt_way_of(const struct xengt_gpu *gpu);

/* ---- xengt_frames.c: guest frames held for a vGPU ---- */

struct xengt_frame;

struct xengt_frames_counters {
	u64 held;		/* number of frames that are held now, without
				 * the anchor (xengt_frames_init()) */
	u64 mapped;		/* number of frames mapped since the vGPU's creation */
	u64 released;		/* number of frames released since the creation */
	u64 hypercalls;
};

struct xengt_way_ops;

struct xengt_frames {
	const struct xengt_way_ops *way_ops;
	domid_t domid;
	struct xarray held;	/* the held frames (struct xengt_frame); the
				 * index is the gfn */
	struct list_head chunks;
	struct xengt_frame *free;
	struct xengt_frame *dirty;	/* list of places that have no frame
					 * now, but whose old frame a CPU's TLB
					 * may still have */
	/*
	 * list of the frames that xengt_frames_keep() has kept: kept is the oldest
	 * frame, kept_last the newest
	 */
	struct xengt_frame *kept;
	struct xengt_frame *kept_last;
	struct xengt_frame *anchor;
	struct xengt_frames_counters counters;
	/*
	 * range of XENGT_VGPU_IOC_OWN_FRAMES: the module treats these frames as
	 * no RAM
	 */
	u64 own_first;
	u32 own_count;
	/* the following members are temporary memory for one call */
	void *work;			/* memory of work_bytes (struct
					 * xengt_way_ops); NULL if
					 * xengt_frames_fini() was called */
	struct xengt_frame **batch;
};

/*
 * Bind *frames to a domain and hold one page of the domain (the anchor), so
 * that Xen does not give the domain's number to another domain. Returns 0;
 * -ESRCH: there is no such domain, or the domain has RAM at none of the
 * addresses where HVM guests have RAM; -ENOMEM. After an error *frames has no
 * memory and no frame.
 */
int xengt_frames_init(struct xengt_frames *frames,
		      const struct xengt_way_ops *way_ops, domid_t domid);
/*
 * Release the anchor and the memory for places. No frame may be held.
 * Afterwards *frames cannot hold frames any more. May be called again.
 */
void xengt_frames_fini(struct xengt_frames *frames);
/*
 * These functions implement the operations of struct xengt_guest_ops with
 * similar names; their contracts are in boundary/bnd_guest.h.
 */
int xengt_frames_get(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count, xengt_bus_t *ret_bus);
u32 xengt_frames_put(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count);
u32 xengt_frames_keep(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		      u32 count);
void xengt_frames_release(struct xengt_frames *frames, u32 count);
bool xengt_frames_has_moved(struct xengt_frames *frames, xengt_gfn_t gfn);
bool xengt_frames_look(struct xengt_frames *frames);
/*
 * The CPU address of a held frame's bytes. The pointer is valid until the last
 * hold of the frame is put.
 */
void *xengt_frames_at(struct xengt_frames *frames, xengt_gfn_t gfn);

/* ---- xengt_vgpu.c ---- */

struct xengt_kvgpu {
	struct list_head link;		/* element of xengt_gpu.vgpus;
					 * xengt_gpu.lock guards it */
	struct xengt_gpu *gpu;		/* the vGPU has a reference to the
					 * GPU */
	struct mutex lock;		/* guards the members below, except
					 * wait */
	struct xengt_bnd_vgpu bnd;	/* the boundary's object;
					 * xengt_gpu.exec_lock also guards
					 * bnd.exec */
	struct xengt_frames frames;
	wait_queue_head_t wait;		/* queue of the readers that wait for
					 * events; it has its own lock */
};

/*
 * Carries out XENGT_IOC_CREATE_VGPU. The caller has checked all arguments
 * except the sizes.
 */
int xengt_kvgpu_create(struct xengt_gpu *gpu,
		       const struct xengt_create_vgpu *args,
		       struct xengt_kvgpu **ret_vgpu);
/* Carries out XENGT_IOC_SET_SHARE. */
int xengt_kvgpu_set_share(struct xengt_gpu *gpu,
			  const struct xengt_set_share *wish);
/* Zaps the vGPU if it is live, and frees it. vgpu may be NULL. */
void xengt_kvgpu_destroy(struct xengt_kvgpu *vgpu);
/* Zaps the vGPU. If the vGPU is zapped already, its state is not changed. */
void xengt_kvgpu_zap(struct xengt_kvgpu *vgpu, enum xengt_vgpu_state cause);
void xengt_kvgpu_info(struct xengt_kvgpu *vgpu, struct xengt_vgpu_info *ret_info);
int xengt_kvgpu_write(struct xengt_kvgpu *vgpu, u32 first, const u64 *entries,
		      u32 count, u32 *ret_scratched);
int xengt_kvgpu_revalidate(struct xengt_kvgpu *vgpu, u64 *ret_dropped,
			   u64 *ret_resolved);
int xengt_kvgpu_own_frames(struct xengt_kvgpu *vgpu, u64 first, u32 count);
int xengt_kvgpu_fence(struct xengt_kvgpu *vgpu, u32 index, u64 value);

int xengt_kvgpu_ppgtt_create(struct xengt_kvgpu *vgpu, u32 level, u32 flags,
			     u32 *ret_id);
int xengt_kvgpu_ppgtt_destroy(struct xengt_kvgpu *vgpu, u32 id);
int xengt_kvgpu_ppgtt_write(struct xengt_kvgpu *vgpu, u32 id, u32 first,
			    const u64 *entries, u32 count, u32 *ret_scratched);
int xengt_kvgpu_submit(struct xengt_kvgpu *vgpu, struct xengt_vgpu_submit *work);
int xengt_kvgpu_engine_reset(struct xengt_kvgpu *vgpu, u32 mask);
int xengt_kvgpu_timestamp(struct xengt_kvgpu *vgpu, u64 *ret_ticks);
/*
 * Removes at most 'max' events of the vGPU, stores them in ret_events, and
 * returns their number.
 */
u32 xengt_kvgpu_take_events(struct xengt_kvgpu *vgpu,
			    struct xengt_event *ret_events, u32 max);
/*
 * Returns true if the vGPU has an event. The function takes no lock, so it may
 * return true although another reader has just removed the last event.
 */
bool xengt_kvgpu_has_events(struct xengt_kvgpu *vgpu);

/* ---- operations for the boundary; ctx is the struct xengt_gpu ---- */

extern const struct xengt_hw_ops xengt_gpu_hw_ops;	/* defined in xengt_hw_ops.c */
extern const struct xengt_mem_ops xengt_gpu_mem_ops;	/* defined in xengt_mem_ops.c */

/*
 * The bus address of a page of the module. addr is the page's address from
 * Linux's DMA API. Returns XENGT_BUS_NONE if addr has too many bits for an
 * entry; this does not happen if Linux obeys the device's DMA mask.
 */
xengt_bus_t xengt_dma_bus(dma_addr_t addr);

/* ---- xengt_vgpu_ops.c ---- */

/* The ctx of these operations is the struct xengt_kvgpu. */
extern const struct xengt_guest_ops xengt_kvgpu_ops;

/* ---- xengt_engine.c ---- */

/*
 * Set up the engines. Before the call, the engines must be in reset or idle,
 * all GGTT entries must point to scratch, and the GPU must be bus master,
 * because this function runs contexts of the module. Returns 0; -ENOMEM; -EIO:
 * an engine does not run a context.
 */
int xengt_engine_init(struct xengt_gpu *gpu);
/*
 * Shut down the engines. Call this function when no vGPU is live and no
 * interrupt comes any more.
 */
void xengt_engine_fini(struct xengt_gpu *gpu);
/*
 * Set up the engines again after a suspend. The GPU must be in the state that
 * xengt_engine_init() needs. Returns 0; -ENOMEM or -EIO: later submissions
 * fail.
 */
int xengt_engine_resume(struct xengt_gpu *gpu);
/*
 * Request a call of xengt_sched_tick() when ktime_get_ns() reaches 'ns'. A
 * later request replaces an earlier one.
 */
void xengt_engine_call_at(struct xengt_gpu *gpu, u64 ns);
/*
 * Called by the interrupt handler. Returns true if engines raised the
 * interrupt; then the interrupt's thread must run.
 */
bool xengt_engine_irq(struct xengt_gpu *gpu);
void xengt_engine_irq_thread(struct xengt_gpu *gpu);

/* ---- xengt_ioctl.c ---- */

int xengt_ioctl_init(void);
void xengt_ioctl_fini(void);

/*
 * ---- xengt_debugfs.c: errors are ignored, because the kernel may have no
 * debugfs ----
 */

void xengt_debugfs_init(void);
void xengt_debugfs_fini(void);

#endif /* XENGT_PRIV_H */
