// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emits the groups of commands that store, copy, access registers, compute, or do atomic
 * operations.
 */
#include "drmtest.h"

#include <string.h>

#define MI(op, len)		((uint32_t)(op) << 23 | ((len) - 2))
#define MI_STORE_DATA_IMM	MI(0x20, 4)
#define MI_STORE_DATA_IMM_QWORD	(MI(0x20, 5) | 1u << 21)
#define MI_LOAD_REGISTER_IMM(n)	MI(0x22, 1 + 2 * (n))
#define MI_STORE_REGISTER_MEM	MI(0x24, 4)
#define MI_LOAD_REGISTER_MEM	MI(0x29, 4)
#define MI_LOAD_REGISTER_REG	MI(0x2a, 3)
#define MI_MATH(n)		MI(0x1a, 1 + (n))
#define MI_COPY_MEM_MEM		MI(0x2e, 5)
#define MI_ATOMIC(len)		MI(0x2f, len)
#define ATOMIC_QWORD		(1u << 19 | 0x20u << 8)
#define ATOMIC_OCTWORD		(2u << 19)
#define ATOMIC_INLINE		(1u << 18)
#define ATOMIC_STALL		(1u << 17)
#define ATOMIC_RETURN		(1u << 16)

static uint32_t random32(struct batch *b)
{
	/*
	 * return small and repeated numbers, so that comparisons often find equal values
	 */
	return rng_below(b->rng, 4) ? (uint32_t)rng_next(b->rng) :
		rng_below(b->rng, 4);
}

static unsigned int random_half(struct batch *b)
{
	return rng_below(b->rng, 2 * GPRS);
}

void op_store(struct batch *b)
{
	uint32_t off = mi_place(b, 4), val = random32(b);

	emit(b, MI_STORE_DATA_IMM);
	emit_addr(b, AT_DATA, off);
	emit(b, val);
	model_put32(b, off, val);
}

void op_store_qword(struct batch *b)
{
	uint32_t off = mi_place(b, 8);
	uint64_t val = rng_next(b->rng);

	emit(b, MI_STORE_DATA_IMM_QWORD);
	emit_addr(b, AT_DATA, off);
	emit(b, (uint32_t)val);
	emit(b, (uint32_t)(val >> 32));
	model_put(b, off, &val, 8);
}

/*
 * Sources are anywhere in the object, so the command also reads values that the
 * blitter wrote.
 */
void op_copy(struct batch *b)
{
	uint32_t to = mi_place(b, 4), from;

	do {
		from = rng_below(b->rng, DATA_BYTES / 4) * 4;
	} while (from >= STAMPS_OFF && from < MI_BYTES);
	emit(b, MI_COPY_MEM_MEM);
	emit_addr(b, AT_DATA, to);
	emit_addr(b, AT_DATA, from);
	model_put32(b, to, model_get32(b, from));
}

void op_load_imm(struct batch *b)
{
	unsigned int n = 1 + rng_below(b->rng, 4);

	emit(b, MI_LOAD_REGISTER_IMM(n));
	while (n--) {
		unsigned int half = random_half(b);
		uint32_t val = random32(b);

		emit(b, gpr_reg(b, half));
		emit(b, val);
		set_gpr_half(b, half, val);
	}
}

void init_gprs(struct batch *b)
{
	emit(b, MI_LOAD_REGISTER_IMM(2 * GPRS));
	for (unsigned int half = 0; half < 2 * GPRS; half++) {
		uint32_t val = random32(b);

		emit(b, gpr_reg(b, half));
		emit(b, val);
		set_gpr_half(b, half, val);
	}
	b->ctx->is_known[b->engine] = true;
}

void op_load_mem(struct batch *b)
{
	unsigned int half = random_half(b);
	uint32_t off = mi_place(b, 4);

	emit(b, MI_LOAD_REGISTER_MEM);
	emit(b, gpr_reg(b, half));
	emit_addr(b, AT_DATA, off);
	set_gpr_half(b, half, model_get32(b, off));
}

void op_load_reg(struct batch *b)
{
	unsigned int from = random_half(b), to = random_half(b);

	emit(b, MI_LOAD_REGISTER_REG);
	emit(b, gpr_reg(b, from));
	emit(b, gpr_reg(b, to));
	set_gpr_half(b, to, gpr_half(b, from));
}

