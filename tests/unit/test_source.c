/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how xengt-view finds and follows a guest's picture, on an imitated dom0: nodes come
 * and go, modes change, and dom0's pages and nodes may have anything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "xengt-view/source.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"

#define NODES	16
#define PAGES	2100
#define CONTROL	5			/* grant of the control page */

static struct {
	struct {
		char path[64], text[40];
	} nodes[NODES];
	const char *guests[4];		/* folders below xengt-view */
	struct xengt_view_control control;
	uint32_t dir[3][XENGT_VIEW_PAGE_REFS];
	uint32_t pages[PAGES][XENGT_VIEW_PAGE_PIXELS];
	int maps, mapped;		/* maps: calls; mapped: ranges that are mapped */
	bool is_bound;
	int binds, notified;
	const char *fails;		/* this call fails */
	int opened;
} world;

static struct xengt_source *source;

static bool works(const char *call)
{
	errno = EPERM;
	return !world.fails || strcmp(world.fails, call);
}

/* ---- dom0 ---- */

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	world.opened += works("xs");
	return works("xs") ? (struct xs_handle *)&world : NULL;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
	world.opened--;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)token;
	assert_string_equal(path, "xengt-view");
	return works("watch");
}

char **xs_check_watch(struct xs_handle *h)
{
	(void)h;
	return NULL;
}

int xs_fileno(struct xs_handle *h)
{
	(void)h;
	return 98;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names;

	(void)h;
	(void)t;
	assert_string_equal(path, "xengt-view");
	if (!works("directory"))
		return NULL;
	names = calloc(4, sizeof(*names));
	for (*num = 0; *num < 4 && world.guests[*num]; ++*num)
		names[*num] = (char *)world.guests[*num];
	return names;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	(void)h;
	(void)t;
	(void)len;
	errno = ENOENT;
	for (int i = 0; i < NODES; i++)
		if (*path && !strcmp(world.nodes[i].path, path))
			return strdup(world.nodes[i].text);
	return NULL;
}

static void put(const char *guest, const char *node, const char *text)
{
	char path[64];
	int at = -1;

	snprintf(path, sizeof(path), "xengt-view/%s/%s", guest, node);
	for (int i = NODES - 1; i >= 0; i--)
		if (!*world.nodes[i].path || !strcmp(world.nodes[i].path, path))
			at = i;
	for (int i = 0; i < NODES; i++)
		if (!strcmp(world.nodes[i].path, path))
			at = i;
	assert_true(at >= 0);
	strcpy(world.nodes[at].path, path);
	snprintf(world.nodes[at].text, sizeof(world.nodes[at].text), "%s", text);
}

static void offer(const char *guest, const char *name)
{
	put(guest, "name", name);
	put(guest, "version", "1");
	put(guest, "control-ref", "5");
	put(guest, "event-channel", "33");
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	world.opened += works("gnttab");
	return works("gnttab") ? (xengnttab_handle *)&world : NULL;
}

int xengnttab_close(xengnttab_handle *h)
{
	(void)h;
	assert_int_equal(world.mapped, 0);
	world.opened--;
	return 0;
}

void *xengnttab_map_grant_ref(xengnttab_handle *h, uint32_t domid, uint32_t ref, int prot)
{
	(void)h;
	assert_int_equal(domid, 0);
	assert_int_equal(prot, PROT_READ);
	if (ref != CONTROL || !works("map"))
		return NULL;
	world.mapped++;
	return &world.control;
}

/* Grants from 10 on are directory pages, grants from 100 on pages of the picture. */
void *xengnttab_map_domain_grant_refs(xengnttab_handle *h, uint32_t count, uint32_t domid,
				      uint32_t *refs, int prot)
{
	(void)h;
	assert_int_equal(domid, 0);
	assert_int_equal(prot, PROT_READ);
	world.maps++;
	if (!works(refs[0] < 100 ? "map dir" : "map pages"))
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(refs[i], (refs[0] < 100 ? 10 : 100) + i);
	world.mapped++;
	return refs[0] < 100 ? (void *)world.dir : (void *)world.pages;
}

