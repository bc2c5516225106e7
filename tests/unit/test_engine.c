/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests src/boundary/engine.c: which registers each operation of an engine writes, in which
 * order it reads and writes them, and how long it waits for the hardware. The hardware is an
 * array of registers; a test may change the answer of a register at a chosen read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/bnd_hw.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "reg_names.h"

#define LOG_MAX		512u
#define IMAGE_FIRST	0x70000u	/* the first graphics page of the first context's image */
#define HWS_FIRST	0x12345u	/* the graphics page of the engine's status page */
#define NEVER		UINT32_MAX
#define MOCS_ENTRIES	64u
#define POLL_US		20u

struct access {
	uint32_t off, val;
};

static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

static struct xengt_sched *sched;
static struct xengt_engine *engine;
static struct xengt_hw hw;
static struct xengt_hw_health health;
static uint32_t hws[1024];
static uint32_t regs[0x200000 / 4];
static struct access writes[LOG_MAX];
static uint32_t n_writes, n_syncs, writes_at_sync, n_waits, wakes;
/* from read number 'from' of register 'off' on, the register has the value 'val' */
static struct answer {
	uint32_t off, from, val, reads;
} answers[3];

static uint32_t read_reg(void *ctx, uint32_t off)
{
	(void)ctx;
	for (uint32_t i = 0; i < 3; i++)
		if (answers[i].off == off && ++answers[i].reads >= answers[i].from)
			return answers[i].val;
	return regs[off / 4];
}

static void write_reg(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	assert_true(n_writes < LOG_MAX);
	writes[n_writes++] = (struct access){ off, val };
	regs[off / 4] = val;
}

static void sync_mem(void *ctx)
{
	(void)ctx;
	n_syncs++;
	writes_at_sync = n_writes;
}

static void wait_us(void *ctx, uint32_t us)
{
	(void)ctx;
	assert_int_equal(us, POLL_US);
	n_waits++;
}

static void power(void *ctx, bool is_on)
{
	(void)ctx;
	wakes += is_on ? 1 : -1u;
}

static const struct xengt_hw_ops ops = {
	.reg_read = read_reg, .reg_write = write_reg, .sync = sync_mem, .wait_us = wait_us,
	.power = power,
};

static void forget(void)
{
	n_writes = n_syncs = writes_at_sync = n_waits = 0;
	memset(answers, 0, sizeof(answers));
	for (uint32_t i = 0; i < 3; i++)
		answers[i].off = NEVER;
}

static void begin(enum xengt_platform_id platform, enum xengt_engine_id id)
{
	memset(sched, 0, sizeof(*sched));
	memset(regs, 0, sizeof(regs));
	memset(hws, 0, sizeof(hws));
	hw = (struct xengt_hw){
		.ops = &ops, .engine_ops = &xengt_engine_execlists,
		.platform = xengt_platform_get(platform), .health = &health,
	};
	sched->hw = &hw;
	engine = &sched->engines[id];
	engine->id = id;
	engine->hws.mem = hws;
	engine->hws.pages = 1;
	engine->hws.first = HWS_FIRST;
	wakes = 0;
	forget();
}

static int setup(void **state)
{
	(void)state;
	sched = calloc(1, sizeof(*sched));
	assert_non_null(sched);
	begin(XENGT_PLATFORM_SKL, XENGT_ENGINE_RCS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(sched);
	return 0;
}

static uint32_t at(uint32_t reg)
{
	return bases[engine->id] + reg;
}

static void expect_write(uint32_t index, uint32_t off, uint32_t val)
{
	assert_true(index < n_writes);
	assert_int_equal(writes[index].off, off);
	assert_int_equal(writes[index].val, val);
}

/* Returns the number of writes to the registers from 'first' to 'first' + 'bytes' - 1. */
static uint32_t writes_to(uint32_t first, uint32_t bytes)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < n_writes; i++)
		n += writes[i].off - first < bytes;
	return n;
}

static void answer(uint32_t i, uint32_t off, uint32_t from, uint32_t val)
{
	answers[i] = (struct answer){ off, from, val, 0 };
}

/* ---- enable and disable ---- */

/*
 * The memory types of an index, as drivers expect them: those of the platform's table, or those
 * of the first row if the table has no such index.
 */
static const struct xengt_mocs *types_of(uint32_t index)
{
	const struct xengt_platform *p = hw.platform;

	for (uint32_t i = 0; i < p->n_mocs; i++)
		if (p->mocs[i].index == index)
			return &p->mocs[i];
	return &p->mocs[0];
}

