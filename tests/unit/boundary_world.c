/* SPDX-License-Identifier: GPL-2.0-only */
/* See boundary_world.h. */
#include "boundary_world.h"
#include "edge.h"

#include "sim/image.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

/* ---- the module's side ---- */

static void *world_alloc(void *ctx, uint32_t pages, xengt_bus_t *ret_bus)
{
	struct world *w = ctx;
	uint32_t slot;
	void *mem;

	if (w->pages + pages > w->pages_max)
		return NULL;
	for (uint32_t i = 0; i < pages; i++, w->next_bus += 4096)
		ret_bus[i] = xengt_bus(w->next_bus);
	w->pages += pages;
	mem = edge_alloc(pages, 4096);
	for (slot = 0; slot < ALLOCS_MAX && w->allocs[slot]; slot++)
		;
	assert_true(slot < ALLOCS_MAX);
	w->allocs[slot] = mem;
	return mem;
}

static void world_free(void *ctx, void *mem, uint32_t pages,
		       const xengt_bus_t *bus)
{
	struct world *w = ctx;

	(void)bus;
	w->pages -= pages;
	for (uint32_t i = 0; i < ALLOCS_MAX; i++)
		if (w->allocs[i] == mem)
			w->allocs[i] = NULL;
	edge_free(mem);
}

static void world_pte(void *ctx, uint32_t index, uint64_t pte)
{
	struct world *w = ctx;

	if (index < SPACE_FIRST)
		return;			/* the entry is in a guest's slice */
	assert_true(index <= 0xfffff);
	w->ggtt[index - SPACE_FIRST] = pte == SCRATCH_PTE ? 0 : pte;
}

static int world_flush(void *ctx)
{
	struct world *w = ctx;

	return w->flush_sticks ? -EIO : 0;
}

/*
 * Checks that the boundary accesses no register below XENGT_SLEEPING_BYTES while the
 * GPU may sleep.
 */
static void check_power(const struct world *w, uint32_t off)
{
	assert_true(off >= XENGT_SLEEPING_BYTES || w->wakes);
}

static uint32_t world_read(void *ctx, uint32_t off)
{
	struct world *w = ctx;

	check_power(w, off);
	return w->regs[off / 4];
}

/*
 * Returns the register's offset from its engine's base, or ~0 if the register belongs
 * to no engine.
 */
static uint32_t ring_reg(uint32_t off)
{
	switch (off & ~0xfffu) {
	case 0x2000:
	case 0x12000:
	case 0x1a000:
	case 0x22000:
		return off & 0xfff;
	default:
		return ~0u;
	}
}

/*
 * Make an event, but do not write its entry to the status page. Returns the
 * entry's index in the CSB.
 */
static uint32_t event_on(struct world *w, enum xengt_engine_id e,
			 uint32_t status)
{
	w->csb_wp[e] = (w->csb_wp[e] + 1) % 6;
	w->regs[(bases[e] + XENGT_RING_CSB + 8 * w->csb_wp[e]) / 4] = status;
	return w->csb_wp[e];
}

static void tell_of_own(struct world *w, enum xengt_engine_id e,
			uint32_t status)
{
	uint32_t *hws = w->sched.engines[e].hws.mem;
	uint32_t wp = event_on(w, e, status);

	hws[0x10 + 2 * wp] = status;
	hws[0x1f] = wp;
}

/*
 * Write the image of the module's own context as an engine of the simulator would save
 * it, with reset values.
 */
