/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements hv and gpu by a recording: each call of the device model must be
 * the next recorded call, and returns the recorded answer. After the first call
 * that differs, or at the end of a recording that was cut, all calls fail, and
 * the device model is destroyed.
 */
#include "core/display.h"
#include "core/vgpu.h"
#include "gpu/gpu.h"
#include "hv/hv.h"
#include "session/format.h"
#include "session/noops.h"
#include "session/session.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM_MAX		8

struct ram {
	uint64_t gfn;
	uint32_t frames;		/* number of frames; 0: unused entry */
	uint8_t *at;
};

struct replay {
	struct xengt_hv hv;
	struct xengt_gpu gpu;
	const uint8_t *at, *end;
	bool is_over;			/* the replay has ended: calls are not
					 * compared any more */
	struct ram ram[RAM_MAX];
	struct xengt_replay_result *res;
};

static const char *const names[XENGT_OPS] = {
	[XENGT_OP_NEXT_REQUEST] = "next_request",
	[XENGT_OP_COMPLETE_REQUEST] = "complete_request",
	[XENGT_OP_READ_GUEST] = "read_guest",
	[XENGT_OP_WRITE_GUEST] = "write_guest",
	[XENGT_OP_INVALIDATE] = "invalidate",
	[XENGT_OP_TRAP_RANGE] = "trap_range",
	[XENGT_OP_TRACK_WRITES] = "track_writes",
	[XENGT_OP_MAP_APERTURE] = "map_aperture",
	[XENGT_OP_BACK] = "back",
	[XENGT_OP_UNBACK] = "unback",
	[XENGT_OP_INJECT_MSI] = "inject_msi",
	[XENGT_OP_SET_INTX] = "set_intx",
	[XENGT_OP_NOW_NS] = "now_ns",
	[XENGT_OP_UNUSED] = "a call that this version does not have",
	[XENGT_OP_INFO] = "info",
	[XENGT_OP_GGTT_WRITE] = "ggtt_write",
	[XENGT_OP_REVALIDATE] = "revalidate",
	[XENGT_OP_PPGTT_CREATE] = "ppgtt_create",
	[XENGT_OP_PPGTT_DESTROY] = "ppgtt_destroy",
	[XENGT_OP_PPGTT_WRITE] = "ppgtt_write",
	[XENGT_OP_SUBMIT] = "submit",
	[XENGT_OP_ENGINE_RESET] = "engine_reset",
	[XENGT_OP_TIMESTAMP] = "timestamp",
	[XENGT_OP_OWN_FRAMES] = "own_frames",
	[XENGT_OP_FENCE_WRITE] = "fence_write",
	[XENGT_OP_ZAP] = "zap",
	[XENGT_OP_NEXT_EVENT] = "next_event",
	[XENGT_OP_STEP] = "the next step",
	[XENGT_OP_RAM] = "a store of the guest",
	[XENGT_OP_MAP_PIECE] = "map_piece",
	[XENGT_OP_APERTURE] = "aperture",
};

static struct replay *of_hv(struct xengt_hv *hv)
{
	return (struct replay *)hv;
}

static struct replay *of_gpu(struct xengt_gpu *gpu)
{
	return (struct replay *)((char *)gpu - offsetof(struct replay, gpu));
}

/* ---- the recording ---- */

/*
 * Copy the entry at the present position to *e. Returns false if no complete
 * entry is left.
 */
static bool peek(const struct replay *p, struct xengt_entry *e)
{
	size_t left = (size_t)(p->end - p->at);

	if (left < sizeof(*e))
		return false;
	memcpy(e, p->at, sizeof(*e));
	if (e->op >= XENGT_OPS || e->out_bytes > XENGT_ENTRY_BYTES_MAX ||
	    e->in_bytes > XENGT_ENTRY_BYTES_MAX)
		return false;
	return left - sizeof(*e) >= (size_t)e->out_bytes + e->in_bytes;
}

static const uint8_t *out_of(const struct replay *p)
{
	return p->at + sizeof(struct xengt_entry);
}

static void skip(struct replay *p, const struct xengt_entry *e)
{
	p->at += sizeof(*e) + e->out_bytes + e->in_bytes;
}

