/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the recording and the replay of a vGPU's session on fakes. The test also
 * replays the probe of Debian's i915 that was recorded on real Xen.
 */
#include "rig.h"

#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "core/display.h"
#include "session/format.h"
#include "session/session.h"
#include "session_file.h"

#define GGTT		0x800000u
#define LOW_FIRST	((uint32_t)(RIG_LOW_BASE / 4096))
#define TURN_REQUESTS	32

static struct xengt_recorder *recorder;
static struct rig rig;
static int fd;

static uint64_t ask(uint64_t addr, uint32_t size, bool is_read, uint64_t data)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = addr, .size = size, .count = 1,
		.is_read = is_read, .data = data,
	};

	xengt_recorder_step(recorder, XENGT_STEP_SERVE, TURN_REQUESTS);
	return rig_take(rig_request(&rig, req), size);
}

static void cfg_write(uint32_t reg, uint32_t size, uint32_t val)
{
	xengt_recorder_step(recorder, XENGT_STEP_SERVE, TURN_REQUESTS);
	rig_cfg_write(&rig, reg, size, val);
}

static void events(void)
{
	xengt_recorder_step(recorder, XENGT_STEP_EVENTS, 0);
	xengt_vgpu_handle_events(rig.vgpu);
}

static void store(uint32_t entry, uint64_t val)
{
	assert_true(xengt_hv_fake_store(rig.fake, RIG_BAR0 + GGTT + entry * 8ull,
					8, val));
}

/*
 * Runs a vGPU from creation to end: firmware, a driver's first reads, entries, a
 * register, time, a mapping that fails, another monitor, the end of the vGPU.
 */
static void live(void)
{
	uint8_t edid[XENGT_EDID_BLOCK_BYTES];

	cfg_write(0x10, 4, (uint32_t)RIG_BAR0);
	cfg_write(0x18, 4, (uint32_t)RIG_BAR2);
	cfg_write(0x04, 2, 6);
	ask(RIG_BAR0 + 0x78000, 8, true, 0);
	for (uint32_t i = 0; i < 100; i++)
		store(LOW_FIRST + i, (uint64_t)i << 12 | 1);
	ask(RIG_BAR0 + 0x101008, 4, false, 1);
	ask(RIG_BAR0 + 0x44200, 4, false, 0x80000000);
	store(LOW_FIRST + 3, 0);
	/* the entry has no effect yet, because the guest has not flushed */
	assert_int_equal(ask(RIG_BAR0 + 0x44200, 4, true, 0), 0x80000000);
	xengt_hv_fake_advance(rig.fake, 1000000);
	xengt_recorder_step(recorder, XENGT_STEP_TICK, 0);
	xengt_vgpu_tick(rig.vgpu);
	xengt_hv_fake_inject(rig.fake, XENGT_HV_FAKE_APERTURE, 2, -ETIMEDOUT);
	cfg_write(0x18, 4, (uint32_t)RIG_BAR2 - 0x10000000);
	xengt_recorder_step(recorder, XENGT_STEP_MAP_AGAIN, 0);
	xengt_vgpu_map_again(rig.vgpu);
	memset(edid, 0x5a, sizeof(edid));
	xengt_recorder_monitor(recorder, edid, sizeof(edid));
	xengt_display_set_edid(rig.vgpu, edid, sizeof(edid));
	xengt_recorder_pause(recorder, true);
	rig.cfg.hv->ops->now_ns(rig.cfg.hv);
	xengt_recorder_pause(recorder, false);
	rig_gpu_zapped(&rig);
	events();
	ask(RIG_BAR0, 4, true, 0);
	xengt_recorder_step(recorder, XENGT_STEP_UNPLUG, 0);
	xengt_vgpu_unplug(rig.vgpu);
}

