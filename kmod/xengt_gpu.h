/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object of the bound GPU, and the functions that bind a GPU.
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
 * A call for a vGPU may hold xengt_kvgpu.lock for long, because it waits for
 * another vGPU's work. So code that holds xengt_gpu.lock takes xengt_kvgpu.lock
 * only if the GPU goes away or the system was asleep (scripts/check-locks has
 * the list); otherwise a guest could delay the creation and the end of other
 * vGPUs.
 * The interrupt's thread and the work of the timer take only the last two
 * locks: they handle the engines' events, but do not access a guest's memory.
 * The process that reads a vGPU's events accesses the guest's memory later. No
 * lock is held during an access of user memory, because a worker can make a
 * page fault on its memory take arbitrarily long, and the broker's ZAP must not
 * wait for this.
 */
#ifndef XENGT_KMOD_GPU_H
#define XENGT_KMOD_GPU_H

#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/exec.h"
#include "boundary/part.h"
#include "boundary/way.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

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
	u32 space_first;	/* first graphics page of the module's own part
				 * (area.h) */
	void *scratch;
	dma_addr_t scratch_bus;
	u64 scratch_pte;
	struct xengt_hw hw;	/* the boundary's object for the GPU */
	struct xengt_hw_health health;

	struct mutex window_lock;	/* guards the next two members */
	void __iomem *window;	/* a page of the aperture, write-combining;
				 * NULL: none */
	u64 window_at;		/* that page's offset in BAR2 */

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

/* The following functions are in xengt_bound.c. They may sleep. */

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

#endif /* XENGT_KMOD_GPU_H */
