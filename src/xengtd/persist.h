/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save, load and delete the record of a vGPU, <run-dir>/vgpu-<domid>.json. A restarted
 * broker loads this record to take the vGPU over. Returns 0 or -errno. A broker does not
 * overwrite a record that it could not read: the file exists until the vGPU has ended, so
 * that a broker of the right version can still read it.
 */
#ifndef XENGT_PERSIST_H
#define XENGT_PERSIST_H

#include "xengtd/bvgpu.h"

int xengt_bvgpu_save(const struct xengt_bvgpu *v);
int xengt_bvgpu_load(struct xengt_bvgpu *v, const char *path);
void xengt_bvgpu_unsave(const struct xengt_bvgpu *v);

#endif /* XENGT_PERSIST_H */
