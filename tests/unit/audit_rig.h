/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the audit share: a vGPU's slices, and a run on a copy. */
#ifndef XENGT_TEST_AUDIT_RIG_H
#define XENGT_TEST_AUDIT_RIG_H

#include "boundary/audit.h"
#include "boundary/audit_priv.h"

#define LOW		0x02000000u		/* 16 MiB */
#define LOW_END		0x03000000u
#define HIGH		0x20000000u		/* 64 MiB */
#define HIGH_END	0x24000000u
#define HWS		0x02100000u

#define GPR(base)	((base) + 0x600u)
#define END		0x05000000u
#define GGTT		(1u << 22)

static const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW >> 12, (LOW_END - LOW) >> 12 },
	{ HIGH >> 12, (HIGH_END - HIGH) >> 12 },
};

static const uint32_t bases[XENGT_ENGINES] = {
	0x2000, 0x12000, 0x1a000, 0x22000,
};

/* What the last batch_start() was asked, and what it answers. */
static struct {
	uint64_t addr;
	bool is_ppgtt;
	bool is_second;
	uint32_t calls;
	uint64_t ret_addr;
	bool ret_ppgtt;
	int r;
} start;

static inline int batch_start(void *ctx, uint64_t addr, bool is_ppgtt,
			      bool is_second, uint64_t *ret_addr,
			      bool *ret_is_ppgtt)
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

static inline struct xengt_audit make(enum xengt_platform_id platform,
				      enum xengt_engine_id engine,
				      enum xengt_audit_kind kind)
{
	return (struct xengt_audit){
		.platform = platform, .engine = engine, .kind = kind,
		.slices = slices, .hws_pga = HWS, .batch_start = batch_start,
	};
}

static struct xengt_audit_result result;

/*
 * Audit a copy of exactly n dwords, so that a look beyond is seen by ASAN. The
 * refusal, and in dw what the copy became.
 */
static inline enum xengt_refusal run(const struct xengt_audit *audit,
				     uint32_t *dw, uint32_t n)
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

#endif /* XENGT_TEST_AUDIT_RIG_H */
