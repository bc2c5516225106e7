// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: an engine's registers
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 2c (registers) and Vol 7
 * ("Execlists", "Context Status"). Events are read from the status page: the
 * entries of the CSB begin at dword 0x10, and dword 0x1f has the index of the
 * entry that the engine wrote last.
 *
 * A new entry may arrive in memory later than the index in dword 0x1f, and
 * later than the interrupt (Linux saw this on machines with an IOMMU: Linux
 * 6.1, gt/intel_execlists_submission.c, csb_read()). So after the module has
 * read an entry, it overwrites the entry with a value that no event has. If a
 * new entry still has this value, the module reads the entry from the engine's
 * register instead.
 */
#include "boundary/engine.h"
#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/each.h"

static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

const char *const xengt_engine_names[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = "rcs", [XENGT_ENGINE_VCS] = "vcs",
	[XENGT_ENGINE_VECS] = "vecs", [XENGT_ENGINE_BCS] = "bcs",
};

static const struct {
	uint32_t gdrst;			/* the engine's bit in GDRST */
	/* offset of the first register of the engine's MOCS table */
	uint32_t mocs;
	uint32_t irq_shift;		/* lowest bit of the engine's half of its
					 * interrupt bank */
} engines[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = { XENGT_GDRST_RCS, 0xc800 },
	[XENGT_ENGINE_VCS] = { XENGT_GDRST_VCS, 0xc900 },
	[XENGT_ENGINE_VECS] = { XENGT_GDRST_VECS, 0xcb00 },
	[XENGT_ENGINE_BCS] = { XENGT_GDRST_BCS, 0xcc00, 16 },
};

/*
 * The number of entries in each engine's MOCS table; each entry is one
 * register.
 */
#define MOCS_ENTRIES		64

#define NO_ENGINE		XENGT_ENGINES

/* No event has this value, because an event never sets all bits. */
#define CSB_POISON		0xffffffffu

/* The engines to which the two halves of an interrupt bank belong. */
static const struct bank {
	uint32_t base;
	enum xengt_engine_id low, high;
} banks[] = {
	{ XENGT_IRQ_BANK_GT0, XENGT_ENGINE_RCS, XENGT_ENGINE_BCS },
	{ XENGT_IRQ_BANK_GT1, XENGT_ENGINE_VCS, NO_ENGINE },
	{ XENGT_IRQ_BANK_GT3, XENGT_ENGINE_VECS, NO_ENGINE },
};

static uint32_t reg_read(struct xengt_sched *sched,
			 const struct xengt_engine *engine, uint32_t reg)
{
	return sched->hw->ops->reg_read(sched->hw->ctx, bases[engine->id] + reg);
}

static void reg_write(struct xengt_sched *sched,
		      const struct xengt_engine *engine, uint32_t reg,
		      uint32_t val)
{
	sched->hw->ops->reg_write(sched->hw->ctx, bases[engine->id] + reg, val);
}

static int wait_reg(struct xengt_sched *sched, uint32_t off, uint32_t mask,
		    uint32_t want, uint32_t tries)
{
	while (tries--) {
		if ((sched->hw->ops->reg_read(sched->hw->ctx, off) & mask) == want)
			return 0;
		sched->hw->ops->wait_us(sched->hw->ctx, 20);
	}
	return -EIO;
}

static volatile uint32_t *hws_dword(const struct xengt_engine *engine,
				    uint32_t i)
{
	return (volatile uint32_t *)engine->hws.mem + i;
}

/*
 * The status dword of a CSB entry. The second dword, the context's id, is not
 * used.
 */
static volatile uint32_t *csb_entry(const struct xengt_engine *engine,
				    uint32_t slot)
{
	return hws_dword(engine, XENGT_HWS_CSB / 4 + 2 * slot);
}

static const struct xengt_mocs *mocs_of(const struct xengt_platform *platform,
					uint32_t index)
{
	uint32_t i;

	for (i = 0; i < platform->n_mocs; i++) {
		if (platform->mocs[i].index == index)
			return &platform->mocs[i];
	}
	return &platform->mocs[0];
}

