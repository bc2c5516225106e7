/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests that the check of the register table refuses bad tables. Then tests that every register
 * does what its row says, for accesses of a guest in every width and at every offset.
 */
#include "rig.h"

#include <errno.h>

/* ---- the rules ---- */

static uint32_t some_handler(struct xengt_vgpu *vgpu,
			     const struct xengt_reg *reg, uint32_t off,
			     uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	return old ^ new;
}

static uint32_t some_read(struct xengt_vgpu *vgpu, const struct xengt_reg *reg, uint32_t off,
			  uint32_t old)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	return old;
}

static uint32_t some_init(const struct xengt_vgpu *vgpu,
			  const struct xengt_reg *reg, uint32_t off)
{
	(void)vgpu;
	(void)reg;
	return off;
}

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)
#define ROW(...) { .name = "R", .off = 0x100, .len = 4, .gens = BOTH,	\
		   .policy = XENGT_REG_SHADOW, __VA_ARGS__ }

static void check_rows(const struct xengt_reg *rows, size_t count,
		       const char *want)
{
	const struct xengt_reg_block block = {
		.name = "planted", .rows = rows, .count = count,
	};
	const struct xengt_reg_block *const blocks[] = { &block, NULL };
	char why[128] = "";
	int r = xengt_regs_check(blocks, why, sizeof(why));

	if (!want) {
		assert_string_equal(why, "");
		assert_int_equal(r, 0);
		return;
	}
	assert_int_equal(r, -EINVAL);
	if (!strstr(why, want))
		fail_msg("complaint '%s' lacks '%s'", why, want);
	/* the rows are also refused if the caller gives no buffer for the message */
	assert_int_equal(xengt_regs_check(blocks, NULL, 0), -EINVAL);
}

#define REFUSED(want, ...)						\
	do {								\
		const struct xengt_reg rows_[] = { __VA_ARGS__ };	\
									\
		check_rows(rows_, XENGT_ARRAY_SIZE(rows_), want);	\
	} while (0)

static const struct xengt_reg_bases two_bases = { 2, { 0x1000, 0x2000 } };
static const struct xengt_reg_bases no_bases = { 0, { 0 } };
static const struct xengt_reg_bases many_bases = { 99, { 0 } };
static const struct xengt_reg_bases odd_bases = { 2, { 0x1000, 0x2002 } };
static const struct xengt_reg_bases far_bases = {
	2, { 0x1000, XENGT_REG_SPACE_BYTES - 4 },
};

