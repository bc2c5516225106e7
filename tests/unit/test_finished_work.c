// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sessions: two neighbours hang engines, reset their own work, and are destroyed
 * and created again, while a guest runs requests with batches of up to 18 ms. Each request
 * counts in memory how often its commands ran. Finished work of the guest must never run
 * again, and the guest must not be blamed for what its neighbours do.
 *
 * XENGT_TEST_SESSIONS: number of sessions on each platform; XENGT_TEST_SEED: a seed that
 * replaces the built-in one.
 *
 * promise: P20
 */
#include "random_sessions.h"
#include "residue_rig.h"
#include "gpu/gpu_sim_priv.h"

#include "xengt/types.h"

#include <errno.h>
#include <stdio.h>

#define SESSIONS	10u
#define SESSION_OPS	150u
#define FIRST_SEED	0x2545f4914f6cdd1dull

/* An arbitration point costs 50 ns; with this percentage it costs 20 us. */
#define COST_PERCENT	40000u
#define BATCH_POINTS	900u
#define WORK_PER_CALL	32u		/* number of commands in a step */
#define REQUESTS	40u		/* number of requests of a context, so few that its
					 * ring does not wrap */
#define CONTEXTS	2u

#define AT_COUNTS	120u		/* frame of the counts of context 0 */
#define BEFORE(i)	(2 * (i))	/* the two counts of request i in that frame */
#define AFTER(i)	(2 * (i) + 1)
#define SEQNO		1000u		/* dword with the number of finished requests */

#define MI_NOOP		0u
#define MI_USER_IRQ	0x01000000u
#define MI_ARB_CHECK	0x02800000u
#define MI_ARB_OFF	0x04000000u
#define MI_ARB_ON	0x04000001u
#define MI_BATCH_END	0x05000000u
#define MI_STORE_GGTT	0x10400002u
#define MI_INC_GGTT	0x17c00501u
#define MI_START_PPGTT	0x18800101u

static struct court *c;
static uint32_t engine;
static uint32_t requests[CONTEXTS];	/* number of requests of each context of the guest */
static bool is_open;			/* true: the guest's batches run with arbitration
					 * on */

static uint32_t count_addr(const struct court_guest *g, uint32_t n, uint32_t dword)
{
	return court_addr(g, AT_COUNTS + n) + 4 * dword;
}

/* Returns the address of a batch with this many arbitration points. */
static uint32_t batch_of(uint32_t points)
{
	return BATCH_VA + 4 * (BATCH_POINTS - points);
}

static void fill_batches(const struct court_guest *g)
{
	uint32_t *page = court_page(g, AT_BATCH);

	for (uint32_t i = 0; i < BATCH_POINTS; i++)
		page[i] = MI_ARB_CHECK;
	page[BATCH_POINTS] = MI_BATCH_END;
	/* a batch that never ends */
	page[BATCH_POINTS + 2] = MI_START_PPGTT;
	page[BATCH_POINTS + 3] = BATCH_VA + 4 * (BATCH_POINTS + 2);
	page[BATCH_POINTS + 4] = 0;
}

static void request(const struct court_guest *g, uint32_t n)
{
	uint32_t i = requests[n]++;
	uint32_t arb = is_open ? MI_NOOP : MI_ARB_OFF;

	COURT_EMIT(g, n, MI_INC_GGTT, count_addr(g, n, BEFORE(i)), 0, MI_NOOP);
	COURT_EMIT(g, n, arb, MI_START_PPGTT, batch_of(draw(BATCH_POINTS)), 0,
		   MI_ARB_ON, MI_NOOP);
	COURT_EMIT(g, n, MI_INC_GGTT, count_addr(g, n, AFTER(i)), 0, MI_NOOP);
	COURT_EMIT(g, n, MI_STORE_GGTT, count_addr(g, n, SEQNO), 0, i + 1);
	COURT_EMIT(g, n, MI_USER_IRQ, MI_NOOP);
}

static void guest_works(struct court_guest *g)
{
	uint32_t n = draw(CONTEXTS);
	int r;

	for (uint32_t i = draw(4); i && requests[n] < REQUESTS; i--)
		request(g, n);
	/* the module accepts more work for a busy context only if there is room */
	r = court_submit(g, n, engine);
	assert_true(!r || r == -EAGAIN);
}

