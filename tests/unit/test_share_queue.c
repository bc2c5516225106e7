// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the queue of share.c with a model that has no heap. Accounts of 63 vGPUs enter,
 * leave, run, and get other shares at random, while the test's clock advances. After each step
 * the queue must give the same answers as the model, which searches all accounts.
 *
 * promise: P19
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/share.h"
#include "random_sessions.h"

#define ALL	XENGT_EXEC_VGPUS_MAX
#define STEPS	40000u
#define MS	UINT64_C(1000000)

/* The model's data of an account. */
struct model {
	uint64_t vtime, held_until, ran_ns, order;
	bool waits;
	bool is_ready;			/* true: the account waits, and its cap did not
					 * hold it when the model last looked */
};

static struct xengt_queue queue;
static struct xengt_account accounts[ALL];
static struct xengt_share shares[ALL];
static struct model models[ALL];
static uint64_t now, clock_ns, order;

static bool is_held(uint32_t i)
{
	return shares[i].cap && models[i].held_until > now;
}

static void begin_now(struct model *m)
{
	if (m->vtime < clock_ns)
		m->vtime = clock_ns;
}

/* Returns the ready account that is next, or -1 if there is none. */
static int first_ready(void)
{
	int best = -1;

	for (int i = 0; i < (int)ALL; i++)
		if (models[i].is_ready &&
		    (best < 0 || models[i].vtime < models[best].vtime ||
		     (models[i].vtime == models[best].vtime &&
		      models[i].order < models[best].order)))
			best = i;
	return best;
}

static uint64_t first_held(void)
{
	uint64_t at = XENGT_NEVER;

	for (uint32_t i = 0; i < ALL; i++)
		if (models[i].waits && !models[i].is_ready &&
		    models[i].held_until < at)
			at = models[i].held_until;
	return at;
}

/* ---- the random steps ---- */

static void enter(uint32_t i)
{
	struct model *m = &models[i];
	bool is_back = draw(16);

	xengt_queue_enter(&queue, &accounts[i], is_back, now);
	if (is_back)
		begin_now(m);
	m->order = ++order;
	m->waits = true;
	m->is_ready = !is_held(i);
}

static void leave(uint32_t i)
{
	xengt_queue_leave(&accounts[i]);
	models[i].waits = models[i].is_ready = false;
}

static void charge(uint32_t i)
{
	struct model *m = &models[i];
	uint64_t ns = draw(8) ? draw(3000000) : 0, least, begin;
	int next;

	/* less time passes than is charged, so that accounts use up their caps */
	now += ns / 32;
	queue.given = draw(4) ? XENGT_NEVER : clock_ns + draw(100000);
	xengt_queue_charge(&queue, &accounts[i], ns, now);
	if (!ns)
		return;
	m->ran_ns += ns;
	m->vtime += ns * 100 / shares[i].weight;
	if (shares[i].cap) {
		begin = now - ns - XENGT_CAP_CREDIT_MS * MS;
		if (m->held_until < begin)
			m->held_until = begin;
		m->held_until += ns * 100 / shares[i].cap;
	}
	m->is_ready = m->waits && !is_held(i);
	next = first_ready();
	least = m->vtime < queue.given ? m->vtime : queue.given;
	if (next >= 0 && models[next].vtime < least)
		least = models[next].vtime;
	if (clock_ns < least)
		clock_ns = least;
}

static void set_share(uint32_t i)
{
	struct model *m = &models[i];

	shares[i].weight = 1 + draw(1000);
	shares[i].cap = draw(3) ? 1 + draw(draw(2) ? 5 : 100) : 0;
	xengt_queue_renew(&queue, &accounts[i], now);
	if (m->waits && !m->is_ready)
		begin_now(m);
	m->is_ready = m->waits && !is_held(i);
}

static void let_time_pass(void)
{
	now += draw(100000);
	/*
	 * advance to the first held_until, from which on the cap does not hold the vGPU
	 * any more, or to just before this time
	 */
	if (!draw(2) && first_held() != XENGT_NEVER && first_held() > now)
		now = first_held();
	else if (!draw(2) && first_held() != XENGT_NEVER && first_held() > now + 1)
		now = first_held() - 1;
}

static void check(void)
{
	struct xengt_account *next = xengt_queue_next(&queue, now);
	int wanted;

	for (uint32_t i = 0; i < ALL; i++) {
		struct model *m = &models[i];

		if (!m->waits || m->is_ready || is_held(i))
			continue;
		begin_now(m);
		m->is_ready = true;
	}
	wanted = first_ready();
	assert_ptr_equal(next, wanted < 0 ? NULL : &accounts[wanted]);
	assert_true(xengt_queue_held_until(&queue) == first_held());
	assert_true(queue.vclock == clock_ns);
	for (uint32_t i = 0; i < ALL; i++) {
		assert_true(accounts[i].vtime == models[i].vtime);
		assert_true(accounts[i].held_until == models[i].held_until);
		assert_true(accounts[i].ran_ns == models[i].ran_ns);
		assert_int_equal(accounts[i].heap != NULL, models[i].waits);
		assert_int_equal(xengt_account_is_held(&accounts[i], now),
				 is_held(i));
	}
}

static void anything(void **state)
{
	uint32_t most = 0, held = 0;

	(void)state;
	draw_from(0x9e3779b97f4a7c15ull);
	now = 1000 * MS;
	xengt_queue_init(&queue);
	for (uint32_t i = 0; i < ALL; i++) {
		shares[i] = xengt_share_default();
		accounts[i].share = &shares[i];
	}
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t i = draw(ALL);

		switch (draw(8)) {
		case 0:
			set_share(i);
			break;
		case 1:
			let_time_pass();
			break;
		case 2:
		case 3:
			/* mostly charge the next account, so that the clock advances */
			charge(first_ready() >= 0 && draw(8) ?
			       (uint32_t)first_ready() : i);
			break;
		default:
			/* keep the queue mostly full, and sometimes empty it */
			if (models[i].waits && (step / 1000 % 4 == 3 || !draw(4)))
				leave(i);
			else if (!models[i].waits)
				enter(i);
			break;
		}
		if (step % 4)
			continue;
		check();
		if (queue.ready.n > most)
			most = queue.ready.n;
		held += queue.held.n != 0;
	}
	assert_true(most > ALL / 2);
	assert_true(held > STEPS / 20);
}

/* Accounts of equal virtual time have their turns in the order in which they entered. */
static void equal_ones_go_round(void **state)
{
	(void)state;
	memset(accounts, 0, sizeof(accounts));
	xengt_queue_init(&queue);
	assert_null(xengt_queue_next(&queue, 0));
	assert_true(xengt_queue_held_until(&queue) == XENGT_NEVER);
	for (uint32_t i = 0; i < ALL; i++) {
		shares[i] = xengt_share_default();
		accounts[i].share = &shares[i];
	}
	for (uint32_t i = 0; i < ALL; i++)
		xengt_queue_enter(&queue, &accounts[(i * 5) % ALL], true, 0);
	for (uint32_t i = 0; i < ALL; i++) {
		assert_ptr_equal(xengt_queue_next(&queue, 0),
				 &accounts[(i * 5) % ALL]);
		xengt_queue_leave(&accounts[(i * 5) % ALL]);
		/* leaving a second time has no effect, because the account does not wait */
		xengt_queue_leave(&accounts[(i * 5) % ALL]);
	}
	assert_null(xengt_queue_next(&queue, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anything),
		cmocka_unit_test(equal_ones_go_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
