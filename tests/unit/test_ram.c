/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests ram.c: a domain's memory limit, its memory and the vGPU's record stay consistent,
 * whatever fails.
 *
 * promise: P16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complaints.h"
#include "xengtd/domctl.h"
#include "xengtd/persist.h"
#include "xengtd/ram.h"
#include "xengtd/store.h"
#include "xengt/log.h"
#include "xengtd/xengtd.h"

#define DOMID	7
#define LIMIT	65792u		/* the limit that the toolstack set, in pages */
#define AT	0xf0000u	/* the first frame of the ranges */
#define PLACES	(XENGT_RAM_FRAMES_MAX + 64)

/* ---- the functions that ram.c calls ---- */

static struct {
	int calls, fail_at;		/* the fail_at'th call fails, with -EIO */
	uint64_t limit;
	bool has_ram[PLACES];
	struct xengt_ram saved;
	int watches, is_watched;
	uint32_t busy;			/* the frame that cannot be removed, counted from AT */
	uint32_t elsewhere;		/* number of pages beyond LIMIT that the guest has
					 * allocated */
	int die_after;			/* number of the call after which the
					 * broker dies */
} world;

static jmp_buf death;

static struct xengtd broker;
static struct xengt_bvgpu v;

static int call(void)
{
	return ++world.calls == world.fail_at ? -EIO : 0;
}

/*
 * Every imitated call ends with this function. In some tests the broker dies here, after
 * the call has had its effect.
 */
static void end_of_call(void)
{
	if (world.calls == world.die_after)
		longjmp(death, 1);
}

static uint32_t total_frames(const struct xengt_ram *ram)
{
	uint32_t frames = 0;

	for (uint32_t i = 0; i < ram->count; i++)
		frames += ram->ranges[i].frames;
	return frames;
}

static uint32_t frames_with_ram(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < PLACES; i++)
		n += world.has_ram[i];
	return n;
}

int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages)
{
	int r = call();

	(void)d;
	assert_int_equal(domid, DOMID);
	if (r == 0)
		*ret_pages = world.limit;
	end_of_call();
	return r;
}

int xengt_domctl_set_max_pages(struct xengt_domctl *d, uint32_t domid,
			       uint64_t pages)
{
	int r = call();

	(void)d;
	assert_int_equal(domid, DOMID);
	if (r == 0)
		world.limit = pages;
	end_of_call();
	return r;
}

/* Allocates memory for all frames or for none, as domctl.c does. */
int xengt_domctl_populate(struct xengt_domctl *d, uint32_t domid,
			  uint64_t first_gfn, uint32_t frames)
{
	int r = call();

	(void)d;
	assert_int_equal(domid, DOMID);
	/* the record must have the frames before they get memory */
	assert_true(world.saved.count > 0);
	if (r < 0)
		return r;
	if (LIMIT + world.elsewhere + frames_with_ram() + frames > world.limit)
		return -ENOMEM;
	for (uint32_t i = 0; i < frames; i++)
		world.has_ram[first_gfn - AT + i] = true;
	end_of_call();
	return 0;
}

int xengt_domctl_depopulate(struct xengt_domctl *d, uint32_t domid,
			    uint64_t first_gfn, uint32_t frames,
			    uint32_t *ret_taken)
{
	int r = call();

	(void)d;
	assert_int_equal(domid, DOMID);
	*ret_taken = 0;
	for (uint32_t i = 0; r == 0 && i < frames; i++) {
		bool *at = &world.has_ram[first_gfn - AT + i];

		if (first_gfn - AT + i == world.busy)
			r = -EBUSY;
		else
			*ret_taken += *at;
		if (r == 0)
			*at = false;
	}
	end_of_call();
	return r;
}

int xengt_store_watch_memory(struct xengt_store *s, uint32_t domid, bool on)
{
	(void)s;
	assert_int_equal(domid, DOMID);
	assert_int_equal(on, !world.is_watched);
	world.is_watched = on;
	world.watches++;
	return 0;
}