#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
static void planted_tables_are_refused(void **state)
{
	(void)state;
	REFUSED(NULL, ROW());
	REFUSED(NULL, ROW(), ROW(.off = 0x104, .name = "S"));
	REFUSED("not sorted", ROW(.off = 0x104), ROW(.name = "S"));
	REFUSED("overlaps", ROW(), ROW(.name = "S"));
	REFUSED("overlaps", ROW(.len = 8), ROW(.off = 0x104, .name = "S"));
	REFUSED("overlaps", ROW(.count = 3, .stride = 8),
		ROW(.off = 0x110, .name = "S"));
	REFUSED(NULL, ROW(.count = 3, .stride = 8),
		ROW(.off = 0x10c, .name = "S"));
	/* rows of different generations may have the same offset and name */
	REFUSED(NULL, ROW(.gens = XENGT_GEN8), ROW(.gens = XENGT_GEN9));
	REFUSED("used twice", ROW(), ROW(.off = 0x104));
	REFUSED("no name", ROW(.name = NULL));
	REFUSED("no name", ROW(.name = ""));
	REFUSED("no generation", ROW(.gens = 0));
	REFUSED("no generation", ROW(.gens = 0x10));
	REFUSED("no generation", ROW(.gens = 1u << XENGT_GEN_COUNT));
	REFUSED(NULL, ROW(.gens = (1u << XENGT_GEN_COUNT) - 1));
	REFUSED("not aligned", ROW(.off = 0x102));
	REFUSED("not aligned", ROW(.off = 0x104, .len = 8));
	REFUSED("length", ROW(.len = 0));
	REFUSED("length", ROW(.len = 2));
	REFUSED("stride", ROW(.count = 2));
	REFUSED("stride", ROW(.count = 2, .stride = 6));
	REFUSED("stride", ROW(.len = 8, .count = 2, .stride = 4));
	REFUSED("stride without", ROW(.stride = 4));
	REFUSED(NULL, ROW(.off = XENGT_REG_SPACE_BYTES - 4));
	REFUSED("outside", ROW(.off = XENGT_REG_SPACE_BYTES));
	REFUSED("outside", ROW(.off = XENGT_REG_SPACE_BYTES - 8, .count = 3,
			       .stride = 4));
	REFUSED("outside", ROW(.count = 0xffff, .stride = 0xfffffffc));
	REFUSED(NULL, ROW(.bases = &two_bases));
	REFUSED(NULL, ROW(.bases = &two_bases), ROW(.name = "S"));
	REFUSED("overlaps", ROW(.bases = &two_bases, .off = 4, .count = 0x401,
				.stride = 4));
	REFUSED("overlaps", ROW(.off = 0, .bases = &two_bases),
		ROW(.off = 0x2000, .name = "S"));
	REFUSED("no base", ROW(.bases = &no_bases));
	REFUSED("no base", ROW(.bases = &many_bases));
	REFUSED("base not", ROW(.bases = &odd_bases));
	REFUSED("outside", ROW(.bases = &far_bases));
	REFUSED("overlap", ROW(.ro = 0x3, .w1c = 0x2));
	REFUSED("high half", ROW(.flags = XENGT_REG_MASKED, .ro = 0x10000));
	REFUSED("high half", ROW(.flags = XENGT_REG_MASKED, .reset = 0x10000));
	REFUSED("unknown flag", ROW(.flags = 0x80));
	REFUSED("reset value and an init", ROW(.reset = 1, .init = some_init));
	REFUSED("TRAP without", ROW(.policy = XENGT_REG_TRAP));
	REFUSED("SHADOW with", ROW(.write = some_handler));
	REFUSED("no policy", ROW(.policy = 0));
	REFUSED("no policy", ROW(.policy = 99));
}

static void registers_that_are_denied(void **state)
{
	(void)state;
	REFUSED(NULL, ROW(.policy = XENGT_REG_DENY));
	REFUSED("DENY with a handler", ROW(.policy = XENGT_REG_DENY,
					   .write = some_handler));
	REFUSED("DENY with a handler", ROW(.policy = XENGT_REG_DENY,
					   .init = some_init));
	REFUSED("DENY with masks", ROW(.policy = XENGT_REG_DENY, .ro = 1));
	REFUSED("DENY with masks", ROW(.policy = XENGT_REG_DENY, .w1c = 1));
	REFUSED("DENY with masks", ROW(.policy = XENGT_REG_DENY, .flags = XENGT_REG_MASKED));
}

#define HOT	.flags = XENGT_REG_HOT

/* Reads of a page with a hot register do not trap, so each value there must be the stored one. */
static void pages_of_hot_registers(void **state)
{
	(void)state;
	REFUSED(NULL, ROW(HOT));
	/* five hot registers on one page, and four on pages of their own */
	REFUSED(NULL, ROW(HOT, .count = 5, .stride = 4));
	REFUSED(NULL, ROW(HOT, .count = 4, .stride = 0x1000));
	REFUSED("too many hot pages", ROW(HOT, .count = 5, .stride = 0x1000));
	REFUSED("read handler", ROW(HOT), ROW(.off = 0xffc, .name = "S", .policy = XENGT_REG_TRAP,
					      .read = some_read));
	REFUSED(NULL, ROW(HOT), ROW(.off = 0x1000, .name = "S", .policy = XENGT_REG_TRAP,
				    .read = some_read));
	REFUSED(NULL, ROW(HOT), ROW(.off = 0xffc, .name = "S", .policy = XENGT_REG_TRAP,
				    .write = some_handler));
	REFUSED("plain and writable", ROW(HOT), ROW(.off = 0x104, .name = "S"));
	REFUSED(NULL, ROW(HOT), ROW(.off = 0x104, .name = "S", .ro = 0xffffffff));
	REFUSED(NULL, ROW(HOT), ROW(.off = 0x104, .name = "S", .flags = XENGT_REG_MASKED));
}
#pragma GCC diagnostic pop

