/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces allocations for test_vgpu_nomem.c. The Makefile names files of the
 * core that are built once more with this header before them.
 */
#ifndef XENGT_FAILING_ALLOC_H
#define XENGT_FAILING_ALLOC_H

#include <stdlib.h>

/*
 * calloc() and malloc(), except for the one call that the test lets fail.
 */
void *failing_calloc(size_t n, size_t size);
void *failing_malloc(size_t size);

#define calloc failing_calloc
#define malloc failing_malloc

#endif /* XENGT_FAILING_ALLOC_H */
