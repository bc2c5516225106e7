/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An allocation that fails, for tests whose calls of calloc() the linker redirects
 * (WRAP_test_NAME in the Makefile).
 */
#ifndef FULL_MEMORY_H
#define FULL_MEMORY_H

#include <stdbool.h>

/* true: the next calloc() fails, and sets this to false. */
extern bool memory_is_full;

#endif /* FULL_MEMORY_H */
