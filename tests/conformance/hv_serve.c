/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests that need a running guest. */
#include "hv_bench.h"

#include <poll.h>
#include <stdio.h>

#include "hv/hv_xen.h"
#include "hv/ioreq.h"

#define SERVED_END	(XENGT_PAGE_SIZE - 4)

struct served {
	uint8_t page[XENGT_PAGE_SIZE];
	uint32_t reads, writes;
};

static void serve_access(void *ctx, const struct xengt_req *req, uint64_t addr,
			 uint32_t size, bool is_read, uint64_t *val)
{
	struct served *served = ctx;
	uint8_t *at = served->page + (addr - TRAP_AT);
	uint64_t stored = ~*val;

	(void)req;
	if (addr < TRAP_AT || addr - TRAP_AT > XENGT_PAGE_SIZE - size)
		fail_msg("the guest accessed 0x%llx, outside of the device's page",
			 (unsigned long long)addr);
	if (is_read)
		memcpy(val, at, size);
	else
		memcpy(at, &stored, size);
	served->reads += is_read;
	served->writes += !is_read;
}

/*
 * Answers the pending requests. Returns false if the request that ends the test
 * was taken.
 */
static bool serve_requests(struct xengt_hv *hv, struct served *served)
{
	const struct xengt_ioreq_target target = { serve_access, served };
	struct xengt_req req;
	uint64_t data;

	while (hv->ops->next_request(hv, &req) == 1) {
		if (req.type != XENGT_REQ_MMIO)
			data = UINT64_MAX;
		else if (req.addr == TRAP_AT + SERVED_END)
			return false;
		else
			assert_int_equal(xengt_ioreq_run(hv, &req, &target,
							 &data), 0);
		assert_int_equal(hv->ops->complete_request(hv, &req, data), 0);
	}
	return true;
}

/*
 * Serves a device of one page at TRAP_AT; a script makes the guest access the
 * device. A dword that nobody stored reads as its own address; after a store it
 * reads as the inverse of the stored value. This function takes a read of the
 * last dword and does not answer it. Then this program ends, and the guest must
 * continue with the value all-ones.
 */
static void serve(void **state)
{
	const uint32_t *msec = *state;
	struct served served = { 0 };
	struct xengt_hv *hv;
	struct pollfd fd = { .events = POLLIN };

	for (uint32_t off = 0; off < XENGT_PAGE_SIZE; off += 4) {
		uint32_t own = (uint32_t)TRAP_AT + off;

		memcpy(served.page + off, &own, 4);
	}
	assert_int_equal(xen_impl.create(&hv), 0);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, TRAP_AT,
					     TRAP_AT + XENGT_PAGE_SIZE - 1,
					     true), 0);
	printf("# serving\n");
	fflush(stdout);
	fd.fd = xengt_hv_xen_poll_fd(hv);
	do {
		if (poll(&fd, 1, (int)*msec) != 1)
			fail_msg("no request of the guest came");
		xengt_hv_xen_ack(hv);
	} while (serve_requests(hv, &served));
	hv->ops->destroy(hv);
	printf("# %u reads, %u writes\n", served.reads, served.writes);
}

int serve_guest(uint32_t seconds)
{
	uint32_t msec = seconds * 1000;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(serve, &msec),
	};

	return cmocka_run_group_tests_name("hv: xen, a guest", tests, NULL,
					   NULL);
}
