/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests src/boundary/hw.c: flushes, the reset of the whole GPU, and waits with a time limit, on
 * hardware that the test plays. test_boundary_lost tests what stays held if the GPU is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/bnd_hw.h"
#include "hw/facts.h"

#define US		UINT64_C(1000)
#define POLL_US		20u
#define RESET_POLLS	100u

static struct xengt_hw hw;
static struct xengt_hw_health health;
static uint64_t now;
static uint32_t waits, losses, wakes, resets, reset_reads;
static uint32_t flushes[2];		/* calls of the two operations */
static uint32_t bad_flushes;		/* so many calls of a flush fail */
static uint32_t reset_ends;		/* the read of GDRST from which on the reset has ended */
static bool another_loses;		/* another thread finds that the GPU is lost, during the
					 * second flush */
static bool can_master;			/* the GPU may access memory */
static uint32_t cuts;			/* calls of cut_off() */
static bool is_early;			/* no engine may be stopped without a reset in progress */

static int flush(uint32_t which)
{
	flushes[which]++;
	if (flushes[which] == 2 && another_loses) {
		health.is_lost = true;
		losses++;
	}
	return flushes[0] + flushes[1] > bad_flushes ? 0 : -EIO;
}

static int ggtt_flush(void *ctx)
{
	(void)ctx;
	return flush(XENGT_HW_GGTT);
}

static int ppgtt_flush(void *ctx)
{
	(void)ctx;
	return flush(XENGT_HW_PPGTT);
}

static uint32_t reg_read(void *ctx, uint32_t off)
{
	(void)ctx;
	assert_int_equal(off, XENGT_GDRST);
	assert_int_equal(wakes, 1);
	assert_true(health.is_stopped && health.is_resetting);
	return ++reset_reads >= reset_ends ? ~XENGT_GDRST_FULL : XENGT_GDRST_FULL;
}

static void reg_write(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	assert_int_equal(off, XENGT_GDRST);
	assert_int_equal(val, XENGT_GDRST_FULL);
	assert_int_equal(wakes, 1);
	assert_true(health.is_stopped && health.is_resetting);
	resets++;
}

static void sync_mem(void *ctx)
{
	(void)ctx;
	is_early |= health.is_stopped && !health.is_resetting;
}

static void wait_us(void *ctx, uint32_t us)
{
	(void)ctx;
	assert_int_equal(us, POLL_US);
	now += us * US;
	waits++;
}

static uint64_t read_clock(void *ctx)
{
	(void)ctx;
	return now;
}

static void power(void *ctx, bool is_on)
{
	(void)ctx;
	wakes += is_on ? 1 : -1u;
}

static void lost(void *ctx)
{
	(void)ctx;
	assert_true(health.is_lost);
	losses++;
}

static bool is_master(void *ctx)
{
	(void)ctx;
	return can_master;
}

static void cut_off(void *ctx)
{
	(void)ctx;
	assert_true(health.is_cut_off);
	cuts++;
}

static const struct xengt_hw_ops ops = {
	.ggtt_flush = ggtt_flush, .ppgtt_flush = ppgtt_flush, .reg_read = reg_read,
	.reg_write = reg_write, .sync = sync_mem, .wait_us = wait_us, .now_ns = read_clock,
	.power = power, .lost = lost, .is_master = is_master, .cut_off = cut_off,
};

static int setup(void **state)
{
	(void)state;
	memset(&health, 0, sizeof(health));
	hw = (struct xengt_hw){ .ops = &ops, .health = &health };
	now = 5;
	waits = losses = wakes = resets = reset_reads = bad_flushes = 0;
	flushes[0] = flushes[1] = 0;
	reset_ends = 1;
	can_master = true;
	cuts = 0;
	is_early = another_loses = false;
	return 0;
}

/* ---- flushes ---- */

static void expect_health(bool is_stopped, bool is_lost, uint32_t failed, uint32_t full)
{
	assert_int_equal(health.is_stopped, is_stopped);
	assert_int_equal(health.is_lost, is_lost);
	assert_false(health.is_resetting);
	assert_int_equal(health.flushes_failed, failed);
	assert_int_equal(health.full_resets, full);
	assert_int_equal(losses, is_lost);
	assert_int_equal(wakes, 0);
	assert_false(is_early);
}

static void a_flush_flushes_its_tlbs(void **state)
{
	(void)state;
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_GGTT), 0);
	assert_int_equal(flushes[XENGT_HW_GGTT], 1);
	assert_int_equal(flushes[XENGT_HW_PPGTT], 0);
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_PPGTT), 0);
	assert_int_equal(flushes[XENGT_HW_GGTT], 1);
	assert_int_equal(flushes[XENGT_HW_PPGTT], 1);
	expect_health(false, false, 0, 0);
	assert_int_equal(resets, 0);
}

/* A flush that fails is tried again after a reset of the whole GPU. */
static void a_flush_is_tried_twice(void **state)
{
	(void)state;
	bad_flushes = 1;
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_PPGTT), 0);
	assert_int_equal(flushes[XENGT_HW_PPGTT], 2);
	assert_int_equal(flushes[XENGT_HW_GGTT], 0);
	assert_int_equal(resets, 1);
	expect_health(true, false, 1, 1);
}

/* If the second flush fails, too, the GPU is lost: nothing is tried any more. */
static void a_second_failure_loses_the_gpu(void **state)
{
	(void)state;
	bad_flushes = 2;
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_GGTT), -EIO);
	assert_int_equal(flushes[XENGT_HW_GGTT], 2);
	expect_health(true, true, 1, 1);
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_GGTT), -EIO);
	assert_int_equal(xengt_hw_full_reset(&hw), -EIO);
	assert_int_equal(flushes[XENGT_HW_GGTT], 2);
	assert_int_equal(resets, 1);
	expect_health(true, true, 1, 1);
}

