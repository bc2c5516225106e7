/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Releases the resources of a vGPU. The table parts[] lists these resources. The member
 * of struct xengt_bvgpu that marks a resource as used is cleared only after the resource
 * has been released.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu_give_back.h"
#include "hv/hv_xen.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/gpudev.h"
#include "xengtd/ram.h"
#include "xengtd/vgpu_aperture.h"

/* If the domain has ended, Xen has destroyed its ioreq servers. */
static int retire_server(struct xengt_bvgpu *v)
{
	uint32_t answered = 0;
	int r;

	if (!v->has_server)
		return 0;
	r = xengt_hv_xen_retire(v->domid, v->server_id, &answered);
	if (answered)
		xengt_info("domain %u: answered %u requests that its vGPU's process had not answered",
			   v->domid, answered);
	if (r < 0 && !v->is_domain_gone)
		return r;
	v->has_server = false;
	return 0;
}

static int zap(struct xengt_bvgpu *v)
{
	int r;

	if (v->fd < 0 || v->is_zapped)
		return 0;
	r = xengt_gpudev_zap(v->fd);
	v->is_zapped = r == 0;
	return r;
}

/*
 * Without a readable record the broker does not know the vGPU's resources. The
 * broker releases these resources only when the domain ends.
 */
static int wait_for_end(struct xengt_bvgpu *v)
{
	return v->is_unread && !v->is_domain_gone ? -EPROTO : 0;
}

/*
 * Close the vGPU's fd, so that the module frees the graphics memory. The broker
 * does this last, and only if the domain can no longer reach the graphics
 * memory.
 */
static int close_fd(struct xengt_bvgpu *v)
{
	if (v->fd < 0)
		return 0;
#ifndef XENGT_FAULT_CLOSE_MAPPED
	if (!v->is_zapped || v->has_aperture || v->has_iomem ||
	    wait_for_end(v) < 0)
		return -EBUSY;
#endif
	close(v->fd);
	v->fd = -1;
	return 0;
}

/* in the order of release; the first row stops the GPU's work for the vGPU */
static const struct part {
	const char *name;
	int (*give_back)(struct xengt_bvgpu *v);	/* returns 0 if the vGPU does
							 * not have the resource (any
							 * more) */
} parts[] = {
	{ "the GPU's work for it", zap },
	{ "its ioreq server (the domain may hang)", retire_server },
	{ "memory behind its BARs", xengt_ram_release },
	{ "its aperture, which is mapped into the domain",
	  xengt_bvgpu_unmap_aperture },
	{ "the permission to map its aperture", xengt_bvgpu_forbid_aperture },
	{ "the resources in its record, which cannot be read", wait_for_end },
	{ "its graphics memory", close_fd },
};

int xengt_bvgpu_give_back(struct xengt_bvgpu *v)
{
	int error = 0;

	*v->held = '\0';
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(parts); i++) {
		int r = parts[i].give_back(v);

		if (r == 0 || error)
			continue;
		error = r;
		snprintf(v->held, sizeof(v->held), "not released: %s: %s",
			 parts[i].name, strerror(-r));
	}
	/*
	 * If xengtd was restarted, or the GPU was unbound and bound again, the module
	 * may list the slice as free: reserve the slice again.
	 */
	if (error && xengt_bvgpu_keep_slice(v) == 0)
		zap(v);
	return error;
}
