// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workarounds as Linux 6.1's i915 writes them on Broadwell and Skylake. The first request
 * of the driver's own context sets registers (gt/intel_workarounds.c). The hardware runs
 * a batch each time it loads a render context (gt/intel_lrc.c).
 */
#include "standin.h"

#include <string.h>

#include "hw/facts.h"

#define ARB_OFF		0x04000000u
#define ARB_ON		0x04000001u
#define STORE_GGTT	0x12400002u	/* stores a register in memory */
#define LOAD_GGTT	0x14c00002u	/* loads a register from memory */
#define L3SQCREG4	0xb118u
/*
 * FLUSH stalls and writes the caches back. CLEAR_SLM stalls, clears the shared local
 * memory, and writes a qword at INDEX of the status page.
 */
#define FLUSH		0x00100020u
#define CLEAR_SLM	0x08304000u
#define INDEX		(0x34u * 4)

static const uint32_t bdw[] = {
	XENGT_MI_LRI_OF(9), 0x20c0, 0x00800080, 0x209c, 0x40004000, 0xe4f0, 0x01200120,
	0x7300, 0x80308030, 0x7000, 0x00040000, 0x7004, 0x00400040, 0x7008, 0x01a000a0,
	0xe4f4, 0x00010001, 0xe184, 0x00020002, 0,
};

static const uint32_t skl[] = {
	XENGT_MI_LRI_OF(11), 0x7014, 0x40404040, 0xe194, 0x02000200, 0xe4f0, 0x01000100,
	0x7004, 0x00400040, 0xe188, 0x00200000, 0x7300, 0x80208020, 0xe184, 0x00020002,
	0xe180, 0x01000100, 0x2580, 0x00010000, 0x2580, 0x00060004, 0x7008, 0x003f0025, 0,
};

/* COMMON_SLICE_CHICKEN2, FF_SLICE_CHICKEN, _3D_CHICKEN3 */
static const uint32_t skl_at_load[] = {
	XENGT_MI_LRI_OF(3), 0x7014, 0x10000000, 0x2088, 0x00020002, 0x2090, 0x10001000, 0,
};

const uint32_t *app_wa_context(uint32_t *ret_n)
{
	*ret_n = app_guest_is_gen9() ? sizeof(skl) / 4 : sizeof(bdw) / 4;
	return app_guest_is_gen9() ? skl : bdw;
}

uint32_t app_wa_at_load(uint32_t *dw, uint32_t scratch)
{
	const uint32_t first[] = {
		ARB_OFF, STORE_GGTT, L3SQCREG4, scratch, 0,
		XENGT_MI_LRI_OF(1), L3SQCREG4, 0x40600000,
		XENGT_PIPE_CONTROL, FLUSH, 0, 0, 0, 0, LOAD_GGTT, L3SQCREG4, scratch, 0,
		XENGT_PIPE_CONTROL, CLEAR_SLM, INDEX, 0, 0, 0,
	};
	uint32_t n = sizeof(first) / 4;

	memcpy(dw, first, sizeof(first));
	if (app_guest_is_gen9()) {
		memcpy(dw + n, skl_at_load, sizeof(skl_at_load));
		n += sizeof(skl_at_load) / 4;
	}
	dw[n++] = ARB_ON;
	/* the hardware counts the batch's length in cachelines */
	while (n % 16)
		dw[n++] = XENGT_MI_NOOP;
	return n;
}
