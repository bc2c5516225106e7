// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sessions of three guests that work, and that change entries, so that the module
 * releases frames (src/boundary/hold.c). At some time a TLB does not confirm a flush, and the
 * whole GPU is reset; until the reset has ended, calls for the other guests go on, as other
 * threads would make them. The oracle: while the GPU is being reset, no frame of a guest whose
 * data may be in the render engine's cache is released, because the cache may still write.
 *
 * XENGT_TEST_SESSIONS: number of sessions on each platform; XENGT_TEST_SEED: a seed that
 * a failed session has printed.
 *
 * promise: P14
 */
#include "boundary_world.h"
#include "boundary/gtt.h"
#include "boundary/hold.h"
#include "random_sessions.h"

#define SESSIONS	150u
#define GUESTS		3u
#define STEPS		60u

static struct world *w;
static struct xengt_hold holds[GUESTS];
static struct xengt_hw_ops hw_ops;
static struct xengt_guest_ops frame_ops;
static uint32_t locked;			/* number of engines_lock() without unlock */
static uint32_t nested;			/* number of calls of on_wait() that have not returned */
static struct world_guest *caller;	/* the guest for which the module makes a call */
/*
 * At the start of the reset: the guest had data in the cache; the number of the guest's kept
 * frames that had no such data any more, because the cache was flushed after their mark.
 */
static bool had_lines[GUESTS];
static uint32_t flushed[GUESTS];
static uint32_t looks;
/* What the sessions have seen: at the end of all sessions each must be above 0. */
static uint32_t resets, kept_in_reset, released_in_reset;

static void lock(void *ctx)
{
	(void)ctx;
	assert_int_equal(locked++, 0);
}

static void unlock(void *ctx)
{
	(void)ctx;
	assert_int_equal(--locked, 0);
}

static uint32_t frames_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	if (w->health.is_resetting) {
		assert_false(had_lines[(struct world_guest *)ctx - w->guests]);
		released_in_reset++;
	}
	return guest_ops.frames_put(ctx, gfns, count);
}

static void frames_release(void *ctx, uint32_t count)
{
	uint32_t i = (uint32_t)((struct world_guest *)ctx - w->guests);

	if (w->health.is_resetting && had_lines[i]) {
		assert_true(count <= flushed[i]);
		flushed[i] -= count;
	}
	guest_ops.frames_release(ctx, count);
}

static uint32_t frames_keep(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	kept_in_reset += w->health.is_resetting;
	return guest_ops.frames_keep(ctx, gfns, count);
}

/* ---- steps ---- */

static void change_entries(struct world_guest *g)
{
	uint32_t frame = DATA_FRAME + draw(8), n = 1 + draw(4);
	uint64_t entries[4];
	int r;

	for (uint32_t i = 0; i < n; i++)
		entries[i] = one_in(3) ? 0 : (uint64_t)(DATA_FRAME + draw(32)) << 12 | 1;
	r = xengt_gtt_write(&g->gtt, g->first + frame, entries, n, NULL);
	assert_true(!r || (r == -EIO && w->health.is_lost));
}

static void change_table(struct world_guest *g)
{
	uint64_t entry = one_in(3) ? 0 : (uint64_t)(DATA_FRAME + draw(32)) << 12 | 3;
	int r = xengt_ppgtt_write(&g->ppgtt, g->leaf, draw(XENGT_PPGTT_ENTRIES), &entry,
				  1, NULL);

	assert_true(!r || (r == -EIO && w->health.is_lost));
}

static void read_events(struct world_guest *g)
{
	struct xengt_event ev;

	xengt_hold_release(&g->guest);
	lock(NULL);
	while (xengt_exec_next_event(&g->exec, &ev))
		;
	unlock(NULL);
}

/* A call for a guest that another thread may make at any time. */
static void call(struct world_guest *g)
{
	struct world_guest *before = caller;

	caller = g;
	switch (draw(3)) {
	case 0:
		change_entries(g);
		break;
	case 1:
		change_table(g);
		break;
	default:
		read_events(g);
	}
	caller = before;
}

static void work(struct world_guest *g)
{
	static uint64_t seqno;
	struct xengt_vgpu_submit submit;
	uint32_t n = draw(2);

	guest_context(g, n, 1, 0);
	guest_emit(g, n, 0);
	guest_emit(g, n, 0);
	submit = guest_work(g, n, ++seqno);
	submit.engine = one_in(4) ? XENGT_ENGINE_BCS : XENGT_ENGINE_RCS;
	lock(NULL);
	if (!w->health.is_stopped)
		(void)xengt_submit(&g->exec, &submit);
	unlock(NULL);
}

