// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the attacks of tests/hostile_table.c in one process, beside a guest whose memory must
 * not change (tests/e2e/t-27-hostile.sh makes them on real Xen). The oracle of submission
 * checks each submission. In the races a second thread rewrites what the boundary copies, as
 * a second vCPU does, but on a processor of its own.
 *
 * XENGT_TEST_SUBMISSIONS: number of submissions in a race; XENGT_TEST_SEED: the seed of what the
 * second thread stores.
 *
 * promise: P12
 */
#include <pthread.h>
#include <stdio.h>

#include "guest_rig.h"
#include "hostile_attacks.h"
#include "random_sessions.h"

#define PATTERN		0x600d0000u
#define RACES		3000u
#define POOL		256u		/* the hostile guest's first frame for the GPU */

struct duel {
	struct guest evil, victim;
	struct evil e;
	bool is_racing;
	uint64_t seed;
};

/* ---- the hostile guest's processor ---- */

static uint32_t op_rd(void *ctx, uint32_t off)
{
	return guest_rd(&((struct duel *)ctx)->evil, off);
}

static void op_wr(void *ctx, uint32_t off, uint32_t val)
{
	guest_wr(&((struct duel *)ctx)->evil, off, 4, val);
}

static void op_wr64(void *ctx, uint32_t off, uint64_t val)
{
	guest_wr(&((struct duel *)ctx)->evil, off, 8, val);
}

static uint32_t op_get(void *ctx, uint32_t page, uint32_t dword)
{
	return get(&((struct duel *)ctx)->evil, POOL + page, dword);
}

static void op_put(void *ctx, uint32_t page, uint32_t dword, uint32_t val)
{
	put(&((struct duel *)ctx)->evil, POOL + page, dword, val);
}

static void op_put64(void *ctx, uint32_t page, uint32_t i, uint64_t val)
{
	store(&((struct duel *)ctx)->evil, POOL + page, i, val);
}

static void op_pause(void *ctx)
{
	struct duel *d = ctx;

	xengt_vgpu_handle_events(d->evil.vgpu);
	xengt_vgpu_handle_events(d->victim.vgpu);
}

static void op_say(void *ctx, const char *line)
{
	(void)ctx;
	if (!strncmp(line, "not ok", 6))
		print_message("%s\n", line);
}

static const struct evil_ops ops = {
	.rd = op_rd, .wr = op_wr, .wr64 = op_wr64, .get = op_get,
	.put = op_put, .put64 = op_put64, .pause = op_pause, .say = op_say,
};

/* ---- fixtures ---- */

