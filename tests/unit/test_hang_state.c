/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the state of a hang (src/boundary/hang_state.c), with the hardware of
 * boundary_world.h. The module saves this state so that people can find the cause of the
 * hang.
 */
#include "boundary_world.h"

#include <stdio.h>

#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define HANG_MS		200u
#define MS		1000000u
#define START_GGTT	0x18800001u
#define BATCH_END	0x05000000u
#define LINES_MAX	600u
#define REG(off)	(*hw_rcs_reg(w, off))

static struct world *w;
static struct world_guest *a, *b;

static struct {
	char text[LINES_MAX][XENGT_HANG_LINE_MAX];
	uint32_t count;
} out;

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_map_space(a, BATCH_FRAME);
	guest_context(a, 0, 4, 64);
	guest_context(b, 0, 4, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static void take_line(void *ctx, const char *text)
{
	assert_ptr_equal(ctx, &out);
	assert_true(out.count < LINES_MAX);
	assert_true(strlen(text) < XENGT_HANG_LINE_MAX);
	strcpy(out.text[out.count++], text);
}

static void print(struct world_guest *g)
{
	out.count = 0;
	xengt_hang_print(&g->exec.hang_state, take_line, &out);
	/* a line of dwords has a dword that is not 0 */
	for (uint32_t i = 0; i < out.count; i++)
		if (!strncmp(out.text[i], "  [", 3))
			assert_non_null(strpbrk(strchr(out.text[i], ']'), "123456789abcdef"));
}

static bool says(const char *line)
{
	for (uint32_t i = 0; i < out.count; i++)
		if (!strcmp(out.text[i], line))
			return true;
	return false;
}

/* Submit the ring of context 0, and let it run. */
static struct xengt_slot *begin(struct world_guest *g, uint64_t seqno)
{
	struct xengt_slot *slots = g->exec.lanes[XENGT_ENGINE_RCS].slots;

	assert_int_equal(guest_submit(g, 0, seqno), 0);
	hw_tell(w, STARTED);
	return slots[0].state == XENGT_SLOT_ON_HW ? &slots[0] : &slots[1];
}

/* Let the engine make no progress at 'acthd' until the module detects the hang. */
static void hang(struct world_guest *g, uint64_t acthd)
{
	struct xengt_event ev;

	REG(0x74) = (uint32_t)acthd;
	REG(0x5c) = (uint32_t)(acthd >> 32);
	for (uint32_t i = 0; i < HANG_MS; i++, w->now += MS)
		xengt_sched_tick(&w->sched);
	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
}

static void hang_at(struct world_guest *g, uint64_t acthd, uint64_t seqno)
{
	guest_emit(g, 0, 0x02800000);
	guest_emit(g, 0, 0);
	begin(g, seqno);
	hang(g, acthd);
}

static void nothing_hung(void **state)
{
	(void)state;
	print(a);
	assert_int_equal(out.count, 0);
}

static void a_hang_in_the_ring(void **state)
{
	struct xengt_slot *slot = &a->exec.lanes[XENGT_ENGINE_RCS].slots[0];
	char line[XENGT_HANG_LINE_MAX];

	(void)state;
	REG(0x30) = 0x48;
	REG(0x68) = 0x02800000;
	w->regs[0x4094 / 4] = 0xfa;
	hang_at(a, 0, 7);
	/*
	 * a second hang, with other values in registers: its state replaces that of the
	 * first hang, and is saved before the engine is reset
	 */
	REG(0x34) = 0x40;
	REG(0xb0) = 0x10;
	hang_at(a, 0, 8);
	assert_true(a->exec.hang_state.is_there);
	assert_int_equal(a->exec.hang_state.hangs, 2);
	print(a);
	snprintf(line, sizeof(line), "vgpu %u: rcs hung, 2 hangs so far; at 1300 ms",
		 a->exec.vgpu_id);
	assert_string_equal(out.text[0], line);
	snprintf(line, sizeof(line), "  context: lrca 0x%08x desc 0x%08x seqno 8",
		 gaddr(a, IMAGE_FRAME(0)), slot->desc);
	assert_string_equal(out.text[1], line);
	snprintf(line, sizeof(line), "  ring: start 0x%08x bytes 0x4000 head 0x00000040 tail 0x50 engine's tail 0x50",
		 gaddr(a, RING_FRAME(0)));
	assert_string_equal(out.text[2], line);
	assert_true(says("  HEAD: 0x00000040"));
	assert_true(says("  IPEHR: 0x02800000"));
	assert_true(says("  EIR: 0x00000010"));
	assert_true(says("  FAULT: 0x000000fa"));
	/* the state shows the ring from 512 dwords before the head on; the ring wraps */
	assert_true(says("ring, from offset 0x3840 on:"));
	assert_true(says("  [0800] 02800000 00000000 02800000 00000000 00000000 00000000 00000000 00000000"));
	assert_true(says("image, the page with the registers:"));
	assert_int_equal(a->exec.hang_state.image[ST_TAIL_DW], 0x50);
	/* another vGPU's hang state shows nothing of this hang */
	print(b);
	assert_int_equal(out.count, 0);
}

static void a_batch_of_the_guest(void **state)
{
	char line[XENGT_HANG_LINE_MAX];

	(void)state;
	a->memory[BATCH_FRAME][0] = 0xcafe;
	a->memory[BATCH_FRAME][1023] = 0xbeef;
	hang_at(a, 0x1234, 7);
	print(a);
	assert_true(says("stopped at 0x000000001234: the context's address space"));
	assert_true(says("batch, the page from 0x000000001000:"));
	assert_true(says("  [0000] 0000cafe 00000000 00000000 00000000 00000000 00000000 00000000 00000000"));
	snprintf(line, sizeof(line), "  [0fe0] 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000beef");
	assert_string_equal(out.text[out.count - 1], line);
	/* an address that is not mapped */
	hang_at(a, 0x7f0000001234, 8);
	print(a);
	assert_true(says("stopped at 0x7f0000001234: the context's address space"));
	assert_string_equal(out.text[out.count - 1],
			    "batch, the page from 0x7f0000001000: not there");
	assert_int_equal(a->exec.hang_state.batch[0], 0);
}

static void a_batch_that_was_copied(void **state)
{
	char line[XENGT_HANG_LINE_MAX];
	uint32_t at;

	(void)state;
	a->memory[BATCH_FRAME][0] = 0x02800000;
	a->memory[BATCH_FRAME][1] = BATCH_END;
	guest_emit(a, 0, START_GGTT);
	guest_emit(a, 0, gaddr(a, BATCH_FRAME));
	guest_emit(a, 0, 0);
	guest_emit(a, 0, 0);
	at = xengt_area_at(&begin(a, 7)->batches);
	assert_true(at != 0);
	/* the guest changes its own batch after the copy ran */
	a->memory[BATCH_FRAME][0] = 0xdead;
	hang(a, at + 4);
	print(a);
	snprintf(line, sizeof(line), "stopped at 0x%012x: a batch, the module's copy",
		 at + 4);
	assert_true(says(line));
	assert_true(says("  [0000] 02800000 05000000 00000000 00000000 00000000 00000000 00000000 00000000"));
}

static struct xengt_hw_ops ops;

/* The engine leaves the context when it is stopped. */
static void reg_write(void *ctx, uint32_t off, uint32_t val)
{
	world_hw_ops.reg_write(ctx, off, val);
	if (off != 0x2000 + XENGT_RING_MI_MODE ||
	    val != XENGT_MASKED_SET(XENGT_MI_MODE_STOP))
		return;
	w->hw.ops = &world_hw_ops;
	hw_event(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
}

/* The context that seemed to hang had completed: the state of the last hang stays. */
static void it_was_no_hang(void **state)
{
	static struct xengt_hang_state before;
	struct xengt_event ev;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		if (i)
			hang_at(a, 0x1234, 7);
		before = a->exec.hang_state;
		guest_emit(a, 0, 0x02800000);
		guest_emit(a, 0, 0);
		begin(a, 8);
		ops = world_hw_ops;
		ops.reg_write = reg_write;
		w->hw.ops = &ops;
		REG(0x74) = 0x40;
		for (uint32_t t = 0; t < HANG_MS; t++, w->now += MS)
			xengt_sched_tick(&w->sched);
		assert_ptr_equal(w->hw.ops, &world_hw_ops);
		while (next_event(a, &ev))
			assert_int_not_equal(ev.type, XENGT_EVENT_HUNG);
		assert_int_equal(a->exec.counters.hangs, i);
		assert_memory_equal(&a->exec.hang_state, &before, sizeof(before));
	}
}

/* If the engine hangs in the ring, the state shows no batch. */
static void no_batch_is_to_blame(void **state)
{
	(void)state;
	guest_emit(a, 0, 0x02800000);
	guest_emit(a, 0, 0);
	hang(a, xengt_area_at(&begin(a, 7)->ring) + 64);
	assert_int_equal(a->exec.hang_state.where, XENGT_HANG_IN_RING);
	print(a);
	assert_non_null(strstr(out.text[out.count - 1], ": the ring"));
}

/*
 * The state names the memory in which the engine stopped: from the first to the last dword of
 * the module's ring or copies, and not one dword more.
 */
static void the_ends_of_each_memory(void **state)
{
	static const struct {
		bool is_copy, is_end;
		int off;
		enum xengt_hang_where where;
	} cases[] = {
		{ false, false, 0, XENGT_HANG_IN_RING },
		{ false, true, -4, XENGT_HANG_IN_RING },
		{ true, false, 0, XENGT_HANG_IN_COPY },
		{ true, true, -4, XENGT_HANG_IN_COPY },
		{ true, true, 0, XENGT_HANG_IN_SPACE },
	};

	(void)state;
	a->memory[BATCH_FRAME][0] = BATCH_END;
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		const struct xengt_area *area;
		struct xengt_slot *slot;
		uint32_t at;

		guest_context(a, 0, 4, 0);
		guest_emit(a, 0, START_GGTT);
		guest_emit(a, 0, gaddr(a, BATCH_FRAME));
		guest_emit(a, 0, 0);
		guest_emit(a, 0, 0);
		slot = begin(a, 7 + i);
		area = cases[i].is_copy ? &slot->batches : &slot->ring;
		assert_true(area->pages);
		at = xengt_area_at(area) + (cases[i].is_end ? area->pages << 12 : 0);
		hang(a, at + cases[i].off);
		assert_int_equal(a->exec.hang_state.where, cases[i].where);
	}
}

