/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The display of the simulated GPU: its state, and the handlers that mmio.c's
 * table names. Users of the library must not include this header.
 *
 * There is a DisplayPort monitor on port B and an HDMI monitor on port C.
 */
#ifndef XENGT_SIM_DISPLAY_H
#define XENGT_SIM_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_sim;

#define SIM_PIPES		3
#define SIM_PLANES		4
#define SIM_CURSOR		SIM_PLANES	/* index of the cursor: one more
						 * than the last plane's */
#define SIM_PLLS		4		/* number of PLLs on Gen9 */
#define SIM_EDID_BYTES		256U
#define SIM_DPCD_BYTES		0x700U

/*
 * Monitors; the value is the index in struct sim_display's is_connected[] and
 * edid[].
 */
enum sim_sink {
	SIM_SINK_DP,		/* port B: AUX channel B */
	SIM_SINK_HDMI,		/* port C: GMBUS pin pair 4 */
	SIM_SINKS,
};

/* The values that a plane's registers had at the last vertical blank. */
struct sim_plane {
	uint32_t ctl;
	uint32_t stride;
	uint32_t pos;
	uint32_t size;		/* for a cursor that is not square: its
				 * height */
	uint32_t offset;
	uint32_t surf;
};

struct sim_pipe {
	bool is_on;
	uint64_t start_ns;	/* time at which the pipe was switched on */
	uint64_t frame_ns;	/* duration of a frame; 0: the pipe has no
				 * clock */
	uint64_t blank_ns;	/* the part of frame_ns in which lines are sent
				 * that are not shown */
	uint32_t lines;
	uint32_t lag;		/* number of lines by which the scanline
				 * register is behind the line being sent */
	uint64_t frames;	/* number of vertical blanks that are handled
				 * already */
	uint32_t frame_base;	/* the frame counter when the pipe started */
	bool is_armed[SIM_PLANES + 1];		/* the guest has written a new
						 * surface */
	struct sim_plane plane[SIM_PLANES + 1];	/* the last element is the
						 * cursor */
};

struct sim_display {
	uint64_t now_ns;	/* the display's time at the latest access or
				 * idle call */
	uint32_t well_req[4];	/* requests of power wells by BIOS, driver, KVMR
				 * and debugger */
	struct sim_pipe pipe[SIM_PIPES];
	bool is_connected[SIM_SINKS];
	uint8_t edid[SIM_SINKS][SIM_EDID_BYTES];
	uint8_t dpcd[SIM_DPCD_BYTES];
	uint8_t aux_at;		/* offset of the next EDID byte that AUX
				 * reads */
	uint8_t gmbus_at;	/* offset of the next EDID byte that GMBUS
				 * reads */
	uint32_t gmbus_left;	/* number of bytes that the present read has not
				 * returned yet */
	uint32_t gmbus_status;
};

/* display.c */
void sim_display_reset(struct xengt_sim *sim);
/* Reads the clock, and handles vertical blanks that have passed. */
void sim_display_run(struct xengt_sim *sim);
/*
 * Returns the milliseconds to the next vertical blank, or -1 if no pipe is on.
 */
int sim_display_next_ms(const struct xengt_sim *sim);
uint32_t sim_display_read_pipe(const struct xengt_sim *sim, uint32_t off);
void sim_display_write_conf(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be);
void sim_display_write_surf(struct xengt_sim *sim, uint32_t off, uint32_t val,
			    uint32_t be);
void sim_display_write_frames(struct xengt_sim *sim, uint32_t off, uint32_t val,
			      uint32_t be);

/*
 * display_clock.c: returns the pixel clock in Hz of the pipe's transcoder, or 0
 * if the transcoder has no clock
 */
uint64_t sim_clock_pixel_hz(const struct xengt_sim *sim, unsigned int pipe);

/* display_power.c: wells, clocks, ports, panel power */
uint32_t sim_power_read_well(const struct xengt_sim *sim, uint32_t off);
void sim_power_write_well(struct xengt_sim *sim, uint32_t off, uint32_t val,
			  uint32_t be);
uint32_t sim_power_read_fuse(const struct xengt_sim *sim, uint32_t off);
uint32_t sim_power_read_lock(const struct xengt_sim *sim, uint32_t off);
bool sim_power_has_pll(const struct xengt_sim *sim, unsigned int pll);
uint32_t sim_power_read_dpll_status(const struct xengt_sim *sim, uint32_t off);
uint32_t sim_power_read_lcpll(const struct xengt_sim *sim, uint32_t off);
uint32_t sim_power_read_ddi(const struct xengt_sim *sim, uint32_t off);
uint32_t sim_power_read_panel(const struct xengt_sim *sim, uint32_t off);

/* aux.c */
void sim_aux_reset(struct xengt_sim *sim);
void sim_aux_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		   uint32_t be);

/* gmbus.c */
void sim_gmbus_reset(struct xengt_sim *sim);
uint32_t sim_gmbus_fetch(struct xengt_sim *sim, uint32_t off);
uint32_t sim_gmbus_read(const struct xengt_sim *sim, uint32_t off);
void sim_gmbus_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be);

void sim_gmbus_write_gpio(struct xengt_sim *sim, uint32_t off, uint32_t val,
			  uint32_t be);

/* display_edid.c: a monitor's 256 bytes, with correct checksums */
void sim_edid_make(uint8_t edid[SIM_EDID_BYTES], enum sim_sink sink);

#endif /* XENGT_SIM_DISPLAY_H */
