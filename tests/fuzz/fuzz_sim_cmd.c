/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes random work on every engine: existing commands with good and bad
 * operands, dwords that are no commands, context images, page tables and GGTT
 * entries with random content, and resets in between. The simulator must stay
 * inside its memory, end each call after a bounded amount of work, and behave
 * the same for the same input.
 */
#include "fuzz/rig_sim.h"

#include "sim/exec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Page i of memory is page i of the GGTT, and of the contexts' own space from
 * VA on.
 */
#define VA		0x7f0000100000ull
#define PAGE_HWSP	1u
#define PAGE_CTX(n)	(4u + 4u * (n))		/* there are two contexts */
#define PAGE_RING(n)	(12u + (n))
#define PAGE_BATCH	16u			/* pages 16 to 27 */
#define PAGE_DATA	28u
#define PAGE_PML4	40u			/* pages 40 to 43 */
#define PAGE_SURF	44u			/* pages 44 to 63 */
#define WORK		64u			/* number of commands that an
						 * engine may execute in one
						 * call */

static const uint32_t bases[] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

struct gpu {
	struct fuzz_sim *f;
	uint32_t base;
	uint32_t tail[2];
	uint32_t at;			/* index of the next dword of the batch
					 * area */
};

static uint32_t *dwords(struct gpu *g, unsigned int page)
{
	return (uint32_t *)(void *)(g->f->ram + page * XENGT_SIM_PAGE_BYTES);
}

static void put_tables(struct gpu *g)
{
	for (unsigned int level = 0; level < 4; level++) {
		uint64_t *t = (uint64_t *)(void *)dwords(g, PAGE_PML4 + level);
		unsigned int i = VA >> (39 - 9 * level) & 511;

		if (level < 3)
			t[i] = FUZZ_BUS(PAGE_PML4 + level + 1) | 3;
		for (unsigned int p = 0; level == 3 && p < FUZZ_PAGES; p++)
			t[(i + p) & 511] = FUZZ_BUS(p) | 3;
	}
}

static void put_context(struct gpu *g, unsigned int n)
{
	static const struct { uint8_t at; uint16_t reg; } regs[] = {
		{ 0x02, 0x244 }, { 0x04, 0x34 }, { 0x06, 0x30 }, { 0x08, 0x38 },
		{ 0x0a, 0x3c }, { 0x0c, 0x168 }, { 0x0e, 0x140 },
		{ 0x10, 0x110 }, { 0x12, 0x11c }, { 0x14, 0x114 },
		{ 0x16, 0x118 }, { 0x18, 0x1c0 }, { 0x1a, 0x1c4 },
		{ 0x1c, 0x1c8 }, { 0x22, 0x3a8 },
	};
	uint32_t *s = dwords(g, PAGE_CTX(n) + 1);

	s[0x01] = 0x1100101b;
	s[0x21] = 0x11001011;
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		s[regs[i].at] = g->base + regs[i].reg;
	for (unsigned int i = 0; i < 8; i++)
		s[0x24 + 2 * i] = g->base + REG_RING_PDP3_UDW - 4 * i;
	s[0x03] = 0x00090009;
	s[0x09] = PAGE_RING(n) * XENGT_SIM_PAGE_BYTES;
	s[0x0b] = 1;
	s[0x31] = (uint32_t)(FUZZ_BUS(PAGE_PML4) >> 32);
	s[0x33] = (uint32_t)FUZZ_BUS(PAGE_PML4);
}

static void start(struct gpu *g)
{
	fuzz_sim_wr(g->f, g->base + REG_RING_MODE, 0x80008000);
	fuzz_sim_wr(g->f, g->base + REG_RING_HWS_PGA, PAGE_HWSP * XENGT_SIM_PAGE_BYTES);
	fuzz_sim_wr(g->f, g->base + REG_RING_IMR, 0);
}

/* Set up the machine so that the engines can work. */
static void set_up(struct gpu *g)
{
	for (uint32_t i = 0; i < FUZZ_PAGES; i++)
		fuzz_sim_pte(g->f, i, FUZZ_BUS(i) | 1);
	put_tables(g);
	for (unsigned int n = 0; n < 2; n++) {
		memset(dwords(g, PAGE_CTX(n)), 0, 4 * XENGT_SIM_PAGE_BYTES);
		put_context(g, n);
		g->tail[n] = 0;
	}
	start(g);
}

