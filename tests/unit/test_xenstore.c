/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the broker's side of xenstore, on an imitated xenstored that fails, dies and is
 * started again. The functions below replace those of libxenstore.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <xenstore.h>

#include "store_loop.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/store.h"
#include "xengtd/xengtd.h"

#define STATE	"/local/domain/0/backend/vgt/7/0/state"

static struct {
	bool is_dead;			/* true: xenstored is dead, so each call fails */
	int error;			/* error of each read; 0: none */
	const char *before;		/* `state` at the start of the transaction */
	const char *state;		/* the node `state` of domain 7; NULL: there is
					 * no such node */
	int opens, handles, watches;	/* watches: number of watches of the present
					 * handle */
	xs_transaction_t transaction;	/* the transaction that is open; 0: none */
	int starts;			/* number of transactions that were started */
	/*
	 * the next forget_in transactions are lost, each before its call number forget_at
	 * (from 0), as by a forced live update of xenstored
	 */
	int forget_in, forget_at, calls;
	char *event;			/* path of the next watch event */
	/* number of calls of each of the broker's functions */
	int changed, uncertain, memory;
	uint32_t domid;
} world;

static struct xengtd broker;
static struct xengt_store *store;

/* ---- xenstored ---- */

static struct xs_handle *const handle = (struct xs_handle *)&world;

static bool can_call(struct xs_handle *h)
{
	assert_ptr_equal(h, handle);
	errno = EBADF;
	return !world.is_dead;
}

/* xenstored answers ENOENT to a call in a transaction that it does not know. */
static bool is_known(xs_transaction_t t)
{
	if (t == XBT_NULL)
		return true;
	if (world.forget_in && world.calls++ == world.forget_at) {
		world.forget_in--;
		world.transaction = XBT_NULL;
	}
	errno = ENOENT;
	return t == world.transaction;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	world.opens++;
	if (!can_call(handle))
		return NULL;
	world.handles++;
	world.watches = 0;
	return handle;
}

void xs_close(struct xs_handle *h)
{
	assert_ptr_equal(h, handle);
	world.handles--;
}

int xs_fileno(struct xs_handle *h)
{
	assert_ptr_equal(h, handle);
	return 99;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
	      unsigned int *len)
{
	(void)len;
	if (!can_call(h) || !is_known(t))
		return NULL;
	errno = world.error ? world.error : ENOENT;
	if (world.error || strcmp(path, STATE) || !world.state)
		return NULL;
	return strdup(world.state);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
	      const void *data, unsigned int len)
{
	static char text[2];

	if (!can_call(h) || !is_known(t))
		return false;
	assert_string_equal(path, STATE);
	assert_int_equal(len, 1);
	text[0] = *(const char *)data;
	world.state = text;
	return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)path;
	return can_call(h) && is_known(t);
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	(void)t;
	(void)path;
	(void)num;
	if (!can_call(h))
		return NULL;
	errno = world.error ? world.error : ENOENT;
	return NULL;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	if (!can_call(h))
		return XBT_NULL;
	assert_int_equal(world.transaction, XBT_NULL);
	world.calls = 0;
	world.transaction = ++world.starts;
	world.before = world.state;
	return world.transaction;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	bool is_ours = can_call(h) && is_known(t);

	if (abort || !is_ours)
		world.state = world.before;
	world.transaction = XBT_NULL;
	return is_ours;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)path;
	(void)token;
	world.watches++;
	return can_call(h);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	(void)path;
	(void)token;
	world.watches--;
	return can_call(h);
}

char **xs_check_watch(struct xs_handle *h)
{
	char **watch;

	if (!can_call(h) || !world.event)
		return NULL;
	watch = calloc(2, sizeof(*watch));
	watch[XS_WATCH_PATH] = world.event;
	watch[XS_WATCH_TOKEN] = (char *)(strstr(world.event, "/memory/") ?
					 "memory" : "nodes");
	world.event = NULL;
	return watch;
}

/* ---- the broker ---- */

static void on_changed(struct xengtd *d, uint32_t domid)
{
	assert_ptr_equal(d, &broker);
	world.changed++;
	world.domid = domid;
}

static void on_memory(struct xengtd *d, uint32_t domid)
{
	assert_ptr_equal(d, &broker);
	world.memory++;
	world.domid = domid;
}

static void on_other(struct xengtd *d)
{
	assert_ptr_equal(d, &broker);
	world.uncertain++;
}

