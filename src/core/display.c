/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the pipes of the virtual display: scanlines and frames, vertical
 * blanks, flips (Skylake PRM, volume 12; volume 2c: PIPE_SCANLINE, PIPE_FRMCNT,
 * PLANE_SURF).
 *
 *   PIPE_CONF on --> frames are counted from now, at the mode's pixel clock
 *   PLANE_SURF, CUR_BASE written --> armed --(next blank)--> live, flip done
 *   blank --(if the guest is fast enough)--> interrupt --> guest handles it
 *
 * The model has no thread and no timer. The value of a register is computed
 * from the clock when the guest reads it, and a tick is requested only while an
 * interrupt that the guest has unmasked and enabled is due. All times are
 * computed from the time at which the pipe was switched on, so rounding errors
 * do not add up.
 *
 * Not modelled: the display's FIFOs, underruns, the order of planes, interlace,
 * a change of timings while the pipe is on.
 */
#include "core/display.h"
#include "core/aux.h"
#include "core/edid.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/display.h"
#include "hw/facts.h"
#include "hw/platform.h"

#include <string.h>

/* High half: total count of pixels or lines - 1; low half: active count - 1. */
#define HTOTAL			0x60000
#define VTOTAL			0x6000c
#define LINK_M			0x60040
#define LINK_N			0x60044
#define LINK_MN_MASK		0xffffffu
#define DDI_FUNC		0x60400	/* fields: enable, port, mode */
#define PIPEDSL			0x70000
#define FLIPCOUNT		0x70044
#define CURSOR_LIVE		0x28u	/* offset from XENGT_CUR_BASE */
#define PLANE_LIVE		0x10u	/* offset from XENGT_PLANE_SURF */

#define PLANE_ASYNC		0x200u
#define CURSOR			4u	/* the cursor's bit in 'armed' */

#define PIPE_IRQ_IMR		0x44404
#define PIPE_IRQ_IIR		0x44408
#define PIPE_IRQ_IER		0x4440c
#define PIPE_IRQ_STRIDE		0x10u
#define IRQ_VBLANK		0x1u

#define HOTPLUG_CTL		0xc4030
#define HOTPLUG_B_ENABLE	0x10u
#define HOTPLUG_B_LONG		0x02u
/*
 * Time in ns from the unplugging of the old monitor to the plugging in of the
 * new one.
 */
#define UNPLUGGED_NS		1000000000u

/*
 * A driver that reads a scanline less than 100 us before a blank waits for the
 * blank's interrupt, so that all changes that the driver makes next fall into
 * one frame (Linux: VBLANK_EVASION_TIME_US). A guest's driver gains nothing by
 * waiting, since one trap may take longer than 100 us. But if the driver's vCPU
 * wakes late and then reads such a scanline in a later frame, the driver logs
 * "Potential atomic update failure". So a guest never reads a scanline of the
 * last 100 us before a blank: during these 100 us the guest reads the number of
 * the previous scanline.
 */
#define EVADED_PER_SEC		10000u	/* number of intervals of 100 us in a
					 * second */

/*
 * A driver's accesses trap a dozen times for each blank. On a slow machine
 * these traps take as long as a frame, so a guest would only handle blanks. So
 * the device measures how long the guest takes to handle one blank interrupt of
 * each pipe, and lets at least PACE times as long pass between two interrupts.
 * But a program may wait for a blank, and Linux gives up after 100 ms
 * (drm_wait_one_vblank). So the handling, the pause after it and the frame
 * until the next blank take at most GAP_MAX_NS together, which leaves the rest
 * of the 100 ms for delays. GAP_MAX_NS shortens no pause below PAUSE_MIN_NS,
 * even if the handling takes so long that the sum exceeds GAP_MAX_NS.
 */
#define PACE			4u
#define GAP_MAX_NS		60000000u
#define PAUSE_MIN_NS		10000000u
/*
 * A guest that has not finished handling a blank interrupt after this time (in
 * ns) is treated as if it had finished.
 */
#define HANDLER_MAX_NS		1000000000u

#define NS_PER_SEC		1000000000ull
#define DEFAULT_HZ		60u
/*
 * Limits of the duration of a frame. No monitor's timings are outside of these
 * limits. If the guest programs a frame outside of these limits, the pipe runs
 * at 60 Hz. With at most 2^26 pixels a frame, pixel_hz times NS_PER_SEC is
 * below 2^64.
 */
