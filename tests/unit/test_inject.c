/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes every operation of hv.h and gpu.h fail once, at every place of a session.
 * The vGPU must end cleanly, or continue to work.
 *
 * The session is a recorded probe (tests/replay), followed by steps that a
 * probe does not have (coda() below), and the end of the vGPU. The recording
 * gives the requests of the guest, the events of the GPU, the time, and the
 * content of guest memory. A model of the world answers all other calls and
 * counts the things that the device model has set up.
 *
 * For each operation, error and place in the session these rules hold:
 *  - the vGPU ends if the device needs the operation that failed, at the latest
 *    when the call into the vGPU returns; otherwise the vGPU does not end;
 *  - the vGPU reports its end with the injected error, or without an error if
 *    that error said that the vGPU was zapped already;
 *  - a vGPU that has ended was zapped at most once, has nothing trapped, mapped
 *    or backed, and sets up nothing any more; it has undone once each thing that
 *    it had set up;
 *  - after xengt_vgpu_destroy() nothing is left in the world, except the one
 *    thing that the vGPU could not undo because of an injected error;
 *  - every request is completed once.
 * (The sanitizers find leaks and the use of freed memory.)
 *
 * For each operation and error the test tries the first call, the last call and
 * PLACES calls between them, drawn with a fixed seed; with XENGT_INJECT_ALL in
 * the environment it tries all calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "core/internal.h"
#include "inject_world.h"
#include "session/session.h"
#include "session_file.h"

#define PLACES		50u
#define BAR0		0xf0000000ull	/* BAR0 in the recorded sessions */
#define BAR0_AFTER	0xe8000000ull	/* the address to which coda() moves
					 * BAR0 */
#define PCI_FUNCTION	0x10u		/* 00:02.0 */

/* ---- what an error must lead to ---- */

enum end {
	LIVES_ON,		/* the vGPU continues to work; after -ESTALE it works
				 * until the event of the zap comes */
	ENDS,			/* the vGPU ends when the call into it
				 * returns */
	ENDS_IF_STALE,		/* for -ESTALE the same as ENDS, for other errors the
				 * same as LIVES_ON */
	MAY_END,		/* the vGPU may end or continue, which depends on the
				 * purpose of the bytes */
};

