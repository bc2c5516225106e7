/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros for the rows of the command tables (audit_mi.c, audit_render.c,
 * audit_video.c). Unless a row names another source, its facts come from these
 * sources:
 *
 *  - opcode, length, engines and reserved bits: genxml of Mesa 22.3 (gen8.xml,
 *    gen9.xml), which follows Intel's PRM, Vol 2a "Command Reference:
 *    Instructions" of Broadwell and Skylake. tests/unit/genxml_facts.h has
 *    these facts, and test_audit_genxml compares them with the rows.
 *  - commands that genxml does not have (all blits, MI_FLUSH, MI_SET_APPID,
 *    MI_SEMAPHORE_MBOX, MI_UPDATE_GTT, DX9, VEBOX ...): the PRM; the width of
 *    their length field is taken from Linux 6.1
 *    (drivers/gpu/drm/i915/gvt/cmd_parser.c).
 *
 * The member mbz of a row has the bits of dword 0 for which no source gives a
 * meaning. If two sources differ about a bit or a length, the row refuses this
 * bit or length, and a comment says so. A row that is refused everywhere needs
 * no mbz.
 */
#ifndef XENGT_AUDIT_ROWS_H
#define XENGT_AUDIT_ROWS_H

#include "boundary/audit_priv.h"

#define DWORDS(n)		.len_bias = (n), .len_min = (n), .len_max = (n)
#define LENGTH(mask, min, max)						\
	.len_mask = (mask), .len_bias = 2, .len_min = (min), .len_max = (max)
#define ANY_LENGTH		LENGTH(0xff, 2, 257)
/*
 * A command whose length field (bits 7:0) must have the value for n dwords, and
 * whose bits 15:8 must be 0.
 */
#define ONLY(n)			LENGTH(0xff, (n), (n)), .mbz = 0xff00

/* The row for the same opcode on other engines or generations. */
#define ELSE			(const struct xengt_audit_cmd)

/* The dwords of the command that the audit may change: bit n is for dword n. */
#define PATCHED(dwords)		.patched = (dwords)

#endif /* XENGT_AUDIT_ROWS_H */
