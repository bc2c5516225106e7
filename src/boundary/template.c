// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: templates of images
 *
 * After a reset the registers of an engine have no values of a guest. If the
 * engine then runs a context of the module with "restore inhibited" and saves it,
 * the image has the right format and no values of a guest.
 *
 * On the render engine the ring of this context contains each kind of state
 * command of the audit's tables once, with values that enable nothing. If a kind
 * were missing in the ring, it could be missing in the image, too. A context that
 * loads an image without this kind would keep this kind of state of the previous
 * context. The state commands in the ring name no memory, and the ring draws
 * nothing.
 */
#include "boundary/template.h"
#include "boundary/area.h"
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "boundary/bnd_hw.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/image.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * The context id that all contexts of the module share. These contexts belong to no
 * vGPU, so the bits of the vGPU's id are 0 (exec.c).
 */
#define OWN_NUMBER		1u

#define RING_DWORDS		XENGT_PAGE_DWORDS

/*
 * flags of PIPE_CONTROL: stall the command streamer, and stall at the
 * scoreboard
 */
#define PIPE_CONTROL_STALL	0x00100002u
#define OP_PIPELINE_SELECT	0x69040000u
#define OP_BASE_ADDRESS		0x61010000u
#define OP_MEDIA_VFE		0x70000000u
#define OP_CURBE_LOAD		0x70010000u
#define OP_DESCRIPTOR_LOAD	0x70020000u
#define OP_MEDIA_FLUSH		0x70040000u
#define OP_DEPTH_BUFFER		0x78050000u
#define OP_HZ_OP		0x78520000u

#define PIPELINE_3D		0u
#define PIPELINE_MEDIA		1u
#define PIPELINE_MASK_GEN9	0x0300u
#define SURFACE_NULL		0xe0000000u

static const struct xengt_audit *audit_of(const struct xengt_sched *sched,
					  enum xengt_engine_id engine,
					  struct xengt_audit *audit)
{
	*audit = (struct xengt_audit){
		.platform = sched->hw->platform, .engine = engine,
	};
	return audit;
}

/* ---- the ring ---- */

struct ring {
	uint32_t *dw;
	uint32_t n;
};

/*
 * Add a command of 'len' dwords to the ring. All dwords after the first two are
 * 0, because the ring's memory was zeroed when it was allocated. If the command
 * has one dword, dw1 is 0.
 */
static void put(struct ring *ring, uint32_t dw0, uint32_t dw1, uint32_t len)
{
	if (ring->n + len > RING_DWORDS - 8)
		return;
	ring->dw[ring->n] = dw0;
	ring->dw[ring->n + 1] = dw1;
	ring->n += len;
}

static void put_stall(struct ring *ring)
{
	put(ring, XENGT_PIPE_CONTROL, PIPE_CONTROL_STALL, 6);
}

static void put_select(struct ring *ring, const struct xengt_sched *sched,
		       uint32_t pipeline)
{
	uint32_t mask = sched->hw->platform->gen == XENGT_GEN9 ?
			PIPELINE_MASK_GEN9 : 0;

	put_stall(ring);
	put(ring, OP_PIPELINE_SELECT | mask | pipeline, 0, 1);
}

/*
 * Returns true if put_state() adds this command by a separate call, or if the
 * command is an action and not state.
 */
static bool is_special(uint32_t opcode)
{
	switch (opcode) {
	case OP_PIPELINE_SELECT:
	case OP_BASE_ADDRESS:
	case OP_MEDIA_VFE:
	case OP_CURBE_LOAD:
	case OP_DESCRIPTOR_LOAD:
	case OP_MEDIA_FLUSH:
	case OP_HZ_OP:
		return true;
	default:
		return false;
	}
}

static void put_row(struct ring *ring, const struct xengt_audit_cmd *row,
		    uint32_t opcode)
{
	uint32_t len = row->len_min;

	put(ring, opcode | (row->len_mask ? len - row->len_bias : 0),
	    opcode == OP_DEPTH_BUFFER ? SURFACE_NULL : 0, len);
}

/*
 * Add STATE_BASE_ADDRESS. Each base and each size has the bit that makes the
 * hardware use the value.
 */
static void put_bases(struct ring *ring, const struct xengt_sched *sched)
{
	uint32_t len = sched->hw->platform->gen == XENGT_GEN9 ? 19 : 16, i;
	uint32_t *dw = ring->dw + ring->n;

	put(ring, OP_BASE_ADDRESS | (len - 2), 1, len);
	for (i = 4; i <= 10; i += 2)
		dw[i] = 1;
	for (i = 12; i <= 15; i++)
		dw[i] = 0xfffff001u;
	if (len > 16)
		dw[16] = 1;
}

/* Add each kind of state command to the ring once. */
static void put_state(struct ring *ring, const struct xengt_sched *sched)
{
	uint32_t where = xengt_audit_on(sched->hw->platform, XENGT_ENGINE_RCS) |
			 IN_IMAGE;
	struct xengt_audit_walk walk = { 0 };
	const struct xengt_audit_cmd *row;

	put_select(ring, sched, PIPELINE_MEDIA);
	put(ring, OP_MEDIA_VFE | (9 - 2), 0, 9);
	put_select(ring, sched, PIPELINE_3D);
	put_bases(ring, sched);
	while ((row = xengt_audit_next(&walk))) {
		if (where & ~row->where || is_special(walk.opcode) ||
		    XENGT_AUDIT_CLIENT(walk.opcode) != XENGT_AUDIT_CLIENT_PIPE)
			continue;
		put_row(ring, row, walk.opcode);
	}
	put_stall(ring);
}

/* ---- running a context of the module ---- */

struct run {
	struct xengt_sched *sched;
	struct xengt_engine *engine;
};