static const struct {
	enum xengt_entry_op op;
	const char *name;
	enum end end;
	int errors[10];
} ops[] = {
	{ XENGT_OP_NEXT_REQUEST, "next_request", LIVES_ON, { -EIO } },
	{ XENGT_OP_COMPLETE_REQUEST, "complete_request", LIVES_ON, { -EIO } },
	{ XENGT_OP_READ_GUEST, "read_guest", MAY_END, { -EIO } },
	{ XENGT_OP_READ_GUEST, "read_guest", LIVES_ON, { -EFAULT } },
	{ XENGT_OP_WRITE_GUEST, "write_guest", MAY_END, { -EIO } },
	{ XENGT_OP_WRITE_GUEST, "write_guest", LIVES_ON, { -EFAULT } },
	{ XENGT_OP_INVALIDATE, "invalidate", ENDS, { -EIO } },
	{ XENGT_OP_TRAP_RANGE, "trap_range", LIVES_ON, { -ENOSPC, -EIO } },
	{ XENGT_OP_TRACK_WRITES, "track_writes", LIVES_ON, { -EINVAL, -EIO } },
	{ XENGT_OP_MAP_APERTURE, "map_aperture", LIVES_ON,
	  { -EBUSY, -EINVAL, -ETIMEDOUT } },
	{ XENGT_OP_MAP_PIECE, "map_piece", LIVES_ON,
	  { -EBUSY, -EINVAL, -ENOTCONN, -ETIMEDOUT } },
	{ XENGT_OP_BACK, "back", LIVES_ON, { -EEXIST, -ENOMEM, -ENOTCONN } },
	{ XENGT_OP_UNBACK, "unback", LIVES_ON, { -ENOTCONN } },
	{ XENGT_OP_INJECT_MSI, "inject_msi", LIVES_ON, { -EIO } },
	{ XENGT_OP_SET_INTX, "set_intx", LIVES_ON, { -EIO } },
	{ XENGT_OP_INFO, "info", LIVES_ON, { -EIO, -ENODEV } },
	{ XENGT_OP_GGTT_WRITE, "ggtt_write", ENDS,
	  { -ERANGE, -ENOMEM, -ESTALE } },
	{ XENGT_OP_REVALIDATE, "revalidate", ENDS, { -ENOMEM, -ESTALE } },
	{ XENGT_OP_PPGTT_CREATE, "ppgtt_create", ENDS_IF_STALE,
	  { -ENOSPC, -ENOMEM, -ESTALE } },
	{ XENGT_OP_PPGTT_DESTROY, "ppgtt_destroy", LIVES_ON,
	  { -EBUSY, -ENOENT, -ESTALE } },
	{ XENGT_OP_PPGTT_WRITE, "ppgtt_write", ENDS_IF_STALE,
	  { -ENOENT, -EBUSY, -ENOSPC, -ENOMEM, -ESTALE } },
	{ XENGT_OP_SUBMIT, "submit", ENDS_IF_STALE,
	  { -EINVAL, -ERANGE, -ENOENT, -EBADMSG, -EAGAIN, -EIO, -ENOMEM,
	    -EFAULT, -ESTALE } },
	{ XENGT_OP_ENGINE_RESET, "engine_reset", ENDS, { -EIO, -ESTALE } },
	{ XENGT_OP_TIMESTAMP, "timestamp", LIVES_ON, { -ESTALE } },
	{ XENGT_OP_OWN_FRAMES, "own_frames", LIVES_ON, { -EINVAL, -ESTALE } },
	{ XENGT_OP_FENCE_WRITE, "fence_write", ENDS, { -ERANGE, -ESTALE } },
	{ XENGT_OP_FENCE_WRITE, "fence_write", LIVES_ON, { -EINVAL } },
	{ XENGT_OP_APERTURE, "aperture", ENDS, { -ENOMEM, -ESTALE } },
	{ XENGT_OP_NEXT_EVENT, "next_event", ENDS, { -EIO } },
};

/*
 * Operations that the test does not make fail: those that cannot fail or are not
 * called, and entries of the recording that are no calls. A zap fails only together
 * with another operation.
 */
#define NOT_INJECTED	(1u << XENGT_OP_NOW_NS | 1u << XENGT_OP_UNUSED | \
			 1u << XENGT_OP_ZAP | 1u << XENGT_OP_STEP |	      \
			 1u << XENGT_OP_RAM)

static bool must_end(enum end end, int error)
{
	return end == ENDS || (end == ENDS_IF_STALE && error == -ESTALE);
}

static void check_off_the_bus(struct world *w)
{
	static const enum kind none[] = { TRAP, APERTURE, RAM, INTX };

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(none); i++)
		world_expect_none(w, none[i]);
	if (!w->vgpu->track.lingering)
		world_expect_none(w, PROTECTED);
}

static void check_end(struct world *w)
{
	int error = xengt_vgpu_host_error(w->vgpu);

	check_off_the_bus(w);
	if (!w->is_injected)
		world_fault(w, "the vGPU ended by itself");
	if (error != (w->place.error == -ESTALE ? 0 : w->place.error))
		world_fault(w, "the end is reported as %d", error);
}

/*
 * Check the rules after each call into the vGPU. was_injected: the error had
 * been injected before this call.
 */
static void check_call(struct world *w, bool was_injected, enum end end)
{
	for (uint32_t i = 0; i < WORLD_VCPUS_MAX; i++)
		if (w->is_waiting[i])
			world_fault(w, "a request is not completed");
	if (world_is_gone(w)) {
		check_end(w);
		return;
	}
	if (w->is_injected && !was_injected && must_end(end, w->place.error))
		world_fault(w, "the vGPU does not end");
	if (w->zaps)
		world_fault(w, "the vGPU is zapped and does not end");
}

