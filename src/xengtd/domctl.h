/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the broker's privileged calls of Xen. Only domctl.c uses libxenctrl,
 * because the interface of libxenctrl changes with each version of Xen.
 */
#ifndef XENGT_DOMCTL_H
#define XENGT_DOMCTL_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_domctl;

struct xengt_domain_info {
	uint8_t uuid[16];
	bool is_hvm;			/* the domain has a device model: it is
					 * neither PV nor PVH */
	bool is_hap;
	bool is_paused;
	bool is_dying;
	bool is_shutdown;
	bool has_run;			/* a vCPU has run already */
	bool has_paged;			/* some of the domain's memory is paged
					 * out */
	bool has_shared;		/* some of the domain's memory is shared
					 * with other domains */
	uint32_t vcpus;			/* number of vCPUs, including vCPUs that
					 * are offline */
};

int xengt_domctl_create(struct xengt_domctl **ret_domctl);
void xengt_domctl_destroy(struct xengt_domctl *d);

/*
 * Returns -ESRCH only if the domain does not exist. After any other error it is not known
 * whether the domain exists.
 */
int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info);
/*
 * Returns 1: the domain's memory is populated on demand; 0: all memory of the
 * domain exists; or -errno.
 */
int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid);
/*
 * Returns 1: this HVM domain may have alternate views of its memory; 0: the
 * domain may not; or -errno.
 */
int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid);

/*
 * Allow or forbid the domain to map machine frames of the GPU's aperture: 'frames' frames
 * from first_mfn on.
 */
int xengt_domctl_permit(struct xengt_domctl *d, uint32_t domid,
			uint64_t first_mfn, uint64_t frames, bool on);
/*
 * Map the machine frames from first_mfn on at the domain's frames from first_gfn on. After
 * an error some of the machine frames may be mapped.
 */
int xengt_domctl_map(struct xengt_domctl *d, uint32_t domid,
		     uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);
/*
 * Unmap the machine frames. Returns 0: none of the machine frames is mapped at the guest
 * frames now. After an error some machine frames may still be mapped, and the caller can call
 * the function again.
 */
int xengt_domctl_unmap(struct xengt_domctl *d, uint32_t domid,
		       uint64_t first_gfn, uint64_t first_mfn, uint64_t frames);

/* Get or set the domain's memory limit. */
int xengt_domctl_max_pages(struct xengt_domctl *d, uint32_t domid,
			   uint64_t *ret_pages);
int xengt_domctl_set_max_pages(struct xengt_domctl *d, uint32_t domid,
			       uint64_t pages);
/*
 * Give the domain memory at up to XENGT_RAM_FRAMES_MAX guest frames, which must have no
 * memory. Returns 0, and all frames have memory. After an error no frame has memory,
 * except after -EIO. -ENOMEM: Xen has no memory, or the domain's limit is reached. -EIO:
 * Xen gave memory at some frames, and then failed to remove this memory; or Xen failed.
 */
int xengt_domctl_populate(struct xengt_domctl *d, uint32_t domid,
			  uint64_t first_gfn, uint32_t frames);
/*
 * Remove the memory at 'frames' guest frames from first_gfn on. Frames without memory are skipped;
 * *ret_taken is the number of frames that had memory.
 */
int xengt_domctl_depopulate(struct xengt_domctl *d, uint32_t domid,
			    uint64_t first_gfn, uint32_t frames,
			    uint32_t *ret_taken);

/*
 * Returns 1: another domain is bound to this port of dom0; 0: none is; or -errno.
 */
int xengt_domctl_is_port_bound(struct xengt_domctl *d, uint32_t port);

#endif /* XENGT_DOMCTL_H */
