// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of work: a part of the conformance suite of gpu.h. These tests have their own guest,
 * with contexts, rings and batches in the domain's memory, arranged as in Linux's i915.
 *
 * promise: P14
 */
#include "gpu_bench.h"

#define DW_CTRL		0x03
#define DW_HEAD		0x05
#define DW_TAIL		0x07
#define DW_START	0x09
#define DW_CTL		0x0b
#define DW_BB_ADDR	0x0f
#define DW_PER_CTX	0x19
#define DW_INDIRECT	0x1b

#define MI_NOOP		0u
#define MI_ARB_CHECK	0x02800000u
#define MI_USER_INTERRUPT 0x01000000u
#define MI_BATCH_END	0x05000000u
#define MI_LRI		0x11000001u
#define MI_STORE_GGTT	0x10400002u
#define MI_STORE_PPGTT	0x10000002u
#define MI_WAIT_GGTT	0x0e40c002u	/* waits until the dword in memory is at least the
					 * operand */
#define MI_START_GGTT	0x18800001u
#define MI_START_PPGTT	0x18800101u

#define RING_PAGES	4u
#define RING_BYTES	(RING_PAGES * 4096)

/*
 * Page numbers of the guest's structures. Place n is page n of the low slice; its GGTT entry
 * points to frame impl->ram + n.
 */
enum place {
	AT_IMAGE = 0,			/* first page of three contexts, which
					 * are 32 pages apart */
	AT_RING = 96,			/* first page of three rings, which are
					 * 8 pages apart */
	AT_DATA = 128,
	AT_HWS = 129,
	AT_BATCH = 130,			/* the last page in use; AT_PAGES is the number of pages */
};

struct guest {
	const struct bench *b;
	uint32_t first;			/* first graphics page of the low slice */
	uint32_t root;
	uint64_t seqno;
	enum xengt_engine_id engine;
	struct xengt_vgpu_submit last;
};

static uint32_t *mem(const struct guest *g, uint32_t place)
{
	return impl->memory(g->b, impl->ram + place);
}

static uint32_t at(const struct guest *g, uint32_t place)
{
	return (g->first + place) << 12;
}

static void context_init(const struct guest *g, uint32_t n)
{
	uint32_t *state = mem(g, AT_IMAGE + 32 * n + 1);

	for (uint32_t i = 0; i < 22; i++)
		memset(mem(g, AT_IMAGE + 32 * n + i), 0, 4096);
	for (uint32_t i = 0; i < RING_PAGES; i++)
		memset(mem(g, AT_RING + 8 * n + i), 0, 4096);
	/* the context has no state to load yet */
	state[DW_CTRL] = 0x00090009;
	state[DW_START] = at(g, AT_RING + 8 * n);
	state[DW_CTL] = (RING_BYTES - 4096) | 1;
}

static struct guest guest_init(const struct bench *b)
{
	struct guest g = { .b = b, .first = b->low };

	for (uint32_t i = 0; i < AT_PAGES; i++)
		assert_int_equal(put(b, g.first + i, pte(impl->ram + i)), 0);
	memset(mem(&g, AT_DATA), 0, 4096);
	memset(mem(&g, AT_HWS), 0, 4096);
	for (uint32_t i = 0; i < 3; i++)
		context_init(&g, i);
	assert_int_equal(b->gpu->ops->ppgtt_create(b->gpu, 4, 0, &g.root), 0);
	return g;
}

/* Write commands to context n's ring, from the tail on; run() moves the tail. */
static void emit(const struct guest *g, uint32_t n, uint32_t count,
		 const uint32_t *dwords)
{
	uint32_t *state = mem(g, AT_IMAGE + 32 * n + 1);
	uint32_t tail = state[DW_TAIL];

	for (uint32_t i = 0; i < count + count % 2; i++) {
		uint32_t off = (tail + 4 * i) % RING_BYTES;

		mem(g, AT_RING + 8 * n + off / 4096)[off % 4096 / 4] =
			i < count ? dwords[i] : MI_NOOP;
	}
	state[DW_TAIL] = (tail + 4 * (count + count % 2)) % RING_BYTES;
}

