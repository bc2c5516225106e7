/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes and ends the ioreq server of one domain (public/hvm/ioreq.h, dm_op.h),
 * sets its ranges, and sends interrupts.
 *
 * Xen's interface demands this order:
 *  - start: create the server without buffered requests, map its page as a
 *    resource (frame 1; a query for gfns would put the page into the guest's
 *    reach), enable the server, and only then bind the ports: a slot's vp_eport
 *    is valid only after enabling;
 *  - end: answer all requests before a port is closed or the server is
 *    destroyed. A vCPU with a request in flight wakes only by an event on the
 *    vCPU's port, and without this event it hangs for ever. Then wait until the
 *    vCPUs have taken their answers: if the server is destroyed earlier, a vCPU
 *    that has not taken its answer reads 0;
 *  - release the page type HVMMEM_ioreq_server before the server is disabled:
 *    Xen sends stores to pages of this type to the server that has the type,
 *    even if that server is disabled.
 *
 * Buffered requests are not used, because Xen makes them for legacy VGA only.
 */
#define __XEN_TOOLS__ 1

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xentoolcore.h>
#include <xen/hvm/dm_op.h>
#include <xen/memory.h>

#include "hv/hv_xen.h"
#include "hv/hv.h"
#include "hv/hv_xen_map.h"
#include "hv/hv_xen_priv.h"

/* ---- ranges ---- */

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

static bool is_range_valid(enum xengt_range_kind kind, const struct range *range)
{
	if (kind == XENGT_RANGE_PCI)
		return range->first == range->last && range->first <= 0xffff;
	return kind == XENGT_RANGE_MMIO && range->first <= range->last;
}

/*
 * Returns the range's index in ranges[kind], or range_count[kind] if the range
 * is not in ranges[kind].
 */
static uint32_t find_range(const struct hv_xen *x, enum xengt_range_kind kind,
			   const struct range *range)
{
	uint32_t i;

	for (i = 0; i < x->range_count[kind]; i++)
		if (x->ranges[kind][i].first == range->first &&
		    x->ranges[kind][i].last == range->last)
			break;
	return i;
}

static int xen_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			  uint64_t first, uint64_t last, bool on)
{
	struct hv_xen *x = to_xen(hv);
	struct range range = { first, last };
	struct range *all;
	uint32_t *count, i;
	int r;

	if (!is_range_valid(kind, &range))
		return -EINVAL;
	all = x->ranges[kind];
	count = &x->range_count[kind];
	i = find_range(x, kind, &range);
	if (on == (i < *count))
		return 0;
	if (on && *count == XENGT_XEN_RANGES_MAX)
		return -ENOSPC;
	r = set_range(x, kind, &range, on);
	if (r == -ENOMEM)
		return -ENOSPC;
	/*
	 * It is no error if an earlier worker has added the range already, or
	 * if Xen has removed the range already.
	 */
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
 * The steps have the order that the top of this file gives. Every step accepts
 * a domain that is dying or gone. Does nothing if this object does not own the
 * server (x->has_server). Returns the number of requests that this function
 * answered.
 */
static uint32_t disarm(struct hv_xen *x)
{
	uint32_t answered = 0;

	if (!x->has_server || x->is_disarmed)
		return 0;
	x->is_disarmed = true;
	remove_ranges(x);
	/*
	 * If another server has the page type, Xen refuses this call, and
	 * nothing changes.
	 */
	if (x->has_mem_type || x->was_taken_over)
		xendevicemodel_map_mem_type_to_ioreq_server(
			x->dmod, x->domid, x->server_id, HVMMEM_ioreq_server, 0);
	/* Xen pauses the vCPUs during this call, so no request is half sent. */
	xendevicemodel_set_ioreq_server_state(x->dmod, x->domid, x->server_id,
					      0);
	if (x->page) {
		answered = xengt_xen_req_answer_all(x);
		xengt_xen_req_wait_taken(x);
	}
	return answered;
}

/*
 * End the server and free the object. The object is freed in any case. Returns
 * 0, or Xen's error from the destruction of the server.
 */
static int end(struct hv_xen *x)
{
	int r = 0;

	disarm(x);
	if (x->evtchn)
		xengt_xen_req_unbind(x);
	xengt_xen_map_fini(&x->map);
	if (x->page_res)
		xenforeignmemory_unmap_resource(x->fmem, x->page_res);
	if (x->has_server &&
	    xendevicemodel_destroy_ioreq_server(x->dmod, x->domid,
						x->server_id))
		r = -errno;
	if (x->evtchn)
		xenevtchn_close(x->evtchn);
	if (x->fmem)
		xenforeignmemory_close(x->fmem);
	if (x->dmod)
		xendevicemodel_close(x->dmod);
	free(x);
	return r;
}

static void xen_destroy(struct xengt_hv *hv)
{
	if (hv)
		end(to_xen(hv));
}

static const struct xengt_hv_ops xen_ops = {
	.next_request = xengt_xen_req_next,
	.complete_request = xengt_xen_req_complete,
	.read_guest = xengt_xen_ram_read,
	.write_guest = xengt_xen_ram_write,
	.invalidate = xengt_xen_ram_invalidate,
	.trap_range = xen_trap_range,
	.track_writes = xengt_xen_ram_track_writes,
	.map_aperture = xengt_xen_ram_map_aperture,
	.map_piece = xengt_xen_ram_map_piece,
	.back = xengt_xen_ram_back,
	.unback = xengt_xen_ram_unback,
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

static int set_enabled(struct hv_xen *x)
{
	return called(x, xendevicemodel_set_ioreq_server_state(
			x->dmod, x->domid, x->server_id, 1));
}

/*
 * Open the handles, and map the page of the server that cfg names; if cfg names
 * none, make a new server and map its page.
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
	if (!vcpus || vcpus > XENGT_XEN_VCPUS_MAX)
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
 * Was the server ever enabled? Enabling writes the event channel ports into
 * the page of the requests; disabling leaves the ports there.
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
	 * Binding fails if another process serves the server. So if the
	 * server's page has ports already, bind them before changing the
	 * server's state.
	 */
	if (!has_ports(x)) {
		r = set_enabled(x);
		if (r < 0)
			return r;
	}
	r = xengt_xen_req_bind(x);
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
	x->map_piece = cfg->map_piece;
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
	int r, end_error;

	*ret_answered = 0;
	if (!x)
		return -ENOMEM;
	r = attach(x, &cfg);
	if (r == 0 && has_ports(x))
		r = xengt_xen_req_bind(x);
	if (r == 0) {
		x->has_server = true;
		*ret_answered = disarm(x);
	}
	end_error = end(x);
	r = r < 0 ? r : end_error;
	/* The server, or the domain, does not exist any more. */
	return r == -ENOENT || r == -ESRCH ? 0 : r;
}
