/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests hv_xen.c with imitated Xen libraries: which calls hv_xen.c makes, in which order, and
 * what is left when a call fails. The conformance suite tests hv_xen.c on real Xen.
 */
#include "xen_rig.h"

static struct xengt_hv *hv;
static struct xengt_counters counters;

static int reset(void **state)
{
	(void)state;
	memset(&xen, 0, sizeof(xen));
	memset(&counters, 0, sizeof(counters));
	xen.vcpus = 3;
	hv = NULL;
	return pipe(xen.evtchn_pipe);
}

/* Check after each test that nothing of the worker is left in the domain. */
static int check_nothing_left(void **state)
{
	(void)state;
	if (hv)
		hv->ops->destroy(hv);
	assert_int_equal(xen.open_handles, 0);
	assert_int_equal(xen.mapped_buckets, 0);
	assert_int_equal(xen.bound_ports, 0);
	close(xen.evtchn_pipe[0]);
	close(xen.evtchn_pipe[1]);
	return 0;
}

static void create(void)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

static void ask(uint32_t vcpu, uint64_t addr, bool is_read, bool is_ptr)
{
	struct ioreq *slot = &xen.page[vcpu];

	slot->addr = addr;
	slot->data = 0x1111;
	slot->count = 1;
	slot->size = 4;
	slot->dir = is_read;
	slot->data_is_ptr = is_ptr;
	slot->df = 0;
	slot->type = XENGT_REQ_MMIO;
	slot->state = STATE_IOREQ_READY;
}

static int populate(void *ctx, gfn_t first, uint32_t frames, bool on)
{
	(void)ctx;
	if (note("%s[%llu+%u] ", on ? "give" : "take",
		 (unsigned long long)gfn_x(first), frames))
		return -xen.fail_errno;
	xen.has_device_ram = on;
	return 0;
}

static void create_with_populate(void)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .populate = populate };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

/* RAM that the device model places is cached and complete, and can be removed again. */
static void test_back(void **state)
{
	void *addr;

	(void)state;
	create_with_populate();
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), DEVICE_FRAMES, &addr),
			 0);
	assert_string_equal(xen.log, "fmap512 fmap188 give[983040+700] pin6[983040-983739] fmap700 ");
	assert_int_equal(*(uint64_t *)addr, 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 1, &addr), -EEXIST);
	xen.log[0] = '\0';
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), DEVICE_FRAMES, addr),
			 0);
	assert_string_equal(xen.log, "pin-1[983040-983739] take[983040+700] ");
	assert_int_equal(xen.mapped_buckets, 0);
}

/*
 * One call after another fails. One of them asks Xen what is at the frames: if this call
 * fails, the device model must not treat the place as empty.
 */
static void test_back_fails(void **state)
{
	void *addr;
	int n, r;

	(void)state;
	create_with_populate();
	for (n = 1; ; n++) {
		xen.fail_at = xen.calls + n;
		xen.fail_errno = ENOSPC;
		r = hv->ops->back(hv, gfn(DEVICE), DEVICE_FRAMES, &addr);
		xen.fail_at = 0;
		if (r == 0)
			break;
		assert_int_equal(r, -ENOSPC);
		assert_false(xen.has_device_ram);
		assert_int_equal(xen.mapped_buckets, 0);
	}
	assert_int_equal(n, 6);
	hv->ops->unback(hv, gfn(DEVICE), DEVICE_FRAMES, addr);
}

static void test_create_order(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .restrict_handles = true };

	(void)state;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	assert_string_equal(xen.log, "open-dm open-fm open-ev restrict-7 vcpus create page state1 bind100 bind101 bind102 ");
	assert_int_equal(xengt_hv_xen_server_id(hv), SERVER);
	assert_int_equal(xengt_hv_xen_vcpus(hv), 3);
}

