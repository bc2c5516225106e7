/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests work that a guest adds to a context in flight. The engine gets the dwords that the
 * guest added to the ring; the boundary refuses a submission with a different ring. The file
 * also tests the addresses of a 32-bit context's batches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "boundary/ppgtt.h"
#include "boundary_world.h"
#include "hw/facts.h"

#define MI_ARB_CHECK	0x02800000u
#define STARTED		XENGT_CSB_IDLE_ACTIVE

static struct world *w;
static struct world_guest *a, *b;

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_context(a, 0, 1, 0);
	guest_context(b, 0, 1, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static const struct xengt_slot *slot_of(const struct world_guest *g)
{
	for (uint32_t i = 0; i < XENGT_EXEC_SLOTS; i++)
		if (g->exec.lanes[0].slots[i].lrca == gaddr(g, IMAGE_FRAME(0)))
			return &g->exec.lanes[0].slots[i];
	fail();
	return NULL;
}

static void emit(struct world_guest *g, const uint32_t *dw, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		guest_emit(g, 0, dw[i]);
}

static const uint32_t first[] = { MI_ARB_CHECK, MI_ARB_CHECK, MI_ARB_CHECK, 0 };
static const uint32_t pad[] = { 0, 0 };
static const uint32_t more[] = { MI_ARB_CHECK, 0, 0, MI_ARB_CHECK, 0, 0 };

static void run_first(void)
{
	emit(a, first, 4);
	assert_int_equal(guest_submit(a, 0, 1), 0);
	hw_tell(w, STARTED);
}

static void assert_ring(uint32_t at, const uint32_t *dw, uint32_t count)
{
	const uint32_t *ring = slot_of(a)->ring.mem;

	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(ring[at + i], dw[i]);
}

static void more_is_what_stands_there(void **state)
{
	(void)state;
	run_first();
	emit(a, more, 6);
	assert_int_equal(guest_submit(a, 0, 2), 0);
	assert_ring(0, first, 4);
	assert_ring(4, more, 6);
}

/*
 * The module added padding to guest a's ring, because guest b waits. Then guest a adds commands.
 * The module's ring must have the dwords that guest a wrote at the padding's place, and after
 * them guest a's further dwords.
 */
static void more_behind_padding_is_what_stands_there(void **state)
{
	(void)state;
	run_first();
	emit(b, first, 4);
	assert_int_equal(guest_submit(b, 0, 1), 0);
	emit(a, pad, 2);
	emit(a, more, 6);
	assert_int_equal(guest_submit(a, 0, 2), 0);
	assert_ring(4, pad, 2);
	assert_ring(6, more, 6);
	assert_int_equal(slot_of(a)->tail, 12 * 4);
}

/*
 * A submission may add no command: to a context that is in flight, and to one that is not. The
 * dwords behind the tail do not belong to it, whatever they are.
 */
static void nothing_is_added(void **state)
{
	const uint32_t hostile[] = { 0xdeadbeef, 0xdeadbeef };
	uint32_t ring[1024], *st;
	struct xengt_event ev;

	(void)state;
	run_first();
	st = state_of(a, 0);
	for (uint32_t i = 4; i < 1024; i += 2)
		emit(a, hostile, 2);
	st[ST_TAIL_DW] = 16;
	/* the buffer for the audit has other guests' commands */
	memset(w->sched.ring, 0xee, sizeof(w->sched.ring));
	memcpy(ring, slot_of(a)->ring.mem, 4096);
	assert_int_equal(guest_submit(a, 0, 2), 0);
	assert_memory_equal(slot_of(a)->ring.mem, ring, 4096);
	assert_int_equal(slot_of(a)->tail, 16);
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	while (next_event(a, &ev))
		;
	st[ST_HEAD_DW] = 16;
	memcpy(ring, slot_of(a)->ring.mem, 4096);
	assert_int_equal(guest_submit(a, 0, 3), 0);
	assert_memory_equal(slot_of(a)->ring.mem, ring, 4096);
	assert_int_equal(slot_of(a)->tail, 16);
}

static void expect_submit(struct xengt_vgpu_submit work, int want)
{
	const uint64_t before = a->exec.counters.submissions;

	assert_int_equal(xengt_submit(&a->exec, &work), want);
	assert_int_equal(a->exec.counters.submissions - before, !want);
	assert_int_equal(work.refused, XENGT_REFUSED_NOT);
	if (!want)
		assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
}

/* Each member of a worker's submission has values that are refused, whatever the others are. */
static void each_member_is_checked(void **state)
{
	const struct xengt_vgpu_submit good = guest_work(a, 0, 1);
	const uint32_t pages = xengt_context_pages(w->hw.platform, XENGT_ENGINE_RCS);
	const uint32_t end = a->first + GUEST_PAGES;
	struct xengt_vgpu_submit work;

	(void)state;
	expect_submit(good, 0);
	for (uint32_t i = 0; i < 3; i++) {
		static const uint32_t engines[] = { XENGT_ENGINES, XENGT_ENGINES + 1, UINT32_MAX };

		work = good;
		work.engine = engines[i];
		expect_submit(work, -EINVAL);
	}
	work = good;
	work.flags = 1;
	expect_submit(work, -EINVAL);
	work = good;
	work.seqno = 0;
	expect_submit(work, -EINVAL);
	work = good;
	work.desc &= ~(uint64_t)XENGT_DESC_VALID;
	expect_submit(work, -EINVAL);
	for (uint64_t mode = 0; mode < 4; mode += 2) {
		work = good;
		work.desc &= ~((uint64_t)XENGT_DESC_MODE_MASK << XENGT_DESC_MODE_SHIFT);
		work.desc |= mode << XENGT_DESC_MODE_SHIFT;
		expect_submit(work, -EINVAL);
	}
	/* the image and the status page must be in the slices, to their last page */
	work = good;
	work.desc = (uint64_t)(end - pages + 1) << 12 | (good.desc & 0xfff);
	expect_submit(work, -ERANGE);
	work.desc = (uint64_t)(a->first - 1) << 12 | (good.desc & 0xfff);
	expect_submit(work, -ERANGE);
	for (uint32_t i = 0; i < 5; i++) {
		const struct {
			uint32_t hws_pga;
			int want;
		} cases[] = {
			{ gaddr(a, 0) + 4, -EINVAL }, { gaddr(a, 0) + 0x800, -EINVAL },
			{ (a->first - 1) << 12, -ERANGE }, { end << 12, -ERANGE },
			{ (end - 1) << 12, 0 },
		};

		work = good;
		work.hws_pga = cases[i].hws_pga;
		expect_submit(work, cases[i].want);
	}
}

/* On the render engine padding fits if 16 bytes are free, and not if only 8 are. */
static void padding_needs_room(void **state)
{
	(void)state;
	for (uint32_t tail = 4072; tail < 4096; tail += 8) {
		guest_context(a, 0, 1, 0);
		for (uint32_t i = 0; i < tail / 4; i++)
			guest_emit(a, 0, MI_ARB_CHECK);
		assert_int_equal(guest_submit(a, 0, 1), 0);
		assert_int_equal(slot_of(a)->tail, tail);
		assert_int_equal(slot_of(a)->can_pad, tail <= 4080);
		assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	}
}

/*
 * On the other engines the start of the prelude, and the padding, must fit between tail and head
 * before the ring runs.
 */
static void a_ring_has_room_for_the_prelude(void **state)
{
	(void)state;
	for (uint32_t e = XENGT_ENGINE_RCS + 1; e < XENGT_ENGINES; e++) {
		const uint32_t kept = xengt_prelude_room(&a->exec.lanes[e].slots[0]) +
				      XENGT_PAD_BYTES;
		const uint32_t most = 4096 - kept - 8;

		for (uint32_t tail = most - 8; tail <= 4088; tail += 8) {
			struct xengt_vgpu_submit work = guest_work(a, 0, 1);
			bool is_ok = tail <= most;

			guest_context(a, 0, 1, 0);
			for (uint32_t i = 0; i < tail / 4; i++)
				guest_emit(a, 0, MI_ARB_CHECK);
			work.engine = e;
			assert_int_equal(xengt_submit(&a->exec, &work), is_ok ? 0 : -EBADMSG);
			if (!is_ok) {
				assert_int_equal(work.refused, XENGT_REFUSED_LIMIT);
				assert_int_equal(work.refused_at, gaddr(a, RING_FRAME(0)) + tail);
			}
			assert_int_equal(xengt_exec_reset(&a->exec, 1u << e), 0);
		}
	}
}

/* A ring that wraps is cut at a refused command before the wrap, too. */
static void a_refusal_before_the_wrap_counts(void **state)
{
	const uint32_t hostile[] = { MI_ARB_CHECK, 0, 0xdeadbeef, 0 };
	struct xengt_vgpu_submit work;

	(void)state;
	guest_context(a, 0, 1, 4096 - 16);
	emit(a, hostile, 4);
	emit(a, more, 6);
	work = guest_work(a, 0, 1);
	assert_int_equal(xengt_submit(&a->exec, &work), -EBADMSG);
	assert_int_equal(work.refused, XENGT_REFUSED_UNKNOWN);
	assert_int_equal(work.refused_at, gaddr(a, RING_FRAME(0)) + 4096 - 8);
	assert_int_equal(work.is_cut, 1);
	assert_int_equal(slot_of(a)->tail, 4096 - 8);
}

/*
 * Head and tail must be inside of the ring. The bits of the registers that are no offset, such as
 * the head's count of wraps, do not count.
 */
static void offsets_are_inside_of_the_ring(void **state)
{
	static const struct {
		uint32_t head, tail;
		bool is_ok;
	} cases[] = {
		{ 0, 4088, true }, { 4092, 0, true }, { 0xffe00ffcu, 7, true },
		{ 4096, 0, false }, { 0, 4096, false }, { 4096, 4096, false },
		{ 0x1ffffc, 0, false }, { 0, 0x1ffff8, false }, { 0, 0xffe00000u, true },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct xengt_vgpu_submit work = guest_work(a, 0, 1);
		uint32_t *st = state_of(a, 0);

		guest_context(a, 0, 1, 0);
		st[ST_HEAD_DW] = cases[i].head;
		st[ST_TAIL_DW] = cases[i].tail;
		assert_int_equal(xengt_submit(&a->exec, &work), cases[i].is_ok ? 0 : -EBADMSG);
		assert_int_equal(work.refused, cases[i].is_ok ? XENGT_REFUSED_NOT :
								XENGT_REFUSED_CONTEXT);
		assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	}
}

/*
 * A guest cannot move, resize or switch off a ring that has work in flight: the module copied
 * the ring as it was when the work began.
 */
static void the_ring_is_another(void **state)
{
	struct world_guest *g = a;
	uint32_t *st, start, ctl;

	(void)state;
	run_first();
	st = state_of(g, 0);
	start = st[ST_START_DW];
	ctl = st[ST_CTL_DW];
	emit(a, more, 6);
	st[ST_CTL_DW] = ctl + 0x1000;
	assert_int_equal(guest_submit(a, 0, 2), -EBADMSG);
	st[ST_CTL_DW] = ctl;
	st[ST_START_DW] = start + 0x1000;
	assert_int_equal(guest_submit(a, 0, 2), -EBADMSG);
	st[ST_START_DW] = start;
	st[ST_CTL_DW] = ctl & ~1u;		/* switched off */
	assert_int_equal(guest_submit(a, 0, 2), -EBADMSG);
	st[ST_CTL_DW] = ctl;
	assert_int_equal(guest_submit(a, 0, 2), 0);
}

/*
 * Before the head in the module's image, XENGT_PAD_BYTES must stay free, and on engines other
 * than the render engine also the room for the start of the prelude. A guest may add commands
 * up to this limit, but not 8 bytes more.
 */
static void up_to_the_last_free_byte(void **state)
{
	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		const struct xengt_slot *slot = &a->exec.lanes[e].slots[0];
		struct xengt_vgpu_submit work;
		uint32_t *st, head, most;

		guest_context(a, 0, 1, 0);
		emit(a, first, 4);
		work = guest_work(a, 0, 1);
		work.engine = e;
		assert_int_equal(xengt_submit(&a->exec, &work), 0);
		assert_int_equal(slot->tail, 16);
		for (uint32_t i = 4; i < 1024; i++)
			guest_emit(a, 0, MI_ARB_CHECK);
		/* the tail is at the head of the guest's image: no byte is left */
		assert_int_equal(xengt_submit(&a->exec, &work), -EAGAIN);
		head = ((const uint32_t *)slot->image.mem)[1024 + ST_HEAD_DW] & XENGT_RING_ADDR;
		most = (head + 4096 - XENGT_PAD_BYTES - xengt_prelude_room(slot)) % 4096 & ~7u;
		st = state_of(a, 0);
		st[ST_TAIL_DW] = (most + 8) % 4096;
		assert_int_equal(xengt_submit(&a->exec, &work), -EAGAIN);
		assert_int_equal(slot->tail, 16);
		st[ST_TAIL_DW] = most;
		assert_int_equal(xengt_submit(&a->exec, &work), 0);
		assert_int_equal(slot->tail, most);
		/* now the ring is full, but a submission without new commands is no error */
		assert_int_equal(xengt_submit(&a->exec, &work), 0);
	}
}

