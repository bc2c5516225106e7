// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests a batch that never ends: the driver must get the engine back and blame only the
 * batch's context, and the results of all other work must be right.
 *
 * If the driver does not preempt (on Gen8's render engine, and on a virtual GPU), the
 * driver notices the hang because its heartbeat stops. With the default heartbeat the
 * driver cancels waiting work at about the time when it notices the hang, so the test
 * makes the heartbeat faster.
 */
#include "drmtest.h"

#include <stdio.h>

#define MI_BATCH_START	(0x31u << 23 | 1u << 8 | 1)
#define MI_BATCH_BUFFER_END	(0x0au << 23)
#define MI_UNDEFINED	(0x1fu << 23)
#define LOW_PRIORITY	(-1000)
#define ROUND		24u
#define END_NS		60000000000ll
#define HEARTBEAT_MS	200u

/*
 * Emits an endless loop without a point at which the engine could switch to another
 * context.
 */
static void emit_loop(struct batch *b)
{
	emit(b, MI_BATCH_START);
	emit_addr(b, AT_BATCH, 0);
	emit(b, 0);
}

/*
 * Emits a command that does not exist: the command streamer stops and raises an error.
 */
static void emit_nonsense(struct batch *b)
{
	emit(b, MI_UNDEFINED);
	emit(b, 0);
	emit(b, MI_BATCH_BUFFER_END);
	emit(b, 0);
}

static const struct hang {
	const char *name;
	op_fn *emit;
	bool is_told;			/* true: the engine reports the hang to the
					 * driver at once */
} all_hangs[] = {
	{ "a loop", emit_loop, false },
	{ "an undefined command", emit_nonsense, true },
};

#define N_HANGS (sizeof(all_hangs) / sizeof(all_hangs[0]))

static void start_hang(const struct gpu *gpu, enum engine e,
		       struct context *ctx, struct bo *bo, op_fn *fn)
{
	struct batch b = {
		.gpu = gpu, .engine = e, .ctx = ctx, .is_softpinned = true,
		.bo = { [AT_BATCH] = bo, [AT_DATA] = bo }, .dw = bo->map,
		.n_sub = MAIN_DWORDS,
	};

	b.cursor = &b.n;
	fn(&b);
	submit(gpu, &b);
}

static bool is_blame_right(const struct test *t, enum engine e, uint32_t hog)
{
	unsigned int blamed = context_hangs(&t->gpu, hog);

	if (!blamed) {
		printf("FAIL the driver blames no context for the batch that hung %s\n",
		       engine_names[e]);
		return false;
	}
	for (unsigned int i = 0; i < CONTEXTS; i++) {
		if (!context_hangs(&t->gpu, t->ctx[i].id))
			continue;
		printf("FAIL context %u is blamed for a hang that another context caused on %s\n", i,
		       engine_names[e]);
		return false;
	}
	return true;
}

/*
 * Sets the interval to ms unless ms is 0. Returns the old interval, or 0 if it is not
 * known.
 */
static unsigned int heartbeat(const struct gpu *gpu, enum engine e,
			      unsigned int ms)
{
	char path[128];

	snprintf(path, sizeof(path),
		 "/sys/dev/char/%u:%u/engine/%s0/heartbeat_interval_ms",
		 gpu->major, gpu->minor, engine_names[e]);
	return set_sysfs(path, ms);
}

static bool hang_engine(struct test *t, enum engine e, const struct hang *h)
{
	struct context hog = { .id = context_create(&t->gpu, LOW_PRIORITY) };
	uint64_t wrong = t->wrong;
	struct bo bo = { .pinned = 1ull << 20 };
	double since = seconds();

	bo_create(&t->gpu, &bo, BATCH_BYTES);
	start_hang(&t->gpu, e, &hog, &bo, h->emit);
	if (!h->is_told && bo_wait(&t->gpu, &bo, 100000000)) {
		printf("FAIL %s on %s ended by itself\n", h->name,
		       engine_names[e]);
		return false;
	}
	if (!run_group(t, t->group < ROUND ? t->group : ROUND))
		return false;
	if (!bo_wait(&t->gpu, &bo, END_NS)) {
		printf("FAIL %s still hangs\n", engine_names[e]);
		return false;
	}
	printf("drmtest: %s hung by %s and came back in %.1f s\n",
	       engine_names[e], h->name, seconds() - since);
	return is_blame_right(t, e, hog.id) && t->wrong == wrong;
}

static bool hang_all(struct test *t, const struct hang *h, unsigned int *left)
{
	bool ok = true;

	for (int i = 0; ok && *left && i < ENGINES; i++) {
		enum engine e = (enum engine)i;
		unsigned int old;

		if (!(t->engines & 1u << e))
			continue;
		--*left;
		old = heartbeat(&t->gpu, e, HEARTBEAT_MS);
		ok = hang_engine(t, e, h);
		heartbeat(&t->gpu, e, old);
	}
	return ok;
}

bool test_hang(struct test *t, unsigned int most)
{
	for (unsigned int i = 0; i < N_HANGS; i++)
		if (!hang_all(t, &all_hangs[i], &most))
			return false;
	return true;
}
