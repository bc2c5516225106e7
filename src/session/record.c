/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device model calls the recorder instead of hv and gpu. The recorder
 * passes each call on to hv or gpu, and records the call's arguments and
 * answer. The guest's stores to RAM behind BAR0 are not calls: the recorder
 * looks for such stores before each request that may make the device model read
 * that RAM.
 */
#include "gpu/gpu.h"
#include "hv/hv.h"
#include "session/format.h"
#include "session/noops.h"
#include "session/session.h"
#include "uapi/xengt.h"
#include "xengt/layout.h"
#include "xengt/log.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * These structs are written into the recording as they are, and so are structs
 * of the uapi (src/boundary/abi.c checks the layouts of the uapi structs).
 */
XENGT_LAYOUT_SIZE(xengt_req, 32);
XENGT_LAYOUT_AT(xengt_req, addr, 0);
XENGT_LAYOUT_AT(xengt_req, data, 8);
XENGT_LAYOUT_AT(xengt_req, count, 16);
XENGT_LAYOUT_AT(xengt_req, size, 20);
XENGT_LAYOUT_AT(xengt_req, vcpu, 24);
XENGT_LAYOUT_AT(xengt_req, type, 28);
XENGT_LAYOUT_AT(xengt_req, is_read, 29);
XENGT_LAYOUT_AT(xengt_req, is_backward, 30);
XENGT_LAYOUT_AT(xengt_req, data_is_ptr, 31);

XENGT_LAYOUT_SIZE(xengt_gpu_event, 24);
XENGT_LAYOUT_AT(xengt_gpu_event, type, 0);
XENGT_LAYOUT_AT(xengt_gpu_event, value, 4);
XENGT_LAYOUT_AT(xengt_gpu_event, engine, 8);
XENGT_LAYOUT_AT(xengt_gpu_event, seqno, 16);

#define BUFFER_BYTES	65536u
#define RAM_MAX		8

struct ram {
	uint64_t gfn;
	uint32_t frames;		/* number of frames; 0: unused entry */
	const volatile uint64_t *now;
	uint64_t *seen;
};

struct xengt_recorder {
	struct xengt_hv hv;
	struct xengt_gpu gpu;
	struct xengt_hv *real_hv;
	struct xengt_gpu *real_gpu;
	int fd;				/* -1 if the recording has ended */
	bool is_paused;
	uint64_t written;
	uint32_t used;
	uint8_t buffer[BUFFER_BYTES];
	struct ram ram[RAM_MAX];
};

static struct xengt_recorder *of_hv(struct xengt_hv *hv)
{
	return (struct xengt_recorder *)hv;
}

static struct xengt_recorder *of_gpu(struct xengt_gpu *gpu)
{
	return (struct xengt_recorder *)((char *)gpu -
					 offsetof(struct xengt_recorder, gpu));
}

static struct xengt_hv *real_hv(struct xengt_hv *hv)
{
	struct xengt_recorder *r = of_hv(hv);

	r->real_hv->counters = hv->counters;
	return r->real_hv;
}

/* ---- writing ---- */

static void flush(struct xengt_recorder *r)
{
	for (uint32_t done = 0; r->fd >= 0 && done < r->used;) {
		ssize_t n = write(r->fd, r->buffer + done, r->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			xengt_warn("the recording ends here, because a write to it failed: %s",
				   strerror(errno));
			r->fd = -1;
			break;
		}
		done += (uint32_t)n;
	}
	r->used = 0;
}

static void put_bytes(struct xengt_recorder *r, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len) {
		size_t part = BUFFER_BYTES - r->used;

		if (part > len)
			part = len;
		memcpy(r->buffer + r->used, at, part);
		r->used += (uint32_t)part;
		at += part;
		len -= part;
		if (r->used == BUFFER_BYTES)
			flush(r);
	}
}

/* Makes an entry, without the bytes that follow it. */
static struct xengt_entry entry(enum xengt_entry_op op, int ret, uint64_t a,
				uint64_t b, uint64_t c)
{
	return (struct xengt_entry){ .op = (uint8_t)op, .ret = ret,
				     .args = { a, b, c } };
}