static void save_own(struct world *w, enum xengt_engine_id e)
{
	const struct sim_image_part *p = sim_image_shape(
		w->hw.platform->gen == XENGT_GEN8 ? SIM_GEN8 : SIM_GEN9,
		(enum sim_engine_id)e)->parts;
	uint32_t *dw = (uint32_t *)w->sched.own.image.mem + 1024, at = 0;

	/*
	 * an image without pages belongs to the module's context that flushes caches;
	 * nobody reads this image
	 */
	if (!w->sched.own.image.pages)
		return;

	for (; p->kind != IMAGE_END; p++) {
		if (p->kind == IMAGE_UP_TO) {
			at = p->n;
			continue;
		}
		if (p->kind != IMAGE_LOAD) {
			if (p->kind == IMAGE_STATE)
				dw[at] = p->opcode | (p->n > 1 ? p->n - 2 : 0);
			at += p->n;
			continue;
		}
		if (at < XENGT_ST_ENGINE) {	/* the module itself writes the dwords
						 * of this register load */
			at += 1 + 2 * p->n;
			continue;
		}
		dw[at++] = 0x11000000 | (2 * p->n - 1) |
			   (p->is_posted ? 0x1000 : 0);
		for (uint32_t i = 0; i < p->n; i++, at += 2) {
			dw[at] = (p->is_relative ? bases[e] : 0) + p->regs[i];
			dw[at + 1] = OWN_VALUE(dw[at]);
		}
	}
	dw[at] = 0x05000000;
}

/* Run a context of the module at once, and save its image. */
static void run_own(struct world *w, enum xengt_engine_id e)
{
	w->own_runs++;
	if (e == XENGT_ENGINE_RCS && w->sched.own.image.pages) {
		memcpy(w->own_ring, w->sched.own.ring.mem, sizeof(w->own_ring));
		w->own_dwords = w->sched.own.hw_tail / 4;
	}
	if (w->own_sticks)
		return;
	save_own(w, e);
	tell_of_own(w, e, XENGT_CSB_IDLE_ACTIVE);
	tell_of_own(w, e, XENGT_CSB_COMPLETE | XENGT_CSB_ACTIVE_IDLE);
}

static enum xengt_engine_id engine_at(uint32_t off)
{
	enum xengt_engine_id e = XENGT_ENGINE_RCS;

	while (bases[e] != (off & ~0xfffu))
		e++;
	return e;
}

/* Run the prelude, as a context does first when it is loaded. */
static void run_prelude(struct world *w, uint64_t desc)
{
	for (uint32_t i = 0; i < w->sched.n_execs && !w->prelude_sticks; i++)
		for (uint32_t n = 0; w->sched.execs[i] && n < XENGT_EXEC_SLOTS; n++) {
			const struct xengt_slot *slot =
				&w->sched.execs[i]->lanes[XENGT_ENGINE_RCS].slots[n];

			if (slot->image.pages && xengt_area_at(&slot->image) ==
			    ((uint32_t)desc & 0xfffff000u))
				*xengt_prelude_done(slot) = 0;
		}
}

static void world_elsp(struct world *w, enum xengt_engine_id e)
{
	uint64_t first = (uint64_t)w->elsp[2] << 32 | w->elsp[3];

	w->n_elsp = 0;
	if (e == XENGT_ENGINE_RCS) {
		run_prelude(w, first);
		run_prelude(w, (uint64_t)w->elsp[0] << 32 | w->elsp[1]);
	}
	if (!(first >> XENGT_JUDGE_DESC_SLOT_SHIFT)) {
		/* a valid, privileged descriptor of a space of four levels (PRM, volume 7) */
		assert_int_equal(first & 0x119, 0x119);
		run_own(w, e);
		return;
	}
	assert_true(w->n_ports < PORTS_MAX);
	w->ports[w->n_ports][0] = first;
	w->ports[w->n_ports++][1] = (uint64_t)w->elsp[0] << 32 | w->elsp[1];
}

