/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests execlists as a guest's driver uses them. The driver writes descriptors, the rig's
 * GPU reports events, and the driver reads its status page (src/core/execlist.c,
 * regs/engine.c).
 */
#include "rig.h"

#include "core/execlist.h"
#include "core/ppgtt.h"

#define CONTROL		0x80000000u
#define HWSP_GFN	0x10u
#define HWSP_GGTT	(RIG_LOW_BASE + 0x1000)
/* contexts have two pages each, and the second page has the state */
#define CTX_GFN(n)	(0x20u + 2 * (n))
#define CTX_GGTT(n)	(RIG_LOW_BASE + 0x100000 + 0x2000 * (n))
#define CTX_ID(n)	(0x7700u + (n))

#define COMPLETED	0x0010u
#define IDLE_ACTIVE	0x0001u
#define LITE		0x8002u
#define SWITCHED	0x0014u
#define ENDED		0x0018u
#define PREEMPTED	0x0012u

static const uint32_t bases[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = 0x2000, [XENGT_ENGINE_VCS] = 0x12000,
	[XENGT_ENGINE_VECS] = 0x1a000, [XENGT_ENGINE_BCS] = 0x22000,
};

static void map(struct rig *rig, uint64_t ggtt, uint64_t gfn)
{
	rig_write(rig, (uint32_t)(0x800000 + ggtt / 512), 8, gfn << 12 | 1);
}

static void put_context(struct rig *rig, uint32_t n, uint32_t tail)
{
	uint32_t state[0x34] = { 0 };

	state[0x05] = 0x40;			/* ring head */
	state[0x07] = tail;
	state[0x09] = (uint32_t)RIG_LOW_BASE + 0x200000 + 0x4000 * n;
	state[0x0b] = 0x3001;			/* ring of 16 KiB, valid */
	state[0x31] = 0;			/* PDP0 */
	state[0x33] = 0x30000;
	assert_int_equal(rig->hv->ops->write_guest(rig->hv,
			gpa((CTX_GFN(n) + 1ull) << 12), state, sizeof(state)),
			0);
	map(rig, CTX_GGTT(n), CTX_GFN(n));
	map(rig, CTX_GGTT(n) + 0x1000, CTX_GFN(n) + 1);
}

static uint64_t desc(uint32_t n)
{
	return (uint64_t)CTX_ID(n) << 32 | CTX_GGTT(n) | 0x119;
}

static void elsp(struct rig *rig, enum xengt_engine_id id, uint64_t first,
		 uint64_t second)
{
	uint32_t off = bases[id] + 0x230;

	rig_write(rig, off, 4, second >> 32);
	rig_write(rig, off, 4, (uint32_t)second);
	rig_write(rig, off, 4, first >> 32);
	rig_write(rig, off, 4, (uint32_t)first);
}

/* Do what i915 does before the first submission. */
static void enable(struct rig *rig, enum xengt_engine_id id)
{
	uint32_t base = bases[id];

	rig_write(rig, base + XENGT_RING_MODE, 4, 0x80008000);
	rig_write(rig, base + XENGT_RING_HWS_PGA, 4, HWSP_GGTT);
	rig_write(rig, base + XENGT_RING_CSB_PTR, 4, 0xffff0505);
	/* the engine's interrupt mask has the layout of its interrupt bank */
	rig_write(rig, base + XENGT_RING_IMR, 4,
		  ~(0x101u << (id == XENGT_ENGINE_BCS ? 16 : 0)));
}

static int setup(void **state)
{
	struct rig *rig;
	uint32_t ones[32];

	rig_setup(state);
	rig = *state;
	rig_cfg_write(rig, 0x94, 4, 0xfee00000);
	rig_cfg_write(rig, 0x98, 2, 0x4021);
	rig_cfg_write(rig, 0x92, 2, 1);
	map(rig, HWSP_GGTT, HWSP_GFN);
	memset(ones, 0xff, sizeof(ones));
	rig->hv->ops->write_guest(rig->hv, gpa(HWSP_GFN << 12), ones,
				  sizeof(ones));
	for (uint32_t n = 0; n < 4; n++)
		put_context(rig, n, 0x100);
	enable(rig, XENGT_ENGINE_RCS);
	for (uint32_t bank = 0x44300; bank < 0x44340; bank += 0x10) {
		rig_write(rig, bank + 4, 4, 0);
		rig_write(rig, bank + 12, 4, ~0u);
	}
	rig_write(rig, XENGT_IRQ_MASTER, 4, CONTROL);
	return 0;
}