static void store_half(struct batch *b, unsigned int half, uint32_t off)
{
	emit(b, MI_STORE_REGISTER_MEM);
	emit(b, gpr_reg(b, half));
	emit_addr(b, AT_DATA, off);
	model_put32(b, off, gpr_half(b, half));
}

void op_store_reg(struct batch *b)
{
	store_half(b, random_half(b), mi_place(b, 4));
}

void op_store_all(struct batch *b)
{
	uint32_t off = mi_place(b, 8 * GPRS);

	for (unsigned int half = 0; half < 2 * GPRS; half++)
		store_half(b, half, off + 4 * half);
}

/* --- arithmetic ----------------------------------------------------------- */

enum { SRC_A = 0x20, SRC_B = 0x21, ACCU = 0x31, ZERO = 0x32, CARRY = 0x33 };

static uint32_t alu(uint32_t op, uint32_t to, uint32_t from)
{
	return op << 20 | to << 10 | from;
}

/* Loads a source with a register, its complement, 0 or all ones. */
static uint64_t load_source(struct batch *b, uint32_t source)
{
	static const uint32_t ops[] = { 0x080, 0x480, 0x081, 0x481 };
	uint32_t kind = rng_below(b->rng, 10);
	unsigned int reg = rng_below(b->rng, GPRS);
	uint64_t val = b->ctx->gpr[b->engine][reg];

	kind = kind < 6 ? 0 : kind - 6;
	emit(b, alu(ops[kind], source, kind < 2 ? reg : 0));
	switch (kind) {
	case 0:
		return val;
	case 1:
		return ~val;
	case 2:
		return 0;
	default:
		return ~0ull;
	}
}

/* Emits four instructions: two loads, an operation, a store. */
static void compute(struct batch *b)
{
	static const uint32_t places[] = { ACCU, ACCU, ZERO, CARRY };
	uint64_t x = load_source(b, SRC_A), y = load_source(b, SRC_B), r;
	uint32_t op = rng_below(b->rng, 5), place;
	bool carry = false, invert = rng_below(b->rng, 4) == 0;
	unsigned int to = rng_below(b->rng, GPRS);

	emit(b, alu(0x100 + op, 0, 0));
	switch (op) {
	case 0:
		carry = __builtin_add_overflow(x, y, &r);
		break;
	case 1:
		carry = __builtin_sub_overflow(x, y, &r);
		break;
	case 2:
		r = x & y;
		break;
	case 3:
		r = x | y;
		break;
	default:
		r = x ^ y;
		break;
	}
	place = places[rng_below(b->rng, op < 2 ? 4 : 3)];
	emit(b, alu(invert ? 0x580 : 0x180, to, place));
	if (place == ZERO)
		r = r ? 0 : ~0ull;
	else if (place == CARRY)
		r = carry ? ~0ull : 0;
	set_gpr(b, to, invert ? ~r : r);
}

void op_math(struct batch *b)
{
	unsigned int n = 1 + rng_below(b->rng, 6);

	emit(b, MI_MATH(4 * n));
	while (n--)
		compute(b);
}

/* --- atomics -------------------------------------------------------------- */

static int64_t as_signed(uint64_t val, unsigned int bytes)
{
	return bytes == 8 ? (int64_t)val : (int64_t)(int32_t)val;
}

static uint64_t atomic_result(unsigned int op, uint64_t old, uint64_t x,
			      uint64_t y, unsigned int bytes)
{
	bool is_above = as_signed(x, bytes) > as_signed(old, bytes);

	switch (op) {
	case 0x1:
		return old & x;
	case 0x2:
		return old | x;
	case 0x3:
		return old ^ x;
	case 0x4:
		return x;
	case 0x5:
		return old + 1;
	case 0x6:
		return old - 1;
	case 0x7:
		return old + x;
	case 0x8:
		return old - x;
	case 0x9:
		return x - old;
	case 0xa:
		return is_above ? x : old;
	case 0xb:
		return is_above ? old : x;
	case 0xc:
		return x > old ? x : old;
	case 0xd:
		return x < old ? x : old;
	default:
		return old == x ? y : old;
	}
}

