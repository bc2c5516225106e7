/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types that the boundary's code uses, for the kernel and for user space. The
 * boundary is freestanding: apart from memcpy() and similar functions, it calls
 * only its own functions and the operations that its caller passed (bnd_hw.h,
 * bnd_guest.h), also to allocate memory. The boundary uses no headers of the
 * kernel or the C library except those that this file includes.
 */
#ifndef XENGT_BND_TYPES_H
#define XENGT_BND_TYPES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

#include "hw/facts.h"

#define XENGT_BND_PAGE_SHIFT	12

/*
 * Types for three kinds of numbers that must never be mixed up. Each type is a struct, so
 * the compiler refuses a number of one kind where another kind is expected:
 *
 *   xengt_gfn_t   the number of a guest frame, as in a guest's entry. At most
 *                 XENGT_GFN_BITS bits.
 *   xengt_mfn_t   the number of a machine frame, a page of RAM. Only the code that holds
 *                 frames uses machine frames.
 *   xengt_bus_t   a bus address, with which an entry of the GPU reaches a page.
 *
 * docs/design/014 says when two of these numbers are equal.
 */
/* clang-format off */
typedef struct { uint32_t v; } xengt_gfn_t;
typedef struct { uint64_t v; } xengt_mfn_t;
typedef struct { uint64_t v; } xengt_bus_t;

static inline xengt_gfn_t xengt_gfn(uint32_t v) { return (xengt_gfn_t){ v }; }
static inline xengt_mfn_t xengt_mfn(uint64_t v) { return (xengt_mfn_t){ v }; }
static inline xengt_bus_t xengt_bus(uint64_t v) { return (xengt_bus_t){ v }; }
static inline uint32_t xengt_gfn_x(xengt_gfn_t gfn) { return gfn.v; }
static inline uint64_t xengt_mfn_x(xengt_mfn_t mfn) { return mfn.v; }
static inline uint64_t xengt_bus_x(xengt_bus_t bus) { return bus.v; }
/* clang-format on */

#define XENGT_GFN_BITS		(XENGT_PTE_ADDR_BITS - XENGT_BND_PAGE_SHIFT)

/* a value that is no bus address; it means "there is no page" */
#define XENGT_BUS_NONE		xengt_bus(~(uint64_t)0)

static inline bool xengt_bus_is_none(xengt_bus_t bus)
{
	return !~xengt_bus_x(bus);
}

/*
 * The bus address of a page. 'number' is the bus address divided by the size of a page.
 * Code that owns pages makes bus addresses only by this function
 * (scripts/check-layers.sh). Returns XENGT_BUS_NONE if the address has more than 39 bits,
 * because no entry of the GPU can then point to the page.
 */
static inline xengt_bus_t xengt_bus_of_page(uint64_t number)
{
	return number >> XENGT_GFN_BITS ? XENGT_BUS_NONE :
					  xengt_bus(number << XENGT_BND_PAGE_SHIFT);
}

#endif /* XENGT_BND_TYPES_H */