static uint32_t hwsp(struct rig *rig, uint32_t off)
{
	uint32_t val;

	assert_int_equal(rig->hv->ops->read_guest(rig->hv,
			gpa((HWSP_GFN << 12) + off), &val, 4), 0);
	return val;
}

/* Checks that this slot has the latest event, in memory and in the registers. */
static void expect_event(struct rig *rig, uint32_t slot, uint32_t status,
			 uint32_t n)
{
	assert_int_equal(hwsp(rig, 0x7c), slot);
	assert_int_equal(hwsp(rig, 0x40 + 8 * slot), status);
	assert_int_equal(hwsp(rig, 0x44 + 8 * slot), CTX_ID(n));
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_CSB + 8 * slot, 4), status);
	assert_int_equal(rig_read(rig, RCS + REG_RING_CSB_CONTEXT + 8 * slot, 4), CTX_ID(n));
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_CSB_PTR, 4) & 7, slot);
	/* the interrupt for the start of a context comes a little later */
	if (!(status & COMPLETED)) {
		xengt_hv_fake_advance(rig->fake, 2000000);
		xengt_vgpu_tick(rig->vgpu);
	}
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 0x100, 0x100);
}

static void say(struct rig *rig, enum xengt_event_type type, uint64_t seqno,
		uint32_t value)
{
	rig_gpu_event(rig, (struct xengt_gpu_event){
		.type = type, .engine = XENGT_ENGINE_RCS, .seqno = seqno,
		.value = value,
	});
	assert_false(xengt_vgpu_handle_events(rig->vgpu));
}

/* Makes the GPU report that the nth submission has run to its end. */
static void complete(struct rig *rig, uint32_t n)
{
	assert_in_range(n + 1, 1, rig->gpu.submit_count);
	say(rig, XENGT_EVENT_COMPLETE, rig->gpu.submits[n].seqno, 0);
}

static uint64_t last_seqno(const struct rig *rig)
{
	assert_true(rig->gpu.submit_count);
	return rig->gpu.submits[rig->gpu.submit_count - 1].seqno;
}

/* Returns how many reads of guest memory the preparation of a known root needs. */
static uint32_t reads_of_tables(struct rig *rig)
{
	const struct xengt_ppgtt_root root = {
		.pdp = { 0x30000 }, .is_4level = true,
	};
	uint32_t id, before;

	assert_int_equal(xengt_ppgtt_prepare(rig->vgpu, &root, &id), 0);
	before = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_READ);
	assert_int_equal(xengt_ppgtt_prepare(rig->vgpu, &root, &id), 0);
	return xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_READ) - before;
}

/*
 * If a context starts and ends shortly after, one interrupt is enough for both
 * events.
 */
static void a_start_waits_for_the_end(void **state)
{
	struct rig *rig = *state;
	struct xengt_hv_fake_msi msi;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(hwsp(rig, 0x7c), 0);
	assert_int_equal(xengt_hv_fake_msis(rig->fake, &msi), 0);
	assert_int_not_equal(xengt_vgpu_deadline(rig->vgpu), UINT64_MAX);
	rig_gpu_event(rig, (struct xengt_gpu_event){
		.type = XENGT_EVENT_ENGINE_IRQ, .engine = XENGT_ENGINE_RCS,
		.value = 1,
	});
	complete(rig, 0);
	assert_int_equal(hwsp(rig, 0x7c), 1);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 0x101, 0x101);
	assert_int_equal(xengt_hv_fake_msis(rig->fake, &msi), 1);
	assert_int_equal(xengt_vgpu_deadline(rig->vgpu), UINT64_MAX);
}

/* While the interrupt for a start waits, another interrupt does not replace it. */
static void another_interrupt_does_not_end_the_wait(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	say(rig, XENGT_EVENT_ENGINE_IRQ, 0, 1);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 0x101, 1);
	xengt_hv_fake_advance(rig->fake, 1999999);
	xengt_vgpu_tick(rig->vgpu);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 0x101, 1);
	xengt_hv_fake_advance(rig->fake, 1);
	xengt_vgpu_tick(rig->vgpu);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 0x101, 0x101);
}

