// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the tables of the audit: src/boundary/audit_table.c, audit_regs.c
 *
 * Tests every row by what the row says: for each row one example that passes, and one
 * refused example for each operand, kind of stream and engine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit_rig.h"

/* ---- every row ---- */

#define LONGEST	1200u

/*
 * Makes the shortest command that the row allows: no optional bit is set, a register
 * operand is a general purpose register, and all other operands are 0. Returns its
 * length.
 */
static uint32_t shortest(const struct xengt_audit_cmd *row, uint32_t opcode,
			 const struct xengt_audit *audit, uint32_t *dw)
{
	memset(dw, 0, LONGEST * sizeof(*dw));
	dw[0] = opcode;
	if (row->len_mask)
		dw[0] |= row->len_min - row->len_bias;
	if (row->reg_read)
		dw[row->reg_read] = GPR(bases[audit->engine]);
	if (row->reg_write)
		dw[row->reg_write] = GPR(bases[audit->engine]);
	if (row->check == XENGT_AUDIT_LRI)
		dw[1] = GPR(bases[audit->engine]);
	if (row->check == XENGT_AUDIT_STORE_INDEX)
		dw[0] |= 1u << 21;
	if (row->check == XENGT_AUDIT_START)
		dw[0] |= 1u << 8;
	return row->len_min;
}

static bool needs_end(enum xengt_audit_kind kind)
{
	return kind == XENGT_AUDIT_BATCH || kind == XENGT_AUDIT_USER_BATCH ||
		kind == XENGT_AUDIT_PER_CTX;
}

/*
 * Run the audit on a stream of this command. If the kind of stream needs an END, add it.
 */
static enum xengt_refusal run_cmd(const struct xengt_audit *audit, uint32_t *dw,
				  uint32_t n)
{
	if (needs_end(audit->kind))
		dw[n++] = END;
	return run(audit, dw, n);
}

static void check_mem(const struct xengt_audit *audit,
		      const struct xengt_audit_cmd *row, uint32_t opcode,
		      const struct xengt_audit_mem *mem)
{
	uint32_t bytes = mem->bytes ? mem->bytes : 8;
	const struct {
		uint64_t addr;
		bool is_inside;
	} at[] = {
		{ LOW, true }, { LOW_END - bytes, true },
		{ HIGH, true }, { HIGH_END - bytes, true },
		{ 0, false }, { LOW - bytes, false }, { LOW_END, false },
		{ HIGH - bytes, false }, { HIGH_END, false },
		{ 0x100000000ull + LOW, false },
		{ 0xffff800000000000ull + LOW, false },
		{ 0x1000000000000ull + LOW, false }, { ~3ull, false },
	};
	static uint32_t dw[LONGEST];

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint32_t n = shortest(row, opcode, audit, dw);
		bool is_user = audit->kind == XENGT_AUDIT_USER_BATCH;
		enum xengt_refusal r;

		/* in the context's space any address is allowed */
		dw[mem->at] = (uint32_t)at[i].addr;
		dw[mem->at + 1] = (uint32_t)(at[i].addr >> 32);
		assert_int_equal(run_cmd(audit, dw, n), XENGT_REFUSED_NOT);
		assert_int_equal(result.noops, 0);
		dw[0] |= 1u << mem->bit;
		r = run_cmd(audit, dw, n);
		if (is_user) {
			assert_int_equal(r, XENGT_REFUSED_NOT);
			assert_int_equal(result.noops, 1);
			assert_int_equal(dw[0] | dw[mem->at], 0);
		} else {
			assert_int_equal(r, at[i].is_inside ?
					 XENGT_REFUSED_NOT :
					 XENGT_REFUSED_ADDRESS);
		}
	}
}

/*
 * Sets bit 0 or bit 1 of an address. The audit refuses the command, unless the command
 * is in a user batch. (In MI_STORE_DATA_IMM bit 0 would even change the address of the
 * store.)
 */
