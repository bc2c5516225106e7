// SPDX-License-Identifier: GPL-2.0-only
/* Writes dwords and addresses into a batch, and applies the batch's stores to the model. */
#include "drmtest.h"

#include <string.h>

void emit(struct batch *b, uint32_t dw)
{
	if (*b->cursor >= BATCH_DWORDS)
		die("a batch outgrew its object");
	b->dw[(*b->cursor)++] = dw;
}

static void add_reloc(struct batch *b, enum target target, uint64_t off)
{
	struct drm_i915_gem_relocation_entry *r = &b->reloc[b->n_relocs++];

	if (b->n_relocs > MAX_RELOCS)
		die("too many relocations");
	memset(r, 0, sizeof(*r));
	r->target_handle = target;
	r->delta = (uint32_t)off;
	r->offset = *b->cursor * 4ull;
	r->presumed_offset = b->bo[target]->last;
	r->read_domains = target == AT_BATCH ? I915_GEM_DOMAIN_COMMAND :
		I915_GEM_DOMAIN_RENDER;
	r->write_domain = target == AT_BATCH ? 0 : I915_GEM_DOMAIN_RENDER;
}

void emit_addr(struct batch *b, enum target target, uint64_t off)
{
	const struct bo *bo = b->bo[target];
	uint64_t addr = (b->is_softpinned ? bo->pinned : bo->last) + off;

	if (target == AT_SHARED)
		b->uses_shared = true;
	if (!b->is_softpinned)
		add_reloc(b, target, off);
	emit(b, (uint32_t)addr);
	/*
	 * a command contains 48 bits of the address; the ioctl gets the sign-extended
	 * address
	 */
	emit(b, (uint32_t)(addr >> 32) & 0xffff);
}

/*
 * Does the batch's engine have GPRs that are saved with the context? On Gen8 only the render
 * engine has such GPRs.
 */
bool has_gprs(const struct batch *b)
{
	return b->gpu->gen >= 9 || b->engine == RCS;
}

uint32_t gpr_reg(const struct batch *b, unsigned int half)
{
	static const uint32_t bases[ENGINES] = {
		[RCS] = 0x2000, [VCS] = 0x12000, [VECS] = 0x1a000,
		[BCS] = 0x22000,
	};

	return bases[b->engine] + 0x600 + 4 * half;
}

uint32_t gpr_half(const struct batch *b, unsigned int half)
{
	return (uint32_t)(b->ctx->gpr[b->engine][half / 2] >>
			  (half % 2 * 32));
}

void set_gpr_half(struct batch *b, unsigned int half, uint32_t val)
{
	unsigned int shift = half % 2 * 32;
	uint64_t *gpr = &b->ctx->gpr[b->engine][half / 2];

	if (!b->is_dead)
		*gpr = (*gpr & ~(0xffffffffull << shift)) |
			(uint64_t)val << shift;
}

void set_gpr(struct batch *b, unsigned int n, uint64_t val)
{
	if (!b->is_dead)
		b->ctx->gpr[b->engine][n] = val;
}

void model_get(const struct batch *b, uint32_t off, void *val,
	       unsigned int bytes)
{
	memcpy(val, b->expect + off, bytes);
}

void model_put(struct batch *b, uint32_t off, const void *val,
	       unsigned int bytes)
{
	if (b->is_dead)
		return;
	memcpy(b->expect + off, val, bytes);
	for (uint32_t i = off / 4; i < (off + bytes + 3) / 4; i++)
		b->writer[i] = *b->cursor;
}

uint32_t model_get32(const struct batch *b, uint32_t off)
{
	uint32_t val;

	model_get(b, off, &val, 4);
	return val;
}

void model_put32(struct batch *b, uint32_t off, uint32_t val)
{
	model_put(b, off, &val, 4);
}

uint32_t mi_place(struct batch *b, unsigned int align)
{
	return rng_below(b->rng, STAMPS_OFF / align) * align;
}
