/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the pipes: the rate of vertical blanks, blank interrupts, flips, the scanline, and
 * status bits that follow requests (src/core/display.c, regs/display_pipe.c,
 * regs/display_power.c, regs/display_port.c).
 */
#include "rig.h"

#define FRAME_PIXELS	(2080ull * 1235)

#define SURF		0x7019c
#define SURFLIVE	0x701ac
#define PIPECONF	0x70008
#define IMR		0x44404
#define IIR		0x44408
#define IER		0x4440c
#define MASTER		0x44200

/*
 * Set the built-in monitor's mode of 1920x1200 on port B, with DisplayPort's high bit rate (2.7
 * Gbit/s).
 */
static void set_mode(struct rig *rig, uint32_t pipe)
{
	uint32_t at = pipe * 0x1000;

	rig_write(rig, REG_HTOTAL + at, 4, 2079u << 16 | 1919);
	rig_write(rig, REG_VTOTAL + at, 4, 1234u << 16 | 1199);
	rig_write(rig, REG_TRANS_DDI_FUNC_CTL + at, 4, 0x92000000);
	/* the pixel clock is 154 / 270 of the link's symbol clock */
	rig_write(rig, REG_LINK_M1 + at, 4, 154 * 1024);
	rig_write(rig, REG_LINK_N1 + at, 4, 270 * 1024);
	/* port clock: on Broadwell LCPLL at 1350 MHz, on Skylake DPLL 1 at 1350 MHz */
	rig_write(rig, REG_PORT_CLK_SEL_B, 4, 0x20000000);
	rig_write(rig, REG_DPLL_CTRL2, 4, 1u << 4);
	rig_write(rig, REG_DPLL_CTRL1, 4, 1u << 7);
}

static uint64_t now(struct rig *rig)
{
	return rig->hv->ops->now_ns(rig->hv);
}

static void advance_to(struct rig *rig, uint64_t ns)
{
	xengt_hv_fake_advance(rig->fake, ns - now(rig));
}

/* Returns the time from the start of a pipe to its nth blank, rounded up. */
static uint64_t blank_ns(uint64_t n)
{
	uint64_t pixels = n * FRAME_PIXELS - 35 * 2080;

	return (pixels * 1000 + 153) / 154;
}

static void want(struct rig *rig, uint32_t bits)
{
	rig_write(rig, IMR, 4, ~bits);
	rig_write(rig, IER, 4, bits);
	rig_write(rig, MASTER, 4, 0x80000000);
}

/* Reads and clears the latched events. */
static uint32_t latched(struct rig *rig)
{
	uint32_t bits = (uint32_t)rig_read(rig, IIR, 4);

	rig_write(rig, IIR, 4, bits);
	return bits;
}

static void light(struct rig *rig)
{
	set_mode(rig, 0);
	rig_write(rig, PIPECONF, 4, 0x80000000);
	assert_int_equal(rig_read(rig, PIPECONF, 4), 0xc0000000);
}

static void dark_is_quiet(void **state)
{
	struct rig *rig = *state;

	want(rig, 0x1);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	xengt_hv_fake_advance(rig->fake, 1000000000);
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 0);
	assert_int_equal(rig_read(rig, REG_PIPE_SCANLINE, 4), 0);
	assert_int_equal(rig_read(rig, REG_PIPE_FRMCNT, 4), 0);
}

static void blanks_come_at_the_modes_rate(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	light(rig);
	start = now(rig);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	want(rig, 0x1);
	/* the time is exact to the nanosecond, also after hours */
	for (uint64_t n = 1; n < 1000; n++) {
		uint64_t at = start + blank_ns(n);

		assert_int_equal(xengt_display_deadline(rig->vgpu), at);
		advance_to(rig, at - 1);
		xengt_display_tick(rig->vgpu, now(rig));
		assert_int_equal(latched(rig), 0);
		assert_int_equal(rig_read(rig, REG_PIPE_FRMCNT, 4), n - 1);
		advance_to(rig, at);
		xengt_display_tick(rig->vgpu, now(rig));
		assert_int_equal(latched(rig), 1);
		assert_int_equal(rig_read(rig, REG_PIPE_FRMCNT, 4), n);
	}
	/* a late tick gives one interrupt, and does not change the times of later blanks */
	advance_to(rig, start + blank_ns(4000000) + 5);
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 1);
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 0);
	assert_int_equal(xengt_display_deadline(rig->vgpu),
			 start + blank_ns(4000001));
}

