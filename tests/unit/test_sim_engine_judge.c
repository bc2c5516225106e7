// SPDX-License-Identifier: GPL-2.0-only
/* The judge on accesses through a context's page tables. */
#include "test_sim_engine_rig.h"

#include "xengt/judge_abi.h"

static void store(struct rig *r)
{
	const uint64_t va = VA + GTT(PAGE_DATA);
	uint32_t dw[] = { MI_STORE, (uint32_t)va, (uint32_t)(va >> 32), 6 };

	rig_batch(r, dw, 4, true);
}

static void test_ppgtt_is_judged(void **state)
{
	struct rig *r = rig_create("skl", RCS);
	uint8_t *shm = aligned_alloc(4096, XENGT_JUDGE_FILE_BYTES);
	struct xengt_judge_hdr *hdr = (void *)shm;
	struct xengt_judge_slice *slice;
	uint64_t *owners;

	(void)state;
	assert_non_null(shm);
	assert_int_equal(xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES),
			 0);
	slice = (void *)(shm + XENGT_JUDGE_SLICES_OFF);
	owners = (void *)(shm + XENGT_JUDGE_OWNERS_OFF);
	slice->domid = 7;
	slice->low_base = 0;
	slice->low_bytes = RAM_BYTES;
	slice->active = 1;
	for (unsigned int i = 0; i < RAM_PAGES; i++)
		owners[RAM_MFN + i] = XENGT_JUDGE_OWNER(7, 0);
	hdr->generation = 2;
	assert_int_equal(xengt_sim_judge_attach(r->m->sim, shm,
						XENGT_JUDGE_FILE_BYTES), 0);
	store(r);
	assert_int_equal(hdr->violations, 0);
	assert_true(hdr->accesses > 0);
	/* the frame goes to somebody else, the entry stays */
	owners[RAM_MFN + PAGE_DATA] = XENGT_JUDGE_OWNER(8, 0);
	store(r);
	assert_int_equal(hdr->violations, 1);
	assert_true(r->m->n_log > 0);
	xengt_sim_judge_attach(r->m->sim, NULL, 0);
	rig_destroy(r);
	free(shm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ppgtt_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
