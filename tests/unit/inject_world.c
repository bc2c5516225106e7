/* SPDX-License-Identifier: GPL-2.0-only */
/* See inject_world.h. */
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
#include "xengt/limits.h"

static const char *const kind_names[KINDS] = {
	"a trap", "the PCI function", "a protected page", "the aperture", "RAM",
	"frames of its own", "INTx", "a page table",
};

void world_parse(struct script *s, const uint8_t *buf, size_t len)
{
	struct xengt_session_header h;
	const uint8_t *at, *end;

	assert_true(len > sizeof(h));
	memcpy(&h, buf, sizeof(h));
	assert_int_equal(h.magic, XENGT_SESSION_MAGIC);
	*s = (struct script){ 0 };
	s->cfg = (struct xengt_vgpu_config){
		.platform = h.platform,
		.pci_device = h.pci_device,
		.pci_revision = h.pci_revision,
		.slot = h.slot,
		.aperture_bytes = h.aperture_bytes,
	};
	at = buf + sizeof(h) + h.edid_bytes;
	end = buf + len;
	s->items = calloc(len / sizeof(struct xengt_entry),
			  sizeof(s->items[0]));
	assert_non_null(s->items);
	while (at < end) {
		struct item *item = &s->items[s->count++];

		assert_true((size_t)(end - at) >= sizeof(item->e));
		memcpy(&item->e, at, sizeof(item->e));
		item->out = at + sizeof(item->e);
		item->in = item->out + item->e.out_bytes;
		at = item->in + item->e.in_bytes;
		assert_true(at <= end && item->e.op < XENGT_OPS);
	}
}

static struct world *of_hv(struct xengt_hv *hv)
{
	return (struct world *)hv;
}

static struct world *of_gpu(struct xengt_gpu *gpu)
{
	return (struct world *)((char *)gpu - offsetof(struct world, gpu));
}

bool world_is_gone(const struct world *w)
{
	return w->vgpu && w->vgpu->life == XENGT_LIFE_GONE;
}

void world_fault(struct world *w, const char *format, ...)
{
	va_list args;

	if (*w->fault)
		return;
	va_start(args, format);
	vsnprintf(w->fault, sizeof(w->fault), format, args);
	va_end(args);
}

/*
 * Every operation calls this first. Returns 0, or the error that must be
 * injected.
 */
static int enter(struct world *w, enum xengt_entry_op op)
{
	w->calls[op]++;
	if (op != w->place.op || w->calls[op] != w->place.nth)
		return 0;
	w->is_injected = true;
	return w->place.error;
}

/* Does the same as enter(), for an operation that a zapped vGPU refuses. */
static int enter_live(struct world *w, enum xengt_entry_op op)
{
	int r = enter(w, op);

	if (r == -ESTALE)
		w->is_zapped = true;
	return r ? r : w->is_zapped ? -ESTALE : 0;
}

static struct thing *find(struct world *w, enum kind kind, uint64_t first)
{
	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++) {
		struct thing *t = &w->things[i];

		if (t->is_there && t->kind == kind && t->first == first)
			return t;
	}
	return NULL;
}

static struct thing *set_up(struct world *w, enum kind kind, uint64_t first,
			    uint64_t last)
{
	struct thing *t;

	/*
	 * after the device model's end xengt_track_late_store() may still protect a
	 * page, because Xen would crash the domain otherwise
	 */
	if (world_is_gone(w) && kind != PROTECTED)
		world_fault(w, "%s is set up after the end", kind_names[kind]);
	t = find(w, kind, first);
	if (t && w->is_left && w->left == kind) {
		w->is_left = false;
		return t;
	}
	if (t)
		world_fault(w, "%s is set up twice", kind_names[kind]);
	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++) {
		if (w->things[i].is_there)
			continue;
		w->things[i] = (struct thing){ true, kind, first, last, NULL };
		return &w->things[i];
	}
	fail_msg("the device model set up more than %u things",
		 WORLD_THINGS_MAX);
	return NULL;
}

