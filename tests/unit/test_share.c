/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how much of an engine's time each vGPU gets (docs/design/013), in the simulator's
 * virtual time. Batches take 0.1 to 50 ms, and a share is measured over the time of at
 * least 200 of the longest batches.
 *
 * promise: P19
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "share_rig.h"

#define LONGEST_US	50000u
#define WINDOW_MS	10000u
#define SLICE_MS	5u
#define TIMEOUT_MS	1000u

#define MIXED		{ SHARE_BUSY, 100, LONGEST_US, 8, false }
#define SHORT		{ SHARE_BUSY, 100, 1000, 8, false }
#define LONG		{ SHARE_BUSY, LONGEST_US / 2, LONGEST_US, 2, false }
/* A guest that submits as many of the shortest batches as fit into a ring. */
#define FLOOD		{ SHARE_BUSY, 1, 1, 60, false }
#define LOOP		{ SHARE_LOOP, 0, 0, 1, false }
#define IDLE		{ SHARE_IDLE, 0, 0, 0, false }

static struct xengt_share share_of(uint32_t weight, uint32_t cap)
{
	struct xengt_share share = xengt_share_default();

	share.weight = weight;
	share.cap = cap;
	return share;
}

static enum xengt_platform_id platform_of(void **state)
{
	return *(const enum xengt_platform_id *)*state;
}

static void expect_near(const char *what, double is, double wanted,
			double within)
{
	print_message("%s: %.4f, wanted %.4f\n", what, is, wanted);
	/* the comparison is negated, so that a NaN does not count as near */
	if (!(fabs(is - wanted) <= within * wanted))
		fail_msg("%s: %.4f is not within %.1f %% of %.4f", what, is,
			 100 * within, wanted);
}

/* Makes a world, and lets it reach a steady state. */
static struct share_world *begin(void **state, const struct share_work *work,
				 uint32_t n)
{
	struct share_world *w = share_create(platform_of(state), work, n);

	share_run(w, 500);
	share_forget(w);
	return w;
}

/*
 * Checks the longest waiting times. A guest that has work waits at most for one turn of each
 * other guest. Such a turn may be two timeslices long, if that guest has had less time than the
 * others. If the engine cannot switch contexts inside a batch, a turn may end late: when the
 * present batch ends, or one batch later if the module had just written the ports for another
 * reason.
 */
static void expect_waits(void **state, const struct share_world *w)
{
	const struct xengt_platform *platform =
		xengt_platform_get(platform_of(state));
	const uint64_t each = platform->leaves_batches ?
		2 * SLICE_MS + 1 : SLICE_MS + 2 * LONGEST_US / 1000;
	const uint64_t most = (w->n - 1) * each * SHARE_MS;

	for (uint32_t i = 0; i < w->n; i++) {
		uint64_t is = w->guests[i].longest_wait_ns;

		if (is > most)
			fail_msg("guest %u waited for %llu us, expected at most %llu us", i,
				 (unsigned long long)is / 1000,
				 (unsigned long long)most / 1000);
	}
}

/* ---- weights ---- */

static void weighted(void **state, const uint32_t *weights)
{
	const struct share_work work[] = { MIXED, MIXED, MIXED };
	struct share_world *w = share_create(platform_of(state), work, 3);

	for (uint32_t i = 0; i < 3; i++)
		share_set(&w->guests[i], share_of(weights[i], 0));
	share_run(w, 500);
	share_forget(w);
	share_run(w, 2 * WINDOW_MS);
	for (uint32_t i = 0; i < 3; i++)
		expect_near("a weighted share", share_part(w, i),
			    weights[i] / 700.0, 0.02);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(w->guests[i].hangs, 0);
	share_destroy(w);
}

static void weights_are_ratios_of_time(void **state)
{
	weighted(state, (const uint32_t[]){ 100, 200, 400 });
	weighted(state, (const uint32_t[]){ 400, 200, 100 });
}

/* A weight has an effect from the moment at which it is set. */
static void a_weight_changes(void **state)
{
	const struct share_work work[] = { SHORT, SHORT };
	struct share_world *w = begin(state, work, 2);

	share_run(w, 1000);
	expect_near("before", share_part(w, 0), 0.5, 0.02);
	share_set(&w->guests[0], share_of(300, 0));
	share_forget(w);
	share_run(w, 1000);
	expect_near("after", share_part(w, 0), 0.75, 0.02);
	share_destroy(w);
}

