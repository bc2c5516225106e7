/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests a guest's work from the driver to the GPU and back: the driver of guest_rig.h
 * submits work, then checks the guest's memory, the status page and the interrupts.
 */
#include "guest_rig.h"

#include "core/context.h"
#include "core/ppgtt.h"

#include <errno.h>

#define SAVE_REG	0x12000002u	/* stores a register to memory */
#define GPR		0x2600u

static void expect_slot(struct guest *g, uint32_t slot, uint32_t status,
			uint32_t n)
{
	assert_true(wait_slot(g, slot));
	assert_int_equal(get(g, HWSP, 0x10 + 2 * slot), status);
	assert_int_equal(get(g, HWSP, 0x11 + 2 * slot), n + 1);
}

/* Does what i915 does if an engine does not make progress. */
static void recover(struct guest *g, uint32_t domain)
{
	guest_wr(g, g->base + XENGT_RING_MI_MODE, 4, 0x01000100);
	assert_int_equal(guest_rd(g, g->base + XENGT_RING_MI_MODE) & 0x200, 0x200);
	guest_wr(g, g->base + XENGT_RING_RESET_CTL, 4, 0x00010001);
	assert_int_equal(guest_rd(g, g->base + XENGT_RING_RESET_CTL) & 2, 2);
	guest_wr(g, XENGT_GDRST, 4, domain);
	assert_int_equal(guest_rd(g, XENGT_GDRST), 0);
	guest_wr(g, g->base + XENGT_RING_RESET_CTL, 4, 0x00010000);
	use_engine(g, XENGT_ENGINE_RCS);
}

/* ---- tests ---- */

static void breadcrumbs_on_every_engine(void **state)
{
	struct guest *g = *state;
	struct xengt_hv_fake_msi msi;

	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		uint32_t before = xengt_hv_fake_msis(g->fake, &msi);

		make_context(g, 0);
		use_engine(g, id);
		emit_store(g, 0, id, 0x100 + id);
		elsp(g, desc_of(g, 0), 0);
		expect_slot(g, 1, ENDED, 0);
		assert_int_equal(get(g, HWSP, 0x10), IDLE_ACTIVE);
		assert_int_equal(get(g, DATA, id), 0x100 + id);
		/* the saved image has the ring's head */
		assert_int_equal(get(g, IMAGE(0) + 1, 0x05) & 0x1ffffc,
				 g->tail[0]);
		assert_int_equal(guest_rd(g, g->base + XENGT_RING_HEAD) & 0x1ffffc, g->tail[0]);
		assert_int_equal(guest_rd(g, g->base + XENGT_RING_MI_MODE) & 0x200, 0x200);
		assert_true(xengt_hv_fake_msis(g->fake, &msi) > before);
		assert_int_equal(msi.data, 0x4041);
		/* what the guest's interrupt handler does */
		guest_wr(g, XENGT_IRQ_MASTER, 4, 0);
		for (uint32_t iir = 0x44308; iir < 0x44340; iir += 0x10)
			for (int i = 0; i < 2; i++)
				guest_wr(g, iir, 4, ~0u);
		guest_wr(g, XENGT_IRQ_MASTER, 4, 0x80000000);
		assert_int_equal(guest_rd(g, XENGT_IRQ_MASTER), 0x80000000);
	}
	assert_int_equal(xengt_vgpu_counters(g->vgpu)->submissions,
			 XENGT_ENGINES);
}

static void a_batch_in_its_own_space(void **state)
{
	struct guest *g = *state;

	put(g, BATCH, 0, STORE);
	put(g, BATCH, 1, VA_PRIVATE + 8);
	put(g, BATCH, 2, 0);
	put(g, BATCH, 3, 0xcafe);
	put(g, BATCH, 4, BATCH_END);
	emit(g, 0, START_PPGTT, VA_BATCH, 0, 0);
	emit_store(g, 0, 0, 1);
	elsp(g, desc_of(g, 0), 0);
	expect_slot(g, 1, ENDED, 0);
	assert_int_equal(get(g, PRIVATE, 2), 0xcafe);
	/*
	 * the guest changes tables of a root that the module knows: the GPU must use
	 * the new entries
	 */
	put_entry(g, PML4 + 3, VA_PRIVATE >> 12, DATA);
	put(g, BATCH, 3, 0xbeef);
	emit(g, 0, START_PPGTT, VA_BATCH, 0, 0);
	elsp(g, desc_of(g, 0), 0);
	expect_slot(g, 3, ENDED, 0);
	assert_int_equal(get(g, PRIVATE, 2), 0xcafe);
	assert_int_equal(get(g, DATA, 2), 0xbeef);
}

