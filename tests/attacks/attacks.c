// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks of one guest on another guest, the victim. The attacker reads what the victim left in
 * the GPU, or makes finished work of the victim run again. Each attack runs on all engines of a
 * Broadwell and a Skylake. The program prints a line for each attack; its exit status is the
 * number of attacks that succeed.
 *
 * tests/attacks/run builds this file against the boundary and the simulator of any commit, so
 * this file uses no rig, and only those functions of gpu.h, gpu_sim.h and hv_fake.h that old
 * commits have, too. tests/unit/test_residue.c has the same attacks, and more, for the present
 * tree.
 */
#include "gpu/gpu_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM		256u
#define TURNS_MAX	20000u

/*
 * Frames of a guest's RAM. The entry of the guest's graphics page i points to frame i of
 * the RAM. For page AT_UNFILLED the guest writes no entry.
 */
#define AT_UNFILLED	0u
#define AT_IMAGE	1u
#define IMAGE_PAGES	22u
#define AT_RING		30u
#define AT_BATCH	31u		/* the batch's page, which is at
					 * BATCH_VA in the context's space */
#define BATCH_VA	0x5000u
#define RESULT		1000u		/* index of a dword in the batch's page */
#define AT_COUNT	32u
#define POINTS		900u		/* number of arbitration points in a long batch */

/* Indexes of dwords in an image's state page. */
#define ST_CTRL		0x03
#define ST_TAIL		0x07
#define ST_START	0x09
#define ST_CTL		0x0b
#define ST_STATE	0x40
#define CTRL_NEW	0x00090009u	/* restore inhibited */
#define CTRL_OLD	0x00090008u

#define MI_BATCH_END	0x05000000u
#define MI_LRI		0x11000001u
#define MI_SRM		0x12000002u
#define MI_ARB_CHECK	0x02800000u
#define MI_ARB_OFF	0x04000000u
#define MI_ARB_ON	0x04000001u
#define MI_INC_GGTT	0x17c00501u
#define MI_START_PPGTT	0x18800101u

#define SECRET		0x5ec2e7u

struct guest {
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	uint32_t first;			/* first graphics page of the guest's low slice */
	uint32_t root;
	uint64_t seqno;
};

struct machine {
	struct xengt_fake_machine *memory;
	struct xengt_gpu_sim_host *host;
	struct guest victim, attacker;
};

static const uint32_t bases[] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

static void must(bool is_right)
{
	if (is_right)
		return;
	fprintf(stderr, "attacks: a step that prepares an attack failed\n");
	exit(100);
}

static uint32_t *page(const struct machine *m, const struct guest *g,
		      uint32_t frame)
{
	return (uint32_t *)(void *)xengt_fake_frame_at(
		m->memory, xengt_hv_fake_mfn(g->fake, gfn(frame)));
}

static uint32_t addr(const struct guest *g, uint32_t frame)
{
	return (g->first + frame) << 12;
}

/* ---- life ---- */

static void make_space(struct guest *g)
{
	uint32_t ids[5];
	uint64_t entry;

	for (uint32_t level = 4; level; level--) {
		must(!g->gpu->ops->ppgtt_create(g->gpu, level, 0, &ids[level]));
		entry = (uint64_t)ids[level] << 12 | 3;
		if (level < 4)
			must(!g->gpu->ops->ppgtt_write(g->gpu, ids[level + 1],
						       0, &entry, 1, NULL));
	}
	entry = (uint64_t)AT_BATCH << 12 | 3;
	must(!g->gpu->ops->ppgtt_write(g->gpu, ids[1], BATCH_VA >> 12, &entry,
				       1, NULL));
	g->root = ids[4];
}

static void join(struct machine *m, struct guest *g, uint32_t domid)
{
	const struct xengt_hv_fake_config cfg = {
		.machine = m->memory, .domid = domid, .ram_frames = RAM,
		.vcpus = 1,
	};
	struct xengt_vgpu_info info;
	uint64_t entry;

	must(!xengt_hv_fake_create(&cfg, &g->fake));
	must(!xengt_gpu_sim_create(m->host, g->fake, 2, 0, 0, &g->gpu));
	must(!g->gpu->ops->info(g->gpu, &info));
	g->first = (uint32_t)(info.low_base >> 12);
	for (uint32_t i = AT_UNFILLED + 1; i < RAM; i++) {
		entry = (uint64_t)i << 12 | 1;
		must(!g->gpu->ops->ggtt_write(g->gpu, g->first + i, &entry, 1,
					      NULL));
	}
	make_space(g);
}

