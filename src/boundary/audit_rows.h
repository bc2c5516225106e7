/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a row of the command tables is written (audit_mi.c, audit_render.c,
 * audit_video.c). Sources, which every row follows where it gives no other one:
 *
 *  - opcode, length, engines and reserved bits: genxml of Mesa 22.3 (gen8.xml,
 *    gen9.xml), which follows Intel's PRM, Vol 2a "Command Reference: Instructions"
 *    of Broadwell and Skylake. tests/unit/genxml_facts.h has what it says, and
 *    test_audit_genxml compares.
 *  - commands that genxml does not have (all blits, MI_FLUSH, MI_SET_APPID,
 *    MI_SEMAPHORE_MBOX, MI_UPDATE_GTT, DX9, VEBOX ...): the PRM, and the width of
 *    the length as Linux 6.1 has it (drivers/gpu/drm/i915/gvt/cmd_parser.c).
 *
 * mbz has the bits of dword 0 that no source gives a meaning. Where two sources
 * differ, a bit or a length that one of them reads otherwise is refused, and a
 * comment says so. Rows that are refused everywhere need no mbz.
 */
#ifndef XENGT_AUDIT_ROWS_H
#define XENGT_AUDIT_ROWS_H

#include "audit_priv.h"

#define DWORDS(n)		.len_bias = (n), .len_min = (n), .len_max = (n)
#define LENGTH(mask, min, max)						\
	.len_mask = (mask), .len_bias = 2, .len_min = (min), .len_max = (max)
#define ANY_LENGTH		LENGTH(0xff, 2, 257)
/* A length of 8 bits that can only be n, and nothing else in dword 0. */
#define ONLY(n)			LENGTH(0xff, (n), (n)), .mbz = 0xff00

/* The same opcode on another engine or generation. */
#define ELSE			(const struct xengt_audit_cmd)

/* The dwords that the audit may change: bit n is dword n. */
#define PATCHED(dwords)		.patched = (dwords)

#endif /* XENGT_AUDIT_ROWS_H */
