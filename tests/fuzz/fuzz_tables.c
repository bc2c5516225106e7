/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P10
 *
 * A worker makes random requests about page tables, with random ids, levels, counts and
 * entries. Some roots are in use, and the guest gives pages away. Then the test walks every
 * directory as the GPU would, with pages of 64 KiB and 2 MiB: the walk must find only
 * frames of the domain, tables, and read-only scratch. Frames that the guest gave away must
 * be free for other domains after REVALIDATE.
 */
#include "fuzz/rig_guests.h"

#define RAM	1536u
#define IDS	40u
#define DOMID	7u
#define N	XENGT_PPGTT_ENTRIES

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fuzz_rig rig;
static struct xengt_hv_fake *fake;
static uint64_t scratch_mfn;
static uint32_t frames_used;		/* number of frames in use before a
					 * vGPU is made */

static void make_rig(void)
{
	struct xengt_hv_fake_config hv = {
		.domid = DOMID, .ram_frames = RAM, .vcpus = 1,
	};

	must(!xengt_fake_machine_create(16384, &rig.machine));
	must(!xengt_gpu_sim_host_create(rig.machine, XENGT_PLATFORM_SKL,
					&rig.host));
	hv.machine = rig.machine;
	must(!xengt_hv_fake_create(&hv, &fake));
	frames_used = xengt_fake_frames_used(rig.machine);
}

static void judge_page(uint64_t entry)
{
	uint64_t mfn = xengt_gpu_sim_mfn(entry);

	if (mfn == scratch_mfn)
		must(!(entry & 2));
	else
		must(xengt_fake_frame_owner(rig.machine, mfn) == DOMID);
}

static uint64_t entry_at(uint64_t table, uint32_t i)
{
	uint64_t mfn = xengt_gpu_sim_mfn(table), entry;
	uint8_t *page = xengt_fake_frame_at(rig.machine, mfn);

	/* the frame that contains a table must belong to the host */
	must(page && xengt_fake_frame_owner(rig.machine, mfn) == 0);
	memcpy(&entry, page + i * sizeof(entry), sizeof(entry));
	return entry;
}

/* Check the page or table that the GPU reaches by an entry of a directory. */
static void judge_directory_entry(uint64_t pde)
{
	if (pde & 0x80) {
		for (uint64_t i = 0; i < N; i++)
			judge_page((pde & ~0x1fff80ull) + (i << 12));
		return;
	}
	for (uint32_t i = 0; i < N; i++) {
		uint64_t pte = entry_at(pde, pde & 0x800 ? i & ~15u : i);

		if (pte & 1)
			judge_page(pde & 0x800 ? (pte & ~0xf000ull) +
				   (i % 16ull << 12) : pte);
	}
}

static void judge(const struct xengt_gpu *gpu, const uint8_t *levels)
{
	for (uint32_t id = 1; id < IDS; id++) {
		uint64_t bus = xengt_gpu_sim_ppgtt_bus(gpu, id);

		for (uint32_t i = 0; levels[id] == 2 && bus && i < N; i++)
			if (entry_at(bus, i) & 1)
				judge_directory_entry(entry_at(bus, i));
	}
	must(xengt_gpu_sim_host_wrong_entries(rig.host) == 0);
}

static uint64_t entry(struct fuzz_input *in)
{
	uint8_t kind = (uint8_t)fuzz_eat(in, 1);
	uint64_t flags = (kind & 1 ? 3 : 1) | (kind & 2 ? 0x80 : 0) |
			 (kind & 4 ? 0x800 : 0);

	switch (kind >> 3 & 3) {
	case 0:
		return fuzz_eat(in, 8);
	case 1:
		return fuzz_eat(in, 2) % (RAM + 64) << 12 | flags;
	default:
		return fuzz_eat(in, 1) % IDS << 12 | flags;
	}
}

static void write_some(struct xengt_gpu *gpu, struct fuzz_input *in)
{
	uint32_t id = (uint32_t)fuzz_eat(in, 1) % IDS;
	uint32_t first = (uint32_t)fuzz_eat(in, 2) % (N + 8);
	uint32_t count = (uint32_t)fuzz_eat(in, 1), scratched;
	uint64_t entries[256];

	for (uint32_t i = 0; i < count; i++)
		entries[i] = i % 8 ? entries[i - 1] + 0x1000 : entry(in);
	gpu->ops->ppgtt_write(gpu, id, first, entries, count, &scratched);
}

static void balloon(struct xengt_gpu *gpu, uint32_t frame)
{
	uint64_t old = xengt_hv_fake_mfn(fake, gfn(frame));

	if (old == XENGT_FAKE_NO_FRAME)
		must(!xengt_hv_fake_add_ram(fake, gfn(frame)));
	else
		xengt_hv_fake_remove_ram(fake, gfn(frame));
	must(!gpu->ops->revalidate(gpu));
	if (old != XENGT_FAKE_NO_FRAME)
		must(xengt_fake_frame_owner(rig.machine, old) ==
		     XENGT_FAKE_FREE);
}

static void step(struct xengt_gpu *gpu, struct fuzz_input *in, uint8_t *levels,
		 uint8_t *pins)
{
	uint8_t op = (uint8_t)fuzz_eat(in, 1);
	uint32_t id = (uint32_t)fuzz_eat(in, 1) % IDS;

	switch (op & 7) {
	case 0:
	case 1:
		if (!gpu->ops->ppgtt_create(gpu, op >> 3 & 7, op >> 6, &id) &&
		    id < IDS)
			levels[id] = op >> 3 & 7;
		break;
	case 2:
		gpu->ops->ppgtt_destroy(gpu, id);
		break;
	case 3:
		if (pins[id]) {
			xengt_gpu_sim_ppgtt_unpin(gpu, id);
			pins[id]--;
		} else if (!xengt_gpu_sim_ppgtt_pin(gpu, id)) {
			pins[id]++;
		}
		break;
	case 4:
		balloon(gpu, (uint32_t)fuzz_eat(in, 2) % RAM);
		break;
	default:
		write_some(gpu, in);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t levels[IDS] = { 0 }, pins[IDS] = { 0 };
	struct fuzz_input in = { data, size };
	struct xengt_vgpu_info info;
	struct xengt_gpu *gpu;

	if (!rig.machine)
		make_rig();
	must(!xengt_gpu_sim_create(rig.host, fake, 2, 0, 0, &gpu));
	scratch_mfn = xengt_gpu_sim_scratch_mfn(gpu);
	while (in.left)
		step(gpu, &in, levels, pins);
	judge(gpu, levels);
	must(!gpu->ops->zap(gpu));
	must(!gpu->ops->info(gpu, &info));
	must(info.frames_held == 0);
	for (uint32_t id = 0; id < IDS; id++)
		while (pins[id]--)
			xengt_gpu_sim_ppgtt_unpin(gpu, id);
	gpu->ops->destroy(gpu);
	for (uint32_t i = 0; i < RAM; i++)
		xengt_hv_fake_add_ram(fake, gfn(i));
	/* check that the vGPU has left nothing */
	must(xengt_fake_frames_used(rig.machine) == frames_used);
	return 0;
}
