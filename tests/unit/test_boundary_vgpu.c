// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests a vGPU as one object (src/boundary/vgpu.c): creation, the order of its teardown, and
 * its answers. The engines are those of boundary_world.h. The test records each call that the
 * object makes to its owner as a letter.
 *
 * promise: P14, P17
 */
#include "boundary_world.h"
#include "boundary/bnd_vgpu.h"
#include "edge.h"

#define LOW_MIB		16u
#define HIGH_MIB	32u
#define FENCES		4u
#define DOMID		7u
#define ID		3u
#define FENCE_VALUE	(((uint64_t)(v.gtt.slices[0].first + \
				     v.gtt.slices[0].count - 1) << 12 | 3) << 32 | \
			 (uint64_t)v.gtt.slices[0].first << 12 | 1)

/*
 * The owner of the vGPU. 'log' has a letter for each call, in order. If a letter would
 * repeat the letter before it, it is not added.
 */
static struct owner {
	char log[64];
	uint32_t n;
	uint32_t allocs, fail_alloc;	/* number of the allocation that fails;
					 * 0: none */
	uint32_t tables;
	void *scratch;			/* the vGPU's scratch page */
	uint32_t held;			/* number of holds on frames */
	uint64_t fences[XENGT_PART_MAX_FENCES];
	uint32_t no_ram;		/* the frame that is not RAM */
	bool has_moved;			/* true: every frame has moved */
	bool is_locked;
	bool is_done;			/* true: frames_fini() was called */
	int share_at_end;		/* 1: frames_fini() sets the share; then the result */
	uint32_t events;
} owner;

static struct world *w;
static struct xengt_part part;
static struct xengt_bnd_gpu gpu;
static struct xengt_bnd_vgpu v;
static uint8_t memory[64][4096];
static uint64_t entries_of_gpu[SPACE_FIRST];

static void note(char what)
{
	if (owner.n && owner.log[owner.n - 1] == what)
		return;
	assert_true(owner.n < sizeof(owner.log) - 1);
	owner.log[owner.n++] = what;
	owner.log[owner.n] = 0;
}

static int frames_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		      xengt_bus_t *ret_bus)
{
	assert_ptr_equal(ctx, &owner);
	for (uint32_t i = 0; i < count; i++) {
		bool is_ram = xengt_gfn_x(gfns[i]) != owner.no_ram;

		ret_bus[i] = is_ram ? xengt_bus_of_page(xengt_gfn_x(gfns[i])) :
				      XENGT_BUS_NONE;
		owner.held += is_ram;
	}
	return 0;
}

static uint32_t frames_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	(void)ctx;
	(void)gfns;
	note('p');
	owner.held -= count;
	return count;
}

static bool frame_has_moved(void *ctx, xengt_gfn_t frame)
{
	(void)ctx;
	(void)frame;
	return owner.has_moved;
}

static bool frames_look(void *ctx)
{
	(void)ctx;
	return owner.has_moved;
}

/*
 * Records writes to the vGPU's entries. boundary_world.c handles the entries outside of
 * all slices.
 */
static void pte_write(void *ctx, uint32_t index, uint64_t pte)
{
	if (index >= SPACE_FIRST) {
		world_hw_ops.pte_write(ctx, index, pte);
		return;
	}
	/* no other vGPU's entry is ever written */
	assert_true(xengt_gtt_contains(v.gtt.slices, index, 1));
	note('e');
	entries_of_gpu[index] = pte;
}

/* A flush with the lock held is a part of the end of contexts, and is not recorded. */
static int gtt_flush(void *ctx)
{
	if (!owner.is_locked)
		note('g');
	return world_hw_ops.ggtt_flush(ctx);
}

static bool may_alloc(void)
{
	return ++owner.allocs != owner.fail_alloc;
}

/*
 * Tables that the module keeps when the GPU is lost; this test frees them, as a
 * power-off would.
 */
static struct xengt_ppgtt_table *kept[64];

