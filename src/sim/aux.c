// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the DisplayPort AUX channels, and the monitor on port B.
 *
 * The control register of a channel has: bit 31 start, 30 done, 29 interrupt
 * enable, 28 timeout, 24:20 message size. Five data registers follow the
 * control register, from offset 4 on. Bits 31:24 of the first data register
 * have the first byte of the message. A transaction ends at once. The monitor
 * has DPCD addresses 0 to 0x6ff, and an EDID at I2C address 0x50. Link training
 * succeeds at the first attempt. Channels without a monitor time out.
 *
 * Not modelled: replies of the kind DEFER, wrong replies, E-DDC segments, PSR,
 * MST.
 */
#include "sim/display.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define CTL_BUSY	0x80000000U
#define CTL_DONE	0x40000000U
#define CTL_IRQ		0x20000000U
#define CTL_TIMEOUT	0x10000000U
#define CTL_RX_ERROR	0x02000000U
#define CTL_STICKY	(CTL_DONE | CTL_TIMEOUT | CTL_RX_ERROR)
#define CTL_SIZE	0x01f00000U
#define CTL_SIZE_SHIFT	20

#define AUX_BYTES	20U
#define AUX_NACK	0x10
#define AUX_I2C_NACK	0x40

#define DPCD_TRAINING	0x102
#define DPCD_SINK_COUNT	0x200
#define DPCD_LANE01	0x202
#define DPCD_LANE23	0x203
#define DPCD_ALIGN	0x204
#define DPCD_SINK_STATUS 0x205

#define REG(sim, off) ((sim)->regs[(off) / 4])

void sim_aux_reset(struct xengt_sim *sim)
{
	/* DPCD 1.2, HBR2, 4 lanes with enhanced framing, no downspread */
	static const uint8_t caps[] = { 0x12, 0x14, 0x84, 0x00, 0x01 };
	struct sim_display *d = &sim->display;

	memset(d->dpcd, 0, sizeof(d->dpcd));
	memcpy(d->dpcd, caps, sizeof(caps));
	d->dpcd[0x6] = 1;			/* channel coding 8b/10b */
	d->dpcd[DPCD_SINK_COUNT] = 1;
	d->dpcd[0x600] = 1;			/* the monitor's power is on */
	d->aux_at = 0;
}

static void train(uint8_t *dpcd)
{
	unsigned int pattern = dpcd[DPCD_TRAINING] & 3;
	uint8_t lanes = pattern == 1 ? 0x11 : 0x77;

	dpcd[DPCD_LANE01] = lanes;
	dpcd[DPCD_LANE23] = lanes;
	dpcd[DPCD_ALIGN] = pattern == 1 ? 0 : 1;
	dpcd[DPCD_SINK_STATUS] = pattern ? 0 : 1;
}

/* Writes the reply into msg and returns the reply's size. */
static unsigned int native(struct sim_display *d, uint8_t *msg,
			   unsigned int addr, unsigned int len, bool write)
{
	if (write) {
		if (addr + len > SIM_DPCD_BYTES) {
			msg[0] = AUX_NACK;
			msg[1] = 0;
			return 2;
		}
		/*
		 * only the monitor changes the fields for capabilities and
		 * status
		 */
		for (unsigned int i = 0; i < len; i++)
			if (addr + i >= 0x100 &&
			    (addr + i < 0x200 || addr + i >= 0x300))
				d->dpcd[addr + i] = msg[4 + i];
		if (addr <= DPCD_TRAINING && addr + len > DPCD_TRAINING)
			train(d->dpcd);
		msg[0] = 0;
		return 1;
	}
	msg[0] = 0;
	for (unsigned int i = 0; i < len; i++)
		msg[1 + i] = addr + i < SIM_DPCD_BYTES ? d->dpcd[addr + i] : 0;
	return 1 + len;
}

static unsigned int i2c(struct sim_display *d, uint8_t *msg,
			unsigned int addr, unsigned int len, bool write)
{
	const uint8_t *edid = d->edid[SIM_SINK_DP];

	if (addr != 0x50) {
		msg[0] = AUX_I2C_NACK;
		return 1;
	}
	if (write) {
		if (len)
			d->aux_at = msg[4 + len - 1];
		msg[0] = 0;
		return 1;
	}
	msg[0] = 0;
	for (unsigned int i = 0; i < len; i++)
		msg[1 + i] = edid[d->aux_at++];
	return 1 + len;
}

/*
 * msg has the request; the reply overwrites the request in msg. Returns the
 * reply's size, or 0 if no device answers.
 */
static unsigned int transact(struct sim_display *d, uint8_t *msg,
			     unsigned int size)
{
	unsigned int cmd = msg[0] >> 4;
	unsigned int addr = (msg[0] & 0xfU) << 16 | (unsigned int)msg[1] << 8 |
		msg[2];
	unsigned int len = size > 3 ? msg[3] + 1U : 0;
	bool write = !(cmd & 1);

	if (size < 3 || len > 16)
		return 0;
	if (write && size < 4 + len)
		len = size > 4 ? size - 4 : 0;
	if (cmd & 8)
		return native(d, msg, addr, len, write);
	return i2c(d, msg, addr, len, write && (cmd & 3) == 0);
}

/*
 * Returns the number of the channel: 0 for A, 1 for B and so on, also for
 * Gen8's channels in the south display.
 */
static unsigned int channel_of(uint32_t off)
{
	return (off >> 8) & 0xf;
}

static void raise_done(struct xengt_sim *sim, unsigned int ch)
{
	if (ch == 0)
		sim_raise_irq(sim, XENGT_SIM_IRQ_PORT, 1);
	else if (sim->plat->gen == SIM_GEN9)
		sim_raise_irq(sim, XENGT_SIM_IRQ_PORT, 1U << (24 + ch));
	else
		sim_raise_irq(sim, XENGT_SIM_IRQ_PCH, 1U << (24 + ch));
}

void sim_aux_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		   uint32_t be)
{
	struct sim_display *d = &sim->display;
	uint32_t old = REG(sim, off), sticky;
	unsigned int ch = channel_of(off), size;
	uint8_t msg[AUX_BYTES + 4] = { 0 };

	val = (old & ~be) | (val & be);
	sticky = old & CTL_STICKY & ~(val & be);
	if (!(val & CTL_BUSY)) {
		REG(sim, off) = (val & ~(CTL_STICKY | CTL_BUSY)) | sticky;
		return;
	}
	size = (val & CTL_SIZE) >> CTL_SIZE_SHIFT;
	if (size > AUX_BYTES)
		size = AUX_BYTES;
	for (unsigned int i = 0; i < size; i++)
		msg[i] = (uint8_t)(REG(sim, off + 4 + (i & ~3U)) >>
				   (24 - 8 * (i & 3)));
	size = ch == 1 && d->is_connected[SIM_SINK_DP] ?
		transact(d, msg, size) : 0;
	val &= ~(CTL_BUSY | CTL_STICKY | CTL_SIZE);
	val |= CTL_DONE | (size ? size << CTL_SIZE_SHIFT : CTL_TIMEOUT);
	for (unsigned int i = 0; i < size; i += 4)
		REG(sim, off + 4 + i) = (uint32_t)msg[i] << 24 |
			(uint32_t)msg[i + 1] << 16 |
			(uint32_t)msg[i + 2] << 8 | msg[i + 3];
	REG(sim, off) = val;
	if (val & CTL_IRQ)
		raise_done(sim, ch);
}
