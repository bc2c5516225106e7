/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sharer: shows one guest's picture at a time to one viewer domain, as the broker
 * says. The sharer reads nothing that the viewer writes, except that an event has
 * arrived; and it takes the next event only after it has told the viewer of a change.
 *
 * If the broker is gone, the sharer clears the picture and waits for the next broker.
 * So the pages stay with the same viewer domain, and no restart of xengtd leaves
 * pages behind that the viewer does not unmap.
 */
#ifndef XENGT_SHARING_H
#define XENGT_SHARING_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_sharing;

struct xengt_sharing_config {
	uint32_t viewer;
	uint8_t uuid[16];
	int broker_fd;			/* a connection to the broker; -1: none */
	int listen_fd;			/* brokers connect here */
};

/*
 * Opens Xen's devices, restricts them to the viewer's domain, and grants the control
 * page. The sharer owns the descriptors of cfg. Returns 0 or -errno.
 */
int xengt_sharing_create(const struct xengt_sharing_config *cfg,
		       struct xengt_sharing **ret_sharing);
/* Clears all pages and ends their grants. Accepts NULL. */
void xengt_sharing_destroy(struct xengt_sharing *share);

/*
 * Wait for messages of the broker and events of the viewer, and handle them; stop_fd
 * becomes readable when the sharer must end. Returns 1: continue; 0: the sharer must
 * end; -errno.
 */
int xengt_sharing_step(struct xengt_sharing *share, int stop_fd);

#endif /* XENGT_SHARING_H */
