// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: state that no image saves
 *
 * The prelude sets registers of two kinds. The first kind is computed from the tables:
 * registers that audit_regs.c allows a stream to write and that the engine's template
 * does not load. The registers of the first kind are NOPID, MI_PREDICATE_RESULT_2,
 * L3SQCREG4, on Gen9 registers with workarounds of the 3D pipeline, and on Gen8 all
 * general purpose registers except the render engine's. The second kind is listed in
 * put_render(): registers that user batches may write, but that have no row in
 * audit_regs.c and are not in images (XENGT_L3_MOCS, CTX_PREEMPT).
 *
 *   render engine  the indirect context batch, which the hardware runs at each
 *                  load of a context, has the module's commands, then the
 *                  guest's audited ones. The module's commands also clear the
 *                  shared local memory, as drivers do in this batch (Linux 6.1,
 *                  gt/intel_lrc.c: bit 27 of PIPE_CONTROL with a stall and a
 *                  write of a qword).
 *   other engines  have no such batch on Gen8. A page of the module has the
 *                  commands, as a batch. To start this batch, the module writes
 *                  commands before the head of the copied ring (arbitration
 *                  off, start of the batch), and moves the head in the image
 *                  back to these commands. A context that was left inside a
 *                  batch continues this batch when it is loaded, so the module
 *                  writes no start (only on Gen9, where NOPID is the only
 *                  register of this kind; docs/threat-model.md, Residues).
 */
#include "boundary/prelude.h"
#include "boundary/area.h"
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "boundary/context.h"
#include "boundary/exec.h"
#include "boundary/image.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

#define LRI_REGS_MAX		64u

/*
 * L3 flush; write of a qword to a graphics address; stall. When the qword is in
 * memory, all lines that older contexts left in L3 are in memory, too.
 */
#define PIPE_CONTROL_CLEAR	0x09104000u

#define LINE_DWORDS		16u
#define START_BYTES		24u
/*
 * The XENGT_PRELUDE_ROOM free bytes before the head are enough even if
 * start_place() puts the start at the ring's end.
 */
_Static_assert(2 * START_BYTES - 4 <= XENGT_PRELUDE_ROOM, "a start has room");

/*
 * user batches may write this register if FORCE_TO_NONPRIV names it
 * (hw/platform.h)
 */
#define CTX_PREEMPT		0x2248u

struct maker {
	struct xengt_sched *sched;
	const struct xengt_image *image;
	struct xengt_prelude *prelude;
	uint32_t where;
	uint32_t base;
	/*
	 * index of the last MI_LOAD_REGISTER_IMM in prelude->dw, plus 1; 0: there
	 * is none
	 */
	uint32_t load;
};

static uint32_t reg_read(const struct maker *m, uint32_t off)
{
	const struct xengt_hw *hw = m->sched->hw;

	return hw->ops->reg_read(hw->ctx, off);
}

static void put(struct maker *m, uint32_t dw)
{
	struct xengt_prelude *p = m->prelude;

	if (p->n < XENGT_PRELUDE_DWORDS - LINE_DWORDS)
		p->dw[p->n++] = dw;
	else
		p->is_short = true;
}

static void put_reg(struct maker *m, uint32_t off, uint32_t val)
{
	uint32_t n = m->load ? (m->prelude->n - m->load) / 2 : LRI_REGS_MAX;

	if (n == LRI_REGS_MAX) {
		m->load = m->prelude->n + 1;
		put(m, 0);
		n = 0;
	}
	put(m, off);
	put(m, val);
	if (!m->prelude->is_short)
		m->prelude->dw[m->load - 1] = XENGT_MI_LRI_OF(n + 1);
}

/*
 * The value to which the prelude sets a register. Registers of the GPU and
 * masked registers keep the value that they have now; all other registers get
 * 0.
 */
static uint32_t own_value(const struct maker *m,
			  const struct xengt_audit_reg_row *row, uint32_t off)
{
	if (row->is_masked)
		return 0xffff0000u | (reg_read(m, off) & 0xffff);
	return row->is_gpu ? reg_read(m, off) : 0;
}

static void put_row(struct maker *m, const struct xengt_audit_reg_row *row,
		    uint32_t base)
{
	uint32_t off;

	if (m->where & ~(uint32_t)row->where || !(row->writes & IN_STREAM))
		return;
	for (off = base + row->first; off <= base + row->last; off += 4) {
		if (!xengt_image_has(m->image, off))
			put_reg(m, off, own_value(m, row, off));
	}
}

static void put_regs(struct maker *m)
{
	const struct xengt_audit_reg_row *row;
	bool is_engine;
	uint32_t i;

	for (i = 0; (row = xengt_audit_reg_at(i, &is_engine)); i++)
		put_row(m, row, is_engine ? m->base : 0);
}

static void put_render(struct maker *m)
{
	uint32_t i;

	/*
	 * the hardware lets any batch write XENGT_L3_MOCS (IGT,
	 * gem_ctx_isolation; PRM)
	 */
	put_reg(m, XENGT_L3_MOCS, reg_read(m, XENGT_L3_MOCS));
	for (i = 0; i < XENGT_NONPRIV_SLOTS; i++) {
		if (m->sched->hw->platform->nonpriv[i] == CTX_PREEMPT)
			put_reg(m, CTX_PREEMPT, reg_read(m, CTX_PREEMPT));
	}
	put(m, XENGT_PIPE_CONTROL);
	put(m, PIPE_CONTROL_CLEAR);
	m->prelude->done_at = m->prelude->n;
	for (i = 0; i < 4; i++)
		put(m, 0);
	while (m->prelude->n % LINE_DWORDS)
		put(m, XENGT_MI_NOOP);
}