static void put(struct xengt_recorder *r, struct xengt_entry e,
		const void *out, size_t out_bytes, const void *in,
		size_t in_bytes)
{
	size_t len = sizeof(e) + out_bytes + in_bytes;

	if (r->fd < 0 || r->is_paused || out_bytes > XENGT_ENTRY_BYTES_MAX ||
	    in_bytes > XENGT_ENTRY_BYTES_MAX)
		return;
	if (r->written + len > XENGT_SESSION_BYTES_MAX) {
		xengt_warn("the recording ends here: it has its maximal size, %u MiB",
			   XENGT_SESSION_BYTES_MAX >> 20);
		flush(r);
		r->fd = -1;
		return;
	}
	r->written += len;
	e.out_bytes = (uint32_t)out_bytes;
	e.in_bytes = (uint32_t)in_bytes;
	put_bytes(r, &e, sizeof(e));
	put_bytes(r, out, out_bytes);
	put_bytes(r, in, in_bytes);
}

void xengt_recorder_step(struct xengt_recorder *recorder,
			 enum xengt_session_step step, uint32_t arg)
{
	if (recorder)
		put(recorder, entry(XENGT_OP_STEP, 0, step, arg, 0), NULL, 0,
		    NULL, 0);
}

void xengt_recorder_monitor(struct xengt_recorder *recorder,
			    const uint8_t *edid, uint32_t len_bytes)
{
	if (recorder)
		put(recorder, entry(XENGT_OP_STEP, 0, XENGT_STEP_MONITOR, 0, 0),
		    NULL, 0, edid, len_bytes);
}

void xengt_recorder_pause(struct xengt_recorder *recorder, bool on)
{
	if (recorder)
		recorder->is_paused = on;
}

/* ---- RAM behind BAR0 ---- */

static void look_at_ram(struct xengt_recorder *r, struct ram *ram)
{
	const uint32_t words = XENGT_PAGE_SIZE / 8;

	for (uint32_t page = 0; page < ram->frames; page++) {
		uint32_t first = page * words;

		if (!memcmp((const void *)&ram->now[first], &ram->seen[first],
			    XENGT_PAGE_SIZE))
			continue;
		for (uint32_t i = first; i < first + words; i++) {
			uint64_t now = ram->now[i];

			if (now == ram->seen[i])
				continue;
			ram->seen[i] = now;
			put(r, entry(XENGT_OP_RAM, 0, ram->gfn, i * 8ull, 0),
			    NULL, 0, &now, sizeof(now));
		}
	}
}

static void note_ram(struct xengt_recorder *r, uint64_t gfn, uint32_t frames,
		     const void *addr)
{
	for (int i = 0; i < RAM_MAX; i++) {
		struct ram *ram = &r->ram[i];

		if (ram->frames)
			continue;
		ram->seen = calloc(frames, XENGT_PAGE_SIZE);
		if (!ram->seen)
			break;
		ram->gfn = gfn;
		ram->frames = frames;
		ram->now = addr;
		return;
	}
	xengt_warn("the recording ends here: the recorder cannot follow the stores to the guest's RAM");
	flush(r);
	r->fd = -1;
}

static void forget_ram(struct xengt_recorder *r, uint64_t gfn)
{
	for (int i = 0; i < RAM_MAX; i++) {
		if (!r->ram[i].frames || r->ram[i].gfn != gfn)
			continue;
		free(r->ram[i].seen);
		r->ram[i] = (struct ram){ 0 };
	}
}

/* ---- hv ---- */

static int rec_next_request(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct xengt_recorder *r = of_hv(hv);
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->next_request(real, ret_req);

	for (int i = 0; ret == 1 && !ret_req->is_read && i < RAM_MAX; i++)
		look_at_ram(r, &r->ram[i]);
	put(r, entry(XENGT_OP_NEXT_REQUEST, ret, 0, 0, 0), NULL, 0, ret_req,
	    ret == 1 ? sizeof(*ret_req) : 0);
	return ret;
}

static int rec_complete_request(struct xengt_hv *hv,
				const struct xengt_req *req, uint64_t data)
{
	struct xengt_hv *real = real_hv(hv);
	bool is_value = req->is_read && !req->data_is_ptr;
	int ret = real->ops->complete_request(real, req, data);

	put(of_hv(hv), entry(XENGT_OP_COMPLETE_REQUEST, ret, req->vcpu,
			     is_value ? data : 0, 0), NULL, 0, NULL, 0);
	return ret;
}

