// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the prelude (src/boundary/prelude.c) on an engine without indirect batch, which runs
 * the prelude from the ring. test_residue tests what the prelude does to registers.
 *
 * promise: P17
 */
#include "boundary_world.h"

#include "boundary/prelude.h"

#define ENGINE		XENGT_ENGINE_VCS
#define BB_ADDR_DW	0x0f
#define ARB_OFF		0x04000000u
#define ARB_ON		0x04000001u
#define MI_START	0x18800001u
#define MI_BATCH_END	0x05000000u

static struct world *w;
static struct world_guest *a, *b;

static int setup_on(enum xengt_platform_id platform)
{
	w = world_create(platform, 2);
	a = &w->guests[0];
	b = &w->guests[1];
	guest_context(a, 0, 1, 0x100);
	guest_context(b, 0, 1, 0x100);
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

/* Returns the slot of the guest's only context. */
static struct xengt_slot *slot_of(struct world_guest *g)
{
	struct xengt_slot *s = g->exec.lanes[ENGINE].slots;

	return s[0].lrca ? &s[0] : &s[1];
}

static uint32_t head_of(struct world_guest *g)
{
	return xengt_context_head_at(slot_of(g));
}

static int send(struct world_guest *g)
{
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);

	guest_emit(g, 0, 0);
	guest_emit(g, 0, 0);
	work.engine = ENGINE;
	return xengt_submit(&g->exec, &work);
}

static void tell(uint32_t status)
{
	uint32_t *hws = w->sched.engines[ENGINE].hws.mem;

	w->csb_wp[ENGINE] = (w->csb_wp[ENGINE] + 1) % 6;
	hws[0x10 + 2 * w->csb_wp[ENGINE]] = status;
	hws[0x1f] = w->csb_wp[ENGINE];
	xengt_sched_irq(&w->sched, ENGINE, XENGT_ENGINE_IRQ_SWITCH);
}

