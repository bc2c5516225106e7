// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logical ring contexts: restores the registers from the image in memory, and
 * saves the registers to the image.
 *
 * Page 0 of an image is the per-process status page. Page 1 is the state: lists
 * of MI_LOAD_REGISTER_IMM, up to MI_BATCH_BUFFER_END or to a dword that is no
 * command. A restore loads the registers of the ring, the page tables and the
 * batches from fixed dwords. Unless the image inhibits the restore, the restore
 * then executes the rest of the lists, on RCS also the lists of page 2. A save
 * writes the values that changed, clears the inhibit bit, and writes the lists
 * into an image that has no lists yet. Only software writes the values for the
 * ring's tail, start and control and for the page tables: a save does not write
 * these values.
 *
 * With XENGT_SIM_STRICT_IMAGES images have the layout that silicon uses
 * (image.c), and the indirect context batch runs in the middle of the restore:
 * the registers that are in the image after the place that INDIRECT_CTX_OFFSET
 * names are loaded after this batch. Without XENGT_SIM_STRICT_IMAGES the batch
 * runs after the restore, and images have a simpler layout, which this file
 * defines: no pipeline state, and a selection of registers in page 2.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/image_reg.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define STATE_DWORDS	512U	/* the lists end long before this dword */
#define SAME_DWORDS	16U	/* number of dwords that a save compares at
				 * once */
#define MI_LRI(n)	(0x11000000U | (2 * (n) - 1))
#define LRI_POSTED	0x1000U
#define MI_BB_END	0x05000000U
#define PAGE_BYTES	4096ULL

/*
 * Indices of dwords in page 1. A register's value is at an odd index, and the
 * dword before the value has the register's offset. BB_END is the end of the
 * dwords of the batches' registers: the index after the last of these dwords.
 * The dwords of the page tables' registers are in [PDP_FIRST, PDP_END).
 */
#define LRC_CTX_CTRL	0x03U
#define LRC_HEAD	0x05U
#define LRC_TAIL	0x07U
#define LRC_BB_UDW	0x0dU
#define LRC_BB_END	0x1eU
#define LRC_PDP_FIRST	0x24U
#define LRC_PDP_END	0x34U
#define LRC_LISTS	0x40U		/* from here on page 1 has only lists */

static const uint16_t ring_regs[] = {
	RING_CTX_CONTROL, RING_HEAD, RING_TAIL, RING_START, RING_CTL,
	RING_BBADDR_UDW, RING_BBADDR, RING_BBSTATE, RING_SBBADDR_UDW,
	RING_SBBADDR, RING_SBBSTATE, RING_BB_PER_CTX, RING_INDIRECT_CTX,
	RING_INDIRECT_CTX + 4,
};

static const uint16_t vm_regs[] = {
	RING_CTX_TIMESTAMP, 0x28c, 0x288, 0x284, 0x280, 0x27c, 0x278, 0x274,
	0x270,
};

static const uint16_t gpr_regs[] = {
	0x600, 0x604, 0x608, 0x60c, 0x610, 0x614, 0x618, 0x61c, 0x620, 0x624,
	0x628, 0x62c, 0x630, 0x634, 0x638, 0x63c, 0x640, 0x644, 0x648, 0x64c,
	0x650, 0x654, 0x658, 0x65c, 0x660, 0x664, 0x668, 0x66c, 0x670, 0x674,
	0x678, 0x67c,
};

/* Absolute offsets, masked registers first. */
static const uint32_t rcs_masked[] = {
	0x20c0, 0x209c, 0x20d8, 0x7000, 0x7004, 0x7008, 0x7010, 0x7014, 0x7018,
	0x7300, 0xe180, 0xe184, 0xe188, 0xe194, 0xe4f0, 0xe4f4, 0x2580,
};