#define FRAME_MIN_NS		(4 * 1000 * 1000ull)
#define FRAME_MAX_NS		NS_PER_SEC

static uint32_t peek_pipe(const struct xengt_vgpu *vgpu, unsigned int n,
			  uint32_t off)
{
	return xengt_mmio_peek(vgpu, off + n * XENGT_PIPE_STRIDE);
}

static uint64_t now(const struct xengt_vgpu *vgpu)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	return hv->ops->now_ns(hv);
}

/* ---- the clock of a pipe ---- */

/*
 * Link symbol clock in kHz of a port that sends DisplayPort, or 0 if the port
 * has no clock.
 */
static uint32_t link_khz(const struct xengt_vgpu *vgpu, uint32_t port)
{
	/*
	 * Index on Gen9: the link rate field of DPLL_CTRL1. Index on Gen8: the
	 * LCPLL that PORT_CLK_SEL selects, 0 to 2.
	 */
	static const uint32_t khz[8] = { 540000, 270000, 162000, 324000,
					 216000, 432000 };
	uint32_t pll;

	if (vgpu->platform->gen == XENGT_GEN8) {
		uint32_t sel = xengt_mmio_peek(vgpu, 0x46100 + 4 * port) >> 29;

		return sel < 3 ? khz[sel] : 0;
	}
	pll = xengt_mmio_peek(vgpu, 0x6c05c) >> (port * 3 + 1) & 3;
	return khz[xengt_mmio_peek(vgpu, 0x6c058) >> (pll * 6 + 1) & 7];
}

/*
 * Returns the pixel clock in Hz that the guest programmed, or 0 if the guest
 * programmed no clock.
 */
static uint64_t programmed_hz(const struct xengt_vgpu *vgpu, unsigned int n)
{
	uint64_t m = peek_pipe(vgpu, n, LINK_M) & LINK_MN_MASK;
	uint64_t div = peek_pipe(vgpu, n, LINK_N) & LINK_MN_MASK;
	uint32_t port = peek_pipe(vgpu, n, DDI_FUNC) >> 28 & 7;

	if (!div || port > 4)
		return 0;
	/* the product is below 2^54: 24 bits times 540 million */
	return m * link_khz(vgpu, port) * 1000 / div;
}

/*
 * Returns the last scanline that the guest can read before a blank. Because of
 * rounding, one scanline more than necessary is hidden.
 */
static uint32_t last_shown(const struct xengt_pipe *pipe)
{
	uint64_t per_line = (uint64_t)pipe->htotal * EVADED_PER_SEC;
	uint64_t evaded = (pipe->pixel_hz + per_line - 1) / per_line + 1;

	if (evaded + 1 >= pipe->vactive)
		return pipe->vactive - 1;
	return pipe->vactive - 1 - (uint32_t)evaded;
}

static uint64_t frame_pixels(const struct xengt_pipe *pipe)
{
	return (uint64_t)pipe->htotal * pipe->vtotal;
}

/* Returns the duration of a frame in ns. The pipe must have a clock. */
static uint64_t frame_ns(const struct xengt_pipe *pipe)
{
	return frame_pixels(pipe) * NS_PER_SEC / pipe->pixel_hz;
}

static void set_clock(const struct xengt_vgpu *vgpu, unsigned int n,
		      struct xengt_pipe *pipe)
{
	uint32_t h = peek_pipe(vgpu, n, HTOTAL);
	uint32_t v = peek_pipe(vgpu, n, VTOTAL);

	pipe->htotal = (h >> 16 & 0x1fff) + 1;
	pipe->vtotal = (v >> 16 & 0x1fff) + 1;
	pipe->vactive = (v & 0x1fff) + 1;
	if (pipe->vactive > pipe->vtotal)
		pipe->vactive = pipe->vtotal;
	pipe->pixel_hz = programmed_hz(vgpu, n);
	if (!pipe->pixel_hz || frame_ns(pipe) < FRAME_MIN_NS ||
	    frame_ns(pipe) > FRAME_MAX_NS)
		pipe->pixel_hz = frame_pixels(pipe) * DEFAULT_HZ;
}

