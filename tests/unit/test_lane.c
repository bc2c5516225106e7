/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares the functions of lane.c with their contracts (lane.h, exec.h), in random states of
 * an engine: three vGPUs with contexts in the ports and in the queue. Times and virtual times
 * are small numbers, so that equal ones are frequent. The test plays the clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/bnd_hw.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/lane.h"
#include "boundary/share.h"
#include "random_sessions.h"
#include "xengt/limits.h"

#define VGPUS	3u
#define SEED	UINT64_C(2026)
#define STATES	16000u
#define FEW	4u			/* virtual times and short times are below this */
#define MS	UINT64_C(1000000)
#define RELOAD	(XENGT_RELOAD_MS * MS)

static struct xengt_sched *sched;
static struct xengt_engine *engine;
static struct xengt_exec *execs[VGPUS];
static struct xengt_hw hw;
static uint64_t now;

static uint64_t read_clock(void *ctx)
{
	(void)ctx;
	return now;
}

static uint64_t never_away(struct xengt_sched *s, const struct xengt_engine *e)
{
	assert_ptr_equal(s, sched);
	assert_ptr_equal(e, engine);
	return 0;
}

static const struct xengt_hw_ops ops = { .now_ns = read_clock };
static const struct xengt_engine_ops engine_ops = { .away_ns = never_away };

static struct xengt_lane *lane(uint32_t i)
{
	return &execs[i]->lanes[engine->id];
}

static struct xengt_account *account(uint32_t i)
{
	return &lane(i)->account;
}

static void make_vgpu(uint32_t i)
{
	struct xengt_exec *exec = execs[i];

	memset(exec, 0, sizeof(*exec));
	exec->sched = sched;
	exec->share = (struct xengt_share){
		.weight = XENGT_SHARE_WEIGHT, .slice_ns = draw(FEW), .timeout_ns = 4 * draw(FEW),
	};
	exec->kept_since = draw(FEW);
	exec->kept_mark = draw(FEW);
	account(i)->share = &exec->share;
	account(i)->vtime = draw(FEW);
	for (uint32_t k = 0; k < XENGT_EXEC_SLOTS; k++) {
		struct xengt_slot *slot = &lane(i)->slots[k];

		slot->exec = exec;
		slot->engine = engine->id;
		slot->since = draw(FEW);
		slot->load_no = draw(FEW);
		slot->is_leaving = one_in(4);
	}
}

static struct xengt_slot *any_slot(void)
{
	struct xengt_slot *slot = &lane(draw(VGPUS))->slots[draw(XENGT_EXEC_SLOTS)];

	return one_in(4) ? NULL : slot;
}

/* Put contexts into the ports; a context in 'pending' alone does not run yet. */
static void fill_ports(void)
{
	struct xengt_slot *first;

	engine->active.slot[0] = any_slot();
	engine->active.slot[1] = engine->active.slot[0] ? any_slot() : NULL;
	engine->has_pending = one_in(2);
	engine->pending.slot[0] = any_slot();
	engine->pending.slot[1] = any_slot();
	first = engine->active.slot[0];
	if (!first && engine->has_pending)
		first = engine->pending.slot[0];
	engine->running = first ? &first->exec->lanes[engine->id] : NULL;
}

/* Make a random state of the engine in which it runs a context if 'runs' is set. */
static void make_state(bool runs)
{
	memset(sched->engines, 0, sizeof(sched->engines));
	sched->hw = &hw;
	sched->hang_ns = 4 * draw(FEW);
	now = 100 + draw(FEW);
	for (uint32_t e = 0; e < XENGT_ENGINES; e++)
		xengt_queue_init(&sched->engines[e].queue);
	engine = &sched->engines[draw(XENGT_ENGINES)];
	engine->id = (enum xengt_engine_id)(engine - sched->engines);
	for (uint32_t i = 0; i < VGPUS; i++)
		make_vgpu(i);
	do
		fill_ports();
	while (runs && !engine->running);
	for (uint32_t i = 0; i < VGPUS; i++)
		if (one_in(2))
			xengt_queue_enter(&engine->queue, account(i), false, now);
	engine->charged_at = now;
	engine->clock_at = now;
	engine->awaited = one_in(4);
	engine->turn_since = now - draw(FEW);
	engine->contended_since = one_in(2) ? now - draw(FEW) : 0;
	engine->overdue_since = one_in(2) ? now - draw(FEW) : 0;
}

