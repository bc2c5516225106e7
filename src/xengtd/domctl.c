/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the broker's privileged calls of Xen; see domctl.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include "xengtd/domctl.h"
#include "xengt/limits.h"
#include "xengt/types.h"

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

/*
 * Turns the result of a libxenctrl call into 0 or -errno. Some calls fail and do not set
 * errno, so the caller must set errno to 0 before the call.
 */
static int result(int r)
{
	if (r >= 0)
		return 0;
	return errno ? -errno : -EIO;
}

/*
 * Xen lists the domains whose ids are domid or larger. If the list is empty or begins
 * with another domain, the domain domid does not exist. If the call fails, it is not
 * known whether domid exists.
 */
static int get_info(struct xengt_domctl *d, uint32_t domid,
		    xc_domaininfo_t *ret_info)
{
	int n;

	errno = EIO;
	n = xc_domain_getinfolist(d->xc, domid, 1, ret_info);
	if (n < 0)
		return errno == ESRCH ? -EIO : -errno;
	return n == 0 || ret_info->domain != domid ? -ESRCH : 0;
}

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	xc_domaininfo_t info;
	int r = get_info(d, domid, &info);

	if (r < 0)
		return r;
	*ret_info = (struct xengt_domain_info){
		.is_hvm = info.flags & XEN_DOMINF_hvm_guest &&
			  info.arch_config.emulation_flags & XEN_X86_EMU_IOAPIC,
		.is_hap = info.flags & XEN_DOMINF_hap,
		.is_paused = info.flags & XEN_DOMINF_paused,
		.is_dying = info.flags & XEN_DOMINF_dying,
		.is_shutdown = info.flags & XEN_DOMINF_shutdown,
		.has_run = info.cpu_time != 0,
		.has_paged = info.paged_pages != 0,
		.has_shared = info.shr_pages != 0,
		.vcpus = info.max_vcpu_id + 1,
	};
	memcpy(ret_info->uuid, info.handle, sizeof(ret_info->uuid));
	return 0;
}

int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid)
{
	uint64_t tot_pages, cache_pages, entries;
	int r;

	errno = 0;
	r = result(xc_domain_get_pod_target(d->xc, domid, &tot_pages,
					    &cache_pages, &entries));
	if (r < 0)
		return r;
	return entries > 0 || cache_pages > 0;
}

int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid)
{
	uint64_t value = 0;
	int r;

	errno = 0;
	r = result(xc_hvm_param_get(d->xc, domid, HVM_PARAM_ALTP2M, &value));
	return r < 0 ? r : value != 0;
}

int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on)
{
	errno = 0;
	return result(xc_domain_iomem_permission(d->xc, domid, first_mfn,
						 frames, on));
}

static int map(struct xengt_domctl *d, uint32_t domid, uint64_t first_gfn,
	       uint64_t first_mfn, uint64_t frames, bool on)
{
	errno = 0;
	return result(xc_domain_memory_mapping(d->xc, domid, first_gfn,
					       first_mfn, frames,
					       on ? DPCI_ADD_MAPPING :
						    DPCI_REMOVE_MAPPING));
}

int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid,
		     uint64_t first_gfn, uint64_t first_mfn, uint64_t frames)
{
	return map(d, domid, first_gfn, first_mfn, frames, true);
}

/*
 * libxenctrl unmaps frames in batches. In each batch Xen stops at the first frame where
 * the aperture is not mapped, and libxenctrl continues with the next batch. So a guest
 * that puts a page of its own at one frame could keep the rest of the batch mapped.
 * Therefore, after a failure, this function unmaps each frame by a separate call. If a
 * call for one frame of an existing domain fails with EINVAL, this means that no machine
 * frame is mapped at this guest frame (clear_mmio_p2m_entry() in Xen's
 * arch/x86/mm/p2m.c).
 */
int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames)
{
	xc_domaininfo_t info;
	int error = 0;

	if (map(d, domid, first_gfn, first_mfn, frames, false) == 0)
		return 0;
	for (uint64_t i = 0; i < frames; i++) {
		int r = map(d, domid, first_gfn + i, first_mfn + i, 1, false);

		if (r < 0 && r != -EINVAL && !error)
			error = r;
	}
	return error ? error : get_info(d, domid, &info);
}

int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages)
{
	xc_domaininfo_t info;
	int r = get_info(d, domid, &info);

	if (r < 0)
		return r;
	*ret_pages = info.max_pages;
	return 0;
}

int xengt_domctl_set_max_pages(struct xengt_domctl *d, uint32_t domid,
			       uint64_t pages)
{
	errno = 0;
	return result(xc_domain_setmaxmem(d->xc, domid,
					  pages * (XENGT_PAGE_SIZE / 1024)));
}

int xengt_domctl_populate(struct xengt_domctl *d, uint32_t domid,
			  uint64_t first_gfn, uint32_t frames)
{
	xen_pfn_t gfns[XENGT_RAM_FRAMES_MAX];
	uint32_t taken;
	int done;

	if (!frames || frames > XENGT_RAM_FRAMES_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < frames; i++)
		gfns[i] = first_gfn + i;
	errno = 0;
	done = xc_domain_populate_physmap(d->xc, domid, frames, 0, 0, gfns);
	if (done == (int)frames)
		return 0;
	if (done < 0)
		return result(done);
	if (done > 0 &&
	    xengt_domctl_depopulate(d, domid, first_gfn, (uint32_t)done,
				    &taken) < 0)
		return -EIO;
	return -ENOMEM;
}

int xengt_domctl_depopulate(struct xengt_domctl *d, uint32_t domid,
			    uint64_t first_gfn, uint32_t frames,
			    uint32_t *ret_taken)
{
	xen_pfn_t gfns[XENGT_RAM_FRAMES_MAX];
	int r = 0;

	*ret_taken = 0;
	if (!frames || frames > XENGT_RAM_FRAMES_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < frames; i++)
		gfns[i] = first_gfn + i;
	for (uint32_t at = 0; at < frames;) {
		/* Xen stops at the first frame that has no memory. */
		int done;

		errno = 0;
		done = xc_domain_decrease_reservation(d->xc, domid,
						      frames - at, 0,
						      gfns + at);
		if (done < 0) {
			r = result(done);
			break;
		}
		*ret_taken += (uint32_t)done;
		at += (uint32_t)done + 1;
	}
	return r;
}

int xengt_domctl_is_port_bound(struct xengt_domctl *d, uint32_t port)
{
	xc_evtchn_status_t status = { .dom = DOMID_SELF, .port = port };
	int r;

	errno = 0;
	r = result(xc_evtchn_status(d->xc, &status));
	return r < 0 ? r : status.status == EVTCHNSTAT_interdomain;
}
