/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One ioreq server of one domain (public/hvm/ioreq.h, dm_op.h).
 *
 * Xen fixes the order of these steps:
 *  - create without buffered requests, map the page as a resource (frame 1;
 *    asking for gfns would put the page into the guest's reach), enable, and
 *    only then bind: a slot's vp_eport is valid from enabling on;
 *  - a vCPU with a request in flight wakes up by an event on its port and by
 *    nothing else. Closing the port or destroying the server does not wake it,
 *    so a request is answered before either; otherwise that vCPU hangs for
 *    ever. If the server is destroyed before the vCPU has taken an answer, the
 *    vCPU reads 0;
 *  - the write-protected type is given back before the server is disabled: Xen
 *    sends writes to such pages to the type's owner, enabled or not.
 *
 * Not modelled: buffered requests (Xen uses them for legacy VGA only).
 */
#define __XEN_TOOLS__ 1

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xentoolcore.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>
#include <xen/memory.h>

#include "hv/hv_xen.h"
#include "hv/hv_xen_map.h"
#include "xengt/log.h"

#define VCPUS_MAX	(XENGT_PAGE_SIZE / sizeof(struct ioreq))
#define RANGES_MAX	256	/* Xen: MAX_NR_IO_RANGES, for each kind */
#define PLACE_BITS	36	/* of a frame number in page tables of 4 levels */
#define EBUSY_TRIES	20
#define EBUSY_WAIT_NS	500000
#define TAKEN_TRIES	200	/* of a millisecond */

struct range {
	uint64_t first, last;
};

struct slot {
	evtchn_port_t port;		/* local; only if is_bound */
	bool is_bound;
	bool is_taken;			/* taken by next_request, not
					 * answered yet */
};

struct hv_xen {
	struct xengt_hv hv;
	uint32_t domid;
	uint16_t server_id;
	bool has_server;		/* destroy it at the end */
	bool is_disarmed;
	bool has_mem_type;
	bool was_taken_over;

	xendevicemodel_handle *dmod;
	xenforeignmemory_handle *fmem;
	xenevtchn_handle *evtchn;
	xenforeignmemory_resource_handle *page_res;
	struct ioreq *page;

	uint32_t vcpus;
	uint32_t next_vcpu;		/* vCPU at which the next search
					 * starts, for fairness */
	struct slot slots[VCPUS_MAX];

	struct range ranges[2][RANGES_MAX];	/* by xengt_range_kind */
	uint32_t range_count[2];

	struct xengt_xen_map map;

	bool has_aperture;		/* mapped, at aperture */
	gfn_t aperture;
	uint32_t slice_frames;
	int (*map_aperture)(void *ctx, gfn_t first, bool on);
	int (*populate)(void *ctx, gfn_t first, uint32_t frames, bool on);
	void *ctx;
};

static struct hv_xen *to_xen(const struct xengt_hv *hv)
{
	return (struct hv_xen *)hv;
}

/* Count the call that returned rc; convert -1 and errno to -errno. */
static int called(struct hv_xen *x, int rc)
{
	int err = errno;

	if (x->hv.counters)
		x->hv.counters->hypercalls++;
	return rc < 0 ? -err : 0;
}

static uint64_t *hypercalls(struct hv_xen *x)
{
	return x->hv.counters ? &x->hv.counters->hypercalls : NULL;
}

/* ---- requests ---- */

/* The byte of struct ioreq that holds state, data_is_ptr, dir and df. */
static uint8_t *state_byte(struct ioreq *slot)
{
	return (uint8_t *)slot + offsetof(struct ioreq, type) - 1;
}

static unsigned int load_state(struct ioreq *slot)
{
	return __atomic_load_n(state_byte(slot), __ATOMIC_ACQUIRE) & 0xf;
}

static void store_state(struct ioreq *slot, unsigned int state)
{
	uint8_t *byte = state_byte(slot);

	/* Only the owner of the state writes this byte. */
	__atomic_store_n(byte, (*byte & 0xf0) | state, __ATOMIC_RELEASE);
}

static int xen_next_request(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct hv_xen *x = to_xen(hv);

	for (uint32_t i = 0; i < x->vcpus; i++) {
		uint32_t vcpu = x->next_vcpu;
		struct ioreq *slot = &x->page[vcpu];
		struct ioreq copy;
		unsigned int state;

		x->next_vcpu = vcpu + 1 == x->vcpus ? 0 : vcpu + 1;
		if (x->slots[vcpu].is_taken)
			continue;
		state = load_state(slot);
		/*
		 * INPROCESS, but not by us: a predecessor died while it handled
		 * the request.
		 */
		if (state != STATE_IOREQ_READY && state != STATE_IOREQ_INPROCESS)
			continue;
		memcpy(&copy, slot, sizeof(copy));
		store_state(slot, STATE_IOREQ_INPROCESS);
		x->slots[vcpu].is_taken = true;
		*ret_req = (struct xengt_req){
			.addr = copy.addr,
			.data = copy.data,
			.count = copy.count,
			.size = copy.size,
			.vcpu = vcpu,
			.type = copy.type,
			.is_read = copy.dir == IOREQ_READ,
			.is_backward = copy.df,
			.data_is_ptr = copy.data_is_ptr,
		};
		return 1;
	}
	return 0;
}

static int answer(struct hv_xen *x, uint32_t vcpu, bool is_value, uint64_t data)
{
	struct ioreq *slot = &x->page[vcpu];

	if (is_value)
		__atomic_store_n(&slot->data, data, __ATOMIC_RELAXED);
	store_state(slot, STATE_IORESP_READY);
	x->slots[vcpu].is_taken = false;
	return called(x, xenevtchn_notify(x->evtchn, x->slots[vcpu].port));
}

static int xen_complete_request(struct xengt_hv *hv,
				const struct xengt_req *req, uint64_t data)
{
	struct hv_xen *x = to_xen(hv);
	unsigned int state;

	if (req->vcpu >= x->vcpus || !x->slots[req->vcpu].is_taken)
		return -EINVAL;
	state = load_state(&x->page[req->vcpu]);
	if (state != STATE_IOREQ_INPROCESS) {
		/*
		 * Another process writes to the page. Going on would crash the
		 * domain later, at a place that does not show the cause.
		 */
		xengt_log_ratelimited(XENGT_LOG_ERR,
				      "vCPU %u: request changed under us, state %u",
				      req->vcpu, state);
		x->slots[req->vcpu].is_taken = false;
		return -EIO;
	}
	return answer(x, req->vcpu, req->is_read && !req->data_is_ptr, data);
}

/*
 * Answer every pending request, so that all vCPUs go on: reads give all-ones,
 * writes are dropped.
 */
static uint32_t answer_all(struct hv_xen *x)
{
	uint32_t answered = 0;

	for (uint32_t vcpu = 0; vcpu < x->vcpus; vcpu++) {
		struct ioreq *slot = &x->page[vcpu];
		unsigned int state = load_state(slot);
		uint8_t flags;

		if (!x->slots[vcpu].is_bound)
			continue;
		if (state == STATE_IORESP_READY && x->was_taken_over) {
			/*
			 * The predecessor may have died after it wrote the
			 * answer and before it sent the event; one event too
			 * many does no harm.
			 */
			xenevtchn_notify(x->evtchn, x->slots[vcpu].port);
			continue;
		}
		if (state != STATE_IOREQ_READY && state != STATE_IOREQ_INPROCESS)
			continue;
		flags = *state_byte(slot);
		/* bit 4: data_is_ptr, bit 5: dir, 1 is a read */
		answer(x, vcpu, (flags & 0x30) == 0x20, UINT64_MAX);
		answered++;
	}
	return answered;
}

static bool has_answers(struct hv_xen *x)
{
	for (uint32_t vcpu = 0; vcpu < x->vcpus; vcpu++)
		if (x->slots[vcpu].is_bound &&
		    load_state(&x->page[vcpu]) == STATE_IORESP_READY)
			return true;
	return false;
}

/*
 * Wait until each vCPU has taken its answer, with a limit: a paused vCPU, or
 * one of a dying domain, does not take it.
 */
static void wait_taken(struct hv_xen *x)
{
	const struct timespec wait = { .tv_nsec = 1000000 };

	for (int i = 0; i < TAKEN_TRIES && has_answers(x); i++)
		nanosleep(&wait, NULL);
}

/* ---- guest memory ---- */

static int xen_invalidate(struct xengt_hv *hv)
{
	xengt_xen_map_drop(&to_xen(hv)->map);
	return 0;
}

static int copy_guest(struct hv_xen *x, uint64_t addr, void *to,
		      const void *from, size_t len_bytes)
{
	if (x->hv.counters)
		x->hv.counters->guest_bytes += len_bytes;
	return xengt_xen_map_copy(&x->map, addr, to, from, len_bytes,
				  hypercalls(x));
}

static int xen_read_guest(struct xengt_hv *hv, gpa_t addr, void *buf,
			  size_t len_bytes)
{
	return copy_guest(to_xen(hv), gpa_x(addr), buf, NULL, len_bytes);
}

static int xen_write_guest(struct xengt_hv *hv, gpa_t addr, const void *buf,
			   size_t len_bytes)
{
	return copy_guest(to_xen(hv), gpa_x(addr), NULL, buf, len_bytes);
}

/* ---- ranges and protected pages ---- */

static int set_range(struct hv_xen *x, enum xengt_range_kind kind,
		     const struct range *range, bool on)
{
	if (kind == XENGT_RANGE_PCI) {
		uint8_t bus = range->first >> 8;
		uint8_t dev = range->first >> 3 & 0x1f;
		uint8_t fn = range->first & 7;

		return called(x, on ?
			xendevicemodel_map_pcidev_to_ioreq_server(
				x->dmod, x->domid, x->server_id, 0, bus, dev, fn) :
			xendevicemodel_unmap_pcidev_from_ioreq_server(
				x->dmod, x->domid, x->server_id, 0, bus, dev, fn));
	}
	return called(x, on ?
		xendevicemodel_map_io_range_to_ioreq_server(
			x->dmod, x->domid, x->server_id, 1, range->first,
			range->last) :
		xendevicemodel_unmap_io_range_from_ioreq_server(
			x->dmod, x->domid, x->server_id, 1, range->first,
			range->last));
}

static int xen_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			  uint64_t first, uint64_t last, bool on)
{
	struct hv_xen *x = to_xen(hv);
	struct range range = { first, last };
	struct range *all;
	uint32_t *count, i;
	int r;

	if (kind > XENGT_RANGE_PCI || last < first ||
	    (kind == XENGT_RANGE_PCI && (first != last || first > 0xffff)))
		return -EINVAL;
	all = x->ranges[kind];
	count = &x->range_count[kind];
	for (i = 0; i < *count; i++)
		if (all[i].first == first && all[i].last == last)
			break;
	if (on == (i < *count))
		return 0;
	if (on && *count == RANGES_MAX)
		return -ENOSPC;
	r = set_range(x, kind, &range, on);
	if (r == -ENOMEM)
		return -ENOSPC;
	/* Xen has forgotten the range, or a predecessor had added it. */
	if ((r == -EEXIST && x->was_taken_over) || (r == -ENOENT && !on))
		r = 0;
	if (r < 0)
		return r;
	if (on)
		all[(*count)++] = range;
	else
		all[i] = all[--*count];
	return 0;
}