/* ---- the contracts ---- */

static bool is_in(const struct xengt_slot *slot, uint32_t i)
{
	return slot && slot->exec == execs[i];
}

static bool runs(uint32_t i)
{
	return engine->running == lane(i);
}

/* Does another vGPU wait: in the second port, in the pending ports, or in the queue? */
static bool another_waits(void)
{
	for (uint32_t i = 0; i < VGPUS; i++) {
		if (runs(i))
			continue;
		if (is_in(engine->active.slot[1], i) ||
		    account(i)->heap == &engine->queue.ready)
			return true;
		for (uint32_t k = 0; k < 2; k++)
			if (engine->has_pending && is_in(engine->pending.slot[k], i))
				return true;
	}
	return false;
}

/* May the vGPU run instead of the running one, as far as its virtual time allows? */
static bool is_rival(uint32_t i)
{
	const struct xengt_slot *second = engine->active.slot[1];

	return !runs(i) && account(i)->vtime < engine->running->account.vtime &&
	       (account(i)->heap == &engine->queue.ready ||
		(is_in(second, i) && !second->is_leaving));
}

/* The virtual time of the best rival, or XENGT_NEVER. */
static uint64_t best_rival(void)
{
	uint64_t least = XENGT_NEVER;

	for (uint32_t i = 0; i < VGPUS; i++)
		if (is_rival(i) && account(i)->vtime < least)
			least = account(i)->vtime;
	return least;
}

static void check_rival(void)
{
	const struct xengt_account *rival = xengt_lane_rival(engine);
	bool found = false;

	if (!rival) {
		assert_int_equal(best_rival(), XENGT_NEVER);
		return;
	}
	assert_int_equal(rival->vtime, best_rival());
	for (uint32_t i = 0; i < VGPUS; i++)
		found |= rival == account(i) && is_rival(i);
	assert_true(found);
}

static void a_rival_is_before_the_running_vgpu(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES; n++) {
		make_state(true);
		check_rival();
	}
}

/*
 * A turn ends after the timeslice, or at once if somebody waits for a vGPU to leave the engine
 * (awaited). It is then overdue, except if no other vGPU should run.
 */
static void a_turn_ends_only_for_another_vgpu(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES; n++) {
		uint64_t turn, contended, overdue;
		bool is_over, goes_on;

		make_state(true);
		turn = engine->turn_since;
		contended = engine->contended_since;
		overdue = engine->overdue_since;
		is_over = engine->awaited ||
			  now >= turn + engine->running->account.share->slice_ns;
		goes_on = !engine->awaited && !engine->has_pending && best_rival() == XENGT_NEVER;
		if (!another_waits()) {
			contended = overdue = 0;
		} else {
			if (!contended)
				contended = now;
			if (is_over && goes_on)
				turn = now;
			if (!is_over || goes_on)
				overdue = 0;
			else if (!overdue)
				overdue = now;
		}
		xengt_lane_note_turn(engine);
		assert_int_equal(engine->turn_since, turn);
		assert_int_equal(engine->contended_since, contended);
		assert_int_equal(engine->overdue_since, overdue);
	}
}

/* The time of the reload: XENGT_RELOAD_MS after the first frame was kept, if one waits. */
static uint64_t reload_time(void)
{
	const struct xengt_slot *first = engine->active.slot[0];

	if (engine->id != XENGT_ENGINE_RCS || !first || !first->exec->kept_since ||
	    first->load_no > first->exec->kept_mark)
		return XENGT_NEVER;
	return first->exec->kept_since + RELOAD;
}

static void kept_frames_wait_for_a_reload(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES; n++) {
		make_state(false);
		assert_int_equal(xengt_lane_reload_at(engine), reload_time());
	}
}

/*
 * The engine is looked at again at the earliest of these times: the end of a hold, the reload,
 * a quarter of the time in which work must move, the end of this time, the end of the turn, and
 * the end of the time in which the work must leave the engine. The work's times are times of the
 * engine's clock, which stands still while dom0's driver has the engine.
 */
