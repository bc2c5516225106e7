/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does on the fake machine what the module does for the boundary's vGPUs: holds
 * frames, and creates and destroys vGPUs and the host.
 *
 * As in the module, a vGPU holds a guest frame once, with a count of the
 * entries that point to it.
 */
#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/engine.h"
#include "boundary/gtt.h"
#include "boundary/part.h"
#include "boundary/ppgtt.h"
#include "gpu/gpu.h"
#include "gpu/gpu_sim.h"
#include "gpu/gpu_sim_priv.h"
#include "hv/fake_machine.h"
#include "hv/hv_fake.h"
#include "hw/platform.h"
#include "sim/sim.h"
#include "uapi/xengt.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FENCES		32
#define PDE_2M		0x80u

/* ---- struct xengt_guest_ops ---- */

static bool is_own(const struct gpu_sim *gpu, xengt_gfn_t frame)
{
	return xengt_gfn_x(frame) - gpu->own_first < gpu->own_count;
}

/*
 * Returns the machine frame that a guest frame maps to now;
 * XENGT_FAKE_NO_FRAME if no machine frame is there.
 */
static xengt_mfn_t frame_now(const struct gpu_sim *gpu, xengt_gfn_t frame)
{
	return xengt_mfn(xengt_hv_fake_mfn(gpu->domain, gfn(xengt_gfn_x(frame))));
}

static void release(struct gpu_sim *gpu, xengt_mfn_t mfn)
{
	xengt_fake_frame_put(gpu->host->machine, xengt_mfn_x(mfn));
	gpu->frames_held--;
	gpu->frames_released++;
}

static xengt_bus_t get_frame(struct gpu_sim *gpu, xengt_gfn_t frame)
{
	xengt_mfn_t mfn = frame_now(gpu, frame);
	struct gpu_sim_hold *hold;
	xengt_bus_t bus;

	if (xengt_gfn_x(frame) >= xengt_hv_fake_ram_frames(gpu->domain))
		return XENGT_BUS_NONE;
	hold = &gpu->holds[xengt_gfn_x(frame)];
	if (!hold->count) {
		if (xengt_mfn_x(mfn) == XENGT_FAKE_NO_FRAME || is_own(gpu, frame))
			return XENGT_BUS_NONE;
		xengt_fake_frame_get(gpu->host->machine, xengt_mfn_x(mfn));
		hold->mfn = mfn;
		gpu->frames_held++;
		gpu->frames_mapped++;
	}
	bus = bus_of(hold->mfn);
	if (!xengt_bus_is_none(bus))
		hold->count++;
	else if (!hold->count)
		release(gpu, hold->mfn);
	return bus;
}

static int frames_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		      xengt_bus_t *ret_bus)
{
	struct gpu_sim *gpu = ctx;
	int r = gpu->inject;

	gpu->inject = 0;
	if (r)
		return r;
	for (uint32_t i = 0; i < count; i++)
		ret_bus[i] = get_frame(gpu, gfns[i]);
	return 0;
}

static uint32_t frames_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	struct gpu_sim *gpu = ctx;
	uint32_t released = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct gpu_sim_hold *hold = &gpu->holds[xengt_gfn_x(gfns[i])];

		if (--hold->count)
			continue;
		release(gpu, hold->mfn);
		released++;
	}
	return released;
}

static uint32_t frames_keep(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	struct gpu_sim *gpu = ctx;
	uint32_t before = gpu->n_kept;

	for (uint32_t i = 0; i < count; i++) {
		struct gpu_sim_hold *hold = &gpu->holds[xengt_gfn_x(gfns[i])];

		if (!--hold->count)
			gpu->kept[gpu->n_kept++] = hold->mfn;
	}
	return gpu->n_kept - before;
}

static void frames_release(void *ctx, uint32_t count)
{
	struct gpu_sim *gpu = ctx;

	for (uint32_t i = 0; i < count; i++)
		release(gpu, gpu->kept[i]);
	gpu->n_kept -= count;
	memmove(gpu->kept, gpu->kept + count,
		gpu->n_kept * sizeof(gpu->kept[0]));
}

static bool frame_has_moved(void *ctx, xengt_gfn_t frame)
{
	struct gpu_sim *gpu = ctx;

	return is_own(gpu, frame) ||
	       xengt_mfn_x(gpu->holds[xengt_gfn_x(frame)].mfn) !=
		       xengt_mfn_x(frame_now(gpu, frame));
}

