/* SPDX-License-Identifier: GPL-2.0-only */
#include "hv_bench.h"

static void need_aperture(void)
{
	if (impl->is_real && !real_aperture)
		skip();
}

void aperture(void **state)
{
	const struct bench *b = *state;
	uint8_t byte;

	need_aperture();
	for (int round = 0; round < 2; round++) {
		assert_int_equal(show(b, gfn(PLACE), true), 0);
		assert_int_equal(show(b, gfn(PLACE), true), 0);
		/*
		 * the guest addresses at which the aperture is mapped are not
		 * RAM
		 */
		assert_int_equal(rd(b, gpa(PLACE << XENGT_PAGE_SHIFT), &byte, 1),
				 -EFAULT);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), -EBUSY);
		assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), -EBUSY);
		assert_int_equal(show(b, gfn(PLACE), false), 0);
		assert_int_equal(show(b, gfn(PLACE), false), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
	}
	/* a place that is partly or wholly beyond the guest's address space */
	assert_int_equal(show(b, gfn(impl->end - SLICE + 1), true), -EINVAL);
	assert_int_equal(show(b, gfn(impl->end), true), -EINVAL);
	assert_int_equal(show(b, gfn(UINT64_MAX >> XENGT_PAGE_SHIFT), true),
			 -EINVAL);
	assert_int_equal(show(b, gfn(UINT64_MAX - 1), true), -EINVAL);
}

static bool is_ram(const struct bench *b, uint64_t frame)
{
	uint8_t byte;

	return rd(b, gpa(frame << XENGT_PAGE_SHIFT), &byte, 1) == 0;
}

/*
 * Returns the last frame of the contiguous RAM to which the suite's pages
 * belong.
 */
static uint64_t last_ram(const struct bench *b)
{
	uint64_t step = SLICE, at = impl->ram;

	while (step) {
		while (is_ram(b, at + step))
			at += step;
		step /= 2;
	}
	return at;
}

/*
 * hv.h refuses to map the aperture over RAM. Xen itself would allow such a
 * mapping, and the RAM would be lost.
 */
void aperture_over_ram(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;
	const uint64_t last = last_ram(b);
	uint8_t pages[PAGES * XENGT_PAGE_SIZE], got[sizeof(pages)];
	uint64_t val = 0x7273747576777879, back = 0, kept = 0;
	const gpa_t end = gpa(last << XENGT_PAGE_SHIFT | 0xff8);

	need_aperture();
	memset(pages, 0x3c, sizeof(pages));
	assert_int_equal(wr(b, ram(0), pages, sizeof(pages)), 0);
	assert_int_equal(rd(b, end, &kept, 8), 0);
	assert_int_equal(wr(b, end, &val, 8), 0);
	assert_int_equal(show(b, gfn(impl->ram), true), -EINVAL);
	assert_int_equal(show(b, gfn(last), true), -EINVAL);
	ops->invalidate(b->hv);
	assert_int_equal(rd(b, ram(0), got, sizeof(got)), 0);
	assert_memory_equal(got, pages, sizeof(pages));
	assert_int_equal(rd(b, end, &back, 8), 0);
	assert_true(back == val);
	assert_int_equal(wr(b, end, &kept, 8), 0);
	assert_int_equal(show(b, gfn(last + 1), true), 0);
	assert_int_equal(show(b, gfn(last + 1), false), 0);
}

/*
 * The aperture cannot be mapped over RAM that back() placed, and back() cannot
 * place RAM over the aperture.
 */
void aperture_over_memory_of_ours(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;
	const gfn_t at = gfn(PLACE + SLICE - 1);
	uint64_t val = 0x1020304050607080;
	void *addr;

	need_aperture();
	assert_int_equal(ops->back(b->hv, at, 2, &addr), 0);
	memcpy(addr, &val, 8);
	/* only the last page of the aperture overlaps the RAM */
	assert_int_equal(show(b, gfn(PLACE), true), -EINVAL);
	val = 0;
	assert_int_equal(rd(b, gfn_to_gpa(at), &val, 8), 0);
	assert_true(val == 0x1020304050607080);
	assert_int_equal(ops->unback(b->hv, at, 2, addr), 0);
	assert_int_equal(show(b, gfn(PLACE), true), 0);
	assert_int_equal(ops->back(b->hv, at, 2, &addr), -EEXIST);
	assert_int_equal(ops->back(b->hv, gfn(PLACE - 1), 2, &addr), -EEXIST);
	assert_int_equal(ops->back(b->hv, gfn(PLACE + SLICE), 1, &addr), 0);
	assert_int_equal(ops->unback(b->hv, gfn(PLACE + SLICE), 1, addr), 0);
	assert_int_equal(show(b, gfn(PLACE), false), 0);
}