/* The offsets of the engines' tables of memory types, PRM Skylake, volume 2c. */
static const uint32_t tables[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = REG_MOCS_RCS, [XENGT_ENGINE_VCS] = REG_MOCS_VCS,
	[XENGT_ENGINE_VECS] = REG_MOCS_VECS, [XENGT_ENGINE_BCS] = REG_MOCS_BCS,
};

/*
 * Each engine has all its memory types, each index once. Only the render engine has the L3
 * cache, whose table belongs to no other engine; two indexes share a register there.
 */
static uint32_t expect_types(void)
{
	bool has_l3 = engine->id == XENGT_ENGINE_RCS;

	if (!hw.platform->mocs) {
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			assert_int_equal(writes_to(tables[e], 4 * MOCS_ENTRIES), 0);
		assert_int_equal(writes_to(REG_L3_MOCS, 2 * MOCS_ENTRIES), 0);
		return 0;
	}
	for (uint32_t i = 0; i < MOCS_ENTRIES; i++) {
		assert_int_equal(writes_to(tables[engine->id] + 4 * i, 4), 1);
		assert_int_equal(regs[tables[engine->id] / 4 + i], types_of(i)->control);
	}
	assert_int_equal(writes_to(REG_L3_MOCS, 2 * MOCS_ENTRIES),
			 has_l3 ? MOCS_ENTRIES / 2 : 0);
	for (uint32_t i = 0; has_l3 && i < MOCS_ENTRIES; i += 2)
		assert_int_equal(regs[(REG_L3_MOCS + 2 * i) / 4],
				 types_of(i)->l3 | types_of(i + 1)->l3 << 16);
	return MOCS_ENTRIES + (has_l3 ? MOCS_ENTRIES / 2 : 0);
}

/* Each slot of FORCE_TO_NONPRIV names the platform's register, and no slot stays as it was. */
static uint32_t expect_nonpriv(void)
{
	for (uint32_t i = 0; i < XENGT_NONPRIV_SLOTS; i++)
		assert_int_equal(regs[at(REG_RING_FORCE_TO_NONPRIV + 4 * i) / 4],
				 xengt_platform_nonpriv(hw.platform, bases[engine->id], i));
	assert_int_equal(writes_to(at(REG_RING_FORCE_TO_NONPRIV), 4 * XENGT_NONPRIV_SLOTS),
			 XENGT_NONPRIV_SLOTS);
	return XENGT_NONPRIV_SLOTS;
}

/*
 * The last writes of enable(): the CSB's pointers first, then the engine's modes, its status
 * page, and no error bit that is set or reported.
 */
static void expect_ready(uint32_t before)
{
	uint32_t shift = engine->id == XENGT_ENGINE_BCS ? 16 : 0;

	assert_int_equal(n_writes, before + 8);
	assert_int_equal(writes_at_sync, before);
	expect_write(before, at(XENGT_RING_CSB_PTR), 0xffff0505);
	expect_write(before + 1, at(XENGT_RING_HWSTAM), 0xffffffff);
	expect_write(before + 2, at(XENGT_RING_MODE), XENGT_MASKED_SET(XENGT_MODE_RUN_LIST));
	expect_write(before + 3, at(XENGT_RING_MI_MODE), XENGT_MASKED_CLEAR(XENGT_MI_MODE_STOP));
	expect_write(before + 4, at(XENGT_RING_HWS_PGA), HWS_FIRST << 12);
	expect_write(before + 5, at(XENGT_RING_EMR), 0xffffffff);
	expect_write(before + 6, at(XENGT_RING_EIR), 0xffffffff);
	expect_write(before + 7, at(XENGT_RING_IMR), ~(XENGT_ENGINE_IRQ_ALL << shift));
}

/* An index that the table does not have gets the types of the first row, not of what follows. */
static void the_table_ends_where_it_ends(void **state)
{
	struct xengt_platform shorter;

	(void)state;
	shorter = *hw.platform;
	hw.platform = &shorter;
	assert_true(shorter.n_mocs > 1);
	shorter.n_mocs--;
	xengt_engine_enable(sched, engine);
	expect_types();
	assert_int_equal(regs[tables[0] / 4 + shorter.mocs[shorter.n_mocs].index],
			 shorter.mocs[0].control);
}

