/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's privileged command stream may contain: one table of commands
 * and one of registers, and the checker that applies them to a private copy.
 *
 * Streams that the hardware would run with privilege (rings, batches in the
 * GGTT, the batches that a context names, on Gen9's blitter every batch:
 * CVE-2019-0155) are copied by the caller and audited here before anything of
 * them runs. Batches that run without privilege are confined by the hardware
 * and by the shadow page tables, and are not looked at.
 *
 * Pure: no allocation, no lock; the copy is the caller's, and it must not change
 * while it is audited or afterwards.
 */
#ifndef XENGT_AUDIT_H
#define XENGT_AUDIT_H

#include "bnd_types.h"
#include "gtt.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

/* Where the stream stands; what is allowed differs. */
enum xengt_audit_kind {
	XENGT_AUDIT_RING,
	XENGT_AUDIT_BATCH,		/* in the GGTT, privileged */
	XENGT_AUDIT_USER_BATCH,		/* would have none: Gen9's blitter */
	XENGT_AUDIT_INDIRECT_CTX,	/* ends at its length, not at an END */
	XENGT_AUDIT_PER_CTX,
	XENGT_AUDIT_IMAGE,		/* not a stream here: image.h */
};

#define XENGT_AUDIT_FETCH	1024u
/*
 * Stores by index into the context's status page end here: the last qword is for the
 * module's own commands. No driver is known to use it.
 */
#define XENGT_AUDIT_INDEX_END	0xff8u

struct xengt_audit {
	const struct xengt_platform *platform;
	enum xengt_engine_id engine;
	enum xengt_audit_kind kind;
	const struct xengt_gtt_slice *slices;	/* XENGT_GTT_SLICES of them */
	/*
	 * The guest's hardware status page, graphics address, page aligned, in
	 * the slices; 0: none. Stores by index into the engine's status page
	 * are turned into stores to it.
	 */
	uint32_t hws_pga;
	/* The GPU's value of L3SQCREG4, for loads of it from memory. */
	uint32_t l3sqcreg4;
	/*
	 * Make dwords [first, first + count) of the copy valid. NULL: all are.
	 * 0 or -errno, which ends the audit. Asked for in order, each dword
	 * once, in pieces that end at a multiple of XENGT_AUDIT_FETCH dwords of
	 * the copy (or at its end): with the stream at the same offset in the
	 * copy as in its page, no piece spans two pages of it.
	 */
	int (*fetch)(void *ctx, uint32_t first, uint32_t count);
	/*
	 * MI_BATCH_BUFFER_START to addr, which lies in the slices if it is in
	 * the GGTT. is_ppgtt: in the context's address space and without
	 * privilege, as the hardware would see it. Returns 0 and in *ret_addr
	 * and *ret_is_ppgtt what to put in its place (which may be the same);
	 * -EBADMSG: it cannot be followed; other -errno: the audit ends so.
	 */
	int (*batch_start)(void *ctx, uint64_t addr, bool is_ppgtt,
			   bool is_second_level, uint64_t *ret_addr,
			   bool *ret_is_ppgtt);
	void *ctx;
};

struct xengt_audit_result {
	enum xengt_refusal refusal;
	uint32_t at;			/* dword of the refused command; end */
	uint32_t cmd;			/* its first dword */
	uint32_t used;			/* dwords of the stream, END included */
	uint32_t commands;
	uint32_t noops;			/* made without effect: see below */
};

/*
 * Audit dwords [first, first + count) of copy, and patch what must be patched.
 * A ring ends at count, and so does an indirect context batch. A batch ends at
 * its MI_BATCH_BUFFER_END or at a start of another batch that does not return;
 * an END is put behind the latter, in case the hardware skips it. One without
 * an end in count is refused (XENGT_REFUSED_LIMIT).
 *
 * What a user batch may do on no hardware without privilege (GGTT operands,
 * registers that are not its own, commands of the kernel) is made without
 * effect and counted in noops, as the hardware would have ignored it. In other
 * streams the same is refused.
 *
 * 0; -EBADMSG: refused, and result says why; what fetch() or batch_start()
 * returned. The copy may be half patched then, and must not run.
 */
int xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		    uint32_t first, uint32_t count,
		    struct xengt_audit_result *ret_result);

/* ---- the table, for its test, the documents and the bench ---- */

#define XENGT_AUDIT_NAME_MAX	40

/* NULL, or what is wrong with the tables (order, ambiguity, operands). */
const char *xengt_audit_check(void);

#endif /* XENGT_AUDIT_H */
