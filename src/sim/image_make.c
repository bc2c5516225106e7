// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes an engine's image as an array of dwords (image.h) from the parts in
 * image_table.c. The files that use the array call this file; this file calls
 * none of these files.
 */
#include "sim/exec.h"
#include "sim/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MI_BB_END	0x05000000U
#define MI_LRI(n)	(0x11000000U | (2 * (n) - 1))
#define LRI_POSTED	0x1000U

static uint32_t put_load(struct sim_image *im, const struct sim_image_part *p,
			 uint32_t at, uint32_t base)
{
	im->word[at++] = MI_LRI(p->n) | (p->is_posted ? LRI_POSTED : 0);
	for (unsigned int i = 0; i < p->n; i++, at += 2) {
		im->word[at] = (p->is_relative ? base : 0) + p->regs[i];
		im->reg[at + 1] = im->word[at];
	}
	return at;
}

static void put_parts(struct sim_image *im, const struct sim_image_part *p,
		      uint32_t base)
{
	uint32_t at = 0;

	for (; p->kind != IMAGE_END; p++) {
		switch (p->kind) {
		case IMAGE_LOAD:
			at = put_load(im, p, at, base);
			break;
		case IMAGE_STATE:
			im->state_at[p->opcode >> 16 & 8191] = (uint16_t)at;
			im->state_max[p->opcode >> 16 & 8191] = p->n;
			at += p->n;
			break;
		case IMAGE_UP_TO:
			at = p->n;
			break;
		default:
			at += p->n;
			break;
		}
	}
	im->word[at++] = MI_BB_END;
	im->end = at;
}

int sim_image_init(const struct xengt_sim *sim, struct sim_engine *e)
{
	const struct sim_image_shape *shape =
		sim_image_shape(sim->plat->gen, e->id);
	struct sim_image *im = calloc(1, sizeof(*im));

	if (!im)
		return -ENOMEM;
	e->image = im;
	im->pages = shape->pages;
	im->n_dwords = (shape->pages - 1) * IMAGE_PAGE_DWORDS;
	im->word = calloc(im->n_dwords, sizeof(*im->word));
	im->reg = calloc(im->n_dwords, sizeof(*im->reg));
	if (!im->word || !im->reg)
		return -ENOMEM;
	put_parts(im, shape->parts, e->base);
	return 0;
}

void sim_image_fini(struct sim_engine *e)
{
	if (!e->image)
		return;
	free(e->image->word);
	free(e->image->reg);
	free(e->image);
	e->image = NULL;
}

void sim_image_forget(struct sim_engine *e)
{
	struct sim_image *im = e->image;

	for (unsigned int op = 0; op < IMAGE_OPCODES; op++)
		if (im->state_at[op])
			memset(&im->word[im->state_at[op]], 0,
			       4ULL * im->state_max[op]);
	memset(&im->word[im->end], 0, 4ULL * (im->n_dwords - im->end));
	memset(im->state_token, 0, sizeof(im->state_token));
	im->raw_token = 0;
}