static void store_ram(struct replay *p, const struct xengt_entry *e)
{
	for (int i = 0; i < RAM_MAX; i++) {
		const struct ram *ram = &p->ram[i];

		if (!ram->frames || ram->gfn != e->args[0] ||
		    e->args[1] >= (uint64_t)ram->frames * XENGT_PAGE_SIZE ||
		    e->args[1] % 8 || e->in_bytes != 8)
			continue;
		memcpy(ram->at + e->args[1], out_of(p), 8);
	}
}

/*
 * Advance to the next entry that is not a store of the guest (XENGT_OP_RAM),
 * and carry out the stores before that entry. Returns false if no entry is
 * left.
 */
static bool next(struct replay *p, struct xengt_entry *e)
{
	while (peek(p, e)) {
		if (e->op != XENGT_OP_RAM)
			return true;
		store_ram(p, e);
		skip(p, e);
	}
	return false;
}

static void cut(struct replay *p)
{
	p->is_over = true;
	p->res->is_cut = true;
}

static void differ(struct replay *p, const struct xengt_entry *want,
		   const struct xengt_entry *got, const char *what)
{
	p->is_over = true;
	snprintf(p->res->difference, sizeof(p->res->difference),
		 "step %llu, call %llu: recorded %s(0x%llx, 0x%llx, 0x%llx), now %s(0x%llx, 0x%llx, 0x%llx)%s",
		 (unsigned long long)p->res->steps,
		 (unsigned long long)p->res->calls, names[want->op],
		 (unsigned long long)want->args[0],
		 (unsigned long long)want->args[1],
		 (unsigned long long)want->args[2], names[got->op],
		 (unsigned long long)got->args[0],
		 (unsigned long long)got->args[1],
		 (unsigned long long)got->args[2], what);
}

static struct xengt_entry call(enum xengt_entry_op op, uint64_t a, uint64_t b,
			       uint64_t c)
{
	return (struct xengt_entry){ .op = (uint8_t)op, .args = { a, b, c } };
}

/*
 * Count the hypercalls that hv_xen.c would count for this call if guest memory
 * is mapped already.
 */
static void count(struct replay *p, uint8_t op)
{
	const uint32_t hypercalls = 1u << XENGT_OP_COMPLETE_REQUEST |
				    1u << XENGT_OP_TRAP_RANGE |
				    1u << XENGT_OP_TRACK_WRITES |
				    1u << XENGT_OP_INJECT_MSI |
				    1u << XENGT_OP_SET_INTX;

	p->res->calls++;
	if (p->hv.counters && hypercalls >> op & 1)
		p->hv.counters->hypercalls++;
}

/*
 * The device model makes the call 'got' with the bytes 'out'. If the recorded
 * answer has at most in_bytes bytes, they are copied to 'in'. Returns the
 * recorded result; -EIO: the call differs, or the replay has ended.
 */
static int answer(struct replay *p, struct xengt_entry got, const void *out,
		  size_t out_bytes, void *in, size_t in_bytes)
{
	struct xengt_entry want;

	if (p->is_over)
		return -EIO;
	if (!next(p, &want)) {
		cut(p);
		return -EIO;
	}
	count(p, got.op);
	if (want.op != got.op ||
	    memcmp(want.args, got.args, sizeof(want.args)) != 0) {
		differ(p, &want, &got, "");
		return -EIO;
	}
	if (want.out_bytes != out_bytes ||
	    (out_bytes && memcmp(out_of(p), out, out_bytes) != 0)) {
		differ(p, &want, &got, ", with other data");
		return -EIO;
	}
	if (in && want.in_bytes <= in_bytes)
		memcpy(in, out_of(p) + out_bytes, want.in_bytes);
	skip(p, &want);
	return want.ret;
}

static int plain(struct replay *p, enum xengt_entry_op op, uint64_t a,
		 uint64_t b, uint64_t c)
{
	return answer(p, call(op, a, b, c), NULL, 0, NULL, 0);
}

/* ---- hv ---- */

static int rep_next_request(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct replay *p = of_hv(hv);
	int r = answer(p, call(XENGT_OP_NEXT_REQUEST, 0, 0, 0), NULL, 0,
		       ret_req, sizeof(*ret_req));

	p->res->requests += r == 1;
	return r;
}

