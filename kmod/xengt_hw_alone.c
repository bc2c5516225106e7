// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: registers of a GPU that the module drives alone
 *
 * Stopping scanout and engines that the firmware or an earlier driver left
 * running, clearing the GGTT, and forcewake. Sources: Intel PRM Broadwell and
 * Skylake, Vol 2c (Command Reference: Registers) and Vol 12 (Display). All
 * registers of this file are the same on Gen8 and Gen9, except for some names.
 *
 * This file sets no display mode. The code stops the firmware's scanout, and
 * afterwards the monitors show nothing. The code does not change panel power
 * and port clocks.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/vgaarb.h>
#include <video/vga.h>

#include "boundary/part.h"
#include "hw/display.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"

/*
 * register in config space: bits 7:6 are n, and the GGTT has 2^n MiB of entries
 * (n = 0: there is no GGTT)
 */
#define GMCH_CTL		0x50
#define GMCH_GGMS_SHIFT		6
#define GMCH_GGMS_MASK		0x3

/* registers of the display that are not in hw/display.h */
#define VGA_CTL			0x41000
#define VGA_CTL_DISABLE		BIT(31)
#define FORCEWAKE_KERNEL	BIT(0)

/* A second VCS does not exist, because the module drives only GT2 GPUs. */
static const u32 engine_bases[] = XENGT_ENGINE_BASES;

static bool forcewake_all(struct xengt_gpu *gpu, bool on)
{
	const struct xengt_forcewake *fw = gpu->platform->forcewake;
	const struct xengt_forcewake *end = fw + XENGT_FORCEWAKES_MAX;
	bool is_done = true;

	for (; fw < end && fw->request; fw++) {
		xengt_write32(gpu, fw->request, on ?
			      XENGT_MASKED_SET(FORCEWAKE_KERNEL) :
			      XENGT_MASKED_CLEAR(FORCEWAKE_KERNEL));
		if (!xengt_hw_wait(gpu, fw->ack, FORCEWAKE_KERNEL,
			      on ? FORCEWAKE_KERNEL : 0, 50000))
			continue;
		dev_warn_ratelimited(&gpu->pdev->dev,
				     "the power domain of forcewake register 0x%x does not %s\n",
				     fw->request, on ? "wake" : "sleep");
		is_done = false;
	}
	return is_done;
}

/* Linux never puts a GPU to runtime sleep that is bound to xengt. */
void xengt_hw_power_get(struct xengt_gpu *gpu)
{
}

void xengt_hw_power_put(struct xengt_gpu *gpu)
{
}

void xengt_hw_wake(struct xengt_gpu *gpu)
{
	mutex_lock(&gpu->wake_lock);
	if (!gpu->wakes++)
		WRITE_ONCE(gpu->is_asleep, !forcewake_all(gpu, true));
	mutex_unlock(&gpu->wake_lock);
}

void xengt_hw_unwake(struct xengt_gpu *gpu)
{
	mutex_lock(&gpu->wake_lock);
	if (!--gpu->wakes)
		forcewake_all(gpu, false);
	mutex_unlock(&gpu->wake_lock);
}

/* ---- GGTT ---- */

u32 xengt_hw_ggtt_entries(struct pci_dev *pdev)
{
	u16 gmch;

	if (pci_read_config_word(pdev, GMCH_CTL, &gmch))
		return 0;
	gmch = gmch >> GMCH_GGMS_SHIFT & GMCH_GGMS_MASK;
	return gmch ? (1u << gmch << 20) / sizeof(u64) : 0;
}

int xengt_hw_ggtt_clear(struct xengt_gpu *gpu)
{
	ktime_t start = ktime_get();
	u32 i;

	for (i = 0; i < gpu->ggtt_entries; i++) {
		xengt_hw_ggtt_write(gpu, i, gpu->scratch_pte);
		if (i % 1024 == 0)
			cond_resched();
	}
	for (i = 0; i < XENGT_PART_MAX_FENCES; i++)
		xengt_hw_fence_write(gpu, i, 0);
	dev_info(&gpu->pdev->dev, "%u GGTT entries cleared in %lld ms\n",
		 gpu->ggtt_entries, ktime_ms_delta(ktime_get(), start));
	return xengt_hw_ggtt_flush(gpu);
}

/* ---- stopping what the firmware or a driver started ---- */

int xengt_hw_check(struct xengt_gpu *gpu)
{
	struct device *dev = &gpu->pdev->dev;
	u64 magic;

	if (xengt_read32(gpu, XENGT_GFX_FLSH_CNTL) == ~0u &&
	    xengt_read32(gpu, VGA_CTL) == ~0u) {
		dev_err(dev, "the device does not answer; it may be powered off\n");
		return -EIO;
	}
	magic = (u64)xengt_read32(gpu, XENGT_PVINFO_MAGIC + 4) << 32 |
		xengt_read32(gpu, XENGT_PVINFO_MAGIC);
	if (magic == XENGT_PVINFO_MAGIC_VALUE) {
		dev_err(dev, "this GPU is itself a virtual GPU\n");
		return -ENODEV;
	}
	return 0;
}

/*
 * Stop the VGA plane, which reads memory without an engine: blank the plane
 * first, and then disable it, as i915 does.
 */
