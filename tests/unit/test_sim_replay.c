// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the simulator's recordings. A recording can be replayed without a machine and without
 * a difference; a changed recording gives a difference; a bad file is refused. The
 * recorded probe of Debian's i915 (tests/replay) is replayed, too: all reads must give
 * the recorded values.
 */
#include "sim_engine_rig.h"

#include <stdio.h>

#include "sim/record.h"

#define TAPE_BYTES	(1U << 20)

struct tape {
	uint8_t *bytes;
	size_t n;
	size_t at;
	unsigned int n_diffs;
	struct xengt_sim_rec_diff diff;		/* the first difference */
};

static int tape_write(void *opaque, const void *buf, size_t len)
{
	struct tape *t = opaque;

	if (len > TAPE_BYTES - t->n)
		return -ENOSPC;
	memcpy(t->bytes + t->n, buf, len);
	t->n += len;
	return 0;
}

/* Read the tape in pieces of odd sizes. */
static long tape_read(void *opaque, void *buf, size_t len)
{
	struct tape *t = opaque;
	size_t n = t->n - t->at;

	n = n > len ? len : n;
	n = n > 77 ? 77 : n;
	memcpy(buf, t->bytes + t->at, n);
	t->at += n;
	return (long)n;
}

static void tape_differs(void *opaque, const struct xengt_sim_rec_diff *diff)
{
	struct tape *t = opaque;

	if (!t->n_diffs++)
		t->diff = *diff;
}

static int replay(struct tape *t, struct xengt_sim_rec_result *res)
{
	const struct xengt_sim_replay r = {
		.read = tape_read, .differs = tape_differs, .opaque = t,
	};

	t->at = 0;
	t->n_diffs = 0;
	return xengt_sim_replay(&r, res);
}

/*
 * Runs a session: work in memory that the CPU changes, reads of registers, interrupts,
 * idle time.
 */
static void a_session(struct rig *r)
{
	static const uint32_t copy[] = {
		0x17000003, (uint32_t)VA + GTT(PAGE_DATA) + 8,
		(uint32_t)(VA >> 32), (uint32_t)VA + GTT(PAGE_DATA),
		(uint32_t)(VA >> 32), MI_USER_IRQ,
	};

	enable_msi(r->m, 0xfee01004, 0x4321);
	wr(r->m, REG_GT0_IMR, 0);
	wr(r->m, REG_GT0_IER, ~0U);
	wr(r->m, REG_MASTER_INTERRUPT, 0x80000000);
	for (uint32_t i = 0; i < 5; i++) {
		ram32(r, PAGE_DATA)[0] = 0x1000 + i;
		engine_batch(r, copy, 6, true);
		assert_int_equal(xengt_sim_bar_read(r->m->sim, 2,
						    GTT(PAGE_DATA) + 8, 4),
				 0x1000 + i);
		(void)rd(r->m, REG_GT0_IIR);
		wr(r->m, REG_MASTER_INTERRUPT, 0);
		wr(r->m, REG_GT0_IIR, ~0U);		/* clears both latched events */
		wr(r->m, REG_GT0_IIR, ~0U);
		wr(r->m, REG_MASTER_INTERRUPT, 0x80000000);
		xengt_sim_advance(r->m->sim, 20000000);
		xengt_sim_idle(r->m->sim);
		(void)rd(r->m, RCS + 0x358);
		(void)xengt_sim_cfg_read(r->m->sim, 0, 4);
	}
	for (uint32_t i = 0; i < 1000; i++)
		set_pte(r->m, 0x1000 + i, PTE(RAM_MFN));
	xengt_sim_set_monitor(r->m->sim, 1, false);
	xengt_sim_raise_irq(r->m->sim, XENGT_SIM_IRQ_GT0, 1);
	assert_true(r->m->n_msi > 5);
}

static struct tape *tape_create(void)
{
	struct tape *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->bytes = malloc(TAPE_BYTES);
	assert_non_null(t->bytes);
	return t;
}

static void tape_destroy(struct tape *t)
{
	free(t->bytes);
	free(t);
}

/*
 * Record a session. engine_create() has called the simulator already, so the
 * recording begins with a power cycle.
 */
static struct tape *record(void)
{
	struct xengt_sim_config config = { 0 };
	struct tape *t = tape_create();
	struct rig *r = engine_create("bdw", RCS);

	assert_int_equal(xengt_sim_record(r->m->sim, &config, tape_write, t),
			 -EINVAL);
	xengt_sim_power_cycle(r->m->sim);
	assert_int_equal(xengt_sim_record(r->m->sim, &config, tape_write, t),
			 0);
	assert_int_equal(xengt_sim_record(r->m->sim, &config, tape_write, t),
			 -EBUSY);
	xengt_sim_cfg_write(r->m->sim, 4, 2, 6);
	engine_setup(r);
	a_session(r);
	assert_int_equal(xengt_sim_record_end(r->m->sim), 0);
	assert_int_equal(xengt_sim_record_end(r->m->sim), 0);
	engine_destroy(r);
	return t;
}

