/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance suite for both implementations of gpu.h.
 *
 *   test_gpu                              the simulated GPU of this process
 *   test_gpu --real --domid N [--gfn G]   /dev/xengt; exits with 77 if there is no such device
 *
 * With --real the domain needs RAM at frames G.. (default: from 16 MiB). The domain must have
 * no vGPU and must never run, because the suite writes the domain's memory.
 *
 * promise: P1, P15
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenforeignmemory.h>

#include "gpu/gpu_sim.h"
#include "hw/platform.h"

#include "gpu_bench.h"

struct xengt_fake_machine *machine;
struct xengt_gpu_sim_host *host;
struct xengt_hv_fake *domain;
static uint32_t frames_of_host;
static uint32_t real_domid;

const struct impl *impl;

static int sim_create(struct xengt_gpu **ret_gpu)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = 9, .ram_frames = RAM_FRAMES, .vcpus = 1,
		.machine = machine,
	};

	assert_int_equal(xengt_hv_fake_create(&cfg, &domain), 0);
	return xengt_gpu_sim_create(host, domain, LOW_MIB, HIGH_MIB, FENCES,
				    ret_gpu);
}

static int kmod_create(struct xengt_gpu **ret_gpu)
{
	struct xengt_create_vgpu arg = {
		.domid = real_domid, .low_mib = LOW_MIB, .high_mib = HIGH_MIB,
		.fences = FENCES,
	};
	int fd = open("/dev/" XENGT_DEV_NAME, O_RDWR | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = ioctl(fd, XENGT_IOC_CREATE_VGPU, &arg) < 0 ? -errno : 0;
	close(fd);
	return r ? r : xengt_gpu_kmod_create(arg.fd, ret_gpu);
}

static void *sim_memory(const struct bench *b, uint64_t frame)
{
	return xengt_fake_frame_at(machine,
				   xengt_hv_fake_mfn(b->domain, gfn(frame)));
}

/*
 * Returns the bytes of a frame. Maps the memory at the first call; the memory stays mapped
 * until the end.
 */
static void *kmod_memory(const struct bench *b, uint64_t frame)
{
	static xenforeignmemory_handle *fmem;
	static void *pages[AT_PAGES];
	const xen_pfn_t pfn = frame;
	void **page = &pages[frame - impl->ram];
	int err;

	(void)b;
	if (!fmem)
		fmem = xenforeignmemory_open(NULL, 0);
	assert_non_null(fmem);
	if (!*page)
		*page = xenforeignmemory_map(fmem, real_domid,
					     PROT_READ | PROT_WRITE, 1, &pfn,
					     &err);
	assert_non_null(*page);
	return *page;
}

static struct impl impls[] = {
	{ "sim", sim_create, sim_memory, .ram = 128, .hole = RAM_FRAMES },
	{ "kmod", kmod_create, kmod_memory, .ram = 0x1000, .hole = 0x7fffffe },
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	int r = impl->create(&b->gpu);

	if (r)
		fail_msg("%s: create: %s", impl->name, strerror(-r));
	b->domain = domain;
	assert_int_equal(b->gpu->ops->info(b->gpu, &b->info), 0);
	b->low = (uint32_t)(b->info.low_base >> 12);
	b->high = (uint32_t)(b->info.high_base >> 12);
	b->low_count = (uint32_t)(b->info.low_bytes >> 12);
	b->high_count = (uint32_t)(b->info.high_bytes >> 12);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	if (host)
		assert_int_equal(xengt_gpu_sim_host_wrong_entries(host), 0);
	b->gpu->ops->destroy(b->gpu);
	free(b);
	if (domain) {
		struct xengt_hv *hv = xengt_hv_fake_hv(domain);

		hv->ops->destroy(hv);
		domain = NULL;
		/* no frame of the machine is in use except by the host itself */
		assert_int_equal(xengt_fake_frames_used(machine),
				 frames_of_host);
	}
	return 0;
}

uint64_t pte(uint64_t frame)
{
	return frame << 12 | 1;
}

int put(const struct bench *b, uint32_t first, uint64_t entry)
{
	return b->gpu->ops->ggtt_write(b->gpu, first, &entry, 1, NULL);
}

struct xengt_vgpu_info info(const struct bench *b)
{
	struct xengt_vgpu_info now;

	assert_int_equal(b->gpu->ops->info(b->gpu, &now), 0);
	return now;
}

static void who_it_is(void **state)
{
	const struct bench *b = *state;
	const uint64_t unit = XENGT_SLICE_ALIGN_MIB * (uint64_t)XENGT_MIB;

	assert_true(b->info.vgpu_id >= 1);
	assert_int_equal(b->info.domid, real_domid ? real_domid : 9);
	assert_int_equal(b->info.state, XENGT_VGPU_LIVE);
	assert_int_equal(b->info.low_bytes, (uint64_t)LOW_MIB * XENGT_MIB);
	assert_int_equal(b->info.high_bytes, (uint64_t)HIGH_MIB * XENGT_MIB);
	assert_int_equal(b->info.low_base % unit, 0);
	assert_int_equal(b->info.high_base % unit, 0);
	assert_int_equal(b->info.fences, FENCES);
	assert_int_equal(b->info.entries_written, 0);
	assert_int_equal(b->info.frames_held, 0);
}

static void entries(void **state)
{
	const struct bench *b = *state;
	uint64_t table[XENGT_GGTT_WRITE_MAX];
	uint32_t scratched = 77;

	for (uint32_t i = 0; i < XENGT_GGTT_WRITE_MAX; i++)
		table[i] = pte(impl->ram + i);
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->high, table,
						 XENGT_GGTT_WRITE_MAX,
						 &scratched), 0);
	assert_int_equal(scratched, 0);
	assert_int_equal(info(b).entries_written, XENGT_GGTT_WRITE_MAX);
	assert_int_equal(info(b).frames_held, XENGT_GGTT_WRITE_MAX);
	/* when the same entry is written again, the module still holds its frame only once */
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->high, table,
						 XENGT_GGTT_WRITE_MAX, NULL),
			 0);
	assert_int_equal(info(b).frames_held, XENGT_GGTT_WRITE_MAX);
	/*
	 * when all entries are written as not present, all frames are released
	 */
	memset(table, 0, sizeof(table));
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->high, table,
						 XENGT_GGTT_WRITE_MAX,
						 &scratched), 0);
	assert_int_equal(scratched, 0);
	assert_int_equal(info(b).frames_held, 0);
	assert_int_equal(info(b).frames_mapped, info(b).frames_released);
}

