/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device that the worker serves: the pointers that the parts of the worker
 * share.
 */
#ifndef XENGT_VGPU_DEVICE_H
#define XENGT_VGPU_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "xengt/driver.h"

struct xengt_hv;
struct xengt_gpu;
struct xengt_vgpu;
struct xengt_recorder;

/* main.c owns what the pointers point to. The pointers are NULL until
 * xengt_loop_run(). If the session is not recorded, recorder stays NULL. */
struct xengt_device {
	struct xengt_hv *hv;		/* xengt_hv_xen_create() made it */
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct xengt_recorder *recorder;
	bool is_unplugged;		/* the guest reads all-ones */
	bool is_dead;			/* the vGPU was zapped, or the host
					 * failed */
	enum xengt_driver_state driver;	/* the driver's state at the end of the
					 * loop's last pass */
	uint64_t driver_since_msec;	/* when the driver entered this state,
					 * by the clock of now_msec */
	uint64_t now_msec;		/* CLOCK_MONOTONIC when the loop's pass
					 * began */
};

#endif /* XENGT_VGPU_DEVICE_H */
