// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/rig_guests.h"

#include <string.h>

#include "boundary/part.h"
#include "gpu/gpu_sim.h"

uint64_t fuzz_ask(struct fuzz_guest *guest, const struct xengt_req *req)
{
	uint64_t data = 0;

	must(xengt_hv_fake_push(guest->fake, req) == 0);
	must(xengt_vgpu_serve(guest->vgpu, UINT32_MAX) == 0);
	must(xengt_hv_fake_answer(guest->fake, req->vcpu, &data) == 1);
	must(xengt_hv_fake_answer(guest->fake, req->vcpu, &data) == 0);
	must(xengt_hv_fake_faults(guest->fake) == 0);
	return data;
}

void fuzz_cfg_write(struct fuzz_guest *guest, uint32_t reg, uint32_t size,
		    uint32_t val)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_PCI_CONFIG, .addr = 0x10ull << 32 | reg,
		.size = size, .count = 1, .data = val,
	};

	fuzz_ask(guest, &req);
}

void fuzz_decode(struct fuzz_guest *guest)
{
	fuzz_cfg_write(guest, 0x10, 4, FUZZ_BAR0);
	fuzz_cfg_write(guest, 0x14, 4, 0);
	fuzz_cfg_write(guest, 0x18, 4, FUZZ_BAR2);
	fuzz_cfg_write(guest, 0x1c, 4, 0);
	fuzz_cfg_write(guest, 0x04, 2, 6);
}

static void fuzz_guest_create(struct fuzz_rig *rig, uint32_t index)
{
	struct fuzz_guest *guest = &rig->guests[index];
	const struct xengt_hv_fake_config hv_cfg = {
		.machine = rig->machine, .domid = index + 1,
		.ram_frames = FUZZ_RAM, .vcpus = FUZZ_VCPUS,
		.slice_frames = 512,
	};
	struct xengt_vgpu_config cfg = {
		.platform = XENGT_PLATFORM_SKL, .slot = 2, .is_primary = true,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};

	must(xengt_hv_fake_create(&hv_cfg, &guest->fake) == 0);
	guest->hv = xengt_hv_fake_hv(guest->fake);
	must(xengt_gpu_sim_create(rig->host, guest->fake, 2, 2, 2,
				  &guest->gpu) == 0);
	must(guest->gpu->ops->info(guest->gpu, &guest->info) == 0);
	cfg.hv = guest->hv;
	cfg.gpu = guest->gpu;
	must(xengt_vgpu_create(&cfg, &guest->vgpu) == 0);
}

struct fuzz_rig *fuzz_rig(void)
{
	static struct fuzz_rig *rig;

	if (rig)
		return rig;
	rig = calloc(1, sizeof(*rig));
	must(rig);
	must(xengt_fake_machine_create(1024, &rig->machine) == 0);
	must(xengt_gpu_sim_host_create(rig->machine, XENGT_PLATFORM_SKL,
				       &rig->host) == 0);
	rig->scratch_pte = xengt_sim_peek_pte(
		xengt_gpu_sim_host_sim(rig->host), 0);
	fuzz_guest_create(rig, 0);
	fuzz_guest_create(rig, 1);
	return rig;
}

void fuzz_restart(struct fuzz_rig *rig)
{
	for (int i = 0; i < 2; i++) {
		struct fuzz_guest *guest = &rig->guests[i];

		for (uint32_t f = 0; f < FUZZ_RAM; f++)
			xengt_hv_fake_add_ram(guest->fake, gfn(f));
		xengt_vgpu_reset(guest->vgpu);
		fuzz_decode(guest);
	}
}

static bool fuzz_is_inside(const struct fuzz_rig *rig, uint64_t addr)
{
	for (int i = 0; i < 2; i++) {
		const struct xengt_vgpu_info *info = &rig->guests[i].info;

		if (addr - info->low_base < info->low_bytes ||
		    addr - info->high_base < info->high_bytes)
			return true;
	}
	return false;
}

/*
 * Checks an entry outside of all slices: it must point to scratch, or, in the module's
 * own part of the GGTT, to a frame of the host.
 */
static void fuzz_judge_outside(const struct fuzz_rig *rig, uint32_t i)
{
	const uint32_t per_mib = XENGT_MIB / XENGT_PAGE_SIZE;
	uint64_t pte = xengt_sim_peek_pte(xengt_gpu_sim_host_sim(rig->host), i);
	bool is_host = i < XENGT_PART_HOST_LOW_MIB * per_mib ||
		i >= XENGT_SIM_GGTT_ENTRIES - XENGT_PART_HOST_HIGH_MIB * per_mib;

	if (pte == rig->scratch_pte)
		return;
	must(is_host);
	must(xengt_fake_frame_owner(rig->machine, xengt_gpu_sim_mfn(pte)) == 0);
}

void fuzz_judge(struct fuzz_rig *rig)
{
	static uint32_t runs;
	uint32_t step = runs++ % 4096 ? 4093 : 1;

	must(xengt_gpu_sim_host_wrong_entries(rig->host) == 0);
	for (uint32_t i = runs % step; i < XENGT_SIM_GGTT_ENTRIES; i += step)
		if (!fuzz_is_inside(rig, (uint64_t)i << 12))
			fuzz_judge_outside(rig, i);
	for (int i = 0; i < 2; i++) {
		const struct xengt_vgpu_info *info = &rig->guests[i].info;
		const uint64_t borders[] = {
			info->low_base, info->low_base + info->low_bytes,
			info->high_base, info->high_base + info->high_bytes,
		};

		for (size_t b = 0; b < XENGT_ARRAY_SIZE(borders); b++)
			for (uint64_t at = borders[b] - 0x8000;
			     at < borders[b] + 0x8000; at += 0x1000)
				if (!fuzz_is_inside(rig, at))
					fuzz_judge_outside(
						rig, (uint32_t)(at >> 12));
		must(xengt_vgpu_host_error(rig->guests[i].vgpu) == 0);
	}
}
