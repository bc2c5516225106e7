/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests which nodes the broker reads, writes, lists and watches, on an imitated xenstored with
 * a table of nodes, of which each operation can fail. test_xenstore.c tests a xenstored that
 * dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <xenstore.h>

#include "complaints.h"
#include "full_memory.h"
#include "store_loop.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/store.h"
#include "xengtd/xengtd.h"

#define BASE	"/local/domain/0/backend/vgt"
#define NODES	16
#define EVENTS	80

enum op { NOTHING, OPEN, WATCH, UNWATCH, READ, WRITE, PERMIT, REMOVE, LIST, START,
	END };

struct node {
	char path[64], text[40];
};

static struct {
	enum op fails;			/* the operation that fails */
	int error;			/* with this error */
	int after;			/* so many calls of the operation succeed first */
	struct node nodes[NODES], before[NODES];	/* before: as of the transaction's start */
	int starts, calls;
	const char *listed[NODES];	/* the names that a list has; NULL ends them */
	const char *events[EVENTS][2];	/* paths and tokens of events that wait */
	int event;
	char watched[NODES][64];	/* paths; "": none */
	int handles, permitted;
	/* what the broker was told, in order: for example "c7 m9 r" */
	char told[1024];
	int changed;
} world;

static struct xengtd broker;
static struct xengt_store *store;

/* ---- xenstored ---- */

static bool op(enum op which)
{
	if (which != world.fails || world.after-- > 0)
		return true;
	errno = world.error;
	return false;
}

static struct node *find(const char *path)
{
	for (int i = 0; i < NODES; i++)
		if (!strcmp(world.nodes[i].path, path))
			return &world.nodes[i];
	return NULL;
}

static void put(const char *path, const char *text)
{
	struct node *n = find(path) ? find(path) : find("");

	assert_non_null(n);
	snprintf(n->path, sizeof(n->path), "%s", path);
	snprintf(n->text, sizeof(n->text), "%s", text);
}

static const char *text_of(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), BASE "/7/0/%s", name);
	return find(path) ? find(path)->text : "none";
}

static void put_node(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), BASE "/7/0/%s", name);
	put(path, text);
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	if (!op(OPEN))
		return NULL;
	world.handles++;
	return (struct xs_handle *)&world;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
	world.handles--;
	memset(world.watched, 0, sizeof(world.watched));
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return 99;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	(void)h;
	(void)t;
	(void)len;
	if (!op(READ))
		return NULL;
	errno = ENOENT;
	return find(path) ? strdup(find(path)->text) : NULL;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
	      unsigned int len)
{
	char text[40];

	(void)h;
	assert_true(t != XBT_NULL);
	if (!op(WRITE))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)data);
	put(path, text);
	return true;
}

/* Only the viewer's domain may read the nodes, and nobody but dom0 may write them. */
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
			struct xs_permissions *perms, unsigned int count)
{
	(void)h;
	assert_true(t != XBT_NULL);
	assert_non_null(find(path));
	assert_int_equal(count, 2);
	assert_int_equal(perms[0].id, 0);
	assert_int_equal(perms[0].perms, XS_PERM_NONE);
	assert_int_equal(perms[1].id, 9);
	assert_int_equal(perms[1].perms, XS_PERM_READ);
	world.permitted++;
	return op(PERMIT);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	(void)t;
	if (!op(REMOVE))
		return false;
	errno = ENOENT;
	if (!find(path))
		return false;
	find(path)->path[0] = '\0';
	return true;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	char **names;

	(void)h;
	(void)t;
	assert_true(!strcmp(path, BASE) || !strcmp(path, "/local/domain"));
	if (!op(LIST))
		return NULL;
	names = calloc(NODES, sizeof(*names));
	for (*num = 0; world.listed[*num]; ++*num)
		names[*num] = (char *)world.listed[*num];
	return names;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	if (!op(START))
		return XBT_NULL;
	memcpy(world.before, world.nodes, sizeof(world.nodes));
	return (xs_transaction_t)++world.starts;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	bool is_fine = op(END);

	(void)h;
	assert_int_equal(t, world.starts);
	if (abort || !is_fine)
		memcpy(world.nodes, world.before, sizeof(world.nodes));
	return is_fine;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)token;
	if (!op(WATCH))
		return false;
	for (int i = 0; i < NODES; i++) {
		if (*world.watched[i])
			continue;
		snprintf(world.watched[i], sizeof(world.watched[i]), "%s", path);
		return true;
	}
	fail();
	return false;
}

