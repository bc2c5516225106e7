/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the EDID of the built-in monitor, which a vGPU has if its configuration
 * names no monitor.
 */
#ifndef XENGT_CORE_EDID_H
#define XENGT_CORE_EDID_H

#include "xengt/edid.h"
#include "xengt/types.h"

/*
 * Makes the EDID of a monitor with 60 Hz; the EDID has one block. The best mode
 * is the largest of 1920x1200, 1280x1024, 1024x768 and 640x480 whose picture,
 * at 32 bits a pixel, takes at most three quarters of the vGPU's CPU-visible
 * graphics memory (low_bytes), because a driver keeps other data in this
 * memory, too. 640x480 always fits. No mode larger than the best mode is
 * offered. Returns the EDID's length in bytes.
 */
uint32_t xengt_edid_default(uint64_t low_bytes,
			    uint8_t ret_edid[XENGT_EDID_MAX_BYTES]);

#endif /* XENGT_CORE_EDID_H */
