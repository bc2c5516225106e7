/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces allocations for test_vgpu_nomem.c. The Makefile names the files of
 * the core that are built once more for this test; the compiler includes this
 * header at the start of each.
 */
#ifndef XENGT_FAILING_ALLOC_H
#define XENGT_FAILING_ALLOC_H

#include <stdlib.h>

/*
 * These functions work as calloc() and malloc(), but the one call that the test
 * chooses fails.
 */
void *failing_calloc(size_t n, size_t size);
void *failing_malloc(size_t size);

#define calloc failing_calloc
#define malloc failing_malloc

#endif /* XENGT_FAILING_ALLOC_H */