static struct xengt_ppgtt_table *table_alloc(void *ctx)
{
	struct xengt_ppgtt_table *table;

	(void)ctx;
	if (!may_alloc())
		return NULL;
	table = calloc(1, sizeof(*table));
	assert_non_null(table);
	table->page = edge_alloc(1, 4096);
	table->words = edge_alloc(1, XENGT_PPGTT_WORDS_BYTES);
	table->bus = xengt_bus(0x100000 + 0x1000 * ++owner.tables);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(kept); i++) {
		if (!kept[i]) {
			kept[i] = table;
			break;
		}
	}
	return table;
}

static void forget_kept(void)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(kept); i++) {
		if (kept[i]) {
			edge_free(kept[i]->page);
			edge_free(kept[i]->words);
			free(kept[i]);
		}
		kept[i] = NULL;
	}
	memset(&owner, 0, sizeof(owner));
	assert_int_equal(xengt_part_init(&part, 256ull << 20, 4096ull << 20, 32), 0);
}

static void table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	(void)ctx;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(kept); i++)
		if (kept[i] == table)
			kept[i] = NULL;
	note('t');
	owner.tables--;
	edge_free(table->page);
	edge_free(table->words);
	free(table);
}

#define OWN_SCRATCH	0x5c0000u

/*
 * Allocates a scratch page. If the lock is held, the module allocates pages for submitted
 * work: then boundary_world.c allocates the pages.
 */
static void *pages_alloc(void *ctx, uint32_t pages, xengt_bus_t *ret_bus)
{
	if (owner.is_locked)
		return world_mem_ops.pages_alloc(ctx, pages, ret_bus);
	if (!may_alloc())
		return NULL;
	assert_int_equal(pages, 1);
	assert_null(owner.scratch);
	owner.scratch = calloc(1, 4096);
	*ret_bus = xengt_bus(OWN_SCRATCH);
	return owner.scratch;
}

static void pages_free(void *ctx, void *mem, uint32_t pages,
		       const xengt_bus_t *bus)
{
	if (mem != owner.scratch) {
		world_mem_ops.pages_free(ctx, mem, pages, bus);
		return;
	}
	note('s');
	owner.scratch = NULL;
	assert_int_equal(xengt_bus_x(*bus), OWN_SCRATCH);
	for (uint32_t i = 0; i < SPACE_FIRST; i++)
		assert_int_not_equal(entries_of_gpu[i], OWN_SCRATCH | 1);
	free(mem);
}

static int ppgtt_flush(void *ctx)
{
	if (!owner.is_locked)
		note('f');
	return world_hw_ops.ppgtt_flush(ctx);
}

static void *frame_at(void *ctx, xengt_gfn_t frame)
{
	(void)ctx;
	assert_true(xengt_gfn_x(frame) < XENGT_ARRAY_SIZE(memory));
	return memory[xengt_gfn_x(frame)];
}

static void event(void *ctx)
{
	assert_ptr_equal(ctx, &owner);
	owner.events++;
}

static void *alloc(void *ctx, uint64_t bytes)
{
	assert_ptr_equal(ctx, w);
	return may_alloc() ? edge_alloc(1, bytes) : NULL;
}

static void release(void *ctx, void *mem)
{
	(void)ctx;
	edge_free(mem);
}

static void fence_write(void *ctx, uint32_t n, uint64_t value)
{
	(void)ctx;
	note('F');
	owner.fences[n] = value;
}

static void engines_lock(void *ctx)
{
	(void)ctx;
	assert_false(owner.is_locked);
	owner.is_locked = true;
	note('[');
}

static void engines_unlock(void *ctx)
{
	(void)ctx;
	assert_true(owner.is_locked);
	owner.is_locked = false;
	/* '!': an engine still works for the vGPU */
	note(w->wakes ? '!' : ']');
}

static int set_share(uint32_t weight)
{
	const struct xengt_set_share wish = {
		.vgpu_id = ID, .weight = weight, .slice_ms = XENGT_SHARE_SLICE_MS,
		.timeout_ms = XENGT_SHARE_TIMEOUT_MS,
	};

	return xengt_bnd_vgpu_set_share(&v, &wish);
}

