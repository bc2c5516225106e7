/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the AUX channels (Skylake PRM, volume 2c, DDI_AUX_CTL, DDI_AUX_DATA)
 * and the DisplayPort 1.2 monitor on channel B (VESA DisplayPort 1.2,
 * chapters 2.7 and 2.9).
 *
 * A transaction is complete when the write that starts it returns. Channels
 * without a monitor time out. Link training succeeds at the first attempt.
 *
 * Not modelled: replies of the kind DEFER, HDCP, PSR, MST, E-DDC segments (an
 * EDID has at most two blocks, and two blocks need no segment).
 */
#include "core/aux.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "hw/platform.h"
#include "xengt/edid.h"

#include <string.h>

#define CTL_BUSY		0x80000000u
#define CTL_DONE		0x40000000u
#define CTL_IRQ_ENABLE		0x20000000u
#define CTL_TIMEOUT		0x10000000u
#define CTL_SIZE_SHIFT		20
#define CTL_SIZE		(0x1fu << CTL_SIZE_SHIFT)

#define PORT_B			1u

/*
 * Codes in the upper four bits of a message's first byte. The codes of requests
 * (REQ_*) are shifted right by 4; the codes of replies (REPLY_*) are not.
 */
#define REQ_NATIVE		0x8
#define REQ_READ		0x1
#define REQ_KIND		0x3	/* bits for the kind of an I2C request:
					 * write, read, or update of status */
#define REPLY_ACK		0x00
#define REPLY_NACK		0x10
#define REPLY_I2C_NACK		0x40

#define I2C_EDID		0x50

#define DPCD_WRITABLE_FIRST	0x100	/* offset of the first field that a
					 * driver can write (link
					 * configuration) */
#define DPCD_TRAINING_PATTERN	0x102
#define DPCD_STATUS_FIRST	0x200	/* offset of the first of the fields
					 * that only the monitor writes */
#define DPCD_SINK_COUNT		0x200
#define DPCD_LANE0_1_STATUS	0x202
#define DPCD_LANE2_3_STATUS	0x203
#define DPCD_LANE_ALIGN		0x204
#define DPCD_SINK_STATUS	0x205
#define DPCD_STATUS_END		0x300
#define DPCD_POWER		0x600
#define DPCD_POWER_D0		1

#define LANES_CLOCK		0x11	/* clock recovered; each nibble is the
					 * status of one lane */
#define LANES_TRAINED		0x77	/* clock recovered, equalised, symbols
					 * locked */

void xengt_monitor_reset(struct xengt_monitor *monitor)
{
	/*
	 * DPCD from 0 on: version 1.2; 5.4 Gb/s; 4 lanes, enhanced framing,
	 * training pattern 3; 0.5 % spread
	 */
	static const uint8_t caps[] = { 0x12, 0x14, 0xc4, 0x01, 0x01, 0x00,
					0x01 };

	memset(monitor->dpcd, 0, sizeof(monitor->dpcd));
	memcpy(monitor->dpcd, caps, sizeof(caps));
	monitor->dpcd[DPCD_SINK_COUNT] = 1;
	monitor->dpcd[DPCD_POWER] = DPCD_POWER_D0;
	monitor->edid_at = 0;
}

static void set_link(uint8_t *dpcd, uint8_t lanes, bool is_aligned)
{
	dpcd[DPCD_LANE0_1_STATUS] = lanes;
	dpcd[DPCD_LANE2_3_STATUS] = lanes;
	dpcd[DPCD_LANE_ALIGN] = is_aligned;
}

static void train(uint8_t *dpcd)
{
	uint32_t pattern = dpcd[DPCD_TRAINING_PATTERN] & 3;

	if (pattern == 1)
		set_link(dpcd, LANES_CLOCK, false);
	else if (pattern)
		set_link(dpcd, LANES_TRAINED, true);
	/*
	 * The monitor reports "in sync" when the link is trained and carries a
	 * picture instead of a training pattern.
	 */
	dpcd[DPCD_SINK_STATUS] = !pattern && dpcd[DPCD_LANE_ALIGN];
}

static void write_dpcd(uint8_t *dpcd, uint32_t addr, uint8_t val)
{
	if (addr < DPCD_WRITABLE_FIRST ||
	    (addr >= DPCD_STATUS_FIRST && addr < DPCD_STATUS_END))
		return;
	dpcd[addr] = val;
	if (addr == DPCD_TRAINING_PATTERN) {
		train(dpcd);
	} else if (addr == DPCD_POWER && (val & 3) != DPCD_POWER_D0) {
		set_link(dpcd, 0, false);
		dpcd[DPCD_SINK_STATUS] = 0;
	}
}

/*
 * Carries out a write of len bytes to DPCD address addr; the data follow the
 * header in msg. The reply overwrites msg; returns the reply's size in bytes.
 */
static uint32_t native_write(struct xengt_monitor *monitor, uint8_t *msg,
			     uint32_t addr, uint32_t len)
{
	if (addr + len > XENGT_DPCD_BYTES) {
		msg[0] = REPLY_NACK;
		msg[1] = 0;	/* number of bytes that the monitor accepted */
		return 2;
	}
	for (uint32_t i = 0; i < len; i++)
		write_dpcd(monitor->dpcd, addr + i, msg[4 + i]);
	msg[0] = REPLY_ACK;
	return 1;
}

