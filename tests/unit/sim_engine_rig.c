/* SPDX-License-Identifier: GPL-2.0-only */
/* See sim_engine_rig.h. */
#include "sim_engine_rig.h"

uint32_t *ram32(struct rig *r, unsigned int page)
{
	return (uint32_t *)(void *)(r->m->ram + page * 4096U);
}

uint64_t bus_of(unsigned int page)
{
	return (RAM_MFN + page) * 4096ULL;
}

void engine_tables(struct rig *r)
{
	uint64_t *t = (uint64_t *)(void *)ram32(r, PAGE_PML4);

	t[(VA >> 39) & 511] = bus_of(PAGE_PML4 + 1) | 3;
	t += 512;
	t[(VA >> 30) & 511] = bus_of(PAGE_PML4 + 2) | 3;
	t += 512;
	t[(VA >> 21) & 511] = bus_of(PAGE_PML4 + 3) | 3;
	t += 512;
	for (unsigned int i = 0; i < RAM_PAGES; i++)
		t[((VA >> 12) + i) & 511] = bus_of(i) | 3;
}

void engine_context(struct rig *r, unsigned int n)
{
	uint32_t *s = ram32(r, PAGE_CTX(n) + 1);

	memset(s, 0, 4096);
	s[0x01] = 0x1100101b;
	s[0x02] = r->base + REG_RING_CTX_CONTROL;
	s[0x03] = 0x00090009;
	s[0x04] = r->base + REG_RING_HEAD;
	s[0x06] = r->base + REG_RING_TAIL;
	s[0x08] = r->base + REG_RING_START;
	s[0x09] = GTT(PAGE_RING(n));
	s[0x0a] = r->base + REG_RING_CTL;
	s[0x0b] = 1;
	s[0x0c] = r->base + REG_RING_BBADDR_UDW;
	s[0x0e] = r->base + REG_RING_BBADDR;
	s[0x10] = r->base + REG_RING_BB_STATE;
	s[0x12] = r->base + REG_RING_SBBADDR_UDW;
	s[0x14] = r->base + REG_RING_SBBADDR;
	s[0x16] = r->base + REG_RING_SBB_STATE;
	s[0x18] = r->base + REG_RING_BB_PER_CTX;
	s[0x1a] = r->base + REG_RING_INDIRECT_CTX;
	s[0x1c] = r->base + REG_RING_INDIRECT_CTX_OFFSET;
	s[0x21] = 0x11001011;
	s[0x22] = r->base + REG_RING_CTX_TIMESTAMP;
	for (unsigned int i = 0; i < 8; i++)
		s[0x24 + 2 * i] = r->base + REG_RING_PDP3_UDW - 4 * i;
	s[0x31] = (uint32_t)(bus_of(PAGE_PML4) >> 32);
	s[0x33] = (uint32_t)bus_of(PAGE_PML4);
	r->tail[n] = 0;
}

void engine_enable(struct rig *r)
{
	wr(r->m, r->base + REG_RING_MODE, 0x80008000);
	wr(r->m, r->base + REG_RING_HWS_PGA, GTT(PAGE_HWSP));
	wr(r->m, r->base + REG_RING_IMR, 0);
	wr(r->m, r->base + REG_RING_CSB_PTR, 0xffff0505);
	ram32(r, PAGE_HWSP)[0x1f] = 5;
}

void engine_setup(struct rig *r)
{
	for (unsigned int i = 0; i < RAM_PAGES; i++)
		set_pte(r->m, i, PTE(RAM_MFN + i));
	engine_tables(r);
	for (unsigned int n = 0; n < 3; n++)
		engine_context(r, n);
	engine_enable(r);
}

struct rig *engine_create_timed(const char *platform, uint32_t base,
				bool has_clock)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct xengt_sim_exec_opts opts;

	assert_non_null(r);
	r->m = machine_create_timed(platform, false, has_clock);
	r->base = base;
	/* the machine has too little memory for images of the real layout */
	xengt_sim_get_exec(r->m->sim, &opts);
	opts.strict &= ~XENGT_SIM_STRICT_IMAGES;
	xengt_sim_set_exec(r->m->sim, &opts);
	engine_setup(r);
	return r;
}

struct rig *engine_create(const char *platform, uint32_t base)
{
	return engine_create_timed(platform, base, false);
}

void engine_destroy(struct rig *r)
{
	machine_destroy(r->m);
	free(r);
}

void engine_emit(struct rig *r, unsigned int n, const uint32_t *dw,
		 unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		ram32(r, PAGE_RING(n))[r->tail[n] / 4] = dw[i];
		r->tail[n] = (r->tail[n] + 4) % 4096;
	}
	if (r->tail[n] % 8) {
		ram32(r, PAGE_RING(n))[r->tail[n] / 4] = 0;
		r->tail[n] = (r->tail[n] + 4) % 4096;
	}
	ram32(r, PAGE_CTX(n) + 1)[0x07] = r->tail[n];
}

void engine_write_desc(struct rig *r, int n)
{
	wr(r->m, r->base + REG_RING_ELSP, n < 0 ? 0 : 100U + (uint32_t)n);
	wr(r->m, r->base + REG_RING_ELSP, n < 0 ? 0 :
	   GTT(PAGE_CTX((uint32_t)n)) | 0x119);
}

void engine_submit(struct rig *r, int first, int second)
{
	engine_write_desc(r, second);
	engine_write_desc(r, first);
	while (xengt_sim_run(r->m->sim))
		if (stats_of(r->m).gpu_accesses > 1000000)
			break;
}

void engine_batch(struct rig *r, const uint32_t *dw, unsigned int count,
		  bool is_ppgtt)
{
	uint64_t at = is_ppgtt ? VA + GTT(PAGE_BATCH) : GTT(PAGE_BATCH);
	uint32_t start[4] = {
		MI_BB_START | (is_ppgtt ? MI_PPGTT : 0), (uint32_t)at,
		(uint32_t)(at >> 32), 0,
	};

	memcpy(ram32(r, PAGE_BATCH), dw, count * 4);
	ram32(r, PAGE_BATCH)[count] = MI_BB_END;
	engine_emit(r, 0, start, 4);
	engine_submit(r, 0, -1);
}

uint32_t csb(struct rig *r, unsigned int slot)
{
	return ram32(r, PAGE_HWSP)[0x10 + 2 * slot];
}

uint32_t csb_ctx(struct rig *r, unsigned int slot)
{
	return ram32(r, PAGE_HWSP)[0x11 + 2 * slot];
}

uint32_t csb_wp(struct rig *r)
{
	return ram32(r, PAGE_HWSP)[0x1f];
}
