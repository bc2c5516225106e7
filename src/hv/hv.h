/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface by which the device model uses a hypervisor, for one domain.
 *
 * There are two implementations: hv_xen.c (the real libraries) and hv_fake.c (a
 * domain in this process, for tests, fuzzers and benchmarks). One conformance
 * suite, tests/conformance/, runs on both implementations.
 *
 * An op moves bytes and events. An op never decodes device state: BAR addresses
 * and MSI words are arguments. All ops are mandatory. All ops are called from
 * the one thread that owns the vGPU. No op waits for the guest. An op may wait
 * for one hypercall, or for one answer of the broker; the wait for the broker
 * is bounded. Each op returns 0 (or what its comment says), or -errno.
 */
#ifndef XENGT_HV_H
#define XENGT_HV_H

#include "xengt/counters.h"
#include "xengt/types.h"

struct xengt_hv;

/* Kinds of request; values are Xen's IOREQ_TYPE_* (public/hvm/ioreq.h). */
enum xengt_req_type {
	XENGT_REQ_PIO = 0,
	XENGT_REQ_MMIO = 1,		/* IOREQ_TYPE_COPY */
	XENGT_REQ_PCI_CONFIG = 2,
	XENGT_REQ_TIMEOFFSET = 7,
	XENGT_REQ_INVALIDATE = 8,
};

/*
 * One request of a guest vCPU: a private copy of the vCPU's slot of the ioreq
 * page, taken once. No field has been checked yet: size, count and type are as
 * they were in the vCPU's slot.
 */
struct xengt_req {
	uint64_t addr;
	uint64_t data;			/* the value; if data_is_ptr, the guest
					 * address of values */
	uint32_t count;
	uint32_t size;			/* bytes of one element */
	uint32_t vcpu;			/* the vCPU that made the request */
	uint8_t type;			/* enum xengt_req_type */
	bool is_read;			/* true: from device to guest */
	bool is_backward;		/* direction flag (df): each element is
					 * at a lower address than the previous
					 * one */
	bool data_is_ptr;
};

enum xengt_range_kind {
	XENGT_RANGE_MMIO,		/* first/last: guest physical, inclusive */
	XENGT_RANGE_PCI,		/* first: bus << 8 | devfn; last == first */
};

struct xengt_hv_ops {
	/*
	 * Take one pending request. Returns 1: *ret_req is the request, and the
	 * caller must complete the request exactly once, whatever happens; 0:
	 * no request is pending. The op copies the vCPU's slot of the ioreq
	 * page before it reads a field of the slot.
	 */
	int (*next_request)(struct xengt_hv *hv, struct xengt_req *ret_req);
	/*
	 * Answer the request that was taken last for req->vcpu. data is the
	 * result of a read by value; for other requests data is ignored.
	 */
	int (*complete_request)(struct xengt_hv *hv,
				const struct xengt_req *req, uint64_t data);

	/*
	 * Copy from or to guest memory; the range may cross pages. -EFAULT:
	 * some page is not RAM of the guest; the other bytes may have been
	 * copied or not. write_guest also writes to pages that track_writes
	 * protects, because the device model performs the guest's stores to
	 * such pages.
	 */
	int (*read_guest)(struct xengt_hv *hv, gpa_t addr, void *buf,
			  size_t len_bytes);
	int (*write_guest)(struct xengt_hv *hv, gpa_t addr, const void *buf,
			   size_t len_bytes);
	/* The guest gave pages away: forget every cached mapping. */
	int (*invalidate)(struct xengt_hv *hv);

