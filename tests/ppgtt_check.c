// SPDX-License-Identifier: GPL-2.0-only
#include "ppgtt_check.h"

#include <stdio.h>
#include <string.h>

#define CHECK_N		512u

static uint64_t check_gfn(uint64_t entry)
{
	return entry << 16 >> 28;
}

uint64_t check_guest_entry(const struct ppgtt_check *c,
					 uint64_t frame, uint32_t i)
{
	uint64_t mfn = xengt_hv_fake_mfn(c->guest, gfn(frame)), entry;

	if (mfn == XENGT_FAKE_NO_FRAME)
		return 0;
	memcpy(&entry, xengt_fake_frame_at(c->machine, mfn) + i * 8, 8);
	return entry;
}

uint64_t check_gpu_entry(const struct ppgtt_check *c,
				       uint64_t bus, uint32_t i)
{
	const uint8_t *page = xengt_fake_frame_at(
		c->machine, xengt_gpu_sim_mfn(bus));
	uint64_t entry = 0;

	if (page)
		memcpy(&entry, page + i * 8, 8);
	return entry;
}

/*
 * Checks that the GPU's entry for a page of 4 KiB points to this frame of the
 * guest.
 */
static bool check_frame(const struct ppgtt_check *c, uint64_t frame,
			       uint64_t guest_entry, uint64_t gpu_entry)
{
	uint64_t want = xengt_hv_fake_mfn(c->guest, gfn(frame));
	uint64_t got = xengt_gpu_sim_mfn(gpu_entry);

	if ((guest_entry ^ gpu_entry) & 1)
		return false;
	if (!(guest_entry & 1))
		return true;
	if (want == XENGT_FAKE_NO_FRAME)
		return got == c->scratch_mfn && !(gpu_entry & 2);
	return got == want && !((guest_entry ^ gpu_entry) & 2);
}

static bool check_leaf(const struct ppgtt_check *c, uint64_t frame,
			      bool is_64k, uint64_t gpu_pde)
{
	for (uint32_t i = 0; i < CHECK_N; i++) {
		uint64_t g = check_guest_entry(c, frame, is_64k ? i & ~15u : i);
		uint64_t h = check_gpu_entry(c, gpu_pde, gpu_pde & 0x800 ?
					     i & ~15u : i);
		uint64_t want = check_gfn(g);

		if (is_64k)
			want = (want & ~15ull) + i % 16;
		if (gpu_pde & 0x800)
			h = (h & ~0xf000ull) + i % 16 * 4096;
		if (!check_frame(c, want, g, h))
			return false;
	}
	return true;
}

static bool check_2m(const struct ppgtt_check *c, uint64_t guest_pde,
			    uint64_t gpu_pde)
{
	for (uint32_t i = 0; i < CHECK_N; i++) {
		uint64_t h = gpu_pde & 0x80 ?
			(gpu_pde & ~0x1ff000ull) + i * 4096ull :
			check_gpu_entry(c, gpu_pde, i);

		if (!check_frame(c, (check_gfn(guest_pde) & ~511ull) + i,
				 guest_pde, h))
			return false;
	}
	return true;
}

bool check_table(struct ppgtt_check *c, uint64_t frame,
			       uint32_t level, uint64_t gpu)
{
	uint64_t bus = gpu & XENGT_SIM_PTE_ADDR;

	for (uint32_t i = 0; i < c->memos; i++)
		if (c->memo[i].gfn == frame && c->memo[i].bus == bus &&
		    c->memo[i].level == level)
			return true;
	if (c->memos < CHECK_MEMO) {
		c->memo[c->memos].gfn = frame;
		c->memo[c->memos].bus = bus;
		c->memo[c->memos++].level = level;
	}
	for (uint32_t i = 0; i < CHECK_N; i++) {
		uint64_t g = check_guest_entry(c, frame, i);
		uint64_t h = check_gpu_entry(c, gpu, i);
		bool is_64k = level == 2 && c->has_64k && g & 0x800;
		bool is_right;

		if ((g ^ h) & 1) {
			fprintf(stderr, "level %u, entry %u: the guest has %llx, the GPU %llx\n",
				level, i, (unsigned long long)g,
				(unsigned long long)h);
			return false;
		}
		if (!(g & 1))
			continue;
		if (level == 2 && g & 0x80)
			is_right = check_2m(c, g, h);
		else if (level == 2)
			is_right = check_leaf(c, check_gfn(g), is_64k, h);
		else
			is_right = check_table(c, check_gfn(g), level - 1, h);
		if (!is_right) {
			fprintf(stderr, "below level %u, entry %u\n", level, i);
			return false;
		}
	}
	return true;
}
