/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests adverse events. The test has a hostile guest for each counter of adverse events
 * (include/xengt/counters.h): the guest trips this counter and no other. A working driver
 * trips no counter.
 *
 * promise: P18
 */
#include "rig.h"

#include "common/abuse.h"
#include "core/ppgtt.h"
#include "core/ppgtt_priv.h"
#include "session/session.h"
#include "session_file.h"
#include "xengt/log.h"

#define MINUTE	60000u

/* ---- the table ---- */

static bool is_adverse(uint32_t row)
{
	return xengt_metrics[row].burst != 0;
}

static void the_table(void **state)
{
	uint32_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		const struct xengt_metric *row = &xengt_metrics[i];

		assert_true(*row->name && *row->doc);
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(row->name,
						xengt_metrics[k].name);
		assert_in_range(row->throttle, 0, XENGT_THROTTLES - 1);
		assert_int_equal(is_adverse(i), row->per_minute != 0);
		assert_int_equal(is_adverse(i), *row->why != '\0');
		if (!is_adverse(i))
			assert_int_equal(row->throttle, XENGT_THROTTLE_NONE);
		n += is_adverse(i);
	}
	assert_in_range(n, 12, XENGT_COUNTERS_ALL);
}

/* ---- the buckets ---- */

static struct xengt_abuse abuse;
static struct xengt_counters counters;
static uint64_t now;

static void begin(void)
{
	memset(&counters, 0, sizeof(counters));
	now = 5;
	xengt_abuse_init(&abuse, now);
}

static void count(uint32_t row, uint64_t events)
{
	((uint64_t *)&counters)[row] += events;
}

/*
 * Let time pass. Returns the counter that is reported, or -1. *ret_count gets the number of
 * reported events.
 */
static int after(uint64_t msec, uint64_t *ret_count)
{
	enum xengt_counter row;

	now += msec;
	xengt_abuse_update(&abuse, &counters, now);
	return xengt_abuse_next(&abuse, &row, ret_count) ? (int)row : -1;
}

/*
 * A guest causes as many events as the row's burst allows at once, and after that, for a week,
 * as many in each minute as the row allows: the counter does not trip. One more event trips it.
 */
static void what_is_allowed(void **state)
{
	uint64_t n;

	(void)state;
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		const struct xengt_metric *row = &xengt_metrics[i];

		if (!is_adverse(i))
			continue;
		begin();
		count(i, row->burst);
		assert_int_equal(after(XENGT_ABUSE_STEP_MSEC, &n), -1);
		for (uint32_t m = 0; m < 7 * 24 * 60; m++) {
			count(i, row->per_minute);
			assert_int_equal(after(MINUTE, &n), -1);
		}
		/* the bucket did not fill up in this week, so one more event is too many */
		count(i, row->per_minute + 1);
		assert_int_equal(after(MINUTE, &n), i);
	}
}

/* However long a guest has done nothing, it may cause no more than a burst. */
static void no_more_than_a_burst(void **state)
{
	static const uint64_t slept[] = { MINUTE, 1ull << 40, UINT64_MAX - 1000 };
	uint64_t n;

	(void)state;
	for (size_t s = 0; s < XENGT_ARRAY_SIZE(slept); s++)
		for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
			if (!is_adverse(i))
				continue;
			begin();
			assert_int_equal(after(slept[s], &n), -1);
			count(i, xengt_metrics[i].burst);
			assert_int_equal(after(XENGT_ABUSE_STEP_MSEC, &n), -1);
			begin();
			count(i, xengt_metrics[i].burst + 1ull);
			assert_int_equal(after(slept[s], &n), i);
			assert_int_equal(n, xengt_metrics[i].burst + 1ull);
			begin();
			count(i, UINT64_MAX);
			assert_int_equal(after(slept[s], &n), i);
			assert_int_equal(n, UINT64_MAX);
		}
}

/*
 * A flood of events is reported once a second, with the number of events since the last
 * report. So the number of log lines depends on time only.
 */
static void a_flood_is_told_now_and_then(void **state)
{
	uint64_t n, told = 0, times = 0;

	(void)state;
	begin();
	for (uint32_t i = 0; i < 1000; i++) {
		count(XENGT_COUNTER_hangs, 1000);
		if (after(XENGT_ABUSE_STEP_MSEC, &n) < 0)
			continue;
		told += n;
		times++;
	}
	assert_int_equal(times, 100);
	assert_in_range(told, 990000, 1000000);
}

static void within_a_step_nothing_is_compared(void **state)
{
	uint64_t n;

	(void)state;
	begin();
	count(XENGT_COUNTER_resets, 1000000);
	assert_int_equal(after(XENGT_ABUSE_STEP_MSEC - 1, &n), -1);
	assert_int_equal(after(1, &n), XENGT_COUNTER_resets);
	assert_int_equal(n, 1000000);
}

