// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the display's pipes: scanline, frame counter, vertical blanks and
 * their interrupts, and planes whose changes take effect at the vertical blank.
 *
 * A pipe runs while bit 31 of its transcoder's configuration is set. The pixel
 * clock and the timings at the time when the bit is set determine the frame
 * rate; all lines of a frame take the same time. A pipe without a clock sends
 * no lines. The vertical blank begins after the last active line; the frame
 * counter advances at this moment. The scanline register shows the line before
 * the one that the pipe sends (on HDMI, the line two before). So at the start
 * of a frame the register shows the last lines of the previous frame. scanout.c
 * makes the picture.
 *
 * Not modelled: underruns, watermarks, interlace, timings that change while a
 * pipe is on.
 */
#include "sim/display.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define PIPE_STRIDE	0x1000U
#define HTOTAL		0x60000U
#define VTOTAL		0x6000cU
#define DDI_FUNC	0x60400U
#define DDI_NOT_HDMI	(6U << 24)	/* these bits are 0 in modes 0 (HDMI)
					 * and 1 (DVI) */
#define PIPEDSL		0x70000U
#define PIPECONF	0x70008U
#define FRMCOUNT	0x70040U
#define FLIPCOUNT	0x70044U
#define CURCNTR		0x70080U
#define CURBASE		0x70084U
#define PLANE_CTL	0x70180U
#define PLANE_SURF	0x7019cU
#define PLANE_STRIDE	0x100U

#define CTL_ASYNC	0x200U		/* a flip takes effect at once */
#define VBLANK		1U

/*
 * Bounds of a frame's duration. A frame that would be shorter or longer gets
 * the duration of the nearer bound.
 */
#define FRAME_NS_MIN	1000000ULL
#define FRAME_NS_MAX	1000000000ULL

#define REG(sim, off) ((sim)->regs[(off) / 4])

static unsigned int pipe_of(uint32_t off)
{
	return ((off - PIPEDSL) / PIPE_STRIDE) % SIM_PIPES;
}

static void set_live(struct xengt_sim *sim, enum sim_sink sink, bool on)
{
	/* hotplug bits of ports B and C in the south display's ISR */
	uint32_t bit = sink == SIM_SINK_DP ? 1U << 21 : 1U << 22;
	uint32_t *isr = &sim->bank[XENGT_SIM_IRQ_PCH].isr;

	sim->display.is_connected[sink] = on;
	*isr = on ? *isr | bit : *isr & ~bit;
}

void sim_display_reset(struct xengt_sim *sim)
{
	struct sim_display *d = &sim->display;

	memset(d, 0, sizeof(*d));
	sim->clock.phase = SIM_CLOCK_RUNS;
	for (unsigned int i = 0; i < SIM_SINKS; i++) {
		sim_edid_make(d->edid[i], (enum sim_sink)i);
		set_live(sim, (enum sim_sink)i, true);
	}
	sim_aux_reset(sim);
	sim_gmbus_reset(sim);
}

int sim_set_monitor(struct xengt_sim *sim, unsigned int sink,
		    bool is_connected)
{
	/* for each port the enable bit, and the bit of "long pulse" */
	static const struct { uint32_t enable, pulse; } hpd[SIM_SINKS] = {
		[SIM_SINK_DP] = { 1U << 4, 2U },
		[SIM_SINK_HDMI] = { 1U << 12, 2U << 8 },
	};

	if (sink >= SIM_SINKS)
		return -1;
	if (sim->display.is_connected[sink] == is_connected)
		return 0;
	set_live(sim, (enum sim_sink)sink, is_connected);
	if (REG(sim, 0xc4030) & hpd[sink].enable) {
		REG(sim, 0xc4030) |= hpd[sink].pulse;
		sim_raise_irq(sim, XENGT_SIM_IRQ_PCH, 1U << (21 + sink));
	}
	return 0;
}

/* Decode a field of a timing register: the field holds the number minus one. */
static uint32_t timing(uint32_t val)
{
	return (val & 0x1fff) + 1;
}