static int set_mem_type(struct hv_xen *x, hvmmem_type_t type, uint64_t first,
			uint32_t frames)
{
	const struct timespec wait = { .tv_nsec = EBUSY_WAIT_NS };
	int r;

	/* EBUSY: a vCPU changed the same entry at the same time. */
	for (int i = 0; i < EBUSY_TRIES; i++) {
		r = called(x, xendevicemodel_set_mem_type(x->dmod, x->domid,
							  type, first, frames));
		if (r != -EBUSY)
			break;
		nanosleep(&wait, NULL);
	}
	return r;
}

static int xen_track_writes(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			    bool on)
{
	struct hv_xen *x = to_xen(hv);
	int r;

	if (!frames)
		return -EINVAL;
	if (!on)
		return set_mem_type(x, HVMMEM_ram_rw, gfn_x(first), frames);
	if (!x->has_mem_type) {
		r = called(x, xendevicemodel_map_mem_type_to_ioreq_server(
				x->dmod, x->domid, x->server_id,
				HVMMEM_ioreq_server,
				XEN_DMOP_IOREQ_MEM_ACCESS_WRITE));
		if (r < 0)
			return r;
		x->has_mem_type = true;
	}
	r = set_mem_type(x, HVMMEM_ioreq_server, gfn_x(first), frames);
	/*
	 * Xen stops at the first frame that cannot be changed: undo the others.
	 */
	if (r < 0 && frames > 1)
		for (uint32_t i = 0; i < frames; i++)
			set_mem_type(x, HVMMEM_ram_rw, gfn_x(first) + i, 1);
	return r;
}

