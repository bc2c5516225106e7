// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests how vGPUs take turns at an engine: src/boundary/sched.c and engine.c. The test
 * plays the hardware: it checks the writes to the ports, and reports events.
 *
 * promise: P13, P17
 */
#include "boundary_world.h"

#define MS		1000000ull
#define MI_ARB_CHECK	0x02800000u
#define STARTED		XENGT_CSB_IDLE_ACTIVE
#define LEFT		XENGT_CSB_PREEMPTED
#define LITE		(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE)
#define LONGER		(10 * MS)	/* a time longer than a turn while another vGPU
					 * waits */
#define SWITCHED	(XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT)
#define IDLE		(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE)

static struct world *w;
static struct world_guest *a, *b, *c;

static int setup(void **state)
{
	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 3);
	a = &w->guests[0];
	b = &w->guests[1];
	c = &w->guests[2];
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t n = 0; n < 3; n++)
			guest_context(&w->guests[i], n, 1, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_destroy(w);
	return 0;
}

/* Emit two no-ops. */
static void emit_two(struct world_guest *g, uint32_t n)
{
	guest_emit(g, n, 0);
	guest_emit(g, n, 0);
}

static void submit(struct world_guest *g, uint32_t n, uint64_t seqno)
{
	emit_two(g, n);
	assert_int_equal(guest_submit(g, n, seqno), 0);
}

static struct xengt_slot *slot_of(struct world_guest *g, uint32_t n)
{
	for (uint32_t i = 0; i < XENGT_EXEC_SLOTS; i++)
		if (g->exec.lanes[0].slots[i].lrca ==
		    gaddr(g, IMAGE_FRAME(n)))
			return &g->exec.lanes[0].slots[i];
	fail_msg("no such context");
	return NULL;
}

static uint32_t tail_of(struct world_guest *g, uint32_t n)
{
	return ((uint32_t *)slot_of(g, n)->image.mem)[1024 + ST_TAIL_DW];
}

static void expect_ports(uint32_t n_ports, uint32_t first, uint32_t second)
{
	assert_int_equal(w->n_ports, n_ports);
	assert_int_equal(port_vgpu(w, 0), first);
	assert_int_equal(port_vgpu(w, 1), second);
}

static void expect_event(struct world_guest *g, uint32_t type, uint64_t seqno)
{
	struct xengt_event ev;

	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, type);
	assert_int_equal(ev.seqno, seqno);
}

static void expect_none(struct world_guest *g)
{
	struct xengt_event ev;

	assert_false(next_event(g, &ev));
}

static void one_after_the_other(void **state)
{
	(void)state;
	submit(a, 0, 1);
	assert_int_equal(w->wakes, 1);
	expect_ports(1, 1, 0);
	/* the module writes no more to the ports until the hardware acknowledges */
	submit(a, 1, 2);
	submit(b, 0, 1);
	assert_int_equal(w->n_ports, 1);
	hw_tell(w, STARTED);
	/*
	 * a's other context is in the second port; the context in the first port was
	 * written again, so its tail was moved to the end of the padding (exec.h, can_pad)
	 */
	expect_ports(2, 1, 1);
	assert_int_equal(tail_of(a, 0), 16);
	hw_tell(w, LITE);
	hw_tell(w, SWITCHED);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	/* then b's context is in the second port */
	expect_ports(3, 1, 2);
	hw_tell(w, LITE);
	hw_tell(w, SWITCHED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 2);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
	assert_int_equal(w->n_ports, 3);
	assert_int_equal(w->wakes, 0);
}

/*
 * The module may find several events at once. It must handle each sequence of events that
 * the hardware can report.
 */
static void many_events_at_once(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_event(w, STARTED);
	hw_event(w, IDLE);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	/* the context ran out of commands before the hardware saw the new tail */
	submit(a, 0, 2);
	hw_tell(w, STARTED);
	submit(a, 0, 3);
	expect_ports(3, 1, 0);
	hw_event(w, IDLE);
	hw_event(w, STARTED);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
	expect_none(a);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 3);
	expect_none(a);
	/* the engine is idle, so these events belong to no context */
	for (uint32_t i = 0; i < 20; i++)
		hw_tell(w, i & 1 ? IDLE : LITE);
	expect_none(a);
}

