/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The privileged calls. They are calls of libxenctrl. Only domctl.c uses
 * libxenctrl, because its interface belongs to one version of Xen. It checks
 * those arguments that could harm others than the domain itself.
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
	bool has_shared;		/* some is shared with other domains */
	uint32_t vcpus;			/* with those that are offline */
};

int xengt_domctl_create(struct xengt_domctl **ret_domctl);
void xengt_domctl_destroy(struct xengt_domctl *d);

/*
 * -ESRCH means only that there is no such domain. If the call fails, the error
 * is another one, and nothing is known of the domain.
 */
int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info);
/* 1: memory is populated on demand; 0: it is not. */
int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid);
/* 1: an HVM domain may have alternate views of its memory; 0: it may not. */
int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid);

/*
 * Allow the domain the frames of the GPU's aperture from first_mfn on, or forbid
 * them.
 */
int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on);
/*
 * Map these machine frames at the domain's frames from first_gfn on. After an error
 * some may be mapped.
 */
int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid,
		     uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);
/*
 * Unmap them. 0: no machine frame is mapped at any of these frames, whatever was
 * there before. After an error some may be, and the call can be repeated.
 */
int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);

/* The domain's memory limit. */
int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages);
int xengt_domctl_set_max_pages(struct xengt_domctl *d, uint32_t domid,
			       uint64_t pages);
/*
 * Give the domain memory at guest frames where it has none: at all of the
 * frames, or at none. At most XENGT_RAM_FRAMES_MAX. -ENOMEM: Xen has no memory,
 * or the domain's limit is reached. -EIO: Xen gave some frames, and did not
 * take them back.
 */
int xengt_domctl_populate(struct xengt_domctl *d, uint32_t domid,
			  uint64_t first_gfn, uint32_t frames);
/*
 * Take that memory back. Frames without memory are skipped; *ret_taken is the
 * number of frames that had memory.
 */
int xengt_domctl_depopulate(struct xengt_domctl *d, uint32_t domid,
			    uint64_t first_gfn, uint32_t frames,
			    uint32_t *ret_taken);

#endif /* XENGT_DOMCTL_H */
