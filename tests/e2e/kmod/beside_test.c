// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-i915-test.ko: tests kmod/i915 in plain Linux without Xen. The module shares the
 * GPU with i915 as xengt-i915.ko does, but its guests are memory of the kernel. Each guest
 * has contexts, rings, page tables and batches, which the boundary audits and gives to
 * i915. The tests run when the module is loaded; programs of user space use the GPU through
 * i915 meanwhile. Each check logs a line; if a check fails, the module is not loaded.
 *
 * A write to the parameter "run" of the loaded module: 1 runs the tests again; 2 makes guests
 * that stay, one of them with a batch that loops, until i915 leaves the GPU, or the module is
 * unloaded; 3 makes guests that work while somebody resets the GPU; 4 shows how long a guest's work
 * that cannot be interrupted keeps an engine.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "boundary/bnd_guest.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/engine.h"
#include "boundary/gtt.h"
#include "boundary/part.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt_beside.h"
#include "xengt_hw.h"
#include "xengt_i915.h"
#include "xengt_mem_ops.h"

static unsigned int rounds = 20;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "rounds of work of two guests on all engines");
static unsigned int hangs = 1;
module_param(hangs, uint, 0444);
MODULE_PARM_DESC(hangs, "how often a guest hangs the render engine");

#define PAGES		256u
#define GUESTS		2u
#define WAIT_S		120u

/* which page of a guest's memory is what */
#define IMAGE(e)	(8u + 24u * (e))
#define RING(e)		(110u + (e))
#define DATA		120u		/* reached through the GGTT */
#define BATCH		121u		/* at VA in the contexts' space */
#define SPACE_DATA	122u		/* at VA + 1 page */
#define LOOP		123u		/* at VA + 2 pages; a batch that loops */
#define VA		0x7f0000100000ull

#define MI_USER_INTERRUPT (0x02u << 23)
#define MI_ARB_OFF	(0x08u << 23)
#define MI_BB_END	(0x0au << 23)
#define MI_STORE_IMM	(0x20u << 23 | 2)
#define MI_LRI		(0x22u << 23 | 1)
#define MI_WAIT_EQUAL	(0x1cu << 23 | 1u << 15 | 4u << 12 | 2)
#define MI_BB_START	(0x31u << 23 | 1)
#define MI_IN_GGTT	(1u << 22)
#define MI_BB_PPGTT	(1u << 8)
#define DESC_64		0x119u		/* valid, 64 bit, privileged */

static const u32 bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;
static struct xengt_beside *beside;
static bool has_failed;

struct guest {
	struct xengt_bnd_vgpu v;
	u32 *page[PAGES];
	dma_addr_t bus[PAGES];
	u32 root;
	u32 tail[XENGT_ENGINES];
	u64 seqno;
	u64 seqno_on[XENGT_ENGINES];	/* seqno of the last work of each engine */
	u64 done[XENGT_ENGINES];	/* seqno of the last work that has ended */
	u64 hung[XENGT_ENGINES];
	bool was_used;		/* i915 had a part when the frames were released */
};

static struct guest *guests[GUESTS];

static void check(bool is_right, const char *what)
{
	if (is_right) {
		pr_info("beside-test: ok - %s\n", what);
		return;
	}
	pr_info("beside-test: FAIL - %s\n", what);
	has_failed = true;
}

/* ---- a guest's frames: frame n is page n ---- */

static int frames_get(void *ctx, const xengt_gfn_t *gfns, u32 count,
		      xengt_bus_t *ret_bus)
{
	struct guest *g = ctx;
	u32 i;

	for (i = 0; i < count; i++)
		ret_bus[i] = xengt_gfn_x(gfns[i]) < PAGES ?
			xengt_dma_bus(g->bus[xengt_gfn_x(gfns[i])]) : XENGT_BUS_NONE;
	return 0;
}

static u32 frames_put(void *ctx, const xengt_gfn_t *gfns, u32 count)
{
	return 0;
}

static void frames_release(void *ctx, u32 count)
{
}

static bool frames_look(void *ctx)
{
	return false;
}

static bool frame_has_moved(void *ctx, xengt_gfn_t gfn)
{
	return false;
}

static void *frame_at(void *ctx, xengt_gfn_t gfn)
{
	struct guest *g = ctx;

	return g->page[xengt_gfn_x(gfn)];
}