static bool frames_look(void *ctx)
{
	struct gpu_sim *gpu = ctx;
	uint32_t frames = xengt_hv_fake_ram_frames(gpu->domain);

	for (uint32_t i = 0; i < frames; i++)
		if (gpu->holds[i].count && frame_has_moved(gpu, xengt_gfn(i)))
			return true;
	return false;
}

static void *frame_at(void *ctx, xengt_gfn_t frame)
{
	struct gpu_sim *gpu = ctx;

	return xengt_fake_frame_at(gpu->host->machine,
				   xengt_mfn_x(gpu->holds[xengt_gfn_x(frame)].mfn));
}

/*
 * frames_fini() and event() do nothing: a fake domain needs no page that keeps
 * it alive, and no thread waits for events.
 */
static void nothing(void *ctx)
{
	(void)ctx;
}

static const struct xengt_guest_ops guest_ops = {
	.frames_get = frames_get,
	.frames_put = frames_put,
	.frames_keep = frames_keep,
	.frames_release = frames_release,
	.frame_has_moved = frame_has_moved,
	.frames_look = frames_look,
	.frame_at = frame_at,
	.frames_fini = nothing,
	.event = nothing,
};

/* ---- gpu.h ---- */

static int sim_info(struct xengt_gpu *base, struct xengt_vgpu_info *ret_info)
{
	const struct gpu_sim *gpu = to_sim(base);

	xengt_bnd_vgpu_info(&gpu->v, ret_info);
	ret_info->frames_held = gpu->frames_held;
	ret_info->frames_mapped = gpu->frames_mapped;
	ret_info->frames_released = gpu->frames_released;
	return 0;
}

static int sim_ggtt_write(struct xengt_gpu *base, uint32_t first,
			  const uint64_t *entries, uint32_t count,
			  uint32_t *ret_scratched)
{
	return xengt_gtt_write(&to_sim(base)->v.gtt, first, entries, count,
			       ret_scratched);
}

static int sim_revalidate(struct xengt_gpu *base)
{
	struct xengt_bnd_revalidation at = { 0 };
	int r;

	do
		r = xengt_bnd_vgpu_revalidate(&to_sim(base)->v, &at);
	while (r == 1);
	return r;
}

static int sim_ppgtt_create(struct xengt_gpu *base, uint32_t level,
			    uint32_t flags, uint32_t *ret_id)
{
	return xengt_ppgtt_create(&to_sim(base)->v.ppgtt, level, flags, ret_id);
}

static int sim_ppgtt_destroy(struct xengt_gpu *base, uint32_t id)
{
	return xengt_ppgtt_destroy(&to_sim(base)->v.ppgtt, id);
}

static int sim_ppgtt_write(struct xengt_gpu *base, uint32_t id, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *ret_scratched)
{
	return xengt_ppgtt_write(&to_sim(base)->v.ppgtt, id, first, entries,
				 count, ret_scratched);
}

static int sim_own_frames(struct xengt_gpu *base, gfn_t first, uint32_t count)
{
	struct gpu_sim *gpu = to_sim(base);

	if (!xengt_bnd_vgpu_is_live(&gpu->v))
		return -ESTALE;
	gpu->own_first = gfn_x(first);
	gpu->own_count = count;
	return 0;
}

static int sim_submit(struct xengt_gpu *base, struct xengt_vgpu_submit *work)
{
	return xengt_bnd_vgpu_submit(&to_sim(base)->v, work);
}

static int sim_engine_reset(struct xengt_gpu *base, uint32_t mask)
{
	return xengt_bnd_vgpu_engine_reset(&to_sim(base)->v, mask);
}

static int sim_timestamp(struct xengt_gpu *base, uint64_t *ret_ticks)
{
	struct gpu_sim *gpu = to_sim(base);

	if (!xengt_bnd_vgpu_is_live(&gpu->v))
		return -ESTALE;
	*ret_ticks = xengt_engine_timestamp(&gpu->host->sched);
	return 0;
}

static int sim_fence_write(struct xengt_gpu *base, uint32_t index,
			   uint64_t value)
{
	return xengt_bnd_vgpu_fence(&to_sim(base)->v, index, value);
}