static void one_context(void **state)
{
	const struct xengt_counters *counters;
	struct rig *rig = *state;
	const struct xengt_vgpu_submit *work = &rig->gpu.submits[0];
	struct xengt_hv_fake_msi msi;
	uint32_t reads, of_tables;

	counters = xengt_vgpu_counters(rig->vgpu);
	of_tables = reads_of_tables(rig);
	reads = xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_READ);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	/*
	 * the device reads the image and the root table once, so that it uses the values
	 * that it has checked
	 */
	assert_int_equal(xengt_hv_fake_calls(rig->fake, XENGT_HV_FAKE_READ),
			 reads + of_tables + 1);
	assert_int_equal(rig->gpu.submit_count, 1);
	assert_int_equal(work->engine, XENGT_ENGINE_RCS);
	assert_int_equal(work->desc, desc(0));
	assert_int_equal(work->hws_pga, HWSP_GGTT);
	assert_int_equal(rig->gpu.table_level[work->ppgtt], 4);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(xengt_hv_fake_msis(rig->fake, &msi), 1);
	/*
	 * while the context runs, the register has the head with which the context began
	 */
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HEAD, 4), 0x40);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_TAIL, 4), 0x100);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_STATUS_LO, 4) & 0x4401c, 0x44010);
	assert_int_equal(rig_read(rig, RCS + REG_RING_STATUS_HI, 4), CTX_ID(0));

	say(rig, XENGT_EVENT_ENGINE_IRQ, 0, 0x101);
	/* the guest gets no event of a switch that only the hardware made */
	assert_int_equal(hwsp(rig, 0x7c), 0);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4), 0x101);
	say(rig, XENGT_EVENT_COMPLETE, last_seqno(rig), 0);
	expect_event(rig, 1, ENDED, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HEAD, 4), 0x100);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0x200);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_STATUS_LO, 4) & 0x4401c, 0);
	assert_int_equal(counters->submissions, 1);
	assert_int_equal(counters->completions, 1);
	assert_int_equal(counters->user_interrupts, 1);
	assert_int_equal(counters->csb_events, 2);
	/* each event has a count of its own: this one is not of MI_USER_INTERRUPT */
	say(rig, XENGT_EVENT_ENGINE_IRQ, 0, 0x100);
	assert_int_equal(counters->user_interrupts, 1);
}

static void both_ports(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	assert_int_equal(rig->gpu.submit_count, 2);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_STATUS_LO, 4) & 0x18, 0x18);
	complete(rig, 0);
	expect_event(rig, 1, SWITCHED, 0);
	complete(rig, 1);
	expect_event(rig, 2, ENDED, 1);
}

static void slots_go_round(void **state)
{
	struct rig *rig = *state;

	for (uint32_t i = 0; i < 9; i++) {
		elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
		expect_event(rig, 2 * i % 6, IDLE_ACTIVE, 0);
		say(rig, XENGT_EVENT_COMPLETE, last_seqno(rig), 0);
		expect_event(rig, (2 * i + 1) % 6, ENDED, 0);
	}
}

/*
 * After a reset this test, like some drivers, does not set the status buffer's
 * pointer.
 */
static void first_slot_after_a_reset_is_0(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, XENGT_GDRST, 4, 2);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_CSB_PTR, 4) & 7, 7);
	rig_write(rig, RCS + XENGT_RING_MODE, 4, 0x80008000);
	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, HWSP_GGTT);
	rig_write(rig, RCS + XENGT_RING_IMR, 4, 0);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
}

static void lite_restore(void **state)
{
	struct rig *rig = *state;
	uint64_t first;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	first = last_seqno(rig);
	put_context(rig, 0, 0x180);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	expect_event(rig, 1, LITE, 0);
	assert_int_equal(rig->gpu.submit_count, 3);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_TAIL, 4), 0x180);
	/*
	 * the first submission has ended, but the tail has moved, so the context has not
	 * ended
	 */
	say(rig, XENGT_EVENT_COMPLETE, first, 0);
	expect_event(rig, 1, LITE, 0);
	complete(rig, 1);
	expect_event(rig, 2, SWITCHED, 0);
	complete(rig, 2);
	expect_event(rig, 3, ENDED, 1);
}

/*
 * Another context is submitted while one runs: the new context waits until the running
 * context has ended.
 */
