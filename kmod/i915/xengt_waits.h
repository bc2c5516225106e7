/* SPDX-License-Identifier: GPL-2.0-only */
/* The sum of the times in which something waited, one wait at a time. */
#ifndef XENGT_KMOD_WAITS_H
#define XENGT_KMOD_WAITS_H

#include <linux/spinlock.h>
#include <linux/types.h>

/* All members 0, and lock initialised: nothing has waited yet. */
struct xengt_waits {
	spinlock_t lock;		/* guards the other members */
	u64 sum_ns;			/* without the present wait */
	u64 since;			/* begin of the present wait; 0: nothing waits */
};

/* From now on something waits, or not. In any context. */
void xengt_waits_note(struct xengt_waits *waits, bool is_waiting);
/* The sum in ns, with the present wait. In any context. */
u64 xengt_waits_sum(struct xengt_waits *waits);

#endif /* XENGT_KMOD_WAITS_H */