/* Let the engines work, and reset an engine that hangs, as a driver would. */
static void work(struct gpu *g)
{
	uint64_t before = xengt_sim_time(g->f->sim);

	for (unsigned int i = 0; i < FUZZ_TURNS; i++)
		if (!xengt_sim_run(g->f->sim))
			break;
	must(xengt_sim_time(g->f->sim) >= before);
	if (!xengt_sim_peek_reg(g->f->sim, g->base + REG_RING_ESR) &&
	    !(xengt_sim_peek_reg(g->f->sim, REG_RING_FAULT) & 1))
		return;
	fuzz_sim_wr(g->f, REG_RING_FAULT, 0);
	fuzz_sim_wr(g->f, REG_GDRST, 1);
	fuzz_sim_wr(g->f, REG_GFX_FLSH_CNTL, 1);
	set_up(g);
}

static uint64_t any_address(struct fuzz_input *in)
{
	uint32_t pick = (uint32_t)fuzz_eat(in, 2);
	uint64_t off = (pick & 63) * 4096ull + (pick >> 6 & 0x3fc);

	switch (pick >> 14) {
	case 0:
		return fuzz_eat(in, 8);
	case 1:
		return off;
	default:
		return VA + off;
	}
}

/*
 * Writes an existing command, with addresses at the usual places. Returns its
 * length.
 */
static unsigned int any_command(struct fuzz_input *in, uint32_t *dw,
				unsigned int max)
{
	const struct sim_cmd_row *rows;
	unsigned int n, bits = (unsigned int)fuzz_eat(in, 1);
	uint64_t addr;
	size_t n_rows;

	rows = sim_cmd_rows(&n_rows);
	rows += fuzz_eat(in, 1) % n_rows;
	dw[0] = rows->opcode;
	if (rows->len_bits)
		dw[0] |= (uint32_t)fuzz_eat(in, 1) &
			((1u << rows->len_bits) - 1) & 31;
	if (bits & 1)
		dw[0] |= (uint32_t)fuzz_eat(in, 3) & 0x7fff00;
	n = sim_cmd_len(rows, dw[0]);
	n = n > max ? max : n;
	for (unsigned int i = 1; i < n; i++)
		dw[i] = bits & 2 ? (uint32_t)fuzz_eat(in, 4) :
			(uint32_t)fuzz_eat(in, 1);
	addr = any_address(in);
	for (unsigned int i = 1; i < 5 && i + 1 < n; i++)
		if (bits & 4u << i) {
			dw[i] = (uint32_t)addr;
			dw[i + 1] = (uint32_t)(addr >> 32);
		}
	return n;
}

static void emit(struct gpu *g, unsigned int ctx, const uint32_t *dw,
		 unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		dwords(g, PAGE_RING(ctx))[g->tail[ctx] / 4] = dw[i];
		g->tail[ctx] = (g->tail[ctx] + 4) % 4096;
	}
	dwords(g, PAGE_CTX(ctx) + 1)[0x07] = g->tail[ctx] & ~7u;
}

static void emit_batch_start(struct gpu *g, struct fuzz_input *in,
			     unsigned int ctx)
{
	uint32_t bits = (uint32_t)fuzz_eat(in, 3);
	uint64_t at = (bits & 1 ? VA : 0) + PAGE_BATCH * 4096ull +
		(bits >> 8 & 0xffc);
	uint32_t dw[4] = {
		0x18800001u | (bits & 1 ? 0x100 : 0) |
			(bits & 2 ? 1u << 22 : 0), (uint32_t)at,
		(uint32_t)(at >> 32), 0,
	};

	emit(g, ctx, dw, 4);
}

static void append_to_batch(struct gpu *g, const uint32_t *dw, unsigned int n)
{
	uint32_t *batch = dwords(g, PAGE_BATCH);

	for (unsigned int i = 0; i < n; i++) {
		batch[g->at] = dw[i];
		g->at = (g->at + 1) % (12 * 1024);
	}
}

