/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A window with a guest's picture. SDL is loaded only when a window is opened, so that
 * xengt-view also runs where there is no SDL, and writes PNG files.
 */
#ifndef XENGT_VIEW_WINDOW_H
#define XENGT_VIEW_WINDOW_H

#include <stdbool.h>

#include "xengt-view/frame.h"

struct xengt_window;

/* How often xengt_window_handle() must be called. */
#define XENGT_WINDOW_MSEC	20

/* Returns 0 or -errno, after a message on standard error. */
int xengt_window_create(struct xengt_window **ret_window);
/* Accepts NULL. */
void xengt_window_destroy(struct xengt_window *window);

/*
 * Show the frame, or a black window if the frame has no pixels. The window gets the
 * frame's size when this size changes; the user can change the window's size, and sees the
 * whole picture in it. name: of the guest; "": none. Returns 0 or -errno, after a message.
 */
int xengt_window_show(struct xengt_window *window, const struct xengt_frame *frame,
		      const char *name);
/* Handle what the user did with the window. Returns false if the user closed it. */
bool xengt_window_handle(struct xengt_window *window);

#endif /* XENGT_VIEW_WINDOW_H */
