/* SPDX-License-Identifier: GPL-2.0-only */
/* See share_rig.h. */
#include "share_rig.h"

#include "hw/facts.h"
#include "reg_names.h"

#define FRAMES		128u
#define LOW_MIB		2u

/*
 * Frames of a guest. The entry of the guest's graphics page first + n points to frame n.
 */
#define IMAGE(n)	(1 + 24 * (n))
#define RING(n)		(52 + (n))
#define LONG_PAGE	56u		/* a page that has arbitration points only */
#define LAST_PAGE	57u		/* the page with the end of each batch */
#define LOOP_PAGE	58u

/*
 * Page numbers in the contexts' own space: from VA_LONG on LONG_PAGE is mapped many
 * times, then LAST_PAGE once.
 */
#define VA_LONG		1u
#define LONG_PAGES	48u
#define VA_LAST		(VA_LONG + LONG_PAGES)
#define VA_LOOP		(VA_LAST + 1)

#define RING_BYTES	4096u
#define REQUEST_DWORDS	8u

#define NOOP		0u
#define ARB_CHECK	0x02800000u
#define ARB_OFF		0x04000000u
#define ARB_ON		0x04000001u
#define USER_INTERRUPT	0x01000000u
#define BATCH_END	0x05000000u
#define START_PPGTT	0x18800101u

/* An arbitration point costs 50 ns; with this percentage it costs 50 us. */
#define COST_PERCENT	100000u
#define COMMAND_US	50u
#define SWITCH_NS	5000u
#define IDLE_NS		50000u
/* The time that the commands around a batch take. */
#define REQUEST_US	400u

static uint64_t now_of(const struct share_world *w)
{
	return xengt_sim_time(w->sim);
}

static uint32_t *frame(const struct share_guest *g, uint32_t n)
{
	return (uint32_t *)(void *)xengt_fake_frame_at(
		g->world->machine, xengt_hv_fake_mfn(g->fake, gfn(n)));
}

static uint32_t gaddr(const struct share_guest *g, uint32_t n)
{
	return (g->first + n) << XENGT_PAGE_SHIFT;
}

static uint32_t *state_of(const struct share_guest *g, uint32_t n)
{
	return frame(g, IMAGE(n) + 1);
}

/* ---- making a guest ---- */

static void put_table(struct share_guest *g, uint32_t table, uint32_t i,
		      uint64_t entry)
{
	assert_int_equal(g->gpu->ops->ppgtt_write(g->gpu, table, i, &entry, 1,
						  NULL), 0);
}

static void make_space(struct share_guest *g)
{
	uint32_t ids[5];

	for (uint32_t level = 4; level; level--) {
		assert_int_equal(g->gpu->ops->ppgtt_create(g->gpu, level, 0,
							   &ids[level]), 0);
		if (level < 4)
			put_table(g, ids[level + 1], 0,
				  (uint64_t)ids[level] << 12 | 3);
	}
	g->root = ids[4];
	for (uint32_t i = 0; i < LONG_PAGES; i++)
		put_table(g, ids[1], VA_LONG + i,
			  (uint64_t)LONG_PAGE << 12 | 3);
	put_table(g, ids[1], VA_LAST, (uint64_t)LAST_PAGE << 12 | 3);
	put_table(g, ids[1], VA_LOOP, (uint64_t)LOOP_PAGE << 12 | 3);
}

static void make_context(struct share_guest *g, uint32_t n)
{
	uint32_t *st = state_of(g, n);

	memset(st, 0, 4096);
	st[0x03] = 0x00090009;
	st[0x09] = gaddr(g, RING(n));
	st[0x0b] = (RING_BYTES - 4096) | 1;
	g->in_flight[n] = 0;
}

static void make_batches(struct share_guest *g)
{
	for (uint32_t i = 0; i < 1024; i++)
		frame(g, LONG_PAGE)[i] = ARB_CHECK;
	frame(g, LAST_PAGE)[0] = BATCH_END;
	/* this batch has no point at which the engine can switch to another context */
	memset(frame(g, LOOP_PAGE), 0, 4096);
	frame(g, LOOP_PAGE)[8] = START_PPGTT;
	frame(g, LOOP_PAGE)[9] = VA_LOOP << 12;
}

static void guest_begin(struct share_guest *g, uint32_t number)
{
	const struct xengt_hv_fake_config cfg = {
		.machine = g->world->machine, .domid = 10 + number,
		.ram_frames = FRAMES, .vcpus = 1,
		.slice_frames = LOW_MIB * 256,
	};
	struct xengt_vgpu_info info;

	assert_int_equal(xengt_hv_fake_create(&cfg, &g->fake), 0);
	assert_int_equal(xengt_gpu_sim_create(g->world->host, g->fake, LOW_MIB,
					      0, 0, &g->gpu), 0);
	assert_int_equal(g->gpu->ops->info(g->gpu, &info), 0);
	g->first = (uint32_t)(info.low_base >> XENGT_PAGE_SHIFT);
	for (uint32_t i = 0; i < FRAMES; i++) {
		uint64_t entry = (uint64_t)i << 12 | 1;

		assert_int_equal(g->gpu->ops->ggtt_write(g->gpu, g->first + i,
							 &entry, 1, NULL), 0);
	}
	make_space(g);
	make_batches(g);
	for (uint32_t n = 0; n < 2; n++)
		make_context(g, n);
	g->rnd = 12345 + 77 * number;
}

