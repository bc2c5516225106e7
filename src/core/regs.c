/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks the rules of a register table, and builds its index.
 *
 * The index of a generation is one flat array with 1 MiB of virtual memory. Of
 * this array, only those pages take physical memory in which the index has a
 * row for some register.
 */
#include "core/regs.h"
#include "hw/platform.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct xengt_reg no_row = { .policy = XENGT_REG_NO_ROW };

struct complaint {
	char *text;
	size_t len;
};

static int complain(const struct complaint *to,
		    const struct xengt_reg_block *block,
		    const struct xengt_reg *reg, const char *what)
{
	if (to->text && to->len)
		snprintf(to->text, to->len, "%s: %s at 0x%x: %s", block->name,
			 reg->name ? reg->name : "(no name)", reg->off, what);
	return -EINVAL;
}

static const char *base_error(const struct xengt_reg *reg, uint64_t span)
{
	const struct xengt_reg_bases *bases = reg->bases;

	if (!bases)
		return span > XENGT_REG_SPACE_BYTES ?
			"outside the register space" : NULL;
	if (!bases->count || bases->count > XENGT_REG_BASES_MAX)
		return "no base, or too many";
	for (uint32_t i = 0; i < bases->count; i++) {
		if (bases->base[i] % reg->len)
			return "base not aligned to its length";
		if (bases->base[i] + span > XENGT_REG_SPACE_BYTES)
			return "outside the register space";
	}
	return NULL;
}

static const char *place_error(const struct xengt_reg *reg)
{
	uint64_t count = xengt_reg_unit_count(reg);

	if (reg->len != 4 && reg->len != 8)
		return "length is not 4 or 8";
	if (reg->off % reg->len)
		return "not aligned to its length";
	if (count > 1 && (reg->stride < reg->len || reg->stride % 4))
		return "stride below length or not a multiple of 4";
	if (count == 1 && reg->stride)
		return "stride without a count";
	return base_error(reg,
			  reg->off + (count - 1) * reg->stride + reg->len);
}

static const char *rule_error(const struct xengt_reg *reg)
{
	bool has_handler = reg->read || reg->write;

	if (!reg->name || !*reg->name)
		return "no name";
	if (!reg->gens || reg->gens >= 1u << XENGT_GEN_COUNT)
		return "no generation, or an unknown generation";
	if (reg->flags & ~(XENGT_REG_MASKED | XENGT_REG_HOT))
		return "unknown flag";
	if (reg->ro & reg->w1c)
		return "read-only and write-1-to-clear overlap";
	if (reg->flags & XENGT_REG_MASKED &&
	    (reg->reset | reg->ro | reg->w1c) >> 16)
		return "a masked register uses its high half";
	if (reg->init && reg->reset)
		return "both a reset value and an init handler";

	switch (reg->policy) {
	case XENGT_REG_SHADOW:
		return has_handler ? "SHADOW with a handler" : NULL;
	case XENGT_REG_TRAP:
		return has_handler ? NULL : "TRAP without a handler";
	case XENGT_REG_DENY:
		if (has_handler || reg->init)
			return "DENY with a handler";
		return reg->ro || reg->w1c || reg->flags ?
			"DENY with masks or flags" : NULL;
	default:
		return "no policy, or an unknown policy";
	}
}

static int index_row(struct xengt_reg_index *index,
		     const struct xengt_reg_block *block,
		     const struct xengt_reg *reg, const struct complaint *why)
{
	uint32_t id = index->count;

	if (id > UINT16_MAX)
		return complain(why, block, reg, "too many rows");
	index->rows[id] = reg;
	index->count++;
	for (uint32_t i = 0; i < xengt_reg_count(reg); i++) {
		uint32_t first = xengt_reg_off(reg, i) / 4;

		for (uint32_t j = first; j < first + reg->len / 4u; j++) {
			if (index->of_dword[j])
				return complain(why, block, reg,
						"overlaps another row");
			index->of_dword[j] = (uint16_t)id;
		}
	}
	return 0;
}