static void nobody_is_told_who_did_not_ask(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	light(rig);
	start = now(rig);
	/* the interrupt is enabled but masked, then unmasked but not enabled */
	rig_write(rig, IMR, 4, ~0u);
	rig_write(rig, IER, 4, 1);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	rig_write(rig, IER, 4, 0);
	rig_write(rig, IMR, 4, ~1u);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	/* a driver that enables the interrupt now gets none for earlier blanks */
	advance_to(rig, start + blank_ns(100) + 1000);
	xengt_display_catch_up(rig->vgpu);
	want(rig, 0x1);
	assert_int_equal(xengt_display_deadline(rig->vgpu),
			 start + blank_ns(101));
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 0);
}

static void switched_off_counts_no_more(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	light(rig);
	start = now(rig);
	want(rig, 0x1);
	advance_to(rig, start + blank_ns(7));
	rig_write(rig, PIPECONF, 4, 0);
	assert_int_equal(rig_read(rig, PIPECONF, 4), 0);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	xengt_hv_fake_advance(rig->fake, 1000000000);
	assert_int_equal(rig_read(rig, REG_PIPE_FRMCNT, 4), 7);
	/* the pipe is on again: its frame count continues, and its blanks come at new times */
	rig_write(rig, PIPECONF, 4, 0x80000000);
	start = now(rig);
	assert_int_equal(rig_read(rig, REG_PIPE_FRMCNT, 4), 7);
	assert_int_equal(xengt_display_deadline(rig->vgpu),
			 start + blank_ns(1));
}

static void lines_move(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	light(rig);
	start = now(rig);
	assert_int_equal(rig_read(rig, REG_PIPE_SCANLINE, 4), 1234);
	for (uint32_t line = 1; line < 3 * 1235; line += 7) {
		/* the index of the line, which repeats after 1235 lines */
		uint32_t shown = line % 1235;

		/*
		 * the device never reports these lines, because a driver that reads one of them
		 * would wait for the blank
		 */
		if (shown > 1190 && shown < 1200)
			shown = 1190;
		advance_to(rig, start + (line * 2080ull + 1040) * 1000 / 154);
		assert_int_equal((rig_read(rig, REG_PIPE_SCANLINE, 4) + 1) % 1235, shown);
	}
	rig_write(rig, REG_PIPE_SCANLINE, 4, 5);
	assert_int_not_equal(rig_read(rig, REG_PIPE_SCANLINE, 4), 5);
}

struct mode {
	uint32_t htotal, vactive, vtotal, khz;
};

/* Switches the pipe on with this mode. Returns the time at which its first picture begins. */
static uint64_t begin_mode(struct rig *rig, const struct mode *m)
{
	set_mode(rig, 0);
	rig_write(rig, REG_HTOTAL, 4, (m->htotal - 1) << 16 | (m->htotal / 2));
	rig_write(rig, REG_VTOTAL, 4, (m->vtotal - 1) << 16 | (m->vactive - 1));
	rig_write(rig, REG_LINK_M1, 4, m->khz);
	rig_write(rig, REG_LINK_N1, 4, 270000);
	rig_write(rig, PIPECONF, 4, 0x80000000);
	return now(rig);
}

/*
 * This test computes 'evaded' as Linux's i915 does: the number of lines in 100 microseconds,
 * rounded up.
 */