/* One call of the constructor after another fails. */
static void test_create_fails(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .restrict_handles = true };
	int n, r;

	for (n = 1; ; n++) {
		reset(state);
		xen.fail_at = n;
		xen.fail_errno = ENOSPC;
		r = xengt_hv_xen_create(&cfg, &hv);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOSPC);
		assert_null(hv);
		assert_false(xen.has_server);
		check_nothing_left(state);
	}
	assert_int_equal(n, 12);
	xen.fail_at = 0;
}

static void test_too_many_vcpus(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID };

	(void)state;
	xen.vcpus = 129;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -E2BIG);
	xen.vcpus = 0;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -E2BIG);
	assert_false(xen.has_server);
}

static void test_requests(void **state)
{
	struct xengt_req req, other;

	(void)state;
	create();
	assert_int_equal(hv->ops->next_request(hv, &req), 0);
	ask(1, 0xf0001000, true, false);
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.vcpu, 1);
	assert_int_equal(req.addr, 0xf0001000);
	assert_int_equal(req.size, 4);
	assert_int_equal(req.count, 1);
	assert_int_equal(req.type, XENGT_REQ_MMIO);
	assert_true(req.is_read);
	assert_false(req.data_is_ptr);
	assert_int_equal(xen.page[1].state, STATE_IOREQ_INPROCESS);
	/* next_request() does not return a request twice. */
	assert_int_equal(hv->ops->next_request(hv, &other), 0);
	assert_int_equal(hv->ops->complete_request(hv, &req, 0xabcd), 0);
	assert_int_equal(xen.page[1].state, STATE_IORESP_READY);
	assert_int_equal(xen.page[1].data, 0xabcd);
	assert_int_equal(xen.page[1].dir, 1);
	assert_string_equal(xen.log, "notify11 ");
	/* complete_request() does not answer a request twice. */
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EINVAL);
	assert_int_equal(xen.notified[1], 1);
	assert_int_equal(counters.hypercalls, 1);
}

/*
 * Only the answer to a read by value writes the data field. In other requests the field keeps
 * the guest's value.
 */
static void test_data_stays(void **state)
{
	struct xengt_req req;

	(void)state;
	create();
	ask(0, 1, false, false);
	hv->ops->next_request(hv, &req);
	hv->ops->complete_request(hv, &req, 0xabcd);
	assert_int_equal(xen.page[0].data, 0x1111);
	ask(0, 1, true, true);
	hv->ops->next_request(hv, &req);
	assert_true(req.data_is_ptr);
	hv->ops->complete_request(hv, &req, 0xabcd);
	assert_int_equal(xen.page[0].data, 0x1111);
	assert_int_equal(xen.page[0].data_is_ptr, 1);
}

/* A vCPU that makes requests all the time does not delay the requests of the other vCPUs. */
static void test_fair(void **state)
{
	int served[3] = { 0 };

	(void)state;
	create();
	for (int i = 0; i < 30; i++) {
		struct xengt_req req;

		for (int vcpu = 0; vcpu < 3; vcpu++)
			if (xen.page[vcpu].state != STATE_IOREQ_READY)
				ask(vcpu, vcpu, true, false);
		assert_int_equal(hv->ops->next_request(hv, &req), 1);
		served[req.vcpu]++;
		hv->ops->complete_request(hv, &req, 0);
	}
	for (int vcpu = 0; vcpu < 3; vcpu++)
		assert_int_equal(served[vcpu], 10);
}

static void test_nonsense_request(void **state)
{
	struct xengt_req req = { .vcpu = 1000 };

	(void)state;
	create();
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EINVAL);
	ask(0, 1, true, false);
	hv->ops->next_request(hv, &req);
	xen.page[0].state = STATE_IOREQ_NONE;
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EIO);
	assert_int_equal(xen.notified[0], 0);
}

static void test_ack_takes_all(void **state)
{
	(void)state;
	create();
	xen.pending_count = 3;
	xen.pending[0] = 10;
	xen.pending[1] = 12;
	xen.pending[2] = 11;
	xengt_hv_xen_ack(hv);
	assert_int_equal(xen.unmasked, 3);
	assert_int_equal(xen.pending_count, 0);
}