/* ---- the work of a guest ---- */

static uint32_t draw(struct share_guest *g, uint32_t below)
{
	g->rnd = g->rnd * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)g->rnd * below >> 32);
}

/* Returns a random length. All powers of 2 are equally likely. */
static uint32_t draw_us(struct share_guest *g)
{
	uint32_t lo = g->work.lo_us, hi = g->work.hi_us, octaves = 0;

	while (lo << (octaves + 1) <= hi)
		octaves++;
	lo <<= draw(g, octaves + 1);
	if (2 * lo < hi)
		hi = 2 * lo;
	return lo + draw(g, hi - lo + 1);
}

static uint32_t batch_of(uint32_t us)
{
	uint32_t n = us > REQUEST_US ? (us - REQUEST_US) / COMMAND_US : 0;

	return (VA_LAST << 12) - 4 * n;
}

static void emit(struct share_guest *g, uint32_t n, uint32_t batch)
{
	uint32_t *tail = &state_of(g, n)[0x07], at = *tail;
	const uint32_t dw[REQUEST_DWORDS] = {
		ARB_CHECK, NOOP,	/* padding of the last request */
		g->work.is_open ? ARB_ON : ARB_OFF, START_PPGTT, batch, 0,
		USER_INTERRUPT, ARB_ON,
	};

	for (uint32_t i = 0; i < REQUEST_DWORDS; i++, at = (at + 4) % RING_BYTES)
		frame(g, RING(n))[at / 4] = dw[i];
	frame(g, RING(n))[at / 4] = ARB_CHECK;
	frame(g, RING(n))[(at + 4) % RING_BYTES / 4] = NOOP;
	*tail = at;
}

static void submit(struct share_guest *g, uint32_t n)
{
	struct xengt_vgpu_submit work = {
		.engine = XENGT_ENGINE_RCS,
		.ppgtt = g->root,
		.desc = (uint64_t)(n + 5) << 32 | gaddr(g, IMAGE(n)) | 0x119,
		.seqno = ++g->seqno,
	};
	int r = g->gpu->ops->submit(g->gpu, &work);

	if (r == -EIO) {
		g->is_stopped = true;
		return;
	}
	assert_int_equal(r, 0);
	g->in_flight[n] = g->seqno;
	g->submitted_at = now_of(g->world);
}

static void want(struct share_guest *g, uint32_t n)
{
	uint32_t requests = 1;

	switch (g->work.kind) {
	case SHARE_IDLE:
		return;
	case SHARE_ONCE:
		if (g->seqno)
			return;
		emit(g, n, batch_of(g->work.hi_us));
		break;
	case SHARE_LOOP:
	case SHARE_RESETS:
		emit(g, n, VA_LOOP << 12);
		break;
	case SHARE_BUSY:
		requests = 1 + draw(g, g->work.requests);
		for (uint32_t i = 0; i < requests; i++)
			emit(g, n, batch_of(draw_us(g)));
		break;
	}
	submit(g, n);
}

static void begin_anew(struct share_guest *g)
{
	assert_int_equal(g->gpu->ops->engine_reset(g->gpu,
						   1u << XENGT_ENGINE_RCS), 0);
	for (uint32_t n = 0; n < 2; n++)
		make_context(g, n);
}

static void look(struct share_guest *g)
{
	struct gpu_sim *gpu = to_sim(g->gpu);
	struct xengt_event ev;

	while (gpu->v.exec.has_event &&
	       xengt_bnd_vgpu_next_event(&gpu->v, &ev)) {
		if (ev.type == XENGT_EVENT_HUNG) {
			g->hangs++;
			g->overruns += !!(ev.value & XENGT_HUNG_OVERRUN);
			g->is_stopped = !(ev.value & XENGT_HUNG_GOES_ON);
			begin_anew(g);
		}
		if (ev.type != XENGT_EVENT_COMPLETE)
			continue;
		g->completions++;
		for (uint32_t n = 0; n < 2; n++)
			if (g->in_flight[n] == ev.seqno)
				g->in_flight[n] = 0;
	}
	if (g->work.kind == SHARE_RESETS && g->in_flight[0] &&
	    now_of(g->world) - g->submitted_at > g->work.hi_us * 1000ull)
		begin_anew(g);
	for (uint32_t n = 0; n < 2; n++)
		if (!g->in_flight[n] && !g->is_stopped)
			want(g, n);
}

/* ---- time ---- */

static uint32_t engine_reg(const struct share_world *w, uint32_t off)
{
	return (uint32_t)xengt_sim_bar_read(w->sim, 0, RCS + off, 4);
}

static uint32_t running(const struct share_world *w)
{
	if (!(engine_reg(w, XENGT_RING_STATUS_LO) & 1u << 4))
		return ~0u;
	/* the vGPU's number is in bits 20:15 */
	return (engine_reg(w, REG_RING_STATUS_HI) >> 15 & 0x3f) - 1;
}

