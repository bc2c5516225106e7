/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtual monitor: pipes, port B, vertical blank, and the picture. */
#ifndef XENGT_DISPLAY_H
#define XENGT_DISPLAY_H

#include "core/aux.h"
#include "core/sbi.h"

struct xengt_vgpu;
struct xengt_reg;

#define XENGT_PIPES		3
#define XENGT_PIPE_STRIDE	0x1000u

/* Port B's bit in the interrupt registers of the south display: set in the
 * level register while a monitor is there. */
#define XENGT_PCH_HOTPLUG_B	0x200000u

/*
 * What a pipe does since it was switched on. Blanks are counted from there, a
 * blank begins behind the last active line of a frame.
 */
struct xengt_pipe {
	bool is_on;
	uint64_t start_ns;	/* the first pixel of the first frame */
	uint64_t pixel_hz;
	uint32_t htotal;
	uint32_t vtotal;
	uint32_t vactive;
	uint64_t latched;	/* blanks at which armed planes were looked at */
	uint64_t told;		/* blanks of which the guest was told */
	uint32_t frame_base;	/* frame counter when it was switched on */
	uint32_t armed;		/* planes (bit n) and cursor (bit 4) that wait */
	/* the guest's handling of its last blank interrupt */
	uint64_t raised_ns;
	bool is_handling;	/* not over: the next two are of the one before */
	uint64_t handled_ns;
	uint64_t took_ns;	/* of the guest's time */
};

struct xengt_display {
	struct xengt_pipe pipe[XENGT_PIPES];
	struct xengt_monitor monitor;
	uint64_t plug_ns;	/* when the next monitor comes; 0: one is there */
	struct xengt_sbi sbi;
};

/* The monitor is the configured one, or the built-in one; then as a reset. */
void xengt_display_init(struct xengt_vgpu *vgpu);
/* Nothing lit, the monitor on port B. Registers have their power-on values
 * already. */
void xengt_display_reset(struct xengt_vgpu *vgpu);

/*
 * Another monitor on port B: a valid EDID of 128 or 256 bytes (as
 * common/edid_check.h has it), copied. The old one goes, and a second later the
 * new one comes: drivers look at a monitor anew when there was none.
 */
void xengt_display_set_edid(struct xengt_vgpu *vgpu, const uint8_t *edid,
			    uint32_t len_bytes);

/*
 * When the display next wants xengt_display_tick(), in the clock of hv's
 * now_ns; UINT64_MAX: not before a register changes. Blanks that no unmasked
 * and enabled interrupt is about need no tick, nor do those that the guest is
 * too slow for.
 */
uint64_t xengt_display_deadline(const struct xengt_vgpu *vgpu);
void xengt_display_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);

/*
 * To be called before a mask or enable register of a pipe's interrupts changes:
 * blanks that passed while nobody wanted them are not told of later.
 */
void xengt_display_settle(struct xengt_vgpu *vgpu);

/*
 * To be called after an interrupt was acknowledged or a register of the tree
 * changed: the handling of a blank may be over, which says when the next comes.
 */
void xengt_display_handled(struct xengt_vgpu *vgpu);

/* Bring what the guest can see of pipes (live surfaces) up to now. */
void xengt_display_sync(struct xengt_vgpu *vgpu);

/* Handlers of regs/display_pipe.c; see struct xengt_reg. */
uint32_t xengt_display_read_line(struct xengt_vgpu *vgpu,
				 const struct xengt_reg *reg, uint32_t off,
				 uint32_t old);
uint32_t xengt_display_read_frames(struct xengt_vgpu *vgpu,
				   const struct xengt_reg *reg, uint32_t off,
				   uint32_t old);
/* Live surfaces and flip counters: what the last blank left there. */
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
