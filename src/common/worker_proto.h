/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages between broker (xengtd) and worker (xengt-vgpu). Each message is
 * one packet of a SOCK_SEQPACKET socket. The protocol is not stable: every
 * message has XENGT_WP_VERSION, and a process that receives another version
 * closes the connection.
 *
 * The broker does not trust the worker: xengt_wp_parse() checks a whole message
 * before any field is used, and makes texts printable.
 *
 * The questions that the broker asks on behalf of an administrator, and their
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

#define XENGT_WP_VERSION	7
#define XENGT_WP_TEXT_MAX	200
#define XENGT_WP_REGS_MAX	64

/* The numbers of the descriptors that a new worker inherits from the broker. */
#define XENGT_WP_FD_VGPU	3
#define XENGT_WP_FD_BROKER	4
#define XENGT_WP_FD_LISTEN	5
#define XENGT_WP_FD_EDID	6	/* open only if the administrator gave
					 * an EDID */
#define XENGT_WP_FD_RECORD	7	/* open only if the session is
					 * recorded */

enum xengt_wp_type {
	XENGT_WP_NONE,		/* no message is of this type */

	/*
	 * From broker to worker. The worker answers each message except QUIT,
	 * PLACED, SET_EDID and THROTTLE.
	 */
	XENGT_WP_HELLO = 1,	/* a new broker has connected; answered by
				 * STATE */
	XENGT_WP_PING,		/* answered by PONG */
	XENGT_WP_GET_COUNTERS,	/* answered by COUNTERS */
	XENGT_WP_UNPLUG,	/* take the device off the guest's bus; answered
				 * by UNPLUGGED as soon as the guest reads
				 * all-ones */
	XENGT_WP_QUIT,		/* release the resources, and exit with 0 */
	XENGT_WP_PLACED,	/* answer to PLACE; status: 0 or -errno */
	XENGT_WP_GET_INFO,	/* answered by INFO */
	XENGT_WP_GET_REGS,	/* answered by REGS */
	XENGT_WP_GET_PICTURE,	/* answered by PICTURE; carries a file of
				 * XENGT_PICTURE_MAX_BYTES; the worker draws the
				 * screenshot into this file */
	XENGT_WP_SET_EDID,	/* the guest gets another monitor; carries a
				 * file with its EDID */
	XENGT_WP_THROTTLE,	/* answer no request of the guest for
				 * XENGT_ABUSE_PAUSE_MSEC */

	/* from worker to broker */
	XENGT_WP_READY = 32,	/* the worker serves the device */
	XENGT_WP_FAILED,	/* the worker could not start and exits; text
				 * says why */
	XENGT_WP_STATE,		/* answer to HELLO; carries the vGPU's fd */
	XENGT_WP_PONG,
	XENGT_WP_COUNTERS,
	XENGT_WP_UNPLUGGED,
	XENGT_WP_PLACE,		/* a request to place the aperture or RAM in the
				 * guest's address space, or to remove the
				 * aperture or RAM; answered by PLACED */
	XENGT_WP_DEAD,		/* the vGPU was zapped or broke; status: enum
				 * xengt_vgpu_state */
	XENGT_WP_INFO,
	XENGT_WP_REGS,
	XENGT_WP_PICTURE,	/* status: the result of xengt_scanout_draw() */
	XENGT_WP_ABUSE,		/* the guest caused too many of the events that
				 * one counter counts */
};

struct xengt_wp_state {
	uint32_t domid;
	uint32_t server_id;
	uint32_t vcpus;
	uint8_t is_unplugged;
	uint8_t is_dead;
	uint8_t has_aperture;		/* the slice, or some of its pieces, may
					 * be mapped at aperture_gfn */
	uint8_t pad;
	uint64_t aperture_gfn;
};

enum xengt_wp_place_what {
	XENGT_WP_PLACE_APERTURE,	/* the vGPU's whole aperture slice */
	XENGT_WP_PLACE_RAM,		/* new memory for the domain */
	XENGT_WP_PLACE_PIECE,		/* a piece of the aperture slice, which
					 * begins at gfn */
	XENGT_WP_PLACE_WHATS,
};

struct xengt_wp_place {
	uint64_t gfn;
	uint32_t what;			/* enum xengt_wp_place_what */
	uint32_t frames;		/* number of frames of RAM; else 0 */
	uint32_t on;
	uint32_t piece;			/* number of the piece; else 0 */
};

struct xengt_wp_info {
	uint32_t count;			/* number of faults */
	uint32_t driver;		/* enum xengt_driver_state */
	uint64_t driver_msec;		/* how long the driver has been in this
					 * state */
	struct xengt_fault fault[XENGT_FAULTS_KEPT];
};

struct xengt_wp_regs_wanted {
	uint32_t list;			/* enum xengt_reg_list */
	uint32_t from;			/* offset */
};

struct xengt_wp_regs {
	uint32_t left;			/* number of registers of the list at
					 * or after the question's offset
					 * `from`; the registers in this message
					 * are counted, too */
	uint32_t count;			/* number of registers in this message,
					 * sorted by offset */
	struct xengt_reg_view reg[XENGT_WP_REGS_MAX];
};

/*
 * The size of a screenshot, in pixels. The file has the pixels, row by row, as
 * bytes R, G, B.
 */
struct xengt_wp_picture {
	uint32_t width;
	uint32_t height;
};

struct xengt_wp_abuse {
	uint32_t row;			/* enum xengt_counter: a counter of
					 * adverse events */
	uint32_t pad;
	uint64_t count;			/* events since the last message about
					 * this counter, or since the start */
};

struct xengt_wp_msg {
	uint32_t version;
	uint32_t type;			/* enum xengt_wp_type */
	uint32_t seq;			/* an answer has the seq of its
					 * question */
	int32_t status;
	union {
		uint8_t nothing[0];			/* messages without a
							 * body */
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
 * Check a packet and copy it to *ret_msg. Fields that this type of message does
 * not use become 0; texts are made printable and terminated. Returns 0;
 * -EPROTO: length, type or a field is wrong; -EPROTONOSUPPORT: the sender has
 * another version of the protocol.
 */
int xengt_wp_parse(const void *buf, size_t len_bytes,
		   struct xengt_wp_msg *ret_msg);

/*
 * Send msg with a copy of pass_fd (-1: none); this function sets msg->version.
 * Never blocks and raises no SIGPIPE. -EAGAIN: the peer does not read; -EPIPE:
 * the peer is gone.
 */
int xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);

/*
 * Receive a message; never blocks. Returns 1: *ret_msg is the message, and
 * *ret_fd the descriptor that came with the message (-1: none), which the
 * caller owns now; 0: no message has arrived; -EPIPE: the peer is gone; other
 * errors are those of xengt_wp_parse(). If ret_fd is NULL, a descriptor that
 * came with the message is closed.
 */
int xengt_wp_recv(int fd, struct xengt_wp_msg *ret_msg, int *ret_fd);

#endif /* XENGT_WORKER_PROTO_H */
