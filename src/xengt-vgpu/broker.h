/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker's link to the broker: its connection, the socket at which a new
 * broker arrives, the broker's orders, and the worker's requests.
 *
 * Messages are also handled while the core waits for an answer. So the link
 * calls into the core only to read; it keeps everything else as wishes, which
 * the loop carries out between two requests of the guest.
 */
#ifndef XENGT_VGPU_BROKER_H
#define XENGT_VGPU_BROKER_H

#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "device.h"
#include "xengt/types.h"

struct xengt_broker_config {
	uint32_t domid;
	int broker_fd;			/* or -1 */
	int listen_fd;			/* or -1 */
	int vgpu_fd;			/* a copy of the vGPU's fd for a new
					 * broker, or -1 */
	uint32_t answer_msec;		/* time that a broker's answer may
					 * take; 0: the default */
};

struct xengt_broker {
	struct xengt_broker_config cfg;	/* broker_fd is the present broker's
					 * connection */
	const struct xengt_device *device;
	int epoll_fd;			/* the loop's epoll set */
	uint32_t seq;			/* sequence number of the worker's
					 * own questions */

	bool has_aperture;		/* the aperture is mapped at
					 * aperture_gfn */
	uint64_t aperture_gfn;
	struct xengt_wp_place given_up;	/* RAM that the worker does not wait for
					 * any more, and that the broker may
					 * still place; frames 0: none */

	/* wishes: the function that carries one out clears it */
	bool want_unplug;
	uint32_t unplug_seq;
	bool want_settle;		/* a broker answers again after a
					 * time without answers */
	bool want_quit;
	bool want_pause;		/* the guest is to be slowed down */
	/*
	 * for each row: the newest question with a file that is not answered
	 * yet
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
 * Close the files that came with questions, not the connection. Accepts a link
 * whose init failed, or that is all 0.
 */
void xengt_broker_fini(struct xengt_broker *b);

/* fd is readable: handle it. False: fd does not belong to the link. */
bool xengt_broker_handle(struct xengt_broker *b, int fd);

/*
 * Send a message without a body. Does nothing without a broker; drops the
 * connection of a broker that does not take the message.
 */
void xengt_broker_send_simple(struct xengt_broker *b, enum xengt_wp_type type,
			      uint32_t seq, int status);
/*
 * The same for READY or STATE, with a copy of pass_fd (-1: none). Needs
 * device->hv.
 */
void xengt_broker_send_state(struct xengt_broker *b, enum xengt_wp_type type,
			     uint32_t seq, int pass_fd);

/* The same for ABUSE: the guest tripped this row, by so many events. */
void xengt_broker_send_abuse(struct xengt_broker *b, enum xengt_counter row,
			     uint64_t count);

/* Answer the questions that came with a file. Calls into the core. */
void xengt_broker_answer_files(struct xengt_broker *b);

/*
 * Take back RAM that the worker gave up waiting for and that the broker may
 * have placed since.
 */
void xengt_broker_take_back(struct xengt_broker *b);

/*
 * For struct xengt_hv_xen_config: ask the broker, wait for its answer. ctx is a
 * struct xengt_broker. -ETIMEDOUT: no broker answered in time; -ENOTCONN: no
 * broker is connected, or RAM for which an earlier call gave up waiting has to
 * be taken back first.
 */
int xengt_broker_map_aperture(void *ctx, gfn_t first, bool on);
int xengt_broker_populate(void *ctx, gfn_t first, uint32_t frames, bool on);

/*
 * Tell the broker why no device will be made; the text is cut if it is too
 * long.
 */
void xengt_broker_tell_failure(int broker_fd, int error, const char *text);

#endif /* XENGT_VGPU_BROKER_H */