#define EMIT(g, n, ...) do { \
	const uint32_t emit_dw[] = { __VA_ARGS__ }; \
	emit(g, n, XENGT_ARRAY_SIZE(emit_dw), emit_dw); \
} while (0)

static int run(struct guest *g, uint32_t n)
{
	g->last = (struct xengt_vgpu_submit){
		.engine = g->engine,
		.ppgtt = g->root,
		.desc = (uint64_t)(n + 5) << 32 | at(g, AT_IMAGE + 32 * n) |
			0x119,
		.seqno = ++g->seqno,
		.hws_pga = at(g, AT_HWS),
	};
	return g->b->gpu->ops->submit(g->b->gpu, &g->last);
}

/*
 * In the simulator time passes with each call of next_event, so this many calls
 * are enough.
 */
#define SIM_LOOKS	1000u

/* Gets the next event that is not an interrupt. */
static bool wait_for(const struct guest *g, struct xengt_gpu_event *ret_ev,
		     uint32_t *ret_irqs)
{
	int fd = g->b->gpu->ops->event_fd(g->b->gpu);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint32_t irqs = 0;

	for (uint32_t i = 0; fd >= 0 || i < SIM_LOOKS; i++) {
		while (g->b->gpu->ops->next_event(g->b->gpu, ret_ev) == 1) {
			if (ret_ev->type != XENGT_EVENT_ENGINE_IRQ) {
				patience_end();
				if (ret_irqs)
					*ret_irqs = irqs;
				return true;
			}
			assert_int_equal(ret_ev->engine, g->engine);
			irqs |= ret_ev->value;
		}
		if (fd < 0)
			continue;
		if (!i)
			patience_renew();
		poll(&poll_fd, 1, 10);
	}
	return false;
}

static void expect_complete(const struct guest *g, uint64_t seqno)
{
	struct xengt_gpu_event ev;

	assert_true(wait_for(g, &ev, NULL));
	assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
	assert_int_equal(ev.engine, g->engine);
	assert_int_equal(ev.seqno, seqno);
}

static void expect_nothing(const struct guest *g)
{
	struct xengt_gpu_event ev;

	/* events of interrupts may come, but no other events */
	for (int i = 0; i < 4; i++)
		if (g->b->gpu->ops->next_event(g->b->gpu, &ev))
			assert_int_equal(ev.type, XENGT_EVENT_ENGINE_IRQ);
}

/* Emit a command that waits until dword i of the data page is at least 1. */
static void emit_gate(const struct guest *g, uint32_t n, uint32_t i)
{
	EMIT(g, n, MI_WAIT_GGTT + 0x0, 1, at(g, AT_DATA) + 4 * i, 0);
}

static void emit_store(const struct guest *g, uint32_t n, uint32_t i,
		       uint32_t val)
{
	EMIT(g, n, MI_STORE_GGTT, at(g, AT_DATA) + 4 * i, 0, val);
}

/* ---- tests of both implementations ---- */

void work_on_every_engine(void **state)
{
	struct guest g = guest_init(*state);
	struct xengt_gpu_event ev;
	uint32_t irqs, *image;

	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		g.engine = (enum xengt_engine_id)e;
		context_init(&g, 0);
		emit_store(&g, 0, e, 0x1000 + e);
		EMIT(&g, 0, MI_USER_INTERRUPT);
		assert_int_equal(run(&g, 0), 0);
		assert_true(wait_for(&g, &ev, &irqs));
		assert_int_equal(ev.type, XENGT_EVENT_COMPLETE);
		assert_int_equal(ev.seqno, g.seqno);
		assert_int_equal(irqs & 1, 1);
		assert_int_equal(mem(&g, AT_DATA)[e], 0x1000 + e);
		/*
		 * the image has the guest's values, except for the dwords that
		 * the GPU saves
		 */
		image = mem(&g, AT_IMAGE + 1);
		assert_int_equal(image[DW_HEAD] & 0x1ffffc, image[DW_TAIL]);
		assert_int_equal(image[DW_START], at(&g, AT_RING));
		assert_int_equal(image[DW_CTRL] & 1, 0);
		expect_nothing(&g);
	}
	assert_int_equal(info(g.b).submissions, XENGT_ENGINES);
	assert_int_equal(info(g.b).completions, XENGT_ENGINES);
	assert_int_equal(info(g.b).refusals, 0);
	assert_true(info(g.b).bytes_copied > 0);
	/* nothing of the module's status pages gets into the guest's status page */
	for (uint32_t i = 0; i < 1024; i++)
		assert_int_equal(mem(&g, AT_HWS)[i], 0);
}