static int watches_of(const char *path)
{
	int n = 0;

	for (int i = 0; i < NODES; i++)
		n += !strcmp(world.watched[i], path);
	return n;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)token;
	if (!op(UNWATCH))
		return false;
	for (int i = 0; i < NODES; i++) {
		if (strcmp(world.watched[i], path))
			continue;
		world.watched[i][0] = '\0';
		return true;
	}
	errno = ENOENT;
	return false;
}

char **xs_check_watch(struct xs_handle *h)
{
	char **watch;

	(void)h;
	if (!world.events[world.event][0])
		return NULL;
	watch = calloc(2, sizeof(*watch));
	watch[XS_WATCH_PATH] = (char *)world.events[world.event][0];
	watch[XS_WATCH_TOKEN] = (char *)world.events[world.event][1];
	world.event++;
	return watch;
}

/* ---- the broker ---- */

static void tell(struct xengtd *d, char what, uint32_t domid)
{
	size_t len = strlen(world.told);

	assert_ptr_equal(d, &broker);
	world.changed += what == 'c';
	snprintf(world.told + len, sizeof(world.told) - len, "%s%c%u", len ? " " : "", what,
		 domid);
}

static void on_changed(struct xengtd *d, uint32_t domid)
{
	tell(d, 'c', domid);
}

static void on_memory(struct xengtd *d, uint32_t domid)
{
	tell(d, 'm', domid);
}

static void on_released(struct xengtd *d)
{
	tell(d, 'r', 0);
}

static void on_uncertain(struct xengtd *d)
{
	tell(d, 'u', 0);
}

static const struct xengt_store_events events = {
	.changed = on_changed, .memory = on_memory, .released = on_released,
	.uncertain = on_uncertain,
};

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	complaints = 0;
	memory_is_full = false;
	store_loop_add_error = 0;
	return xengt_store_create(&broker, &events, &store);
}

static int teardown(void **state)
{
	(void)state;
	xengt_store_destroy(store);
	assert_int_equal(world.handles, 0);
	assert_null(beat);
	assert_null(io);
	return 0;
}

static void fail_at(enum op which, int after, int error)
{
	world.fails = which;
	world.after = after;
	world.error = error;
}

/* ---- the start ---- */

static void it_watches(void **state)
{
	(void)state;
	assert_int_equal(watches_of(BASE), 1);
	assert_int_equal(watches_of("@releaseDomain"), 1);
	assert_int_equal(watches_of("@introduceDomain"), 1);
	assert_int_equal(io->fd, 99);
	assert_true(beat->due_msec == 10000);
	xengt_store_destroy(NULL);
}

/* Each step of the start fails once: the error arrives, and nothing is left. */
static void it_cannot_start(void **state)
{
	static const struct {
		enum op op;
		int after, error, r;
	} steps[] = {
		{ OPEN, 0, ECONNREFUSED, -ECONNREFUSED }, { OPEN, 0, 0, -EIO },
		{ WATCH, 0, EPERM, -EPERM }, { WATCH, 0, 0, -EIO },
		{ WATCH, 1, ENOSPC, -ENOSPC }, { WATCH, 2, ENOSPC, -ENOSPC },
	};
	struct xengt_store *other = NULL;

	teardown(state);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(steps); i++) {
		fail_at(steps[i].op, steps[i].after, steps[i].error);
		assert_int_equal(xengt_store_create(&broker, &events, &other),
				 steps[i].r);
		assert_null(other);
		assert_int_equal(world.handles, 0);
		assert_null(beat);
		assert_null(io);
	}
	world.fails = NOTHING;
	store_loop_add_error = -ENOSPC;
	assert_int_equal(xengt_store_create(&broker, &events, &other), -ENOSPC);
	assert_int_equal(world.handles, 0);
	store_loop_add_error = 0;
	memory_is_full = true;
	assert_int_equal(xengt_store_create(&broker, &events, &other), -ENOMEM);
	assert_null(other);
	errno = EIO;		/* of an earlier call */
	assert_int_equal(xengt_store_create(&broker, &events, &store), 0);
}

/* ---- events ---- */

static void add_event(const char *path, const char *token)
{
	int i = 0;

	while (world.events[i][0])
		i++;
	assert_true(i < EVENTS - 1);
	world.events[i][0] = path;
	world.events[i][1] = token;
}