static void write_mocs(struct xengt_sched *sched,
		       const struct xengt_engine *engine)
{
	const struct xengt_platform *platform = sched->hw->platform;
	const struct xengt_hw *hw = sched->hw;
	uint32_t i;

	for (i = 0; i < MOCS_ENTRIES; i++)
		hw->ops->reg_write(hw->ctx, engines[engine->id].mocs + 4 * i,
			       mocs_of(platform, i)->control);
	if (engine->id != XENGT_ENGINE_RCS)
		return;
	for (i = 0; i < MOCS_ENTRIES; i += 2)
		hw->ops->reg_write(hw->ctx, XENGT_L3_MOCS + 2 * i,
			       mocs_of(platform, i)->l3 |
			       (uint32_t)mocs_of(platform, i + 1)->l3 << 16);
}

/*
 * Write the engine's FORCE_TO_NONPRIV list. Writes of guests to these registers
 * do not reach the hardware; the core shows guests the same list.
 */
static void write_nonpriv(struct xengt_sched *sched,
			  const struct xengt_engine *engine)
{
	uint32_t i;

	for (i = 0; i < XENGT_NONPRIV_SLOTS; i++)
		reg_write(sched, engine, XENGT_RING_NONPRIV + 4 * i,
			  xengt_platform_nonpriv(sched->hw->platform,
						 bases[engine->id], i));
}

static void enable(struct xengt_sched *sched, struct xengt_engine *engine)
{
	/* the engine writes the first event after a reset to entry 0 */
	const uint32_t last = XENGT_CSB_SLOTS - 1;
	uint32_t i;

	for (i = 0; i < XENGT_CSB_SLOTS; i++)
		*csb_entry(engine, i) = CSB_POISON;
	*hws_dword(engine, XENGT_HWS_CSB_LAST / 4) = last;
	engine->csb_head = last;
	if (sched->hw->platform->mocs)
		write_mocs(sched, engine);
	write_nonpriv(sched, engine);
	sched->hw->ops->sync(sched->hw->ctx);
	reg_write(sched, engine, XENGT_RING_CSB_PTR,
		  0xffff0000u | last << 8 | last);
	reg_write(sched, engine, XENGT_RING_HWSTAM, ~0u);
	reg_write(sched, engine, XENGT_RING_MODE,
		  XENGT_MASKED_SET(XENGT_MODE_RUN_LIST));
	reg_write(sched, engine, XENGT_RING_MI_MODE,
		  XENGT_MASKED_CLEAR(XENGT_MI_MODE_STOP));
	reg_write(sched, engine, XENGT_RING_HWS_PGA,
		  xengt_area_at(&engine->hws));
	reg_write(sched, engine, XENGT_RING_EMR, ~0u);
	reg_write(sched, engine, XENGT_RING_EIR, ~0u);
	xengt_engine_write_mask(sched, engine);
	reg_read(sched, engine, XENGT_RING_HWS_PGA);
}

static void disable(struct xengt_sched *sched, struct xengt_engine *engine)
{
	reg_write(sched, engine, XENGT_RING_IMR, ~0u);
	reg_write(sched, engine, XENGT_RING_MI_MODE,
		  XENGT_MASKED_SET(XENGT_MI_MODE_STOP));
	reg_write(sched, engine, XENGT_RING_MODE,
		  XENGT_MASKED_CLEAR(XENGT_MODE_RUN_LIST));
	reg_write(sched, engine, XENGT_RING_HWS_PGA, 0);
	reg_read(sched, engine, XENGT_RING_HWS_PGA);
}

/*
 * Stop an engine and wait until it reports that it is ready for a reset,
 * because an engine that is ready comes out of the reset more reliably.
 */
