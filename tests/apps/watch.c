// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches the simulator. When the program ends, writes the report to the file
 * XENGT_APPS_REPORT, or to standard error:
 *
 *	problem TEXT			something that must not happen
 *	command NAME COUNT		how often the program's batches had this command
 *	register read|write OFFSET COUNT
 *	count NAME VALUE
 *	end				the report is complete
 *
 * If XENGT_APPS_COMPARE is set, ring.c compares the images of all contexts of an engine
 * before each request. `count images` is the total number of compared images, and
 * `count beside` is the largest number of images that were compared before one request.
 *
 * XENGT_APPS_TRACE names a file that lists the executed commands: a line `batch ENGINE
 * ADDRESS` at the start of each batch, then for each command of this batch a line
 * `ADDRESS DWORD NAME` (DWORD is the command's first dword).
 *
 * The linker redirects calls of the simulator's functions to this file (Makefile).
 */
#include "standin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "oracle/oracle.h"
#include "xengt/limits.h"
#include "sim/exec.h"

#define PROBLEMS_MAX	200u
#define NAMES_MAX	512u
#define REGS		(XENGT_SIM_REGS_BYTES / 4)

static struct {
	struct xengt_sim *sim;
	FILE *trace;
	char *problems[PROBLEMS_MAX];
	uint32_t n_problems;
	struct {
		const char *name;
		uint64_t count;
	} names[NAMES_MAX];
	uint32_t *reads, *writes;	/* numbers of accesses, indexed by register */
	uint64_t batches, commands, ioctls;
	uint64_t images;		/* compared */
	uint32_t beside;		/* the largest number of images that were compared
					 * before one request */
	uint64_t refused;		/* number of writes of registers that had no
					 * effect */
	uint64_t last_addr;		/* address of the last command. If a command waits,
					 * the simulator fetches this command several
					 * times; watch counts the command once. */
	/*
	 * is_request: the engine is in the part of the ring that belongs to a request of
	 * the driver. Commands of the module come before the request. Gen9's blitter runs a
	 * copy of the program's batch: 'batch' and 'copy' are the two addresses.
	 */
	bool is_request;
	bool is_copy_known;
	uint64_t batch, copy;
} w;

void app_problem(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (uint32_t i = 0; i < w.n_problems; i++)
		if (!strcmp(w.problems[i], text))
			return;
	if (w.n_problems < PROBLEMS_MAX)
		w.problems[w.n_problems++] = strdup(text);
}

void app_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "stand-in: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	abort();
}

void app_watch_begin(struct xengt_sim *sim)
{
	const char *path = getenv("XENGT_APPS_TRACE");

	w.sim = sim;
	w.reads = calloc(REGS, sizeof(*w.reads));
	w.writes = calloc(REGS, sizeof(*w.writes));
	if (!w.reads || !w.writes)
		app_die("no memory for counts");
	if (path)
		w.trace = fopen(path, "we");
}

void app_watch_batch(enum xengt_engine_id engine, uint64_t addr, uint32_t bytes)
{
	(void)bytes;
	w.batches++;
	w.batch = addr;
	w.is_request = w.is_copy_known = false;
	w.last_addr = UINT64_MAX;
	if (w.trace)
		fprintf(w.trace, "batch %d 0x%llx\n", (int)engine, (unsigned long long)addr);
}

bool app_watch_compares(void)
{
	return getenv("XENGT_APPS_COMPARE");
}

void app_watch_compared(uint32_t contexts)
{
	w.images += contexts;
	if (contexts > w.beside)
		w.beside = contexts;
}

void app_watch_ioctl(unsigned long request, int result)
{
	w.ioctls++;
	if (result == -25 /* ENOTTY */)
		app_problem("ioctl 0x%lx is unknown", request);
}

/* ---- what the engines do ---- */

const struct sim_cmd_row *__real_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id, uint32_t dw0);
const struct sim_cmd_row *__wrap_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id, uint32_t dw0);
void __real_sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val, uint32_t be);
void __wrap_sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val, uint32_t be);
uint32_t __real_sim_cmd_reg_read(struct sim_cmd *c, uint32_t off);
uint32_t __wrap_sim_cmd_reg_read(struct sim_cmd *c, uint32_t off);
void __real_sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e, enum sim_stop why);
void __wrap_sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e, enum sim_stop why);

