// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the images and rings that the boundary makes for a guest's work:
 * src/boundary/context.c and submit.c. The hardware of boundary_world.h does nothing by
 * itself, so the test can check everything that the hardware would read.
 *
 * promise: P12
 */
#include "boundary_world.h"

#define LRI_ONE		0x11000001u
#define STORE_GGTT	0x10400002u
#define START_SECOND	0x00400000u
#define BATCH_END	0x05000000u
#define START_GGTT	0x18800001u
#define START_PPGTT	0x18800101u

static struct world *w;
static struct world_guest *g;

static int setup_on(enum xengt_platform_id platform)
{
	w = world_create(platform, 1);
	g = &w->guests[0];
	guest_map_space(g, BATCH_FRAME);
	guest_context(g, 0, 4, 0);
	return 0;
}

static int setup_skl(void **state)
{
	(void)state;
	return setup_on(XENGT_PLATFORM_SKL);
}

static int setup_bdw(void **state)
{
	(void)state;
	return setup_on(XENGT_PLATFORM_BDW);
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

static struct xengt_slot *slot(enum xengt_engine_id engine)
{
	struct xengt_slot *s = g->exec.lanes[engine].slots;

	return s[1].state == XENGT_SLOT_ON_HW ? &s[1] : &s[0];
}

static uint32_t *image(enum xengt_engine_id engine, uint32_t page)
{
	return (uint32_t *)slot(engine)->image.mem + page * 1024;
}

static int submit_to(enum xengt_engine_id engine,
		     struct xengt_vgpu_submit *ret_work)
{
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);
	int r;

	work.engine = engine;
	r = xengt_submit(&g->exec, &work);
	if (ret_work)
		*ret_work = work;
	return r;
}

/*
 * Returns the number of cachelines of the prelude, which runs before a guest's indirect
 * batch.
 */
static uint32_t own_lines(void)
{
	return w->sched.preludes[XENGT_ENGINE_RCS].n / 16;
}

static void expect_state_page(void)
{
	const uint32_t *mine = image(XENGT_ENGINE_RCS, 1);

	assert_int_equal(mine[0x01], 0x1100101b);
	assert_int_equal(mine[0x02], 0x2244);
	/*
	 * CTX_CONTROL inhibits the synchronous switch, does not inhibit restore and save,
	 * and has the guest's bit for the resource streamer
	 */
	assert_int_equal(mine[0x03], 0x000f000a);
	assert_int_equal(mine[0x04], 0x2034);
	assert_int_equal(mine[0x05], 0);
	assert_int_equal(mine[0x07], 8);
	assert_int_equal(mine[0x09], xengt_area_at(&slot(0)->ring));
	assert_true(mine[0x09] >= SPACE_FIRST << 12);
	assert_int_equal(mine[0x0b], 0x3001);
	/* the image must say that the context was saved outside of a batch */
	assert_int_equal(mine[0x0d] | mine[0x0f], 0);
	assert_int_equal(mine[0x11], 0x20);
	assert_int_equal(mine[0x13] | mine[0x15] | mine[0x17], 0);
	assert_int_equal(mine[0x19], 0);
	/* the indirect batch has only the prelude, at the offset that the module chooses */
	assert_int_equal(mine[0x1b], xengt_area_at(&slot(0)->wa) | own_lines());
	assert_int_equal(mine[0x1d], w->hw.platform->indirect_off << 6);
	assert_int_equal(mine[0x21], 0x11001011);
	assert_int_equal(mine[0x23], 0x1234);
	assert_int_equal(mine[0x31], 0x1);
	assert_int_equal(mine[0x33], 0x23456000);
	for (uint32_t i = 0x25; i < 0x31; i += 2)
		assert_int_equal(mine[i], 0);
	for (uint32_t i = 0x34; i < 0x40; i++)
		assert_int_equal(mine[i], 0);
}

/*
 * A hostile guest fills its state page with wrong values; only the dwords about the ring
 * are right.
 */
static void the_state_page_is_the_module_s(void **state)
{
	uint32_t *theirs = state_of(g, 0);

	(void)state;
	for (uint32_t i = 0x0c; i < 0x40; i++)
		theirs[i] = 0xffffffff;
	theirs[0x02] = 0x2230;			/* the offset of another register, which
						 * must not get into the module's image */
	theirs[0x03] = 0xffffffff;
	theirs[0x19] = theirs[0x1b] = 0;
	theirs[0x23] = 0x1234;
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	expect_state_page();
	/* nothing stays of what the hardware saved there before */
	memset(image(XENGT_ENGINE_RCS, 1), 0xff, 4 * XENGT_ST_ENGINE);
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	expect_state_page();
}

