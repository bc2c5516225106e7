/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests domctl.c with an imitated libxenctrl: what a failed call means, and what
 * remains after a call that did only half of its work. The conformance suite tests
 * domctl.c with the real library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>

#include "xengt/limits.h"
#include "xengt/types.h"
#include "xengtd/domctl.h"

#define DOMID	7
#define FRAMES	64u		/* number of frames of the domain's memory, from
				 * frame 0 on */
#define MAP_AT		0xf0000u
#define MAP_MFN		0xe0010u
#define MAP_FRAMES	16u
#define FREE	4u		/* number of free frames in Xen */

/* ---- a libxenctrl ---- */

static struct {
	int fail_errno;			/* error of the next call; 0: it succeeds */
	int found;			/* number of domains that getinfolist returns */
	xc_domaininfo_t info;
	uint64_t max_kib;
	uint64_t pod_entries, pod_cache, altp2m;
	bool has_ram[FRAMES];
	uint32_t free;			/* number of free frames */
	int take_errno;			/* error of the next decrease_reservation; 0: none */
	uint64_t mfn, gfn, count;	/* arguments of the last permission or mapping */
	int on;
	uint32_t port_status;
	int open;
	bool is_mapped[MAP_FRAMES];	/* is the machine frame MAP_MFN + i mapped at
					 * the guest's frame MAP_AT + i? */
	unsigned long stuck;		/* a frame that cannot be unmapped */
	uint32_t calls;			/* number of mapping calls */
} xen;

static int handle;

static int call(void)
{
	errno = xen.fail_errno;
	xen.fail_errno = 0;
	return errno ? -1 : 0;
}

xc_interface *xc_interface_open(xentoollog_logger *log, xentoollog_logger *dombuild,
				unsigned int flags)
{
	(void)log;
	(void)dombuild;
	(void)flags;
	if (call())
		return NULL;
	xen.open++;
	return (void *)&handle;
}

int xc_interface_close(xc_interface *xc)
{
	assert_ptr_equal(xc, &handle);
	xen.open--;
	return 0;
}

int xc_domain_getinfolist(xc_interface *xc, uint32_t first, unsigned int max,
			  xc_domaininfo_t *info)
{
	(void)xc;
	assert_int_equal(first, DOMID);
	assert_int_equal(max, 1);
	if (call())
		return -1;
	if (xen.found > 0)
		*info = xen.info;
	return xen.found;
}

int xc_domain_get_pod_target(xc_interface *xc, uint32_t domid, uint64_t *total,
			     uint64_t *cache, uint64_t *entries)
{
	(void)xc;
	assert_int_equal(domid, DOMID);
	*total = FRAMES;
	*cache = xen.pod_cache;
	*entries = xen.pod_entries;
	return call();
}

int xc_hvm_param_get(xc_interface *xc, uint32_t domid, uint32_t param,
		     uint64_t *ret_value)
{
	(void)xc;
	assert_int_equal(domid, DOMID);
	assert_int_equal(param, HVM_PARAM_ALTP2M);
	*ret_value = xen.altp2m;
	return call();
}

int xc_domain_iomem_permission(xc_interface *xc, uint32_t domid,
			       unsigned long first, unsigned long count,
			       uint8_t allow)
{
	(void)xc;
	assert_int_equal(domid, DOMID);
	xen.mfn = first;
	xen.count = count;
	xen.on = allow;
	return call();
}

/*
 * Behaves like Xen: unmapping stops at the first frame at which the machine frame is not
 * mapped, with an error. If the domain does not exist, errno is 0.
 */
static int unmap(unsigned long gfn, unsigned long mfn, unsigned long count)
{
	unsigned long i = 0;

	errno = 0;
	if (xen.found <= 0)
		return -EINVAL;
	for (; i < count && xen.is_mapped[gfn - MAP_AT + i] && mfn - MAP_MFN == gfn - MAP_AT; i++) {
		if (gfn - MAP_AT + i == xen.stuck) {
			errno = ENOMEM;
			return -1;
		}
		xen.is_mapped[gfn - MAP_AT + i] = false;
	}
	errno = i < count ? EINVAL : 0;
	return i < count ? -1 : 0;
}