static void check_mem_bits(const struct xengt_audit *audit,
			   const struct xengt_audit_cmd *row, uint32_t opcode,
			   const struct xengt_audit_mem *mem)
{
	static uint32_t dw[LONGEST];

	for (uint32_t bits = 1; bits < 4; bits++)
		for (uint32_t space = 0; space < 2; space++) {
			uint32_t n = shortest(row, opcode, audit, dw);

			dw[mem->at] = LOW | bits;
			dw[0] |= space << mem->bit;
			assert_int_equal(run_cmd(audit, dw, n),
					 audit->kind == XENGT_AUDIT_USER_BATCH ?
					 XENGT_REFUSED_NOT :
					 XENGT_REFUSED_ADDRESS);
		}
}

static void check_reg(const struct xengt_audit *audit,
		      const struct xengt_audit_cmd *row, uint32_t opcode,
		      uint32_t at)
{
	/*
	 * offsets of registers that a guest may not access (MODE, MOCS, 0, PDP0), and
	 * offsets that are no registers: unaligned, beyond the registers (twice)
	 */
	const uint32_t bad[] = {
		bases[audit->engine] + 0x29c, 0xc800, 0, 1,
		GPR(bases[audit->engine]) | 0x00800000,
		GPR(bases[audit->engine]) | 0x80000000,
		bases[audit->engine] + 0x270,
	};
	static uint32_t dw[LONGEST];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint32_t n = shortest(row, opcode, audit, dw);

		dw[at] = bad[i];
		if (audit->kind == XENGT_AUDIT_USER_BATCH) {
			assert_int_equal(run_cmd(audit, dw, n), 0);
			assert_int_equal(result.noops, 1);
			assert_int_equal(dw[at],
					 row->check == XENGT_AUDIT_LRI ?
					 bases[audit->engine] + 0x94 : 0);
		} else {
			assert_int_equal(run_cmd(audit, dw, n),
					 XENGT_REFUSED_REGISTER);
		}
	}
}

static void check_lengths(const struct xengt_audit *audit,
			  const struct xengt_audit_cmd *row, uint32_t opcode)
{
	static uint32_t dw[LONGEST];
	uint32_t n = shortest(row, opcode, audit, dw);

	if (!row->len_mask)
		return;
	if (row->len_min > row->len_bias) {
		dw[0]--;
		assert_int_equal(run_cmd(audit, dw, n), XENGT_REFUSED_LENGTH);
	}
	n = shortest(row, opcode, audit, dw);
	if (row->len_max < row->len_mask + row->len_bias) {
		dw[0] = opcode | (row->len_max + 1u - row->len_bias);
		assert_int_equal(run_cmd(audit, dw, row->len_max + 1u),
				 XENGT_REFUSED_LENGTH);
	}
	/* refused: a command that is longer than the rest of the stream */
	if (row->len_min > 1) {
		n = shortest(row, opcode, audit, dw);
		assert_int_equal(run(audit, dw, n - 1),
				 audit->kind == XENGT_AUDIT_RING ?
				 XENGT_REFUSED_LENGTH : XENGT_REFUSED_LIMIT);
	}
}

/* Set each of these bits of dword 'at', one at a time; the audit must refuse each. */
static void check_reserved(const struct xengt_audit *audit,
			   const struct xengt_audit_cmd *row, uint32_t opcode,
			   uint32_t at, uint32_t bits)
{
	static uint32_t dw[LONGEST];

	for (uint32_t bit = 0; bit < 32; bit++) {
		uint32_t n = shortest(row, opcode, audit, dw);

		if (!(bits >> bit & 1))
			continue;
		dw[at] |= 1u << bit;
		assert_int_equal(run_cmd(audit, dw, n),
				 audit->kind == XENGT_AUDIT_USER_BATCH ?
				 XENGT_REFUSED_NOT : XENGT_REFUSED_FORBIDDEN);
	}
}

static void check_allowed(const struct xengt_audit *audit,
			  const struct xengt_audit_cmd *row, uint32_t opcode)
{
	static uint32_t dw[LONGEST];
	uint32_t n = shortest(row, opcode, audit, dw);

	start.ret_ppgtt = true;
	assert_int_equal(run_cmd(audit, dw, n), XENGT_REFUSED_NOT);
	assert_int_equal(result.noops, 0);
	check_reserved(audit, row, opcode, 0, row->mbz);
	check_reserved(audit, row, opcode, 1, row->mbz1);
	for (uint32_t i = 0; i < XENGT_AUDIT_MEMS && row->mem[i].at; i++) {
		check_mem(audit, row, opcode, &row->mem[i]);
		check_mem_bits(audit, row, opcode, &row->mem[i]);
	}
	if (row->reg_read)
		check_reg(audit, row, opcode, row->reg_read);
	if (row->reg_write)
		check_reg(audit, row, opcode, row->reg_write);
	if (row->check == XENGT_AUDIT_LRI)
		check_reg(audit, row, opcode, 1);
	check_lengths(audit, row, opcode);
}

