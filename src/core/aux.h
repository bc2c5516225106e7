/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual monitor on port B: the DPCD and the EDID that a driver reads over
 * the port's AUX channel.
 */
#ifndef XENGT_AUX_H
#define XENGT_AUX_H

#include "xengt/edid.h"
#include "xengt/types.h"

struct xengt_vgpu;
struct xengt_reg;

#define XENGT_DPCD_BYTES	0x700u
/*
 * Size of the largest AUX message: a request of 4 bytes of header and 16 bytes
 * of data. Every reply is shorter.
 */
#define XENGT_AUX_MSG_BYTES	20u
/*
 * Bits of an AUX control register that stay set until the driver writes 1 to
 * them: done, timeout, receive error.
 */
#define XENGT_AUX_STICKY	0x52000000u

struct xengt_monitor {
	uint8_t dpcd[XENGT_DPCD_BYTES];
	uint8_t edid[XENGT_EDID_MAX_BYTES];
	uint32_t edid_bytes;
	uint32_t edid_at;	/* offset of the EDID byte that I2C reads
				 * next */
};

/*
 * Resets the monitor: capabilities as after power-on, link not trained. The
 * function does not change the EDID.
 */
void xengt_monitor_reset(struct xengt_monitor *monitor);

/* Write handler of the control registers of all AUX channels. */
uint32_t xengt_aux_write_ctl(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new);

#endif /* XENGT_AUX_H */
