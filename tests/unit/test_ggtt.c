/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests accesses of the GGTT half of BAR0: bounds, halves of entries, several entries at
 * once.
 */
#include "rig.h"

#define GGTT		0x800000u
#define LOW_FIRST	((uint32_t)(RIG_LOW_BASE / 4096))
#define LOW_COUNT	((uint32_t)(RIG_LOW_BYTES / 4096))
#define HIGH_FIRST	((uint32_t)(RIG_HIGH_BASE / 4096))
#define HIGH_COUNT	((uint32_t)(RIG_HIGH_BYTES / 4096))

static uint32_t at(uint32_t entry)
{
	return GGTT + entry * 8;
}

static const struct xengt_counters *counters(const struct rig *rig)
{
	return xengt_vgpu_counters(rig->vgpu);
}

static void bounds(void **state)
{
	static const struct { uint32_t entry; bool is_ours; } edge[] = {
		{ 0, false }, { LOW_FIRST - 1, false }, { LOW_FIRST, true },
		{ LOW_FIRST + LOW_COUNT - 1, true },
		{ LOW_FIRST + LOW_COUNT, false }, { HIGH_FIRST - 1, false },
		{ HIGH_FIRST, true }, { HIGH_FIRST + HIGH_COUNT - 1, true },
		{ HIGH_FIRST + HIGH_COUNT, false },
		{ XENGT_GGTT_ENTRIES - 1, false },
	};
	struct rig *rig = *state;
	uint32_t outside = 0, writes = 0;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(edge); i++) {
		uint64_t val = 0x1000 * (i + 1) | 1;

		rig_write(rig, at(edge[i].entry), 8, val);
		if (edge[i].is_ours) {
			writes++;
			assert_int_equal(rig->gpu.last_first, edge[i].entry);
			assert_int_equal(rig->gpu.hw[edge[i].entry], val);
		} else {
			outside++;
			val = 0;
		}
		assert_int_equal(rig_read(rig, at(edge[i].entry), 8), val);
		assert_int_equal(rig->gpu.writes, writes);
		assert_int_equal(counters(rig)->ggtt_outside, outside);
	}
	assert_int_equal(counters(rig)->ggtt_entries, writes);
}

static void every_entry_of_the_space(void **state)
{
	struct rig *rig = *state;
	uint32_t in_slices = 0;

	for (uint32_t i = 0; i < XENGT_GGTT_ENTRIES; i++)
		rig_write(rig, at(i), 8, (uint64_t)i << 12 | 1);
	for (uint32_t i = 0; i < XENGT_GGTT_ENTRIES; i++) {
		bool is_ours = (i >= LOW_FIRST && i < LOW_FIRST + LOW_COUNT) ||
			(i >= HIGH_FIRST && i < HIGH_FIRST + HIGH_COUNT);

		in_slices += is_ours;
		if (rig->gpu.hw[i] != (is_ours ? (uint64_t)i << 12 | 1 : 0))
			fail_msg("entry %u", i);
	}
	assert_int_equal(rig->gpu.writes, in_slices);
	assert_int_equal(counters(rig)->ggtt_outside,
			 XENGT_GGTT_ENTRIES - in_slices);
}

static void halves_are_joined(void **state)
{
	struct rig *rig = *state;
	const uint32_t e = LOW_FIRST + 5;

	/*
	 * store the high half first: the entry is not present yet, so nothing is written
	 * to the hardware
	 */
	rig_write(rig, at(e) + 4, 4, 0x11);
	assert_int_equal(rig->gpu.writes, 0);
	assert_int_equal(rig_read(rig, at(e), 8), 0x1100000000);
	rig_write(rig, at(e), 4, 0x2001);
	assert_int_equal(rig->gpu.hw[e], 0x1100002001);
	/*
	 * a store to one half does not change the other half, and takes effect at once
	 */
	rig_write(rig, at(e) + 4, 4, 0x12);
	assert_int_equal(rig->gpu.hw[e], 0x1200002001);
	rig_write(rig, at(e) + 1, 1, 0x30);
	assert_int_equal(rig->gpu.hw[e], 0x1200003001);
	rig_write(rig, at(e) + 2, 2, 0xabcd);
	assert_int_equal(rig->gpu.hw[e], 0x12abcd3001);
	/*
	 * the hardware gets a write when a present entry becomes absent, but none when
	 * an absent entry changes
	 */
	rig_write(rig, at(e), 4, 0);
	assert_int_equal(rig->gpu.hw[e], 0x1200000000);
	assert_int_equal(rig->gpu.writes, 5);
	rig_write(rig, at(e), 8, 0x5000);
	assert_int_equal(rig->gpu.writes, 5);
	assert_int_equal(rig_read(rig, at(e), 8), 0x5000);
	assert_int_equal(rig_read(rig, at(e) + 1, 1), 0x50);
}

