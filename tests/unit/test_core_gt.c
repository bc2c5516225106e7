/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests registers by name: the power controller, fences, fuses, frequencies
 * (src/core/regs/gt.c, regs/pcode.c, regs/fence.c).
 */
#include "rig.h"

#define MAILBOX	0x138124
#define DATA0	0x138128

static void with_each(void (*fn)(struct rig *rig, bool is_skl))
{
	for (int is_skl = 0; is_skl < 2; is_skl++) {
		struct rig rig;

		rig_start(&rig, is_skl ? XENGT_PLATFORM_SKL :
					   XENGT_PLATFORM_BDW);
		fn(&rig, is_skl);
		rig_destroy(&rig);
	}
}

/* ---- the mailbox ---- */

static uint32_t pcode(struct rig *rig, uint32_t command, uint32_t data,
		      uint32_t *ret_data)
{
	uint32_t done;

	rig_write(rig, DATA0, 4, data);
	rig_write(rig, REG_PCODE_DATA1, 4, 0);
	rig_write(rig, MAILBOX, 4, 0x80000000 | command);
	done = (uint32_t)rig_read(rig, MAILBOX, 4);
	assert_int_equal(done & 0x80000000, 0);
	*ret_data = (uint32_t)rig_read(rig, DATA0, 4);
	return done & 0xff;
}

static void pcode_of(struct rig *rig, bool is_skl)
{
	static const uint8_t known[] = {
		0x04, 0x05, 0x08, 0x09, 0x0c, 0x10, 0x11, 0x1a,
	};
	uint32_t data;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(known); i++)
		assert_int_equal(pcode(rig, known[i], 0, &data), 0);
	assert_int_equal(pcode(rig, 0x1a, 0, &data), 0);
	assert_int_equal(data, is_skl ? 0x700 : 0x600);
	assert_int_equal(pcode(rig, 0x7f, 5, &data), 1);
	assert_int_equal(data, 5);
	/* the other bits of the command read back unchanged */
	pcode(rig, 0x00010208, 0, &data);
	assert_int_equal(rig_read(rig, MAILBOX, 4), 0x00010200);

	/* without the bit "run" the mailbox keeps the value, and no command runs */
	rig_write(rig, DATA0, 4, 0x1234);
	rig_write(rig, MAILBOX, 4, 0x0001021a);
	assert_int_equal(rig_read(rig, MAILBOX, 4), 0x0001021a);
	assert_int_equal(rig_read(rig, DATA0, 4), 0x1234);

	assert_int_equal(pcode(rig, 0x06, 0, &data), !is_skl);
	/* what a command answers has nothing of the question, or is the question */
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(known) - 1; i++) {
		bool is_zero = known[i] == 0x05 || known[i] == 0x0c || known[i] == 0x10;

		pcode(rig, known[i], 0x12345678, &data);
		assert_int_equal(data, is_zero ? 0 : 0x12345678);
	}
	for (uint32_t command = 0x17; command <= 0x19; command++)
		assert_int_equal(pcode(rig, command, 0, &data), is_skl);
	assert_int_equal(pcode(rig, 0x07, 0, &data), !is_skl);
	assert_int_equal(pcode(rig, 0x21, 0, &data), !is_skl);
	if (!is_skl)
		return;
	/* a deeper level of power saving never has a shorter latency */
	for (uint32_t level = 0, last = 1; level < 8; level++) {
		assert_int_equal(pcode(rig, 0x06, level / 4, &data), 0);
		assert_true((data >> 8 * (level % 4) & 0xff) >= last);
		last = data >> 8 * (level % 4) & 0xff;
	}
	/* the device allows a change of the core display clock */
	assert_int_equal(pcode(rig, 0x07, 3, &data), 0);
	assert_int_equal(data & 1, 1);
	assert_int_equal(pcode(rig, 0x07, 2, &data), 0);
	assert_int_equal(data & 1, 0);
	/* the commands that switch memory frequencies off and on succeed */
	assert_int_equal(pcode(rig, 0x21, 0, &data), 0);
	assert_int_equal(data & 1, 1);
	assert_int_equal(pcode(rig, 0x21, 3, &data), 0);
	assert_int_equal(data & 1, 0);
}

static void mailbox(void **state)
{
	(void)state;
	with_each(pcode_of);
}

/* ---- fences ---- */

static uint64_t fence(uint64_t first, uint64_t last, uint32_t valid)
{
	return last << 32 | (uint64_t)0x03 << 32 | first | valid;
}

static uint64_t set_fence(struct rig *rig, uint32_t n, uint64_t val)
{
	uint32_t off = 0x100000 + 8 * n;

	/* a driver writes a fence in these steps: off, high half, low half */
	rig_write(rig, off, 4, 0);
	rig_write(rig, off + 4, 4, val >> 32);
	rig_write(rig, off, 4, (uint32_t)val);
	return rig_read(rig, off, 8);
}