static void no_driver_waits_for_a_blank(void **state)
{
	static const struct mode modes[] = {
		{ 2080, 1200, 1235, 154000 }, { 800, 480, 525, 25175 },
		{ 1344, 768, 806, 65000 }, { 1000, 100, 200, 10000 },
		{ 100, 4, 10, 60 },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(modes); i++) {
		uint32_t htotal = modes[i].htotal, vtotal = modes[i].vtotal;
		uint32_t vactive = modes[i].vactive, khz = modes[i].khz;
		uint32_t evaded = (100 * khz + 1000 * htotal - 1) /
			(1000 * htotal);
		uint64_t line_ns = htotal * 1000000ull / khz;
		uint32_t before = 0, seen = 0;
		uint64_t start;

		start = begin_mode(rig, &modes[i]);
		for (uint32_t n = 0; n < 2 * vtotal; n++) {
			uint32_t line;

			advance_to(rig, start + n * line_ns + line_ns / 2);
			line = (rig_read(rig, REG_PIPE_SCANLINE, 4) + 1) % vtotal;
			seen += line != before;
			before = line;
			if (vactive > evaded)
				assert_false(line >= vactive - evaded &&
					     line < vactive);
		}
		/*
		 * in each of the two frames the device may leave out the last 'evaded' lines
		 * before the blank, and two more lines
		 */
		assert_true(seen + 2 * (evaded + 2) >= 2 * vtotal);
		rig_write(rig, PIPECONF, 4, 0);
	}
}

static void flips_wait_for_the_blank(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	/* while the pipe is off, a flip takes effect at once, without an interrupt */
	want(rig, 0x8);
	rig_write(rig, SURF, 4, 0x02000000);
	assert_int_equal(rig_read(rig, SURFLIVE, 4), 0x02000000);
	light(rig);
	start = now(rig);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	rig_write(rig, SURF, 4, 0x02100000);
	rig_write(rig, SURFLIVE, 4, 0x1234);
	assert_int_equal(rig_read(rig, SURFLIVE, 4), 0x02000000);
	assert_int_equal(rig_read(rig, REG_PIPE_FLIPCNT, 4), 1);
	assert_int_equal(xengt_display_deadline(rig->vgpu),
			 start + blank_ns(1));
	advance_to(rig, start + blank_ns(1));
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 0x8);
	assert_int_equal(rig_read(rig, SURFLIVE, 4), 0x02100000);
	assert_int_equal(rig_read(rig, REG_PIPE_FLIPCNT, 4), 2);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	/* the registers show flips that are done, even if the device's tick has not come yet */
	rig_write(rig, SURF + 0x100, 4, 0x02200000);
	rig_write(rig, REG_CUR_BASE, 4, 0x02300000);
	advance_to(rig, start + blank_ns(2));
	assert_int_equal(rig_read(rig, SURFLIVE + 0x100, 4), 0x02200000);
	assert_int_equal(rig_read(rig, REG_CUR_SURFLIVE, 4), 0x02300000);
	/* no interrupt tells of a flip of the cursor, and nobody counts it */
	xengt_display_tick(rig->vgpu, now(rig));
	latched(rig);
	want(rig, 0x78);
	rig_write(rig, REG_CUR_BASE, 4, 0x02340000);
	advance_to(rig, start + blank_ns(3));
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(rig_read(rig, REG_CUR_SURFLIVE, 4), 0x02340000);
	assert_int_equal(latched(rig), 0);
	assert_int_equal(rig_read(rig, REG_PIPE_FLIPCNT, 4), 2);
	/*
	 * an asynchronous flip takes effect at once, and its interrupt comes at
	 * once
	 */
	rig_write(rig, REG_PLANE_CTL_1, 4, 0x80000200);
	rig_write(rig, SURF, 4, 0x02400000);
	assert_int_equal(latched(rig), 0x8);
	assert_int_equal(rig_read(rig, SURFLIVE, 4), 0x02400000);
	/*
	 * if the pipe is switched off while a flip is pending, the flip takes effect at that
	 * moment
	 */
	rig_write(rig, REG_PLANE_CTL_1, 4, 0x80000000);
	rig_write(rig, SURF, 4, 0x02500000);
	rig_write(rig, PIPECONF, 4, 0);
	assert_int_equal(rig_read(rig, SURFLIVE, 4), 0x02500000);
}

static void broadwell_says_other_bits(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, XENGT_PLATFORM_BDW);
	light(&rig);
	want(&rig, 0x31);
	assert_int_equal(xengt_display_deadline(rig.vgpu),
			 now(&rig) + blank_ns(1));
	rig_write(&rig, SURF, 4, 0x02000000);
	rig_write(&rig, SURF + 0x100, 4, 0x02100000);
	xengt_hv_fake_advance(rig.fake, blank_ns(1));
	xengt_display_tick(rig.vgpu, now(&rig));
	assert_int_equal(latched(&rig), 0x31);
	rig_destroy(&rig);
}