static void no_padding_where_it_would_run(void **state)
{
	(void)state;
	guest_emit(a, 0, MI_ARB_CHECK);
	guest_emit(a, 0, 0);
	/* the dword at the tail is a command that is no no-op */
	a->memory[RING_FRAME(0)][2] = 0x01000000;
	assert_int_equal(guest_submit(a, 0, 1), 0);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	/* so a's ring cannot be padded, and b waits until a has finished */
	expect_ports(1, 1, 0);
	hw_tell(w, IDLE);
	expect_ports(2, 2, 0);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
}

/* Make the module pad a's ring, so that b's context can be in the second port. */
static void run_padded(void)
{
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	assert_int_equal(tail_of(a, 0), 16);
	hw_tell(w, LITE);
}

static void padding_must_stay_what_it_was(void **state)
{
	(void)state;
	run_padded();
	guest_emit(a, 0, 0x01000000);
	guest_emit(a, 0, 0);
	assert_int_equal(guest_submit(a, 0, 2), -EAGAIN);
	hw_tell(w, SWITCHED);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	/* when a's work has ended, the guest may continue at the old tail */
	assert_int_equal(guest_submit(a, 0, 2), 0);
	hw_tell(w, LITE);
	hw_tell(w, SWITCHED);
	((uint32_t *)slot_of(a, 0)->image.mem)[1024 + ST_HEAD_DW] = 16;
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 2);
	assert_int_equal(state_of(a, 0)[ST_HEAD_DW], 16);
}

static uint32_t reads_of_ring;

/* Another vCPU changes the padding after the module's first read of it. */
static void *change_padding(void *ctx, xengt_gfn_t frame)
{
	if (xengt_gfn_x(frame) == RING_FRAME(0) && ++reads_of_ring == 2)
		a->memory[RING_FRAME(0)][2] = 0xdeadbeef;
	return guest_frame_at(ctx, frame);
}

static void padding_is_never_copied_again(void **state)
{
	struct xengt_guest_ops ops = guest_ops;
	const uint32_t *ring;

	(void)state;
	run_padded();
	ring = slot_of(a, 0)->ring.mem;
	for (uint32_t i = 0; i < 4; i++)
		guest_emit(a, 0, 0);
	ops.frame_at = change_padding;
	a->exec.guest.ops = &ops;
	reads_of_ring = 0;
	assert_int_equal(guest_submit(a, 0, 2), 0);
	assert_true(reads_of_ring >= 2);
	a->exec.guest.ops = &guest_ops;
	assert_int_equal(ring[2], 0);
	assert_int_equal(ring[3], 0);
	assert_int_equal(slot_of(a, 0)->tail, 24);
}

static void the_head_that_a_guest_sees(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	hw_tell(w, LITE);
	/* the engine has run the padding, too; the ring has wrapped */
	((uint32_t *)slot_of(a, 0)->image.mem)[1024 + ST_HEAD_DW] = 0x200010;
	hw_tell(w, SWITCHED);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	assert_int_equal(state_of(a, 0)[ST_HEAD_DW], 0x200008);
}

static void turns_go_round(void **state)
{
	struct world_guest *const all[3] = { a, b, c };
	uint32_t turns[4] = { 0 }, last = 0;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		submit(all[i], 0, 1);
	hw_tell(w, STARTED);
	/* each vGPU submits new work when its old work is done */
	for (uint32_t turn = 0; turn < 30; turn++) {
		uint32_t who = port_vgpu(w, 0);
		struct xengt_event ev;

		assert_int_not_equal(who, last);
		last = who;
		turns[who]++;
		hw_tell(w, LITE);
		hw_event(w, SWITCHED);
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0);
		assert_true(next_event(all[who - 1], &ev));
		submit(all[who - 1], 0, turn + 2);
	}
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(turns[i], 10);
}

/* The module must not overwrite commands in its ring that may have to run again. */
static void a_ring_is_not_overrun(void **state)
{
	uint32_t n = 1;
	int r;

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	do {
		emit_two(a, 0);
		r = guest_submit(a, 0, ++n);
		if (!r)
			hw_tell(w, LITE);
	} while (!r && n < 2000);
	assert_int_equal(r, -EAGAIN);
	assert_true(n > 500 && n <= 512);
}

