/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the broker's calls of /dev/xengt. Each call opens the device and closes
 * it again, so that the module can be unloaded while there is no vGPU.
 */
#ifndef XENGT_GPUDEV_H
#define XENGT_GPUDEV_H

#include <stddef.h>

#include "uapi/xengt.h"

/* The error if /dev/xengt does not exist: the module is not loaded. */
#define XENGT_GPUDEV_NO_MODULE	ENXIO

/*
 * 0 or -errno: -XENGT_GPUDEV_NO_MODULE; -ENODEV: no GPU is bound; -EPROTONOSUPPORT: the
 * module has another version.
 */
int xengt_gpudev_info(const char *device, struct xengt_info *ret_info);
/* The errors are those of xengt_gpudev_info() and of the ioctl with the same name. */
int xengt_gpudev_create(const char *device, struct xengt_create_vgpu *vgpu);
int xengt_gpudev_set_share(const char *device,
			   const struct xengt_set_share *share);
int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info);
int xengt_gpudev_zap(int vgpu_fd);

/*
 * Write one line for the user about an error of xengt_gpudev_info() or
 * xengt_gpudev_create(). The line says what to do.
 */
void xengt_gpudev_explain(int error, char *text, size_t len);

#endif /* XENGT_GPUDEV_H */