static void pipes_are_independent(void **state)
{
	struct rig *rig = *state;
	uint64_t start;

	light(rig);
	xengt_hv_fake_advance(rig->fake, 5000000);
	set_mode(rig, 2);
	rig_write(rig, PIPECONF + 0x2000, 4, 0x80000000);
	start = now(rig);
	rig_write(rig, REG_DE_PIPE_C_IMR, 4, ~1u);
	rig_write(rig, REG_DE_PIPE_C_IER, 4, 1);
	assert_int_equal(xengt_display_deadline(rig->vgpu),
			 start + blank_ns(1));
	advance_to(rig, start + blank_ns(1));
	xengt_display_tick(rig->vgpu, now(rig));
	assert_int_equal(latched(rig), 0);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, REG_DE_PIPE_C_IIR), 1);
	assert_int_equal(rig_read(rig, PIPE_C(REG_PIPE_FRMCNT), 4), 1);
}

/*
 * If the timings are missing, or if no monitor could have them, the pipe has 60 blanks a
 * second. No value causes a storm of interrupts.
 */
static void odd_timings_give_60_hz(void **state)
{
	static const struct { uint32_t h, v, m, n; } odd[] = {
		{ 0, 0, 0, 0 },
		{ 0, 0, ~0u, 1 },
		{ ~0u, ~0u, 1, ~0u },
		{ 1u << 16, 1u << 16, 100, 100 },
		{ 2079u << 16 | 1919, 1199u << 16 | 1300, 0, 5 },
	};
	struct rig *rig = *state;

	want(rig, 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(odd); i++) {
		uint64_t start, first;

		rig_write(rig, PIPECONF, 4, 0);
		set_mode(rig, 0);
		rig_write(rig, REG_HTOTAL, 4, odd[i].h);
		rig_write(rig, REG_VTOTAL, 4, odd[i].v);
		rig_write(rig, REG_LINK_M1, 4, odd[i].m);
		rig_write(rig, REG_LINK_N1, 4, odd[i].n);
		rig_write(rig, PIPECONF, 4, 0x80000000);
		start = now(rig);
		advance_to(rig, start + 100000000);
		xengt_display_tick(rig->vgpu, now(rig));
		latched(rig);
		first = xengt_display_deadline(rig->vgpu);
		advance_to(rig, first);
		xengt_display_tick(rig->vgpu, now(rig));
		latched(rig);
		assert_in_range(xengt_display_deadline(rig->vgpu) - first,
				16666666, 16666667);
		rig_read(rig, REG_PIPE_SCANLINE, 4);
	}
}

/* A pipe can be on port A to E, each with its own clock. A port that does not exist has none. */
static void each_port_has_a_clock(void **state)
{
	struct rig *rig = *state;

	want(rig, 1);
	for (uint32_t port = 0; port < 8; port++) {
		/* 2080 x 1235 pixels at 154 MHz; without a clock 60 frames a second */
		const uint64_t frame_ns = port <= 4 ? 2080 * 1235 * 1000ull / 154 :
						      1000000000 / 60;
		uint64_t first;

		rig_write(rig, PIPECONF, 4, 0);
		set_mode(rig, 0);
		rig_write(rig, REG_TRANS_DDI_FUNC_CTL, 4, 0x82000000 | port << 28);
		rig_write(rig, REG_DPLL_CTRL2, 4, port <= 4 ? 1u << (port * 3 + 1) : 0x2492);
		rig_write(rig, PIPECONF, 4, 0x80000000);
		first = xengt_display_deadline(rig->vgpu);
		advance_to(rig, first);
		xengt_display_tick(rig->vgpu, now(rig));
		latched(rig);
		assert_in_range(xengt_display_deadline(rig->vgpu) - first, frame_ns,
				frame_ns + 1);
	}
}

