/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to a vGPU's worker. */
#ifndef XENGT_BVGPU_ASK_H
#define XENGT_BVGPU_ASK_H

#include "common/worker_proto.h"
#include "ev.h"

struct xengt_bvgpu;

/* Somebody waits for an answer of the worker. */
struct xengt_worker_question {
	int fd;				/* goes along; -1: none */
	/* answer: NULL with an error; of the type that was asked for */
	void (*done)(void *ctx, int error, const struct xengt_wp_msg *answer);
	void *ctx;
	/* private */
	struct xengt_bvgpu *vgpu;	/* NULL: not asked */
	struct xengt_worker_question *next;
	struct xengt_ev_timer timer;
	uint32_t seq;
	enum xengt_wp_type wanted;
};

/*
 * Send msg, a question, to the worker; q->done is called once, later, unless
 * cancelled, with an answer of type 'wanted', or with -ETIMEDOUT, or -ENOTCONN if
 * the worker ended. -ENOTCONN: no worker, done is not called.
 */
int xengt_bvgpu_ask(struct xengt_bvgpu *v, struct xengt_worker_question *q,
		    struct xengt_wp_msg *msg, enum xengt_wp_type wanted);
/* Also of a question that was not asked, or is answered. */
void xengt_bvgpu_cancel(struct xengt_worker_question *q);

/* The worker sent an answer: to a question, or to one that is cancelled. */
void xengt_bvgpu_answer_arrived(struct xengt_bvgpu *v,
				const struct xengt_wp_msg *msg);
/* Nobody will answer: all questions are done with this -errno. */
void xengt_bvgpu_fail_questions(struct xengt_bvgpu *v, int error);

#endif /* XENGT_BVGPU_ASK_H */
