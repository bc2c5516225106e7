/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attacks of a hostile guest's kernel on the host and on other guests, as one table.
 * Each row says how the host must react. The ring stores mark A to the data page before the
 * attack and mark B after the attack, so the guest sees which commands ran. The vGPU's
 * counters (xengt-ctl stat) must then agree with struct evil_counts.
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
	/* It drops the submission, and counts it in gpu.refused but under no kind. */
	EVIL_DROPPED = EVIL_KINDS,
	/* The context runs to its end; commands that would do harm have no effect. */
	EVIL_RUNS,
	/* It ends the running work, and counts a hang or an overrun. */
	EVIL_ENDED,
};

/* In which ring or batch the dwords of an attack are */
enum evil_place {
	EVIL_IN_RING, EVIL_IN_BATCH, EVIL_IN_USER_BATCH, EVIL_IN_INDIRECT,
	EVIL_IN_PER_CONTEXT,
};

/* The values by which the vGPU's counters must have grown */
struct evil_counts {
	uint32_t kind[EVIL_KINDS];	/* gpu.refused.*; kind 0 stays 0 */
	uint32_t refused;		/* gpu.refused: all refusals */
	uint32_t ended;			/* gpu.hangs and gpu.overruns */
	uint32_t fences;		/* fences.refused, at least */
	uint32_t outside;		/* ggtt.outside, at least */
	uint32_t scratched;		/* ggtt.scratched, at least */
	uint32_t interrupts;		/* gpu.user_interrupts, at least */
	uint32_t run;			/* attacks that were run */
	uint32_t failed;		/* attacks with another outcome than expected */
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
	 * A bit for each dword of dw to which something is added. own: the first address of
	 * the guest's low memory; other: an address of another guest; end: the end of the
	 * guest's low memory; reg: the engine's first register; xreg: the first register of
	 * another engine
	 */
	uint16_t own, other, end, reg, xreg;
	/* Called before the context is submitted, or NULL */
	void (*shape)(struct evil *e, uint32_t engine);
	/*
	 * If not NULL, this function does everything that the attack does. Returns NULL if
	 * the host reacted as expected, otherwise a text that says what was wrong.
	 */
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
 * Runs an attack, prints "ok ..." or "not ok ...", and updates the counts. Returns false if
 * the host did not react as expected.
 */
bool evil_attack_run(struct evil *e, const struct evil_attack *a,
		     uint32_t engine, struct evil_counts *counts);
/*
 * Runs all attacks: each on every engine that has the attack, or on only one of these
 * engines, which changes from row to row. Returns false if the vGPU has ended.
 */
bool evil_table(struct evil *e, bool every_engine, struct evil_counts *counts);
/* Prints a line "expect COUNTER NUMBER" or "least COUNTER NUMBER" for each count. */
void evil_say_counts(struct evil *e, const struct evil_counts *counts);

/* Submits an endless loop on this engine that the engine cannot leave. */
void evil_hang(struct evil *e, uint32_t engine);

/* ---- while another processor rewrites everything (hostile_race.c) ---- */

/*
 * Call this on the second processor: for a moment changes a dword of a ring, a batch, an
 * image, a status page or a page table. 'seed' is the state of this processor's random
 * numbers.
 */
void evil_rewrite(struct evil *e, uint64_t *seed);
/*
 * Makes 'count' submissions of contexts that evil_rewrite() changes meanwhile, and resets
 * engines that do not finish. *ret_done gets the number of submissions that ran to their
 * end. Returns false if the vGPU has ended.
 */
bool evil_race(struct evil *e, uint32_t count, uint32_t *ret_done);

#endif /* HOSTILE_ATTACKS_H */
