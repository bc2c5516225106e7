// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emits the groups of commands that wait, flush, set predicates, or start batches inside of
 * a batch.
 */
#include "drmtest.h"

#include <string.h>

#define MI(op, len)		((uint32_t)(op) << 23 | ((len) - 2))
#define MI_NOOP			0u
#define MI_SET_PREDICATE	(0x01u << 23)
#define MI_ARB_CHECK		(0x05u << 23)
#define MI_BATCH_BUFFER_END	(0x0au << 23)
#define MI_PREDICATE		(0x0cu << 23)
#define MI_SEMAPHORE_WAIT	(MI(0x1c, 4) | 1u << 15)
#define MI_LOAD_REGISTER_IMM(n)	MI(0x22, 1 + 2 * (n))
#define MI_STORE_REGISTER_MEM	MI(0x24, 4)
#define MI_FLUSH_DW(len)	MI(0x26, len)
#define MI_BATCH_SECOND_LEVEL	(MI(0x31, 3) | 1u << 22 | 1u << 8)
#define MI_CONDITIONAL_END	(MI(0x36, 4) | 1u << 21)
#define COMPARE_MASKED		(1u << 19)
#define BATCH_PREDICATED	(1u << 15)
#define STORE_PREDICATED	(1u << 21)
#define PIPE_CONTROL		0x7a000004u
#define CS_STALL		(1u << 20)
#define WRITE_IMM		(1u << 14)
#define WRITE_TIMESTAMP		(3u << 14)
#define PREDICATE_SRC0		0x2400u

void op_noop(struct batch *b)
{
	unsigned int n = 1 + rng_below(b->rng, 16);

	while (n--)
		emit(b, MI_NOOP);
}

void op_arb_check(struct batch *b)
{
	emit(b, MI_ARB_CHECK);
}

/*
 * Emits a wait for a comparison of memory with an operand. The comparison is true, so the
 * engine continues at once.
 */
void op_semaphore(struct batch *b)
{
	enum { ABOVE, AT_LEAST, BELOW, AT_MOST, EQUAL, DIFFERENT };
	uint32_t off = mi_place(b, 4), val = model_get32(b, off), data = val;
	unsigned int op = rng_below(b->rng, 6);

	if ((op == ABOVE && !val) || (op == BELOW && val == ~0u))
		op = EQUAL;
	if (op == ABOVE)
		data = rng_below(b->rng, val);
	else if (op == BELOW)
		data = ~rng_below(b->rng, ~val);
	else if (op == DIFFERENT)
		data = ~val;
	emit(b, MI_SEMAPHORE_WAIT | op << 12);
	emit(b, data);
	emit_addr(b, AT_DATA, off);
}

static void flush(struct batch *b, uint32_t post_sync, uint32_t off,
		  unsigned int len, uint64_t val)
{
	if (b->engine == RCS) {
		emit(b, PIPE_CONTROL);
		emit(b, post_sync | CS_STALL);
		emit_addr(b, AT_DATA, off);
		emit(b, (uint32_t)val);
		emit(b, (uint32_t)(val >> 32));
		return;
	}
	emit(b, MI_FLUSH_DW(len) | post_sync);
	emit_addr(b, AT_DATA, off);
	emit(b, (uint32_t)val);
	if (len > 4)
		emit(b, (uint32_t)(val >> 32));
}

void op_post_sync(struct batch *b)
{
	/*
	 * the short MI_FLUSH_DW writes a dword; bit 2 of the dword with the
	 * address is no bit of the address
	 */
	bool is_short = b->engine != RCS && rng_below(b->rng, 2);
	uint32_t off = mi_place(b, 8);
	uint64_t val = rng_next(b->rng);

	flush(b, WRITE_IMM, off, is_short ? 4 : 5, val);
	model_put(b, off, &val, is_short ? 4 : 8);
}

void op_timestamps(struct batch *b)
{
	struct stamps s = { STAMPS_OFF + 16 * b->n_stamps, 0 };

	if (b->n_stamps == MAX_STAMPS)
		return;
	s.second = s.first + 8;
	flush(b, WRITE_TIMESTAMP, s.first, 5, 0);
	flush(b, WRITE_TIMESTAMP, s.second, 5, 0);
	if (!b->is_dead)
		b->stamps[b->n_stamps++] = s;
}

/* --- predicates ----------------------------------------------------------- */