static void leave(struct guest *g)
{
	struct xengt_hv *hv = xengt_hv_fake_hv(g->fake);

	g->gpu->ops->destroy(g->gpu);
	hv->ops->destroy(hv);
}

static void open_machine(struct machine *m, enum xengt_platform_id platform)
{
	memset(m, 0, sizeof(*m));
	must(!xengt_fake_machine_create(4096, &m->memory));
	must(!xengt_gpu_sim_host_create(m->memory, platform, &m->host));
	join(m, &m->victim, 7);
	join(m, &m->attacker, 8);
}

static void close_machine(struct machine *m)
{
	leave(&m->victim);
	leave(&m->attacker);
	xengt_gpu_sim_host_destroy(m->host);
	xengt_fake_machine_destroy(m->memory);
}

/* ---- work ---- */

static uint32_t *new_context(struct machine *m, struct guest *g)
{
	uint32_t *st = page(m, g, AT_IMAGE + 1);

	for (uint32_t i = 0; i < IMAGE_PAGES; i++)
		memset(page(m, g, AT_IMAGE + i), 0, 4096);
	memset(page(m, g, AT_RING), 0, 4096);
	st[ST_CTRL] = CTRL_NEW;
	st[ST_START] = addr(g, AT_RING);
	st[ST_CTL] = 1;
	return st;
}

/* Appends n dwords to the ring (n is even), and submits the ring. */
static void begin(struct machine *m, struct guest *g, uint32_t engine,
		  const uint32_t *dw, uint32_t n)
{
	uint32_t *tail = &page(m, g, AT_IMAGE + 1)[ST_TAIL];
	struct xengt_vgpu_submit work = {
		.engine = engine, .ppgtt = g->root,
		.desc = addr(g, AT_IMAGE) | 0x119, .seqno = ++g->seqno,
	};

	memcpy(page(m, g, AT_RING) + *tail / 4, dw, 4ul * n);
	*tail += 4 * n;
	must(!g->gpu->ops->submit(g->gpu, &work));
}

static void wait_for_end(struct guest *g)
{
	struct xengt_gpu_event ev = { 0 };

	for (uint32_t i = 0; ev.type != XENGT_EVENT_COMPLETE; i++) {
		must(i < TURNS_MAX);
		memset(&ev, 0, sizeof(ev));
		must(g->gpu->ops->next_event(g->gpu, &ev) >= 0);
	}
}

/* Submits as begin() does, and waits until the context has completed. */
static void run(struct machine *m, struct guest *g, uint32_t engine,
		const uint32_t *dw, uint32_t n)
{
	begin(m, g, engine, dw, n);
	wait_for_end(g);
}

static void write_reg(struct machine *m, struct guest *g, uint32_t engine,
		      uint32_t reg)
{
	const uint32_t dw[] = { MI_LRI, reg, SECRET, 0 };

	new_context(m, g);
	run(m, g, engine, dw, 4);
}

/* Reads a register by a batch without privilege, and returns the value. */
static uint32_t read_reg(struct machine *m, struct guest *g, uint32_t engine,
			 uint32_t reg)
{
	const uint32_t user[] = {
		MI_SRM, reg, BATCH_VA + 4 * RESULT, 0, MI_BATCH_END,
	};
	const uint32_t dw[] = { MI_START_PPGTT, BATCH_VA, 0, 0 };

	memcpy(page(m, g, AT_BATCH), user, sizeof(user));
	page(m, g, AT_BATCH)[RESULT] = 0;
	run(m, g, engine, dw, 4);
	return page(m, g, AT_BATCH)[RESULT];
}

/* ---- attacks: does the attacker see the secret? ---- */

static bool by_restore_inhibit(struct machine *m, uint32_t e)
{
	write_reg(m, &m->victim, e, bases[e] + 0x600);
	new_context(m, &m->attacker);
	return read_reg(m, &m->attacker, e, bases[e] + 0x600) == SECRET;
}