static uint32_t native_read(const struct xengt_monitor *monitor, uint8_t *msg,
			    uint32_t addr, uint32_t len)
{
	msg[0] = REPLY_ACK;
	for (uint32_t i = 0; i < len; i++)
		msg[1 + i] = addr + i < XENGT_DPCD_BYTES ?
			monitor->dpcd[addr + i] : 0;
	return 1 + len;
}

static uint32_t i2c(struct xengt_monitor *monitor, uint8_t *msg, uint32_t kind,
		    uint32_t addr, uint32_t len)
{
	if (addr != I2C_EDID) {
		msg[0] = REPLY_I2C_NACK;
		return 1;
	}
	msg[0] = REPLY_ACK;
	if (kind != REQ_READ) {
		if (kind == 0 && len)
			monitor->edid_at = msg[4 + len - 1];
		return 1;
	}
	for (uint32_t i = 0; i < len; i++) {
		msg[1 + i] = monitor->edid_at < monitor->edid_bytes ?
			monitor->edid[monitor->edid_at] : 0;
		monitor->edid_at = (monitor->edid_at + 1) %
				   XENGT_EDID_MAX_BYTES;
	}
	return 1 + len;
}

/*
 * Carries out one AUX transaction (DisplayPort 1.2, 2.7). msg has the request,
 * of size bytes; the reply overwrites the request in msg. Returns the size of
 * the reply, or 0 if the monitor does not answer.
 */
static uint32_t transact(struct xengt_monitor *monitor,
			 uint8_t msg[XENGT_AUX_MSG_BYTES], uint32_t size)
{
	uint32_t cmd = msg[0] >> 4;
	uint32_t addr = (msg[0] & 0xfu) << 16 | (uint32_t)msg[1] << 8 | msg[2];
	/* a request without a length only selects an I2C address */
	uint32_t len = size > 3 ? msg[3] + 1u : 0;
	bool has_data = !(cmd & REQ_READ);

	if (size < 3 || size > XENGT_AUX_MSG_BYTES || len > 16)
		return 0;
	if (has_data && size > 4 && size - 4 < len)
		return 0;
	if (has_data && size <= 4)
		len = 0;
	if (!(cmd & REQ_NATIVE))
		return i2c(monitor, msg, cmd & REQ_KIND, addr, len);
	return has_data ? native_write(monitor, msg, addr, len) :
			  native_read(monitor, msg, addr, len);
}

static void raise_done(struct xengt_vgpu *vgpu, uint32_t port)
{
	if (port == 0)
		xengt_irq_raise(vgpu, XENGT_IRQ_PORT, 0x1);
	else if (vgpu->platform->gen == XENGT_GEN9)
		xengt_irq_raise(vgpu, XENGT_IRQ_PORT, 0x01000000u << port);
	else
		xengt_irq_raise(vgpu, XENGT_IRQ_PCH, 0x01000000u << port);
}

/*
 * Each data register holds four bytes of a message, the first of them in the
 * register's highest bits.
 */
static void load_msg(const struct xengt_vgpu *vgpu, uint32_t data,
		     uint8_t msg[XENGT_AUX_MSG_BYTES])
{
	for (uint32_t i = 0; i < XENGT_AUX_MSG_BYTES; i++)
		msg[i] = (uint8_t)(xengt_mmio_peek(vgpu, data + (i & ~3u)) >>
				   (24 - 8 * (i & 3)));
}

static void store_msg(struct xengt_vgpu *vgpu, uint32_t data,
		      const uint8_t msg[XENGT_AUX_MSG_BYTES])
{
	for (uint32_t i = 0; i < XENGT_AUX_MSG_BYTES; i += 4)
		xengt_mmio_poke(vgpu, data + i,
				(uint32_t)msg[i] << 24 |
				(uint32_t)msg[i + 1] << 16 |
				(uint32_t)msg[i + 2] << 8 | msg[i + 3]);
}

uint32_t xengt_aux_write_ctl(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	uint8_t msg[XENGT_AUX_MSG_BYTES];
	uint32_t port = (off >> 8) & 0xf;
	uint32_t size = (new & CTL_SIZE) >> CTL_SIZE_SHIFT;

	(void)reg;
	(void)old;
	if (!(new & CTL_BUSY))
		return new;
	load_msg(vgpu, off + 4, msg);
	size = port == PORT_B && !vgpu->display.plug_ns ?
		transact(&vgpu->display.monitor, msg, size) : 0;
	if (size)
		store_msg(vgpu, off + 4, msg);
	new &= ~(CTL_BUSY | XENGT_AUX_STICKY | CTL_SIZE);
	new |= CTL_DONE | (size ? size << CTL_SIZE_SHIFT : CTL_TIMEOUT);
	if (new & CTL_IRQ_ENABLE)
		raise_done(vgpu, port);
	return new;
}
