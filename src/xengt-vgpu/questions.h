/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker's side of worker_questions.h. */
#ifndef XENGT_VGPU_QUESTIONS_H
#define XENGT_VGPU_QUESTIONS_H

#include "common/worker_questions.h"
#include "device.h"

/*
 * Do what a message asked for: ask has the type of the row, and *answer, which
 * has type and seq already, gets status and body. fd is the file that came along,
 * at its start, and stays the caller's; -1 for a row without one. A row with a
 * file enters the core, the others only look at it.
 */
void xengt_question_answer(const struct xengt_device *device,
			   const struct xengt_wp_question *row,
			   const struct xengt_wp_msg *ask, int fd,
			   struct xengt_wp_msg *answer);

#endif /* XENGT_VGPU_QUESTIONS_H */
