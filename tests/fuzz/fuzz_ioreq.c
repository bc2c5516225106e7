/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes requests with any value in every field, from several vCPUs at once.
 * Each request must be answered exactly once, and nothing may happen for which
 * Xen would crash a domain.
 *
 * promise: P7 (XENGT_FAULT_LOSE_REQUEST turns it red)
 */
#include "fuzz/rig_guests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Returns a request with any values that a slot can have, sometimes with an
 * address that is trapped.
 */
static struct xengt_req any_request(struct fuzz_input *in)
{
	uint8_t bits = (uint8_t)fuzz_eat(in, 1);
	struct xengt_req req = {
		.type = (uint8_t)fuzz_eat(in, 1),
		.size = (uint32_t)fuzz_eat(in, bits & 1 ? 4 : 1),
		.count = (uint32_t)fuzz_eat(in, bits & 2 ? 4 : 1),
		.addr = fuzz_eat(in, 8),
		.data = fuzz_eat(in, 8),
		.is_read = bits & 4,
		.is_backward = bits & 8,
		.data_is_ptr = bits & 16,
	};

	if (bits & 32) {
		req.type = XENGT_REQ_MMIO;
		req.addr = FUZZ_BAR0 + (req.addr & 0x1ffffff);
	}
	if (bits & 64)
		req.data &= 0x7ffff;
	if (bits & 128 && req.type == XENGT_REQ_PCI_CONFIG)
		req.addr = 0x10ull << 32 | (req.addr & 0x1ff);
	return req;
}

static void ask_all(struct fuzz_guest *guest, struct fuzz_input *in)
{
	uint64_t data;

	for (uint32_t v = 0; v < FUZZ_VCPUS; v++) {
		struct xengt_req req = any_request(in);

		req.vcpu = v;
		must(xengt_hv_fake_push(guest->fake, &req) == 0);
	}
	must(xengt_vgpu_serve(guest->vgpu, UINT32_MAX) == 0);
	for (uint32_t v = 0; v < FUZZ_VCPUS; v++) {
		must(xengt_hv_fake_answer(guest->fake, v, &data) == 1);
		must(xengt_hv_fake_answer(guest->fake, v, &data) == 0);
	}
	must(xengt_hv_fake_faults(guest->fake) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct fuzz_rig *rig = fuzz_rig();

	fuzz_restart(rig);
	while (in.left)
		ask_all(&rig->guests[0], &in);
	fuzz_judge(rig);
	return 0;
}
