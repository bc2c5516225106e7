/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the execlists of one vGPU (Broadwell PRM, volume 3: "Execlists"). The
 * guest writes two context descriptors; events tell the guest what happens to
 * the contexts:
 *
 *               written                 the running one ends
 *   [idle] --------------> [active] ---------------------------> second one
 *      ^     0x1              |  ^ |  0x14                       runs, or
 *      |                      |  +-+ written again with a new
 *      +----------------------+      tail: 0x8002
 *        0x18, nothing left          written with another context: no event
 *                                    now, and 0x12 when the running one ends
 *
 * port[] has the contexts that the guest sees in its ports; flight[] has the
 * guest's contexts that the hardware holds. port[] and flight[] differ:
 * contexts of other vGPUs run in between, and a context that the guest replaced
 * may still run to its end on the hardware, for which the guest gets no event.
 * A running context is not preempted by another context of the same guest: the
 * running context behaves as if arbitration were off. Drivers of vGPUs run
 * their batches with arbitration off.
 *
 * A context whose work is refused stays in its port until a reset, like a
 * context that hangs the hardware. The commands before the refused command run.
 * The guest's driver notices that the engine makes no progress, and resets the
 * engine. The reason of the refusal is kept for the administrator
 * (fault_list.h).
 *
 * The guest sees, in this order: the entry of the status buffer, the buffer's
 * write pointer, the interrupt.
 */
#include "core/execlist.h"
#include "core/context.h"
#include "core/driver.h"
#include "core/failure.h"
#include "core/fault_list.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/ppgtt.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/fault.h"
#include "xengt/types.h"

#include <errno.h>
#include <string.h>

/*
 * Time in ns by which the interrupt for a context's start is delayed, so that
 * the interrupt for the context's end can replace it.
 */
#define QUIET_NS		2000000u

#define CSB_WRITE_PTR		0x7u

#define EVENT_BITS		0xffffu

const struct xengt_reg_bases xengt_engine_bases = {
	.count = XENGT_ENGINES,
	.base = XENGT_ENGINE_BASES,
};

/*
 * The interrupt bank of each engine, and the position of the engine's bits in
 * the registers of this bank.
 */
static const struct {
	enum xengt_irq_bank bank;
	unsigned int shift;
} irqs[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = { XENGT_IRQ_GT0, 0 },
	[XENGT_ENGINE_VCS] = { XENGT_IRQ_GT1, 0 },
	[XENGT_ENGINE_VECS] = { XENGT_IRQ_GT3, 0 },
	[XENGT_ENGINE_BCS] = { XENGT_IRQ_GT0, 16 },
};

static uint32_t reg_off(enum xengt_engine_id id, uint32_t reg)
{
	return xengt_engine_bases.base[id] + reg;
}

static uint32_t peek(const struct xengt_vgpu *vgpu, enum xengt_engine_id id,
		     uint32_t reg)
{
	return xengt_mmio_peek(vgpu, reg_off(id, reg));
}

static void poke(struct xengt_vgpu *vgpu, enum xengt_engine_id id, uint32_t reg,
		 uint32_t val)
{
	xengt_mmio_poke(vgpu, reg_off(id, reg), val);
}

enum xengt_engine_id xengt_engine_at(uint32_t off)
{
	enum xengt_engine_id id = 0;

	while (id < XENGT_ENGINES &&
	       off - xengt_engine_bases.base[id] >= XENGT_ENGINE_REG_BYTES)
		id++;
	return id;
}

static void raise_event(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			uint32_t bits)
{
	struct xengt_execlist *e = &vgpu->execlist[id];

	if (bits & XENGT_ENGINE_IRQ_SWITCH)
		e->quiet_until_ns = 0;
	/* the engine's own mask register (IMR) has the same bits as the bank */
	bits = (bits & EVENT_BITS) << irqs[id].shift;
	bits &= ~peek(vgpu, id, XENGT_RING_IMR);
	xengt_irq_raise(vgpu, irqs[id].bank, bits);
}