static void two_ports_and_more_for_the_second(void **state)
{
	struct guest *g = *state;
	uint64_t second;

	emit_store(g, 0, 0, 1);
	emit_store(g, 1, 1, 2);
	second = desc_of(g, 1);
	elsp(g, desc_of(g, 0), second);
	expect_slot(g, 2, ENDED, 1);
	assert_int_equal(get(g, HWSP, 0x12), SWITCHED);
	assert_int_equal(get(g, HWSP, 0x13), 1);
	assert_int_equal(get(g, DATA, 0), 1);
	assert_int_equal(get(g, DATA, 1), 2);
}

/*
 * The guest moves the tail of a running context. During this move a waiting command
 * keeps the context on the engine.
 */
static void lite_restore(void **state)
{
	struct guest *g = *state;

	emit(g, 0, WAIT_GGTT, 1, at(g, DATA) + 40, 0);
	emit_store(g, 0, 0, 1);
	elsp(g, desc_of(g, 0), 0);
	assert_true(wait_slot(g, 0));
	emit_store(g, 0, 1, 2);
	elsp(g, desc_of(g, 0), 0);
	expect_slot(g, 1, 0x8002, 0);
	assert_int_equal(get(g, DATA, 0), 0);
	put(g, DATA, 10, 1);
	expect_slot(g, 2, ENDED, 0);
	assert_int_equal(get(g, DATA, 0), 1);
	assert_int_equal(get(g, DATA, 1), 2);
}

static void refused_then_recovered(void **state)
{
	struct guest *g = *state;
	struct xengt_fault fault;

	emit(g, 0, LOAD_REG, 0x941c, 1, 0);	/* a write of GDRST, which is refused */
	elsp(g, desc_of(g, 0), 0);
	assert_int_equal(get(g, HWSP, 0x1f), 0);
	assert_false(wait_slot(g, 1));
	assert_int_equal(xengt_vgpu_faults(g->vgpu, &fault, 1), 1);
	assert_int_equal(fault.error, -EBADMSG);
	assert_int_equal(fault.refused, XENGT_REFUSED_REGISTER);
	assert_int_equal(fault.cmd, LOAD_REG);
	assert_int_equal(fault.at, at(g, RING(0)));
	recover(g, 2);
	make_context(g, 0);
	emit_store(g, 0, 0, 5);
	elsp(g, desc_of(g, 0), 0);
	expect_slot(g, 1, ENDED, 0);
	assert_int_equal(get(g, DATA, 0), 5);
}

static void hung_then_recovered(void **state)
{
	struct guest *g = *state;

	xengt_gpu_sim_host_hang_bound(g->host, 1);
	emit(g, 0, WAIT_GGTT, 1, at(g, DATA) + 40, 0);
	elsp(g, desc_of(g, 0), 0);
	assert_true(wait_slot(g, 0));
	for (int i = 0; i < 100000; i++) {
		xengt_vgpu_handle_events(g->vgpu);
		if (xengt_vgpu_counters(g->vgpu)->hangs)
			break;
	}
	assert_int_equal(xengt_vgpu_counters(g->vgpu)->hangs, 1);
	assert_int_equal(get(g, HWSP, 0x1f), 0);
	recover(g, 2);
	make_context(g, 0);
	emit_store(g, 0, 0, 5);
	elsp(g, desc_of(g, 0), 0);
	expect_slot(g, 1, ENDED, 0);
	assert_int_equal(get(g, DATA, 0), 5);
}

/* A reset in the middle of work: after the reset no event of this work comes. */
static void reset_with_work_in_flight(void **state)
{
	struct guest *g = *state;

	emit(g, 0, WAIT_GGTT, 1, at(g, DATA) + 40, 0);
	emit_store(g, 0, 0, 1);
	emit_store(g, 1, 1, 1);
	elsp(g, desc_of(g, 0), desc_of(g, 1));
	assert_true(wait_slot(g, 0));
	recover(g, 1);
	put(g, DATA, 10, 1);
	assert_false(wait_slot(g, 0));
	assert_int_equal(get(g, DATA, 0), 0);
	assert_int_equal(get(g, DATA, 1), 0);
	make_context(g, 1);
	emit_store(g, 1, 1, 7);
	elsp(g, desc_of(g, 1), 0);
	expect_slot(g, 1, ENDED, 1);
	assert_int_equal(get(g, DATA, 1), 7);
}