static int sim_aperture(struct xengt_gpu *base,
			struct xengt_vgpu_aperture *access)
{
	return xengt_bnd_vgpu_aperture(&to_sim(base)->v, access);
}

static int sim_zap(struct xengt_gpu *base)
{
	xengt_bnd_vgpu_zap(&to_sim(base)->v, XENGT_VGPU_ZAPPED);
	return 0;
}

static int sim_next_event(struct xengt_gpu *base,
			  struct xengt_gpu_event *ret_ev)
{
	struct gpu_sim *gpu = to_sim(base);
	struct xengt_event ev;

	if (xengt_bnd_vgpu_is_live(&gpu->v))
		xengt_gpu_sim_exec_pump(gpu->host);
	if (!xengt_bnd_vgpu_next_event(&gpu->v, &ev))
		return 0;
	*ret_ev = (struct xengt_gpu_event){
		.type = (enum xengt_event_type)ev.type,
		.value = ev.value,
		.engine = (enum xengt_engine_id)ev.engine,
		.seqno = ev.seqno,
	};
	return 1;
}

static int sim_event_fd(struct xengt_gpu *base)
{
	(void)base;
	return -1;
}

static void sim_destroy(struct xengt_gpu *base)
{
	struct gpu_sim *gpu = to_sim(base);

	if (!gpu)
		return;
	xengt_bnd_vgpu_destroy(&gpu->v);
	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++)
		if (gpu->host->vgpus[i] == gpu)
			gpu->host->vgpus[i] = NULL;
	free(gpu->holds);
	free(gpu);
}

static const struct xengt_gpu_ops sim_ops = {
	.info = sim_info,
	.ggtt_write = sim_ggtt_write,
	.revalidate = sim_revalidate,
	.ppgtt_create = sim_ppgtt_create,
	.ppgtt_destroy = sim_ppgtt_destroy,
	.ppgtt_write = sim_ppgtt_write,
	.submit = sim_submit,
	.engine_reset = sim_engine_reset,
	.timestamp = sim_timestamp,
	.own_frames = sim_own_frames,
	.fence_write = sim_fence_write,
	.aperture = sim_aperture,
	.zap = sim_zap,
	.next_event = sim_next_event,
	.event_fd = sim_event_fd,
	.destroy = sim_destroy,
};

int xengt_gpu_sim_create(struct xengt_gpu_sim_host *host,
			 struct xengt_hv_fake *domain, uint32_t low_mib,
			 uint32_t high_mib, uint32_t fences,
			 struct xengt_gpu **ret_gpu)
{
	const struct xengt_bnd_gpu shared = {
		.part = &host->part,
		.sched = &host->sched,
	};
	struct xengt_guest guest = { .ops = &guest_ops };
	struct gpu_sim *gpu, **place = NULL;
	int r;

	if (xengt_hv_fake_domid(domain) == GPU_SIM_HOST_DOMID)
		return -EINVAL;
	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++) {
		if (host->vgpus[i] && host->vgpus[i]->domain == domain)
			return -EEXIST;
		if (!host->vgpus[i] && !place)
			place = &host->vgpus[i];
	}
	if (!place)
		return -ENOSPC;
	gpu = calloc(1, sizeof(*gpu));
	if (!gpu)
		return -ENOMEM;
	gpu->gpu.ops = &sim_ops;
	gpu->host = host;
	gpu->domain = domain;
	guest.ctx = gpu;
	r = xengt_bnd_vgpu_place(&gpu->v, &shared, low_mib, high_mib, fences);
	if (r)
		goto fail;
	gpu->holds = calloc(xengt_hv_fake_ram_frames(domain),
			    sizeof(gpu->holds[0]));
	r = gpu->holds ? 0 : -ENOMEM;
	if (r)
		goto fail;
	/* use the lowest free id, as the module does */
	r = xengt_bnd_vgpu_create(&gpu->v, &shared, &guest,
				  (uint32_t)(place - host->vgpus) + 1,
				  xengt_hv_fake_domid(domain));
	if (r)
		goto fail;
	if (host->timeout_ns)
		gpu->v.exec.share.timeout_ns = host->timeout_ns;
	*place = gpu;
	*ret_gpu = &gpu->gpu;
	return 0;

fail:
	sim_destroy(&gpu->gpu);
	return r;
}

