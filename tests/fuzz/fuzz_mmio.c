/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two guests use their devices at random: registers, GGTT, config space and
 * ballooning, while the GPU makes accesses through the guests' entries. A hardware entry
 * in a guest's slices may point only to frames of that guest. A guest must read back from
 * its GGTT what the guest wrote.
 */
#include "fuzz/rig_guests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct xengt_req mmio(struct fuzz_input *in, uint32_t off)
{
	uint8_t shape = (uint8_t)fuzz_eat(in, 1);
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = FUZZ_BAR0 + off,
		.size = 1u << (shape & 3), .count = 1,
		.is_read = shape & 4, .is_backward = shape & 8,
		.data_is_ptr = shape & 16,
	};

	if (shape & 32)
		req.count = (uint32_t)fuzz_eat(in, 2) % 1100 + 1;
	req.data = fuzz_eat(in, 8);
	if (req.data_is_ptr)
		req.data %= (FUZZ_RAM + 2) * XENGT_PAGE_SIZE;
	return req;
}

/* Returns the offset of an entry near the borders of the slices. */
static uint32_t ggtt_off(const struct fuzz_guest *guest, struct fuzz_input *in)
{
	uint16_t where = (uint16_t)fuzz_eat(in, 2);
	const uint64_t bases[] = {
		guest->info.low_base, guest->info.low_base +
				      guest->info.low_bytes,
		guest->info.high_base, guest->info.high_base +
				       guest->info.high_bytes,
	};
	uint64_t entry = (bases[where & 3] >> 12) + (where >> 2 & 0x3ff) - 64;

	return (uint32_t)(8 * XENGT_MIB + entry * 8 + (where >> 12 & 7));
}

static void store_and_read_back(struct fuzz_guest *guest, uint32_t off,
				uint64_t val)
{
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = FUZZ_BAR0 + (off & ~7u),
		.size = 8, .count = 1, .data = val,
	};
	uint64_t addr = (uint64_t)(off / 8 - XENGT_MIB) << 12;
	bool is_ours = addr - guest->info.low_base < guest->info.low_bytes ||
		       addr - guest->info.high_base < guest->info.high_bytes;

	/* this check needs BAR0 at the address to which this test moved it */
	if (!xengt_hv_fake_is_trapped(guest->fake, XENGT_RANGE_MMIO, FUZZ_BAR0,
				      FUZZ_BAR0 + 0xffffff))
		return;
	fuzz_ask(guest, &req);
	req.is_read = true;
	must(fuzz_ask(guest, &req) == (is_ours ? val : 0));
}

/*
 * Makes a store, which does not trap if there is RAM behind BAR0. If is_flushed
 * is set, a flush follows.
 */
static void store_to_ram(struct fuzz_guest *guest, uint32_t off, uint64_t val,
			 bool is_flushed)
{
	const struct xengt_req look = {
		.type = XENGT_REQ_MMIO, .addr = FUZZ_BAR0 + 0x78000, .size = 8,
		.count = 1, .is_read = true,
	};
	const struct xengt_req flush = {
		.type = XENGT_REQ_MMIO, .addr = FUZZ_BAR0 + 0x101008, .size = 4,
		.count = 1, .data = 1,
	};

	if (!xengt_hv_fake_store(guest->fake, FUZZ_BAR0 + (off & ~7ull), 8, val))
		fuzz_ask(guest, &look);
	if (is_flushed)
		fuzz_ask(guest, &flush);
}

static void balloon(struct fuzz_guest *guest, uint8_t frame, bool is_told)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_INVALIDATE, .size = 4, .count = 1,
	};
	gfn_t at = gfn(frame % FUZZ_RAM);

	if (xengt_hv_fake_mfn(guest->fake, at) == XENGT_FAKE_NO_FRAME)
		must(xengt_hv_fake_add_ram(guest->fake, at) == 0);
	else
		xengt_hv_fake_remove_ram(guest->fake, at);
	if (is_told)
		fuzz_ask(guest, &req);
}

static void step(struct fuzz_rig *rig, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_eat(in, 1);
	struct fuzz_guest *guest = &rig->guests[op >> 7];
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(rig->host);
	struct xengt_req req;
	uint8_t buf[64] = { 0 };

	switch (op & 7) {
	case 0:
		req = mmio(in, (uint32_t)fuzz_eat(in, 3));
		fuzz_ask(guest, &req);
		break;
	case 1:
		req = mmio(in, 0x78000 + (uint32_t)fuzz_eat(in, 2) % 0x1000);
		fuzz_ask(guest, &req);
		break;
	case 2:
		req = mmio(in, ggtt_off(guest, in));
		fuzz_ask(guest, &req);
		break;
	case 3:
		store_to_ram(guest, ggtt_off(guest, in), fuzz_eat(in, 8),
			     op & 8);
		break;
	case 4:
		store_and_read_back(guest, ggtt_off(guest, in),
				    fuzz_eat(in, 8));
		break;
	case 5:
		fuzz_cfg_write(guest, (uint32_t)fuzz_eat(in, 1),
			       1u << fuzz_eat(in, 1) % 3,
			       (uint32_t)fuzz_eat(in, 4));
		break;
	case 6:
		balloon(guest, (uint8_t)fuzz_eat(in, 1), op & 8);
		break;
	case 7:
		if (op & 8)
			xengt_vgpu_reset(guest->vgpu);
		fuzz_decode(guest);
		xengt_sim_gpu_access(sim, fuzz_eat(in, 4), buf, sizeof(buf),
				     op & 16);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct fuzz_rig *rig = fuzz_rig();

	fuzz_restart(rig);
	while (in.left)
		step(rig, &in);
	fuzz_judge(rig);
	return 0;
}
