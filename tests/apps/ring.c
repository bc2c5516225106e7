// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts of the engines, their rings, and requests, written as Linux 6.1's i915 writes
 * them (gt/gen8_engine_cs.c, gt/intel_lrc.c). A request invalidates caches, stores a
 * first breadcrumb, starts the batch, stores a second breadcrumb, and raises the user
 * interrupt.
 */
#include "standin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/types.h"

/*
 * Page numbers in the graphics memory of one context, which has APP_PLACE_PAGES pages.
 */
#define AT_IMAGE	0u
#define IMAGE_PAGES	22u
#define AT_SEQNO	22u
#define AT_HWS		23u
#define AT_RING		24u
#define RING_BYTES	0x4000u

/* Page numbers in the graphics memory of one engine; page 0 is the status page. */
#define AT_LOAD		1u
#define AT_SCRATCH	2u

#define LOOKS_MAX	2000000u

#define MI_ARB_ON_OFF	0x04000000u
#define MI_ARB_CHECK	0x02800000u
#define MI_INTERRUPT	0x01000000u
#define MI_STORE_GGTT	0x10400002u
#define MI_START	0x18800101u	/* start of a batch in the context's
					 * space */
#define MI_FLUSH_DW	0x13000002u	/* the command's length is 4 dwords */
#define FLUSH_DW_STORE	0x00004000u
#define FLUSH_DW_INDEX	0x00200000u
#define FLUSH_DW_TLB	0x00040000u
#define FLUSH_DW_GGTT	0x4u		/* bit of the address: the address is in the GGTT */

#define PC_FLUSH	0x00100080u	/* stall the command streamer, enable flushes */
#define PC_CACHES	0x00001021u	/* flush render targets, data cache, depth cache */
#define PC_INVALIDATE	0x00040c1cu	/* invalidates TLB and caches of instructions,
					 * textures, VF, constants, state */
#define PC_STORE_INDEX	0x00204000u	/* write a qword at an index of the status page */
#define PC_STORE_GGTT	0x01004000u

#define SCRATCH_INDEX	(0x34u * 4)	/* offset in the context's status
					 * page */

struct app_ring {
	enum xengt_engine_id engine;
	struct app_space *space;
	uint32_t first, addr;		/* first frame and first graphics address of the
					 * context's memory */
	uint32_t id, tail, seqno;
	bool is_first;			/* the driver's own context, for the render engine */
	bool is_done;			/* the engine reported the context as completed */
	uint32_t *saved;		/* copy of the context's image after its last
					 * request; NULL: there was no request, or images
					 * are not compared */
	struct app_ring *next;		/* in 'rings' */
};

static struct app_ring *rings;

static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

/*
 * For each engine: its own graphics memory, and the state with which new contexts begin.
 * That state is the image that the engine saved for the driver's first context.
 */
static struct {
	bool is_on;
	/*
	 * graphics memory of the engine: the status page, the batch that runs when a
	 * context is loaded, and a page that this batch may use
	 */
	uint32_t hws_first;
	uint32_t hws_addr;
	uint32_t load_lines;		/* length of the batch for loads, in cachelines */
	uint32_t csb;			/* index of the CSB entry that was read last */
	uint32_t *image;		/* the saved image; NULL: none yet */
} engines[XENGT_ENGINES];

static uint32_t last_id;

static uint32_t *state_of(const struct app_ring *ring)
{
	return app_frame(ring->first + AT_IMAGE + XENGT_STATE_PAGE);
}

/* ---- commands ---- */

static void put(struct app_ring *ring, uint32_t dword)
{
	uint32_t *page = app_frame(ring->first + AT_RING + ring->tail / APP_PAGE);

	page[ring->tail % APP_PAGE / 4] = dword;
	ring->tail = (ring->tail + 4) % RING_BYTES;
}

static void put_all(struct app_ring *ring, const uint32_t *dw, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put(ring, dw[i]);
}

#define PUT(ring, ...)							\
	do {								\
		const uint32_t dw_[] = { __VA_ARGS__ };			\
		put_all(ring, dw_, sizeof(dw_) / 4);			\
	} while (0)

static void pipe_control(struct app_ring *ring, uint32_t flags, uint32_t addr, uint32_t val)
{
	PUT(ring, XENGT_PIPE_CONTROL, flags, addr, 0, val, 0);
}