/* Switches the pipe on with the present values. Returns the time from one blank to the next. */
static uint64_t frame_now(struct rig *rig)
{
	uint64_t first;

	rig_write(rig, PIPECONF, 4, 0);
	rig_write(rig, PIPECONF, 4, 0x80000000);
	first = xengt_display_deadline(rig->vgpu);
	advance_to(rig, first);
	xengt_display_tick(rig->vgpu, now(rig));
	latched(rig);
	return xengt_display_deadline(rig->vgpu) - first;
}

/* A frame takes 4 ms to 1 s. Longer and shorter frames take a 60th of a second. */
static void the_longest_and_the_shortest_frame(void **state)
{
	static const struct {
		uint32_t vtotal, n;	/* frames of 1000 x vtotal pixels at 270 MHz / n */
		uint64_t ns;
	} cases[] = {
		{ 270, 4, 4000000 }, { 269, 4, 16666666 },
		{ 270, 1000, 1000000000 }, { 271, 1000, 16666666 },
	};
	struct rig *rig = *state;

	want(rig, 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		set_mode(rig, 0);
		rig_write(rig, REG_HTOTAL, 4, 999u << 16 | 799);
		rig_write(rig, REG_VTOTAL, 4, (cases[i].vtotal - 1) << 16 | 199);
		rig_write(rig, REG_LINK_M1, 4, 1);
		rig_write(rig, REG_LINK_N1, 4, cases[i].n);
		assert_in_range(frame_now(rig), cases[i].ns, cases[i].ns + 1);
	}
}

/* Every clock that a port can have; a clock that does not exist gives 60 frames a second. */
static void every_clock(void **state)
{
	static const uint32_t skl_khz[8] = { 540000, 270000, 162000, 324000, 216000, 432000 };
	static const uint32_t bdw_khz[8] = { 540000, 270000, 162000 };
	static const enum xengt_platform_id platforms[] = {
		XENGT_PLATFORM_SKL, XENGT_PLATFORM_BDW,
	};

	(void)state;
	for (int p = 0; p < 2; p++) {
		struct rig rig;

		rig_start(&rig, platforms[p]);
		want(&rig, 1);
		for (uint32_t sel = 0; sel < 8; sel++) {
			const uint32_t khz = p ? bdw_khz[sel] : skl_khz[sel];
			const uint64_t hz = khz * 1000ull * 154 / 270;
			const uint64_t frame_ns = khz ? FRAME_PIXELS * 1000000000 / hz :
							1000000000 / 60;

			for (uint32_t pll = 0; pll < 4; pll++) {
				set_mode(&rig, 0);
				rig_write(&rig, REG_PORT_CLK_SEL_B, 4, sel << 29);
				rig_write(&rig, REG_DPLL_CTRL2, 4, pll << 4);
				rig_write(&rig, REG_DPLL_CTRL1, 4, sel << (pll * 6 + 1));
				assert_in_range(frame_now(&rig), frame_ns, frame_ns + 1);
			}
		}
		rig_destroy(&rig);
	}
}

/* On Broadwell each port has its own register that selects its clock; 7: the port has no clock. */
static void each_port_of_broadwell_has_a_clock(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, XENGT_PLATFORM_BDW);
	want(&rig, 1);
	for (uint32_t port = 0; port < 5; port++) {
		for (uint32_t other = 0; other < 5; other++) {
			/* 2080 x 1235 pixels at 154 MHz; without a clock 60 frames a second */
			const uint64_t frame_ns = port == other ? 2080 * 1235 * 1000ull / 154 :
								  1000000000 / 60;

			set_mode(&rig, 0);
			rig_write(&rig, REG_TRANS_DDI_FUNC_CTL, 4, 0x82000000 | port << 28);
			for (uint32_t i = 0; i < 5; i++)
				rig_write(&rig, REG_PORT_CLK_SEL_B - 4 + 4 * i, 4,
					  (i == other ? 1u : 7u) << 29);
			assert_in_range(frame_now(&rig), frame_ns, frame_ns + 1);
		}
	}
	rig_destroy(&rig);
}

/*
 * The last line before the hidden lines is shown as long as the hidden lines are sent. The
 * hidden lines are those of 100 us, rounded up, and one more; a picture without other lines
 * hides none.
 */