static void frames_fini(void *ctx)
{
	if (owner.share_at_end)
		owner.share_at_end = set_share(200);
	(void)ctx;
	assert_false(owner.is_done);
	assert_int_equal(owner.held, 0);
	owner.is_done = true;
	note('D');
}

static const struct xengt_guest_ops ops = {
	.frames_get = frames_get,
	.frames_put = frames_put,
	.frame_has_moved = frame_has_moved,
	.frames_look = frames_look,
	.frame_at = frame_at,
	.frames_fini = frames_fini,
	.event = event,
};

static const struct xengt_guest guest = { .ops = &ops, .ctx = &owner };
static struct xengt_hw_ops hw_ops;
static struct xengt_mem_ops mem_ops;

/* Replaces the calls to the world's hardware that this file records. */
static void look_at_hw(void)
{
	hw_ops = world_hw_ops;
	hw_ops.pte_write = pte_write;
	hw_ops.ggtt_flush = gtt_flush;
	hw_ops.ppgtt_flush = ppgtt_flush;
	hw_ops.fence_write = fence_write;
	hw_ops.engines_lock = engines_lock;
	hw_ops.engines_unlock = engines_unlock;
	mem_ops = world_mem_ops;
	mem_ops.alloc = alloc;
	mem_ops.free = release;
	mem_ops.pages_alloc = pages_alloc;
	mem_ops.pages_free = pages_free;
	mem_ops.table_alloc = table_alloc;
	mem_ops.table_free = table_free;
	w->hw.ops = &hw_ops;
	w->hw.mem_ops = &mem_ops;
}

static int setup(void **state)
{
	(void)state;
	memset(&owner, 0, sizeof(owner));
	memset(&v, 0, sizeof(v));
	memset(memory, 0, sizeof(memory));
	memset(entries_of_gpu, 0, sizeof(entries_of_gpu));
	w = world_create(XENGT_PLATFORM_SKL, 0);
	assert_int_equal(xengt_part_init(&part, 256ull << 20, 4096ull << 20,
					 32), 0);
	look_at_hw();
	gpu = (struct xengt_bnd_gpu){ .part = &part, .sched = &w->sched };
	return 0;
}

static int create(void)
{
	int r = xengt_bnd_vgpu_place(&v, &gpu, LOW_MIB, HIGH_MIB, FENCES);

	return r ? r : xengt_bnd_vgpu_create(&v, &gpu, &guest, ID, DOMID);
}

/* Checks that the vGPU has released everything. */
static void assert_nothing_left(void)
{
	struct xengt_part_info was, is;
	struct xengt_part fresh;

	assert_int_equal(xengt_part_init(&fresh, 256ull << 20, 4096ull << 20,
					 32), 0);
	xengt_part_query(&fresh, &was);
	xengt_part_query(&part, &is);
	assert_memory_equal(&was, &is, sizeof(was));
	assert_int_equal(owner.tables, 0);
	assert_int_equal(owner.held, 0);
	assert_null(owner.scratch);
	assert_int_equal(w->sched.n_execs, 0);
	for (uint32_t i = 0; i < XENGT_PART_MAX_FENCES; i++)
		assert_int_equal(owner.fences[i], 0);
}

static int teardown(void **state)
{
	(void)state;
	xengt_bnd_vgpu_destroy(&v);
	assert_nothing_left();
	world_destroy(w);
	return 0;
}

/* ---- things that the vGPU has when it ends ---- */

static uint32_t table_of(uint32_t level, uint32_t above)
{
	uint64_t entry;
	uint32_t id;

	assert_int_equal(xengt_ppgtt_create(&v.ppgtt, level, 0, &id), 0);
	entry = (uint64_t)id << 12 | 3;
	if (above)
		assert_int_equal(xengt_ppgtt_write(&v.ppgtt, above, 0, &entry, 1,
						   NULL), 0);
	return id;
}

