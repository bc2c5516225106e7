// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that the audit changes only dwords that a row of the audit's tables names; see
 * oracle.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "oracle/oracle.h"
#include "oracle/source.h"

#define BATCH_END	0x05000000u
#define SECOND_LEVEL	(1u << 22)

/* A run of the audit, and the dwords of the copy as the caller made them. */
struct watch {
	const struct xengt_audit *audit;
	const uint32_t *copy;
	uint32_t *before;		/* the caller's values of all dwords of
					 * the copy */
	struct source from;
	uint32_t next;			/* index of the next dword that the audit
					 * fetches */
	uint32_t end;			/* index of the copy's end */
};

int __real_xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
			   uint32_t first, uint32_t count,
			   struct xengt_audit_result *ret_result);

/* Fetches a piece for the audit, and checks audit.h's promises about the pieces. */
static int watched_fetch(void *ctx, uint32_t first, uint32_t count)
{
	struct watch *w = ctx;
	int r;

	if (first != w->next || !count || count > w->end - first ||
	    first % XENGT_AUDIT_FETCH + count > XENGT_AUDIT_FETCH ||
	    (first + count != w->end && (first + count) % XENGT_AUDIT_FETCH)) {
		fprintf(stderr, "oracle: engine %d: the audit fetched %u dwords from %u on instead of from %u on (end: %u)\n",
			(int)w->audit->engine, count, first, w->next, w->end);
		abort();
	}
	w->next += count;
	r = w->audit->fetch(w->audit->ctx, first, count);
	if (r)
		return r;
	source_check(&w->from, w->copy, first, count);
	memcpy(w->before + first, w->copy + first, 4ul * count);
	return 0;
}

static int watched_start(void *ctx, uint64_t addr, bool is_ppgtt,
			 bool is_second_level, uint64_t *ret_addr,
			 bool *ret_is_ppgtt)
{
	struct watch *w = ctx;
	int r;

	source_expect(addr, is_ppgtt);
	r = w->audit->batch_start(w->audit->ctx, addr, is_ppgtt,
				  is_second_level, ret_addr, ret_is_ppgtt);
	source_expect_none();
	if (!r)
		source_check_start(addr, is_ppgtt, *ret_addr, *ret_is_ppgtt);
	return r;
}

__attribute__((noreturn))
static void wrong(const struct watch *w, uint32_t at, uint32_t i)
{
	fprintf(stderr,
		"oracle: engine %d: the audit changed dword %u of command %08x from %08x to %08x, which no row allows\n",
		(int)w->audit->engine, i, w->before[at],
		w->before[at + i], w->copy[at + i]);
	abort();
}

/*
 * Is this change the END that the audit adds after the start of a batch, if the started
 * batch does not return?
 */
static bool is_end_added(const struct watch *w,
			 const struct xengt_audit_cmd *row, uint32_t at)
{
	return row && row->check == XENGT_AUDIT_START &&
		w->audit->kind != XENGT_AUDIT_RING &&
		!(w->before[at] & SECOND_LEVEL) && w->copy[at + 3] == BATCH_END;
}

static void check(const struct watch *w, uint32_t at, uint32_t end)
{
	while (at < end) {
		uint32_t dw0 = w->before[at];
		const struct xengt_audit_cmd *row =
			xengt_audit_find(xengt_audit_hardware(w->audit), dw0);
		uint32_t len = row ? xengt_audit_len(row, dw0) : 1;

		for (uint32_t i = 0; i < len && i < end - at; i++)
			if (w->copy[at + i] != w->before[at + i] &&
			    (!row || i > 7 || !(row->patched >> i & 1)))
				wrong(w, at, i);
		if (is_end_added(w, row, at))
			return;
		at += len;
	}
}

int oracle_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		     uint32_t first, uint32_t count,
		     struct xengt_audit_result *ret_result)
{
	struct watch w = {
		.audit = audit, .copy = copy, .next = first, .end = first + count,
	};
	struct xengt_audit watched = *audit;
	int r;

	w.before = malloc(4ul * (first + count) + 1);
	if (!w.before)
		abort();
	w.from = source_of(audit, first);
	if (audit->fetch) {
		watched.fetch = watched_fetch;
	} else {
		source_check(&w.from, copy, first, count);
		memcpy(w.before + first, copy + first, 4ul * count);
	}
	watched.batch_start = watched_start;
	watched.ctx = &w;
	r = __real_xengt_audit_run(&watched, copy, first, count, ret_result);
	/*
	 * user batches are not checked, because the audit replaces commands that hardware
	 * would ignore by no-ops
	 */
	if ((!r || r == -EBADMSG) && audit->kind != XENGT_AUDIT_USER_BATCH)
		check(&w, first, r ? ret_result->at : first + ret_result->used);
	free(w.before);
	return r;
}
