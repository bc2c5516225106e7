// SPDX-License-Identifier: GPL-2.0-only
/*
 * The streams of stock drivers pass the audit without a refusal.
 *
 * The simulator replays each recording of Debian's i915 without Xen
 * (tests/replay/native-*). Each command that an engine executes with privilege
 * in the replay goes through the audit, too, as the stream of a guest that owns
 * all graphics memory. The oracle (tests/oracle) checks that the audit changes
 * no dword that no row names.
 *
 * at_work[] lists the recordings of drivers that worked on every engine before and after
 * a reset (tests/e2e/record-work makes these recordings). drivers_at_work_pass() checks
 * that each engine executed enough commands in both parts.
 *
 * The recorded sessions of drivers in guests (tests/replay/guest-*) contain the
 * answers that the audit gave during the recording: it refused nothing.
 *
 * The simulator does not execute some pipeline commands. The recording has only the first
 * dword of such a command, so the test uses 0 for the other dwords.
 */
#include <glob.h>
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
#include "xengt/types.h"

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

/* What one recording has shown. */
static struct {
	enum xengt_platform_id platform;
	uint32_t audited[XENGT_AUDIT_IMAGE];
	uint32_t before[XENGT_ENGINES];	/* number of commands in the engine's rings before
					 * the last reset */
	uint32_t after[XENGT_ENGINES];	/* number of commands in the engine's rings after
					 * the last reset */
	uint32_t refused;
} shown;

int __real_sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_space space, uint64_t addr, void *buf,
			 size_t len, bool write);
const struct sim_cmd_row *__real_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id,
					      uint32_t dw0);
unsigned int __real_sim_cmd_cost_ns(const struct sim_cmd_row *row);
void __real_sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off,
				  uint32_t val, uint32_t be);
int __wrap_sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_space space, uint64_t addr, void *buf,
			 size_t len, bool write);
const struct sim_cmd_row *__wrap_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id,
					      uint32_t dw0);
unsigned int __wrap_sim_cmd_cost_ns(const struct sim_cmd_row *row);
void __wrap_sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off,
				  uint32_t val, uint32_t be);

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
	return e->cmd_space == SIM_GGTT ||
		(e->id == SIM_BCS &&
		 xengt_platform_get(shown.platform)->blitter_reaches_all);
}