static uint32_t seqno_at(const struct app_ring *ring)
{
	return ring->addr + AT_SEQNO * APP_PAGE;
}

static void invalidate(struct app_ring *ring)
{
	if (ring->engine == XENGT_ENGINE_RCS) {
		if (app_guest_is_gen9())
			pipe_control(ring, 0, 0, 0);
		pipe_control(ring, PC_INVALIDATE | PC_STORE_INDEX, SCRATCH_INDEX, 0);
		return;
	}
	PUT(ring, MI_FLUSH_DW | FLUSH_DW_STORE | FLUSH_DW_INDEX | FLUSH_DW_TLB,
	    SCRATCH_INDEX | FLUSH_DW_GGTT, 0, 0);
}

static void breadcrumb(struct app_ring *ring)
{
	if (ring->engine == XENGT_ENGINE_RCS) {
		pipe_control(ring, PC_FLUSH | PC_CACHES, 0, 0);
		pipe_control(ring, PC_STORE_GGTT | PC_FLUSH, seqno_at(ring), ring->seqno);
	} else {
		PUT(ring, MI_FLUSH_DW | FLUSH_DW_STORE, seqno_at(ring) | FLUSH_DW_GGTT, 0,
		    ring->seqno);
	}
	PUT(ring, MI_INTERRUPT, MI_ARB_ON_OFF | 1, MI_ARB_CHECK, 0);
}

static void write_request(struct app_ring *ring, uint64_t batch)
{
	uint32_t n;

	PUT(ring, MI_STORE_GGTT, seqno_at(ring), 0, ring->seqno - 1, 0, MI_ARB_CHECK);
	invalidate(ring);
	if (ring->is_first) {
		const uint32_t *dw = app_wa_context(&n);

		put_all(ring, dw, n);
	}
	if (batch)
		PUT(ring, MI_ARB_ON_OFF | 1, MI_START, (uint32_t)batch,
		    (uint32_t)(batch >> 32), MI_ARB_ON_OFF, 0);
	breadcrumb(ring);
	while (ring->tail % 8)
		put(ring, 0);
}

/* ---- submission ---- */

static void acknowledge(void)
{
	app_wr(XENGT_IRQ_MASTER, 0);
	for (uint32_t bank = XENGT_IRQ_BANK_GT0; bank <= XENGT_IRQ_BANK_GT3; bank += 0x10)
		for (int i = 0; i < 2; i++)
			app_wr(bank + XENGT_IRQ_IIR, ~0u);
	app_wr(XENGT_IRQ_MASTER, XENGT_IRQ_MASTER_CONTROL);
}

static void engine_begin(enum xengt_engine_id id)
{
	uint32_t base = bases[id];

	if (engines[id].is_on)
		return;
	engines[id].is_on = true;
	engines[id].hws_first = app_frames_get(APP_PLACE_PAGES);
	app_wr(base + XENGT_RING_MODE, XENGT_MASKED_SET(XENGT_MODE_RUN_LIST));
	app_wr(base + XENGT_RING_MI_MODE, XENGT_MASKED_CLEAR(XENGT_MI_MODE_STOP));
	engines[id].hws_addr = app_place_get(engines[id].hws_first);
	engines[id].load_lines = id != XENGT_ENGINE_RCS ? 0 :
		app_wa_at_load(app_frame(engines[id].hws_first + AT_LOAD),
			       engines[id].hws_addr + AT_SCRATCH * APP_PAGE) / 16;
	app_wr(base + XENGT_RING_HWS_PGA, engines[id].hws_addr);
	app_wr(base + XENGT_RING_CSB_PTR, 0xffff0000u | 0x0505u);
	engines[id].csb = XENGT_CSB_SLOTS - 1;
	((uint32_t *)app_frame(engines[id].hws_first))[XENGT_HWS_CSB_LAST / 4] =
		XENGT_CSB_SLOTS - 1;
	app_wr(base + XENGT_RING_IMR,
	       ~((XENGT_ENGINE_IRQ_USER | XENGT_ENGINE_IRQ_SWITCH)
		 << (id == XENGT_ENGINE_BCS ? 16 : 0)));
}

