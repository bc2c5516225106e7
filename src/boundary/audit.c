// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the checker of command streams
 *
 * The checker makes one pass over a private copy of the stream. The row of a command
 * (audit_priv.h) says how long the command is, where it is allowed, and which of its dwords
 * name memory or registers. Functions in this file change these commands in the copy:
 *
 *  - MI_BATCH_BUFFER_START: the caller copies the batch that the command starts;
 *  - stores by index into the engine's status page. In the hardware each engine has only
 *    one status page, which all guests would share. So the checker redirects the store to
 *    the guest's own status page. Stores by index into the context's status page are not
 *    changed, because this page belongs to the module's image of the context.
 *
 * If an operand is in the GGTT, each byte that the command can access must be in the
 * guest's slices. Operands in the context's address space are not checked,
 * because the entries of the module's page tables point only to pages of the
 * guest.
 */
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#define AUDIT_GGTT_PAGES	(1u << 20)
#define AUDIT_PAGE_MASK		0xfffu
#define AUDIT_INDEX_MASK	0xff8u		/* the bits that are the offset
						 * of a qword in a status
						 * page */
#define AUDIT_BATCH_ADDR	0xfffffffffffcull


#define AUDIT_MI_MASK		0xff800000u
#define AUDIT_ARB_ENABLE	1u
#define AUDIT_START_PPGTT	(1u << 8)
#define AUDIT_START_SECOND	(1u << 22)
#define AUDIT_WAIT_REGISTER	(1u << 16)
#define AUDIT_GGTT		(1u << 22)
#define AUDIT_INDEX_CONTEXT	(1u << 21)
#define AUDIT_POST_SYNC		(3u << 14)	/* a field of MI_FLUSH_DW and
						 * PIPE_CONTROL */
#define AUDIT_POST_SYNC_INDEX	(1u << 21)
#define AUDIT_FLUSH_GGTT	(1u << 2)	/* this bit is in the dword with
						 * the address */
#define AUDIT_PIPE_GGTT		(1u << 24)
#define AUDIT_PIPE_REGISTER	(1u << 23)
#define AUDIT_PIPE_FLUSH_L3	(1u << 27)
#define AUDIT_PIPE_STALL	(1u << 20)
#define AUDIT_ADDR_MBZ		3u		/* bits that must be 0 in each
						 * address operand */
#define AUDIT_ATOMIC_INLINE	(1u << 18)
#define AUDIT_ATOMIC_SIZE	(3u << 19)

/*
 * The state of one audit. Functions below that return int return 0, a reason of refusal
 * (enum xengt_refusal, which is above 0), AUDIT_OVER, or -errno of fetch() or
 * batch_start().
 */
struct audit_run {
	const struct xengt_audit *audit;
	struct xengt_audit_result *result;
	uint32_t *copy;
	const uint32_t *end;
	const uint32_t *fetched;	/* all dwords of the copy before this pointer
					 * have been fetched; at most 'end' */
	uint32_t where;			/* engine, generation and kind of the
					 * stream */
	uint32_t base;			/* offset of the engine's registers in
					 * BAR0 */
	/* number of dwords that the audit added after the stream */
	uint32_t added;
	const struct xengt_audit_group *groups;
	bool is_user;
	/*
	 * keeps_batches: change MI_ARB_ON_OFF from "on" to "off". opens_batches: change
	 * MI_ARB_ON_OFF from "off" to "on" if it is directly before the start of a batch
	 */
	bool keeps_batches, opens_batches;
};

/* This result is not an error: the command is the last command of the stream. */
#define AUDIT_OVER		0x100

/* ---- operands ---- */

/*
 * Returns true if the stream may access the bytes from addr to addr + bytes - 1 of the
 * GGTT. The function checks whole pages, because slices consist of pages.
 */
static inline bool audit_is_inside(const struct audit_run *run, uint64_t addr,
			    uint32_t bytes)
{
	const struct xengt_gtt_slice *slices = run->audit->slices;
	uint64_t page = addr >> XENGT_BND_PAGE_SHIFT;
	uint32_t first, last;

	if (run->is_user || page >= AUDIT_GGTT_PAGES)
		return false;
#ifdef XENGT_FAULT_NO_AUDIT
	return true;
#endif
	first = (uint32_t)page;
	/* no overflow: addr has 32 bits here */
	last = (uint32_t)((addr + bytes - 1) >> XENGT_BND_PAGE_SHIFT);
	if (first == last)
		return first - slices[XENGT_GTT_HIGH].first <
			slices[XENGT_GTT_HIGH].count ||
			first - slices[XENGT_GTT_LOW].first <
			slices[XENGT_GTT_LOW].count;
	return xengt_gtt_contains(slices, first, last - first + 1);
}