static int stop(struct xengt_sched *sched, struct xengt_engine *engine)
{
	const uint32_t base = bases[engine->id];
	int r, ready;

	reg_write(sched, engine, XENGT_RING_MI_MODE,
		  XENGT_MASKED_SET(XENGT_MI_MODE_STOP));
	r = wait_reg(sched, base + XENGT_RING_MI_MODE, XENGT_MI_MODE_IDLE,
		     XENGT_MI_MODE_IDLE, 50);
	if (reg_read(sched, engine, XENGT_RING_RESET_CTL) &
	    XENGT_RESET_CAT_ERROR) {
		reg_write(sched, engine, XENGT_RING_RESET_CTL,
			  XENGT_MASKED_SET(XENGT_RESET_CAT_ERROR));
		ready = wait_reg(sched, base + XENGT_RING_RESET_CTL,
				 XENGT_RESET_CAT_ERROR, 0, 35);
		return r ? r : ready;
	}
	reg_write(sched, engine, XENGT_RING_RESET_CTL,
		  XENGT_MASKED_SET(XENGT_RESET_REQUEST));
	ready = wait_reg(sched, base + XENGT_RING_RESET_CTL, XENGT_RESET_READY,
			 XENGT_RESET_READY, 35);
	return r ? r : ready;
}

static void go(struct xengt_sched *sched, struct xengt_engine *engine)
{
	reg_write(sched, engine, XENGT_RING_RESET_CTL,
		  XENGT_MASKED_CLEAR(XENGT_RESET_REQUEST));
	reg_write(sched, engine, XENGT_RING_MI_MODE,
		  XENGT_MASKED_CLEAR(XENGT_MI_MODE_STOP));
}

static int reset(struct xengt_sched *sched, struct xengt_engine *engine)
{
	const uint32_t domain = engines[engine->id].gdrst;
	int r;

	sched->resets++;
	sched->hw->ops->reg_write(sched->hw->ctx, XENGT_GDRST, domain);
	r = wait_reg(sched, XENGT_GDRST, domain, 0, 100);
	reg_write(sched, engine, XENGT_RING_RESET_CTL,
		  XENGT_MASKED_CLEAR(XENGT_RESET_REQUEST));
	if (r)
		return r;
	enable(sched, engine);
	return 0;
}

/*
 * Make the descriptor of a slot for the hardware. The hardware identifies a
 * context by its id and address, and does not load a context whose state is
 * still in its registers. So the first descriptor after a change of the image
 * forces the load (is_fresh).
 */
static uint64_t descriptor(struct xengt_slot *slot)
{
	uint64_t flags;

	if (!slot)
		return 0;
	flags = slot->desc | (slot->is_fresh ? XENGT_DESC_FORCE_RESTORE : 0);
	slot->is_fresh = false;
	return (uint64_t)slot->number << 32 | xengt_area_at(&slot->image) | flags;
}

/* Write both ports. */
static void run(struct xengt_sched *sched, struct xengt_engine *engine,
		const struct xengt_ports *ports)
{
	uint64_t first = descriptor(ports->slot[0]);
	uint64_t second = descriptor(ports->slot[1]);

	if (ports->is_forced)
		first |= XENGT_DESC_FORCE_RESTORE;
	/*
	 * images and rings must be in memory before the writes that make the
	 * hardware read them
	 */
	sched->hw->ops->sync(sched->hw->ctx);
	reg_write(sched, engine, XENGT_RING_ELSP, (uint32_t)(second >> 32));
	reg_write(sched, engine, XENGT_RING_ELSP, (uint32_t)second);
	reg_write(sched, engine, XENGT_RING_ELSP, (uint32_t)(first >> 32));
	reg_write(sched, engine, XENGT_RING_ELSP, (uint32_t)first);
	reg_read(sched, engine, XENGT_RING_STATUS_LO);
}

/* Read the next event from the status buffer. */
static bool next_event(struct xengt_sched *sched, struct xengt_engine *engine,
		       uint32_t *ret_status)
{
	uint32_t last = *hws_dword(engine, XENGT_HWS_CSB_LAST / 4) % 8, next;

	if (last >= XENGT_CSB_SLOTS || last == engine->csb_head)
		return false;
	sched->hw->ops->sync(sched->hw->ctx);
	next = (engine->csb_head + 1) % XENGT_CSB_SLOTS;
	engine->csb_head = next;
	*ret_status = *csb_entry(engine, next);
	if (*ret_status == CSB_POISON)
		*ret_status = reg_read(sched, engine,
				       XENGT_RING_CSB + 8 * next);
	*csb_entry(engine, next) = CSB_POISON;
	return true;
}