/*
 * The module has sent a part of the ring to the hardware, and has copied the dwords after
 * this part as padding. The module refuses the guest's next submission. The refusal must
 * not change the padding, because later the module lets the hardware run the padding, so
 * that a neighbour's work can follow.
 */
static void no_padding_from_what_was_not_taken(struct world_guest *g,
					       int expected)
{
	const uint32_t *ring = slot_of(g, 0)->ring.mem;
	struct xengt_slot *slot = slot_of(g, 0);
	const uint32_t tail = slot->tail;

	assert_int_not_equal(slot->hw_tail, tail);
	assert_int_equal(guest_submit(g, 0, 9), expected);
	assert_int_equal(slot->tail, tail);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(ring[tail / 4 + i], 0);
	/* first b's turn; then the rest of g's ring, with c's work in the second port */
	w->now += LONGER;
	hw_tell(w, STARTED);
	expect_ports(2, 2, 0);
	hw_tell(w, LEFT);
	hw_tell(w, IDLE);
	expect_ports(3, 1, 0);
	assert_int_equal(tail_of(g, 0), tail);
	hw_tell(w, STARTED);
	submit(c, 0, 1);
	expect_ports(4, 1, 3);
	assert_int_equal(tail_of(g, 0), tail + 8);
	assert_int_equal(ring[tail / 4] | ring[tail / 4 + 1], 0);
}

static void emit_batch(struct world_guest *g, uint32_t n, uint32_t dw0,
		       uint32_t addr)
{
	guest_emit(g, n, dw0);
	guest_emit(g, n, addr);
	guest_emit(g, n, 0);
	guest_emit(g, n, 0);
}

static void refused_over_padding(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		emit_batch(a, 0, 0x18800101, 0x1000);
	assert_int_equal(guest_submit(a, 0, 1), 0);
	submit(b, 0, 1);
	guest_emit(a, 0, 0xdeadbeef);
	guest_emit(a, 0, 0xdeadbeef);
	no_padding_from_what_was_not_taken(a, -EBADMSG);
}

/* The module has no room for another copy of a batch until the context is complete. */
static void put_off_over_padding(void **state)
{
	const uint32_t pages = 40;

	(void)state;
	a->memory[BATCH_FRAME + pages - 1][1023] = 0x05000000;
	for (uint32_t i = 0; i < 9; i++)
		emit_batch(a, 0, 0x18800101, 0x1000);
	emit_batch(a, 0, 0x18800001, gaddr(a, BATCH_FRAME));
	assert_int_equal(guest_submit(a, 0, 1), 0);
	submit(b, 0, 1);
	emit_batch(a, 0, 0x18800001, gaddr(a, BATCH_FRAME));
	assert_int_equal(guest_submit(a, 0, 2), 0);
	emit_batch(a, 0, 0x18800001, gaddr(a, BATCH_FRAME));
	no_padding_from_what_was_not_taken(a, -EAGAIN);
}

/*
 * One dword of the ring is free, which is less than XENGT_PAD_BYTES. So the module adds
 * nothing to the ring, whatever tail the guest writes.
 */
static void a_ring_with_one_free_dword_is_full(void **state)
{
	const uint32_t *ring;

	(void)state;
	guest_context(a, 0, 1, 4);
	for (uint32_t i = 1; i < 1024; i++)
		guest_emit(a, 0, MI_ARB_CHECK);
	assert_int_equal(guest_submit(a, 0, 1), 0);
	hw_tell(w, STARTED);
	ring = slot_of(a, 0)->ring.mem;
	guest_emit(a, 0, 0xdeadbeef);
	guest_emit(a, 0, 0xdeadbeef);
	assert_int_equal(guest_submit(a, 0, 2), -EAGAIN);
	for (uint32_t i = 1; i < 1024; i++)
		assert_int_equal(ring[i], MI_ARB_CHECK);
}