static void one_frame_many_entries(void **state)
{
	const struct bench *b = *state;

	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(put(b, b->low + i * 3, pte(impl->ram)), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(info(b).frames_mapped, 1);
	for (uint32_t i = 0; i < 99; i++)
		assert_int_equal(put(b, b->low + i * 3, 0), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(put(b, b->low + 297, pte(impl->ram + 1)), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(info(b).frames_released, 1);
}

static void bounds(void **state)
{
	const struct bench *b = *state;
	uint64_t two[2] = { 0, 0 };
	const struct { uint32_t first; int want; } edges[] = {
		{ 0, -ERANGE }, { b->low - 1, -ERANGE }, { b->low, 0 },
		{ b->low + b->low_count - 2, 0 },
		{ b->low + b->low_count - 1, -ERANGE },
		{ b->low + b->low_count, -ERANGE },
		{ b->high - 1, -ERANGE }, { b->high, 0 },
		{ b->high + b->high_count - 2, 0 },
		{ b->high + b->high_count - 1, -ERANGE },
		{ b->high + b->high_count, -ERANGE }, { 0xfffff, -ERANGE },
		{ 0x100000, -ERANGE }, { 0xfffffffe, -ERANGE },
		{ 0xffffffff, -ERANGE },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(edges); i++)
		assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, edges[i].first,
							 two, 2, NULL),
				 edges[i].want);
}

static void counts(void **state)
{
	const struct bench *b = *state;
	uint64_t table[XENGT_GGTT_WRITE_MAX + 1] = { 0 };

	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->low, table, 0,
						 NULL), -EINVAL);
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->low, table,
						 XENGT_GGTT_WRITE_MAX + 1,
						 NULL), -EINVAL);
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->low, table,
						 UINT32_MAX, NULL), -EINVAL);
	assert_int_equal(info(b).entries_written, 0);
}

