// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and saves context images in the layout that silicon uses (image.h).
 * From page 1 on an image has a stream of commands, which a save writes and a
 * load executes. Raw data follows the end of the stream.
 *
 * For each opcode of a state command the engine keeps all dwords of the last
 * such command, and a save writes these dwords to the place in the image that
 * belongs to this opcode. If no command with this opcode was executed, the save
 * writes no-ops to the place, so that a load of the image does not change this
 * state. A command that does not exist hangs the engine, also if the command is
 * in an image.
 *
 * Not modelled: commands in an image that neither load registers nor set state
 * (they have no effect); the pages between the page with MI_BATCH_BUFFER_END
 * and the image's last page (they are neither read nor written).
 */
#include "sim/image.h"
#include "sim/exec.h"
#include "sim/image_reg.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <string.h>

#define PAGE_BYTES	4096ULL
#define SAME_DWORDS	16U	/* number of dwords that a save compares, and
				 * writes if they differ, at once */
#define MI_BB_END	0x05000000U

/*
 * Dwords of page 1 whose values only software writes: a save does not change
 * these values.
 */
#define SOFTWARE_FIRST	0x07U
#define SOFTWARE_END	0x0dU
#define PDP_FIRST	0x24U
#define PDP_END		0x34U

/* --- state commands ------------------------------------------------------- */

static unsigned int opcode_of(uint32_t dw0)
{
	return dw0 >> 29 == 3 ? dw0 >> 16 & 8191 : 0;
}

unsigned int sim_image_state_dwords(const struct xengt_sim *sim,
				    const struct sim_engine *e, uint32_t dw0,
				    unsigned int len)
{
	unsigned int max;

	if (!sim_is_strict(sim, XENGT_SIM_STRICT_IMAGES))
		return 0;
	max = e->image->state_max[opcode_of(dw0)];
	return len < max ? len : max;
}

void sim_image_keep_state(struct xengt_sim *sim, struct sim_engine *e,
			  const uint32_t *dw, unsigned int n)
{
	struct sim_image *im = e->image;
	unsigned int op = opcode_of(dw[0]);
	uint32_t *at = &im->word[im->state_at[op]];

	memcpy(at, dw, 4ULL * n);
	memset(at + n, 0, 4ULL * (im->state_max[op] - n));
	im->state_token[op] = sim_judge_token(sim);
}

/* --- loading -------------------------------------------------------------- */

/* An image that is read in order, a page at a time. */
struct reader {
	struct xengt_sim *sim;
	struct sim_engine *e;
	uint32_t page;			/* index of the image's page that is in
					 * buf; 0: buf has no page */
	uint32_t buf[IMAGE_PAGE_DWORDS];
};

static uint64_t page_addr(const struct sim_engine *e, uint32_t page)
{
	return DESC_LRCA(e->port[0]) + page * PAGE_BYTES;
}

/*
 * Read n dwords. at: index of the first dword, counted from the start of page
 * 1. Returns false at a fault.
 */
static bool read_dwords(struct reader *r, uint32_t at, uint32_t *to,
			uint32_t n)
{
	for (; n; n--, at++, to++) {
		uint32_t page = 1 + at / IMAGE_PAGE_DWORDS;

		if (page != r->page &&
		    sim_vm_access(r->sim, r->e, SIM_GGTT, page_addr(r->e, page),
				  r->buf, sizeof(r->buf), false))
			return false;
		r->page = page;
		*to = r->buf[at % IMAGE_PAGE_DWORDS];
	}
	return true;
}

/* Execute the command of len dwords at dword 'at'. Returns false at a fault. */
static bool load_command(struct reader *r, uint32_t at, uint32_t dw0,
			 unsigned int len)
{
	unsigned int n = sim_image_state_dwords(r->sim, r->e, dw0, len);
	uint32_t dw[SIM_CMD_DWORDS];

	if (n) {
		if (!read_dwords(r, at, dw, n))
			return false;
		sim_image_keep_state(r->sim, r->e, dw, n);
		return true;
	}
	if ((dw0 & 0xff800000U) != 0x11000000U)
		return true;
	if (!read_dwords(r, at, dw, len))
		return false;
	for (unsigned int i = 1; i + 1 < len; i += 2)
		sim_image_load_reg(r->sim, r->e, dw[i] & 0x1ffffcU, &dw[i + 1],
				   sim_load_bytes(r->sim, dw0));
	return true;
}