/* A ring full of batches takes many turns; the neighbour has turns in between. */
static void a_long_ring_is_many_turns(void **state)
{
	const uint32_t part = 8 * 16, batches = 36;
	uint64_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < batches; i++) {
		guest_emit(a, 0, 0x18800101);
		guest_emit(a, 0, 0x1000);
		guest_emit(a, 0, 0);
		guest_emit(a, 0, 0);
	}
	assert_int_equal(guest_submit(a, 0, 1), 0);
	assert_int_equal(tail_of(a, 0), part);
	/*
	 * no other vGPU waits, so the module sends the next part early, but not the part
	 * after it
	 */
	hw_tell(w, STARTED);
	assert_int_equal(tail_of(a, 0), 2 * part);
	hw_tell(w, LITE);
	w->regs[(RCS + XENGT_RING_HEAD) / 4] = 0x200000 | (part - 16);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 1);
	assert_int_equal(tail_of(a, 0), 2 * part);
	/*
	 * when the engine is in the second part (the head's wrap count does not
	 * matter), the third part is sent
	 */
	w->regs[(RCS + XENGT_RING_HEAD) / 4] = 0x400000 | part;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 1);
	assert_int_equal(tail_of(a, 0), 3 * part);
	hw_tell(w, LITE);
	/* b submits, but a's work continues until a's turn is over */
	submit(b, 0, ++n);
	w->regs[(RCS + XENGT_RING_HEAD) / 4] = 2 * part + 16;
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 1);
	assert_int_equal(tail_of(a, 0), 4 * part);
	/*
	 * a's turn is over: the module sends no more of a's ring, and the engine switches
	 * to b
	 */
	w->now += LONGER;
	w->regs[(RCS + XENGT_RING_HEAD) / 4] = 3 * part + 16;
	hw_tell(w, LITE);
	assert_int_equal(port_vgpu(w, 0), 2);
	assert_int_equal(tail_of(a, 0), 4 * part);
	hw_tell(w, LEFT);
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, n);
	assert_int_equal(port_vgpu(w, 0), 1);
	assert_int_equal(tail_of(a, 0), batches * 16);
	expect_none(a);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
}

/*
 * The module refuses a ring that has too many batches without a point between them at
 * which the hardware can switch contexts.
 */
static void a_ring_without_a_pause(void **state)
{
	struct xengt_vgpu_submit work;

	(void)state;
	guest_emit(a, 0, 0x04000000);
	guest_emit(a, 0, 0);
	for (uint32_t i = 0; i < 33; i++) {
		guest_emit(a, 0, 0x18800101);
		guest_emit(a, 0, 0x1000);
		guest_emit(a, 0, 0);
		guest_emit(a, 0, 0);
	}
	work = guest_work(a, 0, 1);
	assert_int_equal(xengt_submit(&a->exec, &work), -EBADMSG);
	assert_int_equal(work.refused, XENGT_REFUSED_LIMIT);
	assert_int_equal(work.refused_at, gaddr(a, RING_FRAME(0)) + 8 + 32 * 16);
	assert_int_equal(work.refused_cmd, 0x18800101);
	assert_int_equal(w->n_ports, 0);
}

/* The bits for an engine's events are the bits of the engine's interrupt bank. */
static void masks_fit_their_banks(void **state)
{
	static const struct { uint32_t base, bank, shift; } engines[] = {
		{ 0x2000, 0x44300, 0 }, { 0x12000, 0x44310, 0 },
		{ 0x1a000, 0x44330, 0 }, { 0x22000, 0x44300, 16 },
	};

	(void)state;
	xengt_engine_irqs_enable(&w->sched);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(engines); i++) {
		uint32_t allowed = ~w->regs[(engines[i].base + XENGT_RING_IMR) / 4];

		assert_int_equal(allowed, XENGT_ENGINE_IRQ_ALL <<
					  engines[i].shift);
		assert_int_equal(allowed & w->regs[(engines[i].bank + 4) / 4],
				 0);
		assert_int_equal(allowed & ~w->regs[(engines[i].bank + 0xc) / 4],
				 0);
	}
}