int xengt_bvgpu_save(const struct xengt_bvgpu *vgpu)
{
	int r = call();

	assert_ptr_equal(vgpu, &v);
	if (r == 0)
		world.saved = vgpu->ram;
	end_of_call();
	return r;
}

/* ---- the tests ---- */

static int setup(void **state)
{
	(void)state;
	complaints = 0;
	memset(&world, 0, sizeof(world));
	world.limit = LIMIT;
	world.busy = PLACES;
	memset(&v, 0, sizeof(v));
	v.d = &broker;
	v.domid = DOMID;
	return 0;
}

/*
 * Check that the limit has a page for each frame of the vGPU, and that the
 * record has the same ranges.
 */
static void assert_in_step(uint32_t frames)
{
	assert_int_equal(total_frames(&v.ram), frames);
	assert_int_equal(world.limit, LIMIT + frames);
	assert_int_equal(frames_with_ram(), frames);
	assert_memory_equal(world.saved.ranges, v.ram.ranges,
			    v.ram.count * sizeof(v.ram.ranges[0]));
	assert_int_equal(world.saved.count, v.ram.count);
}

static void given_and_taken(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_in_step(16);
	assert_int_equal(xengt_ram_place(&v, AT + 16, 4, true), 0);
	assert_in_step(20);
	assert_int_equal(world.watches, 1);
	assert_int_equal(v.ram.limit.pages, LIMIT + 20);
	assert_int_equal(v.ram.limit.ours, 20);
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_in_step(4);
	assert_true(world.has_ram[16]);
	/* removing frames that have no memory is no error */
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_int_equal(xengt_ram_place(&v, AT + 16, 3, false), 0);
	assert_in_step(4);
	assert_int_equal(xengt_ram_place(&v, AT + 16, 4, false), 0);
	assert_in_step(0);
}

/*
 * The broker gives the same range again after the guest gave a part of it away. The domain's
 * limit counts the frames of the range, not the pages that the guest still has, so the limit
 * does not change.
 */
static void given_anew(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	world.has_ram[3] = false;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(v.ram.count, 1);
	assert_in_step(16);
}

static void limits(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, XENGT_RAM_FRAMES_MAX + 1,
					 true), -ENOSPC);
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	/* the sum of frames wraps around to a small number */
	assert_int_equal(xengt_ram_place(&v, AT + 16, UINT32_MAX - 14, true),
			 -ENOSPC);
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_int_equal(xengt_ram_place(&v, AT, XENGT_RAM_FRAMES_MAX - 8,
					 true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + XENGT_RAM_FRAMES_MAX, 9,
					 true), -ENOSPC);
	for (uint32_t i = 1; i < XENGT_RAM_RANGES; i++)
		assert_int_equal(xengt_ram_place(&v, AT + XENGT_RAM_FRAMES_MAX +
						 i, 1, true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + XENGT_RAM_FRAMES_MAX, 1,
					 true), -ENOSPC);
	assert_in_step(XENGT_RAM_FRAMES_MAX - 8 + XENGT_RAM_RANGES - 1);
}

/*
 * The test makes one call after another fail: nothing is allocated, and the record has no
 * frames.
 */
static void giving_fails(void **state)
{
	int n, r;

	for (n = 1; ; n++) {
		setup(state);
		assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
		world.calls = 0;
		world.fail_at = n;
		r = xengt_ram_place(&v, AT + 16, 4, true);
		if (r == 0)
			break;
		assert_int_equal(r, -EIO);
		assert_in_step(16);
	}
	/*
	 * there are four calls: read the limit, write the record, set the limit, populate
	 */
	assert_int_equal(n, 5);
	assert_in_step(20);
}

/* Tests Xen's error when the domain's memory is used up. */
static void there_is_no_memory(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		world.has_ram[32 + i] = true;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), -ENOMEM);
	assert_int_equal(v.ram.count, 0);
	assert_int_equal(world.saved.count, 0);
	assert_int_equal(world.limit, LIMIT);
}