int xc_domain_memory_mapping(xc_interface *xc, uint32_t domid,
			     unsigned long first_gfn, unsigned long first_mfn,
			     unsigned long count, uint32_t add)
{
	(void)xc;
	assert_int_equal(domid, DOMID);
	xen.gfn = first_gfn;
	xen.mfn = first_mfn;
	xen.count = count;
	xen.on = (int)add;
	xen.calls++;
	return add == DPCI_ADD_MAPPING ? call() : unmap(first_gfn, first_mfn, count);
}

int xc_domain_setmaxmem(xc_interface *xc, uint32_t domid, uint64_t kib)
{
	(void)xc;
	assert_int_equal(domid, DOMID);
	xen.max_kib = kib;
	return call();
}

/*
 * Like the real call, this function returns the number of frames that were handled
 * before the first failure.
 */
int xc_domain_populate_physmap(xc_interface *xc, uint32_t domid,
			       unsigned long count, unsigned int order,
			       unsigned int flags, xen_pfn_t *gfns)
{
	unsigned long done;

	(void)xc;
	assert_int_equal(domid, DOMID);
	assert_int_equal(order, 0);
	assert_int_equal(flags, 0);
	if (call())
		return -1;
	for (done = 0; done < count && xen.free; done++, xen.free--)
		xen.has_ram[gfns[done]] = true;
	return (int)done;
}

int xc_domain_decrease_reservation(xc_interface *xc, uint32_t domid,
				   unsigned long count, unsigned int order,
				   xen_pfn_t *gfns)
{
	unsigned long done;

	(void)xc;
	assert_int_equal(domid, DOMID);
	assert_int_equal(order, 0);
	if (xen.take_errno)
		xen.fail_errno = xen.take_errno;
	if (call())
		return -1;
	for (done = 0; done < count && xen.has_ram[gfns[done]]; done++) {
		xen.has_ram[gfns[done]] = false;
		xen.free++;
	}
	return (int)done;
}

/* ---- the tests ---- */

static struct xengt_domctl *d;

static int setup(void **state)
{
	(void)state;
	memset(&xen, 0, sizeof(xen));
	xen.found = 1;
	xen.info.domain = DOMID;
	xen.free = FREE;
	return xengt_domctl_create(&d);
}

static int teardown(void **state)
{
	(void)state;
	xengt_domctl_destroy(d);
	xengt_domctl_destroy(NULL);
	assert_int_equal(xen.open, 0);
	return 0;
}

static void no_handle(void **state)
{
	struct xengt_domctl *other = NULL;

	(void)state;
	xen.fail_errno = EACCES;
	assert_int_equal(xengt_domctl_create(&other), -EACCES);
	assert_null(other);
	assert_int_equal(xen.open, 1);
}

static void what_a_domain_is(void **state)
{
	struct xengt_domain_info info;

	(void)state;
	xen.info.flags = XEN_DOMINF_hvm_guest | XEN_DOMINF_hap |
			 XEN_DOMINF_paused;
	xen.info.arch_config.emulation_flags = XEN_X86_EMU_IOAPIC;
	xen.info.max_vcpu_id = 3;
	memset(xen.info.handle, 0xab, sizeof(xen.info.handle));
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_true(info.is_hvm && info.is_hap && info.is_paused);
	assert_false(info.is_dying || info.is_shutdown || info.has_run);
	assert_int_equal(info.vcpus, 4);
	assert_memory_equal(info.uuid, xen.info.handle, 16);
	/* a PVH domain has no device model */
	xen.info.arch_config.emulation_flags = XEN_X86_EMU_LAPIC;
	xen.info.flags = XEN_DOMINF_hvm_guest | XEN_DOMINF_dying |
			 XEN_DOMINF_shutdown;
	xen.info.cpu_time = 1;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_false(info.is_hvm || info.is_hap || info.is_paused);
	assert_true(info.is_dying && info.is_shutdown && info.has_run);
	/* ... and neither has a PV domain */
	xen.info.flags = 0;
	xen.info.arch_config.emulation_flags = XEN_X86_EMU_IOAPIC;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_false(info.is_hvm || info.is_hap);
	xen.info.flags = XEN_DOMINF_hvm_guest;
	xen.info.arch_config.emulation_flags = 0;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_false(info.is_hvm);
}