static uint64_t cut(uint64_t val, unsigned int bytes)
{
	return bytes == 8 ? val : (uint32_t)val;
}

/*
 * Records that the atomic operation returned the old value in GPR 4. If the value is a
 * dword, the upper half of GPR 4 differs between the generations, so the function also
 * emits a command that overwrites the upper half.
 */
static void take_old(struct batch *b, uint64_t old, unsigned int bytes)
{
	if (bytes == 8) {
		set_gpr(b, 4, old);
		return;
	}
	emit(b, MI_LOAD_REGISTER_IMM(1));
	emit(b, gpr_reg(b, 9));
	emit(b, 0x5aa5f00f);
	set_gpr(b, 4, 0x5aa5f00full << 32 | old);
}

static void emit_inline_operands(struct batch *b, uint64_t x, uint64_t y)
{
	emit(b, (uint32_t)x);
	emit(b, (uint32_t)y);
	emit(b, (uint32_t)(x >> 32));
	emit(b, (uint32_t)(y >> 32));
	for (int i = 0; i < 4; i++)
		emit(b, 0);
}

void op_atomic(struct batch *b)
{
	unsigned int bytes = rng_below(b->rng, 2) ? 8 : 4;
	unsigned int op = 1 + rng_below(b->rng, 14);
	bool is_inline = !has_gprs(b) || rng_below(b->rng, 2);
	bool returns = has_gprs(b) && rng_below(b->rng, 2);
	uint32_t off = mi_place(b, bytes);
	uint64_t old = 0, x, y, now;

	model_get(b, off, &old, bytes);
	x = is_inline ? rng_next(b->rng) : b->ctx->gpr[b->engine][0];
	y = is_inline ? rng_next(b->rng) : b->ctx->gpr[b->engine][2];
	if (is_inline && op == 0xe && rng_below(b->rng, 2))
		x = old;		/* then the comparison is true and the
					 * exchange happens */
	emit(b, MI_ATOMIC(is_inline ? 11 : 3) | op << 8 | ATOMIC_STALL |
	     (bytes == 8 ? ATOMIC_QWORD : 0) |
	     (is_inline ? ATOMIC_INLINE : 0) | (returns ? ATOMIC_RETURN : 0));
	emit_addr(b, AT_DATA, off);
	if (is_inline)
		emit_inline_operands(b, x, y);
	now = cut(atomic_result(op, old, cut(x, bytes), cut(y, bytes), bytes),
		  bytes);
	model_put(b, off, &now, bytes);
	if (returns)
		take_old(b, old, bytes);
}

/*
 * Emits an atomic operation on 16 bytes: only compare and exchange exists for this size.
 */
void op_atomic_octword(struct batch *b)
{
	uint32_t off = mi_place(b, 16), old[4], val[4];
	bool is_equal = rng_below(b->rng, 2);

	model_get(b, off, old, 16);
	emit(b, MI_ATOMIC(11) | 0x4eu << 8 | ATOMIC_OCTWORD | ATOMIC_INLINE |
	     ATOMIC_STALL);
	emit_addr(b, AT_DATA, off);
	for (int i = 0; i < 4; i++) {
		val[i] = random32(b);
		emit(b, is_equal || i < 3 ? old[i] : ~old[i]);
		emit(b, val[i]);
	}
	if (is_equal)
		model_put(b, off, val, 16);
}

/*
 * Emits an operation on the shared object, which all contexts and engines write. The
 * result depends on the order of submission, because the operations do not commute.
 */
void op_shared(struct batch *b)
{
	uint32_t off = rng_below(b->rng, 16) * 4, val = random32(b);
	bool is_store = rng_below(b->rng, 2);
	uint32_t old;

	memcpy(&old, b->expect_shared + off, 4);
	if (is_store)
		emit(b, MI_STORE_DATA_IMM);
	else
		emit(b, MI_ATOMIC(11) | 0x9u << 8 | ATOMIC_INLINE |
		     ATOMIC_STALL);
	emit_addr(b, AT_SHARED, off);
	emit(b, val);
	for (int i = 0; !is_store && i < 7; i++)
		emit(b, 0);
	val = is_store ? val : val - old;
	if (!b->is_dead)
		memcpy(b->expect_shared + off, &val, 4);
}