	/*
	 * on: make accesses of the range trap, so that next_request returns
	 * them. Not on: accesses of the range trap no longer. Adding a range
	 * that exists already succeeds; so does removing a range that does not
	 * exist. Xen delivers only accesses that lie wholly inside one range.
	 * -ENOSPC: there are 256 ranges already.
	 */
	int (*trap_range)(struct xengt_hv *hv, enum xengt_range_kind kind,
			  uint64_t first, uint64_t last, bool on);
	/*
	 * on: protect guest RAM frames against stores (type
	 * HVMMEM_ioreq_server). Not on: end the protection. The guest's stores
	 * to protected frames arrive as MMIO requests and do not reach memory.
	 * -EINVAL: a frame is not plain RAM, or 'on' is set and a frame is
	 * protected already.
	 */
	int (*track_writes)(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			    bool on);
	/*
	 * Map the vGPU's whole aperture slice at guest frames from first on, so
	 * that accesses cost no exits, or unmap it. The implementation knows
	 * the slice. Mapping the slice where it is mapped, and unmapping it
	 * where it is not, succeed and change nothing. -EBUSY: the slice is
	 * mapped elsewhere, or a piece of the slice is mapped (unmap the slice
	 * or the piece first); -EINVAL: the guest has RAM at one of these
	 * frames, or no device can have this address; nothing was done.
	 */
	int (*map_aperture)(struct xengt_hv *hv, gfn_t first, bool on);
	/*
	 * Map one piece of the slice (XENGT_PIECE_FRAMES frames), or unmap it.
	 * first: the guest frame at which the slice begins, which is also where
	 * piece 0 begins. All pieces that are mapped at the same time have the same
	 * value of first. Unmapping a piece that is not mapped succeeds.
	 * map_aperture(first, false) unmaps all pieces. -EEXIST: the piece, or
	 * the whole slice, is mapped at first already (Xen would end a domain
	 * for a second mapping, so this is a mistake of the caller); -EBUSY:
	 * the slice or a piece is mapped at another value of first; -EINVAL:
	 * the slice has no such piece, the guest has RAM at one of the frames,
	 * or no device can have this address; -ENOTCONN: no broker is connected
	 * now. After each of these errors nothing was done.
	 */
	int (*map_piece)(struct xengt_hv *hv, gfn_t first, uint32_t piece,
			 bool on);
	/*
	 * Put zeroed RAM of the guest at frames of this device, and map the RAM
	 * into this process, readable and writable. From then on the guest's
	 * accesses of these frames go to the RAM and do not trap (track_writes
	 * can protect this RAM like other RAM). One call takes at most
	 * XENGT_HV_BACK_MAX frames. -EEXIST: something is at these frames
	 * already, and nothing was done; -ENOMEM: no memory is free, or the
	 * domain's limit is reached; -ENOTCONN: no broker runs now, so the
	 * caller should try later.
	 */
	int (*back)(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		    void **ret_addr);
	/*
	 * Remove RAM that a call of 'back' put at these frames. first and
	 * frames are the arguments of that call; addr is the address that it
	 * returned in *ret_addr. The mapping at addr is removed in any case;
	 * after an error the guest may still have the RAM.
	 */
	int (*unback)(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		      void *addr);

	/*
	 * Send an MSI with exactly the address and data that the guest set.
	 * Vector 0 is allowed: Xen takes an MSI with vector 0 as an event for
	 * one of its pirqs.
	 */
	int (*inject_msi)(struct xengt_hv *hv, uint64_t addr, uint32_t data);
	/*
	 * Set the level of an INTx pin. slot: the PCI device number (devfn >>
	 * 3); pin 0 is INTA.
	 */
	int (*set_intx)(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
			bool level);
	/*
	 * A monotonic clock in nanoseconds; a call is cheap. The core has no
	 * other clock.
	 */
	uint64_t (*now_ns)(struct xengt_hv *hv);
	void (*destroy)(struct xengt_hv *hv);
};

/*
 * Maximal number of frames for one call of 'back': enough for the GGTT half of
 * BAR0.
 */
#define XENGT_HV_BACK_MAX	2048

/*
 * The base struct of each implementation. counters may be NULL until the vGPU
 * sets it; in *counters an implementation counts its hypercalls, and the bytes
 * that read_guest and write_guest copy.
 */
struct xengt_hv {
	const struct xengt_hv_ops *ops;
	struct xengt_counters *counters;
};

#endif /* XENGT_HV_H */
