// SPDX-License-Identifier: GPL-2.0-only
/*
 * reuse-test DOMID: destroys a domain and gives its number to another domain,
 * while the fd of the first domain's vGPU is still open.
 *
 * The first domain must be paused. The program makes the new domain by a
 * hypercall, because a toolstack would use all other numbers first. Prints TAP.
 * Works only on the release of Xen with whose headers the program was built,
 * because domctls change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <xenctrl.h>

#include "uapi/xengt.h"

#define PAGES		256u
#define GFN		0x100u

static unsigned int count, failed;
static xc_interface *xch;

static void ok(bool good, const char *what)
{
	count++;
	failed += !good;
	printf("%sok %u - %s\n", good ? "" : "not ", count, what);
}

static int new_vgpu(int dev, uint32_t domid)
{
	struct xengt_create_vgpu c = {
		.domid = domid, .low_mib = 16, .high_mib = 16,
	};

	return ioctl(dev, XENGT_IOC_CREATE_VGPU, &c) ? -errno : c.fd;
}

/*
 * Write one entry that points to GFN. Returns 0, 1 if the entry points to scratch,
 * or -errno.
 */
static int fill(int fd)
{
	struct xengt_vgpu_info info;
	uint64_t entry = (uint64_t)GFN << 12 | 1;
	struct xengt_vgpu_ggtt_write w = {
		.count = 1, .entries = (uintptr_t)&entry,
	};

	if (ioctl(fd, XENGT_VGPU_IOC_INFO, &info))
		return -errno;
	w.first = info.low_base >> 12;
	return ioctl(fd, XENGT_VGPU_IOC_GGTT_WRITE, &w) ? -errno :
							  (int)w.scratched;
}

static int make_domain(uint32_t domid)
{
	struct xen_domctl_createdomain config = {
		.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
		.max_vcpus = 1,
		.max_evtchn_port = 63,
		.max_grant_frames = 4,
		.max_maptrack_frames = 0,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
		.arch.emulation_flags = XEN_X86_EMU_ALL & ~XEN_X86_EMU_VPCI,
	};

	config.handle[0] = 0x78;
	return xc_domain_create(xch, &domid, &config) ? -errno : 0;
}

static int give_memory(uint32_t domid)
{
	xen_pfn_t gfns[PAGES];
	unsigned int i, pool_mib = 2;

	for (i = 0; i < PAGES; i++)
		gfns[i] = GFN + i;
	if (xc_domain_max_vcpus(xch, domid, 1) ||
	    xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION,
			      &pool_mib, 0) < 0 ||
	    xc_domain_setmaxmem(xch, domid, 4096) ||
	    xc_domain_populate_physmap_exact(xch, domid, PAGES, 0, 0, gfns))
		return -errno;
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t domid = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int dev = open("/dev/xengt", O_RDWR | O_CLOEXEC);
	int old, fresh, r = 0;
	char cmd[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	xch = xc_interface_open(NULL, NULL, 0);
	if (!domid || dev < 0 || !xch) {
		fprintf(stderr, "usage: reuse-test DOMID, in dom0\n");
		return 2;
	}
	old = new_vgpu(dev, domid);
	ok(old >= 0, "a vGPU of the first domain");
	ok(fill(old) == 0, "... reaches the domain's memory");
	snprintf(cmd, sizeof(cmd), "xl destroy %u", domid);
	ok(system(cmd) == 0, "the first domain is destroyed");
	ok(make_domain(domid) == -EEXIST,
	   "the domain's number cannot be used while the vGPU exists");
	ok(ioctl(old, XENGT_VGPU_IOC_ZAP) == 0, "zap");
	for (int i = 0; i < 100; i++) {
		r = make_domain(domid);
		if (r != -EEXIST)
			break;
		usleep(100000);
	}
	if (r)
		printf("# create: %s\n", strerror(-r));
	ok(!r, "now a new domain has the number");
	r = give_memory(domid);
	if (r)
		printf("# memory: %s\n", strerror(-r));
	ok(!r, "... and memory");
	ok(fill(old) == -ESTALE, "the old vGPU does not reach the new domain");
	fresh = new_vgpu(dev, domid);
	if (fresh < 0)
		printf("# vGPU: %s\n", strerror(-fresh));
	ok(fresh >= 0, "a vGPU of the new domain");
	ok(fresh >= 0 && fill(fresh) == 0, "... reaches the domain's memory");
	ok(fill(old) == -ESTALE, "the old vGPU still does not reach the new domain");
	close(old);
	ok(fresh >= 0 && fill(fresh) == 0, "the new vGPU still works after the old vGPU's end");
	if (fresh >= 0)
		close(fresh);
	ok(xc_domain_destroy(xch, domid) == 0, "the new domain is destroyed");
	printf("1..%u\n", count);
	return failed != 0;
}
