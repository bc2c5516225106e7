/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all fuzz targets share: the input, and what must hold. A broken promise
 * aborts.
 */
#ifndef XENGT_FUZZ_INPUT_H
#define XENGT_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define must(what)							\
	do {								\
		if (!(what)) {						\
			fprintf(stderr, "%s:%d: broken: %s\n",		\
				__FILE__, __LINE__, #what);		\
			abort();					\
		}							\
	} while (0)

/* The input, eaten from the front; zeros when it is over. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_eat(struct fuzz_input *in, size_t bytes)
{
	uint64_t val = 0;

	if (bytes > in->left)
		bytes = in->left;
	memcpy(&val, in->at, bytes);
	in->at += bytes;
	in->left -= bytes;
	return val;
}

#endif /* XENGT_FUZZ_INPUT_H */
