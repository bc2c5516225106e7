// SPDX-License-Identifier: GPL-2.0-only
/*
 * promise: P12
 *
 * A guest submits random images, rings and batches at random times, with resets and changes
 * of its memory in between, on all engines of the simulated GPU. The memory of a second
 * guest, the neighbour, must not change, no GPU entry of a vGPU may point to a frame of
 * another domain, the GPU may reach no address without memory, and at the end the
 * neighbour's own work must complete in bounded time. The isolation judge checks every
 * access: no access may be wrong, no context may see what a neighbour left in the
 * hardware, and no cache may write back to a released frame.
 */
#include "fuzz/rig_guests.h"

#include <stdlib.h>
#include <string.h>

#include "gpu/gpu_sim.h"
#include "xengt/judge_abi.h"

#define RAM		128u
#define PAGES		128u		/* number of pages of graphics memory
					 * that the guest uses */
#define IMAGE(n)	(1 + 24 * (n))	/* there are two contexts */
#define RING(n)		(52 + 4 * (n))
#define BATCH		60u
#define DATA		70u
#define DOMID		7u
#define OPS_MAX		96u
#define HANG_MS		4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	uint32_t first;
	uint32_t root;
	uint64_t seqno;
};

static struct fuzz_rig rig;
static struct side mine, theirs;
static uint64_t seed;
static uint8_t theirs_was[RAM][XENGT_PAGE_SIZE];
static uint8_t *shm;			/* the judge's memory */

static uint32_t *frame(const struct side *s, uint32_t n)
{
	return (uint32_t *)(void *)xengt_fake_frame_at(
		rig.machine, xengt_hv_fake_mfn(s->fake, gfn(n % RAM)));
}

static uint32_t at(const struct side *s, uint32_t page)
{
	return (s->first + page) << XENGT_PAGE_SHIFT;
}

static void map(const struct side *s, uint32_t page, uint64_t entry)
{
	must(!s->gpu->ops->ggtt_write(s->gpu, s->first + page % PAGES, &entry,
				      1, NULL));
}

/* Map one page in the context's own space: the batch, at address 0x5000. */
static void make_space(struct side *s)
{
	uint32_t ids[5];
	uint64_t entry;

	for (uint32_t level = 4; level; level--) {
		must(!s->gpu->ops->ppgtt_create(s->gpu, level, 0, &ids[level]));
		entry = (uint64_t)ids[level] << 12 | 3;
		if (level < 4)
			must(!s->gpu->ops->ppgtt_write(s->gpu, ids[level + 1],
						       0, &entry, 1, NULL));
	}
	entry = (uint64_t)BATCH << 12 | 3;
	must(!s->gpu->ops->ppgtt_write(s->gpu, ids[1], 5, &entry, 1, NULL));
	s->root = ids[4];
}

/* ---- the judge ---- */

static void tell_slice(const struct side *s, const struct xengt_vgpu_info *info)
{
	struct xengt_judge_hdr *hdr = (void *)shm;
	struct xengt_judge_slice *slices = (void *)(shm + XENGT_JUDGE_SLICES_OFF);
	uint64_t *owners = (void *)(shm + XENGT_JUDGE_OWNERS_OFF);
	uint32_t domid = xengt_hv_fake_domid(s->fake);

	must(info->vgpu_id && info->vgpu_id <= XENGT_JUDGE_SLICES_MAX);
	hdr->generation++;
	slices[info->vgpu_id - 1] = (struct xengt_judge_slice){
		.active = 1, .domid = domid,
		.low_base = info->low_base, .low_bytes = info->low_bytes,
		.scratch_mfn = xengt_gpu_sim_bus_page(xengt_gpu_sim_scratch_mfn(s->gpu)),
	};
	hdr->generation++;
	for (uint32_t i = 0; i < RAM; i++)
		owners[xengt_gpu_sim_bus_page(xengt_hv_fake_mfn(s->fake, gfn(i)))] =
			XENGT_JUDGE_OWNER(domid, i);
}

static void start_judge(struct xengt_sim *sim)
{
	struct xengt_sim_exec_opts opts;

	shm = aligned_alloc(XENGT_PAGE_SIZE, XENGT_JUDGE_FILE_BYTES);
	must(shm && !xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES));
	must(!xengt_sim_judge_attach(sim, shm, XENGT_JUDGE_FILE_BYTES));
	xengt_sim_get_exec(sim, &opts);
	opts.strict |= XENGT_SIM_STRICT_RESIDUE | XENGT_SIM_STRICT_CACHES;
	xengt_sim_set_exec(sim, &opts);
}