static void not_ram_is_scratch(void **state)
{
	const struct bench *b = *state;
	const uint64_t table[6] = {
		pte(impl->ram), pte(impl->hole), 0, pte(impl->ram + 1),
		pte(0x8000000),		/* frames beyond the hardware's addresses */
		UINT64_MAX,
	};
	uint32_t scratched = 0;

	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->low, table, 6,
						 &scratched), 0);
	assert_int_equal(scratched, 3);
	assert_int_equal(info(b).entries_scratched, 3);
	assert_int_equal(info(b).frames_held, 2);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(info(b).revalidations, 1);
	assert_int_equal(info(b).frames_held, 2);
}

static int own(const struct bench *b, uint64_t first, uint32_t count)
{
	return b->gpu->ops->own_frames(b->gpu, gfn(first), count);
}

/*
 * Frames at which the guest sees the vGPU itself are not RAM for the GPU, even if the
 * domain has RAM there.
 */
static void own_frames_are_scratch(void **state)
{
	const struct bench *b = *state;
	const uint64_t table[2] = { pte(impl->ram), pte(impl->ram + 1) };
	uint32_t scratched = 0;

	assert_int_equal(own(b, impl->ram + 1, 1), 0);
	assert_int_equal(b->gpu->ops->ggtt_write(b->gpu, b->low, table, 2,
						 &scratched), 0);
	assert_int_equal(scratched, 1);
	assert_int_equal(info(b).frames_held, 1);
	/*
	 * the vGPU moves: frames at the old place become RAM, frames at the new place are
	 * released
	 */
	assert_int_equal(own(b, impl->ram, 1), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(info(b).frames_followed, 1);
	/* a very large range, a range that overflows, an empty range */
	assert_int_equal(own(b, impl->ram + 2, UINT32_MAX), 0);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(info(b).frames_held, 2);
	assert_int_equal(own(b, UINT64_MAX, UINT32_MAX), 0);
	assert_int_equal(own(b, impl->ram, 0), 0);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(info(b).frames_held, 2);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(own(b, impl->ram, 1), -ESTALE);
}

/*
 * Returns a fence over the low slice, except the slice's first cut_head pages and its last
 * cut_tail pages.
 */
static uint64_t fence(const struct bench *b, int64_t cut_head,
		      int64_t cut_tail, uint32_t pitch_units, uint32_t bits)
{
	uint64_t first = ((uint64_t)b->low + (uint64_t)cut_head) << 12;
	uint64_t last = ((uint64_t)b->low + b->low_count - 1 -
			 (uint64_t)cut_tail) << 12;

	return last << 32 | (uint64_t)(pitch_units - 1) << 32 | first | bits;
}

static int fence_write(const struct bench *b, uint32_t index, uint64_t value)
{
	return b->gpu->ops->fence_write(b->gpu, index, value);
}

static void fences(void **state)
{
	const struct bench *b = *state;
	const uint32_t n = info(b).fences;
	const struct { uint64_t value; int want; } cases[] = {
		{ 0, 0 }, { fence(b, 0, 0, 4, 1), 0 }, { fence(b, 0, 0, 1, 3), 0 },
		/*
		 * bits without a meaning are ignored; a fence that is not valid
		 * may have any range
		 */
		{ fence(b, 0, 0, 4, 0xffd), 0 }, { fence(b, -1, 0, 4, 0), 0 },
		/*
		 * refused: the first or the last page is not the vGPU's; the last page is
		 * before the first page
		 */
		{ fence(b, -1, 0, 4, 1), -EINVAL },
		{ fence(b, 0, -1, 4, 1), -EINVAL },
		{ fence(b, 1, b->low_count - 1, 4, 1), -EINVAL },
		{ UINT64_MAX, -EINVAL }, { 1, -EINVAL },
		/*
		 * refused: the pitch is not a multiple of a tile; the range does not consist
		 * of whole rows of tiles
		 */
		{ fence(b, 0, 0, 3, 1), -EINVAL },
		{ fence(b, 0, 0, 5, 1), -EINVAL }, { fence(b, 0, 0, 3, 3), -EINVAL },
		{ fence(b, 0, 1, 8, 1), -EINVAL }, { fence(b, 1, 1, 8, 1), 0 },
		/* one row of tiles has 2 MiB, as much as the alignment of slices */
		{ fence(b, 0, 0, 2048, 1), 0 },
		{ fence(b, 0, 511, 2048, 1), -EINVAL },
	};

	assert_true(n > 0);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++)
		assert_int_equal(fence_write(b, n - 1, cases[i].value),
				 cases[i].want);
	assert_int_equal(fence_write(b, n, 0), -ERANGE);
	assert_int_equal(fence_write(b, UINT32_MAX, 0), -ERANGE);
	assert_int_equal(fence_write(b, 0, fence(b, 0, 0, 4, 1)), 0);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(fence_write(b, 0, 0), -ESTALE);
}