/*
 * Returns the number of pixels that the pipe has sent since it was switched on.
 */
static uint64_t pixels_at(const struct xengt_pipe *pipe, uint64_t at)
{
	uint64_t t = at > pipe->start_ns ? at - pipe->start_ns : 0;

	return t / NS_PER_SEC * pipe->pixel_hz +
	       t % NS_PER_SEC * pipe->pixel_hz / NS_PER_SEC;
}

static uint64_t blank_pixels(const struct xengt_pipe *pipe)
{
	return (uint64_t)(pipe->vtotal - pipe->vactive) * pipe->htotal;
}

static uint64_t blanks_at(const struct xengt_pipe *pipe, uint64_t at)
{
	return (pixels_at(pipe, at) + blank_pixels(pipe)) / frame_pixels(pipe);
}

/* Returns the first time at which blanks_at() returns n; n > 0. */
static uint64_t blank_start(const struct xengt_pipe *pipe, uint64_t n)
{
	uint64_t pixels = n * frame_pixels(pipe) - blank_pixels(pipe);
	uint64_t hz = pipe->pixel_hz;

	return pipe->start_ns + pixels / hz * NS_PER_SEC +
	       (pixels % hz * NS_PER_SEC + hz - 1) / hz;
}

/* ---- planes ---- */

static uint32_t surf_of(unsigned int n, unsigned int plane)
{
	return n * XENGT_PIPE_STRIDE +
	       (plane == CURSOR ? XENGT_CUR_BASE : XENGT_PLANE_SURF + plane * XENGT_PLANE_STRIDE);
}

static uint32_t flip_done(const struct xengt_vgpu *vgpu, unsigned int plane)
{
	if (plane == CURSOR)
		return 0;
	return (vgpu->platform->gen == XENGT_GEN9 ? 0x8u : 0x10u) << plane;
}

static uint32_t flips_done(const struct xengt_vgpu *vgpu, uint32_t armed)
{
	uint32_t bits = 0;

	for (unsigned int plane = 0; plane <= CURSOR; plane++) {
		if (armed >> plane & 1)
			bits |= flip_done(vgpu, plane);
	}
	return bits;
}

static enum xengt_irq_bank bank_of(unsigned int n)
{
	return (enum xengt_irq_bank)((unsigned int)XENGT_IRQ_PIPE_A + n);
}

/* Make the armed surfaces live. */
static void latch(struct xengt_vgpu *vgpu, unsigned int n, uint32_t armed)
{
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];
	uint32_t count = FLIPCOUNT + n * XENGT_PIPE_STRIDE;

	for (unsigned int plane = 0; plane <= CURSOR; plane++) {
		uint32_t surf = surf_of(n, plane);

		if (!(armed >> plane & 1))
			continue;
		xengt_mmio_poke(vgpu, surf + (plane == CURSOR ? CURSOR_LIVE :
							      PLANE_LIVE),
				xengt_mmio_peek(vgpu, surf));
		if (plane == 0)
			xengt_mmio_poke(vgpu, count,
					xengt_mmio_peek(vgpu, count) + 1);
	}
	pipe->armed &= ~armed;
}

/* Returns the interrupts of a pipe that the guest has unmasked and enabled. */
static uint32_t wanted(const struct xengt_vgpu *vgpu, unsigned int n)
{
	return xengt_mmio_peek(vgpu, PIPE_IRQ_IER + n * PIPE_IRQ_STRIDE) &
	       ~xengt_mmio_peek(vgpu, PIPE_IRQ_IMR + n * PIPE_IRQ_STRIDE);
}

static void sync_pipe(struct xengt_vgpu *vgpu, unsigned int n, uint64_t at)
{
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];
	uint64_t blanks;
	uint32_t armed;

	if (!pipe->is_on)
		return;
	blanks = blanks_at(pipe, at);
	if (!(wanted(vgpu, n) & IRQ_VBLANK))
		pipe->told = blanks;
	if (blanks == pipe->latched)
		return;
	pipe->latched = blanks;
	armed = pipe->armed;
	if (!armed)
		return;
	latch(vgpu, n, armed);
	xengt_irq_raise(vgpu, bank_of(n), flips_done(vgpu, armed));
}