/* Map those of the frames that are RAM; *ret_count: their number. */
static int map_present(struct hv_xen *x, uint64_t first, uint32_t frames,
		       uint8_t **ret_addr, uint32_t *ret_count)
{
	int *errs = calloc(frames, sizeof(*errs));
	int r = -ENOMEM;

	*ret_count = 0;
	if (errs)
		r = xengt_xen_map_frames(&x->map, first, frames, errs, ret_addr,
					 hypercalls(x));
	for (uint32_t i = 0; r == 0 && i < frames; i++)
		*ret_count += !errs[i];
	free(errs);
	return r;
}

/*
 * Check that a mapping at these frames would not replace RAM, because Xen would
 * allow that. 0: no RAM is there; -EEXIST: RAM is there; -EINVAL: no device can be
 * there. A guest that changes these frames during the check can only harm itself.
 */
static int check_place(struct hv_xen *x, uint64_t first, uint32_t frames)
{
	const uint64_t end = 1ull << PLACE_BITS;

	if (first >= end || frames > end - first)
		return -EINVAL;
	for (uint32_t at = 0, n; at < frames; at += n) {
		uint32_t count;
		uint8_t *addr;
		int r;

		n = frames - at;
		if (n > XENGT_XEN_MAP_MAX)
			n = XENGT_XEN_MAP_MAX;
		r = map_present(x, first + at, n, &addr, &count);
		if (r < 0)
			return r;
		xenforeignmemory_unmap(x->fmem, addr, n);
		if (count)
			return -EEXIST;
	}
	return 0;
}