static uint64_t audit_addr(const uint32_t *dw)
{
	return (uint64_t)dw[1] << 32 | dw[0];
}

static inline bool audit_mem_ok(const struct audit_run *run,
			 const struct xengt_audit_mem *mem, const uint32_t *dw,
			 uint32_t len)
{
	uint64_t addr;
	uint32_t bytes = mem->bytes;

	/* if bit 0 is set, MI_STORE_DATA_IMM adds a value to the address */
	if (dw[mem->at] & AUDIT_ADDR_MBZ)
		return false;
	if (!(dw[0] >> mem->bit & 1))
		return true;
	addr = audit_addr(dw + mem->at);
	if (!bytes) {
		/*
		 * the hardware may write qwords even if the command stores dwords, so check
		 * whole qwords
		 */
		bytes = 4 * (len - mem->at - 2) + (uint32_t)(addr & 7);
		bytes = (bytes + 7) & ~7u;
		return audit_is_inside(run, addr & ~7ull, bytes);
	}
	return audit_is_inside(run, addr & ~(uint64_t)(bytes - 1), bytes);
}

static bool audit_read_ok(const struct audit_run *run, uint32_t off)
{
	const struct xengt_audit_reg_row *row =
		xengt_audit_find_reg(run->where, run->base, off);

	return row && row->reads & run->where;
}

/*
 * Returns true if the stream may write this value to the register at 'off'. val is NULL if
 * the audit cannot know the value.
 */
static inline bool audit_write_ok(const struct audit_run *run, uint32_t off,
			   const uint32_t *val)
{
	const struct xengt_audit_reg_row *row =
		xengt_audit_find_reg(run->where, run->base, off);

	if (!row || !(row->writes & run->where))
		return false;
	if (!row->deny)
		return true;
	return val && !(*val & (row->is_masked ? *val >> 16 : ~0u) & row->deny);
}

static void audit_make_nop_load(const struct audit_run *run, uint32_t *pair)
{
	pair[0] = run->base + XENGT_AUDIT_NOPID;
	pair[1] = 0;
}

static inline int audit_operands(const struct audit_run *run,
			  const struct xengt_audit_cmd *row, const uint32_t *dw,
			  uint32_t len)
{
	_Static_assert(XENGT_AUDIT_MEMS == 2, "both are checked here");
	if (row->mem[0].at && !audit_mem_ok(run, &row->mem[0], dw, len))
		return XENGT_REFUSED_ADDRESS;
	if (row->mem[1].at && !audit_mem_ok(run, &row->mem[1], dw, len))
		return XENGT_REFUSED_ADDRESS;
	if (row->reg_read && !audit_read_ok(run, dw[row->reg_read]))
		return XENGT_REFUSED_REGISTER;
	if (row->reg_write && !audit_write_ok(run, dw[row->reg_write], NULL))
		return XENGT_REFUSED_REGISTER;
	return 0;
}

static int audit_load_imm(struct audit_run *run, uint32_t *dw, uint32_t len)
{
	if (!(len & 1))
		return XENGT_REFUSED_LENGTH;
	for (uint32_t i = 1; i < len; i += 2) {
		if (audit_write_ok(run, dw[i], &dw[i + 1]))
			continue;
		if (!run->is_user)
			return XENGT_REFUSED_REGISTER;
		audit_make_nop_load(run, &dw[i]);
		run->result->noops++;
	}
	return 0;
}

/*
 * Operands of the ALU: the general purpose registers and the ALU's own registers (genxml:
 * MI_MATH_ALU_INSTRUCTION). Other operands are refused, because no source says what these
 * operands do.
 */
static bool audit_alu_operand_ok(uint32_t reg)
{
	return reg < 0x10 || reg == 0x20 || reg == 0x21 ||
		(reg >= 0x31 && reg <= 0x33);
}

static int audit_math(const uint32_t *dw, uint32_t len)
{
	for (uint32_t i = 1; i < len; i++) {
		switch (dw[i] >> 20) {
		case 0x000:
		case 0x080:
		case 0x081:
		case 0x100 ... 0x104:
		case 0x180:
		case 0x480:
		case 0x481:
		case 0x580:
			break;
		default:
			return XENGT_REFUSED_FORBIDDEN;
		}
		if (!audit_alu_operand_ok(dw[i] >> 10 & 0x3ff) ||
		    !audit_alu_operand_ok(dw[i] & 0x3ff))
			return XENGT_REFUSED_FORBIDDEN;
	}
	return 0;
}

