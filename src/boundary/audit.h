/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The audit of a guest's privileged command streams: a table of commands, a
 * table of registers, and a checker that applies both tables to a private copy
 * of a stream.
 *
 * The hardware runs these streams with privilege: rings, batches in the GGTT,
 * and the batches that a context image names. On Gen9's blitter every batch is
 * audited like a privileged stream (CVE-2019-0155). The caller copies each
 * stream that must be audited, and audits the copy before any part of the copy
 * runs. Batches without privilege on other engines are not audited, because the
 * hardware and the shadow page tables confine batches without privilege.
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

/* The kind of a stream, which decides what the stream may contain. */
enum xengt_audit_kind {
	XENGT_AUDIT_RING,
	XENGT_AUDIT_BATCH,		/* a batch in the GGTT; such a batch has
					 * privilege */
	XENGT_AUDIT_USER_BATCH,		/* a batch without privilege on Gen9's
					 * blitter */
	XENGT_AUDIT_INDIRECT_CTX,	/* the indirect context batch: it ends
					 * at a given length and has no END */
	XENGT_AUDIT_PER_CTX,
	XENGT_AUDIT_IMAGE,		/* the stream of a context image: see
					 * image.h */
};

#define XENGT_AUDIT_FETCH	1024u
struct xengt_audit {
	const struct xengt_platform *platform;
	enum xengt_engine_id engine;
	enum xengt_audit_kind kind;
	const struct xengt_gtt_slice *slices;	/* an array of XENGT_GTT_SLICES */
	/*
	 * Graphics address of the guest's hardware status page: page aligned
	 * and in the slices, or 0 if the guest has no such page. The audit
	 * changes stores by index into the engine's status page to stores to
	 * this page.
	 */
	uint32_t hws_pga;
	/*
	 * The GPU's own value of L3SQCREG4. The audit changes a command that
	 * loads this register from memory to a load of this value.
	 */
	uint32_t l3sqcreg4;
	/*
	 * Read dwords [first, first + count) of the stream into the copy. fetch
	 * may be NULL if the copy is already complete. Returns 0 or -errno;
	 * -errno ends the audit. The audit fetches each dword once, in
	 * ascending order, in pieces that end at a multiple of
	 * XENGT_AUDIT_FETCH dwords of the copy (or at the end of the copy). So
	 * no piece crosses a page boundary of the stream, if the stream has the
	 * same offset in a page as the copy.
	 */
	int (*fetch)(void *ctx, uint32_t first, uint32_t count);
	/*
	 * Called when the stream starts a batch at addr. is_ppgtt: addr is in
	 * the context's own address space, and the hardware runs the batch
	 * without privilege; otherwise addr is a graphics address in the
	 * slices. Returns 0 and sets *ret_addr and *ret_is_ppgtt to the values
	 * that the audit writes into the command. The function may return addr
	 * and is_ppgtt unchanged. -EBADMSG: the batch cannot be audited, and
	 * the audit refuses the command; another -errno ends the audit.
	 */
	int (*batch_start)(void *ctx, uint64_t addr, bool is_ppgtt,
			   bool is_second_level, uint64_t *ret_addr,
			   bool *ret_is_ppgtt);
	void *ctx;
};

struct xengt_audit_result {
	enum xengt_refusal refusal;
	/*
	 * index of the refused command's first dword, or of the end of the
	 * stream
	 */
	uint32_t at;
	uint32_t cmd;			/* first dword of the refused command */
	/* length of the stream in dwords, including END */
	uint32_t used;
	uint32_t commands;
	/*
	 * number of commands that the audit replaced by no-ops, see
	 * xengt_audit_run()
	 */
	uint32_t noops;
};

/*
 * Audit dwords [first, first + count) of the copy, and change commands whose
 * addresses or registers must be replaced. A ring and an indirect context batch
 * end after 'count' dwords. A batch ends at its MI_BATCH_BUFFER_END, or at a
 * command that starts another batch without a return; the audit writes an END
 * after such a command, in case the hardware skips the command. A batch that
 * does not end within 'count' dwords is refused (XENGT_REFUSED_LIMIT).
 *
 * A batch without privilege may not use GGTT operands, registers of other
 * engines, and commands for the kernel. All engines except Gen9's blitter
 * ignore these forbidden commands in a batch without privilege. So in an
 * XENGT_AUDIT_USER_BATCH the audit replaces a forbidden command by no-ops, and
 * counts the command in noops. In all other kinds of streams the audit refuses
 * a forbidden command.
 *
 * Returns 0; -EBADMSG: the stream is refused, and *ret_result says why; or the
 * error of fetch() or batch_start(). After an error the copy may be partly
 * changed, and must not run.
 */
int xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		    uint32_t first, uint32_t count,
		    struct xengt_audit_result *ret_result);

/* ---- checks of the tables, called by tests ---- */

#define XENGT_AUDIT_NAME_MAX	40

/*
 * Check the tables of the audit: order, ambiguity, operands. Returns NULL, or a
 * text that says what is wrong.
 */
const char *xengt_audit_check(void);

#endif /* XENGT_AUDIT_H */
