/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig for all tests of the audit: a vGPU's slices, and a function that runs
 * the audit on a copy.
 */
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

extern const struct xengt_gtt_slice slices[XENGT_GTT_SLICES];

extern const uint32_t bases[XENGT_ENGINES];

/*
 * The arguments of the last call of batch_start(), and the answer that
 * batch_start() will give.
 */
struct audit_start {
	uint64_t addr;
	bool is_ppgtt;
	bool is_second;
	uint32_t calls;
	uint64_t ret_addr;
	bool ret_ppgtt;
	int r;
};

extern struct audit_start start;

struct xengt_audit make(enum xengt_platform_id platform,
			enum xengt_engine_id engine,
			enum xengt_audit_kind kind);

extern struct xengt_audit_result result;

/*
 * Audit a copy of exactly n dwords, so that ASAN notices a read beyond the
 * copy. Returns the refusal. After the audit the copy is written back to dw.
 */
enum xengt_refusal run(const struct xengt_audit *audit, uint32_t *dw,
		       uint32_t n);

/*
 * Returns the value that the merged image loads into a register, if the
 * template's value is 'mine' and the guest's image has 'theirs'.
 */
uint32_t image_value(const struct xengt_audit *audit, uint32_t reg,
		     uint32_t mine, uint32_t theirs);

#endif /* XENGT_TEST_AUDIT_RIG_H */
