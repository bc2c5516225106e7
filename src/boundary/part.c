// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: partition of graphics memory and fences
 *
 * A bitmap has one bit for each unit of 2 MiB, at most 2048 bits. A linear
 * search is fast enough for a bitmap of 2048 bits. A slice gets the smallest
 * free range that is large enough, so that large ranges stay free while vGPUs
 * of different sizes are created and destroyed. One bitmap is for both low and
 * high graphics memory; no slice crosses the aperture's end, which is the
 * border between low and high memory.
 */
#include "boundary/part.h"
#include "uapi/xengt.h"

#define UNIT_MIB	XENGT_SLICE_ALIGN_MIB
#define UNIT_BYTES	((uint64_t)UNIT_MIB << 20)

struct run {
	uint32_t first;
	uint32_t count;
};

static bool unit_is_used(const struct xengt_part *part, uint32_t unit)
{
	return part->used[unit / 64] >> (unit % 64) & 1;
}

static void mark(struct xengt_part *part, uint32_t first, uint32_t count,
		 bool used)
{
	uint32_t unit;

	for (unit = first; unit < first + count; unit++) {
		if (used)
			part->used[unit / 64] |= 1ull << (unit % 64);
		else
			part->used[unit / 64] &= ~(1ull << (unit % 64));
	}
}

/*
 * The next free range in [from, end). The count of the result is 0 if there is
 * no free range.
 */
static struct run next_free_run(const struct xengt_part *part, uint32_t from,
				uint32_t end)
{
	struct run run;

	while (from < end && unit_is_used(part, from))
		from++;
	run.first = from;
	while (from < end && !unit_is_used(part, from))
		from++;
	run.count = from - run.first;
	return run;
}

static int best_fit(const struct xengt_part *part, uint32_t begin, uint32_t end,
		    uint32_t count, uint32_t *ret_first)
{
	struct run best = { .count = ~(uint32_t)0 };
	struct run run = next_free_run(part, begin, end);

	while (run.count) {
		if (run.count >= count && run.count < best.count)
			best = run;
		run = next_free_run(part, run.first + run.count, end);
	}
	if (best.count == ~(uint32_t)0)
		return -ENOSPC;
	*ret_first = best.first;
	return 0;
}

static uint32_t fence_mask(uint32_t base, uint32_t count)
{
	return (uint32_t)((((uint64_t)1 << count) - 1) << base);
}

static int find_fences(const struct xengt_part *part, uint32_t count,
		       uint32_t *ret_base)
{
	uint32_t base;

	if (count > part->fences)
		return -ENOSPC;
	for (base = 0; base + count <= part->fences; base++) {
		if (!(part->fences_used & fence_mask(base, count))) {
			*ret_base = base;
			return 0;
		}
	}
	return -ENOSPC;
}

/* Withhold the units [first, end). */
static void withhold(struct xengt_part *part, uint32_t first, uint32_t end)
{
	uint32_t unit;

	for (unit = first; unit < end; unit++) {
		if (unit_is_used(part, unit))
			continue;
		mark(part, unit, 1, true);
		if (unit < part->low_units)
			part->low_total_mib -= UNIT_MIB;
		else
			part->high_total_mib -= UNIT_MIB;
	}
}

int xengt_part_init(struct xengt_part *part, uint64_t aperture_bytes,
		    uint64_t ggtt_bytes, uint32_t fences)
{
	const uint32_t host_low = XENGT_PART_HOST_LOW_MIB / UNIT_MIB;
	const uint32_t host_high = XENGT_PART_HOST_HIGH_MIB / UNIT_MIB;
	uint64_t low_units = aperture_bytes / UNIT_BYTES;
	uint64_t units = ggtt_bytes / UNIT_BYTES;

	if (aperture_bytes % UNIT_BYTES || ggtt_bytes % UNIT_BYTES ||
	    units > XENGT_PART_MAX_UNITS || low_units <= host_low ||
	    units < low_units + host_high)
		return -EINVAL;
	if (fences > XENGT_PART_MAX_FENCES)
		return -EINVAL;

	memset(part, 0, sizeof(*part));
	part->low_units = (uint32_t)low_units;
	part->units = (uint32_t)units;
	part->fences = fences;
	part->low_total_mib = part->low_units * UNIT_MIB;
	part->high_total_mib = (part->units - part->low_units) * UNIT_MIB;
	withhold(part, 0, host_low);
	withhold(part, part->units - host_high, part->units);
	return 0;
}