static void world_write(void *ctx, uint32_t off, uint32_t val)
{
	struct world *w = ctx;

	check_power(w, off);
	w->regs[off / 4] = val;
	if (ring_reg(off) == XENGT_RING_ELSP) {
		w->elsp[w->n_elsp++] = val;
		if (w->n_elsp == 4)
			world_elsp(w, engine_at(off));
	} else if (ring_reg(off) == XENGT_RING_CSB_PTR) {
		w->csb_wp[engine_at(off)] = val & 7;
	} else if (ring_reg(off) == XENGT_RING_RESET_CTL) {
		w->regs[off / 4] = val & 1 ? 3 : 0;
	} else if (ring_reg(off) == XENGT_RING_MI_MODE) {
		w->regs[off / 4] = 0x200;
	} else if (off == XENGT_GDRST) {
		w->resets++;
		if (val & XENGT_GDRST_FULL) {
			w->full_resets++;
			w->regs[off / 4] = w->full_reset_sticks ? val : 0;
			return;
		}
		w->regs[off / 4] = w->gdrst_sticks ? val : 0;
	}
}

static void world_sync(void *ctx)
{
	(void)ctx;
}

static void world_wait(void *ctx, uint32_t us)
{
	struct world *w = ctx;

	w->now += us * UINT64_C(1000);
	if (w->on_wait)
		w->on_wait(w);
}

static uint64_t world_now(void *ctx)
{
	struct world *w = ctx;

	if (w->on_now)
		w->on_now(w);
	return w->now;
}

static void world_power(void *ctx, bool is_on)
{
	struct world *w = ctx;

	assert_true(is_on || w->wakes);
	w->wakes += is_on ? 1 : -1;
}

static void world_fence(void *ctx, uint32_t n, uint64_t value)
{
	(void)ctx;
	(void)n;
	(void)value;
}

static int world_aperture(void *ctx, uint64_t addr, uint32_t size,
			  bool is_store, uint64_t *value)
{
	struct world *w = ctx;

	if (w->aperture_error)
		return w->aperture_error;
	w->aperture_addr = addr;
	w->aperture_size = size;
	if (is_store)
		w->aperture_value = *value;
	else
		*value = w->aperture_value;
	return 0;
}

static void world_call_at(void *ctx, uint64_t ns)
{
	((struct world *)ctx)->call_at = ns;
}

static bool world_is_master(void *ctx)
{
	return !((struct world *)ctx)->is_cut_off;
}

static void world_cut_off(void *ctx)
{
	((struct world *)ctx)->told_cut_off++;
}

/* Locks do nothing, because there is one thread. */
static void world_nothing(void *ctx)
{
	(void)ctx;
}

const struct xengt_hw_ops world_hw_ops = {
	.pte_write = world_pte,
	.ggtt_flush = world_flush,
	.ppgtt_flush = world_flush,
	.fence_write = world_fence,
	.aperture = world_aperture,
	.reg_read = world_read,
	.reg_write = world_write,
	.sync = world_sync,
	.wait_us = world_wait,
	.now_ns = world_now,
	.power = world_power,
	.call_at = world_call_at,
	.is_master = world_is_master,
	.cut_off = world_cut_off,
	.lost = world_nothing,
	.engines_lock = world_nothing,
	.engines_unlock = world_nothing,
};

static void *world_note_alloc(void *ctx, uint64_t bytes)
{
	struct world *w = ctx;

	if (!w->notes_max)
		return NULL;
	w->notes_max--;
	return edge_alloc(1, bytes);
}

static void world_note_free(void *ctx, void *mem)
{
	(void)ctx;
	edge_free(mem);
}

static struct xengt_ppgtt_table *world_table_alloc(void *ctx)
{
	struct world *w = ctx;
	struct xengt_ppgtt_table *table = calloc(1, sizeof(*table));

	assert_non_null(table);
	table->page = edge_alloc(1, 4096);
	table->words = edge_alloc(1, XENGT_PPGTT_WORDS_BYTES);
	table->bus = xengt_bus(w->next_table);
	w->next_table += 4096;
	assert_true(w->n_tables < TABLES_MAX);
	w->tables[w->n_tables++] = table;
	return table;
}

