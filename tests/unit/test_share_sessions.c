// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sessions of shares: up to four guests compete for the render engine, with batches
 * of 0.1 to 50 ms. The guests submit, append, are idle, loop, hang, reset, leave and join,
 * and their shares change meanwhile. The test plays the engine. The engine's clock is the
 * clock of boundary_world.h, and jumps from one event to the next. After each event the
 * test checks these rules, by what the engine did and not by the scheduler's own records:
 *
 * - each vGPU is charged for exactly the time that the engine had its contexts, and for
 *   the resets that it caused;
 * - while the engine is idle, no vGPU is ready whose cap allows it to run;
 * - while two vGPUs are both ready, their times, divided by their weights, move apart by at
 *   most one turn of each;
 * - a ready vGPU does not wait longer than the turns of the others that this rule allows;
 * - while the cap of a vGPU is used up, the module sends none of its work to the engine;
 * - the module never ends work that would end by itself.
 *
 * XENGT_TEST_SESSIONS: number of sessions on each platform; XENGT_TEST_SEED: a seed that
 * replaces the built-in one. A session that fails prints its seed.
 *
 * promise: P19
 */
#include <inttypes.h>
#include <stdio.h>

#include "random_sessions.h"
#include "timed_engine.h"

#define SESSIONS	8u		/* number of sessions on each platform */
#define SESSION_MS	4000u
#define GUESTS		4u
#define CONTEXTS	2u
#define FIRST_SEED	0xd6757190a3a42bc4ull

#define US		UINT64_C(1000)
#define MS		UINT64_C(1000000)
#define HANG_MS		400u		/* time limit of work while no other guest waits */
#define BATCH_NS	(50 * MS)	/* time of the longest batch that ends */
#define ROUNDED_NS	(10 * US)
#define LATE_NS		(200 * US)	/* time for the acknowledgements and interrupts of a
					 * turn */
#define MEMORY_NS	(4000 * MS)	/* how long an old share may still have an effect */

#define REQUEST_DWORDS	8u
#define NEVER		TIMED_NEVER

enum kind { BUSY, IDLE, LOOP, KINDS };

struct guest {
	struct world_guest *g;
	enum kind kind;
	uint64_t lo_ns, hi_ns;		/* shortest and longest time of a batch */
	uint32_t requests;
	uint64_t seqno;
	uint64_t in_flight[CONTEXTS];	/* seqno of the context's work; 0: none */
	uint64_t answers_at;		/* time when the guest reacts to events */
	bool loops[CONTEXTS];
	bool is_in_call;		/* true: the guest's reset, or its end, waits for
					 * the engine */
	uint64_t used_ns;		/* engine time that the guest has used since it
					 * joined */
	uint64_t virtual_ns;		/* used_ns, divided by the weight */
	uint64_t waits_since;		/* time when the guest began to wait; 0: it does not
					 * wait */
	uint64_t held_ps;		/* time until which the guest's cap is used up */
	bool is_held;
	uint64_t sent_ns;		/* length of the guest's work on the engine when its
					 * cap was used up */
	uint64_t turn_ns;		/* the longest turn, divided by the weight */
	uint64_t old_turn_ns, old_until; /* the longest turn before the guest's last change,
					  * which counts until old_until */
};

struct pair {
	bool is_open;
	int64_t least, most;		/* smallest and largest difference of the two
					 * guests' virtual times */
};

static struct world *w;
static struct guest guests[GUESTS];
static struct pair pairs[GUESTS][GUESTS];
static uint64_t longest_wait, completions, hangs, checks;

__attribute__((noreturn, format(printf, 1, 2)))
static void wrong(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "XENGT_TEST_SEED=0x%" PRIx64 " at %" PRIu64 " us: ",
		session_seed(), w->now / US);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

static const struct xengt_share *share_of(const struct guest *g)
{
	return &g->g->exec.share;
}

static bool has_work(const struct guest *g)
{
	return g->in_flight[0] || g->in_flight[1];
}

/* ---- rules ---- */

static uint64_t by_weight(const struct guest *g, uint64_t ns)
{
	return ns * 100 / share_of(g)->weight;
}

