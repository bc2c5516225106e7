/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contexts, rings and batches on the machine of sim_machine.h, written as
 * a driver writes them.
 *
 * Page i of memory is at GGTT address i * 4096 and, for contexts with page
 * tables, at VA + i * 4096.
 */
#ifndef SIM_ENGINE_RIG_H
#define SIM_ENGINE_RIG_H

#include "sim_machine.h"

#define VA		0x7f0000100000ULL	/* 4 levels, one bit in each */
#define RCS		0x2000U
#define VCS		0x12000U
#define VECS		0x1a000U
#define BCS		0x22000U

#define PAGE_HWSP	1U
#define PAGE_CTX(n)	(8U + 4U * (n))		/* n 0..2 */
#define PAGE_RING(n)	(20U + (n))
#define PAGE_BATCH	24U			/* to 27 */
#define PAGE_DATA	28U			/* to 31 */
#define PAGE_PML4	40U
#define PAGE_SURF	44U			/* to 63 */
#define GTT(page)	((page) * 4096U)

#define MI_NOOP		0U
#define MI_USER_IRQ	(0x02U << 23)
#define MI_ARB_CHECK	(0x05U << 23)
#define MI_ARB(on)	(0x08U << 23 | (on))
#define MI_BB_END	(0x0aU << 23)
#define MI_BB_START	(0x31U << 23 | 1)
#define MI_PPGTT	(1U << 8)
#define MI_GGTT		(1U << 22)
#define MI_STORE	(0x20U << 23 | 2)
#define MI_SEMA_EQ	(0x1cU << 23 | 1U << 15 | 4U << 12 | 2)
#define MI_LRI		(0x22U << 23 | 1)
#define MI_SRM		(0x24U << 23 | 2)

struct rig {
	struct machine *m;
	uint32_t base;
	uint32_t tail[3];
};

static inline uint32_t *ram32(struct rig *r, unsigned int page)
{
	return (uint32_t *)(void *)(r->m->ram + page * 4096U);
}

static inline uint64_t bus_of(unsigned int page)
{
	return (RAM_MFN + page) * 4096ULL;
}

static inline void rig_tables(struct rig *r)
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

/* A context as a driver makes it, restore inhibited. */
static inline void rig_context(struct rig *r, unsigned int n)
{
	uint32_t *s = ram32(r, PAGE_CTX(n) + 1);

	memset(s, 0, 4096);
	s[0x01] = 0x1100101b;
	s[0x02] = r->base + 0x244;
	s[0x03] = 0x00090009;
	s[0x04] = r->base + 0x34;
	s[0x06] = r->base + 0x30;
	s[0x08] = r->base + 0x38;
	s[0x09] = GTT(PAGE_RING(n));
	s[0x0a] = r->base + 0x3c;
	s[0x0b] = 1;
	s[0x0c] = r->base + 0x168;
	s[0x0e] = r->base + 0x140;
	s[0x10] = r->base + 0x110;
	s[0x12] = r->base + 0x11c;
	s[0x14] = r->base + 0x114;
	s[0x16] = r->base + 0x118;
	s[0x18] = r->base + 0x1c0;
	s[0x1a] = r->base + 0x1c4;
	s[0x1c] = r->base + 0x1c8;
	s[0x21] = 0x11001011;
	s[0x22] = r->base + 0x3a8;
	for (unsigned int i = 0; i < 8; i++)
		s[0x24 + 2 * i] = r->base + 0x28c - 4 * i;
	s[0x31] = (uint32_t)(bus_of(PAGE_PML4) >> 32);
	s[0x33] = (uint32_t)bus_of(PAGE_PML4);
	r->tail[n] = 0;
}

/* Execlists on, status page, interrupts: as a driver does after a reset. */
static inline void rig_enable(struct rig *r)
{
	wr(r->m, r->base + 0x29c, 0x80008000);
	wr(r->m, r->base + 0x80, GTT(PAGE_HWSP));
	wr(r->m, r->base + 0xa8, 0);
	wr(r->m, r->base + 0x3a0, 0xffff0505);
	ram32(r, PAGE_HWSP)[0x1f] = 5;
}

/* What a driver does first, in memory and in registers. */
static inline void rig_setup(struct rig *r)
{
	for (unsigned int i = 0; i < RAM_PAGES; i++)
		set_pte(r->m, i, PTE(RAM_MFN + i));
	rig_tables(r);
	for (unsigned int n = 0; n < 3; n++)
		rig_context(r, n);
	rig_enable(r);
}

static inline struct rig *rig_create_timed(const char *platform, uint32_t base,
					   bool has_clock)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->m = machine_create_timed(platform, false, has_clock);
	r->base = base;
	rig_setup(r);
	return r;
}

static inline struct rig *rig_create(const char *platform, uint32_t base)
{
	return rig_create_timed(platform, base, false);
}

static inline void rig_destroy(struct rig *r)
{
	machine_destroy(r->m);
	free(r);
}

static inline void rig_emit(struct rig *r, unsigned int n, const uint32_t *dw,
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

#define EMIT(r, n, ...)							\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		rig_emit(r, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

static inline void rig_write_desc(struct rig *r, int n)
{
	wr(r->m, r->base + 0x230, n < 0 ? 0 : 100U + (uint32_t)n);
	wr(r->m, r->base + 0x230, n < 0 ? 0 :
	   GTT(PAGE_CTX((uint32_t)n)) | 0x119);
}

/* Contexts for the two ports, -1: none. */
static inline void rig_submit(struct rig *r, int first, int second)
{
	rig_write_desc(r, second);
	rig_write_desc(r, first);
	while (xengt_sim_run(r->m->sim))
		if (stats_of(r->m).gpu_accesses > 1000000)
			break;
}

/* A batch in the PPGTT (or GGTT), run by context 0. */
static inline void rig_batch(struct rig *r, const uint32_t *dw,
			     unsigned int count, bool is_ppgtt)
{
	uint64_t at = is_ppgtt ? VA + GTT(PAGE_BATCH) : GTT(PAGE_BATCH);
	uint32_t start[4] = {
		MI_BB_START | (is_ppgtt ? MI_PPGTT : 0), (uint32_t)at,
		(uint32_t)(at >> 32), 0,
	};

	memcpy(ram32(r, PAGE_BATCH), dw, count * 4);
	ram32(r, PAGE_BATCH)[count] = MI_BB_END;
	rig_emit(r, 0, start, 4);
	rig_submit(r, 0, -1);
}

static inline uint32_t csb(struct rig *r, unsigned int slot)
{
	return ram32(r, PAGE_HWSP)[0x10 + 2 * slot];
}

static inline uint32_t csb_ctx(struct rig *r, unsigned int slot)
{
	return ram32(r, PAGE_HWSP)[0x11 + 2 * slot];
}

static inline uint32_t csb_wp(struct rig *r)
{
	return ram32(r, PAGE_HWSP)[0x1f];
}

#endif /* SIM_ENGINE_RIG_H */
