/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends questions to a vGPU's worker. */
#ifndef XENGT_BVGPU_ASK_H
#define XENGT_BVGPU_ASK_H

#include "common/worker_proto.h"
#include "xengtd/ev.h"

struct xengt_bvgpu;

/* A question to the worker, and the function that gets the answer. */
struct xengt_worker_question {
	int fd;				/* the file that is sent with the
					 * question; -1: none */
	/*
	 * Called once with the answer, which has the type 'wanted', or with a
	 * negative error; then answer is NULL.
	 */
	void (*done)(void *ctx, int error, const struct xengt_wp_msg *answer);
	void *ctx;
	/* private */
	struct xengt_bvgpu *vgpu;	/* NULL if no answer is awaited */
	struct xengt_worker_question *next;
	struct xengt_ev_timer timer;
	uint32_t seq;
	enum xengt_wp_type wanted;
};

/*
 * Send the question msg to the worker. Returns 0: q->done will be called once,
 * with an answer of type 'wanted', with -ETIMEDOUT, or with -ENOTCONN if the
 * worker ends. If the question is cancelled, q->done is not called. Returns
 * -ENOTCONN if there is no worker; then q->done is not called either.
 */
int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted);
/* Cancel a question. Does nothing if no answer to the question is awaited. */
void xengt_bvgpu_cancel(struct xengt_worker_question *q);

/*
 * Call this when the worker has sent an answer. If the question was cancelled,
 * the function drops the answer.
 */
void xengt_bvgpu_answer_arrived(struct xengt_bvgpu *v,
				const struct xengt_wp_msg *msg);
/*
 * Call this when the worker will not answer any more. The function calls 'done'
 * of all unanswered questions with this negative error.
 */
void xengt_bvgpu_fail_questions(struct xengt_bvgpu *v, int error);

#endif /* XENGT_BVGPU_ASK_H */
