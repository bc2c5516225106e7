/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a Video BIOS Table, which says which ports the board has. */
#ifndef XENGT_VBT_H
#define XENGT_VBT_H

#include "xengt/types.h"

/*
 * Write the table. Returns the table's length in bytes, or 0 if max_bytes is
 * too small (1 KiB is always enough).
 */
uint32_t xengt_vbt_make(uint8_t *ret_vbt, uint32_t max_bytes);

#endif /* XENGT_VBT_H */
