// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which dwords of a guest's context image the hardware loads: src/boundary/image.c,
 * template.c and context.c, on hardware that does nothing by itself (boundary_world.h).
 * test_residue tests what the hardware does with such an image.
 *
 * promise: P17
 */
/* (genxml_facts.h is first: it gives names of reg_names.h another meaning, and undefines them) */
#include "genxml_facts.h"
#include "boundary_world.h"
#include "edge.h"

#define BATCH_END	0x05000000u

static struct world *w;
static struct world_guest *g;

static int setup_on(enum xengt_platform_id platform)
{
	w = world_create(platform, 1);
	g = &w->guests[0];
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

static struct xengt_slot *the_slot(void)
{
	struct xengt_slot *s = g->exec.lanes[XENGT_ENGINE_RCS].slots;

	return s[1].state == XENGT_SLOT_ON_HW ? &s[1] : &s[0];
}

static uint32_t *image(uint32_t page)
{
	return (uint32_t *)the_slot()->image.mem + page * 1024;
}

/* Give the guest an image of RCS with the dwords of the template. */
static void guest_image(void)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);

	for (uint32_t i = t->first; i < t->count; i++)
		g->memory[IMAGE_FRAME(0) + 1 + i / 1024][i % 1024] =
			t->dw[i];
}

static uint32_t *their_dword(uint32_t at)
{
	return &g->memory[IMAGE_FRAME(0) + 1 + at / 1024][at % 1024];
}

/*
 * Returns the index of a register's value in the template, and in each image of the same
 * layout.
 */
static uint32_t value_at(uint32_t reg)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);

	for (uint32_t i = 0; i < t->n_keys; i++)
		if (t->keys[i].key == reg)
			return t->keys[i].at;
	fail_msg("no register 0x%x in the template", reg);
	return 0;
}

static void every_page_comes_and_goes(void **state)
{
	const uint32_t pages = xengt_context_pages(w->hw.platform,
						   XENGT_ENGINE_RCS);
	struct xengt_event ev;

	(void)state;
	assert_int_equal(pages,
			 w->hw.platform->id == XENGT_PLATFORM_BDW ? 20 : 22);
	guest_image();
	g->memory[IMAGE_FRAME(0)][0] = 7;
	/* data after the END, in each page that has no commands */
	for (uint32_t i = 4; i < pages; i++)
		g->memory[IMAGE_FRAME(0) + i][2] = 0x100 + i;
	g->memory[IMAGE_FRAME(0) + pages][0] = 0x5a5a;
	/*
	 * later in this test the hardware saves a head of 0x40, so the ring needs commands up
	 * to 0x40
	 */
	for (uint32_t i = 0; i < 0x40; i += 4)
		guest_emit(g, 0, 0);
	assert_int_equal(guest_submit(g, 0, 1), 0);
	assert_int_equal(image(0)[0], 7);
	for (uint32_t i = 4; i < pages; i++)
		assert_int_equal(image(i)[2], 0x100 + i);
	/* the hardware saves these dwords, and the guest's image must get them */
	for (uint32_t i = 0; i < pages; i++)
		image(i)[1020] = 0x900 + i;
	image(1)[0x05] = 0x200040;
	image(1)[0x23] = 0x4321;
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(g, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
	for (uint32_t i = 0; i < pages; i++)
		assert_int_equal(g->memory[IMAGE_FRAME(0) + i][1020],
				 0x900 + i);
	assert_int_equal(g->memory[IMAGE_FRAME(0) + pages][0], 0x5a5a);
	assert_int_equal(state_of(g, 0)[0x05], 0x200040);
	assert_int_equal(state_of(g, 0)[0x23], 0x4321);
	/*
	 * in the guest's image, the dwords that the module replaced for the run have the
	 * guest's values
	 */
	assert_int_equal(state_of(g, 0)[ST_START_DW], gaddr(g, RING_FRAME(0)));
	assert_int_equal(state_of(g, 0)[0x33], 0);
}

/* Returns dword 'at' of the commands that the hardware loads. */
static uint32_t loaded(uint32_t at)
{
	return ((uint32_t *)the_slot()->image.mem)[1024 + at];
}

static uint32_t found;			/* XENGT_IMAGE_IS_* of the last load */

static void load_image(void)
{
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);

	work.image = ~0u;
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	found = work.image;
}

