/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects and functions that several files of xengt.ko use.
 *
 * Objects and their owners:
 *   struct xengt_gpu    the bound GPU. Reference counted: unbinding drops one
 *                       reference, each vGPU has one. After unbinding is_gone is
 *                       set and nobody may touch the hardware.
 *   struct xengt_kvgpu  owned by its file; the last close destroys it.
 *   struct xengt_frames the guest frames that a vGPU holds; part of struct
 *                       xengt_kvgpu.
 *
 * Locks, in the order in which they are taken:
 *   xengt_bound_lock    which GPU is bound (xengt_bound.c)
 *   xengt_gpu.lock      partition, list of vGPUs, is_gone
 *   xengt_kvgpu.lock    state, GGTT, page tables, frames of one vGPU
 *   xengt_gpu.exec_lock engines, and the work of all vGPUs
 *   xengt_gpu.wake_lock forcewake
 * The interrupt's thread and the timer take only the last two locks: they look
 * at what the engines did, and leave accesses of a guest's memory to the reader
 * of the event. No lock is held during an access of user memory, because a
 * worker decides how long a page fault on its memory takes, and the broker's
 * ZAP must not wait for that.
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
	enum xengt_way way;	/* of holding frames: xengt_way.h */

	void __iomem *mmio;	/* registers, uncached */
	void __iomem *ggtt;	/* entries, write-combining */
	u32 ggtt_entries;
	void *scratch;
	dma_addr_t scratch_bus;
	u64 scratch_pte;
	struct xengt_hw hw;	/* the GPU as the boundary uses it */
	struct xengt_hw_health health;

	struct mutex window_lock;	/* guards the next two members */
	void __iomem *window;	/* a page of the aperture, write-combining;
				 * NULL: none */
	u64 window_at;		/* that page's offset in BAR2 */

	struct mutex wake_lock;	/* guards wakes, and stores to is_asleep */
	u32 wakes;		/* number of users that need the engines'
				 * registers awake */
	bool is_asleep;		/* the registers did not wake when forcewake was
				 * requested */

	int irq;
	atomic64_t irqs[XENGT_IRQ_SOURCES];

	struct mutex exec_lock;	/* guards the next two members, and the struct
				 * xengt_exec of all vGPUs */
	struct xengt_space space;
	struct xengt_sched *sched;
	struct hrtimer timer;		/* see xengt_engine_call_at() */
	struct work_struct tick;	/* the timer queues it */
	struct delayed_work unmute;	/* runs while an engine is muted */
	atomic_t irq_bits[XENGT_ENGINES];

	struct mutex lock;	/* guards the members below */
	struct xengt_part part;
	struct list_head vgpus;	/* struct xengt_kvgpu.link */
	bool is_gone;
};

/* ---- xengt_bound.c: may sleep ---- */

/* Returns the bound GPU with a new reference, or NULL if no GPU is bound. */
struct xengt_gpu *xengt_gpu_get(void);
/* Drops a reference; frees the GPU with its last reference. */
void xengt_gpu_put(struct xengt_gpu *gpu);
/*
 * Makes gpu the bound GPU, which takes a reference. Returns 0; -EBUSY: another
 * GPU is bound.
 */
int xengt_gpu_publish(struct xengt_gpu *gpu);
/* From now on no GPU is bound; drops the reference of xengt_gpu_publish(). */
void xengt_gpu_unpublish(struct xengt_gpu *gpu);

/* ---- xengt_hw.c: registers. Do not call these after is_gone is set. ---- */

/* Bytes of BAR0 that hold registers. */
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
 * Check that the device answers, and that it is a physical GPU. Returns 0 or
 * -errno, and then has logged the reason.
 */
int xengt_hw_check(struct xengt_gpu *gpu);
/*
 * Stop scanout and engines, whatever used them before. Warns about a display
 * that does not stop. Returns 0; -EIO: the engines do not stop, and the GPU
 * must not be used for guests. May sleep.
 */
int xengt_hw_stop(struct xengt_gpu *gpu);
/* Between these two calls the registers of the engines are awake. May sleep. */
void xengt_hw_wake(struct xengt_gpu *gpu);
void xengt_hw_unwake(struct xengt_gpu *gpu);
/*
 * Point every entry to scratch, switch all fences off, and flush the TLB.
 * Returns 0; -EIO: it is not known whether the GPU uses the new entries. Takes
 * long; may sleep.
 */