/*
 * Records that the device model undoes a thing. r is the result of the operation
 * that undoes the thing.
 */
static void take_back(struct world *w, enum kind kind, uint64_t first, int r)
{
	struct thing *t = find(w, kind, first);

	if (!t) {
		if (!w->is_mapping_again)
			world_fault(w, "%s is undone twice",
				    kind_names[kind]);
		return;
	}
	free(t->ram);
	t->ram = NULL;
	if (r) {
		w->is_left = true;
		w->left = kind;
	} else {
		t->is_there = false;
	}
}

static int set_or_take(struct world *w, enum xengt_entry_op op, enum kind kind,
		       uint64_t first, uint64_t last, bool on)
{
	int r = enter(w, op);

	if (!on)
		take_back(w, kind, first, r);
	else if (!r)
		set_up(w, kind, first, last);
	return r;
}

uint32_t world_count(const struct world *w, enum kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++)
		n += w->things[i].is_there && w->things[i].kind == kind;
	for (uint32_t id = 0; kind == TABLE && id < WORLD_TABLES_MAX; id++)
		n += w->tables[id] != 0;
	return n;
}

/* ---- hv ---- */

static void guest_stores(struct world *w, const struct xengt_entry *e,
			 const uint8_t *in)
{
	struct thing *t = find(w, RAM, e->args[0]);

	if (t && t->ram)
		memcpy(t->ram + e->args[1], in, 8);
}

static int w_next_request(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct world *w = of_hv(hv);
	int r = enter(w, XENGT_OP_NEXT_REQUEST);

	if (r)
		return r;
	if (w->own_request) {
		*ret_req = *w->own_request;
		w->own_request = NULL;
		w->is_waiting[ret_req->vcpu] = true;
		return 1;
	}
	for (; w->request_at < w->limit; w->request_at++) {
		const struct item *item = &w->script->items[w->request_at];

		if (item->e.op == XENGT_OP_RAM)
			guest_stores(w, &item->e, item->in);
		if (item->e.op != XENGT_OP_NEXT_REQUEST || item->e.ret != 1)
			continue;
		w->request_at++;
		memcpy(ret_req, item->in, sizeof(*ret_req));
		assert_true(ret_req->vcpu < WORLD_VCPUS_MAX);
		w->is_waiting[ret_req->vcpu] = true;
		return 1;
	}
	return 0;
}

static int w_complete_request(struct xengt_hv *hv, const struct xengt_req *req,
			      uint64_t data)
{
	struct world *w = of_hv(hv);

	(void)data;
	if (!w->is_waiting[req->vcpu])
		world_fault(w, "a request is completed twice");
	w->is_waiting[req->vcpu] = false;
	return enter(w, XENGT_OP_COMPLETE_REQUEST);
}

/*
 * Returns the bytes that the session read last from this address, up to the present
 * position in the recording.
 */
static int w_read_guest(struct xengt_hv *hv, gpa_t addr, void *buf, size_t len)
{
	struct world *w = of_hv(hv);
	const struct item *found = NULL;
	int r = enter(w, XENGT_OP_READ_GUEST);

	if (r)
		return r;
	for (size_t i = 0; i < w->limit; i++) {
		const struct item *item = &w->script->items[i];

		if (item->e.op == XENGT_OP_READ_GUEST &&
		    item->e.args[0] == gpa_x(addr) && item->e.args[1] == len)
			found = item;
	}
	if (!found || found->e.ret)
		return -EFAULT;
	memcpy(buf, found->in, len);
	return 0;
}

static int w_write_guest(struct xengt_hv *hv, gpa_t addr, const void *buf,
			 size_t len)
{
	(void)addr;
	(void)buf;
	(void)len;
	return enter(of_hv(hv), XENGT_OP_WRITE_GUEST);
}