/*
 * The page with the prelude of an engine other than the render engine. This
 * page follows the engine's status page.
 */
static uint32_t *own_page(const struct xengt_engine *engine)
{
	return (uint32_t *)engine->hws.mem + XENGT_PAGE_DWORDS;
}

static uint32_t own_addr(const struct xengt_engine *engine)
{
	return xengt_area_at(&engine->hws) + XENGT_PAGE_BYTES;
}

int xengt_prelude_make(struct xengt_sched *sched, struct xengt_engine *engine)
{
	const struct xengt_audit audit = {
		.platform = sched->hw->platform, .engine = engine->id,
	};
	struct maker m = {
		.sched = sched,
		.image = xengt_template(sched, engine->id, false),
		.prelude = &sched->preludes[engine->id],
		.where = xengt_audit_hardware(&audit),
		.base = xengt_audit_base(&audit),
	};

	memset(m.prelude, 0, sizeof(*m.prelude));
	put_regs(&m);
	if (engine->id == XENGT_ENGINE_RCS) {
		sched->l3sqcreg4 = reg_read(&m, XENGT_L3SQCREG4);
		put_render(&m);
	} else {
		put(&m, XENGT_MI_BATCH_END);
		memcpy(own_page(engine), m.prelude->dw, sizeof(m.prelude->dw));
	}
	return m.prelude->is_short ? -ENOSPC : 0;
}

uint32_t xengt_prelude_put(const struct xengt_slot *slot)
{
	const struct xengt_prelude *p =
		&slot->exec->sched->preludes[XENGT_ENGINE_RCS];
	uint32_t *to = slot->wa.mem;

#ifdef XENGT_FAULT_NO_PRELUDE
	return 0;
#endif
	memcpy(to, p->dw, 4ul * p->n);
	to[p->done_at] = xengt_area_at(&slot->wa) + XENGT_PRELUDE_DONE;
	return p->n / LINE_DWORDS;
}

/*
 * If the engine ran another context last, force a load of this context, so that the
 * hardware runs the prelude. Before the load, set the dword that the prelude clears.
 */
static void enter_render(struct xengt_engine *engine, struct xengt_slot *slot)
{
	slot->exec->has_lines = true;
	if (engine->last_slot == slot && !xengt_slot_must_reload(slot))
		return;
	/*
	 * another context may have left data in the L3 cache since the last
	 * turn of this context
	 */
	if (engine->last_slot != slot) {
		*xengt_prelude_done(slot) = 1;
		slot->has_flushed = false;
	}
	engine->last_slot = slot;
	xengt_prelude_order(slot);
}

void xengt_prelude_expect(struct xengt_slot *slot)
{
	slot->has_flushed |= !*xengt_prelude_done(slot);
	*xengt_prelude_done(slot) = 1;
}

void xengt_prelude_order(struct xengt_slot *slot)
{
	xengt_prelude_expect(slot);
	slot->is_fresh = true;
	slot->load_no = ++slot->exec->sched->loads;
}

/* ---- all engines except the render engine ---- */

/*
 * The offset of the start in the ring: directly before the head, or at the end
 * of the ring if the head is too near to the ring's begin. If the start is at
 * the end of the ring, the dwords before the head, which have already run,
 * become no-ops.
 */
static uint32_t start_place(const struct xengt_slot *slot, uint32_t head)
{
	return head < START_BYTES ? slot->ring_bytes - START_BYTES :
				    head - START_BYTES;
}

static void begin_at(struct xengt_slot *slot, uint32_t head)
{
	xengt_context_set_head_at(slot, head);
	/*
	 * force a load, because the hardware's registers may still have the
	 * values from before this change of the image
	 */
	slot->is_fresh = true;
}

static void put_start(struct xengt_slot *slot, uint32_t head)
{
	uint32_t at = start_place(slot, head);
	uint32_t *dw = (uint32_t *)slot->ring.mem + at / 4;

	dw[0] = XENGT_MI_ARB_OFF;
	dw[1] = XENGT_MI_START | 1;
	dw[2] = own_addr(xengt_engine_of(slot));
	dw[3] = 0;
	dw[4] = XENGT_MI_ARB_ON;
	dw[5] = XENGT_MI_NOOP;
	if (at > head)
		memset(slot->ring.mem, 0, head);
	slot->prelude_at = at;
	slot->prelude_end = head;
	begin_at(slot, at);
}

void xengt_prelude_enter(struct xengt_slot *slot)
{
	struct xengt_engine *engine = xengt_engine_of(slot);
	uint32_t head = xengt_context_head_at(slot);
	bool is_change = engine->last_vgpu != slot->exec->vgpu_id;

	engine->last_vgpu = slot->exec->vgpu_id;
	if (slot->engine == XENGT_ENGINE_RCS)
		enter_render(engine, slot);
#ifdef XENGT_FAULT_NO_PRELUDE
	return;
#endif
	if (slot->engine == XENGT_ENGINE_RCS)
		return;
	if (xengt_context_is_in_batch(slot))
		xengt_prelude_forget(engine);
	else if (xengt_slot_is_before(slot, head))
		begin_at(slot, slot->prelude_at);
	else if (is_change)
		put_start(slot, head);
}

void xengt_prelude_end(struct xengt_slot *slot)
{
	if (!xengt_slot_is_before(slot, xengt_context_head_at(slot)))
		slot->prelude_end = slot->prelude_at;
}

void xengt_prelude_forget(struct xengt_engine *engine)
{
	engine->last_vgpu = 0;
	engine->last_slot = NULL;
}
