/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads, writes and watches the nodes below /local/domain/0/backend/vgt; see
 * store.h.
 *
 * A watch event names a node without its value, so the broker reads the value
 * when it handles the event. The broker reads events in batches, and merges the
 * events of one domain. So if a toolstack writes in a loop, the broker reads
 * the domain's nodes only once for each batch.
 *
 * libxenstore does not report that xenstored has ended. So at regular times the
 * broker reads a node. If xenstored does not answer, the broker connects again.
 * After a new connection, and after an error of xenstore, the broker reads the
 * nodes of all vGPUs again, because events may have been lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#include "common/text.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"
#include "xengtd/ev.h"
#include "xengtd/store.h"
#include "xengtd/xengtd.h"

#define BASE		"/local/domain/0/backend/vgt"
#define TOKEN_NODES	"nodes"
#define TOKEN_RELEASE	"release"
#define TOKEN_MEMORY	"memory"
#define DOMAINS		"/local/domain"
#define PATH_MAX_BYTES	160
#define BATCH		64
#define COMMIT_TRIES	20
#define BEAT_MSEC	10000
#define RETRY_MSEC	1000	/* time from an error until the next check
				 * whether xenstored answers */

/* A domain whose memory target is watched. */
struct memory_watch {
	struct memory_watch *next;
	uint32_t domid;
};

struct xengt_store {
	struct xengtd *d;
	struct xengt_store_events events;
	struct xs_handle *xs;		/* NULL: not connected to xenstored */
	struct xengt_ev_io io;
	struct xengt_ev_timer beat;
	bool is_uncertain;		/* a call of xenstore failed, or events
					 * may have been lost */
	struct memory_watch *memory;
};

/*
 * Call this after an error of xenstore. The function starts a timer that checks
 * after RETRY_MSEC whether xenstored answers. Preserves errno.
 */
static void note_error(struct xengt_store *s)
{
	int error = errno;

	s->is_uncertain = true;
	xengt_ev_arm(s->d->ev, &s->beat, RETRY_MSEC);
	errno = error;
}

/*
 * Returns the node's text, which the caller frees. Returns NULL after an error;
 * errno is ENOENT only if there is no such node.
 */
static char *read_path(struct xengt_store *s, xs_transaction_t t,
		       const char *path)
{
	char *text = NULL;

	errno = ENOTCONN;
	if (s->xs)
		text = xs_read(s->xs, t, path, NULL);
	if (!text && errno != ENOENT)
		note_error(s);
	return text;
}

static void base_path(uint32_t domid, const char *node, char *path)
{
	snprintf(path, PATH_MAX_BYTES, BASE "/%u/0/%s", domid, node);
}

/*
 * Finds the domain that a watch event's path names. Returns false if the path
 * is not below 'base', or names no domain.
 */
static bool path_domid(const char *path, const char *base, uint32_t *ret_domid)
{
	const char *from = path + strlen(base);
	char text[12];
	uint64_t value;
	size_t n;

	if (strncmp(path, base, strlen(base)) || *from != '/')
		return false;
	n = strcspn(++from, "/");
	if (n >= sizeof(text))
		return false;
	memcpy(text, from, n);
	text[n] = '\0';
	if (xengt_text_number(text, 0x7fef, &value) < 0 || !value)
		return false;
	*ret_domid = value;
	return true;
}

static void on_readable(void *ctx, uint32_t events)
{
	struct xengt_store *s = ctx;
	uint32_t domids[BATCH], domid;
	unsigned int count = 0;
	bool is_released = false;

	(void)events;
	for (int i = 0; i < BATCH && s->xs; i++) {
		char **watch = xs_check_watch(s->xs);
		unsigned int j;

		if (!watch)
			break;
		if (!strcmp(watch[XS_WATCH_TOKEN], TOKEN_RELEASE)) {
			is_released = true;
		} else if (!strcmp(watch[XS_WATCH_TOKEN], TOKEN_MEMORY)) {
			if (path_domid(watch[XS_WATCH_PATH], DOMAINS, &domid))
				s->events.memory(s->d, domid);
		} else if (path_domid(watch[XS_WATCH_PATH], BASE, &domid)) {
			for (j = 0; j < count && domids[j] != domid; j++)
				;
			if (j == count)
				domids[count++] = domid;
		}
		free(watch);
	}
	for (unsigned int i = 0; i < count; i++)
		s->events.changed(s->d, domids[i]);
	if (is_released)
		s->events.released(s->d);
}

static int watch_memory(struct xengt_store *s, uint32_t domid, bool on)
{
	char path[PATH_MAX_BYTES];

	snprintf(path, sizeof(path), DOMAINS "/%u/memory/target", domid);
	if (on ? xs_watch(s->xs, path, TOKEN_MEMORY) :
		 xs_unwatch(s->xs, path, TOKEN_MEMORY))
		return 0;
	return errno ? -errno : -EIO;
}

