/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_xen.c against Xen libraries that are made here: what it calls, in which
 * order, and what is left when any of those calls fails. The real thing is the
 * conformance suite's matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xentoollog.h>

/* Time in which vCPUs run. */
static int sleep_some(const struct timespec *time, struct timespec *left);
#define nanosleep sleep_some
#include "hv/hv_xen.c"
#undef nanosleep
#include "hv/hv_xen_map.c"

#define DOMID		7
#define SERVER		3
#define RAM_FRAMES	2048u
#define HOLE		600u		/* a frame of RAM that is not there */
#define DEVICE		0xf0000u	/* frames that RAM can be put at */
#define DEVICE_FRAMES	700u

/* ---- a Xen ---- */

static struct {
	char log[8192];
	int calls, fail_at, fail_errno;		/* the fail_at'th call fails */
	int open_handles, mapped_buckets, bound_ports;
	bool has_server, is_served;
	struct ioreq page[128] __attribute__((aligned(4096)));
	uint32_t vcpus;
	evtchn_port_t pending[8];
	int pending_count, unmasked;
	int notified[128];
	int sleeps, takes_after;	/* sleeps; 0: a vCPU takes no answer */
	int lost;			/* answers that went with the server */
	int ebusy_left;
	bool is_hole_filled;
	bool has_device_ram;
	uint8_t *ram;
	int evtchn_pipe[2];
} xen;

__attribute__((format(printf, 1, 2)))
static int note(const char *fmt, ...)
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

static int handle;	/* what every handle points at */

static int sleep_some(const struct timespec *time, struct timespec *left)
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
	xen.has_server = false;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.lost += xen.page[i].state == STATE_IORESP_READY;
	return note("destroy ");
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

/* A hole of the mapping cannot be touched, as with the real one. */
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

/* ---- the tests ---- */

static struct xengt_hv *hv;
static struct xengt_counters counters;

static int reset(void **state)
{
	(void)state;
	memset(&xen, 0, sizeof(xen));
	memset(&counters, 0, sizeof(counters));
	xen.vcpus = 3;
	hv = NULL;
	return pipe(xen.evtchn_pipe);
}

/* Whatever happened: nothing of ours is left. */
static int check_nothing_left(void **state)
{
	(void)state;
	if (hv)
		hv->ops->destroy(hv);
	assert_int_equal(xen.open_handles, 0);
	assert_int_equal(xen.mapped_buckets, 0);
	assert_int_equal(xen.bound_ports, 0);
	close(xen.evtchn_pipe[0]);
	close(xen.evtchn_pipe[1]);
	return 0;
}

static void create(void)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

static void ask(uint32_t vcpu, uint64_t addr, bool is_read, bool is_ptr)
{
	struct ioreq *slot = &xen.page[vcpu];

	slot->addr = addr;
	slot->data = 0x1111;
	slot->count = 1;
	slot->size = 4;
	slot->dir = is_read;
	slot->data_is_ptr = is_ptr;
	slot->df = 0;
	slot->type = XENGT_REQ_MMIO;
	slot->state = STATE_IOREQ_READY;
}

static int populate(void *ctx, gfn_t first, uint32_t frames, bool on)
{
	(void)ctx;
	if (note("%s[%llu+%u] ", on ? "give" : "take",
		 (unsigned long long)gfn_x(first), frames))
		return -xen.fail_errno;
	xen.has_device_ram = on;
	return 0;
}

static void create_with_populate(void)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .populate = populate };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

/* RAM in the place of a device: cached, whole, and gone again. */
static void test_back(void **state)
{
	void *addr;

	(void)state;
	create_with_populate();
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), DEVICE_FRAMES, &addr),
			 0);
	assert_string_equal(xen.log, "fmap512 fmap188 give[983040+700] pin6[983040-983739] fmap700 ");
	assert_int_equal(*(uint64_t *)addr, 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 1, &addr), -EEXIST);
	xen.log[0] = '\0';
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), DEVICE_FRAMES, addr),
			 0);
	assert_string_equal(xen.log, "pin-1[983040-983739] take[983040+700] ");
	assert_int_equal(xen.mapped_buckets, 0);
}