/* The state of engines other than the render engine has their image, too: it has two pages. */
static void an_image_of_two_pages(void **state)
{
	struct xengt_vgpu_submit work = guest_work(a, 0, 7);
	const struct xengt_hang_state *s = &w->sched.hang_state;
	struct xengt_slot *slot = &a->exec.lanes[XENGT_ENGINE_VCS].slots[0], torn;

	(void)state;
	guest_emit(a, 0, 0x02800000);
	guest_emit(a, 0, 0);
	work.engine = XENGT_ENGINE_VCS;
	assert_int_equal(xengt_submit(&a->exec, &work), 0);
	assert_int_equal(slot->image.pages, 2);
	xengt_hang_take(&w->sched, &w->sched.engines[XENGT_ENGINE_VCS], slot);
	assert_int_equal(s->image_dwords, XENGT_HANG_IMAGE_DWORDS);
	assert_memory_equal(s->image, (uint32_t *)slot->image.mem + 1024, sizeof(s->image));
	/* a context without this page has no image in the state */
	torn = *slot;
	torn.image.pages = 1;
	xengt_hang_take(&w->sched, &w->sched.engines[XENGT_ENGINE_VCS], &torn);
	assert_int_equal(s->image_dwords, 0);
}

/* A batch's copy is shown from the page in which the engine stopped. */
static void a_later_page_of_the_copies(void **state)
{
	uint32_t at;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		memset(a->memory[BATCH_FRAME + i], 0, 4096);
	a->memory[BATCH_FRAME + 1][5] = 0x02800000;
	a->memory[BATCH_FRAME + 1][6] = BATCH_END;
	guest_emit(a, 0, START_GGTT);
	guest_emit(a, 0, gaddr(a, BATCH_FRAME));
	guest_emit(a, 0, 0);
	guest_emit(a, 0, 0);
	at = xengt_area_at(&begin(a, 7)->batches);
	hang(a, at + 4096 + 20);
	assert_int_equal(a->exec.hang_state.where, XENGT_HANG_IN_COPY);
	assert_int_equal(a->exec.hang_state.batch_at, at + 4096);
	assert_int_equal(a->exec.hang_state.batch[5], 0x02800000);
	assert_int_equal(a->exec.hang_state.batch[6], BATCH_END);
}

