// SPDX-License-Identifier: GPL-2.0-only
/* Runs the attacks of the table: see hostile_attacks.h. */
#include "hostile_attacks.h"

#include <stddef.h>

#define ATTACK_DWORDS	32u

bool evil_attack_is_for(const struct evil *e, const struct evil_attack *a,
			uint32_t engine)
{
	return a->engines >> engine & 1 && (e->is_gen9 || !a->is_gen9_only);
}

/* Copies the row's dwords, and adds this vGPU's addresses. Returns the number of dwords. */
static uint32_t fill_in(const struct evil *e, const struct evil_attack *a,
			uint32_t engine, uint32_t *dw)
{
	const uint32_t other = engine == EVIL_RCS ? EVIL_VCS : EVIL_RCS;

	for (uint32_t i = 0; i < a->n && i < ATTACK_DWORDS; i++) {
		dw[i] = a->dw[i];
		if (a->own >> i & 1)
			dw[i] += e->low;
		if (a->other >> i & 1)
			dw[i] += e->victim;
		if (a->end >> i & 1)
			dw[i] += e->low_end;
		if (a->reg >> i & 1)
			dw[i] += evil_bases[engine];
		if (a->xreg >> i & 1)
			dw[i] += evil_bases[other];
	}
	return a->n;
}

/* ---- one attack ---- */

static void put_page(struct evil *e, uint32_t page, const uint32_t *dw, uint32_t n)
{
	for (uint32_t i = 0; i < EVIL_PAGE / 4; i++)
		evil_put(e, page, i, i < n ? dw[i] : EVIL_NOOP);
}

static void put_batch(struct evil *e, const uint32_t *dw, uint32_t n,
		      bool has_store)
{
	uint32_t batch[ATTACK_DWORDS + 8], i;

	for (i = 0; i < n; i++)
		batch[i] = dw[i];
	if (has_store) {
		batch[i++] = EVIL_STORE;
		batch[i++] = EVIL_VA_PRIVATE;
		batch[i++] = 0;
		batch[i++] = 1;
	}
	batch[i++] = EVIL_BATCH_END;
	put_page(e, EVIL_BATCH, batch, i);
}

/* Emits the attack, or a start of the batch with the attack, after mark A. */
static void place(struct evil *e, const struct evil_attack *a, uint32_t engine)
{
	const uint32_t batch[] = { EVIL_START, evil_at(e, EVIL_BATCH), 0, 0 };
	const uint32_t user[] = { EVIL_START_PPGTT, EVIL_VA_BATCH, 0, 0 };
	const uint32_t state = EVIL_STATE(engine);
	const uint32_t at = evil_at(e, EVIL_CONTEXT_BATCH);
	uint32_t dw[ATTACK_DWORDS];
	uint32_t n = fill_in(e, a, engine, dw);

	switch ((enum evil_place)a->place) {
	case EVIL_IN_RING:
		evil_emit(e, engine, dw, n);
		break;
	case EVIL_IN_BATCH:
		put_batch(e, dw, n, false);
		evil_emit(e, engine, batch, 4);
		break;
	case EVIL_IN_USER_BATCH:
		put_batch(e, dw, n, true);
		evil_emit(e, engine, user, 4);
		break;
	case EVIL_IN_INDIRECT:
		put_page(e, EVIL_CONTEXT_BATCH, dw, n);
		evil_put(e, state, EVIL_ST_INDIRECT, at | 1);
		evil_put(e, state, EVIL_ST_INDIRECT_OFF, 0);
		break;
	case EVIL_IN_PER_CONTEXT:
		put_page(e, EVIL_CONTEXT_BATCH, dw, n);
		evil_put(e, state, EVIL_ST_PER_CTX, at | 1);
		break;
	}
}

static void begin(struct evil *e, uint32_t engine)
{
	evil_put(e, EVIL_DATA, EVIL_MARK_A, 0);
	evil_put(e, EVIL_DATA, EVIL_MARK_B, 0);
	evil_put(e, EVIL_DATA, EVIL_MARK_C, 0);
	evil_put(e, EVIL_PRIVATE, 0, 0);
	evil_put(e, EVIL_DATA, EVIL_SPARE, 0);
	evil_context(e, engine);
	evil_emit_mark(e, engine, EVIL_MARK_A);
}

/* Checks that the commands before the attack ran (none if is_whole), and none after it. */
static const char *check_refused(struct evil *e, const struct evil_attack *a,
				 uint32_t engine)
{
	if (!a->is_whole && !evil_wait_mark(e, EVIL_MARK_A))
		return "the commands before the attack have not run";
	if (a->outcome == EVIL_ENDED && !evil_wait_ended(e, engine))
		return "the host has not ended the work";
	if (!evil_witness(e, engine))
		return "another engine does not work";
	if (a->is_whole && evil_data(e, EVIL_MARK_A))
		return "the commands before the attack have run";
	if (evil_data(e, EVIL_MARK_B))
		return "the commands after the attack have run";
	if (evil_is_done(e, engine))
		return "the engine reported the context as completed";
	if (!evil_reset(e, engine))
		return "the engine's reset does not end";
	return NULL;
}

