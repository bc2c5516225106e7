/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Execlists: how a guest hands contexts to an engine, and the events that tell
 * the guest what happened to the contexts.
 */
#ifndef XENGT_EXECLIST_H
#define XENGT_EXECLIST_H

#include "gpu/gpu.h"
#include "uapi/xengt.h"

struct xengt_vgpu;
struct xengt_fault;

#define XENGT_ENGINE_REG_BYTES	0x800	/* size of an engine's registers, from
					 * its base */

/* The ring registers as the context's image held them at submission. */
struct xengt_ring_state {
	uint32_t head, tail, start, ctl;
};

/* A context in one of an engine's two elements (ports). */
struct xengt_port {
	uint64_t desc;		/* descriptor as the guest wrote it; 0: the port
				 * is empty */
	uint64_t seqno;		/* sequence number of the context's last
				 * submission; 0: the context was not submitted
				 * to the hardware yet */
	struct xengt_ring_state ring;
	bool is_done;		/* the hardware has run the context's ring to
				 * the end */
	bool is_stuck;		/* the work was refused or hangs, so is_done
				 * will never be set */
};

struct xengt_execlist {
	uint32_t elsp[4];		/* dwords of the ELSP that the guest
					 * has stored so far */
	uint32_t elsp_count;
	bool has_queued;		/* queued[] has descriptors that the
					 * guest wrote and that are not in
					 * port[] yet */
	uint64_t queued[2];
	struct xengt_port port[2];	/* [0] is the running context */
	/*
	 * Contexts of this vGPU that the hardware holds. The hardware will
	 * still send a COMPLETE event for each of these contexts.
	 */
	struct {
		uint64_t desc;
		uint64_t seqno;		/* the submission's number; 0:
					 * no context */
	} flight[2];
	uint32_t last_event;		/* status dword of the last event in the
					 * context status buffer */
	uint32_t last_context;
	uint32_t moves;			/* counts up at each read of ACTHD
					 * while work is in flight */
	uint64_t quiet_until_ns;	/* time at which the interrupt for
					 * delayed events is due; 0: no event is
					 * delayed */
};

/*
 * Carry out a guest's store to the ELSP; the fourth store submits the contexts.
 */
void xengt_execlist_write(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			  uint32_t val);
/*
 * Handles an event of one of the vGPU's engines: the end of a run, a hang, or
 * an interrupt. Ignores events of other engines.
 */
void xengt_execlist_event(struct xengt_vgpu *vgpu,
			  const struct xengt_gpu_event *ev);
/*
 * The interrupt that reports a context's start is delayed a little, so that the
 * interrupt that reports the context's end can replace it: each interrupt costs
 * the guest five exits. Returns when the delay ends, in the clock of hv's
 * now_ns; UINT64_MAX: no interrupt is delayed.
 */
uint64_t xengt_execlist_deadline(const struct xengt_vgpu *vgpu);
void xengt_execlist_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);
/*
 * Forget all contexts and events of the engine. Call this when the hardware
 * holds no context of this vGPU on this engine any more.
 */
void xengt_execlist_reset(struct xengt_vgpu *vgpu, enum xengt_engine_id id);

/* Is the engine without work, or has the guest told it to stop? */
bool xengt_execlist_is_idle(const struct xengt_vgpu *vgpu,
			    enum xengt_engine_id id);
/* Returns the value of EXECLIST_STATUS, both dwords. */
uint64_t xengt_execlist_status(const struct xengt_vgpu *vgpu,
			       enum xengt_engine_id id);
/*
 * Returns the value of ACTHD, the address of the command that is executed now.
 * The true address is not known, since the hardware may be running another
 * guest's work. Drivers only check whether the value changes, so the returned
 * value changes at each read until the work has ended or has been found to
 * hang.
 */
uint64_t xengt_execlist_acthd(struct xengt_vgpu *vgpu, enum xengt_engine_id id);

/*
 * Returns the engine whose registers include offset off of BAR0; XENGT_ENGINES:
 * no engine's registers include the offset.
 */
enum xengt_engine_id xengt_engine_at(uint32_t off);

#endif /* XENGT_EXECLIST_H */
