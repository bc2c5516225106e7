/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints counts as lines of "NAME VALUE GOAL WHAT", for tests/bench/run. */
#ifndef XENGT_RIG_PRINT_H
#define XENGT_RIG_PRINT_H

#include <stdint.h>

#include "xengt/counters.h"

/*
 * Print a line for the count SET.NAME, with the goal that rig_print.c has for this
 * count.
 */
void count_print(const char *set, const char *name, double value,
		 const char *what);

/* Returns the number of exits of all kinds. */
uint64_t count_exits(const struct xengt_counters *c);

#endif /* XENGT_RIG_PRINT_H */