static void preemption_waits(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	elsp(rig, XENGT_ENGINE_RCS, desc(2), desc(3));
	assert_int_equal(rig->gpu.submit_count, 2);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_STATUS_LO, 4) & 4, 4);
	complete(rig, 0);
	expect_event(rig, 1, PREEMPTED, 0);
	/*
	 * the hardware still has the context that was replaced, so there is room for only
	 * one more context
	 */
	assert_int_equal(rig->gpu.submit_count, 3);
	assert_int_equal(rig->gpu.submits[2].desc, desc(2));
	complete(rig, 1);
	expect_event(rig, 1, PREEMPTED, 0);
	assert_int_equal(rig->gpu.submit_count, 4);
	assert_int_equal(rig->gpu.submits[3].desc, desc(3));
	complete(rig, 2);
	expect_event(rig, 2, SWITCHED, 2);
	complete(rig, 3);
	expect_event(rig, 3, ENDED, 3);
}

static void ends_out_of_order(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	complete(rig, 1);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	complete(rig, 0);
	expect_event(rig, 2, ENDED, 1);
	assert_int_equal(hwsp(rig, 0x48), SWITCHED);
}

static void no_room_is_tried_again(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	rig->gpu.submit_error = -EAGAIN;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	rig->gpu.submit_error = 0;
	say(rig, XENGT_EVENT_ENGINE_IRQ, 0, 1);
	complete(rig, 0);
	/* both contexts were submitted, in order */
	assert_int_equal(rig->gpu.submit_count, 3);
	assert_int_equal(rig->gpu.submits[1].desc, desc(0));
	assert_int_equal(rig->gpu.submits[2].desc, desc(1));
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->refused, 0);
}

static void nothing_without_execlists_or_a_valid_bit(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, 0, 0);
	elsp(rig, XENGT_ENGINE_RCS, desc(0) & ~1ull, desc(1));
	rig_write(rig, RCS + XENGT_RING_MODE, 4, 0x80000000);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(rig->gpu.submit_count, 0);
	assert_int_equal(hwsp(rig, 0x7c), ~0u);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_ELSP, 4), 0);
}

/*
 * After refused work the engine seems busy until the driver resets the engine, as on
 * hardware.
 */
static void refused_work_hangs(void **state)
{
	struct xengt_fault faults[XENGT_FAULTS_KEPT];
	struct rig *rig = *state;
	uint32_t at;

	rig->gpu.submit_error = -EBADMSG;
	rig->gpu.refusal.refused = XENGT_REFUSED_REGISTER;
	rig->gpu.refusal.refused_cmd = 0x11000001;
	rig->gpu.refusal.refused_at = RIG_LOW_BASE + 0x200048;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0);
	assert_int_not_equal(rig_read(rig, RCS + XENGT_RING_HEAD, 4),
			     rig_read(rig, RCS + XENGT_RING_TAIL, 4));
	at = (uint32_t)rig_read(rig, RCS + REG_RING_ACTHD, 4);
	assert_int_equal(rig_read(rig, RCS + REG_RING_ACTHD, 4), at);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->refused, 1);
	assert_int_equal(xengt_vgpu_faults(rig->vgpu, faults,
					   XENGT_FAULTS_KEPT), 1);
	assert_int_equal(faults[0].engine, XENGT_ENGINE_RCS);
	assert_int_equal(faults[0].error, -EBADMSG);
	assert_int_equal(faults[0].refused, XENGT_REFUSED_REGISTER);
	assert_int_equal(faults[0].cmd, 0x11000001);
	assert_int_equal(faults[0].at, RIG_LOW_BASE + 0x200048);
	assert_int_equal(faults[0].context, CTX_ID(0));
	/* no more events come, and no further submission reaches the GPU */
	rig->gpu.submit_error = 0;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	elsp(rig, XENGT_ENGINE_RCS, desc(2), 0);
	assert_int_equal(rig->gpu.submit_count, 0);
	/* after the reset the guest gets events again */
	rig_write(rig, XENGT_GDRST, 4, 2);
	enable(rig, XENGT_ENGINE_RCS);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(rig->gpu.submit_count, 1);
}

/*
 * The audit refuses a command; the commands before it run. The guest gets the events of
 * these commands, but no event for the end of the context.
 */
static void cut_work_hangs(void **state)
{
	struct rig *rig = *state;
	uint64_t seqno;

	rig->gpu.submit_error = -EBADMSG;
	rig->gpu.refusal.refused = XENGT_REFUSED_UNKNOWN;
	rig->gpu.refusal.is_cut = 1;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	rig->gpu.submit_error = 0;
	assert_int_equal(rig->gpu.submit_count, 1);
	seqno = rig->gpu.submits[0].seqno;
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->submissions, 1);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->refused, 1);
	say(rig, XENGT_EVENT_ENGINE_IRQ, 0, 1);
	assert_int_equal(rig_read(rig, XENGT_IRQ_BANK_GT0 + XENGT_IRQ_IIR, 4) & 1, 1);
	say(rig, XENGT_EVENT_COMPLETE, seqno, 0);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0);
	assert_int_equal(rig->gpu.submit_count, 1);
	rig_write(rig, XENGT_GDRST, 4, 2);
	enable(rig, XENGT_ENGINE_RCS);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(rig->gpu.submit_count, 2);
}