/* Only the end of the context that hung adds its batch to the state. */
static void the_batch_of_this_context(void **state)
{
	struct xengt_hang_state *s = &a->exec.hang_state;
	struct xengt_slot slot;

	(void)state;
	guest_emit(a, 0, 0x02800000);
	guest_emit(a, 0, 0);
	slot = *begin(a, 7);
	*s = (struct xengt_hang_state){
		.is_there = true, .engine = slot.engine, .seqno = slot.seqno, .lrca = slot.lrca,
	};
	/* no batch is wanted */
	xengt_hang_take_batch(&slot);
	assert_int_equal(s->batch_dwords, 0);
	s->wants_batch = true;
	s->seqno++;
	xengt_hang_take_batch(&slot);
	assert_true(s->wants_batch);
	s->seqno--;
	s->lrca += 4096;
	xengt_hang_take_batch(&slot);
	assert_true(s->wants_batch);
	s->lrca -= 4096;
	s->engine = XENGT_ENGINE_BCS;
	xengt_hang_take_batch(&slot);
	assert_true(s->wants_batch);
	assert_int_equal(s->batch_dwords, 0);
	s->engine = slot.engine;
	xengt_hang_take_batch(&slot);
	assert_false(s->wants_batch);
	assert_int_equal(s->batch_dwords, XENGT_HANG_BATCH_DWORDS);
}