static void test_take_over(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true,
					   .server_id = SERVER };
	struct xengt_req req;

	(void)state;
	xen.has_server = true;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.page[i].vp_eport = 100 + i;
	ask(0, 0x10, true, false);
	ask(2, 0x20, true, false);
	xen.page[2].state = STATE_IOREQ_INPROCESS;
	xen.page[1].state = STATE_IORESP_READY;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	/* The event channels are bound before the ioreq server is enabled. */
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page bind100 bind101 bind102 state1 ");
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.addr, 0x10);
	hv->ops->complete_request(hv, &req, 0);
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.addr, 0x20);
	hv->ops->complete_request(hv, &req, 0);
	assert_int_equal(hv->ops->next_request(hv, &req), 0);
	assert_int_equal(xen.notified[0], 1);
	assert_int_equal(xen.notified[2], 1);
}

/* The worker uses an ioreq server that the broker made and did not enable. */
static void test_take_reserved(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true };
	uint16_t id;

	(void)state;
	assert_int_equal(xengt_hv_xen_reserve(DOMID, &id), 0);
	assert_string_equal(xen.log, "open-dm create ");
	assert_int_equal(xen.open_handles, 0);
	xen.log[0] = '\0';
	cfg.server_id = id;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page state1 bind100 bind101 bind102 state1 ");
}

static void test_take_over_busy(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true,
					   .server_id = SERVER };

	(void)state;
	xen.has_server = true;
	xen.is_served = true;
	xen.page[0].vp_eport = 100;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -EBUSY);
	assert_true(xen.has_server);
	assert_null(strstr(xen.log, "state"));
	assert_null(strstr(xen.log, "destroy"));
}

/*
 * Checks the order of the teardown when there are a request that was taken, a request that was
 * not taken, and protected pages.
 */
static void test_teardown(void **state)
{
	struct xengt_req req;

	(void)state;
	create();
	hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 0x1000, 0x1fff, true);
	hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10, 0x10, true);
	hv->ops->track_writes(hv, gfn(5), 1, true);
	ask(0, 1, true, false);
	hv->ops->next_request(hv, &req);
	ask(2, 2, false, false);
	xen.log[0] = '\0';
	hv->ops->destroy(hv);
	hv = NULL;
	assert_string_equal(xen.log, "unmap[1000,1fff] unmap(0:0:2.0) type0 state0 notify10 notify12 unbind10 unbind11 unbind12 unpage destroy ");
	assert_int_equal(xen.page[0].state, STATE_IORESP_READY);
	assert_true(xen.page[0].data == UINT64_MAX);
	assert_int_equal(xen.page[2].state, STATE_IORESP_READY);
	assert_int_equal(xen.page[2].data, 0x1111);
	assert_int_equal(xen.page[1].state, STATE_IOREQ_NONE);
}

/*
 * A vCPU must read its answer before the server is destroyed, because after that it would not
 * get the value.
 */
static void test_teardown_waits(void **state)
{
	struct xengt_req req;

	for (int round = 0; round < 2; round++) {
		check_nothing_left(state);
		reset(state);
		create();
		ask(0, 1, true, false);
		ask(1, 1, true, false);
		hv->ops->next_request(hv, &req);
		/* in the second pass of this loop a vCPU has just got an answer */
		if (round)
			hv->ops->complete_request(hv, &req, 0x1234);
		xen.takes_after = 3;
		hv->ops->destroy(hv);
		hv = NULL;
		assert_int_equal(xen.sleeps, 3);
		assert_int_equal(xen.lost, 0);
		assert_true(xen.page[0].data == (round ? 0x1234 : UINT64_MAX));
		assert_true(xen.page[1].data == UINT64_MAX);
	}
	/*
	 * the wait ends at once if no vCPU has an answer to read, and after a limited time in
	 * any case
	 */
	check_nothing_left(state);
	reset(state);
	create();
	hv->ops->destroy(hv);
	assert_int_equal(xen.sleeps, 0);
	create();
	ask(0, 1, true, false);
	hv->ops->destroy(hv);
	hv = NULL;
	assert_in_range(xen.sleeps, 1, 1000);
	assert_int_equal(xen.lost, 1);
}

