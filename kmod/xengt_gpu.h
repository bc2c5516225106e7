/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bound GPU, and which GPU is bound.
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
	enum xengt_way way;	/* of holding frames: xengt_way.h */

	void __iomem *mmio;	/* registers, uncached */
	void __iomem *ggtt;	/* entries, write-combining */
	u32 ggtt_entries;
	void *scratch;
	dma_addr_t scratch_bus;
	u64 scratch_pte;
	struct xengt_hw hw;	/* the GPU as the boundary uses it */
	struct xengt_hw_health health;

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

/* xengt_bound.c. These functions may sleep. */

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

#endif /* XENGT_KMOD_GPU_H */
