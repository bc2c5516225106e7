/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a vGPU. */
#ifndef XENGT_BVGPU_END_H
#define XENGT_BVGPU_END_H

struct xengt_bvgpu;
struct xengtd;

/*
 * From any state; error (printf) is why, or NULL if it was asked for. Later calls
 * change nothing. v may be freed when this returns.
 */
void xengt_bvgpu_stop(struct xengt_bvgpu *v, const char *error, ...)
	__attribute__((format(printf, 2, 3)));
/* For the reason that vgpu_make.c left in v->error. */
void xengt_bvgpu_stop_refused(struct xengt_bvgpu *v);
/* In state STOPPING the worker has ended: give all back. v may be freed when this
 * returns. */
void xengt_bvgpu_retire(struct xengt_bvgpu *v);

/* Out of the list and freed; a worker goes on. */
void xengt_bvgpu_forget(struct xengt_bvgpu *v);
/* The same of all, at xengtd's end. */
void xengt_bvgpu_forget_all(struct xengtd *d);

#endif /* XENGT_BVGPU_END_H */