void work_again_and_round_the_ring(void **state)
{
	struct guest g = guest_init(*state);
	uint64_t copied = 0;

	for (uint32_t i = 0; i < 600; i++) {
		emit_store(&g, 0, 1, i);
		EMIT(&g, 0, MI_NOOP, MI_NOOP, MI_NOOP, MI_NOOP, MI_NOOP,
		     MI_NOOP, MI_ARB_CHECK, MI_NOOP);
		assert_int_equal(run(&g, 0), 0);
		expect_complete(&g, g.seqno);
		assert_int_equal(mem(&g, AT_DATA)[1], i);
		if (i == 1)
			copied = info(g.b).bytes_copied;
		/* the module does not copy all of the context for the second submission */
		if (i == 2)
			assert_true(info(g.b).bytes_copied - copied < 16384);
	}
}

void work_in_batches(void **state)
{
	struct guest g = guest_init(*state);
	uint32_t *batch = mem(&g, AT_BATCH);

	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		g.engine = (enum xengt_engine_id)e;
		context_init(&g, 0);
		batch[0] = MI_STORE_GGTT;
		batch[1] = at(&g, AT_DATA) + 32;
		batch[2] = 0;
		batch[3] = 0x77 + e;
		batch[4] = MI_BATCH_END;
		/* run the batch twice, then a store in the ring */
		EMIT(&g, 0, MI_START_GGTT, at(&g, AT_BATCH), 0, MI_NOOP);
		EMIT(&g, 0, MI_START_GGTT, at(&g, AT_BATCH), 0, MI_NOOP);
		emit_store(&g, 0, 9, 0x99 + e);
		assert_int_equal(run(&g, 0), 0);
		expect_complete(&g, g.seqno);
		assert_int_equal(mem(&g, AT_DATA)[8], 0x77 + e);
		assert_int_equal(mem(&g, AT_DATA)[9], 0x99 + e);
	}
}

/* Make page tables down to one page, whose address in the space is 0x5000. */
static void map_batch(struct guest *g, uint32_t place)
{
	const struct xengt_gpu_ops *ops = g->b->gpu->ops;
	uint32_t ids[5] = { [4] = g->root };
	uint64_t entry;

	for (uint32_t level = 3; level; level--) {
		assert_int_equal(ops->ppgtt_create(g->b->gpu, level, 0,
						   &ids[level]), 0);
		entry = (uint64_t)ids[level] << 12 | 3;
		assert_int_equal(ops->ppgtt_write(g->b->gpu, ids[level + 1], 0,
						  &entry, 1, NULL), 0);
	}
	entry = (uint64_t)(impl->ram + place) << 12 | 3;
	assert_int_equal(ops->ppgtt_write(g->b->gpu, ids[1], 5, &entry, 1,
					  NULL), 0);
}

void work_in_the_context_s_own_space(void **state)
{
	struct guest g = guest_init(*state);
	uint32_t *batch = mem(&g, AT_BATCH);

	map_batch(&g, AT_BATCH);
	for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
		g.engine = (enum xengt_engine_id)e;
		context_init(&g, 0);
		batch[0] = MI_STORE_PPGTT;
		batch[1] = 0x5000 + 64;
		batch[2] = 0;
		batch[3] = 0x55 + e;
		/* without privilege the store must not happen */
		batch[4] = MI_STORE_GGTT;
		batch[5] = at(&g, AT_DATA);
		batch[6] = 0;
		batch[7] = 0xbad;
		batch[8] = MI_BATCH_END;
		EMIT(&g, 0, MI_START_PPGTT, 0x5000, 0, MI_NOOP);
		assert_int_equal(run(&g, 0), 0);
		expect_complete(&g, g.seqno);
		assert_int_equal(batch[16], 0x55 + e);
		assert_int_equal(mem(&g, AT_DATA)[0], 0);
	}
}