/*
 * If the domain does not exist, Xen lists nothing, or the domain with the next
 * number.
 */
static void there_is_none(void **state)
{
	struct xengt_domain_info info;
	uint64_t pages = 5;

	(void)state;
	xen.found = 0;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), -ESRCH);
	assert_int_equal(xengt_domctl_max_pages(d, DOMID, &pages), -ESRCH);
	xen.found = 1;
	xen.info.domain = DOMID + 1;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), -ESRCH);
	assert_int_equal(xengt_domctl_max_pages(d, DOMID, &pages), -ESRCH);
	assert_int_equal(pages, 5);
}

/* A failed call does not mean that the domain is gone, whatever errno is. */
static void a_failed_question(void **state)
{
	static const struct {
		int error, want;
	} cases[] = {
		{ ENOMEM, -ENOMEM }, { EINVAL, -EINVAL }, { EACCES, -EACCES },
		{ ESRCH, -EIO },
	};
	struct xengt_domain_info info;
	uint64_t pages;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		xen.fail_errno = cases[i].error;
		assert_int_equal(xengt_domctl_info(d, DOMID, &info),
				 cases[i].want);
		xen.fail_errno = cases[i].error;
		assert_int_equal(xengt_domctl_max_pages(d, DOMID, &pages),
				 cases[i].want);
	}
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
}

static void memory_on_demand(void **state)
{
	(void)state;
	assert_int_equal(xengt_domctl_has_pod(d, DOMID), 0);
	xen.pod_cache = 1;
	assert_int_equal(xengt_domctl_has_pod(d, DOMID), 1);
	xen.pod_cache = 0;
	xen.pod_entries = 1;
	assert_int_equal(xengt_domctl_has_pod(d, DOMID), 1);
	xen.fail_errno = EPERM;
	assert_int_equal(xengt_domctl_has_pod(d, DOMID), -EPERM);
}

static void what_xen_does_to_memory(void **state)
{
	struct xengt_domain_info info;

	(void)state;
	assert_int_equal(xengt_domctl_has_altp2m(d, DOMID), 0);
	xen.altp2m = 2;
	assert_int_equal(xengt_domctl_has_altp2m(d, DOMID), 1);
	xen.fail_errno = EPERM;
	assert_int_equal(xengt_domctl_has_altp2m(d, DOMID), -EPERM);
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_false(info.has_paged || info.has_shared);
	xen.info.paged_pages = 1;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_true(info.has_paged && !info.has_shared);
	xen.info.paged_pages = 0;
	xen.info.shr_pages = 1;
	assert_int_equal(xengt_domctl_info(d, DOMID, &info), 0);
	assert_true(info.has_shared && !info.has_paged);
}

static void machine_frames(void **state)
{
	(void)state;
	assert_int_equal(xengt_domctl_permit(d, DOMID, 0xe0010, 16, true), 0);
	assert_int_equal(xen.mfn, 0xe0010);
	assert_int_equal(xen.count, 16);
	assert_int_equal(xen.on, 1);
	assert_int_equal(xengt_domctl_permit(d, DOMID, 0xe0010, 16, false), 0);
	assert_int_equal(xen.on, 0);
	assert_int_equal(xengt_domctl_map(d, DOMID, 0xf0000, 0xe0010, 16), 0);
	assert_int_equal(xen.gfn, 0xf0000);
	assert_int_equal(xen.mfn, 0xe0010);
	assert_int_equal(xen.count, 16);
	assert_int_equal(xen.on, DPCI_ADD_MAPPING);
	xen.fail_errno = EPERM;
	assert_int_equal(xengt_domctl_map(d, DOMID, 1, 2, 3), -EPERM);
	xen.fail_errno = EPERM;
	assert_int_equal(xengt_domctl_permit(d, DOMID, 1, 2, true), -EPERM);
}

