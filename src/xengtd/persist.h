/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save, load and delete the record of a vGPU, <run-dir>/vgpu-<domid>.json, with which a
 * restarted broker takes the vGPU over. 0 or -errno. A broker does not overwrite a record
 * that it could not read: the file stays until the vGPU is gone, for a broker of the
 * version that wrote it.
 */
#ifndef XENGT_PERSIST_H
#define XENGT_PERSIST_H

#include "xengtd/bvgpu.h"

int xengt_bvgpu_save(const struct xengt_bvgpu *v);
int xengt_bvgpu_load(struct xengt_bvgpu *v, const char *path);
void xengt_bvgpu_unsave(const struct xengt_bvgpu *v);

#endif /* XENGT_PERSIST_H */