static void nothing(void *ctx)
{
}

/* All frames are released: no part that could reach them may be with i915. */
static void frames_fini(void *ctx)
{
	const struct xengt_slot *slot;
	struct guest *g = ctx;
	u32 e;

	mutex_lock(&beside->gpu.exec_lock);
	for (e = 0; e < XENGT_ENGINES; e++) {
		slot = beside->engines[e].slot;
		g->was_used |= slot && slot->exec == &g->v.exec;
	}
	mutex_unlock(&beside->gpu.exec_lock);
}

static const struct xengt_guest_ops guest_ops = {
	.frames_get = frames_get,
	.frames_put = frames_put,
	.frames_keep = frames_put,
	.frames_release = frames_release,
	.frames_look = frames_look,
	.frame_has_moved = frame_has_moved,
	.frame_at = frame_at,
	.frames_fini = frames_fini,
	.event = nothing,
};

/* ---- a guest ---- */

static u32 first_page(const struct guest *g)
{
	return g->v.rec.slices.low_base_mib << (20 - PAGE_SHIFT);
}

static u32 gaddr(const struct guest *g, u32 page)
{
	return (first_page(g) + page) << PAGE_SHIFT;
}

static void free_guest(struct guest *g)
{
	struct device *dev = &beside->gpu.pdev->dev;
	u32 i;

	xengt_bnd_vgpu_destroy(&g->v);
	for (i = 0; i < PAGES; i++) {
		if (g->page[i])
			dma_free_coherent(dev, PAGE_SIZE, g->page[i], g->bus[i]);
	}
	kvfree(g);
}

/*
 * Makes one table of each level. The last table maps BATCH, SPACE_DATA and LOOP at VA and the
 * two pages after VA.
 */
static int make_space(struct guest *g)
{
	u32 id, above = 0, level;
	u64 entry;
	int r = 0;

	for (level = 4; level && !r; level--) {
		r = xengt_ppgtt_create(&g->v.ppgtt, level, 0, &id);
		entry = (u64)id << PAGE_SHIFT | 3;
		if (!r && above)
			r = xengt_ppgtt_write(&g->v.ppgtt, above,
					      VA >> (12 + 9 * level) & 0x1ff,
					      &entry, 1, NULL);
		if (level == 4)
			g->root = id;
		above = id;
	}
	for (level = 0; level < 3 && !r; level++) {
		entry = (u64)(BATCH + level) << PAGE_SHIFT | 3;
		r = xengt_ppgtt_write(&g->v.ppgtt, above,
				      (VA >> 12 & 0x1ff) + level, &entry, 1, NULL);
	}
	return r;
}

static void make_contexts(struct guest *g)
{
	u32 e, *state;

	for (e = 0; e < XENGT_ENGINES; e++) {
		state = g->page[IMAGE(e) + XENGT_STATE_PAGE];
		state[XENGT_ST_CTRL] = 0x00090009;	/* there is no state yet */
		state[XENGT_ST_START] = gaddr(g, RING(e));
		state[XENGT_ST_CTL] = XENGT_RING_CTL_VALID;
	}
	g->page[LOOP][0] = MI_BB_START | MI_BB_PPGTT;
	g->page[LOOP][1] = lower_32_bits(VA + 2 * PAGE_SIZE);
	g->page[LOOP][2] = upper_32_bits(VA + 2 * PAGE_SIZE);
}

static int fill_guest(struct guest *g, u32 id)
{
	const struct xengt_bnd_gpu shared = {
		.part = &beside->gpu.part, .sched = beside->gpu.sched,
	};
	const struct xengt_guest guest = { .ops = &guest_ops, .ctx = g };
	u64 entry;
	u32 i;
	int r;

	for (i = 0; i < PAGES; i++) {
		g->page[i] = dma_alloc_coherent(&beside->gpu.pdev->dev, PAGE_SIZE,
						&g->bus[i], GFP_KERNEL);
		if (!g->page[i])
			return -ENOMEM;
	}
	r = xengt_bnd_vgpu_place(&g->v, &shared, 32, 64, 4);
	if (!r)
		r = xengt_bnd_vgpu_create(&g->v, &shared, &guest, id, id);
	for (i = 0; i < PAGES && !r; i++) {
		entry = (u64)i << PAGE_SHIFT | 1;
		r = xengt_gtt_write(&g->v.gtt, first_page(g) + i, &entry, 1, NULL);
	}
	if (!r)
		r = make_space(g);
	if (!r)
		make_contexts(g);
	return r;
}