/* Put a context with two no-ops on an engine. */
static void make_work(void)
{
	const uint32_t first = v.gtt.slices[0].first;
	uint32_t *st = (uint32_t *)memory[2];
	uint32_t root = table_of(4, 0), leaf;
	uint64_t entries[32];
	struct xengt_vgpu_submit work = {
		.engine = XENGT_ENGINE_RCS, .ppgtt = root, .seqno = 5,
		.desc = (first + 1) << 12 | 0x119,
	};

	leaf = table_of(1, table_of(2, table_of(3, root)));
	for (uint32_t i = 0; i < 32; i++)
		entries[i] = (uint64_t)i << 12 | 1;
	assert_int_equal(xengt_gtt_write(&v.gtt, first, entries, 32, NULL), 0);
	entries[0] = 40 << 12 | 3;
	assert_int_equal(xengt_ppgtt_write(&v.ppgtt, leaf, 0, entries, 1, NULL),
			 0);
	st[ST_CTRL_DW] = 0x00090008;
	st[ST_START_DW] = (first + 30) << 12;
	st[ST_CTL_DW] = 1;
	st[ST_TAIL_DW] = 8;
	assert_int_equal(xengt_bnd_vgpu_submit(&v, &work), 0);
	assert_true(w->wakes);
}

static void forget_log(void)
{
	owner.n = 0;
	owner.log[0] = 0;
}

static uint32_t fence_base(void)
{
	return v.rec.slices.fence_base;
}

/* ---- tests ---- */

static void the_order_of_the_end(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 1, FENCE_VALUE), 0);
	forget_log();
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	/*
	 * the order must be: engines; fences; GGTT (entries, flush of all TLBs, frames); page
	 * tables (flush, frames, tables); frames_fini()
	 */
	assert_string_equal(owner.log, "[]FefpfptD");
	assert_int_equal(owner.held, 0);
	assert_int_equal(owner.fences[fence_base() + 1], 0);
	assert_int_equal(v.rec.state, XENGT_VGPU_ZAPPED);
}

/*
 * If the GPU is lost, zap points all entries to scratch, as usual, but releases no frame: see
 * src/boundary/hw.c.
 */
static void the_end_with_a_gpu_that_is_lost(void **state)
{
	struct xengt_vgpu_submit work = { .seqno = 1 };
	struct xengt_part_info was, is;

	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	xengt_part_query(&part, &was);
	w->flush_sticks = true;
	w->gdrst_sticks = true;
	w->full_reset_sticks = true;
	forget_log();
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	assert_string_equal(owner.log, "[]e");
	assert_true(w->health.is_lost);
	assert_int_equal(v.rec.state, XENGT_VGPU_ZAPPED);
	assert_int_equal(xengt_bnd_vgpu_submit(&v, &work), -ESTALE);
	xengt_bnd_vgpu_destroy(&v);
	xengt_part_query(&part, &is);
	assert_memory_equal(&was, &is, sizeof(was));
	assert_true(owner.held > 0);
	assert_true(owner.tables > 0);
	assert_non_null(owner.scratch);
	assert_false(owner.is_done);
	free(owner.scratch);
	forget_kept();
}

/*
 * If several things end a vGPU, only the first cause is reported. The vGPU reports its end
 * once, before all other events.
 */
