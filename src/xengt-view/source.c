/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds and follows a guest's picture; see source.h.
 *
 *   nodes in xenstore -- a watch --> attach(): map the control page, bind the port
 *   event of dom0 --> read the picture --> event to dom0: "tell me of the next change"
 *   nodes gone or different --> detach()
 *
 * Paths in xenstore are relative: xenstored takes them as paths below this domain's own
 * folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "xengt-view/source.h"
#include "common/text.h"
#include "xengt-view/frame.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"

#define NAME_MAX_BYTES	128

/* What the nodes of one guest say. */
struct offer {
	char name[NAME_MAX_BYTES];
	uint32_t control_ref, port;
};

struct xengt_source {
	const char *wanted;		/* the guest's name; NULL: any guest */
	struct xs_handle *xs;
	xengnttab_handle *tab;
	xenevtchn_handle *evtchn;

	bool is_attached;
	struct offer offer;
	xenevtchn_port_or_error_t port;
	const volatile struct xengt_view_control *control;
	const void *pages;		/* of the picture, mapped; NULL: none */
	uint32_t page_count;
	struct xengt_frame frame;
	unsigned long reads;
};

/* ---- nodes ---- */

static char *read_node(struct xs_handle *xs, const char *guest, const char *node)
{
	char path[160];

	snprintf(path, sizeof(path), XENGT_VIEW_NODES "/%.64s/%s", guest, node);
	return xs_read(xs, XBT_NULL, path, NULL);
}

static bool read_number(struct xs_handle *xs, const char *guest, const char *node,
			uint32_t *ret_value)
{
	char *text = read_node(xs, guest, node);
	uint64_t value;
	bool is_one = text && xengt_text_number(text, UINT32_MAX, &value) == 0;

	free(text);
	if (is_one)
		*ret_value = (uint32_t)value;
	return is_one;
}

/* Returns false if the nodes are not complete, or have another version. */
static bool read_offer(struct xs_handle *xs, const char *guest, struct offer *ret_offer)
{
	char *name = read_node(xs, guest, "name");
	uint32_t version = 0;
	bool is_good = name && read_number(xs, guest, "version", &version) &&
		       read_number(xs, guest, "control-ref", &ret_offer->control_ref) &&
		       read_number(xs, guest, "event-channel", &ret_offer->port);

	if (is_good && version != XENGT_VIEW_VERSION) {
		xengt_warn("dom0 shows \"%s\" by version %u of the protocol: this xengt-view knows version %u",
			   name, version, XENGT_VIEW_VERSION);
		is_good = false;
	}
	if (is_good) {
		snprintf(ret_offer->name, sizeof(ret_offer->name), "%s", name);
		xengt_text_show(ret_offer->name);
	}
	free(name);
	return is_good;
}

/* Returns false if dom0 does not show the wanted guest. */
static bool find_offer(struct xengt_source *s, struct offer *ret_offer)
{
	unsigned int count = 0;
	char **guests = xs_directory(s->xs, XBT_NULL, XENGT_VIEW_NODES, &count);
	bool is_found = false;

	for (unsigned int i = 0; guests && i < count && !is_found; i++)
		is_found = read_offer(s->xs, guests[i], ret_offer) &&
			   (!s->wanted || !strcmp(s->wanted, ret_offer->name));
	free(guests);
	return is_found;
}

int xengt_source_list(void)
{
	struct xs_handle *xs = xs_open(0);
	unsigned int count = 0;
	struct offer offer;
	char **guests;

	if (!xs) {
		xengt_err("cannot reach xenstore: %s", strerror(errno));
		return -EIO;
	}
	errno = 0;
	guests = xs_directory(xs, XBT_NULL, XENGT_VIEW_NODES, &count);
	if (!guests && errno != ENOENT) {
		xengt_err("cannot read from xenstore: %s", strerror(errno));
		xs_close(xs);
		return -EIO;
	}
	for (unsigned int i = 0; i < count; i++)
		if (read_offer(xs, guests[i], &offer))
			puts(offer.name);
	free(guests);
	xs_close(xs);
	return 0;
}

/* ---- pages ---- */

static void unmap_pages(struct xengt_source *s)
{
	if (s->pages)
		xengnttab_unmap(s->tab, (void *)s->pages, s->page_count);
	s->pages = NULL;
	s->page_count = 0;
}

static int map_refs(struct xengt_source *s, const struct xengt_view_control *control,
		    uint32_t *refs)
{
	uint32_t dirs = (control->pages + XENGT_VIEW_PAGE_REFS - 1) /
			XENGT_VIEW_PAGE_REFS;
	uint32_t dir[XENGT_VIEW_DIRS];
	void *map;

	memcpy(dir, control->dir, sizeof(dir));
	map = xengnttab_map_domain_grant_refs(s->tab, dirs, 0, dir, PROT_READ);
	if (!map)
		return errno ? -errno : -EIO;
	memcpy(refs, map, (size_t)control->pages * sizeof(*refs));
	xengnttab_unmap(s->tab, map, dirs);
	return 0;
}

static int map_pages(struct xengt_source *s, const struct xengt_view_control *control)
{
	uint32_t refs[XENGT_VIEW_PAGES_MAX];
	int r;

	if (control->pages <= s->page_count)
		return 0;
	unmap_pages(s);
	errno = 0;
	r = map_refs(s, control, refs);
	if (r < 0)
		return r;
	s->pages = xengnttab_map_domain_grant_refs(s->tab, control->pages, 0, refs,
						   PROT_READ);
	if (!s->pages)
		return errno ? -errno : -EIO;
	s->page_count = control->pages;
	return 0;
}