uint64_t xengt_gpu_sim_ppgtt_bus(const struct xengt_gpu *gpu, uint32_t id)
{
	const struct gpu_sim *sim = (const struct gpu_sim *)gpu;

	return id && id <= XENGT_PPGTT_TABLES_MAX && sim->v.ppgtt_by_id[id] ?
		xengt_bus_x(sim->v.ppgtt_by_id[id]->bus) : 0;
}

int xengt_gpu_sim_ppgtt_pin(struct xengt_gpu *gpu, uint32_t id)
{
	uint64_t pdp[XENGT_PPGTT_PDPS];

	return xengt_ppgtt_root_get(&to_sim(gpu)->v.ppgtt, id, 4, pdp);
}

void xengt_gpu_sim_ppgtt_unpin(struct xengt_gpu *gpu, uint32_t id)
{
	xengt_ppgtt_root_put(&to_sim(gpu)->v.ppgtt, id);
}

void xengt_gpu_sim_inject(struct xengt_gpu *gpu, int error)
{
	to_sim(gpu)->inject = error;
}

/* ---- the host ---- */

static int sim_setup(struct xengt_gpu_sim_host *host)
{
	struct xengt_sim_config config = {
		.platform = xengt_sim_platform_find(host->platform->name),
	};
	struct xengt_sim_region region = {
		.bus = xengt_bus_x(bus_of(xengt_mfn(XENGT_FAKE_FIRST_FRAME))),
	};
	size_t bytes;

	host->sim = xengt_sim_create(&config);
	if (!host->sim)
		return -ENOMEM;
	region.host = xengt_fake_machine_memory(host->machine, &bytes);
	region.len = bytes;
	/* memory decode and bus mastering */
	xengt_sim_cfg_write(host->sim, 0x04, 2, 0x0006);
	return xengt_sim_set_regions(host->sim, &region, 1);
}

int xengt_gpu_sim_host_create(struct xengt_fake_machine *machine,
			      enum xengt_platform_id platform,
			      struct xengt_gpu_sim_host **ret_host)
{
	struct xengt_gpu_sim_host *host = calloc(1, sizeof(*host));
	uint64_t mfn, pte;
	int r;

	if (!host)
		return -ENOMEM;
	host->machine = machine;
	host->platform = xengt_platform_get(platform);
	r = host->platform ? sim_setup(host) : -EINVAL;
	if (r)
		goto fail;
	r = xengt_fake_frame_alloc(machine, GPU_SIM_HOST_DOMID, &mfn);
	if (r)
		goto fail;
	host->scratch_mfn = xengt_mfn(mfn);
	host->has_scratch = true;
	r = xengt_pte_encode(bus_of(host->scratch_mfn), &pte);
	if (r)
		goto fail;
	r = xengt_part_init(&host->part, XENGT_SIM_BAR2_BYTES,
			    (uint64_t)XENGT_SIM_GGTT_ENTRIES * XENGT_PAGE_SIZE,
			    FENCES);
	if (r)
		goto fail;
	xengt_gpu_sim_hw_init(host);
	for (uint32_t i = 0; i < XENGT_SIM_GGTT_ENTRIES; i++)
		host->hw.ops->pte_write(host, i, pte);
	r = xengt_gpu_sim_exec_host_init(host);
	if (r)
		goto fail;
	*ret_host = host;
	return 0;

fail:
	xengt_gpu_sim_host_destroy(host);
	return r;
}

void xengt_gpu_sim_host_destroy(struct xengt_gpu_sim_host *host)
{
	if (!host)
		return;
	xengt_gpu_sim_exec_host_fini(host);
	xengt_gpu_sim_hw_fini(host);
	if (host->has_scratch)
		xengt_fake_frame_put(host->machine,
				     xengt_mfn_x(host->scratch_mfn));
	xengt_sim_destroy(host->sim);
	free(host);
}

void xengt_gpu_sim_host_info(const struct xengt_gpu_sim_host *host,
			     struct xengt_info *ret_info)
{
	struct xengt_part_info part;
	uint32_t vgpus = 0;