/* ---- the context status buffer ---- */

/*
 * Store an event into the guest's status page. Does nothing if the page is not
 * the guest's own RAM.
 */
static void write_status_page(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			      uint32_t slot, const uint32_t entry[2])
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	gpa_t page, at;

	if (xengt_ggtt_lookup(vgpu, peek(vgpu, id, XENGT_RING_HWS_PGA) &
					    ~(XENGT_PAGE_SIZE - 1), &page))
		return;
	at = gpa(gpa_x(page) + XENGT_HWS_CSB + 8 * slot);
	if (hv->ops->write_guest(hv, at, entry, 8))
		return;
	at = gpa(gpa_x(page) + XENGT_HWS_CSB_LAST);
	hv->ops->write_guest(hv, at, &slot, sizeof(slot));
}

static void tell(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
		 uint32_t status, uint64_t desc)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_execlist *e = &vgpu->execlist[id];
	const uint32_t entry[2] = { status, xengt_desc_id(desc) };
	uint32_t ptr = peek(vgpu, id, XENGT_RING_CSB_PTR);
	uint32_t slot = (ptr & CSB_WRITE_PTR) + 1;

	/*
	 * after a write pointer of 5 (the last entry) or 7 (the value after a
	 * reset) entry 0 is next
	 */
	if (slot >= XENGT_CSB_SLOTS)
		slot = 0;
	poke(vgpu, id, XENGT_RING_CSB + 8 * slot, entry[0]);
	poke(vgpu, id, XENGT_RING_CSB + 8 * slot + 4, entry[1]);
	poke(vgpu, id, XENGT_RING_CSB_PTR, (ptr & ~CSB_WRITE_PTR) | slot);
	e->last_event = status;
	e->last_context = entry[1];
	write_status_page(vgpu, id, slot, entry);
	vgpu->counters.csb_events++;
	/*
	 * When a context has started, the guest can only submit more work, so
	 * the interrupt for a start may be delayed.
	 */
	if (status & XENGT_CSB_COMPLETE)
		raise_event(vgpu, id, XENGT_ENGINE_IRQ_SWITCH);
	else if (!e->quiet_until_ns)
		e->quiet_until_ns = hv->ops->now_ns(hv) + QUIET_NS;
}

uint64_t xengt_execlist_deadline(const struct xengt_vgpu *vgpu)
{
	uint64_t first = UINT64_MAX;

	for (int id = 0; id < XENGT_ENGINES; id++) {
		uint64_t at = vgpu->execlist[id].quiet_until_ns;

		if (at && at < first)
			first = at;
	}
	return first;
}

void xengt_execlist_tick(struct xengt_vgpu *vgpu, uint64_t now_ns)
{
	for (int id = 0; id < XENGT_ENGINES; id++) {
		uint64_t at = vgpu->execlist[id].quiet_until_ns;

		if (at && now_ns >= at)
			raise_event(vgpu, (enum xengt_engine_id)id,
				    XENGT_ENGINE_IRQ_SWITCH);
	}
}

/* ---- handing work to the hardware ---- */

static bool is_same_context(uint64_t a, uint64_t b)
{
	return a && b && xengt_desc_lrca(a) == xengt_desc_lrca(b);
}

static void show_ring(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	struct xengt_execlist *e = &vgpu->execlist[id];
	const struct xengt_ring_state *ring = &e->port[0].ring;

	e->moves = 0;
	poke(vgpu, id, XENGT_RING_HEAD, ring->head);
	poke(vgpu, id, XENGT_RING_TAIL, ring->tail);
	poke(vgpu, id, XENGT_RING_START, ring->start);
	poke(vgpu, id, XENGT_RING_CTL, ring->ctl);
}

