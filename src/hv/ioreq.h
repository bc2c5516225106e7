/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioreq protocol: turns one request (already a private copy) into single
 * accesses of 1, 2, 4 or 8 bytes, and the results of the accesses into the
 * answer. This code handles count, df and data_is_ptr, and depends on no
 * hypervisor and no device.
 */
#ifndef XENGT_IOREQ_H
#define XENGT_IOREQ_H

#include "hv/hv.h"

/*
 * Xen cuts a repeated access at the end of a page (hvmemul_do_io), so a request
 * cannot have more elements than a page has bytes. A request with more
 * elements is answered and does nothing.
 */
#define XENGT_IOREQ_COUNT_MAX	4096

struct xengt_ioreq_target {
	/*
	 * Carries out one access; addr is the address of the element; size is
	 * 1, 2, 4 or 8. A read puts its value into the low bytes of *val. Never
	 * fails: a device always answers.
	 */
	void (*access)(void *ctx, const struct xengt_req *req, uint64_t addr,
		       uint32_t size, bool is_read, uint64_t *val);
	void *ctx;
};

/*
 * Carry out a request on a target. Returns 0; -EINVAL: the request is not valid
 * (size, count, wrap-around), nothing was done, and *ret_data is all-ones;
 * -EFAULT: a page of guest memory at the data pointer could not be used, and no
 * element with data in later pages was carried out. In each case the caller
 * must now complete the request with *ret_data.
 */
int xengt_ioreq_run(struct xengt_hv *hv, const struct xengt_req *req,
		    const struct xengt_ioreq_target *target,
		    uint64_t *ret_data);

#endif /* XENGT_IOREQ_H */
