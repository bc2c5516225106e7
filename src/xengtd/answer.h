/* SPDX-License-Identifier: GPL-2.0-only */
/* The content of the control socket's answers (docs/protocol.md, section 2). */
#ifndef XENGT_ANSWER_H
#define XENGT_ANSWER_H

#include <json-c/json.h>

#include "bvgpu.h"
#include "common/worker_questions.h"

/* These return new objects, which the caller owns. */
struct json_object *xengt_json_ping(void);
struct json_object *xengt_json_resources(const struct xengt_info *gpu);
/*
 * One vGPU as `list` shows it; fields that only the worker knows are added
 * later.
 */
struct json_object *xengt_json_info(struct xengt_bvgpu *v);

/* An answer under construction that needs the worker. */
struct xengt_answer {
	const struct xengt_wp_question *row;
	struct xengt_wp_msg ask;	/* the next question to the worker */
	int fd;				/* the file that goes with the
					 * question; -1: none. The caller
					 * owns it */
	struct json_object *data;	/* NULL: none yet */
	bool is_enough;			/* data is a complete answer even if
					 * the worker does not answer */
	const char *code;		/* not NULL: the question is refused;
					 * 'error' has the reason */
	char error[256];
};

/* Begin an answer with what the broker knows. Sets all fields but fd. */
void xengt_answer_begin(struct xengt_answer *a,
			const struct xengt_wp_question *row,
			struct xengt_bvgpu *v);
/*
 * Add the worker's message, which has the type that row names; v is NULL if the
 * vGPU is gone. True: the answer is not complete; send a->ask to the worker.
 */
bool xengt_answer_add(struct xengt_answer *a, struct xengt_bvgpu *v,
		      const struct xengt_wp_msg *msg);
/* The line for the client, from all that is known; takes a->data over. */
char *xengt_answer_line(struct xengt_answer *a);
/* The line for the client when the worker did not answer; error is -errno. */
char *xengt_answer_silent(struct xengt_answer *a, int error);

#endif /* XENGT_ANSWER_H */
