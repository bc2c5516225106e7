/* SPDX-License-Identifier: GPL-2.0-only */
/* How long the broker waits, how often it tries, how much it takes at a time. */
#ifndef XENGT_WAITS_H
#define XENGT_WAITS_H

/* vgpu.c: for graphics memory that an ending vGPU still has, for a worker's READY */
#define MEMORY_WAIT_MSEC	20000
#define MEMORY_POLL_MSEC	250
#define START_MSEC		10000

/* vgpu_ask.c: for a worker's answer to a question */
#define QUESTION_MSEC		3000

/* vgpu_end.c: for Xen to let go of an ioreq server */
#define RETIRE_TRIES		20
#define RETIRE_POLL_MSEC	500

/*
 * vgpu_place.c: time of the broker for the requests of a worker to place something, of
 * any kind: so much at once; in the long run all workers together have half of it
 */
#define PLACE_BURST_USEC	1000000
#define PLACE_ALL		2	/* 1 / 2 */

/* vgpu_recover.c: for the worker of an earlier broker */
#define FIND_TRIES		15
#define FIND_POLL_MSEC		200
#define FIND_ANSWER_MSEC	8000	/* it may wait for us, in the core */

/* control.c: clients of the control socket */
#define CLIENTS_MAX		32
#define IDLE_MSEC		60000	/* with half a line, or not reading */

/* answer.c: registers in one answer, about: the line has a limit */
#define REGS_MAX		600

#endif /* XENGT_WAITS_H */
