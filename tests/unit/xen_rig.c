/* SPDX-License-Identifier: GPL-2.0-only */
/* See xen_rig.h. */
#include "xen_rig.h"

struct xen_rig xen;

int note(const char *fmt, ...)
{
	size_t len = strlen(xen.log);
	va_list args;

	va_start(args, fmt);
	vsnprintf(xen.log + len, sizeof(xen.log) - len, fmt, args);
	va_end(args);
	if (++xen.calls == xen.fail_at) {
		errno = xen.fail_errno;
		return -1;
	}
	return 0;
}

static int handle;	/* a dummy that every handle points to */

/*
 * Replaces nanosleep(). The test's vCPUs run while the code under test sleeps.
 */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	if (++xen.sleeps != xen.takes_after)
		return 0;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		if (xen.page[i].state == STATE_IORESP_READY)
			xen.page[i].state = STATE_IOREQ_NONE;
	return 0;
}

#define OPEN(type)							\
	do {								\
		if (note("open-" type " "))				\
			return NULL;					\
		xen.open_handles++;					\
		return (void *)&handle;					\
	} while (0)
#define CLOSE()								\
	do {								\
		(void)h;						\
		xen.open_handles--;					\
		return 0;						\
	} while (0)

xendevicemodel_handle *xendevicemodel_open(xentoollog_logger *l, unsigned int f)
{
	(void)l;
	(void)f;
	OPEN("dm");
}

int xendevicemodel_close(xendevicemodel_handle *h)
{
	CLOSE();
}

xenforeignmemory_handle *xenforeignmemory_open(xentoollog_logger *l,
					       unsigned int f)
{
	(void)l;
	(void)f;
	OPEN("fm");
}

int xenforeignmemory_close(xenforeignmemory_handle *h)
{
	CLOSE();
}

xenevtchn_handle *xenevtchn_open(xentoollog_logger *l, unsigned int f)
{
	(void)l;
	(void)f;
	OPEN("ev");
}

int xenevtchn_close(xenevtchn_handle *h)
{
	CLOSE();
}

int xentoolcore_restrict_all(domid_t domid)
{
	return note("restrict-%u ", domid);
}

int xendevicemodel_nr_vcpus(xendevicemodel_handle *h, domid_t d,
			    unsigned int *vcpus)
{
	(void)h;
	assert_int_equal(d, DOMID);
	*vcpus = xen.vcpus;
	return note("vcpus ");
}

int xendevicemodel_create_ioreq_server(xendevicemodel_handle *h, domid_t d,
				       int buf, ioservid_t *id)
{
	(void)h;
	(void)d;
	assert_int_equal(buf, HVM_IOREQSRV_BUFIOREQ_OFF);
	if (note("create "))
		return -1;
	xen.has_server = true;
	*id = SERVER;
	return 0;
}

int xendevicemodel_destroy_ioreq_server(xendevicemodel_handle *h, domid_t d,
					ioservid_t id)
{
	(void)h;
	(void)d;
	assert_int_equal(id, SERVER);
	assert_true(xen.has_server);
	if (note("destroy "))
		return -1;
	xen.has_server = false;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.lost += xen.page[i].state == STATE_IORESP_READY;
	return 0;
}

int xendevicemodel_set_ioreq_server_state(xendevicemodel_handle *h, domid_t d,
					  ioservid_t id, int on)
{
	(void)h;
	(void)d;
	assert_int_equal(id, SERVER);
	if (note("state%d ", on))
		return -1;
	for (uint32_t i = 0; on && i < xen.vcpus; i++)
		xen.page[i].vp_eport = 100 + i;
	return 0;
}

int xendevicemodel_map_io_range_to_ioreq_server(xendevicemodel_handle *h,
						domid_t d, ioservid_t id,
						int is_mmio, uint64_t first,
						uint64_t last)
{
	(void)h;
	(void)d;
	(void)id;
	assert_int_equal(is_mmio, 1);
	return note("map[%llx,%llx] ", (unsigned long long)first,
		    (unsigned long long)last);
}

int xendevicemodel_unmap_io_range_from_ioreq_server(xendevicemodel_handle *h,
						    domid_t d, ioservid_t id,
						    int is_mmio, uint64_t first,
						    uint64_t last)
{
	(void)h;
	(void)d;
	(void)id;
	(void)is_mmio;
	return note("unmap[%llx,%llx] ", (unsigned long long)first,
		    (unsigned long long)last);
}

int xendevicemodel_map_pcidev_to_ioreq_server(xendevicemodel_handle *h,
					      domid_t d, ioservid_t id,
					      uint16_t seg, uint8_t bus,
					      uint8_t dev, uint8_t fn)
{
	(void)h;
	(void)d;
	(void)id;
	return note("map(%x:%x:%x.%x) ", seg, bus, dev, fn);
}

