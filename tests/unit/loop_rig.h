/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device of test_loop: imitations of the parts that the worker's loop calls. The
 * program must wrap xengt_log().
 */
#ifndef XENGT_TEST_LOOP_RIG_H
#define XENGT_TEST_LOOP_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/worker_proto.h"
#include "core/vgpu.h"

struct loop_device {
	int mapped_again, unplugged, served;
	uint32_t news;			/* number of registers without a row that were not
					 * logged yet */
	uint32_t lines, ends;		/* number of log lines about a register; number of
					 * lines that say that no more such lines follow */
	int complaints;			/* number of log lines of level warning or worse */
	uint32_t image_lines;		/* number of log lines about images of contexts */
	uint64_t images;		/* each call of xengt_vgpu_serve() adds this number
					 * to the counter images_other */
	int guest_fd, event_fd;
	/*
	 * for a guest that floods the worker: the number of calls of xengt_vgpu_serve()
	 * that will still find requests, and the time that each such call takes
	 */
	int busy, serve_msec;
	uint32_t wakes;			/* number of messages that wake the next waits */
	bool is_throttled;		/* true: the broker throttles the guest at each
					 * report */
	struct xengt_counters counters;
	struct xengt_wp_abuse told;
	int tells;
	enum xengt_driver_state driver;
	bool is_driver_loaded;		/* true: the first requests are those of a driver
					 * that loads */
	struct xengt_wp_info info;	/* the last answer of the worker to GET_INFO */
	void (*flood_ends)(void);	/* called when 'busy' becomes 0 */
	int acks;			/* number of calls of xengt_hv_xen_ack() */
	int serve_error;		/* the next call of xengt_vgpu_serve() fails with this
					 * error; 0: no call fails */
	bool is_gone;			/* true: the module has zapped the vGPU */
	int host_error;
	void (*on_events)(void);	/* called for each event of the GPU; may be NULL */
	bool has_deadline;
	uint64_t deadline_ns;
	void (*on_tick)(void);
	uint32_t regs_left;		/* number of registers in each list */
	uint32_t edid_bytes;		/* size of the EDID in each file; 0: no file has a
					 * valid EDID */
	uint32_t edid_set_bytes;	/* size of the EDID that the guest's monitor got last */
	int edid_sets;
};

/* What the imitations return, and what the loop called. */
extern struct loop_device device;

#endif /* XENGT_TEST_LOOP_RIG_H */
