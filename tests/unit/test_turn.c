/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests src/boundary/turn.c: at which places a part of a ring may end, and how long a
 * part is.
 *
 * promise: P13
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/turn.h"

#define RING_BYTES	4096u
#define BATCH		0x18800101u, 0x1000u, 0u	/* a command of three dwords that
							 * starts a batch */
#define SEMAPHORE	0x0e00c002u, 0u, 0x1000u, 0u
#define FLUSH		0x7a000004u, 0u, 0u, 0u, 0u, 0u	/* PIPE_CONTROL */
#define LRI		0x11000001u, 0x2600u, 0u
#define IRQ		0x01000000u
#define ARB_OFF		0x04000000u
#define ARB_ON		0x04000001u

static uint32_t ring[RING_BYTES / 4];
static struct xengt_slot slot = {
	.ring_bytes = RING_BYTES, .ring = { .mem = ring },
};

static void emit(uint32_t *at, const uint32_t *dw, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++, *at = (*at + 4) % RING_BYTES)
		ring[*at / 4] = dw[i];
}

#define EMIT(at, ...) emit(&(at), (const uint32_t[]){ __VA_ARGS__ }, \
			   sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static uint32_t part(uint32_t from, uint32_t *left)
{
	return xengt_turn_part(&slot, from, XENGT_TURN_MAX, left);
}

static void what_a_command_costs(void **state)
{
	static const struct {
		const char *name;
		uint32_t dw[8], n, cost;
	} rows[] = {
		{ "nothing", { 0, 0 }, 2, 0 },
		{ "an interrupt", { IRQ, 0 }, 2, 0 },
		{ "a register", { LRI, 0 }, 4, 0 },
		{ "a batch", { BATCH, 0 }, 4, XENGT_TURN_BATCH },
		{ "a semaphore", { SEMAPHORE }, 4, XENGT_TURN_BATCH },
		{ "a flush", { FLUSH }, 6, 1 },
		{ "a copy", { 0x54f00006, 0, 0 }, 8, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t at = 0, left = XENGT_TURN_MAX;

		emit(&at, rows[i].dw, rows[i].n);
		slot.tail = at;
		assert_int_equal(part(0, &left), at);
		if (XENGT_TURN_MAX - left != rows[i].cost)
			fail_msg("%s costs %u", rows[i].name,
				 XENGT_TURN_MAX - left);
	}
}

/*
 * A part has eight batches, even if the ring wraps inside the part. The last part has the
 * remaining batches.
 */
static void parts_of_a_ring(void **state)
{
	uint32_t at = RING_BYTES - 64, from = at, left;

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		EMIT(at, BATCH, 0);
	slot.tail = at;
	left = XENGT_TURN_MAX;
	assert_int_equal(part(from, &left), from + 8 * 16 - RING_BYTES);
	assert_int_equal(left, 0);
	assert_int_equal(part(64, &left), 64);
	left = XENGT_TURN_MAX;
	assert_int_equal(part(64, &left), 64 + 8 * 16);
	left = XENGT_TURN_MAX;
	assert_int_equal(part(192, &left), at);
	assert_int_equal(left, XENGT_TURN_MAX - 4 * XENGT_TURN_BATCH);
	/* the rest of the turn is enough for two batches */
	left = 2 * XENGT_TURN_BATCH + 7;
	assert_int_equal(part(64, &left), 96);
	assert_int_equal(left, 7);
	/* the ring has no more work */
	assert_int_equal(part(at, &left), at);
	assert_int_equal(left, 7);
}

/*
 * A part ends only where the hardware can switch contexts: arbitration must be on, and
 * the place must be a multiple of 8 bytes, because tails are aligned.
 */
static void where_a_part_ends(void **state)
{
	uint32_t at = 0, left = XENGT_TURN_MAX, end, fit;
	bool open;

	(void)state;
	for (uint32_t i = 0; i < 7; i++)
		EMIT(at, BATCH, 0);
	end = at;
	EMIT(at, ARB_OFF, BATCH);
	EMIT(at, BATCH, ARB_ON);
	slot.tail = at;
	assert_int_equal(part(0, &left), end);
	assert_int_equal(left, XENGT_TURN_BATCH);
	/*
	 * commands between which no part can end are one part; at the beginning of a
	 * turn this part runs even if it costs more than a turn
	 */
	assert_int_equal(part(end, &left), end);
	assert_int_equal(left, XENGT_TURN_BATCH);
	at = 0;
	EMIT(at, ARB_OFF, 0);
	for (uint32_t i = 0; i < 9; i++)
		EMIT(at, BATCH, 0);
	EMIT(at, ARB_ON, 0);
	end = at;
	EMIT(at, BATCH, 0);
	slot.tail = at;
	left = XENGT_TURN_MAX;
	assert_int_equal(part(0, &left), end);
	assert_int_equal(left, 0);
	/* if all commands have three dwords, a part can end after every second command */
	at = 0;
	for (uint32_t i = 0; i < 11; i++)
		EMIT(at, BATCH);
	EMIT(at, 0);
	slot.tail = at;
	left = XENGT_TURN_MAX - 1;
	assert_int_equal(part(0, &left), 6 * 12);
	assert_true(xengt_turn_fits(&slot, ring, 0, at, &fit, &open));
	assert_true(open);
}

static void rings_that_never_pause(void **state)
{
	uint32_t at = 0, fit = 0, end;
	bool open;

	(void)state;
	EMIT(at, ARB_OFF, 0, BATCH, 0, ARB_ON, 0);
	assert_true(xengt_turn_fits(&slot, ring, 0, at, &fit, &open));
	assert_false(open);
	at = 0;
	EMIT(at, ARB_OFF, 0);
	for (uint32_t i = 0; i < 32; i++)
		EMIT(at, BATCH, 0);
	end = at;
	EMIT(at, ARB_ON, 0, BATCH, 0);
	assert_true(xengt_turn_fits(&slot, ring, 0, at, &fit, &open));
	ring[end / 4] = 0;
	assert_false(xengt_turn_fits(&slot, ring, 0, at, &fit, &open));
	assert_int_equal(fit, end + 8);
	/*
	 * one command has three dwords, so the later commands of four dwords end at
	 * unaligned places
	 */
	at = 0;
	EMIT(at, BATCH);
	for (uint32_t i = 0; i < 40; i++)
		EMIT(at, SEMAPHORE);
	EMIT(at, 0);
	assert_false(xengt_turn_fits(&slot, ring, 0, at, &fit, &open));
	assert_int_equal(fit, 12 + 31 * 16);
}

/* Whatever the ring contains, no part is empty, and the last part ends at the tail. */
static void anything(void **state)
{
	uint32_t rnd = 1;

	(void)state;
	for (uint32_t round = 0; round < 20000; round++) {
		uint32_t at = 0, turns = 0, left = 0, end;

		for (uint32_t i = 0; i < 64; i++) {
			rnd = rnd * 1664525u + 1013904223u;
			ring[i] = rnd >> 29 ? 0 : rnd * 0x9e3779b1u;
		}
		for (slot.tail = 256; at != slot.tail; turns++) {
			left = XENGT_TURN_MAX;
			end = part(at, &left);
			assert_in_range(end, at + 4, slot.tail);
			at = end;
		}
		assert_in_range(turns, 1, 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_command_costs),
		cmocka_unit_test(parts_of_a_ring),
		cmocka_unit_test(where_a_part_ends),
		cmocka_unit_test(rings_that_never_pause),
		cmocka_unit_test(anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
