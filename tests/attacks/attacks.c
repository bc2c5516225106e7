// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by which one guest reads what another one left in the GPU, each on all engines
 * and on both generations. Prints a line for each; exits with the number of those that
 * succeed.
 *
 * tests/attacks/run builds this file against the boundary and the simulator of any
 * commit, so it uses only what has been in gpu.h, gpu_sim.h and hv_fake.h from early on,
 * and no rig. test_residue has the same attacks, and more, for the present tree.
 */
#include "gpu/gpu_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM		256u
#define TURNS_MAX	20000u

/*
 * Frames of a guest's RAM. Graphics page i of the guest names frame i of its RAM, except
 * page AT_UNFILLED, for which the guest writes no entry.
 */
#define AT_UNFILLED	0u
#define AT_IMAGE	1u
#define IMAGE_PAGES	22u
#define AT_RING		30u
#define AT_BATCH	31u		/* the batch's page, which is at
					 * BATCH_VA in the context's space */
#define BATCH_VA	0x5000u
#define RESULT		1000u		/* index of the result's dword in the
					 * batch's page */

/* Dwords of an image's state page. */
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
#define MI_START_PPGTT	0x18800101u

#define SECRET		0x5ec2e7u

struct guest {
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	uint32_t first;			/* graphics page */
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

/*
 * Appends n dwords to the ring (n is even), submits the ring and waits until the context
 * has completed.
 */
static void run(struct machine *m, struct guest *g, uint32_t engine,
		const uint32_t *dw, uint32_t n)
{
	uint32_t *tail = &page(m, g, AT_IMAGE + 1)[ST_TAIL];
	struct xengt_vgpu_submit work = {
		.engine = engine, .ppgtt = g->root,
		.desc = addr(g, AT_IMAGE) | 0x119, .seqno = ++g->seqno,
	};
	struct xengt_gpu_event ev = { 0 };

	memcpy(page(m, g, AT_RING) + *tail / 4, dw, 4ul * n);
	*tail += 4 * n;
	must(!g->gpu->ops->submit(g->gpu, &work));
	for (uint32_t i = 0; ev.type != XENGT_EVENT_COMPLETE; i++) {
		must(i < TURNS_MAX);
		memset(&ev, 0, sizeof(ev));
		must(g->gpu->ops->next_event(g->gpu, &ev) >= 0);
	}
}

static void write_reg(struct machine *m, struct guest *g, uint32_t engine,
		      uint32_t reg)
{
	const uint32_t dw[] = { MI_LRI, reg, SECRET, 0 };

	new_context(m, g);
	run(m, g, engine, dw, 4);
}

/* Returns the value of a register, which a batch without privilege reads. */
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

static const struct {
	const char *name;
	bool (*try)(struct machine *m, uint32_t engine);
} attacks[] = {
	{ "registers by restore inhibit", by_restore_inhibit },
	{ "registers by an image that loads nothing",
	  by_an_image_that_loads_nothing },
	{ "memory by a page that names nothing", by_a_page_that_names_nothing },
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
