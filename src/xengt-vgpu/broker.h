/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker's link to the broker: its connection, the socket at which a new
 * broker arrives, what the broker wants, and what the worker asks of it.
 *
 * Messages are also handled while the core waits for an answer, so nothing here
 * enters the core but to look: the rest is left as wishes, which the loop
 * carries out between two requests of the guest.
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
	int vgpu_fd;			/* a copy, handed to a new broker; or -1 */
	uint32_t answer_msec;		/* that a broker may take; 0: as usual */
};

struct xengt_broker {
	struct xengt_broker_config cfg;	/* broker_fd: the present one */
	const struct xengt_device *device;
	int epoll_fd;			/* the loop's */
	uint32_t seq;			/* of the worker's own questions */

	bool has_aperture;		/* mapped, at aperture_gfn */
	uint64_t aperture_gfn;
	struct xengt_wp_place given_up;	/* RAM: it may come yet; frames 0: none */

	/* wishes: whoever carries one out clears it */
	bool want_unplug;
	uint32_t unplug_seq;
	bool want_settle;		/* a broker answers that did not before */
	bool want_quit;
	/* questions with a file that are not answered yet, the newest of each */
	struct {
		int fd;			/* -1: none */
		uint32_t seq;
	} files[XENGT_QUESTIONS];
};

/*
 * Watch the descriptors of cfg in the epoll set, which stays the caller's. They
 * stay the caller's, too, but broker_fd may be closed and replaced. device must
 * outlive the link. 0 or -errno.
 */
int xengt_broker_init(struct xengt_broker *b,
		      const struct xengt_broker_config *cfg, int epoll_fd,
		      const struct xengt_device *device);
/* Close the files that came along; not the connection. Also of a link that was
 * not made, or is all 0. */
void xengt_broker_fini(struct xengt_broker *b);

/* fd of the epoll set is readable: do what is due. False: it is another's. */
bool xengt_broker_handle(struct xengt_broker *b, int fd);

/* Send a message without a body; nothing happens without a broker, and one that
 * does not take it is dropped. */
void xengt_broker_send_simple(struct xengt_broker *b, enum xengt_wp_type type,
			      uint32_t seq, int status);
/* The same, READY or STATE, with a copy of pass_fd, or -1. Needs device->hv. */
void xengt_broker_send_state(struct xengt_broker *b, enum xengt_wp_type type,
			     uint32_t seq, int pass_fd);

/* Answer the questions whose file came along. Enters the core. */
void xengt_broker_answer_files(struct xengt_broker *b);

/* Take back RAM that the broker was asked for in vain and may have placed. */
void xengt_broker_take_back(struct xengt_broker *b);

/*
 * For struct xengt_hv_xen_config: ask the broker, wait for its answer. ctx is a
 * struct xengt_broker. -ETIMEDOUT: no broker answered in time; -ENOTCONN: there
 * is none, or RAM given up earlier has to be taken back first.
 */
int xengt_broker_map_aperture(void *ctx, gfn_t first, bool on);
int xengt_broker_populate(void *ctx, gfn_t first, uint32_t frames, bool on);

/* Tell the broker why there will be no device; cut to what fits. */
void xengt_broker_tell_failure(int broker_fd, int error, const char *text);

#endif /* XENGT_VGPU_BROKER_H */