static void submit(struct gpu *g, struct fuzz_input *in)
{
	uint8_t bits = (uint8_t)fuzz_eat(in, 1);

	for (int port = 1; port >= 0; port--) {
		unsigned int ctx = bits >> (2 + port) & 1;
		bool is_there = port == 0 || (bits & 1);

		fuzz_sim_wr(g->f, g->base + REG_RING_ELSP, !is_there ? 0 :
			    (bits & 0x30u) << 11 | (100 + ctx));
		fuzz_sim_wr(g->f, g->base + REG_RING_ELSP, !is_there ? 0 :
			    PAGE_CTX(ctx) * 4096 | 0x101 |
			    (bits & 2 ? 0x08u : 0x18u) | (bits >> 5 & 4));
	}
	work(g);
}

/* Overwrite a random dword of the structures that the engine walks. */
static void spoil(struct gpu *g, struct fuzz_input *in)
{
	static const uint8_t pages[] = {
		PAGE_HWSP, PAGE_CTX(0), PAGE_CTX(0) + 1, PAGE_CTX(0) + 2,
		PAGE_CTX(1) + 1, PAGE_PML4, PAGE_PML4 + 1, PAGE_PML4 + 2,
		PAGE_PML4 + 3, PAGE_RING(0),
	};
	uint8_t pick = (uint8_t)fuzz_eat(in, 1);
	uint32_t *page = dwords(g, pages[pick % sizeof(pages)]);
	unsigned int at = (unsigned int)fuzz_eat(in, 2) & 1023;

	page[at] = (uint32_t)fuzz_eat(in, 4);
	if (pick & 0x80)		/* overwrite an entry of a table so that
					 * it points to memory */
		page[at] = (uint32_t)FUZZ_BUS(at & 63) | (page[at] & 0x883);
}

static void options(struct gpu *g, struct fuzz_input *in)
{
	struct xengt_sim_exec_opts o;

	xengt_sim_get_exec(g->f->sim, &o);
	o.ignore_preempt = (unsigned int)fuzz_eat(in, 1) & 15;
	o.lose_irq = (unsigned int)fuzz_eat(in, 1) & 15;
	o.work_per_call = (uint32_t)fuzz_eat(in, 1);
	o.no_blt_hole = o.ignore_preempt & 1;
	xengt_sim_set_exec(g->f->sim, &o);
}

static void step(struct gpu *g, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_eat(in, 1);
	unsigned int ctx = op >> 7, n;
	uint32_t dw[40];

	switch (op % 12) {
	case 0:
	case 1:
	case 2:
		n = any_command(in, dw, 40);
		append_to_batch(g, dw, n);
		break;
	case 3:
		dw[0] = (uint32_t)fuzz_eat(in, 4);
		append_to_batch(g, dw, 1);
		break;
	case 4:
		n = any_command(in, dw, 40);
		emit(g, ctx, dw, n);
		break;
	case 5:
		emit_batch_start(g, in, ctx);
		g->at = 0;
		break;
	case 6:
	case 7:
		submit(g, in);
		break;
	case 8:
		spoil(g, in);
		break;
	case 9:
		fuzz_sim_pte(g->f, (uint32_t)fuzz_eat(in, 1) % FUZZ_PAGES,
			     FUZZ_BUS(fuzz_eat(in, 1)) | (op & 16 ? 0 : 1));
		break;
	case 10:
		fuzz_sim_wr(g->f, g->base + ((uint32_t)fuzz_eat(in, 2) & 0x7fc),
			    (uint32_t)fuzz_eat(in, 4));
		work(g);
		break;
	case 11:
		if (op & 16)
			options(g, in);
		else if (op & 32)
			fuzz_sim_wr(g->f, REG_GFX_FLSH_CNTL, 1);
		else
			fuzz_sim_wr(g->f, REG_GDRST, 1u << (op >> 6));
		start(g);
		break;
	}
}

static uint64_t run(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t what = (uint8_t)fuzz_eat(&in, 1);
	struct gpu g = { .base = bases[what & 3] };
	struct xengt_sim_exec_opts o;

	g.f = fuzz_sim_start(what & 4, what & 8);
	xengt_sim_get_exec(g.f->sim, &o);
	o.work_per_call = WORK;
	xengt_sim_set_exec(g.f->sim, &o);
	set_up(&g);
	if ((what & 0x90) == 0x90)
		fuzz_sim_judge(g.f);
	if (what & 32)
		fuzz_sim_wr(g.f, REG_GAMW_ECO_DEV, 0xf);
	while (in.left)
		step(&g, &in);
	work(&g);
	return fuzz_sim_end(g.f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t once = run(data, size);

	if (size && data[0] & 64)
		must(run(data, size) == once);
	return 0;
}