/* What the module found in images is counted, whether the work runs or not. */
static void images_are_counted(void **state)
{
	struct rig *rig = *state;
	const struct xengt_counters *c = xengt_vgpu_counters(rig->vgpu);

	rig->gpu.refusal.image = XENGT_IMAGE_IS_OTHER;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(c->images_other, 1);
	assert_int_equal(c->images_cut, 0);
	rig->gpu.refusal.image = XENGT_IMAGE_IS_OTHER | XENGT_IMAGE_IS_CUT;
	rig->gpu.submit_error = -EBADMSG;
	rig->gpu.refusal.is_cut = 1;
	enable(rig, XENGT_ENGINE_VCS);
	elsp(rig, XENGT_ENGINE_VCS, desc(1), 0);
	assert_int_equal(c->images_other, 2);
	assert_int_equal(c->images_cut, 1);
}

static void hung_work_hangs(void **state)
{
	struct xengt_fault fault;
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	say(rig, XENGT_EVENT_HUNG, rig->gpu.submits[0].seqno, 1);
	expect_event(rig, 0, IDLE_ACTIVE, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0);
	assert_int_equal(xengt_vgpu_faults(rig->vgpu, &fault, 1), 1);
	assert_int_equal(fault.error, -ETIME);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->hangs, 1);
	/* the driver recovers in these steps: stop, ready for reset, reset */
	rig_write(rig, RCS + XENGT_RING_MI_MODE, 4, 0x01000100);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0x200);
	rig_write(rig, RCS + XENGT_RING_RESET_CTL, 4, 0x00010001);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_RESET_CTL, 4), 3);
	rig_write(rig, XENGT_GDRST, 4, 2);
	assert_int_equal(rig->gpu.reset_mask, 1u << XENGT_ENGINE_RCS);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4), 0x200);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_CTL, 4), 0);
}

/* The module has reset the whole GPU: this is not counted as a hang of the guest. */
static void lost_work_is_no_hang(void **state)
{
	struct xengt_fault fault;
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	say(rig, XENGT_EVENT_HUNG, rig->gpu.submits[0].seqno,
	    XENGT_HUNG_GOES_ON | XENGT_HUNG_LOST);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_MI_MODE, 4) & 0x200, 0);
	assert_int_equal(xengt_vgpu_faults(rig->vgpu, &fault, 1), 1);
	assert_int_equal(fault.error, -ECANCELED);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->hangs, 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->overruns, 0);
}

/* Submits images that cannot run, one of each kind. */
static void bad_images(void **state)
{
	struct xengt_fault fault;
	struct rig *rig = *state;
	const struct { uint64_t desc; int error; } cases[] = {
		{ desc(0) & ~0x18ull, -EINVAL },
		{ (desc(0) & ~0x18ull) | 0x10, -EINVAL },
		{ 0x119, -ERANGE },			/* an address outside of the slices */
		{ 0xfffff119, -ERANGE },		/* page 1 of the image is beyond 4
							 * GiB */
		{ (RIG_LOW_BASE + RIG_LOW_BYTES - 0x1000) | 0x119, -ERANGE },
		{ (RIG_LOW_BASE + 0x800000) | 0x119, -ERANGE },	/* the GGTT entry is not
								 * present */
		{ (RIG_LOW_BASE + 0x900000) | 0x119, -EFAULT },	/* the GGTT entry points
								 * to no RAM */
	};

	map(rig, RIG_LOW_BASE + 0x901000, 0x12345);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		elsp(rig, XENGT_ENGINE_RCS, cases[i].desc, 0);
		assert_int_equal(rig->gpu.submit_count, 0);
		assert_int_equal(xengt_vgpu_faults(rig->vgpu, &fault, 1), 1);
		assert_int_equal(fault.error, cases[i].error);
		rig_write(rig, XENGT_GDRST, 4, 2);
		enable(rig, XENGT_ENGINE_RCS);
	}
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), 0);
}

