/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a picture; see frame.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xengt-view/frame.h"
#include "xengt/limits.h"
#include "xengt/view_abi.h"

void xengt_frame_fini(struct xengt_frame *frame)
{
	free(frame->pixels);
	*frame = (struct xengt_frame){ 0 };
}

static uint32_t sequence(const volatile struct xengt_view_control *shared)
{
	return __atomic_load_n(&shared->sequence, __ATOMIC_ACQUIRE);
}

int xengt_frame_look(const volatile struct xengt_view_control *shared,
		     struct xengt_view_control *ret_control)
{
	struct xengt_view_control control;
	uint32_t before = sequence(shared);
	uint64_t pixels;

	memcpy(&control, (const void *)shared, sizeof(control));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (control.magic != XENGT_VIEW_MAGIC ||
	    control.version != XENGT_VIEW_VERSION ||
	    control.format != XENGT_VIEW_XRGB8888)
		return -EPROTO;
	if (before & 1 || sequence(shared) != before || control.sequence != before)
		return -EAGAIN;
	pixels = (uint64_t)control.width * control.height;
	if (!pixels != !control.width || !pixels != !control.pages ||
	    control.pages > XENGT_VIEW_PAGES_MAX ||
	    pixels > (uint64_t)control.pages * XENGT_VIEW_PAGE_PIXELS)
		return -EPROTO;
	for (uint32_t i = 0; i * XENGT_VIEW_PAGE_REFS < control.pages; i++)
		if (!control.dir[i])
			return -EPROTO;
	*ret_control = control;
	return 0;
}

int xengt_frame_copy(const volatile struct xengt_view_control *shared,
		     const struct xengt_view_control *control, const void *pages,
		     struct xengt_frame *frame)
{
	uint64_t pixels = (uint64_t)control->width * control->height;

	if (pixels > frame->size) {
		uint32_t *more = realloc(frame->pixels, pixels * sizeof(*more));

		if (!more)
			return -ENOMEM;
		frame->pixels = more;
		frame->size = pixels;
	}
	if (pixels)
		memcpy(frame->pixels, pages, pixels * sizeof(*frame->pixels));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (sequence(shared) != control->sequence)
		return -EAGAIN;
	frame->width = control->width;
	frame->height = control->height;
	return 0;
}