/* Each call fails in turn: also one that only looks has not said that nothing is
 * there. */
static void test_back_fails(void **state)
{
	void *addr;
	int n, r;

	(void)state;
	create_with_populate();
	for (n = 1; ; n++) {
		xen.fail_at = xen.calls + n;
		xen.fail_errno = ENOSPC;
		r = hv->ops->back(hv, gfn(DEVICE), DEVICE_FRAMES, &addr);
		xen.fail_at = 0;
		if (r == 0)
			break;
		assert_int_equal(r, -ENOSPC);
		assert_false(xen.has_device_ram);
		assert_int_equal(xen.mapped_buckets, 0);
	}
	assert_int_equal(n, 6);
	hv->ops->unback(hv, gfn(DEVICE), DEVICE_FRAMES, addr);
}

static void test_create_order(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .restrict_handles = true };

	(void)state;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	assert_string_equal(xen.log, "open-dm open-fm open-ev restrict-7 vcpus create page state1 bind100 bind101 bind102 ");
	assert_int_equal(xengt_hv_xen_server_id(hv), SERVER);
	assert_int_equal(xengt_hv_xen_vcpus(hv), 3);
}

/* Each call of the constructor fails in turn. */
static void test_create_fails(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .restrict_handles = true };
	int n, r;

	for (n = 1; ; n++) {
		reset(state);
		xen.fail_at = n;
		xen.fail_errno = ENOSPC;
		r = xengt_hv_xen_create(&cfg, &hv);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOSPC);
		assert_null(hv);
		assert_false(xen.has_server);
		check_nothing_left(state);
	}
	assert_int_equal(n, 12);
	xen.fail_at = 0;
}

static void test_too_many_vcpus(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID };

	(void)state;
	xen.vcpus = 129;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -E2BIG);
	xen.vcpus = 0;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -E2BIG);
	assert_false(xen.has_server);
}

static void test_requests(void **state)
{
	struct xengt_req req, other;

	(void)state;
	create();
	assert_int_equal(hv->ops->next_request(hv, &req), 0);
	ask(1, 0xf0001000, true, false);
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.vcpu, 1);
	assert_int_equal(req.addr, 0xf0001000);
	assert_int_equal(req.size, 4);
	assert_int_equal(req.count, 1);
	assert_int_equal(req.type, XENGT_REQ_MMIO);
	assert_true(req.is_read);
	assert_false(req.data_is_ptr);
	assert_int_equal(xen.page[1].state, STATE_IOREQ_INPROCESS);
	/* Not handed out twice. */
	assert_int_equal(hv->ops->next_request(hv, &other), 0);
	assert_int_equal(hv->ops->complete_request(hv, &req, 0xabcd), 0);
	assert_int_equal(xen.page[1].state, STATE_IORESP_READY);
	assert_int_equal(xen.page[1].data, 0xabcd);
	assert_int_equal(xen.page[1].dir, 1);
	assert_string_equal(xen.log, "notify11 ");
	/* Not answered twice. */
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EINVAL);
	assert_int_equal(xen.notified[1], 1);
	assert_int_equal(counters.hypercalls, 1);
}

/* Only a read by value gets data: elsewhere the field is the guest's. */
static void test_data_stays(void **state)
{
	struct xengt_req req;

	(void)state;
	create();
	ask(0, 1, false, false);
	hv->ops->next_request(hv, &req);
	hv->ops->complete_request(hv, &req, 0xabcd);
	assert_int_equal(xen.page[0].data, 0x1111);
	ask(0, 1, true, true);
	hv->ops->next_request(hv, &req);
	assert_true(req.data_is_ptr);
	hv->ops->complete_request(hv, &req, 0xabcd);
	assert_int_equal(xen.page[0].data, 0x1111);
	assert_int_equal(xen.page[0].data_is_ptr, 1);
}