int xengt_hw_ggtt_clear(struct xengt_gpu *gpu);
void xengt_hw_ggtt_write(struct xengt_gpu *gpu, u32 index, u64 pte);
/*
 * Flush the TLB of the GGTT. Returns 0: the GPU uses the entries that were
 * written before; -EIO: it is not known whether it does.
 */
int xengt_hw_ggtt_flush(struct xengt_gpu *gpu);
/* See struct xengt_hw_ops in bnd_hw.h; addr is below the end of BAR2. */
int xengt_hw_aperture(struct xengt_gpu *gpu, u64 addr, u32 size, bool is_store,
		      u64 *value);
/* Switch fence n of the hardware off, then set it to value. */
void xengt_hw_fence_write(struct xengt_gpu *gpu, u32 n, u64 value);

/*
 * Flush the TLBs of the engines. Returns 0: the engines use the entries of page
 * tables that were stored before; -EIO: it is not known whether they do. May
 * sleep.
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

/* Choose the way of holding frames on this dom0. -ENODEV: there is none, and the reason
 * is in the log; -ENOMEM. */
int xengt_way_find(struct pci_dev *pdev, const struct xengt_platform *platform,
		   enum xengt_way *ret_way);
const struct xengt_way_ops *xengt_way_of(const struct xengt_gpu *gpu);

/* ---- xengt_frames.c: guest frames held for a vGPU ---- */

struct xengt_frame;

struct xengt_frames_counters {
	u64 held;		/* number of frames that are held now, without
				 * the anchor */
	u64 mapped;		/* ever */
	u64 released;		/* ever */
	u64 hypercalls;
};

struct xengt_way_ops;

struct xengt_frames {
	const struct xengt_way_ops *way_ops;
	domid_t domid;
	struct xarray held;	/* struct xengt_frame by gfn */
	struct list_head chunks;
	struct xengt_frame *free;
	struct xengt_frame *dirty;	/* places without a frame whose old
					 * frame a CPU's TLB may still have */
	/* frames that frames_keep() has kept: the oldest, and the last of the list */
	struct xengt_frame *kept;
	struct xengt_frame *kept_last;
	struct xengt_frame *anchor;
	struct xengt_frames_counters counters;
	/*
	 * range of XENGT_VGPU_IOC_OWN_FRAMES: the module does not take these
	 * frames for RAM
	 */
	u64 own_first;
	u32 own_count;
	/* work space of the call that is going on */
	void *work;			/* xengt_way_ops.work_bytes; NULL if
					 * frames_fini() was called */
	struct xengt_frame **batch;
};

/*
 * Bind to a domain and hold one page of it (the anchor), so that Xen does not
 * give the domain's number to another domain. Returns 0; -ESRCH: there is no
 * such domain, or it has no page where every HVM guest has one; -ENOMEM. On
 * error nothing is left.
 */
int xengt_frames_init(struct xengt_frames *frames,
		      const struct xengt_way_ops *way_ops, domid_t domid);
/*
 * Release the anchor and the address space for frames. No frame may be held.
 * Afterwards no frame can be mapped any more. May be called again.
 */
void xengt_frames_fini(struct xengt_frames *frames);
/*
 * These functions do what the ops of struct xengt_guest_ops with these names
 * do.
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
 * The bytes of a held frame. The pointer is valid until the last hold of the
 * frame is put.
 */
void *xengt_frames_at(struct xengt_frames *frames, xengt_gfn_t gfn);

/* ---- xengt_vgpu.c ---- */

struct xengt_kvgpu {
	struct list_head link;		/* in xengt_gpu.vgpus, by its lock */
	struct xengt_gpu *gpu;		/* owns a reference */
	struct mutex lock;		/* guards the members below, except
					 * wait */
	struct xengt_bnd_vgpu bnd;	/* xengt_gpu.exec_lock also guards its
					 * member exec */
	struct xengt_frames frames;
	wait_queue_head_t wait;		/* readers that wait for events; the
					 * queue has its own lock */
};

/*
 * Carries out XENGT_IOC_CREATE_VGPU. The caller has checked the arguments
 * except for the sizes.
 */
int xengt_kvgpu_create(struct xengt_gpu *gpu,
		       const struct xengt_create_vgpu *args,
		       struct xengt_kvgpu **ret_vgpu);
/* XENGT_IOC_SET_SHARE. */
int xengt_kvgpu_set_share(struct xengt_gpu *gpu,
			  const struct xengt_set_share *wish);