static int index_block(struct xengt_reg_index *index,
		       const struct xengt_reg_block *block, uint8_t gen,
		       const struct complaint *why)
{
	uint32_t last_off = 0;

	for (size_t i = 0; i < block->count; i++) {
		const struct xengt_reg *reg = &block->rows[i];
		const char *error = rule_error(reg);
		int r;

		if (!error)
			error = place_error(reg);
		if (!error && reg->off < last_off)
			error = "not sorted by offset";
		if (error)
			return complain(why, block, reg, error);
		last_off = reg->off;
		if (!(reg->gens & gen))
			continue;
		r = index_row(index, block, reg, why);
		if (r)
			return r;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct xengt_reg *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int check_names(const struct xengt_reg_index *index,
		       const struct complaint *why)
{
	static const struct xengt_reg_block all = { .name = "all blocks" };
	size_t count = index->count - 1;
	const struct xengt_reg **sorted;
	int r = 0;

	if (!count)
		return 0;
	sorted = malloc(count * sizeof(sorted[0]));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, index->rows + 1, count * sizeof(sorted[0]));
	qsort(sorted, count, sizeof(sorted[0]), by_name);
	for (size_t i = 1; i < count && !r; i++) {
		if (!strcmp(sorted[i - 1]->name, sorted[i]->name))
			r = complain(why, &all, sorted[i], "name used twice");
	}
	free(sorted);
	return r;
}

/*
 * Notes the page of a hot register, and checks that reads of this page need not
 * trap.
 */
static int note_hot_page(struct xengt_reg_index *index,
			 const struct xengt_reg *reg, uint32_t page,
			 const struct complaint *why)
{
	static const struct xengt_reg_block all = { .name = "all blocks" };
	const uint32_t dwords = XENGT_PAGE_SIZE / 4;

	for (uint32_t i = 0; i < index->hot_page_count; i++)
		if (index->hot_pages[i] == page)
			return 0;
	if (index->hot_page_count == XENGT_REG_HOT_PAGES_MAX)
		return complain(why, &all, reg, "too many hot pages");
	for (uint32_t i = page * dwords; i < (page + 1) * dwords; i++) {
		const struct xengt_reg *other = xengt_reg_of(index, i);

		if (other->read)
			return complain(why, &all, other,
					"has a read handler, but is on a hot page");
		if (other->policy == XENGT_REG_SHADOW && !other->flags &&
		    other->ro != 0xffffffff)
			return complain(why, &all, other,
					"is plain and writable, but on a hot page");
	}
	index->hot_pages[index->hot_page_count++] = page;
	return 0;
}

static int note_hot_pages(struct xengt_reg_index *index,
			  const struct complaint *why)
{
	int r = 0;

	for (uint32_t id = 1; id < index->count; id++) {
		const struct xengt_reg *reg = index->rows[id];

		if (!(reg->flags & XENGT_REG_HOT))
			continue;
		for (uint32_t i = 0; i < xengt_reg_count(reg) && !r; i++)
			r = note_hot_page(index, reg,
					  xengt_reg_off(reg, i) / XENGT_PAGE_SIZE,
					  why);
	}
	return r;
}

int xengt_regs_build(const struct xengt_reg_block *const *blocks,
		     unsigned int gen_index, struct xengt_reg_index **ret_index,
		     char *why, size_t why_len)
{
	struct complaint to = { .text = why, .len = why_len };
	struct xengt_reg_index *index;
	size_t rows = 1;
	int r = -ENOMEM;

	for (size_t i = 0; blocks[i]; i++)
		rows += blocks[i]->count;

	index = calloc(1, sizeof(*index));
	if (!index)
		goto fail;
	index->rows = calloc(rows, sizeof(index->rows[0]));
	if (!index->rows)
		goto fail;
	index->rows[0] = &no_row;
	index->count = 1;

	for (size_t i = 0; blocks[i]; i++) {
		r = index_block(index, blocks[i], (uint8_t)(1u << gen_index),
				&to);
		if (r)
			goto fail;
	}
	r = check_names(index, &to);
	if (!r)
		r = note_hot_pages(index, &to);
	if (r)
		goto fail;
	*ret_index = index;
	return 0;

fail:
	xengt_regs_free(index);
	return r;
}

void xengt_regs_free(struct xengt_reg_index *index)
{
	if (!index)
		return;
	free(index->rows);
	free(index);
}

int xengt_regs_check(const struct xengt_reg_block *const *blocks, char *why,
		     size_t why_len)
{
	for (unsigned int gen = 0; gen < XENGT_GEN_COUNT; gen++) {
		struct xengt_reg_index *index;
		int r = xengt_regs_build(blocks, gen, &index, why, why_len);

		if (r)
			return r;
		xengt_regs_free(index);
	}
	return 0;
}
