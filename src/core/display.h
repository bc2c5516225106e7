/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual monitor: pipe, ports, vertical blank, and the picture. */
#ifndef XENGT_DISPLAY_H
#define XENGT_DISPLAY_H

#include "xengt/types.h"

struct xengt_vgpu;

/*
 * When the display next wants xengt_display_tick(), in the clock of hv's
 * now_ns; UINT64_MAX: not before a register changes.
 */
uint64_t xengt_display_deadline(const struct xengt_vgpu *vgpu);
void xengt_display_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);

#endif /* XENGT_DISPLAY_H */