/* ---- the session ---- */

static void take_step(struct world *w, const struct item *item, enum end end)
{
	bool was_injected = w->is_injected;

	switch ((enum xengt_session_step)item->e.args[0]) {
	case XENGT_STEP_SERVE:
		xengt_vgpu_serve(w->vgpu, (uint32_t)item->e.args[1]);
		break;
	case XENGT_STEP_EVENTS:
		xengt_vgpu_handle_events(w->vgpu);
		break;
	case XENGT_STEP_TICK:
		xengt_vgpu_tick(w->vgpu);
		break;
	default:
		fail_msg("the recording has a step of an unknown kind");
	}
	check_call(w, was_injected, end);
}

static void recorded(struct world *w, enum end end)
{
	const struct script *s = w->script;
	size_t step = 0;

	while (step < s->count && s->items[step].e.op != XENGT_OP_STEP)
		step++;
	while (step < s->count && !*w->fault) {
		size_t next = step + 1;

		while (next < s->count && s->items[next].e.op != XENGT_OP_STEP)
			next++;
		w->limit = next;
		take_step(w, &s->items[step], end);
		step = next;
	}
}

static void ask(struct world *w, enum end end, struct xengt_req req)
{
	bool was_injected = w->is_injected;

	req.count = 1;
	w->own_request = &req;
	/* if the call fails, call it a second time */
	if (xengt_vgpu_serve(w->vgpu, 2) < 0)
		xengt_vgpu_serve(w->vgpu, 2);
	w->own_request = NULL;
	check_call(w, was_injected, end);
}

static void store(struct world *w, enum end end, uint64_t bar0, uint32_t off,
		  uint32_t val)
{
	ask(w, end, (struct xengt_req){ .type = XENGT_REQ_MMIO, .size = 4,
					.addr = bar0 + off, .data = val });
}

static void load(struct world *w, enum end end, uint64_t bar0, uint32_t off)
{
	ask(w, end, (struct xengt_req){ .type = XENGT_REQ_MMIO, .size = 4,
					.addr = bar0 + off, .is_read = true });
}

static void cfg_store(struct world *w, enum end end, uint32_t reg,
		      uint32_t size, uint32_t val)
{
	ask(w, end, (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .size = size, .data = val,
		.addr = (uint64_t)PCI_FUNCTION << 32 | reg });
}

static void events(struct world *w, enum end end)
{
	bool was_injected = w->is_injected;

	xengt_vgpu_handle_events(w->vgpu);
	check_call(w, was_injected, end);
}

static void map_again(struct world *w, enum end end)
{
	bool was_injected = w->is_injected;

	w->is_mapping_again = true;
	xengt_vgpu_map_again(w->vgpu);
	w->is_mapping_again = false;
	check_call(w, was_injected, end);
}

/* Makes a store to a page table of the guest. */
static void store_to_table(struct world *w, enum end end)
{
	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++) {
		const struct thing *t = &w->things[i];
		uint64_t at = t->first << XENGT_PAGE_SHIFT;

		if (!t->is_there || t->kind != PROTECTED ||
		    at - BAR0 < XENGT_BAR0_BYTES)
			continue;
		ask(w, end, (struct xengt_req){ .type = XENGT_REQ_MMIO,
						.size = 8, .addr = at });
		return;
	}
	if (!w->is_injected)
		world_fault(w, "no page table is protected");
}

/* The guest touches the aperture on demand. */
static void touch(struct world *w, enum end end)
{
	if (w->vgpu->bars.is_mapped && w->vgpu->cfg.is_aperture_lazy)
		ask(w, end, (struct xengt_req){
			.type = XENGT_REQ_MMIO, .size = 4, .is_read = true,
			.addr = gpa_x(gfn_to_gpa(w->vgpu->bars.aperture)) });
}

