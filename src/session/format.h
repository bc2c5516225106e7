/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format of a recording: a header, the EDID's bytes, then entries. An entry
 * is a struct xengt_entry and as many bytes as that struct says. Everything is
 * in the CPU's byte order. A replay reads only recordings of its own version,
 * which the header names.
 */
#ifndef XENGT_SESSION_FORMAT_H
#define XENGT_SESSION_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/xengt.h"
#include "xengt/layout.h"

#define XENGT_SESSION_MAGIC	0x54474e5853534553ull	/* "SESSXNGT" */
#define XENGT_SESSION_VERSION	2u

struct xengt_session_header {
	uint64_t magic;
	uint32_t version;
	uint32_t platform;
	uint16_t pci_device, pci_subvendor, pci_subdevice;
	uint8_t pci_revision;
	uint8_t slot;
	uint16_t is_primary;
	uint16_t is_aperture_lazy;	/* 0 in recordings of older versions */
	uint32_t edid_bytes;
	uint64_t aperture_bytes;
};

XENGT_LAYOUT_SIZE(xengt_session_header, 40);
XENGT_LAYOUT_AT(xengt_session_header, magic, 0);
XENGT_LAYOUT_AT(xengt_session_header, version, 8);
XENGT_LAYOUT_AT(xengt_session_header, platform, 12);
XENGT_LAYOUT_AT(xengt_session_header, pci_device, 16);
XENGT_LAYOUT_AT(xengt_session_header, pci_subvendor, 18);
XENGT_LAYOUT_AT(xengt_session_header, pci_subdevice, 20);
XENGT_LAYOUT_AT(xengt_session_header, pci_revision, 22);
XENGT_LAYOUT_AT(xengt_session_header, slot, 23);
XENGT_LAYOUT_AT(xengt_session_header, is_primary, 24);
XENGT_LAYOUT_AT(xengt_session_header, is_aperture_lazy, 26);
XENGT_LAYOUT_AT(xengt_session_header, edid_bytes, 28);
XENGT_LAYOUT_AT(xengt_session_header, aperture_bytes, 32);

/*
 * First the calls to hv, then the calls to gpu, then the entries that are not calls, and
 * at the end the operations that later versions of xengt added.
 */
enum xengt_entry_op {
	XENGT_OP_NEXT_REQUEST,
	XENGT_OP_COMPLETE_REQUEST,
	XENGT_OP_READ_GUEST,
	XENGT_OP_WRITE_GUEST,
	XENGT_OP_INVALIDATE,
	XENGT_OP_TRAP_RANGE,
	XENGT_OP_TRACK_WRITES,
	XENGT_OP_MAP_APERTURE,
	XENGT_OP_BACK,
	XENGT_OP_UNBACK,
	XENGT_OP_INJECT_MSI,
	XENGT_OP_SET_INTX,
	XENGT_OP_NOW_NS,
	XENGT_OP_UNUSED,	/* an earlier version had a call here; the
				 * numbers of the following operations must not
				 * change */
	XENGT_OP_INFO,
	XENGT_OP_GGTT_WRITE,
	XENGT_OP_REVALIDATE,
	XENGT_OP_PPGTT_CREATE,
	XENGT_OP_PPGTT_DESTROY,
	XENGT_OP_PPGTT_WRITE,
	XENGT_OP_SUBMIT,
	XENGT_OP_ENGINE_RESET,
	XENGT_OP_TIMESTAMP,
	XENGT_OP_OWN_FRAMES,
	XENGT_OP_FENCE_WRITE,
	XENGT_OP_ZAP,
	XENGT_OP_NEXT_EVENT,
	XENGT_OP_STEP,		/* a call into the vGPU; args: enum
				 * xengt_session_step, its argument */
	XENGT_OP_RAM,		/* args: gfn, offset; result: the 8 bytes that
				 * the guest stored there, to RAM behind BAR0 */
	XENGT_OP_MAP_PIECE,	/* a call to hv */
	XENGT_OP_APERTURE,	/* a call to gpu */
	XENGT_OPS,
};

/* The numbers of XENGT_SESSION_VERSION 2; existing recordings contain them. */
_Static_assert(XENGT_SESSION_VERSION == 2, "look at all of this file");
_Static_assert(XENGT_OP_INVALIDATE == 4 && XENGT_OP_UNUSED == 13 &&
	       XENGT_OP_SUBMIT == 20 && XENGT_OP_RAM == 28 &&
	       XENGT_OP_APERTURE == 30 && XENGT_OPS == 31,
	       "operations");

struct xengt_entry {
	uint8_t op;
	uint8_t pad[3];
	int32_t ret;
	uint64_t args[3];	/* arguments that an op does not have are 0 */
	uint32_t out_bytes;	/* number of bytes that the call sent; they are
				 * directly behind the entry */
	uint32_t in_bytes;	/* number of bytes that the call returned; they
				 * are behind the sent bytes */
};

XENGT_LAYOUT_SIZE(xengt_entry, 40);
XENGT_LAYOUT_AT(xengt_entry, op, 0);
XENGT_LAYOUT_AT(xengt_entry, pad, 1);
XENGT_LAYOUT_AT(xengt_entry, ret, 4);
XENGT_LAYOUT_AT(xengt_entry, args, 8);
XENGT_LAYOUT_AT(xengt_entry, out_bytes, 32);
XENGT_LAYOUT_AT(xengt_entry, in_bytes, 36);

/*
 * Maximal number of bytes that one entry may have in each direction. No call
 * moves much more than a page.
 */
#define XENGT_ENTRY_BYTES_MAX	65536u

#endif /* XENGT_SESSION_FORMAT_H */
