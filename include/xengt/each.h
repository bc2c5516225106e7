/* SPDX-License-Identifier: GPL-2.0-only */
/* A loop over an array. */
#ifndef XENGT_EACH_H
#define XENGT_EACH_H

/*
 * A loop in which 'at' points to each element of the array, from the first to the last.
 * 'array' is the array itself and not a pointer to its first element.
 */
#define xengt_for_each(at, array)						\
	for ((at) = (array); (at) < (array) + sizeof(array) / sizeof((array)[0]); \
	     (at)++)

#endif /* XENGT_EACH_H */
