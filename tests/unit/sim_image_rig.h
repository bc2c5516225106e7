/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contexts of sim_engine_rig.h, but with images of any length. A test chooses which
 * XENGT_SIM_STRICT_* are set. Context n has its image at GGTT page IMAGE(n). Only the last
 * page and the first four pages of an image have memory, from PAGE_CTX(n) on.
 */
#ifndef SIM_IMAGE_RIG_H
#define SIM_IMAGE_RIG_H

#include "sim_engine_rig.h"

#define IMAGE(n)	(128U + 32U * (n))	/* GGTT page of the image's status page */
#define PAGE_LAST(n)	(PAGE_SURF + (n))	/* memory page of the image's last page */
/* Dword i of the image, counted from page 1. The dword must be in the first four pages. */
#define IMG(r, n, i)	ram32(r, PAGE_CTX(n) + 1 + (i) / 1024)[(i) % 1024]
/* An operand of two dwords: the address of data dword i. */
#define AT(i)		GTT(PAGE_DATA) + 4 * (i), 0

/* Indexes of dwords in an RCS image of the real layout. */
#define IMAGE_LIST_AT	(1024U - 10U)		/* a load that straddles two
						 * pages */
#define IMAGE_STATE_AT	(2048U - 4U)		/* a state command that
						 * straddles two pages */
#define IMAGE_END_AT	(IMAGE_STATE_AT + 9U)

/* strict is a set of XENGT_SIM_STRICT_*. */
struct rig *image_create(const char *platform, uint32_t base,
			 unsigned int strict);

/*
 * Let context n run dw from its ring to the end. label has further bits of the descriptor.
 * The engine loads the context's state again, even if the engine has this state already.
 */
void image_run_as(struct rig *r, unsigned int n, uint64_t label,
		  const uint32_t *dw, unsigned int count);
void image_run(struct rig *r, unsigned int n, const uint32_t *dw,
	       unsigned int count);

/* Let context n run a batch without privilege, as a driver runs a user's batch. */
void image_run_user(struct rig *r, unsigned int n, uint64_t label,
		    const uint32_t *dw, unsigned int count);

/* Returns the value that context n reads from a register. */
uint32_t image_read_reg(struct rig *r, unsigned int n, uint64_t label,
			uint32_t reg);

#define RUN(r, n, ...)							\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		image_run(r, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

#endif /* SIM_IMAGE_RIG_H */