/* Returns the longest turn that the guest can have now, divided by the guest's weight. */
static uint64_t turn_of(const struct guest *g)
{
	const struct xengt_share *share = share_of(g);
	uint64_t ns = share->slice_ns + LATE_NS;

	if (g->loops[0] || g->loops[1])
		ns += share->timeout_ns + TIMED_RESET_NS;
	else if (!w->hw.platform->leaves_batches)
		ns += 2 * BATCH_NS;
	return by_weight(g, ns);
}

static uint64_t longest_turn(const struct guest *g)
{
	uint64_t now = turn_of(g);

	if (now < g->turn_ns)
		now = g->turn_ns;
	return g->old_until > w->now && g->old_turn_ns > now ? g->old_turn_ns : now;
}

/* Forgets the differences of the guest's virtual time to those of the other guests. */
static void part(const struct guest *g)
{
	for (uint32_t i = 0; i < GUESTS; i++)
		pairs[g - guests][i].is_open = pairs[i][g - guests].is_open = false;
}

/*
 * Call this before the guest's work or share changes, because the old work and share still
 * have an effect for a while.
 */
static void remember(struct guest *g)
{
	g->old_turn_ns = longest_turn(g);
	g->old_until = w->now + MEMORY_NS;
	g->turn_ns = 0;
	part(g);
	for (uint32_t i = 0; i < GUESTS; i++)
		guests[i].waits_since = 0;
}

static bool is_held(const struct guest *g)
{
	/* the module counts whole ns, so it counts a little less at each charge */
	return share_of(g)->cap && g->held_ps > (w->now + ROUNDED_NS) * 1000;
}

/* Records whether the guest's cap is used up now. */
static void note_held(struct guest *g)
{
	bool was = g->is_held;

	g->is_held = is_held(g);
	if (g->is_held && !was)
		g->sent_ns = timed_engine_has(&g->g->exec);
}

static void use(struct guest *g, uint64_t ns)
{
	const struct xengt_share *share = share_of(g);
	uint64_t past = (w->now - ns) - XENGT_CAP_CREDIT_MS * MS;

	g->used_ns += ns;
	g->virtual_ns += by_weight(g, ns);
	if (g->is_held && g->sent_ns != NEVER) {
		if (ns > g->sent_ns + LATE_NS)
			wrong("vGPU %ld: its cap is used up, but the engine ran more of its work",
			      g - guests);
		g->sent_ns -= ns < g->sent_ns ? ns : g->sent_ns;
	}
	if (!share->cap)
		return;
	if (g->held_ps < past * 1000)
		g->held_ps = past * 1000;
	g->held_ps += ns * 100000 / share->cap;
}

/*
 * The engine was idle until now. Fails the test if a guest has work and its cap did not hold
 * that work back.
 */
static void check_idle(void)
{
	for (uint32_t i = 0; i < GUESTS; i++) {
		const struct guest *g = &guests[i];

		if (has_work(g) && !(share_of(g)->cap &&
				     g->held_ps + LATE_NS * 1000 > w->now * 1000))
			wrong("vGPU %u is ready, and the engine is idle", i);
	}
}

static struct guest *guest_of(const struct xengt_exec *exec)
{
	for (uint32_t i = 0; i < GUESTS; i++)
		if (exec == &w->guests[i].exec)
			return &guests[i];
	return NULL;
}

static struct guest *running(void)
{
	return guest_of(timed_engine_runs());
}

static void passed(const struct xengt_exec *exec, uint64_t ns)
{
	struct guest *g = guest_of(exec);

	/* the guest is charged for the time of a reset, in which the engine ran no work */
	if (g && timed_engine.is_reset && g->sent_ns != NEVER)
		g->sent_ns += ns;
	if (g)
		use(g, ns);
	else if (!timed_engine.is_waited_for)
		check_idle();
	for (uint32_t i = 0; i < GUESTS; i++)
		note_held(&guests[i]);
}

/*
 * The charge may be wrong by unheard_ns, because the boundary reads the engine's state only
 * from time to time while it waits.
 */
