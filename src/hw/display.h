/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about the display of Gen8 and Gen9. Sources: Intel PRM Broadwell and Skylake, volume
 * 2c, and volume 12 (display).
 *
 * This header has only constants. Offsets of registers are in bytes from the start of BAR0.
 * They are the offsets of pipe A's registers, and of the registers of a pipe's first plane.
 */
#ifndef XENGT_HW_DISPLAY_H
#define XENGT_HW_DISPLAY_H

/*
 * The registers of pipe n are n * XENGT_PIPE_STRIDE bytes after those of pipe
 * A.
 */
#define XENGT_PIPES			3
#define XENGT_PIPE_STRIDE		0x1000u

#define XENGT_PIPE_CONF			0x70008
#define XENGT_PIPE_CONF_EDP		0x7f008	/* the eDP transcoder */
#define XENGT_PIPE_CONF_ENABLE		0x80000000u
#define XENGT_PIPE_CONF_STATE		0x40000000u

#define XENGT_CUR_CTL			0x70080
#define XENGT_CUR_BASE			0x70084	/* a write makes the last written
						 * CUR_CTL take effect */

/* Planes of a pipe. Gen8 has only the first 2 planes, DSP and SPR. */
#define XENGT_PLANES			4
#define XENGT_PLANE_STRIDE		0x100u
#define XENGT_PLANE_CTL			0x70180
#define XENGT_PLANE_CTL_ENABLE		0x80000000u
/* A write of PLANE_SURF makes the plane's other registers take effect. */
#define XENGT_PLANE_SURF		0x7019c

/*
 * Pipes B and C have power while PWR_WELL_CTL_BIOS or PWR_WELL_CTL_DRIVER
 * requests power.
 */
#define XENGT_PWR_WELL_CTL_BIOS		0x45400
#define XENGT_PWR_WELL_CTL_DRIVER	0x45404
#define XENGT_PWR_WELL_STATE		0x40000000u

#endif /* XENGT_HW_DISPLAY_H */