static void an_address_space_of_three_levels(void **state)
{
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);
	uint32_t *mine;

	(void)state;
	work.desc ^= 0x10;
	/*
	 * make the page directories at the addresses that the image must have
	 */
	work.ppgtt = guest_table(g, 3, 0);
	w->next_table = FIRST_TABLE;
	for (uint32_t i = 0; i < 4; i++) {
		const uint64_t entry = (uint64_t)guest_table(g, 2, 0) << 12 | 3;

		assert_int_equal(xengt_ppgtt_write(&g->ppgtt, work.ppgtt, i,
						   &entry, 1, NULL), 0);
	}
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	mine = image(XENGT_ENGINE_RCS, 1);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(mine[0x31 - 4 * i], 1);
		assert_int_equal(mine[0x33 - 4 * i], 0x23456000 + 0x1000 * i);
	}
	assert_int_equal(w->ports[0][0] & 0x18, 0x08);
}

static void the_descriptor_is_the_module_s(void **state)
{
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);

	(void)state;
	work.desc |= 0xfffffeull << 40 | 0xee6;
	work.desc &= ~0x10ull;
	work.desc |= 0x18;
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	assert_int_equal(w->n_ports, 1);
	assert_int_equal((uint32_t)w->ports[0][0],
			 xengt_area_at(&slot(0)->image) | 0x13d);
	assert_int_equal(w->ports[0][0] >> 32, 1u << 15 | 1);
	assert_int_equal(w->ports[0][1], 0);
}

static bool is_saved(uint32_t page, uint32_t dw)
{
	return page != 1 || dw >= XENGT_ST_ENGINE || dw == XENGT_ST_CTRL ||
	       dw == XENGT_ST_HEAD || dw == XENGT_ST_TIMESTAMP;
}

/*
 * A save writes the dwords that a guest may see to the guest's image, each to its own place.
 * Not a byte before, between or behind these dwords changes, and the bytes are counted. A
 * second save of the same values copies only the three dwords of the ring's state.
 */
static void what_a_save_writes(void **state)
{
	const struct xengt_exec *exec = &g->exec;

	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		const uint32_t pages = w->hw.platform->image_pages[e];
		const uint32_t *theirs = g->memory[IMAGE_FRAME(0)];
		uint32_t head, n = 0;
		uint64_t copied;

		guest_context(g, 0, 4, 0);
		guest_emit(g, 0, 0);
		guest_emit(g, 0, 0);
		assert_int_equal(submit_to(e, NULL), 0);
		head = image(e, 1)[XENGT_ST_HEAD];
		for (uint32_t i = 0; i < pages * 1024; i++)
			image(e, 0)[i] = 0x1000000 + i;
		image(e, 1)[XENGT_ST_HEAD] = head;
		memset(g->memory[IMAGE_FRAME(0) - 1], 0x5a, (pages + 2) * 4096ul);
		copied = exec->counters.bytes_copied;
		xengt_context_save(slot(e));
		for (uint32_t i = 0; i < pages * 1024; i++) {
			if (i != 1024 + XENGT_ST_HEAD)
				assert_int_equal(theirs[i], is_saved(i / 1024, i % 1024) ?
						 0x1000000 + i : 0x5a5a5a5a);
			n += is_saved(i / 1024, i % 1024);
		}
		assert_int_equal(theirs[-1], 0x5a5a5a5a);
		assert_int_equal(theirs[pages * 1024], 0x5a5a5a5a);
		assert_int_equal(exec->counters.bytes_copied - copied, 4 * n);
		xengt_context_save(slot(e));
		assert_int_equal(exec->counters.bytes_copied - copied, 4 * n + 12);
	}
}

/*
 * A read by the context's page tables gets the bytes at this address, also if it begins within
 * a page and crosses the end of the page. A part that is not mapped is an error.
 */
