/* SPDX-License-Identifier: GPL-2.0-only */
/* See rig.h. */
#include "rig.h"

static struct rig_gpu *rig_gpu_of(struct xengt_gpu *gpu)
{
	return (struct rig_gpu *)gpu;
}

static int rig_gpu_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	if (rig_gpu_of(gpu)->info_error)
		return rig_gpu_of(gpu)->info_error;
	*ret_info = rig_gpu_of(gpu)->info;
	return 0;
}

static int rig_gpu_write(struct xengt_gpu *gpu, uint32_t first,
			 const uint64_t *entries, uint32_t count,
			 uint32_t *ret_scratched)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_in_range(count, 1, XENGT_GGTT_WRITE_MAX);
	assert_true(first < XENGT_GGTT_ENTRIES);
	assert_true(count <= XENGT_GGTT_ENTRIES - first);
	g->writes++;
	if (g->write_error)
		return g->write_error;
	g->last_first = first;
	g->last_count = count;
	memcpy(&g->hw[first], entries, count * sizeof(entries[0]));
	*ret_scratched = g->scratch_next;
	g->scratch_next = 0;
	return 0;
}

static int rig_gpu_revalidate(struct xengt_gpu *gpu)
{
	rig_gpu_of(gpu)->revalidations++;
	return rig_gpu_of(gpu)->revalidate_error;
}

static int rig_gpu_own_frames(struct xengt_gpu *gpu, gfn_t first,
			      uint32_t count)
{
	rig_gpu_of(gpu)->own_first = gfn_x(first);
	rig_gpu_of(gpu)->own_count = count;
	return rig_gpu_of(gpu)->own_error;
}

static int rig_gpu_fence_write(struct xengt_gpu *gpu, uint32_t index,
			       uint64_t value)
{
	struct rig_gpu *g = rig_gpu_of(gpu);
	const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
		[XENGT_GTT_LOW] = { RIG_LOW_BASE / XENGT_PAGE_SIZE,
				    RIG_LOW_BYTES / XENGT_PAGE_SIZE },
	};
	int r = xengt_fence_check(slices, value);

	assert_true(index < g->info.fences);
	g->fence_writes++;
	g->fences[index] = r ? 0 : value;
	return r ? r : g->fence_error;
}

static int rig_gpu_aperture(struct xengt_gpu *gpu,
			    struct xengt_vgpu_aperture *access)
{
	struct rig_gpu *g = rig_gpu_of(gpu);
	uint64_t off = access->addr - RIG_LOW_BASE;
	uint32_t first = (uint32_t)(access->addr >> XENGT_PAGE_SHIFT) /
			 XENGT_PIECE_FRAMES * XENGT_PIECE_FRAMES;

	assert_true(off < RIG_LOW_BYTES && access->size <= 8);
	assert_true(off % XENGT_PAGE_SIZE + access->size <= XENGT_PAGE_SIZE);
	g->touches++;
	if (g->aperture_error)
		return g->aperture_error;
	if (access->flags & XENGT_APERTURE_STORE) {
		memcpy(g->slice + off, &access->value, access->size);
	} else {
		access->value = 0;
		memcpy(&access->value, g->slice + off, access->size);
	}
	access->piece = (uint64_t)first << XENGT_PAGE_SHIFT;
	access->piece_bytes = 0;
	for (uint32_t i = first; i < first + XENGT_PIECE_FRAMES; i++)
		if (g->hw[i] & XENGT_PTE_PRESENT)
			access->piece_bytes = XENGT_PIECE_FRAMES *
					      XENGT_PAGE_SIZE;
	return 0;
}

static int rig_gpu_zap(struct xengt_gpu *gpu)
{
	rig_gpu_of(gpu)->zaps++;
	return rig_gpu_of(gpu)->zap_error;
}

static int rig_gpu_next_event(struct xengt_gpu *gpu,
			      struct xengt_gpu_event *ret_ev)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	if (g->event_error)
		return g->event_error;
	if (!g->event_count)
		return 0;
	*ret_ev = g->events[0];
	g->event_count--;
	memmove(g->events, g->events + 1, g->event_count * sizeof(*ret_ev));
	return 1;
}

static int rig_gpu_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_true(work->engine < XENGT_ENGINES);
	assert_true(work->seqno);
	assert_int_equal(work->flags, 0);
	work->image = g->refusal.image;
	if (g->submit_error == -EBADMSG) {
		work->refused = g->refusal.refused;
		work->refused_cmd = g->refusal.refused_cmd;
		work->refused_at = g->refusal.refused_at;
		work->is_cut = g->refusal.is_cut;
	}
	if (g->submit_error && !work->is_cut)
		return g->submit_error;
	assert_true(g->submit_count < RIG_SUBMITS_MAX);
	g->submits[g->submit_count++] = *work;
	return g->submit_error;
}