/* A vCPU that asks all the time does not keep the others waiting. */
static void test_fair(void **state)
{
	int served[3] = { 0 };

	(void)state;
	create();
	for (int i = 0; i < 30; i++) {
		struct xengt_req req;

		for (int vcpu = 0; vcpu < 3; vcpu++)
			if (xen.page[vcpu].state != STATE_IOREQ_READY)
				ask(vcpu, vcpu, true, false);
		assert_int_equal(hv->ops->next_request(hv, &req), 1);
		served[req.vcpu]++;
		hv->ops->complete_request(hv, &req, 0);
	}
	for (int vcpu = 0; vcpu < 3; vcpu++)
		assert_int_equal(served[vcpu], 10);
}

static void test_nonsense_request(void **state)
{
	struct xengt_req req = { .vcpu = 1000 };

	(void)state;
	create();
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EINVAL);
	ask(0, 1, true, false);
	hv->ops->next_request(hv, &req);
	xen.page[0].state = STATE_IOREQ_NONE;
	assert_int_equal(hv->ops->complete_request(hv, &req, 0), -EIO);
	assert_int_equal(xen.notified[0], 0);
}

static void test_ack_takes_all(void **state)
{
	(void)state;
	create();
	xen.pending_count = 3;
	xen.pending[0] = 10;
	xen.pending[1] = 12;
	xen.pending[2] = 11;
	xengt_hv_xen_ack(hv);
	assert_int_equal(xen.unmasked, 3);
	assert_int_equal(xen.pending_count, 0);
}

static void test_take_over(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true,
					   .server_id = SERVER };
	struct xengt_req req;

	(void)state;
	xen.has_server = true;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.page[i].vp_eport = 100 + i;
	ask(0, 0x10, true, false);
	ask(2, 0x20, true, false);
	xen.page[2].state = STATE_IOREQ_INPROCESS;
	xen.page[1].state = STATE_IORESP_READY;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	/* Bound before it is touched. */
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page bind100 bind101 bind102 state1 ");
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.addr, 0x10);
	hv->ops->complete_request(hv, &req, 0);
	assert_int_equal(hv->ops->next_request(hv, &req), 1);
	assert_int_equal(req.addr, 0x20);
	hv->ops->complete_request(hv, &req, 0);
	assert_int_equal(hv->ops->next_request(hv, &req), 0);
	assert_int_equal(xen.notified[0], 1);
	assert_int_equal(xen.notified[2], 1);
}

/* A server that was made and never enabled: as the broker hands it out. */
static void test_take_reserved(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true };
	uint16_t id;

	(void)state;
	assert_int_equal(xengt_hv_xen_reserve(DOMID, &id), 0);
	assert_string_equal(xen.log, "open-dm create ");
	assert_int_equal(xen.open_handles, 0);
	xen.log[0] = '\0';
	cfg.server_id = id;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page state1 bind100 bind101 bind102 state1 ");
}

static void test_take_over_busy(void **state)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID, .has_server = true,
					   .server_id = SERVER };

	(void)state;
	xen.has_server = true;
	xen.is_served = true;
	xen.page[0].vp_eport = 100;
	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), -EBUSY);
	assert_true(xen.has_server);
	assert_null(strstr(xen.log, "state"));
	assert_null(strstr(xen.log, "destroy"));
}

/*
 * The order of the end, with a request that was taken, one that was not, and
 * the write-protected type in use.
 */