static void a_read_by_the_page_tables(void **state)
{
	const uint64_t entries[3] = {
		(uint64_t)DATA_FRAME << 12 | 3, (uint64_t)(DATA_FRAME + 5) << 12 | 3, 0,
	};
	uint8_t want[2 * 4096], is[4096];

	(void)state;
	for (uint32_t i = 0; i < 1024; i++) {
		g->memory[DATA_FRAME][i] = 0x11000000 + i;
		g->memory[DATA_FRAME + 5][i] = 0x22000000 + i;
	}
	memcpy(want, g->memory[DATA_FRAME], 4096);
	memcpy(want + 4096, g->memory[DATA_FRAME + 5], 4096);
	assert_int_equal(xengt_ppgtt_write(&g->ppgtt, g->leaf, 8, entries, 3, NULL), 0);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	for (uint32_t off = 0; off <= 4096; off += 0x80) {
		for (uint32_t bytes = 4; bytes <= 4096; bytes *= 4) {
			assert_int_equal(xengt_context_ppgtt_read(slot(0), 0x8000 + off, is,
								  bytes), 0);
			assert_memory_equal(is, want + off, bytes);
		}
	}
	assert_int_equal(xengt_context_ppgtt_read(slot(0), 0x9ffc, is, 8), -EBADMSG);
	assert_int_equal(xengt_context_ppgtt_read(slot(0), 0xa000, is, 4), -EBADMSG);
}

static void pages_that_are_not_there(void **state)
{
	const uint64_t none[2] = { 0, 0 };
	struct xengt_event ev;

	(void)state;
	assert_int_equal(xengt_gtt_write(&g->gtt, g->first + IMAGE_FRAME(0) + 3,
					 none, 2, NULL), 0);
	assert_int_equal(xengt_gtt_write(&g->gtt, g->first + RING_FRAME(0),
					 none, 1, NULL), 0);
	guest_emit(g, 0, 0xdeadbeef);
	guest_emit(g, 0, 0xdeadbeef);
	/*
	 * the ring is not mapped, so the module reads zeroes, as an engine would from the
	 * scratch page
	 */
	assert_int_equal(guest_submit(g, 0, 1), 0);
	assert_int_equal(((uint32_t *)slot(0)->ring.mem)[0], 0);
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
	image(XENGT_ENGINE_RCS, 3)[7] = 1;
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(g, &ev));
	assert_int_equal(g->memory[IMAGE_FRAME(0) + 3][7], 0);
}

static void the_ring_wraps(void **state)
{
	uint32_t *mine;

	(void)state;
	guest_context(g, 0, 2, 0x1ff0);
	for (uint32_t i = 0; i < 2; i++) {
		guest_emit(g, 0, STORE_GGTT);
		guest_emit(g, 0, gaddr(g, DATA_FRAME));
		guest_emit(g, 0, 0);
		guest_emit(g, 0, 0x10 + i);
	}
	assert_int_equal(guest_submit(g, 0, 1), 0);
	mine = slot(0)->ring.mem;
	assert_int_equal(slot(0)->ring.pages, 2);
	assert_int_equal(mine[0x7fc], STORE_GGTT);
	assert_int_equal(mine[0x7ff], 0x10);
	assert_int_equal(mine[0], STORE_GGTT);
	assert_int_equal(mine[3], 0x11);
	assert_int_equal(image(XENGT_ENGINE_RCS, 1)[ST_HEAD_DW], 0x1ff0);
	assert_int_equal(image(XENGT_ENGINE_RCS, 1)[ST_TAIL_DW], 0x10);
	/* a later store of the guest to its ring has no effect */
	g->memory[RING_FRAME(0)][0] = 0xdeadbeef;
	assert_int_equal(mine[0], STORE_GGTT);
}

static void emit_start(uint32_t start, uint32_t addr)
{
	guest_emit(g, 0, start);
	guest_emit(g, 0, addr);
	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
}

static void batches_are_copied_once(void **state)
{
	uint32_t *ring, *batch = g->memory[BATCH_FRAME];
	uint32_t at;

	(void)state;
	batch[4] = BATCH_END;
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME) + 8);
	assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
	ring = slot(XENGT_ENGINE_VCS)->ring.mem;
	at = xengt_area_at(&slot(XENGT_ENGINE_VCS)->batches);
	assert_int_equal(ring[1], at);
	assert_int_equal(ring[5], at);
	/*
	 * the third batch has 12 bytes of the same page; it gets a separate copy, in a new
	 * cacheline, at the same offset in the cacheline as the original
	 */
	assert_int_equal(ring[9], at + 64 + 8);
	assert_int_equal(slot(XENGT_ENGINE_VCS)->batch_top, 128);
}

