/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle of submission checks one rule: each dword that an engine may read was
 * approved by the audit, for exactly the place where the dword is.
 *
 * Every unit test, conformance suite and fuzzer is linked with the oracle: the linker's
 * --wrap (Makefile, ORACLE_WRAP) redirects calls that may change the commands of an
 * engine to submit_oracle.c. The oracle records which dwords xengt_audit_run() approved
 * for which places of a ring or of a batch, drops the record if the submission is not
 * accepted, and after each call compares the record with what engines may read. If they
 * differ, the oracle prints the difference and calls abort().
 *
 * The oracle does not know how submit.c copies, stages or rolls back. The oracle knows
 * only the audit's input and answer, and the memory of a slot.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdint.h>

struct xengt_audit;
struct xengt_audit_result;

/*
 * Counts of comparisons so far. By these counts a test checks that the oracle compared
 * anything.
 */
struct oracle_counts {
	uint64_t submissions;		/* number of submissions that were accepted,
					 * wholly or up to a refused command */
	uint64_t not_taken;
	uint64_t checks;		/* number of comparisons of a slot in
					 * flight */
	uint64_t dwords;		/* number of dwords of rings that were
					 * compared */
	uint64_t commands;		/* number of commands in submissions that the
					 * audit allowed */
	uint64_t noops;			/* number of forbidden commands, stores and loads
					 * of registers that the audit removed from these
					 * submissions */
};

struct oracle_counts oracle_counts(void);

/*
 * Calls xengt_audit_run() and checks its changes: the row of a command must name each
 * dword of the command that has changed (struct xengt_audit_cmd.patched). Exceptions are
 * the END that the audit adds after the start of a batch, and commands of a user batch
 * that the audit replaces by no-ops.
 */
int oracle_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		     uint32_t first, uint32_t count,
		     struct xengt_audit_result *ret_result);

#endif /* ORACLE_H */
