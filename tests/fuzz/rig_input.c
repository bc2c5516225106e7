// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/rig_input.h"

#include <string.h>

uint64_t fuzz_eat(struct fuzz_input *in, size_t bytes)
{
	uint64_t val = 0;

	if (bytes > in->left)
		bytes = in->left;
	memcpy(&val, in->at, bytes);
	in->at += bytes;
	in->left -= bytes;
	return val;
}
