/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends questions to a vGPU's worker. Each question ends with an answer, an
 * error (time-out, or the worker's end) or a cancellation.
 */
#include <errno.h>

#include "xengtd/vgpu_ask.h"
#include "common/worker_proto.h"
#include "xengtd/bvgpu.h"
#include "xengtd/ev.h"
#include "xengtd/waits.h"
#include "xengtd/worker.h"
#include "xengtd/xengtd.h"

static void on_question_timer(void *ctx)
{
	struct xengt_worker_question *q = ctx;

	xengt_bvgpu_cancel(q);
	q->done(q->ctx, -ETIMEDOUT, NULL);
}

int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted)
{
	if (!v->worker || v->state != XENGT_BVGPU_CONNECTED)
		return -ENOTCONN;
	q->vgpu = v;
	q->seq = ++v->seq;
	q->wanted = wanted;
	q->next = v->questions;
	v->questions = q;
	q->timer = (struct xengt_ev_timer){ .cb = on_question_timer,
					    .ctx = q };
	xengt_ev_arm(v->d->ev, &q->timer, QUESTION_MSEC);
	msg->seq = q->seq;
	xengt_worker_send_msg(v->worker, msg, q->fd);
	return 0;
}

void xengt_bvgpu_cancel(struct xengt_worker_question *q)
{
	struct xengt_worker_question **p;

	if (!q->vgpu)
		return;
	for (p = &q->vgpu->questions; *p != q; p = &(*p)->next)
		;
	*p = q->next;
	xengt_ev_disarm(q->vgpu->d->ev, &q->timer);
	q->vgpu = NULL;
}

void xengt_bvgpu_answer_arrived(struct xengt_bvgpu *v,
				const struct xengt_wp_msg *msg)
{
	struct xengt_worker_question *q = v->questions;

	while (q && (q->seq != msg->seq || q->wanted != msg->type))
		q = q->next;
	if (!q)
		return;
	xengt_bvgpu_cancel(q);
	q->done(q->ctx, 0, msg);
}

void xengt_bvgpu_fail_questions(struct xengt_bvgpu *v, int error)
{
	while (v->questions) {
		struct xengt_worker_question *q = v->questions;

		xengt_bvgpu_cancel(q);
		q->done(q->ctx, error, NULL);
	}
}
