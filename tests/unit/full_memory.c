/* SPDX-License-Identifier: GPL-2.0-only */
/* See full_memory.h. */
#include "full_memory.h"

#include <stddef.h>

bool memory_is_full;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	if (!memory_is_full)
		return __real_calloc(n, size);
	memory_is_full = false;
	return NULL;
}