static void our_table_keeps_the_rules(void **state)
{
	char why[128] = "";
	int r = xengt_regs_check(xengt_reg_blocks, why, sizeof(why));

	(void)state;
	if (r)
		fail_msg("%s", why);
}

static void index_is_shared(void **state)
{
	const struct xengt_reg_index *a, *b;

	(void)state;
	for (unsigned int gen = 0; gen < XENGT_GEN_COUNT; gen++) {
		assert_int_equal(xengt_regs_get(gen, &a), 0);
		assert_int_equal(xengt_regs_get(gen, &b), 0);
		assert_ptr_equal(a, b);
	}
	xengt_regs_free(NULL);
}

/* ---- every row ---- */

/* The oracle: returns the value that the register must have after a write of these bytes. */
static uint32_t expect(const struct xengt_reg *reg, uint32_t old, uint32_t val,
		       uint32_t lanes)
{
	uint32_t out = 0;

	if (reg->policy == XENGT_REG_DENY)
		return old;
	for (int bit = 0; bit < 32; bit++) {
		uint32_t b = 1u << bit;
		bool written = lanes & b;
		bool one = val & lanes & b;

		if (reg->flags & XENGT_REG_MASKED) {
			bool unmasked = bit < 16 &&
					val & lanes & b << 16;

			if (bit >= 16) {
				out |= old & b;
				continue;
			}
			written = unmasked;
			one = unmasked && one;
		}
		if (reg->ro & b)
			out |= old & b;
		else if (reg->w1c & b)
			out |= one ? 0 : old & b;
		else
			out |= written ? (one ? b : 0) : old & b;
	}
	return out;
}

static uint32_t seed = 7;

static uint32_t any(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed ^ seed >> 15;
}

/* Writes once and reads back, at a byte offset within a dword of the row. */
static void poke_one(struct rig *rig, const struct xengt_reg *reg, uint32_t off,
		     uint32_t at, uint32_t size, uint32_t val)
{
	uint32_t lanes = size == 4 ? 0xffffffff : (1u << size * 8) - 1;
	uint32_t old, want;

	lanes <<= at * 8;
	old = any();
	/*
	 * a DENY register has its power-on value; other registers may have any
	 * value
	 */
	if (reg->policy == XENGT_REG_DENY)
		old = reg->reset;
	else if (reg->flags & XENGT_REG_MASKED)
		old &= 0xffff;
	xengt_mmio_poke(rig->vgpu, off, old);
	want = expect(reg, old, val << at * 8, lanes);
	rig_write(rig, off + at, size, val);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, off), want);
	/* a read changes nothing, whatever its width */
	assert_int_equal(rig_read(rig, off, 4), want);
	assert_int_equal(rig_read(rig, off + at, size),
			 (want & lanes) >> at * 8);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, off), want);
}

static void exercise_dword(struct rig *rig, const struct xengt_reg *reg,
			   uint32_t off)
{
	static const uint32_t sizes[] = { 1, 2, 4 };

	for (size_t s = 0; s < 3; s++) {
		for (uint32_t at = 0; at + sizes[s] <= 4; at++) {
			uint32_t top = sizes[s] == 4 ? 0xffffffff :
				(1u << sizes[s] * 8) - 1;

			poke_one(rig, reg, off, at, sizes[s], 0);
			poke_one(rig, reg, off, at, sizes[s], top);
			for (int i = 0; i < 8; i++)
				poke_one(rig, reg, off, at, sizes[s],
					 any() & top);
		}
	}
}