/* ---- attaching ---- */

static void detach(struct xengt_source *s)
{
	unmap_pages(s);
	if (s->control)
		xengnttab_unmap(s->tab, (void *)s->control, 1);
	s->control = NULL;
	if (s->port >= 0)
		xenevtchn_unbind(s->evtchn, (evtchn_port_t)s->port);
	s->port = -1;
	s->is_attached = false;
	s->frame.width = 0;
	s->frame.height = 0;
}

static bool attach(struct xengt_source *s, const struct offer *offer)
{
	s->offer = *offer;
	s->control = xengnttab_map_grant_ref(s->tab, 0, offer->control_ref, PROT_READ);
	if (!s->control)
		xengt_warn("cannot map dom0's page of \"%s\": %s", offer->name,
			   strerror(errno));
	if (s->control)
		s->port = xenevtchn_bind_interdomain(s->evtchn, 0, offer->port);
	if (s->control && s->port < 0)
		xengt_warn("cannot reach dom0 for \"%s\": %s (does another xengt-view show it?)",
			   offer->name, strerror(errno));
	if (!s->control || s->port < 0) {
		detach(s);
		return false;
	}
	s->is_attached = true;
	return true;
}

/*
 * Reads the picture, and asks dom0 to report the next change. Returns false if dom0 is
 * writing: then an event of dom0 will follow.
 */
static bool read_picture(struct xengt_source *s)
{
	struct xengt_view_control control;
	int r = xengt_frame_look(s->control, &control);

	if (r == 0 && control.pages)
		r = map_pages(s, &control);
	if (r == 0)
		r = xengt_frame_copy(s->control, &control, s->pages, &s->frame);
	if (r == -EAGAIN)
		return false;
	s->reads++;
	if (r < 0) {
		xengt_warn("cannot read the picture of \"%s\": %s", s->offer.name,
			   strerror(-r));
		s->frame.width = 0;
		s->frame.height = 0;
	}
	if (xenevtchn_notify(s->evtchn, (evtchn_port_t)s->port) < 0)
		xengt_warn("cannot send an event to dom0: %s", strerror(errno));
	return true;
}

/* Returns true if the source has been attached anew. */
static bool follow_nodes(struct xengt_source *s)
{
	struct offer offer;
	bool is_offered = find_offer(s, &offer);

	if (s->is_attached && is_offered && offer.port == s->offer.port &&
	    offer.control_ref == s->offer.control_ref &&
	    !strcmp(offer.name, s->offer.name))
		return false;
	if (s->is_attached)
		detach(s);
	return is_offered && attach(s, &offer);
}

static void drain_watches(struct xengt_source *s)
{
	char **watch;

	while ((watch = xs_check_watch(s->xs)))
		free(watch);
}

bool xengt_source_update(struct xengt_source *s,
			 const struct pollfd fds[XENGT_SOURCE_FDS])
{
	bool had_picture = s->frame.width, is_new = false;
	xenevtchn_port_or_error_t port;

	if (fds[1].revents) {
		port = xenevtchn_pending(s->evtchn);
		if (port >= 0)
			xenevtchn_unmask(s->evtchn, (evtchn_port_t)port);
		is_new = s->is_attached && port == s->port;
	}
	if (fds[0].revents)
		drain_watches(s);
	/* Without an event, try again what has failed. */
	if (fds[0].revents || !s->is_attached)
		is_new |= follow_nodes(s);
	if (is_new && s->is_attached)
		is_new = read_picture(s);
	return is_new || had_picture != (s->frame.width != 0);
}

void xengt_source_poll(struct xengt_source *s,
		       struct pollfd fds[XENGT_SOURCE_FDS])
{
	fds[0] = (struct pollfd){ .fd = xs_fileno(s->xs), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = xenevtchn_fd(s->evtchn), .events = POLLIN };
}

const struct xengt_frame *xengt_source_frame(const struct xengt_source *s)
{
	return &s->frame;
}

const char *xengt_source_name(const struct xengt_source *s)
{
	return s->is_attached ? s->offer.name : "";
}

unsigned long xengt_source_reads(const struct xengt_source *s)
{
	return s->reads;
}

int xengt_source_create(const char *name, struct xengt_source **ret_source)
{
	struct xengt_source *s = calloc(1, sizeof(*s));
	const char *what = "memory";

	if (!s)
		return -ENOMEM;
	s->wanted = name;
	s->port = -1;
	what = "xenstore";
	s->xs = xs_open(0);
	if (s->xs && xs_watch(s->xs, XENGT_VIEW_NODES, "nodes")) {
		what = "/dev/xen/gntdev (is the module xen-gntdev loaded?)";
		s->tab = xengnttab_open(NULL, 0);
	}
	if (s->tab) {
		what = "/dev/xen/evtchn (is the module xen-evtchn loaded?)";
		s->evtchn = xenevtchn_open(NULL, 0);
	}
	if (!s->evtchn) {
		int r = errno ? -errno : -EIO;

		xengt_err("cannot open %s: %s", what, strerror(-r));
		xengt_source_destroy(s);
		return r;
	}
	*ret_source = s;
	return 0;
}

void xengt_source_destroy(struct xengt_source *s)
{
	if (!s)
		return;
	if (s->is_attached)
		detach(s);
	if (s->evtchn)
		xenevtchn_close(s->evtchn);
	if (s->tab)
		xengnttab_close(s->tab);
	if (s->xs)
		xs_close(s->xs);
	xengt_frame_fini(&s->frame);
	free(s);
}
