/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contexts of sim_engine_rig.h with images of any length, and with the
 * XENGT_SIM_STRICT_* that a test wants. Context n has its image at GGTT page IMAGE(n). Only
 * the last page and the first four pages of an image have memory, from PAGE_CTX(n) on.
 */
#ifndef SIM_IMAGE_RIG_H
#define SIM_IMAGE_RIG_H

#include "sim_engine_rig.h"

#define IMAGE(n)	(128U + 32U * (n))	/* number of the image's status
						 * page */
#define PAGE_LAST(n)	(PAGE_SURF + (n))	/* memory of the image's last
						 * page */
/* Dword i of the image, counted from page 1, in the first four pages. */
#define IMG(r, n, i)	ram32(r, PAGE_CTX(n) + 1 + (i) / 1024)[(i) % 1024]
/* The two dwords of an operand that is the address of data dword i. */
#define AT(i)		GTT(PAGE_DATA) + 4 * (i), 0

/* Dwords of an RCS image in its true shape. */
#define IMAGE_LIST_AT	(1024U - 10U)		/* a load that straddles two
						 * pages */
#define IMAGE_STATE_AT	(2048U - 4U)		/* a state command that
						 * straddles two pages */
#define IMAGE_END_AT	(IMAGE_STATE_AT + 9U)

/* strict: XENGT_SIM_STRICT_* */
struct rig *image_create(const char *platform, uint32_t base,
			 unsigned int strict);

/*
 * Let context n run dw from its ring to the end. label has further bits of the
 * descriptor. The engine loads the context's state again, even if it has the
 * state already.
 */
void image_run_as(struct rig *r, unsigned int n, uint64_t label,
		  const uint32_t *dw, unsigned int count);
void image_run(struct rig *r, unsigned int n, const uint32_t *dw,
	       unsigned int count);

/* Let context n run a batch without privilege, like a user's. */
void image_run_user(struct rig *r, unsigned int n, uint64_t label,
		    const uint32_t *dw, unsigned int count);

/* The value that context n reads from a register. */
uint32_t image_read_reg(struct rig *r, unsigned int n, uint64_t label,
			uint32_t reg);

#define RUN(r, n, ...)							\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		image_run(r, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

#endif /* SIM_IMAGE_RIG_H */
