/* SPDX-License-Identifier: GPL-2.0-only */
/* Resets that a guest does inside its GPU. */
#ifndef XENGT_RESET_H
#define XENGT_RESET_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_RESET_ALL_ENGINES	((1u << XENGT_ENGINES) - 1)

/*
 * Engines in mask (1 << enum xengt_engine_id): their work dropped, on the
 * hardware too, their registers, ports and events at power-on state. Of this
 * vGPU only: the hardware's engine goes on for others.
 */
void xengt_reset_engines(struct xengt_vgpu *vgpu, uint32_t mask);
/* The same, with bits of GDRST. */
void xengt_reset_domains(struct xengt_vgpu *vgpu, uint32_t domains);

#endif /* XENGT_RESET_H */
