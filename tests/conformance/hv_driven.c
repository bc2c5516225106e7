/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests that play the guest and make its accesses. Only the fake allows this.
 */
#include "hv_bench.h"

void every_vcpu_is_answered_once(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req, got[3];
	uint64_t data;

	for (uint32_t v = 0; v < 3; v++) {
		req = (struct xengt_req){
			.type = XENGT_REQ_MMIO, .addr = 0x1000 * v, .size = 4,
			.count = 1, .is_read = true, .vcpu = v,
		};
		assert_int_equal(xengt_hv_fake_push(fake, &req), 0);
		assert_int_equal(xengt_hv_fake_push(fake, &req), -EBUSY);
		assert_int_equal(xengt_hv_fake_answer(fake, v, &data), 0);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(b->hv->ops->next_request(b->hv, &got[i]), 1);
	assert_int_equal(b->hv->ops->next_request(b->hv, &req), 0);
	/* requests may be answered in any order */
	for (int i = 2; i >= 0; i--) {
		assert_int_equal(b->hv->ops->complete_request(
			b->hv, &got[i], got[i].addr + 1), 0);
		assert_int_equal(xengt_hv_fake_answer(fake, got[i].vcpu, &data),
				 1);
		assert_int_equal(data, got[i].addr + 1);
		assert_int_equal(b->hv->ops->complete_request(b->hv, &got[i],
							      0), -EINVAL);
	}
	assert_int_equal(xengt_hv_fake_faults(fake), 3);
	req.vcpu = 3;
	assert_int_equal(xengt_hv_fake_push(fake, &req), -EINVAL);
}

/*
 * A vCPU that makes a new request at once does not delay the requests of other
 * vCPUs.
 */
void no_vcpu_starves(void **state)
{
	const struct bench *b = *state;
	uint32_t served[3] = { 0 };
	struct xengt_req req;
	uint64_t data;

	for (int i = 0; i < 300; i++) {
		for (uint32_t v = 0; v < 3; v++) {
			req = (struct xengt_req){ .vcpu = v };
			xengt_hv_fake_push(fake, &req);
		}
		assert_int_equal(b->hv->ops->next_request(b->hv, &req), 1);
		served[req.vcpu]++;
		assert_int_equal(b->hv->ops->complete_request(b->hv, &req, 0),
				 0);
		assert_int_equal(xengt_hv_fake_answer(fake, req.vcpu, &data),
				 1);
	}
	for (uint32_t v = 0; v < 3; v++)
		assert_int_equal(served[v], 100);
}

void routing(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = TRAP_AT, .size = 4, .count = 1,
	};

	assert_false(xengt_hv_fake_is_routed(fake, &req));
	trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xfff, true);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	/*
	 * only a request that lies wholly inside the range reaches the device
	 */
	req.addr = TRAP_AT + 0xffe;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req.addr = TRAP_AT + 0xff0;
	req.count = 4;
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	req.count = 5;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req.is_backward = true;
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	/* a store to a protected page reaches the device, a load does not */
	req = (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = impl->ram << 12, .size = 4,
		.count = 1,
	};
	assert_int_equal(track(b, gfn(impl->ram), 1, true), 0);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	req.is_read = true;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req = (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .addr = 0x10ull << 32, .size = 4,
		.count = 1,
	};
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	trap(b, XENGT_RANGE_PCI, 0x10, 0x10, true);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
}

void aperture_is_recorded(void **state)
{
	const struct bench *b = *state;
	gfn_t at = gfn(0);

	assert_int_equal(show(b, gfn(PLACE), true), 0);
	assert_true(xengt_hv_fake_aperture(fake, &at));
	assert_int_equal(gfn_x(at), PLACE);
	assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
	assert_true(xengt_hv_fake_aperture(fake, &at));
	assert_int_equal(show(b, gfn(PLACE), false), 0);
	assert_false(xengt_hv_fake_aperture(fake, &at));
}

