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

#endif /* XENGT_BND_TYPES_H */