/*
 * Checks that an access of 8 bytes does the same as an access of the low half and then one of
 * the high half.
 */
static void exercise_pair(struct rig *rig, const struct xengt_reg *reg,
			  uint32_t off)
{
	uint64_t val = (uint64_t)any() << 32 | any(), want;
	uint32_t old[2] = { any() & 0xffff, any() & 0xffff };

	if (reg->policy == XENGT_REG_DENY)
		old[0] = old[1] = reg->reset;
	xengt_mmio_poke(rig->vgpu, off, old[0]);
	xengt_mmio_poke(rig->vgpu, off + 4, old[1]);
	want = expect(reg, old[0], (uint32_t)val, 0xffffffff) |
	       (uint64_t)expect(reg, old[1], (uint32_t)(val >> 32),
				0xffffffff) << 32;
	rig_write(rig, off, 8, val);
	assert_int_equal(rig_read(rig, off, 8), want);
	assert_int_equal(rig_read(rig, off + 2, 4), (uint32_t)(want >> 16));
}

/*
 * This test only checks that a handler survives everything that a guest can do. The tests of
 * the blocks check what handlers do. Tests below check which values reach a handler.
 */
static void bear_anything(struct rig *rig, uint32_t off)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8 };

	for (size_t s = 0; s < XENGT_ARRAY_SIZE(sizes); s++) {
		for (uint32_t at = 0; at < 4; at++) {
			uint64_t val = (uint64_t)any() << 32 | any();

			rig_write(rig, off + at, sizes[s], val);
			rig_write(rig, off + at, sizes[s], 0);
			rig_write(rig, off + at, sizes[s], ALL_ONES);
			rig_read(rig, off + at, sizes[s]);
		}
	}
	assert_false(xengt_vgpu_host_error(rig->vgpu));
}

static void exercise_row(struct rig *rig, const struct xengt_reg *reg)
{
	for (uint32_t i = 0; i < xengt_reg_count(reg); i++) {
		uint32_t first = xengt_reg_off(reg, i);

		for (uint32_t off = first; off < first + reg->len; off += 4) {
			if (reg->policy == XENGT_REG_TRAP)
				bear_anything(rig, off);
			else
				exercise_dword(rig, reg, off);
		}
		if (reg->len == 8 && reg->policy != XENGT_REG_TRAP)
			exercise_pair(rig, reg, first);
	}
}

/* Checks that the index finds the register, and that the register has its power-on value. */
static void look_up(struct rig *rig, const struct xengt_reg *reg, uint32_t off)
{
	uint32_t start = reg->init ? reg->init(rig->vgpu, reg, off) :
				     reg->reset;

	assert_ptr_equal(xengt_reg_of(rig->vgpu->mmio.index, off / 4), reg);
	assert_int_equal(xengt_mmio_peek(rig->vgpu, off), start);
	if (!reg->read)
		assert_int_equal(rig_read(rig, off, 4), start);
}

static void look_up_row(struct rig *rig, const struct xengt_reg *reg)
{
	for (uint32_t i = 0; i < xengt_reg_count(reg); i++) {
		uint32_t first = xengt_reg_off(reg, i);

		for (uint32_t off = first; off < first + reg->len; off += 4)
			look_up(rig, reg, off);
	}
}

static void exercise_block(struct rig *rig,
			   const struct xengt_reg_block *block, uint8_t gen)
{
	for (size_t i = 0; i < block->count; i++) {
		if (!(block->rows[i].gens & gen))
			continue;
		xengt_vgpu_reset(rig->vgpu);
		rig_decode(rig);
		look_up_row(rig, &block->rows[i]);
		exercise_row(rig, &block->rows[i]);
	}
}

