/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests a request for a vGPU in xenstore. The functions below replace those of
 * libxenstore; the imitated broker may act at each read of `state`. Made time advances
 * during a wait.
 */
#include "made_time.h"
#include "xen-hooks/vgt_store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#define MAX_NODES 32

static struct {
	char path[MAX_NODES][128], text[MAX_NODES][256];
	unsigned int commits, conflicts, fail_writes;
	/*
	 * the next forget_in transactions are lost, each before its call number forget_at
	 * (from 0), as by a forced live update of xenstored
	 */
	unsigned int forget_in, forget_at, calls, starts;
	xs_transaction_t transaction;	/* the transaction that is open; 0: none */
	/* reads of this node, or of this folder, fail with EIO */
	const char *unreadable;
	/*
	 * the broker's answer to a request; it comes at the act_at'th read of `state`
	 */
	const char *verdict, *error;
	unsigned int reads, act_at;
	bool in_transaction;
	int fd;
} store;

static const char base[] = "/local/domain/0/backend/vgt/7/0";

static int find(const char *path)
{
	for (int i = 0; i < MAX_NODES; i++)
		if (!strcmp(store.path[i], path))
			return i;

	return -1;
}

static const char *node(const char *name)
{
	char path[256];
	int i;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	i = find(path);

	return i < 0 ? NULL : store.text[i];
}

static void put(const char *path, const char *text)
{
	int i = find(path);

	if (i < 0)
		i = find("");
	assert_true(i >= 0);
	snprintf(store.path[i], sizeof(store.path[i]), "%s", path);
	snprintf(store.text[i], sizeof(store.text[i]), "%s", text);
}

static void put_node(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	put(path, text);
}

/* xenstored answers ENOENT to a call in a transaction that it does not know. */
static bool is_known(xs_transaction_t t)
{
	if (t == XBT_NULL)
		return true;
	if (store.forget_in && store.calls++ == store.forget_at) {
		store.forget_in--;
		store.transaction = XBT_NULL;
	}
	errno = ENOENT;

	return t == store.transaction;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
	      const void *data, unsigned int len)
{
	char text[256];

	(void)h;
	if (!is_known(t))
		return false;
	if (store.fail_writes && !--store.fail_writes) {
		errno = EACCES;
		return false;
	}
	snprintf(text, sizeof(text), "%.*s", (int)len, (const char *)data);
	put(path, text);

	return true;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
	      unsigned int *len)
{
	int i;

	(void)h;
	(void)t;
	if (store.unreadable && strstr(path, store.unreadable)) {
		errno = EIO;
		return NULL;
	}
	if (strlen(path) > 6 && !strcmp(path + strlen(path) - 6, "/state") &&
	    store.act_at && ++store.reads == store.act_at) {
		if (store.error)
			put_node("error", store.error);
		if (store.verdict)
			put_node("state", store.verdict);
	}
	i = find(path);
	if (i < 0) {
		errno = ENOENT;
		return NULL;
	}
	*len = strlen(store.text[i]);

	return strdup(store.text[i]);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	bool is_found = false;

	(void)h;
	if (!is_known(t))
		return false;
	for (int i = 0; i < MAX_NODES; i++) {
		if (strncmp(store.path[i], path, strlen(path)))
			continue;
		store.path[i][0] = '\0';
		is_found = true;
	}
	errno = ENOENT;

	return is_found;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	char **ids;

	(void)h;
	(void)t;
	if (store.unreadable && !strcmp(store.unreadable, path)) {
		errno = EIO;
		return NULL;
	}
	ids = calloc(3, sizeof(*ids));
	ids[0] = "0";
	ids[1] = "7";
	ids[2] = "12";
	*num = 3;

	return ids;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	store.in_transaction = true;
	store.calls = 0;
	store.transaction = ++store.starts;

	return store.transaction;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	bool is_ours = is_known(t);

	(void)h;
	store.in_transaction = false;
	store.transaction = XBT_NULL;
	if (abort || !is_ours)
		return is_ours;
	if (store.conflicts) {
		store.conflicts--;
		errno = EAGAIN;
		return false;
	}
	store.commits++;

	return true;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;

	return true;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;

	return true;
}

char **xs_check_watch(struct xs_handle *h)
{
	(void)h;

	return NULL;
}

/* No watch event comes, so the client reads `state` again after half a second. */
int xs_fileno(struct xs_handle *h)
{
	(void)h;

	return store.fd;
}

static int setup(void **state)
{
	(void)state;
	memset(&store, 0, sizeof(store));
	store.fd = eventfd(0, EFD_CLOEXEC);

	return store.fd < 0;
}

static int teardown(void **state)
{
	(void)state;

	return close(store.fd);
}

static const char *stage;	/* value of the node `stage` in the requests */

