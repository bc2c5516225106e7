// SPDX-License-Identifier: GPL-2.0-only
/*
 * The display's clock, which shows the time of ops->now_ns minus the time that
 * register accesses took longer than on hardware.
 *
 * An access is an exchange of messages over QEMU's socket, which takes 20 times
 * as long as an access on hardware. A driver updates its planes if it sees that
 * 100 us are left before the vertical blank; with such slow accesses the driver
 * would be late although the driver made no mistake. So accesses that follow
 * each other closely count as a burst, and each access of a burst advances the
 * display's clock by only BURST_COST_NS.
 *
 * On a busy host this correction is not enough: the process that emulates the
 * processor may have to wait for a host CPU for milliseconds, in the middle of
 * an update. At the beginning of an update, a driver reads the scanline and
 * then the frame's number. At the end of the update the driver reads the
 * scanline and the frame's number again, to see whether the update was in time.
 * From the beginning to the end of an update the display's clock stops, for at
 * most UPDATE_ACCESSES accesses and UPDATE_GAP_NS. A driver that reads a
 * frame's number, a line, and the number again does not begin an update: the
 * driver takes a timestamp.
 *
 *	         frame        line         frame
 *	RUNS ----------FRAME--------STAMP---------> RUNS
 *	         line         frame         line      anything
 *	RUNS ----------LINE---------UPDATE-------END----------> RUNS
 *
 * Without ops->now_ns the display uses virtual time.
 */
#include "sim/sim_priv.h"

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

/* Subtract from the display's time the time since the previous access. */
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
	/*
	 * xengt_sim_idle() may have used a later time since the last access:
	 * the display's time must not go back before that time
	 */
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