static const uint32_t rcs_plain[] = {
	0x2400, 0x2404, 0x2408, 0x240c, 0x2410, 0x2414, 0x2418, 0x241c, 0x23bc,
	0x2500, 0x2504, 0x2508, 0x2430, 0x2434, 0x2438, 0x243c, 0x2440, 0x2420,
	0x7034, 0xb118,
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t page_of(const struct sim_engine *e, unsigned int n)
{
	return DESC_LRCA(e->port[0]) + n * PAGE_BYTES;
}

static bool is_lri(uint32_t dw)
{
	return (dw & 0xff800000U) == 0x11000000U && (dw & 1);
}

/*
 * Calls fn for each register of the lists in a page. fn's argument val points
 * to the dword with the register's value. Stops at the end of the lists.
 */
static void for_each_reg(struct xengt_sim *sim, struct sim_engine *e,
			 uint32_t *page, unsigned int from,
			 void (*fn)(struct xengt_sim *sim,
				    struct sim_engine *e, uint32_t off,
				    uint32_t *val, uint32_t be))
{
	unsigned int i = from;

	while (i < STATE_DWORDS) {
		unsigned int n;
		uint32_t be;

		if (page[i] == 0) {
			i++;
			continue;
		}
		if (!is_lri(page[i]))
			return;
		n = ((page[i] & 0xff) + 1) / 2;
		be = sim_load_bytes(sim, page[i]);
		i++;
		for (; n && i + 1 < STATE_DWORDS; n--, i += 2) {
			uint32_t off = page[i] & 0x1ffffcU;

			fn(sim, e, off, &page[i + 1], be);
		}
	}
}

static void set_regs(struct xengt_sim *sim, struct sim_engine *e,
		     const uint32_t *page, unsigned int first,
		     unsigned int end)
{
	for (unsigned int i = first; i + 1 < end; i += 2) {
		unsigned int reg = page[i] & 0xffcU;

		/*
		 * a new image may be blank: if a dword has no register offset,
		 * nothing is loaded
		 */
		if (reg)
			*sim_ring_reg(sim, e, reg) = page[i + 1];
	}
}

static void load_pdps(struct xengt_sim *sim, struct sim_engine *e,
		      const uint32_t *page)
{
	unsigned int i = LRC_PDP_FIRST + 1;

	for (int reg = 0x28c; reg >= RING_PDP0; reg -= 4, i += 2)
		*sim_ring_reg(sim, e, (uint32_t)reg) = page[i];
}

/*
 * Continue a batch in which the context was interrupted, if the valid bit in
 * the batch's address register is set.
 */
static void resume_batch(struct xengt_sim *sim, struct sim_engine *e)
{
	static const struct { uint32_t addr, udw, state; } r[2] = {
		{ RING_BBADDR, RING_BBADDR_UDW, RING_BBSTATE },
		{ RING_SBBADDR, RING_SBBADDR_UDW, RING_SBBSTATE },
	};

	e->level = SIM_RING;
	for (int i = 0; i < 2; i++) {
		uint32_t lo = *sim_ring_reg(sim, e, r[i].addr);
		uint64_t hi = *sim_ring_reg(sim, e, r[i].udw) & 0xffff;

		if (!(lo & BB_VALID))
			break;
		e->bb[i].addr = hi << 32 | (lo & ~3U);
		e->bb[i].is_ppgtt = *sim_ring_reg(sim, e, r[i].state) &
			BBSTATE_PPGTT;
		e->level = i ? SIM_BATCH2 : SIM_BATCH;
	}
}

static void enter_wa_batches(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t indirect = *sim_ring_reg(sim, e, RING_INDIRECT_CTX);
	uint32_t per_ctx = *sim_ring_reg(sim, e, RING_BB_PER_CTX);

	e->resume = e->level;
	e->wa_addr = 0;
	if (indirect & 0x3f) {
		e->level = SIM_INDIRECT_CTX;
		e->wa_addr = indirect & ~0x3fU;
		e->wa_end = e->wa_addr + (indirect & 0x3f) * 64ULL;
	} else if (per_ctx & 1) {
		e->level = SIM_PER_CTX;
		e->wa_addr = per_ctx & 0xfffff000U;
	}
}

/*
 * The dword of the image before which the indirect context batch runs: the
 * register counts in cachelines. If there is no such batch, the restore does
 * not stop.
 */
static uint32_t indirect_place(struct xengt_sim *sim, struct sim_engine *e)
{
	if (e->level != SIM_INDIRECT_CTX)
		return ~0U;
	return (*sim_ring_reg(sim, e, RING_INDIRECT_CTX + 4) & 0xffc0) / 4;
}

void sim_lrc_restore_rest(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t from = e->image_rest;

	e->image_rest = 0;
	if (from)
		(void)sim_image_load(sim, e, from, ~0U);
}

void sim_lrc_restore(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t page[STATE_DWORDS];
	uint32_t ctrl;

	e->stats.contexts++;
	e->is_loaded = true;
	e->arb_off = false;
	e->noop_mode = 0;
	e->progress = 0;
	e->image_rest = 0;
	e->ctx_since = sim_engine_context_ticks(sim, e);
	sim_vm_flush(e);
	e->level = SIM_RING;
	e->resume = SIM_RING;
	if (sim_vm_access(sim, e, SIM_GGTT, page_of(e, 1), page, sizeof(page),
			  false))
		return;

	ctrl = page[LRC_CTX_CTRL];
	*sim_ring_reg(sim, e, RING_CTX_CONTROL) = ctrl & (ctrl >> 16);
	for (unsigned int i = 0; i < 4; i++) {
		static const uint32_t fixed[] = {
			RING_HEAD, RING_TAIL, RING_START, RING_CTL,
		};

		*sim_ring_reg(sim, e, fixed[i]) = page[LRC_HEAD + 2 * i];
	}
	for (unsigned int i = 5; i < N(ring_regs); i++)
		*sim_ring_reg(sim, e, ring_regs[i]) = 0;
	set_regs(sim, e, page, LRC_BB_UDW - 1, LRC_BB_END);
	*sim_ring_reg(sim, e, RING_CTX_TIMESTAMP) = page[0x23];
	load_pdps(sim, e, page);
	resume_batch(sim, e);
	enter_wa_batches(sim, e);
	if (*sim_ring_reg(sim, e, RING_CTX_CONTROL) & CTX_RESTORE_INHIBIT)
		return;
	if (sim_is_strict(sim, XENGT_SIM_STRICT_IMAGES)) {
		e->image_rest = sim_image_load(sim, e, LRC_LISTS,
					       indirect_place(sim, e));
		return;
	}
	for_each_reg(sim, e, page, LRC_LISTS, sim_image_load_reg);
	if (e->id != SIM_RCS ||
	    sim_vm_access(sim, e, SIM_GGTT, page_of(e, 2), page, sizeof(page),
			  false))
		return;
	for_each_reg(sim, e, page, 0, sim_image_load_reg);
}

void sim_lrc_resample(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t tail;

	if (!sim_vm_read32(sim, e, SIM_GGTT, page_of(e, 1) + 4 * LRC_TAIL,
			   &tail))
		*sim_ring_reg(sim, e, RING_TAIL) = tail;
}

void sim_lrc_continue(struct xengt_sim *sim, struct sim_engine *e)
{
	e->is_loaded = true;
	e->ctx_since = sim_engine_context_ticks(sim, e);
	sim_lrc_resample(sim, e);
}

static void put_list(uint32_t *page, unsigned int at, uint32_t base,
		     const uint16_t *regs, unsigned int n)
{
	page[at] = MI_LRI(n) | LRI_POSTED;
	for (unsigned int i = 0; i < n; i++)
		page[at + 1 + 2 * i] = base + regs[i];
}

/*
 * Write headers and register offsets into an image that no driver has prepared.
 */
static void lay_out(struct xengt_sim *sim, struct sim_engine *e,
		    uint32_t *page)
{
	bool is_gen9 = sim->plat->gen == SIM_GEN9;

	if (is_lri(page[1]))
		return;
	put_list(page, 0x01, e->base, ring_regs,
		 is_gen9 || e->id == SIM_RCS ? N(ring_regs) : 11);
	put_list(page, 0x21, e->base, vm_regs, N(vm_regs));
	if (e->id != SIM_RCS && is_gen9) {
		put_list(page, 0x51, e->base, gpr_regs, N(gpr_regs));
		page[0x52 + 2 * N(gpr_regs)] = MI_BB_END;
	} else {
		page[0x41] = MI_BB_END;
	}
}

/* Write page 2 of an image of RCS: the engine's registers. */
static void save_engine_page(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t page[STATE_DWORDS] = { 0 };
	unsigned int i = 1;

	put_list(page, i, e->base, gpr_regs, N(gpr_regs));
	i += 1 + 2 * N(gpr_regs);
	page[i++] = MI_LRI(N(rcs_masked)) | LRI_POSTED;
	for (size_t r = 0; r < N(rcs_masked); r++, i += 2)
		page[i] = rcs_masked[r];
	page[i++] = MI_LRI(N(rcs_plain)) | LRI_POSTED;
	for (size_t r = 0; r < N(rcs_plain); r++, i += 2)
		page[i] = rcs_plain[r];
	page[i++] = MI_BB_END;
	for_each_reg(sim, e, page, 0, sim_image_save_reg);
	(void)sim_vm_access(sim, e, SIM_GGTT, page_of(e, 2), page, 4ULL * i,
			    true);
}

static void save_batch_state(struct xengt_sim *sim, struct sim_engine *e)
{
	bool in_batch = e->level == SIM_BATCH || e->level == SIM_BATCH2;
	bool in_second = e->level == SIM_BATCH2;

	*sim_ring_reg(sim, e, RING_BBADDR) = in_batch ?
		(uint32_t)e->bb[0].addr | BB_VALID : 0;
	*sim_ring_reg(sim, e, RING_BBADDR_UDW) = in_batch ?
		(uint32_t)(e->bb[0].addr >> 32) : 0;
	*sim_ring_reg(sim, e, RING_BBSTATE) =
		in_batch && e->bb[0].is_ppgtt ? BBSTATE_PPGTT : 0;
	*sim_ring_reg(sim, e, RING_SBBADDR) = in_second ?
		(uint32_t)e->bb[1].addr | BB_VALID : 0;
	*sim_ring_reg(sim, e, RING_SBBADDR_UDW) = in_second ?
		(uint32_t)(e->bb[1].addr >> 32) : 0;
	*sim_ring_reg(sim, e, RING_SBBSTATE) =
		in_second && e->bb[1].is_ppgtt ? BBSTATE_PPGTT : 0;
}

static bool is_software_owned(unsigned int i)
{
	return (i >= LRC_TAIL && i < LRC_BB_UDW) ||
		(i >= LRC_PDP_FIRST && i < LRC_PDP_END);
}

void sim_lrc_save(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t old[STATE_DWORDS], page[STATE_DWORDS];
	uint64_t at = page_of(e, 1);
	uint32_t ran = (uint32_t)(sim_engine_context_ticks(sim, e) -
				  e->ctx_since);

	if (!e->is_loaded)
		return;
	e->is_loaded = false;
	/* a save keeps the values of registers that were not yet loaded */
	sim_lrc_restore_rest(sim, e);
	save_batch_state(sim, e);
	*sim_ring_reg(sim, e, RING_CTX_TIMESTAMP) += ran;
	*sim_ring_reg(sim, e, RING_CTX_CONTROL) &= ~CTX_RESTORE_INHIBIT;
	if (sim_is_strict(sim, XENGT_SIM_STRICT_IMAGES)) {
		sim_image_save(sim, e);
		return;
	}
	if (sim_vm_access(sim, e, SIM_GGTT, at, old, sizeof(old), false))
		return;
	memcpy(page, old, sizeof(page));
	lay_out(sim, e, page);
	for_each_reg(sim, e, page, 1, sim_image_save_reg);
	page[LRC_HEAD] = *sim_ring_reg(sim, e, RING_HEAD);
	page[LRC_CTX_CTRL] = 0xffff0000U |
		*sim_ring_reg(sim, e, RING_CTX_CONTROL);
	page[0x23] = *sim_ring_reg(sim, e, RING_CTX_TIMESTAMP);
	for (unsigned int i = 0; i < STATE_DWORDS; i++) {
		/* skip groups of dwords that have not changed */
		if (i % SAME_DWORDS == 0 &&
		    !memcmp(&page[i], &old[i], 4 * SAME_DWORDS)) {
			i += SAME_DWORDS - 1;
			continue;
		}
		if (page[i] == old[i])
			continue;
		/*
		 * software owns the values of these registers: in a new image,
		 * write only the registers' offsets
		 */
		if (is_software_owned(i) && (i & 1))
			continue;
		if (sim_vm_access(sim, e, SIM_GGTT, at + 4ULL * i, &page[i], 4,
				  true))
			return;
	}
	if (e->id == SIM_RCS)
		save_engine_page(sim, e);
}
