/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds the worker's answers to the questions of worker_questions.h. */
#ifndef XENGT_VGPU_QUESTIONS_H
#define XENGT_VGPU_QUESTIONS_H

#include "common/worker_questions.h"
#include "xengt-vgpu/device.h"

/*
 * Build the answer to a question. ask is the question, and has the row's type.
 * *answer has its type and seq already; this function sets status and body. fd
 * is the file that came with the question, positioned at its start; -1 for a
 * question without a file. The caller owns fd. Questions with a file may change
 * the core; the others only read it.
 */
void xengt_question_answer(const struct xengt_device *device,
			   const struct xengt_wp_question *row,
			   const struct xengt_wp_msg *ask, int fd,
			   struct xengt_wp_msg *answer);

#endif /* XENGT_VGPU_QUESTIONS_H */
