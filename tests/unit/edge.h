/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for tests behind whose last byte a page begins that nobody may touch: a test that reads
 * or writes an element too many is ended by SIGSEGV, in each build. (Plain memory shows such an
 * access only to the address sanitizer.)
 */
#ifndef EDGE_H
#define EDGE_H

#include <stddef.h>

/*
 * Returns zeroed memory for n elements of this size, aligned to 8 bytes. The caller frees the
 * memory by edge_free(). The test fails if there is no memory.
 */
void *edge_alloc(size_t n, size_t size);
/* mem: from edge_alloc(), or NULL. */
void edge_free(void *mem);

#endif /* EDGE_H */
