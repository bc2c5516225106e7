/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest changes its page tables at random: entries of every form at every level, stores
 * of every size, tables that are given away and moved, roots of both kinds. After each
 * prepare the GPU's tables must mean the same as the guest's (ppgtt_check.h). When the
 * guest has ended, no page may be protected, no frame may be held, and no entry may point
 * to a frame of another domain.
 */
#include "core/internal.h"
#include "core/ppgtt.h"
#include "fuzz/rig_guests.h"
#include "ppgtt_check.h"

#define RAM		1536u
#define TABLES		24u		/* number of frames, from 0 on, that are
					 * used as tables */
#define N		512u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fuzz_guest guest;
static struct fuzz_rig rig;
static struct ppgtt_check check;

static void make_rig(void)
{
	struct xengt_hv_fake_config hv = {
		.domid = 7, .ram_frames = RAM, .vcpus = 1,
	};
	struct xengt_vgpu_config cfg = {
		.platform = XENGT_PLATFORM_SKL, .slot = 2,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};

	must(!xengt_fake_machine_create(16384, &rig.machine));
	must(!xengt_gpu_sim_host_create(rig.machine, XENGT_PLATFORM_SKL,
					&rig.host));
	hv.machine = rig.machine;
	must(!xengt_hv_fake_create(&hv, &guest.fake));
	guest.hv = xengt_hv_fake_hv(guest.fake);
	must(!xengt_gpu_sim_create(rig.host, guest.fake, 2, 0, 0, &guest.gpu));
	cfg.hv = guest.hv;
	cfg.gpu = guest.gpu;
	must(!xengt_vgpu_create(&cfg, &guest.vgpu));
	check.machine = rig.machine;
	check.guest = guest.fake;
	check.scratch_mfn = xengt_gpu_sim_scratch_mfn(guest.gpu);
}

/* Makes a store. A store across the end of a page is made in pieces, as Xen does it. */
static void store(uint64_t addr, uint32_t size, uint64_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = addr, .data = val,
		.size = size, .count = 1,
	};

	if (addr % XENGT_PAGE_SIZE + size > XENGT_PAGE_SIZE) {
		for (uint32_t i = 0; i < size; i++)
			store(addr + i, 1, val >> 8 * i);
		return;
	}
	if (xengt_hv_fake_is_routed(guest.fake, &req))
		fuzz_ask(&guest, &req);
	else
		(void)guest.hv->ops->write_guest(guest.hv, gpa(addr), &val,
						 size);
}

static uint64_t entry(struct fuzz_input *in)
{
	uint8_t kind = (uint8_t)fuzz_eat(in, 1);
	uint64_t flags = (kind & 1 ? 3 : 1) | (kind & 2 ? 0x80 : 0) |
			 (kind & 4 ? 0x800 : 0);

	switch (kind >> 3 & 7) {
	case 0:
		return 0;
	case 1:
		return fuzz_eat(in, 8);
	case 2:
		return fuzz_eat(in, 2) % (RAM + 64) << 12 | flags;
	case 3:
		return 512ull << 12 | flags | 0x80;
	default:
		return fuzz_eat(in, 1) % TABLES << 12 | flags;
	}
}

/*
 * Returns the index of one of the first or last entries of a table, so that stores often
 * hit the same entry.
 */
static uint32_t place(struct fuzz_input *in)
{
	uint8_t i = (uint8_t)fuzz_eat(in, 1);

	return i & 0x80 ? N - 1 - i % 4 : i % 36;
}

static void balloon(uint32_t frame)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_INVALIDATE, .size = 4, .count = 1,
	};

	if (xengt_hv_fake_mfn(guest.fake, gfn(frame)) == XENGT_FAKE_NO_FRAME)
		must(!xengt_hv_fake_add_ram(guest.fake, gfn(frame)));
	else
		xengt_hv_fake_remove_ram(guest.fake, gfn(frame));
	fuzz_ask(&guest, &req);
}