/* ---- work ---- */

static void emit(struct guest *g, u32 engine, const u32 *dw, u32 n)
{
	u32 *ring = g->page[RING(engine)];
	u32 at = g->tail[engine] / 4, room = PAGE_SIZE / 4 - at;

	/* no command may cross the ring's end */
	if (n > room) {
		memset(ring + at, 0, 4 * room);
		at = 0;
	}
	memcpy(ring + at, dw, 4 * n);
	g->tail[engine] = 4 * (at + n) % PAGE_SIZE;
}

static void emit_store(struct guest *g, u32 engine, u32 to, u32 value)
{
	const u32 dw[] = { MI_STORE_IMM | MI_IN_GGTT, to, 0, value };

	emit(g, engine, dw, ARRAY_SIZE(dw));
}

static void emit_batch(struct guest *g, u32 engine, u64 at)
{
	const u32 dw[] = {
		MI_BB_START | MI_BB_PPGTT, lower_32_bits(at), upper_32_bits(at), 0,
	};

	emit(g, engine, dw, ARRAY_SIZE(dw));
}

static int submit(struct guest *g, u32 engine)
{
	static const u32 end[] = { MI_USER_INTERRUPT, 0 };
	struct xengt_vgpu_submit work = {
		.engine = engine,
		.ppgtt = g->root,
		.desc = gaddr(g, IMAGE(engine)) | DESC_64,
		.seqno = ++g->seqno,
	};
	int r;

	g->seqno_on[engine] = work.seqno;
	emit(g, engine, end, ARRAY_SIZE(end));
	g->page[IMAGE(engine) + XENGT_STATE_PAGE][XENGT_ST_TAIL] = g->tail[engine];
	r = xengt_bnd_vgpu_submit(&g->v, &work);
	if (r)
		pr_info("beside-test: submit on %s: %d, refused %u at 0x%llx\n",
			xengt_engine_names[engine], r, work.refused, work.refused_at);
	return r;
}

static void read_events(struct guest *g)
{
	struct xengt_event ev;

	while (xengt_bnd_vgpu_next_event(&g->v, &ev)) {
		if (ev.type == XENGT_EVENT_COMPLETE)
			g->done[ev.engine] = ev.seqno;
		else if (ev.type == XENGT_EVENT_HUNG)
			g->hung[ev.engine] = ev.seqno;
	}
}

/*
 * Waits until what[engine], of g->done or g->hung, is at least seqno. Returns false after WAIT_S,
 * or if the work hangs that should be done.
 */
static bool wait_for(struct guest *g, u32 engine, u64 seqno, const u64 *what)
{
	unsigned long end = jiffies + WAIT_S * HZ;

	do {
		read_events(g);
		if (what[engine] >= seqno)
			return true;
		if (g->hung[engine] >= seqno)
			return false;
		usleep_range(500, 1000);
	} while (time_before(jiffies, end));
	return false;
}

static bool has_done(struct guest *g, u32 engine)
{
	return wait_for(g, engine, g->seqno_on[engine], g->done);
}

/* ---- tests ---- */

static void stores(struct guest *g)
{
	char what[64];
	u32 e;

	for (e = 0; e < XENGT_ENGINES && !has_failed; e++) {
		emit_store(g, e, gaddr(g, DATA) + 16 * e, 0x1000 + e);
		snprintf(what, sizeof(what), "vGPU %u: a store by %s",
			 g->v.rec.id, xengt_engine_names[e]);
		check(!submit(g, e) && has_done(g, e) &&
		      g->page[DATA][4 * e] == 0x1000 + e, what);
	}
}

static void batches(struct guest *g)
{
	char what[64];
	u32 e, *dw = g->page[BATCH];

	for (e = 0; e < XENGT_ENGINES && !has_failed; e++) {
		dw[0] = MI_STORE_IMM;
		dw[1] = lower_32_bits(VA + PAGE_SIZE + 16 * e);
		dw[2] = upper_32_bits(VA + PAGE_SIZE);
		dw[3] = 0x2000 + e;
		dw[4] = MI_BB_END;
		emit_batch(g, e, VA);
		snprintf(what, sizeof(what), "vGPU %u: a batch of its space by %s",
			 g->v.rec.id, xengt_engine_names[e]);
		check(!submit(g, e) && has_done(g, e) &&
		      g->page[SPACE_DATA][4 * e] == 0x2000 + e, what);
	}
}

