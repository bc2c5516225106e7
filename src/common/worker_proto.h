/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages between broker (xengtd) and worker (xengt-vgpu). Each message is
 * one packet of a SOCK_SEQPACKET socket. The protocol is private to one build:
 * every message has XENGT_WP_VERSION, and a process that receives another
 * version stops talking.
 *
 * The worker is not trusted: xengt_wp_parse() checks a whole message before any
 * field is used, and makes texts printable.
 *
 * The questions that the broker asks for an administrator's verb, and their
 * answers, are rows in worker_questions.h.
 */
#ifndef XENGT_WORKER_PROTO_H
#define XENGT_WORKER_PROTO_H

#include "xengt/counters.h"
#include "xengt/driver.h"
#include "xengt/fault.h"
#include "xengt/limits.h"
#include "xengt/picture.h"
#include "xengt/reg_view.h"
#include "xengt/types.h"

#define XENGT_WP_VERSION	6
#define XENGT_WP_TEXT_MAX	200
#define XENGT_WP_REGS_MAX	64

/* The numbers of the descriptors with which the broker starts a worker. */
#define XENGT_WP_FD_VGPU	3
#define XENGT_WP_FD_BROKER	4
#define XENGT_WP_FD_LISTEN	5
#define XENGT_WP_FD_EDID	6	/* only if the guest has one */
#define XENGT_WP_FD_RECORD	7	/* only if sessions are recorded */

enum xengt_wp_type {
	XENGT_WP_NONE,		/* no message is of this type */

	/*
	 * From broker to worker. Each is answered, except QUIT, PLACED, SET_EDID
	 * and THROTTLE.
	 */
	XENGT_WP_HELLO = 1,	/* a new broker is here; answered by STATE */
	XENGT_WP_PING,		/* answered by PONG */
	XENGT_WP_GET_COUNTERS,	/* answered by COUNTERS */
	XENGT_WP_UNPLUG,	/* answered by UNPLUGGED when the guest reads
				 * all-ones */
	XENGT_WP_QUIT,		/* give the device back, exit with 0 */
	XENGT_WP_PLACED,	/* answer of PLACE; status: 0 or -errno */
	XENGT_WP_GET_INFO,	/* answered by INFO */
	XENGT_WP_GET_REGS,	/* answered by REGS */
	XENGT_WP_GET_PICTURE,	/* answered by PICTURE; carries the file into
				 * which the worker draws, of
				 * XENGT_PICTURE_MAX_BYTES */
	XENGT_WP_SET_EDID,	/* the guest gets another monitor; carries a
				 * file with its EDID */
	XENGT_WP_THROTTLE,	/* let the guest's next requests wait for a while */

	/* worker to broker */
	XENGT_WP_READY = 32,	/* the device is there */
	XENGT_WP_FAILED,	/* the worker could not start and exits; text
				 * says why */
	XENGT_WP_STATE,		/* answer of HELLO; carries the vGPU's fd */
	XENGT_WP_PONG,
	XENGT_WP_COUNTERS,
	XENGT_WP_UNPLUGGED,
	XENGT_WP_PLACE,		/* a request to put something into the guest's
				 * address space, or to take it away; answered
				 * by PLACED */
	XENGT_WP_DEAD,		/* the vGPU was zapped; status: enum
				 * xengt_vgpu_state */
	XENGT_WP_INFO,
	XENGT_WP_REGS,
	XENGT_WP_PICTURE,	/* status: 0, or -errno as
				 * xengt_scanout_draw() */
	XENGT_WP_ABUSE,		/* the guest tripped a row of counters.h */
};

struct xengt_wp_state {
	uint32_t domid;
	uint32_t server_id;
	uint32_t vcpus;
	uint8_t is_unplugged;
	uint8_t is_dead;
	uint8_t has_aperture;		/* the aperture is mapped at
					 * aperture_gfn */
	uint8_t pad;
	uint64_t aperture_gfn;
};

enum xengt_wp_place_what {
	XENGT_WP_PLACE_APERTURE,	/* the vGPU's whole aperture slice */
	XENGT_WP_PLACE_RAM,		/* new memory for the domain */
	XENGT_WP_PLACE_WHATS,
};

struct xengt_wp_place {
	uint64_t gfn;
	uint32_t what;			/* enum xengt_wp_place_what */
	uint32_t frames;		/* number of frames of RAM; 0 for the
					 * aperture */
	uint32_t on;
	uint32_t pad;
};

struct xengt_wp_info {
	uint32_t count;			/* of faults */
	uint32_t driver;		/* enum xengt_driver_state */
	uint64_t driver_msec;		/* for how long it has been so */
	struct xengt_fault fault[XENGT_FAULTS_KEPT];
};

struct xengt_wp_regs_wanted {
	uint32_t list;			/* enum xengt_reg_list */
	uint32_t from;			/* offset */
};

struct xengt_wp_regs {
	uint32_t left;			/* number of registers from 'from'
					 * on, including those here */
	uint32_t count;			/* number of registers here, sorted
					 * by offset */
	struct xengt_reg_view reg[XENGT_WP_REGS_MAX];
};

/* Pixels are in the file: R, G, B, row by row. */
struct xengt_wp_picture {
	uint32_t width;
	uint32_t height;
};

struct xengt_wp_abuse {
	uint32_t row;			/* enum xengt_counter, an adverse one */
	uint32_t pad;
	uint64_t count;			/* events since the last message of the
					 * row, or since the start */
};

struct xengt_wp_msg {
	uint32_t version;
	uint32_t type;			/* enum xengt_wp_type */
	uint32_t seq;			/* an answer has the number of its
					 * question */
	int32_t status;
	union {
		uint8_t nothing[0];			/* for all other types */
		struct xengt_wp_state state;		/* READY, STATE */
		struct xengt_wp_place place;		/* PLACE */
		struct xengt_counters counters;		/* COUNTERS */
		struct xengt_wp_picture picture;	/* PICTURE */
		char text[XENGT_WP_TEXT_MAX];		/* FAILED */
		struct xengt_wp_info info;		/* INFO */
		struct xengt_wp_regs_wanted wanted;	/* GET_REGS */
		struct xengt_wp_regs regs;		/* REGS */
		struct xengt_wp_abuse abuse;		/* ABUSE */
	} u;
};

/*
 * Check a packet and copy it to *ret_msg. Fields that the type does not use
 * become 0; a text is printable and terminated. -EPROTO: length, type or a
 * field is wrong; -EPROTONOSUPPORT: another version.
 */
int xengt_wp_parse(const void *buf, size_t len_bytes,
		   struct xengt_wp_msg *ret_msg);

/*
 * Send msg (version is filled in) with a copy of pass_fd, or -1. Never blocks
 * and raises no SIGPIPE. -EAGAIN: the peer does not read; -EPIPE: it is gone.
 */
int xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);

/*
 * Receive a message; never blocks. 1: *ret_msg, and *ret_fd is a descriptor
 * that is the caller's now, or -1; 0: no message waits; -EPIPE: the peer is
 * gone; otherwise as xengt_wp_parse(). ret_fd may be NULL: none is wanted.
 */
int xengt_wp_recv(int fd, struct xengt_wp_msg *ret_msg, int *ret_fd);

#endif /* XENGT_WORKER_PROTO_H */