static void check_charge(struct guest *g, uint64_t ns)
{
	if (ns > g->used_ns + timed_engine.unheard_ns ||
	    ns + timed_engine.unheard_ns < g->used_ns)
		wrong("vGPU %ld is charged for %" PRIu64 " ns, not %" PRIu64,
		      g - guests, ns, g->used_ns);
	if (share_of(g)->cap)
		g->held_ps += (uint64_t)((int64_t)(ns - g->used_ns) * 100000 /
					 (int64_t)share_of(g)->cap);
	g->used_ns = ns;
}

static void check_charges(void)
{
	for (uint32_t i = 0; i < GUESTS; i++) {
		const struct xengt_account *a =
			&guests[i].g->exec.lanes[0].account;
		uint64_t since = 0;

		/* the module has not yet charged the time since its last event */
		if (w->sched.engines[0].running == &guests[i].g->exec.lanes[0])
			since = w->now - w->sched.engines[0].charged_at;
		check_charge(&guests[i], a->ran_ns + since);
	}
	timed_engine.unheard_ns = 0;
}

static void check_wait(uint32_t i)
{
	struct guest *g = &guests[i];
	uint64_t own = longest_turn(g), most = LATE_NS, is;

	if (!has_work(g) || is_held(g) || running() == g) {
		g->waits_since = 0;
		return;
	}
	if (!g->waits_since)
		g->waits_since = w->now;
	is = w->now - g->waits_since;
	for (uint32_t j = 0; j < GUESTS; j++)
		if (j != i)
			most += (own + longest_turn(&guests[j])) *
				share_of(&guests[j])->weight / 100;
	if (is > most)
		wrong("vGPU %u waited for %" PRIu64 " us, not %" PRIu64, i,
		      is / US, most / US);
	if (longest_wait < is)
		longest_wait = is;
}

static void check_pair(uint32_t i, uint32_t j)
{
	struct guest *a = &guests[i], *b = &guests[j];
	struct pair *p = &pairs[i][j];
	int64_t is = (int64_t)(a->virtual_ns - b->virtual_ns);
	int64_t most = (int64_t)(longest_turn(a) + longest_turn(b));

	if (!has_work(a) || !has_work(b) || is_held(a) || is_held(b)) {
		p->is_open = false;
		return;
	}
	if (!p->is_open)
		*p = (struct pair){ true, is, is };
	if (p->least > is)
		p->least = is;
	if (p->most < is)
		p->most = is;
	if (is - p->least > most || p->most - is > most)
		wrong("virtual times of vGPUs %u and %u moved apart by %" PRId64 " us, not %" PRId64,
		      i, j, (p->most - p->least) / 1000, most / 1000);
	checks++;
}

static void check(void)
{
	check_charges();
	if (!running())
		for (uint32_t i = 0; i < GUESTS; i++)
			if (has_work(&guests[i]) && !is_held(&guests[i]) &&
			    guests[i].held_ps + LATE_NS * 1000 < w->now * 1000)
				wrong("vGPU %u is ready, and nothing runs", i);
	for (uint32_t i = 0; i < GUESTS; i++) {
		uint64_t turn = turn_of(&guests[i]);

		if (guests[i].turn_ns < turn)
			guests[i].turn_ns = turn;
		check_wait(i);
		for (uint32_t j = 0; j < i; j++)
			check_pair(i, j);
	}
}

/* ---- guests ---- */

static void make_contexts(struct guest *g)
{
	for (uint32_t n = 0; n < CONTEXTS; n++) {
		guest_context(g->g, n, 1, draw(128) * 32);
		g->in_flight[n] = 0;
		g->loops[n] = false;
	}
	g->answers_at = w->now + (1 + draw(100)) * US;
}

static void choose(struct guest *g)
{
	uint32_t lo = 100u << draw(9), hi = lo << draw(4);

	g->kind = one_in(4) ? (enum kind)draw(KINDS) : BUSY;
	g->lo_ns = lo * US;
	g->hi_ns = hi * US < BATCH_NS ? hi * US : BATCH_NS;
	if (g->hi_ns < g->lo_ns)
		g->lo_ns = g->hi_ns;
	g->requests = 1 + draw(8);
}

static uint32_t batch_of(const struct guest *g)
{
	uint64_t units = g->lo_ns / TIMED_UNIT_NS;

	units += draw((uint32_t)((g->hi_ns - g->lo_ns) / TIMED_UNIT_NS) + 1);
	return (uint32_t)units * 4;
}