static void every_row(void **state)
{
	static const enum xengt_platform_id platforms[] = {
		XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
	};

	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++) {
		struct rig rig;
		uint8_t gen = xengt_platform_get(platforms[p])->gen;

		rig_start(&rig, platforms[p]);
		for (size_t b = 0; xengt_reg_blocks[b]; b++)
			exercise_block(&rig, xengt_reg_blocks[b], gen);
		rig_destroy(&rig);
	}
}

/* ---- the values that reach the handlers ---- */

#define ROWS_MAX	512u

static uint32_t keep_new(struct xengt_vgpu *vgpu, const struct xengt_reg *reg,
			 uint32_t off, uint32_t old, uint32_t new)
{
	(void)vgpu;
	(void)reg;
	(void)off;
	(void)old;
	return new;
}

/* Returns a copy of the block whose handlers only record their arguments. */
static struct xengt_reg_block without_handlers(const struct xengt_reg_block *block,
					       struct xengt_reg *rows)
{
	struct xengt_reg_block copy = *block;

	assert_true(block->count <= ROWS_MAX);
	memcpy(rows, block->rows, block->count * sizeof(rows[0]));
	for (size_t i = 0; i < block->count; i++) {
		if (rows[i].policy != XENGT_REG_TRAP)
			continue;
		rows[i].read = NULL;
		rows[i].write = keep_new;
	}
	copy.rows = rows;
	return copy;
}

static uint32_t exercise_traps(struct rig *rig, const struct xengt_reg *reg)
{
	for (uint32_t i = 0; i < xengt_reg_count(reg); i++) {
		uint32_t first = xengt_reg_off(reg, i);

		for (uint32_t off = first; off < first + reg->len; off += 4)
			exercise_dword(rig, reg, off);
		if (reg->len == 8)
			exercise_pair(rig, reg, first);
	}
	return 1;
}

/*
 * Checks that the handlers of all rows of one block and generation get values to which the
 * row's masks were applied.
 */
static uint32_t reach_block(struct rig *rig, const struct xengt_reg_block *block)
{
	static struct xengt_reg rows[ROWS_MAX];
	const struct xengt_reg_index *real = rig->vgpu->mmio.index;
	const struct xengt_reg_block copy = without_handlers(block, rows);
	const struct xengt_reg_block *const blocks[] = { &copy, NULL };
	const struct xengt_platform *platform = rig->vgpu->platform;
	struct xengt_reg_index *index;
	uint32_t done = 0;
	char why[128] = "";

	if (xengt_regs_build(blocks, xengt_gen_index(platform), &index, why,
			     sizeof(why)))
		fail_msg("%s", why);
	rig->vgpu->mmio.index = index;
	for (size_t i = 0; i < copy.count; i++)
		if (rows[i].policy == XENGT_REG_TRAP &&
		    rows[i].gens & platform->gen)
			done += exercise_traps(rig, &rows[i]);
	rig->vgpu->mmio.index = real;
	xengt_regs_free(index);
	return done;
}

static void masks_before_handlers(void **state)
{
	static const enum xengt_platform_id platforms[] = {
		XENGT_PLATFORM_BDW, XENGT_PLATFORM_SKL,
	};

	(void)state;
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(platforms); p++) {
		uint32_t done = 0;
		struct rig rig;

		rig_start(&rig, platforms[p]);
		for (size_t b = 0; xengt_reg_blocks[b]; b++)
			done += reach_block(&rig, xengt_reg_blocks[b]);
		assert_true(done >= 40);
		rig_destroy(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted_tables_are_refused),
		cmocka_unit_test(registers_that_are_denied),
		cmocka_unit_test(pages_of_hot_registers),
		cmocka_unit_test(our_table_keeps_the_rules),
		cmocka_unit_test(index_is_shared),
		cmocka_unit_test(every_row),
		cmocka_unit_test(masks_before_handlers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