/* A neighbour uses a new context each time, so its ring does not wrap, either. */
static void neighbour_works(struct court_guest *g)
{
	uint32_t n = draw(COURT_CONTEXTS);

	if (!court_state(g, n)[AT_TAIL] || one_in(4))
		court_context(g, n);
	fill_batches(g);
	COURT_EMIT(g, n, one_in(2) ? MI_NOOP : MI_ARB_OFF, MI_START_PPGTT,
		   one_in(6) ? BATCH_VA + 4 * (BATCH_POINTS + 2) :
			       batch_of(draw(100)), 0, MI_ARB_ON, MI_NOOP);
	court_submit(g, n, engine);
}

static void act(void)
{
	uint32_t index = 1 + draw(COURT_GUESTS - 1);
	struct court_guest *g = &c->guests[index];

	switch (draw(12)) {
	case 0:
	case 1:
		g->gpu->ops->engine_reset(g->gpu, 1u << engine);
		break;
	case 2:
		court_leave(c, index);
		court_join(c, index);
		break;
	case 3:
	case 4:
	case 5:
		neighbour_works(g);
		break;
	case 6:
	case 7:
	case 8:
		guest_works(&c->guests[0]);
		break;
	case 9:
		court_pump(c);
		break;
	default:
		/*
		 * let the engines run, so that they are in the middle of work when a
		 * neighbour acts
		 */
		for (uint32_t i = draw(20); i; i--)
			xengt_gpu_sim_exec_step(c->host);
		break;
	}
}

static bool is_finished(const struct court_guest *g)
{
	for (uint32_t n = 0; n < CONTEXTS; n++)
		if (court_page(g, AT_COUNTS + n)[SEQNO] != requests[n])
			return false;
	return true;
}

/* Runs the guest's work to its end, whatever its neighbours have left on the engine. */
static void finish(struct court_guest *g)
{
	for (uint32_t i = 0; !is_finished(g); i++) {
		assert_true(i < 100000);
		assert_int_equal(g->hung, 0);
		/* (requests that a busy context did not accept are not in this number) */
		for (uint32_t n = 0; n < CONTEXTS; n++)
			court_submit(g, n, engine);
		court_pump(c);
	}
}

/*
 * Checks that each command of the guest's rings ran once, even a command before a batch
 * that a neighbour may have interrupted.
 */
static void judge(const struct court_guest *g)
{
	for (uint32_t n = 0; n < CONTEXTS; n++)
		for (uint32_t i = 0; i < requests[n]; i++) {
			const uint32_t *counts = court_page(g, AT_COUNTS + n);

			assert_int_equal(counts[BEFORE(i)], 1);
			assert_int_equal(counts[AFTER(i)], 1);
		}
	assert_int_equal(g->hung, 0);
}

static uint32_t session(enum xengt_platform_id platform)
{
	struct xengt_sim_exec_opts opts;
	struct court_guest *g;

	c = court_open(platform, XENGT_SIM_STRICT_BYTES | XENGT_SIM_STRICT_IDLE |
		       XENGT_SIM_STRICT_EVENTS | XENGT_SIM_STRICT_CACHES |
		       (one_in(2) ? XENGT_SIM_STRICT_TORN : 0));
	xengt_sim_get_exec(c->sim, &opts);
	opts.cost_percent = COST_PERCENT;
	opts.work_per_call = WORK_PER_CALL;
	xengt_sim_set_exec(c->sim, &opts);
	/*
	 * (not the blitter: on Gen9 the module copies each batch of the blitter, and
	 * refuses a loop in a copied batch)
	 */
	engine = draw(3);
	is_open = one_in(3);
	memset(requests, 0, sizeof(requests));
	g = &c->guests[0];
	for (uint32_t i = 0; i < COURT_GUESTS; i++)
		fill_batches(&c->guests[i]);
	for (uint32_t i = 0; i < SESSION_OPS; i++)
		act();
	finish(g);
	judge(g);
	court_close(c);
	return requests[0] + requests[1];
}

static void sessions_on(enum xengt_platform_id platform)
{
	const uint64_t wanted = number_of("XENGT_TEST_SESSIONS", SESSIONS);
	uint64_t finished = 0;

	sessions_begin(FIRST_SEED);
	for (uint64_t i = 0; i < wanted; i++) {
		session_begins();
		finished += session(platform);
	}
	printf("%llu requests were finished\n", (unsigned long long)finished);
	assert_true(finished > wanted * 20);
}

int main(void)
{
	return sessions_main(sessions_on);
}