static void test_teardown(void **state)
{
	struct xengt_req req;

	(void)state;
	create();
	hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 0x1000, 0x1fff, true);
	hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10, 0x10, true);
	hv->ops->track_writes(hv, gfn(5), 1, true);
	ask(0, 1, true, false);
	hv->ops->next_request(hv, &req);
	ask(2, 2, false, false);
	xen.log[0] = '\0';
	hv->ops->destroy(hv);
	hv = NULL;
	assert_string_equal(xen.log, "unmap[1000,1fff] unmap(0:0:2.0) type0 state0 notify10 notify12 unbind10 unbind11 unbind12 unpage destroy ");
	assert_int_equal(xen.page[0].state, STATE_IORESP_READY);
	assert_true(xen.page[0].data == UINT64_MAX);
	assert_int_equal(xen.page[2].state, STATE_IORESP_READY);
	assert_int_equal(xen.page[2].data, 0x1111);
	assert_int_equal(xen.page[1].state, STATE_IOREQ_NONE);
}

/* An answer is no use to a vCPU that takes it after its server is gone. */
static void test_teardown_waits(void **state)
{
	struct xengt_req req;

	for (int round = 0; round < 2; round++) {
		check_nothing_left(state);
		reset(state);
		create();
		ask(0, 1, true, false);
		ask(1, 1, true, false);
		hv->ops->next_request(hv, &req);
		/* also one that was answered a moment ago */
		if (round)
			hv->ops->complete_request(hv, &req, 0x1234);
		xen.takes_after = 3;
		hv->ops->destroy(hv);
		hv = NULL;
		assert_int_equal(xen.sleeps, 3);
		assert_int_equal(xen.lost, 0);
		assert_true(xen.page[0].data == (round ? 0x1234 : UINT64_MAX));
		assert_true(xen.page[1].data == UINT64_MAX);
	}
	/* nobody waits for nothing, nor for ever */
	check_nothing_left(state);
	reset(state);
	create();
	hv->ops->destroy(hv);
	assert_int_equal(xen.sleeps, 0);
	create();
	ask(0, 1, true, false);
	hv->ops->destroy(hv);
	hv = NULL;
	assert_in_range(xen.sleeps, 1, 1000);
	assert_int_equal(xen.lost, 1);
}

/* A domain that is dying refuses everything: the end goes on all the same. */
static void test_teardown_of_the_dying(void **state)
{
	for (int n = 1; n <= 12; n++) {
		reset(state);
		create();
		hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 0, 1, true);
		ask(1, 1, true, false);
		xen.fail_at = xen.calls + n;
		xen.fail_errno = ESRCH;
		hv->ops->destroy(hv);
		hv = NULL;
		assert_int_equal(xen.page[1].state, STATE_IORESP_READY);
		check_nothing_left(state);
	}
	reset(state);
}

static void test_ranges(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 2, 1, true),
			 -EINVAL);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 1, 2, true),
			 -EINVAL);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10000,
					     0x10000, true), -EINVAL);
	/* Twice on, twice off: Xen is asked once. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10,
						     0x10, true), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10,
						     0x10, false), 0);
	assert_string_equal(xen.log, "map(0:0:2.0) unmap(0:0:2.0) ");
	for (uint64_t i = 0; i < RANGES_MAX; i++)
		assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO,
						     4 * i, 4 * i + 1, true),
				 0);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 9999, 9999,
					     true), -ENOSPC);
	/* The other kind has its own. */
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_PCI, 0x10, 0x10,
					     true), 0);
}

static void test_ranges_of_xen(void **state)
{
	(void)state;
	create();
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = ENOMEM;
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, true),
			 -ENOSPC);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, true),
			 0);
	/* Xen forgot it: it is gone, as was asked for. */
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = ENOENT;
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, 1, 2, false),
			 0);
}

static void test_track_writes(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 0, true), -EINVAL);
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, true), 0);
	assert_int_equal(hv->ops->track_writes(hv, gfn(9), 1, true), 0);
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, false), 0);
	assert_string_equal(xen.log, "type2 set4[5+2] set4[9+1] set0[5+2] ");
}

