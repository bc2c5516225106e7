/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declares what all fuzz targets use: the input, and must(), which aborts if a check fails.
 */
#ifndef XENGT_RIG_INPUT_H
#define XENGT_RIG_INPUT_H

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

/* The rest of the input. Bytes are taken from its front; after its end all bytes are 0. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* Takes the next bytes, at most 8, from the input. Returns them as a number. */
uint64_t fuzz_eat(struct fuzz_input *in, size_t bytes);

#endif /* XENGT_RIG_INPUT_H */
