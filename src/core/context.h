/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the part of a guest's context image that the device model needs. */
#ifndef XENGT_CONTEXT_H
#define XENGT_CONTEXT_H

#include "core/execlist.h"
#include "core/ppgtt.h"
#include "hw/facts.h"

static inline uint32_t xengt_desc_lrca(uint64_t desc)
{
	return (uint32_t)desc & XENGT_DESC_ADDR;
}

/* The id that the guest gave the context; the context's events contain this id. */
static inline uint32_t xengt_desc_id(uint64_t desc)
{
	return (uint32_t)(desc >> 32);
}

struct xengt_guest_context {
	struct xengt_ring_state ring;
	struct xengt_ppgtt_root root;
};

/*
 * Read the context image that desc names; each byte is read once. Returns 0;
 * -EINVAL: the address mode of desc is not a legacy PPGTT; -ERANGE: the image
 * is outside of the vGPU's graphics memory, or its state page is not present;
 * -EFAULT: its state page is not RAM.
 */
int xengt_guest_context_read(struct xengt_vgpu *vgpu, uint64_t desc,
			     struct xengt_guest_context *ret_context);

/* Do these graphics addresses lie in one of the vGPU's slices? */
bool xengt_ggtt_is_own(const struct xengt_vgpu *vgpu, uint64_t addr,
		       uint64_t bytes);

/*
 * Translate a graphics address to a guest address by the guest's view of the
 * GGTT. Returns 0; -ERANGE: the address is outside of the vGPU's graphics
 * memory, or the guest's entry is not present.
 */
int xengt_ggtt_lookup(const struct xengt_vgpu *vgpu, uint32_t addr,
		      gpa_t *ret_addr);

#endif /* XENGT_CONTEXT_H */
