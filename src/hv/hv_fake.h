/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements hv.h for a domain that is simulated in this process. The domain
 * has RAM with holes, vCPUs whose requests the test makes, and a record of what
 * the device did. Tests, fuzzers and benchmarks use the fake; no installed
 * program links it.
 *
 * RAM is at guest frames from 0 on, and at frames where the device puts RAM.
 *
 * The fake is as strict as Xen: its calls fail if Xen would refuse them or
 * crash the domain. Things that a device model must never do (complete a
 * request twice, leave one without an answer, map over a mapped frame) are counted in
 * xengt_hv_fake_faults().
 */
#ifndef XENGT_HV_FAKE_H
#define XENGT_HV_FAKE_H

#include "hv/fake_machine.h"
#include "hv/hv.h"

struct xengt_hv_fake;

struct xengt_hv_fake_config {
	struct xengt_fake_machine *machine;	/* NULL if the fake makes its
						 * own machine */
	uint32_t domid;
	uint32_t ram_frames;	/* number of frames of RAM, from frame 0 on */
	uint32_t vcpus;		/* 1 to XENGT_HV_FAKE_VCPUS_MAX */
	uint32_t slice_frames;	/* size of the vGPU's aperture slice */
};

#define XENGT_HV_FAKE_VCPUS_MAX	8
#define XENGT_HV_FAKE_RANGES_MAX 256
/* Number of bits of a guest physical address. */
#define XENGT_HV_FAKE_ADDR_BITS	40

int xengt_hv_fake_create(const struct xengt_hv_fake_config *cfg,
			 struct xengt_hv_fake **ret_fake);
/*
 * Returns the fake as a struct xengt_hv. The op 'destroy' of this struct
 * destroys the whole fake.
 */
struct xengt_hv *xengt_hv_fake_hv(struct xengt_hv_fake *fake);

/* ---- memory ---- */

struct xengt_fake_machine *
xengt_hv_fake_machine(const struct xengt_hv_fake *fake);
uint32_t xengt_hv_fake_domid(const struct xengt_hv_fake *fake);
uint32_t xengt_hv_fake_ram_frames(const struct xengt_hv_fake *fake);
/*
 * Returns the machine frame that a guest frame maps to; XENGT_FAKE_NO_FRAME if
 * the guest frame has no memory.
 */
uint64_t xengt_hv_fake_mfn(const struct xengt_hv_fake *fake, gfn_t frame);
/*
 * Let the guest give a frame away (balloon), or get memory at this frame again;
 * the new memory is another machine frame.
 */
void xengt_hv_fake_remove_ram(struct xengt_hv_fake *fake, gfn_t frame);
int xengt_hv_fake_add_ram(struct xengt_hv_fake *fake, gfn_t frame);
/* Returns the number of frames at which the device has put RAM (op 'back'). */
uint32_t xengt_hv_fake_backed(const struct xengt_hv_fake *fake);
/*
 * A vCPU stores or loads 1 to 8 bytes inside one guest frame that has RAM,
 * without an exit. Returns false if the frame is not RAM, or stores to it trap;
 * then the caller must make the access as a request, with xengt_hv_fake_push().
 */
bool xengt_hv_fake_store(struct xengt_hv_fake *fake, uint64_t addr,
			 uint32_t size, uint64_t val);
bool xengt_hv_fake_load(struct xengt_hv_fake *fake, uint64_t addr,
			uint32_t size, uint64_t *ret_val);
bool xengt_hv_fake_is_tracked(const struct xengt_hv_fake *fake, gfn_t frame);

/* ---- the guest's vCPUs ---- */

/*
 * Returns true if Xen would send this access to the device model: an access of
 * the device's ranges or PCI function, or a store to a protected page.
 */
bool xengt_hv_fake_is_routed(const struct xengt_hv_fake *fake,
			     const struct xengt_req *req);
/*
 * vCPU req->vcpu makes this request, even if Xen would not send it to the
 * device model, and stops until the answer. Returns 0; -EBUSY: the vCPU waits
 * for an answer already; -EINVAL: no such vCPU.
 */
