// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that the streams of a stock driver pass the audit without a refusal.
 *
 * The simulator replays a recorded native probe of Debian's i915 6.1 on Skylake
 * (tests/replay). The test also gives each command that an engine executes with privilege
 * to the audit, as part of the stream of a guest that owns all graphics memory. The oracle
 * (tests/oracle) checks that the audit changes only dwords that a row names.
 *
 * The recorded sessions of the same driver in a guest, on Skylake and Broadwell, contain
 * the audit's answers at the time of the recording: the audit refused nothing.
 *
 * The simulator does not execute some pipeline commands. The recording has only the first
 * dword of such a command, so the test uses 0 for the other dwords.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "session/format.h"
#include "session_file.h"
#include "sim/exec.h"
#include "sim/record.h"

#define BATCH_END	0x05000000u
#define LONGEST		1100u

/* ---- what the engines execute ---- */

static struct {
	struct sim_engine *e;		/* the engine that fetched last */
	struct xengt_sim *sim;
	uint32_t dw[LONGEST];
	uint32_t have;			/* number of dwords of the command so
					 * far */
	bool is_open;			/* true: the command's first dword was fetched */
} seen;

static uint32_t audited[XENGT_AUDIT_IMAGE], refused;

int __real_sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_space space, uint64_t addr, void *buf,
			 size_t len, bool write);
const struct sim_cmd_row *__real_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id,
					      uint32_t dw0);
unsigned int __real_sim_cmd_cost_ns(const struct sim_cmd_row *row);
int __wrap_sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_space space, uint64_t addr, void *buf,
			 size_t len, bool write);
const struct sim_cmd_row *__wrap_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id,
					      uint32_t dw0);
unsigned int __wrap_sim_cmd_cost_ns(const struct sim_cmd_row *row);

static int batch_start(void *ctx, uint64_t addr, bool is_ppgtt, bool is_second,
		       uint64_t *ret_addr, bool *ret_is_ppgtt)
{
	(void)ctx;
	(void)is_second;
	*ret_addr = addr;
	*ret_is_ppgtt = is_ppgtt;
	return 0;
}

/*
 * Determines the kind of the stream as submit.c does. Returns false for a batch that runs
 * in place and is not audited.
 */
static bool kind_of(const struct sim_engine *e, enum xengt_audit_kind *ret_kind)
{
	switch (e->level) {
	case SIM_RING:
		*ret_kind = XENGT_AUDIT_RING;
		return true;
	case SIM_INDIRECT_CTX:
		*ret_kind = XENGT_AUDIT_INDIRECT_CTX;
		return true;
	case SIM_PER_CTX:
		*ret_kind = XENGT_AUDIT_PER_CTX;
		return true;
	case SIM_BATCH:
	case SIM_BATCH2:
		break;
	}
	*ret_kind = e->cmd_space == SIM_GGTT ? XENGT_AUDIT_BATCH :
		XENGT_AUDIT_USER_BATCH;
	return e->cmd_space == SIM_GGTT || e->id == SIM_BCS;
}

static void audit_command(void)
{
	static const struct xengt_gtt_slice all[XENGT_GTT_SLICES] = {
		[XENGT_GTT_LOW] = { 0, 1u << 20 },
	};
	struct xengt_audit audit = {
		.platform = xengt_platform_get(XENGT_PLATFORM_SKL),
		.engine = (enum xengt_engine_id)seen.e->id, .slices = all,
		.batch_start = batch_start,
	};
	struct xengt_audit_result result;
	const struct xengt_audit_cmd *row;
	uint32_t len = 1;

	if (!kind_of(seen.e, &audit.kind))
		return;
	audit.hws_pga = *sim_ring_reg(seen.sim, seen.e, RING_HWS_PGA);
	row = xengt_audit_find(xengt_audit_hardware(&audit), seen.dw[0]);
	if (row)
		len = xengt_audit_len(row, seen.dw[0]);
	assert_true(len < LONGEST - 1);
	seen.dw[len] = BATCH_END;
	audited[audit.kind]++;
	if (audit.kind == XENGT_AUDIT_RING ||
	    audit.kind == XENGT_AUDIT_INDIRECT_CTX)
		len--;
	if (!xengt_audit_run(&audit, seen.dw, 0, len + 1, &result) &&
	    !result.noops)
		return;
	print_error("engine %d, kind %d: %08x: refusal %d, %u no-ops\n",
		    (int)audit.engine, (int)audit.kind, result.cmd,
		    (int)result.refusal, result.noops);
	refused++;
}