static void map_all(void)
{
	memset(xen.is_mapped, true, sizeof(xen.is_mapped));
	xen.stuck = MAP_FRAMES;
}

static uint32_t frames_mapped(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < MAP_FRAMES; i++)
		n += xen.is_mapped[i];
	return n;
}

static int unmap_all(void)
{
	return xengt_domctl_unmap(d, DOMID, MAP_AT, MAP_MFN, MAP_FRAMES);
}

/* A guest that leaves its aperture alone costs the broker one call, not one for each frame. */
static void all_frames_at_once(void **state)
{
	(void)state;
	map_all();
	xen.calls = 0;
	assert_int_equal(unmap_all(), 0);
	assert_int_equal(frames_mapped(), 0);
	assert_int_equal(xen.calls, 1);
}

/*
 * A guest may map another page over a frame of its aperture. The broker still unmaps
 * all other frames.
 */
static void a_hole_does_not_keep_the_rest(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MAP_FRAMES; i++) {
		map_all();
		xen.is_mapped[i] = false;
		assert_int_equal(unmap_all(), 0);
		assert_int_equal(frames_mapped(), 0);
		assert_int_equal(xen.on, DPCI_REMOVE_MAPPING);
	}
	assert_int_equal(unmap_all(), 0);
}

/*
 * One frame cannot be unmapped: the error is reported, and all other frames are
 * unmapped.
 */
static void a_frame_that_stays_mapped(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MAP_FRAMES; i++) {
		map_all();
		xen.is_mapped[(i + 1) % MAP_FRAMES] = false;
		xen.stuck = i;
		assert_int_equal(unmap_all(), -ENOMEM);
		assert_int_equal(frames_mapped(), 1);
		xen.stuck = MAP_FRAMES;
		assert_int_equal(unmap_all(), 0);
		assert_int_equal(frames_mapped(), 0);
	}
}

/*
 * If Xen's answers about the domain fail, the broker must assume that all frames are
 * still mapped.
 */
static void nobody_can_be_asked(void **state)
{
	(void)state;
	map_all();
	xen.found = 0;
	assert_true(unmap_all() < 0);
	assert_int_equal(frames_mapped(), MAP_FRAMES);
}

static void the_limit(void **state)
{
	uint64_t pages;

	(void)state;
	xen.info.max_pages = 65536 + 256;
	assert_int_equal(xengt_domctl_max_pages(d, DOMID, &pages), 0);
	assert_int_equal(pages, 65536 + 256);
	assert_int_equal(xengt_domctl_set_max_pages(d, DOMID, pages + 3), 0);
	assert_int_equal(xen.max_kib, (65536 + 256 + 3) * 4);
	xen.fail_errno = EINVAL;
	assert_int_equal(xengt_domctl_set_max_pages(d, DOMID, 1), -EINVAL);
}

static uint32_t frames_with_ram(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < FRAMES; i++)
		n += xen.has_ram[i];
	return n;
}

