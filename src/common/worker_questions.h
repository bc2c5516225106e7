/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions that the broker asks a worker because an administrator asked: one
 * row for each question. These are made from the rows: the verb of the control
 * socket (control_proto.c), the size and the check of both messages
 * (worker_proto.c), the worker's function (src/xengt-vgpu/questions.c) and the
 * broker's function for the answer (src/xengtd/answer.c). A row for which one
 * of the functions is missing does not compile.
 *
 * Columns of X():
 *   id       XENGT_QUESTION_<id>, XENGT_CONTROL_<id>
 *   command  verb of the control socket; NULL: it is asked for in xenstore
 *   get      XENGT_WP_<get>: the message that asks
 *   ask      member of struct xengt_wp_msg's body that get carries, or `nothing`
 *   list     of GET_REGS: which registers; otherwise 0
 *   answer   XENGT_WP_<answer>; NONE: nobody waits for one
 *   body     member of the body that the answer carries, or `nothing`
 *   file     bytes of the file that goes along with the question; 0: there is
 *            none, and the worker answers at once, also in the middle of the core.
 *            A question with a file is answered between two requests of the guest.
 *   build    names the two functions: answer_<build>() in the worker,
 *            build_<build>() in the broker
 */
#ifndef XENGT_WORKER_QUESTIONS_H
#define XENGT_WORKER_QUESTIONS_H

#include <stdint.h>

#include "common/worker_proto.h"
#include "xengt/edid.h"

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

/* A row, as above. */
struct xengt_wp_question {
	const char *command;		/* or NULL */
	enum xengt_wp_type get;
	enum xengt_wp_type answer;	/* XENGT_WP_NONE: nobody waits */
	enum xengt_reg_list list;
	uint32_t file_bytes;
};

/* By enum xengt_wp_question_id. */
extern const struct xengt_wp_question xengt_wp_questions[XENGT_QUESTIONS];

/*
 * The first row that asks with this type of message, or NULL. Rows with the
 * same type differ only in command and list.
 */
const struct xengt_wp_question *xengt_wp_question_of(uint32_t get);
/* Is this type of message the answer of a row? */
bool xengt_wp_is_answer(uint32_t type);

#endif /* XENGT_WORKER_QUESTIONS_H */
