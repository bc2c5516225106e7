/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the rows of the command tables are written (audit_mi.c, audit_render.c,
 * audit_video.c). Unless a row names another source, its facts come from these:
 *
 *  - opcode, length, engines and reserved bits: genxml of Mesa 22.3 (gen8.xml,
 *    gen9.xml), which follows Intel's PRM, Vol 2a "Command Reference:
 *    Instructions" of Broadwell and Skylake. tests/unit/genxml_facts.h has
 *    these facts, and test_audit_genxml compares them with the rows.
 *  - commands that genxml does not have (all blits, MI_FLUSH, MI_SET_APPID,
 *    MI_SEMAPHORE_MBOX, MI_UPDATE_GTT, DX9, VEBOX ...): the PRM; the width of
 *    their length field is that of Linux 6.1
 *    (drivers/gpu/drm/i915/gvt/cmd_parser.c).
 *
 * mbz has the bits of dword 0 to which no source gives a meaning. Where two
 * sources differ about a bit or a length, the bit or length is refused, and a
 * comment says so. Rows that are refused everywhere need no mbz.
 */
#ifndef XENGT_AUDIT_ROWS_H
#define XENGT_AUDIT_ROWS_H

#include "boundary/audit_priv.h"

#define DWORDS(n)		.len_bias = (n), .len_min = (n), .len_max = (n)
#define LENGTH(mask, min, max)						\
	.len_mask = (mask), .len_bias = 2, .len_min = (min), .len_max = (max)
#define ANY_LENGTH		LENGTH(0xff, 2, 257)
/*
 * The length field is bits 7:0 and must say n dwords; bits 15:8 must be 0.
 */
#define ONLY(n)			LENGTH(0xff, (n), (n)), .mbz = 0xff00

/* The row of the same opcode on another engine or generation. */
#define ELSE			(const struct xengt_audit_cmd)

/* Which dwords the audit may change: bit n stands for dword n. */
#define PATCHED(dwords)		.patched = (dwords)

#endif /* XENGT_AUDIT_ROWS_H */
