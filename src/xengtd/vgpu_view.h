/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows the pictures of guests to viewers in other domains (docs/design/017-viewer.md).
 * The administrator says in the vGPU's node `viewer` which domain may see the guest;
 * without this node nobody may.
 */
#ifndef XENGT_BVGPU_VIEW_H
#define XENGT_BVGPU_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "common/share_proto.h"
#include "xengtd/ev.h"
#include "xengtd/vgpu_ask.h"

struct xengtd;
struct xengt_bvgpu;
struct xengt_sharer;

/*
 * One sharer, and the guest whose picture it shows. A view without a guest keeps its
 * pages, because the viewer may have them mapped; the next guest that the same viewer's
 * domain may see gets this view. A view ends with the viewer's domain.
 */
struct xengt_view {
	struct xengt_view *next;
	struct xengtd *d;
	struct xengt_sharer *sharer;
	uint32_t viewer;
	uint8_t uuid[16];		/* of the viewer's domain */
	bool is_found;			/* an earlier broker started the sharer; only HELLO
					 * says which uuid the viewer's domain had */
	struct xengt_bvgpu *guest;	/* NULL: none */
	bool is_ready;			/* HELLO has arrived */
	bool is_offered;		/* the viewer's nodes exist */
	bool is_wanted;			/* the viewer waits for a change */
	bool has_picture;		/* the viewer sees a picture */
	bool is_ending;			/* the sharer was told to end */
	uint32_t awaited;		/* how many DONEs will arrive */
	struct xengt_sp_msg last;	/* the newest HELLO or DONE */
	int fd;				/* the file with the worker's picture; -1: none */
	struct xengt_worker_question question;
	struct xengt_ev_timer timer;	/* the next look at the picture */
	int64_t asked_msec, took_msec;	/* when the worker was asked, and how long it
					 * took */
	int64_t wait_msec;		/* time between two looks */
	uint64_t looks;			/* pictures that the worker drew */
};

/* Act on the node `viewer` of a vGPU that is connected. */
void xengt_view_follow(struct xengt_bvgpu *v);
/* Call this when the vGPU ends: the viewer loses the picture at once. */
void xengt_view_leave(struct xengt_bvgpu *v);
/* Call this when some domain has begun or ended. */
void xengt_view_check(struct xengtd *d);
/* Find the sharers of an earlier broker; call this before vGPUs are found. */
void xengt_view_recover(struct xengtd *d);
/* Free all records. The sharers continue, and clear their pictures. */
void xengt_view_forget_all(struct xengtd *d);

#endif /* XENGT_BVGPU_VIEW_H */