#define MI_STORE_GGTT	0x10400002u	/* the driver's first command of a request */
#define MI_INTERRUPT	0x01000000u	/* the third command from the end of a request */

static bool is_in_batch(const struct sim_engine *e)
{
	return e->level == SIM_BATCH || e->level == SIM_BATCH2;
}

/* Is this a command of the program, rather than of the driver or the module? */
static bool is_user(const struct sim_engine *e)
{
	return e->cmd_space == SIM_PPGTT ||
		(e->id == SIM_BCS && is_in_batch(e) && w.is_request);
}

/*
 * Returns the address of the command in the program's own batch, even if the engine runs a
 * copy.
 */
static uint64_t address(const struct sim_engine *e)
{
	if (e->cmd_space == SIM_PPGTT)
		return e->cmd_addr;
	if (!w.is_copy_known)
		w.copy = e->cmd_addr;
	w.is_copy_known = true;
	return e->cmd_addr - w.copy + w.batch;
}

/*
 * The registers that programs with Intel's drivers use, with their names. The names are
 * from the PRM, from IGT's gem_ctx_isolation, and for VCS from Intel's media driver. An
 * access to any other register is a problem. Add a register here only after you know what
 * the program uses it for, and how the boundary treats the access.
 */
static const struct {
	uint32_t first, last;
	const char *name;
} known[] = {
	{ 0x20c0, 0x20c0, "INSTPM" }, { 0x20d8, 0x20d8, "CS_DEBUG_MODE2" },
	{ 0x2248, 0x2248, "CTX_PREEMPT" }, { 0x2290, 0x2294, "GPGPU_THREADS_DISPATCHED" },
	{ 0x2300, 0x2354, "pipeline statistics" }, { 0x2358, 0x235c, "TIMESTAMP" },
	{ 0x23a8, 0x23a8, "CTX_TIMESTAMP" }, { 0x2400, 0x2418, "MI_PREDICATE" },
	{ 0x241c, 0x241c, "MI_PREDICATE_RESULT_1" }, { 0x2420, 0x2440, "3DPRIM" },
	{ 0x2500, 0x2508, "GPGPU_DISPATCHDIM" }, { 0x2580, 0x2580, "CS_CHICKEN1" },
	{ 0x2600, 0x267c, "GPR" }, { 0x5200, 0x528c, "counts and offsets of stream output" },
	{ 0x7000, 0x7008, "CACHE_MODE_0, CACHE_MODE_1, GT_MODE" },
	{ 0x7034, 0x7034, "L3CNTLREG" }, { 0x12358, 0x1235c, "TIMESTAMP of VCS" },
	{ 0x12600, 0x1267c, "GPR of VCS" }, { 0x12800, 0x12800, "MFX_ERROR_FLAGS" },
	{ 0x12850, 0x12850, "MFX_FRAME_CRC" }, { 0x12868, 0x12868, "MFX_MB_COUNT" },
	{ 0x128a0, 0x128a4, "MFC_BITSTREAM_BYTECOUNT, _SE_BITCOUNT_FRAME" },
	{ 0x128b4, 0x128bc, "MFC_IMAGE_STATUS_MASK, _CTRL, MFC_QP_STATUS_COUNT" },
	{ 0x12954, 0x12954, "MFC_AVC_NUM_SLICES" },
	{ 0x1e900, 0x1e900, "HCP_DEC_STATUS" }, { 0x1e904, 0x1e904, "HCP_CABAC_STATUS" },
	{ 0xe404, 0xe404, "TD_CTL2" },
};

static bool is_known(uint32_t off)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (off >= known[i].first && off <= known[i].last)
			return true;
	return false;
}

/*
 * intel-opencl-icd writes CTX_PREEMPT on Broadwell, too, where Linux does not allow
 * programs to write this register. A real Broadwell ignores the write as well.
 */
static bool is_ignored_natively(uint32_t off)
{
	return off == 0x2248 && !app_guest_is_gen9();
}

static void count_command(const char *name)
{
	uint32_t i = 0;

	w.commands++;
	while (i < NAMES_MAX - 1 && w.names[i].name && w.names[i].name != name)
		i++;
	w.names[i].name = name;
	w.names[i].count++;
}

const struct sim_cmd_row *__wrap_sim_cmd_find(const struct sim_exec *x,
					      enum sim_engine_id id, uint32_t dw0)
{
	const struct sim_cmd_row *row = __real_sim_cmd_find(x, id, dw0);
	const struct sim_engine *e = &x->engine[id];