static int create(unsigned int wait_sec,
		  const volatile sig_atomic_t *is_cancelled, char *err)
{
	struct vgt_config cfg;
	int r;

	vgt_config_init(&cfg);
	vgt_config_resolve(&cfg);
	cfg.stage = stage;
	r = vgt_store_create(NULL, 7, "guest", &cfg, wait_sec, is_cancelled,
			     err, VGT_ERR_MAX);
	vgt_config_fini(&cfg);

	return r;
}

static void test_connected(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "4";
	store.act_at = 3;
	store.conflicts = 2;
	put_node("error", "of an earlier try");
	put_node("state", "6");
	assert_int_equal(create(5, NULL, err), 0);
	assert_int_equal(store.commits, 1);
	assert_string_equal(node("domain"), "guest");
	assert_string_equal(node("low-mib"), "64");
	assert_string_equal(node("high-mib"), "384");
	assert_string_equal(node("fences"), "4");
	assert_null(node("cap"));
	assert_null(node("error"));
	assert_null(node("stage"));
}

static void test_stage(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "4";
	store.act_at = 3;
	stage = "soft-reset";
	assert_int_equal(create(5, NULL, err), 0);
	assert_string_equal(node("stage"), "soft-reset");
	stage = NULL;
}

static void test_refused(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "6";
	store.error = "no room\nfor you\033[31m";
	store.act_at = 3;
	assert_int_equal(create(5, NULL, err), -EREMOTEIO);
	assert_string_equal(err, "no room for you [31m");
	assert_null(node("state"));
	assert_null(node("domain"));
}

static void test_refused_without_reason(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "6";
	store.act_at = 2;
	assert_int_equal(create(5, NULL, err), -EREMOTEIO);
	assert_non_null(strstr(err, "gave no reason"));
}

static void test_timeout(void **state)
{
	const uint64_t start = made_ns;
	char err[VGT_ERR_MAX];

	(void)state;
	assert_int_equal(create(1, NULL, err), -ETIMEDOUT);
	assert_int_equal(made_ns - start, MADE_SEC);
	assert_non_null(strstr(err, "did not answer"));
	assert_null(node("state"));
	/*
	 * the broker accepts the request but the vGPU never gets ready, which has its
	 * own message
	 */
	store.verdict = "2";
	store.act_at = 3;
	assert_int_equal(create(30, NULL, err), -ETIMEDOUT);
	assert_int_equal(made_ns - start, 31 * MADE_SEC);
	assert_non_null(strstr(err, "not ready"));
	assert_null(node("state"));
}

static void test_cancelled(void **state)
{
	volatile sig_atomic_t is_cancelled = 1;
	const uint64_t start = made_ns;
	char err[VGT_ERR_MAX];

	(void)state;
	assert_int_equal(create(30, &is_cancelled, err), -EINTR);
	assert_int_equal(made_ns, start);
	assert_null(node("state"));
}

static void test_has_one(void **state)
{
	static const char *const states[] = { "1", "2", "4", "5" };
	char err[VGT_ERR_MAX];

	(void)state;
	for (int i = 0; i < 4; i++) {
		put_node("state", states[i]);
		assert_int_equal(create(5, NULL, err), -EEXIST);
		assert_string_equal(node("state"), states[i]);
		assert_int_equal(store.commits, 0);
	}
}

/*
 * One write after another fails: nothing is committed, and the error is reported.
 */
static void test_write_fails(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	for (unsigned int i = 1; i <= 5; i++) {
		store.fail_writes = i;
		assert_int_equal(create(5, NULL, err), -EACCES);
		assert_non_null(strstr(err, "xenstore"));
		assert_int_equal(store.commits, 0);
		assert_false(store.in_transaction);
	}
}

/*
 * A forced live update of xenstored loses the transaction of a request: the client writes the
 * request again. (This imitated store keeps the nodes of a lost transaction; the client's next
 * transaction removes them, like the nodes of an earlier request.)
 */
static void test_live_update(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "4";
	/* calls in a transaction: removal, five nodes (with `state`), end */
	for (unsigned int at = 0; at < 7; at++) {
		memset(store.path, 0, sizeof(store.path));
		store.commits = store.starts = store.reads = 0;
		store.act_at = 3;
		store.forget_in = 2;
		store.forget_at = at;
		assert_int_equal(create(5, NULL, err), 0);
		assert_int_equal(store.forget_in, 0);
		assert_int_equal(store.starts, 3);
		assert_int_equal(store.commits, 1);
		assert_string_equal(node("low-mib"), "64");
	}
	/* each transaction is lost */
	memset(store.path, 0, sizeof(store.path));
	store.forget_in = 1000;
	assert_int_equal(create(5, NULL, err), -EAGAIN);
	assert_non_null(strstr(err, "xenstore"));
}