static void take_back(void)
{
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
}

/*
 * CTX_CONTROL says that the context has no state yet: the hardware loads nothing of the guest's
 * image.
 */
static void a_new_context_is_the_template_s(void **state)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);

	(void)state;
	for (uint32_t i = t->first; i < t->count; i++)
		*their_dword(i) = 0x12345678;
	state_of(g, 0)[ST_CTRL_DW] = 0x00090009;
	load_image();
	assert_memory_equal((uint32_t *)the_slot()->image.mem + 1024 + t->first,
			    t->dw + t->first,
			    4ul * (t->count - t->first));
	assert_int_equal(loaded(ST_CTRL_DW), 0x000f0008);
	assert_int_equal(g->exec.counters.images_other, 0);
	assert_int_equal(found, 0);
}

/*
 * There are three kinds of registers: the value is the guest's; the value is the guest's except
 * for the bits of a mask; or the value is the module's. The test has registers at both sides of
 * a page border.
 */
static void each_register_has_a_verdict(void **state)
{
	const uint32_t gpr = value_at(0x2600), mode = value_at(0x209c);
	const uint32_t first = value_at(0x5200), last = value_at(0x528c);

	(void)state;
	assert_true(first < 1024 && last > 1024);
	guest_image();
	*their_dword(gpr) = 0x11;
	*their_dword(first) = 0x22;
	*their_dword(last) = 0x33;
	*their_dword(value_at(0x2360)) = 0xffffffff;
	*their_dword(value_at(0x83a4)) = 0xffffffff;
	/*
	 * the guest's image sets STOP_RING, and a bit without its mask bit, and it clears a bit
	 * that the module's value has
	 */
	*their_dword(mode) = 0x01490143;
	assert_true(OWN_VALUE(0x209c) & 0x8);
	if (w->hw.platform->id == XENGT_PLATFORM_SKL)
		*their_dword(value_at(0x4de0)) = 0xffffffff;
	load_image();
	assert_int_equal(loaded(gpr), 0x11);
	assert_int_equal(loaded(first), 0x22);
	assert_int_equal(loaded(last), 0x33);
	assert_int_equal(loaded(value_at(0x2360)), OWN_VALUE(0x2360));
	assert_int_equal(loaded(value_at(0x83a4)), OWN_VALUE(0x83a4));
	assert_int_equal(loaded(mode), (OWN_VALUE(0x209c) & ~0x49u) | 0x41);
	if (w->hw.platform->id == XENGT_PLATFORM_SKL)
		assert_int_equal(loaded(value_at(0x4de0)), OWN_VALUE(0x4de0));
	assert_int_equal(g->exec.counters.images_other, 0);
	assert_int_equal(found, 0);
}

/* A bit of CTX_CONTROL counts only with its mask bit, as in the register. */
static void bits_of_the_control_need_their_mask(void **state)
{
	static const struct {
		uint32_t ctrl;
		bool has_state, has_rs;
	} cases[] = {
		{ 0x00090008, true, false }, { 0x00080009, true, false },
		{ 0x00010000, true, false }, { 0x00000001, true, false },
		{ 0x00090009, false, false }, { 0x00010001, false, false },
		{ 0x000a000a, true, true }, { 0x0008000a, true, false },
		{ 0x000a0008, true, false }, { 0x00030003, false, true },
	};
	const uint32_t gpr = value_at(0x2600);

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		guest_image();
		*their_dword(gpr) = 0x11;
		state_of(g, 0)[ST_CTRL_DW] = cases[i].ctrl;
		load_image();
		assert_int_equal(loaded(gpr), cases[i].has_state ? 0x11 : OWN_VALUE(0x2600));
		assert_int_equal(loaded(ST_CTRL_DW), 0x000f0008 | (cases[i].has_rs ? 2 : 0));
		take_back();
	}
}