int xendevicemodel_unmap_pcidev_from_ioreq_server(xendevicemodel_handle *h,
						  domid_t d, ioservid_t id,
						  uint16_t seg, uint8_t bus,
						  uint8_t dev, uint8_t fn)
{
	(void)h;
	(void)d;
	(void)id;
	return note("unmap(%x:%x:%x.%x) ", seg, bus, dev, fn);
}

int xendevicemodel_map_mem_type_to_ioreq_server(xendevicemodel_handle *h,
						domid_t d, ioservid_t id,
						uint16_t type, uint32_t flags)
{
	(void)h;
	(void)d;
	(void)id;
	assert_int_equal(type, HVMMEM_ioreq_server);
	return note("type%u ", flags);
}

int xendevicemodel_pin_memory_cacheattr(xendevicemodel_handle *h, domid_t d,
					uint64_t first, uint64_t last,
					uint32_t type)
{
	(void)h;
	(void)d;
	return note("pin%d[%llu-%llu] ", (int)type, (unsigned long long)first,
		    (unsigned long long)last);
}

int xendevicemodel_set_mem_type(xendevicemodel_handle *h, domid_t d,
				hvmmem_type_t type, uint64_t first, uint32_t nr)
{
	(void)h;
	(void)d;
	if (xen.ebusy_left) {
		xen.ebusy_left--;
		errno = EBUSY;
		return -1;
	}
	return note("set%u[%llu+%u] ", type, (unsigned long long)first, nr);
}

int xendevicemodel_inject_msi(xendevicemodel_handle *h, domid_t d,
			      uint64_t addr, uint32_t data)
{
	(void)h;
	(void)d;
	return note("msi(%llx,%x) ", (unsigned long long)addr, data);
}

int xendevicemodel_set_pci_intx_level(xendevicemodel_handle *h, domid_t d,
				      uint16_t seg, uint8_t bus, uint8_t dev,
				      uint8_t intx, unsigned int level)
{
	(void)h;
	(void)d;
	return note("intx(%x:%x:%x.%x,%u) ", seg, bus, dev, intx, level);
}

static bool is_hole(uint64_t frame)
{
	if (frame - DEVICE < DEVICE_FRAMES)
		return !xen.has_device_ram;
	return frame >= RAM_FRAMES || (frame == HOLE && !xen.is_hole_filled);
}

/* As in a real mapping, a frame that could not be mapped cannot be accessed. */
void *xenforeignmemory_map(xenforeignmemory_handle *h, uint32_t d, int prot,
			   size_t pages, const xen_pfn_t *gfns, int *errs)
{
	uint8_t *addr;

	(void)h;
	assert_int_equal(d, DOMID);
	if (note("fmap%zu ", pages))
		return NULL;
	addr = mmap(NULL, pages * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	for (size_t i = 0; i < pages; i++) {
		errs[i] = is_hole(gfns[i]) ? -EINVAL : 0;
		if (errs[i])
			continue;
		mprotect(addr + i * 4096, 4096, prot);
		memcpy(addr + i * 4096, &gfns[i], sizeof(gfns[i]));
	}
	xen.mapped_buckets++;
	return addr;
}

int xenforeignmemory_unmap(xenforeignmemory_handle *h, void *addr, size_t pages)
{
	(void)h;
	xen.mapped_buckets--;
	munmap(addr, pages * 4096);
	return 0;
}

xenforeignmemory_resource_handle *xenforeignmemory_map_resource(
	xenforeignmemory_handle *h, domid_t d, unsigned int type,
	unsigned int id, unsigned long frame, unsigned long frames, void **addr,
	int prot, int flags)
{
	(void)h;
	(void)d;
	(void)prot;
	(void)flags;
	assert_int_equal(type, XENMEM_resource_ioreq_server);
	assert_int_equal(frame, 1);
	assert_int_equal(frames, 1);
	if (note("page "))
		return NULL;
	if (!xen.has_server || id != SERVER) {
		errno = ENOENT;
		return NULL;
	}
	xen.open_handles++;
	*addr = xen.page;
	return (void *)&handle;
}

int xenforeignmemory_unmap_resource(xenforeignmemory_handle *h,
				    xenforeignmemory_resource_handle *res)
{
	(void)res;
	note("unpage ");
	CLOSE();
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return xen.evtchn_pipe[0];
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h,
						     uint32_t d,
						     evtchn_port_t remote)
{
	(void)h;
	(void)d;
	if (note("bind%u ", remote))
		return -1;
	if (xen.is_served || remote < 100) {
		errno = EINVAL;
		return -1;
	}
	xen.bound_ports++;
	return remote - 90;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	xen.bound_ports--;
	return note("unbind%u ", port);
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	xen.notified[port - 10]++;
	return note("notify%u ", port);
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	(void)h;
	if (!xen.pending_count) {
		errno = EAGAIN;
		return -1;
	}
	return xen.pending[--xen.pending_count];
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	xen.unmasked++;
	return 0;
}
