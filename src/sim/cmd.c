// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executes MI commands and PIPE_CONTROL.
 *
 * A wait for a semaphore polls memory even in signal mode, so
 * MI_SEMAPHORE_SIGNAL does nothing. Comparison and predicate commands behave as
 * Gen8's documents define.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim_priv.h"

#include <string.h>

#define GGTT22		(1U << 22)
#define QWORD21		(1U << 21)

/*
 * A PIPE_CONTROL with bits 27 (L3 flush) and 20 (CS stall) and with a post-sync
 * write clears the values that threads left in shared local memory and EU
 * registers. i915 sends such a command at each context switch (CVE-2019-14615).
 */
#define CLEARS_THREADS	(1U << 27 | 1U << 20)
/*
 * bits for the DC flush and the L3 flush; the flush is complete only if the
 * command also has a CS stall
 */
#define FLUSHES_LINES	(1U << 27 | 1U << 5)
#define CS_STALL	(1U << 20)

static uint64_t addr_at(const struct sim_cmd *c, unsigned int i)
{
	return ((uint64_t)c->dw[i + 1] << 32 | c->dw[i]) & ~3ULL;
}

static enum sim_space space22(const struct sim_cmd *c)
{
	return c->dw[0] & GGTT22 ? SIM_GGTT : sim_vm_space(c->sim, c->e);
}

static int mem(struct sim_cmd *c, enum sim_space space, uint64_t addr,
	       void *buf, size_t len, bool write)
{
	return sim_vm_access(c->sim, c->e, space, addr, buf, len, write);
}

/* --- registers ------------------------------------------------------------ */

enum sim_cmd_result sim_mi_load_imm(struct sim_cmd *c)
{
	uint32_t be = sim_load_bytes(c->sim, c->dw[0]);

