/* SPDX-License-Identifier: GPL-2.0-only */
/* See audit_rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit_rig.h"
#include "boundary/image.h"

const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW >> 12, (LOW_END - LOW) >> 12 },
	{ HIGH >> 12, (HIGH_END - HIGH) >> 12 },
};

const uint32_t bases[XENGT_ENGINES] = {
	0x2000, 0x12000, 0x1a000, 0x22000,
};

struct audit_start start;

static int batch_start(void *ctx, uint64_t addr, bool is_ppgtt, bool is_second,
		       uint64_t *ret_addr, bool *ret_is_ppgtt)
{
	(void)ctx;
	start.addr = addr;
	start.is_ppgtt = is_ppgtt;
	start.is_second = is_second;
	start.calls++;
	*ret_addr = start.ret_addr;
	*ret_is_ppgtt = start.ret_ppgtt;
	return start.r;
}

struct xengt_audit make(enum xengt_platform_id platform,
			enum xengt_engine_id engine, enum xengt_audit_kind kind)
{
	return (struct xengt_audit){
		.platform = xengt_platform_get(platform), .engine = engine, .kind = kind,
		.slices = slices, .hws_pga = HWS, .batch_start = batch_start,
	};
}

struct xengt_audit_result result;

enum xengt_refusal run(const struct xengt_audit *audit, uint32_t *dw,
		       uint32_t n)
{
	uint32_t *copy = malloc(n * sizeof(*dw));
	int r;

	assert_non_null(copy);
	memcpy(copy, dw, n * sizeof(*dw));
	r = xengt_audit_run(audit, copy, 0, n, &result);
	memcpy(dw, copy, n * sizeof(*dw));
	free(copy);
	assert_int_equal(r, result.refusal ? -EBADMSG : 0);
	return result.refusal;
}

uint32_t image_value(const struct xengt_audit *audit, uint32_t reg,
		     uint32_t mine, uint32_t theirs)
{
	uint32_t own[] = { 0x11000001, reg, mine, 0x05000000 };
	uint32_t dw[] = { 0x11000001, reg, theirs, 0x05000000 };
	struct xengt_image_key keys[XENGT_IMAGE_KEYS_MAX];
	struct xengt_image image = { .dw = own, .count = 4, .keys = keys };

	xengt_image_learn(&image, audit);
	assert_int_equal(xengt_image_merge(&image, audit, dw),
			 XENGT_IMAGE_SAME);
	return dw[2];
}
