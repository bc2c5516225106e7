/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keepview GUEST: a viewer that never unmaps (include/xengt/view_abi.h). Waits until dom0 shows a
 * picture of GUEST, and maps all pages of this picture. From then on keepview asks for changes again
 * and again, and never looks at xenstore. Each half second the program prints a line:
 *
 *	pages N kept M sum C shown S
 *
 * N: how many pages are mapped; M: how many of them are not zero; C: a checksum of all of them; S: 1
 * if the control page says that there is a picture, otherwise 0.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "xengt/view_abi.h"

#define PAUSE_USEC	500000

static struct xs_handle *xs;
static xengnttab_handle *tab;
static xenevtchn_handle *evtchn;
static uint32_t control_ref;
static xenevtchn_port_or_error_t port = -1;

static char *read_node(const char *guest, const char *node)
{
	char path[256];

	snprintf(path, sizeof(path), XENGT_VIEW_NODES "/%s/%s", guest, node);
	return xs_read(xs, XBT_NULL, path, NULL);
}

static uint32_t read_number(const char *guest, const char *node)
{
	char *text = read_node(guest, node);
	uint32_t value = text ? (uint32_t)strtoul(text, NULL, 10) : 0;

	free(text);
	return value;
}

/* Finds the guest's nodes, and binds the port. */
static bool find(const char *wanted)
{
	unsigned int count = 0;
	char **guests = xs_directory(xs, XBT_NULL, XENGT_VIEW_NODES, &count);

	for (unsigned int i = 0; guests && i < count; i++) {
		char *name = read_node(guests[i], "name");
		uint32_t remote = read_number(guests[i], "event-channel");

		control_ref = read_number(guests[i], "control-ref");
		if (name && !strcmp(name, wanted) && control_ref && remote)
			port = xenevtchn_bind_interdomain(evtchn, 0, remote);
		free(name);
	}
	free(guests);
	return port >= 0;
}

static void *map(uint32_t count, const uint32_t *refs)
{
	void *at = xengnttab_map_domain_grant_refs(tab, count, 0, (uint32_t *)refs, PROT_READ);

	if (!at) {
		perror("keepview: map");
		exit(1);
	}
	return at;
}

static void ask(void)
{
	xenevtchn_notify(evtchn, (evtchn_port_t)port);
	usleep(PAUSE_USEC);
}

static void say(const volatile struct xengt_view_control *control, const volatile uint64_t *at,
		uint32_t pages)
{
	const uint32_t words = XENGT_VIEW_PAGE_BYTES / sizeof(*at);
	uint64_t sum = 0xcbf29ce484222325;	/* FNV-1a, by words */
	uint32_t kept = 0;

	for (uint32_t page = 0; page < pages; page++, at += words) {
		uint64_t any = 0;

		for (uint32_t i = 0; i < words; i++) {
			any |= at[i];
			sum = (sum ^ at[i]) * 0x100000001b3;
		}
		kept += any != 0;
	}
	printf("pages %u kept %u sum %llx shown %u\n", pages, kept, (unsigned long long)sum,
	       control->width != 0);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const volatile struct xengt_view_control *control;
	const uint32_t *dir[XENGT_VIEW_DIRS];
	uint32_t refs[XENGT_VIEW_PAGES_MAX], pages;
	const void *picture;

	xs = xs_open(0);
	tab = xengnttab_open(NULL, 0);
	evtchn = xenevtchn_open(NULL, 0);
	if (argc != 2 || !xs || !tab || !evtchn) {
		perror("keepview");
		return 1;
	}
	while (!find(argv[1]))
		usleep(PAUSE_USEC);
	control = map(1, &control_ref);
	while (!control->pages || control->sequence & 1)
		ask();
	pages = control->pages;
	for (uint32_t i = 0; i < pages; i++) {
		const uint32_t n = i / XENGT_VIEW_PAGE_REFS;

		if (i % XENGT_VIEW_PAGE_REFS == 0)
			dir[n] = map(1, (const uint32_t *)&control->dir[n]);
		refs[i] = dir[n][i % XENGT_VIEW_PAGE_REFS];
	}
	picture = map(pages, refs);
	for (;;) {
		say(control, picture, pages);
		ask();
	}
}