static void three_levels(void **state)
{
	struct rig *rig = *state;

	elsp(rig, XENGT_ENGINE_RCS, (desc(0) & ~0x18ull) | 8, 0);
	assert_int_equal(rig->gpu.submit_count, 1);
	assert_int_equal(rig->gpu.table_level[rig->gpu.submits[0].ppgtt], 3);
}

static void no_tables_no_work(void **state)
{
	struct xengt_fault fault;
	struct rig *rig = *state;

	rig->gpu.ppgtt_error = -ENOSPC;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(rig->gpu.submit_count, 0);
	assert_int_equal(xengt_vgpu_faults(rig->vgpu, &fault, 1), 1);
	assert_int_equal(fault.error, -ENOSPC);
}

static void zapped_at_submission(void **state)
{
	struct rig *rig = *state;

	rig->gpu.submit_error = -ESTALE;
	elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
	assert_true(xengt_vgpu_handle_events(rig->vgpu));
	assert_int_equal(xengt_vgpu_host_error(rig->vgpu), 0);
}

/* Each engine has its own interrupt bits, registers and ports. */
static void every_engine(void **state)
{
	static const struct { uint32_t iir, user; } irq[XENGT_ENGINES] = {
		[XENGT_ENGINE_RCS] = { 0x44308, 0x1 },
		[XENGT_ENGINE_VCS] = { 0x44318, 0x1 },
		[XENGT_ENGINE_VECS] = { 0x44338, 0x1 },
		[XENGT_ENGINE_BCS] = { 0x44308, 0x10000 },
	};
	struct rig *rig = *state;

	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		uint32_t base = bases[id];

		enable(rig, id);
		elsp(rig, id, desc(id), 0);
		assert_int_equal(rig->gpu.submits[id].engine, id);
		assert_int_equal(rig_read(rig, base + XENGT_RING_CSB, 4), IDLE_ACTIVE);
		assert_int_equal(rig_read(rig, base + REG_RING_CSB_CONTEXT, 4), CTX_ID(id));
	}
	xengt_hv_fake_advance(rig->fake, 2000000);
	xengt_vgpu_tick(rig->vgpu);
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		for (uint32_t other = 0; other < XENGT_ENGINES; other++)
			for (int i = 0; i < 3; i++)
				rig_write(rig, irq[other].iir, 4, ~0u);
		rig_gpu_event(rig, (struct xengt_gpu_event){
			.type = XENGT_EVENT_ENGINE_IRQ, .engine = id,
			.value = 1,
		});
		xengt_vgpu_handle_events(rig->vgpu);
		assert_int_equal(rig_read(rig, irq[id].iir, 4), irq[id].user);
		rig_gpu_event(rig, (struct xengt_gpu_event){
			.type = XENGT_EVENT_COMPLETE, .engine = id,
			.seqno = rig->gpu.submits[id].seqno,
		});
		xengt_vgpu_handle_events(rig->vgpu);
		assert_int_equal(rig_read(rig, irq[id].iir, 4),
				 irq[id].user * 0x101);
		assert_int_equal(rig_read(rig, bases[id] + 0x378, 4), ENDED);
	}
	/* an event of an engine that does not exist */
	rig_gpu_event(rig, (struct xengt_gpu_event){
		.type = XENGT_EVENT_COMPLETE, .engine = 77, .seqno = 1,
	});
	assert_false(xengt_vgpu_handle_events(rig->vgpu));
}

/*
 * ACTHD moves on by a dword with each read while a context runs, because older drivers treat an
 * ACTHD that does not change as a hang.
 */
static void acthd_moves(void **state)
{
	struct rig *rig = *state;
	uint64_t last = 0;

	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	for (int i = 0; i < 100; i++) {
		uint64_t now = rig_read(rig, RCS + REG_RING_ACTHD, 4);

		assert_true(last ? now == last + 4 : now > last);
		assert_in_range(now, RIG_LOW_BASE + 0x200000,
				RIG_LOW_BASE + 0x204000 - 4);
		last = now;
	}
	say(rig, XENGT_EVENT_COMPLETE, last_seqno(rig), 0);
	assert_int_equal(rig_read(rig, RCS + REG_RING_ACTHD, 4),
			 RIG_LOW_BASE + 0x200100);
	assert_int_equal(rig_read(rig, RCS + REG_RING_ACTHD, 4),
			 RIG_LOW_BASE + 0x200100);
}

