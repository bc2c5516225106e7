/* SPDX-License-Identifier: GPL-2.0-only */
/* See guest_rig.h. */
#include "guest_rig.h"

const uint32_t guest_bases[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = 0x2000, [XENGT_ENGINE_VCS] = 0x12000,
	[XENGT_ENGINE_VECS] = 0x1a000, [XENGT_ENGINE_BCS] = 0x22000,
};

/* ---- the guest's processor ---- */

uint64_t request(struct guest *g, struct xengt_req req)
{
	uint64_t data = 0;

	if (!req.count)
		req.count = 1;
	assert_int_equal(xengt_hv_fake_push(g->fake, &req), 0);
	assert_int_equal(xengt_vgpu_serve(g->vgpu, UINT32_MAX), 0);
	assert_int_equal(xengt_hv_fake_answer(g->fake, 0, &data), 1);
	return data;
}

void config(struct guest *g, uint32_t reg, uint32_t size, uint32_t val)
{
	request(g, (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .size = size, .data = val,
		.addr = (uint64_t)(2 << 3) << 32 | reg,
	});
}

void guest_wr(struct guest *g, uint32_t off, uint32_t size, uint64_t val)
{
	if (xengt_hv_fake_store(g->fake, BAR0 + off, size, val))
		return;
	request(g, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = BAR0 + off, .size = size,
		.data = val,
	});
}

uint32_t guest_rd(struct guest *g, uint32_t off)
{
	uint64_t val;

	if (xengt_hv_fake_load(g->fake, BAR0 + off, 4, &val))
		return (uint32_t)val;
	return (uint32_t)request(g, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = BAR0 + off, .size = 4,
		.is_read = true,
	});
}

void poke(struct guest *g, uint32_t frame, uint32_t off, const void *buf,
	  size_t len)
{
	gpa_t addr = gpa((uint64_t)frame * XENGT_PAGE_SIZE + off);
	struct xengt_counters *counters = g->hv->counters;

	g->hv->counters = NULL;
	assert_int_equal(g->hv->ops->write_guest(g->hv, addr, buf, len), 0);
	g->hv->counters = counters;
}

void put(struct guest *g, uint32_t frame, uint32_t dword, uint32_t val)
{
	poke(g, frame, 4 * dword, &val, 4);
}

uint32_t get(struct guest *g, uint32_t frame, uint32_t dword)
{
	gpa_t addr = gpa((uint64_t)frame * XENGT_PAGE_SIZE + 4 * dword);
	struct xengt_counters *counters = g->hv->counters;
	uint32_t val;

	g->hv->counters = NULL;
	assert_int_equal(g->hv->ops->read_guest(g->hv, addr, &val, 4), 0);
	g->hv->counters = counters;
	return val;
}

void store(struct guest *g, uint32_t table, uint32_t i, uint64_t entry)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .size = 8, .count = 1, .data = entry,
		.addr = (uint64_t)table * XENGT_PAGE_SIZE + 8 * i,
	};

	if (xengt_hv_fake_is_routed(g->fake, &req))
		request(g, req);
	else
		poke(g, table, 8 * i, &entry, 8);
}

uint32_t at(const struct guest *g, uint32_t frame)
{
	return g->low + frame * XENGT_PAGE_SIZE;
}

/* ---- its driver ---- */

void put_entry(struct guest *g, uint32_t table, uint32_t i, uint32_t frame)
{
	store(g, table, i, (uint64_t)frame << 12 | 3);
}

void make_space(struct guest *g)
{
	for (uint32_t level = 0; level < 3; level++)
		put_entry(g, PML4 + level, 0, PML4 + level + 1);
	put_entry(g, PML4 + 3, VA_BATCH >> 12, BATCH);
	put_entry(g, PML4 + 3, VA_PRIVATE >> 12, PRIVATE);
	/* the guest tells the device model the address of the root */
	guest_wr(g, REG_PVINFO_PDP, 4, PML4 << 12);
	guest_wr(g, REG_PVINFO_PDP + 4, 4, 0);
	guest_wr(g, REG_PVINFO_G2V_NOTIFY, 4, 4);
}

void make_context(struct guest *g, uint32_t n)
{
	const uint32_t state = IMAGE(n) + 1;

	put(g, state, 0x03, 0x00090009);	/* the context has no state to load yet */
	put(g, state, 0x05, 0);
	put(g, state, 0x07, 0);
	put(g, state, 0x09, at(g, RING(n)));
	put(g, state, 0x0b, (RING_BYTES - 4096) | 1);
	put(g, state, 0x31, 0);
	put(g, state, 0x33, PML4 << 12);
	g->tail[n] = 0;
}

void use_engine(struct guest *g, enum xengt_engine_id id)
{
	g->base = guest_bases[id];
	guest_wr(g, g->base + XENGT_RING_MODE, 4, 0x80008000);
	guest_wr(g, g->base + XENGT_RING_MI_MODE, 4, 0x01000000);
	guest_wr(g, g->base + XENGT_RING_HWS_PGA, 4, at(g, HWSP));
	guest_wr(g, g->base + XENGT_RING_CSB_PTR, 4, 0xffff0505);
	put(g, HWSP, 0x1f, 5);
	guest_wr(g, g->base + XENGT_RING_IMR, 4,
	   ~(0x101u << (id == XENGT_ENGINE_BCS ? 16 : 0)));
}

