/* SPDX-License-Identifier: GPL-2.0-only */
/* See sim_image_rig.h. */
#include "sim_image_rig.h"

static unsigned int pages_of(const char *platform, uint32_t base)
{
	if (base != RCS)
		return 2;
	return strcmp(platform, "bdw") ? 22 : 20;
}

struct rig *image_create(const char *platform, uint32_t base,
			 unsigned int strict)
{
	unsigned int last = pages_of(platform, base) - 1;
	struct rig *r = engine_create(platform, base);
	struct xengt_sim_exec_opts o;

	xengt_sim_get_exec(r->m->sim, &o);
	o.strict = strict;
	xengt_sim_set_exec(r->m->sim, &o);
	for (unsigned int n = 0; n < 3; n++) {
		if (last >= 4)
			set_pte(r->m, IMAGE(n) + last,
				PTE(RAM_MFN + PAGE_LAST(n)));
		for (unsigned int p = 0; p < 4 && p <= last; p++)
			set_pte(r->m, IMAGE(n) + p,
				PTE(RAM_MFN + PAGE_CTX(n) + p));
	}
	return r;
}

void image_run_as(struct rig *r, unsigned int n, uint64_t label,
		  const uint32_t *dw, unsigned int count)
{
	engine_emit(r, n, dw, count);
	wr(r->m, r->base + REG_RING_ELSP, 0);
	wr(r->m, r->base + REG_RING_ELSP, 0);
	wr(r->m, r->base + REG_RING_ELSP, (uint32_t)(label >> 32) | (100U + n));
	wr(r->m, r->base + REG_RING_ELSP, GTT(IMAGE(n)) | 0x11d);
	while (xengt_sim_run(r->m->sim))
		if (stats_of(r->m).gpu_accesses > 10000000)
			break;
}

void image_run(struct rig *r, unsigned int n, const uint32_t *dw,
	       unsigned int count)
{
	image_run_as(r, n, 0, dw, count);
}

void image_run_user(struct rig *r, unsigned int n, uint64_t label,
		    const uint32_t *dw, unsigned int count)
{
	uint64_t at = VA + GTT(PAGE_BATCH);
	uint32_t start[] = {
		MI_BB_START | MI_PPGTT, (uint32_t)at, (uint32_t)(at >> 32), 0,
	};

	memcpy(ram32(r, PAGE_BATCH), dw, count * 4);
	ram32(r, PAGE_BATCH)[count] = MI_BB_END;
	image_run_as(r, n, label, start, 4);
}

uint32_t image_read_reg(struct rig *r, unsigned int n, uint64_t label,
			uint32_t reg)
{
	uint32_t srm[] = { MI_SRM | MI_GGTT, reg, AT(1) };

	image_run_as(r, n, label, srm, 4);
	return ram32(r, PAGE_DATA)[1];
}