/*
 * The largest ring wraps while the engine may run its padding. Not a byte is read from
 * behind the guest's ring, and not a byte is written behind the module's copy (the oracle of
 * sources checks both).
 */
static void the_largest_ring_wraps_behind_padding(void **state)
{
	const uint32_t pages = XENGT_RING_BYTES_MAX / 4096, start = XENGT_RING_BYTES_MAX - 64;
	const struct xengt_slot *slot;
	uint32_t *st;

	(void)state;
	guest_context(a, 0, pages, start);
	emit(a, first, 4);
	assert_int_equal(guest_submit(a, 0, 1), 0);
	hw_tell(w, STARTED);
	slot = slot_of(a);
	emit(b, first, 4);
	assert_int_equal(guest_submit(b, 0, 1), 0);
	assert_true(xengt_slot_is_padded(slot));
	emit(a, pad, 2);
	for (uint32_t i = 0; i < 10; i++)
		emit(a, more, 6);
	st = state_of(a, 0);
	assert_true(st[ST_TAIL_DW] < start);
	assert_int_equal(guest_submit(a, 0, 2), 0);
	assert_ring(start / 4 + 4, pad, 2);
	assert_ring(start / 4 + 6, more, 6);
	assert_int_equal(slot->tail, st[ST_TAIL_DW]);
}

