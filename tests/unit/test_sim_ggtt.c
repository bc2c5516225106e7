// SPDX-License-Identifier: GPL-2.0-only
/* Tests GGTT, TLB, aperture and DMA of the simulated GPU. */
#include "sim_machine.h"

static uint64_t ap_read(struct machine *m, uint64_t off, unsigned int size)
{
	return xengt_sim_bar_read(m->sim, 2, off, size);
}

static void ap_write(struct machine *m, uint64_t off, unsigned int size,
		     uint64_t val)
{
	xengt_sim_bar_write(m->sim, 2, off, size, val);
}

static void test_entry_stores(void **state)
{
	const uint32_t at = XENGT_SIM_GGTT_OFF + 8 * 77;
	struct machine *m = *state;

	set_pte(m, 77, 0x0000007123456001ULL);
	assert_true(xengt_sim_peek_pte(m->sim, 77) == 0x0000007123456001ULL);
	/* each store of a half takes effect at once, in either order */
	wr(m, at, 0xabcde001);
	assert_true(xengt_sim_peek_pte(m->sim, 77) == 0x00000071abcde001ULL);
	wr(m, at + 4, 0x3);
	assert_true(xengt_sim_peek_pte(m->sim, 77) == 0x00000003abcde001ULL);
	assert_int_equal(rd(m, at + 4), 3);
	/* a store of one byte changes only this byte */
	xengt_sim_bar_write(m->sim, 0, at, 1, 0);
	assert_true(xengt_sim_peek_pte(m->sim, 77) == 0x00000003abcde000ULL);
	assert_int_equal(xengt_sim_peek_pte(m->sim, 76), 0);
	assert_int_equal(xengt_sim_peek_pte(m->sim, 78), 0);
	assert_int_equal(xengt_sim_peek_pte(m->sim, XENGT_SIM_GGTT_ENTRIES), 0);
}

static void test_aperture(void **state)
{
	struct machine *m = *state;

	set_pte(m, 0, PTE(RAM_MFN + 3));
	set_pte(m, 1, PTE(RAM_MFN + 9));
	set_pte(m, 65535, PTE(RAM_MFN + 1));
	flush(m);
	for (unsigned int size = 1; size <= 8; size++) {
		ap_write(m, 64, size, 0x8877665544332211ULL);
		assert_memory_equal((uint8_t *)ram_word(m, RAM_MFN + 3) + 64,
				    "\x11\x22\x33\x44\x55\x66\x77\x88", size);
		assert_true(ap_read(m, 64, size) == (0x8877665544332211ULL &
			    (size == 8 ? ~0ULL : (1ULL << (8 * size)) - 1)));
	}
	/*
	 * the simulator splits an access across two entries whose frames are
	 * not adjacent
	 */
	ap_write(m, 4092, 8, 0x1122334455667788ULL);
	assert_int_equal(*((uint32_t *)ram_word(m, RAM_MFN + 3) + 1023),
			 0x55667788);
	assert_int_equal(*(uint32_t *)ram_word(m, RAM_MFN + 9), 0x11223344);
	assert_true(ap_read(m, 4092, 8) == 0x1122334455667788ULL);
	/* the last bytes of the aperture can be written */
	ap_write(m, XENGT_SIM_BAR2_BYTES - 4, 4, 0x5a5a5a5a);
	assert_int_equal(*((uint32_t *)ram_word(m, RAM_MFN + 1) + 1023),
			 0x5a5a5a5a);
}

static void test_faults(void **state)
{
	struct machine *m = *state;
	uint64_t word = 1;

	assert_int_equal(ap_read(m, 0, 4), 0);
	ap_write(m, 0, 4, 5);
	assert_int_equal(stats_of(m).gtt_faults, 2);
	set_pte(m, 0, PTE(7));		/* an entry for an address without
					 * memory */
	set_pte(m, 1, PTE(RAM_MFN));
	assert_int_equal(ap_read(m, 0, 4), 0);
	assert_int_equal(stats_of(m).dma_faults, 1);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 0, &word, 8, false),
			 -EFAULT);
	assert_int_equal(word, 0);
	/* a read gets those bytes that have memory */
	*ram_word(m, RAM_MFN) = 0x77;
	uint8_t buf[16];

	memset(buf, 0xff, sizeof(buf));
	assert_int_equal(xengt_sim_gpu_access(m->sim, 4088, buf, 16, false),
			 -EFAULT);
	assert_int_equal(buf[0], 0);
	assert_int_equal(buf[8], 0x77);
}

static void test_gpu_access(void **state)
{
	struct machine *m = *state;
	uint8_t in[10000], out[10000];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7);
	/* the GPU accesses four pages above the aperture in one call */
	for (uint32_t i = 0; i < 4; i++)
		set_pte(m, 0x80000 + i, PTE(RAM_MFN + 10 + i * 2));
	flush(m);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 0x80000100ULL, in,
					      sizeof(in), true), 0);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 0x80000100ULL, out,
					      sizeof(out), false), 0);
	assert_memory_equal(in, out, sizeof(in));
	assert_memory_equal((uint8_t *)ram_word(m, RAM_MFN + 12),
			    in + 4096 - 0x100, 4096);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 0xfffffffcULL, out, 8,
					      false), -EINVAL);
	assert_int_equal(xengt_sim_gpu_access(m->sim, ~0ULL, out, 8, false),
			 -EINVAL);
	xengt_sim_cfg_write(m->sim, 4, 2, 2);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 0x80000100ULL, out, 8,
					      false), -EPERM);
	assert_int_equal(stats_of(m).dma_blocked, 1);
}