static void each_line_is_shown_or_hidden(void **state)
{
	static const struct mode modes[] = {
		{ 2080, 1200, 1235, 154000 }, { 800, 480, 525, 25175 },
		{ 1000, 100, 200, 10000 }, { 1000, 100, 200, 20000 }, { 1000, 100, 200, 20010 },
		{ 100, 4, 10, 60 }, { 100, 3, 10, 60 }, { 1000, 4, 200, 20000 },
		{ 1000, 5, 200, 20000 },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(modes); i++) {
		const uint32_t htotal = modes[i].htotal, vtotal = modes[i].vtotal;
		const uint32_t vactive = modes[i].vactive, khz = modes[i].khz;
		const uint32_t hidden = (khz + 10 * htotal - 1) / (10 * htotal) + 1;
		const uint32_t last = hidden + 1 >= vactive ? vactive - 1 :
							      vactive - 1 - hidden;
		uint64_t start;

		start = begin_mode(rig, &modes[i]);
		for (uint32_t line = 0; line < 2 * vtotal; line++) {
			const uint32_t at = line % vtotal;

			advance_to(rig, start + (line * 2 + 1) * htotal * 500000ull / khz);
			assert_int_equal((rig_read(rig, REG_PIPE_SCANLINE, 4) + 1) % vtotal,
					 at > last && at < vactive ? last : at);
		}
		rig_write(rig, PIPECONF, 4, 0);
	}
}

static void requests_are_granted(void **state)
{
	struct rig *rig = *state;

	/*
	 * a power well is on if any of its request bits is set; the fuse status shows which
	 * wells are on
	 */
	assert_int_equal(rig_read(rig, REG_FUSE_STATUS, 4), 0x88000000);
	rig_write(rig, REG_PWR_WELL_CTL2, 4, 0xa0000000);
	assert_int_equal(rig_read(rig, REG_PWR_WELL_CTL2, 4), 0xf0000000);
	assert_int_equal(rig_read(rig, REG_PWR_WELL_CTL1, 4), 0x50000000);
	assert_int_equal(rig_read(rig, REG_FUSE_STATUS, 4), 0x8e000000);
	rig_write(rig, REG_PWR_WELL_CTL1, 4, 0x20000000);
	rig_write(rig, REG_PWR_WELL_CTL2, 4, 0);
	assert_int_equal(rig_read(rig, REG_PWR_WELL_CTL2, 4), 0x10000000);
	/* PLLs and the register with the status of all PLLs */
	rig_write(rig, REG_LCPLL1_CTL, 4, 0x80000000);
	assert_int_equal(rig_read(rig, REG_LCPLL1_CTL, 4), 0xc0000000);
	rig_write(rig, REG_WRPLL_CTL2, 4, 0x80000000);
	assert_int_equal(rig_read(rig, REG_DPLL_STATUS, 4), 0x01000001);
	rig_write(rig, REG_LCPLL1_CTL, 4, 0);
	assert_int_equal(rig_read(rig, REG_LCPLL1_CTL, 4), 0);
	/*
	 * status bits of display buffer, port and panel power follow the
	 * requests
	 */
	rig_write(rig, REG_DBUF_CTL, 4, 0x80000000);
	assert_int_equal(rig_read(rig, REG_DBUF_CTL, 4), 0xc0000000);
	assert_int_equal(rig_read(rig, REG_DDI_BUF_CTL_B, 4), 0x80);
	rig_write(rig, REG_DDI_BUF_CTL_B, 4, 0x80000002);
	assert_int_equal(rig_read(rig, REG_DDI_BUF_CTL_B, 4), 0x80000002);
	rig_write(rig, REG_DDI_BUF_CTL_B, 4, 0x00000002);
	assert_int_equal(rig_read(rig, REG_DDI_BUF_CTL_B, 4), 0x00000082);
	rig_write(rig, REG_PP_CONTROL, 4, 1);
	assert_int_equal(rig_read(rig, REG_PP_STATUS, 4), 0x80000008);
	rig_write(rig, REG_PP_CONTROL, 4, 0);
	assert_int_equal(rig_read(rig, REG_PP_STATUS, 4), 0);
	/* the state of the transcoder for port A (eDP) follows the request */
	rig_write(rig, REG_PIPE_CONF_EDP, 4, 0x80000000);
	assert_int_equal(rig_read(rig, REG_PIPE_CONF_EDP, 4), 0xc0000000);
	rig_write(rig, REG_PIPE_CONF_EDP, 4, 0);
	assert_int_equal(rig_read(rig, REG_PIPE_CONF_EDP, 4), 0);
}

