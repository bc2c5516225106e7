/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the virtual display: pipes, vertical blanks, and the monitor on port
 * B.
 */
#ifndef XENGT_DISPLAY_H
#define XENGT_DISPLAY_H

#include "core/aux.h"
#include "core/sbi.h"
#include "hw/display.h"

struct xengt_vgpu;
struct xengt_reg;

/*
 * Port B's bit in the interrupt registers of the south display. In the ISR,
 * which shows levels, port B's bit is set while a monitor is plugged in.
 */
#define XENGT_PCH_HOTPLUG_B	0x200000u

/*
 * The state of a pipe. Vertical blanks are counted from the time at which the
 * pipe was switched on. A blank begins after the last active line of a frame.
 */
struct xengt_pipe {
	bool is_on;
	uint64_t start_ns;	/* time of the first pixel of the first frame */
	uint64_t pixel_hz;
	uint32_t htotal;
	uint32_t vtotal;
	uint32_t vactive;
	uint64_t latched;	/* number of the last blank at which armed
				 * planes were made live, counted from
				 * start_ns */
	uint64_t told;		/* number of the last blank, counted from
				 * start_ns, that needs no interrupt any more:
				 * the guest got the interrupt, or had the
				 * interrupt masked or disabled */
	uint32_t frame_base;	/* value of the frame counter when the pipe was
				 * switched on */
	uint32_t armed;		/* planes (bit n) and cursor (bit 4) that
				 * wait for a blank */
	/* the guest's handling of its last blank interrupt */
	uint64_t raised_ns;
	bool is_handling;	/* the guest has not finished the handling; the
				 * next two fields then describe the previous
				 * handling */
	uint64_t handled_ns;	/* time at which the handling ended */
	uint64_t took_ns;	/* duration of the handling in ns */
};

struct xengt_display {
	struct xengt_pipe pipe[XENGT_PIPES];
	struct xengt_monitor monitor;
	uint64_t plug_ns;	/* time at which the next monitor will be
				 * plugged in; 0 if a monitor is plugged in */
	struct xengt_sbi sbi;
};

/*
 * Set up the monitor that the configuration gives, or the built-in monitor if
 * the configuration has no EDID. Then reset the display.
 */
void xengt_display_init(struct xengt_vgpu *vgpu);
/*
 * Switch all pipes off, and plug the monitor in at port B. Call this after the
 * registers got their power-on values.
 */
void xengt_display_reset(struct xengt_vgpu *vgpu);

/*
 * Put another monitor on port B. edid must be valid (common/edid_check.h) and
 * have 128 or 256 bytes; the function copies it. The old monitor is unplugged
 * now and the new one is plugged in a second later: drivers read a monitor's
 * EDID again only after a monitor was unplugged.
 */
void xengt_display_set_edid(struct xengt_vgpu *vgpu, const uint8_t *edid,
			    uint32_t len_bytes);

/*
 * Returns the time at which xengt_display_tick() is due, in the clock of hv's
 * now_ns; UINT64_MAX: no tick is due until a register changes. A blank needs no
 * tick if the blank's interrupt is masked or disabled, or if the interrupt is
 * skipped because the guest is slow.
 */
uint64_t xengt_display_deadline(const struct xengt_vgpu *vgpu);
void xengt_display_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);

/*
 * Raise the interrupts of all blanks up to now. Call this before a mask or
 * enable register of a pipe's interrupts changes: a blank that passed while its
 * interrupt was masked or disabled gives no interrupt later.
 */
void xengt_display_catch_up(struct xengt_vgpu *vgpu);

/*
 * Call this after an interrupt was acknowledged or a register of the interrupt
 * tree changed. The acknowledgement or the change may be the end of the guest's
 * handling of a blank interrupt, and the time of the next blank interrupt
 * depends on this end.
 */
void xengt_display_handled(struct xengt_vgpu *vgpu);

/*
 * Bring the visible state of the pipes (live surfaces) up to the present time.
 */
void xengt_display_sync(struct xengt_vgpu *vgpu);

/* Handlers of regs/display_pipe.c; see struct xengt_reg. */
uint32_t xengt_display_read_line(struct xengt_vgpu *vgpu,
				 const struct xengt_reg *reg, uint32_t off,
				 uint32_t old);
uint32_t xengt_display_read_frames(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old);
/*
 * Read handler of live surfaces and flip counters. The handler returns the
 * value that the register got at the last blank.
 */
uint32_t xengt_display_read_synced(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old);
uint32_t xengt_display_write_conf(struct xengt_vgpu *vgpu,
				  const struct xengt_reg *reg, uint32_t off,
				  uint32_t old, uint32_t new);
uint32_t xengt_display_write_surf(struct xengt_vgpu *vgpu,
				  const struct xengt_reg *reg, uint32_t off,
				  uint32_t old, uint32_t new);

#endif /* XENGT_DISPLAY_H */