/* For a dying domain all calls fail; the teardown must do all its steps nevertheless. */
static void test_teardown_of_the_dying(void **state)
{
	for (int n = 1; n <= 12; n++) {
		reset(state);
		create();
		hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 0, 1, true);
		ask(1, 1, true, false);
		xen.fail_at = xen.calls + n;
		xen.fail_errno = ESRCH;
		hv->ops->destroy(hv);
		hv = NULL;
		assert_int_equal(xen.page[1].state, STATE_IORESP_READY);
		check_nothing_left(state);
	}
	reset(state);
}

static void test_ranges(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 2, 1, true),
			 -EINVAL);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 1, 2, true),
			 -EINVAL);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10000,
					     0x10000, true), -EINVAL);
	/*
	 * A range is switched on twice and off twice. Xen gets one call that adds the range
	 * and one call that removes it.
	 */
	for (int i = 0; i < 2; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10,
						     0x10, true), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10,
						     0x10, false), 0);
	assert_string_equal(xen.log, "map(0:0:2.0) unmap(0:0:2.0) ");
	for (uint64_t i = 0; i < RANGES_MAX; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO,
						     4 * i, 4 * i + 1, true),
				 0);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 9999, 9999,
					     true), -ENOSPC);
	/* Each kind of range has its own limit. */
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10, 0x10,
					     true), 0);
}

static void test_ranges_of_xen(void **state)
{
	(void)state;
	create();
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = ENOMEM;
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, true),
			 -ENOSPC);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, true),
			 0);
	/* Xen does not have the range any more. The removal counts as successful. */
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = ENOENT;
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, false),
			 0);
}

static void test_track_writes(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 0, true), -EINVAL);
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, true), 0);
	assert_int_equal(hv->ops->track_writes(hv, gfn(9), 1, true), 0);
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, false), 0);
	assert_string_equal(xen.log, "type2 set4[5+2] set4[9+1] set0[5+2] ");
}

static void test_track_writes_busy(void **state)
{
	(void)state;
	create();
	xen.ebusy_left = 3;
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 1, true), 0);
	assert_string_equal(xen.log, "type2 set4[5+1] ");
	xen.ebusy_left = 1000;
	assert_int_equal(hv->ops->track_writes(hv, gfn(6), 1, true), -EBUSY);
	assert_true(xen.ebusy_left > 900);
	xen.ebusy_left = 0;
}

/* If one of several pages cannot be protected, no page is protected. */
static void test_track_writes_fails(void **state)
{
	(void)state;
	create();
	xen.fail_at = xen.calls + 2;
	xen.fail_errno = EINVAL;
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, true), -EINVAL);
	assert_string_equal(xen.log, "type2 set4[5+2] set0[5+1] set0[6+1] ");
}

static void test_guest_memory(void **state)
{
	uint64_t value = 0;
	uint8_t buf[3 * 4096];

	(void)state;
	create();
	/* The imitated Xen writes each frame's number to the frame's start. */
	assert_int_equal(hv->ops->read_guest(hv, gpa(5 * 4096), &value, 8), 0);
	assert_int_equal(value, 5);
	assert_int_equal(hv->ops->read_guest(hv, gpa(511 * 4096 + 1), buf,
					     sizeof(buf)), 0);
	memcpy(&value, buf + 4095, 8);
	assert_int_equal(value, 512);
	assert_string_equal(xen.log, "fmap512 fmap512 ");
	value = 0x55;
	assert_int_equal(hv->ops->write_guest(hv, gpa(7 * 4096 + 100), &value,
					      8), 0);
	value = 0;
	assert_int_equal(hv->ops->read_guest(hv, gpa(7 * 4096 + 100), &value,
					     8), 0);
	assert_int_equal(value, 0x55);
	assert_int_equal(counters.guest_bytes, 8 + sizeof(buf) + 16);
	hv->ops->invalidate(hv);
	assert_int_equal(xen.mapped_buckets, 0);
}

