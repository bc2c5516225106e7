/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests with work of different kinds for one engine of the simulated GPU, in virtual
 * time. The rig measures the time that each guest gets: the time while the guest's
 * context is in the engine's port.
 *
 * A guest works as i915 does: it has two contexts, and rings of requests. A request
 * switches arbitration off, runs a batch, switches arbitration on, and raises an
 * interrupt.
 */
#ifndef SHARE_RIG_H
#define SHARE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gpu/gpu_sim_priv.h"

#define SHARE_GUESTS_MAX	8u
#define SHARE_MS		1000000ull

enum share_kind {
	SHARE_BUSY,			/* batches of lo_us to hi_us */
	SHARE_LOOP,			/* a batch that never ends */
	SHARE_RESETS,			/* a batch that never ends; after hi_us the
					 * guest resets the engine */
	SHARE_IDLE,			/* the guest submits nothing */
	SHARE_ONCE,			/* one batch of hi_us, then nothing */
};

struct share_work {
	enum share_kind kind;
	uint32_t lo_us, hi_us;
	uint32_t requests;		/* the largest number of requests in a ring */
	bool is_open;			/* true: arbitration stays on during batches */
};

struct share_guest {
	struct share_world *world;
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	struct share_work work;
	uint32_t first;			/* the graphics page whose entry points to the
					 * guest's frame 0 */
	uint32_t root;
	uint64_t seqno;
	uint64_t in_flight[2];		/* seqno of each context; 0: none */
	uint64_t submitted_at;
	uint32_t rnd;
	/* results of the guest */
	uint64_t used_ns;		/* engine time that the guest has used */
	uint64_t waits_since;		/* the time when the guest began to wait; 0: it
					 * does not wait */
	uint64_t longest_wait_ns;
	uint32_t completions;
	uint32_t hangs;
	uint32_t overruns;		/* number of hangs while another guest
					 * waited */
	bool is_stopped;
};

struct share_world {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_sim *sim;
	struct xengt_sim_exec_opts opts;
	uint64_t seen_at;		/* the guests' used_ns include the time up to
					 * here */
	struct share_guest guests[SHARE_GUESTS_MAX];
	uint32_t n;
};

struct share_world *share_create(enum xengt_platform_id platform,
				 const struct share_work *work, uint32_t n);
void share_destroy(struct share_world *w);
void share_set(struct share_guest *g, struct xengt_share share);
/* Let virtual time pass: this many milliseconds, or until this guest is stopped. */
void share_run(struct share_world *w, uint32_t ms);
void share_run_until_stopped(struct share_world *w, uint32_t guest);
/* Set the guests' results to 0. */
void share_forget(struct share_world *w);
/* Returns the fraction of all guests' time that this guest used, from 0 to 1. */
double share_part(const struct share_world *w, uint32_t guest);

#endif /* SHARE_RIG_H */