static void test_tlb(void **state)
{
	struct machine *m = *state;
	uint64_t word;

	*ram_word(m, RAM_MFN) = 0xa;
	*ram_word(m, RAM_MFN + 1) = 0xb;
	set_pte(m, 4, PTE(RAM_MFN));
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xa);
	/* a new entry takes effect after the flush, for the CPU and the GPU */
	set_pte(m, 4, PTE(RAM_MFN + 1));
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xa);
	assert_int_equal(xengt_sim_gpu_access(m->sim, 4 * 4096, &word, 8,
					      false), 0);
	assert_int_equal(word, 0xa);
	assert_int_equal(stats_of(m).tlb_stale, 2);
	flush(m);
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xb);
	/* a removed entry still works until the flush, too */
	set_pte(m, 4, 0);
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xb);
	flush(m);
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0);
	/* an entry that is not present is not cached */
	set_pte(m, 4, PTE(RAM_MFN));
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xa);
	assert_int_equal(stats_of(m).ggtt_flushes, 2);
	/* the flush works with any value and width */
	set_pte(m, 4, PTE(RAM_MFN + 1));
	xengt_sim_bar_write(m->sim, 0, REG_GFX_FLSH_CNTL, 1, 0);
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xb);
}

static void test_no_tlb(void **state)
{
	struct machine *m = *state;

	*ram_word(m, RAM_MFN + 1) = 0xb;
	set_pte(m, 4, PTE(RAM_MFN));
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0);
	set_pte(m, 4, PTE(RAM_MFN + 1));
	assert_int_equal(ap_read(m, 4 * 4096, 8), 0xb);
	flush(m);
	assert_int_equal(stats_of(m).tlb_hits, 0);
}

static void test_regions(void **state)
{
	struct machine *m = *state;
	struct xengt_sim_region r[XENGT_SIM_REGIONS_MAX + 1] = {
		{ .bus = RAM_MFN << 12, .len = 4 * 4096, .host = m->ram },
		{ .bus = 1ULL << 33, .len = 2 * 4096,
		  .host = m->ram + 8 * 4096 },
	};
	unsigned int before = m->n_dma;

	assert_int_equal(xengt_sim_set_regions(m->sim, r, 2), 0);
	set_pte(m, 0, PTE(RAM_MFN + 2));
	set_pte(m, 1, PTE((1ULL << 21) + 1));
	set_pte(m, 2, PTE(RAM_MFN + 5));
	ap_write(m, 0, 8, 0x1111);
	ap_write(m, 4096, 4, 0x2222);
	assert_int_equal(*ram_word(m, RAM_MFN + 2), 0x1111);
	assert_int_equal(*ram_word(m, RAM_MFN + 9), 0x2222);
	assert_int_equal(m->n_dma, before);
	/* an address outside of all regions goes to the callbacks */
	ap_write(m, 8192, 4, 0x3333);
	assert_int_equal(*ram_word(m, RAM_MFN + 5), 0x3333);
	assert_int_equal(m->n_dma, before + 1);

	r[1].len = 100;
	assert_int_equal(xengt_sim_set_regions(m->sim, r, 2), -EINVAL);
	assert_int_equal(xengt_sim_set_regions(m->sim, r,
			 XENGT_SIM_REGIONS_MAX + 1), -E2BIG);
	/* the refused call has changed nothing */
	assert_int_equal(ap_read(m, 4096, 4), 0x2222);
	assert_int_equal(xengt_sim_set_regions(m->sim, NULL, 0), 0);
	assert_int_equal(ap_read(m, 4096, 4), 0);
}

/* The simulator ignores bits of an entry that do not belong to the address. */
static void test_address_bits(void **state)
{
	struct machine *m = *state;

	*ram_word(m, RAM_MFN) = 0x99;
	set_pte(m, 0, PTE(RAM_MFN) | 0xffffff8000000ffeULL);
	assert_int_equal(ap_read(m, 0, 8), 0x99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_entry_stores, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_aperture, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_aperture, setup_no_tlb,
						teardown),
		cmocka_unit_test_setup_teardown(test_faults, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_gpu_access, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_gpu_access, setup_bdw,
						teardown),
		cmocka_unit_test_setup_teardown(test_tlb, setup_skl, teardown),
		cmocka_unit_test_setup_teardown(test_no_tlb, setup_no_tlb,
						teardown),
		cmocka_unit_test_setup_teardown(test_regions, setup_skl,
						teardown),
		cmocka_unit_test_setup_teardown(test_address_bits, setup_skl,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