/*
 * Is the violation the one that docs/threat-model.md (residues) allows? A batch can read
 * registers of another engine while another guest's work runs on that engine.
 */
static bool is_stated(const struct xengt_judge_violation *v)
{
	static const uint32_t bases[] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

	if (!(v->flags & XENGT_JUDGE_V_RESIDUE))
		return false;
	for (uint32_t e = 0; e < XENGT_ARRAY_SIZE(bases); e++)
		if (e != v->engine && v->addr - bases[e] < 0x1000)
			return true;
	return false;
}

/*
 * Fails if a context accessed memory of the other guest, or state that the other guest
 * left.
 */
static void judge(struct xengt_sim *sim)
{
	const struct xengt_judge_violation *v =
		(const void *)(shm + XENGT_JUDGE_RING_OFF);
	const struct xengt_judge_hdr *hdr = (const void *)shm;

	must(hdr->context_accesses);
	/* write back now what the cache may write back at any time */
	xengt_sim_write_back(sim);
	for (uint32_t i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		must(!v[i].seq || is_stated(&v[i]));
}

static void side_create(struct side *s)
{
	struct xengt_vgpu_info info;

	must(!xengt_gpu_sim_create(rig.host, s->fake, 2, 0, 0, &s->gpu));
	must(!s->gpu->ops->info(s->gpu, &info));
	s->first = (uint32_t)(info.low_base >> XENGT_PAGE_SHIFT);
	tell_slice(s, &info);
	for (uint32_t i = 0; i < PAGES; i++)
		map(s, i, (uint64_t)i << 12 | 1);
	make_space(s);
}

static void make_context(const struct side *s, uint32_t n)
{
	uint32_t *st = frame(s, IMAGE(n) + 1);

	memset(st, 0, XENGT_PAGE_SIZE);
	st[0x03] = 0x00090009;
	st[0x09] = at(s, RING(n));
	st[0x0b] = 3 << 12 | 1;
}

static void emit(const struct side *s, uint32_t n, uint32_t dword)
{
	uint32_t *tail = &frame(s, IMAGE(n) + 1)[0x07];

	frame(s, RING(n) + *tail / 4096 % 4)[*tail % 4096 / 4] = dword;
	*tail = (*tail + 4) % 0x4000;
}

static int submit(struct side *s, uint32_t engine, uint32_t n, uint32_t flags)
{
	struct xengt_vgpu_submit work = {
		.engine = engine,
		.ppgtt = s->root,
		.desc = (at(s, IMAGE(n)) | 0x119) ^ flags,
		.seqno = ++s->seqno,
		.hws_pga = at(s, DATA + 1),
	};

	return s->gpu->ops->submit(s->gpu, &work);
}

static void make_rig(void)
{
	struct xengt_hv_fake_config hv = { .ram_frames = RAM, .vcpus = 1 };
	struct xengt_sim_exec_opts opts;

	must(!xengt_fake_machine_create(16384, &rig.machine));
	must(!xengt_gpu_sim_host_create(rig.machine, XENGT_PLATFORM_SKL,
					&rig.host));
	xengt_gpu_sim_host_hang_bound(rig.host, HANG_MS);
	xengt_sim_get_exec(xengt_gpu_sim_host_sim(rig.host), &opts);
	opts.work_per_call = 32;
	xengt_sim_set_exec(xengt_gpu_sim_host_sim(rig.host), &opts);
	hv.machine = rig.machine;
	hv.domid = DOMID;
	must(!xengt_hv_fake_create(&hv, &mine.fake));
	hv.domid = DOMID + 1;
	must(!xengt_hv_fake_create(&hv, &theirs.fake));
	start_judge(xengt_gpu_sim_host_sim(rig.host));
	side_create(&theirs);
	for (uint32_t i = 0; i < RAM; i++)
		memset(frame(&theirs, i), 0xa5, XENGT_PAGE_SIZE);
}

/* ---- what the guest does ---- */

/*
 * Takes the next bytes from the input. After the input's end the function computes numbers
 * from the input, so that a short input gives a long session, too.
 */
static uint64_t eat(struct fuzz_input *in, size_t bytes)
{
	if (in->left)
		return fuzz_eat(in, bytes);
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> (64 - 8 * bytes);
}

/* Emit one of the commands that may be dangerous, with operands from the input. */
static void emit_one(struct fuzz_input *in, uint32_t n)
{
	static const uint32_t heads[] = {
		0, 0x01000000, 0x02800000, 0x04000001, 0x05000000, 0x10400002,
		0x10000002, 0x11000001, 0x12400002, 0x13004002, 0x13204003,
		0x14400002, 0x0e40c002, 0x18800001, 0x18800101, 0x18c00101,
		0x7a000004, 0x2f000001, 0x53000003, 0x54000003, 0x10800001,
	};
	const uint32_t where[] = {
		at(&mine, DATA), at(&mine, BATCH), 0x5000, at(&mine, RING(n)),
		at(&theirs, DATA), 0xfc000000, 0x2030, 0x22244,
	};
	uint32_t head = heads[eat(in, 1) % XENGT_ARRAY_SIZE(heads)];

	emit(&mine, n, head);
	for (uint32_t i = head & 0xff ? (head & 0xff) + 1 : 0; i; i--) {
		uint32_t pick = (uint32_t)eat(in, 1);

		emit(&mine, n, pick < 128 ?
		     where[pick % XENGT_ARRAY_SIZE(where)] :
		     pick < 192 ? 0 : (uint32_t)eat(in, 4));
	}
}

static void poll_events(uint32_t times)
{
	struct xengt_gpu_event ev;

	while (times--)
		must(mine.gpu->ops->next_event(mine.gpu, &ev) >= 0);
}

static void act(struct fuzz_input *in)
{
	uint32_t op = (uint32_t)eat(in, 1), n = op >> 7;
	uint32_t where = (uint32_t)eat(in, 2);
	static const uint32_t pages[] = {
		IMAGE(0) + 1, IMAGE(0) + 2, IMAGE(1) + 1, BATCH, RING(0),
		RING(1), IMAGE(0), DATA,
	};

	switch (op % 8) {
	case 0:
		frame(&mine, pages[where >> 10 & 7])[where % 1024] =
			(uint32_t)eat(in, 4);
		break;
	case 1:
	case 2:
		emit_one(in, n);
		break;
	case 3:
	case 4:
		submit(&mine, where % 4, n, where & 0x4000 ? 1u << where % 32 :
		       0);
		break;
	case 5:
		poll_events(1 + where % 4);
		break;
	case 6:
		map(&mine, where % PAGES, eat(in, 1) % 2 ?
		    (uint64_t)(where >> 8) << 12 | 1 : 0);
		break;
	default:
		must(!mine.gpu->ops->engine_reset(mine.gpu, where % 16));
		break;
	}
}

/* ---- what must hold ---- */

static void neighbour_works(uint32_t engine, uint32_t val)
{
	struct xengt_gpu_event ev;
	uint32_t tries = 400;

	make_context(&theirs, 0);
	emit(&theirs, 0, 0x10400002);
	emit(&theirs, 0, at(&theirs, DATA));
	emit(&theirs, 0, 0);
	emit(&theirs, 0, val);
	must(submit(&theirs, engine, 0, 0) == 0);
	do {
		must(tries--);
		ev.type = XENGT_EVENT_ENGINE_IRQ;
		must(theirs.gpu->ops->next_event(theirs.gpu, &ev) >= 0);
	} while (ev.type == XENGT_EVENT_ENGINE_IRQ);
	must(ev.type == XENGT_EVENT_COMPLETE);
	must(frame(&theirs, DATA)[0] == val);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct xengt_sim_stats before, after;
	struct xengt_sim *sim;

	if (!rig.host)
		make_rig();
	sim = xengt_gpu_sim_host_sim(rig.host);
	for (uint32_t i = 0; i < RAM; i++) {
		memset(frame(&mine, i), 0, XENGT_PAGE_SIZE);
		memcpy(theirs_was[i], frame(&theirs, i), XENGT_PAGE_SIZE);
	}
	side_create(&mine);
	make_context(&mine, 0);
	make_context(&mine, 1);
	xengt_sim_get_stats(sim, &before);
	seed = size + 1;
	for (size_t i = 0; i < size; i++)
		seed = seed * 0x100000001b3 + data[i];
	for (uint32_t i = 0; i < OPS_MAX; i++)
		act(&in);
	for (uint32_t i = 0; i < RAM; i++)
		must(!memcmp(theirs_was[i], frame(&theirs, i),
			     XENGT_PAGE_SIZE));
	must(xengt_gpu_sim_host_wrong_entries(rig.host) == 0);
	neighbour_works((uint32_t)size % 4, (uint32_t)size + 1);
	mine.gpu->ops->destroy(mine.gpu);
	judge(sim);
	xengt_sim_get_stats(sim, &after);
	must(after.dma_faults == before.dma_faults);
	return 0;
}