/* Ask about a piece of the aperture (size 0), load (value NULL), or store. */
static int touch(const struct bench *b, uint64_t addr, uint32_t size,
		 const uint64_t *value, struct xengt_vgpu_aperture *ret)
{
	*ret = (struct xengt_vgpu_aperture){
		.addr = addr, .size = size, .value = value ? *value : 0x5555,
		.flags = value ? XENGT_APERTURE_STORE : 0,
	};
	return b->gpu->ops->aperture(b->gpu, ret);
}

static uint64_t load(const struct bench *b, uint64_t addr, uint32_t size)
{
	struct xengt_vgpu_aperture got;

	assert_int_equal(touch(b, addr, size, NULL, &got), 0);
	return got.value;
}

static void accesses_through_the_aperture(void **state)
{
	const struct bench *b = *state;
	const uint64_t one = b->info.low_base + 3 * 4096;
	const uint64_t two = b->info.low_base + 9 * 4096;
	const uint64_t val = 0x1122334455667788, odd = 0xabcdef;
	struct xengt_vgpu_aperture got;

	/* two entries name the same frame */
	assert_int_equal(put(b, b->low + 3, pte(impl->ram + 7)), 0);
	assert_int_equal(put(b, b->low + 9, pte(impl->ram + 7)), 0);
	assert_int_equal(touch(b, one + 0x458, 8, &val, &got), 0);
	assert_true(load(b, two + 0x458, 8) == val);
	assert_int_equal(load(b, two + 0x45c, 4), 0x11223344);
	assert_int_equal(load(b, two + 0x45a, 2), 0x5566);
	assert_int_equal(load(b, two + 0x45f, 1), 0x11);
	/* sizes and addresses that no single access of a CPU has */
	assert_int_equal(load(b, two + 0x459, 3), 0x556677);
	assert_int_equal(touch(b, two + 0xffd, 3, &odd, &got), 0);
	assert_int_equal(load(b, one + 0xffd, 3), 0xabcdef);
	assert_int_equal(load(b, one + 0xffc, 4) >> 8, 0xabcdef);
	/* a page without a frame is the vGPU's scratch page */
	assert_int_equal(touch(b, b->info.low_base + 0x8008, 8, &val, &got), 0);
	assert_true(load(b, b->info.low_base + 0x7008, 8) == val);
}

