/* SPDX-License-Identifier: GPL-2.0-only */
/* The privileged calls; see domctl.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include "domctl.h"

struct xengt_domctl {
	xc_interface *xc;
};

int xengt_domctl_create(struct xengt_domctl **ret_domctl)
{
	struct xengt_domctl *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->xc = xc_interface_open(NULL, NULL, 0);
	if (!d->xc) {
		int r = errno ? -errno : -EIO;

		free(d);
		return r;
	}
	*ret_domctl = d;
	return 0;
}

void xengt_domctl_destroy(struct xengt_domctl *d)
{
	if (!d)
		return;
	xc_interface_close(d->xc);
	free(d);
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	xc_domaininfo_t info;
	int n = xc_domain_getinfolist(d->xc, domid, 1, &info);

	if (n < 0)
		return errno == EACCES || errno == ENOSYS ? -errno : -ESRCH;
	if (n == 0 || info.domain != domid)
		return -ESRCH;
	*ret_info = (struct xengt_domain_info){
		.is_hvm = info.flags & XEN_DOMINF_hvm_guest &&
			  info.arch_config.emulation_flags & XEN_X86_EMU_IOAPIC,
		.is_hap = info.flags & XEN_DOMINF_hap,
		.is_paused = info.flags & XEN_DOMINF_paused,
		.is_dying = info.flags & XEN_DOMINF_dying,
		.is_shutdown = info.flags & XEN_DOMINF_shutdown,
		.has_run = info.cpu_time != 0,
		.vcpus = info.max_vcpu_id + 1,
	};
	memcpy(ret_info->uuid, info.handle, sizeof(ret_info->uuid));
	return 0;
}

int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid)
{
	uint64_t tot_pages, cache_pages, entries;

	if (xc_domain_get_pod_target(d->xc, domid, &tot_pages, &cache_pages,
				     &entries) < 0)
		return -errno;
	return entries > 0 || cache_pages > 0;
}

int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on)
{
	if (xc_domain_iomem_permission(d->xc, domid, first_mfn, frames, on) < 0)
		return -errno;
	return 0;
}

int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid,
		     uint64_t first_gfn, uint64_t first_mfn, uint64_t frames,
		     bool on)
{
	if (xc_domain_memory_mapping(d->xc, domid, first_gfn, first_mfn, frames,
				     on ? DPCI_ADD_MAPPING :
					  DPCI_REMOVE_MAPPING) < 0)
		return -errno;
	return 0;
}
