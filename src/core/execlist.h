/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Execlists: how a guest hands contexts to an engine, and what it is told of
 * them afterwards.
 */
#ifndef XENGT_EXECLIST_H
#define XENGT_EXECLIST_H

#include "gpu/gpu.h"

struct xengt_vgpu;
struct xengt_fault;

/* Engine registers that more than one file needs, from the engine's base. */
#define XENGT_RING_TAIL		0x030
#define XENGT_RING_HEAD		0x034
#define XENGT_RING_START	0x038
#define XENGT_RING_CTL		0x03c
#define XENGT_RING_HWS_PGA	0x080
#define XENGT_RING_MI_MODE	0x09c
#define XENGT_RING_IMR		0x0a8
#define XENGT_RING_MODE		0x29c
#define XENGT_RING_CSB		0x370
#define XENGT_RING_CSB_PTR	0x3a0

#define XENGT_CSB_SLOTS		6
#define XENGT_ENGINE_REG_BYTES	0x800	/* of each engine, from its base */

/* What a submission was told about its ring by the context's image. */
struct xengt_ring_state {
	uint32_t head, tail, start, ctl;
};

/* A context in one of the two elements that an engine holds. */
struct xengt_port {
	uint64_t desc;		/* as the guest wrote it; 0: empty */
	uint64_t seqno;		/* of its last submission; 0: not handed on yet */
	struct xengt_ring_state ring;
	bool is_done;		/* the hardware has run it dry */
	bool is_stuck;		/* refused or hung: it will never be done */
};

struct xengt_execlist {
	uint32_t elsp[4];		/* stores of a submission so far */
	uint32_t elsp_count;
	bool has_queued;		/* written, not taken over yet */
	uint64_t queued[2];
	struct xengt_port port[2];	/* [0]: the one that runs */
	/* what the hardware has of us: an end is still to come for each */
	struct {
		uint64_t desc;
		uint64_t seqno;		/* 0: none */
	} flight[2];
	uint32_t last_event;		/* of the context status buffer */
	uint32_t last_context;
	uint32_t moves;			/* of ACTHD while work is in flight */
	uint64_t quiet_until_ns;	/* 0: the guest was told of all events */
};

/* A store to the submission port; the fourth one submits. */
void xengt_execlist_write(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			  uint32_t val);
/* Of one of our engines, an end or an interrupt. Others are ignored. */
void xengt_execlist_event(struct xengt_vgpu *vgpu,
			  const struct xengt_gpu_event *ev);
/*
 * The interrupt that tells of a start waits a little for the one that tells of
 * the end, for each costs the guest five exits: until when, in hv's clock.
 * UINT64_MAX: none waits.
 */
uint64_t xengt_execlist_deadline(const struct xengt_vgpu *vgpu);
void xengt_execlist_tick(struct xengt_vgpu *vgpu, uint64_t now_ns);
/* Forget everything; the hardware has nothing of us on this engine any more. */
void xengt_execlist_reset(struct xengt_vgpu *vgpu, enum xengt_engine_id id);

/* The engine has nothing to do, or was told to stop. */
bool xengt_execlist_is_idle(const struct xengt_vgpu *vgpu,
			    enum xengt_engine_id id);
/* EXECLIST_STATUS, both dwords. */
uint64_t xengt_execlist_status(const struct xengt_vgpu *vgpu,
			       enum xengt_engine_id id);
/*
 * Address of the command being executed. Where the hardware is, the guest
 * cannot be told; what drivers look for is whether it moves, which it does
 * until the work has ended or was found to hang.
 */
uint64_t xengt_execlist_acthd(struct xengt_vgpu *vgpu, enum xengt_engine_id id);

/* The engine whose registers are around off in BAR0, or XENGT_ENGINES. */
enum xengt_engine_id xengt_engine_at(uint32_t off);

#endif /* XENGT_EXECLIST_H */