static void test_replays(void **state)
{
	struct xengt_sim_rec_result once, twice;
	struct tape *t = record();

	(void)state;
	/* a thousand equal entries are stored as one record with a count */
	assert_in_range(t->n, 1000, 8000);
	assert_int_equal(replay(t, &once), 0);
	assert_int_equal(once.differences, 0);
	assert_true(once.reads >= 15 && once.msis > 5 && once.calls > 1000);
	assert_int_equal(replay(t, &twice), 0);
	assert_memory_equal(&once, &twice, sizeof(once));
	tape_destroy(t);
}

static void test_change_shows(void **state)
{
	static const uint8_t vendor[] = { 0x86, 0x81, 0xda, 0xb0, 0x01 };
	struct xengt_sim_rec_result res;
	struct tape *t = record();
	uint8_t *at = t->bytes;

	/*
	 * find the value 0x16168086, which the recording has in base 128, and change it
	 */
	(void)state;
	while (memcmp(at, vendor, sizeof(vendor)))
		assert_true(++at < t->bytes + t->n - sizeof(vendor));
	at[0] ^= 1;
	assert_int_equal(replay(t, &res), 0);
	assert_int_equal(res.differences, t->n_diffs);
	assert_in_range(res.differences, 1, 5);
	assert_int_equal(t->diff.bar, -1);
	assert_int_equal(t->diff.off, 0);
	assert_int_equal(t->diff.got, 0x16168086);
	assert_int_equal(t->diff.recorded, 0x16168087);
	tape_destroy(t);
}

/*
 * A recording that is cut at any place, or in which any byte is changed, gives an error
 * or a difference, but no crash.
 */
static void test_nonsense(void **state)
{
	struct xengt_sim_rec_result res;
	struct tape *t = record();
	size_t n = t->n;

	(void)state;
	for (size_t cut = 0; cut < n; cut += n / 40) {
		t->n = cut;
		assert_int_equal(replay(t, &res), -EINVAL);
	}
	t->n = n;
	t->bytes[8] = XENGT_SIM_REC_VERSION + 1;
	assert_int_equal(replay(t, &res), -EINVAL);
	t->bytes[8] = XENGT_SIM_REC_VERSION;
	for (size_t i = 9; i < n; i += n / 40) {
		t->bytes[i] ^= 0xff;
		(void)replay(t, &res);
		t->bytes[i] ^= 0xff;
	}
	assert_int_equal(replay(t, &res), 0);
	tape_destroy(t);
}

static void test_writer_fails(void **state)
{
	struct xengt_sim_config config = { 0 };
	struct tape *t = tape_create();
	struct machine *m = machine_create("skl", false);

	(void)state;
	xengt_sim_power_cycle(m->sim);
	t->n = TAPE_BYTES;
	assert_int_equal(xengt_sim_record(m->sim, &config, tape_write, t), 0);
	(void)rd(m, RCS + REG_RING_TIMESTAMP);
	assert_int_equal(xengt_sim_record_end(m->sim), -ENOSPC);
	machine_destroy(m);
	tape_destroy(t);
}

static long pipe_read(void *opaque, void *buf, size_t len)
{
	return (long)fread(buf, 1, len, opaque);
}

static void print_difference(void *opaque, const struct xengt_sim_rec_diff *d)
{
	(void)opaque;
	print_error("call %llu: BAR %d 0x%llx was 0x%llx, now 0x%llx\n",
		    (unsigned long long)d->call, d->bar,
		    (unsigned long long)d->off,
		    (unsigned long long)d->recorded,
		    (unsigned long long)d->got);
}

/* docs/gpusim.md says how to record this probe again. */
static void test_native_probe(void **state)
{
	struct xengt_sim_rec_result res[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct xengt_sim_replay r = { .read = pipe_read,
					      .differs = print_difference };

		r.opaque = popen("gzip -dc tests/replay/native-skl.rec.gz",
				 "r");
		assert_non_null(r.opaque);
		assert_int_equal(xengt_sim_replay(&r, &res[i]), 0);
		assert_int_equal(pclose(r.opaque), 0);
		assert_int_equal(res[i].differences, 0);
		assert_true(res[i].reads > 3000 && res[i].msis > 10);
	}
	assert_memory_equal(&res[0], &res[1], sizeof(res[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replays),
		cmocka_unit_test(test_change_shows),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_writer_fails),
		cmocka_unit_test(test_native_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