/*
 * Load raw data: the rest of the page after MI_BATCH_BUFFER_END, and the whole
 * last page of the image.
 */
static void load_raw(struct reader *r)
{
	struct sim_image *im = r->e->image;
	uint32_t rest = -im->end % IMAGE_PAGE_DWORDS;
	uint32_t last = im->n_dwords - IMAGE_PAGE_DWORDS;

	im->raw_token = sim_judge_token(r->sim);
	if (!read_dwords(r, im->end, &im->word[im->end], rest) || !last)
		return;
	(void)read_dwords(r, last, &im->word[last], IMAGE_PAGE_DWORDS);
}

uint32_t sim_image_load(struct xengt_sim *sim, struct sim_engine *e,
			uint32_t from, uint32_t until)
{
	struct reader r = { .sim = sim, .e = e };
	uint32_t at = from, dw0;

	while (at < e->image->n_dwords) {
		const struct sim_cmd_row *row;
		unsigned int len;

		if (at >= until)
			return at;
		if (!read_dwords(&r, at, &dw0, 1))
			return 0;
		if (dw0 == MI_BB_END)
			break;
		row = sim_cmd_find(sim->exec, e->id, dw0);
		len = row ? sim_cmd_len(row, dw0) : 0;
		if (!len || len < row->len_min ||
		    len > e->image->n_dwords - at) {
			sim_engine_stop(sim, e, SIM_STOP_ERROR);
			return 0;
		}
		if (!load_command(&r, at, dw0, len))
			return 0;
		at += len;
	}
	load_raw(&r);
	return 0;
}

/* --- saving --------------------------------------------------------------- */

static bool is_software_owned(uint32_t at)
{
	return (at & 1) && ((at >= SOFTWARE_FIRST && at < SOFTWARE_END) ||
			    (at >= PDP_FIRST && at < PDP_END));
}

static void save_page(struct xengt_sim *sim, struct sim_engine *e,
		      uint32_t page)
{
	const struct sim_image *im = e->image;
	uint32_t old[IMAGE_PAGE_DWORDS], now[IMAGE_PAGE_DWORDS];
	uint32_t first = (page - 1) * IMAGE_PAGE_DWORDS;

	if (sim_vm_access(sim, e, SIM_GGTT, page_addr(e, page), old,
			  sizeof(old), false))
		return;
	for (uint32_t i = 0; i < IMAGE_PAGE_DWORDS; i++) {
		if (is_software_owned(first + i))
			now[i] = old[i];
		else if (im->reg[first + i])
			sim_image_save_reg(sim, e, im->reg[first + i], &now[i],
					   ~0U);
		else
			now[i] = im->word[first + i];
	}
	for (uint32_t i = 0; i < IMAGE_PAGE_DWORDS; i += SAME_DWORDS) {
		if (!memcmp(&old[i], &now[i], 4ULL * SAME_DWORDS))
			continue;
		if (sim_vm_access(sim, e, SIM_GGTT,
				  page_addr(e, page) + 4ULL * i, &now[i],
				  4ULL * SAME_DWORDS, true))
			return;
	}
}

/*
 * Let the judge check the state that is saved, because the owner of the context
 * can read the image.
 */
static void judge_state(struct xengt_sim *sim, const struct sim_image *im)
{
	for (uint32_t op = 0; op < IMAGE_OPCODES; op++)
		if (im->state_token[op])
			sim_judge_check_residue(sim, 3U << 29 | op << 16,
						im->state_token[op]);
	sim_judge_check_residue(sim, 0, im->raw_token);
}

void sim_image_save(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t end_page = 1 + e->image->end / IMAGE_PAGE_DWORDS;

	if (sim_is_strict(sim, XENGT_SIM_STRICT_RESIDUE))
		judge_state(sim, e->image);
	for (uint32_t page = 1; page <= end_page; page++)
		save_page(sim, e, page);
	if (end_page != e->image->pages - 1)
		save_page(sim, e, e->image->pages - 1);
}