static void world_table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	struct world *w = ctx;

	for (uint32_t i = 0; i < w->n_tables; i++)
		if (w->tables[i] == table)
			w->tables[i] = NULL;
	while (w->n_tables && !w->tables[w->n_tables - 1])
		w->n_tables--;
	edge_free(table->page);
	edge_free(table->words);
	free(table);
}

const struct xengt_mem_ops world_mem_ops = {
	.alloc = world_note_alloc,
	.free = world_note_free,
	.pages_alloc = world_alloc,
	.pages_free = world_free,
	.table_alloc = world_table_alloc,
	.table_free = world_table_free,
};

/* ---- a guest's side ---- */

static int guest_frames_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
			    xengt_bus_t *ret_bus)
{
	(void)ctx;
	for (uint32_t i = 0; i < count; i++)
		ret_bus[i] = xengt_bus_of_page(xengt_gfn_x(gfns[i]));
	return 0;
}

static uint32_t guest_frames_put(void *ctx, const xengt_gfn_t *gfns,
				 uint32_t count)
{
	(void)gfns;
	((struct world_guest *)ctx)->put += count;
	return count;
}

static uint32_t guest_frames_keep(void *ctx, const xengt_gfn_t *gfns,
				  uint32_t count)
{
	(void)gfns;
	((struct world_guest *)ctx)->kept += count;
	return count;
}

static void guest_frames_release(void *ctx, uint32_t count)
{
	struct world_guest *g = ctx;

	assert_true(count <= g->kept);
	g->kept -= count;
	g->put += count;
}

static bool guest_has_moved(void *ctx, xengt_gfn_t frame)
{
	return xengt_gfn_x(frame) && xengt_gfn_x(frame) == ((struct world_guest *)ctx)->moved;
}

static bool guest_look(void *ctx)
{
	return ((struct world_guest *)ctx)->moved;
}

void *guest_frame_at(void *ctx, xengt_gfn_t frame)
{
	struct world_guest *g = ctx;

	assert_true(xengt_gfn_x(frame) < GUEST_PAGES);
	return g->memory[xengt_gfn_x(frame)];
}

static void guest_event(void *ctx)
{
	((struct world_guest *)ctx)->events++;
}

static void guest_frames_fini(void *ctx)
{
	(void)ctx;
}

const struct xengt_guest_ops guest_ops = {
	.frames_get = guest_frames_get,
	.frames_put = guest_frames_put,
	.frames_keep = guest_frames_keep,
	.frames_release = guest_frames_release,
	.frame_has_moved = guest_has_moved,
	.frames_look = guest_look,
	.frame_at = guest_frame_at,
	.frames_fini = guest_frames_fini,
	.event = guest_event,
};

uint32_t guest_table(struct world_guest *g, uint32_t level, uint32_t above)
{
	uint64_t entry;
	uint32_t id;

	assert_int_equal(xengt_ppgtt_create(&g->ppgtt, level, 0, &id), 0);
	entry = (uint64_t)id << 12 | 3;
	if (above)
		assert_int_equal(xengt_ppgtt_write(&g->ppgtt, above, 0, &entry,
						   1, NULL), 0);
	return id;
}

void guest_map_space(struct world_guest *g, uint32_t frame)
{
	uint64_t entries[XENGT_PPGTT_ENTRIES];

	for (uint32_t i = 0; i < XENGT_PPGTT_ENTRIES; i++)
		entries[i] = frame ? (uint64_t)frame << 12 | 3 : 0;
	assert_int_equal(xengt_ppgtt_write(&g->ppgtt, g->leaf, 0, entries,
					   XENGT_PPGTT_ENTRIES, NULL), 0);
}

static void guest_create_space(struct world_guest *g)
{
	g->by_id = edge_alloc(XENGT_PPGTT_TABLES_MAX + 1, sizeof(*g->by_id));
	assert_int_equal(xengt_ppgtt_tables_init(&g->ppgtt, &g->world->hw,
						 &g->guest, g->world->hw.scratch,
						 g->by_id), 0);
	g->world->next_table = FIRST_TABLE;
	g->root = guest_table(g, 4, 0);
	g->leaf = guest_table(g, 1, guest_table(g, 2, guest_table(g, 3,
								  g->root)));
}