void xengt_display_sync(struct xengt_vgpu *vgpu)
{
	uint64_t at = now(vgpu);

	for (unsigned int n = 0; n < XENGT_PIPES; n++)
		sync_pipe(vgpu, n, at);
}

void xengt_display_catch_up(struct xengt_vgpu *vgpu)
{
	xengt_display_tick(vgpu, now(vgpu));
}

/* ---- blank interrupts, no faster than the guest handles them ---- */

static bool wants_blanks(const struct xengt_vgpu *vgpu, unsigned int n)
{
	return vgpu->display.pipe[n].is_on && wanted(vgpu, n) & IRQ_VBLANK;
}

/*
 * Returns true if the guest has not acknowledged the last blank interrupt yet.
 */
static bool is_latched(const struct xengt_vgpu *vgpu, unsigned int n)
{
	return xengt_mmio_peek(vgpu, PIPE_IRQ_IIR + n * PIPE_IRQ_STRIDE) &
	       IRQ_VBLANK;
}

/*
 * Returns the longest pause in ns for a guest that takes cost_ns to handle one
 * blank interrupt of each pipe.
 */
static uint64_t longest_pause(const struct xengt_pipe *pipe, uint64_t cost_ns)
{
	uint64_t used = cost_ns + frame_ns(pipe);

	return used + PAUSE_MIN_NS < GAP_MAX_NS ? GAP_MAX_NS - used :
						  PAUSE_MIN_NS;
}

/*
 * Returns the time at which the pause after a pipe's last blank interrupt ends.
 * The handling times of all pipes are added, so that the blanks of all pipes
 * together leave the guest three quarters of its time.
 */
static uint64_t ready_at(const struct xengt_vgpu *vgpu, unsigned int n)
{
	const struct xengt_pipe *pipe = &vgpu->display.pipe[n];
	uint64_t cost = 0, pause, longest;

	if (pipe->is_handling)
		return pipe->raised_ns + HANDLER_MAX_NS;
	for (unsigned int i = 0; i < XENGT_PIPES; i++) {
		if (wants_blanks(vgpu, i))
			cost += vgpu->display.pipe[i].took_ns;
	}
	pause = (PACE - 1) * cost;
	longest = longest_pause(pipe, cost);
	return pipe->raised_ns + cost + (pause < longest ? pause : longest);
}

/*
 * Returns the time at which the guest gets a pipe's next blank interrupt;
 * UINT64_MAX: no interrupt is due before the guest writes a register. Frames
 * are skipped as a whole: an interrupt always comes at a blank.
 */
static uint64_t told_at(const struct xengt_vgpu *vgpu, unsigned int n)
{
	const struct xengt_pipe *pipe = &vgpu->display.pipe[n];
	uint64_t ready, next;

	if (!wants_blanks(vgpu, n) || is_latched(vgpu, n))
		return UINT64_MAX;
	ready = ready_at(vgpu, n);
	next = blank_start(pipe, pipe->told + 1);
	if (next >= ready)
		return next;
	return blank_start(pipe, blanks_at(pipe, ready - 1) + 1);
}

/*
 * Raises one interrupt for all blanks since the last interrupt, as hardware
 * does.
 */
static void tell(struct xengt_vgpu *vgpu, unsigned int n, uint64_t at)
{
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];

	vgpu->counters.blanks_missed += pipe->latched - pipe->told - 1;
	pipe->told = pipe->latched;
	pipe->raised_ns = at;
	pipe->is_handling = true;
	xengt_irq_raise(vgpu, bank_of(n), IRQ_VBLANK);
}

/*
 * Returns true if the guest has finished handling the pipe's last blank
 * interrupt. A driver first acknowledges the interrupt, then handles the
 * interrupt, and then sets the master control bit.
 */
static bool is_over(const struct xengt_vgpu *vgpu, unsigned int n)
{
	return vgpu->display.pipe[n].is_handling && !is_latched(vgpu, n) &&
	       xengt_mmio_peek(vgpu, XENGT_IRQ_MASTER) &
		       XENGT_IRQ_MASTER_CONTROL;
}

/*
 * If the guest finishes handling the blanks of several pipes at the same time,
 * each pipe is charged an equal part of the time, so that no time is counted
 * twice.
 */
