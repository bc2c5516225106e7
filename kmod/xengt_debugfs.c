// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: /sys/kernel/debug/xengt
 *
 * These files are for people to read and are not an ABI. The file 'state' shows
 * the slices, the fences and the counters of each vGPU. The file 'error' shows
 * the last hang of each vGPU that has hung an engine, similar to i915's error
 * state (src/boundary/hang_state.c).
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "boundary/bnd_types.h"
#include "boundary/engine.h"
#include "boundary/hang_state.h"
#include "boundary/part.h"
#include "boundary/share.h"
#include "uapi/xengt.h"
#include "xengt_debugfs.h"
#include "xengt_gpu.h"
#include "xengt_vgpu.h"
#include "xengt_vgpu_ops.h"

static struct dentry *debug_dir;

static void show_space(struct seq_file *m, const char *name,
		       const struct xengt_part_space *s)
{
	seq_printf(m, "%s: %u MiB, %u free, largest %u\n", name, s->total_mib,
		   s->free_mib, s->largest_mib);
}

/*
 * Show the vGPU's share, and for each engine the time for which the vGPU was
 * charged up to the engine's last event.
 */
static void show_time(struct seq_file *m, struct xengt_kvgpu *vgpu)
{
	const struct xengt_exec *exec = &vgpu->bnd.exec;
	u64 ran_ns[XENGT_ENGINES];
	struct xengt_share share;
	int i;

	mutex_lock(&vgpu->gpu->exec_lock);
	share = exec->share;
	for (i = 0; i < XENGT_ENGINES; i++)
		ran_ns[i] = exec->lanes[i].account.ran_ns;
	mutex_unlock(&vgpu->gpu->exec_lock);
	seq_printf(m, "  share: weight %u, cap %u, timeslice %llu us, timeout %llu us, stop %u\n",
		   share.weight, share.cap, share.slice_ns / 1000,
		   share.timeout_ns / 1000, share.stop);
	seq_puts(m, "  ran, us:");
	for (i = 0; i < XENGT_ENGINES; i++)
		seq_printf(m, " %s %llu", xengt_engine_names[i],
			   ran_ns[i] / 1000);
	seq_putc(m, '\n');
}

static void show_vgpu(struct seq_file *m, struct xengt_kvgpu *vgpu)
{
	static const char * const states[] = {
		[XENGT_VGPU_LIVE] = "live",
		[XENGT_VGPU_ZAPPED] = "zapped",
		[XENGT_VGPU_GPU_GONE] = "gpu-gone",
	};
	const struct xengt_bnd_vgpu *bnd = &vgpu->bnd;
	struct xengt_vgpu_info info;

	/*
	 * without vgpu->lock: gpu->lock is held (scripts/check-locks). So the numbers need
	 * not be of the same moment
	 */
	xengt_kvgpu_peek(vgpu, &info);
	seq_printf(m, "vgpu %u: domain %u, %s\n", info.vgpu_id, info.domid,
		   states[info.state]);
	seq_printf(m, "  low 0x%llx+0x%llx high 0x%llx+0x%llx fences %u+%u\n",
		   info.low_base, info.low_bytes, info.high_base,
		   info.high_bytes, info.fence_base, info.fences);
	seq_printf(m, "  scratch page 0x%llx\n",
		   bnd->scratch ? xengt_bus_x(bnd->scratch_bus) : 0);
	seq_printf(m, "  entries: %u point to frames now, %u had no frame and point to the scratch page; in all %llu written, %llu of them pointed to the scratch page\n",
		   bnd->gtt.mapped, bnd->gtt.unresolved, info.entries_written,
		   info.entries_scratched);
	seq_printf(m, "  page tables: %llu now; in all %llu entries written\n",
		   info.ppgtt_tables, info.ppgtt_entries);
	seq_printf(m, "  frames: %llu held now, %llu of them kept for caches; in all %llu mapped, %llu released, %llu released because the guest moved them\n",
		   info.frames_held, info.frames_kept, info.frames_mapped,
		   info.frames_released, info.frames_followed);
	seq_printf(m, "  context images: %llu have other commands than the template, %llu of them were loaded in part\n",
		   bnd->exec.counters.images_other, bnd->exec.counters.images_cut);
	show_time(m, vgpu);
	seq_printf(m, "  %llu hypercalls, %llu GPU TLB flushes, %llu revalidations\n",
		   info.hypercalls, info.tlb_flushes, info.revalidations);
}

