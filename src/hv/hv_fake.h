/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv.h for a domain that lives in this process: RAM with holes, vCPUs whose
 * requests the test makes, and a record of everything the device asked for.
 * For tests, fuzzers and benchmarks; nothing installed links it.
 *
 * RAM is at frames 0.., and where the device puts some.
 *
 * Like Xen it is strict: what Xen would refuse or crash a domain for, fails
 * here, and what a device model must never do (complete a request twice, leave
 * one, map over RAM) is counted in xengt_hv_fake_faults().
 */
#ifndef XENGT_HV_FAKE_H
#define XENGT_HV_FAKE_H

#include "hv/fake_machine.h"
#include "hv/hv.h"

struct xengt_hv_fake;

struct xengt_hv_fake_config {
	struct xengt_fake_machine *machine;	/* NULL: one of its own */
	uint32_t domid;
	uint32_t ram_frames;	/* RAM from guest frame 0 */
	uint32_t vcpus;		/* 1..XENGT_HV_FAKE_VCPUS_MAX */
	uint32_t slice_frames;	/* size of the vGPU's aperture slice */
};

#define XENGT_HV_FAKE_VCPUS_MAX	8
#define XENGT_HV_FAKE_RANGES_MAX 256
/* No guest physical address is above this. */
#define XENGT_HV_FAKE_ADDR_BITS	40

int xengt_hv_fake_create(const struct xengt_hv_fake_config *cfg,
			 struct xengt_hv_fake **ret_fake);
/* The hv.h side; its destroy op destroys the whole fake. */
struct xengt_hv *xengt_hv_fake_hv(struct xengt_hv_fake *fake);

/* ---- memory ---- */

struct xengt_fake_machine *
xengt_hv_fake_machine(const struct xengt_hv_fake *fake);
uint32_t xengt_hv_fake_domid(const struct xengt_hv_fake *fake);
uint32_t xengt_hv_fake_ram_frames(const struct xengt_hv_fake *fake);
/* The machine frame behind a guest frame, or XENGT_FAKE_NO_FRAME. */
uint64_t xengt_hv_fake_mfn(const struct xengt_hv_fake *fake, gfn_t frame);
/* The guest gives a frame away (balloon), or gets one: another than before. */
void xengt_hv_fake_remove_ram(struct xengt_hv_fake *fake, gfn_t frame);
int xengt_hv_fake_add_ram(struct xengt_hv_fake *fake, gfn_t frame);
/* Frames of RAM that the device put in its own place. */
uint32_t xengt_hv_fake_backed(const struct xengt_hv_fake *fake);
/*
 * A store of 1 to 8 bytes, or a load, inside a guest frame that has RAM, as a
 * vCPU does it: past us. False: it is not RAM, or stores are sent to us: push it.
 */
bool xengt_hv_fake_store(struct xengt_hv_fake *fake, uint64_t addr,
			 uint32_t size, uint64_t val);
bool xengt_hv_fake_load(struct xengt_hv_fake *fake, uint64_t addr,
			uint32_t size, uint64_t *ret_val);
bool xengt_hv_fake_is_tracked(const struct xengt_hv_fake *fake, gfn_t frame);

/* ---- the guest's vCPUs ---- */

/* Would Xen send this access to us? Ranges, PCI function, protected pages. */
bool xengt_hv_fake_is_routed(const struct xengt_hv_fake *fake,
			     const struct xengt_req *req);
/* Vcpu req->vcpu makes this request, routed or not, and stops until it is
 * answered. -EBUSY: it waits already; -EINVAL: no such vCPU. */
int xengt_hv_fake_push(struct xengt_hv_fake *fake, const struct xengt_req *req);
/* 1: answered, *ret_data (reads by value), the vCPU goes on; 0: not yet or
 * nothing asked. */
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
/* Is the slice mapped, and where? */
bool xengt_hv_fake_aperture(const struct xengt_hv_fake *fake, gfn_t *ret_first);
uint32_t xengt_hv_fake_msis(const struct xengt_hv_fake *fake,
			    struct xengt_hv_fake_msi *ret_last);
bool xengt_hv_fake_intx(const struct xengt_hv_fake *fake, uint8_t slot,
			uint8_t pin);
uint32_t xengt_hv_fake_invalidations(const struct xengt_hv_fake *fake);
/* Time stands still but for this. */
void xengt_hv_fake_advance(struct xengt_hv_fake *fake, uint64_t ns);
/* Misuse that Xen would punish; 0 in a correct program. */
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
	XENGT_HV_FAKE_BACK,
	XENGT_HV_FAKE_UNBACK,
	XENGT_HV_FAKE_MSI,
	XENGT_HV_FAKE_INTX,
	XENGT_HV_FAKE_OPS,
};

/* The nth call of op from now (1: the next) returns error and does nothing; 0
 * takes that back. */
void xengt_hv_fake_inject(struct xengt_hv_fake *fake, enum xengt_hv_fake_op op,
			  uint32_t nth, int error);
/* How often op was called. */
uint32_t xengt_hv_fake_calls(const struct xengt_hv_fake *fake,
			     enum xengt_hv_fake_op op);

#endif /* XENGT_HV_FAKE_H */
