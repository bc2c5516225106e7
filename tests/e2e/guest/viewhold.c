// SPDX-License-Identifier: GPL-2.0-only
/*
 * viewhold GUEST: a bad viewer. It maps all pages of a guest's picture, as xengt-view
 * does, and never unmaps them; it also tries to write to the pages and to dom0's nodes.
 * It prints "holds N pages, D dwords of a picture". At each SIGUSR1 it prints "D dwords of
 * a picture" again; at SIGUSR2 it sends 100,000 events to dom0, and prints "sent".
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#define DWORDS		1024		/* of a page */
#define PAGES_MAX	4096U
#define FLOOD		100000
/* the control page's dwords (xengt/view_abi.h) */
#define PAGES_AT	6
#define DIRS_AT		10

static struct xs_handle *xs;
static uint32_t refs[PAGES_MAX];

static uint32_t number(const char *guest, const char *node)
{
	char path[128], *text;
	uint32_t value;

	snprintf(path, sizeof(path), "xengt-view/%s/%s", guest, node);
	text = xs_read(xs, XBT_NULL, path, NULL);
	value = text ? (uint32_t)strtoul(text, NULL, 10) : 0;
	free(text);
	return value;
}

/* Prints what dom0 should have refused. */
static void attack(xengnttab_handle *tab, const char *guest, uint32_t ref)
{
	static const char *const nodes[] = { "control-ref", "event-channel", "new" };
	char path[128];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "xengt-view/%s/%s", guest, nodes[i]);
		if (xs_write(xs, XBT_NULL, path, "1", 1))
			printf("WROTE %s\n", path);
	}
	if (xs_write(xs, XBT_NULL, "xengt-view/1", "", 0))
		printf("WROTE a guest's folder\n");
	if (xengnttab_map_grant_ref(tab, 0, ref, PROT_READ | PROT_WRITE))
		printf("MAPPED a page to write\n");
}

static unsigned long count(const volatile uint32_t *map, uint32_t pages)
{
	unsigned long used = 0;

	for (size_t i = 0; i < (size_t)pages * DWORDS; i++)
		used += map[i] != 0;
	return used;
}

static void serve(const volatile uint32_t *map, uint32_t pages,
		  xenevtchn_handle *evtchn, evtchn_port_t port)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	for (;;) {
		sigwait(&set, &sig);
		if (sig == SIGUSR1) {
			printf("%lu dwords of a picture\n", count(map, pages));
		} else {
			for (int i = 0; i < FLOOD; i++)
				xenevtchn_notify(evtchn, port);
			printf("sent\n");
		}
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	xengnttab_handle *tab = xengnttab_open(NULL, 0);
	xenevtchn_handle *evtchn = xenevtchn_open(NULL, 0);
	const volatile uint32_t *control, *map;
	const char *guest = argc == 2 ? argv[1] : "";
	uint32_t ref, pages, dirs, dir[PAGES_MAX / DWORDS];
	xenevtchn_port_or_error_t port;
	sigset_t set;
	void *dir_map;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	xs = xs_open(0);
	if (!tab || !evtchn || !xs)
		return perror("viewhold: cannot reach Xen"), 1;
	ref = number(guest, "control-ref");
	control = xengnttab_map_grant_ref(tab, 0, ref, PROT_READ);
	if (!control)
		return perror("viewhold: cannot map the control page"), 1;
	port = xenevtchn_bind_interdomain(evtchn, 0, number(guest, "event-channel"));
	if (port < 0)
		return perror("viewhold: cannot bind"), 1;
	xenevtchn_notify(evtchn, (evtchn_port_t)port);
	while (!(pages = control[PAGES_AT]))
		;
	dirs = (pages + DWORDS - 1) / DWORDS;
	for (uint32_t i = 0; i < dirs; i++)
		dir[i] = control[DIRS_AT + i];
	dir_map = xengnttab_map_domain_grant_refs(tab, dirs, 0, dir, PROT_READ);
	if (!dir_map)
		return perror("viewhold: cannot map the directory"), 1;
	memcpy(refs, dir_map, (size_t)pages * 4);
	map = xengnttab_map_domain_grant_refs(tab, pages, 0, refs, PROT_READ);
	if (!map)
		return perror("viewhold: cannot map the picture"), 1;
	attack(tab, guest, refs[0]);
	printf("holds %u pages, %lu dwords of a picture\n", pages, count(map, pages));
	fflush(stdout);
	serve(map, pages, evtchn, (evtchn_port_t)port);
	return 0;
}
