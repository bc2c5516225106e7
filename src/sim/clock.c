// SPDX-License-Identifier: GPL-2.0-only
/*
 * The display's clock: the clock ops->now_ns, less the time by which register
 * accesses take longer than on hardware.
 *
 * An access is an exchange over QEMU's socket, 20 times slower than on
 * hardware. A driver that sees 100 us left before the vertical blank, and then
 * updates its planes, would be late without a mistake of its own. So accesses
 * that follow each other closely count as a burst, and for each access of a
 * burst the display's clock moves by BURST_COST_NS only.
 *
 * On a busy host that is not enough: the process that emulates the processor
 * may have to wait for a host CPU for milliseconds, in the middle of an update.
 * Drivers read the scanline and then the frame's number when an update begins,
 * and both when it ends, to see whether they were in time. From the begin to
 * the end of an update the display's time stands still, for at most
 * UPDATE_ACCESSES accesses and UPDATE_GAP_NS. A driver that reads a frame's
 * number, a line, and the number again does not begin an update: it takes a
 * timestamp.
 *
 *	         frame        line         frame
 *	RUNS ----------FRAME--------STAMP---------> RUNS
 *	         line         frame         line      anything
 *	RUNS ----------LINE---------UPDATE-------END----------> RUNS
 *
 * Without ops->now_ns the display runs by virtual time.
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

/* Take the gap before this access out of the display's time. */
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
	 * a call of xengt_sim_idle() since the last access may have shown a
	 * later time already
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
