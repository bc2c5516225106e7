// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the options XENGT_SIM_STRICT_*, which make the simulator as strict to drivers as
 * real hardware is.
 */
#include "sim_image_rig.h"

#define REG		0x2248U		/* a register that no image has */
#define GDRST		0x941cU
#define GDRST_RCS	2U

static struct xengt_sim_engine_stats rcs_stats(struct rig *r)
{
	struct xengt_sim_engine_stats s;

	xengt_sim_engine_stats(r->m->sim, 0, &s);
	return s;
}

static void set_strict(struct rig *r, unsigned int strict)
{
	struct xengt_sim_exec_opts o;

	xengt_sim_get_exec(r->m->sim, &o);
	o.strict = strict;
	xengt_sim_set_exec(r->m->sim, &o);
}

/* --- a context that is submitted again ------------------------------------ */

/*
 * Change REG in the image of context 0 and submit the context. Returns the
 * value that the context reads from REG.
 */
static uint32_t read_changed(struct rig *r, uint32_t val, uint32_t flags)
{
	uint32_t srm[] = { MI_SRM | MI_GGTT, REG, AT(1) };
	uint32_t *page = ram32(r, PAGE_CTX(0) + 1);

	page[0x40] = MI_LRI;
	page[0x41] = REG;
	page[0x42] = val;
	page[0x43] = MI_BB_END;
	engine_emit(r, 0, srm, 4);
	wr(r->m, RCS + 0x230, 0);
	wr(r->m, RCS + 0x230, 0);
	wr(r->m, RCS + 0x230, 100);
	wr(r->m, RCS + 0x230, GTT(PAGE_CTX(0)) | 0x119 | flags);
	while (xengt_sim_run(r->m->sim))
		;
	return ram32(r, PAGE_DATA)[1];
}

#define FORCE_RESTORE	4U

static void test_not_loaded_again(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	set_strict(r, XENGT_SIM_STRICT_IDLE);
	EMIT(r, 0, MI_LRI, REG, 1);
	engine_submit(r, 0, -1);
	assert_int_equal(rcs_stats(r).contexts, 1);
	/*
	 * the engine still has this context's registers, so it reads only the
	 * tail from the image
	 */
	assert_int_equal(read_changed(r, 2, 0), 1);
	assert_int_equal(rcs_stats(r).contexts, 1);
	assert_int_equal(rcs_stats(r).completions, 2);
	assert_int_equal(csb(r, 2), 1);		/* the event is "idle to active", as
						 * without the option */
	assert_int_equal(csb(r, 3), 0x18);
	engine_destroy(r);
}

static void test_loaded_again(void **state)
{
	struct rig *r = engine_create("skl", RCS);

	(void)state;
	EMIT(r, 0, MI_LRI, REG, 1);
	engine_submit(r, 0, -1);
	assert_int_equal(read_changed(r, 2, 0), 2);	/* without the option STRICT_IDLE */
	set_strict(r, XENGT_SIM_STRICT_IDLE);
	assert_int_equal(read_changed(r, 3, FORCE_RESTORE), 3);
	assert_int_equal(read_changed(r, 4, 0), 3);
	/* another context runs in between */
	EMIT(r, 1, MI_NOOP, MI_NOOP);
	engine_submit(r, 1, -1);
	assert_int_equal(read_changed(r, 5, 0), 5);
	/* after a reset the engine has no context's registers */
	wr(r->m, GDRST, GDRST_RCS);
	engine_enable(r);
	assert_int_equal(read_changed(r, 6, 0), 6);
	engine_destroy(r);
}

/* --- events --------------------------------------------------------------- */

#define POISON		0xffffffffU

/* Runs one context, which causes two events. The entry of the second event is late. */
static struct rig *create_late(void)
{
	struct rig *r = engine_create("skl", RCS);

	set_strict(r, XENGT_SIM_STRICT_EVENTS);
	for (unsigned int i = 0; i < 12; i++)
		ram32(r, PAGE_HWSP)[0x10 + i] = POISON;
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_write_desc(r, -1);
	engine_write_desc(r, 0);
	assert_int_equal(csb_wp(r), 1);
	assert_int_equal(csb(r, 0), 1);		/* the second event made this entry
						 * visible */
	assert_int_equal(csb(r, 1), POISON);
	assert_int_equal(rd(r->m, RCS + 0x3a0) & 7, 1);
	return r;
}

static void test_late_until_read(void **state)
{
	struct rig *r = create_late();

	(void)state;
	rd(r->m, RCS + 0x370);			/* a read of another slot's register does
						 * not make the late entry visible */
	assert_int_equal(csb(r, 1), POISON);
	assert_int_equal(rd(r->m, RCS + 0x378), 0x18);
	assert_int_equal(csb(r, 1), 0x18);
	assert_int_equal(csb_ctx(r, 1), 100);
	engine_destroy(r);
}

static void test_late_until_time_passes(void **state)
{
	struct rig *r = create_late();
	unsigned int n = 0;

	(void)state;
	xengt_sim_idle(r->m->sim);
	assert_int_equal(csb(r, 1), 0x18);
	engine_destroy(r);
	r = create_late();
	while (csb(r, 1) == POISON && n++ < 1000)
		xengt_sim_run(r->m->sim);
	assert_in_range(n, 10, 100);
	engine_destroy(r);
}

