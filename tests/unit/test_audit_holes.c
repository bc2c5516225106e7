// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that the audit does not have the holes S5, S8, S9 and S10, which the source of
 * Intel's GVT-g has (docs/threat-model.md) and which concern more than one stream. S1 to
 * S4, S6 and S7 are in test_audit_streams.
 *
 * promise: P9
 */
#include "rig.h"

#include "audit_rig.h"
#include "boundary/fence.h"

#define SKL		XENGT_PLATFORM_SKL
#define BDW		XENGT_PLATFORM_BDW
#define REGISTERS	0x200000u
#define LRI		0x11000001u
#define LRM		0x14800002u
#define LRR		0x15000001u
#define PIPE		0x7a000004u
#define START		0x18800001u

/* ---- S5: a fence that covers other guests' tiles ---- */

/*
 * Returns the value of an X-tiled fence over [from, last] whose rows have 'tiles' tiles.
 * The pitch is in units of 128 bytes.
 */
static uint64_t fence(uint32_t from, uint32_t last, uint32_t tiles)
{
	return (uint64_t)(last | (4 * tiles - 1)) << 32 | from | 1;
}

static void s5_fences_stay_in_the_slice(void **state)
{
	const uint32_t page = 0x1000;

	(void)state;
	for (uint32_t tiles = 1; tiles <= 8; tiles *= 2) {
		const uint32_t row = page * tiles;

		assert_int_equal(xengt_fence_check(slices,
			fence(LOW, LOW_END - page, tiles)), 0);
		/*
		 * refused: a fence that begins below the slice, ends above the slice, is
		 * wholly above the slice, spans all memory, or is in graphics memory
		 * that the CPU does not see
		 */
		assert_int_equal(xengt_fence_check(slices,
			fence(LOW - row, LOW_END - page, tiles)), -EINVAL);
		assert_int_equal(xengt_fence_check(slices,
			fence(LOW, LOW_END, tiles)), -EINVAL);
		assert_int_equal(xengt_fence_check(slices,
			fence(LOW_END, LOW_END + 8 * row - page, tiles)),
			-EINVAL);
		assert_int_equal(xengt_fence_check(slices,
			fence(0, 0xfffff000, tiles)), -EINVAL);
		assert_int_equal(xengt_fence_check(slices,
			fence(HIGH, HIGH + 8 * row - page, tiles)), -EINVAL);
	}
}

/* ---- S8: one list says what a guest may load ---- */

/*
 * Does a row of the register list allow writes of this register by this stream?
 */
static bool is_listed(const struct xengt_audit *audit, uint32_t reg)
{
	const struct xengt_audit_reg_row *row;
	bool is_engine;

	for (uint32_t i = 0; (row = xengt_audit_reg_at(i, &is_engine)); i++) {
		uint32_t off = is_engine ? reg - bases[audit->engine] : reg;

		if (off >= row->first && off <= row->last &&
		    !(xengt_audit_hardware(audit) & ~row->where) &&
		    row->writes & xengt_audit_kind_bit(audit->kind))
			return true;
	}
	return false;
}

#define WAYS	5

/*
 * May a stream load the register by the command ways[way]? A command with an immediate
 * value loads 0.
 */
static bool passes(const struct xengt_audit *audit, uint32_t way, uint32_t reg)
{
	const uint32_t gpr = GPR(bases[audit->engine]);
	uint32_t ways[WAYS][6] = {
		{ LRI, reg, 0, END },
		{ LRM, reg, 0x1000, 0, END },
		{ LRR, gpr, reg, END },
		{ LRI + 2, gpr, 0, reg, 0, END },
		{ PIPE, 1u << 23, reg, 0, 0, 0 },
	};
	struct xengt_audit_result res;
	uint32_t n = way == 4 ? 6 : way == 3 ? 5 : way == 1 ? 4 : 3;

	return !xengt_audit_run(audit, ways[way], 0, n, &res);
}

static void s8_only_listed_registers(void **state)
{
	static const enum xengt_audit_kind kinds[] = {
		XENGT_AUDIT_RING, XENGT_AUDIT_INDIRECT_CTX,
	};
	uint32_t passed = 0;

	(void)state;
	for (int e = 0; e < XENGT_ENGINES; e++)
		for (size_t k = 0; k < XENGT_ARRAY_SIZE(kinds); k++) {
			struct xengt_audit a = make(SKL, e, kinds[k]);

			/* try every register with every such command */
			for (uint32_t i = 0; i < WAYS * REGISTERS / 4; i++) {
				const uint32_t reg = i / WAYS * 4;

				if (!passes(&a, i % WAYS, reg))
					continue;
				assert_true(is_listed(&a, reg));
				passed++;
			}
		}
	assert_true(passed > 100);
}

