/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's privileged command stream may contain: a table of commands, a
 * table of registers, and the checker that applies both to a private copy of
 * the stream.
 *
 * The hardware runs these streams with privilege: rings, batches in the GGTT,
 * the batches that a context names, and on Gen9's blitter every batch
 * (CVE-2019-0155). The caller copies each of them and audits the copy before
 * any part of it runs. The hardware and the shadow page tables confine batches
 * without privilege, so these are not audited.
 *
 * The checker allocates nothing and takes no lock. The copy belongs to the
 * caller, and must not change during the audit or afterwards.
 */
#ifndef XENGT_AUDIT_H
#define XENGT_AUDIT_H

#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

/* The kind of the stream. What is allowed depends on it. */
enum xengt_audit_kind {
	XENGT_AUDIT_RING,
	XENGT_AUDIT_BATCH,		/* in the GGTT, with privilege */
	XENGT_AUDIT_USER_BATCH,		/* without privilege, on Gen9's blitter */
	XENGT_AUDIT_INDIRECT_CTX,	/* ends at its length and has no END */
	XENGT_AUDIT_PER_CTX,
	XENGT_AUDIT_IMAGE,		/* not a stream of its own: see image.h */
};

#define XENGT_AUDIT_FETCH	1024u
struct xengt_audit {
	const struct xengt_platform *platform;
	enum xengt_engine_id engine;
	enum xengt_audit_kind kind;
	const struct xengt_gtt_slice *slices;	/* an array of XENGT_GTT_SLICES */
	/*
	 * Graphics address of the guest's hardware status page: page aligned
	 * and in the slices, or 0 if the guest has none. Stores by index into
	 * the engine's status page become stores to this page.
	 */
	uint32_t hws_pga;
	/*
	 * The GPU's own value of L3SQCREG4. A load of this register from memory
	 * gets this value.
	 */
	uint32_t l3sqcreg4;
	/*
	 * Make dwords [first, first + count) of the copy valid. NULL if all
	 * dwords are valid. Returns 0 or -errno, which ends the audit. The
	 * audit asks for each dword once, in ascending order, in pieces that
	 * end at a multiple of XENGT_AUDIT_FETCH dwords of the copy (or at its
	 * end). So if the stream begins at the same offset in the copy as in
	 * its page, no piece crosses a page boundary of the stream.
	 */
	int (*fetch)(void *ctx, uint32_t first, uint32_t count);
	/*
	 * The stream starts a batch at addr, which lies in the slices if it is
	 * in the GGTT. is_ppgtt: the batch is in the context's address space
	 * and has no privilege, as the hardware sees it. Returns 0, and in
	 * *ret_addr and *ret_is_ppgtt the values to be written into the command
	 * (they may be the same). -EBADMSG: the batch cannot be audited, and
	 * the command is refused; another -errno ends the audit.
	 */
	int (*batch_start)(void *ctx, uint64_t addr, bool is_ppgtt,
			   bool is_second_level, uint64_t *ret_addr,
			   bool *ret_is_ppgtt);
	void *ctx;
};

struct xengt_audit_result {
	enum xengt_refusal refusal;
	/* dword of the refused command, or where the stream ended */
	uint32_t at;
	uint32_t cmd;			/* first dword of the refused command */
	/* length of the stream in dwords, END included */
	uint32_t used;
	uint32_t commands;
	/* commands that were made without effect, see below */
	uint32_t noops;
};

/*
 * Audit dwords [first, first + count) of copy, and patch the commands that need
 * it. A ring and an indirect context batch end at count. A batch ends at its
 * MI_BATCH_BUFFER_END, or at a start of another batch that does not return;
 * the audit puts an END behind such a start, in case the hardware skips the
 * start. A batch that does not end within count is refused
 * (XENGT_REFUSED_LIMIT).
 *
 * On engines other than Gen9's blitter the hardware ignores what a batch
 * without privilege may not do: GGTT operands, registers that are not the
 * engine's own, commands for the kernel. In a user batch such a command is
 * therefore made without effect and counted in noops. In other streams it is
 * refused.
 *
 * Returns 0; -EBADMSG: refused, and result says why; or what fetch() or
 * batch_start() returned. After an error the copy may be partly patched, and
 * must not run.
 */
int xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		    uint32_t first, uint32_t count,
		    struct xengt_audit_result *ret_result);

/* ---- the table, for its test, the documents and the bench ---- */

#define XENGT_AUDIT_NAME_MAX	40

/*
 * Checks the tables themselves (order, ambiguity, operands). Returns NULL, or a
 * text that says what is wrong.
 */
const char *xengt_audit_check(void);

#endif /* XENGT_AUDIT_H */
