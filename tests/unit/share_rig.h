/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests that want time of one engine, each in its own way, on the simulated GPU in
 * virtual time. What each has had is told by the hardware: whose context is in the
 * engine's port while time passes.
 *
 * A guest's work is as i915's: two contexts, rings of requests, each a batch between
 * two changes of the arbitration, with an interrupt behind it.
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
	SHARE_LOOP,			/* a batch without end */
	SHARE_RESETS,			/* that, and after hi_us it resets its engine */
	SHARE_IDLE,			/* nothing at all */
	SHARE_ONCE,			/* one batch of hi_us, and no more */
};

struct share_work {
	enum share_kind kind;
	uint32_t lo_us, hi_us;
	uint32_t requests;		/* in a ring, at most */
	bool is_open;			/* arbitration stays on around batches */
};

struct share_guest {
	struct share_world *world;
	struct xengt_hv_fake *fake;
	struct xengt_gpu *gpu;
	struct share_work work;
	uint32_t first;			/* graphics page of its frame 0 */
	uint32_t root;
	uint64_t seqno;
	uint64_t in_flight[2];		/* seqno; 0: none */
	uint64_t submitted_at;
	uint32_t rnd;
	/* what it saw */
	uint64_t used_ns;		/* of the engine */
	uint64_t waits_since;		/* 0: it does not */
	uint64_t longest_wait_ns;
	uint32_t completions;
	uint32_t hangs;
	uint32_t overruns;		/* of those, while another waited */
	bool is_stopped;
};

struct share_world {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_sim *sim;
	struct xengt_sim_exec_opts opts;
	uint64_t seen_at;		/* time up to then was somebody's */
	struct share_guest guests[SHARE_GUESTS_MAX];
	uint32_t n;
};

struct share_world *share_create(enum xengt_platform_id platform,
				 const struct share_work *work, uint32_t n);
void share_destroy(struct share_world *w);
void share_set(struct share_guest *g, struct xengt_share share);
/* Virtual time passes: so many milliseconds, or until this guest is stopped. */
void share_run(struct share_world *w, uint32_t ms);
void share_run_until_stopped(struct share_world *w, uint32_t guest);
/* What was seen so far does not count. */
void share_forget(struct share_world *w);
/* Of the time that any of them used, this one's part. */
double share_part(const struct share_world *w, uint32_t guest);

#endif /* SHARE_RIG_H */