static void user_batches_of_the_gen9_blitter(void **state)
{
	bool is_skl = w->hw.platform->id == XENGT_PLATFORM_SKL;
	uint32_t *batch = g->memory[BATCH_FRAME], *ring, *copy;

	(void)state;
	batch[0] = LRI_ONE;
	batch[1] = 0x22244;
	batch[2] = 0xffffffff;
	batch[3] = BATCH_END;
	emit_start(START_PPGTT, 0x7000);
	assert_int_equal(submit_to(XENGT_ENGINE_BCS, NULL), 0);
	ring = slot(XENGT_ENGINE_BCS)->ring.mem;
	if (!is_skl) {
		assert_int_equal(ring[0], START_PPGTT);
		assert_int_equal(ring[1], 0x7000);
		assert_int_equal(slot(XENGT_ENGINE_BCS)->batches.pages, 0);
		return;
	}
	assert_int_equal(ring[0], START_GGTT);
	assert_int_equal(ring[1],
			 xengt_area_at(&slot(XENGT_ENGINE_BCS)->batches));
	copy = slot(XENGT_ENGINE_BCS)->batches.mem;
	assert_int_not_equal(copy[1], 0x22244);
	assert_int_equal(copy[3], BATCH_END);
	/* a batch that does not begin where its page begins */
	assert_int_equal(xengt_exec_reset(&g->exec, 8), 0);
	for (uint32_t i = 0; i < 4; i++)
		batch[20 + i] = batch[i];
	batch[21] = BCS + REG_RING_GPR;
	emit_start(START_PPGTT, 0x7050);
	g->memory[RING_FRAME(0)][0] = 0;
	g->memory[RING_FRAME(0)][1] = 0;
	g->memory[RING_FRAME(0)][2] = 0;
	assert_int_equal(submit_to(XENGT_ENGINE_BCS, NULL), 0);
	copy = (uint32_t *)slot(XENGT_ENGINE_BCS)->batches.mem + 20;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(copy[i], batch[20 + i]);
	/* the batch's address is not mapped */
	guest_map_space(g, 0);
	assert_int_equal(xengt_exec_reset(&g->exec, 8), 0);
	assert_int_equal(submit_to(XENGT_ENGINE_BCS, NULL), -EBADMSG);
}

static void submit_refused(enum xengt_refusal why, uint64_t where,
			   uint32_t is_cut)
{
	struct xengt_vgpu_submit work;

	assert_int_equal(submit_to(XENGT_ENGINE_VCS, &work), -EBADMSG);
	assert_int_equal(work.refused, why);
	assert_int_equal(work.refused_at, where);
	if (why == XENGT_REFUSED_UNKNOWN)
		assert_int_equal(work.refused_cmd, g->memory[(where >> 12) - g->first]
							    [where / 4 % 1024]);
	assert_int_equal(work.is_cut, is_cut);
	assert_int_equal(w->n_ports, is_cut);
}

static void expect_refused(enum xengt_refusal why, uint64_t where)
{
	submit_refused(why, where, 0);
	assert_int_equal(g->ppgtt.pins, 0);
}

/*
 * Does the same as expect_refused(), but expects that the commands before ring offset
 * 'tail' run. Then drops the work by a reset.
 */
static void expect_cut(enum xengt_refusal why, uint64_t where, uint32_t tail)
{
	submit_refused(why, where, 1);
	assert_int_equal(slot(XENGT_ENGINE_VCS)->tail, tail);
	assert_false(slot(XENGT_ENGINE_VCS)->can_pad);
	assert_int_equal(xengt_exec_reset(&g->exec, 2), 0);
	w->n_ports = 0;
}

/*
 * The commands before a refused command run. The refused command and the commands after it
 * do not run.
 */
static void rings_are_cut(void **state)
{
	uint32_t *ring;

	(void)state;
	for (uint32_t nops = 0; nops < 4; nops++) {
		guest_context(g, 0, 4, 0);
		for (uint32_t i = 0; i < nops; i++)
			guest_emit(g, 0, 0x01000000);	/* MI_USER_INTERRUPT */
		guest_emit(g, 0, 0xdeadbeef);
		guest_emit(g, 0, 0);
		if (!nops) {
			expect_refused(XENGT_REFUSED_UNKNOWN,
				       gaddr(g, RING_FRAME(0)));
			continue;
		}
		expect_cut(XENGT_REFUSED_UNKNOWN,
			   gaddr(g, RING_FRAME(0)) + 4 * nops,
			   (nops + 1) / 2 * 8);
		ring = slot(XENGT_ENGINE_VCS)->ring.mem;
		if (nops % 2)
			assert_int_equal(ring[nops], 0);
	}
}

