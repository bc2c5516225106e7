/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks a vGPU's worker questions. */
#ifndef XENGT_BVGPU_ASK_H
#define XENGT_BVGPU_ASK_H

#include "common/worker_proto.h"
#include "xengtd/ev.h"

struct xengt_bvgpu;

/* A question to the worker, and the function that waits for the answer. */
struct xengt_worker_question {
	int fd;				/* file that goes with the question;
					 * -1: none */
	/*
	 * called with the answer, which has the wanted type; answer is NULL if
	 * error is set
	 */
	void (*done)(void *ctx, int error, const struct xengt_wp_msg *answer);
	void *ctx;
	/* private */
	struct xengt_bvgpu *vgpu;	/* NULL if the question is not in
					 * flight */
	struct xengt_worker_question *next;
	struct xengt_ev_timer timer;
	uint32_t seq;
	enum xengt_wp_type wanted;
};

/*
 * Send the question msg to the worker. Returns 0: q->done will be called once,
 * unless the question is cancelled: with an answer of type 'wanted', with
 * -ETIMEDOUT, or with -ENOTCONN if the worker ends. Returns -ENOTCONN if there
 * is no worker; then q->done is not called.
 */
int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted);
/* Cancel a question; does nothing if it is not in flight. */
void xengt_bvgpu_cancel(struct xengt_worker_question *q);

/*
 * Call this when the worker has sent an answer to a question, which may have
 * been cancelled.
 */
void xengt_bvgpu_answer_arrived(struct xengt_bvgpu *v,
				const struct xengt_wp_msg *msg);
/*
 * The worker will not answer any more: call 'done' of all open questions with
 * this -errno.
 */
void xengt_bvgpu_fail_questions(struct xengt_bvgpu *v, int error);

#endif /* XENGT_BVGPU_ASK_H */