/* Note which contexts the engine has reported as completed. */
static void take_events(enum xengt_engine_id id)
{
	const uint32_t *hws = app_frame(engines[id].hws_first);
	uint32_t *csb = &engines[id].csb;

	while (*csb != hws[XENGT_HWS_CSB_LAST / 4]) {
		*csb = (*csb + 1) % XENGT_CSB_SLOTS;
		if (!(hws[XENGT_HWS_CSB / 4 + 2 * *csb] & XENGT_CSB_COMPLETE))
			continue;
		for (struct app_ring *r = rings; r; r = r->next)
			if (r->id == hws[XENGT_HWS_CSB / 4 + 2 * *csb + 1])
				r->is_done = true;
	}
}

static int wait_for(struct app_ring *ring)
{
	const uint32_t *seqno = app_frame(ring->first + AT_SEQNO);
	struct app_counts before, now;

	app_guest_counts(&before);
	for (uint32_t i = 0; i < LOOKS_MAX; i++) {
		app_guest_work();
		take_events(ring->engine);
		if (ring->is_done) {
			if (*(volatile const uint32_t *)seqno != ring->seqno)
				app_problem("a context completed without its breadcrumb");
			acknowledge();
			return 0;
		}
		app_guest_counts(&now);
		if (now.refused != before.refused || now.hangs != before.hangs) {
			app_guest_tell_fault();
			return -EIO;
		}
	}
	app_problem("work on engine %d does not end", (int)ring->engine);
	return -EIO;
}

static void write_port(struct app_ring *ring, enum xengt_engine_id id)
{
	uint32_t elsp = bases[id] + XENGT_RING_ELSP;

	if (ring) {
		state_of(ring)[XENGT_ST_TAIL] = ring->tail;
		ring->is_done = false;
	}
	app_wr(elsp, ring ? ring->id : 0);
	app_wr(elsp, ring ? ring->addr | XENGT_DESC_VALID | XENGT_DESC_PRIVILEGE |
	       XENGT_DESC_MODE_LEGACY_64 << XENGT_DESC_MODE_SHIFT : 0);
}

/*
 * Run the commands in the ring, and then those in the ring 'behind' of the context in the
 * second port (NULL: none).
 */
static int run(struct app_ring *ring, struct app_ring *behind)
{
	struct app_counts before, now;
	int r;

	app_guest_counts(&before);
	write_port(behind, ring->engine);
	write_port(ring, ring->engine);
	app_guest_counts(&now);
	if (now.refused != before.refused) {
		app_guest_tell_fault();
		return -EIO;
	}
	r = wait_for(ring);
	return r || !behind ? r : wait_for(behind);
}

static int submit(struct app_ring *ring, uint64_t batch)
{
	ring->seqno++;
	write_request(ring, batch);
	return run(ring, NULL);
}

/* ---- do contexts keep their state? (XENGT_APPS_COMPARE) ---- */

static size_t image_bytes(enum xengt_engine_id id)
{
	return (size_t)app_guest_platform()->image_pages[id] * APP_PAGE;
}

static void keep_image(struct app_ring *ring)
{
	if (!ring->saved)
		ring->saved = malloc(image_bytes(ring->engine));
	if (!ring->saved)
		app_die("no memory for an image");
	app_frames_read(ring->first + AT_IMAGE, 0, ring->saved, image_bytes(ring->engine));
}

/*
 * Compares the image with ring->saved, except the dwords of the state page before the engine's
 * own state.
 */
static void compare_image(const struct app_ring *ring)
{
	const uint32_t dwords = (uint32_t)image_bytes(ring->engine) / 4;
	const uint32_t state = APP_PAGE / 4 * XENGT_STATE_PAGE;

	for (uint32_t i = 0; i < dwords; i++) {
		const uint32_t *page = app_frame(ring->first + AT_IMAGE + i / (APP_PAGE / 4));

		if (i >= state && i < state + XENGT_ST_ENGINE)
			continue;
		if (page[i % (APP_PAGE / 4)] == ring->saved[i])
			continue;
		app_problem("engine %d: dword 0x%x of a context's image was 0x%x, and came back as 0x%x",
			    (int)ring->engine, i, ring->saved[i], page[i % (APP_PAGE / 4)]);
		return;
	}
}

/* Returns the first context from 'ring' on that has run a request on this engine. */
static struct app_ring *next_saved(struct app_ring *ring, enum xengt_engine_id id)
{
	while (ring && (ring->engine != id || !ring->saved))
		ring = ring->next;
	return ring;
}