/* Frames that could not be removed stay in the record, so that the broker tries again. */
static void taking_fails(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	world.busy = 5;
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), -EBUSY);
	assert_int_equal(v.ram.count, 1);
	assert_int_equal(world.saved.count, 1);
	assert_int_equal(frames_with_ram(), 11);
	assert_int_equal(world.limit, LIMIT + 16);
	/* no new range is placed where frames of an old range are left */
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), -EBUSY);
	world.busy = PLACES;
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_in_step(0);
}

/*
 * The test makes one call after another fail: the range and its share of the limit stay,
 * and a second try removes both. (If the record cannot be written, the old record may name a range
 * that is gone.)
 */
static void taking_is_tried_again(void **state)
{
	int n, r;

	for (n = 1; ; n++) {
		setup(state);
		assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
		world.calls = 0;
		world.fail_at = n;
		r = xengt_ram_place(&v, AT, 16, false);
		if (r == 0)
			break;
		assert_int_equal(r, -EIO);
		assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
		assert_int_equal(total_frames(&v.ram), 0);
		assert_int_equal(world.limit, LIMIT);
		assert_int_equal(frames_with_ram(), 0);
	}
	/*
	 * there are four calls: depopulate, read the limit, write the record, set the limit
	 */
	assert_int_equal(n, 5);
	assert_in_step(0);
}

/* The toolstack has set the limit, but xenstore's watch has not fired yet. */
static void the_target_moves_before_the_watch(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	world.limit = LIMIT + 100;
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_int_equal(world.limit, LIMIT + 100);
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(world.limit, LIMIT + 116);
	world.limit = LIMIT + 50;
	assert_int_equal(xengt_ram_place(&v, AT + 16, 4, true), 0);
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, LIMIT + 70);
}

static void all_is_released(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_release(&v), 0);
	assert_int_equal(world.calls + world.watches, 0);
	for (uint32_t i = 0; i < XENGT_RAM_RANGES; i++)
		assert_int_equal(xengt_ram_place(&v, AT + 8 * i, 8, true), 0);
	assert_int_equal(xengt_ram_release(&v), 0);
	assert_in_step(0);
	assert_false(world.is_watched);
	assert_int_equal(v.ram.limit.pages, 0);
}

/* The domain is gone with its memory, and another domain may have the domid now. */
static void the_domain_is_gone(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + 16, 4, true), 0);
	v.is_domain_gone = true;
	xengt_ram_follow_target(&v);
	assert_int_equal(xengt_ram_release(&v), 0);
	assert_int_equal(v.ram.count, 0);
	assert_false(world.is_watched);
	/* the broker did nothing to the domain that has this domid now */
	assert_int_equal(frames_with_ram(), 20);
	assert_int_equal(world.limit, LIMIT + 20);
}

/*
 * Frames that cannot be removed stay in the record and in the limit until they can be
 * removed.
 */
static void release_is_tried_again(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + 16, 4, true), 0);
	world.busy = 0;
	assert_int_equal(xengt_ram_release(&v), -EBUSY);
	assert_in_step(16);
	assert_true(world.is_watched);
	world.busy = PLACES;
	assert_int_equal(xengt_ram_release(&v), 0);
	assert_in_step(0);
	assert_false(world.is_watched);
}

/*
 * The toolstack sets a limit that does not include the vGPU's frames. The broker recognizes
 * a limit that it set itself.
 */
static void the_target_moves(void **state)
{
	(void)state;
	xengt_ram_follow_target(&v);
	assert_int_equal(world.calls, 0);
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, LIMIT + 16);
	world.limit = 1000;
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, 1016);
	assert_int_equal(world.saved.limit.pages, 1016);
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, 1016);
	/* the limit cannot be set: the next call tries again */
	world.limit = 2000;
	world.fail_at = world.calls + 3;
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, 2000);
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, 2016);
}

