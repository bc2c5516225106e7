/* SPDX-License-Identifier: GPL-2.0-only */
/* Resets engines of a vGPU when its guest requests this. */
#ifndef XENGT_RESET_H
#define XENGT_RESET_H

#include "uapi/xengt.h"
#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_RESET_ALL_ENGINES	((1u << XENGT_ENGINES) - 1)

/*
 * Reset this vGPU's engines in mask (1 << enum xengt_engine_id): drop their
 * work, also on the hardware, and put their registers, ports and events into
 * power-on state. The hardware's engines continue to work for other vGPUs.
 */
void xengt_reset_engines(struct xengt_vgpu *vgpu, uint32_t mask);
/*
 * Reset those of this vGPU's engines that the bits of GDRST in 'domains' name.
 */
void xengt_reset_domains(struct xengt_vgpu *vgpu, uint32_t domains);

#endif /* XENGT_RESET_H */