	xengt_part_query(&host->part, &part);
	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++)
		vgpus += host->vgpus[i] != NULL;
	*ret_info = (struct xengt_info){
		.abi_version = XENGT_ABI_VERSION,
		.way = XENGT_WAY_PV,
		.backend = XENGT_BACKEND_ALONE,
		.platform = host->platform->id,
		.pci_vendor = 0x8086,
		.pci_device = (uint16_t)xengt_sim_cfg_read(host->sim, 2, 2),
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
		.ggtt_bytes = (uint64_t)XENGT_SIM_GGTT_ENTRIES *
			      XENGT_PAGE_SIZE,
		.low_total_mib = part.low.total_mib,
		.low_free_mib = part.low.free_mib,
		.low_largest_mib = part.low.largest_mib,
		.high_total_mib = part.high.total_mib,
		.high_free_mib = part.high.free_mib,
		.high_largest_mib = part.high.largest_mib,
		.fences_total = part.fences_total,
		.fences_free = part.fences_free,
		.fences_largest = part.fences_largest,
		.vgpu_count = vgpus,
	};
	xengt_hw_health_tell(&host->health, ret_info);
}

struct xengt_sim *xengt_gpu_sim_host_sim(struct xengt_gpu_sim_host *host)
{
	return host->sim;
}

void xengt_gpu_sim_host_unbind(struct xengt_gpu_sim_host *host)
{
	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++)
		if (host->vgpus[i])
			xengt_bnd_vgpu_zap(&host->vgpus[i]->v,
					   XENGT_VGPU_GPU_GONE);
}

uint64_t xengt_gpu_sim_scratch_mfn(const struct xengt_gpu *gpu)
{
	const struct gpu_sim *sim = (const struct gpu_sim *)gpu;

	return sim->v.scratch ? xengt_mfn_x(mfn_of(sim->v.scratch_bus)) : 0;
}

/* Does the entry point to a frame that the vGPU may not reach? */
static bool is_foreign(const struct gpu_sim *gpu, uint64_t entry)
{
	const struct xengt_gpu_sim_host *host = gpu->host;
	uint64_t mfn = xengt_gpu_sim_mfn(entry);

	return entry & XENGT_SIM_PTE_PRESENT &&
	       mfn != xengt_gpu_sim_scratch_mfn(&gpu->gpu) &&
	       xengt_fake_frame_owner(host->machine, mfn) !=
		       xengt_hv_fake_domid(gpu->domain);
}

/*
 * Returns the number of foreign entries of a table: all entries of a table of
 * level 1, or the 2 MiB entries of a table of level 2.
 */
static uint32_t wrong_in_table(const struct gpu_sim *gpu,
			    const struct xengt_ppgtt_table *table)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < XENGT_PPGTT_ENTRIES; i++) {
		uint64_t entry = table->page[i];

		if (table->level == 1)
			bad += is_foreign(gpu, entry);
		if (table->level != 2 || !(entry & PDE_2M))
			continue;
		entry &= ~(uint64_t)(XENGT_PPGTT_ENTRIES * XENGT_PAGE_SIZE - 2);
		for (uint32_t k = 0; k < XENGT_PPGTT_ENTRIES; k++)
			bad += is_foreign(gpu, entry + k * XENGT_PAGE_SIZE);
	}
	return bad;
}

static uint32_t wrong_in_slice(const struct gpu_sim *gpu, uint32_t first,
			    uint32_t count)
{
	uint32_t bad = 0;

	for (uint32_t i = first; i < first + count; i++)
		bad += is_foreign(gpu, xengt_sim_peek_pte(gpu->host->sim, i));
	return bad;
}

static uint32_t pages(uint32_t mib)
{
	return mib * (XENGT_MIB / XENGT_PAGE_SIZE);
}

uint32_t xengt_gpu_sim_host_wrong_entries(struct xengt_gpu_sim_host *host)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++) {
		const struct gpu_sim *gpu = host->vgpus[i];
		const struct xengt_part_slices *slices;

		if (!gpu)
			continue;
		slices = &gpu->v.rec.slices;
		bad += wrong_in_slice(gpu, pages(slices->low_base_mib),
				   pages(slices->low_mib));
		bad += wrong_in_slice(gpu, pages(slices->high_base_mib),
				   pages(slices->high_mib));
		for (uint32_t id = 1; id <= XENGT_PPGTT_TABLES_MAX; id++)
			if (gpu->v.ppgtt_by_id[id])
				bad += wrong_in_table(gpu, gpu->v.ppgtt_by_id[id]);
	}
	return bad;
}