	if (!row || row->name[0] == '(')
		app_problem("engine %d: command 0x%08x is unknown", (int)id, dw0);
	if (e->level == SIM_RING && (dw0 == MI_STORE_GGTT || dw0 == MI_INTERRUPT))
		w.is_request = dw0 == MI_STORE_GGTT;
	if (!w.reads || !row || !is_user(e) || e->cmd_addr == w.last_addr)
		return row;
	w.last_addr = e->cmd_addr;
	count_command(row->name);
	if (w.trace)
		fprintf(w.trace, "0x%llx 0x%08x %s\n", (unsigned long long)address(e), dw0,
			row->name);
	return row;
}

void __wrap_sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val, uint32_t be)
{
	uint64_t refused = c->e->stats.refused;

	__real_sim_cmd_reg_write(c, off, val, be);
	w.refused += c->e->stats.refused - refused;
	if (c->e->stats.refused != refused && !is_ignored_natively(off))
		app_problem("engine %d: register 0x%x may not be written", (int)c->e->id, off);
	if (w.writes && is_user(c->e))
		w.writes[off % XENGT_SIM_REGS_BYTES / 4]++;
}

uint32_t __wrap_sim_cmd_reg_read(struct sim_cmd *c, uint32_t off)
{
	if (w.reads && is_user(c->e))
		w.reads[off % XENGT_SIM_REGS_BYTES / 4]++;
	return __real_sim_cmd_reg_read(c, off);
}

void __wrap_sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e, enum sim_stop why)
{
	if (w.reads)
		app_problem("engine %d stops at 0x%llx, command 0x%08x: reason %d", (int)e->id,
			    (unsigned long long)e->cmd_addr, *sim_ring_reg(sim, e, RING_IPEHR),
			    (int)why);
	__real_sim_engine_stop(sim, e, why);
}

/* ---- the report ---- */

static void sum_up(FILE *f)
{
	struct oracle_counts audit = oracle_counts();
	struct xengt_sim_engine_stats s;
	uint64_t refused = 0, contexts = 0;

	for (unsigned int i = 0; i < XENGT_SIM_ENGINES; i++) {
		xengt_sim_engine_stats(w.sim, i, &s);
		refused += s.refused;
		contexts += s.contexts;
	}
	if (refused != w.refused)
		app_problem("%llu commands were refused, because they need privilege",
			    (unsigned long long)(refused - w.refused));
	if (audit.noops)
		app_problem("the audit removed %llu forbidden commands, stores or loads of registers",
			    (unsigned long long)audit.noops);
	if (app_watch_compares() && w.beside <= XENGT_EXEC_SLOTS)
		app_problem("only %u contexts were compared at a time: all fit into slots",
			    w.beside);
	fprintf(f, "count images %llu\ncount beside %u\n", (unsigned long long)w.images,
		w.beside);
	fprintf(f, "count batches %llu\ncount commands %llu\ncount ioctls %llu\n"
		"count contexts %llu\ncount audited %llu\n", (unsigned long long)w.batches,
		(unsigned long long)w.commands, (unsigned long long)w.ioctls,
		(unsigned long long)contexts, (unsigned long long)audit.commands);
}

static void registers(FILE *f, const char *what, const uint32_t *counts)
{
	for (uint32_t i = 0; i < REGS; i++)
		if (counts[i]) {
			if (!is_known(4 * i))
				app_problem("register 0x%x is unknown", 4 * i);
			fprintf(f, "register %s 0x%x %u\n", what, 4 * i, counts[i]);
		}
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("XENGT_APPS_REPORT");
	FILE *f = !w.sim ? NULL : path ? fopen(path, "we") : stderr;

	if (!f)
		return;
	app_guest_check();
	sum_up(f);
	for (uint32_t i = 0; i < NAMES_MAX && w.names[i].name; i++)
		fprintf(f, "command %s %llu\n", w.names[i].name,
			(unsigned long long)w.names[i].count);
	registers(f, "read", w.reads);
	registers(f, "write", w.writes);
	for (uint32_t i = 0; i < w.n_problems; i++)
		fprintf(f, "problem %s\n", w.problems[i]);
	fprintf(f, "end\n");
	if (w.trace)
		fclose(w.trace);
	fflush(f);
}
