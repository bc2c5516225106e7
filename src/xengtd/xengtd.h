/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state that all parts of the broker share. All code of the broker runs in
 * one thread.
 */
#ifndef XENGT_XENGTD_H
#define XENGT_XENGTD_H

#include "xengtd/ev.h"
#include "xengtd/options.h"

struct xengt_domctl;
struct xengt_store;
struct xengt_control;
struct xengt_bvgpu;
struct xengt_view;

struct xengtd {
	struct xengt_options opt;
	struct xengt_ev *ev;
	struct xengt_domctl *domctl;
	struct xengt_store *store;
	struct xengt_control *control;
	struct xengt_bvgpu *vgpus;	/* a list; vgpu.c adds a vGPU to it, vgpu_end.c
					 * removes and frees the vGPU */
	struct xengt_view *views;	/* a list, by vgpu_view.c */
};

/*
 * Size of an error text for the user, in bytes. The function that finds an
 * error writes the text: one line that says what to do.
 */
#define XENGT_ERROR_MAX	512

#endif /* XENGT_XENGTD_H */
