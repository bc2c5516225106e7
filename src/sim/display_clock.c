// SPDX-License-Identifier: GPL-2.0-only
/*
 * Computes pixel clocks from the PLLs.
 *
 * A transcoder gets its clock from the port that TRANS_CLK_SEL names; this port
 * gets its clock from a PLL. On Gen9 DPLL_CTRL2 chooses one of four PLLs. Each
 * PLL runs at a fixed DisplayPort rate, or, in HDMI mode, at a rate that the
 * PLL's dividers derive from 24 MHz. On Gen8 PORT_CLK_SEL names one of LCPLL's
 * three rates, SPLL or a WRPLL. On DisplayPort the pixel clock is the link's
 * clock times M / N. On HDMI and DVI the pixel clock is the port's clock,
 * reduced for more than 8 bits per colour.
 *
 * Not modelled: FDI, MST, spread, jitter, limits of the hardware's clocks.
 */
#include "sim/display.h"
#include "sim/sim_priv.h"

#define TRANS_STRIDE	0x1000U
#define LINK_M1		0x60040U
#define LINK_N1		0x60044U
#define TRANS_DDI_FUNC	0x60400U
#define TRANS_CLK_SEL	0x46140U
#define LINK_MASK	0xffffffU

#define SPLL_CTL	0x46020U
#define PORT_CLK_SEL	0x46100U
#define DPLL_CFGCR1	0x6c040U	/* CFGCR1 of PLL 1; the PLL's CFGCR2
					 * follows */
#define DPLL_CTRL1	0x6c058U
#define DPLL_CTRL2	0x6c05cU
#define DPLL_HDMI	0x20U		/* the bit for HDMI mode in a PLL's six
					 * bits of CTRL1 */

#define BIT31		0x80000000U
#define MHZ		1000000ULL
#define REF_GEN9	(24 * MHZ)
#define REF_SSC_GEN8	(135 * MHZ)
#define REF_LCPLL	(2700 * MHZ)

#define REG(sim, off) ((sim)->regs[(off) / 4])

enum ddi_mode { DDI_HDMI, DDI_DVI, DDI_DP };

static uint64_t gen9_dividers(const struct xengt_sim *sim, unsigned int pll)
{
	static const unsigned int p_of[8] = { 1, 2, 3, 0, 7, 7, 0, 0 };
	static const unsigned int k_of[4] = { 5, 2, 3, 1 };
	uint32_t one = REG(sim, DPLL_CFGCR1 + 8 * (pll - 1));
	uint32_t two = REG(sim, DPLL_CFGCR1 + 8 * (pll - 1) + 4);
	uint64_t dco = (one & 0x1ff) * REF_GEN9 +
		(one >> 9 & 0x7fff) * REF_GEN9 / 0x8000;
	uint64_t div = p_of[two >> 2 & 7] * k_of[two >> 5 & 3] * 5ULL;

	if (two & 0x80)
		div *= two >> 8 & 0xff;
	return (one & BIT31) && div ? dco / div : 0;
}

static uint64_t gen9_port_hz(const struct xengt_sim *sim, unsigned int port)
{
	static const uint64_t rates[8] = {
		540 * MHZ, 270 * MHZ, 162 * MHZ, 324 * MHZ, 216 * MHZ,
		432 * MHZ,
	};
	uint32_t two = REG(sim, DPLL_CTRL2), one;
	unsigned int pll;

	if (two & 1U << (port + 15))
		return 0;			/* the port's clock is gated
						 * off */
	pll = two >> (3 * port + 1) & 3;
	if (!sim_power_has_pll(sim, pll))
		return 0;
	one = REG(sim, DPLL_CTRL1) >> (6 * pll);
	if (pll && (one & DPLL_HDMI))
		return gen9_dividers(sim, pll);
	return rates[one >> 1 & 7];
}

static uint64_t gen8_wrpll(uint32_t ctl)
{
	uint64_t ref = (ctl >> 28 & 3) == 3 ? REF_LCPLL : REF_SSC_GEN8;
	uint64_t div = 5ULL * (ctl & 0xff) * (ctl >> 8 & 0x3f);

	return (ctl & BIT31) && div ? ref * (ctl >> 16 & 0xff) / div : 0;
}

static uint64_t gen8_port_hz(const struct xengt_sim *sim, unsigned int port)
{
	static const uint64_t lcpll[3] = { 540 * MHZ, 270 * MHZ, 162 * MHZ };
	static const uint64_t spll[4] = { 162 * MHZ, 270 * MHZ, 540 * MHZ };
	uint32_t sel = REG(sim, PORT_CLK_SEL + 4 * port) >> 29, ctl;

	if (sel < 3)
		return lcpll[sel];
	if (sel == 3) {
		ctl = REG(sim, SPLL_CTL);
		return ctl & BIT31 ? spll[ctl >> 26 & 3] : 0;
	}
	if (sel < 6)
		return gen8_wrpll(REG(sim, 0x46040 + 0x20 * (sel - 4)));
	return 0;
}

uint64_t sim_clock_pixel_hz(const struct xengt_sim *sim, unsigned int pipe)
{
	/*
	 * Port clock divided by pixel clock, in eighths. Index: the field for
	 * bits per colour (0 to 3: 8, 10, 6 and 12 bits).
	 */
	static const unsigned int eighths[8] = { 8, 10, 6, 12, 8, 8, 8, 8 };
	uint32_t trans = pipe * TRANS_STRIDE;
	uint32_t func = REG(sim, TRANS_DDI_FUNC + trans);
	uint32_t sel = REG(sim, TRANS_CLK_SEL + 4 * pipe) >> 29;
	uint32_t n = REG(sim, LINK_N1 + trans) & LINK_MASK;
	uint64_t hz;

	if (!(func & BIT31) || sel < 1 || sel > 5)
		return 0;
	hz = sim->plat->gen == SIM_GEN9 ? gen9_port_hz(sim, sel - 1) :
		gen8_port_hz(sim, sel - 1);
	switch ((enum ddi_mode)(func >> 24 & 7)) {
	case DDI_HDMI:
	case DDI_DVI:
		return hz * 8 / eighths[func >> 20 & 7];
	case DDI_DP:
		return n ? hz * (REG(sim, LINK_M1 + trans) & LINK_MASK) / n : 0;
	}
	return 0;
}