static int rig_gpu_engine_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_true(mask && mask < 1u << XENGT_ENGINES);
	g->resets++;
	g->reset_mask |= mask;
	return g->reset_error;
}

static int rig_gpu_timestamp(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	if (g->ticks_error)
		return g->ticks_error;
	*ret_ticks = g->ticks;
	return 0;
}

static int rig_gpu_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
				uint32_t flags, uint32_t *ret_id)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_in_range(level, 1, 4);
	assert_int_equal(flags & ~XENGT_PPGTT_64K, 0);
	if (g->ppgtt_error)
		return g->ppgtt_error;
	for (uint32_t id = 1; id < RIG_TABLES_MAX; id++) {
		if (g->table_level[id])
			continue;
		g->table_level[id] = (uint8_t)level;
		memset(g->tables[id], 0, sizeof(g->tables[id]));
		*ret_id = id;
		return 0;
	}
	return -ENOSPC;
}

static int rig_gpu_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_in_range(id, 1, RIG_TABLES_MAX - 1);
	assert_true(g->table_level[id]);
	g->table_level[id] = 0;
	return 0;
}

static int rig_gpu_ppgtt_write(struct xengt_gpu *gpu, uint32_t id,
			       uint32_t first, const uint64_t *entries,
			       uint32_t count, uint32_t *ret_scratched)
{
	struct rig_gpu *g = rig_gpu_of(gpu);

	assert_in_range(id, 1, RIG_TABLES_MAX - 1);
	assert_true(g->table_level[id]);
	assert_in_range(count, 1, XENGT_PPGTT_ENTRIES);
	assert_true(first <= XENGT_PPGTT_ENTRIES - count);
	if (g->ppgtt_error)
		return g->ppgtt_error;
	memcpy(&g->tables[id][first], entries, count * sizeof(entries[0]));
	if (ret_scratched)
		*ret_scratched = 0;
	return 0;
}

static int rig_gpu_event_fd(struct xengt_gpu *gpu)
{
	(void)gpu;
	return -1;
}

static void rig_gpu_destroy(struct xengt_gpu *gpu)
{
	(void)gpu;
}

static const struct xengt_gpu_ops rig_gpu_ops = {
	.info = rig_gpu_info,
	.ggtt_write = rig_gpu_write,
	.revalidate = rig_gpu_revalidate,
	.ppgtt_create = rig_gpu_ppgtt_create,
	.ppgtt_destroy = rig_gpu_ppgtt_destroy,
	.ppgtt_write = rig_gpu_ppgtt_write,
	.submit = rig_gpu_submit,
	.engine_reset = rig_gpu_engine_reset,
	.timestamp = rig_gpu_timestamp,
	.own_frames = rig_gpu_own_frames,
	.fence_write = rig_gpu_fence_write,
	.aperture = rig_gpu_aperture,
	.zap = rig_gpu_zap,
	.next_event = rig_gpu_next_event,
	.event_fd = rig_gpu_event_fd,
	.destroy = rig_gpu_destroy,
};

void rig_prepare_ram(struct rig *rig, enum xengt_platform_id platform,
		     uint32_t ram_frames)
{
	const struct xengt_hv_fake_config hv_cfg = {
		.domid = RIG_DOMID,
		.ram_frames = ram_frames,
		.vcpus = 2,
		.slice_frames = (uint32_t)(RIG_LOW_BYTES / XENGT_PAGE_SIZE),
	};

	memset(rig, 0, sizeof(*rig));
	assert_int_equal(xengt_hv_fake_create(&hv_cfg, &rig->fake), 0);
	rig->hv = xengt_hv_fake_hv(rig->fake);
	rig->gpu.gpu.ops = &rig_gpu_ops;
	rig->gpu.hw = calloc(XENGT_GGTT_ENTRIES, sizeof(uint64_t));
	assert_non_null(rig->gpu.hw);
	rig->gpu.slice = calloc(1, RIG_LOW_BYTES);
	assert_non_null(rig->gpu.slice);
	rig->gpu.tables = calloc(RIG_TABLES_MAX, sizeof(*rig->gpu.tables));
	assert_non_null(rig->gpu.tables);
	rig->gpu.info = (struct xengt_vgpu_info){
		.vgpu_id = 3,
		.domid = RIG_DOMID,
		.state = XENGT_VGPU_LIVE,
		.fences = 4,
		.low_base = RIG_LOW_BASE,
		.low_bytes = RIG_LOW_BYTES,
		.high_base = RIG_HIGH_BASE,
		.high_bytes = RIG_HIGH_BYTES,
	};
	rig->cfg = (struct xengt_vgpu_config){
		.platform = platform,
		.pci_device = 0x1916,
		.pci_subvendor = 0x1028,
		.pci_subdevice = 0x06dc,
		.pci_revision = 0x07,
		.slot = RIG_SLOT,
		.is_primary = true,
		.aperture_bytes = RIG_APERTURE,
		.hv = rig->hv,
		.gpu = &rig->gpu.gpu,
	};
}

