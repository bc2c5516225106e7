// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that after a vGPU has released a frame, no engine reaches the frame by an old
 * translation, and the cache of the render engine writes nothing back to the frame. The
 * boundary runs on the simulated GPU, whose caches keep as much as they may
 * (XENGT_SIM_STRICT_CACHES). After each step the judge is told who owns each frame.
 *
 * promise: P3
 */
#include "residue_rig.h"

#include "xengt/types.h"

#define MI_STORE	0x10000002u
#define MI_STORE_GGTT	0x10400002u
#define MI_SEMA_GGTT	0x0e40c002u	/* polls until memory equals the value */

static const enum xengt_platform_id platforms[] = {
	XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
};

/* Frames that the guest reaches only by its GGTT, and only by a page table. */
#define BY_GGTT		130u
#define BY_LEAF		131u
#define GATE		132u		/* where a context waits */
#define LEAF_VA		(BATCH_VA + 0x1000)

static struct court *open(enum xengt_platform_id platform)
{
	struct court *c = court_open(platform, XENGT_SIM_STRICT_CACHES);
	struct court_guest *g = &c->guests[0];
	uint64_t entry = 0;

	assert_int_equal(g->gpu->ops->ggtt_write(g->gpu, g->first + BY_LEAF,
						 &entry, 1, NULL), 0);
	entry = (uint64_t)BY_LEAF << 12 | 3;
	assert_int_equal(g->gpu->ops->ppgtt_write(g->gpu, g->leaf,
						  LEAF_VA >> 12, &entry, 1,
						  NULL), 0);
	return c;
}

/* The guest's driver writes to both frames, and flushes nothing. */
static void write_both(struct court_guest *g, uint32_t n)
{
	static const uint32_t batch[] = { MI_STORE, LEAF_VA, 0, 1 };

	COURT_EMIT(g, n, MI_STORE_GGTT, court_addr(g, BY_GGTT), 0, 1);
	court_run_user(g, n, 0, batch, 4);
	assert_int_equal(court_page(g, BY_LEAF)[0], 1);
	assert_int_equal(court_page(g, BY_GGTT)[0], 1);
}

static void give_away(struct court_guest *g)
{
	xengt_hv_fake_remove_ram(g->fake, gfn(BY_GGTT));
	xengt_hv_fake_remove_ram(g->fake, gfn(BY_LEAF));
}

/* Nobody owns the released frames now; let the cache write back all that it has. */
static void look(struct court *c)
{
	court_tell_owners(c);
	xengt_sim_write_back(c->sim);
}

/* ---- the ways in which a frame is released ---- */

static void by_entries(struct court *c)
{
	struct court_guest *g = &c->guests[0];
	uint64_t entry = 0;

	give_away(g);
	assert_int_equal(g->gpu->ops->ggtt_write(g->gpu, g->first + BY_GGTT,
						 &entry, 1, NULL), 0);
	assert_int_equal(g->gpu->ops->ppgtt_write(g->gpu, g->leaf,
						  LEAF_VA >> 12, &entry, 1,
						  NULL), 0);
}

static void by_revalidation(struct court *c)
{
	give_away(&c->guests[0]);
	assert_int_equal(c->guests[0].gpu->ops->revalidate(c->guests[0].gpu),
			 0);
}

static void by_zap(struct court *c)
{
	give_away(&c->guests[0]);
	assert_int_equal(c->guests[0].gpu->ops->zap(c->guests[0].gpu), 0);
}

static void by_destruction(struct court *c)
{
	give_away(&c->guests[0]);
	c->guests[0].gpu->ops->destroy(c->guests[0].gpu);
	c->guests[0].gpu = NULL;
}

static void (*const ways[])(struct court *c) = {
	by_entries, by_revalidation, by_zap, by_destruction,
};

static void nothing_is_written_back_late(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++)
		for (size_t i = 0; i < XENGT_ARRAY_SIZE(ways); i++) {
			struct court *c = open(platforms[p]);

			write_both(&c->guests[0], 0);
			ways[i](c);
			look(c);
			court_close(c);
		}
}

/* Context n waits until GATE is 1. */
static void begin_to_wait(struct court_guest *g, uint32_t n)
{
	court_page(g, GATE)[0] = 0;
	COURT_EMIT(g, n, MI_SEMA_GGTT, 1, court_addr(g, GATE), 0);
	assert_int_equal(court_submit(g, n, 0), 0);
	court_pump(g->court);
}

/*
 * A frame is released while a neighbour has the engine, or while the frame's own vGPU has
 * work on the engine.
 */
static void nor_is_it_with_the_engine_at_work(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++)
		for (size_t i = 0; i < XENGT_ARRAY_SIZE(ways); i++) {
			struct court *c = open(platforms[p]);

			write_both(&c->guests[0], 0);
			begin_to_wait(&c->guests[1], 0);
			ways[i](c);
			look(c);
			court_close(c);

			/* a context of the vGPU that wrote still waits when the vGPU ends */
			if (ways[i] != by_zap && ways[i] != by_destruction)
				continue;
			c = open(platforms[p]);
			write_both(&c->guests[0], 0);
			begin_to_wait(&c->guests[0], 0);
			ways[i](c);
			look(c);
			court_close(c);
		}
}

/*
 * Each engine but the render engine uses a translation of the guest's GGTT at the time at
 * which the guest changes the entry. The other tests are for the render engine.
 */
static void no_engine_keeps_a_translation(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++)
		for (uint32_t e = 1; e < 4; e++) {
			struct court *c = open(platforms[p]);
			struct court_guest *g = &c->guests[0];
			uint32_t done = g->done;
			uint64_t entry = 0;

			court_page(g, GATE)[0] = 0;
			COURT_EMIT(g, 0, MI_STORE_GGTT, court_addr(g, BY_GGTT), 0, 1);
			COURT_EMIT(g, 0, MI_SEMA_GGTT, 1, court_addr(g, GATE), 0);
			COURT_EMIT(g, 0, MI_STORE_GGTT, court_addr(g, BY_GGTT), 0, 2);
			assert_int_equal(court_submit(g, 0, e), 0);
			court_pump(c);
			assert_int_equal(court_page(g, BY_GGTT)[0], 1);
			xengt_hv_fake_remove_ram(g->fake, gfn(BY_GGTT));
			assert_int_equal(g->gpu->ops->ggtt_write(
				g->gpu, g->first + BY_GGTT, &entry, 1, NULL), 0);
			court_tell_owners(c);
			court_page(g, GATE)[0] = 1;
			for (uint32_t i = 0; g->done == done; i++) {
				assert_true(i < 20000);
				court_pump(c);
			}
			court_close(c);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_written_back_late),
		cmocka_unit_test(nor_is_it_with_the_engine_at_work),
		cmocka_unit_test(no_engine_keeps_a_translation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