static int rep_complete_request(struct xengt_hv *hv,
				const struct xengt_req *req, uint64_t data)
{
	bool is_value = req->is_read && !req->data_is_ptr;

	return plain(of_hv(hv), XENGT_OP_COMPLETE_REQUEST, req->vcpu,
		     is_value ? data : 0, 0);
}

static int rep_read_guest(struct xengt_hv *hv, gpa_t addr, void *buf, size_t len)
{
	if (hv->counters)
		hv->counters->guest_bytes += len;
	return answer(of_hv(hv), call(XENGT_OP_READ_GUEST, gpa_x(addr), len, 0),
		      NULL, 0, buf, len);
}

static int rep_write_guest(struct xengt_hv *hv, gpa_t addr, const void *buf,
			   size_t len)
{
	if (hv->counters)
		hv->counters->guest_bytes += len;
	return answer(of_hv(hv), call(XENGT_OP_WRITE_GUEST, gpa_x(addr), 0, 0),
		      buf, len, NULL, 0);
}

static int rep_invalidate(struct xengt_hv *hv)
{
	return plain(of_hv(hv), XENGT_OP_INVALIDATE, 0, 0, 0);
}

static int rep_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			  uint64_t first, uint64_t last, bool on)
{
	return plain(of_hv(hv), XENGT_OP_TRAP_RANGE, (uint64_t)kind << 1 | on,
		     first, last);
}

static int rep_track_writes(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			    bool on)
{
	return plain(of_hv(hv), XENGT_OP_TRACK_WRITES, gfn_x(first), frames, on);
}

static int rep_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	return plain(of_hv(hv), XENGT_OP_MAP_APERTURE, gfn_x(first), on, 0);
}

static int rep_map_piece(struct xengt_hv *hv, gfn_t first, uint32_t piece,
			 bool on)
{
	return plain(of_hv(hv), XENGT_OP_MAP_PIECE, gfn_x(first), piece, on);
}

static struct ram *find_ram(struct replay *p, uint64_t gfn, uint32_t frames)
{
	for (int i = 0; i < RAM_MAX; i++)
		if (p->ram[i].frames == frames && p->ram[i].gfn == gfn)
			return &p->ram[i];
	return NULL;
}

static int rep_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		    void **ret_addr)
{
	struct replay *p = of_hv(hv);
	struct ram *ram;
	int r = plain(p, XENGT_OP_BACK, gfn_x(first), frames, 0);

	if (r)
		return r;
	ram = find_ram(p, 0, 0);
	if (!ram)
		return -ENOMEM;
	ram->at = calloc(frames, XENGT_PAGE_SIZE);
	if (!ram->at)
		return -ENOMEM;
	ram->gfn = gfn_x(first);
	ram->frames = frames;
	*ret_addr = ram->at;
	return 0;
}

static int rep_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		      void *addr)
{
	struct replay *p = of_hv(hv);
	struct ram *ram = find_ram(p, gfn_x(first), frames);
	int r = plain(p, XENGT_OP_UNBACK, gfn_x(first), frames, 0);

	(void)addr;
	if (ram) {
		free(ram->at);
		*ram = (struct ram){ 0 };
	}
	return r;
}

static int rep_inject_msi(struct xengt_hv *hv, uint64_t addr, uint32_t data)
{
	return plain(of_hv(hv), XENGT_OP_INJECT_MSI, addr, data, 0);
}

static int rep_set_intx(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
			bool level)
{
	return plain(of_hv(hv), XENGT_OP_SET_INTX, slot, pin, level);
}

static uint64_t rep_now_ns(struct xengt_hv *hv)
{
	uint64_t now = 0;

	answer(of_hv(hv), call(XENGT_OP_NOW_NS, 0, 0, 0), NULL, 0, &now,
	       sizeof(now));
	return now;
}

static const struct xengt_hv_ops hv_ops = {
	.next_request = rep_next_request,
	.complete_request = rep_complete_request,
	.read_guest = rep_read_guest,
	.write_guest = rep_write_guest,
	.invalidate = rep_invalidate,
	.trap_range = rep_trap_range,
	.track_writes = rep_track_writes,
	.map_aperture = rep_map_aperture,
	.map_piece = rep_map_piece,
	.back = rep_back,
	.unback = rep_unback,
	.inject_msi = rep_inject_msi,
	.set_intx = rep_set_intx,
	.now_ns = rep_now_ns,
	.destroy = no_hv_destroy,
};

