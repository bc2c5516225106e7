/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks the conditions for a vGPU, and reserves its resources. Each error text is
 * one line that says what the administrator can do. vgpu_give_back.c releases the
 * resources.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu_make.h"
#include "common/edid_check.h"
#include "common/qmp_slots.h"
#include "common/vgt_request.h"
#include "hv/hv_xen.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/bvgpu.h"
#include "xengtd/defaults.h"
#include "xengtd/domctl.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/room.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_aperture.h"
#include "xengtd/vgpu_refuse.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

struct node_reader {
	struct xengt_store *store;
	uint32_t domid;
	int error;			/* first error of xenstore, negative; 0:
					 * none */
};

static char *read_node(void *ctx, const char *node)
{
	struct node_reader *reader = ctx;
	char *text = xengt_store_read(reader->store, reader->domid, node);

	if (!text && errno != ENOENT && !reader->error)
		reader->error = errno ? -errno : -EIO;
	return text;
}

/*
 * Parse the vGPU's nodes. If a node of the share of time does not exist, its value in
 * `share` is used. A node that exists but cannot be read is an error.
 */
static int parse_nodes(struct xengt_bvgpu *v,
		       const struct xengt_request_share *share,
		       struct xengt_request *ret, char *err, size_t err_len)
{
	struct node_reader reader = { v->d->store, v->domid, 0 };
	int r = xengt_request_parse(read_node, &reader, share, ret, err,
				    err_len);

	if (!reader.error)
		return r;
	snprintf(err, err_len, "cannot read the request from xenstore: %s",
		 strerror(-reader.error));
	return reader.error;
}

static int parse_request(struct xengt_bvgpu *v, struct xengt_request *ret,
			 char *err, size_t err_len)
{
	struct xengt_request_share share;
	int r = xengt_defaults_read(v->d->opt.types_conf, &share, err, err_len);

	return r < 0 ? r : parse_nodes(v, &share, ret, err, err_len);
}

bool xengt_bvgpu_is_request_other(struct xengt_bvgpu *v)
{
	char err[XENGT_REQUEST_ERR_MAX];
	struct xengt_request now;

	return parse_request(v, &now, err, sizeof(err)) == 0 &&
	       !xengt_request_is_same(&now, &v->req);
}

static int set_share(const struct xengt_bvgpu *v)
{
	const struct xengt_request_share *wish = &v->req.share;
	const struct xengt_set_share share = {
		.vgpu_id = v->info.vgpu_id,
		.weight = wish->weight,
		.cap = wish->cap,
		.slice_ms = wish->timeslice_ms,
		.timeout_ms = wish->timeout_ms,
		.stop = wish->stop,
	};

	return xengt_gpudev_set_share(v->d->opt.device, &share);
}

void xengt_bvgpu_follow_share(struct xengt_bvgpu *v)
{
	char err[XENGT_REQUEST_ERR_MAX];
	const struct xengt_request_share old = v->req.share;
	struct xengt_request now;
	int r;

	/*
	 * a value without a node in xenstore does not change, even if the defaults file
	 * has changed
	 */
	r = parse_nodes(v, &old, &now, err, sizeof(err));
	if (r < 0) {
		xengt_warn("domain %u (%s): the guest's share of time is unchanged: %s",
			   v->domid, v->req.domain, err);
		return;
	}
	if (xengt_request_is_same_share(&now, &v->req))
		return;
	v->req.share = now.share;
	r = set_share(v);
	if (r < 0)
		v->req.share = old;
	else
		r = xengt_bvgpu_save(v);
	if (r < 0)
		xengt_warn("domain %u (%s): cannot set its share of time: %s", v->domid,
			   v->req.domain, strerror(-r));
	else
		xengt_info("domain %u (%s): weight %u, cap %u %%, timeslice %u ms, timeout %u ms, stop %u now",
			   v->domid, v->req.domain, now.share.weight, now.share.cap,
			   now.share.timeslice_ms, now.share.timeout_ms, now.share.stop);
}