static struct xengt_ppgtt_root root(uint8_t which)
{
	struct xengt_ppgtt_root r = {
		.pdp = { (which & 7) << 12 }, .is_4level = which & 8,
	};

	for (uint64_t i = 1; i < 4 && !r.is_4level; i++)
		r.pdp[i] = which >> 4 & i ? (which & 3) << 12 : 0;
	return r;
}

static void prepare(uint8_t which)
{
	struct xengt_ppgtt_root r = root(which);
	uint64_t bus, pd;
	uint32_t id;

	check.has_64k =
		(xengt_mmio_peek(guest.vgpu, XENGT_GAMW_ECO_DEV) & 0xf) == 0xf;
	must(!xengt_ppgtt_prepare(guest.vgpu, &r, &id));
	bus = xengt_gpu_sim_ppgtt_bus(guest.gpu, id);
	check.memos = 0;
	if (r.is_4level)
		must(check_table(&check, r.pdp[0] >> 12, 4, bus));
	for (uint32_t i = 0; i < 4 && !r.is_4level; i++) {
		pd = check_gpu_entry(&check, bus, i);
		must((pd & 1) == (r.pdp[i] != 0));
		must(!(pd & 1) || check_table(&check, r.pdp[i] >> 12, 2, pd));
	}
}

static void step(struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_eat(in, 1);
	uint64_t table = (uint64_t)(op >> 3) % TABLES << 12, val;
	struct xengt_ppgtt_root r;
	uint32_t i;

	switch (op & 7) {
	case 0:
	case 1:
		i = place(in);
		store(table + i * 8, 8, entry(in));
		break;
	case 2:
		i = place(in) * 8 + fuzz_eat(in, 1) % 8;
		store(table + i, 1u << op % 4, fuzz_eat(in, 8));
		break;
	case 3:
		val = entry(in);
		for (i = 0; i < N; i++)
			store(table + i * 8, 8, val);
		break;
	case 4:
		r = root((uint8_t)fuzz_eat(in, 1));
		xengt_ppgtt_notify(guest.vgpu, &r, op & 8);
		break;
	case 5:
		balloon((uint32_t)(op & 8 ? fuzz_eat(in, 1) % TABLES :
				   fuzz_eat(in, 2) % RAM));
		break;
	case 6:
		xengt_mmio_poke(guest.vgpu, XENGT_GAMW_ECO_DEV, op & 8 ? 0xf : 0);
		break;
	case 7:
		prepare((uint8_t)fuzz_eat(in, 1));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zeros[XENGT_PAGE_SIZE];
	struct fuzz_input in = { data, size };
	struct xengt_vgpu_info info;

	if (!rig.machine)
		make_rig();
	while (in.left)
		step(&in);
	must(xengt_gpu_sim_host_wrong_entries(rig.host) == 0);
	must(xengt_vgpu_host_error(guest.vgpu) == 0);
	xengt_ppgtt_reset(guest.vgpu);
	/* all stores end, so that no page stays protected because of a store */
	xengt_hv_fake_advance(guest.fake, 1000000000);
	xengt_vgpu_tick(guest.vgpu);
	xengt_mmio_poke(guest.vgpu, XENGT_GAMW_ECO_DEV, 0);
	must(xengt_vgpu_counters(guest.vgpu)->tracked_pages == 0);
	for (uint32_t i = 0; i < RAM; i++) {
		must(!xengt_hv_fake_is_tracked(guest.fake, gfn(i)));
		if (xengt_hv_fake_mfn(guest.fake, gfn(i)) ==
		    XENGT_FAKE_NO_FRAME)
			balloon(i);
		if (i < TABLES)
			must(!guest.hv->ops->write_guest(
				guest.hv, gpa(i * XENGT_PAGE_SIZE), zeros,
				sizeof(zeros)));
	}
	must(!guest.gpu->ops->info(guest.gpu, &info));
	must(info.ppgtt_tables == 0);
	must(info.frames_held == 0);
	return 0;
}