/* Returns 0: the engine has completed its context; 1: not yet. */
static int look_complete(void *arg)
{
	struct run *run = arg;
	uint32_t status;

	while (xengt_engine_next_event(run->sched, run->engine, &status)) {
		if (status & XENGT_CSB_COMPLETE)
			return 0;
	}
	return 1;
}

static int wait_complete(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct run run = { sched, engine };
	uint64_t ms = sched->hw->is_shared ? XENGT_TEMPLATE_SHARED_MS :
					     XENGT_TEMPLATE_MS;

	return xengt_hw_poll(sched->hw, ms * XENGT_NS_PER_MS, look_complete,
			     &run) ? -EIO : 0;
}

/*
 * Allocate the memory of a context of the module: image, ring, and an empty
 * page as the root of its page tables (own->wa).
 */
static int make_areas(struct xengt_sched *sched, struct xengt_slot *own)
{
	const uint32_t region = XENGT_REGION_ENGINES;
	int r;

	r = xengt_area_create(sched->space, region,
			      xengt_context_pages(sched->hw->platform,
						  own->engine), &own->image);
	if (!r)
		r = xengt_area_create(sched->space, region, 1, &own->ring);
	if (!r)
		r = xengt_area_create(sched->space, region, 1, &own->wa);
	return r;
}

void xengt_own_free(struct xengt_sched *sched, struct xengt_slot *own)
{
	xengt_area_destroy(sched->space, &own->image);
	xengt_area_destroy(sched->space, &own->ring);
	xengt_area_destroy(sched->space, &own->wa);
}

int xengt_own_run(struct xengt_sched *sched, struct xengt_slot *own,
		  uint32_t dwords, bool has_rs)
{
	struct xengt_engine *engine = &sched->engines[own->engine];
	const struct xengt_ports ports = { { own, NULL }, true };

	own->ring_bytes = XENGT_PAGE_BYTES;
	own->hw_tail = 4 * dwords;
	xengt_context_build_own(sched, own, own->wa.bus[0], has_rs);
	xengt_engine_run(sched, engine, &ports);
	return wait_complete(sched, engine);
}

static int run_for_template(struct xengt_sched *sched, struct xengt_slot *own,
			    bool has_rs)
{
	struct ring ring = { own->ring.mem, 0 };

	if (own->engine == XENGT_ENGINE_RCS)
		put_state(&ring, sched);
	put(&ring, 0, 0, 2 + ring.n % 2);
	return xengt_own_run(sched, own, ring.n, has_rs);
}

/* ---- copying the saved image ---- */

static int keep(struct xengt_sched *sched, const struct xengt_slot *own,
		struct xengt_image *image)
{
	const struct xengt_hw *hw = sched->hw;
	uint32_t bytes = (own->image.pages - XENGT_STATE_PAGE) *
			 XENGT_PAGE_BYTES;
	struct xengt_audit audit;

	if (own->image.pages > XENGT_IMAGE_PAGES_MAX)
		return -EINVAL;
	if (!image->dw) {
		image->dw = hw->mem_ops->alloc(hw->ctx, bytes +
			XENGT_IMAGE_KEYS_MAX * sizeof(image->keys[0]));
		if (!image->dw)
			return -ENOMEM;
	}
	image->first = XENGT_ST_ENGINE;
	image->count = bytes / 4;
	image->keys = (struct xengt_image_key *)(image->dw + image->count);
	memcpy(image->dw, (const uint32_t *)own->image.mem +
	       XENGT_STATE_PAGE * XENGT_PAGE_DWORDS, bytes);
	xengt_image_learn(image, audit_of(sched, own->engine, &audit));
	return 0;
}

int xengt_own_make(struct xengt_sched *sched, struct xengt_slot *own,
		   enum xengt_engine_id id)
{
	memset(own, 0, sizeof(*own));
	own->engine = id;
	own->number = OWN_NUMBER;
	own->desc = XENGT_DESC_VALID | XENGT_DESC_PRIVILEGE |
		    XENGT_DESC_MODE_LEGACY_64 << XENGT_DESC_MODE_SHIFT;
	own->is_fresh = true;
	return make_areas(sched, own);
}

static int make(struct xengt_sched *sched, enum xengt_engine_id id, bool has_rs)
{
	struct xengt_slot *own = &sched->own;
	int r = xengt_own_make(sched, own, id);

	if (!r)
		r = run_for_template(sched, own, has_rs);
	/*
	 * an engine that has not ended its work may still use the memory, so
	 * reset the GPU before the memory is freed (if another driver owns
	 * the GPU, this driver ends the work of this engine)
	 */
	if (r == -EIO) {
		if (!sched->hw->is_shared ||
		    xengt_engine_reset(sched, &sched->engines[id]))
			xengt_hw_full_reset(sched->hw);
		xengt_own_free(sched, own);
		return r;
	}
	if (!r)
		r = keep(sched, own, &sched->templates[id][has_rs]);
	xengt_own_free(sched, own);
	return r;
}

int xengt_templates_make(struct xengt_sched *sched)
{
	uint32_t i;
	int r = 0;

	for (i = 0; i < XENGT_ENGINES && !r; i++) {
		r = make(sched, (enum xengt_engine_id)i, false);
		if (!r && i == XENGT_ENGINE_RCS)
			r = make(sched, (enum xengt_engine_id)i, true);
	}
	return r;
}

void xengt_templates_free(struct xengt_sched *sched)
{
	const struct xengt_hw *hw = sched->hw;
	uint32_t i;

	for (i = 0; i < 2 * XENGT_ENGINES; i++) {
		struct xengt_image *image = &sched->templates[i / 2][i % 2];

		if (image->dw)
			hw->mem_ops->free(hw->ctx, image->dw);
		memset(image, 0, sizeof(*image));
	}
}
