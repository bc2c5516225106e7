// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processors of a hostile guest: one submits contexts, the other one changes rings, batches,
 * images, status pages and page tables. Each change lasts only a moment, so that the host may read
 * the good word, the bad word, or first one and then the other. See hostile_attacks.h.
 */
#include "hostile_attacks.h"

#define RACE_BYTES	0x400u		/* number of used bytes of each ring */

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33) % below;
}

/* Returns a random word of a stream: a command, an address, a register, or a number. */
static uint32_t word(const struct evil *e, uint64_t *seed, uint32_t engine)
{
	const uint32_t base = evil_bases[engine];
	const uint32_t words[] = {
		EVIL_NOOP, EVIL_NOOP, 0x02800000, EVIL_USER_INTERRUPT,
		EVIL_BATCH_END, EVIL_ARB_OFF, EVIL_ARB_OFF + 1,
		EVIL_STORE, EVIL_STORE_GGTT, EVIL_LRI, EVIL_LRI + 2,
		EVIL_START, EVIL_START_PPGTT, EVIL_START | EVIL_START_SECOND,
		0x12400002, 0x14c00002, 0x15000001, 0x11800002, 0x13404003,
		0x7a000004, 0x05800000, 0xffffffff,
		evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE, evil_at(e, EVIL_BATCH),
		e->victim + 0x9000, e->low_end, 0, EVIL_VA_BATCH,
		EVIL_VA_PRIVATE, base + EVIL_R_GPR, base + EVIL_R_MODE,
		base + EVIL_R_MI_MODE, EVIL_GDRST, 0x4d0 + base, 1,
	};

	return words[draw(seed, sizeof(words) / sizeof(words[0]))];
}

/* Stores a word, and after a moment stores the old word again. */
static void flip(struct evil *e, uint64_t *seed, uint32_t page, uint32_t dword,
		 uint32_t val)
{
	const uint32_t old = evil_get(e, page, dword);

	evil_put(e, page, dword, val);
	for (uint32_t n = draw(seed, 256); n; n--)
		__asm__ volatile("" ::: "memory");
	evil_put(e, page, dword, old);
}

static void flip_state(struct evil *e, uint64_t *seed, uint32_t engine)
{
	const struct {
		uint32_t dword, bad;
	} values[] = {
		{ EVIL_ST_CTRL, 0x00090008 },
		{ EVIL_ST_HEAD, 4 * draw(seed, RACE_BYTES / 4) },
		{ EVIL_ST_TAIL, 8 * draw(seed, RACE_BYTES / 8) },
		{ EVIL_ST_TAIL, 0x1ffff8 },
		{ EVIL_ST_START, e->victim + 0x9000 },
		{ EVIL_ST_START, e->low_end - EVIL_PAGE },
		{ EVIL_ST_CTL, 0x1ff001 },
		{ EVIL_ST_BB, (e->victim + 0x9000) | 1 },
		{ EVIL_ST_PDP0, 0xfee00000 },
		{ EVIL_ST_PER_CTX, evil_at(e, EVIL_CONTEXT_BATCH) | 1 },
		{ EVIL_ST_INDIRECT, evil_at(e, EVIL_CONTEXT_BATCH) | 3 },
		{ EVIL_ST_ENGINE + 1, EVIL_LRI },
		{ EVIL_ST_ENGINE + 2 + draw(seed, 64), word(e, seed, engine) },
	};
	const uint32_t i = draw(seed, sizeof(values) / sizeof(values[0]));

	flip(e, seed, EVIL_STATE(engine), values[i].dword, values[i].bad);
}

