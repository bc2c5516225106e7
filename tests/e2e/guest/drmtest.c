// SPDX-License-Identifier: GPL-2.0-only
/*
 * drmtest: see drmtest.h. The program needs root to set the contexts' priorities.
 *
 * Batches are submitted in groups with one wait for each group, because a
 * register access may cost a millisecond in this machine.
 */
#include "drmtest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_NS		60000000000ll
#define TELL_SECONDS	10.0
#define MAX_GROUP	1024u
#define LOW_BYTES	(8ull << 30)	/* the test chooses addresses from here on; i915
					 * may choose lower addresses */

static void usage(void)
{
	puts("usage: drmtest [OPTION...]\n\n"
	     "Random batches through i915, results checked.\n\n"
	     "  --count N      number of batches (10000)\n"
	     "  --seed N       another seed makes other batches (1)\n"
	     "  --group N      submit N batches before each wait (64)\n"
	     "  --engine NAME  rcs, vcs, vecs or bcs alone\n"
	     "  --hangs N      hang engines N times at the end (twice each)\n"
	     "  --no-hang      the same as --hangs 0\n"
	     "  --node FILE    (/dev/dri/card0)\n\n"
	     "Exit status: 0 all right, 1 something was wrong, 2 the test "
	     "could not be done.");
}

/* --- objects -------------------------------------------------------------- */

/* Returns a random address in the n-th of several equal parts of the address space. */
static uint64_t random_address(struct test *t, uint64_t n, uint64_t parts,
			       uint64_t bytes)
{
	uint64_t half = t->gpu.top / 2;
	uint64_t low = half < LOW_BYTES ? half : LOW_BYTES;
	uint64_t part = (t->gpu.top - low) / parts & ~(PAGE_BYTES - 1ull);
	uint64_t addr = low + n * part +
		rng_next(&t->rng) % ((part - bytes) / PAGE_BYTES) * PAGE_BYTES;

	/* the ioctl wants the address sign-extended */
	return (uint64_t)((int64_t)(addr << 16) >> 16);
}

static void *allocate(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (!p)
		die("no memory");
	return p;
}

static void fill(struct rng *r, uint8_t *p, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i += 8) {
		uint64_t val = rng_next(r);

		memcpy(p + i, &val, 8);
	}
}

static void set_up(struct test *t)
{
	static const int priorities[CONTEXTS] = { -500, 0, 0, 500 };
	uint64_t parts = 2ull * t->group + 1;

	for (unsigned int i = 0; i < CONTEXTS; i++)
		t->ctx[i] = (struct context){
			.id = context_create(&t->gpu, priorities[i]),
			.priority = priorities[i],
		};
	bo_create(&t->gpu, &t->shared, SHARED_BYTES);
	t->shared.pinned = random_address(t, parts - 1, parts, SHARED_BYTES);
	t->expect_shared = allocate(SHARED_BYTES);
	t->slot = allocate(t->group * sizeof(*t->slot));
	for (unsigned int i = 0; i < t->group; i++) {
		struct slot *s = &t->slot[i];

		bo_create(&t->gpu, &s->batch, BATCH_BYTES);
		bo_create(&t->gpu, &s->data, DATA_BYTES);
		s->batch_place = random_address(t, 2 * i, parts, BATCH_BYTES);
		s->data_place = random_address(t, 2 * i + 1, parts, DATA_BYTES);
		s->expect = allocate(DATA_BYTES);
		s->writer = allocate(DATA_BYTES);
		fill(&t->rng, s->expect, DATA_BYTES);
		memcpy(s->data.map, s->expect, DATA_BYTES);
	}
}

/* --- one group ------------------------------------------------------------ */

static enum engine random_engine(struct test *t)
{
	for (;;) {
		uint32_t e = rng_below(&t->rng, ENGINES);

		if (t->engines & 1u << e)
			return (enum engine)e;
	}
}

/*
 * Choose the addresses of the slot's two objects in this context. In each context the
 * slots use the same addresses in a different order.
 */
