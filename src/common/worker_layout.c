/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Assertions on the layout of the messages between broker and worker; no code.
 * A change of the layout needs a new XENGT_WP_VERSION, because a worker of an
 * older build continues to run when a new broker starts.
 */
#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "xengt/counters.h"
#include "xengt/fault.h"
#include "xengt/layout.h"

/* All assertions in this file state the layout of XENGT_WP_VERSION 7. */
_Static_assert(XENGT_WP_VERSION == 7,
	       "check the layouts below for the new version, then change this number");

XENGT_LAYOUT_SIZE(xengt_wp_state, 24);
XENGT_LAYOUT_AT(xengt_wp_state, domid, 0);
XENGT_LAYOUT_AT(xengt_wp_state, server_id, 4);
XENGT_LAYOUT_AT(xengt_wp_state, vcpus, 8);
XENGT_LAYOUT_AT(xengt_wp_state, is_unplugged, 12);
XENGT_LAYOUT_AT(xengt_wp_state, is_dead, 13);
XENGT_LAYOUT_AT(xengt_wp_state, has_aperture, 14);
XENGT_LAYOUT_AT(xengt_wp_state, pad, 15);
XENGT_LAYOUT_AT(xengt_wp_state, aperture_gfn, 16);

XENGT_LAYOUT_SIZE(xengt_wp_place, 24);
XENGT_LAYOUT_AT(xengt_wp_place, gfn, 0);
XENGT_LAYOUT_AT(xengt_wp_place, what, 8);
XENGT_LAYOUT_AT(xengt_wp_place, frames, 12);
XENGT_LAYOUT_AT(xengt_wp_place, on, 16);
XENGT_LAYOUT_AT(xengt_wp_place, piece, 20);

XENGT_LAYOUT_SIZE(xengt_wp_info, 16 + 32 * XENGT_FAULTS_KEPT);
XENGT_LAYOUT_AT(xengt_wp_info, count, 0);
XENGT_LAYOUT_AT(xengt_wp_info, driver, 4);
XENGT_LAYOUT_AT(xengt_wp_info, driver_msec, 8);
XENGT_LAYOUT_AT(xengt_wp_info, fault, 16);

XENGT_LAYOUT_SIZE(xengt_wp_regs_wanted, 8);
XENGT_LAYOUT_AT(xengt_wp_regs_wanted, list, 0);
XENGT_LAYOUT_AT(xengt_wp_regs_wanted, from, 4);

XENGT_LAYOUT_SIZE(xengt_wp_regs, 8 + 44 * XENGT_WP_REGS_MAX);
XENGT_LAYOUT_AT(xengt_wp_regs, left, 0);
XENGT_LAYOUT_AT(xengt_wp_regs, count, 4);
XENGT_LAYOUT_AT(xengt_wp_regs, reg, 8);

XENGT_LAYOUT_SIZE(xengt_wp_picture, 8);
XENGT_LAYOUT_AT(xengt_wp_picture, width, 0);
XENGT_LAYOUT_AT(xengt_wp_picture, height, 4);

XENGT_LAYOUT_SIZE(xengt_wp_msg, 16 + sizeof(struct xengt_wp_regs));
XENGT_LAYOUT_AT(xengt_wp_msg, version, 0);
XENGT_LAYOUT_AT(xengt_wp_msg, type, 4);
XENGT_LAYOUT_AT(xengt_wp_msg, seq, 8);
XENGT_LAYOUT_AT(xengt_wp_msg, status, 12);
XENGT_LAYOUT_AT(xengt_wp_msg, u, 16);

XENGT_LAYOUT_SIZE(xengt_fault, 32);
XENGT_LAYOUT_AT(xengt_fault, engine, 0);
XENGT_LAYOUT_AT(xengt_fault, refused, 1);
XENGT_LAYOUT_AT(xengt_fault, pad, 2);
XENGT_LAYOUT_AT(xengt_fault, error, 4);
XENGT_LAYOUT_AT(xengt_fault, context, 8);
XENGT_LAYOUT_AT(xengt_fault, cmd, 12);
XENGT_LAYOUT_AT(xengt_fault, at, 16);
XENGT_LAYOUT_AT(xengt_fault, count, 24);

XENGT_LAYOUT_SIZE(xengt_reg_view, 44);
XENGT_LAYOUT_AT(xengt_reg_view, off, 0);
XENGT_LAYOUT_AT(xengt_reg_view, value, 4);
XENGT_LAYOUT_AT(xengt_reg_view, reset, 8);
XENGT_LAYOUT_AT(xengt_reg_view, is_read, 12);
XENGT_LAYOUT_AT(xengt_reg_view, is_written, 13);
XENGT_LAYOUT_AT(xengt_reg_view, pad, 14);
XENGT_LAYOUT_AT(xengt_reg_view, name, 16);

XENGT_LAYOUT_SIZE(xengt_wp_abuse, 16);
XENGT_LAYOUT_AT(xengt_wp_abuse, row, 0);
XENGT_LAYOUT_AT(xengt_wp_abuse, pad, 4);
XENGT_LAYOUT_AT(xengt_wp_abuse, count, 8);

/*
 * The struct has the counters in the order of the table's rows, without gaps.
 */
XENGT_LAYOUT_SIZE(xengt_counters, 8 * XENGT_COUNTERS_ALL);
#define AT(field, ...)							       \
	XENGT_LAYOUT_AT(xengt_counters, field, 8 * XENGT_COUNTER_##field);
XENGT_COUNTERS(AT)
#undef AT

/* The numbers of the message types. */
_Static_assert(XENGT_WP_HELLO == 1 && XENGT_WP_THROTTLE == 11,
	       "to the worker");
_Static_assert(XENGT_WP_READY == 32 && XENGT_WP_ABUSE == 43,
	       "from the worker");

/* The numbers of the worker's descriptors are all different. */
_Static_assert(XENGT_WP_FD_VGPU > 2 &&
	       XENGT_WP_FD_BROKER == XENGT_WP_FD_VGPU + 1 &&
	       XENGT_WP_FD_LISTEN == XENGT_WP_FD_BROKER + 1 &&
	       XENGT_WP_FD_EDID == XENGT_WP_FD_LISTEN + 1 &&
	       XENGT_WP_FD_RECORD == XENGT_WP_FD_EDID + 1, "descriptors");