static void interrupts_are_told_to_who_ran(void **state)
{
	struct xengt_event ev;

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	hw_tell(w, LITE);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0x111);
	assert_true(xengt_exec_next_event(&a->exec, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_ENGINE_IRQ);
	assert_int_equal(ev.value, 0x11);
	assert_false(xengt_exec_next_event(&b->exec, &ev));
	/* both vGPUs ran since the last interrupt, so both get an event */
	hw_event(w, SWITCHED);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 0x101);
	assert_true(xengt_exec_next_event(&a->exec, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_ENGINE_IRQ);
	assert_true(xengt_exec_next_event(&a->exec, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
	assert_true(xengt_exec_next_event(&b->exec, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_ENGINE_IRQ);
	/* the module reports many interrupts as one event */
	for (uint32_t i = 0; i < 100; i++)
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, 1);
	assert_true(xengt_exec_next_event(&b->exec, &ev));
	assert_false(xengt_exec_next_event(&b->exec, &ev));
	assert_false(b->exec.has_event);
}

static void run_until(uint64_t ms)
{
	for (uint64_t i = 0; i < ms; i++, w->now += MS)
		xengt_sched_tick(&w->sched);
}

static void a_lost_interrupt(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_event(w, STARTED);
	hw_event(w, IDLE);
	run_until(1);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	assert_false(xengt_sched_tick(&w->sched));
}

static void the_guilty_one_hangs(void **state)
{
	struct xengt_vgpu_submit work = guest_work(a, 0, 9);

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	/* if no other vGPU waits, a ring that makes progress may run without limit */
	for (uint32_t i = 0; i < 5; i++) {
		w->regs[(RCS + XENGT_RING_HEAD) / 4] = 8 * i;
		run_until(90);
	}
	assert_int_equal(w->resets, 0);
	/*
	 * when another vGPU waits, the module preempts a's context, which must stop
	 * within the timeout
	 */
	submit(a, 1, 2);
	submit(b, 0, 1);
	hw_tell(w, LITE);
	for (uint32_t i = 0; i < 9; i++) {
		w->regs[(RCS + XENGT_RING_HEAD) / 4] = 8 * i;
		run_until(10);
	}
	assert_int_equal(w->resets, 0);
	run_until(30);
	assert_int_equal(w->resets, 1);
	/* a's other context is dropped; b's context runs again, from its old image */
	expect_event(a, XENGT_EVENT_HUNG, 1);
	expect_none(a);
	expect_ports(w->n_ports, 2, 0);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
	assert_int_equal(a->exec.counters.hangs, 1);
	assert_int_equal(b->exec.counters.hangs, 0);
	/* until a resets its engine, the module accepts a's submissions and drops them */
	assert_int_equal(xengt_submit(&a->exec, &work), 0);
	assert_int_equal(w->wakes, 0);
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	assert_int_equal(xengt_submit(&a->exec, &work), 0);
	assert_int_equal(w->wakes, 1);
}

static bool hang_once(struct world_guest *g)
{
	struct xengt_event ev;

	guest_context(g, 0, 1, 0);
	submit(g, 0, 1);
	hw_tell(w, STARTED);
	run_until(110);
	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	return ev.value;
}

static void too_often(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < XENGT_SHARE_STOP; i++)
		assert_true(hang_once(a));
	/* after some time the module counts one hang less */
	w->now += XENGT_HANG_FORGET_MS * MS;
	assert_true(hang_once(a));
	assert_false(hang_once(a));
	emit_two(a, 0);
	assert_int_equal(guest_submit(a, 0, 2), -EIO);
	w->now += 100 * XENGT_HANG_FORGET_MS * MS;
	assert_int_equal(guest_submit(a, 0, 2), -EIO);
	/* b's work is not affected */
	submit(b, 0, 1);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
}

static void an_engine_that_does_not_come_back(void **state)
{
	struct xengt_event ev;

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	w->gdrst_sticks = true;
	run_until(110);
	assert_true(next_event(a, &ev) && ev.type == XENGT_EVENT_HUNG && !(ev.value & XENGT_HUNG_LOST));
	assert_true(next_event(b, &ev) && ev.value & XENGT_HUNG_LOST);
	assert_int_equal(w->wakes, 0);
	emit_two(b, 0);
	assert_int_equal(guest_submit(b, 0, 2), -EIO);
	w->gdrst_sticks = false;
	/* the whole GPU was reset, and after that no work runs */
	assert_int_equal(w->full_resets, 1);
	assert_int_equal(w->health.resets_failed, 1);
	assert_true(w->health.is_stopped);
	assert_false(w->health.is_lost);
}

/* The GPU may read images and rings for ever, so their memory stays allocated. */
static void a_gpu_that_does_not_come_back(void **state)
{
	uint32_t pages;

	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	w->gdrst_sticks = true;
	w->full_reset_sticks = true;
	pages = w->pages;
	run_until(110);
	expect_event(a, XENGT_EVENT_HUNG, 1);
	expect_event(b, XENGT_EVENT_HUNG, 1);
	assert_true(w->health.is_lost);
	xengt_exec_fini(&a->exec);
	xengt_exec_fini(&b->exec);
	assert_int_equal(w->pages, pages);
}

/*
 * For each slot of the CSB: an event is reported before its entry reaches memory. The module
 * overwrites each entry that it has read (CSB_POISON). So it sees that the slot has no new
 * entry yet, and reads the event from the CSB's register.
 */
static void late_events(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 7; i++) {
		submit(a, 0, i);
		hw_event_late(w, STARTED);
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS,
				XENGT_ENGINE_IRQ_SWITCH);
		expect_none(a);
		hw_event_late(w, IDLE);
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS,
				XENGT_ENGINE_IRQ_SWITCH);
		expect_event(a, XENGT_EVENT_COMPLETE, i);
	}
	submit(a, 0, 8);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 8);
}