static int setup(void **state, enum xengt_platform_id platform)
{
	struct duel *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	assert_int_equal(xengt_fake_machine_create(RAM * 3, &d->evil.machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(d->evil.machine, platform,
						   &d->evil.host), 0);
	xengt_gpu_sim_host_hang_bound(d->evil.host, 20);
	d->victim.machine = d->evil.machine;
	d->victim.host = d->evil.host;
	guest_begin(&d->evil, platform, 7, (struct guest_share){ LOW_MIB, 4, 4 });
	guest_begin(&d->victim, platform, 8, (struct guest_share){ LOW_MIB, 0, 4 });
	for (uint32_t i = 0; i < XENGT_PAGE_SIZE / 4; i++) {
		put(&d->victim, HWSP, i, PATTERN + i);
		put(&d->victim, DATA, i, PATTERN + i);
	}
	d->e = (struct evil){
		.ops = &ops, .ctx = d, .gpa = (uint64_t)POOL * XENGT_PAGE_SIZE,
		.victim = d->victim.low, .patience = 20000,
		.seed = number_of("XENGT_TEST_SEED", 1),
		.is_gen9 = platform != XENGT_PLATFORM_BDW,
	};
	assert_true(evil_begin(&d->e));
	*state = d;
	return 0;
}

static int setup_skl(void **state)
{
	return setup(state, XENGT_PLATFORM_SKL);
}

static int setup_bdw(void **state)
{
	return setup(state, XENGT_PLATFORM_BDW);
}

static int teardown(void **state)
{
	struct duel *d = *state;

	assert_int_equal(xengt_gpu_sim_host_wrong_entries(d->evil.host), 0);
	guest_end(&d->evil);
	guest_end(&d->victim);
	xengt_gpu_sim_host_destroy(d->evil.host);
	xengt_fake_machine_destroy(d->evil.machine);
	free(d);
	return 0;
}

static void victim_is_whole(struct duel *d)
{
	for (uint32_t i = 0; i < XENGT_PAGE_SIZE / 4; i++) {
		assert_int_equal(get(&d->victim, HWSP, i), PATTERN + i);
		assert_int_equal(get(&d->victim, DATA, i), PATTERN + i);
	}
}

static void counters_are(const struct duel *d, const struct evil_counts *want)
{
	const struct xengt_counters *c = &d->evil.vgpu->counters;
	const uint64_t kinds[EVIL_KINDS] = {
		[EVIL_UNKNOWN] = c->refused_unknown,
		[EVIL_FORBIDDEN] = c->refused_forbidden,
		[EVIL_LENGTH] = c->refused_length,
		[EVIL_ADDRESS] = c->refused_address,
		[EVIL_REGISTER] = c->refused_register,
		[EVIL_BAD_BATCH] = c->refused_batch,
		[EVIL_LIMIT] = c->refused_limit,
		[EVIL_BAD_CONTEXT] = c->refused_context,
	};

	for (uint32_t i = 1; i < EVIL_KINDS; i++)
		assert_int_equal(kinds[i], want->kind[i]);
	assert_int_equal(c->refused, want->refused);
	assert_int_equal(c->hangs + c->overruns, want->ended);
	assert_true(c->fence_refused >= want->fences);
	assert_true(c->ggtt_outside >= want->outside);
	assert_true(c->ggtt_scratched >= want->scratched);
	assert_true(c->user_interrupts >= want->interrupts);
}

/* ---- the tests ---- */

static void every_attack_on_every_engine(void **state)
{
	struct duel *d = *state;
	struct evil_counts counts = { 0 };

	assert_true(evil_table(&d->e, true, &counts));
	assert_int_equal(counts.failed, 0);
	assert_true(counts.run > evil_attacks_count);
	counters_are(d, &counts);
	victim_is_whole(d);
}

/* Each kind of refusal occurs in the table, and no engine has two attacks of one name. */
static void the_table_is_whole(void **state)
{
	struct evil_counts counts = { 0 };

	(void)state;
	for (uint32_t i = 0; i < evil_attacks_count; i++) {
		const struct evil_attack *a = &evil_attacks[i];

		assert_true(a->run || a->shape || a->n);
		assert_true(a->run || a->outcome);
		if (a->outcome < EVIL_KINDS)
			counts.kind[a->outcome]++;
		for (uint32_t k = 0; k < i; k++)
			assert_false(!strcmp(a->name, evil_attacks[k].name) &&
				     a->engines & evil_attacks[k].engines);
	}
	for (uint32_t i = 1; i < EVIL_KINDS; i++)
		assert_true(counts.kind[i]);
}

static void *rewrite(void *arg)
{
	struct duel *d = arg;

	while (__atomic_load_n(&d->is_racing, __ATOMIC_RELAXED))
		evil_rewrite(&d->e, &d->seed);
	return NULL;
}

/* Stores of the second processor do not exit: a store to a protected page is dropped. */
static void other_put(void *ctx, uint32_t page, uint32_t dword, uint32_t val)
{
	xengt_hv_fake_store(((struct duel *)ctx)->evil.fake,
			    (uint64_t)(POOL + page) * XENGT_PAGE_SIZE + 4 * dword,
			    4, val);
}

static void other_put64(void *ctx, uint32_t page, uint32_t i, uint64_t val)
{
	xengt_hv_fake_store(((struct duel *)ctx)->evil.fake,
			    (uint64_t)(POOL + page) * XENGT_PAGE_SIZE + 8 * i,
			    8, val);
}

static uint32_t other_get(void *ctx, uint32_t page, uint32_t dword)
{
	uint64_t val = 0;

	xengt_hv_fake_load(((struct duel *)ctx)->evil.fake,
			   (uint64_t)(POOL + page) * XENGT_PAGE_SIZE + 4 * dword,
			   4, &val);
	return (uint32_t)val;
}

static const struct evil_ops other_ops = {
	.get = other_get, .put = other_put, .put64 = other_put64,
};

/*
 * While a second processor rewrites everything, anything may be refused or run, but only what
 * the audit approved runs (the oracle), and nothing reaches the victim. Afterwards each engine
 * works for both guests.
 */
static void a_second_processor_rewrites(void **state)
{
	struct duel *d = *state;
	struct duel other = {
		.evil = d->evil, .e = d->e, .is_racing = true,
		.seed = number_of("XENGT_TEST_SEED", 7),
	};
	const uint32_t races = (uint32_t)number_of("XENGT_TEST_SUBMISSIONS", RACES);
	pthread_t thread;
	uint32_t done = 0;

	/* no loop may count as a hang, because so many hangs would end the vGPU for good */
	xengt_gpu_sim_host_hang_bound(d->evil.host, 3600000);
	other.e.ops = &other_ops;
	other.e.ctx = &other;
	assert_int_equal(pthread_create(&thread, NULL, rewrite, &other), 0);
	assert_true(evil_race(&d->e, races, &done));
	__atomic_store_n(&other.is_racing, false, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	print_message("%u of %u submissions ran to their end\n", done, races);
	assert_true(done);
	assert_int_equal(d->evil.vgpu->counters.hangs, 0);
	victim_is_whole(d);
	for (uint32_t i = 0; i < EVIL_ENGINES; i++)
		assert_true(evil_reset(&d->e, i));
	assert_true(evil_begin(&d->e));
	for (uint32_t i = 0; i < EVIL_ENGINES; i++)
		assert_true(evil_witness(&d->e, i));
	emit_store(&d->victim, 0, 0, 0x1234);
	put(&d->victim, HWSP, 0x1f, 5);
	elsp(&d->victim, desc_of(&d->victim, 0), 0);
	assert_true(wait_slot(&d->victim, 1));
	assert_int_equal(get(&d->victim, DATA, 0), 0x1234);
}

#define skl(f) cmocka_unit_test_setup_teardown(f, setup_skl, teardown)
#define bdw(f) { .name = #f " (bdw)", .test_func = f, .setup_func = setup_bdw, \
		 .teardown_func = teardown }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		skl(every_attack_on_every_engine),
		bdw(every_attack_on_every_engine),
		skl(a_second_processor_rewrites),
		bdw(a_second_processor_rewrites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