/* Both guests have work on all engines before anybody waits. */
static bool work_together(u32 round)
{
	u64 last[GUESTS][XENGT_ENGINES];
	bool is_right = true;
	u32 i, e;

	for (e = 0; e < XENGT_ENGINES; e++) {
		for (i = 0; i < GUESTS; i++) {
			struct guest *g = guests[i];

			emit_store(g, e, gaddr(g, DATA) + 16 * e, round << 8 | i);
			is_right &= !submit(g, e);
			last[i][e] = g->seqno;
		}
	}
	for (e = 0; e < XENGT_ENGINES; e++) {
		for (i = 0; i < GUESTS; i++) {
			struct guest *g = guests[i];

			is_right &= wait_for(g, e, last[i][e], g->done) &&
				    g->page[DATA][4 * e] == (round << 8 | i);
		}
	}
	return is_right;
}

static void together(void)
{
	u32 wrong = 0, i;

	for (i = 0; i < rounds; i++)
		wrong += !work_together(i + 1);
	pr_info("beside-test: %u rounds of two vGPUs on %u engines, %u wrong\n",
		rounds, XENGT_ENGINES, wrong);
	check(!wrong, "two vGPUs work on all engines");
}

/* A part sets a register that no image saves. Behind the part the register must be 0. */
static void registers(struct guest *g)
{
	const struct xengt_hw *hw = &beside->gpu.hw;
	const u32 e = XENGT_ENGINE_BCS, reg = bases[e] + XENGT_RING_NOPID;
	const u32 dw[] = { MI_LRI, reg, 0x5a5a, 0 };
	u32 before, after;
	bool is_done;

	xengt_bnd_wake(hw);
	before = hw->ops->reg_read(hw->ctx, reg);
	emit(g, e, dw, ARRAY_SIZE(dw));
	is_done = !submit(g, e) && has_done(g, e);
	after = hw->ops->reg_read(hw->ctx, reg);
	xengt_bnd_sleep(hw);
	pr_info("beside-test: NOPID 0x%x before, 0x%x behind the part\n", before, after);
	check(is_done && !after, "a register has no value of a guest behind a part");
}

/* The guest does what its driver does after a hang, and works again. */
static bool recovers(struct guest *g, u32 e, u32 value)
{
	if (xengt_bnd_vgpu_engine_reset(&g->v, 1u << e))
		return false;
	g->page[IMAGE(e) + XENGT_STATE_PAGE][XENGT_ST_CTRL] = 0x00090009;
	g->page[IMAGE(e) + XENGT_STATE_PAGE][XENGT_ST_HEAD] = g->tail[e];
	emit_store(g, e, gaddr(g, DATA) + 16 * e, value);
	return !submit(g, e) && has_done(g, e) && g->page[DATA][4 * e] == value;
}

/* A batch loops. The neighbour's work goes on, and after the hang the guest works again. */
static void hang(struct guest *g, struct guest *neighbour)
{
	const u32 e = XENGT_ENGINE_RCS;
	u64 at = ktime_get_ns();
	bool is_right;

	emit_batch(g, e, VA + 2 * PAGE_SIZE);
	is_right = !submit(g, e);
	emit_store(neighbour, e, gaddr(neighbour, DATA), 0x3000);
	is_right &= !submit(neighbour, e) && has_done(neighbour, e) &&
		    neighbour->page[DATA][0] == 0x3000;
	check(is_right, "the neighbour of a hang works");
	check(wait_for(g, e, g->seqno, g->hung), "a hang is reported");
	pr_info("beside-test: the hang ended after %llu ms\n",
		(ktime_get_ns() - at) / NSEC_PER_MSEC);
	check(recovers(g, e, 0x4000), "the guest works after its hang");
}

/* ---- fence registers ---- */