void rig_prepare(struct rig *rig, enum xengt_platform_id platform)
{
	rig_prepare_ram(rig, platform, RIG_RAM_FRAMES);
}

void rig_create(struct rig *rig)
{
	assert_int_equal(xengt_vgpu_create(&rig->cfg, &rig->vgpu), 0);
}

void rig_destroy(struct rig *rig)
{
	xengt_vgpu_destroy(rig->vgpu);
	assert_int_equal(xengt_hv_fake_faults(rig->fake), 0);
	rig->hv->ops->destroy(rig->hv);
	free(rig->gpu.hw);
	free(rig->gpu.slice);
	free(rig->gpu.tables);
}

void rig_gpu_event(struct rig *rig, struct xengt_gpu_event ev)
{
	assert_true(rig->gpu.event_count < RIG_EVENTS_MAX);
	rig->gpu.events[rig->gpu.event_count++] = ev;
}

void rig_gpu_zapped(struct rig *rig)
{
	rig_gpu_event(rig, (struct xengt_gpu_event){
		.type = XENGT_EVENT_ZAPPED, .value = XENGT_VGPU_ZAPPED,
	});
}

uint64_t rig_request(struct rig *rig, struct xengt_req req)
{
	uint64_t got = 0;

	assert_int_equal(xengt_hv_fake_push(rig->fake, &req), 0);
	assert_int_equal(xengt_vgpu_serve(rig->vgpu, UINT32_MAX), 0);
	assert_int_equal(xengt_hv_fake_answer(rig->fake, req.vcpu, &got), 1);
	return got;
}

uint64_t rig_take(uint64_t data, uint32_t size)
{
	return size >= 8 ? data : data & ((1ull << 8 * size) - 1);
}

uint64_t rig_sbdf(uint32_t slot)
{
	return (uint64_t)(slot << 3) << 32;
}

uint32_t rig_cfg_read(struct rig *rig, uint32_t reg, uint32_t size)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_PCI_CONFIG, .addr = rig_sbdf(RIG_SLOT) | reg,
		.size = size, .count = 1, .is_read = true,
	};

	return (uint32_t)rig_take(rig_request(rig, req), size);
}

void rig_cfg_write(struct rig *rig, uint32_t reg, uint32_t size, uint32_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_PCI_CONFIG, .addr = rig_sbdf(RIG_SLOT) | reg,
		.size = size, .count = 1, .data = val,
	};

	rig_request(rig, req);
}

uint64_t rig_read(struct rig *rig, uint32_t off, uint32_t size)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + off, .size = size,
		.count = 1, .is_read = true,
	};

	return rig_take(rig_request(rig, req), size);
}

void rig_write(struct rig *rig, uint32_t off, uint32_t size, uint64_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + off, .size = size,
		.count = 1, .data = val,
	};

	rig_request(rig, req);
}

void rig_decode(struct rig *rig)
{
	rig_cfg_write(rig, 0x10, 4, (uint32_t)RIG_BAR0);
	rig_cfg_write(rig, 0x14, 4, (uint32_t)(RIG_BAR0 >> 32));
	rig_cfg_write(rig, 0x18, 4, (uint32_t)RIG_BAR2);
	rig_cfg_write(rig, 0x1c, 4, (uint32_t)(RIG_BAR2 >> 32));
	rig_cfg_write(rig, 0x04, 2, 0x0006);
}

void rig_start(struct rig *rig, enum xengt_platform_id platform)
{
	rig_prepare(rig, platform);
	rig_create(rig);
	rig_decode(rig);
}

int rig_setup(void **state)
{
	struct rig *rig = test_malloc(sizeof(*rig));

	rig_start(rig, XENGT_PLATFORM_SKL);
	*state = rig;
	return 0;
}

int rig_teardown(void **state)
{
	rig_destroy(*state);
	test_free(*state);
	return 0;
}
