/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the broker waits, how often it tries, and how much it handles at a
 * time.
 */
#ifndef XENGT_WAITS_H
#define XENGT_WAITS_H

/*
 * vgpu.c: MEMORY: waits for graphics memory of a vGPU that is ending; START: waits for a
 * worker's READY
 */
#define MEMORY_WAIT_MSEC	20000
#define MEMORY_POLL_MSEC	250
#define START_MSEC		10000

/* vgpu_ask.c: waits for a worker's answer to a question */
#define QUESTION_MSEC		3000

/*
 * vgpu_end.c: after RETIRE_POLL the broker tries again to give back resources; after
 * RETIRE_TRIES tries the vGPU is held, and the broker tries only every HELD_POLL
 */
#define RETIRE_TRIES		20
#define RETIRE_POLL_MSEC	500
#define HELD_POLL_MSEC		60000

/*
 * vgpu_place.c: how much of the broker's time requests to place aperture or RAM may cost.
 * PLACE_BURST: one worker's requests in a row; PLACE_ALL: all workers together get one
 * half in the long run
 */
#define PLACE_BURST_USEC	1000000
#define PLACE_ALL		2	/* 1 / 2 */

/* vgpu_abuse.c: between two log lines about the same counter of the same vGPU */
#define ABUSE_LOG_MSEC		60000

/* vgpu_recover.c: waits for the worker of an earlier broker */
#define FIND_TRIES		15
#define FIND_POLL_MSEC		200
#define FIND_ANSWER_MSEC	8000	/* meanwhile the worker may wait for a broker's
					 * answer (BROKER_ANSWER_MSEC) */

/* control.c: clients of the control socket */
#define CLIENTS_MAX		32
#define IDLE_MSEC		60000	/* after this time a client is dropped that
					 * stops in the middle of a line, or does not
					 * read its answer */

/*
 * answer.c: an answer with this many registers gets no more; so its line stays within the
 * limit
 */
#define REGS_MAX		600

#endif /* XENGT_WAITS_H */