static void expect_refusal(struct guest *g, enum xengt_refusal why,
			   uint64_t where, uint32_t cmd)
{
	uint64_t before = info(g->b).refusals;

	assert_int_equal(run(g, 0), -EBADMSG);
	assert_int_equal(g->last.refused, why);
	assert_int_equal(g->last.refused_at, where);
	assert_int_equal(g->last.refused_cmd, cmd);
	assert_int_equal(info(g->b).refusals, before + 1);
	if (g->last.is_cut)
		expect_complete(g, g->seqno);
	else
		expect_nothing(g);
	context_init(g, 0);
}

void work_is_refused(void **state)
{
	struct guest g = guest_init(*state);
	uint32_t *image = mem(&g, AT_IMAGE + 1), *batch = mem(&g, AT_BATCH);

	/* refused: a load of the register that holds the ring's tail */
	emit_store(&g, 0, 0, 1);
	EMIT(&g, 0, MI_LRI, 0x2030, 0);
	expect_refusal(&g, XENGT_REFUSED_REGISTER, at(&g, AT_RING) + 16,
		       MI_LRI);
	/* the commands before the refused one ran */
	assert_int_equal(g.last.is_cut, 1);
	assert_int_equal(mem(&g, AT_DATA)[0], 1);
	/* refused: stores 4 bytes below the slice, and to the host's status pages */
	EMIT(&g, 0, MI_STORE_GGTT, at(&g, 0) - 4, 0, 1);
	expect_refusal(&g, XENGT_REFUSED_ADDRESS, at(&g, AT_RING),
		       MI_STORE_GGTT);
	EMIT(&g, 0, MI_STORE_GGTT, 0xfc000000, 0, 1);
	expect_refusal(&g, XENGT_REFUSED_ADDRESS, at(&g, AT_RING),
		       MI_STORE_GGTT);
	EMIT(&g, 0, 0xdeadbeef);
	expect_refusal(&g, XENGT_REFUSED_UNKNOWN, at(&g, AT_RING), 0xdeadbeef);
	assert_int_equal(g.last.is_cut, 0);
	/* if the refused command is in a batch, the refusal names the command's address */
	batch[0] = MI_NOOP;
	batch[1] = MI_LRI;
	batch[2] = 0x2038;
	batch[3] = 0;
	batch[4] = MI_BATCH_END;
	EMIT(&g, 0, MI_START_GGTT, at(&g, AT_BATCH), 0, MI_NOOP);
	expect_refusal(&g, XENGT_REFUSED_REGISTER, at(&g, AT_BATCH) + 4,
		       MI_LRI);
	/*
	 * such a command is also refused in the batches that a restore of the context would
	 * run
	 */
	image[DW_PER_CTX] = at(&g, AT_BATCH) | 1;
	EMIT(&g, 0, MI_NOOP);
	expect_refusal(&g, XENGT_REFUSED_REGISTER, at(&g, AT_BATCH) + 4,
		       MI_LRI);
	image[DW_INDIRECT] = at(&g, AT_BATCH) | 1;
	EMIT(&g, 0, MI_NOOP);
	expect_refusal(&g, XENGT_REFUSED_REGISTER, at(&g, AT_BATCH) + 4,
		       MI_LRI);
	/*
	 * refused: an image without a ring, an image whose tail is beyond the ring, and a
	 * ring that is too large
	 */
	image[DW_CTL] = 0;
	expect_refusal(&g, XENGT_REFUSED_CONTEXT, at(&g, AT_IMAGE), 0);
	image[DW_TAIL] = RING_BYTES;
	expect_refusal(&g, XENGT_REFUSED_CONTEXT, at(&g, AT_IMAGE), 0);
	image[DW_CTL] = 0x1ff001;
	expect_refusal(&g, XENGT_REFUSED_LIMIT, at(&g, AT_RING), 0);
	/* none of these refusals disturbs the work that follows */
	emit_store(&g, 0, 3, 0x33);
	assert_int_equal(run(&g, 0), 0);
	expect_complete(&g, g.seqno);
	assert_int_equal(mem(&g, AT_DATA)[3], 0x33);
}

