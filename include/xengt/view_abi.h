/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dom0 shows to a viewer in another domain (docs/design/017-viewer.md,
 * version 1). The viewer writes nothing: dom0 grants all pages read-only, and the
 * viewer's only message is an event.
 *
 *   /local/domain/<viewer>/xengt-view/<guest's domid>/
 *     version        "1"
 *     name           the guest's name
 *     control-ref    grant of the control page
 *     event-channel  a port of dom0 to which the viewer may bind
 *
 *   control page --dir[]--> directory pages --refs--> pages of the picture
 *
 * The picture's pages are one array of pixels, row by row, without padding. A
 * grant stays valid, for the same page, as long as the node control-ref exists
 * and does not change.
 *
 * The viewer reads the picture, and then sends an event: "tell me when the picture
 * changes". dom0 writes to the pages only after such an event, and when the guest
 * loses the picture; then dom0 sends one event.
 */
#ifndef XENGT_VIEW_ABI_H
#define XENGT_VIEW_ABI_H

#include "xengt/limits.h"

#include <stdint.h>

#define XENGT_VIEW_VERSION	1
#define XENGT_VIEW_MAGIC	0x76677478u	/* "xtgv" */
#define XENGT_VIEW_XRGB8888	1u	/* 0x00RRGGBB in little-endian order */
#define XENGT_VIEW_NODES	"xengt-view"

#define XENGT_VIEW_PAGE_BYTES	4096u
#define XENGT_VIEW_PAGE_PIXELS	(XENGT_VIEW_PAGE_BYTES / 4)
#define XENGT_VIEW_PAGE_REFS	(XENGT_VIEW_PAGE_BYTES / 4)

/* The control page. */
struct xengt_view_control {
	uint32_t magic, version;
	/*
	 * Changes with each change of anything in these pages; it is odd while dom0
	 * writes. A viewer that finds an odd number, or another number after it has
	 * read the picture, has read a mixture, and reads again.
	 */
	uint32_t sequence;
	uint32_t format;
	uint32_t width, height;		/* pixels; 0: the guest shows no picture */
	uint32_t pages;			/* of the picture */
	uint32_t changed_first, changed_pages;	/* the pages that differ from the
						 * picture before */
	uint32_t reserved;
	/* Grants of the directory pages; 0: this directory page does not exist yet. */
	uint32_t dir[XENGT_VIEW_DIRS];
};

#endif /* XENGT_VIEW_ABI_H */