int xengnttab_unmap(xengnttab_handle *h, void *start, uint32_t count)
{
	(void)h;
	(void)start;
	(void)count;
	world.mapped--;
	return 0;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	world.opened += works("evtchn");
	return works("evtchn") ? (xenevtchn_handle *)&world : NULL;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	(void)h;
	world.opened--;
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return 99;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h, uint32_t domid,
						     evtchn_port_t port)
{
	(void)h;
	assert_int_equal(domid, 0);
	if (port != 33 || !works("bind"))
		return -1;
	assert_false(world.is_bound);
	world.is_bound = true;
	world.binds++;
	return 7;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, 7);
	world.is_bound = false;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	(void)h;
	return 7;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, 7);
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	assert_int_equal(port, 7);
	world.notified++;
	return 0;
}

static void show(uint32_t width, uint32_t height, uint32_t seed)
{
	uint32_t pixels = width * height;

	for (uint32_t i = 0; i < pixels; i++)
		world.pages[i / XENGT_VIEW_PAGE_PIXELS][i % XENGT_VIEW_PAGE_PIXELS] = seed + i;
	world.control.width = width;
	world.control.height = height;
	world.control.pages = (pixels + XENGT_VIEW_PAGE_PIXELS - 1) / XENGT_VIEW_PAGE_PIXELS;
	world.control.sequence += 2;
}

/* ---- xengt-view ---- */

static bool update(bool nodes, bool event)
{
	struct pollfd fds[XENGT_SOURCE_FDS];

	xengt_source_poll(source, fds);
	assert_int_equal(fds[0].fd, 98);
	assert_int_equal(fds[1].fd, 99);
	fds[0].revents = nodes ? POLLIN : 0;
	fds[1].revents = event ? POLLIN : 0;
	return xengt_source_update(source, fds);
}

static void assert_sees(uint32_t width, uint32_t height, uint32_t seed)
{
	const struct xengt_frame *frame = xengt_source_frame(source);

	assert_int_equal(frame->width, width);
	assert_int_equal(frame->height, height);
	for (uint32_t i = 0; i < width * height; i++)
		assert_int_equal(frame->pixels[i], seed + i);
}

static int begin(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	xengt_log_set_level(XENGT_LOG_ERR);
	world.control.magic = XENGT_VIEW_MAGIC;
	world.control.version = XENGT_VIEW_VERSION;
	world.control.format = XENGT_VIEW_XRGB8888;
	for (uint32_t i = 0; i < 3; i++) {
		world.control.dir[i] = 10 + i;
		for (uint32_t j = 0; j < XENGT_VIEW_PAGE_REFS; j++)
			world.dir[i][j] = 100 + i * XENGT_VIEW_PAGE_REFS + j;
	}
	return xengt_source_create("one", &source);
}

static int end(void **state)
{
	(void)state;
	xengt_source_destroy(source);
	assert_false(world.is_bound);
	return world.mapped || world.opened;
}

static void a_picture_and_its_changes(void **state)
{
	(void)state;
	assert_false(update(true, false));
	assert_string_equal(xengt_source_name(source), "");
	world.guests[0] = "7";
	offer("7", "one");
	show(640, 480, 1);
	assert_true(update(true, false));
	assert_string_equal(xengt_source_name(source), "one");
	assert_sees(640, 480, 1);
	assert_int_equal(world.notified, 1);
	/* a still screen: nothing happens */
	assert_false(update(false, false));
	assert_false(update(true, false));
	assert_int_equal(world.notified, 1);
	assert_int_equal(xengt_source_reads(source), 1);
	show(640, 480, 5);
	assert_true(update(false, true));
	assert_sees(640, 480, 5);
	assert_int_equal(world.notified, 2);
	/* a larger mode, a smaller one, none: pages are mapped anew only if there are more */
	assert_int_equal(world.maps, 2);
	show(1920, 1080, 6);
	assert_true(update(false, true));
	assert_sees(1920, 1080, 6);
	assert_int_equal(world.maps, 4);
	show(64, 48, 7);
	assert_true(update(false, true));
	assert_sees(64, 48, 7);
	show(0, 0, 0);
	assert_true(update(false, true));
	assert_sees(0, 0, 0);
	assert_int_equal(world.maps, 4);
	assert_int_equal(world.notified, 5);
}

