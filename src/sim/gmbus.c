// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates GMBUS: the I2C master, and the HDMI monitor's EDID, which is
 * connected to pin pair 4.
 *
 * A write of GMBUS1 with bit 30 set starts a cycle. All bytes of the cycle are
 * available at once: GMBUS2 shows ready (bit 11) while some bytes are not read
 * yet, and then the wait phase (bit 14) until a stop. If no device answers, bit
 * 10 of GMBUS2 is set, until software writes 1 to bit 31 of GMBUS1.
 *
 * Software can also drive the pins directly (GPIO): bits 4:0 control the clock
 * pin, bits 12:8 the data pin. The bits of a pin are, from the lowest: mask of
 * direction, direction, mask of value, value, level. A pin that is not driven
 * is high.
 *
 * Not modelled: timing, a monitor that answers to bit-banging, E-DDC segments.
 */
#include "sim/display.h"
#include "sim/sim_priv.h"

#define GMBUS0	0xc5100U
#define GMBUS1	0xc5104U
#define GMBUS2	0xc5108U
#define GMBUS3	0xc510cU
#define GMBUS4	0xc5110U

#define ONE_CLEAR	0x80000000U
#define ONE_READY	0x40000000U
#define ONE_STOP	0x08000000U
#define ONE_INDEX	0x04000000U
#define ONE_WAIT	0x02000000U

#define TWO_INUSE	0x8000U
#define TWO_WAIT	0x4000U
#define TWO_READY	0x0800U
#define TWO_NAK		0x0400U
#define TWO_ACTIVE	0x0200U

#define PIN_PAIR_C	4

#define REG(sim, off) ((sim)->regs[(off) / 4])

void sim_gmbus_reset(struct xengt_sim *sim)
{
	sim->display.gmbus_at = 0;
	sim->display.gmbus_left = 0;
	sim->display.gmbus_status = TWO_READY;
}

static void start(struct xengt_sim *sim, uint32_t one)
{
	struct sim_display *d = &sim->display;
	uint32_t count = (one >> 16) & 0x1ff, addr = (one >> 1) & 0x7f;
	bool is_there = (REG(sim, GMBUS0) & 7) == PIN_PAIR_C &&
		addr == 0x50 && d->is_connected[SIM_SINK_HDMI];

	if (!(one & (ONE_WAIT | ONE_INDEX))) {
		/* a stop only, or no cycle: GMBUS becomes idle */
		d->gmbus_left = 0;
		d->gmbus_status = TWO_READY;
		return;
	}
	if (!is_there) {
		d->gmbus_left = 0;
		d->gmbus_status = TWO_NAK;
		return;
	}
	if (one & ONE_INDEX)
		d->gmbus_at = (uint8_t)(one >> 8);
	if (one & 1) {
		d->gmbus_left = count;
		d->gmbus_status = TWO_ACTIVE | TWO_READY;
	} else {
		/*
		 * GMBUS3 already has the first byte, which is the offset in the
		 * EDID
		 */
		if (count)
			d->gmbus_at = (uint8_t)REG(sim, GMBUS3);
		d->gmbus_left = 0;
		d->gmbus_status = TWO_ACTIVE | TWO_READY | TWO_WAIT;
	}
	if (one & ONE_STOP)
		d->gmbus_status &= ~(TWO_ACTIVE | TWO_WAIT);
}

void sim_gmbus_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be)
{
	REG(sim, off) = (REG(sim, off) & ~be) | (val & be);
	if (off != GMBUS1)
		return;
	if (val & be & ONE_CLEAR) {
		sim->display.gmbus_left = 0;
		sim->display.gmbus_status = TWO_READY;
	} else if (val & be & ONE_READY) {
		start(sim, REG(sim, off));
	}
}

/*
 * Reads GMBUS3: returns up to four bytes, the first of them in the lowest bits.
 */
uint32_t sim_gmbus_fetch(struct xengt_sim *sim, uint32_t off)
{
	struct sim_display *d = &sim->display;
	uint32_t val = 0;

	for (unsigned int i = 0; i < 4 && d->gmbus_left; i++) {
		val |= (uint32_t)d->edid[SIM_SINK_HDMI][d->gmbus_at++] <<
			(8 * i);
		d->gmbus_left--;
	}
	REG(sim, off) = val;
	if (!d->gmbus_left && (d->gmbus_status & TWO_ACTIVE))
		d->gmbus_status |= TWO_WAIT;
	return val;
}

uint32_t sim_gmbus_read(const struct xengt_sim *sim, uint32_t off)
{
	(void)off;
	return sim->display.gmbus_status | (REG(sim, GMBUS2) & TWO_INUSE);
}

void sim_gmbus_write_gpio(struct xengt_sim *sim, uint32_t off, uint32_t val,
			  uint32_t be)
{
	uint32_t pins = REG(sim, off);

	val &= be;
	for (unsigned int shift = 0; shift <= 8; shift += 8) {
		uint32_t keep = 0, level;

		keep |= val & (1U << shift) ? 0 : 2U << shift;
		keep |= val & (4U << shift) ? 0 : 8U << shift;
		keep = (pins & keep) | (val & (0xaU << shift) & ~keep);
		level = keep & (2U << shift) ? (keep & (8U << shift)) << 1 :
			0x10U << shift;
		pins = (pins & ~(0x1fU << shift)) | keep | level;
	}
	REG(sim, off) = pins;
}
