/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types and words that the boundary code uses, for the kernel and for user
 * space. The boundary is freestanding: it allocates nothing, calls nothing but
 * the ops it is given, and needs no more of either world than this header.
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

#define XENGT_BND_PAGE_SHIFT	12

/*
 * What the GPU is given to reach a page: neither a guest frame nor a machine frame,
 * though it may look like one. Made by whoever holds the page. A struct in debug
 * builds (XENGT_TYPED), so that the compiler refuses anything else in its place.
 */
#ifdef XENGT_TYPED
typedef struct { uint64_t v; } xengt_bus_t;
static inline xengt_bus_t xengt_bus(uint64_t v) { return (xengt_bus_t){ v }; }
static inline uint64_t xengt_bus_x(xengt_bus_t bus) { return bus.v; }
#else
typedef uint64_t xengt_bus_t;
static inline xengt_bus_t xengt_bus(uint64_t v) { return v; }
static inline uint64_t xengt_bus_x(xengt_bus_t bus) { return bus; }
#endif

/* Of a page that is not there. */
#define XENGT_BUS_NONE		xengt_bus(~(uint64_t)0)

static inline bool xengt_bus_is_none(xengt_bus_t bus)
{
	return !~xengt_bus_x(bus);
}

#endif /* XENGT_BND_TYPES_H */
