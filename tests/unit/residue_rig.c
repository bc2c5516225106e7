/* SPDX-License-Identifier: GPL-2.0-only */
/* See residue_rig.h. */
#include "residue_rig.h"

#include <stdio.h>

#define PAGES		COURT_RAM
#define TURNS_MAX	20000u

#define MI_START_PPGTT	0x18800101u
#define MI_BATCH_END	0x05000000u
#define MI_SRM		0x12000002u
#define RESULT		1000u		/* index of the result's dword in the
					 * batch's page */

static struct xengt_judge_hdr *hdr(const struct court *c)
{
	return (struct xengt_judge_hdr *)(void *)c->shm;
}

/*
 * Returns the judge's memory. All courts use the same memory, because it is
 * large.
 */
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

uint32_t *court_page(const struct court_guest *g, uint32_t frame)
{
	return (uint32_t *)(void *)xengt_fake_frame_at(
		g->court->machine, xengt_hv_fake_mfn(g->fake, gfn(frame)));
}

uint32_t court_addr(const struct court_guest *g, uint32_t frame)
{
	return (g->first + frame) << XENGT_PAGE_SHIFT;
}

uint32_t *court_state(const struct court_guest *g, uint32_t n)
{
	return court_page(g, AT_IMAGE(n) + 1);
}

/* ---- what the judge knows ---- */

static void tell_slice(struct court *c, const struct court_guest *g,
		       const struct xengt_vgpu_info *info)
{
	uint64_t *owners = (void *)(c->shm + XENGT_JUDGE_OWNERS_OFF);
	struct xengt_judge_slice *s = (void *)(c->shm + XENGT_JUDGE_SLICES_OFF);
	uint32_t domid = xengt_hv_fake_domid(g->fake);

	assert_in_range(info->vgpu_id, 1, XENGT_JUDGE_SLICES_MAX);
	s += info->vgpu_id - 1;
	hdr(c)->generation++;
	*s = (struct xengt_judge_slice){
		.active = 1, .domid = domid,
		.low_base = info->low_base, .low_bytes = info->low_bytes,
		.scratch_mfn = xengt_gpu_sim_bus_page(xengt_gpu_sim_scratch_mfn(g->gpu)),
	};
	hdr(c)->generation++;
	for (uint32_t i = 0; i < COURT_RAM; i++)
		owners[xengt_gpu_sim_bus_page(xengt_hv_fake_mfn(g->fake, gfn(i)))] =
			XENGT_JUDGE_OWNER(domid, i);
}

void court_tell_owners(struct court *c)
{
	uint64_t *owners = (void *)(c->shm + XENGT_JUDGE_OWNERS_OFF);

	for (uint64_t mfn = XENGT_FAKE_FIRST_FRAME;
	     mfn < XENGT_FAKE_FIRST_FRAME + COURT_FRAMES; mfn++) {
		uint32_t domid = xengt_fake_frame_owner(c->machine, mfn);

		owners[xengt_gpu_sim_bus_page(mfn)] = domid - COURT_DOMID < COURT_GUESTS ?
			XENGT_JUDGE_OWNER(domid, 0) : 0;
	}
}

static void forget_slice(struct court *c, uint32_t id)
{
	struct xengt_judge_slice *s = (void *)(c->shm + XENGT_JUDGE_SLICES_OFF);

	hdr(c)->generation++;
	s[id - 1].active = 0;
	hdr(c)->generation++;
}

static const struct xengt_judge_violation *verdicts(const struct court *c)
{
	return (const void *)(c->shm + XENGT_JUDGE_RING_OFF);
}