/* The fact about the command that begins with this dword, or NULL if genxml has no such command. */
static const struct genxml_fact *fact_of(uint32_t dw0)
{
	/* 3DSTATE_VF_STATISTICS has two opcodes; genxml has one of them */
	if (dw0 >> 16 == 0x780b)
		dw0 = 0x680b0000;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(genxml_facts); i++) {
		const struct genxml_fact *fact = &genxml_facts[i];

		if (fact->gens & w->hw.platform->gen && fact->engines & ON_RCS &&
		    fact->opcode >> 16 == dw0 >> 16)
			return fact;
	}
	return NULL;
}

/* Does the audit allow this command of the render engine in an image? */
static bool is_in_images(uint32_t opcode)
{
	const uint32_t where = xengt_audit_on(w->hw.platform, XENGT_ENGINE_RCS) | IN_IMAGE;
	const struct xengt_audit_cmd *row = xengt_audit_find(where, opcode);

	return row && (row->where & where) == where;
}

/*
 * Checks the values that enable something: bases and sizes are used only if bit 0 is set, and a
 * depth buffer needs memory unless it is the null surface.
 */
static void check_values(const uint32_t *dw, uint32_t len)
{
	const bool is_bases = dw[0] >> 16 == 0x6101;

	for (uint32_t i = 1; i < len; i++) {
		uint32_t want = 0;

		if (is_bases && (i == 1 || (i >= 4 && i <= 10 && i % 2 == 0) || i == 16))
			want = 1;
		else if (is_bases && i >= 12 && i <= 15)
			want = 0xfffff001;
		else if (dw[0] >> 16 == 0x7805 && i == 1)
			want = 7u << 29;
		else if (dw[0] >> 16 == 0x7a00 && i == 1)
			want = 1u << 20 | 1u << 1;
		assert_int_equal(dw[i], want);
	}
}

/* How often the context of which the template is made ran each opcode. */
static uint8_t ran[0x10000];

/* Checks a command of this context, and returns its length. */
static uint32_t check_command(const uint32_t *dw)
{
	const struct genxml_fact *fact = fact_of(*dw);
	uint32_t len = 1;

	if (!*dw)
		return 1;
	if (!fact)
		len = (*dw & 0xff) + 2;
	else if (fact->len_bits)
		len = (*dw & ((1u << fact->len_bits) - 1)) + 2;
	assert_true(!fact || !fact->len || fact->len == len);
	check_values(dw, len);
	ran[*dw >> 16]++;
	return len;
}

/* This context runs each kind of state once, and no command that starts something. */
static void the_template_has_run_each_state(void **state)
{
	static const uint32_t actions[] = { 0x7001, 0x7002, 0x7004, 0x7852 };
	uint32_t len;

	(void)state;
	memset(ran, 0, sizeof(ran));
	for (uint32_t at = 0; at < w->own_dwords; at += len) {
		len = check_command(&w->own_ring[at]);
		assert_true(at + len <= w->own_dwords);
	}
	assert_int_equal(w->own_dwords % 2, 0);
	assert_int_equal(ran[0x6904], 2);
	assert_int_equal(ran[0x7a00], 3);
	ran[0x6904] = ran[0x7a00] = 1;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(actions); i++)
		assert_int_equal(ran[actions[i]]++, 0);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(genxml_facts); i++) {
		const struct genxml_fact *fact = &genxml_facts[i];

		if (fact->gens & w->hw.platform->gen && fact->engines & ON_RCS &&
		    fact->opcode >> 29 == 3 && is_in_images(fact->opcode))
			assert_int_equal(ran[fact->opcode >> 16], 1);
	}
}

/*
 * Each kind of state is set while the pipeline is selected that has this state. The engine has
 * ended its work before the selection of a pipeline, and at the end of the ring.
 */
static void the_template_selects_its_pipelines(void **state)
{
	const uint32_t mask = w->hw.platform->gen == XENGT_GEN9 ? 0x0300 : 0;
	uint32_t pipeline = 2, last = 0, len;

	(void)state;
	for (uint32_t at = 0; at < w->own_dwords; at += len) {
		const uint32_t dw0 = w->own_ring[at], op = dw0 >> 16;

		len = check_command(&w->own_ring[at]);
		if (!dw0)
			continue;
		if (op == 0x6904) {
			assert_int_equal(last, 0x7a00);
			assert_int_equal(dw0 & 0xfffc, mask);
			pipeline = dw0 & 3;
		} else if (op != 0x7a00) {
			assert_int_equal(pipeline, op == 0x7000);
		}
		last = op;
	}
	assert_int_equal(last, 0x7a00);
}