/*
 * MI_ATOMIC has two forms: its operands are in the command or in registers. Each form has
 * one length.
 */
static int audit_atomic(const struct audit_run *run,
			const struct xengt_audit_cmd *row, const uint32_t *dw,
			uint32_t len)
{
	if (len != (dw[0] & AUDIT_ATOMIC_INLINE ? row->len_max : row->len_min))
		return XENGT_REFUSED_LENGTH;
	if ((dw[0] & AUDIT_ATOMIC_SIZE) == AUDIT_ATOMIC_SIZE)
		return XENGT_REFUSED_FORBIDDEN;
	return audit_operands(run, row, dw, len);
}

/*
 * If bit 16 is set, the command waits for a register, and the bit that chooses the GGTT
 * must be 0.
 */
static int audit_semaphore(const struct audit_run *run,
			   const struct xengt_audit_cmd *row,
			   const uint32_t *dw, uint32_t len)
{
	if (!(dw[0] & AUDIT_WAIT_REGISTER))
		return audit_operands(run, row, dw, len);
	if (dw[0] & AUDIT_GGTT || dw[3] || !audit_read_ok(run, dw[2]))
		return XENGT_REFUSED_REGISTER;
	return 0;
}

/*
 * Drivers let a batch of the context save a register with is_gpu to memory, change the
 * register, and load it from memory again. The audit replaces this load by a load of the
 * GPU's own value, because the guest may have changed the value in memory.
 */
static int audit_load_mem(const struct audit_run *run,
			  const struct xengt_audit_cmd *row, uint32_t *dw,
			  uint32_t len)
{
	const struct xengt_audit_reg_row *reg =
		xengt_audit_find_reg(run->where, run->base, dw[row->reg_write]);
	int r = audit_operands(run, row, dw, len);

	if (r || !reg->is_gpu)
		return r;
	dw[0] = XENGT_MI_LRI_OF(1);
	dw[2] = run->audit->l3sqcreg4;
	dw[3] = XENGT_MI_NOOP;
	return 0;
}

/* ---- status pages ---- */

/*
 * Check the write of 8 bytes that a flush command makes after the flush. addr[0] and
 * addr[1] are the address without flags. A write by index into the engine's status page is
 * changed to a write to the guest's status page: addr[0] gets the new address, and
 * *is_index becomes false.
 */
static inline int audit_post_sync(const struct audit_run *run, uint32_t *addr,
			   bool is_ggtt, bool *is_index)
{
	if (*is_index) {
		if (addr[1] || addr[0] & ~AUDIT_PAGE_MASK)
			return XENGT_REFUSED_ADDRESS;
		if (!is_ggtt)
			return 0;
		if (!run->audit->hws_pga)
			return XENGT_REFUSED_ADDRESS;
		addr[0] = run->audit->hws_pga + (addr[0] & AUDIT_INDEX_MASK);
		*is_index = false;
	}
	if (is_ggtt && !audit_is_inside(run, audit_addr(addr) & ~7ull, 8))
		return XENGT_REFUSED_ADDRESS;
	return 0;
}

/*
 * Called for a flush in a user batch with a store to the GGTT: remove the store, but not
 * the flush.
 */
static int audit_drop_post_sync(struct audit_run *run, uint32_t *flags)
{
	*flags &= ~AUDIT_POST_SYNC;
	run->result->noops++;
	return 0;
}

static int audit_flush(struct audit_run *run,
		       const struct xengt_audit_cmd *row, uint32_t *dw)
{
	bool is_ggtt = dw[1] & AUDIT_FLUSH_GGTT;
	bool is_index = dw[0] & AUDIT_POST_SYNC_INDEX;
	uint32_t addr[2] = { dw[1] & ~7u, dw[2] };
	int r;

	if (dw[1] & row->mbz1)
		return XENGT_REFUSED_FORBIDDEN;
	if (!(dw[0] & AUDIT_POST_SYNC))
		return 0;
	if (run->is_user && is_ggtt)
		return audit_drop_post_sync(run, &dw[0]);
	r = audit_post_sync(run, addr, is_ggtt, &is_index);
	if (r || !is_ggtt)
		return r;
	dw[1] = addr[0] | AUDIT_FLUSH_GGTT;
	if (!is_index)
		dw[0] &= ~AUDIT_POST_SYNC_INDEX;
	return 0;
}