static uint32_t sbi(struct rig *rig, uint32_t addr, uint32_t op, uint32_t val)
{
	rig_write(rig, REG_SBI_ADDR, 4, addr << 16);
	rig_write(rig, REG_SBI_DATA, 4, val);
	rig_write(rig, REG_SBI_CTL_STAT, 4, op | 1);
	assert_int_equal(rig_read(rig, REG_SBI_CTL_STAT, 4) & 3, 0);
	return (uint32_t)rig_read(rig, REG_SBI_DATA, 4);
}

static void broadwells_clocks(void **state)
{
	struct rig rig;

	(void)state;
	rig_start(&rig, XENGT_PLATFORM_BDW);
	assert_int_equal(rig_read(&rig, REG_LCPLL_CTL, 4), 0x40000000);
	rig_write(&rig, REG_LCPLL_CTL, 4, 0x00200000);
	assert_int_equal(rig_read(&rig, REG_LCPLL_CTL, 4), 0x40280000);
	rig_write(&rig, REG_LCPLL_CTL, 4, 0x80000000);
	assert_int_equal(rig_read(&rig, REG_LCPLL_CTL, 4), 0x80000000);
	/* each register of the sideband interface keeps its value, at both destinations */
	sbi(&rig, 0x020c, 0x700, 0x11);
	sbi(&rig, 0x020c, 0x10300, 0x22);
	sbi(&rig, 0x2a00, 0x700, 0x33);
	assert_int_equal(sbi(&rig, 0x020c, 0x600, 0), 0x11);
	assert_int_equal(sbi(&rig, 0x020c, 0x10200, 0), 0x22);
	assert_int_equal(sbi(&rig, 0x2a00, 0x600, 0), 0x33);
	assert_int_equal(sbi(&rig, 0x3000, 0x600, 5), 0);
	/* if the device has no room for another sideband register, it drops the store */
	for (uint32_t i = 0; i < 2 * XENGT_SBI_MAX; i++)
		sbi(&rig, 0x4000 + i, 0x700, i + 1);
	assert_int_equal(sbi(&rig, 0x4000, 0x600, 0), 1);
	assert_int_equal(sbi(&rig, 0x4000 + 2 * XENGT_SBI_MAX - 1, 0x600, 9), 0);
	assert_int_equal(sbi(&rig, 0x020c, 0x600, 0), 0x11);
	rig_destroy(&rig);
}

static void reset_darkens(void **state)
{
	struct rig *rig = *state;

	light(rig);
	want(rig, 1);
	xengt_vgpu_reset(rig->vgpu);
	rig_decode(rig);
	assert_int_equal(rig_read(rig, PIPECONF, 4), 0);
	assert_int_equal(xengt_display_deadline(rig->vgpu), UINT64_MAX);
	/* the monitor is still there */
	assert_int_equal(rig_read(rig, REG_SDE_ISR, 4) & 0x200000, 0x200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(dark_is_quiet),
		rig_test(blanks_come_at_the_modes_rate),
		rig_test(nobody_is_told_who_did_not_ask),
		rig_test(switched_off_counts_no_more),
		rig_test(lines_move),
		rig_test(no_driver_waits_for_a_blank),
		rig_test(flips_wait_for_the_blank),
		cmocka_unit_test(broadwell_says_other_bits),
		rig_test(pipes_are_independent),
		rig_test(odd_timings_give_60_hz),
		rig_test(each_port_has_a_clock),
		rig_test(the_longest_and_the_shortest_frame),
		cmocka_unit_test(every_clock),
		cmocka_unit_test(each_port_of_broadwell_has_a_clock),
		rig_test(each_line_is_shown_or_hidden),
		rig_test(requests_are_granted),
		cmocka_unit_test(broadwells_clocks),
		rig_test(reset_darkens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