static void an_enabled_engine_has_exactly_these_registers(void **state)
{
	static const enum xengt_platform_id platforms[] = {
		XENGT_PLATFORM_SKL, XENGT_PLATFORM_BDW,
	};

	(void)state;
	for (uint32_t p = 0; p < 2; p++) {
		for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
			begin(platforms[p], (enum xengt_engine_id)e);
			engine->hws.mem = hws;
			xengt_engine_enable(sched, engine);
			expect_ready(expect_types() + expect_nonpriv());
		}
	}
}

/* After enable() no event is pending, whatever the status page had before. */
static void an_enabled_engine_has_no_event(void **state)
{
	uint32_t status;

	(void)state;
	memset(hws, 0x11, sizeof(hws));
	xengt_engine_enable(sched, engine);
	assert_false(xengt_engine_next_event(sched, engine, &status));
	for (uint32_t i = 0; i < XENGT_CSB_SLOTS; i++)
		assert_int_equal(hws[XENGT_HWS_CSB / 4 + 2 * i], 0xffffffff);
	/* the dwords beside the status dwords do not belong to the module */
	assert_int_equal(hws[XENGT_HWS_CSB / 4 - 1], 0x11111111);
	assert_int_equal(hws[XENGT_HWS_CSB / 4 + 1], 0x11111111);
	assert_int_equal(hws[XENGT_HWS_CSB / 4 + 2 * XENGT_CSB_SLOTS], 0x11111111);
}

static void a_disabled_engine_takes_no_context(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		begin(XENGT_PLATFORM_SKL, (enum xengt_engine_id)e);
		xengt_engine_disable(sched, engine);
		assert_int_equal(n_writes, 4);
		expect_write(0, at(XENGT_RING_IMR), 0xffffffff);
		expect_write(1, at(XENGT_RING_MI_MODE), XENGT_MASKED_SET(XENGT_MI_MODE_STOP));
		expect_write(2, at(XENGT_RING_MODE), XENGT_MASKED_CLEAR(XENGT_MODE_RUN_LIST));
		expect_write(3, at(XENGT_RING_HWS_PGA), 0);
	}
}

/* ---- stop, go, reset ---- */

/* An engine has 50 polls to become idle and 35 to become ready: 1 ms and 0.7 ms. */
static void expect_stop(uint32_t idle_at, uint32_t ready_at, int want)
{
	forget();
	answer(0, at(XENGT_RING_MI_MODE), idle_at, XENGT_MI_MODE_IDLE | XENGT_MI_MODE_STOP);
	/* the first read asks for an error, the next ones wait */
	answer(1, at(XENGT_RING_RESET_CTL), ready_at + 1, XENGT_RESET_READY | XENGT_RESET_REQUEST);
	regs[at(XENGT_RING_RESET_CTL) / 4] = 0;
	assert_int_equal(xengt_engine_stop(sched, engine), want);
	assert_int_equal(n_writes, 2);
	expect_write(0, at(XENGT_RING_MI_MODE), XENGT_MASKED_SET(XENGT_MI_MODE_STOP));
	expect_write(1, at(XENGT_RING_RESET_CTL), XENGT_MASKED_SET(XENGT_RESET_REQUEST));
	assert_int_equal(n_waits, (idle_at > 50 ? 50 : idle_at - 1) +
				  (ready_at > 35 ? 35 : ready_at - 1));
}

static void a_stop_waits_until_the_engine_is_idle_and_ready(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		begin(XENGT_PLATFORM_SKL, (enum xengt_engine_id)e);
		expect_stop(1, 1, 0);
		expect_stop(7, 3, 0);
		expect_stop(50, 35, 0);
		expect_stop(51, 1, -EIO);
		expect_stop(1, 36, -EIO);
		expect_stop(51, 36, -EIO);
		expect_stop(NEVER, NEVER - 1, -EIO);
	}
}

/*
 * An engine with a catastrophic error does not become ready: the error's bit is written, and the
 * engine clears it within 35 polls.
 */
static void expect_stop_after_error(uint32_t idle_at, uint32_t clear_at, int want)
{
	forget();
	answer(0, at(XENGT_RING_MI_MODE), idle_at, XENGT_MI_MODE_IDLE);
	answer(1, at(XENGT_RING_RESET_CTL), clear_at + 1, 0);
	answer(2, at(XENGT_RING_RESET_CTL), 1, XENGT_RESET_CAT_ERROR);
	assert_int_equal(xengt_engine_stop(sched, engine), want);
	assert_int_equal(n_writes, 2);
	expect_write(1, at(XENGT_RING_RESET_CTL), XENGT_MASKED_SET(XENGT_RESET_CAT_ERROR));
	assert_int_equal(n_waits, (idle_at > 50 ? 50 : idle_at - 1) +
				  (clear_at > 35 ? 35 : clear_at - 1));
}

