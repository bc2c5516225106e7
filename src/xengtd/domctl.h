/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the broker's privileged calls of Xen. Only domctl.c uses libxenctrl,
 * because the interface of libxenctrl belongs to one version of Xen.
 */
#ifndef XENGT_DOMCTL_H
#define XENGT_DOMCTL_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_domctl;

struct xengt_domain_info {
	uint8_t uuid[16];
	bool is_hvm;			/* has a device model: neither PV nor
					 * PVH */
	bool is_hap;
	bool is_paused;
	bool is_dying;
	bool is_shutdown;
	bool has_run;			/* a vCPU has run already */
	bool has_paged;			/* some of its memory is paged out */
	bool has_shared;		/* some of its memory is shared with other
					 * domains */
	uint32_t vcpus;			/* number of vCPUs, those that are
					 * offline included */
};

int xengt_domctl_create(struct xengt_domctl **ret_domctl);
void xengt_domctl_destroy(struct xengt_domctl *d);

/*
 * Returns -ESRCH only if the domain does not exist. After any other error it is not known
 * whether the domain exists.
 */
int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info);
/* Returns 1: memory is populated on demand; 0: it is not. */
int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid);
/*
 * Returns 1: an HVM domain may have alternate views of its memory; 0: it may
 * not.
 */
int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid);

/* Allow or forbid the domain to map these machine frames of the GPU's aperture. */
int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on);
/*
 * Map these machine frames at the domain's frames from first_gfn on. After an error some
 * of them may be mapped.
 */
int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid,
		     uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);
/*
 * Unmap the machine frames. Returns 0: no machine frame is mapped at these guest frames
 * any more, or none was. After an error some may still be mapped, and the call can be
 * repeated.
 */
int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);

/* The domain's memory limit. */
int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages);
int xengt_domctl_set_max_pages(struct xengt_domctl *d, uint32_t domid,
			       uint64_t pages);
/*
 * Give the domain memory at guest frames that have none: at all of them, or at none. At
 * most XENGT_RAM_FRAMES_MAX frames. -ENOMEM: Xen has no memory, or the domain's limit is
 * reached. -EIO: Xen gave memory at some frames, and did not take it back.
 */
int xengt_domctl_populate(struct xengt_domctl *d, uint32_t domid,
			  uint64_t first_gfn, uint32_t frames);
/*
 * Take the memory at these guest frames away. Frames without memory are skipped;
 * *ret_taken is the number of frames that had memory.
 */
int xengt_domctl_depopulate(struct xengt_domctl *d, uint32_t domid,
			    uint64_t first_gfn, uint32_t frames,
			    uint32_t *ret_taken);

#endif /* XENGT_DOMCTL_H */