static void set_rate(struct xengt_sim *sim, unsigned int pipe)
{
	struct sim_pipe *p = &sim->display.pipe[pipe];
	uint32_t h = REG(sim, HTOTAL + pipe * PIPE_STRIDE);
	uint32_t v = REG(sim, VTOTAL + pipe * PIPE_STRIDE);
	uint64_t hz = sim_clock_pixel_hz(sim, pipe), ns;
	uint32_t active = timing(v);

	p->frame_ns = 0;
	p->blank_ns = 0;
	p->lines = timing(v >> 16);
	p->lag = REG(sim, DDI_FUNC + pipe * PIPE_STRIDE) & DDI_NOT_HDMI ? 1 : 2;
	if (!hz)
		return;
	ns = timing(h >> 16) * (uint64_t)p->lines * 1000000000ULL / hz;
	ns = ns < FRAME_NS_MIN ? FRAME_NS_MIN : ns;
	p->frame_ns = ns > FRAME_NS_MAX ? FRAME_NS_MAX : ns;
	if (active < p->lines)
		p->blank_ns = (p->lines - active) * p->frame_ns / p->lines;
}

/*
 * Returns the time since the pipe's start plus the duration of one blank, so
 * that a frame is counted when its blank begins.
 */
static uint64_t elapsed(const struct xengt_sim *sim, const struct sim_pipe *p)
{
	return sim->display.now_ns - p->start_ns + p->blank_ns;
}

static uint64_t frames_now(const struct xengt_sim *sim, unsigned int pipe)
{
	const struct sim_pipe *p = &sim->display.pipe[pipe];

	return p->is_on && p->frame_ns ? elapsed(sim, p) / p->frame_ns : 0;
}

static uint32_t scanline(const struct xengt_sim *sim, unsigned int pipe)
{
	const struct sim_pipe *p = &sim->display.pipe[pipe];
	uint64_t line;

	if (!p->is_on || !p->frame_ns)
		return 0;
	line = (sim->display.now_ns - p->start_ns) % p->frame_ns * p->lines /
		p->frame_ns;
	/* the frame may have only one line */
	return (uint32_t)((line + 2ULL * p->lines - p->lag) % p->lines);
}

uint32_t sim_display_read_pipe(const struct xengt_sim *sim, uint32_t off)
{
	unsigned int pipe = pipe_of(off);
	const struct sim_pipe *p = &sim->display.pipe[pipe];

	switch (off - pipe * PIPE_STRIDE) {
	case PIPEDSL:
		return scanline(sim, pipe);
	case FRMCOUNT:
		return p->frame_base + (uint32_t)frames_now(sim, pipe);
	default:
		return sim_power_read_lock(sim, off);
	}
}

void sim_display_write_conf(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be)
{
	unsigned int pipe = pipe_of(off);
	struct sim_pipe *p = &sim->display.pipe[pipe];
	bool on;

	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	on = REG(sim, off) & 0x80000000U;
	if (on == p->is_on)
		return;
	if (on) {
		set_rate(sim, pipe);
		p->start_ns = sim->display.now_ns;
		p->is_on = true;
		p->frames = frames_now(sim, pipe);
	} else {
		p->frame_base += (uint32_t)frames_now(sim, pipe);
		p->is_on = false;
	}
}

static uint32_t plane_reg(unsigned int pipe, unsigned int plane, uint32_t reg)
{
	return reg + pipe * PIPE_STRIDE + plane * PLANE_STRIDE;
}

