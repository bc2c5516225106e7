/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers that every engine has, at offsets from the engine's base.
 * (Broadwell and Skylake PRM, volume 2c; the execlist part of volume 3.
 * core/execlist.c implements the behaviour of the registers of execlists.)
 *
 * HWSTAM, the batch pointers of workaround batches and CTX_TIMESTAMP are plain
 * memory and have no row. No value that the CPU writes to these registers
 * reaches the hardware: each context's image has values of its own, and the
 * module checks the commands that set these registers.
 */
#include "core/context.h"
#include "core/execlist.h"
#include "core/internal.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/types.h"

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)
#define ALL	.bases = &xengt_engine_bases, .len = 4

#define INSTDONE_IDLE	0xffffffffu
#define INSTDONE_BUSY	0xfffffffeu

static uint32_t mode_read(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			  uint32_t off, uint32_t old)
{
	(void)reg;
	if (xengt_execlist_is_idle(vgpu, xengt_engine_at(off)))
		return old | XENGT_MI_MODE_IDLE;
	return old & ~XENGT_MI_MODE_IDLE;
}

static uint32_t instdone_read(struct xengt_vgpu *vgpu,
			      const struct xengt_reg *reg, uint32_t off,
			      uint32_t old)
{
	(void)reg;
	(void)old;
	return xengt_execlist_is_idle(vgpu, xengt_engine_at(off)) ?
		INSTDONE_IDLE : INSTDONE_BUSY;
}

static uint32_t acthd_read(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			   uint32_t off, uint32_t old)
{
	(void)reg;
	(void)old;
	return (uint32_t)xengt_execlist_acthd(vgpu, xengt_engine_at(off));
}

/*
 * The status page must lie in the vGPU's slices: a write of another address is
 * ignored.
 */
static uint32_t hws_pga_write(struct xengt_vgpu *vgpu,
			      const struct xengt_reg *reg, uint32_t off,
			      uint32_t old, uint32_t new)
{
	(void)reg;
	(void)off;
	if (new && !xengt_ggtt_is_own(vgpu, new, XENGT_PAGE_SIZE)) {
		vgpu->counters.ggtt_outside++;
		return old;
	}
	return new;
}

/*
 * An engine can be reset at any time, so the ready bit is set as soon as the
 * guest requests a reset.
 */
static uint32_t reset_ctl_write(struct xengt_vgpu *vgpu,
				const struct xengt_reg *reg, uint32_t off,
				uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	if (!(new & XENGT_RESET_REQUEST))
		return 0;
	return XENGT_RESET_REQUEST | XENGT_RESET_READY;
}

static uint32_t elsp_write(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			   uint32_t off, uint32_t old, uint32_t new)
{
	(void)reg;
	(void)old;
	xengt_execlist_write(vgpu, xengt_engine_at(off), new);
	return 0;
}

static uint32_t status_read(struct xengt_vgpu *vgpu,
			    const struct xengt_reg *reg, uint32_t off,
			    uint32_t old)
{
	enum xengt_engine_id id = xengt_engine_at(off);
	bool is_high = off != xengt_engine_bases.base[id] + reg->off;
	uint64_t status = xengt_execlist_status(vgpu, id);

	(void)old;
	return (uint32_t)(is_high ? status >> 32 : status);
}

static uint32_t timestamp_read(struct xengt_vgpu *vgpu,
			       const struct xengt_reg *reg, uint32_t off,
			       uint32_t old)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	enum xengt_engine_id id = xengt_engine_at(off);
	bool is_high = off != xengt_engine_bases.base[id] + reg->off;
	uint64_t ticks;

	if (gpu->ops->timestamp(gpu, &ticks))
		return old;
	return (uint32_t)(is_high ? ticks >> 32 : ticks);
}