static int rec_read_guest(struct xengt_hv *hv, gpa_t addr, void *buf, size_t len)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->read_guest(real, addr, buf, len);

	put(of_hv(hv), entry(XENGT_OP_READ_GUEST, ret, gpa_x(addr), len, 0),
	    NULL, 0, buf, ret ? 0 : len);
	return ret;
}

static int rec_write_guest(struct xengt_hv *hv, gpa_t addr, const void *buf,
			   size_t len)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->write_guest(real, addr, buf, len);

	put(of_hv(hv), entry(XENGT_OP_WRITE_GUEST, ret, gpa_x(addr), 0, 0), buf,
	    len, NULL, 0);
	return ret;
}

static int rec_invalidate(struct xengt_hv *hv)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->invalidate(real);

	put(of_hv(hv), entry(XENGT_OP_INVALIDATE, ret, 0, 0, 0), NULL, 0, NULL,
	    0);
	return ret;
}

static int rec_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			  uint64_t first, uint64_t last, bool on)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->trap_range(real, kind, first, last, on);

	put(of_hv(hv), entry(XENGT_OP_TRAP_RANGE, ret,
			     (uint64_t)kind << 1 | on, first, last),
	    NULL, 0, NULL, 0);
	return ret;
}

static int rec_track_writes(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			    bool on)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->track_writes(real, first, frames, on);

	/*
	 * Only RAM that shows registers is protected. The device model does not
	 * read RAM that shows registers, so the guest's stores to that RAM are
	 * not recorded.
	 */
	if (on)
		forget_ram(of_hv(hv), gfn_x(first));
	put(of_hv(hv), entry(XENGT_OP_TRACK_WRITES, ret, gfn_x(first), frames,
			     on), NULL, 0, NULL, 0);
	return ret;
}

static int rec_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->map_aperture(real, first, on);

	put(of_hv(hv), entry(XENGT_OP_MAP_APERTURE, ret, gfn_x(first), on, 0),
	    NULL, 0, NULL, 0);
	return ret;
}

static int rec_map_piece(struct xengt_hv *hv, gfn_t first, uint32_t piece,
			 bool on)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->map_piece(real, first, piece, on);

	put(of_hv(hv), entry(XENGT_OP_MAP_PIECE, ret, gfn_x(first), piece, on),
	    NULL, 0, NULL, 0);
	return ret;
}

static int rec_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		    void **ret_addr)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->back(real, first, frames, ret_addr);

	if (!ret)
		note_ram(of_hv(hv), gfn_x(first), frames, *ret_addr);
	put(of_hv(hv), entry(XENGT_OP_BACK, ret, gfn_x(first), frames, 0), NULL,
	    0, NULL, 0);
	return ret;
}

static int rec_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		      void *addr)
{
	struct xengt_hv *real = real_hv(hv);
	int ret;

	forget_ram(of_hv(hv), gfn_x(first));
	ret = real->ops->unback(real, first, frames, addr);
	put(of_hv(hv), entry(XENGT_OP_UNBACK, ret, gfn_x(first), frames, 0),
	    NULL, 0, NULL, 0);
	return ret;
}

static int rec_inject_msi(struct xengt_hv *hv, uint64_t addr, uint32_t data)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->inject_msi(real, addr, data);

	put(of_hv(hv), entry(XENGT_OP_INJECT_MSI, ret, addr, data, 0), NULL, 0,
	    NULL, 0);
	return ret;
}

static int rec_set_intx(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
			bool level)
{
	struct xengt_hv *real = real_hv(hv);
	int ret = real->ops->set_intx(real, slot, pin, level);

	put(of_hv(hv), entry(XENGT_OP_SET_INTX, ret, slot, pin, level), NULL, 0,
	    NULL, 0);
	return ret;
}

static uint64_t rec_now_ns(struct xengt_hv *hv)
{
	struct xengt_hv *real = real_hv(hv);
	uint64_t now = real->ops->now_ns(real);

	put(of_hv(hv), entry(XENGT_OP_NOW_NS, 0, 0, 0, 0), NULL, 0, &now,
	    sizeof(now));
	return now;
}

