/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle of submission: what an engine may read at a place was approved by the audit
 * for exactly this place.
 *
 * Every unit test, conformance suite and fuzzer is linked with the oracle: the linker's
 * --wrap (Makefile, ORACLE_WRAP) leads calls that may change the commands of an
 * engine through submit_oracle.c. The oracle records which dwords
 * xengt_audit_run() approved for which places of a ring or of a batch, drops
 * the record if the submission is not accepted, and compares after each call. A
 * difference is printed, and ends the test by abort().
 *
 * The oracle does not know how submit.c copies, stages or rolls back. It knows only
 * the audit's input and answer, and the memory of a slot.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdint.h>

struct xengt_audit;
struct xengt_audit_result;

/* Counts of comparisons so far, by which a test sees that there were any. */
struct oracle_counts {
	uint64_t submissions;		/* submissions that were accepted, wholly or up to a
					 * refused command */
	uint64_t not_taken;
	uint64_t checks;		/* number of comparisons of a slot in
					 * flight */
	uint64_t dwords;		/* number of dwords of rings that were
					 * compared */
	uint64_t commands;		/* number of commands of submissions that the audit
					 * allowed */
	uint64_t noops;			/* number of those commands that the audit made
					 * without effect */
};

struct oracle_counts oracle_counts(void);

/*
 * Calls xengt_audit_run() and checks its changes: the row of a command must
 * name each dword of the command that has changed (struct
 * xengt_audit_cmd.patched). Exceptions are the END behind a start of a batch,
 * and commands that become no-ops in a user batch.
 */
int oracle_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		     uint32_t first, uint32_t count,
		     struct xengt_audit_result *ret_result);

#endif /* ORACLE_H */