static int audit_pipe_control(struct audit_run *run,
			      const struct xengt_audit_cmd *row, uint32_t *dw)
{
	bool is_ggtt = dw[1] & AUDIT_PIPE_GGTT;
	bool is_index = dw[1] & AUDIT_POST_SYNC_INDEX;
	uint32_t op = dw[1] & AUDIT_POST_SYNC;
	int r;

	if (!(dw[1] & (row->mbz1 | AUDIT_PIPE_FLUSH_L3 | AUDIT_POST_SYNC |
		       AUDIT_PIPE_REGISTER)))
		return 0;
	if (dw[1] & row->mbz1 ||
	    (dw[1] & (AUDIT_PIPE_FLUSH_L3 | AUDIT_PIPE_STALL)) ==
	    AUDIT_PIPE_FLUSH_L3)
		return XENGT_REFUSED_FORBIDDEN;
	if (!(dw[1] & (AUDIT_POST_SYNC | AUDIT_PIPE_REGISTER)))
		return 0;
	if (dw[1] & AUDIT_PIPE_REGISTER) {
		/*
		 * The command writes a value to a register. Together with a register write
		 * no other post-sync operation is allowed (PRM, PIPE_CONTROL: LRI Post Sync
		 * Operation).
		 */
		if (op || dw[3] ||
		    !audit_write_ok(run, dw[2], &dw[4]))
			return XENGT_REFUSED_REGISTER;
		return 0;
	}
	if (run->is_user && is_ggtt)
		return audit_drop_post_sync(run, &dw[1]);
	r = audit_post_sync(run, &dw[2], is_ggtt, &is_index);
	if (!r && !is_index)
		dw[1] &= ~AUDIT_POST_SYNC_INDEX;
	return r;
}

/*
 * Only stores to the context's status page are allowed. Stores to the engine's status page
 * are refused: to change them to stores to the guest's status page, the command would need
 * one more dword.
 */
static int audit_store_index(const struct xengt_audit_cmd *row,
			     const uint32_t *dw, uint32_t len)
{
	if (dw[1] & row->mbz1)
		return XENGT_REFUSED_FORBIDDEN;
	if (!(dw[0] & AUDIT_INDEX_CONTEXT))
		return XENGT_REFUSED_FORBIDDEN;
	if (dw[1] > AUDIT_PAGE_MASK + 1 - 4 * (len - 2))
		return XENGT_REFUSED_ADDRESS;
	return 0;
}

/* ---- batches ---- */

/*
 * Write an END after a command that starts a batch without a return, because the hardware
 * may skip this command if a predicate of the guest is set.
 */
static int audit_put_end(struct audit_run *run, uint32_t *behind)
{
	if (behind == run->end)
		return XENGT_REFUSED_LIMIT;
	*behind = XENGT_MI_BATCH_END;
	run->added = 1;
	return AUDIT_OVER;
}

static int audit_start(struct audit_run *run, uint32_t *dw)
{
	const struct xengt_audit *audit = run->audit;
	uint64_t addr = audit_addr(dw + 1) & AUDIT_BATCH_ADDR, target = 0;
	/* a batch without privilege cannot start a batch with privilege */
	bool is_ppgtt = dw[0] & AUDIT_START_PPGTT || run->is_user;
	bool is_second = dw[0] & AUDIT_START_SECOND, to_ppgtt = true;
	int r;

	if (!is_ppgtt && !audit_is_inside(run, addr, 4))
		return XENGT_REFUSED_ADDRESS;
	r = audit->batch_start(audit->ctx, addr, is_ppgtt, is_second, &target,
			       &to_ppgtt);
	if (r)
		return r == -EBADMSG ? XENGT_REFUSED_BATCH : r;
	dw[0] &= ~AUDIT_START_PPGTT;
	if (to_ppgtt)
		dw[0] |= AUDIT_START_PPGTT;
	dw[1] = (uint32_t)target;
	dw[2] = (uint32_t)(target >> 32);
	if (audit->kind == XENGT_AUDIT_RING || is_second)
		return 0;
	return audit_put_end(run, dw + 3);
}