/* The administrator is told once, also if two threads find at the same time that it is lost. */
static void the_gpu_is_lost_once(void **state)
{
	(void)state;
	bad_flushes = 2;
	another_loses = true;
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_GGTT), -EIO);
	expect_health(true, true, 1, 1);
}

/* If the reset fails, there is no second flush. */
static void a_reset_that_fails_loses_the_gpu(void **state)
{
	(void)state;
	bad_flushes = 1;
	reset_ends = UINT32_MAX;
	assert_int_equal(xengt_hw_flush(&hw, XENGT_HW_PPGTT), -EIO);
	assert_int_equal(flushes[XENGT_HW_PPGTT], 1);
	expect_health(true, true, 1, 1);
}

/* ---- the reset of the whole GPU ---- */

/* The reset may take 100 polls, which are 2 ms. */
static void a_reset_has_100_polls(void **state)
{
	static const uint32_t ends[] = { 1, 2, RESET_POLLS, RESET_POLLS + 1 };

	for (uint32_t i = 0; i < 4; i++) {
		bool is_reset = ends[i] <= RESET_POLLS;

		setup(state);
		reset_ends = ends[i];
		assert_int_equal(xengt_hw_full_reset(&hw), is_reset ? 0 : -EIO);
		assert_int_equal(waits, is_reset ? ends[i] - 1 : RESET_POLLS);
		assert_int_equal(resets, 1);
		expect_health(true, !is_reset, 0, 1);
	}
}

/* A GPU that lost bus mastering is reset, too, and the administrator is told once. */
static void a_gpu_that_is_cut_off(void **state)
{
	(void)state;
	assert_false(xengt_hw_is_cut_off(&hw));
	can_master = false;
	assert_int_equal(xengt_hw_full_reset(&hw), 0);
	assert_true(xengt_hw_is_cut_off(&hw));
	assert_int_equal(cuts, 1);
	assert_int_equal(resets, 1);
	expect_health(true, false, 0, 1);
	/* another driver decides itself about the bus mastering of its GPU */
	setup(state);
	can_master = false;
	hw.is_shared = true;
	assert_false(xengt_hw_is_cut_off(&hw));
	assert_int_equal(cuts, 0);
}

/* A GPU that another driver owns is not reset: it is lost at once. */
static void a_shared_gpu_is_not_reset(void **state)
{
	(void)state;
	hw.is_shared = true;
	assert_int_equal(xengt_hw_full_reset(&hw), -EIO);
	assert_int_equal(resets, 0);
	assert_int_equal(reset_reads, 0);
	expect_health(true, true, 0, 1);
}

/* ---- waits with a time limit ---- */

static struct {
	uint32_t looks;
	uint32_t at;			/* the look that returns 'result' */
	int result;
	uint64_t takes_ns;		/* time that passes in each look */
} hardware;

static int look(void *arg)
{
	assert_ptr_equal(arg, &hardware);
	now += hardware.takes_ns;
	return ++hardware.looks == hardware.at ? hardware.result : 1;
}

static void expect_poll(uint64_t ns, uint32_t at, int result, uint32_t looks, int want)
{
	waits = 0;
	hardware.looks = 0;
	hardware.at = at;
	hardware.result = result;
	assert_int_equal(xengt_hw_poll(&hw, ns, look, &hardware), want);
	assert_int_equal(hardware.looks, looks);
	assert_int_equal(waits, looks - 1);
}

static void a_wait_ends_with_its_result(void **state)
{
	(void)state;
	expect_poll(100 * US, 1, 0, 1, 0);
	expect_poll(100 * US, 1, -EIO, 1, -EIO);
	expect_poll(100 * US, 3, 0, 3, 0);
	expect_poll(100 * US, 3, 2, 3, 2);
	expect_poll(100 * US, 3, -EIO, 3, -EIO);
}

/* The limit is over when the time has passed, not later; then one more look counts. */
static void a_wait_has_a_limit(void **state)
{
	(void)state;
	hardware.takes_ns = 0;
	expect_poll(0, 0, 0, 1, 1);
	expect_poll(0, 1, 0, 1, 0);
	expect_poll(2 * POLL_US * US - 1, 0, 0, 3, 1);
	expect_poll(2 * POLL_US * US, 0, 0, 3, 1);
	expect_poll(2 * POLL_US * US, 3, 0, 3, 0);
	expect_poll(2 * POLL_US * US + 1, 0, 0, 4, 1);
	expect_poll(2 * POLL_US * US + 1, 4, 0, 4, 0);
}

/* However long dom0 stands still, the hardware is looked at once more afterwards. */
static void a_standstill_of_dom0_is_no_error_of_the_hardware(void **state)
{
	(void)state;
	hardware.takes_ns = 1000000000;
	expect_poll(POLL_US * US, 2, 0, 2, 0);
	expect_poll(POLL_US * US, 0, 0, 2, 1);
	hardware.takes_ns = 0;
}

#define unit(f)	cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(a_flush_flushes_its_tlbs),
		unit(a_flush_is_tried_twice),
		unit(a_second_failure_loses_the_gpu),
		unit(the_gpu_is_lost_once),
		unit(a_reset_that_fails_loses_the_gpu),
		unit(a_reset_has_100_polls),
		unit(a_gpu_that_is_cut_off),
		unit(a_shared_gpu_is_not_reset),
		unit(a_wait_ends_with_its_result),
		unit(a_wait_has_a_limit),
		unit(a_standstill_of_dom0_is_no_error_of_the_hardware),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