static void batches_have_bounds(void **state)
{
	uint32_t *batch = g->memory[BATCH_FRAME];
	const uint32_t depth = XENGT_BATCH_DEPTH;

	(void)state;
	/* a batch without an end */
	for (uint32_t i = 0; i < 100; i++)
		memset(g->memory[BATCH_FRAME + i], 0, 4096);
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
	expect_refused(XENGT_REFUSED_LIMIT, gaddr(g, BATCH_FRAME) +
		       XENGT_BATCH_BYTES_MAX);
	/* the last dword that is read is alone in its chunk */
	guest_context(g, 0, 4, 0);
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME) + 4);
	expect_refused(XENGT_REFUSED_LIMIT, gaddr(g, BATCH_FRAME) + 4 +
		       XENGT_BATCH_BYTES_MAX);
	guest_context(g, 0, 4, 0);
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
	/* each batch starts the next one, to a depth of one more than is allowed */
	for (uint32_t i = 0; i <= depth; i++) {
		batch = g->memory[BATCH_FRAME + i];
		batch[0] = START_GGTT;
		batch[1] = gaddr(g, BATCH_FRAME + i + 1);
	}
	expect_refused(XENGT_REFUSED_LIMIT, gaddr(g, BATCH_FRAME + depth));
	g->memory[BATCH_FRAME + depth - 1][0] = BATCH_END;
	assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
	assert_int_equal(xengt_exec_reset(&g->exec, 2), 0);
	/* both batches return; each copy has room for the longest batch */
	g->memory[BATCH_FRAME][0] |= START_SECOND;
	g->memory[BATCH_FRAME][3] = BATCH_END;
	g->memory[BATCH_FRAME + 1][0] = BATCH_END;
	assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
	batch = slot(XENGT_ENGINE_VCS)->batches.mem;
	assert_int_equal(batch[1] - xengt_area_at(&slot(XENGT_ENGINE_VCS)->batches),
			 XENGT_BATCH_BYTES_MAX);
	assert_int_equal(xengt_exec_reset(&g->exec, 2), 0);
	g->memory[BATCH_FRAME][0] = START_GGTT;
	/*
	 * a batch that starts itself is a loop for the GPU, but the module must copy it
	 * only once
	 */
	g->memory[BATCH_FRAME][1] = gaddr(g, BATCH_FRAME);
	assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
	batch = slot(XENGT_ENGINE_VCS)->batches.mem;
	assert_int_equal(batch[1],
			 xengt_area_at(&slot(XENGT_ENGINE_VCS)->batches));
}

/* Neighbours in the graphics memory need not be neighbours in the guest's RAM. */
static void a_read_follows_the_entries(void **state)
{
	const uint64_t entry = (uint64_t)DATA_FRAME << 12 | 1;
	const uint32_t addr = gaddr(g, RING_FRAME(0)) + 4000;
	uint8_t buf[4300];
	uint64_t copied = g->exec.counters.bytes_copied;

	(void)state;
	memset(g->memory[RING_FRAME(0)], 0x11, 4096);
	memset(g->memory[RING_FRAME(0) + 1], 0x22, 4096);
	memset(g->memory[RING_FRAME(0) + 2], 0x33, 4096);
	memset(g->memory[DATA_FRAME], 0x44, 4096);
	assert_int_equal(xengt_gtt_write(&g->gtt, (addr >> 12) + 1, &entry, 1, NULL), 0);
	xengt_context_guest_read(&g->exec, addr, buf, sizeof(buf));
	for (uint32_t i = 0; i < sizeof(buf); i++)
		assert_int_equal(buf[i], i < 96 ? 0x11 : i < 4192 ? 0x44 : 0x33);
	assert_int_equal(g->exec.counters.bytes_copied - copied, sizeof(buf));
}

/* Write a batch of no-ops with an END as its last dword; returns the frame behind it. */
static uint32_t plant_batch(uint32_t frame, uint32_t bytes)
{
	uint32_t last = bytes / 4 - 1;

	for (uint32_t i = 0; i <= last / 1024; i++)
		memset(g->memory[frame + i], 0, 4096);
	g->memory[frame + last / 1024][last % 1024] = BATCH_END;
	return frame + last / 1024 + 1;
}

/*
 * The area of copies is full: a batch still fits if behind its offset in its page one cacheline
 * is left; otherwise it is refused.
 */