static void it_ends_once(void **state)
{
	struct xengt_vgpu_submit work = { .seqno = 1 };
	struct xengt_bnd_revalidation at = { 0 };
	struct xengt_event ev;
	uint64_t entry = 0;
	uint32_t id;

	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	assert_false(v.rec.has_event);
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_GPU_GONE);
	assert_true(v.rec.has_event);
	forget_log();
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	assert_string_equal(owner.log, "");
	assert_int_equal(v.rec.state, XENGT_VGPU_GPU_GONE);
	assert_true(xengt_bnd_vgpu_next_event(&v, &ev));
	assert_int_equal(ev.type, XENGT_EVENT_ZAPPED);
	assert_int_equal(ev.value, XENGT_VGPU_GPU_GONE);
	assert_false(xengt_bnd_vgpu_next_event(&v, &ev));
	/* the boundary refuses all requests for the vGPU */
	assert_int_equal(xengt_bnd_vgpu_submit(&v, &work), -ESTALE);
	assert_int_equal(xengt_bnd_vgpu_engine_reset(&v, 1), -ESTALE);
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 0, 0), -ESTALE);
	assert_int_equal(xengt_bnd_vgpu_revalidate(&v, &at), -ESTALE);
	assert_int_equal(xengt_gtt_write(&v.gtt, v.gtt.slices[0].first, &entry,
					 1, NULL), -ESTALE);
	assert_int_equal(xengt_ppgtt_create(&v.ppgtt, 4, 0, &id), -ESTALE);
	assert_string_equal(owner.log, "");
}

/* A vGPU's slices become free only when they have none of the vGPU's entries any more. */
static void destroyed_alive(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 0, FENCE_VALUE), 0);
	forget_log();
	xengt_bnd_vgpu_destroy(&v);
	assert_string_equal(owner.log, "[]FefpfptDefs");
	assert_nothing_left();
	xengt_bnd_vgpu_destroy(&v);
}

/* Check that all entries of the vGPU's slices have this value. */
static void expect_entries(uint64_t pte)
{
	for (uint32_t s = 0; s < XENGT_GTT_SLICES; s++)
		for (uint32_t i = 0; i < v.gtt.slices[s].count; i++)
			assert_int_equal(entries_of_gpu[v.gtt.slices[s].first +
							i], pte);
}

/*
 * A vGPU has its own scratch page from its creation to its end, even while a domain may still
 * reach its slices after the vGPU was zapped.
 */
static void a_scratch_page_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	expect_entries(OWN_SCRATCH | 1);
	assert_int_equal(v.ppgtt.scratch_pte, OWN_SCRATCH | 1);
	make_work();
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	expect_entries(OWN_SCRATCH | 1);
	/* the machine has slept, so the hardware's entries are lost */
	memset(entries_of_gpu, 0, sizeof(entries_of_gpu));
	forget_log();
	xengt_bnd_vgpu_restore(&v);
	assert_string_equal(owner.log, "ef");
	expect_entries(OWN_SCRATCH | 1);
	xengt_bnd_vgpu_destroy(&v);
	expect_entries(SCRATCH_PTE);
	assert_null(owner.scratch);
}

/* The GPU is gone, so nobody may write to the hardware, but the vGPU still exists. */
static void no_scratch_page_without_a_gpu(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	forget_log();
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_GPU_GONE);
	assert_string_equal(owner.log, "efs");
	assert_int_equal(v.rec.state, XENGT_VGPU_ZAPPED);
	expect_entries(0);
	forget_log();
	xengt_bnd_vgpu_restore(&v);
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_GPU_GONE);
	xengt_bnd_vgpu_destroy(&v);
	assert_string_equal(owner.log, "");
}

static void slices_stay_until_it_is_destroyed(void **state)
{
	struct xengt_part_info info;

	(void)state;
	assert_int_equal(create(), 0);
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	xengt_part_query(&part, &info);
	assert_int_equal(info.low.free_mib, info.low.total_mib - LOW_MIB);
	assert_int_equal(info.fences_free, info.fences_total - FENCES);
}

/*
 * The test makes one allocation after another fail. Then the test tries to create one vGPU
 * more than the limit.
 */
