/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads, writes and watches the nodes below /local/domain/0/backend/vgt
 * (docs/protocol.md, section 1).
 *
 * libxenstore blocks while xenstored hangs. Without xenstored no program can
 * request a vGPU, but existing vGPUs continue to work. Only ENOENT means that a
 * node does not exist. After any other error of xenstore, the event `uncertain`
 * is reported as soon as xenstore answers again.
 */
#ifndef XENGT_STORE_H
#define XENGT_STORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct xengtd;
struct xengt_store;

enum xengt_store_state {
	XENGT_STORE_NONE = 0,		/* there is no node */
	XENGT_STORE_REQUESTED = 1,
	XENGT_STORE_ACCEPTED = 2,
	XENGT_STORE_CONNECTED = 4,
	XENGT_STORE_CLOSING = 5,
	XENGT_STORE_CLOSED = 6,
	XENGT_STORE_UNKNOWN = -1,	/* the node has another value */
	XENGT_STORE_UNREADABLE = -2,	/* xenstore failed, and errno has the
					 * error */
};

struct xengt_store_events {
	/* A node of this domain's vGPU changed. */
	void (*changed)(struct xengtd *d, uint32_t domid);
	/* The toolstack set a domain's memory target. */
	void (*memory)(struct xengtd *d, uint32_t domid);
	/*
	 * A domain began, ended or shut down; the event does not say which domain.
	 */
	void (*released)(struct xengtd *d);
	/* Events of the other three kinds may have been lost. */
	void (*uncertain)(struct xengtd *d);
};

int xengt_store_create(struct xengtd *d, const struct xengt_store_events *evs,
		       struct xengt_store **ret_store);
void xengt_store_destroy(struct xengt_store *s);

enum xengt_store_state xengt_store_state(struct xengt_store *s, uint32_t domid);
/*
 * Returns a node's text, which the caller frees. Returns NULL if there is no
 * such node (errno is ENOENT), or xenstore failed (another errno).
 */
char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node);
/* Returns the domain's name, or NULL, as xengt_store_read() does. */
char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid);

/*
 * Write the node `error` (unless error is NULL or ""), the listed nodes (up to
 * a NULL name), and the node `state`, in one transaction. After an error
 * nothing is written. -ENOENT: the node `state` does not exist; nodes that were
 * removed must not be written again. -EEXIST: unless_requested is true, and the
 * node `state` is REQUESTED. -EBUSY: the node `state` is CLOSING, so only
 * CLOSED may be written. Other errors: xenstore failed.
 */
struct xengt_store_node {
	const char *name;
	char text[24];
};

int xengt_store_update(struct xengt_store *s, uint32_t domid,
		       enum xengt_store_state state, const char *error,
		       const struct xengt_store_node *nodes,
		       bool unless_requested);
/* Start or stop watching the domain's memory target. */
int xengt_store_watch_memory(struct xengt_store *s, uint32_t domid, bool on);
void xengt_store_remove(struct xengt_store *s, uint32_t domid);

/*
 * Lists the domains that have nodes; the caller frees the array. Returns 0 or
 * -errno.
 */
int xengt_store_list(struct xengt_store *s, uint32_t **ret_domids,
		     unsigned int *ret_count);

/*
 * Finds the domain with this name. Returns 0; -ENOENT: there is none; -EEXIST: several
 * domains have this name; other errors: xenstore failed.
 */
int xengt_store_find_domain(struct xengt_store *s, const char *name,
			    uint32_t *ret_domid);
/*
 * Tell the viewer's domain where to find the picture of the guest `domid`: write the
 * nodes of xengt/view_abi.h, which the viewer's domain can read and not write. After an
 * error nothing is written. -ENOENT: the viewer's domain has no nodes (any more).
 */
int xengt_store_offer_view(struct xengt_store *s, uint32_t viewer, uint32_t domid,
			   const char *name, uint32_t control_ref, uint32_t port);
/* Remove these nodes; domid 0: the nodes of all guests. */
void xengt_store_withdraw_view(struct xengt_store *s, uint32_t viewer,
			       uint32_t domid);

#endif /* XENGT_STORE_H */