void a_batch_it_was_left_in_is_not_entered(void **state)
{
	struct guest g = guest_init(*state);
	uint32_t *image = mem(&g, AT_IMAGE + 1), *batch = mem(&g, AT_BATCH);

	/*
	 * the image says that the context stopped inside a batch in the GGTT; if the engine
	 * entered this batch, it would run with privilege
	 */
	batch[0] = MI_STORE_GGTT;
	batch[1] = at(&g, AT_DATA);
	batch[2] = 0;
	batch[3] = 0xbad;
	batch[4] = MI_BATCH_END;
	image[DW_BB_ADDR] = at(&g, AT_BATCH) | 1;
	emit_store(&g, 0, 1, 1);
	assert_int_equal(run(&g, 0), 0);
	expect_complete(&g, g.seqno);
	assert_int_equal(mem(&g, AT_DATA)[0], 0);
	assert_int_equal(mem(&g, AT_DATA)[1], 1);
	assert_int_equal(image[DW_BB_ADDR], at(&g, AT_BATCH) | 1);
}

void more_for_a_context_in_flight(void **state)
{
	struct guest g = guest_init(*state);

	emit_gate(&g, 0, 0);
	EMIT(&g, 0, MI_ARB_CHECK, MI_NOOP);
	assert_int_equal(run(&g, 0), 0);
	expect_nothing(&g);
	for (uint32_t i = 1; i < 5; i++) {
		emit_store(&g, 0, i, 0x100 + i);
		assert_int_equal(run(&g, 0), 0);
	}
	expect_nothing(&g);
	assert_int_equal(mem(&g, AT_DATA)[1], 0);
	mem(&g, AT_DATA)[0] = 1;
	/* only one event comes, for the last submission */
	expect_complete(&g, g.seqno);
	for (uint32_t i = 1; i < 5; i++)
		assert_int_equal(mem(&g, AT_DATA)[i], 0x100 + i);
	expect_nothing(&g);
	/* a refused submission does not touch the work in flight */
	mem(&g, AT_DATA)[0] = 0;
	emit_gate(&g, 0, 0);
	assert_int_equal(run(&g, 0), 0);
	EMIT(&g, 0, MI_LRI, 0x2030, 0);
	assert_int_equal(run(&g, 0), -EBADMSG);
	mem(&g, AT_DATA)[0] = 1;
	expect_complete(&g, g.seqno - 1);
}

void two_contexts_and_no_third(void **state)
{
	struct guest g = guest_init(*state);

	emit_gate(&g, 0, 0);
	assert_int_equal(run(&g, 0), 0);
	emit_store(&g, 1, 1, 0x11);
	assert_int_equal(run(&g, 1), 0);
	emit_store(&g, 2, 2, 0x22);
	assert_int_equal(run(&g, 2), -EAGAIN);
	expect_nothing(&g);
	assert_int_equal(mem(&g, AT_DATA)[1], 0);
	mem(&g, AT_DATA)[0] = 1;
	expect_complete(&g, 1);
	expect_complete(&g, 2);
	assert_int_equal(mem(&g, AT_DATA)[1], 0x11);
	assert_int_equal(run(&g, 2), 0);
	expect_complete(&g, g.seqno);
	assert_int_equal(mem(&g, AT_DATA)[2], 0x22);
}

void reset_of_an_engine(void **state)
{
	struct guest g = guest_init(*state);
	const struct xengt_gpu_ops *ops = g.b->gpu->ops;

	emit_gate(&g, 0, 0);
	emit_store(&g, 0, 1, 0xbad);
	assert_int_equal(run(&g, 0), 0);
	emit_store(&g, 1, 2, 0xbad);
	assert_int_equal(run(&g, 1), 0);
	expect_nothing(&g);
	assert_int_equal(ops->engine_reset(g.b->gpu, 1u << g.engine), 0);
	mem(&g, AT_DATA)[0] = 1;
	expect_nothing(&g);
	assert_int_equal(mem(&g, AT_DATA)[1], 0);
	assert_int_equal(mem(&g, AT_DATA)[2], 0);
	/* the guest's image is unchanged, and the guest's work may run again */
	assert_int_equal(mem(&g, AT_IMAGE + 1)[DW_HEAD], 0);
	assert_int_equal(run(&g, 0), 0);
	expect_complete(&g, g.seqno);
	assert_int_equal(mem(&g, AT_DATA)[1], 0xbad);
	assert_int_equal(ops->engine_reset(g.b->gpu, 0xf), 0);
	assert_int_equal(ops->engine_reset(g.b->gpu, 0), 0);
	assert_int_equal(ops->engine_reset(g.b->gpu, 0x10), -EINVAL);
}