static void pieces_of_the_aperture(void **state)
{
	const struct bench *b = *state;
	const uint64_t bytes = 2ull << 20, piece_1 = b->info.low_base + bytes;
	struct xengt_vgpu_aperture got;

	assert_int_equal(touch(b, piece_1 + 5, 0, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, 0);
	assert_int_equal(put(b, b->low + 512 + 511, pte(impl->ram)), 0);
	assert_int_equal(touch(b, piece_1 + 5, 0, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, bytes);
	assert_int_equal(got.piece, piece_1);
	/* a question does not set 'value' */
	assert_int_equal(got.value, 0x5555);
	assert_int_equal(touch(b, piece_1 - 1, 1, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, 0);
	/* the piece's only entry has a frame that is not RAM, so the piece is not mapped */
	assert_int_equal(put(b, b->low + 512 + 511, pte(impl->hole)), 0);
	assert_int_equal(touch(b, piece_1, 0, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, 0);
	assert_int_equal(put(b, b->low + 512, pte(impl->ram)), 0);
	assert_int_equal(touch(b, piece_1, 0, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, bytes);
	assert_int_equal(put(b, b->low + 512, 0), 0);
	assert_int_equal(touch(b, piece_1, 0, NULL, &got), 0);
	assert_int_equal(got.piece_bytes, 0);
}

static void wrong_accesses_of_the_aperture(void **state)
{
	const struct bench *b = *state;
	const uint64_t at = b->info.low_base;
	const uint64_t end = at + b->info.low_bytes;
	struct xengt_vgpu_aperture got;

	assert_int_equal(touch(b, at, 9, NULL, &got), -EINVAL);
	assert_int_equal(touch(b, at, UINT32_MAX, NULL, &got), -EINVAL);
	assert_int_equal(touch(b, at + 0xffd, 4, NULL, &got), -EINVAL);
	got = (struct xengt_vgpu_aperture){ .addr = at, .flags = 2 };
	assert_int_equal(b->gpu->ops->aperture(b->gpu, &got), -EINVAL);
	got = (struct xengt_vgpu_aperture){ .addr = at, .pad = 1 };
	assert_int_equal(b->gpu->ops->aperture(b->gpu, &got), -EINVAL);
	assert_int_equal(touch(b, at - 1, 1, NULL, &got), -ERANGE);
	assert_int_equal(touch(b, end, 1, NULL, &got), -ERANGE);
	assert_int_equal(touch(b, end - 1, 1, NULL, &got), 0);
	/* graphics memory that no CPU sees */
	assert_int_equal(touch(b, b->info.high_base, 1, NULL, &got), -ERANGE);
	assert_int_equal(touch(b, UINT64_MAX - 7, 8, NULL, &got), -ERANGE);
	assert_int_equal(touch(b, at + (1ull << 44), 8, NULL, &got), -ERANGE);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(touch(b, at, 4, NULL, &got), -ESTALE);
	assert_int_equal(touch(b, at, 9, NULL, &got), -EINVAL);
	assert_int_equal(touch(b, end, 1, NULL, &got), -ERANGE);
}

static void zapping(void **state)
{
	const struct bench *b = *state;
	struct xengt_gpu_event ev;
	int fd = b->gpu->ops->event_fd(b->gpu);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	assert_int_equal(b->gpu->ops->next_event(b->gpu, &ev), 0);
	if (fd >= 0)
		assert_int_equal(poll(&poll_fd, 1, 0), 0);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(info(b).state, XENGT_VGPU_ZAPPED);
	assert_int_equal(info(b).frames_held, 0);
	assert_int_equal(put(b, b->low, pte(impl->ram)), -ESTALE);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), -ESTALE);
	/* the event comes once */
	if (fd >= 0) {
		patience_renew();
		assert_int_equal(poll(&poll_fd, 1, -1), 1);
		patience_end();
	}
	assert_int_equal(b->gpu->ops->next_event(b->gpu, &ev), 1);
	assert_int_equal(ev.type, XENGT_EVENT_ZAPPED);
	assert_int_equal(ev.value, XENGT_VGPU_ZAPPED);
	assert_int_equal(b->gpu->ops->next_event(b->gpu, &ev), 0);
}

/* ---- tests that need the simulator: the hardware's side ---- */

static void the_gpu_uses_the_guests_memory(void **state)
{
	const struct bench *b = *state;
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	struct xengt_hv *hv = xengt_hv_fake_hv(domain);
	uint64_t at = b->info.high_base + 0x3456, val = 0;

	assert_int_equal(put(b, b->high + 3, pte(impl->ram + 7)), 0);
	val = 0x1122334455667788;
	assert_int_equal(hv->ops->write_guest(
		hv, gpa(((impl->ram + 7) << 12) + 0x456), &val, 8), 0);
	val = 0;
	assert_int_equal(xengt_sim_gpu_access(sim, at, &val, 8, false), 0);
	assert_int_equal(val, 0x1122334455667788);
	val = 0x99;
	assert_int_equal(xengt_sim_gpu_access(sim, at, &val, 8, true), 0);
	assert_int_equal(hv->ops->read_guest(
		hv, gpa(((impl->ram + 7) << 12) + 0x456), &val, 8), 0);
	assert_int_equal(val, 0x99);
}

static void the_gpu_follows_the_guest(void **state)
{
	const struct bench *b = *state;
	uint64_t old = xengt_hv_fake_mfn(domain, gfn(impl->ram));
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	struct xengt_hv *hv = xengt_hv_fake_hv(domain);
	uint64_t entry, val = 0x5ec2e7;

	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	assert_int_equal(put(b, b->low + 9, pte(impl->ram)), 0);
	assert_int_equal(hv->ops->write_guest(hv, gpa(impl->ram << 12), &val,
					      8), 0);
	/* let the GPU use the entry, so that the GPU's TLB has the entry */
	assert_int_equal(xengt_sim_gpu_access(sim, b->info.low_base, &val, 8,
					      false), 0);
	assert_int_equal(val, 0x5ec2e7);
	/*
	 * the guest gives the frame away: no domain gets it while the GPU can
	 * still reach it
	 */
	xengt_hv_fake_remove_ram(domain, gfn(impl->ram));
	assert_int_equal(xengt_fake_frame_owner(machine, old), 9);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(xengt_fake_frame_owner(machine, old), XENGT_FAKE_FREE);
	assert_int_equal(info(b).frames_held, 0);
	assert_int_equal(xengt_sim_gpu_access(sim, b->info.low_base, &val, 8,
					      false), 0);
	assert_int_equal(val, 0);
	/*
	 * the guest gets another page at this address, and the entries point to the new
	 * page
	 */
	assert_int_equal(xengt_hv_fake_add_ram(domain, gfn(impl->ram)), 0);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	entry = xengt_sim_peek_pte(sim, b->low + 9);
	assert_int_equal(xengt_gpu_sim_mfn(entry),
			 xengt_hv_fake_mfn(domain, gfn(impl->ram)));
	assert_int_equal(info(b).frames_held, 1);
	/* the guest gave the frame away and got another one between two calls of revalidate */
	xengt_hv_fake_remove_ram(domain, gfn(impl->ram));
	assert_int_equal(xengt_hv_fake_add_ram(domain, gfn(impl->ram)), 0);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(xengt_gpu_sim_mfn(xengt_sim_peek_pte(sim, b->low)),
			 xengt_hv_fake_mfn(domain, gfn(impl->ram)));
	assert_int_equal(info(b).frames_followed, 2);
}

static void destruction_leaves_scratch(void **state)
{
	const struct bench *b = *state;
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	struct xengt_hv_fake *other;
	struct xengt_gpu *gpu;
	struct xengt_vgpu_info now;
	/* the host's scratch page, which entries outside of all slices point to */
	uint64_t scratch = xengt_sim_peek_pte(sim, 0), entry, own;
	const struct xengt_hv_fake_config cfg = {
		.domid = 10, .ram_frames = 64, .vcpus = 1, .machine = machine,
	};

	assert_int_equal(xengt_hv_fake_create(&cfg, &other), 0);
	assert_int_equal(xengt_gpu_sim_create(host, other, LOW_MIB, 0, 0, &gpu),
			 0);
	assert_int_equal(gpu->ops->info(gpu, &now), 0);
	entry = pte(5);
	own = xengt_sim_peek_pte(sim, (uint32_t)(now.low_base >> 12));
	assert_int_not_equal(own, scratch);
	assert_int_not_equal(own, xengt_sim_peek_pte(sim, b->low));
	/* a vGPU does not reach the slice of another vGPU */
	assert_int_equal(gpu->ops->ggtt_write(gpu, b->low, &entry, 1, NULL),
			 -ERANGE);
	assert_int_equal(put(b, (uint32_t)(now.low_base >> 12), entry),
			 -ERANGE);
	assert_int_equal(gpu->ops->ggtt_write(gpu,
					      (uint32_t)(now.low_base >> 12),
					      &entry, 1, NULL), 0);
	assert_int_not_equal(
		xengt_sim_peek_pte(sim, (uint32_t)(now.low_base >> 12)), own);
	gpu->ops->destroy(gpu);
	assert_int_equal(
		xengt_sim_peek_pte(sim, (uint32_t)(now.low_base >> 12)),
		scratch);
	xengt_hv_fake_hv(other)->ops->destroy(xengt_hv_fake_hv(other));
}

static void creation_is_refused(void **state)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = 11, .ram_frames = 8, .vcpus = 1, .machine = machine,
	};
	const struct xengt_hv_fake_config dom0 = {
		.domid = 0, .ram_frames = 8, .vcpus = 1, .machine = machine,
	};
	struct xengt_hv_fake *other, *zero;
	struct xengt_gpu *gpu = NULL;
	struct xengt_info before, after;

	(void)state;
	xengt_gpu_sim_host_info(host, &before);
	assert_int_equal(xengt_hv_fake_create(&cfg, &other), 0);
	assert_int_equal(xengt_hv_fake_create(&dom0, &zero), 0);
	assert_int_equal(xengt_gpu_sim_create(host, domain, 2, 0, 0, &gpu),
			 -EEXIST);
	assert_int_equal(xengt_gpu_sim_create(host, zero, 2, 0, 0, &gpu),
			 -EINVAL);
	assert_int_equal(xengt_gpu_sim_create(host, other, 0, 0, 0, &gpu),
			 -EINVAL);
	assert_int_equal(xengt_gpu_sim_create(host, other, 3, 0, 0, &gpu),
			 -EINVAL);
	assert_int_equal(xengt_gpu_sim_create(host, other, 2, 4094, 0, &gpu),
			 -ENOSPC);
	assert_int_equal(xengt_gpu_sim_create(host, other, 2, 0, 33, &gpu),
			 -ENOSPC);
	assert_null(gpu);
	xengt_gpu_sim_host_info(host, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(before.vgpu_count, 1);
	xengt_hv_fake_hv(other)->ops->destroy(xengt_hv_fake_hv(other));
	xengt_hv_fake_hv(zero)->ops->destroy(xengt_hv_fake_hv(zero));
}

static void unbinding_ends_it(void **state)
{
	const struct bench *b = *state;
	struct xengt_gpu_event ev;

	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	xengt_gpu_sim_host_unbind(host);
	assert_int_equal(b->gpu->ops->next_event(b->gpu, &ev), 1);
	assert_int_equal(ev.value, XENGT_VGPU_GPU_GONE);
	assert_int_equal(info(b).state, XENGT_VGPU_GPU_GONE);
	assert_int_equal(info(b).frames_held, 0);
}

static void host_failure_changes_nothing(void **state)
{
	const struct bench *b = *state;
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	uint64_t was;

	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	was = xengt_sim_peek_pte(sim, b->low);
	xengt_gpu_sim_inject(b->gpu, -ENOMEM);
	assert_int_equal(put(b, b->low, pte(impl->ram + 1)), -ENOMEM);
	assert_int_equal(xengt_sim_peek_pte(sim, b->low), was);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(put(b, b->low, pte(impl->ram + 1)), 0);
}

/*
 * xengt_gpu_sim_host_wrong_entries() must count a wrong entry that the test plants;
 * otherwise its result 0 would prove nothing.
 */
static void the_count_sees_a_planted_entry(void **state)
{
	const struct bench *b = *state;
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(host);
	const uint64_t at = XENGT_SIM_GGTT_OFF + (uint64_t)(b->low + 5) * 8;
	uint64_t was = xengt_sim_peek_pte(sim, b->low + 5);

	assert_int_equal(xengt_gpu_sim_host_wrong_entries(host), 0);
	xengt_sim_bar_write(sim, 0, at, 8, 0x12345001);
	assert_int_equal(xengt_gpu_sim_host_wrong_entries(host), 1);
	xengt_sim_bar_write(sim, 0, at, 8, was);
	assert_int_equal(xengt_gpu_sim_host_wrong_entries(host), 0);
}

#define gpu_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest common_tests[] = {
	gpu_test(who_it_is),
	gpu_test(entries),
	gpu_test(one_frame_many_entries),
	gpu_test(bounds),
	gpu_test(counts),
	gpu_test(not_ram_is_scratch),
	gpu_test(own_frames_are_scratch),
	gpu_test(fences),
	gpu_test(accesses_through_the_aperture),
	gpu_test(pieces_of_the_aperture),
	gpu_test(wrong_accesses_of_the_aperture),
	gpu_test(zapping),
	gpu_test(tables),
	gpu_test(table_bounds),
	gpu_test(table_entries),
	gpu_test(table_of_2m),
	gpu_test(table_of_64k),
	gpu_test(tables_zapped),
};

/* These tests write the domain's memory, so the domain must not run. */
static const struct CMUnitTest work_tests[] = {
	gpu_test(work_on_every_engine),
	gpu_test(work_again_and_round_the_ring),
	gpu_test(work_in_batches),
	gpu_test(work_in_the_context_s_own_space),
	gpu_test(work_is_refused),
	gpu_test(a_batch_it_was_left_in_is_not_entered),
	gpu_test(more_for_a_context_in_flight),
	gpu_test(two_contexts_and_no_third),
	gpu_test(reset_of_an_engine),
	gpu_test(zap_with_work_in_flight),
	gpu_test(bad_submissions),
	gpu_test(a_root_in_use_stays),
	gpu_test(time_passes),
};

static const struct CMUnitTest sim_work_tests[] = {
	gpu_test(work_that_hangs),
	gpu_test(vgpus_take_turns),
	gpu_test(one_hangs_and_the_other_goes_on),
	gpu_test(one_resets_and_the_other_goes_on),
	gpu_test(zap_leaves_the_neighbour_s_work),
};

static const struct CMUnitTest sim_tests[] = {
	gpu_test(the_gpu_uses_the_guests_memory),
	gpu_test(the_gpu_follows_the_guest),
	gpu_test(destruction_leaves_scratch),
	gpu_test(creation_is_refused),
	gpu_test(unbinding_ends_it),
	gpu_test(host_failure_changes_nothing),
	gpu_test(the_count_sees_a_planted_entry),
	gpu_test(tables_follow_the_guest),
	gpu_test(table_failures_change_nothing),
	gpu_test(the_count_sees_a_planted_table_entry),
};

static int run_sim(enum xengt_platform_id platform)
{
	int r;

	impl = &impls[0];
	if (xengt_fake_machine_create(4096, &machine) ||
	    xengt_gpu_sim_host_create(machine, platform, &host))
		return 1;
	frames_of_host = xengt_fake_frames_used(machine);
	r = cmocka_run_group_tests_name("gpu: sim", common_tests, NULL, NULL) |
	    cmocka_run_group_tests_name("gpu: sim, hardware", sim_tests, NULL,
					NULL) |
	    cmocka_run_group_tests_name("gpu: sim, work", work_tests, NULL,
					NULL) |
	    cmocka_run_group_tests_name("gpu: sim, work of several",
					sim_work_tests, NULL, NULL);
	xengt_gpu_sim_host_destroy(host);
	xengt_fake_machine_destroy(machine);
	return r;
}

static int run_sims(void)
{
	const struct xengt_platform *p;
	int r = 0;

	for (uint32_t id = XENGT_PLATFORM_NONE + 1;
	     (p = xengt_platform_get((enum xengt_platform_id)id)); id++)
		r |= run_sim(p->id);
	return r;
}

static int usage(const char *self)
{
	fprintf(stderr, "usage: %s [--real --domid N [--gfn G]]\n", self);
	return 2;
}

int main(int argc, char **argv)
{
	bool is_real = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--real"))
			is_real = true;
		else if (!strcmp(argv[i], "--domid") && i + 1 < argc)
			real_domid = (uint32_t)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--gfn") && i + 1 < argc)
			impls[1].ram = strtoull(argv[++i], NULL, 0);
		else
			return usage(argv[0]);
	}
	if (is_real && access("/dev/" XENGT_DEV_NAME, F_OK)) {
		fprintf(stderr, "skipped: no /dev/" XENGT_DEV_NAME " here\n");
		return 77;
	}
	if (is_real && !real_domid)
		return usage(argv[0]);
	if (is_real) {
		impl = &impls[1];
		return cmocka_run_group_tests_name("gpu: kmod", common_tests,
						   NULL, NULL) |
		       cmocka_run_group_tests_name("gpu: kmod, work",
						   work_tests, NULL, NULL);
	}
	return run_sims();
}