/*
 * Updates the guest's waiting time. A guest waits while it has work and the engine runs
 * another context.
 */
static void watch_wait(struct share_guest *g, bool runs)
{
	uint64_t now = now_of(g->world), waited;
	bool has_work = g->in_flight[0] || g->in_flight[1];

	if (has_work && !runs) {
		if (!g->waits_since)
			g->waits_since = now;
		waited = now - g->waits_since;
		if (g->longest_wait_ns < waited)
			g->longest_wait_ns = waited;
	} else {
		g->waits_since = 0;
	}
}

static void set_work(struct share_world *w, uint32_t per_call)
{
	w->opts.work_per_call = per_call;
	xengt_sim_set_exec(w->sim, &w->opts);
}

/*
 * Let the engine run for a moment in which the module does nothing, so that this time is
 * charged to the guest on the engine. A call of xengt_sim_run() has work_per_call units
 * of work, and each idle engine takes one unit. During this function the busy engine gets
 * two units for commands. At other times work_per_call is 1, so the busy engine gets no
 * unit; it then works only while the module accesses registers, because these accesses
 * take time. Returns false if the engine did nothing.
 */
static bool run_engine(struct share_world *w)
{
	uint32_t who = running(w);
	uint64_t since = now_of(w);
	bool did;

	set_work(w, XENGT_SIM_ENGINES + 1);
	xengt_sim_run(w->sim);
	set_work(w, 1);
	did = now_of(w) != since;
	if (who >= w->n)
		who = running(w);	/* the guest's work has just begun */
	if (who < w->n)
		w->guests[who].used_ns += now_of(w) - w->seen_at;
	w->seen_at = now_of(w);
	return did;
}

static void let_time_pass(struct share_world *w)
{
	uint64_t now = now_of(w), ns = IDLE_NS;

	if (w->host->call_at > now && w->host->call_at - now < ns)
		ns = w->host->call_at - now;
	xengt_sim_advance(w->sim, ns);
	w->seen_at = now_of(w);
}

static void step(struct share_world *w)
{
	uint32_t before = running(w), after;

	if (!run_engine(w))
		let_time_pass(w);
	xengt_gpu_sim_exec_step(w->host);
	after = running(w);
	for (uint32_t i = 0; i < w->n; i++) {
		watch_wait(&w->guests[i], i == before || i == after);
		look(&w->guests[i]);
	}
}

void share_run(struct share_world *w, uint32_t ms)
{
	uint64_t end = now_of(w) + ms * SHARE_MS;

	while (now_of(w) < end)
		step(w);
}

void share_run_until_stopped(struct share_world *w, uint32_t guest)
{
	uint64_t end = now_of(w) + 100000 * SHARE_MS;

	while (now_of(w) < end && !w->guests[guest].is_stopped)
		step(w);
	assert_true(w->guests[guest].is_stopped);
}

void share_forget(struct share_world *w)
{
	for (uint32_t i = 0; i < w->n; i++) {
		struct share_guest *g = &w->guests[i];

		g->used_ns = 0;
		g->waits_since = 0;
		g->longest_wait_ns = 0;
		g->completions = 0;
		g->hangs = 0;
		g->overruns = 0;
	}
}

double share_part(const struct share_world *w, uint32_t guest)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < w->n; i++)
		all += w->guests[i].used_ns;
	return (double)w->guests[guest].used_ns / (double)all;
}

void share_set(struct share_guest *g, struct xengt_share share)
{
	xengt_exec_set_share(&to_sim(g->gpu)->v.exec, &share);
}

/* ---- making and ending the world ---- */

struct share_world *share_create(enum xengt_platform_id platform,
				 const struct share_work *work, uint32_t n)
{
	struct share_world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_true(n <= SHARE_GUESTS_MAX);
	w->n = n;
	assert_int_equal(xengt_fake_machine_create(FRAMES * n + 4096,
						   &w->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(w->machine, platform,
						   &w->host), 0);
	w->sim = xengt_gpu_sim_host_sim(w->host);
	xengt_sim_get_exec(w->sim, &w->opts);
	w->opts.cost_percent = COST_PERCENT;
	w->opts.switch_ns = SWITCH_NS;
	set_work(w, 1);
	for (uint32_t i = 0; i < n; i++) {
		w->guests[i].world = w;
		w->guests[i].work = work[i];
		guest_begin(&w->guests[i], i);
	}
	return w;
}

void share_destroy(struct share_world *w)
{
	for (uint32_t i = 0; i < w->n; i++) {
		struct share_guest *g = &w->guests[i];

		g->gpu->ops->destroy(g->gpu);
		assert_int_equal(xengt_hv_fake_faults(g->fake), 0);
		xengt_hv_fake_hv(g->fake)->ops->destroy(xengt_hv_fake_hv(g->fake));
	}
	xengt_gpu_sim_host_destroy(w->host);
	xengt_fake_machine_destroy(w->machine);
	free(w);
}