void zap_with_work_in_flight(void **state)
{
	struct guest g = guest_init(*state);
	struct xengt_gpu_event ev;

	emit_gate(&g, 0, 0);
	emit_store(&g, 0, 1, 0xbad);
	assert_int_equal(run(&g, 0), 0);
	assert_int_equal(g.b->gpu->ops->zap(g.b->gpu), 0);
	assert_int_equal(info(g.b).frames_held, 0);
	mem(&g, AT_DATA)[0] = 1;
	assert_true(wait_for(&g, &ev, NULL));
	assert_int_equal(ev.type, XENGT_EVENT_ZAPPED);
	expect_nothing(&g);
	assert_int_equal(mem(&g, AT_DATA)[1], 0);
	assert_int_equal(run(&g, 0), -ESTALE);
	assert_int_equal(g.b->gpu->ops->engine_reset(g.b->gpu, 1), -ESTALE);
}

static void expect_error(const struct guest *g, struct xengt_vgpu_submit work,
			 int want)
{
	assert_int_equal(g->b->gpu->ops->submit(g->b->gpu, &work), want);
	assert_int_equal(work.refused, XENGT_REFUSED_NOT);
}

void bad_submissions(void **state)
{
	struct guest g = guest_init(*state);
	struct xengt_vgpu_submit good, w;
	uint32_t *image = mem(&g, AT_IMAGE + 1), table;

	emit_store(&g, 0, 0, 1);
	assert_int_equal(run(&g, 0), 0);
	expect_complete(&g, g.seqno);
	good = g.last;

	w = good, w.engine = XENGT_ENGINES, expect_error(&g, w, -EINVAL);
	w = good, w.engine = UINT32_MAX, expect_error(&g, w, -EINVAL);
	w = good, w.flags = 1, expect_error(&g, w, -EINVAL);
	w = good, w.seqno = 0, expect_error(&g, w, -EINVAL);
	w = good, w.desc &= ~1ull, expect_error(&g, w, -EINVAL);
	w = good, w.desc &= ~0x18ull, expect_error(&g, w, -EINVAL);
	w = good, w.desc ^= 0x08, expect_error(&g, w, -EINVAL);
	w = good, w.hws_pga += 4, expect_error(&g, w, -EINVAL);
	w = good, w.hws_pga = 0x1000, expect_error(&g, w, -ERANGE);
	/*
	 * refused: an image that begins below the slice, that is in no slice (twice), or that
	 * ends above the slice
	 */
	w = good, w.desc -= 0x1000, expect_error(&g, w, -ERANGE);
	w = good, w.desc &= ~0xfffff000ull, expect_error(&g, w, -ERANGE);
	w = good, w.desc |= 0xfffff000ull, expect_error(&g, w, -ERANGE);
	w.desc = (good.desc & 0xfff) | (g.b->info.high_base +
					g.b->info.high_bytes - 0x1000);
	expect_error(&g, w, -ERANGE);
	/* refused: no root, and a root of a wrong level */
	w = good, w.ppgtt = 0, expect_error(&g, w, -ENOENT);
	w = good, w.ppgtt = UINT32_MAX, expect_error(&g, w, -ENOENT);
	w = good, w.desc ^= 0x10, expect_error(&g, w, -ENOENT);
	assert_int_equal(g.b->gpu->ops->ppgtt_create(g.b->gpu, 2, 0, &table),
			 0);
	w = good, w.ppgtt = table, expect_error(&g, w, -ENOENT);
	/* refused: a ring that begins below the slice, or that is in no slice */
	image[DW_START] = at(&g, 0) - 4096;
	expect_error(&g, good, -ERANGE);
	image[DW_START] = 0xfffff000;
	expect_error(&g, good, -ERANGE);
}

