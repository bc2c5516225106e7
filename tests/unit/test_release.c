// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that after a vGPU has released a frame, no engine reaches the frame by an old
 * translation, and the cache of the render engine writes nothing back to the frame. The
 * boundary runs on the simulated GPU, whose caches keep as much as they may
 * (XENGT_SIM_STRICT_CACHES). After each step the test tells the judge who owns each frame.
 *
 * promise: P3
 */
#include "residue_rig.h"

#include "xengt/limits.h"
#include "xengt/types.h"

#define MI_STORE	0x10000002u
#define MI_STORE_GGTT	0x10400002u
#define MI_ARB_OFF	0x04000000u
#define MI_ARB_ON	0x04000001u
#define MI_START_PPGTT	0x18800101u
#define MI_BATCH_END	0x05000000u
#define MI_SEMA_GGTT	0x0e40c002u	/* waits until a dword in memory equals the value */

static const enum xengt_platform_id platforms[] = {
	XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
};

/*
 * Two frames: the guest reaches one only through the GGTT, the other only through a page table.
 */
#define BY_GGTT		130u
#define BY_LEAF		131u
#define GATE		132u		/* the frame whose first dword a context waits for */
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

/*
 * Tells the judge that nobody owns the released frames. Then lets the GPU's cache write back
 * all its data.
 */
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

/* Starts context n, which waits until GATE is 1. */
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

			/*
			 * the vGPU that wrote to the frames ends while one of its contexts
			 * still waits
			 */
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

/* Context 0 writes to both frames, flushes nothing, and then waits until GATE is 1. */
static void write_and_wait(struct court_guest *g)
{
	static const uint32_t batch[] = { MI_STORE, LEAF_VA, 0, 1, MI_BATCH_END };

	memcpy(court_page(g, AT_BATCH), batch, sizeof(batch));
	COURT_EMIT(g, 0, MI_STORE_GGTT, court_addr(g, BY_GGTT), 0, 1);
	/*
	 * (arbitration is off around the batch, as in drivers that know that their GPU is
	 * virtual; Gen8 depends on this)
	 */
	COURT_EMIT(g, 0, MI_ARB_OFF, 0, MI_START_PPGTT, BATCH_VA, 0, MI_ARB_ON);
	begin_to_wait(g, 0);
	for (uint32_t i = 0; court_page(g, BY_LEAF)[0] != 1; i++) {
		assert_true(i < 20000);
		court_pump(g->court);
	}
	assert_int_equal(court_page(g, BY_GGTT)[0], 1);
}

/* Lets the context that begin_to_wait() started continue, until it has completed. */
static void end_wait(struct court_guest *g)
{
	uint32_t done = g->done;

	court_page(g, GATE)[0] = 1;
	for (uint32_t i = 0; g->done == done; i++) {
		assert_true(i < 20000);
		court_pump(g->court);
	}
}

static uint32_t owner_of(const struct court *c, uint64_t mfn)
{
	return xengt_fake_frame_owner(c->machine, mfn);
}

/*
 * A guest gives frames away while one of its own contexts is on the render engine. The guest
 * still owns the frames until the cache has written them back; after that nobody owns them.
 */
static void frames_wait_for_their_guests_own_work(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++)
		for (size_t i = 0; i < XENGT_ARRAY_SIZE(ways); i++) {
			struct court *c = open(platforms[p]);
			struct court_guest *g = &c->guests[0];
			uint64_t mfns[] = {
				xengt_hv_fake_mfn(g->fake, gfn(BY_GGTT)),
				xengt_hv_fake_mfn(g->fake, gfn(BY_LEAF)),
			};
			uint32_t before = owner_of(c, mfns[0]);

			write_and_wait(g);
			ways[i](c);
			look(c);
			if (g->gpu && ways[i] != by_zap)
				end_wait(g);
			look(c);
			for (size_t f = 0; f < XENGT_ARRAY_SIZE(mfns); f++)
				assert_int_not_equal(owner_of(c, mfns[f]), before);
			court_close(c);
		}
}