void pieces_have_a_p2m(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = PLACE << XENGT_PAGE_SHIFT,
		.size = 4, .count = 1,
	};
	gfn_t at;

	trap(b, XENGT_RANGE_MMIO, PLACE << XENGT_PAGE_SHIFT,
	     ((PLACE + SLICE) << XENGT_PAGE_SHIFT) - 1, true);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	assert_int_equal(show_piece(b, gfn(PLACE), 0, true), 0);
	assert_int_equal(xengt_hv_fake_pieces(fake, &at), 1);
	assert_int_equal(gfn_x(at), PLACE);
	/* accesses of a mapped piece do not exit, although the range is still trapped */
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	assert_true(xengt_hv_fake_has_aperture(fake, gfn(PLACE)));
	assert_false(xengt_hv_fake_has_aperture(fake,
						gfn(PLACE + XENGT_PIECE_FRAMES)));
	/* the guest changes its p2m by itself */
	xengt_hv_fake_drop_aperture(fake, gfn(PLACE));
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	assert_int_equal(xengt_hv_fake_pieces(fake, &at), 1);
	/* the fake counts a mapping over mapped frames as a fault of the device model */
	assert_int_equal(xengt_hv_fake_faults(fake), 0);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, true), -EEXIST);
	assert_int_equal(xengt_hv_fake_faults(fake), 1);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, false), 0);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, true), 0);
	assert_false(xengt_hv_fake_is_routed(fake, &req));
}

void balloon(void **state)
{
	const struct bench *b = *state;
	uint64_t mfn = xengt_hv_fake_mfn(fake, gfn(8));
	struct xengt_fake_machine *machine = xengt_hv_fake_machine(fake);
	uint32_t val = 0xabcd;

	assert_int_equal(wr(b, gpa(0x8000), &val, 4), 0);
	/*
	 * Xen does not give a held page to another domain; here the test holds
	 * the page, as a GPU entry would
	 */
	xengt_fake_frame_get(machine, mfn);
	xengt_hv_fake_remove_ram(fake, gfn(8));
	assert_int_equal(rd(b, gpa(0x8000), &val, 4), -EFAULT);
	assert_int_equal(xengt_fake_frame_owner(machine, mfn), 3);
	memcpy(&val, xengt_fake_frame_at(machine, mfn), 4);
	assert_int_equal(val, 0xabcd);
	xengt_fake_frame_put(machine, mfn);
	assert_int_equal(xengt_fake_frame_owner(machine, mfn), XENGT_FAKE_FREE);
	assert_int_equal(xengt_hv_fake_add_ram(fake, gfn(8)), 0);
	assert_int_equal(xengt_hv_fake_add_ram(fake, gfn(8)), -EEXIST);
	assert_int_not_equal(xengt_hv_fake_mfn(fake, gfn(8)), mfn);
	assert_int_equal(rd(b, gpa(0x8000), &val, 4), 0);
	assert_int_equal(val, 0);
}

void events_are_recorded(void **state)
{
	const struct bench *b = *state;
	struct xengt_hv_fake_msi msi;

	assert_int_equal(b->hv->ops->inject_msi(b->hv, 0x1fee00000, 0x4041), 0);
	assert_int_equal(xengt_hv_fake_msis(fake, &msi), 1);
	assert_int_equal(msi.addr, 0x1fee00000);
	assert_int_equal(msi.data, 0x4041);
	b->hv->ops->set_intx(b->hv, 2, 1, true);
	assert_true(xengt_hv_fake_intx(fake, 2, 1));
	assert_false(xengt_hv_fake_intx(fake, 2, 0));
}

void planted_failures(void **state)
{
	const struct bench *b = *state;
	uint32_t val;

	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 2, -EIO);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
	assert_int_equal(rd(b, gpa(0), &val, 4), -EIO);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 1, -EIO);
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 0, 0);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
}