/* A restarted broker reads the RAM ranges from the record. */
static void resumed(void **state)
{
	(void)state;
	xengt_ram_resume(&v);
	assert_int_equal(world.calls + world.watches, 0);
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	v.ram.is_watched = false;
	world.is_watched = false;
	xengt_ram_resume(&v);
	assert_true(world.is_watched);
	assert_in_step(16);
	v.ram.is_watched = false;
	world.is_watched = false;
	world.limit = 500;
	xengt_ram_resume(&v);
	assert_int_equal(world.limit, 516);
}

/*
 * The toolstack has lowered the limit. When the broker subtracts its frames, the limit must
 * not become negative.
 */
static void a_limit_that_shrank(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	world.limit = 3;
	assert_int_equal(xengt_ram_place(&v, AT, 16, false), 0);
	assert_int_equal(world.limit, 3);
	assert_int_equal(v.ram.count, 0);
}

/* ---- sessions ---- */

#define MOVES	1000
#define SEEDS	20
#define PLACE	32u		/* number of frames at each place to which the guest moves a
				 * range */

static uint32_t random_state;
/*
 * The limit that the toolstack set last. Two limits of the toolstack differ by more than
 * the size of all ranges, because the broker treats a limit that equals its own as one that
 * it set itself (ram.h).
 */
static uint64_t toolstack;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

/*
 * The guest's balloon gives away parts of the ranges, and allocates as much memory
 * elsewhere as Xen allows.
 */
static void balloon(void)
{
	uint32_t keep = draw(3);

	for (uint32_t i = 0; i < PLACES; i++)
		world.has_ram[i] = world.has_ram[i] && keep && draw(keep + 1);
	if (world.limit > LIMIT + world.elsewhere + frames_with_ram())
		world.elsewhere = (uint32_t)(world.limit - LIMIT -
					     frames_with_ram());
	if (!draw(4))
		world.elsewhere = 0;
}

/* Makes a new broker that loads the record. */
static void restart(void)
{
	v.ram = world.saved;
	v.ram.is_watched = false;
	world.is_watched = false;
	world.die_after = 0;
	xengt_ram_resume(&v);
}

/*
 * Put a range of random size at one of the guest's places, after removing the
 * range that is there.
 */
static void move_a_range(uint32_t frames[XENGT_RAM_RANGES])
{
	uint32_t i = draw(XENGT_RAM_RANGES), want = draw(PLACE + 1);
	uint64_t at = AT + i * PLACE;
	int r = 0;

	if (frames[i])
		r = xengt_ram_place(&v, at, frames[i], false);
	assert_int_equal(r, 0);
	frames[i] = 0;
	if (want)
		r = xengt_ram_place(&v, at, want, true);
	assert_true(r == 0 || r == -ENOMEM);
	frames[i] = want && r == 0 ? want : 0;
}

/* Gets the list of the vGPU's ranges from a new broker, as the worker does. */
static void learn(uint32_t frames[XENGT_RAM_RANGES])
{
	memset(frames, 0, sizeof(frames[0]) * XENGT_RAM_RANGES);
	for (uint32_t i = 0; i < v.ram.count; i++)
		frames[(v.ram.ranges[i].gfn - AT) / PLACE] =
			v.ram.ranges[i].frames;
}

/* Moves a range. Returns false if the broker died during the move. */
static bool lives_through_a_move(uint32_t frames[XENGT_RAM_RANGES])
{
	if (setjmp(death))
		return false;
	move_a_range(frames);
	return true;
}

