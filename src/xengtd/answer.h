/* SPDX-License-Identifier: GPL-2.0-only */
/* What the control socket's answers are made of (docs/protocol.md, section 2). */
#ifndef XENGT_ANSWER_H
#define XENGT_ANSWER_H

#include <json-c/json.h>

#include "bvgpu.h"
#include "common/worker_questions.h"

/* New objects, the caller's. */
struct json_object *xengt_json_ping(void);
struct json_object *xengt_json_resources(const struct xengt_info *gpu);
/* As `list` has it; what only the worker knows is added later. */
struct json_object *xengt_json_info(struct xengt_bvgpu *v);

/* An answer that a worker has a part in, as far as it is known. */
struct xengt_answer {
	const struct xengt_wp_question *row;
	struct xengt_wp_msg ask;	/* to be sent to the worker next */
	int fd;				/* of row's file; -1: none. The caller's */
	struct json_object *data;	/* NULL: none yet */
	bool is_enough;			/* data is an answer without the worker, too */
	const char *code;		/* not NULL: refused, for the reason below */
	char error[256];
};

/* Begin one, all but fd, with what is known before the worker is asked. */
void xengt_answer_begin(struct xengt_answer *a,
			const struct xengt_wp_question *row,
			struct xengt_bvgpu *v);
/* Add the worker's message, which has row's type; v is NULL if the vGPU is gone.
 * True: it has more to say when a->ask is put to it. */
bool xengt_answer_add(struct xengt_answer *a, struct xengt_bvgpu *v,
		      const struct xengt_wp_msg *msg);
/* The line for the client, with all that is known; data is used up. */
char *xengt_answer_line(struct xengt_answer *a);
/* The same, when the worker did not answer: error is -errno. */
char *xengt_answer_silent(struct xengt_answer *a, int error);

#endif /* XENGT_ANSWER_H */