/*
 * Read at most size bytes of the file that a node names. Returns the number of
 * bytes, or -errno; then v->error has the reason.
 */
static ssize_t read_file(struct xengt_bvgpu *v, const char *node,
			 const char *path, uint8_t *buf, size_t size)
{
	ssize_t n;
	int fd;

	if (*path != '/')
		return xengt_bvgpu_refuse(v, -EINVAL, "%s is \"%.200s\": it must be a file by its full path",
			      node, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? -errno : read(fd, buf, size);
	if (fd >= 0 && n < 0)
		n = -errno;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return xengt_bvgpu_refuse(v, n, "%s: %.300s: %s", node, path,
			      strerror(-n));
	return n;
}

int xengt_bvgpu_read_edid(struct xengt_bvgpu *v)
{
	uint8_t buf[XENGT_EDID_MAX_BYTES + 1];
	const char *wrong;
	ssize_t n;

	if (!*v->req.edid)
		return 0;
	n = read_file(v, "edid", v->req.edid, buf, sizeof(buf));
	if (n < 0)
		return n;
	wrong = xengt_edid_error(buf, n);
	if (wrong)
		return xengt_bvgpu_refuse(v, -EINVAL, "vgt_edid: %.300s is no EDID that can be used: %s",
			      v->req.edid, wrong);
	memcpy(v->edid, buf, n);
	v->edid_bytes = n;
	return 0;
}

/*
 * vgt_monitor_config_file is a key of xengt's predecessor. xengt does not support
 * the predecessor's file format, but accepts an EDID in this file. If the request
 * also has vgt_edid, the EDID of vgt_edid is used.
 */
static int read_monitor_config(struct xengt_bvgpu *v)
{
	uint8_t buf[XENGT_EDID_MAX_BYTES + 1];
	ssize_t n;

	if (!*v->req.monitor_config)
		return 0;
	n = read_file(v, "monitor-config", v->req.monitor_config, buf,
		      sizeof(buf));
	if (n < 0)
		return n;
	if (v->edid_bytes)
		return 0;
	if (xengt_edid_error(buf, n)) {
		xengt_warn("domain %u (%s): vgt_monitor_config_file is not an EDID, so the built-in monitor is used; set vgt_edid to choose another",
			   v->domid, v->req.domain);
		return 0;
	}
	memcpy(v->edid, buf, n);
	v->edid_bytes = n;
	return 0;
}

int xengt_bvgpu_read_request(struct xengt_bvgpu *v)
{
	char err[XENGT_REQUEST_ERR_MAX];
	int r = parse_request(v, &v->req, err, sizeof(err));

	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "%s", err);
	if (!*v->req.domain) {
		char *name = xengt_store_domain_name(v->d->store, v->domid);

		snprintf(v->req.domain, sizeof(v->req.domain), "%s",
			 name && *name ? name : "?");
		free(name);
	}
	v->slot = v->req.slot;
	r = xengt_bvgpu_read_edid(v);
	return r < 0 ? r : read_monitor_config(v);
}

static int first_free(const struct xengt_qmp_slots *slots)
{
	for (int i = 2; i < XENGT_QMP_SLOTS; i++)
		if (!(slots->used >> i & 1))
			return i;
	return -1;
}

int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots)
{
	int other;

	if (!slots || !(slots->used >> v->slot & 1))
		return 0;
	other = first_free(slots);
	if (other < 0)
		return xengt_bvgpu_refuse(v, -ENOSPC, "\"%s\" has no free PCI slot",
			      v->req.domain);
	if (v->req.has_slot)
		return xengt_bvgpu_refuse(v, -EBUSY, "PCI slot %u of \"%s\" is in use (%s): do not set a slot, or choose another, such as %d",
			      v->slot, v->req.domain, slots->what[v->slot], other);
	xengt_info("domain %u (%s): PCI slot %u is in use (%s), so the vGPU gets slot %d",
		   v->domid, v->req.domain, v->slot, slots->what[v->slot], other);
	v->slot = other;
	return 0;
}