static void the_last_batch_needs_a_cacheline(void **state)
{
	const uint32_t all = XENGT_BATCH_PAGES * 4096, half = XENGT_BATCH_BYTES_MAX;
	static const struct {
		uint32_t room, off;
		bool fits;
	} cases[] = {
		{ 64, 0, true }, { 64, 4, false }, { 64, 64, false }, { 64, 128, false },
		{ 128, 64, true }, { 128, 68, false }, { 128, 128, false }, { 192, 128, true },
		{ 192, 132, false }, { 4160, 4092, true }, { 0, 0, false },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t one, last;

		guest_context(g, 0, 4, 0);
		w->n_ports = 0;
		one = plant_batch(BATCH_FRAME, half);
		last = plant_batch(one, all - half - cases[i].room);
		plant_batch(last, 8192);
		g->memory[last + cases[i].off / 4096][cases[i].off / 4 % 1024] = BATCH_END;
		emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
		emit_start(START_GGTT, gaddr(g, one));
		emit_start(START_GGTT, gaddr(g, last) + cases[i].off);
		if (!cases[i].fits) {
			expect_cut(XENGT_REFUSED_LIMIT, gaddr(g, last) + cases[i].off, 32);
			continue;
		}
		assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
		assert_int_equal(((uint32_t *)slot(XENGT_ENGINE_VCS)->ring.mem)[9],
				 xengt_area_at(&slot(XENGT_ENGINE_VCS)->batches) + all -
				 cases[i].room + cases[i].off);
		assert_int_equal(slot(XENGT_ENGINE_VCS)->batch_top, all - cases[i].room +
				 (cases[i].off + 4 + 63) / 64 * 64);
		assert_int_equal(xengt_exec_reset(&g->exec, 2), 0);
	}
}

static uint32_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

#define TREE	6u

/* Returns batch i of the tree. Only the last batch may be longer than its two pages. */
static uint32_t *tree_batch(uint32_t i)
{
	return g->memory[BATCH_FRAME + 2 * i];
}

/*
 * Make batches of numbered no-ops. Each batch may call later batches, and may end with a
 * jump to a later batch.
 */
static void plant_tree(void)
{
	for (uint32_t i = 0; i < TREE; i++) {
		bool is_long = i == TREE - 1 && rnd(2);
		uint32_t len = 16 + rnd(is_long ? 64000 : 1500), at;
		uint32_t *b = tree_batch(i);

		for (uint32_t k = 0; k < len; k++)
			b[k] = 1 + i * 0x10000 + k;
		b[len] = BATCH_END;
		for (at = rnd(8); i < TREE - 1 && at + 3 < len && rnd(3);
		     at += 3 + rnd(400)) {
			b[at] = START_GGTT | START_SECOND;
			b[at + 1] = gaddr(g, BATCH_FRAME) + 0x2000 *
				(i + 1 + rnd(TREE - 1 - i));
			b[at + 2] = 0;
		}
		if (i < TREE - 1 && rnd(2)) {
			b[len] = START_GGTT;
			b[len + 1] = gaddr(g, BATCH_FRAME) + 0x2000 *
				(i + 1 + rnd(TREE - 1 - i));
			b[len + 2] = 0;
		}
	}
}

/*
 * Compare a copy with the guest's batch, except for the addresses of started
 * batches. Returns the number of dwords.
 */
static uint32_t compare_copy(const uint32_t *copy, const uint32_t *theirs)
{
	uint32_t k = 0;

	for (;; k++) {
		assert_int_equal(copy[k], theirs[k]);
		/* the hardware may skip a jump, so an END follows it */
		if (theirs[k] == START_GGTT)
			assert_int_equal(copy[k + 3], BATCH_END);
		if (theirs[k] == BATCH_END || theirs[k] == START_GGTT)
			return k + 1;
		if (theirs[k] == (START_GGTT | START_SECOND))
			k += 2;
	}
}

/*
 * Check the copies of one submission, and append them to the log. Returns their
 * number.
 */
static uint32_t compare_tree(struct xengt_batch_memo *log)
{
	const struct xengt_slot *s = slot(XENGT_ENGINE_VCS);
	uint32_t base = xengt_area_at(&s->batches);

	for (uint32_t i = 0; i < w->sched.n_memo; i++) {
		const struct xengt_batch_memo *m = &w->sched.memo[i];

		compare_copy((uint32_t *)s->batches.mem + (m->copy - base) / 4,
			     tree_batch((uint32_t)(m->addr -
						   gaddr(g, BATCH_FRAME)) /
					0x2000));
		log[i] = *m;
	}
	return w->sched.n_memo;
}