/*
 * Hardware does not load the state of the context that it had last. So the first
 * submission of an image that the module has just made must force the load.
 */
static void an_image_made_anew_is_loaded(void **state)
{
	(void)state;
	submit(a, 0, 1);
	submit(b, 0, 1);
	assert_int_equal(w->ports[0][0] & 4, 4);
	hw_tell(w, STARTED);
	expect_ports(2, 1, 2);
	/* a's context is still on the engine; b's image was just made */
	assert_int_equal(w->ports[1][0] & 4, 0);
	assert_int_equal(w->ports[1][1] & 4, 4);
	hw_tell(w, LITE);
	hw_tell(w, SWITCHED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
	/* submit more work for the context that was last on the engine */
	submit(b, 0, 2);
	assert_int_equal(w->ports[2][0] & 4, 4);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, 2);
}

/* While the module waits, the hardware acknowledges the new contents of the ports. */
static void acknowledge(struct world *world)
{
	world->on_wait = NULL;
	hw_event(world, LITE);
}

static void reset_behind_another(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	hw_tell(w, LITE);
	expect_ports(2, 1, 2);
	w->on_wait = acknowledge;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	/*
	 * a's ring was padded; to go back to the shorter tail, the context must be loaded
	 * again
	 */
	expect_ports(3, 1, 0);
	assert_int_equal(w->ports[2][0] & 4, 4);
	assert_int_equal(w->resets, 0);
	expect_none(b);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
	/*
	 * b has had less time than a, so in the next steps b would have its turn before
	 * a; give b some time first
	 */
	submit(b, 0, 2);
	hw_tell(w, STARTED);
	w->now += 1000000;
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, 2);
	/* a's second submission comes while a's ring is not padded */
	submit(c, 0, 1);
	submit(a, 0, 2);
	submit(b, 0, 3);
	hw_tell(w, STARTED);
	hw_tell(w, LITE);
	hw_tell(w, SWITCHED);
	expect_ports(7, 1, 2);
	hw_tell(w, LITE);
	w->on_wait = acknowledge;
	assert_int_equal(xengt_exec_reset(&b->exec, 1), 0);
	expect_ports(8, 1, 0);
	assert_int_equal(w->resets, 0);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 2);
}

static void events_of_what_was_reset_do_not_come(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(a, 1, 2);
	hw_event(w, LITE);
	hw_event(w, SWITCHED);
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	expect_none(a);
	assert_int_equal(w->resets, 1);
	assert_int_equal(a->ppgtt.pins, 0);
	assert_int_equal(a->exec.hangs, 0);
	assert_int_equal(xengt_exec_reset(&a->exec, 1), 0);
	assert_int_equal(w->resets, 1);
	assert_int_equal(xengt_exec_reset(&a->exec, 0x10), -EINVAL);
}

static void a_vgpu_goes(void **state)
{
	(void)state;
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	submit(b, 0, 1);
	xengt_exec_fini(&a->exec);
	assert_int_equal(a->ppgtt.pins, 0);
	xengt_exec_fini(&a->exec);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(b, XENGT_EVENT_COMPLETE, 1);
}