void xengt_part_withhold(struct xengt_part *part, uint64_t begin, uint64_t end,
			 uint32_t fences)
{
	withhold(part, (uint32_t)(begin / UNIT_BYTES),
		 (uint32_t)((end + UNIT_BYTES - 1) / UNIT_BYTES));
	part->fences_withheld |= fences;
	part->fences_used |= fences;
}

int xengt_part_alloc(struct xengt_part *part, uint32_t low_mib,
		     uint32_t high_mib, uint32_t fences,
		     struct xengt_part_slices *ret_slices)
{
	uint32_t low = 0, high = 0, fence_base = 0;
	int r;

	if (!low_mib || low_mib % UNIT_MIB || high_mib % UNIT_MIB)
		return -EINVAL;

	r = best_fit(part, 0, part->low_units, low_mib / UNIT_MIB, &low);
	if (r)
		return r;
	if (high_mib) {
		r = best_fit(part, part->low_units, part->units,
			     high_mib / UNIT_MIB, &high);
		if (r)
			return r;
	}
	if (fences) {
		r = find_fences(part, fences, &fence_base);
		if (r)
			return r;
	}

	mark(part, low, low_mib / UNIT_MIB, true);
	mark(part, high, high_mib / UNIT_MIB, true);
	part->fences_used |= fence_mask(fence_base, fences);
	*ret_slices = (struct xengt_part_slices){
		.low_base_mib = low * UNIT_MIB,
		.low_mib = low_mib,
		.high_base_mib = high * UNIT_MIB,
		.high_mib = high_mib,
		.fence_base = fence_base,
		.fences = fences,
	};
	return 0;
}

int xengt_part_alloc_at(struct xengt_part *part, uint32_t low_base_mib,
			uint32_t low_mib, struct xengt_part_slices *ret_slices)
{
	uint32_t first = low_base_mib / UNIT_MIB, count = low_mib / UNIT_MIB;

	if (!low_base_mib || !low_mib || low_base_mib % UNIT_MIB ||
	    low_mib % UNIT_MIB)
		return -EINVAL;
	if (first >= part->low_units ||
	    next_free_run(part, first, part->low_units).first != first ||
	    next_free_run(part, first, part->low_units).count < count)
		return -ENOSPC;
	mark(part, first, count, true);
	*ret_slices = (struct xengt_part_slices){
		.low_base_mib = low_base_mib,
		.low_mib = low_mib,
	};
	return 0;
}

void xengt_part_free(struct xengt_part *part,
		     const struct xengt_part_slices *slices)
{
	mark(part, slices->low_base_mib / UNIT_MIB, slices->low_mib / UNIT_MIB,
	     false);
	mark(part, slices->high_base_mib / UNIT_MIB,
	     slices->high_mib / UNIT_MIB, false);
	part->fences_used &= ~fence_mask(slices->fence_base, slices->fences);
}

static struct xengt_part_space query_space(const struct xengt_part *part,
					   uint32_t begin, uint32_t end)
{
	struct xengt_part_space space = { 0 };
	struct run run = next_free_run(part, begin, end);

	while (run.count) {
		space.free_mib += run.count * UNIT_MIB;
		if (run.count * UNIT_MIB > space.largest_mib)
			space.largest_mib = run.count * UNIT_MIB;
		run = next_free_run(part, run.first + run.count, end);
	}
	return space;
}

void xengt_part_query(const struct xengt_part *part,
		      struct xengt_part_info *ret_info)
{
	uint32_t fence, row = 0;

	*ret_info = (struct xengt_part_info){ 0 };
	for (fence = 0; fence < part->fences; fence++) {
		ret_info->fences_total += !(part->fences_withheld >> fence & 1);
		row = part->fences_used >> fence & 1 ? 0 : row + 1;
		ret_info->fences_free += row != 0;
		if (row > ret_info->fences_largest)
			ret_info->fences_largest = row;
	}
	ret_info->low = query_space(part, 0, part->low_units);
	ret_info->low.total_mib = part->low_total_mib;
	ret_info->high = query_space(part, part->low_units, part->units);
	ret_info->high.total_mib = part->high_total_mib;
}