static void test_track_writes_busy(void **state)
{
	(void)state;
	create();
	xen.ebusy_left = 3;
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 1, true), 0);
	assert_string_equal(xen.log, "type2 set4[5+1] ");
	xen.ebusy_left = 1000;
	assert_int_equal(hv->ops->track_writes(hv, gfn(6), 1, true), -EBUSY);
	assert_true(xen.ebusy_left > 900);
	xen.ebusy_left = 0;
}

/* One of several cannot be protected: none is. */
static void test_track_writes_fails(void **state)
{
	(void)state;
	create();
	xen.fail_at = xen.calls + 2;
	xen.fail_errno = EINVAL;
	assert_int_equal(hv->ops->track_writes(hv, gfn(5), 2, true), -EINVAL);
	assert_string_equal(xen.log, "type2 set4[5+2] set0[5+1] set0[6+1] ");
}

static void test_guest_memory(void **state)
{
	uint64_t value = 0;
	uint8_t buf[3 * 4096];

	(void)state;
	create();
	/* The fake writes each frame's number at its start. */
	assert_int_equal(hv->ops->read_guest(hv, gpa(5 * 4096), &value, 8), 0);
	assert_int_equal(value, 5);
	assert_int_equal(hv->ops->read_guest(hv, gpa(511 * 4096 + 1), buf,
					     sizeof(buf)), 0);
	memcpy(&value, buf + 4095, 8);
	assert_int_equal(value, 512);
	assert_string_equal(xen.log, "fmap512 fmap512 ");
	value = 0x55;
	assert_int_equal(hv->ops->write_guest(hv, gpa(7 * 4096 + 100), &value,
					      8), 0);
	value = 0;
	assert_int_equal(hv->ops->read_guest(hv, gpa(7 * 4096 + 100), &value,
					     8), 0);
	assert_int_equal(value, 0x55);
	assert_int_equal(counters.guest_bytes, 8 + sizeof(buf) + 16);
	hv->ops->invalidate(hv);
	assert_int_equal(xen.mapped_buckets, 0);
}

static void test_holes(void **state)
{
	uint64_t value = 77;

	(void)state;
	create();
	assert_int_equal(hv->ops->read_guest(hv, gpa(HOLE * 4096), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->write_guest(hv, gpa(HOLE * 4096 + 4095),
					      &value, 8), -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa((HOLE + 1) * 4096), &value,
					     8), 0);
	assert_int_equal(value, HOLE + 1);
	/* The guest put a page there, and nobody told us. */
	xen.is_hole_filled = true;
	assert_int_equal(hv->ops->read_guest(hv, gpa(HOLE * 4096), &value, 8),
			 0);
	assert_int_equal(value, HOLE);
	/* A bucket of nothing but holes, and addresses that no guest has. */
	assert_int_equal(hv->ops->read_guest(hv, gpa(1ull << 40), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa(1ull << 52), &value, 8),
			 -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa((1ull << 52) - 4), &value,
					     8), -EFAULT);
	assert_int_equal(hv->ops->read_guest(hv, gpa(UINT64_MAX), &value, 8),
			 -EFAULT);
}

/* Two buckets that share a place in the cache. */
static void test_eviction(void **state)
{
	uint64_t far = (uint64_t)FRAMES * XENGT_XEN_MAP_BUCKETS * 4096;
	uint64_t value;

	(void)state;
	create();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hv->ops->read_guest(hv, gpa(4096), &value, 8),
				 0);
		assert_int_equal(hv->ops->read_guest(hv, gpa(far), &value, 8),
				 -EFAULT);
		assert_true(xen.mapped_buckets <= 1);
	}
}

static int map_aperture(void *ctx, gfn_t first, bool on)
{
	(void)ctx;
	if (note("%s[%llx] ", on ? "show" : "hide",
		 (unsigned long long)gfn_x(first)))
		return -xen.fail_errno;
	return 0;
}

static void create_with_slice(uint32_t frames)
{
	struct xengt_hv_xen_config cfg = { .domid = DOMID,
					   .map_aperture = map_aperture,
					   .populate = populate,
					   .slice_frames = frames };

	assert_int_equal(xengt_hv_xen_create(&cfg, &hv), 0);
	hv->counters = &counters;
	xen.log[0] = '\0';
}