/*
 * Makes steps that a probe does not have: a store to a page table, INTx, a reset
 * with work in flight, a timestamp, fences, a move of BAR0 after a change of the
 * RAM behind it, a move of BAR2, an answer of the broker after a time-out, a
 * function reset.
 */
static void coda(struct world *w, enum end end)
{
	static const struct xengt_gpu_event user = {
		.type = XENGT_EVENT_ENGINE_IRQ, .value = 1,
		.engine = XENGT_ENGINE_RCS,
	};

	store_to_table(w, end);
	cfg_store(w, end, XENGT_PCI_MSI + 2, 2, 0);
	cfg_store(w, end, XENGT_PCI_COMMAND, 2, 0x0006);
	store(w, end, BAR0, 0x20a8, 0);			/* RING_IMR */
	store(w, end, BAR0, 0x44304, 0);		/* GT0 IMR, IER */
	store(w, end, BAR0, 0x4430c, 0xffffffff);
	store(w, end, BAR0, 0x44200, 0x80000000);	/* MASTER */
	w->own_event = &user;
	events(w, end);
	load(w, end, BAR0, 0x2358);			/* TIMESTAMP */
	store(w, end, BAR0, 0x229c, 0x80008000);	/* RING_MODE */
	store(w, end, BAR0, 0x2230, 0);			/* ELSP */
	store(w, end, BAR0, 0x2230, 0);
	store(w, end, BAR0, 0x2230, 77);
	store(w, end, BAR0, 0x2230, 0x19);
	store(w, end, BAR0, 0x941c, 1);			/* GDRST */
	store(w, end, BAR0, 0x100004, 0x1000);		/* fence register 0: the high
							 * half, then the low half */
	store(w, end, BAR0, 0x100000, 1);
	world_change_entries(w);
	cfg_store(w, end, XENGT_PCI_BAR0, 4, (uint32_t)BAR0_AFTER);
	touch(w, end);
	cfg_store(w, end, XENGT_PCI_BAR2, 4, 0xc0000000);
	touch(w, end);
	map_again(w, end);
	touch(w, end);
	load(w, end, BAR0_AFTER, 0x78000);		/* PVINFO */
	world_change_entries(w);
	cfg_store(w, end, XENGT_PCI_AF + 4, 1, 1);	/* function reset */
	events(w, end);
}

static void check_destroyed(struct world *w)
{
	for (int kind = 0; kind < KINDS; kind++) {
		/* a zap also undoes these things */
		if ((kind == TABLE || kind == OWN_FRAMES) && w->is_zapped)
			continue;
		world_expect_none(w, (enum kind)kind);
	}
	world_fini(w);
}

/*
 * Run a vGPU from creation to end, with an error at one place. Afterwards w->calls
 * has the number of calls of each operation.
 */
static void live(const struct script *s, const struct place *place,
		 enum end end, bool with_unplug, struct world *w)
{
	struct xengt_vgpu_config cfg = s->cfg;
	int r;

	world_init(w, s, place);
	cfg.hv = &w->hv;
	cfg.gpu = &w->gpu;
	r = xengt_vgpu_create(&cfg, &w->vgpu);
	if (r) {
		if (!w->is_injected || r != place->error)
			world_fault(w, "create says %d", r);
		w->vgpu = NULL;
		check_destroyed(w);
		return;
	}
	recorded(w, end);
	coda(w, end);
	/* the event of a zap must have come by now */
	if (w->is_injected && end == LIVES_ON &&
	    world_is_gone(w) != (place->error == -ESTALE))
		world_fault(w, "the vGPU is %s",
			    world_is_gone(w) ? "gone" : "not gone");
	if (with_unplug) {
		xengt_vgpu_unplug(w->vgpu);
		check_off_the_bus(w);
	}
	xengt_vgpu_destroy(w->vgpu);
	w->vgpu = NULL;
	check_destroyed(w);
}

