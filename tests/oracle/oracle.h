/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle of submission: what an engine may read was approved by the audit for
 * exactly that place.
 *
 * Every unit test, conformance suite and fuzzer is linked with it: the linker's
 * --wrap (Makefile, ORACLE_WRAP) leads the calls that may change what runs through
 * submit_oracle.c. It writes down which dwords xengt_audit_run() approved for which
 * places of a ring or of a batch, forgets them if the submission is not taken, and
 * compares after each call. A difference is printed, and ends the test by abort().
 *
 * It knows nothing of how submit.c copies, stages or rolls back: only what the
 * audit was shown, what it answered, and what stands in the memory of a slot.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdint.h>

struct xengt_audit;
struct xengt_audit_result;

/* What was compared so far, so that a test can see that something was. */
struct oracle_counts {
	uint64_t submissions;		/* submissions that were taken, whole or cut */
	uint64_t not_taken;
	uint64_t checks;		/* comparisons of a slot in flight */
	uint64_t dwords;		/* dwords of rings that were compared */
};

struct oracle_counts oracle_counts(void);

/*
 * xengt_audit_run(), and a look at what it changed: each dword that is another one
 * afterwards is named by the row of its command (struct xengt_audit_cmd.patched), but
 * for the END behind a start of a batch and what becomes a no-op in a user batch.
 */
int oracle_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		     uint32_t first, uint32_t count,
		     struct xengt_audit_result *ret_result);

#endif /* ORACLE_H */