static u64 fence_register(const struct guest *g, u32 n)
{
	const struct xengt_hw *hw = &beside->gpu.hw;
	u32 off = XENGT_FENCE(g->v.rec.slices.fence_base + n);
	u64 value;

	xengt_bnd_wake(hw);
	value = hw->ops->reg_read(hw->ctx, off) |
		(u64)hw->ops->reg_read(hw->ctx, off + 4) << 32;
	xengt_bnd_sleep(hw);
	return value;
}

/* A fence over the vGPU's low slice, with 512 bytes to a row. */
static u64 fence_value(const struct guest *g)
{
	u64 first = (u64)g->v.rec.slices.low_base_mib << 20;
	u64 last = first + ((u64)g->v.rec.slices.low_mib << 20) - PAGE_SIZE;

	return last << 32 | 3ull << 32 | first | XENGT_FENCE_VALID;
}

static void fence(struct guest *g)
{
	u64 value = fence_value(g);

	check(!xengt_bnd_vgpu_fence(&g->v, 1, value) && fence_register(g, 1) == value,
	      "a fence register has the guest's fence");
}

/* ---- the end of a vGPU ---- */

/* A vGPU, which has a fence, ends in the middle of a batch that loops. */
static void end_in_a_batch(struct guest *g)
{
	u64 at = ktime_get_ns();

	emit_batch(g, XENGT_ENGINE_RCS, VA + 2 * PAGE_SIZE);
	check(!submit(g, XENGT_ENGINE_RCS), "a batch that loops");
	msleep(50);
	xengt_bnd_vgpu_zap(&g->v, XENGT_VGPU_ZAPPED);
	pr_info("beside-test: the end took %llu ms\n",
		(ktime_get_ns() - at) / NSEC_PER_MSEC);
	check(g->v.rec.state == XENGT_VGPU_ZAPPED && !beside->gpu.health.is_lost,
	      "a vGPU ends within a batch");
	check(!g->was_used, "i915 had no part of the vGPU when its frames were released");
	check(!fence_register(g, 1), "a fence register has no fence of a vGPU that has ended");
}

static void run_tests(void)
{
	u32 i;

	for (i = 0; i < GUESTS && !has_failed; i++) {
		stores(guests[i]);
		if (!has_failed)
			batches(guests[i]);
	}
	if (!has_failed)
		together();
	if (!has_failed)
		registers(guests[0]);
	for (i = 0; i < hangs && !has_failed; i++)
		hang(guests[0], guests[1]);
	fence(guests[1]);
	if (!has_failed)
		end_in_a_batch(guests[1]);
}

/* ---- resets by somebody else ---- */

struct tally {
	u32 ended;		/* parts that a reset has ended */
	u32 wrong;
};

/* The work of a guest on an engine is right, or a reset has ended it, and the guest works again. */
static void settle(struct guest *g, u32 e, u32 value, struct tally *tally)
{
	if (has_done(g, e)) {
		tally->wrong += g->page[DATA][4 * e] != value;
		return;
	}
	tally->ended++;
	tally->wrong += g->hung[e] != g->seqno_on[e] || !recovers(g, e, value);
}

static void round_beside_resets(u32 round, struct tally *tally)
{
	u32 i, n, e;

	for (i = 0; i < GUESTS * XENGT_ENGINES; i++) {
		n = i % GUESTS;
		e = i / GUESTS;
		emit_store(guests[n], e, gaddr(guests[n], DATA) + 16 * e, round << 8 | i);
		tally->wrong += !!submit(guests[n], e);
	}
	for (i = 0; i < GUESTS * XENGT_ENGINES && !tally->wrong; i++)
		settle(guests[i % GUESTS], i / GUESTS, round << 8 | i, tally);
}

/*
 * Work on all engines, while somebody makes i915 reset the whole GPU now and then. i915 runs a
 * part again, or ends it; then the guest sees a hang. Either way the guest's next work is right.
 */
static void work_through_resets(void)
{
	struct tally tally = { 0 };
	u32 round, i;

	for (i = 0; i < GUESTS; i++)
		fence(guests[i]);
	pr_info("beside-test: guests work now\n");
	for (round = 0; round < rounds && !tally.wrong; round++)
		round_beside_resets(round, &tally);
	pr_info("beside-test: %u rounds, %u parts ended by a reset, %u wrong\n",
		round, tally.ended, tally.wrong);
	check(!tally.wrong, "guests' results are right beside resets of the whole GPU");
	for (i = 0; i < GUESTS; i++)
		check(fence_register(guests[i], 1) == fence_value(guests[i]),
		      "a fence register has the guest's fence after the resets");
}