/*
 * After the module has made the copies of a tree of batches, each copy has the audited
 * dwords, whatever the tree's shape is. The copies are also right after the guest added
 * work while older copies were in flight.
 */
static void no_copy_lies_over_another(void **state)
{
	struct xengt_batch_memo log[XENGT_BATCHES_MAX];
	uint32_t one = 0, both = 0, n;

	(void)state;
	for (seed = 1; seed < 1500; seed++) {
		uint32_t start = seed;

		guest_context(g, 0, 4, 0);
		plant_tree();
		emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
		if (submit_to(XENGT_ENGINE_VCS, NULL)) {
			xengt_exec_reset(&g->exec, 2);
			w->n_ports = 0;
			seed = start;
			continue;
		}
		one++;
		n = compare_tree(log);
		emit_start(START_GGTT, gaddr(g, BATCH_FRAME) + 0x2000 *
			   rnd(TREE));
		if (!submit_to(XENGT_ENGINE_VCS, NULL)) {
			compare_tree(log + n);
			both++;
			memcpy(w->sched.memo, log, n * sizeof(log[0]));
			w->sched.n_memo = n;
			compare_tree(log);
		}
		xengt_exec_reset(&g->exec, 2);
		w->n_ports = 0;
		seed = start;
	}
	assert_true(one > 500 && both > 100);
}

static void so_many_batches_and_no_more(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= XENGT_BATCHES_MAX; i++) {
		g->memory[BATCH_FRAME][2 * i] = BATCH_END;
		emit_start(START_GGTT, gaddr(g, BATCH_FRAME) + 8 * i);
	}
	expect_cut(XENGT_REFUSED_LIMIT, gaddr(g, BATCH_FRAME) +
		   8 * XENGT_BATCHES_MAX, 16 * XENGT_BATCHES_MAX);
	guest_context(g, 0, 4, 0);
	for (uint32_t i = 0; i < XENGT_BATCHES_MAX; i++)
		emit_start(START_GGTT, gaddr(g, BATCH_FRAME) + 8 * i);
	assert_int_equal(submit_to(XENGT_ENGINE_VCS, NULL), 0);
}

static void batches_of_the_context(void **state)
{
	uint32_t prelude[XENGT_PRELUDE_DWORDS];
	uint32_t *st = state_of(g, 0), *mine, at;

	(void)state;
	st[0x19] = gaddr(g, BATCH_FRAME) | 1;
	st[0x1b] = gaddr(g, BATCH_FRAME + 1) | 2;
	st[0x1d] = 0xffffffff;
	g->memory[BATCH_FRAME][0] = BATCH_END;
	g->memory[BATCH_FRAME + 1][31] = 0x02800000;	/* MI_ARB_CHECK */
	g->memory[BATCH_FRAME + 1][32] = 0xdeadbeef;	/* behind the batch */
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	mine = image(XENGT_ENGINE_RCS, 1);
	at = xengt_area_at(&slot(0)->wa);
	assert_int_equal(mine[0x19], (at + 4096) | 1);
	assert_int_equal(mine[0x1b], at | (own_lines() + 2));
	assert_int_equal(mine[0x1d], w->hw.platform->indirect_off << 6);
	/* the prelude, with the address that it clears, then the guest's commands */
	memcpy(prelude, w->sched.preludes[0].dw, 64 * own_lines());
	prelude[w->sched.preludes[0].done_at] = at + XENGT_PRELUDE_DONE;
	assert_memory_equal(slot(0)->wa.mem, prelude, 64 * own_lines());
	assert_int_equal(((uint32_t *)slot(0)->wa.mem)[16 * own_lines() + 31],
			 0x02800000);
	assert_int_equal(((uint32_t *)slot(0)->wa.mem)[1024], BATCH_END);
	/* a pointer without its valid bit, or with length 0, starts no batch */
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	st[0x19] &= ~1u;
	st[0x1b] &= ~0x3fu;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	mine = image(XENGT_ENGINE_RCS, 1);
	assert_int_equal(mine[0x19], 0);
	assert_int_equal(mine[0x1b], xengt_area_at(&slot(0)->wa) | own_lines());
}