/* Returns the number of wrong accesses: violations that are not residue. */
static uint32_t count_accesses(const struct court *c)
{
	const struct xengt_judge_violation *v = verdicts(c);
	uint32_t n = 0;

	for (uint32_t i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		n += v[i].seq && !(v[i].flags & XENGT_JUDGE_V_RESIDUE);
	return n;
}

uint32_t court_residues(const struct court *c)
{
	const struct xengt_judge_violation *v = verdicts(c);
	uint32_t n = 0;

	for (uint32_t i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		n += v[i].seq && v[i].flags & XENGT_JUDGE_V_RESIDUE;
	return n;
}

void court_tell(const struct court *c)
{
	const struct xengt_judge_violation *v = verdicts(c);

	for (uint32_t i = 0; i < XENGT_JUDGE_RING_MAX; i++)
		if (v[i].seq)
			fprintf(stderr,
				"slot %u, engine %u, flags %u: 0x%llx, %llu times, command 0x%x\n",
				v[i].slot, v[i].engine, v[i].flags,
				(unsigned long long)v[i].addr,
				(unsigned long long)v[i].count, v[i].command);
}

/* ---- start and end ---- */

static void make_space(struct court_guest *g)
{
	uint32_t ids[5];
	uint64_t entry;

	for (uint32_t level = 4; level; level--) {
		assert_int_equal(g->gpu->ops->ppgtt_create(g->gpu, level, 0,
							   &ids[level]), 0);
		entry = (uint64_t)ids[level] << 12 | 3;
		if (level < 4)
			assert_int_equal(g->gpu->ops->ppgtt_write(g->gpu,
				ids[level + 1], 0, &entry, 1, NULL), 0);
	}
	entry = (uint64_t)AT_BATCH << 12 | 3;
	assert_int_equal(g->gpu->ops->ppgtt_write(g->gpu, ids[1],
						  BATCH_VA >> 12, &entry, 1,
						  NULL), 0);
	g->root = ids[4];
	g->leaf = ids[1];
}

void court_join(struct court *c, uint32_t n)
{
	struct court_guest *g = &c->guests[n];
	struct xengt_vgpu_info info;
	uint64_t entry;

	assert_int_equal(xengt_gpu_sim_create(c->host, g->fake, 2, 0, 0,
					      &g->gpu), 0);
	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	g->first = (uint32_t)(info.low_base >> XENGT_PAGE_SHIFT);
	for (uint32_t i = 1; i < PAGES; i++) {
		entry = (uint64_t)i << 12 | 1;
		assert_int_equal(g->gpu->ops->ggtt_write(g->gpu, g->first + i,
							 &entry, 1, NULL), 0);
	}
	make_space(g);
	tell_slice(c, g, &info);
	for (uint32_t i = 0; i < COURT_CONTEXTS; i++)
		court_context(g, i);
}

void court_leave(struct court *c, uint32_t n)
{
	struct court_guest *g = &c->guests[n];
	struct xengt_vgpu_info info;

	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	g->gpu->ops->destroy(g->gpu);
	g->gpu = NULL;
	forget_slice(c, info.vgpu_id);
}

static void make_strict(struct court *c, unsigned int strict)
{
	struct xengt_sim_exec_opts opts;

	xengt_sim_get_exec(c->sim, &opts);
	opts.strict = XENGT_SIM_STRICT_IMAGES | XENGT_SIM_STRICT_RESIDUE |
		      strict;
	xengt_sim_set_exec(c->sim, &opts);
}

struct court *court_open(enum xengt_platform_id platform, unsigned int strict)
{
	struct xengt_hv_fake_config hv = { .ram_frames = COURT_RAM, .vcpus = 1 };
	struct court *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	assert_int_equal(xengt_fake_machine_create(COURT_FRAMES,
						   &c->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(c->machine, platform,
						   &c->host), 0);
	c->sim = xengt_gpu_sim_host_sim(c->host);
	c->shm = the_memory();
	assert_int_equal(xengt_sim_judge_attach(c->sim, c->shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	make_strict(c, strict);
	for (uint32_t i = 0; i < COURT_GUESTS; i++) {
		c->guests[i].court = c;
		hv.machine = c->machine;
		hv.domid = COURT_DOMID + i;
		assert_int_equal(xengt_hv_fake_create(&hv, &c->guests[i].fake),
				 0);
		court_join(c, i);
	}
	return c;
}

void court_close(struct court *c)
{
	uint32_t residues = court_residues(c), accesses = count_accesses(c);
	struct xengt_hv *hv;

	if (residues || accesses)
		court_tell(c);
	for (uint32_t i = 0; i < COURT_GUESTS; i++) {
		if (c->guests[i].gpu)
			c->guests[i].gpu->ops->destroy(c->guests[i].gpu);
		hv = xengt_hv_fake_hv(c->guests[i].fake);
		hv->ops->destroy(hv);
	}
	xengt_sim_judge_attach(c->sim, NULL, 0);
	xengt_gpu_sim_host_destroy(c->host);
	xengt_fake_machine_destroy(c->machine);
	free(c);
	assert_int_equal(residues, 0);
	assert_int_equal(accesses, 0);
}

/* ---- work ---- */

void court_context(const struct court_guest *g, uint32_t n)
{
	uint32_t *st = court_state(g, n);

	for (uint32_t i = 0; i < 22; i++)
		memset(court_page(g, AT_IMAGE(n) + i), 0, 4096);
	memset(court_page(g, AT_RING(n)), 0, 4096);
	st[AT_CTRL] = CTRL_NEW;
	st[AT_START] = court_addr(g, AT_RING(n));
	st[AT_CTL] = 1;
}

void court_emit(const struct court_guest *g, uint32_t n, const uint32_t *dw,
		uint32_t count)
{
	uint32_t *st = court_state(g, n), *ring = court_page(g, AT_RING(n));

	/* no command spans the ring's end */
	if (st[AT_TAIL] + 4 * count > RING_BYTES) {
		while (st[AT_TAIL]) {
			ring[st[AT_TAIL] / 4] = 0;
			st[AT_TAIL] = (st[AT_TAIL] + 4) % RING_BYTES;
		}
	}
	for (uint32_t i = 0; i < count + count % 2; i++) {
		ring[st[AT_TAIL] / 4] = i < count ? dw[i] : 0;
		st[AT_TAIL] = (st[AT_TAIL] + 4) % RING_BYTES;
	}
}

int court_submit(struct court_guest *g, uint32_t n, uint32_t engine)
{
	struct xengt_vgpu_submit work = {
		.engine = engine,
		.ppgtt = g->root,
		.desc = court_addr(g, AT_IMAGE(n)) | 0x119,
		.seqno = ++g->seqno,
	};

	return g->gpu->ops->submit(g->gpu, &work);
}

void court_pump(struct court *c)
{
	struct xengt_gpu_event ev;

	for (uint32_t i = 0; i < COURT_GUESTS; i++) {
		struct court_guest *g = &c->guests[i];

		while (g->gpu && g->gpu->ops->next_event(g->gpu, &ev) == 1) {
			g->done += ev.type == XENGT_EVENT_COMPLETE;
			g->hung += ev.type == XENGT_EVENT_HUNG;
		}
	}
}

void court_run(struct court_guest *g, uint32_t n, uint32_t engine)
{
	uint32_t done = g->done;

	assert_int_equal(court_submit(g, n, engine), 0);
	for (uint32_t i = 0; g->done == done; i++) {
		assert_true(i < TURNS_MAX);
		court_pump(g->court);
	}
}

void court_run_user(struct court_guest *g, uint32_t n, uint32_t engine,
		    const uint32_t *dw, uint32_t count)
{
	uint32_t *batch = court_page(g, AT_BATCH);

	memcpy(batch, dw, 4ul * count);
	batch[count] = MI_BATCH_END;
	COURT_EMIT(g, n, MI_START_PPGTT, BATCH_VA, 0, 0);
	court_run(g, n, engine);
}

uint32_t court_read(struct court_guest *g, uint32_t n, uint32_t engine,
		    uint32_t reg)
{
	const uint32_t dw[] = { MI_SRM, reg, BATCH_VA + 4 * RESULT, 0 };

	court_page(g, AT_BATCH)[RESULT] = 0xdeadbeef;
	court_run_user(g, n, engine, dw, 4);
	return court_page(g, AT_BATCH)[RESULT];
}