static int w_invalidate(struct xengt_hv *hv)
{
	return enter(of_hv(hv), XENGT_OP_INVALIDATE);
}

static int w_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			uint64_t first, uint64_t last, bool on)
{
	return set_or_take(of_hv(hv), XENGT_OP_TRAP_RANGE,
			   kind == XENGT_RANGE_PCI ? TRAP_PCI : TRAP, first,
			   last, on);
}

static int w_track_writes(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			  bool on)
{
	assert_int_equal(frames, 1);
	return set_or_take(of_hv(hv), XENGT_OP_TRACK_WRITES, PROTECTED,
			   gfn_x(first), gfn_x(first), on);
}

static int w_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	/* this unmaps all pieces; after a time-out the device does not know if there are any */
	if (!on && of_hv(hv)->script->cfg.is_aperture_lazy &&
	    !find(of_hv(hv), APERTURE, gfn_x(first)))
		return enter(of_hv(hv), XENGT_OP_MAP_APERTURE);
	return set_or_take(of_hv(hv), XENGT_OP_MAP_APERTURE, APERTURE,
			   gfn_x(first), gfn_x(first), on);
}

static int w_map_piece(struct xengt_hv *hv, gfn_t first, uint32_t piece,
		       bool on)
{
	const uint64_t at = gfn_x(first) + piece * XENGT_PIECE_FRAMES;

	return set_or_take(of_hv(hv), XENGT_OP_MAP_PIECE, APERTURE, at, at, on);
}

static int w_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		  void **ret_addr)
{
	struct world *w = of_hv(hv);
	int r = enter(w, XENGT_OP_BACK);
	struct thing *t;

	if (r)
		return r;
	t = set_up(w, RAM, gfn_x(first), gfn_x(first) + frames - 1);
	t->ram = calloc(frames, XENGT_PAGE_SIZE);
	assert_non_null(t->ram);
	*ret_addr = t->ram;
	return 0;
}

static int w_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		    void *addr)
{
	struct world *w = of_hv(hv);
	struct thing *t = find(w, RAM, gfn_x(first));
	int r = enter(w, XENGT_OP_UNBACK);

	if (t && (t->ram != addr || t->last - t->first + 1 != frames))
		world_fault(w, "RAM that was not placed is removed");
	take_back(w, RAM, gfn_x(first), r);
	return r;
}

static int w_inject_msi(struct xengt_hv *hv, uint64_t addr, uint32_t data)
{
	(void)addr;
	(void)data;
	if (world_is_gone(of_hv(hv)))
		world_fault(of_hv(hv), "an interrupt is sent after the end");
	return enter(of_hv(hv), XENGT_OP_INJECT_MSI);
}

static int w_set_intx(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
		      bool level)
{
	return set_or_take(of_hv(hv), XENGT_OP_SET_INTX, INTX,
			   (uint64_t)slot << 8 | pin, 0, level);
}

/*
 * Returns the last recorded time. The clock does not advance until the recording
 * has a later time.
 */
static uint64_t w_now_ns(struct xengt_hv *hv)
{
	struct world *w = of_hv(hv);

	for (; w->time_at < w->limit; w->time_at++) {
		const struct item *item = &w->script->items[w->time_at];

		if (item->e.op != XENGT_OP_NOW_NS)
			continue;
		w->time_at++;
		memcpy(&w->now_ns, item->in, sizeof(w->now_ns));
		break;
	}
	return w->now_ns;
}

static void w_hv_destroy(struct xengt_hv *hv)
{
	world_fault(of_hv(hv), "the hypervisor's side is destroyed");
}

