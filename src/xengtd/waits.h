/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the broker waits, how often it tries, and how much it handles at a
 * time.
 */
#ifndef XENGT_WAITS_H
#define XENGT_WAITS_H

/*
 * vgpu.c: waits for graphics memory that an ending vGPU still has, and for a
 * worker's READY
 */
#define MEMORY_WAIT_MSEC	20000
#define MEMORY_POLL_MSEC	250
#define START_MSEC		10000

/* vgpu_ask.c: waits for a worker's answer to a question */
#define QUESTION_MSEC		3000

/*
 * vgpu_end.c: until what could not be given back is tried again; after so many times
 * the vGPU is held, and it is tried less often
 */
#define RETIRE_TRIES		20
#define RETIRE_POLL_MSEC	500
#define HELD_POLL_MSEC		60000

/*
 * vgpu_place.c: the broker's time that a worker's requests to place something
 * may cost: at once at most this much; in the long run half of the broker's
 * time for all workers together
 */
#define PLACE_BURST_USEC	1000000
#define PLACE_ALL		2	/* 1 / 2 */

/* vgpu_abuse.c: between two lines of the log about the same row of the same vGPU */
#define ABUSE_LOG_MSEC		60000

/* vgpu_recover.c: waits for the worker of an earlier broker */
#define FIND_TRIES		15
#define FIND_POLL_MSEC		200
#define FIND_ANSWER_MSEC	8000	/* the worker may itself wait for an
					 * answer of the broker */

/* control.c: clients of the control socket */
#define CLIENTS_MAX		32
#define IDLE_MSEC		60000	/* for a client that sent half a line,
					 * or does not read */

/* answer.c: about how many registers one answer has; the line has a limit */
#define REGS_MAX		600

#endif /* XENGT_WAITS_H */
