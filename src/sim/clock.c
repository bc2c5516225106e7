// SPDX-License-Identifier: GPL-2.0-only
/*
 * The display's clock: the owner's, less what register accesses take too long.
 *
 * An access is an exchange over QEMU's socket, 20 times slower than on
 * hardware.  A driver that sees 100 us left before the vertical blank, and then
 * updates its planes, would be late by no fault of its own.  So accesses that
 * follow each other closely are a burst, of which each takes the display
 * BURST_COST_NS.
 *
 * On a busy host that is not enough: whoever emulates the processor may have
 * to wait for it for milliseconds, in the middle of an update.  Drivers look at
 * the scanline and then at the frame's number when an update begins, and at
 * both when it ends, to see whether they were in time.  In between the
 * display's time stands still, for UPDATE_ACCESSES and UPDATE_GAP_NS at most.
 * A frame's number, a line, and the number again, is something else: a
 * timestamp.
 *
 *	         frame        line         frame
 *	RUNS ----------FRAME--------STAMP---------> RUNS
 *	         line         frame         line      anything
 *	RUNS ----------LINE---------UPDATE-------END----------> RUNS
 *
 * Without a clock of the owner's the display runs by virtual time.
 */
#include "sim_priv.h"

#define BURST_GAP_NS	100000U
#define BURST_COST_NS	1000U
#define UPDATE_GAP_NS	50000000U
#define UPDATE_ACCESSES	64U

enum access { OTHER, LINE, FRAME, ACCESSES };

static enum access kind_of(uint32_t off)
{
	if (off >= 0x73000)
		return OTHER;
	switch (off & ~0x3000U) {
	case 0x70000:
		return LINE;
	case 0x70040:
		return FRAME;
	default:
		return OTHER;
	}
}

static enum sim_clock_phase next_phase(enum sim_clock_phase now, enum access a)
{
	static const enum sim_clock_phase next[SIM_CLOCK_PHASES][ACCESSES] = {
		[SIM_CLOCK_RUNS] = {
			SIM_CLOCK_RUNS, SIM_CLOCK_LINE, SIM_CLOCK_FRAME,
		},
		[SIM_CLOCK_FRAME] = {
			SIM_CLOCK_RUNS, SIM_CLOCK_STAMP, SIM_CLOCK_FRAME,
		},
		[SIM_CLOCK_STAMP] = {
			SIM_CLOCK_RUNS, SIM_CLOCK_STAMP, SIM_CLOCK_RUNS,
		},
		[SIM_CLOCK_LINE] = {
			SIM_CLOCK_RUNS, SIM_CLOCK_LINE, SIM_CLOCK_UPDATE,
		},
		[SIM_CLOCK_UPDATE] = {
			SIM_CLOCK_UPDATE, SIM_CLOCK_END, SIM_CLOCK_UPDATE,
		},
		[SIM_CLOCK_END] = {
			SIM_CLOCK_RUNS, SIM_CLOCK_END, SIM_CLOCK_RUNS,
		},
	};

	return next[now][a];
}

static bool is_held(const struct sim_clock *c)
{
	return c->phase == SIM_CLOCK_UPDATE || c->phase == SIM_CLOCK_END;
}

uint64_t sim_clock_ns(const struct xengt_sim *sim)
{
	const struct sim_clock *c = &sim->clock;
	uint64_t t;

	if (!sim->ops.now_ns)
		return sim->now;
	t = sim->ops.now_ns(sim->opaque);
	if (is_held(c) && t - c->last_access < UPDATE_GAP_NS)
		t = c->last_access;
	return t - c->held_ns;
}

/* Takes from the display's time what the gap before this access took. */
static void hold(struct xengt_sim *sim, uint64_t t)
{
	struct sim_clock *c = &sim->clock;
	uint64_t gap = t - c->last_access;
	uint64_t shown = sim->display.now_ns;

	c->last_access = t;
	if (gap <= BURST_COST_NS ||
	    gap >= (is_held(c) ? UPDATE_GAP_NS : BURST_GAP_NS))
		return;
	c->held_ns += gap - BURST_COST_NS;
	/* an idle call in between may have shown more of the time */
	if (t - c->held_ns < shown)
		c->held_ns = t - shown;
}

void sim_clock_access(struct xengt_sim *sim, uint32_t off)
{
	struct sim_clock *c = &sim->clock;
	enum sim_clock_phase next = next_phase(c->phase, kind_of(off));

	if (!sim->ops.now_ns)
		return;
	hold(sim, sim->ops.now_ns(sim->opaque));
	if (next == SIM_CLOCK_UPDATE && c->phase != next)
		c->accesses_left = UPDATE_ACCESSES;
	else if (is_held(c) && !c->accesses_left--)
		next = SIM_CLOCK_RUNS;
	c->phase = next;
}