static void a_stop_clears_a_catastrophic_error(void **state)
{
	(void)state;
	expect_stop_after_error(1, 1, 0);
	expect_stop_after_error(1, 35, 0);
	expect_stop_after_error(1, 36, -EIO);
	expect_stop_after_error(51, 1, -EIO);
	expect_stop_after_error(51, 36, -EIO);
}

static void an_engine_that_goes_again_needs_no_reset(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		begin(XENGT_PLATFORM_BDW, (enum xengt_engine_id)e);
		xengt_engine_go(sched, engine);
		assert_int_equal(n_writes, 2);
		expect_write(0, at(XENGT_RING_RESET_CTL), XENGT_MASKED_CLEAR(XENGT_RESET_REQUEST));
		expect_write(1, at(XENGT_RING_MI_MODE), XENGT_MASKED_CLEAR(XENGT_MI_MODE_STOP));
	}
}

/*
 * A reset resets no other engine, waits at most 100 polls (2 ms), and takes the request back
 * even if it fails. The engine is enabled only after its reset.
 */
static void a_reset_resets_one_engine(void **state)
{
	static const uint32_t domains[XENGT_ENGINES] = {
		[XENGT_ENGINE_RCS] = XENGT_GDRST_RCS, [XENGT_ENGINE_VCS] = XENGT_GDRST_VCS,
		[XENGT_ENGINE_VECS] = XENGT_GDRST_VECS, [XENGT_ENGINE_BCS] = XENGT_GDRST_BCS,
	};
	static const uint32_t polls[] = { 1, 5, 100, 101, NEVER };

	(void)state;
	for (uint32_t n = 0; n < XENGT_ENGINES * 5; n++) {
		uint32_t poll = polls[n % 5];
		bool is_reset = poll <= 100;

		begin(XENGT_PLATFORM_BDW, (enum xengt_engine_id)(n / 5));
		/* the bits of the other engines do not count */
		answer(0, XENGT_GDRST, poll, ~domains[engine->id]);
		sched->resets = 7;
		assert_int_equal(xengt_engine_reset(sched, engine), is_reset ? 0 : -EIO);
		assert_int_equal(sched->resets, 8);
		assert_int_equal(n_waits, is_reset ? poll - 1 : 100);
		expect_write(0, XENGT_GDRST, domains[engine->id]);
		expect_write(1, at(XENGT_RING_RESET_CTL), XENGT_MASKED_CLEAR(XENGT_RESET_REQUEST));
		assert_int_equal(writes_to(at(XENGT_RING_MODE), 4), is_reset);
		assert_int_equal(writes_to(XENGT_GDRST, 4), 1);
		assert_int_equal(n_writes > 2, is_reset);
	}
}

/* ---- contexts and events ---- */

static void make_slot(struct xengt_slot *slot, uint32_t i, bool is_fresh)
{
	memset(slot, 0, sizeof(*slot));
	slot->number = 0x8001 + i;
	slot->desc = XENGT_DESC_VALID | XENGT_DESC_PRIVILEGE;
	slot->is_fresh = is_fresh;
	slot->image.pages = 20;
	slot->image.first = IMAGE_FIRST + 20 * i;
}

/*
 * The port register takes the second context first, and of each descriptor the upper dword
 * first. The memory that the contexts read is complete before.
 */