static void creation_fails(void **state)
{
	struct xengt_part_info info;
	uint32_t n;
	int r = -ENOMEM;

	for (n = 1; r; n++) {
		memset(&v, 0, sizeof(v));
		owner.allocs = 0;
		owner.fail_alloc = n;
		r = create();
		if (!r)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_false(xengt_bnd_vgpu_is_live(&v));
		assert_int_equal(owner.tables, 0);
		/* the vGPU keeps its slices until it is destroyed */
		xengt_part_query(&part, &info);
		assert_int_equal(info.low.free_mib,
				 info.low.total_mib - LOW_MIB);
		xengt_bnd_vgpu_destroy(&v);
		assert_nothing_left();
	}
	/* four allocations can fail: the scratch page, entries, ids, the empty table */
	assert_int_equal(n, 5);
	xengt_bnd_vgpu_destroy(&v);
	for (uint32_t i = 0; i < XENGT_EXEC_VGPUS_MAX; i++)
		w->sched.execs[i] = &v.exec;
	memset(&v, 0, sizeof(v));
	owner.fail_alloc = 0;
	assert_int_equal(create(), -ENOSPC);
	memset(w->sched.execs, 0, sizeof(w->sched.execs));
	assert_int_equal(owner.tables, 0);
	assert_false(owner.is_locked);
	(void)state;
}

/* After a reset of the whole GPU no work would run, so there is no new vGPU. */
static void no_vgpu_on_a_stopped_gpu(void **state)
{
	(void)state;
	w->health.is_stopped = true;
	owner.allocs = 0;
	assert_int_equal(create(), -EIO);
	assert_false(xengt_bnd_vgpu_is_live(&v));
	assert_int_equal(owner.allocs, 0);
}

static void a_place_that_is_none(void **state)
{
	(void)state;
	assert_int_equal(xengt_bnd_vgpu_place(&v, &gpu, 0, HIGH_MIB, FENCES),
			 -EINVAL);
	assert_int_equal(xengt_bnd_vgpu_place(&v, &gpu, 512, 0, FENCES),
			 -ENOSPC);
	assert_false(xengt_bnd_vgpu_is_live(&v));
	xengt_bnd_vgpu_destroy(&v);
}

static void fences(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	assert_int_equal(xengt_bnd_vgpu_fence(&v, FENCES, 0), -ERANGE);
	assert_int_equal(xengt_bnd_vgpu_fence(&v, UINT32_MAX, 0), -ERANGE);
	/* bits without a meaning are not written to the hardware */
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 2, FENCE_VALUE | 0x8), 0);
	assert_int_equal(owner.fences[fence_base() + 2], FENCE_VALUE);
	assert_int_equal(v.rec.fences[2], FENCE_VALUE);
	/* the range is not the vGPU's, so the fence is switched off, whatever value it had */
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 2, FENCE_VALUE - 0x1000),
			 -EINVAL);
	assert_int_equal(owner.fences[fence_base() + 2], 0);
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 2, FENCE_VALUE), 0);
	assert_int_equal(xengt_bnd_vgpu_fence(&v, 2, FENCE_VALUE & ~1ull), 0);
	assert_int_equal(owner.fences[fence_base() + 2], 0);
	assert_int_equal(v.rec.fences[2], 0);
}

static int revalidate(struct xengt_bnd_revalidation *at)
{
	uint32_t steps = 0;
	int r;

	memset(at, 0, sizeof(*at));
	do {
		r = xengt_bnd_vgpu_revalidate(&v, at);
		assert_true(++steps < 100);
	} while (r == 1);
	/* after the last step another call does nothing */
	if (!r)
		assert_int_equal(xengt_bnd_vgpu_revalidate(&v, at), 0);
	return r;
}