static int show(uint64_t first, bool on)
{
	int r;

	xen.log[0] = '\0';
	r = hv->ops->map_aperture(hv, gfn(first), on);
	assert_int_equal(xen.mapped_buckets, 0);
	return r;
}

static void test_aperture(void **state)
{
	(void)state;
	create();
	assert_int_equal(show(0xe0000, true), -ENOTSUP);
	hv->ops->destroy(hv);
	create_with_slice(600);
	assert_int_equal(show(0xe0000, true), 0);
	assert_string_equal(xen.log, "fmap512 fmap88 show[e0000] ");
	/* Twice: it may be gone in spite of all, so it is asked for again. */
	assert_int_equal(show(0xe0000, true), 0);
	assert_string_equal(xen.log, "fmap512 fmap88 show[e0000] ");
	assert_int_equal(show(0xd0000, true), -EBUSY);
	assert_int_equal(show(0xd0000, false), 0);
	assert_string_equal(xen.log, "");
	assert_int_equal(show(0xe0000, false), 0);
	assert_string_equal(xen.log, "hide[e0000] ");
	assert_int_equal(show(0xd0000, true), 0);
}

/* Xen would throw the RAM away. */
static void test_aperture_over_ram(void **state)
{
	(void)state;
	create_with_slice(600);
	/* by its first frame, by its last one, by RAM of ours */
	assert_int_equal(show(RAM_FRAMES - 1, true), -EINVAL);
	assert_string_equal(xen.log, "fmap512 ");
	assert_int_equal(show(RAM_FRAMES, true), 0);
	assert_int_equal(show(RAM_FRAMES, false), 0);
	assert_int_equal(show(DEVICE - 599, true), 0);
	assert_int_equal(show(DEVICE - 599, false), 0);
	xen.has_device_ram = true;
	assert_int_equal(show(DEVICE - 599, true), -EINVAL);
	assert_string_equal(xen.log, "fmap512 fmap88 ");
	assert_int_equal(show(DEVICE - 600, true), 0);
}

static void test_aperture_beyond(void **state)
{
	static const uint64_t places[] = {
		(1ull << 36) - 599, 1ull << 36, UINT64_MAX >> 12,
		UINT64_MAX - 599, UINT64_MAX,
	};

	(void)state;
	create_with_slice(600);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		assert_int_equal(show(places[i], true), -EINVAL);
		assert_string_equal(xen.log, "");
	}
	assert_int_equal(show((1ull << 36) - 600, true), 0);
}

/* Each call fails in turn: what could not be looked at is not free of RAM. */
static void test_aperture_fails(void **state)
{
	(void)state;
	create_with_slice(600);
	xen.fail_errno = ENOMEM;
	for (int n = 1; n <= 3; n++) {
		xen.fail_at = xen.calls + n;
		assert_int_equal(show(0xe0000, true), -ENOMEM);
	}
	assert_non_null(strstr(xen.log, "show"));
	assert_int_equal(show(0xe0000, true), 0);
	/* nobody took it away: it is there still */
	xen.fail_at = xen.calls + 1;
	assert_int_equal(show(0xe0000, false), -ENOMEM);
	assert_int_equal(show(0xd0000, true), -EBUSY);
	assert_int_equal(show(0xe0000, false), 0);
}

/* RAM of ours does not take the slice's place. */
static void test_back_over_aperture(void **state)
{
	void *addr;

	(void)state;
	create_with_slice(16);
	assert_int_equal(show(DEVICE + 8, true), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 9, &addr), -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 23), 9, &addr),
			 -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 10), 1, &addr),
			 -EEXIST);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 8, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), 8, addr), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE + 24), 8, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE + 24), 8, addr), 0);
	assert_int_equal(show(DEVICE + 8, false), 0);
	assert_int_equal(hv->ops->back(hv, gfn(DEVICE), 9, &addr), 0);
	assert_int_equal(hv->ops->unback(hv, gfn(DEVICE), 9, addr), 0);
}