/* ---- hostile guests ---- */

#define RAM_FRAMES	2048u
#define HWSP_GFN	0x10u
#define HWSP_GGTT	(RIG_LOW_BASE + 0x1000)
#define CTX_GFN		0x20u
#define CTX_GGTT	(RIG_LOW_BASE + 0x10000)
#define REG_WITHOUT_ROW	0x7ffe0u
#define CTX_DESC	(1ull << 32 | CTX_GGTT | 0x119)

static struct rig rig;
static uint32_t turn;			/* number of acts of the guest so far */

static void map(uint64_t ggtt, uint64_t gfn)
{
	rig_write(&rig, (uint32_t)(REG_GGTT + ggtt / 512), 8, gfn << 12 | 1);
}

static void put_context(void)
{
	uint32_t image[0x34] = { 0 };

	image[0x05] = 0x40;
	image[0x07] = 0x100;
	image[0x09] = (uint32_t)RIG_LOW_BASE + 0x200000;
	image[0x0b] = 0x3001;
	image[0x33] = 0x30000;
	assert_int_equal(rig.hv->ops->write_guest(rig.hv,
			gpa((CTX_GFN + 1ull) << 12), image, sizeof(image)), 0);
	map(CTX_GGTT, CTX_GFN);
	map(CTX_GGTT + 0x1000, CTX_GFN + 1);
}

/* Does what a driver does at its start and after a reset. */
static void enable(void)
{
	rig_write(&rig, RCS + XENGT_RING_MODE, 4, 0x80008000);
	rig_write(&rig, RCS + XENGT_RING_HWS_PGA, 4, HWSP_GGTT);
}

static void submit(void)
{
	rig.gpu.submit_count = 0;
	enable();
	rig_write(&rig, RCS + XENGT_RING_ELSP, 4, 0);
	rig_write(&rig, RCS + XENGT_RING_ELSP, 4, 0);
	rig_write(&rig, RCS + XENGT_RING_ELSP, 4, CTX_DESC >> 32);
	rig_write(&rig, RCS + XENGT_RING_ELSP, 4, (uint32_t)CTX_DESC);
}

static void reset_engine(void)
{
	rig_write(&rig, XENGT_GDRST, 4, 2);
}

static void act_exit_pci(void)
{
	rig_cfg_read(&rig, 0, 4);
}

static void act_exit_reg_read(void)
{
	rig_read(&rig, XENGT_GDRST, 4);
}

static void act_exit_reg_write(void)
{
	rig_write(&rig, RCS + XENGT_RING_IMR, 4, turn);
}

static void act_exit_ggtt_read(void)
{
	rig_read(&rig, (uint32_t)(REG_GGTT + RIG_LOW_BASE / 512), 8);
}

static void act_exit_ggtt_write(void)
{
	map(RIG_LOW_BASE + 0x80000, turn % 32);
}

/* These two acts are those of a vGPU with the aperture on demand. */
static void touch_piece(uint32_t piece)
{
	rig_request(&rig, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .size = 4, .count = 1, .is_read = true,
		.addr = RIG_BAR2 + RIG_LOW_BASE +
			piece * XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE,
	});
}

/* No entry of piece 6 names a frame, so the access exits and maps nothing. */
static void act_exit_aperture(void)
{
	touch_piece(6);
}

static void act_aperture_throttled(void)
{
	const uint64_t addr = RIG_LOW_BASE +
			      7ul * XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE;

	map(addr, 5);
	touch_piece(7);
	rig_write(&rig, (uint32_t)(REG_GGTT + addr / 512), 8, 0);
}

static void act_exit_other(void)
{
	rig_request(&rig, (struct xengt_req){
		.type = XENGT_REQ_PIO, .addr = 0x3c0, .size = 1, .count = 1,
		.is_read = true,
	});
}

static void act_exit_invalidate(void)
{
	rig_request(&rig, (struct xengt_req){ .type = XENGT_REQ_INVALIDATE });
}

static void act_exit_invalid(void)
{
	rig_request(&rig, (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .addr = ~0ull, .size = 4,
		.count = 1, .is_read = true,
	});
}

static void act_ggtt_outside(void)
{
	rig_write(&rig, REG_GGTT, 8, 1);
}

static void prepare_root(uint64_t gfn)
{
	const struct xengt_ppgtt_root root = {
		.pdp = { gfn << 12 }, .is_4level = true,
	};
	uint32_t id;

	xengt_ppgtt_prepare(rig.vgpu, &root, &id);
}