/*
 * Returns true if another vGPU is ending, so that its memory may soon become
 * free.
 */
static bool is_memory_coming(struct xengt_bvgpu *v,
			     const struct xengt_info *gpu)
{
	unsigned int held = 0;

	for (struct xengt_bvgpu *o = v->d->vgpus; o; o = o->next) {
		struct xengt_domain_info info;
		int r;

		if (o == v || o->fd < 0)
			continue;
		held++;
		if (o->state >= XENGT_BVGPU_STOPPING &&
		    o->state != XENGT_BVGPU_HELD)
			return true;
		r = xengt_domctl_info(v->d->domctl, o->domid, &info);
		if (r == -ESRCH ||
		    (r == 0 && (info.is_dying || info.is_shutdown)))
			return true;
	}
	/*
	 * If the module has more vGPUs than the list, a process that is ending still has
	 * a vGPU open.
	 */
	return gpu->vgpu_count > held;
}

/* ---- dom0's memory ---- */

/*
 * Returns the worker's resident memory in KiB, or 0 if there is no worker (any
 * more).
 */
static uint64_t worker_kib(const struct xengt_bvgpu *v)
{
	uint64_t pages = 0;
	char path[64];

	if (!v->worker)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/statm",
		 (int)xengt_worker_pid(v->worker));
	xengt_room_read(path, "", 1, &pages);
	return pages * (XENGT_PAGE_SIZE / 1024);
}

/*
 * Sets *ret_kib to the part of the memory that was promised to an existing vGPU and
 * that the vGPU does not use yet; 0 if the vGPU uses more than was promised.
 */
static int owed_kib(const struct xengt_bvgpu *o, uint64_t *ret_kib)
{
	struct xengt_vgpu_info info;
	uint64_t pages, promise, spent;
	int r = xengt_domctl_max_pages(o->d->domctl, o->domid, &pages);

	*ret_kib = 0;
	if (r == -ESRCH)
		return 0;
	if (r == 0)
		r = xengt_gpudev_vgpu_info(o->fd, &info);
	if (r < 0)
		return r;
	promise = xengt_room_promise_kib(o->req.low_mib, o->req.high_mib,
					 pages);
	spent = xengt_room_spent_kib(&info, worker_kib(o));
	*ret_kib = spent < promise ? promise - spent : 0;
	return 0;
}

static int check_memory(struct xengt_bvgpu *v, bool may_wait)
{
	uint64_t owed = 0, pages, available, kib;
	char text[512];
	int r;

	r = xengt_room_read("/proc/meminfo", "MemAvailable:", 0, &available);
	if (r == 0)
		r = xengt_domctl_max_pages(v->d->domctl, v->domid, &pages);
	for (struct xengt_bvgpu *o = v->d->vgpus; o && r == 0; o = o->next) {
		if (o == v || o->fd < 0)
			continue;
		r = owed_kib(o, &kib);
		owed += r == 0 ? kib : 0;
	}
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "cannot ask how much memory dom0 has for the vGPU of \"%s\": %s",
			      v->req.domain, strerror(-r));
	r = xengt_room_check_memory(&v->req, available, owed,
				    xengt_room_promise_kib(v->req.low_mib,
							   v->req.high_mib,
							   pages),
				    text, sizeof(text));
	if (r == 0)
		return 0;
	if (may_wait && is_memory_coming(v, &v->gpu))
		return -EAGAIN;
	return xengt_bvgpu_refuse(v, r, "%s", text);
}

