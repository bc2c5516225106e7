// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the power controller's mailbox: the command is in 0x138124 (bit 31
 * starts the command), data are in 0x138128 and 0x13812c. A command ends at
 * once; the low byte of 0x138124 is then 0 or an error number. Error 1 is for
 * an unknown command.
 */
#include "sim/sim_priv.h"

#define DATA0	0x138128U
#define IPS_CTL	0x43408U
#define BUSY	0x80000000U

#define ERR_ILLEGAL_CMD	1U

#define REG(sim, off) ((sim)->regs[(off) / 4])

enum pcode_cmd {
	PCODE_WRITE_RC6_VOLTAGE	= 0x04,
	PCODE_READ_RC6_VOLTAGE	= 0x05,
	PCODE_READ_MEM_LATENCY	= 0x06,
	PCODE_CDCLK		= 0x07,
	PCODE_WRITE_MIN_FREQ	= 0x08,
	PCODE_READ_MIN_FREQ	= 0x09,
	PCODE_READ_OC_PARAMS	= 0x0c,
	PCODE_READ_D_COMP	= 0x10,
	PCODE_WRITE_D_COMP	= 0x11,
	PCODE_DE_FREQ		= 0x17,
	PCODE_DISPLAY_FREQ	= 0x18,
	PCODE_IPS		= 0x19,
	PCODE_DUTY_CYCLE	= 0x1a,
	PCODE_SAGV		= 0x21,
};

/*
 * Memory latencies in microseconds, a byte for each level, the lowest level in
 * the lowest byte: levels 0 to 3, then levels 4 to 7.
 */
static const uint32_t mem_latency[2] = { 0x0a070502, 0x1e1e1914 };

static uint32_t command(struct xengt_sim *sim, uint32_t cmd)
{
	uint32_t *data = &REG(sim, DATA0);

	switch ((enum pcode_cmd)(cmd & 0xff)) {
	case PCODE_READ_MEM_LATENCY:
		if (sim->plat->gen != SIM_GEN9)
			return ERR_ILLEGAL_CMD;
		*data = mem_latency[*data & 1];
		return 0;
	case PCODE_CDCLK:
		if (sim->plat->gen != SIM_GEN9)
			return ERR_ILLEGAL_CMD;
		if (*data == 3)
			*data = 1;	/* 1: the display clock may change */
		return 0;
	case PCODE_SAGV:
		if (sim->plat->gen != SIM_GEN9)
			return ERR_ILLEGAL_CMD;
		*data = *data ? 0 : 1;	/* with data 0 the driver requests to
					 * disable SAGV; bit 0 of the answer
					 * says that SAGV is disabled */
		return 0;
	case PCODE_DUTY_CYCLE:
		*data = sim->plat->rp_efficient << 8;
		return 0;
	case PCODE_READ_OC_PARAMS:
		*data = 0;		/* no overclocking */
		return 0;
	case PCODE_IPS:
		REG(sim, IPS_CTL) = (REG(sim, IPS_CTL) & ~BUSY) |
			(*data & BUSY);
		return 0;
	case PCODE_READ_RC6_VOLTAGE:
	case PCODE_READ_D_COMP:
		*data = 0;
		return 0;
	case PCODE_READ_MIN_FREQ:
	case PCODE_WRITE_RC6_VOLTAGE:
	case PCODE_WRITE_MIN_FREQ:
	case PCODE_WRITE_D_COMP:
	case PCODE_DE_FREQ:
	case PCODE_DISPLAY_FREQ:
		return 0;
	}
	return ERR_ILLEGAL_CMD;
}

void sim_pcode_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be)
{
	val = (REG(sim, off) & ~be) | (val & be);
	if (val & BUSY)
		val = (val & ~(BUSY | 0xffU)) | command(sim, val);
	REG(sim, off) = val;
}