static void audit_command(void)
{
	static const struct xengt_gtt_slice all[XENGT_GTT_SLICES] = {
		[XENGT_GTT_LOW] = { 0, 1u << 20 },
	};
	struct xengt_audit audit = {
		.platform = xengt_platform_get(shown.platform),
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
	shown.audited[audit.kind]++;
	shown.after[audit.engine] += audit.kind == XENGT_AUDIT_RING;
	if (audit.kind == XENGT_AUDIT_RING ||
	    audit.kind == XENGT_AUDIT_INDIRECT_CTX)
		len--;
	if (!xengt_audit_run(&audit, seen.dw, 0, len + 1, &result) &&
	    !result.noops)
		return;
	print_error("engine %d, kind %d: %08x: refusal %d, %u no-ops\n",
		    (int)audit.engine, (int)audit.kind, seen.dw[0],
		    (int)result.refusal, result.noops);
	shown.refused++;
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

void __wrap_sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off,
				  uint32_t val, uint32_t be)
{
	for (uint32_t i = 0; val & be && i < XENGT_ENGINES; i++) {
		shown.before[i] += shown.after[i];
		shown.after[i] = 0;
	}
	__real_sim_reset_write_gdrst(sim, off, val, be);
}

/* The platform's name follows magic, version and the name's length. */
#define NAME_LEN_AT	9u

static enum xengt_platform_id platform_of(const char *head)
{
	for (uint32_t id = 1; xengt_platform_get(id); id++) {
		const char *name = xengt_platform_get(id)->name;

		if (head[NAME_LEN_AT] == (char)strlen(name) &&
		    !memcmp(head + NAME_LEN_AT + 1, name, strlen(name)))
			return (enum xengt_platform_id)id;
	}
	fail_msg("a recording of an unknown platform");
	return 0;
}

/* The first bytes of a recording are read twice: as its head, and by the replay. */
struct recording {
	FILE *file;
	char head[16];
	size_t begun;			/* number of bytes of the head that the replay
					 * has read */
};

static long read_recording(void *opaque, void *buf, size_t len)
{
	struct recording *rec = opaque;
	size_t n = sizeof(rec->head) - rec->begun;

	if (!n)
		return (long)fread(buf, 1, len, rec->file);
	n = n < len ? n : len;
	memcpy(buf, rec->head + rec->begun, n);
	rec->begun += n;
	return (long)n;
}

static void no_difference(void *opaque, const struct xengt_sim_rec_diff *d)
{
	(void)opaque;
	(void)d;
}

static void replay_native(const char *path)
{
	struct recording rec = { 0 };
	struct xengt_sim_replay replay = { .read = read_recording,
					   .differs = no_difference,
					   .opaque = &rec };
	struct xengt_sim_rec_result result;
	char command[128];

	memset(&shown, 0, sizeof(shown));
	memset(&seen, 0, sizeof(seen));
	snprintf(command, sizeof(command), "gzip -dc %s", path);
	rec.file = popen(command, "r");
	assert_non_null(rec.file);
	assert_int_equal(fread(rec.head, 1, sizeof(rec.head), rec.file),
			 sizeof(rec.head));
	shown.platform = platform_of(rec.head);
	assert_int_equal(xengt_sim_replay(&replay, &result), 0);
	assert_int_equal(pclose(rec.file), 0);
	print_message("%s: %u in rings, %u in batches, %u and %u at restores, %u in the blitter's batches\n",
		      path, shown.audited[XENGT_AUDIT_RING],
		      shown.audited[XENGT_AUDIT_BATCH],
		      shown.audited[XENGT_AUDIT_INDIRECT_CTX],
		      shown.audited[XENGT_AUDIT_PER_CTX],
		      shown.audited[XENGT_AUDIT_USER_BATCH]);
	assert_int_equal(shown.refused, 0);
}

static void each_native_stream_passes(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/replay/native-*.rec.gz", 0, NULL, &found),
			 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		replay_native(found.gl_pathv[i]);
		/* each driver sets up the engines' state */
		assert_true(shown.audited[XENGT_AUDIT_RING] > 90);
		assert_true(shown.audited[XENGT_AUDIT_BATCH] > 80);
		assert_true(shown.audited[XENGT_AUDIT_INDIRECT_CTX] > 60);
	}
	globfree(&found);
}

/* The recordings of drivers that worked on every engine before and after a reset. */
static const struct {
	const char *path;
	enum xengt_platform_id platform;
} at_work[] = {
	{ "tests/replay/native-bdw-6.1.rec.gz", XENGT_PLATFORM_BDW },
	{ "tests/replay/native-skl-6.12.rec.gz", XENGT_PLATFORM_SKL },
	{ "tests/replay/native-skl-7.3.rec.gz", XENGT_PLATFORM_SKL },
};

static void drivers_at_work_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(at_work); i++) {
		replay_native(at_work[i].path);
		assert_int_equal(shown.platform, at_work[i].platform);
		for (uint32_t e = 0; e < XENGT_ENGINES; e++) {
			print_message("engine %u: %u, after a reset %u\n", e,
				      shown.before[e], shown.after[e]);
			assert_true(shown.before[e] > 50);
			assert_true(shown.after[e] > 10);
		}
	}
}

/* ---- the answers that guests got ---- */

static uint32_t submissions_of(const char *name)
{
	const uint8_t *at;
	size_t left = session_file(name, &at);
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
	for (size_t i = 0; session_names[i]; i++)
		assert_true(submissions_of(session_names[i]) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_native_stream_passes),
		cmocka_unit_test(drivers_at_work_pass),
		cmocka_unit_test(guests_were_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