static void test_holes(void **state)
{
	uint64_t value = 77;

	(void)state;
	create();
	assert_int_equal(hv->ops->read_guest(hv, gpa(HOLE * 4096), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->write_guest(hv, gpa(HOLE * 4096 + 4095),
					      &value, 8), -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa((HOLE + 1) * 4096), &value,
					     8), 0);
	assert_int_equal(value, HOLE + 1);
	/* The guest has put a page at the hole, without a message to the device model. */
	xen.is_hole_filled = true;
	assert_int_equal(hv->ops->read_guest(hv, gpa(HOLE * 4096), &value, 8),
			 0);
	assert_int_equal(value, HOLE);
	/*
	 * Reads in a bucket of the mapping cache that has only holes, and at addresses beyond
	 * those of any guest.
	 */
	assert_int_equal(hv->ops->read_guest(hv, gpa(1ull << 40), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa(1ull << 52), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa((1ull << 52) - 4), &value,
					     8), -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa(UINT64_MAX), &value, 8),
			 -EFAULT);
}

/* Two buckets use the same slot of the mapping cache. */
static void test_eviction(void **state)
{
	uint64_t far = (uint64_t)XENGT_XEN_MAP_MAX * XENGT_XEN_MAP_BUCKETS * 4096;
	uint64_t value;

	(void)state;
	create();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hv->ops->read_guest(hv, gpa(4096), &value, 8),
				 0);
		assert_int_equal(hv->ops->read_guest(hv, gpa(far), &value, 8),
				 -EFAULT);
		assert_true(xen.mapped_buckets <= 1);
	}
}

static int map_aperture(void *ctx, gfn_t first, bool on)
{
	(void)ctx;
	if (note("%s[%llx] ", on ? "show" : "hide",
		 (unsigned long long)gfn_x(first)))
		return -xen.fail_errno;
	return 0;
}

static int map_piece(void *ctx, gfn_t first, uint32_t piece, bool on)
{
	(void)ctx;
	if (note("%s%u[%llx] ", on ? "show" : "hide", piece,
		 (unsigned long long)gfn_x(first)))
		return -xen.fail_errno;
	return 0;
}

static void create_with_slice(uint32_t frames)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .map_aperture = map_aperture,
					   .map_piece = map_piece,
					   .populate = populate,
					   .slice_frames = frames };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

static int show(uint64_t first, bool on)
{
	int r;

	xen.log[0] = '\0';
	r = hv->ops->map_aperture(hv, gfn(first), on);
	assert_int_equal(xen.mapped_buckets, 0);
	return r;
}

static void test_aperture(void **state)
{
	(void)state;
	create();
	assert_int_equal(show(0xe0000, true), -ENOTSUP);
	hv->ops->destroy(hv);
	create_with_slice(600);
	assert_int_equal(show(0xe0000, true), 0);
	assert_string_equal(xen.log, "fmap512 fmap88 show[e0000] ");
	/*
	 * A second call asks the broker again, because an earlier request, answered late, may
	 * have removed the mapping.
	 */
	assert_int_equal(show(0xe0000, true), 0);
	assert_string_equal(xen.log, "fmap512 fmap88 show[e0000] ");
	assert_int_equal(show(0xd0000, true), -EBUSY);
	assert_int_equal(show(0xd0000, false), 0);
	assert_string_equal(xen.log, "");
	assert_int_equal(show(0xe0000, false), 0);
	assert_string_equal(xen.log, "hide[e0000] ");
	assert_int_equal(show(0xd0000, true), 0);
}

/* Xen would free RAM over which the aperture is mapped, so the call must refuse the place. */
static void test_aperture_over_ram(void **state)
{
	(void)state;
	create_with_slice(600);
	/*
	 * the first range begins with the last frame of RAM; the second ends in RAM that the
	 * device model placed
	 */
	assert_int_equal(show(RAM_FRAMES - 1, true), -EINVAL);
	assert_string_equal(xen.log, "fmap512 ");
	assert_int_equal(show(RAM_FRAMES, true), 0);
	assert_int_equal(show(RAM_FRAMES, false), 0);
	assert_int_equal(show(DEVICE - 599, true), 0);
	assert_int_equal(show(DEVICE - 599, false), 0);
	xen.has_device_ram = true;
	assert_int_equal(show(DEVICE - 599, true), -EINVAL);
	assert_string_equal(xen.log, "fmap512 fmap88 ");
	assert_int_equal(show(DEVICE - 600, true), 0);
}

