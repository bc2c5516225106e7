/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of contexts: a part of the conformance suite of gpu.h, on both
 * implementations.
 */
#include "gpu_bench.h"

#define RW		3ull
#define E(frame)	((uint64_t)(frame) << 12 | RW)
#define N		XENGT_PPGTT_ENTRIES

static uint32_t table(const struct bench *b, uint32_t level)
{
	uint32_t id = 0;

	assert_int_equal(b->gpu->ops->ppgtt_create(b->gpu, level, 0, &id), 0);
	assert_int_not_equal(id, 0);
	return id;
}

static int set(const struct bench *b, uint32_t id, uint32_t index,
	       uint64_t entry)
{
	return b->gpu->ops->ppgtt_write(b->gpu, id, index, &entry, 1, NULL);
}

int destroy(const struct bench *b, uint32_t id)
{
	return b->gpu->ops->ppgtt_destroy(b->gpu, id);
}

void tables(void **state)
{
	static const uint32_t bad[][2] = {
		{ 0, 0 }, { 5, 0 }, { UINT32_MAX, 0 }, { 1, 2 }, { 1, 1u << 31 },
		{ 2, XENGT_PPGTT_64K }, { 4, XENGT_PPGTT_64K },
	};
	const struct bench *b = *state;
	uint32_t ids[5], id = 77;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++)
		assert_int_equal(b->gpu->ops->ppgtt_create(b->gpu, bad[i][0],
							   bad[i][1], &id),
				 -EINVAL);
	assert_int_equal(id, 77);
	for (uint32_t level = 1; level <= 4; level++)
		ids[level] = table(b, level);
	assert_int_equal(info(b).ppgtt_tables, 4);
	/*
	 * an entry must point to a table of the next lower level; a table that another
	 * table names cannot be destroyed
	 */
	for (uint32_t level = 4; level > 1; level--) {
		assert_int_equal(set(b, ids[level], 3, E(ids[level])), -ENOENT);
		assert_int_equal(set(b, ids[level], 3, E(ids[level - 1])), 0);
		assert_int_equal(destroy(b, ids[level - 1]), -EBUSY);
	}
	assert_int_equal(set(b, ids[2], 0, E(0)), -ENOENT);
	assert_int_equal(set(b, ids[2], 0, E(0xffffffff)), -ENOENT);
	assert_int_equal(destroy(b, 0), -ENOENT);
	assert_int_equal(destroy(b, XENGT_PPGTT_TABLES_MAX + 1), -ENOENT);
	assert_int_equal(set(b, ids[4], 3, 0), 0);
	assert_int_equal(destroy(b, ids[4]), 0);
	assert_int_equal(destroy(b, ids[4]), -ENOENT);
	assert_int_equal(destroy(b, ids[3]), 0);
	assert_int_equal(destroy(b, ids[2]), 0);
	assert_int_equal(destroy(b, ids[1]), 0);
	assert_int_equal(info(b).ppgtt_tables, 0);
}

void table_bounds(void **state)
{
	const struct bench *b = *state;
	uint64_t entries[N] = { 0 };
	uint32_t id = table(b, 1);
	const struct { uint32_t first, count; int want; } edges[] = {
		{ 0, 0, -EINVAL }, { 0, N, 0 }, { 0, N + 1, -ERANGE },
		{ 1, N, -ERANGE }, { N - 1, 1, 0 }, { N, 1, -ERANGE },
		{ UINT32_MAX, 1, -ERANGE }, { 1, UINT32_MAX, -ERANGE },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(edges); i++)
		assert_int_equal(b->gpu->ops->ppgtt_write(
			b->gpu, id, edges[i].first, entries, edges[i].count,
			NULL), edges[i].want);
	assert_int_equal(info(b).ppgtt_entries, N + 1);
}

