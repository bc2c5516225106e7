/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions that the broker asks a worker on behalf of an administrator: one row for each
 * question. The rows are the source of the commands of the control socket
 * (control_proto.c), of the size and the check of each question and answer
 * (worker_proto.c), and of the calls of the functions that answer, in the worker
 * (src/xengt-vgpu/questions.c) and in the broker (src/xengtd/answer.c). A row without one
 * of its functions does not compile.
 *
 * Columns of X():
 *   id       XENGT_QUESTION_<id>, XENGT_CONTROL_<id>
 *   command  the command of the control socket that causes the question; NULL: a node in
 *            xenstore causes the question
 *   get      XENGT_WP_<get>: type of the question's message
 *   ask      the member of the union in struct xengt_wp_msg that the question carries, or
 *            `nothing`
 *   list     for GET_REGS: enum xengt_reg_list, the registers that the question asks for;
 *            otherwise 0
 *   answer   XENGT_WP_<answer>: type of the answer; NONE: there is no answer
 *   body     the member of the union in struct xengt_wp_msg that the answer carries, or
 *            `nothing`
 *   file     size of the file that is sent with the question, in bytes; 0: none. The
 *            worker answers a question without a file at once, even while the core
 *            handles a request of the guest. The worker answers a question with a file
 *            only between two requests of the guest.
 *   build    names the two functions: answer_<build>() in the worker, build_<build>()
 *            in the broker
 */
#ifndef XENGT_WORKER_QUESTIONS_H
#define XENGT_WORKER_QUESTIONS_H

#include <stdint.h>

#include "common/worker_proto.h"
#include "xengt/edid.h"
#include "xengt/picture.h"
#include "xengt/reg_view.h"

/* clang-format off */
#define XENGT_WP_QUESTIONS(X)						       \
	X(INFO, "info", GET_INFO, nothing, 0,				       \
	  INFO, info, 0, info)						       \
	X(STAT, "stat", GET_COUNTERS, nothing, 0,			       \
	  COUNTERS, counters, 0, counters)				       \
	X(REGS_DIFF, "regs-diff", GET_REGS, wanted, XENGT_REGS_DIFF,	       \
	  REGS, regs, 0, regs)						       \
	X(REGS_UNKNOWN, "regs-unknown", GET_REGS, wanted, XENGT_REGS_UNKNOWN,  \
	  REGS, regs, 0, regs)						       \
	X(SCREENSHOT, "screenshot", GET_PICTURE, nothing, 0,		       \
	  PICTURE, picture, XENGT_PICTURE_MAX_BYTES, picture)		       \
	X(SET_EDID, NULL, SET_EDID, nothing, 0,				       \
	  NONE, nothing, XENGT_EDID_MAX_BYTES, edid)
/* clang-format on */

enum xengt_wp_question_id {
#define XENGT_QUESTION_ID(id, ...) XENGT_QUESTION_##id,
	XENGT_WP_QUESTIONS(XENGT_QUESTION_ID)
#undef XENGT_QUESTION_ID
	XENGT_QUESTIONS
};

/* A row of XENGT_WP_QUESTIONS(). */
struct xengt_wp_question {
	const char *command;		/* NULL: a node in xenstore causes the
					 * question */
	enum xengt_wp_type get;
	enum xengt_wp_type answer;	/* XENGT_WP_NONE: there is no answer */
	enum xengt_reg_list list;
	uint32_t file_bytes;
};

/* Indexed by enum xengt_wp_question_id. */
extern const struct xengt_wp_question xengt_wp_questions[XENGT_QUESTIONS];

/*
 * Returns the first row whose question has this message type, or NULL if no row
 * has. Rows whose questions have the same type differ only in command and list.
 */
const struct xengt_wp_question *xengt_wp_question_of(uint32_t get);
/* Returns true if some row's answer has this message type. */
bool xengt_wp_is_answer(uint32_t type);

#endif /* XENGT_WORKER_QUESTIONS_H */
