/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of an engine's time: charges vGPUs for the time that they ran, and
 * chooses the vGPU that runs next. docs/design/013 has the reasons.
 *
 *   struct xengt_share    the share that the admin gives a vGPU on every engine
 *   struct xengt_account  the time that one vGPU has had of one engine
 *   struct xengt_queue    the vGPUs that wait for one engine
 *
 * The algorithm is start-time fair queueing. Each account has a virtual time,
 * which advances by the time that the vGPU ran, divided by its weight. The
 * waiting account with the least virtual time is next. The queue has a clock,
 * which advances with the least virtual time of the vGPUs that have work. When
 * a vGPU that was idle gets work, its virtual time becomes at least the time of
 * the queue's clock, so a vGPU cannot save up time by being idle.
 *
 * The cap needs a second clock in each account (held_until). The second clock
 * advances by the time that the vGPU ran, divided by the cap. While the second
 * clock of a vGPU is ahead of the present time, the cap holds the vGPU: the
 * vGPU may not run.
 *
 * The code gets the present time as an argument and allocates nothing. The time
 * for a choice grows with the depth of a heap. The caller serialises the calls.
 */
#ifndef XENGT_SHARE_H
#define XENGT_SHARE_H

#include "boundary/bnd_types.h"
#include "xengt/limits.h"

/* A time that never comes. */
#define XENGT_NEVER		(~(uint64_t)0)

struct xengt_share {
	uint32_t weight;		/* weight relative to other vGPUs'
					 * weights, see struct
					 * xengt_set_share */
	uint32_t cap;			/* percent of each engine's time; 0: no
					 * cap */
	/*
	 * number of hangs after which the vGPU is stopped; 0: the vGPU is never
	 * stopped
	 */
	uint32_t stop;
	uint64_t slice_ns;		/* length of a turn while another vGPU waits */
	/*
	 * the module ends work that stays on the engine for this time after the
	 * end of the work's turn, while another vGPU waits
	 */
	uint64_t timeout_ns;
};

/* The share of a vGPU for which the admin has not set a share. */
struct xengt_share xengt_share_default(void);
/*
 * Check and convert the argument of XENGT_IOC_SET_SHARE. -EINVAL: the argument
 * is not valid.
 */
int xengt_share_parse(const struct xengt_set_share *wish,
		      struct xengt_share *ret_share);

struct xengt_account {
	const struct xengt_share *share;
	/* virtual time, in ns of a vGPU with the default weight */
	uint64_t vtime;
	/* time before which the cap forbids the vGPU to run */
	uint64_t held_until;
	uint64_t ran_ns;		/* sum of all ns for which the vGPU was
					 * charged */
	uint64_t order;			/* of two accounts with the same vtime, the one
					 * with the lower order is first */
	/*
	 * the heap that contains the account; NULL: the account does not wait
	 */
	struct xengt_heap *heap;
	uint32_t place;
};

struct xengt_heap {
	struct xengt_account *at[XENGT_EXEC_VGPUS_MAX];
	uint32_t n;
	bool is_held;			/* true: the heap is sorted by held_until;
					 * false: by vtime */
};

struct xengt_queue {
	uint64_t vclock;
	/*
	 * the least virtual time of the vGPUs whose work is in the engine's
	 * ports but does not run yet; XENGT_NEVER: no vGPU has work in the
	 * ports that does not run yet
	 */
	uint64_t given;
	uint64_t order;
	struct xengt_heap ready;
	struct xengt_heap held;
};

void xengt_queue_init(struct xengt_queue *queue);
/*
 * Put the account of a vGPU that has waiting work into the queue. Must not be
 * called again before xengt_queue_leave(). is_back: until this call no work of
 * the vGPU was waiting or on the engine.
 */
void xengt_queue_enter(struct xengt_queue *queue, struct xengt_account *account,
		       bool is_back, uint64_t now);
/*
 * Remove an account from the queue. Does nothing if the account does not wait.
 */
void xengt_queue_leave(struct xengt_account *account);
/*
 * Charge the account of a vGPU whose work has run for the last 'ns'
 * nanoseconds. The account may be in the queue, because other work of this vGPU
 * may be waiting.
 */
void xengt_queue_charge(struct xengt_queue *queue, struct xengt_account *account,
			uint64_t ns, uint64_t now);
/*
 * Charge an account for ns nanoseconds for which the vGPU's work did not run: the module or the
 * GPU has spent this time for the vGPU. 'running' is the account of the vGPU whose work is on
 * the engine; NULL: the engine is idle.
 */
void xengt_queue_charge_beside(struct xengt_queue *queue,
			       struct xengt_account *account,
			       const struct xengt_account *running, uint64_t ns,
			       uint64_t now);
/* Call this function when the vGPU's share has changed. */
void xengt_queue_renew(struct xengt_queue *queue, struct xengt_account *account,
		       uint64_t now);
/*
 * The account of the vGPU that runs next; the account stays in the queue.
 * Returns NULL if no account waits, or if the caps hold all waiting accounts.
 */
struct xengt_account *xengt_queue_next(struct xengt_queue *queue, uint64_t now);
/*
 * The earliest time at which one of the vGPUs that their caps hold now may run.
 * XENGT_NEVER: no cap holds a vGPU with an account in this queue.
 */
uint64_t xengt_queue_held_until(const struct xengt_queue *queue);

/*
 * Returns true if the vGPU of account 'a' should run before the vGPU of account
 * 'b'. The accounts need not be in the queue.
 */
static inline bool xengt_account_is_before(const struct xengt_account *a,
					   const struct xengt_account *b)
{
	return a->vtime < b->vtime;
}

/* Returns true if the cap forbids the vGPU to run now. */
static inline bool xengt_account_is_held(const struct xengt_account *account,
					 uint64_t now)
{
	return account->share->cap && account->held_until > now;
}

#endif /* XENGT_SHARE_H */