/* Ends the vGPU and frees it; zaps it first if it is live. Accepts NULL. */
void xengt_kvgpu_destroy(struct xengt_kvgpu *vgpu);
/* Zaps the vGPU. If it is zapped already, the first cause stays. */
void xengt_kvgpu_zap(struct xengt_kvgpu *vgpu, enum xengt_vgpu_state cause);
void xengt_kvgpu_info(struct xengt_kvgpu *vgpu, struct xengt_vgpu_info *ret_info);
int xengt_kvgpu_write(struct xengt_kvgpu *vgpu, u32 first, const u64 *entries,
		      u32 count, u32 *ret_scratched);
int xengt_kvgpu_revalidate(struct xengt_kvgpu *vgpu, u64 *ret_dropped,
			   u64 *ret_resolved);
int xengt_kvgpu_own_frames(struct xengt_kvgpu *vgpu, u64 first, u32 count);
int xengt_kvgpu_fence(struct xengt_kvgpu *vgpu, u32 index, u64 value);
int xengt_kvgpu_aperture(struct xengt_kvgpu *vgpu,
			 struct xengt_vgpu_aperture *access);

int xengt_kvgpu_ppgtt_create(struct xengt_kvgpu *vgpu, u32 level, u32 flags,
			     u32 *ret_id);
int xengt_kvgpu_ppgtt_destroy(struct xengt_kvgpu *vgpu, u32 id);
int xengt_kvgpu_ppgtt_write(struct xengt_kvgpu *vgpu, u32 id, u32 first,
			    const u64 *entries, u32 count, u32 *ret_scratched);
int xengt_kvgpu_submit(struct xengt_kvgpu *vgpu, struct xengt_vgpu_submit *work);
int xengt_kvgpu_engine_reset(struct xengt_kvgpu *vgpu, u32 mask);
int xengt_kvgpu_timestamp(struct xengt_kvgpu *vgpu, u64 *ret_ticks);
/* Takes the waiting events, at most max, and returns how many. */
u32 xengt_kvgpu_take_events(struct xengt_kvgpu *vgpu,
			    struct xengt_event *ret_events, u32 max);
/*
 * Needs no lock. So the answer may be wrong for a moment: true, and the reader
 * finds no event.
 */
bool xengt_kvgpu_has_events(struct xengt_kvgpu *vgpu);

/* ---- ops for the boundary; ctx is the struct xengt_gpu ---- */

extern const struct xengt_hw_ops xengt_gpu_hw_ops;	/* xengt_hw_ops.c */
extern const struct xengt_mem_ops xengt_gpu_mem_ops;	/* xengt_mem_ops.c */

/*
 * The bus address of a page of the module's own; addr: what Linux's DMA API
 * gave for it. XENGT_BUS_NONE: addr is not below the limit of an entry; the
 * device's DMA mask should have kept it below.
 */
xengt_bus_t xengt_dma_bus(dma_addr_t addr);

/* ---- xengt_vgpu_ops.c ---- */

/* ctx is the struct xengt_kvgpu. */
extern const struct xengt_guest_ops xengt_kvgpu_ops;

/* ---- xengt_engine.c ---- */

/*
 * The engines must be in reset or idle, all GGTT entries must point to scratch,
 * and the GPU must be bus master, because this function runs contexts of the
 * module. Returns 0; -ENOMEM; -EIO: an engine does not run its context.
 */
int xengt_engine_init(struct xengt_gpu *gpu);
/* Call this when no vGPU lives and no interrupt comes any more. */
void xengt_engine_fini(struct xengt_gpu *gpu);
/*
 * Call this after a suspend, in the state that xengt_engine_init() needs.
 * Returns 0; -ENOMEM or -EIO: the engines take no work.
 */
int xengt_engine_resume(struct xengt_gpu *gpu);
/*
 * Let the timer look at turns and hangs at this time of ktime_get_ns(). A later
 * call replaces an earlier one.
 */
void xengt_engine_call_at(struct xengt_gpu *gpu, u64 ns);
/*
 * Call this in the interrupt handler. Returns true if engines raised the
 * interrupt, and the handler's thread must run.
 */
bool xengt_engine_irq(struct xengt_gpu *gpu);
void xengt_engine_irq_thread(struct xengt_gpu *gpu);

/* ---- xengt_ioctl.c ---- */

int xengt_ioctl_init(void);
void xengt_ioctl_fini(void);

/*
 * ---- xengt_debugfs.c: errors are ignored, because debugfs may be absent ----
 */

void xengt_debugfs_init(void);
void xengt_debugfs_fini(void);

#endif /* XENGT_PRIV_H */