static uint64_t deadline(void)
{
	const struct xengt_share *share;
	const uint64_t behind = now - engine->clock_at;
	uint64_t times[6], least = XENGT_NEVER, since;
	uint32_t n = 0;

	for (uint32_t i = 0; i < VGPUS; i++)
		if (account(i)->heap == &engine->queue.held && account(i)->held_until < least)
			least = account(i)->held_until;
	if (!engine->running)
		return least;
	share = engine->running->account.share;
	if (reload_time() > now)
		times[n++] = reload_time();
	if (!engine->contended_since) {
		times[n++] = now + sched->hang_ns / 4;
	} else {
		since = engine->seen_at > engine->contended_since ? engine->seen_at :
								    engine->contended_since;
		times[n++] = now + share->timeout_ns / 4;
		if (engine->seen_slot && since + behind + share->timeout_ns > now)
			times[n++] = since + behind + share->timeout_ns;
		times[n++] = behind + (engine->overdue_since ?
				       engine->overdue_since + share->timeout_ns :
				       engine->turn_since + share->slice_ns);
	}
	while (n--)
		if (times[n] < least)
			least = times[n];
	return least;
}

static void the_deadline_is_the_first_of_its_reasons(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES; n++) {
		make_state(false);
		/* the times in which work must move are longer than the others */
		for (uint32_t i = 0; i < VGPUS; i++) {
			execs[i]->share.timeout_ns = 4 * draw(3 * FEW);
			execs[i]->share.slice_ns = draw(12 * FEW);
			if (one_in(4))
				execs[i]->kept_since = now - RELOAD + 1 - draw(FEW) + draw(FEW);
			if (account(i)->heap && one_in(2)) {
				execs[i]->share.cap = 50;
				account(i)->held_until = now + draw(4 * FEW);
				xengt_queue_renew(&engine->queue, account(i), now);
			}
		}
		sched->hang_ns = 4 * draw(3 * FEW);
		engine->clock_at -= one_in(2) ? 0 : draw(4 * FEW);
		engine->seen_slot = one_in(3) ? NULL : &lane(0)->slots[0];
		engine->seen_at = now - draw(12 * FEW);
		if (engine->contended_since)
			engine->contended_since -= draw(12 * FEW);
		assert_int_equal(xengt_lane_deadline(sched, engine, now), deadline());
	}
}

/* ---- the running vGPU and its time ---- */

static void only_the_running_vgpu_is_charged(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES / 10; n++) {
		uint32_t ns = draw(FEW);

		make_state(false);
		now += ns;
		xengt_lane_charge(sched, engine);
		assert_int_equal(engine->charged_at, now);
		for (uint32_t i = 0; i < VGPUS; i++)
			assert_int_equal(account(i)->ran_ns, runs(i) ? ns : 0);
	}
}

/*
 * The least virtual time of the vGPUs whose contexts are in the ports and that do not run, or
 * XENGT_NEVER.
 */
static uint64_t least_in_ports(const struct xengt_lane *running)
{
	uint64_t least = XENGT_NEVER;

	for (uint32_t i = 0; i < VGPUS; i++) {
		bool is_there = is_in(engine->active.slot[0], i) ||
				is_in(engine->active.slot[1], i) ||
				(engine->has_pending && (is_in(engine->pending.slot[0], i) ||
							 is_in(engine->pending.slot[1], i)));

		if (is_there && lane(i) != running && account(i)->vtime < least)
			least = account(i)->vtime;
	}
	return least;
}

/*
 * The queue's clock after the charge of the vGPU that ran before: the least virtual time of the
 * vGPUs that have work. The clock never goes back. 'given' is the least virtual time in the
 * ports before or after the change.
 */
static uint64_t clock_after(uint64_t clock, const struct xengt_lane *before, uint64_t given)
{
	uint64_t least = given;

	if (!before)
		return clock;
	if (before->account.vtime < least)
		least = before->account.vtime;
	for (uint32_t i = 0; i < VGPUS; i++)
		if (account(i)->heap && account(i)->vtime < least)
			least = account(i)->vtime;
	return least > clock ? least : clock;
}

