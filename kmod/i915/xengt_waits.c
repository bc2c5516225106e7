// SPDX-License-Identifier: GPL-2.0-only
#include "xengt_waits.h"

#include <linux/ktime.h>

void xengt_waits_note(struct xengt_waits *waits, bool is_waiting)
{
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&waits->lock, flags);
	now = ktime_get_ns();
	if (waits->since)
		waits->sum_ns += now - waits->since;
	waits->since = is_waiting ? now : 0;
	spin_unlock_irqrestore(&waits->lock, flags);
}

u64 xengt_waits_sum(struct xengt_waits *waits)
{
	unsigned long flags;
	u64 ns;

	spin_lock_irqsave(&waits->lock, flags);
	ns = waits->sum_ns;
	if (waits->since)
		ns += ktime_get_ns() - waits->since;
	spin_unlock_irqrestore(&waits->lock, flags);
	return ns;
}