static void note_fault(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
		       struct xengt_port *port, int error,
		       const struct xengt_vgpu_submit *work)
{
	const struct xengt_fault fault = {
		.engine = (uint8_t)id,
		.error = error,
		.context = xengt_desc_id(port->desc),
		.refused = work ? (uint8_t)work->refused : 0,
		.cmd = work ? work->refused_cmd : 0,
		.at = work ? work->refused_at : 0,
	};

	port->is_stuck = true;
	xengt_fault_note(&vgpu->faults, &fault);
}

/*
 * Returns the index of a context in flight[], or a free index for the context.
 * Returns -1 if two other contexts are in flight: the hardware accepts no third
 * context.
 */
static int flight_of(const struct xengt_execlist *e, uint64_t desc)
{
	for (int i = 0; i < 2; i++) {
		if (e->flight[i].seqno &&
		    is_same_context(e->flight[i].desc, desc))
			return i;
	}
	for (int i = 0; i < 2; i++) {
		if (!e->flight[i].seqno)
			return i;
	}
	return -1;
}

/*
 * Submit the work of a port to gpu. Returns 0 or -errno; if the work is
 * refused, *work has the reason.
 */
static int hand_over(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
		     struct xengt_port *port, struct xengt_vgpu_submit *work)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	struct xengt_guest_context context;
	int r = xengt_guest_context_read(vgpu, port->desc, &context);

	if (r)
		return r;
	port->ring = context.ring;
	r = xengt_ppgtt_prepare(vgpu, &context.root, &work->ppgtt);
	if (r)
		return r;
	work->engine = id;
	work->desc = port->desc;
	work->seqno = vgpu->last_seqno + 1;
	work->hws_pga = peek(vgpu, id, XENGT_RING_HWS_PGA);
	r = gpu->ops->submit(gpu, work);
	if (r && !(r == -EBADMSG && work->is_cut))
		return r;
	port->seqno = ++vgpu->last_seqno;
	vgpu->counters.submissions++;
	return r;
}

static void count_refusal(struct xengt_counters *counters,
			  enum xengt_refusal refused)
{
	uint64_t *const kinds[] = {
		[XENGT_REFUSED_UNKNOWN] = &counters->refused_unknown,
		[XENGT_REFUSED_FORBIDDEN] = &counters->refused_forbidden,
		[XENGT_REFUSED_LENGTH] = &counters->refused_length,
		[XENGT_REFUSED_ADDRESS] = &counters->refused_address,
		[XENGT_REFUSED_REGISTER] = &counters->refused_register,
		[XENGT_REFUSED_BATCH] = &counters->refused_batch,
		[XENGT_REFUSED_LIMIT] = &counters->refused_limit,
		[XENGT_REFUSED_CONTEXT] = &counters->refused_context,
	};

	if ((size_t)refused < XENGT_ARRAY_SIZE(kinds) && kinds[refused])
		++*kinds[refused];
}

static void count_image(struct xengt_counters *counters, uint32_t found)
{
	counters->images_other += (found & XENGT_IMAGE_IS_OTHER) != 0;
	counters->images_cut += (found & XENGT_IMAGE_IS_CUT) != 0;
}

static void submit_port(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			struct xengt_port *port)
{
	struct xengt_execlist *e = &vgpu->execlist[id];
	struct xengt_vgpu_submit work = { 0 };
	int at = flight_of(e, port->desc), r;

	if (at < 0)
		return;
	r = hand_over(vgpu, id, port, &work);
	count_image(&vgpu->counters, work.image);
	if (port->seqno) {
		e->flight[at].desc = port->desc;
		e->flight[at].seqno = port->seqno;
	}
	if (r == -ESTALE) {
		xengt_vgpu_fail(vgpu, r);
	} else if (r && r != -EAGAIN) {
		vgpu->counters.refused++;
		if (r == -EBADMSG)
			count_refusal(&vgpu->counters, work.refused);
		note_fault(vgpu, id, port, r, r == -EBADMSG ? &work : NULL);
	}
}

