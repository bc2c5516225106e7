/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests vertical blank interrupts for a guest that needs a long time for each access to a
 * register. When a guest is slow, the device leaves a pause between its interrupts, so
 * that the guest has time for other work. At a blank the guest's driver does what i915
 * does. A program in the guest uses the rest of the time and flips as often as it can.
 */
#include "rig.h"

#define MASTER		0x44200
#define CONTROL		0x80000000u
#define IMR(n)		(0x44404u + 0x10 * (n))
#define IIR(n)		(0x44408u + 0x10 * (n))
#define IER(n)		(0x4440cu + 0x10 * (n))
#define PIPE(n)		(0x70000u + 0x1000 * (n))
#define LINE		0x00
#define CONF		0x08
#define FRAMES		0x40
#define SURF		0x19c
#define SURFLIVE	0x1ac

#define BLANK		0x1u
#define FLIP_DONE	0x8u

#define MS		1000000ull
#define LINE_PIXELS	2080ull
#define FRAME_PIXELS	(LINE_PIXELS * 1235)
#define BLANK_PIXELS	(LINE_PIXELS * 35)
/* Number of register accesses that a handler makes for one pipe. */
#define ACCESSES	8u
/*
 * The handling of an interrupt, the pause and one frame together take at most GAP_NS,
 * because the device limits the pause. But the limit of the pause is never below
 * PAUSE_MIN_NS.
 */
#define GAP_NS		(60 * MS)
#define PAUSE_MIN_NS	(10 * MS)
/* The time for which Linux waits for a blank. */
#define PATIENCE_NS	(100 * MS)

struct pipe {
	uint64_t start;
	uint64_t raised, done;		/* times of the last blank interrupt and
					 * of the end of its handling */
	uint64_t told;			/* number of interrupts that the guest got */
	uint64_t last;			/* number of the blank of the last interrupt */
	uint64_t counted;		/* time when the handler read the frame counter */
	uint32_t surf;			/* the surface of a flip that the driver has
					 * written, until the driver knows that the flip
					 * took effect */
	uint64_t flips;
};

struct guest {
	struct rig *rig;
	struct pipe pipe[XENGT_PIPES];
	unsigned int pipes;
	uint32_t khz;			/* pixel clock */
	uint64_t access_ns;
	uint64_t busy_ns;		/* time that the guest spent in its
					 * handler */
	uint32_t msis;			/* number of interrupts that the guest has handled */
	bool is_busy;
	bool is_thrifty;		/* true: the guest masks blank interrupts that it
					 * does not need */
};

static uint64_t now(const struct guest *g)
{
	return g->rig->hv->ops->now_ns(g->rig->hv);
}

static uint64_t frame_ns(const struct guest *g)
{
	return FRAME_PIXELS * MS / g->khz;
}

static uint64_t blank_ns(const struct guest *g, uint64_t n)
{
	return ((n * FRAME_PIXELS - BLANK_PIXELS) * MS + g->khz - 1) / g->khz;
}

static uint64_t blanks_at(const struct guest *g, uint64_t t)
{
	return (t * g->khz / MS + BLANK_PIXELS) / FRAME_PIXELS;
}

/* ---- the oracle ---- */

/*
 * Returns the pause that the device must make if the guest took 'took' ns to handle the
 * interrupts of all pipes.
 */
static uint64_t pause_ns(const struct guest *g, uint64_t took)
{
	uint64_t used = took + frame_ns(g), pause = PAUSE_MIN_NS;

	if (used < GAP_NS && GAP_NS - used > pause)
		pause = GAP_NS - used;
	return 3 * took < pause ? 3 * took : pause;
}

/*
 * Returns the number of the blank at which the pipe's next interrupt must come: the first
 * blank after the pause. Rounding may shift a blank by a nanosecond.
 */
static uint64_t expected(const struct guest *g, const struct pipe *p)
{
	uint64_t pause = pause_ns(g, p->done - p->raised);
	uint64_t n = p->last + 1;

	while (p->start + blank_ns(g, n) + 1 < p->done + pause)
		n++;
	return n;
}