void table_entries(void **state)
{
	const struct bench *b = *state;
	uint32_t id = table(b, 1), other = table(b, 1), scratched = 77;
	uint64_t entries[N];

	for (uint32_t i = 0; i < N; i++)
		entries[i] = E(impl->ram + i);
	assert_int_equal(b->gpu->ops->ppgtt_write(b->gpu, id, 0, entries, N,
						  &scratched), 0);
	assert_int_equal(scratched, 0);
	assert_int_equal(info(b).frames_held, N);
	/* the GGTT and another table hold the same frames */
	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	assert_int_equal(b->gpu->ops->ppgtt_write(b->gpu, other, 0, entries, N,
						  NULL), 0);
	assert_int_equal(info(b).frames_held, N);
	assert_int_equal(destroy(b, id), 0);
	assert_int_equal(info(b).frames_held, N);
	assert_int_equal(destroy(b, other), 0);
	assert_int_equal(info(b).frames_held, 1);
	/*
	 * write entries with a frame that is not RAM, with a frame number beyond the
	 * hardware's addresses, and an empty entry
	 */
	id = table(b, 1);
	entries[0] = E(impl->hole);
	entries[1] = E(0x8000000);
	entries[2] = 0;
	assert_int_equal(b->gpu->ops->ppgtt_write(b->gpu, id, 9, entries, 3,
						  &scratched), 0);
	assert_int_equal(scratched, 2);
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(info(b).frames_held, 1);
}

void table_of_2m(void **state)
{
	const struct bench *b = *state;
	const uint64_t ram = (impl->ram + N - 1) & ~(uint64_t)(N - 1);
	uint32_t pd = table(b, 2), scratched = 0;
	uint64_t hole = E(impl->hole & ~(uint64_t)(N - 1)) | 0x80;

	assert_int_equal(set(b, pd, 7, E(ram) | 0x80), 0);
	assert_int_equal(info(b).frames_held, N);
	assert_int_equal(info(b).ppgtt_tables, 2);
	/* for a 2 MiB entry the module makes a table of its own, which has no id */
	for (uint32_t id = 1; id < 8; id++)
		if (id != pd)
			assert_int_equal(destroy(b, id), -ENOENT);
	assert_int_equal(b->gpu->ops->ppgtt_write(b->gpu, pd, 7, &hole, 1,
						  &scratched), 0);
	assert_int_equal(scratched, N);
	assert_int_equal(info(b).frames_held, 0);
	assert_int_equal(set(b, pd, 7, 0), 0);
	assert_int_equal(info(b).ppgtt_tables, 1);
	assert_int_equal(set(b, pd, 8, E(ram) | 0x80), 0);
	assert_int_equal(destroy(b, pd), 0);
	assert_int_equal(info(b).ppgtt_tables, 0);
	assert_int_equal(info(b).frames_held, 0);
}

void table_of_64k(void **state)
{
	const struct bench *b = *state;
	uint64_t entries[N] = { 0 };
	uint32_t id;
	int r = b->gpu->ops->ppgtt_create(b->gpu, 1, XENGT_PPGTT_64K, &id);

	/* Gen8 has no tables of 64 KiB pages */
	if (r == -EINVAL)
		return;
	assert_int_equal(r, 0);
	entries[0] = entries[1] = entries[16] = E(impl->ram);
	entries[32] = E((impl->ram & ~15ull) + 16);
	assert_int_equal(b->gpu->ops->ppgtt_write(b->gpu, id, 0, entries, N,
						  NULL), 0);
	assert_int_equal(info(b).frames_held, 32);
	assert_int_equal(set(b, id, 1, E(impl->ram + 77)), 0);
	assert_int_equal(set(b, id, 32, 0), 0);
	assert_int_equal(info(b).frames_held, 16);
	assert_int_equal(destroy(b, id), 0);
	assert_int_equal(info(b).frames_held, 0);
}

void tables_zapped(void **state)
{
	const struct bench *b = *state;
	uint32_t pd = table(b, 2), pt = table(b, 1), id;

	assert_int_equal(set(b, pt, 0, E(impl->ram)), 0);
	assert_int_equal(set(b, pd, 0, E(pt)), 0);
	assert_int_equal(b->gpu->ops->zap(b->gpu), 0);
	assert_int_equal(info(b).frames_held, 0);
	assert_int_equal(info(b).ppgtt_tables, 0);
	assert_int_equal(b->gpu->ops->ppgtt_create(b->gpu, 1, 0, &id), -ESTALE);
	assert_int_equal(set(b, pt, 0, 0), -ESTALE);
	assert_int_equal(destroy(b, pt), -ESTALE);
}

