/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a picture from the pages that dom0 grants (xengt/view_abi.h). */
#ifndef XENGT_VIEW_FRAME_H
#define XENGT_VIEW_FRAME_H

#include <stdint.h>

#include "xengt/view_abi.h"

/* A picture in the viewer's own memory: pixels 0x00RRGGBB, row by row. */
struct xengt_frame {
	uint32_t width, height;		/* 0: the guest shows no picture */
	uint32_t *pixels;
	uint64_t size;			/* pixels for which there is memory */
};

void xengt_frame_fini(struct xengt_frame *frame);

/*
 * Copy the control page once, and check it. Returns 0; -EAGAIN: dom0 is writing;
 * -EPROTO: the page is not of this version, or contradicts itself.
 */
int xengt_frame_look(const volatile struct xengt_view_control *shared,
		     struct xengt_view_control *ret_control);
/*
 * Copy the picture that `control` describes from `pages`, which has control->pages
 * pages. Returns 0; -EAGAIN: dom0 has written to the pages since
 * xengt_frame_look(), so *frame may have a mixture of pictures; -ENOMEM.
 */
int xengt_frame_copy(const volatile struct xengt_view_control *shared,
		     const struct xengt_view_control *control, const void *pages,
		     struct xengt_frame *frame);

#endif /* XENGT_VIEW_FRAME_H */