static const struct xengt_hv_ops hv_ops = {
	.next_request = w_next_request,
	.complete_request = w_complete_request,
	.read_guest = w_read_guest,
	.write_guest = w_write_guest,
	.invalidate = w_invalidate,
	.trap_range = w_trap_range,
	.track_writes = w_track_writes,
	.map_aperture = w_map_aperture,
	.map_piece = w_map_piece,
	.back = w_back,
	.unback = w_unback,
	.inject_msi = w_inject_msi,
	.set_intx = w_set_intx,
	.now_ns = w_now_ns,
	.destroy = w_hv_destroy,
};

/* ---- gpu ---- */

static int w_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	struct world *w = of_gpu(gpu);
	int r = enter(w, XENGT_OP_INFO);

	for (size_t i = 0; !r && i < w->script->count; i++) {
		const struct item *item = &w->script->items[i];

		if (item->e.op != XENGT_OP_INFO)
			continue;
		memcpy(ret_info, item->in, sizeof(*ret_info));
		return 0;
	}
	return r ? r : -EIO;
}

static int w_ggtt_write(struct xengt_gpu *gpu, uint32_t first,
			const uint64_t *entries, uint32_t count,
			uint32_t *ret_scratched)
{
	uint64_t sum = first;
	int r = enter_live(of_gpu(gpu), XENGT_OP_GGTT_WRITE);

	/* read all entries, so that the sanitizer checks the caller's memory */
	for (uint32_t i = 0; i < count; i++)
		sum += ((const volatile uint64_t *)entries)[i];
	(void)sum;
	if (!r && ret_scratched)
		*ret_scratched = 0;
	return r;
}

static int w_revalidate(struct xengt_gpu *gpu)
{
	return enter_live(of_gpu(gpu), XENGT_OP_REVALIDATE);
}

static int w_ppgtt_create(struct xengt_gpu *gpu, uint32_t level, uint32_t flags,
			  uint32_t *ret_id)
{
	struct world *w = of_gpu(gpu);
	int r = enter_live(w, XENGT_OP_PPGTT_CREATE);

	(void)flags;
	if (world_is_gone(w))
		world_fault(w, "a page table is made after the end");
	for (uint32_t id = 1; !r && id < WORLD_TABLES_MAX; id++) {
		if (w->tables[id])
			continue;
		w->tables[id] = (uint8_t)level;
		*ret_id = id;
		return 0;
	}
	return r ? r : -ENOSPC;
}

static int w_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	struct world *w = of_gpu(gpu);
	int r = enter_live(w, XENGT_OP_PPGTT_DESTROY);

	if (id >= WORLD_TABLES_MAX || !w->tables[id])
		world_fault(w, "page table %u is destroyed twice", id);
	else if (!r || r == -ENOENT)
		w->tables[id] = 0;
	return r;
}

static int w_ppgtt_write(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
			 const uint64_t *entries, uint32_t count,
			 uint32_t *ret_scratched)
{
	struct world *w = of_gpu(gpu);

	(void)first;
	(void)entries;
	(void)count;
	(void)ret_scratched;
	if (id >= WORLD_TABLES_MAX || !w->tables[id])
		world_fault(w, "page table %u is written, but does not exist", id);
	return enter_live(w, XENGT_OP_PPGTT_WRITE);
}

static int w_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	struct world *w = of_gpu(gpu);

	if (work->ppgtt >= WORLD_TABLES_MAX || !w->tables[work->ppgtt])
		world_fault(w, "work is submitted with a root that does not exist");
	return enter_live(w, XENGT_OP_SUBMIT);
}

static int w_engine_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	(void)mask;
	return enter_live(of_gpu(gpu), XENGT_OP_ENGINE_RESET);
}

static int w_timestamp(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	*ret_ticks = 1;
	return enter_live(of_gpu(gpu), XENGT_OP_TIMESTAMP);
}

static int w_own_frames(struct xengt_gpu *gpu, gfn_t first, uint32_t count)
{
	struct world *w = of_gpu(gpu);
	int r = enter_live(w, XENGT_OP_OWN_FRAMES);

	(void)first;
	if (!count)
		take_back(w, OWN_FRAMES, 0, r);
	else if (!r)
		set_up(w, OWN_FRAMES, 0, count);
	return r;
}