/*
 * The entry of graphics page first + i points to frame i; the entry of page 'first'
 * points to no frame.
 */
static void guest_create(struct world *w, uint32_t n)
{
	struct world_guest *g = &w->guests[n];
	uint64_t entries[GUEST_PAGES];

	g->world = w;
	g->first = GUEST_FIRST + n * 0x1000;
	g->memory = edge_alloc(GUEST_PAGES, 4096);
	g->entries = edge_alloc(GUEST_PAGES, 4);
	assert_non_null(g->memory);
	assert_non_null(g->entries);
	const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
		{ g->first, GUEST_PAGES },
	};
	g->guest = (struct xengt_guest){ .ops = &guest_ops, .ctx = g };
	assert_int_equal(xengt_gtt_init(&g->gtt, &w->hw, &g->guest, slices,
					w->hw.scratch, g->entries), 0);
	for (uint32_t i = 0; i < GUEST_PAGES; i++)
		entries[i] = i ? (uint64_t)i << 12 | 1 : 0;
	assert_int_equal(xengt_gtt_write(&g->gtt, g->first, entries,
					 GUEST_PAGES, NULL), 0);
	guest_create_space(g);
	assert_int_equal(xengt_exec_init(&g->exec, &w->sched, &g->guest, &g->gtt,
					 &g->ppgtt, n + 1), 0);
	g->exec.share.timeout_ns = w->sched.hang_ns;
}

struct world *world_create(enum xengt_platform_id platform, uint32_t guests)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->now = 1000000000;
	w->next_bus = 0x40000000;
	w->pages_max = UINT32_MAX / 2;
	w->notes_max = UINT32_MAX;
	w->hw = (struct xengt_hw){
		.ops = &world_hw_ops,
		.mem_ops = &world_mem_ops,
		.engine_ops = &xengt_engine_execlists,
		.ctx = w,
		.platform = xengt_platform_get(platform),
		.scratch = xengt_bus(SCRATCH_PTE - 1),
		.health = &w->health,
	};
	assert_int_equal(xengt_space_init(&w->space, &w->hw, SPACE_FIRST), 0);
	assert_int_equal(xengt_sched_init(&w->sched, &w->hw, &w->space, 100),
			 0);
	w->own_runs = 0;
	for (uint32_t i = 0; i < guests; i++)
		guest_create(w, i);
	return w;
}

uint32_t world_own_pages(const struct world *w)
{
	return 2 * XENGT_ENGINES +
		w->hw.platform->image_pages[XENGT_ENGINE_RCS] + 2;
}

uint32_t world_entries(const struct world *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < XENGT_SPACE_PAGES; i++)
		n += w->ggtt[i] != 0;
	return n;
}

/*
 * At the end of the test, free memory that the GPU may still use and that the
 * module therefore keeps.
 */
static void free_kept(struct world *w)
{
	for (uint32_t i = 0; i < ALLOCS_MAX; i++)
		edge_free(w->allocs[i]);
	for (uint32_t i = 0; i < w->n_tables; i++)
		if (w->tables[i])
			world_table_free(w, w->tables[i]);
}

void world_destroy(struct world *w)
{
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(w->guests); i++) {
		struct world_guest *g = &w->guests[i];

		if (!g->world)
			continue;
		xengt_exec_fini(&g->exec);
		assert_int_equal(g->ppgtt.pins, 0);
		xengt_ppgtt_zap(&g->ppgtt);
		edge_free(g->by_id);
		edge_free(g->memory);
		edge_free(g->entries);
	}
	if (w->health.is_lost) {
		xengt_sched_fini(&w->sched);
		assert_true(w->pages >= 2 * XENGT_ENGINES);
		free_kept(w);
		free(w);
		return;
	}
	assert_int_equal(w->pages, world_own_pages(w));
	assert_int_equal(world_entries(w), world_own_pages(w));
	assert_int_equal(w->wakes, 0);
	xengt_sched_fini(&w->sched);
	assert_int_equal(w->pages, 0);
	assert_int_equal(world_entries(w), 0);
	free(w);
}