/* ---- guests that want more than others ---- */

static void lengths_do_not_count(void **state)
{
	static const struct share_work works[][2] = {
		{ SHORT, LONG }, { LONG, SHORT },
	};

	for (uint32_t i = 0; i < 2; i++) {
		struct share_world *w = begin(state, works[i], 2);

		share_run(w, WINDOW_MS);
		expect_near("short beside long", share_part(w, 0), 0.5, 0.02);
		expect_waits(state, w);
		share_destroy(w);
	}
}

static double jain(const struct share_world *w)
{
	double sum = 0, squares = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		sum += share_part(w, i);
		squares += share_part(w, i) * share_part(w, i);
	}
	return sum * sum / (w->n * squares);
}

static void a_flooder_gets_its_share(void **state)
{
	static const struct share_work works[][4] = {
		{ FLOOD, MIXED, SHORT, LONG }, { LONG, SHORT, MIXED, FLOOD },
	};

	for (uint32_t i = 0; i < 2; i++) {
		struct share_world *w = begin(state, works[i], 4);

		share_run(w, WINDOW_MS);
		print_message("Jain's index: %.5f\n", jain(w));
		assert_true(jain(w) >= 0.999);
		expect_waits(state, w);
		share_destroy(w);
	}
}

static void idle_guests_cost_nothing(void **state)
{
	const struct share_work work[] = { IDLE, MIXED, IDLE, IDLE, IDLE };
	struct share_world *w = begin(state, &work[1], 1);
	uint64_t alone;

	share_run(w, 10000);
	alone = w->guests[0].used_ns;
	share_destroy(w);
	w = begin(state, work, 5);
	share_run(w, 10000);
	expect_near("beside idle ones", (double)w->guests[1].used_ns,
		    (double)alone, 0.01);
	share_destroy(w);
}

/* ---- guests with endless work ---- */

static void what_runs_alone_is_not_ended(void **state)
{
	const struct share_work work[] = { { SHARE_ONCE, 0, 2000000, 1, false } };
	struct share_world *w = share_create(platform_of(state), work, 1);

	share_run(w, 2500);
	assert_int_equal(w->guests[0].completions, 1);
	assert_int_equal(w->guests[0].hangs, 0);
	assert_true(w->guests[0].used_ns > 1950 * SHARE_MS);
	share_destroy(w);
}

/*
 * Returns the time in ns that a guest gets if an equal guest competes with it, in a period of
 * 'ns'.
 */
static double beside_an_equal(void **state, uint64_t ns)
{
	const struct share_work work[] = { MIXED, MIXED };
	struct share_world *w = begin(state, work, 2);
	double used;

	share_run(w, (uint32_t)(ns / SHARE_MS));
	used = (double)w->guests[0].used_ns;
	share_destroy(w);
	return used;
}

static void who_hangs_pays(void **state)
{
	static const struct share_work works[][2] = {
		{ MIXED, LOOP }, { LOOP, MIXED },
	};

	for (uint32_t i = 0; i < 2; i++) {
		struct share_world *w =
			share_create(platform_of(state), works[i], 2);
		const struct share_guest *victim = &w->guests[i];
		uint64_t since;
		double used;

		/* measure from the end of the first hang to the end of the last hang */
		while (!w->guests[1 - i].hangs)
			share_run(w, 1);
		share_forget(w);
		since = xengt_sim_time(w->sim);
		share_run_until_stopped(w, 1 - i);
		since = xengt_sim_time(w->sim) - since;
		assert_int_equal(w->guests[1 - i].hangs, XENGT_SHARE_STOP);
		assert_int_equal(w->guests[1 - i].overruns, XENGT_SHARE_STOP);
		assert_true(victim->longest_wait_ns <
			    (SLICE_MS + TIMEOUT_MS + 2) * SHARE_MS);
		used = (double)victim->used_ns;
		assert_true(used >= 0.95 * beside_an_equal(state, since));
		/* when the hanging guest has been stopped, the victim gets all the time */
		share_forget(w);
		share_run(w, 2000);
		assert_true(victim->used_ns > 1990 * SHARE_MS);
		assert_int_equal(victim->hangs, 0);
		share_destroy(w);
	}
}