static void unaligned(void **state)
{
	struct rig *rig = *state;
	const uint32_t e = LOW_FIRST + 9;

	/*
	 * one store changes the high half of an entry and the low half of the
	 * next one
	 */
	rig_write(rig, at(e) + 4, 8, 0x0000300100000022);
	assert_int_equal(rig_read(rig, at(e), 8), 0x2200000000);
	assert_int_equal(rig_read(rig, at(e + 1), 8), 0x3001);
	assert_int_equal(rig->gpu.hw[e + 1], 0x3001);
	assert_int_equal(rig_read(rig, at(e) + 4, 8), 0x0000300100000022);
	assert_int_equal(rig_read(rig, at(e) + 7, 2), 0x0100);
	/*
	 * a store across the end of a slice: the half inside the slice takes effect, the
	 * other half is dropped
	 */
	rig_write(rig, at(LOW_FIRST + LOW_COUNT - 1) + 6, 4, 0xffffffff);
	assert_int_equal(rig_read(rig, at(LOW_FIRST + LOW_COUNT - 1), 8),
			 0xffff000000000000);
	assert_int_equal(counters(rig)->ggtt_outside, 1);
	assert_int_equal(rig_read(rig, at(LOW_FIRST + LOW_COUNT - 1) + 6, 4),
			 0xffff);
	/* a store across the end of the GGTT, which Xen would not send */
	assert_int_equal(rig_read(rig, REG_GGTT_END - 4, 4), 0);
}

/* Accesses of every size at every offset agree with a model that has single bytes. */
static void every_size_at_every_offset(void **state)
{
	enum { BYTES = 80 };
	struct rig *rig = *state;
	const uint32_t base = at(LOW_FIRST + 16);
	uint8_t model[BYTES + 8] = { 0 };

	for (uint32_t size = 1; size <= 8; size *= 2) {
		for (uint32_t off = 0; off + size <= BYTES; off++) {
			uint64_t val = 0x0123456789abcdee * (off + size), want;

			rig_write(rig, base + off, size, val);
			memcpy(model + off, &val, size);
			for (uint32_t i = 0; i + 8 <= BYTES; i += 8) {
				memcpy(&want, model + i, 8);
				assert_int_equal(rig_read(rig, base + i, 8), want);
			}
			want = 0;
			memcpy(&want, model + off, size);
			assert_int_equal(rig_read(rig, base + off, size), want);
		}
	}
}

static struct xengt_req rep(uint32_t entry, uint32_t size, uint32_t count,
			    uint64_t data)
{
	return (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = RIG_BAR0 + at(entry),
		.size = size, .count = count, .data = data,
	};
}

static void rep_stos_is_one_call(void **state)
{
	struct rig *rig = *state;
	struct xengt_req req;

	rig_request(rig, rep(LOW_FIRST, 8, 512, 0x7001));
	assert_int_equal(rig->gpu.writes, 1);
	assert_int_equal(rig->gpu.last_first, LOW_FIRST);
	assert_int_equal(rig->gpu.last_count, 512);
	assert_int_equal(counters(rig)->ggtt_entries, 512);
	/* entries that do not fit into one call are sent in several calls */
	rig_request(rig, rep(LOW_FIRST, 8, 1025, 0x8001));
	assert_int_equal(rig->gpu.writes, 4);
	assert_int_equal(rig->gpu.hw[LOW_FIRST + 1024], 0x8001);
	/*
	 * a string store downwards, in halves: each entry is stored twice, but one call
	 * is enough
	 */
	req = rep(LOW_FIRST + 100, 4, 64, 0x9001);
	req.is_backward = true;
	req.addr += 4;
	rig_request(rig, req);
	assert_int_equal(rig->gpu.writes, 5);
	assert_int_equal(rig->gpu.last_first, LOW_FIRST + 69);
	assert_int_equal(rig->gpu.last_count, 32);
	assert_int_equal(rig->gpu.hw[LOW_FIRST + 70], 0x900100009001);
	/*
	 * stores that begin outside the slice, and stores that end outside
	 */
	rig_request(rig, rep(LOW_FIRST - 4, 8, 8, 0xa001));
	assert_int_equal(rig->gpu.writes, 6);
	assert_int_equal(rig->gpu.last_count, 4);
	rig_request(rig, rep(LOW_FIRST + LOW_COUNT - 4, 8, 8, 0xa001));
	assert_int_equal(rig->gpu.last_count, 4);
	assert_int_equal(counters(rig)->ggtt_outside, 8);
}