/* A turn begins when another vGPU gets into the first port, and only then. */
static void a_turn_begins_with_the_first_port(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES / 4; n++) {
		struct xengt_lane *before, *first;
		uint64_t turn, contended, overdue, given, clock;
		uint32_t ns = 1 + draw(FEW);
		bool is_new;

		make_state(false);
		before = engine->running;
		turn = engine->turn_since;
		contended = engine->contended_since;
		overdue = engine->overdue_since;
		engine->queue.given = given = least_in_ports(before);
		engine->queue.vclock = clock = draw(FEW);
		now += ns;
		fill_ports();
		first = engine->running;
		is_new = first != before;
		engine->running = before;
		/* during the charge both the old and the new second vGPU count */
		if (least_in_ports(first) < given)
			given = least_in_ports(first);
		xengt_lane_note_running(sched, engine);
		assert_ptr_equal(engine->running, first);
		assert_int_equal(engine->queue.given, least_in_ports(first));
		assert_int_equal(engine->queue.vclock, clock_after(clock, before, given));
		assert_int_equal(engine->turn_since, is_new ? now : turn);
		assert_int_equal(engine->contended_since, is_new ? 0 : contended);
		assert_int_equal(engine->overdue_since, is_new ? 0 : overdue);
		assert_int_equal(engine->charged_at, now);
		for (uint32_t i = 0; i < VGPUS; i++)
			assert_int_equal(account(i)->ran_ns, lane(i) == before ? ns : 0);
	}
}

/* ---- waiting contexts ---- */

static const struct xengt_slot *oldest(uint32_t i)
{
	const struct xengt_slot *best = NULL;

	for (uint32_t k = 0; k < XENGT_EXEC_SLOTS; k++) {
		const struct xengt_slot *slot = &lane(i)->slots[k];

		if (slot->state == XENGT_SLOT_QUEUED && !slot->is_leaving &&
		    (!best || slot->since < best->since))
			best = slot;
	}
	return best;
}

static bool has_work(uint32_t i)
{
	for (uint32_t k = 0; k < XENGT_EXEC_SLOTS; k++)
		if (lane(i)->slots[k].state == XENGT_SLOT_QUEUED ||
		    lane(i)->slots[k].state == XENGT_SLOT_ON_HW)
			return true;
	return false;
}

/*
 * A vGPU is in the queue exactly as long as one of its contexts waits. A vGPU that had no work
 * gets no time for its pause.
 */
static void check_states(uint32_t i)
{
	struct xengt_slot *slot = &lane(i)->slots[draw(XENGT_EXEC_SLOTS)];
	struct xengt_heap *ready = &engine->queue.ready;
	bool had_work = has_work(i), waited = account(i)->heap, waits;
	uint64_t vtime, clock = draw(2 * FEW), charged = engine->charged_at;
	enum xengt_slot_state next = (enum xengt_slot_state)draw(XENGT_SLOT_HUNG + 1);

	if (clock > engine->queue.vclock)
		engine->queue.vclock = clock;
	now += draw(FEW);
	vtime = account(i)->vtime;
	xengt_lane_set_state(slot, next);
	assert_int_equal(slot->state, next);
	assert_ptr_equal(xengt_lane_oldest_queued(lane(i)), oldest(i));
	waits = oldest(i);
	assert_ptr_equal(account(i)->heap, waits ? ready : NULL);
	/* the time until now is charged before the queue changes, and only then */
	assert_int_equal(engine->charged_at, waits != waited ? now : charged);
	if (!waits || waited || had_work)
		assert_int_equal(account(i)->vtime, vtime);
	else
		assert_true(account(i)->vtime >= engine->queue.vclock);
}

static void a_vgpu_waits_while_one_of_its_contexts_waits(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < STATES / 40; n++) {
		make_state(false);
		for (uint32_t i = 0; i < VGPUS; i++)
			xengt_queue_leave(account(i));
		engine->running = NULL;
		for (uint32_t step = 0; step < 40; step++)
			check_states(draw(VGPUS));
	}
}

static int setup(void **state)
{
	(void)state;
	hw.ops = &ops;
	hw.engine_ops = &engine_ops;
	sched = calloc(1, sizeof(*sched));
	assert_non_null(sched);
	for (uint32_t i = 0; i < VGPUS; i++) {
		execs[i] = calloc(1, sizeof(*execs[i]));
		assert_non_null(execs[i]);
	}
	draw_from(SEED);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(sched);
	for (uint32_t i = 0; i < VGPUS; i++)
		free(execs[i]);
	return 0;
}

#define unit(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(a_rival_is_before_the_running_vgpu),
		unit(a_turn_ends_only_for_another_vgpu),
		unit(kept_frames_wait_for_a_reload),
		unit(the_deadline_is_the_first_of_its_reasons),
		unit(only_the_running_vgpu_is_charged),
		unit(a_turn_begins_with_the_first_port),
		unit(a_vgpu_waits_while_one_of_its_contexts_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
