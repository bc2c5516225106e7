/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of an engine's time: the cost of the time that a vGPU ran, and the
 * choice of the next vGPU. docs/design/013 has the reasons.
 *
 *   struct xengt_share    what the admin gives a vGPU, on every engine
 *   struct xengt_account  the time that one vGPU has had of one engine
 *   struct xengt_queue    the vGPUs that wait for one engine
 *
 * This is start-time fair queueing. Each account has a virtual time, which
 * advances by the time that the vGPU ran, divided by its weight. The waiting
 * account with the least virtual time is next. A vGPU that was idle
 * begins again at the queue's clock, which advances with the least virtual time
 * of the vGPUs that have work: so a vGPU cannot save up time by being idle.
 *
 * The cap is a second clock of each account. It advances by the time that the
 * vGPU ran, divided by the cap. A vGPU whose second clock is ahead of the
 * present time is held.
 *
 * The code has no clock of its own and allocates nothing. The cost of a
 * decision is the depth of a heap. The caller serialises.
 */
#ifndef XENGT_SHARE_H
#define XENGT_SHARE_H

#include "boundary/bnd_types.h"
#include "xengt/limits.h"

/* A time that never comes. */
#define XENGT_NEVER		(~(uint64_t)0)

struct xengt_share {
	uint32_t weight;		/* see struct xengt_set_share */
	uint32_t cap;			/* percent of each engine's time; 0: no
					 * cap */
	/* the vGPU is stopped after so many hangs; 0: never */
	uint32_t stop;
	uint64_t slice_ns;		/* length of a turn while another vGPU waits */
	/* while another vGPU waits, work that lasts longer is ended */
	uint64_t timeout_ns;
};

/* The share of a vGPU for which the admin has set none. */
struct xengt_share xengt_share_default(void);
/*
 * Check and convert the argument of XENGT_IOC_SET_SHARE. -EINVAL: it is not
 * valid.
 */
int xengt_share_parse(const struct xengt_set_share *wish,
		      struct xengt_share *ret_share);

struct xengt_account {
	const struct xengt_share *share;
	/* virtual time: ns of a vGPU with the default weight */
	uint64_t vtime;
	/* its cap forbids it to run before this time */
	uint64_t held_until;
	uint64_t ran_ns;		/* sum of all time that it was charged
					 * for */
	uint64_t order;			/* decides between accounts of the same vtime */
	/* the heap that contains it; NULL if it does not wait */
	struct xengt_heap *heap;
	uint32_t place;
};

struct xengt_heap {
	struct xengt_account *at[XENGT_EXEC_VGPUS_MAX];
	uint32_t n;
	bool is_held;			/* sorted by held_until; false: by vtime */
};

struct xengt_queue {
	uint64_t vclock;
	/*
	 * the least virtual time of the vGPUs whose work the engine was given
	 * and does not run yet; XENGT_NEVER: there is none
	 */
	uint64_t given;
	uint64_t order;
	struct xengt_heap ready;
	struct xengt_heap held;
};

void xengt_queue_init(struct xengt_queue *queue);
/*
 * Put a vGPU that has waiting work into the queue. Must not be called again
 * before xengt_queue_leave(). is_back: until now no work of the vGPU was
 * waiting or on the engine.
 */
void xengt_queue_enter(struct xengt_queue *queue, struct xengt_account *account,
		       bool is_back, uint64_t now);
/* Take a vGPU out of the queue. Does nothing if it does not wait. */
void xengt_queue_leave(struct xengt_account *account);
/*
 * Charge a vGPU that ran for ns until now. Other work of the same vGPU may be
 * waiting.
 */
void xengt_queue_charge(struct xengt_queue *queue, struct xengt_account *account,
			uint64_t ns, uint64_t now);
/* Call this when the vGPU's share has changed. */
void xengt_queue_renew(struct xengt_queue *queue, struct xengt_account *account,
		       uint64_t now);
/*
 * The account that is next; it stays in the queue. Returns NULL if none waits,
 * or all that wait are held.
 */
struct xengt_account *xengt_queue_next(struct xengt_queue *queue, uint64_t now);
/* The time at which the first held vGPU may run. XENGT_NEVER: none is held. */
uint64_t xengt_queue_held_until(const struct xengt_queue *queue);

/* True if a should run before b, whether they wait or not. */
static inline bool xengt_account_is_before(const struct xengt_account *a,
					   const struct xengt_account *b)
{
	return a->vtime < b->vtime;
}

/* Does its cap forbid the vGPU to run now? */
static inline bool xengt_account_is_held(const struct xengt_account *account,
					 uint64_t now)
{
	return account->share->cap && account->held_until > now;
}

#endif /* XENGT_SHARE_H */