static void was_raised(struct guest *g, unsigned int n)
{
	struct pipe *p = &g->pipe[n];
	uint64_t t = now(g) - p->start, blank = blanks_at(g, t);

	/*
	 * the guest has handled the last interrupt, and the new interrupt is for a later
	 * frame
	 */
	assert_true(!p->told || p->done >= p->raised);
	assert_true(blank > p->last);
	if (g->pipes == 1) {
		uint64_t earliest = p->told ? expected(g, p) : 1;

		assert_int_equal(t, blank_ns(g, blank));
		assert_true(blank >= earliest);
		assert_true(blank == earliest || g->is_thrifty);
	}
	p->raised = now(g);
	p->done = 0;
	p->last = blank;
	p->told++;
}

/* ---- time ---- */

static uint32_t iir(const struct guest *g, unsigned int n)
{
	return xengt_mmio_peek(g->rig->vgpu, IIR(n));
}

static void tick(struct guest *g)
{
	uint32_t before[XENGT_PIPES];

	for (unsigned int n = 0; n < XENGT_PIPES; n++)
		before[n] = iir(g, n);
	xengt_vgpu_tick(g->rig->vgpu);
	for (unsigned int n = 0; n < XENGT_PIPES; n++) {
		/* no interrupt comes while the guest has not acknowledged the last one */
		assert_int_equal(g->rig->vgpu->irq.second[XENGT_IRQ_PIPE_A + n],
				 0);
		if (iir(g, n) & ~before[n] & BLANK)
			was_raised(g, n);
	}
}

/* Lets time pass, and calls tick() whenever the device has requested it. */
static void pass(struct guest *g, uint64_t ns)
{
	uint64_t end = now(g) + ns;
	uint64_t at;

	while (at = xengt_vgpu_deadline(g->rig->vgpu), at <= end) {
		if (at > now(g))
			xengt_hv_fake_advance(g->rig->fake, at - now(g));
		tick(g);
		assert_true(xengt_vgpu_deadline(g->rig->vgpu) > now(g));
	}
	xengt_hv_fake_advance(g->rig->fake, end - now(g));
	if (g->is_busy)
		g->busy_ns += ns;
}

static uint32_t rd(struct guest *g, uint32_t off)
{
	pass(g, g->access_ns);
	return (uint32_t)rig_read(g->rig, off, 4);
}

static void wr(struct guest *g, uint32_t off, uint32_t val)
{
	pass(g, g->access_ns);
	rig_write(g->rig, off, 4, val);
}

/* ---- the guest's driver ---- */

/*
 * Flips as i915 does: if the scanline is shortly before the blank, the driver waits for
 * the blank.
 */
static void flip(struct guest *g, unsigned int n)
{
	uint32_t evaded = (uint32_t)((g->khz / 10 + LINE_PIXELS - 1) /
				     LINE_PIXELS);
	struct pipe *p = &g->pipe[n];
	uint32_t line;

	p->surf = 0x02000000 + ((uint32_t)p->flips + 1) * 0x1000;
	if (g->is_thrifty)
		wr(g, IMR(n), ~BLANK);
	line = (rd(g, PIPE(n) + LINE) + 1) % 1235;
	assert_true(line < 1200 - evaded || line >= 1200);
	wr(g, PIPE(n) + SURF, p->surf);
}

/*
 * Is the guest so fast that every program that waits for a blank must get the blank in
 * time?
 */
static bool is_promised(const struct guest *g)
{
	return g->pipes * ACCESSES * g->access_ns + PAUSE_MIN_NS +
	       frame_ns(g) <= PATIENCE_NS;
}

static void handle_blank(struct guest *g, unsigned int n)
{
	struct pipe *p = &g->pipe[n];
	uint32_t frames = rd(g, PIPE(n) + FRAMES);

	/* a program that began to wait just after the last blank has not given up yet */
	if (p->counted && !g->is_thrifty && is_promised(g))
		assert_true(now(g) - p->counted <= PATIENCE_NS);
	p->counted = now(g);
	for (int i = 0; i < 3; i++)
		assert_in_range(rd(g, PIPE(n) + LINE), 0, 1234);
	assert_true(rd(g, PIPE(n) + FRAMES) >= frames);
	assert_true(frames >= p->last);
	if (p->surf && xengt_mmio_peek(g->rig->vgpu,
				       PIPE(n) + SURFLIVE) == p->surf) {
		p->surf = 0;
		p->flips++;
		if (g->is_thrifty)
			wr(g, IMR(n), ~0u);
	}
}