static bool by_an_image_that_loads_nothing(struct machine *m, uint32_t e)
{
	uint32_t *st;

	write_reg(m, &m->victim, e, bases[e] + 0x600);
	st = new_context(m, &m->attacker);
	st[ST_CTRL] = CTRL_OLD;
	st[ST_STATE] = MI_BATCH_END;
	return read_reg(m, &m->attacker, e, bases[e] + 0x600) == SECRET;
}

static bool by_a_page_that_names_nothing(struct machine *m, uint32_t e)
{
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(m->host);

	(void)e;
	xengt_sim_bar_write(sim, 2, addr(&m->victim, AT_UNFILLED), 4, SECRET);
	return xengt_sim_bar_read(sim, 2, addr(&m->attacker, AT_UNFILLED),
				  4) == SECRET;
}

/*
 * The attacker's work waits until a long batch of the victim ends. Meanwhile the attacker
 * resets its own work.
 */
static bool by_a_reset(struct machine *m, uint32_t e)
{
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(m->host);
	const uint32_t ring[] = {
		MI_INC_GGTT, addr(&m->victim, AT_COUNT), 0, 0,
		MI_ARB_OFF, 0, MI_START_PPGTT, BATCH_VA, 0, 0,
		MI_START_PPGTT, BATCH_VA, 0, 0, MI_START_PPGTT, BATCH_VA, 0, 0,
		MI_ARB_ON, 0,
	};
	const uint32_t nothing[] = { 0, 0 };
	uint32_t *batch = page(m, &m->victim, AT_BATCH);
	const uint32_t *count = page(m, &m->victim, AT_COUNT);
	struct xengt_sim_exec_opts opts;
	struct xengt_gpu_event ev;
	uint64_t begun;

	/*
	 * the batch runs three times, 45 ms each time; a step of the simulator takes less than
	 * 1 ms
	 */
	xengt_sim_get_exec(sim, &opts);
	opts.cost_percent = 100000;
	opts.work_per_call = 8;
	xengt_sim_set_exec(sim, &opts);
	for (uint32_t i = 0; i < POINTS; i++)
		batch[i] = MI_ARB_CHECK;
	batch[POINTS] = MI_BATCH_END;
	new_context(m, &m->victim);
	begin(m, &m->victim, e, ring, sizeof(ring) / 4);
	for (uint32_t i = 0; !*count; i++) {
		must(i < TURNS_MAX);
		m->victim.gpu->ops->next_event(m->victim.gpu, &ev);
	}
	/* wait until the module has seen that the victim's context runs */
	begun = xengt_sim_time(sim);
	while (xengt_sim_time(sim) < begun + 10000000)
		m->victim.gpu->ops->next_event(m->victim.gpu, &ev);
	must(*count == 1);
	new_context(m, &m->attacker);
	begin(m, &m->attacker, e, nothing, 2);
	must(!m->attacker.gpu->ops->engine_reset(m->attacker.gpu, 1u << e));
	wait_for_end(&m->victim);
	return *count != 1;
}

static const struct {
	const char *name;
	bool (*try)(struct machine *m, uint32_t engine);
} attacks[] = {
	{ "read registers by restore inhibit", by_restore_inhibit },
	{ "read registers by an image that loads nothing",
	  by_an_image_that_loads_nothing },
	{ "read memory by a graphics page without a frame", by_a_page_that_names_nothing },
	{ "run finished work again by a reset", by_a_reset },
};

int main(void)
{
	static const enum xengt_platform_id platforms[] = {
		XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
	};
	int seen = 0;

	for (size_t a = 0; a < sizeof(attacks) / sizeof(attacks[0]); a++)
		for (uint32_t i = 0; i < 8; i++) {
			struct machine m;
			bool is_seen;

			open_machine(&m, platforms[i / 4]);
			is_seen = attacks[a].try(&m, i % 4);
			close_machine(&m);
			seen += is_seen;
			printf("%s: %s, %s, engine %u\n",
			       is_seen ? "SEEN" : "safe", attacks[a].name,
			       i / 4 ? "Skylake" : "Broadwell", i % 4);
		}
	return seen;
}