void xengt_display_handled(struct xengt_vgpu *vgpu)
{
	struct xengt_pipe *pipe = vgpu->display.pipe;
	uint64_t from = UINT64_MAX, last = 0, at;
	uint32_t over = 0;

	for (unsigned int n = 0; n < XENGT_PIPES; n++) {
		if (pipe[n].handled_ns > last)
			last = pipe[n].handled_ns;
		if (!is_over(vgpu, n))
			continue;
		over++;
		if (pipe[n].raised_ns < from)
			from = pipe[n].raised_ns;
	}
	if (!over)
		return;
	at = now(vgpu);
	if (from < last)
		from = last;
	for (unsigned int n = 0; n < XENGT_PIPES; n++) {
		if (!is_over(vgpu, n))
			continue;
		pipe[n].took_ns = (at - from) / over;
		pipe[n].handled_ns = at;
		pipe[n].is_handling = false;
	}
}

/* ---- time ---- */

/*
 * Plug the monitor in or unplug it. Signals a long hotplug pulse if the guest
 * has enabled hotplug detection.
 */
static void plug(struct xengt_vgpu *vgpu, bool on)
{
	uint32_t levels = xengt_irq_bases.base[XENGT_IRQ_PCH] + XENGT_IRQ_ISR;
	uint32_t level = xengt_mmio_peek(vgpu, levels) & ~XENGT_PCH_HOTPLUG_B;
	uint32_t ctl = xengt_mmio_peek(vgpu, HOTPLUG_CTL);

	vgpu->display.plug_ns = 0;
	xengt_mmio_poke(vgpu, levels, level | (on ? XENGT_PCH_HOTPLUG_B : 0));
	if (!(ctl & HOTPLUG_B_ENABLE))
		return;
	xengt_mmio_poke(vgpu, HOTPLUG_CTL, ctl | HOTPLUG_B_LONG);
	xengt_irq_raise(vgpu, XENGT_IRQ_PCH, XENGT_PCH_HOTPLUG_B);
}

uint64_t xengt_display_deadline(const struct xengt_vgpu *vgpu)
{
	uint64_t first = vgpu->display.plug_ns ? vgpu->display.plug_ns :
						 UINT64_MAX;

	for (unsigned int n = 0; n < XENGT_PIPES; n++) {
		const struct xengt_pipe *pipe = &vgpu->display.pipe[n];
		uint64_t at = told_at(vgpu, n);

		if (at < first)
			first = at;
		if (!pipe->is_on ||
		    !(wanted(vgpu, n) & flips_done(vgpu, pipe->armed)))
			continue;
		at = blank_start(pipe, pipe->latched + 1);
		if (at < first)
			first = at;
	}
	return first;
}

void xengt_display_tick(struct xengt_vgpu *vgpu, uint64_t now_ns)
{
	if (vgpu->display.plug_ns && now_ns >= vgpu->display.plug_ns)
		plug(vgpu, true);
	for (unsigned int n = 0; n < XENGT_PIPES; n++) {
		sync_pipe(vgpu, n, now_ns);
		if (now_ns >= told_at(vgpu, n))
			tell(vgpu, n, now_ns);
	}
}

/* ---- registers ---- */

static unsigned int pipe_of(uint32_t off)
{
	return (off - PIPEDSL) / XENGT_PIPE_STRIDE % XENGT_PIPES;
}

uint32_t xengt_display_read_line(struct xengt_vgpu *vgpu,
				 const struct xengt_reg *reg, uint32_t off,
				 uint32_t old)
{
	const struct xengt_pipe *pipe = &vgpu->display.pipe[pipe_of(off)];
	uint32_t line, last;

	(void)reg;
	(void)old;
	if (!pipe->is_on)
		return 0;
	line = (uint32_t)(pixels_at(pipe, now(vgpu)) % frame_pixels(pipe) /
			  pipe->htotal);
	last = last_shown(pipe);
	if (line > last && line < pipe->vactive)
		line = last;
	/*
	 * On DisplayPort the scanline register shows the line before the line
	 * that is being sent.
	 */
	return (line + pipe->vtotal - 1) % pipe->vtotal;
}

uint32_t xengt_display_read_frames(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old)
{
	const struct xengt_pipe *pipe = &vgpu->display.pipe[pipe_of(off)];

	(void)reg;
	(void)old;
	return pipe->frame_base +
	       (pipe->is_on ? (uint32_t)blanks_at(pipe, now(vgpu)) : 0);
}

