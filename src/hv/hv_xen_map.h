/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses a guest's memory by foreign mappings. The cache maps 2 MiB (a
 * bucket) at once, because each mapping costs a VMA and a TLB flush of all
 * CPUs. The cache records which frames have no memory (holes), so that no code
 * accesses such a frame.
 *
 * A mapped frame is held: while the frame is in the cache, Xen cannot give the
 * frame to another domain. The cache is direct mapped, so its size is bounded.
 */
#ifndef XENGT_HV_XEN_MAP_H
#define XENGT_HV_XEN_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <xenforeignmemory.h>

#define XENGT_XEN_MAP_MAX	512u	/* frames of one bucket; also the
					 * maximal number of frames for which
					 * xengt_xen_map_frames() allocates
					 * nothing */
#define XENGT_XEN_MAP_BUCKETS	4096u	/* number of buckets in the cache: 8 GiB
					 * of guest memory */

struct xengt_xen_bucket;

struct xengt_xen_map {
	xenforeignmemory_handle *fmem;	/* the caller closes the handle */
	uint32_t domid;
	uint32_t bucket_count;		/* number of buckets that are mapped */
	struct xengt_xen_bucket *buckets[XENGT_XEN_MAP_BUCKETS];
};

/*
 * In all of these functions *calls counts hypercalls. calls NULL: the
 * hypercalls are not counted.
 */
void xengt_xen_map_init(struct xengt_xen_map *map,
			xenforeignmemory_handle *fmem, uint32_t domid);
/*
 * Unmap everything. Accepts a struct of zeroes on which xengt_xen_map_init()
 * was never called.
 */
void xengt_xen_map_fini(struct xengt_xen_map *map);
void xengt_xen_map_drop(struct xengt_xen_map *map);

/*
 * Copy from the guest to 'to', or from 'from' to the guest; the other pointer
 * is NULL. Returns 0; -EFAULT: some page is not RAM; -ENOMEM.
 */
int xengt_xen_map_copy(struct xengt_xen_map *map, uint64_t addr, void *to,
		       const void *from, size_t len_bytes, uint64_t *calls);

/*
 * Map frames without the cache; errs[i] is 0 if frame i is mapped. The caller
 * unmaps the frames. For up to XENGT_XEN_MAP_MAX frames nothing is allocated.
 */
int xengt_xen_map_frames(struct xengt_xen_map *map, uint64_t first,
			 uint32_t frames, int *errs, uint8_t **ret_addr,
			 uint64_t *calls);

#endif /* XENGT_HV_XEN_MAP_H */
