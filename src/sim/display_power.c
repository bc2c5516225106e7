// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the display's power wells, clocks, ports and panel power: the
 * status bits follow the requests at once.
 */
#include "sim/display.h"
#include "sim/sim_priv.h"

#define WELL_BASE	0x45400U
#define WELL_REQUESTS	0xaaaaaaaaU
#define WELL_PW1	(1U << 28)	/* state bits of wells 1 and 2 */
#define WELL_PW2	(1U << 30)

#define BIT31		0x80000000U
#define BIT30		0x40000000U

#define REG(sim, off) ((sim)->regs[(off) / 4])

/* State bit 2n is set while any of the four requesters has set bit 2n + 1. */
static uint32_t well_state(const struct xengt_sim *sim)
{
	uint32_t req = 0;

	for (int i = 0; i < 4; i++)
		req |= sim->display.well_req[i];
	return (req & WELL_REQUESTS) >> 1;
}

uint32_t sim_power_read_well(const struct xengt_sim *sim, uint32_t off)
{
	return sim->display.well_req[(off - WELL_BASE) / 4] | well_state(sim);
}

void sim_power_write_well(struct xengt_sim *sim, uint32_t off, uint32_t val,
			  uint32_t be)
{
	uint32_t *req = &sim->display.well_req[(off - WELL_BASE) / 4];

	*req = ((*req & ~be) | (val & be)) & WELL_REQUESTS;
}

/* Reports the fuses of each power well that is on as distributed. */
uint32_t sim_power_read_fuse(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t state = well_state(sim);

	(void)off;
	return BIT31 | 1U << 27 | (state & WELL_PW1 ? 1U << 26 : 0) |
		(state & WELL_PW2 ? 1U << 25 : 0);
}

/*
 * For PLLs, DBUF and transcoders: bit 30 (state) has the value of bit 31
 * (request).
 */
uint32_t sim_power_read_lock(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t val = REG(sim, off) & ~BIT30;

	return val | (val & BIT31) >> 1;
}

bool sim_power_has_pll(const struct xengt_sim *sim, unsigned int pll)
{
	static const uint32_t ctl[SIM_PLLS] = {
		0x46010, 0x46014, 0x46040, 0x46060,
	};

	return REG(sim, ctl[pll]) & BIT31;
}

uint32_t sim_power_read_dpll_status(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t val = 0;

	(void)off;
	for (unsigned int i = 0; i < SIM_PLLS; i++)
		if (sim_power_has_pll(sim, i))
			val |= 1U << (8 * i);
	return val;
}

/*
 * Gen8: bit 31 disables the PLL, and bit 30 reports that the PLL is locked. Bit
 * 21 selects the clock FCLK, and bit 19 reports that FCLK is selected.
 */
uint32_t sim_power_read_lcpll(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t val = REG(sim, off) & ~(BIT30 | 1U << 19);

	if (!(val & BIT31))
		val |= BIT30;
	if (val & 1U << 21)
		val |= 1U << 19;
	return val;
}

/* DDI_BUF_CTL: bit 7 (idle) is set while bit 31 (enable) is clear. */
uint32_t sim_power_read_ddi(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t val = REG(sim, off) & ~0x80U;

	return val & BIT31 ? val : val | 0x80U;
}

/* Returns the status of panel power: either on and idle, or off and idle. */
uint32_t sim_power_read_panel(const struct xengt_sim *sim, uint32_t off)
{
	return REG(sim, off + 4) & 1 ? BIT31 | 8 : 0;
}
