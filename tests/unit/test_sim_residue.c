// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that the judge tracks what a context leaves in the hardware. Contexts of two
 * guests run alternately on one engine, with images in a mediator's memory.
 */
#include "sim_image_rig.h"

#include "xengt/judge_abi.h"

#define NOPID	(VECS + 0x94U)	/* a register of the engine without any
				 * effect */

#define GPR(base)	((base) + 0x600)
#define MINE		XENGT_JUDGE_DESC_SLOT(3)
#define OTHERS		XENGT_JUDGE_DESC_SLOT(5)
#define OTHERS_DOMID	8U
#define PAGE_SLICE(n)	(60U + (n))

#define PRIMITIVE	0x7b000005, 0, 0, 0, 0, 0, 0
#define WALKER		0x7105000d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
/*
 * A PIPE_CONTROL with L3 flush, CS stall and a write by index, which clears
 * shared local memory.
 */
#define CLEAR		0x7a000004, 0x08304000, 0x100, 0, 0, 0

struct court {
	struct rig *r;
	uint8_t *shm;
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_violation *ring;
};

static void add_slice(struct court *c, unsigned int slot, unsigned int domid,
		      unsigned int page)
{
	struct xengt_judge_slice *s =
		(void *)(c->shm + XENGT_JUDGE_SLICES_OFF);

	s += slot;
	c->hdr->generation++;
	s->domid = domid;
	s->low_base = GTT(page);
	s->low_bytes = 4096;
	s->active = 1;
	c->hdr->generation++;
}

/* The shared memory is large, so all cases use the same memory. */
static uint8_t *the_memory(void)
{
	static uint8_t *shm;

	if (!shm)
		shm = aligned_alloc(4096, XENGT_JUDGE_FILE_BYTES);
	assert_non_null(shm);
	assert_int_equal(xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES),
			 0);
	return shm;
}

static struct court *open_court(const char *platform, uint32_t base,
				unsigned int strict)
{
	struct court *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->r = image_create(platform, base, strict);
	c->shm = the_memory();
	c->hdr = (void *)c->shm;
	c->ring = (void *)(c->shm + XENGT_JUDGE_RING_OFF);
	add_slice(c, 3, 7, PAGE_SLICE(0));
	add_slice(c, 5, OTHERS_DOMID, PAGE_SLICE(1));
	assert_int_equal(xengt_sim_judge_attach(c->r->m->sim, c->shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	return c;
}

static void close_court(struct court *c)
{
	xengt_sim_judge_attach(c->r->m->sim, NULL, 0);
	engine_destroy(c->r);
	free(c);
}

/*
 * Returns the number of residue violations by contexts of slot 3 (MINE). (Other tests check
 * other kinds of violations.)
 */
static unsigned int n_residues(const struct court *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		if (c->ring[i].seq && c->ring[i].slot == 3 &&
		    (c->ring[i].flags & XENGT_JUDGE_V_RESIDUE))
			n++;
	return n;
}

static bool has_residue(const struct court *c, uint32_t addr)
{
	for (unsigned int i = 0; i < XENGT_JUDGE_RING_MAX; i++) {
		const struct xengt_judge_violation *v = &c->ring[i];

		if (v->seq && (v->flags & XENGT_JUDGE_V_RESIDUE) &&
		    v->addr == addr && v->slot == 3 &&
		    v->owner_found == XENGT_JUDGE_OWNER(OTHERS_DOMID, 0))
			return true;
	}
	return false;
}

static void leave(struct court *c, uint32_t reg, uint32_t val)
{
	uint32_t lri[] = { MI_LRI, reg, val };

	image_run_as(c->r, 1, OTHERS, lri, 3);
}

#define RUN_AS(c, n, label, ...)					\
	do {								\
		static const uint32_t dw_[] = { __VA_ARGS__ };		\
		image_run_as((c)->r, n, label, dw_, sizeof(dw_) / 4);	\
	} while (0)

/* Runs a new context, with restore inhibited, on every engine. */
static void test_inhibited(void **state)
{
	static const char *const platforms[] = { "bdw", "skl" };
	static const uint32_t bases[] = { RCS, VCS, VECS, BCS };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint32_t base = bases[i / 2];
		struct court *c = open_court(platforms[i % 2], base,
					     XENGT_SIM_STRICT_RESIDUE);

		leave(c, GPR(base), 1);
		assert_int_equal(n_residues(c), 0);
		image_read_reg(c->r, 0, MINE, GPR(base));
		assert_true(has_residue(c, GPR(base)));
		close_court(c);
	}
}

/*
 * A register that the image loads belongs to the context; other registers do
 * not.
 */
static void test_loaded(void **state)
{
	struct court *c = open_court("skl", RCS, XENGT_SIM_STRICT_RESIDUE |
				     XENGT_SIM_STRICT_IMAGES);

	(void)state;
	RUN_AS(c, 0, MINE, MI_NOOP, MI_NOOP);
	leave(c, GPR(RCS), 1);
	image_read_reg(c->r, 0, MINE, GPR(RCS));
	assert_int_equal(n_residues(c), 0);
	leave(c, 0x2094, 1);
	image_read_reg(c->r, 0, MINE, 0x2094);
	assert_int_equal(n_residues(c), 1);
	assert_true(has_residue(c, 0x2094));
	close_court(c);
}

/*
 * A value from the CPU or from a reset belongs to no domain. A value that a domain
 * wrote still belongs to that domain.
 */
static void test_taken_over(void **state)
{
	struct court *c = open_court("skl", VECS, XENGT_SIM_STRICT_RESIDUE);

	(void)state;
	leave(c, NOPID, 1);
	wr(c->r->m, NOPID, 0);
	image_read_reg(c->r, 0, MINE, NOPID);
	leave(c, NOPID, 1);
	image_read_reg(c->r, 1, OTHERS, NOPID);
	wr(c->r->m, REG_GDRST, 0x10);
	engine_enable(c->r);
	image_read_reg(c->r, 0, MINE, NOPID);
	assert_int_equal(n_residues(c), 0);
	close_court(c);
}

/*
 * A write with only some of the mask bits leaves the neighbour's other bits in a masked
 * register; a write with all mask bits leaves none.
 */
static void test_masked(void **state)
{
	static const uint32_t regs[] = { 0x2088, 0x2090, 0x20c0, 0x7014 };

	(void)state;
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		uint32_t lri[] = { MI_LRI, regs[i], 0x00020002 };
		struct court *c = open_court("skl", RCS, XENGT_SIM_STRICT_RESIDUE);

		leave(c, regs[i], 0xffff5a5a);
		image_run_as(c->r, 0, MINE, lri, 3);
		image_read_reg(c->r, 0, MINE, regs[i]);
		assert_true(has_residue(c, regs[i]));
		close_court(c);

		c = open_court("skl", RCS, XENGT_SIM_STRICT_RESIDUE);
		lri[2] = 0xffff0002;
		leave(c, regs[i], 0xffff5a5a);
		image_run_as(c->r, 0, MINE, lri, 3);
		image_read_reg(c->r, 0, MINE, regs[i]);
		assert_int_equal(n_residues(c), 0);
		close_court(c);
	}
}