static void both_ports_get_their_descriptors(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 16; n++) {
		bool fresh[2] = { n & 1, n & 2 }, is_forced = n & 4, is_alone = n & 8;
		struct xengt_slot slots[2];
		struct xengt_ports ports = { { &slots[0], is_alone ? NULL : &slots[1] },
					     is_forced };
		const uint32_t flags = XENGT_DESC_VALID | XENGT_DESC_PRIVILEGE;

		begin(XENGT_PLATFORM_SKL, (enum xengt_engine_id)(n % XENGT_ENGINES));
		make_slot(&slots[0], 0, fresh[0]);
		make_slot(&slots[1], 1, fresh[1]);
		xengt_engine_run(sched, engine, &ports);
		assert_int_equal(n_writes, 4);
		assert_int_equal(n_syncs, 1);
		assert_int_equal(writes_at_sync, 0);
		expect_write(0, at(XENGT_RING_ELSP), is_alone ? 0 : 0x8002);
		expect_write(1, at(XENGT_RING_ELSP), is_alone ? 0 :
			     (IMAGE_FIRST + 20) << 12 | flags |
			     (fresh[1] ? XENGT_DESC_FORCE_RESTORE : 0));
		expect_write(2, at(XENGT_RING_ELSP), 0x8001);
		expect_write(3, at(XENGT_RING_ELSP), IMAGE_FIRST << 12 | flags |
			     (fresh[0] || is_forced ? XENGT_DESC_FORCE_RESTORE : 0));
		assert_false(slots[0].is_fresh);
		/* a context that was not written is still to be loaded */
		assert_int_equal(slots[1].is_fresh, is_alone && fresh[1]);
	}
}

/* Let the engine report an event. is_late: the entry is not in memory yet. */
static void report(uint32_t entry, uint32_t status, bool is_late)
{
	regs[at(XENGT_RING_CSB + 8 * entry) / 4] = status;
	if (!is_late)
		hws[XENGT_HWS_CSB / 4 + 2 * entry] = status;
	hws[XENGT_HWS_CSB_LAST / 4] = entry;
}

/* Each event is read once and in order, also if its entry comes after its number. */
static void each_event_is_read_once(void **state)
{
	uint32_t status, next = 0;

	(void)state;
	xengt_engine_enable(sched, engine);
	for (uint32_t round = 0; round < 40; round++) {
		/* one event up to as many as may be pending */
		for (uint32_t k = 0; k <= round % 5; k++)
			report((next + k) % XENGT_CSB_SLOTS, 0x100 * round + k, round % 3 == 2);
		for (uint32_t k = 0; k <= round % 5; k++) {
			assert_true(xengt_engine_next_event(sched, engine, &status));
			assert_int_equal(status, 0x100 * round + k);
		}
		assert_false(xengt_engine_next_event(sched, engine, &status));
		next = (next + round % 5 + 1) % XENGT_CSB_SLOTS;
	}
}

/* The number of the last event has 3 bits; 6 and 7 are no entry. */
static void a_number_of_no_entry_is_no_event(void **state)
{
	uint32_t status = 5;

	(void)state;
	xengt_engine_enable(sched, engine);
	for (uint32_t n = XENGT_CSB_SLOTS; n < 8; n++) {
		hws[XENGT_HWS_CSB_LAST / 4] = n;
		assert_false(xengt_engine_next_event(sched, engine, &status));
	}
	hws[XENGT_HWS_CSB_LAST / 4] = 0xfffffff8;
	hws[XENGT_HWS_CSB / 4] = 0x18;
	assert_true(xengt_engine_next_event(sched, engine, &status));
	assert_int_equal(status, 0x18);
	assert_int_equal(engine->csb_head, 0);
}

static void the_head_is_that_of_the_engine(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		begin(XENGT_PLATFORM_SKL, (enum xengt_engine_id)e);
		regs[at(XENGT_RING_HEAD) / 4] = 0xabc00000 + e;
		assert_int_equal(xengt_engine_head(sched, engine), 0xabc00000 + e);
	}
}

/* ---- interrupts and the clock ---- */

static void a_muted_engine_raises_no_interrupt_of_guests(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 2 * XENGT_ENGINES; n++) {
		uint32_t shift = n / 2 == XENGT_ENGINE_BCS ? 16 : 0;

		begin(XENGT_PLATFORM_SKL, (enum xengt_engine_id)(n / 2));
		engine->is_muted = n % 2;
		xengt_engine_write_mask(sched, engine);
		assert_int_equal(n_writes, 1);
		expect_write(0, at(XENGT_RING_IMR),
			     n % 2 ? ~(XENGT_ENGINE_IRQ_SWITCH << shift) :
				     ~((XENGT_ENGINE_IRQ_USER | XENGT_ENGINE_IRQ_FLUSH |
					XENGT_ENGINE_IRQ_SWITCH) << shift));
	}
}

/* If another driver owns the GPU, the module writes no register. */
static void a_shared_gpu_keeps_its_registers(void **state)
{
	(void)state;
	hw.is_shared = true;
	xengt_engine_write_mask(sched, engine);
	xengt_engine_irqs_enable(sched);
	assert_int_equal(n_writes, 0);
}