int world_setup(void **state)
{
	*state = world_create(XENGT_PLATFORM_SKL, 1);
	return 0;
}

int world_teardown(void **state)
{
	world_destroy(*state);
	return 0;
}

/* ---- work that a guest submits: context n, its image, its ring ---- */

uint32_t gaddr(const struct world_guest *g, uint32_t frame)
{
	return (g->first + frame) << 12;
}

uint32_t *state_of(struct world_guest *g, uint32_t n)
{
	return g->memory[IMAGE_FRAME(n) + 1];
}

void guest_context(struct world_guest *g, uint32_t n, uint32_t pages,
		   uint32_t head)
{
	uint32_t *st = state_of(g, n);

	memset(st, 0, 4096);
	st[ST_CTRL_DW] = 0x00090008;
	st[ST_HEAD_DW] = st[ST_TAIL_DW] = head;
	st[ST_START_DW] = gaddr(g, RING_FRAME(n));
	st[ST_CTL_DW] = (pages - 1) << 12 | 1;
}

void guest_emit(struct world_guest *g, uint32_t n, uint32_t dword)
{
	uint32_t *st = state_of(g, n);
	uint32_t bytes = (st[ST_CTL_DW] & ~1u) + 4096;
	uint32_t tail = st[ST_TAIL_DW];

	g->memory[RING_FRAME(n) + tail / 4096][tail % 4096 / 4] = dword;
	st[ST_TAIL_DW] = (tail + 4) % bytes;
}

struct xengt_vgpu_submit guest_work(struct world_guest *g, uint32_t n,
				    uint64_t seqno)
{
	return (struct xengt_vgpu_submit){
		.engine = XENGT_ENGINE_RCS,
		.ppgtt = g->root,
		.desc = gaddr(g, IMAGE_FRAME(n)) | 0x119,
		.seqno = seqno,
	};
}

int guest_submit(struct world_guest *g, uint32_t n, uint64_t seqno)
{
	struct xengt_vgpu_submit work = guest_work(g, n, seqno);

	return xengt_submit(&g->exec, &work);
}

/* ---- what the hardware does ---- */

uint32_t *hw_rcs_reg(struct world *w, uint32_t off)
{
	return &w->regs[(bases[XENGT_ENGINE_RCS] + off) / 4];
}

void hw_event_late(struct world *w, uint32_t status)
{
	uint32_t wp = event_on(w, XENGT_ENGINE_RCS, status);

	((uint32_t *)w->sched.engines[XENGT_ENGINE_RCS].hws.mem)[0x1f] = wp;
}

void hw_event(struct world *w, uint32_t status)
{
	uint32_t *hws = w->sched.engines[XENGT_ENGINE_RCS].hws.mem;

	hw_event_late(w, status);
	hws[0x10 + 2 * w->csb_wp[XENGT_ENGINE_RCS]] = status;
}

void hw_tell(struct world *w, uint32_t status)
{
	hw_event(w, status);
	xengt_sched_irq(&w->sched, XENGT_ENGINE_RCS, XENGT_ENGINE_IRQ_SWITCH);
}

uint32_t port_vgpu(const struct world *w, uint32_t port)
{
	if (!w->n_ports)
		return 0;
	return (uint32_t)(w->ports[w->n_ports - 1][port] >> 47) & 0x3f;
}

bool next_event(struct world_guest *g, struct xengt_event *ev)
{
	while (xengt_exec_next_event(&g->exec, ev))
		if (ev->type != XENGT_EVENT_ENGINE_IRQ)
			return true;
	return false;
}