void emit(struct guest *g, uint32_t n, uint32_t a, uint32_t b, uint32_t c,
	  uint32_t d)
{
	const uint32_t dwords[4] = { a, b, c, d };

	for (int i = 0; i < 4; i++, g->tail[n] += 4)
		put(g, RING(n), g->tail[n] / 4, dwords[i]);
}

void emit_store(struct guest *g, uint32_t n, uint32_t dword, uint32_t val)
{
	emit(g, n, STORE_GGTT, at(g, DATA) + 4 * dword, 0, val);
	emit(g, n, USER_INTERRUPT, 0, 0, 0);
}

uint64_t desc_of(struct guest *g, uint32_t n)
{
	put(g, IMAGE(n) + 1, 0x07, g->tail[n]);
	return (uint64_t)(n + 1) << 32 | at(g, IMAGE(n)) | 0x119;
}

void elsp(struct guest *g, uint64_t first, uint64_t second)
{
	guest_wr(g, g->base + XENGT_RING_ELSP, 4, second >> 32);
	guest_wr(g, g->base + XENGT_RING_ELSP, 4, (uint32_t)second);
	guest_wr(g, g->base + XENGT_RING_ELSP, 4, first >> 32);
	guest_wr(g, g->base + XENGT_RING_ELSP, 4, (uint32_t)first);
}

bool wait_slot(struct guest *g, uint32_t slot)
{
	for (int i = 0; i < 2000; i++) {
		xengt_vgpu_handle_events(g->vgpu);
		if (get(g, HWSP, 0x1f) == slot)
			return true;
	}
	return false;
}

/* ---- fixtures ---- */

void power_on(struct guest *g)
{
	config(g, 0x10, 4, (uint32_t)BAR0);
	config(g, 0x94, 4, 0xfee00000);
	config(g, 0x98, 2, 0x4041);
	config(g, 0x92, 2, 1);
	config(g, 0x04, 2, 6);
	for (uint32_t bank = 0x44300; bank < 0x44340; bank += 0x10) {
		guest_wr(g, bank + 4, 4, 0);
		guest_wr(g, bank + 12, 4, ~0u);
	}
	guest_wr(g, XENGT_IRQ_MASTER, 4, 0x80000000);
	for (uint32_t i = 0; i < PAGES; i++)
		guest_wr(g, REG_GGTT + at(g, i) / 512, 8, (uint64_t)i << 12 | 1);
	make_space(g);
	for (uint32_t n = 0; n < 3; n++)
		make_context(g, n);
	use_engine(g, XENGT_ENGINE_RCS);
}

void guest_begin(struct guest *g, enum xengt_platform_id platform,
		 uint32_t domid, struct guest_share share)
{
	const struct xengt_hv_fake_config hv_cfg = {
		.machine = g->machine, .domid = domid, .ram_frames = RAM,
		.vcpus = 1, .slice_frames = share.low_mib * 256,
	};
	struct xengt_vgpu_config cfg = {
		.platform = platform, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
		.is_aperture_lazy = g->is_aperture_lazy,
	};
	struct xengt_vgpu_info info;

	assert_int_equal(xengt_hv_fake_create(&hv_cfg, &g->fake), 0);
	g->hv = xengt_hv_fake_hv(g->fake);
	assert_int_equal(xengt_gpu_sim_create(g->host, g->fake, share.low_mib,
					      share.high_mib, share.fences,
					      &g->gpu), 0);
	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	g->low = (uint32_t)info.low_base;
	cfg.hv = g->hv;
	cfg.gpu = g->gpu;
	assert_int_equal(xengt_vgpu_create(&cfg, &g->vgpu), 0);
	power_on(g);
}

void guest_end(struct guest *g)
{
	assert_int_equal(xengt_vgpu_host_error(g->vgpu), 0);
	xengt_vgpu_destroy(g->vgpu);
	assert_int_equal(xengt_hv_fake_faults(g->fake), 0);
	g->gpu->ops->destroy(g->gpu);
	g->hv->ops->destroy(g->hv);
}

int guest_setup(void **state, enum xengt_platform_id platform)
{
	struct guest *g = calloc(1, sizeof(*g));

	assert_int_equal(xengt_fake_machine_create(RAM * 2, &g->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(g->machine, platform,
						   &g->host), 0);
	guest_begin(g, platform, 7, (struct guest_share){ LOW_MIB, 0, 4 });
	*state = g;
	return 0;
}

int guest_setup_skl(void **state)
{
	return guest_setup(state, XENGT_PLATFORM_SKL);
}

int guest_setup_bdw(void **state)
{
	return guest_setup(state, XENGT_PLATFORM_BDW);
}

int guest_setup_strict(void **state)
{
	int r = guest_setup_skl(state);
	struct guest *g = *state;
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(g->host);
	struct xengt_sim_exec_opts opts;

	xengt_sim_get_exec(sim, &opts);
	opts.strict |= XENGT_SIM_STRICT_BYTES | XENGT_SIM_STRICT_IDLE |
		XENGT_SIM_STRICT_EVENTS | XENGT_SIM_STRICT_TORN |
		XENGT_SIM_STRICT_CACHES;
	xengt_sim_set_exec(sim, &opts);
	return r;
}

int guest_teardown(void **state)
{
	struct guest *g = *state;

	assert_int_equal(xengt_gpu_sim_host_wrong_entries(g->host), 0);
	guest_end(g);
	xengt_gpu_sim_host_destroy(g->host);
	xengt_fake_machine_destroy(g->machine);
	free(g);
	return 0;
}
