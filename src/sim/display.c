// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes of the simulated display: scanline, frame counter, surfaces that take
 * effect at the vertical blank, and its interrupts.
 *
 * A pipe runs while bit 31 of its transcoder's configuration is set.  Every
 * frame takes 1/60 s, whatever the clocks say; lines share it evenly.  Line 0
 * is the first active one; the vertical blank begins after the last active
 * one, which is when the frame counter moves.
 *
 * Not modelled: the pixels, the panel's clock, underruns, watermarks, the
 * order of planes, interlace.
 */
#include "sim_priv.h"

#include <string.h>

#define PIPE_STRIDE	0x1000U
#define HTOTAL		0x60000U
#define VTOTAL		0x6000cU
#define PIPEDSL		0x70000U
#define PIPECONF	0x70008U
#define FRMCOUNT	0x70040U
#define FLIPCOUNT	0x70044U
#define CURBASE		0x70084U
#define PLANE_SURF	0x7019cU
#define PLANE_STRIDE	0x100U
#define PLANES		4U
#define CURSOR		PLANES		/* its index in is_armed[] */

#define FRAME_NS	16666667ULL
#define VBLANK		1U

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
	/* per port: enable bit, and the place of "long pulse" */
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

static uint32_t total_lines(const struct xengt_sim *sim, unsigned int pipe)
{
	return ((REG(sim, VTOTAL + pipe * PIPE_STRIDE) >> 16) & 0x1fff) + 1;
}

static uint64_t frames_at(const struct xengt_sim *sim, unsigned int pipe,
			  uint64_t now)
{
	const struct sim_pipe *p = &sim->display.pipe[pipe];
	uint32_t total = total_lines(sim, pipe);
	uint32_t active = (REG(sim, VTOTAL + pipe * PIPE_STRIDE) & 0x1fff) + 1;
	uint64_t blank = active < total ?
		(total - active) * FRAME_NS / total : 0;

	return (now - p->start_ns + blank) / FRAME_NS;
}

static uint32_t scanline(const struct xengt_sim *sim, unsigned int pipe)
{
	const struct sim_pipe *p = &sim->display.pipe[pipe];
	uint64_t t = sim_clock_ns(sim) - p->start_ns;

	if (!p->is_on)
		return 0;
	return (uint32_t)(t % FRAME_NS * total_lines(sim, pipe) / FRAME_NS);
}

uint32_t sim_display_read_pipe(const struct xengt_sim *sim, uint32_t off)
{
	unsigned int pipe = pipe_of(off);
	const struct sim_pipe *p = &sim->display.pipe[pipe];

	switch (off - pipe * PIPE_STRIDE) {
	case PIPEDSL:
		return scanline(sim, pipe);
	case FRMCOUNT:
		return p->frame_base + (p->is_on ? (uint32_t)
			frames_at(sim, pipe, sim_clock_ns(sim)) : 0);
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
		p->start_ns = sim_clock_ns(sim);
		p->frames = frames_at(sim, pipe, p->start_ns);
	} else {
		p->frame_base += (uint32_t)frames_at(sim, pipe,
						     sim_clock_ns(sim));
	}
	p->is_on = on;
}

static void latch(struct xengt_sim *sim, unsigned int pipe, unsigned int plane)
{
	uint32_t surf = pipe * PIPE_STRIDE +
		(plane == CURSOR ? CURBASE : PLANE_SURF + plane * PLANE_STRIDE);
	uint32_t live = surf + (plane == CURSOR ? 0x28 : 0x10);

	REG(sim, live) = REG(sim, surf);
	sim->display.pipe[pipe].is_armed[plane] = false;
	if (plane == 0)
		REG(sim, FLIPCOUNT + pipe * PIPE_STRIDE)++;
}

/* Bit of "flip done" in the pipe's bank. */
static uint32_t flip_done(const struct xengt_sim *sim, unsigned int plane)
{
	if (plane == CURSOR)
		return 0;
	return sim->plat->gen == SIM_GEN9 ? 8U << plane : 16U << (plane & 1);
}

/* The write that arms a plane: its surface, or the cursor's base. */
void sim_display_write_surf(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be)
{
	unsigned int pipe = pipe_of(off);
	uint32_t at = off - pipe * PIPE_STRIDE;
	unsigned int plane = at == CURBASE ? CURSOR :
		(at - PLANE_SURF) / PLANE_STRIDE;

	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	sim->display.pipe[pipe].is_armed[plane] = true;
	if (!sim->display.pipe[pipe].is_on)
		latch(sim, pipe, plane);
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

	for (unsigned int i = 0; i <= CURSOR; i++) {
		if (!sim->display.pipe[pipe].is_armed[i])
			continue;
		latch(sim, pipe, i);
		bits |= flip_done(sim, i);
	}
	sim_raise_irq(sim, (enum xengt_sim_irq_bank)
		      ((unsigned int)XENGT_SIM_IRQ_PIPE_A + pipe), bits);
}

void sim_display_run(struct xengt_sim *sim)
{
	for (unsigned int i = 0; i < SIM_PIPES; i++) {
		struct sim_pipe *p = &sim->display.pipe[i];
		uint64_t frames;

		if (!p->is_on)
			continue;
		frames = frames_at(sim, i, sim_clock_ns(sim));
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
		uint64_t t;
		int ms;

		if (!p->is_on)
			continue;
		t = (sim_clock_ns(sim) - p->start_ns) % FRAME_NS;
		/* the blank is at the end of the frame or a little before */
		ms = (int)((FRAME_NS - t) / 1000000);
		ms = ms > 1 ? ms - 1 : 1;
		if (best < 0 || ms < best)
			best = ms;
	}
	return best;
}
