/* SPDX-License-Identifier: GPL-2.0-only */
/* The built-in monitor, for a vGPU whose configuration names none. */
#ifndef XENGT_CORE_EDID_H
#define XENGT_CORE_EDID_H

#include "xengt/edid.h"
#include "xengt/types.h"

/* A 1920x1200 monitor, 60 Hz, one block. Returns its length in bytes. */
uint32_t xengt_edid_default(uint8_t ret_edid[XENGT_EDID_MAX_BYTES]);

#endif /* XENGT_CORE_EDID_H */
