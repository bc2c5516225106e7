/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions by which the module uses Linux's i915, which drives the GPU.
 *
 * Only xengt_i915*.c include private headers of i915. Private headers change
 * without notice, so the module is built only with headers that are proven to
 * fit the kernel (headers-fit), and is loaded only if they are proven to fit the
 * i915 that is loaded (xengt_i915_fit.h). What differs between kernels is in
 * xengt_i915_series.h. docs/design/016 has the reasons.
 *
 *   struct xengt_i915       i915's device, and what i915 has lent to the module: two
 *                           ranges of the GGTT, fence registers, power
 *   struct xengt_i915_ctx   a context of i915 on one engine. The module gives it
 *                           jobs, one at a time; i915 decides when a job runs
 *
 * A job's life:
 *
 *   ctx_run()            i915 runs it,            completed, and the
 *   ----------> RUNNING  or runs its own work     context has left ----> DONE
 *                  |     meanwhile                 the engine
 *                  |     i915 ends it (heartbeat, preemption timeout, reset of
 *                  |     the GPU), or ctx_cancel()
 *                  +-----------------------------------------------> FAILED
 */
#ifndef XENGT_KMOD_I915_H
#define XENGT_KMOD_I915_H

#include <linux/io.h>
#include <linux/pci.h>
#include <linux/types.h>

#include "uapi/xengt.h"

struct drm_i915_private;
struct xengt_i915;
struct xengt_i915_ctx;

/* The ranges of the GGTT that i915 lends: in the aperture, and above it. */
enum xengt_i915_range { XENGT_I915_LOW, XENGT_I915_HIGH, XENGT_I915_RANGES };

/* What the module must know of i915's device. The values do not change. */
struct xengt_i915_facts {
	void __iomem *mmio;		/* i915's mappings of the registers and */
	void __iomem *ggtt;		/* of the GGTT's entries */
	u64 aperture_bytes;
	u64 ggtt_bytes;
};

/* ---- finding i915's device ---- */

/* The functions are called one after the other, and may sleep. */
struct xengt_i915_client {
	/*
	 * i915 drives this device, and its probe has succeeded. Returns 0: the
	 * client uses the device, and will be told by gone(); -errno after the
	 * function has logged the reason.
	 */
	int (*found)(struct drm_i915_private *i915);
	/*
	 * i915 will leave the device, the system goes to sleep or down, or
	 * xengt_i915_unregister() was called. i915 still works; on return the
	 * client uses the device no more.
	 */
	void (*gone)(void);
	/*
	 * The number of vGPUs of the device that the client uses. While there
	 * are any, the system does not go to sleep.
	 */
	u32 (*count)(void);
};

/*
 * Let the client know of the device that i915 drives: before this function
 * returns if i915 drives it already, otherwise when i915 has probed it. i915
 * offers a device only if its parameter enable_gvt is set, it submits work by
 * execlists, and it knows the device as one that can be shared. Returns 0: i915
 * drives no device yet, or the client has found it. -errno after the function
 * has logged the reason: the module does not fit i915 (xengt_i915_fit.h), i915
 * has another client (kvmgt), i915 does not offer the device that it drives, or
 * found() has failed. (xengt_i915_find.c)
 */
int xengt_i915_register(const struct xengt_i915_client *client);
void xengt_i915_unregister(void);

struct pci_dev *xengt_i915_pdev(struct drm_i915_private *i915);

/* How dom0's own work and the guests' share the engines. */
struct xengt_i915_policy {
	/*
	 * The priority of all jobs. i915 gives the requests of dom0's programs 0,
	 * unless a program asks for another priority. A request of higher priority
	 * makes i915 interrupt a job; requests of equal priority get timeslices
	 */
	int priority;
	/*
	 * the time in ms that i915 waits for a job to leave the engine before i915
	 * ends the job by a reset (preempt_timeout_ms of the engine in sysfs); 0: as
	 * i915 has it
	 */
	unsigned long preempt_ms;
};

/*
 * Use a device. changed(arg) is called in an atomic context when a job may
 * have reached another state. Returns the device, which the caller closes;
 * ERR_PTR(-errno) after the function has logged the reason. The caller has
 * power, as after xengt_i915_power_get().
 */
struct xengt_i915 *xengt_i915_open(struct drm_i915_private *i915,
				   const struct xengt_i915_policy *policy,
				   void (*changed)(void *arg), void *arg);
/*
 * Give everything back to i915, and forget the device. A value of sysfs that the policy
 * changed gets its old value, unless somebody else has changed it meanwhile. All contexts must be
 * destroyed, and the entries of the lent ranges must point to no page that is
 * freed.
 */
void xengt_i915_close(struct xengt_i915 *x);
void xengt_i915_get_facts(const struct xengt_i915 *x,
			  struct xengt_i915_facts *ret_facts);

/* ---- what i915 lends ---- */