static void session(uint32_t seed, bool with_deaths)
{
	uint32_t frames[XENGT_RAM_RANGES] = { 0 };

	random_state = seed;
	toolstack = LIMIT;
	for (uint32_t i = 0; i < MOVES; i++) {
		if (with_deaths && !draw(4)) {
			world.calls = 0;
			world.die_after = 1 + (int)draw(8);
		}
		if (!lives_through_a_move(frames)) {
			restart();
			learn(frames);
		}
		world.die_after = 0;
		/*
		 * whatever the guest did, the domain's limit is the toolstack's limit
		 * plus one page for each frame of the vGPU's ranges
		 */
		assert_int_equal(world.limit, toolstack + total_frames(&v.ram));
		balloon();
		if (!draw(20)) {
			toolstack = LIMIT + 2 * XENGT_RAM_RANGES * PLACE *
						draw(8);
			world.limit = toolstack;
			xengt_ram_follow_target(&v);
			assert_int_equal(world.limit, toolstack +
					 total_frames(&v.ram));
		}
	}
	xengt_ram_release(&v);
	assert_int_equal(world.limit, toolstack);
}

/*
 * A guest that moves BAR0 a thousand times and balloons gets no more memory
 * than was granted.
 */
static void moved_with_a_balloon(void **state)
{
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		setup(state);
		session(seed, false);
	}
}

/*
 * The broker dies between any two calls: no page is counted twice, and no page
 * is lost.
 */
static void the_broker_dies(void **state)
{
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		setup(state);
		session(seed, true);
	}
}

/*
 * A range has been placed. The broker dies in work() after the first call, then (in another
 * run) after the second call, and so on up to 'calls'; each time a new broker must bring the
 * limit into step.
 */
static void dies_anywhere(void **state, int calls, void (*work)(void))
{
	for (volatile int n = 1; n <= calls; n++) {
		setup(state);
		assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
		world.calls = 0;
		world.die_after = n;
		if (setjmp(death) == 0) {
			work();
			fail();
		}
		restart();
		assert_int_equal(world.limit, LIMIT + total_frames(&v.ram));
		xengt_ram_release(&v);
		assert_in_step(0);
	}
}

static void move_the_range(void)
{
	xengt_ram_place(&v, AT + 16, 4, true);
	xengt_ram_place(&v, AT, 16, false);
}

static void remove_the_range(void)
{
	xengt_ram_place(&v, AT, 16, false);
}

static void the_broker_dies_anywhere(void **state)
{
	dies_anywhere(state, 8, move_the_range);
}

/*
 * The toolstack sets the limit after the broker died in the middle of a change.
 */
static void the_target_moves_without_a_broker(void **state)
{
	for (volatile int n = 1; n <= 3; n++) {
		setup(state);
		world.die_after = n;
		if (setjmp(death) == 0)
			xengt_ram_place(&v, AT, 16, true);
		world.limit = 1000;
		restart();
		assert_int_equal(world.limit, 1000 + total_frames(&v.ram));
	}
}

/* Two ranges cannot share a page. */
static void overlaps_are_refused(void **state)
{
	static const struct xengt_ram_range over[] = {
		{ AT + 16, 15 }, { AT + 16, 17 }, { AT + 17, 16 },
		{ AT + 15, 2 }, { AT + 31, 1 }, { AT, 48 },
	};

	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT + 16, 16, true), 0);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		assert_int_equal(xengt_ram_place(&v, over[i].gfn,
						 over[i].frames, true),
				 -EEXIST);
		assert_in_step(16);
	}
	/* two adjacent ranges do not overlap */
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + 32, 1, true), 0);
	assert_in_step(33);
}

/* A vGPU may have as many frames as the limit says, in one range. */
static void all_frames_in_one_range(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, XENGT_RAM_FRAMES_MAX, true), 0);
	assert_in_step(XENGT_RAM_FRAMES_MAX);
	assert_int_equal(xengt_ram_place(&v, AT + XENGT_RAM_FRAMES_MAX, 1, true),
			 -ENOSPC);
}

/*
 * If the limit is the broker's own, the broker reads it and does nothing else. If the limit
 * cannot be read, the broker does nothing, either, and the log says so.
 */