static void all_of_it_or_none(void **state)
{
	(void)state;
	assert_int_equal(xengt_domctl_populate(d, DOMID, 8, FREE + 1), -ENOMEM);
	assert_int_equal(frames_with_ram(), 0);
	assert_int_equal(xen.free, FREE);
	xen.free = 1;
	assert_int_equal(xengt_domctl_populate(d, DOMID, 8, 2), -ENOMEM);
	assert_int_equal(frames_with_ram(), 0);
	assert_int_equal(xen.free, 1);
	/* Xen does not take back what it gave: the caller must know */
	xen.take_errno = EBUSY;
	assert_int_equal(xengt_domctl_populate(d, DOMID, 8, 2), -EIO);
	xen.take_errno = 0;
	assert_int_equal(frames_with_ram(), 1);
	xen.has_ram[8] = false;
	xen.free = FREE;
	assert_int_equal(xengt_domctl_populate(d, DOMID, 8, FREE), 0);
	assert_int_equal(frames_with_ram(), FREE);
	assert_true(xen.has_ram[8] && xen.has_ram[8 + FREE - 1]);
	/* Xen has no free frame at all */
	assert_int_equal(xengt_domctl_populate(d, DOMID, 20, 1), -ENOMEM);
	xen.fail_errno = EPERM;
	assert_int_equal(xengt_domctl_populate(d, DOMID, 20, 1), -EPERM);
	assert_int_equal(frames_with_ram(), FREE);
}

static void frames_without_memory_are_passed_over(void **state)
{
	uint32_t taken = 99;

	(void)state;
	xen.has_ram[9] = true;
	xen.has_ram[10] = true;
	xen.has_ram[12] = true;
	xen.has_ram[15] = true;
	xen.has_ram[16] = true;
	assert_int_equal(xengt_domctl_depopulate(d, DOMID, 8, 8, &taken), 0);
	assert_int_equal(taken, 4);
	assert_int_equal(frames_with_ram(), 1);
	assert_true(xen.has_ram[16]);
	assert_int_equal(xengt_domctl_depopulate(d, DOMID, 8, 8, &taken), 0);
	assert_int_equal(taken, 0);
	xen.fail_errno = EBUSY;
	assert_int_equal(xengt_domctl_depopulate(d, DOMID, 16, 1, &taken),
			 -EBUSY);
	assert_int_equal(taken, 0);
	assert_true(xen.has_ram[16]);
}

static void sizes(void **state)
{
	static const uint32_t bad[] = {
		0, XENGT_RAM_FRAMES_MAX + 1, UINT32_MAX,
	};
	uint32_t taken = 99;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++) {
		assert_int_equal(xengt_domctl_populate(d, DOMID, 0, bad[i]),
				 -EINVAL);
		assert_int_equal(xengt_domctl_depopulate(d, DOMID, 0, bad[i],
							 &taken), -EINVAL);
		assert_int_equal(taken, 0);
	}
}

int xc_evtchn_status(xc_interface *xc, xc_evtchn_status_t *status)
{
	(void)xc;
	assert_int_equal(status->dom, DOMID_SELF);
	assert_int_equal(status->port, 33);
	status->status = xen.port_status;
	return call();
}

static void ports(void **state)
{
	static const struct {
		uint32_t status;
		int r;
	} cases[] = {
		{ EVTCHNSTAT_closed, 0 }, { EVTCHNSTAT_unbound, 0 },
		{ EVTCHNSTAT_interdomain, 1 }, { EVTCHNSTAT_virq, 0 },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		xen.port_status = cases[i].status;
		assert_int_equal(xengt_domctl_is_port_bound(d, 33), cases[i].r);
	}
	xen.fail_errno = EINVAL;
	assert_int_equal(xengt_domctl_is_port_bound(d, 33), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_handle),
		TEST(what_a_domain_is),
		TEST(there_is_none),
		TEST(a_failed_question),
		TEST(memory_on_demand),
		TEST(what_xen_does_to_memory),
		TEST(machine_frames),
		TEST(all_frames_at_once),
		TEST(a_hole_does_not_keep_the_rest),
		TEST(a_frame_that_stays_mapped),
		TEST(nobody_can_be_asked),
		TEST(the_limit),
		TEST(all_of_it_or_none),
		TEST(frames_without_memory_are_passed_over),
		TEST(sizes),
		TEST(ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
