/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A library that is preloaded into the real xl. The library plays a hypervisor that
 * knows only the hypercalls of `xl -N create`. The machine has two processors, one
 * NUMA node, HVM with HAP, and an IOMMU. Every other hypercall fails with ENOSYS.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>
#include <xencall.h>
#include <xendevicemodel.h>
#include <xenforeignmemory.h>

struct xencall_handle {
	int unused;
};

xencall_handle *xencall_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return calloc(1, sizeof(struct xencall_handle));
}

int xencall_close(xencall_handle *h)
{
	free(h);
	return 0;
}

int xencall_buffers_never_fault(xencall_handle *h)
{
	(void)h;
	return 1;
}

void *xencall_alloc_buffer(xencall_handle *h, size_t size)
{
	(void)h;
	return calloc(1, size);
}

void xencall_free_buffer(xencall_handle *h, void *p)
{
	(void)h;
	free(p);
}

void *xencall_alloc_buffer_pages(xencall_handle *h, size_t count)
{
	(void)h;
	return aligned_alloc(4096, count * 4096);
}

void xencall_free_buffer_pages(xencall_handle *h, void *p, size_t count)
{
	(void)h;
	(void)count;
	free(p);
}

static bool answers(struct xen_sysctl *ctl)
{
	struct xen_sysctl_physinfo *info = &ctl->u.physinfo;

	if (ctl->cmd != XEN_SYSCTL_physinfo)
		return false;
	memset(info, 0, sizeof(*info));
	info->threads_per_core = 1;
	info->cores_per_socket = 2;
	info->nr_cpus = 2;
	info->max_cpu_id = 1;
	info->nr_nodes = 1;
	info->total_pages = 1 << 20;
	info->free_pages = 1 << 19;
	info->capabilities = XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_pv |
		XEN_SYSCTL_PHYSCAP_directio | XEN_SYSCTL_PHYSCAP_hap |
		XEN_SYSCTL_PHYSCAP_shadow;
	return true;
}

int xencall1(xencall_handle *h, unsigned int op, uint64_t arg)
{
	(void)h;
	if (op == __HYPERVISOR_sysctl && answers((void *)(uintptr_t)arg))
		return 0;
	errno = ENOSYS;
	return -1;
}

int xencall2(xencall_handle *h, unsigned int op, uint64_t a, uint64_t b)
{
	(void)h;
	(void)op;
	(void)a;
	(void)b;
	errno = ENOSYS;
	return -1;
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
					       unsigned int flags)
{
	return (void *)xencall_open(logger, flags);
}

int xenforeignmemory_close(xenforeignmemory_handle *h)
{
	return xencall_close((void *)h);
}

xendevicemodel_handle *xendevicemodel_open(struct xentoollog_logger *logger,
					   unsigned int flags)
{
	return (void *)xencall_open(logger, flags);
}

int xendevicemodel_close(xendevicemodel_handle *h)
{
	return xencall_close((void *)h);
}