static uint32_t state_at(uint32_t opcode)
{
	return value_at(XENGT_IMAGE_STATE | opcode >> 16);
}

/*
 * The hardware loads the state of an honest guest. One of the state commands straddles two
 * pages.
 */
static void pipeline_state_is_the_guest_s(void **state)
{
	static const uint32_t ops[] = {
		0x784e0000,		/* WM_DEPTH_STENCIL */
		0x784c0000,		/* WM_CHROMAKEY */
		0x791c0000,		/* SAMPLE_PATTERN */
		0x70000000,		/* MEDIA_VFE_STATE */
		0x61040000,		/* GPGPU_CSR_BASE_ADDRESS */
	};

	(void)state;
	guest_image();
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(ops); i++) {
		uint32_t at = state_at(ops[i]), len = *their_dword(at) & 0xff;

		for (uint32_t k = 1; k < len + 2; k++)
			*their_dword(at + k) = ops[i] + k;
	}
	assert_true(state_at(0x791c0000) < 2048 &&
		    state_at(0x791c0000) + 9 > 2048);
	load_image();
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(ops); i++) {
		uint32_t at = state_at(ops[i]), len = *their_dword(at) & 0xff;

		for (uint32_t k = 0; k < len + 2; k++)
			assert_int_equal(loaded(at + k), *their_dword(at + k));
	}
	assert_int_equal(g->exec.counters.images_other, 0);
	assert_int_equal(found, 0);
}

/*
 * The guest's state command is shorter than the template's, and is followed by no-ops. The
 * hardware loads the guest's image.
 */
static void another_length_is_taken(void **state)
{
	uint32_t at = state_at(0x78080000);

	(void)state;
	guest_image();
	*their_dword(at) = 0x78080003;
	for (uint32_t i = 1; i < 133; i++)
		*their_dword(at + i) = i < 5 ? 0x40 + i : 0;
	*their_dword(value_at(0x5200)) = 0x77;
	*their_dword(value_at(0x83a4)) = 0x77;
	load_image();
	assert_int_equal(loaded(at), 0x78080003);
	assert_int_equal(loaded(at + 4), 0x44);
	assert_int_equal(loaded(value_at(0x5200)), 0x77);
	assert_int_equal(loaded(value_at(0x83a4)), OWN_VALUE(0x83a4));
	assert_int_equal(g->exec.counters.images_other, 1);
	assert_int_equal(g->exec.counters.images_cut, 0);
	assert_int_equal(found, XENGT_IMAGE_IS_OTHER);
}

/*
 * If the guest's image loads nothing, or not all registers, the module puts the template's
 * commands first and the guest's commands after them. So the template's values are loaded into
 * the other registers.
 */
static void what_is_not_loaded_is_the_template_s(void **state)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);
	const uint32_t first = t->first, end = t->end;

	(void)state;
	*their_dword(first) = BATCH_END;
	load_image();
	assert_int_equal(loaded(value_at(0x2600)), OWN_VALUE(0x2600));
	assert_int_equal(loaded(end), BATCH_END);
	assert_int_equal(found, XENGT_IMAGE_IS_OTHER);
	take_back();
	/*
	 * the guest's image loads a known register and a register that no template has, then
	 * has a state command, then a command that is no state command
	 */
	*their_dword(first) = 0x11000003;
	*their_dword(first + 1) = 0x2600;
	*their_dword(first + 2) = 5;
	*their_dword(first + 3) = 0x2230;
	*their_dword(first + 4) = 6;
	*their_dword(first + 5) = 0x784c0000;
	*their_dword(first + 6) = 7;
	*their_dword(first + 7) = 0x18800001;
	load_image();
	assert_int_equal(loaded(value_at(0x2600)), OWN_VALUE(0x2600));
	assert_int_equal(loaded(end), 0x11000003);
	assert_int_equal(loaded(end + 2), 5);
	assert_int_equal(loaded(end + 3), 0x2094);
	assert_int_equal(loaded(end + 4), 0);
	assert_int_equal(loaded(end + 6), 7);
	assert_int_equal(loaded(end + 7), BATCH_END);
	assert_int_equal(g->exec.counters.images_other, 2);
	assert_int_equal(g->exec.counters.images_cut, 1);
	assert_int_equal(found, XENGT_IMAGE_IS_OTHER | XENGT_IMAGE_IS_CUT);
}