/* The broker hears once of each domain, however many of its nodes changed. */
static void events_of_one_domain_are_one(void **state)
{
	(void)state;
	add_event(BASE "/7/0/state", "nodes");
	add_event(BASE "/9/0/state", "nodes");
	add_event(BASE "/7/0/cap", "nodes");
	add_event("@releaseDomain", "release");
	add_event(BASE "/7/0", "nodes");
	add_event("/local/domain/9/memory/target", "memory");
	add_event("@releaseDomain", "release");
	add_event(BASE "/9", "nodes");
	io->cb(io->ctx, EPOLLIN);
	assert_string_equal(world.told, "m9 c7 c9 r0");
}

static void what_names_no_domain(void **state)
{
	static const char *const paths[] = {
		BASE, BASE "/", BASE "/x/0", BASE "/0/0", BASE "/32752/0", BASE "/-1/0",
		BASE "x/7/0", BASE "7", "/local/domain/0/backend/vif/7", "/",
		BASE "/000000000007/0", BASE "/4294967303/0", BASE "/7x/0",
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(paths); i++)
		add_event(paths[i], "nodes");
	add_event("/local/domain", "memory");
	add_event("/local/domain/x/memory/target", "memory");
	io->cb(io->ctx, EPOLLIN);
	assert_string_equal(world.told, "");
	/* the largest id, and a number of as many digits as there may be */
	add_event(BASE "/32751/0", "nodes");
	add_event(BASE "/00000000007/0", "nodes");
	io->cb(io->ctx, EPOLLIN);
	assert_string_equal(world.told, "c32751 c7");
}

/* The broker takes 64 events at a time, so that its other work does not wait. */
static void very_many_events(void **state)
{
	static char paths[70][64];

	(void)state;
	for (int i = 0; i < 70; i++) {
		snprintf(paths[i], sizeof(paths[i]), BASE "/%d/0", i + 1);
		add_event(paths[i], "nodes");
	}
	io->cb(io->ctx, EPOLLIN);
	assert_int_equal(world.changed, 64);
	io->cb(io->ctx, EPOLLIN);
	assert_int_equal(world.changed, 70);
}

/* ---- writing ---- */

static int update(enum xengt_store_state state, const char *error, bool unless_requested)
{
	static const struct xengt_store_node nodes[] = {
		{ "vgpu-id", "3" }, { "slot", "2" }, { NULL, "" }, { "never", "1" },
	};

	return xengt_store_update(store, 7, state, error,
				  state == XENGT_STORE_ACCEPTED ? nodes : NULL,
				  unless_requested);
}