uint32_t xengt_display_read_synced(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old)
{
	(void)reg;
	(void)old;
	sync_pipe(vgpu, pipe_of(off), now(vgpu));
	return xengt_mmio_peek(vgpu, off);
}

static void switch_on(struct xengt_vgpu *vgpu, unsigned int n)
{
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];

	set_clock(vgpu, n, pipe);
	pipe->start_ns = now(vgpu);
	pipe->latched = blanks_at(pipe, pipe->start_ns);
	pipe->told = pipe->latched;
	pipe->is_on = true;
}

static void switch_off(struct xengt_vgpu *vgpu, unsigned int n)
{
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];

	pipe->frame_base += (uint32_t)blanks_at(pipe, now(vgpu));
	pipe->is_on = false;
	latch(vgpu, n, pipe->armed);
}

uint32_t xengt_display_write_conf(struct xengt_vgpu *vgpu,
				  const struct xengt_reg *reg, uint32_t off,
				  uint32_t old, uint32_t new)
{
	unsigned int n = pipe_of(off);
	bool is_on = new & XENGT_PIPE_CONF_ENABLE;

	(void)reg;
	(void)old;
	if (is_on && !vgpu->display.pipe[n].is_on)
		switch_on(vgpu, n);
	else if (!is_on && vgpu->display.pipe[n].is_on)
		switch_off(vgpu, n);
	return is_on ? new | XENGT_PIPE_CONF_STATE : new & ~XENGT_PIPE_CONF_STATE;
}

uint32_t xengt_display_write_surf(struct xengt_vgpu *vgpu,
				  const struct xengt_reg *reg, uint32_t off,
				  uint32_t old, uint32_t new)
{
	unsigned int n = pipe_of(off);
	struct xengt_pipe *pipe = &vgpu->display.pipe[n];
	uint32_t at = off - n * XENGT_PIPE_STRIDE;
	unsigned int plane = at == XENGT_CUR_BASE ? CURSOR :
					     (at - XENGT_PLANE_SURF) / XENGT_PLANE_STRIDE;
	uint32_t ctl = XENGT_PLANE_CTL + plane * XENGT_PLANE_STRIDE;
	bool is_async = plane != CURSOR &&
			peek_pipe(vgpu, n, ctl) & PLANE_ASYNC;

	(void)reg;
	(void)old;
	sync_pipe(vgpu, n, now(vgpu));
	xengt_mmio_poke(vgpu, off, new);
	pipe->armed |= 1u << plane;
	if (!pipe->is_on || is_async)
		latch(vgpu, n, 1u << plane);
	if (pipe->is_on && is_async)
		xengt_irq_raise(vgpu, bank_of(n), flip_done(vgpu, plane));
	return new;
}

/* ---- the monitor ---- */

static void put_edid(struct xengt_monitor *monitor, const uint8_t *edid,
		     uint32_t len_bytes)
{
	memcpy(monitor->edid, edid, len_bytes);
	monitor->edid_bytes = len_bytes;
}

void xengt_display_init(struct xengt_vgpu *vgpu)
{
	struct xengt_monitor *monitor = &vgpu->display.monitor;

	if (vgpu->cfg.edid_bytes)
		put_edid(monitor, vgpu->cfg.edid, vgpu->cfg.edid_bytes);
	else
		monitor->edid_bytes = xengt_edid_default(vgpu->info.low_bytes,
							 monitor->edid);
	vgpu->cfg.edid = NULL;
	xengt_display_reset(vgpu);
}

void xengt_display_reset(struct xengt_vgpu *vgpu)
{
	struct xengt_display *d = &vgpu->display;

	memset(d->pipe, 0, sizeof(d->pipe));
	d->sbi.count = 0;
	d->plug_ns = 0;
	xengt_monitor_reset(&d->monitor);
}

void xengt_display_set_edid(struct xengt_vgpu *vgpu, const uint8_t *edid,
			    uint32_t len_bytes)
{
	put_edid(&vgpu->display.monitor, edid, len_bytes);
	plug(vgpu, false);
	vgpu->display.plug_ns = now(vgpu) + UNPLUGGED_NS;
}