int __wrap_sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_space space, uint64_t addr, void *buf,
			 size_t len, bool write)
{
	int r = __real_sim_vm_access(sim, e, space, addr, buf, len, write);

	if (r || write || !e || e->in_command || len % 4)
		return r;
	seen.sim = sim;
	seen.e = e;
	if (seen.is_open && seen.have + len / 4 <= LONGEST) {
		memcpy(&seen.dw[seen.have], buf, len);
		seen.have += (uint32_t)(len / 4);
	}
	return r;
}

const struct sim_cmd_row *__wrap_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id,
					      uint32_t dw0)
{
	memset(seen.dw, 0, sizeof(seen.dw));
	seen.dw[0] = dw0;
	seen.have = 1;
	seen.is_open = true;
	return __real_sim_cmd_find(x, id, dw0);
}

/*
 * The simulator calls this function when it has fetched a whole command, before it executes
 * the command.
 */
unsigned int __wrap_sim_cmd_cost_ns(const struct sim_cmd_row *row)
{
	if (seen.is_open)
		audit_command();
	seen.is_open = false;
	return __real_sim_cmd_cost_ns(row);
}

static long pipe_read(void *opaque, void *buf, size_t len)
{
	return (long)fread(buf, 1, len, opaque);
}

static void no_difference(void *opaque, const struct xengt_sim_rec_diff *d)
{
	(void)opaque;
	(void)d;
}

static void native_streams_pass(void **state)
{
	struct xengt_sim_replay replay = { .read = pipe_read,
					   .differs = no_difference };
	struct xengt_sim_rec_result result;

	(void)state;
	replay.opaque = popen("gzip -dc tests/replay/native-skl.rec.gz", "r");
	assert_non_null(replay.opaque);
	assert_int_equal(xengt_sim_replay(&replay, &result), 0);
	assert_int_equal(pclose(replay.opaque), 0);
	assert_int_equal(refused, 0);
	print_message("%u in rings, %u in batches, %u and %u at restores\n",
		      audited[XENGT_AUDIT_RING], audited[XENGT_AUDIT_BATCH],
		      audited[XENGT_AUDIT_INDIRECT_CTX],
		      audited[XENGT_AUDIT_PER_CTX]);
	assert_true(audited[XENGT_AUDIT_RING] > 90);
	assert_true(audited[XENGT_AUDIT_BATCH] > 80);
	assert_true(audited[XENGT_AUDIT_INDIRECT_CTX] > 60);
}

/* ---- the answers that guests got ---- */

static uint32_t submissions_of(const char *gpu)
{
	const uint8_t *at;
	size_t left = session_file(gpu, &at);
	struct xengt_session_header head;
	struct xengt_vgpu_submit work;
	struct xengt_entry entry;
	uint32_t n = 0;

	assert_true(left > sizeof(head));
	memcpy(&head, at, sizeof(head));
	at += sizeof(head) + head.edid_bytes;
	left -= sizeof(head) + head.edid_bytes;
	while (left >= sizeof(entry)) {
		memcpy(&entry, at, sizeof(entry));
		at += sizeof(entry);
		left -= sizeof(entry);
		assert_true(left >= (size_t)entry.out_bytes + entry.in_bytes);
		if (entry.op == XENGT_OP_SUBMIT) {
			assert_int_equal(entry.in_bytes, sizeof(work));
			memcpy(&work, at + entry.out_bytes, sizeof(work));
			assert_int_equal(entry.ret, 0);
			assert_int_equal(work.refused, XENGT_REFUSED_NOT);
			assert_int_equal(work.is_cut, 0);
			n++;
		}
		at += entry.out_bytes + entry.in_bytes;
		left -= entry.out_bytes + entry.in_bytes;
	}
	assert_int_equal(left, 0);
	return n;
}

static void guests_were_not_refused(void **state)
{
	(void)state;
	assert_true(submissions_of("skl") > 10);
	assert_true(submissions_of("bdw") > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native_streams_pass),
		cmocka_unit_test(guests_were_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
