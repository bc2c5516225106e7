/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of dom0 that show one guest's picture to one viewer domain. All of them
 * are granted read-only, and only to this domain, from the time of their allocation
 * until the pool is destroyed: so no page is ever used for something else while the
 * viewer may have it mapped. A pool never shrinks; its largest size is
 * XENGT_VIEW_PAGES_MAX pages, XENGT_VIEW_DIRS directory pages and a control page.
 */
#ifndef XENGT_SHARE_POOL_H
#define XENGT_SHARE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include <xengnttab.h>

struct xengt_pool;

struct xengt_pool_counts {
	uint32_t pages;			/* granted now, of all kinds */
	uint64_t copied;		/* pages of pictures that were written */
	uint64_t shown;			/* pictures that differed from the picture
					 * before */
};

/* shr must live as long as the pool. Returns 0 or -errno. */
int xengt_pool_create(xengntshr_handle *shr, uint32_t viewer,
		      struct xengt_pool **ret_pool);
/*
 * Clears the pages and ends their grants. The kernel frees a page only after the
 * viewer has unmapped it. Accepts NULL.
 */
void xengt_pool_destroy(struct xengt_pool *pool);

uint32_t xengt_pool_control_ref(const struct xengt_pool *pool);
void xengt_pool_counts(const struct xengt_pool *pool,
		       struct xengt_pool_counts *ret_counts);

/*
 * Show a picture: rgb has 3 bytes for each pixel, row by row, and may change during
 * the call. Only pages whose content differs are written. Returns 1: the viewer sees
 * another picture now; 0: the picture is the same; -EINVAL: width or height is 0;
 * -E2BIG: the picture needs more than XENGT_VIEW_PAGES_MAX pages; -ENOSPC, -ENOMEM:
 * no pages. After an error the viewer sees what it saw before.
 */
int xengt_pool_show(struct xengt_pool *pool, const uint8_t *rgb, uint32_t width,
		    uint32_t height);
/*
 * Set all pages of the picture to zero. Returns true if there was a picture.
 */
bool xengt_pool_clear(struct xengt_pool *pool);
bool xengt_pool_has_picture(const struct xengt_pool *pool);

#endif /* XENGT_SHARE_POOL_H */
