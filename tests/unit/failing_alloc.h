/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What test_vgpu_nomem.c puts in the place of allocations. The files of the core that
 * the Makefile names for it are built once more with this header before them.
 */
#ifndef XENGT_FAILING_ALLOC_H
#define XENGT_FAILING_ALLOC_H

#include <stdlib.h>

/* As calloc() and malloc(), but for the one that the test lets fail. */
void *failing_calloc(size_t n, size_t size);
void *failing_malloc(size_t size);

#define calloc failing_calloc
#define malloc failing_malloc

#endif /* XENGT_FAILING_ALLOC_H */
