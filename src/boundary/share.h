/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of an engine's time: what the time that a vGPU ran costs it, and who of
 * those that wait is next. docs/design/013 has the reasons.
 *
 *   struct xengt_share    what the admin gives a vGPU, on every engine
 *   struct xengt_account  what one vGPU has had of one engine
 *   struct xengt_queue    those that wait for one engine
 *
 * Start-time fair queueing: each account has a virtual time, which goes on by the
 * time that the vGPU ran, divided by its weight. Of those that wait the one with the
 * least is next. Who comes back from idleness begins at the queue's clock, which goes
 * on with the least of those that have work: idleness saves up nothing.
 *
 * The cap is a second clock of each account: it goes on by the time that the vGPU ran,
 * divided by its share, and a vGPU whose second clock is ahead of time is held.
 *
 * Pure: no time of its own, no memory but what it is given. A decision costs a path
 * of a heap. The caller serialises.
 */
#ifndef XENGT_SHARE_H
#define XENGT_SHARE_H

#include "bnd_types.h"
#include "xengt/limits.h"

/* A point in time that does not come. */
#define XENGT_NEVER		(~(uint64_t)0)

struct xengt_share {
	uint32_t weight;		/* see struct xengt_set_share */
	uint32_t cap;			/* percent of each engine; 0: none */
	uint32_t stop;			/* hangs until it is stopped; 0: never */
	uint64_t slice_ns;		/* of a turn while another vGPU waits */
	uint64_t timeout_ns;		/* then, of what does not end */
};

/* What a vGPU has if nobody says anything. */
struct xengt_share xengt_share_default(void);
/* XENGT_IOC_SET_SHARE; -EINVAL. */
int xengt_share_parse(const struct xengt_set_share *wish,
		      struct xengt_share *ret_share);

struct xengt_account {
	const struct xengt_share *share;
	uint64_t vtime;			/* ns of a vGPU of the default weight */
	uint64_t held_until;		/* by its cap */
	uint64_t ran_ns;		/* that it was charged, in all */
	uint64_t order;			/* of those with the same vtime */
	struct xengt_heap *heap;	/* that it is in; NULL: it does not wait */
	uint32_t place;
};

struct xengt_heap {
	struct xengt_account *at[XENGT_EXEC_VGPUS_MAX];
	uint32_t n;
	bool is_held;			/* by held_until; else by vtime */
};

struct xengt_queue {
	uint64_t vclock;
	uint64_t order;
	struct xengt_heap ready;
	struct xengt_heap held;
};

void xengt_queue_init(struct xengt_queue *queue);
/*
 * It has work that waits. Not called again before it leaves. is_back: it had no work at
 * all, neither here nor on the engine.
 */
void xengt_queue_enter(struct xengt_queue *queue, struct xengt_account *account,
		       bool is_back, uint64_t now);
/* Whether it waits or not. */
void xengt_queue_leave(struct xengt_account *account);
/*
 * It ran for ns, until now. It may wait meanwhile, with other work of the same
 * vGPU.
 */
void xengt_queue_charge(struct xengt_queue *queue, struct xengt_account *account,
			uint64_t ns, uint64_t now);
/* Its share is another one. */
void xengt_queue_renew(struct xengt_queue *queue, struct xengt_account *account,
		       uint64_t now);
/* The next one; it stays in the queue. NULL: none, or all are held. */
struct xengt_account *xengt_queue_next(struct xengt_queue *queue, uint64_t now);
/* When the first of those that are held may run; XENGT_NEVER: nobody is held. */
uint64_t xengt_queue_held_until(const struct xengt_queue *queue);

/* Is a to run rather than b? Both may wait or not. */
static inline bool xengt_account_is_before(const struct xengt_account *a,
					   const struct xengt_account *b)
{
	return a->vtime < b->vtime;
}

/* Does its cap say that it is not to run now? */
static inline bool xengt_account_is_held(const struct xengt_account *account,
					 uint64_t now)
{
	return account->share->cap && account->held_until > now;
}

#endif /* XENGT_SHARE_H */