/* ---- work that cannot be interrupted ---- */

/*
 * The guest waits in its ring, with arbitration off, for a value that never comes, so that the engine
 * does not leave the guest's context. Programs of dom0 want the engine meanwhile. The kernel's log
 * says who ended the wait, and when.
 */
static void uninterruptible(struct guest *g)
{
	const u32 e = XENGT_ENGINE_RCS;
	const u32 wait[] = {
		MI_ARB_OFF, MI_WAIT_EQUAL | MI_IN_GGTT, 0x5555, gaddr(g, DATA) + 0x800,
		0, 0,
	};
	u64 at = ktime_get_ns();
	bool is_right;

	emit(g, e, wait, ARRAY_SIZE(wait));
	pr_info("beside-test: work begins that cannot be interrupted\n");
	is_right = !submit(g, e) && wait_for(g, e, g->seqno, g->hung);
	pr_info("beside-test: the guest learned of the end after %llu ms\n",
		(ktime_get_ns() - at) / NSEC_PER_MSEC);
	check(is_right, "work that cannot be interrupted is ended");
	check(recovers(g, e, 0x6000), "the guest works after it");
}

/* ---- the module ---- */

static int found(struct drm_i915_private *i915)
{
	struct xengt_beside *b = xengt_beside_up(i915, XENGT_WAY_PV);

	if (IS_ERR(b))
		return PTR_ERR(b);
	beside = b;
	pr_info("beside-test: found\n");
	return 0;
}

static int make_guests(void)
{
	u32 i;
	int r = 0;

	xengt_hw_power_get(&beside->gpu);
	for (i = 0; i < GUESTS && !r; i++) {
		guests[i] = kvzalloc(sizeof(*guests[i]), GFP_KERNEL);
		r = guests[i] ? fill_guest(guests[i], i + 1) : -ENOMEM;
	}
	if (r)
		pr_info("beside-test: FAIL - no guest: %d\n", r);
	return r;
}

static void free_guests(void)
{
	u32 i;

	for (i = 0; i < GUESTS; i++) {
		if (guests[i])
			free_guest(guests[i]);
		guests[i] = NULL;
	}
	xengt_hw_power_put(&beside->gpu);
}

static void gone(void)
{
	if (guests[0])
		free_guests();
	xengt_beside_down(beside);
	beside = NULL;
	pr_info("beside-test: gone\n");
}

static u32 count(void)
{
	return guests[0] ? GUESTS : 0;
}

static const struct xengt_i915_client client = {
	.found = found, .gone = gone, .count = count,
};

static int test(char what)
{
	int r = make_guests();

	if (!r && what == '3')
		work_through_resets();
	else if (!r && what == '4')
		uninterruptible(guests[0]);
	else if (!r)
		run_tests();
	free_guests();
	return r ? r : has_failed ? -EIO : 0;
}

static int stay(void)
{
	struct guest *g;
	int r = make_guests();

	if (r)
		return r;
	g = guests[0];
	emit_batch(g, XENGT_ENGINE_RCS, VA + 2 * PAGE_SIZE);
	return submit(g, XENGT_ENGINE_RCS);
}

/* A test calls this only while the module has a GPU that stays. */
static int set_run(const char *text, const struct kernel_param *param)
{
	if (!beside || guests[0])
		return -EBUSY;
	return *text == '2' ? stay() : test(*text);
}

static const struct kernel_param_ops run_ops = { .set = set_run };
module_param_cb(run, &run_ops, NULL, 0200);

static int __init beside_test_init(void)
{
	int r = xengt_i915_register(&client);

	if (r)
		return r;
	/* i915 may probe the GPU later */
	if (!beside)
		return 0;
	check(beside, "i915 lends the GPU, and the engines run the module's contexts");
	r = test('1');
	if (r)
		xengt_i915_unregister();
	return r;
}

static void __exit beside_test_exit(void)
{
	xengt_i915_unregister();
	pr_info("beside-test: unloaded\n");
}

module_init(beside_test_init);
module_exit(beside_test_exit);

MODULE_DESCRIPTION("Test of xengt-i915 without Xen");
MODULE_LICENSE("GPL");