static void check_refused(const struct xengt_audit *audit,
			  const struct xengt_audit_cmd *row, uint32_t opcode)
{
	static uint32_t dw[LONGEST];
	uint32_t n = shortest(row, opcode, audit, dw);
	enum xengt_refusal r = run_cmd(audit, dw, n);

	if (audit->kind != XENGT_AUDIT_USER_BATCH) {
		assert_int_equal(r, XENGT_REFUSED_FORBIDDEN);
		assert_int_equal(result.cmd, dw[0]);
		assert_int_equal(result.at, 0);
		return;
	}
	assert_int_equal(r, XENGT_REFUSED_NOT);
	assert_int_equal(result.noops, 1);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(dw[i], 0);
}

/*
 * Checks engines and generations that this row does not name: another row applies there,
 * or no row.
 */
static void check_elsewhere(const struct xengt_audit *audit,
			    const struct xengt_audit_cmd *row, uint32_t *dw)
{
	const struct xengt_audit_cmd *here =
		xengt_audit_find(xengt_audit_hardware(audit), dw[0]);

	assert_ptr_not_equal(here, row);
	if (!here)
		assert_int_equal(run(audit, dw, 2), XENGT_REFUSED_UNKNOWN);
}

static void row_does_what_it_says(const struct xengt_audit_cmd *row,
				  uint32_t opcode)
{
	for (int p = XENGT_PLATFORM_BDW; p <= XENGT_PLATFORM_SKL; p++)
		for (int e = 0; e < XENGT_ENGINES; e++)
			for (int k = 0; k < XENGT_AUDIT_IMAGE; k++) {
				struct xengt_audit audit = make(p, e, k);
				uint32_t dw[2] = { opcode };

				if (xengt_audit_hardware(&audit) & ~row->where)
					check_elsewhere(&audit, row, dw);
				else if (row->where & xengt_audit_kind_bit(k))
					check_allowed(&audit, row, opcode);
				else
					check_refused(&audit, row, opcode);
			}
}

static void every_command(void **state)
{
	const struct xengt_audit_cmd *row;
	struct xengt_audit_walk walk = { 0 };
	uint32_t rows = 0;

	(void)state;
	while ((row = xengt_audit_next(&walk))) {
		if (walk.opcode)	/* MI_NOOP needs no test of its own, because every
					 * stream below has it */
			row_does_what_it_says(row, walk.opcode);
		rows++;
	}
	assert_true(rows > 290);
}

static void tables_are_sound(void **state)
{
	(void)state;
	assert_null(xengt_audit_check());
}