static void test_aperture_beyond(void **state)
{
	static const uint64_t places[] = {
		(1ull << 36) - 599, 1ull << 36, UINT64_MAX >> 12,
		UINT64_MAX - 599, UINT64_MAX,
	};

	(void)state;
	create_with_slice(600);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		assert_int_equal(show(places[i], true), -EINVAL);
		assert_string_equal(xen.log, "");
	}
	assert_int_equal(show((1ull << 36) - 600, true), 0);
}

/*
 * One call after another fails. If the call that checks the place fails, the device model
 * must not treat the place as unused.
 */
static void test_aperture_fails(void **state)
{
	(void)state;
	create_with_slice(600);
	xen.fail_errno = ENOMEM;
	for (int n = 1; n <= 3; n++) {
		xen.fail_at = xen.calls + n;
		assert_int_equal(show(0xe0000, true), -ENOMEM);
	}
	assert_non_null(strstr(xen.log, "show"));
	assert_int_equal(show(0xe0000, true), 0);
	/* the aperture is still mapped, because the removal failed */
	xen.fail_at = xen.calls + 1;
	assert_int_equal(show(0xe0000, false), -ENOMEM);
	assert_int_equal(show(0xd0000, true), -EBUSY);
	assert_int_equal(show(0xe0000, false), 0);
}

static int show_piece(uint64_t first, uint32_t piece, bool on)
{
	xen.log[0] = '\0';
	return hv->ops->map_piece(hv, gfn(first), piece, on);
}

/* Tests what hv_xen.c asks the broker; tests/conformance tests the answers in each case. */
static void test_pieces(void **state)
{
	(void)state;
	create();
	assert_int_equal(show_piece(0xe0000, 0, true), -ENOTSUP);
	hv->ops->destroy(hv);
	create_with_slice(2048);
	assert_int_equal(show_piece(0xe0000, 3, true), 0);
	assert_string_equal(xen.log, "fmap512 show3[e0000] ");
	assert_int_equal(show_piece(0xe0000, 3, true), -EEXIST);
	assert_int_equal(show_piece(0xe0000, 4, true), -EINVAL);
	assert_int_equal(show_piece(0xe0000, 2, false), 0);
	assert_string_equal(xen.log, "");
	/* a call that fails does not change the record */
	xen.fail_errno = ETIMEDOUT;
	xen.fail_at = xen.calls + 2;
	assert_int_equal(show_piece(0xe0000, 0, true), -ETIMEDOUT);
	assert_int_equal(show_piece(0xe0000, 0, true), 0);
	xen.fail_at = xen.calls + 1;
	assert_int_equal(show_piece(0xe0000, 0, false), -ETIMEDOUT);
	assert_int_equal(show_piece(0xe0000, 0, false), 0);
	assert_string_equal(xen.log, "hide0[e0000] ");
	/* the whole slice is unmapped, also if no piece is recorded */
	assert_int_equal(show(0xe0000, false), 0);
	assert_string_equal(xen.log, "hide[e0000] ");
	assert_int_equal(show(0xe0000, false), 0);
	assert_string_equal(xen.log, "hide[e0000] ");
	assert_int_equal(show_piece(0xd0000, 0, true), 0);
}

/* The device model cannot place RAM where the slice is mapped. */
static void test_back_over_aperture(void **state)
{
	void *addr;

	(void)state;
	create_with_slice(16);
	assert_int_equal(show(DEVICE + 8, true), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 9, &addr), -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 23), 9, &addr),
			 -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 10), 1, &addr),
			 -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 8, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), 8, addr), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 24), 8, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE + 24), 8, addr), 0);
	assert_int_equal(show(DEVICE + 8, false), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 9, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), 9, addr), 0);
}