/* ---- gpu ---- */

static int rep_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	/* in an older recording the structure has fewer members */
	memset(ret_info, 0, sizeof(*ret_info));
	return answer(of_gpu(gpu), call(XENGT_OP_INFO, 0, 0, 0), NULL, 0,
		      ret_info, sizeof(*ret_info));
}

static int rep_ggtt_write(struct xengt_gpu *gpu, uint32_t first,
			  const uint64_t *entries, uint32_t count,
			  uint32_t *ret_scratched)
{
	uint32_t scratched = 0;
	int r = answer(of_gpu(gpu), call(XENGT_OP_GGTT_WRITE, first, 0, 0),
		       entries, count * sizeof(entries[0]), &scratched,
		       sizeof(scratched));

	if (!r && ret_scratched)
		*ret_scratched = scratched;
	return r;
}

static int rep_revalidate(struct xengt_gpu *gpu)
{
	return plain(of_gpu(gpu), XENGT_OP_REVALIDATE, 0, 0, 0);
}

static int rep_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
			    uint32_t flags, uint32_t *ret_id)
{
	return answer(of_gpu(gpu), call(XENGT_OP_PPGTT_CREATE, level, flags, 0),
		      NULL, 0, ret_id, sizeof(*ret_id));
}

static int rep_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	return plain(of_gpu(gpu), XENGT_OP_PPGTT_DESTROY, id, 0, 0);
}

static int rep_ppgtt_write(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *ret_scratched)
{
	uint32_t scratched = 0;
	int r = answer(of_gpu(gpu), call(XENGT_OP_PPGTT_WRITE, id, first, 0),
		       entries, count * sizeof(entries[0]), &scratched,
		       sizeof(scratched));

	if (!r && ret_scratched)
		*ret_scratched = scratched;
	return r;
}

static int rep_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	const struct xengt_vgpu_submit asked = *work;

	return answer(of_gpu(gpu), call(XENGT_OP_SUBMIT, 0, 0, 0), &asked,
		      sizeof(asked), work, sizeof(*work));
}

static int rep_engine_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	return plain(of_gpu(gpu), XENGT_OP_ENGINE_RESET, mask, 0, 0);
}

static int rep_timestamp(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	return answer(of_gpu(gpu), call(XENGT_OP_TIMESTAMP, 0, 0, 0), NULL, 0,
		      ret_ticks, sizeof(*ret_ticks));
}

static int rep_own_frames(struct xengt_gpu *gpu, gfn_t first, uint32_t count)
{
	return plain(of_gpu(gpu), XENGT_OP_OWN_FRAMES, gfn_x(first), count, 0);
}

static int rep_fence_write(struct xengt_gpu *gpu, uint32_t index, uint64_t value)
{
	return plain(of_gpu(gpu), XENGT_OP_FENCE_WRITE, index, value, 0);
}

static int rep_aperture(struct xengt_gpu *gpu, struct xengt_vgpu_aperture *access)
{
	const struct xengt_vgpu_aperture asked = *access;

	return answer(of_gpu(gpu), call(XENGT_OP_APERTURE, 0, 0, 0), &asked,
		      sizeof(asked), access, sizeof(*access));
}

static int rep_zap(struct xengt_gpu *gpu)
{
	return plain(of_gpu(gpu), XENGT_OP_ZAP, 0, 0, 0);
}

static int rep_next_event(struct xengt_gpu *gpu, struct xengt_gpu_event *ret_ev)
{
	return answer(of_gpu(gpu), call(XENGT_OP_NEXT_EVENT, 0, 0, 0), NULL, 0,
		      ret_ev, sizeof(*ret_ev));
}

static int rep_event_fd(struct xengt_gpu *gpu)
{
	(void)gpu;
	return -1;
}

static const struct xengt_gpu_ops gpu_ops = {
	.info = rep_info,
	.ggtt_write = rep_ggtt_write,
	.revalidate = rep_revalidate,
	.ppgtt_create = rep_ppgtt_create,
	.ppgtt_destroy = rep_ppgtt_destroy,
	.ppgtt_write = rep_ppgtt_write,
	.submit = rep_submit,
	.engine_reset = rep_engine_reset,
	.timestamp = rep_timestamp,
	.own_frames = rep_own_frames,
	.fence_write = rep_fence_write,
	.aperture = rep_aperture,
	.zap = rep_zap,
	.next_event = rep_next_event,
	.event_fd = rep_event_fd,
	.destroy = no_gpu_destroy,
};

