/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends vGPUs. */
#ifndef XENGT_BVGPU_END_H
#define XENGT_BVGPU_END_H

struct xengt_bvgpu;
struct xengtd;

/*
 * Begin the end of a vGPU, from any state. error (a printf format) is the
 * reason, or NULL if the end was requested. Later calls change nothing. v may
 * be freed when this returns.
 */
void xengt_bvgpu_stop(struct xengt_bvgpu *v, const char *error, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * As xengt_bvgpu_stop(), for a refused request; the refusing function has
 * written the reason to v->error.
 */
void xengt_bvgpu_stop_refused(struct xengt_bvgpu *v);
/*
 * There is no worker (any more): give back all resources of the stopped vGPU. v may be
 * freed when this returns.
 */
void xengt_bvgpu_retire(struct xengt_bvgpu *v);

/*
 * If the vGPU is HELD, try again to give back its remaining resources. v may be freed
 * when this returns.
 */
void xengt_bvgpu_try_again(struct xengt_bvgpu *v);

/* Remove the vGPU's record from the list and free it; its worker process goes on. */
void xengt_bvgpu_forget(struct xengt_bvgpu *v);
/* As xengt_bvgpu_forget(), for all vGPUs. Called when xengtd ends. */
void xengt_bvgpu_forget_all(struct xengtd *d);

#endif /* XENGT_BVGPU_END_H */