static void test_to_the_guest(void **state)
{
	(void)state;
	create();
	assert_int_equal(hv->ops->inject_msi(hv, 0x1fee00000, 0x41), 0);
	assert_int_equal(hv->ops->set_intx(hv, 2, 0, true), 0);
	assert_int_equal(hv->ops->set_intx(hv, 32, 0, true), -EINVAL);
	assert_int_equal(hv->ops->set_intx(hv, 2, 4, true), -EINVAL);
	assert_string_equal(xen.log, "msi(1fee00000,41) intx(0:0:2.0,1) ");
	assert_int_equal(counters.hypercalls, 2);
	xen.fail_at = xen.calls + 1;
	xen.fail_errno = EINVAL;
	assert_int_equal(hv->ops->inject_msi(hv, 1, 2), -EINVAL);
}

static void test_retire(void **state)
{
	uint32_t answered;

	(void)state;
	xen.has_server = true;
	for (uint32_t i = 0; i < xen.vcpus; i++)
		xen.page[i].vp_eport = 100 + i;
	ask(0, 1, true, false);
	ask(1, 1, false, false);
	xen.page[1].state = STATE_IOREQ_INPROCESS;
	/* Answered, and died before the event: the vCPU still sleeps. */
	xen.page[2].state = STATE_IORESP_READY;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_int_equal(answered, 2);
	assert_string_equal(xen.log, "open-dm open-fm open-ev vcpus page bind100 bind101 bind102 type0 state0 notify10 notify11 notify12 unbind10 unbind11 unbind12 unpage destroy ");
	assert_true(xen.page[0].data == UINT64_MAX);
	assert_int_equal(xen.page[1].data, 0x1111);
	assert_false(xen.has_server);
}

static void test_retire_others(void **state)
{
	uint32_t answered;

	(void)state;
	/* None there. */
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_int_equal(answered, 0);
	/* No such domain. */
	xen.fail_at = xen.calls + 4;
	xen.fail_errno = ESRCH;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	/* Never enabled. */
	xen.has_server = true;
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), 0);
	assert_false(xen.has_server);
	/* Somebody serves it. */
	xen.has_server = true;
	xen.is_served = true;
	xen.page[0].vp_eport = 100;
	ask(0, 1, true, false);
	xen.log[0] = '\0';
	assert_int_equal(xengt_hv_xen_retire(DOMID, SERVER, &answered), -EBUSY);
	assert_true(xen.has_server);
	assert_null(strstr(xen.log, "state"));
	assert_int_equal(xen.page[0].state, STATE_IOREQ_READY);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, check_nothing_left)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_back),
		TEST(test_back_fails),
		TEST(test_create_order),
		TEST(test_create_fails),
		TEST(test_too_many_vcpus),
		TEST(test_requests),
		TEST(test_data_stays),
		TEST(test_fair),
		TEST(test_nonsense_request),
		TEST(test_ack_takes_all),
		TEST(test_take_over),
		TEST(test_take_reserved),
		TEST(test_take_over_busy),
		TEST(test_teardown),
		TEST(test_teardown_waits),
		TEST(test_teardown_of_the_dying),
		TEST(test_ranges),
		TEST(test_ranges_of_xen),
		TEST(test_track_writes),
		TEST(test_track_writes_busy),
		TEST(test_track_writes_fails),
		TEST(test_guest_memory),
		TEST(test_holes),
		TEST(test_eviction),
		TEST(test_aperture),
		TEST(test_aperture_over_ram),
		TEST(test_aperture_beyond),
		TEST(test_aperture_fails),
		TEST(test_back_over_aperture),
		TEST(test_to_the_guest),
		TEST(test_retire),
		TEST(test_retire_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
