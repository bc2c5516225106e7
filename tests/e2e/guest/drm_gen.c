// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a batch of random command groups. The table says in which batches each group is
 * allowed.
 */
#include "drmtest.h"

#include <stdio.h>

#define MI_BATCH_BUFFER_END	(0x0au << 23)

enum need {
	NEEDS_GPRS = 1,
	NEEDS_RENDER = 2,
	NEEDS_BLITTER = 4,
	NEEDS_GEN9 = 8,
	NEEDS_FIRST_LEVEL = 16,
	/* i915 checks batches of Gen9's blitter and allows no jumps in them */
	NEEDS_JUMPS = 32,
};

static struct group {
	const char *name;
	op_fn *fn;
	unsigned int weight;
	unsigned int needs;
	uint64_t executed;
} groups[] = {
	{ "store", op_store, 8, 0, 0 },
	{ "store-qword", op_store_qword, 6, 0, 0 },
	{ "copy", op_copy, 8, 0, 0 },
	{ "load-imm", op_load_imm, 4, NEEDS_GPRS, 0 },
	{ "load-mem", op_load_mem, 4, NEEDS_GPRS, 0 },
	{ "load-reg", op_load_reg, 4, NEEDS_GPRS, 0 },
	{ "store-reg", op_store_reg, 8, NEEDS_GPRS, 0 },
	{ "store-all", op_store_all, 1, NEEDS_GPRS, 0 },
	{ "math", op_math, 6, NEEDS_GPRS, 0 },
	{ "atomic", op_atomic, 8, 0, 0 },
	{ "atomic-octword", op_atomic_octword, 2, 0, 0 },
	{ "shared", op_shared, 1, NEEDS_FIRST_LEVEL, 0 },
	{ "noop", op_noop, 2, 0, 0 },
	{ "arb-check", op_arb_check, 4, 0, 0 },
	{ "semaphore", op_semaphore, 3, 0, 0 },
	{ "post-sync", op_post_sync, 5, 0, 0 },
	{ "timestamps", op_timestamps, 1, 0, 0 },
	{ "predicated-store", op_predicated_store, 4, NEEDS_RENDER, 0 },
	{ "set-predicate", op_set_predicate, 2, NEEDS_RENDER, 0 },
	{ "predicated-batch", op_predicated_batch, 2,
	  NEEDS_RENDER | NEEDS_FIRST_LEVEL, 0 },
	{ "second-level", op_second_level, 3,
	  NEEDS_JUMPS | NEEDS_FIRST_LEVEL, 0 },
	{ "cond-end", op_cond_end, 1, 0, 0 },
	{ "fill", op_fill, 16, NEEDS_BLITTER, 0 },
	{ "blit", op_blit, 16, NEEDS_BLITTER, 0 },
	{ "fast-copy", op_fast_copy, 12, NEEDS_BLITTER | NEEDS_GEN9, 0 },
};

#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

static bool fits(const struct batch *b, const struct group *g)
{
	bool is_gen9 = b->gpu->gen >= 9;
	bool lacks[] = {
		!has_gprs(b), b->engine != RCS, b->engine != BCS, !is_gen9,
		b->in_sub, is_gen9 && b->engine == BCS,
	};

	for (unsigned int i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		if (lacks[i] && (g->needs & 1u << i))
			return false;
	return true;
}

static struct group *pick(struct batch *b)
{
	unsigned int sum = 0, at;

	for (unsigned int i = 0; i < N_GROUPS; i++)
		sum += fits(b, &groups[i]) ? groups[i].weight : 0;
	at = rng_below(b->rng, sum);
	for (unsigned int i = 0; ; i++) {
		unsigned int weight = fits(b, &groups[i]) ?
			groups[i].weight : 0;

		if (at < weight)
			return &groups[i];
		at -= weight;
	}
}

void generate_simple(struct batch *b)
{
	struct group *g = pick(b);

	g->executed += !b->is_dead;
	g->fn(b);
}

void generate(struct batch *b)
{
	unsigned int n = 4 + rng_below(b->rng, 28);

	if (has_gprs(b) && !b->ctx->is_known[b->engine])
		init_gprs(b);
	while (n-- && b->n + 2 * ROOM_DWORDS < MAIN_DWORDS)
		generate_simple(b);
	emit(b, MI_BATCH_BUFFER_END);
	if (b->n % 2)
		emit(b, 0);
}

void print_groups(void)
{
	printf("drmtest: executed");
	for (unsigned int i = 0; i < N_GROUPS; i++)
		printf(" %s %llu", groups[i].name,
		       (unsigned long long)groups[i].executed);
	printf("\n");
}
