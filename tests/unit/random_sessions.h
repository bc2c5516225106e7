/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random sessions: a sequence of numbers that a seed determines, and the two tests, one
 * for each generation, that run sessions on it. The environment's XENGT_TEST_SEED is the
 * seed of the first session, instead of the test's own one.
 */
#ifndef TESTS_UNIT_RANDOM_SESSIONS_H
#define TESTS_UNIT_RANDOM_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/xengt.h"

/* Begin the sequence at this seed, which must not be 0. */
void draw_from(uint64_t seed);
/* The next number of the sequence: 0 to below - 1. */
uint32_t draw(uint32_t below);
/* Returns true once in n draws. */
bool one_in(uint32_t n);

/* The number that this variable of the environment has, or 'otherwise'. */
uint64_t number_of(const char *name, uint64_t otherwise);
/* Begin the sequence for the sessions of a platform. */
void sessions_begin(uint64_t first_seed);
/*
 * Call this before each session. Prints the session's seed to standard error, where it
 * is the last one if the session fails, aborts or is ended by a sanitizer.
 */
void session_begins(void);
/* The seed of the session that began last. */
uint64_t session_seed(void);

/*
 * The test program's main(): calls sessions_on() for Broadwell and for Skylake, as two
 * tests. Returns the exit status.
 */
int sessions_main(void (*sessions_on)(enum xengt_platform_id platform));

#endif /* TESTS_UNIT_RANDOM_SESSIONS_H */
