/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A type for each kind of address, because the kinds must not be mixed. In
 * debug builds (XENGT_TYPED) each type is a struct, so the compiler refuses a
 * guest frame where a graphics address is expected. In release builds the types
 * are integers.
 */
#ifndef XENGT_TYPES_H
#define XENGT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef XENGT_TYPED
#define XENGT_TYPE(t, name)						\
	typedef struct { t v; } name##_t;				\
	static inline name##_t name(t v) { return (name##_t){ v }; }	\
	static inline t name##_x(name##_t a) { return a.v; }
#else
#define XENGT_TYPE(t, name)						\
	typedef t name##_t;						\
	static inline name##_t name(t v) { return v; }			\
	static inline t name##_x(name##_t a) { return a; }
#endif

XENGT_TYPE(uint64_t, gpa)	/* guest physical address, bytes */
XENGT_TYPE(uint64_t, gfn)	/* guest frame: gpa >> 12 */
XENGT_TYPE(uint64_t, ggtt)	/* graphics (GGTT) address, bytes */

#define XENGT_PAGE_SHIFT	12
#define XENGT_PAGE_SIZE		4096u
#define XENGT_MIB		(1024u * 1024u)

#define XENGT_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static inline gfn_t gpa_to_gfn(gpa_t a)
{
	return gfn(gpa_x(a) >> XENGT_PAGE_SHIFT);
}

static inline gpa_t gfn_to_gpa(gfn_t f)
{
	return gpa(gfn_x(f) << XENGT_PAGE_SHIFT);
}

#endif /* XENGT_TYPES_H */