void pieces(void **state)
{
	const struct bench *b = *state;
	const gpa_t in_1 = gpa((PLACE + XENGT_PIECE_FRAMES) << XENGT_PAGE_SHIFT);
	uint8_t byte;

	need_aperture();
	for (int round = 0; round < 2; round++) {
		assert_int_equal(show_piece(b, gfn(PLACE), 1, true), 0);
		assert_int_equal(rd(b, in_1, &byte, 1), -EFAULT);
		/* refused, because Xen would end the domain: a second mapping of a piece */
		assert_int_equal(show_piece(b, gfn(PLACE), 1, true), -EEXIST);
		assert_int_equal(show_piece(b, gfn(ELSEWHERE), 0, true), -EBUSY);
		assert_int_equal(show_piece(b, gfn(ELSEWHERE), 1, false), 0);
		assert_int_equal(show(b, gfn(PLACE), true), -EBUSY);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), -EBUSY);
		assert_int_equal(show_piece(b, gfn(PLACE), 0, true), 0);
		assert_int_equal(show_piece(b, gfn(PLACE), 1, false), 0);
		assert_int_equal(show_piece(b, gfn(PLACE), 1, false), 0);
		assert_int_equal(show_piece(b, gfn(PLACE), 1, true), 0);
		/* both at once */
		assert_int_equal(show(b, gfn(PLACE), false), 0);
		assert_int_equal(show_piece(b, gfn(ELSEWHERE), 1, true), 0);
		assert_int_equal(show_piece(b, gfn(ELSEWHERE), 1, false), 0);
		/* after the last piece is unmapped, the slice can be mapped elsewhere */
		assert_int_equal(show(b, gfn(PLACE), true), 0);
		assert_int_equal(show_piece(b, gfn(PLACE), 0, true), -EEXIST);
		assert_int_equal(show(b, gfn(PLACE), false), 0);
	}
	assert_int_equal(show_piece(b, gfn(PLACE), 2, true), -EINVAL);
	assert_int_equal(show_piece(b, gfn(PLACE), UINT32_MAX, true), -EINVAL);
	assert_int_equal(show_piece(b, gfn(impl->end - SLICE + 1), 1, true),
			 -EINVAL);
	assert_int_equal(show_piece(b, gfn(impl->end), 0, true), -EINVAL);
	assert_int_equal(show_piece(b, gfn(impl->ram), 0, true), -EINVAL);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, true), 0);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, false), 0);
}

void pieces_over_memory_of_ours(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;
	const gfn_t in_0 = gfn(PLACE + 5);
	const gfn_t in_1 = gfn(PLACE + XENGT_PIECE_FRAMES + 5);
	void *addr, *other;

	need_aperture();
	assert_int_equal(ops->back(b->hv, in_1, 2, &addr), 0);
	assert_int_equal(show_piece(b, gfn(PLACE), 1, true), -EINVAL);
	/* piece 0 overlaps no RAM; while it is mapped, no RAM can be placed over it */
	assert_int_equal(show_piece(b, gfn(PLACE), 0, true), 0);
	assert_int_equal(ops->back(b->hv, in_0, 1, &other), -EEXIST);
	assert_int_equal(ops->unback(b->hv, in_1, 2, addr), 0);
	assert_int_equal(show_piece(b, gfn(PLACE), 1, true), 0);
	assert_int_equal(ops->back(b->hv, in_1, 2, &addr), -EEXIST);
	assert_int_equal(show_piece(b, gfn(PLACE), 0, false), 0);
	assert_int_equal(ops->back(b->hv, in_0, 1, &other), 0);
	assert_int_equal(ops->unback(b->hv, in_0, 1, other), 0);
	assert_int_equal(show(b, gfn(PLACE), false), 0);
}
