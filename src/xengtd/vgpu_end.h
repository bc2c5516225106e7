/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends vGPUs. */
#ifndef XENGT_BVGPU_END_H
#define XENGT_BVGPU_END_H

struct xengt_bvgpu;
struct xengtd;

/*
 * Begin the end of a vGPU, from any state. error (a printf format) is the
 * reason; NULL: the end was requested. If the end has begun already, the
 * function does nothing. v may have been freed when this function returns.
 */
void xengt_bvgpu_stop(struct xengt_bvgpu *v, const char *error, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Begin the end of a vGPU whose request was refused. The function that refused
 * has written the reason to v->error.
 */
void xengt_bvgpu_stop_refused(struct xengt_bvgpu *v);
/*
 * Release all resources of the stopped vGPU. Call this when the vGPU has no worker
 * (any more). v may have been freed when this function returns.
 */
void xengt_bvgpu_retire(struct xengt_bvgpu *v);

/*
 * If the vGPU is HELD, try again to release its remaining resources. v may have been
 * freed when this function returns.
 */
void xengt_bvgpu_try_again(struct xengt_bvgpu *v);

/*
 * Remove the vGPU's record from the list and free the record. The worker process
 * continues to run.
 */
void xengt_bvgpu_forget(struct xengt_bvgpu *v);
/* Call xengt_bvgpu_forget() for all vGPUs. Call this when xengtd ends. */
void xengt_bvgpu_forget_all(struct xengtd *d);

#endif /* XENGT_BVGPU_END_H */