/*
 * When the module reads a batch of a 32-bit context, it ignores the upper 32 bits of the
 * batch's address.
 */
static void addresses_of_32_bits(void **state)
{
	const uint64_t e = (uint64_t)DATA_FRAME << 12 | 3;
	uint32_t root = guest_table(a, 3, 0);
	uint32_t pt = guest_table(a, 1, guest_table(a, 2, root));
	xengt_gfn_t gfn;

	(void)state;
	assert_int_equal(xengt_ppgtt_write(a->exec.ppgtt, pt, 5, &e, 1, NULL), 0);
	for (uint64_t high = 0; high < 3; high++) {
		assert_int_equal(xengt_ppgtt_walk(a->exec.ppgtt, root,
						  high << 32 | 0x5123, &gfn), 0);
		assert_int_equal(xengt_gfn_x(gfn), DATA_FRAME);
	}
	assert_int_equal(xengt_ppgtt_walk(a->exec.ppgtt, root, 0x6123, &gfn),
			 -EFAULT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(more_is_what_stands_there),
		TEST(more_behind_padding_is_what_stands_there),
		TEST(nothing_is_added),
		TEST(each_member_is_checked),
		TEST(padding_needs_room),
		TEST(a_ring_has_room_for_the_prelude),
		TEST(a_refusal_before_the_wrap_counts),
		TEST(offsets_are_inside_of_the_ring),
		TEST(the_ring_is_another),
		TEST(up_to_the_last_free_byte),
		TEST(the_largest_ring_wraps_behind_padding),
		TEST(addresses_of_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
