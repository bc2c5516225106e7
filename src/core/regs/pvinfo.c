/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PVINFO, BAR0 + 0x78000: a page of registers (Linux
 * drivers/gpu/drm/i915/i915_pvinfo.h is the specification). From this page a
 * guest's driver learns that it drives a vGPU, and which part of graphics memory
 * it may use. The driver writes messages to this page.
 *
 * Messages (G2V_NOTIFY) announce PPGTT roots and contexts. A message about a
 * context has no effect: a context is read when it is submitted. The other
 * registers of the page have no row.
 */
#include "core/backing.h"
#include "core/driver.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/ppgtt.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define PDP		0x78838
#define VERSION		0x00000001		/* major 1, minor 0 */

static uint32_t magic(const struct xengt_vgpu *vgpu,
		      const struct xengt_reg *reg, uint32_t off)
{
	(void)vgpu;
	return (uint32_t)(XENGT_PVINFO_MAGIC_VALUE >> (8 * (off - reg->off)));
}

/*
 * A guest that reads PVINFO has a driver that supports vGPUs and will use this
 * vGPU, so RAM is put behind BAR0 now.
 */
static uint32_t greet(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
		      uint32_t off, uint32_t old)
{
	(void)reg;
	(void)off;
	xengt_backing_begin(vgpu);
	return old;
}

/*
 * Does the same as greet(). PVINFO_MAGIC is the first register of the page that
 * a driver reads.
 */
static uint32_t magic_read(struct xengt_vgpu *vgpu,
			   const struct xengt_reg *reg, uint32_t off,
			   uint32_t old)
{
	xengt_driver_note_probe(vgpu);
	return greet(vgpu, reg, off, old);
}

static uint32_t vgt_id(const struct xengt_vgpu *vgpu,
		       const struct xengt_reg *reg, uint32_t off)
{
	(void)reg;
	(void)off;
	return vgpu->info.vgpu_id;
}

static uint32_t caps(const struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
		     uint32_t off)
{
	(void)reg;
	(void)off;
	return vgpu->platform->pvinfo_caps;
}

/* The first dword has the base of the low slice, the second dword its size. */
static uint32_t low_range(const struct xengt_vgpu *vgpu,
			  const struct xengt_reg *reg, uint32_t off)
{
	return (uint32_t)(off == reg->off ? vgpu->info.low_base :
					    vgpu->info.low_bytes);
}

static uint32_t high_range(const struct xengt_vgpu *vgpu,
			   const struct xengt_reg *reg, uint32_t off)
{
	return (uint32_t)(off == reg->off ? vgpu->info.high_base :
					    vgpu->info.high_bytes);
}

static uint32_t fences(const struct xengt_vgpu *vgpu,
		       const struct xengt_reg *reg, uint32_t off)
{
	(void)reg;
	(void)off;
	return vgpu->info.fences;
}

static uint32_t ready_write(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	if (new)
		xengt_driver_note_work(vgpu);
	return new;
}

enum g2v_message {
	G2V_PPGTT_L3_CREATE = 2,
	G2V_PPGTT_L3_DESTROY = 3,
	G2V_PPGTT_L4_CREATE = 4,
	G2V_PPGTT_L4_DESTROY = 5,
};

static void notify_root(struct xengt_vgpu *vgpu, bool is_4level,
			bool is_created)
{
	struct xengt_ppgtt_root root = { .is_4level = is_4level };

	for (uint32_t i = 0; i < (is_4level ? 1 : 4); i++) {
		const uint32_t at = PDP + i * (uint32_t)sizeof(root.pdp[i]);

		root.pdp[i] = xengt_mmio_peek(vgpu, at) |
			(uint64_t)xengt_mmio_peek(vgpu, at + 4) << 32;
	}
	xengt_ppgtt_notify(vgpu, &root, is_created);
}

static uint32_t notify_write(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	(void)old;
	switch (new) {
	case G2V_PPGTT_L3_CREATE:
	case G2V_PPGTT_L3_DESTROY:
		notify_root(vgpu, false, new == G2V_PPGTT_L3_CREATE);
		break;
	case G2V_PPGTT_L4_CREATE:
	case G2V_PPGTT_L4_DESTROY:
		notify_root(vgpu, true, new == G2V_PPGTT_L4_CREATE);
		break;
	default:
		break;
	}
	return new;
}

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)

/* clang-format off */
static const struct xengt_reg rows[] = {
	/* what the device tells the guest: constant while the vGPU exists */
	{ .name = "PVINFO_MAGIC", .off = 0x78000, .len = 8, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .init = magic, .ro = 0xffffffff, .read = magic_read },	/* drivers recognise a vGPU by this value */
	{ .name = "PVINFO_VERSION", .off = 0x78008, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = VERSION, .ro = 0xffffffff },	/* version of this page: major, minor */
	{ .name = "PVINFO_VGT_ID", .off = 0x7800c, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = vgt_id, .ro = 0xffffffff },	/* information for the guest's administrator; drivers do not use it */
	{ .name = "PVINFO_CAPS", .off = 0x78010, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = caps, .ro = 0xffffffff },		/* only features that work (platform.c) */
	{ .name = "PVINFO_LOW", .off = 0x78040, .len = 8, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .init = low_range, .ro = 0xffffffff, .read = greet },	/* the vGPU's CPU-visible graphics memory: base, size */
	{ .name = "PVINFO_HIGH", .off = 0x78048, .len = 8, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .init = high_range, .ro = 0xffffffff, .read = greet },	/* the vGPU's graphics memory that the CPU does not see: base, size */
	{ .name = "PVINFO_FENCES", .off = 0x78050, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = fences, .ro = 0xffffffff },	/* number of fences that the guest may use, from 0 on */
	/* messages of the guest to the device */
	{ .name = "PVINFO_DISPLAY_READY", .off = 0x78804, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = ready_write },			/* the guest's driver says that its display is ready */
	{ .name = "PVINFO_SHORTAGE", .off = 0x78808, .len = 4, .gens = BOTH, .count = 4, .stride = 4,
	  .policy = XENGT_REG_SHADOW },						/* the guest's driver says how much graphics memory or how many fences it lacks */
	{ .name = "PVINFO_G2V_NOTIFY", .off = 0x78818, .len = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = notify_write },			/* messages announce that page tables were created or will be freed */
	{ .name = "PVINFO_CURSOR_HOT", .off = 0x78830, .len = 8, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0xffffffff },			/* hot spot x, y; unknown at first */
	{ .name = "PVINFO_PDP", .off = PDP, .len = 8, .gens = BOTH, .count = 4, .stride = 8,
	  .policy = XENGT_REG_SHADOW },						/* page-table root that a message is about */
	{ .name = "PVINFO_CTX_DESC", .off = 0x78858, .len = 8, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },						/* context that a message is about */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_pvinfo = {
	.name = "pvinfo",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