static int xen_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	struct hv_xen *x = to_xen(hv);
	int r = 0;

	if (!x->map_aperture)
		return -ENOTSUP;
	if (x->has_aperture && gfn_x(x->aperture) != gfn_x(first))
		return on ? -EBUSY : 0;
	/*
	 * Ask even if the aperture seems to be mapped there: an answer that
	 * came too late may have removed the mapping.
	 */
	if (on)
		r = check_place(x, gfn_x(first), x->slice_frames);
	if (r == -EEXIST)
		r = -EINVAL;
	if (r == 0)
		r = x->map_aperture(x->ctx, first, on);
	if (r < 0)
		return r;
	x->has_aperture = on;
	x->aperture = first;
	return 0;
}

static bool is_over_aperture(const struct hv_xen *x, uint64_t first,
			     uint32_t frames)
{
	return x->has_aperture &&
	       first < gfn_x(x->aperture) + x->slice_frames &&
	       gfn_x(x->aperture) < first + frames;
}

/*
 * The guest takes the RAM for a device and maps it uncached; the worker maps it
 * cached, so the guest must use it cached, too. (On Intel, Xen lets a domain
 * with I/O memory choose the caching, and the aperture is I/O memory. On AMD
 * the RAM is cached anyway.)
 */
static int pin_cached(struct hv_xen *x, uint64_t first, uint32_t frames,
		      bool on)
{
	return called(x, xendevicemodel_pin_memory_cacheattr(
			x->dmod, x->domid, first, first + frames - 1,
			on ? XEN_DMOP_MEM_CACHEATTR_WB :
			     XEN_DMOP_DELETE_MEM_CACHEATTR));
}