/*
 * Runs a session with one injected error. If the run breaks a rule, prints the rule
 * and returns false.
 */
static bool inject(const struct script *s, const struct place *place,
		   const char *name, enum end end, bool with_unplug)
{
	struct world w;

	live(s, place, end, with_unplug, &w);
	if (!w.is_injected)
		world_fault(&w, "nothing was injected");
	if (*w.fault)
		print_error("%s, %s %u fails with %d%s%s: %s\n", s->gpu, name,
			    place->nth, place->error,
			    place->zap_error ? ", zap too" : "",
			    with_unplug ? ", unplugged" : "", w.fault);
	return !*w.fault;
}

static uint32_t next_random(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

struct score {
	uint32_t injected, failed;
};

/*
 * Try each place of one operation, or only drawn places, until a run breaks a rule.
 */
static void inject_op(const struct script *s, size_t op, int error,
		      uint32_t calls, bool with_unplug, struct score *score)
{
	bool is_all = getenv("XENGT_INJECT_ALL") || calls <= PLACES + 2;
	struct place place = { .op = ops[op].op, .error = error };
	uint32_t n = is_all ? calls : PLACES + 2, seed = 1;
	bool is_fine = true;

	for (uint32_t i = 0; is_fine && i <= n; i++) {
		/*
		 * at the end try the first place again, together with a zap
		 * that fails
		 */
		place.nth = i == 0 || i == n ? 1 : is_all ? i + 1 :
			    i == 1 ? calls : 2 + next_random(&seed, calls - 2);
		place.zap_error = i == n ? -EIO : 0;
		is_fine = inject(s, &place, ops[op].name, ops[op].end,
				 with_unplug);
		score->injected++;
	}
	score->failed += !is_fine;
}

/* Operations that only a vGPU with the aperture on demand calls. */
#define LAZY	(1u << XENGT_OP_MAP_PIECE | 1u << XENGT_OP_APERTURE)

/* Try the operations of a vGPU with the aperture on demand, or all others. */
static void inject_ops(const char *gpu, bool with_unplug, bool is_lazy)
{
	const struct place nowhere = { 0 };
	uint32_t listed = NOT_INJECTED | (is_lazy ? ~LAZY : LAZY);
	struct score score = { 0 };
	const uint8_t *buf;
	size_t len = session_file(gpu, &buf);
	struct script s;
	struct world w;

	world_parse(&s, buf, len);
	s.gpu = gpu;
	s.cfg.is_aperture_lazy = is_lazy;
	live(&s, &nowhere, LIVES_ON, with_unplug, &w);
	assert_string_equal(w.fault, "");
	for (size_t op = 0; op < XENGT_ARRAY_SIZE(ops); op++) {
		uint32_t calls = w.calls[ops[op].op];

		if (is_lazy != !!(LAZY & 1u << ops[op].op))
			continue;
		listed |= 1u << ops[op].op;
		if (!calls)
			fail_msg("the session never calls %s", ops[op].name);
		for (size_t i = 0; ops[op].errors[i]; i++)
			inject_op(&s, op, ops[op].errors[i], calls,
				  with_unplug, &score);
	}
	print_message("%s: %u errors injected\n", gpu, score.injected);
	free(s.items);
	assert_int_equal(listed & ((1u << XENGT_OPS) - 1),
			 (1u << XENGT_OPS) - 1);
	assert_int_equal(score.failed, 0);
}

static void inject_all(const char *gpu, bool with_unplug)
{
	inject_ops(gpu, with_unplug, false);
	inject_ops(gpu, with_unplug, true);
}

static void skylake_unplugged(void **state)
{
	(void)state;
	inject_all("skl", true);
}

static void broadwell_destroyed(void **state)
{
	(void)state;
	inject_all("bdw", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(skylake_unplugged),
		cmocka_unit_test(broadwell_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