/* The render engine does what it was told last, or ends its work. */
static void engine_works(void)
{
	const struct xengt_engine *engine = &w->sched.engines[XENGT_ENGINE_RCS];

	lock(NULL);
	if (engine->has_pending)
		hw_tell(w, engine->active.slot[0] ? XENGT_CSB_PREEMPTED :
						    XENGT_CSB_IDLE_ACTIVE);
	else if (engine->active.slot[0] && !w->health.is_stopped)
		hw_tell(w, engine->active.slot[1] ?
				   XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT :
				   XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	unlock(NULL);
}

static void tick(void)
{
	w->now += draw(30) * XENGT_NS_PER_MS;
	lock(NULL);
	xengt_sched_tick(&w->sched);
	unlock(NULL);
}

static void step(void)
{
	struct world_guest *g = &w->guests[draw(GUESTS)];

	switch (draw(6)) {
	case 0:
		work(g);
		break;
	case 1:
		tick();
		break;
	case 2:
	case 3:
		engine_works();
		break;
	default:
		call(g);
	}
}

/* The module waits. If it waits for the reset of the whole GPU, other threads go on. */
static void others_go_on(struct world *world)
{
	struct world_guest *g;

	if (!world->health.is_resetting || nested)
		return;
	if (locked) {
		world->regs[XENGT_GDRST / 4] = 0;
		return;
	}
	if (!looks++)
		for (uint32_t i = 0; i < GUESTS; i++) {
			had_lines[i] = world->guests[i].exec.has_lines;
			flushed[i] = world->sched.flushed > holds[i].mark ?
				     holds[i].marked : 0;
		}
	nested++;
	for (uint32_t n = 1 + draw(4); n; n--) {
		g = &world->guests[draw(GUESTS)];
		if (g != caller)
			call(g);
	}
	nested--;
	if (one_in(4) || looks > 50)
		world->regs[XENGT_GDRST / 4] = 0;
}

/* A TLB does not confirm a flush until the whole GPU was reset. */
static uint32_t unconfirmed;

static int flush(void *ctx)
{
	(void)ctx;
	if (!unconfirmed)
		return 0;
	unconfirmed--;
	return -EIO;
}

static void one_session(enum xengt_platform_id platform)
{
	uint32_t before;

	w = world_create(platform, GUESTS);
	hw_ops = world_hw_ops;
	hw_ops.engines_lock = lock;
	hw_ops.engines_unlock = unlock;
	hw_ops.ggtt_flush = hw_ops.ppgtt_flush = flush;
	w->hw.ops = &hw_ops;
	frame_ops = guest_ops;
	frame_ops.frames_put = frames_put;
	frame_ops.frames_keep = frames_keep;
	frame_ops.frames_release = frames_release;
	for (uint32_t i = 0; i < GUESTS; i++) {
		struct world_guest *g = &w->guests[i];

		g->guest.ops = &frame_ops;
		xengt_hold_attach(&holds[i], &w->hw, &g->exec, &g->guest);
		g->gtt.guest = g->ppgtt.guest = g->guest;
	}
	w->on_wait = others_go_on;
	w->full_reset_sticks = true;
	looks = unconfirmed = locked = nested = 0;
	for (uint32_t n = draw(STEPS); n; n--)
		step();
	before = w->full_resets;
	unconfirmed = 1;
	for (uint32_t n = 0; unconfirmed && n < STEPS; n++)
		call(&w->guests[draw(GUESTS)]);
	resets += w->full_resets != before;
	w->full_reset_sticks = false;
	unconfirmed = 0;
	for (uint32_t n = draw(STEPS); n; n--)
		step();
	for (uint32_t i = 0; i < GUESTS; i++) {
		lock(NULL);
		xengt_exec_fini(&w->guests[i].exec);
		unlock(NULL);
		xengt_hold_release(&w->guests[i].guest);
		assert_int_equal(w->guests[i].kept, 0);
	}
	w->on_wait = NULL;
	world_destroy(w);
}

static void sessions_on(enum xengt_platform_id platform)
{
	uint64_t n = number_of("XENGT_TEST_SESSIONS", SESSIONS);

	resets = kept_in_reset = released_in_reset = 0;
	sessions_begin(0x6a09e667f3bcc908);
	while (n--) {
		session_begins();
		one_session(platform);
	}
	assert_true(resets);
	assert_true(kept_in_reset);
	assert_true(released_in_reset);
}

int main(void)
{
	return sessions_main(sessions_on);
}
