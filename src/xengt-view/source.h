/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds a guest's picture that dom0 grants to this domain, follows its changes, and finds
 * the picture again after a restart of the guest or of dom0's xengtd.
 */
#ifndef XENGT_VIEW_SOURCE_H
#define XENGT_VIEW_SOURCE_H

#include <poll.h>
#include <stdbool.h>

#include "xengt-view/frame.h"

struct xengt_source;

#define XENGT_SOURCE_FDS	2

/*
 * name: the guest's name; NULL: any guest. Returns 0 or -errno, after a message on
 * standard error.
 */
int xengt_source_create(const char *name, struct xengt_source **ret_source);
/* Unmaps all pages of dom0. Accepts NULL. */
void xengt_source_destroy(struct xengt_source *source);

/* Fill in the descriptors for which the caller must wait. */
void xengt_source_poll(struct xengt_source *source,
		       struct pollfd fds[XENGT_SOURCE_FDS]);
/*
 * Handle what has happened. Returns true if the frame has changed. If the guest shows no
 * picture, or cannot be seen (any more), the frame has no pixels.
 */
bool xengt_source_update(struct xengt_source *source,
			 const struct pollfd fds[XENGT_SOURCE_FDS]);
/* Valid until the next call of xengt_source_update(). */
const struct xengt_frame *xengt_source_frame(const struct xengt_source *source);
/* The name of the guest that is seen; "" if none is. */
const char *xengt_source_name(const struct xengt_source *source);
/* How often the picture was read. */
unsigned long xengt_source_reads(const struct xengt_source *source);

/* Print the names of all guests that this domain may see. Returns 0 or -errno. */
int xengt_source_list(void);

#endif /* XENGT_VIEW_SOURCE_H */