/* ---- the steps of the replay ---- */

static void take_step(struct xengt_vgpu *vgpu, const struct xengt_entry *e,
		      const uint8_t *in)
{
	switch ((enum xengt_session_step)e->args[0]) {
	case XENGT_STEP_SERVE:
		xengt_vgpu_serve(vgpu, (uint32_t)e->args[1]);
		break;
	case XENGT_STEP_EVENTS:
		xengt_vgpu_handle_events(vgpu);
		break;
	case XENGT_STEP_TICK:
		xengt_vgpu_tick(vgpu);
		break;
	case XENGT_STEP_UNPLUG:
		xengt_vgpu_unplug(vgpu);
		break;
	case XENGT_STEP_MONITOR:
		if (e->in_bytes && e->in_bytes <= XENGT_EDID_MAX_BYTES &&
		    e->in_bytes % XENGT_EDID_BLOCK_BYTES == 0)
			xengt_display_set_edid(vgpu, in, e->in_bytes);
		break;
	case XENGT_STEP_MAP_AGAIN:
		xengt_vgpu_map_again(vgpu);
		break;
	case XENGT_STEPS:
		break;
	}
}

static void run(struct replay *p, struct xengt_vgpu *vgpu)
{
	struct xengt_entry e;

	while (!p->is_over && next(p, &e) && e.op == XENGT_OP_STEP) {
		const uint8_t *in = out_of(p) + e.out_bytes;

		skip(p, &e);
		p->res->steps++;
		take_step(vgpu, &e, in);
	}
	/*
	 * The rest of the recording must be the calls of xengt_vgpu_destroy().
	 * If there is no rest, the recording was cut before the vGPU was
	 * destroyed.
	 */
	if (!p->is_over && !next(p, &e))
		p->is_over = true;
}

static int read_header(struct replay *p, const void *recording, size_t len,
		       struct xengt_vgpu_config *cfg)
{
	struct xengt_session_header h;

	if (len < sizeof(h))
		return -EPROTO;
	memcpy(&h, recording, sizeof(h));
	if (h.magic != XENGT_SESSION_MAGIC ||
	    h.version != XENGT_SESSION_VERSION ||
	    h.edid_bytes > len - sizeof(h))
		return -EPROTO;
	*cfg = (struct xengt_vgpu_config){
		.platform = h.platform,
		.pci_device = h.pci_device,
		.pci_subvendor = h.pci_subvendor,
		.pci_subdevice = h.pci_subdevice,
		.pci_revision = h.pci_revision,
		.slot = h.slot,
		.is_primary = h.is_primary,
		.is_aperture_lazy = h.is_aperture_lazy,
		.aperture_bytes = h.aperture_bytes,
		.edid = (const uint8_t *)recording + sizeof(h),
		.edid_bytes = h.edid_bytes,
		.hv = &p->hv,
		.gpu = &p->gpu,
	};
	p->at = cfg->edid + h.edid_bytes;
	p->end = (const uint8_t *)recording + len;
	return 0;
}

int xengt_replay(const void *recording, size_t len_bytes,
		 struct xengt_replay_result *ret_result)
{
	struct replay p = { .hv.ops = &hv_ops, .gpu.ops = &gpu_ops,
			    .res = ret_result };
	struct xengt_vgpu_config cfg;
	struct xengt_vgpu *vgpu;
	int r;

	*ret_result = (struct xengt_replay_result){ 0 };
	r = read_header(&p, recording, len_bytes, &cfg);
	if (r)
		return r;
	r = xengt_vgpu_create(&cfg, &vgpu);
	if (r)
		return p.res->is_cut || *p.res->difference ? 0 : r;
	run(&p, vgpu);
	ret_result->counters = *xengt_vgpu_counters(vgpu);
	xengt_vgpu_destroy(vgpu);
	for (int i = 0; i < RAM_MAX; i++)
		free(p.ram[i].at);
	return 0;
}