static int state_show(struct seq_file *m, void *unused)
{
	struct xengt_gpu *gpu = xengt_gpu_get();
	struct xengt_part_info part;
	struct xengt_kvgpu *vgpu;

	if (!gpu) {
		seq_puts(m, "no GPU is bound\n");
		return 0;
	}
	seq_printf(m, "gpu %s: %s\n", pci_name(gpu->pdev),
		   gpu->pci_id->name);
	seq_printf(m, "health: %s; %u flushes, %u stops and %u resets of an engine failed, %u full resets\n",
		   gpu->health.is_lost ? "lost, all memory stays held until the next boot" :
		   gpu->health.is_cut_off ? "stopped without bus mastering, bind the GPU anew" :
		   gpu->health.is_stopped ? "stopped, bind the GPU anew" : "fine",
		   gpu->health.flushes_failed, gpu->health.stops_failed,
		   gpu->health.resets_failed, gpu->health.full_resets);
	seq_printf(m, "irqs: gt %lld display %lld pcu %lld spurious %lld\n",
		   atomic64_read(&gpu->irqs[XENGT_IRQ_GT]),
		   atomic64_read(&gpu->irqs[XENGT_IRQ_DISPLAY]),
		   atomic64_read(&gpu->irqs[XENGT_IRQ_PCU]),
		   atomic64_read(&gpu->irqs[XENGT_IRQ_SPURIOUS]));
	mutex_lock(&gpu->lock);
	xengt_part_query(&gpu->part, &part);
	show_space(m, "low", &part.low);
	show_space(m, "high", &part.high);
	seq_printf(m, "fences: %u, %u free, at most %u in a row\n",
		   part.fences_total, part.fences_free, part.fences_largest);
	list_for_each_entry(vgpu, &gpu->vgpus, link)
		show_vgpu(m, vgpu);
	mutex_unlock(&gpu->lock);
	xengt_gpu_put(gpu);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static void put_line(void *ctx, const char *text)
{
	seq_printf(ctx, "%s\n", text);
}

static int error_show(struct seq_file *m, void *unused)
{
	struct xengt_gpu *gpu = xengt_gpu_get();
	struct xengt_hang_state *copy;
	struct xengt_kvgpu *vgpu;

	if (!gpu) {
		seq_puts(m, "no GPU is bound\n");
		return 0;
	}
	copy = kvmalloc(sizeof(*copy), GFP_KERNEL);
	if (!copy) {
		xengt_gpu_put(gpu);
		return -ENOMEM;
	}
	mutex_lock(&gpu->lock);
	list_for_each_entry(vgpu, &gpu->vgpus, link) {
		mutex_lock(&gpu->exec_lock);
		*copy = vgpu->bnd.exec.hang_state;
		mutex_unlock(&gpu->exec_lock);
		xengt_hang_print(copy, put_line, m);
	}
	mutex_unlock(&gpu->lock);
	kvfree(copy);
	xengt_gpu_put(gpu);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(error);

void xengt_debugfs_init(void)
{
	debug_dir = debugfs_create_dir("xengt", NULL);
	debugfs_create_file("state", 0400, debug_dir, NULL, &state_fops);
	debugfs_create_file("error", 0400, debug_dir, NULL, &error_fops);
}

void xengt_debugfs_fini(void)
{
	debugfs_remove(debug_dir);
}