static int setup(void **state)
{
	static const struct xengt_store_events events = {
		.changed = on_changed,
		.memory = on_memory,
		.released = on_other,
		.uncertain = on_other,
	};

	(void)state;
	memset(&world, 0, sizeof(world));
	xengt_log_set_level(XENGT_LOG_ERR);
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

static void states(void **state)
{
	static const struct {
		const char *text;
		enum xengt_store_state state;
	} rows[] = {
		{ NULL, XENGT_STORE_NONE }, { "1", XENGT_STORE_REQUESTED },
		{ "6", XENGT_STORE_CLOSED }, { "3", XENGT_STORE_UNKNOWN },
		{ "", XENGT_STORE_UNKNOWN }, { "11", XENGT_STORE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(rows); i++) {
		world.state = rows[i].text;
		assert_int_equal(xengt_store_state(store, 7), rows[i].state);
	}
	time_passes();
	assert_int_equal(world.uncertain, 0);
}

static void an_error_is_no_absence(void **state)
{
	uint32_t *domids;
	unsigned int count;

	(void)state;
	world.state = "4";
	world.error = EIO;
	assert_int_equal(xengt_store_state(store, 7), XENGT_STORE_UNREADABLE);
	assert_null(xengt_store_read(store, 7, "edid"));
	assert_int_equal(errno, EIO);
	assert_int_equal(xengt_store_list(store, &domids, &count), -EIO);
	assert_int_equal(xengt_store_update(store, 7, XENGT_STORE_CLOSED, NULL,
					    NULL, false), -EIO);
	assert_string_equal(world.state, "4");
	/* the next try comes soon, and reads the nodes of all domains once */
	assert_true(beat->due_msec <= 1000);
	world.error = 0;
	time_passes();
	assert_int_equal(world.uncertain, 1);
	time_passes();
	assert_int_equal(world.uncertain, 1);
	assert_int_equal(world.opens, 1);
}

static void it_dies_and_comes_back(void **state)
{
	int watches;

	(void)state;
	assert_int_equal(xengt_store_watch_memory(store, 7, true), 0);
	watches = world.watches;
	world.is_dead = true;
	/*
	 * libxenstore does not report that xenstored died; the broker notices it at its
	 * next regular call
	 */
	time_passes();
	assert_int_equal(world.handles, 0);
	assert_int_equal(world.uncertain, 0);
	assert_null(io);
	/* without a handle the broker makes no call */
	assert_int_equal(xengt_store_state(store, 7), XENGT_STORE_UNREADABLE);
	assert_int_equal(xengt_store_update(store, 7, XENGT_STORE_CLOSED, NULL,
					    NULL, false), -ENOTCONN);
	xengt_store_remove(store, 7);
	assert_int_equal(xengt_store_watch_memory(store, 5, true), 0);
	time_passes();
	time_passes();
	assert_int_equal(world.uncertain, 0);
	world.is_dead = false;
	time_passes();
	assert_int_equal(world.handles, 1);
	assert_int_equal(world.uncertain, 1);
	assert_int_equal(world.watches, watches + 1);
	assert_non_null(io);
	assert_int_equal(xengt_store_watch_memory(store, 7, false), 0);
	assert_int_equal(world.watches, watches);
	time_passes();
	assert_int_equal(world.uncertain, 1);
}

/*
 * A forced live update of xenstored loses the transaction in which the broker is. That is
 * no sign that the nodes of the vGPU are gone: the broker tries again.
 */
static void a_live_update_loses_a_transaction(void **state)
{
	static const enum xengt_store_state wishes[] = {
		XENGT_STORE_ACCEPTED, XENGT_STORE_CONNECTED, XENGT_STORE_CLOSED,
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(wishes); i++) {
		/* calls in a transaction: read, perhaps three removals, write, end */
		int calls = wishes[i] == XENGT_STORE_ACCEPTED ? 6 : 3;

		for (int at = 0; at < calls; at++) {
			world.state = "1";
			world.starts = 0;
			world.forget_in = 2;
			world.forget_at = at;
			assert_int_equal(xengt_store_update(store, 7, wishes[i],
							    NULL, NULL, false), 0);
			assert_int_equal(world.forget_in, 0);
			assert_int_equal(world.starts, 3);
			assert_int_equal(*world.state, '0' + wishes[i]);
		}
	}
	/* if the node is missing, the call fails at once, without another try */
	world.state = NULL;
	world.starts = 0;
	assert_int_equal(xengt_store_update(store, 7, XENGT_STORE_CONNECTED, NULL,
					    NULL, false), -ENOENT);
	assert_int_equal(world.starts, 1);
	/* if each transaction is lost, the call fails, but not as if the node were missing */
	world.state = "2";
	world.forget_in = 1000;
	world.forget_at = 0;
	assert_int_equal(xengt_store_update(store, 7, XENGT_STORE_CONNECTED, NULL,
					    NULL, false), -EAGAIN);
	assert_string_equal(world.state, "2");
	assert_true(beat->due_msec <= 1000);
}

static void events_name_domains(void **state)
{
	char nodes[] = STATE, odd[] = "/local/domain/0/backend/vgt/x/0";
	char memory[] = "/local/domain/9/memory/target";

	(void)state;
	world.event = nodes;
	io->cb(io->ctx, EPOLLIN);
	assert_int_equal(world.changed, 1);
	assert_int_equal(world.domid, 7);
	world.event = memory;
	io->cb(io->ctx, EPOLLIN);
	assert_int_equal(world.memory, 1);
	assert_int_equal(world.domid, 9);
	world.event = odd;
	io->cb(io->ctx, EPOLLIN);
	assert_int_equal(world.changed + world.memory, 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(states),
		TEST(an_error_is_no_absence),
		TEST(it_dies_and_comes_back),
		TEST(a_live_update_loses_a_transaction),
		TEST(events_name_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