int xengt_hv_fake_push(struct xengt_hv_fake *fake, const struct xengt_req *req);
/*
 * Returns 1: the request is answered (*ret_data is the value of a read by
 * value), and the vCPU continues; 0: the request is not answered yet, or the
 * vCPU made no request.
 */
int xengt_hv_fake_answer(struct xengt_hv_fake *fake, uint32_t vcpu,
			 uint64_t *ret_data);

/* ---- what the device did ---- */

struct xengt_hv_fake_msi {
	uint64_t addr;
	uint32_t data;
};

bool xengt_hv_fake_is_trapped(const struct xengt_hv_fake *fake,
			      enum xengt_range_kind kind, uint64_t first,
			      uint64_t last);
uint32_t xengt_hv_fake_ranges(const struct xengt_hv_fake *fake,
			      enum xengt_range_kind kind);
/*
 * Returns true if the slice is mapped; *ret_first is then its first guest
 * frame.
 */
bool xengt_hv_fake_aperture(const struct xengt_hv_fake *fake, gfn_t *ret_first);
/*
 * Returns the number of pieces that the device has mapped. If there are any, *ret_first is
 * the guest frame at which the slice would begin.
 */
uint32_t xengt_hv_fake_pieces(const struct xengt_hv_fake *fake,
			      gfn_t *ret_first);
/* Is the aperture, or a piece of it, mapped at this frame in the domain's p2m? */
bool xengt_hv_fake_has_aperture(const struct xengt_hv_fake *fake, gfn_t frame);
/*
 * xengt_hv_fake_drop_aperture(): the guest itself removes a frame of the aperture from its
 * p2m, as it removes RAM that it gives away. xengt_hv_fake_dropped() returns how many
 * frames of the aperture the guest has removed.
 */
void xengt_hv_fake_drop_aperture(struct xengt_hv_fake *fake, gfn_t frame);
uint32_t xengt_hv_fake_dropped(const struct xengt_hv_fake *fake);
/* Returns the fake that hv belongs to; NULL: hv is not a fake. */
struct xengt_hv_fake *xengt_hv_fake_of(struct xengt_hv *hv);
uint32_t xengt_hv_fake_msis(const struct xengt_hv_fake *fake,
			    struct xengt_hv_fake_msi *ret_last);
bool xengt_hv_fake_intx(const struct xengt_hv_fake *fake, uint8_t slot,
			uint8_t pin);
uint32_t xengt_hv_fake_invalidations(const struct xengt_hv_fake *fake);
/*
 * Advances the fake's clock by ns; without this call the clock does not
 * advance.
 */
void xengt_hv_fake_advance(struct xengt_hv_fake *fake, uint64_t ns);
/*
 * Number of misuses that the fake has found (see the top of this file); 0 in a
 * correct program.
 */
uint32_t xengt_hv_fake_faults(const struct xengt_hv_fake *fake);

/* ---- fault injection ---- */

enum xengt_hv_fake_op {
	XENGT_HV_FAKE_NEXT_REQUEST,
	XENGT_HV_FAKE_COMPLETE,
	XENGT_HV_FAKE_READ,
	XENGT_HV_FAKE_WRITE,
	XENGT_HV_FAKE_INVALIDATE,
	XENGT_HV_FAKE_TRAP,
	XENGT_HV_FAKE_TRACK,
	XENGT_HV_FAKE_APERTURE,
	XENGT_HV_FAKE_PIECE,
	XENGT_HV_FAKE_BACK,
	XENGT_HV_FAKE_UNBACK,
	XENGT_HV_FAKE_MSI,
	XENGT_HV_FAKE_INTX,
	XENGT_HV_FAKE_OPS,
};

/*
 * The nth call of op from now on (1: the next call) returns error and does
 * nothing. nth 0 cancels an injection.
 */
void xengt_hv_fake_inject(struct xengt_hv_fake *fake, enum xengt_hv_fake_op op,
			  uint32_t nth, int error);
/* Returns the number of calls of op so far. */
uint32_t xengt_hv_fake_calls(const struct xengt_hv_fake *fake,
			     enum xengt_hv_fake_op op);

#endif /* XENGT_HV_FAKE_H */