/* If the guest's image does not fit after the template, only the template is loaded. */
static void too_much_is_left_out(void **state)
{
	const struct xengt_image *t =
		xengt_template(&w->sched, XENGT_ENGINE_RCS, false);

	(void)state;
	for (uint32_t i = t->first; i < t->count; i++)
		*their_dword(i) = 0;
	load_image();
	assert_memory_equal((uint32_t *)the_slot()->image.mem + 1024 + t->first,
			    t->dw + t->first,
			    4ul * (t->count - t->first));
	assert_int_equal(g->exec.counters.images_cut, 1);
	assert_int_equal(found, XENGT_IMAGE_IS_OTHER | XENGT_IMAGE_IS_CUT);
}

/*
 * After a hang the module uses no dword of the old image, not even a dword that equals the
 * guest's.
 */
static void a_torn_image_is_made_anew(void **state)
{
	(void)state;
	guest_image();
	load_image();
	/*
	 * a dword of the module's image is wrong after the reset, and the guest's image has the
	 * same wrong dword
	 */
	((uint32_t *)the_slot()->image.mem)[1024 + XENGT_ST_ENGINE] = 0xffffffff;
	*their_dword(XENGT_ST_ENGINE) = 0xffffffff;
	take_back();
	load_image();
	assert_int_not_equal(loaded(XENGT_ST_ENGINE), 0xffffffff);
}

/* Number of dwords in the small template and in the guest's image that the tests below make. */
#define SMALL		12u

static enum xengt_image_fit merge_small(uint32_t *mine, uint32_t *theirs)
{
	static struct xengt_image_key keys[XENGT_IMAGE_KEYS_MAX];
	struct xengt_image t = { .dw = mine, .count = SMALL, .keys = keys };
	const struct xengt_audit audit = {
		.platform = w->hw.platform, .engine = XENGT_ENGINE_RCS,
	};

	xengt_image_learn(&t, &audit);
	return xengt_image_merge(&t, &audit, theirs);
}

/*
 * The image has a state command that no table of the audit has: the template's values are
 * loaded, wherever the command is in the image.
 */
static void state_that_nobody_knows(void **state)
{
	uint32_t mine[SMALL] = {
		0x11000001, 0x2600, 1, 0x7bff0001, 2, 3, BATCH_END, 4,
	};
	uint32_t same[SMALL] = {
		0x11000001, 0x2600, 5, 0x7bff0001, 6, 7, BATCH_END, 8,
	};
	uint32_t moved[SMALL] = {
		0, 0x7bff0001, 6, 7, 0x11000001, 0x2600, 5, BATCH_END, 8,
	};
	uint32_t longer[SMALL] = {
		0, 0x7bff0002, 6, 7, 8, 0x11000001, 0x2600, 5, BATCH_END,
	};

	(void)state;
	assert_int_equal(merge_small(mine, same), XENGT_IMAGE_SAME);
	assert_int_equal(same[2], 5);
	assert_int_equal(same[4], 2);
	assert_int_equal(same[5], 3);
	assert_int_equal(same[7], 8);
	assert_int_equal(merge_small(mine, moved), XENGT_IMAGE_OTHER);
	assert_int_equal(moved[2], 2);
	assert_int_equal(moved[3], 3);
	assert_int_equal(moved[6], 5);
	/*
	 * an unknown command whose length differs from the template's counts as a different
	 * command: the guest's image is cut before it
	 */
	assert_int_equal(merge_small(mine, longer), XENGT_IMAGE_CUT);
	assert_memory_equal(longer, mine, 6 * 4);
	assert_int_equal(longer[6], 0);
	assert_int_equal(longer[7], BATCH_END);
}