/* dom0 is writing: the viewer waits for the event that follows. */
static void a_mixture_is_not_shown(void **state)
{
	(void)state;
	world.guests[0] = "7";
	offer("7", "one");
	show(64, 48, 1);
	world.control.sequence++;
	assert_false(update(true, false));
	assert_int_equal(world.notified, 0);
	world.control.sequence++;
	assert_true(update(false, true));
	assert_sees(64, 48, 1);
}

static void the_guest_comes_back(void **state)
{
	(void)state;
	world.guests[0] = "7";
	offer("7", "one");
	show(64, 48, 1);
	assert_true(update(true, false));
	world.guests[0] = NULL;
	assert_true(update(true, false));
	assert_sees(0, 0, 0);
	assert_int_equal(world.mapped, 0);
	assert_false(world.is_bound);
	assert_false(update(false, false));
	world.guests[0] = "9";
	offer("9", "one");
	show(32, 24, 2);
	assert_true(update(true, false));
	assert_sees(32, 24, 2);
	/* another port or another grant is another picture */
	put("9", "event-channel", "34");
	assert_true(update(true, false));
	assert_sees(0, 0, 0);
	put("9", "event-channel", "33");
	assert_true(update(false, false));
	assert_sees(32, 24, 2);
	assert_int_equal(world.binds, 3);
}

/* Nodes that are not complete, of another version, of another guest. */
static void bad_nodes(void **state)
{
	static const char *const bad[][2] = {
		{ "version", "2" }, { "version", "x" }, { "version", "" },
		{ "control-ref", "-5" }, { "control-ref", "99999999999" },
		{ "event-channel", "33x" }, { "name", "two" }, { "name", "" },
	};

	(void)state;
	world.guests[0] = "7";
	assert_false(update(true, false));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++) {
		offer("7", "one");
		put("7", bad[i][0], bad[i][1]);
		assert_false(update(true, false));
		assert_string_equal(xengt_source_name(source), "");
	}
	world.fails = "directory";
	assert_false(update(true, false));
	world.fails = NULL;
	world.guests[1] = "9";
	offer("9", "one");
	show(32, 24, 2);
	assert_true(update(true, false));
}

static void what_cannot_be_mapped(void **state)
{
	static const char *const calls[] = { "map", "bind", "map dir", "map pages" };

	(void)state;
	world.guests[0] = "7";
	offer("7", "one");
	show(64, 48, 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(calls); i++) {
		world.fails = calls[i];
		update(true, false);
		assert_sees(0, 0, 0);
	}
	world.fails = NULL;
	/* pages that contradict themselves */
	world.control.pages = UINT32_MAX;
	update(false, true);
	assert_sees(0, 0, 0);
	show(64, 48, 1);
	assert_true(update(false, true));
	assert_sees(64, 48, 1);
}

static void what_cannot_be_opened(void **state)
{
	static const char *const calls[] = { "xs", "watch", "gnttab", "evtchn" };
	struct xengt_source *none = NULL;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(calls); i++) {
		const int before = world.opened;

		world.fails = calls[i];
		assert_int_equal(xengt_source_create(NULL, &none), -EPERM);
		assert_null(none);
		assert_int_equal(world.opened, before);
	}
	world.fails = NULL;
	xengt_source_destroy(NULL);
}

static void guests_are_listed(void **state)
{
	(void)state;
	world.guests[0] = "7";
	world.guests[1] = "9";
	offer("7", "one");
	assert_int_equal(xengt_source_list(), 0);
	world.fails = "directory";
	assert_int_equal(xengt_source_list(), -EIO);
	world.fails = "xs";
	assert_int_equal(xengt_source_list(), -EIO);
	world.fails = NULL;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_picture_and_its_changes),
		TEST(a_mixture_is_not_shown),
		TEST(the_guest_comes_back),
		TEST(bad_nodes),
		TEST(what_cannot_be_mapped),
		TEST(what_cannot_be_opened),
		TEST(guests_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