static void test_destroy(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	assert_int_equal(vgt_store_destroy(NULL, 7, 1, err, sizeof(err)),
			 -ENOENT);
	put_node("state", "4");
	store.verdict = "6";
	store.act_at = 4;
	assert_int_equal(vgt_store_destroy(NULL, 7, 5, err, sizeof(err)), 0);
	assert_null(node("state"));
	/* the broker does not answer */
	put_node("state", "4");
	store.verdict = NULL;
	assert_int_equal(vgt_store_destroy(NULL, 7, 1, err, sizeof(err)),
			 -ETIMEDOUT);
	assert_null(node("state"));
	/* the nodes of a failed request still exist */
	put_node("state", "6");
	assert_int_equal(vgt_store_destroy(NULL, 7, 1, err, sizeof(err)), 0);
	assert_null(node("state"));
}

static void test_set(void **state)
{
	(void)state;
	assert_int_equal(vgt_store_set(NULL, 7, "edid", "/a"), -ENOENT);
	assert_null(node("edid"));
	/* the vGPU does not exist yet, or no longer exists */
	put_node("state", "2");
	assert_int_equal(vgt_store_set(NULL, 7, "edid", "/a"), -ENOENT);
	put_node("state", "6");
	assert_int_equal(vgt_store_set(NULL, 7, "edid", "/a"), -ENOENT);
	assert_null(node("edid"));
	put_node("state", "4");
	assert_int_equal(vgt_store_set(NULL, 7, "edid", "/a"), 0);
	assert_string_equal(node("edid"), "/a");
}

static void test_find_domain(void **state)
{
	char *name;

	(void)state;
	put("/local/domain/0/name", "Domain-0");
	put("/local/domain/7/name", "guest");
	put("/local/domain/12/name", "7");
	assert_int_equal(vgt_store_find_domain(NULL, "guest", NULL), 7);
	assert_int_equal(vgt_store_find_domain(NULL, "gues", NULL), -ENOENT);
	/* a number is a domid if there is such a domain, as in xl */
	assert_int_equal(vgt_store_find_domain(NULL, "7", &name), 7);
	assert_string_equal(name, "guest");
	free(name);
	assert_int_equal(vgt_store_find_domain(NULL, "012", NULL), 12);
	put("/local/domain/12/name", "99");
	assert_int_equal(vgt_store_find_domain(NULL, "99", NULL), 12);
	assert_int_equal(vgt_store_find_domain(NULL, "98", NULL), -ENOENT);
	assert_int_equal(vgt_store_find_domain(NULL, "", NULL), -ENOENT);
}

/* A read error of xenstore does not mean that the node is absent. */
static void test_error_is_not_absence(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	put("/local/domain/0/name", "Domain-0");
	put("/local/domain/7/name", "guest");
	store.unreadable = "/local/domain";
	assert_int_equal(vgt_store_find_domain(NULL, "guest", NULL), -EIO);
	store.unreadable = "/7/name";
	assert_int_equal(vgt_store_find_domain(NULL, "guest", NULL), -EIO);
	assert_int_equal(vgt_store_find_domain(NULL, "Domain-0", NULL), 0);
	put_node("state", "4");
	store.unreadable = "/state";
	assert_int_equal(vgt_store_state(NULL, 7), VGT_STATE_UNKNOWN);
	assert_int_equal(vgt_store_set(NULL, 7, "edid", "/a"), -EIO);
	assert_int_equal(vgt_store_destroy(NULL, 7, 1, err, sizeof(err)), -EIO);
	assert_non_null(strstr(err, "xenstore"));
	assert_int_equal(create(5, NULL, err), -EIO);
	store.unreadable = NULL;
	assert_string_equal(node("state"), "4");
	put_node("state", "rubbish");
	assert_int_equal(vgt_store_state(NULL, 7), VGT_STATE_UNKNOWN);
}

/*
 * While the client waits, `state` gets a value that is no state: the client does not know
 * whether the vGPU is ready, and its message says that xenstore is to blame.
 */
static void test_error_while_waiting(void **state)
{
	char err[VGT_ERR_MAX];

	(void)state;
	store.verdict = "nonsense";
	store.act_at = 3;
	assert_int_equal(create(5, NULL, err), -EPROTO);
	assert_non_null(strstr(err, "xenstore"));
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(test_connected), ROW(test_stage), ROW(test_refused),
		ROW(test_refused_without_reason), ROW(test_timeout),
		ROW(test_cancelled), ROW(test_has_one), ROW(test_write_fails),
		ROW(test_live_update), ROW(test_destroy),
		ROW(test_set), ROW(test_find_domain),
		ROW(test_error_is_not_absence), ROW(test_error_while_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
