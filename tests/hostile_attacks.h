/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attacks of a hostile guest's kernel on the host and on other guests, as one table.
 * Each row says what the host must answer. An attack marks the data page before itself
 * (mark A) and behind itself (mark B), so the guest sees what ran; the counters of its
 * vGPU (xengt-ctl stat) must then say exactly what evil_counts says.
 */
#ifndef HOSTILE_ATTACKS_H
#define HOSTILE_ATTACKS_H

#include "hostile_gpu.h"

/* What the host does with an attack */
enum evil_outcome {
	/* It refuses the context; the kinds are those of enum xengt_refusal. */
	EVIL_UNKNOWN = 1, EVIL_FORBIDDEN, EVIL_LENGTH, EVIL_ADDRESS,
	EVIL_REGISTER, EVIL_BAD_BATCH, EVIL_LIMIT, EVIL_BAD_CONTEXT,
	EVIL_KINDS,
	/* It does not hand on the context, and counts a refusal without a kind. */
	EVIL_DROPPED = EVIL_KINDS,
	/* It runs everything; what would do harm has no effect. */
	EVIL_RUNS,
	/* It ends the work, as hung or as an overrun. */
	EVIL_ENDED,
};

/* Where the dwords of an attack stand */
enum evil_place {
	EVIL_IN_RING, EVIL_IN_BATCH, EVIL_IN_USER_BATCH, EVIL_IN_INDIRECT,
	EVIL_IN_PER_CONTEXT,
};

/* How often each answer must have come, and thus the counters */
struct evil_counts {
	uint32_t kind[EVIL_KINDS];	/* gpu.refused.*; kind 0 stays 0 */
	uint32_t refused;		/* gpu.refused: those without a kind, too */
	uint32_t ended;			/* gpu.hangs and gpu.overruns */
	uint32_t fences;		/* fences.refused, at least */
	uint32_t outside;		/* ggtt.outside, at least */
	uint32_t scratched;		/* ggtt.scratched, at least */
	uint32_t interrupts;		/* gpu.user_interrupts, at least */
	uint32_t run;			/* attacks that were run */
	uint32_t failed;		/* attacks with another outcome */
};

struct evil_attack {
	const char *name;
	uint8_t engines;		/* a bit for each engine */
	uint8_t place;			/* enum evil_place */
	uint8_t outcome;		/* enum evil_outcome */
	bool is_gen9_only;
	bool is_whole;			/* the host refuses the ring as a whole: not
					 * even mark A is stored */
	uint8_t n;
	const uint32_t *dw;
	/*
	 * Dwords to which something is added, a bit for each: the first address of the
	 * own low memory, a foreign address, the end of the own low memory, the first
	 * register of the engine, or of another engine
	 */
	uint16_t own, other, end, reg, xreg;
	/* Called before the context is submitted, or NULL */
	void (*shape)(struct evil *e, uint32_t engine);
	/* If not NULL, it is the whole attack. NULL: as expected, or why not. */
	const char *(*run)(struct evil *e, uint32_t engine,
			   struct evil_counts *counts);
};

#define EVIL_ON(engine)	(1u << (engine))
#define EVIL_ON_ALL	0xfu
#define EVIL_ON_XCS	0xeu

extern const struct evil_attack evil_attacks[];
extern const uint32_t evil_attacks_count;

/* Does the attack exist on this GPU's engine? */
bool evil_attack_is_for(const struct evil *e, const struct evil_attack *a,
			uint32_t engine);
/*
 * Runs an attack, says "ok NAME on ENGINE: refused" (or "ended", "no effect") or "not ok NAME
 * on ENGINE: WHY", and counts. Returns false if not ok.
 */
bool evil_attack_run(struct evil *e, const struct evil_attack *a,
		     uint32_t engine, struct evil_counts *counts);
/*
 * Runs the table: each attack on each engine that has it, or on one of them, another one for
 * each row. Returns false if the vGPU has ended.
 */
bool evil_table(struct evil *e, bool every_engine, struct evil_counts *counts);
/* Says the counts, a line "expect COUNTER NUMBER" or "least COUNTER NUMBER" for each. */
void evil_say_counts(struct evil *e, const struct evil_counts *counts);

/* Submits an endless loop on this engine that the engine cannot leave. */
void evil_hang(struct evil *e, uint32_t engine);

/* ---- while another processor rewrites everything (hostile_race.c) ---- */

/*
 * One store of the second processor: into ring, batches, image, status page or page tables
 * of all engines. 'seed' is its own.
 */
void evil_rewrite(struct evil *e, uint64_t *seed);
/*
 * 'count' submissions of contexts that evil_rewrite() changes meanwhile, with resets where
 * needed. *ret_done is the number of contexts that ran to their end. Returns false if the
 * vGPU has ended.
 */
bool evil_race(struct evil *e, uint32_t count, uint32_t *ret_done);

#endif /* HOSTILE_ATTACKS_H */