static void set_places(struct test *t, struct slot *s, unsigned int context)
{
	size_t n = ((size_t)(s - t->slot) + 7ul * context) % t->group;

	s->batch.pinned = t->slot[n].batch_place;
	s->data.pinned = t->slot[n].data_place;
}

static void start_batch(struct test *t, struct slot *s)
{
	unsigned int context = rng_below(&t->rng, CONTEXTS);
	struct batch *b = &s->b;

	memset(b, 0, sizeof(*b));
	set_places(t, s, context);
	b->gpu = &t->gpu;
	b->rng = &t->rng;
	b->engine = random_engine(t);
	b->ctx = &t->ctx[context];
	b->is_softpinned = rng_below(&t->rng, 2);
	b->bo[AT_BATCH] = &s->batch;
	b->bo[AT_DATA] = &s->data;
	b->bo[AT_SHARED] = &t->shared;
	b->expect = s->expect;
	b->expect_shared = t->expect_shared;
	b->writer = s->writer;
	b->dw = s->batch.map;
	b->n_sub = MAIN_DWORDS;
	b->cursor = &b->n;
	s->number = t->done++;
	t->on_engine[b->engine]++;
	t->softpinned += b->is_softpinned;
	memset(s->writer, 0, DATA_BYTES);
	generate(b);
	submit(&t->gpu, b);
}

/*
 * Print the first wrong dword, and the commands up to the command that should have
 * written this dword.
 */
static void tell(struct test *t, const struct slot *s, const char *what,
		 uint32_t off)
{
	const struct batch *b = &s->b;
	uint32_t got, end = s->writer[off / 4];

	if (t->is_told)
		return;
	t->is_told = true;
	memcpy(&got, (uint8_t *)s->data.map + off, 4);
	printf("FAIL batch %llu on %s, context of priority %d, %s: %s at 0x%x",
	       (unsigned long long)s->number, engine_names[b->engine],
	       b->ctx->priority, b->is_softpinned ? "softpin" : "relocated",
	       what, off);
	printf(" is 0x%08x, not 0x%08x\n  last written by dwords up to %u:",
	       got, model_get32(b, off), end);
	for (uint32_t i = end < 12 ? 0 : end - 12; i < end; i++)
		printf(" %08x", b->dw[i]);
	printf("\n");
}

static bool are_stamps_right(struct test *t, const struct slot *s)
{
	const struct batch *b = &s->b;
	const uint8_t *data = s->data.map;

	for (unsigned int i = 0; i < b->n_stamps; i++) {
		uint64_t old, first, second;

		memcpy(&old, s->expect + b->stamps[i].first, 8);
		memcpy(&first, data + b->stamps[i].first, 8);
		memcpy(&second, data + b->stamps[i].second, 8);
		if (first == old || second < first) {
			tell(t, s, "timestamp", b->stamps[i].first);
			return false;
		}
	}
	return true;
}

static bool is_right(struct test *t, const struct slot *s)
{
	const uint8_t *data = s->data.map;

	if (!memcmp(data, s->expect, STAMPS_OFF) &&
	    !memcmp(data + MI_BYTES, s->expect + MI_BYTES,
		    DATA_BYTES - MI_BYTES))
		return are_stamps_right(t, s);
	for (uint32_t off = 0; off < DATA_BYTES; off += 4)
		if ((off < STAMPS_OFF || off >= MI_BYTES) &&
		    memcmp(data + off, s->expect + off, 4)) {
			tell(t, s, "memory", off);
			break;
		}
	return false;
}

static void check(struct test *t, struct slot *s)
{
	if (!is_right(t, s)) {
		t->wrong++;
		/* the context's registers may have any value now */
		s->b.ctx->is_known[s->b.engine] = false;
	}
	memcpy(s->expect, s->data.map, DATA_BYTES);
}

static void check_shared(struct test *t)
{
	if (!memcmp(t->expect_shared, t->shared.map, SHARED_BYTES))
		return;
	if (!t->is_told)
		printf("FAIL the shared object is wrong after batch %llu\n",
		       (unsigned long long)t->done - 1);
	t->is_told = true;
	t->wrong++;
	memcpy(t->expect_shared, t->shared.map, SHARED_BYTES);
}

