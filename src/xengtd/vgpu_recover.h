/* SPDX-License-Identifier: GPL-2.0-only */
/* vGPUs of an earlier broker. */
#ifndef XENGT_BVGPU_RECOVER_H
#define XENGT_BVGPU_RECOVER_H

struct xengtd;

/*
 * Call this at the start: it takes over the vGPUs and nodes of an earlier
 * broker. 0, or -errno if they cannot be listed.
 */
int xengt_bvgpu_recover(struct xengtd *d);

#endif /* XENGT_BVGPU_RECOVER_H */