static uint32_t nonpriv(const struct xengt_vgpu *vgpu,
			const struct xengt_reg *reg, uint32_t off)
{
	uint32_t base = xengt_engine_bases.base[xengt_engine_at(off)];

	return xengt_platform_nonpriv(vgpu->platform, base,
				      (off - base - reg->off) / 4);
}

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "RING_TAIL", .off = XENGT_RING_TAIL, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },						/* the running context's tail; equal to HEAD when the engine is idle */
	{ .name = "RING_HEAD", .off = XENGT_RING_HEAD, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },						/* the running context's head */
	{ .name = "RING_START", .off = XENGT_RING_START, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },						/* address of the running context's ring */
	{ .name = "RING_CTL", .off = XENGT_RING_CTL, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW },						/* size of the running context's ring */
	{ .name = "RING_PSMI_CTL", .off = 0x050, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED },		/* the host controls power saving */
	{ .name = "RING_ACTHD_UDW", .off = 0x05c, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* always 0, because a ring is below 4 GiB */
	{ .name = "RING_IPEIR", .off = 0x064, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* for diagnostics of hangs; always 0 */
	{ .name = "RING_IPEHR", .off = 0x068, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* for diagnostics of hangs; always 0 */
	{ .name = "RING_INSTDONE", .off = 0x06c, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .reset = INSTDONE_IDLE, .ro = 0xffffffff,
	  .read = instdone_read },						/* reports that the engine is idle or busy; gives no information about its units */
	{ .name = "RING_ACTHD", .off = 0x074, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = acthd_read },	/* changes at each read while work is in flight, because older drivers detect hangs by this register */
	{ .name = "RING_HWS_PGA", .off = XENGT_RING_HWS_PGA, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = hws_pga_write },	/* a write of an address outside of the vGPU's slices is ignored */
	{ .name = "RING_MI_MODE", .off = XENGT_RING_MI_MODE, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .reset = XENGT_MI_MODE_IDLE, .ro = XENGT_MI_MODE_IDLE, .read = mode_read },	/* a driver waits for the idle bit before a reset */
	{ .name = "RING_IMR", .off = XENGT_RING_IMR, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0xffffffff },			/* a mask, applied when an event is raised */
	{ .name = "RING_EIR", .off = 0x0b0, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .w1c = 0xffffffff },			/* a refused command hangs the engine and sets no error bit */
	{ .name = "RING_EMR", .off = 0x0b4, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .reset = 0xffffffff },			/* at power-on all errors are masked */
	{ .name = "RING_ESR", .off = 0x0b8, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* a refused command sets no error bit */
	{ .name = "RING_INSTPM", .off = 0x0c0, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED },		/* the hardware uses the context's own value */
	{ .name = "RING_RESET_CTL", .off = 0x0d0, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .flags = XENGT_REG_MASKED,
	  .write = reset_ctl_write },						/* a driver waits for the ready bit before it writes GDRST */
	{ .name = "CSFE_CHICKEN1", .off = 0x0d4, ALL, .gens = XENGT_GEN9,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED },		/* drivers read back the value that they wrote */
	{ .name = "RING_BBSTATE", .off = 0x110, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* for diagnostics of hangs; always 0 */
	{ .name = "RING_BBADDR", .off = 0x140, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* for diagnostics of hangs; always 0 */
	{ .name = "RING_BBADDR_UDW", .off = 0x168, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* for diagnostics of hangs; always 0 */
	{ .name = "RING_ELSP", .off = 0x230, ALL, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .write = elsp_write },			/* the fourth store submits the two contexts */
	{ .name = "RING_EXECLIST_STATUS", .off = 0x234, ALL, .count = 2, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = status_read },	/* shows the state of the two ports that the guest sees, not the hardware's state */
	{ .name = "RING_CTX_CONTROL", .off = 0x244, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED },		/* the hardware uses the context's own value */
	{ .name = "RING_MODE", .off = XENGT_RING_MODE, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED },		/* execlists are off until the guest switches them on */
	{ .name = "RING_TIMESTAMP", .off = 0x358, ALL, .count = 2, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_TRAP, .ro = 0xffffffff, .read = timestamp_read },	/* the GPU's own clock; commands that store a timestamp use the same clock */
	{ .name = "RING_CONTEXT_STATUS", .off = XENGT_RING_CSB, ALL, .count = 2 * XENGT_CSB_SLOTS, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .ro = 0xffffffff },			/* context status buffer: the same events as in the status page */
	{ .name = "RING_CONTEXT_STATUS_PTR", .off = XENGT_RING_CSB_PTR, ALL, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED,
	  .reset = 0x0007 },							/* the device advances the write pointer; after 7 (power-on) the first event is written to entry 0 */
	{ .name = "FORCE_TO_NONPRIV", .off = XENGT_RING_NONPRIV, ALL, .count = XENGT_NONPRIV_SLOTS, .stride = 4, .gens = BOTH,
	  .policy = XENGT_REG_SHADOW, .init = nonpriv, .ro = 0xffffffff },	/* the module's list of registers, equal to Linux's; read-only, so that a guest cannot let its commands write more registers */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_engine = {
	.name = "engine",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