void a_root_in_use_stays(void **state)
{
	struct guest g = guest_init(*state);
	const struct xengt_gpu_ops *ops = g.b->gpu->ops;

	emit_gate(&g, 0, 0);
	assert_int_equal(run(&g, 0), 0);
	assert_int_equal(ops->ppgtt_destroy(g.b->gpu, g.root), -EBUSY);
	mem(&g, AT_DATA)[0] = 1;
	expect_complete(&g, g.seqno);
	assert_int_equal(ops->ppgtt_destroy(g.b->gpu, g.root), 0);
	assert_int_equal(run(&g, 0), -ENOENT);
}

void time_passes(void **state)
{
	const struct bench *b = *state;
	struct guest g = guest_init(b);
	uint64_t first, second;

	assert_int_equal(b->gpu->ops->timestamp(b->gpu, &first), 0);
	emit_store(&g, 0, 0, 1);
	assert_int_equal(run(&g, 0), 0);
	expect_complete(&g, g.seqno);
	assert_int_equal(b->gpu->ops->timestamp(b->gpu, &second), 0);
	assert_true(second > first);
}

/*
 * ---- tests that need the simulator: for a shorter time limit of hangs, or a second domain ----
 */

#define HANG_BOUND_MS	10u

void work_that_hangs(void **state)
{
	struct guest g = guest_init(*state);
	const struct xengt_gpu_ops *ops = g.b->gpu->ops;
	struct xengt_gpu_event ev;
	uint32_t n = 0;

	xengt_gpu_sim_host_hang_bound(host, HANG_BOUND_MS);
	do {
		context_init(&g, 0);
		emit_gate(&g, 0, 0);
		assert_int_equal(run(&g, 0), 0);
		/* the context that waits for the hung context is dropped, too */
		context_init(&g, 1);
		emit_store(&g, 1, 1, 1);
		assert_int_equal(run(&g, 1), 0);
		assert_true(wait_for(&g, &ev, NULL));
		assert_int_equal(ev.type, XENGT_EVENT_HUNG);
		assert_int_equal(ev.seqno, g.seqno - 1);
		expect_nothing(&g);
		/* a hung engine accepts all submissions and runs none */
		if (ev.value & XENGT_HUNG_GOES_ON)
			assert_int_equal(run(&g, 1), 0);
		expect_nothing(&g);
		assert_int_equal(mem(&g, AT_DATA)[1], 0);
		assert_int_equal(ops->engine_reset(g.b->gpu, 1u << g.engine),
				 0);
		n++;
	} while ((ev.value & XENGT_HUNG_GOES_ON) && n < 100);
	/* a vGPU that hung too often is stopped for good */
	assert_true(n > 1 && n < 20);
	assert_int_equal(info(g.b).hangs, n);
	assert_int_equal(run(&g, 0), -EIO);
	xengt_gpu_sim_host_hang_bound(host, 0);
}

struct neighbour {
	struct bench bench;
	struct xengt_hv_fake *domain;
	struct guest guest;
};

static void neighbour_create(struct neighbour *n, uint32_t domid)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = domid, .ram_frames = RAM_FRAMES, .vcpus = 1,
		.machine = machine,
	};

	memset(n, 0, sizeof(*n));
	assert_int_equal(xengt_hv_fake_create(&cfg, &n->domain), 0);
	assert_int_equal(xengt_gpu_sim_create(host, n->domain, LOW_MIB, 0, 0,
					      &n->bench.gpu), 0);
	n->bench.domain = n->domain;
	n->bench.info = info(&n->bench);
	n->bench.low = (uint32_t)(n->bench.info.low_base >> 12);
	n->guest = guest_init(&n->bench);
}

static void neighbour_destroy(struct neighbour *n)
{
	n->bench.gpu->ops->destroy(n->bench.gpu);
	xengt_hv_fake_hv(n->domain)->ops->destroy(xengt_hv_fake_hv(n->domain));
}