static void stop_vga(struct xengt_gpu *gpu)
{
	u8 sr1;

	if (xengt_read32(gpu, VGA_CTL) & VGA_CTL_DISABLE)
		return;
	if (!vga_get_uninterruptible(gpu->pdev, VGA_RSRC_LEGACY_IO)) {
		outb(VGA_SEQ_CLOCK_MODE, VGA_SEQ_I);
		sr1 = inb(VGA_SEQ_D);
		outb(sr1 | VGA_SR01_SCREEN_OFF, VGA_SEQ_D);
		vga_put(gpu->pdev, VGA_RSRC_LEGACY_IO);
		usleep_range(300, 400);
	}
	xengt_write32(gpu, VGA_CTL, VGA_CTL_DISABLE);
	xengt_read32(gpu, VGA_CTL);
}

static bool stop_planes(struct xengt_gpu *gpu, u32 pipe)
{
	u32 at = pipe * XENGT_PIPE_STRIDE;
	bool was_on = false;
	int i;

	if (xengt_read32(gpu, XENGT_CUR_CTL + at)) {
		xengt_write32(gpu, XENGT_CUR_CTL + at, 0);
		xengt_write32(gpu, XENGT_CUR_BASE + at, 0);
		was_on = true;
	}
	for (i = 0; i < XENGT_PLANES; i++, at += XENGT_PLANE_STRIDE) {
		u32 ctl = xengt_read32(gpu, XENGT_PLANE_CTL + at);

		if (!(ctl & XENGT_PLANE_CTL_ENABLE))
			continue;
		xengt_write32(gpu, XENGT_PLANE_CTL + at, ctl & ~XENGT_PLANE_CTL_ENABLE);
		xengt_write32(gpu, XENGT_PLANE_SURF + at, 0);
		was_on = true;
	}
	return was_on;
}

static void stop_pipe(struct xengt_gpu *gpu, u32 reg)
{
	u32 conf = xengt_read32(gpu, reg);

	if (!(conf & XENGT_PIPE_CONF_ENABLE))
		return;
	xengt_write32(gpu, reg, conf & ~XENGT_PIPE_CONF_ENABLE);
	if (xengt_hw_wait(gpu, reg, XENGT_PIPE_CONF_STATE, 0, 100000))
		dev_warn(&gpu->pdev->dev, "the display pipe of register 0x%x does not stop\n", reg);
}

static void stop_scanout(struct xengt_gpu *gpu)
{
	bool has_power = (xengt_read32(gpu, XENGT_PWR_WELL_CTL_BIOS) |
			  xengt_read32(gpu, XENGT_PWR_WELL_CTL_DRIVER)) &
			 XENGT_PWR_WELL_STATE;
	u32 pipe, pipes = has_power ? XENGT_PIPES : 1;
	bool was_on = false;

	stop_vga(gpu);
	for (pipe = 0; pipe < pipes; pipe++)
		was_on |= stop_planes(gpu, pipe);
	/* a plane stops at the next frame; the slowest frame rate is 24 Hz */
	if (was_on)
		msleep(50);
	for (pipe = 0; pipe < pipes; pipe++)
		stop_pipe(gpu, XENGT_PIPE_CONF + pipe * XENGT_PIPE_STRIDE);
	stop_pipe(gpu, XENGT_PIPE_CONF_EDP);
}

/*
 * Stop the engines, because a running engine would continue to access memory
 * through the GGTT.
 */
static int stop_engines(struct xengt_gpu *gpu)
{
	struct device *dev = &gpu->pdev->dev;
	int i, r;

	xengt_hw_wake(gpu);
	for (i = 0; i < ARRAY_SIZE(engine_bases); i++) {
		u32 base = engine_bases[i];

		xengt_write32(gpu, base + XENGT_RING_MI_MODE,
			      XENGT_MASKED_SET(XENGT_MI_MODE_STOP));
		xengt_write32(gpu, base + XENGT_RING_RESET_CTL,
			      XENGT_MASKED_SET(XENGT_RESET_REQUEST));
		if (xengt_hw_wait(gpu, base + XENGT_RING_RESET_CTL,
			     XENGT_RESET_READY,
			     XENGT_RESET_READY, 700))
			dev_dbg(dev, "the engine at 0x%x does not become ready for a reset\n",
				base);
	}
	xengt_write32(gpu, XENGT_GDRST, XENGT_GDRST_FULL);
	r = xengt_hw_wait(gpu, XENGT_GDRST, XENGT_GDRST_FULL, 0, 2000);
	if (READ_ONCE(gpu->is_asleep))
		r = -EIO;
	if (r)
		dev_err(dev, "the reset of the engines does not end\n");
	for (i = 0; i < ARRAY_SIZE(engine_bases); i++)
		xengt_write32(gpu, engine_bases[i] + XENGT_RING_RESET_CTL,
			      XENGT_MASKED_CLEAR(XENGT_RESET_REQUEST));
	if (gpu->platform->has_64k)
		xengt_write32(gpu, XENGT_GAMW_ECO_DEV,
			      xengt_read32(gpu, XENGT_GAMW_ECO_DEV) |
			      XENGT_GAMW_ECO_DEV_64K);
	xengt_hw_unwake(gpu);
	return r ? -EIO : 0;
}

int xengt_hw_stop(struct xengt_gpu *gpu)
{
	stop_scanout(gpu);
	return stop_engines(gpu);
}