/* A vGPU with the aperture on demand: a piece comes, is used, and goes. */
static void live_lazily(void)
{
	cfg_write(0x10, 4, (uint32_t)RIG_BAR0);
	cfg_write(0x18, 4, (uint32_t)RIG_BAR2);
	cfg_write(0x04, 2, 6);
	ask(RIG_BAR0 + GGTT + LOW_FIRST * 8ull, 8, false, 0x5001);
	ask(RIG_BAR2 + RIG_LOW_BASE + 4, 4, false, 0x12345678);
	ask(RIG_BAR2 + RIG_LOW_BASE + 4, 4, true, 0);
	ask(RIG_BAR0 + GGTT + LOW_FIRST * 8ull, 8, false, 0);
	cfg_write(0x18, 4, (uint32_t)RIG_BAR2 - 0x10000000);
}

static bool is_lazy;

static uint8_t *record(size_t *ret_len)
{
	uint8_t *buf;

	fd = memfd_create("session", MFD_CLOEXEC);
	assert_true(fd >= 0);
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	rig.cfg.is_aperture_lazy = is_lazy;
	assert_int_equal(xengt_recorder_create(fd, &rig.cfg, &recorder), 0);
	rig_create(&rig);
	if (is_lazy)
		live_lazily();
	else
		live();
	xengt_vgpu_destroy(rig.vgpu);
	rig.vgpu = NULL;
	xengt_recorder_destroy(recorder);
	rig_destroy(&rig);
	*ret_len = (size_t)lseek(fd, 0, SEEK_END);
	buf = test_malloc(*ret_len);
	assert_int_equal(pread(fd, buf, *ret_len, 0), *ret_len);
	close(fd);
	return buf;
}

static void does_the_same_again(void **state)
{
	struct xengt_replay_result res;
	size_t len;
	uint8_t *buf = record(&len);

	(void)state;
	assert_int_equal(xengt_replay(buf, len, &res), 0);
	assert_string_equal(res.difference, "");
	assert_false(res.is_cut);
	assert_int_equal(res.steps, 14);
	assert_int_equal(res.requests, 9);
	assert_int_equal(res.counters.exit_reg_write, 2);
	assert_int_equal(res.counters.ggtt_entries, 100);
	test_free(buf);
}

static void does_the_same_lazily(void **state)
{
	struct xengt_replay_result res;
	uint8_t *buf;
	size_t len;

	(void)state;
	is_lazy = true;
	buf = record(&len);
	is_lazy = false;
	assert_int_equal(xengt_replay(buf, len, &res), 0);
	assert_string_equal(res.difference, "");
	assert_int_equal(res.requests, 8);
	assert_int_equal(res.counters.exit_aperture, 2);
	assert_int_equal(res.counters.aperture_swaps, 1);
	assert_int_equal(res.counters.aperture_pieces, 0);
	test_free(buf);
}

/*
 * A recording may be cut at any place. The part before the cut still replays without a
 * difference; if the cut is inside an entry, the result says so.
 */
static void cut_anywhere(void **state)
{
	struct xengt_replay_result res;
	size_t len;
	uint8_t *buf = record(&len);

	(void)state;
	for (size_t n = 0; n < len; n += n < 4096 ? 1 : 97) {
		/*
		 * memory of exactly this size, so that the sanitizer sees a read beyond
		 * the recording
		 */
		uint8_t *part = malloc(n ? n : 1);
		int r;

		assert_non_null(part);
		memcpy(part, buf, n);
		r = xengt_replay(part, n, &res);
		if (n < sizeof(struct xengt_session_header))
			assert_int_equal(r, -EPROTO);
		else
			assert_string_equal(res.difference, "");
		free(part);
	}
	test_free(buf);
}

/* Returns where entry 'nth' of this kind begins. */
static size_t find(const uint8_t *buf, size_t len, uint8_t op, int nth)
{
	size_t at = sizeof(struct xengt_session_header);
	struct xengt_entry e;

	while (at + sizeof(e) <= len) {
		memcpy(&e, buf + at, sizeof(e));
		if (e.op == op && !nth--)
			return at;
		at += sizeof(e) + e.out_bytes + e.in_bytes;
	}
	fail_msg("the recording has too few entries of kind %u", op);
	return 0;
}

