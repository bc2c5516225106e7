/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contexts of sim_engine_rig.h with images of any length, and strictness of
 * the simulator as a test wants it.
 *
 * Context n has its image at GGTT page IMAGE(n); of its pages, memory has the
 * first four, from PAGE_CTX(n) on, and the last one.
 */
#ifndef SIM_IMAGE_RIG_H
#define SIM_IMAGE_RIG_H

#include "sim_engine_rig.h"

#define IMAGE(n)	(128U + 32U * (n))	/* its status page */
#define PAGE_LAST(n)	(PAGE_SURF + (n))	/* memory of its last page */
/* Dword i, from page 1 on, of those in the first four pages. */
#define IMG(r, n, i)	ram32(r, PAGE_CTX(n) + 1 + (i) / 1024)[(i) % 1024]
/* The address of a dword of data, as operand. */
#define AT(i)		GTT(PAGE_DATA) + 4 * (i), 0

/* Where parts of an RCS image in its true shape are. */
#define IMAGE_LIST_AT	(1024U - 10U)		/* a load that straddles */
#define IMAGE_STATE_AT	(2048U - 4U)		/* a state command that does */
#define IMAGE_END_AT	(IMAGE_STATE_AT + 9U)

/* strict: XENGT_SIM_STRICT_* */
struct rig *image_create(const char *platform, uint32_t base,
			 unsigned int strict);

/*
 * Context n runs dw from its ring, to its end. label: more bits of the
 * descriptor. Its state is loaded anew, whatever the engine has.
 */
void image_run_as(struct rig *r, unsigned int n, uint64_t label,
		  const uint32_t *dw, unsigned int count);
void image_run(struct rig *r, unsigned int n, const uint32_t *dw,
	       unsigned int count);

/* A batch without privilege, as a user's. */
void image_run_user(struct rig *r, unsigned int n, uint64_t label,
		    const uint32_t *dw, unsigned int count);

/* What context n reads in a register. */
uint32_t image_read_reg(struct rig *r, unsigned int n, uint64_t label,
			uint32_t reg);

#define RUN(r, n, ...)							\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		image_run(r, n, dw_, sizeof(dw_) / 4);			\
	} while (0)

#endif /* SIM_IMAGE_RIG_H */