static void disconnect(struct xengt_store *s)
{
	xengt_ev_remove(s->d->ev, &s->io);
	if (s->xs)
		xs_close(s->xs);
	s->xs = NULL;
}

/*
 * Connect to xenstored and set all watches. xenstored sends one event for each
 * new watch at once, so the broker also reads nodes that exist already.
 */
static int connect_store(struct xengt_store *s)
{
	int r = 0;

	errno = 0;
	s->xs = xs_open(0);
	if (!s->xs || !xs_watch(s->xs, BASE, TOKEN_NODES) ||
	    !xs_watch(s->xs, "@releaseDomain", TOKEN_RELEASE) ||
	    !xs_watch(s->xs, "@introduceDomain", TOKEN_RELEASE))
		r = errno ? -errno : -EIO;
	for (struct memory_watch *w = s->memory; w && r == 0; w = w->next)
		r = watch_memory(s, w->domid, true);
	if (r == 0) {
		s->io.fd = xs_fileno(s->xs);
		r = xengt_ev_add(s->d->ev, &s->io, EPOLLIN);
	}
	if (r < 0)
		disconnect(s);
	return r;
}

/* Returns true if xenstored answers. "No such node" is an answer, too. */
static bool is_alive(struct xengt_store *s)
{
	char *text = xs_read(s->xs, XBT_NULL, DOMAINS "/0/name", NULL);
	bool is_it = text || errno == ENOENT;

	free(text);
	return is_it;
}

static void on_beat(void *ctx)
{
	struct xengt_store *s = ctx;
	bool was_uncertain = s->is_uncertain;

	xengt_ev_arm(s->d->ev, &s->beat, BEAT_MSEC);
	if (s->xs && !is_alive(s)) {
		xengt_err("xenstored does not answer (%s): vGPUs continue to work, but none can be created or removed",
			  strerror(errno));
		disconnect(s);
	}
	if (!s->xs) {
		s->is_uncertain = true;
		if (connect_store(s) < 0)
			return;
		xengt_info("xenstored answers again");
		was_uncertain = true;
	}
	/* A new error during the event `uncertain` sets is_uncertain again. */
	s->is_uncertain = false;
	if (was_uncertain)
		s->events.uncertain(s->d);
}

int xengt_store_create(struct xengtd *d, const struct xengt_store_events *evs,
		       struct xengt_store **ret_store)
{
	struct xengt_store *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->d = d;
	s->events = *evs;
	s->io = (struct xengt_ev_io){ .fd = -1, .cb = on_readable, .ctx = s };
	s->beat = (struct xengt_ev_timer){ .cb = on_beat, .ctx = s };
	r = connect_store(s);
	if (r < 0) {
		xengt_store_destroy(s);
		return r;
	}
	xengt_ev_arm(d->ev, &s->beat, BEAT_MSEC);
	*ret_store = s;
	return 0;
}

void xengt_store_destroy(struct xengt_store *s)
{
	if (!s)
		return;
	xengt_ev_disarm(s->d->ev, &s->beat);
	disconnect(s);
	while (s->memory) {
		struct memory_watch *w = s->memory;

		s->memory = w->next;
		free(w);
	}
	free(s);
}

static enum xengt_store_state parse_state(const char *text)
{
	static const char states[] = "12456";

	if (!text)
		return errno == ENOENT ? XENGT_STORE_NONE :
					 XENGT_STORE_UNREADABLE;
	if (strlen(text) != 1 || !strchr(states, *text))
		return XENGT_STORE_UNKNOWN;
	return *text - '0';
}

static enum xengt_store_state read_state(struct xengt_store *s,
					 xs_transaction_t t, uint32_t domid)
{
	char path[PATH_MAX_BYTES];
	enum xengt_store_state state;
	char *text;

	base_path(domid, "state", path);
	text = read_path(s, t, path);
	state = parse_state(text);
	free(text);
	return state;
}

enum xengt_store_state xengt_store_state(struct xengt_store *s, uint32_t domid)
{
	return read_state(s, XBT_NULL, domid);
}

char *xengt_store_read(struct xengt_store *s, uint32_t domid, const char *node)
{
	char path[PATH_MAX_BYTES];

	base_path(domid, node, path);
	return read_path(s, XBT_NULL, path);
}

char *xengt_store_domain_name(struct xengt_store *s, uint32_t domid)
{
	char path[PATH_MAX_BYTES];

	snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
	return read_path(s, XBT_NULL, path);
}

static int write_node(struct xengt_store *s, xs_transaction_t t, uint32_t domid,
		      const char *node, const char *text)
{
	char path[PATH_MAX_BYTES];

	base_path(domid, node, path);
	if (!xs_write(s->xs, t, path, text, strlen(text)))
		return -errno;
	return 0;
}