/* A reset drops the late entry, and later events are correct. */
static void test_late_and_reset(void **state)
{
	struct rig *r = create_late();

	(void)state;
	wr(r->m, GDRST, GDRST_RCS);
	xengt_sim_idle(r->m->sim);
	assert_int_equal(csb(r, 1), POISON);
	engine_enable(r);
	engine_submit(r, 0, -1);
	xengt_sim_idle(r->m->sim);
	assert_int_equal(csb(r, 0), 1);
	assert_int_equal(csb(r, 1), 0x18);
	engine_destroy(r);
}

/*
 * --- a reset in the middle of a switch --------------------------------------
 */

static bool is_torn(struct rig *r, unsigned int n)
{
	const uint32_t *page = ram32(r, PAGE_CTX(n) + 1);

	return page[0x50] == 0xffffffff && page[1023] == 0xffffffff;
}

/* Submit a context and let the engine do this many steps. */
static struct rig *create_torn(unsigned int turns)
{
	struct rig *r = engine_create("skl", RCS);

	set_strict(r, XENGT_SIM_STRICT_TORN);
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_write_desc(r, -1);
	engine_write_desc(r, 0);
	while (turns--)
		xengt_sim_run(r->m->sim);
	return r;
}

static void test_switch_takes_time(void **state)
{
	struct rig *r = create_torn(0);
	unsigned int n = 0;

	(void)state;
	assert_int_equal(csb(r, 0), 1);
	assert_int_equal(csb_wp(r), 0);
	while (csb_wp(r) == 0 && n++ < 100)
		xengt_sim_run(r->m->sim);
	assert_in_range(n, 2, 10);
	assert_int_equal(csb(r, 1), 0x18);
	assert_false(is_torn(r, 0));
	wr(r->m, GDRST, GDRST_RCS);		/* no context switch is under way */
	assert_false(is_torn(r, 0));
	engine_destroy(r);
}

/*
 * While a context is loaded or saved, xengt_sim_is_switching() is true, and calls of
 * xengt_sim_run() alone end the switch.
 */
static void test_is_switching(void **state)
{
	struct rig *r = create_torn(0);
	unsigned int n = 0;

	(void)state;
	while (xengt_sim_is_switching(r->m->sim) && n++ < 100)
		xengt_sim_run(r->m->sim);
	assert_in_range(n, 2, 10);
	assert_int_equal(csb(r, 1), 0x18);
	engine_destroy(r);

	/* an engine that was stopped in the middle of a switch ends nothing */
	r = create_torn(1);
	assert_true(xengt_sim_is_switching(r->m->sim));
	wr(r->m, RCS + 0x9c, 0x01000100);
	assert_false(xengt_sim_is_switching(r->m->sim));
	wr(r->m, RCS + 0x9c, 0x01000000);
	assert_true(xengt_sim_is_switching(r->m->sim));
	wr(r->m, GDRST, GDRST_RCS);
	assert_false(xengt_sim_is_switching(r->m->sim));
	engine_destroy(r);

	r = engine_create("skl", RCS);
	EMIT(r, 0, MI_NOOP, MI_NOOP);
	engine_write_desc(r, -1);
	engine_write_desc(r, 0);
	assert_false(xengt_sim_is_switching(r->m->sim));
	engine_destroy(r);
}

static void test_torn(void **state)
{
	(void)state;
	for (unsigned int turns = 0; turns < 3; turns++) {
		struct rig *r = create_torn(turns);

		assert_int_equal(csb_wp(r), 0);
		wr(r->m, GDRST, GDRST_RCS);
		assert_true(is_torn(r, 0));
		assert_false(is_torn(r, 1));
		engine_destroy(r);
	}
}

/*
 * The event of a preemption comes after the save. After this event the preempted context
 * runs no command.
 */
static void test_preempted_late(void **state)
{
	struct rig *r = engine_create("skl", RCS);
	unsigned int n = 0;

	(void)state;
	set_strict(r, XENGT_SIM_STRICT_TORN);
	EMIT(r, 0, MI_SEMA_EQ | MI_GGTT, 1, AT(0), MI_STORE | MI_GGTT, AT(4),
	     7);
	EMIT(r, 1, MI_STORE | MI_GGTT, AT(5), 8);
	engine_submit(r, 0, -1);
	for (unsigned int i = 0; i < 8; i++)
		xengt_sim_run(r->m->sim);
	engine_write_desc(r, -1);
	engine_write_desc(r, 1);
	ram32(r, PAGE_DATA)[0] = 1;
	while (csb_wp(r) < 2 && n++ < 100)
		xengt_sim_run(r->m->sim);
	assert_int_equal(csb(r, 1), 2);
	assert_int_equal(csb(r, 2), 0x18);
	assert_int_equal(ram32(r, PAGE_DATA)[4], 0);
	assert_int_equal(ram32(r, PAGE_DATA)[5], 8);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_loaded_again),
		cmocka_unit_test(test_loaded_again),
		cmocka_unit_test(test_late_until_read),
		cmocka_unit_test(test_late_until_time_passes),
		cmocka_unit_test(test_late_and_reset),
		cmocka_unit_test(test_switch_takes_time),
		cmocka_unit_test(test_is_switching),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_preempted_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