static void s8_by_no_other_way(void **state)
{
	struct xengt_audit a = make(SKL, XENGT_ENGINE_RCS, XENGT_AUDIT_RING);

	(void)state;
	for (uint32_t way = 0; way < WAYS; way++)
		for (uint32_t reg = 0; reg < 0x10000; reg++)
			if (passes(&a, way, reg))
				assert_true(!(reg & 3) && is_listed(&a, reg));
	for (uint32_t way = 0; way < WAYS; way++)
		for (uint32_t bit = 21; bit < 32; bit++)
			assert_false(passes(&a, way, 0x2600 | 1u << bit));
}

/* ---- S9: what a stream costs is bounded by its length ---- */

static uint32_t starts, fetched;

static int count_start(void *ctx, uint64_t addr, bool is_ppgtt, bool is_second,
		       uint64_t *ret_addr, bool *ret_is_ppgtt)
{
	(void)ctx;
	(void)is_second;
	*ret_addr = addr;
	*ret_is_ppgtt = is_ppgtt;
	starts++;
	return 0;
}

static int count_fetch(void *ctx, uint32_t first, uint32_t count)
{
	(void)ctx;
	assert_int_equal(first, fetched);
	fetched += count;
	return 0;
}

static void s9_costs_are_bounded(void **state)
{
	static uint32_t dw[4096];
	struct xengt_audit audit = make(SKL, XENGT_ENGINE_RCS, XENGT_AUDIT_BATCH);
	const uint32_t words[] = { 0, START | 1u << 22, 0x11000001, 0x0d0000ff };
	struct xengt_audit_result res;

	(void)state;
	audit.batch_start = count_start;
	audit.fetch = count_fetch;
	for (size_t w = 0; w < XENGT_ARRAY_SIZE(words); w++) {
		memset(dw, 0, sizeof(dw));
		for (uint32_t i = 0; w && i + 2 < 4096; i += 3) {
			dw[i] = words[w];
			dw[i + 1] = w == 2 ? 0x2600 : LOW;
		}
		starts = 0;
		fetched = 0;
		/*
		 * the audit refuses a stream without an END after at most one pass over
		 * the stream
		 */
		assert_int_equal(xengt_audit_run(&audit, dw, 0, 4096, &res),
				 -EBADMSG);
		assert_true(fetched <= 4096 && res.commands <= 4096 + 1);
		assert_true(starts <= 4096 / 3 + 1);
	}
}

/* ---- S10: a guest cannot read what other guests do ---- */

static void s10_streams_read_their_own(void **state)
{
	/* INSTDONE, ACTHD, IPEHR, HEAD and other positions; INSTDONE of slices */
	static const uint32_t engine[] = {
		0x30, 0x34, 0x5c, 0x60, 0x64, 0x68, 0x6c, 0x70, 0x74, 0x78,
		0x110, 0x140, 0x234, 0x238, 0x370, 0x3a0,
	};
	static const uint32_t gpu[] = {
		0x7100, 0xe160, 0xe164, 0x2360, 0x2b28, 0x2700, 0x2770, 0x9120,
		0xa01c, 0x138104, 0x138108,
	};

	(void)state;
	for (int e = 0; e < XENGT_ENGINES; e++)
		for (int k = 0; k <= XENGT_AUDIT_IMAGE; k++) {
			struct xengt_audit a = make(SKL, e, k);
			const uint32_t here = xengt_audit_hardware(&a);

			for (int on = 0; on < XENGT_ENGINES; on++)
				for (size_t i = 0;
				     i < XENGT_ARRAY_SIZE(engine); i++)
					assert_null(xengt_audit_find_reg(
						here, bases[e],
						bases[on] + engine[i]));
			for (size_t i = 0; i < XENGT_ARRAY_SIZE(gpu); i++)
				assert_null(xengt_audit_find_reg(here, bases[e],
								 gpu[i]));
		}
}

/*
 * If a guest's CPU reads one of these registers, it gets the value that an idle engine
 * would have, whatever the real engine does.
 */
static void s10_cpus_read_their_own(void **state)
{
	(void)state;
	for (int p = BDW; p <= SKL; p++) {
		struct rig rig;

		rig_start(&rig, p);
		for (int e = 0; e < XENGT_ENGINES; e++) {
			assert_int_equal(rig_read(&rig, bases[e] + 0x6c, 4),
					 0xffffffff);
			assert_int_equal(rig_read(&rig, bases[e] + 0x74, 4), 0);
			assert_int_equal(rig_read(&rig, bases[e] + 0x5c, 4), 0);
			assert_int_equal(rig_read(&rig, bases[e] + 0x34, 4), 0);
		}
		/*
		 * this register is only a value in the vGPU: the guest reads what the
		 * guest wrote, not the hardware's value
		 */
		rig_write(&rig, REG_SC_INSTDONE, 4, 0x12345678);
		assert_int_equal(rig_read(&rig, REG_SC_INSTDONE, 4), 0x12345678);
		rig_destroy(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s5_fences_stay_in_the_slice),
		cmocka_unit_test(s8_only_listed_registers),
		cmocka_unit_test(s8_by_no_other_way),
		cmocka_unit_test(s9_costs_are_bounded),
		cmocka_unit_test(s10_streams_read_their_own),
		cmocka_unit_test(s10_cpus_read_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