static void handle_interrupt(struct guest *g)
{
	g->is_busy = true;
	wr(g, MASTER, 0);
	for (unsigned int n = 0; n < g->pipes; n++) {
		/*
		 * this load takes no time, because the register is in RAM and so the load
		 * does not trap
		 */
		uint32_t bits = iir(g, n);

		if (!bits)
			continue;
		wr(g, IIR(n), bits);
		if (bits & BLANK)
			handle_blank(g, n);
	}
	wr(g, MASTER, CONTROL);
	for (unsigned int n = 0; n < g->pipes; n++)
		if (!g->pipe[n].done && !(iir(g, n) & BLANK))
			g->pipe[n].done = now(g);
	g->is_busy = false;
}

static bool is_interrupted(struct guest *g)
{
	struct xengt_hv_fake_msi last;

	if (xengt_hv_fake_msis(g->rig->fake, &last) == g->msis)
		return false;
	g->msis++;
	return true;
}

static void live(struct guest *g, uint64_t ns)
{
	uint64_t end = now(g) + ns;

	while (now(g) < end) {
		uint64_t at = xengt_vgpu_deadline(g->rig->vgpu);
		unsigned int n = 0;

		while (n < g->pipes && g->pipe[n].surf)
			n++;
		if (is_interrupted(g))
			handle_interrupt(g);
		else if (n < g->pipes)
			flip(g, n);
		else
			pass(g, at < end && at > now(g) ? at - now(g) : MS);
	}
}

static void light(struct guest *g, unsigned int n)
{
	uint32_t at = n * 0x1000;
	struct rig *rig = g->rig;

	rig_write(rig, REG_HTOTAL + at, 4, 2079u << 16 | 1919);
	rig_write(rig, REG_VTOTAL + at, 4, 1234u << 16 | 1199);
	rig_write(rig, REG_TRANS_DDI_FUNC_CTL + at, 4, 0x92000000);
	rig_write(rig, REG_LINK_M1 + at, 4, g->khz);
	rig_write(rig, REG_LINK_N1 + at, 4, 270000);
	rig_write(rig, REG_DPLL_CTRL2, 4, 1u << 4);
	rig_write(rig, REG_DPLL_CTRL1, 4, 1u << 7);
	rig_write(rig, PIPE(n) + CONF, 4, 0x80000000);
	g->pipe[n].start = now(g);
	rig_write(rig, IMR(n), 4, ~BLANK);
	rig_write(rig, IER(n), 4, BLANK | FLIP_DONE);
}

/*
 * Starts a guest with 'pipes' pipes of 'hz' Hz. Each pipe is switched on 'apart_ns' after
 * the one before.
 */
static void boot(struct guest *g, struct rig *rig, uint32_t hz,
		 unsigned int pipes, uint64_t apart_ns)
{
	memset(g, 0, sizeof(*g));
	g->rig = rig;
	g->khz = (uint32_t)(FRAME_PIXELS * hz / 1000);
	rig_cfg_write(rig, 0x94, 4, 0xfee01000);
	rig_cfg_write(rig, 0x98, 2, 0x4051);
	rig_cfg_write(rig, 0x92, 2, 1);
	rig_write(rig, MASTER, 4, CONTROL);
	for (unsigned int n = 0; n < pipes; n++) {
		light(g, n);
		g->pipes = n + 1;
		live(g, apart_ns);
	}
}

static void set_up(struct rig *rig)
{
	rig_start(rig, XENGT_PLATFORM_SKL);
}

/* ---- tests ---- */

static const uint32_t rates[] = { 30, 60, 120 };
/* Times that the handling of an interrupt takes, in tenths of a millisecond. */
static const uint32_t costs[] = { 0, 1, 5, 10, 20, 40, 42, 80, 120, 160, 170,
				  200, 330, 400, 500, 660, 800, 1000 };

