/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The main function of benchmarks that call one function again and again:
 *
 *   PROGRAM --list             one line for each benchmark: name, count, goals, unit
 *   PROGRAM NAME COUNT         run benchmark NAME COUNT times, print the total in ns
 *   PROGRAM NAME COUNT base    the same loop without the measured function
 */
#ifndef XENGT_RIG_LOOP_H
#define XENGT_RIG_LOOP_H

#include <stddef.h>
#include <stdint.h>

struct loop_case {
	const char *name;
	uint32_t goal;			/* instructions; 0: none */
	void (*begin)(void);		/* called once, before the time counts */
	const char *what;
};

struct loop_bench {
	const struct loop_case *cases;
	size_t n_cases;
	uint32_t count;			/* COUNT for the measurement of time */
	void (*one)(void);		/* the measured function */
};

int loop_main(const struct loop_bench *bench, int argc, char **argv);

#endif /* XENGT_RIG_LOOP_H */