void vgpus_take_turns(void **state)
{
	struct guest a = guest_init(*state);
	struct neighbour n;
	struct guest *b = &n.guest;

	neighbour_create(&n, 12);
	/*
	 * guest a runs first; b's work runs between a's first work and the work that a adds to
	 * the same context
	 */
	emit_gate(&a, 0, 0);
	EMIT(&a, 0, MI_ARB_CHECK, MI_NOOP);
	assert_int_equal(run(&a, 0), 0);
	emit_gate(b, 0, 0);
	emit_store(b, 0, 1, 0xb1);
	assert_int_equal(run(b, 0), 0);
	emit_store(&a, 0, 1, 0xa1);
	assert_int_equal(run(&a, 0), 0);
	expect_nothing(&a);
	expect_nothing(b);
	mem(&a, AT_DATA)[0] = 1;
	/*
	 * a's first turn is over: b's work is on the engine and waits for b's dword 0; a's new
	 * work waits for the end of b's turn
	 */
	expect_nothing(&a);
	assert_int_equal(mem(&a, AT_DATA)[1], 0);
	mem(b, AT_DATA)[0] = 1;
	expect_complete(b, 1);
	expect_complete(&a, 2);
	assert_int_equal(mem(b, AT_DATA)[1], 0xb1);
	assert_int_equal(mem(&a, AT_DATA)[1], 0xa1);
	neighbour_destroy(&n);
}

void one_hangs_and_the_other_goes_on(void **state)
{
	struct guest a = guest_init(*state);
	struct xengt_gpu_event ev;
	struct neighbour n;
	struct guest *b = &n.guest;

	xengt_gpu_sim_host_hang_bound(host, HANG_BOUND_MS);
	neighbour_create(&n, 12);
	emit_gate(&a, 0, 0);
	assert_int_equal(run(&a, 0), 0);
	emit_store(b, 0, 1, 0xb1);
	assert_int_equal(run(b, 0), 0);
	emit_store(b, 1, 2, 0xb2);
	assert_int_equal(run(b, 1), 0);
	expect_complete(b, 1);
	expect_complete(b, 2);
	assert_int_equal(mem(b, AT_DATA)[2], 0xb2);
	assert_true(wait_for(&a, &ev, NULL));
	assert_int_equal(ev.type, XENGT_EVENT_HUNG);
	assert_int_equal(info(&n.bench).hangs, 0);
	xengt_gpu_sim_host_hang_bound(host, 0);
	neighbour_destroy(&n);
}

/*
 * A reset by one vGPU does not affect the work of the other vGPU, whether that work runs or
 * waits.
 */
void one_resets_and_the_other_goes_on(void **state)
{
	struct guest a = guest_init(*state);
	struct neighbour n;
	struct guest *b = &n.guest;

	for (uint32_t round = 0; round < 2; round++) {
		neighbour_create(&n, 12);
		context_init(&a, 0);
		mem(&a, AT_DATA)[0] = 0;
		emit_gate(round ? b : &a, 0, 0);
		EMIT(round ? b : &a, 0, MI_ARB_CHECK, MI_NOOP);
		if (round)
			assert_int_equal(run(b, 0), 0);
		assert_int_equal(run(&a, 0), 0);
		emit_store(b, 0, 1, 0xb1);
		assert_int_equal(run(b, 0), 0);
		assert_int_equal(a.b->gpu->ops->engine_reset(a.b->gpu, 1), 0);
		expect_nothing(&a);
		mem(b, AT_DATA)[0] = 1;
		expect_complete(b, b->seqno);
		assert_int_equal(mem(b, AT_DATA)[1], 0xb1);
		neighbour_destroy(&n);
	}
}

void zap_leaves_the_neighbour_s_work(void **state)
{
	struct guest a = guest_init(*state);
	struct neighbour n;
	struct guest *b = &n.guest;

	neighbour_create(&n, 12);
	emit_gate(&a, 0, 0);
	assert_int_equal(run(&a, 0), 0);
	emit_store(b, 0, 1, 0xb1);
	assert_int_equal(run(b, 0), 0);
	assert_int_equal(a.b->gpu->ops->zap(a.b->gpu), 0);
	expect_complete(b, 1);
	assert_int_equal(mem(b, AT_DATA)[1], 0xb1);
	neighbour_destroy(&n);
}