static uint64_t missed(const struct guest *g)
{
	return xengt_vgpu_counters(g->rig->vgpu)->blanks_missed;
}

static void one_pipe(uint32_t hz, uint64_t cost_ns)
{
	const uint64_t life = 4000 * MS;
	struct pipe *p;
	struct guest g;
	struct rig rig;
	uint64_t begin, left, least;

	set_up(&rig);
	boot(&g, &rig, hz, 1, 0);
	g.access_ns = cost_ns / ACCESSES;
	p = &g.pipe[0];
	begin = now(&g);
	live(&g, life);
	left = 1000 - g.busy_ns * 1000 / (now(&g) - begin);
	least = cost_ns ? pause_ns(&g, cost_ns) * 1000 /
			  (pause_ns(&g, cost_ns) + cost_ns) : 750;
	print_message("%3u Hz, handled in %5.1f ms: %3llu of %3llu blanks, %3llu flips, %4.1f %% left\n",
		      hz, (double)cost_ns / MS, (unsigned long long)p->told,
		      (unsigned long long)blanks_at(&g, now(&g) - p->start),
		      (unsigned long long)p->flips, (double)left / 10);
	/* the end of the test may fall into the handling of an interrupt */
	assert_true(left + cost_ns * 1000 / life >= least);
	assert_int_equal(rig_read(&rig, PIPE(0) + FRAMES, 4),
			 blanks_at(&g, now(&g) - p->start));
	assert_int_equal(p->told + missed(&g), p->last);
	/*
	 * no flip is lost: each flip takes effect at the latest at the second blank
	 * interrupt that the guest gets after the flip
	 */
	assert_true(2 * p->flips + 2 >= p->told);
	/* a guest that is fast enough gets an interrupt for each blank */
	if (cost_ns <= MS)
		assert_int_equal(missed(&g), 0);
	rig_destroy(&rig);
}

static void a_slow_guest_keeps_its_time(void **state)
{
	(void)state;
	for (size_t r = 0; r < XENGT_ARRAY_SIZE(rates); r++)
		for (size_t c = 0; c < XENGT_ARRAY_SIZE(costs); c++)
			one_pipe(rates[r], costs[c] * MS / 10);
	/*
	 * even if interrupts are left out, a program that waits for a blank does not time
	 * out
	 */
	one_pipe(60, 300 * MS);
}

static void some_pipes(uint32_t hz, uint64_t cost_ns, unsigned int pipes,
		       uint64_t apart_ns)
{
	const uint64_t life = 10000 * MS;
	uint64_t all = pipes * cost_ns, fewest = UINT64_MAX, most = 0;
	uint64_t begin, left, least, pause;
	struct guest g;
	struct rig rig;

	set_up(&rig);
	boot(&g, &rig, hz, pipes, apart_ns);
	g.access_ns = cost_ns / ACCESSES;
	begin = now(&g);
	live(&g, life);
	left = 1000 - g.busy_ns * 1000 / (now(&g) - begin);
	for (unsigned int n = 0; n < pipes; n++) {
		uint64_t told = g.pipe[n].told;

		fewest = told < fewest ? told : fewest;
		most = told > most ? told : most;
		/* only a guest that has enough time left flips this often */
		if (all < GAP_NS)
			assert_true(2 * g.pipe[n].flips + 2 >= told);
	}
	pause = pause_ns(&g, all);
	least = all ? pause * 1000 / (pause + all) : 750;
	assert_true(left + all * 1000 / life >= least);
	/*
	 * no pipe gets many more interrupts than another, and each pipe gets interrupts
	 * again and again
	 */
	assert_true(2 * fewest >= most);
	assert_true(fewest * (all + pause + frame_ns(&g)) >=
		    life - life / 5);
	if (4 * all < frame_ns(&g) / 2)
		assert_int_equal(missed(&g), 0);
	rig_destroy(&rig);
}

