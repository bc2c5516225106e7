/* SPDX-License-Identifier: GPL-2.0-only */
/* See edge.h. A page before the memory says how long the mapping is. */
#include "edge.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE	4096u

void *edge_alloc(size_t n, size_t size)
{
	const size_t bytes = (n * size + 7) & ~(size_t)7;
	const size_t pages = (bytes + PAGE - 1) / PAGE;
	const size_t all = (pages + 2) * PAGE;
	uint8_t *mem = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED || !bytes || mprotect(mem + all - PAGE, PAGE, PROT_NONE) < 0) {
		perror("edge_alloc");
		abort();
	}
	*(size_t *)mem = all;
	return mem + all - PAGE - bytes;
}

void edge_free(void *mem)
{
	uint8_t *begin;

	if (!mem)
		return;
	begin = (uint8_t *)((uintptr_t)mem & ~(uintptr_t)(PAGE - 1)) - PAGE;
	munmap(begin, *(size_t *)begin);
}