/* Of the banks, one has the interrupts of two engines, and one has those of no engine. */
static void all_engines_may_interrupt(void **state)
{
	const uint32_t one = XENGT_ENGINE_IRQ_USER | XENGT_ENGINE_IRQ_FLUSH |
			     XENGT_ENGINE_IRQ_SWITCH;
	const struct access want[] = {
		{ XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IMR, ~(one | one << 16) },
		{ XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IER, one | one << 16 },
		{ XENGT_IRQ_BANK_GT1 + XENGT_IRQ_IMR, ~one },
		{ XENGT_IRQ_BANK_GT1 + XENGT_IRQ_IER, one },
		{ XENGT_IRQ_BANK_GT3 + XENGT_IRQ_IMR, ~one },
		{ XENGT_IRQ_BANK_GT3 + XENGT_IRQ_IER, one },
	};

	(void)state;
	xengt_engine_irqs_enable(sched);
	assert_int_equal(n_writes, 6);
	for (uint32_t i = 0; i < 6; i++)
		expect_write(i, want[i].off, want[i].val);
}

/* Each half of an IIR belongs to one engine; bits of an engine that does not exist are dropped. */
static void each_engine_gets_its_interrupts(void **state)
{
	static const struct {
		uint32_t bank, iir;
		enum xengt_engine_id id;
		uint32_t bits;
	} cases[] = {
		{ XENGT_IRQ_BANK_GT0, 0x8001, XENGT_ENGINE_RCS, 0x8001 },
		{ XENGT_IRQ_BANK_GT0, 0x80010000, XENGT_ENGINE_BCS, 0x8001 },
		{ XENGT_IRQ_BANK_GT1, 0x7fff8001, XENGT_ENGINE_VCS, 0x8001 },
		{ XENGT_IRQ_BANK_GT3, 0x7fff8001, XENGT_ENGINE_VECS, 0x8001 },
	};

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t bits[XENGT_ENGINES] = { 0x100000, 0x100000, 0x100000, 0x100000 };

		begin(XENGT_PLATFORM_SKL, XENGT_ENGINE_RCS);
		assert_false(xengt_engine_irqs_take(sched, bits));
		assert_int_equal(n_writes, 0);
		answer(0, cases[i].bank + XENGT_IRQ_IIR, 1, cases[i].iir);
		assert_true(xengt_engine_irqs_take(sched, bits));
		/* exactly the bits that were read are acknowledged */
		assert_int_equal(n_writes, 1);
		expect_write(0, cases[i].bank + XENGT_IRQ_IIR, cases[i].iir);
		/* bits that the caller has not handled yet stay */
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			assert_int_equal(bits[e], 0x100000 |
					 (e == cases[i].id ? cases[i].bits : 0));
	}
}

/* The two halves of the clock belong together, also if the low half overflows between reads. */
static void the_clock_has_no_jump(void **state)
{
	(void)state;
	regs[at(XENGT_RING_TIMESTAMP) / 4] = 0x12345678;
	regs[at(XENGT_RING_TIMESTAMP + 4) / 4] = 0x9;
	assert_int_equal(xengt_engine_timestamp(sched), UINT64_C(0x912345678));
	answer(0, at(XENGT_RING_TIMESTAMP + 4), 2, 0xa);
	answer(1, at(XENGT_RING_TIMESTAMP), 2, 0x3);
	regs[at(XENGT_RING_TIMESTAMP) / 4] = 0xfffffffe;
	assert_int_equal(xengt_engine_timestamp(sched), UINT64_C(0xa00000003));
	assert_int_equal(wakes, 0);
}

#define unit(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(an_enabled_engine_has_exactly_these_registers),
		unit(the_table_ends_where_it_ends),
		unit(an_enabled_engine_has_no_event),
		unit(a_disabled_engine_takes_no_context),
		unit(a_stop_waits_until_the_engine_is_idle_and_ready),
		unit(a_stop_clears_a_catastrophic_error),
		unit(an_engine_that_goes_again_needs_no_reset),
		unit(a_reset_resets_one_engine),
		unit(both_ports_get_their_descriptors),
		unit(each_event_is_read_once),
		unit(a_number_of_no_entry_is_no_event),
		unit(the_head_is_that_of_the_engine),
		unit(a_muted_engine_raises_no_interrupt_of_guests),
		unit(a_shared_gpu_keeps_its_registers),
		unit(all_engines_may_interrupt),
		unit(each_engine_gets_its_interrupts),
		unit(the_clock_has_no_jump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