/* Tries every command that can read a register. */
static void test_readers(void **state)
{
	static const struct {
		uint32_t reg;
		uint32_t dw[8];
		unsigned int n;
	} t[] = {
		{ 0x2600, { 0x2aU << 23 | 1, 0x2600, 0x2604 }, 3 },
		/* MI_MATH loads SRCA from GPR 0 */
		{ 0x2600, { 0x1aU << 23, 0x08008000 }, 2 },
		/* MI_ATOMIC adds GPR 0 */
		{ 0x2600, { 0x2fU << 23 | MI_GGTT | 7U << 8 | 1, AT(8) }, 3 },
		/* MI_PREDICATE compares its sources */
		{ 0x2400, { 0x0cU << 23 | 2U << 6 | 2, 0 }, 2 },
		{ 0x23bc, { 0x01U << 23 | 1, 0 }, 2 },
		{ 0x2094, { MI_SRM | MI_GGTT, 0x2094, AT(1) }, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct court *c = open_court("skl", RCS,
					     XENGT_SIM_STRICT_RESIDUE |
					     XENGT_SIM_STRICT_IMAGES);

		leave(c, t[i].reg, 1);
		image_run_as(c->r, 0, MINE, t[i].dw, t[i].n);
		assert_true(has_residue(c, t[i].reg));
		close_court(c);
	}
}

/*
 * If a context has set no pipeline state, a save stores the neighbour's state into
 * the context's image.
 */
static void test_state_is_saved(void **state)
{
	struct court *c = open_court("bdw", RCS, XENGT_SIM_STRICT_RESIDUE |
				     XENGT_SIM_STRICT_IMAGES);

	(void)state;
	RUN_AS(c, 0, MINE, 0x784c0000, 1);	/* the last RUN_AS() of this test checks
						 * that context 0 gets this state back */
	RUN_AS(c, 1, OTHERS, 0x784c0000, 2);
	RUN_AS(c, 0, MINE, MI_NOOP, MI_NOOP);
	assert_false(has_residue(c, 0x784c0000));
	RUN_AS(c, 1, OTHERS, 0x784d0000, 2);
	RUN_AS(c, 0, MINE, MI_NOOP, MI_NOOP);
	assert_true(has_residue(c, 0x784d0000));
	close_court(c);
}

/* A draw or a walker starts threads after threads of another domain. */
static void test_threads(void **state)
{
	struct court *c = open_court("skl", RCS, XENGT_SIM_STRICT_RESIDUE);

	(void)state;
	RUN_AS(c, 0, MINE, MI_NOOP, MI_NOOP);
	RUN_AS(c, 1, OTHERS, PRIMITIVE);
	RUN_AS(c, 1, OTHERS, WALKER);
	RUN_AS(c, 0, MINE, CLEAR, WALKER);
	RUN_AS(c, 0, MINE, PRIMITIVE);
	assert_int_equal(n_residues(c), 0);
	RUN_AS(c, 1, OTHERS, CLEAR, PRIMITIVE);
	/*
	 * PIPE_CONTROL clears nothing without the stall (first command), or without the
	 * write (second command)
	 */
	RUN_AS(c, 0, MINE, 0x7a000004, 0x08204000, 0x100, 0, 0, 0,
	       0x7a000004, 0x08100000, 0, 0, 0, 0, WALKER);
	assert_int_equal(n_residues(c), 1);
	assert_true(has_residue(c, 0x7105000d));
	close_court(c);
}

/* Without XENGT_SIM_STRICT_RESIDUE there are no violations. */
static void test_off(void **state)
{
	struct court *c = open_court("skl", RCS, 0);

	(void)state;
	leave(c, 0x2094, 1);
	image_read_reg(c->r, 0, MINE, 0x2094);
	RUN_AS(c, 1, OTHERS, WALKER);
	RUN_AS(c, 0, MINE, WALKER);
	assert_int_equal(n_residues(c), 0);
	close_court(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inhibited),
		cmocka_unit_test(test_loaded),
		cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_state_is_saved),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