static void aperture(void **state)
{
	struct xengt_vgpu_aperture access = { 0 };
	const uint64_t entry = 3 << 12 | 1;

	(void)state;
	assert_int_equal(create(), 0);
	access.addr = (uint64_t)v.gtt.slices[0].first << 12 | 0xff8;
	access.size = 8;
	access.value = 0x1122334455667788;
	access.flags = XENGT_APERTURE_STORE;
	assert_int_equal(xengt_bnd_vgpu_aperture(&v, &access), 0);
	assert_true(w->aperture_addr == access.addr && w->aperture_size == 8);
	assert_true(w->aperture_value == 0x1122334455667788);
	assert_int_equal(access.piece_bytes, 0);
	/* with this entry the answer is a piece; a question (size 0) makes no access */
	assert_int_equal(xengt_gtt_write(&v.gtt, v.gtt.slices[0].first + 5,
					 &entry, 1, NULL), 0);
	w->aperture_addr = 0;
	access = (struct xengt_vgpu_aperture){ .addr = access.addr };
	assert_int_equal(xengt_bnd_vgpu_aperture(&v, &access), 0);
	assert_int_equal(w->aperture_addr, 0);
	assert_int_equal(access.piece_bytes, 2 << 20);
	assert_int_equal(access.piece, (uint64_t)v.gtt.slices[0].first << 12);
	/* the hardware's error */
	w->aperture_error = -ENOMEM;
	access.size = 4;
	assert_int_equal(xengt_bnd_vgpu_aperture(&v, &access), -ENOMEM);
	w->aperture_error = 0;
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	assert_int_equal(xengt_bnd_vgpu_aperture(&v, &access), -ESTALE);
}

static void revalidated(void **state)
{
	const uint64_t entry = 20 << 12 | 1;
	struct xengt_bnd_revalidation at;

	(void)state;
	assert_int_equal(create(), 0);
	owner.no_ram = 20;
	assert_int_equal(xengt_gtt_write(&v.gtt, v.gtt.slices[0].first, &entry,
					 1, NULL), 0);
	assert_int_equal(revalidate(&at), 0);
	assert_int_equal(at.resolved, 0);
	owner.no_ram = 0;
	assert_int_equal(revalidate(&at), 0);
	assert_int_equal(at.resolved, 1);
	/*
	 * frames that moved are dropped from the GGTT and the page tables, and
	 * resolved again
	 */
	make_work();
	owner.has_moved = true;
	assert_int_equal(xengt_bnd_vgpu_engine_reset(&v, 1), 0);
	assert_int_equal(revalidate(&at), 0);
	/*
	 * make_work() wrote 32 GGTT entries (frames 0 to 31) and one page table entry; all
	 * but the entry of frame 0, which is not RAM, point to RAM
	 */
	assert_int_equal(at.dropped, 32);
	assert_int_equal(at.resolved, 32);
	owner.has_moved = false;
	/* an error in the page tables ends revalidation before the GGTT's entry is resolved */
	owner.no_ram = 20;
	assert_int_equal(xengt_gtt_write(&v.gtt, v.gtt.slices[0].first, &entry,
					 1, NULL), 0);
	owner.no_ram = 0;
	v.ppgtt.is_zapped = true;
	assert_int_equal(revalidate(&at), -ESTALE);
	assert_int_equal(at.resolved, 0);
	assert_int_equal(v.gtt.unresolved, 1);
	v.ppgtt.is_zapped = false;
}

static void told_of_it(void **state)
{
	struct xengt_vgpu_info info;
	uint32_t id;

	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	/* this vGPU's platform has pages of 64 KiB */
	assert_int_equal(xengt_ppgtt_create(&v.ppgtt, 1, XENGT_PPGTT_64K, &id),
			 0);
	assert_int_equal(xengt_ppgtt_destroy(&v.ppgtt, id), 0);
	xengt_bnd_vgpu_info(&v, &info);
	assert_int_equal(info.vgpu_id, ID);
	assert_int_equal(info.domid, DOMID);
	assert_int_equal(info.state, XENGT_VGPU_LIVE);
	assert_int_equal(info.low_base >> 12, v.gtt.slices[0].first);
	assert_int_equal(info.low_bytes, LOW_MIB << 20);
	assert_int_equal(info.high_base >> 12, v.gtt.slices[1].first);
	assert_int_equal(info.high_bytes, HIGH_MIB << 20);
	assert_int_equal(info.fences, FENCES);
	assert_int_equal(info.fence_base, fence_base());
	assert_int_equal(info.entries_written, 32);
	assert_int_equal(info.submissions, 1);
	assert_int_equal(info.ppgtt_tables, 4);
	assert_int_equal(info.ppgtt_entries, 4);
	assert_int_equal(info.frames_held, 0);
}