static void test_to_the_guest(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->inject_msi(hv, 0x1fee00000, 0x41), 0);
	assert_int_equal(hv->ops->set_intx(hv, 2, 0, true), 0);
	assert_int_equal(hv->ops->set_intx(hv, 32, 0, true), -EINVAL);
	assert_int_equal(hv->ops->set_intx(hv, 2, 4, true), -EINVAL);
	assert_string_equal(xen.log, "msi(1fee00000,41) intx(0:0:2.0,1) ");
	assert_int_equal(counters.hypercalls, 2);
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = EINVAL;
	assert_int_equal(hv->ops->inject_msi(hv, 1, 2), -EINVAL);
}

static void test_retire(void **state)
{
	uint32_t answered;

	(void)state;
	xen.has_server = true;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.page[i].vp_eport = 100 + i;
	ask(0, 1, true, false);
	ask(1, 1, false, false);
	xen.page[1].state = STATE_IOREQ_INPROCESS;
	/*
	 * The worker wrote the answer, but died before it sent the event. So the vCPU still
	 * sleeps.
	 */
	xen.page[2].state = STATE_IORESP_READY;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_int_equal(answered, 2);
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page bind100 bind101 bind102 type0 state0 notify10 notify11 notify12 unbind10 unbind11 unbind12 unpage destroy ");
	assert_true(xen.page[0].data == UINT64_MAX);
	assert_int_equal(xen.page[1].data, 0x1111);
	assert_false(xen.has_server);
}

static void test_retire_others(void **state)
{
	uint32_t answered;

	(void)state;
	/* The ioreq server does not exist. */
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_int_equal(answered, 0);
	/* There is no such domain. */
	xen.fail_at = xen.calls + 4;
	xen.fail_errno = ESRCH;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	/* The ioreq server was never enabled. */
	xen.has_server = true;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_false(xen.has_server);
	/* A living process still serves the ioreq server. */
	xen.has_server = true;
	xen.is_served = true;
	xen.page[0].vp_eport = 100;
	ask(0, 1, true, false);
	xen.log[0] = '\0';
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), -EBUSY);
	assert_true(xen.has_server);
	assert_null(strstr(xen.log, "state"));
	assert_int_equal(xen.page[0].state, STATE_IOREQ_READY);
}

/* If Xen cannot destroy the server, the call fails; the next try destroys the server. */
static void test_retire_fails(void **state)
{
	uint32_t answered;

	(void)state;
	xen.has_server = true;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	xen.has_server = true;
	xen.fail_at = 2 * xen.calls;
	xen.fail_errno = EAGAIN;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), -EAGAIN);
	assert_true(xen.has_server);
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_false(xen.has_server);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, check_nothing_left)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_back),
		TEST(test_back_fails),
		TEST(test_create_order),
		TEST(test_create_fails),
		TEST(test_too_many_vcpus),
		TEST(test_requests),
		TEST(test_data_stays),
		TEST(test_fair),
		TEST(test_nonsense_request),
		TEST(test_ack_takes_all),
		TEST(test_take_over),
		TEST(test_take_reserved),
		TEST(test_take_over_busy),
		TEST(test_teardown),
		TEST(test_teardown_waits),
		TEST(test_teardown_of_the_dying),
		TEST(test_ranges),
		TEST(test_ranges_of_xen),
		TEST(test_track_writes),
		TEST(test_track_writes_busy),
		TEST(test_track_writes_fails),
		TEST(test_guest_memory),
		TEST(test_holes),
		TEST(test_eviction),
		TEST(test_aperture),
		TEST(test_aperture_over_ram),
		TEST(test_aperture_beyond),
		TEST(test_aperture_fails),
		TEST(test_pieces),
		TEST(test_back_over_aperture),
		TEST(test_to_the_guest),
		TEST(test_retire),
		TEST(test_retire_others),
		TEST(test_retire_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