/* The frames are released before the guest's context has ended. */
static void they_do_not_wait_for_its_end(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++) {
		struct court *c = open(platforms[p]);
		struct court_guest *g = &c->guests[0];
		uint64_t mfn = xengt_hv_fake_mfn(g->fake, gfn(BY_GGTT));
		uint32_t before = owner_of(c, mfn), done;

		write_and_wait(g);
		done = g->done;
		by_entries(c);
		look(c);
		for (uint32_t i = 0; owner_of(c, mfn) == before; i++) {
			assert_true(i < 20000);
			court_pump(c);
		}
		look(c);
		assert_int_equal(g->done, done);
		assert_int_equal(g->hung, 0);
		end_wait(g);
		court_close(c);
	}
}

/* After the guest has reset the engine, the frames are released at once. */
static void a_reset_ends_the_wait(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++) {
		struct court *c = open(platforms[p]);
		struct court_guest *g = &c->guests[0];
		uint64_t mfn = xengt_hv_fake_mfn(g->fake, gfn(BY_GGTT));
		uint32_t before = owner_of(c, mfn);

		write_and_wait(g);
		by_entries(c);
		assert_int_equal(owner_of(c, mfn), before);
		assert_int_equal(g->gpu->ops->engine_reset(g->gpu, 1), 0);
		assert_int_not_equal(owner_of(c, mfn), before);
		look(c);
		court_close(c);
	}
}

static uint64_t held_by(const struct court_guest *g)
{
	struct xengt_vgpu_info info;

	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	return info.frames_held;
}

/* The number of frames that the module says it keeps. */
static uint64_t kept_by(struct court_guest *g)
{
	struct xengt_vgpu_info info;

	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	return info.frames_kept;
}

/*
 * Makes an entry point to a frame, then to nothing, then to a frame again, and so on.
 * Each time the module has to keep one more released frame.
 */
static void make_kept(struct court_guest *g, uint32_t count)
{
	uint64_t entries[] = { (uint64_t)BY_GGTT << 12 | 1, 0 };

	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(g->gpu->ops->ggtt_write(g->gpu,
			g->first + BY_GGTT, &entries[i % 2 ? 0 : 1], 1, NULL), 0);
}

/*
 * A guest cannot make the module keep more than a limited number of released frames. At the
 * limit the module preempts the guest's context. If the context stops, the guest only has to
 * wait; if not, the module ends the context.
 */
static void few_frames_are_kept(void **state)
{
	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++)
		for (uint32_t stays = 0; stays < 2; stays++) {
			struct court *c = open(platforms[p]);
			struct court_guest *g = &c->guests[0];
			struct xengt_sim_exec_opts opts;
			uint64_t held;

			xengt_sim_get_exec(c->sim, &opts);
			opts.ignore_preempt = stays;
			xengt_sim_set_exec(c->sim, &opts);
			begin_to_wait(g, 0);
			held = held_by(g);
			assert_int_equal(kept_by(g), 0);
			make_kept(g, 2 * XENGT_KEPT_FRAMES_MAX);
			assert_int_equal(kept_by(g), held_by(g) - held);
			assert_in_range(held_by(g), held + XENGT_KEPT_FRAMES_MAX / 2,
					held + XENGT_KEPT_FRAMES_MAX);
			make_kept(g, 2 * XENGT_KEPT_FRAMES_MAX);
			assert_true(held_by(g) <= held + XENGT_KEPT_FRAMES_MAX);
			court_pump(c);
			assert_int_equal(g->hung, stays);
			if (stays)
				assert_int_equal(kept_by(g), 0);
			court_close(c);
		}
}

/*
 * Tests the engines other than the render engine, which the tests above use. An engine uses a
 * translation of the GGTT while the guest changes the entry.
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
		cmocka_unit_test(frames_wait_for_their_guests_own_work),
		cmocka_unit_test(they_do_not_wait_for_its_end),
		cmocka_unit_test(a_reset_ends_the_wait),
		cmocka_unit_test(few_frames_are_kept),
		cmocka_unit_test(no_engine_keeps_a_translation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