static void differences_are_told(void **state)
{
	static const struct { uint8_t op; int nth; size_t byte; } changes[] = {
		/*
		 * ways to change a recording: a different argument, different data, a
		 * different call
		 */
		{ XENGT_OP_TRAP_RANGE, 1, offsetof(struct xengt_entry, args) },
		{ XENGT_OP_COMPLETE_REQUEST, 3,
		  offsetof(struct xengt_entry, args) + 9 },
		{ XENGT_OP_GGTT_WRITE, 0, sizeof(struct xengt_entry) + 2 },
		{ XENGT_OP_BACK, 0, 0 },
		/*
		 * a value that the guest stored, which changes the call to the
		 * GPU
		 */
		{ XENGT_OP_RAM, 7, sizeof(struct xengt_entry) + 2 },
	};
	struct xengt_replay_result res;
	size_t len;
	uint8_t *buf = record(&len);

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(changes); i++) {
		size_t at = find(buf, len, changes[i].op, changes[i].nth) +
			    changes[i].byte;

		buf[at] ^= 1;
		assert_int_equal(xengt_replay(buf, len, &res), 0);
		assert_string_not_equal(res.difference, "");
		buf[at] ^= 1;
	}
	assert_int_equal(xengt_replay(buf, len, &res), 0);
	assert_string_equal(res.difference, "");
	test_free(buf);
}

static void what_is_no_recording(void **state)
{
	struct xengt_replay_result res;
	size_t len;
	uint8_t *buf = record(&len);

	(void)state;
	/* refused: a wrong magic, version, or length of the EDID */
	for (size_t at = 0; at < 12; at += 8) {
		buf[at] ^= 1;
		assert_int_equal(xengt_replay(buf, len, &res), -EPROTO);
		buf[at] ^= 1;
	}
	memset(buf + offsetof(struct xengt_session_header, edid_bytes), 0xff, 4);
	assert_int_equal(xengt_replay(buf, len, &res), -EPROTO);
	test_free(buf);
}

static void nowhere_to_write(void **state)
{
	(void)state;
	rig_prepare(&rig, XENGT_PLATFORM_SKL);
	assert_int_equal(xengt_recorder_create(-1, &rig.cfg, &recorder), 0);
	rig_create(&rig);
	live();
	xengt_vgpu_destroy(rig.vgpu);
	rig.vgpu = NULL;
	xengt_recorder_destroy(recorder);
	rig_destroy(&rig);
}

/* ---- recorded on real Xen: tests/e2e/record-probe ---- */

static void replay_file(const char *name)
{
	struct xengt_replay_result res;
	const uint8_t *buf;
	size_t len = session_file(name, &buf);

	print_message("%s\n", name);
	assert_int_not_equal(len, 0);
	assert_int_equal(xengt_replay(buf, len, &res), 0);
	assert_string_equal(res.difference, "");
	assert_false(res.is_cut);
	/*
	 * check that the recording is a whole probe, in which the driver ran its first
	 * contexts on each engine
	 */
	assert_true(res.requests > 500);
	assert_true(res.counters.submissions >= 10);
	assert_int_equal(res.counters.completions, res.counters.submissions);
	assert_int_equal(res.counters.refused, 0);
	/*
	 * docs/design/010-ram-behind-bar0.md says how many exits such a probe may cause
	 */
	assert_true(res.counters.exit_ggtt_write < 10);
}

static void each_probe(void **state)
{
	(void)state;
	for (size_t i = 0; session_names[i]; i++)
		replay_file(session_names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_the_same_again),
		cmocka_unit_test(does_the_same_lazily),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(differences_are_told),
		cmocka_unit_test(what_is_no_recording),
		cmocka_unit_test(nowhere_to_write),
		cmocka_unit_test(each_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