/*
 * The guest resets its engine before the timeout, so its work never counts as hung. But the
 * guest is charged for the time.
 */
static void who_resets_itself_pays(void **state)
{
	const struct share_work work[] = {
		MIXED, { SHARE_RESETS, 0, 900000, 1, false },
	};
	struct share_world *w = begin(state, work, 2);

	share_run(w, WINDOW_MS);
	assert_int_equal(w->guests[1].hangs, 0);
	assert_true((double)w->guests[0].used_ns >=
		    0.95 * beside_an_equal(state, WINDOW_MS * SHARE_MS));
	assert_true(w->guests[0].longest_wait_ns <
		    (SLICE_MS + TIMEOUT_MS) * SHARE_MS);
	share_destroy(w);
}

/* ---- caps ---- */

static void a_cap(void **state)
{
	static const struct share_work works[][2] = {
		{ MIXED, IDLE }, { SHORT, IDLE }, { MIXED, MIXED },
		{ SHORT, LONG },
	};

	for (uint32_t i = 0; i < 4; i++) {
		struct share_world *w =
			share_create(platform_of(state), works[i], 2);
		const uint32_t ms = 2 * WINDOW_MS;

		share_set(&w->guests[0], share_of(100, 20));
		share_run(w, 500);
		share_forget(w);
		share_run(w, ms);
		expect_near("a cap of 20 %",
			    (double)w->guests[0].used_ns /
			    (double)(ms * SHARE_MS), 0.2, 0.02);
		if (works[i][1].kind == SHARE_BUSY)
			expect_near("the rest",
				    (double)w->guests[1].used_ns /
				    (double)(ms * SHARE_MS), 0.8, 0.02);
		assert_int_equal(w->guests[0].hangs, 0);
		share_destroy(w);
	}
}

/* ---- shares that the administrator sets ---- */

static void a_share_that_is_none_is_refused(void **state)
{
	static const struct xengt_set_share most = {
		.weight = 1000, .cap = 100, .slice_ms = 100,
		.timeout_ms = 10000, .stop = 1000,
	}, least = { .weight = 1, .slice_ms = 1, .timeout_ms = 10 };
	const struct {
		size_t field;
		uint32_t value;
	} bad[] = {
#define F(f) offsetof(struct xengt_set_share, f)
		{ F(flags), 1 }, { F(pad), 1 }, { F(weight), 0 },
		{ F(weight), 1001 }, { F(cap), 101 }, { F(slice_ms), 0 },
		{ F(slice_ms), 101 }, { F(timeout_ms), 9 },
		{ F(timeout_ms), 10001 }, { F(stop), 1001 },
		{ F(weight), ~0u }, { F(cap), ~0u }, { F(slice_ms), ~0u },
		{ F(timeout_ms), ~0u }, { F(stop), ~0u },
#undef F
	};
	struct xengt_share share, kept;

	(void)state;
	assert_int_equal(xengt_share_parse(&most, &share), 0);
	assert_int_equal(share.slice_ns, 100 * SHARE_MS);
	assert_int_equal(share.timeout_ns, 10000 * SHARE_MS);
	assert_int_equal(xengt_share_parse(&least, &share), 0);
	kept = share;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct xengt_set_share wish = most;

		memcpy((char *)&wish + bad[i].field, &bad[i].value, 4);
		assert_int_equal(xengt_share_parse(&wish, &share), -EINVAL);
		assert_memory_equal(&share, &kept, sizeof(share));
	}
}

static enum xengt_platform_id platforms[] = {
	XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
};

#define both(f) \
	{ .name = #f " (bdw)", .test_func = f, .initial_state = &platforms[0] }, \
	{ .name = #f " (skl)", .test_func = f, .initial_state = &platforms[1] }

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(weights_are_ratios_of_time),
		both(a_weight_changes),
		both(lengths_do_not_count),
		both(a_flooder_gets_its_share),
		both(idle_guests_cost_nothing),
		both(what_runs_alone_is_not_ended),
		both(who_hangs_pays),
		both(who_resets_itself_pays),
		both(a_cap),
		cmocka_unit_test(a_share_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
