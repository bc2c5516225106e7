// SPDX-License-Identifier: GPL-2.0-only
/*
 * Manages the accounts of time and the queue, which consists of two heaps; see
 * share.h.
 */
#include "boundary/share.h"
#include "boundary/bnd_hw.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

struct xengt_share xengt_share_default(void)
{
	return (struct xengt_share){
		.weight = XENGT_SHARE_WEIGHT,
		.stop = XENGT_SHARE_STOP,
		.slice_ns = XENGT_SHARE_SLICE_MS * XENGT_NS_PER_MS,
		.timeout_ns = XENGT_SHARE_TIMEOUT_MS * XENGT_NS_PER_MS,
	};
}

int xengt_share_parse(const struct xengt_set_share *wish,
		      struct xengt_share *ret_share)
{
	if (wish->flags || wish->pad || !wish->weight ||
	    wish->weight > XENGT_SHARE_WEIGHT_MAX ||
	    wish->cap > XENGT_SHARE_CAP_MAX || !wish->slice_ms ||
	    wish->slice_ms > XENGT_SHARE_SLICE_MS_MAX ||
	    wish->timeout_ms < XENGT_SHARE_TIMEOUT_MS_MIN ||
	    wish->timeout_ms > XENGT_SHARE_TIMEOUT_MS_MAX ||
	    wish->stop > XENGT_SHARE_STOP_MAX)
		return -EINVAL;
	*ret_share = (struct xengt_share){
		.weight = wish->weight,
		.cap = wish->cap,
		.stop = wish->stop,
		.slice_ns = wish->slice_ms * XENGT_NS_PER_MS,
		.timeout_ns = wish->timeout_ms * XENGT_NS_PER_MS,
	};
	return 0;
}

/* ---- a heap ---- */

static bool is_above(const struct xengt_heap *heap,
		     const struct xengt_account *a,
		     const struct xengt_account *b)
{
	if (heap->is_held)
		return a->held_until < b->held_until;
	return a->vtime < b->vtime ||
	       (a->vtime == b->vtime && a->order < b->order);
}

static void put(struct xengt_heap *heap, uint32_t place,
		struct xengt_account *account)
{
	heap->at[place] = account;
	account->place = place;
}

static void rise(struct xengt_heap *heap, struct xengt_account *account)
{
	uint32_t at = account->place, up;

	for (; at; at = up) {
		up = (at - 1) / 2;
		if (!is_above(heap, account, heap->at[up]))
			break;
		put(heap, at, heap->at[up]);
	}
	put(heap, at, account);
}

static void sink(struct xengt_heap *heap, struct xengt_account *account)
{
	uint32_t at = account->place, down;

	for (;; at = down) {
		down = 2 * at + 1;
		if (down >= heap->n)
			break;
		if (down + 1 < heap->n &&
		    is_above(heap, heap->at[down + 1], heap->at[down]))
			down++;
		if (!is_above(heap, heap->at[down], account))
			break;
		put(heap, at, heap->at[down]);
	}
	put(heap, at, account);
}

static void insert(struct xengt_heap *heap, struct xengt_account *account)
{
	account->heap = heap;
	account->place = heap->n++;
	rise(heap, account);
}

void xengt_queue_leave(struct xengt_account *account)
{
	struct xengt_heap *heap = account->heap;
	struct xengt_account *last;

	if (!heap)
		return;
	account->heap = NULL;
	last = heap->at[--heap->n];
	if (last == account)
		return;
	last->place = account->place;
	rise(heap, last);
	sink(heap, last);
}

/* ---- the queue ---- */

void xengt_queue_init(struct xengt_queue *queue)
{
	memset(queue, 0, sizeof(*queue));
	queue->held.is_held = true;
	queue->given = XENGT_NEVER;
}

/*
 * Called when a vGPU can run again after it was idle or held by its cap. The
 * vGPU must not get extra time later for this pause, so its virtual time
 * becomes at least the time of the queue's clock.
 */
static void begin_now(const struct xengt_queue *queue,
		      struct xengt_account *account)
{
	if (account->vtime < queue->vclock)
		account->vtime = queue->vclock;
}

/*
 * Put an account into the heap 'held' if its cap holds the vGPU, otherwise into
 * the heap 'ready'.
 */
static void place(struct xengt_queue *queue, struct xengt_account *account,
		  uint64_t now)
{
	insert(xengt_account_is_held(account, now) ? &queue->held :
						     &queue->ready, account);
}

void xengt_queue_enter(struct xengt_queue *queue, struct xengt_account *account,
		       bool is_back, uint64_t now)
{
	if (is_back)
		begin_now(queue, account);
	account->order = ++queue->order;
	place(queue, account, now);
}

/*
 * Advance the queue's clock to the least virtual time of all vGPUs that have
 * work.
 */
static void advance(struct xengt_queue *queue,
		    const struct xengt_account *running)
{
	uint64_t least = running->vtime;

	if (queue->ready.n && queue->ready.at[0]->vtime < least)
		least = queue->ready.at[0]->vtime;
	if (queue->given < least)
		least = queue->given;
	if (queue->vclock < least)
		queue->vclock = least;
}

void xengt_queue_charge_beside(struct xengt_queue *queue,
			       struct xengt_account *account,
			       const struct xengt_account *running, uint64_t ns,
			       uint64_t now)
{
	const struct xengt_share *share = account->share;
	const bool waits = account->heap;
	const uint64_t past = ns + XENGT_CAP_CREDIT_MS * XENGT_NS_PER_MS;
	const uint64_t begin = now > past ? now - past : 0;

	if (!ns)
		return;
	account->ran_ns += ns;
	xengt_queue_leave(account);
#ifndef XENGT_FAULT_NO_CHARGE
	account->vtime += ns * XENGT_SHARE_WEIGHT /
#ifdef XENGT_FAULT_NO_WEIGHT
			  XENGT_SHARE_WEIGHT;
#else
			  share->weight;
#endif
#endif
	if (share->cap) {
		/* time that the vGPU did not use before 'begin' is lost */
		if (account->held_until < begin)
			account->held_until = begin;
		account->held_until += ns * 100 / share->cap;
	}
	if (waits)
		place(queue, account, now);
	advance(queue, running ? running : account);
}

void xengt_queue_charge(struct xengt_queue *queue, struct xengt_account *account,
			uint64_t ns, uint64_t now)
{
	xengt_queue_charge_beside(queue, account, account, ns, now);
}

void xengt_queue_renew(struct xengt_queue *queue, struct xengt_account *account,
		       uint64_t now)
{
	if (!account->heap)
		return;
	/* the old cap may have held the vGPU until now */
	if (account->heap == &queue->held)
		begin_now(queue, account);
	xengt_queue_leave(account);
	place(queue, account, now);
}

struct xengt_account *xengt_queue_next(struct xengt_queue *queue, uint64_t now)
{
	struct xengt_account *account;

	while (queue->held.n &&
	       !xengt_account_is_held(queue->held.at[0], now)) {
		account = queue->held.at[0];
		xengt_queue_leave(account);
		begin_now(queue, account);
		insert(&queue->ready, account);
	}
	return queue->ready.n ? queue->ready.at[0] : NULL;
}

uint64_t xengt_queue_held_until(const struct xengt_queue *queue)
{
	return queue->held.n ? queue->held.at[0]->held_until : XENGT_NEVER;
}