static void emit(struct guest *g, uint32_t n, uint32_t addr)
{
	const uint32_t dw[REQUEST_DWORDS] = {
		TIMED_ARB_CHECK, 0, TIMED_ARB_OFF, TIMED_START, addr, 0,
		TIMED_ARB_CHECK, TIMED_ARB_ON,
	};
	const uint32_t tail = state_of(g->g, n)[ST_TAIL_DW];

	for (uint32_t i = 0; i < REQUEST_DWORDS; i++)
		guest_emit(g->g, n, dw[i]);
	/*
	 * the ring has the first two dwords of a request after the tail; the module can use
	 * these as padding
	 */
	g->g->memory[RING_FRAME(n)][(tail + 32) % 4096 / 4] =
		TIMED_ARB_CHECK;
	g->g->memory[RING_FRAME(n)][(tail + 36) % 4096 / 4] = 0;
}

static void submit(struct guest *g, uint32_t n)
{
	uint32_t requests = 1 + draw(g->requests);
	int r;

	if (g->kind == IDLE || g->g->exec.is_stopped)
		return;
	if (!g->in_flight[n])
		g->loops[n] = false;
	for (uint32_t i = 1; i < requests; i++)
		emit(g, n, batch_of(g));
	emit(g, n, g->kind == LOOP ? TIMED_ENDLESS : batch_of(g));
	g->loops[n] |= g->kind == LOOP;
	r = guest_submit(g->g, n, ++g->seqno);
	if (r)
		wrong("vGPU %ld: submission: %d", g - guests, r);
	g->in_flight[n] = g->seqno;
}

static void begin_anew(struct guest *g)
{
	g->is_in_call = true;
	assert_int_equal(xengt_exec_reset(&g->g->exec, 1), 0);
	g->is_in_call = false;
	remember(g);
	make_contexts(g);
}

static void look(struct guest *g)
{
	struct xengt_event ev;

	while (next_event(g->g, &ev)) {
		if (ev.type == XENGT_EVENT_HUNG) {
			if (!g->loops[0] && !g->loops[1])
				wrong("vGPU %ld: the module ended its work", g - guests);
			hangs++;
			begin_anew(g);
			continue;
		}
		for (uint32_t n = 0; n < CONTEXTS; n++)
			if (g->in_flight[n] == ev.seqno)
				g->in_flight[n] = 0;
		completions++;
		if (g->answers_at < w->now)
			g->answers_at = w->now + (1 + draw(100)) * US;
	}
	if (g->answers_at > w->now)
		return;
	for (uint32_t n = 0; n < CONTEXTS; n++)
		if (!g->in_flight[n] && !one_in(4))
			submit(g, n);
	if (!has_work(g))
		g->answers_at = w->now + (1 + draw(1000)) * US;
}

/* While one guest waits in a call, the other guests continue. */
static void others_go_on(void)
{
	bool any = false;

	for (uint32_t i = 0; i < GUESTS; i++)
		any |= guests[i].is_in_call;
	for (uint32_t i = 0; any && i < GUESTS; i++)
		if (!guests[i].is_in_call)
			look(&guests[i]);
}

static void join(struct guest *g)
{
	g->used_ns = g->g->exec.lanes[0].account.ran_ns;
	g->held_ps = 0;
	g->is_held = false;
	guest_map_space(g->g, BATCH_FRAME);
	remember(g);
	choose(g);
	make_contexts(g);
}

/* Destroys a guest, and makes a new guest in its place. */
static void replace(struct guest *g)
{
	struct xengt_exec *exec = &g->g->exec;
	const uint32_t id = exec->vgpu_id;

	g->is_in_call = true;
	xengt_exec_fini(exec);
	g->is_in_call = false;
	check_charge(g, exec->lanes[0].account.ran_ns);
	memset(exec, 0, sizeof(*exec));
	assert_int_equal(xengt_exec_init(exec, &w->sched, &g->g->guest,
					 &g->g->gtt, &g->g->ppgtt, id), 0);
	join(g);
}

