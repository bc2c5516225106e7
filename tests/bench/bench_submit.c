// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what a submission costs the module, from the system call until the COMPLETE
 * event is read, on the hardware of boundary_world.h. The ring has only two no-ops, so
 * nearly all the cost is that of the context.
 */
#include "bench/rig_loop.h"
#include "tests/unit/boundary_world.h"

static struct world *w;
static enum xengt_engine_id engine;
static uint32_t guests = 1;
static uint32_t changed;		/* index of the dword of the guest's
					 * image that is changed before each run;
					 * 0: none */

static void tell(uint32_t status)
{
	uint32_t *hws = w->sched.engines[engine].hws.mem;

	w->csb_wp[engine] = (w->csb_wp[engine] + 1) % 6;
	hws[0x10 + 2 * w->csb_wp[engine]] = status;
	hws[0x1f] = w->csb_wp[engine];
	xengt_sched_irq(&w->sched, engine, XENGT_ENGINE_IRQ_SWITCH);
}

static void one(void)
{
	static uint32_t turn;
	struct world_guest *g = &w->guests[turn++ % guests];
	struct xengt_vgpu_submit work = guest_work(g, 0, 1);
	struct xengt_event ev;

	work.engine = engine;
	guest_emit(g, 0, 0x02800000);
	guest_emit(g, 0, 0);
	if (changed)
		state_of(g, 0)[changed] += 4;
	assert_int_equal(xengt_submit(&g->exec, &work), 0);
	tell(XENGT_CSB_IDLE_ACTIVE);
	for (uint32_t i = 0; i < XENGT_EXEC_SLOTS; i++) {
		struct xengt_slot *s = &g->exec.lanes[engine].slots[i];

		if (s->state == XENGT_SLOT_ON_HW)
			((uint32_t *)s->image.mem)[1024 + ST_HEAD_DW] =
				s->hw_tail;
	}
	tell(XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
	assert_true(next_event(g, &ev));
	w->n_ports = 0;
}

static void begin(enum xengt_engine_id e, uint32_t n, uint32_t dword)
{
	w = world_create(XENGT_PLATFORM_SKL, 2);
	engine = e;
	guests = n;
	for (uint32_t i = 0; i < n; i++) {
		guest_context(&w->guests[i], 0, 1, 0);
		state_of(&w->guests[i], 0)[ST_CTRL_DW] = 0x00090009;
	}
	for (uint32_t i = 0; i < 2 * n; i++)
		one();
	changed = dword;
}

static void begin_same(void)
{
	begin(XENGT_ENGINE_RCS, 1, 0);
}

static void begin_changed(void)
{
	/* dword 0x53 is a value in the image's first long list of register loads */
	begin(XENGT_ENGINE_RCS, 1, 0x53);
}

static void begin_other(void)
{
	/* dword 0x54 is the offset of a register in that list of loads */
	begin(XENGT_ENGINE_RCS, 1, 0x54);
}

static void begin_switch(void)
{
	begin(XENGT_ENGINE_RCS, 2, 0);
}

static void begin_switch_bcs(void)
{
	begin(XENGT_ENGINE_BCS, 2, 0);
}

static const struct loop_case cases[] = {
	{ "submit_known", 0, begin_same,
	  "module: a submission of a render context that already has a slot" },
	{ "submit_changed", 0, begin_changed,
	  "module: a submission of a render context after the guest wrote a value to its image" },
	{ "submit_other", 0, begin_other,
	  "module: a submission of a render context after the guest changed a register's offset in "
	  "the context's image" },
	{ "submit_switch", 0, begin_switch,
	  "module: a submission of a render context after another guest's submission" },
	{ "submit_switch_blt", 0, begin_switch_bcs,
	  "module: a submission of a blitter context after another guest's submission" },
};

#define COUNT		20000u

int main(int argc, char **argv)
{
	const struct loop_bench bench = {
		cases, sizeof(cases) / sizeof(cases[0]), COUNT, one,
	};

	return loop_main(&bench, argc, argv);
}