/* ---- the hardware's entries ---- */

static uint64_t gpu_entry(const struct bench *b, uint32_t id, uint32_t index)
{
	uint64_t bus = xengt_gpu_sim_ppgtt_bus(b->gpu, id), entry;

	memcpy(&entry, xengt_fake_frame_at(machine, xengt_gpu_sim_mfn(bus)) + index * 8, 8);
	return entry;
}

void tables_follow_the_guest(void **state)
{
	const struct bench *b = *state;
	uint64_t old = xengt_hv_fake_mfn(domain, gfn(impl->ram));
	uint32_t pt = table(b, 1), pd = table(b, 2), root = table(b, 4);
	uint32_t pdp = table(b, 3);

	assert_int_equal(set(b, pt, 5, E(impl->ram)), 0);
	assert_int_equal(put(b, b->low, pte(impl->ram)), 0);
	assert_int_equal(set(b, pd, 0, E(pt)), 0);
	assert_int_equal(set(b, pdp, 0, E(pd)), 0);
	assert_int_equal(set(b, root, 0, E(pdp)), 0);
	assert_int_equal(xengt_gpu_sim_mfn(gpu_entry(b, pt, 5)), old);
	xengt_hv_fake_remove_ram(domain, gfn(impl->ram));
	assert_int_equal(xengt_hv_fake_add_ram(domain, gfn(impl->ram)), 0);
	/*
	 * the old frame becomes free only after both entries that point to it have
	 * changed
	 */
	assert_int_equal(b->gpu->ops->revalidate(b->gpu), 0);
	assert_int_equal(xengt_fake_frame_owner(machine, old), XENGT_FAKE_FREE);
	assert_int_equal(xengt_gpu_sim_mfn(gpu_entry(b, pt, 5)),
			 xengt_hv_fake_mfn(domain, gfn(impl->ram)));
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(info(b).frames_followed, 1);
}

void table_failures_change_nothing(void **state)
{
	const struct bench *b = *state;
	uint32_t pt = table(b, 1), pd = table(b, 2);
	uint64_t was;

	assert_int_equal(set(b, pt, 0, E(impl->ram)), 0);
	was = gpu_entry(b, pt, 0);
	xengt_gpu_sim_inject(b->gpu, -ENOMEM);
	assert_int_equal(set(b, pt, 0, E(impl->ram + 1)), -ENOMEM);
	assert_int_equal(gpu_entry(b, pt, 0), was);
	xengt_gpu_sim_inject(b->gpu, -ENOMEM);
	assert_int_equal(set(b, pd, 0, E(impl->ram) | 0x80), -ENOMEM);
	assert_int_equal(gpu_entry(b, pd, 0), 0);
	assert_int_equal(info(b).frames_held, 1);
	assert_int_equal(info(b).ppgtt_tables, 2);
}

/*
 * xengt_gpu_sim_host_wrong_entries() must count a wrong entry that the test plants;
 * otherwise its result 0 would prove nothing.
 */
void the_count_sees_a_planted_table_entry(void **state)
{
	const struct bench *b = *state;
	/*
	 * plant entries with foreign frames: a frame of the host, which a table uses, and
	 * the 2 MiB around this frame, most of which belong to no domain
	 */
	uint64_t bus = xengt_gpu_sim_ppgtt_bus(b->gpu, table(b, 4));
	const struct { uint32_t id; uint64_t entry; } planted[] = {
		{ table(b, 1), bus | RW },
		{ table(b, 2), (bus & ~0x1fffffull) | 0x80 | RW },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(planted); i++) {
		uint64_t at = xengt_gpu_sim_ppgtt_bus(b->gpu, planted[i].id);
		uint8_t *page = xengt_fake_frame_at(machine, xengt_gpu_sim_mfn(at));

		memcpy(page, &planted[i].entry, 8);
		assert_true(xengt_gpu_sim_host_wrong_entries(host) >= 1);
		memset(page, 0, 8);
		assert_int_equal(xengt_gpu_sim_host_wrong_entries(host), 0);
	}
}
