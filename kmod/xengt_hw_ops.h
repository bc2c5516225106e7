/* SPDX-License-Identifier: GPL-2.0-only */
/* The boundary's operations on the hardware of the bound GPU. */
#ifndef XENGT_KMOD_HW_OPS_H
#define XENGT_KMOD_HW_OPS_H

#include "boundary/bnd_hw.h"

/* The ctx of these operations is the struct xengt_gpu. */
extern const struct xengt_hw_ops xengt_gpu_hw_ops;

#endif /* XENGT_KMOD_HW_OPS_H */
