/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes and answers the requests of an ioreq server. Each vCPU has a slot of
 * the ioreq page and an event channel (public/hvm/ioreq.h).
 */
#define __XEN_TOOLS__ 1

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "hv/hv_xen_priv.h"
#include "xengt/log.h"

#define TAKEN_TRIES	200	/* number of tries, one in each millisecond */

/* Returns the byte of struct ioreq that has state, data_is_ptr, dir and df. */
static uint8_t *state_byte(struct ioreq *slot)
{
	return (uint8_t *)slot + offsetof(struct ioreq, type) - 1;
}

static unsigned int load_state(struct ioreq *slot)
{
	return __atomic_load_n(state_byte(slot), __ATOMIC_ACQUIRE) & 0xf;
}

static void store_state(struct ioreq *slot, unsigned int state)
{
	uint8_t *byte = state_byte(slot);

	/*
	 * At any time only one side may write this byte: the side that must act
	 * next according to the state.
	 */
	__atomic_store_n(byte, (*byte & 0xf0) | state, __ATOMIC_RELEASE);
}

int xengt_xen_req_next(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct hv_xen *x = to_xen(hv);

	for (uint32_t i = 0; i < x->vcpus; i++) {
		uint32_t vcpu = x->next_vcpu;
		struct ioreq *slot = &x->page[vcpu];
		struct ioreq copy;
		unsigned int state;

		x->next_vcpu = vcpu + 1 == x->vcpus ? 0 : vcpu + 1;
		if (x->slots[vcpu].is_taken)
			continue;
		state = load_state(slot);
		/*
		 * If the state is INPROCESS and this process has not taken the
		 * request, an earlier worker has died while it handled the
		 * request.
		 */
		if (state != STATE_IOREQ_READY && state != STATE_IOREQ_INPROCESS)
			continue;
		memcpy(&copy, slot, sizeof(copy));
		store_state(slot, STATE_IOREQ_INPROCESS);
		x->slots[vcpu].is_taken = true;
		*ret_req = (struct xengt_req){
			.addr = copy.addr,
			.data = copy.data,
			.count = copy.count,
			.size = copy.size,
			.vcpu = vcpu,
			.type = copy.type,
			.is_read = copy.dir == IOREQ_READ,
			.is_backward = copy.df,
			.data_is_ptr = copy.data_is_ptr,
		};
		return 1;
	}
	return 0;
}

static int answer(struct hv_xen *x, uint32_t vcpu, bool is_value, uint64_t data)
{
	struct ioreq *slot = &x->page[vcpu];

	if (is_value)
		__atomic_store_n(&slot->data, data, __ATOMIC_RELAXED);
	store_state(slot, STATE_IORESP_READY);
	x->slots[vcpu].is_taken = false;
	return called(x, xenevtchn_notify(x->evtchn, x->slots[vcpu].port));
}

int xengt_xen_req_complete(struct xengt_hv *hv, const struct xengt_req *req,
			   uint64_t data)
{
	struct hv_xen *x = to_xen(hv);
	unsigned int state;

	if (req->vcpu >= x->vcpus || !x->slots[req->vcpu].is_taken)
		return -EINVAL;
	state = load_state(&x->page[req->vcpu]);
	if (state != STATE_IOREQ_INPROCESS) {
		/*
		 * Another process has written to the page. An answer now would
		 * crash the domain later, and the crash would not show its
		 * cause.
		 */
		xengt_log_ratelimited(XENGT_LOG_ERR,
				      "vCPU %u: another process changed the request's state to %u",
				      req->vcpu, state);
		x->slots[req->vcpu].is_taken = false;
		return -EIO;
	}
	return answer(x, req->vcpu, req->is_read && !req->data_is_ptr, data);
}

uint32_t xengt_xen_req_answer_all(struct hv_xen *x)
{
	uint32_t answered = 0;

	for (uint32_t vcpu = 0; vcpu < x->vcpus; vcpu++) {
		struct ioreq *slot = &x->page[vcpu];
		unsigned int state = load_state(slot);
		uint8_t flags;

		if (!x->slots[vcpu].is_bound)
			continue;
		if (state == STATE_IORESP_READY && x->was_taken_over) {
			/*
			 * The previous process may have died after it wrote the
			 * answer and before it sent the event. A superfluous
			 * event does no harm.
			 */
			xenevtchn_notify(x->evtchn, x->slots[vcpu].port);
			continue;
		}
		if (state != STATE_IOREQ_READY && state != STATE_IOREQ_INPROCESS)
			continue;
		flags = *state_byte(slot);
		/* bit 4: data_is_ptr, bit 5: dir, 1 is a read */
		answer(x, vcpu, (flags & 0x30) == 0x20, UINT64_MAX);
		answered++;
	}
	return answered;
}

static bool has_answers(struct hv_xen *x)
{
	for (uint32_t vcpu = 0; vcpu < x->vcpus; vcpu++)
		if (x->slots[vcpu].is_bound &&
		    load_state(&x->page[vcpu]) == STATE_IORESP_READY)
			return true;
	return false;
}

void xengt_xen_req_wait_taken(struct hv_xen *x)
{
	const struct timespec wait = { .tv_nsec = 1000000 };

	for (int i = 0; i < TAKEN_TRIES && has_answers(x); i++)
		nanosleep(&wait, NULL);
}

int xengt_xen_req_bind(struct hv_xen *x)
{
	for (uint32_t i = 0; i < x->vcpus; i++) {
		xenevtchn_port_or_error_t port;

		port = xenevtchn_bind_interdomain(x->evtchn, x->domid,
						  x->page[i].vp_eport);
		/*
		 * EINVAL: the port is bound already, so another process serves
		 * the server.
		 */
		if (port < 0)
			return x->was_taken_over && errno == EINVAL ? -EBUSY :
								       -errno;
		x->slots[i].port = port;
		x->slots[i].is_bound = true;
	}
	return 0;
}

void xengt_xen_req_unbind(struct hv_xen *x)
{
	for (uint32_t i = 0; i < x->vcpus; i++) {
		if (x->slots[i].is_bound)
			xenevtchn_unbind(x->evtchn, x->slots[i].port);
		x->slots[i].is_bound = false;
	}
}