static void unknown_commands(void **state)
{
	static const uint32_t unknown[] = {
		0x08000000, 0x08800000, 0x0a800000 /* opcode 0x15 */, 0x1f800000,
		0x20000000, 0x80000000, 0xe0000000, 0x40000000, 0x5fc00000,
		0x60000000, 0x78000000, 0x78220000, 0x79ff0000, 0x7f000000,
		0x7aff0000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		for (int k = 0; k < XENGT_AUDIT_IMAGE; k++) {
			struct xengt_audit audit = make(XENGT_PLATFORM_SKL,
							XENGT_ENGINE_RCS, k);
			uint32_t dw[3] = { 0, unknown[i], END };

			assert_int_equal(run(&audit, dw, 3),
					 XENGT_REFUSED_UNKNOWN);
			assert_int_equal(result.at, 1);
			assert_int_equal(result.cmd, unknown[i]);
		}
}

/* May a command of this kind of stream write the register (is_write), or read it (otherwise)? */
static bool is_allowed(const struct xengt_audit *audit, uint32_t off,
		       bool is_write)
{
	const struct xengt_audit_reg_row *row =
		xengt_audit_find_reg(xengt_audit_hardware(audit),
				     xengt_audit_base(audit), off);

	return row && (is_write ? row->writes : row->reads) &
		xengt_audit_kind_bit(audit->kind);
}

static void every_register(void **state)
{
	const struct xengt_audit_reg_row *row;
	bool is_engine;

	(void)state;
	for (uint32_t i = 0; (row = xengt_audit_reg_at(i, &is_engine)); i++)
		for (int e = 0; e < XENGT_ENGINES; e++)
			for (int k = 0; k <= XENGT_AUDIT_IMAGE; k++) {
				struct xengt_audit audit =
					make(XENGT_PLATFORM_SKL, e, k);
				uint32_t off = is_engine ? bases[e] : 0;
				bool is_here = !(xengt_audit_hardware(&audit) &
						 ~row->where);
				uint32_t kind = xengt_audit_kind_bit(k);

				/*
				 * the engine's timestamp has its own row, which has
				 * precedence over the row for the whole GPU
				 */
				if (!is_engine &&
				    row->first - bases[e] < 0x1000)
					continue;
				for (uint32_t reg = off + row->first;
				     reg <= off + row->last; reg += 4) {
					assert_int_equal(
						is_allowed(&audit, reg, true),
						is_here && row->writes & kind);
					assert_int_equal(
						is_allowed(&audit, reg, false),
						is_here && row->reads & kind);
					assert_false(is_allowed(&audit, reg + 1,
								false));
				}
			}
}

static void check_load(const struct xengt_audit *audit, uint32_t reg, uint32_t val, bool is_ok)
{
	uint32_t dw[4] = { XENGT_MI_LRI_OF(1), reg, val };
	enum xengt_refusal r = run_cmd(audit, dw, 3);

	if (audit->kind == XENGT_AUDIT_USER_BATCH) {
		assert_int_equal(r, XENGT_REFUSED_NOT);
		assert_int_equal(result.noops, !is_ok);
		assert_int_equal(dw[1] == reg && dw[2] == val, is_ok);
	} else {
		assert_int_equal(r, is_ok ? XENGT_REFUSED_NOT : XENGT_REFUSED_REGISTER);
	}
}

/*
 * A stream may load a register if the row names this kind of stream, and the load sets no denied
 * bit. A load of a masked register sets only bits whose mask bits are set, too.
 */
static void check_loads(const struct xengt_audit *audit, const struct xengt_audit_reg_row *row,
			uint32_t reg)
{
	bool is_ok = !(xengt_audit_hardware(audit) & ~row->where) &&
		     row->writes & xengt_audit_kind_bit(audit->kind);

	check_load(audit, reg, 0, is_ok);
	for (uint32_t bit = 1; bit; bit <<= 1) {
		bool is_denied = row->deny & bit;

		if (!row->is_masked) {
			check_load(audit, reg, bit, is_ok && !is_denied);
		} else if (bit < 0x10000) {
			check_load(audit, reg, bit, is_ok);
			check_load(audit, reg, bit << 16, is_ok);
			check_load(audit, reg, bit << 16 | bit, is_ok && !is_denied);
		}
	}
}

/* MI_STORE_REGISTER_MEM to the context's own space. Returns the number of commands that ran. */
static uint32_t check_store(const struct xengt_audit *audit, uint32_t reg, bool is_ok)
{
	uint32_t nopid[5] = { 0x12000002, bases[audit->engine] + XENGT_AUDIT_NOPID, 0x1000, 0 };
	uint32_t dw[5] = { 0x12000002, reg, 0x1000, 0 };
	enum xengt_refusal r;

	/* not each kind of stream may have this command */
	if (run_cmd(audit, nopid, 4) || result.noops)
		return 0;
	r = run_cmd(audit, dw, 4);
	if (audit->kind == XENGT_AUDIT_USER_BATCH)
		assert_int_equal(result.noops, !is_ok);
	else
		assert_int_equal(r, is_ok ? XENGT_REFUSED_NOT : XENGT_REFUSED_REGISTER);
	return 1;
}

static void every_access_of_a_register(void **state)
{
	uint32_t stores = 0;

	const struct xengt_audit_reg_row *row;
	bool is_engine;

	(void)state;
	for (uint32_t i = 0; (row = xengt_audit_reg_at(i, &is_engine)); i++)
		for (uint32_t n = 0; n < XENGT_ENGINES * XENGT_AUDIT_IMAGE; n++) {
			uint32_t e = n % XENGT_ENGINES, off = is_engine ? bases[e] : 0;
			struct xengt_audit audit = make(XENGT_PLATFORM_SKL, e,
							n / XENGT_ENGINES);

			/* (as in every_register()) */
			if (!is_engine && row->first - bases[e] < 0x1000)
				continue;
			check_loads(&audit, row, off + row->first);
			check_loads(&audit, row, off + row->last);
			stores += check_store(&audit, off + row->last,
					      !(xengt_audit_hardware(&audit) & ~row->where) &&
					      row->reads & xengt_audit_kind_bit(audit.kind));
		}
	assert_true(stores > 500);
}

/* A load has pairs of dwords: without the last value, what follows would be the value. */
static void a_load_has_pairs(void **state)
{
	(void)state;
	for (int k = 0; k < XENGT_AUDIT_IMAGE; k++)
		for (uint32_t len = 2; len < 40; len++) {
			struct xengt_audit audit = make(XENGT_PLATFORM_SKL, XENGT_ENGINE_BCS, k);
			uint32_t dw[64] = { XENGT_MI_LRI_OF(1) - 1 + (len - 2) };

			for (uint32_t i = 1; i < len; i += 2)
				dw[i] = bases[XENGT_ENGINE_BCS] + XENGT_AUDIT_NOPID;
			assert_int_equal(run_cmd(&audit, dw, len), len % 2 ? XENGT_REFUSED_NOT :
					 XENGT_REFUSED_LENGTH);
		}
}

/* The command after the end of the stream does not belong to it, whatever it is. */
static void the_last_command_has_no_next(void **state)
{
	struct xengt_audit audit = make(XENGT_PLATFORM_SKL, XENGT_ENGINE_RCS, XENGT_AUDIT_RING);
	uint32_t dw[4] = { XENGT_MI_ARB_OFF, XENGT_MI_START | 1, 0, 0 };

	(void)state;
	assert_int_equal(xengt_audit_run(&audit, dw, 0, 1, &result), 0);
	assert_int_equal(dw[0], XENGT_MI_ARB_OFF);
	/* a batch switches arbitration on, even if it is the last command */
	dw[1] |= 1u << 8;
	assert_int_equal(xengt_audit_run(&audit, dw, 0, 4, &result), 0);
	assert_int_equal(dw[0], XENGT_MI_ARB_ON);
}

/* ---- writes after a flush ---- */

#define OP_SHIFT	14
#define BY_INDEX	(1u << 21)
#define FLUSH_GGTT	(1u << 2)
#define PIPE_GGTT	(1u << 24)
#define PIPE_REGISTER	(1u << 23)
#define PIPE_FLUSH_L3	(1u << 27)
#define PIPE_STALL	(1u << 20)

/* A command that writes after a flush, and what the audit must make of it. */
struct flush {
	uint32_t op;			/* the post-sync operation; 0: no write */
	bool is_ggtt, is_index;
	uint64_t addr;
	uint32_t hws_pga;
	/* the result */
	enum xengt_refusal refusal;
	bool is_moved;			/* the write by index goes to the guest's status page */
};

static const uint64_t flush_addrs[] = {
	LOW, LOW_END - 8, LOW_END, 0x1000, 0xff8, 0x10, HIGH_END, 0x100000000ull + LOW,
	0x100000010ull,
};

static void judge_flush(struct flush *f)
{
	bool is_inside = (f->addr >= LOW && f->addr < LOW_END) ||
			 (f->addr >= HIGH && f->addr < HIGH_END);

	f->refusal = XENGT_REFUSED_NOT;
	f->is_moved = false;
	if (!f->op)
		return;
	if (f->is_index && f->addr > 0xfff)
		f->refusal = XENGT_REFUSED_ADDRESS;
	else if (f->is_index && f->is_ggtt && !f->hws_pga)
		f->refusal = XENGT_REFUSED_ADDRESS;
	else if (f->is_index)
		f->is_moved = f->is_ggtt;
	else if (f->is_ggtt && !is_inside)
		f->refusal = XENGT_REFUSED_ADDRESS;
}

/* Calls check() for each write after a flush that differs in one of the members. */
static void each_flush(struct xengt_audit *audit,
		       void (*check)(const struct xengt_audit *audit, const struct flush *f))
{
	for (uint32_t n = 0; n < 32; n++)
		for (size_t i = 0; i < sizeof(flush_addrs) / sizeof(flush_addrs[0]); i++) {
			struct flush f = {
				.op = n & 3, .is_ggtt = n & 4, .is_index = n & 8,
				.addr = flush_addrs[i], .hws_pga = n & 16 ? HWS : 0,
			};

			judge_flush(&f);
			audit->hws_pga = f.hws_pga;
			check(audit, &f);
		}
}

static void check_flush_dw(const struct xengt_audit *audit, const struct flush *f)
{
	const uint32_t dw0 = 0x13000002 | f->op << OP_SHIFT | (f->is_index ? BY_INDEX : 0);
	uint32_t dw[5] = { dw0, (uint32_t)f->addr | (f->is_ggtt ? FLUSH_GGTT : 0),
			   (uint32_t)(f->addr >> 32), 0x77 };
	uint32_t low = dw[1];

	assert_int_equal(run_cmd(audit, dw, 4), f->refusal);
	if (f->refusal)
		return;
	assert_int_equal(dw[0], f->is_moved ? dw0 & ~BY_INDEX : dw0);
	assert_int_equal(dw[1], f->is_moved ? f->hws_pga + low : low);
	assert_int_equal(dw[2], (uint32_t)(f->addr >> 32));
	assert_int_equal(dw[3], 0x77);
}

static void each_write_after_a_flush(void **state)
{
	static const enum xengt_audit_kind kinds[] = { XENGT_AUDIT_RING, XENGT_AUDIT_BATCH };

	(void)state;
	for (uint32_t i = 0; i < 2 * XENGT_ENGINES; i++) {
		struct xengt_audit audit = make(XENGT_PLATFORM_SKL, i / 2, kinds[i % 2]);

		if (i / 2 != XENGT_ENGINE_RCS)
			each_flush(&audit, check_flush_dw);
	}
}

/* In a user batch a write to the GGTT is left out, but not the flush. */
static void check_user_flush(const struct xengt_audit *audit, const struct flush *f)
{
	uint32_t dw[5] = { 0x13000002 | f->op << OP_SHIFT | (f->is_index ? BY_INDEX : 0),
			   (uint32_t)f->addr | (f->is_ggtt ? FLUSH_GGTT : 0),
			   (uint32_t)(f->addr >> 32), 0x77 };
	uint32_t dw0 = dw[0], low = dw[1];
	bool is_dropped = f->op && f->is_ggtt, is_refused = f->refusal && !is_dropped;

	assert_int_equal(run_cmd(audit, dw, 4), XENGT_REFUSED_NOT);
	assert_int_equal(result.noops, is_dropped || is_refused);
	assert_int_equal(dw[0], is_refused ? 0 : is_dropped ? dw0 & ~(3u << OP_SHIFT) : dw0);
	assert_int_equal(dw[1], is_refused ? 0 : low);
}

static void each_write_after_a_flush_of_a_user(void **state)
{
	struct xengt_audit audit = make(XENGT_PLATFORM_SKL, XENGT_ENGINE_BCS,
					XENGT_AUDIT_USER_BATCH);

	(void)state;
	each_flush(&audit, check_user_flush);
}

static void check_pipe(const struct xengt_audit *audit, const struct flush *f, uint32_t more)
{
	const uint32_t flags = f->op << OP_SHIFT | (f->is_index ? BY_INDEX : 0) |
			       (f->is_ggtt ? PIPE_GGTT : 0) | more;
	uint32_t dw[7] = { 0x7a000004, flags, (uint32_t)f->addr, (uint32_t)(f->addr >> 32),
			   0x77, 0x88 };
	bool is_bad = (more & (PIPE_FLUSH_L3 | PIPE_STALL)) == PIPE_FLUSH_L3;

	assert_int_equal(run_cmd(audit, dw, 6), is_bad ? XENGT_REFUSED_FORBIDDEN : f->refusal);
	if (is_bad || f->refusal)
		return;
	assert_int_equal(dw[1], f->is_moved ? flags & ~BY_INDEX : flags);
	assert_int_equal(dw[2], f->is_moved ? f->hws_pga + (f->addr & 0xff8) : (uint32_t)f->addr);
	assert_int_equal(dw[3], (uint32_t)(f->addr >> 32));
}

static void check_pipes(const struct xengt_audit *audit, const struct flush *f)
{
	check_pipe(audit, f, 0);
	check_pipe(audit, f, PIPE_STALL);
	check_pipe(audit, f, PIPE_FLUSH_L3);
	check_pipe(audit, f, PIPE_FLUSH_L3 | PIPE_STALL);
}

/* The write of a register excludes the other operations, and uses no address. */
static void check_pipe_register(const struct xengt_audit *audit, uint32_t flags, uint32_t reg,
				uint32_t high, bool is_ok)
{
	uint32_t dw[7] = { 0x7a000004, flags | PIPE_REGISTER, reg, high, 0x77, 0 };

	assert_int_equal(run_cmd(audit, dw, 6), is_ok ? XENGT_REFUSED_NOT :
							XENGT_REFUSED_REGISTER);
	assert_int_equal(dw[1], flags | PIPE_REGISTER);
	assert_int_equal(dw[2], reg);
}

static void each_write_of_a_pipe_control(void **state)
{
	const uint32_t gpr = GPR(bases[XENGT_ENGINE_RCS]);
	struct xengt_audit audit = make(XENGT_PLATFORM_SKL, XENGT_ENGINE_RCS, XENGT_AUDIT_RING);

	(void)state;
	each_flush(&audit, check_pipes);
	for (uint32_t ggtt = 0; ggtt < 2; ggtt++) {
		uint32_t flags = ggtt ? PIPE_GGTT : 0;

		check_pipe_register(&audit, flags, gpr, 0, true);
		check_pipe_register(&audit, flags, gpr, 1, false);
		check_pipe_register(&audit, flags, 0x2230, 0, false);
		for (uint32_t op = 1; op < 4; op++)
			check_pipe_register(&audit, flags | op << OP_SHIFT, gpr, 0, false);
	}
}

static void registers_of_the_host(void **state)
{
	/*
	 * offsets from the engine's base; then offsets of the GPU's registers
	 */
	static const uint32_t ring[] = {
		0x30, 0x34, 0x38, 0x3c, 0x40, 0x44, 0x48, 0x80, 0x98, 0xd0, 0x110, 0x114, 0x118, 0x11c,
		0x140, 0x150, 0x154, 0x158, 0x168, 0x180, 0x1c0, 0x1c4, 0x1c8, 0x230,
		0x244, 0x24c, 0x270, 0x274, 0x278, 0x27c, 0x280, 0x284, 0x288, 0x28c,
		0x29c, 0x3a0, 0x4d0, 0x4d4, 0x4fc,
	};
	static const uint32_t gpu[] = {
		0x4260, 0x4080, 0x4090, 0x941c, 0xa188, 0xb008, 0xb020, 0xb11c,
		0xc800, 0xc900, 0xcbfc, 0xcc00, 0x44200, 0x45400, 0x70180,
		0x78800, 0x100000, 0x101008, 0x138124, 0x2b28, 0x2360,
		/* display events, forcewake, OA, protected content */
		0x44050, 0xa270, 0xa278, 0x2b00, 0x320f0,
	};

	(void)state;
	for (int p = XENGT_PLATFORM_BDW; p <= XENGT_PLATFORM_SKL; p++)
		for (int e = 0; e < XENGT_ENGINES; e++)
			for (int k = 0; k <= XENGT_AUDIT_IMAGE; k++) {
				struct xengt_audit a = make(p, e, k);

				for (size_t i = 0;
				     i < sizeof(ring) / sizeof(ring[0]); i++)
					assert_false(is_allowed(
						&a, bases[e] + ring[i], true));
				for (size_t i = 0;
				     i < sizeof(gpu) / sizeof(gpu[0]); i++)
					assert_false(is_allowed(&a, gpu[i],
								true));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(every_command),
		cmocka_unit_test(unknown_commands),
		cmocka_unit_test(every_register),
		cmocka_unit_test(every_access_of_a_register),
		cmocka_unit_test(a_load_has_pairs),
		cmocka_unit_test(the_last_command_has_no_next),
		cmocka_unit_test(each_write_after_a_flush),
		cmocka_unit_test(each_write_after_a_flush_of_a_user),
		cmocka_unit_test(each_write_of_a_pipe_control),
		cmocka_unit_test(registers_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