static void a_target_that_does_not_move(void **state)
{
	(void)state;
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	world.calls = 0;
	xengt_ram_follow_target(&v);
	assert_int_equal(world.calls, 1);
	assert_int_equal(complaints, 0);
	world.limit = 1000;
	world.calls = 0;
	world.fail_at = 1;
	xengt_ram_follow_target(&v);
	assert_int_equal(world.calls, 1);
	assert_int_equal(world.limit, 1000);
	assert_int_equal(complaints, 1);
	xengt_ram_follow_target(&v);
	assert_int_equal(world.limit, 1016);
	assert_int_equal(complaints, 1);
}

/*
 * The broker dies while it removes the only range: a new broker takes the range's pages off
 * the limit.
 */
static void the_broker_dies_with_the_last_range(void **state)
{
	dies_anywhere(state, 4, remove_the_range);
}

/* If pieces of the aperture are mapped, RAM may be between them, but not over them. */
static void not_over_a_piece(void **state)
{
	const uint64_t piece = AT + 3 * XENGT_PIECE_FRAMES;
	const uint64_t last = AT + 7 * XENGT_PIECE_FRAMES;

	(void)state;
	v.has_aperture = true;
	v.aperture_gfn = AT;
	v.info.low_bytes = 8ull * XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE;
	v.pieces[3] = true;
	v.pieces[7] = true;
	v.piece_count = 2;
	assert_int_equal(xengt_ram_place(&v, piece, 1, true), -EEXIST);
	assert_int_equal(xengt_ram_place(&v, piece - 1, 2, true), -EEXIST);
	assert_int_equal(xengt_ram_place(&v, piece + XENGT_PIECE_FRAMES - 1, 1, true),
			 -EEXIST);
	assert_int_equal(xengt_ram_place(&v, last + XENGT_PIECE_FRAMES - 1, 2, true),
			 -EEXIST);
	assert_int_equal(xengt_ram_place(&v, piece - 1, 1, true), 0);
	assert_int_equal(xengt_ram_place(&v, piece + XENGT_PIECE_FRAMES, 1, true), 0);
	assert_int_equal(xengt_ram_place(&v, last + XENGT_PIECE_FRAMES, 1, true), 0);
}

/* A range of RAM cannot overlap the aperture. */
static void not_over_the_aperture(void **state)
{
	(void)state;
	v.has_aperture = true;
	v.aperture_gfn = AT + 16;
	v.info.low_bytes = 16 << 12;
	assert_int_equal(xengt_ram_place(&v, AT, 17, true), -EEXIST);
	assert_int_equal(xengt_ram_place(&v, AT + 31, 1, true), -EEXIST);
	assert_int_equal(xengt_ram_place(&v, AT, 16, true), 0);
	assert_int_equal(xengt_ram_place(&v, AT + 32, 4, true), 0);
	v.has_aperture = false;
	assert_int_equal(xengt_ram_place(&v, AT + 16, 16, true), 0);
	assert_in_step(36);
	assert_true(xengt_ram_overlaps(&v.ram, AT + 35, 100));
	assert_false(xengt_ram_overlaps(&v.ram, AT + 36, 100));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(given_and_taken),
		TEST(given_anew),
		TEST(limits),
		TEST(giving_fails),
		TEST(there_is_no_memory),
		TEST(taking_fails),
		TEST(taking_is_tried_again),
		TEST(the_target_moves_before_the_watch),
		TEST(all_is_released),
		TEST(the_domain_is_gone),
		TEST(release_is_tried_again),
		TEST(the_target_moves),
		TEST(resumed),
		TEST(a_limit_that_shrank),
		TEST(moved_with_a_balloon),
		TEST(the_broker_dies),
		TEST(the_broker_dies_anywhere),
		TEST(the_target_moves_without_a_broker),
		TEST(all_frames_in_one_range),
		TEST(a_target_that_does_not_move),
		TEST(the_broker_dies_with_the_last_range),
		TEST(overlaps_are_refused),
		TEST(not_over_a_piece),
		TEST(not_over_the_aperture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