static const char *check_ran(struct evil *e, const struct evil_attack *a,
			     uint32_t engine)
{
	if (!evil_wait_done(e, engine))
		return "the context has not run to its end";
	if (!evil_data(e, EVIL_MARK_A) || !evil_data(e, EVIL_MARK_B))
		return "a mark is missing";
	if (a->place == EVIL_IN_USER_BATCH && evil_get(e, EVIL_PRIVATE, 0) != 1)
		return "the batch has not run to its end";
	return NULL;
}

static const char *attack(struct evil *e, const struct evil_attack *a,
			  uint32_t engine, struct evil_counts *counts)
{
	static const uint32_t interrupt = EVIL_USER_INTERRUPT;
	const uint32_t kind = a->outcome;

	if (a->run)
		return a->run(e, engine, counts);
	begin(e, engine);
	place(e, a, engine);
	evil_emit_mark(e, engine, EVIL_MARK_B);
	evil_emit(e, engine, &interrupt, 1);
	if (a->shape)
		a->shape(e, engine);
	evil_submit(e, engine);
	if (kind == EVIL_RUNS)
		return check_ran(e, a, engine);
	if (kind < EVIL_KINDS)
		counts->kind[kind]++;
	if (kind == EVIL_ENDED)
		counts->ended++;
	else
		counts->refused++;
	return check_refused(e, a, engine);
}

bool evil_attack_run(struct evil *e, const struct evil_attack *a,
		     uint32_t engine, struct evil_counts *counts)
{
	const char *why = attack(e, a, engine, counts);

	counts->run++;
	if (why) {
		counts->failed++;
		evil_tell(e, "not ok", a->name, engine, why);
		if (!e->is_gone)
			evil_reset(e, engine);
	} else {
		evil_tell(e, "ok", a->name, engine, "");
	}
	return !why;
}

/* ---- the table ---- */

bool evil_table(struct evil *e, bool every_engine, struct evil_counts *counts)
{
	for (uint32_t i = 0; i < evil_attacks_count; i++) {
		const struct evil_attack *a = &evil_attacks[i];
		/* each hang costs seconds, and too many of them end the vGPU */
		bool is_one = !every_engine || a->outcome == EVIL_ENDED;

		for (uint32_t k = 0; k < EVIL_ENGINES && !e->is_gone; k++) {
			const uint32_t engine = (i + k) % EVIL_ENGINES;

			if (!evil_attack_is_for(e, a, engine))
				continue;
			evil_attack_run(e, a, engine, counts);
			if (is_one)
				break;
		}
	}
	return !e->is_gone;
}

static void say_count(struct evil *e, const char *word, const char *counter,
		      uint32_t n)
{
	char line[EVIL_LINE];
	uint32_t at = evil_add(line, 0, word);

	at = evil_add(line, at, " ");
	at = evil_add(line, at, counter);
	at = evil_add(line, at, " ");
	evil_add_number(line, at, n);
	e->ops->say(e->ctx, line);
}

void evil_say_counts(struct evil *e, const struct evil_counts *counts)
{
	static const char *const names[EVIL_KINDS] = {
		[EVIL_UNKNOWN] = "gpu.refused.unknown",
		[EVIL_FORBIDDEN] = "gpu.refused.forbidden",
		[EVIL_LENGTH] = "gpu.refused.length",
		[EVIL_ADDRESS] = "gpu.refused.address",
		[EVIL_REGISTER] = "gpu.refused.register",
		[EVIL_BAD_BATCH] = "gpu.refused.batch",
		[EVIL_LIMIT] = "gpu.refused.limit",
		[EVIL_BAD_CONTEXT] = "gpu.refused.context",
	};

	for (uint32_t i = 1; i < EVIL_KINDS; i++)
		say_count(e, "expect", names[i], counts->kind[i]);
	say_count(e, "expect", "gpu.refused", counts->refused);
	say_count(e, "least", "fences.refused", counts->fences);
	say_count(e, "least", "ggtt.outside", counts->outside);
	say_count(e, "least", "ggtt.scratched", counts->scratched);
	say_count(e, "least", "gpu.user_interrupts", counts->interrupts);
	say_count(e, "ended", "gpu.hangs+gpu.overruns", counts->ended);
	say_count(e, "attacks", "run", counts->run);
	say_count(e, "attacks", "failed", counts->failed);
}

void evil_hang(struct evil *e, uint32_t engine)
{
	const uint32_t at = evil_at(e, EVIL_BATCH);
	const uint32_t loop[] = { EVIL_START, at, 0, 0 };

	begin(e, engine);
	put_page(e, EVIL_BATCH, loop, 4);
	evil_emit(e, engine, &(uint32_t){ EVIL_ARB_OFF }, 1);
	evil_emit(e, engine, loop, 4);
	evil_submit(e, engine);
}