/*
 * The guest's dwords follow the template's stream if there is room for them and for the END; not
 * one dword is written behind the image.
 */
static void room_behind_the_template(void **state)
{
	uint32_t mine[SMALL] = { 0x11000001, 0x2600, 1, BATCH_END };
	uint32_t *theirs = edge_alloc(SMALL, sizeof(*theirs));

	(void)state;
	for (uint32_t n = 0; n < SMALL; n++) {
		memset(theirs, 0, SMALL * sizeof(*theirs));
		theirs[n] = 0x0f800000;		/* no command: the stream ends here */
		assert_int_equal(merge_small(mine, theirs), XENGT_IMAGE_CUT);
		assert_memory_equal(theirs, mine, 3 * sizeof(*theirs));
		assert_int_equal(theirs[n < SMALL - 3 ? 3 + n : 3], BATCH_END);
	}
	edge_free(theirs);
}

/*
 * From dword 3 on, this template is no stream of commands: the template's dwords are loaded
 * from there on, not the guest's.
 */
static void a_template_that_nobody_knows(void **state)
{
	uint32_t mine[SMALL] = {
		0x11000001, 0x2600, 1, 0x0f800000, 2, 3, 4, 5, 6, 7, 8, 9,
	};
	uint32_t same[SMALL] = { 0x11000001, 0x2600, 5, 0x0f800000 };
	uint32_t other[SMALL] = { BATCH_END };

	(void)state;
	assert_int_equal(merge_small(mine, same), XENGT_IMAGE_SAME);
	assert_int_equal(same[2], 5);
	assert_memory_equal(same + 3, mine + 3, 9 * 4);
	assert_int_equal(merge_small(mine, other), XENGT_IMAGE_CUT);
	assert_memory_equal(other, mine, sizeof(mine));
}

static void an_engine_that_runs_nothing(void **state)
{
	struct xengt_sched *sched = calloc(1, sizeof(*sched));

	(void)state;
	assert_non_null(sched);
	w->own_sticks = true;
	assert_int_equal(xengt_sched_init(sched, &w->hw, &w->space, 100), -EIO);
	assert_true(w->health.is_stopped);
	assert_int_equal(world_entries(w), world_own_pages(w));
	free(sched);
}

/* The host has too little memory when the module begins: the module keeps nothing. */
static void the_module_has_no_memory(void **state)
{
	struct world *other = world_create(w->hw.platform->id, 0);
	uint32_t failures = 0, max;
	int r;

	(void)state;
	xengt_sched_fini(&other->sched);
	for (other->pages_max = 0;; other->pages_max++, failures++) {
		r = xengt_sched_init(&other->sched, &other->hw, &other->space, 100);
		if (!r)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(other->pages + world_entries(other), 0);
		assert_int_equal(other->wakes, 0);
	}
	assert_true(failures > 10);
	xengt_sched_fini(&other->sched);
	/* (a template for each engine, and one more for RCS) */
	for (max = 0; max <= XENGT_ENGINES; max++) {
		other->notes_max = max;
		r = xengt_sched_init(&other->sched, &other->hw, &other->space, 100);
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(other->pages + world_entries(other), 0);
	}
	other->notes_max = max;
	r = xengt_sched_init(&other->sched, &other->hw, &other->space, 100);
	assert_int_equal(r, 0);
	world_destroy(other);
}

static void run_once(void)
{
	struct xengt_event ev;

	assert_int_equal(guest_submit(g, 0, 1), 0);
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(g, &ev));
}

static void what_did_not_change_is_not_copied(void **state)
{
	uint64_t before;

	(void)state;
	guest_image();
	run_once();
	before = g->exec.counters.bytes_copied;
	run_once();
	/* the module reads the state page once, and a few dwords of other pages */
	assert_true(g->exec.counters.bytes_copied - before < 4096 + 64);
	/*
	 * if the guest wrote to the image after the last copy, the module copies and audits the
	 * image again
	 */
	*their_dword(value_at(0x83a4)) = 1;
	before = g->exec.counters.bytes_copied;
	run_once();
	assert_true(g->exec.counters.bytes_copied - before >= 8192);
	assert_int_not_equal(loaded(value_at(0x83a4)), 1);
	/* after a reset the module does not use this image again */
	assert_int_equal(guest_submit(g, 0, 1), 0);
	assert_int_equal(xengt_exec_reset(&g->exec, 1), 0);
	assert_int_equal(the_slot()->lrca, 0);
}