static void the_status_page_is_the_guests_own(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, 0x1000);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HWS_PGA, 4), HWSP_GGTT);
	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, RIG_LOW_BASE + RIG_LOW_BYTES);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HWS_PGA, 4), HWSP_GGTT);
	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, 0xfffff000);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HWS_PGA, 4), HWSP_GGTT);
	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, RIG_HIGH_BASE);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HWS_PGA, 4), RIG_HIGH_BASE);
	/* there is no status page, so events are in the registers only */
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_CSB, 4), IDLE_ACTIVE);
	assert_int_equal(hwsp(rig, 0x7c), ~0u);
	rig_write(rig, RCS + XENGT_RING_HWS_PGA, 4, 0);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_HWS_PGA, 4), 0);
}

/*
 * The guest has replaced a context that the hardware still holds, in the first or in the second
 * place: a reset must reach the hardware, although the guest's ports are empty.
 */
static void a_reset_reaches_what_was_replaced(void **state)
{
	struct rig *rig = *state;

	for (int place = 1; place >= 0; place--) {
		rig->gpu.submit_count = 0;
		elsp(rig, XENGT_ENGINE_RCS, desc(0), desc(1));
		elsp(rig, XENGT_ENGINE_RCS, desc(2), 0);
		complete(rig, 0);
		complete(rig, 2);
		if (!place) {
			elsp(rig, XENGT_ENGINE_RCS, desc(3), 0);
			complete(rig, 1);
			elsp(rig, XENGT_ENGINE_RCS, desc(3), desc(2));
			complete(rig, 4);
			elsp(rig, XENGT_ENGINE_RCS, desc(2), desc(0));
			elsp(rig, XENGT_ENGINE_RCS, desc(1), 0);
			complete(rig, 6);
			complete(rig, 8);
		}
		assert_int_equal(rig->vgpu->execlist[XENGT_ENGINE_RCS].port[0].desc, 0);
		assert_int_equal(rig->vgpu->execlist[XENGT_ENGINE_RCS].flight[!place].seqno, 0);
		assert_int_not_equal(rig->vgpu->execlist[XENGT_ENGINE_RCS].flight[place].seqno,
				     0);
		rig->gpu.resets = 0;
		rig_write(rig, XENGT_GDRST, 4, 2);
		assert_int_equal(rig->gpu.resets, 1);
		enable(rig, XENGT_ENGINE_RCS);
	}
}

/* EXECLIST_STATUS shows the ports, the last event, and whose event it was. */
static void status_register(void **state)
{
	enum {
		WRITING = 1 << 1, QUEUED = 1 << 2, SECOND = 1 << 3,
		FIRST = 1 << 4 | 1 << 14 | 1 << 18, ALWAYS = 1 << 16,
	};
	struct rig *rig = *state;
#define STATUS(low, n) assert_true(xengt_execlist_status(rig->vgpu, XENGT_ENGINE_RCS) ==	\
				   ((uint64_t)(n) << 32 | (low)))

	STATUS(ALWAYS, 0);
	for (int i = 0; i < 3; i++) {
		rig_write(rig, RCS + 0x230, 4, 0);
		STATUS(ALWAYS | WRITING, 0);
	}
	/* the fourth store has no valid context */
	rig_write(rig, RCS + 0x230, 4, 0);
	STATUS(ALWAYS, 0);
	elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
	STATUS(ALWAYS | FIRST | IDLE_ACTIVE << 5, CTX_ID(0));
	complete(rig, 0);
	STATUS(ALWAYS | ENDED << 5, CTX_ID(0));
	elsp(rig, XENGT_ENGINE_RCS, desc(1), desc(2));
	STATUS(ALWAYS | FIRST | SECOND | IDLE_ACTIVE << 5, CTX_ID(1));
	elsp(rig, XENGT_ENGINE_RCS, desc(3), 0);
	STATUS(ALWAYS | FIRST | SECOND | QUEUED | IDLE_ACTIVE << 5, CTX_ID(1));
	complete(rig, 1);
	STATUS(ALWAYS | FIRST | PREEMPTED << 5, CTX_ID(3));
	/* only nine bits of an event are shown */
	elsp(rig, XENGT_ENGINE_RCS, desc(3), 0);
	STATUS(ALWAYS | FIRST | (LITE & 0x1ff) << 5, CTX_ID(3));
	assert_int_equal(rig_read(rig, RCS + 0x234, 4), ALWAYS | FIRST | 2 << 5);
	assert_int_equal(rig_read(rig, RCS + 0x238, 4), CTX_ID(3));
	assert_int_equal(rig_read(rig, BCS + 0x234, 4), ALWAYS);
#undef STATUS
}

