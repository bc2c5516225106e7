/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's time limits, its numbers of tries, and the largest amounts that
 * the broker handles at a time.
 */
#ifndef XENGT_WAITS_H
#define XENGT_WAITS_H

/*
 * vgpu.c: MEMORY_WAIT: how long the broker waits for the graphics memory of a vGPU that
 * is ending; MEMORY_POLL: time between two tries; START: the time limit for a worker's
 * READY
 */
#define MEMORY_WAIT_MSEC	20000
#define MEMORY_POLL_MSEC	250
#define START_MSEC		10000

/* vgpu_ask.c: how long the broker waits for a worker's answer to a question */
#define QUESTION_MSEC		3000

/*
 * vgpu_end.c: if a resource of an ended vGPU cannot be released, the broker tries
 * again every RETIRE_POLL_MSEC. After RETIRE_TRIES tries the vGPU is held; then the
 * broker tries again when a domain ends, when a vGPU's nodes change, and every
 * HELD_POLL_MSEC.
 */
#define RETIRE_TRIES		20
#define RETIRE_POLL_MSEC	500
#define HELD_POLL_SEC		60
#define HELD_POLL_MSEC		(1000 * HELD_POLL_SEC)

/*
 * vgpu_place.c: how much of the broker's time may be spent on workers' requests to place
 * aperture or RAM. PLACE_BURST: the longest time for one worker's requests without a
 * pause, in microseconds; PLACE_ALL: all workers' requests together may take 1 /
 * PLACE_ALL of the broker's time
 */
#define PLACE_BURST_USEC	1000000
#define PLACE_ALL		2	/* 1 / 2 */

/*
 * vgpu_abuse.c: the shortest time between two log lines about the same counter
 * of the same vGPU
 */
#define ABUSE_LOG_MSEC		60000

/*
 * vgpu_recover.c: FIND_TRIES, FIND_POLL: how often, and after which time, the
 * broker tries again to connect to the worker of an earlier broker;
 * FIND_ANSWER: the time limit for the answer of the worker that was found
 */
#define FIND_TRIES		15
#define FIND_POLL_MSEC		200
#define FIND_ANSWER_MSEC	8000	/* longer than BROKER_ANSWER_MSEC: the worker
					 * may itself be waiting for a broker's
					 * answer */

/* control.c: clients of the control socket */
#define CLIENTS_MAX		32
#define IDLE_MSEC		60000	/* after this time the broker closes the
					 * connection of a client that stops in the
					 * middle of a line, or does not read its
					 * answer */

/*
 * answer.c: the broker adds no more registers to an answer that has this many, so that
 * the answer's line does not exceed its limit
 */
#define REGS_MAX		600

#endif /* XENGT_WAITS_H */