static uint64_t copied_in_a_run(void)
{
	uint64_t before = g->exec.counters.bytes_copied;

	run_once();
	return g->exec.counters.bytes_copied - before;
}

/*
 * The guest changes the first or the last dword of a page of its image: the module notices each
 * change, and copies it once.
 */
static void each_change_is_seen(void **state)
{
	const uint32_t pages = xengt_context_pages(w->hw.platform,
						   XENGT_ENGINE_RCS);
	uint64_t nothing;

	(void)state;
	guest_image();
	run_once();
	nothing = copied_in_a_run();
	for (uint32_t page = 1; page < pages; page++)
		for (uint32_t i = 0; i < 2; i++) {
			uint32_t at = i ? 1023 : page == 1 ? XENGT_ST_ENGINE : 0;

			g->memory[IMAGE_FRAME(0) + page][at] ^= 0x100;
			/*
			 * the module copies all pages, and copies those pages back in which the
			 * template's values differ
			 */
			assert_true(copied_in_a_run() - nothing >=
				    4096 * (pages - 1));
			assert_int_equal(copied_in_a_run(), nothing);
		}
	/* if a dword of the status page changes, the module copies this page, too */
	for (uint32_t at = 0; at < 1024; at += 1023) {
		g->memory[IMAGE_FRAME(0)][at] ^= 0x100;
		assert_int_equal(copied_in_a_run() - nothing, 4096);
		assert_int_equal(copied_in_a_run(), nothing);
	}
}

/* ---- the index of a template ---- */

#define LEARNT_DWORDS	4096u
#define PAIRS		120u			/* pairs of dwords of a load */

static struct {
	struct xengt_image image;
	uint32_t dw[LEARNT_DWORDS];
	struct xengt_image_key keys[XENGT_IMAGE_KEYS_MAX], behind;
} learnt;

static void learn(uint32_t count)
{
	const struct xengt_audit audit = {
		.platform = w->hw.platform, .engine = XENGT_ENGINE_RCS,
	};

	learnt.image = (struct xengt_image){
		.dw = learnt.dw, .count = count, .keys = learnt.keys,
	};
	xengt_image_learn(&learnt.image, &audit);
}

/* Add a load of n registers, from 'reg' downwards. Returns the index of the next dword. */
static uint32_t add_load(uint32_t at, uint32_t reg, uint32_t n)
{
	learnt.dw[at++] = XENGT_MI_LRI_OF(n);
	for (uint32_t i = 0; i < n; i++) {
		learnt.dw[at++] = reg - 4 * i;
		learnt.dw[at++] = 0x1000 + i;
	}
	return at;
}

/* A register or a kind of state that the stream has twice is in the index once, sorted. */
static void each_key_is_in_the_index_once(void **state)
{
	const uint32_t op = 0x78080000;		/* VERTEX_BUFFERS, here of 5 dwords */
	uint32_t at;

	(void)state;
	memset(&learnt, 0, sizeof(learnt));
	at = add_load(1, 0x2604, 2);
	at = add_load(at, 0x2604, 1);
	for (uint32_t i = 0; i < 2; i++, at += 5)
		learnt.dw[at] = op | 3;
	learnt.dw[at] = BATCH_END;
	learn(at + 1);
	assert_true(learnt.image.is_whole);
	assert_int_equal(learnt.image.end, at);
	assert_int_equal(learnt.image.n_keys, 3);
	assert_int_equal(learnt.keys[0].key, 0x2600);
	assert_int_equal(learnt.keys[0].at, 5);
	assert_int_equal(learnt.keys[1].key, 0x2604);
	assert_int_equal(learnt.keys[1].at, 3);
	assert_int_equal(learnt.keys[2].key, XENGT_IMAGE_STATE | op >> 16);
	for (uint32_t i = 0; i < 3; i++)
		assert_true(xengt_image_has(&learnt.image, learnt.keys[i].key));
	assert_false(xengt_image_has(&learnt.image, 0x25fc));
	assert_false(xengt_image_has(&learnt.image, 0x2608));
	assert_false(xengt_image_has(&learnt.image, UINT32_MAX));
	/* a stream without an END is not whole, and ends where the image ends */
	learn(at);
	assert_false(learnt.image.is_whole);
	assert_int_equal(learnt.image.end, at);
}

