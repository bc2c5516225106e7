/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle of sources checks one rule: each dword that the module audits during a
 * submission is the dword that the module read from the guest's address that belongs to
 * the dword's place. A place of the ring belongs to the same offset of the guest's ring; a
 * place of a batch belongs to the same offset of the batch that the command named. The
 * only exception is the padding that the engine may be running: the module keeps its own
 * copy of the padding.
 *
 * The oracle redirects xengt_context_guest_read() and xengt_context_ppgtt_read(), records
 * what the module read, from which address and to which memory, and compares the record
 * with what the module gives to the audit. Before each read the oracle checks that the
 * read ends within the memory that it fills.
 *
 * Only audit_oracle.c and submit_oracle.c call these functions.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_audit;
struct xengt_exec;
struct xengt_vgpu_submit;

/* Where the dwords of an audit come from. */
struct source {
	bool is_known;			/* the audit belongs to a submission */
	bool is_ring;
	bool is_ppgtt;
	uint64_t addr;			/* the guest's address of the dword with index 'first' */
	uint32_t first;
};

/* Call these before and after a submission. */
void source_begin(const struct xengt_exec *exec, const struct xengt_vgpu_submit *work);
void source_end(void);
/*
 * The next audit is that of the batch at this address (source_expect()), or of no batch
 * (source_expect_none()).
 */
void source_expect(uint64_t addr, bool is_ppgtt);
void source_expect_none(void);
/* Returns the source of an audit that begins now with the dword 'first' of its copy. */
struct source source_of(const struct xengt_audit *audit, uint32_t first);
/* Check these dwords of the copy, which the audit has not changed yet. */
void source_check(const struct source *from, const uint32_t *copy, uint32_t first,
		  uint32_t count);
/* Check the address that the module put in place of the address of a batch. */
void source_check_start(uint64_t addr, bool is_ppgtt, uint64_t new_addr,
			bool is_new_ppgtt);

#endif /* SOURCE_H */