static void no_pipe_starves_another(void **state)
{
	static const uint64_t apart[] = { 0, MS / 10, 2 * MS, 5 * MS, 7 * MS };

	(void)state;
	for (size_t r = 0; r < XENGT_ARRAY_SIZE(rates); r++)
		for (size_t c = 0; c < XENGT_ARRAY_SIZE(costs); c++)
			for (size_t a = 0; a < XENGT_ARRAY_SIZE(apart); a++)
				for (unsigned int n = 2; n <= XENGT_PIPES; n++)
					some_pipes(rates[r],
						   costs[c] * MS / 10, n,
						   apart[a]);
}

/*
 * The guest enables blank interrupts only while it waits for a blank, and disables them
 * soon after, as i915 does.
 */
static void masking_is_no_way_around(void **state)
{
	(void)state;
	for (size_t c = 0; c < XENGT_ARRAY_SIZE(costs); c++) {
		struct guest g;
		struct rig rig;

		set_up(&rig);
		boot(&g, &rig, 60, 1, 0);
		g.is_thrifty = true;
		g.access_ns = costs[c] * MS / 10 / ACCESSES;
		live(&g, 4000 * MS);
		/* was_raised() checks each interrupt */
		assert_true(g.pipe[0].flips >= 10);
		rig_destroy(&rig);
	}
}

static void who_gets_fast_keeps_up_again(void **state)
{
	struct guest g;
	uint64_t before;

	boot(&g, *state, 60, 1, 0);
	g.access_ns = 10 * MS;
	live(&g, 1000 * MS);
	g.access_ns = MS / 100;
	live(&g, 500 * MS);
	before = missed(&g);
	assert_true(before > 0);
	live(&g, 1000 * MS);
	assert_int_equal(missed(&g), before);
}

/* Does the only pipe raise its next interrupt within this time? */
static bool is_told_within(struct guest *g, uint64_t ns)
{
	uint64_t told = g->pipe[0].told;

	pass(g, ns);
	return g->pipe[0].told > told;
}

static void strange_guests_wait_but_not_for_ever(void **state)
{
	struct guest g;

	boot(&g, *state, 60, 1, 0);
	assert_true(is_told_within(&g, frame_ns(&g)));
	/*
	 * the guest does not acknowledge the interrupt, so no other interrupt comes, and
	 * the worker need not wake up
	 */
	assert_int_equal(xengt_vgpu_deadline(g.rig->vgpu), UINT64_MAX);
	pass(&g, 10000 * MS);
	assert_int_equal(g.pipe[0].told, 1);
	g.access_ns = 0;
	wr(&g, IIR(0), BLANK);
	g.pipe[0].done = now(&g);
	assert_false(is_told_within(&g, PAUSE_MIN_NS - 1));
	assert_true(is_told_within(&g, frame_ns(&g) + 1));
	/* the guest acknowledges the interrupt in a handler that never ends */
	wr(&g, MASTER, 0);
	g.is_thrifty = true;
	for (int i = 0; i < 10; i++) {
		wr(&g, IIR(0), BLANK);
		g.pipe[0].done = now(&g);
		assert_true(is_told_within(&g, 1000 * MS + frame_ns(&g)));
	}
}

/*
 * A flip's interrupt is the answer to an action of the guest, so the device does not delay
 * this interrupt.
 */
static void flip_done_is_not_paced(void **state)
{
	struct guest g;

	boot(&g, *state, 60, 1, 0);
	rig_write(g.rig, IMR(0), 4, ~(BLANK | FLIP_DONE));
	assert_true(is_told_within(&g, frame_ns(&g)));
	pass(&g, 13 * MS);
	wr(&g, IIR(0), BLANK);
	g.pipe[0].done = now(&g);
	/* the guest flips during the pause */
	wr(&g, PIPE(0) + SURF, 0x02000000);
	assert_false(is_told_within(&g, frame_ns(&g)));
	assert_int_equal(iir(&g, 0), FLIP_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_guest_keeps_its_time),
		cmocka_unit_test(no_pipe_starves_another),
		cmocka_unit_test(masking_is_no_way_around),
		rig_test(who_gets_fast_keeps_up_again),
		rig_test(strange_guests_wait_but_not_for_ever),
		rig_test(flip_done_is_not_paced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