static int create_failed(struct xengt_bvgpu *v, int error,
			 const struct xengt_info *gpu, bool may_wait)
{
	char text[512];

	switch (-error) {
	case ENOSPC:
		if (may_wait && is_memory_coming(v, gpu))
			return -EAGAIN;
		xengt_room_explain_gpu(&v->req, gpu, text, sizeof(text));
		return xengt_bvgpu_refuse(v, error, "%s", text);
	case EEXIST:
		/* perhaps the domain's previous vGPU is still ending */
		if (may_wait)
			return -EAGAIN;
		return xengt_bvgpu_refuse(v, error, "domain %u has a vGPU already, and a process holds it open: find out which processes have %s open",
			      v->domid, v->d->opt.device);
	case ESRCH:
		return xengt_bvgpu_refuse(v, error, "no page of domain %u can be mapped: the domain is being destroyed",
			      v->domid);
	case EINVAL:
		return xengt_bvgpu_refuse(v, error, "xengt.ko refused a vGPU with %u MB of CPU-visible and %u MB of other graphics memory and %u fences: dmesg may say why",
			      v->req.low_mib, v->req.high_mib, v->req.fences);
	default:
		xengt_gpudev_explain(error, text, sizeof(text));
		return xengt_bvgpu_refuse(v, error, "%s", text);
	}
}

/*
 * No other vGPU may get a slice that a domain may still reach. If the GPU was unbound and
 * bound again, or xengtd was restarted, the module may list slices of ending vGPUs as
 * free. So reserve these slices before the new vGPU gets a slice.
 */
static int keep_slices(struct xengt_bvgpu *v, bool may_wait)
{
	for (struct xengt_bvgpu *o = v->d->vgpus; o; o = o->next) {
		int r;

		if (o == v || xengt_bvgpu_is_slice_safe(o))
			continue;
		r = o->state >= XENGT_BVGPU_RETIRING ?
			xengt_bvgpu_keep_slice(o) : -EBUSY;
		if (r == 0)
			continue;
		if (may_wait)
			return -EAGAIN;
		return xengt_bvgpu_refuse(v, r, "graphics memory is still mapped into domain %u (%s), which has lost its vGPU, and xengtd cannot reserve this memory: destroy that domain",
			      o->domid, o->req.domain);
	}
	return 0;
}

int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait)
{
	struct xengt_create_vgpu create = {
		.domid = v->domid,
		.low_mib = v->req.low_mib,
		.high_mib = v->req.high_mib,
		.fences = v->req.fences,
		.fd = -1,
	};
	char text[256];
	int r;

	r = xengt_gpudev_info(v->d->opt.device, &v->gpu);
	if (r < 0) {
		xengt_gpudev_explain(r, text, sizeof(text));
		return xengt_bvgpu_refuse(v, r, "%s", text);
	}
	r = check_memory(v, may_wait);
	if (r == 0)
		r = keep_slices(v, may_wait);
	if (r < 0)
		return r;
	r = xengt_gpudev_create(v->d->opt.device, &create);
	if (r < 0)
		return create_failed(v, r, &v->gpu, may_wait);
	v->fd = create.fd;
	v->aperture_phys = v->gpu.aperture_phys;
	v->aperture_bytes = v->gpu.aperture_bytes;
	r = xengt_gpudev_vgpu_info(v->fd, &v->info);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "cannot read the properties of the new vGPU: %s",
			      strerror(-r));
	r = set_share(v);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "cannot give the new vGPU its share of time: %s",
			      strerror(-r));
	/*
	 * Create the ioreq server, and save its id before the worker uses the
	 * server.
	 */
	r = xengt_hv_xen_reserve(v->domid, &v->server_id);
	if (r == -ENOSPC)
		return xengt_bvgpu_refuse(v, r, "\"%s\" has 8 device models already, which is Xen's limit",
			      v->req.domain);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "Xen allows no further device model for \"%s\": %s",
			      v->req.domain, strerror(-r));
	v->has_server = true;
	r = xengt_bvgpu_save(v);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "cannot write to %s: %s", v->d->opt.run_dir,
			      strerror(-r));
	r = xengt_bvgpu_permit_aperture(v);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "Xen does not let \"%s\" use its part of the aperture: %s",
			      v->req.domain, strerror(-r));
	return 0;
}