/* Let the context run its ring to the end, and save its image. */
static void finish(struct world_guest *g)
{
	struct xengt_slot *slot = slot_of(g);
	struct xengt_event ev;

	tell(XENGT_CSB_IDLE_ACTIVE);
	xengt_context_set_head_at(slot, slot->hw_tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
}

static void run(struct world_guest *g)
{
	assert_int_equal(send(g), 0);
	finish(g);
}

static uint32_t *ring_of(struct world_guest *g)
{
	return slot_of(g)->ring.mem;
}

static void expect_start(struct world_guest *g, uint32_t at)
{
	const uint32_t *dw = ring_of(g) + at / 4;

	assert_int_equal(head_of(g), at);
	/*
	 * arbitration is off, so the engine does not switch to another context in the prelude
	 */
	assert_int_equal(dw[0], ARB_OFF);
	assert_int_equal(dw[1], MI_START);
	assert_int_equal(dw[2], xengt_area_at(&w->sched.engines[ENGINE].hws) +
				4096);
	assert_int_equal(dw[3], 0);
	assert_int_equal(dw[4], ARB_ON);
	assert_int_equal(dw[5], 0);
}

static void at_a_change_of_guest(void **state)
{
	const struct xengt_prelude *p = &w->sched.preludes[ENGINE];

	(void)state;
	/*
	 * one load of registers, then an END; on Gen8 the command loads 32 general purpose
	 * registers, too
	 */
	assert_int_equal(p->dw[0] & 0xff800000, 0x11000000);
	assert_int_equal(p->dw[p->n - 1], MI_BATCH_END);
	assert_true(w->hw.platform->id != XENGT_PLATFORM_BDW || p->n > 64);
	assert_memory_equal((uint32_t *)w->sched.engines[ENGINE].hws.mem + 1024,
			    p->dw, 4 * p->n);

	assert_int_equal(send(a), 0);
	expect_start(a, 0xe8);
	finish(a);
	/* the same guest runs again, so there is no prelude */
	assert_int_equal(send(a), 0);
	assert_int_equal(head_of(a), 0x108);
	finish(a);
	assert_int_equal(send(b), 0);
	expect_start(b, 0xe8);
	finish(b);
	assert_int_equal(send(a), 0);
	expect_start(a, 0xf8);
}

/* After a reset the module does not know whose commands ran last, so the prelude runs. */
static void after_a_reset(void **state)
{
	(void)state;
	run(a);
	assert_int_equal(send(a), 0);
	assert_int_equal(head_of(a), 0x108);
	assert_int_equal(xengt_exec_reset(&a->exec, 1u << ENGINE), 0);
	assert_int_equal(send(a), 0);
	expect_start(a, 0xf0);
}

/* After a guest has ended, a new guest with the same id is a different guest. */
static void after_the_end_of_a_guest(void **state)
{
	(void)state;
	run(a);
	xengt_exec_fini(&a->exec);
	memset(&a->exec, 0, sizeof(a->exec));
	assert_int_equal(xengt_exec_init(&a->exec, &w->sched, &a->guest,
					 &a->gtt, &a->ppgtt, 1), 0);
	assert_int_equal(send(a), 0);
	expect_start(a, 0xf0);
}

/* Let the engine acknowledge the contexts that were written to its ports. */
static void acknowledge(struct world *world)
{
	(void)world;
	tell(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
}

/*
 * A reset removes b's context from the second port before the context runs. a's next work still
 * needs the prelude.
 */
static void after_one_that_did_not_run(void **state)
{
	struct xengt_event ev;

	(void)state;
	run(a);
	assert_int_equal(send(a), 0);
	tell(XENGT_CSB_IDLE_ACTIVE);
	assert_int_equal(head_of(a), 0x108);
	/* b's context is in the second port, after a's; b's reset removes it */
	assert_int_equal(send(b), 0);
	assert_int_equal(w->sched.engines[ENGINE].last_vgpu, 2);
	w->on_wait = acknowledge;
	assert_int_equal(xengt_exec_reset(&b->exec, 1u << ENGINE), 0);
	xengt_context_set_head_at(slot_of(a), slot_of(a)->hw_tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(a, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
	assert_int_equal(send(a), 0);
	expect_start(a, 0xf8);
}

/*
 * A reset removes b's context from the second port while a's context stays in the first. The
 * engine may have begun b's context, so a's next work needs the prelude.
 */
static void no_more_work_after_another_guest(void **state)
{
	uint32_t tail, ports;

	(void)state;
	assert_int_equal(send(a), 0);
	tell(XENGT_CSB_IDLE_ACTIVE);
	assert_int_equal(send(b), 0);
	w->on_wait = acknowledge;
	assert_int_equal(xengt_exec_reset(&b->exec, 1u << ENGINE), 0);
	w->on_wait = NULL;
	assert_ptr_equal(w->sched.engines[ENGINE].active.slot[0], slot_of(a));
	assert_null(w->sched.engines[ENGINE].active.slot[1]);
	tail = slot_of(a)->hw_tail;
	ports = w->n_ports;
	/* (submit twice, because the padding may be as long as the first submission) */
	assert_int_equal(send(a), 0);
	assert_int_equal(send(a), 0);
	assert_int_equal(slot_of(a)->hw_tail, tail);
	assert_int_equal(w->n_ports, ports);
	xengt_context_set_head_at(slot_of(a), tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	expect_start(a, tail - 24);
}

/*
 * While b's context is in the second port, the engine may have begun b's context already. So
 * a's new work waits until a's context is loaded again, with the prelude.
 */
static void no_more_work_before_another_guest(void **state)
{
	uint32_t tail, ports;

	(void)state;
	assert_int_equal(send(a), 0);
	assert_int_equal(send(b), 0);
	assert_int_equal(send(a), 0);
	tell(XENGT_CSB_IDLE_ACTIVE);
	/* a's context was written to the port again with more work, so it needs no padding */
	acknowledge(w);
	assert_ptr_equal(w->sched.engines[ENGINE].active.slot[1], slot_of(b));
	assert_false(slot_of(a)->is_padded);
	tail = slot_of(a)->hw_tail;
	ports = w->n_ports;
	assert_int_equal(send(a), 0);
	assert_int_equal(slot_of(a)->hw_tail, tail);
	assert_int_equal(w->n_ports, ports);
	/* the engine begins b's context, and runs it to its end */
	xengt_context_set_head_at(slot_of(a), tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ELEMENT);
	xengt_context_set_head_at(slot_of(b), slot_of(b)->hw_tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	expect_start(a, tail - 24);
}

static void set_batch(struct world_guest *g, uint32_t bb_addr)
{
	((uint32_t *)slot_of(g)->image.mem)[1024 + BB_ADDR_DW] = bb_addr;
}

/*
 * The engine preempts a's context and runs b's. a's context stops with its head at 'head';
 * 'batch' is the value of its batch address register.
 */
static void leave(uint32_t head, uint32_t batch)
{
	assert_int_equal(send(a), 0);
	tell(XENGT_CSB_IDLE_ACTIVE);
	assert_int_equal(send(b), 0);
	tell(XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE);
	w->now += 10 * XENGT_NS_PER_MS;
	xengt_sched_tick(&w->sched);
	xengt_context_set_head_at(slot_of(a), head);
	set_batch(a, batch);
	tell(XENGT_CSB_PREEMPTED);
	xengt_context_set_head_at(slot_of(b), slot_of(b)->hw_tail);
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
}

/*
 * A context that was preempted in a batch continues in the batch, so it begins without a
 * prelude.
 */
static void in_a_batch_there_is_none(void **state)
{
	(void)state;
	leave(0x104, 0x5000 | 1);
	assert_int_equal(w->sched.engines[ENGINE].active.slot[0], NULL);
	assert_int_equal(head_of(a), 0x104);
	assert_int_equal(slot_of(a)->state, XENGT_SLOT_ON_HW);
}

static void left_elsewhere_it_begins_with_them(void **state)
{
	(void)state;
	/* a's context is preempted between two commands of the ring, so it gets the prelude */
	leave(0x104, 0x5000);
	expect_start(a, 0xec);
	finish(a);
	finish(b);
}

/*
 * A context that was preempted in the prelude runs the whole prelude again, because other
 * contexts ran meanwhile.
 */
static void left_in_them_it_begins_anew(void **state)
{
	(void)state;
	leave(0xfc, 0);
	expect_start(a, 0xe8);
}

static void at_the_ring_s_begin(void **state)
{
	(void)state;
	for (uint32_t head = 0; head <= 24; head += 4) {
		guest_context(b, 0, 1, head);
		run(a);
		assert_int_equal(send(b), 0);
		expect_start(b, head < 24 ? 4096 - 24 : 0);
		for (uint32_t i = 0; i < head / 4 && head < 24; i++)
			assert_int_equal(ring_of(b)[i], 0);
		finish(b);
	}
}

/*
 * The module refuses a ring without room for the command that starts the prelude, because
 * hardware needs a free cacheline before the head.
 */
static void without_room(void **state)
{
	struct xengt_vgpu_submit work;

	(void)state;
	for (uint32_t left = 8; left <= 64; left += 8) {
		guest_context(a, 0, 1, 0x100);
		for (uint32_t i = 0; i < (4096 - left) / 4; i++)
			guest_emit(a, 0, 0);
		work = guest_work(a, 0, 1);
		work.engine = ENGINE;
		if (left > XENGT_PRELUDE_ROOM + XENGT_PAD_BYTES) {
			assert_int_equal(xengt_submit(&a->exec, &work), 0);
			expect_start(a, 0xe8);
			assert_int_equal(xengt_exec_reset(&a->exec,
							  1u << ENGINE), 0);
			continue;
		}
		assert_int_equal(xengt_submit(&a->exec, &work), -EBADMSG);
		assert_int_equal(work.refused, XENGT_REFUSED_LIMIT);
	}
}

#define skl(f) cmocka_unit_test_setup_teardown(f, setup_skl, teardown)
#define bdw(f) { .name = #f " (bdw)", .test_func = f, .setup_func = setup_bdw, \
	.teardown_func = teardown }

int main(void)
{
	const struct CMUnitTest tests[] = {
		skl(at_a_change_of_guest),
		bdw(at_a_change_of_guest),
		skl(after_a_reset),
		skl(after_the_end_of_a_guest),
		skl(after_one_that_did_not_run),
		skl(no_more_work_after_another_guest),
		bdw(no_more_work_after_another_guest),
		skl(no_more_work_before_another_guest),
		bdw(no_more_work_before_another_guest),
		skl(in_a_batch_there_is_none),
		skl(left_elsewhere_it_begins_with_them),
		skl(left_in_them_it_begins_anew),
		skl(at_the_ring_s_begin),
		skl(without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