/* Remove nodes that an earlier request for the same domain left. */
static void remove_stale(struct xengt_store *s, xs_transaction_t t,
			 uint32_t domid)
{
	static const char *const nodes[] = {
		"error", "hotplug-status", "hotplug-error"
	};
	char path[PATH_MAX_BYTES];

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(nodes); i++) {
		base_path(domid, nodes[i], path);
		xs_rm(s->xs, t, path);
	}
}

static int write_all(struct xengt_store *s, xs_transaction_t t, uint32_t domid,
		     enum xengt_store_state state, const char *error,
		     const struct xengt_store_node *nodes,
		     bool unless_requested)
{
	enum xengt_store_state now = read_state(s, t, domid);
	char text[2] = { '0' + state, '\0' };
	int r = 0;

	if (now == XENGT_STORE_NONE)
		return -ENOENT;
	if (now == XENGT_STORE_UNREADABLE)
		return -EIO;
	if (unless_requested && now == XENGT_STORE_REQUESTED)
		return -EEXIST;
	if (now == XENGT_STORE_CLOSING && state != XENGT_STORE_CLOSED)
		return -EBUSY;
	if (state == XENGT_STORE_ACCEPTED)
		remove_stale(s, t, domid);
	for (; nodes && nodes->name && r == 0; nodes++)
		r = write_node(s, t, domid, nodes->name, nodes->text);
	if (r == 0 && error && *error)
		r = write_node(s, t, domid, "error", error);
	return r < 0 ? r : write_node(s, t, domid, "state", text);
}

/*
 * End a transaction in which write_all() returned r. -EAGAIN: nothing was written; try
 * again. xenstored answers ENOENT to each call in a transaction that it does not know,
 * and so to the end of the transaction, too. A forced live update of xenstored loses the
 * transactions in this way. Then the ENOENT of write_all() does not mean that a node is
 * gone.
 */
static int end_transaction(struct xengt_store *s, xs_transaction_t t, int r)
{
	if (xs_transaction_end(s->xs, t, r < 0))
		return r;
	if (r < 0 && r != -ENOENT)
		return r;
	return errno == ENOENT ? -EAGAIN : -errno;
}

int xengt_store_update(struct xengt_store *s, uint32_t domid,
		       enum xengt_store_state state, const char *error,
		       const struct xengt_store_node *nodes,
		       bool unless_requested)
{
	int r = -EAGAIN;

	if (!s->xs)
		r = -ENOTCONN;
	for (int i = 0; i < COMMIT_TRIES && r == -EAGAIN; i++) {
		xs_transaction_t t = xs_transaction_start(s->xs);

		if (t == XBT_NULL) {
			r = errno ? -errno : -EIO;
			break;
		}
		r = write_all(s, t, domid, state, error, nodes,
			      unless_requested);
		r = end_transaction(s, t, r);
	}
	if (r < 0 && r != -ENOENT && r != -EEXIST && r != -EBUSY) {
		xengt_err("cannot write the nodes of domain %u to xenstore: %s", domid, strerror(-r));
		note_error(s);
	}
	return r;
}

/*
 * Stop watching the domain's memory target. If xenstored is not connected, only
 * the list s->memory changes: connect_store() will set a watch for each domain
 * of the list.
 */
static int forget_memory(struct xengt_store *s, uint32_t domid)
{
	struct memory_watch **p = &s->memory, *w;

	while (*p && (*p)->domid != domid)
		p = &(*p)->next;
	w = *p;
	if (!w)
		return 0;
	*p = w->next;
	free(w);
	return s->xs ? watch_memory(s, domid, false) : 0;
}

int xengt_store_watch_memory(struct xengt_store *s, uint32_t domid, bool on)
{
	struct memory_watch *w;
	int r;

	if (!on)
		return forget_memory(s, domid);
	r = s->xs ? watch_memory(s, domid, true) : 0;
	if (r < 0)
		return r;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	*w = (struct memory_watch){ s->memory, domid };
	s->memory = w;
	return 0;
}

void xengt_store_remove(struct xengt_store *s, uint32_t domid)
{
	char path[PATH_MAX_BYTES];

	snprintf(path, sizeof(path), BASE "/%u", domid);
	errno = ENOTCONN;
	if ((!s->xs || !xs_rm(s->xs, XBT_NULL, path)) && errno != ENOENT) {
		xengt_err("xenstore: cannot remove %s: %s", path,
			  strerror(errno));
		note_error(s);
	}
}