/* Each count of the answer is the right counter, or the right sum of two counters. */
static void each_count_is_told(void **state)
{
	struct xengt_gtt_counters *gc = &v.gtt.counters;
	struct xengt_ppgtt_counters *pc = &v.ppgtt.counters;
	struct xengt_exec_counters *ec = &v.exec.counters;
	struct xengt_vgpu_info info;

	(void)state;
	assert_int_equal(create(), 0);
	gc->entries_written = 3;
	gc->entries_scratched = 5;
	gc->tlb_flushes = 7;
	gc->revalidations = 11;
	gc->frames_followed = 13;
	pc->entries_written = 17;
	pc->tlb_flushes = 100;
	pc->frames_followed = 200;
	v.hold.marked = 300;
	ec->submissions = 19;
	ec->completions = 23;
	ec->refusals = 29;
	ec->hangs = 31;
	ec->bytes_copied = 37;
	xengt_bnd_vgpu_info(&v, &info);
	assert_int_equal(info.entries_written, 3);
	assert_int_equal(info.entries_scratched, 5);
	assert_int_equal(info.tlb_flushes, 107);
	assert_int_equal(info.revalidations, 11);
	assert_int_equal(info.frames_followed, 213);
	assert_int_equal(info.frames_kept, 300);
	assert_int_equal(info.ppgtt_entries, 17);
	assert_int_equal(info.submissions, 19);
	assert_int_equal(info.completions, 23);
	assert_int_equal(info.refusals, 29);
	assert_int_equal(info.hangs, 31);
	assert_int_equal(info.bytes_copied, 37);
	v.hold.marked = 0;
}

static void work_and_its_events(void **state)
{
	struct xengt_event ev;

	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	assert_false(xengt_bnd_vgpu_next_event(&v, &ev));
	hw_tell(w, XENGT_CSB_IDLE_ACTIVE);
	hw_tell(w, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(owner.events > 0);
	do
		assert_true(xengt_bnd_vgpu_next_event(&v, &ev));
	while (ev.type == XENGT_EVENT_ENGINE_IRQ);
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
	assert_int_equal(ev.seqno, 5);
	assert_int_equal(xengt_bnd_vgpu_engine_reset(&v, 1), 0);
	assert_int_equal(xengt_bnd_vgpu_engine_reset(&v, 0x10), -EINVAL);
}

/* The admin may change the share at any time, also while the vGPU ends. */
static void its_share(void **state)
{
	(void)state;
	assert_int_equal(create(), 0);
	make_work();
	assert_int_equal(set_share(0), -EINVAL);
	assert_int_equal(v.exec.share.weight, XENGT_SHARE_WEIGHT);
	assert_int_equal(set_share(300), 0);
	assert_int_equal(v.exec.share.weight, 300);
	owner.share_at_end = 1;
	xengt_bnd_vgpu_zap(&v, XENGT_VGPU_ZAPPED);
	assert_true(owner.is_done);
	assert_int_equal(owner.share_at_end, -ESTALE);
	assert_int_equal(set_share(300), -ESTALE);
}

#define vgpu_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		vgpu_test(the_order_of_the_end),
		vgpu_test(the_end_with_a_gpu_that_is_lost),
		vgpu_test(it_ends_once),
		vgpu_test(destroyed_alive),
		vgpu_test(a_scratch_page_of_its_own),
		vgpu_test(no_scratch_page_without_a_gpu),
		vgpu_test(slices_stay_until_it_is_destroyed),
		vgpu_test(creation_fails),
		vgpu_test(no_vgpu_on_a_stopped_gpu),
		vgpu_test(a_place_that_is_none),
		vgpu_test(fences),
		vgpu_test(aperture),
		vgpu_test(revalidated),
		vgpu_test(told_of_it),
		vgpu_test(each_count_is_told),
		vgpu_test(work_and_its_events),
		vgpu_test(its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
