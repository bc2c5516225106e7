// SPDX-License-Identifier: GPL-2.0-only
/* Tests the display of the simulated GPU: pipes, AUX, GMBUS, power wells, hotplug. */
#include "sim_machine.h"

#define AUX_B		0x64110U
#define GMBUS		0xc5100U
#define PIPE_A_IRQ	0x44400U
#define PCH_IRQ		0xc4000U

#define DDI_PORT_B_DP	0x92000000U
#define DDI_PORT_C_HDMI	0xa0000000U

struct setting {
	uint32_t off;
	uint32_t val;
};

/*
 * A clock for transcoder A, and the number of frames of 2200x1125 in a second.
 */
struct clock_case {
	const char *name;
	const char *platform;
	struct setting regs[8];
	unsigned int hz;
};

/* clang-format off */
static const struct clock_case clock_cases[] = {
	{ "PLL 0 at 270 MHz, port B, link 65 / 270", "skl",
	  { { REG_LCPLL1_CTL, 0x80000000 }, { REG_DPLL_CTRL1, 1 << 1 },
	    { REG_DPLL_CTRL2, 0x000e8000 }, { REG_TRANS_CLK_SEL_A, 2U << 29 },
	    { REG_LINK_M1, 65 }, { REG_LINK_N1, 270 }, { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_B_DP } },
	  26 },
	{ "PLL 2 at 540 MHz, port C, link 11 / 40", "skl",
	  { { REG_WRPLL_CTL1, 0x80000000 }, { REG_DPLL_CTRL1, 0 },
	    { REG_DPLL_CTRL2, 0x000d8000 | 2 << 7 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_LINK_M1, 11 }, { REG_LINK_N1, 40 }, { REG_TRANS_DDI_FUNC_CTL, 0xa2000000 } },
	  60 },
	{ "PLL 1 by dividers: 371.25 * 24 MHz / (3 * 2 * 2 * 5)", "skl",
	  { { REG_LCPLL2_CTL, 0x80000000 }, { REG_DPLL_CTRL1, 0x21 << 6 },
	    { REG_DPLL1_CFGCR1, 0x80000000 | 0x2000 << 9 | 371 },
	    { REG_DPLL1_CFGCR2, 2 << 8 | 0x80 | 1 << 5 | 2 << 2 },
	    { REG_DPLL_CTRL2, 0x000d8000 | 1 << 7 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  60 },
	{ "the same with 12 bits per colour", "skl",
	  { { REG_LCPLL2_CTL, 0x80000000 }, { REG_DPLL_CTRL1, 0x21 << 6 },
	    { REG_DPLL1_CFGCR1, 0x80000000 | 0x2000 << 9 | 371 },
	    { REG_DPLL1_CFGCR2, 2 << 8 | 0x80 | 1 << 5 | 2 << 2 },
	    { REG_DPLL_CTRL2, 0x000d8000 | 1 << 7 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI | 3 << 20 } },
	  40 },
	{ "PLL 1 off", "skl",
	  { { REG_DPLL_CTRL1, 0x21 << 6 },
	    { REG_DPLL1_CFGCR1, 0x80000000 | 0x2000 << 9 | 371 },
	    { REG_DPLL1_CFGCR2, 2 << 8 | 0x80 | 1 << 5 | 2 << 2 },
	    { REG_DPLL_CTRL2, 0x000d8000 | 1 << 7 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  0 },
	{ "port gated", "skl",
	  { { REG_LCPLL1_CTL, 0x80000000 }, { REG_TRANS_CLK_SEL_A, 2U << 29 },
	    { REG_LINK_M1, 65 }, { REG_LINK_N1, 270 }, { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_B_DP } },
	  0 },
	{ "link without N", "skl",
	  { { REG_LCPLL1_CTL, 0x80000000 }, { REG_DPLL_CTRL2, 0x000e8000 },
	    { REG_TRANS_CLK_SEL_A, 2U << 29 }, { REG_LINK_M1, 65 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_B_DP } },
	  0 },
	{ "LCPLL at 270 MHz, port B, link 65 / 270", "bdw",
	  { { REG_PORT_CLK_SEL_B, 1U << 29 }, { REG_TRANS_CLK_SEL_A, 2U << 29 },
	    { REG_LINK_M1, 65 }, { REG_LINK_N1, 270 }, { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_B_DP } },
	  26 },
	{ "WRPLL 2: 2700 MHz * 22 / (5 * 10 * 8), port C", "bdw",
	  { { REG_WRPLL_CTL2, 0xb0000000 | 22 << 16 | 10 << 8 | 8 },
	    { REG_PORT_CLK_SEL_C, 5U << 29 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  60 },
	{ "WRPLL 1: 135 MHz * 22 / (5 * 2 * 2), port C", "bdw",
	  { { REG_WRPLL_CTL1, 0xa0000000 | 22 << 16 | 2 << 8 | 2 },
	    { REG_PORT_CLK_SEL_C, 4U << 29 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  60 },
	{ "SPLL at 270 MHz, port C", "bdw",
	  { { REG_SPLL_CTL, 0x84000000 }, { REG_PORT_CLK_SEL_C, 3U << 29 },
	    { REG_TRANS_CLK_SEL_A, 3U << 29 }, { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  109 },
	{ "WRPLL without dividers", "bdw",
	  { { REG_WRPLL_CTL1, 0xb0000000 | 22 << 16 }, { REG_PORT_CLK_SEL_C, 4U << 29 },
	    { REG_TRANS_CLK_SEL_A, 3U << 29 }, { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  0 },
	{ "no PLL", "bdw",
	  { { REG_PORT_CLK_SEL_C, 7U << 29 }, { REG_TRANS_CLK_SEL_A, 3U << 29 },
	    { REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI } },
	  0 },
};
/* clang-format on */

static void set_clock(struct machine *m, const struct clock_case *c)
{
	for (size_t i = 0; i < 8 && c->regs[i].off; i++)
		wr(m, c->regs[i].off, c->regs[i].val);
}

static void test_frame_rates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(clock_cases) / sizeof(*clock_cases);
	     i++) {
		const struct clock_case *c = &clock_cases[i];
		struct machine *m = machine_create(c->platform, false);
		uint32_t frames;

		set_clock(m, c);
		wr(m, REG_HTOTAL, 2199U << 16 | 1919);
		wr(m, REG_VTOTAL, 1124U << 16 | 1079);
		wr(m, REG_PIPE_CONF, 0x80000000);
		xengt_sim_advance(m->sim, 1000000000);
		frames = rd(m, REG_PIPE_FRMCNT);
		if (frames != c->hz)
			fail_msg("%s: wrong refresh rate, %u frames a second", c->name, frames);
		assert_int_equal(xengt_sim_idle(m->sim) > 0, c->hz > 0);
		machine_destroy(m);
	}
}

/* Start pipe A on port B, with 1024x768 visible pixels of 1344x806, at 60 Hz. */
static void start_pipe(struct machine *m)
{
	bool is_bdw = xengt_sim_cfg_read(m->sim, 2, 2) == 0x1616;

	for (size_t i = 0; i < sizeof(clock_cases) / sizeof(*clock_cases); i++)
		if (!strcmp(clock_cases[i].platform, is_bdw ? "bdw" : "skl")) {
			set_clock(m, &clock_cases[i]);
			break;
		}
	wr(m, REG_HTOTAL, (1343U << 16) | 1023);
	wr(m, REG_VTOTAL, (805U << 16) | 767);
	wr(m, REG_PIPE_CONF, 0x80000000);
}

static void test_pipe_runs(void **state)
{
	struct machine *m = *state;
	uint32_t first, line, seen = 0;

	assert_int_equal(rd(m, REG_PIPE_SCANLINE), 0);
	start_pipe(m);
	assert_int_equal(rd(m, REG_PIPE_CONF), 0xc0000000);
	first = rd(m, REG_PIPE_FRMCNT);
	for (int i = 0; i < 1000000 && rd(m, REG_PIPE_FRMCNT) == first; i++) {
		/* the register has the line minus one, and lines count from 0 */
		line = rd(m, REG_PIPE_SCANLINE);
		assert_true(line < 806);
		line = (line + 1) % 806;
		assert_true(line >= seen);
		seen = line;
	}
	/* the frame counter changes at the first line of the blank */
	assert_int_equal(rd(m, REG_PIPE_FRMCNT), first + 1);
	assert_in_range(seen, 766, 768);
	wr(m, REG_PIPE_CONF, 0);
	assert_int_equal(rd(m, REG_PIPE_CONF), 0);
	assert_int_equal(rd(m, REG_PIPE_SCANLINE), 0);
	assert_int_equal(rd(m, REG_PIPE_FRMCNT), first + 1);
	/* the other pipes have counted no frames */
	assert_int_equal(rd(m, PIPE_B(REG_PIPE_FRMCNT)), 0);
}

static void test_vblank_and_flip(void **state)
{
	struct machine *m = *state;
	int i;

	enable_msi(m, 0xfee00000, 1);
	wr(m, PIPE_A_IRQ + 4, ~9U);
	wr(m, PIPE_A_IRQ + 0xc, 9);
	wr(m, REG_MASTER_INTERRUPT, 0x80000000);
	wr(m, REG_PLANE_SURF_1, 0x1000);
	/* while the pipe is off, a plane changes at once */
	assert_int_equal(rd(m, REG_PLANE_SURFLIVE_1), 0x1000);
	start_pipe(m);
	wr(m, REG_PLANE_SURF_1, 0x2000);
	assert_int_equal(rd(m, REG_PLANE_SURFLIVE_1), 0x1000);
	for (i = 0; i < 1000000 && !m->n_msi; i++)
		(void)rd(m, REG_PIPE_SCANLINE);
	assert_int_equal(m->n_msi, 1);
	assert_int_equal(rd(m, REG_PLANE_SURFLIVE_1), 0x2000);
	assert_int_equal(rd(m, PIPE_A_IRQ + 8), 9);
	wr(m, PIPE_A_IRQ + 8, ~0U);
	assert_true(xengt_sim_idle(m->sim) > 0);
}

/*
 * Two planes and the cursor change at the same blank. An asynchronous flip
 * takes effect at once.
 */
static void test_flips(void **state)
{
	struct machine *m = *state;

	wr(m, PIPE_A_IRQ + 4, 0);
	start_pipe(m);
	wr(m, REG_PLANE_SURF_2, 0x3000);
	wr(m, REG_CUR_BASE, 0x4000);
	xengt_sim_advance(m->sim, 17000000);
	assert_int_equal(rd(m, REG_PLANE_SURFLIVE_2), 0x3000);
	assert_int_equal(rd(m, REG_CUR_SURFLIVE), 0x4000);
	assert_int_equal(rd(m, PIPE_A_IRQ + 8), 0x11);
	wr(m, PIPE_A_IRQ + 8, ~0U);
	wr(m, REG_PLANE_CTL_1, 0x84000200);
	wr(m, REG_PLANE_SURF_1, 0x5000);
	assert_int_equal(rd(m, REG_PLANE_SURFLIVE_1), 0x5000);
	assert_int_equal(rd(m, PIPE_A_IRQ + 8), 8);
}

static uint64_t owner_ns;

static uint64_t owner_clock(void *opaque)
{
	(void)opaque;
	return owner_ns;
}

static uint32_t line_after(struct machine *m, uint64_t ns)
{
	owner_ns += ns;
	return rd(m, REG_PIPE_SCANLINE);
}

static struct machine *with_clock(void)
{
	static const struct xengt_sim_ops ops = { .now_ns = owner_clock };
	struct xengt_sim_config config = { .ops = &ops };
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->sim = xengt_sim_create(&config);
	assert_non_null(m->sim);
	owner_ns = 1000000000;
	start_pipe(m);
	return m;
}

/*
 * During a burst of accesses the display's clock advances by as much as it would on
 * real hardware, although the simulated accesses are slow.
 */
static void test_bursts(void **state)
{
	struct machine *m = with_clock();
	uint32_t line, frames;

	(void)state;
	/* a line is 20.7 us */
	assert_int_equal(line_after(m, 21 * 20700), 20);
	for (int i = 0; i < 20; i++)
		line = line_after(m, 20000);
	assert_in_range(line, 20, 21);
	/*
	 * an idle call, then an access: the clock never goes back to before a value
	 * that a reader has seen
	 */
	owner_ns += 90000;
	assert_true(xengt_sim_idle(m->sim) > 0);
	assert_in_range(line_after(m, 5000), 24, 26);
	(void)rd(m, REG_MASTER_INTERRUPT);
	/*
	 * 1000 stores of 20 us to the aperture: these are no accesses to registers, so
	 * they are no burst
	 */
	frames = rd(m, REG_PIPE_FRMCNT);
	for (int i = 0; i < 1000; i++) {
		owner_ns += 20000;
		xengt_sim_bar_write(m->sim, 2, 0, 4, 0);
	}
	assert_in_range(rd(m, REG_PIPE_FRMCNT) - frames, 1, 2);
	xengt_sim_destroy(m->sim);
	free(m);
}

static uint32_t frame_after(struct machine *m, uint64_t ns)
{
	owner_ns += ns;
	return rd(m, REG_PIPE_FRMCNT);
}

/*
 * An update of planes is a burst of accesses. However slow the update is, it ends in
 * the frame in which it began.
 */
static void test_slow_update(void **state)
{
	struct machine *m = with_clock();
	uint32_t line, frame;

	(void)state;
	line = line_after(m, 21 * 20700);
	frame = frame_after(m, 0);
	for (int i = 0; i < 3; i++) {
		owner_ns += 19000000;
		wr(m, REG_PLANE_STRIDE_1, 0);
		owner_ns += 19000000;
		assert_true(xengt_sim_idle(m->sim) > 0);
	}
	assert_in_range(line_after(m, 19000000), line, line + 1);
	assert_int_equal(frame_after(m, 19000000), frame);
	/* the update has ended */
	assert_int_equal(frame_after(m, 17000000), frame + 1);
	(void)rd(m, REG_MASTER_INTERRUPT);
	/*
	 * a read of a timestamp does not count as an update, and neither do reads of
	 * scanlines
	 */
	(void)frame_after(m, 0);
	(void)line_after(m, 0);
	(void)frame_after(m, 0);
	assert_int_equal(frame_after(m, 17000000), frame + 2);
	(void)rd(m, REG_MASTER_INTERRUPT);
	(void)line_after(m, 0);
	owner_ns += 17000000;
	assert_true(xengt_sim_idle(m->sim) > 0);
	assert_int_equal(xengt_sim_peek_reg(m->sim, REG_PIPE_FRMCNT), frame + 3);
	xengt_sim_destroy(m->sim);
	free(m);
}

/*
 * A driver that never ends an update stops the display's clock for 50 ms or 64
 * accesses at most.
 */
static void test_endless_update(void **state)
{
	struct machine *m = with_clock();
	uint32_t frame;

	(void)state;
	(void)line_after(m, 0);
	frame = frame_after(m, 0);
	owner_ns += 51000000;
	assert_true(xengt_sim_idle(m->sim) > 0);
	assert_int_equal(rd(m, REG_PIPE_FRMCNT), frame + 3);
	(void)rd(m, REG_PIPE_SCANLINE);
	(void)rd(m, REG_MASTER_INTERRUPT);
	(void)line_after(m, 0);
	frame = frame_after(m, 0);
	for (int i = 0; i < 70; i++)
		(void)rd(m, REG_MASTER_INTERRUPT);
	assert_int_equal(frame_after(m, 17000000), frame + 1);
	xengt_sim_destroy(m->sim);
	free(m);
}

/*
 * On HDMI the scanline register is two lines late, so when it shows the blank, the
 * blank has begun.
 */
static void test_line_lag(void **state)
{
	struct machine *m = *state;
	uint32_t frame;

	start_pipe(m);
	wr(m, REG_PIPE_CONF, 0);
	wr(m, REG_TRANS_DDI_FUNC_CTL, DDI_PORT_C_HDMI);
	/*
	 * the port's clock is 270 MHz, so a line of 1344 pixels takes 4977 ns
	 */
	wr(m, REG_PIPE_CONF, 0x80000000);
	assert_in_range(rd(m, REG_PIPE_SCANLINE), 804, 805);
	frame = rd(m, REG_PIPE_FRMCNT);
	xengt_sim_advance(m->sim, 767 * 4978);
	assert_in_range(rd(m, REG_PIPE_SCANLINE), 765, 766);
	xengt_sim_advance(m->sim, 4978);
	assert_int_equal(rd(m, REG_PIPE_FRMCNT), frame + 1);
	assert_in_range(rd(m, REG_PIPE_SCANLINE), 766, 767);
}

/* Makes one AUX transaction. Returns the size of the reply, or 0 after a time-out. */
static unsigned int aux(struct machine *m, uint32_t ch, uint32_t w0,
			uint32_t w1, unsigned int size)
{
	uint32_t ctl;

	wr(m, ch + 4, w0);
	wr(m, ch + 8, w1);
	wr(m, ch, 0x80000000 | size << 20);
	ctl = rd(m, ch);
	assert_int_equal(ctl & 0xc0000000, 0x40000000);
	wr(m, ch, 0x52000000);
	assert_int_equal(rd(m, ch) & 0xd2000000, 0);
	return ctl & 0x10000000 ? 0 : (ctl >> 20) & 0x1f;
}

static void test_aux(void **state)
{
	struct machine *m = *state;

	/* the monitor has DPCD 1.2, HBR2 and 4 lanes */
	assert_int_equal(aux(m, AUX_B, 0x90000002, 0, 4), 4);
	assert_int_equal(rd(m, AUX_B + 4), 0x00121484);
	/* capabilities cannot be written */
	assert_int_equal(aux(m, AUX_B, 0x80000000, 0xff000000, 5), 1);
	assert_int_equal(aux(m, AUX_B, 0x90000000, 0, 4), 2);
	assert_int_equal(rd(m, AUX_B + 4) >> 16, 0x0012);
	/* on a channel without a monitor there is no reply */
	assert_int_equal(aux(m, AUX_B + 0x100, 0x90000000, 0, 4), 0);
	/* a write beyond DPCD is refused */
	assert_int_equal(aux(m, AUX_B, 0x80070000, 0xff000000, 5), 2);
	assert_int_equal(rd(m, AUX_B + 4) >> 24, 0x10);
}

static void test_link_training(void **state)
{
	struct machine *m = *state;

	assert_int_equal(aux(m, AUX_B, 0x80010200, 0x21000000, 5), 1);
	assert_int_equal(aux(m, AUX_B, 0x90020202, 0, 4), 4);
	assert_int_equal(rd(m, AUX_B + 4), 0x00111100);
	assert_int_equal(aux(m, AUX_B, 0x80010200, 0x22000000, 5), 1);
	assert_int_equal(aux(m, AUX_B, 0x90020202, 0, 4), 4);
	assert_int_equal(rd(m, AUX_B + 4), 0x00777701);
}

static void test_edid_over_aux(void **state)
{
	struct machine *m = *state;
	uint8_t sum = 0;

	assert_int_equal(aux(m, AUX_B, 0x40005000, 0, 5), 1);
	for (int i = 0; i < 256; i++) {
		assert_int_equal(aux(m, AUX_B, 0x50005000, 0, 4), 2);
		sum = (uint8_t)(sum + (rd(m, AUX_B + 4) >> 16));
		if (i == 127 || i == 255)
			assert_int_equal(sum, 0);
	}
	/* no device has this address */
	assert_int_equal(aux(m, AUX_B, 0x50003700, 0, 4), 1);
	assert_int_equal(rd(m, AUX_B + 4) >> 24, 0x40);
}

static void test_edid_over_gmbus(void **state)
{
	struct machine *m = *state;
	uint8_t sum = 0;

	wr(m, GMBUS, 4);
	wr(m, GMBUS + 0xc, 0);
	wr(m, GMBUS + 4, 0x42000000 | 1 << 16 | 0xa0);
	assert_int_equal(rd(m, GMBUS + 8) & 0x4400, 0x4000);
	wr(m, GMBUS + 4, 0x42000000 | 128 << 16 | 0xa1);
	for (int i = 0; i < 32; i++) {
		uint32_t v;

		assert_int_equal(rd(m, GMBUS + 8) & 0x4800, 0x0800);
		v = rd(m, GMBUS + 0xc);
		if (i == 0)
			assert_int_equal(v, 0xffffff00);
		/* a peek of the register does not advance the position */
		assert_int_equal(xengt_sim_peek_reg(m->sim, GMBUS + 0xc), v);
		sum = (uint8_t)(sum + v + (v >> 8) + (v >> 16) + (v >> 24));
	}
	assert_int_equal(sum, 0);
	assert_int_equal(rd(m, GMBUS + 8) & 0x4000, 0x4000);
	wr(m, GMBUS + 4, 0x48000000);
	assert_int_equal(rd(m, GMBUS + 8) & 0x0200, 0);
	/* no device answered: the error bit stays set until software clears it */
	wr(m, GMBUS, 5);
	wr(m, GMBUS + 4, 0x42000000 | 1 << 16 | 0xa1);
	assert_int_equal(rd(m, GMBUS + 8) & 0x0400, 0x0400);
	wr(m, GMBUS + 4, 0x80000000);
	assert_int_equal(rd(m, GMBUS + 8) & 0x0400, 0);
}

static void test_pins(void **state)
{
	struct machine *m = *state;

	assert_int_equal(rd(m, REG_GPIO_CTL_E), 0x1010);
	/* drive the data wire low, release it, drive it high */
	wr(m, REG_GPIO_CTL_E, 0x0700);
	assert_int_equal(rd(m, REG_GPIO_CTL_E), 0x0210);
	wr(m, REG_GPIO_CTL_E, 0x0100);
	assert_int_equal(rd(m, REG_GPIO_CTL_E), 0x1010);
	wr(m, REG_GPIO_CTL_E, 0x0f00);
	assert_int_equal(rd(m, REG_GPIO_CTL_E), 0x1a10);
	/* drive only the clock wire */
	wr(m, REG_GPIO_CTL_E, 0x0007);
	assert_int_equal(rd(m, REG_GPIO_CTL_E), 0x1a02);
}

static void test_power_and_clocks(void **state)
{
	struct machine *m = *state;

	assert_int_equal(rd(m, REG_FUSE_STATUS), 0x88000000);
	wr(m, REG_PWR_WELL_CTL2, 0xa0000000);
	assert_int_equal(rd(m, REG_PWR_WELL_CTL2), 0xf0000000);
	/* a well stays on while another request bit is set */
	wr(m, REG_PWR_WELL_CTL1, 0x20000000);
	wr(m, REG_PWR_WELL_CTL2, 0);
	assert_int_equal(rd(m, REG_PWR_WELL_CTL2), 0x10000000);
	assert_int_equal(rd(m, REG_FUSE_STATUS), 0x8c000000);
	wr(m, REG_LCPLL1_CTL, 0x80000000);
	assert_int_equal(rd(m, REG_LCPLL1_CTL), 0xc0000000);
	assert_int_equal(rd(m, REG_DPLL_STATUS), 1);
	wr(m, REG_DBUF_CTL, 0x80000000);
	assert_int_equal(rd(m, REG_DBUF_CTL), 0xc0000000);
	assert_int_equal(rd(m, REG_DDI_BUF_CTL_B), 0x80);
	wr(m, REG_DDI_BUF_CTL_B, 0x80000000);
	assert_int_equal(rd(m, REG_DDI_BUF_CTL_B), 0x80000000);
	wr(m, REG_PP_CONTROL, 1);
	assert_int_equal(rd(m, REG_PP_STATUS), 0x80000008);
}

static void test_lcpll_gen8(void **state)
{
	struct machine *m = *state;

	assert_int_equal(rd(m, REG_LCPLL_CTL), 0x40000000);
	wr(m, REG_LCPLL_CTL, 1U << 21);
	assert_int_equal(rd(m, REG_LCPLL_CTL), 0x40280000);
	wr(m, REG_LCPLL_CTL, 0x80000000);
	assert_int_equal(rd(m, REG_LCPLL_CTL), 0x80000000);
}

static void test_hotplug(void **state)
{
	struct machine *m = *state;

	wr(m, PCH_IRQ + 4, 0);
	assert_int_equal(rd(m, PCH_IRQ), 0x00600000);
	/* hotplug detection is not enabled, so only the level register changes */
	assert_int_equal(xengt_sim_set_monitor(m->sim, 1, false), 0);
	assert_int_equal(rd(m, PCH_IRQ), 0x00200000);
	assert_int_equal(rd(m, PCH_IRQ + 8), 0);
	wr(m, REG_HOTPLUG_CTL, 1U << 4 | 1U << 12);
	assert_int_equal(xengt_sim_set_monitor(m->sim, 0, false), 0);
	assert_int_equal(rd(m, PCH_IRQ), 0);
	assert_int_equal(rd(m, PCH_IRQ + 8), 0x00200000);
	assert_int_equal(rd(m, REG_HOTPLUG_CTL), 0x1012);
	wr(m, REG_HOTPLUG_CTL, 0x1013);
	assert_int_equal(rd(m, REG_HOTPLUG_CTL), 0x1010);
	assert_int_equal(aux(m, AUX_B, 0x90000000, 0, 4), 0);
	assert_int_equal(xengt_sim_set_monitor(m->sim, 2, true), -1);
}

#define SKL(t) cmocka_unit_test_setup_teardown(t, setup_skl, teardown)
#define BDW(t) cmocka_unit_test_setup_teardown(t, setup_bdw, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SKL(test_pipe_runs), BDW(test_pipe_runs),
		cmocka_unit_test(test_frame_rates),
		SKL(test_vblank_and_flip), SKL(test_flips), SKL(test_line_lag),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_slow_update),
		cmocka_unit_test(test_endless_update),
		SKL(test_aux), SKL(test_link_training),
		SKL(test_edid_over_aux),
		SKL(test_edid_over_gmbus), BDW(test_edid_over_gmbus),
		SKL(test_pins),
		SKL(test_power_and_clocks), BDW(test_lcpll_gen8),
		SKL(test_hotplug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