/*
 * A driver that knows that it drives a vGPU switches arbitration off before a user's batch
 * (Linux 6.1, gt/gen8_engine_cs.c: gen8_emit_bb_start_noarb), and the engine would then not
 * leave the batch. On platforms whose engines can leave batches, the audit changes
 * MI_ARB_ON_OFF before a batch in a ring so that it switches arbitration on. On platforms
 * whose engines must not leave batches, the audit changes MI_ARB_ON_OFF in a batch so that
 * it never switches arbitration on.
 */
static int audit_arbitration(const struct audit_run *run, uint32_t *dw)
{
	if (run->keeps_batches)
		dw[0] &= ~AUDIT_ARB_ENABLE;
	else if (run->opens_batches && dw + 1 != run->end &&
		 (dw[1] & AUDIT_MI_MASK) == XENGT_MI_START)
		dw[0] |= AUDIT_ARB_ENABLE;
	return 0;
}

/* ---- the walk along the stream ---- */

static int audit_check(struct audit_run *run,
		       const struct xengt_audit_cmd *row, uint32_t *dw,
		       uint32_t len)
{
	switch ((enum xengt_audit_check)row->check) {
	case XENGT_AUDIT_PLAIN:
		return 0;
	case XENGT_AUDIT_OPERANDS:
		return audit_operands(run, row, dw, len);
	case XENGT_AUDIT_LRI:
		return audit_load_imm(run, dw, len);
	case XENGT_AUDIT_MATH:
		return audit_math(dw, len);
	case XENGT_AUDIT_ATOMIC:
		return audit_atomic(run, row, dw, len);
	case XENGT_AUDIT_LOAD_MEM:
		return audit_load_mem(run, row, dw, len);
	case XENGT_AUDIT_SEMAPHORE:
		return audit_semaphore(run, row, dw, len);
	case XENGT_AUDIT_START:
		return audit_start(run, dw);
	case XENGT_AUDIT_ARBITRATION:
		return audit_arbitration(run, dw);
	case XENGT_AUDIT_END:
		return AUDIT_OVER;
	case XENGT_AUDIT_STORE_INDEX:
		return audit_store_index(row, dw, len);
	case XENGT_AUDIT_FLUSH:
		return audit_flush(run, row, dw);
	case XENGT_AUDIT_PIPE_CONTROL:
		return audit_pipe_control(run, row, dw);
	}
	return XENGT_REFUSED_FORBIDDEN;
}

/*
 * Fetch those dwords of the copy before 'to' that have not been fetched yet. 'to' is
 * at most run->end.
 */
static int audit_fetch(struct audit_run *run, const uint32_t *to)
{
	const struct xengt_audit *audit = run->audit;
	int r;

	while (run->fetched < to) {
		uint32_t at = (uint32_t)(run->fetched - run->copy);
		uint32_t left = XENGT_AUDIT_FETCH - at % XENGT_AUDIT_FETCH;

		if (left > (uint32_t)(run->end - run->fetched))
			left = (uint32_t)(run->end - run->fetched);
		r = audit->fetch(audit->ctx, at, left);
		if (r)
			return r;
		run->fetched += left;
	}
	return 0;
}

/* Fetch all 'len' dwords of the command. */
static int audit_reach(struct audit_run *run, const uint32_t *dw, uint32_t len)
{
	if (len > (uint32_t)(run->end - dw))
		return run->audit->kind == XENGT_AUDIT_RING ?
			XENGT_REFUSED_LENGTH : XENGT_REFUSED_LIMIT;
	return audit_fetch(run, dw + len);
}

static inline int audit_extent(struct audit_run *run,
			       const struct xengt_audit_cmd *row,
			       const uint32_t *dw, uint32_t *ret_len)
{
	uint32_t len = xengt_audit_len(row, dw[0]);

	if (!xengt_audit_len_ok(row, len))
		return XENGT_REFUSED_LENGTH;
	*ret_len = len;
	/* compare numbers, because a pointer past the end of the copy would be undefined */
	return (uintptr_t)dw + 4ul * len > (uintptr_t)run->fetched ?
		audit_reach(run, dw, len) : 0;
}

/*
 * Refuse a command. In a user batch, replace the command by MI_NOOPs if the reason is
 * FORBIDDEN, ADDRESS or REGISTER.
 */
static int audit_refuse(struct audit_run *run, int refusal, uint32_t *dw,
			uint32_t len)
{
	if (!run->is_user || (refusal != XENGT_REFUSED_FORBIDDEN &&
			      refusal != XENGT_REFUSED_ADDRESS &&
			      refusal != XENGT_REFUSED_REGISTER))
		return refusal;
	memset(dw, 0, 4ul * len);
	run->result->noops++;
	return 0;
}