static void so_many_vgpus_and_no_more(void **state)
{
	struct xengt_exec *more = calloc(XENGT_EXEC_VGPUS_MAX, sizeof(*more));
	uint32_t n = 0;
	int r;

	(void)state;
	assert_non_null(more);
	do
		r = xengt_exec_init(&more[n], &w->sched, &a->guest, &a->gtt,
				    &a->ppgtt, n + 4);
	while (!r && ++n < XENGT_EXEC_VGPUS_MAX);
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(n, XENGT_EXEC_VGPUS_MAX - 3);
	while (n--)
		xengt_exec_fini(&more[n]);
	assert_int_equal(w->sched.n_execs, 3);
	free(more);
}

static void after_suspend(void **state)
{
	uint32_t *hws = w->sched.engines[0].hws.mem;

	(void)state;
	hws[0x1f] = 3;
	memset(w->ggtt, 0, sizeof(w->ggtt));
	memset(w->regs, 0, sizeof(w->regs));
	assert_int_equal(xengt_sched_resume(&w->sched), 0);
	assert_int_equal(world_entries(w), world_own_pages(w));
	assert_int_equal(w->regs[(RCS + 0x80) / 4],
			 xengt_area_at(&w->sched.engines[0].hws));
	/* PAT has the value that Linux writes, whatever value it had before */
	assert_int_equal(w->regs[0x40e0 / 4], 0x00030907);
	assert_int_equal(w->regs[0x40e4 / 4], 0x3b2b1b0b);
	/*
	 * MOCS: a register of an engine describes one memory type, a register of the L3
	 * cache describes two
	 */
	assert_int_equal(w->regs[0xc800 / 4], 0x09);
	assert_int_equal(w->regs[0xcc08 / 4], 0x3b);
	assert_int_equal(w->regs[0xc90c / 4], 0x30);
	assert_int_equal(w->regs[0xcbfc / 4], 0x37);
	assert_int_equal(w->regs[0xb020 / 4], 0x00300010);
	assert_int_equal(w->regs[0xb09c / 4], 0x00100030);
	/*
	 * FORCE_TO_NONPRIV has the values that Linux writes; each other slot names NOPID,
	 * so that it opens no register
	 */
	assert_int_equal(w->regs[(RCS + XENGT_RING_NONPRIV) / 4], 0x2248);
	assert_int_equal(w->regs[(RCS + XENGT_RING_NONPRIV + 16) / 4],
			 REG_L3SQCREG4);
	for (uint32_t slot = 5; slot < XENGT_NONPRIV_SLOTS; slot++)
		assert_int_equal(w->regs[(RCS + XENGT_RING_NONPRIV) / 4 + slot],
				 RCS + XENGT_RING_NOPID);
	for (uint32_t slot = 0; slot < XENGT_NONPRIV_SLOTS; slot++)
		assert_int_equal(w->regs[(BCS + XENGT_RING_NONPRIV) / 4 + slot],
				 BCS + XENGT_RING_NOPID);
	submit(a, 0, 1);
	hw_tell(w, STARTED);
	hw_tell(w, IDLE);
	expect_event(a, XENGT_EVENT_COMPLETE, 1);
}

#define turn_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		turn_test(one_after_the_other),
		turn_test(many_events_at_once),
		turn_test(no_padding_where_it_would_run),
		turn_test(padding_must_stay_what_it_was),
		turn_test(padding_is_never_copied_again),
		turn_test(refused_over_padding),
		turn_test(put_off_over_padding),
		turn_test(the_head_that_a_guest_sees),
		turn_test(turns_go_round),
		turn_test(a_ring_is_not_overrun),
		turn_test(a_ring_with_one_free_dword_is_full),
		turn_test(a_long_ring_is_many_turns),
		turn_test(a_ring_without_a_pause),
		turn_test(masks_fit_their_banks),
		turn_test(interrupts_are_told_to_who_ran),
		turn_test(a_lost_interrupt),
		turn_test(the_guilty_one_hangs),
		turn_test(too_often),
		turn_test(an_engine_that_does_not_come_back),
		turn_test(a_gpu_that_does_not_come_back),
		turn_test(late_events),
		turn_test(an_image_made_anew_is_loaded),
		turn_test(reset_behind_another),
		turn_test(events_of_what_was_reset_do_not_come),
		turn_test(a_vgpu_goes),
		turn_test(so_many_vgpus_and_no_more),
		turn_test(after_suspend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