static const struct xengt_hv_ops hv_ops = {
	.next_request = rec_next_request,
	.complete_request = rec_complete_request,
	.read_guest = rec_read_guest,
	.write_guest = rec_write_guest,
	.invalidate = rec_invalidate,
	.trap_range = rec_trap_range,
	.track_writes = rec_track_writes,
	.map_aperture = rec_map_aperture,
	.map_piece = rec_map_piece,
	.back = rec_back,
	.unback = rec_unback,
	.inject_msi = rec_inject_msi,
	.set_intx = rec_set_intx,
	.now_ns = rec_now_ns,
	.destroy = no_hv_destroy,
};

/* ---- gpu ---- */

static int rec_info(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->info(r->real_gpu, ret_info);

	put(r, entry(XENGT_OP_INFO, ret, 0, 0, 0), NULL, 0, ret_info,
	    ret ? 0 : sizeof(*ret_info));
	return ret;
}

static int rec_ggtt_write(struct xengt_gpu *gpu, uint32_t first,
			  const uint64_t *entries, uint32_t count,
			  uint32_t *ret_scratched)
{
	struct xengt_recorder *r = of_gpu(gpu);
	uint32_t scratched = 0;
	int ret = r->real_gpu->ops->ggtt_write(r->real_gpu, first, entries,
					       count, &scratched);

	if (!ret && ret_scratched)
		*ret_scratched = scratched;
	put(r, entry(XENGT_OP_GGTT_WRITE, ret, first, 0, 0), entries,
	    count * sizeof(entries[0]), &scratched, sizeof(scratched));
	return ret;
}

static int rec_revalidate(struct xengt_gpu *gpu)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->revalidate(r->real_gpu);

	put(r, entry(XENGT_OP_REVALIDATE, ret, 0, 0, 0), NULL, 0, NULL, 0);
	return ret;
}

static int rec_ppgtt_create(struct xengt_gpu *gpu, uint32_t level,
			    uint32_t flags, uint32_t *ret_id)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->ppgtt_create(r->real_gpu, level, flags,
						 ret_id);

	put(r, entry(XENGT_OP_PPGTT_CREATE, ret, level, flags, 0), NULL, 0,
	    ret_id, ret ? 0 : sizeof(*ret_id));
	return ret;
}

static int rec_ppgtt_destroy(struct xengt_gpu *gpu, uint32_t id)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->ppgtt_destroy(r->real_gpu, id);

	put(r, entry(XENGT_OP_PPGTT_DESTROY, ret, id, 0, 0), NULL, 0, NULL, 0);
	return ret;
}

static int rec_ppgtt_write(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *ret_scratched)
{
	struct xengt_recorder *r = of_gpu(gpu);
	uint32_t scratched = 0;
	int ret = r->real_gpu->ops->ppgtt_write(r->real_gpu, id, first, entries,
						count, &scratched);

	if (!ret && ret_scratched)
		*ret_scratched = scratched;
	put(r, entry(XENGT_OP_PPGTT_WRITE, ret, id, first, 0), entries,
	    count * sizeof(entries[0]), &scratched, sizeof(scratched));
	return ret;
}

static int rec_submit(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work)
{
	struct xengt_recorder *r = of_gpu(gpu);
	const struct xengt_vgpu_submit asked = *work;
	int ret = r->real_gpu->ops->submit(r->real_gpu, work);

	put(r, entry(XENGT_OP_SUBMIT, ret, 0, 0, 0), &asked, sizeof(asked),
	    work, sizeof(*work));
	return ret;
}

static int rec_engine_reset(struct xengt_gpu *gpu, uint32_t mask)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->engine_reset(r->real_gpu, mask);

	put(r, entry(XENGT_OP_ENGINE_RESET, ret, mask, 0, 0), NULL, 0, NULL, 0);
	return ret;
}

static int rec_timestamp(struct xengt_gpu *gpu, uint64_t *ret_ticks)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->timestamp(r->real_gpu, ret_ticks);

	put(r, entry(XENGT_OP_TIMESTAMP, ret, 0, 0, 0), NULL, 0, ret_ticks,
	    ret ? 0 : sizeof(*ret_ticks));
	return ret;
}

static int rec_own_frames(struct xengt_gpu *gpu, gfn_t first, uint32_t count)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->own_frames(r->real_gpu, first, count);

	put(r, entry(XENGT_OP_OWN_FRAMES, ret, gfn_x(first), count, 0), NULL, 0,
	    NULL, 0);
	return ret;
}