/* Changes an entry of a page table for a moment. The host protects the tables above level 1. */
static void flip_entry(struct evil *e, uint64_t *seed)
{
	const uint64_t frames[] = {
		e->gpa + (uint64_t)EVIL_BATCH * EVIL_PAGE,
		e->gpa + (uint64_t)EVIL_PRIVATE * EVIL_PAGE,
		e->gpa + (uint64_t)EVIL_PML4 * EVIL_PAGE,
		0xa0000, 0xfee00000, 0x7ffffff000,
	};
	const uint32_t level = draw(seed, 8) ? 3 : draw(seed, 3);
	const uint32_t page = EVIL_PML4 + level;
	const uint32_t i = level == 3 ? 1 + draw(seed, 4) : 0;
	const uint64_t old = evil_get(e, page, 2 * i) |
		(uint64_t)evil_get(e, page, 2 * i + 1) << 32;

	e->ops->put64(e->ctx, page, i,
		      frames[draw(seed, sizeof(frames) / sizeof(frames[0]))] |
		      draw(seed, 4));
	for (uint32_t n = draw(seed, 256); n; n--)
		__asm__ volatile("" ::: "memory");
	e->ops->put64(e->ctx, page, i, old);
}

void evil_rewrite(struct evil *e, uint64_t *seed)
{
	const uint32_t engine = draw(seed, EVIL_ENGINES);
	const uint32_t val = word(e, seed, engine);

	switch (draw(seed, 8)) {
	case 0:
	case 1:
		flip_state(e, seed, engine);
		break;
	case 2:
		flip_entry(e, seed);
		break;
	case 3:
		flip(e, seed, EVIL_STATUS(engine), 0x10 + draw(seed, 16), val);
		break;
	case 4:
		flip(e, seed, EVIL_CONTEXT_BATCH, draw(seed, 48), val);
		break;
	case 5:
		flip(e, seed, EVIL_BATCH, draw(seed, 16), val);
		break;
	default:
		flip(e, seed, EVIL_RING(engine), draw(seed, RACE_BYTES / 4), val);
		break;
	}
}

/* Emits commands that the audit allows if nobody changes them. */
static void emit_round(struct evil *e, uint32_t engine)
{
	const uint32_t spare = evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE;
	const uint32_t dw[] = {
		EVIL_STORE_GGTT, spare, 0, evil_random(e, ~0u),
		EVIL_LRI, evil_bases[engine] + EVIL_R_GPR, 1,
		EVIL_START, evil_at(e, EVIL_BATCH), 0, 0,
		EVIL_START_PPGTT, EVIL_VA_BATCH, 0, 0, EVIL_NOOP,
	};
	const uint32_t n = sizeof(dw) / sizeof(dw[0]);

	if (e->engine[engine].tail + 4 * n > RACE_BYTES)
		e->engine[engine].tail = 0;
	evil_emit(e, engine, dw, n);
}

/* Writes the batch that the ring starts, and the context's own batch, which has privilege. */
static void put_batches(struct evil *e)
{
	const uint32_t at = evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE;
	const uint32_t own[] = { EVIL_STORE_GGTT, at, 0, 1, EVIL_BATCH_END };
	const uint32_t user[] = { EVIL_STORE, EVIL_VA_PRIVATE, 0, 1, EVIL_BATCH_END };

	for (uint32_t i = 0; i < EVIL_PAGE / 4; i++)
		evil_put(e, EVIL_CONTEXT_BATCH, i, i < 5 ? own[i] : EVIL_NOOP);
	for (uint32_t i = 0; i < EVIL_PAGE / 4; i++)
		evil_put(e, EVIL_BATCH, i, i < 5 ? user[i] : EVIL_NOOP);
}

bool evil_race(struct evil *e, uint32_t count, uint32_t *ret_done)
{
	uint32_t done = 0;

	put_batches(e);
	for (uint32_t i = 0; i < EVIL_ENGINES; i++)
		evil_context(e, i);
	for (uint32_t i = 0; i < count && !e->is_gone; i++) {
		const uint32_t engine = evil_random(e, EVIL_ENGINES);

		for (uint32_t n = 1 + evil_random(e, 4); n; n--)
			emit_round(e, engine);
		evil_submit(e, engine);
		for (uint32_t n = evil_random(e, 4); n; n--)
			e->ops->pause(e->ctx);
		if (evil_is_done(e, engine)) {
			done++;
			continue;
		}
		/* the context was refused, or it runs or loops: sometimes reset the engine */
		if (evil_random(e, 3))
			continue;
		put_batches(e);
		if (evil_reset(e, engine))
			evil_context(e, engine);
	}
	*ret_done = done;
	return !e->is_gone;
}