static bool random_comparison(struct batch *b)
{
	uint64_t x = rng_next(b->rng), y = x;

	if (rng_below(b->rng, 2))
		y ^= 1ull << rng_below(b->rng, 64);
	emit(b, MI_LOAD_REGISTER_IMM(4));
	for (unsigned int i = 0; i < 4; i++) {
		emit(b, PREDICATE_SRC0 + 4 * i);
		emit(b, (uint32_t)((i < 2 ? x : y) >> (i % 2 * 32)));
	}
	return x == y;
}

/* Sets the predicate from one comparison, or from two that are combined. */
static bool set_predicate(struct batch *b)
{
	const uint32_t equal = 2;
	bool invert = rng_below(b->rng, 4) == 0, val = random_comparison(b);
	uint32_t combine = rng_below(b->rng, 4);

	emit(b, MI_PREDICATE | (invert ? 3u : 2u) << 6 | equal);
	val ^= invert;
	if (combine) {
		bool second = random_comparison(b);

		emit(b, MI_PREDICATE | 2u << 6 | combine << 3 | equal);
		val = combine == 1 ? val && second :
			combine == 2 ? val || second : val != second;
	}
	return val;
}

void op_predicated_store(struct batch *b)
{
	unsigned int half = rng_below(b->rng, 2 * GPRS);
	uint32_t off = mi_place(b, 4);
	bool is_set = set_predicate(b);

	emit(b, MI_STORE_REGISTER_MEM | STORE_PREDICATED);
	emit(b, gpr_reg(b, half));
	emit_addr(b, AT_DATA, off);
	if (is_set)
		model_put32(b, off, gpr_half(b, half));
}

/*
 * Emits a predicate and commands that the engine skips or executes, as the predicate says.
 */
void op_set_predicate(struct batch *b)
{
	enum { IF_CLEAR = 3, IF_SET = 4, ALWAYS = 15 };
	static const uint32_t modes[] = { IF_CLEAR, IF_SET, ALWAYS };
	bool is_set = set_predicate(b), was_dead = b->is_dead;
	uint32_t mode = modes[rng_below(b->rng, 3)];

	emit(b, MI_SET_PREDICATE | mode);
	b->is_dead |= mode == ALWAYS || (mode == IF_SET) == is_set;
	op_load_imm(b);
	b->is_dead = was_dead;
	emit(b, MI_SET_PREDICATE);
}

/* --- batches -------------------------------------------------------------- */

static void call_sub(struct batch *b, uint32_t flags)
{
	unsigned int n = 1 + rng_below(b->rng, 6);

	emit(b, MI_BATCH_SECOND_LEVEL | flags);
	emit_addr(b, AT_BATCH, 4ull * b->n_sub);
	b->cursor = &b->n_sub;
	b->in_sub = true;
	while (n-- && b->n_sub + ROOM_DWORDS < BATCH_DWORDS)
		generate_simple(b);
	emit(b, MI_BATCH_BUFFER_END);
	b->cursor = &b->n;
	b->in_sub = false;
}

static bool has_room_for_sub(const struct batch *b)
{
	return b->n_sub + 2 * ROOM_DWORDS < BATCH_DWORDS;
}

void op_second_level(struct batch *b)
{
	if (has_room_for_sub(b))
		call_sub(b, 0);
}

void op_predicated_batch(struct batch *b)
{
	bool was_dead = b->is_dead, is_set;

	if (!has_room_for_sub(b))
		return;
	is_set = set_predicate(b);
	b->is_dead |= !is_set;
	call_sub(b, BATCH_PREDICATED);
	if (!is_set)
		b->is_dead = was_dead;
}

/*
 * Emits a conditional end of the batch: the batch continues if the value in memory is above
 * the operand. On Gen9 the command may have a mask, which is in memory beside the value. In
 * a batch of the second level (Gen9 only) the command ends both levels.
 */
void op_cond_end(struct batch *b)
{
	uint32_t off = mi_place(b, 8), val = model_get32(b, off), data;
	bool is_masked = b->gpu->gen >= 9 && rng_below(b->rng, 2);

	if (b->in_sub && b->gpu->gen < 9)
		return;
	if (is_masked)
		val &= model_get32(b, off + 4);
	data = val && rng_below(b->rng, 4) ? rng_below(b->rng, val) : val;
	emit(b, MI_CONDITIONAL_END | (is_masked ? COMPARE_MASKED : 0));
	emit(b, data);
	emit_addr(b, AT_DATA, off);
	b->is_dead |= val <= data;
}
