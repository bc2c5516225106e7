/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds the content of the control socket's answers (docs/protocol.md, section
 * 2).
 */
#ifndef XENGT_ANSWER_H
#define XENGT_ANSWER_H

#include <json-c/json.h>

#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "xengtd/bvgpu.h"

/* These functions return new objects, which the caller owns. */
struct json_object *xengt_json_ping(void);
/* The pictures that viewers in other domains see or may see again. */
struct json_object *xengt_json_views(const struct xengtd *d);
struct json_object *xengt_json_resources(const struct xengt_info *gpu);
/*
 * Returns one vGPU as the command `list` shows a vGPU, without the fields that
 * only the worker knows.
 */
struct json_object *xengt_json_info(struct xengt_bvgpu *v);

/* An unfinished answer; the worker must provide a part of the answer. */
struct xengt_answer {
	const struct xengt_wp_question *row;
	struct xengt_wp_msg ask;	/* the next question to the worker */
	int fd;				/* the file that is sent with the
					 * question; -1: none. The caller owns
					 * the file */
	struct json_object *data;	/* NULL: none yet */
	bool is_enough;			/* data is a complete answer even if
					 * the worker does not answer */
	const char *code;		/* not NULL: the question is refused;
					 * 'error' has the reason */
	char error[256];
};

/*
 * Begin an answer with what the broker knows. Sets all fields of *a except fd.
 */
void xengt_answer_begin(struct xengt_answer *a,
			const struct xengt_wp_question *row,
			struct xengt_bvgpu *v);
/*
 * Add the worker's message, which must have the type row->answer; v is NULL if
 * the vGPU does not exist any more. Returns true if the answer is not complete:
 * then send a->ask to the worker.
 */
bool xengt_answer_add(struct xengt_answer *a, struct xengt_bvgpu *v,
		      const struct xengt_wp_msg *msg);
/*
 * Returns the line for the client, made from what was added so far; frees
 * a->data.
 */
char *xengt_answer_line(struct xengt_answer *a);
/*
 * Returns the line for the client when the worker did not answer; error is
 * -errno.
 */
char *xengt_answer_silent(struct xengt_answer *a, int error);

#endif /* XENGT_ANSWER_H */
