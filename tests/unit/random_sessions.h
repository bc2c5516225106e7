/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs tests as random sessions: a seed determines a sequence of numbers, and the
 * session draws its choices from these numbers. The program has two tests, one for each
 * generation. XENGT_TEST_SEED in the environment is the seed of the first session.
 * Without this variable the test's own seed is the seed of the first session.
 */
#ifndef TESTS_UNIT_RANDOM_SESSIONS_H
#define TESTS_UNIT_RANDOM_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/xengt.h"

/* Begin the sequence at this seed, which must not be 0. */
void draw_from(uint64_t seed);
/* Returns the next number of the sequence, from 0 to below - 1. */
uint32_t draw(uint32_t below);
/* Returns true in one of n draws on average. */
bool one_in(uint32_t n);

/*
 * Returns the number in this variable of the environment, or 'otherwise' if the variable
 * is not set.
 */
uint64_t number_of(const char *name, uint64_t otherwise);
/* Begin the sequence for the sessions of a platform. */
void sessions_begin(uint64_t first_seed);
/*
 * Call this before each session. Prints the session's seed to standard error. If the
 * session fails, aborts or is ended by a sanitizer, the last seed there is the
 * session's.
 */
void session_begins(void);
/* Returns the seed of the session that began last. */
uint64_t session_seed(void);

/*
 * The test program's main(): calls sessions_on() for Broadwell and for Skylake, as two
 * tests. Returns the exit status.
 */
int sessions_main(void (*sessions_on)(enum xengt_platform_id platform));

#endif /* TESTS_UNIT_RANDOM_SESSIONS_H */
