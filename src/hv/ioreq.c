/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splits one request into single accesses (Xen public/hvm/ioreq.h).
 *
 *   count       elements, one after another, each of 'size' bytes
 *   df          each element has a lower address (and data pointer) than the
 *               element before it
 *   data_is_ptr 'data' is the guest address of the values, not the value
 *
 * With data_is_ptr, guest memory is copied a page at a time. If a page cannot
 * be copied, all elements with data in earlier pages were carried out, and no
 * element with data in later pages.
 */
#include "hv/ioreq.h"
#include "xengt/types.h"

#include <errno.h>
#include <string.h>

static uint64_t size_mask(uint32_t size)
{
	return size >= 8 ? UINT64_MAX : (1ull << (size * 8)) - 1;
}

/*
 * Do all elements stay within 64 bits of address space? first: address of the
 * first element.
 */
static bool is_span_valid(uint64_t first, const struct xengt_req *req)
{
	uint64_t rest = (uint64_t)(req->count - 1) * req->size;

	if (req->is_backward)
		return first >= rest && first <= UINT64_MAX - (req->size - 1);
	return first <= UINT64_MAX - rest - (req->size - 1);
}

static bool is_valid(const struct xengt_req *req)
{
	if (req->size != 1 && req->size != 2 && req->size != 4 &&
	    req->size != 8)
		return false;
	if (req->count == 0 || req->count > XENGT_IOREQ_COUNT_MAX)
		return false;
	if (!is_span_valid(req->addr, req))
		return false;
	return !req->data_is_ptr || is_span_valid(req->data, req);
}

static uint64_t element(const struct xengt_req *req, uint64_t first,
			uint32_t index)
{
	uint64_t dist = (uint64_t)index * req->size;

	return req->is_backward ? first - dist : first + dist;
}

/*
 * Returns how many elements, beginning with 'index', have their data in one
 * guest page. If the data of element 'index' straddle two pages, the result is
 * 1.
 */
static uint32_t page_run(const struct xengt_req *req, uint32_t index)
{
	uint64_t at = element(req, req->data, index) % XENGT_PAGE_SIZE;
	uint64_t run;

	if (at + req->size > XENGT_PAGE_SIZE)
		return 1;
	if (req->is_backward)
		run = at / req->size + 1;
	else
		run = (XENGT_PAGE_SIZE - at) / req->size;
	if (run > req->count - index)
		run = req->count - index;
	return (uint32_t)run;
}

/*
 * Carries out a run of elements. 'buf' has the data of the elements, in the
 * order of guest addresses.
 */
static void run_elements(const struct xengt_req *req,
			 const struct xengt_ioreq_target *target,
			 uint32_t index, uint32_t run, uint8_t *buf)
{
	for (uint32_t i = 0; i < run; i++) {
		uint32_t slot = req->is_backward ? run - 1 - i : i;
		uint8_t *at = buf + slot * req->size;
		uint64_t val = 0;

		if (!req->is_read)
			memcpy(&val, at, req->size);
		target->access(target->ctx, req,
			       element(req, req->addr, index + i), req->size,
			       req->is_read, &val);
		if (req->is_read)
			memcpy(at, &val, req->size);
	}
}

static int run_by_pointer(struct xengt_hv *hv, const struct xengt_req *req,
			  const struct xengt_ioreq_target *target)
{
	uint8_t buf[XENGT_PAGE_SIZE];
	uint32_t index = 0;

	while (index < req->count) {
		uint32_t run = page_run(req, index);
		uint32_t lowest = req->is_backward ? index + run - 1 : index;
		gpa_t at = gpa(element(req, req->data, lowest));
		size_t bytes = (size_t)run * req->size;
		int r;

		if (!req->is_read) {
			r = hv->ops->read_guest(hv, at, buf, bytes);
			if (r)
				return r;
		}
		run_elements(req, target, index, run, buf);
		if (req->is_read) {
			r = hv->ops->write_guest(hv, at, buf, bytes);
			if (r)
				return r;
		}
		index += run;
	}
	return 0;
}

int xengt_ioreq_run(struct xengt_hv *hv, const struct xengt_req *req,
		    const struct xengt_ioreq_target *target,
		    uint64_t *ret_data)
{
	uint64_t val = req->data;

	*ret_data = UINT64_MAX;
	if (!is_valid(req))
		return -EINVAL;
	if (req->data_is_ptr)
		return run_by_pointer(hv, req, target) ? -EFAULT : 0;

	for (uint32_t i = 0; i < req->count; i++) {
		val = req->is_read ? 0 : req->data & size_mask(req->size);
		target->access(target->ctx, req, element(req, req->addr, i),
			       req->size, req->is_read, &val);
	}
	if (req->is_read)
		*ret_data = val & size_mask(req->size);
	return 0;
}