static inline bool audit_is_allowed(const struct audit_run *run,
				    const struct xengt_audit_cmd *row,
				    uint32_t dw0)
{
	return (row->where & run->where) == run->where && !(dw0 & row->mbz);
}

/* The row that allows the command, among the rows after 'row' in its list, or NULL. */
static const struct xengt_audit_cmd *
audit_other_row(const struct audit_run *run, const struct xengt_audit_cmd *row,
		uint32_t dw0)
{
	do {
		row = row->other;
	} while (row && !audit_is_allowed(run, row, dw0));
	return row;
}

/* The row that allows this command in this stream, or NULL. */
static inline const struct xengt_audit_cmd *
audit_row(const struct audit_run *run, uint32_t dw0)
{
	const struct xengt_audit_cmd *row =
		xengt_audit_place(run->groups, dw0);

	if (!row || audit_is_allowed(run, row, dw0))
		return row;
	return audit_other_row(run, row, dw0);
}

static int audit_not_allowed(struct audit_run *run, uint32_t *dw,
			     uint32_t *ret_len)
{
	const struct xengt_audit_cmd *row = xengt_audit_find(run->where, dw[0]);
	int r;

	if (!row)
		return XENGT_REFUSED_UNKNOWN;
	if (!run->is_user)
		return XENGT_REFUSED_FORBIDDEN;
	r = audit_extent(run, row, dw, ret_len);
	return r ? r : audit_refuse(run, XENGT_REFUSED_FORBIDDEN, dw, *ret_len);
}

/* Check a command, whose first dword has been fetched. */
static inline int audit_command(struct audit_run *run, uint32_t *dw,
				uint32_t *ret_len)
{
	const struct xengt_audit_cmd *row = audit_row(run, dw[0]);
	int r;

	if (!row)
		return audit_not_allowed(run, dw, ret_len);
	r = audit_extent(run, row, dw, ret_len);
	if (r || !row->check)
		return r;
	r = audit_check(run, row, dw, *ret_len);
	return r ? audit_refuse(run, r, dw, *ret_len) : 0;
}

static int audit_stream(struct audit_run *run, uint32_t first)
{
	struct xengt_audit_result *result = run->result;
	uint32_t *dw = run->copy + first, commands = 0, len = 0;
	int r = 0;

	for (;; dw += len) {
		if (dw == run->fetched) {
			if (dw == run->end)
				break;
			r = audit_fetch(run, dw + 1);
			if (r)
				break;
		}
		commands++;
		len = 1;
		if (!*dw)			/* the dword is an MI_NOOP;
						 * streams often have many of
						 * these */
			continue;
		r = audit_command(run, dw, &len);
		if (r)
			break;
	}
	result->commands = commands;
	result->at = (uint32_t)(dw - run->copy);
	result->used = result->at - first;
	if (r == AUDIT_OVER) {
		result->used += len + run->added;
		return 0;
	}
	if (!r && run->audit->kind != XENGT_AUDIT_RING &&
	    run->audit->kind != XENGT_AUDIT_INDIRECT_CTX)
		r = XENGT_REFUSED_LIMIT;
	if (r && dw < run->fetched)
		result->cmd = *dw;
	return r;
}

static uint32_t audit_where(const struct xengt_audit *audit,
			    enum xengt_audit_kind kind)
{
	return xengt_audit_hardware(audit) | xengt_audit_kind_bit(kind);
}

int xengt_audit_run(const struct xengt_audit *audit, uint32_t *copy,
		    uint32_t first, uint32_t count,
		    struct xengt_audit_result *ret_result)
{
	struct audit_run run = {
		.audit = audit,
		.groups = xengt_audit_pipes(xengt_audit_hardware(audit)),
		.result = ret_result,
		.copy = copy,
		.end = copy + first + count,
		.fetched = copy + first + (audit->fetch ? 0 : count),
		.where = audit_where(audit, audit->kind),
		.base = xengt_audit_base(audit),
		.is_user = audit->kind == XENGT_AUDIT_USER_BATCH,
		.keeps_batches = audit->kind == XENGT_AUDIT_BATCH &&
				 !audit->platform->leaves_batches,
		.opens_batches = audit->kind == XENGT_AUDIT_RING &&
				 audit->platform->leaves_batches,
	};
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	r = audit_stream(&run, first);
	if (r > 0) {
		ret_result->refusal = (enum xengt_refusal)r;
		return -EBADMSG;
	}
	return r;
}
