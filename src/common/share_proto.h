/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages between broker (xengtd) and sharer (xengt-share). Each message is one
 * packet of a SOCK_SEQPACKET socket. The protocol is not stable: every message has
 * XENGT_SP_VERSION, and a process that receives another version closes the
 * connection. The broker does not trust the sharer, and checks each message.
 */
#ifndef XENGT_SHARE_PROTO_H
#define XENGT_SHARE_PROTO_H

#include <stddef.h>
#include <stdint.h>

#define XENGT_SP_VERSION	1

/* The numbers of the descriptors that a new sharer inherits from the broker. */
#define XENGT_SP_FD_BROKER	3
#define XENGT_SP_FD_LISTEN	4

enum xengt_sp_type {
	XENGT_SP_NONE,		/* no message is of this type */

	/* from broker to sharer */
	XENGT_SP_FILE,		/* carries a file of XENGT_PICTURE_MAX_BYTES in which
				 * the broker's next pictures will be; answered by
				 * DONE */
	XENGT_SP_PICTURE,	/* show the picture in the file; answered by DONE */
	XENGT_SP_CLEAR,		/* there is no picture; answered by DONE */
	XENGT_SP_FORGET,	/* there is no picture, and the viewer's last event
				 * has no meaning any more, because the viewer has
				 * ended; answered by DONE */
	XENGT_SP_LEAVE,		/* the same, because the guest has ended: the file
				 * is not needed any more; answered by DONE */
	XENGT_SP_END,		/* the viewer's domain is gone: end the grants, and
				 * exit */

	/* from sharer to broker */
	XENGT_SP_HELLO = 32,	/* sent once on each connection */
	XENGT_SP_WANT,		/* the viewer wants to know when the picture
				 * changes */
	XENGT_SP_DONE,		/* status: 1: the viewer sees another picture now,
				 * and was told; 0: nothing changed; -errno: the
				 * viewer sees no picture, because of this error */
};

struct xengt_sp_msg {
	uint32_t version;
	uint32_t type;			/* enum xengt_sp_type */
	int32_t status;			/* DONE */
	uint32_t viewer;		/* HELLO: the viewer's domain, and its uuid */
	uint8_t uuid[16];
	uint32_t width, height;		/* PICTURE */
	uint32_t control_ref, port;	/* HELLO */
	uint8_t is_wanted;		/* HELLO, DONE: the viewer waits for a change */
	uint8_t has_picture;		/* HELLO, DONE: the viewer sees a picture */
	uint8_t pad[2];
	uint32_t pages;			/* HELLO, DONE: granted pages */
	uint64_t copied, shown, events;	/* HELLO, DONE: pages written, pictures
					 * shown, events sent to the viewer */
};

/*
 * Check a packet and copy it to *ret_msg. Returns 0; -EPROTO: length, type or a
 * field is wrong; -EPROTONOSUPPORT: the sender has another version.
 */
int xengt_sp_parse(const void *buf, size_t len_bytes,
		   struct xengt_sp_msg *ret_msg);
/*
 * Send msg with a copy of pass_fd (-1: none); this function sets msg->version. The
 * errors are those of xengt_packet_send().
 */
int xengt_sp_send(int fd, struct xengt_sp_msg *msg, int pass_fd);
/*
 * Receive a message; never blocks. Returns 1: *ret_msg is the message, and *ret_fd
 * the descriptor that came with it (-1: none), which the caller owns now; 0: no
 * message has arrived; -EPIPE: the peer is gone; other errors are those of
 * xengt_sp_parse().
 */
int xengt_sp_recv(int fd, struct xengt_sp_msg *ret_msg, int *ret_fd);

#endif /* XENGT_SHARE_PROTO_H */