/*
 * Submit the contexts of the ports in order: if the first context waits or
 * hangs, the second one waits, too.
 */
static void submit_ports(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	struct xengt_execlist *e = &vgpu->execlist[id];

	for (int i = 0; i < 2 && xengt_vgpu_is_live(vgpu); i++) {
		struct xengt_port *port = &e->port[i];

		if (!port->desc || port->is_stuck)
			break;
		if (port->seqno)
			continue;
		submit_port(vgpu, id, port);
		if (i == 0)
			show_ring(vgpu, id);
		if (!port->seqno || port->is_stuck)
			break;
	}
}

/* ---- the guest's ports ---- */

static void take_queued(struct xengt_execlist *e)
{
	for (int i = 0; i < 2; i++)
		e->port[i] = (struct xengt_port){ .desc = e->queued[i] };
	e->has_queued = false;
}

/*
 * Retire the first port, whose context has ended, and also the second port, if
 * the context of the second port has ended.
 */
static void retire(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	struct xengt_execlist *e = &vgpu->execlist[id];

	while (e->port[0].desc && e->port[0].is_done) {
		uint64_t desc = e->port[0].desc;

		e->port[0].ring.head = e->port[0].ring.tail;
		show_ring(vgpu, id);
		if (e->has_queued) {
			take_queued(e);
			tell(vgpu, id, XENGT_CSB_PREEMPTED | XENGT_CSB_COMPLETE,
			     desc);
			continue;
		}
		e->port[0] = e->port[1];
		e->port[1] = (struct xengt_port){ 0 };
		if (!e->port[0].desc) {
			tell(vgpu, id,
			     XENGT_CSB_ACTIVE_IDLE | XENGT_CSB_COMPLETE, desc);
			continue;
		}
		show_ring(vgpu, id);
		tell(vgpu, id, XENGT_CSB_ELEMENT | XENGT_CSB_COMPLETE, desc);
	}
	submit_ports(vgpu, id);
}

static void submit(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	struct xengt_execlist *e = &vgpu->execlist[id];
	uint64_t running = e->port[0].desc;

	e->queued[0] = (uint64_t)e->elsp[2] << 32 | e->elsp[3];
	e->queued[1] = (uint64_t)e->elsp[0] << 32 | e->elsp[1];
	if (!(peek(vgpu, id, XENGT_RING_MODE) & XENGT_MODE_RUN_LIST) ||
	    !(e->queued[0] & XENGT_DESC_VALID))
		return;
	if (!(e->queued[1] & XENGT_DESC_VALID))
		e->queued[1] = 0;
	e->has_queued = true;
	xengt_driver_note_work(vgpu);
	if (!running) {
		take_queued(e);
		tell(vgpu, id, XENGT_CSB_IDLE_ACTIVE, e->port[0].desc);
	} else if (is_same_context(running, e->queued[0]) &&
		   !e->port[0].is_stuck) {
		take_queued(e);
		tell(vgpu, id, XENGT_CSB_PREEMPTED | XENGT_CSB_LITE_RESTORE,
		     running);
	} else {
		return;		/* retire() submits the queued contexts when the
				 * running context ends */
	}
	submit_ports(vgpu, id);
}

void xengt_execlist_write(struct xengt_vgpu *vgpu, enum xengt_engine_id id,
			  uint32_t val)
{
	struct xengt_execlist *e = &vgpu->execlist[id];

	e->elsp[e->elsp_count++] = val;
	if (e->elsp_count < XENGT_ARRAY_SIZE(e->elsp))
		return;
	e->elsp_count = 0;
	submit(vgpu, id);
}

/* ---- events of the hardware ---- */

/*
 * Remove the submission with this sequence number from flight[]. Returns the
 * port with this submission, or NULL if the guest has replaced the submission.
 */
