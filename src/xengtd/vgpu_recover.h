/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes over the vGPUs of an earlier broker. */
#ifndef XENGT_BVGPU_RECOVER_H
#define XENGT_BVGPU_RECOVER_H

struct xengtd;

/*
 * Take over the vGPUs and nodes of an earlier broker; call this at the start.
 * Returns 0, or -errno if the records or nodes cannot be listed.
 */
int xengt_bvgpu_recover(struct xengtd *d);

#endif /* XENGT_BVGPU_RECOVER_H */