/*
 * An index that is full is not complete: a guest's stream that has all its registers may lack
 * others, so the template's stream goes before it.
 */
static void a_full_index_is_not_complete(void **state)
{
	const struct xengt_audit audit = {
		.platform = w->hw.platform, .engine = XENGT_ENGINE_RCS,
	};
	static uint32_t theirs[LEARNT_DWORDS];

	(void)state;
	for (uint32_t keys = XENGT_IMAGE_KEYS_MAX - 1; keys <= XENGT_IMAGE_KEYS_MAX + 2; keys++) {
		bool is_full = keys >= XENGT_IMAGE_KEYS_MAX;
		uint32_t at = 1;

		memset(&learnt, 0, sizeof(learnt));
		learnt.behind.key = 0x5a5a5a5a;
		for (uint32_t n = 0; n < keys; n += PAIRS)
			at = add_load(at, 0x8000 - 4 * n, keys - n < PAIRS ? keys - n : PAIRS);
		learnt.dw[at] = BATCH_END;
		learn(LEARNT_DWORDS);
		assert_int_equal(learnt.image.end, at);
		assert_int_equal(learnt.image.n_keys, is_full ? XENGT_IMAGE_KEYS_MAX : keys);
		assert_int_equal(learnt.behind.key, 0x5a5a5a5a);
		for (uint32_t i = 1; i < learnt.image.n_keys; i++)
			assert_true(learnt.keys[i - 1].key < learnt.keys[i].key);
		/* the guest's first load is at another place */
		memcpy(theirs + 1, learnt.dw, 4 * (at + 1));
		theirs[0] = theirs[1] = 0;
		assert_int_equal(xengt_image_merge(&learnt.image, &audit, theirs),
				 is_full ? XENGT_IMAGE_CUT : XENGT_IMAGE_OTHER);
	}
}

#define skl(f) cmocka_unit_test_setup_teardown(f, setup_skl, teardown)
#define bdw(f) { .name = #f " (bdw)", .test_func = f, .setup_func = setup_bdw, \
	.teardown_func = teardown }

int main(void)
{
	const struct CMUnitTest tests[] = {
		skl(every_page_comes_and_goes),
		bdw(every_page_comes_and_goes),
		skl(a_new_context_is_the_template_s),
		bdw(a_new_context_is_the_template_s),
		skl(each_register_has_a_verdict),
		bdw(each_register_has_a_verdict),
		skl(pipeline_state_is_the_guest_s),
		bdw(pipeline_state_is_the_guest_s),
		skl(another_length_is_taken),
		bdw(another_length_is_taken),
		skl(what_is_not_loaded_is_the_template_s),
		bdw(what_is_not_loaded_is_the_template_s),
		skl(too_much_is_left_out),
		bdw(too_much_is_left_out),
		skl(a_torn_image_is_made_anew),
		bdw(a_torn_image_is_made_anew),
		skl(state_that_nobody_knows),
		bdw(state_that_nobody_knows),
		skl(room_behind_the_template),
		skl(a_template_that_nobody_knows),
		skl(the_template_has_run_each_state),
		bdw(the_template_has_run_each_state),
		skl(the_template_selects_its_pipelines),
		bdw(the_template_selects_its_pipelines),
		skl(an_engine_that_runs_nothing),
		bdw(an_engine_that_runs_nothing),
		bdw(the_module_has_no_memory),
		skl(bits_of_the_control_need_their_mask),
		skl(each_key_is_in_the_index_once),
		skl(a_full_index_is_not_complete),
		skl(each_change_is_seen),
		bdw(each_change_is_seen),
		skl(what_did_not_change_is_not_copied),
		bdw(what_did_not_change_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