static void fences(void **state)
{
	const uint64_t good = fence(RIG_LOW_BASE,
				    RIG_LOW_BASE + RIG_LOW_BYTES - 0x1000, 1);
	const uint64_t bad[] = {
		fence(RIG_LOW_BASE - 0x1000, RIG_LOW_BASE, 1),
		fence(RIG_LOW_BASE, RIG_LOW_BASE + RIG_LOW_BYTES, 1),
		fence(0, 0xfffff000, 1),
		fence(RIG_LOW_BASE + 0x1000, RIG_LOW_BASE - 0x1000, 1),
		fence(RIG_LOW_BASE + 0x2000, RIG_LOW_BASE, 1),
		fence(0, 0, 1),
	};
	struct rig *rig = *state;

	for (uint32_t n = 0; n < 4; n++) {
		assert_int_equal(set_fence(rig, n, good), good);
		assert_int_equal(rig->gpu.fences[n], good);
	}
	/* a write without a change does not reach the hardware */
	assert_int_equal(rig->gpu.fence_writes, 4);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++)
		assert_int_equal(set_fence(rig, 0, bad[i]) & 1, 0);
	assert_int_equal(xengt_vgpu_counters(rig->vgpu)->fence_refused,
			 XENGT_ARRAY_SIZE(bad));
	/* a change of an enabled fence's size switches the fence off */
	assert_int_equal(set_fence(rig, 1, good), good);
	rig_write(rig, XENGT_FENCE_BASE + 12, 4, 0xfffff000);
	assert_int_equal(rig_read(rig, XENGT_FENCE_BASE + 8, 4) & 1, 0);
	/* a store of both halves at once is checked, too */
	rig_write(rig, XENGT_FENCE_BASE, 8, 0);
	rig_write(rig, XENGT_FENCE_BASE, 8, bad[1]);
	assert_int_equal(rig_read(rig, XENGT_FENCE_BASE, 4) & 1, 0);
	/* fence registers that the vGPU does not have cannot be set */
	for (uint32_t n = 4; n < 32; n++)
		assert_int_equal(set_fence(rig, n, good), 0);
}

/* ---- fuses, clocks, frequencies ---- */

/*
 * Linux computes the numbers of subslices and EUs from these fuses
 * (gt/intel_sseu.c).
 */
static void fuses_of(struct rig *rig, bool is_skl)
{
	uint32_t fuse2 = (uint32_t)rig_read(rig, REG_FUSE2, 4);

	assert_int_equal(fuse2 >> 25 & 7, 1);
	assert_int_equal(is_skl ? ~(fuse2 >> 20) & 0xf : ~(fuse2 >> 21) & 0x7,
			 0x7);
	for (uint32_t off = 0x9134; off <= 0x913c; off += 4) {
		assert_int_equal(rig_read(rig, off, 4), 0);
		rig_write(rig, off, 4, ~0u);
		assert_int_equal(rig_read(rig, off, 4), 0);
	}
	/*
	 * the timestamp counts at 12 MHz: the crystal's 24 MHz divided by 2 ^
	 * (3 - shift)
	 */
	if (is_skl)
		assert_int_equal(24 >> (3 - (rig_read(rig, REG_CTC_MODE, 4) >> 1 & 3)),
				 12);
	else
		assert_int_not_equal(rig_read(rig, REG_MCH_SSKPD, 8), 0);
}

static void fuses(void **state)
{
	(void)state;
	with_each(fuses_of);
}

static void frequency_of(struct rig *rig, bool is_skl)
{
	uint32_t cap = (uint32_t)rig_read(rig, REG_RP_STATE_CAP, 4);
	uint32_t rp0 = cap & 0xff, rp1 = cap >> 8 & 0xff, rpn = cap >> 16;

	assert_true(rp0 > rp1 && rp1 >= rpn && rpn);
	if (is_skl) {
		rig_write(rig, REG_RPNSWREQ, 4, 0x45u << 23);
		assert_int_equal(rig_read(rig, REG_RPSTAT1, 4) >> 23, 0x45);
	} else {
		rig_write(rig, REG_RPNSWREQ, 4, 0x13u << 25);
		assert_int_equal(rig_read(rig, REG_RPSTAT1, 4) >> 7 & 0x7f, 0x13);
	}
}

static void frequencies(void **state)
{
	(void)state;
	with_each(frequency_of);
}

static void nonpriv_of(struct rig *rig, bool is_skl)
{
	/*
	 * the list that Linux writes on Skylake; on Broadwell the list is empty
	 */
	static const uint32_t want[] = { 0x2248, 0x2580, 0x7014, 0x7304, REG_L3SQCREG4 };

	for (uint32_t i = 0; i < XENGT_NONPRIV_SLOTS; i++) {
		uint32_t off = RCS + XENGT_RING_NONPRIV + 4 * i;
		bool is_open = is_skl && i < XENGT_ARRAY_SIZE(want);

		rig_write(rig, off, 4, 0x4400);
		assert_int_equal(rig_read(rig, off, 4),
				 is_open ? want[i] : RCS + XENGT_RING_NOPID);
		off += BCS - RCS;
		assert_int_equal(rig_read(rig, off, 4), BCS + XENGT_RING_NOPID);
	}
}

/*
 * A guest cannot open a register to its own batches: it reads the module's
 * list, and its writes have no effect.
 */
static void the_list_of_nonpriv(void **state)
{
	(void)state;
	with_each(nonpriv_of);
}

static void flushes_are_done_at_once(void **state)
{
	struct rig *rig = *state;

	for (uint32_t off = 0x4260; off <= 0x4270; off += 4) {
		rig_write(rig, off, 4, 1);
		assert_int_equal(rig_read(rig, off, 4), 0);
	}
	/* a driver warns if it does not read back what it wrote */
	rig_write(rig, REG_GTT_CACHE_EN, 4, 0xf0007fff);
	assert_int_equal(rig_read(rig, REG_GTT_CACHE_EN, 4), 0xf0007fff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailbox),
		rig_test(fences),
		cmocka_unit_test(fuses),
		cmocka_unit_test(frequencies),
		cmocka_unit_test(the_list_of_nonpriv),
		rig_test(flushes_are_done_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