int xengt_store_list(struct xengt_store *s, uint32_t **ret_domids,
		     unsigned int *ret_count)
{
	unsigned int n = 0, count = 0;
	char **names = NULL;
	uint32_t *domids;

	errno = ENOTCONN;
	if (s->xs)
		names = xs_directory(s->xs, XBT_NULL, BASE, &n);
	if (!names && errno != ENOENT) {
		note_error(s);
		return errno ? -errno : -EIO;
	}
	domids = calloc(n + 1, sizeof(*domids));
	if (!domids) {
		free(names);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < n; i++) {
		uint64_t value;

		if (xengt_text_number(names[i], 0x7fef, &value) == 0 && value)
			domids[count++] = value;
	}
	free(names);
	*ret_domids = domids;
	*ret_count = count;
	return 0;
}

/* ---- viewers ---- */

int xengt_store_find_domain(struct xengt_store *s, const char *name,
			    uint32_t *ret_domid)
{
	char **names = NULL;
	unsigned int n = 0;
	int r = -ENOENT;

	errno = ENOTCONN;
	if (s->xs)
		names = xs_directory(s->xs, XBT_NULL, DOMAINS, &n);
	if (!names) {
		note_error(s);
		return errno ? -errno : -EIO;
	}
	for (unsigned int i = 0; i < n && (r == 0 || r == -ENOENT); i++) {
		uint64_t domid;
		char *text;

		if (xengt_text_number(names[i], 0x7fef, &domid) < 0)
			continue;
		text = xengt_store_domain_name(s, (uint32_t)domid);
		if (!text && errno != ENOENT) {
			r = errno ? -errno : -EIO;
		} else if (text && !strcmp(text, name)) {
			r = r == 0 ? -EEXIST : 0;
			*ret_domid = (uint32_t)domid;
		}
		free(text);
	}
	free(names);
	return r;
}

static void view_path(uint32_t viewer, uint32_t domid, const char *node, char *path)
{
	snprintf(path, PATH_MAX_BYTES, DOMAINS "/%u/" XENGT_VIEW_NODES "/%u%s%s",
		 viewer, domid, *node ? "/" : "", node);
}

static int write_view_node(struct xengt_store *s, xs_transaction_t t, uint32_t viewer,
			   uint32_t domid, const char *node, const char *text)
{
	struct xs_permissions perms[] = {
		{ .id = 0, .perms = XS_PERM_NONE },
		{ .id = viewer, .perms = XS_PERM_READ },
	};
	char path[PATH_MAX_BYTES];

	view_path(viewer, domid, node, path);
	if (!xs_write(s->xs, t, path, text, strlen(text)) ||
	    !xs_set_permissions(s->xs, t, path, perms, XENGT_ARRAY_SIZE(perms)))
		return errno ? -errno : -EIO;
	return 0;
}

static int write_view(struct xengt_store *s, xs_transaction_t t, uint32_t viewer,
		      uint32_t domid, const char *name, uint32_t control_ref,
		      uint32_t port)
{
	char path[PATH_MAX_BYTES], ref_text[16], port_text[16];
	const struct { const char *node, *text; } nodes[] = {
		{ "", "" }, { "name", name }, { "control-ref", ref_text },
		{ "event-channel", port_text }, { "version", "1" },
	};
	char *domain;
	int r = 0;

	/* Without this check the nodes of a domain that is gone would exist again. */
	snprintf(path, sizeof(path), DOMAINS "/%u/name", viewer);
	domain = read_path(s, t, path);
	if (!domain)
		return errno ? -errno : -EIO;
	free(domain);
	snprintf(ref_text, sizeof(ref_text), "%u", control_ref);
	snprintf(port_text, sizeof(port_text), "%u", port);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(nodes) && r == 0; i++)
		r = write_view_node(s, t, viewer, domid, nodes[i].node, nodes[i].text);
	return r;
}

int xengt_store_offer_view(struct xengt_store *s, uint32_t viewer, uint32_t domid,
			   const char *name, uint32_t control_ref, uint32_t port)
{
	int r = s->xs ? -EAGAIN : -ENOTCONN;

	for (int i = 0; i < COMMIT_TRIES && r == -EAGAIN; i++) {
		xs_transaction_t t = xs_transaction_start(s->xs);

		if (t == XBT_NULL)
			r = errno ? -errno : -EIO;
		else
			r = end_transaction(s, t, write_view(s, t, viewer, domid,
							     name, control_ref, port));
	}
	if (r < 0 && r != -ENOENT)
		note_error(s);
	return r;
}

void xengt_store_withdraw_view(struct xengt_store *s, uint32_t viewer,
			       uint32_t domid)
{
	char path[PATH_MAX_BYTES];

	if (domid)
		view_path(viewer, domid, "", path);
	else
		snprintf(path, sizeof(path), DOMAINS "/%u/" XENGT_VIEW_NODES, viewer);
	errno = ENOTCONN;
	if ((!s->xs || !xs_rm(s->xs, XBT_NULL, path)) && errno != ENOENT) {
		xengt_err("xenstore: cannot remove %s: %s", path, strerror(errno));
		note_error(s);
	}
}