	for (unsigned int i = 1; i + 1 < c->len; i += 2)
		sim_cmd_reg_write(c, c->dw[i], c->dw[i + 1], be);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_load_reg(struct sim_cmd *c)
{
	sim_cmd_reg_write(c, c->dw[2], sim_cmd_reg_read(c, c->dw[1]), ~0U);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_load_mem(struct sim_cmd *c)
{
	uint32_t val;

	if (mem(c, space22(c), addr_at(c, 2), &val, 4, false))
		return SIM_CMD_STOPPED;
	sim_cmd_reg_write(c, c->dw[1], val, ~0U);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_store_reg(struct sim_cmd *c)
{
	uint32_t val;

	/*
	 * with bit 21 the command stores only if the predicate's result is set
	 */
	if ((c->dw[0] & QWORD21) && c->e->id == SIM_RCS &&
	    !(sim_cmd_own(c, RING_PRED_RESULT) & 1))
		return SIM_CMD_DONE;
	val = sim_cmd_reg_read(c, c->dw[1]);
	if (mem(c, space22(c), addr_at(c, 2), &val, 4, true))
		return SIM_CMD_STOPPED;
	return SIM_CMD_DONE;
}

/* --- stores --------------------------------------------------------------- */

enum sim_cmd_result sim_mi_noop(struct sim_cmd *c)
{
	if (c->dw[0] & GGTT22)
		*sim_ring_reg(c->sim, c->e, RING_NOPID) = c->dw[0] & 0x3fffff;
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_store_imm(struct sim_cmd *c)
{
	unsigned int n = (c->len - 3) & ((c->dw[0] & QWORD21) ? ~1U : ~0U);

	if (mem(c, space22(c), addr_at(c, 1), &c->dw[3], 4ULL * n, true))
		return SIM_CMD_STOPPED;
	return SIM_CMD_DONE;
}

/*
 * Returns the address of the context's own status page (is_context), or of the
 * engine's status page.
 */
static uint64_t status_page(const struct sim_cmd *c, bool is_context)
{
	if (is_context && sim_engine_is_execlist(c->sim, c->e))
		return DESC_LRCA(c->e->port[0]);
	return *sim_ring_reg(c->sim, c->e, RING_HWS_PGA) & 0xfffff000U;
}

enum sim_cmd_result sim_mi_store_index(struct sim_cmd *c)
{
	uint64_t addr = status_page(c, c->dw[0] & QWORD21) +
		(c->dw[1] & 0xffc);

	if (mem(c, SIM_GGTT, addr, &c->dw[2], 4ULL * (c->len > 3 ? 2 : 1),
		true))
		return SIM_CMD_STOPPED;
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_report_head(struct sim_cmd *c)
{
	uint32_t head = *sim_ring_reg(c->sim, c->e, RING_HEAD);

	if (mem(c, SIM_GGTT, status_page(c, true) + 0x10, &head, 4, true))
		return SIM_CMD_STOPPED;
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_copy(struct sim_cmd *c)
{
	enum sim_space own = sim_vm_space(c->sim, c->e);
	uint32_t val;

	if (!c->is_priv && (c->dw[0] & (GGTT22 | QWORD21))) {
		c->e->stats.refused++;
		return SIM_CMD_DONE;
	}
	if (mem(c, c->dw[0] & GGTT22 ? SIM_GGTT : own, addr_at(c, 3), &val, 4,
		false) ||
	    mem(c, c->dw[0] & QWORD21 ? SIM_GGTT : own, addr_at(c, 1), &val, 4,
		true))
		return SIM_CMD_STOPPED;
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_update_gtt(struct sim_cmd *c)
{
	uint32_t index = c->dw[1] >> 12;

	for (unsigned int i = 2; i + 1 < c->len; i += 2, index++) {
		uint64_t pte = (uint64_t)c->dw[i + 1] << 32 | c->dw[i];

		if (index >= c->sim->ggtt_entries)
			break;
		sim_judge_check_update(c->sim, index, pte);
		sim_ggtt_write(c->sim, index * 8, 8, pte);
	}
	return SIM_CMD_DONE;
}

/*
 * Returns the result of an atomic operation. Only the low 'bits' bits of both
 * operands are used.
 */
static uint64_t atomic(unsigned int op, uint64_t mem_val, uint64_t a,
		       uint64_t b, unsigned int bits)
{
	uint64_t mask = bits == 64 ? ~0ULL : 0xffffffffULL;
	int64_t sm, sa;

	mem_val &= mask;
	a &= mask;
	b &= mask;
	sm = bits == 64 ? (int64_t)mem_val : (int32_t)mem_val;
	sa = bits == 64 ? (int64_t)a : (int32_t)a;
	switch (op) {
	case 0x01:
		return mem_val & a;
	case 0x02:
		return mem_val | a;
	case 0x03:
		return mem_val ^ a;
	case 0x04:
		return a;
	case 0x05:
		return (mem_val + 1) & mask;
	case 0x06:
	case 0x0f:
		return (mem_val - 1) & mask;
	case 0x07:
		return (mem_val + a) & mask;
	case 0x08:
		return (mem_val - a) & mask;
	case 0x09:
		return (a - mem_val) & mask;
	case 0x0a:
		return sm > sa ? mem_val : a;
	case 0x0b:
		return sm < sa ? mem_val : a;
	case 0x0c:
		return mem_val > a ? mem_val : a;
	case 0x0d:
		return mem_val < a ? mem_val : a;
	case 0x0e:
		return mem_val == a ? b : mem_val;
	default:
		return mem_val;
	}
}

/*
 * Reads the operands 'a' and 'b'. With bit 18 the command has the operands; the
 * dwords of a and b alternate (a, b, a, b), and the command's length tells how
 * many dwords there are. Without bit 18, a is in GPRs 0 and 1, and b is in GPRs 2 and 3. A
 * missing operand is 0.
 */
static void atomic_operands(struct sim_cmd *c, uint64_t a[2], uint64_t b[2])
{
	unsigned int op = c->dw[0] >> 8 & 0x1f;
	unsigned int n = (c->dw[0] >> 13 & 3) == 2 ? 2 : 1;
	bool has_a = op != 0x05 && op != 0x06 && op != 0x0f;

	for (unsigned int i = 0; i < 2; i++) {
		a[i] = 0;
		b[i] = 0;
		if (c->dw[0] & 1U << 18) {
			if (c->len < 7 + 4 * i)
				continue;
			a[i] = (uint64_t)c->dw[5 + 4 * i] << 32 |
				c->dw[3 + 4 * i];
			b[i] = (uint64_t)c->dw[6 + 4 * i] << 32 |
				c->dw[4 + 4 * i];
		} else if (i < n) {
			if (has_a)
				a[i] = sim_cmd_own64(c, RING_GPR + 8 * i);
			if (op == 0x0e)
				b[i] = sim_cmd_own64(c, RING_GPR + 16 + 8 * i);
		}
	}
}

/*
 * With bit 16 the command stores the old value in memory to GPR 4 (an old value
 * of 16 bytes to GPRs 4 and 5). The only operation on 16 bytes is compare and
 * write.
 */
enum sim_cmd_result sim_mi_atomic(struct sim_cmd *c)
{
	unsigned int op = c->dw[0] >> 8 & 0xff, size = op >> 5 & 3;
	unsigned int bytes = size == 2 ? 16 : size == 1 ? 8 : 4;
	uint64_t old[2] = { 0, 0 }, now[2], a[2], b[2];
	uint64_t addr = addr_at(c, 1) & ~(uint64_t)(bytes - 1);

	atomic_operands(c, a, b);
	if (mem(c, space22(c), addr, old, bytes, false))
		return SIM_CMD_STOPPED;
	memcpy(now, old, sizeof(now));
	if (size == 2) {
		if ((op & 0x1f) == 0x0e && old[0] == a[0] && old[1] == a[1])
			memcpy(now, b, sizeof(now));
	} else {
		now[0] = atomic(op & 0x1f, old[0], a[0], b[0], bytes * 8);
	}
	if (mem(c, space22(c), addr, now, bytes, true))
		return SIM_CMD_STOPPED;
	if (c->dw[0] & 1U << 16)		/* bit 16: store the old
						 * value */
		for (unsigned int i = 0; i < bytes / 4; i++)
			sim_cmd_set_own(c, RING_GPR + 32 + 4 * i, (uint32_t)
				    (old[i / 2] >> i % 2 * 32));
	return SIM_CMD_DONE;
}

/* --- flow ----------------------------------------------------------------- */

enum sim_cmd_result sim_mi_user_interrupt(struct sim_cmd *c)
{
	sim_engine_event(c->sim, c->e, EVENT_USER);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_arb_on_off(struct sim_cmd *c)
{
	c->e->arb_off = !(c->dw[0] & 1);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_mi_batch_end(struct sim_cmd *c)
{
	sim_level_return(c->sim, c->e);
	return SIM_CMD_DONE;
}

/*
 * Bit 8: the batch is in the PPGTT and has no privilege. A batch without
 * privilege cannot start a batch with privilege. Bit 22: the batch is of the
 * second level, and after its end the present batch continues. If a batch
 * starts another batch without bit 22, the new batch replaces the old one.
 */
enum sim_cmd_result sim_mi_batch_start(struct sim_cmd *c)
{
	struct sim_engine *e = c->e;
	bool is_ppgtt = (c->dw[0] & 1U << 8) || !c->is_priv;
	bool is_second = c->dw[0] & GGTT22;
	enum sim_level level = SIM_BATCH;

	if ((c->dw[0] & 1U << 15) && e->id == SIM_RCS &&
	    !(sim_cmd_own(c, RING_PRED_RESULT) & 1))
		return SIM_CMD_DONE;
	if (e->level >= SIM_INDIRECT_CTX)
		return SIM_CMD_DONE;		/* a workaround batch cannot
						 * start a batch */
	if ((is_second && e->level == SIM_BATCH) || e->level == SIM_BATCH2)
		level = SIM_BATCH2;
	sim_level_enter(e, level, addr_at(c, 1), is_ppgtt);
	return SIM_CMD_DONE;
}

/*
 * The batch ends if the value in memory is not greater than the operand. With
 * bit 19, on Gen9, a mask for the value follows the value in memory. If this
 * command ends a second-level batch, the command ends the first-level batch,
 * too.
 */
enum sim_cmd_result sim_mi_cond_end(struct sim_cmd *c)
{
	bool has_mask = c->dw[0] & 1U << 19 && c->sim->plat->gen == SIM_GEN9;
	uint64_t addr = addr_at(c, 2) & ~7ULL;
	uint32_t val[2];

	if (!(c->dw[0] & QWORD21))		/* without bit 21 nothing is
						 * compared, and the batch
						 * continues */
		return SIM_CMD_DONE;
	if (mem(c, space22(c), addr, val, has_mask ? 8 : 4, false))
		return SIM_CMD_STOPPED;
	if (has_mask)
		val[0] &= val[1];
	if (val[0] > c->dw[1])
		return SIM_CMD_DONE;
	if (c->e->level == SIM_BATCH2)
		sim_level_return(c->sim, c->e);
	sim_level_return(c->sim, c->e);
	return SIM_CMD_DONE;
}

static bool compare(unsigned int op, uint32_t a, uint32_t b)
{
	switch (op) {
	case 0:
		return a > b;
	case 1:
		return a >= b;
	case 2:
		return a < b;
	case 3:
		return a <= b;
	case 4:
		return a == b;
	case 5:
		return a != b;
	default:
		return true;
	}
}

/*
 * With bit 16, on Gen9, the command polls a register. In this case the command
 * needs privilege, is no arbitration point, and raises no interrupt for the
 * wait.
 */
enum sim_cmd_result sim_mi_semaphore_wait(struct sim_cmd *c)
{
	bool is_register = c->dw[0] & 1U << 16 && c->sim->plat->gen == SIM_GEN9;
	uint32_t val;

	c->is_no_arb = is_register;
	if (is_register && !c->is_priv) {
		c->e->stats.refused++;
		return SIM_CMD_DONE;
	}
	if (is_register)
		val = sim_cmd_reg_read(c, c->dw[2]);
	else if (mem(c, space22(c), addr_at(c, 2), &val, 4, false))
		return SIM_CMD_STOPPED;
	if (compare(c->dw[0] >> 12 & 7, val, c->dw[1])) {
		c->e->progress = 0;
		return SIM_CMD_DONE;
	}
	if (!c->e->progress && !is_register) {
		c->e->progress = 1;		/* raise the interrupt for the
						 * wait only once */
		sim_engine_event(c->sim, c->e, EVENT_SEMAPHORE);
	}
	return SIM_CMD_WAIT;
}

enum sim_cmd_result sim_mi_set_predicate(struct sim_cmd *c)
{
	unsigned int op = c->dw[0] & 0xf;
	bool r1 = (op == 3 || op == 4) && sim_cmd_own(c, RING_PRED_RESULT) & 1;
	bool r2 = (op == 1 || op == 2) && sim_cmd_own(c, RING_PRED_RESULT_2) & 1;

	switch (op) {
	case 0x1:
		c->e->noop_mode = !r2;
		break;
	case 0x2:
		c->e->noop_mode = r2;
		break;
	case 0x3:
		c->e->noop_mode = !r1;
		break;
	case 0x4:
		c->e->noop_mode = r1;
		break;
	case 0x6:		/* 6 and 7 test for two and three slices; the
				 * simulated GPU has one slice */
	case 0x7:
	case 0xf:
		c->e->noop_mode = 1;
		break;
	default:
		c->e->noop_mode = 0;
		break;
	}
	return SIM_CMD_DONE;
}

static uint32_t predicate_compare(struct sim_cmd *c)
{
	switch (c->dw[0] & 3) {
	case 0:
		return 1;
	case 1:
		return 0;
	case 2:
		return sim_cmd_own64(c, RING_PRED_SRC0) ==
			sim_cmd_own64(c, RING_PRED_SRC1);
	default:
		return sim_cmd_own64(c, RING_PRED_SRC1) -
			sim_cmd_own64(c, RING_PRED_SRC0) ==
			sim_cmd_own64(c, RING_PRED_DATA);
	}
}

/* Combines the result of the comparison with the predicate's result so far. */
static uint32_t predicate_combine(struct sim_cmd *c, uint32_t val)
{
	unsigned int op = c->dw[0] >> 3 & 3;
	uint32_t old = op ? sim_cmd_own(c, RING_PRED_RESULT) & 1 : 0;

	switch (op) {
	case 1:
		return val & old;
	case 2:
		return val | old;
	case 3:
		return val ^ old;
	default:
		return val;
	}
}

enum sim_cmd_result sim_mi_predicate(struct sim_cmd *c)
{
	uint32_t val = predicate_combine(c, predicate_compare(c));

	switch (c->dw[0] >> 6 & 3) {
	case 2:
		sim_cmd_set_own(c, RING_PRED_RESULT, val);
		break;
	case 3:
		sim_cmd_set_own(c, RING_PRED_RESULT, !val);
		break;
	default:
		break;			/* MI_PREDICATE_RESULT is unchanged */
	}
	return SIM_CMD_DONE;
}

/* --- arithmetic ----------------------------------------------------------- */

struct alu {
	uint64_t srca, srcb, accu;
	bool zf, cf;
};

static uint64_t alu_operand(struct sim_cmd *c, const struct alu *a,
			    unsigned int reg)
{
	switch (reg) {
	case 0x20:
		return a->srca;
	case 0x21:
		return a->srcb;
	case 0x31:
		return a->accu;
	case 0x32:
		return a->zf ? ~0ULL : 0;
	case 0x33:
		return a->cf ? ~0ULL : 0;
	default:
		return reg < 16 ? sim_cmd_own64(c, RING_GPR + 8 * reg) : 0;
	}
}

static void alu_set(struct sim_cmd *c, struct alu *a, unsigned int reg,
		    uint64_t val)
{
	if (reg < 16)
		sim_cmd_set_own64(c, RING_GPR + 8 * reg, val);
	else if (reg == 0x20)
		a->srca = val;
	else if (reg == 0x21)
		a->srcb = val;
}

static void alu_step(struct sim_cmd *c, struct alu *a, uint32_t dw)
{
	unsigned int op1 = dw >> 10 & 0x3ff, op2 = dw & 0x3ff;

	switch (dw >> 20) {
	case 0x080:
		alu_set(c, a, op1, alu_operand(c, a, op2));
		return;
	case 0x480:
		alu_set(c, a, op1, ~alu_operand(c, a, op2));
		return;
	case 0x081:
		alu_set(c, a, op1, 0);
		return;
	case 0x481:
		alu_set(c, a, op1, ~0ULL);
		return;
	case 0x180:
		alu_set(c, a, op1, alu_operand(c, a, op2));
		return;
	case 0x580:
		alu_set(c, a, op1, ~alu_operand(c, a, op2));
		return;
	case 0x100:
		a->accu = a->srca + a->srcb;
		a->cf = a->accu < a->srca;
		break;
	case 0x101:
		a->accu = a->srca - a->srcb;
		a->cf = a->srca < a->srcb;
		break;
	case 0x102:
		a->accu = a->srca & a->srcb;
		a->cf = false;
		break;
	case 0x103:
		a->accu = a->srca | a->srcb;
		a->cf = false;
		break;
	case 0x104:
		a->accu = a->srca ^ a->srcb;
		a->cf = false;
		break;
	default:
		return;
	}
	a->zf = !a->accu;
}

enum sim_cmd_result sim_mi_math(struct sim_cmd *c)
{
	struct alu a = { 0 };

	for (unsigned int i = 1; i < c->len; i++)
		alu_step(c, &a, c->dw[i]);
	return SIM_CMD_DONE;
}

/* --- flushes -------------------------------------------------------------- */

/*
 * Carries out the write after a flush: to memory, or (is_index) into a status
 * page.
 */
static int post_sync(struct sim_cmd *c, uint64_t addr, bool is_ggtt,
		     bool is_index, const void *buf, size_t len)
{
	uint64_t copy = 0;

	memcpy(&copy, buf, len);
	if (is_index)
		return mem(c, SIM_GGTT, status_page(c, !is_ggtt) +
			   (addr & 0xfff), &copy, len, true);
	return mem(c, is_ggtt ? SIM_GGTT : sim_vm_space(c->sim, c->e), addr,
		   &copy, len, true);
}

/*
 * A batch without privilege may not write through the GGTT, nor, by an index, into
 * the engine's status page. (It may write into the status page of its context.)
 */
static bool refuses_post_sync(struct sim_cmd *c, bool is_ggtt)
{
	if (c->is_priv || !is_ggtt)
		return false;
	c->e->stats.refused++;
	return true;
}

enum sim_cmd_result sim_mi_flush_dw(struct sim_cmd *c)
{
	bool is_ggtt = c->dw[1] & 4, is_index = c->dw[0] & QWORD21;
	uint64_t addr = addr_at(c, 1) & ~7ULL, ts;
	unsigned int op = c->dw[0] >> 14 & 3;
	const void *data = &c->dw[3];
	size_t len = c->len >= 5 ? 8 : 4;

	if (c->dw[0] & 1U << 18)
		sim_vm_flush(c->e);
	if (op == 3) {
		ts = sim_engine_timestamp(c->sim, c->e);
		data = &ts;
		len = 8;
	}
	/*
	 * Bit 2 of dword 1 chooses the address space and is no address bit, so
	 * the address is a multiple of 8.
	 */
	if ((op == 3 || (op == 1 && c->len >= 4)) &&
	    !refuses_post_sync(c, is_ggtt) &&
	    post_sync(c, addr, is_ggtt, is_index, data, len))
		return SIM_CMD_STOPPED;
	if (c->dw[0] & 1U << 8)
		sim_engine_event(c->sim, c->e, EVENT_FLUSH);
	return SIM_CMD_DONE;
}

enum sim_cmd_result sim_pipe_control(struct sim_cmd *c)
{
	uint32_t flags = c->dw[1];
	bool is_ggtt = flags & 1U << 24, is_index = flags & QWORD21;
	uint64_t addr = addr_at(c, 2), val = 0;
	unsigned int op = flags >> 14 & 3;

	if (flags & 1U << 18)
		sim_vm_flush(c->e);
	if (flags & FLUSHES_LINES && flags & CS_STALL)
		sim_lines_write_back(c->sim);
	if ((flags & CLEARS_THREADS) == CLEARS_THREADS && op == 1)
		c->e->threads_token = 0;
	switch (op) {
	case 1:
		val = (uint64_t)c->dw[5] << 32 | c->dw[4];
		break;
	case 2:				/* PS_DEPTH_COUNT: nothing is drawn */
		val = (uint64_t)c->sim->regs[0x2354 / 4] << 32 |
			c->sim->regs[0x2350 / 4];
		break;
	case 3:
		val = sim_engine_timestamp(c->sim, c->e);
		break;
	default:
		break;
	}
	/*
	 * With bit 23 the command writes a register, and must have no post-sync
	 * operation. If the command has a post-sync operation, the hardware
	 * writes the register and does the operation. So a mediator that
	 * accepts such a command must accept both effects.
	 */
	if (flags & 1U << 23)
		sim_cmd_reg_write(c, (uint32_t)addr, c->dw[4], ~0U);
	if (op && !refuses_post_sync(c, is_ggtt) &&
	    post_sync(c, addr & ~7ULL, is_ggtt, is_index, &val, 8))
		return SIM_CMD_STOPPED;
	if (flags & 1U << 8)
		sim_engine_event(c->sim, c->e, EVENT_FLUSH);
	return SIM_CMD_DONE;
}