static void set_share(struct guest *g)
{
	static const uint32_t weights[] = { 50, 100, 200, 400 };
	struct xengt_share share = *share_of(g);

	remember(g);
	switch (draw(4)) {
	case 0:
		share.weight = weights[draw(4)];
		break;
	case 1:
		share.cap = one_in(2) ? 0 : 10 + draw(80);
		break;
	case 2:
		share.slice_ns = (1 + draw(10)) * MS;
		break;
	default:
		share.timeout_ns = (150 + draw(200)) * MS;
		break;
	}
	xengt_exec_set_share(&g->g->exec, &share);
	note_held(g);
}

static void act(bool is_plain)
{
	struct guest *g = &guests[draw(GUESTS)];

	switch (draw(is_plain ? 4 : 16)) {
	case 0:
	case 1:
	case 2:
		remember(g);
		choose(g);
		break;
	case 3:
		/* add work to a context that may be in flight */
		submit(g, draw(CONTEXTS));
		break;
	case 4:
	case 5:
		begin_anew(g);
		break;
	case 6:
		if (g->g->exec.is_stopped || one_in(2))
			replace(g);
		break;
	default:
		set_share(g);
		break;
	}
}

/* ---- a session ---- */

/*
 * Lets the engine and the module do everything that they can do at the present time.
 * Returns true if the engine reported an event.
 */
static bool hear(void)
{
	bool any = false;

	while (timed_engine_run()) {
		xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS,
				XENGT_ENGINE_IRQ_SWITCH);
		any = true;
	}
	return any;
}

/* Lets the guests react to events, until no more events come. */
static void react(void)
{
	do {
		for (uint32_t i = 0; i < GUESTS; i++)
			look(&guests[i]);
	} while (hear());
	check();
}

/* Lets time pass until the next event. */
static void step(uint64_t act_at)
{
	uint64_t at = timed_engine_next();

	if (at > act_at)
		at = act_at;
	if (at > w->call_at)
		at = w->call_at;
	for (uint32_t i = 0; i < GUESTS; i++)
		if (guests[i].answers_at > w->now && at > guests[i].answers_at)
			at = guests[i].answers_at;
	timed_engine_pass(at > w->now ? at - w->now : 0);
	hear();
	if (w->now >= w->call_at) {
		w->call_at = NEVER;
		xengt_sched_tick(&w->sched);
	}
	react();
}

static void session(enum xengt_platform_id platform)
{
	bool is_plain = one_in(2);
	uint64_t end, act_at;

	w = world_create(platform, GUESTS);
	memset(guests, 0, sizeof(guests));
	memset(pairs, 0, sizeof(pairs));
	timed_engine_attach(w, passed);
	timed_engine.unlocked = others_go_on;
	w->call_at = NEVER;
	w->sched.hang_ns = HANG_MS * MS;
	for (uint32_t i = 0; i < GUESTS; i++) {
		guests[i].g = &w->guests[i];
		w->guests[i].exec.share.timeout_ns = (150 + draw(200)) * MS;
	}
	for (uint32_t i = 0; i < GUESTS; i++)
		join(&guests[i]);
	end = w->now + SESSION_MS * MS;
	act_at = w->now;
	while (w->now < end) {
		step(act_at);
		if (w->now < act_at)
			continue;
		act(is_plain);
		react();
		act_at = w->now + draw(40000) * US;
	}
	for (uint32_t i = 0; i < GUESTS; i++)
		replace(&guests[i]);
	w->hw.ops = &world_hw_ops;
	world_destroy(w);
}

static void sessions_on(enum xengt_platform_id platform)
{
	const uint64_t n = number_of("XENGT_TEST_SESSIONS", SESSIONS);

	sessions_begin(FIRST_SEED);
	longest_wait = completions = hangs = checks = 0;
	for (uint64_t i = 0; i < n; i++) {
		session_begins();
		session(platform);
	}
	printf("%" PRIu64 " contexts completed, %" PRIu64 " hung; the longest wait: %"
	       PRIu64 " ms; %" PRIu64 " pairs compared\n", completions, hangs,
	       longest_wait / MS, checks);
	/* sessions without completions would test nothing */
	assert_true(completions > 20 * n);
	assert_true(hangs > n);
	assert_true(checks > 100 * n);
}

int main(void)
{
	return sessions_main(sessions_on);
}