static void latch(struct xengt_sim *sim, unsigned int pipe, unsigned int plane)
{
	struct sim_pipe *p = &sim->display.pipe[pipe];
	uint32_t *reg = &REG(sim, plane == SIM_CURSOR ?
			     plane_reg(pipe, 0, CURCNTR) :
			     plane_reg(pipe, plane, PLANE_CTL));

	p->is_armed[plane] = false;
	if (plane == SIM_CURSOR) {
		/* control, base, position, height, live base */
		p->plane[plane] = (struct sim_plane){
			.ctl = reg[0], .surf = reg[1], .pos = reg[2],
			.size = reg[8],
		};
		reg[0xb] = reg[1];
		return;
	}
	p->plane[plane] = (struct sim_plane){
		.ctl = reg[0], .stride = reg[2], .pos = reg[3],
		.size = reg[4], .surf = reg[7], .offset = reg[9],
	};
	reg[0xb] = reg[7];
	if (plane == 0)
		REG(sim, FLIPCOUNT + pipe * PIPE_STRIDE)++;
}

/* Returns the plane's bit "flip done" in the interrupt bank of the pipe. */
static uint32_t flip_done(const struct xengt_sim *sim, unsigned int plane)
{
	if (plane == SIM_CURSOR)
		return 0;
	return sim->plat->gen == SIM_GEN9 ? 8U << plane : 16U << (plane & 1);
}

static void raise_pipe(struct xengt_sim *sim, unsigned int pipe, uint32_t bits)
{
	sim_raise_irq(sim, (enum xengt_sim_irq_bank)
		      ((unsigned int)XENGT_SIM_IRQ_PIPE_A + pipe), bits);
}

/*
 * Carry out a write of the register that arms a plane: the plane's surface, or
 * the cursor's base.
 */
void sim_display_write_surf(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be)
{
	unsigned int pipe = pipe_of(off);
	uint32_t at = off - pipe * PIPE_STRIDE;
	unsigned int plane = at == CURBASE ? SIM_CURSOR :
		(at - PLANE_SURF) / PLANE_STRIDE;
	const struct sim_pipe *p = &sim->display.pipe[pipe];

	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	sim->display.pipe[pipe].is_armed[plane] = true;
	if (!p->is_on) {
		latch(sim, pipe, plane);
	} else if (plane != SIM_CURSOR &&
		   REG(sim, plane_reg(pipe, plane, PLANE_CTL)) & CTL_ASYNC) {
		latch(sim, pipe, plane);
		raise_pipe(sim, pipe, flip_done(sim, plane));
	}
}

void sim_display_write_frames(struct xengt_sim *sim, uint32_t off, uint32_t val,
			      uint32_t be)
{
	struct sim_pipe *p = &sim->display.pipe[pipe_of(off)];
	uint32_t now = sim_display_read_pipe(sim, off);

	p->frame_base += ((now & ~be) | (val & be)) - now;
}

static void vblank(struct xengt_sim *sim, unsigned int pipe)
{
	uint32_t bits = VBLANK;

	for (unsigned int i = 0; i <= SIM_CURSOR; i++) {
		if (!sim->display.pipe[pipe].is_armed[i])
			continue;
		latch(sim, pipe, i);
		bits |= flip_done(sim, i);
	}
	raise_pipe(sim, pipe, bits);
}

void sim_display_run(struct xengt_sim *sim)
{
	sim->display.now_ns = sim_clock_ns(sim);
	for (unsigned int i = 0; i < SIM_PIPES; i++) {
		struct sim_pipe *p = &sim->display.pipe[i];
		uint64_t frames;

		if (!p->is_on)
			continue;
		frames = frames_now(sim, i);
		if (frames == p->frames)
			continue;
		p->frames = frames;
		vblank(sim, i);
	}
}

int sim_display_next_ms(const struct xengt_sim *sim)
{
	int best = -1;

	for (unsigned int i = 0; i < SIM_PIPES; i++) {
		const struct sim_pipe *p = &sim->display.pipe[i];
		int ms;

		if (!p->is_on || !p->frame_ns)
			continue;
		ms = (int)((p->frame_ns - elapsed(sim, p) % p->frame_ns) /
			   1000000);
		/*
		 * return one millisecond less, because a process that sleeps
		 * wakes late
		 */
		ms = ms > 1 ? ms - 1 : 1;
		if (best < 0 || ms < best)
			best = ms;
	}
	return best;
}