static void rep_movs_is_one_call(void **state)
{
	struct rig *rig = *state;
	uint64_t table[256], back[256] = { 0 };
	struct xengt_req req = rep(HIGH_FIRST + 3, 8, 256, 0x4ff8);

	for (uint32_t i = 0; i < 256; i++)
		table[i] = (uint64_t)i << 12 | 1;
	assert_int_equal(rig->hv->ops->write_guest(rig->hv, gpa(0x4ff8), table,
						   sizeof(table)), 0);
	req.data_is_ptr = true;
	rig_request(rig, req);
	assert_int_equal(rig->gpu.writes, 1);
	assert_memory_equal(&rig->gpu.hw[HIGH_FIRST + 3], table, sizeof(table));
	req.is_read = true;
	req.data = 0x8004;
	rig_request(rig, req);
	assert_int_equal(rig->hv->ops->read_guest(rig->hv, gpa(0x8004), back,
						  sizeof(back)), 0);
	assert_memory_equal(back, table, sizeof(table));
	assert_int_equal(counters(rig)->exit_ggtt_read, 1);
}

static void slices_that_touch(void **state)
{
	struct rig rig;
	const uint32_t border = (uint32_t)(RIG_APERTURE / 4096);

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig.gpu.info.low_base = RIG_APERTURE - RIG_LOW_BYTES;
	rig.gpu.info.high_base = RIG_APERTURE;
	rig_create(&rig);
	rig_decode(&rig);
	rig_request(&rig, rep(border - 2, 8, 4, 0xb001));
	/* four entries in two slices are sent in two calls */
	assert_int_equal(rig.gpu.writes, 2);
	for (uint32_t i = border - 2; i < border + 2; i++)
		assert_int_equal(rig.gpu.hw[i], 0xb001);
	rig_destroy(&rig);
}

static void no_high_slice(void **state)
{
	struct rig rig;

	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig.gpu.info.high_base = 0;
	rig.gpu.info.high_bytes = 0;
	rig_create(&rig);
	rig_decode(&rig);
	rig_write(&rig, at(0), 8, 0xc001);
	rig_write(&rig, at(HIGH_FIRST), 8, 0xc001);
	assert_int_equal(rig.gpu.writes, 0);
	assert_int_equal(counters(&rig)->ggtt_outside, 2);
	rig_destroy(&rig);
}

static void scratched_ones_are_counted(void **state)
{
	struct rig *rig = *state;

	rig->gpu.scratch_next = 3;
	rig_request(rig, rep(LOW_FIRST, 8, 8, 0xfff0001));
	assert_int_equal(counters(rig)->ggtt_scratched, 3);
	assert_int_equal(counters(rig)->ggtt_entries, 8);
	/* the guest still reads what it wrote */
	assert_int_equal(rig_read(rig, at(LOW_FIRST), 8), 0xfff0001);
}

static void reset_clears_in_batches(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, rep(LOW_FIRST, 8, 1024, 0xd001));
	rig_write(rig, at(HIGH_FIRST + 1), 8, 0xd001);
	rig_write(rig, at(HIGH_FIRST + 9), 8, 0xd001);
	rig->gpu.writes = 0;
	xengt_vgpu_reset(rig->vgpu);
	assert_int_equal(rig->gpu.writes, 4);
	for (uint32_t i = 0; i < XENGT_GGTT_ENTRIES; i++)
		if (rig->gpu.hw[i])
			fail_msg("entry %u", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(bounds),
		rig_test(every_entry_of_the_space),
		rig_test(halves_are_joined),
		rig_test(unaligned),
		rig_test(every_size_at_every_offset),
		rig_test(rep_stos_is_one_call),
		rig_test(rep_movs_is_one_call),
		cmocka_unit_test(slices_that_touch),
		cmocka_unit_test(no_high_slice),
		rig_test(scratched_ones_are_counted),
		rig_test(reset_clears_in_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