/* Each call makes the first entry of the root point to another frame without RAM. */
static void act_ppgtt_missing(void)
{
	uint64_t entry = (0x100000ull + turn) << 12 | 3;

	rig.hv->ops->write_guest(rig.hv, gpa(0x200ull << 12), &entry, 8);
	prepare_root(0x200);
}

static void act_ppgtt_reclaimed(void)
{
	prepare_root(0x100 + turn % (XENGT_ROOTS_MAX + 50));
}

/* Moves a BAR. Firmware moves BARs a few times only. */
static void act_places(void)
{
	rig_cfg_write(&rig, 0x18, 4, turn % 2 ? 0xa0000000 : 0xb0000000);
}

static void act_bar_refused(void)
{
	rig_cfg_write(&rig, 0x1c, 4, turn % 2 ? 0x100 : 0x200);
}

static void act_opregion_refused(void)
{
	rig_cfg_write(&rig, 0xfc, 4, 0x1000 + 0x1000 * (turn % 32));
}

static void act_reg_unknown(void)
{
	rig_read(&rig, REG_WITHOUT_ROW, 4);
}

static void act_reg_denied(void)
{
	rig_write(&rig, REG_DMA_CTRL, 4, 1);
}

static void act_log_dropped(void)
{
	for (int i = 0; i < 20; i++)
		xengt_log_ratelimited(XENGT_LOG_ERR, "a line that a guest can cause");
	xengt_vgpu_note_dropped(rig.vgpu, xengt_log_dropped());
}

static void refuse(enum xengt_refusal refused)
{
	rig.gpu.submit_error = -EBADMSG;
	rig.gpu.refusal.refused = refused;
	submit();
	rig.gpu.submit_error = 0;
	reset_engine();
}