static struct xengt_port *land(struct xengt_execlist *e, uint64_t seqno)
{
	for (int i = 0; i < 2; i++) {
		if (e->flight[i].seqno == seqno)
			e->flight[i].seqno = 0;
	}
	for (int i = 0; i < 2; i++) {
		if (e->port[i].seqno == seqno)
			return &e->port[i];
	}
	return NULL;
}

void xengt_execlist_event(struct xengt_vgpu *vgpu,
			  const struct xengt_gpu_event *ev)
{
	enum xengt_engine_id id = ev->engine;
	struct xengt_port *port;

	if ((unsigned int)id >= XENGT_ENGINES)
		return;
	if (ev->type == XENGT_EVENT_ENGINE_IRQ) {
		if (ev->value & XENGT_ENGINE_IRQ_USER)
			vgpu->counters.user_interrupts++;
		/*
		 * Do not pass on the hardware's interrupts for context
		 * switches: the guest sees other context switches than the
		 * hardware.
		 */
		raise_event(vgpu, id, ev->value & ~XENGT_ENGINE_IRQ_SWITCH);
		return;
	}
	port = ev->seqno ? land(&vgpu->execlist[id], ev->seqno) : NULL;
	if (ev->type == XENGT_EVENT_HUNG) {
		bool is_lost = ev->value & XENGT_HUNG_LOST;

		if (ev->value & XENGT_HUNG_OVERRUN)
			vgpu->counters.overruns++;
		else if (!is_lost)
			vgpu->counters.hangs++;
		if (port)
			note_fault(vgpu, id, port, is_lost ? -ECANCELED : -ETIME,
				   NULL);
	} else {
		vgpu->counters.completions++;
		/*
		 * If is_stuck is set, only the commands before a refused
		 * command have run, and the port does not change.
		 */
		if (port && !port->is_stuck)
			port->is_done = true;
	}
	retire(vgpu, id);
}

void xengt_execlist_reset(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	vgpu->execlist[id] = (struct xengt_execlist){ 0 };
}

/* ---- values of registers ---- */

bool xengt_execlist_is_idle(const struct xengt_vgpu *vgpu,
			    enum xengt_engine_id id)
{
	return !vgpu->execlist[id].port[0].desc ||
	       peek(vgpu, id, XENGT_RING_MI_MODE) & XENGT_MI_MODE_STOP;
}

uint64_t xengt_execlist_status(const struct xengt_vgpu *vgpu,
			       enum xengt_engine_id id)
{
	const struct xengt_execlist *e = &vgpu->execlist[id];
	uint32_t low = 1u << 16;	/* bit 16: arbitration is enabled */
	uint32_t context = e->last_context;

	if (e->elsp_count)
		low |= 1u << 1;
	if (e->has_queued)
		low |= 1u << 2;			/* bit 2: both elements are
						 * in use */
	if (e->port[1].desc)
		low |= 1u << 3;
	if (e->port[0].desc) {
		low |= 1u << 4 | 1u << 14 | 1u << 18;
		context = xengt_desc_id(e->port[0].desc);
	}
	low |= (e->last_event & 0x1ff) << 5;
	return (uint64_t)context << 32 | low;
}

uint64_t xengt_execlist_acthd(struct xengt_vgpu *vgpu, enum xengt_engine_id id)
{
	struct xengt_execlist *e = &vgpu->execlist[id];
	const struct xengt_port *port = &e->port[0];
	uint32_t start = peek(vgpu, id, XENGT_RING_START);
	uint32_t bytes = (peek(vgpu, id, XENGT_RING_CTL) &
			  XENGT_RING_CTL_PAGES) +
			 XENGT_PAGE_SIZE;

	if (port->desc && port->seqno && !port->is_stuck)
		e->moves += 4;
	return (uint64_t)start +
	       (peek(vgpu, id, XENGT_RING_HEAD) + e->moves) % bytes;
}