/*
 * Make the engine load and save each of its contexts, two at a time; their rings have only
 * no-ops. The saved image must be the image that the context's last request left.
 */
static void compare_all(enum xengt_engine_id id)
{
	struct app_ring *ring = next_saved(rings, id), *behind;
	uint32_t n = 0;

	while (ring) {
		behind = next_saved(ring->next, id);
		PUT(ring, 0, 0);
		if (behind)
			PUT(behind, 0, 0);
		if (run(ring, behind))
			app_problem("a context without work fails");
		compare_image(ring);
		if (behind)
			compare_image(behind);
		n += behind ? 2 : 1;
		ring = behind ? next_saved(behind->next, id) : NULL;
	}
	app_watch_compared(n);
}

/* ---- contexts ---- */

static struct app_ring *make(enum xengt_engine_id engine, struct app_space *space)
{
	struct app_ring *ring = calloc(1, sizeof(*ring));
	uint64_t root = app_space_root(space);
	const uint32_t *saved = engines[engine].image;
	uint32_t *state;

	if (!ring)
		app_die("no memory for a context");
	engine_begin(engine);
	*ring = (struct app_ring){
		.engine = engine, .space = space, .id = ++last_id, .next = rings,
	};
	rings = ring;
	ring->first = app_frames_get(APP_PLACE_PAGES);
	if (!ring->first)
		app_die("no memory for a context");
	ring->addr = app_place_get(ring->first);
	if (saved)
		app_frames_write(ring->first, APP_PAGE, saved,
				 (size_t)(IMAGE_PAGES - 1) * APP_PAGE);
	state = state_of(ring);
	/* bit 0: the context has no state to load yet */
	state[XENGT_ST_CTRL] = saved ? 0x00090008 : 0x00090009;
	state[XENGT_ST_HEAD] = 0;
	state[XENGT_ST_TAIL] = 0;
	state[XENGT_ST_START] = ring->addr + AT_RING * APP_PAGE;
	state[XENGT_ST_CTL] = (RING_BYTES - APP_PAGE) | XENGT_RING_CTL_VALID;
	state[XENGT_ST_PDP3_UDW + 12] = (uint32_t)(root >> 32);
	state[XENGT_ST_PDP3_UDW + 14] = (uint32_t)root;
	if (engines[engine].load_lines) {
		state[XENGT_ST_INDIRECT] = (engines[engine].hws_addr + AT_LOAD * APP_PAGE) |
			engines[engine].load_lines;
		state[XENGT_ST_INDIRECT_OFF] =
			(uint32_t)app_guest_platform()->indirect_off << 6;
	}
	return ring;
}

/*
 * Keeps the image that the driver's first context of an engine left, as i915 does
 * (gt/intel_gt.c).
 */
static void save_default(enum xengt_engine_id engine)
{
	struct app_space *space = app_space_create();
	struct app_ring *ring = make(engine, space);
	size_t bytes = (size_t)(IMAGE_PAGES - 1) * APP_PAGE;
	uint32_t *image = malloc(bytes);

	if (!image)
		app_die("no memory for an image");
	ring->is_first = engine == XENGT_ENGINE_RCS;
	if (submit(ring, 0))
		app_problem("the driver's first context of engine %d failed", (int)engine);
	app_frames_read(ring->first, APP_PAGE, image, bytes);
	engines[engine].image = image;
	app_ring_destroy(ring);
	app_space_destroy(space);
}

struct app_ring *app_ring_create(enum xengt_engine_id engine, struct app_space *space)
{
	if (!engines[engine].image)
		save_default(engine);
	return make(engine, space);
}

void app_ring_destroy(struct app_ring *ring)
{
	struct app_ring **at = &rings;

	while (*at != ring)
		at = &(*at)->next;
	*at = ring->next;
	free(ring->saved);
	app_place_put(ring->addr);
	app_frames_put(ring->first, APP_PLACE_PAGES);
	free(ring);
}

int app_ring_run(struct app_ring *ring, uint64_t batch)
{
	int r;

	if (!app_watch_compares())
		return submit(ring, batch);
	compare_all(ring->engine);
	r = submit(ring, batch);
	keep_image(ring);
	return r;
}