static int w_fence_write(struct xengt_gpu *gpu, uint32_t index, uint64_t value)
{
	(void)index;
	(void)value;
	return enter_live(of_gpu(gpu), XENGT_OP_FENCE_WRITE);
}

/* Every piece has entries. */
static int w_aperture(struct xengt_gpu *gpu, struct xengt_vgpu_aperture *access)
{
	int r = enter_live(of_gpu(gpu), XENGT_OP_APERTURE);

	if (!r)
		access->piece_bytes = XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE;
	return r;
}

static int w_zap(struct xengt_gpu *gpu)
{
	struct world *w = of_gpu(gpu);

	if (w->zaps++)
		world_fault(w, "the vGPU is zapped twice");
	if (w->place.zap_error)
		return w->place.zap_error;
	w->is_zapped = true;
	return 0;
}

static int w_next_event(struct xengt_gpu *gpu, struct xengt_gpu_event *ret_ev)
{
	struct world *w = of_gpu(gpu);
	int r = enter(w, XENGT_OP_NEXT_EVENT);

	if (r)
		return r;
	if (w->is_zapped) {
		if (w->is_zap_told)
			return 0;
		w->is_zap_told = true;
		*ret_ev = (struct xengt_gpu_event){
			.type = XENGT_EVENT_ZAPPED, .value = XENGT_VGPU_ZAPPED,
		};
		return 1;
	}
	if (w->own_event) {
		*ret_ev = *w->own_event;
		w->own_event = NULL;
		return 1;
	}
	for (; w->event_at < w->limit; w->event_at++) {
		const struct item *item = &w->script->items[w->event_at];

		if (item->e.op != XENGT_OP_NEXT_EVENT || item->e.ret != 1)
			continue;
		w->event_at++;
		memcpy(ret_ev, item->in, sizeof(*ret_ev));
		return 1;
	}
	return 0;
}

static int w_event_fd(struct xengt_gpu *gpu)
{
	(void)gpu;
	return -1;
}

static void w_gpu_destroy(struct xengt_gpu *gpu)
{
	world_fault(of_gpu(gpu), "the hardware's side is destroyed");
}

static const struct xengt_gpu_ops gpu_ops = {
	.info = w_info,
	.ggtt_write = w_ggtt_write,
	.revalidate = w_revalidate,
	.ppgtt_create = w_ppgtt_create,
	.ppgtt_destroy = w_ppgtt_destroy,
	.ppgtt_write = w_ppgtt_write,
	.submit = w_submit,
	.engine_reset = w_engine_reset,
	.timestamp = w_timestamp,
	.own_frames = w_own_frames,
	.fence_write = w_fence_write,
	.aperture = w_aperture,
	.zap = w_zap,
	.next_event = w_next_event,
	.event_fd = w_event_fd,
	.destroy = w_gpu_destroy,
};

/* ---- for the test ---- */

void world_init(struct world *w, const struct script *s,
		const struct place *place)
{
	*w = (struct world){ .hv.ops = &hv_ops, .gpu.ops = &gpu_ops,
			     .script = s, .place = *place };
}

void world_expect_none(struct world *w, enum kind kind)
{
	uint32_t n = world_count(w, kind);

	if (n > (w->is_left && w->left == kind ? 1u : 0u))
		world_fault(w, "%s is left", kind_names[kind]);
}

void world_change_entries(struct world *w)
{
	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++) {
		struct thing *t = &w->things[i];
		uint64_t entry = 0x1001;

		if (t->is_there && t->kind == RAM && t->ram)
			memcpy(t->ram, &entry, sizeof(entry));
	}
}

void world_fini(struct world *w)
{
	for (uint32_t i = 0; i < WORLD_THINGS_MAX; i++)
		free(w->things[i].ram);
}
