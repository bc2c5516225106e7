/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioreq protocol: turns one request (already a private copy) into single
 * accesses of 1, 2, 4 or 8 bytes, and their results into the answer. It handles
 * count, df and data_is_ptr, and depends on no hypervisor and no device.
 */
#ifndef XENGT_IOREQ_H
#define XENGT_IOREQ_H

#include "hv/hv.h"

/* Xen cuts a repeated access at the page (hvmemul_do_io), so more elements
 * than a page has bytes are not legal: they are answered and dropped. */
#define XENGT_IOREQ_COUNT_MAX	4096

struct xengt_ioreq_target {
	/*
	 * Carries out one access; addr is the request's, plus the element's
	 * offset; size is 1, 2, 4 or 8. A read puts its value into the low
	 * bytes of *val. Never fails: a device always answers.
	 */
	void (*access)(void *ctx, const struct xengt_req *req, uint64_t addr,
		       uint32_t size, bool is_read, uint64_t *val);
	void *ctx;
};

/*
 * Carry out a request on a target; *ret_data is the value to complete it with.
 * 0: done; -EINVAL: the request makes no sense (size, count, wrap-around):
 * nothing was done, and *ret_data is all-ones; -EFAULT: guest memory at a data
 * pointer could not be used: the elements before it were done. In every case
 * the request must now be completed with *ret_data.
 */
int xengt_ioreq_run(struct xengt_hv *hv, const struct xengt_req *req,
		    const struct xengt_ioreq_target *target,
		    uint64_t *ret_data);

#endif /* XENGT_IOREQ_H */
