/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker's link to the broker: the connection, the socket to which a
 * restarted broker connects, the broker's orders, and the worker's requests.
 *
 * The link also handles messages while the core waits for the broker's answer,
 * so the link may not change the core. The link answers questions that only
 * read the core. The link stores all other orders as flags (want_X), and the
 * loop carries out these orders between two requests of the guest.
 */
#ifndef XENGT_VGPU_BROKER_H
#define XENGT_VGPU_BROKER_H

#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "xengt-vgpu/device.h"
#include "xengt/counters.h"
#include "xengt/types.h"

struct xengt_broker_config {
	uint32_t domid;
	int broker_fd;			/* -1: no broker is connected */
	int listen_fd;			/* -1: no new broker can connect */
	int vgpu_fd;			/* a copy of the vGPU's fd for a new
					 * broker; -1: none */
	uint32_t answer_msec;		/* how long the worker waits for a
					 * broker's answer, in milliseconds; 0:
					 * the default */
};

struct xengt_broker {
	struct xengt_broker_config cfg;	/* broker_fd is always the connection to
					 * the current broker */
	const struct xengt_device *device;
	int epoll_fd;			/* the loop's epoll set */
	uint32_t seq;			/* sequence number of the worker's
					 * own questions */

	bool has_aperture;		/* the slice, or some of its pieces, may
					 * be mapped at aperture_gfn */
	uint64_t aperture_gfn;
	struct xengt_wp_place given_up;	/* RAM that the worker requested, but
					 * stopped waiting for; the broker may
					 * still place this RAM. If frames is 0,
					 * there is no such RAM */

	/*
	 * the broker's orders; the loop clears a flag when it carries the order
	 * out
	 */
	bool want_unplug;
	uint32_t unplug_seq;
	bool want_map_again;		/* a new broker has connected, or an
					 * answer came late: see reconnect() */
	bool want_quit;
	bool want_pause;		/* slow the guest down */
	/*
	 * for each row of worker_questions.h: the newest question that came
	 * with a file and is not answered yet
	 */
	struct {
		int fd;			/* -1: none */
		uint32_t seq;
	} files[XENGT_QUESTIONS];
};

/*
 * Watch the descriptors of cfg in the epoll set. The caller owns the set and
 * the descriptors, but the link may close and replace broker_fd. device must
 * outlive the link. 0 or -errno.
 */
int xengt_broker_init(struct xengt_broker *b,
		      const struct xengt_broker_config *cfg, int epoll_fd,
		      const struct xengt_device *device);
/*
 * Close the files that came with questions; the connection stays open. b may
 * also be a link whose initialisation failed, or all 0.
 */
void xengt_broker_fini(struct xengt_broker *b);

/*
 * Handle a readable descriptor. Returns false if fd does not belong to the
 * link.
 */
bool xengt_broker_handle(struct xengt_broker *b, int fd);

/*
 * Send a message without a body. If no broker is connected, the function does
 * nothing. If sending fails, the function closes the connection to the broker.
 */
void xengt_broker_send_simple(struct xengt_broker *b, enum xengt_wp_type type,
			      uint32_t seq, int status);
/*
 * Send a message READY or STATE, with a copy of pass_fd (-1: none); errors are
 * handled as in xengt_broker_send_simple(). device->hv must not be NULL.
 */
void xengt_broker_send_state(struct xengt_broker *b, enum xengt_wp_type type,
			     uint32_t seq, int pass_fd);

/*
 * Send a message ABUSE: this counter exceeded its limit; errors are handled as
 * in xengt_broker_send_simple(). count: events since the last message ABUSE
 * about this counter.
 */
void xengt_broker_send_abuse(struct xengt_broker *b, enum xengt_counter row,
			     uint64_t count);

/* Answer the questions that came with a file. Calls into the core. */
void xengt_broker_answer_files(struct xengt_broker *b);

/*
 * Ask the broker to remove RAM that the worker requested, but stopped waiting
 * for, because the broker may have placed this RAM later.
 */
void xengt_broker_take_back(struct xengt_broker *b);

/*
 * Callbacks of struct xengt_hv_xen_config: ask the broker and wait for its
 * answer. ctx is a struct xengt_broker. -ETIMEDOUT: no broker answered in time.
 * -ENOTCONN (xengt_broker_map_piece() and xengt_broker_populate()): no broker is
 * connected. xengt_broker_populate() with on also returns -ENOTCONN while
 * xengt_broker_take_back() still has to remove RAM for which an earlier call
 * stopped waiting.
 */
int xengt_broker_map_aperture(void *ctx, gfn_t first, bool on);
int xengt_broker_map_piece(void *ctx, gfn_t first, uint32_t piece, bool on);
int xengt_broker_populate(void *ctx, gfn_t first, uint32_t frames, bool on);

/*
 * Tell the broker why the worker cannot create the device. A text that is too
 * long is cut.
 */
void xengt_broker_tell_failure(int broker_fd, int error, const char *text);

#endif /* XENGT_VGPU_BROKER_H */