void xengt_engine_write_mask(struct xengt_sched *sched,
			     const struct xengt_engine *engine)
{
	uint32_t bits = engine->is_muted ? XENGT_ENGINE_IRQ_SWITCH :
					   XENGT_ENGINE_IRQ_ALL;

	if (sched->hw->is_shared)
		return;
	reg_write(sched, engine, XENGT_RING_IMR,
		  ~(bits << engines[engine->id].irq_shift));
}

static uint32_t head(struct xengt_sched *sched,
		     const struct xengt_engine *engine)
{
	return reg_read(sched, engine, XENGT_RING_HEAD);
}

static uint64_t away_ns(struct xengt_sched *sched,
			const struct xengt_engine *engine)
{
	(void)sched;
	(void)engine;
	return 0;
}

static uint32_t stay(struct xengt_sched *sched,
		     const struct xengt_engine *engine)
{
	(void)sched;
	(void)engine;
	return 1;
}

static uint32_t slot_at(struct xengt_sched *sched,
			const struct xengt_engine *engine,
			const struct xengt_slot *slot, uint32_t at)
{
	(void)sched;
	(void)engine;
	(void)slot;
	return at;
}

const struct xengt_engine_ops xengt_engine_execlists = {
	.enable = enable,
	.disable = disable,
	.stop = stop,
	.go = go,
	.reset = reset,
	.run = run,
	.next_event = next_event,
	.head = head,
	.away_ns = away_ns,
	.stay = stay,
	.slot_at = slot_at,
};

void xengt_engine_irqs_enable(struct xengt_sched *sched)
{
	const struct xengt_hw *hw = sched->hw;
	const struct bank *bank;
	uint32_t bits;

	if (hw->is_shared)
		return;
	xengt_for_each(bank, banks) {
		bits = XENGT_ENGINE_IRQ_ALL;
		if (bank->high != NO_ENGINE)
			bits |= XENGT_ENGINE_IRQ_ALL << 16;
		hw->ops->reg_write(hw->ctx, bank->base + XENGT_IRQ_IMR, ~bits);
		hw->ops->reg_write(hw->ctx, bank->base + XENGT_IRQ_IER, bits);
	}
}

bool xengt_engine_irqs_take(struct xengt_sched *sched,
			    uint32_t ret_bits[XENGT_ENGINES])
{
	const struct xengt_hw *hw = sched->hw;
	const struct bank *bank;
	bool any = false;
	uint32_t iir;

	xengt_for_each(bank, banks) {
		iir = hw->ops->reg_read(hw->ctx, bank->base + XENGT_IRQ_IIR);
		if (!iir)
			continue;
		hw->ops->reg_write(hw->ctx, bank->base + XENGT_IRQ_IIR, iir);
		ret_bits[bank->low] |= iir & 0xffff;
		if (bank->high != NO_ENGINE)
			ret_bits[bank->high] |= iir >> 16;
		any = true;
	}
	return any;
}

uint64_t xengt_engine_timestamp(struct xengt_sched *sched)
{
	const struct xengt_engine *rcs = &sched->engines[XENGT_ENGINE_RCS];
	uint32_t high, low, again;

	xengt_bnd_wake(sched->hw);
	high = reg_read(sched, rcs, XENGT_RING_TIMESTAMP + 4);
	/* the low half may overflow between the reads */
	low = reg_read(sched, rcs, XENGT_RING_TIMESTAMP);
	again = reg_read(sched, rcs, XENGT_RING_TIMESTAMP + 4);
	if (again != high)
		low = reg_read(sched, rcs, XENGT_RING_TIMESTAMP);
	xengt_bnd_sleep(sched->hw);
	return (uint64_t)again << 32 | low;
}
