/* SPDX-License-Identifier: GPL-2.0-only */
/* See vgpu_abuse.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "xengtd/vgpu_abuse.h"
#include "common/metrics.h"
#include "common/vgt_request.h"
#include "common/worker_proto.h"
#include "xengt/counters.h"
#include "xengt/log.h"
#include "xengtd/ev.h"
#include "xengtd/store.h"
#include "xengtd/vgpu_end.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

/*
 * Log one line. The next line about this counter comes ABUSE_LOG_MSEC later at
 * the earliest, and its number includes the events until then.
 */
static void log_abuse(struct xengt_bvgpu *v, uint32_t row, bool is_throttled)
{
	struct xengt_bvgpu_abuse *a = &v->abuse[row];
	int64_t now = xengt_ev_now_msec();

	if (a->has_line && now - a->line_msec < ABUSE_LOG_MSEC)
		return;
	a->has_line = true;
	a->line_msec = now;
	xengt_warn("domain %u (%s): too many %s (%s): %" PRIu64 " so far%s",
		   v->domid, v->req.domain, xengt_metrics[row].name,
		   xengt_metrics[row].doc, a->events,
		   is_throttled ? "; the guest is slowed down" : "");
}

void xengt_bvgpu_abused(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg)
{
	uint32_t row = msg->u.abuse.row;
	const struct xengt_metric *metric = &xengt_metrics[row];
	bool is_throttled = v->req.on_abuse == XENGT_ON_ABUSE_THROTTLE &&
			    metric->throttle == XENGT_THROTTLE_PAUSE;

	v->abuse[row].trips++;
	v->abuse[row].events += msg->u.abuse.count;
	log_abuse(v, row, is_throttled);
	if (v->req.on_abuse == XENGT_ON_ABUSE_STOP)
		xengt_bvgpu_stop(v, "stopped for abuse (on-abuse=stop): too many %s (%s), %" PRIu64 " of them",
				 metric->name, metric->doc,
				 v->abuse[row].events);
	else if (is_throttled)
		xengt_worker_send(v->worker, XENGT_WP_THROTTLE, 0, 0);
}

void xengt_bvgpu_follow_abuse(struct xengt_bvgpu *v)
{
	char *text = xengt_store_read(v->d->store, v->domid, "on-abuse");
	enum xengt_on_abuse now;

	if (text && xengt_on_abuse_parse(text, &now) == 0 &&
	    now != v->req.on_abuse) {
		v->req.on_abuse = now;
		xengt_info("domain %u (%s): on-abuse is %s now", v->domid,
			   v->req.domain, xengt_on_abuse_name(now));
	}
	free(text);
}
