/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one vGPU can make the module allocate, in one place. (Frames that it
 * holds are bounded by the memory of its domain.)
 */
#ifndef XENGT_BND_LIMITS_H
#define XENGT_BND_LIMITS_H

#include "uapi/xengt.h"

/* Page tables, those that split a 2 MiB entry included: XENGT_PPGTT_TABLES_MAX,
 * each of a page and this many bytes of notes. In all 48 MiB. */
#define XENGT_PPGTT_WORDS_BYTES	(XENGT_PPGTT_ENTRIES * sizeof(uint32_t))

#endif /* XENGT_BND_LIMITS_H */