/* Each kind of refusal has a counter of its own; a kind that nobody knows has none. */
static void refusals_are_counted_by_kind(void **state)
{
	static const size_t at[] = {
#define AT(kind, member) [XENGT_REFUSED_##kind] = offsetof(struct xengt_counters, member)
		AT(UNKNOWN, refused_unknown), AT(FORBIDDEN, refused_forbidden),
		AT(LENGTH, refused_length), AT(ADDRESS, refused_address),
		AT(REGISTER, refused_register), AT(BATCH, refused_batch),
		AT(LIMIT, refused_limit), AT(CONTEXT, refused_context),
#undef AT
	};
	struct rig *rig = *state;
	const char *counters = (const char *)xengt_vgpu_counters(rig->vgpu);

	for (uint32_t kind = 0; kind < 2 * XENGT_ARRAY_SIZE(at); kind++) {
		for (int error = 0; error < 2; error++) {
			const uint64_t refused = xengt_vgpu_counters(rig->vgpu)->refused;
			uint64_t before[XENGT_ARRAY_SIZE(at)], now;

			for (size_t i = 1; i < XENGT_ARRAY_SIZE(at); i++)
				memcpy(&before[i], counters + at[i], sizeof(before[i]));
			rig->gpu.submit_error = error ? -EBADMSG : -EINVAL;
			rig->gpu.refusal.refused = kind;
			elsp(rig, XENGT_ENGINE_RCS, desc(0), 0);
			assert_int_equal(xengt_vgpu_counters(rig->vgpu)->refused,
					 refused + 1);
			for (size_t i = 1; i < XENGT_ARRAY_SIZE(at); i++) {
				memcpy(&now, counters + at[i], sizeof(now));
				assert_int_equal(now - before[i], error && i == kind);
			}
			rig_write(rig, XENGT_GDRST, 4, 2);
			enable(rig, XENGT_ENGINE_RCS);
		}
	}
}

/* Each engine has XENGT_ENGINE_REG_BYTES from its base on; other offsets have no engine. */
static void each_register_has_its_engine(void **state)
{
	(void)state;
	for (uint32_t off = 0; off < 0x40000; off += 4) {
		uint32_t id = XENGT_ENGINES;

		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			if (off >= bases[e] && off < bases[e] + XENGT_ENGINE_REG_BYTES)
				id = e;
		assert_int_equal(xengt_engine_at(off), id);
	}
	assert_int_equal(xengt_engine_at(UINT32_MAX - 3), XENGT_ENGINES);
}

static void timestamps(void **state)
{
	struct rig *rig = *state;

	rig->gpu.ticks = 0x123456789ull;
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_TIMESTAMP, 8), 0x123456789ull);
	assert_int_equal(rig_read(rig, RCS + REG_RING_TIMESTAMP_UDW, 4), 1);
	rig->gpu.ticks = 0x200000000ull;
	assert_int_equal(rig_read(rig, BCS + XENGT_RING_TIMESTAMP, 4), 0);
	assert_int_equal(rig_read(rig, VECS + REG_RING_TIMESTAMP_UDW, 4), 2);
	rig_write(rig, RCS + XENGT_RING_TIMESTAMP, 8, ALL_ONES);
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_TIMESTAMP, 8), 0x200000000ull);
	rig->gpu.ticks_error = -ESTALE;
	assert_int_equal(rig_read(rig, RCS + XENGT_RING_TIMESTAMP, 8), 0x200000000ull);
}

#define test(f)	cmocka_unit_test_setup_teardown(f, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_start_waits_for_the_end),
		test(another_interrupt_does_not_end_the_wait),
		test(one_context),
		test(both_ports),
		test(slots_go_round),
		test(first_slot_after_a_reset_is_0),
		test(lite_restore),
		test(preemption_waits),
		test(ends_out_of_order),
		test(no_room_is_tried_again),
		test(nothing_without_execlists_or_a_valid_bit),
		test(refused_work_hangs),
		test(cut_work_hangs),
		test(images_are_counted),
		test(hung_work_hangs),
		test(lost_work_is_no_hang),
		test(bad_images),
		test(three_levels),
		test(no_tables_no_work),
		test(zapped_at_submission),
		test(every_engine),
		test(acthd_moves),
		test(the_status_page_is_the_guests_own),
		test(a_reset_reaches_what_was_replaced),
		test(status_register),
		test(refusals_are_counted_by_kind),
		test(each_register_has_its_engine),
		test(timestamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