/* If a ring has one page, only this page is shown. */
static void small_rings(void **state)
{
	(void)state;
	guest_context(a, 0, 1, 0xff8);
	REG(0x34) = 0xfffffff8;
	hang_at(a, 0, 7);
	assert_int_equal(a->exec.hang_state.ring_dwords, 1024);
	assert_int_equal(a->exec.hang_state.ring_at, 0x7f8);
	print(a);
	assert_true(says("  [0800] 02800000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"));
}

/* The length of a ring may be any number of pages. */
static void a_ring_of_three_pages(void **state)
{
	(void)state;
	guest_context(a, 0, 3, 0x100);
	REG(0x34) = 0x100;
	hang_at(a, 0, 7);
	assert_int_equal(a->exec.hang_state.ring_dwords, 1024);
	/* half of the dwords are before the head: the part begins in the last page */
	assert_int_equal(a->exec.hang_state.ring_at, 0x3000 + 0x100 - 0x800);
}

/* The state is still there after the vGPU has ended. The size of the state is fixed. */
static void it_stays(void **state)
{
	(void)state;
	hang_at(a, 0x1234, 7);
	xengt_exec_fini(&a->exec);
	print(a);
	assert_true(out.count > 30);
	assert_true(sizeof(a->exec.hang_state) < 16384);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_hung),
		TEST(a_hang_in_the_ring),
		TEST(a_batch_of_the_guest),
		TEST(a_batch_that_was_copied),
		TEST(no_batch_is_to_blame),
		TEST(it_was_no_hang),
		TEST(the_ends_of_each_memory),
		TEST(an_image_of_two_pages),
		TEST(a_later_page_of_the_copies),
		TEST(the_batch_of_this_context),
		TEST(small_rings),
		TEST(a_ring_of_three_pages),
		TEST(it_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