bool run_group(struct test *t, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		start_batch(t, &t->slot[i]);
	for (unsigned int i = 0; i < n; i++)
		if (!bo_wait(&t->gpu, &t->slot[i].batch, WAIT_NS)) {
			printf("FAIL batch %llu on %s does not end\n",
			       (unsigned long long)t->slot[i].number,
			       engine_names[t->slot[i].b.engine]);
			return false;
		}
	for (unsigned int i = 0; i < n; i++)
		check(t, &t->slot[i]);
	check_shared(t);
	return true;
}

/* --- the program ---------------------------------------------------------- */

static bool run_all(struct test *t, uint64_t count)
{
	double told = seconds();

	while (t->done < count) {
		uint64_t left = count - t->done;

		if (!run_group(t, left < t->group ? (unsigned int)left :
			       t->group))
			return false;
		if (seconds() - told < TELL_SECONDS)
			continue;
		told = seconds();
		printf("drmtest: %llu batches\n", (unsigned long long)t->done);
		fflush(stdout);
	}
	return true;
}

static void print_engines(const struct test *t)
{
	printf("drmtest: %llu softpinned, the others relocated;",
	       (unsigned long long)t->softpinned);
	for (int e = 0; e < ENGINES; e++)
		if (t->engines & 1u << e)
			printf(" %s %llu", engine_names[e],
			       (unsigned long long)t->on_engine[e]);
	printf("\n");
}

static unsigned int engine_named(const char *name)
{
	for (int e = 0; e < ENGINES; e++)
		if (!strcmp(name, engine_names[e]))
			return 1u << e;
	die("no engine %s", name);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t val = strtoull(text, &end, 0);

	if (end == text || *end)
		die("%s is not a number", text);
	return val;
}

struct options {
	const char *node;
	uint64_t count;
	unsigned int engines;
	unsigned int hangs;
};

static void get_options(struct test *t, struct options *o, int argc,
			char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "group", required_argument, NULL, 'g' },
		{ "engine", required_argument, NULL, 'e' },
		{ "node", required_argument, NULL, 'n' },
		{ "hangs", required_argument, NULL, 'a' },
		{ "no-hang", no_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->count = number(optarg);
			break;
		case 's':
			t->seed = number(optarg);
			break;
		case 'g':
			t->group = (unsigned int)number(optarg);
			break;
		case 'e':
			o->engines = engine_named(optarg);
			break;
		case 'n':
			o->node = optarg;
			break;
		case 'a':
			o->hangs = (unsigned int)number(optarg);
			break;
		case 'H':
			o->hangs = 0;
			break;
		case 'h':
			usage();
			exit(0);
		default:
			exit(2);
		}
	}
	if (!t->group || t->group > MAX_GROUP)
		die("a group has 1 to %u batches", MAX_GROUP);
}

static void find_engines(struct test *t, unsigned int wanted)
{
	for (int e = 0; e < ENGINES; e++)
		if (gpu_has_engine(&t->gpu, (enum engine)e))
			t->engines |= 1u << e & wanted;
	if (!t->engines)
		die("no engine to test");
}

int main(int argc, char **argv)
{
	static struct test t = { .group = 64, .seed = 1 };
	struct options o = {
		.node = "/dev/dri/card0", .count = 10000, .engines = ~0u,
		.hangs = ~0u,
	};
	double since = seconds();
	bool ok;

	get_options(&t, &o, argc, argv);
	t.rng.state = t.seed;
	gpu_open(&t.gpu, o.node);
	find_engines(&t, o.engines);
	printf("drmtest: chip 0x%04x, gen %u, seed %llu, groups of %u\n",
	       t.gpu.chipset, t.gpu.gen, (unsigned long long)t.seed, t.group);
	set_up(&t);
	ok = run_all(&t, o.count);
	print_engines(&t);
	print_groups();
	ok = ok && test_hang(&t, o.hangs);
	printf("drmtest: %llu batches, %llu wrong, %.1f s\n",
	       (unsigned long long)t.done, (unsigned long long)t.wrong,
	       seconds() - since);
	return ok && !t.wrong ? 0 : 1;
}