static void batches_of_the_context_have_bounds(void **state)
{
	uint32_t *st = state_of(g, 0);
	struct xengt_vgpu_submit work;

	(void)state;
	st[0x19] = gaddr(g, BATCH_FRAME);
	g->memory[BATCH_FRAME][0] = BATCH_END;
	/* a batch that is too long to fit after the prelude */
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	st[0x1b] = gaddr(g, BATCH_FRAME + 1) | (64 - own_lines());
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, &work), -EBADMSG);
	assert_int_equal(work.refused, XENGT_REFUSED_LIMIT);
	assert_int_equal(work.refused_at, gaddr(g, BATCH_FRAME + 1));
	st[0x1b]--;
	w->n_ports = 0;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
	st[0x1b] = 0;
	/* a refused command of the indirect batch is not forgotten for the other batch */
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	st[0x19] |= 1;
	st[0x1b] = gaddr(g, BATCH_FRAME + 1) | 1;
	g->memory[BATCH_FRAME + 1][5] = 0xdeadbeef;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, &work), -EBADMSG);
	assert_int_equal(work.refused, XENGT_REFUSED_UNKNOWN);
	assert_int_equal(work.refused_at, gaddr(g, BATCH_FRAME + 1) + 20);
	st[0x1b] = 0;
	/* a per-context batch without an END cannot run */
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	w->n_ports = 0;
	st[0x19] |= 1;
	g->memory[BATCH_FRAME][0] = 0;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), -EBADMSG);
	/* the END may be the last dword of the longest batch, and not the next one */
	g->memory[BATCH_FRAME + XENGT_PER_CTX_BYTES_MAX / 4096][0] = BATCH_END;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), -EBADMSG);
	g->memory[BATCH_FRAME][XENGT_PER_CTX_BYTES_MAX / 4 - 1] = BATCH_END;
	assert_int_equal(submit_to(XENGT_ENGINE_RCS, NULL), 0);
}

/* The largest rings for all slots together would need more memory than a vGPU may have. */
static void memory_has_a_bound(void **state)
{
	struct xengt_vgpu_submit work;
	uint32_t n = 0;
	int r = 0;

	(void)state;
	for (uint32_t e = 0; e < XENGT_ENGINES && !r; e++) {
		for (uint32_t i = 0; i < XENGT_EXEC_SLOTS && !r; i++) {
			guest_context(g, i, 128, 0);
			work = guest_work(g, i, 1);
			work.engine = e;
			r = xengt_submit(&g->exec, &work);
			n += !r;
			assert_true(w->pages <= XENGT_EXEC_PAGES_MAX +
					       world_own_pages(w));
		}
	}
	assert_int_equal(r, -EBADMSG);
	assert_int_equal(work.refused, XENGT_REFUSED_LIMIT);
	assert_int_equal(work.refused_at, work.desc & 0xfffff000u);
	assert_true(n >= 6);
}

/*
 * The test makes one step of the host after another fail: nothing stays allocated, and a
 * second try succeeds.
 */
static void the_host_fails(void **state)
{
	uint32_t failures = 0;

	(void)state;
	state_of(g, 0)[0x19] = gaddr(g, BATCH_FRAME) | 1;
	g->memory[BATCH_FRAME][0] = BATCH_END;
	emit_start(START_GGTT, gaddr(g, BATCH_FRAME));
	for (w->pages_max = w->pages; w->pages_max < 1000; w->pages_max++) {
		int r = guest_submit(g, 0, 1);

		if (!r)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(g->ppgtt.pins, 0);
		assert_int_equal(w->n_ports, 0);
		failures++;
	}
	assert_true(failures > 20);
	assert_int_equal(w->n_ports, 1);
}

#define skl(f) cmocka_unit_test_setup_teardown(f, setup_skl, teardown)
#define bdw(f) { .name = #f " (bdw)", .test_func = f, .setup_func = setup_bdw, \
		 .teardown_func = teardown }

int main(void)
{
	const struct CMUnitTest tests[] = {
		skl(the_state_page_is_the_module_s),
		bdw(the_state_page_is_the_module_s),
		skl(an_address_space_of_three_levels),
		skl(the_descriptor_is_the_module_s),
		skl(what_a_save_writes),
		bdw(what_a_save_writes),
		skl(a_read_by_the_page_tables),
		skl(pages_that_are_not_there),
		skl(the_ring_wraps),
		skl(batches_are_copied_once),
		skl(user_batches_of_the_gen9_blitter),
		bdw(user_batches_of_the_gen9_blitter),
		skl(batches_have_bounds),
		skl(the_last_batch_needs_a_cacheline),
		skl(a_read_follows_the_entries),
		skl(no_copy_lies_over_another),
		skl(so_many_batches_and_no_more),
		skl(rings_are_cut),
		skl(batches_of_the_context),
		skl(batches_of_the_context_have_bounds),
		skl(memory_has_a_bound),
		skl(the_host_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