#define REFUSAL(name, NAME)						       \
	static void act_refused_##name(void)				       \
	{								       \
		refuse(XENGT_REFUSED_##NAME);				       \
	}

REFUSAL(unknown, UNKNOWN)
REFUSAL(forbidden, FORBIDDEN)
REFUSAL(length, LENGTH)
REFUSAL(address, ADDRESS)
REFUSAL(register, REGISTER)
REFUSAL(batch, BATCH)
REFUSAL(limit, LIMIT)
REFUSAL(context, CONTEXT)

static void say(enum xengt_event_type type, uint64_t seqno, uint32_t value)
{
	rig_gpu_event(&rig, (struct xengt_gpu_event){
		.type = type, .engine = XENGT_ENGINE_RCS, .seqno = seqno,
		.value = value,
	});
	assert_false(xengt_vgpu_handle_events(rig.vgpu));
}

static void act_images_cut(void)
{
	rig.gpu.refusal.image = XENGT_IMAGE_IS_OTHER | XENGT_IMAGE_IS_CUT;
	submit();
	rig.gpu.refusal.image = 0;
	say(XENGT_EVENT_COMPLETE, rig.gpu.submits[0].seqno, 0);
}

static void act_hangs(void)
{
	submit();
	assert_int_equal(rig.gpu.submit_count, 1);
	say(XENGT_EVENT_HUNG, rig.gpu.submits[0].seqno, 1);
	reset_engine();
}

static void act_overruns(void)
{
	submit();
	assert_int_equal(rig.gpu.submit_count, 1);
	say(XENGT_EVENT_HUNG, rig.gpu.submits[0].seqno,
	    XENGT_HUNG_GOES_ON | XENGT_HUNG_OVERRUN);
	reset_engine();
}

static void act_resets(void)
{
	reset_engine();
}

static void act_user_interrupts(void)
{
	say(XENGT_EVENT_ENGINE_IRQ, 0, 1);
}

static void act_fence_refused(void)
{
	/*
	 * as a driver does, switch the fence off, write its last page, then its first page;
	 * the fence spans all graphics memory
	 */
	rig_write(&rig, XENGT_FENCE_BASE, 4, 0);
	rig_write(&rig, XENGT_FENCE_BASE + 4, 4, 0xfffff000);
	rig_write(&rig, XENGT_FENCE_BASE, 4, 1);
}

/*
 * For each enum xengt_counter: the act that trips this counter; NULL: the counter is not of
 * adverse events.
 */
static void (*const acts[XENGT_COUNTERS_ALL])(void) = {
#define ACT(name) [XENGT_COUNTER_##name] = act_##name
	ACT(exit_pci), ACT(exit_reg_read), ACT(exit_reg_write),
	ACT(exit_ggtt_read), ACT(exit_ggtt_write), ACT(exit_other),
	ACT(exit_aperture), ACT(aperture_throttled),
	ACT(exit_invalidate), ACT(exit_invalid), ACT(ggtt_outside),
	ACT(ppgtt_missing), ACT(ppgtt_reclaimed), ACT(places),
	ACT(bar_refused), ACT(opregion_refused), ACT(reg_unknown),
	ACT(reg_denied), ACT(log_dropped), ACT(refused_unknown),
	ACT(refused_forbidden), ACT(refused_length), ACT(refused_address),
	ACT(refused_register), ACT(refused_batch), ACT(refused_limit),
	ACT(refused_context), ACT(images_cut), ACT(hangs), ACT(overruns), ACT(resets),
	ACT(user_interrupts), ACT(fence_refused),
#undef ACT
};

static bool is_lazy;		/* the aperture of the next setup() is on demand */

static int setup(void **state)
{
	(void)state;
	xengt_log_set_level(XENGT_LOG_ERR);
	rig_prepare_ram(&rig, XENGT_PLATFORM_SKL, RAM_FRAMES);
	rig.cfg.is_aperture_lazy = is_lazy;
	rig_create(&rig);
	rig_decode(&rig);
	map(HWSP_GGTT, HWSP_GFN);
	put_context();
	turn = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_destroy(&rig);
	return 0;
}

/*
 * cost_of() makes many acts, and returns by how much the last ACTS acts raise each counter.
 * The earlier acts bring the vGPU into the state in which an act has its full effect.
 */
#define ACTS	16u

static struct xengt_counters cost_of(void (*act)(void))
{
	struct xengt_counters before, cost;

	for (turn = 0; turn < XENGT_ROOTS_MAX + 60; turn++)
		act();
	before = *xengt_vgpu_counters(rig.vgpu);
	for (uint32_t i = 0; i < ACTS; i++, turn++)
		act();
	cost = *xengt_vgpu_counters(rig.vgpu);
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
		((uint64_t *)&cost)[i] -= xengt_counter_value(&before, i);
	return cost;
}

/*
 * The guest acts at twice the rate that the counter allows, but at least once a minute, for
 * as long as it takes to exceed the burst twice.
 */
static void act_for_long(uint32_t row, const struct xengt_counters *cost)
{
	const struct xengt_metric *metric = &xengt_metrics[row];
	uint64_t own = xengt_counter_value(cost, row);
	uint64_t times = (2ull * metric->per_minute + own - 1) / own;
	uint64_t minutes = 2ull * metric->burst / metric->per_minute + 2;
	uint64_t n, trips = 0;
	int told;

	begin();
	for (uint64_t m = 0; m < minutes; m++) {
		for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
			count(i, times * xengt_counter_value(cost, i));
		told = after(MINUTE, &n);
		if (told >= 0 && told != (int)row)
			fail_msg("%s trips %s", metric->name,
				 xengt_metrics[told].name);
		trips += told == (int)row;
	}
	assert_true(trips > 0);
}

static void each_trips_its_row(void **state)
{
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		struct xengt_counters cost;

		assert_int_equal(acts[i] != NULL, is_adverse(i));
		if (!acts[i])
			continue;
		is_lazy = i == XENGT_COUNTER_exit_aperture ||
			  i == XENGT_COUNTER_aperture_throttled;
		setup(state);
		is_lazy = false;
		cost = cost_of(acts[i]);
		if (!xengt_counter_value(&cost, i))
			fail_msg("the act does not raise the counter %s", xengt_metrics[i].name);
		act_for_long(i, &cost);
		teardown(state);
	}
}

/* ---- honest guests ---- */

/*
 * A stock driver's probe, which was recorded on real Xen, trips no counter. No counter is
 * tripped even if the probe takes no time, or if the probe is repeated every minute for a
 * day.
 */
static void a_driver_trips_none(void **state)
{
	struct xengt_replay_result res;
	const uint8_t *buf;
	uint64_t n;

	(void)state;
	for (size_t g = 0; session_names[g]; g++) {
		size_t len = session_file(session_names[g], &buf);

		assert_true(len > 0);
		assert_int_equal(xengt_replay(buf, len, &res), 0);
		assert_true(res.counters.submissions > 0);
		begin();
		counters = res.counters;
		assert_int_equal(after(XENGT_ABUSE_STEP_MSEC, &n), -1);
		for (uint32_t m = 0; m < 24 * 60; m++) {
			for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
				count(i, xengt_counter_value(&res.counters, i));
			assert_int_equal(after(MINUTE, &n), -1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(what_is_allowed),
		cmocka_unit_test(no_more_than_a_burst),
		cmocka_unit_test(a_flood_is_told_now_and_then),
		cmocka_unit_test(within_a_step_nothing_is_compared),
		cmocka_unit_test(each_trips_its_row),
		cmocka_unit_test(a_driver_trips_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
