/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends and receives packets of a SOCK_SEQPACKET socket, each with at most one
 * descriptor.
 */
#ifndef XENGT_PACKET_H
#define XENGT_PACKET_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Send a packet with a copy of pass_fd (-1: none). Never blocks and raises no
 * SIGPIPE. Returns 0; -EAGAIN: the peer does not read; -EPIPE: the peer is gone; or
 * another -errno.
 */
int xengt_packet_send(int fd, const void *buf, size_t len_bytes, int pass_fd);

/*
 * Receive a packet; never blocks. Returns the packet's length; *ret_fd is the
 * descriptor that came with it (-1: none), which the caller owns now. 0: no packet
 * has arrived. -EPIPE: the peer is gone; or another -errno. A packet that is longer
 * than size_bytes is cut: so give a buffer that is longer than a valid packet.
 */
ssize_t xengt_packet_recv(int fd, void *buf, size_t size_bytes, int *ret_fd);

#endif /* XENGT_PACKET_H */