/*
 * Borrow 'bytes' of the GGTT, aligned to XENGT_SLICE_ALIGN_MIB, in [begin,
 * end). i915 moves what it has there, unless this is pinned. A device lends
 * each range once. Returns 0 and the first graphics address in *ret_at;
 * -ENOSPC; -EINTR.
 */
int xengt_i915_borrow_range(struct xengt_i915 *x, enum xengt_i915_range range,
			    u64 bytes, u64 begin, u64 end, u64 *ret_at);
/*
 * Borrow fence registers until i915 has only 'keep' free ones. Returns a bit
 * for each borrowed register.
 */
u32 xengt_i915_borrow_fences(struct xengt_i915 *x, u32 keep);
/*
 * Tell i915 the value of a borrowed fence register, so that i915 writes it
 * again after a reset of the GPU. The caller has written the register.
 */
void xengt_i915_note_fence(struct xengt_i915 *x, u32 n, u64 value);
/*
 * The GPU does not go to runtime sleep between get and put. Pairs may be nested;
 * xengt_i915_close() puts what was not put. Without power nobody may access
 * registers and entries of the GGTT; the entries and i915's contexts keep their
 * values. May sleep.
 */
void xengt_i915_power_get(struct xengt_i915 *x);
void xengt_i915_power_put(struct xengt_i915 *x);
/*
 * The engines' registers have power between wake and unwake, which include
 * power_get and power_put. Pairs may be nested.
 */
void xengt_i915_wake(struct xengt_i915 *x);
void xengt_i915_unwake(struct xengt_i915 *x);

/* ---- contexts and jobs ---- */

enum xengt_i915_state {
	XENGT_I915_RUNNING,
	XENGT_I915_DONE,
	XENGT_I915_FAILED,
};

/* Commands that are next to each other in memory. */
struct xengt_i915_commands {
	const u32 *dw;
	u32 dwords;
};

#define XENGT_I915_PIECES	3

struct xengt_i915_job {
	/* The commands, in their order; dwords 0: none. They are copied. */
	struct xengt_i915_commands pieces[XENGT_I915_PIECES];
	/*
	 * the number of the context for the hardware. Bit 14 must be 0: this bit
	 * is set for the hardware
	 */
	u32 number;
	u32 flags;			/* the flags of the descriptor */
};

/*
 * Make a context on an engine, with i915's default state. Returns it, or
 * ERR_PTR(-errno). At most one context of an engine may have a job. May sleep.
 */
struct xengt_i915_ctx *xengt_i915_ctx_create(struct xengt_i915 *x,
					     enum xengt_engine_id engine);
/*
 * Free a context. Its job must not be RUNNING, or xengt_i915_ctx_cancel() must
 * have returned 0. Afterwards changed() is not called for it. May sleep.
 */
void xengt_i915_ctx_destroy(struct xengt_i915_ctx *ctx);
/*
 * The context's image, which the hardware loads and saves: page 0 is the
 * status page, page 1 begins with the registers of the ring. While a job is
 * RUNNING, nobody may use the image. *ret_pages gets the image's size. i915
 * owns the registers of the ring, and the address in the batch at which the
 * hardware left the context: the caller must not change these values.
 */
u32 *xengt_i915_ctx_image(struct xengt_i915_ctx *ctx, u32 *ret_pages);
/*
 * Give the job to i915. The context must have no job that is RUNNING. The
 * hardware loads the image from memory. Returns 0; -EINTR or -ERESTARTSYS: the
 * caller's process has a signal, and another thread can give the job; other
 * errors: i915 does not take the job. May sleep.
 */
int xengt_i915_ctx_run(struct xengt_i915_ctx *ctx,
		       const struct xengt_i915_job *job);
/* The state of the context's last job. Never sleeps. */
enum xengt_i915_state xengt_i915_ctx_state(struct xengt_i915_ctx *ctx);
/*
 * The number of the context's present stay on the engine; 0: the context is not on the
 * engine, or i915 has given the engine other contexts, and the engine has not
 * acknowledged them yet. If two calls return the same number and it is not 0, the
 * engine had the context all the time between the calls. Never sleeps.
 */
u32 xengt_i915_ctx_stay(const struct xengt_i915_ctx *ctx);
/*
 * The sum of all times in ns in which a job on this engine was RUNNING, but the
 * hardware did not have its context, because i915 ran other work. Never sleeps.
 */
u64 xengt_i915_away_ns(struct xengt_i915 *x, enum xengt_engine_id engine);
/*
 * Where the commands of the context's last job are in i915's ring: they begin at
 * *ret_begin. Returns the size of the ring in bytes; behind the ring's end its
 * offsets begin at 0 again.
 */
u32 xengt_i915_ctx_job_at(const struct xengt_i915_ctx *ctx, u32 *ret_begin);
/*
 * End the job, without a reset of the engine if the engine can leave the job.
 * Returns 0: the engine has left the job, and no command of the job will run
 * any more; -EIO: this has not happened within 'ms' milliseconds. May sleep.
 */
int xengt_i915_ctx_cancel(struct xengt_i915_ctx *ctx, u32 ms);

#endif /* XENGT_KMOD_I915_H */