/* Zeroed, cached, mapped. */
static int take_ram(struct hv_xen *x, uint64_t first, uint32_t frames,
		    void **ret_addr)
{
	uint32_t count;
	uint8_t *addr;
	int r = pin_cached(x, first, frames, true);

	if (r < 0)
		return r;
	r = map_present(x, first, frames, &addr, &count);
	if (r == 0 && count == frames) {
		memset(addr, 0, (size_t)frames * XENGT_PAGE_SIZE);
		*ret_addr = addr;
		return 0;
	}
	if (r == 0)
		xenforeignmemory_unmap(x->fmem, addr, frames);
	pin_cached(x, first, frames, false);
	return r < 0 ? r : -ENOMEM;
}

static int xen_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		    void **ret_addr)
{
	struct hv_xen *x = to_xen(hv);
	int r;

	if (!frames || frames > XENGT_HV_BACK_MAX)
		return -EINVAL;
	if (!x->populate)
		return -ENOTSUP;
	if (is_over_aperture(x, gfn_x(first), frames))
		return -EEXIST;
	r = check_place(x, gfn_x(first), frames);
	if (r < 0)
		return r;
	r = x->populate(x->ctx, first, frames, true);
	if (r < 0)
		return r;
	r = take_ram(x, gfn_x(first), frames, ret_addr);
	if (r < 0)
		x->populate(x->ctx, first, frames, false);
	return r;
}

static int xen_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		      void *addr)
{
	struct hv_xen *x = to_xen(hv);

	/*
	 * A mapping holds its frames: unmap first, so that Xen can take the
	 * memory back.
	 */
	xengt_xen_map_drop(&x->map);
	called(x, xenforeignmemory_unmap(x->fmem, addr, frames));
	pin_cached(x, gfn_x(first), frames, false);
	return x->populate(x->ctx, first, frames, false);
}

/* ---- interrupts ---- */

static int xen_inject_msi(struct xengt_hv *hv, uint64_t addr, uint32_t data)
{
	struct hv_xen *x = to_xen(hv);

	return called(x, xendevicemodel_inject_msi(x->dmod, x->domid, addr,
						   data));
}

static int xen_set_intx(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
			bool level)
{
	struct hv_xen *x = to_xen(hv);

	if (slot > 31 || pin > 3)
		return -EINVAL;
	return called(x, xendevicemodel_set_pci_intx_level(x->dmod, x->domid, 0,
							   0, slot, pin, level));
}

