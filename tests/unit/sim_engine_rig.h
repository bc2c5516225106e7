/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes contexts, rings and batches to the machine of sim_machine.h, as a
 * driver would.
 *
 * Page i of memory is at GGTT address i * 4096 and, for contexts with page
 * tables, at VA + i * 4096.
 */
#ifndef SIM_ENGINE_RIG_H
#define SIM_ENGINE_RIG_H

#include "sim_machine.h"

#define VA		0x7f0000100000ULL	/* an address whose index at
						 * each of the 4 levels has one
						 * bit set */

#define PAGE_HWSP	1U
#define PAGE_CTX(n)	(8U + 4U * (n))		/* n is 0, 1 or 2 */
#define PAGE_RING(n)	(20U + (n))
#define PAGE_BATCH	24U			/* pages 24 to 27 */
#define PAGE_DATA	28U			/* pages 28 to 31 */
#define PAGE_PML4	40U
#define PAGE_SURF	44U			/* pages 44 to 63 */
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

uint32_t *ram32(struct rig *r, unsigned int page);

uint64_t bus_of(unsigned int page);

void engine_tables(struct rig *r);

/* Make a context as a driver makes it, with restore inhibited. */
void engine_context(struct rig *r, unsigned int n);

/*
 * Switch execlists on, set the status page and interrupts, as a driver does
 * after a reset.
 */
void engine_enable(struct rig *r);

/* Set up memory and registers as a driver does before its first work. */
void engine_setup(struct rig *r);

struct rig *engine_create_timed(const char *platform, uint32_t base,
				bool has_clock);

struct rig *engine_create(const char *platform, uint32_t base);

void engine_destroy(struct rig *r);

void engine_emit(struct rig *r, unsigned int n, const uint32_t *dw,
		 unsigned int count);

#define EMIT(r, n, ...)							\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		engine_emit(r, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

void engine_write_desc(struct rig *r, int n);

/* Submit contexts to the two ports; -1 leaves a port empty. */
void engine_submit(struct rig *r, int first, int second);

/* Let context 0 run a batch that is in the PPGTT, or in the GGTT. */
void engine_batch(struct rig *r, const uint32_t *dw, unsigned int count,
		  bool is_ppgtt);

uint32_t csb(struct rig *r, unsigned int slot);

uint32_t csb_ctx(struct rig *r, unsigned int slot);

uint32_t csb_wp(struct rig *r);

#endif /* SIM_ENGINE_RIG_H */
