/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU accesses the simulated GPU at random: registers, GGTT, aperture and configuration
 * space in all widths and at all places, while time passes. Reads must give no more bits
 * than the access has, peeks must change nothing, interrupts must come only as the
 * configuration space allows, and the same input must always have the same effect.
 */
#include "fuzz/rig_sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Registers with side effects. */
static const uint32_t places[] = {
	0x2030, 0x2230, 0x229c, 0x2358, 0x2370, 0x12230, 0x1a230, 0x22230,
	0x4080, 0x4094, 0x941c, 0x44200, 0x44300, 0x44400, 0x44470, 0x45010,
	0x45400, 0x46000, 0x60000, 0x64010, 0x64100, 0x64110, 0x70000, 0x70008,
	0x70030, 0x70040, 0x70080, 0x70180, 0x7019c, 0x100000, 0x101008,
	0x138124, 0x138128, 0xa188, 0xa278, 0xc4030, 0xc5100, 0xc5104, 0xc5108,
	0xc510c, 0xc7204, 0xe1100, 0x10a188, 0x130044, 0x145d10,
	0x7ffff8, 0x800000, 0x9ffff8, 0xfffff8, 0xffffff,
};

#define N_PLACES	(sizeof(places) / sizeof(places[0]))

static uint64_t all_ones(unsigned int size)
{
	return size >= 8 ? ~0ull : (1ull << 8 * size) - 1;
}

static void touch(struct fuzz_sim *f, unsigned int bar, uint64_t off,
		  unsigned int size, bool write, uint64_t val)
{
	if (write) {
		xengt_sim_bar_write(f->sim, bar, off, size, val);
		return;
	}
	val = xengt_sim_bar_read(f->sim, bar, off, size);
	must(!(val & ~all_ones(size)));
	fuzz_sim_note(f, val);
}

static void peek(struct fuzz_sim *f, uint32_t off)
{
	uint32_t reads, writes, once = xengt_sim_peek_reg(f->sim, off);

	must(xengt_sim_peek_reg(f->sim, off) == once);
	xengt_sim_reg_counts(f->sim, off, &reads, &writes);
	fuzz_sim_note(f, once + reads + writes);
}

static void cfg(struct fuzz_sim *f, struct fuzz_input *in, bool write)
{
	uint32_t off = (uint32_t)fuzz_eat(in, 2), val;
	unsigned int size = (unsigned int)fuzz_eat(in, 1) & 7;

	if (write) {
		xengt_sim_cfg_write(f->sim, off & 0x1ff, size,
				    (uint32_t)fuzz_eat(in, 4));
		return;
	}
	val = xengt_sim_cfg_read(f->sim, off & 0x1ff, size);
	must(!(val & ~all_ones(size ? size : 4)) || size > 4);
	fuzz_sim_note(f, val);
}

static void beside_the_cpu(struct fuzz_sim *f, struct fuzz_input *in,
			   uint8_t what)
{
	uint8_t buf[7 << 4];
	uint64_t at;

	memset(buf, what, sizeof(buf));
	switch (what & 7) {
	case 0:
		xengt_sim_idle(f->sim);
		break;
	case 1:
		xengt_sim_advance(f->sim, fuzz_eat(in, 3));
		break;
	case 2:
		xengt_sim_set_monitor(f->sim, what >> 4, what & 8);
		break;
	case 3:
		xengt_sim_raise_irq(f->sim, (enum xengt_sim_irq_bank)
				    (what >> 4), (uint32_t)fuzz_eat(in, 4));
		break;
	case 4:
		at = fuzz_eat(in, 4);
		xengt_sim_gpu_access(f->sim, what & 16 ? at : at & 0x3ffff, buf,
				     what >> 5 << 4, what & 8);
		fuzz_sim_note(f, buf[0]);
		break;
	case 5:
		peek(f, (uint32_t)fuzz_eat(in, 3));
		break;
	case 6:
		(void)xengt_sim_run(f->sim);
		break;
	case 7:
		if (what == 0xff)
			xengt_sim_reset(f->sim);
		break;
	}
}

static void step(struct fuzz_sim *f, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_eat(in, 1), shape;
	uint64_t off;

	switch (op & 7) {
	case 0:
	case 1:
	case 2:
		off = places[fuzz_eat(in, 1) % N_PLACES];
		off += (uint64_t)(op >> 6) * 4;
		touch(f, 0, off, op & 8 ? 8 : 4, op & 16, fuzz_eat(in, 8));
		break;
	case 3:
		off = fuzz_eat(in, 4);
		shape = (uint8_t)fuzz_eat(in, 1);
		touch(f, shape >> 5, off, shape & 15, shape & 16,
		      fuzz_eat(in, 8));
		break;
	case 4:				/* an access through the aperture, at pages that
					 * are mapped */
		off = fuzz_eat(in, 3) & 0x3ffff;
		touch(f, 2, off, 1u << (op >> 3 & 3), op & 32, fuzz_eat(in, 8));
		break;
	case 5:
		fuzz_sim_pte(f, (uint32_t)fuzz_eat(in, 1) % FUZZ_PAGES,
			     FUZZ_BUS(fuzz_eat(in, 1)) | op >> 7);
		break;
	case 6:
		cfg(f, in, op & 8);
		break;
	case 7:
		beside_the_cpu(f, in, (uint8_t)fuzz_eat(in, 1));
		break;
	}
}

static uint64_t run(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t what = (uint8_t)fuzz_eat(&in, 1);
	struct fuzz_sim *f = fuzz_sim_start(what & 1, what & 2);

	if ((what & 0x14) == 0x14)
		fuzz_sim_judge(f);
	for (uint32_t i = 0; i < FUZZ_PAGES; i++)
		fuzz_sim_pte(f, i, FUZZ_BUS(i) | 1);
	while (in.left)
		step(f, &in);
	return fuzz_sim_end(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t once = run(data, size);

	if (size && data[0] & 8)
		must(run(data, size) == once);
	return 0;
}