static uint64_t xen_now_ns(struct xengt_hv *hv)
{
	struct timespec ts;

	(void)hv;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* ---- creation and destruction ---- */

static void remove_ranges(struct hv_xen *x)
{
	for (int kind = 0; kind < 2; kind++)
		for (uint32_t i = 0; i < x->range_count[kind]; i++)
			set_range(x, kind, &x->ranges[kind][i], false);
	memset(x->range_count, 0, sizeof(x->range_count));
}

/*
 * The order that Xen fixes. Every step accepts a domain that is dying or gone.
 * A server that cfg named stays if it was never enabled here.
 */
static uint32_t disarm(struct hv_xen *x)
{
	uint32_t answered = 0;

	if (!x->has_server || x->is_disarmed)
		return 0;
	x->is_disarmed = true;
	remove_ranges(x);
	/*
	 * Xen refuses this if the page type belongs to another server; that
	 * does no harm.
	 */
	if (x->has_mem_type || x->was_taken_over)
		xendevicemodel_map_mem_type_to_ioreq_server(
			x->dmod, x->domid, x->server_id, HVMMEM_ioreq_server, 0);
	/*
	 * Xen pauses the vCPUs during this call, so no request can be half
	 * sent.
	 */
	xendevicemodel_set_ioreq_server_state(x->dmod, x->domid, x->server_id,
					      0);
	if (x->page) {
		answered = answer_all(x);
		wait_taken(x);
	}
	return answered;
}

static void unbind_all(struct hv_xen *x)
{
	for (uint32_t i = 0; i < x->vcpus; i++) {
		if (x->slots[i].is_bound)
			xenevtchn_unbind(x->evtchn, x->slots[i].port);
		x->slots[i].is_bound = false;
	}
}

static void xen_destroy(struct xengt_hv *hv)
{
	struct hv_xen *x = to_xen(hv);

	if (!x)
		return;
	disarm(x);
	if (x->evtchn)
		unbind_all(x);
	xengt_xen_map_fini(&x->map);
	if (x->page_res)
		xenforeignmemory_unmap_resource(x->fmem, x->page_res);
	if (x->has_server)
		xendevicemodel_destroy_ioreq_server(x->dmod, x->domid,
						    x->server_id);
	if (x->evtchn)
		xenevtchn_close(x->evtchn);
	if (x->fmem)
		xenforeignmemory_close(x->fmem);
	if (x->dmod)
		xendevicemodel_close(x->dmod);
	free(x);
}

static const struct xengt_hv_ops xen_ops = {
	.next_request = xen_next_request,
	.complete_request = xen_complete_request,
	.read_guest = xen_read_guest,
	.write_guest = xen_write_guest,
	.invalidate = xen_invalidate,
	.trap_range = xen_trap_range,
	.track_writes = xen_track_writes,
	.map_aperture = xen_map_aperture,
	.back = xen_back,
	.unback = xen_unback,
	.inject_msi = xen_inject_msi,
	.set_intx = xen_set_intx,
	.now_ns = xen_now_ns,
	.destroy = xen_destroy,
};

static int set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

static int open_handles(struct hv_xen *x, bool restrict_handles)
{
	x->dmod = xendevicemodel_open(NULL, 0);
	if (!x->dmod)
		return -errno;
	x->fmem = xenforeignmemory_open(NULL, 0);
	if (!x->fmem)
		return -errno;
	xengt_xen_map_init(&x->map, x->fmem, x->domid);
	x->evtchn = xenevtchn_open(NULL, 0);
	if (!x->evtchn)
		return -errno;
	if (restrict_handles && xentoolcore_restrict_all(x->domid) < 0)
		return -errno;
	return set_nonblock(xenevtchn_fd(x->evtchn));
}

static int map_page(struct hv_xen *x)
{
	void *addr = NULL;

	x->page_res = xenforeignmemory_map_resource(
		x->fmem, x->domid, XENMEM_resource_ioreq_server, x->server_id,
		XENMEM_resource_ioreq_server_frame_ioreq(0), 1, &addr,
		PROT_READ | PROT_WRITE, 0);
	if (!x->page_res)
		return -errno;
	x->page = addr;
	return 0;
}

static int bind_ports(struct hv_xen *x)
{
	for (uint32_t i = 0; i < x->vcpus; i++) {
		xenevtchn_port_or_error_t port;

		port = xenevtchn_bind_interdomain(x->evtchn, x->domid,
						  x->page[i].vp_eport);
		/*
		 * EINVAL: the port is bound already, so another process serves
		 * it.
		 */
		if (port < 0)
			return x->was_taken_over && errno == EINVAL ? -EBUSY :
								       -errno;
		x->slots[i].port = port;
		x->slots[i].is_bound = true;
	}
	return 0;
}

static int set_enabled(struct hv_xen *x)
{
	return called(x, xendevicemodel_set_ioreq_server_state(
			x->dmod, x->domid, x->server_id, 1));
}

/*
 * Open the handles, and map the page of the server that cfg names, or of a new
 * one.
 */
static int attach(struct hv_xen *x, const struct xengt_hv_xen_config *cfg)
{
	unsigned int vcpus;
	ioservid_t id;
	int r;

	r = open_handles(x, cfg->restrict_handles);
	if (r < 0)
		return r;
	r = called(x, xendevicemodel_nr_vcpus(x->dmod, x->domid, &vcpus));
	if (r < 0)
		return r;
	if (!vcpus || vcpus > VCPUS_MAX)
		return -E2BIG;
	x->vcpus = vcpus;
	if (cfg->has_server) {
		x->server_id = cfg->server_id;
		x->was_taken_over = true;
		return map_page(x);
	}
	r = called(x, xendevicemodel_create_ioreq_server(
			x->dmod, x->domid, HVM_IOREQSRV_BUFIOREQ_OFF, &id));
	if (r < 0)
		return r;
	x->server_id = id;
	x->has_server = true;
	return map_page(x);
}

/*
 * Was the server ever enabled? Enabling writes the ports into the page, where
 * they stay.
 */
static bool has_ports(const struct hv_xen *x)
{
	return x->page[0].vp_eport != 0;
}

static int start(struct hv_xen *x, const struct xengt_hv_xen_config *cfg)
{
	int r;

	r = attach(x, cfg);
	if (r < 0)
		return r;
	/*
	 * Find out whether another process serves it, before changing anything.
	 */
	if (!has_ports(x)) {
		r = set_enabled(x);
		if (r < 0)
			return r;
	}
	r = bind_ports(x);
	if (r < 0)
		return r;
	if (x->was_taken_over) {
		r = set_enabled(x);
		if (r < 0)
			return r;
	}
	x->has_server = true;
	return 0;
}

static struct hv_xen *new_object(const struct xengt_hv_xen_config *cfg)
{
	struct hv_xen *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->hv.ops = &xen_ops;
	x->domid = cfg->domid;
	x->map_aperture = cfg->map_aperture;
	x->slice_frames = cfg->slice_frames;
	x->populate = cfg->populate;
	x->ctx = cfg->ctx;
	return x;
}

int xengt_hv_xen_create(const struct xengt_hv_xen_config *cfg,
			struct xengt_hv **ret_hv)
{
	struct hv_xen *x = new_object(cfg);
	int r;

	if (!x)
		return -ENOMEM;
	r = start(x, cfg);
	if (r < 0) {
		xen_destroy(&x->hv);
		return r;
	}
	*ret_hv = &x->hv;
	return 0;
}

int xengt_hv_xen_poll_fd(const struct xengt_hv *hv)
{
	return xenevtchn_fd(to_xen(hv)->evtchn);
}

void xengt_hv_xen_ack(struct xengt_hv *hv)
{
	struct hv_xen *x = to_xen(hv);

	/* Each port is pending at most once until it is unmasked. */
	for (uint32_t i = 0; i < x->vcpus; i++) {
		xenevtchn_port_or_error_t port = xenevtchn_pending(x->evtchn);

		if (port < 0)
			break;
		xenevtchn_unmask(x->evtchn, port);
	}
}

uint16_t xengt_hv_xen_server_id(const struct xengt_hv *hv)
{
	return to_xen(hv)->server_id;
}

uint32_t xengt_hv_xen_vcpus(const struct xengt_hv *hv)
{
	return to_xen(hv)->vcpus;
}

int xengt_hv_xen_reserve(uint32_t domid, uint16_t *ret_server_id)
{
	xendevicemodel_handle *dmod = xendevicemodel_open(NULL, 0);
	ioservid_t id;
	int r = 0;

	if (!dmod)
		return -errno;
	if (xendevicemodel_create_ioreq_server(dmod, domid,
					       HVM_IOREQSRV_BUFIOREQ_OFF, &id))
		r = -errno;
	else
		*ret_server_id = id;
	xendevicemodel_close(dmod);
	return r;
}

int xengt_hv_xen_retire(uint32_t domid, uint16_t server_id,
			uint32_t *ret_answered)
{
	struct xengt_hv_xen_config cfg = {
		.domid = domid,
		.has_server = true,
		.server_id = server_id,
	};
	struct hv_xen *x = new_object(&cfg);
	int r;

	*ret_answered = 0;
	if (!x)
		return -ENOMEM;
	r = attach(x, &cfg);
	if (r == 0 && has_ports(x))
		r = bind_ports(x);
	if (r == 0) {
		x->has_server = true;
		*ret_answered = disarm(x);
	}
	/* The server, or the domain, does not exist any more. */
	if (r == -ENOENT || r == -ESRCH)
		r = 0;
	xen_destroy(&x->hv);
	return r;
}
