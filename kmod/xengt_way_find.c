// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gets the facts from Xen and Linux by which src/boundary/way.c chooses the way
 * (xengt_way.h).
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include <xen/features.h>
#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "boundary/way.h"
#include "uapi/xengt.h"
#include "xengt_gpu.h"
#include "xengt_way.h"

static const struct xengt_way_ops *const ways[] = {
	[XENGT_WAY_PV] = &xengt_way_pv,
	[XENGT_WAY_PVH] = &xengt_way_pvh,
};

const struct xengt_way_ops *xengt_way_of(const struct xengt_gpu *gpu)
{
	return ways[gpu->way];
}

int xengt_way_find(struct pci_dev *pdev, const struct xengt_platform *platform,
		   enum xengt_way *ret_way)
{
	char *cmdline = kzalloc(XENGT_WAY_CMDLINE_BYTES, GFP_KERNEL);
	struct xengt_way_facts facts = {
		.is_dom0 = xen_initial_domain(),
		.is_pv = xen_pv_domain(),
		.is_pvh = xen_hvm_domain() &&
			  xen_feature(XENFEAT_auto_translated_physmap),
		.platform = platform,
	};
	const char *reason;
	int r;

	if (!cmdline)
		return -ENOMEM;
	if (xen_domain() && !HYPERVISOR_xen_version(XENVER_commandline, cmdline)) {
		cmdline[XENGT_WAY_CMDLINE_BYTES - 1] = '\0';
		facts.cmdline = cmdline;
	}
	r = xengt_way_choose(&facts, ret_way, &reason);
	if (r)
		dev_err(&pdev->dev, "%s\n", reason);
	kfree(cmdline);
	return r;
}