/*
 * If a guest changes a context's image between two runs, the change takes
 * effect, although the engine still has the context's old state.
 */
static void an_image_changed_between_runs(void **state)
{
	struct guest *g = *state;

	put(g, BATCH, 0, SAVE_REG);
	put(g, BATCH, 1, GPR);
	put(g, BATCH, 2, VA_PRIVATE);
	put(g, BATCH, 3, 0);
	put(g, BATCH, 4, BATCH_END);
	for (uint32_t i = 0; i < 2; i++) {
		put(g, IMAGE(0) + 1, 0x03, 0x00090008);
		put(g, IMAGE(0) + 1, 0x40, LOAD_REG);
		put(g, IMAGE(0) + 1, 0x41, GPR);
		put(g, IMAGE(0) + 1, 0x42, 0x1111 + i);
		put(g, IMAGE(0) + 1, 0x43, BATCH_END);
		emit(g, 0, START_PPGTT, VA_BATCH, 0, 0);
		elsp(g, desc_of(g, 0), 0);
		expect_slot(g, 2 * i + 1, ENDED, 0);
		assert_int_equal(get(g, PRIVATE, 0), 0x1111 + i);
	}
}

/* The guest's registers name a space of three levels by four whole addresses. */
static void a_root_in_registers(void **state)
{
	struct guest *g = *state;
	const struct xengt_counters *counters = xengt_vgpu_counters(g->vgpu);
	const uint64_t pd = (uint64_t)(PML4 + 2) << 12;
	struct xengt_ppgtt_root root = { .pdp = { pd, pd, pd, pd } };
	uint32_t id;

	make_space(g);
	assert_int_equal(xengt_ppgtt_prepare(g->vgpu, &root, &id), 0);
	for (uint32_t i = 0; i < 4; i++) {
		guest_wr(g, REG_PVINFO_PDP + 8 * i, 4, pd);
		guest_wr(g, REG_PVINFO_PDP + 8 * i + 4, 4, 0);
	}
	/* the space does not end if the guest ends one whose addresses differ in an upper half */
	for (uint32_t i = 0; i < 4; i++) {
		guest_wr(g, REG_PVINFO_PDP + 8 * i + 4, 4, 1 + i);
		guest_wr(g, REG_PVINFO_G2V_NOTIFY, 4, 3);
		assert_int_not_equal(counters->ppgtt_tables, 0);
		guest_wr(g, REG_PVINFO_PDP + 8 * i + 4, 4, 0);
	}
	guest_wr(g, REG_PVINFO_G2V_NOTIFY, 4, 3);
	assert_int_equal(counters->ppgtt_tables, 0);
}

/* ... and so does the image of a context: dwords 0x31 - 4 n and 0x33 - 4 n are address n. */
static void a_root_in_an_image(void **state)
{
	struct guest *g = *state;
	struct xengt_guest_context context;

	make_context(g, 0);
	for (uint32_t i = 0; i < 4; i++) {
		put(g, IMAGE(0) + 1, 0x31 - 4 * i, 0x10 + i);
		put(g, IMAGE(0) + 1, 0x33 - 4 * i, (0x20 + i) << 12);
	}
	assert_int_equal(xengt_guest_context_read(g->vgpu, desc_of(g, 0), &context), 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(context.root.pdp[i], (0x10ull + i) << 32 | (0x20ull + i) << 12);
}

#define on(f, gpu)	{ #f " on " #gpu, f, guest_setup_##gpu, guest_teardown, NULL }
#define test(f)		on(f, skl), on(f, bdw), on(f, strict)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(breadcrumbs_on_every_engine),
		test(a_root_in_registers),
		test(a_root_in_an_image),
		test(a_batch_in_its_own_space),
		test(an_image_changed_between_runs),
		test(two_ports_and_more_for_the_second),
		test(lite_restore),
		test(refused_then_recovered),
		test(hung_then_recovered),
		test(reset_with_work_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