/* Which states may follow which. */
static void states_that_may_follow(void **state)
{
	static const struct {
		const char *now;
		enum xengt_store_state next;
		bool unless_requested;
		int r;
	} cases[] = {
		{ NULL, XENGT_STORE_CLOSED, false, -ENOENT },
		{ NULL, XENGT_STORE_ACCEPTED, true, -ENOENT },
		{ "1", XENGT_STORE_ACCEPTED, false, 0 },
		{ "1", XENGT_STORE_CLOSED, true, -EEXIST },
		{ "1", XENGT_STORE_CLOSED, false, 0 },
		{ "2", XENGT_STORE_CONNECTED, false, 0 },
		{ "4", XENGT_STORE_CLOSED, true, 0 },
		{ "5", XENGT_STORE_ACCEPTED, false, -EBUSY },
		{ "5", XENGT_STORE_CONNECTED, false, -EBUSY },
		{ "5", XENGT_STORE_CLOSED, false, 0 },
		{ "6", XENGT_STORE_CLOSED, true, 0 },
		{ "x", XENGT_STORE_CLOSED, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		char expected[2] = { '0' + (char)cases[i].next };

		memset(world.nodes, 0, sizeof(world.nodes));
		if (cases[i].now)
			put_node("state", cases[i].now);
		assert_int_equal(update(cases[i].next, NULL, cases[i].unless_requested),
				 cases[i].r);
		assert_string_equal(text_of("state"), !cases[i].r ? expected :
				    cases[i].now ? cases[i].now : "none");
	}
	/* the broker does not doubt xenstored because of these refusals */
	assert_int_equal(complaints, 0);
	assert_true(beat->due_msec == 10000);
}

/*
 * Only for a new vGPU the broker removes the nodes with errors and states that the previous
 * vGPU left.
 */
static void what_is_written(void **state)
{
	(void)state;
	put_node("state", "1");
	put_node("error", "old");
	put_node("hotplug-status", "connected");
	put_node("hotplug-error", "old");
	put_node("cap", "5");
	assert_int_equal(update(XENGT_STORE_ACCEPTED, NULL, false), 0);
	assert_string_equal(text_of("error"), "none");
	assert_string_equal(text_of("hotplug-status"), "none");
	assert_string_equal(text_of("hotplug-error"), "none");
	assert_string_equal(text_of("cap"), "5");
	assert_string_equal(text_of("vgpu-id"), "3");
	assert_string_equal(text_of("slot"), "2");
	assert_string_equal(text_of("never"), "none");
	put_node("hotplug-status", "connected");
	assert_int_equal(update(XENGT_STORE_CONNECTED, "", false), 0);
	assert_string_equal(text_of("hotplug-status"), "connected");
	assert_string_equal(text_of("error"), "none");
	assert_int_equal(update(XENGT_STORE_CLOSED, "it died", false), 0);
	assert_string_equal(text_of("error"), "it died");
	assert_string_equal(text_of("hotplug-status"), "connected");
}

/*
 * The test makes one write after another fail: nothing is written, and the caller gets the
 * error.
 */
static void a_write_fails(void **state)
{
	(void)state;
	for (int at = 0; at < 4; at++) {
		const int before = complaints;

		memset(world.nodes, 0, sizeof(world.nodes));
		put_node("state", "1");
		fail_at(WRITE, at, EACCES);
		assert_int_equal(update(XENGT_STORE_ACCEPTED, "why", false), -EACCES);
		assert_string_equal(text_of("state"), "1");
		assert_string_equal(text_of("vgpu-id"), "none");
		assert_string_equal(text_of("error"), "none");
		assert_int_equal(complaints, before + 1);
		assert_true(beat->due_msec == 1000);
	}
	fail_at(WRITE, 4, EACCES);
	assert_int_equal(update(XENGT_STORE_ACCEPTED, "why", false), 0);
}

static void a_transaction_fails(void **state)
{
	static const struct {
		enum op op;
		int error, r, starts;
	} cases[] = {
		{ START, EIO, -EIO, 0 }, { START, 0, -EIO, 0 },
		{ END, ENOSPC, -ENOSPC, 1 },
		{ READ, EIO, -EIO, 1 },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		memset(world.nodes, 0, sizeof(world.nodes));
		put_node("state", "1");
		world.starts = 0;
		fail_at(cases[i].op, 0, cases[i].error);
		assert_int_equal(update(XENGT_STORE_CLOSED, NULL, false), cases[i].r);
		assert_int_equal(world.starts, cases[i].starts);
		assert_int_equal(complaints, i + 1);
		assert_string_equal(text_of("state"), "1");
	}
	/* others write all the time: the broker tries 20 times */
	world.starts = 0;
	fail_at(END, 0, EAGAIN);
	assert_int_equal(update(XENGT_STORE_CLOSED, NULL, false), -EAGAIN);
	assert_int_equal(world.starts, 20);
	assert_string_equal(text_of("state"), "1");
}

/* ---- removing and listing ---- */

static void nodes_are_removed(void **state)
{
	(void)state;
	put(BASE "/7", "");
	xengt_store_remove(store, 7);
	assert_null(find(BASE "/7"));
	/* nodes that are gone already are no error */
	xengt_store_remove(store, 7);
	assert_int_equal(complaints, 0);
	fail_at(REMOVE, 0, EIO);
	xengt_store_remove(store, 7);
	assert_int_equal(complaints, 1);
	assert_true(beat->due_msec == 1000);
}

static void the_list_has_domains(void **state)
{
	static const char *const names[] = {
		"7", "x", "32751", "0", "32752", "", "5", "-1", NULL
	};
	uint32_t *domids = NULL;
	unsigned int count = 99;

	(void)state;
	memcpy(world.listed, names, sizeof(names));
	assert_int_equal(xengt_store_list(store, &domids, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(domids[0], 7);
	assert_int_equal(domids[1], 32751);
	assert_int_equal(domids[2], 5);
	free(domids);
	/* every name is a domain */
	memset(world.listed, 0, sizeof(world.listed));
	world.listed[0] = "1";
	assert_int_equal(xengt_store_list(store, &domids, &count), 0);
	assert_int_equal(count, 1);
	free(domids);
	/* there is no folder yet */
	fail_at(LIST, 0, ENOENT);
	assert_int_equal(xengt_store_list(store, &domids, &count), 0);
	assert_int_equal(count, 0);
	free(domids);
	fail_at(LIST, 0, EACCES);
	assert_int_equal(xengt_store_list(store, &domids, &count), -EACCES);
	assert_true(beat->due_msec == 1000);
	world.error = 0;
	assert_int_equal(xengt_store_list(store, &domids, &count), -EIO);
}

static void the_list_has_no_memory(void **state)
{
	uint32_t *domids = NULL;
	unsigned int count;

	(void)state;
	fail_at(LIST, 0, ENOENT);
	memory_is_full = true;
	assert_int_equal(xengt_store_list(store, &domids, &count), -ENOMEM);
	assert_null(domids);
}

/* ---- memory targets ---- */

#define TARGET(n) "/local/domain/" #n "/memory/target"

/* The connection to xenstored is lost, and the broker connects again. */
static void reconnect(void)
{
	fail_at(READ, 0, EBADF);
	time_passes();
	assert_int_equal(world.handles, 1);
	world.fails = NOTHING;
}

static void targets_are_watched(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(xengt_store_watch_memory(store, i, true), 0);
	assert_int_equal(xengt_store_watch_memory(store, 2, false), 0);
	assert_int_equal(xengt_store_watch_memory(store, 4, false), 0);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(watches_of(TARGET(1)), 1);
		assert_int_equal(watches_of(TARGET(2)), 0);
		assert_int_equal(watches_of(TARGET(3)), 1);
		assert_int_equal(watches_of(TARGET(4)), 0);
		reconnect();
	}
	assert_string_equal(world.told, "u0 u0");
	fail_at(UNWATCH, 0, EIO);
	assert_int_equal(xengt_store_watch_memory(store, 1, false), -EIO);
	world.fails = NOTHING;
	reconnect();
	assert_int_equal(watches_of(TARGET(1)), 0);
}

/* A watch that could not be set is not set after a new connection, either. */
static void a_target_cannot_be_watched(void **state)
{
	(void)state;
	fail_at(WATCH, 0, ENOSPC);
	assert_int_equal(xengt_store_watch_memory(store, 1, true), -ENOSPC);
	world.error = 0;
	errno = 0;
	assert_int_equal(xengt_store_watch_memory(store, 1, true), -EIO);
	world.fails = NOTHING;
	memory_is_full = true;
	assert_int_equal(xengt_store_watch_memory(store, 2, true), -ENOMEM);
	reconnect();
	assert_int_equal(watches_of(TARGET(1)) + watches_of(TARGET(2)), 0);
}

/* If a watch of a target fails, the connection is closed, and the next beat tries again. */
static void a_new_connection_fails(void **state)
{
	(void)state;
	assert_int_equal(xengt_store_watch_memory(store, 3, true), 0);
	for (int at = 0; at < 3; at++) {
		/* the read shows that xenstored is gone */
		xengt_store_destroy(store);
		memset(&world, 0, sizeof(world));
		assert_int_equal(xengt_store_create(&broker, &events, &store), 0);
		assert_int_equal(xengt_store_watch_memory(store, 3, true), 0);
		fail_at(READ, 0, EBADF);
		store_loop_add_error = -EIO;
		time_passes();
		assert_int_equal(world.handles, 0);
		store_loop_add_error = 0;
		fail_at(WATCH, at, EIO);
		time_passes();
		assert_int_equal(world.handles, 0);
		assert_null(io);
		assert_string_equal(world.told, "");
		assert_true(beat->due_msec == 10000);
		world.fails = NOTHING;
		time_passes();
		assert_int_equal(world.handles, 1);
		assert_string_equal(world.told, "u0");
		assert_int_equal(watches_of(TARGET(3)), 1);
	}
}

/* dom0 has a name or has none: in both cases xenstored has answered. */
static void it_is_alive(void **state)
{
	(void)state;
	time_passes();
	put("/local/domain/0/name", "Domain-0");
	errno = EIO;		/* of an earlier call */
	time_passes();
	assert_int_equal(world.handles, 1);
	assert_string_equal(world.told, "");
	assert_int_equal(complaints, 0);
	put("/local/domain/7/name", "guest");
	{
		char *name = xengt_store_domain_name(store, 7);

		assert_string_equal(name, "guest");
		free(name);
	}
	/* after a node that does not exist, the next beat comes no sooner */
	assert_null(xengt_store_read(store, 7, "edid"));
	assert_true(beat->due_msec == 10000);
}

/* ---- viewers ---- */

static void a_domain_is_found_by_name(void **state)
{
	uint32_t domid = 0;

	(void)state;
	world.listed[0] = "0";
	world.listed[1] = "x";
	world.listed[2] = "4";		/* a domain that has no name yet */
	world.listed[3] = "9";
	put("/local/domain/0/name", "Domain-0");
	put("/local/domain/9/name", "eyes");
	assert_int_equal(xengt_store_find_domain(store, "eyes", &domid), 0);
	assert_int_equal(domid, 9);
	assert_int_equal(xengt_store_find_domain(store, "ears", &domid), -ENOENT);
	world.listed[4] = "11";
	put("/local/domain/11/name", "eyes");
	assert_int_equal(xengt_store_find_domain(store, "eyes", &domid), -EEXIST);
	/* a name that cannot be read may be the name that is searched */
	fail_at(READ, 1, EIO);
	assert_int_equal(xengt_store_find_domain(store, "ears", &domid), -EIO);
	fail_at(LIST, 0, EAGAIN);
	assert_int_equal(xengt_store_find_domain(store, "eyes", &domid), -EAGAIN);
}

static const char *view_text(const char *node)
{
	char path[64];

	snprintf(path, sizeof(path), "/local/domain/9/xengt-view/7%s%s", *node ? "/" : "",
		 node);
	return find(path) ? find(path)->text : "none";
}

static void a_view_is_offered(void **state)
{
	(void)state;
	/* the viewer's domain is gone: its nodes must not exist again */
	assert_int_equal(xengt_store_offer_view(store, 9, 7, "one", 5, 33), -ENOENT);
	assert_string_equal(view_text(""), "none");
	put("/local/domain/9/name", "eyes");
	assert_int_equal(xengt_store_offer_view(store, 9, 7, "one", 5, 33), 0);
	assert_string_equal(view_text("name"), "one");
	assert_string_equal(view_text("control-ref"), "5");
	assert_string_equal(view_text("event-channel"), "33");
	assert_string_equal(view_text("version"), "1");
	assert_int_equal(world.permitted, 5);
	xengt_store_withdraw_view(store, 9, 7);
	assert_string_equal(view_text(""), "none");
	/* nothing to withdraw is no error */
	xengt_store_withdraw_view(store, 9, 7);
	xengt_store_withdraw_view(store, 9, 0);
	assert_int_equal(complaints, 0);
}

static void a_view_cannot_be_offered(void **state)
{
	static const struct {
		enum op op;
		int after;
	} steps[] = {
		{ START, 0 }, { READ, 0 }, { WRITE, 0 }, { WRITE, 4 }, { PERMIT, 0 },
		{ PERMIT, 4 }, { END, 0 },
	};

	(void)state;
	put("/local/domain/9/name", "eyes");
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(steps); i++) {
		fail_at(steps[i].op, steps[i].after, EACCES);
		assert_int_equal(xengt_store_offer_view(store, 9, 7, "one", 5, 33), -EACCES);
		assert_string_equal(view_text("version"), "none");
	}
	/* another program changed nodes at the same time */
	fail_at(END, 0, EAGAIN);
	assert_int_equal(xengt_store_offer_view(store, 9, 7, "one", 5, 33), -EAGAIN);
	put("/local/domain/9/xengt-view/7", "");
	fail_at(REMOVE, 0, EACCES);
	xengt_store_withdraw_view(store, 9, 7);
	assert_int_equal(complaints, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_watches),
		TEST(it_cannot_start),
		TEST(events_of_one_domain_are_one),
		TEST(what_names_no_domain),
		TEST(very_many_events),
		TEST(states_that_may_follow),
		TEST(what_is_written),
		TEST(a_write_fails),
		TEST(a_transaction_fails),
		TEST(nodes_are_removed),
		TEST(the_list_has_domains),
		TEST(the_list_has_no_memory),
		TEST(targets_are_watched),
		TEST(a_target_cannot_be_watched),
		TEST(a_new_connection_fails),
		TEST(it_is_alive),
		TEST(a_domain_is_found_by_name),
		TEST(a_view_is_offered),
		TEST(a_view_cannot_be_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