static int rec_fence_write(struct xengt_gpu *gpu, uint32_t index, uint64_t value)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->fence_write(r->real_gpu, index, value);

	put(r, entry(XENGT_OP_FENCE_WRITE, ret, index, value, 0), NULL, 0, NULL,
	    0);
	return ret;
}

static int rec_aperture(struct xengt_gpu *gpu, struct xengt_vgpu_aperture *access)
{
	struct xengt_recorder *r = of_gpu(gpu);
	const struct xengt_vgpu_aperture asked = *access;
	int ret = r->real_gpu->ops->aperture(r->real_gpu, access);

	put(r, entry(XENGT_OP_APERTURE, ret, 0, 0, 0), &asked, sizeof(asked),
	    access, sizeof(*access));
	return ret;
}

static int rec_zap(struct xengt_gpu *gpu)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->zap(r->real_gpu);

	put(r, entry(XENGT_OP_ZAP, ret, 0, 0, 0), NULL, 0, NULL, 0);
	return ret;
}

static int rec_next_event(struct xengt_gpu *gpu, struct xengt_gpu_event *ret_ev)
{
	struct xengt_recorder *r = of_gpu(gpu);
	int ret = r->real_gpu->ops->next_event(r->real_gpu, ret_ev);

	put(r, entry(XENGT_OP_NEXT_EVENT, ret, 0, 0, 0), NULL, 0, ret_ev,
	    ret == 1 ? sizeof(*ret_ev) : 0);
	return ret;
}

static int rec_event_fd(struct xengt_gpu *gpu)
{
	struct xengt_recorder *r = of_gpu(gpu);

	return r->real_gpu->ops->event_fd(r->real_gpu);
}

static const struct xengt_gpu_ops gpu_ops = {
	.info = rec_info,
	.ggtt_write = rec_ggtt_write,
	.revalidate = rec_revalidate,
	.ppgtt_create = rec_ppgtt_create,
	.ppgtt_destroy = rec_ppgtt_destroy,
	.ppgtt_write = rec_ppgtt_write,
	.submit = rec_submit,
	.engine_reset = rec_engine_reset,
	.timestamp = rec_timestamp,
	.own_frames = rec_own_frames,
	.fence_write = rec_fence_write,
	.aperture = rec_aperture,
	.zap = rec_zap,
	.next_event = rec_next_event,
	.event_fd = rec_event_fd,
	.destroy = no_gpu_destroy,
};

/* ---- life ---- */

static void put_header(struct xengt_recorder *r,
		       const struct xengt_vgpu_config *cfg)
{
	const struct xengt_session_header header = {
		.magic = XENGT_SESSION_MAGIC,
		.version = XENGT_SESSION_VERSION,
		.platform = cfg->platform,
		.pci_device = cfg->pci_device,
		.pci_subvendor = cfg->pci_subvendor,
		.pci_subdevice = cfg->pci_subdevice,
		.pci_revision = cfg->pci_revision,
		.slot = cfg->slot,
		.is_primary = cfg->is_primary,
		.is_aperture_lazy = cfg->is_aperture_lazy,
		.edid_bytes = cfg->edid_bytes,
		.aperture_bytes = cfg->aperture_bytes,
	};

	put_bytes(r, &header, sizeof(header));
	put_bytes(r, cfg->edid, cfg->edid_bytes);
}

int xengt_recorder_create(int fd, struct xengt_vgpu_config *cfg,
			  struct xengt_recorder **ret_recorder)
{
	struct xengt_recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->hv.ops = &hv_ops;
	r->gpu.ops = &gpu_ops;
	r->real_hv = cfg->hv;
	r->real_gpu = cfg->gpu;
	r->fd = fd;
	put_header(r, cfg);
	cfg->hv = &r->hv;
	cfg->gpu = &r->gpu;
	*ret_recorder = r;
	return 0;
}

void xengt_recorder_destroy(struct xengt_recorder *recorder)
{
	if (!recorder)
		return;
	flush(recorder);
	recorder->real_hv->counters = NULL;
	for (int i = 0; i < RAM_MAX; i++)
		free(recorder->ram[i].seen);
	free(recorder);
}
